//! The rule catalogue of Lockstep.
//!
//! The standard names each of its rules. This crate knows all of those names, and for each one the formal statement, a
//! note, the section of the published document and where the implementation has it. The entries are literate Markdown in
//! `rules/`, one file per chapter; a build script turns them into a table.
//!
//! A rule is named with [`rule!`], which is checked when the code is compiled:
//!
//! ```
//! use lockstep_spec::{RuleId, rule};
//!
//! let id: RuleId = rule!("Step_read/struct.get-null");
//! assert_eq!(id.to_string(), "Step_read/struct.get-null");
//! assert_eq!(id.rule().chapter, "4.3 Execution: instructions");
//! assert_eq!(RuleId::parse("Step_read/struct.get-null"), Some(id));
//! ```
//!
//! A name that the standard does not have is an error of the compiler:
//!
//! ```compile_fail
//! let id = lockstep_spec::rule!("No_such/rule");
//! ```
//!
//! The binary and the text format are grammars, whose productions have names as well. They stand in `grammar/`, and are
//! named with [`production!`] in the same way.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod grammar;
mod names;
pub mod pin;
pub mod suite;

pub use grammar::{GrammarChapter, Production, ProductionId, ProductionRecord, ProductionSet};

use names::identifier;

/// The version of the standard that the catalogue follows.
pub const STANDARD: &str = "WebAssembly 3.0";

/// The commit of `github.com/WebAssembly/spec` whose SpecTec sources (`specification/wasm-3.0`) the catalogue follows.
pub const PIN: &str = "285a9032950cbad6a9f84de11183008e286092a2";

/// A proposal whose rules have chapters of their own, after those of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its name, which is that of its repository.
    pub name: &'static str,
    /// The commit of `github.com/WebAssembly/…` that the chapters follow.
    pub pin: &'static str,
}

/// The threads proposal.
pub const THREADS: &Proposal = &PROPOSALS[0];

/// The shared-everything-threads proposal.
pub const SHARED_EVERYTHING: &Proposal = &PROPOSALS[1];

/// The proposals of the catalogue, in its order.
static PROPOSALS: [Proposal; 2] = [
    Proposal { name: "threads", pin: "979d0fcb994439423d63b2f0a8a7332d6285dd84" },
    Proposal { name: "shared-everything-threads", pin: "065aa53822e17eea69bfc049df67a16cbd03d9ce" },
];

impl Proposal {
    /// The proposals of the catalogue, in its order.
    #[must_use]
    pub fn all() -> &'static [Proposal] {
        &PROPOSALS
    }
}

/// A rule of the standard or of a proposal, by name.
///
/// Two identifiers compare in the order of the standard's sources. Made by [`rule!`] from a literal, or by
/// [`RuleId::parse`] from a string known only at run time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(u16);

/// What the catalogue says about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name of the rule in the standard, such as `Step_read/struct.get-null`.
    pub id: &'static str,
    /// The title of its chapter, such as `4.3 Execution: instructions`.
    pub chapter: &'static str,
    /// The proposal that it belongs to, if it is not one of the standard.
    pub proposal: Option<&'static Proposal>,
    /// The SpecTec file it stands in, such as `4.3-execution.instructions.spectec`; for a rule of a proposal, the chapter
    /// of the catalogue.
    pub file: &'static str,
    /// The rule itself, in the notation of the catalogue; several lines.
    pub statement: &'static str,
    /// What there is to say about it, in Markdown; often empty.
    pub note: &'static str,
    /// A link to the section of the published standard, or of the proposal, that explains it.
    pub section: &'static str,
    /// For a rule of a proposal that states it in prose only: what it says, in our words. The rule is ours then.
    pub ours: Option<&'static str>,
    /// Where the implementation has it.
    pub code: Code,
    /// Why no module and no invocation can ever make it fire, for a rule of which that is so.
    pub never: Option<&'static str>,
}

/// A chapter of the catalogue: the rules of one of the standard's SpecTec files, or of a part of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its title, such as `4.3 Execution: instructions`.
    pub title: &'static str,
    /// The proposal, if it is not a chapter of the standard.
    pub proposal: Option<&'static Proposal>,
    /// The SpecTec file, such as `4.3-execution.instructions.spectec`, or the file of the catalogue.
    pub file: &'static str,
    /// What its judgements and metavariables mean, in Markdown.
    pub introduction: &'static str,
    first: usize,
    count: usize,
}

impl Chapter {
    /// All chapters, in the order of the standard; those of the proposals come after them.
    ///
    /// ```
    /// use lockstep_spec::{Chapter, RuleId};
    ///
    /// assert!(Chapter::all().iter().flat_map(Chapter::rules).eq(RuleId::ALL));
    /// ```
    #[must_use]
    pub const fn all() -> &'static [Chapter] {
        CHAPTERS
    }

    /// Its number, such as `4.3`.
    #[must_use]
    pub fn number(&self) -> &'static str {
        self.title.split(' ').next().unwrap_or(self.title)
    }

    /// Its page in the book that `lockstep book` writes.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}.html", self.number())
    }

    /// Its rules, in the order of the standard.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = RuleId> + use<> {
        (self.first..self.first + self.count).map(|i| RuleId(i as u16))
    }
}

/// Where the implementation has a rule, or a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// The code names the rule with [`rule!`] where it applies it, or the production with [`production!`] where it reads
    /// it (the catalogue says `read` of a production).
    Fired,
    /// The code does not name it, because something else does its work.
    StandsIn {
        /// What does the work, with Rust names in backticks.
        by: &'static str,
        /// Why it cannot be there itself.
        reason: &'static str,
    },
    /// The code does not have it yet.
    ToCome {
        /// What it waits for.
        reason: &'static str,
    },
}

