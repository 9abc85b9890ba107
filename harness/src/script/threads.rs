//! Scripts with threads (`thread` and `wait`, from the threads proposal).
//!
//! A thread of a script is a script of its own: it has names and registered instances of its own, and of those around it
//! only the module that it shares. What runs next is for a [`Schedule`] to say, step by step; [`RoundRobin`] is fair and
//! always does the same. What a thread does besides calling functions (defining a module, say) happens in one go.

use super::runner::{Got, Runner, judge};
use super::{crash, read};
use crate::engine::{Call, CallId, End};
use lockstep_reports::Verdict;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use wast::{WastDirective, WastExecute, WastInvoke};

/// Decides which thread of a script goes on.
pub trait Schedule {
    /// One of the threads that may go on, and how many steps it may make at most. There is at least one.
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

/// Goes along with the threads of a script.
pub(super) trait Along {
    /// What follows is done by a thread.
    fn turn(&mut self, thread: &str) {
        let _ = thread;
    }

    /// A directive is next. One that has to wait for a thread may be so several times.
    fn begins(&mut self, directive: &WastDirective<'_>, place: (u32, u32)) {
        let _ = (directive, place);
    }

    /// What came of a directive; whether to go on.
    fn ended(&mut self, directive: &WastDirective<'_>, place: (u32, u32), result: Result<(), Got>) -> ControlFlow<()>;
}

/// The name of the script itself among its threads.
pub(super) const MAIN: &str = "main";

/// A thread of a script.
pub(super) struct ScriptThread<'d> {
    /// Its name, such as `$T1`.
    pub(super) name: String,
    /// Where its names and registered instances are.
    context: usize,
    directives: VecDeque<WastDirective<'d>>,
    /// The call that its first directive is waiting for.
    call: Option<CallId>,
    /// The threads that it has begun, by name.
    threads: FxHashMap<String, usize>,
}

impl<'d> ScriptThread<'d> {
    pub(super) fn new(name: String, context: usize, directives: Vec<WastDirective<'d>>) -> Self {
        ScriptThread { name, context, directives: directives.into(), call: None, threads: FxHashMap::default() }
    }

    /// Its directives, for others to run.
    pub(super) fn take(&mut self) -> VecDeque<WastDirective<'d>> {
        std::mem::take(&mut self.directives)
    }

    /// A thread that it has begun.
    pub(super) fn thread(&self, name: &str) -> Option<usize> {
        self.threads.get(name).copied()
    }

    fn has_ended(&self) -> bool {
        self.directives.is_empty()
    }
}

/// The call that a directive is about.
pub(super) fn invocation<'a, 'd>(directive: &'a WastDirective<'d>) -> Option<&'a WastInvoke<'d>> {
    use WastDirective as D;
    match directive {
        D::Invoke(call)
        | D::AssertExhaustion { call, .. }
        | D::AssertReturn { exec: WastExecute::Invoke(call), .. }
        | D::AssertTrap { exec: WastExecute::Invoke(call), .. }
        | D::AssertException { exec: WastExecute::Invoke(call), .. } => Some(call),
        _ => None,
    }
}

