//! Blocks, branches, calls, tail calls, and hosts within contexts.

use super::*;
use lockstep_semantics::rule;
use lockstep_semantics::syntax::{FuncType, ValType};

#[test]
fn branches_keep_as_many_values_as_the_label_takes() {
    let wat = r#"(module
         (func (export "run") (param i32) (result i32 i32 i32)
           (i32.const 1)
           (block $two (result i32 i32)
             (i32.const 2)
             (block $none
               (i32.const 3)
               (block $one (result i32)
                 (i32.const 4) (i32.const 5) (i32.const 6)
                 (br_table $one $one $one (local.get 0)))
               drop drop
               (i32.const 8) (i32.const 9) (i32.const 10) (br $two))
             unreachable)))"#;
    for i in [0, 1, 2, -1] {
        returns(wat, &[i32(i)], &[i32(1), i32(9), i32(10)]);
    }
}

#[test]
fn a_table_of_branches_ends_in_its_default() {
    let wat = r#"(module
         (func (export "run") (param i32) (result i32)
           (block $c (block $b (block $a (br_table $a $b $c (local.get 0))) (return (i32.const 10)))
             (return (i32.const 11)))
           (i32.const 12)))"#;
    for (i, result, rule) in [
        (0, 10, rule!("Step_pure/br_table-lt")),
        (1, 11, rule!("Step_pure/br_table-lt")),
        (2, 12, rule!("Step_pure/br_table-ge")),
        (i32::MIN, 12, rule!("Step_pure/br_table-ge")),
        (-1, 12, rule!("Step_pure/br_table-ge")),
    ] {
        assert_eq!(returns(wat, &[super::i32(i)], &[super::i32(result)]).count(rule), 1);
    }
}

#[test]
fn loops_take_their_parameters_anew() {
    let wat = r#"(module
         (func (export "run") (param $n i32) (result i32 i64) (local $x i64)
           (i32.const 0) (i64.const 1)
           (loop $l (param i32 i64) (result i32 i64)
             (local.set $x) (i32.add (i32.const 1)) (i64.mul (local.get $x) (i64.const 3))
             (i32.const 100) drop
             (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    assert_eq!(returns(wat, &[i32(4)], &[i32(4), i64(81)]).count(rule!("Step_read/loop")), 4);
}

#[test]
fn conditions_are_all_bits() {
    let wat = r#"(module
         (func (export "run") (param i32) (result i32 i32 i32)
           (select (i32.const 1) (i32.const 2) (local.get 0))
           (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))
           (block (result i32) (br_if 0 (i32.const 1) (local.get 0)) drop (i32.const 2))))"#;
    for (c, i) in [(0, 2), (1, 1), (i32::MIN, 1), (256, 1)] {
        returns(wat, &[super::i32(c)], &[super::i32(i); 3]);
    }
}

#[test]
fn locals_without_default_are_set_first() {
    let wat = r#"(module (type $s (struct (field i32)))
         (func (export "run") (param i32) (result i32) (local $r (ref $s)) (local $k (ref i31))
           (local.set $r (struct.new $s (i32.const 1)))
           (loop $l (local.set $k (ref.i31 (struct.get $s 0 (local.get $r))))
             (local.set $r (struct.new $s (i32.add (i31.get_u (local.get $k)) (i32.const 1))))
             (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
           (struct.get $s 0 (local.get $r))))"#;
    returns(wat, &[i32(5)], &[i32(6)]);
}

#[test]
fn tail_calls_need_one_frame() {
    let wat = r#"(module (type $f (func (param i32 i32) (result i32)))
         (func $even (type $f)
           (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
           (i32.const 7) (loop (block (i32.const 8)
             (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1)))))
           unreachable)
         (func $odd (type $f)
           (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (ref.func $even)))
         (elem declare func $even)
         (func (export "run") (param i32) (result i32) (call $even (local.get 0) (i32.const 0))))"#;
    let bounds = Bounds { frames: 2, ..Bounds::default() };
    let (outcome, rules) = run_within(&bounds, wat, &[i32(10_000)]);
    assert_eq!(outcome, values(&[i32(5000)]));
    assert_eq!(rules.count(rule!("Step_read/return_call_ref-frame-addr")), 10_000);
    let bounds = Bounds { frames: 1, ..Bounds::default() };
    assert_eq!(run_within(&bounds, wat, &[i32(2)]).0, Outcome::Exhausted(Bound::Frames));
}

