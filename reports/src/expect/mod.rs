//! Expectations: which directives of a suite do not pass, on which engines, and why. They are kept in a file in TOML,
//! by default `lockstep.toml`, and are held against a report.
//!
//! ```toml
//! # Not run at all.
//! [[leave-out]]
//! files = ["proposals/*"]
//! reason = "we do not have them yet"
//!
//! # What needs this is `unsupported`.
//! [[skip]]
//! feature = "memory64"
//! engines = ["bun"]
//! reason = "off by default"
//!
//! # The text of a trap or a link error of our scripts, and what the reference interpreter has for it.
//! [[message]]
//! theirs = "division by zero"
//! ours = "integer divide by zero"
//!
//! [[expect]]
//! file = "gc/i31.wast"
//! directives = ["9f3ac21b08d1"]
//! verdict = "fail"
//! engines = ["bun"]
//! reason = "i31.get_u keeps the sign"
//! link = "https://example.org/issues/1"
//! ```
//!
//! Every entry has a reason, but for messages. `engines` are patterns for the name of an engine, or its name and version
//! with a space between; without it, an entry is for all. `directives` are what reports call `id`; without it, the entry
//! is for every directive of the file with that verdict, and there must be one. `verdict` may be a list; with `pass` in
//! it, nothing is said when a directive passes.

mod edit;

pub use edit::{UNEXPLAINED, update};

use crate::{Counts, DirectiveId, Engine, Finding, Known, Pattern, Report, Verdict};
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The name of the file that is looked for where none is named.
pub const FILE: &str = "lockstep.toml";

/// Why a file is not one of expectations.
#[derive(Debug, Error)]
pub enum ExpectError {
    /// It is not TOML, or has not the form.
    #[error("{0}")]
    Form(#[from] toml_edit::de::Error),
    /// It is not TOML.
    #[error("{0}")]
    Toml(#[from] toml_edit::TomlError),
    /// An entry makes no sense.
    #[error("entry {number} of `{list}`: {why}")]
    Entry {
        /// The list that it is in.
        list: &'static str,
        /// Which it is, from 1.
        number: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// A file of expectations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expectations {
    /// Scripts that are not run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave_out: Vec<LeaveOut>,
    /// Features and proposals that are not tested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<Skip>,
    /// The texts of another project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub message: Vec<Message>,
    /// What does not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expectation>,
}

/// Scripts that are not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveOut {
    /// Patterns for their names.
    pub files: OneOrMore<Pattern>,
    /// Why.
    pub reason: String,
    /// Where more is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A feature or a proposal that is not tested: what needs it ends in [`Verdict::Unsupported`], and the scripts in a folder
/// with the name of the proposal are not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// A feature, by its name in `lockstep engines`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// A proposal, by the name of its repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    /// The engines that it is about; all, where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engines: Option<Vec<Pattern>>,
    /// Why.
    pub reason: String,
    /// Where more is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A text in the scripts of another project, and the one of the reference interpreter that means the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The text in the scripts.
    pub theirs: String,
    /// The text of the reference interpreter.
    pub ours: String,
}

/// What does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The scripts: a name or the end of one, or a glob pattern.
    pub file: Pattern,
    /// The directives; all that have the verdict, where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directives: Option<Vec<DirectiveId>>,
    /// How they end.
    pub verdict: OneOrMore<Verdict>,
    /// The engines that it is about; all, where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engines: Option<Vec<Pattern>>,
    /// Why.
    pub reason: String,
    /// Where more is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// One, or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore<T> {
    /// One.
    One(T),
    /// A list.
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    /// As a list.
    pub fn all(&self) -> &[T] {
        match self {
            OneOrMore::One(one) => std::slice::from_ref(one),
            OneOrMore::More(more) => more,
        }
    }
}

/// What was expected of a run, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The file that it was written in, for people.
    pub from: String,
    /// All that it says.
    pub entries: Expectations,
    /// How many directives ended as expected, by verdict.
    pub met: Counts,
    /// What is expected and did not come.
    pub news: Vec<News>,
}

