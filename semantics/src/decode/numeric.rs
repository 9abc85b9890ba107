//! Binary format of numeric instructions (5.3-binary.instructions), one line per production.

use crate::syntax::*;
use Fnn::{F32, F64};
use Inn::{I32, I64};
use Instr::{Binop, Cvtop, Relop, Testop, Unop};
use Sx::{S, U};
use Sz::{B8, B16, B32};

/// The instruction of an opcode from 0x45 to 0xC4.
pub(super) fn instr(op: u8) -> Instr {
    match op {
        // num-test-i32
        0x45 => Testop(I32, TestOp::Eqz),
        // num-rel-i32
        0x46 => Relop(RelOp::I(I32, IRelOp::Eq)),
        0x47 => Relop(RelOp::I(I32, IRelOp::Ne)),
        0x48 => Relop(RelOp::I(I32, IRelOp::Lt(S))),
        0x49 => Relop(RelOp::I(I32, IRelOp::Lt(U))),
        0x4A => Relop(RelOp::I(I32, IRelOp::Gt(S))),
        0x4B => Relop(RelOp::I(I32, IRelOp::Gt(U))),
        0x4C => Relop(RelOp::I(I32, IRelOp::Le(S))),
        0x4D => Relop(RelOp::I(I32, IRelOp::Le(U))),
        0x4E => Relop(RelOp::I(I32, IRelOp::Ge(S))),
        0x4F => Relop(RelOp::I(I32, IRelOp::Ge(U))),
        // num-test-i64
        0x50 => Testop(I64, TestOp::Eqz),
        // num-rel-i64
        0x51 => Relop(RelOp::I(I64, IRelOp::Eq)),
        0x52 => Relop(RelOp::I(I64, IRelOp::Ne)),
        0x53 => Relop(RelOp::I(I64, IRelOp::Lt(S))),
        0x54 => Relop(RelOp::I(I64, IRelOp::Lt(U))),
        0x55 => Relop(RelOp::I(I64, IRelOp::Gt(S))),
        0x56 => Relop(RelOp::I(I64, IRelOp::Gt(U))),
        0x57 => Relop(RelOp::I(I64, IRelOp::Le(S))),
        0x58 => Relop(RelOp::I(I64, IRelOp::Le(U))),
        0x59 => Relop(RelOp::I(I64, IRelOp::Ge(S))),
        0x5A => Relop(RelOp::I(I64, IRelOp::Ge(U))),
        // num-rel-f32
        0x5B => Relop(RelOp::F(F32, FRelOp::Eq)),
        0x5C => Relop(RelOp::F(F32, FRelOp::Ne)),
        0x5D => Relop(RelOp::F(F32, FRelOp::Lt)),
        0x5E => Relop(RelOp::F(F32, FRelOp::Gt)),
        0x5F => Relop(RelOp::F(F32, FRelOp::Le)),
        0x60 => Relop(RelOp::F(F32, FRelOp::Ge)),
        // num-rel-f64
        0x61 => Relop(RelOp::F(F64, FRelOp::Eq)),
        0x62 => Relop(RelOp::F(F64, FRelOp::Ne)),
        0x63 => Relop(RelOp::F(F64, FRelOp::Lt)),
        0x64 => Relop(RelOp::F(F64, FRelOp::Gt)),
        0x65 => Relop(RelOp::F(F64, FRelOp::Le)),
        0x66 => Relop(RelOp::F(F64, FRelOp::Ge)),
        // num-un-i32
        0x67 => Unop(UnOp::I(I32, IUnOp::Clz)),
        0x68 => Unop(UnOp::I(I32, IUnOp::Ctz)),
        0x69 => Unop(UnOp::I(I32, IUnOp::Popcnt)),
        // num-bin-i32
        0x6A => Binop(BinOp::I(I32, IBinOp::Add)),
        0x6B => Binop(BinOp::I(I32, IBinOp::Sub)),
        0x6C => Binop(BinOp::I(I32, IBinOp::Mul)),
        0x6D => Binop(BinOp::I(I32, IBinOp::Div(S))),
        0x6E => Binop(BinOp::I(I32, IBinOp::Div(U))),
        0x6F => Binop(BinOp::I(I32, IBinOp::Rem(S))),
        0x70 => Binop(BinOp::I(I32, IBinOp::Rem(U))),
        0x71 => Binop(BinOp::I(I32, IBinOp::And)),
        0x72 => Binop(BinOp::I(I32, IBinOp::Or)),
        0x73 => Binop(BinOp::I(I32, IBinOp::Xor)),
        0x74 => Binop(BinOp::I(I32, IBinOp::Shl)),
        0x75 => Binop(BinOp::I(I32, IBinOp::Shr(S))),
        0x76 => Binop(BinOp::I(I32, IBinOp::Shr(U))),
        0x77 => Binop(BinOp::I(I32, IBinOp::Rotl)),
        0x78 => Binop(BinOp::I(I32, IBinOp::Rotr)),
        // num-un-i64
        0x79 => Unop(UnOp::I(I64, IUnOp::Clz)),
        0x7A => Unop(UnOp::I(I64, IUnOp::Ctz)),
        0x7B => Unop(UnOp::I(I64, IUnOp::Popcnt)),
        // num-un-ext-i32
        0xC0 => Unop(UnOp::I(I32, IUnOp::Extend(B8))),
        0xC1 => Unop(UnOp::I(I32, IUnOp::Extend(B16))),
        // num-un-ext-i64
        0xC2 => Unop(UnOp::I(I64, IUnOp::Extend(B8))),
        0xC3 => Unop(UnOp::I(I64, IUnOp::Extend(B16))),
        0xC4 => Unop(UnOp::I(I64, IUnOp::Extend(B32))),
        // num-bin-i64
        0x7C => Binop(BinOp::I(I64, IBinOp::Add)),
        0x7D => Binop(BinOp::I(I64, IBinOp::Sub)),
        0x7E => Binop(BinOp::I(I64, IBinOp::Mul)),
        0x7F => Binop(BinOp::I(I64, IBinOp::Div(S))),
        0x80 => Binop(BinOp::I(I64, IBinOp::Div(U))),
        0x81 => Binop(BinOp::I(I64, IBinOp::Rem(S))),
        0x82 => Binop(BinOp::I(I64, IBinOp::Rem(U))),
        0x83 => Binop(BinOp::I(I64, IBinOp::And)),
        0x84 => Binop(BinOp::I(I64, IBinOp::Or)),
        0x85 => Binop(BinOp::I(I64, IBinOp::Xor)),
        0x86 => Binop(BinOp::I(I64, IBinOp::Shl)),
        0x87 => Binop(BinOp::I(I64, IBinOp::Shr(S))),
        0x88 => Binop(BinOp::I(I64, IBinOp::Shr(U))),
        0x89 => Binop(BinOp::I(I64, IBinOp::Rotl)),
        0x8A => Binop(BinOp::I(I64, IBinOp::Rotr)),
        // num-un-f32
        0x8B => Unop(UnOp::F(F32, FUnOp::Abs)),
        0x8C => Unop(UnOp::F(F32, FUnOp::Neg)),
        0x8D => Unop(UnOp::F(F32, FUnOp::Ceil)),
        0x8E => Unop(UnOp::F(F32, FUnOp::Floor)),
        0x8F => Unop(UnOp::F(F32, FUnOp::Trunc)),
        0x90 => Unop(UnOp::F(F32, FUnOp::Nearest)),
        0x91 => Unop(UnOp::F(F32, FUnOp::Sqrt)),
        // num-bin-f32
        0x92 => Binop(BinOp::F(F32, FBinOp::Add)),
        0x93 => Binop(BinOp::F(F32, FBinOp::Sub)),
        0x94 => Binop(BinOp::F(F32, FBinOp::Mul)),
        0x95 => Binop(BinOp::F(F32, FBinOp::Div)),
        0x96 => Binop(BinOp::F(F32, FBinOp::Min)),
        0x97 => Binop(BinOp::F(F32, FBinOp::Max)),
        0x98 => Binop(BinOp::F(F32, FBinOp::Copysign)),
        // num-un-f64
        0x99 => Unop(UnOp::F(F64, FUnOp::Abs)),
        0x9A => Unop(UnOp::F(F64, FUnOp::Neg)),
        0x9B => Unop(UnOp::F(F64, FUnOp::Ceil)),
        0x9C => Unop(UnOp::F(F64, FUnOp::Floor)),
        0x9D => Unop(UnOp::F(F64, FUnOp::Trunc)),
        0x9E => Unop(UnOp::F(F64, FUnOp::Nearest)),
        0x9F => Unop(UnOp::F(F64, FUnOp::Sqrt)),
        // num-bin-f64
        0xA0 => Binop(BinOp::F(F64, FBinOp::Add)),
        0xA1 => Binop(BinOp::F(F64, FBinOp::Sub)),
        0xA2 => Binop(BinOp::F(F64, FBinOp::Mul)),
        0xA3 => Binop(BinOp::F(F64, FBinOp::Div)),
        0xA4 => Binop(BinOp::F(F64, FBinOp::Min)),
        0xA5 => Binop(BinOp::F(F64, FBinOp::Max)),
        0xA6 => Binop(BinOp::F(F64, FBinOp::Copysign)),
        // num-cvt
        0xA7 => Cvtop(NumType::I32, NumType::I64, CvtOp::Wrap),
        0xA8 => Cvtop(NumType::I32, NumType::F32, CvtOp::Trunc(S)),
        0xA9 => Cvtop(NumType::I32, NumType::F32, CvtOp::Trunc(U)),
        0xAA => Cvtop(NumType::I32, NumType::F64, CvtOp::Trunc(S)),
        0xAB => Cvtop(NumType::I32, NumType::F64, CvtOp::Trunc(U)),
        0xAC => Cvtop(NumType::I64, NumType::I32, CvtOp::Extend(S)),
        0xAD => Cvtop(NumType::I64, NumType::I32, CvtOp::Extend(U)),
        0xAE => Cvtop(NumType::I64, NumType::F32, CvtOp::Trunc(S)),
        0xAF => Cvtop(NumType::I64, NumType::F32, CvtOp::Trunc(U)),
        0xB0 => Cvtop(NumType::I64, NumType::F64, CvtOp::Trunc(S)),
        0xB1 => Cvtop(NumType::I64, NumType::F64, CvtOp::Trunc(U)),
        0xB2 => Cvtop(NumType::F32, NumType::I32, CvtOp::Convert(S)),
        0xB3 => Cvtop(NumType::F32, NumType::I32, CvtOp::Convert(U)),
        0xB4 => Cvtop(NumType::F32, NumType::I64, CvtOp::Convert(S)),
        0xB5 => Cvtop(NumType::F32, NumType::I64, CvtOp::Convert(U)),
        0xB6 => Cvtop(NumType::F32, NumType::F64, CvtOp::Demote),
        0xB7 => Cvtop(NumType::F64, NumType::I32, CvtOp::Convert(S)),
        0xB8 => Cvtop(NumType::F64, NumType::I32, CvtOp::Convert(U)),
        0xB9 => Cvtop(NumType::F64, NumType::I64, CvtOp::Convert(S)),
        0xBA => Cvtop(NumType::F64, NumType::I64, CvtOp::Convert(U)),
        0xBB => Cvtop(NumType::F64, NumType::F32, CvtOp::Promote),
        0xBC => Cvtop(NumType::I32, NumType::F32, CvtOp::Reinterpret),
        0xBD => Cvtop(NumType::I64, NumType::F64, CvtOp::Reinterpret),
        0xBE => Cvtop(NumType::F32, NumType::I32, CvtOp::Reinterpret),
        0xBF => Cvtop(NumType::F64, NumType::I64, CvtOp::Reinterpret),
        0x00..=0x44 | 0xC5..=0xFF => unreachable!("not the opcode of a numeric instruction"),
    }
}

/// The instruction of an opcode from 0 to 7 after the prefix 0xFC.
pub(super) fn instr_sat(op: u32) -> Instr {
    match op {
        // num-cvt-sat
        0 => Cvtop(NumType::I32, NumType::F32, CvtOp::TruncSat(S)),
        1 => Cvtop(NumType::I32, NumType::F32, CvtOp::TruncSat(U)),
        2 => Cvtop(NumType::I32, NumType::F64, CvtOp::TruncSat(S)),
        3 => Cvtop(NumType::I32, NumType::F64, CvtOp::TruncSat(U)),
        4 => Cvtop(NumType::I64, NumType::F32, CvtOp::TruncSat(S)),
        5 => Cvtop(NumType::I64, NumType::F32, CvtOp::TruncSat(U)),
        6 => Cvtop(NumType::I64, NumType::F64, CvtOp::TruncSat(S)),
        7 => Cvtop(NumType::I64, NumType::F64, CvtOp::TruncSat(U)),
        8.. => unreachable!("not the opcode of a saturating conversion"),
    }
}
