//! Allocation, instantiation and invocation (4.4-execution.modules).

use super::*;
use crate::choice::Choices;
use crate::memory::Sequential;
use crate::observe::Observer;
use crate::syntax::*;
use crate::types;
use lockstep_spec::rule;
use std::sync::Arc;

/// Why a module could not be instantiated.
#[derive(Clone, Debug, PartialEq)]
pub enum InstantiateError {
    /// The imports do not fit.
    Link(Box<LinkError>),
    /// Initialisation ended otherwise than in values. Never [`Outcome::Values`].
    Init(Outcome),
}

impl std::fmt::Display for InstantiateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InstantiateError::Link(error) => error.fmt(f),
            InstantiateError::Init(outcome) => write!(f, "initialisation: {outcome}"),
        }
    }
}

impl std::error::Error for InstantiateError {}

/// Why the imports of a module do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// There are too few or too many of them.
    #[error("{given} imports are given, {needed} are needed")]
    Count {
        /// How many are given.
        given: usize,
        /// How many the module has.
        needed: usize,
    },
    /// There is no export of that name. Names are for the embedder to look up, so that it is the one who says this.
    #[error("{module:?}.{name:?}")]
    Unknown {
        /// The position of the import.
        import: usize,
        /// The name of the module that it is from.
        module: String,
        /// Its own name.
        name: String,
        /// Its type, as the module declares it.
        needed: ExternType,
    },
    /// `Externaddr_ok` fails: what is given is not of the type that is needed.
    #[error("{module:?}.{name:?}: needed {}, found {}", .shown.0, .shown.1)]
    Incompatible {
        /// The position of the import.
        import: usize,
        /// The name of the module that it is from.
        module: String,
        /// Its own name.
        name: String,
        /// Its type, closed: the defined types in it are those of the store.
        needed: ExternType,
        /// The type of what is given, closed.
        found: ExternType,
        /// The two types, printed.
        shown: (String, String),
    },
}

impl LinkError {
    /// The position of the import that does not fit; `None` when their number is wrong.
    pub fn import(&self) -> Option<usize> {
        match self {
            LinkError::Count { .. } => None,
            LinkError::Unknown { import, .. } | LinkError::Incompatible { import, .. } => Some(*import),
        }
    }
}

/// `alloctypes(type*)`: the closed defined types of a module, in a store's table.
fn alloctypes(s: &mut Store, module: &Module) -> Vec<DefType> {
    let mut dts = Vec::with_capacity(module.type_count());
    for rectype in &module.types {
        let more = s.types.define(rectype, &dts).expect("a valid module has no unknown types");
        dts.extend(more);
    }
    dts
}

/// `instantiate(s, module, externaddr*)`, and the reduction of the resulting configuration. The module must be valid.
///
/// # Errors
/// See [`InstantiateError`]. The store keeps what initialisation wrote before it failed, as in the standard.
///
/// # Panics
/// Perhaps, when the module is not valid.
pub fn instantiate<O: Observer, C: Choices>(
    s: &mut Store,
    module: &Arc<Module>,
    externaddrs: &[ExternAddr],
    o: &mut O,
    c: &mut C,
) -> Result<ModuleAddr, InstantiateError> {
    let (ma, z) = instantiation(s, module, externaddrs, o, c)?;
    match run(s, z, o, c) {
        Outcome::Values(vals) if vals.is_empty() => Ok(ma),
        outcome => Err(InstantiateError::Init(outcome)),
    }
}

