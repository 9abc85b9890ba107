//! Types: those that nothing mentions, equal ones, supertypes, recursive types, heap types, fields.

use super::State;
use super::code::cut;
use super::draft::{Draft, Op};
use super::flow::{Context, flow, index};
use super::remap::without;
use super::search::Search;
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::Space;
use std::collections::BTreeSet;
use std::ops::Range;

impl Search<'_> {
    /// All that is to be done about types.
    pub(super) fn types(&mut self) {
        for m in 0..self.state.modules.len() {
            self.phase = "types";
            let count = move |state: &State| state.modules[m].1.subtypes().count();
            self.chunks(count, |s, range| s.modules[m].1.drop_types(&range.collect()));
            self.attempt(|state| state.modules[m].1.merge());
            self.chunks(count, |s, range| s.modules[m].1.without_supertypes(range));
            self.chunks(count, |s, range| s.modules[m].1.finals(range));
            self.chunks(|s| s.modules[m].1.types.len(), |s, range| s.modules[m].1.split(range));
            self.chunks(count, |s, range| {
                let draft = &mut s.modules[m].1;
                draft.generalise(&|x| range.contains(&(x as usize)));
                true
            });
            self.chunks(
                |s| occurrences(&mut s.modules[m].1.clone()),
                |s, range| s.modules[m].1.generalise_some(&range),
            );
            self.phase = "fields";
            for x in (0..count(&self.state)).rev() {
                let fields = |s: &State| {
                    let fields = s.modules[m].1.subtypes().nth(x).map(|st| match &st.comp {
                        CompType::Struct(fts) => fts.len(),
                        _ => 0,
                    });
                    fields.unwrap_or(0)
                };
                for k in (0..fields(&self.state)).rev() {
                    self.attempt(|s| s.modules[m].1.drop_field(x as TypeIdx, k));
                }
            }
        }
    }
}

fn occurrences(draft: &mut Draft) -> usize {
    let mut n = 0;
    draft.heaptypes(&mut |ht| n += usize::from(matches!(ht, HeapType::Use(_))));
    n
}

impl Draft {
    /// Drops types; where they are mentioned, see [`Draft::renumber`].
    pub(super) fn drop_types(&mut self, gone: &BTreeSet<usize>) -> bool {
        if gone.is_empty() {
            return false;
        }
        let count = self.subtypes().count();
        let new = without(count, |x| gone.contains(&x));
        // First, while the types are still there to tell what they are below.
        self.generalise(&|x| gone.contains(&(x as usize)));
        let mut x = 0;
        for rt in &mut self.types {
            rt.0.retain(|_| {
                x += 1;
                !gone.contains(&(x - 1))
            });
        }
        self.types.retain(|rt| !rt.0.is_empty());
        self.renumber(Space::Type, &new)
    }

    /// Makes one of types that are written alike and stand by themselves.
    fn merge(&mut self) -> bool {
        let mut first: Vec<(Idx, &RecType)> = Vec::new();
        let mut gone = BTreeSet::new();
        let mut same: Vec<Option<Idx>> = Vec::new();
        let mut x = 0;
        for rt in &self.types {
            let n = rt.0.len() as Idx;
            match first.iter().find(|(_, other)| n > 0 && *other == rt) {
                Some(&(y, _)) => {
                    same.extend((0..n).map(|i| Some(y + i)));
                    gone.extend((x..x + n).map(|x| x as usize));
                }
                None => {
                    same.extend((x..x + n).map(Some));
                    first.push((x, rt));
                }
            }
            x += n;
        }
        !gone.is_empty() && self.renumber(Space::Type, &same) && self.drop_types(&gone)
    }

    fn each_subtype(&mut self, range: Range<usize>, mut change: impl FnMut(&mut SubType) -> bool) -> bool {
        let types = self.types.iter_mut().flat_map(|rt| &mut rt.0);
        types.skip(range.start).take(range.len()).filter_map(|st| change(st).then_some(())).count() > 0
    }

    fn without_supertypes(&mut self, range: Range<usize>) -> bool {
        self.each_subtype(range, |st| !std::mem::take(&mut st.supers).is_empty())
    }

    fn finals(&mut self, range: Range<usize>) -> bool {
        self.each_subtype(range, |st| !std::mem::replace(&mut st.is_final, true))
    }

    /// Makes recursive types of one type each out of some.
    fn split(&mut self, range: Range<usize>) -> bool {
        let some: Vec<RecType> = self.types.drain(range.clone()).collect();
        let changed = some.iter().any(|rt| rt.0.len() != 1);
        let split = some.into_iter().flat_map(|rt| rt.0).map(|st| RecType(vec![st]));
        self.types.splice(range.start..range.start, split);
        changed
    }

