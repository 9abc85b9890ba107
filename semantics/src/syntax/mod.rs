//! Chapter 1: abstract syntax, in the standard's own shape.
//!
//! Indices are plain `u32`s under the names of the standard. Instruction sequences are not trees of boxes but
//! stretches of one shared list, [`Code`], so that no nesting, however deep, touches the host's stack, and so that an
//! instruction can be copied as a value.

mod atomics;
mod code;
mod display;
mod instructions;
mod modules;
mod types;
mod values;

pub use atomics::*;
pub use code::*;
pub use display::{Mnemonic, Notation, Shown, ShownInstr};
pub use instructions::*;
pub use modules::*;
pub use types::*;
pub use values::*;

/// `idx`: an index.
pub type Idx = u32;
/// `typeidx`
pub type TypeIdx = Idx;
/// `funcidx`
pub type FuncIdx = Idx;
/// `globalidx`
pub type GlobalIdx = Idx;
/// `tableidx`
pub type TableIdx = Idx;
/// `memidx`
pub type MemIdx = Idx;
/// `tagidx`
pub type TagIdx = Idx;
/// `elemidx`
pub type ElemIdx = Idx;
/// `dataidx`
pub type DataIdx = Idx;
/// `labelidx`
pub type LabelIdx = Idx;
/// `localidx`
pub type LocalIdx = Idx;
/// `fieldidx`
pub type FieldIdx = Idx;
/// `laneidx`
pub type LaneIdx = u8;