impl Expected {
    /// Where the expectations are from, and what they are.
    pub fn entries(&self) -> (String, Expectations) {
        (self.from.clone(), self.entries.clone())
    }
}

/// Something expected that did not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Which entry of `expect` it is, from 1.
    pub entry: usize,
    /// The script, by its name; for an entry that stands for no script, its pattern.
    pub file: String,
    /// The directive, where the entry names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<DirectiveId>,
    /// Where it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What came instead.
    pub instead: Instead,
    /// The reason of the entry.
    pub reason: String,
}

/// What came instead of something expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// It ended in another verdict, such as a pass.
    Verdict(Verdict),
    /// The script has no such directive any more.
    Gone,
    /// No directive of the script ends so.
    None,
    /// There is no such script.
    NoScript,
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(id) = self.id {
            write!(f, " ({id})")?;
        }
        match self.instead {
            Instead::Verdict(Verdict::Pass) => f.write_str(" passes: take it out")?,
            Instead::Verdict(verdict) => write!(f, " ends in {verdict} instead")?,
            Instead::Gone => f.write_str(" is no longer there: take it out")?,
            Instead::None => f.write_str(" has no directive that ends so: take it out")?,
            Instead::NoScript => f.write_str(" stands for no script: take it out")?,
        }
        write!(f, " [entry {}: {}]", self.entry, self.reason)
    }
}

