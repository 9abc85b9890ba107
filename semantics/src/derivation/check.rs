//! The checker: each node of a derivation against the rule that it names, read literally.
//!
//! It takes rules as they are written in 2.2-validation.subtyping, for abstract heap types of either sharedness, and in
//! chapter S.1 of the catalogue, and never searches: a node must have exactly the
//! premises of its rule, and they must conclude exactly what the rule asks. What it takes on trust: the type table's
//! `unrolldt` and the sharedness that it gives, that a type in the table is well-formed (`Deftype_ok`), and that one type has one handle, which is what
//! `clos_deftype(C, dt_1) = clos_deftype(C, dt_2)` comes to.

use super::{Derivation, Judgement as J};
use crate::RuleId;
use crate::syntax::*;
use crate::validation::Matching;
use std::fmt;

/// A node that is not what its rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The rule it names.
    pub rule: RuleId,
    /// What it claims to conclude.
    pub conclusion: J,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not follow by {}", self.conclusion, self.rule)
    }
}

impl std::error::Error for Flaw {}

/// Whether a derivation is one, under the types `c`.
///
/// # Errors
/// A node at which it is not.
pub fn check(c: Matching<'_>, derivation: &Derivation) -> Result<(), Flaw> {
    let mut todo = vec![derivation];
    while let Some(d) = todo.pop() {
        let premises: Vec<&J> = d.premises.iter().map(|p| &p.conclusion).collect();
        if !follows(c, d.rule.as_str(), &d.conclusion, &premises) {
            return Err(Flaw { rule: d.rule, conclusion: d.conclusion.clone() });
        }
        todo.extend(&d.premises);
    }
    Ok(())
}

fn def(dt: DefType) -> HeapType {
    HeapType::Use(TypeUse::Def(dt))
}

/// `(C ⊢ T_1 <: T_2)*`: the premises are these judgements, one for each pair.
fn each<T: Clone>(premises: &[&J], t_1: &[T], t_2: &[T], judgement: fn(T, T) -> J) -> bool {
    t_1.len() == t_2.len()
        && premises.len() == t_1.len()
        && premises.iter().zip(t_1.iter().zip(t_2)).all(|(p, (t_1, t_2))| **p == judgement(t_1.clone(), t_2.clone()))
}

