//! Numbers.

use super::*;
use crate::numerics::convert::{convert, demote, narrow, promote, trunc, trunc_sat};
use crate::numerics::float::nans;
use crate::numerics::float::*;
use crate::numerics::integer::*;

const CANON: NanSet = NanSet { width: NanWidth::N32, arithmetic: false };
const ARITH: NanSet = NanSet { width: NanWidth::N32, arithmetic: true };

fn one(z: f32) -> Set<u32> {
    Set::One(z.to_bits())
}

#[test]
fn division() {
    assert_eq!(ibinop32(IBinOp::Div(Sx::S), -7i32 as u32, 2), Some(-3i32 as u32));
    assert_eq!(ibinop32(IBinOp::Rem(Sx::S), -7i32 as u32, 2), Some(-1i32 as u32));
    assert_eq!(ibinop32(IBinOp::Rem(Sx::S), 7, -2i32 as u32), Some(1));
    assert_eq!(ibinop32(IBinOp::Div(Sx::U), -7i32 as u32, 2), Some(0x7fff_fffc));
    assert_eq!(ibinop32(IBinOp::Div(Sx::S), 1 << 31, u32::MAX), None);
    assert_eq!(ibinop32(IBinOp::Rem(Sx::S), 1 << 31, u32::MAX), Some(0));
    assert_eq!(ibinop64(IBinOp::Div(Sx::S), 1 << 63, u64::MAX), None);
    assert_eq!(ibinop64(IBinOp::Rem(Sx::S), 1 << 63, u64::MAX), Some(0));
    for sx in SX {
        assert_eq!(ibinop64(IBinOp::Div(sx), 1, 0), None);
        assert_eq!(ibinop64(IBinOp::Rem(sx), 1, 0), None);
    }
}

#[test]
fn counting_and_extending() {
    assert_eq!((iclz(0u32), ictz(0u32), iclz(1u64), ictz(1u64 << 63), ipopcnt(u8::MAX)), (32, 32, 63, 63, 8));
    assert_eq!(iunop32(IUnOp::Extend(Sz::B8), 0x1280), 0xffff_ff80);
    assert_eq!(iunop32(IUnOp::Extend(Sz::B16), 0x12_7fff), 0x7fff);
    assert_eq!(iunop64(IUnOp::Extend(Sz::B32), 0x8000_0000), 0xffff_ffff_8000_0000);
    assert_eq!((iabs(0x80u8), ineg(0x80u8), ineg(1u8), irev(0b110u8)), (0x80, 0x80, 0xff, 0b0110_0000));
    assert_eq!(narrow::<u16, u8>(Sx::U, 0xffff), 0);
    assert_eq!(narrow::<u16, u8>(Sx::U, 300), 255);
    assert_eq!(narrow::<u16, u8>(Sx::S, 300), 127);
    assert_eq!(narrow::<u16, u8>(Sx::S, -300i16 as u16), 0x80);
}

/// All integers of 8 bits against arithmetic in the host's `i32`.
#[test]
fn eight_bits_exhaustively() {
    for (i_1, i_2) in (0..=u8::MAX).flat_map(|i| (0..=u8::MAX).map(move |j| (i, j))) {
        for sx in SX {
            let read = |i: u8| if sx == Sx::U { i32::from(i) } else { i32::from(i as i8) };
            let (j_1, j_2) = (read(i_1), read(i_2));
            let (least, most) = if sx == Sx::U { (0, 255) } else { (-128, 127) };
            let within = |j: i32| (least <= j && j <= most).then_some(j as u8);
            assert_eq!(idiv(sx, i_1, i_2), j_1.checked_div(j_2).and_then(within));
            assert_eq!(irem(sx, i_1, i_2), j_1.checked_rem(j_2).map(|j| j as u8));
            assert_eq!(iadd_sat(sx, i_1, i_2), (j_1 + j_2).clamp(least, most) as u8);
            assert_eq!(isub_sat(sx, i_1, i_2), (j_1 - j_2).clamp(least, most) as u8);
            assert_eq!(imin(sx, i_1, i_2), j_1.min(j_2) as u8);
            assert_eq!(imax(sx, i_1, i_2), j_1.max(j_2) as u8);
            assert_eq!(ishr(sx, i_1, i_2.into()), (j_1 >> (i_2 % 8)) as u8);
            assert_eq!((ilt(sx, i_1, i_2), igt(sx, i_1, i_2)), ((j_1 < j_2).into(), (j_1 > j_2).into()));
            assert_eq!((ile(sx, i_1, i_2), ige(sx, i_1, i_2)), ((j_1 <= j_2).into(), (j_1 >= j_2).into()));
        }
        let (j_1, j_2) = (i32::from(i_1), i32::from(i_2));
        assert_eq!(iadd(i_1, i_2), (j_1 + j_2) as u8);
        assert_eq!(isub(i_1, i_2), (j_1 - j_2) as u8);
        assert_eq!(imul(i_1, i_2), (j_1 * j_2) as u8);
        assert_eq!(iavgr(i_1, i_2), ((j_1 + j_2 + 1) / 2) as u8);
        assert_eq!(ishl(i_1, i_2.into()), (j_1 << (i_2 % 8)) as u8);
        assert_eq!(iabs(i_1), i32::from(i_1 as i8).unsigned_abs() as u8);
    }
}

