//! Imports that do not fit.

use super::Changes;
use lockstep_semantics::syntax::*;

impl Changes<'_, '_> {
    /// Asks for something of another type: a wider one, a narrower one, or an unrelated one.
    pub(super) fn import(&mut self, module: &mut Module) -> Option<String> {
        let n = module.imports.len();
        let at = self.r.below(n);
        // One with a type that others are below or above, if there is one.
        let related = |changes: &Self, import: &Import| match import.ty {
            ExternType::Tag(TypeUse::Idx(x)) | ExternType::Func(TypeUse::Idx(x)) => {
                !changes.relatives(x as usize).is_empty()
            }
            _ => true,
        };
        let i = (0..n).cycle().skip(at).take(n).find(|i| related(self, &module.imports[*i]))?;
        let import = module.imports.get_mut(i)?;
        import.ty = match import.ty {
            ExternType::Tag(TypeUse::Idx(x)) => ExternType::Tag(self.relative(x)?),
            ExternType::Func(TypeUse::Idx(x)) => ExternType::Func(self.relative(x)?),
            ExternType::Tag(_) | ExternType::Func(_) => return None,
            ExternType::Global(gt) => {
                if self.r.chance(25) {
                    ExternType::Global(GlobalType { mutable: !gt.mutable, ..gt })
                } else {
                    let ValType::Ref(rt) = gt.val else { return None };
                    ExternType::Global(GlobalType { val: ValType::Ref(self.other_import_type(rt)), ..gt })
                }
            }
            ExternType::Table(tt) => match self.r.below(4) {
                0 => ExternType::Table(TableType { limits: self.other_limits(tt.limits), ..tt }),
                1 => ExternType::Table(TableType { addr: other_addr(tt.addr), ..tt }),
                _ => ExternType::Table(TableType { elem: self.other_import_type(tt.elem), ..tt }),
            },
            ExternType::Mem(mt) => match self.r.below(3) {
                0 => ExternType::Mem(MemType { addr: other_addr(mt.addr), ..mt }),
                _ => ExternType::Mem(MemType { limits: self.other_limits(mt.limits), ..mt }),
            },
        };
        Some(format!("import {i} is asked for with another type"))
    }

    /// The types directly above and below a type.
    fn relatives(&self, x: usize) -> Vec<usize> {
        let above = self.subs.get(x).and_then(super::superindex);
        let below = (0..self.subs.len()).filter(|y| super::superindex(&self.subs[*y]) == Some(x));
        above.into_iter().chain(below).collect()
    }

    fn relative(&mut self, x: TypeIdx) -> Option<TypeUse> {
        let all = self.relatives(x as usize);
        Some(TypeUse::Idx(self.r.pick(&all)? as TypeIdx))
    }

    fn other_import_type(&mut self, rt: RefType) -> RefType {
        let heap = match rt.heap {
            HeapType::Use(TypeUse::Idx(x)) if self.r.chance(50) => match self.relative(x) {
                Some(tu) => HeapType::Use(tu),
                None => return RefType { null: !rt.null, ..rt },
            },
            HeapType::Abs(share, AbsHeapType::Eq) if self.r.chance(50) => HeapType::Abs(share, AbsHeapType::Any),
            HeapType::Abs(share, AbsHeapType::I31 | AbsHeapType::Struct | AbsHeapType::Array) if self.r.chance(50) => {
                HeapType::Abs(share, AbsHeapType::Eq)
            }
            _ => return RefType { null: !rt.null, ..rt },
        };
        RefType { heap, ..rt }
    }

    fn other_limits(&mut self, limits: Limits) -> Limits {
        match limits.max {
            Some(max) if self.r.chance(50) => Limits { max: Some(max.saturating_sub(1).max(limits.min)), ..limits },
            _ => Limits { min: limits.min + 1, max: limits.max.map(|max| max.max(limits.min + 1)) },
        }
    }
}

fn other_addr(at: AddrType) -> AddrType {
    match at {
        AddrType::I32 => AddrType::I64,
        AddrType::I64 => AddrType::I32,
    }
}
