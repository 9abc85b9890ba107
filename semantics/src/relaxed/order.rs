//! Solves for a total order of events, under constraints on pairs and choices between them.

use super::relation::{Relation, bits};
use lockstep_spec::RuleId;

/// The first event must come before the second, because of this condition.
pub(crate) type Precedence = (usize, usize, RuleId);

/// The constraints on the total order under which a read may read from a write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constraints {
    /// All of these must hold.
    pub(crate) all: Vec<Precedence>,
    /// One of each of these pairs must hold.
    pub(crate) either: Vec<[Precedence; 2]>,
}

impl Constraints {
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.either.is_empty()
    }
}

/// Extends `order` by one of each of the `choices`. The order, and which were taken; or the condition that got in the way first.
pub(crate) fn solve(order: Relation, choices: &[Vec<Constraints>]) -> Result<(Relation, Vec<usize>), RuleId> {
    let mut taken = Vec::new();
    choose(order, choices, &mut Vec::new(), &mut taken).map(|order| (order, taken))
}

fn choose(
    order: Relation,
    choices: &[Vec<Constraints>],
    either: &mut Vec<[Precedence; 2]>,
    taken: &mut Vec<usize>,
) -> Result<Relation, RuleId> {
    let Some(choice) = choices.get(taken.len()) else { return settle(order, either.clone()) };
    let mut reason = None;
    let mut order = Some(order);
    for (i, alternative) in choice.iter().enumerate() {
        let last = i + 1 == choice.len();
        let Some(mut extended) = (if last { order.take() } else { order.clone() }) else { break };
        if let Some(&(_, _, rule)) = alternative.all.iter().find(|&&(a, b, _)| !extended.order(a, b)) {
            reason.get_or_insert(rule);
            continue;
        }
        let before = either.len();
        either.extend_from_slice(&alternative.either);
        taken.push(i);
        match choose(extended, choices, either, taken) {
            Ok(order) => return Ok(order),
            Err(rule) => reason.get_or_insert(rule),
        };
        taken.pop();
        either.truncate(before);
    }
    // A choice has at least one alternative.
    Err(reason.expect("an alternative"))
}

/// Takes one of each pair.
fn settle(mut order: Relation, mut either: Vec<[Precedence; 2]>) -> Result<Relation, RuleId> {
    loop {
        let mut failed = None;
        let before = either.len();
        either.retain(|&[(a, b, rule), (c, d, _)]| {
            if order.has(a, b) || order.has(c, d) {
                return false;
            }
            // What is impossible leaves the other.
            match (order.has(b, a) || a == b, order.has(d, c) || c == d) {
                (false, false) => return true,
                (true, true) => failed = Some(rule),
                (true, false) => _ = order.order(c, d),
                (false, true) => _ = order.order(a, b),
            }
            false
        });
        if let Some(rule) = failed {
            return Err(rule);
        }
        if either.len() == before {
            break;
        }
    }
    let Some([(a, b, _), (c, d, _)]) = either.pop() else { return Ok(order) };
    let mut first = order.clone();
    first.order(a, b);
    settle(first, either.clone()).or_else(|_| {
        order.order(c, d);
        settle(order, either)
    })
}

/// All events in an order that has `order`.
pub(crate) fn linear(order: &Relation) -> Vec<usize> {
    let all = if order.size() == super::MOST { u128::MAX } else { (1 << order.size()) - 1 };
    let (mut done, mut list) = (0, Vec::with_capacity(order.size()));
    while let Some(next) = bits(all & !done).find(|&e| order.before(e) & !done == 0) {
        done |= 1 << next;
        list.push(next);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_spec::rule;

    const RULE: RuleId = rule!("Sc_last_visible/between");

    #[test]
    fn a_choice_that_leads_nowhere_is_taken_back() {
        let one = |a, b| Constraints { all: vec![(a, b, RULE)], either: Vec::new() };
        let pair = |a, b, c, d| Constraints { all: Vec::new(), either: vec![[(a, b, RULE), (c, d, RULE)]] };
        let choices = [vec![one(1, 0), one(0, 1)], vec![one(1, 2)], vec![pair(2, 0, 2, 3)], vec![pair(3, 2, 0, 2)]];
        let (order, taken) = solve(Relation::new(4), &choices).expect("an order");
        assert!(taken.len() == 4 && order.reflexive().is_none());
        assert!(order.has(1, 2) && (order.has(2, 0) || order.has(2, 3)) && (order.has(3, 2) || order.has(0, 2)));
        let contradiction = [vec![one(0, 1), one(2, 1)], vec![one(1, 2)], vec![one(1, 0)]];
        assert_eq!(solve(Relation::new(3), &contradiction).err(), Some(RULE));
    }

    #[test]
    fn a_linear_order_has_all_events() {
        let mut order = Relation::new(4);
        assert!(order.order(3, 1) && order.order(1, 0));
        assert_eq!(linear(&order), [2, 3, 1, 0]);
    }
}
