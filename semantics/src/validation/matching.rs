//! Matching (2.2-validation.subtyping): decides whether one type may stand where another is expected.
//!
//! The rules for heap types are declarative; transitivity asks for a type in between. The functions here decide each pair of
//! types at once, from the declared supertypes and the four small hierarchies of abstract heap types, in constant time and
//! without allocation, because run-time casts use them. They work out the rules behind an answer afterwards, and only for
//! an observer that watches rules.
//!
//! Sharedness: the rules of WebAssembly 3.0 are about unshared types. Those of the proposals (`Memtype_sub/shared` and the
//! like) let two shared types match, and no rule a shared and an unshared one. Heap types have their sharedness inside, and the
//! rules of 3.0 hold of two with the same; `bot-share`, which only unreachable code and the null reference have, matches both.

use crate::observe::{Observer, Unobserved};
use crate::rule;
use crate::syntax::*;
use crate::types::TypeTable;
use lockstep_spec::RuleId;

/// The part `C.types` of a context, with which types are matched: the defined types that type indices stand for.
#[derive(Clone, Copy, Debug)]
pub struct Matching<'a> {
    /// What the defined types are.
    pub table: &'a TypeTable,
    /// `C.types`; empty where all types are closed.
    pub types: &'a [DefType],
}

impl<'a> Matching<'a> {
    /// The context `{}`: for closed types, as at run time.
    #[inline]
    pub fn closed(table: &'a TypeTable) -> Self {
        Matching { table, types: &[] }
    }

    /// The defined type that a type use stands for; `None` for an index out of range.
    #[inline]
    pub fn resolve(self, tu: TypeUse) -> Option<DefType> {
        match tu {
            TypeUse::Def(dt) => Some(dt),
            TypeUse::Idx(x) => self.types.get(x as usize).copied(),
            TypeUse::Rec(_) => None,
        }
    }

    /// `C ⊢ ht_1 <: ht_2`
    #[inline]
    pub fn heaptype_sub<O: Observer>(self, ht_1: HeapType, ht_2: HeapType, o: &mut O) -> bool {
        let holds = self.heaptype_holds(ht_1, ht_2);
        if holds && O::WATCHES_RULES {
            self.derive_heaptype(ht_1, ht_2, o);
        }
        holds
    }

    /// `C ⊢ rt_1 <: rt_2`
    ///
    /// ```text
    /// Reftype_sub/nonnull  C ⊢ ref ht1 <: ref ht2             if C ⊢ ht1 <: ht2
    /// Reftype_sub/null     C ⊢ ref null? ht1 <: ref null ht2  if C ⊢ ht1 <: ht2
    /// ```
    #[inline]
    pub fn reftype_sub<O: Observer>(self, rt_1: RefType, rt_2: RefType, o: &mut O) -> bool {
        if rt_1.null && !rt_2.null || !self.heaptype_sub(rt_1.heap, rt_2.heap, o) {
            return false;
        }
        o.rule(if rt_2.null { rule!("Reftype_sub/null") } else { rule!("Reftype_sub/nonnull") });
        true
    }

    /// `C ⊢ t_1 <: t_2`
    ///
    /// ```text
    /// Valtype_sub/num  C ⊢ nt1 <: nt2  if C ⊢ nt1 <: nt2  (Numtype_sub)
    /// Valtype_sub/vec  C ⊢ vt1 <: vt2  if C ⊢ vt1 <: vt2  (Vectype_sub)
    /// Valtype_sub/ref  C ⊢ rt1 <: rt2  if C ⊢ rt1 <: rt2  (Reftype_sub)
    /// Valtype_sub/bot  C ⊢ bot <: t
    /// ```
    #[inline]
    pub fn valtype_sub<O: Observer>(self, t_1: ValType, t_2: ValType, o: &mut O) -> bool {
        match (t_1, t_2) {
            (ValType::Bot, _) => o.rule(rule!("Valtype_sub/bot")),
            (ValType::Num(nt_1), ValType::Num(nt_2)) if nt_1 == nt_2 => {
                o.rule(rule!("Numtype_sub"));
                o.rule(rule!("Valtype_sub/num"));
            }
            (ValType::Vec(vt_1), ValType::Vec(vt_2)) if vt_1 == vt_2 => {
                o.rule(rule!("Vectype_sub"));
                o.rule(rule!("Valtype_sub/vec"));
            }
            (ValType::Ref(rt_1), ValType::Ref(rt_2)) if self.reftype_sub(rt_1, rt_2, o) => {
                o.rule(rule!("Valtype_sub/ref"));
            }
            _ => return false,
        }
        true
    }

