//! Values and strings in the syntax of test scripts (`.wast`).

use crate::value::{RefVal, Val};
use lockstep_semantics::choice::{NanSet, NanWidth};
use lockstep_semantics::syntax::{AbsHeapType, CompType, ExternIdx, ExternType, HeapType, Module, TypeUse, ValType};
use std::fmt::Write as _;

/// The types of the parameters of an exported function.
pub fn params<'a>(module: &'a Module, function: &str) -> Option<&'a [ValType]> {
    let export = module.exports.iter().find(|export| export.name == function)?;
    let ExternIdx::Func(x) = export.idx else { return None };
    let imported = module.imports.iter().filter_map(|import| match import.ty {
        ExternType::Func(TypeUse::Idx(x)) => Some(x),
        _ => None,
    });
    let mut types = imported.chain(module.funcs.iter().map(|func| func.ty));
    let ty = types.nth(x as usize)?;
    match &module.types.iter().flat_map(|rt| &rt.0).nth(ty as usize)?.comp {
        CompType::Func(ft) => Some(&ft.params),
        _ => None,
    }
}

/// The top of the hierarchy of a type, which a null reference is written with.
fn top(module_type: Option<ValType>) -> &'static str {
    match module_type {
        Some(ValType::Ref(rt)) => match rt.heap {
            HeapType::Abs(_, AbsHeapType::Func | AbsHeapType::NoFunc) => "func",
            HeapType::Abs(_, AbsHeapType::Extern | AbsHeapType::NoExtern) => "extern",
            HeapType::Abs(_, AbsHeapType::Exn | AbsHeapType::NoExn) => "exn",
            _ => "any",
        },
        _ => "any",
    }
}

/// An argument, if scripts can write it.
pub fn argument(val: Val, ty: Option<ValType>) -> Option<String> {
    match val {
        Val::Ref(RefVal::Null) => Some(format!("ref.null {}", top(ty))),
        Val::Ref(RefVal::Host(_) | RefVal::Extern(Some(_))) => Some(val.to_string()),
        Val::Ref(_) => None,
        val => Some(val.to_string()),
    }
}

/// A result, if scripts can write it.
pub fn result(val: Val) -> Option<String> {
    let nan = |width, bits| NanSet { width, arithmetic: false }.contains(bits);
    Some(match val {
        Val::F32(bits) if nan(NanWidth::N32, bits.into()) => "(f32.const nan:canonical)".into(),
        Val::F64(bits) if nan(NanWidth::N64, bits) => "(f64.const nan:canonical)".into(),
        Val::Ref(RefVal::I31(_)) => "(ref.i31)".into(),
        Val::Ref(RefVal::Exn) => return None,
        val => format!("({val})"),
    })
}

/// A string of the text format.
pub fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(byte.into());
            }
            0x20..0x7F => out.push(byte.into()),
            byte => {
                let _ = write!(out, "\\{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}
