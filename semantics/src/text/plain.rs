//! Plain instructions (6.3-text.instructions), one line per alternative; those on numbers and
//! vectors are in `numeric` and `vector`.
//!
//! The abbreviations of a production (an index that is left out) are read with it, and noted where they are used.

use super::immediates::{
    Cast, Count, Data, Elem, F32, F64, Field, Func, Global, Heap, I32, I64, Immediate as _, Indirect, Label, Labels,
    Local, Mem, MemData, MemLane, Mems, OptionalMem, OptionalTable, Ref, Selected, TableElem, Tables, Tag, Type, Used,
    Vector,
};
use super::parser::Parser;
use super::tables::{Read, productions};
use super::{atomics, numeric, vector};
use crate::decode::Result;
use crate::syntax::*;
use NumType as N;
use Sx::{S, U};
use Sz::{B8, B16, B32, B64};
use lockstep_spec::{ProductionId, production};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

static LINES: LazyLock<FxHashMap<&'static str, (ProductionId, Read)>> = LazyLock::new(|| {
    let all = lines().into_iter().chain(numeric::lines()).chain(vector::lines());
    all.map(|(mnemonic, production, read)| (mnemonic, (production, read))).collect()
});

/// What a mnemonic stands for: an instruction of the standard, by its production.
pub(super) fn find(mnemonic: &str) -> Option<(ProductionId, Read)> {
    LINES.get(mnemonic).copied()
}

/// An instruction of a proposal, after its mnemonic; `None` where it is of none that is known here.
pub(super) fn proposed(p: &mut Parser<'_, '_>, mnemonic: &str) -> Result<Option<Instr>> {
    atomics::read(p, mnemonic)
}

