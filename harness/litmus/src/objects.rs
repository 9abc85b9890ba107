//! Names and types of objects that threads allocate.

use lockstep_semantics::execution::{Addr, Store};
use lockstep_semantics::syntax::DefType;

/// The first name of an object that a thread allocates; smaller numbers are addresses.
pub(super) const NAMED: Addr = 1 << 31;

/// The type of a structure of a store.
pub(super) fn struct_type(store: &Store, a: Addr) -> Option<DefType> {
    ((a as usize) < store.structs.len()).then(|| store.structs.ty(a))
}
