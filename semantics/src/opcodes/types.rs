//! Binary format of the types that instructions name (5.2-binary.types): their bytes, for both directions, and how they
//! are written.

use super::{leb_s, leb_u};
use crate::syntax::*;

/// `Babsheaptype`
pub(crate) const ABS_HEAP_TYPES: [(u8, AbsHeapType); 12] = [
    (0x69, AbsHeapType::Exn),
    (0x6A, AbsHeapType::Array),
    (0x6B, AbsHeapType::Struct),
    (0x6C, AbsHeapType::I31),
    (0x6D, AbsHeapType::Eq),
    (0x6E, AbsHeapType::Any),
    (0x6F, AbsHeapType::Extern),
    (0x70, AbsHeapType::Func),
    (0x71, AbsHeapType::None),
    (0x72, AbsHeapType::NoExtern),
    (0x73, AbsHeapType::NoFunc),
    (0x74, AbsHeapType::NoExn),
];

/// `Bnumtype` and `Bvectype`
pub(crate) const NUM_TYPES: [(u8, ValType); 5] =
    [(0x7B, ValType::V128), (0x7C, ValType::F64), (0x7D, ValType::F32), (0x7E, ValType::I64), (0x7F, ValType::I32)];

/// `Bpacktype`
pub(crate) const PACK_TYPES: [(u8, PackType); 2] = [(0x77, PackType::I16), (0x78, PackType::I8)];

/// `REF NULL`
pub(crate) const REF_NULL: u8 = 0x63;
/// `REF`
pub(crate) const REF: u8 = 0x64;
/// The mark of what is shared (proposal shared-everything-threads).
pub(crate) const SHARED: u8 = 0x65;

/// A negative integer of one byte that is no type, and not the mark of a block type that is empty.
const NO_TYPE: u8 = 0x41;

/// What a byte stands for.
pub(crate) fn of_byte<T: Copy>(table: &[(u8, T)], byte: u8) -> Option<T> {
    table.iter().find(|(b, _)| *b == byte).map(|&(_, t)| t)
}

/// The byte of something.
pub(crate) fn byte_of<T: Copy + PartialEq>(table: &[(u8, T)], t: T) -> Option<u8> {
    table.iter().find(|(_, other)| *other == t).map(|&(byte, _)| byte)
}

/// Writes a heap type.
pub(crate) fn heaptype(ht: HeapType, out: &mut Vec<u8>) {
    match ht {
        HeapType::Abs(share, aht) => {
            if share == Share::Shared {
                out.push(SHARED);
            }
            out.push(byte_of(&ABS_HEAP_TYPES, aht).unwrap_or(NO_TYPE));
        }
        HeapType::Use(TypeUse::Idx(x)) => leb_s(x.into(), out),
        HeapType::Use(TypeUse::Rec(_) | TypeUse::Def(_)) => out.push(NO_TYPE),
    }
}

/// Writes a reference type, in the short form where there is one.
pub(crate) fn reftype(rt: RefType, out: &mut Vec<u8>) {
    match rt {
        RefType { null: true, heap: HeapType::Abs(Share::Unshared, _) } => {}
        RefType { null: true, .. } => out.push(REF_NULL),
        RefType { null: false, .. } => out.push(REF),
    }
    heaptype(rt.heap, out);
}

/// Writes a value type.
pub(crate) fn valtype(t: ValType, out: &mut Vec<u8>) {
    match t {
        ValType::Ref(rt) => reftype(rt, out),
        t => out.push(byte_of(&NUM_TYPES, t).unwrap_or(NO_TYPE)),
    }
}

/// `Blist(BX)`
pub(crate) fn list<T>(els: &[T], out: &mut Vec<u8>, mut el: impl FnMut(&T, &mut Vec<u8>)) {
    leb_u(els.len() as u64, out);
    for t in els {
        el(t, out);
    }
}
