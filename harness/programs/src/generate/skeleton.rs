//! The skeleton of recursive types, and composite types on it: new ones, and narrower ones for supertypes.

use super::kinds::{CompKind, heap};
use super::rand::Rand;
use lockstep_semantics::syntax::*;

/// The members of a recursive type before they have composite types.
pub(super) struct Skeleton {
    pub(super) kinds: Vec<CompKind>,
    pub(super) supers: Vec<Option<TypeIdx>>,
    pub(super) finals: Vec<bool>,
    pub(super) shares: Vec<Share>,
    /// Whether there are shared types.
    pub(super) sharing: bool,
}

impl Skeleton {
    pub(super) fn new(sharing: bool) -> Skeleton {
        Skeleton { kinds: Vec::new(), supers: Vec::new(), finals: Vec::new(), shares: Vec::new(), sharing }
    }
    pub(super) fn push(&mut self, kind: CompKind, sup: Option<TypeIdx>, is_final: bool, share: Share) {
        self.shares.push(share);
        self.kinds.push(kind);
        self.supers.push(sup);
        self.finals.push(is_final);
    }
    /// Whether a type is another or declared below it.
    fn below(&self, mut x: TypeIdx, y: TypeIdx) -> bool {
        while x != y {
            match self.supers[x as usize] {
                Some(sup) => x = sup,
                None => return false,
            }
        }
        true
    }
    /// A heap type below another.
    fn narrower(&self, r: &mut Rand, ht: HeapType) -> HeapType {
        let at = r.below(self.kinds.len().max(1));
        let share = self.share(ht);
        let all = (0..self.kinds.len()).cycle().skip(at).take(self.kinds.len()).map(|x| x as TypeIdx);
        let from = all.filter(|x| self.shares[*x as usize] == share);
        let found = match ht {
            HeapType::Use(TypeUse::Idx(y)) => { from }.find(|x| self.below(*x, y)),
            HeapType::Abs(_, AbsHeapType::Any | AbsHeapType::Eq) => { from }.find(|x| self.kind(*x) != CompKind::Func),
            HeapType::Abs(_, AbsHeapType::Struct) => { from }.find(|x| self.kind(*x) == CompKind::Struct),
            HeapType::Abs(_, AbsHeapType::Array) => { from }.find(|x| self.kind(*x) == CompKind::Array),
            HeapType::Abs(_, AbsHeapType::Func) => { from }.find(|x| self.kind(*x) == CompKind::Func),
            _ => None,
        };
        match (ht, found) {
            (HeapType::Abs(_, AbsHeapType::Any), _) if r.chance(30) => HeapType::Abs(share, AbsHeapType::Eq),
            (HeapType::Abs(_, AbsHeapType::Any | AbsHeapType::Eq), _) if r.chance(15) => {
                HeapType::Abs(share, AbsHeapType::I31)
            }
            (_, Some(x)) => heap(x),
            (ht, None) => ht,
        }
    }
    /// A heap type above another.
    fn wider(&self, r: &mut Rand, ht: HeapType) -> HeapType {
        let share = self.share(ht);
        match ht {
            HeapType::Use(TypeUse::Idx(x)) => match (self.supers[x as usize], self.kind(x)) {
                (Some(sup), _) if r.chance(70) => heap(sup),
                (_, CompKind::Func) => HeapType::Abs(share, AbsHeapType::Func),
                (_, CompKind::Struct) if r.chance(50) => HeapType::Abs(share, AbsHeapType::Struct),
                (_, CompKind::Array) if r.chance(50) => HeapType::Abs(share, AbsHeapType::Array),
                _ => HeapType::Abs(share, AbsHeapType::Eq),
            },
            HeapType::Abs(_, AbsHeapType::I31 | AbsHeapType::Struct | AbsHeapType::Array | AbsHeapType::Eq) => {
                HeapType::Abs(share, AbsHeapType::Any)
            }
            _ => ht,
        }
    }
    fn share(&self, ht: HeapType) -> Share {
        match ht {
            HeapType::Abs(share, _) => share,
            HeapType::Use(TypeUse::Idx(x)) => self.shares[x as usize],
            HeapType::Use(_) => Share::Unshared,
        }
    }
    /// The shared heap type of the same kind, which a shared type has in place of an unshared one.
    pub(super) fn shared_heap(&self, ht: HeapType) -> HeapType {
        let aht = match ht {
            HeapType::Use(TypeUse::Idx(x)) if self.shares[x as usize] == Share::Shared => return ht,
            HeapType::Use(TypeUse::Idx(x)) => match self.kind(x) {
                CompKind::Struct => AbsHeapType::Struct,
                CompKind::Array => AbsHeapType::Array,
                CompKind::Func => AbsHeapType::Any,
            },
            HeapType::Use(_) => AbsHeapType::Any,
            HeapType::Abs(_, aht) => match aht {
                AbsHeapType::Func | AbsHeapType::Extern | AbsHeapType::Exn => AbsHeapType::Any,
                AbsHeapType::NoFunc | AbsHeapType::NoExtern | AbsHeapType::NoExn => AbsHeapType::None,
                aht => aht,
            },
        };
        HeapType::Abs(Share::Shared, aht)
    }
    fn kind(&self, x: TypeIdx) -> CompKind {
        self.kinds[x as usize]
    }
}

