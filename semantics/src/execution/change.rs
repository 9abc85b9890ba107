//! What a step changes in the store and in the locals.

use super::*;
use crate::syntax::*;

/// A change, told by whatever makes it: an accessor of a rule, or a [`Caller`] in a host function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// A location was written, from a value to a value. A memory or table that grows has its length written.
    Written {
        /// `loc`
        loc: Location,
        /// What was there.
        old: Datum,
        /// What is there now.
        new: Datum,
    },
    /// A local of the current frame was written, from a value to a value.
    Local {
        /// Which.
        x: LocalIdx,
        /// What it held; unset, maybe.
        old: Slot,
        /// What it holds now.
        new: Slot,
    },
    /// A structure was made.
    NewStruct(Addr),
    /// An array was made.
    NewArray(Addr),
    /// An exception was made.
    NewExn(Addr),
    /// A data segment was dropped; how many bytes it had.
    DataDropped(Addr, usize),
    /// An element segment was dropped; how many elements it had.
    ElemDropped(Addr, usize),
}