#[test]
fn a_tail_call_of_null_traps_outside_of_its_frame() {
    let wat = r#"(module (type $f (func (param i32)))
         (func $g (i32.const 1) (block (i32.const 2) (return_call_ref $f (i32.const 3) (ref.null $f))) unreachable)
         (func (export "run") (i32.const 5) (call $g) drop))"#;
    let rules = traps(wat, &[], rule!("Step_read/return_call_ref-frame-null"));
    assert_eq!(rules.count(rule!("Step_pure/trap-frame")), 1);
    assert_eq!(rules.count(rule!("Step_pure/trap-instrs")), 1);
}

#[test]
fn tail_calls_across_instances_find_the_code_and_the_globals_of_their_own() {
    let wat = |own: i32| {
        format!(
            r#"(module (type $f (func (param i32 i32) (result i32))) (table (export "t") 1 funcref)
                 (global $own i32 (i32.const {own})) (global $acc (mut i32) (i32.const 0))
                 (func (export "set") (param funcref) (table.set (i32.const 0) (local.get 0)))
                 (func $step (export "step") (type $f)
                   (global.set $acc (i32.add (global.get $acc) (i32.const 1)))
                   (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                   (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1))
                     (i32.add (i32.mul (local.get 1) (i32.const 10)) (global.get $own)) (i32.const 0)))
                 (func (export "acc") (result i32) (global.get $acc)))"#
        )
    };
    let mut w = World { s: Store::new(Bounds { frames: 1, ..Bounds::default() }), o: Literally::new(1000) };
    let (a, b) = (w.load(&wat(1), &[]), w.load(&wat(2), &[]));
    for (m, other) in [(a, b), (b, a)] {
        let ExternAddr::Func(step) = w.export(other, "step") else { unreachable!() };
        assert_eq!(w.call(m, "set", &[Value::Ref(Ref::Func(step))]), values(&[]));
    }
    assert_eq!(w.call(a, "step", &[i32(5), i32(0)]), values(&[i32(12121)]));
    assert_eq!(w.call(a, "acc", &[]), values(&[i32(3)]));
    assert_eq!(w.call(b, "acc", &[]), values(&[i32(3)]));
    assert_eq!(w.o.difference, None);
}

/// Host functions of type `[i32] → [i32 i32]`: one that returns, one that traps, one that throws.
fn hosts<O: Observer>(w: &mut World<O>) -> [ExternAddr; 4] {
    let ft = FuncType { params: vec![ValType::I32], results: vec![ValType::I32; 2] };
    let tag_ft = FuncType { params: vec![ValType::I32], results: vec![] };
    let dt = w.s.define_func_type(tag_ft);
    let tag = w.s.alloc_tag(dt);
    let twice = w.s.alloc_host_func(ft.clone(), Arc::new(|_, args| HostResult::Values(vec![args[0], args[0]])));
    let trap = w.s.alloc_host_func(ft.clone(), Arc::new(|_, _| HostResult::Trap));
    let throw = w.s.alloc_host_func(ft, Arc::new(move |s, args| HostResult::Exception(s.alloc_exn(tag, args))));
    [ExternAddr::Func(twice), ExternAddr::Func(trap), ExternAddr::Func(throw), ExternAddr::Tag(tag)]
}

const HOSTED: &str = r#"(module (type $h (func (param i32) (result i32 i32)))
     (import "" "twice" (func $twice (type $h))) (import "" "trap" (func $trap (type $h)))
     (import "" "throw" (func $throw (type $h))) (import "" "tag" (tag $t (param i32)))
     (table 3 funcref) (elem (i32.const 0) func $twice $trap $throw)
     (func (export "call") (param i32) (result i32)
       (i32.const 1) (call_indirect (type $h) (i32.const 20) (local.get 0)) (i32.const 300) i32.add i32.add i32.add)
     (func $tail (param i32) (result i32 i32)
       (i32.const 1) (block $l (try_table (catch_all $l) (i32.const 2)
         (return_call_indirect (type $h) (i32.const 20) (local.get 0)))) unreachable)
     (func (export "tail") (param i32) (result i32)
       (i32.const 1) (call $tail (local.get 0)) (i32.const 300) i32.add i32.add i32.add)
     (func (export "catch") (param i32) (result i32)
       (block $l (result i32)
         (i32.const 5) (try_table (result i32 i32) (catch $t $l) (i32.const 6) (call $tail (local.get 0)) drop)
         drop drop)))"#;

