//! Instantiation: order, what failure leaves behind, and types across modules.

use super::*;
use lockstep_semantics::rule;
use lockstep_semantics::syntax::*;

#[test]
fn expressions_are_evaluated_globals_first_then_tables_then_elements() {
    // The address of a structure tells when it was made.
    let wat = r#"(module (type $s (struct))
         (elem $e (ref $s) (struct.new $s) (struct.new $s))
         (table $t 1 (ref $s) (struct.new $s))
         (global $g (ref $s) (struct.new $s)) (global $h (ref $s) (global.get $g)) (global $k (ref $s) (struct.new $s))
         (func (export "globals") (result anyref anyref anyref) (global.get $g) (global.get $h) (global.get $k))
         (func (export "table") (result anyref) (table.get $t (i32.const 0)))
         (func (export "elems") (result anyref anyref)
           (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (table.get $t (i32.const 0))
           (table.init $t $e (i32.const 0) (i32.const 1) (i32.const 1)) (table.get $t (i32.const 0))))"#;
    let mut w = World::new();
    let ma = w.load(wat, &[]);
    let at = |a| Value::Ref(Ref::Struct(a));
    assert_eq!(w.call(ma, "globals", &[]), values(&[at(0), at(0), at(1)]));
    assert_eq!(w.call(ma, "table", &[]), values(&[at(2)]));
    // Segments hold references, not expressions: both times the same.
    for _ in 0..2 {
        assert_eq!(w.call(ma, "elems", &[]), values(&[at(3), at(4)]));
    }
    assert_eq!(w.count(rule!("Step/struct.new")), 5);
}

#[test]
fn initialisation_knows_functions_by_their_later_addresses() {
    let wat = r#"(module (type $f (func (result i32))) (import "" "" (func $in (type $f)))
         (global $g (ref $f) (ref.func $second)) (global $i (ref $f) (ref.func $in))
         (table $t 1 (ref $f) (ref.func $second))
         (func $first (type $f) (i32.const 1)) (func $second (type $f) (i32.const 2))
         (func (export "run") (result i32 i32 i32)
           (call_ref $f (global.get $g)) (call_ref $f (global.get $i)) (call_ref $f (table.get $t (i32.const 0)))))"#;
    let mut w = World::new();
    let seven = r#"(module (func) (func (export "f") (result i32) (i32.const 7)))"#;
    let other = w.load(seven, &[]);
    let f = w.export(other, "f");
    let ma = w.load(wat, &[f]);
    assert_eq!(w.call(ma, "run", &[]), values(&[i32(2), i32(7), i32(2)]));
}

#[test]
fn elements_are_written_before_data_and_both_stay() {
    let mut w = World::new();
    let ma = w.load(
        r#"(module (memory (export "m") 1) (table (export "t") 2 funcref)
             (func (export "byte") (result i32) (i32.load8_u (i32.const 0)))
             (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))"#,
        &[],
    );
    let imports = [w.export(ma, "m"), w.export(ma, "t")];
    let module = |elem: i32, data: i32, start: &str| {
        format!(
            r#"(module (import "" "m" (memory 1)) (import "" "t" (table 2 funcref))
                 (func $f (result i32) (i32.load8_u (i32.const 0)))
                 (data (i32.const 0) "\2a") (data (i32.const {data}) "x")
                 (elem (i32.const 0) func $f) (elem (i32.const {elem}) func $f)
                 (func $start {start}) (start $start))"#
        )
    };
    let end = |result: Result<ModuleAddr, InstantiateError>| match result {
        Err(InstantiateError::Init(outcome)) => trap_of(&outcome),
        other => panic!("{other:?}"),
    };
    // The second element segment fails: the first has been written, and no data.
    let e = w.try_load(&module(2, 65536, "unreachable"), &imports);
    assert_eq!(end(e), Some(rule!("Step_read/table.init-oob")));
    assert_eq!(w.call(ma, "byte", &[]), values(&[i32(0)]));
    // A function of an instance that never came to be works.
    assert_eq!(w.call(ma, "call", &[i32(0)]), values(&[i32(0)]));
    assert_eq!(trap_of(&w.call(ma, "call", &[i32(1)])), Some(rule!("Step_read/call_ref-null")));
    // The second data segment fails: both elements and the first data segment have been written.
    let e = w.try_load(&module(1, 65536, "unreachable"), &imports);
    assert_eq!(end(e), Some(rule!("Step_read/memory.init-oob")));
    assert_eq!(w.call(ma, "call", &[i32(1)]), values(&[i32(42)]));
    // The start function comes last.
    let e = w.try_load(&module(1, 1, "(i32.store8 (i32.const 0) (i32.const 9)) unreachable"), &imports);
    assert_eq!(end(e), Some(rule!("Step_pure/unreachable")));
    assert_eq!(w.call(ma, "byte", &[]), values(&[i32(9)]));
}

