//! How an operation of an engine ends that does not do what it was asked for.
//!
//! What the semantics says keeps its type: rule, premise and place of an invalid module, the production in which a
//! malformed one fails, the types at an import, the rule of a trap. Another engine has its own words for these. Words are
//! for people: nothing is ever read out of them.

use crate::value::{List, Val};
use lockstep_reports::{Cause, Verdict};
use lockstep_semantics::RuleId;
use lockstep_semantics::decode::{Malformed, MalformedKind};
use lockstep_semantics::execution::{LinkError, Trap, TrapClass};
use lockstep_semantics::validation::Invalid;
use std::fmt;

/// What a call gives: its results, or why there are none.
pub type Answer = Result<Vec<Val>, Failure>;

/// Why something failed: what the semantics says, or the words of another engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason<T> {
    /// As the semantics says.
    Semantics(T),
    /// In the words of an engine.
    Words(String),
}

impl<T> Reason<T> {
    /// What the semantics says, if it is the one who says something.
    pub fn typed(&self) -> Option<&T> {
        match self {
            Reason::Semantics(what) => Some(what),
            Reason::Words(_) => None,
        }
    }
}

impl<T> From<String> for Reason<T> {
    fn from(words: String) -> Self {
        Reason::Words(words)
    }
}

impl<T> From<&str> for Reason<T> {
    fn from(words: &str) -> Self {
        Reason::Words(words.to_owned())
    }
}

impl<T: fmt::Display> fmt::Display for Reason<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Semantics(what) => what.fmt(f),
            Reason::Words(words) => f.write_str(words),
        }
    }
}

/// Why the semantics refuses a module: [`Malformed`] or [`Invalid`].
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal<E> {
    /// The error. Its place is one in the module, or in the text that it was read from.
    pub error: Box<E>,
    /// Where the module is one that a script quotes, the line and column at which the quoted text begins.
    pub quoted: Option<(u32, u32)>,
}

impl<E> From<E> for Refusal<E> {
    fn from(error: E) -> Self {
        Refusal { error: Box::new(error), quoted: None }
    }
}

impl fmt::Display for Refusal<Invalid> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        match self.quoted {
            Some(place) => write!(f, ", in {}", Quoted(place)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Refusal<Malformed> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Malformed { message, kind, line, .. } = &*self.error;
        let Some(place) = self.quoted else { return self.error.fmt(f) };
        f.write_str("malformed text")?;
        if let Some((line, column)) = line {
            write!(f, " at {line}:{column}")?;
        }
        write!(f, " of {}: {message}", Quoted(place))?;
        match kind {
            MalformedKind::Unsupported { proposal } => write!(f, " (proposal: {proposal})"),
            MalformedKind::Syntax | MalformedKind::Limit => Ok(()),
        }
    }
}

/// A text that a script quotes, by line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted(pub (u32, u32));

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.0;
        write!(f, "the text quoted at {line}:{column}")
    }
}

/// Why imports do not fit.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkReason {
    /// As the semantics says: the import, the type that is needed, and the one that is found.
    Semantics(Box<LinkError>),
    /// An engine tells which import it is.
    Import {
        /// The name of the module that it is from.
        module: String,
        /// Its own name.
        name: String,
    },
    /// In the words of an engine.
    Words(String),
}

impl LinkReason {
    /// The import that does not fit, by the name of the module that it is from and its own.
    pub fn import(&self) -> Option<(&str, &str)> {
        match self {
            LinkReason::Semantics(error) => match &**error {
                LinkError::Unknown { module, name, .. } | LinkError::Incompatible { module, name, .. } => {
                    Some((module, name))
                }
                LinkError::Count { .. } => None,
            },
            LinkReason::Import { module, name } => Some((module, name)),
            LinkReason::Words(_) => None,
        }
    }
}

impl From<String> for LinkReason {
    fn from(words: String) -> Self {
        LinkReason::Words(words)
    }
}

impl From<&str> for LinkReason {
    fn from(words: &str) -> Self {
        LinkReason::Words(words.to_owned())
    }
}

impl fmt::Display for LinkReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkReason::Semantics(error) => error.fmt(f),
            LinkReason::Import { module, name } => write!(f, "{module:?}.{name:?}"),
            LinkReason::Words(words) => f.write_str(words),
        }
    }
}