#[test]
fn sets_of_nans() {
    let (canonical, arithmetic, signalling) = (0xffc0_0000u32, 0x7fc0_0001, 0xff80_0001);
    let z = 1f32.to_bits();
    assert_eq!(fadd(canonical, z), Set::Nan(CANON));
    assert_eq!(fadd(z, arithmetic), Set::Nan(ARITH));
    assert_eq!(fmin(canonical, signalling), Set::Nan(ARITH));
    assert_eq!(fmax(z, canonical), Set::Nan(CANON));
    assert_eq!(fsub(f32::INFINITY.to_bits(), f32::INFINITY.to_bits()), Set::Nan(CANON));
    assert_eq!(fmul(f32::INFINITY.to_bits(), 0), Set::Nan(CANON));
    assert_eq!(fdiv(0u32, 0), Set::Nan(CANON));
    assert_eq!(fsqrt((-1f32).to_bits()), Set::Nan(CANON));
    assert_eq!(fsqrt((-0f32).to_bits()), one(-0.0));
    assert_eq!(ftrunc(signalling), Set::Nan(ARITH));
    assert_eq!(promote(canonical), Set::Nan(NanSet { width: NanWidth::N64, arithmetic: false }));
    assert_eq!(promote(signalling), Set::Nan(NanSet { width: NanWidth::N64, arithmetic: true }));
    assert_eq!(demote(0x7ff8 << 48), Set::Nan(CANON));
    assert_eq!(demote((0x7ff0 << 48) + 1), Set::Nan(ARITH));
    assert_eq!(nans::<u32>(&[]), CANON);
    assert!(Set::Nan(CANON).contains(0xffc0_0000u32) && !Set::Nan(CANON).contains(arithmetic));
    assert!(Set::Nan(ARITH).contains(arithmetic) && !Set::Nan(ARITH).contains(signalling));
    // The deterministic profile.
    assert_eq!(fbinop32(FBinOp::Add, arithmetic, signalling, &mut Deterministic), 0x7fc0_0000);
    // Operations on bits.
    assert_eq!((fabs(signalling), fneg(signalling), fcopysign(signalling, 0)), (0x7f80_0001, 0x7f80_0001, 0x7f80_0001));
    assert_eq!((fpmin(signalling, z), fpmin(z, signalling)), (signalling, z));
    assert_eq!((fpmax(signalling, z), fpmax(z, signalling)), (signalling, z));
}

#[test]
fn zeros() {
    let (p, n) = (0f32.to_bits(), (-0f32).to_bits());
    assert_eq!((fmin(p, n), fmin(n, p), fmin(p, p), fmin(n, n)), (one(-0.0), one(-0.0), one(0.0), one(-0.0)));
    assert_eq!((fmax(p, n), fmax(n, p), fmax(p, p), fmax(n, n)), (one(0.0), one(0.0), one(0.0), one(-0.0)));
    assert_eq!((fpmin(p, n), fpmin(n, p), fpmax(p, n), fpmax(n, p)), (p, n, p, n));
    assert_eq!((fadd(p, n), fadd(n, n), fsub(p, p), fsub(n, p)), (one(0.0), one(-0.0), one(0.0), one(-0.0)));
    assert_eq!((feq(p, n), flt(n, p), fle(p, n)), (1, 0, 1));
    assert_eq!(fma(p, n, n), one(-0.0));
    assert_eq!(fma(p, p, n), one(0.0));
}

#[test]
fn rounding_to_integers() {
    let nearest = |z: f32| fnearest(z.to_bits());
    for (z, i) in [(0.5, 0.0), (-0.5, -0.0), (1.5, 2.0), (2.5, 2.0), (-2.5, -2.0), (0.75, 1.0), (8388607.5, 8388608.0)]
    {
        assert_eq!(nearest(z), one(i), "{z}");
    }
    assert_eq!(fceil((-0.5f32).to_bits()), one(-0.0));
    assert_eq!(ffloor(0.5f32.to_bits()), one(0.0));
    assert_eq!(ffloor((-0.5f32).to_bits()), one(-1.0));
    assert_eq!(ftrunc((-0.5f32).to_bits()), one(-0.0));
}

