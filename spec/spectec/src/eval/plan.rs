//! Plans: in which order the matches, tests and searches of a clause or rule are made.
//!
//! A goal is ready when everything is known that it needs. Of those that are ready, tests come first, then what binds
//! variables, then premises with unknown components. Where nothing is ready, the plan ends with [`Step::Stuck`].

use rustc_hash::FxHashSet;

use super::Machine;
use crate::ast::{BinOp, CmpOp, NumTyp};
use crate::il::{Arg, Clause, Exp, ExpKind as K, FunId, FunRef, Iter, OpTyp, Prem, PremKind, RelId, Rule, Typ, VarId};

/// So many steps may a plan have.
const LONGEST: usize = 500;

/// A step of a plan.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An argument, or a component of the conclusion, against a pattern.
    Input(Exp, usize),
    /// The value of an expression against a pattern.
    Match(Exp, Exp),
    /// A condition.
    Test(Exp),
    /// An element of a list against a pattern.
    Member(Exp, Exp),
    /// Some index of a list.
    Index(VarId, Exp),
    /// One of several.
    Or(Vec<Vec<Step>>),
    /// A premise: components that are known, and patterns for the others.
    Rule(RelId, Vec<Result<Exp, Exp>>),
    /// Steps for all elements; the variables that are known before, and those that are afterwards.
    Iter(Vec<Step>, Iter, Vec<(VarId, VarId)>, Vec<(VarId, VarId)>),
    /// No rule before applies.
    Otherwise,
    /// Something is not determined.
    Stuck,
}

/// A plan.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// How many variables there are.
    pub(super) slots: usize,
}

impl Plan {
    /// Whether something in it is not determined.
    pub(super) fn is_stuck(&self) -> bool {
        fn stuck(steps: &[Step]) -> bool {
            steps.iter().any(|step| match step {
                Step::Stuck => true,
                Step::Or(plans) => plans.iter().any(|plan| stuck(plan)),
                Step::Iter(body, ..) => stuck(body),
                _ => false,
            })
        }
        stuck(&self.steps)
    }
}

#[derive(Clone, Debug)]
enum Goal {
    Input(Exp, usize),
    Equal(Exp, Exp),
    Member(Exp, Exp),
    Condition(Exp),
    /// The condition, and the goals of its sides.
    Or(Exp, Vec<Vec<Goal>>),
    Rule(RelId, Vec<Exp>),
    Iter(Vec<Goal>, Iter, Vec<(VarId, VarId)>),
    Otherwise,
}

type Bound = FxHashSet<VarId>;

struct Planner<'m, 'a> {
    machine: &'m Machine<'a>,
    slots: usize,
    /// Whether the premises are given, so that nothing has to be known to find them.
    given: bool,
}

/// The variables that an expression needs from outside.
fn free(exp: &Exp, within: &mut Vec<VarId>, all: &mut Vec<VarId>) {
    struct Free<'f>(&'f mut Vec<VarId>, &'f mut Vec<VarId>);
    impl crate::map::Map for Free<'_> {
        fn exp(&mut self, exp: &Exp) -> Exp {
            match exp.kind() {
                K::Var(var) => {
                    if !self.0.contains(var) {
                        self.1.push(*var);
                    }
                }
                K::Iter(body, iter, doms) => {
                    let before = self.0.len();
                    self.1.extend(doms.iter().map(|(_, outer)| *outer).filter(|var| !self.0.contains(var)));
                    if let Iter::ListN(count, var) = iter {
                        self.exp(count);
                        self.0.extend(var);
                    }
                    self.0.extend(doms.iter().map(|(inner, _)| *inner));
                    self.exp(body);
                    self.0.truncate(before);
                }
                kind => _ = crate::map::map_kind(self, kind),
            }
            exp.clone()
        }

        fn typ(&mut self, typ: &Typ) -> Typ {
            typ.clone()
        }
    }
    crate::map::Map::exp(&mut Free(within, all), exp);
}

fn free_vars(exp: &Exp) -> Vec<VarId> {
    let mut all = Vec::new();
    free(exp, &mut Vec::new(), &mut all);
    all
}

