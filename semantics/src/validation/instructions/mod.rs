//! Instructions, sequences and expressions (2.3-validation.instructions), by the algorithm of the standard's appendix.
//!
//! The rules leave guesses open: the part of the stack that an instruction leaves alone, the types of unreachable code. The
//! algorithm guesses nothing. It goes through a sequence once, with a stack of the operands' types and a stack of the
//! sequences around it; where a rule asks for a type, the type on the stack must match it. It reports rules to
//! [`Observer::rule`]: each `Instr_ok` when it has typed the instruction, and the rules for sequences where it does the
//! work of one.
//!
//! Neither nesting nor length touches the host's stack. The operands that one instruction pushes stay together until
//! another takes them apart, and the algorithm remembers which long lists of types match, so that instructions of a few
//! bytes do not each cost the thousands of operands that they may have.

mod aggregates;
mod atomics;
mod constants;
mod control;
mod locals;
mod memories;
mod numerics;
mod operands;
mod references;
mod shares;
mod tables;
mod vectors;

use super::contexts::Context;
use super::error::{Derived, Premise, fail};
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use control::{ControlFrame, Labelled};
use locals::Locals;
use lockstep_spec::RuleId;
use operands::{Operands, Segment};

/// An expression being validated: the stacks of the algorithm.
struct Body<'a, 'm, O> {
    c: &'a Context<'m>,
    code: &'m Code,
    o: &'a mut O,
    stack: Operands<'m>,
    /// The sequences being validated, innermost last: `C.labels` in reverse.
    frames: Vec<ControlFrame<'m>>,
    /// `C.locals`
    locals: Locals<'m>,
    /// `C.return`
    returns: Option<&'m [ValType]>,
    /// Whether it must be valid as shared.
    shared: bool,
}

/// The last premise of `Func_ok`, the locals being well-formed:
/// `C, locals (set t1)* lct*, labels (t2*), return (t2*) ⊢ expr : t2*`.
pub(super) fn function_body<'m, O: Observer>(
    c: &Context<'m>,
    code: &'m Code,
    ft: &'m FuncType,
    locals: &'m [ValType],
    expr: Expr,
    shared: bool,
    o: &mut O,
) -> Derived {
    let locals = Locals::new(&ft.params, locals);
    let (stack, frames, returns) = (Operands::default(), Vec::new(), Some(ft.results.as_slice()));
    Body { c, code, o, stack, frames, locals, returns, shared }.expr_ok(expr, &ft.results, false)
}

/// Typed as any expression, and made of constant instructions only.
///
/// ```text
/// Expr_const     C ⊢ instr* const    if (C ⊢ instr const)*
/// Expr_ok_const  C ⊢ expr : t const  if C ⊢ expr : t   if C ⊢ expr const
/// ```
pub(super) fn expr_ok_const<O: Observer>(
    c: &Context<'_>,
    code: &Code,
    expr: Expr,
    t: ValType,
    shared: bool,
    o: &mut O,
) -> Derived {
    let end = [t];
    let (stack, frames, locals, returns) = (Operands::default(), Vec::new(), Locals::default(), None);
    Body { c, code, o, stack, frames, locals, returns, shared }.expr_ok(expr, &end, true)?;
    o.rule(rule!("Expr_const"));
    o.rule(rule!("Expr_ok_const"));
    Ok(())
}

