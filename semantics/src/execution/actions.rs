//! Actions: how a step touches shared state (chapter T.2 of the catalogue).
//!
//! A run that nobody watches makes none of them. Who watches ([`Observer::WATCHES_ACTIONS`](crate::observe::Observer))
//! is told of each, in the order in which the step performs them, and may answer reads with other values than those in the
//! store ([`Observer::ANSWERS_READS`]), as the relaxed memory model has it.

use super::*;
use crate::choice::Choices;
use crate::observe::Observer;
use crate::syntax::*;
use std::fmt;

/// `ord`: how an access is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    /// `init`: makes what is new, and is never unseen.
    Init,
    /// `unord`: a plain access.
    Unordered,
    /// `acqrel`: an acquire read or a release write.
    AcqRel,
    /// `seqcst`
    SeqCst,
}

impl From<MemOrder> for Order {
    fn from(order: MemOrder) -> Order {
        match order {
            MemOrder::SeqCst => Order::SeqCst,
            MemOrder::AcqRel => Order::AcqRel,
        }
    }
}

/// `loc`: what is read or written. A location other than bytes is accessed as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// `a.len` of a memory, in bytes.
    Length(Addr),
    /// `a.data[ea]` of a memory, as many bytes as the value has.
    Bytes(Addr, u64),
    /// A global.
    Global(Addr),
    /// The length of a table.
    TableLength(Addr),
    /// An element of a table.
    Slot(Addr, u64),
    /// A field of a structure.
    Field(Addr, u32),
    /// An element of an array.
    Element(Addr, u32),
}

/// What is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Datum {
    /// So many bytes of a memory, up to 16, as a number whose lowest byte comes first.
    Bytes(u8, u128),
    /// So many zero bytes: those that a memory has grown by.
    Zeros(u64),
    /// A length.
    Length(u64),
    /// A field, an element, or a global.
    Field(FieldVal),
}

/// `act`: an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// `rd_ord loc value notears?`
    Read {
        /// `ord`
        order: Order,
        /// `loc`
        loc: Location,
        /// What is read.
        value: Datum,
        /// `notears`: whether all of it must come from one write.
        whole: bool,
    },
    /// `wr_ord loc value notears?`
    Write {
        /// `ord`
        order: Order,
        /// `loc`
        loc: Location,
        /// What is written.
        value: Datum,
        /// `notears`
        whole: bool,
    },
    /// `rmw_ord loc value value'`; it never tears.
    Rmw {
        /// The ordering of the read and that of the write.
        orders: (Order, Order),
        /// `loc`
        loc: Location,
        /// What is read.
        read: Datum,
        /// What is written.
        written: Datum,
    },
    /// `fence`
    Fence,
    /// `wait loc t`: the thread begins to wait.
    Wait(Waiting),
    /// `woken loc`
    Woken(Waiting),
    /// `timeout loc`
    TimedOut(Waiting),
    /// `notify loc j k`
    Notify {
        /// The memory.
        mem: Addr,
        /// The byte.
        offset: u64,
        /// `j`: how many threads it wakes.
        woken: u32,
        /// `k`: how many it may wake.
        asked: u32,
    },
}

impl Action {
    /// The location that is read or written.
    pub fn location(&self) -> Option<Location> {
        match *self {
            Action::Read { loc, .. } | Action::Write { loc, .. } | Action::Rmw { loc, .. } => Some(loc),
            Action::Wait(w) | Action::Woken(w) | Action::TimedOut(w) => Some(Location::Bytes(w.mem, w.offset)),
            Action::Notify { mem, offset, .. } => Some(Location::Bytes(mem, offset)),
            Action::Fence => None,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Order::Init => "init",
            Order::Unordered => "unord",
            Order::AcqRel => "acqrel",
            Order::SeqCst => "seqcst",
        })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Length(a) => write!(f, "mems[{a}].len"),
            Location::Bytes(a, ea) => write!(f, "mems[{a}].data[{ea}]"),
            Location::Global(a) => write!(f, "globals[{a}]"),
            Location::TableLength(a) => write!(f, "tables[{a}].len"),
            Location::Slot(a, i) => write!(f, "tables[{a}].data[{i}]"),
            Location::Field(a, i) => write!(f, "structs[{a}].{i}"),
            Location::Element(a, i) => write!(f, "arrays[{a}].data[{i}]"),
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Datum::Bytes(n, value) => {
                let bytes = value.to_le_bytes();
                bytes[..usize::from(*n).min(16)].iter().enumerate().try_for_each(|(i, byte)| {
                    let space = if i == 0 { "" } else { " " };
                    write!(f, "{space}{byte:02x}")
                })
            }
            Datum::Zeros(n) => write!(f, "00^{n}"),
            Datum::Length(n) => write!(f, "{n}"),
            Datum::Field(FieldVal::Val(value)) => value.fmt(f),
            Datum::Field(FieldVal::Pack(pt, i)) => write!(f, "({pt}.pack {i})"),
        }
    }
}

