//! Prunes combinations of thread runs that no choice of relations can make consistent.
//!
//! - No two atomic read-modify-writes of one location read from the same write (`Coherent/rmw`, and `Sc_last_visible` where both
//!   are sequentially consistent). So at most as many of them read a value as there are writes of it. The number of writes is
//!   bounded in turn: a read-modify-write writes the value only after it has read one that leads to it. Threads that count
//!   up a location read each number once.
//! - Each value read has a write. So runs that read values which neither they nor the initial state supply need as many writes
//!   of the threads that have no run yet.

use rustc_hash::{FxHashMap, FxHashSet};

use super::indexed::{IndexedEvent, IndexedRun, IndexedRuns};
use crate::execution::Order;

/// A set of facts, as bits.
type Facts = Box<[u64]>;

/// Counts the reads and writes of the chosen runs.
pub(crate) struct Pruning {
    /// For each fact, how many atomic read-modify-writes can read it, and how many of the chosen runs do.
    caps: Vec<Option<u32>>,
    counts: Vec<u32>,
    /// The facts that each run of each thread reads and writes.
    facts: Vec<Vec<(Facts, Facts)>>,
    initial: Facts,
    /// For each number of threads with runs, the most facts that the other threads can write.
    room: Vec<u32>,
}

impl Pruning {
    /// `threads`: the order in which threads get their runs.
    pub(crate) fn new(indexed: &IndexedRuns, threads: &[usize]) -> Pruning {
        let bits = |facts: &mut dyn Iterator<Item = usize>| {
            let mut bits: Facts = vec![0; indexed.facts.div_ceil(64)].into();
            facts.for_each(|fact| bits[fact / 64] |= 1 << (fact % 64));
            bits
        };
        let both = |run: &IndexedRun| {
            let reads = bits(&mut run.events.iter().flat_map(|ev| ev.read.iter().copied()));
            (reads, bits(&mut run.events.iter().flat_map(|ev| ev.write.iter().copied())))
        };
        let mut room = vec![0];
        for &t in threads.iter().rev() {
            let writes = |run: &IndexedRun| run.events.iter().map(|ev| ev.write.len() as u32).sum();
            let most: u32 = indexed.threads[t].iter().map(writes).max().unwrap_or(0);
            room.push(most + room[room.len() - 1]);
        }
        room.reverse();
        Pruning {
            caps: caps(indexed),
            counts: vec![0; indexed.facts],
            facts: indexed.threads.iter().map(|runs| runs.iter().map(both).collect()).collect(),
            initial: bits(&mut indexed.initial.iter().flatten().copied()),
            room,
        }
    }

    /// The facts that the chosen runs read, and those that they write or that hold initially. Each run is given by its thread and
    /// its number.
    pub(crate) fn chosen(&self, runs: impl Iterator<Item = (usize, usize)>) -> (Facts, Facts) {
        let mut all = (vec![0; self.initial.len()].into_boxed_slice(), self.initial.clone());
        for (thread, i) in runs {
            let (reads, writes) = &self.facts[thread][i];
            all.0.iter_mut().zip(reads).for_each(|(all, more)| *all |= more);
            all.1.iter_mut().zip(writes).for_each(|(all, more)| *all |= more);
        }
        all
    }

    /// Whether a run may be combined with the chosen ones, which have `facts`; after it, `k` threads have their runs.
    pub(crate) fn admits(
        &mut self,
        k: usize,
        facts: &(Facts, Facts),
        (thread, i): (usize, usize),
        run: &IndexedRun,
    ) -> bool {
        let (reads, writes) = &self.facts[thread][i];
        let (read, written) = facts;
        let lacking = (0..read.len()).map(|j| (reads[j] | read[j]) & !(writes[j] | written[j]));
        if lacking.map(u64::count_ones).sum::<u32>() > self.room[k] {
            return false;
        }
        let mut fits = true;
        for fact in rmws(run, &self.caps) {
            self.counts[fact] += 1;
            fits &= self.caps[fact].is_none_or(|cap| self.counts[fact] <= cap);
        }
        self.take_back(run);
        fits
    }

    /// Notes that a run is chosen.
    pub(crate) fn choose(&mut self, run: &IndexedRun) {
        rmws(run, &self.caps).for_each(|fact| self.counts[fact] += 1);
    }

    /// The opposite.
    pub(crate) fn take_back(&mut self, run: &IndexedRun) {
        rmws(run, &self.caps).for_each(|fact| self.counts[fact] -= 1);
    }
}

/// The read-modify-writes of a run that are counted, by the fact that each reads.
fn rmws<'a>(run: &'a IndexedRun, caps: &'a [Option<u32>]) -> impl Iterator<Item = usize> + 'a {
    run.events.iter().filter(|ev| ev.rmw).filter_map(|ev| ev.read.first().copied()).filter(|&fact| caps[fact].is_some())
}

/// For each fact, how many atomic read-modify-writes can read it in one execution, where that is known: of a location that
/// is accessed as a whole only, and written atomically only.
fn caps(indexed: &IndexedRuns) -> Vec<Option<u32>> {
    let events = || indexed.threads.iter().flatten().flat_map(|run| &run.events);
    let atomic =
        |ev: &IndexedEvent| ev.cells.len() == 1 && !ev.init && (ev.write.is_empty() || ev.write_order >= Order::AcqRel);
    let other: FxHashSet<usize> = events().filter(|ev| !atomic(ev)).flat_map(|ev| ev.cells.iter().copied()).collect();
    let counted = |ev: &&IndexedEvent| ev.cells.first().is_some_and(|cell| !other.contains(cell));
    // What each thread reads and writes at most, and which values are made from which.
    let most = |of: fn(&IndexedEvent) -> Option<usize>| {
        let mut sum = vec![0_u32; indexed.facts];
        for runs in &indexed.threads {
            let mut most: FxHashMap<usize, u32> = FxHashMap::default();
            for run in runs {
                let mut counts: FxHashMap<usize, u32> = FxHashMap::default();
                run.events.iter().filter(counted).filter_map(of).for_each(|fact| *counts.entry(fact).or_default() += 1);
                for (fact, n) in counts {
                    let most = most.entry(fact).or_default();
                    *most = n.max(*most);
                }
            }
            most.into_iter().for_each(|(fact, n)| sum[fact] += n);
        }
        sum
    };
    let mut reads = most(|ev| if ev.rmw { ev.read.first().copied() } else { None });
    let writes = most(|ev| ev.write.first().copied());
    let stores = most(|ev| if ev.rmw { None } else { ev.write.first().copied() });
    let made: FxHashSet<(usize, usize)> = events()
        .filter(counted)
        .filter(|ev| ev.rmw)
        .filter_map(|ev| Some((*ev.read.first()?, *ev.write.first()?)))
        .collect();
    let mut from = vec![Vec::new(); indexed.facts];
    made.into_iter().for_each(|(read, written)| from[written].push(read));
    loop {
        let mut changed = false;
        for fact in 0..indexed.facts {
            let made = from[fact].iter().fold(stores[fact], |sum, &read| sum.saturating_add(reads[read]));
            let initial = u32::from(indexed.initial.contains(&Some(fact)));
            let cap = reads[fact].min(initial.saturating_add(writes[fact].min(made)));
            changed |= cap < reads[fact];
            reads[fact] = cap;
        }
        if !changed {
            break;
        }
    }
    let mut caps = vec![None; indexed.facts];
    for ev in events().filter(counted).filter(|ev| ev.rmw) {
        if let Some(&fact) = ev.read.first() {
            caps[fact] = Some(reads[fact]);
        }
    }
    caps
}
