//! Literals of the text format: numbers, and vectors by their lanes.

use crate::value::Val;
use lockstep_semantics::ProductionSet;
use lockstep_semantics::text::numbers;

/// The value of a number, by the keyword of the constant that it belongs to.
pub fn number(keyword: &str, token: &str) -> Option<Val> {
    let mut seen = ProductionSet::default();
    Some(match keyword {
        "i32.const" => Val::I32(numbers::int(token, 32)? as u32),
        "i64.const" => Val::I64(numbers::int(token, 64)?),
        "f32.const" => Val::F32(numbers::f32(token, &mut seen)?),
        "f64.const" => Val::F64(numbers::f64(token, &mut seen)?),
        _ => return None,
    })
}

/// `Tshape`: the division of a vector into lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// The bits of a lane.
    pub bits: u32,
    /// Whether lanes are floating-point numbers.
    pub float: bool,
}

const SHAPES: [Shape; 6] = [
    Shape { name: "i8x16", bits: 8, float: false },
    Shape { name: "i16x8", bits: 16, float: false },
    Shape { name: "i32x4", bits: 32, float: false },
    Shape { name: "i64x2", bits: 64, float: false },
    Shape { name: "f32x4", bits: 32, float: true },
    Shape { name: "f64x2", bits: 64, float: true },
];

impl Shape {
    /// The shape of a name.
    pub fn named(name: &str) -> Option<Shape> {
        SHAPES.into_iter().find(|shape| shape.name == name)
    }

    /// How many lanes there are.
    pub fn lanes(self) -> usize {
        128 / self.bits as usize
    }

    /// The bits of a lane, from its literal.
    pub fn lane(self, token: &str) -> Option<u64> {
        let mut seen = ProductionSet::default();
        match (self.float, self.bits) {
            (false, bits) => numbers::int(token, bits),
            (true, 32) => numbers::f32(token, &mut seen).map(u64::from),
            (true, _) => numbers::f64(token, &mut seen),
        }
    }

    /// The lanes of a vector, as bits.
    pub fn split(self, bytes: &[u8; 16]) -> impl Iterator<Item = u64> {
        bytes.chunks_exact(self.bits as usize / 8).map(|lane| lane.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    /// The vector of some lanes.
    pub fn join(self, lanes: impl IntoIterator<Item = u64>) -> [u8; 16] {
        let mut bytes = [0; 16];
        for (to, lane) in bytes.chunks_exact_mut(self.bits as usize / 8).zip(lanes) {
            to.copy_from_slice(&lane.to_le_bytes()[..to.len()]);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_keyword() {
        assert_eq!(number("i32.const", "-1"), Some(Val::I32(u32::MAX)));
        assert_eq!(number("i64.const", "0xffff_ffff_ffff_ffff"), Some(Val::I64(u64::MAX)));
        assert_eq!(number("f32.const", "1"), Some(Val::F32(1f32.to_bits())));
        assert_eq!(number("f64.const", "-nan:0x1"), Some(Val::F64(0xfff0_0000_0000_0001)));
        assert_eq!(number("i32.const", "1.0"), None);
        assert_eq!(number("i8.const", "1"), None);
    }

    #[test]
    fn vectors_by_shape() {
        for shape in SHAPES {
            let bytes = *b"0123456789abcdef";
            let lanes: Vec<u64> = shape.split(&bytes).collect();
            assert_eq!(lanes.len(), shape.lanes());
            assert_eq!(shape.join(lanes), bytes, "{}", shape.name);
        }
        let bytes = Shape::named("i16x8").unwrap();
        assert_eq!(bytes.lane("-1"), Some(0xffff));
        assert_eq!(bytes.lane("65536"), None);
        assert_eq!(Shape::named("f16x8"), None);
    }
}
