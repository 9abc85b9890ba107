//! Which values are those of a smaller type.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::Machine;
use crate::il::{Case, DefTyp, IterTyp, MixId, Typ, TypId};
use crate::term::{Term, View};

impl Machine<'_> {
    /// The cases of a type, if it is a variant.
    fn members(&mut self, id: TypId, depth: u32) -> Option<Rc<FxHashSet<MixId>>> {
        if let Some(known) = self.members.get(&id) {
            return known.clone();
        }
        let script = self.script;
        let mut found: Option<FxHashSet<MixId>> = None;
        for inst in &script.typs[id.index()].insts {
            match &inst.body {
                DefTyp::Alias(typ) => {
                    let more = self.members_of(typ, depth + 1)?;
                    found.get_or_insert_default().extend(more.iter().copied());
                }
                DefTyp::Variant(cases) => {
                    let found = found.get_or_insert_default();
                    for case in cases {
                        match case {
                            Case::Case(def) => _ = found.insert(def.mixop),
                            Case::Include(typ) => {
                                let more = self.members_of(typ, depth + 1);
                                found.extend(more.iter().flat_map(|more| more.iter().copied()));
                            }
                        }
                    }
                }
                _ => return None,
            }
        }
        let found = found.map(Rc::new);
        self.members.insert(id, found.clone());
        found
    }

    fn members_of(&mut self, typ: &Typ, depth: u32) -> Option<Rc<FxHashSet<MixId>>> {
        match typ {
            Typ::Var(id, _) if depth < 32 => self.members(*id, depth),
            _ => None,
        }
    }

    /// Whether a value is one of a type, as far as the cases of variants tell.
    pub(super) fn is_of(&mut self, term: Term, typ: &Typ) -> bool {
        match (typ, self.terms.view(term)) {
            (Typ::Var(..), View::Case(mixop, _)) => self.members_of(typ, 0).is_none_or(|all| all.contains(&mixop)),
            (Typ::Iter(typ, IterTyp::List | IterTyp::Opt), View::Seq(_)) => {
                self.terms.elements(term).into_iter().all(|element| self.is_of(element, typ))
            }
            _ => true,
        }
    }
}
