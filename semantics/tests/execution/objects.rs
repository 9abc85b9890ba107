//! References, structures, casts, conversions.

use super::*;
use lockstep_semantics::rule;

fn unit(types: &str, result: &str, body: &str) -> String {
    format!(r#"(module {types} (func $f) (elem declare func $f) (func (export "run") (result {result}) {body}))"#)
}

#[test]
fn scalar_references_have_31_bits() {
    let wat = r#"(module (func (export "run") (param i32) (result i32 i32)
         (i31.get_u (ref.i31 (local.get 0))) (i31.get_s (ref.i31 (local.get 0)))))"#;
    for (i, u, s) in [
        (0, 0, 0),
        (-1, 0x7fff_ffff, -1),
        (0x4000_0000, 0x4000_0000, -0x4000_0000),
        (0x3fff_ffff, 0x3fff_ffff, 0x3fff_ffff),
        (i32::MIN, 0, 0),
        (i32::MIN + 1, 1, 1),
    ] {
        returns(wat, &[super::i32(i)], &[super::i32(u), super::i32(s)]);
    }
    // What is cut off does not tell references apart.
    let eq = unit("", "i32", "(ref.eq (ref.i31 (i32.const 0x80000005)) (ref.i31 (i32.const 5)))");
    assert_eq!(returns(&eq, &[], &[super::i32(1)]).count(rule!("Step_pure/ref.eq-true")), 1);
    traps(&unit("", "i32", "(i31.get_s (ref.null i31))"), &[], rule!("Step_pure/i31.get-null"));
}

#[test]
fn references_of_different_kinds_with_equal_numbers_differ() {
    let types = "(type $s (struct)) (type $a (array i8))";
    let eq = |r_1: &str, r_2: &str| unit(types, "i32", &format!("(ref.eq ({r_1}) ({r_2}))"));
    // All of them have the address or the number 0.
    let first = ["struct.new $s", "array.new_fixed $a 0", "ref.i31 (i32.const 0)", "ref.null eq"];
    for (i, r_1) in first.iter().enumerate() {
        for (j, r_2) in first.iter().enumerate() {
            // Two structures or arrays are two, though they look alike.
            returns(&eq(r_1, r_2), &[], &[i32((i == j && i >= 2) as i32)]);
        }
    }
    assert_eq!(returns(&eq("ref.null $s", "ref.null i31"), &[], &[i32(1)]).count(rule!("Step_pure/ref.eq-null")), 1);
}

#[test]
fn packed_fields_wrap_and_extend() {
    let wat = r#"(module (type $s (struct (field (mut i8)) (field (mut i16)) (field (mut v128)) (field (mut f64))))
         (func (export "run") (param i32) (result i32 i32 i32 i32 i64 f64) (local $r (ref $s))
           (local.set $r (struct.new_default $s))
           (struct.set $s 0 (local.get $r) (local.get 0)) (struct.set $s 1 (local.get $r) (local.get 0))
           (struct.set $s 2 (local.get $r) (v128.const i64x2 1 -2))
           (struct.get_s $s 0 (local.get $r)) (struct.get_u $s 0 (local.get $r))
           (struct.get_s $s 1 (local.get $r)) (struct.get_u $s 1 (local.get $r))
           (i64x2.extract_lane 1 (struct.get $s 2 (local.get $r))) (struct.get $s 3 (local.get $r))))"#;
    returns(wat, &[i32(0x1_8080)], &[i32(-128), i32(0x80), i32(-0x7f80), i32(0x8080), i64(-2), f64(0.0)]);
    returns(wat, &[i32(-1)], &[i32(-1), i32(0xff), i32(-1), i32(0xffff), i64(-2), f64(0.0)]);
    returns(wat, &[i32(0x100)], &[i32(0), i32(0), i32(0x100), i32(0x100), i64(-2), f64(0.0)]);
    let wat = r#"(module (type $s (struct (field i8) (field i16))) (type $a (array i16))
         (func (export "run") (result i32 i32 i32)
           (struct.get_s $s 0 (struct.new $s (i32.const 0x17f) (i32.const 0)))
           (struct.get_s $s 1 (struct.new $s (i32.const 0) (i32.const 0x18000)))
           (array.get_u $a (array.new_fixed $a 2 (i32.const 0) (i32.const -2)) (i32.const 1))))"#;
    returns(wat, &[], &[i32(0x7f), i32(-0x8000), i32(0xfffe)]);
}

