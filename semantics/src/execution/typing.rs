//! Types of values at run time (4.1-execution.values, 4.2-execution.types).

use super::*;
use crate::observe::Observer;
use crate::syntax::*;
use crate::types;
use crate::validation::Matching;
use lockstep_spec::rule;

/// `inst_reftype(moduleinst, rt)`: the type with the module instance's types in place of type indices.
#[inline(always)]
pub fn inst_reftype(mm: &ModuleInst, rt: RefType) -> RefType {
    types::subst_reftype(rt, &mut types::all(&mm.types))
}

/// `s ⊢ ref : rt`, for a closed type.
///
/// ```text
/// Ref_ok/null    s ⊢ (ref.null) : (ref null bot)
/// Ref_ok/i31     s ⊢ (ref.i31 i) : (ref i31)
/// Ref_ok/struct  s ⊢ (ref.struct a) : (ref dt)    if s.structs[a].type = dt
/// Ref_ok/array   s ⊢ (ref.array a) : (ref dt)     if s.arrays[a].type = dt
/// Ref_ok/func    s ⊢ (ref.func a) : (ref dt)      if s.funcs[a].type = dt
/// Ref_ok/exn     s ⊢ (ref.exn a) : (ref exn)      if s.exns[a] = exn
/// Ref_ok/host    s ⊢ (ref.host a) : (ref any)
/// Ref_ok/extern  s ⊢ (ref.extern ref) : (ref extern)   if s ⊢ ref : (ref any) and ref ≠ (ref.null)
/// Ref_ok/i31_shared     s ⊢ (ref.i31_shared i) : (ref (shared i31))
/// Ref_ok/exn-shared     s ⊢ (ref.exn a) : (ref (shared exn))
///                         if s.exns[a] = exn and s.tags[exn.tag] expands to shared ct
/// Ref_ok/extern-shared  s ⊢ (ref.extern ref) : (ref (shared extern))
///                         if s ⊢ ref : (ref (shared any)) and ref ≠ (ref.null)
/// Ref_ok/sub     s ⊢ ref : rt   if s ⊢ ref : rt' and {} ⊢ rt : ok and {} ⊢ rt' <: rt
/// ```
#[inline(always)]
pub fn ref_ok<O: Observer>(s: &Store, r: Ref, rt: RefType, o: &mut O) -> bool {
    let (rule, rt_0) = match r {
        // The null reference is of both sharednesses.
        Ref::Null => (rule!("Ref_ok/null"), RefType::null(HeapType::Abs(Share::Bot, AbsHeapType::Bot))),
        Ref::I31Shared(_) => (rule!("Ref_ok/i31_shared"), shared_ref(AbsHeapType::I31)),
        Ref::Exn(a) if exn_share(s, a) == Share::Shared => (rule!("Ref_ok/exn-shared"), shared_ref(AbsHeapType::Exn)),
        Ref::Extern(r) if internal_share(s, r) == Share::Shared => {
            (rule!("Ref_ok/extern-shared"), shared_ref(AbsHeapType::Extern))
        }
        Ref::I31(_) => (rule!("Ref_ok/i31"), RefType::non_null(HeapType::abs(AbsHeapType::I31))),
        Ref::Struct(a) => (rule!("Ref_ok/struct"), RefType::non_null(HeapType::Use(TypeUse::Def(s.structs.ty(a))))),
        Ref::Array(a) => (rule!("Ref_ok/array"), RefType::non_null(HeapType::Use(TypeUse::Def(s.arrays.ty(a))))),
        Ref::Func(a) => (rule!("Ref_ok/func"), RefType::non_null(HeapType::Use(TypeUse::Def(s.funcs[a as usize].ty)))),
        Ref::Exn(_) => (rule!("Ref_ok/exn"), RefType::non_null(HeapType::abs(AbsHeapType::Exn))),
        Ref::Host(_) => (rule!("Ref_ok/host"), RefType::non_null(HeapType::abs(AbsHeapType::Any))),
        // What REF.EXTERN wraps is of type (ref any) by construction.
        Ref::Extern(_) => (rule!("Ref_ok/extern"), RefType::non_null(HeapType::abs(AbsHeapType::Extern))),
    };
    let holds = rt_0 == rt || Matching::closed(&s.types).reftype_sub(rt_0, rt, o);
    if holds {
        o.rule(rule);
        if rt_0 != rt {
            o.rule(rule!("Ref_ok/sub"));
        }
    }
    holds
}

