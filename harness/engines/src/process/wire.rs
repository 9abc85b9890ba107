//! Requests and answers, a line of JSON each, as `docs/engine-protocol.md` describes them.

use crate::value::{RefVal, Val};
use crate::{Failure, Link, Resource, Thrown};
use lockstep_semantics::execution::TrapClass;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The version of the protocol.
pub(super) const PROTOCOL: u32 = 1;

/// A request with its number.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    pub(super) id: u64,
    #[serde(flatten)]
    pub(super) request: &'a Request,
}

/// A request to an engine.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub(super) enum Request {
    Hello {
        protocol: u32,
    },
    Open,
    Load {
        module: usize,
        bytes: String,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        must: bool,
    },
    Instantiate {
        module: usize,
        instance: usize,
        imports: BTreeMap<String, usize>,
        #[serde(skip_serializing_if = "Option::is_none")]
        rethrow: Option<&'static str>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        must: bool,
    },
    Invoke {
        instance: usize,
        function: String,
        args: Vec<Wire>,
    },
    Global {
        instance: usize,
        global: String,
    },
    Table {
        instance: usize,
        table: String,
    },
    Memory {
        instance: usize,
        memory: String,
    },
    Each {
        instance: usize,
        function: String,
        count: String,
    },
    Batch {
        requests: Vec<Request>,
    },
}

/// A line that an engine writes: the answer to a request.
#[derive(Debug, Deserialize)]
pub(super) struct Reply {
    pub(super) id: u64,
    pub(super) answer: Answer,
}

/// An answer of an engine.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    Ok,
    Hello(Hello),
    Values(Vec<Wire>),
    Lists(Vec<Vec<Wire>>),
    Memory(Memory),
    Answers(Vec<Answer>),
    Malformed(String),
    Invalid(String),
    Rejected(String),
    Unlinkable(Unlinkable),
    Trap(Trap),
    Exception(Exception),
    Exhausted(Bound),
    Limit(String),
    Unsupported(String),
    Misuse(String),
    Crash(String),
}

/// The name and version of an engine.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Hello {
    pub(super) protocol: u32,
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    pub(super) details: String,
    #[serde(default)]
    pub(super) boundary: Boundary,
    #[serde(default)]
    pub(super) rethrow: bool,
}

/// What values an engine can pass in and out.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Boundary {
    /// All.
    #[default]
    Values,
    /// `i32`, `i64` and `externref`.
    Numeric,
}

