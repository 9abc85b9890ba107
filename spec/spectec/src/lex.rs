//! The lexer.
//!
//! Line breaks matter in two places: a `|` that begins a line separates alternatives, and `\` at the end of a line joins
//! it with the next. Names of rules are written without spaces. So a token knows what stands before it.

use std::str::Chars;

use num_bigint::BigUint;

use crate::Name;
use crate::source::{Diagnostic, Span};

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tok {
    /// An identifier that begins with a capital or `_`, or with an escaped small letter: an atom unless declared.
    Up(Name),
    /// An identifier that begins with a small letter, or with an escaped capital.
    Lo(Name),
    /// A natural number.
    Num(BigUint),
    /// A text.
    Text(Name),
    /// An operator or bracket.
    Sym(&'static str),
    /// An operator after a backquote: an atom.
    Esc(&'static str),
    /// The end of the text.
    End,
}

/// A token and its place.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub tok: Tok,
    /// Where.
    pub span: Span,
    /// Whether it begins a line.
    pub begins_line: bool,
    /// Whether a space or a comment stands before it.
    pub spaced: bool,
}

/// The operators and brackets, longer ones before their beginnings.
const SYMBOLS: &[&str] = &[
    "~>*_", "</-", "=/=", "=++", "==>", "<=>", "...", "~>*", "~>_", "~~_", "->_", "=>_", "==_", "<<_", ">>_", "|-_",
    "-|_", "_|_", "^|^", "(/\\)", "(\\/)", "(!)", "(?)", "(+)", "(*)", "(++)", "||", "|-", "-|", "<:", ":>", "<<",
    ">>", "<-", "<=", ">=", "->", "~>", "~~", "=>", "==", "++", "+-", "-+", ":=", "/\\", "\\/", "..", "%%", "!%", "##",
    ":_", "=_", "|", "<", ">", "=", "~", "+", "-", "*", "/", "\\", "^", "?", ":", ";", ",", ".", "(", ")", "[", "]",
    "{", "}", "$", "#", "%", "!", "@", "&", "'", "^?", "^+", "^*",
];

/// Atoms that need a backquote and begin like other operators.
const ESCAPED: [&str; 3] = ["^?", "^+", "^*"];

fn symbol(rest: &str) -> Option<&'static str> {
    // `(*)` and the like are atoms, but `(+)` must not be taken from `(+1)`.
    SYMBOLS.iter().filter(|s| rest.starts_with(**s) && !ESCAPED.contains(s)).max_by_key(|s| s.len()).copied()
}

fn is_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '\''
}

/// The tokens of a text, and what is wrong with it. The last token is [`Tok::End`].
pub fn lex(file: u32, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer { file, text, at: 0, tokens: Vec::new(), errors: Vec::new() };
    if text.len() >= u32::MAX as usize / 2 {
        lexer.error(0, 0, "the text is too long".to_owned());
        lexer.at = text.len();
    }
    lexer.run();
    (lexer.tokens, lexer.errors)
}

