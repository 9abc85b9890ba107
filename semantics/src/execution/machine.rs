//! The machine: one reduction after the other.

use super::*;
use crate::choice::Choices;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::{RuleId, rule};
use std::sync::atomic::Ordering;

/// A configuration on its way, with who watches and who chooses.
pub struct Machine<'m, O, C> {
    /// The store.
    pub s: &'m mut Store,
    /// The frames and the instructions.
    pub z: Zipper,
    /// Who watches.
    pub o: &'m mut O,
    /// Who chooses.
    pub c: &'m mut C,
    /// The origin of the trap on its way outwards.
    trap: Option<Trap>,
    /// Why no rule applied.
    reason: &'static str,
    /// The last rule used.
    last: RuleId,
}

/// Why the machine stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The outermost sequence is a result.
    Result,
    /// No rule applies.
    Stuck,
    /// A bound was reached.
    Exhausted(Bound),
}

/// The result of one step.
pub(crate) type Step<T = ()> = Result<T, Halt>;

/// After how many steps the clockless machine looks whether it is to be interrupted.
const SLICE: u64 = 1 << 16;

impl<'m, O: Observer, C: Choices> Machine<'m, O, C> {
    /// A machine about to reduce a configuration.
    pub fn new(s: &'m mut Store, z: Zipper, o: &'m mut O, c: &'m mut C) -> Self {
        Machine { s, z, o, c, trap: None, reason: "", last: rule!("Steps/refl") }
    }

    /// `Steps`: reduces until nothing is left to reduce, or a bound is reached.
    pub fn run(&mut self) -> Outcome {
        let mut left = self.s.bounds.steps;
        let halt = loop {
            let slice = left.min(SLICE);
            if let Err(halt) = self.run_slice(slice) {
                break halt;
            }
            left -= slice;
            if left == 0 {
                break Halt::Exhausted(Bound::Steps);
            }
            if self.s.bounds.interrupt.as_ref().is_some_and(|i| i.load(Ordering::Relaxed)) {
                break Halt::Exhausted(Bound::Interrupted);
            }
        };
        self.outcome(halt)
    }

    fn outcome(&mut self, halt: Halt) -> Outcome {
        match halt {
            Halt::Exhausted(bound) => Outcome::Exhausted(bound),
            Halt::Stuck => Outcome::Stuck(Stuck { rule: self.last, reason: self.reason }),
            Halt::Result => match self.z.pending.last() {
                None => Outcome::Values(std::mem::take(&mut self.z.values)),
                Some(Instr::Trap) => Outcome::Trap(self.trap.expect("a trap has an origin")),
                Some(_) => match self.z.values.last() {
                    Some(&Value::Ref(Ref::Exn(a))) => Outcome::Exception(a),
                    _ => unreachable!("what is left over is a trap or an exception"),
                },
            },
        }
    }

    /// Up to `steps` steps.
    fn run_slice(&mut self, steps: u64) -> Step {
        let mut left = steps;
        while left > 0 {
            // The code is borrowed for as long as the frame's module stays the same.
            let module = self.z.frame.module;
            let code = self.s.modules[module.0 as usize].module.code.clone();
            let code = code.instrs();
            while left > 0 && self.z.frame.module == module {
                left -= 1;
                self.step(code)?;
            }
        }
        Ok(())
    }

    /// One step: takes the next redex and reduces it.
    #[inline(always)]
    fn step(&mut self, code: &[Instr]) -> Step {
        if self.z.pending.len() as u32 > self.z.pending_base {
            match self.z.pending.pop() {
                Some(redex) => self.reduce(&redex),
                None => Ok(()),
            }
        } else {
            let redex = &code[self.z.pc as usize];
            self.z.pc += 1;
            self.o.instruction(redex);
            self.reduce(redex)
        }
    }

    /// Notes that a rule is used.
    #[inline(always)]
    pub(crate) fn fire(&mut self, rule: RuleId) {
        self.o.rule(rule);
        if O::WATCHES_STEPS {
            self.last = rule;
        }
    }