/// Whether the value of an expression can be found.
fn known(exp: &Exp, bound: &Bound) -> bool {
    // An iteration over nothing has no certain length.
    fn idle(exp: &Exp) -> bool {
        match exp.kind() {
            K::Iter(body, iter, doms) => (doms.is_empty() && !matches!(iter, Iter::ListN(..))) || idle(body),
            K::Case(_, exps) | K::List(exps) | K::Tup(exps) | K::Str(exps) => exps.iter().any(idle),
            K::Sub(e) | K::Lift(e) | K::Cvt(_, _, e) | K::Opt(Some(e)) => idle(e),
            K::Cat(a, b) | K::Comp(a, b) => idle(a) || idle(b),
            _ => false,
        }
    }
    !idle(exp) && free_vars(exp).iter().all(|var| bound.contains(var))
}

/// An index that is not known, into a list that is.
fn unknown_index(exp: &Exp, bound: &Bound) -> Option<(VarId, Exp)> {
    struct Find<'b>(&'b Bound, Option<(VarId, Exp)>);
    impl crate::map::Map for Find<'_> {
        fn exp(&mut self, exp: &Exp) -> Exp {
            if let K::Idx(list, i) = exp.kind()
                && let K::Var(var) = i.plain().kind()
                && !self.0.contains(var)
                && known(list, self.0)
            {
                self.1.get_or_insert_with(|| (*var, list.clone()));
            }
            // What an iteration ranges over is known by itself.
            if !matches!(exp.kind(), K::Iter(..)) {
                crate::map::map_kind(self, exp.kind());
            }
            exp.clone()
        }

        fn typ(&mut self, typ: &Typ) -> Typ {
            typ.clone()
        }
    }
    let mut find = Find(bound, None);
    crate::map::Map::exp(&mut find, exp);
    find.1
}

fn goal_index(goal: &Goal, bound: &Bound) -> Option<(VarId, Exp)> {
    match goal {
        Goal::Equal(a, b) | Goal::Member(a, b) => unknown_index(a, bound).or_else(|| unknown_index(b, bound)),
        Goal::Condition(exp) => unknown_index(exp, bound),
        Goal::Rule(_, exps) => exps.iter().find_map(|exp| unknown_index(exp, bound)),
        _ => None,
    }
}

impl Machine<'_> {
    /// The plan of a clause: all arguments are known.
    pub(super) fn plan_clause(&self, clause: &Clause) -> Plan {
        let mut planner = Planner { machine: self, slots: clause.vars.len(), given: false };
        let mut goals = Vec::new();
        for (i, arg) in clause.args.iter().enumerate() {
            if let Arg::Exp(exp) = arg {
                planner.input(exp, i, &mut goals);
            }
        }
        for prem in &clause.prems {
            // The clauses before have not applied.
            if !matches!(prem.kind, PremKind::Otherwise) {
                planner.prem(prem, &mut goals);
            }
        }
        let wanted = free_vars(&clause.exp);
        let steps = planner.schedule(goals, &mut Bound::default(), &wanted);
        Plan { steps, slots: planner.slots }
    }

    /// The plan of a rule where some components of the conclusion are known, and possibly the premises.
    pub(super) fn plan_rule(&self, rule: &Rule, mask: u64, given: bool) -> Plan {
        let mut planner = Planner { machine: self, slots: rule.vars.len(), given };
        let mut goals = Vec::new();
        let mut wanted = Vec::new();
        for (i, exp) in rule.conclusion.iter().enumerate() {
            if mask & (1 << i) != 0 {
                planner.input(exp, i, &mut goals);
            } else {
                wanted.extend(free_vars(exp));
            }
        }
        rule.prems.iter().for_each(|prem| planner.prem(prem, &mut goals));
        let steps = planner.schedule(goals, &mut Bound::default(), &wanted);
        Plan { steps, slots: planner.slots }
    }
}

impl Planner<'_, '_> {
    fn fresh(&mut self) -> VarId {
        self.slots += 1;
        VarId(self.slots as u32 - 1)
    }

