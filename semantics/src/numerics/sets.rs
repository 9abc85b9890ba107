//! Sets of results, and how one result comes out of a set.

use super::float::Float;
use super::integer::Int;
use super::lanes::Lane;
use crate::choice::{Choice, Choices, NanSet, Relaxed};
use crate::syntax::V128;

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

/// `nans_N{z*}`: the NaNs that an operator may return that had `z*` for inputs. If all NaNs among the inputs are
/// canonical, or there are none, they are the canonical ones; else all arithmetic ones.
///
/// The formula of the document asks that *all* inputs be canonical NaNs, its prose that all *NaN inputs* be. Only the
/// prose makes sense of `fadd(nan, 1)`.
#[inline]
pub fn nans<F: Float>(z: &[F]) -> NanSet {
    NanSet { width: F::WIDTH, arithmetic: z.iter().any(|z| z.is_nan() && !z.is_canonical_nan()) }
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

/// Settles what an operator leaves open. Everything that implements [`Choices`] does, by choosing; so does the oracle,
/// which steers towards a given result.
pub trait Resolve {
    /// The value of a parameter of relaxed SIMD.
    fn relaxed(&mut self, r: Relaxed) -> u64;
    /// An element of the set of results of a lane, 0 for a scalar.
    fn resolve<T: Lane>(&mut self, lane: usize, set: Set<T>) -> T;
}

impl<C: Choices> Resolve for C {
    #[inline]
    fn relaxed(&mut self, r: Relaxed) -> u64 {
        self.choose(Choice::Relaxed(r))
    }
    #[inline(always)]
    fn resolve<T: Lane>(&mut self, _: usize, set: Set<T>) -> T {
        pick(set, self)
    }
}

/// Steers towards a result: takes its lane out of each set that has it. The result is in the set of results of an
/// operator exactly if the operator then returns it, for some value of the relaxed parameter.
pub(super) struct Towards {
    pub(super) result: V128,
    /// The value of the relaxed parameter. No operator asks for more than one parameter.
    pub(super) relaxed: u64,
}

impl Resolve for Towards {
    fn relaxed(&mut self, r: Relaxed) -> u64 {
        self.relaxed.min(Choice::Relaxed(r).alternatives() - 1)
    }
    fn resolve<T: Lane>(&mut self, lane: usize, set: Set<T>) -> T {
        let wanted = T::lanes(self.result).as_ref().get(lane).copied().unwrap_or_default();
        match set {
            _ if set.contains(wanted) => wanted,
            Set::One(c) | Set::Any(c) => c,
            Set::Nan(nans) => T::from_u64(nans.bits(0)),
        }
    }
}
