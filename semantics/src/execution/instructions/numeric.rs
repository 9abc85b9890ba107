//! Numeric instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::numerics;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// A unary operator.
    ///
    /// ```text
    /// Step_pure/unop-val   (nt.const c_1) (nt.unop)  ~>  (nt.const c)  if c ∈ unop(nt, unop, c_1)
    /// Step_pure/unop-trap  (nt.const c_1) (nt.unop)  ~>  trap          if unop(nt, unop, c_1) = ε
    /// ```
    #[inline(always)]
    pub(crate) fn unop(&mut self, op: UnOp) -> Reduced {
        let c_1 = self.pop_num()?;
        match numerics::unop(op, c_1, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/unop-val"));
                self.push(c);
                Ok(())
            }
            None => self.trap(rule!("Step_pure/unop-trap"), TrapClass::IntegerOverflow),
        }
    }

    /// A binary operator. Integer division has no result for a divisor of zero, and for the one quotient that is not
    /// representable.
    ///
    /// ```text
    /// Step_pure/binop-val   (nt.const c_1) (nt.const c_2) (nt.binop)  ~>  (nt.const c)  if c ∈ binop(nt, binop, c_1, c_2)
    /// Step_pure/binop-trap  (nt.const c_1) (nt.const c_2) (nt.binop)  ~>  trap          if binop(nt, binop, c_1, c_2) = ε
    /// ```
    #[inline(always)]
    pub(crate) fn binop(&mut self, op: BinOp) -> Reduced {
        match op {
            BinOp::I(Inn::I32, op) => {
                let c_2 = self.pop_i32()?;
                let c_1 = self.pop_i32()?;
                self.binop_result(numerics::ibinop32(op, c_1, c_2).map(Num::I32), c_2.into())
            }
            BinOp::I(Inn::I64, op) => {
                let c_2 = self.pop_i64()?;
                let c_1 = self.pop_i64()?;
                self.binop_result(numerics::ibinop64(op, c_1, c_2).map(Num::I64), c_2)
            }
            BinOp::F(Fnn::F32, op) => {
                let c_2 = self.pop_f32()?;
                let c_1 = self.pop_f32()?;
                let c = numerics::fbinop32(op, c_1, c_2, self.choices);
                self.binop_result(Some(Num::F32(c)), c_2.into())
            }
            BinOp::F(Fnn::F64, op) => {
                let c_2 = self.pop_f64()?;
                let c_1 = self.pop_f64()?;
                let c = numerics::fbinop64(op, c_1, c_2, self.choices);
                self.binop_result(Some(Num::F64(c)), c_2)
            }
        }
    }

    /// The contractum of a binary operator whose results are `c`, or none; `c_2` is its divisor.
    #[inline(always)]
    fn binop_result(&mut self, c: Option<Num>, c_2: u64) -> Reduced {
        match c {
            Some(c) => {
                self.fire(rule!("Step_pure/binop-val"));
                self.push(c);
                Ok(())
            }
            None => self.trap(rule!("Step_pure/binop-trap"), division_trap(c_2)),
        }
    }

    /// A test.
    ///
    /// ```text
    /// Step_pure/testop  (nt.const c_1) (nt.testop)  ~>  (i32.const c)  if c = testop(nt, testop, c_1)
    /// ```
    #[inline(always)]
    pub(crate) fn testop(&mut self, nt: Inn, op: TestOp) -> Reduced {
        let TestOp::Eqz = op;
        let c = match nt {
            Inn::I32 => self.pop_i32()? == 0,
            Inn::I64 => self.pop_i64()? == 0,
        };
        self.fire(rule!("Step_pure/testop"));
        self.push(Num::I32(c as u32));
        Ok(())
    }

    /// A comparison.
    ///
    /// ```text
    /// Step_pure/relop  (nt.const c_1) (nt.const c_2) (nt.relop)  ~>  (i32.const c)  if c = relop(nt, relop, c_1, c_2)
    /// ```
    #[inline(always)]
    pub(crate) fn relop(&mut self, op: RelOp) -> Reduced {
        let c = match op {
            RelOp::I(Inn::I32, op) => {
                let c_2 = self.pop_i32()?;
                let c_1 = self.pop_i32()?;
                numerics::irelop32(op, c_1, c_2)
            }
            RelOp::I(Inn::I64, op) => {
                let c_2 = self.pop_i64()?;
                let c_1 = self.pop_i64()?;
                numerics::irelop64(op, c_1, c_2)
            }
            RelOp::F(Fnn::F32, op) => {
                let c_2 = self.pop_f32()?;
                let c_1 = self.pop_f32()?;
                numerics::frelop32(op, c_1, c_2)
            }
            RelOp::F(Fnn::F64, op) => {
                let c_2 = self.pop_f64()?;
                let c_1 = self.pop_f64()?;
                numerics::frelop64(op, c_1, c_2)
            }
        };
        self.fire(rule!("Step_pure/relop"));
        self.push(Num::I32(c));
        Ok(())
    }

    /// A conversion. Truncation has no result for NaN and for what is not representable.
    ///
    /// ```text
    /// Step_pure/cvtop-val   (nt_1.const c_1) (nt_2.cvtop_nt_1)  ~>  (nt_2.const c)  if c ∈ cvtop(nt_1, nt_2, cvtop, c_1)
    /// Step_pure/cvtop-trap  (nt_1.const c_1) (nt_2.cvtop_nt_1)  ~>  trap            if cvtop(nt_1, nt_2, cvtop, c_1) = ε
    /// ```
    #[inline(always)]
    pub(crate) fn cvtop(&mut self, nt_2: NumType, nt_1: NumType, op: CvtOp) -> Reduced {
        let c_1 = self.pop_num()?;
        match numerics::cvtop(nt_1, nt_2, op, c_1, self.choices) {
            Some(c) => {
                self.fire(rule!("Step_pure/cvtop-val"));
                self.push(c);
                Ok(())
            }
            None => {
                let nan = match c_1 {
                    Num::F32(c) => f32::from_bits(c).is_nan(),
                    Num::F64(c) => f64::from_bits(c).is_nan(),
                    Num::I32(_) | Num::I64(_) => false,
                };
                let class = if nan { TrapClass::InvalidConversion } else { TrapClass::IntegerOverflow };
                self.trap(rule!("Step_pure/cvtop-trap"), class)
            }
        }
    }
}

/// Why a division has no result.
fn division_trap(divisor: u64) -> TrapClass {
    if divisor == 0 { TrapClass::DivisionByZero } else { TrapClass::IntegerOverflow }
}
