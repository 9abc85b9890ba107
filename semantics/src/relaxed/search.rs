//! All consistent executions of a program: backtracking over runs of its threads, with happens-before kept as it grows.
//!
//! A candidate has one run of each thread. The search then orders fences and the queues of waiting threads, and chooses the write
//! that each atomic read synchronizes with, first where there is only one. What remains, the sources of plain reads, does not
//! affect happens-before. So each read is checked on its own for a visible write, and a solver looks for a total order that meets
//! the choices so far. Happens-before only grows on the way, so a branch can be cut as soon as it leaves some read without a
//! visible write, even before all threads have their runs.

use rustc_hash::FxHashMap;

use super::bounds::{Bounds, EVENTS, Limit};
use super::candidate::{Found, INITIAL, Leaf, Node, Sync};
use super::conditions::Rejected;
use super::execution::Execution;
use super::indexed::{IndexedEvent, IndexedRun, IndexedRuns, index};
use super::program::Program;
use super::prune::Pruning;
use super::relation::{Relation, bits};
use super::runs::{Mark, Runs, runs};
use crate::execution::Order;
use lockstep_spec::{RuleId, rule};

/// An allowed outcome.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// How many executions have it.
    pub executions: u64,
    /// The runs of the first.
    runs: Vec<usize>,
}

/// Why an outcome is not allowed: the closest candidate.
#[derive(Clone, Debug)]
pub struct Explained {
    /// A candidate with this outcome.
    pub execution: Execution,
    /// What rejects it. In a condition on the total order, its events are those of one total order; none does.
    pub rejected: Rejected,
}

/// What a search has found.
pub struct Outcomes<End> {
    runs: Runs<End>,
    indexed: IndexedRuns,
    allowed: FxHashMap<Vec<usize>, Allowed>,
    /// The number of consistent executions. Those that differ only in which of several writes with the same bytes a plain
    /// read sees count once.
    pub executions: u64,
    /// The number of candidates tried, with those that were cut before they were complete.
    pub candidates: u64,
    /// The number of candidates that each condition rejected.
    pub rejected: FxHashMap<RuleId, u64>,
    /// The limits that the search met: what it did not look at.
    pub limits: Vec<Limit>,
    /// The number of runs of threads.
    pub thread_runs: usize,
}

/// Finds all outcomes.
pub fn explore<P: Program>(program: &P, bounds: &Bounds) -> Outcomes<P::End> {
    let runs = runs(program, bounds);
    let indexed = index(&runs);
    let mut search = Search::new(&indexed, bounds, Query::<P::End>::Outcomes(FxHashMap::default()));
    search.go();
    let Search { query, executions, candidates, rejected, limits, .. } = search;
    let Query::Outcomes(allowed) = query else { unreachable!("the query stays what it is") };
    let limits = [&runs.limits[..], &limits].concat();
    let thread_runs = runs.count;
    Outcomes { runs, indexed, allowed, executions, candidates, rejected, limits, thread_runs }
}

impl<End: Clone + PartialEq> Outcomes<End> {
    fn ends(&self, key: &[usize]) -> Vec<End> {
        key.iter().enumerate().map(|(thread, &end)| self.runs.ends[thread][end].clone()).collect()
    }

    fn key(&self, ends: &[End]) -> Option<Vec<usize>> {
        let ends = ends.iter().enumerate();
        ends.map(|(thread, end)| self.runs.ends.get(thread)?.iter().position(|e| e == end)).collect()
    }

    /// The allowed outcomes: how each thread ended. In no particular order.
    pub fn allowed(&self) -> impl Iterator<Item = (Vec<End>, &Allowed)> {
        self.allowed.iter().map(|(key, allowed)| (self.ends(key), allowed))
    }

    /// Whether an outcome is allowed.
    pub fn allows(&self, ends: &[End]) -> Option<&Allowed> {
        self.allowed.get(&self.key(ends)?)
    }

    /// An execution with this outcome.
    pub fn witness(&self, ends: &[End]) -> Option<Execution> {
        let allowed = self.allows(ends)?;
        let bounds = Bounds::default();
        let mut search = Search::new(&self.indexed, &bounds, Query::Witness(&self.runs, None));
        search.only = Some(allowed.runs.iter().map(|&run| vec![run]).collect());
        search.go();
        let Query::Witness(_, witness) = search.query else { unreachable!("the query stays what it is") };
        witness.map(|execution| *execution)
    }

