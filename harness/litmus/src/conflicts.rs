//! Finds the locations with conflicting accesses: those where the order of accesses is observable.
//!
//! A step that touches no location with a conflict commutes with all concurrent steps of other threads, so it alone is
//! an ample set (Peled, *All from One, One for All*, CAV 1993) and is taken at once. Conflicts are discovered by
//! exploring: when an exploration meets a new one, it starts again, until it meets no more.

use super::machine::ThreadSet;
use lockstep_semantics::execution::{Action, Addr, Datum, Location};
use rustc_hash::{FxHashMap, FxHashSet};

/// A location, or the queue of waiters at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    At(Location),
    Queue(Addr, u64),
}

/// An access: its thread, whether it writes, and the concurrent threads.
type Access = (usize, bool, ThreadSet);

/// The accesses of an exploration.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    accesses: FxHashMap<Place, Vec<Access>>,
    known: FxHashSet<Place>,
    /// Whether a new conflict was found.
    pub(super) grew: bool,
}

impl Conflicts {
    /// Records an action of a thread. Returns whether it is visible to others, that is, touches a location with a
    /// conflict.
    pub(super) fn note(&mut self, thread: usize, beside: ThreadSet, action: &Action) -> bool {
        let mut noticed = false;
        let mut at = |place: Place, writes: bool| noticed |= self.access(place, (thread, writes, beside));
        match *action {
            Action::Read { loc, value, .. } => places(loc, value, |loc| at(Place::At(loc), false)),
            Action::Write { loc, value, .. } => places(loc, value, |loc| at(Place::At(loc), true)),
            Action::Rmw { loc, written, .. } => places(loc, written, |loc| at(Place::At(loc), true)),
            Action::Fence => {}
            Action::Wait(w) | Action::Woken(w) | Action::TimedOut(w) => at(Place::Queue(w.mem, w.offset), true),
            Action::Notify { mem, offset, .. } => at(Place::Queue(mem, offset), true),
        }
        noticed
    }

    fn access(&mut self, place: Place, access @ (thread, writes, beside): Access) -> bool {
        if self.known.contains(&place) {
            return beside != 0;
        }
        let others = self.accesses.entry(place).or_default();
        if others.contains(&access) {
            return false;
        }
        others.push(access);
        let conflict = others.iter().any(|&(other, others_write, others_beside)| {
            (writes || others_write) && beside & 1 << other != 0 && others_beside & 1 << thread != 0
        });
        if conflict {
            self.known.insert(place);
            self.grew = true;
        }
        conflict
    }
}

/// The locations that an access touches: each byte is one.
fn places(loc: Location, value: Datum, mut each: impl FnMut(Location)) {
    match (loc, value) {
        (Location::Bytes(a, offset), Datum::Bytes(n, _)) => {
            (offset..offset + u64::from(n)).for_each(|offset| each(Location::Bytes(a, offset)));
        }
        // New bytes are reached through a length that was read after they were made.
        (Location::Bytes(..), _) => {}
        _ => each(loc),
    }
}
