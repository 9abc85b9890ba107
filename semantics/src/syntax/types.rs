//! Types (1.2-syntax.types).
//!
//! Sharedness (`share`) has its place on heap types, composite types, globals, tables and memories. In WebAssembly 3.0
//! by itself everything is [`Share::Unshared`]; the threads proposal has shared memories, and the
//! shared-everything-threads proposal the rest.

/// `share`: whether something may be reached by several threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Share {
    /// Owned by one thread; the only case of WebAssembly 3.0.
    #[default]
    Unshared,
    /// `shared`
    Shared,
    /// `bot-share`: below both; only in the types of unreachable code and of the null reference, never written in a module.
    Bot,
}

impl Share {
    /// Whether something of this sharedness may stand where the other is asked for.
    #[inline]
    pub const fn matches(self, other: Share) -> bool {
        self as u8 == other as u8 || matches!(self, Share::Bot)
    }
}

/// `addrtype`: how a memory or table is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddrType {
    /// `i32`
    I32,
    /// `i64`
    I64,
}

/// `numtype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumType {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
}

/// `vectype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VecType {
    /// `v128`
    V128,
}

/// `absheaptype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AbsHeapType {
    /// `any`
    Any,
    /// `eq`
    Eq,
    /// `i31`
    I31,
    /// `struct`
    Struct,
    /// `array`
    Array,
    /// `none`
    None,
    /// `func`
    Func,
    /// `nofunc`
    NoFunc,
    /// `exn`
    Exn,
    /// `noexn`
    NoExn,
    /// `extern`
    Extern,
    /// `noextern`
    NoExtern,
    /// `bot`: below every heap type; never written in a module.
    Bot,
}

impl AbsHeapType {
    /// All of them, `bot` last.
    pub const ALL: [AbsHeapType; 13] = [
        AbsHeapType::Any,
        AbsHeapType::Eq,
        AbsHeapType::I31,
        AbsHeapType::Struct,
        AbsHeapType::Array,
        AbsHeapType::None,
        AbsHeapType::Func,
        AbsHeapType::NoFunc,
        AbsHeapType::Exn,
        AbsHeapType::NoExn,
        AbsHeapType::Extern,
        AbsHeapType::NoExtern,
        AbsHeapType::Bot,
    ];
}

/// A defined type, `_DEF rectype i`: the `i`-th type of a closed, rolled recursive type.
///
/// It is a handle into the [`TypeTable`](crate::types::TypeTable) that made it. The table holds each closed recursive
/// type once, so within one table two handles are equal exactly when the defined types are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefType(pub(crate) u32);

impl DefType {
    /// The position in the table, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// `typeuse`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeUse {
    /// `_IDX x`: a type index of the module.
    Idx(super::TypeIdx),
    /// `REC i`: the `i`-th type of the enclosing recursive type, in rolled types only.
    Rec(u32),
    /// A closed defined type.
    Def(DefType),
}

/// `heaptype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeapType {
    /// `share? absheaptype`
    Abs(Share, AbsHeapType),
    /// `typeuse`
    Use(TypeUse),
}

impl HeapType {
    /// An unshared abstract heap type.
    pub const fn abs(aht: AbsHeapType) -> Self {
        HeapType::Abs(Share::Unshared, aht)
    }
}

/// `reftype`: `REF null? heaptype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RefType {
    /// `null?`: whether the null reference is included.
    pub null: bool,
    /// What is referred to.
    pub heap: HeapType,
}

impl RefType {
    /// `REF NULL ht`
    pub const fn null(heap: HeapType) -> Self {
        RefType { null: true, heap }
    }
    /// `REF ht`
    pub const fn non_null(heap: HeapType) -> Self {
        RefType { null: false, heap }
    }
    /// `FUNCREF`
    pub const FUNCREF: RefType = RefType::null(HeapType::abs(AbsHeapType::Func));
    /// `EXTERNREF`
    pub const EXTERNREF: RefType = RefType::null(HeapType::abs(AbsHeapType::Extern));
    /// `ANYREF`
    pub const ANYREF: RefType = RefType::null(HeapType::abs(AbsHeapType::Any));
    /// `EQREF`
    pub const EQREF: RefType = RefType::null(HeapType::abs(AbsHeapType::Eq));
    /// `I31REF`
    pub const I31REF: RefType = RefType::null(HeapType::abs(AbsHeapType::I31));
    /// `ARRAYREF`
    pub const ARRAYREF: RefType = RefType::null(HeapType::abs(AbsHeapType::Array));
    /// `EXNREF`
    pub const EXNREF: RefType = RefType::null(HeapType::abs(AbsHeapType::Exn));
}

/// `valtype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValType {
    /// `numtype`
    Num(NumType),
    /// `vectype`
    Vec(VecType),
    /// `reftype`
    Ref(RefType),
    /// `BOT`: below every value type; only on the operand stack of unreachable code.
    Bot,
}

impl ValType {
    /// `i32`
    pub const I32: ValType = ValType::Num(NumType::I32);
    /// `i64`
    pub const I64: ValType = ValType::Num(NumType::I64);
    /// `f32`
    pub const F32: ValType = ValType::Num(NumType::F32);
    /// `f64`
    pub const F64: ValType = ValType::Num(NumType::F64);
    /// `v128`
    pub const V128: ValType = ValType::Vec(VecType::V128);
}

