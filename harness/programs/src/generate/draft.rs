//! Generated modules with their exports for later ones.

use super::Planned;
use lockstep_semantics::syntax::*;

/// A generated module, with planned calls, and the exports that it offers to later modules.
pub(super) struct ModuleDraft {
    pub(super) module: Module,
    pub(super) calls: Vec<Planned>,
    pub(super) offers: Vec<Offer>,
    pub(super) recs: Vec<RecType>,
}

/// An export that later modules can import.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) module: String,
    pub(super) name: String,
    pub(super) ty: ExternType,
    /// Type indices below this mean what they mean in the first module.
    pub(super) bound: usize,
}

/// Whether a type mentions only indices below a bound.
fn below(t: ValType, bound: usize) -> bool {
    match t {
        ValType::Ref(RefType { heap: HeapType::Use(TypeUse::Idx(x)), .. }) => (x as usize) < bound,
        _ => true,
    }
}

impl Offer {
    /// Whether the type means the same in a module whose indices below a bound are those of the first module.
    pub(super) fn fits(&self, bound: usize) -> bool {
        let bound = bound.min(self.bound);
        match self.ty {
            ExternType::Tag(TypeUse::Idx(x)) | ExternType::Func(TypeUse::Idx(x)) => (x as usize) < bound,
            ExternType::Tag(_) | ExternType::Func(_) => false,
            ExternType::Global(gt) => below(gt.val, bound),
            ExternType::Table(tt) => below(ValType::Ref(tt.elem), bound),
            ExternType::Mem(_) => true,
        }
    }
}
