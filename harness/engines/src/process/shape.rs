//! Values at the boundary `numeric`: each is lowered to `i32`, `i64` and `externref` values.

use super::info::Info;
use super::wire::{Named, Number, Wire};
use crate::Failure;
use crate::value::{RefVal, Val};
use wasm_encoder as enc;
use wasmparser::{AbstractHeapType, CompositeInnerType, HeapType, RefType, ValType};

/// A value type, as far as values of it can be seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: ValueKind,
    /// For references, the type.
    pub(super) reference: Option<RefType>,
    takes_i31: bool,
    takes_host: bool,
}

/// The kind of a value, which determines how it is lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    I32,
    I64,
    F32,
    F64,
    V128,
    /// References below `any`.
    Any,
    /// References below `(shared any)`. There are no such arguments but null.
    Shared,
    Extern,
    Func,
    Exn,
}

/// The first number of a lowered reference below `any`: its class.
pub(super) const NULL: i32 = 0;
pub(super) const I31: i32 = 1;
pub(super) const STRUCT: i32 = 2;
pub(super) const ARRAY: i32 = 3;
pub(super) const HOST: i32 = 4;

impl Shape {
    /// The shape of a type of a module; `None` when there is none, as of references to continuations.
    pub(super) fn of(ty: ValType, info: &Info) -> Option<Shape> {
        let plain = |kind| Some(Shape { kind, reference: None, takes_i31: false, takes_host: false });
        match ty {
            ValType::I32 => plain(ValueKind::I32),
            ValType::I64 => plain(ValueKind::I64),
            ValType::F32 => plain(ValueKind::F32),
            ValType::F64 => plain(ValueKind::F64),
            ValType::V128 => plain(ValueKind::V128),
            ValType::Ref(reference) => Self::of_ref(reference, info),
        }
    }

    /// The shapes of types.
    pub(super) fn of_all(types: &[ValType], info: &Info) -> Option<Vec<Shape>> {
        types.iter().map(|ty| Shape::of(*ty, info)).collect()
    }

    pub(super) fn of_ref(reference: RefType, info: &Info) -> Option<Shape> {
        use AbstractHeapType as A;
        let (kind, takes_i31, takes_host) = match reference.heap_type() {
            HeapType::Abstract { shared: false, ty } => match ty {
                A::Any => (ValueKind::Any, true, true),
                A::Eq | A::I31 => (ValueKind::Any, true, false),
                A::Struct | A::Array | A::None => (ValueKind::Any, false, false),
                A::Extern => (ValueKind::Extern, false, true),
                A::NoExtern => (ValueKind::Extern, false, false),
                A::Func | A::NoFunc => (ValueKind::Func, false, false),
                A::Exn | A::NoExn => (ValueKind::Exn, false, false),
                A::Cont | A::NoCont => return None,
            },
            HeapType::Abstract { shared: true, ty: A::Any | A::Eq | A::I31 | A::Struct | A::Array | A::None } => {
                (ValueKind::Shared, false, false)
            }
            HeapType::Concrete(index) => {
                let ty = info.sub_type(index.as_module_index()?)?;
                match ty.composite_type.inner {
                    CompositeInnerType::Struct(_) | CompositeInnerType::Array(_) if ty.composite_type.shared => {
                        (ValueKind::Shared, false, false)
                    }
                    _ if ty.composite_type.shared => return None,
                    CompositeInnerType::Func(_) => (ValueKind::Func, false, false),
                    CompositeInnerType::Struct(_) | CompositeInnerType::Array(_) => (ValueKind::Any, false, false),
                    CompositeInnerType::Cont(_) => return None,
                }
            }
            _ => return None,
        };
        Some(Shape { kind, reference: Some(reference), takes_i31, takes_host })
    }

