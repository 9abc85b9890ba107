//! Atomic accesses: of the threads proposal on memories, of shared-everything-threads on structures, arrays, globals
//! and tables, shared or not; and shared functions, which are nothing but such accesses.

use super::body::Gen;
use super::kinds::{CompKind, heap};
use lockstep_semantics::syntax::*;

/// An atomic operation on a place.
#[derive(Clone, Copy, Debug)]
enum Way {
    Get,
    Set,
    Rmw(AtOp),
    Cmpxchg,
}

/// A place that atomic instructions can access.
#[derive(Clone, Copy, Debug)]
pub(super) enum AtomicPlace {
    Field(TypeIdx, FieldIdx),
    Element(TypeIdx),
    Global(GlobalIdx),
    Table(TableIdx),
}

impl Gen<'_, '_, '_> {
    /// The type that an atomic access reads or writes, and the type of the expected value of `cmpxchg`, if that is
    /// allowed.
    fn atomic_types(&self, zt: StorageType) -> Option<(ValType, Option<ValType>)> {
        let StorageType::Val(t) = zt else { return Some((ValType::I32, None)) };
        if matches!(t, ValType::I32 | ValType::I64) {
            return Some((t, Some(t)));
        }
        let ValType::Ref(rt) = t else { return None };
        let top = |aht| ValType::Ref(RefType::null(HeapType::Abs(self.types.share(rt.heap), aht)));
        if !self.types.sub(t, top(AbsHeapType::Any)) {
            return None;
        }
        let eq = top(AbsHeapType::Eq);
        // The overview takes what is expected of any type that `ref.eq` takes; wasmparser that of the place only.
        Some((t, self.types.sub(t, eq).then_some(t)))
    }

    fn order(&mut self) -> MemOrder {
        if self.r.chance(60) { MemOrder::SeqCst } else { MemOrder::AcqRel }
    }

    /// One of the ways in which a place may be accessed.
    fn way(&mut self, zt: StorageType, mutable: bool) -> Way {
        let packed = matches!(zt, StorageType::Pack(_));
        let int = matches!(zt, StorageType::Val(ValType::I32 | ValType::I64));
        let cmpxchg = self.atomic_types(zt).is_some_and(|(_, expected)| expected.is_some());
        if !mutable || self.r.chance(25) {
            return Way::Get;
        }
        match self.r.below(4) {
            0 | 1 if int => Way::Rmw(AtOp::ALL[self.r.below(AtOp::ALL.len())]),
            1 if !packed => Way::Rmw(AtOp::Xchg),
            2 if cmpxchg => Way::Cmpxchg,
            3 => Way::Set,
            _ => Way::Get,
        }
    }

    /// The places with the types of their content.
    pub(super) fn places(&self) -> Vec<(AtomicPlace, FieldType)> {
        let mut all = Vec::new();
        for x in self.types.of_kind(CompKind::Struct) {
            if self.types.rank(x, false).is_some() {
                let fields = self.types.fields(x).iter().enumerate();
                all.extend(fields.map(|(i, ft)| (AtomicPlace::Field(x, i as FieldIdx), *ft)));
            }
        }
        for x in self.types.of_kind(CompKind::Array) {
            all.extend(self.types.element(x).map(|ft| (AtomicPlace::Element(x), ft)));
        }
        let globals = self.globals[..self.user_globals].iter().enumerate().filter(|(x, _)| *x != self.fuel as usize);
        all.extend(globals.map(|(x, gt)| {
            let ft = FieldType { mutable: gt.mutable, storage: StorageType::Val(gt.val) };
            (AtomicPlace::Global(x as GlobalIdx), ft)
        }));
        let tables = self.tables[..self.user_tables].iter().enumerate();
        all.extend(tables.map(|(x, tt)| {
            let ft = FieldType { mutable: true, storage: StorageType::Val(ValType::Ref(tt.elem)) };
            (AtomicPlace::Table(x as TableIdx), ft)
        }));
        all.retain(|(_, ft)| self.types.inhabited(ft.storage.unpack()) && self.atomic_types(ft.storage).is_some());
        if self.b.shared {
            all.retain(|(place, ft)| {
                self.types.const_inhabited(ft.storage.unpack())
                    && match *place {
                        AtomicPlace::Field(x, _) | AtomicPlace::Element(x) => {
                            self.types.share(heap(x)) == Share::Shared && self.types.rank(x, true).is_some()
                        }
                        AtomicPlace::Global(x) => self.globals[x as usize].share == Share::Shared,
                        AtomicPlace::Table(x) => self.tables[x as usize].share == Share::Shared,
                    }
            });
        }
        if !self.definitions {
            // Engines that do not share globals and tables have no atomic accesses to them.
            all.retain(|(place, _)| matches!(place, AtomicPlace::Field(..) | AtomicPlace::Element(_)));
        }
        all
    }

    /// An atomic access to a structure, an array, a global or a table. When a type is asked for, the access leaves a
    /// value of it, or `false` is answered and nothing is written; otherwise it leaves nothing.
    pub(super) fn atomic(&mut self, wanted: Option<ValType>, depth: u32) -> bool {
        if !self.features.shared_everything {
            return false;
        }
        let mut all = self.places();
        if let Some(t) = wanted {
            all.retain(|(_, ft)| self.types.sub(ft.storage.unpack(), t));
        }
        let Some((place, ft)) = self.r.pick(&all) else { return false };
        let mut way = self.way(ft.storage, ft.mutable);
        if let (Some(_), Way::Set) = (wanted, way) {
            way = Way::Get;
        }
        match place {
            AtomicPlace::Field(x, _) => {
                self.operand(x, depth);
            }
            AtomicPlace::Element(x) => {
                self.operand(x, depth);
                self.array_index(depth);
            }
            AtomicPlace::Global(_) => (),
            AtomicPlace::Table(x) => self.table_index(x as usize),
        }
        self.atomic_at(place, ft, way, depth);
        if wanted.is_none() && !matches!(way, Way::Set) {
            self.emit(Instr::Drop);
        }
        true
    }

    /// An atomic access in some way to a place whose operands have been written, and the type of what it leaves.
    pub(super) fn some_atomic_at(&mut self, place: AtomicPlace, ft: FieldType, depth: u32) -> Option<ValType> {
        let way = self.way(ft.storage, ft.mutable);
        self.atomic_at(place, ft, way, depth);
        (!matches!(way, Way::Set)).then_some(ft.storage.unpack())
    }

    fn atomic_at(&mut self, place: AtomicPlace, ft: FieldType, way: Way, depth: u32) {
        let Some((t, expected)) = self.atomic_types(ft.storage) else { return };
        match way {
            Way::Get => (),
            Way::Set | Way::Rmw(_) => {
                self.expr(t, depth);
            }
            Way::Cmpxchg => {
                // What is expected may well be there: null, or a small number.
                let levels = u32::from(self.r.chance(50));
                let constant = self.b.shared;
                self.value(expected.unwrap_or(t), levels, constant);
                self.expr(t, depth);
            }
        }
        let packed = matches!(ft.storage, StorageType::Pack(_));
        let sx = packed.then_some(if self.r.chance(50) { Sx::S } else { Sx::U });
        let order = self.order();
        let both = Orders::from(order);
        self.emit(Instr::Atomic(match (place, way) {
            (AtomicPlace::Field(x, i), Way::Get) => Atomic::StructGet(order, sx, x, i),
            (AtomicPlace::Field(x, i), Way::Set) => Atomic::StructSet(order, x, i),
            (AtomicPlace::Field(x, i), Way::Rmw(op)) => Atomic::StructRmw(both, op, x, i),
            (AtomicPlace::Field(x, i), Way::Cmpxchg) => Atomic::StructCmpxchg(both, x, i),
            (AtomicPlace::Element(x), Way::Get) => Atomic::ArrayGet(order, sx, x),
            (AtomicPlace::Element(x), Way::Set) => Atomic::ArraySet(order, x),
            (AtomicPlace::Element(x), Way::Rmw(op)) => Atomic::ArrayRmw(both, op, x),
            (AtomicPlace::Element(x), Way::Cmpxchg) => Atomic::ArrayCmpxchg(both, x),
            (AtomicPlace::Global(x), Way::Get) => Atomic::GlobalGet(order, x),
            (AtomicPlace::Global(x), Way::Set) => Atomic::GlobalSet(order, x),
            (AtomicPlace::Global(x), Way::Rmw(op)) => Atomic::GlobalRmw(both, op, x),
            (AtomicPlace::Global(x), Way::Cmpxchg) => Atomic::GlobalCmpxchg(both, x),
            (AtomicPlace::Table(x), Way::Get) => Atomic::TableGet(order, x),
            (AtomicPlace::Table(x), Way::Set) => Atomic::TableSet(order, x),
            (AtomicPlace::Table(x), Way::Rmw(_)) => Atomic::TableXchg(both, x),
            (AtomicPlace::Table(x), Way::Cmpxchg) => Atomic::TableCmpxchg(both, x),
        }));
    }

    /// An atomic access to a memory, as with [`Gen::atomic`].
    pub(super) fn atomic_memory(&mut self, wanted: Option<ValType>, depth: u32) -> bool {
        if !self.features.threads || self.mems.is_empty() {
            return false;
        }
        if wanted.is_none() && self.r.chance(8) {
            self.emit(Instr::Atomic(Atomic::Fence));
            return true;
        }
        let fits = |access: &Access| wanted.is_none_or(|t| ValType::Num(access.0.into()) == t);
        let all: Vec<Access> = ACCESSES.into_iter().filter(fits).collect();
        let Some(access) = self.r.pick(&all) else { return false };
        let t = ValType::Num(access.0.into());
        let reached = |x: &usize| !self.b.shared || self.mems[*x].share == Share::Shared;
        let all: Vec<usize> = (0..self.mems.len()).filter(reached).collect();
        let Some(mem) = self.r.pick(&all) else { return false };
        let how = self.r.below(if wanted == Some(ValType::I32) || wanted.is_none() { 7 } else { 5 });
        let bytes = match how {
            5 => 4,
            6 => width((access.0, None)) / 8,
            _ => width(access) / 8,
        };
        // Aligned, but for few.
        let aligned = self.r.below(8) as u64 * u64::from(bytes);
        let at = self.mems[mem].addr;
        let address = match self.r.below(40) {
            0 | 1 => aligned + 1,
            2 | 3 => 65_536 * 4,
            _ => aligned,
        };
        self.addr(at, address);
        let arg = MemArg { align: bytes.trailing_zeros(), offset: self.r.below(3) as u64 * u64::from(bytes) };
        let mem = mem as MemIdx;
        let (instr, leaves) = match how {
            0 if wanted.is_none() => {
                self.expr(t, depth);
                (Atomic::Store(access, mem, arg), false)
            }
            1 | 2 => {
                self.expr(t, depth);
                (Atomic::Rmw(access, AtOp::ALL[self.r.below(AtOp::ALL.len())], mem, arg), true)
            }
            3 => {
                let small = self.r.below(3) as u64;
                if t == ValType::I32 {
                    self.i32(small as u32)
                } else {
                    self.i64(small)
                }
                self.expr(t, depth);
                (Atomic::Cmpxchg(access, mem, arg), true)
            }
            5 => {
                // Nobody waits.
                self.i32(1);
                (Atomic::Notify(mem, arg), true)
            }
            6 => {
                // Nobody wakes it: it does not wait for long.
                let expected = self.r.below(2) as u64;
                if t == ValType::I32 {
                    self.i32(expected as u32)
                } else {
                    self.i64(expected)
                }
                self.i64(0);
                (Atomic::Wait(access.0, mem, arg), true)
            }
            _ => (Atomic::Load(access, mem, arg), true),
        };
        self.emit(Instr::Atomic(instr));
        if wanted.is_none() && leaves {
            self.emit(Instr::Drop);
        }
        true
    }
}
