//! Lanes and lanewise operations (3.2-numerics.vector), generic over the type of a lane.
//!
//! A shape is known by the type of its lanes: `I8 X 16` by `u8`, `F32 X 4` and `I32 X 4` both by `u32`.

use super::integer::Int;
use super::sets::{Set, pick};
use crate::choice::{Choice, Choices, Relaxed};
use crate::syntax::V128;

/// A type of lanes.
pub trait Lane: Int {
    /// `lane_(t)^M`
    type Lanes: AsRef<[Self]> + AsMut<[Self]> + Copy;
    /// `M`: how many there are.
    const M: usize;
    /// `lanes_(t X M, v)`
    fn lanes(v: V128) -> Self::Lanes;
    /// `inv_lanes_(t X M, c*)`
    fn inv_lanes(c: Self::Lanes) -> V128;
}

macro_rules! lane {
    ($($t:ident)*) => { $(
        impl Lane for $t {
            type Lanes = [Self; 16 / size_of::<Self>()];
            const M: usize = 16 / size_of::<Self>();
            #[inline(always)]
            fn lanes(v: V128) -> Self::Lanes {
                let bytes = v.0.as_chunks().0;
                std::array::from_fn(|i| $t::from_le_bytes(bytes[i]))
            }
            #[inline(always)]
            fn inv_lanes(c: Self::Lanes) -> V128 {
                let mut v = V128::default();
                for (bytes, c) in v.0.as_chunks_mut().0.iter_mut().zip(c) {
                    *bytes = c.to_le_bytes();
                }
                v
            }
        }
    )* };
}

lane! { u8 u16 u32 u64 }

/// Settles what an operator leaves open. Everything that implements [`Choices`] does, by choosing; so does the oracle,
/// which steers towards a given result.
pub trait Resolve {
    /// The value of a parameter of relaxed SIMD.
    fn relaxed(&mut self, r: Relaxed) -> u64;
    /// An element of the set of results of a lane, 0 for a scalar.
    fn resolve<T: Lane>(&mut self, lane: usize, set: Set<T>) -> T;
}

impl<C: Choices> Resolve for C {
    #[inline]
    fn relaxed(&mut self, r: Relaxed) -> u64 {
        self.choose(Choice::Relaxed(r))
    }
    #[inline(always)]
    fn resolve<T: Lane>(&mut self, _: usize, set: Set<T>) -> T {
        pick(set, self)
    }
}

/// The vector whose lanes are `f(0)`, `f(1)`, and so on.
#[inline(always)]
pub(super) fn build<T: Lane>(mut f: impl FnMut(usize) -> T) -> V128 {
    let mut c = T::lanes(V128::default());
    for (i, c) in c.as_mut().iter_mut().enumerate() {
        *c = f(i);
    }
    T::inv_lanes(c)
}

/// `ivunop_(sh, f, v_1)`
#[inline]
pub fn ivunop<T: Lane>(v_1: V128, f: impl Fn(T) -> T) -> V128 {
    let c_1 = T::lanes(v_1);
    build(|i| f(c_1.as_ref()[i]))
}

/// `ivbinop_(sh, f, v_1, v_2)`, `ivbinopsx_`
#[inline]
pub fn ivbinop<T: Lane>(v_1: V128, v_2: V128, f: impl Fn(T, T) -> T) -> V128 {
    let (c_1, c_2) = (T::lanes(v_1), T::lanes(v_2));
    build(|i| f(c_1.as_ref()[i], c_2.as_ref()[i]))
}

/// `ivrelop_(sh, f, v_1, v_2)`, `ivrelopsx_`, `fvrelop_`: all ones where `f` holds, else all zeros.
#[inline]
pub fn vrelops<T: Lane>(v_1: V128, v_2: V128, f: impl Fn(T, T) -> u32) -> V128 {
    ivbinop(v_1, v_2, |c_1, c_2| T::inv_signed(-i64::from(f(c_1, c_2))))
}

/// `fvunop_(sh, f, v_1)`: a vector out of the product of the lanes' sets.
#[inline]
pub fn fvunop<T: Lane, R: Resolve>(v_1: V128, ch: &mut R, mut f: impl FnMut(T, &mut R) -> Set<T>) -> V128 {
    let c_1 = T::lanes(v_1);
    build(|i| {
        let set = f(c_1.as_ref()[i], ch);
        ch.resolve(i, set)
    })
}

/// `fvbinop_(sh, f, v_1, v_2)`, `ivbinopsxnd_`: a vector out of the product of the lanes' sets.
#[inline]
pub fn fvbinop<T: Lane, R: Resolve>(
    v_1: V128,
    v_2: V128,
    ch: &mut R,
    mut f: impl FnMut(T, T, &mut R) -> Set<T>,
) -> V128 {
    let (c_1, c_2) = (T::lanes(v_1), T::lanes(v_2));
    build(|i| {
        let set = f(c_1.as_ref()[i], c_2.as_ref()[i], ch);
        ch.resolve(i, set)
    })
}

/// `fvternop_(sh, f, v_1, v_2, v_3)`, `ivternopnd_`: a vector out of the product of the lanes' sets.
#[inline]
pub fn fvternop<T: Lane, R: Resolve>(
    v_1: V128,
    v_2: V128,
    v_3: V128,
    ch: &mut R,
    mut f: impl FnMut(T, T, T, &mut R) -> Set<T>,
) -> V128 {
    let (c_1, c_2, c_3) = (T::lanes(v_1), T::lanes(v_2), T::lanes(v_3));
    build(|i| {
        let set = f(c_1.as_ref()[i], c_2.as_ref()[i], c_3.as_ref()[i], ch);
        ch.resolve(i, set)
    })
}

/// `ivbitmaskop_(sh, v_1)`: the sign bits, that of lane 0 lowest.
#[inline]
pub fn ivbitmaskop<T: Lane>(v_1: V128) -> u32 {
    T::lanes(v_1).as_ref().iter().enumerate().map(|(i, c)| u32::from(c.signed() < 0) << i).sum()
}

/// `iswizzle_lane_(N, c*, i)`
#[inline]
pub fn iswizzle_lane(c: &[u8; 16], i: u8) -> u8 {
    c.get(i as usize).copied().unwrap_or(0)
}
