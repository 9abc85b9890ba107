//! Several reports: of several engines, or of the shards of one run.

use crate::{FileReport, Finding, Report, Verdict};
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
}

/// Scripts by path, with what did not pass.
type Scripts = BTreeMap<String, (FileReport, Vec<Finding>)>;

/// Puts reports together: the shards of a run on one engine become one report. Engines are in the order in which they
/// first come, scripts in the order of their paths.
///
/// # Errors
/// When a script comes twice for an engine, or the reports are on different standards.
pub fn merge(reports: impl IntoIterator<Item = Report>) -> Result<Vec<Report>, MergeError> {
    let mut merged: Vec<(Report, Scripts)> = Vec::new();
    for mut report in reports {
        if let Some((first, _)) = merged.first()
            && first.standard != report.standard
        {
            let name = |report: &Report| format!("{} ({})", report.standard.name, report.standard.pin);
            return Err(MergeError::Standard(name(first), name(&report)));
        }
        let files = std::mem::take(&mut report.files);
        let mut failures: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in std::mem::take(&mut report.failures) {
            failures.entry(finding.file.clone()).or_default().push(finding);
        }
        let at = merged.iter().position(|(other, _)| other.engine == report.engine).unwrap_or_else(|| {
            merged.push((report, Scripts::new()));
            merged.len() - 1
        });
        let (report, all) = &mut merged[at];
        for file in files {
            let findings = failures.remove(&file.path).unwrap_or_default();
            let path = file.path.clone();
            if all.insert(path.clone(), (file, findings)).is_some() {
                let engine = format!("{} {}", report.engine.name, report.engine.version);
                return Err(MergeError::Twice { file: path, engine });
            }
        }
    }
    Ok(merged
        .into_iter()
        .map(|(report, files)| Report::new(report.standard, report.engine, files.into_values()))
        .collect())
}

/// What has become of the verdicts since an earlier run, by engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// What got worse.
    pub worse: Vec<Change>,
    /// What got better.
    pub better: Vec<Change>,
    /// Engines that the earlier run did not have; all their findings are new, and none of them is in `worse`.
    pub new_engines: Vec<String>,
    /// Scripts of the earlier run, for the engines of both, that were not run now.
    pub gone: Vec<String>,
}

/// A directive with another verdict than before.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The engine.
    pub engine: String,
    /// The verdict before; `None` for a directive of a script that was not run then.
    pub before: Option<Verdict>,
    /// The verdict now.
    pub now: Verdict,
    /// Where, and what is known about it: from now when it got worse, from then when it got better.
    pub finding: Finding,
}

/// How bad a verdict is: a pass, not tested, against the standard, broken.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Unsupported | Verdict::Limit => 1,
        Verdict::Fail | Verdict::Timeout => 2,
        Verdict::Crash => 3,
    }
}