struct Lexer<'a> {
    file: u32,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    errors: Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    fn error(&mut self, start: usize, end: usize, message: String) {
        // One error for a run of strange characters is enough.
        let near = self.errors.last().is_some_and(|last| last.span.end as usize == start && last.message == message);
        if let Some(last) = self.errors.last_mut().filter(|_| near) {
            last.span.end = end as u32;
        } else if self.errors.len() < crate::MAX_ERRORS {
            self.errors.push(Diagnostic::error(self.span(start, end), message));
        }
    }

    fn run(&mut self) {
        let mut begins_line = true;
        let mut spaced = true;
        loop {
            let start = self.at;
            let before = self.at;
            begins_line |= self.skip_blank();
            spaced |= self.at > before;
            let start = if self.at > start { self.at } else { start };
            let Some(c) = self.rest().chars().next() else { break };
            let Some(tok) = self.token(c) else { continue };
            let span = self.span(start, self.at);
            self.tokens.push(Token { tok, span, begins_line, spaced });
            (begins_line, spaced) = (false, false);
        }
        let end = self.span(self.at, self.at);
        self.tokens.push(Token { tok: Tok::End, span: end, begins_line: true, spaced: true });
    }

    /// Skips spaces, comments and joined lines; tells whether a line has ended.
    fn skip_blank(&mut self) -> bool {
        let mut ended = false;
        loop {
            let rest = self.rest();
            if let Some(joined) = rest.strip_prefix('\\').map(|r| r.trim_start_matches([' ', '\t', '\r'])) {
                if let Some(after) = joined.strip_prefix('\n') {
                    self.at = self.text.len() - after.len();
                    continue;
                }
                if joined.is_empty() {
                    self.at = self.text.len();
                    continue;
                }
            }
            if rest.starts_with(";;") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("(;") {
                self.skip_comment();
            } else if let Some(c) = rest.chars().next().filter(|c| c.is_whitespace()) {
                ended |= c == '\n';
                self.at += c.len_utf8();
            } else {
                return ended;
            }
        }
    }

    fn skip_comment(&mut self) {
        let start = self.at;
        let mut depth = 0usize;
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("(;") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with(";)") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                self.at += c.len_utf8();
            }
        }
        self.error(start, start + 2, "this comment does not end".to_owned());
    }

    fn token(&mut self, c: char) -> Option<Tok> {
        let start = self.at;
        let rest = self.rest();
        let after = |n: usize| rest[n..].chars().next().unwrap_or_default();
        if c == '`' {
            let next = after(1);
            self.at += 1;
            if next.is_ascii_digit() {
                return Some(self.number(10));
            }
            if is_id(next) && next != '\'' {
                let name = self.identifier(false);
                return Some(if next.is_ascii_uppercase() { Tok::Lo(name) } else { Tok::Up(name) });
            }
            let bracket = [("(", "`("), ("[", "`["), ("{", "`{")].into_iter().find(|(b, _)| rest[1..].starts_with(b));
            if let Some((_, bracket)) = bracket {
                self.at += 1;
                return Some(Tok::Sym(bracket));
            }
            let escaped = ESCAPED.into_iter().find(|s| rest[1..].starts_with(s));
            if let Some(symbol) = escaped.or_else(|| symbol(&rest[1..])) {
                self.at += symbol.len();
                return Some(Tok::Esc(symbol));
            }
            self.error(start, start + 1, "there is nothing to escape after this backquote".to_owned());
            return None;
        }
        if c == '"' {
            return Some(self.string());
        }
        if c.is_ascii_digit() {
            let hex = rest.starts_with("0x") && after(2).is_ascii_hexdigit();
            self.at += if hex { 2 } else { 0 };
            return Some(self.number(if hex { 16 } else { 10 }));
        }
        if rest.starts_with("U+") && after(2).is_ascii_hexdigit() {
            self.at += 2;
            return Some(self.number(16));
        }
        if c == '_' && rest.starts_with("_|_") {
            self.at += 3;
            return Some(Tok::Up("_|_".into()));
        }
        if c.is_ascii_alphabetic() || c == '_' {
            let name = self.identifier(!c.is_ascii_lowercase());
            return Some(if c.is_ascii_lowercase() { Tok::Lo(name) } else { Tok::Up(name) });
        }
        if rest.starts_with("--") {
            // Two dashes begin a premise, four separate premises.
            self.at += 2;
            return Some(Tok::Sym("--"));
        }
        if let Some(symbol) = symbol(rest) {
            self.at += symbol.len();
            return Some(Tok::Sym(symbol));
        }
        self.at += c.len_utf8();
        self.error(start, self.at, "this character has no meaning here".to_owned());
        None
    }

    /// An identifier. Dots belong to those that begin with a capital.
    fn identifier(&mut self, dots: bool) -> Name {
        let start = self.at;
        let mut chars = self.rest().chars();
        while let Some(c) = chars.next() {
            let goes_on = |chars: &Chars| chars.clone().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
            let inner_dot = dots && c == '.' && goes_on(&chars);
            if !inner_dot && !is_id(c) {
                break;
            }
            self.at += 1;
        }
        self.text[start..self.at].into()
    }

    fn number(&mut self, radix: u32) -> Tok {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_digit(radix) || c == '_')).unwrap_or(rest.len());
        let digits: String = rest[..end].chars().filter(|c| *c != '_').collect();
        let start = self.at;
        self.at += end;
        // Reading digits takes more than linear time.
        if digits.len() > 4096 {
            self.error(start, self.at, "this number is too long".to_owned());
            return Tok::Num(BigUint::ZERO);
        }
        Tok::Num(BigUint::parse_bytes(digits.as_bytes(), radix).unwrap_or_default())
    }

    fn string(&mut self) -> Tok {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        let mut chars = self.rest().chars();
        loop {
            let Some(c) = chars.next().filter(|c| *c != '\n') else {
                self.error(start, start + 1, "this text does not end on its line".to_owned());
                break;
            };
            self.at += c.len_utf8();
            match c {
                '"' => break,
                '\\' => {
                    let mut after = chars.clone();
                    let Some(escaped) = after.next().filter(|c| *c != '\n') else { continue };
                    chars = after;
                    self.at += escaped.len_utf8();
                    match escaped {
                        'n' => value.push('\n'),
                        't' => value.push('\t'),
                        'r' => value.push('\r'),
                        '"' | '\\' | '\'' => value.push(escaped),
                        _ => value.extend(['\\', escaped]),
                    }
                }
                _ => value.push(c),
            }
        }
        Tok::Text(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toks(text: &str) -> Vec<Tok> {
        let (tokens, errors) = lex(0, text);
        assert_eq!(errors, []);
        tokens.into_iter().map(|token| token.tok).collect()
    }

    fn words(text: &str) -> Vec<String> {
        let word = |tok| match tok {
            Tok::Up(name) => format!("up:{name}"),
            Tok::Lo(name) => format!("lo:{name}"),
            Tok::Num(n) => n.to_string(),
            Tok::Text(text) => format!("{text:?}"),
            Tok::Sym(symbol) => symbol.to_owned(),
            Tok::Esc(symbol) => format!("`{symbol}"),
            Tok::End => "end".to_owned(),
        };
        toks(text).into_iter().map(word).collect()
    }

    #[test]
    fn identifiers_and_numbers() {
        assert_eq!(
            words("LOCAL.GET x_1' `X `syntax _DEF"),
            ["up:LOCAL.GET", "lo:x_1'", "lo:X", "up:syntax", "up:_DEF", "end"]
        );
        assert_eq!(words("0xFF U+10FFFF `32 12"), ["255", "1114111", "32", "12", "end"]);
        assert_eq!(words("n..m?"), ["lo:n", "..", "lo:m", "?", "end"]);
        assert_eq!(words("z.STORE.X REC.%"), ["lo:z", ".", "up:STORE.X", "up:REC", ".", "%", "end"]);
    }

    #[test]
    fn operators_are_as_long_as_they_can_be() {
        assert_eq!(
            words("->_(x*) ~>* </- (+1) (+) `<= `[ =++"),
            ["->_", "(", "lo:x", "*", ")", "~>*", "</-", "(", "+", "1", ")", "(+)", "`<=", "`[", "=++", "end"]
        );
        assert_eq!(words("---- --"), ["--", "--", "--", "end"]);
    }

    #[test]
    fn comments_and_joined_lines_are_blank() {
        assert_eq!(words("a (; b (; c ;) d ;) e ;; f\ng"), ["lo:a", "lo:e", "lo:g", "end"]);
        let (tokens, _) = lex(0, "a \\\n | b\n| c");
        let lines: Vec<bool> = tokens.iter().map(|token| token.begins_line).collect();
        assert_eq!(lines, [true, false, false, true, false, true]);
    }

    #[test]
    fn what_is_no_token_is_said_once() {
        let (tokens, errors) = lex(0, "a €€ b \"c\nd");
        assert_eq!(tokens.len(), 5);
        let said: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
        assert_eq!(said, ["this character has no meaning here", "this text does not end on its line"]);
        assert_eq!(lex(0, "(; (; ;)").1.len(), 1);
    }
}
