//! Types (2.1-validation.types): decides whether they are well-formed.

use super::contexts::{Context, lookup};
use super::error::{Derived, Premise, Space, fail};
use super::matching::Matching;
use super::shares::{comptype_ok_shared, shared};
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;

/// ```text
/// Typeuse_ok/typeidx  C ⊢ x : ok  if C.types[x] = dt
/// ```
fn typeuse_ok<O: Observer>(types: &[DefType], tu: TypeUse, o: &mut O) -> Derived {
    const TYPEIDX: crate::RuleId = rule!("Typeuse_ok/typeidx");
    match tu {
        TypeUse::Idx(x) => {
            lookup(TYPEIDX, Space::Type, types, x)?;
            o.rule(TYPEIDX);
            Ok(())
        }
        // The type table has only well-formed types.
        TypeUse::Def(_) => Ok(()),
        TypeUse::Rec(index) => fail(TYPEIDX, Premise::Unknown { space: Space::Type, index, len: 0 }),
    }
}

/// ```text
/// Heaptype_ok/abs      C ⊢ absheaptype : ok
/// Heaptype_ok/typeuse  C ⊢ tu : ok  if C ⊢ tu : ok  (Typeuse_ok)
/// ```
pub(super) fn heaptype_ok<O: Observer>(types: &[DefType], ht: HeapType, o: &mut O) -> Derived {
    match ht {
        HeapType::Abs(..) => o.rule(rule!("Heaptype_ok/abs")),
        HeapType::Use(tu) => {
            typeuse_ok(types, tu, o)?;
            o.rule(rule!("Heaptype_ok/typeuse"));
        }
    }
    Ok(())
}

/// ```text
/// Reftype_ok  C ⊢ ref null? ht : ok  if C ⊢ ht : ok
/// ```
pub(super) fn reftype_ok<O: Observer>(types: &[DefType], rt: RefType, o: &mut O) -> Derived {
    heaptype_ok(types, rt.heap, o)?;
    o.rule(rule!("Reftype_ok"));
    Ok(())
}

/// ```text
/// Numtype_ok      C ⊢ nt : ok
/// Vectype_ok      C ⊢ vt : ok
/// Valtype_ok/num  C ⊢ nt : ok  if C ⊢ nt : ok  (Numtype_ok)
/// Valtype_ok/vec  C ⊢ vt : ok  if C ⊢ vt : ok  (Vectype_ok)
/// Valtype_ok/ref  C ⊢ rt : ok  if C ⊢ rt : ok  (Reftype_ok)
/// ```
pub(super) fn valtype_ok<O: Observer>(types: &[DefType], t: ValType, o: &mut O) -> Derived {
    match t {
        ValType::Num(_) => {
            o.rule(rule!("Numtype_ok"));
            o.rule(rule!("Valtype_ok/num"));
        }
        ValType::Vec(_) => {
            o.rule(rule!("Vectype_ok"));
            o.rule(rule!("Valtype_ok/vec"));
        }
        ValType::Ref(rt) => {
            reftype_ok(types, rt, o)?;
            o.rule(rule!("Valtype_ok/ref"));
        }
        ValType::Bot => {}
    }
    Ok(())
}

/// ```text
/// Resulttype_ok  C ⊢ t* : ok  if (C ⊢ t : ok)*
/// ```
fn resulttype_ok<O: Observer>(types: &[DefType], ts: &[ValType], o: &mut O) -> Derived {
    for &t in ts {
        valtype_ok(types, t, o)?;
    }
    o.rule(rule!("Resulttype_ok"));
    Ok(())
}

/// ```text
/// Packtype_ok          C ⊢ pt : ok
/// Storagetype_ok/val   C ⊢ t : ok        if C ⊢ t : ok   (Valtype_ok)
/// Storagetype_ok/pack  C ⊢ pt : ok       if C ⊢ pt : ok  (Packtype_ok)
/// Fieldtype_ok         C ⊢ mut? zt : ok  if C ⊢ zt : ok
/// ```
fn fieldtype_ok<O: Observer>(types: &[DefType], ft: FieldType, o: &mut O) -> Derived {
    match ft.storage {
        StorageType::Val(t) => {
            valtype_ok(types, t, o)?;
            o.rule(rule!("Storagetype_ok/val"));
        }
        StorageType::Pack(_) => {
            o.rule(rule!("Packtype_ok"));
            o.rule(rule!("Storagetype_ok/pack"));
        }
    }
    o.rule(rule!("Fieldtype_ok"));
    Ok(())
}

