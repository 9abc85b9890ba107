//! Binary format of types (5.2-binary.types).

use crate::opcodes::types::{PACK_TYPES, SHARED, byte_of, list, reftype, valtype};
use crate::opcodes::{NO_INSTRUCTION, leb_u};
use crate::syntax::*;

/// `Btypeidx`, for a type use that must be one.
fn typeidx(tu: TypeUse, out: &mut Vec<u8>) {
    match tu {
        TypeUse::Idx(x) => leb_u(x.into(), out),
        // More bytes than the integer may have.
        TypeUse::Rec(_) | TypeUse::Def(_) => out.extend([NO_INSTRUCTION; 6]),
    }
}

/// `Bmut`; its second bit is of the proposal shared-everything-threads.
fn mutability(mutable: bool, share: Share) -> u8 {
    u8::from(mutable) | u8::from(share == Share::Shared) << 1
}

/// `Bfieldtype`
fn fieldtype(ft: &FieldType, out: &mut Vec<u8>) {
    match ft.storage {
        StorageType::Val(t) => valtype(t, out),
        StorageType::Pack(pt) => out.extend(byte_of(&PACK_TYPES, pt)),
    }
    out.push(mutability(ft.mutable, Share::Unshared));
}

/// `Bresulttype`
fn resulttype(ts: &[ValType], out: &mut Vec<u8>) {
    list(ts, out, |&t, out| valtype(t, out));
}

/// `Bcomptype`
fn comptype(ct: &CompType, out: &mut Vec<u8>) {
    match ct {
        CompType::Array(ft) => {
            out.push(0x5E);
            fieldtype(ft, out);
        }
        CompType::Struct(fts) => {
            out.push(0x5F);
            list(fts, out, fieldtype);
        }
        CompType::Func(ft) => {
            out.push(0x60);
            resulttype(&ft.params, out);
            resulttype(&ft.results, out);
        }
    }
}

/// `Bsubtype`
fn subtype(st: &SubType, out: &mut Vec<u8>) {
    if !(st.is_final && st.supers.is_empty()) {
        out.push(if st.is_final { 0x4F } else { 0x50 });
        list(&st.supers, out, |&tu, out| typeidx(tu, out));
    }
    if st.share == Share::Shared {
        out.push(SHARED);
    }
    comptype(&st.comp, out);
}

/// `Brectype`
pub(super) fn rectype(rt: &RecType, out: &mut Vec<u8>) {
    if let [st] = &rt.0[..] {
        return subtype(st, out);
    }
    out.push(0x4E);
    list(&rt.0, out, subtype);
}

/// `Blimits`; the flag for what is shared is of the proposal threads.
fn limits(share: Share, addr: AddrType, limits: Limits, out: &mut Vec<u8>) {
    let flag = |bit: u8, set: bool| u8::from(set) << bit;
    out.push(flag(0, limits.max.is_some()) | flag(1, share == Share::Shared) | flag(2, addr == AddrType::I64));
    leb_u(limits.min, out);
    if let Some(max) = limits.max {
        leb_u(max, out);
    }
}

/// `Btagtype`
pub(super) fn tagtype(&jt: &TagType, out: &mut Vec<u8>) {
    out.push(0x00);
    typeidx(jt, out);
}

/// `Bglobaltype`
pub(super) fn globaltype(gt: GlobalType, out: &mut Vec<u8>) {
    valtype(gt.val, out);
    out.push(mutability(gt.mutable, gt.share));
}

/// `Bmemtype`
pub(super) fn memtype(mt: &MemType, out: &mut Vec<u8>) {
    limits(mt.share, mt.addr, mt.limits, out);
}

/// `Btabletype`
pub(super) fn tabletype(tt: &TableType, out: &mut Vec<u8>) {
    reftype(tt.elem, out);
    limits(tt.share, tt.addr, tt.limits, out);
}

/// `Bexterntype`
pub(super) fn externtype(xt: &ExternType, out: &mut Vec<u8>) {
    match xt {
        ExternType::Func(tu) => {
            out.push(0x00);
            typeidx(*tu, out);
        }
        ExternType::Table(tt) => {
            out.push(0x01);
            tabletype(tt, out);
        }
        ExternType::Mem(mt) => {
            out.push(0x02);
            memtype(mt, out);
        }
        ExternType::Global(gt) => {
            out.push(0x03);
            globaltype(*gt, out);
        }
        ExternType::Tag(jt) => {
            out.push(0x04);
            tagtype(jt, out);
        }
    }
}
