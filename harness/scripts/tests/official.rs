//! The official suite, embedded and from a checkout: every directive passes, and none goes uncounted.

use lockstep_engines::Semantics;
use lockstep_reports::{Counts, Kind, Report};
use lockstep_scripts::conform::{self, Options};
use lockstep_scripts::suite::{self, Script};
use std::collections::BTreeMap;
use std::path::Path;
use wast::WastDirective as D;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

fn run(scripts: &[Script]) -> Report {
    conform::run(scripts, &Semantics, &Options::default(), |_| ()).unwrap()
}

/// Counts the directives of scripts from their syntax, with nothing of the harness.
fn count(scripts: &[Script]) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for script in scripts {
        let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
        let mut lexer = Lexer::new(&text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer).unwrap();
        for directive in parser::parse::<wast::Wast<'_>>(&buffer).unwrap().directives {
            let kind = match directive {
                D::Module(_) => "module",
                D::ModuleDefinition(_) => "module_definition",
                D::ModuleInstance { .. } => "module_instance",
                D::Register { .. } => "register",
                D::Invoke(_) => "invoke",
                D::AssertReturn { .. } => "assert_return",
                D::AssertTrap { .. } => "assert_trap",
                D::AssertException { .. } => "assert_exception",
                D::AssertExhaustion { .. } => "assert_exhaustion",
                D::AssertInvalid { .. } => "assert_invalid",
                D::AssertMalformed { .. } => "assert_malformed",
                D::AssertMalformedCustom { .. } => "assert_malformed_custom",
                D::AssertUnlinkable { .. } => "assert_unlinkable",
                other => panic!("{other:?} is not known to occur"),
            };
            *counts.entry(kind).or_default() += 1;
        }
    }
    counts
}

fn all_pass_and_are_counted(scripts: &[Script]) -> Report {
    let report = run(scripts);
    assert_eq!(report.failures, []);
    let summary = &report.summary;
    assert_eq!(summary.verdicts.pass, summary.directives);
    assert_eq!(summary.files, scripts.len() as u64);
    let kinds: BTreeMap<&str, u64> = summary.kinds.iter().map(|(kind, &count)| (kind.name(), count)).collect();
    assert_eq!(kinds, count(scripts));
    report
}

#[test]
fn embedded_suite() {
    let scripts = suite::embedded();
    let suites: BTreeMap<&str, usize> = scripts.iter().fold(BTreeMap::new(), |mut suites, script| {
        *suites.entry(script.suite.as_str()).or_default() += 1;
        suites
    });
    let files = [
        ("core", 97),
        ("core/bulk-memory", 8),
        ("core/exceptions", 4),
        ("core/gc", 17),
        ("core/memory64", 8),
        ("core/multi-memory", 41),
        ("core/mutable-global", 1),
        ("core/relaxed-simd", 7),
        ("core/simd", 59),
    ];
    assert_eq!(suites, files.into());
    let report = all_pass_and_are_counted(&scripts);
    assert_eq!((report.summary.files, report.summary.directives, report.summary.assertions), (242, 57_505, 55_159));
    let official = report.run.official.expect("every run says how much of the official suite it has");
    let directives = [official.all, official.same, official.changed, official.other].map(|share| share.directives);
    assert_eq!(directives, [65_294, 56_838, 631, 36]);
}

#[test]
fn checkout_of_the_official_suite() {
    let Some(core) = lockstep_testing::suite("core") else { return };
    let report = all_pass_and_are_counted(&suite::collect(&[core]).unwrap());
    assert_eq!((report.summary.files, report.summary.directives, report.summary.assertions), (258, 65_294, 62_598));
    let official = report.run.official.expect("every run says how much of the official suite it has");
    assert_eq!((official.same, official.changed.files, official.other.files), (official.all, 0, 0));
    let kinds = [
        (Kind::AssertReturn, 52_718),
        (Kind::AssertTrap, 4_984),
        (Kind::AssertInvalid, 2_723),
        (Kind::AssertMalformed, 1_940),
        (Kind::AssertUnlinkable, 200),
        (Kind::AssertException, 18),
        (Kind::AssertExhaustion, 15),
    ];
    for (kind, count) in kinds {
        assert_eq!(report.summary.kinds[&kind], count, "{kind}");
    }
}

/// What the crate has in the place of the official suite is the official suite, where both have it.
#[test]
fn embedded_scripts_are_those_of_the_checkout() {
    let Some(core) = lockstep_testing::suite("core") else { return };
    let text = |script: &Script| script.read().unwrap().into_owned();
    let official: BTreeMap<String, Vec<u8>> = suite::collect(&[core])
        .unwrap()
        .iter()
        .map(|script| {
            let name = script.location().unwrap().file_name().unwrap().to_string_lossy();
            (format!("{}/{name}", script.suite), text(script))
        })
        .collect();
    let mut differing = Vec::new();
    for script in suite::embedded() {
        match official.get(&script.path) {
            Some(official) if *official == text(&script) => {}
            _ => differing.push(script.path),
        }
    }
    let known = ["core/memory64/align64.wast", "core/mutable-global/globals.wast", "core/simd/simd_lane.wast"];
    assert_eq!(differing, known);
}

#[test]
fn corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/conform");
    // `wast` does not read all of their forms, so that it cannot count them; `tests/scripts` does.
    let report = run(&suite::collect(&[folder]).unwrap_or_else(|e| panic!("{e}")));
    assert_eq!(report.failures, []);
    assert!(report.summary.verdicts.pass == report.summary.directives && report.summary.directives > 500);
}

/// No directive of a proposal's script goes uncounted; `tests/proposals.rs` has those that do not pass.
#[test]
fn scripts_of_proposals() {
    for (suite, files, pass, unsupported, fail) in
        [("threads", 13, 551, 0, 0), ("shared-everything-threads", 11, 390, 28, 1)]
    {
        let Some(folder) = lockstep_testing::suite(suite) else { continue };
        let report = run(&suite::collect(&[folder]).unwrap());
        let verdicts = Counts { pass, unsupported, fail, ..Counts::default() };
        assert_eq!((report.summary.files, report.summary.verdicts), (files, verdicts), "{suite}");
        assert_eq!(report.failures.len() as u64, unsupported + fail, "{suite}");
        assert_eq!(report.summary.kinds.values().sum::<u64>(), pass + unsupported + fail, "{suite}");
    }
}
