//! The error of an invalid module: the rule, the premise that fails, and the place.

use crate::syntax::*;
use lockstep_spec::RuleId;
use rustc_hash::FxHashMap;
use std::fmt;

/// Why a module is invalid.
///
/// A value, not a text: `rule` is a rule whose conclusion was needed, `premise` the one of its premises that does not
/// hold, and `place` is where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{premise} ({rule}, {place})")]
pub struct Invalid {
    /// The rule that could not be applied.
    pub rule: RuleId,
    /// The premise of it that does not hold.
    pub premise: Premise,
    /// Where.
    pub place: Place,
}

/// Where in a module: the definition, and how far into the binary or the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The definition.
    pub definition: Definition,
    /// The byte offset in the binary module or in the text: of an instruction where one is at fault, else of the
    /// definition; 0 where nothing is known.
    pub offset: u32,
    /// Line and column in the text, from 1, if the module was read from one.
    pub line: Option<(u32, u32)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some((line, column)) => write!(f, "{}, {line}:{column}", self.definition),
            None => write!(f, "{}, byte {:#x}", self.definition, self.offset),
        }
    }
}

/// A part of a module. Numbers are those of the index space, imports first, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Definition {
    /// A type, by type index.
    Type(TypeIdx),
    /// An import, by position.
    Import(u32),
    /// A tag.
    Tag(TagIdx),
    /// A global.
    Global(GlobalIdx),
    /// A memory.
    Mem(MemIdx),
    /// A table.
    Table(TableIdx),
    /// A function.
    Func(FuncIdx),
    /// A data segment.
    Data(DataIdx),
    /// An element segment.
    Elem(ElemIdx),
    /// The start function.
    Start,
    /// An export, by position.
    Export(u32),
    /// The module as a whole.
    Module,
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Definition::Type(x) => write!(f, "type {x}"),
            Definition::Import(i) => write!(f, "import {i}"),
            Definition::Tag(x) => write!(f, "tag {x}"),
            Definition::Global(x) => write!(f, "global {x}"),
            Definition::Mem(x) => write!(f, "memory {x}"),
            Definition::Table(x) => write!(f, "table {x}"),
            Definition::Func(x) => write!(f, "function {x}"),
            Definition::Data(x) => write!(f, "data segment {x}"),
            Definition::Elem(x) => write!(f, "elem segment {x}"),
            Definition::Start => write!(f, "start"),
            Definition::Export(i) => write!(f, "export {i}"),
            Definition::Module => write!(f, "module"),
        }
    }
}

/// What indices count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// `C.types`
    Type,
    /// `C.tags`
    Tag,
    /// `C.globals`
    Global,
    /// `C.mems`
    Mem,
    /// `C.tables`
    Table,
    /// `C.funcs`
    Func,
    /// `C.datas`
    Data,
    /// `C.elems`
    Elem,
    /// `C.locals`
    Local,
    /// `C.labels`
    Label,
    /// The fields of a structure type.
    Field,
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Space::Type => "type",
            Space::Tag => "tag",
            Space::Global => "global",
            Space::Mem => "memory",
            Space::Table => "table",
            Space::Func => "function",
            Space::Data => "data segment",
            Space::Elem => "elem segment",
            Space::Local => "local",
            Space::Label => "label",
            Space::Field => "field",
        })
    }
}

/// The three kinds of composite types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompKind {
    /// `struct ft*`
    Struct,
    /// `array ft`
    Array,
    /// `func t_1* → t_2*`
    Func,
}

