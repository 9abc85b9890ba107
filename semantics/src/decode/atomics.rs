//! Binary format of the instructions with prefix 0xFE: the threads and shared-everything-threads proposals.

use super::instructions::memarg;
use super::values::{Reader, features, position, u32};
use super::{Dialect, Malformed, Result, proposals};
use crate::syntax::*;

/// The instruction after the prefix 0xFE; `start` stands at the prefix.
pub(super) fn instr(r: &mut Reader<'_>, dialect: Dialect, start: &Reader<'_>) -> Result<Instr> {
    let features = features(r);
    let op = u32(r)?;
    if !features.threads || op >= 0x4F && !features.shared_everything {
        return Err(proposals::instruction(start));
    }
    let atomic = match op {
        0x00 => at(r, Atomic::Notify)?,
        0x01 => at(r, |x, ao| Atomic::Wait(Inn::I32, x, ao))?,
        0x02 => at(r, |x, ao| Atomic::Wait(Inn::I64, x, ao))?,
        0x03 => {
            let at = position(r);
            match r.read_u8()? {
                0x00 => Atomic::Fence,
                byte => return Err(Malformed::syntax(at, format!("malformed fence: reserved byte {byte:#04x}"))),
            }
        }
        0x10..0x17 => at(r, |x, ao| Atomic::Load(access(op - 0x10), x, ao))?,
        0x17..0x1E => at(r, |x, ao| Atomic::Store(access(op - 0x17), x, ao))?,
        0x1E..0x48 => {
            let (atop, i) = ((op - 0x1E) / 7, (op - 0x1E) % 7);
            at(r, |x, ao| Atomic::Rmw(access(i), AtOp::ALL[atop as usize], x, ao))?
        }
        0x48..0x4F => at(r, |x, ao| Atomic::Cmpxchg(access(op - 0x48), x, ao))?,

        0x4F => Atomic::GlobalGet(order(r)?, u32(r)?),
        0x50 => Atomic::GlobalSet(order(r)?, u32(r)?),
        0x51..0x57 => Atomic::GlobalRmw(orders(r, dialect)?, AtOp::ALL[(op - 0x51) as usize], u32(r)?),
        0x57 => Atomic::GlobalCmpxchg(orders(r, dialect)?, u32(r)?),
        0x58 => Atomic::TableGet(order(r)?, u32(r)?),
        0x59 => Atomic::TableSet(order(r)?, u32(r)?),
        0x5A => Atomic::TableXchg(orders(r, dialect)?, u32(r)?),
        0x5B => Atomic::TableCmpxchg(orders(r, dialect)?, u32(r)?),
        0x5C => Atomic::StructGet(order(r)?, None, u32(r)?, u32(r)?),
        0x5D => Atomic::StructGet(order(r)?, Some(Sx::S), u32(r)?, u32(r)?),
        0x5E => Atomic::StructGet(order(r)?, Some(Sx::U), u32(r)?, u32(r)?),
        0x5F => Atomic::StructSet(order(r)?, u32(r)?, u32(r)?),
        0x60..0x66 => Atomic::StructRmw(orders(r, dialect)?, AtOp::ALL[(op - 0x60) as usize], u32(r)?, u32(r)?),
        0x66 => Atomic::StructCmpxchg(orders(r, dialect)?, u32(r)?, u32(r)?),
        0x67 => Atomic::ArrayGet(order(r)?, None, u32(r)?),
        0x68 => Atomic::ArrayGet(order(r)?, Some(Sx::S), u32(r)?),
        0x69 => Atomic::ArrayGet(order(r)?, Some(Sx::U), u32(r)?),
        0x6A => Atomic::ArraySet(order(r)?, u32(r)?),
        0x6B..0x71 => Atomic::ArrayRmw(orders(r, dialect)?, AtOp::ALL[(op - 0x6B) as usize], u32(r)?),
        0x71 => Atomic::ArrayCmpxchg(orders(r, dialect)?, u32(r)?),
        // As wasm-tools has it; the proposal has 0xFB 0x1F.
        0x72 => return Ok(Instr::RefI31Shared),
        _ => return Err(proposals::instruction(start)),
    };
    Ok(Instr::Atomic(atomic))
}

fn access(i: u32) -> Access {
    ACCESSES[i as usize]
}

fn at(r: &mut Reader<'_>, atomic: impl FnOnce(MemIdx, MemArg) -> Atomic) -> Result<Atomic> {
    let (x, ao) = memarg(r)?;
    Ok(atomic(x, ao))
}

fn malformed(at: usize, byte: u8) -> Malformed {
    Malformed::syntax(at, format!("malformed memory ordering: byte {byte:#04x}"))
}

/// The ordering of an access.
fn order(r: &mut Reader<'_>) -> Result<MemOrder> {
    let at = position(r);
    match r.read_u8()? {
        0x00 => Ok(MemOrder::SeqCst),
        0x01 => Ok(MemOrder::AcqRel),
        byte => Err(malformed(at, byte)),
    }
}

/// The orderings of an access that reads and writes: four bits for each, the read being the low ones. Some tools have
/// only one ordering, and write it like that of other accesses.
fn orders(r: &mut Reader<'_>, dialect: Dialect) -> Result<Orders> {
    use MemOrder::{AcqRel, SeqCst};
    let at = position(r);
    Ok(match (r.read_u8()?, dialect) {
        (0x00, _) => SeqCst.into(),
        (0x11, _) | (0x01, Dialect::WasmTools | Dialect::V8) => AcqRel.into(),
        (0x01, Dialect::Proposal | Dialect::Binaryen) => Orders { read: AcqRel, write: SeqCst },
        (0x10, _) => Orders { read: SeqCst, write: AcqRel },
        (byte, _) => return Err(malformed(at, byte)),
    })
}
