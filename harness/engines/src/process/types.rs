//! Types of a module, written into another one.

use super::info::Info;
use wasm_encoder as enc;
use wasmparser as wp;

/// Types whose indices are moved by a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved(pub(super) u32);

impl Moved {
    /// Writes all types of a module. `None` when there is one that the encoder does not know.
    pub(super) fn groups(self, info: &Info, to: &mut enc::TypeSection) -> Option<u32> {
        let mut count = 0;
        for group in &info.groups {
            let types = group.types().map(|ty| self.sub_type(ty)).collect::<Option<Vec<_>>>()?;
            count += u32::try_from(types.len()).ok()?;
            match types.as_slice() {
                [ty] if !group.is_explicit_rec_group() => to.ty().subtype(ty),
                _ => to.ty().rec(types),
            }
        }
        Some(count)
    }

    fn sub_type(self, ty: &wp::SubType) -> Option<enc::SubType> {
        let composite = &ty.composite_type;
        if composite.descriptor_idx.is_some() || composite.describes_idx.is_some() {
            return None;
        }
        let inner = match &composite.inner {
            wp::CompositeInnerType::Func(func) => {
                enc::CompositeInnerType::Func(enc::FuncType::new(self.vals(func.params())?, self.vals(func.results())?))
            }
            wp::CompositeInnerType::Array(array) => {
                enc::CompositeInnerType::Array(enc::ArrayType(self.field(&array.0)?))
            }
            wp::CompositeInnerType::Struct(fields) => {
                let fields = fields.fields.iter().map(|field| self.field(field)).collect::<Option<_>>()?;
                enc::CompositeInnerType::Struct(enc::StructType { fields })
            }
            wp::CompositeInnerType::Cont(cont) => enc::CompositeInnerType::Cont(enc::ContType(self.index(cont.0)?)),
        };
        Some(enc::SubType {
            is_final: ty.is_final,
            supertype_idxs: ty.supertype_idxs.iter().map(|index| self.index(*index)).collect::<Option<_>>()?,
            composite_type: enc::CompositeType { inner, shared: composite.shared, descriptor: None, describes: None },
        })
    }

    fn index(self, index: wp::PackedIndex) -> Option<u32> {
        self.0.checked_add(index.as_module_index()?)
    }

    fn field(self, field: &wp::FieldType) -> Option<enc::FieldType> {
        let element_type = match field.element_type {
            wp::StorageType::I8 => enc::StorageType::I8,
            wp::StorageType::I16 => enc::StorageType::I16,
            wp::StorageType::Val(ty) => enc::StorageType::Val(self.val(ty)?),
        };
        Some(enc::FieldType { element_type, mutable: field.mutable })
    }

    /// Value types.
    pub(super) fn vals(self, types: &[wp::ValType]) -> Option<Vec<enc::ValType>> {
        types.iter().map(|ty| self.val(*ty)).collect()
    }

    /// A value type.
    pub(super) fn val(self, ty: wp::ValType) -> Option<enc::ValType> {
        Some(match ty {
            wp::ValType::I32 => enc::ValType::I32,
            wp::ValType::I64 => enc::ValType::I64,
            wp::ValType::F32 => enc::ValType::F32,
            wp::ValType::F64 => enc::ValType::F64,
            wp::ValType::V128 => enc::ValType::V128,
            wp::ValType::Ref(ty) => enc::ValType::Ref(self.reference(ty)?),
        })
    }

    /// A reference type.
    pub(super) fn reference(self, ty: wp::RefType) -> Option<enc::RefType> {
        use enc::AbstractHeapType as E;
        use wp::AbstractHeapType as W;
        let heap_type = match ty.heap_type() {
            wp::HeapType::Abstract { shared, ty } => {
                let ty = match ty {
                    W::Func => E::Func,
                    W::Extern => E::Extern,
                    W::Any => E::Any,
                    W::None => E::None,
                    W::NoExtern => E::NoExtern,
                    W::NoFunc => E::NoFunc,
                    W::Eq => E::Eq,
                    W::Struct => E::Struct,
                    W::Array => E::Array,
                    W::I31 => E::I31,
                    W::Exn => E::Exn,
                    W::NoExn => E::NoExn,
                    W::Cont => E::Cont,
                    W::NoCont => E::NoCont,
                };
                enc::HeapType::Abstract { shared, ty }
            }
            wp::HeapType::Concrete(index) => enc::HeapType::Concrete(self.0.checked_add(index.as_module_index()?)?),
            wp::HeapType::Exact(_) => return None,
        };
        Some(enc::RefType { nullable: ty.is_nullable(), heap_type })
    }
}