/// ```text
/// Comptype_ok/struct  C ⊢ struct ft* : ok        if (C ⊢ ft : ok)*
/// Comptype_ok/array   C ⊢ array ft : ok          if C ⊢ ft : ok
/// Comptype_ok/func    C ⊢ func t1* → t2* : ok    if C ⊢ t1* : ok   if C ⊢ t2* : ok
/// ```
fn comptype_ok<O: Observer>(types: &[DefType], ct: &CompType, o: &mut O) -> Derived {
    match ct {
        CompType::Struct(fts) => {
            for &ft in fts {
                fieldtype_ok(types, ft, o)?;
            }
            o.rule(rule!("Comptype_ok/struct"));
        }
        &CompType::Array(ft) => {
            fieldtype_ok(types, ft, o)?;
            o.rule(rule!("Comptype_ok/array"));
        }
        CompType::Func(FuncType { params, results }) => {
            resulttype_ok(types, params, o)?;
            resulttype_ok(types, results, o)?;
            o.rule(rule!("Comptype_ok/func"));
        }
    }
    Ok(())
}

/// At most one supertype, which comes earlier, is open and has a composite type that this one's matches. Composite types
/// have a sharedness in the proposals (`Comptype_sub/shared`).
///
/// ```text
/// Subtype_ok  C ⊢ sub final? x* ct : ok(x0)
///               if |x*| ≤ 1
///               if (x < x0)*
///               if (unrolldt(C.types[x]) = sub tu* ct')*
///               if C ⊢ ct : ok
///               if (C ⊢ ct <: ct')*
/// ```
pub(super) fn subtype_ok<O: Observer>(c: Matching<'_>, st: &SubType, x_0: TypeIdx, o: &mut O) -> Derived {
    const SUBTYPE: crate::RuleId = rule!("Subtype_ok");
    if st.supers.len() > 1 {
        return fail(SUBTYPE, Premise::TooManySupers { count: st.supers.len() });
    }
    let mut above = None;
    for &sup in &st.supers {
        let dt = match (sup, c.resolve(sup)) {
            (TypeUse::Idx(x), Some(dt)) if x < x_0 => dt,
            (TypeUse::Def(dt), _) => dt,
            _ => return fail(SUBTYPE, Premise::SuperNotBefore { sup, index: x_0 }),
        };
        let unrolled = c.table.unrolldt(dt);
        if unrolled.is_final {
            return fail(SUBTYPE, Premise::SuperFinal { sup });
        }
        above = Some((sup, unrolled));
    }
    comptype_ok(c.types, &st.comp, o)?;
    if st.share == Share::Shared {
        comptype_ok_shared(c, &st.comp, o)?;
    }
    if let Some((sup, unrolled)) = above
        && !c.sharecomptype_sub(st, unrolled, o)
    {
        return fail(SUBTYPE, Premise::NotLikeSuper { sup });
    }
    o.rule(SUBTYPE);
    Ok(())
}

/// ```text
/// Limits_ok  C ⊢ [n .. m?] : k  if n ≤ k   if (n ≤ m ≤ k)?
/// ```
fn limits_ok<O: Observer>(lim: Limits, k: u64, space: Space, o: &mut O) -> Derived {
    const LIMITS: crate::RuleId = rule!("Limits_ok");
    let Limits { min: n, max } = lim;
    if n > k {
        return fail(LIMITS, Premise::LimitsTooLarge { space, bound: n, most: k });
    }
    if let Some(m) = max {
        if n > m {
            return fail(LIMITS, Premise::LimitsReversed { min: n, max: m });
        }
        if m > k {
            return fail(LIMITS, Premise::LimitsTooLarge { space, bound: m, most: k });
        }
    }
    o.rule(LIMITS);
    Ok(())
}

/// ```text
/// Tagtype_ok  C ⊢ tu : ok  if C ⊢ tu : ok  (Typeuse_ok)
///                          if tu expands to func t1* → ε under C
/// ```
pub(super) fn tagtype_ok<O: Observer>(c: &Context<'_>, jt: TagType, o: &mut O) -> Derived {
    const TAGTYPE: crate::RuleId = rule!("Tagtype_ok");
    typeuse_ok(&c.types, jt, o)?;
    let ft = c.expand_func(TAGTYPE, c.deftype(TAGTYPE, jt)?, o)?;
    if !ft.results.is_empty() {
        return fail(TAGTYPE, Premise::TagResults { results: ft.results.clone() });
    }
    o.rule(rule!("Expand_use/typeidx"));
    o.rule(TAGTYPE);
    Ok(())
}

