//! Memories and tables: addresses near 2^32 and 2^64, limits, growing.

use super::*;
use lockstep_semantics::rule;

/// A module with a memory of one page with 64-bit addresses and a function of two parameters.
fn memory64(body: &str, result: &str) -> String {
    format!(
        r#"(module (memory i64 1 3) (data $d "abcd")
             (func (export "run") (param $i i64) (param $n i64) {result} {body}))"#
    )
}

fn table64(body: &str, result: &str) -> String {
    format!(
        r#"(module (table $t i64 4 8 funcref) (elem $e func $f) (func $f)
             (func (export "run") (param $i i64) (param $n i64) {result} {body}))"#
    )
}

#[test]
fn address_and_offset_do_not_wrap() {
    let load = memory64("(i64.load8_u offset=0xffffffffffffffff (local.get $i)) drop", "");
    traps(&load, &[i64(1), i64(0)], rule!("Step_read/load-pack-oob"));
    traps(&load, &[i64(-1), i64(0)], rule!("Step_read/load-pack-oob"));
    let load = memory64("(f64.load offset=0xfffffffffffffffc (local.get $i)) drop", "");
    traps(&load, &[i64(4), i64(0)], rule!("Step_read/load-num-oob"));
    let store = memory64("(i32.store16 offset=0xfffffffffffffffe (local.get $i) (i32.const 7))", "");
    traps(&store, &[i64(2), i64(0)], rule!("Step/store-pack-oob"));
    let store = memory64("(i64.store offset=8 (local.get $i) (i64.const 7))", "");
    traps(&store, &[i64(-8), i64(0)], rule!("Step/store-num-oob"));
    let vload = memory64("(v128.load32x2_u offset=16 (local.get $i)) drop", "");
    traps(&vload, &[i64(-16), i64(0)], rule!("Step_read/vload-pack-oob"));
    let vload = memory64("(v128.load offset=16 (local.get $i)) drop", "");
    traps(&vload, &[i64(-16), i64(0)], rule!("Step_read/vload-oob"));
    let splat = memory64("(v128.load64_splat offset=16 (local.get $i)) drop", "");
    traps(&splat, &[i64(-16), i64(0)], rule!("Step_read/vload-splat-oob"));
    let zero = memory64("(v128.load32_zero offset=16 (local.get $i)) drop", "");
    traps(&zero, &[i64(-16), i64(0)], rule!("Step_read/vload-zero-oob"));
    let lane = memory64("(v128.load8_lane offset=16 15 (local.get $i) (v128.const i64x2 0 0)) drop", "");
    traps(&lane, &[i64(-16), i64(0)], rule!("Step_read/vload_lane-oob"));
    let vstore = memory64("(v128.store offset=16 (local.get $i) (v128.const i64x2 0 0))", "");
    traps(&vstore, &[i64(-16), i64(0)], rule!("Step/vstore-oob"));
    let lane = memory64("(v128.store64_lane offset=16 1 (local.get $i) (v128.const i64x2 0 0))", "");
    traps(&lane, &[i64(-16), i64(0)], rule!("Step/vstore_lane-oob"));
}

#[test]
fn a_store_across_the_end_writes_nothing() {
    let mut w = World::new();
    let ma = w.load(
        r#"(module (memory 1)
             (func (export "store") (i64.store (i32.const 65532) (i64.const -1)))
             (func (export "vstore") (v128.store (i32.const 65521) (v128.const i64x2 -1 -1)))
             (func (export "last") (result i64) (i64.load (i32.const 65528))))"#,
        &[],
    );
    assert_eq!(trap_of(&w.call(ma, "store", &[])), Some(rule!("Step/store-num-oob")));
    assert_eq!(trap_of(&w.call(ma, "vstore", &[])), Some(rule!("Step/vstore-oob")));
    assert_eq!(w.call(ma, "last", &[]), values(&[i64(0)]));
}

