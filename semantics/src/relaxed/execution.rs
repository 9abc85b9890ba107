//! Candidate executions: events and the relations between them.

use std::collections::BTreeMap;

use super::relation::Relation;
use crate::execution::{Action, Datum, FieldVal, Location, Order, Value, Waiting};
use crate::syntax::{Num, V128};

/// The smallest part of a location that a write can leave to another: a byte of a memory, a byte of a number that may tear,
/// or else the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// The location; in a memory that of the byte.
    pub loc: Location,
    /// Which of its bytes, in a field, an element or a global.
    pub byte: u8,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// A byte.
    Byte(u8),
    /// All of a location that does not tear.
    Whole(Datum),
}

/// The cells of an access, and what each holds.
///
/// In a memory each byte is a cell. Elsewhere the overview lets plain accesses of anything but references and `i8`, `i16`
/// and `i32` tear, without a word on where: we take bytes, as in memories.
pub fn cells(loc: Location, value: Datum) -> Vec<(Cell, Piece)> {
    let split = |bytes: &[u8]| {
        let cell = |(i, &b): (usize, &u8)| (Cell { loc, byte: i as u8 }, Piece::Byte(b));
        bytes.iter().enumerate().map(cell).collect()
    };
    match (loc, value) {
        (Location::Bytes(a, ea), Datum::Bytes(n, bytes)) => {
            let bytes = bytes.to_le_bytes();
            let cell = |i: u64| Cell { loc: Location::Bytes(a, ea.wrapping_add(i)), byte: 0 };
            (0..n.min(16)).map(|i| (cell(i.into()), Piece::Byte(bytes[usize::from(i)]))).collect()
        }
        (_, Datum::Val(FieldVal::Val(Value::Num(Num::I64(n) | Num::F64(n))))) => split(&n.to_le_bytes()),
        (_, Datum::Val(FieldVal::Val(Value::Num(Num::F32(n))))) => split(&n.to_le_bytes()),
        (_, Datum::Val(FieldVal::Val(Value::Vec(V128(bytes))))) => split(&bytes),
        _ => vec![(Cell { loc, byte: 0 }, Piece::Whole(value))],
    }
}

/// The value that has these pieces, of the same shape as `like`.
pub fn joined(like: Datum, pieces: &[Piece]) -> Datum {
    if let [Piece::Whole(value)] = pieces {
        return *value;
    }
    let mut bytes = [0; 16];
    for (b, piece) in bytes.iter_mut().zip(pieces) {
        if let Piece::Byte(byte) = *piece {
            *b = byte;
        }
    }
    let n = u128::from_le_bytes(bytes);
    match like {
        Datum::Bytes(len, _) => Datum::Bytes(len, n),
        Datum::Val(FieldVal::Val(Value::Num(num))) => Datum::Val(FieldVal::Val(Value::Num(match num {
            Num::I32(_) => Num::I32(n as u32),
            Num::I64(_) => Num::I64(n as u64),
            Num::F32(_) => Num::F32(n as u32),
            Num::F64(_) => Num::F64(n as u64),
        }))),
        Datum::Val(FieldVal::Val(Value::Vec(_))) => Datum::Val(FieldVal::Val(Value::Vec(V128(bytes)))),
        _ => like,
    }
}

/// An event: an action of a thread, or an initial value. A wait and the read that it begins with are one event, as a step is
/// atomic.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The thread; none for initial values.
    pub thread: Option<usize>,
    /// The position among the events of its thread, in program order.
    pub index: usize,
    /// The action. An initial value is a write.
    pub action: Action,
    /// The wait that follows in the same step.
    pub wait: Option<Waiting>,
    /// `range`: the cells that it accesses.
    pub range: Vec<Cell>,
    /// `read`: what each of them was read as.
    pub read: Vec<Piece>,
    /// `write`: what is written to each.
    pub write: Vec<Piece>,
}

