//! Atomic instructions (chapters T.1 and S.2 of the catalogue).

use super::super::contexts::lookup;
use super::super::error::{Derived, Premise, Space, fail};
use super::aggregates::{mutable, ref_null_to, sign};
use super::shares::abs;
use super::{Body, RuleId};
use crate::observe::{Observer, Unobserved};
use crate::rule;
use crate::syntax::*;

const I32: ValType = ValType::I32;

/// What a rule on an access of full and of smaller width is called.
fn by_width((_, sz): Access, val: RuleId, pack: RuleId) -> RuleId {
    if sz.is_some() { pack } else { val }
}

/// `Inn`
fn int((inn, _): Access) -> ValType {
    ValType::Num(inn.into())
}

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Memarg_ok/atomic  ⊢ {align n, offset m} : at → N atomic  if 2^n = N/8   if m < 2^|at|
    /// ```
    fn memarg_atomic(&mut self, x: MemIdx, rule: RuleId, memarg: MemArg, bits: u32) -> Derived<ValType> {
        const MEMARG: RuleId = rule!("Memarg_ok/atomic");
        let MemType { addr: at, .. } = self.c.mem(rule, x)?;
        let MemArg { align: exponent, offset } = memarg;
        let bytes = bits / 8;
        if 1_u32.checked_shl(exponent) != Some(bytes) {
            return fail(MEMARG, Premise::AlignmentNotNatural { exponent, bytes });
        }
        if at == AddrType::I32 && offset > u64::from(u32::MAX) {
            return fail(MEMARG, Premise::OffsetTooLarge { offset, bits: at.size() });
        }
        self.o.rule(MEMARG);
        Ok(at.into())
    }

    /// Whether `C ⊢ t <: (ref null (share aht))` for some `share`, and for which.
    fn below(&self, t: ValType, aht: AbsHeapType) -> Option<Share> {
        let tops = [Share::Unshared, Share::Shared];
        tops.into_iter().find(|&share| self.c.matching().valtype_sub(t, abs(true, share, aht), &mut Unobserved))
    }

    /// `t` is `i32` or `i64` or `C ⊢ t <: (ref null (share any))`.
    fn atomic_type(&mut self, rule: RuleId, zt: StorageType) -> Derived<ValType> {
        match zt {
            StorageType::Val(t @ (ValType::I32 | ValType::I64)) => Ok(t),
            StorageType::Val(t) if self.below(t, AbsHeapType::Any).is_some() => Ok(t),
            found => fail(rule, Premise::NotAtomic { found }),
        }
    }

    /// What a get gives: a packed type needs a sign, others must be those of atomic accesses.
    fn atomic_get_type(&mut self, rule: RuleId, sx: Option<Sx>, zt: StorageType) -> Derived<ValType> {
        sign(rule, sx, zt)?;
        if sx.is_some() { Ok(I32) } else { self.atomic_type(rule, zt) }
    }

    /// What a set takes.
    fn atomic_set_type(&mut self, rule: RuleId, zt: StorageType) -> Derived<ValType> {
        match zt {
            StorageType::Pack(_) => Ok(I32),
            StorageType::Val(_) => self.atomic_type(rule, zt),
        }
    }

    /// `t` of `rmw.atop`: references can be exchanged only.
    fn rmw_type(&mut self, rule: RuleId, atop: AtOp, zt: StorageType) -> Derived<ValType> {
        match zt {
            _ if atop == AtOp::Xchg => self.atomic_type(rule, zt),
            StorageType::Val(t @ (ValType::I32 | ValType::I64)) => Ok(t),
            found => fail(rule, Premise::NotAtomic { found }),
        }
    }

    /// `C ⊢ t : cmpxchg t_1`: the type of what is expected, and the type.
    fn cmpxchg_types(&mut self, rule: RuleId, zt: StorageType) -> Derived<(ValType, ValType)> {
        match zt {
            StorageType::Val(t @ (ValType::I32 | ValType::I64)) => Ok((t, t)),
            StorageType::Val(t) => match self.below(t, AbsHeapType::Eq) {
                Some(share) => Ok((abs(true, share, AbsHeapType::Eq), t)),
                None => fail(rule, Premise::NotAtomic { found: zt }),
            },
            StorageType::Pack(_) => fail(rule, Premise::NotAtomic { found: zt }),
        }
    }

    /// ```text
    /// Instr_ok/atomic.load-val          C ⊢ Inn.atomic.load x ao : at → Inn            if C.mems[x] = share at lim page
    ///                                                                                  if ⊢ ao : at → |Inn| atomic
    /// Instr_ok/atomic.load-pack         C ⊢ Inn.atomic.loadN_u x ao : at → Inn         likewise, with N
    /// Instr_ok/atomic.store-val         C ⊢ Inn.atomic.store x ao : at Inn → ε         likewise
    /// Instr_ok/atomic.store-pack        C ⊢ Inn.atomic.storeN x ao : at Inn → ε        likewise, with N
    /// Instr_ok/atomic.rmw-val           C ⊢ Inn.atomic.rmw.atop x ao : at Inn → Inn    likewise
    /// Instr_ok/atomic.rmw-pack          C ⊢ Inn.atomic.rmwN.atop_u x ao : at Inn → Inn  likewise, with N
    /// Instr_ok/atomic.rmw.cmpxchg-val   C ⊢ Inn.atomic.rmw.cmpxchg x ao : at Inn Inn → Inn  likewise
    /// Instr_ok/atomic.rmw.cmpxchg-pack  C ⊢ Inn.atomic.rmwN.cmpxchg_u x ao : at Inn Inn → Inn  likewise, with N
    /// Instr_ok/memory.atomic.notify     C ⊢ memory.atomic.notify x ao : at i32 → i32   likewise, with 32
    /// Instr_ok/memory.atomic.wait       C ⊢ memory.atomic.waitN x ao : at iN i64 → i32  likewise, with N
    /// Instr_ok/atomic.fence             C ⊢ atomic.fence : ε → ε
    /// ```
    pub(super) fn atomic(&mut self, atomic: Atomic) -> Derived {
        match atomic {
            Atomic::Load(access, x, ao) => {
                let rule = by_width(access, rule!("Instr_ok/atomic.load-val"), rule!("Instr_ok/atomic.load-pack"));
                let at = self.memarg_atomic(x, rule, ao, width(access))?;
                self.apply(rule, &[at], &[int(access)])
            }
            Atomic::Store(access, x, ao) => {
                let rule = by_width(access, rule!("Instr_ok/atomic.store-val"), rule!("Instr_ok/atomic.store-pack"));
                let at = self.memarg_atomic(x, rule, ao, width(access))?;
                self.apply(rule, &[at, int(access)], &[])
            }
            Atomic::Rmw(access, _, x, ao) => {
                let rule = by_width(access, rule!("Instr_ok/atomic.rmw-val"), rule!("Instr_ok/atomic.rmw-pack"));
                let at = self.memarg_atomic(x, rule, ao, width(access))?;
                self.apply(rule, &[at, int(access)], &[int(access)])
            }
            Atomic::Cmpxchg(access, x, ao) => {
                let (val, pack) = (rule!("Instr_ok/atomic.rmw.cmpxchg-val"), rule!("Instr_ok/atomic.rmw.cmpxchg-pack"));
                let rule = by_width(access, val, pack);
                let at = self.memarg_atomic(x, rule, ao, width(access))?;
                self.apply(rule, &[at, int(access), int(access)], &[int(access)])
            }
            Atomic::Notify(x, ao) => {
                const NOTIFY: RuleId = rule!("Instr_ok/memory.atomic.notify");
                let at = self.memarg_atomic(x, NOTIFY, ao, 32)?;
                self.apply(NOTIFY, &[at, I32], &[I32])
            }
            Atomic::Wait(inn, x, ao) => {
                const WAIT: RuleId = rule!("Instr_ok/memory.atomic.wait");
                let at = self.memarg_atomic(x, WAIT, ao, width((inn, None)))?;
                self.apply(WAIT, &[at, int((inn, None)), ValType::I64], &[I32])
            }
            Atomic::Fence => self.derived(rule!("Instr_ok/atomic.fence")),
            Atomic::GlobalGet(..) | Atomic::GlobalSet(..) | Atomic::GlobalRmw(..) | Atomic::GlobalCmpxchg(..) => {
                self.global_atomic(atomic)
            }
            Atomic::TableGet(..) | Atomic::TableSet(..) | Atomic::TableXchg(..) | Atomic::TableCmpxchg(..) => {
                self.table_atomic(atomic)
            }
            Atomic::StructGet(_, _, x, i)
            | Atomic::StructSet(_, x, i)
            | Atomic::StructRmw(_, _, x, i)
            | Atomic::StructCmpxchg(_, x, i) => self.struct_atomic(atomic, x, i),
            Atomic::ArrayGet(_, _, x)
            | Atomic::ArraySet(_, x)
            | Atomic::ArrayRmw(_, _, x)
            | Atomic::ArrayCmpxchg(_, x) => self.array_atomic(atomic, x),
        }
    }

    /// `C.globals[x] = share mut? t`, with `mut` where something is written.
    fn global_mut(&mut self, rule: RuleId, x: GlobalIdx, written: bool) -> Derived<StorageType> {
        let gt = *lookup(rule, Space::Global, &self.c.globals, x)?;
        if written && !gt.mutable {
            return fail(rule, Premise::ImmutableGlobal { index: x });
        }
        Ok(StorageType::Val(gt.val))
    }

    /// ```text
    /// Instr_ok/global.atomic.get          C ⊢ global.atomic.get ord x : ε → t       if C.globals[x] = share mut? t
    ///                                       if t is i32 or i64 or C ⊢ t <: (ref null (share' any))
    /// Instr_ok/global.atomic.set          C ⊢ global.atomic.set ord x : t → ε       if C.globals[x] = share mut t
    ///                                       if t is i32 or i64 or C ⊢ t <: (ref null (share' any))
    /// Instr_ok/global.atomic.rmw          C ⊢ global.atomic.rmw.atop ord x : t → t  if C.globals[x] = share mut t
    ///                                       if t is i32 or i64
    /// Instr_ok/global.atomic.rmw.xchg     C ⊢ global.atomic.rmw.xchg ord x : t → t  if C.globals[x] = share mut t
    ///                                       if t is i32 or i64 or C ⊢ t <: (ref null (share' any))
    /// Instr_ok/global.atomic.rmw.cmpxchg  C ⊢ global.atomic.rmw.cmpxchg ord x : t_1 t → t
    ///                                       if C.globals[x] = share mut t   if C ⊢ t : cmpxchg t_1
    /// ```
    fn global_atomic(&mut self, atomic: Atomic) -> Derived {
        match atomic {
            Atomic::GlobalGet(_, x) => {
                const GET: RuleId = rule!("Instr_ok/global.atomic.get");
                let zt = self.global_mut(GET, x, false)?;
                let t = self.atomic_type(GET, zt)?;
                self.apply(GET, &[], &[t])
            }
            Atomic::GlobalSet(_, x) => {
                const SET: RuleId = rule!("Instr_ok/global.atomic.set");
                let zt = self.global_mut(SET, x, true)?;
                let t = self.atomic_type(SET, zt)?;
                self.apply(SET, &[t], &[])
            }
            Atomic::GlobalRmw(_, atop, x) => {
                let rule = match atop {
                    AtOp::Xchg => rule!("Instr_ok/global.atomic.rmw.xchg"),
                    _ => rule!("Instr_ok/global.atomic.rmw"),
                };
                let zt = self.global_mut(rule, x, true)?;
                let t = self.rmw_type(rule, atop, zt)?;
                self.apply(rule, &[t], &[t])
            }
            Atomic::GlobalCmpxchg(_, x) => {
                const CMPXCHG: RuleId = rule!("Instr_ok/global.atomic.rmw.cmpxchg");
                let zt = self.global_mut(CMPXCHG, x, true)?;
                let (t_1, t) = self.cmpxchg_types(CMPXCHG, zt)?;
                self.apply(CMPXCHG, &[t_1, t], &[t])
            }
            _ => Ok(()),
        }
    }

    /// ```text
    /// Instr_ok/table.atomic.get          C ⊢ table.atomic.get ord x : at → rt          if C.tables[x] = share at lim rt
    ///                                      if C ⊢ rt <: (ref null (share' any))
    /// Instr_ok/table.atomic.set          C ⊢ table.atomic.set ord x : at rt → ε        likewise
    /// Instr_ok/table.atomic.rmw.xchg     C ⊢ table.atomic.rmw.xchg ord x : at rt → rt  likewise
    /// Instr_ok/table.atomic.rmw.cmpxchg  C ⊢ table.atomic.rmw.cmpxchg ord x : at t_1 rt → rt
    ///                                      if C.tables[x] = share at lim rt   if C ⊢ rt : cmpxchg t_1
    /// ```
    fn table_atomic(&mut self, atomic: Atomic) -> Derived {
        let (rule, x) = match atomic {
            Atomic::TableGet(_, x) => (rule!("Instr_ok/table.atomic.get"), x),
            Atomic::TableSet(_, x) => (rule!("Instr_ok/table.atomic.set"), x),
            Atomic::TableXchg(_, x) => (rule!("Instr_ok/table.atomic.rmw.xchg"), x),
            Atomic::TableCmpxchg(_, x) => (rule!("Instr_ok/table.atomic.rmw.cmpxchg"), x),
            _ => return Ok(()),
        };
        let tt = self.c.table(rule, x)?;
        let (at, zt) = (tt.addr.into(), StorageType::Val(ValType::Ref(tt.elem)));
        if let Atomic::TableCmpxchg(..) = atomic {
            let (t_1, t) = self.cmpxchg_types(rule, zt)?;
            return self.apply(rule, &[at, t_1, t], &[t]);
        }
        let t = self.atomic_type(rule, zt)?;
        match atomic {
            Atomic::TableGet(..) => self.apply(rule, &[at], &[t]),
            Atomic::TableSet(..) => self.apply(rule, &[at, t], &[]),
            _ => self.apply(rule, &[at, t], &[t]),
        }
    }

    /// ```text
    /// Instr_ok/struct.atomic.get          C ⊢ struct.atomic.get sx? ord x i : (ref null x) → unpack(zt)
    /// Instr_ok/struct.atomic.set          C ⊢ struct.atomic.set ord x i : (ref null x) unpack(zt) → ε
    /// Instr_ok/struct.atomic.rmw          C ⊢ struct.atomic.rmw.atop ord x i : (ref null x) t → t
    /// Instr_ok/struct.atomic.rmw.xchg     C ⊢ struct.atomic.rmw.xchg ord x i : (ref null x) t → t
    /// Instr_ok/struct.atomic.rmw.cmpxchg  C ⊢ struct.atomic.rmw.cmpxchg ord x i : (ref null x) t_1 t → t
    /// ```
    fn struct_atomic(&mut self, atomic: Atomic, x: TypeIdx, i: FieldIdx) -> Derived {
        let rule = match atomic {
            Atomic::StructGet(..) => rule!("Instr_ok/struct.atomic.get"),
            Atomic::StructSet(..) => rule!("Instr_ok/struct.atomic.set"),
            Atomic::StructRmw(_, AtOp::Xchg, ..) => rule!("Instr_ok/struct.atomic.rmw.xchg"),
            Atomic::StructRmw(..) => rule!("Instr_ok/struct.atomic.rmw"),
            _ => rule!("Instr_ok/struct.atomic.rmw.cmpxchg"),
        };
        let ft = *lookup(rule, Space::Field, self.c.expand_struct(rule, x, self.o)?, i)?;
        let rt = ref_null_to(x);
        match atomic {
            Atomic::StructGet(_, sx, ..) => {
                let t = self.atomic_get_type(rule, sx, ft.storage)?;
                self.apply(rule, &[rt], &[t])
            }
            Atomic::StructSet(..) => {
                let zt = mutable(rule, ft, Some(i))?;
                let t = self.atomic_set_type(rule, zt)?;
                self.apply(rule, &[rt, t], &[])
            }
            Atomic::StructRmw(_, atop, ..) => {
                let zt = mutable(rule, ft, Some(i))?;
                let t = self.rmw_type(rule, atop, zt)?;
                self.apply(rule, &[rt, t], &[t])
            }
            _ => {
                let zt = mutable(rule, ft, Some(i))?;
                let (t_1, t) = self.cmpxchg_types(rule, zt)?;
                self.apply(rule, &[rt, t_1, t], &[t])
            }
        }
    }

    /// ```text
    /// Instr_ok/array.atomic.get          C ⊢ array.atomic.get sx? ord x : (ref null x) i32 → unpack(zt)
    /// Instr_ok/array.atomic.set          C ⊢ array.atomic.set ord x : (ref null x) i32 unpack(zt) → ε
    /// Instr_ok/array.atomic.rmw          C ⊢ array.atomic.rmw.atop ord x : (ref null x) i32 t → t
    /// Instr_ok/array.atomic.rmw.xchg     C ⊢ array.atomic.rmw.xchg ord x : (ref null x) i32 t → t
    /// Instr_ok/array.atomic.rmw.cmpxchg  C ⊢ array.atomic.rmw.cmpxchg ord x : (ref null x) i32 t_1 t → t
    /// ```
    fn array_atomic(&mut self, atomic: Atomic, x: TypeIdx) -> Derived {
        let rule = match atomic {
            Atomic::ArrayGet(..) => rule!("Instr_ok/array.atomic.get"),
            Atomic::ArraySet(..) => rule!("Instr_ok/array.atomic.set"),
            Atomic::ArrayRmw(_, AtOp::Xchg, ..) => rule!("Instr_ok/array.atomic.rmw.xchg"),
            Atomic::ArrayRmw(..) => rule!("Instr_ok/array.atomic.rmw"),
            _ => rule!("Instr_ok/array.atomic.rmw.cmpxchg"),
        };
        let ft = self.c.expand_array(rule, x, self.o)?;
        let rt = ref_null_to(x);
        match atomic {
            Atomic::ArrayGet(_, sx, _) => {
                let t = self.atomic_get_type(rule, sx, ft.storage)?;
                self.apply(rule, &[rt, I32], &[t])
            }
            Atomic::ArraySet(..) => {
                let zt = mutable(rule, ft, None)?;
                let t = self.atomic_set_type(rule, zt)?;
                self.apply(rule, &[rt, I32, t], &[])
            }
            Atomic::ArrayRmw(_, atop, _) => {
                let zt = mutable(rule, ft, None)?;
                let t = self.rmw_type(rule, atop, zt)?;
                self.apply(rule, &[rt, I32, t], &[t])
            }
            _ => {
                let zt = mutable(rule, ft, None)?;
                let (t_1, t) = self.cmpxchg_types(rule, zt)?;
                self.apply(rule, &[rt, I32, t_1, t], &[t])
            }
        }
    }
}
