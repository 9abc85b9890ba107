//! What may watch a run.

use crate::decode::Malformed;
use crate::execution::{Action, Change, Store, ThreadId, Zipper};
use crate::syntax::{Instr, ValType};
use lockstep_spec::{ProductionSet, RuleId};

/// Watches rules being used, in validation and in execution. All methods do nothing by default, and a run with
/// [`Unobserved`] pays nothing for them. An observer cannot change a run: who answers reads is a
/// [`Memory`](crate::memory::Memory), and who chooses are [`Choices`](crate::choice::Choices).
pub trait Observer {
    /// Whether [`Observer::rule`] is of any use: where it is not, derivations need not be worked out.
    const WATCHES_RULES: bool = true;

    /// Whether [`Observer::redex`] and [`Observer::contractum`] are called at all.
    const WATCHES_STEPS: bool = false;

    /// Whether [`Observer::typing`] is called at all.
    const WATCHES_TYPING: bool = false;

    /// Whether [`Observer::action`] is called at all.
    const WATCHES_ACTIONS: bool = false;

    /// Whether [`Observer::change`] is called at all.
    const WATCHES_CHANGES: bool = false;

    /// A rule was used: a step of execution, or a typing or matching judgement that was derived.
    #[inline(always)]
    fn rule(&mut self, rule: RuleId) {
        let _ = rule;
    }

    /// An instruction of the program, not an administrative one, is about to be reduced.
    #[inline(always)]
    fn instruction(&mut self, instr: &Instr) {
        let _ = instr;
    }

    /// The instruction at `position` of the module's code is about to be typed; the innermost sequence has the type
    /// `ε → t*` so far; in unreachable code the stack below `t*` is polymorphic.
    fn typing(&mut self, position: u32, ts: &[ValType], unreachable: bool) {
        let _ = (position, ts, unreachable);
    }

    /// The steps that follow are those of a thread. Whatever is done in one go is done by the thread 0.
    #[inline(always)]
    fn thread(&mut self, thread: ThreadId) {
        let _ = thread;
    }

    /// The configuration `s; z` is about to be reduced at `redex`, whose operands are the topmost values. A context that
    /// has only values left is reduced with the redex [`Instr::End`].
    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        let _ = (s, z, redex);
    }

    /// The step announced by the last [`Observer::redex`] has been made, by `rule`; the call of a host function has none,
    /// for the standard describes it in prose.
    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        let _ = (s, z, rule);
    }

    /// The step that is being made, or the host function that it calls, has changed the store or a local. Several changes of
    /// a step come in their order, and before its [`Observer::contractum`].
    fn change(&mut self, change: &Change) {
        let _ = change;
    }

    /// The step that is being made touches shared state. Several actions of a step come in their order, and before its
    /// [`Observer::contractum`].
    fn action(&mut self, action: &Action) {
        let _ = action;
    }

    /// A module was found invalid: a premise of a rule does not hold.
    fn invalid(&mut self, invalid: &crate::validation::Invalid) {
        let _ = invalid;
    }

    /// A module was read, from bytes or from text, or else found malformed. `seen` says which productions of the grammars
    /// its parts are by.
    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        let _ = (seen, malformed);
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    const WATCHES_RULES: bool = false;
}

/// Counts how often each rule was used.
#[derive(Clone, Debug)]
pub struct RuleCounts(Box<[u64; RuleId::COUNT]>);

impl Default for RuleCounts {
    fn default() -> Self {
        RuleCounts(Box::new([0; RuleId::COUNT]))
    }
}

impl RuleCounts {
    /// How often a rule was used.
    pub fn count(&self, rule: RuleId) -> u64 {
        self.0[rule.index()]
    }
    /// Counts `more` uses of a rule.
    pub fn add(&mut self, rule: RuleId, more: u64) {
        self.0[rule.index()] += more;
    }
    /// Adds the counts of another run.
    pub fn merge(&mut self, other: &RuleCounts) {
        for (count, more) in self.0.iter_mut().zip(&*other.0) {
            *count += more;
        }
    }
    /// Hands each rule that was used to `each`, in the order of the standard and with how often it was, and starts
    /// anew.
    pub fn drain(&mut self, mut each: impl FnMut(RuleId, u64)) {
        for (count, rule) in self.0.iter_mut().zip(RuleId::ALL) {
            if *count > 0 {
                each(rule, std::mem::take(count));
            }
        }
    }
}

impl Observer for RuleCounts {
    #[inline(always)]
    fn rule(&mut self, rule: RuleId) {
        self.0[rule.index()] += 1;
    }
}

impl<T: Observer> Observer for &mut T {
    const WATCHES_RULES: bool = T::WATCHES_RULES;
    const WATCHES_STEPS: bool = T::WATCHES_STEPS;
    const WATCHES_TYPING: bool = T::WATCHES_TYPING;
    const WATCHES_ACTIONS: bool = T::WATCHES_ACTIONS;
    const WATCHES_CHANGES: bool = T::WATCHES_CHANGES;
    #[inline(always)]
    fn rule(&mut self, rule: RuleId) {
        (**self).rule(rule);
    }
    #[inline(always)]
    fn instruction(&mut self, instr: &Instr) {
        (**self).instruction(instr);
    }
    fn typing(&mut self, position: u32, ts: &[ValType], unreachable: bool) {
        (**self).typing(position, ts, unreachable);
    }
    #[inline(always)]
    fn thread(&mut self, thread: ThreadId) {
        (**self).thread(thread);
    }
    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        (**self).redex(s, z, redex);
    }
    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        (**self).contractum(s, z, rule);
    }
    fn action(&mut self, action: &Action) {
        (**self).action(action);
    }
    fn change(&mut self, change: &Change) {
        (**self).change(change);
    }
    fn invalid(&mut self, invalid: &crate::validation::Invalid) {
        (**self).invalid(invalid);
    }
    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        (**self).module_read(seen, malformed);
    }
}
