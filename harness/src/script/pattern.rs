//! Results as scripts describe them.

use crate::value::{F32, F64, RefVal, Val};
use lockstep_semantics::choice::{NanSet, NanWidth};
use std::fmt;
use wast::core::{NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};

/// The value that an argument stands for; `None` for those of the component model.
pub(super) fn argument(arg: &WastArg<'_>) -> Option<Val> {
    let WastArg::Core(arg) = arg else { return None };
    Some(match arg {
        WastArgCore::I32(i) => Val::I32(i.cast_unsigned()),
        WastArgCore::I64(i) => Val::I64(i.cast_unsigned()),
        WastArgCore::F32(z) => Val::F32(z.bits),
        WastArgCore::F64(z) => Val::F64(z.bits),
        WastArgCore::V128(c) => Val::V128(c.to_le_bytes()),
        WastArgCore::RefNull(_) => Val::Ref(RefVal::Null),
        WastArgCore::RefExtern(n) => Val::Ref(RefVal::Extern(Some(*n))),
        WastArgCore::RefHost(n) => Val::Ref(RefVal::Host(*n)),
    })
}

/// Whether a value is among those that a result describes.
pub(super) fn matches(ret: &WastRet<'_>, val: Val) -> bool {
    match ret {
        WastRet::Core(ret) => core(ret, val),
        _ => false,
    }
}

fn core(ret: &WastRetCore<'_>, val: Val) -> bool {
    use WastRetCore as R;
    match (ret, val) {
        (R::Either(rets), val) => rets.iter().any(|ret| core(ret, val)),
        (R::I32(i), Val::I32(j)) => i.cast_unsigned() == j,
        (R::I64(i), Val::I64(j)) => i.cast_unsigned() == j,
        (R::F32(p), Val::F32(z)) => f32_matches(p, z),
        (R::F64(p), Val::F64(z)) => f64_matches(p, z),
        (R::V128(p), Val::V128(bytes)) => v128_matches(p, &bytes),
        // The type that may stand here says nothing: there is but one null reference.
        (R::RefNull(_), Val::Ref(r)) => r == RefVal::Null,
        (R::RefExtern(Some(n)), Val::Ref(r)) => r == RefVal::Extern(Some(*n)),
        (R::RefExtern(None), Val::Ref(r)) => matches!(r, RefVal::Extern(_)),
        (R::RefHost(n), Val::Ref(r)) => r == RefVal::Host(*n),
        (R::RefFunc(_), Val::Ref(r)) => r == RefVal::Func,
        (R::RefAny, Val::Ref(r)) => {
            matches!(r, RefVal::I31(_) | RefVal::I31Shared(_) | RefVal::Struct | RefVal::Array | RefVal::Host(_))
        }
        (R::RefEq, Val::Ref(r)) => {
            matches!(r, RefVal::I31(_) | RefVal::I31Shared(_) | RefVal::Struct | RefVal::Array)
        }
        (R::RefI31, Val::Ref(r)) => matches!(r, RefVal::I31(_)),
        (R::RefI31Shared, Val::Ref(r)) => matches!(r, RefVal::I31Shared(_)),
        (R::RefStruct, Val::Ref(r)) => r == RefVal::Struct,
        (R::RefArray, Val::Ref(r)) => r == RefVal::Array,
        _ => false,
    }
}

fn f32_matches(pattern: &NanPattern<wast::token::F32>, bits: u32) -> bool {
    let nan = |arithmetic| NanSet { width: NanWidth::N32, arithmetic }.contains(bits.into());
    match pattern {
        NanPattern::CanonicalNan => nan(false),
        NanPattern::ArithmeticNan => nan(true),
        NanPattern::Value(z) => z.bits == bits,
    }
}

fn f64_matches(pattern: &NanPattern<wast::token::F64>, bits: u64) -> bool {
    let nan = |arithmetic| NanSet { width: NanWidth::N64, arithmetic }.contains(bits);
    match pattern {
        NanPattern::CanonicalNan => nan(false),
        NanPattern::ArithmeticNan => nan(true),
        NanPattern::Value(z) => z.bits == bits,
    }
}

fn v128_matches(pattern: &V128Pattern, bytes: &[u8; 16]) -> bool {
    use V128Pattern as P;
    match pattern {
        P::I8x16(lanes) => lanes.iter().zip(bytes).all(|(i, j)| i.cast_unsigned() == *j),
        P::I16x8(lanes) => lanes.iter().zip(bytes.as_chunks().0).all(|(i, j)| i.to_le_bytes() == *j),
        P::I32x4(lanes) => lanes.iter().zip(bytes.as_chunks().0).all(|(i, j)| i.to_le_bytes() == *j),
        P::I64x2(lanes) => lanes.iter().zip(bytes.as_chunks().0).all(|(i, j)| i.to_le_bytes() == *j),
        P::F32x4(lanes) => lanes.iter().zip(bytes.as_chunks().0).all(|(p, z)| f32_matches(p, u32::from_le_bytes(*z))),
        P::F64x2(lanes) => lanes.iter().zip(bytes.as_chunks().0).all(|(p, z)| f64_matches(p, u64::from_le_bytes(*z))),
    }
}

