//! Candidates as the search builds them: their events, and the decisions about them.

use std::collections::BTreeMap;

use super::indexed::IndexedEvent;
use super::relation::Relation;
use crate::execution::Location;

/// The write that an atomic read synchronizes with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    Open,
    From(usize),
    Nobody,
}

/// An event of the candidate. The first, 0, stands for all initial values and has no event.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) thread: usize,
    pub(crate) index: usize,
    pub(crate) ev: &'a IndexedEvent,
}

/// The initial values.
pub(crate) const INITIAL: usize = 0;

/// A candidate whose threads have their runs, with the decisions about it.
#[derive(Clone)]
pub(crate) struct Leaf {
    pub(crate) hb: Relation,
    pub(crate) sync: Vec<Sync>,
    pub(crate) fences: Vec<usize>,
    pub(crate) queues: BTreeMap<Location, Vec<usize>>,
}

/// A consistent execution, beyond its [`Leaf`].
pub(crate) struct Found {
    /// The constraints on the total order, and on shadows the order of the atomic writes that are not sequentially consistent.
    pub(crate) order: Relation,
    /// For each event, its node in the order of the atomic writes of its range.
    pub(crate) shadow: Vec<usize>,
    /// For each event and each cell, the write that the read has it from.
    pub(crate) sources: Vec<Vec<usize>>,
}
