//! Vector instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::numerics;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// A bitwise unary operator.
    ///
    /// ```text
    /// Step_pure/vvunop  (v128.const c_1) (v128.vvunop)  ~>  (v128.const c)  if c ∈ vvunop(v128, vvunop, c_1)
    /// ```
    pub(crate) fn vvunop(&mut self, op: VVUnOp) -> Reduced {
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vvunop"));
        self.push(numerics::vvunop(op, c_1));
        Ok(())
    }

    /// A bitwise binary operator.
    ///
    /// ```text
    /// Step_pure/vvbinop  (v128.const c_1) (v128.const c_2) (v128.vvbinop)  ~>  (v128.const c)  if c ∈ vvbinop(v128, vvbinop, c_1, c_2)
    /// ```
    pub(crate) fn vvbinop(&mut self, op: VVBinOp) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vvbinop"));
        self.push(numerics::vvbinop(op, c_1, c_2));
        Ok(())
    }

    /// A bitwise ternary operator.
    ///
    /// ```text
    /// Step_pure/vvternop  (v128.const c_1) (v128.const c_2) (v128.const c_3) (v128.vvternop)  ~>  (v128.const c)  if c ∈ vvternop(v128, vvternop, c_1, c_2, c_3)
    /// ```
    pub(crate) fn vvternop(&mut self, op: VVTernOp) -> Reduced {
        let c_3 = self.pop_vec()?;
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vvternop"));
        self.push(numerics::vvternop(op, c_1, c_2, c_3));
        Ok(())
    }

    /// Whether any bit is set.
    ///
    /// ```text
    /// Step_pure/vvtestop  (v128.const c_1) (v128.any_true)  ~>  (i32.const c)  if c = inez(128, c_1)
    /// ```
    pub(crate) fn vvtestop(&mut self, op: VVTestOp) -> Reduced {
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vvtestop"));
        self.push(Num::I32(numerics::vvtestop(op, c_1)));
        Ok(())
    }

    /// A lane-wise unary operator.
    ///
    /// ```text
    /// Step_pure/vunop-val   (v128.const c_1) (sh.vunop)  ~>  (v128.const c)  if c ∈ vunop(sh, vunop, c_1)
    /// Step_pure/vunop-trap  (v128.const c_1) (sh.vunop)  ~>  trap            if vunop(sh, vunop, c_1) = ε
    /// ```
    pub(crate) fn vunop(&mut self, op: VUnOp) -> Reduced {
        let c_1 = self.pop_vec()?;
        match numerics::vunop(op, c_1, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/vunop-val"));
                self.push(c);
                Ok(())
            }
            None => self.trap(rule!("Step_pure/vunop-trap"), TrapClass::IntegerOverflow),
        }
    }

    /// A lane-wise binary operator.
    ///
    /// ```text
    /// Step_pure/vbinop-val   (v128.const c_1) (v128.const c_2) (sh.vbinop)  ~>  (v128.const c)  if c ∈ vbinop(sh, vbinop, c_1, c_2)
    /// Step_pure/vbinop-trap  (v128.const c_1) (v128.const c_2) (sh.vbinop)  ~>  trap            if vbinop(sh, vbinop, c_1, c_2) = ε
    /// ```
    pub(crate) fn vbinop(&mut self, op: VBinOp) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        match numerics::vbinop(op, c_1, c_2, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/vbinop-val"));
                self.push(c);
                Ok(())
            }
            None => self.trap(rule!("Step_pure/vbinop-trap"), TrapClass::IntegerOverflow),
        }
    }

    /// A lane-wise ternary operator.
    ///
    /// ```text
    /// Step_pure/vternop-val   (v128.const c_1) (v128.const c_2) (v128.const c_3) (sh.vternop)  ~>  (v128.const c)  if c ∈ vternop(sh, vternop, c_1, c_2, c_3)
    /// Step_pure/vternop-trap  (v128.const c_1) (v128.const c_2) (v128.const c_3) (sh.vternop)  ~>  trap            if vternop(sh, vternop, c_1, c_2, c_3) = ε
    /// ```
    pub(crate) fn vternop(&mut self, op: VTernOp) -> Reduced {
        let c_3 = self.pop_vec()?;
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        match numerics::vternop(op, c_1, c_2, c_3, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/vternop-val"));
                self.push(c);
                Ok(())
            }
            None => self.trap(rule!("Step_pure/vternop-trap"), TrapClass::IntegerOverflow),
        }
    }

    /// Whether all lanes are non-zero.
    ///
    /// ```text
    /// Step_pure/vtestop  (v128.const c_1) (JnnxM.all_true)  ~>  (i32.const c)
    ///                    if i* = lanes(JnnxM, c_1) and c = prod(inez(size(Jnn), i)*)
    /// ```
    pub(crate) fn vtestop(&mut self, op: VTestOp) -> Reduced {
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vtestop"));
        self.push(Num::I32(numerics::vtestop(op, c_1)));
        Ok(())
    }

    /// A lane-wise comparison.
    ///
    /// ```text
    /// Step_pure/vrelop  (v128.const c_1) (v128.const c_2) (sh.vrelop)  ~>  (v128.const c)
    ///                   if c = vrelop(sh, vrelop, c_1, c_2)
    /// ```
    pub(crate) fn vrelop(&mut self, op: VRelOp) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vrelop"));
        self.push(numerics::vrelop(op, c_1, c_2));
        Ok(())
    }

    /// A lane-wise shift.
    ///
    /// ```text
    /// Step_pure/vshiftop  (v128.const c_1) (i32.const i) (sh.vshiftop)  ~>  (v128.const c)
    ///                     if c = vshiftop(sh, vshiftop, c_1, i)
    /// ```
    pub(crate) fn vshiftop(&mut self, sh: IShape, op: VShiftOp) -> Reduced {
        let i = self.pop_i32()?;
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vshiftop"));
        self.push(numerics::vshiftop(sh, op, c_1, i));
        Ok(())
    }

    /// The signs of the lanes.
    ///
    /// ```text
    /// Step_pure/vbitmask  (v128.const c_1) (sh.bitmask)  ~>  (i32.const c)  if c = vbitmaskop(sh, c_1)
    /// ```
    pub(crate) fn vbitmask(&mut self, sh: IShape) -> Reduced {
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vbitmask"));
        self.push(Num::I32(numerics::vbitmaskop(sh, c_1)));
        Ok(())
    }

    /// Lanes chosen by a vector.
    ///
    /// ```text
    /// Step_pure/vswizzlop  (v128.const c_1) (v128.const c_2) (sh.vswizzlop)  ~>  (v128.const c)
    ///                      if c = vswizzlop(sh, vswizzlop, c_1, c_2)
    /// ```
    pub(crate) fn vswizzlop(&mut self, op: VSwizzlOp) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vswizzlop"));
        let c = numerics::vswizzlop(op, c_1, c_2, self.choices);
        self.push(c);
        Ok(())
    }

    /// Lanes chosen by the instruction.
    ///
    /// ```text
    /// Step_pure/vshuffle  (v128.const c_1) (v128.const c_2) (sh.shuffle i*)  ~>  (v128.const c)
    ///                     if c = vshufflop(sh, i*, c_1, c_2)
    /// ```
    pub(crate) fn vshuffle(&mut self, lanes: [LaneIdx; 16]) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        self.fire(rule!("Step_pure/vshuffle"));
        self.push(numerics::vshufflop(lanes, c_1, c_2));
        Ok(())
    }

    /// One number in all lanes.
    ///
    /// ```text
    /// Step_pure/vsplat  (unpack(Lnn).const c_1) (LnnxM.splat)  ~>  (v128.const c)
    ///                   if c = lanes⁻¹(LnnxM, pack(Lnn, c_1)^M)
    /// ```
    pub(crate) fn vsplat(&mut self, sh: Shape) -> Reduced {
        let c_1 = self.pop_num()?;
        match numerics::vsplat(sh, c_1) {
            Some(c) => {
                self.fire(rule!("Step_pure/vsplat"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("a number of the lanes' type is needed"),
        }
    }

    /// One lane as a number.
    ///
    /// ```text
    /// Step_pure/vextract_lane-num   (v128.const c_1) (ntxM.extract_lane i)     ~>  (nt.const c_2)
    ///                               if c_2 = lanes(ntxM, c_1)[i]
    /// Step_pure/vextract_lane-pack  (v128.const c_1) (ptxM.extract_lane_sx i)  ~>  (i32.const c_2)
    ///                               if c_2 = extend(size(pt), 32, sx, lanes(ptxM, c_1)[i])
    /// ```
    pub(crate) fn vextract_lane(&mut self, sh: Shape, sx: Option<Sx>, i: LaneIdx) -> Reduced {
        let c_1 = self.pop_vec()?;
        match numerics::vextract_lane(sh, sx, c_1, i) {
            Some(c_2) => {
                match sx {
                    None => self.fire(rule!("Step_pure/vextract_lane-num")),
                    Some(_) => self.fire(rule!("Step_pure/vextract_lane-pack")),
                }
                self.push(c_2);
                Ok(())
            }
            None => self.stuck("a lane is needed"),
        }
    }

    /// A vector with one lane changed.
    ///
    /// ```text
    /// Step_pure/vreplace_lane  (v128.const c_1) (unpack(Lnn).const c_2) (LnnxM.replace_lane i)  ~>  (v128.const c)
    ///                          if c = lanes⁻¹(LnnxM, lanes(LnnxM, c_1)[[i] = pack(Lnn, c_2)])
    /// ```
    pub(crate) fn vreplace_lane(&mut self, sh: Shape, i: LaneIdx) -> Reduced {
        let c_2 = self.pop_num()?;
        let c_1 = self.pop_vec()?;
        match numerics::vreplace_lane(sh, c_1, i, c_2) {
            Some(c) => {
                self.fire(rule!("Step_pure/vreplace_lane"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("a number of the lane's type is needed"),
        }
    }

    /// A unary operator to wider lanes.
    ///
    /// ```text
    /// Step_pure/vextunop  (v128.const c_1) (sh_2.vextunop_sh_1)  ~>  (v128.const c)
    ///                   if vextunop(sh_1, sh_2, vextunop, c_1) = c
    /// ```
    pub(crate) fn vextunop(&mut self, sh_2: IShape, sh_1: IShape, op: VExtUnOp) -> Reduced {
        let c_1 = self.pop_vec()?;
        match numerics::vextunop(sh_1, sh_2, op, c_1) {
            Some(c) => {
                self.fire(rule!("Step_pure/vextunop"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("an operator between these shapes is needed"),
        }
    }

    /// A binary operator to wider lanes.
    ///
    /// ```text
    /// Step_pure/vextbinop  (v128.const c_1) (v128.const c_2) (sh_2.vextbinop_sh_1)  ~>  (v128.const c)
    ///                   if vextbinop(sh_1, sh_2, vextbinop, c_1, c_2) = c
    /// ```
    pub(crate) fn vextbinop(&mut self, sh_2: IShape, sh_1: IShape, op: VExtBinOp) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        match numerics::vextbinop(sh_1, sh_2, op, c_1, c_2, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/vextbinop"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("an operator between these shapes is needed"),
        }
    }

    /// A ternary operator to wider lanes.
    ///
    /// ```text
    /// Step_pure/vextternop  (v128.const c_1) (v128.const c_2) (v128.const c_3) (sh_2.vextternop_sh_1)  ~>  (v128.const c)
    ///                   if vextternop(sh_1, sh_2, vextternop, c_1, c_2, c_3) = c
    /// ```
    pub(crate) fn vextternop(&mut self, sh_2: IShape, sh_1: IShape, op: VExtTernOp) -> Reduced {
        let c_3 = self.pop_vec()?;
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        match numerics::vextternop(sh_1, sh_2, op, c_1, c_2, c_3, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/vextternop"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("an operator between these shapes is needed"),
        }
    }

    /// Lanes of two vectors as narrower lanes of one.
    ///
    /// ```text
    /// Step_pure/vnarrow  (v128.const c_1) (v128.const c_2) (sh_2.narrow_sh_1_sx)  ~>  (v128.const c)
    ///                    if c = vnarrowop(sh_1, sh_2, sx, c_1, c_2)
    /// ```
    pub(crate) fn vnarrow(&mut self, sh_2: IShape, sh_1: IShape, sx: Sx) -> Reduced {
        let c_2 = self.pop_vec()?;
        let c_1 = self.pop_vec()?;
        match numerics::vnarrowop(sh_1, sh_2, sx, c_1, c_2) {
            Some(c) => {
                self.fire(rule!("Step_pure/vnarrow"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("an operator between these shapes is needed"),
        }
    }

    /// A lane-wise conversion.
    ///
    /// ```text
    /// Step_pure/vcvtop  (v128.const c_1) (sh_2.vcvtop_sh_1)  ~>  (v128.const c)
    ///                   if c = vcvtop(sh_1, sh_2, vcvtop, c_1)
    /// ```
    pub(crate) fn vcvtop(&mut self, sh_2: Shape, sh_1: Shape, op: VCvtOp) -> Reduced {
        let c_1 = self.pop_vec()?;
        match numerics::vcvtop(sh_1, sh_2, op, c_1, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/vcvtop"));
                self.push(c);
                Ok(())
            }
            None => self.stuck("an operator between these shapes is needed"),
        }
    }
}
