//! Floating-point operations (3.1-numerics.scalar), generic over the width.
//!
//! The arithmetic is the host's, which is IEEE 754 with rounding to nearest, ties to even, for all operators used here.
//! What the host does with NaNs is not the standard's business: a NaN result is replaced by its set.

use super::integer::Int;
use super::representation::bool;
use super::sets::Set;
use crate::choice::{NanSet, NanWidth};
use crate::syntax::{FBinOp, FRelOp, FUnOp};
use std::ops::{Add, Div, Mul, Sub};

/// `fN`: floating-point numbers as their bits, in the unsigned integer of the same width.
#[allow(missing_docs)]
pub trait Float: Int {
    /// The host's type for `fN`.
    type Host: Copy
        + PartialOrd
        + Add<Output = Self::Host>
        + Sub<Output = Self::Host>
        + Mul<Output = Self::Host>
        + Div<Output = Self::Host>;
    /// The width, as sets of NaNs have it.
    const WIDTH: NanWidth;
    /// `-0`: the sign bit alone.
    const SIGN: Self;
    /// `+∞`: all bits of the exponent.
    const INF: Self;
    /// `+nan(canon_N)`
    const CANON: Self;
    fn host(self) -> Self::Host;
    fn bits(z: Self::Host) -> Self;
    fn sqrt(z: Self::Host) -> Self::Host;
    fn ceil(z: Self::Host) -> Self::Host;
    fn floor(z: Self::Host) -> Self::Host;
    fn trunc(z: Self::Host) -> Self::Host;
    fn nearest(z: Self::Host) -> Self::Host;
    /// `z_1 * z_2 + z_3`, rounded once.
    fn fused(z_1: Self::Host, z_2: Self::Host, z_3: Self::Host) -> Self::Host;
    /// Without loss.
    fn to_f64(z: Self::Host) -> f64;
    /// `ieee_N(i)`
    fn of_u64(i: u64) -> Self::Host;
    /// `ieee_N(i)`
    fn of_i64(i: i64) -> Self::Host;

