//! Exceptions and traps on their way through contexts.

use super::*;
use lockstep_semantics::rule;

#[test]
fn an_exception_forgets_what_stands_around_it() {
    let wat = r#"(module (tag $t (param i32 i64))
         (func $f (param i32) (result i32)
           (i32.const 1) (i32.const 2)
           (block (result i32) (i32.const 3) (throw $t (local.get 0) (i64.const 9)) (i32.const 4))
           (i32.add) (i32.add))
         (func (export "run") (result i32 i64 i32)
           (block $l (result i32 i64)
             (i32.const 10)
             (try_table (result i32) (catch $t $l) (i32.const 11) (call $f (i32.const 7)) (i32.add))
             (i64.const 0) unreachable)
           (i32.const 20)))"#;
    let rules = returns(wat, &[], &[i32(7), i64(9), i32(20)]);
    assert_eq!(rules.count(rule!("Step_read/throw_ref-instrs")), 3);
    assert_eq!(rules.count(rule!("Step_read/throw_ref-frame")), 1);
    assert_eq!(rules.count(rule!("Step_read/throw_ref-label")), 3);
    assert_eq!(rules.count(rule!("Step_read/throw_ref-handler-catch")), 1);
}

#[test]
fn clauses_are_tried_in_order() {
    let wat = r#"(module (tag $a) (tag $b (param i32)) (tag $c)
         (func $throw (param i32)
           (if (i32.eq (local.get 0) (i32.const 0)) (then (throw $a)))
           (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $b (i32.const 5))))
           (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $c))))
         (func (export "run") (param i32) (result i32)
           (block $on_all
             (block $on_a
               (block $on_b (result i32 exnref)
                 (try_table (catch $a $on_a) (catch_ref $b $on_b) (catch_all $on_all) (catch $a $on_all)
                   (call $throw (local.get 0)))
                 (return (i32.const 100)))
               drop return)
             (return (i32.const 200)))
           (i32.const 300)))"#;
    for (i, result, next) in [(0, 200, 0), (1, 5, 1), (2, 300, 2), (3, 100, 0)] {
        let rules = returns(wat, &[i32(i)], &[i32(result)]);
        assert_eq!(rules.count(rule!("Step_read/throw_ref-handler-next")), next);
    }
}

#[test]
fn tags_are_those_of_the_handlers_own_instance() {
    // Each instance has a tag 0 of its own, and `$in`, which is imported.
    let wat = r#"(module (tag $own (export "own"))
         (func (export "throw") (throw $own)))"#;
    let catching = r#"(module (import "" "throw" (func $throw)) (tag $own)
         (func (export "run") (result i32)
           (block $l (try_table (catch $own $l) (call $throw)) (return (i32.const 1))) (i32.const 2)))"#;
    let importing = r#"(module (import "" "throw" (func $throw)) (import "" "own" (tag $in)) (tag $own)
         (func (export "run") (result i32)
           (block $l (block $k
             (try_table (catch $own $l) (catch $in $k) (call $throw)) (return (i32.const 1)))
             (return (i32.const 3)))
           (i32.const 2)))"#;
    let mut w = World { s: Store::new(Bounds::default()), o: Literally::new(1000) };
    let (a, b) = (w.load(wat, &[]), w.load(wat, &[]));
    let (throw_a, throw_b) = (w.export(a, "throw"), w.export(b, "throw"));
    let catching = w.load(catching, &[throw_a]);
    let Outcome::Exception(exn) = w.call(catching, "run", &[]) else { panic!("another tag") };
    assert_eq!(ExternAddr::Tag(w.s.exception(exn).0), w.export(a, "own"));
    let own_a = w.export(a, "own");
    let both = w.load(importing, &[throw_a, own_a]);
    assert_eq!(w.call(both, "run", &[]), values(&[i32(3)]));
    let mixed = w.load(importing, &[throw_b, own_a]);
    assert!(matches!(w.call(mixed, "run", &[]), Outcome::Exception(_)));
    assert_eq!(w.o.difference, None);
}

#[test]
fn an_exception_thrown_again_is_the_same() {
    let wat = r#"(module (tag $t (param i32))
         (func $again (param $n i32) (param $e exnref)
           (if (local.get $n)
             (then (block $l (result exnref)
               (try_table (catch_all_ref $l) (call $again (i32.sub (local.get $n) (i32.const 1)) (local.get $e)))
               unreachable)
               (i32.const 1) (i32.const 2) drop drop throw_ref)
             (else (i32.const 1) (i64.const 2) (local.get $e) throw_ref)))
         (func (export "run") (result i32) (local $e exnref)
           (block $l (result i32 exnref) (try_table (catch_ref $t $l) (throw $t (i32.const 42))) unreachable)
           (local.set $e) drop
           (block $l (result i32 exnref)
             (try_table (catch_ref $t $l) (call $again (i32.const 3) (local.get $e))) unreachable)
           drop))"#;
    let rules = returns(wat, &[], &[i32(42)]);
    assert_eq!(rules.count(rule!("Step/throw")), 1);
    assert_eq!(rules.count(rule!("Step_read/throw_ref-handler-catch_all_ref")), 3);
}

