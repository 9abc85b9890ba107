//! Conversions (3.1-numerics.scalar), generic over the widths. `wrap__` and `extend__` are in
//! [`representation`](super::representation).

use super::float::{Float, nans};
use super::integer::Int;
use super::representation::{extend, sat_s, sat_u};
use super::sets::Set;
use crate::choice::NanSet;
use crate::syntax::Sx;

/// `truncz(z)`, as a host float; infinities and NaNs stay what they are.
#[inline]
fn truncz<F: Float>(z: F) -> f64 {
    // Widening is exact, so that there is only one width to truncate in.
    F::to_f64(z.host()).trunc()
}

/// `2^n`
#[inline]
const fn power(n: u32) -> f64 {
    (1u128 << n) as f64
}

/// `trunc__(M, N, sx, z)`: nothing for NaNs, infinities and what is out of range.
#[inline]
pub fn trunc<F: Float, I: Int>(sx: Sx, z: F) -> Option<I> {
    // Both bounds are powers of two, exact in an f64, where the greatest integers below them may not be.
    let q = truncz(z);
    match sx {
        Sx::U => (-1.0 < q && q < power(I::N)).then(|| I::from_u64(q as u64)),
        Sx::S => (-power(I::N - 1) <= q && q < power(I::N - 1)).then(|| I::inv_signed(q as i64)),
    }
}

/// `trunc_sat__(M, N, sx, z)`: 0 for NaNs; infinities and what is out of range saturate.
#[inline]
pub fn trunc_sat<F: Float, I: Int>(sx: Sx, z: F) -> I {
    // The host's conversion to 64 bits saturates likewise, and has 0 for NaNs; then saturate to N bits.
    let q = F::to_f64(z.host());
    match sx {
        Sx::U => I::from_u64(sat_u(I::N, (q as u64).into())),
        Sx::S => I::inv_signed(sat_s(I::N, (q as i64).into())),
    }
}

/// `promote__(32, 64, z)`
#[inline]
pub fn promote(z: u32) -> Set<u64> {
    if z.is_nan() { Set::Nan(NanSet { width: u64::WIDTH, ..nans(&[z]) }) } else { Set::One(u64::bits(z.host().into())) }
}

/// `demote__(64, 32, z)`
#[inline]
pub fn demote(z: u64) -> Set<u32> {
    if z.is_nan() { Set::Nan(NanSet { width: u32::WIDTH, ..nans(&[z]) }) } else { Set::One(u32::bits(z.host() as f32)) }
}

/// `convert__(M, N, sx, i)`: rounded once.
#[inline]
pub fn convert<I: Int, F: Float>(sx: Sx, i: I) -> F {
    F::bits(match sx {
        Sx::U => F::of_u64(i.to_u64()),
        Sx::S => F::of_i64(i.signed()),
    })
}

/// `narrow__(M, N, sx, i)`: the signed reading of `i`, saturated. `sx` says how the *result* is read.
#[inline]
pub fn narrow<I: Int, J: Int>(sx: Sx, i: I) -> J {
    match sx {
        Sx::U => J::from_u64(sat_u(J::N, i.signed().into())),
        Sx::S => J::inv_signed(sat_s(J::N, i.signed().into())),
    }
}

/// `extend__(M, N, sx, i)` between the types of lanes.
#[inline]
pub(super) fn extend_lane<I: Int, J: Int>(sx: Sx, i: I) -> J {
    J::from_u64(extend(I::N, J::N, sx, i.to_u64()))
}
