//! Objects that threads make: what they are called, and their types.

use lockstep_semantics::execution::{Addr, Store};
use lockstep_semantics::syntax::DefType;

/// The names of objects that threads make begin here.
pub(super) const NAMED: Addr = 1 << 31;

/// The type of a structure of a store.
pub(super) fn struct_type(store: &Store, a: Addr) -> Option<DefType> {
    ((a as usize) < store.structs.len()).then(|| store.structs.ty(a))
}
