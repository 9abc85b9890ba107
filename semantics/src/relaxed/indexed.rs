//! Thread runs with cells, ranges and contents interned as small integers.
//!
//! A *fact* is a cell with a content: that the cell holds it.

use rustc_hash::FxHashMap;

use super::execution::{Cell, Event, Piece};
use super::runs::{Mark, Runs, Whole};
use crate::execution::{Action, Location, Order};

/// An [`Event`], with the number of its range.
pub(crate) struct IndexedEvent {
    pub(crate) range: usize,
    pub(crate) cells: Box<[usize]>,
    /// For each cell the fact that is read; empty if the event does not read.
    pub(crate) read: Box<[usize]>,
    pub(crate) write: Box<[usize]>,
    pub(crate) read_order: Order,
    pub(crate) write_order: Order,
    pub(crate) tear_free: bool,
    /// Both halves are atomic.
    pub(crate) rmw: bool,
    pub(crate) init: bool,
    pub(crate) fence: bool,
    /// Where it suspends or wakes threads, and how.
    pub(crate) suspends: Option<(Location, Suspends)>,
}

/// What an event does to the queue of a location.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suspends {
    Wait,
    Woken,
    TimedOut,
    Notify { woken: usize, asked: usize },
}

/// A run of one thread to its end: a [`Whole`].
pub(crate) struct IndexedRun {
    pub(crate) events: Vec<IndexedEvent>,
    pub(crate) marks: Vec<(usize, Mark)>,
    pub(crate) end: usize,
    pub(crate) suspended: bool,
    pub(crate) never_ends: Option<usize>,
    pub(crate) inits: bool,
}

/// The runs of all threads, and how many cells, ranges and facts there are.
pub(crate) struct IndexedRuns {
    pub(crate) threads: Vec<Vec<IndexedRun>>,
    pub(crate) cells: usize,
    pub(crate) ranges: usize,
    pub(crate) facts: usize,
    /// The fact that each cell begins with.
    pub(crate) initial: Vec<Option<usize>>,
}

#[derive(Default)]
struct Interner {
    /// The ranges, and whether each is one cell: nothing else meets it, and nothing tears it.
    ranges: FxHashMap<Vec<Cell>, (usize, bool)>,
    cells: FxHashMap<Cell, usize>,
    facts: FxHashMap<(usize, Vec<Piece>), usize>,
}

impl Interner {
    fn cell(&mut self, cell: Cell) -> usize {
        let next = self.cells.len();
        *self.cells.entry(cell).or_insert(next)
    }

    fn fact(&mut self, cell: usize, pieces: &[Piece]) -> usize {
        let next = self.facts.len();
        *self.facts.entry((cell, pieces.to_vec())).or_insert(next)
    }

    fn access(&mut self, range: &[Cell]) -> (usize, bool) {
        self.ranges.get(range).copied().unwrap_or_default()
    }

    fn event(&mut self, event: &Event) -> IndexedEvent {
        let (range, one) = self.access(&event.range);
        let cells: Box<[usize]> = match event.range.first() {
            Some(&first) if one => [self.cell(first)].into(),
            _ => event.range.iter().map(|&k| self.cell(k)).collect(),
        };
        let mut facts = |pieces: &[Piece]| -> Box<[usize]> {
            match cells.first() {
                Some(&cell) if one && !pieces.is_empty() => [self.fact(cell, pieces)].into(),
                _ => cells.iter().zip(pieces).map(|(&cell, &piece)| self.fact(cell, &[piece])).collect(),
            }
        };
        let (read, write) = (facts(&event.read), facts(&event.write));
        let suspends = event.suspends_at().map(|place| {
            let how = match event.action {
                Action::Woken(_) => Suspends::Woken,
                Action::TimedOut(_) => Suspends::TimedOut,
                Action::Notify { woken, asked, .. } => {
                    Suspends::Notify { woken: woken as usize, asked: asked as usize }
                }
                _ => Suspends::Wait,
            };
            (place, how)
        });
        let orders = (event.read_order(), event.write_order());
        IndexedEvent {
            range,
            cells,
            read,
            write,
            read_order: orders.0.unwrap_or(Order::Unordered),
            write_order: orders.1.unwrap_or(Order::Unordered),
            tear_free: event.tear_free(),
            rmw: event.is_rmw(),
            init: event.is_init(),
            fence: matches!(event.action, Action::Fence),
            suspends,
        }
    }
}

/// Interns the runs of all threads.
pub(crate) fn index<E>(runs: &Runs<E>) -> IndexedRuns {
    let mut interner = Interner::default();
    let events = || runs.whole.iter().flatten().flat_map(|run| &run.events).filter(|e| !e.range.is_empty());
    // How often each cell is in a range.
    let mut used: FxHashMap<Cell, usize> = FxHashMap::default();
    for event in events() {
        let next = interner.ranges.len();
        interner.ranges.entry(event.range.clone()).or_insert_with(|| {
            for &k in &event.range {
                *used.entry(k).or_default() += 1;
            }
            (next, true)
        });
    }
    for event in events() {
        let alone = event.tear_free() && event.range.iter().all(|k| used[k] == 1);
        if let Some((_, one)) = interner.ranges.get_mut(&event.range) {
            *one &= alone;
        }
    }
    let indexed = |interner: &mut Interner, run: &Whole| IndexedRun {
        events: run.events.iter().map(|e| interner.event(e)).collect(),
        marks: run.marks.clone(),
        end: run.end,
        suspended: run.suspended,
        never_ends: run.never_ends,
        inits: run.events.iter().any(Event::is_init),
    };
    let threads: Vec<Vec<IndexedRun>> =
        runs.whole.iter().map(|runs| runs.iter().map(|run| indexed(&mut interner, run)).collect()).collect();
    let mut initial = vec![None; interner.cells.len()];
    let ranges: Vec<(Vec<Cell>, bool)> =
        interner.ranges.iter().map(|(range, &(_, one))| (range.clone(), one)).collect();
    for (range, one) in ranges {
        let pieces: Vec<Option<Piece>> = range.iter().map(|k| runs.initial.get(k).copied().flatten()).collect();
        if one {
            let cell = interner.cell(range[0]);
            initial[cell] = pieces.into_iter().collect::<Option<Vec<_>>>().map(|pieces| interner.fact(cell, &pieces));
        } else {
            for (&k, piece) in range.iter().zip(pieces) {
                let cell = interner.cell(k);
                initial[cell] = piece.map(|piece| interner.fact(cell, &[piece]));
            }
        }
    }
    let (cells, ranges, facts) = (interner.cells.len(), interner.ranges.len(), interner.facts.len());
    IndexedRuns { threads, cells, ranges, facts, initial }
}
