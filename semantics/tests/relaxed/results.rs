//! What a search says besides outcomes: reasons, bounds, pictures.

use std::cell::Cell;

use lockstep_semantics::relaxed::{Bounds, Limit, explore};
use lockstep_spec::{RuleId, rule};

use super::language::Place::I32;
use super::language::*;

const X: Place = I32(0);
const Y: Place = I32(1);

/// The condition that the closest candidate fails, and its events that have threads.
fn reason(test: &Test, ends: &[&[u64]]) -> (RuleId, Vec<(usize, usize)>) {
    let outcomes = explore(test, &Bounds::default());
    let ends: Vec<Vec<u64>> = ends.iter().map(|end| end.to_vec()).collect();
    assert!(outcomes.allows(&ends).is_none());
    assert!(outcomes.forbidden(u64::MAX).contains(&ends));
    let explained = outcomes.explain(&ends, 1000).expect("a candidate");
    let events = explained.rejected.events.iter().map(|&e| &explained.execution.events[e]);
    (explained.rejected.rule, events.filter_map(|e| Some((e.thread?, e.index))).collect())
}

#[test]
fn reasons() {
    let mp = Test::new([&[store(AcqRel, X, 1), store(AcqRel, Y, 1)], &[load(AcqRel, Y), load(AcqRel, X)]]);
    // The read, the initial value (which has no thread), and the write between them.
    assert_eq!(reason(&mp, &[&[], &[1, 0]]), (rule!("Hb_consistent/hidden"), vec![(1, 1), (0, 0)]));
    let sb = Test::new([&[store(SeqCst, X, 1), load(SeqCst, Y)], &[store(SeqCst, Y, 1), load(SeqCst, X)]]);
    assert_eq!(reason(&sb, &[&[0], &[0]]).0, rule!("Sc_last_visible/before"));
    let lb = Test::new([&[load(SeqCst, X), store(SeqCst, Y, 1)], &[load(SeqCst, Y), store(SeqCst, X, 1)]]);
    assert_eq!(reason(&lb, &[&[1], &[1]]).0, rule!("Consistent"));
    let add = [Op::Add(AcqRel, X, 1)];
    assert_eq!(reason(&Test::new([&add, &add]), &[&[0], &[0]]).0, rule!("Coherent/rmw"));
    // What a thread has overwritten itself is no candidate.
    let own = Test::new([&[store(Unordered, X, 1), load(Unordered, X)]]);
    let outcomes = explore(&own, &Bounds::default());
    assert!(outcomes.explain(&[vec![1]], 1000).is_none() && outcomes.explain(&[vec![0]], 1000).is_none());
    assert_eq!(outcomes.forbidden(u64::MAX), Vec::<Vec<Vec<u64>>>::new());
}

#[test]
fn every_rejection_has_its_condition() {
    let iriw = |order| {
        Test::new([
            &[store(order, X, 1)],
            &[store(order, Y, 1)],
            &[load(order, X), load(order, Y)],
            &[load(order, Y), load(order, X)],
        ])
    };
    let strong = explore(&iriw(SeqCst), &Bounds::default());
    assert_eq!((strong.allowed().count(), strong.executions), (15, 15));
    assert_eq!(strong.candidates, strong.executions + strong.rejected.values().sum::<u64>());
    assert_eq!(strong.forbidden(u64::MAX), [[vec![], vec![], vec![1, 0], vec![1, 0]]]);
    assert_eq!(explore(&iriw(AcqRel), &Bounds::default()).forbidden(u64::MAX), Vec::<Vec<Vec<u64>>>::new());
}

/// A bound is said, and what was found before it stays.
#[test]
fn bounds() {
    let test =
        Test::new([&[store(Unordered, X, 1), load(Unordered, Y)], &[store(Unordered, Y, 1), load(Unordered, X)]]);
    let with = |bounds: Bounds| {
        let outcomes = explore(&test, &bounds);
        (outcomes.allowed().count(), outcomes.limits)
    };
    let all = Bounds::default();
    assert_eq!(with(all), (4, vec![]));
    assert_eq!(with(Bounds { candidates: 2, ..all }), (2, vec![Limit::Candidates]));
    assert_eq!(with(Bounds { reads: 0, ..all }), (0, vec![Limit::Reads(0), Limit::Reads(1)]));
    assert_eq!(with(Bounds { runs: 1, ..all }), (0, vec![Limit::Runs]));
    let left = Cell::new(5);
    let stop = || left.replace(left.get().max(1) - 1) == 0;
    assert_eq!(with(Bounds { stop: Some(&stop), ..all }).1, [Limit::Stopped]);
    let long = vec![store(Unordered, X, 1); 40];
    let both = explore(&Test::new([&long, &long]), &all);
    assert_eq!((both.executions, both.limits), (0, vec![Limit::Events]));
}

#[test]
fn relations_of_a_witness() {
    let mp = Test::new([&[store(SeqCst, X, 1), store(SeqCst, Y, 1)], &[load(SeqCst, Y), load(SeqCst, X)]]);
    let outcomes = explore(&mp, &Bounds::default());
    let x = outcomes.witness(&[vec![], vec![1, 1]]).expect("it is allowed");
    let relations: std::collections::BTreeMap<_, _> = x.relations().into_iter().collect();
    assert_eq!(relations["po"], [(0, 1), (2, 3)]);
    assert_eq!(relations["rf"], [(0, 3), (1, 2)]);
    assert_eq!(relations["sw"], [(0, 3), (1, 2)]);
    assert_eq!(relations["hb"], [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(relations["tot"], [(0, 1), (1, 2), (2, 3)]);
    assert!(!x.is_cyclic());
    let lb = Test::new([&[load(Unordered, X), store(Unordered, Y, 1)], &[load(Unordered, Y), store(Unordered, X, 1)]]);
    let outcomes = explore(&lb, &Bounds::default());
    assert!(outcomes.witness(&[vec![1], vec![1]]).expect("it is allowed").is_cyclic());
    assert!(!outcomes.witness(&[vec![1], vec![0]]).expect("it is allowed").is_cyclic());
}
