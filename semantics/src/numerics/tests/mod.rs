//! Known facts and properties of the numerics, checked against definitions that share no code with them.

mod scalar;
mod vector;

use super::*;
use crate::choice::{Choice, Choices, Deterministic, NanSet, NanWidth, Random, Relaxed};
use crate::syntax::*;
use proptest::prelude::*;

const SX: [Sx; 2] = [Sx::U, Sx::S];
const INN: [Inn; 2] = [Inn::I32, Inn::I64];
const FNN: [Fnn; 2] = [Fnn::F32, Fnn::F64];
const NUMTYPES: [NumType; 4] = [NumType::I32, NumType::I64, NumType::F32, NumType::F64];
const ISHAPES: [IShape; 4] = [IShape::I8x16, IShape::I16x8, IShape::I32x4, IShape::I64x2];
const FSHAPES: [FShape; 2] = [FShape::F32x4, FShape::F64x2];
const FUNOPS: [FUnOp; 7] =
    [FUnOp::Abs, FUnOp::Neg, FUnOp::Sqrt, FUnOp::Ceil, FUnOp::Floor, FUnOp::Trunc, FUnOp::Nearest];

/// Answers every relaxed parameter with one alternative, and keeps the questions.
struct Fixed {
    relaxed: u64,
    asked: Vec<Choice>,
}

impl Fixed {
    fn new(relaxed: u64) -> Self {
        Fixed { relaxed, asked: Vec::new() }
    }
}

impl Choices for Fixed {
    fn choose(&mut self, choice: Choice) -> u64 {
        self.asked.push(choice);
        if let Choice::Relaxed(_) = choice { self.relaxed } else { 0 }
    }
}

/// Bits of `f32`, those that matter more often than others.
fn f32s() -> impl Strategy<Value = u32> {
    let edges = [0.0, 1.0, 128.0, 8388608.0, 2147483648.0, 4294967296.0, 9.223372e18, 1.8446744e19, f32::MAX, 1.2e-38];
    let signs = [0, 1 << 31];
    let near = (prop::sample::select(edges.to_vec()), -2i32..=2, prop::sample::select(signs.to_vec()))
        .prop_map(|(z, d, sign)| z.to_bits().wrapping_add_signed(d) ^ sign);
    let nans = vec![0x7fc0_0000, 0xffc0_0000, 0x7fc0_0001, 0xffff_ffff, 0x7f80_0001, 0xffbf_ffff];
    prop_oneof![
        2 => any::<u32>(),
        1 => any::<i32>().prop_map(|i| (i as f32).to_bits()),
        1 => (-64i32..64).prop_map(|i| (i as f32 / 4.0).to_bits()),
        1 => near,
        1 => prop::sample::select(nans),
    ]
}

/// Bits of `f64`, those that matter more often than others.
fn f64s() -> impl Strategy<Value = u64> {
    // Around 2^31, 2^32, 2^52, 2^63, 2^64, and where `f32` overflows and underflows.
    let edges = [2147483648.0, 4294967296.0, 4503599627370496.0, 9223372036854775808.0, 18446744073709551616.0];
    let edges = edges.into_iter().chain([2147483647.0, 4294967295.0, 3.4028235677973366e38, 1e-45, f64::MAX]);
    let signs = [0, 1 << 63];
    let near = (prop::sample::select(edges.collect::<Vec<f64>>()), -2i64..=2, prop::sample::select(signs.to_vec()))
        .prop_map(|(z, d, sign)| z.to_bits().wrapping_add_signed(d) ^ sign);
    let nans = vec![0x7ff8 << 48, 0xfff8 << 48, (0x7ff8 << 48) + 1, u64::MAX, (0x7ff0 << 48) + 1];
    prop_oneof![
        2 => any::<u64>(),
        1 => any::<i64>().prop_map(|i| (i as f64).to_bits()),
        1 => f32s().prop_map(|z| f64::from(f32::from_bits(z)).to_bits()),
        1 => (-64i32..64).prop_map(|i| (f64::from(i) / 4.0).to_bits()),
        1 => near,
        1 => prop::sample::select(nans),
    ]
}

