//! Coverage: nothing of the standard is left unexplained, and what is counted is what happened.

use lockstep_engines::Semantics;
use lockstep_reports::coverage::{Place, ProductionStatus, Status};
use lockstep_scripts::conform::{self, Options};
use lockstep_scripts::coverage::{self, CoverageRun};
use lockstep_scripts::suite::{self, Script};
use lockstep_spec::{Code, ProductionId, RuleId, production, rule};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static OFFICIAL: LazyLock<CoverageRun> = LazyLock::new(|| run(&suite::embedded()));
static OWN: LazyLock<CoverageRun> = LazyLock::new(|| run(&suite::collect(&[corpus("coverage")]).unwrap()));

/// The rules that no official test fires, though some test can.
const LEFT_OUT: [RuleId; 6] = [
    rule!("Ref_ok/exn"),
    rule!("Step_pure/br-handler"),
    rule!("Step_pure/return-handler"),
    rule!("Step_read/throw_ref-null"),
    rule!("Step_read/vload_lane-oob"),
    rule!("Step/vstore_lane-oob"),
];

/// The productions that no module of the official suite is read with, though some can be: its modules are in text, but for a
/// few.
const UNUSED: [ProductionId; 90] = [
    production!("Bs33"),
    production!("Bf32"),
    production!("Btagidx"),
    production!("Bglobalidx"),
    production!("Bdataidx"),
    production!("Belemidx"),
    production!("Bfieldidx"),
    production!("Bpacktype"),
    production!("Bstoragetype"),
    production!("Bfieldtype"),
    production!("Btagtype"),
    production!("Bcastop"),
    production!("Bcatch"),
    production!("Binstr/global"),
    production!("Binstr/table"),
    production!("Binstr/struct"),
    production!("Binstr/array"),
    production!("Binstr/extern"),
    production!("Binstr/i31"),
    production!("Binstr/num-test-i32"),
    production!("Binstr/num-rel-i32"),
    production!("Binstr/num-test-i64"),
    production!("Binstr/num-rel-i64"),
    production!("Binstr/num-rel-f32"),
    production!("Binstr/num-rel-f64"),
    production!("Binstr/num-un-i32"),
    production!("Binstr/num-un-i64"),
    production!("Binstr/num-un-ext-i32"),
    production!("Binstr/num-un-ext-i64"),
    production!("Binstr/num-bin-i64"),
    production!("Binstr/num-un-f32"),
    production!("Binstr/num-bin-f32"),
    production!("Binstr/num-un-f64"),
    production!("Binstr/num-bin-f64"),
    production!("Binstr/num-cvt"),
    production!("Blaneidx"),
    production!("Binstr/vec-memory"),
    production!("Binstr/vec-shuffle"),
    production!("Binstr/vec-splat"),
    production!("Binstr/vec-lane"),
    production!("Binstr/vec-rel-i8x16"),
    production!("Binstr/vec-rel-i16x8"),
    production!("Binstr/vec-rel-i32x4"),
    production!("Binstr/vec-rel-f32x4"),
    production!("Binstr/vec-rel-f64x2"),
    production!("Binstr/vec-un-v128"),
    production!("Binstr/vec-bin-v128"),
    production!("Binstr/vec-tern-v128"),
    production!("Binstr/vec-test-v128"),
    production!("Binstr/vec-un-i8x16"),
    production!("Binstr/vec-test-i8x16"),
    production!("Binstr/vec-bitmask-i8x16"),
    production!("Binstr/vec-narrow-i8x16"),
    production!("Binstr/vec-shift-i8x16"),
    production!("Binstr/vec-bin-i8x16"),
    production!("Binstr/vec-extun-i16x8"),
    production!("Binstr/vec-un-i16x8"),
    production!("Binstr/vec-bin-i16x8"),
    production!("Binstr/vec-test-i16x8"),
    production!("Binstr/vec-bitmask-i16x8"),
    production!("Binstr/vec-narrow-i16x8"),
    production!("Binstr/vec-ext-i16x8"),
    production!("Binstr/vec-shift-i16x8"),
    production!("Binstr/vec-extbin-i16x8"),
    production!("Binstr/vec-extun-i32x4"),
    production!("Binstr/vec-un-i32x4"),
    production!("Binstr/vec-test-i32x4"),
    production!("Binstr/vec-bitmask-i32x4"),
    production!("Binstr/vec-ext-i32x4"),
    production!("Binstr/vec-shift-i32x4"),
    production!("Binstr/vec-bin-i32x4"),
    production!("Binstr/vec-extbin-i32x4"),
    production!("Binstr/vec-exttern-i32x4"),
    production!("Binstr/vec-un-i64x2"),
    production!("Binstr/vec-test-i64x2"),
    production!("Binstr/vec-bitmask-i64x2"),
    production!("Binstr/vec-ext-i64x2"),
    production!("Binstr/vec-shift-i64x2"),
    production!("Binstr/vec-bin-i64x2"),
    production!("Binstr/vec-rel-i64x2"),
    production!("Binstr/vec-extbin-i64x2"),
    production!("Binstr/vec-un-f32x4"),
    production!("Binstr/vec-bin-f32x4"),
    production!("Binstr/vec-tern-f32x4"),
    production!("Binstr/vec-un-f64x2"),
    production!("Binstr/vec-bin-f64x2"),
    production!("Binstr/vec-tern-f64x2"),
    production!("Binstr/vec-cvt"),
    production!("Btag"),
    production!("Btagsec"),
];