    /// `C ⊢ t_1* <: t_2*`
    ///
    /// ```text
    /// Resulttype_sub  C ⊢ t1* <: t2*  if (C ⊢ t1 <: t2)*
    /// ```
    pub fn resulttype_sub<O: Observer>(self, t_1: &[ValType], t_2: &[ValType], o: &mut O) -> bool {
        if !O::WATCHES_RULES && std::ptr::eq(t_1, t_2) {
            return true;
        }
        if O::WATCHES_RULES && !self.resulttype_sub(t_1, t_2, &mut Unobserved) {
            return false;
        }
        if t_1.len() != t_2.len() || !t_1.iter().zip(t_2).all(|(&t_1, &t_2)| self.valtype_sub(t_1, t_2, o)) {
            return false;
        }
        o.rule(rule!("Resulttype_sub"));
        true
    }

    /// The sharedness of a heap type.
    fn share(self, ht: HeapType) -> Share {
        match ht {
            HeapType::Abs(share, _) => share,
            HeapType::Use(tu) => self.resolve(tu).map_or(Share::Unshared, |dt| self.table.unrolldt(dt).share),
        }
    }

    #[inline]
    fn heaptype_holds(self, ht_1: HeapType, ht_2: HeapType) -> bool {
        use AbsHeapType as A;
        match (ht_1, ht_2) {
            (HeapType::Use(tu_1), HeapType::Use(tu_2)) => match (self.resolve(tu_1), self.resolve(tu_2)) {
                (Some(dt_1), Some(dt_2)) => self.table.is_ancestor(dt_2, dt_1),
                _ => tu_1 == tu_2,
            },
            (HeapType::Use(tu), HeapType::Abs(share, aht)) => self.resolve(tu).is_some_and(|dt| {
                let st = self.table.unrolldt(dt);
                st.share == share
                    && match aht {
                        A::Any | A::Eq => matches!(st.comp, CompType::Struct(_) | CompType::Array(_)),
                        A::Struct => matches!(st.comp, CompType::Struct(_)),
                        A::Array => matches!(st.comp, CompType::Array(_)),
                        A::Func => matches!(st.comp, CompType::Func(_)),
                        A::I31 | A::None | A::NoFunc | A::Exn | A::NoExn | A::Extern | A::NoExtern | A::Bot => false,
                    }
            }),
            (HeapType::Abs(share, aht), HeapType::Use(tu)) => self.resolve(tu).is_some_and(|dt| {
                let st = self.table.unrolldt(dt);
                share.matches(st.share)
                    && match aht {
                        A::Bot => true,
                        A::None => matches!(st.comp, CompType::Struct(_) | CompType::Array(_)),
                        A::NoFunc => matches!(st.comp, CompType::Func(_)),
                        _ => false,
                    }
            }),
            (HeapType::Abs(share_1, aht_1), HeapType::Abs(share_2, aht_2)) => {
                share_1.matches(share_2) && absheaptype_holds(aht_1, aht_2)
            }
        }
    }

