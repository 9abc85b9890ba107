//! Integer operations (3.1-numerics.scalar), generic over the width.

use super::representation::{bool, extend, sat_s, sat_u};
use crate::syntax::{IBinOp, IRelOp, IUnOp, Sx};
use std::fmt::Debug;
use std::ops::{BitAnd, BitOr, BitXor, Not};

/// The integers on which the bitwise operators are defined: those of [`Int`], and those of 128 bits for whole vectors.
pub trait Bits:
    Copy + Not<Output = Self> + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self>
{
}

impl<T> Bits for T where
    T: Copy + Not<Output = Self> + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self>
{
}

/// `iN`: the unsigned integers of `N` bits, where `N` is 8, 16, 32 or 64. The methods are what the host's integers
/// provide; the operators of the standard are the functions of this module.
#[allow(missing_docs)]
pub trait Int: Bits + Eq + Ord + Debug + Default {
    /// The width.
    const N: u32;
    fn to_u64(self) -> u64;
    /// `wrap__(64, N, i)`
    fn from_u64(i: u64) -> Self;
    /// `signed_(N, i)`
    fn signed(self) -> i64;
    /// `inv_signed_(N, i)`, modulo `2^N`.
    fn inv_signed(i: i64) -> Self;
    fn wrapping_add(self, i: Self) -> Self;
    fn wrapping_sub(self, i: Self) -> Self;
    fn wrapping_mul(self, i: Self) -> Self;
    /// Quotient; none by 0.
    fn div_u(self, i: Self) -> Option<Self>;
    /// Quotient of the signed readings; none by 0, nor if it is `2^(N-1)`.
    fn div_s(self, i: Self) -> Option<Self>;
    fn rem_u(self, i: Self) -> Option<Self>;
    fn rem_s(self, i: Self) -> Option<Self>;
    /// Shifts by `k` modulo `N`.
    fn wrapping_shl(self, k: u32) -> Self;
    fn shr_u(self, k: u32) -> Self;
    fn shr_s(self, k: u32) -> Self;
    fn rotate_left(self, k: u32) -> Self;
    fn rotate_right(self, k: u32) -> Self;
    fn leading_zeros(self) -> u32;
    fn trailing_zeros(self) -> u32;
    fn count_ones(self) -> u32;
    fn reverse_bits(self) -> Self;
}

macro_rules! int {
    ($($u:ident $s:ident)*) => { $(
        impl Int for $u {
            const N: u32 = $u::BITS;
            #[inline(always)]
            fn to_u64(self) -> u64 { self as u64 }
            #[inline(always)]
            fn from_u64(i: u64) -> Self { i as $u }
            #[inline(always)]
            fn signed(self) -> i64 { self as $s as i64 }
            #[inline(always)]
            fn inv_signed(i: i64) -> Self { i as $u }
            #[inline(always)]
            fn wrapping_add(self, i: Self) -> Self { $u::wrapping_add(self, i) }
            #[inline(always)]
            fn wrapping_sub(self, i: Self) -> Self { $u::wrapping_sub(self, i) }
            #[inline(always)]
            fn wrapping_mul(self, i: Self) -> Self { $u::wrapping_mul(self, i) }
            #[inline(always)]
            fn div_u(self, i: Self) -> Option<Self> { self.checked_div(i) }
            #[inline(always)]
            fn div_s(self, i: Self) -> Option<Self> { (self as $s).checked_div(i as $s).map(|i| i as $u) }
            #[inline(always)]
            fn rem_u(self, i: Self) -> Option<Self> { self.checked_rem(i) }
            #[inline(always)]
            fn rem_s(self, i: Self) -> Option<Self> {
                // The remainder by -1 is 0 even where the quotient would be 2^(N-1).
                (i != 0).then(|| (self as $s).wrapping_rem(i as $s) as $u)
            }
            #[inline(always)]
            fn wrapping_shl(self, k: u32) -> Self { $u::wrapping_shl(self, k) }
            #[inline(always)]
            fn shr_u(self, k: u32) -> Self { self.wrapping_shr(k) }
            #[inline(always)]
            fn shr_s(self, k: u32) -> Self { (self as $s).wrapping_shr(k) as $u }
            #[inline(always)]
            fn rotate_left(self, k: u32) -> Self { $u::rotate_left(self, k % $u::BITS) }
            #[inline(always)]
            fn rotate_right(self, k: u32) -> Self { $u::rotate_right(self, k % $u::BITS) }
            #[inline(always)]
            fn leading_zeros(self) -> u32 { $u::leading_zeros(self) }
            #[inline(always)]
            fn trailing_zeros(self) -> u32 { $u::trailing_zeros(self) }
            #[inline(always)]
            fn count_ones(self) -> u32 { $u::count_ones(self) }
            #[inline(always)]
            fn reverse_bits(self) -> Self { $u::reverse_bits(self) }
        }
    )* };
}

