//! Instructions (1.3-syntax.instructions).

use super::*;

/// `sx`: signedness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sx {
    /// Unsigned.
    U,
    /// Signed.
    S,
}

/// `sz`: a pack size in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sz {
    /// 8 bits
    B8,
    /// 16 bits
    B16,
    /// 32 bits
    B32,
    /// 64 bits
    B64,
}

impl Sz {
    /// The size in bits.
    pub const fn bits(self) -> u32 {
        match self {
            Sz::B8 => 8,
            Sz::B16 => 16,
            Sz::B32 => 32,
            Sz::B64 => 64,
        }
    }
}

/// `Inn`: the integer number types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inn {
    /// `i32`
    I32,
    /// `i64`
    I64,
}

/// `Fnn`: the floating-point number types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fnn {
    /// `f32`
    F32,
    /// `f64`
    F64,
}

impl From<Inn> for NumType {
    fn from(inn: Inn) -> Self {
        match inn {
            Inn::I32 => NumType::I32,
            Inn::I64 => NumType::I64,
        }
    }
}

impl From<Fnn> for NumType {
    fn from(fnn: Fnn) -> Self {
        match fnn {
            Fnn::F32 => NumType::F32,
            Fnn::F64 => NumType::F64,
        }
    }
}

/// `unop_(Inn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum IUnOp {
    Clz,
    Ctz,
    Popcnt,
    /// `EXTEND sz`: sign extension of the low `sz` bits.
    Extend(Sz),
}

/// `unop_(Fnn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum FUnOp {
    Abs,
    Neg,
    Sqrt,
    Ceil,
    Floor,
    Trunc,
    Nearest,
}

/// `numtype unop_(numtype)`: an operator with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UnOp {
    I(Inn, IUnOp),
    F(Fnn, FUnOp),
}

/// `binop_(Inn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum IBinOp {
    Add,
    Sub,
    Mul,
    Div(Sx),
    Rem(Sx),
    And,
    Or,
    Xor,
    Shl,
    Shr(Sx),
    Rotl,
    Rotr,
}

/// `binop_(Fnn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum FBinOp {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Copysign,
}

/// `numtype binop_(numtype)`: an operator with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinOp {
    I(Inn, IBinOp),
    F(Fnn, FBinOp),
}

/// `testop_(Inn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TestOp {
    Eqz,
}

/// `relop_(Inn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum IRelOp {
    Eq,
    Ne,
    Lt(Sx),
    Gt(Sx),
    Le(Sx),
    Ge(Sx),
}

/// `relop_(Fnn)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum FRelOp {
    Eq,
    Ne,
    Lt,
    Gt,
    Le,
    Ge,
}

/// `numtype relop_(numtype)`: an operator with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum RelOp {
    I(Inn, IRelOp),
    F(Fnn, FRelOp),
}

/// `cvtop__(nt_1, nt_2)`, an operator from `nt_1` to `nt_2`. Which operators exist between which types is as in the
/// standard; decoding makes no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum CvtOp {
    Extend(Sx),
    Wrap,
    Convert(Sx),
    Reinterpret,
    Trunc(Sx),
    TruncSat(Sx),
    Promote,
    Demote,
}

/// `ishape`: a shape with integer lanes, `Jnn X M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum IShape {
    I8x16,
    I16x8,
    I32x4,
    I64x2,
}

/// A shape with floating-point lanes, `Fnn X M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum FShape {
    F32x4,
    F64x2,
}

/// `shape`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Shape {
    I(IShape),
    F(FShape),
}

impl IShape {
    /// `dim(sh)`: the number of lanes.
    pub const fn dim(self) -> u32 {
        match self {
            IShape::I8x16 => 16,
            IShape::I16x8 => 8,
            IShape::I32x4 => 4,
            IShape::I64x2 => 2,
        }
    }
}

impl FShape {
    /// `dim(sh)`: the number of lanes.
    pub const fn dim(self) -> u32 {
        match self {
            FShape::F32x4 => 4,
            FShape::F64x2 => 2,
        }
    }
}

impl Shape {
    /// `dim(sh)`: the number of lanes.
    pub const fn dim(self) -> u32 {
        match self {
            Shape::I(sh) => sh.dim(),
            Shape::F(sh) => sh.dim(),
        }
    }
    /// `unpackshape(sh)`: the number type that one lane is read and written as.
    pub const fn unpack(self) -> NumType {
        match self {
            Shape::I(IShape::I8x16 | IShape::I16x8 | IShape::I32x4) => NumType::I32,
            Shape::I(IShape::I64x2) => NumType::I64,
            Shape::F(FShape::F32x4) => NumType::F32,
            Shape::F(FShape::F64x2) => NumType::F64,
        }
    }
}

/// `half`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Half {
    Low,
    High,
}

/// `vvunop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VVUnOp {
    Not,
}