    /// The parameters that a parameter of this shape is lowered to.
    pub(super) fn params(self) -> &'static [enc::ValType] {
        const EXTERN: enc::ValType = enc::ValType::Ref(enc::RefType::EXTERNREF);
        match self.kind {
            ValueKind::I32 | ValueKind::F32 => &[enc::ValType::I32],
            ValueKind::I64 | ValueKind::F64 => &[enc::ValType::I64],
            ValueKind::V128 => &[enc::ValType::I64, enc::ValType::I64],
            ValueKind::Any => &[enc::ValType::I32, enc::ValType::I32, EXTERN],
            ValueKind::Extern => &[EXTERN],
            // There is no such argument but null.
            ValueKind::Func | ValueKind::Exn | ValueKind::Shared => &[],
        }
    }

    /// Lowers an argument; `None` when it is not of the type.
    fn lower(self, val: Val, to: &mut Vec<Wire>) -> Option<()> {
        let i32 = |i: u32| Wire::I32(Number(i.into()));
        let i64 = |i: u64| Wire::I64(Number(i));
        let null = || Wire::Ref(Named::Null);
        match (self.kind, val) {
            (ValueKind::I32, Val::I32(i)) | (ValueKind::F32, Val::F32(i)) => to.push(i32(i)),
            (ValueKind::I64, Val::I64(i)) | (ValueKind::F64, Val::F64(i)) => to.push(i64(i)),
            (ValueKind::V128, Val::V128(bytes)) => {
                let bits = u128::from_le_bytes(bytes);
                to.extend([i64(bits as u64), i64((bits >> 64) as u64)]);
            }
            (_, Val::Ref(RefVal::Null)) if self.reference?.is_nullable() => match self.kind {
                ValueKind::Any => to.extend([i32(0), i32(0), null()]),
                ValueKind::Extern => to.push(null()),
                _ => {}
            },
            (ValueKind::Any, Val::Ref(RefVal::I31(i))) if self.takes_i31 => to.extend([i32(1), i32(i), null()]),
            (ValueKind::Any, Val::Ref(RefVal::Host(n))) if self.takes_host => {
                to.extend([i32(0), i32(0), Wire::Extern(Some(n))]);
            }
            (ValueKind::Extern, Val::Ref(RefVal::Extern(Some(n)))) if self.takes_host => to.push(Wire::Extern(Some(n))),
            _ => return None,
        }
        Some(())
    }
}

/// Lowers arguments.
///
/// # Errors
/// [`Failure::Misuse`] when they are not of the types.
pub(super) fn lower(shapes: &[Shape], args: &[Val]) -> Result<Vec<Wire>, Failure> {
    if shapes.len() != args.len() {
        return Err(Failure::Misuse(format!("the function takes {} arguments, not {}", shapes.len(), args.len())));
    }
    let mut wires = Vec::with_capacity(args.len());
    for (i, (shape, arg)) in shapes.iter().zip(args).enumerate() {
        shape
            .lower(*arg, &mut wires)
            .ok_or_else(|| Failure::Misuse(format!("argument {} ({arg}) has not the type of the parameter", i + 1)))?;
    }
    Ok(wires)
}

/// The numbers of `i32`, `i64` and `externref` values that results are lowered to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slots {
    pub(super) i32s: u32,
    pub(super) i64s: u32,
    pub(super) externs: u32,
}

impl Slots {
    /// The slots of a result of a shape.
    pub(super) fn of(shape: Shape) -> Slots {
        match shape.kind {
            ValueKind::I32 | ValueKind::F32 | ValueKind::Func | ValueKind::Exn => Slots { i32s: 1, ..Slots::default() },
            ValueKind::I64 | ValueKind::F64 => Slots { i64s: 1, ..Slots::default() },
            ValueKind::V128 => Slots { i64s: 2, ..Slots::default() },
            ValueKind::Any => Slots { i32s: 2, externs: 1, ..Slots::default() },
            ValueKind::Shared => Slots { i32s: 2, ..Slots::default() },
            ValueKind::Extern => Slots { externs: 1, ..Slots::default() },
        }
    }

    /// The slots of several results together.
    pub(super) fn of_all(shapes: &[Shape]) -> Slots {
        shapes.iter().fold(Slots::default(), |sum, shape| sum + Slots::of(*shape))
    }

