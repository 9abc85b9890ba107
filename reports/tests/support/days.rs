//! A folder of reports as it grows in months: some engines on some days.

use super::support::{self, report, synthetic};
use lockstep_reports::*;

/// A name that does harm where it is not escaped.
pub(crate) const HOSTILE: &str = "core/</script><img src=x onerror=\"document.title='x'\">.wast";

/// A report of an engine on a day: a directive fails on every third day, and from the half on another one does no more.
pub(crate) fn day(engine: usize, day: usize, days: usize) -> Report {
    let mut report = wide(40);
    report.engine = Engine { name: format!("engine-{engine}"), version: format!("1.{} (made up)", day / 5) };
    let keep = |finding: &Finding| match finding.verdict {
        Verdict::Fail => (day + engine).is_multiple_of(3),
        Verdict::Crash => day * 2 < days,
        _ => true,
    };
    let gone: Vec<Finding> = report.failures.iter().filter(|finding| !keep(finding)).cloned().collect();
    report.failures.retain(keep);
    let counts = |finding: &Finding, counts: &mut Counts| {
        match finding.verdict {
            Verdict::Fail => counts.fail -= 1,
            _ => counts.crash -= 1,
        }
        counts.pass += 1;
    };
    for finding in &gone {
        counts(finding, &mut report.summary.verdicts);
        for suite in report.suites.iter_mut().filter(|suite| finding.file.rsplit_once('/').unwrap().0 == suite.name) {
            counts(finding, &mut suite.verdicts);
        }
        for file in report.files.iter_mut().filter(|file| file.name == finding.file) {
            counts(finding, &mut file.verdicts);
            for case in file.cases.iter_mut().filter(|case| case.id == finding.id) {
                case.verdict = Verdict::Pass;
            }
        }
    }
    report
}

/// The small report with more scripts, and one with a name that does harm.
fn wide(scripts: usize) -> Report {
    let small = synthetic();
    let mut files: Vec<(FileReport, Vec<Finding>)> = Vec::new();
    for file in small.files {
        let failures = small.failures.iter().filter(|finding| finding.file == file.name).cloned().collect();
        files.push((file, failures));
    }
    let mut hostile =
        FileReport { name: HOSTILE.into(), path: HOSTILE.into(), suite: "core".into(), ..FileReport::default() };
    let case = Case {
        line: 1,
        column: 1,
        kind: Kind::AssertReturn,
        verdict: Verdict::Unsupported,
        id: DirectiveId::default(),
    };
    hostile.push(case);
    let mut finding = support::finding(&hostile, 1, case.kind, case.verdict);
    finding.got = "</script><script>document.title = 'x'</script>".into();
    finding.cause.section = Some("javascript:document.title='x'".into());
    finding.cause.rule = Some("a rule".into());
    files.push((hostile, vec![finding]));
    for i in 0..scripts {
        let mut file = FileReport::new(format!("core/script-{i}.wast"), "core");
        file.push(Case { verdict: Verdict::Pass, ..case });
        files.push((file, Vec::new()));
    }
    let one = report([]);
    Report::new(one.standard, one.engine, files)
}