#[test]
fn a_link_error_writes_nothing() {
    let mut w = World::new();
    let ma = w.load(
        r#"(module (memory (export "m") 1) (func (export "f"))
             (func (export "byte") (result i32) (i32.load8_u (i32.const 0))))"#,
        &[],
    );
    let (m, f) = (w.export(ma, "m"), w.export(ma, "f"));
    let wat = r#"(module (import "" "m" (memory 1)) (import "" "f" (func (param i32))) (data (i32.const 0) "x"))"#;
    let link = |e: Result<ModuleAddr, InstantiateError>| match e {
        Err(InstantiateError::Link(error)) => *error,
        other => panic!("{other:?}"),
    };
    let error = link(w.try_load(wat, &[m, f]));
    let LinkError::Incompatible { import: 1, module, name, needed, found, .. } = &error else { panic!("{error:?}") };
    assert_eq!((&module[..], &name[..], *found), ("", "f", w.s.extern_type(f)));
    assert!(matches!((needed, found), (ExternType::Func(needed), ExternType::Func(found)) if needed != found));
    let error = link(w.try_load(wat, &[f, m]));
    let LinkError::Incompatible { import: 0, name, needed, found, .. } = &error else { panic!("{error:?}") };
    assert_eq!((&name[..], *found), ("m", w.s.extern_type(f)));
    assert!(matches!(needed, ExternType::Mem(_)));
    assert_eq!(link(w.try_load(wat, &[m])), LinkError::Count { given: 1, needed: 2 });
    assert_eq!(w.call(ma, "byte", &[]), values(&[i32(0)]));
}

#[test]
fn imports_of_mixed_kinds_keep_their_index_spaces() {
    let mut w = World::new();
    let a = w.load(
        r#"(module (global (export "g1") i32 (i32.const 1)) (global (export "g2") i32 (i32.const 2))
             (func (export "f1") (result i32) (i32.const 10)) (func (export "f2") (result i32) (i32.const 20))
             (memory (export "m") 1) (table (export "t") 3 funcref) (tag (export "x")))"#,
        &[],
    );
    let imports = ["f2", "g1", "x", "m", "f1", "t", "g2"].map(|name| w.export(a, name));
    let b = w.load(
        r#"(module
             (import "" "" (func $f2 (result i32))) (import "" "" (global $g1 i32)) (import "" "" (tag))
             (import "" "" (memory 1)) (import "" "" (func $f1 (result i32))) (import "" "" (table 3 funcref))
             (import "" "" (global $g2 i32))
             (global $own i32 (i32.add (global.get $g2) (i32.const 100)))
             (func (export "run") (result i32 i32 i32 i32 i32 i32)
               (call $f1) (call $f2) (global.get $g1) (global.get $g2) (global.get $own) (table.size))
             (export "g" (global $g2)) (export "f" (func $f1)) (export "own" (global $own)))"#,
        &imports,
    );
    let results = [10, 20, 1, 2, 102, 3].map(i32);
    assert_eq!(w.call(b, "run", &[]), values(&results));
    assert_eq!((w.export(b, "g"), w.export(b, "f")), (w.export(a, "g2"), w.export(a, "f1")));
    assert_ne!(w.export(b, "own"), w.export(a, "g1"));
}

#[test]
fn function_types_match_across_modules_by_their_recursion_groups() {
    let mut w = World::new();
    let a = w.load(
        r#"(module
             (rec (type $f (sub (func (param (ref null $g))))) (type $g (sub $f (func (param (ref null $g))))))
             (func (export "f") (type $f)) (func (export "g") (type $g)))"#,
        &[],
    );
    let (f, g) = (w.export(a, "f"), w.export(a, "g"));
    let importing = |types: &str| format!(r#"(module (type (struct)) {types} (import "" "" (func (type $x))))"#);
    let same = "(rec (type $x (sub (func (param (ref null $g))))) (type $g (sub $x (func (param (ref null $g))))))";
    w.load(&importing(same), &[f]);
    w.load(&importing(same), &[g]);
    let sub = "(rec (type $f (sub (func (param (ref null $x))))) (type $x (sub $f (func (param (ref null $x))))))";
    w.load(&importing(sub), &[g]);
    assert!(w.try_load(&importing(sub), &[f]).is_err());
    for other in [
        // Final, swapped, another reference, not in a group, one more member, without the supertype.
        "(rec (type $x (func (param (ref null $g)))) (type $g (func (param (ref null $g)))))",
        "(rec (type $g (sub (func (param (ref null $x))))) (type $x (sub (func (param (ref null $x))))))",
        "(rec (type $x (sub (func (param (ref null $x))))) (type $g (sub $x (func (param (ref null $x))))))",
        "(type $x (sub (func (param (ref null $x)))))",
        "(rec (type $x (sub (func (param (ref null $g))))) (type $g (sub $x (func (param (ref null $g))))) (type (func)))",
        "(rec (type $x (sub (func (param (ref null $g))))) (type $g (sub (func (param (ref null $g))))))",
    ] {
        assert!(w.try_load(&importing(other), &[f]).is_err(), "{other}");
        assert!(w.try_load(&importing(other), &[g]).is_err(), "{other}");
    }
}

