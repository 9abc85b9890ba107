//! Enumerates the sequentially consistent executions of a plan.
//!
//! The nodes of a graph are configurations; its edges are steps that are visible to other threads. Invisible steps are
//! taken at once ([`conflicts`](super::conflicts)), and each configuration is expanded once; configurations are
//! compared by their full content, not by a hash. So each execution of the plan is equivalent to a path of the graph,
//! up to the order of commuting steps, and each path is an execution. A loop that waits for another thread is a cycle
//! of the graph, so exploring it terminates.

use super::conflicts::Conflicts;
use super::machine::{Came, Machine};
use super::{ExploreBounds, Outcome, Plan, PlannedThread};
use lockstep_semantics::execution::{Action, Store};
use lockstep_semantics::observe::{Observer, Unobserved};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::fmt;

/// The result of an exploration.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// The outcomes, in the order in which they were found.
    pub outcomes: Vec<FoundOutcome>,
    /// The number of distinct configurations.
    pub states: u64,
    /// The number of steps between them.
    pub transitions: u64,
    /// How often a step led to a configuration that was known already.
    pub pruned: u64,
    /// The number of orders of visible steps, that is, of paths of the graph; `None` if it has cycles, and so
    /// infinitely many.
    pub executions: Option<u128>,
    /// The bound that ended the exploration early.
    pub cut: Option<Bound>,
}

/// An outcome, with a schedule that leads to it.
#[derive(Clone, Debug)]
pub struct FoundOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// How many executions end so, if they are finitely many.
    pub executions: Option<u128>,
    /// A schedule that leads to it.
    pub schedule: Schedule,
}

/// A bound of an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The number of configurations.
    States,
    /// The time.
    Time,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bound::States => "the bound on states",
            Bound::Time => "the bound on time",
        })
    }
}

/// A schedule: a list of threads with the number of steps that each runs before the next one; no number means that its
/// wait times out. An instruction that is already a value counts as a step too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule(pub Vec<(usize, Option<u64>)>);

type Segments = Vec<(usize, Option<u64>)>;

impl fmt::Display for Schedule {
    /// Writes a schedule in the syntax of [`Schedule::parse`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (thread, steps)) in self.0.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            match steps {
                Some(steps) => write!(f, "{space}{thread}:{steps}")?,
                None => write!(f, "{space}{thread}:timeout")?,
            }
        }
        Ok(())
    }
}

impl Schedule {
    /// Reads a schedule, such as `1:12 2:7 1:timeout`.
    ///
    /// # Errors
    /// When it is not one, with the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let part = |part: &str| {
            let (thread, steps) = part.split_once(':')?;
            let steps = if steps == "timeout" { None } else { Some(steps.parse().ok()?) };
            Some((thread.parse().ok()?, steps))
        };
        let parts =
            text.split_whitespace().map(|text| part(text).ok_or_else(|| format!("{text:?} is no THREAD:STEPS")));
        parts.collect::<Result<_, _>>().map(Schedule)
    }
}

/// A thread and its action.
pub type Did = (usize, Action);

/// The result of replaying a schedule.
pub struct Replayed {
    /// The actions of the threads, in order.
    pub did: Vec<Did>,
    /// The outcome.
    pub outcome: Outcome,
    /// The store at the end.
    pub store: Store,
}

/// Runs a plan by a schedule.
///
/// # Errors
/// When the schedule names a thread that is not there or cannot go on.
pub fn replay(plan: &Plan<'_>, schedule: &Schedule, bounds: &ExploreBounds) -> Result<Replayed, String> {
    replay_watched(plan, schedule, bounds, &mut Unobserved, |_| {})
}

/// Like [`replay`], with an observer of each step. `turn` is called with the thread whose steps follow.
///
/// # Errors
/// As [`replay`].
pub fn replay_watched(
    plan: &Plan<'_>,
    schedule: &Schedule,
    bounds: &ExploreBounds,
    o: &mut impl Observer,
    mut turn: impl FnMut(&PlannedThread),
) -> Result<Replayed, String> {
    let mut machine = Machine::new(plan);
    let mut did = Vec::new();
    begin_and_await(&mut machine, plan);
    for &(thread, steps) in &schedule.0 {
        if thread >= plan.threads.len() {
            return Err(format!("there is no thread {thread}"));
        }
        turn(&plan.threads[thread]);
        match steps {
            Some(steps) => {
                let (mut made, mut before) = (0, None);
                while made < steps {
                    if before.replace(made) == Some(made) {
                        return Err(format!("thread {thread} cannot make {steps} steps, but {made}"));
                    }
                    machine.advance(plan, thread, (bounds.steps, steps), &mut made, o, |_, actions| {
                        did.extend(actions.iter().map(|&action| (thread, action)));
                        false
                    });
                    begin_and_await(&mut machine, plan);
                }
            }
            None => {
                let actions = machine.time_out(thread, o).ok_or_else(|| format!("thread {thread} cannot time out"))?;
                did.extend(actions.into_iter().map(|action| (thread, action)));
            }
        }
    }
    machine.deadlock(plan);
    Ok(Replayed { did, outcome: Outcome { calls: machine.calls, endless: Vec::new() }, store: machine.store })
}

