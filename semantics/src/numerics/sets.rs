//! Sets of results, and how one result comes out of a set.

use super::integer::Int;
use crate::choice::{Choice, Choices, NanSet};

/// The set of results of an operator that has at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set<T> {
    /// A singleton, which the standard identifies with its element.
    One(T),
    /// `nans_N{z*}`
    Nan(NanSet),
    /// Any value of the type. The standard's document writes **R** for it, and only in relaxed truncation. The element
    /// held is the one that [`pick`] takes.
    Any(T),
}

impl<T: Int> Set<T> {
    /// Whether a value, as bits, is in the set.
    pub fn contains(self, bits: T) -> bool {
        match self {
            Set::One(c) => c == bits,
            Set::Nan(nans) => nans.contains(bits.to_u64()),
            Set::Any(_) => true,
        }
    }
}

/// Chooses an element of a set. A set of NaNs asks [`Choice::Nan`], which the deterministic profile answers with the
/// positive canonical NaN.
#[inline(always)]
pub fn pick<T: Int>(set: Set<T>, ch: &mut impl Choices) -> T {
    match set {
        Set::One(c) | Set::Any(c) => c,
        Set::Nan(nans) => T::from_u64(nans.bits(ch.choose(Choice::Nan(nans)))),
    }
}
