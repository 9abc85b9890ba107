//! What follows an opcode.

use super::types::{heaptype as write_heaptype, valtype as write_valtype};
use super::{leb_s, leb_u};
use crate::decode::{Exprs, Malformed, Reader, Result, heaptype, list, position, u32, valtype};
use crate::syntax::*;

/// A grammar of immediates, in both directions.
pub(super) trait Immediate {
    /// What it stands for.
    type Of;
    /// From bytes; lists go into the code of `exprs`.
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Self::Of>;
    /// To bytes; lists are in `code`.
    fn write(of: Self::Of, code: &Code, out: &mut Vec<u8>);
}

/// `Bu32`, and all the indices that are defined as it
pub(super) struct U32;

impl Immediate for U32 {
    type Of = u32;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<u32> {
        u32(r)
    }
    fn write(x: u32, _: &Code, out: &mut Vec<u8>) {
        leb_u(x.into(), out);
    }
}

/// `Bdataidx`, remembered for `dataidx_funcs(func*)` (5.4-binary.modules)
pub(super) struct Data;

impl Immediate for Data {
    type Of = DataIdx;
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<DataIdx> {
        exprs.dataidx.get_or_insert(position(r));
        u32(r)
    }
    fn write(x: DataIdx, _: &Code, out: &mut Vec<u8>) {
        leb_u(x.into(), out);
    }
}

/// `Bbyte`, for lanes
pub(super) struct Byte;

impl Immediate for Byte {
    type Of = u8;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<u8> {
        Ok(r.read_u8()?)
    }
    fn write(byte: u8, _: &Code, out: &mut Vec<u8>) {
        out.push(byte);
    }
}

/// Sixteen bytes
pub(super) struct Bytes16;

impl Immediate for Bytes16 {
    type Of = [u8; 16];
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<[u8; 16]> {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(r.read_bytes(16)?);
        Ok(bytes)
    }
    fn write(bytes: [u8; 16], _: &Code, out: &mut Vec<u8>) {
        out.extend(bytes);
    }
}

/// `Bi32`
pub(super) struct I32;

impl Immediate for I32 {
    type Of = u32;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<u32> {
        Ok(r.read_var_i32()?.cast_unsigned())
    }
    fn write(i: u32, _: &Code, out: &mut Vec<u8>) {
        leb_s(i.cast_signed().into(), out);
    }
}

/// `Bi64`
pub(super) struct I64;

impl Immediate for I64 {
    type Of = u64;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<u64> {
        Ok(r.read_var_i64()?.cast_unsigned())
    }
    fn write(i: u64, _: &Code, out: &mut Vec<u8>) {
        leb_s(i.cast_signed(), out);
    }
}

/// `Bf32`, as bits
pub(super) struct F32;

impl Immediate for F32 {
    type Of = u32;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<u32> {
        Ok(r.read_f32()?.bits())
    }
    fn write(bits: u32, _: &Code, out: &mut Vec<u8>) {
        out.extend(bits.to_le_bytes());
    }
}

/// `Bf64`, as bits
pub(super) struct F64;

impl Immediate for F64 {
    type Of = u64;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<u64> {
        Ok(r.read_f64()?.bits())
    }
    fn write(bits: u64, _: &Code, out: &mut Vec<u8>) {
        out.extend(bits.to_le_bytes());
    }
}

/// `Bheaptype`
pub(super) struct Heap;

impl Immediate for Heap {
    type Of = HeapType;
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<HeapType> {
        heaptype(r)
    }
    fn write(ht: HeapType, _: &Code, out: &mut Vec<u8>) {
        write_heaptype(ht, out);
    }
}

/// `Blist(Bvaltype)`
pub(super) struct Types;

impl Immediate for Types {
    type Of = List<ValType>;
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<List<ValType>> {
        let ts = list(r, valtype)?;
        Ok(exprs.code.add_types(ts))
    }
    fn write(ts: List<ValType>, code: &Code, out: &mut Vec<u8>) {
        leb_u(ts.len() as u64, out);
        for &t in code.types(ts) {
            write_valtype(t, out);
        }
    }
}

/// `Blist(Blabelidx)`
pub(super) struct Labels;

impl Immediate for Labels {
    type Of = List<LabelIdx>;
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<List<LabelIdx>> {
        let ls = list(r, u32)?;
        Ok(exprs.code.add_labels(ls))
    }
    fn write(ls: List<LabelIdx>, code: &Code, out: &mut Vec<u8>) {
        leb_u(ls.len() as u64, out);
        for &l in code.labels(ls) {
            leb_u(l.into(), out);
        }
    }
}

/// `Bmemarg`
pub(super) struct MemOp;

impl Immediate for MemOp {
    type Of = (MemIdx, MemArg);
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<(MemIdx, MemArg)> {
        let at = position(r);
        let n = u32(r)?;
        let (align, x) = match n {
            0..0x40 => (n, 0),
            0x40..0x80 => (n - 0x40, u32(r)?),
            _ => return Err(Malformed::syntax(at, format!("malformed memory operation flags: {n:#x}"))),
        };
        Ok((x, MemArg { align, offset: r.read_var_u64()? }))
    }
    fn write((x, ao): (MemIdx, MemArg), _: &Code, out: &mut Vec<u8>) {
        // No module has an exponent of more than six bits, and flags from 0x80 on are malformed.
        let align = if ao.align < 0x40 { ao.align } else { 0x80 };
        if x == 0 {
            leb_u(align.into(), out);
        } else {
            leb_u(u64::from(align | 0x40), out);
            leb_u(x.into(), out);
        }
        leb_u(ao.offset, out);
    }
}

/// `Bcastop Blabelidx Bheaptype Bheaptype`
pub(super) struct Cast;

impl Immediate for Cast {
    type Of = (LabelIdx, RefType, RefType);
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<Self::Of> {
        let at = position(r);
        let (null_1, null_2) = match r.read_u8()? {
            0x00 => (false, false),
            0x01 => (true, false),
            0x02 => (false, true),
            0x03 => (true, true),
            byte => return Err(Malformed::syntax(at, format!("malformed cast flags: byte {byte:#04x}"))),
        };
        let l = u32(r)?;
        let rt_1 = RefType { null: null_1, heap: heaptype(r)? };
        let rt_2 = RefType { null: null_2, heap: heaptype(r)? };
        Ok((l, rt_1, rt_2))
    }
    fn write((l, rt_1, rt_2): Self::Of, _: &Code, out: &mut Vec<u8>) {
        out.push(u8::from(rt_1.null) | u8::from(rt_2.null) << 1);
        leb_u(l.into(), out);
        write_heaptype(rt_1.heap, out);
        write_heaptype(rt_2.heap, out);
    }
}