    /// A pattern without anything that has to be calculated: that is compared afterwards.
    fn pattern(&mut self, exp: &Exp, goals: &mut Vec<Goal>) -> Exp {
        let typ = || exp.typ().clone();
        let mut all = |planner: &mut Self, exps: &[Exp]| exps.iter().map(|exp| planner.pattern(exp, goals)).collect();
        let kind = match exp.kind() {
            K::Var(_) | K::Bool(_) | K::Num(_) | K::Text(_) | K::Opt(None) => return exp.clone(),
            K::Case(mixop, exps) => K::Case(*mixop, all(self, exps)),
            K::Tup(exps) => K::Tup(all(self, exps)),
            K::Str(exps) => K::Str(all(self, exps)),
            K::List(exps) => K::List(all(self, exps)),
            K::Opt(Some(e)) => K::Opt(Some(self.pattern(e, goals))),
            K::Sub(e) => K::Sub(self.pattern(e, goals)),
            K::Lift(e) => K::Lift(self.pattern(e, goals)),
            K::Cvt(from, to, e) => K::Cvt(*from, *to, self.pattern(e, goals)),
            K::Un(op, e) if *op != crate::ast::UnOp::Not => K::Un(*op, self.pattern(e, goals)),
            K::Cat(a, b) => K::Cat(self.pattern(a, goals), self.pattern(b, goals)),
            K::Iter(body, iter, doms) => {
                let mut inner = Vec::new();
                let body = self.pattern(body, &mut inner);
                let mut outer = Vec::new();
                let iter = match iter {
                    Iter::ListN(count, var) => Iter::ListN(self.pattern(count, &mut outer), *var),
                    iter => iter.clone(),
                };
                if inner.is_empty() {
                    goals.append(&mut outer);
                    K::Iter(body, iter, doms.clone())
                } else {
                    return self.later(exp, goals);
                }
            }
            _ => return self.later(exp, goals),
        };
        Exp::new(kind, typ())
    }

    fn later(&mut self, exp: &Exp, goals: &mut Vec<Goal>) -> Exp {
        let var = Exp::new(K::Var(self.fresh()), exp.typ().clone());
        goals.push(Goal::Equal(var.clone(), exp.clone()));
        var
    }

    fn input(&mut self, exp: &Exp, i: usize, goals: &mut Vec<Goal>) {
        let mut later = Vec::new();
        let pattern = self.pattern(exp, &mut later);
        goals.push(Goal::Input(pattern, i));
        goals.append(&mut later);
    }

    fn prem(&mut self, prem: &Prem, goals: &mut Vec<Goal>) {
        match &prem.kind {
            PremKind::If(exp) => self.condition(exp, goals),
            PremKind::Otherwise => goals.push(Goal::Otherwise),
            PremKind::Rule(rel, exps) => goals.push(Goal::Rule(*rel, exps.clone())),
            PremKind::Iter(inner, iter, doms) => {
                let mut body = Vec::new();
                self.prem(inner, &mut body);
                goals.push(Goal::Iter(body, iter.clone(), doms.clone()));
            }
        }
    }

    fn condition(&mut self, exp: &Exp, goals: &mut Vec<Goal>) {
        match exp.kind() {
            K::Bin(BinOp::And, _, a, b) => {
                self.condition(a, goals);
                self.condition(b, goals);
            }
            K::Bin(BinOp::Or, _, a, b) => {
                let side = |planner: &mut Self, exp: &Exp| {
                    let mut goals = Vec::new();
                    planner.condition(exp, &mut goals);
                    goals
                };
                let sides = vec![side(self, a), side(self, b)];
                goals.push(Goal::Or(exp.clone(), sides));
            }
            K::Cmp(CmpOp::Eq, _, a, b) => goals.push(Goal::Equal(a.clone(), b.clone())),
            K::Mem(a, b) => goals.push(Goal::Member(a.clone(), b.clone())),
            K::All(e) => match e.kind() {
                K::Iter(body, iter, doms) => {
                    let mut inner = Vec::new();
                    self.condition(body, &mut inner);
                    goals.push(Goal::Iter(inner, iter.clone(), doms.clone()));
                }
                _ => goals.push(Goal::Condition(exp.clone())),
            },
            _ => goals.push(Goal::Condition(exp.clone())),
        }
    }

