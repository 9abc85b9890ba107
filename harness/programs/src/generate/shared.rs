//! Shared functions, globals, tables, segments and tags.
//!
//! The body of a shared function may access shared objects only, so it is not generated like others: it is a sequence
//! of accesses, atomic or not, and of uses of shared segments and tags, whose operands are made on the spot.

use super::body::Gen;
use super::kinds::{CompKind, heap};
use lockstep_semantics::syntax::*;

impl Gen<'_, '_, '_> {
    /// Whether a shared object may hold a value of this type.
    fn shareable(&self, t: ValType) -> bool {
        match t {
            ValType::Ref(rt) => self.types.share(rt.heap) == Share::Shared,
            _ => true,
        }
    }

    /// Whether a global or a table of this type is shared.
    pub(super) fn definition_share(&mut self, t: ValType) -> Share {
        if self.definitions && self.shareable(t) && self.r.chance(60) { Share::Shared } else { Share::Unshared }
    }

    /// A tag that shared functions may throw, now and then. It comes after the first, which is thrown anywhere.
    pub(super) fn define_shared_tag(&mut self) {
        if !self.definitions || !self.r.chance(40) {
            return;
        }
        let params: Vec<ValType> = (0..self.r.below(3)).map(|_| self.shared_valtype()).collect();
        let x = self.types.func_of(Share::Shared, &params, &[]);
        self.module.tags.push(TypeUse::Idx(x));
        self.tags.push(x);
    }

    /// A type of values that shared functions can make.
    fn shared_valtype(&mut self) -> ValType {
        let t = self.types.inhabited_valtype(self.r);
        if self.shareable(t) && self.types.const_inhabited(t) { t } else { ValType::I32 }
    }

    /// Whether a data segment is shared.
    pub(super) fn data_share(&mut self, mode: DataMode) -> Share {
        let may = match mode {
            DataMode::Passive => true,
            DataMode::Active(x, _) => self.mems[x as usize].share == Share::Shared,
        };
        if self.segments && may && self.r.chance(60) { Share::Shared } else { Share::Unshared }
    }

    /// Whether a passive element segment is shared.
    pub(super) fn elem_share(&mut self, rt: RefType) -> Share {
        if self.segments { self.definition_share(ValType::Ref(rt)) } else { Share::Unshared }
    }

    /// Uses a shared segment, if there is one.
    fn shared_segment(&mut self) -> bool {
        let datas = self.module.datas.iter().enumerate().filter(|(_, data)| data.share == Share::Shared);
        let elems = self.module.elems.iter().enumerate().filter(|(_, elem)| elem.share == Share::Shared);
        let mut uses: Vec<(Option<TypeIdx>, Instr)> = Vec::new();
        uses.extend(datas.clone().map(|(y, _)| (None, Instr::DataDrop(y as DataIdx))));
        uses.extend(elems.clone().map(|(y, _)| (None, Instr::ElemDrop(y as ElemIdx))));
        for x in self.types.of_kind(CompKind::Array) {
            let shared = self.types.share(heap(x)) == Share::Shared;
            match self.types.element(x).map(|ft| ft.storage) {
                Some(StorageType::Val(ValType::Ref(rt))) if shared => {
                    let fits = elems.clone().filter(|(_, elem)| self.types.ref_sub(elem.ty, rt));
                    uses.extend(fits.map(|(y, _)| (Some(x), Instr::ArrayNewElem(x, y as ElemIdx))));
                }
                Some(_) if shared => {
                    uses.extend(datas.clone().map(|(y, _)| (Some(x), Instr::ArrayNewData(x, y as DataIdx))));
                }
                _ => (),
            }
        }
        let Some((array, instr)) = self.r.pick(&uses) else { return false };
        if array.is_none() {
            self.emit(instr);
            return true;
        }
        let offset = self.r.below(2) as u32;
        self.i32(offset);
        self.i32(1 - offset);
        self.emit_all([instr, Instr::Drop]);
        true
    }

    /// Throws a shared exception if something is so.
    fn throw_shared(&mut self) {
        let shared = |x: &usize| self.types.share(heap(self.tags[*x])) == Share::Shared;
        let all: Vec<usize> = (0..self.tags.len()).filter(shared).collect();
        let Some(tag) = self.r.pick(&all) else { return };
        let params = self.types.functype(self.tags[tag]).params;
        if !self.atomic(Some(ValType::I32), 1) {
            let i = self.r.below(3) as u32;
            self.i32(i);
        }
        self.if_else(
            &[],
            |g| {
                for t in &params {
                    g.expr(*t, 1);
                }
                g.emit(Instr::Throw(tag as TagIdx));
            },
            |_| (),
        );
    }

    pub(super) fn declare_shared_funcs(&mut self) {
        if !self.functions {
            return;
        }
        for _ in 0..self.r.below(3) {
            let mut types = Vec::new();
            for _ in 0..self.r.within(1, 3) {
                types.push(self.shared_valtype());
            }
            let result = types.pop();
            let x = self.types.func_of(Share::Shared, &types, result.as_slice());
            let f = self.declare(x);
            self.shared_funcs.push(f);
        }
    }

    pub(super) fn write_shared_funcs(&mut self) {
        for i in 0..self.shared_funcs.len() {
            let f = self.shared_funcs[i];
            self.write(f, |g| {
                (g.b.shared, g.b.budget) = (true, 8);
                for _ in 0..g.r.within(1, 4) {
                    match g.r.below(8) {
                        0 | 1 if g.mixed(1) => (),
                        2 if g.shared_segment() => (),
                        3 | 4 if g.atomic_memory(None, 1) => (),
                        _ => {
                            g.atomic(None, 1);
                        }
                    }
                }
                if g.r.chance(25) {
                    g.throw_shared();
                }
                if i > 0 && g.r.chance(30) {
                    // Only one that comes before, so that there is an end.
                    g.call_shared_func(g.shared_funcs[i - 1], 1);
                }
                let results = g.b.results.clone();
                for t in results {
                    if g.r.chance(50) || !g.atomic(Some(t), 1) {
                        g.expr(t, 1);
                    }
                }
            });
        }
    }

    /// Calls a shared function, if there is one.
    pub(super) fn call_shared(&mut self, depth: u32) -> bool {
        let Some(f) = self.r.pick(&self.shared_funcs) else { return false };
        self.call_shared_func(f, depth);
        true
    }

    fn call_shared_func(&mut self, f: FuncIdx, depth: u32) {
        let x = self.funcs[f as usize];
        let ft = self.types.functype(x);
        for t in &ft.params {
            self.expr(*t, depth.min(2));
        }
        if self.r.chance(40) {
            self.emit_all([Instr::RefFunc(f), Instr::CallRef(TypeUse::Idx(x))]);
        } else {
            self.emit(Instr::Call(f));
        }
        for _ in &ft.results {
            self.emit(Instr::Drop);
        }
    }
}
