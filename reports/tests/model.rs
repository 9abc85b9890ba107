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
fn success_needs_something_compared_and_no_finding() {
    let with = |kind: Kind, verdicts: &[Verdict]| {
        let mut file = FileReport::new("a.wast", "a");
        let mut findings = Vec::new();
        for (line, &verdict) in (1..).zip(verdicts) {
            let id = DirectiveId { content: u64::from(line), ordinal: 1 };
            file.push(Case { line, column: 1, kind, verdict, id });
            if verdict != Verdict::Pass {
                findings.push(support::finding(&file, line, kind, verdict));
            }
        }
        report([(file, findings)]).status()
    };
    let incomplete = |status| matches!(status, Status::Incomplete(_));
    for kind in [Kind::Module, Kind::AssertReturn] {
        assert_eq!(with(kind, &[Verdict::Pass]), Status::AsExpected);
        assert_eq!(with(kind, &[Verdict::Pass, Verdict::Unsupported, Verdict::Limit]), Status::AsExpected);
        assert!(incomplete(with(kind, &[])));
        assert!(incomplete(with(kind, &[Verdict::Unsupported])));
        assert!(incomplete(with(kind, &[Verdict::Limit])));
        for finding in [Verdict::Fail, Verdict::Timeout, Verdict::Crash] {
            assert_eq!(with(kind, &[Verdict::Pass, finding]), Status::Findings, "{finding}");
        }
    }
    assert!(incomplete(report([]).status()));
    assert_eq!(report([]).outcome(), "Nothing was tested: there was no directive to run.");
}

#[test]
fn modules_that_load_are_no_success_where_every_assertion_is_cut() {
    let mut file = FileReport::new("a.wast", "a");
    let cases = [(Kind::Module, Verdict::Pass), (Kind::AssertReturn, Verdict::Limit)];
    for (line, (kind, verdict)) in (1..).zip(cases) {
        file.push(Case { line, column: 1, kind, verdict, id: DirectiveId::default() });
    }
    let finding = support::finding(&file, 2, Kind::AssertReturn, Verdict::Limit);
    let report = report([(file, vec![finding])]);
    assert!(matches!(report.status(), Status::Incomplete(_)));
    assert_eq!(report.compared(), 0);
}

#[test]
fn an_empty_script_or_a_missing_shard_is_no_success() {
    let one = |name: &str, directives: u32| {
        let mut file = FileReport::new(name, "a");
        for line in 0..directives {
            let id = DirectiveId { content: u64::from(line), ordinal: 1 };
            file.push(Case { line, column: 1, kind: Kind::AssertReturn, verdict: Verdict::Pass, id });
        }
        (file, Vec::new())
    };
    let with_empty = report([one("a.wast", 1), one("b.wast", 0)]);
    assert_eq!(with_empty.status(), Status::Incomplete("b.wast has no directives".into()));
    let shard = |part| {
        let mut report = report([one(&format!("{part}.wast"), 1)]);
        report.run.shards.insert(Shard { part, of: 3 });
        report.run.scripts = 3;
        report
    };
    assert_eq!(shard(1).status(), Status::AsExpected, "it was asked for one shard");
    let merged = merge([shard(1), shard(3)]).unwrap();
    assert_eq!(merged[0].status(), Status::Incomplete("shard 2/3 is missing".into()));
    let merged = merge([shard(1), shard(3), shard(2)]).unwrap();
    assert_eq!(merged[0].status(), Status::AsExpected);
    assert!(merged[0].run.shards.is_empty() && !merged[0].run.merged);
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
