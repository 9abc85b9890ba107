//! Vector instructions.

use super::super::error::{Derived, Premise, fail};
use super::Body;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

const I32: ValType = ValType::I32;
const V128: ValType = ValType::V128;

impl<O: Observer> Body<'_, '_, O> {
    /// The instructions whose type depends on nothing but their kind.
    ///
    /// ```text
    /// Instr_ok/vconst      C ⊢ v128.const c : ε → v128
    /// Instr_ok/vvunop      C ⊢ v128.vvunop : v128 → v128
    /// Instr_ok/vvbinop     C ⊢ v128.vvbinop : v128 v128 → v128
    /// Instr_ok/vvternop    C ⊢ v128.vvternop : v128 v128 v128 → v128
    /// Instr_ok/vvtestop    C ⊢ v128.vvtestop : v128 → i32
    /// Instr_ok/vunop       C ⊢ sh.vunop : v128 → v128
    /// Instr_ok/vbinop      C ⊢ sh.vbinop : v128 v128 → v128
    /// Instr_ok/vternop     C ⊢ sh.vternop : v128 v128 v128 → v128
    /// Instr_ok/vtestop     C ⊢ sh.vtestop : v128 → i32
    /// Instr_ok/vrelop      C ⊢ sh.vrelop : v128 v128 → v128
    /// Instr_ok/vshiftop    C ⊢ sh.vshiftop : v128 i32 → v128
    /// Instr_ok/vbitmask    C ⊢ sh.bitmask : v128 → i32
    /// Instr_ok/vswizzlop   C ⊢ sh.vswizzlop : v128 v128 → v128
    /// Instr_ok/vextunop    C ⊢ sh1.vextunop_sh2 : v128 → v128
    /// Instr_ok/vextbinop   C ⊢ sh1.vextbinop_sh2 : v128 v128 → v128
    /// Instr_ok/vextternop  C ⊢ sh1.vextternop_sh2 : v128 v128 v128 → v128
    /// Instr_ok/vnarrow     C ⊢ sh1.narrow_sh2_sx : v128 v128 → v128
    /// Instr_ok/vcvtop      C ⊢ sh1.vcvtop_sh2 : v128 → v128
    /// ```
    pub(super) fn vector(&mut self, instr: &Instr) -> Derived {
        match instr {
            Instr::Vconst(_) => self.apply(rule!("Instr_ok/vconst"), &[], &[V128]),
            Instr::Vvunop(_) => self.apply(rule!("Instr_ok/vvunop"), &[V128], &[V128]),
            Instr::Vvbinop(_) => self.apply(rule!("Instr_ok/vvbinop"), &[V128, V128], &[V128]),
            Instr::Vvternop(_) => self.apply(rule!("Instr_ok/vvternop"), &[V128, V128, V128], &[V128]),
            Instr::Vvtestop(_) => self.apply(rule!("Instr_ok/vvtestop"), &[V128], &[I32]),
            Instr::Vunop(_) => self.apply(rule!("Instr_ok/vunop"), &[V128], &[V128]),
            Instr::Vbinop(_) => self.apply(rule!("Instr_ok/vbinop"), &[V128, V128], &[V128]),
            Instr::Vternop(_) => self.apply(rule!("Instr_ok/vternop"), &[V128, V128, V128], &[V128]),
            Instr::Vtestop(_) => self.apply(rule!("Instr_ok/vtestop"), &[V128], &[I32]),
            Instr::Vrelop(_) => self.apply(rule!("Instr_ok/vrelop"), &[V128, V128], &[V128]),
            Instr::Vshiftop(..) => self.apply(rule!("Instr_ok/vshiftop"), &[V128, I32], &[V128]),
            Instr::Vbitmask(_) => self.apply(rule!("Instr_ok/vbitmask"), &[V128], &[I32]),
            Instr::Vswizzlop(_) => self.apply(rule!("Instr_ok/vswizzlop"), &[V128, V128], &[V128]),
            Instr::Vextunop(..) => self.apply(rule!("Instr_ok/vextunop"), &[V128], &[V128]),
            Instr::Vextbinop(..) => self.apply(rule!("Instr_ok/vextbinop"), &[V128, V128], &[V128]),
            Instr::Vextternop(..) => self.apply(rule!("Instr_ok/vextternop"), &[V128, V128, V128], &[V128]),
            Instr::Vnarrow(..) => self.apply(rule!("Instr_ok/vnarrow"), &[V128, V128], &[V128]),
            Instr::Vcvtop(..) => self.apply(rule!("Instr_ok/vcvtop"), &[V128], &[V128]),
            _ => fail(rule!("Instrs_ok/instr"), Premise::NotInSource { instr: *instr }),
        }
    }

    /// ```text
    /// Instr_ok/vshuffle  C ⊢ sh.shuffle i* : v128 v128 → v128  if (i < 2·dim(sh))*
    /// ```
    pub(super) fn vshuffle(&mut self, is: [LaneIdx; 16]) -> Derived {
        const VSHUFFLE: RuleId = rule!("Instr_ok/vshuffle");
        for i in is {
            self.lane(VSHUFFLE, i, 2 * IShape::I8x16.dim())?;
        }
        self.apply(VSHUFFLE, &[V128, V128], &[V128])
    }

    /// ```text
    /// Instr_ok/vsplat  C ⊢ sh.splat : unpackshape(sh) → v128
    /// ```
    pub(super) fn vsplat(&mut self, sh: Shape) -> Derived {
        self.apply(rule!("Instr_ok/vsplat"), &[ValType::Num(sh.unpack())], &[V128])
    }

    /// ```text
    /// Instr_ok/vextract_lane  C ⊢ sh.extract_lane sx? i : v128 → unpackshape(sh)  if i < dim(sh)
    /// ```
    pub(super) fn vextract_lane(&mut self, sh: Shape, i: LaneIdx) -> Derived {
        const VEXTRACT_LANE: RuleId = rule!("Instr_ok/vextract_lane");
        self.lane(VEXTRACT_LANE, i, sh.dim())?;
        self.apply(VEXTRACT_LANE, &[V128], &[ValType::Num(sh.unpack())])
    }

    /// ```text
    /// Instr_ok/vreplace_lane  C ⊢ sh.replace_lane i : v128 unpackshape(sh) → v128  if i < dim(sh)
    /// ```
    pub(super) fn vreplace_lane(&mut self, sh: Shape, i: LaneIdx) -> Derived {
        const VREPLACE_LANE: RuleId = rule!("Instr_ok/vreplace_lane");
        self.lane(VREPLACE_LANE, i, sh.dim())?;
        self.apply(VREPLACE_LANE, &[V128, ValType::Num(sh.unpack())], &[V128])
    }
}
