//! Sections and byte strings, which modules and the name section are made of.

use crate::opcodes::leb_u;

/// `Bsection_N(BX)`
pub(super) fn section(id: u8, out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    out.push(id);
    sized(out, content);
}

/// The size of the content, and the content.
pub(super) fn sized(out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    content(out);
    let mut size = Vec::new();
    leb_u((out.len() - start) as u64, &mut size);
    out.splice(start..start, size);
}

/// `Blist(Bbyte)`, and `Bname`
pub(super) fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    leb_u(bytes.len() as u64, out);
    out.extend(bytes);
}