int! { u8 i8 u16 i16 u32 i32 u64 i64 }

/// `ineg_(N, i_1)`
#[inline]
pub fn ineg<I: Int>(i_1: I) -> I {
    I::default().wrapping_sub(i_1)
}

/// `iabs_(N, i_1)`; the least number stays as it is.
#[inline]
pub fn iabs<I: Int>(i_1: I) -> I {
    if i_1.signed() >= 0 { i_1 } else { ineg(i_1) }
}

/// `iclz_(N, i_1)`
#[inline]
pub fn iclz<I: Int>(i_1: I) -> I {
    I::from_u64(i_1.leading_zeros() as u64)
}

/// `ictz_(N, i_1)`
#[inline]
pub fn ictz<I: Int>(i_1: I) -> I {
    I::from_u64(i_1.trailing_zeros() as u64)
}

/// `ipopcnt_(N, i_1)`
#[inline]
pub fn ipopcnt<I: Int>(i_1: I) -> I {
    I::from_u64(i_1.count_ones() as u64)
}

/// `iextend_(N, K, sx, i)`: the low `K` bits extended to all.
#[inline]
pub fn iextend<I: Int>(k: u32, sx: Sx, i: I) -> I {
    I::from_u64(extend(k, I::N, sx, i.to_u64()))
}

/// `iadd_(N, i_1, i_2)`
#[inline]
pub fn iadd<I: Int>(i_1: I, i_2: I) -> I {
    i_1.wrapping_add(i_2)
}

/// `isub_(N, i_1, i_2)`
#[inline]
pub fn isub<I: Int>(i_1: I, i_2: I) -> I {
    i_1.wrapping_sub(i_2)
}

/// `imul_(N, i_1, i_2)`
#[inline]
pub fn imul<I: Int>(i_1: I, i_2: I) -> I {
    i_1.wrapping_mul(i_2)
}

/// `idiv_(N, sx, i_1, i_2)`: truncated towards zero; nothing by 0, nor if the quotient is `2^(N-1)`.
#[inline]
pub fn idiv<I: Int>(sx: Sx, i_1: I, i_2: I) -> Option<I> {
    match sx {
        Sx::U => i_1.div_u(i_2),
        Sx::S => i_1.div_s(i_2),
    }
}

/// `irem_(N, sx, i_1, i_2)`: with the sign of the dividend; nothing by 0.
#[inline]
pub fn irem<I: Int>(sx: Sx, i_1: I, i_2: I) -> Option<I> {
    match sx {
        Sx::U => i_1.rem_u(i_2),
        Sx::S => i_1.rem_s(i_2),
    }
}

/// `imin_(N, sx, i_1, i_2)`
#[inline]
pub fn imin<I: Int>(sx: Sx, i_1: I, i_2: I) -> I {
    if ile(sx, i_1, i_2) == 1 { i_1 } else { i_2 }
}

/// `imax_(N, sx, i_1, i_2)`
#[inline]
pub fn imax<I: Int>(sx: Sx, i_1: I, i_2: I) -> I {
    if ige(sx, i_1, i_2) == 1 { i_1 } else { i_2 }
}

