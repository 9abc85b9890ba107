//! JUnit XML, for CI systems.
//!
//! A test suite per script, a test case per directive. JUnit has four outcomes for our six verdicts:
//!
//! | verdict | JUnit |
//! |---|---|
//! | pass | – |
//! | fail | `failure` |
//! | timeout, crash | `error` |
//! | unsupported, limit | `skipped` |
//!
//! The element's `type` is the verdict, and the properties of each test suite count all six. A first test suite named
//! after the standard carries the sums; it has a test case, a failing one, only when nothing was tested.

use crate::{Case, Counts, Finding, Report, Verdict};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// A report as JUnit XML. Of one that was read from JSON, the directives that pass are one test case for each file.
pub fn render(report: &Report) -> String {
    let mut junit = quick_junit::Report::new(format!("{} on {}", report.standard.name, report.engine.name));
    let seconds: f64 = report.files.iter().map(|file| file.seconds).sum();
    junit.set_time(duration(seconds));
    add(&mut junit, report, "");
    junit.to_string().expect("XML is written to memory")
}

/// Several reports as JUnit XML; the names of the test suites begin with the engine.
pub fn render_all(reports: &[Report]) -> String {
    if let [report] = reports {
        return render(report);
    }
    let mut junit = quick_junit::Report::new("Lockstep");
    let seconds: f64 = reports.iter().flat_map(|report| &report.files).map(|file| file.seconds).sum();
    junit.set_time(duration(seconds));
    for report in reports {
        add(&mut junit, report, &format!("{}: ", report.engine.name));
    }
    junit.to_string().expect("XML is written to memory")
}

fn add(junit: &mut quick_junit::Report, report: &Report, prefix: &str) {
    junit.add_test_suite(summary(report, prefix));
    let mut findings = report.failures.iter();
    for file in &report.files {
        let mut suite = TestSuite::new(format!("{prefix}{}", file.path));
        suite.set_time(duration(file.seconds));
        count(&mut suite, &file.verdicts);
        if file.cases.is_empty() {
            // Read from JSON, which names those that did not pass.
            if let passed @ 1.. = file.verdicts.pass {
                suite.add_test_case(TestCase::new(format!("{passed} directives that pass"), TestCaseStatus::success()));
            }
            for finding in report.failures.iter().filter(|finding| finding.file == file.path) {
                let Finding { line, column, directive: kind, verdict, .. } = *finding;
                suite.add_test_case(test_case(&file.path, &Case { line, column, kind, verdict }, Some(finding)));
            }
        }
        for case in &file.cases {
            let finding = if case.verdict == Verdict::Pass { None } else { findings.next() };
            suite.add_test_case(test_case(&file.path, case, finding));
        }
        junit.add_test_suite(suite);
    }
}

fn summary(report: &Report, prefix: &str) -> TestSuite {
    let mut suite = TestSuite::new(format!("{prefix}{} ({})", report.standard.name, report.standard.pin));
    suite.add_property(("engine", report.engine.name.as_str()));
    suite.add_property(("engine.version", report.engine.version.as_str()));
    suite.add_property(("files", report.summary.files.to_string().as_str()));
    count(&mut suite, &report.summary.verdicts);
    if report.summary.directives == 0 {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(Verdict::Fail.name()).set_message("nothing was tested");
        suite.add_test_case(TestCase::new("something was tested", status));
    }
    suite
}

fn count(suite: &mut TestSuite, counts: &Counts) {
    suite.add_property(("directives", counts.total().to_string().as_str()));
    for verdict in Verdict::ALL {
        suite.add_property((verdict.name(), counts.get(verdict).to_string().as_str()));
    }
}

fn test_case(path: &str, case: &Case, finding: Option<&Finding>) -> TestCase {
    let mut status = match case.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Timeout | Verdict::Crash => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Unsupported | Verdict::Limit => TestCaseStatus::skipped(),
    };
    if case.verdict != Verdict::Pass {
        status.set_type(case.verdict.name());
    }
    if let Some(finding) = finding {
        status.set_message(format!("expected {}, got {}", finding.expected, finding.got));
        status.set_description(format!(
            "{}:{}:{}: {}\nexpected {}\ngot {}",
            path, case.line, case.column, case.kind, finding.expected, finding.got
        ));
    }
    let mut test = TestCase::new(format!("{}:{} {}", case.line, case.column, case.kind), status);
    test.set_classname(path);
    test
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
