//! The name section (appendix, custom sections).

use super::sections::{bytes, section};
use crate::opcodes::leb_u;
use crate::syntax::{IndirectNameMap, NameMap, Names};

/// The content of the custom section; nothing where nothing has a name.
pub(super) fn section_of(names: &Names) -> Vec<u8> {
    let mut out = Vec::new();
    let direct = |id: u8, map: &NameMap, out: &mut Vec<u8>| {
        if !map.is_empty() {
            section(id, out, |out| namemap(map, out));
        }
    };
    let indirect = |id: u8, map: &IndirectNameMap, out: &mut Vec<u8>| {
        if !map.is_empty() {
            section(id, out, |out| indirectnamemap(map, out));
        }
    };
    if let Some(name) = &names.module {
        section(0, &mut out, |out| bytes(name.as_bytes(), out));
    }
    direct(1, &names.funcs, &mut out);
    indirect(2, &names.locals, &mut out);
    indirect(3, &names.labels, &mut out);
    direct(4, &names.types, &mut out);
    direct(5, &names.tables, &mut out);
    direct(6, &names.mems, &mut out);
    direct(7, &names.globals, &mut out);
    direct(8, &names.elems, &mut out);
    direct(9, &names.datas, &mut out);
    indirect(10, &names.fields, &mut out);
    direct(11, &names.tags, &mut out);
    if out.is_empty() {
        return out;
    }
    let mut named = Vec::new();
    bytes(b"name", &mut named);
    named.append(&mut out);
    named
}

/// `namemap`
fn namemap(map: &NameMap, out: &mut Vec<u8>) {
    leb_u(map.len() as u64, out);
    for (&x, name) in map {
        leb_u(x.into(), out);
        bytes(name.as_bytes(), out);
    }
}

/// `indirectnamemap`
fn indirectnamemap(map: &IndirectNameMap, out: &mut Vec<u8>) {
    leb_u(map.len() as u64, out);
    for (&x, inner) in map {
        leb_u(x.into(), out);
        namemap(inner, out);
    }
}
