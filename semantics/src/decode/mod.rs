//! Chapter 5: bytes to syntax.
//!
//! | here | in the standard |
//! |---|---|
//! | `values` | 5.1-binary.values: integers, lists, names |
//! | `types` | 5.2-binary.types |
//! | `instructions` | 5.3-binary.instructions: blocks; all others are in the tables that encoding reads, too |
//! | `modules` | 5.4-binary.modules |
//! | `names` | appendix, custom sections: the name section |
//! | `formats` | either format, the text format being read by [`text`](mod@crate::text) |
//!
//! The grammar is read production by production, in the standard's order, on top of the primitive readers of
//! `wasmparser` (bytes, LEB128 integers, UTF-8 names, the name section). Its readers for types, instructions and
//! sections are not used: they enforce implementation limits and parts of validation, and accept proposals, so that
//! they draw the line between malformed, invalid and well-formed in another place than the standard does. They serve as
//! a second opinion in the tests, and to tell which proposal an unknown instruction belongs to.
//!
//! Nothing here recurses, and nothing is allocated on the word of a count in the input.

mod formats;
mod instructions;
mod modules;
mod names;
mod proposals;
mod types;
mod values;

pub(crate) use instructions::{Exprs, Opener};
pub(crate) use proposals::{fence, memarg as memarg_proposal};
pub(crate) use types::{heaptype, valtype};
pub(crate) use values::*;

pub use formats::{
    ModuleFormat, decode_text, decode_text_with, read_module, read_module_with, read_with_proposals, widening,
};
pub use modules::{LOCALS_PER_FUNCTION, LOCALS_PER_MODULE, decode, decode_seen, decode_with};

use crate::syntax::Features;
use lockstep_spec::ProductionId;

/// Whose encoding of the shared-everything-threads proposal it is, where tools differ from its text.
///
/// The longer forms of types and both opcodes of `ref.i31_shared` are read in each of them; what one byte for the
/// orderings of a read-modify-write instruction means depends on the dialect.
///
/// | | proposal | wasm-tools | V8 | Binaryen |
/// |---|---|---|---|---|
/// | `(ref null (shared any))` | 63 65 6e | 65 6e | 63 65 6e | 63 65 6e |
/// | `ref.i31_shared` | FB 1F | FE 72 | FB 1F | FB 1F |
/// | `acqrel` of a read-modify-write | 11 | 01 | 01 | 11 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The proposal's text.
    #[default]
    Proposal,
    /// wasm-tools: what text is made into here.
    WasmTools,
    /// V8.
    V8,
    /// Binaryen.
    Binaryen,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 4] = [Dialect::Proposal, Dialect::WasmTools, Dialect::V8, Dialect::Binaryen];
}

/// How a binary is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The proposals that it may use.
    pub features: Features,
    /// Whose encoding of them it is.
    pub dialect: Dialect,
}

impl Reading {
    /// With these proposals, as the text format is made into bytes here.
    pub const fn of_text(features: Features) -> Self {
        Reading { features, dialect: Dialect::WasmTools }
    }
}

/// Why bytes or text are not a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The byte offset in the binary, or in the text.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What kind of wrong.
    pub kind: MalformedKind,
    /// Line and column in the text, from 1, where the text is at fault.
    pub line: Option<(usize, usize)>,
    /// The production in which it failed, the innermost one, where that is known.
    pub production: Option<ProductionId>,
    /// Of a text, what stands where something else was wanted.
    pub unexpected: Option<Box<Unexpected>>,
}

/// What was found in a text, and what would have done instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unexpected {
    /// The token, or what is wrong with it.
    pub found: String,
    /// What could have stood there.
    pub wanted: String,
}

/// Kinds of [`Malformed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MalformedKind {
    /// Not in the grammar of the standard.
    Syntax,
    /// In the grammar, but beyond what is implemented here; the standard permits such limits (appendix, implementation
    /// limitations).
    Limit,
    /// Not in the grammar of the standard, but in that of a proposal.
    Unsupported {
        /// The proposal's name.
        proposal: &'static str,
    },
}

impl Malformed {
    pub(crate) fn syntax(offset: usize, message: impl Into<String>) -> Self {
        Malformed {
            offset,
            message: message.into(),
            kind: MalformedKind::Syntax,
            line: None,
            production: None,
            unexpected: None,
        }
    }
    pub(crate) fn limit(offset: usize, message: impl Into<String>) -> Self {
        Malformed { kind: MalformedKind::Limit, ..Malformed::syntax(offset, message) }
    }
    pub(crate) fn unsupported(offset: usize, proposal: &'static str, message: impl Into<String>) -> Self {
        Malformed { kind: MalformedKind::Unsupported { proposal }, ..Malformed::syntax(offset, message) }
    }
    /// With the production to blame, unless one inside of it is already.
    #[cold]
    pub(crate) fn in_production(self, id: ProductionId) -> Self {
        Malformed { production: self.production.or(Some(id)), ..self }
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some((line, column)) => write!(f, "malformed text at {line}:{column}: {}", self.message)?,
            None => write!(f, "malformed module at byte {:#x}: {}", self.offset, self.message)?,
        }
        match self.kind {
            MalformedKind::Syntax => Ok(()),
            MalformedKind::Limit => f.write_str(" (a limit of this implementation)"),
            MalformedKind::Unsupported { proposal } => write!(f, " (proposal: {proposal})"),
        }
    }
}

impl std::error::Error for Malformed {}

impl From<wasmparser::Error> for Malformed {
    fn from(e: wasmparser::Error) -> Self {
        Malformed::syntax(e.offset() as usize, e.message())
    }
}

pub(crate) type Result<T, E = Malformed> = std::result::Result<T, E>;