    /// No rule applies.
    #[cold]
    pub(crate) fn stuck<T>(&mut self, reason: &'static str) -> Step<T> {
        self.reason = reason;
        Err(Halt::Stuck)
    }

    /// The contractum is `TRAP`.
    #[cold]
    pub(crate) fn trap(&mut self, rule: RuleId, class: TrapClass) -> Step {
        self.fire(rule);
        self.trap = Some(Trap { rule, class });
        self.z.pending.push(Instr::Trap);
        Ok(())
    }

    /// The contractum ends in instructions; its values have been pushed.
    #[inline(always)]
    pub(crate) fn instrs<const N: usize>(&mut self, instrs: [Instr; N]) -> Step {
        self.z.pending.extend(instrs.into_iter().rev());
        Ok(())
    }

    /// Takes of the store's bound, or ends the run.
    #[inline]
    pub(crate) fn reserve(&mut self, bytes: u64) -> Step {
        if self.s.reserve(bytes) { Ok(()) } else { Err(Halt::Exhausted(Bound::Memory)) }
    }

    /// Ends the run when store and stacks with `more` bytes exceed the bound.
    #[inline]
    pub(crate) fn check_stacks(&self, more: u64) -> Step {
        if self.s.used + self.z.size() + more > self.s.bounds.memory {
            return Err(Halt::Exhausted(Bound::Memory));
        }
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, v: impl Into<Value>) {
        self.z.values.push(v.into());
    }

    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Step<Value> {
        match self.z.values.pop() {
            Some(v) => Ok(v),
            None => self.stuck("a value is needed"),
        }
    }

    /// Pops `(i32.const i)`.
    #[inline(always)]
    pub(crate) fn pop_i32(&mut self) -> Step<u32> {
        match self.z.values.pop() {
            Some(Value::Num(Num::I32(i))) => Ok(i),
            _ => self.stuck("an i32 is needed"),
        }
    }

    /// Pops `(i64.const i)`.
    #[inline(always)]
    pub(crate) fn pop_i64(&mut self) -> Step<u64> {
        match self.z.values.pop() {
            Some(Value::Num(Num::I64(i))) => Ok(i),
            _ => self.stuck("an i64 is needed"),
        }
    }

    /// Pops `(f32.const c)`, as bits.
    #[inline(always)]
    pub(crate) fn pop_f32(&mut self) -> Step<u32> {
        match self.z.values.pop() {
            Some(Value::Num(Num::F32(c))) => Ok(c),
            _ => self.stuck("an f32 is needed"),
        }
    }

    /// Pops `(f64.const c)`, as bits.
    #[inline(always)]
    pub(crate) fn pop_f64(&mut self) -> Step<u64> {
        match self.z.values.pop() {
            Some(Value::Num(Num::F64(c))) => Ok(c),
            _ => self.stuck("an f64 is needed"),
        }
    }

    /// Pops `(nt.const c)`.
    #[inline(always)]
    pub(crate) fn pop_num(&mut self) -> Step<Num> {
        match self.z.values.pop() {
            Some(Value::Num(c)) => Ok(c),
            _ => self.stuck("a number is needed"),
        }
    }

    /// Pops `(v128.const c)`.
    #[inline(always)]
    pub(crate) fn pop_vec(&mut self) -> Step<V128> {
        match self.z.values.pop() {
            Some(Value::Vec(c)) => Ok(c),
            _ => self.stuck("a vector is needed"),
        }
    }

    /// Pops a reference.
    #[inline(always)]
    pub(crate) fn pop_ref(&mut self) -> Step<Ref> {
        match self.z.values.pop() {
            Some(Value::Ref(r)) => Ok(r),
            _ => self.stuck("a reference is needed"),
        }
    }