#[test]
fn stretches_of_memory_do_not_wrap() {
    let fill = memory64("(memory.fill (local.get $i) (i32.const 1) (local.get $n))", "");
    traps(&fill, &[i64(1), i64(-1)], rule!("Step_read/memory.fill-oob"));
    traps(&fill, &[i64(-1), i64(1)], rule!("Step_read/memory.fill-oob"));
    traps(&fill, &[i64(65537), i64(0)], rule!("Step_read/memory.fill-oob"));
    assert_eq!(returns(&fill, &[i64(65536), i64(0)], &[]).count(rule!("Step_read/memory.fill-zero")), 1);
    let copy = memory64("(memory.copy (local.get $i) (i64.const 0) (local.get $n))", "");
    traps(&copy, &[i64(1), i64(-1)], rule!("Step_read/memory.copy-oob"));
    traps(&copy, &[i64(65537), i64(0)], rule!("Step_read/memory.copy-oob"));
    assert_eq!(returns(&copy, &[i64(65536), i64(0)], &[]).count(rule!("Step_read/memory.copy-zero")), 1);
    let copy = memory64("(memory.copy (i64.const 0) (local.get $i) (local.get $n))", "");
    traps(&copy, &[i64(-2), i64(3)], rule!("Step_read/memory.copy-oob"));
    let init = memory64("(memory.init $d (local.get $i) (i32.wrap_i64 (local.get $n)) (i32.const -1))", "");
    traps(&init, &[i64(0), i64(1)], rule!("Step_read/memory.init-oob"));
    let init = memory64("(memory.init $d (local.get $i) (i32.wrap_i64 (local.get $n)) (i32.const 0))", "");
    traps(&init, &[i64(0), i64(5)], rule!("Step_read/memory.init-oob"));
    traps(&init, &[i64(-1), i64(4)], rule!("Step_read/memory.init-oob"));
    assert_eq!(returns(&init, &[i64(65536), i64(4)], &[]).count(rule!("Step_read/memory.init-zero")), 1);
}

#[test]
fn memory_copy_takes_the_direction_that_overlap_needs() {
    let copy = |i_1, i_2| {
        format!(
            r#"(module (memory 1) (data (i32.const 0) "12345678")
                 (func (export "run") (result i64)
                   (memory.copy (i32.const {i_1}) (i32.const {i_2}) (i32.const 6)) (i64.load (i32.const 0))))"#
        )
    };
    let up = returns(&copy(2, 0), &[], &[Value::i64(u64::from_le_bytes(*b"12123456"))]);
    assert_eq!(up.count(rule!("Step_read/memory.copy-gt")), 6);
    let down = returns(&copy(0, 2), &[], &[Value::i64(u64::from_le_bytes(*b"34567878"))]);
    assert_eq!(down.count(rule!("Step_read/memory.copy-le")), 6);
    let same = returns(&copy(2, 2), &[], &[Value::i64(u64::from_le_bytes(*b"12345678"))]);
    assert_eq!(same.count(rule!("Step_read/memory.copy-le")), 6);
}

#[test]
fn memories_of_both_address_types_copy_with_the_smaller_count() {
    let wat = r#"(module (memory $a i64 1) (memory $b 1) (data (memory $b) (i32.const 0) "12345678")
         (func (export "run") (result i64)
           (memory.copy $a $b (i64.const 8) (i32.const 0) (i32.const 8))
           (memory.copy $b $a (i32.const 1) (i64.const 9) (i32.const 7))
           (i64.load $b (i32.const 0))))"#;
    returns(wat, &[], &[Value::i64(u64::from_le_bytes(*b"12345678"))]);
}

