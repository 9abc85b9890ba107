//! What follows an opcode.

use super::types::{heaptype as write_heaptype, valtype as write_valtype};
use super::{leb_s, leb_u};
use crate::decode::{
    self, Exprs, Malformed, Reader, Result, byte, dataidx, heaptype, labelidx, list, memidx, position, u32, u64,
    valtype,
};
use crate::syntax::{
    Code, DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, HeapType, LabelIdx, List, LocalIdx, MemArg, MemIdx, RefType,
    TableIdx, TagIdx, TypeIdx, ValType,
};
use lockstep_spec::production;

/// A grammar of immediates, in both directions.
pub(super) trait Immediate {
    /// What it stands for.
    type Of;
    /// From bytes; lists go into the code of `exprs`.
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Self::Of>;
    /// To bytes; lists are in `code`.
    fn write(of: Self::Of, code: &Code, out: &mut Vec<u8>);
}

/// Grammars of numbers, each with the function that reads it and the one that writes it.
macro_rules! numbers {
    ($( $(#[$doc:meta])+ $name:ident: $of:ty = $read:path, |$n:ident, $out:ident| $write:expr; )*) => {
        $(
            $(#[$doc])+
            pub(super) struct $name;

            impl Immediate for $name {
                type Of = $of;
                fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<$of> {
                    $read(r)
                }
                fn write($n: $of, _: &Code, $out: &mut Vec<u8>) {
                    $write
                }
            }
        )*
    };
}

numbers! {
    /// `Bu32`
    U32: u32 = decode::u32, |n, out| leb_u(n.into(), out);
    /// `Bi32`
    I32: u32 = decode::i32, |i, out| leb_s(i.cast_signed().into(), out);
    /// `Bi64`
    I64: u64 = decode::i64, |i, out| leb_s(i.cast_signed(), out);
    /// `Bf32`, as bits
    F32: u32 = decode::f32, |bits, out| out.extend(bits.to_le_bytes());
    /// `Bf64`, as bits
    F64: u64 = decode::f64, |bits, out| out.extend(bits.to_le_bytes());
    /// `Btypeidx`
    Type: TypeIdx = decode::typeidx, |x, out| leb_u(x.into(), out);
    /// `Btagidx`
    Tag: TagIdx = decode::tagidx, |x, out| leb_u(x.into(), out);
    /// `Bglobalidx`
    Global: GlobalIdx = decode::globalidx, |x, out| leb_u(x.into(), out);
    /// `Bmemidx`
    Mem: MemIdx = decode::memidx, |x, out| leb_u(x.into(), out);
    /// `Btableidx`
    Table: TableIdx = decode::tableidx, |x, out| leb_u(x.into(), out);
    /// `Bfuncidx`
    Func: FuncIdx = decode::funcidx, |x, out| leb_u(x.into(), out);
    /// `Belemidx`
    Elem: ElemIdx = decode::elemidx, |x, out| leb_u(x.into(), out);
    /// `Blocalidx`
    Local: LocalIdx = decode::localidx, |x, out| leb_u(x.into(), out);
    /// `Bfieldidx`
    Field: FieldIdx = decode::fieldidx, |i, out| leb_u(i.into(), out);
    /// `Blabelidx`
    Label: LabelIdx = decode::labelidx, |l, out| leb_u(l.into(), out);
    /// `Blaneidx`
    Lane: u8 = lane, |l, out| out.push(l);
}

/// `Blaneidx`
fn lane(r: &mut Reader<'_>) -> Result<u8> {
    r.by(production!("Blaneidx"), byte)
}

/// `Bdataidx`, remembered for `dataidx_funcs(func*)` (5.4-binary.modules)
pub(super) struct Data;

impl Immediate for Data {
    type Of = DataIdx;
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<DataIdx> {
        exprs.dataidx.get_or_insert(position(r));
        dataidx(r)
    }
    fn write(x: DataIdx, _: &Code, out: &mut Vec<u8>) {
        leb_u(x.into(), out);
    }
}

/// Sixteen `Bbyte`
pub(super) struct Bytes;

impl Immediate for Bytes {
    type Of = [u8; 16];
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<[u8; 16]> {
        each(r, byte)
    }
    fn write(bytes: [u8; 16], _: &Code, out: &mut Vec<u8>) {
        out.extend(bytes);
    }
}

/// Sixteen `Blaneidx`
pub(super) struct Lanes;

impl Immediate for Lanes {
    type Of = [u8; 16];
    fn read(_: &mut Exprs, r: &mut Reader<'_>) -> Result<[u8; 16]> {
        each(r, lane)
    }
    fn write(ls: [u8; 16], _: &Code, out: &mut Vec<u8>) {
        out.extend(ls);
    }
}

fn each(r: &mut Reader<'_>, el: impl Fn(&mut Reader<'_>) -> Result<u8>) -> Result<[u8; 16]> {
    let mut els = [0; 16];
    for place in &mut els {
        *place = el(r)?;
    }
    Ok(els)
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
        let ls = list(r, labelidx)?;
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
    fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<(MemIdx, MemArg)> {
        r.by(production!("Bmemarg"), |r| {
            let at = position(r);
            let n = u32(r)?;
            if let Some(proposal) = decode::memarg_proposal(n) {
                exprs.suspect.get_or_insert((at, proposal));
            }
            let (align, x) = match n {
                0..0x40 => (n, 0),
                0x40..0x80 => (n - 0x40, memidx(r)?),
                _ => return Err(Malformed::syntax(at, format!("malformed memory operation flags: {n:#x}"))),
            };
            Ok((x, MemArg { align, offset: u64(r)? }))
        })
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
        let (null_1, null_2) = castop(r)?;
        let l = labelidx(r)?;
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

/// `Bcastop`
fn castop(r: &mut Reader<'_>) -> Result<(bool, bool)> {
    r.by(production!("Bcastop"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok((false, false)),
            0x01 => Ok((true, false)),
            0x02 => Ok((false, true)),
            0x03 => Ok((true, true)),
            byte => Err(Malformed::syntax(at, format!("malformed cast flags: byte {byte:#04x}"))),
        }
    })
}
