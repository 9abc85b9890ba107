//! Shared functions, globals and tables.
//!
//! The body of a shared function reaches only what is shared, so it is not written as others are: it is a sequence of
//! atomic accesses whose operands are made on the spot.

use super::body::Gen;
use lockstep_semantics::syntax::*;

impl Gen<'_, '_, '_> {
    /// Whether a value of this type may be in what is shared.
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

    pub(super) fn declare_shared_funcs(&mut self) {
        if !self.definitions {
            return;
        }
        for _ in 0..self.r.below(3) {
            let mut types = Vec::new();
            for _ in 0..self.r.within(1, 3) {
                let t = self.types.inhabited_valtype(self.r);
                types.push(if self.shareable(t) && self.types.const_inhabited(t) { t } else { ValType::I32 });
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
                    if g.r.chance(75) || !g.atomic_memory(None, 1) {
                        g.atomic(None, 1);
                    }
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
