//! Binary format of types (5.2-binary.types).

use super::values::{Reader, features, list, name, peek, position, s33_index, typeidx, u64};
use super::{Malformed, Result, proposals};
use crate::opcodes::types::{ABS_HEAP_TYPES, NUM_TYPES, PACK_TYPES, REF, REF_NULL, SHARED, of_byte};
use crate::syntax::*;
use lockstep_spec::production;
use wasmparser::BinaryReader;

/// `Babsheaptype`, if that is what comes next.
fn absheaptype(r: &mut Reader<'_>) -> Result<Option<HeapType>> {
    let Some(aht) = of_byte(&ABS_HEAP_TYPES, peek(r)?) else { return Ok(None) };
    r.read_u8()?;
    r.seen(production!("Babsheaptype"));
    Ok(Some(HeapType::abs(aht)))
}

/// A shared abstract heap type, after its first byte.
fn shared(r: &mut Reader<'_>) -> Result<HeapType> {
    let at = position(r);
    let byte = r.read_u8()?;
    match of_byte(&ABS_HEAP_TYPES, byte) {
        Some(aht) => Ok(HeapType::Abs(Share::Shared, aht)),
        _ if byte == 0x68 => {
            Err(proposals::shared(at, "malformed heap type: a wait queue, which is not supported yet"))
        }
        None => {
            proposals::heaptype(at, byte)?;
            Err(Malformed::syntax(at, format!("malformed shared heap type: byte {byte:#04x}")))
        }
    }
}

/// Whether a byte marks something shared.
fn is_shared(r: &BinaryReader<'_>, byte: u8) -> bool {
    byte == SHARED && features(r).shared_everything
}

/// `Bheaptype`
pub(crate) fn heaptype(r: &mut Reader<'_>) -> Result<HeapType> {
    r.by(production!("Bheaptype"), |r| {
        let (at, byte) = (position(r), peek(r)?);
        if is_shared(r, byte) {
            r.read_u8()?;
            return shared(r);
        }
        if let Some(ht) = absheaptype(r)? {
            return Ok(ht);
        }
        proposals::heaptype(at, byte)?;
        Ok(HeapType::Use(TypeUse::Idx(s33_index(r, "heap type")?)))
    })
}

/// `Breftype`
pub(super) fn reftype(r: &mut Reader<'_>) -> Result<RefType> {
    r.by(production!("Breftype"), |r| {
        if let Some(ht) = absheaptype(r)? {
            return Ok(RefType::null(ht));
        }
        let at = position(r);
        let byte = r.read_u8()?;
        match byte {
            REF_NULL => Ok(RefType::null(heaptype(r)?)),
            REF => Ok(RefType::non_null(heaptype(r)?)),
            // The short form for shared types is that of wasm-tools.
            _ if is_shared(r, byte) => Ok(RefType::null(shared(r)?)),
            _ => {
                proposals::heaptype(at, byte)?;
                Err(Malformed::syntax(at, format!("malformed reference type: byte {byte:#04x}")))
            }
        }
    })
}

/// `Bvaltype`, with `Bnumtype` and `Bvectype`
pub(crate) fn valtype(r: &mut Reader<'_>) -> Result<ValType> {
    r.by(production!("Bvaltype"), |r| {
        let (at, byte) = (position(r), peek(r)?);
        if let Some(t) = of_byte(&NUM_TYPES, byte) {
            r.read_u8()?;
            r.seen(if t == ValType::V128 { production!("Bvectype") } else { production!("Bnumtype") });
            return Ok(t);
        }
        if byte == REF_NULL || byte == REF || of_byte(&ABS_HEAP_TYPES, byte).is_some() || is_shared(r, byte) {
            return Ok(ValType::Ref(reftype(r)?));
        }
        proposals::heaptype(at, byte)?;
        Err(Malformed::syntax(at, format!("malformed value type: byte {byte:#04x}")))
    })
}

/// `Bresulttype`
fn resulttype(r: &mut Reader<'_>) -> Result<ResultType> {
    r.by(production!("Bresulttype"), |r| list(r, valtype))
}

/// `Bmut`, of a field
fn mutability(r: &mut Reader<'_>) -> Result<bool> {
    r.by(production!("Bmut"), |r| {
        let at = position(r);
        match sharing(r)? {
            (Share::Unshared, mutable) => Ok(mutable),
            (_, mutable) => {
                let byte = 0x02 | u8::from(mutable);
                Err(Malformed::syntax(at, format!("malformed mutability: byte {byte:#04x}")))
            }
        }
    })
}

/// `Bmut`, of a global. Bit 1 says that it is shared (shared-everything-threads).
fn sharing(r: &mut Reader<'_>) -> Result<(Share, bool)> {
    r.by(production!("Bmut"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok((Share::Unshared, false)),
            0x01 => Ok((Share::Unshared, true)),
            byte @ (0x02 | 0x03) if features(r).shared_everything => Ok((Share::Shared, byte == 0x03)),
            byte @ (0x02 | 0x03) => {
                Err(proposals::shared(at, format!("malformed mutability: byte {byte:#04x} marks something shared")))
            }
            byte => Err(Malformed::syntax(at, format!("malformed mutability: byte {byte:#04x}"))),
        }
    })
}

/// `Bstoragetype`, with `Bpacktype`
fn storagetype(r: &mut Reader<'_>) -> Result<StorageType> {
    r.by(production!("Bstoragetype"), |r| match of_byte(&PACK_TYPES, peek(r)?) {
        Some(pt) => {
            r.read_u8()?;
            r.seen(production!("Bpacktype"));
            Ok(StorageType::Pack(pt))
        }
        None => Ok(StorageType::Val(valtype(r)?)),
    })
}

