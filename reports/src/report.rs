//! The report of a run.

use crate::{Baseline, Case, Counts, Expected, Finding, Kind, Run, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The name of the JSON format.
pub const SCHEMA: &str = "lockstep-report";
/// The version of the JSON format. It changes when a reader of the old one could misread the new one; fields may be
/// added without notice.
pub const VERSION: u32 = 2;

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
    /// What the run took of what there is.
    #[serde(default)]
    pub run: Run,
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
    /// What was expected not to pass, and what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// What has changed since an earlier run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

/// What a run comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Something was compared, and all of it is as it should be or as it is expected to be.
    AsExpected,
    /// There is news: a finding that nothing accounts for, or something expected that did not come.
    Findings,
    /// The run cannot vouch for anything: nothing was compared, or a part is missing. A sentence that says which.
    Incomplete(String),
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
    /// The name by which runs know it: the suite, a slash, and the name of the file. It does not depend on where the
    /// suite is, so that reports of several machines go together.
    pub name: String,
    /// The suite that it belongs to: the folders from the one that the user named on.
    pub suite: String,
    /// The first half of the SHA-256 of its content, in hexadecimal; empty where the content was not read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// How many of each verdict.
    pub verdicts: Counts,
    /// How many directives of each kind there are.
    pub directives: BTreeMap<Kind, u64>,
    /// The time it took.
    pub seconds: f64,
    /// Its directives, in order. A brief report has none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "crate::json::rows")]
    pub cases: Vec<Case>,
}

impl FileReport {
    /// A script without directives so far.
    pub fn new(path: impl Into<String>, suite: impl Into<String>) -> Self {
        let (path, suite) = (path.into(), suite.into());
        let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = if suite.is_empty() { file.to_owned() } else { format!("{suite}/{file}") };
        FileReport { path, name, suite, ..FileReport::default() }
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
    /// The report on some scripts, each with its directives that did not pass, in order. It has the scripts in the order of
    /// their suites and names, whatever order they come in.
    pub fn new(
        standard: Standard,
        engine: Engine,
        scripts: impl IntoIterator<Item = (FileReport, Vec<Finding>)>,
    ) -> Self {
        let mut scripts: Vec<_> = scripts.into_iter().collect();
        scripts.sort_by(|(a, _), (b, _)| (&a.suite, &a.name).cmp(&(&b.suite, &b.name)));
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
            if suites.last().is_none_or(|suite| suite.name != file.suite) {
                suites.push(Suite { name: file.suite.clone(), ..Suite::default() });
            }
            let suite = suites.last_mut().expect("one was pushed");
            suite.verdicts += file.verdicts;
            suite.files += 1;
            suite.directives += directives;
            files.push(file);
            failures.extend(findings);
        }
        let (run, notes, expected, baseline) = Default::default();
        let schema = SCHEMA.into();
        Report {
            schema,
            version: VERSION,
            standard,
            engine,
            run,
            summary,
            suites,
            files,
            failures,
            notes,
            expected,
            baseline,
        }
    }

    /// The findings that nothing accounts for: neither an expectation nor the baseline.
    pub fn news(&self) -> impl Iterator<Item = &Finding> {
        self.failures.iter().filter(|finding| finding.is_news())
    }

    /// How many directives say something about the engine: those that passed, failed, timed out or crashed. Where there are
    /// assertions at all, only they count: that a module loads shows little.
    pub fn compared(&self) -> u64 {
        let not = |finding: &&Finding| !finding.verdict.is_finding();
        match self.summary.assertions {
            0 => self.summary.directives - self.failures.iter().filter(not).count() as u64,
            all => all - self.failures.iter().filter(not).filter(|f| f.directive.is_assertion()).count() as u64,
        }
    }

    /// What the run comes to. A run that compared nothing, or lacks a part, is no success.
    pub fn status(&self) -> Status {
        let expected = self.expected.as_ref().map_or(0, |expected| expected.news.len());
        if self.news().next().is_some() || expected > 0 {
            return Status::Findings;
        }
        match self.gap() {
            Some(gap) => Status::Incomplete(gap),
            None => Status::AsExpected,
        }
    }

    /// Why the run can vouch for nothing, or not for all that was asked for.
    pub fn gap(&self) -> Option<String> {
        // Who asked for one shard has it.
        let missing = if self.run.merged { self.run.missing_shards() } else { Vec::new() };
        if self.summary.directives == 0 {
            return Some("nothing was tested: there was no directive to run".into());
        }
        if !missing.is_empty() {
            let parts: Vec<String> = missing.iter().take(10).map(ToString::to_string).collect();
            let (noun, verb) = if missing.len() == 1 { ("shard", "is") } else { ("shards", "are") };
            return Some(format!("{noun} {} {verb} missing", parts.join(", ")));
        }
        if let Some(why) = &self.run.stopped {
            return Some(format!("{why}: {} of {} scripts were run", self.summary.files, self.run.scripts));
        }
        if let Some(file) = self.files.iter().find(|file| file.total() == 0) {
            return Some(format!("{} has no directives", file.path));
        }
        if self.compared() == 0 {
            return Some(format!("nothing was compared: {}", self.summary.verdicts));
        }
        None
    }

    /// Whether the run comes to [`Status::AsExpected`].
    pub fn is_success(&self) -> bool {
        self.status() == Status::AsExpected
    }

    /// What was tested, in a sentence.
    pub fn extent(&self) -> String {
        let Summary { files, directives, assertions, .. } = &self.summary;
        let (directives, files) = (plural(*directives, "directive"), plural(*files, "file"));
        format!("{directives} in {files}, {} of them assertions.", thousands(*assertions))
    }

    /// The outcome, in a sentence or two.
    pub fn outcome(&self) -> String {
        let verdicts = &self.summary.verdicts;
        let apart: Vec<String> = Verdict::ALL[1..]
            .iter()
            .filter(|&&verdict| verdicts.get(verdict) > 0)
            .map(|&verdict| format!("{} {verdict}", thousands(verdicts.get(verdict))))
            .collect();
        let mut out = match (self.summary.directives, apart.is_empty()) {
            (0, _) => return "Nothing was tested: there was no directive to run.".into(),
            (_, true) => format!("All {} pass.", thousands(verdicts.pass)),
            (_, false) if verdicts.pass == 0 => format!("None passes: {}.", apart.join(", ")),
            (all, false) => format!("{} of {} pass: {}.", thousands(verdicts.pass), thousands(all), apart.join(", ")),
        };
        if self.expected.is_some() || self.baseline.is_some() {
            let known = self.failures.iter().filter(|finding| finding.known.is_some()).count() as u64;
            let news = self.news().count() as u64;
            let surprises = self.expected.as_ref().map_or(0, |expected| expected.news.len()) as u64;
            let _ = write!(out, " Known: {}; new findings: {}", thousands(known), thousands(news));
            if surprises > 0 {
                let _ = write!(out, "; expectations not met: {}", thousands(surprises));
            }
            out.push('.');
        }
        if let Some(gap) = self.gap() {
            let _ = write!(out, " Incomplete: {gap}.");
        }
        out
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
