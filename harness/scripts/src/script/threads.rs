//! Scripts with threads (`thread` and `wait`, from the threads proposal).
//!
//! A thread of a script is a script of its own: it has its own names and registered instances, and of the enclosing
//! script only the shared module. A [`Schedule`] decides which thread runs next, step by step. Everything but calls
//! (module definitions, say) happens in one go.

use super::judge::Mismatch;
use super::name::Missing;
use super::runner::Runner;
use super::schedule::{Listener, MAIN, Schedule, ScriptThread};
use super::syntax::{Action, Command, Directive, Thread};
use lockstep_engines::{Call, CallId, Failure};
use std::ops::ControlFlow;

/// Why a thread is missing, for [`Missing`].
const NOT_BEGUN: &str = "the thread was not begun";

/// The directives of a thread that was not begun hang on it, so that none goes untold.
fn not_begun(thread: &Thread<'_>, missing: &Missing, listener: &mut dyn Listener) -> ControlFlow<()> {
    for directive in &thread.directives {
        listener.ended(directive, Err(missing.end("thread").into()))?;
        if let Command::Thread(inner) = &directive.command {
            not_begun(inner, missing, listener)?;
        }
    }
    ControlFlow::Continue(())
}

impl<'d> Runner<'_, 'd> {
    /// Runs a script with threads; the script itself is the first of them. It may be left before its end.
    pub(super) fn run_threads(
        &mut self,
        directives: Vec<Directive<'d>>,
        schedule: &mut dyn Schedule,
        listener: &mut dyn Listener,
    ) -> ControlFlow<()> {
        self.threads = vec![ScriptThread::new(MAIN.into(), 0, directives)];
        self.turns = true;
        let mut blocked: Vec<usize> = Vec::new();
        loop {
            let all: Vec<usize> = (0..self.threads.len()).filter(|&t| !self.threads[t].has_ended()).collect();
            if all.is_empty() {
                return ControlFlow::Continue(());
            }
            let ready: Vec<usize> = all.iter().copied().filter(|t| !blocked.contains(t)).collect();
            if ready.is_empty() {
                self.let_time_pass(&all, listener)?;
                blocked.clear();
                continue;
            }
            let (thread, steps) = schedule.next(&ready);
            listener.turn(&self.threads[thread].name);
            if self.step_thread(thread, steps, listener)? {
                blocked.clear();
            } else {
                blocked.push(thread);
            }
        }
    }

    /// Begins a thread of the script.
    pub(super) fn thread(&mut self, thread: &mut Thread<'d>) -> Result<(), Mismatch> {
        let shared = match &thread.shared {
            Some(name) => Some((name, self.names.modules.get(Some(name))?, self.names.instances.get(Some(name))?)),
            None => None,
        };
        let context = self.session.context()?;
        while self.contexts.len() <= context {
            self.contexts.push(Default::default());
        }
        if let Some((name, module, instance)) = shared {
            let names = &mut self.contexts[context];
            names.modules.define(Some(name), Ok(module));
            names.instances.define(Some(name), Ok(instance));
        }
        let new = self.threads.len();
        let directives = std::mem::take(&mut thread.directives);
        self.threads.push(ScriptThread::new(format!("${}", thread.name), context, directives));
        self.threads[self.current].threads.insert(thread.name.to_string(), Ok(new));
        Ok(())
    }

    /// Runs a thread for some steps. Returns whether it could run.
    fn step_thread(&mut self, thread: usize, steps: u64, listener: &mut dyn Listener) -> ControlFlow<(), bool> {
        use ControlFlow::Continue;
        let got = match self.threads[thread].call {
            Some(call) => match self.session.step(call, steps) {
                Call::Ready => return Continue(true),
                Call::Suspended(_) => return Continue(false),
                Call::Ended(got) => Some(got),
            },
            None => None,
        };
        let Some(mut directive) = self.threads[thread].directives.pop_front() else { return Continue(false) };
        if let Some(got) = got {
            self.threads[thread].call = None;
            if let Err(end) = &got
                && directive.action().is_none()
            {
                self.enter(thread);
                self.not_instantiated(&directive, end);
            }
            listener.ended(&directive, self.judge(&directive, got))?;
            return Continue(true);
        }
        listener.begins(&directive);
        if let Command::Wait(name) = &directive.command {
            let result = match self.threads[thread].thread(name) {
                Ok(other) if !self.threads[other].has_ended() => {
                    self.threads[thread].directives.push_front(directive);
                    return Continue(false);
                }
                other => other.map(drop),
            };
            listener.ended(&directive, result)?;
            return Continue(true);
        }
        self.enter(thread);
        self.session.directive(directive.place, directive.kind());
        if let Some(action @ Action::Invoke { .. }) = directive.action() {
            match self.begin(action) {
                Ok(call) => {
                    self.threads[thread].call = Some(call);
                    self.threads[thread].directives.push_front(directive);
                }
                Err(end) => listener.ended(&directive, self.judge(&directive, Err(end)))?,
            }
            return Continue(true);
        }
        let result = match &mut directive.command {
            Command::Thread(new) => self.thread(new).inspect_err(|got| {
                let missing = Missing::new(got.verdict, directive.place, NOT_BEGUN);
                self.threads[thread].threads.insert(new.name.to_string(), Err(missing));
            }),
            _ => self.caught(&directive),
        };
        if let Some(call) = self.begun.take() {
            self.threads[thread].call = Some(call);
            self.threads[thread].directives.push_front(directive);
            return Continue(true);
        }
        let failed = result.as_ref().err().map(|got| got.verdict);
        listener.ended(&directive, result)?;
        if let (Command::Thread(new), Some(verdict)) = (&directive.command, failed) {
            not_begun(new, &Missing::new(verdict, directive.place, NOT_BEGUN), listener)?;
        }
        Continue(true)
    }

    /// Begins a call that takes turns with others.
    fn begin(&mut self, action: &Action<'_>) -> Result<CallId, Failure> {
        let (instance, args) = self.callee(action)?;
        self.session.begin(instance, action.export(), &args.unwrap_or_default())
    }

    /// Advances time when no thread can run: the wait with the shortest timeout times out; without timeouts it is a
    /// deadlock.
    fn let_time_pass(&mut self, all: &[usize], listener: &mut dyn Listener) -> ControlFlow<()> {
        let timeouts = all.iter().filter_map(|&t| {
            let call = self.threads[t].call?;
            match self.session.step(call, 0) {
                Call::Suspended(timeout) if timeout >= 0 => Some((timeout, t, call)),
                _ => None,
            }
        });
        if let Some((_, t, call)) = timeouts.collect::<Vec<_>>().into_iter().min_by_key(|(timeout, ..)| *timeout) {
            listener.turn(&self.threads[t].name);
            self.session.time_out(call);
            return ControlFlow::Continue(());
        }
        // Who waits for a thread that waits forever can still go on, once that has come to its end.
        let calling: Vec<usize> = all.iter().copied().filter(|&t| self.threads[t].call.is_some()).collect();
        for &t in if calling.is_empty() { all } else { &calling } {
            let Some(directive) = self.threads[t].directives.pop_front() else { continue };
            self.threads[t].call = None;
            listener.ended(&directive, self.judge(&directive, Err(Failure::Deadlock)))?;
        }
        ControlFlow::Continue(())
    }

    /// Makes the names and registered instances of a thread the current ones.
    pub(super) fn enter(&mut self, thread: usize) {
        let (old, new) = (self.threads[self.current].context, self.threads[thread].context);
        self.current = thread;
        if old != new {
            self.contexts[old] = std::mem::take(&mut self.names);
            self.names = std::mem::take(&mut self.contexts[new]);
            self.session.enter(new);
        }
    }
}