/// ```text
/// Globaltype_ok         C ⊢ mut? t : ok         if C ⊢ t : ok
/// Globaltype_ok/shared  C ⊢ shared mut? t : ok  if C ⊢ mut? t : ok   if C ⊢ t : ok(shared)
/// ```
pub(super) fn globaltype_ok<O: Observer>(c: &Context<'_>, gt: GlobalType, o: &mut O) -> Derived {
    const SHARED: crate::RuleId = rule!("Globaltype_ok/shared");
    valtype_ok(&c.types, gt.val, o)?;
    o.rule(rule!("Globaltype_ok"));
    if gt.share == Share::Shared {
        shared(c.matching(), SHARED, gt.val, o)?;
        o.rule(SHARED);
    }
    Ok(())
}

/// A shared memory, which the threads proposal adds, must have an upper bound.
///
/// ```text
/// Memtype_ok         C ⊢ at lim page : ok         if C ⊢ lim : 2^(|at| − 16)
/// Memtype_ok/shared  C ⊢ shared at lim page : ok  if C ⊢ at lim page : ok   if lim = [n .. m]
/// ```
pub(super) fn memtype_ok<O: Observer>(mt: MemType, o: &mut O) -> Derived {
    const SHARED: crate::RuleId = rule!("Memtype_ok/shared");
    limits_ok(mt.limits, 1 << (mt.addr.size() - 16), Space::Mem, o)?;
    o.rule(rule!("Memtype_ok"));
    if mt.share == Share::Shared {
        if mt.limits.max.is_none() {
            return fail(SHARED, Premise::SharedUnbounded);
        }
        o.rule(SHARED);
    }
    Ok(())
}

/// ```text
/// Tabletype_ok         C ⊢ at lim rt : ok         if C ⊢ lim : 2^|at| − 1   if C ⊢ rt : ok
/// Tabletype_ok/shared  C ⊢ shared at lim rt : ok  if C ⊢ at lim rt : ok     if C ⊢ rt : ok(shared)
/// ```
pub(super) fn tabletype_ok<O: Observer>(c: &Context<'_>, tt: TableType, o: &mut O) -> Derived {
    limits_ok(tt.limits, u64::MAX >> (64 - tt.addr.size()), Space::Table, o)?;
    const SHARED: crate::RuleId = rule!("Tabletype_ok/shared");
    reftype_ok(&c.types, tt.elem, o)?;
    o.rule(rule!("Tabletype_ok"));
    if tt.share == Share::Shared {
        shared(c.matching(), SHARED, ValType::Ref(tt.elem), o)?;
        o.rule(SHARED);
    }
    Ok(())
}

/// ```text
/// Externtype_ok/tag     C ⊢ tag jt : ok     if C ⊢ jt : ok
/// Externtype_ok/global  C ⊢ global gt : ok  if C ⊢ gt : ok
/// Externtype_ok/mem     C ⊢ memory mt : ok  if C ⊢ mt : ok
/// Externtype_ok/table   C ⊢ table tt : ok   if C ⊢ tt : ok
/// Externtype_ok/func    C ⊢ func tu : ok    if C ⊢ tu : ok
///                                           if tu expands to func t1* → t2* under C
/// ```
pub(super) fn externtype_ok<O: Observer>(c: &Context<'_>, xt: ExternType, o: &mut O) -> Derived {
    const FUNC: crate::RuleId = rule!("Externtype_ok/func");
    let rule = match xt {
        ExternType::Tag(jt) => {
            tagtype_ok(c, jt, o)?;
            rule!("Externtype_ok/tag")
        }
        ExternType::Global(gt) => {
            globaltype_ok(c, gt, o)?;
            rule!("Externtype_ok/global")
        }
        ExternType::Mem(mt) => {
            memtype_ok(mt, o)?;
            rule!("Externtype_ok/mem")
        }
        ExternType::Table(tt) => {
            tabletype_ok(c, tt, o)?;
            rule!("Externtype_ok/table")
        }
        ExternType::Func(tu) => {
            typeuse_ok(&c.types, tu, o)?;
            c.expand_func(FUNC, c.deftype(FUNC, tu)?, o)?;
            o.rule(rule!("Expand_use/typeidx"));
            FUNC
        }
    };
    o.rule(rule);
    Ok(())
}
