//! A tiny language of concurrent programs.

pub(crate) use lockstep_semantics::execution::Order;
use lockstep_semantics::execution::{Action, Datum, FieldVal, Location, Value, Waiting};
use lockstep_semantics::relaxed::{Answer, Ended, Item, Program, Question, Run};
use lockstep_semantics::syntax::Num;

pub(crate) use Order::{AcqRel, SeqCst, Unordered};

/// What an instruction accesses: so many bytes of the memory at an address, a field of 32 or 64 bits, or the length of the
/// memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Bytes(u8, u64),
    I32(u32),
    I64(u32),
    Length,
}

impl Place {
    pub(crate) fn loc(self) -> Location {
        match self {
            Place::Bytes(_, ea) => Location::Bytes(0, ea),
            Place::I32(i) | Place::I64(i) => Location::Field(0, i),
            Place::Length => Location::MemSize(0),
        }
    }

    pub(crate) fn datum(self, n: u64) -> Datum {
        match self {
            Place::Bytes(len, _) if len < 8 => Datum::Bytes(len, u128::from(n & ((1 << (8 * len)) - 1))),
            Place::Bytes(len, _) => Datum::Bytes(len, n.into()),
            Place::I32(_) => Datum::Val(FieldVal::Val(Value::Num(Num::I32(n as u32)))),
            Place::I64(_) => Datum::Val(FieldVal::Val(Value::Num(Num::I64(n)))),
            Place::Length => Datum::Length(n),
        }
    }

    fn whole(self, order: Order) -> bool {
        order >= AcqRel
            || match self {
                Place::Bytes(len, ea) => len <= 4 && ea.is_multiple_of(len.into()),
                Place::I32(_) | Place::Length => true,
                Place::I64(_) => false,
            }
    }
}

