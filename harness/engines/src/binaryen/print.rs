//! Parses the output of Binaryen's interpreter.

use crate::literal::{Shape, number as literal};
use crate::value::Val;
use crate::{Failure, Resource, Thrown};
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::syntax::ValType;

/// How something ended, if this line says so.
pub(super) fn end(line: &str) -> Option<Failure> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    if let Some(text) = inner.strip_prefix("trap ") {
        return Some(Failure::Trap(class(text), text.into()));
    }
    if let Some(text) = inner.strip_prefix("host limit ") {
        return Some(Failure::Exhausted(if text.contains("stack") { Resource::Stack } else { Resource::Memory }));
    }
    // What exported tags throw is caught before.
    inner.strip_prefix("exception thrown: ").map(|_| Failure::Exception(Thrown::default()))
}

/// The class of a trap by its text. Few texts determine one.
fn class(text: &str) -> Option<TrapClass> {
    text.starts_with("cast error").then_some(TrapClass::CastFailure)
}

/// A number or a vector as it is printed.
pub(super) fn number(text: &str, ty: ValType) -> Result<Val, Failure> {
    let unknown = || Failure::Crash(format!("not a value: {text:?}"));
    let val = match ty {
        ValType::Num(ty) => literal(&format!("{ty}.const"), text),
        ValType::Vec(_) => vector(text),
        ValType::Bot | ValType::Ref(_) => None,
    };
    val.ok_or_else(unknown)
}

/// A shape and its lanes.
fn vector(text: &str) -> Option<Val> {
    let mut words = text.split_whitespace();
    let shape = Shape::named(words.next()?)?;
    let lanes = words.map(|word| shape.lane(word)).collect::<Option<Vec<u64>>>()?;
    (lanes.len() == shape.lanes()).then(|| Val::V128(shape.join(lanes)))
}