    /// Pops `(at.const i)`, an index into or a length of a memory or table.
    #[inline(always)]
    pub(crate) fn pop_at(&mut self) -> Step<(AddrType, u64)> {
        match self.z.values.pop() {
            Some(Value::Num(Num::I32(i))) => Ok((AddrType::I32, i as u64)),
            Some(Value::Num(Num::I64(i))) => Ok((AddrType::I64, i)),
            _ => self.stuck("an address is needed"),
        }
    }

    /// `moduleinst(z)`
    #[inline(always)]
    pub(crate) fn module(&self) -> &ModuleInst {
        &self.s.modules[self.z.frame.module.0 as usize]
    }

    /// `type(z, x)`
    #[inline(always)]
    pub(crate) fn ty(&mut self, x: TypeIdx) -> Step<DefType> {
        match self.module().types.get(x as usize) {
            Some(&dt) => Ok(dt),
            None => self.stuck("a type is needed"),
        }
    }

    /// Reduces one redex. An instruction of the program has been passed over, one of a contractum has been taken.
    #[inline(always)]
    fn reduce(&mut self, redex: &Instr) -> Step {
        if O::WATCHES_STEPS {
            self.o.redex(self.s, &self.z, *redex);
        }
        self.dispatch(redex)?;
        if O::WATCHES_STEPS {
            self.o.contractum(self.s, &self.z, self.last);
        }
        Ok(())
    }

