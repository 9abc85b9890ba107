//! Binary format of modules (5.4-binary.modules).

use super::instructions::Exprs;
use super::types::{globaltype, import, memtype, rectype, reftype, tabletype, tagtype, valtype};
use super::values::{
    self, Reader, bytes, features, funcidx, globalidx, list, memidx, name, peek, position, tableidx, tagidx, typeidx,
    u32,
};
use super::{Malformed, Reading, Result, names, proposals};
use crate::syntax::*;
use lockstep_spec::{ProductionRecord, ProductionSet, production};
use std::sync::Arc;
use wasmparser::BinaryReader;

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
    decode_seen(bytes, reading).0
}

/// [`decode_with`], and the productions that some part of the bytes is by; of a malformed module, those of what came before
/// the fault.
///
/// A section that is absent is by no production here, though the standard has it read nothing by `Bsection_`.
pub fn decode_seen(bytes: &[u8], reading: Reading) -> (Result<Module>, ProductionSet) {
    let seen = ProductionRecord::new();
    let module = values::module(bytes, reading.features, &seen).by(production!("Bmodule"), |r| module(r, reading));
    (module, seen.set())
}

/// `Bmodule`
fn module(r: &mut Reader<'_>, reading: Reading) -> Result<Module> {
    let end = r.bytes_remaining();
    if u32::try_from(end).is_err() {
        return Err(Malformed::limit(end, "the binary is longer than 4 GiB"));
    }
    let bytes = r.clone().read_bytes(end)?;
    let mut decoder = Decoder::default();
    decoder.exprs.dialect = reading.dialect;
    decoder.module.features = reading.features;
    magic(r)?;
    version(r)?;
    let read = decoder.sections(r);
    if let Some((at, proposal)) = decoder.exprs.suspect {
        proposals::suspect(bytes, at, proposal)?;
    }
    read?;
    decoder.finish(end)
}

/// `Bmagic`
fn magic(r: &mut Reader<'_>) -> Result<()> {
    r.by(production!("Bmagic"), |r| {
        if r.bytes_remaining() < 4 || r.read_bytes(4)? != b"\0asm" {
            return Err(Malformed::syntax(0, "magic header not detected"));
        }
        Ok(())
    })
}

