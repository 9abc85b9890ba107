//! Locals, parameters and results.

use super::State;
use super::code::cut;
use super::draft::{Draft, Op, SpaceKind};
use super::flow::Context;
use super::remap::{Indices as _, without};
use super::search::Search;
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::Space;
use std::collections::BTreeSet;

/// A part to remove from a function type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Param(usize),
    /// The last result.
    Result,
}

impl Search<'_> {
    /// All functions' locals, parameters and results.
    pub(super) fn signatures(&mut self) {
        self.phase = "locals, parameters and results";
        for m in 0..self.state.modules.len() {
            self.attempt(|state| {
                let draft = &mut state.modules[m].1;
                (0..draft.funcs.len()).filter(|&f| draft.drop_idle_locals(f)).count() > 0
            });
            // From the types themselves, and so from all that has them.
            for ty in (0..self.state.modules[m].1.subtypes().count() as TypeIdx).rev() {
                for part in self.parts(m, ty) {
                    self.attempt(|state| state.without(m, ty, part, None));
                }
            }
            // From one function, which gets a type of its own.
            for f in (0..self.state.modules[m].1.funcs.len()).rev() {
                self.attempt(|state| state.modules[m].1.drop_idle_locals(f));
                for part in self.parts(m, self.state.modules[m].1.funcs[f].ty) {
                    self.attempt(|state| state.without(m, state.modules[m].1.funcs[f].ty, part, Some(f)));
                }
            }
        }
    }

    /// What can be taken from a type, the last first.
    fn parts(&self, m: usize, ty: TypeIdx) -> Vec<Part> {
        let context = Context::new(&self.state.modules[m].1);
        let (params, results) = context.func_type(ty);
        let results = results.iter().map(|_| Part::Result);
        results.chain((0..params.len()).rev().map(Part::Param)).collect()
    }
}

impl State {
    /// Takes a part from a function type, or with `own` only from a function of that type, which gets a type of its
    /// own.
    fn without(&mut self, m: usize, ty: TypeIdx, part: Part, own: Option<usize>) -> bool {
        let draft = &mut self.modules[m].1;
        let imported = draft.imported(SpaceKind::Func).count();
        let context = Context::new(draft);
        let (params, results) = context.func_type(ty);
        let (mut params, mut results) = (params.to_vec(), results.to_vec());
        let default = results.last().and_then(|&t| context.default(t));
        let changed: BTreeSet<FuncIdx> = match own {
            Some(f) => BTreeSet::from([(imported + f) as FuncIdx]),
            None => (0..).zip(&context.funcs).filter(|(_, t)| **t == ty).map(|(x, _)| x).collect(),
        };
        let taken = match part {
            Part::Param(k) if k < params.len() => Some(params.remove(k)),
            Part::Param(_) => return false,
            Part::Result if results.pop().is_some() => None,
            Part::Result => return false,
        };
        let arity = params.len() + usize::from(taken.is_some());

        // Where such functions are called.
        for g in 0..draft.funcs.len() {
            let known = draft.flow_of(&context, g);
            let body = &draft.funcs[g].body;
            let (mut gone, mut instead) = (Vec::new(), Vec::new());
            for (i, op) in body.iter().enumerate() {
                let Op::Plain(instr) = op else { continue };
                let concerned = match *instr {
                    Instr::Call(x) | Instr::ReturnCall(x) => changed.contains(&x),
                    Instr::CallRef(TypeUse::Idx(x)) | Instr::ReturnCallRef(TypeUse::Idx(x)) => own.is_none() && x == ty,
                    Instr::CallIndirect(_, TypeUse::Idx(x)) | Instr::ReturnCallIndirect(_, TypeUse::Idx(x)) => {
                        own.is_none() && x == ty
                    }
                    Instr::Throw(x) => own.is_none() && context.tags.get(x as usize) == Some(&ty),
                    _ => false,
                };
                if !concerned {
                    continue;
                }
                match part {
                    Part::Param(k) => {
                        let node = known.nodes[i].as_ref().filter(|node| node.operands.len() >= arity);
                        match node.and_then(|node| node.operands[k].clone()) {
                            Some(piece) => gone.push(piece),
                            None => return false,
                        }
                    }
                    Part::Result => {
                        let returns = matches!(
                            instr,
                            Instr::ReturnCall(_) | Instr::ReturnCallRef(_) | Instr::ReturnCallIndirect(..)
                        );
                        match &default {
                            Some(default) if !returns => {
                                instead.push((i, [std::slice::from_ref(op), default].concat()))
                            }
                            _ => return false,
                        }
                    }
                }
            }
            if !gone.is_empty() || !instead.is_empty() {
                draft.funcs[g].body = cut(body, &gone, &instead);
            }
        }
        // The functions themselves.
        for &x in &changed {
            let Some(g) = (x as usize).checked_sub(imported) else { continue };
            match (part, taken) {
                (Part::Param(k), Some(t)) => {
                    // It becomes the first local.
                    let new = |y: usize| match y {
                        y if y == k => arity - 1,
                        y if y > k && y < arity => y - 1,
                        y => y,
                    };
                    let count = arity + draft.funcs[g].locals.len();
                    let new: Vec<Option<Idx>> = (0..count).map(|y| Some(new(y) as Idx)).collect();
                    draft.funcs[g].locals.insert(0, t);
                    if !draft.renumber_locals(g, &new) {
                        return false;
                    }
                }
                _ => draft.funcs[g].body.push(Op::Plain(Instr::Drop)),
            }
        }
        let comp = CompType::Func(FuncType { params, results });
        if let Some(f) = own {
            let x = context.types.len() as TypeIdx;
            draft.types.push(RecType(vec![SubType {
                is_final: true,
                supers: Vec::new(),
                share: Share::Unshared,
                comp,
            }]));
            draft.funcs[f].ty = x;
        } else if let Some(st) = draft.subtype_mut(ty) {
            st.comp = comp;
        }
        // Calls from outside.
        let exported = |name: &str| {
            draft
                .exports
                .iter()
                .any(|export| matches!(export.idx, ExternIdx::Func(x) if changed.contains(&x) && export.name == name))
        };
        if let Part::Param(k) = part {
            for call in self.calls.iter_mut().filter(|call| call.module == m && exported(&call.function)) {
                if k < call.args.len() {
                    call.args.remove(k);
                }
            }
        }
        true
    }
}

impl Draft {
    /// Drops the locals of a function that nothing mentions.
    pub(super) fn drop_idle_locals(&mut self, f: usize) -> bool {
        let context = Context::new(self);
        let params = context.func_type(self.funcs[f].ty).0.len();
        let mut mentioned = BTreeSet::new();
        self.funcs[f].body.indices(&mut |space, x| {
            if space == Space::Local {
                mentioned.insert(*x as usize);
            }
        });
        let count = params + self.funcs[f].locals.len();
        let gone = |x: usize| x >= params && !mentioned.contains(&x);
        let new = without(count, gone);
        if new.iter().all(Option::is_some) {
            return false;
        }
        let mut x = params;
        self.funcs[f].locals.retain(|_| {
            x += 1;
            !gone(x - 1)
        });
        self.renumber_locals(f, &new)
    }
}
