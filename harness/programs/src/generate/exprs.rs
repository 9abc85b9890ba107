//! Expressions: code that leaves one value of a type.
//!
//! They are written top-down: a type is asked for, and one of the ways to get a value of it is chosen, whose operands are
//! asked for in turn.

use super::body::{Expected, Gen};
use super::kinds::{CompKind, heap};
use lockstep_semantics::syntax::*;

/// Ways to get a value of any type.
#[derive(Clone, Copy, Debug)]
enum Way {
    Leaf,
    Own,
    Field,
    Element,
    Call,
    Control,
    Select,
    Tee,
}

impl Gen<'_, '_, '_> {
    /// Generates a value of a type. Returns its expected dynamic type.
    pub(super) fn expr(&mut self, t: ValType, depth: u32) -> Expected {
        if self.b.shared {
            // What constant expressions make of shared types is shared.
            return self.value(t, depth.min(2), true);
        }
        if depth == 0 || self.b.budget <= 0 || self.r.is_empty() {
            return self.leaf(t);
        }
        self.b.budget -= 1;
        const WAYS: [(Way, u32); 8] = [
            (Way::Leaf, 22),
            (Way::Own, 34),
            (Way::Field, 14),
            (Way::Element, 6),
            (Way::Call, 8),
            (Way::Control, 10),
            (Way::Select, 3),
            (Way::Tee, 3),
        ];
        let way = WAYS[self.r.weighted(&WAYS.map(|way| way.1))].0;
        let done = match way {
            Way::Leaf => None,
            Way::Own => self.own(t, depth),
            Way::Field => self.field_of(t, depth),
            Way::Element => self.element_of(t, depth),
            Way::Call => self.call_for(t, depth),
            Way::Control => self.control(t, depth),
            Way::Select => self.select(t, depth),
            Way::Tee => {
                let hint = self.expr(t, depth - 1);
                let x = self.local(t);
                let local = &mut self.b.locals[x as usize];
                (local.set, local.hint) = (true, hint);
                self.emit(Instr::LocalTee(x));
                Some(hint)
            }
        };
        done.unwrap_or_else(|| self.leaf(t))
    }

    /// A value at no great length: of a local, of a global, or a new one.
    fn leaf(&mut self, t: ValType) -> Expected {
        if self.r.chance(55)
            && let Some(hint) = self.variable(t)
        {
            return hint;
        }
        let depth = if self.b.budget > 0 { 2 } else { 0 };
        self.b.budget -= 2;
        self.value(t, depth, false)
    }

    /// A local or a global.
    fn variable(&mut self, t: ValType) -> Option<Expected> {
        let n = self.b.locals.len();
        if n > 0 && self.r.chance(75) {
            let at = self.r.below(n);
            let fits = |x: &usize| {
                let local = &self.b.locals[*x];
                local.set && !local.reserved && self.types.sub(local.ty, t)
            };
            if let Some(x) = (0..n).cycle().skip(at).take(n).find(fits) {
                let hint = self.b.locals[x].hint;
                if hint != Expected::Null || self.r.chance(25) {
                    self.emit(Instr::LocalGet(x as LocalIdx));
                    return Some(hint);
                }
            }
        }
        let n = self.user_globals;
        let at = self.r.below(n.max(1));
        let fits = |x: &usize| *x != self.fuel as usize && self.types.sub(self.globals[*x].val, t);
        let x = (0..n).cycle().skip(at).take(n).find(fits)?;
        self.emit(Instr::GlobalGet(x as GlobalIdx));
        Some(Expected::Unknown)
    }

    /// The ways of the type itself.
    fn own(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        match t {
            ValType::Num(NumType::I32) => self.i32_expr(depth),
            ValType::Ref(rt) => return self.reference(rt, depth),
            ValType::Num(NumType::I64) => self.i64_expr(depth),
            ValType::Num(nt) => self.float_expr(nt, depth),
            _ => self.vector_expr(depth),
        }
        Some(Expected::Unknown)
    }

    /// A reference to a structure or array type, null only now and then.
    pub(super) fn operand(&mut self, x: TypeIdx, depth: u32) -> Expected {
        let null = self.r.chance(18) || self.types.rank(x, false).is_none();
        self.expr(ValType::Ref(RefType { null, heap: heap(x) }), depth)
    }

    /// Whether an access to a type is worth while.
    fn worth(&mut self, x: TypeIdx) -> bool {
        self.types.rank(x, false).is_some() || self.r.chance(3)
    }

    fn field_of(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        if self.features.shared_everything && self.r.chance(40) && self.atomic(Some(t), depth - 1) {
            return Some(Expected::Unknown);
        }
        let mut all = Vec::new();
        for x in self.types.of_kind(CompKind::Struct) {
            for (i, ft) in self.types.fields(x).iter().enumerate() {
                if self.types.sub(ft.storage.unpack(), t) {
                    all.push((x, i as FieldIdx, ft.storage));
                }
            }
        }
        let (x, i, zt) = self.r.pick(&all)?;
        if !self.worth(x) {
            return None;
        }
        self.operand(x, depth - 1);
        let sx = self.extension(zt);
        self.emit(Instr::StructGet(sx, x, i));
        Some(Expected::Unknown)
    }

    pub(super) fn extension(&mut self, zt: StorageType) -> Option<Sx> {
        match zt {
            StorageType::Pack(_) => Some(if self.r.chance(50) { Sx::S } else { Sx::U }),
            StorageType::Val(_) => None,
        }
    }

    fn element_of(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        let types = &self.types;
        let fits = |x: &TypeIdx| types.element(*x).is_some_and(|ft| types.sub(ft.storage.unpack(), t));
        let all: Vec<TypeIdx> = types.of_kind(CompKind::Array).filter(fits).collect();
        let x = self.r.pick(&all);
        let table = match t {
            ValType::Ref(rt) if x.is_none() || self.r.chance(25) => {
                let fits = |x: &usize| self.types.ref_sub(self.tables[*x].elem, rt);
                let all: Vec<usize> = (0..self.user_tables).filter(fits).collect();
                self.r.pick(&all)
            }
            _ => None,
        };
        if let Some(table) = table {
            self.table_index(table);
            self.emit(Instr::TableGet(table as TableIdx));
            return Some(Expected::Unknown);
        }
        let x = x?;
        self.operand(x, depth - 1);
        self.array_index(depth - 1);
        let sx = self.types.element(x).and_then(|ft| self.extension(ft.storage));
        self.emit(Instr::ArrayGet(sx, x));
        Some(Expected::Unknown)
    }

    /// A position in an array: out of bounds only now and then.
    pub(super) fn array_index(&mut self, depth: u32) {
        if self.r.chance(12) && depth > 0 {
            self.expr(ValType::I32, depth - 1);
            self.i32(1);
            self.emit(Instr::Binop(BinOp::I(Inn::I32, IBinOp::And)));
        } else {
            let i = if self.r.chance(3) { self.r.below(20) } else { self.r.below(2) };
            self.i32(i as u32);
        }
    }

    /// A position in a table.
    pub(super) fn table_index(&mut self, table: usize) {
        let tt = self.tables[table];
        let len = tt.limits.min.max(1) as usize;
        let i = if self.r.chance(4) { len + self.r.below(3) } else { self.r.below(len) };
        self.addr(tt.addr, i as u64);
    }

    /// A call with one result of this type.
    fn call_for(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        if !self.b.calls {
            return None;
        }
        let fits = |x: &usize| match self.types.comp(self.funcs[*x]) {
            CompType::Func(ft) => {
                matches!(ft.results[..], [result] if self.types.sub(result, t))
                    && ft.params.iter().all(|t| self.types.inhabited(*t))
            }
            _ => false,
        };
        let all: Vec<usize> = (0..self.user_funcs).filter(fits).collect();
        let f = self.r.pick(&all)?;
        self.call(f, depth, false);
        Some(Expected::Unknown)
    }

    /// Calls a function in one of the three ways, or in their tail forms.
    pub(super) fn call(&mut self, f: usize, depth: u32, tail: bool) {
        let x = self.funcs[f];
        let ft = self.types.functype(x);
        for t in &ft.params {
            self.expr(*t, depth.saturating_sub(1).min(2));
        }
        let by_table = self.table_for(x);
        let how = self.r.below(4);
        match (how, by_table) {
            (0, _) | (3, None) => {
                self.hidden_func(f, x);
                let tu = TypeUse::Idx(x);
                self.emit(if tail { Instr::ReturnCallRef(tu) } else { Instr::CallRef(tu) });
            }
            (3, Some(table)) => {
                let tt = self.tables[table];
                let hidden = self.elements_of(table).iter().position(|y| self.types.same(*y, x));
                match hidden {
                    Some(i) => self.addr(tt.addr, i as u64),
                    None => self.table_index(table),
                }
                let tu = TypeUse::Idx(x);
                let table = table as TableIdx;
                self.emit(if tail { Instr::ReturnCallIndirect(table, tu) } else { Instr::CallIndirect(table, tu) });
            }
            _ => {
                let f = f as FuncIdx;
                self.emit(if tail { Instr::ReturnCall(f) } else { Instr::Call(f) });
            }
        }
    }

    /// A reference to a function, of a type above its own or through a table.
    fn hidden_func(&mut self, f: usize, x: TypeIdx) {
        if self.r.chance(3) {
            return self.emit(Instr::RefNull(heap(x)));
        }
        if self.r.chance(30) {
            self.expr(ValType::Ref(RefType::non_null(heap(x))), 1);
            return;
        }
        self.emit(Instr::RefFunc(f as FuncIdx));
        if self.r.chance(30) {
            self.hide(ValType::Ref(RefType::FUNCREF), Expected::Of(heap(x)));
            self.emit(Instr::RefCast(RefType::non_null(heap(x))));
        }
    }

    /// A table for a call of a function of this type: one that has such a function, if there is.
    fn table_for(&mut self, x: TypeIdx) -> Option<usize> {
        let func = |n: &usize| self.types.top(self.tables[*n].elem.heap) == AbsHeapType::Func;
        let all: Vec<usize> = (0..self.user_tables).filter(func).collect();
        let has = |n: &&usize| self.elements_of(**n).iter().any(|y| self.types.same(*y, x));
        match all.iter().find(has) {
            Some(n) => Some(*n),
            None if self.r.chance(15) => self.r.pick(&all),
            None => None,
        }
    }

    /// The types of the functions that a table has in the beginning.
    fn elements_of(&self, table: usize) -> Vec<TypeIdx> {
        let Some(elem) =
            self.module.elems.iter().find(|elem| matches!(elem.mode, ElemMode::Active(x, _) if x as usize == table))
        else {
            return Vec::new();
        };
        let func = |expr: &Seq| match self.code.seq(*expr).next() {
            Some(Instr::RefFunc(f)) => self.funcs.get(*f as usize).copied().unwrap_or(TypeIdx::MAX),
            _ => TypeIdx::MAX,
        };
        elem.init.iter().map(func).collect()
    }

    fn select(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        let hint = self.expr(t, depth - 1);
        self.expr(t, depth - 1);
        self.expr(ValType::I32, depth - 1);
        let annotation = match t {
            ValType::Ref(_) => Some(self.code.add_types([t])),
            _ if self.r.chance(30) => Some(self.code.add_types([t])),
            _ => None,
        };
        self.emit(Instr::Select(annotation));
        Some(hint)
    }

    /// Takes the static type of the topmost value away: it has only type `t` afterwards.
    pub(super) fn hide(&mut self, t: ValType, hint: Expected) {
        match self.r.below(4) {
            0 => (),
            1 | 2 => {
                let x = self.local(t);
                self.set_local(x, hint);
                self.emit(Instr::LocalGet(x));
            }
            _ => {
                let bt = self.types.func(&[t], &[t]);
                let seq = self.nested(super::body::Label { types: vec![t], target: true }, |_| ());
                self.emit(Instr::Block(BlockType::Idx(bt), seq));
            }
        }
    }

    /// A reference to be tested or cast, of a type above `to`, that is expected to be of it or not to be.
    pub(super) fn subject(&mut self, to: RefType, succeed: bool, depth: u32) -> RefType {
        let above = self.types.above(to.heap);
        let from = RefType::null(above[self.r.below(above.len())]);
        let hint = if succeed {
            // A local that is known, if there is one.
            let known = |x: &usize| {
                let local = &self.b.locals[*x];
                matches!((local.ty, local.hint), (ValType::Ref(rt), Expected::Of(ht)) if local.set
                    && self.types.heap_sub(ht, to.heap) && self.types.ref_sub(rt, from))
            };
            let found = (0..self.b.locals.len()).rfind(known);
            match found {
                Some(x) if self.r.chance(50) => {
                    self.emit(Instr::LocalGet(x as LocalIdx));
                    self.b.locals[x].hint
                }
                _ if self.types.inhabited(ValType::Ref(to)) => self.expr(ValType::Ref(to), depth),
                _ => self.expr(ValType::Ref(from), depth),
            }
        } else {
            // Something from the same hierarchy that is not of the type, or null where null is not.
            let mut other = self.types.relative(self.r, to.heap);
            for _ in 0..3 {
                let wrong = self.types.heap_sub(other, to.heap) || !self.types.heap_sub(other, from.heap);
                if wrong || !self.types.inhabited(ValType::Ref(RefType::non_null(other))) {
                    other = self.types.relative(self.r, to.heap);
                }
            }
            if !self.types.heap_sub(other, from.heap) {
                other = from.heap;
            }
            let null = !self.types.inhabited(ValType::Ref(RefType::non_null(other)));
            self.expr(ValType::Ref(RefType { null, heap: other }), depth)
        };
        self.hide(ValType::Ref(from), hint);
        from
    }

    /// The ways of references.
    fn reference(&mut self, rt: RefType, depth: u32) -> Option<Expected> {
        let t = ValType::Ref(rt);
        match self.r.below(10) {
            0 | 1 if self.types.top(rt.heap) != AbsHeapType::Exn => {
                // A cast; what it casts is mostly of the type.
                let to = RefType { null: rt.null && self.r.chance(60), heap: self.subheap(rt.heap) };
                let succeed = !self.r.chance(12);
                self.subject(to, succeed, depth - 1);
                self.emit(Instr::RefCast(to));
                Some(Expected::Of(to.heap))
            }
            2 | 3 if self.types.top(rt.heap) == AbsHeapType::Any && rt.heap == HeapType::abs(AbsHeapType::Any) => {
                self.expr(ValType::Ref(RefType { null: rt.null, heap: HeapType::abs(AbsHeapType::Extern) }), depth - 1);
                self.emit(Instr::AnyConvertExtern);
                Some(Expected::Unknown)
            }
            2 | 3 if rt.heap == HeapType::abs(AbsHeapType::Extern) => {
                let any = RefType { null: rt.null, heap: HeapType::abs(AbsHeapType::Any) };
                self.expr(ValType::Ref(any), depth - 1);
                self.emit(Instr::ExternConvertAny);
                Some(Expected::Unknown)
            }
            4 if !rt.null || self.r.chance(30) => {
                // From what may be null, but mostly is not.
                let null = self.r.chance(15) || !self.types.inhabited(ValType::Ref(RefType::non_null(rt.heap)));
                let hint = self.expr(ValType::Ref(RefType { null, heap: rt.heap }), depth - 1);
                self.hide(ValType::Ref(RefType::null(rt.heap)), hint);
                self.emit(Instr::RefAsNonNull);
                Some(hint)
            }
            _ if self.types.inhabited(t) => Some(self.value(t, depth.min(3), false)),
            _ => None,
        }
    }

    /// A heap type below another that has values.
    fn subheap(&mut self, ht: HeapType) -> HeapType {
        let n = self.types.user;
        if self.r.chance(40) || n == 0 {
            return ht;
        }
        let at = self.r.below(n);
        let fits = |x: &usize| {
            let x = *x as TypeIdx;
            self.types.rank(x, false).is_some() && self.types.heap_sub(heap(x), ht)
        };
        (0..n).cycle().skip(at).take(n).find(fits).map_or(ht, |x| heap(x as TypeIdx))
    }

    fn i32_expr(&mut self, depth: u32) {
        let depth = depth - 1;
        match self.r.below(16) {
            0..4 => {
                // A test; about half of them succeed.
                let to = self.types.reftype(self.r);
                if self.types.top(to.heap) == AbsHeapType::Exn {
                    self.expr(ValType::Ref(RefType::EXNREF), depth);
                    return self.emit(Instr::RefIsNull);
                }
                let succeed = self.r.chance(50);
                self.subject(to, succeed, depth);
                self.emit(Instr::RefTest(to));
            }
            4 | 5 => {
                let share = self.types.some_share(self.r);
                let eq = HeapType::Abs(share, AbsHeapType::Eq);
                let below = self.subheap(eq);
                let t = ValType::Ref(RefType { null: self.r.chance(40), heap: below });
                self.expr(t, depth);
                if self.r.chance(50) {
                    // The same again.
                    let x = self.local(t);
                    self.set_local(x, Expected::Unknown);
                    self.emit_all([Instr::LocalGet(x), Instr::LocalGet(x)]);
                } else {
                    self.expr(ValType::Ref(RefType::null(eq)), depth);
                }
                self.emit(Instr::RefEq);
            }
            6 => {
                let rt = self.types.reftype(self.r);
                self.expr(ValType::Ref(RefType::null(rt.heap)), depth);
                self.emit(Instr::RefIsNull);
            }
            7 | 8 => {
                let null = self.r.chance(10);
                let share = self.types.some_share(self.r);
                self.expr(ValType::Ref(RefType { null, heap: HeapType::Abs(share, AbsHeapType::I31) }), depth);
                let sx = if self.r.chance(50) { Sx::S } else { Sx::U };
                self.emit(Instr::I31Get(sx));
            }
            9 | 10 => {
                let share = self.types.some_share(self.r);
                let array = HeapType::Abs(share, AbsHeapType::Array);
                let below = self.subheap(array);
                let null = self.r.chance(8) || !self.types.inhabited(ValType::Ref(RefType::non_null(below)));
                self.expr(ValType::Ref(RefType { null, heap: below }), depth);
                self.emit(Instr::ArrayLen);
            }
            11 if self.user_tables > 0 => {
                let table = self.r.below(self.user_tables);
                self.emit(Instr::TableSize(table as TableIdx));
                if self.tables[table].addr == AddrType::I64 {
                    self.emit(Instr::Cvtop(NumType::I32, NumType::I64, CvtOp::Wrap));
                }
            }
            12 => self.compare(depth),
            13 if !self.mems.is_empty() => self.load(ValType::I32, depth),
            _ => self.arithmetic(Inn::I32, depth),
        }
    }
}
