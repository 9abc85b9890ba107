//! Links the modules of a program: later modules import exports of earlier ones.
//!
//! A later module begins with the first recursive types of the first module, so that an index below their number means
//! the same in both. An export can be imported if its type mentions no other indices; the import has the type of the
//! export or, where that matches, a wider one.

use super::body::Gen;
use super::draft::{ModuleDraft, Offer};
use lockstep_semantics::syntax::*;

/// The name of the fuel: the first global of every module.
const FUEL: &str = "global-0";

impl Gen<'_, '_, '_> {
    /// Imports the fuel and some of what earlier modules offer.
    pub(super) fn imports(&mut self, earlier: &[ModuleDraft]) {
        let Some(first) = earlier.first() else { return };
        // How many of the types are those of the first module.
        let shared = self.types.recs.iter().zip(&first.recs).take_while(|(a, b)| a == b);
        let bound: usize = shared.map(|(rec, _)| rec.0.len()).sum();
        self.shared = Some(bound);
        if let Some(fuel) = first.offers.iter().find(|offer| offer.name == FUEL) {
            self.import(fuel, fuel.ty);
        }
        // The fuel only once, and under no other index.
        let fits = |offer: &&Offer| offer.name != FUEL && offer.fits(bound);
        let all: Vec<&Offer> = earlier.iter().flat_map(|made| &made.offers).filter(fits).collect();
        for _ in 0..self.r.within(2, 7) {
            let Some(offer) = self.r.pick(&all) else { return };
            let ty = self.wider(offer.ty);
            self.import(offer, ty);
        }
    }

    fn import(&mut self, offer: &Offer, ty: ExternType) {
        match ty {
            ExternType::Func(TypeUse::Idx(x)) => {
                self.funcs.push(x);
            }
            ExternType::Tag(TypeUse::Idx(x)) => self.tags.push(x),
            ExternType::Func(_) | ExternType::Tag(_) => return,
            ExternType::Global(gt) => self.globals.push(gt),
            ExternType::Table(tt) => self.tables.push(tt),
            ExternType::Mem(mt) => self.mems.push(mt),
        }
        self.module.imports.push(Import { module: offer.module.clone(), name: offer.name.clone(), ty });
    }

    /// A type that matches, or one above it.
    fn wider(&mut self, ty: ExternType) -> ExternType {
        if self.r.chance(60) {
            return ty;
        }
        match ty {
            ExternType::Func(TypeUse::Idx(x)) => ExternType::Func(TypeUse::Idx(self.types.supertype(x).unwrap_or(x))),
            ExternType::Global(gt) if !gt.mutable => match gt.val {
                ValType::Ref(rt) => {
                    let above = self.types.above(rt.heap);
                    let rt = RefType { null: rt.null || self.r.chance(50), heap: above[self.r.below(above.len())] };
                    ExternType::Global(GlobalType { val: ValType::Ref(rt), ..gt })
                }
                _ => ty,
            },
            ExternType::Table(tt) => {
                let limits = Limits { min: tt.limits.min.min(1), max: tt.limits.max.map(|max| max + 1) };
                ExternType::Table(TableType { limits, ..tt })
            }
            ExternType::Mem(mt) => {
                let limits = Limits { max: mt.limits.max.map(|max| max + 1), ..mt.limits };
                ExternType::Mem(MemType { limits, ..mt })
            }
            _ => ty,
        }
    }

    /// The exports that later modules can import.
    pub(super) fn offers(&self, module: &str) -> Vec<Offer> {
        let bound = self.shared.unwrap_or(self.types.user);
        let offer = |export: &Export| {
            let ty = match export.idx {
                // Functions that only the host calls are not for other modules.
                ExternIdx::Func(f) if (f as usize) < self.user_funcs && !export.name.starts_with("call") => {
                    ExternType::Func(TypeUse::Idx(self.funcs[f as usize]))
                }
                ExternIdx::Func(_) => return None,
                ExternIdx::Global(x) => ExternType::Global(self.globals[x as usize]),
                ExternIdx::Table(x) => ExternType::Table(self.tables[x as usize]),
                ExternIdx::Mem(x) => ExternType::Mem(self.mems[x as usize]),
                ExternIdx::Tag(x) => {
                    let TypeUse::Idx(ty) = TypeUse::Idx(self.tags[x as usize]) else { return None };
                    if !self.types.functype(ty).params.iter().all(|t| self.types.const_inhabited(*t)) {
                        return None;
                    }
                    ExternType::Tag(TypeUse::Idx(ty))
                }
            };
            Some(Offer { module: module.to_owned(), name: export.name.clone(), ty, bound })
        };
        self.module.exports.iter().filter_map(offer).collect()
    }
}