#[test]
fn handlers_do_not_catch_traps() {
    for (body, rule) in [
        ("unreachable", rule!("Step_pure/unreachable")),
        ("(throw_ref (ref.null exn))", rule!("Step_read/throw_ref-null")),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", rule!("Step_pure/binop-trap")),
        ("(call_ref $f (ref.null $f))", rule!("Step_read/call_ref-null")),
    ] {
        let wat = format!(
            r#"(module (type $f (func)) (func $g {body})
                 (func (export "run") (block $l (try_table (catch_all $l) (i32.const 1) (call $g) drop))))"#
        );
        let rules = traps(&wat, &[], rule);
        assert_eq!(rules.count(rule!("Step_pure/trap-handler")), 1);
        assert_eq!(rules.count(rule!("Step_pure/trap-frame")), 2);
    }
}

#[test]
fn an_exception_passes_handlers_without_clauses() {
    let wat = r#"(module (tag $t (param i64))
         (func (export "run") (result i64)
           (block $l (result i64)
             (try_table (catch $t $l) (try_table (try_table (throw $t (i64.const 3))))) (i64.const 0))))"#;
    assert_eq!(returns(wat, &[], &[i64(3)]).count(rule!("Step_read/throw_ref-handler-empty")), 2);
}

#[test]
fn branches_and_returns_leave_handlers() {
    let wat = r#"(module (tag $t (param i32))
         (func (export "run") (param $n i32) (result i32) (local $i i32)
           (block $done (result i32)
             (loop $again
               (block $caught (result i32)
                 (try_table (catch $t $caught)
                   (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))
                   (br_if 0 (i32.eqz (local.get $n)))
                   (block (i32.const 1) (i32.const 77) return))
                 (i32.const 1))
               (br $done))
             unreachable)))"#;
    let rules = returns(wat, &[i32(3)], &[i32(77)]);
    assert_eq!(rules.count(rule!("Step_pure/br-handler")), 2);
    assert_eq!(rules.count(rule!("Step_pure/return-handler")), 1);
    let rules = returns(wat, &[i32(0)], &[i32(1)]);
    assert_eq!(rules.count(rule!("Step_pure/handler-vals")), 1);
}

#[test]
fn a_tail_call_leaves_its_handlers() {
    let wat = r#"(module (tag $t) (type $f (func (result i32)))
         (func $throw (result i32) (throw $t))
         (func $g (result i32) (local $r (ref null $f))
           (local.set $r (ref.func $throw))
           (block $l
             (try_table (catch_all $l)
               (block (i64.const 1) (loop (i32.const 0) (local.get $r) (return_call_ref $f)) drop))
             unreachable)
           (i32.const 1))
         (elem declare func $throw)
         (func (export "run") (result i32)
           (block $l (try_table (catch $t $l) (return (call $g)))) (i32.const 2)))"#;
    let rules = returns(wat, &[], &[i32(2)]);
    assert_eq!(rules.count(rule!("Step_read/return_call_ref-handler")), 1);
    assert_eq!(rules.count(rule!("Step_read/return_call_ref-label")), 5);
    assert_eq!(rules.count(rule!("Step_read/return_call_ref-frame-addr")), 1);
}

#[test]
fn catch_labels_count_from_outside_the_block() {
    let wat = r#"(module (tag $t (param i32))
         (func (export "run") (result i32)
           (block $outer (result i32)
             (block $inner (result i32)
               (try_table (result i32) (catch $t 0) (throw $t (i32.const 5))))
             (i32.add (i32.const 100)))))"#;
    returns(wat, &[], &[i32(105)]);
    // A clause may name the function itself.
    let wat = r#"(module (tag $t (param i32))
         (func (export "run") (result i32)
           (try_table (result i32) (catch $t 0) (throw $t (i32.const 6))) (i32.add (i32.const 1))))"#;
    returns(wat, &[], &[i32(6)]);
    // Or a loop, which begins anew.
    let wat = r#"(module (tag $t (param i32))
         (func (export "run") (result i32) (local $n i32)
           (i32.const 0)
           (loop $l (param i32) (result i32) (local.set $n)
             (if (i32.gt_u (local.get $n) (i32.const 4)) (then (return (local.get $n))))
             (try_table (catch $t $l) (throw $t (i32.add (local.get $n) (i32.const 1)))) unreachable)))"#;
    assert_eq!(returns(wat, &[], &[i32(5)]).count(rule!("Step_read/loop")), 6);
}
