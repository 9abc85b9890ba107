//! Substitution of type uses: `subst_valtype`, `subst_comptype`, … of the standard, each as a map over the type uses
//! that occur in a type.
//!
//! The standard substitutes lists of type variables by lists of type uses. Here the list is a function, so that the
//! same traversal serves rolling (`_IDX (x+i)` to `REC i`), unrolling (`REC i` to a defined type), closure and
//! instantiation (`_IDX x` to a defined type).

use crate::syntax::*;

/// What is done with each type use.
pub trait Subst: FnMut(TypeUse) -> TypeUse {}
impl<F: FnMut(TypeUse) -> TypeUse> Subst for F {}

/// `subst_heaptype`
pub fn subst_heaptype(ht: HeapType, f: &mut impl Subst) -> HeapType {
    match ht {
        HeapType::Use(tu) => HeapType::Use(f(tu)),
        HeapType::Abs(..) => ht,
    }
}

/// `subst_reftype`
pub fn subst_reftype(rt: RefType, f: &mut impl Subst) -> RefType {
    RefType { null: rt.null, heap: subst_heaptype(rt.heap, f) }
}

/// `subst_valtype`
pub fn subst_valtype(t: ValType, f: &mut impl Subst) -> ValType {
    match t {
        ValType::Ref(rt) => ValType::Ref(subst_reftype(rt, f)),
        ValType::Num(_) | ValType::Vec(_) | ValType::Bot => t,
    }
}

/// `subst_fieldtype`
pub fn subst_fieldtype(ft: FieldType, f: &mut impl Subst) -> FieldType {
    let storage = match ft.storage {
        StorageType::Val(t) => StorageType::Val(subst_valtype(t, f)),
        StorageType::Pack(pt) => StorageType::Pack(pt),
    };
    FieldType { mutable: ft.mutable, storage }
}

/// `subst_comptype`
pub fn subst_comptype(ct: &CompType, f: &mut impl Subst) -> CompType {
    match ct {
        CompType::Struct(fts) => CompType::Struct(fts.iter().map(|&ft| subst_fieldtype(ft, f)).collect()),
        CompType::Array(ft) => CompType::Array(subst_fieldtype(*ft, f)),
        CompType::Func(FuncType { params, results }) => CompType::Func(FuncType {
            params: params.iter().map(|&t| subst_valtype(t, f)).collect(),
            results: results.iter().map(|&t| subst_valtype(t, f)).collect(),
        }),
    }
}

/// `subst_subtype`
pub fn subst_subtype(st: &SubType, f: &mut impl Subst) -> SubType {
    SubType {
        is_final: st.is_final,
        supers: st.supers.iter().map(|&tu| f(tu)).collect(),
        share: st.share,
        comp: subst_comptype(&st.comp, f),
    }
}

/// `subst_rectype`, for substitutions that leave the type's own `REC i` alone.
pub fn subst_rectype(rt: &RecType, f: &mut impl Subst) -> RecType {
    RecType(rt.0.iter().map(|st| subst_subtype(st, f)).collect())
}

/// `subst_globaltype`
pub fn subst_globaltype(gt: GlobalType, f: &mut impl Subst) -> GlobalType {
    GlobalType { val: subst_valtype(gt.val, f), ..gt }
}

/// `subst_tabletype`
pub fn subst_tabletype(tt: TableType, f: &mut impl Subst) -> TableType {
    TableType { elem: subst_reftype(tt.elem, f), ..tt }
}

/// `subst_externtype`
pub fn subst_externtype(xt: ExternType, f: &mut impl Subst) -> ExternType {
    match xt {
        ExternType::Tag(jt) => ExternType::Tag(f(jt)),
        ExternType::Global(gt) => ExternType::Global(subst_globaltype(gt, f)),
        ExternType::Mem(mt) => ExternType::Mem(mt),
        ExternType::Table(tt) => ExternType::Table(subst_tabletype(tt, f)),
        ExternType::Func(tu) => ExternType::Func(f(tu)),
    }
}

/// The substitution `[:= dt*]` of `subst_all_…`: type indices by defined types. Out-of-range indices, which no valid
/// module has, are left as they are.
pub fn all(dts: &[DefType]) -> impl FnMut(TypeUse) -> TypeUse {
    |tu| match tu {
        TypeUse::Idx(x) => dts.get(x as usize).map_or(tu, |&dt| TypeUse::Def(dt)),
        TypeUse::Rec(_) | TypeUse::Def(_) => tu,
    }
}

/// `rollrt(x, rectype)`: the type's references to its own members, `_IDX (x+i)`, become `REC i`.
pub fn rollrt(x: TypeIdx, rt: &RecType) -> RecType {
    let n = rt.0.len() as u32;
    subst_rectype(rt, &mut |tu| match tu {
        TypeUse::Idx(y) if (x..x + n).contains(&y) => TypeUse::Rec(y - x),
        _ => tu,
    })
}