fn i32s() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), prop::sample::select(vec![0, 1, 2, 31, 32, 33, 1 << 31, !(1 << 31), u32::MAX])]
}

fn i64s() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), prop::sample::select(vec![0, 1, 2, 63, 64, 65, 1 << 63, !(1 << 63), u64::MAX, 1 << 32])]
}

/// Vectors whose lanes are of each kind in turn.
fn v128s() -> impl Strategy<Value = V128> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(V128),
        prop::collection::vec(prop::sample::select(vec![0u8, 1, 0x7f, 0x80, 0xff]), 16)
            .prop_map(|v| V128(std::array::from_fn(|i| v[i]))),
        [f32s(), f32s(), f32s(), f32s()].prop_map(<u32 as lanes::Lane>::inv_lanes),
        [f64s(), f64s()].prop_map(<u64 as lanes::Lane>::inv_lanes),
    ]
}

/// Numbers of the four types with the same generator behind them.
fn nums() -> impl Strategy<Value = [Num; 4]> {
    (i32s(), i64s(), f32s(), f64s()).prop_map(|(i, j, z, w)| [Num::I32(i), Num::I64(j), Num::F32(z), Num::F64(w)])
}

fn iunops() -> Vec<IUnOp> {
    let mut ops = vec![IUnOp::Clz, IUnOp::Ctz, IUnOp::Popcnt];
    ops.extend([Sz::B8, Sz::B16, Sz::B32, Sz::B64].map(IUnOp::Extend));
    ops
}

fn ibinops() -> Vec<IBinOp> {
    use IBinOp::*;
    let mut ops = vec![Add, Sub, Mul, And, Or, Xor, Shl, Rotl, Rotr];
    ops.extend(SX.into_iter().flat_map(|sx| [Div(sx), Rem(sx), Shr(sx)]));
    ops
}

fn unops() -> Vec<UnOp> {
    let i = INN.into_iter().flat_map(|nt| iunops().into_iter().map(move |op| UnOp::I(nt, op)));
    i.chain(FNN.into_iter().flat_map(|nt| FUNOPS.map(|op| UnOp::F(nt, op)))).collect()
}

fn binops() -> Vec<BinOp> {
    use FBinOp::*;
    let i = INN.into_iter().flat_map(|nt| ibinops().into_iter().map(move |op| BinOp::I(nt, op)));
    let f = FNN.into_iter().flat_map(|nt| [Add, Sub, Mul, Div, Min, Max, Copysign].map(|op| BinOp::F(nt, op)));
    i.chain(f).collect()
}

fn frelops() -> [FRelOp; 6] {
    [FRelOp::Eq, FRelOp::Ne, FRelOp::Lt, FRelOp::Gt, FRelOp::Le, FRelOp::Ge]
}

fn cvtops() -> Vec<CvtOp> {
    let mut ops = vec![CvtOp::Wrap, CvtOp::Reinterpret, CvtOp::Promote, CvtOp::Demote];
    ops.extend(
        SX.into_iter().flat_map(|sx| [CvtOp::Extend(sx), CvtOp::Convert(sx), CvtOp::Trunc(sx), CvtOp::TruncSat(sx)]),
    );
    ops
}

/// A magnitude of the form `m * 2^e`, of an `f64` that is neither infinite nor a NaN.
fn decode(z: u64) -> (u128, i32) {
    let (e, m) = ((z >> 52 & 0x7ff) as i32, u128::from(z & ((1 << 52) - 1)));
    if e == 0 { (m, -1074) } else { (m | 1 << 52, e - 1075) }
}

/// `ieee_N(m * 2^e)` for a width with `p` bits of precision and least exponent `least`, rounding by integers alone. The
/// result is `(m', e')` again, before overflow is looked at.
fn round(m: u128, e: i32, p: i32, least: i32) -> (u128, i32) {
    let drop = (128 - m.leading_zeros() as i32 - p).max(least - e);
    if drop <= 0 {
        return (m, e);
    }
    if drop > 126 {
        return (0, e + drop);
    }
    let (q, rest, half) = (m >> drop, m & ((1 << drop) - 1), 1 << (drop - 1));
    (q + u128::from(rest > half || rest == half && q & 1 == 1), e + drop)
}
