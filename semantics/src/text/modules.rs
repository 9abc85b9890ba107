//! Text format of modules (6.4-text.modules).
//!
//! The grammar takes the identifier context of a module from the module itself. So the fields are gone through twice:
//! once for the names and the type definitions (`bind`), and then in order, each as the grammar has it. A third time
//! comes only where a type use asks by number for a type that is not there, and that another type use may add further on.

use super::context::{Named, Space};
use super::lexical::TokenKind;
use super::parser::Parser;
use super::types::Used;
use crate::decode::Result;
use crate::syntax::*;
use lockstep_spec::{ProductionId, ProductionSet, production};
use std::borrow::Cow;
use std::sync::Arc;

/// How far `$ordered(decl*)` has come: the first definition that no import may follow.
type Defined = Option<&'static str>;

impl<'a> Parser<'_, 'a> {
    /// `Tmodule`: `(module …)`, or its declarations alone.
    pub(super) fn module(mut self) -> (Result<Module>, ProductionSet) {
        let result = self.parsed();
        (result.map(|()| self.module), self.seen)
    }

    fn parsed(&mut self) -> Result<()> {
        let start = self.at;
        let whole = self.accept_open("module");
        let production = if whole { production!("Tmodule/plain") } else { production!("Tmodule/abbrev") };
        self.uses(production);
        if whole {
            self.module.names.module = self.id()?.map(Cow::into_owned);
        }
        let first = self.at;
        let last = if whole { self.end.saturating_sub(1) } else { self.end };
        self.names(last)?;
        self.at = first;
        self.types(last)?;
        let annotated = self.annotated.clone();
        self.at = first;
        self.decls(whole)?;
        if self.types.incomplete {
            // Now a type use finds what it asks for, or never will; the types that they add are the same as before.
            self.types.complete = true;
            self.annotated = annotated;
            self.again(first);
            self.decls(whole)?;
        }
        if whole {
            self.close(production)?;
        }
        if self.at < self.end {
            return Err(self.expected(production, "the end of the module"));
        }
        self.module.features = self.features;
        self.module.offsets.lines = Some(self.tokens.lines().clone());
        self.context.names(&mut self.module.names);
        if whole {
            self.at = first;
            let name = self.name_annotation();
            self.module.names.module = name.or(self.module.names.module.take());
        }
        self.finish_annotations(start);
        self.module.code = Arc::new(std::mem::take(&mut self.exprs.code));
        Ok(())
    }

    /// `I` but for the fields of types: gives each definition its index, and its name if it has one.
    fn names(&mut self, last: usize) -> Result<()> {
        while self.at < last && self.kind(0) == Some(TokenKind::Open) {
            let after = self.tokens.after(self.at).min(last);
            let at = self.at;
            match self.opening() {
                Some("rec") => {
                    self.at += 2;
                    while self.opening() == Some("type") {
                        let inner = self.tokens.after(self.at);
                        self.bind_field(Space::Type)?;
                        self.at = inner;
                    }
                }
                Some("type") => self.bind_field(Space::Type)?,
                Some("import") => {
                    // `(import "…" "…" (func $x …))`
                    self.at += 4;
                    if let Some(space) = self.opening().and_then(extern_space) {
                        self.bind_field(space)?;
                    }
                }
                Some("data") => self.bind_field(Space::Data)?,
                Some("elem") => self.bind_field(Space::Elem)?,
                Some(keyword) => {
                    if let Some(space) = extern_space(keyword) {
                        self.bind_field(space)?;
                        // Segments inside of a memory or table have no names.
                        match space {
                            Space::Mem if self.has_child("data", at, after) => self.bind_in(Space::Data, None, at)?,
                            Space::Table if self.has_child("elem", at, after) => self.bind_in(Space::Elem, None, at)?,
                            _ => {}
                        }
                    }
                }
                None => {}
            }
            self.at = after;
        }
        Ok(())
    }

    /// Binds what `(keyword id?` begins.
    fn bind_field(&mut self, space: Space) -> Result<()> {
        self.at += 2;
        let at = self.at;
        let name = self.id()?;
        self.bind_in(space, name, at)
    }

    /// Gives the next index of a space of the identifier context its name, if it has one.
    fn bind_in(&mut self, space: Space, name: Option<Cow<'a, str>>, at: usize) -> Result<()> {
        match self.context.space(space).bind(name) {
            Ok(_) => Ok(()),
            Err(name) => Err(self.duplicate(at, space, &name)),
        }
    }

    /// Whether `(keyword` stands directly in the form between two tokens.
    fn has_child(&self, keyword: &str, from: usize, to: usize) -> bool {
        let mut i = from + 1;
        while i < to {
            if self.tokens.get(i).map(|token| token.kind()) != Some(TokenKind::Open) {
                i += 1;
                continue;
            }
            if self.tokens.get(i + 1).is_some_and(|token| self.tokens.source(token) == keyword) {
                return true;
            }
            i = self.tokens.after(i);
        }
        false
    }

    /// `Ttype_`, of all of them: a type use may come before the type.
    fn types(&mut self, last: usize) -> Result<()> {
        while self.at < last && self.kind(0) == Some(TokenKind::Open) {
            let after = self.tokens.after(self.at).min(last);
            if matches!(self.opening(), Some("type" | "rec")) {
                self.uses(production!("Ttype_"));
                let offset = self.keyword_offset();
                let rec = self.rectype()?;
                self.module.offsets.types.push(offset);
                self.types.define(&mut self.module.types, rec);
            }
            self.at = after;
        }
        Ok(())
    }

    /// Where the keyword stands of the parenthesis that is next.
    pub(super) fn keyword_offset(&self) -> u32 {
        self.token(1).map_or(0, |token| token.start() as u32)
    }

    /// `Tdecl_*`
    fn decls(&mut self, whole: bool) -> Result<()> {
        let mut defined: Defined = None;
        while self.kind(0).is_some() && !(whole && self.kind(0) == Some(TokenKind::Close)) {
            self.custom_annotations();
            self.decl(&mut defined)?;
        }
        self.custom_annotations();
        Ok(())
    }

    /// `Tdecl_`
    fn decl(&mut self, defined: &mut Defined) -> Result<()> {
        const WANTED: &str = "a declaration: `(type`, `(rec`, `(import`, `(tag`, `(global`, `(memory`, `(table`, \
             `(func`, `(data`, `(elem`, `(start` or `(export`";
        let keyword = self.opening();
        let offset = self.keyword_offset();
        self.uses(production!("Tdecl_"));
        match keyword {
            Some("type" | "rec") => {
                // They have been read before all others.
                self.at = self.tokens.after(self.at);
                return Ok(());
            }
            Some("import") => return self.import(offset, *defined),
            Some("tag") => self.tag(offset, defined)?,
            Some("global") => self.global(offset, defined)?,
            Some("memory") => self.mem(offset, defined)?,
            Some("table") => self.table(offset, defined)?,
            Some("func") => self.func(offset, defined)?,
            Some("data") => self.data(offset)?,
            Some("elem") => self.elem(offset)?,
            Some("start") => self.start(offset)?,
            Some("export") => self.export(offset)?,
            _ => {
                let at_paren = self.kind(0) == Some(TokenKind::Open);
                let mut error = self.expected(production!("Tdecl_"), WANTED);
                if at_paren && keyword.is_some() {
                    // The word after the parenthesis is what is wrong.
                    self.at += 1;
                    error = self.expected(production!("Tdecl_"), WANTED);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// `Timport_/plain`
    fn import(&mut self, offset: u32, defined: Defined) -> Result<()> {
        self.uses(production!("Timport_/plain"));
        let at = self.at;
        self.at += 2;
        let (module, name) = (self.name()?, self.name()?);
        self.no_import_after(defined, at)?;
        self.uses(production!("Texterntype_"));
        let Some(space) = self.opening().and_then(extern_space) else {
            return Err(self.expected(production!("Texterntype_"), "an external type"));
        };
        let x = self.counted(space);
        self.skip_head(space, x)?;
        let ty = match space {
            Space::Tag => ExternType::Tag(self.tagtype()?),
            Space::Global => ExternType::Global(self.globaltype()?),
            Space::Mem => {
                let addr = self.addrtype();
                ExternType::Mem(self.memtype(addr)?)
            }
            Space::Table => {
                let (share, addr) = (self.shared_table()?, self.addrtype());
                ExternType::Table(self.tabletype(share, addr)?)
            }
            _ => self.imported_func(x)?,
        };
        self.close(production!("Texterntype_"))?;
        self.close(production!("Timport_/plain"))?;
        self.add_import(module, name, ty, offset);
        Ok(())
    }

    /// The type of a function that is imported, whose parameters may have names, too.
    fn imported_func(&mut self, x: FuncIdx) -> Result<ExternType> {
        if self.opening() == Some("exact") {
            return Err(self.unsupported("custom-descriptors", "(exact"));
        }
        let used = self.typeuse()?;
        let mut names = self.parameters(&used)?.map();
        names.extend(self.annotated_locals());
        if !names.is_empty() {
            self.module.names.locals.insert(x, names);
        }
        Ok(ExternType::Func(TypeUse::Idx(used.x)))
    }

    fn add_import(&mut self, module: String, name: String, ty: ExternType, offset: u32) {
        self.module.imports.push(Import { module, name, ty });
        self.module.offsets.imports.push(offset);
    }

    /// `$ordered(decl*)`
    fn no_import_after(&self, defined: Defined, at: usize) -> Result<()> {
        match defined {
            Some(what) => Err(self.malformed_at(at, production!("Tmodule/plain"), format!("import after {what}"))),
            None => Ok(()),
        }
    }

    /// Goes past `(keyword id?`, whose name is bound already.
    pub(super) fn skip_head(&mut self, space: Space, x: Idx) -> Result<()> {
        self.at += 2;
        self.id()?;
        self.annotate(space, x);
        Ok(())
    }

    /// `Texportdots*`: exports that stand inside of what they name
    fn inline_exports(&mut self, idx: ExternIdx, abbreviation: ProductionId) -> Result<()> {
        while self.opening() == Some("export") {
            self.uses(abbreviation);
            self.uses(production!("Texportdots"));
            let offset = self.keyword_offset();
            self.at += 2;
            let name = self.name()?;
            self.close(production!("Texportdots"))?;
            self.module.exports.push(Export { name, idx });
            self.module.offsets.exports.push(offset);
        }
        Ok(())
    }

    /// `Timportdots`, if it is next
    fn inline_import(
        &mut self,
        abbreviation: ProductionId,
        defined: Defined,
        at: usize,
    ) -> Result<Option<(String, String)>> {
        if !self.accept_open("import") {
            return Ok(None);
        }
        self.uses(abbreviation);
        self.uses(production!("Timportdots"));
        let names = (self.name()?, self.name()?);
        self.close(production!("Timportdots"))?;
        self.no_import_after(defined, at)?;
        Ok(Some(names))
    }

    /// `Ttag_`
    fn tag(&mut self, offset: u32, defined: &mut Defined) -> Result<()> {
        self.uses(production!("Ttag_"));
        let (at, x) = (self.at, self.counted(Space::Tag));
        self.skip_head(Space::Tag, x)?;
        self.inline_exports(ExternIdx::Tag(x), production!("Texporttag_/abbrev"))?;
        let imported = self.inline_import(production!("Timport_/abbrev-tag"), *defined, at)?;
        let jt = self.tagtype()?;
        self.close(production!("Ttag_"))?;
        match imported {
            Some((module, name)) => self.add_import(module, name, ExternType::Tag(jt), offset),
            None => {
                self.module.tags.push(jt);
                self.module.offsets.tags.push(offset);
                defined.get_or_insert("tag");
            }
        }
        Ok(())
    }

    /// `Tglobal_`
    fn global(&mut self, offset: u32, defined: &mut Defined) -> Result<()> {
        self.uses(production!("Tglobal_"));
        let (at, x) = (self.at, self.counted(Space::Global));
        self.skip_head(Space::Global, x)?;
        self.inline_exports(ExternIdx::Global(x), production!("Texportglobal_/abbrev"))?;
        let imported = self.inline_import(production!("Timport_/abbrev-global"), *defined, at)?;
        let gt = self.globaltype()?;
        match imported {
            Some((module, name)) => self.add_import(module, name, ExternType::Global(gt), offset),
            None => {
                let init = self.constant()?;
                self.module.globals.push(Global { ty: gt, init });
                self.module.offsets.globals.push(offset);
                defined.get_or_insert("global");
            }
        }
        self.close(production!("Tglobal_"))
    }

    /// `Tmem_`
    fn mem(&mut self, offset: u32, defined: &mut Defined) -> Result<()> {
        self.uses(production!("Tmem_"));
        let (at, x) = (self.at, self.counted(Space::Mem));
        self.skip_head(Space::Mem, x)?;
        self.inline_exports(ExternIdx::Mem(x), production!("Texportmem_/abbrev"))?;
        let imported = self.inline_import(production!("Timport_/abbrev-mem"), *defined, at)?;
        let addr = self.addrtype();
        if let Some((module, name)) = imported {
            let mt = self.memtype(addr)?;
            self.add_import(module, name, ExternType::Mem(mt), offset);
            return self.close(production!("Tmem_"));
        }
        let mt = match self.opening() {
            Some("data") => {
                self.uses(production!("Tdatamem_/abbrev"));
                let data = self.keyword_offset();
                self.at += 2;
                let bytes = self.datastring();
                self.close(production!("Tdatamem_/abbrev"))?;
                const PAGE: u64 = 64 * 1024;
                let n = (bytes.len() as u64).div_ceil(PAGE);
                let mode = DataMode::Active(x, self.zero(addr, data));
                self.module.datas.push(Data { share: Share::Unshared, bytes: bytes.into(), mode });
                self.module.offsets.datas.push(data);
                MemType { share: Share::Unshared, addr, limits: Limits { min: n, max: Some(n) } }
            }
            _ => self.memtype(addr)?,
        };
        self.module.mems.push(mt);
        self.module.offsets.mems.push(offset);
        defined.get_or_insert("memory");
        self.close(production!("Tmem_"))
    }

    /// `Ttable_`
    fn table(&mut self, offset: u32, defined: &mut Defined) -> Result<()> {
        let (at, x) = (self.at, self.counted(Space::Table));
        self.skip_head(Space::Table, x)?;
        self.inline_exports(ExternIdx::Table(x), production!("Texporttable_/abbrev"))?;
        let imported = self.inline_import(production!("Timport_/abbrev-table"), *defined, at)?;
        let share = self.shared_table()?;
        let before = self.at;
        let addr = self.addrtype();
        // The proposal's tests have no address type where a shared table has its elements inside.
        let no_inline = share == Share::Shared && self.at > before;
        if let Some((module, name)) = imported {
            let tt = self.tabletype(share, addr)?;
            self.add_import(module, name, ExternType::Table(tt), offset);
            return self.close(production!("Ttable_/plain"));
        }
        let inline = self.at_reftype() && !no_inline;
        let ty = if inline {
            self.uses(production!("Telemtable_/abbrev"));
            let elem = self.reftype()?;
            let n = self.inline_elem(x, addr, elem)?;
            TableType { share, addr, limits: Limits { min: n, max: Some(n) }, elem }
        } else {
            self.tabletype(share, addr)?
        };
        // With its elements inside, a table has no initial value besides.
        let init = if inline || self.kind(0) == Some(TokenKind::Close) {
            self.uses(production!("Ttable_/abbrev"));
            self.exprs.code.add_seq([(Instr::RefNull(ty.elem.heap), offset)], offset)
        } else {
            self.uses(production!("Ttable_/plain"));
            self.constant()?
        };
        self.module.tables.push(Table { ty, init });
        self.module.offsets.tables.push(offset);
        defined.get_or_insert("table");
        self.close(production!("Ttable_/plain"))
    }

    /// `Tfunc_`
    fn func(&mut self, offset: u32, defined: &mut Defined) -> Result<()> {
        self.uses(production!("Tfunc_"));
        let (at, x) = (self.at, self.counted(Space::Func));
        self.skip_head(Space::Func, x)?;
        self.inline_exports(ExternIdx::Func(x), production!("Texportfunc_/abbrev"))?;
        let imported = self.inline_import(production!("Timport_/abbrev-func"), *defined, at)?;
        if let Some((module, name)) = imported {
            let xt = self.imported_func(x)?;
            self.add_import(module, name, xt, offset);
            return self.close(production!("Tfunc_"));
        }
        let typeuse = self.at;
        let used = self.typeuse()?;
        self.context.locals = self.parameters(&used)?;
        let mut annotated = self.annotated_locals();
        let mut locals = Vec::new();
        let mut named = false;
        while self.accept_open("local") {
            let at = self.at;
            match self.id()? {
                Some(name) => {
                    self.uses(production!("Tlocal_/plain"));
                    named = true;
                    self.annotate(Space::Local, self.context.locals.count);
                    self.bind_in(Space::Local, Some(name), at)?;
                    locals.push(self.valtype()?);
                }
                None => {
                    self.uses(production!("Tlocal_/abbrev"));
                    let name = self.name_annotation();
                    let first = self.context.locals.count;
                    while self.kind(0) != Some(TokenKind::Close) {
                        self.bind_in(Space::Local, None, at)?;
                        locals.push(self.valtype()?);
                    }
                    self.annotate_one(name, Space::Local, first..self.context.locals.count, at);
                }
            }
            self.close(production!("Tlocal_/plain"))?;
        }
        if let (true, Some(why)) = (named, used.unknown) {
            // What index a local has depends on how many parameters there are.
            return Err(self.malformed_at(typeuse, production!("Ttypeuse_/base"), format!("{why} {}", used.x)));
        }
        // The label of the function itself has no name.
        self.context.labels.enter(None);
        self.begin_labels(x);
        annotated.append(&mut self.annotated_locals());
        let first = self.at;
        let body = self.expr()?;
        self.hinted_body(first);
        self.annotated_locals();
        self.context.labels.leave();
        self.end_labels();
        let mut names = std::mem::take(&mut self.context.locals).map();
        names.extend(annotated);
        if !names.is_empty() {
            self.module.names.locals.insert(x, names);
        }
        self.module.funcs.push(Func { ty: used.x, locals, body });
        self.module.offsets.funcs.push(offset);
        defined.get_or_insert("function");
        self.close(production!("Tfunc_"))
    }

    /// The parameters, whose names are distinct. Those of a type that is not written out have none.
    fn parameters(&self, used: &Used<'a>) -> Result<Named<'a>> {
        let mut names = Named::default();
        for name in &used.params {
            self.bind(&mut names, Space::Local, name.clone(), self.at)?;
        }
        names.count = used.count;
        Ok(names)
    }

    /// `Tstart_`
    fn start(&mut self, offset: u32) -> Result<()> {
        self.uses(production!("Tstart_"));
        let at = self.at;
        self.at += 2;
        let x = self.idx(Space::Func)?;
        self.close(production!("Tstart_"))?;
        if self.module.start.replace(x).is_some() {
            return Err(self.malformed_at(at, production!("Tmodule/plain"), "multiple start sections"));
        }
        self.module.offsets.start = offset;
        Ok(())
    }

    /// `Texport_`
    fn export(&mut self, offset: u32) -> Result<()> {
        self.uses(production!("Texport_"));
        self.at += 2;
        let name = self.name()?;
        self.uses(production!("Texternidx_"));
        let Some(space) = self.opening().and_then(extern_space) else {
            return Err(self.expected(production!("Texternidx_"), "`(func`, `(global`, `(memory`, `(table` or `(tag`"));
        };
        self.at += 2;
        let x = self.idx(space)?;
        let idx = match space {
            Space::Tag => ExternIdx::Tag(x),
            Space::Global => ExternIdx::Global(x),
            Space::Mem => ExternIdx::Mem(x),
            Space::Table => ExternIdx::Table(x),
            _ => ExternIdx::Func(x),
        };
        self.close(production!("Texternidx_"))?;
        self.close(production!("Texport_"))?;
        self.module.exports.push(Export { name, idx });
        self.module.offsets.exports.push(offset);
        Ok(())
    }
}

/// The index space of a keyword that imports and exports have.
fn extern_space(keyword: &str) -> Option<Space> {
    Some(match keyword {
        "tag" => Space::Tag,
        "global" => Space::Global,
        "memory" => Space::Mem,
        "table" => Space::Table,
        "func" => Space::Func,
        _ => return None,
    })
}