/// `vvbinop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VVBinOp {
    And,
    AndNot,
    Or,
    Xor,
}

/// `vvternop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VVTernOp {
    Bitselect,
}

/// `vvtestop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VVTestOp {
    AnyTrue,
}

/// `vunop_(Jnn X M)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VIUnOp {
    Abs,
    Neg,
    Popcnt,
}

/// `shape vunop_(shape)`; the floating-point operators are those of [`FUnOp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VUnOp {
    I(IShape, VIUnOp),
    F(FShape, FUnOp),
}

/// `vbinop_(Jnn X M)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VIBinOp {
    Add,
    Sub,
    AddSat(Sx),
    SubSat(Sx),
    Mul,
    /// `AVGR U`
    Avgr,
    /// `Q15MULR_SAT S`
    Q15MulrSat,
    /// `RELAXED_Q15MULR S`
    RelaxedQ15Mulr,
    Min(Sx),
    Max(Sx),
}

/// `vbinop_(Fnn X M)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VFBinOp {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Pmin,
    Pmax,
    RelaxedMin,
    RelaxedMax,
}

/// `shape vbinop_(shape)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VBinOp {
    I(IShape, VIBinOp),
    F(FShape, VFBinOp),
}

/// `shape vternop_(shape)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VTernOp {
    RelaxedLaneselect(IShape),
    RelaxedMadd(FShape),
    RelaxedNmadd(FShape),
}

/// `shape vtestop_(shape)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VTestOp {
    AllTrue(IShape),
}

/// `shape vrelop_(shape)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VRelOp {
    I(IShape, IRelOp),
    F(FShape, FRelOp),
}

/// `vshiftop_(ishape)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VShiftOp {
    Shl,
    Shr(Sx),
}

/// `vswizzlop_(bshape)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VSwizzlOp {
    Swizzle,
    RelaxedSwizzle,
}

/// `vextunop__(ishape_1, ishape_2)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VExtUnOp {
    ExtaddPairwise(Sx),
}

/// `vextbinop__(ishape_1, ishape_2)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VExtBinOp {
    Extmul(Half, Sx),
    /// `DOT S`
    Dot,
    /// `RELAXED_DOT S`
    RelaxedDot,
}

/// `vextternop__(ishape_1, ishape_2)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VExtTernOp {
    /// `RELAXED_DOT_ADD S`
    RelaxedDotAdd,
}

/// `vcvtop__(shape_1, shape_2)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VCvtOp {
    Extend(Half, Sx),
    /// `CONVERT half? sx`: the half is `LOW` or absent.
    Convert(Option<Half>, Sx),
    /// `TRUNC_SAT sx zero?`
    TruncSat(Sx, bool),
    /// `RELAXED_TRUNC sx zero?`
    RelaxedTrunc(Sx, bool),
    /// `DEMOTE ZERO`
    DemoteZero,
    /// `PROMOTE LOW`
    PromoteLow,
}

/// `memarg`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemArg {
    /// The exponent of the alignment.
    pub align: u32,
    /// The static offset, in bytes.
    pub offset: u64,
}

impl MemArg {
    /// `memarg0`
    pub const ZERO: MemArg = MemArg { align: 0, offset: 0 };
}

/// `loadop_(Inn)`: `sz _ sx`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct LoadOp {
    pub sz: Sz,
    pub sx: Sx,
}

/// `vloadop_(V128)`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum VLoadOp {
    /// `SHAPE sz X M _ sx`; `sz * M` is 64 bits.
    Shape(Sz, u8, Sx),
    Splat(Sz),
    Zero(Sz),
}

/// `blocktype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockType {
    /// `_RESULT valtype?`
    Result(Option<ValType>),
    /// `_IDX typeidx`
    Idx(TypeIdx),
}

/// `catch`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Catch {
    Catch(TagIdx, LabelIdx),
    CatchRef(TagIdx, LabelIdx),
    CatchAll(LabelIdx),
    CatchAllRef(LabelIdx),
}

