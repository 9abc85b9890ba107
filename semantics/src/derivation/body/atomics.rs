//! Atomic instructions (chapters T.1 and S.2 of the catalogue): the type of each is fixed.

use super::super::Judgement as J;
use super::context::Context;
use super::rules::{Fixed, mutable, sign, to};
use super::{InstrType, abs};
use crate::RuleId;
use crate::syntax::*;

const I32: ValType = ValType::I32;

/// A rule for an access of full width, and one for a smaller one.
fn by_width((_, sz): Access, val: RuleId, pack: RuleId) -> RuleId {
    if sz.is_none() { val } else { pack }
}

/// `Inn`
fn int(inn: Inn) -> ValType {
    ValType::Num(inn.into())
}

/// `|Inn|`, or the `N` of a smaller access.
fn bits((inn, sz): Access) -> u32 {
    sz.map_or(NumType::from(inn).size(), Sz::bits)
}

impl Context<'_> {
    /// `C.mems[x] = share at lim page` and `⊢ ao : at → N atomic`: `2^n = N/8` and `m < 2^|at|`
    fn atomic_access(&self, x: MemIdx, ao: MemArg, bits: u32) -> Option<ValType> {
        let at = self.mems.get(x as usize)?.addr;
        let aligned = ao.align < 32 && 1_u64 << ao.align == u64::from(bits / 8);
        let reached = u128::from(ao.offset) < 1_u128 << at.size();
        (aligned && reached).then_some(at.into())
    }

    /// `(ref null (share aht))` of the `share` that `t` has: it can match no other.
    fn above(&self, t: ValType, aht: AbsHeapType) -> Option<ValType> {
        match t {
            ValType::Ref(rt) => Some(abs(true, self.share(rt.heap)?, aht)),
            _ => None,
        }
    }

    /// `t is i32 or i64 or C ⊢ t <: (ref null (share any))`: what is left to derive.
    fn atomic_type(&self, t: ValType) -> Option<Vec<J>> {
        match t {
            ValType::I32 | ValType::I64 => Some(vec![]),
            _ => Some(vec![J::ValtypeSub(t, self.above(t, AbsHeapType::Any)?)]),
        }
    }

    /// The same of a storage type that is not packed.
    fn atomic_storage(&self, zt: StorageType) -> Option<Vec<J>> {
        match zt {
            StorageType::Val(ValType::I32 | ValType::I64) => Some(vec![]),
            StorageType::Val(t) => {
                Some(vec![J::StoragetypeSub(zt, StorageType::Val(self.above(t, AbsHeapType::Any)?))])
            }
            StorageType::Pack(_) => None,
        }
    }

    /// `C ⊢ t : cmpxchg t_1`: `t_1`, and what is left to derive.
    fn cmpxchg(&self, t: ValType) -> Option<(ValType, Vec<J>)> {
        match t {
            ValType::I32 | ValType::I64 => Some((t, vec![])),
            _ => {
                let t_1 = self.above(t, AbsHeapType::Eq)?;
                Some((t_1, vec![J::ValtypeSub(t, t_1)]))
            }
        }
    }

    /// `C.globals[x] = share mut t`
    fn mutable_global(&self, x: GlobalIdx) -> Option<ValType> {
        self.globals.get(x as usize).filter(|gt| gt.mutable).map(|gt| gt.val)
    }

    /// `C.tables[x] = share at lim rt`
    fn table(&self, x: TableIdx) -> Option<(ValType, ValType)> {
        self.tables.get(x as usize).map(|tt| (tt.addr.into(), ValType::Ref(tt.elem)))
    }

    /// `ft*[i]` of `C.types[x]`
    fn field(&self, x: TypeIdx, i: FieldIdx) -> Option<FieldType> {
        self.structtype(x)?.get(i as usize).copied()
    }

    /// The rule and the type of an atomic instruction; none where a premise does not hold.
    pub(super) fn atomic(&self, atomic: Atomic) -> Option<Fixed> {
        let (rule, t_1, t_2) = match atomic {
            Atomic::Load(access, x, ao) => {
                let at = self.atomic_access(x, ao, bits(access))?;
                let rule = by_width(access, id!("Instr_ok/atomic.load-val"), id!("Instr_ok/atomic.load-pack"));
                (rule, vec![at], vec![int(access.0)])
            }
            Atomic::Store(access, x, ao) => {
                let at = self.atomic_access(x, ao, bits(access))?;
                let rule = by_width(access, id!("Instr_ok/atomic.store-val"), id!("Instr_ok/atomic.store-pack"));
                (rule, vec![at, int(access.0)], vec![])
            }
            Atomic::Rmw(access, _, x, ao) => {
                let at = self.atomic_access(x, ao, bits(access))?;
                let rule = by_width(access, id!("Instr_ok/atomic.rmw-val"), id!("Instr_ok/atomic.rmw-pack"));
                (rule, vec![at, int(access.0)], vec![int(access.0)])
            }
            Atomic::Cmpxchg(access, x, ao) => {
                let at = self.atomic_access(x, ao, bits(access))?;
                let (val, pack) = (id!("Instr_ok/atomic.rmw.cmpxchg-val"), id!("Instr_ok/atomic.rmw.cmpxchg-pack"));
                (by_width(access, val, pack), vec![at, int(access.0), int(access.0)], vec![int(access.0)])
            }
            Atomic::Notify(x, ao) => {
                (id!("Instr_ok/memory.atomic.notify"), vec![self.atomic_access(x, ao, 32)?, I32], vec![I32])
            }
            Atomic::Wait(inn, x, ao) => {
                let at = self.atomic_access(x, ao, bits((inn, None)))?;
                (id!("Instr_ok/memory.atomic.wait"), vec![at, int(inn), ValType::I64], vec![I32])
            }
            Atomic::Fence => (id!("Instr_ok/atomic.fence"), vec![], vec![]),
            Atomic::GlobalGet(..) | Atomic::GlobalSet(..) | Atomic::GlobalRmw(..) | Atomic::GlobalCmpxchg(..) => {
                return self.global_atomic(atomic);
            }
            Atomic::TableGet(..) | Atomic::TableSet(..) | Atomic::TableXchg(..) | Atomic::TableCmpxchg(..) => {
                return self.table_atomic(atomic);
            }
            Atomic::StructGet(..) | Atomic::StructSet(..) | Atomic::StructRmw(..) | Atomic::StructCmpxchg(..) => {
                return self.struct_atomic(atomic);
            }
            Atomic::ArrayGet(..) | Atomic::ArraySet(..) | Atomic::ArrayRmw(..) | Atomic::ArrayCmpxchg(..) => {
                return self.array_atomic(atomic);
            }
        };
        Some(Fixed { rule, it: InstrType { t_1, x: vec![], t_2 }, subs: vec![] })
    }

    fn global_atomic(&self, atomic: Atomic) -> Option<Fixed> {
        let (rule, t_1, t_2, subs) = match atomic {
            Atomic::GlobalGet(_, x) => {
                let t = self.globals.get(x as usize)?.val;
                (id!("Instr_ok/global.atomic.get"), vec![], vec![t], self.atomic_type(t)?)
            }
            Atomic::GlobalSet(_, x) => {
                let t = self.mutable_global(x)?;
                (id!("Instr_ok/global.atomic.set"), vec![t], vec![], self.atomic_type(t)?)
            }
            Atomic::GlobalRmw(_, AtOp::Xchg, x) => {
                let t = self.mutable_global(x)?;
                (id!("Instr_ok/global.atomic.rmw.xchg"), vec![t], vec![t], self.atomic_type(t)?)
            }
            Atomic::GlobalRmw(_, _, x) => {
                let t = arithmetic(self.mutable_global(x)?)?;
                (id!("Instr_ok/global.atomic.rmw"), vec![t], vec![t], vec![])
            }
            Atomic::GlobalCmpxchg(_, x) => {
                let t = self.mutable_global(x)?;
                let (expected, subs) = self.cmpxchg(t)?;
                (id!("Instr_ok/global.atomic.rmw.cmpxchg"), vec![expected, t], vec![t], subs)
            }
            _ => return None,
        };
        Some(Fixed { rule, it: InstrType { t_1, x: vec![], t_2 }, subs })
    }

    fn table_atomic(&self, atomic: Atomic) -> Option<Fixed> {
        let (Atomic::TableGet(_, x) | Atomic::TableSet(_, x) | Atomic::TableXchg(_, x) | Atomic::TableCmpxchg(_, x)) =
            atomic
        else {
            return None;
        };
        let (at, rt) = self.table(x)?;
        let (rule, t_1, t_2, subs) = match atomic {
            Atomic::TableGet(..) => (id!("Instr_ok/table.atomic.get"), vec![at], vec![rt], self.atomic_type(rt)?),
            Atomic::TableSet(..) => (id!("Instr_ok/table.atomic.set"), vec![at, rt], vec![], self.atomic_type(rt)?),
            Atomic::TableXchg(..) => {
                (id!("Instr_ok/table.atomic.rmw.xchg"), vec![at, rt], vec![rt], self.atomic_type(rt)?)
            }
            _ => {
                let (expected, subs) = self.cmpxchg(rt)?;
                (id!("Instr_ok/table.atomic.rmw.cmpxchg"), vec![at, expected, rt], vec![rt], subs)
            }
        };
        Some(Fixed { rule, it: InstrType { t_1, x: vec![], t_2 }, subs })
    }

    fn struct_atomic(&self, atomic: Atomic) -> Option<Fixed> {
        let (rule, t_1, t_2, subs) = match atomic {
            Atomic::StructGet(_, sx, x, i) => {
                let zt = self.field(x, i)?.storage;
                let subs = self.read(sx, zt)?;
                (id!("Instr_ok/struct.atomic.get"), vec![to(true, x)], vec![zt.unpack()], subs)
            }
            Atomic::StructSet(_, x, i) => {
                let zt = mutable(self.field(x, i)?)?;
                let subs = self.written(zt)?;
                (id!("Instr_ok/struct.atomic.set"), vec![to(true, x), zt.unpack()], vec![], subs)
            }
            Atomic::StructRmw(_, AtOp::Xchg, x, i) => {
                let t = unpacked(mutable(self.field(x, i)?)?)?;
                (id!("Instr_ok/struct.atomic.rmw.xchg"), vec![to(true, x), t], vec![t], self.atomic_type(t)?)
            }
            Atomic::StructRmw(_, _, x, i) => {
                let t = arithmetic(unpacked(mutable(self.field(x, i)?)?)?)?;
                (id!("Instr_ok/struct.atomic.rmw"), vec![to(true, x), t], vec![t], vec![])
            }
            Atomic::StructCmpxchg(_, x, i) => {
                let t = unpacked(mutable(self.field(x, i)?)?)?;
                let (expected, subs) = self.cmpxchg(t)?;
                (id!("Instr_ok/struct.atomic.rmw.cmpxchg"), vec![to(true, x), expected, t], vec![t], subs)
            }
            _ => return None,
        };
        Some(Fixed { rule, it: InstrType { t_1, x: vec![], t_2 }, subs })
    }

    fn array_atomic(&self, atomic: Atomic) -> Option<Fixed> {
        let (rule, t_1, t_2, subs) = match atomic {
            Atomic::ArrayGet(_, sx, x) => {
                let zt = self.arraytype(x)?.storage;
                let subs = self.read(sx, zt)?;
                (id!("Instr_ok/array.atomic.get"), vec![to(true, x), I32], vec![zt.unpack()], subs)
            }
            Atomic::ArraySet(_, x) => {
                let zt = mutable(self.arraytype(x)?)?;
                let subs = self.written(zt)?;
                (id!("Instr_ok/array.atomic.set"), vec![to(true, x), I32, zt.unpack()], vec![], subs)
            }
            Atomic::ArrayRmw(_, AtOp::Xchg, x) => {
                let t = unpacked(mutable(self.arraytype(x)?)?)?;
                (id!("Instr_ok/array.atomic.rmw.xchg"), vec![to(true, x), I32, t], vec![t], self.atomic_type(t)?)
            }
            Atomic::ArrayRmw(_, _, x) => {
                let t = arithmetic(unpacked(mutable(self.arraytype(x)?)?)?)?;
                (id!("Instr_ok/array.atomic.rmw"), vec![to(true, x), I32, t], vec![t], vec![])
            }
            Atomic::ArrayCmpxchg(_, x) => {
                let t = unpacked(mutable(self.arraytype(x)?)?)?;
                let (expected, subs) = self.cmpxchg(t)?;
                (id!("Instr_ok/array.atomic.rmw.cmpxchg"), vec![to(true, x), I32, expected, t], vec![t], subs)
            }
            _ => return None,
        };
        Some(Fixed { rule, it: InstrType { t_1, x: vec![], t_2 }, subs })
    }

    /// `sx? ≠ ε and zt is a packed type, or sx? = ε and zt is i32 or i64 or C ⊢ zt <: (ref null (share any))`
    fn read(&self, sx: Option<Sx>, zt: StorageType) -> Option<Vec<J>> {
        sign(sx, zt)?;
        if sx.is_some() { Some(vec![]) } else { self.atomic_storage(zt) }
    }

    /// `zt is a packed type or i32 or i64 or C ⊢ zt <: (ref null (share any))`
    fn written(&self, zt: StorageType) -> Option<Vec<J>> {
        match zt {
            StorageType::Pack(_) => Some(vec![]),
            StorageType::Val(_) => self.atomic_storage(zt),
        }
    }
}

/// `zt = t`
fn unpacked(zt: StorageType) -> Option<ValType> {
    match zt {
        StorageType::Val(t) => Some(t),
        StorageType::Pack(_) => None,
    }
}

/// `t is i32 or i64`
fn arithmetic(t: ValType) -> Option<ValType> {
    matches!(t, ValType::I32 | ValType::I64).then_some(t)
}