    /// The derivation of `C ⊢ ht_1 <: ht_2`, which holds; premises before conclusions.
    ///
    /// ```text
    /// Heaptype_sub/refl       C ⊢ ht <: ht
    /// Heaptype_sub/eq-any     C ⊢ eq <: any
    /// Heaptype_sub/i31-eq     C ⊢ i31 <: eq
    /// Heaptype_sub/struct-eq  C ⊢ struct <: eq
    /// Heaptype_sub/array-eq   C ⊢ array <: eq
    /// Heaptype_sub/struct     C ⊢ dt <: struct   if dt expands to struct ft*
    /// Heaptype_sub/array      C ⊢ dt <: array    if dt expands to array ft
    /// Heaptype_sub/func       C ⊢ dt <: func     if dt expands to func t1* → t2*
    /// Heaptype_sub/def        C ⊢ dt1 <: dt2     if C ⊢ dt1 <: dt2  (Deftype_sub)
    /// Heaptype_sub/typeidx-l  C ⊢ x <: ht        if C ⊢ C.types[x] <: ht
    /// Heaptype_sub/typeidx-r  C ⊢ ht <: x        if C ⊢ ht <: C.types[x]
    /// Heaptype_sub/none       C ⊢ none <: ht     if C ⊢ ht <: any     if ht ≠ bot
    /// Heaptype_sub/nofunc     C ⊢ nofunc <: ht   if C ⊢ ht <: func    if ht ≠ bot
    /// Heaptype_sub/noexn      C ⊢ noexn <: ht    if C ⊢ ht <: exn     if ht ≠ bot
    /// Heaptype_sub/noextern   C ⊢ noextern <: ht if C ⊢ ht <: extern  if ht ≠ bot
    /// Heaptype_sub/bot        C ⊢ bot <: ht
    /// Heaptype_sub/bot-share  C ⊢ (bot-share aht) <: ht  if ht = (share aht') or ht expands to share ct
    ///                                                    if C ⊢ (share aht) <: ht
    /// ```
    #[cold]
    fn derive_heaptype<O: Observer>(self, ht_1: HeapType, ht_2: HeapType, o: &mut O) {
        use AbsHeapType as A;
        if ht_1 == ht_2 {
            return o.rule(rule!("Heaptype_sub/refl"));
        }
        match (ht_1, ht_2) {
            (HeapType::Abs(_, A::Bot), _) => o.rule(rule!("Heaptype_sub/bot")),
            (HeapType::Abs(Share::Bot, aht), _) if self.share(ht_2) != Share::Bot => {
                self.derive_heaptype(HeapType::Abs(self.share(ht_2), aht), ht_2, o);
                o.rule(rule!("Heaptype_sub/bot-share"));
            }
            (HeapType::Use(TypeUse::Idx(x)), _) => {
                if let Some(dt) = self.resolve(TypeUse::Idx(x)) {
                    self.derive_heaptype(HeapType::Use(TypeUse::Def(dt)), ht_2, o);
                    o.rule(rule!("Heaptype_sub/typeidx-l"));
                }
            }
            (_, HeapType::Use(TypeUse::Idx(x))) => {
                if let Some(dt) = self.resolve(TypeUse::Idx(x)) {
                    self.derive_heaptype(ht_1, HeapType::Use(TypeUse::Def(dt)), o);
                    o.rule(rule!("Heaptype_sub/typeidx-r"));
                }
            }
            (HeapType::Abs(share, aht @ (A::None | A::NoFunc | A::NoExn | A::NoExtern)), _) => {
                let (top, rule) = match aht {
                    A::None => (A::Any, rule!("Heaptype_sub/none")),
                    A::NoFunc => (A::Func, rule!("Heaptype_sub/nofunc")),
                    A::NoExn => (A::Exn, rule!("Heaptype_sub/noexn")),
                    _ => (A::Extern, rule!("Heaptype_sub/noextern")),
                };
                self.derive_heaptype(ht_2, HeapType::Abs(share, top), o);
                o.rule(rule);
            }
            (HeapType::Use(TypeUse::Def(dt_1)), HeapType::Use(TypeUse::Def(dt_2))) => {
                self.derive_deftype(dt_1, dt_2, o);
                o.rule(rule!("Heaptype_sub/def"));
            }
            (HeapType::Use(TypeUse::Def(dt)), HeapType::Abs(share, aht)) => {
                o.rule(rule!("Expand"));
                let above = match self.table.expand(dt) {
                    CompType::Struct(_) => {
                        o.rule(rule!("Heaptype_sub/struct"));
                        A::Struct
                    }
                    CompType::Array(_) => {
                        o.rule(rule!("Heaptype_sub/array"));
                        A::Array
                    }
                    CompType::Func(_) => {
                        o.rule(rule!("Heaptype_sub/func"));
                        A::Func
                    }
                };
                if above != aht {
                    self.derive_heaptype(HeapType::Abs(share, above), HeapType::Abs(share, aht), o);
                }
            }
            (HeapType::Abs(_, aht_1), _) => {
                match aht_1 {
                    A::I31 => o.rule(rule!("Heaptype_sub/i31-eq")),
                    A::Struct => o.rule(rule!("Heaptype_sub/struct-eq")),
                    A::Array => o.rule(rule!("Heaptype_sub/array-eq")),
                    _ => {}
                }
                if matches!(ht_2, HeapType::Abs(_, A::Any)) {
                    o.rule(rule!("Heaptype_sub/eq-any"));
                }
            }
            // No rolled type is matched outside the type table.
            (HeapType::Use(TypeUse::Rec(_)), _) | (_, HeapType::Use(TypeUse::Rec(_))) => {}
        }
    }

