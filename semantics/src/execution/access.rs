//! Accessors: the only code of the rules that touches globals, memories, tables, structures and arrays.
//!
//! A rule names a [`Place`] and reads, writes or updates it; asks for a length; makes an extent grow; allocates. Where
//! nobody watches ([`Observer::WATCHES_ACTIONS`], [`Observer::WATCHES_CHANGES`]) and nobody answers reads
//! ([`Memory::ANSWERS`]), each of these folds to the access to the store. Otherwise it performs the actions of the step on
//! shared state, in the order of the standard, and tells what the step has changed.

use super::*;
use crate::choice::{Choice, Choices};
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;

/// Where a rule reads or writes.
pub(crate) trait Place: Copy {
    /// What it holds.
    type Val: Copy;

    /// `loc`
    fn location(self) -> Location;

    /// What is there; `None` where there is nothing.
    fn get(self, s: &Store) -> Option<Self::Val>;

    /// Puts a value there; what was there before, `None` (and nothing is changed) where there is nothing.
    fn put(self, s: &mut Store, val: Self::Val) -> Option<Self::Val>;

    /// `notears` of a plain access to this value.
    fn is_whole(self, val: Self::Val) -> bool;

    /// The value of an action; `None` of what is no value (no place of a valid run holds that).
    fn to_datum(self, val: Self::Val) -> Option<Datum>;

    /// The value of an answer; `None` of one that has another form.
    fn of_datum(self, datum: Datum) -> Option<Self::Val>;

    /// `notears` of an access to this value: atomic ones never tear.
    fn notears(self, order: Order, val: Self::Val) -> bool {
        order.is_atomic() || self.is_whole(val)
    }

    /// The change from a value to another.
    fn written(self, old: Self::Val, new: Self::Val) -> Option<Change> {
        Some(Change::Written { loc: self.location(), old: self.to_datum(old)?, new: self.to_datum(new)? })
    }
}

/// A place that holds a value or a packed value, accessed as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    Global(Addr),
    TableElem(Addr, u64),
    Field(Addr, u32),
    ArrayElem(Addr, u32),
}

impl Place for Cell {
    type Val = Slot;

    #[inline(always)]
    fn location(self) -> Location {
        match self {
            Cell::Global(a) => Location::Global(a),
            Cell::TableElem(a, i) => Location::TableElem(a, i),
            Cell::Field(a, i) => Location::Field(a, i),
            Cell::ArrayElem(a, i) => Location::ArrayElem(a, i),
        }
    }

    #[inline(always)]
    fn get(self, s: &Store) -> Option<Slot> {
        Some(match self {
            Cell::Global(a) => s.globals[a as usize].value.into(),
            Cell::TableElem(a, i) => (*s.tables[a as usize].refs.get(usize::try_from(i).ok()?)?).into(),
            Cell::Field(a, i) => s.structs.fields(a).get(i as usize)?.copied(),
            Cell::ArrayElem(a, i) => s.arrays.fields(a).get(i as usize)?.copied(),
        })
    }

    #[inline(always)]
    fn put(self, s: &mut Store, slot: Slot) -> Option<Slot> {
        Some(match self {
            Cell::Global(a) => std::mem::replace(&mut s.globals[a as usize].value, slot.value()?).into(),
            Cell::TableElem(a, i) => {
                let element = s.tables[a as usize].refs.get_mut(usize::try_from(i).ok()?)?;
                std::mem::replace(element, slot.as_ref()?).into()
            }
            Cell::Field(a, i) => std::mem::replace(s.structs.fields_mut(a).get_mut(i as usize)?, slot.copied()),
            Cell::ArrayElem(a, i) => std::mem::replace(s.arrays.fields_mut(a).get_mut(i as usize)?, slot.copied()),
        })
    }

    /// References and numbers of at most 32 bits never tear.
    fn is_whole(self, slot: Slot) -> bool {
        match slot.fieldval() {
            Some(FieldVal::Val(Value::Ref(_) | Value::Num(Num::I32(_))) | FieldVal::Pack(..)) | None => true,
            Some(FieldVal::Val(Value::Num(_) | Value::Vec(_))) => false,
        }
    }

    fn to_datum(self, slot: Slot) -> Option<Datum> {
        slot.fieldval().map(Datum::Val)
    }

