//! The machine: one reduction after the other.

use super::*;
use crate::choice::Choices;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::RuleId;
use std::sync::atomic::Ordering;

/// A configuration that is being reduced, with the observer, the memory and the choices of the run.
pub struct Machine<'m, O, M, C> {
    /// The store.
    pub s: &'m mut Store,
    /// The frames and the instructions: the hole and its context.
    pub ctx: Zipper,
    /// Watches.
    pub o: &'m mut O,
    /// Answers reads of shared state.
    pub memory: &'m mut M,
    /// Chooses where the standard leaves a choice.
    pub choices: &'m mut C,
    /// The origin of the trap on its way outwards.
    trap: Option<Trap>,
    /// Why no rule applied.
    reason: &'static str,
    /// The rule of the last step; known only if steps are watched.
    last: Option<RuleId>,
    /// The rule of the step that is being made; known only if steps are watched.
    fired: Option<RuleId>,
    /// Which of the threads on the store it is.
    pub(crate) thread: ThreadId,
    /// The steps left in this slice for the code that is being run.
    left: u64,
    /// The steps left in this slice after the code has changed.
    unfinished: u64,
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
    /// The thread waits to be notified.
    Suspended,
}

/// Where the next redex is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// In the rest of the sequence, if the last one was there.
    Same,
    /// Perhaps in a contractum.
    Pending,
}

/// The result of one step.
pub(crate) type Reduced<T = ()> = Result<T, Halt>;

/// The contractum may hold instructions.
#[inline(always)]
fn pending(step: Reduced) -> Reduced<Next> {
    step.map(|()| Next::Pending)
}

/// After how many steps the clockless machine looks whether it is to be interrupted.
const SLICE: u64 = 1 << 16;

impl<'m, O: Observer, M: Memory, C: Choices> Machine<'m, O, M, C> {
    /// A machine about to reduce a configuration of a thread.
    pub fn on(
        s: &'m mut Store,
        ctx: Zipper,
        o: &'m mut O,
        memory: &'m mut M,
        choices: &'m mut C,
        thread: ThreadId,
    ) -> Self {
        o.thread(thread);
        Machine {
            s,
            ctx,
            o,
            memory,
            choices,
            trap: None,
            reason: "",
            last: None,
            fired: None,
            thread,
            left: 0,
            unfinished: 0,
        }
    }

    /// The same machine, about to go on where another one has been suspended.
    pub(crate) fn resumed(self, trap: Option<Trap>, last: Option<RuleId>) -> Self {
        Machine { trap, last, ..self }
    }

    /// What another machine needs to go on later: the configuration, and what [`Machine::resumed`] takes.
    pub(crate) fn suspend(self) -> (Zipper, Option<Trap>, Option<RuleId>) {
        (self.ctx, self.trap, self.last)
    }

