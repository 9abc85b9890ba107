//! The search: orders the changes to try, and remembers the candidates.

use super::{Candidate, Ended, Keep, Progress, ReduceOptions, Reduced, State, is_valid};
use lockstep_engines::program::Call;
use lockstep_work::{Stop, Why};
use rustc_hash::FxHashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::time::Instant;

/// A reduction under way.
pub(super) struct Search<'a> {
    pub(super) state: State,
    best: Candidate,
    options: &'a ReduceOptions,
    test: &'a mut dyn FnMut(&Candidate) -> bool,
    progress: &'a mut dyn FnMut(&Progress<'_>),
    /// Hashes of all candidates so far, those dropped without a test included.
    tried: FxHashSet<u64>,
    tests: u64,
    accepted: u64,
    invalid: u64,
    began: Instant,
    over: Option<Ended>,
    pub(super) phase: &'static str,
}

fn hash(candidate: &Candidate) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in &candidate.program.modules {
        part.name.hash(&mut hasher);
        part.bytes.hash(&mut hasher);
    }
    for Call { module, function, args } in &candidate.program.calls {
        (module, function, args).hash(&mut hasher);
    }
    hasher.finish()
}

impl<'a> Search<'a> {
    pub(super) fn new(
        start: &Candidate,
        options: &'a ReduceOptions,
        test: &'a mut dyn FnMut(&Candidate) -> bool,
        progress: &'a mut dyn FnMut(&Progress<'_>),
    ) -> Self {
        Search {
            state: State::new(start),
            best: start.clone(),
            options,
            test,
            progress,
            tried: FxHashSet::from_iter([hash(start)]),
            tests: 0,
            accepted: 0,
            invalid: 0,
            began: Instant::now(),
            over: None,
            phase: "",
        }
    }

    /// All passes, until none of them gets any further.
    pub(super) fn run(mut self) -> Reduced {
        // The start in the shortest encoding may be the first candidate already.
        self.attempt(|_| true);
        while self.over().is_none() {
            let before = self.accepted;
            self.items();
            self.bodies();
            self.types();
            self.signatures();
            if self.accepted == before {
                break;
            }
        }
        Reduced {
            candidate: self.best,
            tests: self.tests,
            accepted: self.accepted,
            invalid: self.invalid,
            ended: self.over.unwrap_or(Ended::Fixpoint),
        }
    }

    /// Whether a bound has been reached.
    pub(super) fn over(&mut self) -> Option<Ended> {
        if self.over.is_none() {
            if self.options.tests.is_some_and(|tests| self.tests >= tests) {
                self.over = Some(Ended::Tests);
            } else if self.options.time.is_some_and(|time| self.began.elapsed() >= time) {
                self.over = Some(Ended::Time);
            } else {
                let asked = self.options.stop.as_ref().and_then(Stop::asked);
                self.over = asked.map(|why| match why {
                    Why::Time => Ended::Time,
                    Why::Interrupted => Ended::Interrupted,
                });
            }
        }
        self.over
    }

    /// Tries a change, which says itself whether it could be made; keeps it if the test is passed.
    pub(super) fn attempt(&mut self, change: impl FnOnce(&mut State) -> bool) -> bool {
        if self.over().is_some() {
            return false;
        }
        let mut state = self.state.clone();
        if !change(&mut state) {
            return false;
        }
        let candidate = state.candidate();
        if !self.tried.insert(hash(&candidate)) {
            return false;
        }
        if self.options.keep == Keep::Valid {
            let known = &self.best.program.modules;
            let is_known = |bytes: &[u8]| known.iter().any(|part| *part.bytes == *bytes);
            if candidate.program.modules.iter().any(|part| !is_known(&part.bytes) && !is_valid(&part.bytes)) {
                self.invalid += 1;
                return false;
            }
        }
        self.tests += 1;
        let passed = (self.test)(&candidate);
        if passed {
            self.accepted += 1;
            // What no module can say is not carried on.
            self.state = State::new(&candidate);
            self.best = candidate;
        }
        (self.progress)(&Progress {
            tests: self.tests,
            accepted: self.accepted,
            phase: self.phase,
            best: &self.best,
            is_new: passed,
        });
        passed
    }

    /// Tries a change on pieces of a list, all at first, then ever smaller ones, each time from the end. Whether any
    /// was made.
    pub(super) fn chunks(
        &mut self,
        count: impl Fn(&State) -> usize,
        change: impl Fn(&mut State, Range<usize>) -> bool,
    ) -> bool {
        let before = self.accepted;
        let mut size = count(&self.state);
        while size > 0 && self.over().is_none() {
            let mut end = count(&self.state);
            while end > 0 {
                let start = end.saturating_sub(size);
                self.attempt(|state| change(state, start..end));
                end = start.min(count(&self.state));
            }
            size /= 2;
        }
        self.accepted > before
    }
}
