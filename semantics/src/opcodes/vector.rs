//! Binary format of vector instructions (5.3-binary.instructions).

use super::immediates::{Bytes, Immediate as _, Lane, Lanes, MemOp};
use crate::syntax::*;
use FShape::{F32x4, F64x2};
use Half::{High, Low};
use IShape::{I8x16, I16x8, I32x4, I64x2};
use Sx::{S, U};
use Sz::{B8, B16, B32, B64};

super::productions! {
    prefix: Some(0xFD);
    production!("Binstr/vec-memory"):
    0 [(x, ao): MemOp] => Vload(None, x, ao),
    1 [(x, ao): MemOp] => Vload(Some(VLoadOp::Shape(B8, 8, S)), x, ao),
    2 [(x, ao): MemOp] => Vload(Some(VLoadOp::Shape(B8, 8, U)), x, ao),
    3 [(x, ao): MemOp] => Vload(Some(VLoadOp::Shape(B16, 4, S)), x, ao),
    4 [(x, ao): MemOp] => Vload(Some(VLoadOp::Shape(B16, 4, U)), x, ao),
    5 [(x, ao): MemOp] => Vload(Some(VLoadOp::Shape(B32, 2, S)), x, ao),
    6 [(x, ao): MemOp] => Vload(Some(VLoadOp::Shape(B32, 2, U)), x, ao),
    7 [(x, ao): MemOp] => Vload(Some(VLoadOp::Splat(B8)), x, ao),
    8 [(x, ao): MemOp] => Vload(Some(VLoadOp::Splat(B16)), x, ao),
    9 [(x, ao): MemOp] => Vload(Some(VLoadOp::Splat(B32)), x, ao),
    10 [(x, ao): MemOp] => Vload(Some(VLoadOp::Splat(B64)), x, ao),
    11 [(x, ao): MemOp] => Vstore(x, ao),
    84 [(x, ao): MemOp, l: Lane] => VloadLane(B8, x, ao, l),
    85 [(x, ao): MemOp, l: Lane] => VloadLane(B16, x, ao, l),
    86 [(x, ao): MemOp, l: Lane] => VloadLane(B32, x, ao, l),
    87 [(x, ao): MemOp, l: Lane] => VloadLane(B64, x, ao, l),
    88 [(x, ao): MemOp, l: Lane] => VstoreLane(B8, x, ao, l),
    89 [(x, ao): MemOp, l: Lane] => VstoreLane(B16, x, ao, l),
    90 [(x, ao): MemOp, l: Lane] => VstoreLane(B32, x, ao, l),
    91 [(x, ao): MemOp, l: Lane] => VstoreLane(B64, x, ao, l),
    92 [(x, ao): MemOp] => Vload(Some(VLoadOp::Zero(B32)), x, ao),
    93 [(x, ao): MemOp] => Vload(Some(VLoadOp::Zero(B64)), x, ao),
    production!("Binstr/vec-const"):
    12 [b: Bytes] => Vconst(V128(b)),
    production!("Binstr/vec-shuffle"):
    13 [ls: Lanes] => Vshuffle(ls),
    14 => Vswizzlop(VSwizzlOp::Swizzle),
    256 => Vswizzlop(VSwizzlOp::RelaxedSwizzle),
    production!("Binstr/vec-splat"):
    15 => Vsplat(Shape::I(I8x16)),
    16 => Vsplat(Shape::I(I16x8)),
    17 => Vsplat(Shape::I(I32x4)),
    18 => Vsplat(Shape::I(I64x2)),
    19 => Vsplat(Shape::F(F32x4)),
    20 => Vsplat(Shape::F(F64x2)),
    production!("Binstr/vec-lane"):
    21 [l: Lane] => VextractLane(Shape::I(I8x16), Some(S), l),
    22 [l: Lane] => VextractLane(Shape::I(I8x16), Some(U), l),
    23 [l: Lane] => VreplaceLane(Shape::I(I8x16), l),
    24 [l: Lane] => VextractLane(Shape::I(I16x8), Some(S), l),
    25 [l: Lane] => VextractLane(Shape::I(I16x8), Some(U), l),
    26 [l: Lane] => VreplaceLane(Shape::I(I16x8), l),
    27 [l: Lane] => VextractLane(Shape::I(I32x4), None, l),
    28 [l: Lane] => VreplaceLane(Shape::I(I32x4), l),
    29 [l: Lane] => VextractLane(Shape::I(I64x2), None, l),
    30 [l: Lane] => VreplaceLane(Shape::I(I64x2), l),
    31 [l: Lane] => VextractLane(Shape::F(F32x4), None, l),
    32 [l: Lane] => VreplaceLane(Shape::F(F32x4), l),
    33 [l: Lane] => VextractLane(Shape::F(F64x2), None, l),
    34 [l: Lane] => VreplaceLane(Shape::F(F64x2), l),
    production!("Binstr/vec-rel-i8x16"):
    35 => Vrelop(VRelOp::I(I8x16, IRelOp::Eq)),
    36 => Vrelop(VRelOp::I(I8x16, IRelOp::Ne)),
    37 => Vrelop(VRelOp::I(I8x16, IRelOp::Lt(S))),
    38 => Vrelop(VRelOp::I(I8x16, IRelOp::Lt(U))),
    39 => Vrelop(VRelOp::I(I8x16, IRelOp::Gt(S))),
    40 => Vrelop(VRelOp::I(I8x16, IRelOp::Gt(U))),
    41 => Vrelop(VRelOp::I(I8x16, IRelOp::Le(S))),
    42 => Vrelop(VRelOp::I(I8x16, IRelOp::Le(U))),
    43 => Vrelop(VRelOp::I(I8x16, IRelOp::Ge(S))),
    44 => Vrelop(VRelOp::I(I8x16, IRelOp::Ge(U))),
    production!("Binstr/vec-rel-i16x8"):
    45 => Vrelop(VRelOp::I(I16x8, IRelOp::Eq)),
    46 => Vrelop(VRelOp::I(I16x8, IRelOp::Ne)),
    47 => Vrelop(VRelOp::I(I16x8, IRelOp::Lt(S))),
    48 => Vrelop(VRelOp::I(I16x8, IRelOp::Lt(U))),
    49 => Vrelop(VRelOp::I(I16x8, IRelOp::Gt(S))),
    50 => Vrelop(VRelOp::I(I16x8, IRelOp::Gt(U))),
    51 => Vrelop(VRelOp::I(I16x8, IRelOp::Le(S))),
    52 => Vrelop(VRelOp::I(I16x8, IRelOp::Le(U))),
    53 => Vrelop(VRelOp::I(I16x8, IRelOp::Ge(S))),
    54 => Vrelop(VRelOp::I(I16x8, IRelOp::Ge(U))),
    production!("Binstr/vec-rel-i32x4"):
    55 => Vrelop(VRelOp::I(I32x4, IRelOp::Eq)),
    56 => Vrelop(VRelOp::I(I32x4, IRelOp::Ne)),
    57 => Vrelop(VRelOp::I(I32x4, IRelOp::Lt(S))),
    58 => Vrelop(VRelOp::I(I32x4, IRelOp::Lt(U))),
    59 => Vrelop(VRelOp::I(I32x4, IRelOp::Gt(S))),
    60 => Vrelop(VRelOp::I(I32x4, IRelOp::Gt(U))),
    61 => Vrelop(VRelOp::I(I32x4, IRelOp::Le(S))),
    62 => Vrelop(VRelOp::I(I32x4, IRelOp::Le(U))),
    63 => Vrelop(VRelOp::I(I32x4, IRelOp::Ge(S))),
    64 => Vrelop(VRelOp::I(I32x4, IRelOp::Ge(U))),
    production!("Binstr/vec-rel-f32x4"):
    65 => Vrelop(VRelOp::F(F32x4, FRelOp::Eq)),
    66 => Vrelop(VRelOp::F(F32x4, FRelOp::Ne)),
    67 => Vrelop(VRelOp::F(F32x4, FRelOp::Lt)),
    68 => Vrelop(VRelOp::F(F32x4, FRelOp::Gt)),
    69 => Vrelop(VRelOp::F(F32x4, FRelOp::Le)),
    70 => Vrelop(VRelOp::F(F32x4, FRelOp::Ge)),
    production!("Binstr/vec-rel-f64x2"):
    71 => Vrelop(VRelOp::F(F64x2, FRelOp::Eq)),
    72 => Vrelop(VRelOp::F(F64x2, FRelOp::Ne)),
    73 => Vrelop(VRelOp::F(F64x2, FRelOp::Lt)),
    74 => Vrelop(VRelOp::F(F64x2, FRelOp::Gt)),
    75 => Vrelop(VRelOp::F(F64x2, FRelOp::Le)),
    76 => Vrelop(VRelOp::F(F64x2, FRelOp::Ge)),
    production!("Binstr/vec-un-v128"):
    77 => Vvunop(VVUnOp::Not),
    production!("Binstr/vec-bin-v128"):
    78 => Vvbinop(VVBinOp::And),
    79 => Vvbinop(VVBinOp::AndNot),
    80 => Vvbinop(VVBinOp::Or),
    81 => Vvbinop(VVBinOp::Xor),
    production!("Binstr/vec-tern-v128"):
    82 => Vvternop(VVTernOp::Bitselect),
    production!("Binstr/vec-test-v128"):
    83 => Vvtestop(VVTestOp::AnyTrue),
    production!("Binstr/vec-un-i8x16"):
    96 => Vunop(VUnOp::I(I8x16, VIUnOp::Abs)),
    97 => Vunop(VUnOp::I(I8x16, VIUnOp::Neg)),
    98 => Vunop(VUnOp::I(I8x16, VIUnOp::Popcnt)),
    production!("Binstr/vec-test-i8x16"):
    99 => Vtestop(VTestOp::AllTrue(I8x16)),
    production!("Binstr/vec-bitmask-i8x16"):
    100 => Vbitmask(I8x16),
    production!("Binstr/vec-narrow-i8x16"):
    101 => Vnarrow(I8x16, I16x8, S),
    102 => Vnarrow(I8x16, I16x8, U),
    production!("Binstr/vec-shift-i8x16"):
    107 => Vshiftop(I8x16, VShiftOp::Shl),
    108 => Vshiftop(I8x16, VShiftOp::Shr(S)),
    109 => Vshiftop(I8x16, VShiftOp::Shr(U)),
    production!("Binstr/vec-bin-i8x16"):
    110 => Vbinop(VBinOp::I(I8x16, VIBinOp::Add)),
    111 => Vbinop(VBinOp::I(I8x16, VIBinOp::AddSat(S))),
    112 => Vbinop(VBinOp::I(I8x16, VIBinOp::AddSat(U))),
    113 => Vbinop(VBinOp::I(I8x16, VIBinOp::Sub)),
    114 => Vbinop(VBinOp::I(I8x16, VIBinOp::SubSat(S))),
    115 => Vbinop(VBinOp::I(I8x16, VIBinOp::SubSat(U))),
    118 => Vbinop(VBinOp::I(I8x16, VIBinOp::Min(S))),
    119 => Vbinop(VBinOp::I(I8x16, VIBinOp::Min(U))),
    120 => Vbinop(VBinOp::I(I8x16, VIBinOp::Max(S))),
    121 => Vbinop(VBinOp::I(I8x16, VIBinOp::Max(U))),
    123 => Vbinop(VBinOp::I(I8x16, VIBinOp::Avgr)),
    production!("Binstr/vec-extun-i16x8"):
    124 => Vextunop(I16x8, I8x16, VExtUnOp::ExtaddPairwise(S)),
    125 => Vextunop(I16x8, I8x16, VExtUnOp::ExtaddPairwise(U)),
    production!("Binstr/vec-un-i16x8"):
    128 => Vunop(VUnOp::I(I16x8, VIUnOp::Abs)),
    129 => Vunop(VUnOp::I(I16x8, VIUnOp::Neg)),
    production!("Binstr/vec-bin-i16x8"):
    130 => Vbinop(VBinOp::I(I16x8, VIBinOp::Q15MulrSat)),
    142 => Vbinop(VBinOp::I(I16x8, VIBinOp::Add)),
    143 => Vbinop(VBinOp::I(I16x8, VIBinOp::AddSat(S))),
    144 => Vbinop(VBinOp::I(I16x8, VIBinOp::AddSat(U))),
    145 => Vbinop(VBinOp::I(I16x8, VIBinOp::Sub)),
    146 => Vbinop(VBinOp::I(I16x8, VIBinOp::SubSat(S))),
    147 => Vbinop(VBinOp::I(I16x8, VIBinOp::SubSat(U))),
    149 => Vbinop(VBinOp::I(I16x8, VIBinOp::Mul)),
    150 => Vbinop(VBinOp::I(I16x8, VIBinOp::Min(S))),
    151 => Vbinop(VBinOp::I(I16x8, VIBinOp::Min(U))),
    152 => Vbinop(VBinOp::I(I16x8, VIBinOp::Max(S))),
    153 => Vbinop(VBinOp::I(I16x8, VIBinOp::Max(U))),
    155 => Vbinop(VBinOp::I(I16x8, VIBinOp::Avgr)),
    273 => Vbinop(VBinOp::I(I16x8, VIBinOp::RelaxedQ15Mulr)),
    production!("Binstr/vec-test-i16x8"):
    131 => Vtestop(VTestOp::AllTrue(I16x8)),
    production!("Binstr/vec-bitmask-i16x8"):
    132 => Vbitmask(I16x8),
    production!("Binstr/vec-narrow-i16x8"):
    133 => Vnarrow(I16x8, I32x4, S),
    134 => Vnarrow(I16x8, I32x4, U),
    production!("Binstr/vec-ext-i16x8"):
    135 => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(Low, S)),
    136 => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(High, S)),
    137 => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(Low, U)),
    138 => Vcvtop(Shape::I(I16x8), Shape::I(I8x16), VCvtOp::Extend(High, U)),
    production!("Binstr/vec-shift-i16x8"):
    139 => Vshiftop(I16x8, VShiftOp::Shl),
    140 => Vshiftop(I16x8, VShiftOp::Shr(S)),
    141 => Vshiftop(I16x8, VShiftOp::Shr(U)),
    production!("Binstr/vec-extbin-i16x8"):
    156 => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(Low, S)),
    157 => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(High, S)),
    158 => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(Low, U)),
    159 => Vextbinop(I16x8, I8x16, VExtBinOp::Extmul(High, U)),
    274 => Vextbinop(I16x8, I8x16, VExtBinOp::RelaxedDot),
    production!("Binstr/vec-extun-i32x4"):
    126 => Vextunop(I32x4, I16x8, VExtUnOp::ExtaddPairwise(S)),
    127 => Vextunop(I32x4, I16x8, VExtUnOp::ExtaddPairwise(U)),
    production!("Binstr/vec-un-i32x4"):
    160 => Vunop(VUnOp::I(I32x4, VIUnOp::Abs)),
    161 => Vunop(VUnOp::I(I32x4, VIUnOp::Neg)),
    production!("Binstr/vec-test-i32x4"):
    163 => Vtestop(VTestOp::AllTrue(I32x4)),
    production!("Binstr/vec-bitmask-i32x4"):
    164 => Vbitmask(I32x4),
    production!("Binstr/vec-ext-i32x4"):
    167 => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(Low, S)),
    168 => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(High, S)),
    169 => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(Low, U)),
    170 => Vcvtop(Shape::I(I32x4), Shape::I(I16x8), VCvtOp::Extend(High, U)),
    production!("Binstr/vec-shift-i32x4"):
    171 => Vshiftop(I32x4, VShiftOp::Shl),
    172 => Vshiftop(I32x4, VShiftOp::Shr(S)),
    173 => Vshiftop(I32x4, VShiftOp::Shr(U)),
    production!("Binstr/vec-bin-i32x4"):
    174 => Vbinop(VBinOp::I(I32x4, VIBinOp::Add)),
    177 => Vbinop(VBinOp::I(I32x4, VIBinOp::Sub)),
    181 => Vbinop(VBinOp::I(I32x4, VIBinOp::Mul)),
    182 => Vbinop(VBinOp::I(I32x4, VIBinOp::Min(S))),
    183 => Vbinop(VBinOp::I(I32x4, VIBinOp::Min(U))),
    184 => Vbinop(VBinOp::I(I32x4, VIBinOp::Max(S))),
    185 => Vbinop(VBinOp::I(I32x4, VIBinOp::Max(U))),
    production!("Binstr/vec-extbin-i32x4"):
    186 => Vextbinop(I32x4, I16x8, VExtBinOp::Dot),
    188 => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(Low, S)),
    189 => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(High, S)),
    190 => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(Low, U)),
    191 => Vextbinop(I32x4, I16x8, VExtBinOp::Extmul(High, U)),
    production!("Binstr/vec-exttern-i32x4"):
    275 => Vextternop(I32x4, I8x16, VExtTernOp::RelaxedDotAdd),
    production!("Binstr/vec-un-i64x2"):
    192 => Vunop(VUnOp::I(I64x2, VIUnOp::Abs)),
    193 => Vunop(VUnOp::I(I64x2, VIUnOp::Neg)),
    production!("Binstr/vec-test-i64x2"):
    195 => Vtestop(VTestOp::AllTrue(I64x2)),
    production!("Binstr/vec-bitmask-i64x2"):
    196 => Vbitmask(I64x2),
    production!("Binstr/vec-ext-i64x2"):
    199 => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(Low, S)),
    200 => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(High, S)),
    201 => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(Low, U)),
    202 => Vcvtop(Shape::I(I64x2), Shape::I(I32x4), VCvtOp::Extend(High, U)),
    production!("Binstr/vec-shift-i64x2"):
    203 => Vshiftop(I64x2, VShiftOp::Shl),
    204 => Vshiftop(I64x2, VShiftOp::Shr(S)),
    205 => Vshiftop(I64x2, VShiftOp::Shr(U)),
    production!("Binstr/vec-bin-i64x2"):
    206 => Vbinop(VBinOp::I(I64x2, VIBinOp::Add)),
    209 => Vbinop(VBinOp::I(I64x2, VIBinOp::Sub)),
    213 => Vbinop(VBinOp::I(I64x2, VIBinOp::Mul)),
    production!("Binstr/vec-rel-i64x2"):
    214 => Vrelop(VRelOp::I(I64x2, IRelOp::Eq)),
    215 => Vrelop(VRelOp::I(I64x2, IRelOp::Ne)),
    216 => Vrelop(VRelOp::I(I64x2, IRelOp::Lt(S))),
    217 => Vrelop(VRelOp::I(I64x2, IRelOp::Gt(S))),
    218 => Vrelop(VRelOp::I(I64x2, IRelOp::Le(S))),
    219 => Vrelop(VRelOp::I(I64x2, IRelOp::Ge(S))),
    production!("Binstr/vec-extbin-i64x2"):
    220 => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(Low, S)),
    221 => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(High, S)),
    222 => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(Low, U)),
    223 => Vextbinop(I64x2, I32x4, VExtBinOp::Extmul(High, U)),
    production!("Binstr/vec-un-f32x4"):
    103 => Vunop(VUnOp::F(F32x4, FUnOp::Ceil)),
    104 => Vunop(VUnOp::F(F32x4, FUnOp::Floor)),
    105 => Vunop(VUnOp::F(F32x4, FUnOp::Trunc)),
    106 => Vunop(VUnOp::F(F32x4, FUnOp::Nearest)),
    224 => Vunop(VUnOp::F(F32x4, FUnOp::Abs)),
    225 => Vunop(VUnOp::F(F32x4, FUnOp::Neg)),
    227 => Vunop(VUnOp::F(F32x4, FUnOp::Sqrt)),
    production!("Binstr/vec-bin-f32x4"):
    228 => Vbinop(VBinOp::F(F32x4, VFBinOp::Add)),
    229 => Vbinop(VBinOp::F(F32x4, VFBinOp::Sub)),
    230 => Vbinop(VBinOp::F(F32x4, VFBinOp::Mul)),
    231 => Vbinop(VBinOp::F(F32x4, VFBinOp::Div)),
    232 => Vbinop(VBinOp::F(F32x4, VFBinOp::Min)),
    233 => Vbinop(VBinOp::F(F32x4, VFBinOp::Max)),
    234 => Vbinop(VBinOp::F(F32x4, VFBinOp::Pmin)),
    235 => Vbinop(VBinOp::F(F32x4, VFBinOp::Pmax)),
    269 => Vbinop(VBinOp::F(F32x4, VFBinOp::RelaxedMin)),
    270 => Vbinop(VBinOp::F(F32x4, VFBinOp::RelaxedMax)),
    production!("Binstr/vec-tern-f32x4"):
    261 => Vternop(VTernOp::RelaxedMadd(F32x4)),
    262 => Vternop(VTernOp::RelaxedNmadd(F32x4)),
    production!("Binstr/vec-un-f64x2"):
    116 => Vunop(VUnOp::F(F64x2, FUnOp::Ceil)),
    117 => Vunop(VUnOp::F(F64x2, FUnOp::Floor)),
    122 => Vunop(VUnOp::F(F64x2, FUnOp::Trunc)),
    148 => Vunop(VUnOp::F(F64x2, FUnOp::Nearest)),
    236 => Vunop(VUnOp::F(F64x2, FUnOp::Abs)),
    237 => Vunop(VUnOp::F(F64x2, FUnOp::Neg)),
    239 => Vunop(VUnOp::F(F64x2, FUnOp::Sqrt)),
    production!("Binstr/vec-bin-f64x2"):
    240 => Vbinop(VBinOp::F(F64x2, VFBinOp::Add)),
    241 => Vbinop(VBinOp::F(F64x2, VFBinOp::Sub)),
    242 => Vbinop(VBinOp::F(F64x2, VFBinOp::Mul)),
    243 => Vbinop(VBinOp::F(F64x2, VFBinOp::Div)),
    244 => Vbinop(VBinOp::F(F64x2, VFBinOp::Min)),
    245 => Vbinop(VBinOp::F(F64x2, VFBinOp::Max)),
    246 => Vbinop(VBinOp::F(F64x2, VFBinOp::Pmin)),
    247 => Vbinop(VBinOp::F(F64x2, VFBinOp::Pmax)),
    271 => Vbinop(VBinOp::F(F64x2, VFBinOp::RelaxedMin)),
    272 => Vbinop(VBinOp::F(F64x2, VFBinOp::RelaxedMax)),
    production!("Binstr/vec-tern-f64x2"):
    263 => Vternop(VTernOp::RelaxedMadd(F64x2)),
    264 => Vternop(VTernOp::RelaxedNmadd(F64x2)),
    265 => Vternop(VTernOp::RelaxedLaneselect(I8x16)),
    266 => Vternop(VTernOp::RelaxedLaneselect(I16x8)),
    267 => Vternop(VTernOp::RelaxedLaneselect(I32x4)),
    268 => Vternop(VTernOp::RelaxedLaneselect(I64x2)),
    production!("Binstr/vec-cvt"):
    94 => Vcvtop(Shape::F(F32x4), Shape::F(F64x2), VCvtOp::DemoteZero),
    95 => Vcvtop(Shape::F(F64x2), Shape::F(F32x4), VCvtOp::PromoteLow),
    248 => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::TruncSat(S, false)),
    249 => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::TruncSat(U, false)),
    250 => Vcvtop(Shape::F(F32x4), Shape::I(I32x4), VCvtOp::Convert(None, S)),
    251 => Vcvtop(Shape::F(F32x4), Shape::I(I32x4), VCvtOp::Convert(None, U)),
    252 => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::TruncSat(S, true)),
    253 => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::TruncSat(U, true)),
    254 => Vcvtop(Shape::F(F64x2), Shape::I(I32x4), VCvtOp::Convert(Some(Low), S)),
    255 => Vcvtop(Shape::F(F64x2), Shape::I(I32x4), VCvtOp::Convert(Some(Low), U)),
    257 => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::RelaxedTrunc(S, false)),
    258 => Vcvtop(Shape::I(I32x4), Shape::F(F32x4), VCvtOp::RelaxedTrunc(U, false)),
    259 => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::RelaxedTrunc(S, true)),
    260 => Vcvtop(Shape::I(I32x4), Shape::F(F64x2), VCvtOp::RelaxedTrunc(U, true)),
}
