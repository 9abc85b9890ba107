//! Binary format of saturating conversions and of bulk operations on memories and tables (5.3-binary.instructions).

use super::immediates::{Data, Immediate as _, U32};
use crate::syntax::*;
use Sx::{S, U};

super::productions! {
    prefix: Some(0xFC);
    // num-cvt-sat
    0 => Cvtop(NumType::I32, NumType::F32, CvtOp::TruncSat(S)),
    1 => Cvtop(NumType::I32, NumType::F32, CvtOp::TruncSat(U)),
    2 => Cvtop(NumType::I32, NumType::F64, CvtOp::TruncSat(S)),
    3 => Cvtop(NumType::I32, NumType::F64, CvtOp::TruncSat(U)),
    4 => Cvtop(NumType::I64, NumType::F32, CvtOp::TruncSat(S)),
    5 => Cvtop(NumType::I64, NumType::F32, CvtOp::TruncSat(U)),
    6 => Cvtop(NumType::I64, NumType::F64, CvtOp::TruncSat(S)),
    7 => Cvtop(NumType::I64, NumType::F64, CvtOp::TruncSat(U)),
    // memory
    8 [y: Data, x: U32] => MemoryInit(x, y),
    9 [x: Data] => DataDrop(x),
    10 [x_1: U32, x_2: U32] => MemoryCopy(x_1, x_2),
    11 [x: U32] => MemoryFill(x),
    // table
    12 [y: U32, x: U32] => TableInit(x, y),
    13 [x: U32] => ElemDrop(x),
    14 [x_1: U32, x_2: U32] => TableCopy(x_1, x_2),
    15 [x: U32] => TableGrow(x),
    16 [x: U32] => TableSize(x),
    17 [x: U32] => TableFill(x),
}
