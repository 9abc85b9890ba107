//! Vector operators between shapes (3.2-numerics.vector): extending, narrowing, converting.
//!
//! `sh_1` is where the operand comes from and `sh_2` the shape of the result. Shapes between which no well-formed
//! instruction has the operator give `None`.

use super::convert::{convert, demote, extend_lane, narrow, promote, trunc_sat};
use super::float::Float;
use super::integer::{iadd, iadd_sat, imul};
use super::lanes::{Lane, Resolve, build};
use super::relaxed::{idot_sx, relaxed_trunc};
use super::sets::Set;
use super::vector::vbinop;
use crate::syntax::*;

/// `extend__(N_1, N_2, sx, c)*` of the lanes of a vector, by index.
#[inline]
fn extended<T: Lane, U: Lane>(sx: Sx, v: V128) -> impl Fn(usize) -> U {
    let c = T::lanes(v);
    move |i| extend_lane(sx, c.as_ref()[i])
}

/// `ivextunop__(sh_1, sh_2, ivadd_pairwise_, sx, v_1)`
fn ivadd_pairwise<T: Lane, U: Lane>(sx: Sx, v_1: V128) -> V128 {
    let c_1 = extended::<T, U>(sx, v_1);
    build(|i| iadd(c_1(2 * i), c_1(2 * i + 1)))
}

/// `ivextbinop__(sh_1, sh_2, ivmul_, sx, sx, half(half, 0, M_2), M_2, v_1, v_2)`
fn ivmul<T: Lane, U: Lane>(half: Half, sx: Sx, v_1: V128, v_2: V128) -> V128 {
    let h = start::<U>(half);
    let (c_1, c_2) = (extended::<T, U>(sx, v_1), extended::<T, U>(sx, v_2));
    build(|i| imul(c_1(h + i), c_2(h + i)))
}

/// `ivextbinop__(sh_1, sh_2, f, sx_1, sx_2, 0, M_1, v_1, v_2)` where `f` is `ivdot_` or `ivdot_sat_`, according to how
/// the products are `add`ed.
fn ivdot<T: Lane, U: Lane>(add: impl Fn(U, U) -> U, sx_1: Sx, sx_2: Sx, v_1: V128, v_2: V128) -> V128 {
    let (c_1, c_2) = (extended::<T, U>(sx_1, v_1), extended::<T, U>(sx_2, v_2));
    let product = |i| imul(c_1(i), c_2(i));
    build(|i| add(product(2 * i), product(2 * i + 1)))
}

/// `half(half, 0, M_2)`
fn start<U: Lane>(half: Half) -> usize {
    match half {
        Half::Low => 0,
        Half::High => U::M,
    }
}

/// `vextunop__(sh_1, sh_2, op, c_1)`
pub fn vextunop(sh_1: IShape, sh_2: IShape, op: VExtUnOp, c_1: V128) -> Option<V128> {
    let VExtUnOp::ExtaddPairwise(sx) = op;
    match (sh_1, sh_2) {
        (IShape::I8x16, IShape::I16x8) => Some(ivadd_pairwise::<u8, u16>(sx, c_1)),
        (IShape::I16x8, IShape::I32x4) => Some(ivadd_pairwise::<u16, u32>(sx, c_1)),
        _ => None,
    }
}

/// `vextbinop__(sh_1, sh_2, op, c_1, c_2)`
pub fn vextbinop(
    sh_1: IShape,
    sh_2: IShape,
    op: VExtBinOp,
    c_1: V128,
    c_2: V128,
    ch: &mut impl Resolve,
) -> Option<V128> {
    Some(match (op, sh_1, sh_2) {
        (VExtBinOp::Extmul(half, sx), IShape::I8x16, IShape::I16x8) => ivmul::<u8, u16>(half, sx, c_1, c_2),
        (VExtBinOp::Extmul(half, sx), IShape::I16x8, IShape::I32x4) => ivmul::<u16, u32>(half, sx, c_1, c_2),
        (VExtBinOp::Extmul(half, sx), IShape::I32x4, IShape::I64x2) => ivmul::<u32, u64>(half, sx, c_1, c_2),
        (VExtBinOp::Dot, IShape::I16x8, IShape::I32x4) => ivdot::<u16, u32>(iadd, Sx::S, Sx::S, c_1, c_2),
        (VExtBinOp::RelaxedDot, IShape::I8x16, IShape::I16x8) => {
            ivdot::<u8, u16>(|j_1, j_2| iadd_sat(Sx::S, j_1, j_2), Sx::S, idot_sx(ch), c_1, c_2)
        }
        _ => return None,
    })
}

/// `vextternop__(sh_1, sh_2, op, c_1, c_2, c_3)`
///
/// ```text
/// c' = RELAXED_DOT S (c_1, c_2), c'' = EXTADD_PAIRWISE S (c'), and the result is ADD (c'', c_3)
/// ```
pub fn vextternop(
    sh_1: IShape,
    sh_2: IShape,
    op: VExtTernOp,
    c_1: V128,
    c_2: V128,
    c_3: V128,
    ch: &mut impl Resolve,
) -> Option<V128> {
    let VExtTernOp::RelaxedDotAdd = op;
    // The shape between the two. No other shapes have one.
    let (IShape::I8x16, sh, IShape::I32x4) = (sh_1, IShape::I16x8, sh_2) else { return None };
    let c = vextbinop(sh_1, sh, VExtBinOp::RelaxedDot, c_1, c_2, ch)?;
    let c = vextunop(sh, sh_2, VExtUnOp::ExtaddPairwise(Sx::S), c)?;
    vbinop(VBinOp::I(sh_2, VIBinOp::Add), c, c_3, ch)
}