/// `instantiate(s, module, externaddr*)`: the instance, and the configuration but for its store.
pub(crate) fn instantiation<O: Observer, C: Choices>(
    s: &mut Store,
    module: &Arc<Module>,
    externaddrs: &[ExternAddr],
    o: &mut O,
    c: &mut C,
) -> Result<(ModuleAddr, Zipper), InstantiateError> {
    let dts = alloctypes(s, module);
    check_imports(s, module, &dts, externaddrs, o)?;

    // moduleinst_0: what initialisation expressions can refer to. The functions will be allocated at these addresses.
    let first = s.funcs.len() as Addr;
    let mut mm = ModuleInst { types: dts, module: module.clone(), ..ModuleInst::default() };
    for &xa in externaddrs {
        match xa {
            ExternAddr::Tag(a) => mm.tags.push(a),
            ExternAddr::Global(a) => mm.globals.push(a),
            ExternAddr::Mem(a) => mm.mems.push(a),
            ExternAddr::Table(a) => mm.tables.push(a),
            ExternAddr::Func(a) => mm.funcs.push(a),
        }
    }
    mm.funcs.extend((0..module.funcs.len() as Addr).map(|i| first + i));
    let ma = ModuleAddr(s.modules.len() as u32);
    s.modules.push(mm);

    // allocfuncs, early: a host that keeps a reference from a failed instantiation finds its function.
    for (i, func) in module.funcs.iter().enumerate() {
        let dt = s.modules[ma.0 as usize].types[func.ty as usize];
        s.alloc_func(dt, FuncCode::Func(i as u32), ma);
    }
    let mut init = Init { s, ma, o, c };
    init.evalglobals(module)?;
    let refs_t = init.evalexprs(module.tables.iter().map(|table| table.init))?;
    let mut refs_e = Vec::with_capacity(module.elems.len());
    for elem in &module.elems {
        refs_e.push(init.evalexprs(elem.init.iter().copied())?);
    }
    init.allocmodule(module, refs_t, refs_e)?;
    Ok((ma, configuration(ma, module)))
}

/// `{MODULE moduleinst}; instr_E* instr_D* instr_S?`
fn configuration(ma: ModuleAddr, module: &Module) -> Zipper {
    let mut instrs = Vec::new();
    for (x, elem) in module.elems.iter().enumerate() {
        runelem(x as ElemIdx, elem, &module.code, &mut instrs);
    }
    for (x, data) in module.datas.iter().enumerate() {
        rundata(x as DataIdx, data, &module.code, &mut instrs);
    }
    instrs.extend(module.start.map(Instr::Call));
    let mut z = Zipper::new(ma, Seq::EMPTY);
    instrs.reverse();
    z.pending = instrs;
    z
}

/// `(Externaddr_ok: s |- externaddr : xt_I)*`
fn check_imports<O: Observer>(
    s: &Store,
    module: &Module,
    dts: &[DefType],
    externaddrs: &[ExternAddr],
    o: &mut O,
) -> Result<(), InstantiateError> {
    if module.imports.len() != externaddrs.len() {
        let (given, needed) = (externaddrs.len(), module.imports.len());
        return Err(InstantiateError::Link(LinkError::Count { given, needed }.into()));
    }
    for (i, (import, &xa)) in module.imports.iter().zip(externaddrs).enumerate() {
        let needed = types::subst_externtype(import.ty, &mut types::all(dts));
        if !externaddr_ok(s, xa, needed, o) {
            let (module, name) = (import.module.clone(), import.name.clone());
            let found = s.extern_type(xa);
            let shown = (shown(&s.types, needed), shown(&s.types, found));
            let error = LinkError::Incompatible { import: i, module, name, needed, found, shown };
            return Err(InstantiateError::Link(error.into()));
        }
    }
    Ok(())
}

/// A closed type, to be printed: of a function or a tag, what it expands to.
fn shown(types: &types::TypeTable, xt: ExternType) -> String {
    match xt {
        ExternType::Func(TypeUse::Def(dt)) => types.expand(dt).display(&Names::default()).to_string(),
        ExternType::Tag(TypeUse::Def(dt)) => format!("(tag {})", types.expand(dt).display(&Names::default())),
        xt => xt.display(&Names::default()).to_string(),
    }
}

