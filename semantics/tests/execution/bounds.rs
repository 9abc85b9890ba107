//! The bounds of runs: each is reached as an outcome, at the same point whoever watches, and nothing grows past them.

use super::*;
use lockstep_semantics::choice::{Choice, Choices};
use lockstep_semantics::rule;
use lockstep_semantics::syntax::{FuncType, ValType};
use std::sync::atomic::AtomicBool;

fn memory(bytes: u64) -> Bounds {
    Bounds { memory: bytes, ..Bounds::default() }
}

const MI: u64 = 1 << 20;

#[track_caller]
fn exhausts(bounds: &Bounds, wat: &str, args: &[Value], bound: Bound) {
    assert_eq!(run_within(bounds, wat, args).0, Outcome::Exhausted(bound));
}

#[test]
fn steps_are_counted_alike_whoever_watches() {
    let wat = r#"(module (type $f (func (param i32) (result i32)))
         (func $f (type $f) (block (br_if 0 (local.get 0)) (nop)) (if (result i32) (local.get 0)
           (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0))))
         (func (export "run") (result i32) (local i32)
           (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 3))))
           (call $f (i32.const 3))))"#;
    let ends = |steps| {
        let (outcome, _) = run_within(&Bounds { steps, ..Bounds::default() }, wat, &[]);
        assert!(outcome == values(&[i32(0)]) || outcome == Outcome::Exhausted(Bound::Steps));
        outcome == values(&[i32(0)])
    };
    // None at all is not enough to instantiate.
    let needed = (1..2000).find(|&steps| ends(steps)).unwrap();
    assert!((needed..needed + 20).all(ends));
}

#[test]
fn steps_are_counted_alike_over_many_slices() {
    let wat = r#"(module (func (export "run") (local i32)
         (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 60000))))))"#;
    struct Steps;
    impl Observer for Steps {
        const WATCHES_STEPS: bool = true;
    }
    let ends = |steps| {
        let bounds = Bounds { steps, ..Bounds::default() };
        let (unobserved, _) = run_observed(&bounds, wat, &[], Unobserved);
        let (watched, _) = run_observed(&bounds, wat, &[], Steps);
        assert_eq!(unobserved, watched, "{steps}");
        unobserved == values(&[])
    };
    // The least number of steps, by bisection.
    let (mut too_few, mut enough) = (0, 2_000_000);
    while enough - too_few > 1 {
        let steps = (too_few + enough) / 2;
        if ends(steps) { enough = steps } else { too_few = steps }
    }
    assert!(enough > 8 << 16, "{enough}");
}

#[test]
fn frames_end_deep_recursion() {
    let wat = r#"(module (func $f (param i64 i64) (local i64 i64) (call $f (local.get 0) (local.get 1)))
         (func (export "run") (call $f (i64.const 0) (i64.const 0))))"#;
    exhausts(&Bounds::default(), wat, &[], Bound::Frames);
    exhausts(&Bounds { frames: 0, ..Bounds::default() }, wat, &[], Bound::Frames);
    exhausts(&Bounds { frames: u32::MAX, ..Bounds::default() }, wat, &[], Bound::Frames);
    exhausts(&Bounds { frames: u32::MAX, stack: u64::MAX, memory: MI, ..Bounds::default() }, wat, &[], Bound::Memory);
}