/// Changes a composite type so that it refers to shared types only.
pub(super) fn shared_comptype(c: &Skeleton, mut comp: CompType) -> CompType {
    let shared = |ft: &mut FieldType| {
        if let StorageType::Val(ValType::Ref(rt)) = &mut ft.storage {
            rt.heap = c.shared_heap(rt.heap);
        }
    };
    match &mut comp {
        CompType::Struct(fts) => fts.iter_mut().for_each(shared),
        CompType::Array(ft) => shared(ft),
        CompType::Func(_) => (),
    }
    comp
}

fn narrow_valtype(r: &mut Rand, c: &Skeleton, t: ValType) -> ValType {
    let ValType::Ref(rt) = t else { return t };
    ValType::Ref(match r.below(4) {
        0 | 1 => rt,
        // What is not nullable is harder to come by.
        2 if r.chance(50) => RefType::non_null(rt.heap),
        _ => RefType { heap: c.narrower(r, rt.heap), ..rt },
    })
}

fn widen_valtype(r: &mut Rand, c: &Skeleton, t: ValType) -> ValType {
    let ValType::Ref(rt) = t else { return t };
    ValType::Ref(match r.below(3) {
        0 => rt,
        1 => RefType::null(rt.heap),
        _ => RefType { heap: c.wider(r, rt.heap), ..rt },
    })
}

fn narrow_field(r: &mut Rand, c: &Skeleton, ft: FieldType) -> FieldType {
    match ft.storage {
        StorageType::Val(t) if !ft.mutable => FieldType { storage: StorageType::Val(narrow_valtype(r, c, t)), ..ft },
        _ => ft,
    }
}

pub(super) fn narrow_comptype(r: &mut Rand, c: &Skeleton, ct: &CompType) -> CompType {
    match ct {
        CompType::Struct(fts) => {
            let mut fts: Vec<FieldType> = fts.iter().map(|ft| narrow_field(r, c, *ft)).collect();
            for _ in 0..r.weighted(&[40, 40, 20]) {
                if fts.len() < 12 {
                    fts.push(new_field(r, c));
                }
            }
            CompType::Struct(fts)
        }
        CompType::Array(ft) => CompType::Array(narrow_field(r, c, *ft)),
        CompType::Func(ft) => CompType::Func(FuncType {
            params: ft.params.iter().map(|t| widen_valtype(r, c, *t)).collect(),
            results: ft.results.iter().map(|t| narrow_valtype(r, c, *t)).collect(),
        }),
    }
}

pub(super) fn new_comptype(r: &mut Rand, c: &Skeleton, kind: CompKind) -> CompType {
    match kind {
        CompKind::Struct => {
            let n = r.weighted(&[8, 25, 35, 20, 8, 4]);
            CompType::Struct((0..n).map(|_| new_field(r, c)).collect())
        }
        CompKind::Array => CompType::Array(new_field(r, c)),
        CompKind::Func => {
            let (params, results) = (r.weighted(&[20, 40, 30, 10]), r.weighted(&[15, 65, 15, 5]));
            CompType::Func(FuncType {
                params: (0..params).map(|_| new_valtype(r, c)).collect(),
                results: (0..results).map(|_| new_valtype(r, c)).collect(),
            })
        }
    }
}

fn new_field(r: &mut Rand, c: &Skeleton) -> FieldType {
    let mutable = r.chance(55);
    let storage = match r.weighted(&[8, 8, 84]) {
        0 => StorageType::Pack(PackType::I8),
        1 => StorageType::Pack(PackType::I16),
        _ => StorageType::Val(new_valtype(r, c)),
    };
    FieldType { mutable, storage }
}

pub(super) fn new_valtype(r: &mut Rand, c: &Skeleton) -> ValType {
    match r.weighted(&[62, 16, 8, 5, 5, 4]) {
        1 => ValType::I32,
        2 => ValType::I64,
        3 => ValType::F32,
        4 => ValType::F64,
        5 => ValType::V128,
        _ => ValType::Ref(new_reftype(r, c)),
    }
}

pub(super) fn new_reftype(r: &mut Rand, c: &Skeleton) -> RefType {
    if !c.kinds.is_empty() && r.chance(65) {
        let x = r.below(c.kinds.len());
        return RefType { null: !r.chance(25), heap: heap(x as TypeIdx) };
    }
    let top =
        [AbsHeapType::Any, AbsHeapType::Func, AbsHeapType::Extern, AbsHeapType::Exn][r.weighted(&[75, 10, 10, 5])];
    let aht = abstract_under(r, top);
    let bottom = matches!(aht, AbsHeapType::None | AbsHeapType::NoFunc | AbsHeapType::NoExtern | AbsHeapType::NoExn);
    let null = !r.chance(if bottom { 3 } else { 25 });
    if c.sharing && r.chance(35) {
        return RefType { null, heap: c.shared_heap(HeapType::abs(aht)) };
    }
    RefType { null, heap: HeapType::abs(aht) }
}

pub(super) fn abstract_under(r: &mut Rand, top: AbsHeapType) -> AbsHeapType {
    let bottom = r.chance(8);
    match top {
        AbsHeapType::Func if bottom => AbsHeapType::NoFunc,
        AbsHeapType::Extern if bottom => AbsHeapType::NoExtern,
        AbsHeapType::Exn if bottom => AbsHeapType::NoExn,
        AbsHeapType::Func | AbsHeapType::Extern | AbsHeapType::Exn => top,
        _ if bottom => AbsHeapType::None,
        _ => [AbsHeapType::Eq, AbsHeapType::Any, AbsHeapType::I31, AbsHeapType::Struct, AbsHeapType::Array]
            [r.weighted(&[30, 25, 20, 15, 10])],
    }
}
