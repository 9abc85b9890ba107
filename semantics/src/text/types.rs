//! Text format of types (6.2-text.types).

use super::context::{Named, Space};
use super::lexical::TokenKind;
use super::parser::Parser;
use crate::decode::{Malformed, Result};
use crate::syntax::*;
use lockstep_spec::production;
use std::borrow::Cow;

/// An abstract heap type by its keyword.
fn absheaptype(keyword: &str) -> Option<AbsHeapType> {
    Some(match keyword {
        "any" => AbsHeapType::Any,
        "eq" => AbsHeapType::Eq,
        "i31" => AbsHeapType::I31,
        "struct" => AbsHeapType::Struct,
        "array" => AbsHeapType::Array,
        "none" => AbsHeapType::None,
        "func" => AbsHeapType::Func,
        "nofunc" => AbsHeapType::NoFunc,
        "exn" => AbsHeapType::Exn,
        "noexn" => AbsHeapType::NoExn,
        "extern" => AbsHeapType::Extern,
        "noextern" => AbsHeapType::NoExtern,
        _ => return None,
    })
}

/// `Treftype_/abbrev`
fn abbreviated_reftype(keyword: &str) -> Option<AbsHeapType> {
    Some(match keyword {
        "anyref" => AbsHeapType::Any,
        "eqref" => AbsHeapType::Eq,
        "i31ref" => AbsHeapType::I31,
        "structref" => AbsHeapType::Struct,
        "arrayref" => AbsHeapType::Array,
        "nullref" => AbsHeapType::None,
        "funcref" => AbsHeapType::Func,
        "nullfuncref" => AbsHeapType::NoFunc,
        "exnref" => AbsHeapType::Exn,
        "nullexnref" => AbsHeapType::NoExn,
        "externref" => AbsHeapType::Extern,
        "nullexternref" => AbsHeapType::NoExtern,
        _ => return None,
    })
}

/// A type use that has been read.
pub(super) struct Used<'a> {
    /// The type.
    pub(super) x: TypeIdx,
    /// The names of the parameters, as far as they are written out.
    pub(super) params: Vec<Option<Cow<'a, str>>>,
    /// How many parameters there are.
    pub(super) count: Idx,
    /// Why that is not known, where it is so.
    pub(super) unknown: Option<&'static str>,
}

/// What a type use says.
struct Written<'a> {
    /// `(type x)`, with the number of its token.
    explicit: Option<(TypeIdx, usize)>,
    ft: FuncType,
    names: Vec<Option<Cow<'a, str>>>,
    /// The number of the first token with a name.
    first_name: Option<usize>,
}