/// Runs the operations that take no step.
fn begin_and_await(machine: &mut Machine, plan: &Plan<'_>) {
    let mut thread = 0;
    while thread < plan.threads.len() {
        match machine.advance(plan, thread, (0, 0), &mut 0, &mut Unobserved, |_, _| false) {
            Came::Stopped(true) => thread = 0,
            _ => thread += 1,
        }
    }
}

/// How a configuration was reached first.
struct SearchNode {
    from: usize,
    by: Segments,
    next: Vec<usize>,
    outcome: Option<usize>,
    /// The calls so far, kept for nodes from which no end is reachable.
    calls: Option<Outcome>,
}

/// A configuration that is being expanded, and its remaining successors.
struct Frame {
    node: usize,
    next: VecDeque<(Machine, Segments)>,
}

/// Explores all executions of a plan.
pub fn explore(plan: &Plan<'_>, bounds: &ExploreBounds) -> Explored {
    let mut conflicts = Conflicts::default();
    loop {
        conflicts.grew = false;
        let explored = Search::new(plan, bounds, &mut conflicts).run();
        if !conflicts.grew || explored.cut == Some(Bound::Time) {
            return explored;
        }
    }
}

struct Search<'p, 'd> {
    plan: &'p Plan<'d>,
    bounds: &'p ExploreBounds,
    conflicts: &'p mut Conflicts,
    nodes: Vec<SearchNode>,
    known: FxHashMap<Box<[u8]>, usize>,
    outcomes: Vec<(Outcome, usize)>,
    /// The outcomes by their observations.
    observed: FxHashMap<Vec<String>, usize>,
    pruned: u64,
}

impl<'p, 'd> Search<'p, 'd> {
    fn new(plan: &'p Plan<'d>, bounds: &'p ExploreBounds, conflicts: &'p mut Conflicts) -> Self {
        let (nodes, known, outcomes) = (Vec::new(), FxHashMap::default(), Vec::new());
        Search { plan, bounds, conflicts, nodes, known, outcomes, observed: FxHashMap::default(), pruned: 0 }
    }

    fn run(mut self) -> Explored {
        let mut cut = None;
        let mut stack = Vec::new();
        self.arrive(0, Machine::new(self.plan), Vec::new(), &mut stack);
        while let Some(frame) = stack.last_mut() {
            let Some((machine, by)) = frame.next.pop_front() else {
                stack.pop();
                continue;
            };
            let from = frame.node;
            if self.conflicts.grew {
                return self.explored(None);
            }
            if self.nodes.len() as u64 >= self.bounds.states {
                cut = Some(Bound::States);
                break;
            }
            if self.bounds.is_over() {
                cut = Some(Bound::Time);
                break;
            }
            self.arrive(from, machine, by, &mut stack);
        }
        self.explored(cut)
    }

    /// Arrives at a configuration from another one.
    fn arrive(&mut self, from: usize, machine: Machine, mut by: Segments, stack: &mut Vec<Frame>) {
        let new = self.nodes.len();
        // Most arrivals are known before anything more is done.
        let key = machine.key();
        let arrived = self.known.get(&key).copied();
        let (node, machine, next) = match arrived {
            Some(node) => (node, machine, Vec::new()),
            None => {
                let (machine, next) = self.next(machine, &mut by);
                let node = *self.known.entry(machine.key()).or_insert(new);
                self.known.insert(key, node);
                (node, machine, next)
            }
        };
        if new > 0 {
            self.nodes[from].next.push(node);
        }
        if node != new {
            self.pruned += 1;
            return;
        }
        let mut outcome = None;
        let mut calls = None;
        if next.is_empty() {
            let mut end = machine;
            end.deadlock(self.plan);
            let found = Outcome { calls: end.calls, endless: Vec::new() };
            let count = self.outcomes.len();
            let known = *self.observed.entry(found.observations()).or_insert(count);
            if known == count {
                self.outcomes.push((found, new));
            }
            outcome = Some(known);
        } else {
            let endless = (0..self.plan.threads.len()).filter(|&t| !machine.has_ended(self.plan, t)).collect();
            calls = Some(Outcome { calls: machine.calls, endless });
        }
        self.nodes.push(SearchNode { from, by, next: Vec::new(), outcome, calls });
        if !next.is_empty() {
            stack.push(Frame { node, next: next.into() });
        }
    }