    /// Why an outcome is not allowed. `None` if it is, or if no candidate has it: then a read has a value that is never written,
    /// or that its own thread has overwritten. The search stops after this number of candidates.
    pub fn explain(&self, ends: &[End], candidates: u64) -> Option<Explained> {
        let key = self.key(ends).filter(|key| key.len() == self.runs.whole.len())?;
        if self.allowed.contains_key(&key) {
            return None;
        }
        let bounds = Bounds { candidates, ..Bounds::default() };
        let mut search = Search::new(&self.indexed, &bounds, Query::Reason(&self.runs, None));
        let with = |(thread, end): (usize, &usize)| {
            let runs = self.runs.whole[thread].iter().enumerate();
            runs.filter(|(_, run)| run.end == *end).map(|(i, _)| i).collect()
        };
        search.only = Some(key.iter().enumerate().map(with).collect());
        search.go();
        let Query::Reason(_, reason) = search.query else { unreachable!("the query stays what it is") };
        reason.map(|(_, explained)| *explained)
    }

    /// Outcomes of candidates in which some write supplies each value read, but of no consistent execution. The search stops
    /// after `candidates` of them.
    pub fn forbidden(&self, candidates: u64) -> Vec<Vec<End>> {
        let bounds = Bounds { candidates, ..Bounds::default() };
        let mut search = Search::new(&self.indexed, &bounds, Query::<End>::Candidates(Vec::new()));
        search.go();
        let Query::Candidates(mut keys) = search.query else { unreachable!("the query stays what it is") };
        keys.sort();
        keys.dedup();
        keys.iter().filter(|key| !self.allowed.contains_key(*key)).map(|key| self.ends(key)).collect()
    }
}

/// The question that a search answers, with the answer so far.
pub(crate) enum Query<'a, End> {
    /// All outcomes, with the runs of the first execution of each.
    Outcomes(FxHashMap<Vec<usize>, Allowed>),
    /// One execution.
    Witness(&'a Runs<End>, Option<Box<Execution>>),
    /// The candidate that comes closest.
    Reason(&'a Runs<End>, Option<(usize, Box<Explained>)>),
    /// The outcomes of all candidates in which an initial value or a write supplies each value read.
    Candidates(Vec<Vec<usize>>),
}

pub(crate) struct Search<'a, End> {
    pub(crate) indexed: &'a IndexedRuns,
    bounds: &'a Bounds<'a>,
    pub(crate) query: Query<'a, End>,
    /// The threads, in the order in which they get their runs.
    threads: Vec<usize>,
    /// For each thread, the runs to try; `None` for all.
    only: Option<Vec<Vec<usize>>>,
    /// For each number of threads with runs, the facts that the other threads may still write.
    later: Vec<Vec<u64>>,
    /// Prunes combinations of runs where the query is about all outcomes. The other queries look for candidates that fail, or
    /// know the runs.
    pruning: Option<Pruning>,
    pruned: u64,
    /// The run of each thread, and the number of its first event.
    pub(crate) chosen: Vec<Option<(usize, usize)>>,
    /// The events, but for the initial values: node `n` is at `n - 1`.
    pub(crate) nodes: Vec<Node<'a>>,
    /// For each cell, the events that write it, and what.
    pub(crate) writers: Vec<Vec<(usize, usize)>>,
    pub(crate) writes: Vec<u128>,
    /// For each range, its atomic writes, and the sequentially consistent ones.
    pub(crate) atomic: Vec<u128>,
    pub(crate) seqcst: Vec<u128>,
    /// The reads.
    pub(crate) reads: Vec<usize>,
    pub(crate) executions: u64,
    candidates: u64,
    rejected: FxHashMap<RuleId, u64>,
    pub(crate) limits: Vec<Limit>,
    /// The search must stop.
    pub(crate) over: bool,
}

