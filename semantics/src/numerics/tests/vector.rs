//! Vectors and relaxed operators.

use super::*;
use crate::numerics::float::*;
use crate::numerics::integer::iq15mulr_sat;
use crate::numerics::lanes::Lane;
use crate::numerics::relaxed::*;

fn v<T: Lane>(c: T::Lanes) -> V128 {
    T::inv_lanes(c)
}

fn f32x4(z: [f32; 4]) -> V128 {
    v::<u32>(z.map(f32::to_bits))
}

fn bytes(f: impl Fn(u8) -> u8) -> V128 {
    V128(std::array::from_fn(|i| f(i as u8)))
}

const I8: Shape = Shape::I(IShape::I8x16);
const I32: Shape = Shape::I(IShape::I32x4);
const F32: Shape = Shape::F(FShape::F32x4);
const F64: Shape = Shape::F(FShape::F64x2);

fn vunops() -> Vec<VUnOp> {
    let i = ISHAPES.into_iter().flat_map(|sh| [VIUnOp::Abs, VIUnOp::Neg, VIUnOp::Popcnt].map(|op| VUnOp::I(sh, op)));
    i.chain(FSHAPES.into_iter().flat_map(|sh| FUNOPS.map(|op| VUnOp::F(sh, op)))).collect()
}

fn vbinops() -> Vec<VBinOp> {
    use {VFBinOp as F, VIBinOp as I};
    let mut i = vec![I::Add, I::Sub, I::Mul, I::Avgr, I::Q15MulrSat, I::RelaxedQ15Mulr];
    i.extend(SX.into_iter().flat_map(|sx| [I::AddSat(sx), I::SubSat(sx), I::Min(sx), I::Max(sx)]));
    let f = [F::Add, F::Sub, F::Mul, F::Div, F::Min, F::Max, F::Pmin, F::Pmax, F::RelaxedMin, F::RelaxedMax];
    let i = ISHAPES.into_iter().flat_map(|sh| i.clone().into_iter().map(move |op| VBinOp::I(sh, op)));
    i.chain(FSHAPES.into_iter().flat_map(|sh| f.map(|op| VBinOp::F(sh, op)))).collect()
}

fn vternops() -> Vec<VTernOp> {
    let i = ISHAPES.into_iter().map(VTernOp::RelaxedLaneselect);
    i.chain(FSHAPES.into_iter().flat_map(|sh| [VTernOp::RelaxedMadd(sh), VTernOp::RelaxedNmadd(sh)])).collect()
}

fn vcvtops() -> Vec<(Shape, Shape, VCvtOp)> {
    let mut ops = vec![VCvtOp::DemoteZero, VCvtOp::PromoteLow];
    for sx in SX {
        ops.extend([Half::Low, Half::High].map(|half| VCvtOp::Extend(half, sx)));
        ops.extend([None, Some(Half::Low), Some(Half::High)].map(|half| VCvtOp::Convert(half, sx)));
        ops.extend([false, true].into_iter().flat_map(|z| [VCvtOp::TruncSat(sx, z), VCvtOp::RelaxedTrunc(sx, z)]));
    }
    let shapes: Vec<Shape> = ISHAPES.map(Shape::I).into_iter().chain(FSHAPES.map(Shape::F)).collect();
    let mut all = Vec::new();
    for sh_1 in &shapes {
        for sh_2 in &shapes {
            all.extend(ops.iter().map(|op| (*sh_1, *sh_2, *op)));
        }
    }
    all
}

#[test]
fn bitwise() {
    let (a, b, m) = (bytes(|_| 0b1100), bytes(|_| 0b1010), bytes(|_| 0b0110));
    assert_eq!(vvunop(VVUnOp::Not, a), bytes(|_| !0b1100));
    assert_eq!(vvbinop(VVBinOp::AndNot, a, b), bytes(|_| 0b0100));
    assert_eq!(vvbinop(VVBinOp::Xor, a, b), bytes(|_| 0b0110));
    assert_eq!(vvternop(VVTernOp::Bitselect, a, b, m), bytes(|_| 0b1100));
    assert_eq!((vvtestop(VVTestOp::AnyTrue, a), vvtestop(VVTestOp::AnyTrue, bytes(|_| 0))), (1, 0));
}

