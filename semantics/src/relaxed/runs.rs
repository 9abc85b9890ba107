//! Runs each thread alone, for all values that its reads may return.

use std::collections::hash_map::Entry;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::bounds::{Bounds, Limit};
use super::execution::{Cell, Event, Piece, cells, joined};
use super::program::{Answer, Ended, Item, Program, Question, Run};
use crate::execution::{Action, Datum, Location, Order};

/// A run of one thread to its end.
pub(crate) struct Whole {
    /// Its events; actions that the model leaves out are not among them.
    pub(crate) events: Vec<Event>,
    /// Its spawns and joins, each with the number of events before it.
    pub(crate) marks: Vec<(usize, Mark)>,
    /// The number of its end among those of its thread.
    pub(crate) end: usize,
    /// Whether it waits for ever.
    pub(crate) suspended: bool,
    /// The thread whose end it waits for in vain.
    pub(crate) never_ends: Option<usize>,
}

/// Where a thread begins or ends in the run of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Spawn(usize),
    Join(usize),
}

/// The runs of all threads.
pub(crate) struct Runs<End> {
    /// For each thread, its runs.
    pub(crate) whole: Vec<Vec<Whole>>,
    /// The different ends of each thread.
    pub(crate) ends: Vec<Vec<End>>,
    /// The content of each cell before any thread begins.
    pub(crate) initial: FxHashMap<Cell, Option<Piece>>,
    /// The number of runs that were made.
    pub(crate) count: usize,
    /// The limits that were met.
    pub(crate) limits: Vec<Limit>,
}

/// A write that a thread may make, as far as a read of another thread can tell.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Offer {
    range: Vec<Cell>,
    pieces: Vec<Piece>,
    tear_free: bool,
}

impl Offer {
    fn of(event: &Event) -> Option<Offer> {
        let tear_free = event.tear_free();
        event.writing().then(|| Offer { range: event.range.clone(), pieces: event.write.clone(), tear_free })
    }
}

/// A content that a read may return for a cell, and the tear-free write of the same range that it is from, if it is from one.
type Source = (Option<usize>, Piece);

/// A run, and the answers that it got.
type Answered<End> = (Vec<Answer>, Rc<Run<End>>);

/// The runs of a thread by the answers that they got.
type Memo<End> = FxHashMap<Vec<Answer>, Rc<Run<End>>>;

struct Explorer<'a, P: Program> {
    program: &'a P,
    bounds: &'a Bounds<'a>,
    memo: Vec<Memo<P::End>>,
    offers: Vec<FxHashSet<Offer>>,
    initial: FxHashMap<Cell, Option<Piece>>,
    asks_lengths: bool,
    count: usize,
    limits: Vec<Limit>,
}

/// Finds all runs of all threads in which a read returns an initial value, the last value that its own thread wrote, or one that
/// a run of another thread writes: the least set of runs that is closed under this, in as many rounds as an execution has reads.
pub(crate) fn runs<P: Program>(program: &P, bounds: &Bounds) -> Runs<P::End> {
    let n = program.threads();
    let mut explorer = Explorer {
        program,
        bounds,
        memo: (0..n).map(|_| FxHashMap::default()).collect(),
        offers: vec![FxHashSet::default(); n],
        initial: FxHashMap::default(),
        asks_lengths: false,
        count: 0,
        limits: Vec::new(),
    };
    let mut round = 0;
    loop {
        round += 1;
        let mut found = Vec::new();
        let mut offers = Vec::new();
        let mut reads = 0;
        let asked_lengths = explorer.asks_lengths;
        for thread in 0..n {
            let all = explorer.thread(thread);
            let events = |(_, run): &Answered<P::End>| explorer.events(thread, &run.trace).0;
            offers.push(all.iter().flat_map(events).filter_map(|e| Offer::of(&e)).collect::<FxHashSet<_>>());
            // Runs that were given up count too: what a loop waits for may come in a later round.
            reads += explorer.memo[thread].keys().map(Vec::len).max().unwrap_or(0);
            found.push(all);
        }
        // What threads write to lengths counts from the first round on, or not at all.
        if explorer.asks_lengths != asked_lengths {
            round = 0;
            continue;
        }
        let closed = offers == explorer.offers;
        let stopped = explorer.limits.iter().any(|l| matches!(l, Limit::Runs | Limit::Stopped));
        // A value that takes more steps than there are reads takes one thread's reads twice.
        if closed || stopped || round > reads {
            return explorer.finish(found);
        }
        explorer.offers = offers;
    }
}

