//! Vector instructions but for memory and constants (6.3-text.instructions), one line per alternative.

use super::immediates::{Immediate as _, Lane, Lanes16};
use crate::syntax::*;
use FShape::{F32x4, F64x2};
use Half::{High, Low};
use IShape::{I8x16, I16x8, I32x4, I64x2};
use Sx::{S, U};
use lockstep_spec::production;

super::tables::productions! {
    in production!("Tplaininstr_/vec-shuffle");
    "i8x16.shuffle" [i: Lanes16] => Vshuffle(i),
    "i8x16.swizzle" => Vswizzlop(VSwizzlOp::Swizzle),
    "i8x16.relaxed_swizzle" => Vswizzlop(VSwizzlOp::RelaxedSwizzle),
    in production!("Tplaininstr_/vec-splat");
    "i8x16.splat" => Vsplat(Shape::I(I8x16)),
    "i16x8.splat" => Vsplat(Shape::I(I16x8)),
    "i32x4.splat" => Vsplat(Shape::I(I32x4)),
    "i64x2.splat" => Vsplat(Shape::I(I64x2)),
    "f32x4.splat" => Vsplat(Shape::F(F32x4)),
    "f64x2.splat" => Vsplat(Shape::F(F64x2)),
    in production!("Tplaininstr_/vec-lane");
    "i8x16.extract_lane_s" [i: Lane] => VextractLane(Shape::I(I8x16), Some(S), i),
    "i8x16.extract_lane_u" [i: Lane] => VextractLane(Shape::I(I8x16), Some(U), i),
    "i16x8.extract_lane_s" [i: Lane] => VextractLane(Shape::I(I16x8), Some(S), i),
    "i16x8.extract_lane_u" [i: Lane] => VextractLane(Shape::I(I16x8), Some(U), i),
    "i32x4.extract_lane" [i: Lane] => VextractLane(Shape::I(I32x4), None, i),
    "i64x2.extract_lane" [i: Lane] => VextractLane(Shape::I(I64x2), None, i),
    "f32x4.extract_lane" [i: Lane] => VextractLane(Shape::F(F32x4), None, i),
    "f64x2.extract_lane" [i: Lane] => VextractLane(Shape::F(F64x2), None, i),
    "i8x16.replace_lane" [i: Lane] => VreplaceLane(Shape::I(I8x16), i),
    "i16x8.replace_lane" [i: Lane] => VreplaceLane(Shape::I(I16x8), i),
    "i32x4.replace_lane" [i: Lane] => VreplaceLane(Shape::I(I32x4), i),
    "i64x2.replace_lane" [i: Lane] => VreplaceLane(Shape::I(I64x2), i),
    "f32x4.replace_lane" [i: Lane] => VreplaceLane(Shape::F(F32x4), i),
    "f64x2.replace_lane" [i: Lane] => VreplaceLane(Shape::F(F64x2), i),
    in production!("Tplaininstr_/vec-test-v128");
    "v128.any_true" => Vvtestop(VVTestOp::AnyTrue),
    in production!("Tplaininstr_/vec-test-i8x16");
    "i8x16.all_true" => Vtestop(VTestOp::AllTrue(I8x16)),
    in production!("Tplaininstr_/vec-test-i16x8");
    "i16x8.all_true" => Vtestop(VTestOp::AllTrue(I16x8)),
    in production!("Tplaininstr_/vec-test-i32x4");
    "i32x4.all_true" => Vtestop(VTestOp::AllTrue(I32x4)),
    in production!("Tplaininstr_/vec-test-i64x2");
    "i64x2.all_true" => Vtestop(VTestOp::AllTrue(I64x2)),
    in production!("Tplaininstr_/vec-rel-i8x16");
    "i8x16.eq" => Vrelop(VRelOp::I(I8x16, IRelOp::Eq)),
    "i8x16.ne" => Vrelop(VRelOp::I(I8x16, IRelOp::Ne)),
    "i8x16.lt_s" => Vrelop(VRelOp::I(I8x16, IRelOp::Lt(S))),
    "i8x16.lt_u" => Vrelop(VRelOp::I(I8x16, IRelOp::Lt(U))),
    "i8x16.gt_s" => Vrelop(VRelOp::I(I8x16, IRelOp::Gt(S))),
    "i8x16.gt_u" => Vrelop(VRelOp::I(I8x16, IRelOp::Gt(U))),
    "i8x16.le_s" => Vrelop(VRelOp::I(I8x16, IRelOp::Le(S))),
    "i8x16.le_u" => Vrelop(VRelOp::I(I8x16, IRelOp::Le(U))),
    "i8x16.ge_s" => Vrelop(VRelOp::I(I8x16, IRelOp::Ge(S))),
    "i8x16.ge_u" => Vrelop(VRelOp::I(I8x16, IRelOp::Ge(U))),
    in production!("Tplaininstr_/vec-rel-i16x8");
    "i16x8.eq" => Vrelop(VRelOp::I(I16x8, IRelOp::Eq)),
    "i16x8.ne" => Vrelop(VRelOp::I(I16x8, IRelOp::Ne)),
    "i16x8.lt_s" => Vrelop(VRelOp::I(I16x8, IRelOp::Lt(S))),
    "i16x8.lt_u" => Vrelop(VRelOp::I(I16x8, IRelOp::Lt(U))),
    "i16x8.gt_s" => Vrelop(VRelOp::I(I16x8, IRelOp::Gt(S))),
    "i16x8.gt_u" => Vrelop(VRelOp::I(I16x8, IRelOp::Gt(U))),
    "i16x8.le_s" => Vrelop(VRelOp::I(I16x8, IRelOp::Le(S))),
    "i16x8.le_u" => Vrelop(VRelOp::I(I16x8, IRelOp::Le(U))),
    "i16x8.ge_s" => Vrelop(VRelOp::I(I16x8, IRelOp::Ge(S))),
    "i16x8.ge_u" => Vrelop(VRelOp::I(I16x8, IRelOp::Ge(U))),
    in production!("Tplaininstr_/vec-rel-i32x4");
    "i32x4.eq" => Vrelop(VRelOp::I(I32x4, IRelOp::Eq)),
    "i32x4.ne" => Vrelop(VRelOp::I(I32x4, IRelOp::Ne)),
    "i32x4.lt_s" => Vrelop(VRelOp::I(I32x4, IRelOp::Lt(S))),
    "i32x4.lt_u" => Vrelop(VRelOp::I(I32x4, IRelOp::Lt(U))),
    "i32x4.gt_s" => Vrelop(VRelOp::I(I32x4, IRelOp::Gt(S))),
    "i32x4.gt_u" => Vrelop(VRelOp::I(I32x4, IRelOp::Gt(U))),
    "i32x4.le_s" => Vrelop(VRelOp::I(I32x4, IRelOp::Le(S))),
    "i32x4.le_u" => Vrelop(VRelOp::I(I32x4, IRelOp::Le(U))),
    "i32x4.ge_s" => Vrelop(VRelOp::I(I32x4, IRelOp::Ge(S))),
    "i32x4.ge_u" => Vrelop(VRelOp::I(I32x4, IRelOp::Ge(U))),
    in production!("Tplaininstr_/vec-rel-i64x2");
    "i64x2.eq" => Vrelop(VRelOp::I(I64x2, IRelOp::Eq)),
    "i64x2.ne" => Vrelop(VRelOp::I(I64x2, IRelOp::Ne)),
    "i64x2.lt_s" => Vrelop(VRelOp::I(I64x2, IRelOp::Lt(S))),
    "i64x2.gt_s" => Vrelop(VRelOp::I(I64x2, IRelOp::Gt(S))),
    "i64x2.le_s" => Vrelop(VRelOp::I(I64x2, IRelOp::Le(S))),
    "i64x2.ge_s" => Vrelop(VRelOp::I(I64x2, IRelOp::Ge(S))),
    in production!("Tplaininstr_/vec-rel-f32x4");
    "f32x4.eq" => Vrelop(VRelOp::F(F32x4, FRelOp::Eq)),
    "f32x4.ne" => Vrelop(VRelOp::F(F32x4, FRelOp::Ne)),
    "f32x4.lt" => Vrelop(VRelOp::F(F32x4, FRelOp::Lt)),
    "f32x4.gt" => Vrelop(VRelOp::F(F32x4, FRelOp::Gt)),
    "f32x4.le" => Vrelop(VRelOp::F(F32x4, FRelOp::Le)),
    "f32x4.ge" => Vrelop(VRelOp::F(F32x4, FRelOp::Ge)),
    in production!("Tplaininstr_/vec-rel-f64x2");
    "f64x2.eq" => Vrelop(VRelOp::F(F64x2, FRelOp::Eq)),
    "f64x2.ne" => Vrelop(VRelOp::F(F64x2, FRelOp::Ne)),
    "f64x2.lt" => Vrelop(VRelOp::F(F64x2, FRelOp::Lt)),
    "f64x2.gt" => Vrelop(VRelOp::F(F64x2, FRelOp::Gt)),
    "f64x2.le" => Vrelop(VRelOp::F(F64x2, FRelOp::Le)),
    "f64x2.ge" => Vrelop(VRelOp::F(F64x2, FRelOp::Ge)),
    in production!("Tplaininstr_/vec-un-v128");
    "v128.not" => Vvunop(VVUnOp::Not),
    in production!("Tplaininstr_/vec-un-i8x16");
    "i8x16.abs" => Vunop(VUnOp::I(I8x16, VIUnOp::Abs)),
    "i8x16.neg" => Vunop(VUnOp::I(I8x16, VIUnOp::Neg)),
    "i8x16.popcnt" => Vunop(VUnOp::I(I8x16, VIUnOp::Popcnt)),
    in production!("Tplaininstr_/vec-un-i16x8");
    "i16x8.abs" => Vunop(VUnOp::I(I16x8, VIUnOp::Abs)),
    "i16x8.neg" => Vunop(VUnOp::I(I16x8, VIUnOp::Neg)),
    in production!("Tplaininstr_/vec-un-i32x4");
    "i32x4.abs" => Vunop(VUnOp::I(I32x4, VIUnOp::Abs)),
    "i32x4.neg" => Vunop(VUnOp::I(I32x4, VIUnOp::Neg)),
    in production!("Tplaininstr_/vec-un-i64x2");
    "i64x2.abs" => Vunop(VUnOp::I(I64x2, VIUnOp::Abs)),
    "i64x2.neg" => Vunop(VUnOp::I(I64x2, VIUnOp::Neg)),
    in production!("Tplaininstr_/vec-un-f32x4");
    "f32x4.abs" => Vunop(VUnOp::F(F32x4, FUnOp::Abs)),
    "f32x4.neg" => Vunop(VUnOp::F(F32x4, FUnOp::Neg)),
    "f32x4.sqrt" => Vunop(VUnOp::F(F32x4, FUnOp::Sqrt)),
    "f32x4.ceil" => Vunop(VUnOp::F(F32x4, FUnOp::Ceil)),
    "f32x4.floor" => Vunop(VUnOp::F(F32x4, FUnOp::Floor)),
    "f32x4.trunc" => Vunop(VUnOp::F(F32x4, FUnOp::Trunc)),
    "f32x4.nearest" => Vunop(VUnOp::F(F32x4, FUnOp::Nearest)),
    in production!("Tplaininstr_/vec-un-f64x2");
    "f64x2.abs" => Vunop(VUnOp::F(F64x2, FUnOp::Abs)),
    "f64x2.neg" => Vunop(VUnOp::F(F64x2, FUnOp::Neg)),
    "f64x2.sqrt" => Vunop(VUnOp::F(F64x2, FUnOp::Sqrt)),
    "f64x2.ceil" => Vunop(VUnOp::F(F64x2, FUnOp::Ceil)),
    "f64x2.floor" => Vunop(VUnOp::F(F64x2, FUnOp::Floor)),
    "f64x2.trunc" => Vunop(VUnOp::F(F64x2, FUnOp::Trunc)),
    "f64x2.nearest" => Vunop(VUnOp::F(F64x2, FUnOp::Nearest)),
    in production!("Tplaininstr_/vec-bin-v128");
    "v128.and" => Vvbinop(VVBinOp::And),
    "v128.andnot" => Vvbinop(VVBinOp::AndNot),
    "v128.or" => Vvbinop(VVBinOp::Or),
    "v128.xor" => Vvbinop(VVBinOp::Xor),
    in production!("Tplaininstr_/vec-bin-i8x16");
    "i8x16.add" => Vbinop(VBinOp::I(I8x16, VIBinOp::Add)),
    "i8x16.add_sat_s" => Vbinop(VBinOp::I(I8x16, VIBinOp::AddSat(S))),
    "i8x16.add_sat_u" => Vbinop(VBinOp::I(I8x16, VIBinOp::AddSat(U))),
    "i8x16.sub" => Vbinop(VBinOp::I(I8x16, VIBinOp::Sub)),
    "i8x16.sub_sat_s" => Vbinop(VBinOp::I(I8x16, VIBinOp::SubSat(S))),
    "i8x16.sub_sat_u" => Vbinop(VBinOp::I(I8x16, VIBinOp::SubSat(U))),
    "i8x16.min_s" => Vbinop(VBinOp::I(I8x16, VIBinOp::Min(S))),
    "i8x16.min_u" => Vbinop(VBinOp::I(I8x16, VIBinOp::Min(U))),
    "i8x16.max_s" => Vbinop(VBinOp::I(I8x16, VIBinOp::Max(S))),
    "i8x16.max_u" => Vbinop(VBinOp::I(I8x16, VIBinOp::Max(U))),
    "i8x16.avgr_u" => Vbinop(VBinOp::I(I8x16, VIBinOp::Avgr)),
    in production!("Tplaininstr_/vec-bin-i16x8");
    "i16x8.add" => Vbinop(VBinOp::I(I16x8, VIBinOp::Add)),
    "i16x8.add_sat_s" => Vbinop(VBinOp::I(I16x8, VIBinOp::AddSat(S))),
    "i16x8.add_sat_u" => Vbinop(VBinOp::I(I16x8, VIBinOp::AddSat(U))),
    "i16x8.sub" => Vbinop(VBinOp::I(I16x8, VIBinOp::Sub)),
    "i16x8.sub_sat_s" => Vbinop(VBinOp::I(I16x8, VIBinOp::SubSat(S))),
    "i16x8.sub_sat_u" => Vbinop(VBinOp::I(I16x8, VIBinOp::SubSat(U))),
    "i16x8.mul" => Vbinop(VBinOp::I(I16x8, VIBinOp::Mul)),
    "i16x8.min_s" => Vbinop(VBinOp::I(I16x8, VIBinOp::Min(S))),
    "i16x8.min_u" => Vbinop(VBinOp::I(I16x8, VIBinOp::Min(U))),
    "i16x8.max_s" => Vbinop(VBinOp::I(I16x8, VIBinOp::Max(S))),
    "i16x8.max_u" => Vbinop(VBinOp::I(I16x8, VIBinOp::Max(U))),
    "i16x8.avgr_u" => Vbinop(VBinOp::I(I16x8, VIBinOp::Avgr)),
    "i16x8.q15mulr_sat_s" => Vbinop(VBinOp::I(I16x8, VIBinOp::Q15MulrSat)),
    "i16x8.relaxed_q15mulr_s" => Vbinop(VBinOp::I(I16x8, VIBinOp::RelaxedQ15Mulr)),
    in production!("Tplaininstr_/vec-bin-i32x4");
    "i32x4.add" => Vbinop(VBinOp::I(I32x4, VIBinOp::Add)),
    "i32x4.sub" => Vbinop(VBinOp::I(I32x4, VIBinOp::Sub)),
    "i32x4.mul" => Vbinop(VBinOp::I(I32x4, VIBinOp::Mul)),
    "i32x4.min_s" => Vbinop(VBinOp::I(I32x4, VIBinOp::Min(S))),
    "i32x4.min_u" => Vbinop(VBinOp::I(I32x4, VIBinOp::Min(U))),
    "i32x4.max_s" => Vbinop(VBinOp::I(I32x4, VIBinOp::Max(S))),
    "i32x4.max_u" => Vbinop(VBinOp::I(I32x4, VIBinOp::Max(U))),
    in production!("Tplaininstr_/vec-bin-i64x2");
    "i64x2.add" => Vbinop(VBinOp::I(I64x2, VIBinOp::Add)),
    "i64x2.sub" => Vbinop(VBinOp::I(I64x2, VIBinOp::Sub)),
    "i64x2.mul" => Vbinop(VBinOp::I(I64x2, VIBinOp::Mul)),
    in production!("Tplaininstr_/vec-bin-f32x4");
    "f32x4.add" => Vbinop(VBinOp::F(F32x4, VFBinOp::Add)),
    "f32x4.sub" => Vbinop(VBinOp::F(F32x4, VFBinOp::Sub)),
    "f32x4.mul" => Vbinop(VBinOp::F(F32x4, VFBinOp::Mul)),
    "f32x4.div" => Vbinop(VBinOp::F(F32x4, VFBinOp::Div)),
    "f32x4.min" => Vbinop(VBinOp::F(F32x4, VFBinOp::Min)),
    "f32x4.max" => Vbinop(VBinOp::F(F32x4, VFBinOp::Max)),
    "f32x4.pmin" => Vbinop(VBinOp::F(F32x4, VFBinOp::Pmin)),
    "f32x4.pmax" => Vbinop(VBinOp::F(F32x4, VFBinOp::Pmax)),
    "f32x4.relaxed_min" => Vbinop(VBinOp::F(F32x4, VFBinOp::RelaxedMin)),
    "f32x4.relaxed_max" => Vbinop(VBinOp::F(F32x4, VFBinOp::RelaxedMax)),
    in production!("Tplaininstr_/vec-bin-f64x2");
    "f64x2.add" => Vbinop(VBinOp::F(F64x2, VFBinOp::Add)),
    "f64x2.sub" => Vbinop(VBinOp::F(F64x2, VFBinOp::Sub)),
    "f64x2.mul" => Vbinop(VBinOp::F(F64x2, VFBinOp::Mul)),
    "f64x2.div" => Vbinop(VBinOp::F(F64x2, VFBinOp::Div)),
    "f64x2.min" => Vbinop(VBinOp::F(F64x2, VFBinOp::Min)),
    "f64x2.max" => Vbinop(VBinOp::F(F64x2, VFBinOp::Max)),
    "f64x2.pmin" => Vbinop(VBinOp::F(F64x2, VFBinOp::Pmin)),
    "f64x2.pmax" => Vbinop(VBinOp::F(F64x2, VFBinOp::Pmax)),
    "f64x2.relaxed_min" => Vbinop(VBinOp::F(F64x2, VFBinOp::RelaxedMin)),
    "f64x2.relaxed_max" => Vbinop(VBinOp::F(F64x2, VFBinOp::RelaxedMax)),
    in production!("Tplaininstr_/vec-tern-v128");
    "v128.bitselect" => Vvternop(VVTernOp::Bitselect),
    in production!("Tplaininstr_/vec-tern-i8x16");
    "i8x16.relaxed_laneselect" => Vternop(VTernOp::RelaxedLaneselect(I8x16)),
    in production!("Tplaininstr_/vec-tern-i16x8");
    "i16x8.relaxed_laneselect" => Vternop(VTernOp::RelaxedLaneselect(I16x8)),
    in production!("Tplaininstr_/vec-tern-i32x4");
    "i32x4.relaxed_laneselect" => Vternop(VTernOp::RelaxedLaneselect(I32x4)),
    in production!("Tplaininstr_/vec-tern-i64x2");
    "i64x2.relaxed_laneselect" => Vternop(VTernOp::RelaxedLaneselect(I64x2)),
    in production!("Tplaininstr_/vec-tern-f32x4");
    "f32x4.relaxed_madd" => Vternop(VTernOp::RelaxedMadd(F32x4)),
    "f32x4.relaxed_nmadd" => Vternop(VTernOp::RelaxedNmadd(F32x4)),
    in production!("Tplaininstr_/vec-tern-f64x2");
    "f64x2.relaxed_madd" => Vternop(VTernOp::RelaxedMadd(F64x2)),
    "f64x2.relaxed_nmadd" => Vternop(VTernOp::RelaxedNmadd(F64x2)),
    in production!("Tplaininstr_/vec-shift-i8x16");
    "i8x16.shl" => Vshiftop(I8x16, VShiftOp::Shl),
    "i8x16.shr_s" => Vshiftop(I8x16, VShiftOp::Shr(S)),
    "i8x16.shr_u" => Vshiftop(I8x16, VShiftOp::Shr(U)),
    in production!("Tplaininstr_/vec-shift-i16x8");
    "i16x8.shl" => Vshiftop(I16x8, VShiftOp::Shl),
    "i16x8.shr_s" => Vshiftop(I16x8, VShiftOp::Shr(S)),
    "i16x8.shr_u" => Vshiftop(I16x8, VShiftOp::Shr(U)),
    in production!("Tplaininstr_/vec-shift-i32x4");
    "i32x4.shl" => Vshiftop(I32x4, VShiftOp::Shl),
    "i32x4.shr_s" => Vshiftop(I32x4, VShiftOp::Shr(S)),
    "i32x4.shr_u" => Vshiftop(I32x4, VShiftOp::Shr(U)),
    in production!("Tplaininstr_/vec-shift-i64x2");
    "i64x2.shl" => Vshiftop(I64x2, VShiftOp::Shl),
    "i64x2.shr_s" => Vshiftop(I64x2, VShiftOp::Shr(S)),
    "i64x2.shr_u" => Vshiftop(I64x2, VShiftOp::Shr(U)),
    in production!("Tplaininstr_/vec-bitmask-i8x16");
    "i8x16.bitmask" => Vbitmask(I8x16),
    in production!("Tplaininstr_/vec-bitmask-i16x8");
    "i16x8.bitmask" => Vbitmask(I16x8),
    in production!("Tplaininstr_/vec-bitmask-i32x4");
    "i32x4.bitmask" => Vbitmask(I32x4),
    in production!("Tplaininstr_/vec-bitmask-i64x2");
    "i64x2.bitmask" => Vbitmask(I64x2),
    in production!("Tplaininstr_/vec-narrow-i8x16");
    "i8x16.narrow_i16x8_s" => Vnarrow(I8x16, I16x8, S),
    "i8x16.narrow_i16x8_u" => Vnarrow(I8x16, I16x8, U),
    in production!("Tplaininstr_/vec-narrow-i16x8");
    "i16x8.narrow_i32x4_s" => Vnarrow(I16x8, I32x4, S),
    "i16x8.narrow_i32x4_u" => Vnarrow(I16x8, I32x4, U),
    in production!("Tplaininstr_/vec-cvt-i16x8");
    "i16x8.extend_low_i8x16_s" => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(Low, S)),
    "i16x8.extend_low_i8x16_u" => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(Low, U)),
    "i16x8.extend_high_i8x16_s" => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(High, S)),
    "i16x8.extend_high_i8x16_u" => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(High, U)),
    in production!("Tplaininstr_/vec-cvt-i32x4");
    "i32x4.extend_low_i16x8_s" => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(Low, S)),
    "i32x4.extend_low_i16x8_u" => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(Low, U)),
    "i32x4.extend_high_i16x8_s" => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(High, S)),
    "i32x4.extend_high_i16x8_u" => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(High, U)),
    "i32x4.trunc_sat_f32x4_s" => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::TruncSat(S, false)),
    "i32x4.trunc_sat_f32x4_u" => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::TruncSat(U, false)),
    "i32x4.trunc_sat_f64x2_s_zero" => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::TruncSat(S, true)),
    "i32x4.trunc_sat_f64x2_u_zero" => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::TruncSat(U, true)),
    "i32x4.relaxed_trunc_f32x4_s" => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::RelaxedTrunc(S, false)),
    "i32x4.relaxed_trunc_f32x4_u" => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::RelaxedTrunc(U, false)),
    "i32x4.relaxed_trunc_f64x2_s_zero" => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::RelaxedTrunc(S, true)),
    "i32x4.relaxed_trunc_f64x2_u_zero" => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::RelaxedTrunc(U, true)),
    in production!("Tplaininstr_/vec-cvt-i64x2");
    "i64x2.extend_low_i32x4_s" => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(Low, S)),
    "i64x2.extend_low_i32x4_u" => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(Low, U)),
    "i64x2.extend_high_i32x4_s" => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(High, S)),
    "i64x2.extend_high_i32x4_u" => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(High, U)),
    in production!("Tplaininstr_/vec-cvt-f32x4");
    "f32x4.demote_f64x2_zero" => Vcvtop(Shape::F(F32x4), Shape::F(F64x2), VCvtOp::DemoteZero),
    "f32x4.convert_i32x4_s" => Vcvtop(Shape::F(F32x4), Shape::I(I32x4), VCvtOp::Convert(None, S)),
    "f32x4.convert_i32x4_u" => Vcvtop(Shape::F(F32x4), Shape::I(I32x4), VCvtOp::Convert(None, U)),
    in production!("Tplaininstr_/vec-cvt-f64x2");
    "f64x2.promote_low_f32x4" => Vcvtop(Shape::F(F64x2), Shape::F(F32x4), VCvtOp::PromoteLow),
    "f64x2.convert_low_i32x4_s" => Vcvtop(Shape::F(F64x2), Shape::I(I32x4), VCvtOp::Convert(Some(Low), S)),
    "f64x2.convert_low_i32x4_u" => Vcvtop(Shape::F(F64x2), Shape::I(I32x4), VCvtOp::Convert(Some(Low), U)),
    in production!("Tplaininstr_/vec-extun-i16x8");
    "i16x8.extadd_pairwise_i8x16_s" => Vextunop(I16x8, I8x16, VExtUnOp::ExtaddPairwise(S)),
    "i16x8.extadd_pairwise_i8x16_u" => Vextunop(I16x8, I8x16, VExtUnOp::ExtaddPairwise(U)),
    in production!("Tplaininstr_/vec-extun-i32x4");
    "i32x4.extadd_pairwise_i16x8_s" => Vextunop(I32x4, I16x8, VExtUnOp::ExtaddPairwise(S)),
    "i32x4.extadd_pairwise_i16x8_u" => Vextunop(I32x4, I16x8, VExtUnOp::ExtaddPairwise(U)),
    in production!("Tplaininstr_/vec-extbin-i16x8");
    "i16x8.extmul_low_i8x16_s" => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(Low, S)),
    "i16x8.extmul_low_i8x16_u" => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(Low, U)),
    "i16x8.extmul_high_i8x16_s" => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(High, S)),
    "i16x8.extmul_high_i8x16_u" => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(High, U)),
    "i16x8.relaxed_dot_i8x16_i7x16_s" => Vextbinop(I16x8, I8x16, VExtBinOp::RelaxedDot),
    in production!("Tplaininstr_/vec-extbin-i32x4");
    "i32x4.extmul_low_i16x8_s" => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(Low, S)),
    "i32x4.extmul_low_i16x8_u" => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(Low, U)),
    "i32x4.extmul_high_i16x8_s" => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(High, S)),
    "i32x4.extmul_high_i16x8_u" => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(High, U)),
    "i32x4.dot_i16x8_s" => Vextbinop(I32x4, I16x8, VExtBinOp::Dot),
    in production!("Tplaininstr_/vec-extbin-i64x2");
    "i64x2.extmul_low_i32x4_s" => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(Low, S)),
    "i64x2.extmul_low_i32x4_u" => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(Low, U)),
    "i64x2.extmul_high_i32x4_s" => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(High, S)),
    "i64x2.extmul_high_i32x4_u" => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(High, U)),
    in production!("Tplaininstr_/vec-exttern-i32x4");
    "i32x4.relaxed_dot_i8x16_i7x16_add_s" => Vextternop(I32x4, I8x16, VExtTernOp::RelaxedDotAdd),
}
