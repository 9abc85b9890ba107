//! Litmus tests on an engine with real threads: on Node, where it is installed.

use lockstep_engines::{Failure, Val};
use lockstep_litmus::{EngineObserver, LitmusOptions, Observation, Outcome, Stopped, run, run_observed};
use lockstep_reports::litmus::Test;
use lockstep_semantics::syntax::Features;
use lockstep_testing::{Need, found, skip};
use std::path::Path;
use std::time::Duration;

const RUNS: u64 = 4000;

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/litmus").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What Node does with a script, if there is one that has what the script needs.
fn observe(text: &str, runs: u64, time: Duration) -> Option<Observation> {
    let watch = found(Need::Node, EngineObserver::new("node", runs, time))?;
    let seen = watch.observe("test.wast", text, Features::SHARED_EVERYTHING, |_| ()).unwrap();
    match &seen.stopped {
        Some(Stopped::Unsupported(why)) if why.contains("does not come up") => {
            skip(Need::NodeShared, why);
            None
        }
        _ => Some(seen),
    }
}

/// What comes of a script that Node can run to the end.
fn both(text: &str) -> Option<Test> {
    let seen = observe(text, RUNS, Duration::from_secs(120))?;
    assert_eq!(seen.stopped, None);
    assert_eq!(seen.runs, RUNS);
    let test = run_observed("test.wast", text.as_bytes(), &LitmusOptions::default(), Some(&seen));
    assert_eq!(test.outcomes.iter().filter_map(|outcome| outcome.observed).sum::<u64>(), RUNS);
    Some(test)
}

fn times(test: &Test, observations: &[&str]) -> u64 {
    let outcome = test.outcomes.iter().find(|outcome| outcome.observations == observations);
    outcome.and_then(|outcome| outcome.observed).unwrap_or(0)
}

/// Every outcome that is seen is allowed. That the weak one is seen depends on what else the machine does.
#[test]
fn store_buffering() {
    for kind in ["memory", "struct", "array"] {
        let Some(test) = both(&corpus(&format!("{kind}/SB.wast"))) else { continue };
        assert!(test.is_as_expected(), "{kind}: {}", test.summary());
        eprintln!("SB on {kind}: the weak outcome came in {} of {RUNS} runs", times(&test, &["0", "0"]));
    }
}

#[test]
fn store_buffering_sequentially_consistent() {
    for kind in ["memory", "struct", "array"] {
        let Some(test) = both(&corpus(&format!("{kind}/SB+seqcst.wast"))) else { continue };
        assert!(test.is_as_expected(), "{kind}: {}", test.summary());
        assert_eq!(times(&test, &["0", "0"]), 0, "{kind}");
    }
}

/// More threads than most machines have processors for.
#[test]
fn four_threads() {
    let Some(test) = both(&corpus("struct/IRIW.wast")) else { return };
    assert!(test.is_as_expected(), "{}", test.summary());
}

