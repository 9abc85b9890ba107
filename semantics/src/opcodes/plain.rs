//! Binary format of the instructions of one byte that are neither blocks nor numeric operators
//! (5.3-binary.instructions).

use super::immediates::{
    F32, F64, Func, Global, Heap, I32, I64, Immediate as _, Label, Labels, Local, Mem, MemOp, Table, Tag, Type, Types,
};
use crate::syntax::*;
use NumType as N;
use Sx::{S, U};
use Sz::{B8, B16, B32};
use TypeUse::Idx;

super::productions! {
    prefix: None;
    production!("Binstr/parametric"):
    0x00 => Unreachable,
    0x01 => Nop,
    0x1A => Drop,
    0x1B => Select(None),
    0x1C [ts: Types] => Select(Some(ts)),
    production!("Binstr/control"):
    0x08 [x: Tag] => Throw(x),
    0x0A => ThrowRef,
    0x0C [l: Label] => Br(l),
    0x0D [l: Label] => BrIf(l),
    0x0E [ls: Labels, l: Label] => BrTable(ls, l),
    0x0F => Return,
    0x10 [x: Func] => Call(x),
    0x11 [y: Type, x: Table] => CallIndirect(x, Idx(y)),
    0x12 [x: Func] => ReturnCall(x),
    0x13 [y: Type, x: Table] => ReturnCallIndirect(x, Idx(y)),
    0x14 [x: Type] => CallRef(Idx(x)),
    0x15 [x: Type] => ReturnCallRef(Idx(x)),
    0xD5 [l: Label] => BrOnNull(l),
    0xD6 [l: Label] => BrOnNonNull(l),
    production!("Binstr/local"):
    0x20 [x: Local] => LocalGet(x),
    0x21 [x: Local] => LocalSet(x),
    0x22 [x: Local] => LocalTee(x),
    production!("Binstr/global"):
    0x23 [x: Global] => GlobalGet(x),
    0x24 [x: Global] => GlobalSet(x),
    production!("Binstr/table"):
    0x25 [x: Table] => TableGet(x),
    0x26 [x: Table] => TableSet(x),
    production!("Binstr/memory"):
    0x28 [(x, ao): MemOp] => Load(N::I32, None, x, ao),
    0x29 [(x, ao): MemOp] => Load(N::I64, None, x, ao),
    0x2A [(x, ao): MemOp] => Load(N::F32, None, x, ao),
    0x2B [(x, ao): MemOp] => Load(N::F64, None, x, ao),
    0x2C [(x, ao): MemOp] => Load(N::I32, Some(LoadOp { sz: B8, sx: S }), x, ao),
    0x2D [(x, ao): MemOp] => Load(N::I32, Some(LoadOp { sz: B8, sx: U }), x, ao),
    0x2E [(x, ao): MemOp] => Load(N::I32, Some(LoadOp { sz: B16, sx: S }), x, ao),
    0x2F [(x, ao): MemOp] => Load(N::I32, Some(LoadOp { sz: B16, sx: U }), x, ao),
    0x30 [(x, ao): MemOp] => Load(N::I64, Some(LoadOp { sz: B8, sx: S }), x, ao),
    0x31 [(x, ao): MemOp] => Load(N::I64, Some(LoadOp { sz: B8, sx: U }), x, ao),
    0x32 [(x, ao): MemOp] => Load(N::I64, Some(LoadOp { sz: B16, sx: S }), x, ao),
    0x33 [(x, ao): MemOp] => Load(N::I64, Some(LoadOp { sz: B16, sx: U }), x, ao),
    0x34 [(x, ao): MemOp] => Load(N::I64, Some(LoadOp { sz: B32, sx: S }), x, ao),
    0x35 [(x, ao): MemOp] => Load(N::I64, Some(LoadOp { sz: B32, sx: U }), x, ao),
    0x36 [(x, ao): MemOp] => Store(N::I32, None, x, ao),
    0x37 [(x, ao): MemOp] => Store(N::I64, None, x, ao),
    0x38 [(x, ao): MemOp] => Store(N::F32, None, x, ao),
    0x39 [(x, ao): MemOp] => Store(N::F64, None, x, ao),
    0x3A [(x, ao): MemOp] => Store(N::I32, Some(B8), x, ao),
    0x3B [(x, ao): MemOp] => Store(N::I32, Some(B16), x, ao),
    0x3C [(x, ao): MemOp] => Store(N::I64, Some(B8), x, ao),
    0x3D [(x, ao): MemOp] => Store(N::I64, Some(B16), x, ao),
    0x3E [(x, ao): MemOp] => Store(N::I64, Some(B32), x, ao),
    0x3F [x: Mem] => MemorySize(x),
    0x40 [x: Mem] => MemoryGrow(x),
    production!("Binstr/ref"):
    0xD0 [ht: Heap] => RefNull(ht),
    0xD1 => RefIsNull,
    0xD2 [x: Func] => RefFunc(x),
    0xD3 => RefEq,
    0xD4 => RefAsNonNull,
    production!("Binstr/num-const"):
    0x41 [i: I32] => Const(Num::I32(i)),
    0x42 [i: I64] => Const(Num::I64(i)),
    0x43 [bits: F32] => Const(Num::F32(bits)),
    0x44 [bits: F64] => Const(Num::F64(bits)),
}