/// Whether a conclusion follows from premises by a rule.
fn follows(c: Matching<'_>, rule: &str, conclusion: &J, premises: &[&J]) -> bool {
    use AbsHeapType as A;
    // What the rule of `bot-share` says of all others.
    if let J::HeaptypeSub(l, r) = conclusion
        && rule != "Heaptype_sub/bot-share"
        && share(c, *l) != share(c, *r)
    {
        return false;
    }
    match (rule, conclusion, premises) {
        // 2.1-validation.types
        ("Heaptype_ok/abs", J::HeaptypeOk(HeapType::Abs(_, aht)), []) => *aht != A::Bot,
        ("Heaptype_ok/bot", J::HeaptypeOk(HeapType::Abs(_, A::Bot)), []) => true,
        ("Heaptype_ok/typeuse", J::HeaptypeOk(HeapType::Use(tu)), [J::TypeuseOk(tu_1)]) => tu == tu_1,
        ("Typeuse_ok/typeidx", J::TypeuseOk(TypeUse::Idx(x)), []) => (*x as usize) < c.types.len(),
        ("Typeuse_ok/deftype", J::TypeuseOk(TypeUse::Def(dt)), [J::DeftypeOk(dt_1)]) => dt == dt_1,
        ("Deftype_ok", J::DeftypeOk(dt), []) => dt.index() < c.table.len(),
        ("Expand", J::Expand(dt, ct), []) => dt.index() < c.table.len() && c.table.unrolldt(*dt).comp == *ct,

        // S.1: what is valid as shared
        ("Heaptype_ok_shared/abs", J::HeaptypeOkShared(HeapType::Abs(s, _)), []) => *s == Share::Shared,
        ("Heaptype_ok_shared/typeuse", J::HeaptypeOkShared(ht @ HeapType::Use(_)), []) => {
            share(c, *ht) == Some(Share::Shared)
        }
        ("Reftype_ok_shared", J::ReftypeOkShared(rt), [J::HeaptypeOkShared(ht)]) => rt.heap == *ht,
        ("Valtype_ok_shared/num", J::ValtypeOkShared(ValType::Num(_)), []) => true,
        ("Valtype_ok_shared/vec", J::ValtypeOkShared(ValType::Vec(_)), []) => true,
        ("Valtype_ok_shared/ref", J::ValtypeOkShared(ValType::Ref(rt)), [J::ReftypeOkShared(rt_1)]) => rt == rt_1,
        ("Valtype_ok_shared/bot", J::ValtypeOkShared(ValType::Bot), []) => true,

        // 2.2-validation.subtyping: number, vector and heap types
        ("Numtype_sub", J::NumtypeSub(nt_1, nt_2), []) => nt_1 == nt_2,
        ("Vectype_sub", J::VectypeSub(vt_1, vt_2), []) => vt_1 == vt_2,
        ("Heaptype_sub/refl", J::HeaptypeSub(ht_1, ht_2), []) => ht_1 == ht_2,
        (
            "Heaptype_sub/trans",
            J::HeaptypeSub(ht_1, ht_2),
            [J::HeaptypeOk(ht), J::HeaptypeSub(l_1, l_2), J::HeaptypeSub(r_1, r_2)],
        ) => l_1 == ht_1 && l_2 == ht && r_1 == ht && r_2 == ht_2,
        ("Heaptype_sub/eq-any", J::HeaptypeSub(l, r), []) => step(*l, *r, A::Eq, A::Any),
        ("Heaptype_sub/i31-eq", J::HeaptypeSub(l, r), []) => step(*l, *r, A::I31, A::Eq),
        ("Heaptype_sub/struct-eq", J::HeaptypeSub(l, r), []) => step(*l, *r, A::Struct, A::Eq),
        ("Heaptype_sub/array-eq", J::HeaptypeSub(l, r), []) => step(*l, *r, A::Array, A::Eq),
        ("Heaptype_sub/struct", J::HeaptypeSub(l, r), [J::Expand(dt, CompType::Struct(_))]) => {
            *l == def(*dt) && share(c, *l).is_some_and(|share| *r == HeapType::Abs(share, A::Struct))
        }
        ("Heaptype_sub/array", J::HeaptypeSub(l, r), [J::Expand(dt, CompType::Array(_))]) => {
            *l == def(*dt) && share(c, *l).is_some_and(|share| *r == HeapType::Abs(share, A::Array))
        }
        ("Heaptype_sub/func", J::HeaptypeSub(l, r), [J::Expand(dt, CompType::Func(_))]) => {
            *l == def(*dt) && share(c, *l).is_some_and(|share| *r == HeapType::Abs(share, A::Func))
        }
        ("Heaptype_sub/def", J::HeaptypeSub(l, r), [J::DeftypeSub(dt_1, dt_2)]) => (*l, *r) == (def(*dt_1), def(*dt_2)),
        ("Heaptype_sub/typeidx-l", J::HeaptypeSub(HeapType::Use(TypeUse::Idx(x)), r), [J::HeaptypeSub(l_1, r_1)]) => {
            c.types.get(*x as usize).is_some_and(|&dt| *l_1 == def(dt)) && r_1 == r
        }
        ("Heaptype_sub/typeidx-r", J::HeaptypeSub(l, HeapType::Use(TypeUse::Idx(x))), [J::HeaptypeSub(l_1, r_1)]) => {
            c.types.get(*x as usize).is_some_and(|&dt| *r_1 == def(dt)) && l_1 == l
        }
        ("Heaptype_sub/none", J::HeaptypeSub(l, r), [p]) => bottom(*l, *r, p, A::None, A::Any),
        ("Heaptype_sub/nofunc", J::HeaptypeSub(l, r), [p]) => bottom(*l, *r, p, A::NoFunc, A::Func),
        ("Heaptype_sub/noexn", J::HeaptypeSub(l, r), [p]) => bottom(*l, *r, p, A::NoExn, A::Exn),
        ("Heaptype_sub/noextern", J::HeaptypeSub(l, r), [p]) => bottom(*l, *r, p, A::NoExtern, A::Extern),
        ("Heaptype_sub/bot", J::HeaptypeSub(HeapType::Abs(_, A::Bot), _), []) => true,
        (
            "Heaptype_sub/bot-share",
            J::HeaptypeSub(HeapType::Abs(Share::Bot, aht), r),
            [J::HeaptypeSub(HeapType::Abs(s, aht_1), r_1)],
        ) => aht == aht_1 && r == r_1 && *s != Share::Bot && share(c, *r) == Some(*s),

        // Reference, value and result types
        ("Reftype_sub/nonnull", J::ReftypeSub(rt_1, rt_2), [J::HeaptypeSub(ht_1, ht_2)]) => {
            !rt_1.null && !rt_2.null && (rt_1.heap, rt_2.heap) == (*ht_1, *ht_2)
        }
        ("Reftype_sub/null", J::ReftypeSub(rt_1, rt_2), [J::HeaptypeSub(ht_1, ht_2)]) => {
            rt_2.null && (rt_1.heap, rt_2.heap) == (*ht_1, *ht_2)
        }
        ("Valtype_sub/num", J::ValtypeSub(l, r), [J::NumtypeSub(nt_1, nt_2)]) => {
            (*l, *r) == (ValType::Num(*nt_1), ValType::Num(*nt_2))
        }
        ("Valtype_sub/vec", J::ValtypeSub(l, r), [J::VectypeSub(vt_1, vt_2)]) => {
            (*l, *r) == (ValType::Vec(*vt_1), ValType::Vec(*vt_2))
        }
        ("Valtype_sub/ref", J::ValtypeSub(l, r), [J::ReftypeSub(rt_1, rt_2)]) => {
            (*l, *r) == (ValType::Ref(*rt_1), ValType::Ref(*rt_2))
        }
        ("Valtype_sub/bot", J::ValtypeSub(l, _), []) => *l == ValType::Bot,
        ("Resulttype_sub", J::ResulttypeSub(t_1, t_2), _) => each(premises, t_1, t_2, J::ValtypeSub),

        // Storage, field and composite types
        ("Packtype_sub", J::PacktypeSub(pt_1, pt_2), []) => pt_1 == pt_2,
        ("Storagetype_sub/val", J::StoragetypeSub(l, r), [J::ValtypeSub(t_1, t_2)]) => {
            (*l, *r) == (StorageType::Val(*t_1), StorageType::Val(*t_2))
        }
        ("Storagetype_sub/pack", J::StoragetypeSub(l, r), [J::PacktypeSub(pt_1, pt_2)]) => {
            (*l, *r) == (StorageType::Pack(*pt_1), StorageType::Pack(*pt_2))
        }
        ("Fieldtype_sub/const", J::FieldtypeSub(ft_1, ft_2), [J::StoragetypeSub(zt_1, zt_2)]) => {
            !ft_1.mutable && !ft_2.mutable && (ft_1.storage, ft_2.storage) == (*zt_1, *zt_2)
        }
        (
            "Fieldtype_sub/var",
            J::FieldtypeSub(ft_1, ft_2),
            [J::StoragetypeSub(zt_1, zt_2), J::StoragetypeSub(back_2, back_1)],
        ) => {
            ft_1.mutable
                && ft_2.mutable
                && (ft_1.storage, ft_2.storage) == (*zt_1, *zt_2)
                && (zt_1, zt_2) == (back_1, back_2)
        }
        ("Comptype_sub/struct", J::ComptypeSub(CompType::Struct(ft_1), CompType::Struct(ft_2)), _) => {
            ft_1.len() >= ft_2.len() && each(premises, &ft_1[..ft_2.len()], ft_2, J::FieldtypeSub)
        }
        (
            "Comptype_sub/array",
            J::ComptypeSub(CompType::Array(l), CompType::Array(r)),
            [J::FieldtypeSub(ft_1, ft_2)],
        ) => (l, r) == (ft_1, ft_2),
        (
            "Comptype_sub/func",
            J::ComptypeSub(CompType::Func(l), CompType::Func(r)),
            [J::ResulttypeSub(t_21, t_11), J::ResulttypeSub(t_12, t_22)],
        ) => (&l.params, &l.results, &r.params, &r.results) == (t_11, t_12, t_21, t_22),

        // Defined types
        ("Deftype_sub/refl", J::DeftypeSub(dt_1, dt_2), []) => dt_1 == dt_2,
        ("Deftype_sub/super", J::DeftypeSub(dt_1, dt_2), [J::HeaptypeSub(HeapType::Use(tu), r)]) => {
            dt_1.index() < c.table.len() && c.table.unrolldt(*dt_1).supers.contains(tu) && *r == def(*dt_2)
        }
        _ => false,
    }
}

