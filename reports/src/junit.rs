//! JUnit XML, for CI systems.
//!
//! A test suite for each script on each engine, a test case for each directive. The class name is the engine and the name
//! of the script, the name is the kind of the directive and what it is known by within the script, so that both survive an
//! edit elsewhere; where it is, is in the attributes `file` and `line`. JUnit has four outcomes for our six verdicts:
//!
//! | verdict | JUnit |
//! |---|---|
//! | pass | – |
//! | fail | `failure` |
//! | timeout, crash | `error` |
//! | unsupported, limit, and what is expected or was so in the baseline | `skipped` |
//!
//! The element's `type` is the verdict, and the properties of each test suite count all six. A first test suite for each
//! engine carries the sums. It has a failing test case for each expectation that is not met, and one where the run is
//! incomplete: nothing was compared, or a shard is missing.

use crate::{Case, Counts, Finding, Report, Verdict};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// A report as JUnit XML.
pub fn render(report: &Report) -> String {
    render_all(std::slice::from_ref(report))
}

/// Reports as JUnit XML. Of a brief report, the directives that pass are one test case for each script.
pub fn render_all(reports: &[Report]) -> String {
    let name = match reports {
        [report] => format!("{} on {}", report.standard.name, report.engine.name),
        _ => "Lockstep".into(),
    };
    let mut junit = quick_junit::Report::new(name);
    let seconds: f64 = reports.iter().flat_map(|report| &report.files).map(|file| file.seconds).sum();
    junit.set_time(duration(seconds));
    for report in reports {
        add(&mut junit, report);
    }
    junit.to_string().expect("XML is written to memory")
}

fn add(junit: &mut quick_junit::Report, report: &Report) {
    junit.add_test_suite(summary(report));
    let mut findings = report.failures.iter().peekable();
    for file in &report.files {
        let class = format!("{}.{}", report.engine.name, file.name);
        let mut suite = TestSuite::new(class.as_str());
        suite.set_time(duration(file.seconds));
        count(&mut suite, &file.verdicts);
        let own: Vec<&Finding> = std::iter::from_fn(|| findings.next_if(|finding| finding.file == file.name)).collect();
        if file.cases.is_empty() && file.verdicts.pass > 0 {
            let name = format!("{} directives that pass", file.verdicts.pass);
            suite.add_test_case(test(&class, &name, TestCaseStatus::success()));
        }
        if file.cases.is_empty() {
            for finding in &own {
                let Finding { line, column, directive: kind, verdict, id, .. } = **finding;
                suite.add_test_case(test_case(
                    &class,
                    &file.path,
                    &Case { line, column, kind, verdict, id },
                    Some(finding),
                ));
            }
        }
        let mut own = own.into_iter();
        for case in &file.cases {
            let finding = if case.verdict == Verdict::Pass { None } else { own.next() };
            suite.add_test_case(test_case(&class, &file.path, case, finding));
        }
        junit.add_test_suite(suite);
    }
}

fn summary(report: &Report) -> TestSuite {
    let engine = &report.engine.name;
    let mut suite = TestSuite::new(format!("{engine}: {} ({})", report.standard.name, report.standard.pin));
    suite.add_property(("engine", engine.as_str()));
    suite.add_property(("engine.version", report.engine.version.as_str()));
    suite.add_property(("files", report.summary.files.to_string().as_str()));
    count(&mut suite, &report.summary.verdicts);
    let mut fails = |name: String, message: String| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(Verdict::Fail.name()).set_message(message);
        suite.add_test_case(test(engine, &name, status));
    };
    for news in report.expected.iter().flat_map(|expected| &expected.news) {
        let id = news.id.map(|id| format!(" {id}")).unwrap_or_default();
        fails(format!("expectation {}: {}{id}", news.entry, news.file), news.to_string());
    }
    if let Some(gap) = report.gap() {
        fails("the run is complete".into(), gap);
    }
    suite
}

fn count(suite: &mut TestSuite, counts: &Counts) {
    suite.add_property(("directives", counts.total().to_string().as_str()));
    for verdict in Verdict::ALL {
        suite.add_property((verdict.name(), counts.get(verdict).to_string().as_str()));
    }
}

fn test_case(class: &str, path: &str, case: &Case, finding: Option<&Finding>) -> TestCase {
    let known = finding.and_then(|finding| finding.known.as_ref());
    let mut status = match case.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        _ if known.is_some() => TestCaseStatus::skipped(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Timeout | Verdict::Crash => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Unsupported | Verdict::Limit => TestCaseStatus::skipped(),
    };
    if case.verdict != Verdict::Pass {
        status.set_type(case.verdict.name());
    }
    if let Some(finding) = finding {
        let why = known.map(|known| format!("{known}: ")).unwrap_or_default();
        status.set_message(format!("{why}expected {}, got {}", finding.expected, finding.got));
        let mut text = format!("{}:{}:{}: {}\n", finding.path, case.line, case.column, case.kind);
        for (label, said) in finding.facts() {
            text.push_str(&format!("{label}: {said}\n"));
        }
        status.set_description(text);
    }
    let mut test = test(class, &format!("{} {}", case.kind, case.id), status);
    test.extra.insert("file".into(), path.into());
    test.extra.insert("line".into(), case.line.to_string().into());
    test
}

fn test(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut test = TestCase::new(name, status);
    test.set_classname(class);
    test
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
