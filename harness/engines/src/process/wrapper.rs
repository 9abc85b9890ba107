//! Modules that stand between an engine and its host.
//!
//! A host such as JavaScript cannot see every value of WebAssembly as it is. So for what it cannot see, a module is
//! made that imports it, takes the values apart within WebAssembly, and exports functions of `i32`, `i64` and
//! `externref`. Exceptions with exported tags are caught in it, and their fields taken apart in the same way.

use super::info::{Export, Info};
use super::shape::{ARRAY, HOST, I31, NULL, STRUCT, Shape, Slots, ValueKind, lower, raise};
use super::types::Moved;
use super::wire::{Request, Wire};
use crate::value::Val;
use crate::{Failure, Thrown};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use wasm_encoder as enc;

/// An instance with information on its module.
#[derive(Clone, Copy)]
pub(super) struct Instance<'a> {
    pub(super) number: usize,
    pub(super) info: &'a Info,
}

/// A tag by the name it is known by.
#[derive(Clone, Debug)]
struct Tag {
    name: String,
    fields: Vec<Shape>,
}

/// A wrapper: the module, and how to use its instance.
#[derive(Debug)]
pub(super) struct Wrapper {
    pub(super) bytes: Vec<u8>,
    /// The module names that it imports from, each an instance.
    pub(super) imports: BTreeMap<String, usize>,
    accesses: FxHashMap<(usize, String), Access>,
    tags: Vec<Tag>,
    /// Whether it imports the function that throws again.
    pub(super) rethrows: bool,
}

/// How to get at an export of an instance through a wrapper.
#[derive(Clone, Debug)]
pub(super) struct Access {
    function: String,
    /// For a table, the function that gives its size.
    count: Option<String>,
    params: Vec<Shape>,
    results: Vec<Shape>,
    slots: Slots,
    /// Whether the first result says that an exception was caught.
    caught: bool,
}

/// The module name of the function that throws again, and its name.
pub(super) const RETHROW: &str = "rethrow";

impl Access {
    /// The request for a call.
    pub(super) fn call(&self, wrapper: usize, args: &[Val]) -> Result<Request, Failure> {
        let args = lower(&self.params, args)?;
        Ok(Request::Invoke { instance: wrapper, function: self.function.clone(), args })
    }

    /// The request for all elements of a table.
    pub(super) fn each(&self, wrapper: usize) -> Option<Request> {
        let count = self.count.clone()?;
        Some(Request::Each { instance: wrapper, function: self.function.clone(), count })
    }
}

impl Wrapper {
    pub(super) fn access(&self, instance: usize, name: &str) -> Option<&Access> {
        self.accesses.get(&(instance, name.to_owned()))
    }

    /// Puts the results of a call together.
    pub(super) fn results(&self, access: &Access, wires: &[Wire]) -> Result<Vec<Val>, Failure> {
        if !access.caught {
            return raise(&access.results, access.slots, wires);
        }
        match wires.split_first() {
            Some((Wire::I32(n), rest)) if n.0 == 0 => raise(&access.results, access.slots, rest),
            Some((Wire::I32(n), rest)) if n.0 as usize <= self.tags.len() => {
                let tag = &self.tags[n.0 as usize - 1];
                let fields = raise(&tag.fields, access.slots, rest)?;
                Err(Failure::Exception(Thrown { tag: Some(tag.name.clone()), fields }))
            }
            _ => Err(Failure::Crash("results that say not whether there was an exception".into())),
        }
    }

    /// The access to the exception that was thrown last.
    pub(super) fn thrown(&self) -> Option<&Access> {
        self.access(usize::MAX, RETHROW)
    }
}

/// Whether a function of this type is seen as it is.
pub(super) fn is_plain(info: &Info, ty: u32) -> bool {
    let plain = |ty: &wasmparser::ValType| matches!(ty, wasmparser::ValType::I32 | wasmparser::ValType::I64);
    info.func_type(ty).is_some_and(|ty| ty.params().iter().chain(ty.results()).all(plain))
}

/// The shapes of the parameters of a function that is seen as it is.
pub(super) fn params(info: &Info, ty: u32) -> Option<Vec<Shape>> {
    Shape::of_all(info.func_type(ty)?.params(), info)
}