#[test]
fn lanes_in_and_out() {
    assert_eq!(u16::lanes(bytes(|i| i))[1], 0x0302);
    let c = vsplat(I8, Num::I32(0x1ff)).unwrap();
    assert_eq!(c, bytes(|_| 0xff));
    assert_eq!(vextract_lane(I8, Some(Sx::S), c, 15), Some(Num::I32(u32::MAX)));
    assert_eq!(vextract_lane(I8, Some(Sx::U), c, 15), Some(Num::I32(255)));
    assert_eq!(vextract_lane(I8, Some(Sx::U), c, 16), None);
    assert_eq!(vextract_lane(I8, None, c, 0), None);
    assert_eq!(vextract_lane(I32, Some(Sx::U), c, 0), None);
    assert_eq!(vextract_lane(F64, None, c, 1), Some(Num::F64(u64::MAX)));
    assert_eq!(vsplat(F32, Num::I32(0)), None);
    assert_eq!(vreplace_lane(I32, bytes(|_| 0), 1, Num::I32(5)), Some(v::<u32>([0, 5, 0, 0])));
    assert_eq!(vreplace_lane(I32, bytes(|_| 0), 4, Num::I32(5)), None);
    assert_eq!(vreplace_lane(I32, bytes(|_| 0), 0, Num::I64(5)), None);
}

#[test]
fn across_lanes() {
    let c = bytes(|i| i + 100);
    assert_eq!(vbitmaskop(IShape::I8x16, bytes(|i| if i % 3 == 0 { 0x80 } else { 0x7f })), 0b1001_0010_0100_1001);
    assert_eq!(vbitmaskop(IShape::I64x2, v::<u64>([1, 1 << 63])), 0b10);
    assert_eq!(vswizzlop(VSwizzlOp::Swizzle, c, bytes(|i| 15 - i), &mut Deterministic), bytes(|i| 115 - i));
    assert_eq!(vswizzlop(VSwizzlOp::Swizzle, c, bytes(|i| i + 16), &mut Deterministic), bytes(|_| 0));
    let even = bytes(|i| if i < 8 { 100 + 2 * i } else { 2 * i - 16 });
    assert_eq!(vshufflop(std::array::from_fn(|i| 2 * i as u8), c, bytes(|i| i)), even);
    assert_eq!(vtestop(VTestOp::AllTrue(IShape::I32x4), v::<u32>([1, 2, 3, 4])), 1);
    assert_eq!(vtestop(VTestOp::AllTrue(IShape::I8x16), v::<u32>([1, 2, 3, 4])), 0);
    assert_eq!(vrelop(VRelOp::I(IShape::I16x8, IRelOp::Lt(Sx::S)), bytes(|_| 0xff), bytes(|_| 0)), bytes(|_| 0xff));
    assert_eq!(
        vrelop(VRelOp::F(FShape::F32x4, FRelOp::Lt), f32x4([1., 2., f32::NAN, -0.]), f32x4([2., 1., 0., 0.])),
        v::<u32>([u32::MAX, 0, 0, 0])
    );
    assert_eq!(vshiftop(IShape::I8x16, VShiftOp::Shl, bytes(|_| 3), 9), bytes(|_| 6));
    assert_eq!(vshiftop(IShape::I8x16, VShiftOp::Shr(Sx::S), bytes(|_| 0x80), 15), bytes(|_| 0xff));
}