/// For an index `i + 1` of 2^32 the standard has no `i32.const`; nothing is read or written there.
#[test]
fn the_last_byte_of_four_gibibytes() {
    let wat = r#"(module (memory 65536) (data $d "x")
         (func (export "run") (result i32)
           (memory.fill (i32.const -1) (i32.const 5) (i32.const 1))
           (memory.copy (i32.const 0) (i32.const -1) (i32.const 1))
           (memory.init $d (i32.const -1) (i32.const 0) (i32.const 1))
           (memory.copy (i32.const -2) (i32.const -1) (i32.const 1))
           (i32.add (i32.load8_u (i32.const 0)) (i32.load16_u (i32.const -2)))))"#;
    returns(wat, &[], &[i32(5 + 0x7878)]);
    let wat = r#"(module (memory 65536)
         (func (export "run") (i32.store16 (i32.const -1) (i32.const 5))))"#;
    traps(wat, &[], rule!("Step/store-pack-oob"));
}

#[test]
fn memory_grows_up_to_its_maximum_and_not_beyond() {
    let grow = memory64("(memory.grow (local.get $n)) (memory.size)", "(result i64 i64)");
    for n in [3, 1 << 48, 1 << 47, -1, i64::MIN, i64::MAX] {
        let rules = returns(&grow, &[i64(0), i64(n)], &[i64(-1), i64(1)]);
        assert_eq!(rules.count(rule!("Step/memory.grow-fail")), 1);
    }
    returns(&grow, &[i64(0), i64(2)], &[i64(1), i64(3)]);
    returns(&grow, &[i64(0), i64(0)], &[i64(1), i64(1)]);
    let unbounded = r#"(module (memory 1)
         (func (export "run") (param i32) (result i32 i32) (memory.grow (local.get 0)) (memory.size)))"#;
    returns(unbounded, &[i32(-1)], &[i32(-1), i32(1)]);
    returns(unbounded, &[i32(65536)], &[i32(-1), i32(1)]);
    returns(unbounded, &[i32(65535)], &[i32(1), i32(65536)]);
}

#[test]
fn what_has_grown_keeps_its_bytes_and_is_zero_beyond() {
    let wat = r#"(module (memory 1) (data (i32.const 65535) "x")
         (func (export "run") (param i32) (result i32 i64)
           (i64.store (i32.const 8) (i64.const 77))
           (memory.grow (local.get 0)) drop
           (memory.grow (i32.const 1)) drop
           (i32.load (i32.const 65535)) (i64.load (i32.const 8))))"#;
    for n in [0, 1, 2, 100] {
        returns(wat, &[i32(n)], &[i32(i32::from(b'x')), i64(77)]);
    }
}