#[test]
fn objects_end_at_the_bound() {
    for (types, body) in [
        ("(type $t (struct))", "(drop (struct.new $t))"),
        ("(type $t (struct (field v128) (field i8)))", "(drop (struct.new_default $t))"),
        ("(type $t (array i8))", "(drop (array.new_fixed $t 0))"),
        ("(type $t (array i8))", "(drop (array.new $t (i32.const 0) (i32.const 1000)))"),
        ("(tag $t (param i64))", "(block $l (try_table (catch_all $l) (throw $t (i64.const 0))))"),
    ] {
        let wat = format!(r#"(module {types} (func (export "run") (loop {body} (br 0))))"#);
        exhausts(&memory(MI), &wat, &[], Bound::Memory);
    }
    for new in ["(array.new $t (i64.const 1) (i32.const -1))", "(array.new_default $t (i32.const -1))"] {
        let wat = format!(r#"(module (type $t (array i64)) (func (export "run") (drop {new})))"#);
        exhausts(&memory(MI), &wat, &[], Bound::Memory);
        exhausts(&Bounds::default(), &wat, &[], Bound::Memory);
    }
}

#[test]
fn growing_fails_at_the_bound_and_the_run_goes_on() {
    let wat = r#"(module (memory 1) (table 1 funcref)
         (func (export "run") (param i32) (result i32 i32 i32 i32)
           (memory.grow (local.get 0)) (memory.size)
           (table.grow (ref.null func) (i32.mul (local.get 0) (i32.const 65536))) (table.size)))"#;
    let (outcome, rules) = run_within(&memory(MI), wat, &[i32(16)]);
    assert_eq!(outcome, values(&[i32(-1), i32(1), i32(-1), i32(1)]));
    assert_eq!(rules.count(rule!("Step/memory.grow-fail")), 1);
    assert_eq!(rules.count(rule!("Step/table.grow-fail")), 1);
    let (outcome, _) = run_within(&memory(2 * MI), wat, &[i32(1)]);
    assert_eq!(outcome, values(&[i32(1), i32(2), i32(1), i32(65537)]));
}

#[test]
fn instantiation_ends_at_the_bound() {
    for wat in [
        r#"(module (memory 17))"#,
        r#"(module (memory i64 0x1000000000000))"#,
        r#"(module (table 0xffffffff funcref))"#,
        r#"(module (table i64 0xffffffffffffffff funcref))"#,
        r#"(module (table i64 0x1000000000000000 funcref))"#,
        r#"(module (type $a (array i64)) (global (ref $a) (array.new_default $a (i32.const -1))))"#,
    ] {
        let mut w = World::within(memory(MI));
        let e = w.try_load(wat, &[]).unwrap_err();
        assert_eq!(e, InstantiateError::Init(Outcome::Exhausted(Bound::Memory)), "{wat}");
    }
}

/// Whoever lifts the bound gets an answer too, not the end of the process.
#[test]
fn without_a_bound_the_allocator_decides() {
    for wat in [
        r#"(module (memory i64 0x40000000000))"#,
        r#"(module (memory i64 0x800000000000))"#,
        r#"(module (table i64 0x400000000000000 funcref))"#,
        r#"(module (table i64 0x1000000000000000 funcref))"#,
    ] {
        let e = World::within(memory(u64::MAX)).try_load(wat, &[]).unwrap_err();
        assert_eq!(e, InstantiateError::Init(Outcome::Exhausted(Bound::Memory)), "{wat}");
    }
    // More than many machines have: whether there is room is theirs to say.
    let large = World::within(memory(u64::MAX)).try_load("(module (memory i64 0xf0000))", &[]);
    assert!(matches!(large, Ok(_) | Err(InstantiateError::Init(Outcome::Exhausted(Bound::Memory)))));
    let wat = r#"(module (memory i64 1) (table i64 1 funcref)
         (func (export "run") (param i64) (result i64 i64)
           (memory.grow (local.get 0)) (table.grow (ref.null func) (i64.mul (local.get 0) (i64.const 65536)))))"#;
    for pages in [1 << 42, (1 << 47) - 1] {
        let (outcome, _) = run_within(&memory(u64::MAX), wat, &[i64(pages)]);
        assert_eq!(outcome, values(&[i64(-1), i64(-1)]), "{pages}");
    }
}

/// 24 bytes for each of 10,000 values, a hundred times, and no call among it.
#[test]
fn values_of_caught_exceptions_are_within_the_bound() {
    let ts = "i32 ".repeat(10_000);
    let zeros = "(i32.const 0)".repeat(10_000);
    let catch = format!("(block (result {ts}) (try_table (catch $t 0) (throw_ref (local.get $e))) unreachable)");
    let wat = format!(
        r#"(module (tag $t (param {ts}))
             (func (export "run") (local $e exnref)
               (block $l (result {ts} exnref) (try_table (catch_ref $t $l) {zeros} (throw $t)) unreachable)
               (local.set $e) {}
               unreachable))"#,
        catch.repeat(100)
    );
    for observed in [false, true] {
        let outcome = match observed {
            false => run_observed(&memory(8 * MI), &wat, &[], Unobserved).0,
            true => run_observed(&memory(8 * MI), &wat, &[], RuleCounts::default()).0,
        };
        assert_eq!(outcome, Outcome::Exhausted(Bound::Memory));
    }
}

