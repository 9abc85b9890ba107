//! Relaxed operations (3.0-numerics.relaxed, and the document's section of that name).
//!
//! Each asks for its parameter only where its definition does. The alternatives stand in the standard's order; the
//! first is what the deterministic profile prescribes.

use super::convert::{trunc, trunc_sat};
use super::float::{Float, fadd, fma, fmax, fmin, fmul, fneg, nans};
use super::integer::{Int, ibitselect, iq15mulr_sat, ishr};
use super::lanes::Resolve;
use super::sets::Set;
use crate::choice::{NanSet, Relaxed};
use crate::syntax::Sx;

/// `frelaxed_madd_(N, z_1, z_2, z_3)`
///
/// ```text
/// relaxed(R_fmadd)[ fadd_N(fmul_N(z_1, z_2), z_3), fma_N(z_1, z_2, z_3) ]
/// ```
pub fn frelaxed_madd<F: Float>(z_1: F, z_2: F, z_3: F, ch: &mut impl Resolve) -> Set<F> {
    match ch.relaxed(Relaxed::R_fmadd) {
        0 => match fmul(z_1, z_2) {
            Set::One(z) | Set::Any(z) => fadd(z, z_3),
            // The union over all NaNs of the product: an arithmetic one, or one in z_3, makes for arithmetic ones.
            Set::Nan(product) => {
                Set::Nan(NanSet { arithmetic: product.arithmetic || nans(&[z_3]).arithmetic, ..product })
            }
        },
        _ => fma(z_1, z_2, z_3),
    }
}

/// `frelaxed_nmadd_(N, z_1, z_2, z_3)`
///
/// ```text
/// frelaxed_madd_N(-z_1, z_2, z_3)
/// ```
pub fn frelaxed_nmadd<F: Float>(z_1: F, z_2: F, z_3: F, ch: &mut impl Resolve) -> Set<F> {
    frelaxed_madd(fneg(z_1), z_2, z_3, ch)
}

/// `frelaxed_min_(N, z_1, z_2)`
///
/// ```text
/// frelaxed_min(± nan(n), z_2)  =  relaxed(R_fmin)[ fmin(± nan(n), z_2), nan(n), z_2, z_2 ]
/// frelaxed_min(z_1, ± nan(n))  =  relaxed(R_fmin)[ fmin(z_1, ± nan(n)), z_1, nan(n), z_1 ]
/// frelaxed_min(± 0, ∓ 0)       =  relaxed(R_fmin)[ fmin(± 0, ∓ 0), ± 0, ∓ 0, -0 ]
/// frelaxed_min(z_1, z_2)       =  fmin(z_1, z_2)   otherwise
/// ```
///
/// `nan(n)` on the right has no sign; it is read as the operand, bit for bit, as the clause on zeros spells out.
pub fn frelaxed_min<F: Float>(z_1: F, z_2: F, ch: &mut impl Resolve) -> Set<F> {
    frelaxed_minmax(fmin(z_1, z_2), F::SIGN, Relaxed::R_fmin, z_1, z_2, ch)
}

/// `frelaxed_max_(N, z_1, z_2)`
///
/// ```text
/// frelaxed_max(± nan(n), z_2)  =  relaxed(R_fmax)[ fmax(± nan(n), z_2), nan(n), z_2, z_2 ]
/// frelaxed_max(z_1, ± nan(n))  =  relaxed(R_fmax)[ fmax(z_1, ± nan(n)), z_1, nan(n), z_1 ]
/// frelaxed_max(± 0, ∓ 0)       =  relaxed(R_fmax)[ fmax(± 0, ∓ 0), ± 0, ∓ 0, +0 ]
/// frelaxed_max(z_1, z_2)       =  fmax(z_1, z_2)   otherwise
/// ```
pub fn frelaxed_max<F: Float>(z_1: F, z_2: F, ch: &mut impl Resolve) -> Set<F> {
    frelaxed_minmax(fmax(z_1, z_2), F::default(), Relaxed::R_fmax, z_1, z_2, ch)
}

/// What the two have in common: `strict` is the result of `fmin` or `fmax`, `zero` the last alternative for zeros.
fn frelaxed_minmax<F: Float>(strict: Set<F>, zero: F, r: Relaxed, z_1: F, z_2: F, ch: &mut impl Resolve) -> Set<F> {
    let last = if z_1.is_nan() {
        z_2
    } else if z_2.is_nan() {
        z_1
    } else if z_1.is_zero() && z_2.is_zero() && z_1 != z_2 {
        zero
    } else {
        return strict;
    };
    match ch.relaxed(r) {
        0 => strict,
        1 => Set::One(z_1),
        2 => Set::One(z_2),
        _ => Set::One(last),
    }
}