/// A premise that does not hold. Types are as the module writes them, with type indices.
#[derive(Clone, Debug, PartialEq)]
pub enum Premise {
    /// `C.…[x] = …`: the index is out of range.
    Unknown {
        /// What is indexed.
        space: Space,
        /// The index.
        index: u32,
        /// How many there are.
        len: usize,
    },
    /// `C ⊢ t <: t'`
    NotSubtype {
        /// `t`
        found: ValType,
        /// `t'`
        needed: ValType,
    },
    /// `C ⊢ t* <: t'*`
    NotSubtypes {
        /// `t*`
        found: ResultType,
        /// `t'*`
        needed: ResultType,
    },
    /// `C ⊢ zt <: zt'`
    NotStorageSubtype {
        /// `zt`
        found: StorageType,
        /// `zt'`
        needed: StorageType,
    },
    /// There is no operand on the stack of the enclosing block.
    StackUnderflow {
        /// The type of the operand; `None` when any would do.
        needed: Option<ValType>,
    },
    /// Operands are left at the end of a sequence.
    ValuesLeft {
        /// The topmost of them.
        top: ValType,
    },
    /// An operand must be a reference.
    NotReference {
        /// What it is.
        found: ValType,
    },
    /// `t' = nt or t' = vt`: a type must be that of numbers or of vectors.
    NotNumeric {
        /// What it is.
        found: ValType,
    },
    /// The operands of `select` are of two types.
    SelectTypes {
        /// The first.
        first: ValType,
        /// The second.
        second: ValType,
    },
    /// The number of types must be another.
    ArityMismatch {
        /// How many there are.
        found: usize,
        /// How many there must be.
        needed: usize,
    },
    /// The last type of a label must be a reference type.
    LabelNotReference {
        /// The types of the label.
        label: ResultType,
    },
    /// `C.types[x] expands to …`
    WrongShape {
        /// The type.
        found: TypeUse,
        /// What it must expand to.
        needed: CompKind,
    },
    /// A global must be mutable.
    ImmutableGlobal {
        /// Which.
        index: GlobalIdx,
    },
    /// A field must be mutable.
    ImmutableField {
        /// Which; `None` for that of an array.
        index: Option<FieldIdx>,
    },
    /// `sx? ≠ ε ⇔ is_packtype(zt)`
    Packing {
        /// What is stored.
        storage: StorageType,
    },
    /// `⊢ t defaultable`
    NotDefaultable {
        /// `t`
        ty: ValType,
    },
    /// `C.locals[x] = set t`
    LocalUnset {
        /// `x`
        local: LocalIdx,
    },
    /// `2^n ≤ N/8`
    AlignmentTooLarge {
        /// `n`
        exponent: u32,
        /// `N/8`
        bytes: u32,
    },
    /// `m < 2^|at|`
    OffsetTooLarge {
        /// `m`
        offset: u64,
        /// `|at|`
        bits: u32,
    },
    /// `i < dim(sh)`
    LaneOutOfRange {
        /// `i`
        lane: u32,
        /// `dim(sh)`
        lanes: u32,
    },
    /// `C ⊢ instr const`
    NotConstant {
        /// `instr`
        instr: Instr,
    },
    /// An administrative instruction, which no rule gives a type.
    NotInSource {
        /// The instruction.
        instr: Instr,
    },
    /// `n ≤ k` or `m ≤ k`: limits that are too large.
    LimitsTooLarge {
        /// Whether they are of a memory or of a table.
        space: Space,
        /// `n` or `m`
        bound: u64,
        /// `k`
        most: u64,
    },
    /// `n ≤ m`
    LimitsReversed {
        /// `n`
        min: u64,
        /// `m`
        max: u64,
    },
    /// A shared memory has no upper bound (from the threads proposal).
    SharedUnbounded,
    /// `2^n = N/8` (from the threads proposal)
    AlignmentNotNatural {
        /// `n`
        exponent: u32,
        /// `N/8`
        bytes: u32,
    },
    /// `C ⊢ t : ok(shared)` (from the shared-everything-threads proposal)
    NotShared {
        /// `t`
        found: ValType,
    },
    /// What shared code names must be shared (from the shared-everything-threads proposal).
    Unshared {
        /// What is named.
        space: Space,
        /// Which.
        index: u32,
    },
    /// The type is none that an atomic access can have (from the shared-everything-threads proposal).
    NotAtomic {
        /// What is stored.
        found: StorageType,
    },
    /// `x ∈ C.refs`
    UndeclaredReference {
        /// `x`
        func: FuncIdx,
    },
    /// `C.return = (t*)`
    NoReturn,
    /// `|x*| ≤ 1`
    TooManySupers {
        /// `|x*|`
        count: usize,
    },
    /// `x < x_0`
    SuperNotBefore {
        /// `x`
        sup: TypeUse,
        /// `x_0`
        index: TypeIdx,
    },
    /// `unrolldt(C.types[x]) = sub tu* ct'`
    SuperFinal {
        /// `x`
        sup: TypeUse,
    },
    /// `C ⊢ ct <: ct'`
    NotLikeSuper {
        /// The declared supertype, whose composite type is `ct'`.
        sup: TypeUse,
    },
    /// `tu expands to func t_1* → ε`
    TagResults {
        /// The results.
        results: ResultType,
    },
    /// `C.funcs[x] expands to func ε → ε`
    StartType {
        /// `x`
        func: FuncIdx,
    },
    /// `disjoint(nm*)`
    DuplicateExport {
        /// The name.
        name: String,
    },
}