    /// `C ⊢ dt_1 <: dt_2`
    ///
    /// ```text
    /// Deftype_sub/refl   C ⊢ dt1 <: dt2  if clos_deftype(C, dt1) = clos_deftype(C, dt2)
    /// Deftype_sub/super  C ⊢ dt1 <: dt2  if unrolldt(dt1) = sub final? tu* ct
    ///                                    if C ⊢ tu*[i] <: dt2
    /// ```
    #[inline]
    pub fn deftype_sub<O: Observer>(self, dt_1: DefType, dt_2: DefType, o: &mut O) -> bool {
        let holds = self.table.is_ancestor(dt_2, dt_1);
        if holds && O::WATCHES_RULES {
            self.derive_deftype(dt_1, dt_2, o);
        }
        holds
    }

    /// The derivation of `C ⊢ dt_1 <: dt_2`, which holds: as many times `super` as there are steps up.
    #[cold]
    fn derive_deftype<O: Observer>(self, dt_1: DefType, dt_2: DefType, o: &mut O) {
        o.rule(rule!("Deftype_sub/refl"));
        let mut dt = dt_1;
        while dt != dt_2 {
            let Some(above) = self.table.supertype(dt) else { return };
            dt = above;
            o.rule(rule!("Heaptype_sub/def"));
            o.rule(rule!("Deftype_sub/super"));
        }
    }

    /// `C ⊢ zt_1 <: zt_2`
    ///
    /// ```text
    /// Packtype_sub          C ⊢ pt <: pt
    /// Storagetype_sub/val   C ⊢ t1 <: t2    if C ⊢ t1 <: t2    (Valtype_sub)
    /// Storagetype_sub/pack  C ⊢ pt1 <: pt2  if C ⊢ pt1 <: pt2  (Packtype_sub)
    /// ```
    pub fn storagetype_sub<O: Observer>(self, zt_1: StorageType, zt_2: StorageType, o: &mut O) -> bool {
        match (zt_1, zt_2) {
            (StorageType::Val(t_1), StorageType::Val(t_2)) if self.valtype_sub(t_1, t_2, o) => {
                o.rule(rule!("Storagetype_sub/val"));
            }
            (StorageType::Pack(pt_1), StorageType::Pack(pt_2)) if pt_1 == pt_2 => {
                o.rule(rule!("Packtype_sub"));
                o.rule(rule!("Storagetype_sub/pack"));
            }
            _ => return false,
        }
        true
    }