#[test]
fn between_shapes() {
    let (b, w, d) = (IShape::I8x16, IShape::I16x8, IShape::I32x4);
    let c = bytes(|i| if i < 8 { 0xff } else { i });
    let ch = &mut Deterministic;
    let pairwise = |sx| vextunop(b, w, VExtUnOp::ExtaddPairwise(sx), c).unwrap();
    assert_eq!(pairwise(Sx::U), v::<u16>([510, 510, 510, 510, 17, 21, 25, 29]));
    assert_eq!(pairwise(Sx::S), v::<u16>([0xfffe, 0xfffe, 0xfffe, 0xfffe, 17, 21, 25, 29]));
    let extmul = |half, sx| vextbinop(b, w, VExtBinOp::Extmul(half, sx), c, c, &mut Deterministic).unwrap();
    assert_eq!(extmul(Half::Low, Sx::U), v::<u16>([65025; 8]));
    assert_eq!(extmul(Half::High, Sx::S), v::<u16>([64, 81, 100, 121, 144, 169, 196, 225]));
    let least = v::<u16>([0x8000; 8]);
    assert_eq!(vextbinop(w, d, VExtBinOp::Dot, least, least, ch), Some(v::<u32>([1 << 31; 4])));
    assert_eq!(vextbinop(b, d, VExtBinOp::Dot, least, least, ch), None);
    assert_eq!(vextunop(d, IShape::I64x2, VExtUnOp::ExtaddPairwise(Sx::U), c), None);
    let wide = v::<u16>([0, 1, 127, 128, 255, 256, 0x8000, 0xffff]);
    assert_eq!(vnarrowop(w, b, Sx::U, wide, wide).unwrap().0[..8], [0, 1, 127, 128, 255, 255, 0, 0]);
    assert_eq!(vnarrowop(w, b, Sx::S, bytes(|_| 0), wide).unwrap().0[8..], [0, 1, 127, 127, 127, 127, 0x80, 0xff]);
    assert_eq!(vnarrowop(d, b, Sx::S, c, c), None);
    assert_eq!((iq15mulr_sat(0x8000u16, 0x8000), iq15mulr_sat(0x4000u16, 0x4000)), (0x7fff, 0x2000));
    assert_eq!((iq15mulr_sat(0x4000u16, 1), iq15mulr_sat(0x3fffu16, 1)), (1, 0));
}

#[test]
fn conversions() {
    let ch = &mut Deterministic;
    let c = v::<u32>([u32::MAX, 2, 3, 4]);
    let f64x2 = |z: [f64; 2]| v::<u64>(z.map(f64::to_bits));
    assert_eq!(vcvtop(I32, F64, VCvtOp::Convert(Some(Half::Low), Sx::S), c, ch), Some(f64x2([-1., 2.])));
    assert_eq!(vcvtop(I32, F32, VCvtOp::Convert(None, Sx::U), c, ch), Some(f32x4([4294967296., 2., 3., 4.])));
    assert_eq!(vcvtop(I32, F32, VCvtOp::Convert(Some(Half::Low), Sx::U), c, ch), None);
    let long = Shape::I(IShape::I64x2);
    assert_eq!(vcvtop(I32, long, VCvtOp::Extend(Half::High, Sx::S), c, ch), Some(v::<u64>([3, 4])));
    assert_eq!(vcvtop(I32, long, VCvtOp::Extend(Half::Low, Sx::S), c, ch), Some(v::<u64>([u64::MAX, 2])));
    let z = f64x2([-1.5, 1e10]);
    assert_eq!(vcvtop(F64, I32, VCvtOp::TruncSat(Sx::S, true), z, ch), Some(v::<u32>([u32::MAX, 0x7fff_ffff, 0, 0])));
    assert_eq!(vcvtop(F64, I32, VCvtOp::TruncSat(Sx::S, false), z, ch), None);
    assert_eq!(vcvtop(F64, F32, VCvtOp::DemoteZero, z, ch), Some(f32x4([-1.5, 1e10, 0., 0.])));
    assert_eq!(vcvtop(F32, F64, VCvtOp::PromoteLow, f32x4([1., 2., 3., 4.]), ch), Some(f64x2([1., 2.])));
    // 3 extensions by half and sign; conversions to 2 shapes, and from 2 shapes by two operators, by sign; 2 more.
    let some = vcvtops().into_iter().filter(|(a, b, op)| vcvtop(*a, *b, *op, c, ch).is_some());
    assert_eq!(some.count(), 3 * 2 * 2 + (2 + 2 * 2) * 2 + 2);
}

