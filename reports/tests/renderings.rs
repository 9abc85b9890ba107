//! The renderings: snapshots for people, structure for programs.

mod support;

use lockstep_reports::*;
use lockstep_testing::{Need, skip};
use quick_junit::{NonSuccessKind, TestCaseStatus};
use support::{report, synthetic};

#[test]
fn terminal() {
    let text = terminal::render(&synthetic(), terminal::Options { listed: 4, ..Default::default() });
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.starts_with("    ")), "{text}");
    assert!(!text.contains('\u{1b}'));
    insta::assert_snapshot!(text);
}

#[test]
fn terminal_with_colours() {
    let options = terminal::Options { colours: true, ..Default::default() };
    let text = terminal::render(&synthetic(), options);
    assert!(text.contains("\u{1b}[1m\u{1b}[31mfail"), "{text:?}");
    // What an engine says does not steer the terminal.
    assert!(!text.contains("| \u{1b}"));
}

#[test]
fn terminal_of_nothing() {
    insta::assert_snapshot!(terminal::render(&report([]), Default::default()));
}

#[test]
fn markdown_snapshot() {
    insta::assert_snapshot!(markdown::render(&[synthetic()], &markdown::Options::default()));
}

#[test]
fn json_is_stable() {
    let report = synthetic();
    let text = json::render(&report);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "lockstep-report");
    assert_eq!(value["version"], 2);
    for key in ["pass", "fail", "unsupported", "limit", "timeout", "crash", "files", "directives", "assertions"] {
        assert!(value["summary"][key].is_u64(), "{key}");
    }
    // A directive is a line, and there are many.
    let lines = text.lines().filter(|line| !line.contains("\"assert_return\",\"pass\"")).collect::<Vec<_>>();
    assert_eq!(text.lines().count() - lines.len(), 1234);
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(json::read(&text).unwrap(), report);

    let brief = json::brief(std::slice::from_ref(&report));
    let text = json::render_all(&brief);
    assert!(text.lines().count() < 200, "{}", text.lines().count());
    assert_eq!(json::read_all(&text).unwrap(), brief);
}

#[test]
fn json_of_another_version_is_refused() {
    let text = json::render(&synthetic()).replace("\"version\": 2,", "\"version\": 1,");
    assert!(matches!(json::read(&text), Err(json::ReadError::Version { version: 1, .. })));
    assert!(matches!(json::read("[]"), Err(json::ReadError::Form(_))));
}

#[test]
fn junit_structure() {
    let report = synthetic();
    let xml = junit::render(&report);
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!(read.tests as u64, report.summary.directives);
    assert_eq!((read.failures, read.errors), (1, 2));
    assert_eq!(read.test_suites.len(), 1 + report.files.len());
    for (suite, file) in read.test_suites[1..].iter().zip(&report.files) {
        assert_eq!(suite.name.as_str(), format!("{}.{}", report.engine.name, file.name));
        assert_eq!(suite.tests as u64, file.total());
        let property = |name: &str| {
            let property = suite.properties.iter().find(|p| p.name.as_str() == name).unwrap();
            property.value.as_str().parse::<u64>().unwrap()
        };
        for verdict in Verdict::ALL {
            assert_eq!(property(verdict.name()), file.verdicts.get(verdict));
        }
        for (test, case) in suite.test_cases.iter().zip(&file.cases) {
            assert_eq!(test.name.as_str(), format!("{} {}", case.kind, case.id));
            assert_eq!(test.classname.as_ref().map(|name| name.as_str()), Some(suite.name.as_str()));
            let expected = match case.verdict {
                Verdict::Pass => "success",
                Verdict::Fail => "failure",
                Verdict::Timeout | Verdict::Crash => "error",
                Verdict::Unsupported | Verdict::Limit => "skipped",
            };
            let (got, ty) = match &test.status {
                TestCaseStatus::Success { .. } => ("success", None),
                TestCaseStatus::Skipped { ty, .. } => ("skipped", ty.as_ref()),
                TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, ty, .. } => ("failure", ty.as_ref()),
                TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, ty, .. } => ("error", ty.as_ref()),
            };
            assert_eq!(got, expected);
            assert_eq!(ty.map_or("pass", |ty| ty.as_str()), case.verdict.name());
        }
    }
}

#[test]
fn junit_of_nothing_is_not_green() {
    let read = quick_junit::Report::deserialize_from_str(&junit::render(&report([]))).unwrap();
    assert_eq!((read.tests, read.failures), (1, 1));
}

#[test]
fn junit_of_two_engines_has_each_directive_once() {
    let mut other = synthetic();
    other.engine.name = "other".into();
    let reports = [synthetic(), other];
    let read = quick_junit::Report::deserialize_from_str(&junit::render_all(&reports)).unwrap();
    let names: std::collections::BTreeSet<_> = read
        .test_suites
        .iter()
        .flat_map(|suite| &suite.test_cases)
        .map(|case| (case.classname.clone().unwrap().as_str().to_owned(), case.name.as_str().to_owned()))
        .collect();
    assert_eq!(names.len() as u64, reports.iter().map(|report| report.summary.directives).sum::<u64>());
}

/// A common consumer reads it: the Python package `junitparser`.
#[test]
fn junit_is_read_by_junitparser() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), junit::render(&synthetic())).unwrap();
    let script = "
import sys
try:
    import junitparser
except ImportError:
    sys.exit(77)
xml = junitparser.JUnitXml.fromfile(sys.argv[1])
print(xml.tests, xml.failures, xml.errors, xml.skipped, len(list(xml)))
assert sum(1 for suite in xml for case in suite) == xml.tests
struct = list(xml)[2]
assert [case._elem.get('line') for case in struct] == ['1', '2', '3', '4', '5', '6']
assert {case._elem.get('file') for case in struct} == {'core/gc/struct.wast'}
assert {case.classname for case in struct} == {'lockstep.core/gc/struct.wast'}
results = [type(r).__name__ + ' ' + r.type for case in struct for r in case.result]
assert results == ['Failure fail', 'Skipped unsupported', 'Skipped limit', 'Error timeout', 'Error crash'], results
";
    match std::process::Command::new("python3").args(["-c", script]).arg(file.path()).output() {
        Ok(output) if output.status.success() => {
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1240 1 2 2 3");
        }
        Ok(output) if output.status.code() == Some(77) => skip(Need::Junitparser, "python3 has no junitparser"),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(e) => skip(Need::Junitparser, format!("python3: {e}")),
    }
}
