//! Operator dispatch on vectors (3.2-numerics.vector). The operators between shapes are in
//! [`extended`](super::extended).
//!
//! Integer operators are defined at every integer shape, as in the standard, where only the syntax of instructions
//! restricts them (there is no `i8x16.mul`, say).

use super::float::*;
use super::integer::*;
use super::lanes::*;
use super::relaxed::*;
use super::representation::{bool, extend};
use super::sets::Set;
use crate::syntax::*;

/// Names the type of the lanes of an integer shape.
macro_rules! by_ishape {
    ($sh:expr, $t:ident => $e:expr) => {
        match $sh {
            IShape::I8x16 => {
                type $t = u8;
                $e
            }
            IShape::I16x8 => {
                type $t = u16;
                $e
            }
            IShape::I32x4 => {
                type $t = u32;
                $e
            }
            IShape::I64x2 => {
                type $t = u64;
                $e
            }
        }
    };
}

/// Names the type of the lanes of a floating-point shape.
macro_rules! by_fshape {
    ($sh:expr, $t:ident => $e:expr) => {
        match $sh {
            FShape::F32x4 => {
                type $t = u32;
                $e
            }
            FShape::F64x2 => {
                type $t = u64;
                $e
            }
        }
    };
}

/// `vvunop_(V128, op, c_1)`
#[inline]
pub fn vvunop(op: VVUnOp, c_1: V128) -> V128 {
    match op {
        VVUnOp::Not => V128::from_u128(inot(c_1.to_u128())),
    }
}

/// `vvbinop_(V128, op, c_1, c_2)`
#[inline]
pub fn vvbinop(op: VVBinOp, c_1: V128, c_2: V128) -> V128 {
    let (i_1, i_2) = (c_1.to_u128(), c_2.to_u128());
    V128::from_u128(match op {
        VVBinOp::And => iand(i_1, i_2),
        VVBinOp::AndNot => iandnot(i_1, i_2),
        VVBinOp::Or => ior(i_1, i_2),
        VVBinOp::Xor => ixor(i_1, i_2),
    })
}

/// `vvternop_(V128, op, c_1, c_2, c_3)`
#[inline]
pub fn vvternop(op: VVTernOp, c_1: V128, c_2: V128, c_3: V128) -> V128 {
    match op {
        VVTernOp::Bitselect => V128::from_u128(ibitselect(c_1.to_u128(), c_2.to_u128(), c_3.to_u128())),
    }
}

/// What `Step_pure/vvtestop` computes: `inez_(128, c_1)`
#[inline]
pub fn vvtestop(op: VVTestOp, c_1: V128) -> u32 {
    match op {
        VVTestOp::AnyTrue => bool(c_1.to_u128() != 0),
    }
}

/// `vunop_(sh, op, c_1)`. Never `None`: no vector operator is partial.
pub fn vunop(op: VUnOp, c_1: V128, ch: &mut impl Resolve) -> Option<V128> {
    Some(match op {
        VUnOp::I(sh, op) => by_ishape!(sh, T => match op {
            VIUnOp::Abs => ivunop(c_1, iabs::<T>),
            VIUnOp::Neg => ivunop(c_1, ineg::<T>),
            VIUnOp::Popcnt => ivunop(c_1, ipopcnt::<T>),
        }),
        VUnOp::F(sh, op) => by_fshape!(sh, T => fvunop(c_1, ch, |z: T, _| funop(op, z))),
    })
}

