//! The rules of the instructions whose type is fixed by the instruction and the context.

use super::super::Judgement as J;
use super::context::{Context, Scope, Scopes};
use super::{InstrType, MOST, abs, idx};
use crate::RuleId;
use crate::execution::defaultable;
use crate::observe::Unobserved;
use crate::syntax::*;

/// What a rule says of an instruction.
pub(super) struct Fixed {
    pub(super) rule: RuleId,
    pub(super) it: InstrType,
    /// The premises about subtyping.
    pub(super) subs: Vec<J>,
}

const I32: ValType = ValType::I32;
const V128: ValType = ValType::V128;

pub(super) fn to(null: bool, x: TypeIdx) -> ValType {
    idx(null, TypeUse::Idx(x))
}

fn num(nt: impl Into<NumType>) -> ValType {
    ValType::Num(nt.into())
}

fn default(t: ValType) -> Option<()> {
    defaultable(t, &mut Unobserved).then_some(())
}

/// `sx? ≠ ε ⇔ is_packtype(zt)`
pub(super) fn sign(sx: Option<Sx>, zt: StorageType) -> Option<()> {
    (sx.is_some() == matches!(zt, StorageType::Pack(_))).then_some(())
}

/// `unpack(zt) = nt or unpack(zt) = vt`
fn numeric(zt: StorageType) -> Option<()> {
    matches!(zt.unpack(), ValType::Num(_) | ValType::Vec(_)).then_some(())
}

/// `ft = mut zt`
pub(super) fn mutable(ft: FieldType) -> Option<StorageType> {
    ft.mutable.then_some(ft.storage)
}

/// `i < n`
fn lane(i: LaneIdx, n: u32) -> Option<()> {
    (u32::from(i) < n).then_some(())
}

/// The type of an operation on numbers.
fn intfloat(op: Result<Inn, Fnn>) -> ValType {
    op.map_or_else(num, num)
}

