//! Derivations: why one type matches another, as the tree of rules that the standard asks for, and where there is none,
//! the first place at which every such tree breaks.
//!
//! | here | what |
//! |---|---|
//! | [`Judgement`], [`Derivation`] | what is derived, and the tree |
//! | [`Prover`] | builds the tree, or a [`Broken`], along the way that [`Matching`](crate::validation::Matching) decides |
//! | [`check()`] | whether a tree is one: each node against the one rule it names, and nothing else |
//! | [`body`] | the same for function bodies |
//!
//! `prove` and `check` share only the syntax of types and the type table. The checker has no opinion on how a tree is
//! found, so that it also holds against the algorithm: what it accepts follows from the rules as they are written.
//!
//! Rules are named with [`RuleId::of`](crate::RuleId::of) and not with `rule!`, for `rule!` says that the semantics
//! applies a rule, and a derivation is an account of that afterwards. It is also where rules have a place that the
//! algorithm never applies, such as `Heaptype_sub/trans`.

/// [`RuleId::of`] when the code is compiled.
macro_rules! id {
    ($name:literal) => {
        const { $crate::RuleId::of($name) }
    };
}

pub mod body;
mod broken;
mod check;
mod prove;

pub use broken::{Broken, Part, Reason};
pub use check::{Flaw, check};
pub use prove::Prover;

use crate::RuleId;
use crate::syntax::*;
use std::fmt;

/// `C ⊢ …`: what a derivation is a derivation of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// `C ⊢ ht : ok`
    HeaptypeOk(HeapType),
    /// `C ⊢ tu : ok`
    TypeuseOk(TypeUse),
    /// `C ⊢ dt : ok`. The type table makes only such types, and its word is taken for it.
    DeftypeOk(DefType),
    /// `dt expands to ct`
    Expand(DefType, CompType),
    /// `C ⊢ ht : ok(shared)`
    HeaptypeOkShared(HeapType),
    /// `C ⊢ rt : ok(shared)`
    ReftypeOkShared(RefType),
    /// `C ⊢ t : ok(shared)`
    ValtypeOkShared(ValType),
    /// `C ⊢ nt_1 <: nt_2`
    NumtypeSub(NumType, NumType),
    /// `C ⊢ vt_1 <: vt_2`
    VectypeSub(VecType, VecType),
    /// `C ⊢ ht_1 <: ht_2`
    HeaptypeSub(HeapType, HeapType),
    /// `C ⊢ rt_1 <: rt_2`
    ReftypeSub(RefType, RefType),
    /// `C ⊢ t_1 <: t_2`
    ValtypeSub(ValType, ValType),
    /// `C ⊢ t_1* <: t_2*`
    ResulttypeSub(ResultType, ResultType),
    /// `C ⊢ pt_1 <: pt_2`
    PacktypeSub(PackType, PackType),
    /// `C ⊢ zt_1 <: zt_2`
    StoragetypeSub(StorageType, StorageType),
    /// `C ⊢ ft_1 <: ft_2`
    FieldtypeSub(FieldType, FieldType),
    /// `C ⊢ ct_1 <: ct_2`
    ComptypeSub(CompType, CompType),
    /// `C ⊢ dt_1 <: dt_2`
    DeftypeSub(DefType, DefType),
}

/// A judgement, the rule whose conclusion it is, and derivations of the rule's premises, in the rule's order. Premises
/// that are no judgements (`ht ≠ bot`, `C.types[x] = dt`) are not in the tree; the checker looks at them itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The rule.
    pub rule: RuleId,
    /// What it concludes here.
    pub conclusion: Judgement,
    /// How its premises come about.
    pub premises: Vec<Derivation>,
}

impl Derivation {
    /// The number of rules used.
    pub fn size(&self) -> usize {
        let mut size = 0;
        let mut todo = vec![self];
        while let Some(d) = todo.pop() {
            size += 1;
            todo.extend(&d.premises);
        }
        size
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notate(&Names::default(), f)
    }
}

impl Judgement {
    /// Of a judgement that a type is valid, the type and what the judgement says of it: `ok` or `ok(shared)`.
    pub fn validity<'a>(&'a self, names: &'a Names) -> Option<(Box<dyn fmt::Display + 'a>, &'static str)> {
        Some(match self {
            Judgement::HeaptypeOk(ht) => (Box::new(ht.display(names)), "ok"),
            Judgement::TypeuseOk(tu) => (Box::new(tu.display(names)), "ok"),
            Judgement::DeftypeOk(dt) => (Box::new(dt), "ok"),
            Judgement::HeaptypeOkShared(ht) => (Box::new(ht.display(names)), "ok(shared)"),
            Judgement::ReftypeOkShared(rt) => (Box::new(rt.display(names)), "ok(shared)"),
            Judgement::ValtypeOkShared(t) => (Box::new(t.display(names)), "ok(shared)"),
            _ => return None,
        })
    }
}

impl Notation for Judgement {
    fn notate(&self, n: &Names, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((item, says)) = self.validity(n) {
            return write!(f, "{item} : {says}");
        }
        match self {
            Judgement::Expand(dt, ct) => write!(f, "{dt} expands to {}", ct.display(n)),
            Judgement::NumtypeSub(a, b) => write!(f, "{a} <: {b}"),
            Judgement::VectypeSub(a, b) => write!(f, "{a} <: {b}"),
            Judgement::HeaptypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::ReftypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::ValtypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::ResulttypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::PacktypeSub(a, b) => write!(f, "{a} <: {b}"),
            Judgement::StoragetypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::FieldtypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::ComptypeSub(a, b) => write!(f, "{} <: {}", a.display(n), b.display(n)),
            Judgement::DeftypeSub(a, b) => write!(f, "{a} <: {b}"),
            Judgement::HeaptypeOk(_)
            | Judgement::TypeuseOk(_)
            | Judgement::DeftypeOk(_)
            | Judgement::HeaptypeOkShared(_)
            | Judgement::ReftypeOkShared(_)
            | Judgement::ValtypeOkShared(_) => Ok(()),
        }
    }
}
