//! Chapter 5 in the other direction: syntax to bytes.
//!
//! | here | in the standard |
//! |---|---|
//! | `types` | 5.2-binary.types |
//! | `modules` | 5.3-binary.instructions: blocks; 5.4-binary.modules |
//! | `sections` | 5.4-binary.modules: sections |
//! | `names` | appendix, custom sections: the name section |
//!
//! The opcodes are those of the tables that [`decode`](crate::decode) reads. Of several encodings the shortest is
//! written: integers in as few bytes as there can be, abbreviated types and segments wherever the grammar has such, no
//! section that is empty. So decoding gives the module back, but for byte offsets, and a module that was encoded
//! longer becomes shorter. The name section comes last, and only where there are names.

mod modules;
mod names;
mod sections;
mod types;

use crate::decode::Dialect;
use crate::syntax::Module;

/// Encodes a module (`Bmodule`).
///
/// The module need not be valid. What the binary format has no form for (an administrative instruction, a closed
/// defined type) is in no module that was decoded; it is written as a byte that makes the binary malformed.
pub fn encode(module: &Module) -> Vec<u8> {
    encode_as(module, Dialect::Proposal)
}

/// [`encode`] in the dialect of a tool, which matters only for a module that uses the shared-everything-threads proposal.
///
/// An ordering that a dialect has no form for (wasm-tools and V8 have one for reading and writing together) is written as
/// the proposal has it, and the tool will refuse it or take it for another.
pub fn encode_as(module: &Module, dialect: Dialect) -> Vec<u8> {
    modules::module(module, dialect)
}
