//! Generates recursive types of all sizes, and answers queries about them.
//!
//! Types come in two stages. First the skeleton of a recursive type: of each member its kind, its declared supertype and
//! whether it is final. Then the composite types: a type without a supertype gets anything, one with a supertype what the
//! supertype has, made narrower in depth (where fields are immutable, results, and parameters the other way round) and in
//! width. The skeleton decides which references are narrower, so that members may mention those after them.

use super::kinds::{CompKind, heap, index, kind_of, super_of};
use super::rand::Rand;
use super::skeleton::{
    Skeleton, abstract_under, narrow_comptype, new_comptype, new_reftype, new_valtype, shared_comptype,
};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::Matching;

/// The types of a module.
#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    /// The recursive types, as the module has them.
    pub(super) recs: Vec<RecType>,
    /// Their members, by type index.
    pub(super) subs: Vec<SubType>,
    /// How many of them are there to be used anywhere; the others are types of blocks and of functions that serve.
    pub(super) user: usize,
    /// Whether there are shared types.
    pub(super) sharing: bool,
    /// How many recursive types these are.
    user_recs: usize,
    defs: Vec<DefType>,
    table: TypeTable,
    /// Of each type the number of steps in which it gets a value; nothing where it has none.
    rank: Vec<Option<u32>>,
    /// The same for constant expressions, which make no exceptions.
    const_rank: Vec<Option<u32>>,
}

impl Types {
    /// Generates the types of a module, with about `recs` recursive types.
    pub(super) fn new(r: &mut Rand, recs: usize, sharing: bool) -> Types {
        let mut types = Types { sharing, ..Types::default() };
        for _ in 0..recs {
            types.grow(r);
        }
        if r.chance(20) {
            types.tags(r);
        }
        types.close();
        types
    }

    /// Function types for tags, one below the other.
    fn tags(&mut self, r: &mut Rand) {
        let params = vec![[ValType::I32, ValType::I64, ValType::Ref(RefType::ANYREF)][r.below(3)]; r.within(0, 2)];
        let comp = CompType::Func(FuncType { params, results: Vec::new() });
        let x = self.subs.len() as TypeIdx;
        let share = Share::Unshared;
        let above = SubType { is_final: false, supers: Vec::new(), share, comp: comp.clone() };
        let below = SubType { is_final: r.chance(50), supers: vec![TypeUse::Idx(x)], share, comp };
        self.define(RecType(vec![above, below]));
    }

    /// The types that another module has as its first ones, and some more.
    pub(super) fn extending(r: &mut Rand, others: &[RecType], recs: usize, sharing: bool) -> Types {
        let mut types = Types { sharing, ..Types::default() };
        for rec in others {
            types.define(rec.clone());
        }
        for _ in 0..recs {
            types.grow(r);
        }
        types.close();
        types
    }

    /// The types that other modules can have, too, are complete.
    fn close(&mut self) {
        let ft = FieldType { mutable: true, storage: StorageType::Val(ValType::I32) };
        let add = |types: &mut Types, comp: CompType| {
            types.define(RecType(vec![SubType { is_final: false, supers: vec![], share: Share::Unshared, comp }]));
        };
        // There is at least one structure and one array with values, so that all abstract types have some.
        let unshared = |st: &SubType| st.share == Share::Unshared;
        if !self.subs.iter().any(|st| unshared(st) && kind_of(&st.comp) == CompKind::Array) {
            add(self, CompType::Array(ft));
        }
        self.inhabit_all();
        if self.of_all(CompKind::Struct).all(|x| !unshared(&self.subs[x as usize]) || self.rank(x, true).is_none()) {
            add(self, CompType::Struct(vec![ft]));
            self.inhabit_all();
        }
        (self.user, self.user_recs) = (self.subs.len(), self.recs.len());
    }

    fn inhabit_all(&mut self) {
        self.rank = self.inhabit(false);
        self.const_rank = self.inhabit(true);
    }

