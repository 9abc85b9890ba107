//! Probes: functions that turn a value into a number that every engine must agree on.
//!
//! A probe walks the graph of an internal reference by type tests, reads of fields and elements and `ref.eq`. A table
//! holds the references that it has visited, and a repeated reference counts as its position there: the number depends
//! on identity, but not on addresses. The walk is bounded in depth and in the number of references; beyond the bounds
//! only null-ness counts. Functions count by their function types, exceptions by their tag and fields, external
//! references by the reference inside.

use super::body::{Gen, Helper};
use super::kinds::{CompKind, heap};
use lockstep_semantics::syntax::*;

/// How many references a walk remembers.
const NODES: u32 = 12;
/// How deep it goes.
const DEPTH: u32 = 4;
/// How many elements of an array it reads.
const ELEMENTS: u32 = 4;

const fn any(share: Share) -> HeapType {
    HeapType::Abs(share, AbsHeapType::Any)
}
const fn i31(share: Share) -> HeapType {
    HeapType::Abs(share, AbsHeapType::I31)
}
const fn eq(share: Share) -> HeapType {
    HeapType::Abs(share, AbsHeapType::Eq)
}

const fn i64_op(op: IBinOp) -> Instr {
    Instr::Binop(BinOp::I(Inn::I64, op))
}
const fn i32_op(op: IBinOp) -> Instr {
    Instr::Binop(BinOp::I(Inn::I32, op))
}
const WIDEN: Instr = Instr::Cvtop(NumType::I64, NumType::I32, CvtOp::Extend(Sx::U));

