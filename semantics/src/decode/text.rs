//! Text format (chapter 6): `wast` parses and encodes it, with names, and the binary is decoded.

use super::{Malformed, Result, decode};
use crate::syntax::Module;
use wast::lexer::Lexer;
use wast::parser::{self, Parse, ParseBuffer, Parser};
use wast::{QuoteWat, QuoteWatTest, Wat};

/// Reads a module in the text format; also returns the binary that byte offsets refer to.
///
/// # Errors
/// Where the text is not in the text format of the standard; with line and column where the parser says so.
pub fn decode_text(text: &str) -> Result<(Vec<u8>, Module)> {
    let bytes = parse_and_encode(text)?;
    let module = decode(&bytes)?;
    Ok((bytes, module))
}

/// Reads a module in either format: binary if it begins like one, else text.
///
/// # Errors
/// As for [`decode`] and [`decode_text`].
pub fn read_module(bytes_or_text: &[u8]) -> Result<(Vec<u8>, Module)> {
    if bytes_or_text.starts_with(b"\0asm") {
        return Ok((bytes_or_text.to_vec(), decode(bytes_or_text)?));
    }
    match std::str::from_utf8(bytes_or_text) {
        Ok(text) => decode_text(text),
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
                    Ok(inner) => parse_and_encode(inner),
                    Err(_) => Err(Malformed::syntax(at, "malformed UTF-8 encoding")),
                },
            }
        }
    }
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
