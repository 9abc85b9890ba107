//! Local and global instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// Reads a local.
    ///
    /// ```text
    /// Step_read/local.get  z; (local.get x)  ~>  val   if local(z, x) = val
    /// ```
    #[inline(always)]
    pub(crate) fn local_get(&mut self, x: LocalIdx) -> Reduced {
        match self.ctx.locals.get(self.ctx.frame.locals as usize + x as usize) {
            Some(val) if val.is_set() => {
                let val = val.copied();
                self.fire(rule!("Step_read/local.get"));
                self.push(val);
                Ok(())
            }
            _ => self.stuck("an initialised local is needed"),
        }
    }

    /// Writes a local.
    ///
    /// ```text
    /// Step/local.set  z; val (local.set x)  ~>  with_local(z, x, val); ε
    /// ```
    #[inline(always)]
    pub(crate) fn local_set(&mut self, x: LocalIdx) -> Reduced {
        let val = self.pop()?;
        match self.with_local(x, val) {
            Some(()) => {
                self.fire(rule!("Step/local.set"));
                Ok(())
            }
            None => self.stuck("a local is needed"),
        }
    }

    /// Writes a local and keeps the value.
    ///
    /// ```text
    /// Step_pure/local.tee  val (local.tee x)  ~>  val val (local.set x)
    /// ```
    #[inline(always)]
    pub(crate) fn local_tee(&mut self, x: LocalIdx) -> Reduced {
        let val = self.pop()?;
        self.fire(rule!("Step_pure/local.tee"));
        self.push(val);
        self.push(val);
        self.instrs([Instr::LocalSet(x)])
    }

    /// `moduleinst(z).globals[x]`
    #[inline(always)]
    pub(super) fn globaladdr(&mut self, x: GlobalIdx) -> Reduced<Addr> {
        match self.module().globals.get(x as usize) {
            Some(&a) => Ok(a),
            None => self.stuck("a global is needed"),
        }
    }

    /// Reads a global.
    ///
    /// ```text
    /// Step_read/global.get  z; (global.get x)  ~>  val   if global(z, x).value = val
    /// ```
    #[inline(always)]
    pub(crate) fn global_get(&mut self, x: GlobalIdx) -> Reduced {
        let a = self.globaladdr(x)?;
        let Some(val) = self.read(Order::Unordered, Cell::Global(a)) else { return self.stuck("a value is needed") };
        self.fire(rule!("Step_read/global.get"));
        self.push(val);
        Ok(())
    }

    /// Writes a global.
    ///
    /// ```text
    /// Step/global.set  z; val (global.set x)  ~>  with_global(z, x, val); ε
    /// ```
    #[inline(always)]
    pub(crate) fn global_set(&mut self, x: GlobalIdx) -> Reduced {
        let a = self.globaladdr(x)?;
        let val = self.pop()?;
        let Some(()) = self.write(Order::Unordered, Cell::Global(a), val) else {
            return self.stuck("a value is needed");
        };
        self.fire(rule!("Step/global.set"));
        Ok(())
    }
}
