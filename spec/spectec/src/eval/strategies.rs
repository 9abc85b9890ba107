//! Rules that cannot be searched for as they are, and what is done instead.

use rustc_hash::FxHashMap;

use crate::il::{RelId, Script};

/// How a rule is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Transitivity: what lies between is found from the left, by the other rules.
    Transitive,
    /// An evaluation context `val* [_] instr*`: the hole ends with the first element that is no `val`, and has as few
    /// values in front of it as there can be. The rest is not looked at, and contexts are not put into one another.
    Context,
}

/// The rules that need a strategy.
pub const STRATEGIES: [(&str, &str, Strategy); 2] =
    [("Heaptype_sub", "trans", Strategy::Transitive), ("Step", "ctxt-instrs", Strategy::Context)];

/// The rules of a script that need a strategy.
pub(super) fn strategies(script: &Script) -> FxHashMap<(RelId, usize), Strategy> {
    let mut found = FxHashMap::default();
    for (i, rel) in (0u32..).zip(&script.rels) {
        for (j, rule) in rel.rules.iter().enumerate() {
            let named = |(name, part, _): &&(&str, &str, Strategy)| **name == *rel.name && **part == *rule.name;
            if let Some((_, _, strategy)) = STRATEGIES.iter().find(named) {
                found.insert((RelId(i), j), *strategy);
            }
        }
    }
    found
}
