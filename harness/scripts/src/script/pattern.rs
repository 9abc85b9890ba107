//! Results as scripts describe them.

use lockstep_engines::literal::Shape;
use lockstep_engines::value::{F32, F64, RefVal, Val};
use lockstep_semantics::choice::{NanSet, NanWidth};
use std::fmt;

/// `result`
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pattern {
    I32(u32),
    I64(u64),
    F32(Lane),
    F64(Lane),
    V128(Shape, Vec<Lane>),
    /// `(ref.null)`. A type that may stand there says nothing: there is but one null reference.
    Null,
    /// `(ref)`: any reference that is not null
    Ref,
    /// `(ref.extern)`, with a number for one of the host
    Extern(Option<u32>),
    Host(u32),
    Any,
    Eq,
    I31,
    I31Shared,
    Struct,
    Array,
    Func,
    Exn,
    Either(Vec<Pattern>),
}

/// `numpat`, as bits
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Exactly(u64),
    Canonical,
    Arithmetic,
}

impl Lane {
    fn fits(self, bits: u64, width: u32) -> bool {
        let width = if width == 32 { NanWidth::N32 } else { NanWidth::N64 };
        match self {
            Lane::Exactly(expected) => bits == expected,
            Lane::Canonical => NanSet { width, arithmetic: false }.contains(bits),
            Lane::Arithmetic => NanSet { width, arithmetic: true }.contains(bits),
        }
    }

    fn shown(self, float: bool, width: u32) -> String {
        match self {
            Lane::Exactly(bits) => number(bits, float, width),
            Lane::Canonical => "nan:canonical".into(),
            Lane::Arithmetic => "nan:arithmetic".into(),
        }
    }
}

/// A lane, or a number by itself if it is a floating-point number.
fn number(bits: u64, float: bool, width: u32) -> String {
    match (float, width) {
        (true, 32) => F32(bits as u32).to_string(),
        (true, _) => F64(bits).to_string(),
        (false, _) => format!("{bits:#0digits$x}", digits = width as usize / 4 + 2),
    }
}

impl Pattern {
    /// Whether a value is among those that the result describes.
    pub(super) fn matches(&self, val: Val) -> bool {
        match (self, val) {
            (Pattern::Either(patterns), val) => patterns.iter().any(|pattern| pattern.matches(val)),
            (Pattern::I32(i), Val::I32(j)) => *i == j,
            (Pattern::I64(i), Val::I64(j)) => *i == j,
            (Pattern::F32(lane), Val::F32(bits)) => lane.fits(bits.into(), 32),
            (Pattern::F64(lane), Val::F64(bits)) => lane.fits(bits, 64),
            (Pattern::V128(shape, lanes), Val::V128(bytes)) => {
                lanes.iter().zip(shape.split(&bytes)).all(|(lane, bits)| lane.fits(bits, shape.bits))
            }
            (_, Val::Ref(r)) => self.matches_ref(r),
            _ => false,
        }
    }

    fn matches_ref(&self, r: RefVal) -> bool {
        use RefVal as R;
        match self {
            Pattern::Null => r == R::Null,
            Pattern::Ref => r != R::Null,
            Pattern::Extern(Some(n)) => r == R::Extern(Some(*n)),
            Pattern::Extern(None) => matches!(r, R::Extern(_)),
            Pattern::Host(n) => r == R::Host(*n),
            Pattern::Any => matches!(r, R::I31(_) | R::I31Shared(_) | R::Struct | R::Array | R::Host(_)),
            Pattern::Eq => matches!(r, R::I31(_) | R::I31Shared(_) | R::Struct | R::Array),
            Pattern::I31 => matches!(r, R::I31(_)),
            Pattern::I31Shared => matches!(r, R::I31Shared(_)),
            Pattern::Struct => r == R::Struct,
            Pattern::Array => r == R::Array,
            Pattern::Func => r == R::Func,
            Pattern::Exn => r == R::Exn,
            _ => false,
        }
    }

    /// A value in the shape of the result, so that the two can be compared by eye.
    pub(super) fn alike(&self, val: Val) -> String {
        let (Pattern::V128(shape, _), Val::V128(bytes)) = (self, val) else { return val.to_string() };
        let lanes: Vec<String> = shape.split(&bytes).map(|bits| number(bits, shape.float, shape.bits)).collect();
        format!("v128.const {} {}", shape.name, lanes.join(" "))
    }
}