    #[inline(always)]
    fn dispatch(&mut self, redex: &Instr) -> Step {
        use Instr::*;
        match *redex {
            // A value in instruction position is moved to the left of the hole; that is no reduction.
            Const(c) => {
                self.push(c);
                Ok(())
            }
            Vconst(c) => {
                self.push(c);
                Ok(())
            }
            Ref(r) => {
                self.push(r);
                Ok(())
            }

            Nop => self.nop(),
            Unreachable => self.unreachable(),
            Drop => self.drop(),
            Select(_) => self.select(),

            Block(bt, instrs) => self.block(bt, instrs),
            Loop(bt, instrs) => self.loop_(bt, instrs),
            If(bt, instrs_1, instrs_2) => self.if_(bt, instrs_1, instrs_2),
            End => self.end(),

            Br(l) => self.br(l),
            BrIf(l) => self.br_if(l),
            BrTable(ls, l) => self.br_table(ls, l),
            BrOnNull(l) => self.br_on_null(l),
            BrOnNonNull(l) => self.br_on_non_null(l),
            BrOnCast(l, _, rt_2) => self.br_on_cast(l, rt_2),
            BrOnCastFail(l, _, rt_2) => self.br_on_cast_fail(l, rt_2),

            Call(x) => self.call(x),
            CallRef(_) => self.call_ref(),
            CallIndirect(x, yy) => self.call_indirect(x, yy),
            Return => self.return_(),
            ReturnCall(x) => self.return_call(x),
            ReturnCallRef(yy) => self.return_call_ref(yy),
            ReturnCallIndirect(x, yy) => self.return_call_indirect(x, yy),

            Throw(x) => self.throw(x),
            ThrowRef => self.throw_ref(),
            TryTable(bt, catches, instrs) => self.try_table(bt, catches, instrs),
            Trap => self.trap_(),

            LocalGet(x) => self.local_get(x),
            LocalSet(x) => self.local_set(x),
            LocalTee(x) => self.local_tee(x),
            GlobalGet(x) => self.global_get(x),
            GlobalSet(x) => self.global_set(x),

            TableGet(x) => self.table_get(x),
            TableSet(x) => self.table_set(x),
            TableSize(x) => self.table_size(x),
            TableGrow(x) => self.table_grow(x),
            TableFill(x) => self.table_fill(x),
            TableCopy(x, y) => self.table_copy(x, y),
            TableInit(x, y) => self.table_init(x, y),
            ElemDrop(x) => self.elem_drop(x),

            Load(nt, op, x, ao) => self.load(nt, op, x, ao),
            Store(nt, sz, x, ao) => self.store(nt, sz, x, ao),
            Vload(op, x, ao) => self.vload(op, x, ao),
            VloadLane(sz, x, ao, j) => self.vload_lane(sz, x, ao, j),
            Vstore(x, ao) => self.vstore(x, ao),
            VstoreLane(sz, x, ao, j) => self.vstore_lane(sz, x, ao, j),
            MemorySize(x) => self.memory_size(x),
            MemoryGrow(x) => self.memory_grow(x),
            MemoryFill(x) => self.memory_fill(x),
            MemoryCopy(x_1, x_2) => self.memory_copy(x_1, x_2),
            MemoryInit(x, y) => self.memory_init(x, y),
            DataDrop(x) => self.data_drop(x),

            RefNull(_) => self.ref_null(),
            RefFunc(x) => self.ref_func(x),
            RefI31 => self.ref_i31(),
            RefIsNull => self.ref_is_null(),
            RefAsNonNull => self.ref_as_non_null(),
            RefEq => self.ref_eq(),
            RefTest(rt) => self.ref_test(rt),
            RefCast(rt) => self.ref_cast(rt),
            I31Get(sx) => self.i31_get(sx),

            StructNew(x) => self.struct_new(x),
            StructNewDefault(x) => self.struct_new_default(x),
            StructGet(sx, x, i) => self.struct_get(sx, x, i),
            StructSet(x, i) => self.struct_set(x, i),

            ArrayNew(x) => self.array_new(x),
            ArrayNewDefault(x) => self.array_new_default(x),
            ArrayNewFixed(x, n) => self.array_new_fixed(x, n),
            ArrayNewElem(x, y) => self.array_new_elem(x, y),
            ArrayNewData(x, y) => self.array_new_data(x, y),
            ArrayGet(sx, x) => self.array_get(sx, x),
            ArraySet(x) => self.array_set(x),
            ArrayLen => self.array_len(),
            ArrayFill(x) => self.array_fill(x),
            ArrayCopy(x_1, x_2) => self.array_copy(x_1, x_2),
            ArrayInitElem(x, y) => self.array_init_elem(x, y),
            ArrayInitData(x, y) => self.array_init_data(x, y),

            ExternConvertAny => self.extern_convert_any(),
            AnyConvertExtern => self.any_convert_extern(),

            Unop(op) => self.unop(op),
            Binop(op) => self.binop(op),
            Testop(nt, op) => self.testop(nt, op),
            Relop(op) => self.relop(op),
            Cvtop(nt_2, nt_1, op) => self.cvtop(nt_2, nt_1, op),

            Vvunop(op) => self.vvunop(op),
            Vvbinop(op) => self.vvbinop(op),
            Vvternop(op) => self.vvternop(op),
            Vvtestop(op) => self.vvtestop(op),
            Vunop(op) => self.vunop(op),
            Vbinop(op) => self.vbinop(op),
            Vternop(op) => self.vternop(op),
            Vtestop(op) => self.vtestop(op),
            Vrelop(op) => self.vrelop(op),
            Vshiftop(sh, op) => self.vshiftop(sh, op),
            Vbitmask(sh) => self.vbitmask(sh),
            Vswizzlop(op) => self.vswizzlop(op),
            Vshuffle(lanes) => self.vshuffle(lanes),
            Vsplat(sh) => self.vsplat(sh),
            VextractLane(sh, sx, i) => self.vextract_lane(sh, sx, i),
            VreplaceLane(sh, i) => self.vreplace_lane(sh, i),
            Vextunop(sh_2, sh_1, op) => self.vextunop(sh_2, sh_1, op),
            Vextbinop(sh_2, sh_1, op) => self.vextbinop(sh_2, sh_1, op),
            Vextternop(sh_2, sh_1, op) => self.vextternop(sh_2, sh_1, op),
            Vnarrow(sh_2, sh_1, sx) => self.vnarrow(sh_2, sh_1, sx),
            Vcvtop(sh_2, sh_1, op) => self.vcvtop(sh_2, sh_1, op),
        }
    }
}
