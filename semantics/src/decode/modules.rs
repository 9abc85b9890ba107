//! Binary format of modules (5.4-binary.modules).

use super::instructions::Exprs;
use super::types::{globaltype, import, memtype, rectype, reftype, tabletype, tagtype, valtype};
use super::values::{self, Reader, bytes, features, list, name, peek, position, u32};
use super::{Malformed, Reading, Result, names, proposals};
use crate::syntax::*;
use std::sync::Arc;

/// An implementation limit: locals of one function, parameters not counted. A function body names its locals in runs,
/// so that a few bytes can ask for billions.
pub const LOCALS_PER_FUNCTION: u64 = 50_000;
/// An implementation limit: locals of all functions together.
pub const LOCALS_PER_MODULE: u64 = 10_000_000;

/// Decodes a binary module of WebAssembly 3.0 (`Bmodule`), without any proposal.
///
/// # Errors
/// As for [`decode_with`].
pub fn decode(bytes: &[u8]) -> Result<Module> {
    decode_with(bytes, Reading::default())
}

/// Decodes a binary module (`Bmodule`), which may use the proposals that are on.
///
/// # Errors
/// Where the bytes are not in the binary format of the standard, and where they are but go beyond a limit of this
/// implementation. Modules that are well-formed and invalid are no errors here.
pub fn decode_with(bytes: &[u8], reading: Reading) -> Result<Module> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(Malformed::limit(bytes.len(), "the binary is longer than 4 GiB"));
    }
    let mut r = values::module(bytes, reading.features);
    let mut decoder = Decoder::default();
    decoder.exprs.dialect = reading.dialect;
    decoder.module.features = reading.features;
    magic_and_version(&mut r)?;
    // The position in the prescribed order of the last section that is not custom.
    let mut last = 0;
    while !r.eof() {
        let at = position(&r);
        let id = r.read_u8()?;
        let size_at = position(&r);
        let size = u32(&mut r)? as usize;
        if size > r.bytes_remaining() {
            return Err(Malformed::syntax(size_at, format!("section size {size} is beyond the end of the module")));
        }
        let start = position(&r);
        let content = r.read_bytes(size)?;
        let mut section = values::part(&r, content, start);
        if let Some(order) = order(id) {
            if order <= last {
                let which = if order == last { "repeated" } else { "out of order" };
                return Err(Malformed::syntax(at, format!("unexpected content: section {id} is {which}")));
            }
            last = order;
        } else if id != 0 {
            return Err(Malformed::syntax(at, format!("malformed section id {id}")));
        }
        decoder.section(id, &mut section)?;
        if !section.eof() {
            return Err(Malformed::syntax(
                position(&section),
                format!("section size mismatch: section {id} has {} more bytes", section.bytes_remaining()),
            ));
        }
    }
    decoder.finish(bytes.len())
}

/// `Bmagic Bversion`
fn magic_and_version(r: &mut Reader<'_>) -> Result<()> {
    if r.bytes_remaining() < 4 || r.read_bytes(4)? != b"\0asm" {
        return Err(Malformed::syntax(0, "magic header not detected"));
    }
    match r.read_bytes(4) {
        Ok([0x01, 0x00, 0x00, 0x00]) => Ok(()),
        Ok([_, _, 0x01, 0x00]) => Err(Malformed::unsupported(4, "component-model", "unknown binary version")),
        _ => Err(Malformed::syntax(4, "unknown binary version")),
    }
}

/// The place of a section in `Bmodule`, from 1.
fn order(id: u8) -> Option<u32> {
    // type, import, func, table, mem, tag, global, export, start, elem, datacnt, code, data
    [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11].iter().position(|&other| other == id).map(|i| i as u32 + 1)
}

/// A module that is being read.
#[derive(Default)]
struct Decoder {
    module: Module,
    exprs: Exprs,
    /// `typeidx*` of the function section.
    typeidxs: Vec<TypeIdx>,
    /// Bodies read so far.
    codes: usize,
    /// All locals so far.
    locals: u64,
    /// `n?` of the data count section.
    datacnt: Option<(u32, usize)>,
}

/// `Blist(BX)` with the offset of each element.
fn located<'a, T>(r: &mut Reader<'a>, mut el: impl FnMut(&mut Reader<'a>) -> Result<T>) -> Result<(Vec<T>, Vec<u32>)> {
    let mut offsets = Vec::new();
    let els = list(r, |r| {
        offsets.push(position(r) as u32);
        el(r)
    })?;
    Ok((els, offsets))
}

