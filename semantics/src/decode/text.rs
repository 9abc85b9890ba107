//! Text format (chapter 6): `wast` parses and encodes it, with names, and the binary is decoded.

use super::{Dialect, Malformed, MalformedKind, Reading, Result, decode_with};
use crate::syntax::{Features, Module};
use std::borrow::Cow;
use wast::lexer::Lexer;
use wast::lexer::TokenKind;
use wast::parser::{self, Parse, ParseBuffer, Parser};
use wast::{QuoteWat, QuoteWatTest, Wat};

/// Reads a module in the text format; also returns the binary that byte offsets refer to.
///
/// # Errors
/// Where the text is not in the text format of the standard; with line and column where the parser says so.
pub fn decode_text(text: &str) -> Result<(Vec<u8>, Module)> {
    decode_text_with(text, Features::STANDARD)
}

/// [`decode_text`] of a module that may use proposals.
///
/// # Errors
/// As for [`decode_text`].
pub fn decode_text_with(text: &str, features: Features) -> Result<(Vec<u8>, Module)> {
    let text = if features.shared_everything { current_spellings(text) } else { text.into() };
    let bytes = parse_and_encode(&text)?;
    let module = decode_with(&bytes, Reading::of_text(features))?;
    Ok((bytes, module))
}

/// Reads a module in either format: binary if it begins like one, else text.
///
/// # Errors
/// As for [`decode`](super::decode()) and [`decode_text`].
pub fn read_module(bytes_or_text: &[u8]) -> Result<(Vec<u8>, Module)> {
    read_module_with(bytes_or_text, Reading::default())
}

/// [`read_module`] with proposals, as far as it uses them: [`Module::features`] says which ones those are.
///
/// # Errors
/// As for [`read_module`].
pub fn read_with_proposals(bytes_or_text: &[u8], dialect: Dialect) -> Result<(Vec<u8>, Module)> {
    let mut features = Features::STANDARD;
    loop {
        match read_module_with(bytes_or_text, Reading { features, dialect }) {
            Err(Malformed { kind: MalformedKind::Unsupported { proposal }, .. })
                if features.with(proposal).is_some_and(|more| more != features) =>
            {
                features = features.with(proposal).unwrap_or_default();
            }
            // An old spelling is an error of syntax; it is only looked at when nothing else has helped.
            Err(_) if !features.shared_everything && has_old_spellings(bytes_or_text) => {
                features = Features::SHARED_EVERYTHING;
            }
            result => return result,
        }
    }
}

/// [`read_module`] of a module that may use proposals.
///
/// # Errors
/// As for [`read_module`].
pub fn read_module_with(bytes_or_text: &[u8], reading: Reading) -> Result<(Vec<u8>, Module)> {
    if bytes_or_text.starts_with(b"\0asm") {
        return Ok((bytes_or_text.to_vec(), decode_with(bytes_or_text, reading)?));
    }
    match std::str::from_utf8(bytes_or_text) {
        Ok(text) => decode_text_with(text, reading.features),
        Err(e) => Err(Malformed::syntax(e.valid_up_to(), "neither a binary module nor UTF-8 text")),
    }
}

/// The binary of a module that `wast` has parsed as part of `text`.
///
/// # Errors
/// Where names cannot be resolved and the like, which the standard counts to the text format.
pub fn encode_wat(wat: &mut Wat<'_>, text: &str) -> Result<Vec<u8>> {
    if let Wat::Component(_) = wat {
        return Err(component(wat.span().offset()));
    }
    wat.encode().map_err(|e| text_error(&e, text))
}

/// The binary of a module of a script, written out, in bytes or quoted; `text` is the text of the script.
///
/// # Errors
/// Where quoted text is malformed, with line and column in the quoted text, and as for [`encode_wat`].
pub fn encode_quoted(quoted: &mut QuoteWat<'_>, text: &str) -> Result<Vec<u8>> {
    match quoted {
        QuoteWat::Wat(wat) => encode_wat(wat, text),
        QuoteWat::QuoteComponent(span, _) => Err(component(span.offset())),
        QuoteWat::QuoteModule(span, _) => {
            let at = span.offset();
            match quoted.to_test().map_err(|e| text_error(&e, text))? {
                QuoteWatTest::Binary(bytes) => Ok(bytes),
                QuoteWatTest::Text(inner) => match std::str::from_utf8(&inner) {
                    Ok(inner) => parse_and_encode(&current_spellings(inner)),
                    Err(_) => Err(Malformed::syntax(at, "malformed UTF-8 encoding")),
                },
            }
        }
    }
}

/// Old and current spellings of memory orderings, of the same length.
const SPELLINGS: [(&str, &str); 2] = [("seq_cst", "seqcst "), ("acq_rel", "acqrel ")];

/// The text with the memory orderings `seq_cst` and `acq_rel` spelt as they are now, `seqcst` and `acqrel`. Strings,
/// comments and identifiers are left alone, and everything stays in its place.
pub fn current_spellings(text: &str) -> Cow<'_, str> {
    if !SPELLINGS.iter().any(|(old, _)| text.contains(old)) {
        return Cow::Borrowed(text);
    }
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let mut current = text.to_owned();
    // Where the text has no tokens any more, the parser will say so.
    for token in lexer.iter(0).map_while(std::result::Result::ok) {
        let source = token.src(text);
        if let (TokenKind::Keyword, Some((_, new))) = (token.kind, SPELLINGS.iter().find(|(old, _)| *old == source)) {
            current.replace_range(token.offset..token.offset + source.len(), new);
        }
    }
    Cow::Owned(current)
}

fn has_old_spellings(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| matches!(current_spellings(text), Cow::Owned(new) if new != text))
}

/// The content of a file: a module, or the fields of one, or nothing at all, which stands for a module without fields
/// (`Tmodule/abbrev`) and which [`Wat`] would refuse.
struct Source<'a>(Option<Wat<'a>>);

impl<'a> Parse<'a> for Source<'a> {
    fn parse(parser: Parser<'a>) -> parser::Result<Self> {
        if parser.is_empty() { Ok(Source(None)) } else { Ok(Source(Some(parser.parse()?))) }
    }
}

fn parse_and_encode(text: &str) -> Result<Vec<u8>> {
    let mut lexer = Lexer::new(text);
    // The standard has nothing against characters that look like others.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(|e| text_error(&e, text))?;
    match parser::parse::<Source<'_>>(&buffer).map_err(|e| text_error(&e, text))? {
        Source(Some(mut wat)) => encode_wat(&mut wat, text),
        Source(None) => Ok(b"\0asm\x01\0\0\0".to_vec()),
    }
}

fn component(offset: usize) -> Malformed {
    Malformed::unsupported(offset, "component-model", "a component")
}

fn text_error(e: &wast::Error, text: &str) -> Malformed {
    let span = e.span();
    let (line, column) = span.linecol_in(text);
    Malformed { line: Some((line + 1, column + 1)), ..Malformed::syntax(span.offset(), e.message()) }
}
