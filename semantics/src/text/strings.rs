//! Strings and names (6.1-text.values). The tokens are well-formed: the lexer has looked at their escapes.

use std::borrow::Cow;

/// `Tstring`: the bytes of a string token, with its quotation marks.
pub fn string(token: &str) -> Cow<'_, [u8]> {
    let inner = token.get(1..token.len().saturating_sub(1)).unwrap_or_default().as_bytes();
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'\\' {
            let plain = rest.iter().position(|&b| b == b'\\').unwrap_or(rest.len());
            bytes.extend_from_slice(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        }
        let (skip, byte) = match after {
            [b't', ..] => (1, b'\t'),
            [b'n', ..] => (1, b'\n'),
            [b'r', ..] => (1, b'\r'),
            [b'u', digits @ ..] => {
                let len = digits.iter().position(|&b| b == b'}').unwrap_or(digits.len());
                let c = digits.get(1..len).and_then(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = digits.get(len + 1..).unwrap_or_default();
                continue;
            }
            [h_1, h_2, ..] if h_1.is_ascii_hexdigit() && h_2.is_ascii_hexdigit() => (2, 16 * hex(*h_1) + hex(*h_2)),
            [other, ..] => (1, *other),
            [] => break,
        };
        bytes.push(byte);
        rest = &after[skip..];
    }
    Cow::Owned(bytes)
}

/// `Tname`: the content of a string token, if it is UTF-8.
pub fn name(token: &str) -> Option<Cow<'_, str>> {
    match string(token) {
        // What is between quotation marks is text already, as long as nothing in it is escaped.
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

/// `Tid`: the name in an identifier token, without its `$`. It is not empty.
pub fn id(token: &str) -> Option<Cow<'_, str>> {
    let rest = token.strip_prefix('$')?;
    let name = if rest.starts_with('"') { name(rest)? } else { Cow::Borrowed(rest) };
    (!name.is_empty()).then_some(name)
}

/// The character of `\u{…}`, given its `Thexnum`. The grammar at the pin has 0xE800 where the surrogates end, which is
/// taken for a slip (deviations.md).
pub(super) fn scalar(digits: &[u8]) -> Option<char> {
    let n = super::numbers::hexnum(digits)?;
    char::from_u32(u32::try_from(n).ok()?)
}

fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).unwrap_or_default() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(*string(r#""a\t\n\r\"\'\\\00\fF\u{20_ac}b""#), *b"a\t\n\r\"'\\\0\xff\xe2\x82\xacb");
        assert_eq!(*string("\"\""), *b"");
        assert_eq!(name(r#""\ff""#), None);
        assert_eq!(name(r#""\c3\a4""#).as_deref(), Some("ä"));
        assert_eq!(scalar(b"e000"), Some('\u{e000}'));
        assert_eq!(scalar(b"d800"), None);
        assert_eq!(scalar(b"_1"), None);
        assert_eq!(scalar(b""), None);
    }

    #[test]
    fn identifiers() {
        assert_eq!(id("$a").as_deref(), Some("a"));
        assert_eq!(id("$\"a\"").as_deref(), Some("a"));
        assert_eq!(id("$\"\""), None);
        assert_eq!(id("$\"\\ff\""), None);
    }
}