#[test]
fn relaxed_madd() {
    // (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, which rounding the product loses.
    let z = (1.0 + 2f32.powi(-12)).to_bits();
    let minus = (-1.0 - 2f32.powi(-11)).to_bits();
    let madd = |r, z_1, z_3| frelaxed_madd(z_1, z, z_3, &mut Fixed::new(r));
    assert_eq!(madd(0, z, minus), Set::One(0));
    assert_eq!(madd(1, z, minus), Set::One(2f32.powi(-24).to_bits()));
    assert_eq!(frelaxed_nmadd(fneg(z), z, minus, &mut Fixed::new(1)), madd(1, z, minus));
    let (canonical, arithmetic) = (0x7fc0_0000u32, 0x7fc0_0001);
    for r in 0..2 {
        let set = |arithmetic| Set::Nan(NanSet { width: NanWidth::N32, arithmetic });
        assert_eq!(madd(r, canonical, 0), set(false));
        assert_eq!(madd(r, canonical, arithmetic), set(true));
        assert_eq!(madd(r, arithmetic, canonical), set(true));
        assert_eq!(madd(r, f32::INFINITY.to_bits(), f32::NEG_INFINITY.to_bits()), set(false));
        let c = frelaxed_madd(f32::INFINITY.to_bits(), 0, arithmetic, &mut Fixed::new(r));
        assert_eq!(c, set(true));
    }
}

#[test]
fn relaxed_min_and_max() {
    let (nan, z, p, n) = (0xff80_0001u32, 1f32.to_bits(), 0f32.to_bits(), (-0f32).to_bits());
    let min = |z_1, z_2| [0, 1, 2, 3].map(|r| frelaxed_min(z_1, z_2, &mut Fixed::new(r)));
    let max = |z_1, z_2| [0, 1, 2, 3].map(|r| frelaxed_max(z_1, z_2, &mut Fixed::new(r)));
    let of = |first, rest: [u32; 3]| [first, Set::One(rest[0]), Set::One(rest[1]), Set::One(rest[2])];
    assert_eq!(min(nan, z), of(fmin(nan, z), [nan, z, z]));
    assert_eq!(min(z, nan), of(fmin(nan, z), [z, nan, z]));
    assert_eq!(min(nan, nan ^ 2), of(fmin(nan, z), [nan, nan ^ 2, nan ^ 2]));
    assert_eq!(min(p, n), of(Set::One(n), [p, n, n]));
    assert_eq!(min(n, p), of(Set::One(n), [n, p, n]));
    assert_eq!(max(p, n), of(Set::One(p), [p, n, p]));
    assert_eq!(max(n, p), of(Set::One(p), [n, p, p]));
    assert_eq!(min(z, p), [Set::One(p); 4]);
    let ch = &mut Fixed::new(3);
    frelaxed_min(z, p, ch);
    frelaxed_max(p, p, ch);
    assert!(ch.asked.is_empty());
    frelaxed_max(p, n, ch);
    assert_eq!(ch.asked, [Choice::Relaxed(Relaxed::R_fmax)]);
    // One parameter for all lanes: the first operand here and the second there is no value of it.
    let (a, b) = (f32x4([0., 0., 1., 1.]), f32x4([-0., -0., 1., 1.]));
    let op = VBinOp::F(FShape::F32x4, VFBinOp::RelaxedMin);
    assert!(vbinop_allows(op, a, b, a) && vbinop_allows(op, a, b, b));
    assert!(!vbinop_allows(op, a, b, f32x4([0., -0., 1., 1.])));
}