#[test]
fn truncation_at_the_bounds() {
    let t = |sx, z: f64| trunc::<u64, u32>(sx, z.to_bits());
    assert_eq!(t(Sx::S, -2147483648.9), Some(1 << 31));
    assert_eq!(t(Sx::S, -2147483649.0), None);
    assert_eq!(t(Sx::S, 2147483647.9), Some(0x7fff_ffff));
    assert_eq!(t(Sx::S, 2147483648.0), None);
    assert_eq!(t(Sx::U, -0.9), Some(0));
    assert_eq!(t(Sx::U, -1.0), None);
    assert_eq!(t(Sx::U, 4294967295.9), Some(u32::MAX));
    assert_eq!(t(Sx::U, 4294967296.0), None);
    let t = |sx, z: f32| trunc::<u32, u64>(sx, z.to_bits());
    assert_eq!(t(Sx::S, -9223372036854775808.0), Some(1 << 63));
    assert_eq!(t(Sx::S, 9223372036854775808.0), None);
    assert_eq!(t(Sx::U, 18446742974197923840.0), Some(18446742974197923840));
    assert_eq!(t(Sx::U, 18446744073709551616.0), None);
    assert_eq!(t(Sx::U, f32::NAN), None);
    let s = |sx, z: f32| trunc_sat::<u32, u64>(sx, z.to_bits());
    assert_eq!((s(Sx::U, -1.0), s(Sx::U, f32::INFINITY), s(Sx::S, f32::NEG_INFINITY)), (0, u64::MAX, 1 << 63));
    assert_eq!(s(Sx::S, f32::NAN), 0);
    // Rounded once: by way of an f64 this would be a tie.
    assert_eq!(convert::<u64, u32>(Sx::U, 0x8000_0080_0000_0001), 9.223373e18f32.to_bits());
}

#[test]
fn bytes() {
    assert_eq!(nbytes(Num::F32(0x0403_0201)), ([1, 2, 3, 4, 0, 0, 0, 0], 4));
    assert_eq!(ibytes(16, 0x30201), ([1, 2, 0, 0, 0, 0, 0, 0], 2));
    assert_eq!(inv_ibytes(&[1, 2]), 0x201);
    assert_eq!(inv_ibytes(&[0xff; 20]), u64::MAX);
    assert_eq!((signed(8, 0x80), signed(64, u64::MAX), signed(1, 1)), (-128, -1, -1));
    assert_eq!((inv_signed(8, -128), wrap(8, 0x1ff), extend(8, 32, Sx::S, 0x80)), (0x80, 0xff, 0xffff_ff80));
    assert_eq!(extend(32, 64, Sx::U, u64::MAX), 0xffff_ffff);
    assert_eq!(sx(StorageType::Pack(PackType::I8)), Some(Sx::S));
}