    /// An order of goals, and the variables that are bound by them.
    fn schedule(&mut self, goals: Vec<Goal>, bound: &mut Bound, wanted: &[VarId]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut goals: Vec<Option<Goal>> = goals.into_iter().map(Some).collect();
        while goals.iter().any(Option::is_some) {
            // Goals that make ever more goals are never met.
            if steps.len() > LONGEST {
                steps.push(Step::Stuck);
                return steps;
            }
            let within = |urgency: u8| {
                let at = |goal: &Option<Goal>| goal.as_ref().is_some_and(|goal| self.urgency(goal, bound) <= urgency);
                goals.iter().position(at)
            };
            let soon = (0..2u8).find_map(within);
            // Before a premise is searched with little known, an index may be tried.
            if soon.is_none()
                && let Some((var, list)) = goals.iter().flatten().find_map(|goal| goal_index(goal, bound))
            {
                bound.insert(var);
                steps.push(Step::Index(var, list));
                continue;
            }
            let ready = soon.or_else(|| within(2)).or_else(|| within(3));
            let Some(goal) = ready.and_then(|i| goals[i].take()) else {
                steps.push(Step::Stuck);
                return steps;
            };
            let mut more = Vec::new();
            self.step(goal, bound, &mut steps, &mut more);
            goals.extend(more.into_iter().map(Some));
        }
        if wanted.iter().any(|var| !bound.contains(var)) {
            steps.push(Step::Stuck);
        }
        steps
    }

    /// How soon a goal should be met: `0` for a test, `4` for what is not ready.
    fn urgency(&self, goal: &Goal, bound: &Bound) -> u8 {
        match goal {
            Goal::Input(..) | Goal::Otherwise => 0,
            Goal::Condition(exp) => {
                if known(exp, bound) {
                    0
                } else {
                    4
                }
            }
            Goal::Equal(a, b) => match (known(a, bound), known(b, bound)) {
                (true, true) => 0,
                (true, false) if self.solvable(b, bound) => 1,
                (false, true) if self.solvable(a, bound) => 1,
                _ => 4,
            },
            Goal::Member(a, b) => match (known(a, bound), known(b, bound)) {
                (true, true) => 0,
                (false, true) => 2,
                _ => 4,
            },
            Goal::Or(exp, _) if known(exp, bound) => 0,
            Goal::Or(_, sides) => {
                let of = |side: &Vec<Goal>| side.iter().map(|goal| self.urgency(goal, bound)).max().unwrap_or(0);
                if sides.iter().map(of).max().unwrap_or(0) < 4 { 3 } else { 4 }
            }
            Goal::Rule(rel, exps) => {
                let inputs = self.machine.input_count(*rel);
                if exps.iter().all(|exp| known(exp, bound)) {
                    1
                } else if self.given || exps.iter().take(inputs).all(|exp| known(exp, bound)) {
                    2
                } else {
                    4
                }
            }
            Goal::Iter(goals, iter, doms) => {
                let some = doms.iter().any(|(_, outer)| bound.contains(outer));
                let counted = matches!(iter, Iter::ListN(count, _) if known(count, bound));
                if !some && !counted {
                    return 4;
                }
                let inner = Self::inner(bound, iter, doms);
                // All goals may become ready one by one; the first has to be.
                let first = goals.iter().map(|goal| self.urgency(goal, &inner)).min().unwrap_or(0);
                let last = goals.iter().map(|goal| self.urgency(goal, &inner)).max().unwrap_or(0);
                if last < 4 {
                    last.max(first)
                } else if first < 4 {
                    3
                } else {
                    4
                }
            }
        }
    }

    fn inner(bound: &Bound, iter: &Iter, doms: &[(VarId, VarId)]) -> Bound {
        let mut inner = bound.clone();
        inner.extend(doms.iter().filter(|(_, outer)| bound.contains(outer)).map(|(inner, _)| *inner));
        if let Iter::ListN(_, Some(var)) = iter {
            inner.insert(*var);
        }
        inner
    }

