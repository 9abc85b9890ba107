//! Binary format of values (5.1-binary.values).
//!
//! The integers are those of `wasmparser`: `uN` and `sN` in LEB128 with at most `ceil(N/7)` bytes and no stray bits in
//! the last one, as in the standard.

use super::{Malformed, Result};
use crate::syntax::Features;
use lockstep_spec::{ProductionId, ProductionRecord, production};
use std::ops::{Deref, DerefMut};
use wasmparser::{BinaryReader, WasmFeatures};

/// A position in the bytes of a module, and where to stop; and which productions have been read.
pub(crate) struct Reader<'a> {
    bytes: BinaryReader<'a>,
    seen: &'a ProductionRecord,
}

impl<'a> Deref for Reader<'a> {
    type Target = BinaryReader<'a>;
    fn deref(&self) -> &BinaryReader<'a> {
        &self.bytes
    }
}

impl<'a> DerefMut for Reader<'a> {
    fn deref_mut(&mut self) -> &mut BinaryReader<'a> {
        &mut self.bytes
    }
}

impl Reader<'_> {
    /// Reads something by a production. It is recorded when that has succeeded; when not, the innermost production is to
    /// blame.
    #[inline]
    pub(crate) fn by<T>(&mut self, id: ProductionId, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        match read(self) {
            Ok(of) => {
                self.seen.insert(id);
                Ok(of)
            }
            Err(e) => Err(e.in_production(id)),
        }
    }

    /// Records a production that has been read.
    #[inline]
    pub(crate) fn seen(&self, id: ProductionId) {
        self.seen.insert(id);
    }
}

/// The offset of the next byte in the whole binary.
pub(crate) fn position(r: &BinaryReader<'_>) -> usize {
    r.original_position() as usize
}

/// The next byte, without taking it.
pub(super) fn peek(r: &BinaryReader<'_>) -> Result<u8> {
    Ok(r.clone().read_u8()?)
}

/// `Bbyte`
pub(crate) fn byte(r: &mut Reader<'_>) -> Result<u8> {
    r.by(production!("Bbyte"), |r| Ok(r.read_u8()?))
}

/// `BuN`, which `wasmparser` has read.
#[inline]
fn unsigned(r: &Reader<'_>) {
    r.seen(production!("BuN"));
    r.seen(production!("Bbyte"));
}

/// `BsN`, which `wasmparser` has read.
#[inline]
fn signed(r: &Reader<'_>) {
    r.seen(production!("BsN"));
    r.seen(production!("Bbyte"));
}

/// `Bu32`
pub(crate) fn u32(r: &mut Reader<'_>) -> Result<u32> {
    r.by(production!("Bu32"), |r| {
        let n = r.read_var_u32()?;
        unsigned(r);
        Ok(n)
    })
}

/// `Bu64`
pub(crate) fn u64(r: &mut Reader<'_>) -> Result<u64> {
    r.by(production!("Bu64"), |r| {
        let n = r.read_var_u64()?;
        unsigned(r);
        Ok(n)
    })
}

/// `Bs33`
fn s33(r: &mut Reader<'_>) -> Result<i64> {
    r.by(production!("Bs33"), |r| {
        let i = r.read_var_s33()?;
        signed(r);
        Ok(i)
    })
}

/// `Bi32`, by `BiN`
pub(crate) fn i32(r: &mut Reader<'_>) -> Result<u32> {
    r.by(production!("Bi32"), |r| {
        let i = r.read_var_i32()?;
        signed(r);
        r.seen(production!("BiN"));
        Ok(i.cast_unsigned())
    })
}

/// `Bi64`, by `BiN`
pub(crate) fn i64(r: &mut Reader<'_>) -> Result<u64> {
    r.by(production!("Bi64"), |r| {
        let i = r.read_var_i64()?;
        signed(r);
        r.seen(production!("BiN"));
        Ok(i.cast_unsigned())
    })
}

/// `BfN`, which `wasmparser` has read.
#[inline]
fn float(r: &Reader<'_>) {
    r.seen(production!("BfN"));
    r.seen(production!("Bbyte"));
}

