//! The relaxed memory model.

mod language;
mod naive;
mod shapes;
mod speed;

use std::collections::BTreeSet;

use language::Test;
use lockstep_semantics::relaxed::conditions::consistent;
use lockstep_semantics::relaxed::{Bounds, explore};

/// The outcomes that the search allows, after checks of what it says about them.
pub fn allowed(test: &Test) -> BTreeSet<Vec<Vec<u64>>> {
    let outcomes = explore(test, &Bounds::default());
    assert_eq!(outcomes.limits, [], "{test:?}");
    let all: BTreeSet<_> = outcomes.allowed().map(|(ends, _)| ends).collect();
    assert_eq!(outcomes.allowed().map(|(_, allowed)| allowed.executions).sum::<u64>(), outcomes.executions);
    for ends in &all {
        let witness = outcomes.witness(ends).expect("an execution of an allowed outcome");
        assert_eq!(consistent(&witness), Ok(()), "{test:?}\n{ends:?}\n{witness:#?}");
        assert_eq!(witness.tot.len(), witness.events.len());
    }
    if test.events() <= 6 {
        assert_eq!(naive::outcomes(test), all, "{test:?}");
    }
    all
}