    /// Whether an expression can be solved for what is unknown in it when its value is known.
    fn solvable(&self, exp: &Exp, bound: &Bound) -> bool {
        match exp.kind() {
            K::Call(FunRef::Fun(fun), args) => {
                let unknown = |arg: &&Arg| matches!(arg, Arg::Exp(exp) if !known(exp, bound));
                self.machine.inverses.contains_key(fun)
                    && args.iter().filter(unknown).count() == 1
                    && args.iter().filter(unknown).all(|arg| matches!(arg, Arg::Exp(exp) if self.solvable(exp, bound)))
            }
            K::Bin(BinOp::Add | BinOp::Mul | BinOp::Sub, _, a, b) => match (known(a, bound), known(b, bound)) {
                (true, false) => self.solvable(b, bound),
                (false, true) => self.solvable(a, bound),
                _ => false,
            },
            K::Cvt(_, _, e) | K::Sub(e) => self.solvable(e, bound),
            K::Iter(body, _, doms) if matches!(body.kind(), K::Call(..)) => {
                let mut inner = bound.clone();
                inner.extend(doms.iter().filter(|(_, outer)| bound.contains(outer)).map(|(inner, _)| *inner));
                self.solvable(body, &inner)
            }
            K::Bool(_) | K::Num(_) | K::Text(_) | K::Var(_) | K::Case(..) | K::Tup(_) | K::Str(_) | K::List(_) => true,
            K::Opt(_) | K::Lift(_) | K::Cat(..) | K::Iter(..) => true,
            _ => false,
        }
    }

    /// Binds what a pattern binds.
    fn bind(exp: &Exp, bound: &mut Bound) {
        bound.extend(free_vars(exp));
    }

    fn step(&mut self, goal: Goal, bound: &mut Bound, steps: &mut Vec<Step>, more: &mut Vec<Goal>) {
        match goal {
            Goal::Input(pattern, i) => {
                Self::bind(&pattern, bound);
                steps.push(Step::Input(pattern, i));
            }
            Goal::Otherwise => steps.push(Step::Otherwise),
            Goal::Condition(exp) => steps.push(Step::Test(exp)),
            Goal::Equal(a, b) => match (known(&a, bound), known(&b, bound)) {
                (true, true) => {
                    let any = K::Cmp(CmpOp::Eq, OpTyp::Any, a, b);
                    steps.push(Step::Test(Exp::new(any, Typ::Bool)));
                }
                (true, false) => self.solve(b, a, bound, steps, more),
                _ => self.solve(a, b, bound, steps, more),
            },
            Goal::Member(a, b) => {
                let pattern = self.pattern(&a, more);
                Self::bind(&pattern, bound);
                steps.push(Step::Member(pattern, b));
            }
            Goal::Or(exp, _) if known(&exp, bound) => steps.push(Step::Test(exp)),
            Goal::Or(_, sides) => {
                let mut plans = Vec::new();
                let mut after: Option<Bound> = None;
                for side in sides {
                    let mut inner = bound.clone();
                    plans.push(self.schedule(side, &mut inner, &[]));
                    after = Some(match after {
                        Some(after) => after.intersection(&inner).copied().collect(),
                        None => inner,
                    });
                }
                bound.extend(after.into_iter().flatten());
                steps.push(Step::Or(plans));
            }
            Goal::Rule(rel, exps) => {
                let mut components = Vec::new();
                for exp in exps {
                    components.push(match known(&exp, bound) {
                        true => Ok(exp),
                        false => Err(self.pattern(&exp, more)),
                    });
                }
                for component in &components {
                    if let Err(pattern) = component {
                        Self::bind(pattern, bound);
                    }
                }
                steps.push(Step::Rule(rel, components));
            }
            Goal::Iter(goals, iter, doms) => {
                let mut inner = Self::inner(bound, &iter, &doms);
                let before: Bound = inner.clone();
                let body = self.schedule(goals, &mut inner, &[]);
                let (ins, outs): (Vec<_>, Vec<_>) = doms.into_iter().partition(|(_, outer)| bound.contains(outer));
                let outs: Vec<_> = outs.into_iter().filter(|(var, _)| inner.contains(var)).collect();
                bound.extend(outs.iter().map(|(_, outer)| *outer));
                // What is bound in the body and is no element stays bound.
                let elements: Bound = ins.iter().chain(&outs).map(|(inner, _)| *inner).collect();
                bound.extend(inner.difference(&before).filter(|var| !elements.contains(var)));
                steps.push(Step::Iter(body, iter, ins, outs));
            }
        }
    }

