//! Whether the standard allows a given result.
//!
//! Each function runs the operator itself, steering every choice towards the result: it is allowed exactly if some
//! value of the relaxed parameter lets the operator return it. A parameter has one value for all lanes.
//!
//! For the empty set there is nothing to ask: an operator that returns `None` under some choices does under all.

use super::lanes::{Lane, Resolve};
use super::*;
use crate::choice::{Choice, Relaxed};
use crate::syntax::*;

/// Steers towards a result: takes its lane out of each set that has it. The result is in the set of results of an
/// operator exactly if the operator then returns it, for some value of the relaxed parameter.
struct Towards {
    result: V128,
    /// The value of the relaxed parameter. No operator asks for more than one parameter.
    relaxed: u64,
}

impl Resolve for Towards {
    fn relaxed(&mut self, r: Relaxed) -> u64 {
        self.relaxed.min(Choice::Relaxed(r).alternatives() - 1)
    }
    fn resolve<T: Lane>(&mut self, lane: usize, set: Set<T>) -> T {
        let wanted = T::lanes(self.result).as_ref().get(lane).copied().unwrap_or_default();
        match set {
            _ if set.contains(wanted) => wanted,
            Set::One(c) | Set::Any(c) => c,
            Set::Nan(nans) => T::from_u64(nans.bits(0)),
        }
    }
}

/// No relaxed parameter has more alternatives; smaller ones are tried more than once.
const ALTERNATIVES: u64 = 4;

fn num_allows(c: Num, op: impl Fn(&mut Towards) -> Option<Num>) -> bool {
    let (b, _) = nbytes(c);
    op(&mut Towards { result: V128::from_u128(inv_ibytes(&b).into()), relaxed: 0 }) == Some(c)
}

fn vec_allows(c: V128, op: impl Fn(&mut Towards) -> Option<V128>) -> bool {
    (0..ALTERNATIVES).any(|relaxed| op(&mut Towards { result: c, relaxed }) == Some(c))
}

/// Whether `c` is in `unop_(nt, op, c_1)`.
pub fn unop_allows(op: UnOp, c_1: Num, c: Num) -> bool {
    num_allows(c, |to| unop(op, c_1, to))
}

/// Whether `c` is in `binop_(nt, op, c_1, c_2)`.
pub fn binop_allows(op: BinOp, c_1: Num, c_2: Num, c: Num) -> bool {
    num_allows(c, |to| binop(op, c_1, c_2, to))
}

/// Whether `c` is in `cvtop__(nt_1, nt_2, op, c_1)`.
pub fn cvtop_allows(nt_1: NumType, nt_2: NumType, op: CvtOp, c_1: Num, c: Num) -> bool {
    num_allows(c, |to| cvtop(nt_1, nt_2, op, c_1, to))
}

/// Whether `c` is in `vunop_(sh, op, c_1)`.
pub fn vunop_allows(op: VUnOp, c_1: V128, c: V128) -> bool {
    vec_allows(c, |to| vunop(op, c_1, to))
}

/// Whether `c` is in `vbinop_(sh, op, c_1, c_2)`.
pub fn vbinop_allows(op: VBinOp, c_1: V128, c_2: V128, c: V128) -> bool {
    vec_allows(c, |to| vbinop(op, c_1, c_2, to))
}

/// Whether `c` is in `vternop_(sh, op, c_1, c_2, c_3)`.
pub fn vternop_allows(op: VTernOp, c_1: V128, c_2: V128, c_3: V128, c: V128) -> bool {
    vec_allows(c, |to| vternop(op, c_1, c_2, c_3, to))
}

/// Whether `c` is in `vcvtop__(sh_1, sh_2, op, c_1)`.
pub fn vcvtop_allows(sh_1: Shape, sh_2: Shape, op: VCvtOp, c_1: V128, c: V128) -> bool {
    vec_allows(c, |to| vcvtop(sh_1, sh_2, op, c_1, to))
}

/// Whether `c` may be `vswizzlop_(sh, op, c_1, c_2)`.
pub fn vswizzlop_allows(op: VSwizzlOp, c_1: V128, c_2: V128, c: V128) -> bool {
    vec_allows(c, |to| Some(vswizzlop(op, c_1, c_2, to)))
}

/// Whether `c` may be `vextbinop__(sh_1, sh_2, op, c_1, c_2)`.
pub fn vextbinop_allows(sh_1: IShape, sh_2: IShape, op: VExtBinOp, c_1: V128, c_2: V128, c: V128) -> bool {
    vec_allows(c, |to| vextbinop(sh_1, sh_2, op, c_1, c_2, to))
}

/// Whether `c` may be `vextternop__(sh_1, sh_2, op, c_1, c_2, c_3)`.
pub fn vextternop_allows(sh_1: IShape, sh_2: IShape, op: VExtTernOp, c_1: V128, c_2: V128, c_3: V128, c: V128) -> bool {
    vec_allows(c, |to| vextternop(sh_1, sh_2, op, c_1, c_2, c_3, to))
}