/// What an engine does not support.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsupported {
    /// A feature, by its name in [`feature_names`](crate::feature_names); without it, a valid module is refused.
    Feature {
        /// The feature.
        name: &'static str,
        /// How the engine refuses the module.
        refusal: Box<Failure>,
    },
    /// A feature that is not to be tested, by its name in [`feature_names`](crate::feature_names).
    Skipped(String),
    /// A module that the semantics cannot decode, where the engine is given another one made out of it.
    Undecodable(Refusal<Malformed>),
    /// In words.
    Words(String),
}

impl From<String> for Unsupported {
    fn from(words: String) -> Self {
        Unsupported::Words(words)
    }
}

impl From<&str> for Unsupported {
    fn from(words: &str) -> Self {
        Unsupported::Words(words.to_owned())
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsupported::Feature { name, refusal } => write!(f, "{name}: {refusal}"),
            Unsupported::Skipped(name) => write!(f, "{name} is not tested"),
            Unsupported::Undecodable(why) => write!(f, "what the semantics cannot decode: {why}"),
            Unsupported::Words(words) => f.write_str(words),
        }
    }
}

/// How an operation ends that does not do what it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The bytes or the text are not a module.
    Malformed(Reason<Refusal<Malformed>>),
    /// The bytes are not a module of the standard, but may be one of a proposal that the engine lacks.
    Proposal(Reason<Refusal<Malformed>>),
    /// The module is not valid.
    Invalid(Reason<Refusal<Invalid>>),
    /// The bytes are not a valid module; the engine does not tell whether they are malformed or invalid.
    Rejected(String),
    /// The imports do not fit.
    Unlinkable(Link, LinkReason),
    /// A trap, of a class if the engine tells; the semantics also tells the rule.
    Trap(Option<TrapClass>, Reason<RuleId>),
    /// A trap of one of these classes, which the engine does not tell apart.
    TrapAmong(Vec<TrapClass>, String),
    /// An exception that nobody caught.
    Exception(Thrown),
    /// A bound was reached.
    Exhausted(Resource),
    /// No end within the time allowed.
    Timeout,
    /// It waits, and nobody is there who could wake it.
    Deadlock,
    /// A limit of the engine that the standard permits, other than on what a run takes. That of the semantics is one in
    /// decoding or in reading.
    Limit(Reason<Refusal<Malformed>>),
    /// The engine lacks what is needed.
    Unsupported(Unsupported),
    /// The engine broke: it died, panicked, or got stuck.
    Crash(String),
    /// An engine that says only yes and no says no to what the semantics does.
    Denied(String),
    /// The request makes no sense: no such export, arguments of wrong types.
    Misuse(String),
    /// What is needed is missing because of how something else ended, and that is the verdict here, too.
    Missing {
        /// The verdict.
        verdict: Verdict,
        /// Line and column of the directive that should have defined it.
        root: (u32, u32),
        /// What is missing and why, in words.
        words: String,
    },
}

/// An exception, as far as it can be seen from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thrown {
    /// The tag, by the first name under which an instance of the session exports it, in the order of the instances
    /// and of their exports.
    pub tag: Option<String>,
    /// The values that it carries; none are known where the tag is not exported.
    pub fields: Vec<Val>,
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tag {
            Some(tag) => write!(f, "tag {tag:?} with {}", List(&self.fields)),
            None => f.write_str("of a tag that is not exported"),
        }
    }
}

/// In what way imports do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// There is nothing of that name.
    Unknown,
    /// There is, but not of the type asked for.
    Incompatible,
}

/// What there is a bound on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The number of steps.
    Steps,
    /// The depth of calls.
    Stack,
    /// The memory of store and stacks.
    Memory,
}

impl Failure {
    /// The verdict on a directive that did not ask for this.
    pub fn verdict(&self) -> Verdict {
        match self {
            Failure::Malformed(_)
            | Failure::Invalid(_)
            | Failure::Rejected(_)
            | Failure::Unlinkable(..)
            | Failure::Trap(..)
            | Failure::TrapAmong(..)
            | Failure::Exception(_)
            | Failure::Deadlock
            | Failure::Denied(_)
            | Failure::Misuse(_) => Verdict::Fail,
            Failure::Exhausted(_) | Failure::Limit(_) => Verdict::Limit,
            Failure::Timeout => Verdict::Timeout,
            Failure::Unsupported(_) | Failure::Proposal(_) => Verdict::Unsupported,
            Failure::Crash(_) => Verdict::Crash,
            Failure::Missing { verdict, .. } => *verdict,
        }
    }