/// `vbinop_(sh, op, c_1, c_2)`. Never `None`: no vector operator is partial.
pub fn vbinop(op: VBinOp, c_1: V128, c_2: V128, ch: &mut impl Resolve) -> Option<V128> {
    Some(match op {
        VBinOp::I(sh, op) => by_ishape!(sh, T => match op {
            VIBinOp::Add => ivbinop(c_1, c_2, iadd::<T>),
            VIBinOp::Sub => ivbinop(c_1, c_2, isub::<T>),
            VIBinOp::Mul => ivbinop(c_1, c_2, imul::<T>),
            VIBinOp::AddSat(sx) => ivbinop(c_1, c_2, |i_1: T, i_2| iadd_sat(sx, i_1, i_2)),
            VIBinOp::SubSat(sx) => ivbinop(c_1, c_2, |i_1: T, i_2| isub_sat(sx, i_1, i_2)),
            VIBinOp::Min(sx) => ivbinop(c_1, c_2, |i_1: T, i_2| imin(sx, i_1, i_2)),
            VIBinOp::Max(sx) => ivbinop(c_1, c_2, |i_1: T, i_2| imax(sx, i_1, i_2)),
            VIBinOp::Avgr => ivbinop(c_1, c_2, iavgr::<T>),
            VIBinOp::Q15MulrSat => ivbinop(c_1, c_2, iq15mulr_sat::<T>),
            VIBinOp::RelaxedQ15Mulr => {
                fvbinop(c_1, c_2, ch, |i_1: T, i_2, ch| Set::One(irelaxed_q15mulr(i_1, i_2, ch)))
            }
        }),
        VBinOp::F(sh, op) => by_fshape!(sh, T => fvbinop(c_1, c_2, ch, |z_1: T, z_2, ch| match op {
            VFBinOp::Add => fadd(z_1, z_2),
            VFBinOp::Sub => fsub(z_1, z_2),
            VFBinOp::Mul => fmul(z_1, z_2),
            VFBinOp::Div => fdiv(z_1, z_2),
            VFBinOp::Min => fmin(z_1, z_2),
            VFBinOp::Max => fmax(z_1, z_2),
            VFBinOp::Pmin => Set::One(fpmin(z_1, z_2)),
            VFBinOp::Pmax => Set::One(fpmax(z_1, z_2)),
            VFBinOp::RelaxedMin => frelaxed_min(z_1, z_2, ch),
            VFBinOp::RelaxedMax => frelaxed_max(z_1, z_2, ch),
        })),
    })
}

/// `vternop_(sh, op, c_1, c_2, c_3)`. Never `None`: no vector operator is partial.
pub fn vternop(op: VTernOp, c_1: V128, c_2: V128, c_3: V128, ch: &mut impl Resolve) -> Option<V128> {
    Some(match op {
        VTernOp::RelaxedLaneselect(sh) => by_ishape!(sh, T => {
            fvternop(c_1, c_2, c_3, ch, |i_1: T, i_2, i_3, ch| Set::One(irelaxed_laneselect(i_1, i_2, i_3, ch)))
        }),
        VTernOp::RelaxedMadd(sh) => by_fshape!(sh, T => fvternop(c_1, c_2, c_3, ch, frelaxed_madd::<T>)),
        VTernOp::RelaxedNmadd(sh) => by_fshape!(sh, T => fvternop(c_1, c_2, c_3, ch, frelaxed_nmadd::<T>)),
    })
}

/// What `Step_pure/vtestop-true` and `-false` compute: whether no lane is 0.
pub fn vtestop(op: VTestOp, c_1: V128) -> u32 {
    match op {
        VTestOp::AllTrue(sh) => by_ishape!(sh, T => bool(T::lanes(c_1).iter().all(|c| inez(*c) == 1))),
    }
}

/// `vrelop_(sh, op, c_1, c_2)`
pub fn vrelop(op: VRelOp, c_1: V128, c_2: V128) -> V128 {
    match op {
        VRelOp::I(sh, op) => by_ishape!(sh, T => vrelops(c_1, c_2, |i_1: T, i_2| irelop(op, i_1, i_2))),
        VRelOp::F(sh, op) => by_fshape!(sh, T => vrelops(c_1, c_2, |z_1: T, z_2| frelop(op, z_1, z_2))),
    }
}

/// `vshiftop_(sh, op, c_1, i)`: by `i` modulo the width of a lane.
pub fn vshiftop(sh: IShape, op: VShiftOp, c_1: V128, i: u32) -> V128 {
    by_ishape!(sh, T => match op {
        VShiftOp::Shl => ivunop(c_1, |c: T| ishl(c, i)),
        VShiftOp::Shr(sx) => ivunop(c_1, |c: T| ishr(sx, c, i)),
    })
}

/// `vbitmaskop_(sh, c_1)`
pub fn vbitmaskop(sh: IShape, c_1: V128) -> u32 {
    by_ishape!(sh, T => ivbitmaskop::<T>(c_1))
}

