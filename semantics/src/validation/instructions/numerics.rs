//! Numeric instructions.

use super::super::error::Derived;
use super::Body;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Instr_ok/const  C ⊢ nt.const c : ε → nt
    /// ```
    pub(super) fn r#const(&mut self, c: Num) -> Derived {
        self.apply(rule!("Instr_ok/const"), &[], &[ValType::Num(c.numtype())])
    }

    /// ```text
    /// Instr_ok/unop  C ⊢ nt.unop : nt → nt
    /// ```
    pub(super) fn unop(&mut self, op: UnOp) -> Derived {
        let t = ValType::Num(match op {
            UnOp::I(inn, _) => inn.into(),
            UnOp::F(fnn, _) => fnn.into(),
        });
        self.apply(rule!("Instr_ok/unop"), &[t], &[t])
    }

    /// ```text
    /// Instr_ok/binop  C ⊢ nt.binop : nt nt → nt
    /// ```
    pub(super) fn binop(&mut self, op: BinOp) -> Derived {
        let t = ValType::Num(match op {
            BinOp::I(inn, _) => inn.into(),
            BinOp::F(fnn, _) => fnn.into(),
        });
        self.apply(rule!("Instr_ok/binop"), &[t, t], &[t])
    }

    /// ```text
    /// Instr_ok/testop  C ⊢ nt.testop : nt → i32
    /// ```
    pub(super) fn testop(&mut self, inn: Inn) -> Derived {
        self.apply(rule!("Instr_ok/testop"), &[ValType::Num(inn.into())], &[ValType::I32])
    }

    /// ```text
    /// Instr_ok/relop  C ⊢ nt.relop : nt nt → i32
    /// ```
    pub(super) fn relop(&mut self, op: RelOp) -> Derived {
        let t = ValType::Num(match op {
            RelOp::I(inn, _) => inn.into(),
            RelOp::F(fnn, _) => fnn.into(),
        });
        self.apply(rule!("Instr_ok/relop"), &[t, t], &[ValType::I32])
    }

    /// ```text
    /// Instr_ok/cvtop  C ⊢ nt1.cvtop_nt2 : nt2 → nt1
    /// ```
    pub(super) fn cvtop(&mut self, nt_1: NumType, nt_2: NumType) -> Derived {
        self.apply(rule!("Instr_ok/cvtop"), &[ValType::Num(nt_2)], &[ValType::Num(nt_1)])
    }
}