/// `C ⊢ (share aht_1) <: (share aht_2)`
fn step(l: HeapType, r: HeapType, aht_1: AbsHeapType, aht_2: AbsHeapType) -> bool {
    match (l, r) {
        (HeapType::Abs(share_1, l), HeapType::Abs(share_2, r)) => share_1 == share_2 && (l, r) == (aht_1, aht_2),
        _ => false,
    }
}

/// `C ⊢ (share bottom) <: ht  if C ⊢ ht <: (share top)  if ht ≠ bot`
fn bottom(l: HeapType, r: HeapType, premise: &J, bottom: AbsHeapType, top: AbsHeapType) -> bool {
    match l {
        HeapType::Abs(share, aht) => {
            aht == bottom
                && !matches!(r, HeapType::Abs(_, AbsHeapType::Bot))
                && *premise == J::HeaptypeSub(r, HeapType::Abs(share, top))
        }
        HeapType::Use(_) => false,
    }
}

/// The `share` of `(share aht)`, and of what a type use expands to.
fn share(c: Matching<'_>, ht: HeapType) -> Option<Share> {
    match ht {
        HeapType::Abs(share, _) => Some(share),
        HeapType::Use(tu) => {
            let dt = c.resolve(tu).filter(|dt| dt.index() < c.table.len())?;
            Some(c.table.unrolldt(dt).share)
        }
    }
}
