//! Which rules and productions of the standard a suite has used, and which it has not.
//!
//! | rendering | for | function |
//! |---|---|---|
//! | text | people | [`text::render`] |
//! | JSON | programs; stable and versioned, see [`SCHEMA`] | [`json::render`] |
//! | Markdown | pull requests and job summaries | [`markdown::render`] |
//! | HTML | people: a page for each chapter, with a heat map | [`html::render`] |

mod grammar;
pub mod html;
pub mod json;
pub mod markdown;
pub mod text;

pub use grammar::{Grammar, GrammarChapter, Production, ProductionStatus, ProductionTotals};

use crate::{Engine, Kind, Standard, Summary};
use serde::Serialize;
use std::fmt;
use std::ops::AddAssign;

/// The name of the JSON format.
pub const SCHEMA: &str = "lockstep-coverage";
/// The version of the JSON format. It changes when a reader of the old one could misread the new one; fields may be
/// added without notice.
pub const VERSION: u32 = 1;

/// The coverage of a suite: every rule of the standard with how often and where it was used, and every production.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// [`SCHEMA`]
    pub schema: String,
    /// [`VERSION`]
    pub version: u32,
    /// The standard that the rules are from.
    pub standard: Standard,
    /// What applied them.
    pub engine: Engine,
    /// What was run, and how it ended.
    pub summary: Summary,
    /// All chapters together.
    pub totals: Totals,
    /// The chapters, in the order of the standard.
    pub chapters: Vec<Chapter>,
    /// The premises that were false in some module, by rule in the order of the standard.
    pub premises: Vec<Premise>,
    /// The kinds of premises that were false nowhere.
    pub never_false: Vec<String>,
    /// The productions of the grammars, which are no rules and in none of the numbers above.
    pub grammar: Grammar,
}

/// Rules by [`Status`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// How many rules there are: the sum of the others.
    pub rules: u64,
    /// How many are [`Status::Fired`].
    pub fired: u64,
    /// How many are [`Status::Unfired`].
    pub unfired: u64,
    /// How many are [`Status::Never`].
    pub never: u64,
    /// How many are [`Status::StandsIn`].
    pub stands_in: u64,
    /// How many are [`Status::ToCome`].
    pub to_come: u64,
}

/// A chapter of the standard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chapter {
    /// Its title, such as `4.3 Execution: instructions`.
    pub title: String,
    /// Its source in the standard, such as `4.3-execution.instructions.spectec`.
    pub file: String,
    /// Its rules by status.
    pub totals: Totals,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

/// A rule, and who used it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// Where the published standard explains it.
    pub section: String,
    /// The rule itself. Not part of the JSON format.
    #[serde(skip)]
    pub statement: String,
    /// Whether it was used.
    pub status: Status,
    /// Why it was not, as far as the catalogue knows.
    pub reason: Option<String>,
    /// How often it was used.
    pub uses: u64,
    /// How many directives used it.
    pub directives: u64,
    /// How many of them are assertions.
    pub assertions: u64,
    /// How many files they are in.
    pub files: u64,
    /// The first few of them in the order of the suite, assertions before other directives.
    pub examples: Vec<Place>,
}

/// Whether a rule was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was.
    Fired,
    /// It was not, though it could have been.
    Unfired,
    /// It was not, and no test can make it fire.
    Never,
    /// The code does not name it: something else does its work.
    StandsIn,
    /// The code does not have it yet.
    ToCome,
}

/// A directive of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The script.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What it asks for.
    pub directive: Kind,
}

/// A premise that was false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Premise {
    /// The rule that could not be applied.
    pub rule: String,
    /// The kind of premise.
    pub premise: String,
    /// How many directives found it false.
    pub directives: u64,
    /// The first few of them, in the order of the suite.
    pub examples: Vec<Place>,
}

impl Totals {
    /// The totals of some rules.
    pub fn of<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Self {
        let mut totals = Totals::default();
        for rule in rules {
            totals.rules += 1;
            *match rule.status {
                Status::Fired => &mut totals.fired,
                Status::Unfired => &mut totals.unfired,
                Status::Never => &mut totals.never,
                Status::StandsIn => &mut totals.stands_in,
                Status::ToCome => &mut totals.to_come,
            } += 1;
        }
        totals
    }

    /// How many rules a test could make fire.
    pub const fn can_fire(&self) -> u64 {
        self.fired + self.unfired
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Totals) {
        self.rules += other.rules;
        self.fired += other.fired;
        self.unfired += other.unfired;
        self.never += other.never;
        self.stands_in += other.stands_in;
        self.to_come += other.to_come;
    }
}

impl Coverage {
    /// All rules, in the order of the standard.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.chapters.iter().flat_map(|chapter| &chapter.rules)
    }

    /// The rules of a status, in the order of the standard.
    pub fn with(&self, status: Status) -> impl Iterator<Item = &Rule> {
        self.rules().filter(move |rule| rule.status == status)
    }

    /// The coverage in a sentence.
    pub fn outcome(&self) -> String {
        let Totals { fired, unfired, .. } = self.totals;
        let n = crate::report::thousands;
        match unfired {
            0 => format!("Every rule that can fire was fired: {}.", n(fired)),
            _ => format!("{} of the {} rules that can fire were fired.", n(fired), n(self.totals.can_fire())),
        }
    }

    /// What was run, in a sentence, with what did not pass.
    pub fn extent(&self) -> String {
        let Summary { files, directives, assertions, verdicts, .. } = &self.summary;
        let (n, plural) = (crate::report::thousands, crate::report::plural);
        let amiss = match directives - verdicts.pass {
            0 => String::new(),
            more => format!(" {} of them did not pass.", n(more)),
        };
        let (directives, files) = (plural(*directives, "directive"), plural(*files, "file"));
        format!("{directives} in {files}, {} of them assertions.{amiss}", n(*assertions))
    }
}

impl Status {
    /// All of them, in the order in which reports show them.
    pub const ALL: [Status; 5] = [Status::Fired, Status::Unfired, Status::Never, Status::StandsIn, Status::ToCome];

    /// The name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Fired => "fired",
            Status::Unfired => "unfired",
            Status::Never => "never",
            Status::StandsIn => "stands in",
            Status::ToCome => "to come",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.file, self.line, self.directive)
    }
}
