//! Memory instructions.

use super::super::error::{Derived, Premise, fail};
use super::Body;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Memarg_ok  ⊢ {align n, offset m} : at → N  if 2^n ≤ N/8   if m < 2^|at|
    /// ```
    fn memarg_ok(&mut self, memarg: MemArg, at: AddrType, bits: u32) -> Derived {
        const MEMARG: RuleId = rule!("Memarg_ok");
        let MemArg { align: exponent, offset } = memarg;
        let bytes = bits / 8;
        if 1_u32.checked_shl(exponent).is_none_or(|alignment| alignment > bytes) {
            return fail(MEMARG, Premise::AlignmentTooLarge { exponent, bytes });
        }
        if at == AddrType::I32 && offset > u64::from(u32::MAX) {
            return fail(MEMARG, Premise::OffsetTooLarge { offset, bits: at.size() });
        }
        self.o.rule(MEMARG);
        Ok(())
    }

    /// The premises that accesses share, `C.mems[x] = at lim page` and `⊢ memarg : at → N`, and `at` as an operand type.
    fn access(&mut self, rule: RuleId, x: MemIdx, memarg: MemArg, bits: u32) -> Derived<ValType> {
        let mt = self.c.mem(rule, x)?;
        self.memarg_ok(memarg, mt.addr, bits)?;
        Ok(mt.addr.into())
    }

    /// ```text
    /// Instr_ok/memory.size  C ⊢ memory.size x : ε → at  if C.mems[x] = at lim page
    /// ```
    pub(super) fn memory_size(&mut self, x: MemIdx) -> Derived {
        const MEMORY_SIZE: RuleId = rule!("Instr_ok/memory.size");
        let mt = self.c.mem(MEMORY_SIZE, x)?;
        self.apply(MEMORY_SIZE, &[], &[mt.addr.into()])
    }

    /// ```text
    /// Instr_ok/memory.grow  C ⊢ memory.grow x : at → at  if C.mems[x] = at lim page
    /// ```
    pub(super) fn memory_grow(&mut self, x: MemIdx) -> Derived {
        const MEMORY_GROW: RuleId = rule!("Instr_ok/memory.grow");
        let mt = self.c.mem(MEMORY_GROW, x)?;
        self.apply(MEMORY_GROW, &[mt.addr.into()], &[mt.addr.into()])
    }

    /// ```text
    /// Instr_ok/memory.fill  C ⊢ memory.fill x : at i32 at → ε  if C.mems[x] = at lim page
    /// ```
    pub(super) fn memory_fill(&mut self, x: MemIdx) -> Derived {
        const MEMORY_FILL: RuleId = rule!("Instr_ok/memory.fill");
        let mt = self.c.mem(MEMORY_FILL, x)?;
        self.apply(MEMORY_FILL, &[mt.addr.into(), ValType::I32, mt.addr.into()], &[])
    }

    /// ```text
    /// Instr_ok/memory.copy  C ⊢ memory.copy x1 x2 : at1 at2 minat(at1, at2) → ε  if C.mems[x1] = at1 lim1 page
    ///                                                                            if C.mems[x2] = at2 lim2 page
    /// ```
    pub(super) fn memory_copy(&mut self, x_1: MemIdx, x_2: MemIdx) -> Derived {
        const MEMORY_COPY: RuleId = rule!("Instr_ok/memory.copy");
        let at_1 = self.c.mem(MEMORY_COPY, x_1)?.addr;
        let at_2 = self.c.mem(MEMORY_COPY, x_2)?.addr;
        self.apply(MEMORY_COPY, &[at_1.into(), at_2.into(), at_1.minat(at_2).into()], &[])
    }

    /// ```text
    /// Instr_ok/memory.init  C ⊢ memory.init x y : at i32 i32 → ε  if C.mems[x] = at lim page   if C.datas[y] = ok
    /// ```
    pub(super) fn memory_init(&mut self, x: MemIdx, y: DataIdx) -> Derived {
        const MEMORY_INIT: RuleId = rule!("Instr_ok/memory.init");
        let mt = self.c.mem(MEMORY_INIT, x)?;
        self.c.data(MEMORY_INIT, y)?;
        self.apply(MEMORY_INIT, &[mt.addr.into(), ValType::I32, ValType::I32], &[])
    }

    /// ```text
    /// Instr_ok/data.drop  C ⊢ data.drop x : ε → ε  if C.datas[x] = ok
    /// ```
    pub(super) fn data_drop(&mut self, x: DataIdx) -> Derived {
        const DATA_DROP: RuleId = rule!("Instr_ok/data.drop");
        self.c.data(DATA_DROP, x)?;
        self.derived(DATA_DROP)
    }

    /// ```text
    /// Instr_ok/load-val   C ⊢ nt.load x memarg : at → nt       if C.mems[x] = at lim page   if ⊢ memarg : at → |nt|
    /// Instr_ok/load-pack  C ⊢ Inn.loadK_sx x memarg : at → Inn  if C.mems[x] = at lim page   if ⊢ memarg : at → K
    /// ```
    pub(super) fn load(&mut self, nt: NumType, op: Option<LoadOp>, x: MemIdx, memarg: MemArg) -> Derived {
        let (rule, bits) = match op {
            None => (rule!("Instr_ok/load-val"), nt.size()),
            Some(LoadOp { sz, .. }) => (rule!("Instr_ok/load-pack"), sz.bits()),
        };
        let at = self.access(rule, x, memarg, bits)?;
        self.apply(rule, &[at], &[ValType::Num(nt)])
    }

    /// ```text
    /// Instr_ok/store-val   C ⊢ nt.store x memarg : at nt → ε     if C.mems[x] = at lim page   if ⊢ memarg : at → |nt|
    /// Instr_ok/store-pack  C ⊢ Inn.storeK x memarg : at Inn → ε  if C.mems[x] = at lim page   if ⊢ memarg : at → K
    /// ```
    pub(super) fn store(&mut self, nt: NumType, sz: Option<Sz>, x: MemIdx, memarg: MemArg) -> Derived {
        let (rule, bits) = match sz {
            None => (rule!("Instr_ok/store-val"), nt.size()),
            Some(sz) => (rule!("Instr_ok/store-pack"), sz.bits()),
        };
        let at = self.access(rule, x, memarg, bits)?;
        self.apply(rule, &[at, ValType::Num(nt)], &[])
    }

    /// ```text
    /// Instr_ok/vload-val    C ⊢ v128.load x memarg : at → v128         if C.mems[x] = at lim page
    ///                                                                  if ⊢ memarg : at → |v128|
    /// Instr_ok/vload-pack   C ⊢ v128.loadNxM_sx x memarg : at → v128   if C.mems[x] = at lim page
    ///                                                                  if ⊢ memarg : at → N·M
    /// Instr_ok/vload-splat  C ⊢ v128.loadN_splat x memarg : at → v128  if C.mems[x] = at lim page
    ///                                                                  if ⊢ memarg : at → N
    /// Instr_ok/vload-zero   C ⊢ v128.loadN_zero x memarg : at → v128   if C.mems[x] = at lim page
    ///                                                                  if ⊢ memarg : at → N
    /// ```
    pub(super) fn vload(&mut self, op: Option<VLoadOp>, x: MemIdx, memarg: MemArg) -> Derived {
        let (rule, bits) = match op {
            None => (rule!("Instr_ok/vload-val"), 128),
            Some(VLoadOp::Shape(sz, m, _)) => (rule!("Instr_ok/vload-pack"), sz.bits() * u32::from(m)),
            Some(VLoadOp::Splat(sz)) => (rule!("Instr_ok/vload-splat"), sz.bits()),
            Some(VLoadOp::Zero(sz)) => (rule!("Instr_ok/vload-zero"), sz.bits()),
        };
        let at = self.access(rule, x, memarg, bits)?;
        self.apply(rule, &[at], &[ValType::V128])
    }

    /// ```text
    /// Instr_ok/vload_lane  C ⊢ v128.loadN_lane x memarg i : at v128 → v128  if C.mems[x] = at lim page
    ///                                                                       if ⊢ memarg : at → N
    ///                                                                       if i < 128/N
    /// ```
    pub(super) fn vload_lane(&mut self, sz: Sz, x: MemIdx, memarg: MemArg, i: LaneIdx) -> Derived {
        const VLOAD_LANE: RuleId = rule!("Instr_ok/vload_lane");
        let at = self.access(VLOAD_LANE, x, memarg, sz.bits())?;
        self.lane(VLOAD_LANE, i, 128 / sz.bits())?;
        self.apply(VLOAD_LANE, &[at, ValType::V128], &[ValType::V128])
    }

    /// ```text
    /// Instr_ok/vstore  C ⊢ v128.store x memarg : at v128 → ε  if C.mems[x] = at lim page
    ///                                                         if ⊢ memarg : at → |v128|
    /// ```
    pub(super) fn vstore(&mut self, x: MemIdx, memarg: MemArg) -> Derived {
        const VSTORE: RuleId = rule!("Instr_ok/vstore");
        let at = self.access(VSTORE, x, memarg, 128)?;
        self.apply(VSTORE, &[at, ValType::V128], &[])
    }

    /// ```text
    /// Instr_ok/vstore_lane  C ⊢ v128.storeN_lane x memarg i : at v128 → ε  if C.mems[x] = at lim page
    ///                                                                      if ⊢ memarg : at → N
    ///                                                                      if i < 128/N
    /// ```
    pub(super) fn vstore_lane(&mut self, sz: Sz, x: MemIdx, memarg: MemArg, i: LaneIdx) -> Derived {
        const VSTORE_LANE: RuleId = rule!("Instr_ok/vstore_lane");
        let at = self.access(VSTORE_LANE, x, memarg, sz.bits())?;
        self.lane(VSTORE_LANE, i, 128 / sz.bits())?;
        self.apply(VSTORE_LANE, &[at, ValType::V128], &[])
    }

    /// `i < n`
    pub(super) fn lane(&self, rule: RuleId, i: LaneIdx, n: u32) -> Derived {
        if u32::from(i) >= n {
            return fail(rule, Premise::LaneOutOfRange { lane: i.into(), lanes: n });
        }
        Ok(())
    }
}
