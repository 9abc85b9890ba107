//! Local and global instructions.

use super::super::contexts::lookup;
use super::super::error::{Derived, Premise, Space, fail};
use super::Body;
use crate::execution::defaultable;
use crate::observe::{Observer, Unobserved};
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

/// `C.locals`: the types, and which locals are set.
#[derive(Debug, Default)]
pub(super) struct Locals<'m> {
    /// `t_1*` of the function's type. They are always set.
    params: &'m [ValType],
    declared: &'m [ValType],
    /// For each declared local whether it is `unset`; empty if all of them have default values.
    unset: Vec<bool>,
    /// The locals that were unset and have been set, in order.
    inits: Vec<LocalIdx>,
}

impl<'m> Locals<'m> {
    pub(super) fn new(params: &'m [ValType], declared: &'m [ValType]) -> Self {
        let mut unset: Vec<bool> = Vec::new();
        if !declared.iter().all(|&t| defaultable(t, &mut Unobserved)) {
            unset = declared.iter().map(|&t| !defaultable(t, &mut Unobserved)).collect();
        }
        Locals { params, declared, unset, inits: Vec::new() }
    }

    /// `t` of `C.locals[x] = init t`
    fn ty(&self, rule: RuleId, x: LocalIdx) -> Derived<ValType> {
        let n = self.params.len();
        match self.params.get(x as usize).or_else(|| self.declared.get(x as usize - n)) {
            Some(&t) => Ok(t),
            None => fail(rule, Premise::Unknown { space: Space::Local, index: x, len: n + self.declared.len() }),
        }
    }

    /// Whether `init` is `unset` in `C.locals[x] = init t`.
    fn unset(&mut self, x: LocalIdx) -> Option<&mut bool> {
        let i = (x as usize).checked_sub(self.params.len())?;
        self.unset.get_mut(i).filter(|unset| **unset)
    }

    /// `with_locals(C, x, set t)`
    fn set(&mut self, x: LocalIdx) {
        if let Some(unset) = self.unset(x) {
            *unset = false;
            self.inits.push(x);
        }
    }

    /// The locals set so far, to come back to.
    pub(super) fn mark(&self) -> usize {
        self.inits.len()
    }

    /// Forgets what has been set since.
    pub(super) fn reset(&mut self, mark: usize) {
        let n = self.params.len();
        for x in self.inits.drain(mark..) {
            self.unset[x as usize - n] = true;
        }
    }
}

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Instr_ok/local.get  C ⊢ local.get x : ε → t  if C.locals[x] = set t
    /// ```
    pub(super) fn local_get(&mut self, x: LocalIdx) -> Derived {
        const LOCAL_GET: RuleId = rule!("Instr_ok/local.get");
        let t = self.locals.ty(LOCAL_GET, x)?;
        if self.locals.unset(x).is_some() {
            return fail(LOCAL_GET, Premise::LocalUnset { local: x });
        }
        self.apply(LOCAL_GET, &[], &[t])
    }

    /// ```text
    /// Instr_ok/local.set  C ⊢ local.set x : t →_x ε  if C.locals[x] = init t
    /// ```
    pub(super) fn local_set(&mut self, x: LocalIdx) -> Derived {
        const LOCAL_SET: RuleId = rule!("Instr_ok/local.set");
        let t = self.locals.ty(LOCAL_SET, x)?;
        self.apply(LOCAL_SET, &[t], &[])?;
        self.locals.set(x);
        Ok(())
    }

    /// ```text
    /// Instr_ok/local.tee  C ⊢ local.tee x : t →_x t  if C.locals[x] = init t
    /// ```
    pub(super) fn local_tee(&mut self, x: LocalIdx) -> Derived {
        const LOCAL_TEE: RuleId = rule!("Instr_ok/local.tee");
        let t = self.locals.ty(LOCAL_TEE, x)?;
        self.apply(LOCAL_TEE, &[t], &[t])?;
        self.locals.set(x);
        Ok(())
    }

    /// ```text
    /// Instr_ok/global.get  C ⊢ global.get x : ε → t  if C.globals[x] = mut? t
    /// ```
    pub(super) fn global_get(&mut self, x: GlobalIdx) -> Derived {
        const GLOBAL_GET: RuleId = rule!("Instr_ok/global.get");
        let gt = *lookup(GLOBAL_GET, Space::Global, &self.c.globals, x)?;
        self.apply(GLOBAL_GET, &[], &[gt.val])
    }

    /// ```text
    /// Instr_ok/global.set  C ⊢ global.set x : t → ε  if C.globals[x] = mut t
    /// ```
    pub(super) fn global_set(&mut self, x: GlobalIdx) -> Derived {
        const GLOBAL_SET: RuleId = rule!("Instr_ok/global.set");
        let gt = *lookup(GLOBAL_SET, Space::Global, &self.c.globals, x)?;
        if !gt.mutable {
            return fail(GLOBAL_SET, Premise::ImmutableGlobal { index: x });
        }
        self.apply(GLOBAL_SET, &[gt.val], &[])
    }
}
