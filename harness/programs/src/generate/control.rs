//! Expressions with labels: blocks, conditionals, loops, branches on references, exceptions.

use super::body::{Expected, Gen, Label};
use super::kinds::{CompKind, heap};
use lockstep_semantics::syntax::*;

impl Gen<'_, '_, '_> {
    /// A value of a type by way of a label.
    pub(super) fn control(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        let depth = depth - 1;
        match self.r.below(13) {
            0 => {
                self.block(&[t], |g| {
                    g.statements(1, depth);
                    g.expr(t, depth);
                });
            }
            1 | 2 => {
                self.expr(ValType::I32, depth);
                self.if_else(
                    &[t],
                    |g| {
                        g.expr(t, depth);
                    },
                    |g| {
                        g.expr(t, depth);
                    },
                );
            }
            3 => return self.loop_with_value(t, depth),
            4 | 5 => self.try_for(t, depth),
            6 => {
                let ValType::Ref(rt) = t else { return None };
                self.on_null(rt, depth);
            }
            7 => {
                let ValType::Ref(rt) = t else { return None };
                self.on_non_null(rt, depth);
            }
            8 | 9 => {
                let ValType::Ref(rt) = t else { return None };
                self.on_cast(rt, depth);
            }
            10 => {
                let ValType::Ref(rt) = t else { return None };
                self.on_cast_fail(rt, depth);
            }
            11 => self.switch(t, depth),
            _ => {
                // What follows the branch is never reached.
                self.block(&[t], |g| {
                    g.expr(t, depth);
                    g.emit(Instr::Br(0));
                    g.unreachable(t);
                });
            }
        }
        Some(Expected::Unknown)
    }

    /// A loop whose parameter and result are of the type.
    fn loop_with_value(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        if self.b.loops >= 2 {
            return None;
        }
        if self.r.chance(40) {
            return self.loop_with_parameter(t, depth);
        }
        let counter = self.reserved(ValType::I32);
        let times = self.r.within(1, 3) as u32;
        self.i32(times);
        self.emit(Instr::LocalSet(counter));
        self.expr(t, depth);
        self.b.loops += 1;
        let seq = self.nested(Label { types: vec![t], target: false }, |g| {
            let x = g.local(t);
            g.set_local(x, Expected::Unknown);
            g.statements(1, depth);
            if g.r.chance(60) {
                g.expr(t, depth);
            } else {
                g.emit(Instr::LocalGet(x));
            }
            g.count_down(counter);
            g.emit(Instr::BrIf(0));
        });
        self.b.loops -= 1;
        let bt = self.types.func(&[t], &[t]);
        self.emit(Instr::Loop(BlockType::Idx(bt), seq));
        Some(Expected::Unknown)
    }

    /// A loop whose parameter is of another type than its result.
    fn loop_with_parameter(&mut self, t: ValType, depth: u32) -> Option<Expected> {
        let param = self.types.inhabited_valtype(self.r);
        let counter = self.reserved(ValType::I32);
        let times = self.r.within(1, 3) as u32;
        self.i32(times);
        self.emit(Instr::LocalSet(counter));
        self.expr(param, depth);
        self.b.loops += 1;
        let seq = self.nested(Label { types: vec![param], target: false }, |g| {
            let x = g.local(param);
            g.set_local(x, Expected::Unknown);
            g.statements(1, depth);
            g.count_down(counter);
            g.if_else(
                &[],
                |g| {
                    g.expr(param, depth);
                    g.emit(Instr::Br(1));
                },
                |_| (),
            );
            g.expr(t, depth);
        });
        self.b.loops -= 1;
        let bt = self.types.func(&[param], &[t]);
        self.emit(Instr::Loop(BlockType::Idx(bt), seq));
        Some(Expected::Unknown)
    }

    /// Decrements a counter and leaves its new value.
    pub(super) fn count_down(&mut self, counter: LocalIdx) {
        self.emit(Instr::LocalGet(counter));
        self.i32(1);
        self.emit(Instr::Binop(BinOp::I(Inn::I32, IBinOp::Sub)));
        self.emit(Instr::LocalTee(counter));
    }

    fn on_null(&mut self, rt: RefType, depth: u32) {
        let (t, to) = (ValType::Ref(rt), ValType::Ref(RefType::null(rt.heap)));
        self.block(&[t], |g| {
            g.block(&[], |g| {
                let hint = g.expr(to, depth);
                g.hide(to, hint);
                g.emit_all([Instr::BrOnNull(0), Instr::Br(1)]);
            });
            g.expr(t, depth);
        });
    }

    fn on_non_null(&mut self, rt: RefType, depth: u32) {
        let (t, to) = (ValType::Ref(rt), ValType::Ref(RefType::null(rt.heap)));
        self.block(&[t], |g| {
            let hint = g.expr(to, depth);
            g.hide(to, hint);
            g.emit(Instr::BrOnNonNull(0));
            g.expr(t, depth);
        });
    }

    /// A reference type below another, to cast to.
    fn cast_target(&mut self, rt: RefType) -> RefType {
        let n = self.types.user;
        let at = self.r.below(n.max(1));
        let fits = |x: &usize| self.types.heap_sub(heap(*x as TypeIdx), rt.heap);
        let found = (0..n).cycle().skip(at).take(n).find(fits).map(|x| heap(x as TypeIdx));
        let to = match found {
            Some(ht) if self.r.chance(75) => ht,
            _ => rt.heap,
        };
        RefType { null: rt.null && self.r.chance(50), heap: to }
    }

    fn on_cast(&mut self, rt: RefType, depth: u32) {
        if self.types.top(rt.heap) == AbsHeapType::Exn {
            return self.on_non_null(rt, depth);
        }
        let t = ValType::Ref(rt);
        self.block(&[t], |g| {
            let to = g.cast_target(rt);
            let succeed = g.r.chance(50);
            let from = g.subject(to, succeed, depth);
            g.emit(Instr::BrOnCast(0, from, to));
            g.rest(from, to);
            g.expr(t, depth);
        });
    }

    /// Takes what a cast from a type to another left because it failed: null only where the other has no null.
    pub(super) fn rest(&mut self, from: RefType, to: RefType) {
        if self.r.chance(60) {
            return self.emit(Instr::Drop);
        }
        let x = self.local(ValType::Ref(RefType { null: from.null && !to.null, heap: from.heap }));
        self.set_local(x, Expected::Unknown);
    }

    fn on_cast_fail(&mut self, rt: RefType, depth: u32) {
        if self.types.top(rt.heap) == AbsHeapType::Exn {
            return self.on_null(rt, depth);
        }
        let t = ValType::Ref(rt);
        self.block(&[t], |g| {
            let to = g.cast_target(rt);
            let above = g.types.above(to.heap);
            // What is not of the type is null only where the type has no null.
            let top = RefType { null: !to.null, heap: above.last().copied().unwrap_or(to.heap) };
            g.block(&[ValType::Ref(top)], |g| {
                let succeed = g.r.chance(50);
                let from = if to.null && g.r.chance(30) {
                    let from = RefType::null(above[g.r.below(above.len())]);
                    g.emit(Instr::RefNull(from.heap));
                    g.hide(ValType::Ref(from), Expected::Null);
                    from
                } else {
                    g.subject(to, succeed, depth)
                };
                g.emit_all([Instr::BrOnCastFail(0, from, to), Instr::Br(1)]);
            });
            g.emit(Instr::Drop);
            g.expr(t, depth);
        });
    }

    /// `br_table` over some blocks.
    fn switch(&mut self, t: ValType, depth: u32) {
        let n = self.r.within(1, 3) as u32;
        self.block(&[t], |g| g.case(t, n, n, depth));
    }

    fn case(&mut self, t: ValType, left: u32, n: u32, depth: u32) {
        if left == 0 {
            self.expr(ValType::I32, depth);
            self.i32(n);
            self.emit(Instr::Binop(BinOp::I(Inn::I32, IBinOp::Rem(Sx::U))));
            let labels = self.code.add_labels(0..n - 1);
            return self.emit(Instr::BrTable(labels, n - 1));
        }
        self.block(&[], |g| g.case(t, left - 1, n, depth));
        self.expr(t, depth.min(1));
        if left < n {
            self.emit(Instr::Br(n - left));
        }
    }

    /// A value from a sequence that may throw, or from what catches it.
    fn try_for(&mut self, t: ValType, depth: u32) {
        let n = self.r.weighted(&[10, 50, 30, 10]) as u32;
        let mut clauses = Vec::new();
        for _ in 0..n {
            let tag = self.r.below(self.tags.len()) as TagIdx;
            // The exception of a shared tag is shared, but not to wasmparser.
            let shared = self.types.share(heap(self.tags[tag as usize])) == Share::Shared;
            clauses.push(match self.r.below(5) {
                0 | 1 => Catch::Catch(tag, 0),
                2 if shared => Catch::Catch(tag, 0),
                2 => Catch::CatchRef(tag, 0),
                3 => Catch::CatchAll(0),
                _ => Catch::CatchAllRef(0),
            });
        }
        self.block(&[t], |g| g.handlers(t, &clauses, n, depth));
    }

    /// The types that a clause passes to its label.
    fn caught(&mut self, clause: Catch) -> Vec<ValType> {
        let exn = ValType::Ref(RefType::non_null(HeapType::abs(AbsHeapType::Exn)));
        match clause {
            Catch::Catch(x, _) => self.types.functype(self.tags[x as usize]).params,
            Catch::CatchRef(x, _) => {
                let mut types = self.types.functype(self.tags[x as usize]).params;
                types.push(exn);
                types
            }
            Catch::CatchAll(_) => Vec::new(),
            Catch::CatchAllRef(_) => vec![exn],
        }
    }

    fn handlers(&mut self, t: ValType, clauses: &[Catch], left: u32, depth: u32) {
        let n = clauses.len() as u32;
        if left == 0 {
            // Clause i goes to the block that is i further out.
            let label = |(i, clause): (u32, &Catch)| match *clause {
                Catch::Catch(x, _) => Catch::Catch(x, i),
                Catch::CatchRef(x, _) => Catch::CatchRef(x, i),
                Catch::CatchAll(_) => Catch::CatchAll(i),
                Catch::CatchAllRef(_) => Catch::CatchAllRef(i),
            };
            let seq = self.nested(Label { types: vec![t], target: true }, |g| {
                if g.r.chance(60) {
                    g.throw_perhaps(depth);
                }
                g.statements(2, depth);
                if g.r.chance(20) {
                    g.leave(depth);
                }
                if g.r.chance(8) {
                    // What it throws is none of these handlers' business.
                    g.tail_call(depth);
                }
                g.expr(t, depth);
            });
            let catches = self.code.add_catches((0..).zip(clauses).map(label));
            let bt = self.blocktype(&[], &[t]);
            self.emit(Instr::TryTable(bt, catches, seq));
            if n > 0 {
                self.emit(Instr::Br(n));
            }
            return;
        }
        let types = self.caught(clauses[(left - 1) as usize]);
        self.block(&types, |g| g.handlers(t, clauses, left - 1, depth));
        for t in types.iter().rev() {
            let x = self.local(*t);
            self.set_local(x, Expected::Unknown);
        }
        let exn = |t: &ValType| matches!(t, ValType::Ref(rt) if self.types.top(rt.heap) == AbsHeapType::Exn);
        if types.last().is_some_and(exn) && self.r.chance(15) {
            // On it goes.
            self.emit_all([Instr::LocalGet((self.b.locals.len() - types.len()) as LocalIdx), Instr::ThrowRef]);
            return;
        }
        self.expr(t, depth.min(1));
        if left < n {
            self.emit(Instr::Br(n - left));
        }
    }

    /// Throws if something is so.
    pub(super) fn throw_perhaps(&mut self, depth: u32) {
        let depth = depth.min(1);
        let tag = self.r.below(self.tags.len());
        let params = self.types.functype(self.tags[tag]).params;
        if !params.iter().all(|t| self.types.inhabited(*t)) {
            return;
        }
        let by_ref = self.r.chance(15);
        self.expr(ValType::I32, 1);
        self.i32(1);
        self.emit(Instr::Binop(BinOp::I(Inn::I32, IBinOp::And)));
        self.if_else(
            &[],
            |g| {
                if by_ref {
                    let null = g.r.chance(30);
                    g.expr(ValType::Ref(RefType { null, heap: HeapType::abs(AbsHeapType::Exn) }), depth);
                    return g.emit(Instr::ThrowRef);
                }
                for t in &params {
                    g.expr(*t, depth);
                }
                g.emit(Instr::Throw(tag as TagIdx));
            },
            |_| (),
        );
    }

    /// Code that is never reached, where the stack has whatever is asked for, and a value at the end.
    fn unreachable(&mut self, t: ValType) {
        for _ in 0..self.r.within(1, 4) {
            let structs: Vec<TypeIdx> = self.types.of_kind(CompKind::Struct).collect();
            let arrays: Vec<TypeIdx> = self.types.of_kind(CompKind::Array).collect();
            match self.r.below(12) {
                0 => self.emit_all([Instr::RefAsNonNull, Instr::Drop]),
                1 => self.emit_all([Instr::RefIsNull, Instr::Drop]),
                2 => self.emit_all([Instr::Select(None), Instr::Drop]),
                3 => self.emit_all([Instr::RefEq, Instr::Drop]),
                4 => self.emit_all([Instr::AnyConvertExtern, Instr::ExternConvertAny, Instr::Drop]),
                5 => self.emit_all([Instr::ArrayLen, Instr::Drop]),
                6 => {
                    if let Some(x) = self.r.pick(&structs) {
                        self.emit_all([Instr::StructNew(x), Instr::RefAsNonNull, Instr::Drop]);
                    }
                }
                7 => {
                    if let Some(x) = self.r.pick(&arrays) {
                        self.emit_all([Instr::ArrayNew(x), Instr::Drop]);
                    }
                }
                8 => {
                    let f = self.r.below(self.user_funcs);
                    self.emit(Instr::CallRef(TypeUse::Idx(self.funcs[f])));
                    let results = self.types.functype(self.funcs[f]).results.len();
                    for _ in 0..results {
                        self.emit(Instr::Drop);
                    }
                }
                9 => self.emit(Instr::ThrowRef),
                10 => self.emit_all([Instr::I31Get(Sx::S), Instr::Drop]),
                _ => {
                    let to = self.types.reftype(self.r);
                    self.emit_all([Instr::RefCast(to), Instr::Drop]);
                }
            }
        }
        match self.r.below(3) {
            0 => self.emit(Instr::Unreachable),
            1 if t == ValType::I32 => self.emit(Instr::I31Get(Sx::U)),
            _ => self.emit(Instr::Br(0)),
        }
    }
}