impl Decoder {
    /// The content of the section `id`.
    fn section(&mut self, id: u8, r: &mut Reader<'_>) -> Result<()> {
        let Decoder { module, exprs, .. } = self;
        let offsets = &mut module.offsets;
        match id {
            0 => self.custom(r)?,
            1 => (module.types, offsets.types) = located(r, rectype)?,
            2 => (module.imports, offsets.imports) = located(r, import)?,
            3 => self.typeidxs = list(r, u32)?,
            4 => (module.tables, offsets.tables) = located(r, |r| table(exprs, r))?,
            5 => (module.mems, offsets.mems) = located(r, memtype)?,
            6 => {
                let global = |r: &mut Reader<'_>| Ok(Global { ty: globaltype(r)?, init: exprs.expr(r)? });
                (module.globals, offsets.globals) = located(r, global)?;
            }
            7 => (module.exports, offsets.exports) = located(r, export)?,
            8 => {
                offsets.start = position(r) as u32;
                module.start = Some(u32(r)?);
            }
            9 => (module.elems, offsets.elems) = located(r, |r| elem(exprs, r))?,
            10 => self.codesec(r)?,
            11 => (module.datas, offsets.datas) = located(r, |r| data(exprs, r))?,
            12 => {
                let at = position(r);
                self.datacnt = Some((u32(r)?, at));
            }
            13 => (module.tags, offsets.tags) = located(r, tagtype)?,
            _ => unreachable!("an unknown section has been refused"),
        }
        Ok(())
    }

    /// `Bcustom`
    fn custom(&mut self, r: &mut Reader<'_>) -> Result<()> {
        let name = name(r)?;
        let start = position(r) as u64;
        let content = r.read_bytes(r.bytes_remaining())?;
        if name == "name" {
            names::read(Reader::new(content, start), &mut self.module.names);
        }
        Ok(())
    }

    /// `Bcodesec`, with the conditions of `Bmodule` on it
    fn codesec(&mut self, r: &mut Reader<'_>) -> Result<()> {
        self.exprs.dataidx = None;
        let at = position(r);
        let n = u32(r)?;
        if n as usize != self.typeidxs.len() {
            return Err(self.function_mismatch(at, n as usize));
        }
        for i in 0..n as usize {
            let ty = self.typeidxs[i];
            self.code(r, ty)?;
        }
        // Where the data count section is absent, `$dataidx_funcs(func*) = eps`.
        match (self.datacnt, self.exprs.dataidx) {
            (None, Some(at)) => Err(Malformed::syntax(at, "data count section required")),
            _ => Ok(()),
        }
    }

    /// `Bcode`, with `Bfunc` in it
    fn code(&mut self, r: &mut Reader<'_>, ty: TypeIdx) -> Result<()> {
        let size_at = position(r);
        let size = u32(r)? as usize;
        if size > r.bytes_remaining() {
            return Err(Malformed::syntax(size_at, format!("code size {size} is beyond the end of the section")));
        }
        let start = position(r);
        let content = r.read_bytes(size)?;
        let mut r = values::part(r, content, start);
        let runs = list(&mut r, |r| Ok((u32(r)?, valtype(r)?)))?;
        let total: u64 = runs.iter().map(|&(n, _)| u64::from(n)).sum();
        if total >= 1 << 32 {
            return Err(Malformed::syntax(start, "too many locals"));
        }
        self.locals += total;
        if total > LOCALS_PER_FUNCTION || self.locals > LOCALS_PER_MODULE {
            return Err(Malformed::limit(start, format!("{total} locals in one function")));
        }
        let locals = runs.iter().flat_map(|&(n, t)| std::iter::repeat_n(t, n as usize)).collect();
        let body = self.exprs.expr(&mut r)?;
        if !r.eof() {
            return Err(Malformed::syntax(
                position(&r),
                format!("code size mismatch: {} more bytes after the end of the function", r.bytes_remaining()),
            ));
        }
        self.module.offsets.funcs.push(start as u32);
        self.module.funcs.push(Func { ty, locals, body });
        self.codes += 1;
        Ok(())
    }

    fn function_mismatch(&self, at: usize, codes: usize) -> Malformed {
        let funcs = self.typeidxs.len();
        Malformed::syntax(
            at,
            format!("function and code section have inconsistent lengths: {funcs} functions and {codes} bodies"),
        )
    }

    /// The conditions of `Bmodule` that hold even where a section is absent.
    fn finish(mut self, end: usize) -> Result<Module> {
        if self.codes != self.typeidxs.len() {
            return Err(self.function_mismatch(end, self.codes));
        }
        if let Some((n, at)) = self.datacnt
            && n as usize != self.module.datas.len()
        {
            return Err(Malformed::syntax(
                at,
                format!("data count {n} and data section have inconsistent lengths: {}", self.module.datas.len()),
            ));
        }
        self.module.code = Arc::new(self.exprs.code);
        Ok(self.module)
    }
}