#[test]
fn hosts_return_trap_and_throw_into_pending_contexts() {
    let mut w = World { s: Store::new(Bounds::default()), o: Literally::new(1000) };
    let imports = hosts(&mut w);
    let ma = w.load(HOSTED, &imports);
    for name in ["call", "tail"] {
        assert_eq!(w.call(ma, name, &[i32(0)]), values(&[i32(341)]), "{name}");
        let Outcome::Trap(trap) = w.call(ma, name, &[i32(1)]) else { panic!("{name}") };
        assert_eq!(trap.class, TrapClass::Host);
        let Outcome::Exception(a) = w.call(ma, name, &[i32(2)]) else { panic!("{name}") };
        assert_eq!(w.s.exception(a).1, [i32(20)]);
    }
    assert_eq!(w.call(ma, "catch", &[i32(0)]), values(&[i32(5)]));
    assert!(matches!(w.call(ma, "catch", &[i32(1)]), Outcome::Trap(_)));
    assert_eq!(w.call(ma, "catch", &[i32(2)]), values(&[i32(20)]));
    assert_eq!(w.o.difference, None);
}

#[test]
fn hosts_are_invoked_directly_and_as_start_functions() {
    let mut w = World::new();
    let imports = hosts(&mut w);
    let [ExternAddr::Func(twice), ExternAddr::Func(trap), ExternAddr::Func(throw), _] = imports else { unreachable!() };
    let mut direct = |a| invoke(&mut w.s, a, &[i32(4)], &mut w.o, &mut Deterministic).unwrap();
    assert_eq!(direct(twice), values(&[i32(4), i32(4)]));
    assert!(matches!(direct(trap), Outcome::Trap(_)));
    assert!(matches!(direct(throw), Outcome::Exception(_)));

    let start = r#"(module (import "" "f" (func $f)) (start $f))"#;
    for (result, ends) in [(0, "values"), (1, "trap"), (2, "exception")] {
        let dt = w.s.define_func_type(FuncType::default());
        let tag = w.s.alloc_tag(dt);
        let host: HostFunc = Arc::new(move |s, _| match result {
            0 => HostResult::Values(vec![]),
            1 => HostResult::Trap,
            _ => HostResult::Exception(s.alloc_exn(tag, &[])),
        });
        let f = ExternAddr::Func(w.s.alloc_host_func(FuncType::default(), host));
        let end = match w.try_load(start, &[f]) {
            Ok(_) => "values",
            Err(InstantiateError::Init(Outcome::Trap(_))) => "trap",
            Err(InstantiateError::Init(Outcome::Exception(_))) => "exception",
            Err(e) => panic!("{e}"),
        };
        assert_eq!(end, ends);
    }
}

#[test]
fn a_host_may_change_the_store_while_it_is_called() {
    let mut w = World::new();
    let ft = FuncType { params: vec![], results: vec![ValType::I32] };
    let inner = r#"(module (func (export "run") (result i32) (i32.const 41)))"#;
    let (_, module) = decode::decode_text(inner).unwrap();
    let module = Arc::new(module);
    let host: HostFunc = Arc::new(move |caller, _| {
        let ma = caller.instantiate(&module, &[], &mut Deterministic).unwrap();
        let Some(ExternAddr::Func(a)) = caller.store().export(ma, "run") else { unreachable!() };
        match caller.invoke(a, &[], &mut Deterministic) {
            Ok(Outcome::Values(vals)) => HostResult::Values(vals),
            _ => HostResult::Trap,
        }
    });
    let host = ExternAddr::Func(w.s.alloc_host_func(ft, host));
    let ma = w.load(
        r#"(module (import "" "" (func $h (result i32)))
             (func (export "run") (result i32) (i32.add (i32.add (call $h) (call $h)) (i32.const 1))))"#,
        &[host],
    );
    assert_eq!(w.call(ma, "run", &[]), values(&[i32(83)]));
}