/// Makes a wrapper for exports of instances. What it cannot wrap is left out. `all` are the instances of the session,
/// for their tags.
pub(super) fn make<'a>(
    wanted: impl IntoIterator<Item = (Instance<'a>, &'a str)>,
    all: &[Instance<'a>],
    rethrow: bool,
) -> Wrapper {
    let mut maker = Maker::default();
    for instance in all {
        maker.tags_of(*instance);
    }
    let mut rethrows = false;
    if rethrow {
        rethrows = maker.rethrow();
    }
    for (instance, name) in wanted {
        if maker.accesses.contains_key(&(instance.number, name.to_owned())) {
            continue;
        }
        let access = match instance.info.export(name) {
            Some(Export::Func(ty)) => maker.func(instance, name, ty),
            Some(Export::Global(ty)) => maker.global(instance, name, ty),
            Some(Export::Table(ty)) => maker.table(instance, name, ty),
            Some(Export::Memory | Export::Tag(_)) | None => None,
        };
        if let Some(access) = access {
            maker.accesses.insert((instance.number, name.to_owned()), access);
        }
    }
    maker.finish(rethrows)
}

#[derive(Default)]
struct Maker {
    types: enc::TypeSection,
    type_count: u32,
    /// Where the types of the module of an instance begin.
    bases: FxHashMap<usize, Option<u32>>,
    imports: enc::ImportSection,
    from: BTreeMap<String, usize>,
    imported_funcs: u32,
    imported_globals: u32,
    imported_tables: u32,
    tags: Vec<Tag>,
    /// The types of the blocks that the fields of the tags come out of.
    tag_blocks: Vec<enc::BlockType>,
    /// Functions to add: their types, bodies and names.
    made: Vec<(u32, enc::Function, String)>,
    /// The accessors that bodies call. Bodies are generated when all imports are known.
    accesses: FxHashMap<(usize, String), Access>,
}

impl Maker {
    fn base(&mut self, instance: Instance<'_>) -> Option<Moved> {
        if let Some(base) = self.bases.get(&instance.number) {
            return base.map(Moved);
        }
        let base = self.type_count;
        let mut types = enc::TypeSection::new();
        // Nothing of it is written when not all of it can be.
        let known = Moved(base).groups(instance.info, &mut types).is_some();
        let written = if known { Moved(base).groups(instance.info, &mut self.types) } else { None };
        self.type_count += written.unwrap_or(0);
        let base = written.map(|_| base);
        self.bases.insert(instance.number, base);
        base.map(Moved)
    }

    fn func_type(
        &mut self,
        params: impl IntoIterator<Item = enc::ValType, IntoIter: ExactSizeIterator>,
        results: impl IntoIterator<Item = enc::ValType, IntoIter: ExactSizeIterator>,
    ) -> u32 {
        self.types.ty().function(params, results);
        self.type_count += 1;
        self.type_count - 1
    }

    fn import(&mut self, instance: Instance<'_>, name: &str, ty: enc::EntityType) {
        let module = instance.number.to_string();
        self.imports.import(&module, name, ty);
        self.from.insert(module, instance.number);
    }

    fn tags_of(&mut self, instance: Instance<'_>) {
        for (name, export) in &instance.info.exports {
            let Export::Tag(ty) = *export else { continue };
            let Some(func) = instance.info.func_type(ty) else { continue };
            let Some(fields) = Shape::of_all(func.params(), instance.info) else { continue };
            let Some(moved) = self.base(instance) else { continue };
            let Some(types) = moved.vals(func.params()) else { continue };
            let kind = enc::TagKind::Exception;
            let func_type_idx = moved.0 + ty;
            self.import(instance, name, enc::EntityType::Tag(enc::TagType { kind, func_type_idx }));
            let block = match types.as_slice() {
                [] => enc::BlockType::Empty,
                [ty] => enc::BlockType::Result(*ty),
                _ => enc::BlockType::FunctionType(self.func_type([], types)),
            };
            self.tags.push(Tag { name: name.clone(), fields });
            self.tag_blocks.push(block);
        }
    }