/// What is seen has the form of what the models say: there is one outcome, and every run has it.
#[test]
fn observations_are_alike() {
    let text = r#"
        (module $M
          (type $s (shared (struct (field (mut i32)))))
          (memory (export "mem") 1 2 shared)
          (global (export "s") (ref $s) (struct.new $s (i32.const -7)))
          (global (export "n") i64 (i64.const 0x8000_0000_0000_0001))
          (global (export "none") (ref null $s) (ref.null $s))
          (func (export "set") (param i32) (i32.store (i32.const 0) (local.get 0)))
          (func (export "get") (result i32) (i32.load (i32.const 0)))
          (func (export "add") (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1))))
          (func (export "sum") (result i32) (i32.load (i32.const 4))))
        (register "m" $M)
        (invoke "set" (i32.const 5))
        (thread $T (shared (module $M))
          (register "m" $M)
          (module $Own (global (export "g") i32 (i32.const 3)))
          (register "own" $Own)
          (module
            (type $s (shared (struct (field (mut i32)))))
            (memory (import "m" "mem") 1 2 shared)
            (global $s (import "m" "s") (ref $s))
            (global $n (import "m" "n") i64)
            (global $none (import "m" "none") (ref null $s))
            (global $g (import "own" "g") i32)
            (func (export "all") (result i32 i64 f32 f64)
              (i32.load (i32.const 0)) (global.get $n) (f32.const -0.5) (f64.const nan))
            (func (export "struct") (result i32) (struct.get $s 0 (global.get $s)))
            (func (export "null") (result i32) (struct.get $s 0 (global.get $none)))
            (func (export "refs") (result (ref $s) (ref null $s) (ref (shared i31)))
              (global.get $s) (global.get $none) (ref.i31_shared (i32.const 3)))
            (func (export "bounds") (result i32) (i32.load (i32.const 0x10000)))
            (func (export "end") (unreachable))
            (func (export "id") (param i64 f32 f64 i32) (result f64 i32 i64 f32)
              (local.get 2) (local.get 3) (local.get 0) (local.get 1))
            (global (export "own") i32 (global.get $g))
            (func (export "add") (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))))
          (invoke "all")
          (invoke "struct")
          (assert_trap (invoke "null") "null structure reference")
          (invoke "refs")
          (assert_trap (invoke "bounds") "out of bounds memory access")
          (assert_trap (invoke "end") "unreachable")
          (invoke "id" (i64.const -9) (f32.const 1.5) (f64.const -2) (i32.const -1))
          (assert_return (get "own") (i32.const 3))
          (invoke "add"))
        (invoke "add")
        (wait $T)
        (assert_return (invoke "sum") (i32.const 2))
        (invoke "get")"#;
    let Some(test) = both(text) else { return };
    assert!(test.is_as_expected(), "{} {:?} {:?}", test.summary(), test.findings, test.outcomes);
    let seen: Vec<_> = test.outcomes.iter().filter(|outcome| outcome.observed == Some(RUNS)).collect();
    let [outcome] = seen.as_slice() else { panic!("{:#?}", test.outcomes) };
    let trap = |text: &str| format!("trap: {text}");
    assert_eq!(
        outcome.observations,
        [
            "5 -9223372036854775807 -0.5 NaN",
            "-7",
            &trap("null reference"),
            "ref.struct null i31:3",
            &trap("out of bounds memory access"),
            &trap("unreachable"),
            "-2 -1 -9 1.5",
            "3",
            "2",
            "5",
        ]
    );
}

/// An outcome that the standard does not allow is a finding.
#[test]
fn not_allowed() {
    let zero = || Some(Ok::<_, Failure>(vec![Val::I32(0)]));
    let weak = Outcome { calls: vec![zero(), zero()], endless: Vec::new() };
    let seen = Observation { engine: "e".into(), runs: 9, outcomes: vec![(weak, 9)], stopped: None };
    let options = LitmusOptions::default();
    let with = |name: &str| run_observed(name, corpus(name).as_bytes(), &options, Some(&seen));
    let allowed = with("struct/SB.wast");
    assert!(allowed.is_as_expected(), "{}", allowed.summary());
    assert_eq!(times(&allowed, &["0", "0"]), 9);
    let not = with("struct/SB+seqcst.wast");
    assert!(!not.is_as_expected());
    assert_eq!(not.unexplained().count(), 1);
    assert!(not.summary().contains("1 outcome observed that the standard does not allow"), "{}", not.summary());
    // Also where no model has met it.
    let odd = Outcome { calls: vec![Some(Ok(vec![Val::I32(5)])), zero()], endless: Vec::new() };
    let seen = Observation { outcomes: vec![(odd, 9)], ..seen.clone() };
    let test = run_observed("SB", corpus("struct/SB.wast").as_bytes(), &options, Some(&seen));
    assert_eq!(test.unexplained().map(|outcome| outcome.observations.join(" ")).collect::<Vec<_>>(), ["5 0"]);
    assert_eq!(run("SB", corpus("struct/SB.wast").as_bytes(), &options).observed, None);
}

/// What the engine lacks is said, and what it was not asked is no finding.
#[test]
fn unsupported_by_the_engine() {
    let Some(seen) = observe(&corpus("global/SB.wast"), 10, Duration::from_secs(30)) else { return };
    let Some(Stopped::Unsupported(why)) = &seen.stopped else { panic!("{seen:?}") };
    assert!(why.contains("global"), "{why}");
    let test = run_observed("SB", corpus("global/SB.wast").as_bytes(), &LitmusOptions::default(), Some(&seen));
    assert!(test.is_as_expected() && test.summary().contains("not observed: "), "{}", test.summary());
}