/// The names of the premises, once for all uses.
macro_rules! names {
    ($($name:ident)*) => {
        impl Premise {
            /// The names of all kinds of premises.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// The name of this kind of premise: that of the variant.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Premise::$name { .. } => stringify!($name),)*
                }
            }
        }
    };
}

names! {
    Unknown NotSubtype NotSubtypes NotStorageSubtype StackUnderflow ValuesLeft NotReference NotNumeric SelectTypes
    ArityMismatch LabelNotReference WrongShape ImmutableGlobal ImmutableField Packing NotDefaultable LocalUnset
    AlignmentTooLarge OffsetTooLarge LaneOutOfRange NotConstant NotInSource LimitsTooLarge LimitsReversed
    SharedUnbounded AlignmentNotNatural NotShared Unshared NotAtomic UndeclaredReference NoReturn TooManySupers SuperNotBefore SuperFinal NotLikeSuper TagResults
    StartType DuplicateExport
}

/// A premise that does not hold, while it is not yet known where.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) rule: RuleId,
    pub(super) premise: Premise,
    /// The byte offset of the instruction, if one is at fault.
    pub(super) offset: Option<u32>,
}

/// What comes of trying to derive a judgement.
pub(super) type Derived<T = ()> = Result<T, Box<Fault>>;

/// The rule cannot be applied, because of a premise.
#[cold]
pub(super) fn fail<T>(rule: RuleId, premise: Premise) -> Derived<T> {
    Err(Box::new(Fault { rule, premise, offset: None }))
}

impl Fault {
    /// The error, with the closed types of the context written as the type indices they come from.
    #[cold]
    pub(super) fn at(self, place: Place, types: &[DefType]) -> Invalid {
        let place = Place { offset: self.offset.unwrap_or(place.offset), ..place };
        Invalid { rule: self.rule, premise: self.premise.with_indices(types), place }
    }
}

impl Premise {
    fn with_indices(mut self, types: &[DefType]) -> Premise {
        use Premise::*;
        // The first index of each type.
        let mut indices: FxHashMap<DefType, TypeIdx> = FxHashMap::default();
        for (x, &dt) in (0..).zip(types) {
            indices.entry(dt).or_insert(x);
        }
        let index = |tu: &mut TypeUse| {
            if let TypeUse::Def(dt) = tu
                && let Some(&x) = indices.get(dt)
            {
                *tu = TypeUse::Idx(x);
            }
        };
        let valtype = |t: &mut ValType| {
            if let ValType::Ref(RefType { heap: HeapType::Use(tu), .. }) = t {
                index(tu);
            }
        };
        let storagetype = |zt: &mut StorageType| {
            if let StorageType::Val(t) = zt {
                valtype(t);
            }
        };
        match &mut self {
            NotSubtype { found, needed } => [found, needed].into_iter().for_each(valtype),
            NotSubtypes { found, needed } => found.iter_mut().chain(needed).for_each(valtype),
            NotStorageSubtype { found, needed } => [found, needed].into_iter().for_each(storagetype),
            StackUnderflow { needed: Some(t) } => valtype(t),
            NotShared { found: t } => valtype(t),
            NotAtomic { found } => storagetype(found),
            ValuesLeft { top: t } | NotReference { found: t } | NotNumeric { found: t } | NotDefaultable { ty: t } => {
                valtype(t);
            }
            SelectTypes { first, second } => [first, second].into_iter().for_each(valtype),
            LabelNotReference { label: ts } | TagResults { results: ts } => ts.iter_mut().for_each(valtype),
            Packing { storage } => storagetype(storage),
            WrongShape { found: tu, .. } | SuperNotBefore { sup: tu, .. } => index(tu),
            SuperFinal { sup: tu } | NotLikeSuper { sup: tu } => index(tu),
            Unknown { .. }
            | StackUnderflow { needed: None }
            | ArityMismatch { .. }
            | ImmutableGlobal { .. }
            | ImmutableField { .. }
            | LocalUnset { .. }
            | AlignmentTooLarge { .. }
            | OffsetTooLarge { .. }
            | LaneOutOfRange { .. }
            | NotConstant { .. }
            | NotInSource { .. }
            | LimitsTooLarge { .. }
            | LimitsReversed { .. }
            | SharedUnbounded
            | AlignmentNotNatural { .. }
            | Unshared { .. }
            | UndeclaredReference { .. }
            | NoReturn
            | TooManySupers { .. }
            | StartType { .. }
            | DuplicateExport { .. } => {}
        }
        self
    }
}
