//! Threads: configurations that share a store, and are reduced a few steps at a time.
//!
//! The standard's global configuration is a store with any number of threads; a step of it is a step of one of them.
//! Which one is a choice that is not made here: [`Thread::run`] makes steps of one thread, as many as one likes, and
//! whoever schedules decides what runs next. Both halves of the configuration can be cloned, so that a search can come
//! back to where it was; a schedule is the list of what was run, and running it again gives the same again.

use super::*;
use crate::choice::Choices;
use crate::memory::{Memory, Sequential};
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::RuleId;
use std::sync::Arc;

/// A thread: a configuration but for its store.
#[derive(Clone, Debug)]
pub struct Thread {
    id: ThreadId,
    z: Zipper,
    trap: Option<Trap>,
    last: Option<RuleId>,
    ended: Option<Outcome>,
}

/// Where a thread is after some steps.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// It can go on: as many steps were made as were asked for.
    Ready,
    /// It is suspended until it is notified, or gives up.
    Suspended(Waiting),
    /// It has come to an end.
    Ended(Outcome),
}

impl Thread {
    /// A thread about to call a function. Its number must be another one than those of the other threads on the store.
    ///
    /// # Errors
    /// When number or types of the arguments are not the function's.
    pub fn invoke<O: Observer>(
        s: &Store,
        id: ThreadId,
        funcaddr: Addr,
        args: &[Value],
        o: &mut O,
    ) -> Result<Thread, ArgumentError> {
        Ok(Thread::new(id, invocation(s, funcaddr, args, o)?))
    }

    /// An instance of a module, and a thread about to do what is left of the instantiation: active segments and the start
    /// function. The module must be valid.
    ///
    /// # Errors
    /// As of [`instantiate`].
    pub fn instantiate<O: Observer, C: Choices>(
        s: &mut Store,
        id: ThreadId,
        module: &Arc<Module>,
        externaddrs: &[ExternAddr],
        o: &mut O,
        c: &mut C,
    ) -> Result<(ModuleAddr, Thread), InstantiateError> {
        let (ma, z) = instantiation(s, module, externaddrs, o, c)?;
        Ok((ma, Thread::new(id, z)))
    }

    /// The same thread, with another number.
    pub fn numbered(self, id: ThreadId) -> Thread {
        Thread { id, ..self }
    }

    /// A thread about to reduce a configuration.
    pub fn new(id: ThreadId, z: Zipper) -> Thread {
        Thread { id, z, trap: None, last: None, ended: None }
    }

    /// Its number.
    pub fn id(&self) -> ThreadId {
        self.id
    }

    /// Its stacks.
    pub fn zipper(&self) -> &Zipper {
        &self.z
    }

    /// Where it is.
    pub fn progress(&self, s: &Store) -> Progress {
        if let Some(outcome) = &self.ended {
            return Progress::Ended(outcome.clone());
        }
        match self.z.pending.last() {
            Some(&Instr::Waiting(mem, offset, timeout)) if s.waiters.iter().any(|waiter| waiter.thread == self.id) => {
                Progress::Suspended(Waiting { mem, offset, timeout })
            }
            _ => Progress::Ready,
        }
    }

    /// Makes up to `steps` steps, and says where the thread is then. A thread that is suspended or has ended makes none.
    pub fn run<O: Observer, C: Choices>(&mut self, s: &mut Store, o: &mut O, c: &mut C, steps: u64) -> Progress {
        self.run_on(s, o, &mut Sequential, c, steps)
    }

    /// The same with a memory that answers what the thread reads of shared state.
    pub fn run_on<O: Observer, M: Memory, C: Choices>(
        &mut self,
        s: &mut Store,
        o: &mut O,
        memory: &mut M,
        c: &mut C,
        steps: u64,
    ) -> Progress {
        match self.progress(s) {
            Progress::Ready => {}
            other => return other,
        }
        let halt = self.with(s, o, memory, c, |machine| machine.steps(steps));
        match halt {
            Ok(()) => self.progress(s),
            Err(Halt::Suspended) => self.progress(s),
            Err(halt) => {
                let outcome = self.with(s, o, memory, c, |machine| machine.outcome(halt));
                self.ended = Some(outcome.clone());
                Progress::Ended(outcome)
            }
        }
    }

    /// `Step/wait-timeout`: a suspended thread with a timeout gives up; whether it does.
    pub fn time_out<O: Observer, C: Choices>(&mut self, s: &mut Store, o: &mut O, c: &mut C) -> bool {
        self.with(s, o, &mut Sequential, c, |machine| machine.time_out())
    }

    fn with<O: Observer, M: Memory, C: Choices, T>(
        &mut self,
        s: &mut Store,
        o: &mut O,
        memory: &mut M,
        c: &mut C,
        run: impl FnOnce(&mut Machine<'_, O, M, C>) -> T,
    ) -> T {
        let z = std::mem::take(&mut self.z);
        let mut machine = Machine::on(s, z, o, memory, c, self.id).resumed(self.trap.take(), self.last);
        let result = run(&mut machine);
        (self.z, self.trap, self.last) = machine.suspend();
        result
    }
}