    /// The successors of a configuration, after its invisible steps.
    fn next(&mut self, mut machine: Machine, by: &mut Segments) -> (Machine, Vec<(Machine, Segments)>) {
        let mut next = Vec::new();
        let mut thread = 0;
        while thread < self.plan.threads.len() {
            let mut other = machine.clone();
            let mut steps = 0;
            let most = (self.bounds.steps, u64::MAX);
            let conflicts = &mut *self.conflicts;
            let came = other.advance(self.plan, thread, most, &mut steps, &mut Unobserved, |machine, actions| {
                let beside = machine.beside(self.plan, thread);
                actions.iter().fold(false, |noticed, action| conflicts.note(thread, beside, action) | noticed)
            });
            match came {
                Came::Acted => next.push((other, vec![(thread, Some(steps))])),
                Came::Stopped(false) => {
                    if let Some(actions) = other.time_out(thread, &mut Unobserved) {
                        let beside = other.beside(self.plan, thread);
                        for action in &actions {
                            self.conflicts.note(thread, beside, action);
                        }
                        next.push((other, vec![(thread, None)]));
                    }
                }
                // Nobody notices: no other way needs to be tried. Others may be able to go on now.
                Came::Stopped(true) => {
                    if steps > 0 {
                        by.push((thread, Some(steps)));
                    }
                    machine = other;
                    next.clear();
                    thread = 0;
                    continue;
                }
            }
            thread += 1;
        }
        (machine, next)
    }

    fn explored(self, cut: Option<Bound>) -> Explored {
        let counts = self.paths().filter(|_| cut.is_none());
        let mut ends = vec![0u128; self.outcomes.len()];
        for (node, count) in self.nodes.iter().zip(counts.iter().flatten()) {
            if let Some(i) = node.outcome {
                ends[i] = ends[i].saturating_add(*count);
            }
        }
        let mut outcomes: Vec<FoundOutcome> = (self.outcomes.iter().zip(&ends))
            .map(|((outcome, node), count)| FoundOutcome {
                outcome: outcome.clone(),
                executions: counts.as_ref().map(|_| *count),
                schedule: self.schedule(*node),
            })
            .collect();
        if cut.is_none()
            && let Some(node) = self.endless()
            && let Some(outcome) = self.nodes[node].calls.clone()
        {
            outcomes.push(FoundOutcome { outcome, executions: None, schedule: self.schedule(node) });
        }
        let executions = counts.map(|_| ends.iter().fold(0u128, |sum, count| sum.saturating_add(*count)));
        let states = self.nodes.len() as u64;
        let transitions = self.nodes.iter().map(|node| node.next.len() as u64).sum();
        Explored { outcomes, states, transitions, pruned: self.pruned, executions, cut }
    }

    /// The number of paths to each node; `None` if there is a cycle.
    fn paths(&self) -> Option<Vec<u128>> {
        let mut arrivals = vec![0usize; self.nodes.len()];
        self.nodes.iter().flat_map(|node| &node.next).for_each(|&next| arrivals[next] += 1);
        let mut counts = vec![0u128; self.nodes.len()];
        counts[0] = 1;
        let mut ready: Vec<usize> = (0..self.nodes.len()).filter(|&node| arrivals[node] == 0).collect();
        let mut seen = 0;
        while let Some(node) = ready.pop() {
            seen += 1;
            for &next in &self.nodes[node].next {
                counts[next] = counts[next].saturating_add(counts[node]);
                arrivals[next] -= 1;
                if arrivals[next] == 0 {
                    ready.push(next);
                }
            }
        }
        (seen == self.nodes.len()).then_some(counts)
    }

    /// A node from which no end is reachable.
    fn endless(&self) -> Option<usize> {
        let mut from = vec![Vec::new(); self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            node.next.iter().for_each(|&next| from[next].push(i));
        }
        let mut ends = vec![false; self.nodes.len()];
        let mut left: Vec<usize> = (0..self.nodes.len()).filter(|&i| self.nodes[i].outcome.is_some()).collect();
        left.iter().for_each(|&i| ends[i] = true);
        while let Some(node) = left.pop() {
            for &i in &from[node] {
                if !std::mem::replace(&mut ends[i], true) {
                    left.push(i);
                }
            }
        }
        ends.iter().position(|ends| !ends)
    }

    /// How a node was reached first.
    fn schedule(&self, mut node: usize) -> Schedule {
        let mut parts = Vec::new();
        loop {
            parts.extend(self.nodes[node].by.iter().rev().copied());
            if node == 0 {
                break;
            }
            node = self.nodes[node].from;
        }
        // Steps of one thread after each other are one part.
        let mut schedule: Segments = Vec::new();
        for (thread, steps) in parts.into_iter().rev() {
            match (schedule.last_mut(), steps) {
                (Some((last, Some(before))), Some(more)) if *last == thread => *before += more,
                _ => schedule.push((thread, steps)),
            }
        }
        Schedule(schedule)
    }
}
