//! Runs, step by step: what was reduced by which rule to what, and what became of the store.
//!
//! A [`Tracer`] watches a machine and shows each [`Step`] to a [`Sink`], which takes from it what it needs. Nothing is
//! printed, and next to nothing copied, before the sink asks; a tracer itself takes memory in proportion to the depth of
//! calls only. Threads may take turns.
//!
//! | file | what |
//! |---|---|
//! | `redex` | the redex, remembered until its step has been made |
//! | `notation` | redex and contractum in the notation of the standard |
//! | `change` | changes of the store and the locals, printed |

mod change;
mod notation;
mod redex;
#[cfg(test)]
mod tests;

pub use change::ShownChange;
pub use notation::{Contractum, Redex, Short, field_name, func_name, local_name, type_name};
pub use redex::Form;

use crate::execution::*;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::RuleId;
use redex::Before;
use rustc_hash::FxHashMap;

/// Takes the steps of runs.
pub trait Sink {
    /// A run begins, or goes on after something that is not traced, in this configuration; instantiation is a run for
    /// each expression and one for what follows them.
    fn begin(&mut self, s: &Store, z: &Zipper) {
        let _ = (s, z);
    }
    /// A step has been made.
    fn step(&mut self, step: &Step<'_>);
}

/// Watches runs, and shows each step to a sink.
#[derive(Debug)]
pub struct Tracer<S> {
    /// Who takes the steps.
    pub sink: S,
    on: bool,
    steps: u64,
    before: Before,
    thread: ThreadId,
    run: Run,
    /// The runs of the other threads.
    others: FxHashMap<ThreadId, Run>,
    actions: Vec<Action>,
    changes: Vec<Change>,
}

/// What is known of the run of a thread.
#[derive(Debug, Default)]
struct Run {
    /// Whether it goes on where its last step left it.
    under_way: bool,
    /// How many values there were after that step.
    height: usize,
    /// The function of each frame; unknown where it was entered before the trace began.
    callees: Vec<Option<Addr>>,
}

impl<S: Sink> Tracer<S> {
    /// A tracer that is switched on.
    pub fn new(sink: S) -> Self {
        Tracer {
            sink,
            on: true,
            steps: 0,
            before: Before::default(),
            thread: ThreadId::default(),
            run: Run::default(),
            others: FxHashMap::default(),
            actions: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Switches the tracer on or off. This is to be done between steps only.
    pub fn switch(&mut self, on: bool) {
        self.on = on;
        self.run = Run::default();
        self.others.clear();
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// How many steps it has seen.
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

impl<S: Sink> Observer for Tracer<S> {
    const WATCHES_STEPS: bool = true;
    const WATCHES_ACTIONS: bool = true;
    const WATCHES_CHANGES: bool = true;

    fn action(&mut self, action: &Action) {
        self.actions.push(*action);
    }

    fn change(&mut self, change: &Change) {
        self.changes.push(*change);
    }

    fn thread(&mut self, thread: ThreadId) {
        if thread != self.thread {
            let next = self.others.remove(&thread).unwrap_or_default();
            self.others.insert(self.thread, std::mem::replace(&mut self.run, next));
            self.thread = thread;
        }
    }

    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.actions.clear();
        self.changes.clear();
        if !self.on {
            return;
        }
        let run = &mut self.run;
        // The last redex of a run has no contractum: it is the result.
        if !std::mem::take(&mut run.under_way) {
            run.height = 0;
            self.sink.begin(s, z);
        }
        run.callees.resize(z.frames as usize, None);
        self.before.take(s, z, redex, run.callees.last().copied().flatten(), run.height);
    }

    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        if !self.on {
            return;
        }
        let run = &mut self.run;
        run.under_way = true;
        self.steps += 1;
        if z.frames as usize > run.callees.len() {
            run.callees.push(self.before.callee());
        }
        run.height = z.values.len();
        let (before, actions, changes) = (&self.before, &self.actions, &self.changes);
        self.sink.step(&Step { n: self.steps, rule, s, z, before, actions, changes });
    }
}

/// One step, and all that can be said of it.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    n: u64,
    rule: Option<RuleId>,
    s: &'a Store,
    z: &'a Zipper,
    before: &'a Before,
    actions: &'a [Action],
    changes: &'a [Change],
}

impl<'a> Step<'a> {
    /// Its number, from 1.
    pub fn number(&self) -> u64 {
        self.n
    }

    /// The rule that was used; `None` for the call of a host function, which the standard describes in prose.
    pub fn rule(&self) -> Option<RuleId> {
        self.rule
    }

    /// The instruction that was reduced; [`Instr::End`] for a context with nothing but values in it.
    pub fn instr(&self) -> Instr {
        self.before.instr
    }

    /// How many contexts (labels, handlers, frames) there were around the redex.
    pub fn depth(&self) -> usize {
        self.before.depth
    }

    /// The store after the step.
    pub fn store(&self) -> &'a Store {
        self.s
    }

    /// The configuration after the step.
    pub fn zipper(&self) -> &'a Zipper {
        self.z
    }

    /// The module instance that the redex belonged to.
    pub fn module(&self) -> &'a ModuleInst {
        self.before.module(self.s)
    }

    /// The function that the redex belonged to.
    pub fn function(&self) -> Option<Addr> {
        self.before.func
    }

    /// The function that the step entered.
    pub fn callee(&self) -> Option<Addr> {
        self.before.callee()
    }

    /// The values that had been moved to the left of the hole since the step before, which is no reduction.
    pub fn moved(&self) -> &'a [Slot] {
        &self.before.moved
    }

    /// How many values there were on the stack to the left of the redex and its operands, and how many contexts around
    /// it; what lies above these is the contractum.
    pub fn kept(&self) -> (usize, usize) {
        (self.before.values, self.before.layers)
    }

    /// The redex, to be printed.
    pub fn redex(&self) -> Redex<'a> {
        Redex(*self)
    }

    /// The contractum, to be printed.
    pub fn contractum(&self) -> Contractum<'a> {
        Contractum(*self)
    }

    /// How the step touched what threads share, in order.
    pub fn actions(&self) -> &'a [Action] {
        self.actions
    }

    /// What changed in the store, and in the locals of the current frame.
    pub fn changes(&self) -> &'a [Change] {
        self.changes
    }

    /// A change of this step, to be printed.
    pub fn show(&self, change: Change) -> ShownChange<'a> {
        ShownChange { step: *self, change }
    }
}