/// `vswizzlop_(I8 X 16, op, c_1, c_2)`
pub fn vswizzlop(op: VSwizzlOp, c_1: V128, c_2: V128, ch: &mut impl Resolve) -> V128 {
    V128(c_2.0.map(|i| match op {
        VSwizzlOp::Swizzle => iswizzle_lane(&c_1.0, i),
        VSwizzlOp::RelaxedSwizzle => irelaxed_swizzle_lane(&c_1.0, i, ch),
    }))
}

/// `vshufflop_(I8 X 16, i*, c_1, c_2)`: the lanes `i*` of both vectors together. In a valid instruction each is below
/// 32; others give 0.
pub fn vshufflop(lanes: [u8; 16], c_1: V128, c_2: V128) -> V128 {
    V128(lanes.map(|i| match i {
        0..16 => c_1.0[i as usize],
        16..32 => c_2.0[i as usize - 16],
        _ => 0,
    }))
}

/// What `Step_pure/vsplat` computes: all lanes `lpacknum_(sh, c_1)`; `None` if `c_1` is not of type `unpackshape(sh)`.
pub fn vsplat(sh: Shape, c_1: Num) -> Option<V128> {
    Some(match (sh, c_1) {
        (Shape::I(IShape::I8x16), Num::I32(c)) => build(|_| c as u8),
        (Shape::I(IShape::I16x8), Num::I32(c)) => build(|_| c as u16),
        (Shape::I(IShape::I32x4), Num::I32(c)) | (Shape::F(FShape::F32x4), Num::F32(c)) => build(|_| c),
        (Shape::I(IShape::I64x2), Num::I64(c)) | (Shape::F(FShape::F64x2), Num::F64(c)) => build(|_| c),
        _ => return None,
    })
}

/// What `Step_pure/vextract_lane-num` and `-pack` compute; `None` if there is no such lane, or if `sx` is there for
/// unpacked lanes or not there for packed ones.
pub fn vextract_lane(sh: Shape, sx: Option<Sx>, c_1: V128, i: u8) -> Option<Num> {
    fn lane<T: Lane>(c_1: V128, i: u8) -> Option<T> {
        T::lanes(c_1).as_ref().get(i as usize).copied()
    }
    Some(match (sh, sx) {
        (Shape::I(IShape::I8x16), Some(sx)) => Num::I32(extend(8, 32, sx, lane::<u8>(c_1, i)?.into()) as u32),
        (Shape::I(IShape::I16x8), Some(sx)) => Num::I32(extend(16, 32, sx, lane::<u16>(c_1, i)?.into()) as u32),
        (Shape::I(IShape::I32x4), None) => Num::I32(lane(c_1, i)?),
        (Shape::I(IShape::I64x2), None) => Num::I64(lane(c_1, i)?),
        (Shape::F(FShape::F32x4), None) => Num::F32(lane(c_1, i)?),
        (Shape::F(FShape::F64x2), None) => Num::F64(lane(c_1, i)?),
        _ => return None,
    })
}

/// What `Step_pure/vreplace_lane` computes; `None` if there is no such lane, or `c_2` is not of type `unpackshape(sh)`.
pub fn vreplace_lane(sh: Shape, c_1: V128, i: u8, c_2: Num) -> Option<V128> {
    fn replace<T: Lane>(c_1: V128, i: u8, c_2: T) -> Option<V128> {
        let mut c = T::lanes(c_1);
        *c.as_mut().get_mut(i as usize)? = c_2;
        Some(T::inv_lanes(c))
    }
    match (sh, c_2) {
        (Shape::I(IShape::I8x16), Num::I32(c)) => replace(c_1, i, c as u8),
        (Shape::I(IShape::I16x8), Num::I32(c)) => replace(c_1, i, c as u16),
        (Shape::I(IShape::I32x4), Num::I32(c)) | (Shape::F(FShape::F32x4), Num::F32(c)) => replace(c_1, i, c),
        (Shape::I(IShape::I64x2), Num::I64(c)) | (Shape::F(FShape::F64x2), Num::F64(c)) => replace(c_1, i, c),
        _ => None,
    }
}