    fn of_datum(self, datum: Datum) -> Option<Slot> {
        match datum {
            Datum::Val(fv) => Some(fv.into()),
            Datum::Bytes(..) | Datum::Zeros(_) | Datum::Length(_) => None,
        }
    }
}

/// `mems[a].bytes[ea : N]`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<const N: usize> {
    pub(crate) a: Addr,
    pub(crate) ea: u64,
    /// Whether they are those of an integer; only such an access can be without tears.
    pub(crate) int: bool,
}

impl<const N: usize> Place for Bytes<N> {
    type Val = [u8; N];

    fn location(self) -> Location {
        Location::Bytes(self.a, self.ea)
    }

    #[inline(always)]
    fn get(self, s: &Store) -> Option<[u8; N]> {
        let from = usize::try_from(self.ea).ok()?;
        s.mems[self.a as usize].bytes.get(from..)?.first_chunk().copied()
    }

    #[inline(always)]
    fn put(self, s: &mut Store, bytes: [u8; N]) -> Option<[u8; N]> {
        let from = usize::try_from(self.ea).ok()?;
        let there = s.mems[self.a as usize].bytes.get_mut(from..)?.first_chunk_mut()?;
        Some(std::mem::replace(there, bytes))
    }

    /// `tearing(t, N, ea)`: aligned accesses of integers of at most 32 bits never tear.
    fn is_whole(self, _: [u8; N]) -> bool {
        self.int && N <= 4 && self.ea.is_multiple_of(N as u64)
    }

    fn to_datum(self, bytes: [u8; N]) -> Option<Datum> {
        Some(Datum::bytes(&bytes))
    }

    fn of_datum(self, datum: Datum) -> Option<[u8; N]> {
        match datum {
            Datum::Bytes(_, b) => b.to_le_bytes().first_chunk().copied(),
            Datum::Zeros(_) | Datum::Length(_) | Datum::Val(_) => None,
        }
    }
}

/// `mems[a].bytes[ea : n]` of an atomic access, as an unsigned integer; `n` is at most 8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Integer {
    pub(crate) a: Addr,
    pub(crate) ea: u64,
    pub(crate) n: u8,
}

impl Integer {
    fn range(self) -> Option<std::ops::Range<usize>> {
        let from = usize::try_from(self.ea).ok()?;
        Some(from..from.checked_add(self.n.into())?)
    }
}

impl Place for Integer {
    type Val = u64;

    fn location(self) -> Location {
        Location::Bytes(self.a, self.ea)
    }

    fn get(self, s: &Store) -> Option<u64> {
        let bytes = s.mems[self.a as usize].bytes.get(self.range()?)?;
        Some(bytes.iter().rev().fold(0, |c, &byte| c << 8 | u64::from(byte)))
    }

    fn put(self, s: &mut Store, c: u64) -> Option<u64> {
        let old = self.get(s)?;
        s.mems[self.a as usize].bytes[self.range()?].copy_from_slice(&c.to_le_bytes()[..self.n.into()]);
        Some(old)
    }

    fn is_whole(self, _: u64) -> bool {
        true
    }

    fn to_datum(self, c: u64) -> Option<Datum> {
        Some(Datum::Bytes(self.n, c.into()))
    }

    fn of_datum(self, datum: Datum) -> Option<u64> {
        match datum {
            Datum::Bytes(_, c) => Some(c as u64),
            Datum::Zeros(_) | Datum::Length(_) | Datum::Val(_) => None,
        }
    }
}

/// Something that has a length and can grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A memory; its length is in bytes, and it grows by pages.
    Mem(Addr),
    /// A table; its length is in elements.
    Table(Addr),
}

impl Extent {
    #[inline(always)]
    pub(crate) fn location(self) -> Location {
        match self {
            Extent::Mem(a) => Location::MemSize(a),
            Extent::Table(a) => Location::TableSize(a),
        }
    }

    /// How long it is, in bytes or elements.
    #[inline(always)]
    pub(crate) fn len(self, s: &Store) -> u64 {
        s.len(self.location())
    }

    /// The pages or elements that it would have with `n` more; `None` beyond its limits.
    pub(crate) fn grown(self, s: &Store, n: u64) -> Option<u64> {
        match self {
            Extent::Mem(a) => growmem(&s.mems[a as usize], n),
            Extent::Table(a) => growtable(&s.tables[a as usize], n),
        }
    }