impl<'d> Runner<'_, '_, 'd> {
    /// Runs a script with threads; the script itself is the first of them. It may be left before its end.
    pub(super) fn run_threads(
        &mut self,
        directives: Vec<WastDirective<'d>>,
        schedule: &mut dyn Schedule,
        along: &mut dyn Along,
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
                self.let_time_pass(&all, along)?;
                blocked.clear();
                continue;
            }
            let (thread, steps) = schedule.next(&ready);
            along.turn(&self.threads[thread].name);
            if self.step_thread(thread, steps, along)? {
                blocked.clear();
            } else {
                blocked.push(thread);
            }
        }
    }

    /// Begins a thread of the script.
    pub(super) fn thread(&mut self, directive: &mut wast::WastThread<'d>) -> Result<(), Got> {
        let shared = match directive.shared_module {
            Some(name) => Some((
                name,
                self.modules.get(Some(name)).map_err(Got::fail)?,
                self.instances.get(Some(name)).map_err(Got::fail)?,
            )),
            None => None,
        };
        let context = self.session.context()?;
        while self.contexts.len() <= context {
            self.contexts.push(Default::default());
        }
        if let Some((name, module, instance)) = shared {
            let names = &mut self.contexts[context];
            names.0.define(Some(name), Ok(module));
            names.1.define(Some(name), Ok(instance));
        }
        let thread = self.threads.len();
        let name = format!("${}", directive.name.name());
        self.threads.push(ScriptThread::new(name, context, std::mem::take(&mut directive.directives)));
        self.threads[self.current].threads.insert(directive.name.name().to_owned(), thread);
        Ok(())
    }

    /// Lets a thread do something; whether it could.
    fn step_thread(&mut self, thread: usize, steps: u64, along: &mut dyn Along) -> ControlFlow<(), bool> {
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
        let place = self.places.of_directive(directive.span());
        if let Some(got) = got {
            self.threads[thread].call = None;
            if got.is_err() && invocation(&directive).is_none() {
                self.enter(thread);
                self.not_instantiated(&directive, place.0);
            }
            along.ended(&directive, place, judge(&directive, got))?;
            return Continue(true);
        }
        along.begins(&directive, place);
        if let WastDirective::Wait { thread: name, .. } = &directive {
            let result = match self.threads[thread].thread(name.name()) {
                Some(other) if !self.threads[other].has_ended() => {
                    self.threads[thread].directives.push_front(directive);
                    return Continue(false);
                }
                Some(_) => Ok(()),
                None => Err(Got::fail(format!("there is no thread ${}", name.name()))),
            };
            along.ended(&directive, place, result)?;
            return Continue(true);
        }
        self.enter(thread);
        self.session.directive(place, read::kind(&directive));
        if let Some(call) = invocation(&directive) {
            match self.begin(call) {
                Ok(call) => {
                    self.threads[thread].call = Some(call);
                    self.threads[thread].directives.push_front(directive);
                }
                Err(end) => along.ended(&directive, place, judge(&directive, Err(end)))?,
            }
        } else {
            let result = crash::catch(|| self.directive(&mut directive, place.0))
                .unwrap_or_else(|panic| Err(Got { verdict: Verdict::Crash, text: panic }));
            if let Some(call) = self.begun.take() {
                self.threads[thread].call = Some(call);
                self.threads[thread].directives.push_front(directive);
                return Continue(true);
            }
            along.ended(&directive, place, result)?;
        }
        Continue(true)
    }

    /// No thread can go on: the one with the shortest timeout gives up; if none has one, all of them wait forever.
    fn let_time_pass(&mut self, all: &[usize], along: &mut dyn Along) -> ControlFlow<()> {
        let timeouts = all.iter().filter_map(|&t| {
            let call = self.threads[t].call?;
            match self.session.step(call, 0) {
                Call::Suspended(timeout) if timeout >= 0 => Some((timeout, t, call)),
                _ => None,
            }
        });
        if let Some((_, t, call)) = timeouts.collect::<Vec<_>>().into_iter().min_by_key(|(timeout, ..)| *timeout) {
            along.turn(&self.threads[t].name);
            self.session.time_out(call);
            return ControlFlow::Continue(());
        }
        // Who waits for a thread that waits forever can still go on, once that has come to its end.
        let calling: Vec<usize> = all.iter().copied().filter(|&t| self.threads[t].call.is_some()).collect();
        for &t in if calling.is_empty() { all } else { &calling } {
            let Some(directive) = self.threads[t].directives.pop_front() else { continue };
            self.threads[t].call = None;
            let place = self.places.of_directive(directive.span());
            along.ended(&directive, place, judge(&directive, Err(End::Deadlock)))?;
        }
        ControlFlow::Continue(())
    }

    /// Makes the names and registered instances of a thread the current ones.
    pub(super) fn enter(&mut self, thread: usize) {
        let (old, new) = (self.threads[self.current].context, self.threads[thread].context);
        self.current = thread;
        if old != new {
            self.contexts[old] = (std::mem::take(&mut self.modules), std::mem::take(&mut self.instances));
            (self.modules, self.instances) = std::mem::take(&mut self.contexts[new]);
            self.session.enter(new);
        }
    }
}