/// An integer as the number that `sx` reads it as.
#[inline]
fn number<I: Int>(sx: Sx, i: I) -> i128 {
    match sx {
        Sx::U => i.to_u64() as i128,
        Sx::S => i.signed() as i128,
    }
}

/// `sat_u_(N, i)`, or `inv_signed_(N, sat_s_(N, i))`
#[inline]
fn sat<I: Int>(sx: Sx, i: i128) -> I {
    match sx {
        Sx::U => I::from_u64(sat_u(I::N, i)),
        Sx::S => I::inv_signed(sat_s(I::N, i)),
    }
}

/// `iadd_sat_(N, sx, i_1, i_2)`
#[inline]
pub fn iadd_sat<I: Int>(sx: Sx, i_1: I, i_2: I) -> I {
    sat(sx, number(sx, i_1) + number(sx, i_2))
}

/// `isub_sat_(N, sx, i_1, i_2)`
#[inline]
pub fn isub_sat<I: Int>(sx: Sx, i_1: I, i_2: I) -> I {
    sat(sx, number(sx, i_1) - number(sx, i_2))
}

/// `iavgr_(N, U, i_1, i_2)`: the mean, rounded up.
#[inline]
pub fn iavgr<I: Int>(i_1: I, i_2: I) -> I {
    I::from_u64(((number(Sx::U, i_1) + number(Sx::U, i_2) + 1) / 2) as u64)
}

/// `iq15mulr_sat_(N, S, i_1, i_2)`: the product of fractions in Q15, rounded. The document's product is of the signed
/// readings.
#[inline]
pub fn iq15mulr_sat<I: Int>(i_1: I, i_2: I) -> I {
    sat(Sx::S, (number(Sx::S, i_1) * number(Sx::S, i_2) + (1 << 14)) >> 15)
}

/// `inot_(N, i)`
#[inline]
pub fn inot<I: Bits>(i: I) -> I {
    !i
}

/// `irev_(N, i)`
#[inline]
pub fn irev<I: Int>(i: I) -> I {
    i.reverse_bits()
}

/// `iand_(N, i_1, i_2)`
#[inline]
pub fn iand<I: Bits>(i_1: I, i_2: I) -> I {
    i_1 & i_2
}

/// `iandnot_(N, i_1, i_2)`
#[inline]
pub fn iandnot<I: Bits>(i_1: I, i_2: I) -> I {
    i_1 & !i_2
}

/// `ior_(N, i_1, i_2)`
#[inline]
pub fn ior<I: Bits>(i_1: I, i_2: I) -> I {
    i_1 | i_2
}

/// `ixor_(N, i_1, i_2)`
#[inline]
pub fn ixor<I: Bits>(i_1: I, i_2: I) -> I {
    i_1 ^ i_2
}

/// `ibitselect_(N, i_1, i_2, i_3)`: the bits of `i_1` where `i_3` has ones, else those of `i_2`.
#[inline]
pub fn ibitselect<I: Bits>(i_1: I, i_2: I, i_3: I) -> I {
    ior(iand(i_1, i_3), iand(i_2, inot(i_3)))
}

/// `ishl_(N, i_1, i_2)`: by `i_2` modulo `N`.
#[inline]
pub fn ishl<I: Int>(i_1: I, i_2: u32) -> I {
    i_1.wrapping_shl(i_2)
}

/// `ishr_(N, sx, i_1, i_2)`: by `i_2` modulo `N`.
#[inline]
pub fn ishr<I: Int>(sx: Sx, i_1: I, i_2: u32) -> I {
    match sx {
        Sx::U => i_1.shr_u(i_2),
        Sx::S => i_1.shr_s(i_2),
    }
}

/// `irotl_(N, i_1, i_2)`
#[inline]
pub fn irotl<I: Int>(i_1: I, i_2: u32) -> I {
    i_1.rotate_left(i_2)
}

/// `irotr_(N, i_1, i_2)`
#[inline]
pub fn irotr<I: Int>(i_1: I, i_2: u32) -> I {
    i_1.rotate_right(i_2)
}