    /// What the semantics says of it, for a report; nothing where the failure is that of another engine.
    pub fn cause(&self) -> Cause {
        match self {
            Failure::Invalid(Reason::Semantics(refusal)) => {
                Cause { premise: Some(refusal.error.premise.name().to_owned()), ..rule(refusal.error.rule) }
            }
            Failure::Malformed(Reason::Semantics(refusal)) => match refusal.error.production {
                Some(production) => Cause {
                    production: Some(production.as_str().to_owned()),
                    section: Some(production.production().section.to_owned()),
                    ..Cause::default()
                },
                None => Cause::default(),
            },
            Failure::Trap(class, Reason::Semantics(id)) => {
                Cause { trap: class.map(|class| class.text().to_owned()), ..rule(*id) }
            }
            _ => Cause::default(),
        }
    }

    /// The feature that the engine lacks, or that is not to be tested, if that is why.
    pub fn feature(&self) -> Option<&str> {
        match self {
            Failure::Unsupported(Unsupported::Feature { name, .. }) => Some(name),
            Failure::Unsupported(Unsupported::Skipped(name)) => Some(name),
            _ => None,
        }
    }
}

/// A rule, for a report: its name, its section in the standard, and where the book has it.
pub fn rule(rule: RuleId) -> Cause {
    Cause {
        rule: Some(rule.as_str().to_owned()),
        section: Some(rule.rule().section.to_owned()),
        book: Some(rule.book()),
        ..Cause::default()
    }
}

impl From<Refusal<Malformed>> for Failure {
    fn from(refusal: Refusal<Malformed>) -> Self {
        match refusal.error.kind {
            MalformedKind::Syntax => Failure::Malformed(Reason::Semantics(refusal)),
            MalformedKind::Limit => Failure::Limit(Reason::Semantics(refusal)),
            MalformedKind::Unsupported { .. } => Failure::Proposal(Reason::Semantics(refusal)),
        }
    }
}

impl From<Malformed> for Failure {
    fn from(error: Malformed) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Invalid> for Failure {
    fn from(error: Invalid) -> Self {
        Failure::Invalid(Reason::Semantics(error.into()))
    }
}

impl From<Trap> for Failure {
    fn from(Trap { class, rule }: Trap) -> Self {
        let by = rule.map_or(Reason::Words("a host function".into()), Reason::Semantics);
        Failure::Trap(Some(class), by)
    }
}

impl From<Box<LinkError>> for Failure {
    fn from(error: Box<LinkError>) -> Self {
        let link = match *error {
            LinkError::Unknown { .. } => Link::Unknown,
            LinkError::Count { .. } | LinkError::Incompatible { .. } => Link::Incompatible,
        };
        Failure::Unlinkable(link, LinkReason::Semantics(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Malformed(why) => write!(f, "a malformed module: {why}"),
            Failure::Proposal(why) => write!(f, "not a module of the standard: {why}"),
            Failure::Invalid(why) => write!(f, "an invalid module: {why}"),
            Failure::Rejected(why) => write!(f, "a module that is not accepted: {why}"),
            Failure::Unlinkable(link, why) => write!(f, "a link error: {link}: {why}"),
            Failure::Trap(Some(class), Reason::Semantics(rule)) => write!(f, "trap: {} ({rule})", class.text()),
            Failure::Trap(_, why) => write!(f, "trap: {why}"),
            Failure::TrapAmong(_, text) => write!(f, "trap: {text}"),
            Failure::Exception(what) => write!(f, "an uncaught exception: {what}"),
            Failure::Exhausted(Resource::Steps) => f.write_str("step limit reached"),
            Failure::Exhausted(Resource::Stack) => f.write_str("call stack exhausted"),
            Failure::Exhausted(Resource::Memory) => f.write_str("memory limit reached"),
            Failure::Timeout => f.write_str("no end within the time allowed"),
            Failure::Deadlock => f.write_str("deadlock: waits forever"),
            Failure::Limit(what) => write!(f, "a limit of the engine: {what}"),
            Failure::Unsupported(what) => write!(f, "not supported: {what}"),
            Failure::Crash(what) => write!(f, "crash: {what}"),
            Failure::Denied(what) => write!(f, "denied: {what}"),
            Failure::Misuse(what) | Failure::Missing { words: what, .. } => f.write_str(what),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Link::Unknown => "unknown import",
            Link::Incompatible => "incompatible import type",
        })
    }
}