/// `vnarrowop__(sh_1, sh_2, sx, c_1, c_2)`
pub fn vnarrowop(sh_1: IShape, sh_2: IShape, sx: Sx, c_1: V128, c_2: V128) -> Option<V128> {
    fn narrowed<T: Lane, U: Lane>(sx: Sx, c_1: V128, c_2: V128) -> V128 {
        let (c_1, c_2) = (T::lanes(c_1), T::lanes(c_2));
        build::<U>(|i| narrow(sx, if i < T::M { c_1.as_ref()[i] } else { c_2.as_ref()[i - T::M] }))
    }
    match (sh_1, sh_2) {
        (IShape::I16x8, IShape::I8x16) => Some(narrowed::<u16, u8>(sx, c_1, c_2)),
        (IShape::I32x4, IShape::I16x8) => Some(narrowed::<u32, u16>(sx, c_1, c_2)),
        _ => None,
    }
}

/// `vcvtop__(sh_1, sh_2, op, c_1)`: a vector out of the product of the lanes' sets, which `lcvtop__` gives.
pub fn vcvtop(sh_1: Shape, sh_2: Shape, op: VCvtOp, c_1: V128, ch: &mut impl Resolve) -> Option<V128> {
    use {FShape::*, IShape::*, Shape::*, VCvtOp::*};
    Some(match (op, sh_1, sh_2) {
        (Extend(half, sx), I(I8x16), I(I16x8)) => vextend::<u8, u16>(half, sx, c_1, ch),
        (Extend(half, sx), I(I16x8), I(I32x4)) => vextend::<u16, u32>(half, sx, c_1, ch),
        (Extend(half, sx), I(I32x4), I(I64x2)) => vextend::<u32, u64>(half, sx, c_1, ch),
        (Convert(None, sx), I(I32x4), F(F32x4)) => vconvert::<u32>(sx, c_1, ch),
        (Convert(Some(Half::Low), sx), I(I32x4), F(F64x2)) => vconvert::<u64>(sx, c_1, ch),
        (TruncSat(sx, false), F(F32x4), I(I32x4)) => vtrunc_sat::<u32>(sx, c_1, ch),
        (TruncSat(sx, true), F(F64x2), I(I32x4)) => vtrunc_sat::<u64>(sx, c_1, ch),
        (RelaxedTrunc(sx, false), F(F32x4), I(I32x4)) => vrelaxed_trunc::<u32>(sx, c_1, ch),
        (RelaxedTrunc(sx, true), F(F64x2), I(I32x4)) => vrelaxed_trunc::<u64>(sx, c_1, ch),
        (DemoteZero, F(F64x2), F(F32x4)) => lanewise(Half::Low, c_1, ch, |z, _| demote(z)),
        (PromoteLow, F(F32x4), F(F64x2)) => lanewise(Half::Low, c_1, ch, |z, _| promote(z)),
        _ => return None,
    })
}

fn vextend<T: Lane, U: Lane>(half: Half, sx: Sx, c_1: V128, ch: &mut impl Resolve) -> V128 {
    lanewise(half, c_1, ch, |c: T, _| Set::One(extend_lane::<T, U>(sx, c)))
}

fn vconvert<F: Float + Lane>(sx: Sx, c_1: V128, ch: &mut impl Resolve) -> V128 {
    lanewise(Half::Low, c_1, ch, |c: u32, _| Set::One(convert::<u32, F>(sx, c)))
}

fn vtrunc_sat<F: Float + Lane>(sx: Sx, c_1: V128, ch: &mut impl Resolve) -> V128 {
    lanewise(Half::Low, c_1, ch, |c: F, _| Set::One(trunc_sat::<F, u32>(sx, c)))
}

fn vrelaxed_trunc<F: Float + Lane>(sx: Sx, c_1: V128, ch: &mut impl Resolve) -> V128 {
    lanewise(Half::Low, c_1, ch, |c: F, ch| relaxed_trunc::<F, u32>(sx, c, ch))
}

/// The three clauses of `vcvtop__` in one. Which applies, the numbers of lanes say: as many results as operands; only a
/// half of the operands, from `half`; or zeros after the results.
fn lanewise<T: Lane, U: Lane, R: Resolve>(
    half: Half,
    v_1: V128,
    ch: &mut R,
    lcvtop: impl Fn(T, &mut R) -> Set<U>,
) -> V128 {
    let c_1 = T::lanes(v_1);
    let h = start::<U>(half);
    build(|i| match c_1.as_ref().get(h + i) {
        Some(c) => {
            let set = lcvtop(*c, ch);
            ch.resolve(i, set)
        }
        None => U::default(),
    })
}