    /// `exp = value`, where the value is known, solved for what is unknown in the expression.
    fn solve(&mut self, exp: Exp, value: Exp, bound: &mut Bound, steps: &mut Vec<Step>, more: &mut Vec<Goal>) {
        let minus = |a: &Exp, b: &Exp| {
            Exp::new(K::Bin(BinOp::Sub, OpTyp::Num(NumTyp::Int), a.clone(), b.clone()), Typ::Num(NumTyp::Int))
        };
        let goal = match exp.kind() {
            K::Bin(BinOp::Add, _, a, b) => {
                let (unknown, other) = if known(a, bound) { (b, a) } else { (a, b) };
                Goal::Equal(unknown.clone(), minus(&value, other))
            }
            K::Bin(BinOp::Sub, _, a, b) if known(a, bound) => Goal::Equal(b.clone(), minus(a, &value)),
            K::Bin(BinOp::Sub, _, a, b) => {
                let sum = K::Bin(BinOp::Add, OpTyp::Num(NumTyp::Int), value, b.clone());
                Goal::Equal(a.clone(), Exp::new(sum, Typ::Num(NumTyp::Int)))
            }
            K::Bin(BinOp::Mul, _, a, b) => {
                let (unknown, other) = if known(a, bound) { (b, a) } else { (a, b) };
                let quotient = K::Bin(BinOp::Div, OpTyp::Num(NumTyp::Rat), value, other.clone());
                let quotient = Exp::new(quotient, Typ::Num(NumTyp::Rat));
                let int = K::Cvt(NumTyp::Rat, NumTyp::Int, quotient);
                Goal::Equal(unknown.clone(), Exp::new(int, Typ::Num(NumTyp::Int)))
            }
            K::Cvt(_, _, e) | K::Sub(e) if matches!(e.plain().kind(), K::Bin(..) | K::Call(..)) => {
                Goal::Equal(e.clone(), value)
            }
            K::Call(FunRef::Fun(fun), args) if self.machine.inverses.contains_key(fun) => {
                let fun: FunId = self.machine.inverses[fun];
                let mut unknown = None;
                let mut known_args = Vec::new();
                for arg in args {
                    match arg {
                        Arg::Exp(exp) if !known(exp, bound) => unknown = Some(exp.clone()),
                        arg => known_args.push(arg.clone()),
                    }
                }
                let Some(unknown) = unknown else { return steps.push(Step::Stuck) };
                known_args.push(Arg::Exp(value));
                let typ = unknown.typ().clone();
                Goal::Equal(unknown, Exp::new(K::Call(FunRef::Fun(fun), known_args), typ))
            }
            K::Iter(body, iter, doms) if matches!(body.plain().kind(), K::Call(..)) => {
                // `$f(x)* = value`: element by element.
                let whole = self.fresh();
                let element = self.fresh();
                steps.push(Step::Match(Exp::new(K::Var(whole), value.typ().clone()), value));
                bound.insert(whole);
                let inner = Goal::Equal(body.clone(), Exp::new(K::Var(element), body.typ().clone()));
                let mut doms = doms.clone();
                doms.push((element, whole));
                Goal::Iter(vec![inner], iter.clone(), doms)
            }
            _ => {
                let pattern = self.pattern(&exp, more);
                Self::bind(&pattern, bound);
                return steps.push(Step::Match(pattern, value));
            }
        };
        if self.urgency(&goal, bound) < 4 { self.step(goal, bound, steps, more) } else { steps.push(Step::Stuck) }
    }
}
