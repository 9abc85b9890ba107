//! Which instances of a script share state, and on what their state depends that could not be run.

use lockstep_engines::InstanceId;
use rustc_hash::{FxHashMap, FxHashSet};

/// The place of a directive: line and column.
type Place = (u32, u32);

/// Which instances may have done what to each other. An engine that lacks a feature does not run some of a script, and what
/// the rest finds in a memory, say, then tells nothing about the engine.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Pairs of instances of which one imports from the other.
    pub(super) links: Vec<(InstanceId, InstanceId)>,
    /// What the module imports from that is being loaded.
    pub(super) wanted: Vec<InstanceId>,
    /// Instances with which something would have been done that was not run: the first directive.
    missed: FxHashMap<InstanceId, Place>,
}

impl State {
    /// A directive was not run that would have done something with these instances.
    pub(super) fn not_run(&mut self, instances: impl IntoIterator<Item = InstanceId>, place: Place) {
        for instance in instances {
            self.missed.entry(instance).or_insert(place);
        }
    }

    /// The first directive that was not run on which the state of an instance may depend.
    pub(super) fn doubt(&self, instance: InstanceId) -> Option<Place> {
        if self.missed.is_empty() {
            return None;
        }
        let mut seen = FxHashSet::from_iter([instance]);
        let mut open = vec![instance];
        while let Some(here) = open.pop() {
            for &(a, b) in &self.links {
                for (from, to) in [(a, b), (b, a)] {
                    if from == here && seen.insert(to) {
                        open.push(to);
                    }
                }
            }
        }
        seen.iter().filter_map(|instance| self.missed.get(instance)).min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_shared_by_imports() {
        let mut state = State::default();
        let [a, b, c, d] = [0, 1, 2, 3].map(InstanceId);
        state.links = vec![(b, a), (c, b)];
        assert_eq!(state.doubt(c), None);
        state.not_run([a], (7, 1));
        state.not_run([a], (9, 1));
        assert_eq!(state.doubt(c), Some((7, 1)));
        assert_eq!(state.doubt(d), None);
    }
}
