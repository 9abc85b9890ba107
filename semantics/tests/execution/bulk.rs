//! Arrays and segments: which rule comes first, and indices near 2^32.

use super::*;
use lockstep_semantics::rule;

fn arrays(body: &str) -> String {
    format!(
        r#"(module
             (type $i8 (array (mut i8))) (type $i64 (array (mut i64))) (type $v (array (mut v128)))
             (type $f (array (mut funcref)))
             (data $d "\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\80\ff") (elem $e func $g $g) (func $g)
             (func (export "run") (param $i i32) (param $j i32) (param $n i32) {body}))"#
    )
}

fn args(i: i32, j: i32, n: i32) -> [Value; 3] {
    [super::i32(i), super::i32(j), super::i32(n)]
}

#[test]
fn the_size_of_elements_does_not_wrap() {
    // 2^29 elements of 8 bytes are 2^32 bytes.
    let new = arrays("(array.new_data $i64 $d (local.get $i) (local.get $n)) drop");
    traps(&new, &args(0, 0, 1 << 29), rule!("Step_read/array.new_data-oob"));
    traps(&new, &args(-8, 0, 1), rule!("Step_read/array.new_data-oob"));
    traps(&new, &args(18, 0, 0), rule!("Step_read/array.new_data-oob"));
    returns(&new, &args(17, 0, 0), &[]);
    returns(&new, &args(1, 0, 2), &[]);
    traps(&new, &args(2, 0, 2), rule!("Step_read/array.new_data-oob"));
    let init = arrays(
        "(array.init_data $i64 $d (array.new_default $i64 (i32.const 3)) (local.get $i) (local.get $j) (local.get $n))",
    );
    traps(&init, &args(0, -8, 1), rule!("Step_read/array.init_data-oob2"));
    traps(&init, &args(0, -1, 0), rule!("Step_read/array.init_data-oob2"));
    traps(&init, &args(0, 18, 0), rule!("Step_read/array.init_data-oob2"));
    assert_eq!(returns(&init, &args(3, 17, 0), &[]).count(rule!("Step_read/array.init_data-zero")), 1);
    assert_eq!(returns(&init, &args(1, 1, 2), &[]).count(rule!("Step_read/array.init_data-num")), 2);
}

#[test]
fn null_comes_before_bounds_and_the_array_before_the_segment() {
    let data = arrays("(array.init_data $i8 $d (ref.null $i8) (local.get $i) (local.get $j) (local.get $n))");
    traps(&data, &args(-1, -1, -1), rule!("Step_read/array.init_data-null"));
    traps(&data, &args(0, 0, 0), rule!("Step_read/array.init_data-null"));
    let elem = arrays("(array.init_elem $f $e (ref.null $f) (local.get $i) (local.get $j) (local.get $n))");
    traps(&elem, &args(-1, -1, -1), rule!("Step_read/array.init_elem-null"));
    let data = arrays(
        "(array.init_data $i8 $d (array.new_default $i8 (i32.const 1)) (local.get $i) (local.get $j) (local.get $n))",
    );
    traps(&data, &args(-1, -1, 1), rule!("Step_read/array.init_data-oob1"));
    traps(&data, &args(2, 0, 0), rule!("Step_read/array.init_data-oob1"));
    let elem = arrays(
        "(array.init_elem $f $e (array.new_default $f (i32.const 3)) (local.get $i) (local.get $j) (local.get $n))",
    );
    traps(&elem, &args(-1, -1, 1), rule!("Step_read/array.init_elem-oob1"));
    traps(&elem, &args(0, -1, 1), rule!("Step_read/array.init_elem-oob2"));
    traps(&elem, &args(0, 0, 3), rule!("Step_read/array.init_elem-oob2"));
    traps(&elem, &args(0, 3, 0), rule!("Step_read/array.init_elem-oob2"));
    assert_eq!(returns(&elem, &args(3, 2, 0), &[]).count(rule!("Step_read/array.init_elem-zero")), 1);
    assert_eq!(returns(&elem, &args(1, 0, 2), &[]).count(rule!("Step_read/array.init_elem-succ")), 2);
    let fill = arrays("(array.fill $i8 (ref.null $i8) (local.get $i) (local.get $j) (local.get $n))");
    traps(&fill, &args(-1, 0, -1), rule!("Step_read/array.fill-null"));
}

#[test]
fn array_copy_looks_at_the_first_array_first() {
    let copy = |r_1: &str, r_2: &str| {
        arrays(&format!("(array.copy $i8 $i8 ({r_1}) (local.get $i) ({r_2}) (local.get $j) (local.get $n))"))
    };
    let (null, two) = ("ref.null $i8", "array.new_default $i8 (i32.const 2)");
    traps(&copy(null, null), &args(-1, -1, -1), rule!("Step_read/array.copy-null1"));
    traps(&copy(null, two), &args(-1, -1, -1), rule!("Step_read/array.copy-null1"));
    traps(&copy(two, null), &args(-1, -1, -1), rule!("Step_read/array.copy-null2"));
    traps(&copy(two, two), &args(-1, -1, 2), rule!("Step_read/array.copy-oob1"));
    traps(&copy(two, two), &args(0, -1, 2), rule!("Step_read/array.copy-oob2"));
    traps(&copy(two, two), &args(2, 3, 0), rule!("Step_read/array.copy-oob2"));
    assert_eq!(returns(&copy(two, two), &args(2, 2, 0), &[]).count(rule!("Step_read/array.copy-zero")), 1);
}