#[test]
fn a_function_keeps_its_type_when_it_is_exported_again() {
    let types = "(type $sup (sub (func (result anyref)))) (type $sub (sub $sup (func (result i31ref))))";
    let mut w = World::new();
    let a = w.load(&format!(r#"(module {types} (func (export "f") (type $sub) (ref.i31 (i32.const 4))))"#), &[]);
    let f = w.export(a, "f");
    let b = w.load(&format!(r#"(module {types} (import "" "" (func $f (type $sup))) (export "f" (func $f)))"#), &[f]);
    assert_eq!(w.export(b, "f"), f);
    let f = w.export(b, "f");
    let c = w.load(
        &format!(
            r#"(module (type (struct)) {types} (import "" "" (func $f (type $sup))) (table 1 funcref)
                 (elem (i32.const 0) func $f)
                 (func (export "run") (result i32 i32)
                   (ref.test (ref $sub) (ref.func $f)) (i31.get_u (call_indirect (type $sub) (i32.const 0)))))"#
        ),
        &[f],
    );
    assert_eq!(w.call(c, "run", &[]), values(&[i32(1), i32(4)]));
    // Imported at its own type, even through an import of the greater one.
    w.load(&format!(r#"(module {types} (import "" "" (func (type $sub))))"#), &[f]);
}

#[test]
fn globals_match_by_mutability() {
    let mut w = World::new();
    let a = w.load(
        r#"(module (global (export "c") (ref i31) (ref.i31 (i32.const 1)))
             (global (export "m") (mut (ref i31)) (ref.i31 (i32.const 1))))"#,
        &[],
    );
    let (c, m) = (w.export(a, "c"), w.export(a, "m"));
    let import = |t: &str| format!(r#"(module (import "" "" (global {t})))"#);
    for t in ["(ref i31)", "i31ref", "eqref", "anyref"] {
        assert!(w.try_load(&import(t), &[c]).is_ok(), "{t}");
        assert!(w.try_load(&import(t), &[m]).is_err(), "{t}");
        let mutable = import(&format!("(mut {t})"));
        assert!(w.try_load(&mutable, &[c]).is_err(), "{t}");
        assert_eq!(w.try_load(&mutable, &[m]).is_ok(), t == "(ref i31)", "{t}");
    }
    assert!(w.try_load(&import("structref"), &[c]).is_err());
}

#[test]
fn tags_match_exactly() {
    let mut w = World::new();
    let types = "(type $a (sub (func (param anyref)))) (type $b (sub $a (func (param anyref))))";
    let a = w.load(&format!(r#"(module {types} (tag (export "b") (type $b)))"#), &[]);
    let b = w.export(a, "b");
    w.load(&format!(r#"(module {types} (import "" "" (tag (type $b))))"#), &[b]);
    assert!(w.try_load(&format!(r#"(module {types} (import "" "" (tag (type $a))))"#), &[b]).is_err());
    assert!(w.try_load(r#"(module (import "" "" (tag (param anyref))))"#, &[b]).is_err());
}

#[test]
fn two_instances_share_what_they_import_and_nothing_else() {
    let mut w = World::new();
    let shared = w.load(r#"(module (global (export "g") (mut i32) (i32.const 0)))"#, &[]);
    let g = w.export(shared, "g");
    let wat = r#"(module (import "" "" (global $in (mut i32))) (global $own (mut i32) (i32.const 0))
         (func (export "add") (param i32) (result i32 i32)
           (global.set $in (i32.add (global.get $in) (local.get 0)))
           (global.set $own (i32.add (global.get $own) (local.get 0))) (global.get $in) (global.get $own)))"#;
    let (a, b) = (w.load(wat, &[g]), w.load(wat, &[g]));
    assert_eq!(w.call(a, "add", &[i32(1)]), values(&[i32(1), i32(1)]));
    assert_eq!(w.call(b, "add", &[i32(2)]), values(&[i32(3), i32(2)]));
    assert_eq!(w.call(a, "add", &[i32(4)]), values(&[i32(7), i32(5)]));
}

#[test]
fn hosts_types_meet_those_of_modules() {
    let mut w = World::new();
    let ty = TableType {
        share: Share::Unshared,
        addr: AddrType::I64,
        limits: Limits { min: 1, max: Some(2) },
        elem: RefType::FUNCREF,
    };
    let t = ExternAddr::Table(w.s.alloc_table(ty, Ref::Null).unwrap());
    let ma = w.load(
        r#"(module (import "" "" (table i64 1 2 funcref))
             (func (export "run") (param i64) (result i64) (table.grow (ref.null func) (local.get 0))))"#,
        &[t],
    );
    assert_eq!(w.call(ma, "run", &[i64(2)]), values(&[i64(-1)]));
    assert_eq!(w.call(ma, "run", &[i64(1)]), values(&[i64(1)]));
    assert_eq!(w.s.extern_type(t), ExternType::Table(TableType { limits: Limits { min: 2, max: Some(2) }, ..ty }));
}
