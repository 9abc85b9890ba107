//! Actions: how a step touches shared state (chapter T.2 of the catalogue).
//!
//! A run that nobody watches makes none of them. An observer that watches them
//! ([`WATCHES_ACTIONS`](crate::observe::Observer::WATCHES_ACTIONS)) is told of each, in the order in which the step performs
//! them. Reads see what the store has, unless the [`Memory`](crate::memory::Memory) of the run answers otherwise, as the
//! relaxed memory model does.

use super::*;
use crate::syntax::*;
use std::fmt;

/// `ord`: how an access is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    /// `init`: the write that creates a location; every thread that can reach the location sees it.
    Init,
    /// `unord`: a plain access.
    Unordered,
    /// `acqrel`: an acquire read or a release write.
    AcqRel,
    /// `seqcst`
    SeqCst,
}

impl Order {
    /// Whether it is that of an atomic access, which never tears.
    pub fn is_atomic(self) -> bool {
        self >= Order::AcqRel
    }
}

impl Datum {
    /// Up to 16 bytes of a memory.
    pub(crate) fn bytes(bytes: &[u8]) -> Datum {
        Datum::Bytes(bytes.len() as u8, bytes.iter().rev().fold(0, |n, &byte| n << 8 | u128::from(byte)))
    }
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
    MemSize(Addr),
    /// `a.data[ea]` of a memory, as many bytes as the value has.
    Bytes(Addr, u64),
    /// A global.
    Global(Addr),
    /// The length of a table.
    TableSize(Addr),
    /// An element of a table.
    TableElem(Addr, u64),
    /// A field of a structure.
    Field(Addr, u32),
    /// An element of an array.
    ArrayElem(Addr, u32),
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
    /// What a global, an element of a table, a field of a structure or an element of an array holds.
    Val(FieldVal),
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
            Location::MemSize(a) => write!(f, "mems[{a}].len"),
            Location::Bytes(a, ea) => write!(f, "mems[{a}].data[{ea}]"),
            Location::Global(a) => write!(f, "globals[{a}]"),
            Location::TableSize(a) => write!(f, "tables[{a}].len"),
            Location::TableElem(a, i) => write!(f, "tables[{a}].data[{i}]"),
            Location::Field(a, i) => write!(f, "structs[{a}].{i}"),
            Location::ArrayElem(a, i) => write!(f, "arrays[{a}].data[{i}]"),
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
            Datum::Val(FieldVal::Val(value)) => value.fmt(f),
            Datum::Val(FieldVal::Pack(pt, i)) => write!(f, "({pt}.pack {i})"),
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
            Location::MemSize(a) | Location::Bytes(a, _) => self.mems[a as usize].ty.share,
            Location::Global(a) => self.globals[a as usize].ty.share,
            Location::TableSize(a) | Location::TableElem(a, _) => self.tables[a as usize].ty.share,
            Location::Field(a, _) => self.types.unrolldt(self.structs.ty(a)).share,
            Location::ArrayElem(a, _) => self.types.unrolldt(self.arrays.ty(a)).share,
        };
        share == Share::Shared
    }

    /// The threads that wait, the one that has waited longest first.
    pub fn waiters(&self) -> &[Waiter] {
        &self.waiters
    }
}