/// The productions that a module of `corpus/coverage` is malformed in, and none of the official suite.
const UNFAILED: [ProductionId; 46] = [
    production!("Bbyte"),
    production!("Bs33"),
    production!("Bf32"),
    production!("Bf64"),
    production!("Bexternidx"),
    production!("Bheaptype"),
    production!("Btagtype"),
    production!("Bcastop"),
    production!("Bcatch"),
    production!("Belemkind"),
    production!("Bcode"),
    production!("Bdata"),
    production!("Tblockcomment"),
    production!("Tu64"),
    production!("Tstringelem"),
    production!("Ttypeidx_"),
    production!("Ttagidx_"),
    production!("Tdataidx_"),
    production!("Telemidx_"),
    production!("Texternidx_"),
    production!("Theaptype_"),
    production!("Treftype_/base"),
    production!("Tfieldtype_"),
    production!("Tfield_/base"),
    production!("Tparam_/base"),
    production!("Tsubtype_/base"),
    production!("Ttypedef_"),
    production!("Tglobaltype_"),
    production!("Texterntype_"),
    production!("Tcatch_"),
    production!("Ttag_"),
    production!("Tglobal_"),
    production!("Tmem_"),
    production!("Ttable_/plain"),
    production!("Tfunc_"),
    production!("Tlocal_/plain"),
    production!("Toffsetexpr_/plain"),
    production!("Telem_/plain"),
    production!("Telemexpr_/plain"),
    production!("Tstart_"),
    production!("Timport_/plain"),
    production!("Texport_"),
    production!("Texportdots"),
    production!("Timportdots"),
    production!("Tdatamem_/abbrev"),
    production!("Telemtable_/abbrev"),
];

fn corpus(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus").join(folder)
}

fn run(scripts: &[Script]) -> CoverageRun {
    let coverage = coverage::run(scripts, &Options::default(), |_| ()).unwrap();
    assert_eq!(coverage.report.failures, []);
    coverage
}

/// The rules that the code has and that were not used, though nothing says that they cannot be.
fn unfired(coverages: &[&CoverageRun]) -> BTreeSet<RuleId> {
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
    let never = |coverage: &CoverageRun| -> BTreeSet<String> { coverage.summary().never_false.into_iter().collect() };
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
    let Some(core) = lockstep_testing::suite("core") else { return };
    let scripts = suite::collect(&[core]).unwrap();
    assert_eq!(unfired(&[&run(&scripts)]), LEFT_OUT.into());
}

