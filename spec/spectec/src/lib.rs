//! SpecTec: the language that the WebAssembly standard is written in.
//!
//! This crate reads scripts of that language, as its [description] defines it, and knows nothing of WebAssembly.
//!
//! - [`source`]: texts, places in them, and diagnostics.
//! - [`lex`], [`parse`](mod@parse): from texts to the syntax in [`ast`].
//! - [`elab`]: from there to the explicit form in [`il`], with types, dimensions and subsumption; [`print`](mod@print)
//!   shows it, [`lint`] looks for slips in it.
//! - [`term`]: values, each of which there is once.
//! - [`eval`]: functions by their clauses and relations by their rules.
//!
//! [description]: https://github.com/WebAssembly/spec/blob/main/spectec/doc/Language.md

pub mod ast;
pub mod elab;
pub mod eval;
pub mod il;
pub mod lex;
pub mod lint;
pub mod map;
pub mod number;
pub mod parse;
pub mod print;
pub mod source;
pub mod term;

use std::sync::Arc;

/// A name or a text.
pub type Name = Arc<str>;

/// So deep may expressions be nested.
pub const MAX_DEPTH: u32 = 200;

/// So many errors are told of.
pub const MAX_ERRORS: usize = 100;
