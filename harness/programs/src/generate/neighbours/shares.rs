//! Changes of sharedness and of atomic accesses.

use super::{Changes, member};
use lockstep_semantics::syntax::*;

fn other(share: Share) -> Share {
    if share == Share::Shared { Share::Unshared } else { Share::Shared }
}

fn said(share: Share) -> &'static str {
    if share == Share::Shared { "shared" } else { "not shared" }
}

/// The same heap type on the other side, if it is an abstract one.
fn other_side(rt: &mut RefType) -> bool {
    match &mut rt.heap {
        HeapType::Abs(share, _) => {
            *share = other(*share);
            true
        }
        HeapType::Use(_) => false,
    }
}

/// Whether a module has anything that is shared, or atomic accesses.
pub(super) fn shares(module: &Module) -> bool {
    module.types.iter().flat_map(|rec| &rec.0).any(|st| st.share == Share::Shared)
        || module.mems.iter().any(|mt| mt.share == Share::Shared)
        || module.code.instrs().iter().any(|instr| matches!(instr, Instr::Atomic(_)))
}

impl Changes<'_, '_> {
    /// Something that was shared is not, or the other way round.
    pub(super) fn sharedness(&mut self, module: &mut Module) -> Option<String> {
        match self.r.below(6) {
            0 | 1 => {
                let x = self.r.below(self.subs.len());
                let st = member(module, x)?;
                st.share = other(st.share);
                Some(format!("type {x} is {}", said(st.share)))
            }
            2 | 3 => {
                let x = self.some_type(|st| !matches!(st.comp, CompType::Func(_)))?;
                let (i, ft) = self.field(module, x)?;
                let StorageType::Val(ValType::Ref(rt)) = &mut ft.storage else { return None };
                let unshared = self.subs.iter().position(|st| st.share == Share::Unshared);
                if !other_side(rt) {
                    rt.heap = HeapType::Use(TypeUse::Idx(unshared? as TypeIdx));
                }
                Some(format!("field {i} of type {x} refers to {rt}"))
            }
            4 => {
                let x = self.r.below(module.globals.len());
                let ty = &mut module.globals.get_mut(x)?.ty;
                ty.share = other(ty.share);
                Some(format!("global {x} (of those defined here) is {}", said(ty.share)))
            }
            _ => {
                let x = self.r.below(module.tables.len());
                let ty = &mut module.tables.get_mut(x)?.ty;
                ty.share = other(ty.share);
                Some(format!("table {x} (of those defined here) is {}", said(ty.share)))
            }
        }
    }

    /// Another place for an atomic access, or another access to the same.
    pub(super) fn other_atomic(&mut self, old: Atomic) -> Option<Atomic> {
        use Atomic::*;
        let fits = |ft: &FieldType| !ft.mutable || matches!(ft.storage, StorageType::Pack(_));
        let more = |arg: MemArg| MemArg { align: arg.align + 1, ..arg };
        let less = |arg: MemArg| MemArg { align: arg.align.saturating_sub(1), ..arg };
        Some(match old {
            Load(access, x, arg) => Load(access, x, if self.r.chance(50) { more(arg) } else { less(arg) }),
            Store(access, x, arg) => Store(access, x, more(arg)),
            Rmw(access, op, x, arg) => Rmw(access, op, x, less(arg)),
            Cmpxchg(access, x, arg) => Cmpxchg(access, x, more(arg)),
            Notify(x, arg) => Notify(x, less(arg)),
            Wait(inn, x, arg) => Wait(inn, x, less(arg)),
            Fence => return None,
            GlobalGet(order, x) => GlobalSet(order, x),
            GlobalSet(order, x) => GlobalSet(order, x + 1),
            GlobalRmw(orders, _, x) => GlobalRmw(orders, AtOp::Add, x + 1),
            GlobalCmpxchg(orders, x) => GlobalCmpxchg(orders, x + 1),
            TableGet(order, x) => TableGet(order, x + 1),
            TableSet(order, x) => TableSet(order, x + 1),
            TableXchg(orders, x) => TableCmpxchg(orders, x),
            TableCmpxchg(orders, x) => TableXchg(orders, x),
            StructGet(order, sx, x, i) => match self.r.below(2) {
                0 => StructGet(order, if sx.is_some() { None } else { Some(Sx::S) }, x, i),
                _ => StructGet(order, sx, x, self.other_field(x, i, |_| true)),
            },
            StructSet(order, x, i) => StructSet(order, x, self.other_field(x, i, fits)),
            StructRmw(orders, op, x, i) => match self.r.below(2) {
                0 => StructRmw(orders, op, x, self.other_field(x, i, fits)),
                _ => StructRmw(orders, if op == AtOp::Xchg { AtOp::Add } else { AtOp::Xchg }, x, i),
            },
            StructCmpxchg(orders, x, i) => StructCmpxchg(orders, x, self.other_field(x, i, fits)),
            ArrayGet(order, sx, x) => ArrayGet(order, if sx.is_some() { None } else { Some(Sx::U) }, x),
            ArraySet(order, x) => ArraySet(order, self.other_type(x)),
            ArrayRmw(orders, _, x) => ArrayRmw(orders, AtOp::Or, self.other_type(x)),
            ArrayCmpxchg(orders, x) => ArrayCmpxchg(orders, self.other_type(x)),
        })
    }
}