#[test]
fn array_copy_within_an_array_keeps_what_it_copies() {
    let copy = |i_1, i_2| {
        format!(
            r#"(module (type $a (array (mut i16))) (data $d "\01\80\02\80\03\80\04\80")
                 (func (export "run") (result i32 i32 i32 i32) (local $r (ref $a))
                   (local.set $r (array.new_data $a $d (i32.const 0) (i32.const 4)))
                   (array.copy $a $a (local.get $r) (i32.const {i_1}) (local.get $r) (i32.const {i_2}) (i32.const 3))
                   (array.get_u $a (local.get $r) (i32.const 0)) (array.get_u $a (local.get $r) (i32.const 1))
                   (array.get_s $a (local.get $r) (i32.const 2)) (array.get_s $a (local.get $r) (i32.const 3))))"#
        )
    };
    let up = returns(&copy(1, 0), &[], &[i32(0x8001), i32(0x8001), i32(-0x7ffe), i32(-0x7ffd)]);
    assert_eq!(up.count(rule!("Step_read/array.copy-gt")), 3);
    let down = returns(&copy(0, 1), &[], &[i32(0x8002), i32(0x8003), i32(-0x7ffc), i32(-0x7ffc)]);
    assert_eq!(down.count(rule!("Step_read/array.copy-le")), 3);
}

#[test]
fn elements_at_minus_one_are_out_of_bounds() {
    let get = arrays("(array.get_u $i8 (array.new_default $i8 (local.get $n)) (local.get $i)) drop");
    traps(&get, &args(-1, 0, 3), rule!("Step_read/array.get-oob"));
    traps(&get, &args(0, 0, 0), rule!("Step_read/array.get-oob"));
    let set = arrays("(array.set $i8 (array.new_default $i8 (local.get $n)) (local.get $i) (i32.const 0))");
    traps(&set, &args(3, 0, 3), rule!("Step/array.set-oob"));
    let fill =
        arrays("(array.fill $i8 (array.new_default $i8 (i32.const 3)) (local.get $i) (local.get $j) (local.get $n))");
    traps(&fill, &args(1, 0, -1), rule!("Step_read/array.fill-oob"));
    traps(&fill, &args(4, 0, 0), rule!("Step_read/array.fill-oob"));
    assert_eq!(returns(&fill, &args(3, 0, 0), &[]).count(rule!("Step_read/array.fill-zero")), 1);
    let elem = arrays("(array.new_elem $f $e (local.get $i) (local.get $n)) drop");
    traps(&elem, &args(1, 0, -1), rule!("Step_read/array.new_elem-oob"));
    traps(&elem, &args(3, 0, 0), rule!("Step_read/array.new_elem-oob"));
}

#[test]
fn vectors_come_from_segments() {
    let wat = arrays(
        "(local $a (ref $v))
         (local.set $a (array.new_data $v $d (local.get $i) (i32.const 1)))
         (array.init_data $v $d (local.get $a) (i32.const 0) (local.get $j) (i32.const 1))
         (if (i32.eqz (i8x16.all_true (array.get $v (local.get $a) (i32.const 0)))) (then unreachable))
         (if (i32.ne (i8x16.extract_lane_s 15 (array.get $v (local.get $a) (i32.const 0))) (local.get $n))
           (then unreachable))",
    );
    returns(&wat, &args(0, 0, -128), &[]);
    returns(&wat, &args(0, 1, -1), &[]);
    traps(&wat, &args(2, 0, 0), rule!("Step_read/array.new_data-oob"));
}

#[test]
fn dropped_segments_are_empty_and_declared_ones_are_dropped() {
    let wat = r#"(module (memory 1) (table 4 funcref) (func $f)
         (elem $declared declare func $f) (elem $active (i32.const 0) func $f) (elem $passive func $f)
         (data $a (i32.const 0) "x") (data $p "x")
         (func (export "declared") (param i32) (table.init $declared (i32.const 0) (i32.const 0) (local.get 0)))
         (func (export "active") (param i32) (table.init $active (i32.const 0) (i32.const 0) (local.get 0)))
         (func (export "passive") (param i32) (table.init $passive (i32.const 0) (i32.const 0) (local.get 0)))
         (func (export "drop") (elem.drop $passive) (data.drop $p))
         (func (export "a") (param i32) (memory.init $a (i32.const 0) (i32.const 0) (local.get 0)))
         (func (export "p") (param i32) (memory.init $p (i32.const 0) (i32.const 0) (local.get 0))))"#;
    let mut w = World::new();
    let ma = w.load(wat, &[]);
    assert_eq!(w.count(rule!("Step/elem.drop")), 2);
    assert_eq!(w.count(rule!("Step/data.drop")), 1);
    for (name, left) in [("declared", 0), ("active", 0), ("passive", 1), ("a", 0), ("p", 1)] {
        assert_eq!(w.call(ma, name, &[i32(0)]), values(&[]), "{name}");
        assert_eq!(w.call(ma, name, &[i32(1)]) == values(&[]), left == 1, "{name}");
    }
    for _ in 0..2 {
        assert_eq!(w.call(ma, "drop", &[]), values(&[]));
    }
    assert_eq!(trap_of(&w.call(ma, "passive", &[i32(1)])), Some(rule!("Step_read/table.init-oob")));
    assert_eq!(trap_of(&w.call(ma, "p", &[i32(1)])), Some(rule!("Step_read/memory.init-oob")));
}