impl Context<'_> {
    fn addr_of_table(&self, x: TableIdx) -> Option<(ValType, RefType)> {
        self.tables.get(x as usize).map(|tt| (tt.addr.into(), tt.elem))
    }

    fn addr_of_mem(&self, x: MemIdx) -> Option<AddrType> {
        self.mems.get(x as usize).map(|mt| mt.addr)
    }

    /// `C.mems[x] = at lim page` and `⊢ memarg : at → N`: `2^n ≤ N/8` and `m < 2^|at|`
    fn access(&self, x: MemIdx, memarg: MemArg, bits: u32) -> Option<ValType> {
        let at = self.addr_of_mem(x)?;
        let aligned = memarg.align < 32 && 1_u64 << memarg.align <= u64::from(bits / 8);
        let reached = u128::from(memarg.offset) < 1_u128 << at.size();
        (aligned && reached).then_some(at.into())
    }

    fn data(&self, x: DataIdx) -> Option<()> {
        ((x as usize) < self.module.datas.len()).then_some(())
    }

    fn elem(&self, x: ElemIdx) -> Option<RefType> {
        self.module.elems.get(x as usize).map(|elem| elem.ty)
    }

    /// `as_deftype(C.tags[x]) expands to func t* → ε`
    pub(super) fn tag(&self, x: TagIdx) -> Option<&[ValType]> {
        let ft = self.functype(*self.tags.get(x as usize)?)?;
        ft.results.is_empty().then_some(&ft.params)
    }

    /// The rule and the type of an instruction that has only one; none where a premise does not hold.
    pub(super) fn fixed(&self, scopes: &Scopes, scope: Scope, instr: &Instr) -> Option<Fixed> {
        let mut subs = Vec::new();
        let mut x = Vec::new();
        let (rule, t_1, t_2): (RuleId, Vec<ValType>, Vec<ValType>) = match *instr {
            Instr::Nop => (id!("Instr_ok/nop"), vec![], vec![]),
            Instr::Select(Some(ts)) => {
                let &[t] = self.module.code.types(ts) else { return None };
                self.valtype_ok(t).then_some(())?;
                (id!("Instr_ok/select-expl"), vec![t, t, I32], vec![t])
            }

            Instr::BrIf(l) => {
                let ts = scopes.label(scope, l)?;
                (id!("Instr_ok/br_if"), [ts, &[I32]].concat(), ts.to_vec())
            }
            Instr::BrOnNonNull(l) => {
                let (&last, ts) = scopes.label(scope, l)?.split_last()?;
                let ValType::Ref(rt) = last else { return None };
                let operand = ValType::Ref(RefType::null(rt.heap));
                (id!("Instr_ok/br_on_non_null"), [ts, &[operand]].concat(), ts.to_vec())
            }
            Instr::BrOnCast(l, rt_1, rt_2) | Instr::BrOnCastFail(l, rt_1, rt_2) => {
                let (&last, ts) = scopes.label(scope, l)?.split_last()?;
                let ValType::Ref(rt) = last else { return None };
                (self.heaptype_ok(rt_1.heap) && self.heaptype_ok(rt_2.heap)).then_some(())?;
                let rest = diffrt(rt_1, rt_2);
                let (rule, taken, on) = match instr {
                    Instr::BrOnCast(..) => (id!("Instr_ok/br_on_cast"), rt_2, rest),
                    _ => (id!("Instr_ok/br_on_cast_fail"), rest, rt_2),
                };
                subs = vec![J::ReftypeSub(rt_2, rt_1), J::ReftypeSub(taken, rt)];
                (rule, [ts, &[ValType::Ref(rt_1)]].concat(), [ts, &[ValType::Ref(on)]].concat())
            }

            Instr::Call(x) => {
                let ft = self.functype(TypeUse::Def(*self.funcs.get(x as usize)?))?;
                (id!("Instr_ok/call"), ft.params.clone(), ft.results.clone())
            }
            Instr::CallRef(x) => {
                let ft = self.functype(x)?;
                (id!("Instr_ok/call_ref"), [&*ft.params, &[idx(true, x)]].concat(), ft.results.clone())
            }
            Instr::CallIndirect(x, y) => {
                let (at, rt) = self.addr_of_table(x)?;
                let ft = self.functype(y)?;
                let func = |share| RefType::null(HeapType::Abs(share, AbsHeapType::Func));
                let (rule, share) = match self.share(rt.heap)? {
                    Share::Unshared => (id!("Instr_ok/call_indirect"), Share::Unshared),
                    _ => (id!("Instr_ok/call_indirect-shared"), Share::Shared),
                };
                subs = vec![J::ReftypeSub(rt, func(share))];
                (rule, [&*ft.params, &[at]].concat(), ft.results.clone())
            }

            Instr::LocalGet(x) => {
                let (set, t) = scopes.local(scope, x)?;
                set.then_some(())?;
                (id!("Instr_ok/local.get"), vec![], vec![t])
            }
            Instr::LocalSet(y) => {
                let (_, t) = scopes.local(scope, y)?;
                x = vec![y];
                (id!("Instr_ok/local.set"), vec![t], vec![])
            }
            Instr::LocalTee(y) => {
                let (_, t) = scopes.local(scope, y)?;
                x = vec![y];
                (id!("Instr_ok/local.tee"), vec![t], vec![t])
            }
            Instr::GlobalGet(x) => (id!("Instr_ok/global.get"), vec![], vec![self.globals.get(x as usize)?.val]),
            Instr::GlobalSet(x) => {
                let gt = self.globals.get(x as usize).filter(|gt| gt.mutable)?;
                (id!("Instr_ok/global.set"), vec![gt.val], vec![])
            }

            Instr::TableGet(x) => {
                let (at, rt) = self.addr_of_table(x)?;
                (id!("Instr_ok/table.get"), vec![at], vec![ValType::Ref(rt)])
            }
            Instr::TableSet(x) => {
                let (at, rt) = self.addr_of_table(x)?;
                (id!("Instr_ok/table.set"), vec![at, ValType::Ref(rt)], vec![])
            }
            Instr::TableSize(x) => (id!("Instr_ok/table.size"), vec![], vec![self.addr_of_table(x)?.0]),
            Instr::TableGrow(x) => {
                let (at, rt) = self.addr_of_table(x)?;
                (id!("Instr_ok/table.grow"), vec![ValType::Ref(rt), at], vec![at])
            }
            Instr::TableFill(x) => {
                let (at, rt) = self.addr_of_table(x)?;
                (id!("Instr_ok/table.fill"), vec![at, ValType::Ref(rt), at], vec![])
            }
            Instr::TableCopy(x_1, x_2) => {
                let (tt_1, tt_2) = (self.tables.get(x_1 as usize)?, self.tables.get(x_2 as usize)?);
                subs = vec![J::ReftypeSub(tt_2.elem, tt_1.elem)];
                let n = tt_1.addr.minat(tt_2.addr);
                (id!("Instr_ok/table.copy"), vec![tt_1.addr.into(), tt_2.addr.into(), n.into()], vec![])
            }
            Instr::TableInit(x, y) => {
                let (at, rt) = self.addr_of_table(x)?;
                subs = vec![J::ReftypeSub(self.elem(y)?, rt)];
                (id!("Instr_ok/table.init"), vec![at, I32, I32], vec![])
            }
            Instr::ElemDrop(x) => {
                self.elem(x)?;
                (id!("Instr_ok/elem.drop"), vec![], vec![])
            }

            Instr::Load(nt, None, x, memarg) => {
                (id!("Instr_ok/load-val"), vec![self.access(x, memarg, nt.size())?], vec![num(nt)])
            }
            Instr::Load(nt, Some(op), x, memarg) => {
                (id!("Instr_ok/load-pack"), vec![self.access(x, memarg, op.sz.bits())?], vec![num(nt)])
            }
            Instr::Store(nt, None, x, memarg) => {
                (id!("Instr_ok/store-val"), vec![self.access(x, memarg, nt.size())?, num(nt)], vec![])
            }
            Instr::Store(nt, Some(sz), x, memarg) => {
                (id!("Instr_ok/store-pack"), vec![self.access(x, memarg, sz.bits())?, num(nt)], vec![])
            }
            Instr::Vload(op, x, memarg) => {
                let (rule, bits) = match op {
                    None => (id!("Instr_ok/vload-val"), 128),
                    Some(VLoadOp::Shape(sz, m, _)) => (id!("Instr_ok/vload-pack"), sz.bits() * u32::from(m)),
                    Some(VLoadOp::Splat(sz)) => (id!("Instr_ok/vload-splat"), sz.bits()),
                    Some(VLoadOp::Zero(sz)) => (id!("Instr_ok/vload-zero"), sz.bits()),
                };
                (rule, vec![self.access(x, memarg, bits)?], vec![V128])
            }
            Instr::VloadLane(sz, x, memarg, i) => {
                lane(i, 128 / sz.bits())?;
                (id!("Instr_ok/vload_lane"), vec![self.access(x, memarg, sz.bits())?, V128], vec![V128])
            }
            Instr::Vstore(x, memarg) => (id!("Instr_ok/vstore"), vec![self.access(x, memarg, 128)?, V128], vec![]),
            Instr::VstoreLane(sz, x, memarg, i) => {
                lane(i, 128 / sz.bits())?;
                (id!("Instr_ok/vstore_lane"), vec![self.access(x, memarg, sz.bits())?, V128], vec![])
            }
            Instr::MemorySize(x) => (id!("Instr_ok/memory.size"), vec![], vec![self.addr_of_mem(x)?.into()]),
            Instr::MemoryGrow(x) => {
                let at = self.addr_of_mem(x)?.into();
                (id!("Instr_ok/memory.grow"), vec![at], vec![at])
            }
            Instr::MemoryFill(x) => {
                let at = self.addr_of_mem(x)?.into();
                (id!("Instr_ok/memory.fill"), vec![at, I32, at], vec![])
            }
            Instr::MemoryCopy(x_1, x_2) => {
                let (at_1, at_2) = (self.addr_of_mem(x_1)?, self.addr_of_mem(x_2)?);
                (id!("Instr_ok/memory.copy"), vec![at_1.into(), at_2.into(), at_1.minat(at_2).into()], vec![])
            }
            Instr::MemoryInit(x, y) => {
                self.data(y)?;
                (id!("Instr_ok/memory.init"), vec![self.addr_of_mem(x)?.into(), I32, I32], vec![])
            }
            Instr::DataDrop(x) => {
                self.data(x)?;
                (id!("Instr_ok/data.drop"), vec![], vec![])
            }

            Instr::RefNull(ht) => {
                self.heaptype_ok(ht).then_some(())?;
                (id!("Instr_ok/ref.null"), vec![], vec![ValType::Ref(RefType::null(ht))])
            }
            Instr::RefFunc(x) => {
                let dt = *self.funcs.get(x as usize)?;
                self.refs.get(x as usize).filter(|mentioned| **mentioned)?;
                (id!("Instr_ok/ref.func"), vec![], vec![idx(false, TypeUse::Def(dt))])
            }
            Instr::RefI31 => {
                let rt = RefType::non_null(HeapType::abs(AbsHeapType::I31));
                (id!("Instr_ok/ref.i31"), vec![I32], vec![ValType::Ref(rt)])
            }
            Instr::RefI31Shared => {
                (id!("Instr_ok/ref.i31_shared"), vec![I32], vec![abs(false, Share::Shared, AbsHeapType::I31)])
            }

            Instr::StructNew(x) => {
                let fts = self.structtype(x)?;
                (id!("Instr_ok/struct.new"), fts.iter().map(|ft| ft.storage.unpack()).collect(), vec![to(false, x)])
            }
            Instr::StructNewDefault(x) => {
                for ft in self.structtype(x)? {
                    default(ft.storage.unpack())?;
                }
                (id!("Instr_ok/struct.new_default"), vec![], vec![to(false, x)])
            }
            Instr::StructGet(sx, x, i) => {
                let zt = self.structtype(x)?.get(i as usize)?.storage;
                sign(sx, zt)?;
                (id!("Instr_ok/struct.get"), vec![to(true, x)], vec![zt.unpack()])
            }
            Instr::StructSet(x, i) => {
                let zt = mutable(*self.structtype(x)?.get(i as usize)?)?;
                (id!("Instr_ok/struct.set"), vec![to(true, x), zt.unpack()], vec![])
            }
            Instr::ArrayNew(x) => {
                let t = self.arraytype(x)?.storage.unpack();
                (id!("Instr_ok/array.new"), vec![t, I32], vec![to(false, x)])
            }
            Instr::ArrayNewDefault(x) => {
                default(self.arraytype(x)?.storage.unpack())?;
                (id!("Instr_ok/array.new_default"), vec![I32], vec![to(false, x)])
            }
            Instr::ArrayNewFixed(x, n) => {
                // More operands than this no derivation that fits into memory has.
                let n = usize::try_from(n).ok().filter(|n| *n <= MOST)?;
                let t = self.arraytype(x)?.storage.unpack();
                (id!("Instr_ok/array.new_fixed"), vec![t; n], vec![to(false, x)])
            }
            Instr::ArrayNewElem(x, y) => {
                let StorageType::Val(ValType::Ref(rt)) = self.arraytype(x)?.storage else { return None };
                subs = vec![J::ReftypeSub(self.elem(y)?, rt)];
                (id!("Instr_ok/array.new_elem"), vec![I32, I32], vec![to(false, x)])
            }
            Instr::ArrayNewData(x, y) => {
                numeric(self.arraytype(x)?.storage)?;
                self.data(y)?;
                (id!("Instr_ok/array.new_data"), vec![I32, I32], vec![to(false, x)])
            }
            Instr::ArrayGet(sx, x) => {
                let zt = self.arraytype(x)?.storage;
                sign(sx, zt)?;
                (id!("Instr_ok/array.get"), vec![to(true, x), I32], vec![zt.unpack()])
            }
            Instr::ArraySet(x) => {
                let zt = mutable(self.arraytype(x)?)?;
                (id!("Instr_ok/array.set"), vec![to(true, x), I32, zt.unpack()], vec![])
            }
            Instr::ArrayFill(x) => {
                let zt = mutable(self.arraytype(x)?)?;
                (id!("Instr_ok/array.fill"), vec![to(true, x), I32, zt.unpack(), I32], vec![])
            }
            Instr::ArrayCopy(x_1, x_2) => {
                let zt_1 = mutable(self.arraytype(x_1)?)?;
                subs = vec![J::StoragetypeSub(self.arraytype(x_2)?.storage, zt_1)];
                (id!("Instr_ok/array.copy"), vec![to(true, x_1), I32, to(true, x_2), I32, I32], vec![])
            }
            Instr::ArrayInitData(x, y) => {
                numeric(mutable(self.arraytype(x)?)?)?;
                self.data(y)?;
                (id!("Instr_ok/array.init_data"), vec![to(true, x), I32, I32, I32], vec![])
            }
            Instr::ArrayInitElem(x, y) => {
                let zt = mutable(self.arraytype(x)?)?;
                subs = vec![J::StoragetypeSub(StorageType::Val(ValType::Ref(self.elem(y)?)), zt)];
                (id!("Instr_ok/array.init_elem"), vec![to(true, x), I32, I32, I32], vec![])
            }

            Instr::Const(c) => (id!("Instr_ok/const"), vec![], vec![num(c.numtype())]),
            Instr::Unop(op) => {
                let t = intfloat(match op {
                    UnOp::I(inn, _) => Ok(inn),
                    UnOp::F(fnn, _) => Err(fnn),
                });
                (id!("Instr_ok/unop"), vec![t], vec![t])
            }
            Instr::Binop(op) => {
                let t = intfloat(match op {
                    BinOp::I(inn, _) => Ok(inn),
                    BinOp::F(fnn, _) => Err(fnn),
                });
                (id!("Instr_ok/binop"), vec![t, t], vec![t])
            }
            Instr::Testop(inn, _) => (id!("Instr_ok/testop"), vec![num(inn)], vec![I32]),
            Instr::Relop(op) => {
                let t = intfloat(match op {
                    RelOp::I(inn, _) => Ok(inn),
                    RelOp::F(fnn, _) => Err(fnn),
                });
                (id!("Instr_ok/relop"), vec![t, t], vec![I32])
            }
            Instr::Cvtop(nt_1, nt_2, _) => (id!("Instr_ok/cvtop"), vec![num(nt_2)], vec![num(nt_1)]),

            Instr::Vconst(_) => (id!("Instr_ok/vconst"), vec![], vec![V128]),
            Instr::Vvunop(_) => (id!("Instr_ok/vvunop"), vec![V128], vec![V128]),
            Instr::Vvbinop(_) => (id!("Instr_ok/vvbinop"), vec![V128; 2], vec![V128]),
            Instr::Vvternop(_) => (id!("Instr_ok/vvternop"), vec![V128; 3], vec![V128]),
            Instr::Vvtestop(_) => (id!("Instr_ok/vvtestop"), vec![V128], vec![I32]),
            Instr::Vunop(_) => (id!("Instr_ok/vunop"), vec![V128], vec![V128]),
            Instr::Vbinop(_) => (id!("Instr_ok/vbinop"), vec![V128; 2], vec![V128]),
            Instr::Vternop(_) => (id!("Instr_ok/vternop"), vec![V128; 3], vec![V128]),
            Instr::Vtestop(_) => (id!("Instr_ok/vtestop"), vec![V128], vec![I32]),
            Instr::Vrelop(_) => (id!("Instr_ok/vrelop"), vec![V128; 2], vec![V128]),
            Instr::Vshiftop(..) => (id!("Instr_ok/vshiftop"), vec![V128, I32], vec![V128]),
            Instr::Vbitmask(_) => (id!("Instr_ok/vbitmask"), vec![V128], vec![I32]),
            Instr::Vswizzlop(_) => (id!("Instr_ok/vswizzlop"), vec![V128; 2], vec![V128]),
            Instr::Vextunop(..) => (id!("Instr_ok/vextunop"), vec![V128], vec![V128]),
            Instr::Vextbinop(..) => (id!("Instr_ok/vextbinop"), vec![V128; 2], vec![V128]),
            Instr::Vextternop(..) => (id!("Instr_ok/vextternop"), vec![V128; 3], vec![V128]),
            Instr::Vnarrow(..) => (id!("Instr_ok/vnarrow"), vec![V128; 2], vec![V128]),
            Instr::Vcvtop(..) => (id!("Instr_ok/vcvtop"), vec![V128], vec![V128]),
            Instr::Vshuffle(is) => {
                for i in is {
                    lane(i, 2 * IShape::I8x16.dim())?;
                }
                (id!("Instr_ok/vshuffle"), vec![V128; 2], vec![V128])
            }
            Instr::Vsplat(sh) => (id!("Instr_ok/vsplat"), vec![num(sh.unpack())], vec![V128]),
            Instr::VextractLane(sh, _, i) => {
                lane(i, sh.dim())?;
                (id!("Instr_ok/vextract_lane"), vec![V128], vec![num(sh.unpack())])
            }
            Instr::VreplaceLane(sh, i) => {
                lane(i, sh.dim())?;
                (id!("Instr_ok/vreplace_lane"), vec![V128, num(sh.unpack())], vec![V128])
            }
            Instr::Atomic(atomic) => return self.atomic(atomic),
            _ => return None,
        };
        Some(Fixed { rule, it: InstrType { t_1, x, t_2 }, subs })
    }
}