    fn of_all(&self, kind: CompKind) -> impl Iterator<Item = TypeIdx> + '_ {
        (0..self.subs.len() as TypeIdx).filter(move |x| self.kind(*x) == kind)
    }

    /// The recursive types that can be used anywhere.
    pub(super) fn user_recs(&self) -> &[RecType] {
        &self.recs[..self.user_recs]
    }

    /// Adds a recursive type: a new one, or one like another.
    fn grow(&mut self, r: &mut Rand) {
        if !self.recs.is_empty() && r.chance(22) {
            let which = r.below(self.recs.len());
            let rec = self.alike(r, which);
            return self.define(rec);
        }
        let len = match r.weighted(&[40, 45, 10, 3, 2]) {
            0 => 1,
            1 => r.within(2, 4),
            2 => r.within(3, 8),
            3 => 0,
            _ => r.within(8, 16),
        };
        let rec = self.fresh(r, len);
        self.define(rec);
    }

    /// Adds a recursive type that is well-formed.
    fn define(&mut self, rec: RecType) {
        if let Ok(defs) = self.table.define(&rec, &self.defs) {
            self.defs.extend(defs);
            self.subs.extend(rec.0.iter().cloned());
            self.recs.push(rec);
        }
    }

    fn fresh(&mut self, r: &mut Rand, len: usize) -> RecType {
        let start = self.subs.len();
        let mut skeleton = Skeleton::new(self.sharing);
        for st in &self.subs {
            skeleton.push(kind_of(&st.comp), super_of(st), st.is_final, st.share);
        }
        let share = if self.sharing && r.chance(50) { Share::Shared } else { Share::Unshared };
        for i in start..start + len {
            let functions = if share == Share::Shared { 0 } else { 18 };
            let mut kind = [CompKind::Struct, CompKind::Array, CompKind::Func][r.weighted(&[64, 18, functions])];
            let mut sup = None;
            if i > 0 && r.chance(60) {
                // More often one of the last few, so that chains come about.
                let low = if r.chance(60) { i.saturating_sub(4) } else { 0 };
                let at = r.within(low, i - 1);
                if let Some(x) = (low..i)
                    .cycle()
                    .skip(at - low)
                    .take(i - low)
                    .find(|x| !skeleton.finals[*x] && skeleton.shares[*x] == share)
                {
                    (kind, sup) = (skeleton.kinds[x], Some(x as TypeIdx));
                }
            }
            let is_final = if sup.is_some() { r.chance(30) } else { r.chance(20) };
            skeleton.push(kind, sup, is_final, share);
        }
        let mut members: Vec<SubType> = Vec::with_capacity(len);
        for i in start..start + len {
            let sup = skeleton.supers[i];
            let comp = match sup.map(|x| self.subs.get(x as usize).unwrap_or_else(|| &members[x as usize - start])) {
                Some(st) => narrow_comptype(r, &skeleton, &st.comp.clone()),
                None => new_comptype(r, &skeleton, skeleton.kinds[i]),
            };
            let comp = if share == Share::Shared { shared_comptype(&skeleton, comp) } else { comp };
            let supers = sup.map(TypeUse::Idx).into_iter().collect();
            members.push(SubType { is_final: skeleton.finals[i], supers, share, comp });
        }
        RecType(members)
    }

    /// A recursive type that is the same as another, the same in another order, or nearly the same.
    fn alike(&mut self, r: &mut Rand, which: usize) -> RecType {
        let from: usize = self.recs[..which].iter().map(|rec| rec.0.len()).sum();
        let (to, len) = (self.subs.len(), self.recs[which].0.len());
        let mut rec = self.recs[which].clone();
        // The order: member i comes to stand at order[i].
        let mut order: Vec<usize> = (0..len).collect();
        let how = r.below(5);
        if how == 1 && len > 1 {
            let i = r.below(len - 1);
            let above = rec.0[i + 1].supers.contains(&TypeUse::Idx((from + i) as TypeIdx));
            if !above {
                rec.0.swap(i, i + 1);
                order.swap(i, i + 1);
            }
        }
        let mut rename = |tu: TypeUse| match tu {
            TypeUse::Idx(x) if (from..from + len).contains(&(x as usize)) => {
                TypeUse::Idx((to + order[x as usize - from]) as TypeIdx)
            }
            _ => tu,
        };
        let mut rec = lockstep_semantics::types::subst_rectype(&rec, &mut rename);
        if how >= 2 && len > 0 {
            let i = r.below(len);
            let this = TypeUse::Idx((to + i) as TypeIdx);
            let leaf = !rec.0.iter().any(|st| st.supers.contains(&this));
            let st = &mut rec.0[i];
            match (how, &mut st.comp) {
                (2, _) if leaf => st.is_final = !st.is_final,
                (3, CompType::Struct(fts)) if leaf => {
                    fts.push(FieldType { mutable: true, storage: StorageType::Pack(PackType::I8) });
                }
                (4, CompType::Struct(fts)) if leaf && st.supers.is_empty() => {
                    if let Some(ft) = fts.first_mut() {
                        ft.mutable = !ft.mutable;
                    }
                }
                (4, CompType::Array(ft)) if leaf && st.supers.is_empty() => ft.mutable = !ft.mutable,
                _ if st.is_final => st.is_final = false,
                _ => rec.0.push(SubType {
                    is_final: true,
                    supers: vec![],
                    share: Share::Unshared,
                    comp: CompType::Struct(vec![]),
                }),
            }
        }
        rec
    }

    /// The index of a function type without supertypes, which is added when it is not there.
    pub(super) fn func(&mut self, params: &[ValType], results: &[ValType]) -> TypeIdx {
        self.func_of(Share::Unshared, params, results)
    }

    /// The same, shared or not.
    pub(super) fn func_of(&mut self, share: Share, params: &[ValType], results: &[ValType]) -> TypeIdx {
        for (x, st) in self.subs.iter().enumerate().skip(self.user) {
            if let CompType::Func(ft) = &st.comp
                && st.share == share
                && ft.params == params
                && ft.results == results
            {
                return x as TypeIdx;
            }
        }
        let comp = CompType::Func(FuncType { params: params.to_vec(), results: results.to_vec() });
        self.define(RecType(vec![SubType { is_final: true, supers: vec![], share, comp }]));
        self.rank.push(Some(0));
        self.const_rank.push(Some(0));
        (self.subs.len() - 1) as TypeIdx
    }

    /// The least numbers of steps in which types get values. Functions can always be written, and arrays be empty.
    fn inhabit(&self, constant: bool) -> Vec<Option<u32>> {
        let structs = |st: &SubType| matches!(st.comp, CompType::Struct(_));
        let mut rank: Vec<Option<u32>> = self.subs.iter().map(|st| (!structs(st)).then_some(0)).collect();
        for round in 1.. {
            let mut found = Vec::new();
            for (i, st) in self.subs.iter().enumerate() {
                if let CompType::Struct(fts) = &st.comp
                    && rank[i].is_none()
                    && fts.iter().all(|ft| self.has_values(ft.storage.unpack(), &rank, constant))
                {
                    found.push(i);
                }
            }
            if found.is_empty() {
                break;
            }
            for i in found {
                rank[i] = Some(round);
            }
        }
        rank
    }

    fn has_values(&self, t: ValType, rank: &[Option<u32>], constant: bool) -> bool {
        let ValType::Ref(rt) = t else { return true };
        rt.null
            || match rt.heap {
                HeapType::Abs(share, aht) => match aht {
                    AbsHeapType::Struct => rank
                        .iter()
                        .zip(&self.subs)
                        .any(|(n, st)| n.is_some() && st.share == share && kind_of(&st.comp) == CompKind::Struct),
                    AbsHeapType::Array => {
                        self.subs.iter().any(|st| st.share == share && kind_of(&st.comp) == CompKind::Array)
                    }
                    AbsHeapType::Exn => !constant,
                    AbsHeapType::None | AbsHeapType::NoFunc | AbsHeapType::NoExn | AbsHeapType::NoExtern => false,
                    AbsHeapType::Bot => false,
                    AbsHeapType::Any | AbsHeapType::Eq | AbsHeapType::I31 | AbsHeapType::Func | AbsHeapType::Extern => {
                        true
                    }
                },
                HeapType::Use(TypeUse::Idx(x)) => rank.get(x as usize).is_some_and(Option::is_some),
                HeapType::Use(_) => false,
            }
    }

    /// In how many steps a type gets a value, in a constant expression or anywhere.
    pub(super) fn rank(&self, x: TypeIdx, constant: bool) -> Option<u32> {
        let rank = if constant { &self.const_rank } else { &self.rank };
        rank.get(x as usize).copied().flatten()
    }
    /// Whether a type has values.
    pub(super) fn inhabited(&self, t: ValType) -> bool {
        self.has_values(t, &self.rank, false)
    }
    /// Whether a type has values that constant expressions make.
    pub(super) fn const_inhabited(&self, t: ValType) -> bool {
        self.has_values(t, &self.const_rank, true)
    }

    /// The judgements about these types.
    pub(super) fn matching(&self) -> Matching<'_> {
        Matching { table: &self.table, types: &self.defs }
    }
    /// `t_1 <: t_2`
    pub(super) fn sub(&self, t_1: ValType, t_2: ValType) -> bool {
        self.matching().valtype_sub(t_1, t_2, &mut Unobserved)
    }
    /// `rt_1 <: rt_2`
    pub(super) fn ref_sub(&self, rt_1: RefType, rt_2: RefType) -> bool {
        self.matching().reftype_sub(rt_1, rt_2, &mut Unobserved)
    }
    /// `ht_1 <: ht_2`
    pub(super) fn heap_sub(&self, ht_1: HeapType, ht_2: HeapType) -> bool {
        self.matching().heaptype_sub(ht_1, ht_2, &mut Unobserved)
    }
    /// Whether two indices stand for one type.
    pub(super) fn same(&self, x: TypeIdx, y: TypeIdx) -> bool {
        self.defs.get(x as usize) == self.defs.get(y as usize)
    }
    /// The composite type of an index.
    pub(super) fn comp(&self, x: TypeIdx) -> &CompType {
        &self.subs[x as usize].comp
    }
    /// The kind of an index.
    pub(super) fn kind(&self, x: TypeIdx) -> CompKind {
        kind_of(self.comp(x))
    }
    /// The function type of an index; of anything else the empty one.
    pub(super) fn functype(&self, x: TypeIdx) -> FuncType {
        match self.comp(x) {
            CompType::Func(ft) => ft.clone(),
            _ => FuncType::default(),
        }
    }
    /// The fields of a structure type; of anything else none.
    pub(super) fn fields(&self, x: TypeIdx) -> &[FieldType] {
        match self.comp(x) {
            CompType::Struct(fts) => fts,
            _ => &[],
        }
    }
    /// The field of an array type.
    pub(super) fn element(&self, x: TypeIdx) -> Option<FieldType> {
        match self.comp(x) {
            CompType::Array(ft) => Some(*ft),
            _ => None,
        }
    }
    /// The indices of one kind that can be used.
    pub(super) fn of_kind(&self, kind: CompKind) -> impl Iterator<Item = TypeIdx> + '_ {
        (0..self.user as TypeIdx).filter(move |x| self.kind(*x) == kind)
    }
    /// The declared supertype.
    pub(super) fn supertype(&self, x: TypeIdx) -> Option<TypeIdx> {
        super_of(&self.subs[x as usize])
    }
    /// The heap type above all others of the same hierarchy.
    pub(super) fn top(&self, ht: HeapType) -> AbsHeapType {
        match ht {
            HeapType::Abs(_, aht) => match aht {
                AbsHeapType::Func | AbsHeapType::NoFunc => AbsHeapType::Func,
                AbsHeapType::Exn | AbsHeapType::NoExn => AbsHeapType::Exn,
                AbsHeapType::Extern | AbsHeapType::NoExtern => AbsHeapType::Extern,
                _ => AbsHeapType::Any,
            },
            HeapType::Use(TypeUse::Idx(x)) if self.kind(x) == CompKind::Func => AbsHeapType::Func,
            HeapType::Use(_) => AbsHeapType::Any,
        }
    }
    /// Whether the objects of a heap type are shared.
    pub(super) fn share(&self, ht: HeapType) -> Share {
        match ht {
            HeapType::Abs(share, _) => share,
            HeapType::Use(TypeUse::Idx(x)) => self.subs[x as usize].share,
            HeapType::Use(_) => Share::Unshared,
        }
    }
    /// Shared or not, where there are shared types.
    pub(super) fn some_share(&self, r: &mut Rand) -> Share {
        if self.sharing && r.chance(50) { Share::Shared } else { Share::Unshared }
    }
    /// The heap types above one, itself first and the top last.
    pub(super) fn above(&self, ht: HeapType) -> Vec<HeapType> {
        let mut all = vec![ht];
        let mut at = index(ht);
        while let Some(sup) = at.and_then(|x| self.supertype(x)) {
            all.push(heap(sup));
            at = Some(sup);
        }
        let abs: &[AbsHeapType] = match index(ht).map(|x| self.kind(x)) {
            Some(CompKind::Struct) => &[AbsHeapType::Struct, AbsHeapType::Eq, AbsHeapType::Any],
            Some(CompKind::Array) => &[AbsHeapType::Array, AbsHeapType::Eq, AbsHeapType::Any],
            Some(CompKind::Func) => &[AbsHeapType::Func],
            None => match ht {
                HeapType::Abs(_, AbsHeapType::I31 | AbsHeapType::Struct | AbsHeapType::Array) => {
                    &[AbsHeapType::Eq, AbsHeapType::Any]
                }
                HeapType::Abs(_, AbsHeapType::Eq) => &[AbsHeapType::Any],
                HeapType::Abs(_, AbsHeapType::NoFunc) => &[AbsHeapType::Func],
                HeapType::Abs(_, AbsHeapType::NoExtern) => &[AbsHeapType::Extern],
                HeapType::Abs(_, AbsHeapType::NoExn) => &[AbsHeapType::Exn],
                HeapType::Abs(_, AbsHeapType::None) => {
                    &[AbsHeapType::I31, AbsHeapType::Struct, AbsHeapType::Array, AbsHeapType::Eq, AbsHeapType::Any]
                }
                _ => &[],
            },
        };
        let share = self.share(ht);
        all.extend(abs.iter().map(|aht| HeapType::Abs(share, *aht)));
        all
    }
    /// A heap type of the same hierarchy as another, any one.
    pub(super) fn relative(&self, r: &mut Rand, ht: HeapType) -> HeapType {
        let (share, top) = (self.share(ht), self.top(ht));
        if r.chance(65) {
            let n = self.user;
            let at = r.below(n.max(1));
            let found = (0..n).cycle().skip(at).take(n).find(|x| {
                let ht = heap(*x as TypeIdx);
                self.top(ht) == top && self.share(ht) == share
            });
            if let Some(x) = found {
                return heap(x as TypeIdx);
            }
        }
        HeapType::Abs(share, abstract_under(r, top))
    }
    /// The skeleton of the types that can be used.
    fn skeleton(&self) -> Skeleton {
        let mut skeleton = Skeleton::new(self.sharing);
        for st in &self.subs[..self.user] {
            skeleton.push(kind_of(&st.comp), super_of(st), st.is_final, st.share);
        }
        skeleton
    }
    /// A type of a value, any one.
    pub(super) fn valtype(&self, r: &mut Rand) -> ValType {
        new_valtype(r, &self.skeleton())
    }
    /// A type of references, any one.
    pub(super) fn reftype(&self, r: &mut Rand) -> RefType {
        new_reftype(r, &self.skeleton())
    }
    /// A type of values that can be had.
    pub(super) fn inhabited_valtype(&self, r: &mut Rand) -> ValType {
        match self.valtype(r) {
            ValType::Ref(rt) if !self.inhabited(ValType::Ref(rt)) => ValType::Ref(RefType::null(rt.heap)),
            t => t,
        }
    }
}
