//! Calls, modules, exports, definitions, segments and imports.

use super::State;
use super::draft::{Draft, Function, Mode, Op, SpaceKind};
use super::flow::Context;
use super::remap::{Indices as _, without};
use super::search::Search;
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::Space;
use std::collections::BTreeSet;
use std::ops::Range;

impl Search<'_> {
    /// Everything that is not inside of a body or a type.
    pub(super) fn items(&mut self) {
        self.phase = "calls and modules";
        self.chunks(|state| state.calls.len(), |state, range| drop_range(&mut state.calls, range));
        self.arguments();
        for m in (0..self.state.modules.len()).rev() {
            self.attempt(|state| state.drop_module(m));
        }
        for m in 0..self.state.modules.len() {
            self.phase = "exports";
            self.chunks(|s| s.modules[m].1.exports.len(), |s, range| drop_range(&mut s.modules[m].1.exports, range));
            self.phase = "definitions";
            self.attempt(|state| state.modules[m].1.collect());
            self.chunks(
                |s| s.modules[m].1.funcs.len(),
                |s, range| range.rev().filter(|&f| s.modules[m].1.stub(f)).count() > 0,
            );
            self.phase = "statements";
            self.all_statements(m);
            self.phase = "definitions";
            self.attempt(|state| state.modules[m].1.start.take().is_some());
            self.chunks(|s| s.modules[m].1.datas.len(), |s, range| s.modules[m].1.drop_datas(range));
            self.chunks(|s| s.modules[m].1.elems.len(), |s, range| s.modules[m].1.drop_elems(range));
            for kind in SpaceKind::ALL {
                self.chunks(|s| s.modules[m].1.defined(kind), |s, range| s.modules[m].1.drop_defined(kind, range));
            }
            self.chunks(
                |s| s.modules[m].1.imports.len(),
                |s, range| range.rev().all(|i| s.modules[m].1.drop_import(i)),
            );
            self.chunks(
                |s| s.modules[m].1.imports.len(),
                |s, range| range.rev().all(|i| s.modules[m].1.stub_import(i)),
            );
            self.attempt(|state| state.modules[m].1.collect());
            self.phase = "segments and limits";
            self.content(m);
        }
    }

    /// Arguments of calls.
    fn arguments(&mut self) {
        use lockstep_engines::Val;
        for c in 0..self.state.calls.len() {
            for a in 0..self.state.calls[c].args.len() {
                self.attempt(|state| {
                    let arg = &mut state.calls[c].args[a];
                    let zero = match arg {
                        Val::I32(_) => Val::I32(0),
                        Val::I64(_) => Val::I64(0),
                        Val::F32(_) => Val::F32(0),
                        Val::F64(_) => Val::F64(0),
                        Val::V128(_) => Val::V128([0; 16]),
                        Val::Ref(_) => return false,
                    };
                    std::mem::replace(arg, zero) != zero
                });
            }
        }
    }

    /// Reduces the content of segments, tables, memories and globals.
    fn content(&mut self, m: usize) {
        for i in 0..self.state.modules[m].1.datas.len() {
            self.chunks(
                |s| s.modules[m].1.datas[i].bytes.len(),
                |s, range| {
                    let bytes = &mut s.modules[m].1.datas[i].bytes;
                    let mut left = bytes.to_vec();
                    let changed = drop_range(&mut left, range);
                    *bytes = left.into();
                    changed
                },
            );
        }
        for i in 0..self.state.modules[m].1.elems.len() {
            self.chunks(
                |s| s.modules[m].1.elems[i].init.len(),
                |s, range| drop_range(&mut s.modules[m].1.elems[i].init, range),
            );
            self.attempt(|s| {
                let draft = &mut s.modules[m].1;
                !matches!(draft.elems[i].mode, Mode::Passive) && {
                    draft.elems[i].mode = Mode::Passive;
                    true
                }
            });
            for e in 0..self.state.modules[m].1.elems[i].init.len() {
                self.attempt(|s| {
                    let elem = &mut s.modules[m].1.elems[i];
                    elem.init[e] = vec![Op::Plain(Instr::RefNull(elem.ty.heap))];
                    true
                });
            }
        }
        for i in 0..self.state.modules[m].1.datas.len() {
            self.attempt(|s| s.modules[m].1.datas[i].active.take().is_some());
        }
        for i in 0..self.state.modules[m].1.tables.len() {
            self.attempt(|s| smaller(&mut s.modules[m].1.tables[i].0.limits, 0));
            self.attempt(|s| smaller(&mut s.modules[m].1.tables[i].0.limits, 1));
            self.attempt(|s| s.modules[m].1.tables[i].0.limits.max.take().is_some());
            self.attempt(|s| {
                let (tt, init) = &mut s.modules[m].1.tables[i];
                *init = vec![Op::Plain(Instr::RefNull(tt.elem.heap))];
                true
            });
        }
        for i in 0..self.state.modules[m].1.mems.len() {
            self.attempt(|s| smaller(&mut s.modules[m].1.mems[i].limits, 0));
            self.attempt(|s| smaller(&mut s.modules[m].1.mems[i].limits, 1));
            self.attempt(|s| s.modules[m].1.mems[i].limits.max.take().is_some());
        }
        for i in 0..self.state.modules[m].1.globals.len() {
            self.attempt(|s| {
                let draft = &mut s.modules[m].1;
                let Some(init) = Context::new(draft).default(draft.globals[i].0.val) else { return false };
                draft.globals[i].1 = init;
                true
            });
        }
    }
}