/// `Bversion`
fn version(r: &mut Reader<'_>) -> Result<()> {
    r.by(production!("Bversion"), |r| match r.read_bytes(4) {
        Ok([0x01, 0x00, 0x00, 0x00]) => Ok(()),
        Ok([_, _, 0x01, 0x00]) => Err(Malformed::unsupported(4, "component-model", "unknown binary version")),
        _ => Err(Malformed::syntax(4, "unknown binary version")),
    })
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
    /// The position in the prescribed order of the last section that is not custom.
    last: u32,
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
    fn sections(&mut self, r: &mut Reader<'_>) -> Result<()> {
        while !r.eof() {
            let at = position(r);
            r.by(production!("Bsection_"), |r| self.section(at, r))?;
        }
        Ok(())
    }

    /// `Bsection_`, and that sections are in the order of `Bmodule`.
    fn section(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        let id = r.read_u8()?;
        let size_at = position(r);
        let size = u32(r)? as usize;
        if size > r.bytes_remaining() {
            return Err(Malformed::syntax(size_at, format!("section size {size} is beyond the end of the module")));
        }
        let start = position(r);
        let content = r.read_bytes(size)?;
        let mut section = values::part(r, content, start);
        self.in_order(id, at).map_err(|e| e.in_production(production!("Bmodule")))?;
        self.content(id, &mut section)?;
        if !section.eof() {
            return Err(Malformed::syntax(
                position(&section),
                format!("section size mismatch: section {id} has {} more bytes", section.bytes_remaining()),
            ));
        }
        Ok(())
    }

    /// Whether a section may stand where it does.
    fn in_order(&mut self, id: u8, at: usize) -> Result<()> {
        if let Some(order) = order(id) {
            if order <= self.last {
                let which = if order == self.last { "repeated" } else { "out of order" };
                return Err(Malformed::syntax(at, format!("unexpected content: section {id} is {which}")));
            }
            self.last = order;
        } else if id != 0 {
            return Err(Malformed::syntax(at, format!("malformed section id {id}")));
        }
        Ok(())
    }

    /// The content of the section `id`.
    fn content(&mut self, id: u8, r: &mut Reader<'_>) -> Result<()> {
        let Decoder { module, exprs, .. } = self;
        let offsets = &mut module.offsets;
        match id {
            0 => r.by(production!("Bcustomsec"), |r| self.custom(r))?,
            1 => (module.types, offsets.types) = r.by(production!("Btypesec"), |r| located(r, ty))?,
            2 => (module.imports, offsets.imports) = r.by(production!("Bimportsec"), |r| located(r, import))?,
            3 => self.typeidxs = r.by(production!("Bfuncsec"), |r| list(r, typeidx))?,
            4 => {
                (module.tables, offsets.tables) =
                    r.by(production!("Btablesec"), |r| located(r, |r| table(exprs, r)))?;
            }
            5 => (module.mems, offsets.mems) = r.by(production!("Bmemsec"), |r| located(r, mem))?,
            6 => {
                (module.globals, offsets.globals) =
                    r.by(production!("Bglobalsec"), |r| located(r, |r| global(exprs, r)))?;
            }
            7 => (module.exports, offsets.exports) = r.by(production!("Bexportsec"), |r| located(r, export))?,
            8 => {
                offsets.start = position(r) as u32;
                module.start = Some(r.by(production!("Bstartsec"), start)?);
            }
            9 => {
                (module.elems, offsets.elems) = r.by(production!("Belemsec"), |r| located(r, |r| elem(exprs, r)))?;
            }
            10 => r.by(production!("Bcodesec"), |r| self.codesec(r))?,
            11 => {
                (module.datas, offsets.datas) = r.by(production!("Bdatasec"), |r| located(r, |r| data(exprs, r)))?;
            }
            12 => {
                let at = position(r);
                self.datacnt = Some((r.by(production!("Bdatacntsec"), datacnt)?, at));
            }
            13 => (module.tags, offsets.tags) = r.by(production!("Btagsec"), |r| located(r, tag))?,
            _ => unreachable!("an unknown section has been refused"),
        }
        Ok(())
    }

    /// `Bcustom`
    fn custom(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.by(production!("Bcustom"), |r| {
            let name = name(r)?;
            let start = position(r) as u64;
            let rest = r.bytes_remaining();
            let content = r.read_bytes(rest)?;
            if name == "name" {
                names::read(BinaryReader::new(content, start), &mut self.module.names);
            }
            Ok(())
        })
    }

    /// The content of `Bcodesec`, with the conditions of `Bmodule` on it
    fn codesec(&mut self, r: &mut Reader<'_>) -> Result<()> {
        self.exprs.dataidx = None;
        r.by(production!("Blist"), |r| {
            let at = position(r);
            let n = u32(r)?;
            if n as usize != self.typeidxs.len() {
                return Err(self.function_mismatch(at, n as usize));
            }
            for i in 0..n as usize {
                let ty = self.typeidxs[i];
                self.code(r, ty)?;
            }
            Ok(())
        })?;
        // Where the data count section is absent, `$dataidx_funcs(func*) = eps`.
        match (self.datacnt, self.exprs.dataidx) {
            (None, Some(at)) => {
                Err(Malformed::syntax(at, "data count section required").in_production(production!("Bmodule")))
            }
            _ => Ok(()),
        }
    }

    /// `Bcode`
    fn code(&mut self, r: &mut Reader<'_>, ty: TypeIdx) -> Result<()> {
        r.by(production!("Bcode"), |r| {
            let size_at = position(r);
            let size = u32(r)? as usize;
            if size > r.bytes_remaining() {
                return Err(Malformed::syntax(size_at, format!("code size {size} is beyond the end of the section")));
            }
            let start = position(r);
            let content = r.read_bytes(size)?;
            let mut r = values::part(r, content, start);
            let (locals, body) = self.func(&mut r)?;
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
        })
    }

    /// `Bfunc`
    fn func(&mut self, r: &mut Reader<'_>) -> Result<(Vec<ValType>, Expr)> {
        r.by(production!("Bfunc"), |r| {
            let start = position(r);
            let runs = list(r, locals)?;
            let total: u64 = runs.iter().map(|&(n, _)| u64::from(n)).sum();
            if total >= 1 << 32 {
                return Err(Malformed::syntax(start, "too many locals"));
            }
            self.locals += total;
            if total > LOCALS_PER_FUNCTION || self.locals > LOCALS_PER_MODULE {
                return Err(Malformed::limit(start, format!("{total} locals in one function")));
            }
            let locals = runs.iter().flat_map(|&(n, t)| std::iter::repeat_n(t, n as usize)).collect();
            Ok((locals, self.exprs.expr(r)?))
        })
    }

    fn function_mismatch(&self, at: usize, codes: usize) -> Malformed {
        let funcs = self.typeidxs.len();
        Malformed::syntax(
            at,
            format!("function and code section have inconsistent lengths: {funcs} functions and {codes} bodies"),
        )
        .in_production(production!("Bmodule"))
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

/// `Btype`
fn ty(r: &mut Reader<'_>) -> Result<RecType> {
    r.by(production!("Btype"), rectype)
}

/// `Bmem`
fn mem(r: &mut Reader<'_>) -> Result<MemType> {
    r.by(production!("Bmem"), memtype)
}

/// `Btag`
fn tag(r: &mut Reader<'_>) -> Result<TagType> {
    r.by(production!("Btag"), tagtype)
}

/// `Bglobal`
fn global(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Global> {
    r.by(production!("Bglobal"), |r| Ok(Global { ty: globaltype(r)?, init: exprs.expr(r)? }))
}

/// `Bstart`
fn start(r: &mut Reader<'_>) -> Result<FuncIdx> {
    r.by(production!("Bstart"), funcidx)
}

/// `Bdatacnt`
fn datacnt(r: &mut Reader<'_>) -> Result<u32> {
    r.by(production!("Bdatacnt"), u32)
}

/// `Blocals`
fn locals(r: &mut Reader<'_>) -> Result<(u32, ValType)> {
    r.by(production!("Blocals"), |r| Ok((u32(r)?, valtype(r)?)))
}

/// `Btable`
fn table(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Table> {
    r.by(production!("Btable"), |r| {
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
    })
}

/// `Bexport`
fn export(r: &mut Reader<'_>) -> Result<Export> {
    r.by(production!("Bexport"), |r| Ok(Export { name: name(r)?, idx: externidx(r)? }))
}

/// `Bexternidx`
fn externidx(r: &mut Reader<'_>) -> Result<ExternIdx> {
    r.by(production!("Bexternidx"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok(ExternIdx::Func(funcidx(r)?)),
            0x01 => Ok(ExternIdx::Table(tableidx(r)?)),
            0x02 => Ok(ExternIdx::Mem(memidx(r)?)),
            0x03 => Ok(ExternIdx::Global(globalidx(r)?)),
            0x04 => Ok(ExternIdx::Tag(tagidx(r)?)),
            byte => Err(Malformed::syntax(at, format!("malformed export kind: byte {byte:#04x}"))),
        }
    })
}

/// `Belemkind`
fn elemkind(r: &mut Reader<'_>) -> Result<RefType> {
    r.by(production!("Belemkind"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok(RefType::non_null(HeapType::abs(AbsHeapType::Func))),
            byte => Err(Malformed::syntax(at, format!("malformed element kind: byte {byte:#04x}"))),
        }
    })
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
    r.by(production!("Belem"), |r| {
        const REF_FUNC: RefType = RefType::non_null(HeapType::abs(AbsHeapType::Func));
        let at = position(r);
        let (share, kind) = segment(r, 8, "element")?;
        let (mode, ty, by_index) = match kind {
            0 => (ElemMode::Active(0, exprs.expr(r)?), REF_FUNC, true),
            1 => (ElemMode::Passive, elemkind(r)?, true),
            2 => (ElemMode::Active(tableidx(r)?, exprs.expr(r)?), elemkind(r)?, true),
            3 => (ElemMode::Declare, elemkind(r)?, true),
            4 => (ElemMode::Active(0, exprs.expr(r)?), RefType::FUNCREF, false),
            5 => (ElemMode::Passive, reftype(r)?, false),
            6 => (ElemMode::Active(tableidx(r)?, exprs.expr(r)?), reftype(r)?, false),
            7 => (ElemMode::Declare, reftype(r)?, false),
            n => return Err(Malformed::syntax(at, format!("malformed element segment flags: {n}"))),
        };
        let init = list(r, |r| {
            if !by_index {
                return exprs.expr(r);
            }
            // `REF.FUNC y`; nothing in the binary closes it.
            let at = position(r) as u32;
            let y = funcidx(r)?;
            Ok(exprs.code.add_seq([(Instr::RefFunc(y), at)], at))
        })?;
        Ok(Elem { share, ty, init, mode })
    })
}

/// `Bdata`
fn data(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Data> {
    r.by(production!("Bdata"), |r| {
        let at = position(r);
        let (share, kind) = segment(r, 3, "data")?;
        let mode = match kind {
            0 => DataMode::Active(0, exprs.expr(r)?),
            1 => DataMode::Passive,
            2 => DataMode::Active(memidx(r)?, exprs.expr(r)?),
            n => return Err(Malformed::syntax(at, format!("malformed data segment flags: {n}"))),
        };
        Ok(Data { share, bytes: bytes(r)?.into(), mode })
    })
}