/// `(ref (shared aht))`
fn shared_ref(aht: AbsHeapType) -> RefType {
    RefType::non_null(HeapType::Abs(Share::Shared, aht))
}

/// The sharedness of an exception: that of the type of its tag.
fn exn_share(s: &Store, a: Addr) -> Share {
    s.types.unrolldt(s.tags[s.exns[a as usize].tag as usize].ty).share
}

/// The sharedness of what an external reference wraps.
fn internal_share(s: &Store, r: Internal) -> Share {
    match r {
        Internal::I31Shared(_) => Share::Shared,
        Internal::Struct(a) => s.types.unrolldt(s.structs.ty(a)).share,
        Internal::Array(a) => s.types.unrolldt(s.arrays.ty(a)).share,
        Internal::I31(_) | Internal::Host(_) => Share::Unshared,
    }
}

/// `s ⊢ val : t`, for a closed type.
///
/// ```text
/// Val_ok/num  s ⊢ num : nt   if s ⊢ num : nt     Num_ok  s ⊢ (nt.const c) : nt
/// Val_ok/vec  s ⊢ vec : vt   if s ⊢ vec : vt     Vec_ok  s ⊢ (vt.const c) : vt
/// Val_ok/ref  s ⊢ ref : rt   if s ⊢ ref : rt
/// ```
pub fn val_ok<O: Observer>(s: &Store, v: Value, t: ValType, o: &mut O) -> bool {
    match (v, t) {
        (Value::Num(c), ValType::Num(nt)) if c.numtype() == nt => {
            o.rule(rule!("Num_ok"));
            o.rule(rule!("Val_ok/num"));
            true
        }
        (Value::Vec(_), ValType::Vec(VecType::V128)) => {
            o.rule(rule!("Vec_ok"));
            o.rule(rule!("Val_ok/vec"));
            true
        }
        (Value::Ref(r), ValType::Ref(rt)) if ref_ok(s, r, rt, o) => {
            o.rule(rule!("Val_ok/ref"));
            true
        }
        _ => false,
    }
}

/// `s ⊢ externaddr : xt`, for a closed type.
///
/// ```text
/// Externaddr_ok/tag     s ⊢ tag a : tag s.tags[a].type
/// Externaddr_ok/global  s ⊢ global a : global s.globals[a].type
/// Externaddr_ok/mem     s ⊢ mem a : mem s.mems[a].type
/// Externaddr_ok/table   s ⊢ table a : table s.tables[a].type
/// Externaddr_ok/func    s ⊢ func a : func s.funcs[a].type
/// Externaddr_ok/sub     s ⊢ externaddr : xt   if s ⊢ externaddr : xt' and {} ⊢ xt : ok and {} ⊢ xt' <: xt
/// ```
pub fn externaddr_ok<O: Observer>(s: &Store, a: ExternAddr, xt: ExternType, o: &mut O) -> bool {
    let rule = match a {
        ExternAddr::Tag(_) => rule!("Externaddr_ok/tag"),
        ExternAddr::Global(_) => rule!("Externaddr_ok/global"),
        ExternAddr::Mem(_) => rule!("Externaddr_ok/mem"),
        ExternAddr::Table(_) => rule!("Externaddr_ok/table"),
        ExternAddr::Func(_) => rule!("Externaddr_ok/func"),
    };
    let holds = Matching::closed(&s.types).externtype_sub(s.extern_type(a), xt, o);
    if holds {
        o.rule(rule);
        o.rule(rule!("Externaddr_ok/sub"));
    }
    holds
}