impl Event {
    /// The event of an action.
    pub fn new(thread: Option<usize>, index: usize, action: Action) -> Event {
        let parts = |loc, value| cells(loc, value).into_iter().unzip::<_, _, Vec<Cell>, Vec<Piece>>();
        let (range, read, write) = match action {
            Action::Read { loc, value, .. } => {
                let (range, read) = parts(loc, value);
                (range, read, Vec::new())
            }
            Action::Write { loc, value, .. } => {
                let (range, write) = parts(loc, value);
                (range, Vec::new(), write)
            }
            Action::Rmw { loc, read, written, .. } => {
                let (range, read) = parts(loc, read);
                (range, read, parts(loc, written).1)
            }
            _ => (Vec::new(), Vec::new(), Vec::new()),
        };
        Event { thread, index, action, wait: None, range, read, write }
    }

    /// `reading`
    pub fn reading(&self) -> bool {
        !self.read.is_empty()
    }

    /// `writing`
    pub fn writing(&self) -> bool {
        !self.write.is_empty()
    }

    /// `ord` of the read half.
    pub fn read_order(&self) -> Option<Order> {
        match self.action {
            Action::Read { order, .. } => Some(order),
            Action::Rmw { orders, .. } => Some(orders.0),
            _ => None,
        }
    }

    /// `ord` of the write half.
    pub fn write_order(&self) -> Option<Order> {
        match self.action {
            Action::Write { order, .. } => Some(order),
            Action::Rmw { orders, .. } => Some(orders.1),
            _ => None,
        }
    }

    /// Whether it is an initial value, or makes what is new.
    pub fn is_init(&self) -> bool {
        self.write_order() == Some(Order::Init)
    }

    /// Whether it reads and writes at once.
    pub fn is_rmw(&self) -> bool {
        matches!(self.action, Action::Rmw { .. })
    }

    /// `same`: the ranges are the same.
    pub fn same(&self, other: &Event) -> bool {
        !self.range.is_empty() && self.range == other.range
    }

    /// `overlap`: the ranges meet.
    pub fn overlap(&self, other: &Event) -> bool {
        self.range.iter().any(|k| other.range.contains(k))
    }

    /// `tearfree`: atomic accesses, plain ones marked so, and (see the chapter of the catalogue) initial values.
    pub fn tear_free(&self) -> bool {
        match self.action {
            Action::Read { order, whole, .. } | Action::Write { order, whole, .. } => {
                whole || order != Order::Unordered
            }
            _ => true,
        }
    }

    /// `Synchronizes`, of a write and a read: an acquire read of a release write with the same range. Sequentially
    /// consistent accesses are both.
    pub fn synchronizes_with(&self, read: &Event) -> bool {
        self.same(read) && self.write_order() >= Some(Order::AcqRel) && read.read_order() >= Some(Order::AcqRel)
    }

    /// The location at which it suspends or wakes threads.
    pub fn suspends_at(&self) -> Option<Location> {
        match self.action {
            Action::Woken(_) | Action::TimedOut(_) | Action::Notify { .. } | Action::Wait(_) => self.action.location(),
            _ => self.wait.map(|w| Location::Bytes(w.mem, w.offset)),
        }
    }

    /// What it writes to a cell.
    pub fn writes_to(&self, cell: Cell) -> Option<Piece> {
        let j = self.range.iter().position(|&k| k == cell)?;
        self.write.get(j).copied()
    }
}

/// A candidate execution. Events are known by their positions.
#[derive(Clone, Debug)]
pub struct Execution {
    /// The initial values that are read, one for each range, and then the events of each thread.
    pub events: Vec<Event>,
    /// `po`: program order.
    pub po: Relation,
    /// From a spawn to the thread's events, and from those of a joined thread to what follows.
    pub spawn: Relation,
    /// `rf`: for each event and each cell of its range, the write that a read has it from; empty for others.
    pub rf: Vec<Vec<usize>>,
    /// The fences, in their order.
    pub fences: Vec<usize>,
    /// The events of each queue of waiting threads, in their order.
    pub queues: BTreeMap<Location, Vec<usize>>,
    /// `sw`: from an atomic write to the atomic read of the same range that has a cell from it.
    pub sw: Relation,
    /// `hb`: happens before.
    pub hb: Relation,
    /// `tot`: all events in a total order, if one was found.
    pub tot: Vec<usize>,
    /// `mo`: the atomic writes of each range that has more than one, in their order.
    pub mo: Vec<Vec<usize>>,
}