    /// The change of a length to that which it has now.
    pub(crate) fn grew(self, s: &Store, old: u64) -> Change {
        Change::Written { loc: self.location(), old: Datum::Length(old), new: Datum::Length(self.len(s)) }
    }

    /// Makes it grow to `i` pages or elements, the new ones of which hold `fill`; `false` beyond the store's bound.
    pub(crate) fn grow(self, s: &mut Store, i: u64, fill: Ref) -> bool {
        match self {
            Extent::Mem(a) => with_meminst(s, a, i),
            Extent::Table(a) => with_tableinst(s, a, i, fill),
        }
    }
}

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// Whether actions are of any use.
    const ACTS: bool = O::WATCHES_ACTIONS || M::ANSWERS;

    /// Whether anybody is told of writes.
    const TELLS: bool = O::WATCHES_ACTIONS || O::WATCHES_CHANGES;

    /// Performs an action.
    pub(crate) fn act(&mut self, action: Action) {
        if O::WATCHES_ACTIONS {
            self.o.action(&action);
        }
    }

    /// `rd_order loc value notears?`
    fn act_read<P: Place>(&mut self, order: Order, place: P, val: P::Val) -> Option<()> {
        let (loc, value, whole) = (place.location(), place.to_datum(val)?, place.notears(order, val));
        self.act(Action::Read { order, loc, value, whole });
        Some(())
    }

    /// `wr_order loc value notears?`
    fn act_write<P: Place>(&mut self, order: Order, place: P, val: P::Val) -> Option<()> {
        let (loc, value, whole) = (place.location(), place.to_datum(val)?, place.notears(order, val));
        self.act(Action::Write { order, loc, value, whole });
        Some(())
    }

    /// Tells what the step has changed.
    fn tell(&mut self, change: Change) {
        if O::WATCHES_CHANGES {
            self.o.change(&change);
        }
    }

    /// Reads a place; `None` where there is nothing.
    #[inline(always)]
    pub(crate) fn read<P: Place>(&mut self, order: Order, place: P) -> Option<P::Val> {
        let val = place.get(self.s)?;
        if Self::ACTS && self.s.is_shared(place.location()) { self.read_shared(order, place, val) } else { Some(val) }
    }

    #[cold]
    fn read_shared<P: Place>(&mut self, order: Order, place: P, stored: P::Val) -> Option<P::Val> {
        let val = self.seen(order, place, stored)?;
        self.act_read(order, place, val)?;
        Some(val)
    }

    /// What a read of a place that is shared sees.
    fn seen<P: Place>(&mut self, order: Order, place: P, stored: P::Val) -> Option<P::Val> {
        if !M::ANSWERS {
            return Some(stored);
        }
        let whole = place.notears(order, stored);
        place.of_datum(self.memory.read(order, place.location(), whole, place.to_datum(stored)?))
    }

    /// Writes a place; `None` where there is nothing.
    #[inline(always)]
    pub(crate) fn write<P: Place>(&mut self, order: Order, place: P, val: P::Val) -> Option<()> {
        let old = place.put(self.s, val)?;
        if Self::TELLS { self.wrote(order, place, old, val) } else { Some(()) }
    }

    #[cold]
    fn wrote<P: Place>(&mut self, order: Order, place: P, old: P::Val, new: P::Val) -> Option<()> {
        if self.s.is_shared(place.location()) {
            self.act_write(order, place, new)?;
        }
        self.tell(place.written(old, new)?);
        Some(())
    }

    /// Reads a place and writes what `f` makes of what was read, in one action; where `f` gives nothing, nothing is written
    /// and the action is a read. What was read; `None` where there is nothing.
    pub(crate) fn update<P: Place>(
        &mut self,
        orders: Orders,
        place: P,
        f: impl FnOnce(P::Val) -> Option<P::Val>,
    ) -> Option<P::Val> {
        let loc = place.location();
        let (stored, shared) = (place.get(self.s)?, self.s.is_shared(loc));
        let order = orders.read.into();
        let old = if shared { self.seen(order, place, stored)? } else { stored };
        match f(old) {
            None if shared => self.act_read(order, place, old)?,
            None => {}
            Some(new) => {
                place.put(self.s, new)?;
                if shared {
                    let orders = (order, orders.write.into());
                    let (read, written) = (place.to_datum(old)?, place.to_datum(new)?);
                    self.act(Action::Rmw { orders, loc, read, written });
                }
                self.tell(place.written(old, new)?);
            }
        }
        Some(old)
    }

    /// The length of a memory or table, as the step sees it: in bytes, or in elements.
    #[inline(always)]
    pub(crate) fn len(&mut self, order: Order, of: Extent) -> u64 {
        if Self::ACTS && self.s.is_shared(of.location()) {
            self.see_len(order, of);
            self.read_len(order, of);
        }
        of.len(self.s)
    }

    /// The lengths of two memories or tables; that of one is looked at once.
    pub(crate) fn lens(&mut self, of_1: Extent, of_2: Extent) -> (u64, u64) {
        let len_1 = self.len(Order::Unordered, of_1);
        (len_1, if of_1 == of_2 { len_1 } else { self.len(Order::Unordered, of_2) })
    }

    /// Gives the store the length that a step sees, which another thread may have made.
    #[cold]
    fn see_len(&mut self, order: Order, of: Extent) {
        if M::ANSWERS {
            let (loc, stored) = (of.location(), of.len(self.s));
            let len = self.memory.len(order, loc, stored);
            if len != stored {
                self.s.set_len(loc, len);
            }
        }
    }

    #[cold]
    fn read_len(&mut self, order: Order, of: Extent) {
        let value = Datum::Length(of.len(self.s));
        self.act(Action::Read { order, loc: of.location(), value, whole: true });
    }

    /// Makes a memory grow by `n` pages, or a table by `n` elements, which hold `fill`. The length before, in pages or
    /// elements; `None` where it fails, as an implementation may choose.
    pub(crate) fn grow(&mut self, of: Extent, n: u64, fill: Ref) -> Option<u64> {
        let shared = Self::ACTS && self.s.is_shared(of.location());
        if shared {
            self.see_len(Order::SeqCst, of);
        }
        let old = of.len(self.s);
        let choice = match of {
            Extent::Mem(_) => Choice::GrowMemory,
            Extent::Table(_) => Choice::GrowTable,
        };
        let i = of.grown(self.s, n).filter(|_| self.choices.choose(choice) == 0);
        if !i.is_some_and(|i| of.grow(self.s, i, fill)) {
            if shared {
                self.read_len(Order::SeqCst, of);
            }
            return None;
        }
        if Self::TELLS {
            self.grew(of, shared, old, fill);
        }
        Some(match of {
            Extent::Mem(_) => old / PAGE,
            Extent::Table(_) => old,
        })
    }

    #[cold]
    fn grew(&mut self, of: Extent, shared: bool, old: u64, fill: Ref) {
        let new = of.len(self.s);
        if shared {
            let (loc, read, written) = (of.location(), Datum::Length(old), Datum::Length(new));
            self.act(Action::Rmw { orders: (Order::SeqCst, Order::SeqCst), loc, read, written });
            match of {
                Extent::Mem(a) => {
                    let (loc, value) = (Location::Bytes(a, old), Datum::Zeros(new - old));
                    self.act(Action::Write { order: Order::Init, loc, value, whole: true });
                }
                Extent::Table(a) => {
                    for i in old..new {
                        self.act_write(Order::Init, Cell::TableElem(a, i), fill.into());
                    }
                }
            }
        }
        self.tell(of.grew(self.s, old));
    }

    /// `add_structinst`, `add_arrayinst`: takes the `n` topmost values, and makes of them a structure or an array, as `dt`
    /// has it, which holds `packfield(zt, val)` of each.
    #[inline(always)]
    pub(crate) fn alloc(&mut self, dt: DefType, n: usize) -> Reduced<Addr> {
        self.reserve(Heap::size(n))?;
        let Some(from) = self.ctx.values.len().checked_sub(n) else {
            return self.stuck("as many values as there are fields are needed");
        };
        // packfield(zt, val)^n, in place.
        let vals = &mut self.ctx.values[from..];
        let pack = |zt, val: &mut Slot| packfield(zt, *val).map(|fv| *val = fv);
        let (heap, packed) = match self.s.types.expand(dt) {
            CompType::Struct(fts) => {
                let packed = fts.iter().zip(vals.iter_mut()).try_for_each(|(ft, val)| pack(ft.storage, val));
                (&mut self.s.structs, packed.filter(|()| fts.len() == n))
            }
            CompType::Array(ft) => (&mut self.s.arrays, vals.iter_mut().try_for_each(|val| pack(ft.storage, val))),
            CompType::Func(_) => return self.stuck("a structure or array type is needed"),
        };
        if packed.is_none() {
            return self.stuck("values of the types of the fields are needed");
        }
        if !heap.make_room(n) {
            return Err(Halt::Exhausted(Bound::Memory));
        }
        let a = heap.add(dt, vals);
        self.ctx.values.truncate(from);
        if Self::TELLS {
            self.made(dt, a);
        }
        Ok(a)
    }

    #[cold]
    fn made(&mut self, dt: DefType, a: Addr) {
        let is_struct = matches!(self.s.types.expand(dt), CompType::Struct(_));
        if self.s.types.unrolldt(dt).share == Share::Shared {
            let heap = if is_struct { &self.s.structs } else { &self.s.arrays };
            for i in 0..heap.fields(a).len() as u32 {
                let place = if is_struct { Cell::Field(a, i) } else { Cell::ArrayElem(a, i) };
                if let Some(fv) = place.get(self.s) {
                    self.act_write(Order::Init, place, fv);
                }
            }
        }
        self.tell(if is_struct { Change::NewStruct(a) } else { Change::NewArray(a) });
    }

    /// `add_exninst`: an exception of the `n` topmost values, which it takes.
    pub(crate) fn alloc_exn(&mut self, tag: Addr, n: usize) -> Reduced<Addr> {
        self.reserve(ExnInst::size(n))?;
        let Some(from) = self.ctx.values.len().checked_sub(n) else {
            return self.stuck("as many values as an exception has are needed");
        };
        if !room(&mut self.s.exns, 1) {
            return Err(Halt::Exhausted(Bound::Memory));
        }
        let fields = self.ctx.values.drain(from..).filter_map(Slot::value).collect();
        self.s.exns.push(ExnInst { tag, fields });
        let a = self.s.exns.len() as Addr - 1;
        self.tell(Change::NewExn(a));
        Ok(a)
    }

    /// `|arrayinst(z)[a].fields|`; no action, for it never changes.
    #[inline(always)]
    pub(crate) fn array_length(&self, a: Addr) -> u64 {
        self.s.arrays.fields(a).len() as u64
    }

    /// `with_local(z, x, val)`; `None` where there is no such local.
    #[inline(always)]
    pub(crate) fn with_local(&mut self, x: LocalIdx, val: Slot) -> Option<()> {
        let local = self.ctx.locals.get_mut(self.ctx.frame.locals as usize + x as usize)?;
        let old = std::mem::replace(local, val.copied());
        if O::WATCHES_CHANGES {
            self.tell(Change::Local { x, old, new: val });
        }
        Some(())
    }

    /// `with_data(z, x, ε)`, by address.
    pub(crate) fn drop_data(&mut self, a: usize) {
        let bytes = std::mem::replace(&mut self.s.datas[a].bytes, [].into());
        self.tell(Change::DataDropped(a as Addr, bytes.len()));
    }

    /// `with_elem(z, x, ε)`, by address.
    pub(crate) fn drop_elem(&mut self, a: usize) {
        let refs = std::mem::take(&mut self.s.elems[a].refs);
        self.s.release(size_of_val(&refs[..]) as u64);
        self.tell(Change::ElemDropped(a as Addr, refs.len()));
    }
}

/// What an embedder reads of a global between the steps of a thread: a plain read, if it is shared.
pub fn read_global<O: Observer, M: Memory>(s: &mut Store, id: ThreadId, a: Addr, o: &mut O, memory: &mut M) -> Value {
    let stored = s.global_value(a);
    let mut choices = crate::choice::Deterministic;
    let mut machine = Machine::on(s, Zipper::default(), o, memory, &mut choices, id);
    machine.read(Order::Unordered, Cell::Global(a)).and_then(Slot::value).unwrap_or(stored)
}
