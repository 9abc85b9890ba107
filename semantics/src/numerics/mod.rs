//! Chapter 3: numerics.
//!
//! | file of the standard | here |
//! |---|---|
//! | 3.0 relaxed | [`relaxed`] |
//! | 3.1 scalar | [`representation`], [`integer`], [`float`], [`convert`], and the dispatch over operators [`scalar`] |
//! | 3.2 vector | [`lanes`], and the dispatch over operators [`vector`] and [`extended`] |
//!
//! Functions carry the standard's names without the trailing underscores (`iadd_` is [`integer::iadd`], `trunc__` is
//! [`convert::trunc`]). Where the standard indexes by a width `N`, they are generic over the unsigned integer type of
//! that width; where it says `fN`, the type holds the bits of the number, never a host float, so that no NaN of the
//! host leaks.
//!
//! # Sets of results
//!
//! An operator of the standard returns a *set*: empty, one value, or all NaNs of a kind. A partial operator returns an
//! `Option` here, where `None` is the empty set (the rules turn it into a trap); one that may return a NaN returns a
//! [`Set`]. There is one implementation of each operator, and two readers of its sets: [`pick`] chooses an element by
//! asking [`Choices`](crate::choice::Choices), and the functions of [`oracle`] say whether a given result is one.
//!
//! # Totality
//!
//! No function panics. What no well-formed instruction asks (an operand of another type, a conversion between types
//! that have none) gives `None`, or 0 where the result is a truth value.

pub mod convert;
pub mod extended;
pub mod float;
pub mod integer;
pub mod lanes;
pub mod oracle;
pub mod relaxed;
pub mod representation;
pub mod scalar;
pub mod sets;
pub mod vector;

#[cfg(test)]
mod tests;

pub use extended::{vcvtop, vextbinop, vextternop, vextunop, vnarrowop};
pub use lanes::Resolve;
pub use oracle::{
    binop_allows, cvtop_allows, unop_allows, vbinop_allows, vcvtop_allows, vextbinop_allows, vextternop_allows,
    vswizzlop_allows, vternop_allows, vunop_allows,
};
pub use representation::{
    extend, ibytes, inv_ibytes, inv_nbytes, inv_signed, inv_vbytes, nbytes, signed, sx, vbytes, wrap,
};
pub use scalar::{
    binop, cvtop, fbinop32, fbinop64, frelop32, frelop64, funop32, funop64, ibinop32, ibinop64, irelop32, irelop64,
    itestop32, itestop64, iunop32, iunop64, relop, testop, unop,
};
pub use sets::{Set, pick};
pub use vector::{
    vbinop, vbitmaskop, vextract_lane, vrelop, vreplace_lane, vshiftop, vshufflop, vsplat, vswizzlop, vternop, vtestop,
    vunop, vvbinop, vvternop, vvtestop, vvunop,
};