    /// `Steps`: reduces until nothing is left to reduce, or a bound is reached. Nobody else is there: who waits gives up
    /// when there is a timeout, and otherwise waits forever.
    pub fn run(&mut self) -> Outcome {
        let mut left = self.s.bounds.steps;
        let halt = loop {
            let mut slice = left.min(SLICE);
            match self.run_slice(slice) {
                Ok(()) => {}
                Err(Halt::Suspended) => {
                    // What is left of the slice holds the step that gives up.
                    slice -= self.left + self.unfinished - 1;
                    if !self.time_out() {
                        break Halt::Suspended;
                    }
                }
                Err(halt) => break halt,
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

    /// Up to so many steps of a thread.
    pub(crate) fn steps(&mut self, steps: u64) -> Reduced {
        let mut left = steps;
        while left > 0 {
            let slice = left.min(SLICE);
            self.run_slice(slice)?;
            left -= slice;
            if self.s.bounds.interrupt.as_ref().is_some_and(|i| i.load(Ordering::Relaxed)) {
                return Err(Halt::Exhausted(Bound::Interrupted));
            }
        }
        Ok(())
    }

    pub(crate) fn outcome(&mut self, halt: Halt) -> Outcome {
        match halt {
            Halt::Suspended => Outcome::Deadlock,
            Halt::Exhausted(bound) => Outcome::Exhausted(bound),
            Halt::Stuck => Outcome::Stuck(Stuck { after: self.last, reason: self.reason }),
            Halt::Result => match self.ctx.pending.last() {
                None => Outcome::Values(self.ctx.values.drain(..).filter_map(Slot::value).collect()),
                Some(Instr::Trap) => Outcome::Trap(self.trap.expect("a trap has an origin")),
                Some(_) => match self.ctx.values.last().and_then(|slot| slot.as_ref()) {
                    Some(Ref::Exn(a)) => Outcome::Exception(a),
                    _ => unreachable!("what is left over is a trap or an exception"),
                },
            },
        }
    }

    /// Up to `steps` steps.
    fn run_slice(&mut self, steps: u64) -> Reduced {
        self.left = steps;
        self.unfinished = steps;
        while self.unfinished > 0 {
            self.left = std::mem::take(&mut self.unfinished);
            // The code is borrowed for as long as the frame's module stays the same; `switch_module` ends the loop.
            let code = self.module().module.code.clone();
            let code = code.instrs();
            self.run_pending()?;
            while self.left > 0 {
                self.left -= 1;
                let redex = &code[self.ctx.pc as usize];
                self.ctx.pc += 1;
                self.o.instruction(redex);
                if self.reduce(redex)? == Next::Pending && self.has_pending() {
                    self.run_pending()?;
                }
            }
        }
        Ok(())
    }

    /// Whether instructions of contracta are left in the innermost sequence.
    #[inline(always)]
    pub(crate) fn has_pending(&self) -> bool {
        self.ctx.pending.len() as u32 > self.ctx.pending_base
    }

    /// Reduces the instructions of contracta.
    #[inline(never)]
    fn run_pending(&mut self) -> Reduced {
        while self.has_pending() && self.left > 0 {
            self.left -= 1;
            if let Some(redex) = self.ctx.pending.pop() {
                self.reduce(&redex)?;
            }
        }
        Ok(())
    }

    /// The current frame has another module than the one before: its code must be fetched.
    #[cold]
    pub(crate) fn switch_module(&mut self) {
        self.unfinished += std::mem::take(&mut self.left);
    }

    /// Notes that a rule is used: all its premises hold.
    #[inline(always)]
    pub(crate) fn fire(&mut self, rule: RuleId) {
        self.o.rule(rule);
        if O::WATCHES_STEPS {
            self.fired = Some(rule);
        }
    }

    /// No rule applies.
    #[cold]
    pub(crate) fn stuck<T>(&mut self, reason: &'static str) -> Reduced<T> {
        self.reason = reason;
        Err(Halt::Stuck)
    }

    /// The contractum is `TRAP`, by a rule.
    #[cold]
    pub(crate) fn trap(&mut self, rule: RuleId, class: TrapClass) -> Reduced {
        self.fire(rule);
        self.traps(Trap { rule: Some(rule), class })
    }

    /// The contractum is `TRAP`.
    pub(crate) fn traps(&mut self, trap: Trap) -> Reduced {
        self.trap = Some(trap);
        self.ctx.pending.push(Instr::Trap);
        Ok(())
    }

    /// The contractum ends in instructions; its values have been pushed.
    #[inline(always)]
    pub(crate) fn instrs<const N: usize>(&mut self, instrs: [Instr; N]) -> Reduced {
        self.ctx.pending.extend(instrs.into_iter().rev());
        Ok(())
    }

    /// The contractum ends in one instruction, which is the next redex. Unless somebody watches or the slice is over, it
    /// is reduced at once and never lies among the pending ones; it is a step of its own all the same.
    #[inline(always)]
    pub(crate) fn then(&mut self, redex: Instr) -> Reduced {
        if O::WATCHES_STEPS || self.left == 0 {
            return self.instrs([redex]);
        }
        self.left -= 1;
        match redex {
            Instr::Block(bt, instrs) => self.block(bt, instrs),
            Instr::Loop(bt, instrs) => self.loop_(bt, instrs),
            Instr::Br(l) => self.br(l),
            Instr::CallRef(_) => self.call_ref(),
            redex => self.instrs([redex]),
        }
    }

    /// Takes of the store's bound, or ends the run.
    #[inline]
    pub(crate) fn reserve(&mut self, bytes: u64) -> Reduced {
        if self.s.reserve(bytes) { Ok(()) } else { Err(Halt::Exhausted(Bound::Memory)) }
    }

    /// Ends the run when store and stacks with `more` bytes exceed the bound.
    #[inline]
    pub(crate) fn check_stacks(&self, more: u64) -> Reduced {
        if self.s.has_room(self.ctx.size() + more) { Ok(()) } else { Err(Halt::Exhausted(Bound::Memory)) }
    }

    /// Makes room for `n` more values, or ends the run: where they exceed the bound, or what the allocator has.
    pub(crate) fn room_for_values(&mut self, n: u32) -> Reduced {
        self.check_stacks(n as u64 * size_of::<Slot>() as u64)?;
        if room(&mut self.ctx.values, n as usize) { Ok(()) } else { Err(Halt::Exhausted(Bound::Memory)) }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, v: impl Into<Slot>) {
        self.ctx.values.push(v.into());
    }

    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Reduced<Slot> {
        match self.ctx.values.pop() {
            Some(v) => Ok(v),
            None => self.stuck("a value is needed"),
        }
    }

    /// Pops a value that a contractum puts back among its instructions.
    pub(crate) fn pop_val(&mut self) -> Reduced<Value> {
        match self.ctx.values.pop().and_then(Slot::value) {
            Some(val) => Ok(val),
            None => self.stuck("a value is needed"),
        }
    }

    /// Pops `(i32.const i)`.
    #[inline(always)]
    pub(crate) fn pop_i32(&mut self) -> Reduced<u32> {
        match self.ctx.values.pop().and_then(Slot::as_i32) {
            Some(v) => Ok(v),
            None => self.stuck("an i32 is needed"),
        }
    }

    /// Pops `(i64.const i)`.
    #[inline(always)]
    pub(crate) fn pop_i64(&mut self) -> Reduced<u64> {
        match self.ctx.values.pop().and_then(Slot::as_i64) {
            Some(v) => Ok(v),
            None => self.stuck("an i64 is needed"),
        }
    }

    /// Pops `(f32.const c)`, as bits.
    #[inline(always)]
    pub(crate) fn pop_f32(&mut self) -> Reduced<u32> {
        match self.ctx.values.pop().and_then(Slot::as_f32) {
            Some(v) => Ok(v),
            None => self.stuck("an f32 is needed"),
        }
    }

    /// Pops `(f64.const c)`, as bits.
    #[inline(always)]
    pub(crate) fn pop_f64(&mut self) -> Reduced<u64> {
        match self.ctx.values.pop().and_then(Slot::as_f64) {
            Some(v) => Ok(v),
            None => self.stuck("an f64 is needed"),
        }
    }

    /// Pops `(nt.const c)`.
    #[inline(always)]
    pub(crate) fn pop_num(&mut self) -> Reduced<Num> {
        match self.ctx.values.pop().and_then(Slot::as_num) {
            Some(v) => Ok(v),
            None => self.stuck("a number is needed"),
        }
    }

    /// Pops `(v128.const c)`.
    #[inline(always)]
    pub(crate) fn pop_vec(&mut self) -> Reduced<V128> {
        match self.ctx.values.pop().and_then(Slot::as_vec) {
            Some(v) => Ok(v),
            None => self.stuck("a vector is needed"),
        }
    }

    /// Pops a reference.
    #[inline(always)]
    pub(crate) fn pop_ref(&mut self) -> Reduced<Ref> {
        match self.ctx.values.pop().and_then(Slot::as_ref) {
            Some(v) => Ok(v),
            None => self.stuck("a reference is needed"),
        }
    }

    /// Pops `(at.const i)`, an index into or a length of a memory or table.
    #[inline(always)]
    pub(crate) fn pop_at(&mut self) -> Reduced<(AddrType, u64)> {
        match self.ctx.values.pop().and_then(Slot::as_num) {
            Some(Num::I32(i)) => Ok((AddrType::I32, i as u64)),
            Some(Num::I64(i)) => Ok((AddrType::I64, i)),
            _ => self.stuck("an address is needed"),
        }
    }

    /// `moduleinst(z)`
    #[inline(always)]
    pub(crate) fn module(&self) -> &ModuleInst {
        &self.s.modules[self.ctx.frame.module.0 as usize]
    }

    /// `type(z, x)`
    #[inline(always)]
    pub(crate) fn ty(&mut self, x: TypeIdx) -> Reduced<DefType> {
        match self.module().types.get(x as usize) {
            Some(&dt) => Ok(dt),
            None => self.stuck("a type is needed"),
        }
    }

    /// Reduces one redex. An instruction of the program has been passed over, one of a contractum has been taken.
    #[inline(always)]
    fn reduce(&mut self, redex: &Instr) -> Reduced<Next> {
        if !O::WATCHES_STEPS || matches!(redex, Instr::Const(_) | Instr::Vconst(_) | Instr::Ref(_)) {
            return self.dispatch(redex);
        }
        if let Instr::Waiting(mem, offset, timeout) = *redex
            && self.waits()
        {
            self.left += 1;
            return pending(self.waiting(mem, offset, timeout));
        }
        self.o.redex(self.s, &self.ctx, *redex);
        let next = self.dispatch(redex)?;
        self.step_made();
        Ok(next)
    }

    /// The step announced by [`Observer::redex`] has been made.
    pub(crate) fn step_made(&mut self) {
        let rule = self.fired.take();
        self.o.contractum(self.s, &self.ctx, rule);
        self.last = rule.or(self.last);
    }

    #[inline(always)]
    fn dispatch(&mut self, redex: &Instr) -> Reduced<Next> {
        use Instr::*;
        match *redex {
            // A value in instruction position is moved to the left of the hole; that is no reduction.
            Const(c) => self.push(c),
            Vconst(c) => self.push(c),
            Ref(r) => self.push(r),

            Nop => self.nop()?,
            Unreachable => return pending(self.unreachable()),
            Drop => self.drop()?,
            Select(_) => self.select()?,

            Block(bt, instrs) => return pending(self.block(bt, instrs)),
            Loop(bt, instrs) => return pending(self.loop_(bt, instrs)),
            If(bt, instrs_1, instrs_2) => return pending(self.if_(bt, instrs_1, instrs_2)),
            End => return pending(self.end()),

            Br(l) => return pending(self.br(l)),
            BrIf(l) => return pending(self.br_if(l)),
            BrTable(ls, l) => return pending(self.br_table(ls, l)),
            BrOnNull(l) => return pending(self.br_on_null(l)),
            BrOnNonNull(l) => return pending(self.br_on_non_null(l)),
            BrOnCast(l, _, rt_2) => return pending(self.br_on_cast(l, rt_2)),
            BrOnCastFail(l, _, rt_2) => return pending(self.br_on_cast_fail(l, rt_2)),

            Call(x) => return pending(self.call(x)),
            CallRef(_) => return pending(self.call_ref()),
            CallIndirect(x, yy) => return pending(self.call_indirect(x, yy)),
            Return => return pending(self.return_()),
            ReturnCall(x) => return pending(self.return_call(x)),
            ReturnCallRef(yy) => return pending(self.return_call_ref(yy)),
            ReturnCallIndirect(x, yy) => return pending(self.return_call_indirect(x, yy)),

            Throw(x) => return pending(self.throw(x)),
            ThrowRef => return pending(self.throw_ref()),
            TryTable(bt, catches, instrs) => return pending(self.try_table(bt, catches, instrs)),
            Trap => return pending(self.trap_()),

            LocalGet(x) => self.local_get(x)?,
            LocalSet(x) => self.local_set(x)?,
            LocalTee(x) => return pending(self.local_tee(x)),
            GlobalGet(x) => self.global_get(x)?,
            GlobalSet(x) => self.global_set(x)?,

            TableGet(x) => return pending(self.table_get(x)),
            TableSet(x) => return pending(self.table_set(x)),
            TableSize(x) => self.table_size(x)?,
            TableGrow(x) => return pending(self.table_grow(x)),
            TableFill(x) => return pending(self.table_fill(x)),
            TableCopy(x, y) => return pending(self.table_copy(x, y)),
            TableInit(x, y) => return pending(self.table_init(x, y)),
            ElemDrop(x) => self.elem_drop(x)?,

            Load(nt, op, x, ao) => return pending(self.load(nt, op, x, ao)),
            Store(nt, sz, x, ao) => return pending(self.store(nt, sz, x, ao)),
            Vload(op, x, ao) => return pending(self.vload(op, x, ao)),
            VloadLane(sz, x, ao, j) => return pending(self.vload_lane(sz, x, ao, j)),
            Vstore(x, ao) => return pending(self.vstore(x, ao)),
            VstoreLane(sz, x, ao, j) => return pending(self.vstore_lane(sz, x, ao, j)),
            MemorySize(x) => self.memory_size(x)?,
            MemoryGrow(x) => return pending(self.memory_grow(x)),
            MemoryFill(x) => return pending(self.memory_fill(x)),
            MemoryCopy(x_1, x_2) => return pending(self.memory_copy(x_1, x_2)),
            MemoryInit(x, y) => return pending(self.memory_init(x, y)),
            DataDrop(x) => self.data_drop(x)?,

            RefNull(_) => self.ref_null()?,
            RefFunc(x) => self.ref_func(x)?,
            RefI31 => self.ref_i31()?,
            RefIsNull => self.ref_is_null()?,
            RefAsNonNull => return pending(self.ref_as_non_null()),
            RefEq => self.ref_eq()?,
            RefTest(rt) => self.ref_test(rt)?,
            RefCast(rt) => return pending(self.ref_cast(rt)),
            I31Get(sx) => return pending(self.i31_get(sx)),

            StructNew(x) => return pending(self.struct_new(x)),
            StructNewDefault(x) => return pending(self.struct_new_default(x)),
            StructGet(sx, x, i) => return pending(self.struct_get(sx, x, i)),
            StructSet(x, i) => return pending(self.struct_set(x, i)),

            ArrayNew(x) => return pending(self.array_new(x)),
            ArrayNewDefault(x) => return pending(self.array_new_default(x)),
            ArrayNewFixed(x, n) => return pending(self.array_new_fixed(x, n)),
            ArrayNewElem(x, y) => return pending(self.array_new_elem(x, y)),
            ArrayNewData(x, y) => return pending(self.array_new_data(x, y)),
            ArrayGet(sx, x) => return pending(self.array_get(sx, x)),
            ArraySet(x) => return pending(self.array_set(x)),
            ArrayLen => return pending(self.array_len()),
            ArrayFill(x) => return pending(self.array_fill(x)),
            ArrayCopy(x_1, x_2) => return pending(self.array_copy(x_1, x_2)),
            ArrayInitElem(x, y) => return pending(self.array_init_elem(x, y)),
            ArrayInitData(x, y) => return pending(self.array_init_data(x, y)),

            ExternConvertAny => return pending(self.extern_convert_any()),
            AnyConvertExtern => return pending(self.any_convert_extern()),

            Unop(op) => return pending(self.unop(op)),
            Binop(op) => return pending(self.binop(op)),
            Testop(nt, op) => self.testop(nt, op)?,
            Relop(op) => self.relop(op)?,
            Cvtop(nt_2, nt_1, op) => return pending(self.cvtop(nt_2, nt_1, op)),

            Vvunop(op) => return pending(self.vvunop(op)),
            Vvbinop(op) => return pending(self.vvbinop(op)),
            Vvternop(op) => return pending(self.vvternop(op)),
            Vvtestop(op) => return pending(self.vvtestop(op)),
            Vunop(op) => return pending(self.vunop(op)),
            Vbinop(op) => return pending(self.vbinop(op)),
            Vternop(op) => return pending(self.vternop(op)),
            Vtestop(op) => return pending(self.vtestop(op)),
            Vrelop(op) => return pending(self.vrelop(op)),
            Vshiftop(sh, op) => return pending(self.vshiftop(sh, op)),
            Vbitmask(sh) => return pending(self.vbitmask(sh)),
            Vswizzlop(op) => return pending(self.vswizzlop(op)),
            Vshuffle(lanes) => return pending(self.vshuffle(lanes)),
            Vsplat(sh) => return pending(self.vsplat(sh)),
            VextractLane(sh, sx, i) => return pending(self.vextract_lane(sh, sx, i)),
            VreplaceLane(sh, i) => return pending(self.vreplace_lane(sh, i)),
            Vextunop(sh_2, sh_1, op) => return pending(self.vextunop(sh_2, sh_1, op)),
            Vextbinop(sh_2, sh_1, op) => return pending(self.vextbinop(sh_2, sh_1, op)),
            Vextternop(sh_2, sh_1, op) => return pending(self.vextternop(sh_2, sh_1, op)),
            Vnarrow(sh_2, sh_1, sx) => return pending(self.vnarrow(sh_2, sh_1, sx)),
            Vcvtop(sh_2, sh_1, op) => return pending(self.vcvtop(sh_2, sh_1, op)),

            Atomic(atomic) => return pending(self.atomic(atomic)),
            RefI31Shared => self.ref_i31_shared()?,
            Waiting(mem, offset, timeout) => {
                // Being suspended is no step.
                let step = self.waiting(mem, offset, timeout);
                self.left += u64::from(step.is_err());
                return pending(step);
            }
        }
        Ok(Next::Same)
    }
}
