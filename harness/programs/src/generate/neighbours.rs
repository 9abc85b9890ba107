//! Neighbours: makes invalid modules from valid ones, by one change.
//!
//! [`neighbour`] changes one thing: a supertype, whether a type is final, a field, an index, a label, a type that an
//! instruction mentions, an operand; or it adds a definition with something wrong in it. Not every change breaks a
//! module. The validation of the semantics decides whether one did, and which rule it broke ([`Neighbour::violation`]);
//! every engine must reject a module that it rejects.

mod further;
mod imports;
mod instructions;
mod shares;

use super::rand::Rand;
use arbitrary::Unstructured;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::{Invalid, validate};
use std::sync::Arc;

/// A module that is like a valid one but for one change.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The module.
    pub module: Module,
    /// The change.
    pub change: String,
}

impl Neighbour {
    /// The rule and the premise that the change broke, if it broke any.
    pub fn violation(&self) -> Option<Invalid> {
        validate(&self.module, &mut Unobserved).err()
    }
}

/// A neighbour of a module; `None` when no change was found that can be made.
pub fn neighbour(module: &Module, u: &mut Unstructured) -> Option<Neighbour> {
    let mut changes = Changes { r: Rand(u), subs: module.types.iter().flat_map(|rec| rec.0.clone()).collect() };
    let sharing = shares::shares(module);
    for _ in 0..16 {
        let mut module = module.clone();
        let change = match changes.r.weighted(&[20, 10, 35, 10, 25, if sharing { 20 } else { 0 }]) {
            0 => changes.types(&mut module),
            1 => changes.definitions(&mut module),
            2 => changes.instruction(&mut module),
            3 => changes.further_type(&mut module),
            5 => changes.sharedness(&mut module),
            _ => changes.further_function(&mut module),
        };
        if let Some(change) = change {
            return Some(Neighbour { module, change });
        }
    }
    None
}

/// A module that imports what another does, but for one import that it asks for with another type; `None` when nothing is
/// imported whose type can be changed. It defines nothing, so it is valid, but mostly it cannot be instantiated.
pub fn import_neighbour(module: &Module, u: &mut Unstructured) -> Option<Neighbour> {
    let mut changes = Changes { r: Rand(u), subs: module.types.iter().flat_map(|rec| rec.0.clone()).collect() };
    let mut module = Module { types: module.types.clone(), imports: module.imports.clone(), ..Module::default() };
    let change = changes.import(&mut module)?;
    Some(Neighbour { module, change })
}

/// The context for choosing a change.
pub(super) struct Changes<'a, 'b> {
    r: Rand<'a, 'b>,
    subs: Vec<SubType>,
}

/// The member that a type index means.
fn member(module: &mut Module, x: usize) -> Option<&mut SubType> {
    module.types.iter_mut().flat_map(|rec| &mut rec.0).nth(x)
}

fn superindex(st: &SubType) -> Option<usize> {
    match st.supers.first() {
        Some(TypeUse::Idx(x)) => Some(*x as usize),
        _ => None,
    }
}

fn same_kind(a: &CompType, b: &CompType) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// The top of another hierarchy.
pub(super) fn elsewhere(t: ValType) -> ValType {
    match t {
        ValType::Num(NumType::I32) => ValType::I64,
        ValType::Ref(RefType { heap: HeapType::Abs(_, AbsHeapType::Extern), .. }) => ValType::Ref(RefType::ANYREF),
        ValType::Ref(_) => ValType::Ref(RefType::EXTERNREF),
        _ => ValType::I32,
    }
}

/// Whether an instruction is one of those that there are many of.
fn plain(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Const(_)
            | Instr::Binop(_)
            | Instr::Drop
            | Instr::LocalGet(_)
            | Instr::LocalSet(_)
            | Instr::GlobalGet(_)
            | Instr::GlobalSet(_)
            | Instr::If(..)
            | Instr::Call(_)
    )
}

