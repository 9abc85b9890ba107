//! Function instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// `moduleinst(z).funcs[x]`
    #[inline(always)]
    pub(crate) fn funcaddr(&mut self, x: FuncIdx) -> Reduced<Addr> {
        match self.module().funcs.get(x as usize) {
            Some(&a) => Ok(a),
            None => self.stuck("a function is needed"),
        }
    }

    /// A call, as a call of a reference.
    ///
    /// ```text
    /// Step_read/call  z; (call x)  ~>  (ref.func a) (call_ref s.funcs[a].type)
    ///                 if moduleinst(z).funcs[x] = a
    /// ```
    #[inline(always)]
    pub(crate) fn call(&mut self, x: FuncIdx) -> Reduced {
        let a = self.funcaddr(x)?;
        self.fire(rule!("Step_read/call"));
        self.push(Ref::Func(a));
        let yy = TypeUse::Def(self.s.funcs[a as usize].ty);
        self.then(Instr::CallRef(yy))
    }

    /// A call of a reference: a frame and a label around the function's body.
    ///
    /// ```text
    /// Step_read/call_ref-null  z; (ref.null) (call_ref yy)  ~>  trap
    /// Step_read/call_ref-func  z; val^n (ref.func a) (call_ref yy)  ~>  (frame_m {f} (label_m {ε} instr*))
    ///                          if fi = s.funcs[a] and fi.type expands to func t_1^n → t_2^m
    ///                          and fi.code = func x (local t)* instr*
    ///                          and f = {locals val^n default(t)*, module fi.module}
    /// ```
    #[inline(always)]
    pub(crate) fn call_ref(&mut self) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_read/call_ref-null"), TrapClass::NullReference),
            Ref::Func(a) => self.call_func(a),
            _ => self.stuck("a function reference is needed"),
        }
    }

    #[inline(always)]
    fn call_func(&mut self, a: Addr) -> Reduced {
        let fi = &self.s.funcs[a as usize];
        let ft = expand_func(&self.s.types, fi.ty);
        let (n, m) = (ft.params.len(), ft.results.len() as u32);
        let FuncCode::Func(x) = fi.code else { return self.call_host(a) };
        let f = Frame { locals: self.ctx.locals.len() as u32, module: fi.module };
        let Some(args) = self.ctx.values.len().checked_sub(n).filter(|&v| v >= self.ctx.layer().values as usize) else {
            return self.stuck("as many arguments as a function takes are needed");
        };
        let func = &self.s.modules[f.module.0 as usize].module.funcs[x as usize];
        let size = self.ctx.size() + ((n + func.locals.len()) * size_of::<Slot>()) as u64;
        if self.ctx.frames >= self.s.bounds.frames || size > self.s.bounds.stack {
            return Err(Halt::Exhausted(Bound::Frames));
        }
        if !self.s.has_room(size) {
            return Err(Halt::Exhausted(Bound::Memory));
        }
        self.ctx.locals.extend(self.ctx.values[args..].iter().map(Slot::copied));
        self.ctx.locals.extend(func.locals.iter().map(|&t| Slot::from(default(t))));
        self.ctx.values.truncate(args);
        let instrs = func.body;
        self.fire(rule!("Step_read/call_ref-func"));
        self.ctx.frames += 1;
        let outer = std::mem::replace(&mut self.ctx.frame, f);
        self.ctx.enter(LayerKind::Frame { n: m, outer }, 0, Seq::EMPTY);
        self.ctx.enter(LayerKind::Label { n: m, cont: None }, 0, instrs);
        if f.module != outer.module {
            self.switch_module();
        }
        Ok(())
    }

    /// Leaves the innermost layer, a frame, with all the values in it.
    #[inline(always)]
    pub(super) fn leave_frame(&mut self, outer: Frame) {
        self.ctx.leave();
        self.ctx.locals.truncate(self.ctx.frame.locals as usize);
        self.ctx.frames -= 1;
        let f = std::mem::replace(&mut self.ctx.frame, outer);
        if f.module != outer.module {
            self.switch_module();
        }
    }

    /// A call of a host function. The standard describes it in prose only ("host functions"), so it has no rule: neither
    /// for the step nor for a trap that the host makes.
    #[cold]
    fn call_host(&mut self, a: Addr) -> Reduced {
        let fi = &self.s.funcs[a as usize];
        let FuncCode::Host(host) = fi.code.clone() else { return self.stuck("a host function is needed") };
        let ft = expand_func(&self.s.types, fi.ty);
        let (n, m) = (ft.params.len(), ft.results.len());
        let Some(args) = self.ctx.values.len().checked_sub(n) else {
            return self.stuck("as many arguments as a function takes are needed");
        };
        self.check_stacks((m * size_of::<Slot>()) as u64)?;
        let args: Vec<Value> = self.ctx.values.drain(args..).filter_map(Slot::value).collect();
        let mut caller = Caller::new(self.s, O::WATCHES_CHANGES);
        let result = host(&mut caller, &args);
        for change in caller.changes() {
            self.o.change(&change);
        }
        match result {
            HostResult::Values(vals) if vals.len() == m => {
                self.ctx.values.extend(vals.into_iter().map(Slot::from));
                Ok(())
            }
            HostResult::Values(_) => self.stuck("as many results as a host function returns are needed"),
            HostResult::Trap => self.traps(Trap { rule: None, class: TrapClass::Host }),
            HostResult::Exception(a) => {
                self.push(Ref::Exn(a));
                self.instrs([Instr::ThrowRef])
            }
        }
    }

    /// A call through a table.
    ///
    /// ```text
    /// Step_pure/call_indirect  (call_indirect x yy)  ~>  (table.get x) (ref.cast (ref null yy)) (call_ref yy)
    /// ```
    pub(crate) fn call_indirect(&mut self, x: TableIdx, yy: TypeUse) -> Reduced {
        self.fire(rule!("Step_pure/call_indirect"));
        let rt = RefType::null(HeapType::Use(yy));
        self.instrs([Instr::TableGet(x), Instr::RefCast(rt), Instr::CallRef(yy)])
    }

    /// A tail call, as a tail call of a reference.
    ///
    /// ```text
    /// Step_read/return_call  z; (return_call x)  ~>  (ref.func a) (return_call_ref s.funcs[a].type)
    ///                        if moduleinst(z).funcs[x] = a
    /// ```
    pub(crate) fn return_call(&mut self, x: FuncIdx) -> Reduced {
        let a = self.funcaddr(x)?;
        self.fire(rule!("Step_read/return_call"));
        self.push(Ref::Func(a));
        let yy = TypeUse::Def(self.s.funcs[a as usize].ty);
        self.instrs([Instr::ReturnCallRef(yy)])
    }

    /// A tail call of a reference: peels contexts up to the frame, and calls outside of it.
    ///
    /// ```text
    /// Step_read/return_call_ref-label    z; (label_k {instr'*} val* (return_call_ref yy) instr*)
    ///                                      ~>  val* (return_call_ref yy)
    /// Step_read/return_call_ref-handler  z; (handler_k {catch*} val* (return_call_ref yy) instr*)
    ///                                      ~>  val* (return_call_ref yy)
    /// Step_read/return_call_ref-frame-null  z; (frame_k {f} val* (ref.null) (return_call_ref yy) instr*)
    ///                                      ~>  trap
    /// Step_read/return_call_ref-frame-addr  z; (frame_k {f} val'* val^n (ref.func a) (return_call_ref yy) instr*)
    ///                                      ~>  val^n (ref.func a) (call_ref yy)
    ///                                    if s.funcs[a].type expands to func t_1^n → t_2^m
    /// ```
    pub(crate) fn return_call_ref(&mut self, yy: TypeUse) -> Reduced {
        match self.ctx.layer().kind {
            LayerKind::Label { .. } => {
                self.fire(rule!("Step_read/return_call_ref-label"));
                self.ctx.leave();
                self.instrs([Instr::ReturnCallRef(yy)])
            }
            LayerKind::Handler { .. } => {
                self.fire(rule!("Step_read/return_call_ref-handler"));
                self.ctx.leave();
                self.instrs([Instr::ReturnCallRef(yy)])
            }
            LayerKind::Frame { outer, .. } => match self.ctx.hole_values().last().and_then(|slot| slot.as_ref()) {
                Some(Ref::Null) => {
                    self.ctx.keep(0);
                    self.leave_frame(outer);
                    self.trap(rule!("Step_read/return_call_ref-frame-null"), TrapClass::NullReference)
                }
                Some(Ref::Func(a)) => {
                    let n = self.s.func_type(a).params.len();
                    if self.ctx.hole_values().len() <= n {
                        return self.stuck("as many arguments as a function takes are needed");
                    }
                    self.fire(rule!("Step_read/return_call_ref-frame-addr"));
                    self.ctx.keep(n as u32 + 1);
                    self.leave_frame(outer);
                    self.instrs([Instr::CallRef(yy)])
                }
                _ => self.stuck("a function reference is needed"),
            },
            LayerKind::Top => self.stuck("a frame is needed"),
        }
    }

    /// A tail call through a table.
    ///
    /// ```text
    /// Step_pure/return_call_indirect  (return_call_indirect x yy)
    ///                                   ~>  (table.get x) (ref.cast (ref null yy)) (return_call_ref yy)
    /// ```
    pub(crate) fn return_call_indirect(&mut self, x: TableIdx, yy: TypeUse) -> Reduced {
        self.fire(rule!("Step_pure/return_call_indirect"));
        let rt = RefType::null(HeapType::Use(yy));
        self.instrs([Instr::TableGet(x), Instr::RefCast(rt), Instr::ReturnCallRef(yy)])
    }

    /// A return peels contexts up to the frame.
    ///
    /// ```text
    /// Step_pure/return-frame    (frame_n {f} val'* val^n return instr*)     ~>  val^n
    /// Step_pure/return-label    (label_n {instr'*} val* return instr*)      ~>  val* return
    /// Step_pure/return-handler  (handler_n {catch*} val* return instr*)     ~>  val* return
    /// ```
    #[inline(always)]
    pub(crate) fn return_(&mut self) -> Reduced {
        match self.ctx.layer().kind {
            LayerKind::Frame { n, outer } => {
                if self.ctx.hole_values().len() < n as usize {
                    return self.stuck("as many values as a function returns are needed");
                }
                self.fire(rule!("Step_pure/return-frame"));
                self.ctx.keep(n);
                self.leave_frame(outer);
                Ok(())
            }
            LayerKind::Label { .. } => {
                self.fire(rule!("Step_pure/return-label"));
                self.ctx.leave();
                self.instrs([Instr::Return])
            }
            LayerKind::Handler { .. } => {
                self.fire(rule!("Step_pure/return-handler"));
                self.ctx.leave();
                self.instrs([Instr::Return])
            }
            LayerKind::Top => self.stuck("a frame is needed"),
        }
    }
}
