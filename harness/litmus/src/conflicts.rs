//! Which locations threads can tell apart by the order of their accesses.
//!
//! A step that touches no location with a conflict commutes with all steps that other threads may make beside it, so
//! that it can be made at once (it is an ample set, in the words of partial-order reduction). Where the conflicts are is
//! found out by exploring: each one that is met begins the exploration anew, until no more are met.

use super::machine::ThreadSet;
use lockstep_semantics::execution::{Action, Addr, Datum, Location};
use rustc_hash::{FxHashMap, FxHashSet};

/// A location, or the queue of those that wait at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    At(Location),
    Queue(Addr, u64),
}

/// An access: who, whether it writes, and beside which threads.
type Access = (usize, bool, ThreadSet);

/// The accesses of an exploration.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    accesses: FxHashMap<Place, Vec<Access>>,
    known: FxHashSet<Place>,
    /// Whether one was found that was not known.
    pub(super) grew: bool,
}

impl Conflicts {
    /// Takes note of an action of a thread; whether others may notice it.
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