fn smaller(limits: &mut Limits, min: u64) -> bool {
    let smaller = limits.min > min;
    limits.min = limits.min.min(min);
    smaller
}

/// Takes out a stretch of a list; whether it is in it.
pub(super) fn drop_range<T>(list: &mut Vec<T>, range: Range<usize>) -> bool {
    let inside = range.start < range.end && range.end <= list.len();
    if inside {
        list.drain(range);
    }
    inside
}

pub(super) fn space(kind: SpaceKind) -> Space {
    match kind {
        SpaceKind::Func => Space::Func,
        SpaceKind::Table => Space::Table,
        SpaceKind::Mem => Space::Mem,
        SpaceKind::Global => Space::Global,
        SpaceKind::Tag => Space::Tag,
    }
}

impl State {
    /// Drops a module with its calls; modules that import from it get definitions of their own instead.
    fn drop_module(&mut self, m: usize) -> bool {
        if self.modules.len() < 2 || m >= self.modules.len() {
            return false;
        }
        let (name, _) = self.modules.remove(m);
        self.calls.retain(|call| call.module != m);
        for call in &mut self.calls {
            call.module -= usize::from(call.module > m);
        }
        for (_, draft) in &mut self.modules {
            for i in (0..draft.imports.len()).rev() {
                if draft.imports[i].module == name && !draft.stub_import(i) {
                    return false;
                }
            }
        }
        true
    }
}

impl Draft {
    /// Leaves nothing of a function but its type, and results of the shortest kind.
    fn stub(&mut self, f: usize) -> bool {
        let Some(ty) = self.funcs.get(f).map(|func| func.ty) else { return false };
        let body = self.default_body(ty);
        let func = &mut self.funcs[f];
        let changed = func.body != body || !func.locals.is_empty();
        func.body = body;
        func.locals.clear();
        changed
    }

    fn default_body(&self, ty: TypeIdx) -> Vec<Op> {
        let context = Context::new(self);
        let (_, results) = context.func_type(ty);
        let values: Option<Vec<Vec<Op>>> = results.iter().map(|&t| context.default(t)).collect();
        values.map_or_else(|| vec![Op::Plain(Instr::Unreachable)], |values| values.concat())
    }

    fn drop_datas(&mut self, range: Range<usize>) -> bool {
        let new = without(self.datas.len(), |i| range.contains(&i));
        drop_range(&mut self.datas, range) && self.renumber(Space::Data, &new)
    }

    fn drop_elems(&mut self, range: Range<usize>) -> bool {
        let new = without(self.elems.len(), |i| range.contains(&i));
        drop_range(&mut self.elems, range) && self.renumber(Space::Elem, &new)
    }