#[test]
fn growing_updates_the_type_that_imports_see() {
    let mut w = World::new();
    let ma = w.load(
        r#"(module (memory (export "m") 1 3) (table (export "t") 1 3 funcref)
             (func (export "grow") (result i32 i32)
               (memory.grow (i32.const 1)) (table.grow (ref.null func) (i32.const 1))))"#,
        &[],
    );
    let (m, t) = (w.export(ma, "m"), w.export(ma, "t"));
    let memory = r#"(module (import "" "" (memory 2 3)))"#;
    let table = r#"(module (import "" "" (table 2 3 funcref)))"#;
    assert!(
        matches!(w.try_load(memory, &[m]), Err(InstantiateError::Link(e)) if matches!(*e, LinkError::Incompatible { import: 0, .. }))
    );
    assert!(
        matches!(w.try_load(table, &[t]), Err(InstantiateError::Link(e)) if matches!(*e, LinkError::Incompatible { import: 0, .. }))
    );
    assert_eq!(w.call(ma, "grow", &[]), values(&[i32(1), i32(1)]));
    w.load(memory, &[m]);
    w.load(table, &[t]);
    // The maximum stays, and the address type is part of the type.
    assert!(w.try_load(r#"(module (import "" "" (memory 1 2)))"#, &[m]).is_err());
    assert!(w.try_load(r#"(module (import "" "" (memory i64 1 3)))"#, &[m]).is_err());
    assert!(w.try_load(r#"(module (import "" "" (table i64 1 3 funcref)))"#, &[t]).is_err());
}

#[test]
fn tables_with_64_bit_indices_do_not_wrap() {
    let get = table64("(table.get $t (local.get $i)) drop", "");
    traps(&get, &[i64(1 << 32), i64(0)], rule!("Step_read/table.get-oob"));
    let set = table64("(table.set $t (local.get $i) (ref.null func))", "");
    traps(&set, &[i64(-1), i64(0)], rule!("Step/table.set-oob"));
    let call = table64("(call_indirect $t (local.get $i))", "");
    traps(&call, &[i64(1 << 32), i64(0)], rule!("Step_read/table.get-oob"));
    let fill = table64("(table.fill $t (local.get $i) (ref.null func) (local.get $n))", "");
    traps(&fill, &[i64(1), i64(-1)], rule!("Step_read/table.fill-oob"));
    traps(&fill, &[i64(5), i64(0)], rule!("Step_read/table.fill-oob"));
    assert_eq!(returns(&fill, &[i64(4), i64(0)], &[]).count(rule!("Step_read/table.fill-zero")), 1);
    let copy = table64("(table.copy $t $t (i64.const 0) (local.get $i) (local.get $n))", "");
    traps(&copy, &[i64(-2), i64(3)], rule!("Step_read/table.copy-oob"));
    traps(&copy, &[i64(5), i64(0)], rule!("Step_read/table.copy-oob"));
    let init = table64("(table.init $t $e (local.get $i) (i32.const 1) (i32.wrap_i64 (local.get $n)))", "");
    traps(&init, &[i64(0), i64(-1)], rule!("Step_read/table.init-oob"));
    traps(&init, &[i64(5), i64(0)], rule!("Step_read/table.init-oob"));
    assert_eq!(returns(&init, &[i64(4), i64(0)], &[]).count(rule!("Step_read/table.init-zero")), 1);
    let grow = table64("(table.grow $t (ref.null func) (local.get $n)) (table.size $t)", "(result i64 i64)");
    for n in [5, -1, i64::MIN, i64::MAX] {
        assert_eq!(returns(&grow, &[i64(0), i64(n)], &[i64(-1), i64(4)]).count(rule!("Step/table.grow-fail")), 1);
    }
    returns(&grow, &[i64(0), i64(4)], &[i64(4), i64(8)]);
}

#[test]
fn a_table_grows_with_its_value() {
    let wat = r#"(module (table $t 1 (ref i31) (ref.i31 (i32.const 7)))
         (func (export "run") (result i32 i32 i32)
           (table.grow $t (ref.i31 (i32.const 8)) (i32.const 2))
           (i31.get_u (table.get $t (i32.const 0))) (i31.get_u (table.get $t (i32.const 2)))))"#;
    returns(wat, &[], &[i32(1), i32(7), i32(8)]);
    let wat = r#"(module (table $t 1 funcref)
         (func (export "run") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))"#;
    returns(wat, &[i32(-1)], &[i32(-1)]);
}

#[test]
fn table_copy_takes_the_direction_that_overlap_needs() {
    let copy = |i_1, i_2| {
        format!(
            r#"(module (table $t 4 i31ref)
                 (func (export "run") (result i32 i32)
                   (table.set $t (i32.const 1) (ref.i31 (i32.const 1)))
                   (table.set $t (i32.const 2) (ref.i31 (i32.const 2)))
                   (table.copy $t $t (i32.const {i_1}) (i32.const {i_2}) (i32.const 2))
                   (i31.get_u (table.get $t (i32.const {i_1})))
                   (i31.get_u (table.get $t (i32.add (i32.const 1) (i32.const {i_1}))))))"#
        )
    };
    let up = returns(&copy(2, 1), &[], &[i32(1), i32(2)]);
    assert_eq!((up.count(rule!("Step_read/table.copy-gt")), up.count(rule!("Step_read/table.copy-zero"))), (2, 1));
    let down = returns(&copy(0, 1), &[], &[i32(1), i32(2)]);
    assert_eq!((down.count(rule!("Step_read/table.copy-le")), down.count(rule!("Step_read/table.copy-zero"))), (2, 1));
}
