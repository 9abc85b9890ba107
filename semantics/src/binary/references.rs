//! Binary format of instructions on references to managed objects (5.3-binary.instructions).

use super::immediates::{Cast, Data, Heap, Immediate as _, U32};
use crate::syntax::*;
use Sx::{S, U};

super::productions! {
    prefix: Some(0xFB);
    // struct
    0 [x: U32] => StructNew(x),
    1 [x: U32] => StructNewDefault(x),
    2 [x: U32, i: U32] => StructGet(None, x, i),
    3 [x: U32, i: U32] => StructGet(Some(S), x, i),
    4 [x: U32, i: U32] => StructGet(Some(U), x, i),
    5 [x: U32, i: U32] => StructSet(x, i),
    // array
    6 [x: U32] => ArrayNew(x),
    7 [x: U32] => ArrayNewDefault(x),
    8 [x: U32, n: U32] => ArrayNewFixed(x, n),
    9 [x: U32, y: Data] => ArrayNewData(x, y),
    10 [x: U32, y: U32] => ArrayNewElem(x, y),
    11 [x: U32] => ArrayGet(None, x),
    12 [x: U32] => ArrayGet(Some(S), x),
    13 [x: U32] => ArrayGet(Some(U), x),
    14 [x: U32] => ArraySet(x),
    15 => ArrayLen,
    16 [x: U32] => ArrayFill(x),
    17 [x_1: U32, x_2: U32] => ArrayCopy(x_1, x_2),
    18 [x: U32, y: Data] => ArrayInitData(x, y),
    19 [x: U32, y: U32] => ArrayInitElem(x, y),
    // ref
    20 [heap: Heap] => RefTest(RefType { null: false, heap }),
    21 [heap: Heap] => RefTest(RefType { null: true, heap }),
    22 [heap: Heap] => RefCast(RefType { null: false, heap }),
    23 [heap: Heap] => RefCast(RefType { null: true, heap }),
    // control
    24 [(l, rt_1, rt_2): Cast] => BrOnCast(l, rt_1, rt_2),
    25 [(l, rt_1, rt_2): Cast] => BrOnCastFail(l, rt_1, rt_2),
    // extern
    26 => AnyConvertExtern,
    27 => ExternConvertAny,
    // i31
    28 => RefI31,
    29 => I31Get(S),
    30 => I31Get(U),
}