/// `Bf32`, as bits
pub(crate) fn f32(r: &mut Reader<'_>) -> Result<u32> {
    r.by(production!("Bf32"), |r| {
        let bits = r.read_f32()?.bits();
        float(r);
        Ok(bits)
    })
}

/// `Bf64`, as bits
pub(crate) fn f64(r: &mut Reader<'_>) -> Result<u64> {
    r.by(production!("Bf64"), |r| {
        let bits = r.read_f64()?.bits();
        float(r);
        Ok(bits)
    })
}

/// The indices, all of which are written as `Bu32`.
macro_rules! indices {
    ($( $name:ident: production!($production:literal); )*) => {
        $(
            #[doc = concat!("`", $production, "`")]
            pub(crate) fn $name(r: &mut Reader<'_>) -> Result<u32> {
                r.by(production!($production), u32)
            }
        )*
    };
}

indices! {
    typeidx: production!("Btypeidx");
    tagidx: production!("Btagidx");
    globalidx: production!("Bglobalidx");
    memidx: production!("Bmemidx");
    tableidx: production!("Btableidx");
    funcidx: production!("Bfuncidx");
    dataidx: production!("Bdataidx");
    elemidx: production!("Belemidx");
    localidx: production!("Blocalidx");
    fieldidx: production!("Bfieldidx");
    labelidx: production!("Blabelidx");
}

/// `Bs33` where it stands for a type index: `x33 >= 0`, as a `u32`.
pub(super) fn s33_index(r: &mut Reader<'_>, what: &str) -> Result<u32> {
    let at = position(r);
    let byte = peek(r)?;
    let x33 = s33(r)?;
    u32::try_from(x33).map_err(|_| Malformed::syntax(at, format!("malformed {what}: byte {byte:#04x}")))
}

/// `Blist(BX)`: the vector grows with the elements that are there, not with the count.
pub(crate) fn list<'a, T>(r: &mut Reader<'a>, mut el: impl FnMut(&mut Reader<'a>) -> Result<T>) -> Result<Vec<T>> {
    r.by(production!("Blist"), |r| {
        let n = u32(r)?;
        let mut els = Vec::new();
        for _ in 0..n {
            els.push(el(r)?);
        }
        Ok(els)
    })
}

/// `Blist(Bbyte)`
pub(super) fn bytes<'a>(r: &mut Reader<'a>) -> Result<&'a [u8]> {
    r.by(production!("Blist"), |r| {
        let n = u32(r)?;
        Ok(r.read_bytes(n as usize)?)
    })
}

/// `Bname`
pub(super) fn name(r: &mut Reader<'_>) -> Result<String> {
    r.by(production!("Bname"), |r| {
        let at = position(r);
        let bytes = bytes(r)?;
        match std::str::from_utf8(bytes) {
            Ok(name) => Ok(name.to_owned()),
            Err(_) => Err(Malformed::syntax(at, "malformed UTF-8 encoding")),
        }
    })
}

/// A reader of a part of what another one reads.
pub(super) fn part<'a>(r: &Reader<'a>, bytes: &'a [u8], start: usize) -> Reader<'a> {
    let mut part = BinaryReader::new(bytes, start as u64);
    part.set_features(r.features());
    Reader { bytes: part, seen: r.seen }
}

/// A reader of a module. It knows the proposals by its features; nothing else in `wasmparser` that is used here does.
pub(super) fn module<'a>(bytes: &'a [u8], features: Features, seen: &'a ProductionRecord) -> Reader<'a> {
    let mut r = BinaryReader::new(bytes, 0);
    let mut known = WasmFeatures::empty();
    known.set(WasmFeatures::THREADS, features.threads);
    known.set(WasmFeatures::SHARED_EVERYTHING_THREADS, features.shared_everything);
    r.set_features(known);
    Reader { bytes: r, seen }
}

/// The proposals that what is read may use.
pub(crate) fn features(r: &BinaryReader<'_>) -> Features {
    let known = r.features();
    Features {
        threads: known.contains(WasmFeatures::THREADS),
        shared_everything: known.contains(WasmFeatures::SHARED_EVERYTHING_THREADS),
    }
}
