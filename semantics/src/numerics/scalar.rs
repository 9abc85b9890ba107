//! Operator dispatch on numbers (3.1-numerics.scalar).
//!
//! The functions over [`Num`] are the standard's; those by width are for a machine that knows the type already.

use super::convert::{convert, demote, promote, trunc, trunc_sat};
use super::float::{fbinop, frelop, funop};
use super::integer::{ibinop, ieqz, irelop, iunop};
use super::lanes::Resolve;
use super::representation::{extend, wrap};
use super::sets::pick;
use crate::choice::Choices;
use crate::syntax::*;

macro_rules! typed {
    ($($bits:ident $iunop:ident $ibinop:ident $itestop:ident $irelop:ident
        $funop:ident $fbinop:ident $frelop:ident)*) => {
        $(
            /// `unop_(Inn, op, i)` at one width.
            #[inline(always)]
            pub fn $iunop(op: IUnOp, i: $bits) -> $bits {
                iunop(op, i)
            }
            /// `binop_(Inn, op, i_1, i_2)` at one width; `None` is the empty set.
            #[inline(always)]
            pub fn $ibinop(op: IBinOp, i_1: $bits, i_2: $bits) -> Option<$bits> {
                ibinop(op, i_1, i_2)
            }
            /// `testop_(Inn, op, i)` at one width.
            #[inline(always)]
            pub fn $itestop(op: TestOp, i: $bits) -> u32 {
                match op {
                    TestOp::Eqz => ieqz(i),
                }
            }
            /// `relop_(Inn, op, i_1, i_2)` at one width.
            #[inline(always)]
            pub fn $irelop(op: IRelOp, i_1: $bits, i_2: $bits) -> u32 {
                irelop(op, i_1, i_2)
            }
            /// `unop_(Fnn, op, z)` at one width, on bits.
            #[inline(always)]
            pub fn $funop(op: FUnOp, z: $bits, ch: &mut impl Choices) -> $bits {
                pick(funop(op, z), ch)
            }
            /// `binop_(Fnn, op, z_1, z_2)` at one width, on bits.
            #[inline(always)]
            pub fn $fbinop(op: FBinOp, z_1: $bits, z_2: $bits, ch: &mut impl Choices) -> $bits {
                pick(fbinop(op, z_1, z_2), ch)
            }
            /// `relop_(Fnn, op, z_1, z_2)` at one width, on bits.
            #[inline(always)]
            pub fn $frelop(op: FRelOp, z_1: $bits, z_2: $bits) -> u32 {
                frelop(op, z_1, z_2)
            }
        )*
    };
}

typed! {
    u32 iunop32 ibinop32 itestop32 irelop32 funop32 fbinop32 frelop32
    u64 iunop64 ibinop64 itestop64 irelop64 funop64 fbinop64 frelop64
}

/// `unop_(nt, op, c_1)`; `None` if `c_1` is of another type than the operator's.
#[inline]
pub fn unop(op: UnOp, c_1: Num, ch: &mut impl Resolve) -> Option<Num> {
    Some(match (op, c_1) {
        (UnOp::I(Inn::I32, op), Num::I32(i)) => Num::I32(iunop32(op, i)),
        (UnOp::I(Inn::I64, op), Num::I64(i)) => Num::I64(iunop64(op, i)),
        (UnOp::F(Fnn::F32, op), Num::F32(z)) => Num::F32(ch.resolve(0, funop(op, z))),
        (UnOp::F(Fnn::F64, op), Num::F64(z)) => Num::F64(ch.resolve(0, funop(op, z))),
        _ => return None,
    })
}

/// `binop_(nt, op, c_1, c_2)`; `None` is the empty set, or operands of another type than the operator's.
#[inline]
pub fn binop(op: BinOp, c_1: Num, c_2: Num, ch: &mut impl Resolve) -> Option<Num> {
    Some(match (op, c_1, c_2) {
        (BinOp::I(Inn::I32, op), Num::I32(i_1), Num::I32(i_2)) => Num::I32(ibinop32(op, i_1, i_2)?),
        (BinOp::I(Inn::I64, op), Num::I64(i_1), Num::I64(i_2)) => Num::I64(ibinop64(op, i_1, i_2)?),
        (BinOp::F(Fnn::F32, op), Num::F32(z_1), Num::F32(z_2)) => Num::F32(ch.resolve(0, fbinop(op, z_1, z_2))),
        (BinOp::F(Fnn::F64, op), Num::F64(z_1), Num::F64(z_2)) => Num::F64(ch.resolve(0, fbinop(op, z_1, z_2))),
        _ => return None,
    })
}

