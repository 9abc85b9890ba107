//! Binary format of instructions on references to managed objects (5.3-binary.instructions).

use super::immediates::{Cast, Data, Elem, Field, Heap, Immediate as _, Type, U32};
use crate::syntax::*;
use Sx::{S, U};

super::productions! {
    prefix: Some(0xFB);
    production!("Binstr/struct"):
    0 [x: Type] => StructNew(x),
    1 [x: Type] => StructNewDefault(x),
    2 [x: Type, i: Field] => StructGet(None, x, i),
    3 [x: Type, i: Field] => StructGet(Some(S), x, i),
    4 [x: Type, i: Field] => StructGet(Some(U), x, i),
    5 [x: Type, i: Field] => StructSet(x, i),
    production!("Binstr/array"):
    6 [x: Type] => ArrayNew(x),
    7 [x: Type] => ArrayNewDefault(x),
    8 [x: Type, n: U32] => ArrayNewFixed(x, n),
    9 [x: Type, y: Data] => ArrayNewData(x, y),
    10 [x: Type, y: Elem] => ArrayNewElem(x, y),
    11 [x: Type] => ArrayGet(None, x),
    12 [x: Type] => ArrayGet(Some(S), x),
    13 [x: Type] => ArrayGet(Some(U), x),
    14 [x: Type] => ArraySet(x),
    15 => ArrayLen,
    16 [x: Type] => ArrayFill(x),
    17 [x_1: Type, x_2: Type] => ArrayCopy(x_1, x_2),
    18 [x: Type, y: Data] => ArrayInitData(x, y),
    19 [x: Type, y: Elem] => ArrayInitElem(x, y),
    production!("Binstr/ref"):
    20 [heap: Heap] => RefTest(RefType { null: false, heap }),
    21 [heap: Heap] => RefTest(RefType { null: true, heap }),
    22 [heap: Heap] => RefCast(RefType { null: false, heap }),
    23 [heap: Heap] => RefCast(RefType { null: true, heap }),
    production!("Binstr/control"):
    24 [(l, rt_1, rt_2): Cast] => BrOnCast(l, rt_1, rt_2),
    25 [(l, rt_1, rt_2): Cast] => BrOnCastFail(l, rt_1, rt_2),
    production!("Binstr/extern"):
    26 => AnyConvertExtern,
    27 => ExternConvertAny,
    production!("Binstr/i31"):
    28 => RefI31,
    29 => I31Get(S),
    30 => I31Get(U),
}
