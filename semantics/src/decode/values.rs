//! Binary format of values (5.1-binary.values).
//!
//! The integers are those of `wasmparser`: `uN` and `sN` in LEB128 with at most `ceil(N/7)` bytes and no stray bits in
//! the last one, as in the standard.

use super::{Malformed, Result};
use crate::syntax::Features;
use wasmparser::WasmFeatures;

/// A position in the bytes of a module, and where to stop.
pub(crate) type Reader<'a> = wasmparser::BinaryReader<'a>;

/// The offset of the next byte in the whole binary.
pub(crate) fn position(r: &Reader<'_>) -> usize {
    r.original_position() as usize
}

/// The next byte, without taking it.
pub(super) fn peek(r: &Reader<'_>) -> Result<u8> {
    Ok(r.clone().read_u8()?)
}

/// `Bu32`, and all the indices that are defined as it.
pub(crate) fn u32(r: &mut Reader<'_>) -> Result<u32> {
    Ok(r.read_var_u32()?)
}

/// `Bs33` where it stands for a type index: `x33 >= 0`, as a `u32`.
pub(super) fn s33_index(r: &mut Reader<'_>, what: &str) -> Result<u32> {
    let at = position(r);
    let byte = peek(r)?;
    let x33 = r.read_var_s33()?;
    u32::try_from(x33).map_err(|_| Malformed::syntax(at, format!("malformed {what}: byte {byte:#04x}")))
}

/// `Blist(BX)`: the vector grows with the elements that are there, not with the count.
pub(crate) fn list<'a, T>(r: &mut Reader<'a>, mut el: impl FnMut(&mut Reader<'a>) -> Result<T>) -> Result<Vec<T>> {
    let n = u32(r)?;
    let mut els = Vec::new();
    for _ in 0..n {
        els.push(el(r)?);
    }
    Ok(els)
}

/// `Blist(Bbyte)`
pub(super) fn bytes<'a>(r: &mut Reader<'a>) -> Result<&'a [u8]> {
    let n = u32(r)?;
    Ok(r.read_bytes(n as usize)?)
}

/// `Bname`
pub(super) fn name(r: &mut Reader<'_>) -> Result<String> {
    let at = position(r);
    let bytes = bytes(r)?;
    match std::str::from_utf8(bytes) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) => Err(Malformed::syntax(at, "malformed UTF-8 encoding")),
    }
}

/// A reader of a part of what another one reads.
pub(super) fn part<'a>(r: &Reader<'_>, bytes: &'a [u8], start: usize) -> Reader<'a> {
    let mut part = Reader::new(bytes, start as u64);
    part.set_features(r.features());
    part
}

/// A reader of a module. It knows the proposals by its features; nothing else in `wasmparser` that is used here does.
pub(super) fn module(bytes: &[u8], features: Features) -> Reader<'_> {
    let mut r = Reader::new(bytes, 0);
    let mut known = WasmFeatures::empty();
    known.set(WasmFeatures::THREADS, features.threads);
    known.set(WasmFeatures::SHARED_EVERYTHING_THREADS, features.shared_everything);
    r.set_features(known);
    r
}

/// The proposals that what is read may use.
pub(crate) fn features(r: &Reader<'_>) -> Features {
    let known = r.features();
    Features {
        threads: known.contains(WasmFeatures::THREADS),
        shared_everything: known.contains(WasmFeatures::SHARED_EVERYTHING_THREADS),
    }
}