/// A result, shown as in scripts.
pub(super) struct Shown<'a, 'b>(pub(super) &'a WastRet<'b>);

impl fmt::Display for Shown<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            WastRet::Core(ret) => ShownCore(ret).fmt(f),
            _ => f.write_str("a value of the component model"),
        }
    }
}

struct ShownCore<'a, 'b>(&'a WastRetCore<'b>);

impl fmt::Display for ShownCore<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use WastRetCore as R;
        match self.0 {
            R::I32(i) => write!(f, "i32.const {i}"),
            R::I64(i) => write!(f, "i64.const {i}"),
            R::F32(p) => write!(f, "f32.const {}", f32_shown(p)),
            R::F64(p) => write!(f, "f64.const {}", f64_shown(p)),
            R::V128(p) => {
                let (shape, lanes) = v128_shown(p);
                write!(f, "v128.const {shape} {}", lanes.join(" "))
            }
            R::RefNull(_) => f.write_str("ref.null"),
            R::RefExtern(None) => f.write_str("ref.extern"),
            R::RefExtern(Some(n)) => write!(f, "ref.extern {n}"),
            R::RefHost(n) => write!(f, "ref.host {n}"),
            R::RefFunc(_) => f.write_str("ref.func"),
            R::RefAny => f.write_str("ref.any"),
            R::RefEq => f.write_str("ref.eq"),
            R::RefArray => f.write_str("ref.array"),
            R::RefStruct => f.write_str("ref.struct"),
            R::RefI31 => f.write_str("ref.i31"),
            R::RefI31Shared => f.write_str("ref.i31_shared"),
            R::Either(rets) => {
                f.write_str("either")?;
                rets.iter().try_for_each(|ret| write!(f, " ({})", ShownCore(ret)))
            }
        }
    }
}

fn f32_shown(pattern: &NanPattern<wast::token::F32>) -> String {
    match pattern {
        NanPattern::CanonicalNan => "nan:canonical".into(),
        NanPattern::ArithmeticNan => "nan:arithmetic".into(),
        NanPattern::Value(z) => F32(z.bits).to_string(),
    }
}

fn f64_shown(pattern: &NanPattern<wast::token::F64>) -> String {
    match pattern {
        NanPattern::CanonicalNan => "nan:canonical".into(),
        NanPattern::ArithmeticNan => "nan:arithmetic".into(),
        NanPattern::Value(z) => F64(z.bits).to_string(),
    }
}

fn v128_shown(pattern: &V128Pattern) -> (&'static str, Vec<String>) {
    use V128Pattern as P;
    match pattern {
        P::I8x16(lanes) => ("i8x16", lanes.map(|i| format!("{i:#04x}")).into()),
        P::I16x8(lanes) => ("i16x8", lanes.map(|i| format!("{i:#06x}")).into()),
        P::I32x4(lanes) => ("i32x4", lanes.map(|i| format!("{i:#010x}")).into()),
        P::I64x2(lanes) => ("i64x2", lanes.map(|i| format!("{i:#018x}")).into()),
        P::F32x4(lanes) => ("f32x4", lanes.each_ref().map(f32_shown).into()),
        P::F64x2(lanes) => ("f64x2", lanes.each_ref().map(f64_shown).into()),
    }
}

