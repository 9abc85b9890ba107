//! Values as the stacks and the heap hold them.

use super::*;
use crate::syntax::*;

/// A value, an unset local, or a packed value, in three words.
///
/// [`Value`] says the same and is what the outside sees. The machine's own stacks hold slots because processors stall
/// when bytes are read back by a wider access than the one that wrote them, as happens when an `enum` with payloads of
/// different widths is copied: every word of a slot is written and read as a word.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Slot {
    kind: Kind,
    /// The high half of a vector, otherwise 0.
    hi: u64,
    lo: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u64)]
enum Kind {
    Unset,
    I32,
    I64,
    F32,
    F64,
    V128,
    Null,
    I31,
    Struct,
    Array,
    Func,
    Exn,
    Host,
    ExternI31,
    ExternStruct,
    ExternArray,
    ExternHost,
    I31Shared,
    ExternI31Shared,
    PackI8,
    PackI16,
}

impl Slot {
    /// A local without a value.
    pub const UNSET: Slot = Slot { kind: Kind::Unset, hi: 0, lo: 0 };

    #[inline(always)]
    const fn word(kind: Kind, lo: u64) -> Slot {
        Slot { kind, hi: 0, lo }
    }

    /// A packed value.
    #[inline(always)]
    pub(crate) fn pack(pt: PackType, i: u32) -> Slot {
        match pt {
            PackType::I8 => Slot::word(Kind::PackI8, i as u8 as u64),
            PackType::I16 => Slot::word(Kind::PackI16, i as u16 as u64),
        }
    }

    /// Copies word by word.
    #[inline(always)]
    pub(crate) fn copied(&self) -> Slot {
        if self.kind == Kind::V128 { *self } else { Slot { kind: self.kind, hi: 0, lo: self.lo } }
    }

    /// Whether it holds a value.
    #[inline(always)]
    pub(crate) fn is_set(&self) -> bool {
        self.kind != Kind::Unset
    }

    /// The value, if it is one.
    pub fn value(self) -> Option<Value> {
        let lo = self.lo as u32;
        Some(match self.kind {
            Kind::Unset | Kind::PackI8 | Kind::PackI16 => return None,
            Kind::I32 => Value::Num(Num::I32(lo)),
            Kind::I64 => Value::Num(Num::I64(self.lo)),
            Kind::F32 => Value::Num(Num::F32(lo)),
            Kind::F64 => Value::Num(Num::F64(self.lo)),
            Kind::V128 => Value::Vec(V128::from_u128((self.hi as u128) << 64 | self.lo as u128)),
            _ => Value::Ref(self.as_ref()?),
        })
    }

    /// The field value, if it is one.
    pub fn fieldval(self) -> Option<FieldVal> {
        match self.kind {
            Kind::PackI8 => Some(FieldVal::Pack(PackType::I8, self.lo as u32)),
            Kind::PackI16 => Some(FieldVal::Pack(PackType::I16, self.lo as u32)),
            _ => self.value().map(FieldVal::Val),
        }
    }

    #[inline(always)]
    pub(crate) fn as_i32(self) -> Option<u32> {
        (self.kind == Kind::I32).then_some(self.lo as u32)
    }

    #[inline(always)]
    pub(crate) fn as_i64(self) -> Option<u64> {
        (self.kind == Kind::I64).then_some(self.lo)
    }

    #[inline(always)]
    pub(crate) fn as_f32(self) -> Option<u32> {
        (self.kind == Kind::F32).then_some(self.lo as u32)
    }

    #[inline(always)]
    pub(crate) fn as_f64(self) -> Option<u64> {
        (self.kind == Kind::F64).then_some(self.lo)
    }

    #[inline(always)]
    pub(crate) fn as_num(self) -> Option<Num> {
        Some(match self.kind {
            Kind::I32 => Num::I32(self.lo as u32),
            Kind::I64 => Num::I64(self.lo),
            Kind::F32 => Num::F32(self.lo as u32),
            Kind::F64 => Num::F64(self.lo),
            _ => return None,
        })
    }

    #[inline(always)]
    pub(crate) fn as_vec(self) -> Option<V128> {
        (self.kind == Kind::V128).then(|| V128::from_u128((self.hi as u128) << 64 | self.lo as u128))
    }

