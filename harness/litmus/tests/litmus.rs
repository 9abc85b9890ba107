//! Litmus tests of the corpus, the official scripts with threads, and malformed tests.

use lockstep_litmus::{self as litmus, ExploreBounds, LitmusOptions, Model, Plan, Replayed, Schedule, explore, replay};
use lockstep_reports::litmus::{Set, Test, dot, html, text};
use lockstep_reports::terminal;
use lockstep_scripts::suite::{self, Script};
use lockstep_semantics::syntax::Features;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn scripts(folder: PathBuf) -> Vec<Script> {
    suite::collect(&[folder]).unwrap()
}

fn run(script: &Script) -> Test {
    litmus::run(&script.path, &script.read().unwrap(), &LitmusOptions::default())
}

/// The outcomes that a model allows.
fn allowed(test: &Test, model: usize) -> Vec<String> {
    let outcomes = test.outcomes.iter().filter(|outcome| outcome.judgements[model].allowed);
    outcomes.map(|outcome| outcome.observations.join(", ")).collect()
}

#[test]
fn the_corpus_is_as_declared() {
    let scripts = scripts(root().join("corpus/litmus"));
    let mut slowest = (0.0, String::new());
    for script in &scripts {
        let test = run(script);
        assert!(test.is_as_expected(), "{}", text::render(&Set::new(vec![test]), terminal::Options::default(), false));
        // Each test says what it expects of both models, and where that is from.
        let declared = |i: usize| test.outcomes.iter().all(|outcome| outcome.judgements[i].declared.is_some());
        assert!(declared(0) && declared(1) && test.source.is_some(), "{}", test.path);
        assert!(test.models.iter().all(|model| model.cut.is_none()), "{}", test.path);
        // What is sequentially consistent is consistent.
        let (sc, wasm) = (allowed(&test, 0), allowed(&test, 1));
        assert!(!sc.is_empty() && sc.iter().all(|outcome| wasm.contains(outcome)), "{}", test.path);
        let time = test.models.iter().map(|model| model.milliseconds).sum();
        if time > slowest.0 {
            slowest = (time, test.path.clone());
        }
    }
    println!("{} tests; the slowest takes {:.1} ms: {}", scripts.len(), slowest.0, slowest.1);
    assert!(scripts.len() > 390, "{}", scripts.len());
}

#[test]
fn the_official_scripts_pass_in_all_executions() {
    let Some(folder) = lockstep_testing::suite("threads") else { return };
    let scripts = scripts(folder);
    assert_eq!(scripts.len(), 13);
    for script in &scripts {
        let test = run(script);
        assert!(test.is_as_expected(), "{}: {}", test.path, test.summary());
        let [sc, wasm] = test.models.as_slice() else { panic!("two models") };
        assert_eq!(sc.cut, None, "{}", test.path);
        println!("{}: {:?} executions, {:?}; {:?}", test.path, sc.executions, sc.looked_at, wasm.looked_at);
    }
}