#[derive(Debug, Deserialize)]
pub(super) struct Memory {
    pub(super) length: Number,
    pub(super) bytes: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Unlinkable {
    #[serde(default)]
    kind: Option<LinkKind>,
    #[serde(default)]
    text: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LinkKind {
    Unknown,
    Incompatible,
}

#[derive(Debug, Deserialize)]
pub(super) struct Trap {
    #[serde(default)]
    class: Vec<Class>,
    #[serde(default)]
    text: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Class {
    Unreachable,
    DivisionByZero,
    IntegerOverflow,
    InvalidConversion,
    MemoryOutOfBounds,
    TableOutOfBounds,
    ArrayOutOfBounds,
    NullReference,
    CastFailure,
    UnalignedAtomic,
    ExpectedShared,
}

#[derive(Debug, Deserialize)]
pub(super) struct Exception {
    #[serde(default)]
    tag: Option<String>,
    #[serde(default)]
    fields: Vec<Wire>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Bound {
    Steps,
    Stack,
    Memory,
}

/// A value.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// `i32`
    I32(Number),
    /// `i64`
    I64(Number),
    /// `f32`, as bits
    F32(Number),
    /// `f64`, as bits
    F64(Number),
    /// The bytes in the order of memory, as hexadecimal digits.
    V128(String),
    /// A reference of which only the kind is known.
    Ref(Named),
    /// An unboxed scalar.
    I31(Number),
    /// A reference of the host, by number.
    Host(u32),
    /// An external reference: to a reference of the host, by number, or to anything else.
    Extern(Option<u32>),
}

/// References of which only the kind is known.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Named {
    /// A null reference.
    Null,
    /// A structure.
    Struct,
    /// An array.
    Array,
    /// A function.
    Func,
    /// An exception.
    Exn,
}

/// An integer of at most 64 bits, signed or not; a string is safe in every language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number(pub(super) u64);

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer of 64 bits, as a number or a string")
            }
            fn visit_u64<E>(self, n: u64) -> Result<Number, E> {
                Ok(Number(n))
            }
            fn visit_i64<E>(self, n: i64) -> Result<Number, E> {
                Ok(Number(n.cast_unsigned()))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                let unsigned = text.parse::<u64>().ok();
                let number = unsigned.or_else(|| text.parse::<i64>().ok().map(i64::cast_unsigned));
                number.map(Number).ok_or_else(|| E::custom(format!("not an integer of 64 bits: {text:?}")))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl From<Val> for Wire {
    fn from(val: Val) -> Wire {
        match val {
            Val::I32(i) => Wire::I32(Number(i.into())),
            Val::I64(i) => Wire::I64(Number(i)),
            Val::F32(z) => Wire::F32(Number(z.into())),
            Val::F64(z) => Wire::F64(Number(z)),
            Val::V128(bytes) => Wire::V128(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
            Val::Ref(RefVal::Null) => Wire::Ref(Named::Null),
            // The wire does not tell the shared ones apart, nor do the languages that engines are spoken to in.
            Val::Ref(RefVal::I31(i) | RefVal::I31Shared(i)) => Wire::I31(Number(i.into())),
            Val::Ref(RefVal::Struct) => Wire::Ref(Named::Struct),
            Val::Ref(RefVal::Array) => Wire::Ref(Named::Array),
            Val::Ref(RefVal::Func) => Wire::Ref(Named::Func),
            Val::Ref(RefVal::Exn) => Wire::Ref(Named::Exn),
            Val::Ref(RefVal::Host(n)) => Wire::Host(n),
            Val::Ref(RefVal::Extern(n)) => Wire::Extern(n),
        }
    }
}

impl Wire {
    /// The value.
    pub(super) fn val(&self) -> Result<Val, Failure> {
        Ok(match self {
            Wire::I32(n) => Val::I32(n.0 as u32),
            Wire::I64(n) => Val::I64(n.0),
            Wire::F32(n) => Val::F32(n.0 as u32),
            Wire::F64(n) => Val::F64(n.0),
            Wire::V128(digits) => {
                let bytes = u128::from_str_radix(digits, 16).ok();
                let bytes = bytes.filter(|_| digits.len() == 32 && !digits.starts_with('+'));
                let bytes = bytes.ok_or_else(|| Failure::Crash(format!("not the bytes of a v128: {digits:?}")))?;
                Val::V128(bytes.to_be_bytes())
            }
            Wire::I31(n) => Val::Ref(RefVal::I31(n.0 as u32 & 0x7fff_ffff)),
            Wire::Host(n) => Val::Ref(RefVal::Host(*n)),
            Wire::Extern(n) => Val::Ref(RefVal::Extern(*n)),
            Wire::Ref(Named::Null) => Val::Ref(RefVal::Null),
            Wire::Ref(Named::Struct) => Val::Ref(RefVal::Struct),
            Wire::Ref(Named::Array) => Val::Ref(RefVal::Array),
            Wire::Ref(Named::Func) => Val::Ref(RefVal::Func),
            Wire::Ref(Named::Exn) => Val::Ref(RefVal::Exn),
        })
    }
}

/// Values.
pub(super) fn vals(wires: &[Wire]) -> Result<Vec<Val>, Failure> {
    wires.iter().map(Wire::val).collect()
}

impl Answer {
    /// The failure that an answer reports.
    pub(super) fn end(self) -> Failure {
        match self {
            Answer::Malformed(text) => Failure::Malformed(text.into()),
            Answer::Invalid(text) => Failure::Invalid(text.into()),
            Answer::Rejected(text) => Failure::Rejected(text),
            Answer::Unlinkable(Unlinkable { kind, text }) => {
                let link = match kind {
                    Some(LinkKind::Unknown) => Link::Unknown,
                    // The session sees to it where this was not told.
                    Some(LinkKind::Incompatible) | None => Link::Incompatible,
                };
                Failure::Unlinkable(link, text.into())
            }
            Answer::Trap(Trap { class, text }) => match class.as_slice() {
                [] => Failure::Trap(None, text.into()),
                [class] => Failure::Trap(Some((*class).into()), text.into()),
                classes => Failure::TrapAmong(classes.iter().map(|class| (*class).into()).collect(), text),
            },
            Answer::Exception(Exception { tag, fields }) => match vals(&fields) {
                Ok(fields) => Failure::Exception(Thrown { tag, fields }),
                Err(end) => end,
            },
            Answer::Exhausted(Bound::Steps) => Failure::Exhausted(Resource::Steps),
            Answer::Exhausted(Bound::Stack) => Failure::Exhausted(Resource::Stack),
            Answer::Exhausted(Bound::Memory) => Failure::Exhausted(Resource::Memory),
            Answer::Limit(text) => Failure::Limit(text.into()),
            Answer::Unsupported(text) => Failure::Unsupported(text.into()),
            Answer::Misuse(text) => Failure::Misuse(text),
            Answer::Crash(text) => Failure::Crash(text),
            Answer::Ok
            | Answer::Hello(_)
            | Answer::Values(_)
            | Answer::Lists(_)
            | Answer::Memory(_)
            | Answer::Answers(_) => Failure::Crash("an answer to another request".into()),
        }
    }
}

impl Unlinkable {
    /// Whether the engine told in what way the imports do not fit.
    pub(super) fn is_told(&self) -> bool {
        self.kind.is_some()
    }
}

impl From<Class> for TrapClass {
    fn from(class: Class) -> TrapClass {
        match class {
            Class::Unreachable => TrapClass::Unreachable,
            Class::DivisionByZero => TrapClass::DivisionByZero,
            Class::IntegerOverflow => TrapClass::IntegerOverflow,
            Class::InvalidConversion => TrapClass::InvalidConversion,
            Class::MemoryOutOfBounds => TrapClass::MemoryOutOfBounds,
            Class::TableOutOfBounds => TrapClass::TableOutOfBounds,
            Class::ArrayOutOfBounds => TrapClass::ArrayOutOfBounds,
            Class::NullReference => TrapClass::NullReference,
            Class::CastFailure => TrapClass::CastFailure,
            Class::UnalignedAtomic => TrapClass::UnalignedAtomic,
            Class::ExpectedShared => TrapClass::ExpectedShared,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_bits() {
        let all = [
            Val::I32(u32::MAX),
            Val::I64(u64::MAX),
            Val::F32(0x7fa0_0001),
            Val::F64(0xfff0_0000_0000_0001),
            Val::V128([0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
            Val::Ref(RefVal::Null),
            Val::Ref(RefVal::I31(7)),
            Val::Ref(RefVal::Struct),
            Val::Ref(RefVal::Host(3)),
            Val::Ref(RefVal::Extern(Some(3))),
            Val::Ref(RefVal::Extern(None)),
        ];
        for val in all {
            let text = serde_json::to_string(&Wire::from(val)).unwrap();
            let back: Wire = serde_json::from_str(&text).unwrap();
            assert_eq!(back.val(), Ok(val), "{text}");
        }
        assert_eq!(
            serde_json::to_string(&Wire::from(all[4])).unwrap(),
            r#"{"v128":"ff0102030405060708090a0b0c0d0e0f"}"#
        );
        for (text, val) in [(r#"{"i32":-1}"#, Val::I32(u32::MAX)), (r#"{"i64":"-2"}"#, Val::I64(u64::MAX - 1))] {
            assert_eq!(serde_json::from_str::<Wire>(text).unwrap().val(), Ok(val));
        }
        assert!(serde_json::from_str::<Wire>(r#"{"i64":"x"}"#).is_err());
        assert!(serde_json::from_str::<Wire>(r#"{"v128":"+f0102030405060708090a0b0c0d0e0f"}"#).unwrap().val().is_err());
    }

    #[test]
    fn ends() {
        let end = |text: &str| serde_json::from_str::<Answer>(text).unwrap().end();
        assert_eq!(end(r#"{"rejected":"x"}"#), Failure::Rejected("x".into()));
        assert_eq!(end(r#"{"exhausted":"stack"}"#), Failure::Exhausted(Resource::Stack));
        let class = TrapClass::NullReference;
        assert_eq!(end(r#"{"trap":{"class":["null-reference"]}}"#), Failure::Trap(Some(class), String::new().into()));
        assert_eq!(end(r#"{"trap":{}}"#), Failure::Trap(None, String::new().into()));
        assert!(matches!(end(r#""ok""#), Failure::Crash(_)));
    }
}
