//! Schedules the threads of a script. [`RoundRobin`] is a fair and deterministic [`Schedule`].

use super::judge::Mismatch;
use super::name::Missing;
use super::syntax::Directive;
use lockstep_engines::CallId;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Decides which thread of a script runs next.
pub trait Schedule {
    /// Picks one of the threads that can run, and the maximal number of its steps. `ready` is not empty.
    fn next(&mut self, ready: &[usize]) -> (usize, u64);
}

/// Each thread in turn.
#[derive(Clone, Debug, Default)]
pub struct RoundRobin {
    last: usize,
}

impl Schedule for RoundRobin {
    fn next(&mut self, ready: &[usize]) -> (usize, u64) {
        const STEPS: u64 = 16;
        self.last = ready.iter().copied().find(|&thread| thread > self.last).unwrap_or(ready[0]);
        (self.last, STEPS)
    }
}

/// Listens to the progress of a script's threads.
pub(super) trait Listener {
    /// A thread takes its turn.
    fn turn(&mut self, thread: &str) {
        let _ = thread;
    }

    /// A directive is next. One that has to wait for a thread may be so several times.
    fn begins(&mut self, directive: &Directive<'_>) {
        let _ = directive;
    }

    /// A directive has ended with this result. Returns whether to go on.
    fn ended(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) -> ControlFlow<()>;
}

/// The name of the script itself among its threads.
pub(super) const MAIN: &str = "main";

/// A thread of a script.
pub(super) struct ScriptThread<'d> {
    /// Its name, such as `$T1`.
    pub(super) name: String,
    /// Where its names and registered instances are.
    pub(super) context: usize,
    pub(super) directives: VecDeque<Directive<'d>>,
    /// The call that its first directive is waiting for.
    pub(super) call: Option<CallId>,
    /// The threads that it has begun, by name, and those that could not be begun.
    pub(super) threads: FxHashMap<String, Result<usize, Missing>>,
}

impl<'d> ScriptThread<'d> {
    pub(super) fn new(name: String, context: usize, directives: Vec<Directive<'d>>) -> Self {
        ScriptThread { name, context, directives: directives.into(), call: None, threads: FxHashMap::default() }
    }

    /// Its directives, for others to run.
    pub(super) fn take(&mut self) -> VecDeque<Directive<'d>> {
        std::mem::take(&mut self.directives)
    }

    /// A thread that it has begun.
    ///
    /// # Errors
    /// When it has begun none of that name.
    pub(super) fn thread(&self, name: &str) -> Result<usize, Mismatch> {
        match self.threads.get(name) {
            Some(Ok(thread)) => Ok(*thread),
            Some(Err(missing)) => Err(missing.end(&format!("thread ${name}")).into()),
            None => Err(Mismatch::fail(format!("there is no thread ${name}"))),
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.directives.is_empty()
    }
}