#[test]
fn verdicts_are_those_of_a_conformance_run() {
    for folder in ["conform", "conform-failing"] {
        let scripts = suite::collect(&[corpus(folder)]).unwrap();
        let limits = lockstep_engines::Limits { steps: Some(100_000), ..Default::default() };
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

#[test]
fn own_and_official_scripts_leave_no_production_unused() {
    for id in ProductionId::ALL {
        let used = OFFICIAL.modules(id) + OWN.modules(id) > 0;
        assert_eq!(used, id.production().code == Code::Fired, "{id}: add a script to corpus/coverage");
    }
}

#[test]
fn productions_that_the_official_suite_leaves_out() {
    let unused = |id: &ProductionId| id.production().code == Code::Fired && OFFICIAL.modules(*id) == 0;
    assert_eq!(ProductionId::ALL.into_iter().filter(unused).collect::<Vec<_>>(), UNUSED);
    let unfailed = |id: &ProductionId| OFFICIAL.malformed(*id) == 0 && OWN.malformed(*id) > 0;
    assert_eq!(ProductionId::ALL.into_iter().filter(unfailed).collect::<Vec<_>>(), UNFAILED);
    // What corpus/coverage/README.md says of it.
    let official = ProductionId::ALL.into_iter().filter(|id| OFFICIAL.malformed(*id) > 0).count();
    let (own, all) = (UNFAILED.len(), official + UNFAILED.len());
    let said =
        format!("malformed in {all} of them: in {official} by the official suite, in {own} more by these scripts.");
    let readme = std::fs::read_to_string(corpus("coverage/README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&said), "{said}");
}

#[test]
fn numbers_of_productions_agree() {
    let summary = OFFICIAL.summary();
    let grammar = summary.grammar;
    let totals = grammar.totals;
    assert_eq!(totals.productions, ProductionId::COUNT as u64);
    assert_eq!(totals.productions, totals.used + totals.malformed_only + totals.unused + totals.stands_in);
    assert_eq!(totals.unused + totals.malformed_only, UNUSED.len() as u64);
    for production in grammar.productions() {
        let id = ProductionId::parse(&production.id).unwrap();
        assert_eq!(production.status == ProductionStatus::Used, production.modules > 0, "{id}");
        assert_eq!((production.modules, production.malformed), (OFFICIAL.modules(id), OFFICIAL.malformed(id)), "{id}");
        assert_eq!(production.examples.is_empty(), production.modules == 0, "{id}");
        assert_eq!(production.malformed_examples.is_empty(), production.malformed == 0, "{id}");
    }
    // A module that is malformed is so in one production. A few quoted ones are not text, and have none.
    let malformed: u64 = grammar.productions().map(|production| production.malformed).sum();
    let asserted = summary.summary.kinds[&lockstep_reports::Kind::AssertMalformed];
    assert!(malformed <= asserted && malformed > asserted * 3 / 4, "{malformed} of {asserted}");
}

#[test]
fn modules_by_production_are_those_of_the_script() {
    let script = r#";; (; a comment that is in no module ;)
(module (func $f (result i32) (i32.const 0x1)))
(module (; another ;) (memory 1))
(module definition quote "(memory 1)")
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_malformed (module quote "(func (result i32)") "unexpected token")
(assert_malformed (module quote "(memory +1)") "unexpected token")
(assert_malformed (module quote "(memory -1)") "unexpected token")
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wast");
    std::fs::write(&path, script).unwrap();
    let coverage = run(&suite::collect(&[path]).unwrap());
    for (id, modules, malformed) in [
        (production!("Tmodule/plain"), 3, 0),
        (production!("Tmodule/abbrev"), 1, 0),
        (production!("Tfunc_"), 2, 1),
        (production!("Tmem_"), 2, 0),
        (production!("Tid"), 1, 0),
        (production!("Thexnum"), 1, 0),
        (production!("Tblockcomment"), 1, 0),
        (production!("Tlinecomment"), 0, 0),
        (production!("Tstring"), 0, 0),
        (production!("Tu64"), 2, 2),
    ] {
        assert_eq!((coverage.modules(id), coverage.malformed(id)), (modules, malformed), "{id}");
    }
}
