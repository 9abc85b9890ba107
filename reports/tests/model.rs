//! The numbers of a report agree with each other.

mod support;

use lockstep_reports::*;
use support::{report, synthetic};

#[test]
fn sums() {
    let report = synthetic();
    let Summary { verdicts, files, directives, assertions, kinds } = &report.summary;
    assert_eq!((*files, *directives, *assertions), (2, 1240, 1237));
    assert_eq!(verdicts.total(), *directives);
    assert_eq!(kinds.values().sum::<u64>(), *directives);
    assert_eq!(kinds.iter().filter(|(k, _)| k.is_assertion()).map(|(_, n)| n).sum::<u64>(), *assertions);
    assert_eq!(report.files.iter().map(|file| file.verdicts).sum::<Counts>(), *verdicts);
    assert_eq!(report.suites.iter().map(|suite| suite.verdicts).sum::<Counts>(), *verdicts);
    assert_eq!(report.failures.len() as u64, directives - verdicts.pass);
    for verdict in Verdict::ALL {
        let listed = report.failures.iter().filter(|finding| finding.verdict == verdict).count() as u64;
        assert_eq!(listed, if verdict == Verdict::Pass { 0 } else { verdicts.get(verdict) });
    }
}

#[test]
fn success_needs_a_pass_and_no_finding() {
    let with = |verdicts: &[Verdict]| {
        let mut file = FileReport::new("a.wast", "a");
        for &verdict in verdicts {
            file.push(Case { line: 1, column: 1, kind: Kind::Module, verdict });
        }
        report([(file, vec![])]).is_success()
    };
    assert!(with(&[Verdict::Pass]));
    assert!(with(&[Verdict::Pass, Verdict::Unsupported, Verdict::Limit]));
    assert!(!with(&[]));
    assert!(!with(&[Verdict::Unsupported]));
    assert!(!with(&[Verdict::Limit]));
    for finding in [Verdict::Fail, Verdict::Timeout, Verdict::Crash] {
        assert!(!with(&[Verdict::Pass, finding]), "{finding}");
    }
    assert!(!report([]).is_success());
    assert_eq!(report([]).outcome(), "Nothing was tested: there was no directive to run.");
}

#[test]
fn names_are_those_of_serde() {
    for verdict in Verdict::ALL {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
    }
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
}
