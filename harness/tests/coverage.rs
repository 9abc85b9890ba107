//! Coverage: nothing of the standard is left unexplained, and what is counted is what happened.

use lockstep::conform::{self, Options};
use lockstep::coverage::{self, Coverage};
use lockstep::engine::Semantics;
use lockstep::suite::{self, Script};
use lockstep_reports::coverage::{Place, Status};
use lockstep_spec::{Code, RuleId, rule};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static OFFICIAL: LazyLock<Coverage> = LazyLock::new(|| run(&suite::embedded()));
static OWN: LazyLock<Coverage> = LazyLock::new(|| run(&suite::collect(&[corpus("coverage")]).unwrap()));

/// The rules that no official test fires, though some test can.
const LEFT_OUT: [RuleId; 6] = [
    rule!("Ref_ok/exn"),
    rule!("Step_pure/br-handler"),
    rule!("Step_pure/return-handler"),
    rule!("Step_read/throw_ref-null"),
    rule!("Step_read/vload_lane-oob"),
    rule!("Step/vstore_lane-oob"),
];

fn corpus(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(folder)
}

fn run(scripts: &[Script]) -> Coverage {
    let coverage = coverage::run(scripts, &Options::default(), |_| ()).unwrap();
    assert_eq!(coverage.report.failures, []);
    coverage
}

/// The rules that the code has and that were not used, though nothing says that they cannot be.
fn unfired(coverages: &[&Coverage]) -> BTreeSet<RuleId> {
    RuleId::standard()
        .filter(|id| id.rule().code == Code::Fired && id.rule().never.is_none())
        .filter(|&id| coverages.iter().all(|coverage| coverage.counts.count(id) == 0))
        .collect()
}

#[test]
fn own_and_official_scripts_leave_nothing_unexplained() {
    let both = [&*OFFICIAL, &*OWN];
    let left: Vec<RuleId> = RuleId::ALL
        .into_iter()
        .filter(|id| id.rule().code == Code::Fired && id.rule().never.is_none())
        .filter(|&id| both.iter().all(|coverage| coverage.counts.count(id) == 0))
        .collect();
    assert_eq!(left, [], "add a script to corpus/coverage, or `never fires:` to the catalogue");
    for id in RuleId::ALL {
        let fired = both.iter().any(|coverage| coverage.counts.count(id) > 0);
        let rule = id.rule();
        let explained = rule.never.is_some() || rule.code != Code::Fired;
        assert!(fired != explained, "{id} is either fired or explained, not both");
    }
}

#[test]
fn kinds_of_premises() {
    let never = |coverage: &Coverage| -> BTreeSet<String> { coverage.summary().never_false.into_iter().collect() };
    let both: BTreeSet<String> = never(&OFFICIAL).intersection(&never(&OWN)).cloned().collect();
    // See corpus/coverage/README.md for why.
    assert_eq!(both, ["NoReturn", "NotInSource"].map(String::from).into());
}

/// WebAssembly 3.0 by itself has no part in the proposals, and its suite uses none of their rules.
#[test]
fn the_official_suite_is_without_proposals() {
    let used = RuleId::ALL.into_iter().filter(|&id| id.rule().proposal.is_some() && OFFICIAL.counts.count(id) > 0);
    assert_eq!(used.collect::<Vec<_>>(), []);
}

#[test]
fn what_the_official_suite_leaves_out() {
    assert_eq!(unfired(&[&OFFICIAL]), LEFT_OUT.into());
    assert!(LEFT_OUT.into_iter().all(|id| OWN.users(id).any(|place| place.directive.is_assertion())));
    // What the embedded suite lacks does not fire them either.
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/suites/core");
    if core.is_dir() {
        let scripts = suite::collect(std::slice::from_ref(&core)).unwrap();
        assert_eq!(unfired(&[&run(&scripts)]), LEFT_OUT.into());
    } else {
        eprintln!("skipped: there is no {}", core.display());
    }
}

#[test]
fn verdicts_are_those_of_a_conformance_run() {
    for folder in ["conform", "conform-failing"] {
        let scripts = suite::collect(&[corpus(folder)]).unwrap();
        let limits = lockstep::engine::Limits { steps: Some(100_000), ..Default::default() };
        let options = Options { limits, ..Options::default() };
        let watched = coverage::run(&scripts, &options, |_| ()).unwrap().report;
        let plain = conform::run(&scripts, &Semantics, &options, |_| ()).unwrap();
        assert_eq!((watched.summary, watched.failures), (plain.summary, plain.failures));
        assert_eq!(watched.engine, plain.engine);
    }
}

#[test]
fn numbers_agree() {
    let summary = OFFICIAL.summary();
    let totals = summary.totals;
    assert_eq!(totals.rules, RuleId::STANDARD as u64);
    assert_eq!(totals.rules, summary.rules().count() as u64);
    assert_eq!(totals.unfired, LEFT_OUT.len() as u64);
    for rule in summary.rules() {
        assert_eq!(rule.status == Status::Fired, rule.uses > 0, "{}", rule.id);
        assert!(rule.uses >= rule.directives && rule.directives >= rule.assertions, "{}", rule.id);
        assert!(rule.directives >= rule.files && (rule.files == 0) == (rule.uses == 0), "{}", rule.id);
        assert_eq!(rule.examples.len() as u64, rule.directives.min(5), "{}", rule.id);
        let users = OFFICIAL.users(RuleId::parse(&rule.id).unwrap());
        assert_eq!(users.count() as u64, rule.directives, "{}", rule.id);
    }
    // Each module that is invalid is so for one premise.
    let falsified: u64 = summary.premises.iter().map(|premise| premise.directives).sum();
    assert_eq!(falsified, summary.summary.kinds[&lockstep_reports::Kind::AssertInvalid]);
}

#[test]
fn uses_are_by_the_directive_that_made_them() {
    let script = r#"(module
  (func (export "nop") (nop))
  (func (export "trap") (unreachable))
)
(assert_return (invoke "nop"))
(assert_trap (invoke "trap") "unreachable")
  (assert_invalid (module (func (result i32))) "type mismatch")
(invoke "nop")
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wast");
    std::fs::write(&path, script).unwrap();
    let coverage = run(&suite::collect(&[path]).unwrap());
    let lines = |id| coverage.users(id).map(|Place { line, .. }| line).collect::<Vec<_>>();
    assert_eq!(lines(rule!("Step_pure/nop")), [5, 8]);
    assert_eq!(lines(rule!("Step_pure/unreachable")), [6]);
    assert_eq!(lines(rule!("Instr_ok/nop")), [1]);
    assert_eq!(lines(rule!("Module_ok")), [1]);
    assert_eq!(coverage.counts.count(rule!("Step_pure/nop")), 2);
    let summary = coverage.summary();
    let [premise] = &summary.premises[..] else { panic!("{:?}", summary.premises) };
    assert_eq!((premise.rule.as_str(), premise.premise.as_str()), ("Expr_ok", "StackUnderflow"));
    assert_eq!((premise.examples[0].line, premise.examples[0].column), (7, 3));
}
