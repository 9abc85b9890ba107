//! Encodes modules in the text of proposals that are not supported here. The crate `wast` encodes them, for engines
//! that may support more than the semantics. Nothing else in this crate is read by `wast`.

use wast::Wat;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

/// The bytes of a module in text, if `wast` has any.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut lexer = Lexer::new(text);
    // The standard has nothing against characters that look like others.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).ok()?;
    match parser::parse::<Wat<'_>>(&buffer).ok()? {
        Wat::Module(mut module) => module.encode().ok(),
        Wat::Component(_) => None,
    }
}