/// The dispatch: every operator on operands that tell it from the others.
#[test]
fn dispatch() {
    use IBinOp::*;
    let ch = &mut Deterministic;
    let i = 0xffff_fff3u32; // -13
    for (op, k, c) in [
        (Add, 5, Some(-8)),
        (Sub, 5, Some(-18)),
        (Mul, 5, Some(-65)),
        (Div(Sx::U), 5, Some(0x3333_3330)),
        (Div(Sx::S), 5, Some(-2)),
        (Div(Sx::S), 0, None),
        (Rem(Sx::U), 5, Some(3)),
        (Rem(Sx::S), 5, Some(-3)),
        (And, 5, Some(1)),
        (Or, 5, Some(-9)),
        (Xor, 5, Some(-10)),
        (Shl, 33, Some(-26)),
        (Shr(Sx::U), 33, Some(0x7fff_fff9)),
        (Shr(Sx::S), 33, Some(-7)),
        (Rotl, 34, Some(-49)),
        (Rotr, 2, Some(-4)),
    ] {
        let c = c.map(|c: i32| c as u32);
        assert_eq!(binop(BinOp::I(Inn::I32, op), Num::I32(i), Num::I32(k), ch), c.map(Num::I32), "{op:?}");
        assert_eq!(ibinop32(op, i, k), c);
    }
    let i = u64::MAX - 12;
    for (op, k, c) in [
        (Add, 5, Some(-8)),
        (Sub, 5, Some(-18)),
        (Mul, 5, Some(-65)),
        (Div(Sx::U), 5, Some(0x3333_3333_3333_3330)),
        (Div(Sx::S), 5, Some(-2)),
        (Rem(Sx::U), 5, Some(3)),
        (Rem(Sx::S), 5, Some(-3)),
        (Rem(Sx::S), 0, None),
        (And, 5, Some(1)),
        (Or, 5, Some(-9)),
        (Xor, 5, Some(-10)),
        (Shl, 65, Some(-26)),
        (Shr(Sx::U), 65, Some(0x7fff_ffff_ffff_fff9)),
        (Shr(Sx::S), 65, Some(-7)),
        (Rotl, 66, Some(-49)),
        (Rotr, 2, Some(-4)),
    ] {
        let c = c.map(|c: i64| c as u64);
        assert_eq!(binop(BinOp::I(Inn::I64, op), Num::I64(i), Num::I64(k), ch), c.map(Num::I64), "{op:?}");
        assert_eq!(ibinop64(op, i, k), c);
    }
    for (op, c) in [(IUnOp::Clz, 24), (IUnOp::Ctz, 2), (IUnOp::Popcnt, 3), (IUnOp::Extend(Sz::B8), 0xffff_ffa4)] {
        assert_eq!(unop(UnOp::I(Inn::I32, op), Num::I32(0xa4), ch), Some(Num::I32(c)));
    }
    for (op, z) in [
        (FBinOp::Add, 4.5),
        (FBinOp::Sub, 7.5),
        (FBinOp::Mul, -9.0),
        (FBinOp::Div, -4.0),
        (FBinOp::Min, -1.5),
        (FBinOp::Max, 6.0),
        (FBinOp::Copysign, -6.0),
    ] {
        let f64 = |z: f64| Num::F64(z.to_bits());
        assert_eq!(binop(BinOp::F(Fnn::F64, op), f64(6.0), f64(-1.5), ch), Some(f64(z)));
        let f32 = |z: f64| Num::F32((z as f32).to_bits());
        assert_eq!(binop(BinOp::F(Fnn::F32, op), f32(6.0), f32(-1.5), ch), Some(f32(z)));
    }
    for (op, z, w) in [
        (FUnOp::Abs, -2.25, 2.25f32),
        (FUnOp::Neg, -2.25, 2.25),
        (FUnOp::Neg, 2.25, -2.25),
        (FUnOp::Sqrt, 2.25, 1.5),
        (FUnOp::Ceil, -2.25, -2.0),
        (FUnOp::Ceil, 2.25, 3.0),
        (FUnOp::Floor, -2.25, -3.0),
        (FUnOp::Floor, 2.25, 2.0),
        (FUnOp::Trunc, -2.75, -2.0),
        (FUnOp::Trunc, 2.75, 2.0),
        (FUnOp::Nearest, 2.75, 3.0),
        (FUnOp::Nearest, -2.25, -2.0),
    ] {
        assert_eq!(unop(UnOp::F(Fnn::F32, op), Num::F32(f32::to_bits(z)), ch), Some(Num::F32(w.to_bits())));
        let (z, w) = (f64::from(z), f64::from(w));
        assert_eq!(unop(UnOp::F(Fnn::F64, op), Num::F64(z.to_bits()), ch), Some(Num::F64(w.to_bits())));
    }
    // On -1 and 1, on 1 and 1, on 1 and -1.
    for (op, holds) in [
        (IRelOp::Eq, [0, 1, 0]),
        (IRelOp::Ne, [1, 0, 1]),
        (IRelOp::Lt(Sx::S), [1, 0, 0]),
        (IRelOp::Lt(Sx::U), [0, 0, 1]),
        (IRelOp::Gt(Sx::S), [0, 0, 1]),
        (IRelOp::Gt(Sx::U), [1, 0, 0]),
        (IRelOp::Le(Sx::S), [1, 1, 0]),
        (IRelOp::Le(Sx::U), [0, 1, 1]),
        (IRelOp::Ge(Sx::S), [0, 1, 1]),
        (IRelOp::Ge(Sx::U), [1, 1, 0]),
    ] {
        let minus = u64::MAX;
        assert_eq!([(minus, 1), (1, 1), (1, minus)].map(|(i, j)| irelop64(op, i, j)), holds, "{op:?}");
        assert_eq!([(minus, 1), (1, 1), (1, minus)].map(|(i, j)| irelop32(op, i as u32, j as u32)), holds, "{op:?}");
    }
    for (op, holds) in [
        (FRelOp::Eq, [0, 1, 0, 0]),
        (FRelOp::Ne, [1, 0, 1, 1]),
        (FRelOp::Lt, [1, 0, 0, 0]),
        (FRelOp::Gt, [0, 0, 1, 0]),
        (FRelOp::Le, [1, 1, 0, 0]),
        (FRelOp::Ge, [0, 1, 1, 0]),
    ] {
        let operands = [(-1.0f64, 1.0f64), (1.0, 1.0), (1.0, -1.0), (1.0, f64::NAN)];
        assert_eq!(operands.map(|(z, w)| frelop64(op, z.to_bits(), w.to_bits())), holds, "{op:?}");
        assert_eq!(operands.map(|(z, w)| frelop32(op, (z as f32).to_bits(), (w as f32).to_bits())), holds, "{op:?}");
    }
}