/// `instr`: the instructions of the standard, and the administrative ones that a contractum holds besides values and
/// contexts.
///
/// Labels, handlers and frames are not instructions here: a running machine keeps them as layers of its context.
///
/// The tag is a byte of its own: a step begins with a jump by it, and there is nothing to work out first.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum Instr {
    // Parametric instructions
    Nop,
    Unreachable,
    Drop,
    Select(Option<List<ValType>>),
    // Block instructions
    Block(BlockType, Seq),
    Loop(BlockType, Seq),
    /// `IF bt instr_1* ELSE instr_2*`
    If(BlockType, Seq, Seq),
    // Branch instructions
    Br(LabelIdx),
    BrIf(LabelIdx),
    BrTable(List<LabelIdx>, LabelIdx),
    BrOnNull(LabelIdx),
    BrOnNonNull(LabelIdx),
    BrOnCast(LabelIdx, RefType, RefType),
    BrOnCastFail(LabelIdx, RefType, RefType),
    // Function instructions
    Call(FuncIdx),
    CallRef(TypeUse),
    CallIndirect(TableIdx, TypeUse),
    Return,
    ReturnCall(FuncIdx),
    ReturnCallRef(TypeUse),
    ReturnCallIndirect(TableIdx, TypeUse),
    // Exception instructions
    Throw(TagIdx),
    ThrowRef,
    TryTable(BlockType, List<Catch>, Seq),
    // Variable instructions
    LocalGet(LocalIdx),
    LocalSet(LocalIdx),
    LocalTee(LocalIdx),
    GlobalGet(GlobalIdx),
    GlobalSet(GlobalIdx),
    // Table instructions
    TableGet(TableIdx),
    TableSet(TableIdx),
    TableSize(TableIdx),
    TableGrow(TableIdx),
    TableFill(TableIdx),
    TableCopy(TableIdx, TableIdx),
    TableInit(TableIdx, ElemIdx),
    ElemDrop(ElemIdx),
    // Memory instructions
    Load(NumType, Option<LoadOp>, MemIdx, MemArg),
    Store(NumType, Option<Sz>, MemIdx, MemArg),
    Vload(Option<VLoadOp>, MemIdx, MemArg),
    VloadLane(Sz, MemIdx, MemArg, LaneIdx),
    Vstore(MemIdx, MemArg),
    VstoreLane(Sz, MemIdx, MemArg, LaneIdx),
    MemorySize(MemIdx),
    MemoryGrow(MemIdx),
    MemoryFill(MemIdx),
    MemoryCopy(MemIdx, MemIdx),
    MemoryInit(MemIdx, DataIdx),
    DataDrop(DataIdx),
    // Reference instructions
    RefNull(HeapType),
    RefIsNull,
    RefAsNonNull,
    RefEq,
    RefTest(RefType),
    RefCast(RefType),
    RefFunc(FuncIdx),
    RefI31,
    I31Get(Sx),
    // Structure instructions
    StructNew(TypeIdx),
    StructNewDefault(TypeIdx),
    StructGet(Option<Sx>, TypeIdx, FieldIdx),
    StructSet(TypeIdx, FieldIdx),
    // Array instructions
    ArrayNew(TypeIdx),
    ArrayNewDefault(TypeIdx),
    ArrayNewFixed(TypeIdx, u32),
    ArrayNewData(TypeIdx, DataIdx),
    ArrayNewElem(TypeIdx, ElemIdx),
    ArrayGet(Option<Sx>, TypeIdx),
    ArraySet(TypeIdx),
    ArrayLen,
    ArrayFill(TypeIdx),
    ArrayCopy(TypeIdx, TypeIdx),
    ArrayInitData(TypeIdx, DataIdx),
    ArrayInitElem(TypeIdx, ElemIdx),
    // External reference instructions
    ExternConvertAny,
    AnyConvertExtern,
    // Numeric instructions
    Const(Num),
    Unop(UnOp),
    Binop(BinOp),
    Testop(Inn, TestOp),
    Relop(RelOp),
    /// `CVTOP nt_2 nt_1 cvtop`: to `nt_2` from `nt_1`.
    Cvtop(NumType, NumType, CvtOp),
    // Vector instructions
    Vconst(V128),
    Vvunop(VVUnOp),
    Vvbinop(VVBinOp),
    Vvternop(VVTernOp),
    Vvtestop(VVTestOp),
    Vunop(VUnOp),
    Vbinop(VBinOp),
    Vternop(VTernOp),
    Vtestop(VTestOp),
    Vrelop(VRelOp),
    Vshiftop(IShape, VShiftOp),
    Vbitmask(IShape),
    Vswizzlop(VSwizzlOp),
    Vshuffle([LaneIdx; 16]),
    Vsplat(Shape),
    VextractLane(Shape, Option<Sx>, LaneIdx),
    VreplaceLane(Shape, LaneIdx),
    /// To the first shape from the second.
    Vextunop(IShape, IShape, VExtUnOp),
    Vextbinop(IShape, IShape, VExtBinOp),
    Vextternop(IShape, IShape, VExtTernOp),
    Vnarrow(IShape, IShape, Sx),
    Vcvtop(Shape, Shape, VCvtOp),
    // Proposals
    /// An instruction of the threads and shared-everything-threads proposals.
    Atomic(Atomic),
    /// `ref.i31_shared`
    RefI31Shared,
    // Administrative instructions
    /// `wait' loc t`: the thread waits at a byte of a memory, for so many nanoseconds unless that is negative.
    Waiting(crate::execution::Addr, u64, i64),
    /// `ref`: a reference value, where a contractum has one that is not its leftmost.
    Ref(crate::execution::Ref),
    Trap,
    /// The end of a sequence: not an instruction of the standard but the mark that nothing stands to the right.
    End,
}