/// What cannot be told to an engine is said before there is one.
#[test]
fn unsupported_scripts() {
    let module = r#"(module $M (memory (export "mem") 1 1 shared) (func (export "f")) (func (export "v") (result v128) (v128.const i64x2 0 0)))
        (register "m" $M)"#;
    let own = r#"(module (func (export "f")) (func (export "v") (result v128) (v128.const i64x2 0 0)))"#;
    let cases = [
        ("(module)".to_owned(), "no threads"),
        (format!("{module} (thread $T (thread $U {own} (invoke \"f\")) (wait $U)) (wait $T)"), "threads of its own"),
        (format!("{module} (thread $T (shared (module $M)) (invoke $M \"f\")) (wait $T)"), "of another thread"),
        (
            format!(
                "{module} (thread $T (shared (module $M)) (register \"m\" $M) (module (func (import \"m\" \"f\"))) {own}
                    (invoke \"f\")) (wait $T)"
            ),
            "imports the function \"f\"",
        ),
        (format!("{module} (thread $T {own} (invoke \"v\")) (wait $T)"), "v128"),
        (format!("{module} (thread $T {own} (invoke \"g\")) (wait $T)"), "cannot be called"),
        (
            format!("{module} (thread $T {own} (invoke \"f\")) (invoke \"f\") (thread $U {own} (invoke \"f\"))"),
            "$U begins",
        ),
        (
            format!(
                "{module} (thread $T {own} (invoke \"f\")) (thread $U {own} (invoke \"f\")) (wait $T) (invoke \"f\")"
            ),
            "when some of its threads",
        ),
        (
            format!("(module (func (import \"spectest\" \"print\"))) (thread $T {own} (invoke \"f\")) (wait $T)"),
            "imports of \"spectest\"",
        ),
        (
            format!(
                "(assert_trap (module (func $f unreachable) (start $f)) \"unreachable\")
                    (thread $T {own} (invoke \"f\")) (wait $T)"
            ),
            "line 1: an instantiation in an assertion",
        ),
    ];
    let program = std::env::current_exe().unwrap();
    let watch = EngineObserver::new(&format!("node='{}'", program.display()), 1, Duration::from_secs(1)).unwrap();
    for (text, expected) in cases {
        let seen = watch.observe("test.wast", &text, Features::SHARED_EVERYTHING, |_| ());
        let seen = seen.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(
            matches!(&seen.stopped, Some(Stopped::Unsupported(why)) if why.contains(expected)),
            "{text}: {:?}",
            seen.stopped
        );
        assert_eq!(seen.runs, 0);
    }
    assert!(watch.observe("test.wast", "(", Features::SHARED_EVERYTHING, |_| ()).is_err());
    assert!(EngineObserver::new("wasmtime", 1, Duration::from_secs(1)).is_err());
}

/// A run that does not end is given up.
#[test]
fn no_end() {
    let text = r#"
        (module $M (memory (export "mem") 1 1 shared))
        (register "m" $M)
        (thread $T (shared (module $M))
          (register "m" $M)
          (module
            (memory (import "m" "mem") 1 1 shared)
            (func (export "wait") (result i32)
              (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
          (invoke "wait"))
        (wait $T)"#;
    let Some(seen) = observe(text, 10, Duration::from_millis(500)) else { return };
    assert_eq!((seen.stopped.as_ref(), seen.runs), (Some(&Stopped::NoEnd), 0));
    // The model knows that, so the engine is right.
    let test = run_observed("test.wast", text.as_bytes(), &LitmusOptions::default(), Some(&seen));
    assert_eq!(test.observed.as_ref().and_then(|observed| observed.error.as_ref()), None, "{}", test.summary());
    let test = run_observed("SB", corpus("memory/SB.wast").as_bytes(), &LitmusOptions::default(), Some(&seen));
    assert!(!test.is_as_expected(), "{}", test.summary());
}