impl Changes<'_, '_> {
    /// One of the types that something holds for.
    fn some_type(&mut self, fits: impl Fn(&SubType) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.subs.len()).filter(|x| fits(&self.subs[*x])).collect();
        self.r.pick(&all)
    }

    /// A change of a type.
    fn types(&mut self, module: &mut Module) -> Option<String> {
        let subs = self.subs.clone();
        let with_super = |st: &SubType| superindex(st).is_some();
        match self.r.below(13) {
            0 => {
                let x = self.some_type(with_super)?;
                let sup = superindex(&subs[x])?;
                member(module, sup)?.is_final = true;
                Some(format!("type {sup}, the supertype of type {x}, is final"))
            }
            1 => {
                let x = self.r.below(subs.len());
                let sup = x + self.r.below(2);
                member(module, x)?.supers = vec![TypeUse::Idx(sup as TypeIdx)];
                Some(format!("type {x} has the supertype {sup}, which does not come before"))
            }
            2 => {
                let x = self.some_type(with_super)?;
                let others: Vec<usize> = (0..x).filter(|y| !same_kind(&subs[*y].comp, &subs[x].comp)).collect();
                let sup = self.r.pick(&others)?;
                member(module, x)?.supers = vec![TypeUse::Idx(sup as TypeIdx)];
                Some(format!("type {x} has the supertype {sup}, which is of another kind"))
            }
            3 | 4 => {
                let x = self.some_type(|st| with_super(st) && !matches!(st.comp, CompType::Func(_)))?;
                let (i, ft) = self.inherited(module, x)?;
                ft.mutable = !ft.mutable;
                let now = if ft.mutable { "mutable" } else { "immutable" };
                Some(format!("field {i} of type {x} is {now}, other than in the supertype"))
            }
            5 | 6 => {
                let x = self.some_type(|st| with_super(st) && !matches!(st.comp, CompType::Func(_)))?;
                let wider = self.r.chance(50);
                let packed = self.r.chance(50);
                let (i, ft) = self.inherited(module, x)?;
                let (storage, what) = match ft.storage {
                    StorageType::Val(ValType::Ref(rt)) if wider && !rt.null => {
                        (StorageType::Val(ValType::Ref(RefType::null(rt.heap))), "nullable")
                    }
                    StorageType::Val(t) => (StorageType::Val(elsewhere(t)), "of an unrelated type"),
                    StorageType::Pack(PackType::I8) if packed => {
                        (StorageType::Pack(PackType::I16), "of another pack type")
                    }
                    StorageType::Pack(_) => (StorageType::Val(ValType::I32), "not packed"),
                };
                ft.storage = storage;
                Some(format!("field {i} of type {x} is {what}, other than in the supertype"))
            }
            7 => {
                let x = self
                    .some_type(|st| with_super(st) && matches!(&st.comp, CompType::Struct(fts) if !fts.is_empty()))?;
                let keep = match &subs[superindex(&subs[x])?].comp {
                    CompType::Struct(fts) => fts.len().checked_sub(1)?,
                    _ => return None,
                };
                if let CompType::Struct(fts) = &mut member(module, x)?.comp {
                    fts.truncate(keep);
                }
                Some(format!("type {x} has only {keep} fields, one less than its supertype"))
            }
            8 => {
                let x = self.some_type(|st| with_super(st) && matches!(st.comp, CompType::Func(_)))?;
                let results = self.r.chance(50);
                let CompType::Func(ft) = &mut member(module, x)?.comp else { return None };
                let (list, what) = if results { (&mut ft.results, "result") } else { (&mut ft.params, "parameter") };
                match list.last_mut() {
                    Some(t) => *t = elsewhere(*t),
                    None => list.push(ValType::I32),
                }
                Some(format!("the last {what} of type {x} does not match that of the supertype"))
            }
            9 => {
                let x = self.some_type(with_super)?;
                let st = member(module, x)?;
                let first = *st.supers.first()?;
                st.supers.push(first);
                Some(format!("type {x} has two supertypes"))
            }
            10 => {
                // Smaller than in the supertype, which a mutable field must not be; and without a default value.
                let x = self.some_type(|st| !matches!(st.comp, CompType::Func(_)))?;
                let (i, ft) = self.field(module, x)?;
                let StorageType::Val(ValType::Ref(rt)) = &mut ft.storage else { return None };
                if !rt.null {
                    return None;
                }
                rt.null = false;
                Some(format!("field {i} of type {x} is not nullable"))
            }
            11 => {
                let x = self.some_type(|st| !matches!(st.comp, CompType::Func(_)))?;
                let (i, ft) = self.field(module, x)?;
                if !ft.mutable {
                    return None;
                }
                ft.mutable = false;
                Some(format!("field {i} of type {x} is immutable"))
            }
            _ => {
                let x = self.some_type(|st| !matches!(st.comp, CompType::Func(_)))?;
                let unknown = subs.len() + self.r.below(2);
                let heap = HeapType::Use(TypeUse::Idx(unknown as TypeIdx));
                let storage = StorageType::Val(ValType::Ref(RefType::null(heap)));
                match &mut member(module, x)?.comp {
                    CompType::Struct(fts) => fts.first_mut()?.storage = storage,
                    CompType::Array(ft) => ft.storage = storage,
                    CompType::Func(_) => return None,
                }
                Some(format!("the first field of type {x} refers to type {unknown}, which there is not"))
            }
        }
    }

    /// A field of a type.
    fn field<'m>(&mut self, module: &'m mut Module, x: usize) -> Option<(usize, &'m mut FieldType)> {
        match &mut member(module, x)?.comp {
            CompType::Struct(fts) => {
                let i = self.r.below(fts.len().max(1));
                Some((i, fts.get_mut(i)?))
            }
            CompType::Array(ft) => Some((0, ft)),
            CompType::Func(_) => None,
        }
    }

    /// A field that a type has from its supertype.
    fn inherited<'m>(&mut self, module: &'m mut Module, x: usize) -> Option<(usize, &'m mut FieldType)> {
        let n = match &self.subs[superindex(&self.subs[x])?].comp {
            CompType::Struct(fts) => fts.len(),
            CompType::Array(_) => 1,
            CompType::Func(_) => 0,
        };
        if n == 0 {
            return None;
        }
        let i = self.r.below(n);
        match &mut member(module, x)?.comp {
            CompType::Struct(fts) => Some((i, fts.get_mut(i)?)),
            CompType::Array(ft) => Some((0, ft)),
            CompType::Func(_) => None,
        }
    }

    /// A change of a definition that is not a type.
    fn definitions(&mut self, module: &mut Module) -> Option<String> {
        let r = &mut self.r;
        match r.below(13) {
            0 => {
                let x = self.some_type(|st| !matches!(st.comp, CompType::Func(_)))?;
                let n = module.funcs.len();
                let f = self.r.below(n.max(1));
                module.funcs.get_mut(f)?.ty = x as TypeIdx;
                Some(format!("function {f} (of those defined here) has type {x}, which is no function type"))
            }
            1 => {
                let (f, g) = (r.below(module.funcs.len()), r.below(module.funcs.len()));
                let ty = module.funcs.get(g)?.ty;
                let func = module.funcs.get_mut(f)?;
                if func.ty == ty {
                    return None;
                }
                func.ty = ty;
                Some(format!("function {f} (of those defined here) has type {ty}, that of function {g}"))
            }
            2 => {
                let x = r.below(module.globals.len());
                let global = module.globals.get_mut(x)?;
                global.ty.val = elsewhere(global.ty.val);
                Some(format!("global {x} (of those defined here) is not of the type of its value"))
            }
            3 => {
                let x = r.below(module.globals.len());
                let global = module.globals.get_mut(x)?;
                let ValType::Ref(rt) = &mut global.ty.val else { return None };
                if !rt.null {
                    return None;
                }
                rt.null = false;
                Some(format!("global {x} (of those defined here) is not nullable"))
            }
            4 => {
                let x = r.below(module.globals.len());
                let global = module.globals.get_mut(x)?;
                if !global.ty.mutable {
                    return None;
                }
                global.ty.mutable = false;
                Some(format!("global {x} (of those defined here) is immutable"))
            }
            5 => {
                let x = r.below(module.tables.len());
                let table = module.tables.get_mut(x)?;
                if let ValType::Ref(rt) = elsewhere(ValType::Ref(table.ty.elem)) {
                    table.ty.elem = rt;
                }
                Some(format!("table {x} (of those defined here) has elements of an unrelated type"))
            }
            6 => {
                let x = r.below(module.tables.len());
                let table = module.tables.get_mut(x)?;
                if !table.ty.elem.null {
                    return None;
                }
                table.ty.elem.null = false;
                Some(format!("the elements of table {x} (of those defined here) are not nullable"))
            }
            7 => {
                let x = r.below(module.elems.len());
                let elem = module.elems.get_mut(x)?;
                if let ValType::Ref(rt) = elsewhere(ValType::Ref(elem.ty)) {
                    elem.ty = rt;
                }
                Some(format!("element segment {x} is of an unrelated type"))
            }
            8 => {
                let i = r.below(module.exports.len());
                let name = module.exports.first()?.name.clone();
                let export = module.exports.get_mut(i)?;
                if i == 0 {
                    return None;
                }
                export.name = name;
                Some(format!("export {i} has the name of export 0"))
            }
            9 => {
                let x = self.some_type(|st| matches!(&st.comp, CompType::Func(ft) if !ft.results.is_empty()))?;
                *module.tags.first_mut()? = TypeUse::Idx(x as TypeIdx);
                Some(format!("the first tag (of those defined here) has type {x}, which has results"))
            }
            10 => {
                let (i, j) = (r.below(module.tags.len()), r.below(module.tags.len()));
                let ty = *module.tags.get(j)?;
                let tag = module.tags.get_mut(i)?;
                if *tag == ty {
                    return None;
                }
                *tag = ty;
                Some(format!("tag {i} (of those defined here) has the type of tag {j}"))
            }
            11 => {
                let declared = module.elems.iter_mut().find(|elem| matches!(elem.mode, ElemMode::Declare))?;
                declared.init.clear();
                module.exports.retain(|export| !matches!(export.idx, ExternIdx::Func(_)));
                Some("functions are no longer declared for references".into())
            }
            _ => {
                let f = r.below(module.funcs.len());
                let func = module.funcs.get_mut(f)?;
                let n = func.locals.len();
                let i = r.below(n.max(1));
                let t = func.locals.get_mut(i)?;
                match t {
                    // What is not set everywhere must be nullable.
                    ValType::Ref(rt) if rt.null => rt.null = false,
                    _ => *t = elsewhere(*t),
                }
                Some(format!("local {i} (without the parameters) of function {f} (of those defined here) is {t}"))
            }
        }
    }

    /// Another instruction at some place.
    fn instruction(&mut self, module: &mut Module) -> Option<String> {
        let n = module.code.instrs().len();
        let start = self.r.below(n);
        let dense = self.r.chance(75);
        for position in (0..n).cycle().skip(start).take(n.min(40)) {
            let old = module.code.instrs()[position];
            if dense && plain(&old) {
                continue;
            }
            let Some(new) = self.other(module, &old) else { continue };
            if new == old {
                continue;
            }
            let code = module.code.with_instr(position as u32, new)?;
            let names = Names::default();
            let before = old.display(&module.code, &names).to_string();
            let after = new.display(&code, &names).to_string();
            module.code = Arc::new(code);
            return Some(format!("instruction {position}: {after} instead of {before}"));
        }
        None
    }
}
