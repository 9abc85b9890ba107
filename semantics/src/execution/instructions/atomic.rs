//! Atomic instructions on memories, waiting and notifying (chapter T.2 of the catalogue).

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::{RuleId, rule};

/// `atop(N, c_1, c_2)`, before it is cut to `N` bits.
pub(super) fn atop(op: AtOp, c_1: u64, c_2: u64) -> u64 {
    match op {
        AtOp::Add => c_1.wrapping_add(c_2),
        AtOp::Sub => c_1.wrapping_sub(c_2),
        AtOp::And => c_1 & c_2,
        AtOp::Or => c_1 | c_2,
        AtOp::Xor => c_1 ^ c_2,
        AtOp::Xchg => c_2,
    }
}

/// `wrap(64, N, c)`
fn wrap(bits: u32, c: u64) -> u64 {
    c & (u64::MAX >> (64 - bits))
}

/// The orderings of an atomic access to a memory.
const SEQCST: Orders = Orders { read: MemOrder::SeqCst, write: MemOrder::SeqCst };

/// No rule applies to an access that is within bounds and finds no bytes.
const NO_BYTES: &str = "bytes of the memory are needed";

/// `(Inn.const c)`
fn int((inn, _): Access, c: u64) -> Num {
    match inn {
        Inn::I32 => Num::I32(c as u32),
        Inn::I64 => Num::I64(c),
    }
}

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// An instruction of the threads or shared-everything-threads proposal. Out of the way of the others.
    #[inline(never)]
    pub(crate) fn atomic(&mut self, atomic: Atomic) -> Reduced {
        match atomic {
            Atomic::Load(access, x, ao) => self.atomic_load(access, x, ao),
            Atomic::Store(access, x, ao) => self.atomic_store(access, x, ao),
            Atomic::Rmw(access, op, x, ao) => self.atomic_rmw(access, op, x, ao),
            Atomic::Cmpxchg(access, x, ao) => self.atomic_rmw_cmpxchg(access, x, ao),
            Atomic::Notify(x, ao) => self.memory_atomic_notify(x, ao),
            Atomic::Wait(inn, x, ao) => self.memory_atomic_wait(inn, x, ao),
            Atomic::Fence => self.atomic_fence(),
            Atomic::GlobalGet(ord, x) => self.global_atomic_get(ord, x),
            Atomic::GlobalSet(ord, x) => self.global_atomic_set(ord, x),
            Atomic::GlobalRmw(ords, op, x) => self.global_atomic_rmw(ords, op, x),
            Atomic::GlobalCmpxchg(ords, x) => self.global_atomic_rmw_cmpxchg(ords, x),
            Atomic::TableGet(ord, x) => self.table_atomic_get(ord, x),
            Atomic::TableSet(ord, x) => self.table_atomic_set(ord, x),
            Atomic::TableXchg(ords, x) => self.table_atomic_rmw_xchg(ords, x),
            Atomic::TableCmpxchg(ords, x) => self.table_atomic_rmw_cmpxchg(ords, x),
            Atomic::StructGet(ord, sx, x, i) => self.struct_atomic_get(ord, sx, x, i),
            Atomic::StructSet(ord, x, i) => self.struct_atomic_set(ord, x, i),
            Atomic::StructRmw(ords, op, x, i) => self.struct_atomic_rmw(ords, op, x, i),
            Atomic::StructCmpxchg(ords, x, i) => self.struct_atomic_rmw_cmpxchg(ords, x, i),
            Atomic::ArrayGet(ord, sx, x) => self.array_atomic_get(ord, sx, x),
            Atomic::ArraySet(ord, x) => self.array_atomic_set(ord, x),
            Atomic::ArrayRmw(ords, op, x) => self.array_atomic_rmw(ords, op, x),
            Atomic::ArrayCmpxchg(ords, x) => self.array_atomic_rmw_cmpxchg(ords, x),
        }
    }

    /// `(Inn.const c)` of an access, cut to its width.
    fn pop_int(&mut self, access: Access) -> Reduced<u64> {
        match (self.pop_num()?, access.0) {
            (Num::I32(c), Inn::I32) => Ok(wrap(width(access), c.into())),
            (Num::I64(c), Inn::I64) => Ok(wrap(width(access), c)),
            _ => self.stuck("an integer of the type of the access is needed"),
        }
    }

    /// `ea`, if it is aligned; otherwise the step is a trap.
    fn aligned(&mut self, i: u64, ao: MemArg, bits: u32, unaligned: RuleId) -> Reduced<Option<u64>> {
        if !i.wrapping_add(ao.offset).is_multiple_of(u64::from(bits / 8)) {
            self.trap(unaligned, TrapClass::UnalignedAtomic)?;
            return Ok(None);
        }
        // What is beyond all numbers is beyond all memories.
        Ok(Some(i.saturating_add(ao.offset)))
    }

    /// The place of an access that is aligned, and whether it is shared, if it is within bounds; otherwise the step is a
    /// trap.
    fn within(&mut self, x: MemIdx, ea: u64, bits: u32, oob: RuleId) -> Reduced<Option<(Integer, bool)>> {
        let a = self.memaddr(x)?;
        let len = self.len(Order::Unordered, Extent::Mem(a));
        let n = (bits / 8) as u8;
        if ea.checked_add(n.into()).is_none_or(|end| end > len) {
            self.trap(oob, TrapClass::MemoryOutOfBounds)?;
            return Ok(None);
        }
        Ok(Some((Integer { a, ea, n }, self.is_shared(a))))
    }

    /// Whether threads may share a memory.
    fn is_shared(&self, a: Addr) -> bool {
        self.s.is_shared(Location::MemSize(a))
    }

    /// Reads a number.
    ///
    /// ```text
    /// Step_read/atomic.load-unaligned  z; (at.const i) (Inn.atomic.loadN_u? x ao)  ~>  trap   if ea mod N/8 ≠ 0
    /// Step_read/atomic.load-oob        z; (at.const i) (Inn.atomic.loadN_u? x ao)  ~>  trap
    ///                                    otherwise, if ea + N/8 > |mem(z, x).bytes|
    /// Step_read/atomic.load-unshared   z; (at.const i) (Inn.atomic.loadN_u? x ao)  ~>  (Inn.const extend(N, |Inn|, u, c))
    ///                                    otherwise, if the memory is unshared and bytes(iN, c) = mem(z, x).bytes[ea : N/8]
    /// Step_read/atomic.load-shared     z; (at.const i) (Inn.atomic.loadN_u? x ao)  ~>  (Inn.const extend(N, |Inn|, u, c))
    ///                                    otherwise, with (rd a.len n) (rd_seqcst a.data[ea] bytes(iN, c))
    /// ```
    fn atomic_load(&mut self, access: Access, x: MemIdx, ao: MemArg) -> Reduced {
        let (_, i) = self.pop_at()?;
        let bits = width(access);
        let Some(ea) = self.aligned(i, ao, bits, rule!("Step_read/atomic.load-unaligned"))? else { return Ok(()) };
        let oob = rule!("Step_read/atomic.load-oob");
        let Some((place, shared)) = self.within(x, ea, bits, oob)? else { return Ok(()) };
        let Some(c) = self.read(Order::SeqCst, place) else { return self.stuck(NO_BYTES) };
        self.fire(if shared { rule!("Step_read/atomic.load-shared") } else { rule!("Step_read/atomic.load-unshared") });
        self.push(int(access, c));
        Ok(())
    }

    /// Writes a number.
    ///
    /// ```text
    /// Step/atomic.store-unaligned  z; (at.const i) (Inn.const c) (Inn.atomic.storeN? x ao)  ~>  trap   if ea mod N/8 ≠ 0
    /// Step/atomic.store-oob        z; …  ~>  trap   otherwise, if ea + N/8 > |mem(z, x).bytes|
    /// Step/atomic.store-unshared   z; …  ~>  with_mem(z, x, ea, N/8, b*); ε
    ///                                otherwise, if the memory is unshared and b* = bytes(iN, wrap(|Inn|, N, c))
    /// Step/atomic.store-shared     z; …  ~>  with_mem(z, x, ea, N/8, b*); ε
    ///                                otherwise, with (rd a.len n) (wr_seqcst a.data[ea] b*)
    /// ```
    fn atomic_store(&mut self, access: Access, x: MemIdx, ao: MemArg) -> Reduced {
        let c = self.pop_int(access)?;
        let (_, i) = self.pop_at()?;
        let bits = width(access);
        let Some(ea) = self.aligned(i, ao, bits, rule!("Step/atomic.store-unaligned"))? else { return Ok(()) };
        let oob = rule!("Step/atomic.store-oob");
        let Some((place, shared)) = self.within(x, ea, bits, oob)? else { return Ok(()) };
        let Some(()) = self.write(Order::SeqCst, place, c) else { return self.stuck(NO_BYTES) };
        self.fire(if shared { rule!("Step/atomic.store-shared") } else { rule!("Step/atomic.store-unshared") });
        Ok(())
    }

    /// Reads a number and writes another one.
    ///
    /// ```text
    /// Step/atomic.rmw-unaligned  z; (at.const i) (Inn.const c) (Inn.atomic.rmwN?.atop_u? x ao)  ~>  trap
    ///                              if ea mod N/8 ≠ 0
    /// Step/atomic.rmw-oob        z; …  ~>  trap   otherwise, if ea + N/8 > |mem(z, x).bytes|
    /// Step/atomic.rmw-unshared   z; …  ~>  with_mem(z, x, ea, N/8, b_w*); (Inn.const extend(N, |Inn|, u, c_r))
    ///                              otherwise, if the memory is unshared and bytes(iN, c_r) = mem(z, x).bytes[ea : N/8]
    ///                              and b_w* = bytes(iN, atop(N, c_r, wrap(|Inn|, N, c)))
    /// Step/atomic.rmw-shared     z; …  ~>  with_mem(z, x, ea, N/8, b_w*); (Inn.const extend(N, |Inn|, u, c_r))
    ///                              otherwise, with (rd a.len n) (rmw a.data[ea] bytes(iN, c_r) b_w*)
    /// ```
    fn atomic_rmw(&mut self, access: Access, op: AtOp, x: MemIdx, ao: MemArg) -> Reduced {
        let c = self.pop_int(access)?;
        let (_, i) = self.pop_at()?;
        let bits = width(access);
        let Some(ea) = self.aligned(i, ao, bits, rule!("Step/atomic.rmw-unaligned"))? else { return Ok(()) };
        let oob = rule!("Step/atomic.rmw-oob");
        let Some((place, shared)) = self.within(x, ea, bits, oob)? else { return Ok(()) };
        let c_r = self.update(SEQCST, place, |c_r| Some(wrap(bits, atop(op, c_r, c))));
        let Some(c_r) = c_r else { return self.stuck(NO_BYTES) };
        self.fire(if shared { rule!("Step/atomic.rmw-shared") } else { rule!("Step/atomic.rmw-unshared") });
        self.push(int(access, c_r));
        Ok(())
    }

    /// Reads a number, and writes another one if it is what was expected.
    ///
    /// ```text
    /// Step/atomic.rmw.cmpxchg-unaligned  z; (at.const i) (Inn.const c_2) (Inn.const c_3) (Inn.atomic.rmwN?.cmpxchg_u? x ao)
    ///                                      ~>  trap   if ea mod N/8 ≠ 0
    /// Step/atomic.rmw.cmpxchg-oob        z; …  ~>  trap   otherwise, if ea + N/8 > |mem(z, x).bytes|
    /// Step/atomic.rmw.cmpxchg-unshared   z; …  ~>  z'; (Inn.const extend(N, |Inn|, u, c_r))
    ///                                      otherwise, if the memory is unshared and bytes(iN, c_r) = mem(z, x).bytes[ea : N/8]
    /// Step/atomic.rmw.cmpxchg-shared-eq  z; …  ~>  with_mem(z, x, ea, N/8, b_w*); (Inn.const extend(N, |Inn|, u, c_r))
    ///                                      otherwise, if c_r = wrap(|Inn|, N, c_2),
    ///                                      with (rd a.len n) (rmw a.data[ea] bytes(iN, c_r) b_w*)
    /// Step/atomic.rmw.cmpxchg-shared-ne  z; …  ~>  z; (Inn.const extend(N, |Inn|, u, c_r))
    ///                                      otherwise, with (rd a.len n) (rd_seqcst a.data[ea] bytes(iN, c_r))
    /// ```
    fn atomic_rmw_cmpxchg(&mut self, access: Access, x: MemIdx, ao: MemArg) -> Reduced {
        let c_3 = self.pop_int(access)?;
        let c_2 = self.pop_int(access)?;
        let (_, i) = self.pop_at()?;
        let bits = width(access);
        let unaligned = rule!("Step/atomic.rmw.cmpxchg-unaligned");
        let Some(ea) = self.aligned(i, ao, bits, unaligned)? else { return Ok(()) };
        let oob = rule!("Step/atomic.rmw.cmpxchg-oob");
        let Some((place, shared)) = self.within(x, ea, bits, oob)? else { return Ok(()) };
        let c_r = self.update(SEQCST, place, |c_r| (c_r == c_2).then_some(c_3));
        let Some(c_r) = c_r else { return self.stuck(NO_BYTES) };
        self.fire(match (shared, c_r == c_2) {
            (false, _) => rule!("Step/atomic.rmw.cmpxchg-unshared"),
            (true, true) => rule!("Step/atomic.rmw.cmpxchg-shared-eq"),
            (true, false) => rule!("Step/atomic.rmw.cmpxchg-shared-ne"),
        });
        self.push(int(access, c_r));
        Ok(())
    }

    /// Wakes threads that wait at a place, those first that have waited longest.
    ///
    /// ```text
    /// Step/memory.atomic.notify-unaligned  z; (at.const i) (i32.const k) (memory.atomic.notify x ao)  ~>  trap
    ///                                        if ea mod N/8 ≠ 0
    /// Step/memory.atomic.notify-oob        z; …  ~>  trap   otherwise, if ea + N/8 > |mem(z, x).bytes|
    /// Step/memory.atomic.notify-unshared   z; …  ~>  z; (i32.const 0)   otherwise, if the memory is unshared; N is 32
    /// Step/memory.atomic.notify-shared     z; …  ~>  z'; (i32.const j)
    ///                                        otherwise, with (rd a.len n) (notify a.data[ea] j k), where j is the smaller
    ///                                        of k and the number of threads that wait at a.data[ea], and z' has the first
    ///                                        j of them woken
    /// ```
    fn memory_atomic_notify(&mut self, x: MemIdx, ao: MemArg) -> Reduced {
        let k = self.pop_i32()?;
        let (_, i) = self.pop_at()?;
        let unaligned = rule!("Step/memory.atomic.notify-unaligned");
        let Some(ea) = self.aligned(i, ao, 32, unaligned)? else { return Ok(()) };
        let oob = rule!("Step/memory.atomic.notify-oob");
        let Some((Integer { a: mem, .. }, shared)) = self.within(x, ea, 32, oob)? else { return Ok(()) };
        if !shared {
            self.fire(rule!("Step/memory.atomic.notify-unshared"));
            self.push(Num::I32(0));
            return Ok(());
        }
        let offset = ea;
        let mut j = 0;
        self.s.waiters.retain(|waiter| {
            let wakes = j < k && (waiter.mem, waiter.offset) == (mem, offset);
            j += u32::from(wakes);
            !wakes
        });
        let j = if M::ANSWERS { self.memory.wakes(mem, offset, k, j) } else { j };
        self.act(Action::Notify { mem, offset, woken: j, asked: k });
        self.fire(rule!("Step/memory.atomic.notify-shared"));
        self.push(Num::I32(j));
        Ok(())
    }

    /// Begins to wait at a place, if what is there is what was expected.
    ///
    /// ```text
    /// Step/memory.atomic.wait-unaligned  z; (at.const i) (iN.const c) (i64.const k) (memory.atomic.waitN x ao)  ~>  z; trap
    ///                                      if ea mod N/8 ≠ 0
    /// Step/memory.atomic.wait-unshared   z; …  ~>  z; trap   otherwise, if the memory is unshared
    /// Step/memory.atomic.wait-oob        z; …  ~>  z; trap
    ///                                      otherwise, if ea + N/8 > |mem(z, x).bytes|, with (rd a.len |mem(z, x).bytes|)
    /// Step/memory.atomic.wait-ne         z; …  ~>  z; (i32.const 1)
    ///                                      otherwise, if mem(z, x).bytes[ea : N/8] = b* ≠ bytes(iN, c),
    ///                                      with (rd a.len n) (rd_seqcst a.data[ea] b*)
    /// Step/memory.atomic.wait-eq         z; …  ~>  z'; (wait' a.data[ea] signed(64, k))
    ///                                      otherwise, with (rd a.len n) (rd_seqcst a.data[ea] bytes(iN, c))
    ///                                      (wait a.data[ea] signed(64, k)), where z' has this thread as the last of those
    ///                                      that wait at a.data[ea]
    /// ```
    fn memory_atomic_wait(&mut self, inn: Inn, x: MemIdx, ao: MemArg) -> Reduced {
        let timeout = self.pop_i64()?.cast_signed();
        let access = (inn, None);
        let c = self.pop_int(access)?;
        let (_, i) = self.pop_at()?;
        let bits = width(access);
        let unaligned = rule!("Step/memory.atomic.wait-unaligned");
        let Some(ea) = self.aligned(i, ao, bits, unaligned)? else { return Ok(()) };
        let a = self.memaddr(x)?;
        if !self.is_shared(a) {
            return self.trap(rule!("Step/memory.atomic.wait-unshared"), TrapClass::ExpectedShared);
        }
        let oob = rule!("Step/memory.atomic.wait-oob");
        let Some((place, _)) = self.within(x, ea, bits, oob)? else { return Ok(()) };
        let Some(found) = self.read(Order::SeqCst, place) else { return self.stuck(NO_BYTES) };
        if found != c {
            self.fire(rule!("Step/memory.atomic.wait-ne"));
            self.push(Num::I32(1));
            return Ok(());
        }
        let (mem, offset) = (a, ea);
        self.s.waiters.push(Waiter { thread: self.thread, mem, offset });
        self.act(Action::Wait(Waiting { mem, offset, timeout }));
        self.fire(rule!("Step/memory.atomic.wait-eq"));
        self.instrs([Instr::Waiting(mem, offset, timeout)])
    }

    /// Whether this thread still waits.
    pub(crate) fn waits(&self) -> bool {
        self.s.waiters.iter().any(|waiter| waiter.thread == self.thread)
    }

    /// A thread goes on when it has been woken. Until then it is suspended: no step.
    ///
    /// ```text
    /// Step/wait-woken  z; (wait' loc t)  ~>  z; (i32.const 0)   if this thread waits no more, with (woken loc)
    /// ```
    pub(crate) fn waiting(&mut self, mem: Addr, offset: u64, timeout: i64) -> Reduced {
        if self.waits() {
            self.ctx.pending.push(Instr::Waiting(mem, offset, timeout));
            return Err(Halt::Suspended);
        }
        self.act(Action::Woken(Waiting { mem, offset, timeout }));
        self.fire(rule!("Step/wait-woken"));
        self.push(Num::I32(0));
        Ok(())
    }

    /// What this thread is suspended at, if its next step is to go on waiting.
    pub(crate) fn suspended_at(&self) -> Option<Waiting> {
        match self.ctx.pending.last() {
            Some(&Instr::Waiting(mem, offset, timeout)) if self.waits() => Some(Waiting { mem, offset, timeout }),
            _ => None,
        }
    }

    /// A suspended thread gives up; whether it has a timeout and does.
    ///
    /// ```text
    /// Step/wait-timeout  z; (wait' loc t)  ~>  z'; (i32.const 2)
    ///                      if t ≥ 0, with (timeout loc), where z' has this thread wait no more
    /// ```
    pub(crate) fn time_out(&mut self) -> bool {
        let Some(at) = self.suspended_at().filter(|at| at.timeout >= 0) else { return false };
        let Some(redex) = self.ctx.pending.pop() else { return false };
        if O::WATCHES_STEPS {
            self.o.redex(self.s, &self.ctx, redex);
        }
        let thread = self.thread;
        self.s.waiters.retain(|waiter| waiter.thread != thread);
        self.act(Action::TimedOut(at));
        self.fire(rule!("Step/wait-timeout"));
        self.push(Num::I32(2));
        if O::WATCHES_STEPS {
            self.step_made();
        }
        true
    }

    /// Orders what is before and after it.
    ///
    /// ```text
    /// Step/atomic.fence  z; (atomic.fence)  ~>  z; ε   with (fence)
    /// ```
    fn atomic_fence(&mut self) -> Reduced {
        self.act(Action::Fence);
        self.fire(rule!("Step/atomic.fence"));
        Ok(())
    }
}
