//! Instructions of the threads and shared-everything-threads proposals.
//!
//! They are one variant of [`Instr`], so that the tables and matches of the standard's own instructions stay as they
//! are.

use super::*;

/// `ord`: the ordering of an atomic access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemOrder {
    /// `seqcst`: sequentially consistent.
    SeqCst,
    /// `acqrel`: an acquire read or a release write.
    AcqRel,
}

/// The orderings of an instruction that reads and writes. The text format gives one for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Orders {
    /// Of the read.
    pub read: MemOrder,
    /// Of the write.
    pub write: MemOrder,
}

impl From<MemOrder> for Orders {
    fn from(order: MemOrder) -> Self {
        Orders { read: order, write: order }
    }
}

/// `atop`: what a read-modify-write instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum AtOp {
    Add,
    Sub,
    And,
    Or,
    Xor,
    Xchg,
}

impl AtOp {
    /// All of them, in the order of their opcodes.
    pub const ALL: [AtOp; 6] = [AtOp::Add, AtOp::Sub, AtOp::And, AtOp::Or, AtOp::Xor, AtOp::Xchg];
}

/// The integer type and the width of an atomic access; without a width, it is that of the type.
pub type Access = (Inn, Option<Sz>);

/// The accesses in the order of their opcodes.
pub const ACCESSES: [Access; 7] = [
    (Inn::I32, None),
    (Inn::I64, None),
    (Inn::I32, Some(Sz::B8)),
    (Inn::I32, Some(Sz::B16)),
    (Inn::I64, Some(Sz::B8)),
    (Inn::I64, Some(Sz::B16)),
    (Inn::I64, Some(Sz::B32)),
];

/// The width in bits of an atomic access.
pub const fn width((inn, sz): Access) -> u32 {
    match (inn, sz) {
        (_, Some(sz)) => sz.bits(),
        (Inn::I32, None) => 32,
        (Inn::I64, None) => 64,
    }
}

/// An atomic instruction.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
#[allow(missing_docs)]
pub enum Atomic {
    // Threads: memories
    /// `Inn.atomic.loadN_u?`
    Load(Access, MemIdx, MemArg),
    /// `Inn.atomic.storeN?`
    Store(Access, MemIdx, MemArg),
    /// `Inn.atomic.rmwN?.atop_u?`
    Rmw(Access, AtOp, MemIdx, MemArg),
    /// `Inn.atomic.rmwN?.cmpxchg_u?`
    Cmpxchg(Access, MemIdx, MemArg),
    /// `memory.atomic.notify`
    Notify(MemIdx, MemArg),
    /// `memory.atomic.waitN`
    Wait(Inn, MemIdx, MemArg),
    /// `atomic.fence`
    Fence,
    // Shared everything: globals, tables, structures and arrays
    GlobalGet(MemOrder, GlobalIdx),
    GlobalSet(MemOrder, GlobalIdx),
    GlobalRmw(Orders, AtOp, GlobalIdx),
    GlobalCmpxchg(Orders, GlobalIdx),
    TableGet(MemOrder, TableIdx),
    TableSet(MemOrder, TableIdx),
    TableXchg(Orders, TableIdx),
    TableCmpxchg(Orders, TableIdx),
    StructGet(MemOrder, Option<Sx>, TypeIdx, FieldIdx),
    StructSet(MemOrder, TypeIdx, FieldIdx),
    StructRmw(Orders, AtOp, TypeIdx, FieldIdx),
    StructCmpxchg(Orders, TypeIdx, FieldIdx),
    ArrayGet(MemOrder, Option<Sx>, TypeIdx),
    ArraySet(MemOrder, TypeIdx),
    ArrayRmw(Orders, AtOp, TypeIdx),
    ArrayCmpxchg(Orders, TypeIdx),
}

impl Atomic {
    /// Whether it writes only if what is there is as expected (`cmpxchg`).
    pub const fn compares(&self) -> bool {
        use Atomic::*;
        matches!(self, Cmpxchg(..) | GlobalCmpxchg(..) | TableCmpxchg(..) | StructCmpxchg(..) | ArrayCmpxchg(..))
    }

    /// How many values it takes.
    pub const fn operands(&self) -> usize {
        use Atomic::*;
        match self {
            Fence | GlobalGet(..) => 0,
            Load(..) | GlobalSet(..) | GlobalRmw(..) | TableGet(..) | StructGet(..) => 1,
            Store(..) | Rmw(..) | Notify(..) | GlobalCmpxchg(..) | TableSet(..) | TableXchg(..) | StructSet(..)
            | StructRmw(..) | ArrayGet(..) => 2,
            Cmpxchg(..) | Wait(..) | TableCmpxchg(..) | StructCmpxchg(..) | ArraySet(..) | ArrayRmw(..) => 3,
            ArrayCmpxchg(..) => 4,
        }
    }
}

/// The proposals that a module may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Features {
    /// The threads proposal.
    pub threads: bool,
    /// The shared-everything-threads proposal, which contains the other.
    pub shared_everything: bool,
}

impl Features {
    /// WebAssembly 3.0 by itself.
    pub const STANDARD: Features = Features { threads: false, shared_everything: false };
    /// With the threads proposal.
    pub const THREADS: Features = Features { threads: true, shared_everything: false };
    /// With the shared-everything-threads proposal.
    pub const SHARED_EVERYTHING: Features = Features { threads: true, shared_everything: true };

    /// With the proposal of this name; `None` for a proposal that is not known.
    pub fn with(self, proposal: &str) -> Option<Features> {
        let more = match proposal {
            "threads" => Features::THREADS,
            "shared-everything-threads" => Features::SHARED_EVERYTHING,
            _ => return None,
        };
        Some(self.union(more))
    }

    /// What either allows.
    pub const fn union(self, other: Features) -> Features {
        Features {
            threads: self.threads || other.threads,
            shared_everything: self.shared_everything || other.shared_everything,
        }
    }

    /// The names of the proposals.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [(self.threads, "threads"), (self.shared_everything, "shared-everything-threads")];
        all.into_iter().filter(|(on, _)| *on).map(|(_, name)| name)
    }
}