    /// Adds a function that rethrows the last exception.
    fn rethrow(&mut self) -> bool {
        if self.tags.is_empty() {
            return false;
        }
        let ty = self.func_type([], []);
        self.imports.import(RETHROW, RETHROW, enc::EntityType::Function(ty));
        let callee = self.imported_funcs;
        self.imported_funcs += 1;
        let access = self.function(&[], &[], None, |_, code| {
            code.call(callee);
        });
        self.accesses.insert((usize::MAX, RETHROW.to_owned()), access);
        true
    }

    fn func(&mut self, instance: Instance<'_>, name: &str, ty: u32) -> Option<Access> {
        let func = instance.info.func_type(ty)?;
        let params = Shape::of_all(func.params(), instance.info)?;
        let results = Shape::of_all(func.results(), instance.info)?;
        let moved = self.base(instance)?;
        self.import(instance, name, enc::EntityType::Function(moved.0 + ty));
        let callee = self.imported_funcs;
        self.imported_funcs += 1;
        Some(self.function(&params, &results, Some(moved), |_, code| {
            code.call(callee);
        }))
    }

    fn global(&mut self, instance: Instance<'_>, name: &str, ty: wasmparser::GlobalType) -> Option<Access> {
        if ty.shared {
            return None;
        }
        let shape = Shape::of(ty.content_type, instance.info)?;
        let moved = self.base(instance)?;
        let val_type = moved.val(ty.content_type)?;
        let entity = enc::GlobalType { val_type, mutable: ty.mutable, shared: false };
        self.import(instance, name, enc::EntityType::Global(entity));
        let global = self.imported_globals;
        self.imported_globals += 1;
        Some(self.function(&[], &[shape], Some(moved), |_, code| {
            code.global_get(global);
        }))
    }

    fn table(&mut self, instance: Instance<'_>, name: &str, ty: wasmparser::TableType) -> Option<Access> {
        if ty.shared {
            return None;
        }
        let shape = Shape::of_ref(ty.element_type, instance.info)?;
        let moved = self.base(instance)?;
        let element_type = moved.reference(ty.element_type)?;
        // The least that such a table can be, however it has grown.
        let (minimum, maximum, table64) = (ty.initial, ty.maximum, ty.table64);
        let entity = enc::TableType { element_type, table64, minimum, maximum, shared: false };
        self.import(instance, name, enc::EntityType::Table(entity));
        let table = self.imported_tables;
        self.imported_tables += 1;
        let index = if table64 { wasmparser::ValType::I64 } else { wasmparser::ValType::I32 };
        let index = Shape::of(index, instance.info)?;
        let mut access = self.function(&[index], &[shape], Some(moved), |_, code| {
            code.table_get(table);
        });
        let ty = self.func_type([], [if table64 { enc::ValType::I64 } else { enc::ValType::I32 }]);
        let mut size = enc::Function::new([]);
        size.instructions().table_size(table).end();
        let count = format!("{}", self.made.len());
        self.made.push((ty, size, count.clone()));
        access.count = Some(count);
        Some(access)
    }

