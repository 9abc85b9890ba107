//! Kinds of composite types, and the indices in types.

use lockstep_semantics::syntax::*;

/// What kind of composite type it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CompKind {
    Struct,
    Array,
    Func,
}

/// The `n`-th type of the module.
pub(super) fn heap(x: TypeIdx) -> HeapType {
    HeapType::Use(TypeUse::Idx(x))
}

/// The index that a heap type is.
pub(super) fn index(ht: HeapType) -> Option<TypeIdx> {
    match ht {
        HeapType::Use(TypeUse::Idx(x)) => Some(x),
        _ => None,
    }
}

pub(super) fn kind_of(ct: &CompType) -> CompKind {
    match ct {
        CompType::Struct(_) => CompKind::Struct,
        CompType::Array(_) => CompKind::Array,
        CompType::Func(_) => CompKind::Func,
    }
}

pub(super) fn super_of(st: &SubType) -> Option<TypeIdx> {
    match st.supers.first() {
        Some(TypeUse::Idx(x)) => Some(*x),
        _ => None,
    }
}
