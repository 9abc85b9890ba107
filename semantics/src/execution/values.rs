//! Values and addresses at run time (4.0-execution.configurations).

use crate::syntax::*;

/// `addr`: the position of an instance in its part of the store.
pub type Addr = u32;

/// `ref`: a reference value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ref {
    /// `REF.NULL_ADDR`
    Null,
    /// `REF.I31_NUM`
    I31(u32),
    /// The same, shared.
    I31Shared(u32),
    /// `REF.STRUCT_ADDR`
    Struct(Addr),
    /// `REF.ARRAY_ADDR`
    Array(Addr),
    /// `REF.FUNC_ADDR`
    Func(Addr),
    /// `REF.EXN_ADDR`
    Exn(Addr),
    /// `REF.HOST_ADDR`
    Host(Addr),
    /// `REF.EXTERN ref`
    Extern(Internal),
}

/// What `REF.EXTERN` can wrap: the references of type `(ref any)` (`Ref_ok/extern`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Internal {
    /// `REF.I31_NUM`
    I31(u32),
    /// The same, shared.
    I31Shared(u32),
    /// `REF.STRUCT_ADDR`
    Struct(Addr),
    /// `REF.ARRAY_ADDR`
    Array(Addr),
    /// `REF.HOST_ADDR`
    Host(Addr),
}

impl From<Internal> for Ref {
    fn from(r: Internal) -> Ref {
        match r {
            Internal::I31(i) => Ref::I31(i),
            Internal::I31Shared(i) => Ref::I31Shared(i),
            Internal::Struct(a) => Ref::Struct(a),
            Internal::Array(a) => Ref::Array(a),
            Internal::Host(a) => Ref::Host(a),
        }
    }
}

impl TryFrom<Ref> for Internal {
    type Error = ();
    fn try_from(r: Ref) -> Result<Internal, ()> {
        match r {
            Ref::I31(i) => Ok(Internal::I31(i)),
            Ref::I31Shared(i) => Ok(Internal::I31Shared(i)),
            Ref::Struct(a) => Ok(Internal::Struct(a)),
            Ref::Array(a) => Ok(Internal::Array(a)),
            Ref::Host(a) => Ok(Internal::Host(a)),
            Ref::Null | Ref::Func(_) | Ref::Exn(_) | Ref::Extern(_) => Err(()),
        }
    }
}

/// `val`: a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `num`
    Num(Num),
    /// `vec`
    Vec(V128),
    /// `ref`
    Ref(Ref),
}

impl Value {
    /// `(i32.const i)`
    pub const fn i32(i: u32) -> Value {
        Value::Num(Num::I32(i))
    }
    /// `(i64.const i)`
    pub const fn i64(i: u64) -> Value {
        Value::Num(Num::I64(i))
    }
}

/// `(at.const i)`; of a 64-bit number an `i32` takes the low half, so that `u64::MAX` is -1 for both.
#[inline(always)]
pub fn at_const(at: AddrType, i: u64) -> Value {
    match at {
        AddrType::I32 => Value::i32(i as u32),
        AddrType::I64 => Value::i64(i),
    }
}

impl From<Num> for Value {
    fn from(c: Num) -> Value {
        Value::Num(c)
    }
}

impl From<V128> for Value {
    fn from(c: V128) -> Value {
        Value::Vec(c)
    }
}

impl From<Ref> for Value {
    fn from(r: Ref) -> Value {
        Value::Ref(r)
    }
}

impl From<Value> for Instr {
    fn from(v: Value) -> Instr {
        match v {
            Value::Num(c) => Instr::Const(c),
            Value::Vec(c) => Instr::Vconst(c),
            Value::Ref(r) => Instr::Ref(r),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size_of::<Value>(), 24);
        assert_eq!(size_of::<Option<Value>>(), 24);
        assert_eq!(size_of::<Instr>(), 32);
    }
}
