//! Expressions of numbers and vectors.

use super::body::Gen;
use lockstep_semantics::syntax::*;

impl Gen<'_, '_, '_> {
    /// An operator on integers.
    pub(super) fn arithmetic(&mut self, inn: Inn, depth: u32) {
        let t = ValType::Num(inn.into());
        self.expr(t, depth);
        if self.r.chance(20) {
            let op =
                [IUnOp::Clz, IUnOp::Ctz, IUnOp::Popcnt, IUnOp::Extend(Sz::B8), IUnOp::Extend(Sz::B16)][self.r.below(5)];
            return self.emit(Instr::Unop(UnOp::I(inn, op)));
        }
        let ops = [
            IBinOp::Add,
            IBinOp::Sub,
            IBinOp::Xor,
            IBinOp::Mul,
            IBinOp::And,
            IBinOp::Or,
            IBinOp::Shl,
            IBinOp::Shr(Sx::S),
            IBinOp::Shr(Sx::U),
            IBinOp::Rotl,
            IBinOp::Rotr,
            IBinOp::Div(Sx::S),
            IBinOp::Div(Sx::U),
            IBinOp::Rem(Sx::S),
            IBinOp::Rem(Sx::U),
        ];
        let op = ops[self.r.below(ops.len())];
        self.expr(t, depth);
        if matches!(op, IBinOp::Div(_) | IBinOp::Rem(_)) && !self.r.chance(5) {
            // Odd, and so not zero.
            self.emit(Instr::Const(match inn {
                Inn::I32 => Num::I32(1),
                Inn::I64 => Num::I64(1),
            }));
            self.emit(Instr::Binop(BinOp::I(inn, IBinOp::Or)));
        }
        self.emit(Instr::Binop(BinOp::I(inn, op)));
    }

    /// A comparison.
    pub(super) fn compare(&mut self, depth: u32) {
        let sx = if self.r.chance(50) { Sx::S } else { Sx::U };
        let float = [FRelOp::Eq, FRelOp::Ne, FRelOp::Lt, FRelOp::Gt, FRelOp::Le, FRelOp::Ge][self.r.below(6)];
        let int =
            [IRelOp::Eq, IRelOp::Ne, IRelOp::Lt(sx), IRelOp::Gt(sx), IRelOp::Le(sx), IRelOp::Ge(sx)][self.r.below(6)];
        let (t, instr) = match self.r.below(6) {
            0 => (ValType::F32, Instr::Relop(RelOp::F(Fnn::F32, float))),
            1 => (ValType::F64, Instr::Relop(RelOp::F(Fnn::F64, float))),
            2 => (ValType::I64, Instr::Relop(RelOp::I(Inn::I64, int))),
            3 => {
                self.expr(ValType::I64, depth);
                return self.emit(Instr::Testop(Inn::I64, TestOp::Eqz));
            }
            _ => (ValType::I32, Instr::Relop(RelOp::I(Inn::I32, int))),
        };
        self.expr(t, depth);
        self.expr(t, depth);
        self.emit(instr);
    }

    /// An `i64`.
    pub(super) fn i64_expr(&mut self, depth: u32) {
        let depth = depth - 1;
        match self.r.below(8) {
            0..3 => {
                self.expr(ValType::I32, depth);
                let sx = if self.r.chance(50) { Sx::S } else { Sx::U };
                self.emit(Instr::Cvtop(NumType::I64, NumType::I32, CvtOp::Extend(sx)));
            }
            3 => {
                self.expr(ValType::F64, depth);
                let sx = if self.r.chance(50) { Sx::S } else { Sx::U };
                let op = if self.r.chance(5) { CvtOp::Trunc(sx) } else { CvtOp::TruncSat(sx) };
                self.emit(Instr::Cvtop(NumType::I64, NumType::F64, op));
            }
            4 if !self.mems.is_empty() => self.load(ValType::I64, depth),
            5 => {
                self.expr(ValType::V128, depth);
                let lane = self.r.below(2) as u8;
                self.emit(Instr::VextractLane(Shape::I(IShape::I64x2), None, lane));
            }
            _ => self.arithmetic(Inn::I64, depth),
        }
    }

    /// An `f32` or `f64`.
    pub(super) fn float_expr(&mut self, nt: NumType, depth: u32) {
        let depth = depth - 1;
        let t = ValType::Num(nt);
        let fnn = if nt == NumType::F32 { Fnn::F32 } else { Fnn::F64 };
        match self.r.below(6) {
            0 => {
                let from = if self.r.chance(50) { NumType::I32 } else { NumType::I64 };
                self.expr(ValType::Num(from), depth);
                let sx = if self.r.chance(50) { Sx::S } else { Sx::U };
                return self.emit(Instr::Cvtop(nt, from, CvtOp::Convert(sx)));
            }
            1 => {
                let (from, op) = match nt {
                    NumType::F32 => (NumType::F64, CvtOp::Demote),
                    _ => (NumType::F32, CvtOp::Promote),
                };
                self.expr(ValType::Num(from), depth);
                self.emit(Instr::Cvtop(nt, from, op));
            }
            2 => {
                let ops =
                    [FUnOp::Sqrt, FUnOp::Ceil, FUnOp::Floor, FUnOp::Trunc, FUnOp::Nearest, FUnOp::Abs, FUnOp::Neg];
                self.expr(t, depth);
                let op = ops[self.r.below(ops.len())];
                self.emit(Instr::Unop(UnOp::F(fnn, op)));
            }
            3 if !self.mems.is_empty() => self.load(t, depth),
            _ => {
                let ops =
                    [FBinOp::Add, FBinOp::Sub, FBinOp::Mul, FBinOp::Div, FBinOp::Min, FBinOp::Max, FBinOp::Copysign];
                self.expr(t, depth);
                self.expr(t, depth);
                let op = ops[self.r.below(ops.len())];
                self.emit(Instr::Binop(BinOp::F(fnn, op)));
            }
        }
        self.settle_nan(t, false);
    }

    /// A `v128`.
    pub(super) fn vector_expr(&mut self, depth: u32) {
        let depth = depth - 1;
        match self.r.below(7) {
            0 => {
                self.expr(ValType::I32, depth);
                let shape = [IShape::I8x16, IShape::I16x8, IShape::I32x4][self.r.below(3)];
                self.emit(Instr::Vsplat(Shape::I(shape)));
            }
            1 => {
                self.expr(ValType::V128, depth);
                self.expr(ValType::I64, depth);
                let lane = self.r.below(2) as u8;
                self.emit(Instr::VreplaceLane(Shape::I(IShape::I64x2), lane));
            }
            2 => {
                let wide = self.r.chance(50);
                let shape = if wide { FShape::F64x2 } else { FShape::F32x4 };
                self.expr(ValType::V128, depth);
                self.expr(ValType::V128, depth);
                let op = [VFBinOp::Add, VFBinOp::Mul, VFBinOp::Min, VFBinOp::Pmax][self.r.below(4)];
                self.emit(Instr::Vbinop(VBinOp::F(shape, op)));
                self.settle_nan(ValType::V128, wide);
            }
            3 if !self.mems.is_empty() => self.load(ValType::V128, depth),
            4 => {
                self.expr(ValType::V128, depth);
                self.expr(ValType::V128, depth);
                let mut lanes = [0; 16];
                for lane in &mut lanes {
                    *lane = self.r.below(32) as u8;
                }
                self.emit(Instr::Vshuffle(lanes));
            }
            _ => {
                self.expr(ValType::V128, depth);
                self.expr(ValType::V128, depth);
                let shape = [IShape::I8x16, IShape::I16x8, IShape::I32x4, IShape::I64x2][self.r.below(4)];
                let op = if self.r.chance(50) { VIBinOp::Add } else { VIBinOp::Sub };
                let instr = match self.r.below(3) {
                    0 => Instr::Vvbinop(VVBinOp::Xor),
                    1 => Instr::Vbinop(VBinOp::I(shape, op)),
                    _ => Instr::Vrelop(VRelOp::I(shape, IRelOp::Eq)),
                };
                self.emit(instr);
            }
        }
    }

    /// An address in a memory: mostly a small one.
    pub(super) fn address(&mut self, mem: usize, depth: u32) -> MemArg {
        let at = self.mems[mem].addr;
        if self.r.chance(2) {
            self.addr(at, 65_536 * 4);
        } else if depth > 0 && self.r.chance(20) {
            self.expr(at.into(), depth - 1);
            self.addr(at, 0xfff);
            let inn = if at == AddrType::I32 { Inn::I32 } else { Inn::I64 };
            self.emit(Instr::Binop(BinOp::I(inn, IBinOp::And)));
        } else {
            let i = self.r.below(64);
            self.addr(at, i as u64);
        }
        MemArg { align: 0, offset: self.r.below(16) as u64 }
    }

    /// A load.
    pub(super) fn load(&mut self, t: ValType, depth: u32) {
        if self.features.threads && self.r.chance(60) && self.atomic_memory(Some(t), depth) {
            return;
        }
        let mem = self.r.below(self.mems.len());
        let arg = self.address(mem, depth);
        let mem = mem as MemIdx;
        let sx = if self.r.chance(50) { Sx::S } else { Sx::U };
        let instr = match t {
            ValType::Num(nt @ (NumType::I32 | NumType::I64)) => {
                let sz = [Sz::B8, Sz::B16][self.r.below(2)];
                let op = self.r.chance(50).then_some(LoadOp { sz, sx });
                Instr::Load(nt, op, mem, arg)
            }
            ValType::Num(nt) => Instr::Load(nt, None, mem, arg),
            _ => Instr::Vload(self.r.chance(30).then_some(VLoadOp::Splat(Sz::B32)), mem, arg),
        };
        self.emit(instr);
    }

    /// A store.
    pub(super) fn store(&mut self, depth: u32) {
        if self.features.threads && self.r.chance(60) && self.atomic_memory(None, depth) {
            return;
        }
        let mem = self.r.below(self.mems.len());
        let arg = self.address(mem, depth);
        let mem = mem as MemIdx;
        let t = [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::V128][self.r.below(5)];
        self.expr(t, depth);
        let narrow = self.r.chance(50).then_some(Sz::B8);
        self.emit(match t {
            ValType::Num(nt @ (NumType::I32 | NumType::I64)) => Instr::Store(nt, narrow, mem, arg),
            ValType::Num(nt) => Instr::Store(nt, None, mem, arg),
            _ => Instr::Vstore(mem, arg),
        });
    }
}
