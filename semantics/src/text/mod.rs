//! Chapter 6: text to syntax.
//!
//! | here | in the standard |
//! |---|---|
//! | `lexical` | 6.0-text.lexical: tokens, comments, annotations |
//! | [`numbers`], [`strings`] | 6.1-text.values |
//! | `context`, `parser` | 6.1-text.values: identifier contexts, indices, identifiers, names |
//! | `types` | 6.2-text.types: types, type uses and the types that they add |
//! | `instructions` | 6.3-text.instructions: labels, blocks, folded instructions |
//! | `tables`, `plain`, `numeric`, `vector`, `immediates` | 6.3-text.instructions: all others, in tables |
//! | `modules`, `segments` | 6.4-text.modules |
//! | `annotated`, `custom` | appendix, custom sections: annotations |
//! | `atomics`, `proposals` | the text format of proposals |
//!
//! Each production is named where it is read, with [`production!`](lockstep_spec::production). A text is read into a
//! [`Module`] directly, without a binary in between; the offsets of its instructions and definitions are those of the
//! text.
//!
//! Nothing here recurses, and what is allocated is in proportion to the text.

mod annotated;
mod atomics;
mod context;
mod custom;
mod immediates;
mod instructions;
mod lexical;
mod lines;
mod modules;
pub mod numbers;
mod numeric;
mod parser;
mod plain;
mod proposals;
mod segments;
pub mod strings;
mod tables;
mod types;
mod vector;

pub use annotated::{CustomFault, CustomSection};
pub use lexical::{Annotation, TextTooLong, Token, TokenKind, Tokens};
pub use lines::Lines;

use crate::decode::{Malformed, Result};
use crate::syntax::{Features, Module};
use lockstep_spec::{ProductionSet, production};
use parser::Parser;
use std::ops::Range;

/// Reads a module in the text format (`Tmodule`): the content of a file, or of a quoted module of a script.
///
/// # Errors
/// Where the text is not in the grammar; with line and column in the text, and the production.
pub fn read(text: &str, features: Features) -> Result<Module> {
    read_seen(text, features).0
}

/// [`read`], also returning the productions that were used, up to where the text is malformed if it is.
pub fn read_seen(text: &str, features: Features) -> (Result<Module>, ProductionSet) {
    match Tokens::new(text) {
        Ok(tokens) => {
            let (result, seen) = read_tokens(&tokens, 0..tokens.len(), features);
            (result, seen | tokens.productions())
        }
        Err(e) => (Err(Malformed::limit(0, e.to_string())), ProductionSet::default()),
    }
}

/// The characters of a text in UTF-8.
///
/// # Errors
/// Where the bytes are not UTF-8; with line and column.
pub fn utf8(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&e.as_bytes()[..at]);
        let (line, column) = Lines::new(&before).of(at as u32);
        let error = Malformed::syntax(at, "malformed UTF-8 encoding").in_production(production!("Tsource"));
        Malformed { line: Some((line as usize, column as usize)), ..error }
    })
}

/// Reads a module that is a part of a larger text: the tokens of one `(module …)`, the parentheses included, or those of
/// its declarations alone. Offsets are those of the larger text, and so are lines and columns. The productions are those
/// that the tokens are read by, without those that divide the text into them ([`Tokens::productions`]).
///
/// # Errors
/// As for [`read`].
pub fn read_tokens(tokens: &Tokens<'_>, range: Range<usize>, features: Features) -> (Result<Module>, ProductionSet) {
    let (result, seen) = Parser::new(tokens, range, features).module();
    let located = |e: Malformed| {
        let (line, column) = tokens.lines().of(e.offset as u32);
        Malformed { line: Some((line as usize, column as usize)), ..e }
    };
    (result.map_err(located), seen)
}