    /// Functions go only when they are stubs: what could not be done without a body cannot without the function.
    fn drop_defined(&mut self, kind: SpaceKind, range: Range<usize>) -> bool {
        let is_stub = |func: &Function| func.body.is_empty() || func.body == self.default_body(func.ty);
        if kind == SpaceKind::Func && self.funcs.get(range.clone()).is_some_and(|funcs| !funcs.iter().all(is_stub)) {
            return false;
        }
        self.drop_any(kind, range)
    }

    fn drop_any(&mut self, kind: SpaceKind, range: Range<usize>) -> bool {
        let before = self.imported(kind).count();
        let new = without(before + self.defined(kind), |i| i >= before && range.contains(&(i - before)));
        let dropped = match kind {
            SpaceKind::Func => drop_range(&mut self.funcs, range),
            SpaceKind::Table => drop_range(&mut self.tables, range),
            SpaceKind::Mem => drop_range(&mut self.mems, range),
            SpaceKind::Global => drop_range(&mut self.globals, range),
            SpaceKind::Tag => drop_range(&mut self.tags, range),
        };
        dropped && self.renumber(space(kind), &new)
    }

    fn drop_import(&mut self, i: usize) -> bool {
        let Some(import) = self.imports.get(i) else { return false };
        let kind = SpaceKind::of(&import.ty);
        let Some(x) = self.imported(kind).position(|j| j == i) else { return false };
        let count = self.imported(kind).count() + self.defined(kind);
        self.imports.remove(i);
        self.renumber(space(kind), &without(count, |y| y == x))
    }

    /// Puts a definition in the place of an import.
    pub(super) fn stub_import(&mut self, i: usize) -> bool {
        let Some(ty) = self.imports.get(i).map(|import| import.ty) else { return false };
        let kind = SpaceKind::of(&ty);
        let Some(x) = self.imported(kind).position(|j| j == i) else { return false };
        let imported = self.imported(kind).count();
        let null = |heap| vec![Op::Plain(Instr::RefNull(heap))];
        match ty {
            ExternType::Func(TypeUse::Idx(ty)) => {
                let body = self.default_body(ty);
                self.funcs.insert(0, Function { ty, locals: Vec::new(), body });
            }
            ExternType::Global(gt) => {
                let Some(init) = Context::new(self).default(gt.val) else { return false };
                self.globals.insert(0, (gt, init));
            }
            ExternType::Table(tt) => self.tables.insert(0, (tt, null(tt.elem.heap))),
            ExternType::Mem(mt) => self.mems.insert(0, mt),
            ExternType::Tag(tu) => self.tags.insert(0, tu),
            ExternType::Func(_) => return false,
        }
        self.imports.remove(i);
        // It is now behind the other imports.
        let count = imported - 1 + self.defined(kind);
        let new: Vec<Option<Idx>> = (0..count)
            .map(|y| match y {
                y if y == x => Some(imported as Idx - 1),
                y if y > x && y < imported => Some(y as Idx - 1),
                y => Some(y as Idx),
            })
            .collect();
        self.renumber(space(kind), &new)
    }

    /// Drops all definitions, types and locals that nothing mentions.
    fn collect(&mut self) -> bool {
        let mut any = false;
        loop {
            let mut mentioned: BTreeSet<(u8, Idx)> = BTreeSet::new();
            self.indices(&mut |space, x| {
                mentioned.insert((space as u8, *x));
            });
            let mut dropped = false;
            let idle = |space: Space, x: usize| !mentioned.contains(&(space as u8, x as Idx));
            for kind in SpaceKind::ALL {
                let before = self.imported(kind).count();
                for i in (0..self.defined(kind)).rev().filter(|i| idle(space(kind), before + i)) {
                    dropped |= self.drop_any(kind, i..i + 1);
                }
                let imported: Vec<usize> = self.imported(kind).collect();
                for (x, &i) in imported.iter().enumerate().rev() {
                    if idle(space(kind), x) {
                        dropped |= self.drop_import(i);
                    }
                }
            }
            // What is numbered has changed, and is not looked at again before the next round.
            if !dropped {
                let types = (0..self.subtypes().count()).filter(|&x| idle(Space::Type, x));
                dropped |= self.drop_types(&types.collect());
                for f in 0..self.funcs.len() {
                    dropped |= self.drop_idle_locals(f);
                }
            }
            any |= dropped;
            if !dropped {
                return any;
            }
        }
    }
}