    /// `C ⊢ ft_1 <: ft_2`
    ///
    /// ```text
    /// Fieldtype_sub/const  C ⊢ zt1 <: zt2          if C ⊢ zt1 <: zt2
    /// Fieldtype_sub/var    C ⊢ mut zt1 <: mut zt2  if C ⊢ zt1 <: zt2   if C ⊢ zt2 <: zt1
    /// ```
    pub fn fieldtype_sub<O: Observer>(self, ft_1: FieldType, ft_2: FieldType, o: &mut O) -> bool {
        if O::WATCHES_RULES && !self.fieldtype_sub(ft_1, ft_2, &mut Unobserved) {
            return false;
        }
        if ft_1.mutable != ft_2.mutable || !self.storagetype_sub(ft_1.storage, ft_2.storage, o) {
            return false;
        }
        if !ft_1.mutable {
            o.rule(rule!("Fieldtype_sub/const"));
            return true;
        }
        if !self.storagetype_sub(ft_2.storage, ft_1.storage, o) {
            return false;
        }
        o.rule(rule!("Fieldtype_sub/var"));
        true
    }

    /// `C ⊢ ct_1 <: ct_2`
    ///
    /// ```text
    /// Comptype_sub/struct  C ⊢ struct (ft1* ft'1*) <: struct ft2*  if (C ⊢ ft1 <: ft2)*
    /// Comptype_sub/array   C ⊢ array ft1 <: array ft2              if C ⊢ ft1 <: ft2
    /// Comptype_sub/func    C ⊢ func t11* → t12* <: func t21* → t22*
    ///                        if C ⊢ t21* <: t11*
    ///                        if C ⊢ t12* <: t22*
    /// ```
    pub fn comptype_sub<O: Observer>(self, ct_1: &CompType, ct_2: &CompType, o: &mut O) -> bool {
        if O::WATCHES_RULES && !self.comptype_sub(ct_1, ct_2, &mut Unobserved) {
            return false;
        }
        match (ct_1, ct_2) {
            (CompType::Struct(fts_1), CompType::Struct(fts_2)) => {
                if fts_1.len() < fts_2.len()
                    || !fts_1.iter().zip(fts_2).all(|(&ft_1, &ft_2)| self.fieldtype_sub(ft_1, ft_2, o))
                {
                    return false;
                }
                o.rule(rule!("Comptype_sub/struct"));
            }
            (&CompType::Array(ft_1), &CompType::Array(ft_2)) => {
                if !self.fieldtype_sub(ft_1, ft_2, o) {
                    return false;
                }
                o.rule(rule!("Comptype_sub/array"));
            }
            (CompType::Func(ft_1), CompType::Func(ft_2)) => {
                if !self.resulttype_sub(&ft_2.params, &ft_1.params, o)
                    || !self.resulttype_sub(&ft_1.results, &ft_2.results, o)
                {
                    return false;
                }
                o.rule(rule!("Comptype_sub/func"));
            }
            _ => return false,
        }
        true
    }

    /// `C ⊢ share? ct_1 <: share? ct_2`, of the composite types of two sub types.
    ///
    /// ```text
    /// Comptype_sub/shared  C ⊢ shared ct1 <: shared ct2  if C ⊢ ct1 <: ct2
    /// ```
    pub(crate) fn sharecomptype_sub<O: Observer>(self, st_1: &SubType, st_2: &SubType, o: &mut O) -> bool {
        if st_1.share != st_2.share || !self.comptype_sub(&st_1.comp, &st_2.comp, o) {
            return false;
        }
        if st_1.share == Share::Shared {
            o.rule(rule!("Comptype_sub/shared"));
        }
        true
    }

