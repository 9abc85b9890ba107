//! The report of a run.

use crate::{Counts, Kind, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the JSON format.
pub const SCHEMA: &str = "lockstep-report";
/// The version of the JSON format. It changes when a reader of the old one could misread the new one; fields may be
/// added without notice.
pub const VERSION: u32 = 1;

/// The report of a run: what was run on what, and how it ended.
///
/// The numbers agree with each other: see [`Report::new`], which is where they all come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`]
    pub schema: String,
    /// [`VERSION`]
    pub version: u32,
    /// The standard that was held against the engine.
    pub standard: Standard,
    /// The engine.
    pub engine: Engine,
    /// All together.
    pub summary: Summary,
    /// The counts by suite, that is, by folder; in the order of the files.
    pub suites: Vec<Suite>,
    /// The scripts.
    pub files: Vec<FileReport>,
    /// Every directive that did not end in [`Verdict::Pass`], in the order of files and lines.
    pub failures: Vec<Finding>,
    /// What was asked for and not run, or had nothing to run: a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A standard and the commit of its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standard {
    /// Such as `WebAssembly 3.0`.
    pub name: String,
    /// The commit.
    pub pin: String,
}

/// The engine that a run was on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The sums of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many of each verdict.
    #[serde(flatten)]
    pub verdicts: Counts,
    /// How many scripts.
    pub files: u64,
    /// How many directives: the sum of the verdicts.
    pub directives: u64,
    /// How many of the directives are assertions.
    pub assertions: u64,
    /// How many directives of each kind there are.
    pub kinds: BTreeMap<Kind, u64>,
}

/// The sums of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suite {
    /// The folder.
    pub name: String,
    /// How many of each verdict.
    #[serde(flatten)]
    pub verdicts: Counts,
    /// How many scripts.
    pub files: u64,
    /// How many directives.
    pub directives: u64,
}

/// One script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// Where it is, as the user named it.
    pub path: String,
    /// The suite that it belongs to.
    pub suite: String,
    /// How many of each verdict.
    pub verdicts: Counts,
    /// How many directives of each kind there are.
    pub directives: BTreeMap<Kind, u64>,
    /// The time it took.
    pub seconds: f64,
    /// Its directives, in order. Not part of the JSON format, which names those that did not pass.
    #[serde(skip)]
    pub cases: Vec<Case>,
}

/// One directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What it asks for.
    pub kind: Kind,
    /// How it ended.
    pub verdict: Verdict,
}

/// A directive that did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The script.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What the directive asks for.
    pub directive: Kind,
    /// How it ended.
    pub verdict: Verdict,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub got: String,
    /// Why, where it was the semantics that failed.
    #[serde(flatten)]
    pub cause: Cause,
}

/// What the semantics says of its own failure. Another engine has only words for it, and nothing is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The rule: one that could not be applied to an invalid module, or that of a trap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The premise of the rule that does not hold, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub premise: Option<String>,
    /// The class of a trap, by the text that scripts expect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trap: Option<String>,
}

impl FileReport {
    /// A script without directives so far.
    pub fn new(path: impl Into<String>, suite: impl Into<String>) -> Self {
        FileReport { path: path.into(), suite: suite.into(), ..FileReport::default() }
    }

    /// Adds the next directive.
    pub fn push(&mut self, case: Case) {
        self.verdicts.count(case.verdict);
        *self.directives.entry(case.kind).or_default() += 1;
        self.cases.push(case);
    }

    /// How many directives there are.
    pub fn total(&self) -> u64 {
        self.verdicts.total()
    }
}

impl Report {
    /// The report on some scripts, each with its directives that did not pass, in order.
    pub fn new(
        standard: Standard,
        engine: Engine,
        scripts: impl IntoIterator<Item = (FileReport, Vec<Finding>)>,
    ) -> Self {
        let mut summary = Summary::default();
        let mut suites: Vec<Suite> = Vec::new();
        let mut files = Vec::new();
        let mut failures = Vec::new();
        for (file, findings) in scripts {
            let directives = file.total();
            summary.verdicts += file.verdicts;
            summary.files += 1;
            summary.directives += directives;
            for (&kind, &count) in &file.directives {
                *summary.kinds.entry(kind).or_default() += count;
                summary.assertions += if kind.is_assertion() { count } else { 0 };
            }
            let at = suites.iter().position(|suite| suite.name == file.suite).unwrap_or_else(|| {
                suites.push(Suite { name: file.suite.clone(), ..Suite::default() });
                suites.len() - 1
            });
            suites[at].verdicts += file.verdicts;
            suites[at].files += 1;
            suites[at].directives += directives;
            files.push(file);
            failures.extend(findings);
        }
        let empty = files.iter().filter(|file: &&FileReport| file.total() == 0);
        let notes = empty.map(|file| format!("{}: a script without directives", file.path)).collect();
        Report { schema: SCHEMA.into(), version: VERSION, standard, engine, summary, suites, files, failures, notes }
    }

    /// Whether something passed and nothing failed, timed out or crashed. A run that tested nothing is no success.
    pub fn is_success(&self) -> bool {
        self.summary.verdicts.is_success()
    }

    /// What was tested, in a sentence.
    pub fn extent(&self) -> String {
        let Summary { files, directives, assertions, .. } = &self.summary;
        let (directives, files) = (plural(*directives, "directive"), plural(*files, "file"));
        format!("{directives} in {files}, {} of them assertions.", thousands(*assertions))
    }

    /// The outcome, in a sentence.
    pub fn outcome(&self) -> String {
        let verdicts = &self.summary.verdicts;
        let apart: Vec<String> = Verdict::ALL[1..]
            .iter()
            .filter(|&&verdict| verdicts.get(verdict) > 0)
            .map(|&verdict| format!("{} {verdict}", thousands(verdicts.get(verdict))))
            .collect();
        match (self.summary.directives, apart.is_empty()) {
            (0, _) => "Nothing was tested: there was no directive to run.".into(),
            (_, true) => format!("All {} pass.", thousands(verdicts.pass)),
            (_, false) if verdicts.pass == 0 => format!("None passes: {}.", apart.join(", ")),
            (all, false) => format!("{} of {} pass: {}.", thousands(verdicts.pass), thousands(all), apart.join(", ")),
        }
    }
}

/// A number with separators: `65,294`.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 file`, `2 files`.
pub(crate) fn plural(n: u64, thing: &str) -> String {
    format!("{} {thing}{}", thousands(n), if n == 1 { "" } else { "s" })
}
