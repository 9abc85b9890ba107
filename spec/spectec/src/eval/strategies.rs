//! Rules that cannot be searched for as they are, and what is done instead.

use rustc_hash::FxHashSet;

use crate::il::{RelId, Script};

/// How a rule is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Transitivity: what lies between is found from the left, by the other rules.
    Transitive,
}

/// The rules that need a strategy.
pub const STRATEGIES: [(&str, &str, Strategy); 1] = [("Heaptype_sub", "trans", Strategy::Transitive)];

/// The transitive rules of a script.
pub(super) fn transitive(script: &Script) -> FxHashSet<(RelId, usize)> {
    let mut found = FxHashSet::default();
    for (i, rel) in (0u32..).zip(&script.rels) {
        for (j, rule) in rel.rules.iter().enumerate() {
            if STRATEGIES.iter().any(|(name, part, _)| **name == *rel.name && **part == *rule.name) {
                found.insert((RelId(i), j));
            }
        }
    }
    found
}