/// A plan of a script of the corpus, for a test.
fn with_plan(path: &str, test: impl FnOnce(&Plan<'_>)) {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    litmus::with_plan(path, &text, Features::SHARED_EVERYTHING, test).unwrap();
}

#[test]
fn schedules_lead_to_their_outcomes_again() {
    for (path, executions) in [
        ("struct/IRIW.wast", 180),
        ("programs/spinlock.wast", 20),
        ("waiting/timeout.wast", 5),
        ("waiting/lost-wake-up.wast", 4),
    ] {
        with_plan(&format!("corpus/litmus/{path}"), |plan| {
            let explored = explore(plan, &ExploreBounds::default());
            assert!(explored.outcomes.len() > 1, "{path}");
            // Each path of the graph ends in one outcome.
            assert_eq!(explored.executions, Some(executions), "{path}");
            let ends: Option<u128> = explored.outcomes.iter().map(|found| found.executions).sum();
            assert_eq!(ends, Some(executions), "{path}");
            for found in explored.outcomes {
                let schedule = Schedule::parse(&found.schedule.to_string()).unwrap();
                assert_eq!(schedule, found.schedule);
                let Replayed { did, outcome: again, .. } = replay(plan, &schedule, &ExploreBounds::default()).unwrap();
                assert_eq!(again.observations(), found.outcome.observations(), "{path}: {schedule}");
                assert!(!did.is_empty());
            }
        });
    }
    with_plan("corpus/litmus/memory/SB.wast", |plan| {
        for wrong in ["9:1", "1:1000", "1:timeout"] {
            let schedule = Schedule::parse(wrong).unwrap();
            assert!(replay(plan, &schedule, &ExploreBounds::default()).is_err(), "{wrong}");
        }
    });
    for wrong in ["1", "x:1", "1:x", "1:-1"] {
        assert!(Schedule::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn executions_are_counted() {
    // Two threads with two steps each that others notice: 4 over 2.
    with_plan("corpus/litmus/memory/SB.wast", |plan| {
        let explored = explore(plan, &ExploreBounds::default());
        assert_eq!(explored.executions, Some(6));
        let sum: u128 = explored.outcomes.iter().filter_map(|found| found.executions).sum();
        assert_eq!(sum, 6);
    });
    with_plan("corpus/litmus/struct/IRIW.wast", |plan| {
        assert_eq!(explore(plan, &ExploreBounds::default()).executions, Some(180));
    });
}

fn of(text: &str) -> Test {
    litmus::run("test.wast", text.as_bytes(), &LitmusOptions::default())
}

/// Two threads that run these functions on a shared memory.
fn two(one: &str, other: &str) -> String {
    let thread = |name: &str, func: &str| {
        format!(
            "(thread ${name} (shared (module $M)) (register \"m\" $M)
               (module (memory (import \"m\" \"m\") 1 4 shared) (func (export \"run\") {func})) (invoke \"run\"))"
        )
    };
    let (one, other) = (thread("A", one), thread("B", other));
    format!("(module $M (memory (export \"m\") 1 4 shared)) (register \"m\" $M) {one} {other} (wait $A) (wait $B)")
}

#[test]
fn a_thread_that_never_ends_is_bounded() {
    let forever = two("(loop (br 0))", "(result i32) (i32.load (i32.const 0))");
    let test = of(&forever);
    assert_eq!(allowed(&test, 0), ["no end, 0"]);
    assert_eq!(allowed(&test, 1), ["no end, 0"]);
    // One that waits for what never comes is a cycle: it has no end, and needs no bound.
    let spins = two("(loop (br_if 0 (i32.eqz (i32.load (i32.const 0)))))", "(result i32) (i32.load (i32.const 4))");
    let test =
        litmus::run("t", spins.as_bytes(), &LitmusOptions { models: vec![Model::Sc], ..LitmusOptions::default() });
    assert_eq!(test.error, None);
    assert!(test.outcomes.iter().any(|outcome| outcome.observations[0] != "0"), "{test:?}");
    // One that waits for what does come is no problem, under either model.
    let comes = two(
        "(loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 0)))))",
        "(result i32) (i32.atomic.store (i32.const 0) (i32.const 1)) (i32.const 7)",
    );
    let test = of(&comes);
    assert_eq!(allowed(&test, 0), ["7"]);
    assert_eq!(test.models[0].cut, None);
    assert!(test.models[1].cut.as_deref().is_some_and(|cut| cut.contains("loop")), "{test:?}");
    assert!(test.summary().starts_with("as expected so far"), "{}", test.summary());
}

#[test]
fn bounds_lose_nothing() {
    let script = std::fs::read(root().join("corpus/litmus/memory/IRIW.wast")).unwrap();
    let bounds = ExploreBounds { states: 40, ..ExploreBounds::default() };
    let test =
        litmus::run("t", &script, &LitmusOptions { bounds, models: vec![Model::Sc], ..LitmusOptions::default() });
    assert!(test.models[0].cut.is_some());
    assert!(!allowed(&test, 0).is_empty());
    let bounds = ExploreBounds { deadline: Some(Instant::now() - Duration::from_secs(1)), ..ExploreBounds::default() };
    let test = litmus::run("t", &script, &LitmusOptions { bounds, ..LitmusOptions::default() });
    assert!(test.models.iter().all(|model| model.cut.is_some()) && !test.is_as_expected());
}

#[test]
fn what_cannot_be_explored_is_said() {
    let cases = [
        ("(thread", "1:"),
        ("(@outcomes arm)", "a model"),
        (
            "(module $M (memory (export \"m\") 1)) (register \"m\" $M)
             (thread $A (shared (module $M)) (register \"m\" $M) (module (memory (import \"m\" \"m\") 1)))",
            "not shared",
        ),
        (
            "(module $M (type $s (struct (field (mut i32))))
               (global (export \"s\") (ref $s) (struct.new_default $s))) (register \"m\" $M)
             (thread $A (shared (module $M)) (register \"m\" $M)
               (module (type $s (struct (field (mut i32)))) (global (import \"m\" \"s\") (ref $s))))",
            "a global in common",
        ),
    ];
    for (text, part) in cases {
        let test = of(text);
        let error = test.error.clone().unwrap_or_else(|| panic!("{text}: {test:?}"));
        assert!(error.contains(part), "{text}: {error}");
        assert!(!test.is_as_expected());
    }
    let deep: String = std::iter::once("(module)".into()).chain((0..70).map(|i| format!("(thread $T{i}) "))).collect();
    assert!(of(&deep).error.is_some_and(|error| error.contains("threads")));
    // A thread that imports what nobody shares.
    let lacks = of(
        "(module) (thread $A (module (memory (import \"m\" \"m\") 1 1 shared)) (assert_return (invoke \"f\"))) (wait $A)",
    );
    assert!(!lacks.findings.is_empty() && !lacks.is_as_expected(), "{lacks:?}");
}

/// What a thread does between the beginning and the end of another one.
#[test]
fn threads_that_begin_others_go_on() {
    let script = |between: &str, body: &str| {
        format!(
            r#"(module $M (memory (export "m") 1 1 shared)
                 (func (export "load") (result i32) (i32.load (i32.const 0)))
                 (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1))))
               (register "m" $M)
               {between}
               (thread $A (shared (module $M)) (register "m" $M)
                 (module (memory (import "m" "m") 1 1 shared) (func (export "run") {body}))
                 (invoke "run"))"#
        )
    };
    let store = "(i32.store (i32.const 0) (i32.const 1))";
    let load = format!(r#"{} (invoke $M "load")"#, script("", store));
    // In a thread of a thread, too, and after what nobody notices.
    let silent = r#"(module $Own (func (export "nothing")))"#;
    let nested = format!(
        r#"(module $S (memory (export "m") 1 1 shared)) (register "s" $S) (thread $P (shared (module $S)) {} (invoke $M "load") (wait $A)) (wait $P)"#,
        script(silent, store).replace("(thread $A", r#"(invoke $Own "nothing") (thread $A"#)
    );
    for text in [&load, &format!("{load} (wait $A)"), &nested] {
        let test = of(text);
        for model in 0..2 {
            assert_eq!(allowed(&test, model), ["0", "1"], "{text}");
        }
    }
    // The last call is the one of the script: the thread may wait before, or for ever.
    let wait = "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))";
    let test = of(&format!(r#"{} (invoke $M "notify")"#, script("", wait)));
    for model in 0..2 {
        assert_eq!(allowed(&test, model), [", 1", "deadlock, 0"], "{test:?}");
    }
}

/// Whatever order threads make their steps in, it comes to an outcome that the exploration has found, though it left out
/// most orders.
#[test]
fn random_schedules_lead_to_known_outcomes() {
    let mut random = 1_u64;
    let mut ended = 0;
    for script in &scripts(root().join("corpus/litmus")) {
        let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
        // With the script itself acting, too, while its threads do.
        let early = text.replace("(wait $T1)", "").replace("(wait $T2)", "");
        for text in [&text, &early] {
            let run = |plan: &Plan<'_>| {
                let explored = explore(plan, &ExploreBounds::default());
                assert_eq!(explored.cut, None, "{}", script.path);
                let known: Vec<_> = explored.outcomes.iter().map(|found| found.outcome.observations()).collect();
                for _ in 0..4 {
                    let mut schedule = Schedule::default();
                    let mut tries = 0;
                    while tries < 12 && schedule.0.len() < 150 {
                        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        let steps = if tries < 8 { Some(1 + (random >> 40) % 3) } else { None };
                        schedule.0.push(((random >> 33) as usize % plan.threads.len(), steps));
                        tries += 1;
                        match replay(plan, &schedule, &ExploreBounds::default()) {
                            Ok(_) => tries = 0,
                            Err(_) => drop(schedule.0.pop()),
                        }
                    }
                    let outcome = replay(plan, &schedule, &ExploreBounds::default()).unwrap().outcome;
                    if !outcome.calls.contains(&None) {
                        ended += 1;
                        assert!(known.contains(&outcome.observations()), "{}: {schedule}\n{outcome:?}", script.path);
                    }
                }
            };
            litmus::with_plan(&script.path, text, Features::SHARED_EVERYTHING, run).unwrap();
        }
    }
    println!("{ended} schedules came to an end");
    assert!(ended > 1_500, "{ended}");
}

/// A model that was cut says nothing of what it has not found.
#[test]
fn what_is_cut_is_not_decided() {
    let script = std::fs::read_to_string(root().join("corpus/litmus/memory/MP.wast")).unwrap();
    let bounds = ExploreBounds { states: 6, ..ExploreBounds::default() };
    let test = litmus::run(
        "t",
        script.as_bytes(),
        &LitmusOptions { bounds, models: vec![Model::Sc], ..LitmusOptions::default() },
    );
    assert!(test.models[0].cut.is_some());
    let undecided = test.outcomes.iter().filter(|outcome| outcome.judgements[0].undecided).count();
    assert!(undecided > 0 && test.outcomes.iter().all(|outcome| !outcome.judgements[0].differs()), "{test:?}");
    assert!(test.is_as_expected() && test.summary().starts_with("as expected so far"), "{}", test.summary());
    let text = text::render(&Set::new(vec![test]), terminal::Options::default(), false);
    assert!(text.contains('?') && text.contains("executions not counted") && !text.contains("not allowed"), "{text}");
}

/// A schedule that ends early leaves threads on their way, and not in a deadlock.
#[test]
fn schedules_may_end_early() {
    with_plan("corpus/litmus/memory/MP.wast", |plan| {
        let Replayed { outcome, .. } =
            replay(plan, &Schedule::parse("1:4").unwrap(), &ExploreBounds::default()).unwrap();
        assert!(outcome.calls.iter().all(Option::is_none), "{outcome:?}");
    });
}

/// Threads that make many outcomes, or much memory, are bounded.
#[test]
fn much_is_bounded() {
    let counts = two(
        "(loop $l (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (br $l))",
        "(result i32) (i32.load (i32.const 0))",
    );
    let bounds = ExploreBounds { deadline: Some(Instant::now() + Duration::from_secs(1)), ..ExploreBounds::default() };
    let counts = litmus::run("test.wast", counts.as_bytes(), &LitmusOptions { bounds, ..LitmusOptions::default() });
    assert!(counts.models.iter().any(|model| model.cut.is_some()), "{:?}", counts.models);
    let large =
        of(&two("(result i32) (array.len (array.new_default $a (i32.const 100000000)))", "(result i32) (i32.const 1)")
            .replace("(memory (import", "(type $a (shared (array (mut i64)))) (memory (import"));
    assert!(allowed(&large, 0)[0].contains("memory"), "{large:?}");
}

/// An instantiation that fails leaves no instance, in those executions in which it does.
#[test]
fn instantiations_may_fail() {
    let test = of(r#"(module $M (memory (export "m") 1 2 shared)) (register "m" $M)
        (thread $A (shared (module $M)) (register "m" $M)
          (module (memory (import "m" "m") 1 2 shared)
            (func (export "grow") (result i32) (memory.grow (i32.const 1))))
          (invoke "grow"))
        (thread $B (shared (module $M)) (register "m" $M)
          (module (memory (import "m" "m") 1 2 shared) (data (i32.const 65536) "x")
            (func (export "seven") (result i32) (i32.const 7)))
          (invoke "seven"))
        (wait $A) (wait $B)"#);
    assert_eq!(
        test.columns.iter().map(|column| column.call.as_str()).collect::<Vec<_>>(),
        ["grow", "(module)", "seven"]
    );
    for model in 0..2 {
        let fails =
            "1, trap: out of bounds memory access, no instance, because of line 7: the module did not instantiate";
        assert_eq!(allowed(&test, model), ["1, , 7", fails], "{test:?}");
    }
    assert_eq!(test.findings.len(), 2, "{test:?}");
    assert_eq!((test.findings[0].line, test.findings[1].line), (7, 9));
}

#[test]
fn renderings() {
    let folder = root().join("corpus/litmus");
    let tests: Vec<Test> = ["struct/SB.wast", "struct/SB+seqcst.wast", "publication/new.wast"]
        .map(|path| {
            let mut test = litmus::run(path, &std::fs::read(folder.join(path)).unwrap(), &LitmusOptions::default());
            // Times are no matter of a snapshot.
            test.models.iter_mut().for_each(|model| model.milliseconds = 0.0);
            test
        })
        .into();
    let options = terminal::Options::default();
    for test in &tests {
        let name = format!("litmus {}", test.path.replace(['/', '+'], " ").replace(".wast", ""));
        insta::assert_snapshot!(name, text::render(&Set::new(vec![test.clone()]), options, true));
    }
    let set = Set::new(tests);
    insta::assert_snapshot!("litmus overview", text::render(&set, options, false));
    insta::assert_snapshot!("litmus dot", dot::render(&set));
    let page = html::render(&set);
    assert_eq!(page.matches("<section").count(), 3);
    assert!(page.matches("<svg").count() >= 9, "{}", page.matches("<svg").count());
    let json: serde_json::Value = serde_json::from_str(&set.json()).unwrap();
    assert_eq!((&json["schema"], &json["version"]), (&"lockstep-litmus".into(), &1.into()));
    assert_eq!(json["tests"][0]["outcomes"][0]["judgements"][1]["allowed"], true);
}
