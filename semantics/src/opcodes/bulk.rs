//! Binary format of saturating conversions and of bulk operations on memories and tables (5.3-binary.instructions).

use super::immediates::{Data, Elem, Immediate as _, Mem, Table};
use crate::syntax::*;
use Sx::{S, U};

super::productions! {
    prefix: Some(0xFC);
    production!("Binstr/num-cvt-sat"):
    0 => Cvtop(NumType::I32, NumType::F32, CvtOp::TruncSat(S)),
    1 => Cvtop(NumType::I32, NumType::F32, CvtOp::TruncSat(U)),
    2 => Cvtop(NumType::I32, NumType::F64, CvtOp::TruncSat(S)),
    3 => Cvtop(NumType::I32, NumType::F64, CvtOp::TruncSat(U)),
    4 => Cvtop(NumType::I64, NumType::F32, CvtOp::TruncSat(S)),
    5 => Cvtop(NumType::I64, NumType::F32, CvtOp::TruncSat(U)),
    6 => Cvtop(NumType::I64, NumType::F64, CvtOp::TruncSat(S)),
    7 => Cvtop(NumType::I64, NumType::F64, CvtOp::TruncSat(U)),
    production!("Binstr/memory"):
    8 [y: Data, x: Mem] => MemoryInit(x, y),
    9 [x: Data] => DataDrop(x),
    10 [x_1: Mem, x_2: Mem] => MemoryCopy(x_1, x_2),
    11 [x: Mem] => MemoryFill(x),
    production!("Binstr/table"):
    12 [y: Elem, x: Table] => TableInit(x, y),
    13 [x: Elem] => ElemDrop(x),
    14 [x_1: Table, x_2: Table] => TableCopy(x_1, x_2),
    15 [x: Table] => TableGrow(x),
    16 [x: Table] => TableSize(x),
    17 [x: Table] => TableFill(x),
}