/// An instantiation on its way.
struct Init<'a, O, C> {
    s: &'a mut Store,
    ma: ModuleAddr,
    o: &'a mut O,
    c: &'a mut C,
}

impl<O: Observer, C: Choices> Init<'_, O, C> {
    fn moduleinst(&mut self) -> &mut ModuleInst {
        &mut self.s.modules[self.ma.0 as usize]
    }

    /// `Eval_expr`: `z; expr ~>* z'; val`
    fn eval_expr(&mut self, expr: Expr) -> Result<Value, InstantiateError> {
        match run(self.s, Zipper::new(self.ma, expr), self.o, self.c) {
            Outcome::Values(vals) if vals.len() == 1 => {
                self.o.rule(rule!("Eval_expr"));
                Ok(vals[0])
            }
            outcome => Err(InstantiateError::Init(outcome)),
        }
    }

    /// `evalexprs(z, expr*)`
    fn evalexprs(&mut self, exprs: impl Iterator<Item = Expr>) -> Result<Vec<Ref>, InstantiateError> {
        exprs
            .map(|expr| match self.eval_expr(expr)? {
                Value::Ref(r) => Ok(r),
                Value::Num(_) | Value::Vec(_) => unreachable!("a valid module's elements are references"),
            })
            .collect()
    }

    /// `evalglobals(z, globaltype*, expr*)`: each global can be read by the expressions after it.
    fn evalglobals(&mut self, module: &Module) -> Result<(), InstantiateError> {
        for global in &module.globals {
            let val = self.eval_expr(global.init)?;
            let ty = types::subst_globaltype(global.ty, &mut types::all(&self.moduleinst().types));
            let a = self.s.alloc_global(ty, val);
            self.moduleinst().globals.push(a);
        }
        Ok(())
    }

    /// `allocmodule(s, module, externaddr*, val_G*, ref_T*, (ref_E*)*)`, for what is not there yet.
    fn allocmodule(
        &mut self,
        module: &Module,
        refs_t: Vec<Ref>,
        refs_e: Vec<Vec<Ref>>,
    ) -> Result<(), InstantiateError> {
        let full = InstantiateError::Init(Outcome::Exhausted(Bound::Memory));
        let dts = self.moduleinst().types.clone();
        for &tagtype in &module.tags {
            let TypeUse::Def(dt) = types::all(&dts)(tagtype) else { unreachable!("a valid module's tags have types") };
            let a = self.s.alloc_tag(dt);
            self.moduleinst().tags.push(a);
        }
        for &memtype in &module.mems {
            let a = self.s.alloc_mem(memtype).ok_or(full.clone())?;
            self.moduleinst().mems.push(a);
        }
        for (table, r) in module.tables.iter().zip(refs_t) {
            let tabletype = types::subst_tabletype(table.ty, &mut types::all(&dts));
            let a = self.s.alloc_table(tabletype, r).ok_or(full.clone())?;
            self.moduleinst().tables.push(a);
        }
        for data in &module.datas {
            let a = self.s.datas.len() as Addr;
            self.s.datas.push(DataInst { bytes: data.bytes.clone() });
            self.moduleinst().datas.push(a);
        }
        for (elem, refs) in module.elems.iter().zip(refs_e) {
            let a = self.s.elems.len() as Addr;
            if !self.s.reserve((refs.len() * size_of::<Ref>()) as u64) {
                return Err(full);
            }
            let ty = types::subst_reftype(elem.ty, &mut types::all(&dts));
            self.s.elems.push(ElemInst { ty, refs });
            self.moduleinst().elems.push(a);
        }
        let mm = self.moduleinst();
        mm.exports = module.exports.iter().map(|export| allocexport(mm, export)).collect();
        Ok(())
    }
}