    /// A function that puts its parameters together, does something, and takes the results apart.
    fn function(
        &mut self,
        params: &[Shape],
        results: &[Shape],
        moved: Option<Moved>,
        does: impl FnOnce(&mut Self, &mut enc::InstructionSink<'_>),
    ) -> Access {
        let caught = !self.tags.is_empty();
        let mut slots = Slots::of_all(results);
        for tag in &self.tags {
            slots = slots.max(Slots::of_all(&tag.fields));
        }
        let param_types: Vec<enc::ValType> = params.iter().flat_map(|shape| shape.params()).copied().collect();
        let mut result_types: Vec<enc::ValType> = slots.types().collect();
        if caught {
            result_types.insert(0, enc::ValType::I32);
        }
        let shapes = || results.iter().chain(self.tags.iter().flat_map(|tag| &tag.fields));
        let first = u32::try_from(param_types.len()).unwrap_or(u32::MAX);
        let locals = Locals::new(first, slots);
        let mut types: Vec<enc::ValType> = slots.types().collect();
        types.push(enc::ValType::I32);
        let any = shapes().any(|shape| shape.kind == ValueKind::Any);
        let v128 = shapes().any(|shape| shape.kind == ValueKind::V128);
        let shared = shapes().any(|shape| shape.kind == ValueKind::Shared);
        let temporary = first + types.len() as u32;
        if any {
            types.push(enc::ValType::Ref(enc::RefType::ANYREF));
        }
        if v128 {
            types.push(enc::ValType::V128);
        }
        if shared {
            types.push(enc::ValType::Ref(SHARED));
        }
        let next = temporary + u32::from(any);
        let temporaries = Temporaries { any: temporary, v128: next, shared: next + u32::from(v128) };

        let mut function = enc::Function::new_with_locals_types(types);
        let tags = std::mem::take(&mut self.tags);
        {
            let mut code = function.instructions();
            if caught {
                code.block(enc::BlockType::Empty);
                for block in self.tag_blocks.iter().rev() {
                    code.block(*block);
                }
                let catches: Vec<enc::Catch> =
                    (0..tags.len() as u32).map(|i| enc::Catch::One { tag: i, label: i }).collect();
                code.try_table(enc::BlockType::Empty, catches);
            }
            let mut local = 0;
            for shape in params {
                put_together(*shape, &mut local, moved, &mut code);
            }
            does(self, &mut code);
            take_apart(results, locals, temporaries, &mut code);
            if caught {
                code.end();
                let depth = tags.len() as u32;
                code.br(depth);
                for (i, tag) in tags.iter().enumerate() {
                    code.end();
                    take_apart(&tag.fields, locals, temporaries, &mut code);
                    code.i32_const(i as i32 + 1).local_set(locals.status);
                    code.br(depth - 1 - i as u32);
                }
                code.end();
                code.local_get(locals.status);
            }
            for i in 0..slots.i32s + slots.i64s + slots.externs {
                code.local_get(first + i);
            }
            code.end();
        }
        self.tags = tags;
        let ty = self.func_type(param_types, result_types);
        let name = format!("{}", self.made.len());
        self.made.push((ty, function, name.clone()));
        Access { function: name, count: None, params: params.to_vec(), results: results.to_vec(), slots, caught }
    }

    fn finish(self, rethrows: bool) -> Wrapper {
        let mut functions = enc::FunctionSection::new();
        let mut exports = enc::ExportSection::new();
        let mut code = enc::CodeSection::new();
        for (i, (ty, function, name)) in self.made.iter().enumerate() {
            functions.function(*ty);
            exports.export(name, enc::ExportKind::Func, self.imported_funcs + i as u32);
            code.function(function);
        }
        let mut module = enc::Module::new();
        module.section(&self.types).section(&self.imports).section(&functions).section(&exports).section(&code);
        Wrapper { bytes: module.finish(), imports: self.from, accesses: self.accesses, tags: self.tags, rethrows }
    }
}

/// The locals that results are put in.
#[derive(Clone, Copy)]
struct Locals {
    i32s: u32,
    i64s: u32,
    externs: u32,
    status: u32,
}

impl Locals {
    fn new(first: u32, slots: Slots) -> Self {
        let i64s = first + slots.i32s;
        let externs = i64s + slots.i64s;
        Locals { i32s: first, i64s, externs, status: externs + slots.externs }
    }

