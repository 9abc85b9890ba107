//! Modules (2.4-validation.modules).

use super::contexts::{Context, lookup};
use super::error::{CompKind, Definition, Derived, Fault, Invalid, Place, Premise, Space, fail};
use super::instructions::{expr_ok_const, function_body};
use super::matching::Matching;
use super::shares::shared;
use super::types::{
    externtype_ok, globaltype_ok, memtype_ok, reftype_ok, subtype_ok, tabletype_ok, tagtype_ok, valtype_ok,
};
use crate::execution::defaultable;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use crate::types::{self, TypeTable, subst_externtype};
use lockstep_spec::RuleId;
use std::collections::BTreeSet;

/// Validates a module.
///
/// ```text
/// Module_ok  ⊢ module type* import* tag* global* mem* table* func* data* elem* start? export*
///              : clos_moduletype(C, xtI* → xtE*)
/// ```
///
/// The closed types in the result belong to a table of their own, so only their shape can be looked at; use
/// [`validate_in`] to compare them with those of other modules.
///
/// # Errors
/// The first rule and premise that fail, in the order of the rule's premises.
pub fn validate<O: Observer>(module: &Module, o: &mut O) -> Result<ModuleType, Invalid> {
    validate_in(module, &mut TypeTable::new(), o)
}

/// [`validate`], with the table that the closed types in the result belong to.
///
/// # Errors
/// See [`validate`]. The table keeps the types defined before the error; they do no harm there.
pub fn validate_in<O: Observer>(module: &Module, table: &mut TypeTable, o: &mut O) -> Result<ModuleType, Invalid> {
    let derived = types_ok(module, table, o).and_then(|types| {
        let mut c = Context::new(table, types);
        c.features = module.features;
        Validation { module, c, o: &mut *o }.module_ok()
    });
    let derived = derived.map_err(|mut invalid| {
        let place = &mut invalid.place;
        place.line = module.offsets.lines.as_ref().map(|lines| lines.of(place.offset));
        invalid
    });
    derived.inspect_err(|invalid| o.invalid(invalid))
}

/// The offset of the `i`-th item, if it is known.
fn offset(offsets: &[u32], i: usize) -> u32 {
    offsets.get(i).copied().unwrap_or_default()
}

/// ```text
/// Types_ok/empty  C ⊢ ε : ε
/// Types_ok/cons   C ⊢ type1 type* : dt1* dt*  if C ⊢ type1 : dt1*   if C, types dt1* ⊢ type* : dt*
/// ```
fn types_ok<O: Observer>(module: &Module, table: &mut TypeTable, o: &mut O) -> Result<Vec<DefType>, Invalid> {
    let mut types = Vec::new();
    for (i, rectype) in module.types.iter().enumerate() {
        let x = types.len() as TypeIdx;
        type_ok(rectype, table, &mut types, o).map_err(|(member, fault)| {
            let x = x + member;
            let in_text = module.offsets.typedefs.get(x as usize).copied();
            let offset = in_text.unwrap_or_else(|| offset(&module.offsets.types, i));
            fault.at(Place { definition: Definition::Type(x), offset, line: None }, &types)
        })?;
    }
    o.rule(rule!("Types_ok/empty"));
    for _ in &module.types {
        o.rule(rule!("Types_ok/cons"));
    }
    Ok(types)
}

/// An error comes with the position of the member that is at fault.
///
/// ```text
/// Type_ok           C ⊢ type rectype : dt*             if x = |C.types|
///                                                      if dt* = rolldt(x, rectype)
///                                                      if C, types dt* ⊢ rectype : ok(x)
/// Rectype_ok/empty  C ⊢ rec ε : ok(x)
/// Rectype_ok/cons   C ⊢ rec (st1 st*) : ok(x)          if C ⊢ st1 : ok(x)
///                                                      if C ⊢ rec st* : ok(x+1)
/// ```
fn type_ok<O: Observer>(
    rectype: &RecType,
    table: &mut TypeTable,
    types: &mut Vec<DefType>,
    o: &mut O,
) -> Result<(), (u32, Box<Fault>)> {
    const TYPEIDX: RuleId = rule!("Typeuse_ok/typeidx");
    let x = types.len() as TypeIdx;
    match table.define(rectype, types) {
        Ok(dts) => types.extend(dts),
        // Closing the types needs all indices to be known, which the rules find out afterwards.
        Err(index) => {
            let len = types.len() + rectype.0.len();
            let premise = Premise::Unknown { space: Space::Type, index, len };
            return Err((0, Box::new(Fault { rule: TYPEIDX, premise, offset: None })));
        }
    }
    let c = Matching { table, types };
    for (i, st) in (0..).zip(&rectype.0) {
        subtype_ok(c, st, x + i, o).map_err(|fault| (i, fault))?;
    }
    o.rule(rule!("Rectype_ok/empty"));
    for _ in &rectype.0 {
        o.rule(rule!("Rectype_ok/cons"));
    }
    o.rule(rule!("Type_ok"));
    Ok(())
}

