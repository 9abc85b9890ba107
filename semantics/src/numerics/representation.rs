//! Representation, signed numbers, saturation (3.1-numerics.scalar).
//!
//! The functions here take the width `N` as a number, at most 64, and integers as `u64` (of which those of `iN` are the
//! ones below `2^N`), since memory instructions and packed fields know widths only when they run.

use crate::syntax::{Num, NumType, StorageType, Sx, V128};

/// `2^N - 1`
#[inline]
const fn mask(n: u32) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

/// `signed_(N, i)`: the two's complement reading of an `iN`.
#[inline]
pub const fn signed(n: u32, i: u64) -> i64 {
    match n {
        0 => 0,
        1..=63 => ((i << (64 - n)) as i64) >> (64 - n),
        _ => i as i64,
    }
}

/// `inv_signed_(N, i)`: the `iN` that reads as `i`.
#[inline]
pub const fn inv_signed(n: u32, i: i64) -> u64 {
    i as u64 & mask(n)
}

/// `wrap__(M, N, i)`: modulo `2^N`. The width it comes from does not matter.
#[inline]
pub const fn wrap(n: u32, i: u64) -> u64 {
    i & mask(n)
}

/// `extend__(M, N, sx, i)`: from `M` to `N` bits.
#[inline]
pub const fn extend(m: u32, n: u32, sx: Sx, i: u64) -> u64 {
    match sx {
        Sx::U => wrap(m, i),
        Sx::S => inv_signed(n, signed(m, i)),
    }
}

/// `sx(storagetype)`: how a packed field is read where the instruction does not say.
pub const fn sx(zt: StorageType) -> Option<Sx> {
    match zt {
        StorageType::Val(_) => None,
        StorageType::Pack(_) => Some(Sx::S),
    }
}

/// `bool(b)`, in the document `tobool`.
#[inline(always)]
pub(super) const fn bool(b: bool) -> u32 {
    b as u32
}

/// `sat_u_(N, i)`
#[inline]
pub(super) fn sat_u(n: u32, i: i128) -> u64 {
    i.clamp(0, mask(n) as i128) as u64
}

/// `sat_s_(N, i)`
#[inline]
pub(super) fn sat_s(n: u32, i: i128) -> i64 {
    let limit = 1 << (n - 1);
    i.clamp(-limit, limit - 1) as i64
}

/// `ibytes_(N, i)`: the `N / 8` bytes of an integer, little-endian, and how many they are.
#[inline]
pub const fn ibytes(n: u32, i: u64) -> ([u8; 8], usize) {
    (wrap(n, i).to_le_bytes(), (n / 8) as usize)
}

/// `inv_ibytes_(N, b*)`, where `N` is 8 times the number of bytes. Bytes beyond the eighth are ignored.
#[inline]
pub fn inv_ibytes(b: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(b) {
        *to = *from;
    }
    u64::from_le_bytes(bytes)
}

/// `nbytes_(nt, c)`: the bytes of a number, and how many they are.
#[inline]
pub const fn nbytes(c: Num) -> ([u8; 8], usize) {
    match c {
        Num::I32(c) | Num::F32(c) => ibytes(32, c as u64),
        Num::I64(c) | Num::F64(c) => ibytes(64, c),
    }
}

/// `inv_nbytes_(nt, b*)`: the number of some bytes. Bytes that are missing count as 0, those in excess are ignored.
#[inline]
pub fn inv_nbytes(nt: NumType, b: &[u8]) -> Num {
    let i = inv_ibytes(b);
    match nt {
        NumType::I32 => Num::I32(i as u32),
        NumType::I64 => Num::I64(i),
        NumType::F32 => Num::F32(i as u32),
        NumType::F64 => Num::F64(i),
    }
}

/// `vbytes_(V128, c)`
#[inline]
pub const fn vbytes(c: V128) -> [u8; 16] {
    c.0
}

/// `inv_vbytes_(V128, b*)`
#[inline]
pub const fn inv_vbytes(b: [u8; 16]) -> V128 {
    V128(b)
}
