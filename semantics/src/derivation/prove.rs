//! The prover: derivations along the way that matching decides.

use super::broken::{Broken, Part, Reason};
use super::{Derivation, Judgement as J};
use crate::RuleId;
use crate::observe::Unobserved;
use crate::syntax::*;
use crate::validation::Matching;

/// Builds derivations under the types `C.types`.
///
/// Where there is no derivation it says at what every one would break. That there is none whenever [`Matching`] says
/// no, and one whenever it says yes, is tested; here nothing relies on it.
#[derive(Clone, Copy, Debug)]
pub struct Prover<'a> {
    /// The types.
    pub c: Matching<'a>,
}

/// A derivation, or why there is none.
type Proof = Result<Derivation, Box<Broken>>;

fn node(rule: RuleId, conclusion: J, premises: Vec<Derivation>) -> Derivation {
    Derivation { rule, conclusion, premises }
}

fn leaf(rule: RuleId, conclusion: J) -> Proof {
    Ok(node(rule, conclusion, Vec::new()))
}

fn broken<T>(rule: Option<RuleId>, goal: J, reason: Reason) -> Result<T, Box<Broken>> {
    Err(Box::new(Broken { goal, rule, reason }))
}

/// A rule with one premise that is a judgement.
fn only(rule: RuleId, goal: J, premise: Proof) -> Proof {
    match premise {
        Ok(premise) => Ok(node(rule, goal, vec![premise])),
        Err(inner) => broken(Some(rule), goal, Reason::Premise(Part::Only, inner)),
    }
}

/// A rule with several; all must hold.
fn all(rule: RuleId, goal: J, premises: impl IntoIterator<Item = (Part, Proof)>) -> Proof {
    let mut proofs = Vec::new();
    for (part, premise) in premises {
        match premise {
            Ok(premise) => proofs.push(premise),
            Err(inner) => return broken(Some(rule), goal, Reason::Premise(part, inner)),
        }
    }
    Ok(node(rule, goal, proofs))
}

fn def(dt: DefType) -> HeapType {
    HeapType::Use(TypeUse::Def(dt))
}

