//! Parametric, block and branch instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// Ends the invocation.
    ///
    /// ```text
    /// Step_pure/unreachable  unreachable  ~>  trap
    /// ```
    pub(crate) fn unreachable(&mut self) -> Reduced {
        self.trap(rule!("Step_pure/unreachable"), TrapClass::Unreachable)
    }

    /// Nothing.
    ///
    /// ```text
    /// Step_pure/nop  nop  ~>  ε
    /// ```
    #[inline(always)]
    pub(crate) fn nop(&mut self) -> Reduced {
        self.fire(rule!("Step_pure/nop"));
        Ok(())
    }

    /// Forgets a value.
    ///
    /// ```text
    /// Step_pure/drop  val drop  ~>  ε
    /// ```
    #[inline(always)]
    pub(crate) fn drop(&mut self) -> Reduced {
        self.pop()?;
        self.fire(rule!("Step_pure/drop"));
        Ok(())
    }

    /// One of two values.
    ///
    /// ```text
    /// Step_pure/select-true   val_1 val_2 (i32.const c) (select (t*)?)  ~>  val_1   if c ≠ 0
    /// Step_pure/select-false  val_1 val_2 (i32.const c) (select (t*)?)  ~>  val_2   if c = 0
    /// ```
    #[inline(always)]
    pub(crate) fn select(&mut self) -> Reduced {
        let c = self.pop_i32()?;
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        if c != 0 {
            self.fire(rule!("Step_pure/select-true"));
            self.push(val_1);
        } else {
            self.fire(rule!("Step_pure/select-false"));
            self.push(val_2);
        }
        Ok(())
    }

    /// `blocktype(z, bt)`: how many values go in and come out.
    #[inline(always)]
    pub(super) fn blocktype(&mut self, bt: BlockType) -> Reduced<(u32, u32)> {
        match bt {
            BlockType::Result(t) => Ok((0, t.is_some() as u32)),
            BlockType::Idx(x) => {
                let dt = self.ty(x)?;
                match self.s.types.expand(dt) {
                    CompType::Func(ft) => Ok((ft.params.len() as u32, ft.results.len() as u32)),
                    CompType::Struct(_) | CompType::Array(_) => self.stuck("a function type is needed"),
                }
            }
        }
    }

    /// There are `val^m`, the operands of a block.
    #[inline(always)]
    pub(super) fn has_operands(&mut self, m: u32) -> Reduced {
        if self.ctx.values.len() < self.ctx.layer().values as usize + m as usize {
            return self.stuck("operands of a block are needed");
        }
        Ok(())
    }

    /// A block.
    ///
    /// ```text
    /// Step_read/block  z; val^m (block bt instr*)  ~>  (label_n {ε} val^m instr*)
    ///                  if blocktype(z, bt) = t_1^m → t_2^n
    /// ```
    #[inline(always)]
    pub(crate) fn block(&mut self, bt: BlockType, instrs: Seq) -> Reduced {
        let (m, n) = self.blocktype(bt)?;
        self.has_operands(m)?;
        self.fire(rule!("Step_read/block"));
        self.ctx.enter(LayerKind::Label { n, cont: None }, m, instrs);
        Ok(())
    }

    /// A loop: branching to its label begins it anew.
    ///
    /// ```text
    /// Step_read/loop  z; val^m (loop bt instr*)  ~>  (label_m {loop bt instr*} val^m instr*)
    ///                 if blocktype(z, bt) = t_1^m → t_2^n
    /// ```
    #[inline(always)]
    pub(crate) fn loop_(&mut self, bt: BlockType, instrs: Seq) -> Reduced {
        let (m, _) = self.blocktype(bt)?;
        self.has_operands(m)?;
        self.fire(rule!("Step_read/loop"));
        self.ctx.enter(LayerKind::Label { n: m, cont: Some((bt, instrs)) }, m, instrs);
        Ok(())
    }

    /// One of two blocks.
    ///
    /// ```text
    /// Step_pure/if-true   (i32.const c) (if bt instr_1* else instr_2*)  ~>  (block bt instr_1*)   if c ≠ 0
    /// Step_pure/if-false  (i32.const c) (if bt instr_1* else instr_2*)  ~>  (block bt instr_2*)   if c = 0
    /// ```
    #[inline(always)]
    pub(crate) fn if_(&mut self, bt: BlockType, instrs_1: Seq, instrs_2: Seq) -> Reduced {
        if self.pop_i32()? != 0 {
            self.fire(rule!("Step_pure/if-true"));
            self.then(Instr::Block(bt, instrs_1))
        } else {
            self.fire(rule!("Step_pure/if-false"));
            self.then(Instr::Block(bt, instrs_2))
        }
    }

    /// A sequence has been reduced to values: its context goes.
    ///
    /// ```text
    /// Step_pure/label-vals    (label_n {instr*} val*)    ~>  val*
    /// Step_pure/handler-vals  (handler_n {catch*} val*)  ~>  val*
    /// Step_pure/frame-vals    (frame_n {f} val^n)        ~>  val^n
    /// ```
    #[inline(always)]
    pub(crate) fn end(&mut self) -> Reduced {
        match self.ctx.layer().kind {
            LayerKind::Label { .. } => self.fire(rule!("Step_pure/label-vals")),
            LayerKind::Handler { .. } => self.fire(rule!("Step_pure/handler-vals")),
            LayerKind::Frame { n, outer } => {
                if self.ctx.hole_values().len() != n as usize {
                    return self.stuck("as many values as a function returns are needed");
                }
                self.fire(rule!("Step_pure/frame-vals"));
                self.leave_frame(outer);
                return Ok(());
            }
            LayerKind::Top => return Err(Halt::Result),
        }
        self.ctx.leave();
        Ok(())
    }

    /// A branch peels one context at a time until it meets its label.
    ///
    /// ```text
    /// Step_pure/br-label-zero  (label_n {instr'*} val'* val^n (br l) instr*)  ~>  val^n instr'*      if l = 0
    /// Step_pure/br-label-succ  (label_n {instr'*} val* (br l) instr*)         ~>  val* (br (l - 1))  if l > 0
    /// Step_pure/br-handler     (handler_n {catch*} val* (br l) instr*)        ~>  val* (br l)
    /// ```
    #[inline(always)]
    pub(crate) fn br(&mut self, l: LabelIdx) -> Reduced {
        match self.ctx.layer().kind {
            LayerKind::Label { n, cont } if l == 0 => {
                if self.ctx.hole_values().len() < n as usize {
                    return self.stuck("as many values as a label takes are needed");
                }
                self.fire(rule!("Step_pure/br-label-zero"));
                self.ctx.keep(n);
                self.ctx.leave();
                match cont {
                    None => Ok(()),
                    Some((bt, instrs)) => self.then(Instr::Loop(bt, instrs)),
                }
            }
            LayerKind::Label { .. } => {
                self.fire(rule!("Step_pure/br-label-succ"));
                self.ctx.leave();
                self.instrs([Instr::Br(l - 1)])
            }
            LayerKind::Handler { .. } => {
                self.fire(rule!("Step_pure/br-handler"));
                self.ctx.leave();
                self.instrs([Instr::Br(l)])
            }
            LayerKind::Frame { .. } | LayerKind::Top => self.stuck("a label is needed"),
        }
    }

    /// A conditional branch.
    ///
    /// ```text
    /// Step_pure/br_if-true   (i32.const c) (br_if l)  ~>  (br l)  if c ≠ 0
    /// Step_pure/br_if-false  (i32.const c) (br_if l)  ~>  ε       if c = 0
    /// ```
    #[inline(always)]
    pub(crate) fn br_if(&mut self, l: LabelIdx) -> Reduced {
        if self.pop_i32()? != 0 {
            self.fire(rule!("Step_pure/br_if-true"));
            self.then(Instr::Br(l))
        } else {
            self.fire(rule!("Step_pure/br_if-false"));
            Ok(())
        }
    }

    /// A branch to a label by its number.
    ///
    /// ```text
    /// Step_pure/br_table-lt  (i32.const i) (br_table l* l')  ~>  (br l*[i])  if i < |l*|
    /// Step_pure/br_table-ge  (i32.const i) (br_table l* l')  ~>  (br l')     if i ≥ |l*|
    /// ```
    pub(crate) fn br_table(&mut self, ls: List<LabelIdx>, l: LabelIdx) -> Reduced {
        let i = self.pop_i32()?;
        match self.module().module.code.labels(ls).get(i as usize) {
            Some(&l_i) => {
                self.fire(rule!("Step_pure/br_table-lt"));
                self.instrs([Instr::Br(l_i)])
            }
            None => {
                self.fire(rule!("Step_pure/br_table-ge"));
                self.instrs([Instr::Br(l)])
            }
        }
    }

    /// A branch on null.
    ///
    /// ```text
    /// Step_pure/br_on_null-null  val (br_on_null l)  ~>  (br l)  if val = (ref.null)
    /// Step_pure/br_on_null-addr  val (br_on_null l)  ~>  val     otherwise
    /// ```
    pub(crate) fn br_on_null(&mut self, l: LabelIdx) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => {
                self.fire(rule!("Step_pure/br_on_null-null"));
                self.instrs([Instr::Br(l)])
            }
            val => {
                self.fire(rule!("Step_pure/br_on_null-addr"));
                self.push(val);
                Ok(())
            }
        }
    }

    /// A branch on what is not null.
    ///
    /// ```text
    /// Step_pure/br_on_non_null-null  val (br_on_non_null l)  ~>  ε           if val = (ref.null)
    /// Step_pure/br_on_non_null-addr  val (br_on_non_null l)  ~>  val (br l)  otherwise
    /// ```
    pub(crate) fn br_on_non_null(&mut self, l: LabelIdx) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => {
                self.fire(rule!("Step_pure/br_on_non_null-null"));
                Ok(())
            }
            val => {
                self.fire(rule!("Step_pure/br_on_non_null-addr"));
                self.push(val);
                self.instrs([Instr::Br(l)])
            }
        }
    }

    /// A branch on a reference of a type.
    ///
    /// ```text
    /// Step_read/br_on_cast-succeed  s; f; ref (br_on_cast l rt_1 rt_2)  ~>  ref (br l)
    ///                               if s ⊢ ref : inst(f.module, rt_2)
    /// Step_read/br_on_cast-fail     s; f; ref (br_on_cast l rt_1 rt_2)  ~>  ref   otherwise
    /// ```
    #[inline(always)]
    pub(crate) fn br_on_cast(&mut self, l: LabelIdx, rt_2: RefType) -> Reduced {
        let r = self.pop_ref()?;
        let has_type = self.ref_ok(r, rt_2);
        self.push(r);
        if has_type {
            self.fire(rule!("Step_read/br_on_cast-succeed"));
            self.instrs([Instr::Br(l)])
        } else {
            self.fire(rule!("Step_read/br_on_cast-fail"));
            Ok(())
        }
    }

    /// A branch on a reference that is not of a type.
    ///
    /// ```text
    /// Step_read/br_on_cast_fail-succeed  s; f; ref (br_on_cast_fail l rt_1 rt_2)  ~>  ref
    ///                                    if s ⊢ ref : inst(f.module, rt_2)
    /// Step_read/br_on_cast_fail-fail     s; f; ref (br_on_cast_fail l rt_1 rt_2)  ~>  ref (br l)   otherwise
    /// ```
    #[inline(always)]
    pub(crate) fn br_on_cast_fail(&mut self, l: LabelIdx, rt_2: RefType) -> Reduced {
        let r = self.pop_ref()?;
        let has_type = self.ref_ok(r, rt_2);
        self.push(r);
        if has_type {
            self.fire(rule!("Step_read/br_on_cast_fail-succeed"));
            Ok(())
        } else {
            self.fire(rule!("Step_read/br_on_cast_fail-fail"));
            self.instrs([Instr::Br(l)])
        }
    }
}