    /// The number without its sign.
    #[inline(always)]
    fn magnitude(self) -> Self {
        self & !Self::SIGN
    }
    /// `± nan(n)` for some `n`
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.magnitude() > Self::INF
    }
    /// `± nan(canon_N)`
    #[inline(always)]
    fn is_canonical_nan(self) -> bool {
        self.magnitude() == Self::CANON
    }
    /// `± 0`
    #[inline(always)]
    fn is_zero(self) -> bool {
        self.magnitude() == Self::default()
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

macro_rules! float {
    ($($bits:ident $host:ident $width:ident $inf:literal $canon:literal)*) => { $(
        impl Float for $bits {
            type Host = $host;
            const WIDTH: NanWidth = NanWidth::$width;
            const SIGN: Self = 1 << ($bits::BITS - 1);
            const INF: Self = $inf;
            const CANON: Self = $canon;
            #[inline(always)]
            fn host(self) -> $host { $host::from_bits(self) }
            #[inline(always)]
            fn bits(z: $host) -> Self { z.to_bits() }
            #[inline(always)]
            fn sqrt(z: $host) -> $host { z.sqrt() }
            #[inline(always)]
            fn ceil(z: $host) -> $host { z.ceil() }
            #[inline(always)]
            fn floor(z: $host) -> $host { z.floor() }
            #[inline(always)]
            fn trunc(z: $host) -> $host { z.trunc() }
            #[inline(always)]
            fn nearest(z: $host) -> $host { z.round_ties_even() }
            #[inline(always)]
            fn fused(z_1: $host, z_2: $host, z_3: $host) -> $host { z_1.mul_add(z_2, z_3) }
            #[inline(always)]
            fn to_f64(z: $host) -> f64 { z.into() }
            #[inline(always)]
            fn of_u64(i: u64) -> $host { i as $host }
            #[inline(always)]
            fn of_i64(i: i64) -> $host { i as $host }
        }
    )* };
}

float! {
    u32 f32 N32 0x7f80_0000 0x7fc0_0000
    u64 f64 N64 0x7ff0_0000_0000_0000 0x7ff8_0000_0000_0000
}

/// The result of an operation that the host computed on `inputs`. On numbers it is a NaN exactly where the standard has
/// `nans_N{}`, and on NaNs always where the standard has `nans_N` of the inputs.
#[inline(always)]
pub(super) fn result<F: Float>(z: F::Host, inputs: &[F]) -> Set<F> {
    let z = F::bits(z);
    if z.is_nan() { Set::Nan(nans(inputs)) } else { Set::One(z) }
}

/// `fabs_(N, z)`: an operation on bits, which keeps the payload of a NaN.
#[inline]
pub fn fabs<F: Float>(z: F) -> F {
    z.magnitude()
}

/// `fneg_(N, z)`: an operation on bits, which keeps the payload of a NaN.
#[inline]
pub fn fneg<F: Float>(z: F) -> F {
    z ^ F::SIGN
}

/// `fsqrt_(N, z)`
#[inline]
pub fn fsqrt<F: Float>(z: F) -> Set<F> {
    result(F::sqrt(z.host()), &[z])
}

/// `fceil_(N, z)`
#[inline]
pub fn fceil<F: Float>(z: F) -> Set<F> {
    result(F::ceil(z.host()), &[z])
}

/// `ffloor_(N, z)`
#[inline]
pub fn ffloor<F: Float>(z: F) -> Set<F> {
    result(F::floor(z.host()), &[z])
}

/// `ftrunc_(N, z)`
#[inline]
pub fn ftrunc<F: Float>(z: F) -> Set<F> {
    result(F::trunc(z.host()), &[z])
}

/// `fnearest_(N, z)`: of two equally near the even one.
#[inline]
pub fn fnearest<F: Float>(z: F) -> Set<F> {
    result(F::nearest(z.host()), &[z])
}

/// `fadd_(N, z_1, z_2)`
#[inline]
pub fn fadd<F: Float>(z_1: F, z_2: F) -> Set<F> {
    result(z_1.host() + z_2.host(), &[z_1, z_2])
}

/// `fsub_(N, z_1, z_2)`
#[inline]
pub fn fsub<F: Float>(z_1: F, z_2: F) -> Set<F> {
    result(z_1.host() - z_2.host(), &[z_1, z_2])
}

/// `fmul_(N, z_1, z_2)`
#[inline]
pub fn fmul<F: Float>(z_1: F, z_2: F) -> Set<F> {
    result(z_1.host() * z_2.host(), &[z_1, z_2])
}

/// `fdiv_(N, z_1, z_2)`
#[inline]
pub fn fdiv<F: Float>(z_1: F, z_2: F) -> Set<F> {
    result(z_1.host() / z_2.host(), &[z_1, z_2])
}

/// `fma_N(z_1, z_2, z_3)`: the product and the sum, rounded once.
#[inline]
pub fn fma<F: Float>(z_1: F, z_2: F, z_3: F) -> Set<F> {
    result(F::fused(z_1.host(), z_2.host(), z_3.host()), &[z_1, z_2, z_3])
}

/// `fmin_(N, z_1, z_2)`: `-0` is less than `+0` here. The host's minimum would return the operand that is not a NaN.
#[inline]
pub fn fmin<F: Float>(z_1: F, z_2: F) -> Set<F> {
    if z_1.is_nan() || z_2.is_nan() {
        return Set::Nan(nans(&[z_1, z_2]));
    }
    Set::One(match (flt(z_1, z_2), flt(z_2, z_1)) {
        (1, _) => z_1,
        (_, 1) => z_2,
        // The same number, or zeros: negative if either is.
        _ => z_1 | z_2,
    })
}

/// `fmax_(N, z_1, z_2)`: `+0` is greater than `-0` here.
#[inline]
pub fn fmax<F: Float>(z_1: F, z_2: F) -> Set<F> {
    if z_1.is_nan() || z_2.is_nan() {
        return Set::Nan(nans(&[z_1, z_2]));
    }
    Set::One(match (flt(z_1, z_2), flt(z_2, z_1)) {
        (1, _) => z_2,
        (_, 1) => z_1,
        // The same number, or zeros: positive if either is.
        _ => z_1 & z_2,
    })
}

/// `fpmin_(N, z_1, z_2)`: one of the operands, bit for bit.
#[inline]
pub fn fpmin<F: Float>(z_1: F, z_2: F) -> F {
    if flt(z_2, z_1) == 1 { z_2 } else { z_1 }
}

/// `fpmax_(N, z_1, z_2)`: one of the operands, bit for bit.
#[inline]
pub fn fpmax<F: Float>(z_1: F, z_2: F) -> F {
    if flt(z_1, z_2) == 1 { z_2 } else { z_1 }
}

/// `fcopysign_(N, z_1, z_2)`: an operation on bits, which keeps the payload of a NaN.
#[inline]
pub fn fcopysign<F: Float>(z_1: F, z_2: F) -> F {
    z_1.magnitude() | (z_2 & F::SIGN)
}

/// `feq_(N, z_1, z_2)`
#[inline]
pub fn feq<F: Float>(z_1: F, z_2: F) -> u32 {
    bool(z_1.host() == z_2.host())
}

/// `fne_(N, z_1, z_2)`
#[inline]
pub fn fne<F: Float>(z_1: F, z_2: F) -> u32 {
    bool(z_1.host() != z_2.host())
}

/// `flt_(N, z_1, z_2)`
#[inline]
pub fn flt<F: Float>(z_1: F, z_2: F) -> u32 {
    bool(z_1.host() < z_2.host())
}

/// `fgt_(N, z_1, z_2)`
#[inline]
pub fn fgt<F: Float>(z_1: F, z_2: F) -> u32 {
    bool(z_1.host() > z_2.host())
}

/// `fle_(N, z_1, z_2)`
#[inline]
pub fn fle<F: Float>(z_1: F, z_2: F) -> u32 {
    bool(z_1.host() <= z_2.host())
}

/// `fge_(N, z_1, z_2)`
#[inline]
pub fn fge<F: Float>(z_1: F, z_2: F) -> u32 {
    bool(z_1.host() >= z_2.host())
}

/// `unop_(Fnn, op, z)`
#[inline(always)]
pub fn funop<F: Float>(op: FUnOp, z: F) -> Set<F> {
    match op {
        FUnOp::Abs => Set::One(fabs(z)),
        FUnOp::Neg => Set::One(fneg(z)),
        FUnOp::Sqrt => fsqrt(z),
        FUnOp::Ceil => fceil(z),
        FUnOp::Floor => ffloor(z),
        FUnOp::Trunc => ftrunc(z),
        FUnOp::Nearest => fnearest(z),
    }
}

/// `binop_(Fnn, op, z_1, z_2)`
#[inline(always)]
pub fn fbinop<F: Float>(op: FBinOp, z_1: F, z_2: F) -> Set<F> {
    match op {
        FBinOp::Add => fadd(z_1, z_2),
        FBinOp::Sub => fsub(z_1, z_2),
        FBinOp::Mul => fmul(z_1, z_2),
        FBinOp::Div => fdiv(z_1, z_2),
        FBinOp::Min => fmin(z_1, z_2),
        FBinOp::Max => fmax(z_1, z_2),
        FBinOp::Copysign => Set::One(fcopysign(z_1, z_2)),
    }
}

/// `relop_(Fnn, op, z_1, z_2)`
#[inline(always)]
pub fn frelop<F: Float>(op: FRelOp, z_1: F, z_2: F) -> u32 {
    match op {
        FRelOp::Eq => feq(z_1, z_2),
        FRelOp::Ne => fne(z_1, z_2),
        FRelOp::Lt => flt(z_1, z_2),
        FRelOp::Gt => fgt(z_1, z_2),
        FRelOp::Le => fle(z_1, z_2),
        FRelOp::Ge => fge(z_1, z_2),
    }
}