#[test]
fn conversions() {
    use NumType::*;
    let cvt = |nt_2, op, c: Num| cvtop(c.numtype(), nt_2, op, c, &mut Deterministic);
    let (f32, f64) = (|z: f32| Num::F32(z.to_bits()), |z: f64| Num::F64(z.to_bits()));
    for (nt_2, op, c_1, c) in [
        (I64, CvtOp::Extend(Sx::U), Num::I32(u32::MAX), Num::I64(0xffff_ffff)),
        (I64, CvtOp::Extend(Sx::S), Num::I32(u32::MAX), Num::I64(u64::MAX)),
        (I32, CvtOp::Wrap, Num::I64(0x1_0000_0002), Num::I32(2)),
        (I32, CvtOp::Reinterpret, f32(1.0), Num::I32(0x3f80_0000)),
        (F64, CvtOp::Reinterpret, Num::I64(0x3ff0 << 48), f64(1.0)),
        (F64, CvtOp::Promote, f32(0.1), f64(0.1f32.into())),
        (F32, CvtOp::Demote, f64(1e300), f32(f32::INFINITY)),
        (F32, CvtOp::Convert(Sx::U), Num::I32(u32::MAX), f32(4294967296.0)),
        (F32, CvtOp::Convert(Sx::S), Num::I64(u64::MAX), f32(-1.0)),
        (F64, CvtOp::Convert(Sx::S), Num::I32(u32::MAX), f64(-1.0)),
        (F64, CvtOp::Convert(Sx::U), Num::I64(u64::MAX), f64(18446744073709551616.0)),
        (I32, CvtOp::TruncSat(Sx::U), f32(-1.0), Num::I32(0)),
        (I64, CvtOp::TruncSat(Sx::S), f64(-1e300), Num::I64(1 << 63)),
        (I32, CvtOp::Trunc(Sx::S), f64(-1.5), Num::I32(u32::MAX)),
        (I64, CvtOp::Trunc(Sx::U), f32(1.5), Num::I64(1)),
    ] {
        assert_eq!(cvt(nt_2, op, c_1), Some(c), "{op:?} {c_1:?}");
    }
    assert_eq!(cvt(I64, CvtOp::Trunc(Sx::U), f32(-1.0)), None);
    assert_eq!(cvt(F64, CvtOp::Reinterpret, Num::I32(0)), None);
    // Extension and wrapping; four each of the others but promotion and demotion; by sign where there is one.
    let all = NUMTYPES.into_iter().flat_map(|a| NUMTYPES.map(|b| (a, b)));
    let some = all.flat_map(|(a, b)| {
        cvtops().into_iter().filter(move |op| cvtop(a, b, *op, inv_nbytes(a, &[0; 8]), &mut Deterministic).is_some())
    });
    assert_eq!(some.count(), 2 + 1 + 4 + 1 + 1 + 3 * 4 * 2);
}