#[test]
fn results_of_hosts_are_within_the_bound() {
    let ts = "i32 ".repeat(10_000);
    let calls = "(call $h)".repeat(100);
    let mut w = World::within(memory(8 * MI));
    let ft = FuncType { params: vec![], results: vec![ValType::I32; 10_000] };
    let h = w.s.alloc_host_func(ft, Arc::new(|_, _| HostResult::Values(vec![i32(1); 10_000])));
    let wat = format!(r#"(module (import "" "" (func $h (result {ts}))) (func (export "run") {calls} unreachable))"#);
    let ma = w.load(&wat, &[ExternAddr::Func(h)]);
    assert_eq!(w.call(ma, "run", &[]), Outcome::Exhausted(Bound::Memory));
}

#[test]
fn exceptions_of_hosts_count() {
    let mut w = World::within(memory(MI));
    let dt = w.s.define_func_type(FuncType { params: vec![ValType::I64], results: vec![] });
    let tag = w.s.alloc_tag(dt);
    let throw: HostFunc = Arc::new(move |s, _| HostResult::Exception(s.alloc_exn(tag, &[i64(0)])));
    let f = w.s.alloc_host_func(FuncType::default(), throw);
    let ma = w.load(
        r#"(module (import "" "" (func $f)) (func $g)
             (func (export "run") (loop $again (block $l (try_table (catch_all $l) (call $f))) (call $g) (br $again))))"#,
        &[ExternAddr::Func(f)],
    );
    assert_eq!(w.call(ma, "run", &[]), Outcome::Exhausted(Bound::Memory));
}

#[test]
fn dropped_elements_are_given_back() {
    let nulls = "(ref.null func) ".repeat(40_000);
    let wat = format!(r#"(module (elem funcref {nulls}) (func (export "drop") (elem.drop 0)))"#);
    let mut w = World::within(memory(MI));
    for _ in 0..5 {
        let ma = w.load(&wat, &[]);
        for _ in 0..2 {
            assert_eq!(w.call(ma, "drop", &[]), values(&[]));
        }
    }
    w.load(&wat, &[]);
    assert!(w.try_load(&format!("(module {} )", format!("(elem funcref {nulls})").repeat(3)), &[]).is_err());
}

#[test]
fn a_memory_grows_a_page_at_a_time_up_to_the_bound() {
    let wat = r#"(module (memory 600)
         (func (export "run") (result i32)
           (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size)))"#;
    // Without room for a second copy.
    let (outcome, rules) = run_within(&memory(64 * MI), wat, &[]);
    let Outcome::Values(size) = outcome else { panic!("{outcome}") };
    assert!(matches!(size[..], [Value::Num(Num::I32(1000..=1024))]), "{size:?}");
    assert_eq!(rules.count(rule!("Step/memory.grow-fail")), 1);
}

#[test]
fn a_run_is_interrupted() {
    let wat = r#"(module (func (export "run") (loop (br 0))))"#;
    let interrupt = Some(Arc::new(AtomicBool::new(true)));
    exhausts(&Bounds { interrupt, ..Bounds::default() }, wat, &[], Bound::Interrupted);
}

/// Records which questions are asked.
#[derive(Default)]
struct Asked(Vec<Choice>);

impl Choices for Asked {
    fn choose(&mut self, choice: Choice) -> u64 {
        self.0.push(choice);
        0
    }
}

#[test]
fn growing_is_a_choice_only_where_it_could_succeed() {
    let wat = r#"(module (memory 1 2) (table 1 2 funcref)
         (func (export "run") (param i32) (result i32 i32)
           (memory.grow (local.get 0)) (table.grow (ref.null func) (local.get 0))))"#;
    for (n, choices) in [(1, vec![Choice::GrowMemory, Choice::GrowTable]), (2, vec![])] {
        let mut w = World::new();
        let ma = w.load(wat, &[]);
        let ExternAddr::Func(a) = w.export(ma, "run") else { unreachable!() };
        let mut asked = Asked::default();
        invoke(&mut w.s, a, &[i32(n)], &mut Unobserved, &mut asked).unwrap();
        assert_eq!(asked.0, choices);
    }
}