/// `ieqz_(N, i_1)`
#[inline]
pub fn ieqz<I: Int>(i_1: I) -> u32 {
    bool(i_1 == I::default())
}

/// `inez_(N, i_1)`
#[inline]
pub fn inez<I: Int>(i_1: I) -> u32 {
    bool(i_1 != I::default())
}

/// `ieq_(N, i_1, i_2)`
#[inline]
pub fn ieq<I: Int>(i_1: I, i_2: I) -> u32 {
    bool(i_1 == i_2)
}

/// `ine_(N, i_1, i_2)`
#[inline]
pub fn ine<I: Int>(i_1: I, i_2: I) -> u32 {
    bool(i_1 != i_2)
}

/// `ilt_(N, sx, i_1, i_2)`
#[inline]
pub fn ilt<I: Int>(sx: Sx, i_1: I, i_2: I) -> u32 {
    match sx {
        Sx::U => bool(i_1 < i_2),
        Sx::S => bool(i_1.signed() < i_2.signed()),
    }
}

/// `igt_(N, sx, i_1, i_2)`
#[inline]
pub fn igt<I: Int>(sx: Sx, i_1: I, i_2: I) -> u32 {
    match sx {
        Sx::U => bool(i_1 > i_2),
        Sx::S => bool(i_1.signed() > i_2.signed()),
    }
}

/// `ile_(N, sx, i_1, i_2)`
#[inline]
pub fn ile<I: Int>(sx: Sx, i_1: I, i_2: I) -> u32 {
    match sx {
        Sx::U => bool(i_1 <= i_2),
        Sx::S => bool(i_1.signed() <= i_2.signed()),
    }
}

/// `ige_(N, sx, i_1, i_2)`
#[inline]
pub fn ige<I: Int>(sx: Sx, i_1: I, i_2: I) -> u32 {
    match sx {
        Sx::U => bool(i_1 >= i_2),
        Sx::S => bool(i_1.signed() >= i_2.signed()),
    }
}

/// `unop_(Inn, op, i)`
#[inline(always)]
pub fn iunop<I: Int>(op: IUnOp, i: I) -> I {
    match op {
        IUnOp::Clz => iclz(i),
        IUnOp::Ctz => ictz(i),
        IUnOp::Popcnt => ipopcnt(i),
        IUnOp::Extend(sz) => iextend(sz.bits(), Sx::S, i),
    }
}

/// `binop_(Inn, op, i_1, i_2)`
#[inline(always)]
pub fn ibinop<I: Int>(op: IBinOp, i_1: I, i_2: I) -> Option<I> {
    // Shifts and rotations count modulo N, which divides 2^32, so the low half of a 64-bit count will do.
    let k = i_2.to_u64() as u32;
    Some(match op {
        IBinOp::Add => iadd(i_1, i_2),
        IBinOp::Sub => isub(i_1, i_2),
        IBinOp::Mul => imul(i_1, i_2),
        IBinOp::Div(sx) => return idiv(sx, i_1, i_2),
        IBinOp::Rem(sx) => return irem(sx, i_1, i_2),
        IBinOp::And => iand(i_1, i_2),
        IBinOp::Or => ior(i_1, i_2),
        IBinOp::Xor => ixor(i_1, i_2),
        IBinOp::Shl => ishl(i_1, k),
        IBinOp::Shr(sx) => ishr(sx, i_1, k),
        IBinOp::Rotl => irotl(i_1, k),
        IBinOp::Rotr => irotr(i_1, k),
    })
}

/// `relop_(Inn, op, i_1, i_2)`
#[inline(always)]
pub fn irelop<I: Int>(op: IRelOp, i_1: I, i_2: I) -> u32 {
    match op {
        IRelOp::Eq => ieq(i_1, i_2),
        IRelOp::Ne => ine(i_1, i_2),
        IRelOp::Lt(sx) => ilt(sx, i_1, i_2),
        IRelOp::Gt(sx) => igt(sx, i_1, i_2),
        IRelOp::Le(sx) => ile(sx, i_1, i_2),
        IRelOp::Ge(sx) => ige(sx, i_1, i_2),
    }
}