/// The validation of a module whose types are known.
struct Validation<'a, 'm, O> {
    module: &'m Module,
    c: Context<'m>,
    o: &'a mut O,
}

impl<'m, O: Observer> Validation<'_, 'm, O> {
    /// Says where a judgement could not be derived.
    fn at<T>(&self, derived: Derived<T>, definition: Definition, offset: u32) -> Result<T, Invalid> {
        derived.map_err(|fault| fault.at(Place { definition, offset, line: None }, &self.c.types))
    }

    /// The premises of `Module_ok` after the first, in order. `C'` and `C` are one context that grows: what it does not
    /// have yet no judgement may use.
    ///
    /// ```text
    /// if ({types dt'*} ⊢ import : xtI)*
    /// if (C' ⊢ tag : jt)*
    /// if C' ⊢ global* : gt*
    /// if (C' ⊢ mem : mt)*
    /// if (C' ⊢ table : tt)*
    /// if (C ⊢ func : dt)*
    /// if (C ⊢ data : ok)*
    /// if (C ⊢ elem : rt)*
    /// if (C ⊢ start : ok)?
    /// if (C ⊢ export : nm xtE)*
    /// if disjoint(nm*)
    /// if C = C', tags jtI* jt*, globals gt*, mems mtI* mt*, tables ttI* tt*, datas ok*, elems rt*
    /// if C' = {types dt'*, globals gtI*, funcs dtI* dt*, refs x*}
    /// if x* = funcidx_nonfuncs(global* mem* table* elem* export*)
    /// ```
    fn module_ok(mut self) -> Result<ModuleType, Invalid> {
        let module = self.module;
        let at = &module.offsets;
        let mut imports = Vec::with_capacity(module.imports.len());
        for (i, import) in module.imports.iter().enumerate() {
            let derived = self.import_ok(import);
            imports.push(self.at(derived, Definition::Import(i as u32), offset(&at.imports, i))?);
        }

        // The types of the functions are needed before their bodies are looked at.
        let first_func = self.c.funcs.len();
        for (i, func) in module.funcs.iter().enumerate() {
            let derived = self.func_type(func);
            let dt = self.at(derived, Definition::Func((first_func + i) as u32), offset(&at.funcs, i))?;
            self.c.funcs.push(dt);
        }
        self.c.refs = self.funcidx_nonfuncs();

        for (i, &tag) in module.tags.iter().enumerate() {
            let x = self.c.tags.len() as u32;
            let derived = self.tag_ok(tag);
            let jt = self.at(derived, Definition::Tag(x), offset(&at.tags, i))?;
            self.c.tags.push(jt);
        }
        let first_global = self.c.globals.len();
        self.globals_ok()?;
        for (i, &mt) in module.mems.iter().enumerate() {
            let x = self.c.mems.len() as u32;
            let derived = self.mem_ok(mt);
            self.at(derived, Definition::Mem(x), offset(&at.mems, i))?;
            self.c.mems.push(mt);
        }
        // Of the globals the tables see only the imported ones.
        let globals = self.c.globals.split_off(first_global);
        for (i, table) in module.tables.iter().enumerate() {
            let x = self.c.tables.len() as u32;
            let derived = self.table_ok(table);
            self.at(derived, Definition::Table(x), offset(&at.tables, i))?;
            self.c.tables.push(table.ty);
        }
        self.c.globals.extend(globals);
        self.c.datas = module.datas.iter().map(|data| data.share).collect();
        self.c.elems = module.elems.iter().map(|elem| elem.ty).collect();
        self.c.elem_shares = module.elems.iter().map(|elem| elem.share).collect();

        for (i, func) in module.funcs.iter().enumerate() {
            let derived = self.func_ok(func);
            self.at(derived, Definition::Func((first_func + i) as u32), offset(&at.funcs, i))?;
        }
        for (i, data) in module.datas.iter().enumerate() {
            let derived = self.data_ok(data);
            self.at(derived, Definition::Data(i as u32), offset(&at.datas, i))?;
        }
        for (i, elem) in module.elems.iter().enumerate() {
            let derived = self.elem_ok(elem);
            self.at(derived, Definition::Elem(i as u32), offset(&at.elems, i))?;
        }
        if let Some(x) = module.start {
            let derived = self.start_ok(x);
            self.at(derived, Definition::Start, at.start)?;
        }
        let mut exports = Vec::with_capacity(module.exports.len());
        let mut names = BTreeSet::new();
        for (i, export) in module.exports.iter().enumerate() {
            let derived = self.export_ok(export).and_then(|xt| {
                const MODULE: RuleId = rule!("Module_ok");
                if names.insert(export.name.as_str()) {
                    Ok(xt)
                } else {
                    fail(MODULE, Premise::DuplicateExport { name: export.name.clone() })
                }
            });
            exports.push(self.at(derived, Definition::Export(i as u32), offset(&at.exports, i))?);
        }
        self.o.rule(rule!("Module_ok"));
        let mut closed = types::all(&self.c.types);
        let exports = exports.into_iter().map(|xt| subst_externtype(xt, &mut closed)).collect();
        Ok(ModuleType { imports, exports })
    }

    /// ```text
    /// Import_ok  C ⊢ import name1 name2 xt : clos_externtype(C, xt)  if C ⊢ xt : ok
    /// ```
    fn import_ok(&mut self, import: &Import) -> Derived<ExternType> {
        externtype_ok(&self.c, import.ty, self.o)?;
        self.o.rule(rule!("Import_ok"));
        let xt = subst_externtype(import.ty, &mut types::all(&self.c.types));
        match xt {
            ExternType::Tag(jt) => self.c.tags.push(jt),
            ExternType::Global(gt) => self.c.globals.push(gt),
            ExternType::Mem(mt) => self.c.mems.push(mt),
            ExternType::Table(tt) => self.c.tables.push(tt),
            // A type that is well-formed has a defined type.
            ExternType::Func(tu) => self.c.funcs.extend(self.c.matching().resolve(tu)),
        }
        Ok(xt)
    }

    /// `funcidx_nonfuncs(global* mem* table* elem* export*)`: the functions that something other than a function
    /// mentions, as a flag for each function. Memories mention none. Constant expressions do not nest.
    fn funcidx_nonfuncs(&self) -> Vec<bool> {
        let Module { globals, tables, elems, exports, code, .. } = self.module;
        let elem_exprs = elems.iter().flat_map(|elem| {
            let offset = match elem.mode {
                ElemMode::Active(_, expr) => Some(expr),
                ElemMode::Passive | ElemMode::Declare => None,
            };
            elem.init.iter().copied().chain(offset)
        });
        let exprs = globals.iter().map(|global| global.init).chain(tables.iter().map(|table| table.init));
        let mentioned = exprs.chain(elem_exprs).flat_map(|expr| code.seq(expr)).filter_map(|instr| match *instr {
            Instr::RefFunc(x) => Some(x),
            _ => None,
        });
        let exported = exports.iter().filter_map(|export| match export.idx {
            ExternIdx::Func(x) => Some(x),
            _ => None,
        });
        let mut refs = vec![false; self.c.funcs.len()];
        for x in mentioned.chain(exported) {
            if let Some(declared) = refs.get_mut(x as usize) {
                *declared = true;
            }
        }
        refs
    }

    /// ```text
    /// Tag_ok  C ⊢ tag jt : clos_tagtype(C, jt)  if C ⊢ jt : ok
    /// ```
    fn tag_ok(&mut self, jt: TagType) -> Derived<TagType> {
        tagtype_ok(&self.c, jt, self.o)?;
        self.o.rule(rule!("Tag_ok"));
        Ok(types::all(&self.c.types)(jt))
    }

    /// ```text
    /// Globals_ok/empty  C ⊢ ε : ε
    /// Globals_ok/cons   C ⊢ global1 global* : gt1 gt*  if C ⊢ global1 : gt1   if C, globals gt1 ⊢ global* : gt*
    /// ```
    fn globals_ok(&mut self) -> Result<(), Invalid> {
        let module = self.module;
        for (i, global) in module.globals.iter().enumerate() {
            let x = self.c.globals.len() as u32;
            let derived = self.global_ok(global);
            self.at(derived, Definition::Global(x), offset(&module.offsets.globals, i))?;
            self.c.globals.push(global.ty);
        }
        self.o.rule(rule!("Globals_ok/empty"));
        for _ in &module.globals {
            self.o.rule(rule!("Globals_ok/cons"));
        }
        Ok(())
    }

    /// `C ⊢ expr : t const`, and valid as shared if what it initialises is shared.
    fn constant(&mut self, expr: Expr, t: ValType, share: Share) -> Derived {
        expr_ok_const(&self.c, &self.module.code, expr, t, share == Share::Shared, self.o)
    }

    /// ```text
    /// Global_ok         C ⊢ global gt expr : gt  if C ⊢ gt : ok   if gt = mut? t   if C ⊢ expr : t const
    /// Global_ok/shared  C ⊢ global gt expr : gt  if gt = shared mut? t   if C ⊢ global gt expr : gt  (Global_ok)
    ///                                            if each instruction of expr is valid as shared
    /// ```
    fn global_ok(&mut self, global: &Global) -> Derived {
        globaltype_ok(&self.c, global.ty, self.o)?;
        self.constant(global.init, global.ty.val, global.ty.share)?;
        self.o.rule(rule!("Global_ok"));
        if global.ty.share == Share::Shared {
            self.o.rule(rule!("Global_ok/shared"));
        }
        Ok(())
    }

    /// ```text
    /// Mem_ok  C ⊢ memory mt : mt  if C ⊢ mt : ok
    /// ```
    fn mem_ok(&mut self, mt: MemType) -> Derived {
        memtype_ok(mt, self.o)?;
        self.o.rule(rule!("Mem_ok"));
        Ok(())
    }

    /// ```text
    /// Table_ok         C ⊢ table tt expr : tt  if C ⊢ tt : ok   if tt = at lim rt   if C ⊢ expr : rt const
    /// Table_ok/shared  C ⊢ table tt expr : tt  if tt = shared at lim rt   if C ⊢ table tt expr : tt  (Table_ok)
    ///                                          if each instruction of expr is valid as shared
    /// ```
    fn table_ok(&mut self, table: &Table) -> Derived {
        tabletype_ok(&self.c, table.ty, self.o)?;
        self.constant(table.init, ValType::Ref(table.ty.elem), table.ty.share)?;
        self.o.rule(rule!("Table_ok"));
        if table.ty.share == Share::Shared {
            self.o.rule(rule!("Table_ok/shared"));
        }
        Ok(())
    }

    /// The first premise of `Func_ok`: `C.types[x] expands to func t_1* → t_2*`.
    fn func_type(&mut self, func: &Func) -> Derived<DefType> {
        const FUNC: RuleId = rule!("Func_ok");
        let dt = *lookup(FUNC, Space::Type, &self.c.types, func.ty)?;
        match self.c.table.expand(dt) {
            CompType::Func(_) => Ok(dt),
            _ => fail(FUNC, Premise::WrongShape { found: TypeUse::Idx(func.ty), needed: CompKind::Func }),
        }
    }

    /// ```text
    /// Func_ok         C ⊢ func x local* expr : C.types[x]
    ///                   if C.types[x] expands to func t1* → t2*
    ///                   if (C ⊢ local : lct)*
    ///                   if C, locals (set t1)* lct*, labels (t2*), return (t2*) ⊢ expr : t2*
    /// Func_ok/shared  C ⊢ func x local* expr : C.types[x]
    ///                   if C.types[x] expands to shared (func t1* → t2*)
    ///                   if C ⊢ func x local* expr : C.types[x]  (Func_ok)
    ///                   if (C ⊢ t : ok(shared))* for the t of each local
    ///                   if each instruction of expr is valid as shared
    /// Local_ok/set    C ⊢ local t : set t    if C ⊢ t : ok   if ⊢ t defaultable
    /// Local_ok/unset  C ⊢ local t : unset t  if C ⊢ t : ok   if ⊢ t nondefaultable
    /// ```
    fn func_ok(&mut self, func: &'m Func) -> Derived {
        const FUNC: RuleId = rule!("Func_ok");
        const SHARED: RuleId = rule!("Func_ok/shared");
        let dt = self.c.deftype(FUNC, TypeUse::Idx(func.ty))?;
        let ft = self.c.expand_func(FUNC, dt, self.o)?;
        let is_shared = self.c.table.unrolldt(dt).share == Share::Shared;
        for &t in &func.locals {
            valtype_ok(&self.c.types, t, self.o)?;
            if defaultable(t, self.o) {
                self.o.rule(rule!("Local_ok/set"));
            } else {
                self.o.rule(rule!("Local_ok/unset"));
            }
            if is_shared {
                shared(self.c.matching(), SHARED, t, self.o)?;
            }
        }
        function_body(&self.c, &self.module.code, ft, &func.locals, func.body, is_shared, self.o)?;
        self.o.rule(FUNC);
        if is_shared {
            self.o.rule(SHARED);
        }
        Ok(())
    }

    /// ```text
    /// Data_ok              C ⊢ data b* datamode : ok  if C ⊢ datamode : ok
    /// Data_ok/shared       C ⊢ data shared b* datamode : shared ok
    ///                        if C ⊢ data b* datamode : ok
    ///                        if each instruction of the offset is valid as shared
    ///                        if C.mems[x] is shared, where datamode = active x expr
    /// Datamode_ok/passive  C ⊢ passive : ok
    /// Datamode_ok/active   C ⊢ active x expr : ok     if C.mems[x] = at lim page   if C ⊢ expr : at const
    /// ```
    fn data_ok(&mut self, data: &Data) -> Derived {
        const ACTIVE: RuleId = rule!("Datamode_ok/active");
        const SHARED: RuleId = rule!("Data_ok/shared");
        match data.mode {
            DataMode::Passive => self.o.rule(rule!("Datamode_ok/passive")),
            DataMode::Active(x, expr) => {
                let mt = self.c.mem(ACTIVE, x)?;
                if data.share == Share::Shared && mt.share == Share::Unshared {
                    return fail(SHARED, Premise::Unshared { space: Space::Mem, index: x });
                }
                self.constant(expr, mt.addr.into(), data.share)?;
                self.o.rule(ACTIVE);
            }
        }
        self.o.rule(rule!("Data_ok"));
        if data.share == Share::Shared {
            self.o.rule(SHARED);
        }
        Ok(())
    }

    /// ```text
    /// Elem_ok              C ⊢ elem rt expr* elemmode : rt  if C ⊢ rt : ok
    ///                                                       if (C ⊢ expr : rt const)*
    ///                                                       if C ⊢ elemmode : rt
    /// Elemtype_ok/shared   C ⊢ shared rt : ok  if C ⊢ rt : ok   if C ⊢ rt : ok(shared)
    /// Elem_ok/shared       C ⊢ elem shared rt expr* elemmode : shared rt
    ///                        if C ⊢ elem rt expr* elemmode : rt
    ///                        if each instruction of expr* and of the offset is valid as shared
    ///                        if C.tables[x] is shared, where elemmode = active x expr'
    /// Elemmode_ok/passive  C ⊢ passive : rt
    /// Elemmode_ok/declare  C ⊢ declare : rt
    /// Elemmode_ok/active   C ⊢ active x expr : rt           if C.tables[x] = at lim rt'
    ///                                                       if C ⊢ rt <: rt'
    ///                                                       if C ⊢ expr : at const
    /// ```
    fn elem_ok(&mut self, elem: &Elem) -> Derived {
        const ACTIVE: RuleId = rule!("Elemmode_ok/active");
        const TYPE: RuleId = rule!("Elemtype_ok/shared");
        const SHARED: RuleId = rule!("Elem_ok/shared");
        reftype_ok(&self.c.types, elem.ty, self.o)?;
        if elem.share == Share::Shared {
            shared(self.c.matching(), TYPE, ValType::Ref(elem.ty), self.o)?;
            self.o.rule(TYPE);
        }
        for &expr in &elem.init {
            self.constant(expr, ValType::Ref(elem.ty), elem.share)?;
        }
        match elem.mode {
            ElemMode::Passive => self.o.rule(rule!("Elemmode_ok/passive")),
            ElemMode::Declare => self.o.rule(rule!("Elemmode_ok/declare")),
            ElemMode::Active(x, expr) => {
                let tt = self.c.table(ACTIVE, x)?;
                if !self.c.matching().reftype_sub(elem.ty, tt.elem, self.o) {
                    let (found, needed) = (ValType::Ref(elem.ty), ValType::Ref(tt.elem));
                    return fail(ACTIVE, Premise::NotSubtype { found, needed });
                }
                if elem.share == Share::Shared && tt.share == Share::Unshared {
                    return fail(SHARED, Premise::Unshared { space: Space::Table, index: x });
                }
                self.constant(expr, tt.addr.into(), elem.share)?;
                self.o.rule(ACTIVE);
            }
        }
        self.o.rule(rule!("Elem_ok"));
        if elem.share == Share::Shared {
            self.o.rule(SHARED);
        }
        Ok(())
    }

    /// ```text
    /// Start_ok  C ⊢ start x : ok  if C.funcs[x] expands to func ε → ε
    /// ```
    fn start_ok(&mut self, x: FuncIdx) -> Derived {
        const START: RuleId = rule!("Start_ok");
        let dt = *lookup(START, Space::Func, &self.c.funcs, x)?;
        let FuncType { params, results } = self.c.expand_func(START, dt, self.o)?;
        if !params.is_empty() || !results.is_empty() {
            return fail(START, Premise::StartType { func: x });
        }
        self.o.rule(START);
        Ok(())
    }

    /// ```text
    /// Export_ok            C ⊢ export name externidx : name xt  if C ⊢ externidx : xt
    /// Externidx_ok/tag     C ⊢ tag x : tag jt                   if C.tags[x] = jt
    /// Externidx_ok/global  C ⊢ global x : global gt             if C.globals[x] = gt
    /// Externidx_ok/mem     C ⊢ memory x : memory mt             if C.mems[x] = mt
    /// Externidx_ok/table   C ⊢ table x : table tt               if C.tables[x] = tt
    /// Externidx_ok/func    C ⊢ func x : func dt                 if C.funcs[x] = dt
    /// ```
    fn export_ok(&mut self, export: &Export) -> Derived<ExternType> {
        let (rule, xt) = match export.idx {
            ExternIdx::Tag(x) => {
                const TAG: RuleId = rule!("Externidx_ok/tag");
                (TAG, ExternType::Tag(*lookup(TAG, Space::Tag, &self.c.tags, x)?))
            }
            ExternIdx::Global(x) => {
                const GLOBAL: RuleId = rule!("Externidx_ok/global");
                (GLOBAL, ExternType::Global(*lookup(GLOBAL, Space::Global, &self.c.globals, x)?))
            }
            ExternIdx::Mem(x) => {
                const MEM: RuleId = rule!("Externidx_ok/mem");
                (MEM, ExternType::Mem(self.c.mem(MEM, x)?))
            }
            ExternIdx::Table(x) => {
                const TABLE: RuleId = rule!("Externidx_ok/table");
                (TABLE, ExternType::Table(self.c.table(TABLE, x)?))
            }
            ExternIdx::Func(x) => {
                const FUNC: RuleId = rule!("Externidx_ok/func");
                (FUNC, ExternType::Func(TypeUse::Def(*lookup(FUNC, Space::Func, &self.c.funcs, x)?)))
            }
        };
        self.o.rule(rule);
        self.o.rule(rule!("Export_ok"));
        Ok(xt)
    }
}