    /// `C ⊢ jt_1 <: jt_2`
    ///
    /// ```text
    /// Tagtype_sub  C ⊢ dt1 <: dt2  if C ⊢ dt1 <: dt2   if C ⊢ dt2 <: dt1  (Deftype_sub)
    /// ```
    pub fn tagtype_sub<O: Observer>(self, jt_1: TagType, jt_2: TagType, o: &mut O) -> bool {
        let (Some(dt_1), Some(dt_2)) = (self.resolve(jt_1), self.resolve(jt_2)) else { return false };
        if O::WATCHES_RULES && !self.tagtype_sub(jt_1, jt_2, &mut Unobserved) {
            return false;
        }
        if !self.deftype_sub(dt_1, dt_2, o) || !self.deftype_sub(dt_2, dt_1, o) {
            return false;
        }
        o.rule(rule!("Tagtype_sub"));
        true
    }

    /// `C ⊢ gt_1 <: gt_2`
    ///
    /// ```text
    /// Globaltype_sub/const   C ⊢ t1 <: t2          if C ⊢ t1 <: t2
    /// Globaltype_sub/var     C ⊢ mut t1 <: mut t2  if C ⊢ t1 <: t2   if C ⊢ t2 <: t1
    /// Globaltype_sub/shared  C ⊢ shared mut? t1 <: shared mut? t2  if C ⊢ mut? t1 <: mut? t2
    /// ```
    pub fn globaltype_sub<O: Observer>(self, gt_1: GlobalType, gt_2: GlobalType, o: &mut O) -> bool {
        if O::WATCHES_RULES && !self.globaltype_sub(gt_1, gt_2, &mut Unobserved) {
            return false;
        }
        if (gt_1.share, gt_1.mutable) != (gt_2.share, gt_2.mutable) || !self.valtype_sub(gt_1.val, gt_2.val, o) {
            return false;
        }
        if gt_1.mutable && !self.valtype_sub(gt_2.val, gt_1.val, o) {
            return false;
        }
        o.rule(if gt_1.mutable { rule!("Globaltype_sub/var") } else { rule!("Globaltype_sub/const") });
        if gt_1.share == Share::Shared {
            o.rule(rule!("Globaltype_sub/shared"));
        }
        true
    }

    /// `C ⊢ mt_1 <: mt_2`
    ///
    /// ```text
    /// Memtype_sub         C ⊢ at lim1 page <: at lim2 page  if C ⊢ lim1 <: lim2
    /// Memtype_sub/shared  C ⊢ shared at lim1 page <: shared at lim2 page  if C ⊢ at lim1 page <: at lim2 page
    /// ```
    pub fn memtype_sub<O: Observer>(self, mt_1: MemType, mt_2: MemType, o: &mut O) -> bool {
        if (mt_1.share, mt_1.addr) != (mt_2.share, mt_2.addr) || !limits_sub(mt_1.limits, mt_2.limits, o) {
            return false;
        }
        o.rule(rule!("Memtype_sub"));
        if mt_1.share == Share::Shared {
            o.rule(rule!("Memtype_sub/shared"));
        }
        true
    }

    /// `C ⊢ tt_1 <: tt_2`
    ///
    /// ```text
    /// Tabletype_sub         C ⊢ at lim1 rt1 <: at lim2 rt2  if C ⊢ lim1 <: lim2
    ///                                                       if C ⊢ rt1 <: rt2
    ///                                                       if C ⊢ rt2 <: rt1
    /// Tabletype_sub/shared  C ⊢ shared at lim1 rt1 <: shared at lim2 rt2  if C ⊢ at lim1 rt1 <: at lim2 rt2
    /// ```
    pub fn tabletype_sub<O: Observer>(self, tt_1: TableType, tt_2: TableType, o: &mut O) -> bool {
        if O::WATCHES_RULES && !self.tabletype_sub(tt_1, tt_2, &mut Unobserved) {
            return false;
        }
        if (tt_1.share, tt_1.addr) != (tt_2.share, tt_2.addr)
            || !limits_sub(tt_1.limits, tt_2.limits, o)
            || !self.reftype_sub(tt_1.elem, tt_2.elem, o)
            || !self.reftype_sub(tt_2.elem, tt_1.elem, o)
        {
            return false;
        }
        o.rule(rule!("Tabletype_sub"));
        if tt_1.share == Share::Shared {
            o.rule(rule!("Tabletype_sub/shared"));
        }
        true
    }