mod table {
    use super::{Chapter, Code, PROPOSALS, Rule};

    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
use table::{CHAPTERS, RULES};

identifier! {
    RuleId, "rule", table,
    /// All rules, in the order of the standard; those of the proposals come after them.
    ///
    /// ```
    /// use lockstep_spec::{Code, RuleId};
    ///
    /// let fired = RuleId::ALL.into_iter().filter(|id| id.rule().code == Code::Fired).count();
    /// assert!(fired > RuleId::COUNT / 2);
    /// ```
}

impl RuleId {
    /// How many rules the standard has. They are the first ones.
    pub const STANDARD: usize = table::STANDARD;

    /// The rules of the standard, in its order, without those of proposals.
    ///
    /// ```
    /// use lockstep_spec::RuleId;
    ///
    /// assert!(RuleId::standard().all(|id| id.rule().proposal.is_none()));
    /// assert_eq!(RuleId::standard().count(), RuleId::STANDARD);
    /// ```
    pub fn standard() -> impl ExactSizeIterator<Item = Self> {
        Self::ALL[..Self::STANDARD].iter().copied()
    }

    /// What the catalogue says about the rule.
    #[must_use]
    pub const fn rule(self) -> &'static Rule {
        &RULES[self.0 as usize]
    }

    /// The judgement that it is for, such as `Step_read`.
    #[must_use]
    pub fn judgement(self) -> &'static str {
        let name = self.as_str();
        name.split_once('/').map_or(name, |(judgement, _)| judgement)
    }

    /// Its anchor in the book: its name with `-` for `/`. A rule without a case is all of its judgement, and both have one
    /// name.
    #[must_use]
    pub fn anchor(self) -> String {
        self.as_str().replace('/', "-")
    }

    /// Its page and anchor in the book that `lockstep book` writes.
    ///
    /// ```
    /// assert_eq!(lockstep_spec::rule!("Step_read/struct.get-null").book(), "4.3.html#Step_read-struct.get-null");
    /// ```
    #[must_use]
    pub fn book(self) -> String {
        let chapter = Chapter::all().iter().find(|chapter| chapter.title == self.rule().chapter);
        format!("{}#{}", chapter.map(Chapter::page).unwrap_or_default(), self.anchor())
    }
}

/// The [`RuleId`] of the rule with this name, checked when the code is compiled.
///
/// ```
/// use lockstep_spec::rule;
///
/// assert!(rule!("Step_pure/unreachable") < rule!("Step_pure/nop"));
/// ```
///
/// The constant inside is an item of its own so that `cargo check` already finds a wrong name.
#[macro_export]
macro_rules! rule {
    ($name:literal) => {
        const {
            const RULE: $crate::RuleId = $crate::RuleId::of($name);
            RULE
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_positions_agree() {
        for (index, id) in RuleId::ALL.into_iter().enumerate() {
            assert_eq!(id.index(), index);
            assert_eq!(RuleId::from_index(index), Some(id));
            assert_eq!(RuleId::parse(id.as_str()), Some(id));
            assert_eq!(RuleId::of(id.rule().id), id);
            assert_eq!(id.to_string(), id.rule().id);
            assert_eq!(format!("{id:?}"), id.rule().id);
        }
        assert_eq!(RuleId::from_index(RuleId::COUNT), None);
    }

    #[test]
    fn unknown_names_are_not_found() {
        for name in ["", "A", "Step", "Step_read/", "Step_read/struct.get-nul", "Step_read/struct.get-null ", "zzz"] {
            assert_eq!(RuleId::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(names.len(), RuleId::COUNT);
    }

    #[test]
    fn chapters_keep_their_order() {
        let (standard, proposals) = RULES.split_at(RuleId::STANDARD);
        assert!(standard.is_sorted_by_key(|rule| rule.file));
        for proposal in Proposal::all() {
            let rules: Vec<&Rule> = proposals.iter().filter(|rule| rule.proposal == Some(proposal)).collect();
            assert!(!rules.is_empty() && rules.is_sorted_by_key(|rule| rule.file), "{}", proposal.name);
            assert!(rules.iter().all(|rule| rule.file.starts_with(proposal.name)), "{}", proposal.name);
        }
    }

    /// A rule of the standard is explained there, one of a proposal in its document or at the pin of its overview.
    #[test]
    fn sections_are_in_the_published_standard() {
        for rule in &RULES {
            let places = match rule.proposal {
                None => vec!["https://webassembly.github.io/spec/core/".to_owned()],
                Some(Proposal { name, pin }) => vec![
                    format!("https://webassembly.github.io/{name}/core/"),
                    format!("https://github.com/WebAssembly/{name}/blob/{pin}/proposals/{name}/Overview.md#"),
                ],
            };
            let page = places.iter().find_map(|place| rule.section.strip_prefix(place.as_str()));
            assert!(page.is_some_and(|page| !page.is_empty()), "{}: {}", rule.id, rule.section);
            assert!(rule.section.contains(".html#") || rule.section.contains(".md#"), "{}: {}", rule.id, rule.section);
            // The overview has prose only, so what it says is put into a rule here.
            assert_eq!(rule.ours.is_some(), rule.section.contains("/Overview.md#"), "{}", rule.id);
        }
    }

    #[test]
    fn only_soundness_is_to_come() {
        for rule in &RULES {
            if let Code::ToCome { .. } = rule.code {
                assert!(rule.file.starts_with("7."), "{} is to come, but stands in {}", rule.id, rule.file);
            }
        }
    }

    #[test]
    fn rule_is_a_constant() {
        const NULL: RuleId = rule!("Step_read/struct.get-null");
        assert_eq!(NULL, rule!("Step_read/struct.get-null"));
    }
}