/// `Btable`
fn table(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Table> {
    let at = position(r);
    if peek(r)? != 0x40 {
        let ty = tabletype(r)?;
        let init = exprs.code.add_seq([(Instr::RefNull(ty.elem.heap), at as u32)], at as u32);
        return Ok(Table { ty, init });
    }
    r.read_u8()?;
    let at = position(r);
    match r.read_u8()? {
        0x00 => Ok(Table { ty: tabletype(r)?, init: exprs.expr(r)? }),
        byte => Err(Malformed::syntax(at, format!("malformed table: reserved byte {byte:#04x} is not zero"))),
    }
}

/// `Bexport`
fn export(r: &mut Reader<'_>) -> Result<Export> {
    Ok(Export { name: name(r)?, idx: externidx(r)? })
}

/// `Bexternidx`
fn externidx(r: &mut Reader<'_>) -> Result<ExternIdx> {
    let at = position(r);
    match r.read_u8()? {
        0x00 => Ok(ExternIdx::Func(u32(r)?)),
        0x01 => Ok(ExternIdx::Table(u32(r)?)),
        0x02 => Ok(ExternIdx::Mem(u32(r)?)),
        0x03 => Ok(ExternIdx::Global(u32(r)?)),
        0x04 => Ok(ExternIdx::Tag(u32(r)?)),
        byte => Err(Malformed::syntax(at, format!("malformed export kind: byte {byte:#04x}"))),
    }
}

/// `Belemkind`
fn elemkind(r: &mut Reader<'_>) -> Result<RefType> {
    let at = position(r);
    match r.read_u8()? {
        0x00 => Ok(RefType::non_null(HeapType::abs(AbsHeapType::Func))),
        byte => Err(Malformed::syntax(at, format!("malformed element kind: byte {byte:#04x}"))),
    }
}

/// The flags of a segment, and whether bit 3 says that it is shared (shared-everything-threads).
fn segment(r: &mut Reader<'_>, kinds: u32, what: &str) -> Result<(Share, u32)> {
    const SHARED: u32 = 1 << 3;
    let at = position(r);
    let flags = u32(r)?;
    match flags & !SHARED {
        kind if kind >= kinds => Err(Malformed::syntax(at, format!("malformed {what} segment flags: {flags}"))),
        kind if kind == flags => Ok((Share::Unshared, kind)),
        kind if features(r).shared_everything => Ok((Share::Shared, kind)),
        _ => Err(proposals::shared(at, format!("malformed {what} segment flags: a shared segment"))),
    }
}

/// `Belem`
fn elem(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Elem> {
    const REF_FUNC: RefType = RefType::non_null(HeapType::abs(AbsHeapType::Func));
    let at = position(r);
    let (share, kind) = segment(r, 8, "element")?;
    let (mode, ty, by_index) = match kind {
        0 => (ElemMode::Active(0, exprs.expr(r)?), REF_FUNC, true),
        1 => (ElemMode::Passive, elemkind(r)?, true),
        2 => (ElemMode::Active(u32(r)?, exprs.expr(r)?), elemkind(r)?, true),
        3 => (ElemMode::Declare, elemkind(r)?, true),
        4 => (ElemMode::Active(0, exprs.expr(r)?), RefType::FUNCREF, false),
        5 => (ElemMode::Passive, reftype(r)?, false),
        6 => (ElemMode::Active(u32(r)?, exprs.expr(r)?), reftype(r)?, false),
        7 => (ElemMode::Declare, reftype(r)?, false),
        n => return Err(Malformed::syntax(at, format!("malformed element segment flags: {n}"))),
    };
    let init = list(r, |r| {
        if !by_index {
            return exprs.expr(r);
        }
        // `REF.FUNC y`; nothing in the binary closes it.
        let at = position(r) as u32;
        let y = u32(r)?;
        Ok(exprs.code.add_seq([(Instr::RefFunc(y), at)], at))
    })?;
    Ok(Elem { share, ty, init, mode })
}

/// `Bdata`
fn data(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Data> {
    let at = position(r);
    let (share, kind) = segment(r, 3, "data")?;
    let mode = match kind {
        0 => DataMode::Active(0, exprs.expr(r)?),
        1 => DataMode::Passive,
        2 => DataMode::Active(u32(r)?, exprs.expr(r)?),
        n => return Err(Malformed::syntax(at, format!("malformed data segment flags: {n}"))),
    };
    Ok(Data { share, bytes: bytes(r)?.into(), mode })
}