impl Prover<'_> {
    /// `C ⊢ ht : ok`, of an abstract or a defined type.
    fn heaptype_ok(self, ht: HeapType) -> Derivation {
        let goal = J::HeaptypeOk(ht);
        match ht {
            HeapType::Abs(_, AbsHeapType::Bot) => node(id!("Heaptype_ok/bot"), goal, vec![]),
            HeapType::Abs(..) => node(id!("Heaptype_ok/abs"), goal, vec![]),
            HeapType::Use(tu) => {
                let of_use = match tu {
                    TypeUse::Def(dt) => {
                        let of_def = node(id!("Deftype_ok"), J::DeftypeOk(dt), vec![]);
                        node(id!("Typeuse_ok/deftype"), J::TypeuseOk(tu), vec![of_def])
                    }
                    TypeUse::Idx(_) => node(id!("Typeuse_ok/typeidx"), J::TypeuseOk(tu), vec![]),
                    TypeUse::Rec(_) => node(id!("Typeuse_ok/rec"), J::TypeuseOk(tu), vec![]),
                };
                node(id!("Heaptype_ok/typeuse"), goal, vec![of_use])
            }
        }
    }

    /// The sharedness of a heap type; none of an index out of range.
    fn share(self, ht: HeapType) -> Option<Share> {
        match ht {
            HeapType::Abs(share, _) => Some(share),
            HeapType::Use(tu) => self.c.resolve(tu).map(|dt| self.c.table.unrolldt(dt).share),
        }
    }

    /// `C ⊢ t : ok(shared)`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn valtype_ok_shared(self, t: ValType) -> Proof {
        let goal = J::ValtypeOkShared(t);
        match t {
            ValType::Num(_) => leaf(id!("Valtype_ok_shared/num"), goal),
            ValType::Vec(_) => leaf(id!("Valtype_ok_shared/vec"), goal),
            ValType::Bot => leaf(id!("Valtype_ok_shared/bot"), goal),
            ValType::Ref(rt) => {
                let heap = J::HeaptypeOkShared(rt.heap);
                let rule = match rt.heap {
                    HeapType::Abs(..) => id!("Heaptype_ok_shared/abs"),
                    HeapType::Use(_) => id!("Heaptype_ok_shared/typeuse"),
                };
                let heap = match self.share(rt.heap) {
                    Some(Share::Shared) => leaf(rule, heap),
                    _ => broken(Some(rule), heap, Reason::Unshared),
                };
                let of_ref = only(id!("Reftype_ok_shared"), J::ReftypeOkShared(rt), heap);
                only(id!("Valtype_ok_shared/ref"), goal, of_ref)
            }
        }
    }

    /// By `Heaptype_sub/trans`: one step up from `ht_1` to `ht`, and on from there.
    fn trans(self, ht_1: HeapType, ht: HeapType, ht_2: HeapType, step: Derivation) -> Proof {
        if ht == ht_2 {
            return Ok(step);
        }
        let goal = J::HeaptypeSub(ht_1, ht_2);
        match self.heaptype_sub(ht, ht_2) {
            Ok(rest) => Ok(node(id!("Heaptype_sub/trans"), goal, vec![self.heaptype_ok(ht), step, rest])),
            Err(inner) => broken(Some(id!("Heaptype_sub/trans")), goal, Reason::Premise(Part::Only, inner)),
        }
    }

    /// `C ⊢ ht_1 <: ht_2`
    ///
    /// # Errors
    /// Where every derivation breaks; so for all functions of this name.
    pub fn heaptype_sub(self, ht_1: HeapType, ht_2: HeapType) -> Proof {
        use AbsHeapType as A;
        let goal = J::HeaptypeSub(ht_1, ht_2);
        if ht_1 == ht_2 {
            return leaf(id!("Heaptype_sub/refl"), goal);
        }
        if let (Some(share_1 @ (Share::Unshared | Share::Shared)), Some(share_2)) = (self.share(ht_1), self.share(ht_2))
            && share_1 != share_2
        {
            return broken(None, goal, Reason::Sharedness);
        }
        match (ht_1, ht_2) {
            (HeapType::Abs(share, A::Bot), _) if self.share(ht_2) == Some(share) => leaf(id!("Heaptype_sub/bot"), goal),
            (HeapType::Abs(Share::Bot, aht), _)
                if let Some(share @ (Share::Unshared | Share::Shared)) = self.share(ht_2) =>
            {
                only(id!("Heaptype_sub/bot-share"), goal, self.heaptype_sub(HeapType::Abs(share, aht), ht_2))
            }
            (HeapType::Use(tu @ TypeUse::Idx(_)), _) => match self.c.resolve(tu) {
                Some(dt) => only(id!("Heaptype_sub/typeidx-l"), goal, self.heaptype_sub(def(dt), ht_2)),
                None => broken(None, goal, Reason::Unknown(tu)),
            },
            (_, HeapType::Use(tu @ TypeUse::Idx(_))) => match self.c.resolve(tu) {
                Some(dt) => only(id!("Heaptype_sub/typeidx-r"), goal, self.heaptype_sub(ht_1, def(dt))),
                None => broken(None, goal, Reason::Unknown(tu)),
            },
            (HeapType::Use(TypeUse::Rec(_)), _) | (_, HeapType::Use(TypeUse::Rec(_))) => {
                broken(None, goal, Reason::Unrelated)
            }
            (HeapType::Use(TypeUse::Def(dt_1)), HeapType::Use(TypeUse::Def(dt_2))) => {
                only(id!("Heaptype_sub/def"), goal, self.deftype_sub(dt_1, dt_2))
            }
            (HeapType::Use(TypeUse::Def(dt)), HeapType::Abs(..)) => {
                let ct = self.c.table.expand(dt);
                let (rule, above) = match ct {
                    CompType::Struct(_) => (id!("Heaptype_sub/struct"), A::Struct),
                    CompType::Array(_) => (id!("Heaptype_sub/array"), A::Array),
                    CompType::Func(_) => (id!("Heaptype_sub/func"), A::Func),
                };
                let above = HeapType::Abs(self.c.table.unrolldt(dt).share, above);
                let expand = node(id!("Expand"), J::Expand(dt, ct.clone()), vec![]);
                self.trans(ht_1, above, ht_2, node(rule, J::HeaptypeSub(ht_1, above), vec![expand]))
            }
            (HeapType::Abs(share, aht), _) => {
                let bottom = match aht {
                    A::None => Some((A::Any, id!("Heaptype_sub/none"))),
                    A::NoFunc => Some((A::Func, id!("Heaptype_sub/nofunc"))),
                    A::NoExn => Some((A::Exn, id!("Heaptype_sub/noexn"))),
                    A::NoExtern => Some((A::Extern, id!("Heaptype_sub/noextern"))),
                    _ => None,
                };
                if let Some((top, rule)) = bottom {
                    if matches!(ht_2, HeapType::Abs(_, A::Bot)) {
                        return broken(Some(rule), goal, Reason::Unrelated);
                    }
                    return only(rule, goal, self.heaptype_sub(ht_2, HeapType::Abs(share, top)));
                }
                let (above, rule) = match aht {
                    A::Eq => (A::Any, id!("Heaptype_sub/eq-any")),
                    A::I31 => (A::Eq, id!("Heaptype_sub/i31-eq")),
                    A::Struct => (A::Eq, id!("Heaptype_sub/struct-eq")),
                    A::Array => (A::Eq, id!("Heaptype_sub/array-eq")),
                    _ => return broken(None, goal, Reason::Unrelated),
                };
                let hierarchy = [A::Any, A::Eq].map(|aht| HeapType::Abs(share, aht));
                if !hierarchy.contains(&ht_2) {
                    return broken(None, goal, Reason::Unrelated);
                }
                let above = HeapType::Abs(share, above);
                self.trans(ht_1, above, ht_2, node(rule, J::HeaptypeSub(ht_1, above), vec![]))
            }
        }
    }

    /// `C ⊢ dt_1 <: dt_2`
    ///
    /// # Errors
    /// The declared supertypes, `dt_2` not being among them.
    pub fn deftype_sub(self, dt_1: DefType, dt_2: DefType) -> Proof {
        let mut chain = vec![dt_1];
        let mut last = dt_1;
        while last != dt_2 {
            match self.c.table.supertype(last) {
                Some(above) => {
                    chain.push(above);
                    last = above;
                }
                None => {
                    let (st_1, st_2) = (self.c.table.unrolldt(dt_1), self.c.table.unrolldt(dt_2));
                    let alike = self.c.sharecomptype_sub(st_1, st_2, &mut Unobserved);
                    let rule = Some(id!("Deftype_sub/super"));
                    return broken(rule, J::DeftypeSub(dt_1, dt_2), Reason::NotDeclared { chain, alike });
                }
            }
        }
        let mut proof = node(id!("Deftype_sub/refl"), J::DeftypeSub(dt_2, dt_2), vec![]);
        for window in chain.windows(2).rev() {
            let below = J::HeaptypeSub(def(window[1]), def(dt_2));
            let premise = node(id!("Heaptype_sub/def"), below, vec![proof]);
            proof = node(id!("Deftype_sub/super"), J::DeftypeSub(window[0], dt_2), vec![premise]);
        }
        Ok(proof)
    }

    /// `C ⊢ rt_1 <: rt_2`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn reftype_sub(self, rt_1: RefType, rt_2: RefType) -> Proof {
        let goal = J::ReftypeSub(rt_1, rt_2);
        let rule = if rt_2.null { id!("Reftype_sub/null") } else { id!("Reftype_sub/nonnull") };
        if rt_1.null && !rt_2.null {
            return broken(Some(rule), goal, Reason::Null);
        }
        only(rule, goal, self.heaptype_sub(rt_1.heap, rt_2.heap))
    }

    /// `C ⊢ t_1 <: t_2`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn valtype_sub(self, t_1: ValType, t_2: ValType) -> Proof {
        let goal = J::ValtypeSub(t_1, t_2);
        match (t_1, t_2) {
            (ValType::Bot, _) => leaf(id!("Valtype_sub/bot"), goal),
            (ValType::Num(nt_1), ValType::Num(nt_2)) if nt_1 == nt_2 => {
                only(id!("Valtype_sub/num"), goal, leaf(id!("Numtype_sub"), J::NumtypeSub(nt_1, nt_2)))
            }
            (ValType::Vec(vt_1), ValType::Vec(vt_2)) => {
                only(id!("Valtype_sub/vec"), goal, leaf(id!("Vectype_sub"), J::VectypeSub(vt_1, vt_2)))
            }
            (ValType::Ref(rt_1), ValType::Ref(rt_2)) => {
                only(id!("Valtype_sub/ref"), goal, self.reftype_sub(rt_1, rt_2))
            }
            _ => broken(None, goal, Reason::Unrelated),
        }
    }

    /// `C ⊢ t_1* <: t_2*`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn resulttype_sub(self, t_1: &[ValType], t_2: &[ValType]) -> Proof {
        let (rule, goal) = (id!("Resulttype_sub"), J::ResulttypeSub(t_1.to_vec(), t_2.to_vec()));
        if t_1.len() != t_2.len() {
            return broken(Some(rule), goal, Reason::Length(t_1.len(), t_2.len()));
        }
        let premises = t_1.iter().zip(t_2).enumerate();
        all(rule, goal, premises.map(|(i, (&t_1, &t_2))| (Part::Element(i), self.valtype_sub(t_1, t_2))))
    }

    /// `C ⊢ zt_1 <: zt_2`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn storagetype_sub(self, zt_1: StorageType, zt_2: StorageType) -> Proof {
        let goal = J::StoragetypeSub(zt_1, zt_2);
        match (zt_1, zt_2) {
            (StorageType::Val(t_1), StorageType::Val(t_2)) => {
                only(id!("Storagetype_sub/val"), goal, self.valtype_sub(t_1, t_2))
            }
            (StorageType::Pack(pt_1), StorageType::Pack(pt_2)) if pt_1 == pt_2 => {
                only(id!("Storagetype_sub/pack"), goal, leaf(id!("Packtype_sub"), J::PacktypeSub(pt_1, pt_2)))
            }
            _ => broken(None, goal, Reason::Unrelated),
        }
    }

    /// `C ⊢ ft_1 <: ft_2`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn fieldtype_sub(self, ft_1: FieldType, ft_2: FieldType) -> Proof {
        let goal = J::FieldtypeSub(ft_1, ft_2);
        let (zt_1, zt_2) = (ft_1.storage, ft_2.storage);
        match (ft_1.mutable, ft_2.mutable) {
            (false, false) => only(id!("Fieldtype_sub/const"), goal, self.storagetype_sub(zt_1, zt_2)),
            (true, true) => {
                let forth = (Part::Forth, self.storagetype_sub(zt_1, zt_2));
                all(id!("Fieldtype_sub/var"), goal, [forth, (Part::Back, self.storagetype_sub(zt_2, zt_1))])
            }
            _ => broken(None, goal, Reason::Mutability),
        }
    }

    /// `C ⊢ ct_1 <: ct_2`
    ///
    /// # Errors
    /// See [`Prover::heaptype_sub`].
    pub fn comptype_sub(self, ct_1: &CompType, ct_2: &CompType) -> Proof {
        let goal = J::ComptypeSub(ct_1.clone(), ct_2.clone());
        match (ct_1, ct_2) {
            (CompType::Struct(fts_1), CompType::Struct(fts_2)) => {
                let rule = id!("Comptype_sub/struct");
                if fts_1.len() < fts_2.len() {
                    return broken(Some(rule), goal, Reason::Length(fts_1.len(), fts_2.len()));
                }
                let premises = fts_1.iter().zip(fts_2).enumerate();
                all(rule, goal, premises.map(|(i, (&ft_1, &ft_2))| (Part::Field(i), self.fieldtype_sub(ft_1, ft_2))))
            }
            (&CompType::Array(ft_1), &CompType::Array(ft_2)) => {
                only(id!("Comptype_sub/array"), goal, self.fieldtype_sub(ft_1, ft_2))
            }
            (CompType::Func(ft_1), CompType::Func(ft_2)) => {
                let params = (Part::Params, self.resulttype_sub(&ft_2.params, &ft_1.params));
                let results = (Part::Results, self.resulttype_sub(&ft_1.results, &ft_2.results));
                all(id!("Comptype_sub/func"), goal, [params, results])
            }
            _ => broken(None, goal, Reason::Unrelated),
        }
    }
}
