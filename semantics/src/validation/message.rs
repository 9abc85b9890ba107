//! The messages of [`Premise`].

use super::error::{CompKind, Premise};
use crate::syntax::*;
use std::fmt;

impl Premise {
    /// What is wrong, in a few words: the beginning of the message, before what was found and what was needed.
    pub fn headline(&self) -> Headline<'_> {
        Headline(self)
    }
}

/// See [`Premise::headline`].
#[derive(Clone, Copy, Debug)]
pub struct Headline<'a>(&'a Premise);

impl fmt::Display for Headline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Premise::*;
        match self.0 {
            Unknown { space, index, len } => write!(f, "unknown {space} {index}: there are {len}"),
            NotSubtype { .. }
            | NotSubtypes { .. }
            | NotStorageSubtype { .. }
            | StackUnderflow { .. }
            | ValuesLeft { .. }
            | NotReference { .. }
            | NotNumeric { .. }
            | SelectTypes { .. }
            | ArityMismatch { .. }
            | LabelNotReference { .. }
            | WrongShape { .. }
            | Packing { .. }
            | NotShared { .. }
            | NotAtomic { .. } => f.write_str("type mismatch"),
            ImmutableGlobal { index } => write!(f, "immutable global {index}"),
            ImmutableField { index: Some(index) } => write!(f, "immutable field {index}"),
            ImmutableField { index: None } => f.write_str("immutable array"),
            NotDefaultable { ty } => write!(f, "type mismatch: {ty} has no default value"),
            LocalUnset { local } => write!(f, "uninitialized local {local}"),
            AlignmentTooLarge { .. } => f.write_str("alignment must not be larger than natural"),
            OffsetTooLarge { .. } => f.write_str("offset out of range"),
            LaneOutOfRange { .. } => f.write_str("invalid lane index"),
            NotConstant { .. } => f.write_str("constant expression required"),
            NotInSource { instr } => write!(f, "no rule for {}", instr.mnemonic()),
            LimitsTooLarge { space, .. } => write!(f, "{space} size"),
            LimitsReversed { .. } => f.write_str("size minimum must not be greater than maximum"),
            SharedUnbounded => f.write_str("shared memory must have maximum"),
            AlignmentNotNatural { .. } => f.write_str("atomic alignment must be natural"),
            Unshared { space, index } => write!(f, "shared code cannot access {space} {index}, which is not shared"),
            UndeclaredReference { func } => write!(f, "undeclared function reference {func}"),
            NoReturn => f.write_str("nothing to return from"),
            TooManySupers { .. } => f.write_str("sub type"),
            SuperNotBefore { sup, index } => {
                write!(f, "unknown type {sup}: a supertype of type {index} must come before it")
            }
            SuperFinal { sup } => write!(f, "sub type: supertype {sup} is final"),
            NotLikeSuper { sup } => write!(f, "sub type: does not match supertype {sup}"),
            TagResults { .. } => f.write_str("non-empty tag result type"),
            StartType { func } => write!(f, "start function: function {func} has parameters or results"),
            DuplicateExport { name } => write!(f, "duplicate export name {name:?}"),
        }
    }
}

impl fmt::Display for Premise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Premise::*;
        let names = Names::default();
        self.headline().fmt(f)?;
        match self {
            NotSubtype { found, needed } => write!(f, ": found {found}, needed {needed}"),
            NotSubtypes { found, needed } => {
                write!(f, ": found {}, needed {}", found.display(&names), needed.display(&names))
            }
            NotStorageSubtype { found, needed } => write!(f, ": found {found}, needed {needed}"),
            StackUnderflow { needed: Some(t) } => write!(f, ": found an empty stack, needed {t}"),
            StackUnderflow { needed: None } => f.write_str(": found an empty stack, needed an operand"),
            ValuesLeft { top } => write!(f, ": found a value {top} left, needed none"),
            NotReference { found } => write!(f, ": found {found}, needed a reference"),
            NotNumeric { found } => write!(f, ": found {found}, needed a number or vector"),
            SelectTypes { first, second } => write!(f, ": found {first} and {second}, needed one type"),
            ArityMismatch { found, needed } => write!(f, ": found arity {found}, needed arity {needed}"),
            LabelNotReference { label } => {
                write!(f, ": found label {}, needed one that ends in a reference", label.display(&names))
            }
            WrongShape { found, needed } => {
                let needed = match needed {
                    CompKind::Struct => "structure",
                    CompKind::Array => "array",
                    CompKind::Func => "function",
                };
                write!(f, ": found type {found}, needed {needed} type")
            }
            Packing { storage: zt @ StorageType::Pack(_) } => {
                write!(f, ": found a field {zt}, needed a sign to read it with")
            }
            Packing { storage } => write!(f, ": found a field {storage}, needed a packed one"),
            AlignmentTooLarge { exponent, bytes } => write!(f, ": found 2^{exponent}, needed at most {bytes}"),
            OffsetTooLarge { offset, bits } => write!(f, ": found {offset}, needed less than 2^{bits}"),
            LaneOutOfRange { lane, lanes } => write!(f, ": found {lane}, needed less than {lanes}"),
            NotConstant { instr } => write!(f, ": found {}", instr.mnemonic()),
            LimitsTooLarge { bound, most, .. } => write!(f, ": found {bound}, needed at most {most}"),
            LimitsReversed { min, max } => write!(f, ": found {min} and {max}"),
            AlignmentNotNatural { exponent, bytes } => write!(f, ": found 2^{exponent}, needed {bytes}"),
            NotShared { found } => write!(f, ": found {found}, needed a shared type"),
            NotAtomic { found } => write!(f, ": found {found}, needed a type of atomic accesses"),
            TooManySupers { count } => write!(f, ": found {count} supertypes, needed at most 1"),
            TagResults { results } => write!(f, ": found {}, needed []", results.display(&names)),
            // The headline says it all.
            Unknown { .. }
            | ImmutableGlobal { .. }
            | ImmutableField { .. }
            | NotDefaultable { .. }
            | LocalUnset { .. }
            | NotInSource { .. }
            | SharedUnbounded
            | Unshared { .. }
            | UndeclaredReference { .. }
            | NoReturn
            | SuperNotBefore { .. }
            | SuperFinal { .. }
            | NotLikeSuper { .. }
            | StartType { .. }
            | DuplicateExport { .. } => Ok(()),
        }
    }
}