/// Compares the reports of a run with those of an earlier one. Engines are known by their names, so that a new version
/// is held against the old one; directives by script, line and column.
pub fn compare(before: &[Report], now: &[Report]) -> Comparison {
    let mut comparison = Comparison::default();
    for report in now {
        let engine = &report.engine.name;
        let Some(old) = before.iter().find(|old| old.engine.name == *engine) else {
            comparison.new_engines.push(engine.clone());
            continue;
        };
        let places = |report: &'_ Report| -> BTreeMap<(String, u32, u32), Finding> {
            let places = report.failures.iter().map(|f| ((f.file.clone(), f.line, f.column), f.clone()));
            places.collect()
        };
        let ran = |report: &Report, file: &str| report.files.iter().any(|other| other.path == file);
        let (then, since) = (places(old), places(report));
        for (place, finding) in &since {
            let before = match then.get(place) {
                Some(finding) => Some(finding.verdict),
                None if ran(old, &finding.file) => Some(Verdict::Pass),
                None => None,
            };
            let worse = match before {
                Some(before) => badness(finding.verdict) > badness(before),
                None => finding.verdict.is_finding(),
            };
            if worse {
                let change = Change { engine: engine.clone(), before, now: finding.verdict, finding: finding.clone() };
                comparison.worse.push(change);
            }
        }
        for (place, finding) in &then {
            let now = match since.get(place) {
                Some(finding) => finding.verdict,
                None if ran(report, &finding.file) => Verdict::Pass,
                None => continue,
            };
            if badness(now) < badness(finding.verdict) {
                let before = Some(finding.verdict);
                comparison.better.push(Change { engine: engine.clone(), before, now, finding: finding.clone() });
            }
        }
        let gone = old.files.iter().filter(|file| !ran(report, &file.path));
        comparison.gone.extend(gone.map(|file| file.path.clone()));
    }
    comparison
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, Cause, Engine, Kind, Standard};
    use Verdict::{Crash, Fail, Limit, Pass};

    fn report(engine: &str, files: &[(&str, &[Verdict])]) -> Report {
        let standard = Standard { name: "WebAssembly 3.0".into(), pin: "285a903".into() };
        let engine = Engine { name: engine.into(), version: "1".into() };
        let scripts = files.iter().map(|(path, verdicts)| {
            let mut file = FileReport::new(*path, "core");
            let mut findings = Vec::new();
            for (i, &verdict) in verdicts.iter().enumerate() {
                let (line, column, kind) = (i as u32 + 1, 1, Kind::AssertReturn);
                file.push(Case { line, column, kind, verdict });
                if verdict != Pass {
                    let (expected, got) = ("1".into(), "2".into());
                    let file = (*path).into();
                    let cause = Cause::default();
                    findings.push(Finding { file, line, column, directive: kind, verdict, expected, got, cause });
                }
            }
            (file, findings)
        });
        Report::new(standard, engine, scripts)
    }

    #[test]
    fn shards_become_one() {
        let whole = report("e", &[("a", &[Pass, Fail]), ("b", &[Pass]), ("c", &[Limit])]);
        let shards = [report("e", &[("b", &[Pass])]), report("e", &[("a", &[Pass, Fail]), ("c", &[Limit])])];
        let text = |report: &Report| crate::json::render(report);
        let merged = merge(shards.clone()).unwrap();
        assert_eq!(merged.len(), 1);
        assert_eq!(text(&merged[0]), text(&whole));
        let twice = merge(shards.into_iter().chain([report("e", &[("b", &[Fail])])]));
        assert_eq!(twice, Err(MergeError::Twice { file: "b".into(), engine: "e 1".into() }));
        assert_eq!(merge([whole.clone(), report("f", &[("a", &[Pass])])]).unwrap().len(), 2);
        let mut other = whole.clone();
        other.standard.pin = "0".into();
        assert!(matches!(merge([whole, other]), Err(MergeError::Standard(..))));
    }

    #[test]
    fn only_what_got_worse() {
        let before = [report("e", &[("a", &[Pass, Fail, Fail, Limit, Pass]), ("gone", &[Fail])])];
        let now = [
            report("e", &[("a", &[Limit, Fail, Crash, Pass, Pass]), ("new", &[Pass, Limit, Fail])]),
            report("f", &[("a", &[Fail])]),
        ];
        let comparison = compare(&before, &now);
        let worse: Vec<_> =
            comparison.worse.iter().map(|c| (c.finding.file.as_str(), c.finding.line, c.before, c.now)).collect();
        assert_eq!(worse, [("a", 1, Some(Pass), Limit), ("a", 3, Some(Fail), Crash), ("new", 3, None, Fail)]);
        let better: Vec<_> = comparison.better.iter().map(|c| (c.finding.line, c.now)).collect();
        assert_eq!(better, [(4, Pass)]);
        assert_eq!(comparison.new_engines, ["f"]);
        assert_eq!(comparison.gone, ["gone"]);
        assert_eq!(compare(&now, &now).worse, []);
    }
}
