//! Choices from bytes.

use arbitrary::Unstructured;

/// Choices, of one or two bytes each. After the end of the bytes every choice is the first one and every chance is
/// missed, so that generation ends as well.
pub(super) struct Rand<'a, 'b>(pub(super) &'a mut Unstructured<'b>);

impl Rand<'_, '_> {
    /// A number below `n`, which is not zero.
    pub(super) fn below(&mut self, n: usize) -> usize {
        if n <= 1 {
            return 0;
        }
        let last = u32::try_from(n - 1).unwrap_or(u32::MAX);
        self.0.int_in_range(0..=last).unwrap_or(0) as usize
    }
    /// A number from `low` to `high`, both included.
    pub(super) fn within(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }
    /// Whether something happens that does so in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent.min(100)
    }
    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(all[self.below(all.len())]) }
    }
    /// The position of one of several weights, as often as it weighs.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut at = self.below(total as usize) as u32;
        for (i, weight) in weights.iter().enumerate() {
            if at < *weight {
                return i;
            }
            at -= weight;
        }
        0
    }
    /// 32 bits.
    pub(super) fn bits32(&mut self) -> u32 {
        self.0.arbitrary().unwrap_or(0)
    }
    /// 64 bits.
    pub(super) fn bits64(&mut self) -> u64 {
        self.0.arbitrary().unwrap_or(0)
    }
    /// Whether there are bytes left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