#[test]
fn relaxed_integers() {
    let q15 = |i, r| irelaxed_q15mulr(0x8000u16, i, &mut Fixed::new(r));
    assert_eq!((q15(0x8000, 0), q15(0x8000, 1), q15(1, 1)), (0x7fff, 0x8000, 0xffff));
    let ch = &mut Fixed::new(1);
    irelaxed_q15mulr(0x8000u16, 1, ch);
    assert!(ch.asked.is_empty());
    let select = |m, r| irelaxed_laneselect(0xaau8, 0x55, m, &mut Fixed::new(r));
    assert_eq!((select(0x0f, 0), select(0x0f, 1), select(0x80, 0), select(0x80, 1)), (0x5a, 0x55, 0xd5, 0xaa));
    let c = std::array::from_fn(|i| i as u8 + 1);
    let swizzle = |i, r| irelaxed_swizzle_lane(&c, i, &mut Fixed::new(r));
    assert_eq!((swizzle(3, 1), swizzle(0x80, 1), swizzle(19, 0), swizzle(19, 1)), (4, 0, 0, 4));
    let ch = &mut Fixed::new(1);
    vswizzlop(VSwizzlOp::RelaxedSwizzle, V128(c), bytes(|i| if i < 8 { i } else { 0xff }), ch);
    assert!(ch.asked.is_empty());
    let dot = |r| {
        vextbinop(
            IShape::I8x16,
            IShape::I16x8,
            VExtBinOp::RelaxedDot,
            bytes(|_| 0x80),
            bytes(|_| 0x80),
            &mut Fixed::new(r),
        )
    };
    // -128 * -128 * 2 saturates; -128 * 128 * 2 is the least number.
    assert_eq!((dot(0), dot(1)), (Some(v::<u16>([0x7fff; 8])), Some(v::<u16>([0x8000; 8]))));
    // Only the second operand is read either way.
    let dot = |a: u8, b: u8| {
        let op = VExtBinOp::RelaxedDot;
        vextbinop(IShape::I8x16, IShape::I16x8, op, bytes(|_| a), bytes(|_| b), &mut Fixed::new(1))
    };
    assert_eq!((dot(0xff, 1), dot(1, 0xff)), (Some(v::<u16>([0xfffe; 8])), Some(v::<u16>([510; 8]))));
    let three = v::<u32>([3; 4]);
    let dot_add = |r| {
        let (a, b) = (bytes(|_| 0x80), bytes(|_| 0x80));
        let ch = &mut Fixed::new(r);
        let c = vextternop(IShape::I8x16, IShape::I32x4, VExtTernOp::RelaxedDotAdd, a, b, three, ch);
        assert_eq!(ch.asked, [Choice::Relaxed(Relaxed::R_idot)]);
        assert!(vextternop_allows(IShape::I8x16, IShape::I32x4, VExtTernOp::RelaxedDotAdd, a, b, three, c.unwrap()));
        c
    };
    assert_eq!((dot_add(0), dot_add(1)), (Some(v::<u32>([65537; 4])), Some(v::<u32>([-65533i32 as u32; 4]))));
}

