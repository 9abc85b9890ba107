//! Exceptions and traps.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// Makes an exception and throws it.
    ///
    /// ```text
    /// Step/throw  z; val^n (throw x)  ~>  z[.exns ++ exn]; (ref.exn a) throw_ref
    ///             if tag(z, x).type expands to func t^n → ε and a = |s.exns|
    ///             and exn = {tag tagaddr(z)[x], fields val^n}
    /// ```
    pub(crate) fn throw(&mut self, x: TagIdx) -> Reduced {
        let Some(&tag) = self.module().tags.get(x as usize) else { return self.stuck("a tag is needed") };
        let n = expand_func(&self.s.types, self.s.tags[tag as usize].ty).params.len();
        let a = self.alloc_exn(tag, n)?;
        self.fire(rule!("Step/throw"));
        self.push(Ref::Exn(a));
        self.instrs([Instr::ThrowRef])
    }

    /// An exception peels contexts until a handler has a clause for it.
    ///
    /// ```text
    /// Step_read/throw_ref-null    z; (ref.null) throw_ref  ~>  trap
    /// Step_read/throw_ref-instrs  z; val* (ref.exn a) throw_ref instr*  ~>  (ref.exn a) throw_ref
    ///                             if val* ≠ ε or instr* ≠ ε
    /// Step_read/throw_ref-label   z; (label_n {instr'*} (ref.exn a) throw_ref)  ~>  (ref.exn a) throw_ref
    /// Step_read/throw_ref-frame   z; (frame_n {f} (ref.exn a) throw_ref)        ~>  (ref.exn a) throw_ref
    /// Step_read/throw_ref-handler-…  see below
    /// ```
    pub(crate) fn throw_ref(&mut self) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_read/throw_ref-null"), TrapClass::NullReference),
            Ref::Exn(a) => {
                if !self.ctx.hole_values().is_empty() || self.has_instrs() {
                    self.fire(rule!("Step_read/throw_ref-instrs"));
                    self.ctx.keep(0);
                    self.ctx.cut();
                    return self.throw_again(a);
                }
                match self.ctx.layer().kind {
                    LayerKind::Label { .. } => self.fire(rule!("Step_read/throw_ref-label")),
                    LayerKind::Frame { outer, .. } => {
                        self.fire(rule!("Step_read/throw_ref-frame"));
                        self.leave_frame(outer);
                        return self.throw_again(a);
                    }
                    LayerKind::Handler { n, catches } => return self.throw_ref_handler(a, n, catches),
                    LayerKind::Top => {
                        self.throw_again(a)?;
                        return Err(Halt::Result);
                    }
                }
                self.ctx.leave();
                self.throw_again(a)
            }
            _ => self.stuck("an exception reference is needed"),
        }
    }

    /// `(ref.exn a) throw_ref`
    fn throw_again(&mut self, a: Addr) -> Reduced {
        self.push(Ref::Exn(a));
        self.instrs([Instr::ThrowRef])
    }

    /// A handler looks at its clauses one after the other.
    ///
    /// ```text
    /// Step_read/throw_ref-handler-empty  z; (handler_n {ε} (ref.exn a) throw_ref)  ~>  (ref.exn a) throw_ref
    /// Step_read/throw_ref-handler-catch  z; (handler_n {(catch x l) catch'*} (ref.exn a) throw_ref)
    ///                                      ~>  val* (br l)
    ///                                    if s.exns[a].tag = tagaddr(z)[x] and val* = s.exns[a].fields
    /// Step_read/throw_ref-handler-catch_ref  z; (handler_n {(catch_ref x l) catch'*} (ref.exn a) throw_ref)
    ///                                      ~>  val* (ref.exn a) (br l)
    ///                                    if s.exns[a].tag = tagaddr(z)[x] and val* = s.exns[a].fields
    /// Step_read/throw_ref-handler-catch_all  z; (handler_n {(catch_all l) catch'*} (ref.exn a) throw_ref)
    ///                                      ~>  (br l)
    /// Step_read/throw_ref-handler-catch_all_ref  z; (handler_n {(catch_all_ref l) catch'*} (ref.exn a) throw_ref)
    ///                                      ~>  (ref.exn a) (br l)
    /// Step_read/throw_ref-handler-next   z; (handler_n {catch catch'*} (ref.exn a) throw_ref)
    ///                                      ~>  (handler_n {catch'*} (ref.exn a) throw_ref)   otherwise
    /// ```
    fn throw_ref_handler(&mut self, a: Addr, n: u32, catches: List<Catch>) -> Reduced {
        let Some(&catch) = self.module().module.code.catches(catches).first() else {
            self.fire(rule!("Step_read/throw_ref-handler-empty"));
            self.ctx.leave();
            return self.throw_again(a);
        };
        let ExnInst { tag, ref fields } = self.s.exns[a as usize];
        // Clauses put values on the stack that no call has made room for.
        self.check_stacks((fields.len() * size_of::<Slot>()) as u64)?;
        let is = |x: TagIdx| self.module().tags.get(x as usize) == Some(&tag);
        match catch {
            Catch::Catch(x, l) if is(x) => {
                self.fire(rule!("Step_read/throw_ref-handler-catch"));
                self.ctx.leave();
                self.ctx.values.extend(self.s.exns[a as usize].fields.iter().map(|&v| Slot::from(v)));
                self.instrs([Instr::Br(l)])
            }
            Catch::CatchRef(x, l) if is(x) => {
                self.fire(rule!("Step_read/throw_ref-handler-catch_ref"));
                self.ctx.leave();
                self.ctx.values.extend(self.s.exns[a as usize].fields.iter().map(|&v| Slot::from(v)));
                self.push(Ref::Exn(a));
                self.instrs([Instr::Br(l)])
            }
            Catch::CatchAll(l) => {
                self.fire(rule!("Step_read/throw_ref-handler-catch_all"));
                self.ctx.leave();
                self.instrs([Instr::Br(l)])
            }
            Catch::CatchAllRef(l) => {
                self.fire(rule!("Step_read/throw_ref-handler-catch_all_ref"));
                self.ctx.leave();
                self.push(Ref::Exn(a));
                self.instrs([Instr::Br(l)])
            }
            Catch::Catch(..) | Catch::CatchRef(..) => {
                self.fire(rule!("Step_read/throw_ref-handler-next"));
                if let Some(layer) = self.ctx.layers.last_mut() {
                    layer.kind = LayerKind::Handler { n, catches: catches.rest() };
                }
                self.throw_again(a)
            }
        }
    }

    /// A block with handlers.
    ///
    /// ```text
    /// Step_read/try_table  z; val^m (try_table bt catch* instr*)
    ///                        ~>  (handler_n {catch*} (label_n {ε} val^m instr*))
    ///                      if blocktype(z, bt) = t_1^m → t_2^n
    /// ```
    pub(crate) fn try_table(&mut self, bt: BlockType, catches: List<Catch>, instrs: Seq) -> Reduced {
        let (m, n) = self.blocktype(bt)?;
        self.has_operands(m)?;
        self.fire(rule!("Step_read/try_table"));
        self.ctx.enter(LayerKind::Handler { n, catches }, m, Seq::EMPTY);
        self.ctx.enter(LayerKind::Label { n, cont: None }, m, instrs);
        Ok(())
    }

    /// A trap peels all contexts.
    ///
    /// ```text
    /// Step_pure/trap-instrs   val* trap instr*            ~>  trap   if val* ≠ ε or instr* ≠ ε
    /// Step_pure/trap-label    (label_n {instr'*} trap)    ~>  trap
    /// Step_pure/trap-handler  (handler_n {catch*} trap)   ~>  trap
    /// Step_pure/trap-frame    (frame_n {f} trap)          ~>  trap
    /// ```
    pub(crate) fn trap_(&mut self) -> Reduced {
        if !self.ctx.hole_values().is_empty() || self.has_instrs() {
            self.fire(rule!("Step_pure/trap-instrs"));
            self.ctx.keep(0);
            self.ctx.cut();
            return self.instrs([Instr::Trap]);
        }
        match self.ctx.layer().kind {
            LayerKind::Label { .. } => self.fire(rule!("Step_pure/trap-label")),
            LayerKind::Handler { .. } => self.fire(rule!("Step_pure/trap-handler")),
            LayerKind::Frame { outer, .. } => {
                self.fire(rule!("Step_pure/trap-frame"));
                self.leave_frame(outer);
                return self.instrs([Instr::Trap]);
            }
            LayerKind::Top => {
                self.instrs([Instr::Trap])?;
                return Err(Halt::Result);
            }
        }
        self.ctx.leave();
        self.instrs([Instr::Trap])
    }

    /// Whether instructions are left in the innermost sequence.
    fn has_instrs(&self) -> bool {
        self.has_pending() || self.module().module.code.instrs()[self.ctx.pc as usize] != Instr::End
    }
}