    #[inline(always)]
    pub(crate) fn as_ref(self) -> Option<Ref> {
        let a = self.lo as u32;
        Some(match self.kind {
            Kind::Null => Ref::Null,
            Kind::I31 => Ref::I31(a),
            Kind::Struct => Ref::Struct(a),
            Kind::Array => Ref::Array(a),
            Kind::Func => Ref::Func(a),
            Kind::Exn => Ref::Exn(a),
            Kind::Host => Ref::Host(a),
            Kind::ExternI31 => Ref::Extern(Internal::I31(a)),
            Kind::ExternStruct => Ref::Extern(Internal::Struct(a)),
            Kind::ExternArray => Ref::Extern(Internal::Array(a)),
            Kind::ExternHost => Ref::Extern(Internal::Host(a)),
            Kind::I31Shared => Ref::I31Shared(a),
            Kind::ExternI31Shared => Ref::Extern(Internal::I31Shared(a)),
            _ => return None,
        })
    }

    #[inline(always)]
    pub(crate) fn as_packed(self) -> Option<u32> {
        matches!(self.kind, Kind::PackI8 | Kind::PackI16).then_some(self.lo as u32)
    }
}

impl From<Num> for Slot {
    #[inline(always)]
    fn from(c: Num) -> Slot {
        match c {
            Num::I32(c) => Slot::word(Kind::I32, c as u64),
            Num::I64(c) => Slot::word(Kind::I64, c),
            Num::F32(c) => Slot::word(Kind::F32, c as u64),
            Num::F64(c) => Slot::word(Kind::F64, c),
        }
    }
}

impl From<V128> for Slot {
    #[inline(always)]
    fn from(c: V128) -> Slot {
        let c = c.to_u128();
        Slot { kind: Kind::V128, hi: (c >> 64) as u64, lo: c as u64 }
    }
}

impl From<Ref> for Slot {
    #[inline(always)]
    fn from(r: Ref) -> Slot {
        let (kind, a) = match r {
            Ref::Null => (Kind::Null, 0),
            Ref::I31(i) => (Kind::I31, i),
            Ref::I31Shared(i) => (Kind::I31Shared, i),
            Ref::Extern(Internal::I31Shared(i)) => (Kind::ExternI31Shared, i),
            Ref::Struct(a) => (Kind::Struct, a),
            Ref::Array(a) => (Kind::Array, a),
            Ref::Func(a) => (Kind::Func, a),
            Ref::Exn(a) => (Kind::Exn, a),
            Ref::Host(a) => (Kind::Host, a),
            Ref::Extern(Internal::I31(i)) => (Kind::ExternI31, i),
            Ref::Extern(Internal::Struct(a)) => (Kind::ExternStruct, a),
            Ref::Extern(Internal::Array(a)) => (Kind::ExternArray, a),
            Ref::Extern(Internal::Host(a)) => (Kind::ExternHost, a),
        };
        Slot::word(kind, a as u64)
    }
}

impl From<Value> for Slot {
    #[inline(always)]
    fn from(v: Value) -> Slot {
        match v {
            Value::Num(c) => c.into(),
            Value::Vec(c) => c.into(),
            Value::Ref(r) => r.into(),
        }
    }
}

impl From<FieldVal> for Slot {
    fn from(fv: FieldVal) -> Slot {
        match fv {
            FieldVal::Val(v) => v.into(),
            FieldVal::Pack(pt, i) => Slot::pack(pt, i),
        }
    }
}

impl From<Option<Value>> for Slot {
    #[inline(always)]
    fn from(v: Option<Value>) -> Slot {
        v.map_or(Slot::UNSET, Slot::from)
    }
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.fieldval() {
            Some(fv) => fv.fmt(f),
            None => f.write_str("Unset"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive() {
        let refs = [
            Ref::Null,
            Ref::I31(7),
            Ref::I31Shared(7),
            Ref::Struct(1),
            Ref::Array(2),
            Ref::Func(3),
            Ref::Exn(4),
            Ref::Host(5),
        ];
        let externs =
            [Internal::I31(1), Internal::I31Shared(1), Internal::Struct(2), Internal::Array(3), Internal::Host(4)]
                .map(Ref::Extern);
        let nums = [Num::I32(u32::MAX), Num::I64(u64::MAX), Num::F32(1), Num::F64(1 << 63)];
        let vals = refs.into_iter().chain(externs).map(Value::Ref).chain(nums.map(Value::Num));
        for v in vals.chain([Value::Vec(V128([0xab; 16]))]) {
            let slot = Slot::from(v);
            assert_eq!(slot.value(), Some(v));
            assert_eq!(slot.copied(), slot);
            assert!(slot.is_set());
        }
        assert_eq!(Slot::UNSET.value(), None);
        assert_eq!(Slot::pack(PackType::I8, 0x1ff).fieldval(), Some(FieldVal::Pack(PackType::I8, 0xff)));
    }
}
