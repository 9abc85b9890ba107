//! How a run ends.

use super::{Addr, Value};
use lockstep_spec::RuleId;

/// `result`: how an invocation ends, and the ends that only an implementation knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// `_VALS val*`
    Values(Vec<Value>),
    /// `(REF.EXN_ADDR a) THROW_REF`: an exception that nobody caught.
    Exception(Addr),
    /// `TRAP`
    Trap(Trap),
    /// A bound of this run was reached; the standard would go on.
    Exhausted(Bound),
    /// The thread waits without a timeout, and nobody is there who could notify it (threads proposal).
    Deadlock,
    /// No rule applies: a bug in validation or in a rule, never the program's fault.
    Stuck(Stuck),
}

/// Where a trap came from. The standard's `TRAP` says nothing of its cause; the rule that made it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap {
    /// The rule that made the trap; `None` where a host function did, which has no rule.
    pub rule: Option<RuleId>,
    /// What kind of trap it is, for comparison with engines and test scripts.
    pub class: TrapClass,
}

/// Kinds of traps, as far as engines and test scripts can tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrapClass {
    /// `unreachable` was executed.
    Unreachable,
    /// An integer division or remainder by zero.
    DivisionByZero,
    /// An integer result that is not representable.
    IntegerOverflow,
    /// A conversion of NaN to an integer.
    InvalidConversion,
    /// An access outside of a memory, or outside of a data segment in `memory.init` and its like.
    MemoryOutOfBounds,
    /// An access outside of a table, or of an element segment.
    TableOutOfBounds,
    /// An access outside of an array.
    ArrayOutOfBounds,
    /// A null reference where an object is needed.
    NullReference,
    /// A cast that failed, also that of an indirect call.
    CastFailure,
    /// An atomic access at an address that is not aligned.
    UnalignedAtomic,
    /// A wait on something that is not shared.
    ExpectedShared,
    /// Raised by a host function.
    Host,
}

/// What bound of a run was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The number of steps.
    Steps,
    /// The number of frames.
    Frames,
    /// The memory that store and stacks may take.
    Memory,
    /// The run was interrupted from outside.
    Interrupted,
}

/// No rule applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The rule of the step before, where the steps of the run were watched.
    pub after: Option<RuleId>,
    /// What was needed.
    pub reason: &'static str,
}

impl TrapClass {
    /// A short text, in the words of the official test scripts.
    pub const fn text(self) -> &'static str {
        match self {
            TrapClass::Unreachable => "unreachable",
            TrapClass::DivisionByZero => "integer divide by zero",
            TrapClass::IntegerOverflow => "integer overflow",
            TrapClass::InvalidConversion => "invalid conversion to integer",
            TrapClass::MemoryOutOfBounds => "out of bounds memory access",
            TrapClass::TableOutOfBounds => "out of bounds table access",
            TrapClass::ArrayOutOfBounds => "out of bounds array access",
            TrapClass::NullReference => "null reference",
            TrapClass::CastFailure => "cast failure",
            TrapClass::UnalignedAtomic => "unaligned atomic",
            TrapClass::ExpectedShared => "expected shared memory",
            TrapClass::Host => "host function",
        }
    }
}

impl std::fmt::Display for Trap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "trap: {} ({rule})", self.class.text()),
            None => write!(f, "trap: {} (a host function)", self.class.text()),
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Bound::Steps => "step limit reached",
            Bound::Frames => "frame limit reached",
            Bound::Memory => "memory limit reached",
            Bound::Interrupted => "interrupted",
        })
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Values(vals) => write!(f, "{} values", vals.len()),
            Outcome::Exception(a) => write!(f, "uncaught exception {a}"),
            Outcome::Trap(trap) => write!(f, "{trap}"),
            Outcome::Exhausted(bound) => write!(f, "{bound}"),
            Outcome::Deadlock => f.write_str("deadlock: waits forever"),
            Outcome::Stuck(stuck) => stuck.fmt(f),
        }
    }
}

impl std::fmt::Display for Stuck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.after {
            Some(rule) => write!(f, "stuck after {rule}: {}", self.reason),
            None => write!(f, "stuck: {}", self.reason),
        }
    }
}
