//! Values as engines and scripts exchange them.

use std::fmt;

/// A value. Of a reference only the kind is known, except where a script can observe its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Val {
    /// `i32`
    I32(u32),
    /// `i64`
    I64(u64),
    /// `f32`, as bits
    F32(u32),
    /// `f64`, as bits
    F64(u64),
    /// `v128`, lane 0 first
    V128([u8; 16]),
    /// A reference.
    Ref(RefVal),
}

/// A reference, as far as it can be seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefVal {
    /// A null reference, of whatever type.
    Null,
    /// An unboxed scalar.
    I31(u32),
    /// The same, shared.
    I31Shared(u32),
    /// A structure.
    Struct,
    /// An array.
    Array,
    /// A function.
    Func,
    /// An exception.
    Exn,
    /// A reference of the host, by number.
    Host(u32),
    /// An external reference: to a reference of the host, by number, or to anything else.
    Extern(Option<u32>),
}

impl fmt::Display for Val {
    /// Writes a value in the text format; references as in the results of test scripts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Val::I32(i) => write!(f, "i32.const {}", i.cast_signed()),
            Val::I64(i) => write!(f, "i64.const {}", i.cast_signed()),
            Val::F32(bits) => write!(f, "f32.const {}", F32(bits)),
            Val::F64(bits) => write!(f, "f64.const {}", F64(bits)),
            Val::V128(bytes) => {
                f.write_str("v128.const i32x4")?;
                for lane in bytes.as_chunks().0 {
                    write!(f, " {:#010x}", u32::from_le_bytes(*lane))?;
                }
                Ok(())
            }
            Val::Ref(r) => r.fmt(f),
        }
    }
}

impl fmt::Display for RefVal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RefVal::Null => f.write_str("ref.null"),
            RefVal::I31(i) => write!(f, "ref.i31 {i}"),
            RefVal::I31Shared(i) => write!(f, "ref.i31_shared {i}"),
            RefVal::Struct => f.write_str("ref.struct"),
            RefVal::Array => f.write_str("ref.array"),
            RefVal::Func => f.write_str("ref.func"),
            RefVal::Exn => f.write_str("ref.exn"),
            RefVal::Host(n) => write!(f, "ref.host {n}"),
            RefVal::Extern(Some(n)) => write!(f, "ref.extern {n}"),
            RefVal::Extern(None) => f.write_str("ref.extern"),
        }
    }
}

/// The bits of an `f32`, shown as in the text format.
pub struct F32(pub u32);
/// The bits of an `f64`, shown as in the text format.
pub struct F64(pub u64);

impl fmt::Display for F32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let x = f32::from_bits(self.0);
        if x.is_nan() {
            nan(f, x.is_sign_negative(), u64::from(self.0 & 0x7f_ffff), 0x40_0000)
        } else {
            write!(f, "{x:?}")
        }
    }
}

impl fmt::Display for F64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let x = f64::from_bits(self.0);
        let payload = self.0 & 0xf_ffff_ffff_ffff;
        if x.is_nan() { nan(f, x.is_sign_negative(), payload, 0x8_0000_0000_0000) } else { write!(f, "{x:?}") }
    }
}

fn nan(f: &mut fmt::Formatter<'_>, negative: bool, payload: u64, canonical: u64) -> fmt::Result {
    let sign = if negative { "-" } else { "" };
    if payload == canonical { write!(f, "{sign}nan") } else { write!(f, "{sign}nan:{payload:#x}") }
}

/// Values separated by spaces, or a word for none.
pub struct List<'a, T>(pub &'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("no values"),
            [one] => one.fmt(f),
            many => {
                for (i, one) in many.iter().enumerate() {
                    write!(f, "{}({one})", if i == 0 { "" } else { " " })?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text() {
        let shown = |v: Val| v.to_string();
        assert_eq!(shown(Val::I32(u32::MAX)), "i32.const -1");
        assert_eq!(shown(Val::I64(7)), "i64.const 7");
        assert_eq!(shown(Val::F32(1.5f32.to_bits())), "f32.const 1.5");
        assert_eq!(shown(Val::F32((-0.0f32).to_bits())), "f32.const -0.0");
        assert_eq!(shown(Val::F64(f64::NEG_INFINITY.to_bits())), "f64.const -inf");
        assert_eq!(shown(Val::F32(0x7fc0_0000)), "f32.const nan");
        assert_eq!(shown(Val::F32(0xffc0_0001)), "f32.const -nan:0x400001");
        assert_eq!(shown(Val::F64(0x7ff0_0000_0000_0001)), "f64.const nan:0x1");
        assert_eq!(
            shown(Val::V128(1u128.to_le_bytes())),
            "v128.const i32x4 0x00000001 0x00000000 0x00000000 0x00000000"
        );
        assert_eq!(shown(Val::Ref(RefVal::Extern(Some(3)))), "ref.extern 3");
        assert_eq!(List::<Val>(&[]).to_string(), "no values");
        assert_eq!(List(&[Val::I32(1), Val::Ref(RefVal::Null)]).to_string(), "(i32.const 1) (ref.null)");
    }
}
