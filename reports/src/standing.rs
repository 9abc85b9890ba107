//! A report in the order in which a reader has to know of it.

use crate::expect::News;
use crate::report::{plural, thousands};
use crate::{Change, DirectiveId, Finding, Report, Status, Trend, Verdict};
use std::collections::HashMap;

/// What did not pass or has changed: what got worse first, then what got better, what stands, and what was not tested.
pub(crate) struct Standing<'r> {
    /// What is worse than in the baseline.
    pub(crate) worse: Vec<&'r Finding>,
    /// New findings, where nothing says that they were better before.
    pub(crate) news: Vec<&'r Finding>,
    /// What is expected and did not come.
    pub(crate) unmet: &'r [News],
    /// What is better than in the baseline, or no longer there.
    pub(crate) better: Vec<&'r Change>,
    /// Findings that are accounted for.
    pub(crate) known: Vec<&'r Finding>,
    /// What the engine lacks, and limits.
    pub(crate) untested: Vec<&'r Finding>,
    /// The changes since the baseline.
    changes: HashMap<(&'r str, DirectiveId), &'r Change>,
}

impl<'r> Standing<'r> {
    pub(crate) fn new(report: &'r Report) -> Self {
        let changes = report.baseline.iter().flat_map(|baseline| &baseline.changes);
        let changes: HashMap<_, _> = changes.map(|change| ((change.file.as_str(), change.id), change)).collect();
        let mut standing = Standing {
            worse: Vec::new(),
            news: Vec::new(),
            unmet: report.expected.as_ref().map_or(&[], |expected| &expected.news),
            better: Vec::new(),
            known: Vec::new(),
            untested: Vec::new(),
            changes,
        };
        for finding in &report.failures {
            let list = match (standing.change(finding).map(|change| change.trend), finding.verdict.is_finding()) {
                _ if finding.known.is_some() && finding.verdict.is_finding() => &mut standing.known,
                (Some(Trend::Worse | Trend::Unreadable | Trend::New), _) if finding.known.is_none() => {
                    &mut standing.worse
                }
                (_, true) => &mut standing.news,
                (_, false) => &mut standing.untested,
            };
            list.push(finding);
        }
        if let Some(baseline) = &report.baseline {
            let better = |change: &&Change| matches!(change.trend, Trend::Better | Trend::Deleted);
            standing.better = baseline.changes.iter().filter(better).collect();
        }
        standing
    }

    /// How a directive has changed since the baseline, if it has.
    pub(crate) fn change(&self, finding: &Finding) -> Option<&'r Change> {
        self.changes.get(&(finding.file.as_str(), finding.id)).copied()
    }

    /// The verdict then, of one that has changed.
    pub(crate) fn before(&self, finding: &Finding) -> Option<Verdict> {
        self.change(finding)?.before
    }

    /// What is new, in a few words.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |n: usize, text: String| words.extend((n > 0).then_some(text));
        let (worse, news, unmet) = (self.worse.len(), self.news.len(), self.unmet.len());
        add(worse, format!("{} got worse", thousands(worse as u64)));
        add(news, plural(news as u64, "new finding"));
        add(
            unmet,
            if unmet == 1 {
                "1 expectation not met".into()
            } else {
                format!("{} expectations not met", thousands(unmet as u64))
            },
        );
        words
    }
}

/// The sign of a status, for pages that have no colours.
pub(crate) fn mark(status: &Status) -> &'static str {
    match status {
        Status::AsExpected => "✅",
        Status::Findings => "❌",
        Status::Incomplete(_) => "⚠️",
    }
}

/// What reports come to together: findings before what is incomplete.
pub fn status(reports: &[Report]) -> Status {
    let mut all = match reports {
        [] => Status::Incomplete("there is no report".into()),
        _ => Status::AsExpected,
    };
    for report in reports {
        match report.status() {
            Status::Findings => return Status::Findings,
            Status::Incomplete(why) => all = Status::Incomplete(format!("{}: {why}", report.engine.name)),
            Status::AsExpected => {}
        }
    }
    all
}

/// The verdict on reports, in a line: what is new, on which engine.
pub(crate) fn headline(reports: &[Report]) -> String {
    let mut parts = Vec::new();
    let mut fine = Vec::new();
    for report in reports {
        let mut words = Standing::new(report).words();
        words.extend(report.gap().map(|gap| format!("incomplete: {gap}")));
        let name = &report.engine.name;
        match words.is_empty() {
            true => fine.push(name.as_str()),
            false => parts.push(format!("{name}: {}", words.join(", "))),
        }
    }
    if !fine.is_empty() {
        let clean = reports.iter().filter(|report| fine.contains(&report.engine.name.as_str()));
        let passes = clean.clone().all(|report| report.failures.is_empty());
        let what = if passes { "all pass" } else { "as expected" };
        parts.push(format!("{}: {what}", fine.join(", ")));
    }
    match parts.is_empty() {
        true => "nothing was run".into(),
        false => parts.join("; "),
    }
}
