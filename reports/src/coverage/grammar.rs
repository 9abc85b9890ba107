//! Which productions of the standard's grammars a suite has used.

use super::Place;
use serde::Serialize;
use std::fmt;

/// The productions of the binary and the text format, with how many modules used them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Grammar {
    /// All chapters together.
    pub totals: ProductionTotals,
    /// The chapters, in the order of the standard.
    pub chapters: Vec<GrammarChapter>,
}

/// Productions by [`ProductionStatus`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProductionTotals {
    /// How many productions there are: the sum of the next four.
    pub productions: u64,
    /// How many are [`ProductionStatus::Used`].
    pub used: u64,
    /// How many are [`ProductionStatus::MalformedOnly`].
    pub malformed_only: u64,
    /// How many are [`ProductionStatus::Unused`].
    pub unused: u64,
    /// How many are [`ProductionStatus::StandsIn`].
    pub stands_in: u64,
    /// In how many of all of them some module is malformed.
    pub failed: u64,
}

/// A chapter of the standard that is a grammar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GrammarChapter {
    /// Its title, such as `6.2 Text format: types`.
    pub title: String,
    /// Its source in the standard, such as `6.2-text.types.spectec`.
    pub file: String,
    /// Its productions by status.
    pub totals: ProductionTotals,
    /// Its productions, in order.
    pub productions: Vec<Production>,
}

/// A production, and the modules that used it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Production {
    /// Its name.
    pub id: String,
    /// Where the published standard explains it.
    pub section: String,
    /// The production itself. Not part of the JSON format.
    #[serde(skip)]
    pub statement: String,
    /// Whether it was used.
    pub status: ProductionStatus,
    /// Why it was not, as far as the catalogue knows.
    pub reason: Option<String>,
    /// How many modules were read with it.
    pub modules: u64,
    /// How many modules are malformed in it: it is the innermost production that they fail in.
    pub malformed: u64,
    /// The first few directives with a module that was read with it, in the order of the suite.
    pub examples: Vec<Place>,
    /// The first few directives with a module that is malformed in it.
    pub malformed_examples: Vec<Place>,
}

/// Whether a production was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductionStatus {
    /// A module was read with it.
    Used,
    /// Modules are malformed in it, and none was read with it.
    MalformedOnly,
    /// Neither.
    Unused,
    /// The code does not name it: something else does its work.
    StandsIn,
}

impl ProductionTotals {
    /// The totals of some productions.
    pub fn of<'a>(productions: impl IntoIterator<Item = &'a Production>) -> Self {
        let mut totals = ProductionTotals::default();
        for production in productions {
            totals.productions += 1;
            totals.failed += u64::from(production.malformed > 0);
            *match production.status {
                ProductionStatus::Used => &mut totals.used,
                ProductionStatus::MalformedOnly => &mut totals.malformed_only,
                ProductionStatus::Unused => &mut totals.unused,
                ProductionStatus::StandsIn => &mut totals.stands_in,
            } += 1;
        }
        totals
    }

    /// The columns of a table: what they are called, and the numbers.
    pub(super) fn columns(&self) -> [(&'static str, u64); 6] {
        let ProductionTotals { productions, used, malformed_only, unused, stands_in, failed } = *self;
        [
            ("all", productions),
            (ProductionStatus::Used.name(), used),
            (ProductionStatus::MalformedOnly.name(), malformed_only),
            (ProductionStatus::Unused.name(), unused),
            (ProductionStatus::StandsIn.name(), stands_in),
            ("failed", failed),
        ]
    }
}

/// The lists of a report: a status, a title, and whether it is what a reader looks for.
pub(super) const LISTS: [(ProductionStatus, &str, bool); 3] = [
    (ProductionStatus::Unused, "Productions never used", true),
    (ProductionStatus::MalformedOnly, "Productions that only malformed modules come to", true),
    (ProductionStatus::StandsIn, "Productions not in the code, because something stands in", false),
];

impl Grammar {
    /// All productions, in the order of the standard.
    pub fn productions(&self) -> impl Iterator<Item = &Production> {
        self.chapters.iter().flat_map(|chapter| &chapter.productions)
    }

    /// The productions of a status, in the order of the standard.
    pub fn with(&self, status: ProductionStatus) -> impl Iterator<Item = &Production> {
        self.productions().filter(move |production| production.status == status)
    }

    /// How much of the grammars was used, in two sentences.
    pub fn outcome(&self) -> String {
        let ProductionTotals { used, malformed_only, unused, failed, .. } = self.totals;
        let n = crate::report::thousands;
        let of_all = match malformed_only + unused {
            0 => format!("Every production that can be used was used: {}.", n(used)),
            more => format!("{} of the {} productions that can be used were used.", n(used), n(used + more)),
        };
        let plural = if failed == 1 { "production" } else { "productions" };
        format!("{of_all} Malformed modules fail in {} {plural}.", n(failed))
    }
}

impl ProductionStatus {
    /// The name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            ProductionStatus::Used => "used",
            ProductionStatus::MalformedOnly => "malformed",
            ProductionStatus::Unused => "never",
            ProductionStatus::StandsIn => "stands in",
        }
    }
}

impl fmt::Display for ProductionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
