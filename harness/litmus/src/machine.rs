//! Runs the threads of a plan on one store.

use super::{Op, Plan, What};
use lockstep_engines::semantics::{end, to_val};
use lockstep_engines::{Answer, Failure, Resource};
use lockstep_semantics::RuleId;
use lockstep_semantics::choice::Deterministic;
use lockstep_semantics::execution::{
    Action, Change, Outcome as Ended, Progress, Store, Thread, ThreadId, Zipper, read_global,
};
use lockstep_semantics::memory::{Memory, Sequential};
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::Instr;
use std::hash::{Hash, Hasher};

/// A set of threads, as bits.
pub(super) type ThreadSet = u64;

/// A configuration: a store and the state of each thread.
#[derive(Clone)]
pub(super) struct Machine {
    pub(super) store: Store,
    pub(super) threads: Vec<Running>,
    /// The results of the calls so far.
    pub(super) calls: Vec<Option<Answer>>,
}

/// The state of a thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    /// Whether it was begun.
    begun: bool,
    /// The next of its operations.
    op: usize,
    /// The call that is under way.
    call: Option<Thread>,
    /// The steps of that call.
    steps: u64,
    /// The threads that have ended before its next operation.
    joined: ThreadSet,
}

/// Why a thread stopped running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// It took a step that is visible to others.
    Acted,
    /// It is blocked, has ended, or has spawned another thread; whether it did anything.
    Stopped(bool),
}

/// Records the actions of a step, and passes everything on to another observer.
struct Noting<'o, O> {
    actions: Vec<Action>,
    o: &'o mut O,
}

impl<'o, O> Noting<'o, O> {
    fn new(o: &'o mut O) -> Self {
        Noting { actions: Vec::new(), o }
    }
}

impl<O: Observer> Observer for Noting<'_, O> {
    const WATCHES_RULES: bool = O::WATCHES_RULES;
    const WATCHES_STEPS: bool = O::WATCHES_STEPS;
    const WATCHES_ACTIONS: bool = true;
    const WATCHES_CHANGES: bool = O::WATCHES_CHANGES;

    fn action(&mut self, action: &Action) {
        self.actions.push(*action);
        self.o.action(action);
    }

    fn change(&mut self, change: &Change) {
        self.o.change(change);
    }

    fn rule(&mut self, rule: RuleId) {
        self.o.rule(rule);
    }

    fn thread(&mut self, thread: ThreadId) {
        self.o.thread(thread);
    }

    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.o.redex(s, z, redex);
    }

    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        self.o.contractum(s, z, rule);
    }
}

