//! Relations by their rules.

use std::rc::Rc;

use super::matching::Found;
use super::plan::{Plan, Step};
use super::strategies::Strategy;
use super::{Env, Eval, Machine, Stop};
use crate::il::{Exp, ExpKind as K, Iter, RelId, Rule};
use crate::term::{Term, View};

/// A solution: the number of the rule, and all components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The number of the rule in its relation.
    pub rule: usize,
    /// The components.
    pub components: Vec<Term>,
}

/// A relation and all its components.
pub type Judgement = (RelId, Vec<Term>);

impl Machine<'_> {
    /// Finds solutions of a relation where some components are known. An answer of `false` is certain; where no solution
    /// is found but something is not determined, that is the error.
    pub fn solve(
        &mut self,
        rel: RelId,
        inputs: &[Option<Term>],
        found: &mut dyn FnMut(&mut Machine<'_>, Solution) -> Eval<bool>,
    ) -> Eval<bool> {
        if inputs.iter().all(Option::is_some) {
            return self.solve_before(rel, inputs, usize::MAX, false, found);
        }
        // Nobody knows the solutions of a search that waits for itself.
        let key = (rel, inputs.to_vec());
        if !self.searches.insert(key.clone()) {
            return Err(Stop::Unbound);
        }
        let holds = self.solve_before(rel, inputs, usize::MAX, false, &mut |machine, solution| {
            // What follows from a solution is not part of the search.
            machine.searches.remove(&key);
            let ends = found(machine, solution);
            machine.searches.insert(key.clone());
            ends
        });
        self.searches.remove(&key);
        holds
    }

    /// The first solution of a relation where some components are known.
    pub fn first(&mut self, rel: RelId, inputs: &[Option<Term>]) -> Eval<Option<Solution>> {
        let mut first = None;
        self.solve(rel, inputs, &mut |_, solution| {
            first = Some(solution);
            Ok(true)
        })?;
        Ok(first)
    }

    /// Whether a relation holds.
    pub fn decide(&mut self, rel: RelId, components: &[Term]) -> Eval<bool> {
        let key = (rel, components.to_vec());
        // Inside a hole of a context not all rules are used.
        let in_hole = self.in_hole;
        if let Some(known) = self.decided.get(&key).filter(|_| !in_hole) {
            return Ok(*known);
        }
        // A derivation that needs itself can be made shorter.
        if !self.open.insert(key.clone()) {
            return Ok(false);
        }
        let outermost = self.open.len() == 1;
        let inputs: Vec<Option<Term>> = components.iter().copied().map(Some).collect();
        let holds = self.solve(rel, &inputs, &mut |_, _| Ok(true));
        self.open.remove(&key);
        // That it does not hold may be due to a judgement that is still being looked for.
        if let Ok(holds) = holds
            && (holds || (outermost && !in_hole))
        {
            self.decided.insert(key, holds);
        }
        holds
    }

    /// The rules that cannot be used where only these components are known: something in them is not determined.
    pub fn undetermined(&mut self, rel: RelId, known: &[bool]) -> Vec<usize> {
        let mask = known.iter().enumerate().filter(|(_, known)| **known).fold(0, |mask, (i, _)| mask | 1 << i);
        let plans = self.plans(rel, mask);
        (0..plans.plans.len()).filter(|i| plans.plans[*i].is_stuck()).collect()
    }

    /// The rules of which not even instances can be checked.
    pub fn uncheckable(&self, rel: RelId) -> Vec<usize> {
        let rules = &self.script.rels[rel.index()].rules;
        let stuck = |rule: &Rule| self.plan_rule(rule, mask_of(rule.conclusion.len()), true).is_stuck();
        (0..rules.len()).filter(|i| stuck(&rules[*i])).collect()
    }

    /// Whether a rule has an instance with these components.
    pub fn check(&mut self, rel: RelId, rule: usize, components: &[Term]) -> Eval<bool> {
        let mask = mask_of(components.len());
        let plans = self.plans(rel, mask);
        let Some(plan) = plans.plans.get(rule) else { return Ok(false) };
        let inputs: Vec<Option<Term>> = components.iter().copied().map(Some).collect();
        self.deeper(|machine| machine.apply(rel, rule, plan, &inputs, &mut |_, _| Ok(true)))
    }

    /// Whether a rule has an instance with these components of the conclusion and these premises. A premise of the rule has
    /// to be among them; they are not searched for, and those that are not used do no harm.
    pub fn check_instance(
        &mut self,
        rel: RelId,
        rule: usize,
        components: &[Term],
        premises: &[Judgement],
    ) -> Eval<bool> {
        let script = self.script;
        let Some(def) = script.rels[rel.index()].rules.get(rule) else { return Ok(false) };
        let plan = match self.instances.get(&(rel, rule)) {
            Some(plan) => plan.clone(),
            None => {
                let plan = Rc::new(self.plan_rule(def, mask_of(components.len()), true));
                self.instances.insert((rel, rule), plan.clone());
                plan
            }
        };
        let inputs: Vec<Option<Term>> = components.iter().copied().map(Some).collect();
        self.given = Some(premises.into());
        let holds = self.deeper(|machine| machine.apply(rel, rule, &plan, &inputs, &mut |_, _| Ok(true)));
        self.given = None;
        holds
    }

    fn solve_before(
        &mut self,
        rel: RelId,
        inputs: &[Option<Term>],
        before: usize,
        direct: bool,
        found: &mut dyn FnMut(&mut Machine<'_>, Solution) -> Eval<bool>,
    ) -> Eval<bool> {
        self.step()?;
        let mask = inputs.iter().enumerate().filter(|(_, input)| input.is_some()).fold(0, |mask, (i, _)| mask | 1 << i);
        let plans = self.plans(rel, mask);
        let mut doubt = None;
        for rule in self.candidates(&plans, inputs) {
            if rule >= before {
                break;
            }
            let plan = &plans.plans[rule];
            let applied = match self.strategies.get(&(rel, rule)) {
                Some(Strategy::Transitive) if direct => continue,
                Some(Strategy::Transitive) => self.deeper(|machine| machine.through(rel, rule, inputs, found)),
                Some(Strategy::Context) if self.in_hole => continue,
                Some(Strategy::Context) => self.deeper(|machine| machine.in_context(rel, rule, plan, inputs, found)),
                None => {
                    let in_hole = std::mem::replace(&mut self.in_hole, false);
                    let applied = self.deeper(|machine| machine.apply(rel, rule, plan, inputs, found));
                    self.in_hole = in_hole;
                    applied
                }
            };
            if settles(applied, &mut doubt)? {
                return Ok(true);
            }
        }
        doubt.map_or(Ok(false), Err)
    }

    /// A rule with an evaluation context in its first component.
    fn in_context(
        &mut self,
        rel: RelId,
        rule: usize,
        plan: &Plan,
        inputs: &[Option<Term>],
        found: &mut dyn FnMut(&mut Machine<'_>, Solution) -> Eval<bool>,
    ) -> Eval<bool> {
        let script = self.script;
        let conclusion = &script.rels[rel.index()].rules[rule].conclusion;
        let (Some(Some(config)), Some(pattern)) = (inputs.first(), conclusion.first()) else {
            return Err(Stop::Unbound);
        };
        let (K::Case(_, patterns), View::Case(_, operands)) = (pattern.kind(), self.terms.view(*config)) else {
            return Ok(false);
        };
        let context = patterns.iter().zip(operands.to_vec()).find_map(|(pattern, value)| match pattern.kind() {
            K::Cat(values, _) => match values.kind() {
                K::Iter(body, ..) => match body.kind() {
                    K::Sub(value_pattern) => Some((value_pattern.typ().clone(), value)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
        let Some((typ, seq)) = context else { return Err(Stop::Unbound) };
        let mut values = 0;
        while self.terms.get(seq, values).is_some_and(|element| self.is_of(element, &typ)) {
            values += 1;
        }
        if values == self.terms.len(seq) {
            return Ok(false);
        }
        let mut doubt = None;
        for before in (0..=values).rev() {
            // What is split last comes first.
            self.guide = vec![values + 1 - before, before];
            let in_hole = std::mem::replace(&mut self.in_hole, true);
            let applied = self.apply(rel, rule, plan, inputs, found);
            self.in_hole = in_hole;
            self.guide.clear();
            if settles(applied, &mut doubt)? {
                return Ok(true);
            }
        }
        doubt.map_or(Ok(false), Err)
    }

    /// A transitive rule: what the left is related to by other rules, and what that is related to.
    fn through(
        &mut self,
        rel: RelId,
        rule: usize,
        inputs: &[Option<Term>],
        found: &mut dyn FnMut(&mut Machine<'_>, Solution) -> Eval<bool>,
    ) -> Eval<bool> {
        let Some(components) = inputs.iter().copied().collect::<Option<Vec<Term>>>() else { return Err(Stop::Unbound) };
        let Some((last, first)) = components.split_last() else { return Ok(false) };
        let mut open: Vec<Option<Term>> = first.iter().copied().map(Some).collect();
        open.push(None);
        let mut between: Vec<Term> = Vec::new();
        let known = self.solve_before(rel, &open, usize::MAX, true, &mut |_, solution| {
            between.extend(solution.components.last());
            Ok(false)
        });
        let mut doubt = known.err();
        for middle in between {
            if Some(&middle) == first.last() || middle == *last {
                continue;
            }
            let mut goal: Vec<Term> = first.to_vec();
            if let Some(left) = goal.last_mut() {
                *left = middle;
            }
            goal.push(*last);
            match self.decide(rel, &goal) {
                Ok(true) => return found(self, Solution { rule, components: components.clone() }),
                Ok(false) => {}
                Err(stop) => doubt = Some(stop),
            }
        }
        // Rules that cannot be used from the left alone do not make the search incomplete in doubt.
        match doubt {
            Some(Stop::Unbound) | None => Ok(false),
            Some(stop) => Err(stop),
        }
    }

    /// The solutions by one rule.
    fn apply(
        &mut self,
        rel: RelId,
        rule: usize,
        plan: &Plan,
        inputs: &[Option<Term>],
        found: &mut dyn FnMut(&mut Machine<'_>, Solution) -> Eval<bool>,
    ) -> Eval<bool> {
        let mut env = self.spare.pop().unwrap_or_default();
        env.renew(plan.slots, inputs.iter().copied());
        let script = self.script;
        let conclusion = &script.rels[rel.index()].rules[rule].conclusion;
        let applied = self.steps_of(Some((rel, rule)), &plan.steps, &mut env, &mut |machine, env| {
            let mut components = Vec::with_capacity(conclusion.len());
            for (i, exp) in conclusion.iter().enumerate() {
                components.push(match env.inputs.get(i).copied().flatten() {
                    Some(term) => term,
                    None => machine.eval(env, exp)?,
                });
            }
            found(machine, Solution { rule, components })
        });
        self.spare.push(env);
        applied
    }

    /// Makes the steps of a plan.
    pub(super) fn run(&mut self, steps: &[Step], env: &mut Env, found: Found) -> Eval<bool> {
        self.steps_of(None, steps, env, found)
    }

    fn steps_of(&mut self, rule: Option<(RelId, usize)>, steps: &[Step], env: &mut Env, found: Found) -> Eval<bool> {
        let Some((step, rest)) = steps.split_first() else { return found(self, env) };
        match step {
            Step::Input(pattern, i) => {
                let value = env.inputs.get(*i).copied().flatten().ok_or(Stop::Unbound)?;
                self.matches(env, pattern, value, &mut |machine, env| machine.steps_of(rule, rest, env, found))
            }
            Step::Match(pattern, exp) => match self.eval(env, exp) {
                Ok(value) => {
                    self.matches(env, pattern, value, &mut |machine, env| machine.steps_of(rule, rest, env, found))
                }
                Err(Stop::Undefined) => Ok(false),
                Err(stop) => Err(stop),
            },
            Step::Test(exp) => match self.holds(env, exp) {
                Ok(true) => self.steps_of(rule, rest, env, found),
                Ok(false) | Err(Stop::Undefined) => Ok(false),
                Err(stop) => Err(stop),
            },
            Step::Member(pattern, exp) => {
                let seq = match self.eval(env, exp) {
                    Ok(seq) => seq,
                    Err(Stop::Undefined) => return Ok(false),
                    Err(stop) => return Err(stop),
                };
                for element in self.elements(seq)? {
                    let mut then = |machine: &mut Machine<'_>, env: &mut Env| machine.steps_of(rule, rest, env, found);
                    if self.matches(env, pattern, element, &mut then)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Step::Index(var, list) => {
                let seq = match self.eval(env, list) {
                    Ok(seq) => seq,
                    Err(Stop::Undefined) => return Ok(false),
                    Err(stop) => return Err(stop),
                };
                for i in 0..self.terms.len(seq) {
                    self.step()?;
                    let mark = env.trail.len();
                    let i = self.terms.nat(i as u64);
                    if env.bind(*var, i) && self.steps_of(rule, rest, env, found)? {
                        return Ok(true);
                    }
                    env.undo(mark);
                }
                Ok(false)
            }
            Step::Or(plans) => {
                for plan in plans {
                    let mut then = |machine: &mut Machine<'_>, env: &mut Env| machine.steps_of(rule, rest, env, found);
                    let mark = env.trail.len();
                    if self.steps_of(rule, plan, env, &mut then)? {
                        return Ok(true);
                    }
                    env.undo(mark);
                }
                Ok(false)
            }
            Step::Rule(rel, components) => self.premise(rule, *rel, components, rest, env, found),
            Step::Iter(body, iter, ins, outs) => {
                let mark = env.trail.len();
                let holds = self.each(rule, body, iter, ins, outs, env);
                let result = match holds {
                    Ok(true) => self.steps_of(rule, rest, env, found),
                    Ok(false) | Err(Stop::Undefined) => Ok(false),
                    Err(stop) => Err(stop),
                };
                if !matches!(result, Ok(true)) {
                    env.undo(mark);
                }
                result
            }
            Step::Otherwise => {
                let Some((rel, number)) = rule else { return self.steps_of(rule, rest, env, found) };
                // With all components but the inputs unknown, as the rules before would be used.
                let inputs = self.inputs_of(rel, &env.inputs);
                let given = self.given.take();
                let applies = self.solve_before(rel, &inputs, number, false, &mut |_, _| Ok(true));
                self.given = given;
                match applies? {
                    true => Ok(false),
                    false => self.steps_of(rule, rest, env, found),
                }
            }
            Step::Stuck => Err(Stop::Unbound),
        }
    }

    /// How many components of a relation are inputs: by convention those before the last arrow, colon or the like.
    pub fn input_count(&self, rel: RelId) -> usize {
        let rel = &self.script.rels[rel.index()];
        let mixop = &self.script.mixops[rel.mixop.index()];
        let separator = ["~>", "~~", "<:", ">>", ":", "`<="].iter().filter_map(|s| mixop.rfind(s)).max();
        separator.map_or(rel.typs.len(), |i| mixop[..i].matches('%').count().max(1))
    }

    /// What is known of a rule before it is used: the inputs.
    fn inputs_of(&self, rel: RelId, inputs: &[Option<Term>]) -> Vec<Option<Term>> {
        let count = self.input_count(rel);
        inputs.iter().enumerate().map(|(i, input)| input.filter(|_| i < count)).collect()
    }

    fn premise(
        &mut self,
        rule: Option<(RelId, usize)>,
        rel: RelId,
        components: &[Result<Exp, Exp>],
        rest: &[Step],
        env: &mut Env,
        found: Found,
    ) -> Eval<bool> {
        let mut inputs = Vec::with_capacity(components.len());
        for component in components {
            inputs.push(match component {
                Ok(exp) => match self.eval(env, exp) {
                    Ok(term) => Some(term),
                    Err(Stop::Undefined) => return Ok(false),
                    Err(stop) => return Err(stop),
                },
                Err(_) => None,
            });
        }
        let patterns: Vec<(usize, &Exp)> =
            components.iter().enumerate().filter_map(|(i, c)| c.as_ref().err().map(|exp| (i, exp))).collect();
        if let Some(given) = self.given.clone() {
            for (other, judgement) in given.iter() {
                let fits = |(input, term): (&Option<Term>, &Term)| input.is_none_or(|input| input == *term);
                if *other != rel || !inputs.iter().zip(judgement).all(fits) {
                    continue;
                }
                let mut then = |machine: &mut Machine<'_>, env: &mut Env| machine.steps_of(rule, rest, env, found);
                if self.outputs(&patterns, judgement, env, &mut then)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(all) = inputs.iter().copied().collect::<Option<Vec<Term>>>() {
            return match self.decide(rel, &all)? {
                true => self.steps_of(rule, rest, env, found),
                false => Ok(false),
            };
        }
        self.solve(rel, &inputs, &mut |machine, solution| {
            machine.outputs(&patterns, &solution.components, env, &mut |machine, env| {
                machine.steps_of(rule, rest, env, found)
            })
        })
    }

    fn outputs(&mut self, patterns: &[(usize, &Exp)], components: &[Term], env: &mut Env, found: Found) -> Eval<bool> {
        let Some(((i, pattern), rest)) = patterns.split_first() else { return found(self, env) };
        self.matches(env, pattern, components[*i], &mut |machine, env| machine.outputs(rest, components, env, found))
    }

    /// A premise for all elements. Each is met in the first way in which it can be.
    fn each(
        &mut self,
        rule: Option<(RelId, usize)>,
        body: &[Step],
        iter: &Iter,
        ins: &[(crate::il::VarId, crate::il::VarId)],
        outs: &[(crate::il::VarId, crate::il::VarId)],
        env: &mut Env,
    ) -> Eval<bool> {
        let rows = self.iterate(env, iter, ins, |machine, env| {
            let mark = env.trail.len();
            let holds = machine.steps_of(rule, body, env, &mut |_, _| Ok(true));
            let row: Option<Vec<Term>> = outs.iter().map(|(inner, _)| env.slots[inner.index()]).collect();
            // Elements are forgotten, and what is bound beside them is kept.
            let own = |var: &crate::il::VarId| outs.iter().any(|(inner, _)| inner == var);
            let kept: Vec<crate::il::VarId> = env.trail.drain(mark..).filter(|var| !own(var)).collect();
            outs.iter().for_each(|(inner, _)| env.slots[inner.index()] = None);
            env.trail.extend(kept);
            match holds? {
                true => row.ok_or(Stop::Unbound).map(Some),
                false => Ok(None),
            }
        })?;
        let Some(rows) = rows.into_iter().collect::<Option<Vec<Vec<Term>>>>() else { return Ok(false) };
        for (i, (_, outer)) in outs.iter().enumerate() {
            let column: Vec<Term> = rows.iter().map(|row| row[i]).collect();
            let seq = self.terms.seq(&column);
            if !env.bind(*outer, seq) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn mask_of(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Whether an attempt settles a search. One that could not be decided leaves a doubt, in case no other one succeeds; a limit
/// ends the search.
fn settles(attempt: Eval<bool>, doubt: &mut Option<Stop>) -> Eval<bool> {
    match attempt {
        Err(Stop::Undefined) => Ok(false),
        Err(stop @ Stop::Limit(_)) => Err(stop),
        Err(stop) => {
            *doubt = Some(stop);
            Ok(false)
        }
        found => found,
    }
}