    /// `C ⊢ xt_1 <: xt_2`: whether a definition of type `xt_1` may be given to an import of type `xt_2`.
    ///
    /// ```text
    /// Externtype_sub/tag     C ⊢ tag jt1 <: tag jt2        if C ⊢ jt1 <: jt2
    /// Externtype_sub/global  C ⊢ global gt1 <: global gt2  if C ⊢ gt1 <: gt2
    /// Externtype_sub/mem     C ⊢ memory mt1 <: memory mt2  if C ⊢ mt1 <: mt2
    /// Externtype_sub/table   C ⊢ table tt1 <: table tt2    if C ⊢ tt1 <: tt2
    /// Externtype_sub/func    C ⊢ func dt1 <: func dt2      if C ⊢ dt1 <: dt2
    /// ```
    pub fn externtype_sub<O: Observer>(self, xt_1: ExternType, xt_2: ExternType, o: &mut O) -> bool {
        let rule: RuleId = match (xt_1, xt_2) {
            (ExternType::Tag(jt_1), ExternType::Tag(jt_2)) if self.tagtype_sub(jt_1, jt_2, o) => {
                rule!("Externtype_sub/tag")
            }
            (ExternType::Global(gt_1), ExternType::Global(gt_2)) if self.globaltype_sub(gt_1, gt_2, o) => {
                rule!("Externtype_sub/global")
            }
            (ExternType::Mem(mt_1), ExternType::Mem(mt_2)) if self.memtype_sub(mt_1, mt_2, o) => {
                rule!("Externtype_sub/mem")
            }
            (ExternType::Table(tt_1), ExternType::Table(tt_2)) if self.tabletype_sub(tt_1, tt_2, o) => {
                rule!("Externtype_sub/table")
            }
            (ExternType::Func(tu_1), ExternType::Func(tu_2)) => match (self.resolve(tu_1), self.resolve(tu_2)) {
                (Some(dt_1), Some(dt_2)) if self.deftype_sub(dt_1, dt_2, o) => rule!("Externtype_sub/func"),
                _ => return false,
            },
            _ => return false,
        };
        o.rule(rule);
        true
    }
}

/// The reflexive and transitive closure of the rules for abstract heap types.
#[inline]
fn absheaptype_holds(aht_1: AbsHeapType, aht_2: AbsHeapType) -> bool {
    use AbsHeapType as A;
    aht_1 == aht_2
        || match aht_1 {
            A::Bot => true,
            A::Eq => aht_2 == A::Any,
            A::I31 | A::Struct | A::Array => matches!(aht_2, A::Eq | A::Any),
            A::None => matches!(aht_2, A::Any | A::Eq | A::I31 | A::Struct | A::Array),
            A::NoFunc => aht_2 == A::Func,
            A::NoExn => aht_2 == A::Exn,
            A::NoExtern => aht_2 == A::Extern,
            A::Any | A::Func | A::Exn | A::Extern => false,
        }
}

/// `C ⊢ lim_1 <: lim_2`
///
/// ```text
/// Limits_sub/max  C ⊢ [n1 .. m1] <: [n2 .. m2?]  if n1 ≥ n2   if (m1 ≤ m2)?
/// Limits_sub/eps  C ⊢ [n1 .. ε] <: [n2 .. ε]     if n1 ≥ n2
/// ```
pub fn limits_sub<O: Observer>(lim_1: Limits, lim_2: Limits, o: &mut O) -> bool {
    if lim_1.min < lim_2.min {
        return false;
    }
    match (lim_1.max, lim_2.max) {
        (Some(m_1), m_2) if m_2.is_none_or(|m_2| m_1 <= m_2) => o.rule(rule!("Limits_sub/max")),
        (None, None) => o.rule(rule!("Limits_sub/eps")),
        _ => return false,
    }
    true
}
