//! Several reports: of several engines, or of the shards of one run.

use crate::{Expected, FileReport, Finding, Report};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// The name of the JSON format of several reports.
pub const SET_SCHEMA: &str = "lockstep-reports";

/// Several reports, one for each engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportSet {
    /// [`SET_SCHEMA`]
    pub schema: String,
    /// [`crate::VERSION`]
    pub version: u32,
    /// The reports.
    pub reports: Vec<Report>,
}

/// Why reports do not go together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MergeError {
    /// They hold engines against different standards.
    #[error("reports on {0} and on {1} do not go together")]
    Standard(String, String),
    /// A script was run twice on one engine.
    #[error("{file} was run more than once on {engine}")]
    Twice {
        /// The script.
        file: String,
        /// The engine.
        engine: String,
    },
    /// They are parts of different runs.
    #[error("the reports on {engine} are not of one run: {what}")]
    Run {
        /// The engine.
        engine: String,
        /// What differs.
        what: &'static str,
    },
}

/// Puts reports together: the shards of a run on one engine become one report, which knows what is missing. Engines are in
/// the order in which they first come. What was expected is held against the whole; a comparison with a baseline is to be
/// made anew.
///
/// # Errors
/// When a script comes twice for an engine, or reports are on different standards or of different runs.
pub fn merge(reports: impl IntoIterator<Item = Report>) -> Result<Vec<Report>, MergeError> {
    let mut merged: Vec<Vec<Report>> = Vec::new();
    for report in reports {
        if let Some(first) = merged.first().and_then(|parts| parts.first())
            && first.standard != report.standard
        {
            let name = |report: &Report| format!("{} ({})", report.standard.name, report.standard.pin);
            return Err(MergeError::Standard(name(first), name(&report)));
        }
        match merged.iter_mut().find(|parts| parts[0].engine == report.engine) {
            Some(parts) => parts.push(report),
            None => merged.push(vec![report]),
        }
    }
    merged.into_iter().map(merge_one).collect()
}

/// Puts the parts of a run on one engine together.
fn merge_one(parts: Vec<Report>) -> Result<Report, MergeError> {
    let mut files: BTreeMap<String, (FileReport, Vec<Finding>)> = BTreeMap::new();
    let mut parts = parts.into_iter().peekable();
    let Some(first) = parts.peek() else { unreachable!("there is a part for each engine") };
    let (standard, engine) = (first.standard.clone(), first.engine.clone());
    let named = format!("{} {}", engine.name, engine.version);
    let mut run = first.run.clone();
    let expectations = first.expected.as_ref().map(Expected::entries);
    let mut notes: Vec<String> = Vec::new();
    for (i, mut part) in parts.enumerate() {
        let differs = |what| MergeError::Run { engine: named.clone(), what };
        if part.expected.as_ref().map(Expected::entries) != expectations {
            return Err(differs("they were run with other expectations"));
        }
        if i > 0 {
            if (&part.run.filters, part.run.scripts) != (&run.filters, run.scripts) && !run.shards.is_empty() {
                return Err(differs("they were run on other scripts"));
            }
            if part.run.shards.first().map(|shard| shard.of) != run.shards.first().map(|shard| shard.of) {
                return Err(differs("they are shards of another division"));
            }
            if run.shards.is_empty() {
                // Runs on different scripts, side by side.
                run.scripts += part.run.scripts;
            }
            run.shards.append(&mut part.run.shards);
            run.official = match (run.official, part.run.official) {
                (Some(one), Some(other)) => Some(one.plus(&other)),
                (one, other) => one.or(other),
            };
            for left_out in part.run.left_out {
                if !run.left_out.contains(&left_out) {
                    run.left_out.push(left_out);
                }
            }
            run.stopped = run.stopped.or(part.run.stopped);
        }
        for note in part.notes {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        let mut findings: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for mut finding in part.failures {
            finding.known = None;
            findings.entry(finding.file.clone()).or_default().push(finding);
        }
        for file in part.files {
            let findings = findings.remove(&file.name).unwrap_or_default();
            if let Some((twice, _)) = files.insert(file.name.clone(), (file, findings)) {
                return Err(MergeError::Twice { file: twice.name, engine: named });
            }
        }
    }
    run.left_out.sort_by(|a, b| a.file.cmp(&b.file));
    run.merged = !run.missing_shards().is_empty();
    if !run.merged {
        run.shards.clear();
    }
    let mut report = Report::new(standard, engine, files.into_values());
    report.run = run;
    notes.sort();
    report.notes = notes;
    if let Some((from, expectations)) = expectations {
        expectations.apply(&from, &mut report);
    }
    Ok(report)
}
