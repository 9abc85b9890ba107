//! What the model is asked about: threads that can each be run alone.

use std::fmt::Debug;
use std::hash::Hash;

use crate::execution::{Action, Addr, Datum, Location, Order, Waiting};

/// A concurrent program. Each thread can be run alone from its start, with given answers to what it asks of the others.
pub trait Program {
    /// How a thread ended, as far as an outcome shows it.
    type End: Clone + Eq + Hash + Debug;

    /// How many threads there are. Those that no thread spawns exist from the start.
    fn threads(&self) -> usize;

    /// Runs a thread from its start until it asks more than `answers` answer. Equal answers give equal runs.
    fn run(&self, thread: usize, answers: &[Answer]) -> Run<Self::End>;

    /// What a location has before any thread begins, as many bytes as `like` and of its kind. `None` if there is no such
    /// location then (a field of a structure that a thread makes).
    fn initial(&self, loc: Location, like: Datum) -> Option<Datum>;
}

/// A run of one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<End> {
    /// What it did.
    pub trace: Vec<Item>,
    /// How far it came.
    pub end: Ended<End>,
}

/// How far a run of one thread came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended<End> {
    /// To its end.
    End(End),
    /// To a point where it waits for ever: it was answered [`Answer::Never`].
    Suspended(End),
    /// To a question that it has no answer to yet.
    Asks(Question),
    /// Too far: it was given up.
    Bound,
}

/// Something that a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// An action. Actions on lengths (of memories and tables) count only if the program asks for lengths too; otherwise
    /// lengths are constant. The zero bytes of a memory that grows are initial values, and no action here.
    Action(Action),
    /// It starts a thread: whatever came before happens before all that the thread does.
    Spawn(usize),
    /// It has waited for the end of a thread: all that the thread did happens before what comes now.
    Join(usize),
}

/// What a thread needs to know in order to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// What it reads: [`Answer::Value`] with a value like this one.
    Read {
        /// How the read is ordered.
        order: Order,
        /// What is read.
        loc: Location,
        /// A value of the same shape.
        like: Datum,
        /// Whether the read may not tear. Atomic ones never do.
        whole: bool,
    },
    /// How its wait ends: [`Answer::Woken`], [`Answer::TimedOut`] or [`Answer::Never`].
    Wait(Waiting),
    /// How many threads its notification wakes: [`Answer::Woke`].
    Notify {
        /// The memory.
        mem: Addr,
        /// The byte.
        offset: u64,
        /// How many it may wake.
        asked: u32,
    },
    /// Whether a thread that it waits for ends: [`Answer::Ended`] or [`Answer::Never`]. A program in which no thread waits
    /// need not ask.
    Join(usize),
}

/// An answer to a [`Question`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// A read sees this value.
    Value(Datum),
    /// A notification ends the wait.
    Woken,
    /// The wait runs out of time.
    TimedOut,
    /// The wait has no end; or the thread that is joined has none.
    Never,
    /// The thread that is joined ends.
    Ended,
    /// The notification wakes as many threads.
    Woke(u32),
}