/// The proposal that a folder of tests is named after. Other projects name them with where they are from: `ext:threads`,
/// `upstream-threads`.
pub fn proposal(folder: &str) -> &str {
    let name = folder.rsplit(':').next().unwrap_or(folder);
    ["upstream-", "proposal-", "wasm-"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}

/// Whether an entry is about an engine.
fn is_about(engines: Option<&[Pattern]>, Engine { name, version }: &Engine) -> bool {
    let full = format!("{name} {version}");
    engines.is_none_or(|engines| engines.iter().any(|pattern| pattern.names(name) || pattern.names(&full)))
}

impl Expectations {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not one of expectations.
    pub fn read(text: &str) -> Result<Self, ExpectError> {
        let read: Expectations = toml_edit::de::from_str(text)?;
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<(), ExpectError> {
        let entry = |list, i: usize, why: &str| Err(ExpectError::Entry { list, number: i + 1, why: why.to_owned() });
        let reasons = self.leave_out.iter().map(|entry| &entry.reason).enumerate().map(|(i, r)| ("leave-out", i, r));
        let reasons = reasons.chain(self.skip.iter().map(|e| &e.reason).enumerate().map(|(i, r)| ("skip", i, r)));
        let reasons = reasons.chain(self.expect.iter().map(|e| &e.reason).enumerate().map(|(i, r)| ("expect", i, r)));
        for (list, i, reason) in reasons {
            if reason.trim().is_empty() {
                return entry(list, i, "it has no reason");
            }
        }
        for (i, skip) in self.skip.iter().enumerate() {
            if skip.feature.is_some() == skip.proposal.is_some() {
                return entry("skip", i, "it names either a feature or a proposal");
            }
        }
        for (i, expect) in self.expect.iter().enumerate() {
            if expect.verdict.all().iter().all(|&verdict| verdict == Verdict::Pass) {
                return entry("expect", i, "what passes needs no expectation");
            }
            if expect.directives.as_ref().is_some_and(Vec::is_empty) {
                return entry("expect", i, "it names no directive; without `directives` it is for the whole file");
            }
        }
        Ok(())
    }

    /// Why a script is not run on an engine, if it is not: it is left out, or in the folder of a proposal that is skipped.
    pub fn left_out(&self, name: &str, engine: &Engine) -> Option<&str> {
        let folders = || name.split('/').rev().skip(1);
        let skipped =
            |skip: &&Skip| skip.proposal.as_deref().is_some_and(|p| folders().any(|folder| proposal(folder) == p));
        let by_name = self.leave_out.iter().find(|entry| entry.files.all().iter().any(|files| files.names(name)));
        let by_name = by_name.map(|entry| entry.reason.as_str());
        by_name.or_else(|| self.skipped(engine).find(skipped).map(|skip| skip.reason.as_str()))
    }

    /// What is not tested on an engine.
    pub fn skipped(&self, engine: &Engine) -> impl Iterator<Item = &Skip> {
        self.skip.iter().filter(|skip| is_about(skip.engines.as_deref(), engine))
    }

    /// Holds a report against the expectations: what is expected and came is known from then on.
    pub fn apply(&self, from: &str, report: &mut Report) {
        let mut met = Counts::default();
        let mut failures = std::mem::take(&mut report.failures);
        for finding in &mut failures {
            if let Some(known) = self.known(finding, report) {
                met.count(finding.verdict);
                finding.known = Some(known);
            }
        }
        report.failures = failures;
        let news = self.expect.iter().enumerate().flat_map(|(i, entry)| entry.news(i + 1, report)).collect();
        report.expected = Some(Expected { from: from.to_owned(), entries: self.clone(), met, news });
    }

    /// Why a finding is no news.
    fn known(&self, finding: &Finding, report: &Report) -> Option<Known> {
        let entry = self.expect.iter().find(|entry| entry.is_met_by(finding, report));
        if let Some(Expectation { reason, link, .. }) = entry {
            return Some(Known::Expectation { reason: reason.clone(), link: link.clone() });
        }
        let feature = finding.feature.as_deref()?;
        let skip = self.skipped(&report.engine).find(|skip| skip.feature.as_deref() == Some(feature))?;
        Some(Known::Expectation { reason: skip.reason.clone(), link: skip.link.clone() })
    }
}

impl Expectation {
    fn is_met_by(&self, finding: &Finding, report: &Report) -> bool {
        self.verdict.all().contains(&finding.verdict)
            && self.directives.as_ref().is_none_or(|ids| ids.contains(&finding.id))
            && self.file.names(&finding.file)
            && is_about(self.engines.as_deref(), &report.engine)
    }

    /// What it expects that did not come in a run on an engine that it is about.
    fn news(&self, entry: usize, report: &Report) -> Vec<News> {
        if !is_about(self.engines.as_deref(), &report.engine) {
            return Vec::new();
        }
        let news = |file: &str, id, line, instead| {
            let (file, reason) = (file.to_owned(), self.reason.clone());
            News { entry, file, id, line, instead, reason }
        };
        let mut all = Vec::new();
        let mut ran = false;
        let allowed = self.verdict.all();
        for file in report.files.iter().filter(|file| self.file.names(&file.name)) {
            ran = true;
            let Some(ids) = &self.directives else {
                let some = allowed.iter().any(|&verdict| file.verdicts.get(verdict) > 0);
                if !some {
                    all.push(news(&file.name, None, None, Instead::None));
                }
                continue;
            };
            for &id in ids {
                match file.cases.iter().find(|case| case.id == id) {
                    None => all.push(news(&file.name, Some(id), None, Instead::Gone)),
                    // A finding speaks for itself.
                    Some(case) if allowed.contains(&case.verdict) || case.verdict.is_finding() => {}
                    Some(case) => {
                        all.push(news(&file.name, Some(id), Some(case.line), Instead::Verdict(case.verdict)));
                    }
                }
            }
        }
        let left_out = || report.run.left_out.iter().any(|left_out| self.file.names(&left_out.file));
        if !ran && report.run.is_whole() && report.run.filters.is_empty() && !left_out() {
            all.push(news(&self.file.to_string(), None, None, Instead::NoScript));
        }
        all
    }
}