impl fmt::Display for Action {
    /// In the notation of the catalogue.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Read { order, loc, value, .. } => write!(f, "(rd_{order} {loc} {value})"),
            Action::Write { order, loc, value, .. } => write!(f, "(wr_{order} {loc} {value})"),
            Action::Rmw { orders: (order, _), loc, read, written } => {
                write!(f, "(rmw_{order} {loc} {read} {written})")
            }
            Action::Fence => f.write_str("(fence)"),
            Action::Wait(w) => write!(f, "(wait mems[{}].data[{}] {})", w.mem, w.offset, w.timeout),
            Action::Woken(w) => write!(f, "(woken mems[{}].data[{}])", w.mem, w.offset),
            Action::TimedOut(w) => write!(f, "(timeout mems[{}].data[{}])", w.mem, w.offset),
            Action::Notify { mem, offset, woken, asked } => {
                write!(f, "(notify mems[{mem}].data[{offset}] {woken} {asked})")
            }
        }
    }
}

/// A thread of a store; the numbers are given by whoever makes the threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(pub u32);

/// `wait' loc t`: what a suspended thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// The memory.
    pub mem: Addr,
    /// The byte.
    pub offset: u64,
    /// The timeout in nanoseconds; negative for none.
    pub timeout: i64,
}

/// A thread that waits, in the queue of its location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiter {
    /// Which.
    pub thread: ThreadId,
    /// The memory.
    pub mem: Addr,
    /// The byte.
    pub offset: u64,
}

impl Store {
    /// Whether several threads may reach a location.
    pub fn is_shared(&self, loc: Location) -> bool {
        let share = match loc {
            Location::Length(a) | Location::Bytes(a, _) => self.mems[a as usize].ty.share,
            Location::Global(a) => self.globals[a as usize].ty.share,
            Location::TableLength(a) | Location::Slot(a, _) => self.tables[a as usize].ty.share,
            Location::Field(a, _) => self.types.unrolldt(self.structs.ty(a)).share,
            Location::Element(a, _) => self.types.unrolldt(self.arrays.ty(a)).share,
        };
        share == Share::Shared
    }

    /// The threads that wait, the one that has waited longest first.
    pub fn waiters(&self) -> &[Waiter] {
        &self.waiters
    }
}

/// Whether all of a field must come from one write: references and numbers of at most 32 bits never tear.
fn whole(slot: Slot) -> bool {
    match slot.fieldval() {
        Some(FieldVal::Val(Value::Ref(_) | Value::Num(Num::I32(_))) | FieldVal::Pack(..)) | None => true,
        Some(FieldVal::Val(Value::Num(_) | Value::Vec(_))) => false,
    }
}