/// A value in the shape of a result, so that the two can be compared by eye.
pub(super) fn alike(ret: &WastRet<'_>, val: Val) -> String {
    let (WastRet::Core(WastRetCore::V128(pattern)), Val::V128(bytes)) = (ret, val) else { return val.to_string() };
    use V128Pattern as P;
    let lanes = |n: usize| bytes.chunks_exact(n).map(|lane| lane.iter().rev().fold(0, |i, &b| i << 8 | u64::from(b)));
    let (shape, lanes): (_, Vec<String>) = match pattern {
        P::I8x16(_) => ("i8x16", lanes(1).map(|i| format!("{i:#04x}")).collect()),
        P::I16x8(_) => ("i16x8", lanes(2).map(|i| format!("{i:#06x}")).collect()),
        P::I32x4(_) => ("i32x4", lanes(4).map(|i| format!("{i:#010x}")).collect()),
        P::I64x2(_) => ("i64x2", lanes(8).map(|i| format!("{i:#018x}")).collect()),
        P::F32x4(_) => ("f32x4", lanes(4).map(|i| F32(i as u32).to_string()).collect()),
        P::F64x2(_) => ("f64x2", lanes(8).map(|i| F64(i).to_string()).collect()),
    };
    format!("v128.const {shape} {}", lanes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wast::parser::{self, ParseBuffer};

    fn check(result: &str, val: Val) -> bool {
        let buffer = ParseBuffer::new(result).unwrap();
        let ret = WastRet::Core(parser::parse::<WastRetCore<'_>>(&buffer).unwrap());
        matches(&ret, val)
    }

    fn shown(result: &str) -> String {
        let buffer = ParseBuffer::new(result).unwrap();
        Shown(&WastRet::Core(parser::parse::<WastRetCore<'_>>(&buffer).unwrap())).to_string()
    }

    #[test]
    fn numbers() {
        assert!(check("i32.const -1", Val::I32(u32::MAX)));
        assert!(!check("i32.const -1", Val::I64(u64::MAX)));
        assert!(check("i64.const 0xffff_ffff_ffff_ffff", Val::I64(u64::MAX)));
        assert!(check("f32.const 1", Val::F32(1f32.to_bits())));
        assert!(!check("f32.const 0", Val::F32((-0f32).to_bits())));
        assert!(check("f64.const -0", Val::F64((-0f64).to_bits())));
    }

    #[test]
    fn nans() {
        for (bits, canonical, arithmetic) in [
            (0x7fc0_0000u32, true, true),
            (0xffc0_0000, true, true),
            (0x7fc0_0001, false, true),
            (0x7f80_0001, false, false),
            (0x7f80_0000, false, false),
        ] {
            assert_eq!(check("f32.const nan:canonical", Val::F32(bits)), canonical, "{bits:x}");
            assert_eq!(check("f32.const nan:arithmetic", Val::F32(bits)), arithmetic, "{bits:x}");
        }
        assert!(check("f32.const nan:0x1", Val::F32(0x7f80_0001)));
        assert!(!check("f32.const nan", Val::F32(0xffc0_0000)));
        assert!(check("f64.const nan:canonical", Val::F64(0xfff8 << 48)));
        assert!(!check("f64.const nan:canonical", Val::F64(0x7ff8 << 48 | 1)));
        assert!(check("f64.const nan:arithmetic", Val::F64(0x7ff8 << 48 | 1)));
    }

    #[test]
    fn vectors() {
        let floats = |lanes: [u32; 4]| {
            let mut bytes = [0; 16];
            bytes.as_chunks_mut().0.iter_mut().zip(lanes).for_each(|(lane, bits)| *lane = bits.to_le_bytes());
            Val::V128(bytes)
        };
        let v = floats([1, 0xffff_ffff, 0x7fc0_0000, 0x7fc0_0001]);
        assert!(check("v128.const i32x4 1 -1 0x7fc00000 0x7fc00001", v));
        assert!(check("v128.const i64x2 0xffffffff00000001 0x7fc000017fc00000", v));
        assert!(check("v128.const i16x8 1 0 -1 -1 0 0x7fc0 1 0x7fc0", v));
        assert!(check("v128.const i8x16 1 0 0 0 255 255 255 255 0 0 0xc0 127 1 0 0xc0 127", v));
        assert!(check("v128.const f32x4 0x1p-149 nan:arithmetic nan:canonical nan:arithmetic", v));
        assert!(!check("v128.const f32x4 0x1p-149 nan:arithmetic nan:canonical nan:canonical", v));
        let v =
            Val::V128([[0, 0, 0, 0, 0, 0, 0xf8, 0x7f], [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]].concat().try_into().unwrap());
        assert!(check("v128.const f64x2 nan:canonical 1", v));
        assert!(!check("v128.const f64x2 1 nan:canonical", v));
    }

    #[test]
    fn references() {
        let all = [
            RefVal::Null,
            RefVal::I31(3),
            RefVal::Struct,
            RefVal::Array,
            RefVal::Func,
            RefVal::Exn,
            RefVal::Host(1),
            RefVal::Extern(Some(1)),
            RefVal::Extern(None),
        ];
        let met_by =
            |result: &str| all.iter().map(|&r| if check(result, Val::Ref(r)) { '1' } else { '0' }).collect::<String>();
        assert_eq!(met_by("ref.null"), "100000000");
        assert_eq!(met_by("ref.null any"), "100000000");
        assert_eq!(met_by("ref.any"), "011100100");
        assert_eq!(met_by("ref.eq"), "011100000");
        assert_eq!(met_by("ref.i31"), "010000000");
        assert_eq!(met_by("ref.struct"), "001000000");
        assert_eq!(met_by("ref.array"), "000100000");
        assert_eq!(met_by("ref.func"), "000010000");
        assert_eq!(met_by("ref.host 1"), "000000100");
        assert_eq!(met_by("ref.extern"), "000000011");
        assert_eq!(met_by("ref.extern 1"), "000000010");
        assert_eq!(met_by("ref.extern 2"), "000000000");
        assert_eq!(met_by("either (ref.null) (ref.func)"), "100010000");
    }

    #[test]
    fn shown_as_written() {
        for text in [
            "i32.const -5",
            "f32.const nan:canonical",
            "v128.const f32x4 1.0 nan:arithmetic -inf nan:0x1",
            "v128.const i64x2 0x0000000000000001 0x0000000000000002",
            "ref.extern 3",
            "either (i32.const 1) (ref.null)",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
