//! Evaluation: functions by their clauses, and relations by their rules.
//!
//! Each clause and rule is compiled into a plan (`plan`): an order of matches, tests and searches in which everything that
//! a step needs is known before. A rule has a plan for each set of components that may be known, which gives the modes
//! *check* (all are known, and the rule), *decide* (all are known) and *execute* (the inputs are known).
//!
//! An expression may have no value ([`Stop::Undefined`]), depend on a variable that no plan can determine
//! ([`Stop::Unbound`]), or on a function that the script does not define ([`Stop::Missing`]). Only the first means that a
//! premise does not hold.

mod exps;
mod index;
mod matching;
mod plan;
mod solve;
pub mod strategies;
mod types;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

pub use self::solve::{Judgement, Solution};
use crate::il::{FunId, MixId, RelId, Script, TypId, VarId};
use crate::term::{Term, Terms};

/// Why there is no value, or no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is none: an index is out of bounds, no clause applies, a number is not of the type it should be.
    Undefined,
    /// It depends on a variable that is not determined.
    Unbound,
    /// It depends on a function that the script declares and nobody defines.
    Missing(FunId),
    /// It takes too much.
    Limit(Limit),
}

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Steps.
    Steps,
    /// Nesting.
    Depth,
    /// Memory.
    Memory,
}

/// A value, or why there is none.
pub type Eval<T> = Result<T, Stop>;

/// An argument of a function from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A value.
    Term(Term),
    /// A type or a grammar, which has no value.
    Erased,
    /// A function.
    Fun(FunId),
}

/// Functions that the script declares but does not define.
pub trait Builtins {
    /// The result of a function: `None` if there is no such function here.
    fn call(&self, name: &str, args: &[Value], terms: &mut Terms) -> Option<Eval<Term>>;
}

/// No functions.
pub struct NoBuiltins;

impl Builtins for NoBuiltins {
    fn call(&self, _: &str, _: &[Value], _: &mut Terms) -> Option<Eval<Term>> {
        None
    }
}

/// How much an evaluation may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps: matches, calls, rules that are tried.
    pub steps: u64,
    /// Calls and premises within one another. Each takes some 12 KB of stack where little is optimised; 100 fit into the
    /// stack of a thread, and whoever wants more has to run on a larger one.
    pub depth: u32,
    /// Words of memory for terms.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: 1_000_000, depth: 100, memory: 1 << 26 }
    }
}

/// The values of the variables of a clause or rule.
#[derive(Clone, Debug, Default)]
struct Env {
    slots: Vec<Option<Term>>,
    funs: Vec<(VarId, FunId)>,
    /// The arguments, or the components of the conclusion that are known.
    inputs: Vec<Option<Term>>,
    /// Variables in the order in which they got their values.
    trail: Vec<VarId>,
}

impl Env {
    /// Begins anew, with what memory it has.
    fn renew(&mut self, vars: usize, inputs: impl Iterator<Item = Option<Term>>) {
        self.slots.clear();
        self.slots.resize(vars, None);
        self.inputs.clear();
        self.inputs.extend(inputs);
        self.funs.clear();
        self.trail.clear();
    }

    fn get(&self, var: VarId) -> Eval<Term> {
        self.slots.get(var.index()).copied().flatten().ok_or(Stop::Unbound)
    }

    /// Gives a variable a value; `false` if it has another.
    fn bind(&mut self, var: VarId, term: Term) -> bool {
        match &mut self.slots[var.index()] {
            Some(known) => *known == term,
            slot => {
                *slot = Some(term);
                self.trail.push(var);
                true
            }
        }
    }

    fn undo(&mut self, mark: usize) {
        for var in self.trail.drain(mark..) {
            self.slots[var.index()] = None;
        }
    }
}

/// A script that can be evaluated.
pub struct Machine<'a> {
    script: &'a Script,
    builtins: &'a dyn Builtins,
    /// The values.
    pub terms: Terms,
    limits: Limits,
    steps: u64,
    depth: u32,
    clauses: FxHashMap<FunId, Rc<Vec<plan::Plan>>>,
    rules: FxHashMap<(RelId, u64), Rc<index::RulePlans>>,
    instances: FxHashMap<(RelId, usize), Rc<plan::Plan>>,
    /// The premises of the instance of a rule that is being checked.
    given: Option<Rc<[Judgement]>>,
    members: FxHashMap<TypId, Option<Rc<FxHashSet<MixId>>>>,
    /// Environments that are not in use.
    spare: Vec<Env>,
    calls: FxHashMap<(FunId, Vec<Value>), Term>,
    /// Judgements that are being looked for.
    open: FxHashSet<Judgement>,
    /// Searches that are being made.
    searches: FxHashSet<(RelId, Vec<Option<Term>>)>,
    decided: FxHashMap<Judgement, bool>,
    inverses: FxHashMap<FunId, FunId>,
    strategies: FxHashMap<(RelId, usize), strategies::Strategy>,
    /// How the next sequences are to be split.
    guide: Vec<usize>,
    /// Whether a hole of a context is being looked at.
    in_hole: bool,
}

impl std::hash::Hash for Value {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self {
            Value::Term(term) => term.hash(state),
            Value::Erased => 1u8.hash(state),
            Value::Fun(fun) => fun.hash(state),
        }
    }
}

impl<'a> Machine<'a> {
    /// A machine for a script.
    pub fn new(script: &'a Script, builtins: &'a dyn Builtins) -> Machine<'a> {
        let fun = |name: &str| script.funs.iter().position(|fun| &*fun.name == name).map(|i| FunId(i as u32));
        let inverses = (0u32..).zip(&script.funs).filter_map(|(i, def)| {
            let inverse = def.hint("inverse")?.trim().strip_prefix('$')?;
            Some((FunId(i), fun(inverse)?))
        });
        Machine {
            script,
            builtins,
            terms: Terms::new(),
            limits: Limits::default(),
            steps: 0,
            depth: 0,
            clauses: FxHashMap::default(),
            rules: FxHashMap::default(),
            instances: FxHashMap::default(),
            given: None,
            members: FxHashMap::default(),
            spare: Vec::new(),
            calls: FxHashMap::default(),
            open: FxHashSet::default(),
            searches: FxHashSet::default(),
            decided: FxHashMap::default(),
            inverses: inverses.collect(),
            strategies: strategies::strategies(script),
            guide: Vec::new(),
            in_hole: false,
        }
    }

    /// Sets the limits, and begins to count anew.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
        self.steps = 0;
    }

    /// So many steps have been made since the limits were set.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Keeps only these terms, and forgets what is known about others.
    pub fn collect(&mut self, roots: &mut [Term]) {
        self.calls.clear();
        self.decided.clear();
        self.terms.collect(roots);
    }

    fn step(&mut self) -> Eval<()> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(Stop::Limit(Limit::Steps));
        }
        if self.terms.size() > self.limits.memory {
            return Err(Stop::Limit(Limit::Memory));
        }
        Ok(())
    }

    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.depth >= self.limits.depth {
            return Err(Stop::Limit(Limit::Depth));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }
}