impl Machine {
    /// The initial configuration.
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let mut threads = vec![Running::default(); plan.threads.len()];
        threads[0].begun = true;
        Machine { store: plan.store.clone(), threads, calls: vec![None; plan.calls.len()] }
    }

    /// Runs a thread for at most `steps` steps. Stops early after a step that `notices` reports as visible to other threads,
    /// after a spawn, or when the thread blocks or ends. `notices` is shown the actions of each step that has any. A call
    /// takes at most `max_steps` steps. `made` counts the steps; beginning and awaiting threads takes none.
    pub(super) fn advance(
        &mut self,
        plan: &Plan<'_>,
        thread: usize,
        (max_steps, steps): (u64, u64),
        made: &mut u64,
        o: &mut impl Observer,
        mut notices: impl FnMut(&Machine, &[Action]) -> bool,
    ) -> Came {
        let mut moved = false;
        if !self.threads[thread].begun {
            return Came::Stopped(false);
        }
        while let Some(&op) = plan.threads[thread].ops.get(self.threads[thread].op) {
            match op {
                Op::Spawn(new) => {
                    self.threads[new].begun = true;
                    // What its parent has seen the end of has ended for it too.
                    self.threads[new].joined = self.threads[thread].joined;
                    self.threads[thread].op += 1;
                    // From here on the other thread can make steps, too.
                    return Came::Stopped(true);
                }
                Op::Join(other) => {
                    if !self.has_ended(plan, other) {
                        return Came::Stopped(moved);
                    }
                    self.threads[thread].joined |= self.threads[other].joined | 1 << other;
                }
                Op::Call(_) if *made >= steps => return Came::Stopped(moved),
                Op::Call(call) => {
                    let mut o = Noting::new(o);
                    let ended = match self.step(plan, thread, call, max_steps, &mut o) {
                        Stepped::Suspended => return Came::Stopped(moved),
                        Stepped::Ready => None,
                        Stepped::Ended(got) => Some(got),
                    };
                    *made += 1;
                    moved = true;
                    let noticed = !o.actions.is_empty() && notices(self, &o.actions);
                    if let Some(got) = ended {
                        self.finish(thread, call, got);
                    }
                    if noticed {
                        return Came::Acted;
                    }
                    continue;
                }
            }
            self.threads[thread].op += 1;
            moved = true;
        }
        Came::Stopped(moved)
    }

    /// Times out a suspended thread, if it has a timeout. Returns its actions.
    pub(super) fn time_out(&mut self, thread: usize, o: &mut impl Observer) -> Option<Vec<Action>> {
        let call = self.threads[thread].call.as_mut()?;
        let mut o = Noting::new(o);
        let is_suspended = matches!(call.progress(&self.store), Progress::Suspended(_));
        (is_suspended && call.time_out(&mut self.store, &mut o, &mut Deterministic)).then_some(o.actions)
    }

    fn step(&mut self, plan: &Plan<'_>, thread: usize, call: usize, max_steps: u64, o: &mut impl Observer) -> Stepped {
        let id = ThreadId(thread as u32);
        let running = &mut self.threads[thread];
        let mut callee = match running.call.take() {
            Some(callee) => callee,
            None => {
                running.steps = 0;
                let got = |call: usize| self.calls[call].as_ref();
                match begin(plan, call, &mut self.store, id, o, &mut Sequential, got) {
                    Begun::Call(callee) => *callee,
                    Begun::Ended(got) => return Stepped::Ended(got),
                }
            }
        };
        if let Progress::Suspended(_) = callee.progress(&self.store) {
            running.call = Some(callee);
            return Stepped::Suspended;
        }
        if running.steps >= max_steps {
            return Stepped::Ended(Err(Failure::Exhausted(Resource::Steps)));
        }
        running.steps += 1;
        match callee.run(&mut self.store, o, &mut Deterministic, 1) {
            Progress::Ended(ended) => Stepped::Ended(self.end(plan, ended)),
            Progress::Ready | Progress::Suspended(_) => {
                self.threads[thread].call = Some(callee);
                Stepped::Ready
            }
        }
    }

    fn end(&self, plan: &Plan<'_>, ended: Ended) -> Answer {
        end(&self.store, &plan.instances, ended)
    }

    fn finish(&mut self, thread: usize, call: usize, got: Answer) {
        self.calls[call] = Some(got);
        self.threads[thread].call = None;
        self.threads[thread].op += 1;
    }

    /// Whether a thread was spawned and has ended.
    pub(super) fn has_ended(&self, plan: &Plan<'_>, thread: usize) -> bool {
        self.threads[thread].begun && self.threads[thread].op == plan.threads[thread].ops.len()
    }

    /// Ends the suspended calls in a deadlock if no thread can run.
    pub(super) fn deadlock(&mut self, plan: &Plan<'_>) {
        let suspended = |running: &Running| matches!(running.call.as_ref().map(|call| call.progress(&self.store)), Some(Progress::Suspended(at)) if at.timeout < 0);
        let mut for_ever = Vec::new();
        for (thread, running) in self.threads.iter().enumerate() {
            match plan.threads[thread].ops.get(running.op) {
                Some(&Op::Call(call)) if suspended(running) => for_ever.push(call),
                Some(Op::Call(_) | Op::Spawn(_)) if running.begun => return,
                _ => {}
            }
        }
        for call in for_ever {
            self.calls[call] = Some(Err(Failure::Deadlock));
        }
    }

    /// The threads that may run concurrently with the next operation of a thread.
    pub(super) fn beside(&self, plan: &Plan<'_>, thread: usize) -> ThreadSet {
        let mut others: ThreadSet = 0;
        for other in 0..plan.threads.len() {
            let joined = self.threads[thread].joined & 1 << other != 0;
            if other != thread && !joined && !self.is_to_come(plan, thread, other) {
                others |= 1 << other;
            }
        }
        others
    }

    /// Whether a thread descends from one that another has yet to spawn.
    fn is_to_come(&self, plan: &Plan<'_>, thread: usize, mut other: usize) -> bool {
        while other != 0 {
            let parent = plan.threads[other].parent;
            if parent == thread {
                let rest = &plan.threads[thread].ops[self.threads[thread].op..];
                return rest.contains(&Op::Spawn(other));
            }
            other = parent;
        }
        false
    }

    /// The key of this configuration: it differs between any two configurations of the plan.
    pub(super) fn key(&self) -> Box<[u8]> {
        let mut key = Key::default();
        self.store.hash_state(&mut key);
        for running in &self.threads {
            (running.begun, running.op, running.joined).hash(&mut key);
            running.call.is_some().hash(&mut key);
            if let Some(call) = &running.call {
                call.hash_state(&mut key);
            }
        }
        for call in &self.calls {
            match call {
                None => 0u8.hash(&mut key),
                Some(Ok(values)) => (1u8, values).hash(&mut key),
                Some(Err(end)) => (2u8, end.to_string()).hash(&mut key),
            }
        }
        key.0.into()
    }
}

/// A call that has begun.
pub(super) enum Begun {
    /// A thread that is about to take its steps.
    Call(Box<Thread>),
    /// The call ended without a step.
    Ended(Answer),
}

/// Begins a call. `got` gives the results of earlier calls.
pub(super) fn begin<'r, O: Observer, M: Memory>(
    plan: &Plan<'_>,
    call: usize,
    s: &mut Store,
    id: ThreadId,
    o: &mut O,
    memory: &mut M,
    got: impl FnMut(usize) -> Option<&'r Answer>,
) -> Begun {
    let call = &plan.calls[call];
    if let Some(end) = call.instance.as_ref().and_then(|(instance, _)| plan.no_instance(*instance, got)) {
        return Begun::Ended(Err(end));
    }
    match &call.what {
        What::Func(a, args) => match Thread::invoke(s, id, *a, args, o) {
            Ok(thread) => Begun::Call(Box::new(thread)),
            Err(e) => Begun::Ended(Err(Failure::Misuse(e.to_string()))),
        },
        What::Init(_, thread) => Begun::Call(Box::new(thread.as_ref().clone().numbered(id))),
        What::Global(a) => Begun::Ended(Ok(vec![to_val(read_global(s, id, *a, o, memory))])),
        What::Nothing(end) => Begun::Ended(Err(end.clone())),
    }
}

enum Stepped {
    Ready,
    Suspended,
    Ended(Answer),
}

/// Collects the bytes that a hash would see, so that equal keys mean equal configurations.
#[derive(Default)]
struct Key(Vec<u8>);

impl Hasher for Key {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the key itself is compared")
    }
}
