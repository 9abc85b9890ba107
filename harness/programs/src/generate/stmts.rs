//! Statements: code that leaves the stack as it was.

use super::body::{Expected, Gen};
use super::kinds::{CompKind, heap};
use lockstep_semantics::syntax::*;

impl Gen<'_, '_, '_> {
    /// Generates up to `most` statements.
    pub(super) fn statements(&mut self, most: usize, depth: u32) {
        for _ in 0..self.r.within(0, most) {
            self.statement(depth);
        }
    }

    /// One statement.
    pub(super) fn statement(&mut self, depth: u32) {
        if self.b.budget <= 0 || self.r.is_empty() {
            return;
        }
        self.b.budget -= 1;
        let depth = depth.clamp(1, 3);
        if self.features.shared_everything && self.r.chance(15) && self.atomic(None, depth) {
            return;
        }
        if self.features.threads && self.r.chance(8) && self.atomic_memory(None, depth) {
            return;
        }
        if self.features.shared_everything && self.r.chance(5) && self.mixed(depth) {
            return;
        }
        if self.functions && self.r.chance(6) && self.call_shared(depth) {
            return;
        }
        match self.r.weighted(&[18, 8, 18, 15, 12, 6, 7, 8, 6, 5, 6, 5, 4, 6]) {
            0 => self.assign(depth),
            1 => self.assign_global(depth),
            2 => self.assign_field(depth),
            3 => self.change_array(depth),
            4 => self.change_table(depth),
            5 => self.change_memory(depth),
            6 => {
                let t = self.types.inhabited_valtype(self.r);
                self.expr(t, depth);
                self.emit(Instr::Drop);
            }
            7 => self.call_some(depth),
            8 => {
                self.expr(ValType::I32, depth);
                let otherwise = self.r.chance(40);
                self.if_else(
                    &[],
                    |g| g.statements(2, depth - 1),
                    |g| {
                        if otherwise {
                            g.statements(2, depth - 1);
                        }
                    },
                );
            }
            9 => self.block(&[], |g| {
                g.statements(2, depth - 1);
                g.branch(depth - 1);
                g.statements(2, depth - 1);
            }),
            10 => self.repeat(depth),
            11 => self.branch(depth),
            12 => self.throw_perhaps(depth),
            _ => self.leave(depth),
        }
    }

    fn assign(&mut self, depth: u32) {
        let n = self.b.locals.len();
        if n > 0 && self.r.chance(35) {
            let x = self.r.below(n);
            let local = self.b.locals[x];
            if !local.reserved && self.types.inhabited(local.ty) {
                let hint = self.expr(local.ty, depth);
                return self.set_local(x as LocalIdx, hint);
            }
        }
        let mut t = self.types.inhabited_valtype(self.r);
        if let ValType::Ref(rt) = &mut t
            && self.r.chance(50)
            && self.types.inhabited(ValType::Ref(RefType::non_null(rt.heap)))
        {
            rt.null = false;
        }
        let hint = self.expr(t, depth);
        // Sometimes under a type above its own.
        if let ValType::Ref(rt) = t
            && self.r.chance(40)
        {
            let above = self.types.above(rt.heap);
            t = ValType::Ref(RefType { null: rt.null || self.r.chance(50), heap: above[self.r.below(above.len())] });
        }
        let x = self.local(t);
        self.set_local(x, hint);
    }

    fn assign_global(&mut self, depth: u32) {
        let all: Vec<usize> = (0..self.user_globals)
            .filter(|x| {
                *x != self.fuel as usize && self.globals[*x].mutable && self.types.inhabited(self.globals[*x].val)
            })
            .collect();
        if let Some(x) = self.r.pick(&all) {
            self.expr(self.globals[x].val, depth);
            self.emit(Instr::GlobalSet(x as GlobalIdx));
        }
    }

    fn assign_field(&mut self, depth: u32) {
        let mut all = Vec::new();
        for x in self.types.of_kind(CompKind::Struct) {
            for (i, ft) in self.types.fields(x).iter().enumerate() {
                if ft.mutable && self.types.inhabited(ft.storage.unpack()) && self.types.rank(x, false).is_some() {
                    all.push((x, i as FieldIdx, ft.storage.unpack()));
                }
            }
        }
        let Some((x, i, t)) = self.r.pick(&all) else { return };
        self.operand(x, depth);
        self.expr(t, depth);
        self.emit(Instr::StructSet(x, i));
    }

    fn change_array(&mut self, depth: u32) {
        let types = &self.types;
        let fits = |x: &TypeIdx| types.element(*x).is_some_and(|ft| ft.mutable && types.inhabited(ft.storage.unpack()));
        let all: Vec<TypeIdx> = types.of_kind(CompKind::Array).filter(fits).collect();
        let Some(x) = self.r.pick(&all) else { return };
        let Some(ft) = self.types.element(x) else { return };
        let t = ft.storage.unpack();
        let how = self.r.below(6);
        if how == 2 {
            return self.copy_array(x, ft, depth);
        }
        self.seen_operand(x, depth);
        self.array_index(depth);
        match how {
            0 => {
                self.expr(t, depth);
                self.count();
                return self.emit(Instr::ArrayFill(x));
            }
            1 | 3 => {
                let segment = match t {
                    ValType::Ref(rt) => {
                        let fits = |i: &usize| self.types.ref_sub(self.elems[*i].0, rt);
                        let all: Vec<usize> = (0..self.elems.len()).filter(fits).collect();
                        self.r.pick(&all).map(|i| Instr::ArrayInitElem(x, i as ElemIdx))
                    }
                    _ if !self.datas.is_empty() => {
                        Some(Instr::ArrayInitData(x, self.r.below(self.datas.len()) as DataIdx))
                    }
                    _ => None,
                };
                if let Some(segment) = segment {
                    self.count();
                    self.count();
                    return self.emit(segment);
                }
            }
            _ => (),
        }
        self.expr(t, depth);
        self.emit(Instr::ArraySet(x));
    }

    /// An array to be changed. Often a global has it as well, so that it can be seen even after a trap.
    fn seen_operand(&mut self, x: TypeIdx, depth: u32) {
        let fits = |g: &usize| self.globals[*g].mutable && self.types.sub(self.ref_to(x), self.globals[*g].val);
        let all: Vec<usize> = (0..self.user_globals).filter(fits).collect();
        match self.r.pick(&all) {
            Some(global) if self.r.chance(40) && self.types.inhabited(self.ref_to(x)) => {
                let z = self.local(self.ref_to(x));
                let hint = self.expr(self.ref_to(x), depth);
                self.set_local(z, hint);
                self.emit_all([Instr::LocalGet(z), Instr::GlobalSet(global as GlobalIdx), Instr::LocalGet(z)]);
            }
            _ => {
                self.operand(x, depth);
            }
        }
    }

    /// The type of references to objects of a type.
    fn ref_to(&self, x: TypeIdx) -> ValType {
        ValType::Ref(RefType::non_null(heap(x)))
    }

    /// Takes a number that an instruction left.
    pub(super) fn take(&mut self, t: ValType) {
        let fits = |g: &usize| {
            let gt = self.globals[*g];
            *g != self.fuel as usize && gt.mutable && gt.val == t
        };
        let all: Vec<usize> = (0..self.user_globals).filter(fits).collect();
        match self.r.pick(&all) {
            Some(global) if self.r.chance(50) => self.emit(Instr::GlobalSet(global as GlobalIdx)),
            _ if self.r.chance(70) => {
                let x = self.local(t);
                self.set_local(x, Expected::Unknown);
            }
            _ => self.emit(Instr::Drop),
        }
    }

    /// A small number of elements, mostly within bounds.
    fn count(&mut self) {
        let n = if self.r.chance(3) { 9 } else { [0, 1, 1, 1, 2, 3][self.r.below(6)] };
        self.i32(n);
    }

    fn copy_array(&mut self, x: TypeIdx, ft: FieldType, depth: u32) {
        let types = &self.types;
        let fits = |y: &TypeIdx| {
            types.element(*y).is_some_and(|from| match (from.storage, ft.storage) {
                (StorageType::Val(t_1), StorageType::Val(t_2)) => types.sub(t_1, t_2),
                (zt_1, zt_2) => zt_1 == zt_2,
            })
        };
        let all: Vec<TypeIdx> = types.of_kind(CompKind::Array).filter(fits).collect();
        let Some(y) = self.r.pick(&all) else { return };
        if self.types.heap_sub(heap(x), heap(y)) && self.r.chance(60) {
            // Within one array; often one with different elements, of which some are copied onto others.
            let z = self.local(self.ref_to(x));
            if self.types.inhabited(ft.storage.unpack()) && self.r.chance(50) {
                let n = self.r.within(3, 5) as u32;
                for _ in 0..n {
                    self.value(ft.storage.unpack(), 1, false);
                }
                self.emit(Instr::ArrayNewFixed(x, n));
                self.set_local(z, Expected::Of(heap(x)));
            } else {
                let hint = self.expr(self.ref_to(x), depth);
                self.set_local(z, hint);
            }
            let fits = |g: &usize| self.globals[*g].mutable && self.types.sub(self.ref_to(x), self.globals[*g].val);
            let all: Vec<usize> = (0..self.user_globals).filter(fits).collect();
            if let Some(global) = self.r.pick(&all) {
                self.emit_all([Instr::LocalGet(z), Instr::GlobalSet(global as GlobalIdx)]);
            }
            self.emit(Instr::LocalGet(z));
            self.array_index(depth);
            self.emit(Instr::LocalGet(z));
        } else {
            self.operand(x, depth);
            self.array_index(depth);
            self.operand(y, depth);
        }
        self.array_index(depth);
        self.count();
        self.emit(Instr::ArrayCopy(x, y));
    }

    fn change_table(&mut self, depth: u32) {
        if self.user_tables == 0 {
            return;
        }
        let table = self.r.below(self.user_tables);
        let (x, tt) = (table as TableIdx, self.tables[table]);
        let t = ValType::Ref(tt.elem);
        match self.r.below(8) {
            0..3 if self.types.inhabited(t) => {
                self.table_index(table);
                self.expr(t, depth);
                self.emit(Instr::TableSet(x));
            }
            3 if self.types.inhabited(t) => {
                self.expr(t, depth);
                let n = self.r.below(3) as u64;
                self.addr(tt.addr, n);
                self.emit(Instr::TableGrow(x));
                self.take(tt.addr.into());
            }
            4 if self.types.inhabited(t) => {
                self.table_index(table);
                self.expr(t, depth);
                let n = self.r.below(4) as u64;
                self.addr(tt.addr, n);
                self.emit(Instr::TableFill(x));
            }
            5 => {
                let fits = |y: &usize| self.types.ref_sub(self.tables[*y].elem, tt.elem);
                let all: Vec<usize> = (0..self.user_tables).filter(fits).collect();
                let Some(y) = self.r.pick(&all) else { return };
                // Often within one table, where stretches overlap.
                let y = if self.r.chance(40) { table } else { y };
                self.table_index(table);
                self.table_index(y);
                let n = self.r.below(4) as u64;
                self.addr(tt.addr.minat(self.tables[y].addr), n);
                self.emit(Instr::TableCopy(x, y as TableIdx));
            }
            6 => {
                let fits = |i: &usize| self.types.ref_sub(self.elems[*i].0, tt.elem);
                let all: Vec<usize> = (0..self.elems.len()).filter(fits).collect();
                let Some(i) = self.r.pick(&all) else { return };
                self.table_index(table);
                let from = self.r.below(2) as u32;
                self.i32(from);
                self.count();
                self.emit(Instr::TableInit(x, i as ElemIdx));
            }
            _ => {
                if !self.elems.is_empty() && self.r.chance(25) {
                    let i = self.r.below(self.elems.len());
                    self.emit(Instr::ElemDrop(i as ElemIdx));
                }
            }
        }
    }

    fn change_memory(&mut self, depth: u32) {
        if !self.datas.is_empty() && self.r.chance(8) {
            let i = self.r.below(self.datas.len());
            return self.emit(Instr::DataDrop(i as DataIdx));
        }
        if self.mems.is_empty() {
            return;
        }
        let mem = self.r.below(self.mems.len());
        let (x, at) = (mem as MemIdx, self.mems[mem].addr);
        let n = self.r.below(9) as u64;
        match self.r.below(7) {
            0 => {
                self.address(mem, 0);
                self.expr(ValType::I32, depth);
                self.addr(at, n);
                self.emit(Instr::MemoryFill(x));
            }
            1 => {
                self.address(mem, 0);
                self.address(mem, 0);
                self.addr(at, n);
                self.emit(Instr::MemoryCopy(x, x));
            }
            2 if !self.datas.is_empty() => {
                let i = self.r.below(self.datas.len());
                self.address(mem, 0);
                self.i32(0);
                let n = n.min(u64::from(self.datas[i])) as u32;
                self.i32(n);
                self.emit(Instr::MemoryInit(x, i as DataIdx));
            }
            3 => {
                self.addr(at, u64::from(n > 6));
                self.emit(Instr::MemoryGrow(x));
                self.take(at.into());
            }
            _ => self.store(depth),
        }
    }

    fn call_some(&mut self, depth: u32) {
        if !self.b.calls {
            return;
        }
        let f = self.r.below(self.user_funcs);
        let ft = self.types.functype(self.funcs[f]);
        if !ft.params.iter().all(|t| self.types.inhabited(*t)) {
            return;
        }
        self.call(f, depth, false);
        for t in ft.results.iter().rev() {
            if self.r.chance(50) {
                let x = self.local(*t);
                self.set_local(x, Expected::Unknown);
            } else {
                self.emit(Instr::Drop);
            }
        }
    }

    fn repeat(&mut self, depth: u32) {
        if self.b.loops >= 2 {
            return;
        }
        let counter = self.reserved(ValType::I32);
        let times = self.r.within(1, 4) as u32;
        self.i32(times);
        self.emit(Instr::LocalSet(counter));
        self.b.loops += 1;
        self.loop_(|g| {
            g.statements(2, depth - 1);
            g.count_down(counter);
            g.emit(Instr::BrIf(0));
        });
        self.b.loops -= 1;
    }

    /// A label that can be branched to, not too far out.
    fn target(&mut self) -> Option<(LabelIdx, Vec<ValType>)> {
        let n = self.b.labels.len();
        let fits = |label: &super::body::Label| label.target && label.types.iter().all(|t| self.types.inhabited(*t));
        let all: Vec<usize> = (0..n).rev().filter(|i| fits(&self.b.labels[*i])).take(3).collect();
        let i = self.r.pick(&all)?;
        Some(((n - 1 - i) as LabelIdx, self.b.labels[i].types.clone()))
    }

    /// A branch that may be taken.
    pub(super) fn branch(&mut self, depth: u32) {
        let Some((label, types)) = self.target() else { return };
        let depth = depth.clamp(1, 2);
        let how = self.r.below(6);
        let refers = matches!(types.last(), Some(ValType::Ref(_)));
        let (last, front) = match types.split_last() {
            Some((ValType::Ref(rt), front)) if refers && how >= 3 => (Some(*rt), front),
            _ => (None, &types[..]),
        };
        for t in front {
            self.expr(*t, depth);
        }
        match (how, last) {
            (3, Some(rt)) => {
                let to = ValType::Ref(RefType::null(rt.heap));
                let hint = self.expr(to, depth);
                self.hide(to, hint);
                self.emit(Instr::BrOnNonNull(label));
            }
            (_, Some(rt)) => {
                let possible = self.types.top(rt.heap) != AbsHeapType::Exn;
                let to = RefType { null: rt.null && self.r.chance(50), heap: rt.heap };
                if possible {
                    let succeed = self.r.chance(50);
                    let from = self.subject(to, succeed, depth);
                    self.emit(Instr::BrOnCast(label, from, to));
                    self.rest(from, to);
                } else {
                    self.expr(ValType::Ref(rt), depth);
                    self.expr(ValType::I32, depth);
                    self.emit_all([Instr::BrIf(label), Instr::Drop]);
                }
            }
            (0, None) => {
                let rt = self.types.reftype(self.r);
                self.expr(ValType::Ref(RefType::null(rt.heap)), depth);
                self.emit_all([Instr::BrOnNull(label), Instr::Drop]);
            }
            _ => {
                self.expr(ValType::I32, depth);
                self.emit(Instr::BrIf(label));
            }
        }
        for _ in front {
            self.emit(Instr::Drop);
        }
    }

    /// Leaves the function if something is so: by a return or a tail call.
    pub(super) fn leave(&mut self, depth: u32) {
        let results = self.b.results.clone();
        if !results.iter().all(|t| self.types.inhabited(*t)) {
            return;
        }
        self.expr(ValType::I32, depth);
        self.i32(3);
        self.emit(Instr::Binop(BinOp::I(Inn::I32, IBinOp::And)));
        self.emit(Instr::Testop(Inn::I32, TestOp::Eqz));
        self.if_else(
            &[],
            |g| {
                if g.r.chance(50) && g.tail_call(depth) {
                    return;
                }
                for t in &results {
                    g.expr(*t, depth.min(1));
                }
                g.emit(Instr::Return);
            },
            |_| (),
        );
    }

    /// A tail call of a function whose results fit.
    pub(super) fn tail_call(&mut self, depth: u32) -> bool {
        if !self.b.calls {
            return false;
        }
        let fits = |f: &usize| {
            let CompType::Func(ft) = self.types.comp(self.funcs[*f]) else { return false };
            ft.results.len() == self.b.results.len()
                && ft.results.iter().zip(&self.b.results).all(|(t_1, t_2)| self.types.sub(*t_1, *t_2))
                && ft.params.iter().all(|t| self.types.inhabited(*t))
        };
        let all: Vec<usize> = (0..self.user_funcs).filter(fits).collect();
        match self.r.pick(&all) {
            Some(f) => {
                self.call(f, depth, true);
                true
            }
            None => false,
        }
    }
}