impl Gen<'_, '_, '_> {
    /// A helper function, emitted on first use.
    pub(super) fn helper(&mut self, helper: Helper) -> FuncIdx {
        if let Some((_, f)) = self.helpers.iter().find(|(other, _)| *other == helper) {
            return *f;
        }
        let (params, result) = match helper {
            Helper::Nan(t, _) => (vec![t], t),
            Helper::ProbeNode(share) => (vec![ValType::Ref(RefType::null(any(share))), ValType::I32], ValType::I64),
            Helper::ProbeFunc => (vec![ValType::Ref(RefType::FUNCREF)], ValType::I64),
            Helper::ProbeExn => (vec![ValType::Ref(RefType::EXNREF), ValType::I32], ValType::I64),
        };
        let ty = self.types.func(&params, &[result]);
        let f = self.declare(ty);
        self.helpers.push((helper, f));
        self.write(f, |g| match helper {
            Helper::Nan(t, wide) => g.nan(t, wide),
            Helper::ProbeNode(share) => g.probe_node(share),
            Helper::ProbeFunc => g.probe_func(),
            Helper::ProbeExn => g.probe_exn(),
        });
        f
    }

    /// A NaN becomes the canonical positive one.
    fn nan(&mut self, t: ValType, wide: bool) {
        let get = Instr::LocalGet(0);
        let (canonical, equal, choose) = match t {
            ValType::F32 => (Num::F32(0x7fc0_0000).into(), Instr::Relop(RelOp::F(Fnn::F32, FRelOp::Eq)), None),
            ValType::F64 => {
                (Num::F64(0x7ff8_0000_0000_0000).into(), Instr::Relop(RelOp::F(Fnn::F64, FRelOp::Eq)), None)
            }
            _ => {
                let (lanes, shape) = if wide {
                    (0x7ff8_0000_0000_0000_7ff8_0000_0000_0000, FShape::F64x2)
                } else {
                    (0x7fc0_0000_7fc0_0000_7fc0_0000_7fc0_0000, FShape::F32x4)
                };
                let equal = Instr::Vrelop(VRelOp::F(shape, FRelOp::Eq));
                (V128::from_u128(lanes).into(), equal, Some(Instr::Vvternop(VVTernOp::Bitselect)))
            }
        };
        let canonical = match canonical {
            Constant::Num(num) => Instr::Const(num),
            Constant::Vec(v) => Instr::Vconst(v),
        };
        self.emit_all([get, canonical, get, get, equal, choose.unwrap_or(Instr::Select(None))]);
    }

    /// The table of the references met, and the global with their number.
    fn met(&mut self, share: Share) -> (TableIdx, GlobalIdx) {
        if let Some(met) = self.met[share as usize] {
            return met;
        }
        let limits = Limits { min: u64::from(NODES), max: Some(u64::from(NODES)) };
        let ty = TableType { share: Share::Unshared, addr: AddrType::I32, limits, elem: RefType::null(eq(share)) };
        let init = self.constant(|g| g.emit(Instr::RefNull(eq(share))));
        self.module.tables.push(Table { ty, init });
        self.tables.push(ty);
        let ty = GlobalType { share: Share::Unshared, mutable: true, val: ValType::I32 };
        let init = self.constant(|g| g.i32(0));
        self.module.globals.push(Global { ty, init });
        self.globals.push(ty);
        let met = ((self.tables.len() - 1) as TableIdx, (self.globals.len() - 1) as GlobalIdx);
        self.met[share as usize] = Some(met);
        met
    }

    /// Begins a walk: nothing has been met.
    pub(super) fn forget(&mut self) {
        for share in [Share::Unshared, Share::Shared] {
            if share == Share::Unshared || self.types.sharing {
                let (_, count) = self.met(share);
                self.i32(0);
                self.emit(Instr::GlobalSet(count));
            }
        }
    }

    /// Turns the topmost value into an `i64`. `depth` is the local with the depth that remains, where there is one.
    pub(super) fn fold(&mut self, t: ValType, depth: Option<LocalIdx>) {
        match t {
            ValType::Num(NumType::I32) => self.emit(WIDEN),
            ValType::Num(NumType::I64) | ValType::Bot => (),
            ValType::Num(NumType::F32) => {
                self.settle_nan(t, false);
                self.emit_all([Instr::Cvtop(NumType::I32, NumType::F32, CvtOp::Reinterpret), WIDEN]);
            }
            ValType::Num(NumType::F64) => {
                self.settle_nan(t, false);
                self.emit(Instr::Cvtop(NumType::I64, NumType::F64, CvtOp::Reinterpret));
            }
            ValType::Vec(_) => {
                let x = self.reserved(t);
                let lane = |i| Instr::VextractLane(Shape::I(IShape::I64x2), None, i);
                self.emit_all([Instr::LocalTee(x), lane(0), Instr::LocalGet(x), lane(1)]);
                self.i64(5);
                self.emit_all([i64_op(IBinOp::Rotl), i64_op(IBinOp::Xor)]);
            }
            ValType::Ref(rt) => {
                let top = self.types.top(rt.heap);
                match top {
                    AbsHeapType::Func => {
                        let f = self.helper(Helper::ProbeFunc);
                        return self.emit(Instr::Call(f));
                    }
                    AbsHeapType::Extern => self.emit(Instr::AnyConvertExtern),
                    _ => (),
                }
                match depth {
                    Some(x) => {
                        self.emit(Instr::LocalGet(x));
                        self.i32(1);
                        self.emit(i32_op(IBinOp::Sub));
                    }
                    None => self.i32(DEPTH),
                }
                let share = self.types.share(rt.heap);
                let f = self.helper(if top == AbsHeapType::Exn { Helper::ProbeExn } else { Helper::ProbeNode(share) });
                self.emit(Instr::Call(f));
            }
        }
    }

    /// `h := h * 31 + value`
    pub(super) fn mix(&mut self, h: LocalIdx, value: impl FnOnce(&mut Self)) {
        self.emit(Instr::LocalGet(h));
        self.i64(31);
        self.emit(i64_op(IBinOp::Mul));
        value(self);
        self.emit_all([i64_op(IBinOp::Add), Instr::LocalSet(h)]);
    }

    /// Returns a number when the topmost `i32` is not zero.
    fn return_if(&mut self, number: u64) {
        self.if_else(
            &[],
            |g| {
                g.i64(number);
                g.emit(Instr::Return);
            },
            |_| (),
        );
    }

    fn probe_node(&mut self, share: Share) {
        let (any_i31, any_eq) = (RefType::non_null(i31(share)), RefType::non_null(eq(share)));
        let (p, depth) = (0, 1);
        let (h, i, e) = (
            self.reserved(ValType::I64),
            self.reserved(ValType::I32),
            self.reserved(ValType::Ref(RefType::null(eq(share)))),
        );
        let (table, count) = self.met(share);
        self.emit_all([Instr::LocalGet(p), Instr::RefIsNull]);
        self.return_if(1);
        self.emit_all([Instr::LocalGet(p), Instr::RefTest(any_i31)]);
        self.if_else(
            &[],
            |g| {
                g.emit_all([Instr::LocalGet(p), Instr::RefCast(any_i31), Instr::I31Get(Sx::S), WIDEN]);
                g.i64(2);
                g.emit_all([i64_op(IBinOp::Sub), Instr::Return]);
            },
            |_| (),
        );
        // What is nothing of WebAssembly's.
        self.emit_all([Instr::LocalGet(p), Instr::RefTest(any_eq), Instr::Testop(Inn::I32, TestOp::Eqz)]);
        self.return_if(3);
        self.emit_all([Instr::LocalGet(depth), Instr::Testop(Inn::I32, TestOp::Eqz)]);
        self.return_if(4);
        self.emit_all([Instr::LocalGet(p), Instr::RefCast(RefType::null(eq(share))), Instr::LocalSet(e)]);
        // Met before?
        self.block(&[], |g| {
            g.loop_(|g| {
                g.emit_all([Instr::LocalGet(i), Instr::GlobalGet(count)]);
                g.emit_all([Instr::Relop(RelOp::I(Inn::I32, IRelOp::Ge(Sx::U))), Instr::BrIf(1)]);
                g.emit_all([Instr::LocalGet(i), Instr::TableGet(table), Instr::LocalGet(e), Instr::RefEq]);
                g.if_else(
                    &[],
                    |g| {
                        g.emit_all([Instr::LocalGet(i), WIDEN]);
                        g.i64(100);
                        g.emit_all([i64_op(IBinOp::Add), Instr::Return]);
                    },
                    |_| (),
                );
                g.emit(Instr::LocalGet(i));
                g.i32(1);
                g.emit_all([i32_op(IBinOp::Add), Instr::LocalSet(i), Instr::Br(0)]);
            });
        });
        self.emit(Instr::GlobalGet(count));
        self.i32(NODES);
        self.emit(Instr::Relop(RelOp::I(Inn::I32, IRelOp::Ge(Sx::U))));
        self.return_if(5);
        self.emit_all([Instr::GlobalGet(count), Instr::LocalGet(e), Instr::TableSet(table)]);
        self.emit(Instr::GlobalGet(count));
        self.i32(1);
        self.emit_all([i32_op(IBinOp::Add), Instr::GlobalSet(count)]);
        self.i64(7);
        self.emit(Instr::LocalSet(h));
        // Types without a supertype, and below them the others.
        let types: Vec<TypeIdx> = (0..self.types.user as TypeIdx)
            .filter(|x| self.types.share(heap(*x)) == share && self.probed(*x))
            .collect();
        for x in &types {
            if self.types.supertype(*x).is_none() {
                self.probe_type(*x, &types, h, e, depth);
            }
        }
        self.emit(Instr::LocalGet(h));
    }

    /// Whether probes look for a type: when it has values and is not the same as one before it.
    fn probed(&self, x: TypeIdx) -> bool {
        self.types.kind(x) != CompKind::Func
            && self.types.rank(x, false).is_some()
            && !(0..x).any(|y| self.types.same(x, y))
    }

    /// When the reference is of a type, what it has more than its supertype is added, and what its subtypes have.
    fn probe_type(&mut self, x: TypeIdx, types: &[TypeIdx], h: LocalIdx, e: LocalIdx, depth: LocalIdx) {
        let to = RefType::non_null(heap(x));
        let write = |g: &mut Self| {
            g.mix(h, |g| g.i64(u64::from(x) + 11));
            let above = g.types.supertype(x);
            let from = above.map_or(0, |y| g.types.fields(y).len());
            let fts = g.types.fields(x).to_vec();
            for (i, ft) in fts.iter().enumerate().skip(from) {
                g.mix(h, |g| {
                    let sx =
                        matches!(ft.storage, StorageType::Pack(_)).then_some(if i % 2 == 0 { Sx::U } else { Sx::S });
                    g.emit_all([Instr::LocalGet(e), Instr::RefCast(to), Instr::StructGet(sx, x, i as FieldIdx)]);
                    g.fold(ft.storage.unpack(), Some(depth));
                });
            }
            if let (Some(ft), None) = (g.types.element(x), above) {
                g.probe_elements(x, ft, h, e, depth);
            }
            for y in types {
                if g.types.supertype(*y).is_some_and(|sup| g.types.same(sup, x)) {
                    g.probe_type(*y, types, h, e, depth);
                }
            }
        };
        if self.r.chance(50) {
            self.emit_all([Instr::LocalGet(e), Instr::RefTest(to)]);
            self.if_else(&[], write, |_| ());
        } else {
            let from = RefType::null(eq(self.types.share(heap(x))));
            let eq = ValType::Ref(from);
            self.block(&[eq], |g| {
                g.emit_all([Instr::LocalGet(e), Instr::BrOnCastFail(0, from, to), Instr::Drop]);
                write(g);
                g.emit(Instr::LocalGet(e));
            });
            self.emit(Instr::Drop);
        }
    }

    fn probe_elements(&mut self, x: TypeIdx, ft: FieldType, h: LocalIdx, e: LocalIdx, depth: LocalIdx) {
        let to = RefType::non_null(heap(x));
        let i = self.reserved(ValType::I32);
        self.mix(h, |g| g.emit_all([Instr::LocalGet(e), Instr::RefCast(to), Instr::ArrayLen, WIDEN]));
        self.i32(0);
        self.emit(Instr::LocalSet(i));
        self.block(&[], |g| {
            g.loop_(|g| {
                g.emit(Instr::LocalGet(i));
                g.i32(ELEMENTS);
                g.emit_all([Instr::Relop(RelOp::I(Inn::I32, IRelOp::Ge(Sx::U))), Instr::BrIf(1)]);
                g.emit_all([Instr::LocalGet(i), Instr::LocalGet(e), Instr::RefCast(to), Instr::ArrayLen]);
                g.emit_all([Instr::Relop(RelOp::I(Inn::I32, IRelOp::Ge(Sx::U))), Instr::BrIf(1)]);
                g.mix(h, |g| {
                    let sx = matches!(ft.storage, StorageType::Pack(_)).then_some(if x.is_multiple_of(2) {
                        Sx::U
                    } else {
                        Sx::S
                    });
                    g.emit_all([Instr::LocalGet(e), Instr::RefCast(to), Instr::LocalGet(i), Instr::ArrayGet(sx, x)]);
                    g.fold(ft.storage.unpack(), Some(depth));
                });
                g.emit(Instr::LocalGet(i));
                g.i32(1);
                g.emit_all([i32_op(IBinOp::Add), Instr::LocalSet(i), Instr::Br(0)]);
            });
        });
    }

    fn probe_func(&mut self) {
        let h = self.reserved(ValType::I64);
        self.emit_all([Instr::LocalGet(0), Instr::RefIsNull]);
        self.return_if(1);
        self.i64(9);
        self.emit(Instr::LocalSet(h));
        let all: Vec<TypeIdx> = self.types.of_kind(CompKind::Func).take(8).collect();
        for x in all {
            self.mix(h, |g| g.emit_all([Instr::LocalGet(0), Instr::RefTest(RefType::non_null(heap(x))), WIDEN]));
        }
        self.emit(Instr::LocalGet(h));
    }

    fn probe_exn(&mut self) {
        self.emit_all([Instr::LocalGet(0), Instr::RefIsNull]);
        self.return_if(1);
        self.emit_all([Instr::LocalGet(1), Instr::Testop(Inn::I32, TestOp::Eqz)]);
        self.return_if(4);
        let tags = self.tags.len().min(3);
        let h = self.reserved(ValType::I64);
        self.block(&[], |g| g.probe_tag(tags, tags, h));
        self.i64(6);
    }

    /// The blocks that catch the first tags, innermost the first.
    fn probe_tag(&mut self, left: usize, tags: usize, h: LocalIdx) {
        if left == 0 {
            let seq = self.nested(super::body::Label { types: vec![], target: false }, |g| {
                g.emit_all([Instr::LocalGet(0), Instr::ThrowRef]);
            });
            let mut catches: Vec<Catch> = (0..tags as u32).map(|i| Catch::Catch(i, i)).collect();
            catches.push(Catch::CatchAll(tags as u32));
            let catches = self.code.add_catches(catches);
            self.emit_all([Instr::TryTable(BlockType::Result(None), catches, seq), Instr::Unreachable]);
            return;
        }
        let tag = left - 1;
        let params = self.types.functype(self.tags[tag]).params;
        self.block(&params, |g| g.probe_tag(left - 1, tags, h));
        self.i64(50 + tag as u64);
        self.emit(Instr::LocalSet(h));
        for t in params.iter().rev() {
            self.fold(*t, Some(1));
            let x = self.reserved(ValType::I64);
            self.emit(Instr::LocalSet(x));
            self.mix(h, |g| g.emit(Instr::LocalGet(x)));
        }
        self.emit_all([Instr::LocalGet(h), Instr::Return]);
    }
}

/// A number or a vector.
enum Constant {
    Num(Num),
    Vec(V128),
}

impl From<Num> for Constant {
    fn from(num: Num) -> Self {
        Constant::Num(num)
    }
}

impl From<V128> for Constant {
    fn from(v: V128) -> Self {
        Constant::Vec(v)
    }
}
