//! The relaxed memory model.

mod language;
mod naive;
mod results;
mod shapes;
mod speed;

use std::collections::BTreeSet;

use language::Test;
use lockstep_semantics::relaxed::conditions::consistent;
use lockstep_semantics::relaxed::{Bounds, explore};

/// The outcomes that the search allows, after checks of what it says about them.
pub(crate) fn searched(test: &Test) -> BTreeSet<Vec<Vec<u64>>> {
    let outcomes = explore(test, &Bounds::default());
    assert_eq!(outcomes.limits, [], "{test:?}");
    let all: BTreeSet<_> = outcomes.allowed().map(|(ends, _)| ends).collect();
    assert_eq!(outcomes.allowed().map(|(_, allowed)| allowed.executions).sum::<u64>(), outcomes.executions);
    for ends in &all {
        let witness = outcomes.witness(ends).expect("an execution of an allowed outcome");
        assert_eq!(consistent(&witness), Ok(()), "{test:?}\n{ends:?}\n{witness:#?}");
        assert_eq!(witness.tot.len(), witness.events.len());
    }
    all
}

/// The outcomes that are allowed: by the search, and by the definitions, too, of a program that is small enough for these.
pub(crate) fn allowed(test: &Test) -> BTreeSet<Vec<Vec<u64>>> {
    let all = searched(test);
    if naive::is_small(test) {
        assert_eq!(all, naive::outcomes(test), "{test:?}");
    }
    all
}