impl<'m, O: Observer> Body<'_, 'm, O> {
    /// ```text
    /// Expr_ok  C ⊢ instr* : t*  if C ⊢ instr* : ε → t*
    /// ```
    fn expr_ok(&mut self, expr: Expr, ts: &'m [ValType], constant: bool) -> Derived {
        let mut position = expr.0;
        self.enter(ControlFrame::new(rule!("Expr_ok"), Labelled { labels: ts, start: &[], end: ts }, position));
        let code = self.code;
        loop {
            let instr = &code.instrs()[position as usize];
            if O::WATCHES_TYPING {
                let (ts, unreachable) = self.stack.types();
                self.o.typing(position, &ts, unreachable);
            }
            match self.instr_ok(instr, position, constant) {
                Ok(Some(next)) => position = next,
                Ok(None) => return Ok(()),
                Err(mut fault) => {
                    fault.offset = Some(code.offset(position));
                    return Err(fault);
                }
            }
        }
    }

    /// Types the instruction at a position; then comes the one at the position given back, if any is left.
    fn instr_ok(&mut self, instr: &'m Instr, position: u32, constant: bool) -> Derived<Option<u32>> {
        if constant && !matches!(instr, Instr::End) {
            self.instr_const(instr)?;
        }
        if self.shared && !matches!(instr, Instr::End) {
            self.instr_shared(instr)?;
        }
        let next = position + 1;
        match *instr {
            Instr::End => return self.end(),
            Instr::Block(ref bt, seq) => return self.block(bt, seq, next),
            Instr::Loop(ref bt, seq) => return self.r#loop(bt, seq, next),
            Instr::If(ref bt, seq_1, seq_2) => return self.r#if(bt, seq_1, seq_2, next),
            Instr::TryTable(ref bt, catches, seq) => return self.try_table(bt, catches, seq, next),

            Instr::Nop => self.nop(),
            Instr::Unreachable => self.unreachable(),
            Instr::Drop => self.drop(),
            Instr::Select(None) => self.select_impl(),
            Instr::Select(Some(ts)) => self.select_expl(ts),

            Instr::Br(l) => self.br(l),
            Instr::BrIf(l) => self.br_if(l),
            Instr::BrTable(ls, l) => self.br_table(ls, l),
            Instr::BrOnNull(l) => self.br_on_null(l),
            Instr::BrOnNonNull(l) => self.br_on_non_null(l),
            Instr::BrOnCast(l, rt_1, rt_2) => self.br_on_cast(l, rt_1, rt_2),
            Instr::BrOnCastFail(l, rt_1, rt_2) => self.br_on_cast_fail(l, rt_1, rt_2),

            Instr::Call(x) => self.call(x),
            Instr::CallRef(x) => self.call_ref(x),
            Instr::CallIndirect(x, y) => self.call_indirect(x, y),
            Instr::Return => self.r#return(),
            Instr::ReturnCall(x) => self.return_call(x),
            Instr::ReturnCallRef(x) => self.return_call_ref(x),
            Instr::ReturnCallIndirect(x, y) => self.return_call_indirect(x, y),

            Instr::Throw(x) => self.throw(x),
            Instr::ThrowRef => self.throw_ref(),

            Instr::LocalGet(x) => self.local_get(x),
            Instr::LocalSet(x) => self.local_set(x),
            Instr::LocalTee(x) => self.local_tee(x),
            Instr::GlobalGet(x) => self.global_get(x),
            Instr::GlobalSet(x) => self.global_set(x),

            Instr::TableGet(x) => self.table_get(x),
            Instr::TableSet(x) => self.table_set(x),
            Instr::TableSize(x) => self.table_size(x),
            Instr::TableGrow(x) => self.table_grow(x),
            Instr::TableFill(x) => self.table_fill(x),
            Instr::TableCopy(x_1, x_2) => self.table_copy(x_1, x_2),
            Instr::TableInit(x, y) => self.table_init(x, y),
            Instr::ElemDrop(x) => self.elem_drop(x),

            Instr::Load(nt, op, x, memarg) => self.load(nt, op, x, memarg),
            Instr::Store(nt, sz, x, memarg) => self.store(nt, sz, x, memarg),
            Instr::Vload(op, x, memarg) => self.vload(op, x, memarg),
            Instr::VloadLane(sz, x, memarg, i) => self.vload_lane(sz, x, memarg, i),
            Instr::Vstore(x, memarg) => self.vstore(x, memarg),
            Instr::VstoreLane(sz, x, memarg, i) => self.vstore_lane(sz, x, memarg, i),
            Instr::MemorySize(x) => self.memory_size(x),
            Instr::MemoryGrow(x) => self.memory_grow(x),
            Instr::MemoryFill(x) => self.memory_fill(x),
            Instr::MemoryCopy(x_1, x_2) => self.memory_copy(x_1, x_2),
            Instr::MemoryInit(x, y) => self.memory_init(x, y),
            Instr::DataDrop(x) => self.data_drop(x),

            Instr::RefNull(ht) => self.ref_null(ht),
            Instr::RefIsNull => self.ref_is_null(),
            Instr::RefAsNonNull => self.ref_as_non_null(),
            Instr::RefEq => self.ref_eq(),
            Instr::RefTest(rt) => self.ref_test(rt),
            Instr::RefCast(rt) => self.ref_cast(rt),
            Instr::RefFunc(x) => self.ref_func(x),
            Instr::RefI31 => self.ref_i31(),
            Instr::I31Get(_) => self.i31_get(),
            Instr::ExternConvertAny => self.extern_convert_any(),
            Instr::AnyConvertExtern => self.any_convert_extern(),

            Instr::StructNew(x) => self.struct_new(x),
            Instr::StructNewDefault(x) => self.struct_new_default(x),
            Instr::StructGet(sx, x, i) => self.struct_get(sx, x, i),
            Instr::StructSet(x, i) => self.struct_set(x, i),
            Instr::ArrayNew(x) => self.array_new(x),
            Instr::ArrayNewDefault(x) => self.array_new_default(x),
            Instr::ArrayNewFixed(x, n) => self.array_new_fixed(x, n),
            Instr::ArrayNewData(x, y) => self.array_new_data(x, y),
            Instr::ArrayNewElem(x, y) => self.array_new_elem(x, y),
            Instr::ArrayGet(sx, x) => self.array_get(sx, x),
            Instr::ArraySet(x) => self.array_set(x),
            Instr::ArrayLen => self.array_len(),
            Instr::ArrayFill(x) => self.array_fill(x),
            Instr::ArrayCopy(x_1, x_2) => self.array_copy(x_1, x_2),
            Instr::ArrayInitData(x, y) => self.array_init_data(x, y),
            Instr::ArrayInitElem(x, y) => self.array_init_elem(x, y),

            Instr::Const(c) => self.r#const(c),
            Instr::Unop(op) => self.unop(op),
            Instr::Binop(op) => self.binop(op),
            Instr::Testop(inn, _) => self.testop(inn),
            Instr::Relop(op) => self.relop(op),
            Instr::Cvtop(nt_2, nt_1, _) => self.cvtop(nt_2, nt_1),

            Instr::Vconst(_)
            | Instr::Vvunop(_)
            | Instr::Vvbinop(_)
            | Instr::Vvternop(_)
            | Instr::Vvtestop(_)
            | Instr::Vunop(_)
            | Instr::Vbinop(_)
            | Instr::Vternop(_)
            | Instr::Vtestop(_)
            | Instr::Vrelop(_)
            | Instr::Vshiftop(..)
            | Instr::Vbitmask(_)
            | Instr::Vswizzlop(_)
            | Instr::Vextunop(..)
            | Instr::Vextbinop(..)
            | Instr::Vextternop(..)
            | Instr::Vnarrow(..)
            | Instr::Vcvtop(..) => self.vector(instr),
            Instr::Vshuffle(is) => self.vshuffle(is),
            Instr::Vsplat(sh) => self.vsplat(sh),
            Instr::VextractLane(sh, _, i) => self.vextract_lane(sh, i),
            Instr::VreplaceLane(sh, i) => self.vreplace_lane(sh, i),

            Instr::Atomic(atomic) => self.atomic(atomic),
            Instr::RefI31Shared => self.ref_i31_shared(),

            Instr::Ref(_) | Instr::Trap | Instr::Waiting(..) => {
                fail(rule!("Instrs_ok/instr"), Premise::NotInSource { instr: *instr })
            }
        }?;
        Ok(Some(next))
    }

    /// `C ⊢ instr : t_1* → t_2*` has been derived, and the sequence so far is one instruction longer.
    ///
    /// ```text
    /// Instrs_ok/instr  C ⊢ instr : t1* →_x* t2*  if C ⊢ instr : t1* →_x* t2*  (Instr_ok)
    /// Instrs_ok/seq    C ⊢ instr1* instr2* : t1* →_(x1* x2*) t3*
    ///                    if C ⊢ instr1* : t1* →_x1* t2*
    ///                    if (C.locals[x1] = init t)*
    ///                    if with_locals(C, x1*, (set t)*) ⊢ instr2* : t2* →_x2* t3*
    /// ```
    #[inline]
    fn derived(&mut self, rule: RuleId) -> Derived {
        if O::WATCHES_RULES {
            self.o.rule(rule);
            self.o.rule(rule!("Instrs_ok/instr"));
            if let Some(frame) = self.frames.last_mut()
                && std::mem::replace(&mut frame.begun, true)
            {
                self.o.rule(rule!("Instrs_ok/seq"));
            }
        }
        Ok(())
    }

    /// An instruction `t_1* → t_2*` without further premises.
    #[inline]
    fn apply(&mut self, rule: RuleId, t_1: &[ValType], t_2: &[ValType]) -> Derived {
        for &t in t_1.iter().rev() {
            self.pop(rule, t)?;
        }
        for &t in t_2 {
            self.stack.push(t);
        }
        self.derived(rule)
    }

    /// Takes an operand that must match `t`, and says what it is.
    #[inline]
    fn pop(&mut self, rule: RuleId, t: ValType) -> Derived<ValType> {
        match self.stack.pop() {
            None => fail(rule, Premise::StackUnderflow { needed: Some(t) }),
            Some(found) => {
                if found != t {
                    self.subsume(rule, found, t)?;
                }
                Ok(found)
            }
        }
    }

    /// Takes an operand of any type.
    fn pop_any(&mut self, rule: RuleId) -> Derived<ValType> {
        match self.stack.pop() {
            None => fail(rule, Premise::StackUnderflow { needed: None }),
            Some(found) => Ok(found),
        }
    }

    /// Takes an operand that must be a reference `ref null? ht`, and says what `ht` is. In unreachable code `bot` will do,
    /// because it matches whatever may be asked of it.
    fn pop_ref(&mut self, rule: RuleId) -> Derived<HeapType> {
        match self.pop_any(rule)? {
            ValType::Ref(rt) => Ok(rt.heap),
            ValType::Bot => Ok(HeapType::Abs(self.c.bot_share(), AbsHeapType::Bot)),
            found => fail(rule, Premise::NotReference { found }),
        }
    }

    /// Takes operands that must match `t*`.
    fn pop_all(&mut self, rule: RuleId, ts: &[ValType]) -> Derived {
        self.check_top(rule, ts, false)?;
        self.stack.discard(ts.len());
        Ok(())
    }

    /// What `pop_all` demands, without taking anything. Who watches is told of the operands that are of a smaller type
    /// than the one asked for, or of `each` of them.
    fn check_top(&mut self, rule: RuleId, ts: &[ValType], each: bool) -> Derived {
        let mut ts = ts;
        for i in 0.. {
            let Some((&t, rest)) = ts.split_last() else { break };
            match self.stack.peek(i) {
                None => return fail(rule, Premise::StackUnderflow { needed: Some(t) }),
                // Everything below is `bot` too, and matches.
                Some(Segment::One(ValType::Bot)) if !O::WATCHES_RULES && self.stack.only_assumed(i) => break,
                Some(Segment::One(found)) => {
                    self.operand_sub(rule, found, t, each)?;
                    ts = rest;
                }
                Some(Segment::Many(found)) => {
                    let n = found.len().min(ts.len());
                    let (rest, ts_n) = ts.split_at(ts.len() - n);
                    self.operands_sub(rule, &found[found.len() - n..], ts_n, each)?;
                    ts = rest;
                }
            }
        }
        Ok(())
    }

    /// An operand must match a type.
    #[inline]
    fn operand_sub(&mut self, rule: RuleId, found: ValType, needed: ValType, each: bool) -> Derived {
        if found != needed {
            self.subsume(rule, found, needed)?;
        } else if each {
            self.c.matching().valtype_sub(found, needed, self.o);
        }
        Ok(())
    }

    /// Operands must match types, one by one.
    fn operands_sub(&mut self, rule: RuleId, found: &'m [ValType], needed: &[ValType], each: bool) -> Derived {
        if !O::WATCHES_RULES && self.c.known_to_match(found, needed) {
            return Ok(());
        }
        for (&found, &needed) in found.iter().zip(needed).rev() {
            self.operand_sub(rule, found, needed, each)?;
        }
        self.c.remember_match(found, needed);
        Ok(())
    }

    /// An operand is of a smaller type than the one asked for.
    ///
    /// ```text
    /// Instrs_ok/sub  C ⊢ instr* : it'  if C ⊢ instr* : it   if C ⊢ it <: it'   if C ⊢ it' : ok
    /// ```
    fn subsume(&mut self, rule: RuleId, found: ValType, needed: ValType) -> Derived {
        if !self.c.matching().valtype_sub(found, needed, self.o) {
            return fail(rule, Premise::NotSubtype { found, needed });
        }
        self.subsumed();
        Ok(())
    }

    fn subsumed(&mut self) {
        self.o.rule(rule!("Resulttype_sub"));
        self.o.rule(rule!("Instrtype_sub"));
        self.o.rule(rule!("Instrs_ok/sub"));
    }

    /// `C ⊢ rt_1 <: rt_2`, a premise of `rule`.
    fn reftype_sub(&mut self, rule: RuleId, rt_1: RefType, rt_2: RefType) -> Derived {
        if !self.c.matching().reftype_sub(rt_1, rt_2, self.o) {
            return fail(rule, Premise::NotSubtype { found: ValType::Ref(rt_1), needed: ValType::Ref(rt_2) });
        }
        Ok(())
    }

    /// `C ⊢ t_1* <: t_2*`, a premise of `rule`.
    fn resulttype_sub(&mut self, rule: RuleId, t_1: &[ValType], t_2: &[ValType]) -> Derived {
        if !O::WATCHES_RULES && self.c.known_to_match(t_1, t_2) {
            return Ok(());
        }
        if !self.c.matching().resulttype_sub(t_1, t_2, self.o) {
            return fail(rule, Premise::NotSubtypes { found: t_1.to_vec(), needed: t_2.to_vec() });
        }
        self.c.remember_match(t_1, t_2);
        Ok(())
    }
}