impl<'a> Parser<'_, 'a> {
    /// `Tabsheaptype`, and with `shared` in parentheses (proposal shared-everything-threads)
    fn absheaptype(&mut self) -> Option<AbsHeapType> {
        let aht = absheaptype(self.keyword()?)?;
        self.uses(production!("Tabsheaptype"));
        self.at += 1;
        Some(aht)
    }

    /// `Theaptype_`
    pub(super) fn heaptype(&mut self) -> Result<HeapType> {
        self.uses(production!("Theaptype_"));
        if let Some(aht) = self.absheaptype() {
            return Ok(HeapType::abs(aht));
        }
        if self.opening() == Some("shared") {
            self.needs_shared()?;
            self.at += 2;
            let Some(aht) = self.absheaptype() else {
                return Err(self.expected(production!("Tabsheaptype"), "an abstract heap type"));
            };
            self.close(production!("Theaptype_"))?;
            return Ok(HeapType::Abs(Share::Shared, aht));
        }
        if !self.at_idx() {
            return Err(self.expected(production!("Theaptype_"), "a heap type"));
        }
        Ok(HeapType::Use(TypeUse::Idx(self.idx(Space::Type)?)))
    }

    /// Whether a reference type is next.
    pub(super) fn at_reftype(&self) -> bool {
        match self.keyword() {
            Some(keyword) => abbreviated_reftype(keyword).is_some(),
            None => matches!(self.opening(), Some("ref" | "shared")),
        }
    }

    /// `Treftype_`
    pub(super) fn reftype(&mut self) -> Result<RefType> {
        if let Some(aht) = self.keyword().and_then(abbreviated_reftype) {
            self.uses(production!("Treftype_/abbrev"));
            self.at += 1;
            return Ok(RefType::null(HeapType::abs(aht)));
        }
        if self.opening() == Some("shared") {
            self.needs_shared()?;
            self.at += 2;
            let Some(aht) = self.keyword().and_then(abbreviated_reftype) else {
                return Err(self.expected(production!("Treftype_/abbrev"), "an abbreviated reference type"));
            };
            self.at += 1;
            self.close(production!("Treftype_/abbrev"))?;
            return Ok(RefType::null(HeapType::Abs(Share::Shared, aht)));
        }
        if !self.accept_open("ref") {
            return Err(self.expected(production!("Treftype_/base"), "a reference type"));
        }
        self.uses(production!("Treftype_/base"));
        let null = self.accept("null");
        if null {
            self.uses(production!("Tnull"));
        }
        let heap = self.heaptype()?;
        self.close(production!("Treftype_/base"))?;
        Ok(RefType { null, heap })
    }

    /// Whether a value type is next.
    fn at_valtype(&self) -> bool {
        matches!(self.keyword(), Some("i32" | "i64" | "f32" | "f64" | "v128")) || self.at_reftype()
    }

    /// `Tvaltype_`
    pub(super) fn valtype(&mut self) -> Result<ValType> {
        self.uses(production!("Tvaltype_"));
        let (t, production) = match self.keyword() {
            Some("i32") => (ValType::I32, production!("Tnumtype")),
            Some("i64") => (ValType::I64, production!("Tnumtype")),
            Some("f32") => (ValType::F32, production!("Tnumtype")),
            Some("f64") => (ValType::F64, production!("Tnumtype")),
            Some("v128") => (ValType::V128, production!("Tvectype")),
            _ if self.at_reftype() => return Ok(ValType::Ref(self.reftype()?)),
            _ => return Err(self.expected(production!("Tvaltype_"), "a value type")),
        };
        self.uses(production);
        self.at += 1;
        Ok(t)
    }

    /// `Tstoragetype_`
    fn storagetype(&mut self) -> Result<StorageType> {
        self.uses(production!("Tstoragetype_"));
        let pt = match self.keyword() {
            Some("i8") => PackType::I8,
            Some("i16") => PackType::I16,
            _ if self.at_valtype() => return Ok(StorageType::Val(self.valtype()?)),
            _ => return Err(self.expected(production!("Tstoragetype_"), "a storage type")),
        };
        self.uses(production!("Tpacktype"));
        self.at += 1;
        Ok(StorageType::Pack(pt))
    }

    /// `Tfieldtype_`
    fn fieldtype(&mut self) -> Result<FieldType> {
        self.uses(production!("Tfieldtype_"));
        if self.accept_open("mut") {
            let storage = self.storagetype()?;
            self.close(production!("Tfieldtype_"))?;
            return Ok(FieldType { mutable: true, storage });
        }
        Ok(FieldType { mutable: false, storage: self.storagetype()? })
    }

    /// `Tcomptype_`, whose parentheses are read by the caller, with the names of its fields
    fn comptype(&mut self, x: TypeIdx) -> Result<CompType> {
        self.uses(production!("Tcomptype_"));
        if self.accept("struct") {
            let mut fields = Vec::new();
            let mut names = Named::default();
            while self.accept_open("field") {
                self.uses(production!("Tlist"));
                let at = self.at;
                match self.id()? {
                    Some(name) => {
                        self.uses(production!("Tfield_/base"));
                        self.annotate(Space::Field(x), names.count);
                        self.bind(&mut names, Space::Field(x), Some(name), at)?;
                        fields.push(self.fieldtype()?);
                    }
                    None => {
                        self.uses(production!("Tfield_/abbrev"));
                        let name = self.name_annotation();
                        let first = names.count;
                        while self.kind(0) != Some(TokenKind::Close) {
                            self.bind(&mut names, Space::Field(x), None, at)?;
                            fields.push(self.fieldtype()?);
                        }
                        self.annotate_one(name, Space::Field(x), first..names.count, at);
                    }
                }
                self.close(production!("Tfield_/base"))?;
            }
            self.context.fields.insert(x, names);
            return Ok(CompType::Struct(fields));
        }
        if self.accept("array") {
            return Ok(CompType::Array(self.fieldtype()?));
        }
        if self.accept("func") {
            let Written { ft, .. } = self.functype()?;
            // The names of a type's parameters are of no use.
            self.annotated_locals();
            return Ok(CompType::Func(ft));
        }
        Err(self.expected(production!("Tcomptype_"), "`struct`, `array` or `func`"))
    }

    /// Gives the next index of a space a name.
    pub(super) fn bind(
        &self,
        names: &mut Named<'a>,
        space: Space,
        name: Option<Cow<'a, str>>,
        at: usize,
    ) -> Result<Idx> {
        names.bind(name).map_err(|name| self.duplicate(at, space, &name))
    }

    /// A name is bound already, which `Idctxt_ok` rules out.
    #[cold]
    pub(super) fn duplicate(&self, at: usize, space: Space, name: &str) -> Malformed {
        self.malformed_at(at, space.production(), format!("duplicate {} ${name}", space.noun()))
    }

    /// `Tcomptype_` with its parentheses, `shared` or not (proposal shared-everything-threads)
    fn shared_comptype(&mut self, x: TypeIdx) -> Result<(Share, CompType)> {
        if self.kind(0) != Some(TokenKind::Open) {
            return Err(self.expected(production!("Tcomptype_"), "`(`"));
        }
        let shared = self.opening() == Some("shared");
        if shared {
            self.needs_shared()?;
            self.at += 2;
            if self.kind(0) != Some(TokenKind::Open) {
                return Err(self.expected(production!("Tcomptype_"), "`(`"));
            }
        }
        self.at += 1;
        let comp = self.comptype(x)?;
        self.close(production!("Tcomptype_"))?;
        if shared {
            self.close(production!("Tcomptype_"))?;
        }
        Ok((if shared { Share::Shared } else { Share::Unshared }, comp))
    }

    /// `Tsubtype_`
    fn subtype(&mut self, x: TypeIdx) -> Result<SubType> {
        if !self.accept_open("sub") {
            self.uses(production!("Tsubtype_/abbrev"));
            let (share, comp) = self.shared_comptype(x)?;
            return Ok(SubType { is_final: true, supers: Vec::new(), share, comp });
        }
        self.uses(production!("Tsubtype_/base"));
        let is_final = self.accept("final");
        if is_final {
            self.uses(production!("Tfinal"));
        }
        let mut supers = Vec::new();
        while self.at_idx() {
            self.uses(production!("Tlist"));
            supers.push(TypeUse::Idx(self.idx(Space::Type)?));
        }
        let (share, comp) = self.shared_comptype(x)?;
        self.close(production!("Tsubtype_/base"))?;
        Ok(SubType { is_final, supers, share, comp })
    }

    /// `Ttypedef_`
    fn typedef(&mut self, x: TypeIdx) -> Result<SubType> {
        if !self.accept_open("type") {
            return Err(self.expected(production!("Ttypedef_"), "`(type`"));
        }
        self.uses(production!("Ttypedef_"));
        self.module.offsets.typedefs.push(self.offset_of(self.at - 1) as u32);
        self.id()?;
        self.annotate(Space::Type, x);
        let st = self.subtype(x)?;
        self.close(production!("Ttypedef_"))?;
        Ok(st)
    }

    /// `Trectype_`, of which `(type` or `(rec` is next
    pub(super) fn rectype(&mut self) -> Result<RecType> {
        let first = self.types.count() as TypeIdx;
        if !self.accept_open("rec") {
            self.uses(production!("Trectype_/abbrev"));
            return Ok(RecType(vec![self.typedef(first)?]));
        }
        self.uses(production!("Trectype_/base"));
        let mut sts = Vec::new();
        while self.kind(0) != Some(TokenKind::Close) {
            self.uses(production!("Tlist"));
            sts.push(self.typedef(first + sts.len() as TypeIdx)?);
        }
        self.close(production!("Trectype_/base"))?;
        Ok(RecType(sts))
    }

    /// `Taddrtype`
    pub(super) fn addrtype(&mut self) -> AddrType {
        let at = match self.keyword() {
            Some("i32") => AddrType::I32,
            Some("i64") => AddrType::I64,
            _ => {
                self.uses(production!("Taddrtype/abbrev"));
                return AddrType::I32;
            }
        };
        self.uses(production!("Taddrtype/base"));
        self.at += 1;
        at
    }

    /// `Tlimits`
    pub(super) fn limits(&mut self) -> Result<Limits> {
        self.uses(production!("Tlimits"));
        let min = self.u64("a size")?;
        let max = if self.kind(0) == Some(TokenKind::Number) { Some(self.u64("a size")?) } else { None };
        Ok(Limits { min, max })
    }

    /// `Tglobaltype_`; with `shared` before `mut` (proposal shared-everything-threads)
    pub(super) fn globaltype(&mut self) -> Result<GlobalType> {
        self.uses(production!("Tglobaltype_"));
        // So `(shared anyref)` is a reference type everywhere but here, where the global is shared.
        let shared = self.opening() == Some("shared");
        if !shared && self.opening() != Some("mut") {
            return Ok(GlobalType { share: Share::Unshared, mutable: false, val: self.valtype()? });
        }
        if shared {
            self.needs_shared()?;
            self.at += 1;
        }
        self.at += 1;
        let mutable = self.accept("mut");
        let val = self.valtype()?;
        self.close(production!("Tglobaltype_"))?;
        Ok(GlobalType { share: if shared { Share::Shared } else { Share::Unshared }, mutable, val })
    }

    /// `Tmemtype_`, after its address type; `shared` comes last (proposal threads)
    pub(super) fn memtype(&mut self, addr: AddrType) -> Result<MemType> {
        self.uses(production!("Tmemtype_"));
        let limits = self.limits()?;
        let mut share = Share::Unshared;
        if self.keyword() == Some("shared") {
            self.needs_threads()?;
            self.at += 1;
            share = Share::Shared;
        }
        Ok(MemType { share, addr, limits })
    }

    /// `shared?` before a table type (proposal shared-everything-threads)
    pub(super) fn shared_table(&mut self) -> Result<Share> {
        if self.keyword() != Some("shared") {
            return Ok(Share::Unshared);
        }
        self.needs_shared()?;
        self.at += 1;
        Ok(Share::Shared)
    }

    /// `Ttabletype_`, after its address type
    pub(super) fn tabletype(&mut self, share: Share, addr: AddrType) -> Result<TableType> {
        self.uses(production!("Ttabletype_"));
        let limits = self.limits()?;
        Ok(TableType { share, addr, limits, elem: self.reftype()? })
    }

    /// `Ttagtype_`
    pub(super) fn tagtype(&mut self) -> Result<TagType> {
        self.uses(production!("Ttagtype_"));
        Ok(TypeUse::Idx(self.typeuse()?.x))
    }

    /// `Tparam_* Tresult_*`
    fn functype(&mut self) -> Result<Written<'a>> {
        let mut written = Written { explicit: None, ft: FuncType::default(), names: Vec::new(), first_name: None };
        while self.accept_open("param") {
            let at = self.at;
            match self.id()? {
                Some(name) => {
                    self.uses(production!("Tparam_/base"));
                    written.first_name.get_or_insert(at);
                    self.annotate(Space::Local, written.names.len() as Idx);
                    written.ft.params.push(self.valtype()?);
                    written.names.push(Some(name));
                }
                None => {
                    self.uses(production!("Tparam_/abbrev"));
                    let name = self.name_annotation();
                    let first = written.names.len() as Idx;
                    while self.kind(0) != Some(TokenKind::Close) {
                        written.ft.params.push(self.valtype()?);
                        written.names.push(None);
                    }
                    self.annotate_one(name, Space::Local, first..written.names.len() as Idx, at);
                }
            }
            self.close(production!("Tparam_/base"))?;
        }
        written.ft.results = self.results()?;
        Ok(written)
    }

    /// `Tresult_*`
    pub(super) fn results(&mut self) -> Result<Vec<ValType>> {
        let mut results = Vec::new();
        while self.accept_open("result") {
            let before = results.len();
            while self.kind(0) != Some(TokenKind::Close) {
                results.push(self.valtype()?);
            }
            let one = results.len() == before + 1;
            self.uses(if one { production!("Tresult_/base") } else { production!("Tresult_/abbrev") });
            self.close(production!("Tresult_/base"))?;
        }
        Ok(results)
    }

    fn written(&mut self) -> Result<Written<'a>> {
        let mut explicit = None;
        if self.accept_open("type") {
            let at = self.at;
            explicit = Some((self.idx(Space::Type)?, at));
            self.close(production!("Ttypeuse_/base"))?;
        }
        Ok(Written { explicit, ..self.functype()? })
    }

    /// `Ttypeuse_`
    pub(super) fn typeuse(&mut self) -> Result<Used<'a>> {
        let written = self.written()?;
        self.resolve(written)
    }

    /// `Ttypeuse_` where parameters have no names: `I' = {LOCALS (ε)*}`.
    pub(super) fn nameless_typeuse(&mut self) -> Result<TypeIdx> {
        let written = self.written()?;
        self.without_names(&written)?;
        Ok(self.resolve(written)?.x)
    }

    fn without_names(&self, written: &Written<'a>) -> Result<()> {
        match written.first_name {
            Some(at) => Err(self.malformed_at(
                at,
                production!("Ttypeuse_/base"),
                "unexpected token: a name for a parameter, which nothing could refer to here",
            )),
            None => Ok(()),
        }
    }

    /// `Tblocktype_`
    pub(super) fn blocktype(&mut self) -> Result<BlockType> {
        self.uses(production!("Tblocktype_"));
        if !matches!(self.opening(), Some("type" | "param" | "result")) {
            return Ok(BlockType::Result(None));
        }
        let written = self.written()?;
        self.without_names(&written)?;
        match (&written.explicit, &written.ft.params[..], &written.ft.results[..]) {
            (None, [], []) => Ok(BlockType::Result(None)),
            (None, [], [t]) => Ok(BlockType::Result(Some(*t))),
            _ => Ok(BlockType::Idx(self.resolve(written)?.x)),
        }
    }

    /// The type that a type use means.
    fn resolve(&mut self, written: Written<'a>) -> Result<Used<'a>> {
        let Written { explicit, ft, names: params, .. } = written;
        let count = params.len() as Idx;
        let Some((x, at)) = explicit else {
            return Ok(Used { x: self.implicit(ft), params, count, unknown: None });
        };
        self.uses(production!("Ttypeuse_/base"));
        let defined = self.types.flat.get(x as usize).map(|&(rec, i)| &self.module.types[rec].0[i].comp);
        let nothing = ft.params.is_empty() && ft.results.is_empty();
        match defined {
            // Read literally, only final function types could be used; all of them are meant (deviations.md).
            Some(CompType::Func(expected)) if nothing => {
                Ok(Used { x, params, count: expected.params.len() as Idx, unknown: None })
            }
            Some(CompType::Func(expected)) if *expected == ft => Ok(Used { x, params, count, unknown: None }),
            // Whether there is such a type matters to validation alone, as long as nothing is written out.
            _ if nothing => {
                let unknown = match defined {
                    Some(_) => Some("non-function type"),
                    None if self.types.complete => Some("unknown type"),
                    None => None,
                };
                self.types.incomplete |= defined.is_none();
                Ok(Used { x, params, count, unknown })
            }
            // It may be among those that are added further on.
            None if !self.types.complete => {
                self.types.incomplete = true;
                Ok(Used { x, params, count, unknown: None })
            }
            None => Err(self.malformed_at(at, production!("Ttypeuse_/base"), format!("unknown type {x}"))),
            Some(CompType::Func(_)) => Err(self.malformed_at(
                at,
                production!("Ttypeuse_/base"),
                "inline function type does not match explicit type",
            )),
            Some(_) => Err(self.malformed_at(at, production!("Ttypeuse_/base"), format!("non-function type {x}"))),
        }
    }

    /// `Ttypeuse_/abbrev`: the smallest index of the type, which is added to the module where there is none.
    fn implicit(&mut self, ft: FuncType) -> TypeIdx {
        self.uses(production!("Ttypeuse_/abbrev"));
        if let Some(&x) = self.types.functions.get(&ft) {
            return x;
        }
        let st = SubType { is_final: true, supers: Vec::new(), share: Share::Unshared, comp: CompType::Func(ft) };
        let offset = self.offset() as u32;
        self.module.offsets.types.push(offset);
        self.module.offsets.typedefs.push(offset);
        self.types.define(&mut self.module.types, RecType(vec![st]))
    }
}
