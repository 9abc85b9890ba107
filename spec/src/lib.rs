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

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod pin;

use std::fmt;

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

    /// Its rules, in the order of the standard.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = RuleId> + use<> {
        (self.first..self.first + self.count).map(|i| RuleId(i as u16))
    }
}

/// Where the implementation has a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// The code names the rule with [`rule!`] where it applies it.
    Fired,
    /// The code does not name the rule, because something else does its work.
    StandsIn {
        /// What does the work, with Rust names in backticks.
        by: &'static str,
        /// Why the rule itself cannot be there.
        reason: &'static str,
    },
    /// The code does not have the rule yet.
    ToCome {
        /// What it waits for.
        reason: &'static str,
    },
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

impl RuleId {
    /// How many rules there are.
    pub const COUNT: usize = RULES.len();

    /// How many rules the standard has. They are the first ones.
    pub const STANDARD: usize = STANDARD_RULES;

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

    /// All rules, in the order of the standard; those of the proposals come after them.
    ///
    /// ```
    /// use lockstep_spec::{Code, RuleId};
    ///
    /// let fired = RuleId::ALL.into_iter().filter(|id| id.rule().code == Code::Fired).count();
    /// assert!(fired > RuleId::COUNT / 2);
    /// ```
    pub const ALL: [Self; Self::COUNT] = {
        let mut all = [Self(0); Self::COUNT];
        let mut i = 0;
        while i < Self::COUNT {
            all[i] = Self(i as u16);
            i += 1;
        }
        all
    };

    /// The rule called `name`.
    ///
    /// For use in constants, where an unknown name is an error of the compiler; [`rule!`] is the short way to write it.
    ///
    /// # Panics
    ///
    /// When the catalogue has no rule of this name. See [`RuleId::parse`] for names that are not known to be right.
    #[must_use]
    pub const fn of(name: &str) -> Self {
        match Self::find(name) {
            Some(id) => id,
            None => panic!("the catalogue has no rule of this name"),
        }
    }

    /// The rule called `name`, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::find(name)
    }

    /// The rule at `index` in the order of the standard, if there are so many.
    #[must_use]
    pub const fn from_index(index: usize) -> Option<Self> {
        if index < Self::COUNT { Some(Self(index as u16)) } else { None }
    }

    /// The position of the rule in the order of the standard, less than [`RuleId::COUNT`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The name of the rule.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        NAMES[self.0 as usize]
    }

    /// What the catalogue says about the rule.
    #[must_use]
    pub const fn rule(self) -> &'static Rule {
        &RULES[self.0 as usize]
    }

    /// Binary search over the names. A constant function, so loops instead of iterators.
    const fn find(name: &str) -> Option<Self> {
        let (mut low, mut high) = (0, SORTED.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let at = SORTED[middle];
            match compare(NAMES[at as usize].as_bytes(), name.as_bytes()) {
                Order::Less => low = middle + 1,
                Order::Equal => return Some(Self(at)),
                Order::Greater => high = middle,
            }
        }
        None
    }
}

enum Order {
    Less,
    Equal,
    Greater,
}

const fn compare(a: &[u8], b: &[u8]) -> Order {
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] < b[i] {
            return Order::Less;
        }
        if a[i] > b[i] {
            return Order::Greater;
        }
        i += 1;
    }
    if a.len() < b.len() {
        Order::Less
    } else if a.len() > b.len() {
        Order::Greater
    } else {
        Order::Equal
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
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