/// `Bfieldtype`
fn fieldtype(r: &mut Reader<'_>) -> Result<FieldType> {
    r.by(production!("Bfieldtype"), |r| Ok(FieldType { storage: storagetype(r)?, mutable: mutability(r)? }))
}

/// `Bcomptype`
fn comptype(r: &mut Reader<'_>) -> Result<CompType> {
    r.by(production!("Bcomptype"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x5E => Ok(CompType::Array(fieldtype(r)?)),
            0x5F => Ok(CompType::Struct(list(r, fieldtype)?)),
            0x60 => Ok(CompType::Func(FuncType { params: resulttype(r)?, results: resulttype(r)? })),
            byte => {
                proposals::comptype(at, byte)?;
                Err(Malformed::syntax(at, format!("malformed definition type: byte {byte:#04x}")))
            }
        }
    })
}

/// `Bsubtype`
fn subtype(r: &mut Reader<'_>) -> Result<SubType> {
    r.by(production!("Bsubtype"), |r| {
        let head = peek(r)?;
        let supers = match head {
            0x4F | 0x50 => {
                r.read_u8()?;
                list(r, |r| Ok(TypeUse::Idx(typeidx(r)?)))?
            }
            _ => Vec::new(),
        };
        let mut share = Share::Unshared;
        let mark = peek(r)?;
        if is_shared(r, mark) {
            r.read_u8()?;
            share = Share::Shared;
        }
        Ok(SubType { is_final: head != 0x50, supers, share, comp: comptype(r)? })
    })
}

/// `Brectype`
pub(super) fn rectype(r: &mut Reader<'_>) -> Result<RecType> {
    r.by(production!("Brectype"), |r| {
        if peek(r)? == 0x4E {
            r.read_u8()?;
            return Ok(RecType(list(r, subtype)?));
        }
        Ok(RecType(vec![subtype(r)?]))
    })
}

/// `Blimits`
///
/// Bit 0 of the flags says that there is a maximum, bit 2 that the addresses have 64 bits; bit 1 (shared) belongs to
/// the threads proposal, for memories, and to the shared-everything-threads proposal, for tables.
fn limits(r: &mut Reader<'_>) -> Result<(Share, AddrType, Limits)> {
    r.by(production!("Blimits"), |r| {
        let at = position(r);
        let flags = r.read_u8()?;
        let (share, addr) = match flags {
            0x00 | 0x01 => (Share::Unshared, AddrType::I32),
            0x04 | 0x05 => (Share::Unshared, AddrType::I64),
            0x02 | 0x03 => (Share::Shared, AddrType::I32),
            0x06 | 0x07 => (Share::Shared, AddrType::I64),
            _ => {
                proposals::limits(at, flags)?;
                return Err(Malformed::syntax(at, format!("malformed limits flags: byte {flags:#04x}")));
            }
        };
        let min = u64(r)?;
        let max = if flags & 1 != 0 { Some(u64(r)?) } else { None };
        Ok((share, addr, Limits { min, max }))
    })
}

/// `Btagtype`
pub(super) fn tagtype(r: &mut Reader<'_>) -> Result<TagType> {
    r.by(production!("Btagtype"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok(TypeUse::Idx(typeidx(r)?)),
            byte => Err(Malformed::syntax(at, format!("malformed tag attribute: byte {byte:#04x}"))),
        }
    })
}

/// `Bglobaltype`
pub(super) fn globaltype(r: &mut Reader<'_>) -> Result<GlobalType> {
    r.by(production!("Bglobaltype"), |r| {
        let val = valtype(r)?;
        let (share, mutable) = sharing(r)?;
        Ok(GlobalType { share, val, mutable })
    })
}

/// `Bmemtype`
pub(super) fn memtype(r: &mut Reader<'_>) -> Result<MemType> {
    r.by(production!("Bmemtype"), |r| {
        let at = position(r);
        let (share, addr, limits) = limits(r)?;
        match share {
            Share::Shared if !features(r).threads => {
                Err(Malformed::unsupported(at, "threads", "malformed limits flags: a shared memory"))
            }
            _ => Ok(MemType { share, addr, limits }),
        }
    })
}

/// `Btabletype`
pub(super) fn tabletype(r: &mut Reader<'_>) -> Result<TableType> {
    r.by(production!("Btabletype"), |r| {
        let elem = reftype(r)?;
        let at = position(r);
        let (share, addr, limits) = limits(r)?;
        match share {
            Share::Shared if !features(r).shared_everything => {
                Err(proposals::shared(at, "malformed limits flags: a shared table"))
            }
            _ => Ok(TableType { share, addr, limits, elem }),
        }
    })
}

/// `Bexterntype`
fn externtype(r: &mut Reader<'_>) -> Result<ExternType> {
    r.by(production!("Bexterntype"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok(ExternType::Func(TypeUse::Idx(typeidx(r)?))),
            0x01 => Ok(ExternType::Table(tabletype(r)?)),
            0x02 => Ok(ExternType::Mem(memtype(r)?)),
            0x03 => Ok(ExternType::Global(globaltype(r)?)),
            0x04 => Ok(ExternType::Tag(tagtype(r)?)),
            byte => {
                proposals::externtype(at, byte)?;
                Err(Malformed::syntax(at, format!("malformed import kind: byte {byte:#04x}")))
            }
        }
    })
}

/// `Bimport`
pub(super) fn import(r: &mut Reader<'_>) -> Result<Import> {
    r.by(production!("Bimport"), |r| Ok(Import { module: name(r)?, name: name(r)?, ty: externtype(r)? }))
}
