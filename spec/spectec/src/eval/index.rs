//! Which rules may apply to what is known.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Machine;
use super::plan::Plan;
use crate::il::{Exp, ExpKind as K, MixId, RelId};
use crate::term::{Term, View};

/// The plans of a relation for a set of known components.
#[derive(Debug, Default)]
pub(super) struct RulePlans {
    pub(super) plans: Vec<Plan>,
    /// Rules by an operator that a known component has to contain.
    index: FxHashMap<MixId, Vec<usize>>,
    /// Rules without such an operator.
    others: Vec<usize>,
    /// For each rule, a case that has to stand in a list inside of an element: `BR` inside of `LABEL_`.
    inner: Vec<Option<MixId>>,
}

/// The last operator in a pattern, at its top or in a list at its top.
fn operator(pattern: &Exp) -> Option<MixId> {
    match pattern.kind() {
        K::Case(mixop, operands) => operands.iter().rev().find_map(list_operator).or(Some(*mixop)),
        _ => list_operator(pattern),
    }
}

/// The last operator in a list that is an operand of an element of a list.
fn inner_operator(pattern: &Exp) -> Option<MixId> {
    match pattern.kind() {
        K::Case(_, operands) => operands.iter().find_map(inner_operator),
        K::List(exps) => exps.iter().find_map(|exp| match exp.plain().kind() {
            K::Case(_, operands) => operands.iter().rev().find_map(list_operator),
            _ => None,
        }),
        K::Cat(a, b) => inner_operator(a).or_else(|| inner_operator(b)),
        K::Sub(inner) | K::Lift(inner) => inner_operator(inner),
        _ => None,
    }
}

fn list_operator(pattern: &Exp) -> Option<MixId> {
    match pattern.kind() {
        K::List(exps) => exps.iter().rev().find_map(|exp| match exp.plain().kind() {
            K::Case(mixop, _) => Some(*mixop),
            _ => None,
        }),
        K::Cat(a, b) => list_operator(b).or_else(|| list_operator(a)),
        K::Sub(inner) | K::Lift(inner) => list_operator(inner),
        _ => None,
    }
}

impl Machine<'_> {
    /// The plans of a relation where these components are known.
    pub(super) fn plans(&mut self, rel: RelId, mask: u64) -> Rc<RulePlans> {
        if let Some(plans) = self.rules.get(&(rel, mask)) {
            return plans.clone();
        }
        let script = self.script;
        let rules = &script.rels[rel.index()].rules;
        let mut found = RulePlans::default();
        for (i, rule) in rules.iter().enumerate() {
            found.plans.push(self.plan_rule(rule, mask, false));
            let known = rule.conclusion.iter().enumerate().filter(|(j, _)| mask & (1 << j) != 0);
            found.inner.push(known.clone().find_map(|(_, exp)| inner_operator(exp)));
            match known.filter_map(|(_, exp)| operator(exp)).next_back() {
                Some(mixop) => found.index.entry(mixop).or_default().push(i),
                None => found.others.push(i),
            }
        }
        let found = Rc::new(found);
        self.rules.insert((rel, mask), found.clone());
        found
    }

    /// The operators at the top of a value, and of the elements of lists there.
    fn operators(&self, term: Term, all: &mut Vec<MixId>) {
        match self.terms.view(term) {
            View::Case(mixop, operands) => {
                all.push(mixop);
                for operand in operands {
                    self.element_operators(*operand, all);
                }
            }
            View::Seq(_) => self.element_operators(term, all),
            _ => {}
        }
    }

    fn element_operators(&self, term: Term, all: &mut Vec<MixId>) {
        if matches!(self.terms.view(term), View::Seq(_)) {
            for element in self.terms.elements(term) {
                if let View::Case(mixop, _) = self.terms.view(element)
                    && !all.contains(&mixop)
                {
                    all.push(mixop);
                }
            }
        }
    }

    /// The rules that may apply, in order.
    pub(super) fn candidates(&self, plans: &RulePlans, inputs: &[Option<Term>]) -> Vec<usize> {
        let mut operators = Vec::new();
        inputs.iter().flatten().for_each(|term| self.operators(*term, &mut operators));
        let mut found = plans.others.clone();
        for mixop in operators {
            found.extend(plans.index.get(&mixop).into_iter().flatten());
        }
        found.sort_unstable();
        found.dedup();
        if found.iter().any(|rule| plans.inner[*rule].is_some()) {
            let mut inside = Vec::new();
            inputs.iter().flatten().for_each(|term| self.inner_operators(*term, true, &mut inside));
            found.retain(|rule| plans.inner[*rule].is_none_or(|mixop| inside.contains(&mixop)));
        }
        found
    }

    /// The operators of the elements of lists inside of elements of lists.
    fn inner_operators(&self, term: Term, top: bool, all: &mut Vec<MixId>) {
        match self.terms.view(term) {
            View::Case(_, operands) if top => {
                operands.iter().for_each(|operand| self.inner_operators(*operand, false, all));
            }
            View::Seq(_) => {
                for element in self.terms.elements(term) {
                    if let View::Case(_, operands) = self.terms.view(element) {
                        operands.iter().for_each(|operand| self.element_operators(*operand, all));
                    }
                }
            }
            _ => {}
        }
    }
}
