//! Relations on a small set of events.

/// How many events a relation can be about.
pub const MOST: usize = 128;

/// A relation on events, as a matrix of bits: both what comes after each event and what comes before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    after: Vec<u128>,
    before: Vec<u128>,
}

impl Relation {
    /// The empty relation on `n` events, of which there may be [`MOST`].
    pub fn new(n: usize) -> Relation {
        assert!(n <= MOST, "a relation on more than {MOST} events");
        Relation { after: vec![0; n], before: vec![0; n] }
    }

    /// The same relation on `n` events, `n` not less than before.
    pub(crate) fn grow(&mut self, n: usize) {
        self.after.resize(n, 0);
        self.before.resize(n, 0);
    }

    /// On how many events.
    pub fn size(&self) -> usize {
        self.after.len()
    }

    /// Whether `a` is related to `b`.
    pub fn has(&self, a: usize, b: usize) -> bool {
        self.after[a] >> b & 1 == 1
    }

    /// Relates `a` to `b`.
    pub fn add(&mut self, a: usize, b: usize) {
        self.after[a] |= 1 << b;
        self.before[b] |= 1 << a;
    }

    /// What `a` is related to, as a set of bits.
    pub(crate) fn after(&self, a: usize) -> u128 {
        self.after[a]
    }

    /// What is related to `b`, as a set of bits.
    pub(crate) fn before(&self, b: usize) -> u128 {
        self.before[b]
    }

    /// Relates `a` to `b` in a relation that is transitive and irreflexive, and has it stay transitive. `false`, and nothing
    /// done, if it would not stay irreflexive.
    pub(crate) fn order(&mut self, a: usize, b: usize) -> bool {
        if self.has(a, b) {
            return true;
        }
        if a == b || self.has(b, a) {
            return false;
        }
        let up_to_a = self.before[a] | 1 << a;
        let from_b = self.after[b] | 1 << b;
        for x in bits(up_to_a) {
            self.after[x] |= from_b;
        }
        for y in bits(from_b) {
            self.before[y] |= up_to_a;
        }
        true
    }

    /// The transitive closure.
    pub fn closed(mut self) -> Relation {
        for k in 0..self.size() {
            let (before, after) = (self.before[k], self.after[k]);
            for x in bits(before) {
                self.after[x] |= after;
            }
            for y in bits(after) {
                self.before[y] |= before;
            }
        }
        self
    }

    /// An event that is related to itself.
    pub fn reflexive(&self) -> Option<usize> {
        (0..self.size()).find(|&a| self.has(a, a))
    }

    /// All pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.size()).flat_map(|a| bits(self.after[a]).map(move |b| (a, b)))
    }

    /// The pairs of a transitive relation that do not follow from others: what a picture shows.
    pub fn reduced(&self) -> Vec<(usize, usize)> {
        self.pairs().filter(|&(a, b)| self.after[a] & self.before[b] & !(1 << a) & !(1 << b) == 0).collect()
    }
}

/// The members of a set of bits.
pub(crate) fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let i = set.trailing_zeros() as usize;
        (set != 0).then(|| {
            set &= set - 1;
            i
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_stays_transitive_and_has_no_cycle() {
        let mut r = Relation::new(5);
        assert!(r.order(0, 1) && r.order(2, 3) && r.order(1, 2));
        assert!(r.has(0, 3) && !r.has(0, 4));
        assert!(!r.order(3, 0) && !r.order(4, 4));
        assert_eq!(r.reduced(), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(r.before(3), 0b111);
    }

    #[test]
    fn closure() {
        let mut r = Relation::new(4);
        r.add(2, 1);
        r.add(1, 0);
        assert_eq!(r.clone().closed().pairs().collect::<Vec<_>>(), [(1, 0), (2, 0), (2, 1)]);
        assert_eq!(r.clone().closed().reflexive(), None);
        r.add(0, 2);
        assert_eq!(r.closed().reflexive(), Some(0));
    }
}
