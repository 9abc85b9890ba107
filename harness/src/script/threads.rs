//! Scripts with threads (`thread` and `wait`, from the threads proposal).
//!
//! A thread of a script is a script of its own: it has names and registered instances of its own, and of those around it
//! only the module that it shares. What runs next is for a [`Schedule`] to say, step by step; [`RoundRobin`] is fair and
//! always does the same. What a thread does besides calling functions (defining a module, say) happens in one go.

use super::runner::{Got, Log, Runner, expected, judge};
use super::{crash, read};
use crate::engine::{Call, CallId, End};
use lockstep_reports::Verdict;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
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

/// A thread of a script.
pub(super) struct ScriptThread<'d> {
    /// Where its names and registered instances are.
    context: usize,
    directives: VecDeque<WastDirective<'d>>,
    /// The call that its first directive is waiting for.
    call: Option<CallId>,
    /// The threads that it has begun, by name.
    threads: FxHashMap<String, usize>,
}

impl<'d> ScriptThread<'d> {
    pub(super) fn new(context: usize, directives: Vec<WastDirective<'d>>) -> Self {
        ScriptThread { context, directives: directives.into(), call: None, threads: FxHashMap::default() }
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
    /// Runs a script with threads; the script itself is the first of them.
    pub(super) fn run_threads(
        &mut self,
        directives: Vec<WastDirective<'d>>,
        schedule: &mut dyn Schedule,
        log: &mut Log,
    ) {
        self.threads = vec![ScriptThread::new(0, directives)];
        let mut blocked: Vec<usize> = Vec::new();
        loop {
            let alive = |runner: &Self| (0..runner.threads.len()).filter(|&t| !runner.threads[t].has_ended()).collect();
            let all: Vec<usize> = alive(self);
            if all.is_empty() {
                return;
            }
            let ready: Vec<usize> = all.iter().copied().filter(|t| !blocked.contains(t)).collect();
            if ready.is_empty() {
                self.let_time_pass(&all, log);
                blocked.clear();
                continue;
            }
            let (thread, steps) = schedule.next(&ready);
            if self.step_thread(thread, steps, log) {
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
        self.threads.push(ScriptThread::new(context, std::mem::take(&mut directive.directives)));
        self.threads[self.current].threads.insert(directive.name.name().to_owned(), thread);
        Ok(())
    }

    /// Lets a thread do something; whether it could.
    fn step_thread(&mut self, thread: usize, steps: u64, log: &mut Log) -> bool {
        let got = match self.threads[thread].call {
            Some(call) => match self.session.step(call, steps) {
                Call::Ready => return true,
                Call::Suspended(_) => return false,
                Call::Ended(got) => Some(got),
            },
            None => None,
        };
        let Some(mut directive) = self.threads[thread].directives.pop_front() else { return false };
        if let Some(got) = got {
            self.threads[thread].call = None;
            self.note(&directive, judge(&directive, got), log);
            return true;
        }
        if let WastDirective::Wait { thread: name, .. } = &directive {
            match self.threads[thread].thread(name.name()) {
                Some(other) if !self.threads[other].has_ended() => {
                    self.threads[thread].directives.push_front(directive);
                    return false;
                }
                Some(_) => self.note(&directive, Ok(()), log),
                None => {
                    let text = format!("there is no thread ${}", name.name());
                    self.note(&directive, Err(Got::fail(text)), log);
                }
            }
            return true;
        }
        self.enter(thread);
        let place = self.places.of_directive(directive.span());
        self.session.directive(place, read::kind(&directive));
        if let Some(call) = invocation(&directive) {
            match self.begin(call) {
                Ok(call) => {
                    self.threads[thread].call = Some(call);
                    self.threads[thread].directives.push_front(directive);
                }
                Err(end) => self.note(&directive, judge(&directive, Err(end)), log),
            }
        } else {
            let result = crash::catch(|| self.directive(&mut directive, place.0))
                .unwrap_or_else(|panic| Err(Got { verdict: Verdict::Crash, text: panic }));
            self.note(&directive, result, log);
        }
        true
    }

    /// No thread can go on: the one with the shortest timeout gives up; if none has one, all of them wait forever.
    fn let_time_pass(&mut self, all: &[usize], log: &mut Log) {
        let timeouts = all.iter().filter_map(|&t| {
            let call = self.threads[t].call?;
            match self.session.step(call, 0) {
                Call::Suspended(timeout) if timeout >= 0 => Some((timeout, call)),
                _ => None,
            }
        });
        if let Some((_, call)) = timeouts.collect::<Vec<_>>().into_iter().min_by_key(|(timeout, _)| *timeout) {
            self.session.time_out(call);
            return;
        }
        // Who waits for a thread that waits forever can still go on, once that has come to its end.
        let calling: Vec<usize> = all.iter().copied().filter(|&t| self.threads[t].call.is_some()).collect();
        for &t in if calling.is_empty() { all } else { &calling } {
            let Some(directive) = self.threads[t].directives.pop_front() else { continue };
            self.threads[t].call = None;
            self.note(&directive, judge(&directive, Err(End::Deadlock)), log);
        }
    }

    fn note(&mut self, directive: &WastDirective<'d>, result: Result<(), Got>, log: &mut Log) {
        let place = self.places.of_directive(directive.span());
        log.add(place, read::kind(directive), result, || expected(directive));
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