fn number(datum: Datum) -> u64 {
    match datum {
        Datum::Bytes(_, n) => n as u64,
        Datum::Val(FieldVal::Val(Value::Num(Num::I32(n)))) => n.into(),
        Datum::Val(FieldVal::Val(Value::Num(Num::I64(n)))) | Datum::Length(n) => n,
        _ => panic!("{datum:?}"),
    }
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Const(u64),
    /// What was read as the `n`-th, plus a number.
    Plus(usize, u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Load(Order, Place),
    Store(Order, Place, Source),
    /// Makes what is new.
    Init(Place, u64),
    Add(Order, Place, u64),
    Swap(Order, Place, u64),
    /// If the first, then the second.
    CmpSwap(Order, Place, u64, u64),
    /// Goes on only if what was read last is this, and otherwise ends.
    Unless(u64),
    Fence,
    Spawn(usize),
    Join(usize),
    /// Waits while the value is this.
    Wait(Place, u64, i64),
    Notify(Place, u32),
}

pub(crate) const fn load(order: Order, place: Place) -> Op {
    Op::Load(order, place)
}

pub(crate) const fn store(order: Order, place: Place, n: u64) -> Op {
    Op::Store(order, place, Source::Const(n))
}

/// Threads and what they do. A thread ends with what it has read (and how waits, notifications and joins ended).
#[derive(Clone, Debug, Default)]
pub(crate) struct Test {
    pub(crate) threads: Vec<Vec<Op>>,
    /// Fields that do not exist before some thread makes them.
    pub(crate) made: Vec<Place>,
}

impl Test {
    pub(crate) fn new<const N: usize>(threads: [&[Op]; N]) -> Test {
        Test { threads: threads.iter().map(|ops| ops.to_vec()).collect(), made: Vec::new() }
    }

    /// How many events it may have.
    pub(crate) fn events(&self) -> usize {
        self.threads.iter().flatten().filter(|op| !matches!(op, Op::Spawn(_) | Op::Join(_) | Op::Unless(_))).count()
    }
}

/// What an instruction would give the thread; joins give 0, or 3 for never.
fn result(answer: Answer) -> u64 {
    match answer {
        Answer::Value(value) => number(value),
        Answer::Woken | Answer::Ended => 0,
        Answer::TimedOut => 2,
        Answer::Never => 3,
        Answer::Woke(n) => n.into(),
    }
}

impl Program for Test {
    type End = Vec<u64>;

    fn threads(&self) -> usize {
        self.threads.len()
    }

    fn run(&self, thread: usize, answers: &[Answer]) -> Run<Vec<u64>> {
        let mut trace = Vec::new();
        let mut seen: Vec<u64> = Vec::new();
        let mut left = answers.iter();
        macro_rules! ask {
            ($question:expr) => {
                match left.next() {
                    Some(&answer) => {
                        seen.push(result(answer));
                        result(answer)
                    }
                    None => return Run { trace, end: Ended::Asks($question) },
                }
            };
        }
        macro_rules! read {
            ($order:expr, $place:expr) => {{
                let (order, loc, like) = ($order, $place.loc(), $place.datum(0));
                ask!(Question::Read { order, loc, like, whole: $place.whole(order) })
            }};
        }
        for &op in &self.threads[thread] {
            let read = |order, place: Place, n| {
                let (loc, value, whole) = (place.loc(), place.datum(n), place.whole(order));
                Item::Action(Action::Read { order, loc, value, whole })
            };
            let rmw = |order, place: Place, n, m| {
                let (loc, read, written) = (place.loc(), place.datum(n), place.datum(m));
                Item::Action(Action::Rmw { orders: (order, order), loc, read, written })
            };
            let item = match op {
                Op::Load(order, place) => read(order, place, read!(order, place)),
                Op::Store(order, place, source) => {
                    let n = match source {
                        Source::Const(n) => n,
                        Source::Plus(i, n) => seen.get(i).copied().unwrap_or(0) + n,
                    };
                    let (loc, value, whole) = (place.loc(), place.datum(n), place.whole(order));
                    Item::Action(Action::Write { order, loc, value, whole })
                }
                Op::Init(place, n) => {
                    let (loc, value) = (place.loc(), place.datum(n));
                    Item::Action(Action::Write { order: Order::Init, loc, value, whole: true })
                }
                Op::Add(order, place, m) => {
                    let n = read!(order, place);
                    rmw(order, place, n, n + m)
                }
                Op::Swap(order, place, m) => {
                    let n = read!(order, place);
                    rmw(order, place, n, m)
                }
                Op::CmpSwap(order, place, expected, m) => {
                    let n = read!(order, place);
                    if n == expected { rmw(order, place, n, m) } else { read(order, place, n) }
                }
                Op::Unless(n) => match seen.last() {
                    Some(last) if *last == n => continue,
                    _ => break,
                },
                Op::Fence => Item::Action(Action::Fence),
                Op::Spawn(t) => Item::Spawn(t),
                Op::Join(t) => match ask!(Question::Join(t)) {
                    0 => Item::Join(t),
                    _ => return Run { trace, end: Ended::Suspended(seen) },
                },
                Op::Wait(place, n, timeout) => {
                    let Location::Bytes(mem, offset) = place.loc() else { panic!("{op:?}") };
                    let now = read!(SeqCst, place);
                    trace.push(read(SeqCst, place, now));
                    if now != n {
                        continue;
                    }
                    let waiting = Waiting { mem, offset, timeout };
                    trace.push(Item::Action(Action::Wait(waiting)));
                    match ask!(Question::Wait(waiting)) {
                        0 => Item::Action(Action::Woken(waiting)),
                        2 => Item::Action(Action::TimedOut(waiting)),
                        _ => return Run { trace, end: Ended::Suspended(seen) },
                    }
                }
                Op::Notify(place, asked) => {
                    let Location::Bytes(mem, offset) = place.loc() else { panic!("{op:?}") };
                    let woken = ask!(Question::Notify { mem, offset, asked }) as u32;
                    Item::Action(Action::Notify { mem, offset, woken, asked })
                }
            };
            trace.push(item);
        }
        assert!(left.next().is_none(), "more answers than questions");
        Run { trace, end: Ended::End(seen) }
    }

    fn initial(&self, loc: Location, like: Datum) -> Option<Datum> {
        let made = self.made.iter().any(|place| place.loc() == loc);
        (!made).then(|| match like {
            Datum::Bytes(len, _) => Datum::Bytes(len, 0),
            Datum::Length(_) => Datum::Length(0),
            Datum::Val(FieldVal::Val(Value::Num(Num::I64(_)))) => Place::I64(0).datum(0),
            _ => Place::I32(0).datum(0),
        })
    }
}
