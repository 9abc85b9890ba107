//! Reads reports without their directives that pass, and makes them small.

use crate::json::ReadError;
use crate::{Counts, DirectiveId, Engine, FileReport, Finding, Kind, Report, SCHEMA, SET_SCHEMA, Standard, Suite};
use crate::{Summary, VERSION, Verdict};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

/// Names of scripts and rules, each kept once.
#[derive(Debug, Default)]
pub struct Names(Mutex<(HashMap<String, u32>, Vec<String>)>);

impl Names {
    fn of(&self, name: &str) -> u32 {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&i) = names.0.get(name) {
            return i;
        }
        let i = u32::try_from(names.1.len()).unwrap_or(u32::MAX);
        names.0.insert(name.to_owned(), i);
        names.1.push(name.to_owned());
        i
    }

    pub(super) fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

/// A run on one engine, without what is large.
#[derive(Debug)]
pub struct Run {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The name of its file.
    pub from: String,
    /// The engine.
    pub engine: Engine,
    pub(super) standard: Standard,
    pub(super) total: Counts,
    pub(super) suites: Vec<Suite>,
    pub(super) features: BTreeMap<String, u64>,
    pub(super) files: Vec<Script>,
    pub(super) failing: Vec<Failing>,
    /// The report without the directives that pass. It may be dropped for all runs but the newest of an engine.
    pub report: Option<Box<Report>>,
}

/// A script of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    pub(super) name: u32,
    pub(super) digest: u64,
    pub(super) counts: Counts,
}

/// A directive that does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failing {
    pub(super) file: u32,
    pub(super) id: DirectiveId,
    pub(super) line: u32,
    pub(super) kind: Kind,
    pub(super) verdict: Verdict,
    pub(super) rule: Option<u32>,
}

#[derive(Deserialize)]
struct Head {
    schema: String,
    version: u32,
}

/// A set without the directives that pass.
#[derive(Deserialize)]
struct Set {
    reports: Vec<Brief>,
}

/// A report without the directives that pass: they are skipped, which is several times as fast as to read them.
#[derive(Deserialize)]
struct Brief {
    schema: String,
    version: u32,
    standard: Standard,
    engine: Engine,
    #[serde(default)]
    run: crate::Run,
    summary: Summary,
    suites: Vec<Suite>,
    files: Vec<File>,
    failures: Vec<Finding>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    name: String,
    suite: String,
    #[serde(default)]
    digest: String,
    verdicts: Counts,
}

/// Reads the runs of a file: a report or a set of reports, full or brief.
///
/// # Errors
/// When it is neither.
pub fn read(from: &str, date: &str, json: &str, names: &Names) -> Result<Vec<Run>, ReadError> {
    let head: Head = serde_json::from_str(json)?;
    let other = |schema: &str, version| ReadError::Version { schema: schema.to_owned(), version };
    let reports = match head.schema.as_str() {
        _ if head.version != VERSION => return Err(other(&head.schema, head.version)),
        SCHEMA => vec![serde_json::from_str::<Brief>(json)?],
        SET_SCHEMA => serde_json::from_str::<Set>(json)?.reports,
        schema => return Err(other(schema, head.version)),
    };
    let wrong = reports.iter().find(|report| report.schema != SCHEMA || report.version != VERSION);
    match wrong {
        Some(report) => Err(other(&report.schema, report.version)),
        None => Ok(reports.into_iter().map(|report| small(from, date, report, names)).collect()),
    }
}

fn small(from: &str, date: &str, brief: Brief, names: &Names) -> Run {
    let mut features: BTreeMap<String, u64> = BTreeMap::new();
    for feature in brief.failures.iter().filter_map(|finding| finding.feature.as_ref()) {
        *features.entry(feature.clone()).or_default() += 1;
    }
    let files = brief.files.iter().map(|file| {
        let mut digest = DefaultHasher::new();
        file.digest.hash(&mut digest);
        Script { name: names.of(&file.name), digest: digest.finish(), counts: file.verdicts }
    });
    let files = files.collect();
    let failing = brief.failures.iter().map(|finding| Failing {
        file: names.of(&finding.file),
        id: finding.id,
        line: finding.line,
        kind: finding.directive,
        verdict: finding.verdict,
        rule: finding.cause.name().map(|rule| names.of(&rule)),
    });
    let failing = failing.collect();
    let all = brief.files.into_iter().map(|file| FileReport {
        path: file.path,
        name: file.name,
        suite: file.suite,
        digest: file.digest,
        verdicts: file.verdicts,
        ..FileReport::default()
    });
    let mut report = Report::new(brief.standard.clone(), brief.engine.clone(), []);
    report.files = all.collect();
    report.failures = brief.failures;
    (report.run, report.summary, report.suites) = (brief.run, brief.summary, brief.suites);
    Run {
        date: date.to_owned(),
        from: from.to_owned(),
        engine: brief.engine,
        standard: brief.standard,
        total: report.summary.verdicts,
        suites: report.suites.clone(),
        features,
        files,
        failing,
        report: Some(Box::new(report)),
    }
}

/// The day that the name of a file begins with, `YYYY-MM-DD`.
pub fn date_of_name(name: &str) -> Option<&str> {
    let date = name.get(..10)?;
    let fits = date.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    let number = |range| date.get(range).and_then(|text: &str| text.parse::<u8>().ok());
    let days =
        number(5..7).is_some_and(|m| (1..=12).contains(&m)) && number(8..10).is_some_and(|d| (1..=31).contains(&d));
    (fits && days).then_some(date)
}

/// The day of a time in seconds since 1970, in UTC.
pub fn date_of_seconds(seconds: u64) -> String {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut days = seconds / 86_400;
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (seconds, want) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_735_689_599, "2024-12-31"),
            (1_764_288_000, "2025-11-28"),
        ] {
            assert_eq!(date_of_seconds(seconds), want);
        }
        assert_eq!(date_of_name("2026-11-28T10.json"), Some("2026-11-28"));
        for name in ["2026-13-28.json", "2026-1-28", "report.json", "2026-11-00-", "é026-11-28"] {
            assert_eq!(date_of_name(name), None, "{name}");
        }
    }
}