impl<P: Program> Explorer<'_, P> {
    fn limit(&mut self, limit: Limit) {
        if !self.limits.contains(&limit) {
            self.limits.push(limit);
        }
    }

    fn run(&mut self, thread: usize, answers: &[Answer]) -> Option<Rc<Run<P::End>>> {
        if let Some(run) = self.memo[thread].get(answers) {
            return Some(run.clone());
        }
        if self.count >= self.bounds.runs {
            self.limit(Limit::Runs);
            return None;
        }
        if self.bounds.stopped() {
            self.limit(Limit::Stopped);
            return None;
        }
        self.count += 1;
        let run = Rc::new(self.program.run(thread, answers));
        self.memo[thread].insert(answers.to_vec(), run.clone());
        Some(run)
    }

    /// All runs of a thread that come to an end.
    fn thread(&mut self, thread: usize) -> Vec<Answered<P::End>> {
        let mut found = Vec::new();
        let mut todo = vec![Vec::new()];
        while let Some(answers) = todo.pop() {
            let Some(run) = self.run(thread, &answers) else { break };
            match &run.end {
                Ended::End(_) | Ended::Suspended(_) => found.push((answers, run)),
                Ended::Bound => self.limit(Limit::Thread(thread)),
                Ended::Asks(_) if answers.len() >= self.bounds.reads => self.limit(Limit::Reads(thread)),
                Ended::Asks(question) => {
                    for answer in self.answers(thread, &run.trace, *question).into_iter().rev() {
                        todo.push([&answers[..], &[answer]].concat());
                    }
                }
            }
        }
        found
    }

    fn answers(&mut self, thread: usize, trace: &[Item], question: Question) -> Vec<Answer> {
        match question {
            Question::Read { order, loc, like, whole } => {
                self.values(thread, trace, loc, like, order, whole).into_iter().map(Answer::Value).collect()
            }
            // Without a timeout a thread may wait for ever; with one it will not.
            Question::Wait(waiting) if waiting.timeout < 0 => vec![Answer::Woken, Answer::Never],
            Question::Wait(_) => vec![Answer::Woken, Answer::TimedOut],
            Question::Notify { asked, .. } => {
                let others = self.program.threads().saturating_sub(1) as u32;
                (0..=others.min(asked)).map(Answer::Woke).collect()
            }
            Question::Join(_) => vec![Answer::Ended, Answer::Never],
        }
    }

    /// The values that a read after `trace` may see.
    fn values(
        &mut self,
        thread: usize,
        trace: &[Item],
        loc: Location,
        like: Datum,
        order: Order,
        whole: bool,
    ) -> Vec<Datum> {
        self.asks_lengths |= is_length(loc);
        let range: Vec<Cell> = cells(loc, like).into_iter().map(|(cell, _)| cell).collect();
        let initial = self.initial(loc, like, &range);
        let own: Vec<Event> = self.events(thread, trace).0.into_iter().filter(Event::writing).collect();
        let others: Vec<&Offer> = (self.offers.iter().enumerate())
            .filter(|&(t, _)| t != thread)
            .flat_map(|(_, offers)| offers)
            .filter(|offer| offer.range.iter().any(|k| range.contains(k)))
            .collect();
        // For each cell what may be seen, and which tear-free write of the same range that is from.
        let mut sources: Vec<Vec<Source>> = Vec::new();
        for (i, &k) in range.iter().enumerate() {
            let mut seen: Vec<Source> = Vec::new();
            match own.iter().enumerate().rev().find_map(|(j, e)| Some((j, e, e.writes_to(k)?))) {
                Some((j, e, piece)) => seen.push(((e.range == range && e.tear_free()).then_some(1 + j), piece)),
                None => seen.extend(initial[i].map(|piece| (Some(0), piece))),
            }
            for (j, offer) in others.iter().enumerate() {
                if let Some(at) = offer.range.iter().position(|&c| c == k) {
                    let from = (offer.tear_free && offer.range == range).then_some(1 + own.len() + j);
                    seen.push((from, offer.pieces[at]));
                }
            }
            sources.push(seen);
        }
        let mut values = Vec::new();
        let mut known = FxHashSet::default();
        let mut add = |pieces: &[Piece]| {
            let value = joined(like, pieces);
            if known.insert(value) {
                values.push(value);
            }
            known.len() <= self.bounds.runs
        };
        if whole || order >= Order::AcqRel {
            let mut from: Vec<Option<usize>> = sources.iter().flatten().map(|&(from, _)| from).collect();
            from.sort_unstable();
            from.dedup();
            for one in from {
                let of = |seen: &Vec<Source>| {
                    distinct(seen.iter().filter(|(from, _)| from.is_none() || *from == one).map(|&(_, piece)| piece))
                };
                product(&sources.iter().map(of).collect::<Vec<_>>(), &mut Vec::new(), &mut add);
            }
        } else {
            let of = |seen: &Vec<Source>| distinct(seen.iter().map(|&(_, piece)| piece));
            product(&sources.iter().map(of).collect::<Vec<_>>(), &mut Vec::new(), &mut add);
        }
        values
    }

    fn initial(&mut self, loc: Location, like: Datum, range: &[Cell]) -> Vec<Option<Piece>> {
        if range.iter().any(|k| !self.initial.contains_key(k)) {
            let value = self.program.initial(loc, like).map(|value| cells(loc, value)).unwrap_or_default();
            for (i, &k) in range.iter().enumerate() {
                let piece = value.get(i).filter(|(cell, _)| *cell == k).map(|&(_, piece)| piece);
                self.initial.insert(k, piece);
            }
        }
        range.iter().map(|k| self.initial[k]).collect()
    }

    /// The events and marks of a trace.
    fn events(&self, thread: usize, trace: &[Item]) -> (Vec<Event>, Vec<(usize, Mark)>) {
        let (mut events, mut marks): (Vec<Event>, _) = (Vec::new(), Vec::new());
        for item in trace {
            let action = match *item {
                Item::Spawn(t) => {
                    marks.push((events.len(), Mark::Spawn(t)));
                    continue;
                }
                Item::Join(t) => {
                    marks.push((events.len(), Mark::Join(t)));
                    continue;
                }
                Item::Action(action) => action,
            };
            let length = action.location().is_some_and(is_length) && !self.asks_lengths;
            let zeros = matches!(action, Action::Write { value: Datum::Zeros(_), .. });
            if length || zeros {
                continue;
            }
            if let (Action::Wait(waiting), Some(last)) = (action, events.last_mut()) {
                let place = Location::Bytes(waiting.mem, waiting.offset);
                if last.reading() && last.action.location() == Some(place) && last.wait.is_none() {
                    last.wait = Some(waiting);
                    continue;
                }
            }
            events.push(Event::new(Some(thread), events.len(), action));
        }
        (events, marks)
    }

    fn finish(mut self, found: Vec<Vec<Answered<P::End>>>) -> Runs<P::End> {
        let (mut whole, mut ends) = (Vec::new(), Vec::new());
        for (thread, all) in found.into_iter().enumerate() {
            let (mut numbers, mut different) = (FxHashMap::default(), Vec::new());
            let mut runs = Vec::new();
            for (answers, run) in all {
                let (Ended::End(end) | Ended::Suspended(end)) = &run.end else { continue };
                let next = numbers.len();
                let end = match numbers.entry(end.clone()) {
                    Entry::Occupied(entry) => *entry.get(),
                    Entry::Vacant(entry) => {
                        different.push(end.clone());
                        *entry.insert(next)
                    }
                };
                let (events, marks) = self.events(thread, &run.trace);
                let suspended = matches!(run.end, Ended::Suspended(_));
                let never_ends = match (suspended, answers.split_last()) {
                    (true, Some((_, before))) => match self.run(thread, before).map(|run| run.end.clone()) {
                        Some(Ended::Asks(Question::Join(t))) => Some(t),
                        _ => None,
                    },
                    _ => None,
                };
                runs.push(Whole { events, marks, end, suspended, never_ends });
            }
            whole.push(runs);
            ends.push(different);
        }
        Runs { whole, ends, initial: self.initial, count: self.count, limits: self.limits }
    }
}

/// The lengths of memories and tables.
fn is_length(loc: Location) -> bool {
    matches!(loc, Location::MemSize(_) | Location::TableSize(_))
}

fn distinct(pieces: impl Iterator<Item = Piece>) -> Vec<Piece> {
    let mut known = Vec::new();
    for piece in pieces {
        if !known.contains(&piece) {
            known.push(piece);
        }
    }
    known
}

/// Calls `add` with every choice of one from each, until it says no.
fn product(sets: &[Vec<Piece>], chosen: &mut Vec<Piece>, add: &mut impl FnMut(&[Piece]) -> bool) -> bool {
    let Some(set) = sets.get(chosen.len()) else { return add(chosen) };
    set.iter().all(|&piece| {
        chosen.push(piece);
        let more = product(sets, chosen, add);
        chosen.pop();
        more
    })
}