/// `irelaxed_q15mulr_(N, S, i_1, i_2)`
///
/// ```text
/// irelaxed_q15mulr(-2^(N-1), -2^(N-1))  =  relaxed(R_iq15mulr)[ 2^(N-1) - 1, -2^(N-1) ]
/// irelaxed_q15mulr(i_1, i_2)            =  iq15mulr_sat(i_1, i_2)
/// ```
pub fn irelaxed_q15mulr<I: Int>(i_1: I, i_2: I, ch: &mut impl Resolve) -> I {
    let least = I::from_u64(1 << (I::N - 1));
    if i_1 == least && i_2 == least {
        return if ch.relaxed(Relaxed::R_iq15mulr) == 0 { !least } else { least };
    }
    iq15mulr_sat(i_1, i_2)
}

/// `relaxed_trunc__(M, N, sx, z)`
///
/// ```text
/// relaxed_trunc^u(± q)  =  trunc^u(± q)                                   if 0 <= trunc(± q) < 2^N
/// relaxed_trunc^u(z)    =  relaxed(R_trunc_u)[ trunc_sat^u(z), R ]        otherwise
/// relaxed_trunc^s(± q)  =  trunc^s(± q)                                   if -2^(N-1) <= trunc(± q) < 2^(N-1)
/// relaxed_trunc^s(z)    =  relaxed(R_trunc_s)[ trunc_sat^s(z), R ]        otherwise
/// ```
///
/// The document does not define **R**, and has two alternatives for `R_trunc_u` where the SpecTec source has four.
/// Another version of it lists them: `2^N - 1`, `2^N - 2`, `2^(N-1)` after the first, and `-2^(N-1)` for `R_trunc_s`.
/// So **R** is read as any value at all, of which these are the ones that are taken.
pub fn relaxed_trunc<F: Float, I: Int>(sx: Sx, z: F, ch: &mut impl Resolve) -> Set<I> {
    if let Some(i) = trunc(sx, z) {
        return Set::One(i);
    }
    let least = I::from_u64(1 << (I::N - 1));
    let r = ch.relaxed(match sx {
        Sx::U => Relaxed::R_trunc_u,
        Sx::S => Relaxed::R_trunc_s,
    });
    match (sx, r) {
        (_, 0) => Set::One(trunc_sat(sx, z)),
        (Sx::U, 1) => Set::Any(I::from_u64(u64::MAX)),
        (Sx::U, 2) => Set::Any(I::from_u64(u64::MAX - 1)),
        (Sx::U, _) | (Sx::S, _) => Set::Any(least),
    }
}

/// `irelaxed_laneselect_(N, i_1, i_2, i_3)`
///
/// ```text
/// ibitselect_N(i_1, i_2, relaxed(R_laneselect)[ i_3, extend^s_1,N(ishr^u_N(i_3, N - 1)) ])
/// ```
pub fn irelaxed_laneselect<I: Int>(i_1: I, i_2: I, i_3: I, ch: &mut impl Resolve) -> I {
    let i_3 = if ch.relaxed(Relaxed::R_laneselect) == 0 { i_3 } else { ishr(Sx::S, i_3, I::N - 1) };
    ibitselect(i_1, i_2, i_3)
}

/// `irelaxed_swizzle_lane_(N, c*, i)`
///
/// ```text
/// c*[i]                                      if i < |c*|
/// 0                                          if signed_N(i) < 0
/// relaxed(R_swizzle)[ 0, c*[i mod |c*|] ]    otherwise
/// ```
pub fn irelaxed_swizzle_lane(c: &[u8; 16], i: u8, ch: &mut impl Resolve) -> u8 {
    match i {
        0..16 => c[i as usize],
        128.. => 0,
        _ if ch.relaxed(Relaxed::R_swizzle) == 0 => 0,
        _ => c[i as usize % 16],
    }
}

/// `relaxed(R_idot)[ S, U ]`: how the relaxed dot products read their second operand.
pub(super) fn idot_sx(ch: &mut impl Resolve) -> Sx {
    if ch.relaxed(Relaxed::R_idot) == 0 { Sx::S } else { Sx::U }
}
