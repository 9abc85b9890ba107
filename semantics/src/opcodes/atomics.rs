//! Binary format of the instructions with prefix 0xFE: the threads and shared-everything-threads proposals.

use super::immediates::{Immediate as _, MemOp};
use super::leb_u;
use crate::decode::{self, Dialect, Exprs, Malformed, Reader, Result, features, position, u32};
use crate::syntax::*;

/// The first opcode of the accesses of a kind, in the order of [`ACCESSES`].
const LOAD: u32 = 0x10;
const STORE: u32 = 0x17;
const RMW: u32 = 0x1E;
const CMPXCHG: u32 = 0x48;
const ACCESS: u32 = ACCESSES.len() as u32;
/// The first opcode of shared-everything-threads.
const SHARED_EVERYTHING: u32 = 0x4F;

/// The instruction of an opcode after the prefix, if there is one and its proposal is on.
pub(super) fn read(op: u32, exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Option<Instr>> {
    let features = features(r);
    if !features.threads || op >= SHARED_EVERYTHING && !features.shared_everything {
        return Ok(None);
    }
    let dialect = exprs.dialect;
    let mut memop = |r: &mut Reader<'_>| MemOp::read(exprs, r);
    let atomic = match op {
        0x00..=0x02 => {
            let (x, ao) = memop(r)?;
            match op {
                0x00 => Atomic::Notify(x, ao),
                0x01 => Atomic::Wait(Inn::I32, x, ao),
                _ => Atomic::Wait(Inn::I64, x, ao),
            }
        }
        0x03 => {
            let at = position(r);
            match r.read_u8()? {
                0x00 => Atomic::Fence,
                0x01 => return Err(decode::fence(at)),
                byte => return Err(Malformed::syntax(at, format!("malformed fence: reserved byte {byte:#04x}"))),
            }
        }
        LOAD..SHARED_EVERYTHING => {
            let access = ACCESSES[((op - LOAD) % ACCESS) as usize];
            let (x, ao) = memop(r)?;
            match op {
                LOAD..STORE => Atomic::Load(access, x, ao),
                STORE..RMW => Atomic::Store(access, x, ao),
                RMW..CMPXCHG => Atomic::Rmw(access, AtOp::ALL[((op - RMW) / ACCESS) as usize], x, ao),
                _ => Atomic::Cmpxchg(access, x, ao),
            }
        }
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
        0x72 => return Ok(Some(Instr::RefI31Shared)),
        _ => return Ok(None),
    };
    Ok(Some(Instr::Atomic(atomic)))
}

/// Writes an instruction, after its prefix, if it is one of these; whether it is.
pub(super) fn write(instr: Instr, code: &Code, dialect: Dialect, out: &mut Vec<u8>) -> bool {
    let atomic = match instr {
        Instr::RefI31Shared => {
            out.extend(match dialect {
                Dialect::WasmTools => [0xFE, 0x72],
                Dialect::Proposal | Dialect::V8 | Dialect::Binaryen => [0xFB, 0x1F],
            });
            return true;
        }
        Instr::Atomic(atomic) => atomic,
        _ => return false,
    };
    let nth = |access| ACCESSES.iter().position(|&a| a == access).map_or(ACCESS, |i| i as u32);
    let one = |order| u8::from(order == MemOrder::AcqRel);
    let two = |orders: Orders| match (orders.read, orders.write, dialect) {
        (MemOrder::AcqRel, MemOrder::AcqRel, Dialect::WasmTools | Dialect::V8) => 0x01,
        (read, write, _) => one(read) | one(write) << 4,
    };
    let (op, order, indices): (u32, Option<u8>, &[u32]) = match atomic {
        Atomic::Fence => {
            out.extend([0xFE, 0x03, 0x00]);
            return true;
        }
        Atomic::Notify(..) => (0x00, None, &[]),
        Atomic::Wait(Inn::I32, ..) => (0x01, None, &[]),
        Atomic::Wait(Inn::I64, ..) => (0x02, None, &[]),
        Atomic::Load(access, ..) => (LOAD + nth(access), None, &[]),
        Atomic::Store(access, ..) => (STORE + nth(access), None, &[]),
        Atomic::Rmw(access, atop, ..) => (RMW + ACCESS * atop as u32 + nth(access), None, &[]),
        Atomic::Cmpxchg(access, ..) => (CMPXCHG + nth(access), None, &[]),
        Atomic::GlobalGet(ord, x) => (0x4F, Some(one(ord)), &[x]),
        Atomic::GlobalSet(ord, x) => (0x50, Some(one(ord)), &[x]),
        Atomic::GlobalRmw(ords, atop, x) => (0x51 + atop as u32, Some(two(ords)), &[x]),
        Atomic::GlobalCmpxchg(ords, x) => (0x57, Some(two(ords)), &[x]),
        Atomic::TableGet(ord, x) => (0x58, Some(one(ord)), &[x]),
        Atomic::TableSet(ord, x) => (0x59, Some(one(ord)), &[x]),
        Atomic::TableXchg(ords, x) => (0x5A, Some(two(ords)), &[x]),
        Atomic::TableCmpxchg(ords, x) => (0x5B, Some(two(ords)), &[x]),
        Atomic::StructGet(ord, sx, x, i) => (0x5C + signed(sx), Some(one(ord)), &[x, i]),
        Atomic::StructSet(ord, x, i) => (0x5F, Some(one(ord)), &[x, i]),
        Atomic::StructRmw(ords, atop, x, i) => (0x60 + atop as u32, Some(two(ords)), &[x, i]),
        Atomic::StructCmpxchg(ords, x, i) => (0x66, Some(two(ords)), &[x, i]),
        Atomic::ArrayGet(ord, sx, x) => (0x67 + signed(sx), Some(one(ord)), &[x]),
        Atomic::ArraySet(ord, x) => (0x6A, Some(one(ord)), &[x]),
        Atomic::ArrayRmw(ords, atop, x) => (0x6B + atop as u32, Some(two(ords)), &[x]),
        Atomic::ArrayCmpxchg(ords, x) => (0x71, Some(two(ords)), &[x]),
    };
    super::opcode(Some(0xFE), op, out);
    out.extend(order);
    indices.iter().for_each(|&x| leb_u(x.into(), out));
    if let Atomic::Notify(x, ao)
    | Atomic::Wait(_, x, ao)
    | Atomic::Load(_, x, ao)
    | Atomic::Store(_, x, ao)
    | Atomic::Rmw(_, _, x, ao)
    | Atomic::Cmpxchg(_, x, ao) = atomic
    {
        MemOp::write((x, ao), code, out);
    }
    true
}

/// The place of a get among those without a sign, with `s` and with `u`.
fn signed(sx: Option<Sx>) -> u32 {
    match sx {
        None => 0,
        Some(Sx::S) => 1,
        Some(Sx::U) => 2,
    }
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