#[test]
fn default_values() {
    let wat = r#"(module
         (type $s (struct (field i8) (field i16) (field i32) (field i64) (field f32) (field f64) (field v128)
           (field anyref) (field (ref null $s))))
         (func (export "run") (result i32 i32 i32 i64 f32 f64 i32 i32 i32) (local $r (ref $s))
           (local i32 i64 v128 (ref null $s))
           (local.set $r (struct.new_default $s))
           (struct.get_u $s 0 (local.get $r)) (struct.get_s $s 1 (local.get $r)) (struct.get $s 2 (local.get $r))
           (struct.get $s 3 (local.get $r)) (struct.get $s 4 (local.get $r)) (struct.get $s 5 (local.get $r))
           (v128.any_true (struct.get $s 6 (local.get $r)))
           (ref.is_null (struct.get $s 7 (local.get $r))) (ref.is_null (struct.get $s 8 (local.get $r)))))"#;
    let zero = Value::Num(Num::F32(0));
    let rules = returns(wat, &[], &[i32(0), i32(0), i32(0), i64(0), zero, f64(0.0), i32(0), i32(1), i32(1)]);
    assert_eq!(rules.count(rule!("Step_read/struct.new_default")), 1);
    assert_eq!(rules.count(rule!("Step/struct.new")), 1);
}

#[test]
fn null_and_bottom_types() {
    let test = |r: &str, rt: &str| unit("(type $s (struct))", "i32", &format!("(ref.test ({rt}) ({r}))"));
    for (top, bottom) in [("any", "none"), ("func", "nofunc"), ("extern", "noextern"), ("exn", "noexn")] {
        let null = format!("ref.null {top}");
        returns(&test(&null, &format!("ref null {bottom}")), &[], &[i32(1)]);
        returns(&test(&null, &format!("ref {bottom}")), &[], &[i32(0)]);
        returns(&test(&null, &format!("ref {top}")), &[], &[i32(0)]);
    }
    for (r, bottom) in [
        ("struct.new $s", "none"),
        ("ref.i31 (i32.const 0)", "none"),
        ("ref.func $f", "nofunc"),
        ("extern.convert_any (struct.new $s)", "noextern"),
    ] {
        returns(&test(r, &format!("ref null {bottom}")), &[], &[i32(0)]);
        let cast = unit("(type $s (struct))", "i32", &format!("(ref.is_null (ref.cast (ref null {bottom}) ({r})))"));
        traps(&cast, &[], rule!("Step_read/ref.cast-fail"));
    }
    returns(&test("ref.null none", "ref null $s"), &[], &[i32(1)]);
    let cast = unit("(type $s (struct))", "i32", "(ref.is_null (ref.cast (ref none) (ref.null any)))");
    assert_eq!(traps(&cast, &[], rule!("Step_read/ref.cast-fail")).count(rule!("Step_read/ref.cast-succeed")), 0);
}

#[test]
fn casts_follow_declared_supertypes_and_equal_types() {
    let types =
        "(type $a (sub (struct))) (type $b (sub $a (struct (field i32)))) (type $c (sub $b (struct (field i32))))
                 (type $other (sub $a (struct (field i32))))
                 (rec (type $p (sub (struct))) (type $q (sub $p (struct))))
                 (rec (type $p2 (sub (struct))) (type $q2 (sub $p2 (struct))))";
    let test = |r: &str, x: &str| unit(types, "i32", &format!("(ref.test (ref {x}) (struct.new_default {r}))"));
    for (r, x, holds) in [
        ("$c", "$a", 1),
        ("$c", "$b", 1),
        ("$b", "$c", 0),
        ("$c", "$other", 1), // `$other` is `$b` again.
        ("$b", "$other", 1),
        ("$q", "$p2", 1),
        ("$q2", "$q", 1),
        ("$p", "$q2", 0),
        ("$p", "$a", 0),
        ("$c", "eq", 1),
        ("$c", "struct", 1),
        ("$c", "array", 0),
        ("$c", "i31", 0),
    ] {
        returns(&test(r, x), &[], &[i32(holds)]);
    }
}

#[test]
fn external_references_wrap_internal_ones() {
    let same = unit(
        "(type $s (struct)) (global $g (ref $s) (struct.new $s))",
        "i32",
        "(ref.eq (global.get $g)
           (ref.cast (ref eq) (any.convert_extern (extern.convert_any (global.get $g)))))",
    );
    returns(&same, &[], &[i32(1)]);
    let scalar = unit(
        "",
        "i32",
        "(i31.get_s (ref.cast (ref i31) (any.convert_extern (extern.convert_any (ref.i31 (i32.const -3))))))",
    );
    returns(&scalar, &[], &[i32(-3)]);
    let null = unit("", "i32", "(ref.is_null (any.convert_extern (extern.convert_any (ref.null struct))))");
    let rules = returns(&null, &[], &[i32(1)]);
    assert_eq!(rules.count(rule!("Step_pure/extern.convert_any-null")), 1);
    assert_eq!(rules.count(rule!("Step_pure/any.convert_extern-null")), 1);
}