/// `allocexport(moduleinst, export)`
fn allocexport(mm: &ModuleInst, export: &Export) -> ExportInst {
    let addr = match export.idx {
        ExternIdx::Tag(x) => ExternAddr::Tag(mm.tags[x as usize]),
        ExternIdx::Global(x) => ExternAddr::Global(mm.globals[x as usize]),
        ExternIdx::Mem(x) => ExternAddr::Mem(mm.mems[x as usize]),
        ExternIdx::Table(x) => ExternAddr::Table(mm.tables[x as usize]),
        ExternIdx::Func(x) => ExternAddr::Func(mm.funcs[x as usize]),
    };
    ExportInst { name: export.name.clone(), addr }
}

/// `rundata(x, data)`
fn rundata(x: DataIdx, data: &Data, code: &Code, instrs: &mut Vec<Instr>) {
    let DataMode::Active(y, expr) = data.mode else { return };
    instrs.extend(code.seq(expr));
    instrs.extend([
        Instr::Const(Num::I32(0)),
        Instr::Const(Num::I32(data.bytes.len() as u32)),
        Instr::MemoryInit(y, x),
        Instr::DataDrop(x),
    ]);
}

/// `runelem(x, elem)`
fn runelem(x: ElemIdx, elem: &Elem, code: &Code, instrs: &mut Vec<Instr>) {
    match elem.mode {
        ElemMode::Passive => {}
        ElemMode::Declare => instrs.push(Instr::ElemDrop(x)),
        ElemMode::Active(y, expr) => {
            instrs.extend(code.seq(expr));
            instrs.extend([
                Instr::Const(Num::I32(0)),
                Instr::Const(Num::I32(elem.init.len() as u32)),
                Instr::TableInit(y, x),
                Instr::ElemDrop(x),
            ]);
        }
    }
}

/// The arguments of an invocation do not have the types of the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    /// The position of the first argument that does not fit; `None` when their number is wrong.
    pub argument: Option<usize>,
    /// How many the function takes.
    pub expected: usize,
}

impl std::fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.argument {
            Some(i) => write!(f, "argument {i} does not have the type of its parameter"),
            None => write!(f, "the function takes {} arguments", self.expected),
        }
    }
}

impl std::error::Error for ArgumentError {}

/// `invoke(s, funcaddr, val*)`, and the reduction of the resulting configuration.
///
/// # Errors
/// When number or types of the arguments are not the function's.
pub fn invoke<O: Observer, C: Choices>(
    s: &mut Store,
    funcaddr: Addr,
    args: &[Value],
    o: &mut O,
    c: &mut C,
) -> Result<Outcome, ArgumentError> {
    let z = invocation(s, funcaddr, args, o)?;
    Ok(run(s, z, o, c))
}

/// `Steps`, to the end: reduces a configuration on a store that no other thread touches.
fn run<O: Observer, C: Choices>(s: &mut Store, z: Zipper, o: &mut O, c: &mut C) -> Outcome {
    Machine::on(s, z, o, &mut Sequential, c, ThreadId::default()).run()
}

/// `invoke(s, funcaddr, val*)`: the configuration but for its store.
pub(crate) fn invocation<O: Observer>(
    s: &Store,
    funcaddr: Addr,
    args: &[Value],
    o: &mut O,
) -> Result<Zipper, ArgumentError> {
    let ft = s.func_type(funcaddr);
    let expected = ft.params.len();
    if args.len() != expected {
        return Err(ArgumentError { argument: None, expected });
    }
    if let Some(i) = (0..expected).find(|&i| !val_ok(s, args[i], ft.params[i], o)) {
        return Err(ArgumentError { argument: Some(i), expected });
    }
    let mut z = Zipper::new(ModuleAddr::EMPTY, Seq::EMPTY);
    z.values = args.iter().map(|&arg| Slot::from(arg)).collect();
    z.values.push(Slot::from(Ref::Func(funcaddr)));
    z.pending.push(Instr::CallRef(TypeUse::Def(s.funcs[funcaddr as usize].ty)));
    Ok(z)
}
