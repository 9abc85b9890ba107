//! Reading scripts.

use super::place::Places;
use lockstep_reports::Kind;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// Why a script cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) message: String,
}

impl Broken {
    pub(super) fn new(text: &str, error: &wast::Error) -> Self {
        let (line, column) = Places::new(text).of(error.span().offset());
        Broken { line, column, message: error.message() }
    }

    pub(super) fn not_utf8(text: &[u8], error: &std::str::Utf8Error) -> Self {
        let before = String::from_utf8_lossy(&text[..error.valid_up_to()]);
        let (line, column) = Places::new(&before).of(before.len());
        Broken { line, column, message: "not UTF-8".into() }
    }
}

/// Splits a script into tokens, and hands the result to [`parse`] by way of a buffer that has to live longer.
pub(super) fn buffer(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    // Some scripts test that names can be made of any characters.
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// Parses a script.
///
/// # Errors
/// When it is not a script, with the place.
pub(super) fn parse<'a>(buffer: &'a ParseBuffer<'a>) -> Result<Vec<WastDirective<'a>>, wast::Error> {
    // A file of comments alone is a script without directives, which `Wast` would take for an empty module.
    if parser::parse::<Empty>(buffer).is_ok() {
        return Ok(Vec::new());
    }
    // It also takes a file that begins with a thread for the fields of a module.
    match parser::parse::<Threads<'a>>(buffer) {
        Ok(Threads(directives)) => return Ok(directives),
        Err(e) if e.message() != NO_THREAD => return Err(e),
        Err(_) => {}
    }
    Ok(parser::parse::<Wast<'a>>(buffer)?.directives)
}

/// How a script is told apart that begins with something else.
const NO_THREAD: &str = "expected a thread";

/// Directives, the first of which is a thread.
struct Threads<'a>(Vec<WastDirective<'a>>);

impl<'a> parser::Parse<'a> for Threads<'a> {
    fn parse(parser: parser::Parser<'a>) -> parser::Result<Self> {
        if !parser.peek2::<wast::kw::thread>()? {
            return Err(parser.error(NO_THREAD));
        }
        let mut directives = Vec::new();
        while !parser.is_empty() {
            directives.push(parser.parens(|parser| parser.parse())?);
        }
        Ok(Threads(directives))
    }
}

/// Nothing at all.
struct Empty;

impl<'a> parser::Parse<'a> for Empty {
    fn parse(parser: parser::Parser<'a>) -> parser::Result<Self> {
        if parser.is_empty() { Ok(Empty) } else { Err(parser.error("not empty")) }
    }
}

/// The kind of a directive.
pub(super) fn kind(directive: &WastDirective<'_>) -> Kind {
    match directive {
        WastDirective::Module(_) => Kind::Module,
        WastDirective::ModuleDefinition(_) => Kind::ModuleDefinition,
        WastDirective::ModuleInstance { .. } => Kind::ModuleInstance,
        WastDirective::Register { .. } => Kind::Register,
        WastDirective::Invoke(_) => Kind::Invoke,
        WastDirective::AssertReturn { .. } => Kind::AssertReturn,
        WastDirective::AssertTrap { .. } => Kind::AssertTrap,
        WastDirective::AssertException { .. } => Kind::AssertException,
        WastDirective::AssertExhaustion { .. } => Kind::AssertExhaustion,
        WastDirective::AssertSuspension { .. } => Kind::AssertSuspension,
        WastDirective::AssertInvalid { .. } => Kind::AssertInvalid,
        WastDirective::AssertInvalidCustom { .. } => Kind::AssertInvalidCustom,
        WastDirective::AssertMalformed { .. } => Kind::AssertMalformed,
        WastDirective::AssertMalformedCustom { .. } => Kind::AssertMalformedCustom,
        WastDirective::AssertUnlinkable { .. } => Kind::AssertUnlinkable,
        WastDirective::Thread(_) => Kind::Thread,
        WastDirective::Wait { .. } => Kind::Wait,
    }
}