impl<O: Observer, C: Choices> Machine<'_, O, C> {
    /// Whether actions are of any use.
    pub(crate) const ACTS: bool = O::WATCHES_ACTIONS || O::ANSWERS_READS;

    /// Performs an action.
    pub(crate) fn act(&mut self, action: Action) {
        if O::WATCHES_ACTIONS {
            self.o.action(&action);
        }
    }

    /// The value that a read sees: that in the store, unless the choices answer otherwise.
    pub(crate) fn sees(&mut self, order: Order, loc: Location, value: Datum) -> Datum {
        if O::ANSWERS_READS { self.o.sees(order, loc, value) } else { value }
    }

    /// The same of a field, an element or a global.
    pub(crate) fn sees_slot(&mut self, order: Order, loc: Location, slot: Slot) -> Slot {
        if !Self::ACTS || !self.s.is_shared(loc) {
            return slot;
        }
        match slot.fieldval().map(|fv| self.sees(order, loc, Datum::Field(fv))) {
            Some(Datum::Field(FieldVal::Val(v))) => v.into(),
            Some(Datum::Field(FieldVal::Pack(pt, i))) => Slot::pack(pt, i),
            _ => slot,
        }
    }

    /// Reads a field, an element or a global, if it is shared: what is seen.
    #[cold]
    pub(crate) fn act_read(&mut self, order: Order, loc: Location, slot: Slot) -> Slot {
        let slot = self.sees_slot(order, loc, slot);
        if let (true, Some(fv)) = (self.s.is_shared(loc), slot.fieldval()) {
            let whole = order >= Order::AcqRel || whole(slot);
            self.act(Action::Read { order, loc, value: Datum::Field(fv), whole });
        }
        slot
    }

    /// Writes a field, an element or a global, if it is shared.
    #[cold]
    pub(crate) fn act_write(&mut self, order: Order, loc: Location, slot: Slot) {
        if let (true, Some(fv)) = (self.s.is_shared(loc), slot.fieldval()) {
            let whole = order >= Order::AcqRel || whole(slot);
            self.act(Action::Write { order, loc, value: Datum::Field(fv), whole });
        }
    }

    /// Reads and writes one, if it is shared.
    #[cold]
    pub(crate) fn act_rmw(&mut self, orders: Orders, loc: Location, read: Slot, written: Slot) {
        if let (true, Some(read), Some(written)) = (self.s.is_shared(loc), read.fieldval(), written.fieldval()) {
            let orders = (orders.read.into(), orders.write.into());
            self.act(Action::Rmw { orders, loc, read: Datum::Field(read), written: Datum::Field(written) });
        }
    }

    /// Makes the fields of a new structure or array, if it is shared.
    #[cold]
    pub(crate) fn act_init(&mut self, loc: impl Fn(u32) -> Location, slots: &[Slot]) {
        for (i, &slot) in slots.iter().enumerate() {
            self.act_write(Order::Init, loc(i as u32), slot);
        }
    }

    /// Looks at the length of a memory or a table, if it is shared: it has the length that is seen, from then on.
    #[cold]
    pub(crate) fn act_length(&mut self, order: Order, loc: Location) {
        self.sees_length(order, loc);
        self.act_seen_length(order, loc);
    }

    /// Reads a length that has been seen, if it is shared.
    #[cold]
    pub(crate) fn act_seen_length(&mut self, order: Order, loc: Location) {
        if self.s.is_shared(loc) {
            let value = Datum::Length(self.s.len(loc));
            self.act(Action::Read { order, loc, value, whole: true });
        }
    }

    /// Gives a memory or a table the length that is seen of it, if it is shared.
    #[cold]
    pub(crate) fn sees_length(&mut self, order: Order, loc: Location) {
        if O::ANSWERS_READS && self.s.is_shared(loc) {
            let len = self.s.len(loc);
            if let Datum::Length(seen) = self.sees(order, loc, Datum::Length(len))
                && seen != len
            {
                self.s.set_len(loc, seen);
            }
        }
    }

    /// Grows a memory, whose length has been seen, if it is shared.
    #[cold]
    pub(crate) fn act_grow(&mut self, a: usize, old: u64, new: u64) {
        if self.act_longer(Location::Length(a as Addr), old, new) {
            let loc = Location::Bytes(a as Addr, old);
            self.act(Action::Write { order: Order::Init, loc, value: Datum::Zeros(new - old), whole: true });
        }
    }

    /// Grows a table, whose length has been seen, if it is shared.
    #[cold]
    pub(crate) fn act_table_grow(&mut self, a: usize, old: u64, new: u64, r: Ref) {
        if self.act_longer(Location::TableLength(a as Addr), old, new) {
            for i in old..new {
                self.act_write(Order::Init, Location::Slot(a as Addr, i), r.into());
            }
        }
    }

    /// Changes a length, if it is shared; whether it is.
    fn act_longer(&mut self, loc: Location, old: u64, new: u64) -> bool {
        let shared = self.s.is_shared(loc);
        if shared {
            let orders = (Order::SeqCst, Order::SeqCst);
            self.act(Action::Rmw { orders, loc, read: Datum::Length(old), written: Datum::Length(new) });
        }
        shared
    }

    /// Reads bytes of a memory whose length has been looked at, if it is shared: what is seen. `None` is an access out of
    /// bounds.
    #[cold]
    pub(crate) fn act_load<const N: usize>(
        &mut self,
        order: Order,
        a: usize,
        ea: u64,
        bytes: Option<[u8; N]>,
        int: bool,
    ) -> Option<[u8; N]> {
        let loc = Location::Bytes(a as Addr, ea);
        if !self.s.is_shared(loc) {
            return bytes;
        }
        let value = datum(&bytes?);
        let value = self.sees(order, loc, value);
        self.act(Action::Read { order, loc, value, whole: is_whole(order, ea, N, int) });
        let Datum::Bytes(_, b) = value else { return bytes };
        b.to_le_bytes().first_chunk().copied()
    }

    /// Writes bytes of a memory whose length has been looked at, if it is shared.
    #[cold]
    pub(crate) fn act_store<const N: usize>(&mut self, order: Order, a: usize, ea: u64, bytes: [u8; N], int: bool) {
        let loc = Location::Bytes(a as Addr, ea);
        if self.s.is_shared(loc) {
            self.act(Action::Write { order, loc, value: datum(&bytes), whole: is_whole(order, ea, N, int) });
        }
    }
}

/// Bytes as a value.
pub(crate) fn datum(bytes: &[u8]) -> Datum {
    Datum::Bytes(bytes.len() as u8, bytes.iter().rev().fold(0, |n, &byte| n << 8 | u128::from(byte)))
}

/// `tearing(t, N, ea)`: aligned accesses of integers of at most 32 bits, and atomic ones, never tear.
fn is_whole(order: Order, ea: u64, n: usize, int: bool) -> bool {
    order >= Order::AcqRel || int && n <= 4 && ea.is_multiple_of(n as u64)
}