/// `packtype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackType {
    /// `i8`
    I8,
    /// `i16`
    I16,
}

/// `storagetype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageType {
    /// `valtype`
    Val(ValType),
    /// `packtype`
    Pack(PackType),
}

/// `resulttype`
pub type ResultType = Vec<ValType>;

/// `fieldtype`: `mut? storagetype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
    /// `mut?`
    pub mutable: bool,
    /// What is stored.
    pub storage: StorageType,
}

/// `FUNC resulttype -> resulttype`
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FuncType {
    /// `t_1*`
    pub params: ResultType,
    /// `t_2*`
    pub results: ResultType,
}

/// `comptype`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CompType {
    /// `STRUCT list(fieldtype)`
    Struct(Vec<FieldType>),
    /// `ARRAY fieldtype`
    Array(FieldType),
    /// `FUNC resulttype -> resulttype`
    Func(FuncType),
}

/// `subtype`: `SUB final? typeuse* comptype`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubType {
    /// `final?`: whether it can have no declared subtypes.
    pub is_final: bool,
    /// The declared supertypes; at most one in a valid module.
    pub supers: Vec<TypeUse>,
    /// `share?` of the composite type.
    pub share: Share,
    /// The structure of the type.
    pub comp: CompType,
}

/// `rectype`: `REC list(subtype)`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecType(pub Vec<SubType>);

/// `limits`: `[min .. max?]`, in pages for memories and elements for tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The lower bound.
    pub min: u64,
    /// The upper bound, if there is one.
    pub max: Option<u64>,
}

/// `tagtype`: a type use that expands to a function type.
pub type TagType = TypeUse;

/// `globaltype`: `mut? valtype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    /// `share?`
    pub share: Share,
    /// `mut?`
    pub mutable: bool,
    /// The type of the content.
    pub val: ValType,
}

/// `memtype`: `addrtype limits PAGE`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemType {
    /// `share?`
    pub share: Share,
    /// How it is addressed.
    pub addr: AddrType,
    /// Its size in pages of 64 KiB.
    pub limits: Limits,
}

/// `tabletype`: `addrtype limits reftype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// `share?`
    pub share: Share,
    /// How it is addressed.
    pub addr: AddrType,
    /// Its size in elements.
    pub limits: Limits,
    /// The type of the elements.
    pub elem: RefType,
}

/// `elemtype`
pub type ElemType = RefType;

/// `externtype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExternType {
    /// `TAG tagtype`
    Tag(TagType),
    /// `GLOBAL globaltype`
    Global(GlobalType),
    /// `MEM memtype`
    Mem(MemType),
    /// `TABLE tabletype`
    Table(TableType),
    /// `FUNC typeuse`
    Func(TypeUse),
}

/// `moduletype`: `externtype* -> externtype*`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleType {
    /// The types of the imports, in order.
    pub imports: Vec<ExternType>,
    /// The types of the exports, in order.
    pub exports: Vec<ExternType>,
}

impl AddrType {
    /// `size(at)`, in bits.
    pub const fn size(self) -> u32 {
        match self {
            AddrType::I32 => 32,
            AddrType::I64 => 64,
        }
    }
    /// `minat(at_1, at_2)`: the smaller of two address types.
    pub fn minat(self, other: AddrType) -> AddrType {
        if self.size() <= other.size() { self } else { other }
    }
}

impl NumType {
    /// `size(nt)`, in bits.
    pub const fn size(self) -> u32 {
        match self {
            NumType::I32 | NumType::F32 => 32,
            NumType::I64 | NumType::F64 => 64,
        }
    }
}

impl PackType {
    /// `psize(pt)`, in bits.
    pub const fn size(self) -> u32 {
        match self {
            PackType::I8 => 8,
            PackType::I16 => 16,
        }
    }
}

impl From<AddrType> for NumType {
    fn from(at: AddrType) -> Self {
        match at {
            AddrType::I32 => NumType::I32,
            AddrType::I64 => NumType::I64,
        }
    }
}

impl From<AddrType> for ValType {
    fn from(at: AddrType) -> Self {
        ValType::Num(at.into())
    }
}

impl StorageType {
    /// `unpack(zt)`
    pub const fn unpack(self) -> ValType {
        match self {
            StorageType::Val(t) => t,
            StorageType::Pack(_) => ValType::I32,
        }
    }
    /// `zsize(zt)` in bits; `None` for types without a byte representation.
    pub const fn zsize(self) -> Option<u32> {
        match self {
            StorageType::Val(ValType::Num(nt)) => Some(nt.size()),
            StorageType::Val(ValType::Vec(VecType::V128)) => Some(128),
            StorageType::Pack(pt) => Some(pt.size()),
            StorageType::Val(_) => None,
        }
    }
}

/// `diffrt(rt_1, rt_2)`: what is left of `rt_1` when a value is known not to be of `rt_2`.
pub fn diffrt(rt_1: RefType, rt_2: RefType) -> RefType {
    RefType { null: rt_1.null && !rt_2.null, heap: rt_1.heap }
}
