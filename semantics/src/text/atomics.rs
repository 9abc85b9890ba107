//! Instructions of the threads and shared-everything-threads proposals.

use super::context::Space;
use super::immediates::{Field, Immediate as _, memop};
use super::parser::Parser;
use super::proposals::ACQUIRE_RELEASE;
use crate::decode::Result;
use crate::syntax::*;
use lockstep_spec::production;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The atomic instructions by mnemonic, with all immediates zero.
static ATOMICS: LazyLock<FxHashMap<String, Atomic>> =
    LazyLock::new(|| all().into_iter().map(|atomic| (Instr::Atomic(atomic).mnemonic().to_string(), atomic)).collect());

fn all() -> Vec<Atomic> {
    use Atomic::*;
    let (order, orders, ao) = (MemOrder::SeqCst, Orders::from(MemOrder::SeqCst), MemArg::ZERO);
    let mut all = vec![Notify(0, ao), Wait(Inn::I32, 0, ao), Wait(Inn::I64, 0, ao), Fence];
    for access in ACCESSES {
        all.extend([Load(access, 0, ao), Store(access, 0, ao), Cmpxchg(access, 0, ao)]);
        all.extend(AtOp::ALL.map(|atop| Rmw(access, atop, 0, ao)));
    }
    all.extend([GlobalGet(order, 0), GlobalSet(order, 0), GlobalCmpxchg(orders, 0)]);
    all.extend([TableGet(order, 0), TableSet(order, 0), TableXchg(orders, 0), TableCmpxchg(orders, 0)]);
    all.extend([None, Some(Sx::S), Some(Sx::U)].map(|sx| StructGet(order, sx, 0, 0)));
    all.extend([None, Some(Sx::S), Some(Sx::U)].map(|sx| ArrayGet(order, sx, 0)));
    all.extend([StructSet(order, 0, 0), StructCmpxchg(orders, 0, 0), ArraySet(order, 0), ArrayCmpxchg(orders, 0)]);
    for atop in AtOp::ALL {
        all.extend([GlobalRmw(orders, atop, 0), StructRmw(orders, atop, 0, 0), ArrayRmw(orders, atop, 0)]);
    }
    all
}

/// The instruction of a mnemonic that is next, with its immediates, if it is one of these.
pub(super) fn read(p: &mut Parser<'_, '_>, mnemonic: &str) -> Result<Option<Instr>> {
    use Atomic::*;
    if mnemonic == "ref.i31_shared" {
        p.needs_shared()?;
        p.at += 1;
        return Ok(Some(Instr::RefI31Shared));
    }
    let Some(&atomic) = ATOMICS.get(mnemonic) else { return Ok(Option::None) };
    let of_memory = matches!(atomic, Load(..) | Store(..) | Rmw(..) | Cmpxchg(..) | Notify(..) | Wait(..) | Fence);
    if of_memory {
        p.needs_threads()?
    } else {
        p.needs_shared()?
    }
    p.at += 1;
    let atomic = match atomic {
        Fence => {
            no_order(p)?;
            Fence
        }
        Notify(..) => {
            let (x, ao) = memop(p, 4)?;
            Notify(x, ao)
        }
        Wait(inn, ..) => {
            let (x, ao) = memop(p, NumType::from(inn).size() / 8)?;
            Wait(inn, x, ao)
        }
        Load(access, ..) => {
            let (x, ao) = accessed(p, access)?;
            Load(access, x, ao)
        }
        Store(access, ..) => {
            let (x, ao) = accessed(p, access)?;
            Store(access, x, ao)
        }
        Rmw(access, atop, ..) => {
            let (x, ao) = accessed(p, access)?;
            Rmw(access, atop, x, ao)
        }
        Cmpxchg(access, ..) => {
            let (x, ao) = accessed(p, access)?;
            Cmpxchg(access, x, ao)
        }
        GlobalGet(..) => GlobalGet(order(p)?, p.idx(Space::Global)?),
        GlobalSet(..) => GlobalSet(order(p)?, p.idx(Space::Global)?),
        GlobalRmw(_, atop, _) => GlobalRmw(order(p)?.into(), atop, p.idx(Space::Global)?),
        GlobalCmpxchg(..) => GlobalCmpxchg(order(p)?.into(), p.idx(Space::Global)?),
        TableGet(..) => TableGet(order(p)?, table(p)?),
        TableSet(..) => TableSet(order(p)?, table(p)?),
        TableXchg(..) => TableXchg(order(p)?.into(), table(p)?),
        TableCmpxchg(..) => TableCmpxchg(order(p)?.into(), table(p)?),
        StructGet(_, sx, ..) => {
            let (order, (x, i)) = (order(p)?, Field::read(p)?);
            StructGet(order, sx, x, i)
        }
        StructSet(..) => {
            let (order, (x, i)) = (order(p)?, Field::read(p)?);
            StructSet(order, x, i)
        }
        StructRmw(_, atop, ..) => {
            let (order, (x, i)) = (order(p)?, Field::read(p)?);
            StructRmw(order.into(), atop, x, i)
        }
        StructCmpxchg(..) => {
            let (order, (x, i)) = (order(p)?, Field::read(p)?);
            StructCmpxchg(order.into(), x, i)
        }
        ArrayGet(_, sx, _) => ArrayGet(order(p)?, sx, p.idx(Space::Type)?),
        ArraySet(..) => ArraySet(order(p)?, p.idx(Space::Type)?),
        ArrayRmw(_, atop, _) => ArrayRmw(order(p)?.into(), atop, p.idx(Space::Type)?),
        ArrayCmpxchg(..) => ArrayCmpxchg(order(p)?.into(), p.idx(Space::Type)?),
    };
    Ok(Some(Instr::Atomic(atomic)))
}

/// The immediates of an access to a memory.
fn accessed(p: &mut Parser<'_, '_>, access: Access) -> Result<(MemIdx, MemArg)> {
    let memop = memop(p, width(access) / 8)?;
    no_order(p)?;
    Ok(memop)
}

/// An ordering here belongs to a proposal that is not known.
fn no_order(p: &Parser<'_, '_>) -> Result<()> {
    match p.keyword() {
        Some(word) if order_of(word).is_some() => Err(p.unsupported(ACQUIRE_RELEASE, word)),
        _ => Ok(()),
    }
}

/// An ordering by its keyword, in the present spelling or an earlier one.
fn order_of(word: &str) -> Option<MemOrder> {
    match word {
        "seqcst" | "seq_cst" => Some(MemOrder::SeqCst),
        "acqrel" | "acq_rel" => Some(MemOrder::AcqRel),
        _ => None,
    }
}

fn order(p: &mut Parser<'_, '_>) -> Result<MemOrder> {
    match p.keyword().and_then(order_of) {
        Some(order) => {
            p.at += 1;
            Ok(order)
        }
        None => Err(p.expected(production!("Tplaininstr_/struct"), "a memory ordering: `seqcst` or `acqrel`")),
    }
}

/// A table index that may be left out.
fn table(p: &mut Parser<'_, '_>) -> Result<TableIdx> {
    if p.at_idx() { p.idx(Space::Table) } else { Ok(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_mnemonic_of_its_own() {
        assert_eq!(ATOMICS.len(), all().len());
        assert_eq!(ATOMICS.len(), 4 + 9 * ACCESSES.len() + 3 + 4 + 3 + 3 + 4 + 18);
        assert!(ATOMICS.contains_key("i64.atomic.rmw32.cmpxchg_u") && ATOMICS.contains_key("array.atomic.get_s"));
    }
}