    fn plus(self, slots: Slots) -> Self {
        Locals {
            i32s: self.i32s + slots.i32s,
            i64s: self.i64s + slots.i64s,
            externs: self.externs + slots.externs,
            ..self
        }
    }
}

#[derive(Clone, Copy)]
struct Temporaries {
    any: u32,
    shared: u32,
    v128: u32,
}

/// Puts an argument together from locals.
fn put_together(shape: Shape, local: &mut u32, moved: Option<Moved>, code: &mut enc::InstructionSink<'_>) {
    let mut next = || {
        *local += 1;
        *local - 1
    };
    let reference = shape.reference.and_then(|ty| moved?.reference(ty));
    match shape.kind {
        ValueKind::I32 | ValueKind::I64 => {
            code.local_get(next());
        }
        ValueKind::F32 => {
            code.local_get(next()).f32_reinterpret_i32();
        }
        ValueKind::F64 => {
            code.local_get(next()).f64_reinterpret_i64();
        }
        ValueKind::V128 => {
            code.local_get(next()).i64x2_splat().local_get(next()).i64x2_replace_lane(1);
        }
        ValueKind::Any => {
            let (kind, value, host) = (next(), next(), next());
            code.local_get(kind).if_(enc::BlockType::Result(enc::ValType::Ref(enc::RefType::ANYREF)));
            code.local_get(value).ref_i31().else_().local_get(host).any_convert_extern().end();
            match reference {
                Some(enc::RefType { nullable: true, heap_type }) if heap_type != enc::HeapType::ANY => {
                    code.ref_cast_nullable(heap_type);
                }
                Some(enc::RefType { nullable: false, heap_type }) => {
                    code.ref_cast_non_null(heap_type);
                }
                _ => {}
            }
        }
        ValueKind::Extern => {
            let host = next();
            match reference {
                Some(enc::RefType { nullable, heap_type: enc::HeapType::EXTERN }) => {
                    code.local_get(host);
                    if !nullable {
                        code.ref_as_non_null();
                    }
                }
                Some(ty) => null(ty, code),
                None => {}
            }
        }
        ValueKind::Func | ValueKind::Exn | ValueKind::Shared => {
            if let Some(ty) = reference {
                null(ty, code);
            }
        }
    }
}

/// A null reference, also where there can be none: then it is never run.
fn null(ty: enc::RefType, code: &mut enc::InstructionSink<'_>) {
    code.ref_null(ty.heap_type);
    if !ty.nullable {
        code.ref_as_non_null();
    }
}

/// Takes apart the values on the stack.
fn take_apart(shapes: &[Shape], first: Locals, temporaries: Temporaries, code: &mut enc::InstructionSink<'_>) {
    let mut places = Vec::with_capacity(shapes.len());
    let mut place = first;
    for shape in shapes {
        places.push(place);
        place = place.plus(Slots::of(*shape));
    }
    for (shape, to) in shapes.iter().zip(places).rev() {
        match shape.kind {
            ValueKind::I32 => {
                code.local_set(to.i32s);
            }
            ValueKind::F32 => {
                code.i32_reinterpret_f32().local_set(to.i32s);
            }
            ValueKind::I64 => {
                code.local_set(to.i64s);
            }
            ValueKind::F64 => {
                code.i64_reinterpret_f64().local_set(to.i64s);
            }
            ValueKind::V128 => {
                code.local_tee(temporaries.v128).i64x2_extract_lane(0).local_set(to.i64s);
                code.local_get(temporaries.v128).i64x2_extract_lane(1).local_set(to.i64s + 1);
            }
            ValueKind::Extern => {
                code.local_set(to.externs);
            }
            ValueKind::Func | ValueKind::Exn => {
                code.ref_is_null().local_set(to.i32s);
            }
            ValueKind::Any => any_apart(temporaries.any, false, to, code),
            ValueKind::Shared => any_apart(temporaries.shared, true, to, code),
        }
    }
}

/// `(ref null (shared any))`
const SHARED: enc::RefType = enc::RefType {
    nullable: true,
    heap_type: enc::HeapType::Abstract { shared: true, ty: enc::AbstractHeapType::Any },
};

/// Takes apart a reference below `any`, shared or not, by asking what it is.
fn any_apart(any: u32, shared: bool, to: Locals, code: &mut enc::InstructionSink<'_>) {
    let heap = |ty| enc::HeapType::Abstract { shared, ty };
    let is = |code: &mut enc::InstructionSink<'_>, kind| {
        code.i32_const(kind).local_set(to.i32s).br(1).end();
    };
    code.local_set(any).block(enc::BlockType::Empty);
    code.local_get(any).ref_is_null().if_(enc::BlockType::Empty);
    is(code, NULL);
    code.local_get(any).ref_test_non_null(heap(enc::AbstractHeapType::I31)).if_(enc::BlockType::Empty);
    code.local_get(any).ref_cast_non_null(heap(enc::AbstractHeapType::I31)).i31_get_u().local_set(to.i32s + 1);
    is(code, I31);
    code.local_get(any).ref_test_non_null(heap(enc::AbstractHeapType::Struct)).if_(enc::BlockType::Empty);
    is(code, STRUCT);
    code.local_get(any).ref_test_non_null(heap(enc::AbstractHeapType::Array)).if_(enc::BlockType::Empty);
    is(code, ARRAY);
    code.i32_const(HOST).local_set(to.i32s);
    if !shared {
        code.local_get(any).extern_convert_any().local_set(to.externs);
    }
    code.end();
}
