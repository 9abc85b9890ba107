//! The module `spectest` as a module of WebAssembly, so that no engine has to make it.

use crate::Features;
use crate::Val;
use crate::spectest::{FUNCS, GLOBALS, MEMORIES, TABLES};
use lockstep_semantics::syntax::{AddrType, NumType, Share};
use wasm_encoder as enc;

fn num(ty: NumType) -> enc::ValType {
    match ty {
        NumType::I32 => enc::ValType::I32,
        NumType::I64 => enc::ValType::I64,
        NumType::F32 => enc::ValType::F32,
        NumType::F64 => enc::ValType::F64,
    }
}

/// The module, without the exports that need features the engine lacks.
pub(super) fn bytes(features: &Features) -> Vec<u8> {
    let mut types = enc::TypeSection::new();
    let mut functions = enc::FunctionSection::new();
    let mut tables = enc::TableSection::new();
    let mut memories = enc::MemorySection::new();
    let mut globals = enc::GlobalSection::new();
    let mut exports = enc::ExportSection::new();
    let mut code = enc::CodeSection::new();
    for (i, (name, params)) in (0..).zip(FUNCS) {
        types.ty().function(params.iter().copied().map(num), []);
        functions.function(i);
        let mut body = enc::Function::new([]);
        body.instructions().end();
        code.function(&body);
        exports.export(name, enc::ExportKind::Func, i);
    }
    for (name, ty) in TABLES {
        let table64 = ty.addr == AddrType::I64;
        if table64 && !features.has("memory64") {
            continue;
        }
        let (minimum, maximum) = (ty.limits.min, ty.limits.max);
        exports.export(name, enc::ExportKind::Table, tables.len());
        tables.table(enc::TableType { element_type: enc::RefType::FUNCREF, table64, minimum, maximum, shared: false });
    }
    for (name, ty) in MEMORIES {
        let shared = ty.share == Share::Shared;
        // The one that is shared needs the other one not to be the only memory.
        if shared && !(features.has("threads") && features.has("multi-memory")) {
            continue;
        }
        let (minimum, maximum, memory64) = (ty.limits.min, ty.limits.max, ty.addr == AddrType::I64);
        exports.export(name, enc::ExportKind::Memory, memories.len());
        memories.memory(enc::MemoryType { minimum, maximum, memory64, shared, page_size_log2: None });
    }
    for (name, val) in GLOBALS {
        let (val_type, init) = match val {
            Val::I32(i) => (enc::ValType::I32, enc::ConstExpr::i32_const(i.cast_signed())),
            Val::I64(i) => (enc::ValType::I64, enc::ConstExpr::i64_const(i.cast_signed())),
            Val::F32(z) => (enc::ValType::F32, enc::ConstExpr::f32_const(f32::from_bits(z).into())),
            Val::F64(z) => (enc::ValType::F64, enc::ConstExpr::f64_const(f64::from_bits(z).into())),
            Val::V128(_) | Val::Ref(_) => continue,
        };
        exports.export(name, enc::ExportKind::Global, globals.len());
        globals.global(enc::GlobalType { val_type, mutable: false, shared: false }, &init);
    }
    let mut module = enc::Module::new();
    module.section(&types).section(&functions).section(&tables).section(&memories).section(&globals);
    module.section(&exports).section(&code);
    module.finish()
}