/// A result, shown as in scripts.
pub(super) struct Shown<'a>(pub(super) &'a Pattern);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Pattern::I32(i) => write!(f, "i32.const {}", i.cast_signed()),
            Pattern::I64(i) => write!(f, "i64.const {}", i.cast_signed()),
            Pattern::F32(lane) => write!(f, "f32.const {}", lane.shown(true, 32)),
            Pattern::F64(lane) => write!(f, "f64.const {}", lane.shown(true, 64)),
            Pattern::V128(shape, lanes) => {
                let lanes: Vec<String> = lanes.iter().map(|lane| lane.shown(shape.float, shape.bits)).collect();
                write!(f, "v128.const {} {}", shape.name, lanes.join(" "))
            }
            Pattern::Null => f.write_str("ref.null"),
            Pattern::Ref => f.write_str("ref"),
            Pattern::Extern(None) => f.write_str("ref.extern"),
            Pattern::Extern(Some(n)) => write!(f, "ref.extern {n}"),
            Pattern::Host(n) => write!(f, "ref.host {n}"),
            Pattern::Any => f.write_str("ref.any"),
            Pattern::Eq => f.write_str("ref.eq"),
            Pattern::I31 => f.write_str("ref.i31"),
            Pattern::I31Shared => f.write_str("ref.i31_shared"),
            Pattern::Struct => f.write_str("ref.struct"),
            Pattern::Array => f.write_str("ref.array"),
            Pattern::Func => f.write_str("ref.func"),
            Pattern::Exn => f.write_str("ref.exn"),
            Pattern::Either(patterns) => {
                f.write_str("either")?;
                patterns.iter().try_for_each(|pattern| write!(f, " ({})", Shown(pattern)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::super::source::Source;
    use super::*;

    fn pattern(result: &str) -> Pattern {
        read::pattern(&Source::new(&format!("({result})")).unwrap()).unwrap_or_else(|| panic!("{result}"))
    }

    fn check(result: &str, val: Val) -> bool {
        pattern(result).matches(val)
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
        let floats = |lanes: [u32; 4]| Val::V128(Shape::named("i32x4").unwrap().join(lanes.map(u64::from)));
        let v = floats([1, 0xffff_ffff, 0x7fc0_0000, 0x7fc0_0001]);
        assert!(check("v128.const i32x4 1 -1 0x7fc00000 0x7fc00001", v));
        assert!(check("v128.const i64x2 0xffffffff00000001 0x7fc000017fc00000", v));
        assert!(check("v128.const i16x8 1 0 -1 -1 0 0x7fc0 1 0x7fc0", v));
        assert!(check("v128.const i8x16 1 0 0 0 255 255 255 255 0 0 0xc0 127 1 0 0xc0 127", v));
        assert!(check("v128.const f32x4 0x1p-149 nan:arithmetic nan:canonical nan:arithmetic", v));
        assert!(!check("v128.const f32x4 0x1p-149 nan:arithmetic nan:canonical nan:canonical", v));
    }

    #[test]
    fn references() {
        let all = [
            RefVal::Null,
            RefVal::I31(1),
            RefVal::Struct,
            RefVal::Array,
            RefVal::Func,
            RefVal::Exn,
            RefVal::Host(1),
            RefVal::Extern(Some(1)),
            RefVal::Extern(None),
            RefVal::I31Shared(1),
        ];
        let met_by =
            |result: &str| all.iter().map(|&r| if check(result, Val::Ref(r)) { '1' } else { '0' }).collect::<String>();
        assert_eq!(met_by("ref.null"), "1000000000");
        assert_eq!(met_by("ref.null any"), "1000000000");
        assert_eq!(met_by("ref.null 7"), "1000000000");
        assert_eq!(met_by("ref.null (shared any)"), "1000000000");
        assert_eq!(met_by("ref"), "0111111111");
        assert_eq!(met_by("ref.any"), "0111001001");
        assert_eq!(met_by("ref.eq"), "0111000001");
        assert_eq!(met_by("ref.i31"), "0100000000");
        assert_eq!(met_by("ref.i31_shared"), "0000000001");
        assert_eq!(met_by("ref.struct"), "0010000000");
        assert_eq!(met_by("ref.array"), "0001000000");
        assert_eq!(met_by("ref.func"), "0000100000");
        assert_eq!(met_by("ref.exn"), "0000010000");
        assert_eq!(met_by("ref.host 1"), "0000001000");
        assert_eq!(met_by("ref.extern"), "0000000110");
        assert_eq!(met_by("ref.extern 1"), "0000000100");
        assert_eq!(met_by("ref.extern 2"), "0000000000");
        assert_eq!(met_by("either (ref.null) (ref.func)"), "1000100000");
    }

    #[test]
    fn shown_as_written() {
        for text in [
            "i32.const -5",
            "f32.const nan:canonical",
            "v128.const f32x4 1.0 nan:arithmetic -inf nan:0x1",
            "v128.const i64x2 0x0000000000000001 0x0000000000000002",
            "ref.extern 3",
            "ref",
            "either (i32.const 1) (ref.null)",
        ] {
            assert_eq!(Shown(&pattern(text)).to_string(), text);
        }
    }
}