#[test]
fn relaxed_truncation() {
    let at = |sx, z: f32, r| relaxed_trunc::<u32, u32>(sx, z.to_bits(), &mut Fixed::new(r));
    assert_eq!([0, 1].map(|r| at(Sx::S, -1.5, r)), [Set::One(u32::MAX); 2]);
    assert_eq!([0, 1].map(|r| at(Sx::S, f32::NAN, r)), [Set::One(0), Set::Any(1 << 31)]);
    assert_eq!([0, 1].map(|r| at(Sx::S, 3e9, r)), [Set::One(0x7fff_ffff), Set::Any(1 << 31)]);
    assert_eq!(
        [0, 1, 2, 3].map(|r| at(Sx::U, -1.0, r)),
        [Set::One(0), Set::Any(u32::MAX), Set::Any(u32::MAX - 1), Set::Any(1 << 31)]
    );
    let ch = &mut Fixed::new(3);
    relaxed_trunc::<u32, u32>(Sx::U, (-0.5f32).to_bits(), ch);
    assert!(ch.asked.is_empty());
    relaxed_trunc::<u32, u32>(Sx::U, f32::NAN.to_bits(), ch);
    relaxed_trunc::<u32, u32>(Sx::S, f32::NAN.to_bits(), ch);
    assert_eq!(ch.asked, [Relaxed::R_trunc_u, Relaxed::R_trunc_s].map(Choice::Relaxed));
    // Anything goes in a lane that is out of range, and only there.
    let op = VCvtOp::RelaxedTrunc(Sx::U, false);
    let z = f32x4([1.0, -2.0, f32::INFINITY, f32::NAN]);
    assert!(vcvtop_allows(F32, I32, op, z, v::<u32>([1, 7, 8, 9])));
    assert!(!vcvtop_allows(F32, I32, op, z, v::<u32>([2, 0, u32::MAX, 0])));
}

/// The dispatch: every operator on operands that tell it from the others.
#[test]
fn dispatch() {
    use {VFBinOp as F, VIBinOp as I};
    let (a, b) = (bytes(|_| 0xf0), bytes(|_| 0x1e));
    for (op, c) in [
        (I::Add, 0x0e),
        (I::Sub, 0xd2),
        (I::Mul, 0x20),
        (I::AddSat(Sx::U), 0xff),
        (I::AddSat(Sx::S), 0x0e),
        (I::SubSat(Sx::U), 0xd2),
        (I::SubSat(Sx::S), 0xd2),
        (I::Min(Sx::U), 0x1e),
        (I::Min(Sx::S), 0xf0),
        (I::Max(Sx::U), 0xf0),
        (I::Max(Sx::S), 0x1e),
        (I::Avgr, 0x87),
    ] {
        assert_eq!(vbinop(VBinOp::I(IShape::I8x16, op), a, b, &mut Deterministic), Some(bytes(|_| c)), "{op:?}");
    }
    let sub = VBinOp::I(IShape::I8x16, I::SubSat(Sx::U));
    assert_eq!(vbinop(sub, b, a, &mut Deterministic), Some(bytes(|_| 0)));
    let q15 = v::<u16>([0x8000; 8]);
    for (op, c) in [(I::Q15MulrSat, 0x7fff), (I::RelaxedQ15Mulr, 0x8000)] {
        let op = VBinOp::I(IShape::I16x8, op);
        assert_eq!(vbinop(op, q15, q15, &mut Fixed::new(1)), Some(v::<u16>([c; 8])));
    }
    for (op, c) in [(VIUnOp::Abs, 0x10), (VIUnOp::Neg, 0x10), (VIUnOp::Popcnt, 4)] {
        assert_eq!(vunop(VUnOp::I(IShape::I8x16, op), a, &mut Deterministic), Some(bytes(|_| c)));
    }
    let neg = VUnOp::I(IShape::I8x16, VIUnOp::Neg);
    assert_eq!(vunop(neg, b, &mut Deterministic), Some(bytes(|_| 0xe2)));
    let (nan, q) = (f32::from_bits(0x7f80_0001), |z: f32| f32x4([z, z, z, z]));
    let canonical = f32::from_bits(0x7fc0_0000);
    for (op, z_1, z_2, z) in [
        (F::Add, 6.0, 1.5, 7.5),
        (F::Sub, 6.0, 1.5, 4.5),
        (F::Mul, 6.0, 1.5, 9.0),
        (F::Div, 6.0, 1.5, 4.0),
        (F::Min, 6.0, 1.5, 1.5),
        (F::Min, nan, 1.5, canonical),
        (F::Max, 6.0, 1.5, 6.0),
        (F::Max, nan, 1.5, canonical),
        (F::Pmin, 6.0, 1.5, 1.5),
        (F::Pmin, nan, 1.5, nan),
        (F::Pmax, 1.5, 6.0, 6.0),
        (F::Pmax, nan, 1.5, nan),
        (F::RelaxedMin, 6.0, nan, 6.0),
        (F::RelaxedMin, 6.0, 1.5, 1.5),
        (F::RelaxedMax, 1.5, nan, 1.5),
        (F::RelaxedMax, 6.0, 1.5, 6.0),
    ] {
        let c = vbinop(VBinOp::F(FShape::F32x4, op), q(z_1), q(z_2), &mut Fixed::new(3));
        assert_eq!(c, Some(q(z)), "{op:?}");
    }
    for (op, z) in [(VTernOp::RelaxedMadd(FShape::F32x4), 13.0), (VTernOp::RelaxedNmadd(FShape::F32x4), 1.0)] {
        assert_eq!(vternop(op, q(2.0), q(3.0), q(7.0), &mut Deterministic), Some(q(z)));
    }
    let select = VTernOp::RelaxedLaneselect(IShape::I64x2);
    assert_eq!(
        vternop(select, a, b, v::<u64>([1 << 63, 1]), &mut Fixed::new(1)),
        Some(V128::from_u128(u128::from_le_bytes([0x1e; 16]) << 64 | u128::from_le_bytes([0xf0; 16]) >> 64))
    );
    let swizzle = vswizzlop(VSwizzlOp::RelaxedSwizzle, bytes(|i| i), bytes(|i| i + 16), &mut Fixed::new(1));
    assert_eq!(swizzle, bytes(|i| i));
}