proptest! {
    /// Every operator has a result on all operands of its type, and only those; what is chosen is allowed; and what the
    /// functions by width do is the same.
    #[test]
    fn total_and_allowed(c_1 in nums(), c_2 in nums(), seed: u64) {
        for op in unops() {
            for c_1 in c_1 {
                let nt = match op { UnOp::I(nt, _) => nt.into(), UnOp::F(nt, _) => nt.into() };
                let c = unop(op, c_1, &mut Random::new(seed));
                prop_assert_eq!(c.map(Num::numtype), (c_1.numtype() == nt).then_some(nt));
                if let Some(c) = c {
                    prop_assert!(unop_allows(op, c_1, c), "{:?} {:?} {:?}", op, c_1, c);
                }
                if let (UnOp::F(_, op), Num::F32(z), Some(c)) = (op, c_1, c) {
                    prop_assert_eq!(Num::F32(funop32(op, z, &mut Random::new(seed))), c);
                }
            }
        }
        for op in binops() {
            for (c_1, c_2) in c_1.into_iter().zip(c_2) {
                let nt = match op { BinOp::I(nt, _) => nt.into(), BinOp::F(nt, _) => nt.into() };
                let c = binop(op, c_1, c_2, &mut Random::new(seed));
                let partial = matches!(op, BinOp::I(_, IBinOp::Div(_) | IBinOp::Rem(_)));
                prop_assert_eq!(c.is_some() || partial && c_1.numtype() == nt, c_1.numtype() == nt);
                if let Some(c) = c {
                    prop_assert!(binop_allows(op, c_1, c_2, c), "{:?} {:?} {:?} {:?}", op, c_1, c_2, c);
                }
                if let (BinOp::F(_, op), Num::F64(z_1), Num::F64(z_2), Some(c)) = (op, c_1, c_2, c) {
                    prop_assert_eq!(Num::F64(fbinop64(op, z_1, z_2, &mut Random::new(seed))), c);
                }
            }
        }
        let operands = NUMTYPES.into_iter().flat_map(|nt_2| c_1.map(|c_1| (nt_2, c_1)));
        for ((nt_2, c_1), op) in operands.flat_map(|operand| cvtops().into_iter().map(move |op| (operand, op))) {
            if let Some(c) = cvtop(c_1.numtype(), nt_2, op, c_1, &mut Random::new(seed)) {
                prop_assert_eq!(c.numtype(), nt_2);
                prop_assert!(cvtop_allows(c_1.numtype(), nt_2, op, c_1, c), "{:?} {:?} {:?}", op, c_1, c);
            }
            for nt in NUMTYPES {
                prop_assert!(nt == c_1.numtype() || cvtop(nt, nt_2, op, c_1, &mut Deterministic).is_none());
            }
        }
    }

    /// The oracle allows exactly the elements of the set.
    #[test]
    fn oracle(z_1 in f32s(), z_2 in f32s(), other in f32s()) {
        let op = BinOp::F(Fnn::F32, FBinOp::Mul);
        let (c_1, c_2) = (Num::F32(z_1), Num::F32(z_2));
        prop_assert_eq!(binop_allows(op, c_1, c_2, Num::F32(other)), fmul(z_1, z_2).contains(other));
        prop_assert!(!binop_allows(op, c_1, c_2, Num::I32(fbinop32(FBinOp::Mul, z_1, z_2, &mut Deterministic))));
        let c = ibinop32(IBinOp::Add, z_1, z_2);
        let op = BinOp::I(Inn::I32, IBinOp::Add);
        prop_assert_eq!(binop_allows(op, Num::I32(z_1), Num::I32(z_2), Num::I32(other)), c == Some(other));
    }

    /// Integers against the definitions in unbounded numbers.
    #[test]
    fn integers(i_1 in i64s(), i_2 in i64s(), k: u32) {
        let (u_1, u_2, s_1, s_2) = (i_1 as i128, i_2 as i128, i128::from(i_1 as i64), i128::from(i_2 as i64));
        let modulo = |i: i128| i.rem_euclid(1 << 64) as u64;
        prop_assert_eq!(iadd(i_1, i_2), modulo(u_1 + u_2));
        prop_assert_eq!(isub(i_1, i_2), modulo(u_1 - u_2));
        prop_assert_eq!(imul(i_1, i_2), modulo(s_1 * s_2));
        prop_assert_eq!(idiv(Sx::U, i_1, i_2), u_1.checked_div(u_2).map(modulo));
        prop_assert_eq!(irem(Sx::U, i_1, i_2), u_1.checked_rem(u_2).map(modulo));
        prop_assert_eq!(idiv(Sx::S, i_1, i_2), s_1.checked_div(s_2).filter(|q| *q != 1 << 63).map(modulo));
        prop_assert_eq!(irem(Sx::S, i_1, i_2), s_1.checked_rem(s_2).map(modulo));
        prop_assert_eq!(iadd_sat(Sx::S, i_1, i_2), (i_1 as i64).saturating_add(i_2 as i64) as u64);
        prop_assert_eq!(isub_sat(Sx::U, i_1, i_2), i_1.saturating_sub(i_2));
        prop_assert_eq!(irotr(irotl(i_1, k), k), i_1);
        prop_assert_eq!(irotl(i_1, k), ior(ishl(i_1, k), if k % 64 == 0 { 0 } else { ishr(Sx::U, i_1, 64 - k % 64) }));
        prop_assert_eq!(ibinop64(IBinOp::Shl, i_1, i_2), Some(i_1 << (i_2 % 64)));
        prop_assert_eq!(ibinop64(IBinOp::Rotr, i_1, i_2), Some(i_1.rotate_right((i_2 % 64) as u32)));
        let ones = |p: &dyn Fn(u32) -> bool| (0..64).filter(|n| p(*n)).count() as u64;
        prop_assert_eq!(ipopcnt(i_1), ones(&|n| i_1 >> n & 1 == 1));
        prop_assert_eq!(iclz(i_1), ones(&|n| i_1 >> n == 0));
        prop_assert_eq!(ictz(i_1), ones(&|n| i_1 << n == 0));
    }

    #[test]
    fn relations(c_1 in nums(), c_2 in nums()) {
        // Swapping the operands turns `<` into `>`; on numbers `<=` is the contrary of `>`.
        for sx in SX {
            for (nt, c_1, c_2) in [(Inn::I32, c_1[0], c_2[0]), (Inn::I64, c_1[1], c_2[1])] {
                let r = |op, c_1, c_2| relop(RelOp::I(nt, op), c_1, c_2);
                prop_assert_eq!(r(IRelOp::Lt(sx), c_1, c_2), r(IRelOp::Gt(sx), c_2, c_1));
                prop_assert_eq!(r(IRelOp::Le(sx), c_1, c_2), 1 - r(IRelOp::Gt(sx), c_1, c_2));
                prop_assert_eq!(r(IRelOp::Eq, c_1, c_2), 1 - r(IRelOp::Ne, c_1, c_2));
                prop_assert_eq!(r(IRelOp::Eq, c_1, c_2), u32::from(c_1 == c_2));
            }
        }
        let (Num::F32(z_1), Num::F32(z_2)) = (c_1[2], c_2[2]) else { unreachable!() };
        prop_assert_eq!(frelop32(FRelOp::Lt, z_1, z_2), frelop32(FRelOp::Gt, z_2, z_1));
        prop_assert_eq!(feq(z_1, z_2), 1 - fne(z_1, z_2));
        let nan = z_1.is_nan() || z_2.is_nan();
        prop_assert_eq!(flt(z_1, z_2) + feq(z_1, z_2) + fgt(z_1, z_2), u32::from(!nan));
        for op in frelops() {
            prop_assert_eq!(relop(RelOp::F(Fnn::F32, op), c_1[2], c_2[3]), 0);
        }
        prop_assert_eq!(testop(Inn::I64, TestOp::Eqz, c_1[1]), u32::from(c_1[1] == Num::I64(0)));
    }

    #[test]
    fn bytes_are_inverse(c in nums()) {
        for c in c {
            let (b, n) = nbytes(c);
            prop_assert_eq!(inv_nbytes(c.numtype(), &b[..n]), c);
        }
    }

    #[test]
    fn signed_is_inverse(n in 1u32..=64, i: u64) {
        let i = wrap(n, i);
        prop_assert_eq!(inv_signed(n, signed(n, i)), i);
        prop_assert_eq!(signed(n, i) < 0, i >> (n - 1) == 1);
    }

    /// Truncation against integers alone, and `trunc_sat` against `trunc`.
    #[test]
    fn truncation(z in f64s()) {
        let (m, e) = decode(z);
        let q = match e { 0..64 => m << e, 64.. => u128::MAX >> 1, -127..0 => m >> -e, _ => 0 } as i128;
        let q = if z >> 63 == 1 { -q } else { q };
        let finite = z >> 52 & 0x7ff != 0x7ff;
        let within = |l: i128, n: u32| (finite && l <= q && q < l + (1 << n)).then_some(q as u64);
        prop_assert_eq!(trunc::<u64, u64>(Sx::U, z), within(0, 64));
        prop_assert_eq!(trunc::<u64, u64>(Sx::S, z), within(-1 << 63, 64));
        prop_assert_eq!(trunc::<u64, u32>(Sx::U, z), within(0, 32).map(|i| i as u32));
        prop_assert_eq!(trunc::<u64, u32>(Sx::S, z), within(-1 << 31, 32).map(|i| i as u32));
        for sx in SX {
            match trunc::<u64, u32>(sx, z) {
                Some(i) => prop_assert_eq!(trunc_sat::<u64, u32>(sx, z), i),
                None => {
                    let (least, most) = if sx == Sx::U { (0, u32::MAX) } else { (1 << 31, !(1 << 31)) };
                    let sat = if z.is_nan() { 0 } else if z >> 63 == 1 { least } else { most };
                    prop_assert_eq!(trunc_sat::<u64, u32>(sx, z), sat);
                }
            }
        }
    }

    #[test]
    fn truncation_widens(z in f32s()) {
        let w = f64::from(f32::from_bits(z)).to_bits();
        for sx in SX {
            prop_assert_eq!(trunc::<u32, u64>(sx, z), trunc::<u64, u64>(sx, w));
            prop_assert_eq!(trunc_sat::<u32, u64>(sx, z), trunc_sat::<u64, u64>(sx, w));
            prop_assert_eq!(trunc_sat::<u32, u32>(sx, z), trunc_sat::<u64, u32>(sx, w));
        }
        // Roundings to integers as well: what is integral is exact in either width.
        let widen = |set| match set {
            Set::One(z) | Set::Any(z) => promote(z),
            Set::Nan(nans) => Set::Nan(NanSet { width: NanWidth::N64, ..nans }),
        };
        prop_assert_eq!(widen(fnearest(z)), fnearest(w));
        prop_assert_eq!(widen(ftrunc(z)), ftrunc(w));
        prop_assert_eq!(widen(fceil(z)), fceil(w));
        prop_assert_eq!(widen(ffloor(z)), ffloor(w));
    }

    /// Conversion and demotion against rounding by integers alone.
    #[test]
    fn rounding(i in i64s(), z in f64s()) {
        let value = |m: u128, e: i32| m as f64 * 2f64.powi(e);
        let (m, e) = round(i.into(), 0, 24, -149);
        prop_assert_eq!(f64::from(f32::from_bits(convert::<u64, u32>(Sx::U, i))), value(m, e));
        let (m, e) = round(i.into(), 0, 53, -1074);
        prop_assert_eq!(f64::from_bits(convert::<u64, u64>(Sx::U, i)), value(m, e));
        let minus = convert::<u64, u32>(Sx::S, ineg(i));
        prop_assert_eq!(minus, if i << 1 == 0 { convert(Sx::S, i) } else { fneg(convert(Sx::S, i)) });
        if let Set::One(d) = demote(z) {
            let d = f32::from_bits(d);
            prop_assert_eq!(d.is_sign_negative(), z >> 63 == 1);
            if z.magnitude() == u64::INF {
                prop_assert!(d.is_infinite());
            } else {
                let (m, e) = decode(z);
                let (m, e) = round(m, e, 24, -149);
                // Below the least exponent 2^e is no f64, but then m is 0.
                let v = if m == 0 { 0.0 } else { value(m, e) };
                prop_assert_eq!(f64::from(d.abs()), if v >= 2f64.powi(128) { f64::INFINITY } else { v });
            }
        }
    }

    /// The four roundings to integers against integers alone.
    #[test]
    fn integral(z in f64s()) {
        if z.magnitude() >= u64::INF {
            // Infinities stay; NaNs have their sets.
            let stays = |f: fn(u64) -> Set<u64>| z.is_nan() || f(z) == Set::One(z);
            prop_assert!([ftrunc, fceil, ffloor, fnearest].into_iter().all(stays));
            return Ok(());
        }
        let (m, e) = decode(z);
        let negative = z >> 63 == 1;
        let (q, rest, half) = match e {
            0.. => (None, 0, 1),
            -126..0 => (Some(m >> -e), m & ((1 << -e) - 1), 1u128 << (-e - 1)),
            _ => (Some(0), u128::from(m != 0), 2),
        };
        let is = |up: bool| {
            let q = q.map_or(f64::from_bits(fabs(z)), |q| (q + u128::from(up)) as f64);
            Set::One(fcopysign(q.to_bits(), z))
        };
        prop_assert_eq!(ftrunc(z), is(false));
        prop_assert_eq!(fceil(z), is(rest > 0 && !negative));
        prop_assert_eq!(ffloor(z), is(rest > 0 && negative));
        prop_assert_eq!(fnearest(z), is(rest > half || rest == half && q.is_some_and(|q| q % 2 == 1)));
    }

    /// A choice of a NaN is in its set, whoever chooses.
    #[test]
    fn picks(arithmetic: bool, seed: u64) {
        let set = NanSet { width: NanWidth::N64, arithmetic };
        prop_assert!(set.contains(pick(Set::<u64>::Nan(set), &mut Random::new(seed))));
        prop_assert_eq!(pick(Set::<u64>::Nan(set), &mut Deterministic), 0x7ff8 << 48);
        let set = NanSet { width: NanWidth::N32, arithmetic };
        prop_assert!(set.contains(pick(Set::<u32>::Nan(set), &mut Random::new(seed)).into()));
    }
}