#[test]
fn host_references_are_any_and_nothing_below() {
    let wat = r#"(module
         (func (export "any") (param externref) (result i32) (ref.test (ref any) (any.convert_extern (local.get 0))))
         (func (export "eq") (param externref) (result i32) (ref.test (ref eq) (any.convert_extern (local.get 0))))
         (func (export "back") (param externref) (result externref)
           (extern.convert_any (any.convert_extern (local.get 0))))
         (func (export "raw") (param anyref) (result externref) (extern.convert_any (local.get 0))))"#;
    let mut w = World::new();
    let ma = w.load(wat, &[]);
    let host = Value::Ref(Ref::Extern(Internal::Host(7)));
    assert_eq!(w.call(ma, "any", &[host]), values(&[i32(1)]));
    assert_eq!(w.call(ma, "eq", &[host]), values(&[i32(0)]));
    assert_eq!(w.call(ma, "back", &[host]), values(&[host]));
    assert_eq!(w.call(ma, "raw", &[Value::Ref(Ref::Host(7))]), values(&[host]));
    // An external reference is no internal one, and the other way round.
    let ExternAddr::Func(raw) = w.export(ma, "raw") else { unreachable!() };
    let e = invoke(&mut w.s, raw, &[host], &mut w.o, &mut Deterministic).unwrap_err();
    assert_eq!(e, ArgumentError { argument: Some(0), expected: 1 });
}

#[test]
fn branches_on_casts_keep_the_reference_and_the_values_below() {
    let wat = r#"(module (type $s (struct (field i32)))
         (func (export "run") (param i32) (result i32 i32) (local $r anyref)
           (local.set $r (if (result anyref) (local.get 0)
             (then (struct.new $s (i32.const 5))) (else (ref.i31 (i32.const 6)))))
           (block $l (result i32 (ref $s))
             (br_on_cast $l anyref (ref $s) (i32.const 1) (local.get $r))
             (ref.cast i31ref) i31.get_u return)
           (struct.get $s 0)))"#;
    let rules = returns(wat, &[i32(1)], &[i32(1), i32(5)]);
    assert_eq!(rules.count(rule!("Step_read/br_on_cast-succeed")), 1);
    let rules = returns(wat, &[i32(0)], &[i32(1), i32(6)]);
    assert_eq!(rules.count(rule!("Step_read/br_on_cast-fail")), 1);
    let wat = r#"(module
         (func (export "run") (result i32 i32)
           (block $l (result i32 anyref)
             (br_on_cast_fail $l anyref (ref null i31) (i32.const 1) (ref.null none))
             ref.is_null return)
           drop (i32.const 9)))"#;
    let rules = returns(wat, &[], &[i32(1), i32(1)]);
    assert_eq!(rules.count(rule!("Step_read/br_on_cast_fail-succeed")), 1);
}

#[test]
fn indirect_calls_take_functions_of_subtypes() {
    let wat = r#"(module
         (type $a (sub (func (result (ref null struct))))) (type $b (sub $a (func (result (ref null none)))))
         (type $c (func (result (ref null struct))))
         (table 4 funcref) (elem (i32.const 0) func $f_a $f_b $f_c)
         (func $f_a (type $a) (ref.null struct)) (func $f_b (type $b) (ref.null none)) (func $f_c (type $c) (ref.null none))
         (func (export "a") (param i32) (result i32) (ref.is_null (call_indirect (type $a) (local.get 0))))
         (func (export "b") (param i32) (result i32) (ref.is_null (call_indirect (type $b) (local.get 0))))
         (func $tail (param i32) (result (ref null struct)) (return_call_indirect (type $a) (local.get 0)))
         (func (export "tail") (param i32) (result i32) (ref.is_null (call $tail (local.get 0)))))"#;
    let mut w = World::new();
    let ma = w.load(wat, &[]);
    let (ok, cast) = (None, Some(rule!("Step_read/ref.cast-fail")));
    let oob = Some(rule!("Step_read/table.get-oob"));
    let null = Some(rule!("Step_read/call_ref-null"));
    let tail_null = Some(rule!("Step_read/return_call_ref-frame-null"));
    for (name, ends) in [
        ("a", [ok, ok, cast, null, oob, oob]),
        ("b", [cast, ok, cast, null, oob, oob]),
        ("tail", [ok, ok, cast, tail_null, oob, oob]),
    ] {
        for (i, end) in [0, 1, 2, 3, 4, -1].into_iter().zip(ends) {
            let outcome = w.call(ma, name, &[i32(i)]);
            assert_eq!(trap_of(&outcome), end, "{name} {i}");
            assert_eq!(outcome == values(&[i32(1)]), end.is_none(), "{name} {i}");
        }
    }
}
