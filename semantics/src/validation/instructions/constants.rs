//! Constant instructions.

use super::super::error::{Derived, Premise, fail};
use super::Body;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Instr_const/const               C ⊢ (nt.const c) const
    /// Instr_const/vconst              C ⊢ (vt.const c) const
    /// Instr_const/ref.null            C ⊢ (ref.null ht) const
    /// Instr_const/ref.i31             C ⊢ (ref.i31) const
    /// Instr_const/ref.i31_shared      C ⊢ (ref.i31_shared) const
    /// Instr_const/ref.func            C ⊢ (ref.func x) const
    /// Instr_const/struct.new          C ⊢ (struct.new x) const
    /// Instr_const/struct.new_default  C ⊢ (struct.new_default x) const
    /// Instr_const/array.new           C ⊢ (array.new x) const
    /// Instr_const/array.new_default   C ⊢ (array.new_default x) const
    /// Instr_const/array.new_fixed     C ⊢ (array.new_fixed x n) const
    /// Instr_const/any.convert_extern  C ⊢ (any.convert_extern) const
    /// Instr_const/extern.convert_any  C ⊢ (extern.convert_any) const
    /// Instr_const/global.get          C ⊢ (global.get x) const  if C.globals[x] = t
    /// Instr_const/binop               C ⊢ (Inn.binop) const     if Inn ∈ i32 i64   if binop ∈ add sub mul
    /// ```
    pub(super) fn instr_const(&mut self, instr: &Instr) -> Derived {
        const EXPR: RuleId = rule!("Expr_const");
        let rule = match *instr {
            Instr::Const(_) => rule!("Instr_const/const"),
            Instr::Vconst(_) => rule!("Instr_const/vconst"),
            Instr::RefNull(_) => rule!("Instr_const/ref.null"),
            Instr::RefI31 => rule!("Instr_const/ref.i31"),
            Instr::RefI31Shared => rule!("Instr_const/ref.i31_shared"),
            Instr::RefFunc(_) => rule!("Instr_const/ref.func"),
            Instr::StructNew(_) => rule!("Instr_const/struct.new"),
            Instr::StructNewDefault(_) => rule!("Instr_const/struct.new_default"),
            Instr::ArrayNew(_) => rule!("Instr_const/array.new"),
            Instr::ArrayNewDefault(_) => rule!("Instr_const/array.new_default"),
            Instr::ArrayNewFixed(..) => rule!("Instr_const/array.new_fixed"),
            Instr::AnyConvertExtern => rule!("Instr_const/any.convert_extern"),
            Instr::ExternConvertAny => rule!("Instr_const/extern.convert_any"),
            Instr::GlobalGet(x) => {
                const GLOBAL_GET: RuleId = rule!("Instr_const/global.get");
                match self.c.globals.get(x as usize) {
                    Some(gt) if gt.mutable => {
                        return fail(GLOBAL_GET, Premise::NotConstant { instr: *instr });
                    }
                    // The rule that types it says so.
                    None => return Ok(()),
                    Some(_) => GLOBAL_GET,
                }
            }
            Instr::Binop(BinOp::I(_, IBinOp::Add | IBinOp::Sub | IBinOp::Mul)) => rule!("Instr_const/binop"),
            _ => return fail(EXPR, Premise::NotConstant { instr: *instr }),
        };
        self.o.rule(rule);
        Ok(())
    }
}