impl Execution {
    /// A candidate without a total order: `sw` and `hb` follow from the rest.
    pub(crate) fn new(
        events: Vec<Event>,
        po: Relation,
        spawn: Relation,
        rf: Vec<Vec<usize>>,
        fences: Vec<usize>,
        queues: BTreeMap<Location, Vec<usize>>,
    ) -> Execution {
        let n = events.len();
        let mut sw = Relation::new(n);
        for (r, sources) in rf.iter().enumerate() {
            for &w in sources {
                if events[w].synchronizes_with(&events[r]) {
                    sw.add(w, r);
                }
            }
        }
        let mut hb = Relation::new(n);
        // What makes something new carries nothing of what its thread did before (`Consistent_with`).
        for (a, b) in po.pairs().chain(spawn.pairs()).filter(|&(_, b)| !events[b].is_init()) {
            hb.add(a, b);
        }
        for (a, b) in sw.pairs() {
            hb.add(a, b);
        }
        for (i, init) in events.iter().enumerate().filter(|(_, e)| e.is_init()) {
            for (j, event) in events.iter().enumerate() {
                let oldest = init.thread.is_none() && event.thread.is_some();
                if oldest || !event.is_init() && init.overlap(event) {
                    hb.add(i, j);
                }
            }
        }
        for order in std::iter::once(&fences).chain(queues.values()) {
            for pair in order.windows(2) {
                hb.add(pair[0], pair[1]);
            }
        }
        Execution { events, po, spawn, rf, fences, queues, sw, hb: hb.closed(), tot: Vec::new(), mo: Vec::new() }
    }

    /// `rf` as pairs of a write and a read.
    pub fn reads_from(&self) -> Relation {
        let mut rf = Relation::new(self.events.len());
        for (r, sources) in self.rf.iter().enumerate() {
            for &w in sources {
                rf.add(w, r);
            }
        }
        rf
    }

    /// The relations for rendering, by name: `po`, `spawn`, `rf`, `sw`, `hb`, `tot`, `mo`. Of the transitive ones only pairs
    /// that do not follow from others.
    pub fn relations(&self) -> Vec<(&'static str, Vec<(usize, usize)>)> {
        let chain = |order: &Vec<usize>| order.windows(2).map(|p| (p[0], p[1])).collect::<Vec<_>>();
        vec![
            ("po", self.po.reduced()),
            ("spawn", self.spawn.reduced()),
            ("rf", self.reads_from().pairs().collect()),
            ("sw", self.sw.pairs().collect()),
            ("hb", self.hb.reduced()),
            ("tot", chain(&self.tot)),
            ("mo", self.mo.iter().flat_map(chain).collect()),
        ]
    }

    /// Whether program order, spawns and reads-from form a cycle: some value may have come out of thin air, and is there only
    /// because a read that it led to justifies it. Most such executions are harmless (a store that does not depend on the
    /// load before it).
    pub fn is_cyclic(&self) -> bool {
        let mut order = self.reads_from();
        for (a, b) in self.po.pairs().chain(self.spawn.pairs()) {
            order.add(a, b);
        }
        order.closed().reflexive().is_some()
    }

    /// The positions of the events in the total order.
    pub(crate) fn positions(&self) -> Vec<usize> {
        let mut at = vec![usize::MAX; self.events.len()];
        for (i, &e) in self.tot.iter().enumerate() {
            at[e] = i;
        }
        at
    }
}
