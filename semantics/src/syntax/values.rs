//! Values of the syntax (1.1-syntax.values): vectors and names.

/// `v128`: sixteen bytes, little-endian, lane 0 first.
///
/// Aligned so that values that hold one are copied in whole words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(align(8))]
pub struct V128(pub [u8; 16]);

impl V128 {
    /// The vector as one unsigned 128-bit integer.
    pub const fn to_u128(self) -> u128 {
        u128::from_le_bytes(self.0)
    }
    /// The vector of a 128-bit integer.
    pub const fn from_u128(i: u128) -> Self {
        V128(i.to_le_bytes())
    }
}

impl std::fmt::Debug for V128 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "V128({:#034x})", self.to_u128())
    }
}

/// `num`: a number with its type; floating-point numbers as their bits, so that NaN payloads are kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Num {
    /// `i32.const`
    I32(u32),
    /// `i64.const`
    I64(u64),
    /// `f32.const`, as bits
    F32(u32),
    /// `f64.const`, as bits
    F64(u64),
}

impl Num {
    /// The number's type.
    pub const fn numtype(self) -> super::NumType {
        match self {
            Num::I32(_) => super::NumType::I32,
            Num::I64(_) => super::NumType::I64,
            Num::F32(_) => super::NumType::F32,
            Num::F64(_) => super::NumType::F64,
        }
    }
}
