//! The rules of 4.3-execution.instructions, in the order of the standard.
//!
//! Each function holds the rules of one instruction, one arm per rule, in the standard's order. A function is called
//! when the machine has taken its instruction; the operands are the topmost values. It pops them, and pushes the
//! contractum: values to the left of the hole, instructions into the pending list.

mod array;
mod atomic;
mod atomic_objects;
mod call;
mod control;
mod exception;
mod memory;
mod numeric;
mod reference;
mod structure;
mod table;
mod variable;
mod vector;
mod vector_memory;

/// `i + n > len`
#[inline(always)]
fn exceeds(i: u64, n: u64, len: u64) -> bool {
    i.checked_add(n).is_none_or(|end| end > len)
}