productions! {
    in production!("Tplaininstr_/parametric");
    "unreachable" => Unreachable,
    "nop" => Nop,
    "drop" => Drop,
    "select" [ts: Selected] => Select(ts),
    in production!("Tplaininstr_/br");
    "br" [l: Label] => Br(l),
    "br_if" [l: Label] => BrIf(l),
    "br_table" [(ls, l): Labels] => BrTable(ls, l),
    "br_on_null" [l: Label] => BrOnNull(l),
    "br_on_non_null" [l: Label] => BrOnNonNull(l),
    "br_on_cast" [(l, rt_1, rt_2): Cast] => BrOnCast(l, rt_1, rt_2),
    "br_on_cast_fail" [(l, rt_1, rt_2): Cast] => BrOnCastFail(l, rt_1, rt_2),
    in production!("Tplaininstr_/func-plain");
    "call" [x: Func] => Call(x),
    "call_ref" [x: Used] => CallRef(x),
    "call_indirect" [(x, y): Indirect] => CallIndirect(x, y),
    "return" => Return,
    "return_call" [x: Func] => ReturnCall(x),
    "return_call_ref" [x: Used] => ReturnCallRef(x),
    "return_call_indirect" [(x, y): Indirect] => ReturnCallIndirect(x, y),
    in production!("Tplaininstr_/exn");
    "throw" [x: Tag] => Throw(x),
    "throw_ref" => ThrowRef,
    in production!("Tplaininstr_/local");
    "local.get" [x: Local] => LocalGet(x),
    "local.set" [x: Local] => LocalSet(x),
    "local.tee" [x: Local] => LocalTee(x),
    in production!("Tplaininstr_/global");
    "global.get" [x: Global] => GlobalGet(x),
    "global.set" [x: Global] => GlobalSet(x),
    in production!("Tplaininstr_/table-plain");
    "table.get" [x: OptionalTable] => TableGet(x),
    "table.set" [x: OptionalTable] => TableSet(x),
    "table.size" [x: OptionalTable] => TableSize(x),
    "table.grow" [x: OptionalTable] => TableGrow(x),
    "table.fill" [x: OptionalTable] => TableFill(x),
    "table.copy" [(x_1, x_2): Tables] => TableCopy(x_1, x_2),
    "table.init" [(x, y): TableElem] => TableInit(x, y),
    in production!("Tplaininstr_/elem");
    "elem.drop" [x: Elem] => ElemDrop(x),
    in production!("Tplaininstr_/memory-plain");
    "i32.load" [(x, ao): Mem<4>] => Load(N::I32, None, x, ao),
    "i64.load" [(x, ao): Mem<8>] => Load(N::I64, None, x, ao),
    "f32.load" [(x, ao): Mem<4>] => Load(N::F32, None, x, ao),
    "f64.load" [(x, ao): Mem<8>] => Load(N::F64, None, x, ao),
    "i32.load8_s" [(x, ao): Mem<1>] => Load(N::I32, Some(LoadOp { sz: B8, sx: S }), x, ao),
    "i32.load8_u" [(x, ao): Mem<1>] => Load(N::I32, Some(LoadOp { sz: B8, sx: U }), x, ao),
    "i32.load16_s" [(x, ao): Mem<2>] => Load(N::I32, Some(LoadOp { sz: B16, sx: S }), x, ao),
    "i32.load16_u" [(x, ao): Mem<2>] => Load(N::I32, Some(LoadOp { sz: B16, sx: U }), x, ao),
    "i64.load8_s" [(x, ao): Mem<1>] => Load(N::I64, Some(LoadOp { sz: B8, sx: S }), x, ao),
    "i64.load8_u" [(x, ao): Mem<1>] => Load(N::I64, Some(LoadOp { sz: B8, sx: U }), x, ao),
    "i64.load16_s" [(x, ao): Mem<2>] => Load(N::I64, Some(LoadOp { sz: B16, sx: S }), x, ao),
    "i64.load16_u" [(x, ao): Mem<2>] => Load(N::I64, Some(LoadOp { sz: B16, sx: U }), x, ao),
    "i64.load32_s" [(x, ao): Mem<4>] => Load(N::I64, Some(LoadOp { sz: B32, sx: S }), x, ao),
    "i64.load32_u" [(x, ao): Mem<4>] => Load(N::I64, Some(LoadOp { sz: B32, sx: U }), x, ao),
    "v128.load" [(x, ao): Mem<16>] => Vload(None, x, ao),
    "v128.load8x8_s" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Shape(B8, 8, S)), x, ao),
    "v128.load8x8_u" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Shape(B8, 8, U)), x, ao),
    "v128.load16x4_s" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Shape(B16, 4, S)), x, ao),
    "v128.load16x4_u" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Shape(B16, 4, U)), x, ao),
    "v128.load32x2_s" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Shape(B32, 2, S)), x, ao),
    "v128.load32x2_u" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Shape(B32, 2, U)), x, ao),
    "v128.load8_splat" [(x, ao): Mem<1>] => Vload(Some(VLoadOp::Splat(B8)), x, ao),
    "v128.load16_splat" [(x, ao): Mem<2>] => Vload(Some(VLoadOp::Splat(B16)), x, ao),
    "v128.load32_splat" [(x, ao): Mem<4>] => Vload(Some(VLoadOp::Splat(B32)), x, ao),
    "v128.load64_splat" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Splat(B64)), x, ao),
    "v128.load32_zero" [(x, ao): Mem<4>] => Vload(Some(VLoadOp::Zero(B32)), x, ao),
    "v128.load64_zero" [(x, ao): Mem<8>] => Vload(Some(VLoadOp::Zero(B64)), x, ao),
    "v128.load8_lane" [(x, ao, i): MemLane<1>] => VloadLane(B8, x, ao, i),
    "v128.load16_lane" [(x, ao, i): MemLane<2>] => VloadLane(B16, x, ao, i),
    "v128.load32_lane" [(x, ao, i): MemLane<4>] => VloadLane(B32, x, ao, i),
    "v128.load64_lane" [(x, ao, i): MemLane<8>] => VloadLane(B64, x, ao, i),
    "i32.store" [(x, ao): Mem<4>] => Store(N::I32, None, x, ao),
    "i64.store" [(x, ao): Mem<8>] => Store(N::I64, None, x, ao),
    "f32.store" [(x, ao): Mem<4>] => Store(N::F32, None, x, ao),
    "f64.store" [(x, ao): Mem<8>] => Store(N::F64, None, x, ao),
    "i32.store8" [(x, ao): Mem<1>] => Store(N::I32, Some(B8), x, ao),
    "i32.store16" [(x, ao): Mem<2>] => Store(N::I32, Some(B16), x, ao),
    "i64.store8" [(x, ao): Mem<1>] => Store(N::I64, Some(B8), x, ao),
    "i64.store16" [(x, ao): Mem<2>] => Store(N::I64, Some(B16), x, ao),
    "i64.store32" [(x, ao): Mem<4>] => Store(N::I64, Some(B32), x, ao),
    "v128.store" [(x, ao): Mem<16>] => Vstore(x, ao),
    "v128.store8_lane" [(x, ao, i): MemLane<1>] => VstoreLane(B8, x, ao, i),
    "v128.store16_lane" [(x, ao, i): MemLane<2>] => VstoreLane(B16, x, ao, i),
    "v128.store32_lane" [(x, ao, i): MemLane<4>] => VstoreLane(B32, x, ao, i),
    "v128.store64_lane" [(x, ao, i): MemLane<8>] => VstoreLane(B64, x, ao, i),
    "memory.size" [x: OptionalMem] => MemorySize(x),
    "memory.grow" [x: OptionalMem] => MemoryGrow(x),
    "memory.fill" [x: OptionalMem] => MemoryFill(x),
    "memory.copy" [(x_1, x_2): Mems] => MemoryCopy(x_1, x_2),
    "memory.init" [(x, y): MemData] => MemoryInit(x, y),
    in production!("Tplaininstr_/data");
    "data.drop" [x: Data] => DataDrop(x),
    in production!("Tplaininstr_/ref");
    "ref.null" [ht: Heap] => RefNull(ht),
    "ref.func" [x: Func] => RefFunc(x),
    "ref.is_null" => RefIsNull,
    "ref.as_non_null" => RefAsNonNull,
    "ref.eq" => RefEq,
    "ref.test" [rt: Ref] => RefTest(rt),
    "ref.cast" [rt: Ref] => RefCast(rt),
    in production!("Tplaininstr_/i31");
    "ref.i31" => RefI31,
    "i31.get_s" => I31Get(S),
    "i31.get_u" => I31Get(U),
    in production!("Tplaininstr_/struct");
    "struct.new" [x: Type] => StructNew(x),
    "struct.new_default" [x: Type] => StructNewDefault(x),
    "struct.get" [(x, i): Field] => StructGet(None, x, i),
    "struct.get_s" [(x, i): Field] => StructGet(Some(S), x, i),
    "struct.get_u" [(x, i): Field] => StructGet(Some(U), x, i),
    "struct.set" [(x, i): Field] => StructSet(x, i),
    in production!("Tplaininstr_/array");
    "array.new" [x: Type] => ArrayNew(x),
    "array.new_default" [x: Type] => ArrayNewDefault(x),
    "array.new_fixed" [x: Type, n: Count] => ArrayNewFixed(x, n),
    "array.new_data" [x: Type, y: Data] => ArrayNewData(x, y),
    "array.new_elem" [x: Type, y: Elem] => ArrayNewElem(x, y),
    "array.get" [x: Type] => ArrayGet(None, x),
    "array.get_s" [x: Type] => ArrayGet(Some(S), x),
    "array.get_u" [x: Type] => ArrayGet(Some(U), x),
    "array.set" [x: Type] => ArraySet(x),
    "array.len" => ArrayLen,
    "array.fill" [x: Type] => ArrayFill(x),
    "array.copy" [x_1: Type, x_2: Type] => ArrayCopy(x_1, x_2),
    "array.init_data" [x: Type, y: Data] => ArrayInitData(x, y),
    "array.init_elem" [x: Type, y: Elem] => ArrayInitElem(x, y),
    in production!("Tplaininstr_/extern");
    "any.convert_extern" => AnyConvertExtern,
    "extern.convert_any" => ExternConvertAny,
    in production!("Tplaininstr_/num-const");
    "i32.const" [c: I32] => Const(Num::I32(c)),
    "i64.const" [c: I64] => Const(Num::I64(c)),
    "f32.const" [c: F32] => Const(Num::F32(c)),
    "f64.const" [c: F64] => Const(Num::F64(c)),
    in production!("Tplaininstr_/vec-const");
    "v128.const" [c: Vector] => Vconst(c),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// An instruction prints its mnemonic, for all that have no immediates to be made up, and begins with it.
    #[test]
    fn mnemonics_are_those_that_are_printed() {
        let names = Names::default();
        let mut checked = 0;
        for (mnemonic, _, read) in lines().into_iter().chain(numeric::lines()).chain(vector::lines()) {
            let tokens = crate::text::Tokens::new("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0").unwrap();
            let mut p = Parser::new(&tokens, 0..tokens.len(), Features::STANDARD);
            let Ok(instr) = read(&mut p) else { continue };
            let printed = instr.display(&p.exprs.code, &names).to_string();
            assert_eq!(instr.mnemonic().to_string(), mnemonic);
            assert_eq!(printed.split(' ').next(), Some(mnemonic));
            checked += 1;
        }
        assert!(checked > 480, "{checked}");
    }

    #[test]
    fn each_mnemonic_stands_once() {
        let all: Vec<_> =
            lines().into_iter().chain(numeric::lines()).chain(vector::lines()).map(|(mnemonic, ..)| mnemonic).collect();
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len());
    }
}
