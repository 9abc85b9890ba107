//! Numbers of any size: integers and rationals.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

use crate::ast::{BinOp, NumTyp};

/// A number. A rational number that is whole is an integer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    /// An integer.
    Int(BigInt),
    /// A numerator and a denominator above 1 without common factors.
    Rat(BigInt, BigInt),
}

fn gcd(a: &BigInt, b: &BigInt) -> BigInt {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b.sign() != Sign::NoSign {
        (a, b) = (b.clone(), a % b);
    }
    if a.sign() == Sign::Minus { -a } else { a }
}

impl Number {
    /// A natural number.
    pub fn nat(n: &BigUint) -> Number {
        Number::Int(BigInt::from(n.clone()))
    }

    /// It as a small natural number.
    pub fn small(&self) -> Option<u32> {
        match self {
            Number::Int(n) => u32::try_from(n).ok(),
            Number::Rat(..) => None,
        }
    }

    fn parts(&self) -> (BigInt, BigInt) {
        match self {
            Number::Int(n) => (n.clone(), BigInt::from(1)),
            Number::Rat(n, d) => (n.clone(), d.clone()),
        }
    }

    fn quotient(n: BigInt, d: BigInt) -> Option<Number> {
        if d.sign() == Sign::NoSign {
            return None;
        }
        let (n, d) = if d.sign() == Sign::Minus { (-n, -d) } else { (n, d) };
        let g = gcd(&n, &d);
        let (n, d) = (n / &g, d / &g);
        Some(if d == BigInt::from(1) { Number::Int(n) } else { Number::Rat(n, d) })
    }

    /// Whether it is a number of a type.
    pub fn is(&self, typ: NumTyp) -> bool {
        match (typ, self) {
            (NumTyp::Nat, Number::Int(n)) => n.sign() != Sign::Minus,
            (NumTyp::Nat | NumTyp::Int, Number::Rat(..)) => false,
            _ => true,
        }
    }

    /// The same with the other sign.
    pub fn negated(&self) -> Number {
        match self {
            Number::Int(n) => Number::Int(-n),
            Number::Rat(n, d) => Number::Rat(-n, d.clone()),
        }
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Number::Int(n) | Number::Rat(n, _) => n.sign() == Sign::Minus,
        }
    }

    /// The result of an operator, where it is defined: there is no quotient by zero, and no root.
    pub fn apply(op: BinOp, a: &Number, b: &Number) -> Option<Number> {
        if let (Number::Int(a), Number::Int(b)) = (a, b) {
            match op {
                BinOp::Add => return Some(Number::Int(a + b)),
                BinOp::Sub => return Some(Number::Int(a - b)),
                BinOp::Mul => return Some(Number::Int(a * b)),
                // The remainder has the sign of the dividend.
                BinOp::Mod => return (b.sign() != Sign::NoSign).then(|| Number::Int(a % b)),
                _ => {}
            }
        }
        let ((an, ad), (bn, bd)) = (a.parts(), b.parts());
        match op {
            BinOp::Add => Number::quotient(an * &bd + bn * &ad, ad * bd),
            BinOp::Sub => Number::quotient(an * &bd - bn * &ad, ad * bd),
            BinOp::Mul => Number::quotient(an * bn, ad * bd),
            BinOp::Div => Number::quotient(an * bd, ad * bn),
            BinOp::Pow => {
                let exponent = i32::try_from(&bn).ok().filter(|_| bd == BigInt::from(1))?;
                // Powers grow faster than memory.
                let size = an.bits().max(ad.bits()).max(1) * u64::from(exponent.unsigned_abs());
                if size > 1 << 20 {
                    return None;
                }
                let (n, d) = (an.pow(exponent.unsigned_abs()), ad.pow(exponent.unsigned_abs()));
                if exponent < 0 { Number::quotient(d, n) } else { Number::quotient(n, d) }
            }
            _ => None,
        }
    }

    /// The order of numbers.
    pub fn compare(&self, other: &Number) -> Ordering {
        let ((an, ad), (bn, bd)) = (self.parts(), other.parts());
        (an * bd).cmp(&(bn * ad))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn int(n: i64) -> Number {
        Number::Int(n.into())
    }

    #[test]
    fn what_has_no_value_is_undefined() {
        assert_eq!(Number::apply(BinOp::Div, &int(1), &int(0)), None);
        assert_eq!(Number::apply(BinOp::Mod, &int(1), &int(0)), None);
        assert_eq!(Number::apply(BinOp::Pow, &int(2), &int(i64::MAX)), None);
        let half = Number::apply(BinOp::Div, &int(1), &int(2)).unwrap();
        assert_eq!(Number::apply(BinOp::Pow, &int(2), &half), None);
        assert!(!half.is(NumTyp::Int) && half.is(NumTyp::Rat));
        assert_eq!(Number::apply(BinOp::Pow, &int(2), &int(-1)), Some(half.clone()));
        assert_eq!(Number::apply(BinOp::Add, &half, &half), Some(int(1)));
    }

    proptest! {
        #[test]
        fn rationals_are_a_field(a in -99i64..99, b in 1i64..99, c in -99i64..99, d in 1i64..99) {
            let q = |n, d| Number::apply(BinOp::Div, &int(n), &int(d)).unwrap();
            let (x, y) = (q(a, b), q(c, d));
            let sum = Number::apply(BinOp::Add, &x, &y).unwrap();
            prop_assert_eq!(Number::apply(BinOp::Sub, &sum, &y), Some(x.clone()));
            let product = Number::apply(BinOp::Mul, &x, &y).unwrap();
            if c != 0 {
                prop_assert_eq!(Number::apply(BinOp::Div, &product, &y), Some(x.clone()));
            }
            prop_assert_eq!(x.compare(&y), (a * d).cmp(&(c * b)));
            prop_assert_eq!(x.is_negative(), a < 0);
        }
    }
}
