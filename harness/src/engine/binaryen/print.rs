//! What Binaryen's interpreter prints.

use crate::engine::{End, Resource, Thrown};
use crate::value::Val;
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::syntax::ValType;
use wast::core::WastArgCore;

/// How something ended, if this line says so.
pub(super) fn end(line: &str) -> Option<End> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    if let Some(text) = inner.strip_prefix("trap ") {
        return Some(End::Trap(class(text), text.to_owned()));
    }
    if let Some(text) = inner.strip_prefix("host limit ") {
        return Some(End::Exhausted(if text.contains("stack") { Resource::Stack } else { Resource::Memory }));
    }
    // What exported tags throw is caught before.
    inner.strip_prefix("exception thrown: ").map(|_| End::Exception(Thrown::default()))
}

/// Texts say what the interpreter was at, and few of them what the standard calls it.
fn class(text: &str) -> Option<TrapClass> {
    text.starts_with("cast error").then_some(TrapClass::CastFailure)
}

/// A number or a vector as it is printed.
pub(super) fn number(text: &str, ty: ValType) -> Result<Val, End> {
    let unknown = || End::Crash(format!("not a value: {text:?}"));
    let name = match ty {
        ValType::Num(ty) => format!("{ty}"),
        ValType::Vec(_) => "v128".into(),
        ValType::Bot | ValType::Ref(_) => return Err(unknown()),
    };
    let text = format!("{name}.const {text}");
    let buffer = wast::parser::ParseBuffer::new(&text).map_err(|_| unknown())?;
    match wast::parser::parse::<WastArgCore<'_>>(&buffer).map_err(|_| unknown())? {
        WastArgCore::I32(i) => Ok(Val::I32(i.cast_unsigned())),
        WastArgCore::I64(i) => Ok(Val::I64(i.cast_unsigned())),
        WastArgCore::F32(z) => Ok(Val::F32(z.bits)),
        WastArgCore::F64(z) => Ok(Val::F64(z.bits)),
        WastArgCore::V128(v) => Ok(Val::V128(v.to_le_bytes())),
        _ => Err(unknown()),
    }
}
