//! Where every derivation of a judgement breaks.

use super::Judgement;
use crate::RuleId;
use crate::syntax::*;
use std::fmt;

/// A judgement that does not hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What does not hold.
    pub goal: Judgement,
    /// The only rule that could have concluded it; none where no rule speaks of such types.
    pub rule: Option<RuleId>,
    /// Why.
    pub reason: Reason,
}

/// Which premise of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The only one that is a judgement.
    Only,
    /// That of the field at this position.
    Field(usize),
    /// That of the value type at this position.
    Element(usize),
    /// That of the parameters, which go the other way round.
    Params,
    /// That of the results.
    Results,
    /// `zt_1 <: zt_2` of a mutable field.
    Forth,
    /// `zt_2 <: zt_1` of a mutable field.
    Back,
}

/// Why a judgement does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A premise of the rule does not hold.
    Premise(Part, Box<Broken>),
    /// The types are of kinds that no rule relates.
    Unrelated,
    /// The left type may be null, the right one may not.
    Null,
    /// One field is mutable, the other is not.
    Mutability,
    /// So many on the left, so many on the right.
    Length(usize, usize),
    /// The right type is not among the declared supertypes of the left one, which are these, the left type first;
    /// whether the left type's composite type would match the right one's.
    NotDeclared {
        /// The left type, its declared supertype, and so on.
        chain: Vec<DefType>,
        /// Whether the left type's composite type matches the right one's all the same.
        alike: bool,
    },
    /// An index out of range.
    Unknown(TypeUse),
    /// One type is shared, the other is not.
    Sharedness,
    /// The type is not a shared one.
    Unshared,
}

impl Broken {
    /// The innermost judgement that does not hold.
    pub fn first(&self) -> &Broken {
        let mut broken = self;
        while let Reason::Premise(_, inner) = &broken.reason {
            broken = inner;
        }
        broken
    }

    /// From the goal to the innermost judgement, each with the part of the rule that leads on.
    pub fn path(&self) -> Vec<(&Broken, Option<Part>)> {
        let mut path = Vec::new();
        let mut broken = self;
        while let Reason::Premise(part, inner) = &broken.reason {
            path.push((broken, Some(*part)));
            broken = inner;
        }
        path.push((broken, None));
        path
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Only => f.write_str("its premise"),
            Part::Field(i) => write!(f, "field {i}"),
            Part::Element(i) => write!(f, "type {i} of the list"),
            Part::Params => f.write_str("the parameters, which match the other way round"),
            Part::Results => f.write_str("the results"),
            Part::Forth => f.write_str("what is read from the field"),
            Part::Back => f.write_str("what is written to the field, which matches the other way round"),
        }
    }
}

impl Notation for Reason {
    fn notate(&self, names: &Names, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Premise(part, inner) => write!(f, "{part}: {} does not hold", inner.goal.display(names)),
            Reason::Unrelated => f.write_str("no rule relates these types"),
            Reason::Null => {
                f.write_str("the left type has null in it, the right one has not, and null is never dropped")
            }
            Reason::Mutability => {
                f.write_str("one field is mutable and the other is not; a field keeps its mutability in all subtypes")
            }
            Reason::Length(n_1, n_2) => write!(f, "there are {n_1} on the left and {n_2} on the right"),
            Reason::NotDeclared { chain, alike } => {
                write!(f, "the only types above {} by declaration are: ", chain[0])?;
                match &chain[1..] {
                    [] => f.write_str("none")?,
                    above => {
                        for (i, dt) in above.iter().enumerate() {
                            write!(f, "{}{dt}", if i > 0 { ", " } else { "" })?;
                        }
                    }
                }
                if *alike {
                    f.write_str("; that the structures match does not count, a supertype must be declared")?;
                }
                Ok(())
            }
            Reason::Sharedness => {
                f.write_str("one type is shared and the other is not; no rule relates types of different sharedness")
            }
            Reason::Unshared => f.write_str("the type is not a shared one"),
            Reason::Unknown(tu) => write!(f, "there is no type {}", tu.display(names)),
        }
    }
}