impl<'a, End> Search<'a, End> {
    fn new(indexed: &'a IndexedRuns, bounds: &'a Bounds<'a>, query: Query<'a, End>) -> Search<'a, End> {
        let mut threads: Vec<usize> = (0..indexed.threads.len()).collect();
        threads.sort_by_key(|&t| indexed.threads[t].len());
        // The facts that the threads from each place on write.
        let words = indexed.facts.div_ceil(64);
        let mut later = vec![vec![0; words]];
        for &t in threads.iter().rev() {
            let mut facts = later[later.len() - 1].clone();
            for &fact in indexed.threads[t].iter().flat_map(|run| &run.events).flat_map(|ev| &ev.write) {
                facts[fact / 64] |= 1 << (fact % 64);
            }
            later.push(facts);
        }
        later.reverse();
        let pruning = matches!(query, Query::Outcomes(_)).then(|| Pruning::new(indexed, &threads));
        Search {
            indexed,
            bounds,
            query,
            threads,
            only: None,
            later,
            pruning,
            pruned: 0,
            chosen: vec![None; indexed.threads.len()],
            nodes: Vec::new(),
            writers: vec![Vec::new(); indexed.cells],
            writes: vec![0; indexed.cells],
            atomic: vec![0; indexed.ranges],
            seqcst: vec![0; indexed.ranges],
            reads: Vec::new(),
            executions: 0,
            candidates: 0,
            rejected: FxHashMap::default(),
            limits: Vec::new(),
            over: false,
        }
    }

    fn go(&mut self) {
        self.level(0, &Relation::new(1), &[Sync::Nobody]);
    }

    pub(crate) fn limit(&mut self, limit: Limit) {
        if !self.limits.contains(&limit) {
            self.limits.push(limit);
        }
    }

    /// The event of a node other than that of the initial values.
    pub(crate) fn ev(&self, node: usize) -> &'a IndexedEvent {
        self.nodes[node - 1].ev
    }

    /// Counts a candidate that was decided.
    pub(crate) fn decided(&mut self, verdict: Result<(), RuleId>) {
        self.candidates += 1;
        match verdict {
            Ok(()) => self.executions += 1,
            Err(rule) => *self.rejected.entry(rule).or_default() += 1,
        }
        if self.candidates >= self.bounds.candidates {
            self.limit(Limit::Candidates);
            self.over = true;
        }
        self.look_at_time(self.candidates);
    }

    /// Counts a combination of runs that was pruned. Their bound is eight times that of candidates.
    fn prune(&mut self) {
        self.pruned += 1;
        if self.pruned >= self.bounds.candidates.saturating_mul(8) {
            self.limit(Limit::Candidates);
            self.over = true;
        }
        self.look_at_time(self.pruned);
    }

    /// Asks at every 1024th count whether to stop.
    fn look_at_time(&mut self, n: u64) {
        if n.is_multiple_of(1024) && self.bounds.stopped() {
            self.limit(Limit::Stopped);
            self.over = true;
        }
    }

    /// Gives the next thread each of its runs.
    fn level(&mut self, k: usize, hb: &Relation, sync: &[Sync]) {
        let Some(&thread) = self.threads.get(k) else { return self.leaf(hb, sync) };
        let indexed = self.indexed;
        let only = self.only.as_ref().map(|only| only[thread].clone());
        let runs = only.as_ref().map_or(indexed.threads[thread].len(), Vec::len);
        let chosen = self.chosen.iter().enumerate().filter_map(|(t, run)| run.map(|(i, _)| (t, i)));
        let facts = self.pruning.as_ref().map(|pruning| pruning.chosen(chosen));
        let mut extended = Relation::default();
        let mut decisions = Vec::new();
        for i in 0..runs {
            if self.over {
                return;
            }
            let i = only.as_ref().map_or(i, |only| only[i]);
            let run = &indexed.threads[thread][i];
            if self.nodes.len() + run.events.len() > EVENTS {
                self.limit(Limit::Events);
                continue;
            }
            if let (Some(pruning), Some(facts)) = (&mut self.pruning, &facts)
                && !pruning.admits(k + 1, facts, (thread, i), run)
            {
                self.prune();
                continue;
            }
            extended.clone_from(hb);
            decisions.clear();
            decisions.extend_from_slice(sync);
            self.choose(thread, i, run, &mut extended, &mut decisions);
            let verdict = match self.order_threads(&mut extended) {
                Err(rule) => Err(rule),
                // Candidates that fail are what a reason is looked for in.
                Ok(()) if matches!(self.query, Query::Reason(..) | Query::Candidates(_)) => Ok(()),
                Ok(()) => self.cut(k + 1, &mut extended, &mut decisions),
            };
            match verdict {
                Ok(()) => self.level(k + 1, &extended, &decisions),
                Err(rule) => self.decided(Err(rule)),
            }
            self.take_back(thread, run);
        }
    }

    fn choose(&mut self, thread: usize, i: usize, run: &'a IndexedRun, hb: &mut Relation, sync: &mut Vec<Sync>) {
        let base = self.nodes.len() + 1;
        self.chosen[thread] = Some((i, base));
        if let Some(pruning) = &mut self.pruning {
            pruning.choose(run);
        }
        hb.grow(base + run.events.len());
        for (index, ev) in run.events.iter().enumerate() {
            let node = base + index;
            self.nodes.push(Node { thread, index, ev });
            hb.add(INITIAL, node);
            if !ev.init {
                (base..node).for_each(|before| hb.add(before, node));
            }
            for (&cell, &fact) in ev.cells.iter().zip(&ev.write) {
                self.writers[cell].push((node, fact));
                self.writes[cell] |= 1 << node;
            }
            if !ev.write.is_empty() && ev.write_order >= Order::AcqRel {
                self.atomic[ev.range] |= 1 << node;
                if ev.write_order == Order::SeqCst {
                    self.seqcst[ev.range] |= 1 << node;
                }
            }
            let atomic = !ev.read.is_empty() && ev.read_order >= Order::AcqRel;
            sync.push(if atomic { Sync::Open } else { Sync::Nobody });
            if !ev.read.is_empty() {
                self.reads.push(node);
            }
        }
    }

    fn take_back(&mut self, thread: usize, run: &IndexedRun) {
        if let Some(pruning) = &mut self.pruning {
            pruning.take_back(run);
        }
        let base = self.nodes.len() + 1 - run.events.len();
        let before = (1 << base) - 1;
        for ev in &run.events {
            if !ev.write.is_empty() {
                for &cell in &ev.cells {
                    self.writes[cell] &= before;
                    self.writers[cell].retain(|&(node, _)| node < base);
                }
                self.atomic[ev.range] &= before;
                self.seqcst[ev.range] &= before;
            }
        }
        self.reads.retain(|&node| node < base);
        self.nodes.truncate(base - 1);
        self.chosen[thread] = None;
    }

    pub(crate) fn run(&self, thread: usize) -> Option<(&'a IndexedRun, usize)> {
        let (i, base) = self.chosen[thread]?;
        Some((&self.indexed.threads[thread][i], base))
    }

    /// The events before the event `at` of a thread: those of the thread itself, and those that spawns and joins order before it.
    pub(crate) fn known(&self, thread: usize, at: usize) -> u128 {
        let marks = |run: &IndexedRun| run.marks.iter().filter(|&&(place, _)| place <= at).count();
        let mut known = 0;
        if let Some((run, _)) = self.run(thread) {
            self.collect(thread, at, marks(run), &mut known, 0);
        }
        known
    }

    /// Adds the events before the event `at` of a thread to `known`; `marks` of its spawns and joins come before it.
    fn collect(&self, thread: usize, at: usize, marks: usize, known: &mut u128, depth: usize) {
        let Some((run, base)) = self.run(thread).filter(|_| depth <= self.chosen.len()) else { return };
        *known |= (1 << (base + at)) - (1 << base);
        for &(_, mark) in &run.marks[..marks] {
            if let Mark::Join(t) = mark
                && let Some((joined, _)) = self.run(t)
            {
                self.collect(t, joined.events.len(), joined.marks.len(), known, depth + 1);
            }
        }
        for parent in 0..self.chosen.len() {
            let Some((run, _)) = self.run(parent) else { continue };
            if let Some(i) = run.marks.iter().position(|&(_, mark)| mark == Mark::Spawn(thread)) {
                self.collect(parent, run.marks[i].0, i, known, depth + 1);
            }
        }
    }

    /// Adds what spawns, joins and initial values order, as far as threads have their runs.
    fn order_threads(&self, hb: &mut Relation) -> Result<(), RuleId> {
        let run = |thread| self.run(thread);
        let ends = |t: usize| run(t).is_none_or(|(run, _)| !run.suspended);
        let (mut marks, mut inits) = (false, false);
        for (run, _) in (0..self.chosen.len()).filter_map(run) {
            marks |= !run.marks.is_empty();
            inits |= run.inits;
            // A thread that has joined another has seen it end; one that still waits to join has not.
            let joined = run.marks.iter().all(|&(_, mark)| !matches!(mark, Mark::Join(t) if !ends(t)));
            let in_vain = run.never_ends.is_none_or(|t| self.run(t).is_none_or(|(run, _)| run.suspended));
            if !joined || !in_vain {
                return Err(rule!("Consistent"));
            }
        }
        if marks {
            for node in 1..=self.nodes.len() {
                let Node { thread, index, ev } = self.nodes[node - 1];
                let known = if ev.init { 0 } else { self.known(thread, index) };
                if bits(known).any(|before| !hb.order(before, node)) {
                    return Err(rule!("Consistent"));
                }
            }
        }
        if inits {
            for init in (1..=self.nodes.len()).filter(|&node| self.ev(node).init) {
                for (node, other) in self.nodes.iter().enumerate().map(|(i, node)| (i + 1, node.ev)) {
                    let overlap = !other.init && other.cells.iter().any(|k| self.ev(init).cells.contains(k));
                    if overlap && !hb.order(init, node) {
                        return Err(rule!("Consistent_with"));
                    }
                }
            }
        }
        Ok(())
    }

    /// The writes that a read may see in its `i`-th cell, as far as happens-before goes: the initial value is the first.
    pub(crate) fn visible(&self, hb: &Relation, sync: &[Sync], r: usize, i: usize) -> u128 {
        let ev = self.ev(r);
        let (cell, fact) = (ev.cells[i], ev.read[i]);
        let writes = self.writes[cell];
        let hides = writes & hb.before(r);
        let mut seen = u128::from(hides == 0 && self.indexed.initial[cell] == Some(fact));
        for &(w, written) in &self.writers[cell] {
            if written == fact && w != r && !hb.has(r, w) && hb.after(w) & hides == 0 {
                seen |= 1 << w;
            }
        }
        match sync[r] {
            Sync::Open => seen,
            Sync::Nobody if ev.read_order >= Order::AcqRel => seen & !self.atomic[ev.range],
            Sync::Nobody => seen,
            // Another tear-free write of its range would tear it.
            Sync::From(w) => seen & !(self.atomic[ev.range] & !(1 << w)),
        }
    }

    /// The condition that leaves a read without a visible write.
    pub(crate) fn unseen(&self, r: usize, i: usize) -> RuleId {
        let ev = self.ev(r);
        let (cell, fact) = (ev.cells[i], ev.read[i]);
        let written = self.writers[cell].iter().any(|&(w, written)| written == fact && w != r);
        if written || self.indexed.initial[cell] == Some(fact) {
            rule!("Hb_consistent/hidden")
        } else {
            rule!("Value_consistent")
        }
    }

    /// Rejects a candidate, of which the first `k` threads have their runs, if some read has no visible write. Synchronizes each
    /// atomic read that has only one.
    pub(crate) fn cut(&self, k: usize, hb: &mut Relation, sync: &mut [Sync]) -> Result<(), RuleId> {
        loop {
            let mut changed = false;
            for &r in &self.reads {
                let ev = self.ev(r);
                for i in 0..ev.cells.len() {
                    let fact = ev.read[i];
                    if self.later[k][fact / 64] >> (fact % 64) & 1 == 1 {
                        continue;
                    }
                    let seen = self.visible(hb, sync, r, i);
                    if seen == 0 {
                        return Err(self.unseen(r, i));
                    }
                    if sync[r] == Sync::Open && seen.is_power_of_two() && seen & self.atomic[ev.range] == seen {
                        let w = seen.trailing_zeros() as usize;
                        sync[r] = Sync::From(w);
                        changed = true;
                        if !hb.order(w, r) {
                            return Err(rule!("Hb_consistent/sync"));
                        }
                    }
                }
            }
            if !changed {
                return Ok(());
            }
        }
    }

    /// Completes a candidate in which all threads have their runs.
    fn leaf(&mut self, hb: &Relation, sync: &[Sync]) {
        if matches!(self.query, Query::Candidates(_)) {
            return self.candidate();
        }
        let leaf = Leaf { hb: hb.clone(), sync: sync.to_vec(), fences: Vec::new(), queues: Default::default() };
        self.fences(&leaf);
    }

    fn key(&self) -> Vec<usize> {
        (0..self.chosen.len()).filter_map(|t| self.run(t)).map(|(run, _)| run.end).collect()
    }

    /// Notes the outcome if an initial value or a write supplies each value read.
    fn candidate(&mut self) {
        let somewhere = self.reads.iter().all(|&r| {
            let ev = self.ev(r);
            (0..ev.cells.len()).all(|i| self.unseen(r, i) != rule!("Value_consistent"))
        });
        self.decided(if somewhere { Ok(()) } else { Err(rule!("Value_consistent")) });
        let key = self.key();
        if let (true, Query::Candidates(keys)) = (somewhere, &mut self.query) {
            keys.push(key);
            if keys.len().is_multiple_of(1 << 16) {
                keys.sort();
                keys.dedup();
            }
        }
    }

    /// Notes a consistent execution.
    pub(crate) fn found(&mut self, leaf: &Leaf, found: Found) {
        self.decided(Ok(()));
        match self.query {
            Query::Outcomes(_) => {
                let key = self.key();
                let runs = self.chosen.iter().flatten().map(|&(run, _)| run).collect();
                if let Query::Outcomes(allowed) = &mut self.query {
                    allowed.entry(key).or_insert(Allowed { executions: 0, runs }).executions += 1;
                }
            }
            Query::Witness(runs, _) => {
                let execution = self.execution(runs, leaf, Some(&found), &found.sources);
                self.query = Query::Witness(runs, Some(Box::new(execution)));
                self.over = true;
            }
            Query::Reason(..) | Query::Candidates(_) => {}
        }
    }
}