    /// The slots that suffice for either.
    pub(super) fn max(self, other: Slots) -> Slots {
        Slots {
            i32s: self.i32s.max(other.i32s),
            i64s: self.i64s.max(other.i64s),
            externs: self.externs.max(other.externs),
        }
    }

    /// The types, in order.
    pub(super) fn types(self) -> impl Iterator<Item = enc::ValType> {
        let n = |n: u32, ty| std::iter::repeat_n(ty, n as usize);
        let externs = n(self.externs, enc::ValType::Ref(enc::RefType::EXTERNREF));
        n(self.i32s, enc::ValType::I32).chain(n(self.i64s, enc::ValType::I64)).chain(externs)
    }
}

impl std::ops::Add for Slots {
    type Output = Slots;
    fn add(self, other: Slots) -> Slots {
        Slots { i32s: self.i32s + other.i32s, i64s: self.i64s + other.i64s, externs: self.externs + other.externs }
    }
}

/// Lifts values from their slots, which may be more than they need.
pub(super) fn raise(shapes: &[Shape], slots: Slots, wires: &[Wire]) -> Result<Vec<Val>, Failure> {
    let expected = (slots.i32s + slots.i64s + slots.externs) as usize;
    if wires.len() != expected {
        return Err(Failure::Crash(format!("{} results in the stead of {expected}", wires.len())));
    }
    let (i32s, rest) = wires.split_at(slots.i32s as usize);
    let (i64s, externs) = rest.split_at(slots.i64s as usize);
    let mut i32s = i32s.iter().map(|wire| match wire {
        Wire::I32(n) => Ok(n.0 as u32),
        other => Err(Failure::Crash(format!("{other:?} in the stead of an i32"))),
    });
    let mut i64s = i64s.iter().map(|wire| match wire {
        Wire::I64(n) => Ok(n.0),
        other => Err(Failure::Crash(format!("{other:?} in the stead of an i64"))),
    });
    let mut externs = externs.iter().map(|wire| match wire {
        Wire::Ref(Named::Null) => RefVal::Null,
        Wire::Extern(n) => RefVal::Extern(*n),
        // However the host sees it, it is none of its own.
        _ => RefVal::Extern(None),
    });
    let few = || Failure::Crash("too few results".into());
    let mut i32 = || i32s.next().ok_or_else(few)?;
    let mut i64 = || i64s.next().ok_or_else(few)?;
    let mut reference = || externs.next().ok_or_else(few);
    let one = |shape: &Shape| {
        Ok(match shape.kind {
            ValueKind::I32 => Val::I32(i32()?),
            ValueKind::F32 => Val::F32(i32()?),
            ValueKind::I64 => Val::I64(i64()?),
            ValueKind::F64 => Val::F64(i64()?),
            ValueKind::V128 => {
                let (low, high) = (i64()?, i64()?);
                Val::V128((u128::from(low) | u128::from(high) << 64).to_le_bytes())
            }
            ValueKind::Any | ValueKind::Shared => {
                let shared = shape.kind == ValueKind::Shared;
                let (kind, value) = (i32()?.cast_signed(), i32()?);
                let host = if shared { RefVal::Null } else { reference()? };
                Val::Ref(match (kind, host) {
                    (NULL, _) => RefVal::Null,
                    (I31, _) if shared => RefVal::I31Shared(value),
                    (I31, _) => RefVal::I31(value),
                    (STRUCT, _) => RefVal::Struct,
                    (ARRAY, _) => RefVal::Array,
                    (HOST, RefVal::Extern(Some(n))) => RefVal::Host(n),
                    (kind, host) => return Err(Failure::Crash(format!("a reference of kind {kind}, {host}"))),
                })
            }
            ValueKind::Extern => Val::Ref(reference()?),
            ValueKind::Func | ValueKind::Exn if i32()? != 0 => Val::Ref(RefVal::Null),
            ValueKind::Func => Val::Ref(RefVal::Func),
            ValueKind::Exn => Val::Ref(RefVal::Exn),
        })
    };
    shapes.iter().map(one).collect()
}