    /// Puts the top of its hierarchy in the place of some of the heap types that are type indices, by their number.
    fn generalise_some(&mut self, range: &Range<usize>) -> bool {
        let tops = self.clone();
        let comps: Vec<&CompType> = tops.subtypes().map(|st| &st.comp).collect();
        let (mut n, mut changed) = (0, false);
        self.heaptypes(&mut |ht| {
            let HeapType::Use(TypeUse::Idx(x)) = *ht else { return };
            if range.contains(&n)
                && let Some(ct) = comps.get(x as usize)
            {
                changed = true;
                *ht = HeapType::abs(match ct {
                    CompType::Struct(_) => AbsHeapType::Struct,
                    CompType::Array(_) => AbsHeapType::Array,
                    CompType::Func(_) => AbsHeapType::Func,
                });
            }
            n += 1;
        });
        changed
    }

    /// Drops a field of a structure type, and of all types above and below it that have it.
    fn drop_field(&mut self, x: TypeIdx, k: usize) -> bool {
        let context = Context::new(self);
        let has = |x: TypeIdx| {
            let comp = context.types.get(x as usize).map(|st| &st.comp);
            matches!(comp, Some(CompType::Struct(fts)) if k < fts.len())
        };
        let mut family = BTreeSet::from([x]);
        loop {
            let before = family.len();
            for (y, st) in context.types.iter().enumerate() {
                for z in st.supers.iter().map(|&tu| index(tu)) {
                    let y = y as TypeIdx;
                    if has(y) && has(z) && (family.contains(&y) || family.contains(&z)) {
                        family.extend([y, z]);
                    }
                }
            }
            if family.len() == before {
                break;
            }
        }
        let storage = |x: TypeIdx| context.fields(x).get(k).map(|ft| ft.storage.unpack());
        for f in 0..self.funcs.len() {
            let known = self.flow_of(&context, f);
            let body = &mut self.funcs[f].body;
            // What to leave out, and what to put in the place of an op.
            let mut gone: Vec<Range<usize>> = Vec::new();
            let mut instead: Vec<(usize, Vec<Op>)> = Vec::new();
            for (i, op) in body.iter_mut().enumerate() {
                let Op::Plain(instr) = op else { continue };
                match instr {
                    Instr::StructNew(x) if family.contains(x) => {
                        let piece = known.nodes[i].as_ref().and_then(|node| node.operands.get(k).cloned().flatten());
                        let all = known.nodes[i].as_ref().is_some_and(|n| n.operands.len() == context.fields(*x).len());
                        match piece {
                            Some(piece) if all => gone.push(piece),
                            _ => return false,
                        }
                    }
                    Instr::StructGet(_, x, i_f) if family.contains(x) => match (*i_f as usize).cmp(&k) {
                        std::cmp::Ordering::Greater => *i_f -= 1,
                        std::cmp::Ordering::Less => {}
                        std::cmp::Ordering::Equal => {
                            let Some(value) = storage(*x).and_then(|t| context.default(t)) else { return false };
                            instead.push((i, [vec![Op::Plain(Instr::Drop)], value].concat()));
                        }
                    },
                    Instr::StructSet(x, i_f) if family.contains(x) => match (*i_f as usize).cmp(&k) {
                        std::cmp::Ordering::Greater => *i_f -= 1,
                        std::cmp::Ordering::Less => {}
                        std::cmp::Ordering::Equal => instead.push((i, vec![Op::Plain(Instr::Drop); 2])),
                    },
                    _ => {}
                }
            }
            *body = cut(body, &gone, &instead);
        }
        // Constant expressions make structures, too.
        let mut complete = true;
        self.bodies(&mut |f, body| {
            if f.is_some() {
                return;
            }
            let known = flow(&context, &[], &[], body);
            let mut gone = Vec::new();
            for (i, op) in body.iter().enumerate() {
                if let Op::Plain(Instr::StructNew(x)) = op
                    && family.contains(x)
                {
                    match known.nodes[i].as_ref().and_then(|node| node.operands.get(k).cloned().flatten()) {
                        Some(piece) => gone.push(piece),
                        None => complete = false,
                    }
                }
            }
            *body = cut(body, &gone, &[]);
        });
        for &x in &family {
            if let Some(SubType { comp: CompType::Struct(fts), .. }) = self.subtype_mut(x) {
                fts.remove(k);
            }
            if let Some(names) = self.names.fields.get_mut(&x) {
                let old = std::mem::take(names);
                let left = old.into_iter().filter(|(i, _)| *i as usize != k);
                *names = left.map(|(i, name)| (i - Idx::from(i as usize > k), name)).collect();
            }
        }
        complete
    }
}