proptest! {
    #[test]
    fn lanes_are_inverse(c in v128s()) {
        prop_assert_eq!(u8::inv_lanes(u8::lanes(c)), c);
        prop_assert_eq!(u16::inv_lanes(u16::lanes(c)), c);
        prop_assert_eq!(u32::inv_lanes(u32::lanes(c)), c);
        prop_assert_eq!(u64::inv_lanes(u64::lanes(c)), c);
        for (i, lane) in u16::lanes(c).into_iter().enumerate() {
            prop_assert_eq!(u128::from(lane), c.to_u128() >> (16 * i) & 0xffff);
        }
    }

    /// Every operator is total, and what is chosen is allowed.
    #[test]
    fn total_and_allowed(c_1 in v128s(), c_2 in v128s(), c_3 in v128s(), seed: u64) {
        for op in vunops() {
            let c = vunop(op, c_1, &mut Random::new(seed)).unwrap();
            prop_assert!(vunop_allows(op, c_1, c), "{:?} {:?} {:?}", op, c_1, c);
        }
        for op in vbinops() {
            let c = vbinop(op, c_1, c_2, &mut Random::new(seed)).unwrap();
            prop_assert!(vbinop_allows(op, c_1, c_2, c), "{:?} {:?} {:?} {:?}", op, c_1, c_2, c);
        }
        for op in vternops() {
            let c = vternop(op, c_1, c_2, c_3, &mut Random::new(seed)).unwrap();
            prop_assert!(vternop_allows(op, c_1, c_2, c_3, c), "{:?} {:?} {:?} {:?} {:?}", op, c_1, c_2, c_3, c);
        }
        for (sh_1, sh_2, op) in vcvtops() {
            if let Some(c) = vcvtop(sh_1, sh_2, op, c_1, &mut Random::new(seed)) {
                prop_assert!(vcvtop_allows(sh_1, sh_2, op, c_1, c), "{:?} {:?} {:?} {:?}", sh_1, op, c_1, c);
            }
        }
        for op in [VSwizzlOp::Swizzle, VSwizzlOp::RelaxedSwizzle] {
            let c = vswizzlop(op, c_1, c_2, &mut Random::new(seed));
            prop_assert!(vswizzlop_allows(op, c_1, c_2, c));
        }
        for (sh_1, sh_2) in ISHAPES.into_iter().flat_map(|a| ISHAPES.map(|b| (a, b))) {
            let extmul = |sx| [Half::Low, Half::High].map(|half| VExtBinOp::Extmul(half, sx));
            for op in SX.into_iter().flat_map(extmul).chain([VExtBinOp::Dot, VExtBinOp::RelaxedDot]) {
                if let Some(c) = vextbinop(sh_1, sh_2, op, c_1, c_2, &mut Random::new(seed)) {
                    prop_assert!(vextbinop_allows(sh_1, sh_2, op, c_1, c_2, c));
                }
            }
        }
    }

    /// In the deterministic profile the relaxed operators are the strict ones, where there are strict ones.
    #[test]
    fn deterministic_profile(c_1 in v128s(), c_2 in v128s(), c_3 in v128s()) {
        let ch = &mut Deterministic;
        for sh in FSHAPES {
            for (a, b) in [(VFBinOp::RelaxedMin, VFBinOp::Min), (VFBinOp::RelaxedMax, VFBinOp::Max)] {
                prop_assert_eq!(vbinop(VBinOp::F(sh, a), c_1, c_2, ch), vbinop(VBinOp::F(sh, b), c_1, c_2, ch));
            }
            let product = vbinop(VBinOp::F(sh, VFBinOp::Mul), c_1, c_2, ch).unwrap();
            let sum = vbinop(VBinOp::F(sh, VFBinOp::Add), product, c_3, ch);
            prop_assert_eq!(vternop(VTernOp::RelaxedMadd(sh), c_1, c_2, c_3, ch), sum);
        }
        for sh in ISHAPES {
            let c = vternop(VTernOp::RelaxedLaneselect(sh), c_1, c_2, c_3, ch);
            prop_assert_eq!(c, Some(vvternop(VVTernOp::Bitselect, c_1, c_2, c_3)));
        }
        for sx in SX {
            for (sh, zero) in [(F32, false), (F64, true)] {
                let (a, b) = (VCvtOp::RelaxedTrunc(sx, zero), VCvtOp::TruncSat(sx, zero));
                prop_assert_eq!(vcvtop(sh, I32, a, c_1, ch), vcvtop(sh, I32, b, c_1, ch));
            }
        }
        let a = vswizzlop(VSwizzlOp::RelaxedSwizzle, c_1, c_2, ch);
        prop_assert_eq!(a, vswizzlop(VSwizzlOp::Swizzle, c_1, c_2, ch));
    }

    /// Vectors of numbers do what the scalar operators do in each lane, and the oracle refuses what is off by a bit.
    #[test]
    fn lanewise(z_1 in [f32s(), f32s(), f32s(), f32s()], z_2 in [f32s(), f32s(), f32s(), f32s()], bit in 0usize..128) {
        let ch = &mut Deterministic;
        let (c_1, c_2) = (v::<u32>(z_1), v::<u32>(z_2));
        let op = VBinOp::F(FShape::F32x4, VFBinOp::Div);
        let c = vbinop(op, c_1, c_2, ch).unwrap();
        let by_lane = std::array::from_fn(|i| fbinop32(FBinOp::Div, z_1[i], z_2[i], &mut Deterministic));
        prop_assert_eq!(c, v::<u32>(by_lane));
        let off = V128::from_u128(c.to_u128() ^ 1 << bit);
        let lane = u32::lanes(off)[bit / 32];
        prop_assert_eq!(vbinop_allows(op, c_1, c_2, off), fdiv(z_1[bit / 32], z_2[bit / 32]).contains(lane));
    }
}
