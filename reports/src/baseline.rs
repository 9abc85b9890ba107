//! What has changed since an earlier run.

use crate::{Case, DirectiveId, FileReport, Kind, Known, Report, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What has changed since an earlier run on the same engine. Scripts are known by their names and directives by their
/// content, so that an edit elsewhere in a script changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Where the earlier run is from, for people.
    pub from: String,
    /// The version of the engine then; `None` where the earlier run did not have the engine, so that nothing is compared.
    pub engine: Option<String>,
    /// All changes, in the order of files and lines.
    pub changes: Vec<Change>,
    /// Scripts of the earlier run that were not run now.
    pub not_run: Vec<String>,
    /// Scripts that the earlier run did not have.
    pub new_scripts: Vec<String>,
    /// How many directives are as they were.
    pub same: u64,
}

/// In what way a directive has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Its verdict is worse.
    Worse,
    /// It cannot be read, though it was not there or could be read before.
    Unreadable,
    /// It is new and does not pass.
    New,
    /// Its verdict is better.
    Better,
    /// It did not pass, and its script no longer has it.
    Deleted,
}

impl Trend {
    /// All, with what got worse first.
    pub const ALL: [Trend; 5] = [Trend::Worse, Trend::Unreadable, Trend::New, Trend::Better, Trend::Deleted];

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Trend::Worse => "worse",
            Trend::Unreadable => "unreadable",
            Trend::New => "new",
            Trend::Better => "better",
            Trend::Deleted => "deleted",
        }
    }
}

impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A directive that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// In what way.
    pub trend: Trend,
    /// The script, by its name.
    pub file: String,
    /// Line and column; those of then for one that was deleted.
    pub line: u32,
    /// See `line`.
    pub column: u32,
    /// What the directive is known by within its script.
    pub id: DirectiveId,
    /// What it asks for.
    pub directive: Kind,
    /// The verdict then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Verdict>,
    /// The verdict now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Verdict>,
}

impl Change {
    /// `pass → fail`
    pub fn verdicts(&self) -> String {
        let name = |verdict: Option<Verdict>, none| verdict.map_or(none, Verdict::name);
        format!("{} → {}", name(self.before, "not there"), name(self.now, "not there"))
    }
}

impl Baseline {
    /// The changes of a kind.
    pub fn of(&self, trend: Trend) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.trend == trend)
    }

    /// The changes that nobody wants.
    pub fn regressions(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| matches!(change.trend, Trend::Worse | Trend::Unreadable | Trend::New))
    }
}

/// Holds a report against those of an earlier run, which must have its cases (a brief report has none). Engines are known
/// by their names, so that a new version is held against the old one. What did not pass then and is no worse now is known.
pub fn compare(from: &str, before: &[Report], report: &mut Report) {
    let mut baseline = Baseline { from: from.to_owned(), ..Baseline::default() };
    let Some(old) = before.iter().find(|old| old.engine.name == report.engine.name) else {
        report.baseline = Some(baseline);
        return;
    };
    baseline.engine = Some(old.engine.version.clone());
    let then: BTreeMap<&str, &FileReport> = old.files.iter().map(|file| (file.name.as_str(), file)).collect();
    let mut as_before: BTreeSet<(String, DirectiveId)> = BTreeSet::new();
    for file in &report.files {
        let name = file.name.as_str();
        let Some(old) = then.get(name) else {
            baseline.new_scripts.push(file.name.clone());
            baseline.changes.extend(file.cases.iter().filter_map(|case| change(name, None, Some(case))));
            continue;
        };
        let mut cases: BTreeMap<DirectiveId, &Case> = old.cases.iter().map(|case| (case.id, case)).collect();
        for case in &file.cases {
            let before = cases.remove(&case.id);
            match change(name, before, Some(case)) {
                Some(change) => baseline.changes.push(change),
                None => baseline.same += u64::from(before.is_some()),
            }
            if before.is_some_and(|before| before.verdict.badness() >= case.verdict.badness()) {
                as_before.insert((file.name.clone(), case.id));
            }
        }
        baseline.changes.extend(cases.values().filter_map(|case| change(name, Some(case), None)));
    }
    baseline.changes.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    let ran: BTreeSet<&str> = report.files.iter().map(|file| file.name.as_str()).collect();
    baseline.not_run = then.keys().filter(|name| !ran.contains(*name)).map(|name| (*name).to_owned()).collect();
    for finding in &mut report.failures {
        if finding.known.is_none() && as_before.contains(&(finding.file.clone(), finding.id)) {
            finding.known = Some(Known::Baseline);
        }
    }
    report.baseline = Some(baseline);
}

/// How a directive has changed, if it has in a way that matters.
fn change(file: &str, before: Option<&Case>, now: Option<&Case>) -> Option<Change> {
    let unreadable = |case: &Case| case.kind == Kind::Script && case.verdict != Verdict::Pass;
    let trend = match (before, now) {
        (None, Some(now)) if unreadable(now) => Trend::Unreadable,
        (Some(before), Some(now)) if unreadable(now) && before.kind != Kind::Script => Trend::Unreadable,
        (None, Some(now)) if now.verdict.is_finding() => Trend::New,
        (Some(before), Some(now)) if now.verdict.badness() > before.verdict.badness() => Trend::Worse,
        (Some(before), Some(now)) if now.verdict.badness() < before.verdict.badness() => Trend::Better,
        (Some(before), None) if before.verdict != Verdict::Pass => Trend::Deleted,
        _ => return None,
    };
    let &Case { line, column, kind: directive, id, .. } = now.or(before)?;
    let (before, now) = (before.map(|case| case.verdict), now.map(|case| case.verdict));
    Some(Change { trend, file: file.to_owned(), line, column, id, directive, before, now })
}