/// `testop_(nt, op, c_1)`; 0 if `c_1` is of another type than `nt`.
#[inline]
pub fn testop(nt: Inn, op: TestOp, c_1: Num) -> u32 {
    match (nt, c_1) {
        (Inn::I32, Num::I32(i)) => itestop32(op, i),
        (Inn::I64, Num::I64(i)) => itestop64(op, i),
        _ => 0,
    }
}

/// `relop_(nt, op, c_1, c_2)`; 0 if the operands are of another type than the operator's.
#[inline]
pub fn relop(op: RelOp, c_1: Num, c_2: Num) -> u32 {
    match (op, c_1, c_2) {
        (RelOp::I(Inn::I32, op), Num::I32(i_1), Num::I32(i_2)) => irelop32(op, i_1, i_2),
        (RelOp::I(Inn::I64, op), Num::I64(i_1), Num::I64(i_2)) => irelop64(op, i_1, i_2),
        (RelOp::F(Fnn::F32, op), Num::F32(z_1), Num::F32(z_2)) => frelop32(op, z_1, z_2),
        (RelOp::F(Fnn::F64, op), Num::F64(z_1), Num::F64(z_2)) => frelop64(op, z_1, z_2),
        _ => 0,
    }
}

/// `cvtop__(nt_1, nt_2, op, c_1)`, from `nt_1` to `nt_2`; `None` is the empty set, or a conversion that does not exist:
/// between these types, or because `c_1` is not of type `nt_1`.
#[inline]
pub fn cvtop(nt_1: NumType, nt_2: NumType, op: CvtOp, c_1: Num, ch: &mut impl Resolve) -> Option<Num> {
    use NumType as T;
    if c_1.numtype() != nt_1 {
        return None;
    }
    Some(match (op, c_1, nt_2) {
        (CvtOp::Extend(sx), Num::I32(i), T::I64) => Num::I64(extend(32, 64, sx, i.into())),
        (CvtOp::Wrap, Num::I64(i), T::I32) => Num::I32(wrap(32, i) as u32),
        (CvtOp::Trunc(sx), Num::F32(z), T::I32) => Num::I32(trunc(sx, z)?),
        (CvtOp::Trunc(sx), Num::F64(z), T::I32) => Num::I32(trunc(sx, z)?),
        (CvtOp::Trunc(sx), Num::F32(z), T::I64) => Num::I64(trunc(sx, z)?),
        (CvtOp::Trunc(sx), Num::F64(z), T::I64) => Num::I64(trunc(sx, z)?),
        (CvtOp::TruncSat(sx), Num::F32(z), T::I32) => Num::I32(trunc_sat(sx, z)),
        (CvtOp::TruncSat(sx), Num::F64(z), T::I32) => Num::I32(trunc_sat(sx, z)),
        (CvtOp::TruncSat(sx), Num::F32(z), T::I64) => Num::I64(trunc_sat(sx, z)),
        (CvtOp::TruncSat(sx), Num::F64(z), T::I64) => Num::I64(trunc_sat(sx, z)),
        (CvtOp::Convert(sx), Num::I32(i), T::F32) => Num::F32(convert(sx, i)),
        (CvtOp::Convert(sx), Num::I64(i), T::F32) => Num::F32(convert(sx, i)),
        (CvtOp::Convert(sx), Num::I32(i), T::F64) => Num::F64(convert(sx, i)),
        (CvtOp::Convert(sx), Num::I64(i), T::F64) => Num::F64(convert(sx, i)),
        (CvtOp::Promote, Num::F32(z), T::F64) => Num::F64(ch.resolve(0, promote(z))),
        (CvtOp::Demote, Num::F64(z), T::F32) => Num::F32(ch.resolve(0, demote(z))),
        (CvtOp::Reinterpret, Num::I32(c), T::F32) => Num::F32(c),
        (CvtOp::Reinterpret, Num::I64(c), T::F64) => Num::F64(c),
        (CvtOp::Reinterpret, Num::F32(c), T::I32) => Num::I32(c),
        (CvtOp::Reinterpret, Num::F64(c), T::I64) => Num::I64(c),
        _ => return None,
    })
}
