//! What is said about invalid modules: the rule, the premise, the place, and the line for people.

use lockstep_semantics::decode::decode_text;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::rule;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{CompKind, Definition, Invalid, Premise, Space, validate, validate_in};
use lockstep_spec::RuleId;

fn module(text: &str) -> Module {
    decode_text(text).unwrap_or_else(|e| panic!("{text}: {e}")).1
}

fn invalid(text: &str) -> Invalid {
    validate(&module(text), &mut Unobserved).expect_err(text)
}

#[track_caller]
fn check(text: &str, rule: RuleId, premise: Premise, definition: Definition) {
    let e = invalid(text);
    assert_eq!((e.rule, e.premise, e.place.definition), (rule, premise, definition), "{text}");
}

fn reference(null: bool, x: TypeIdx) -> ValType {
    ValType::Ref(RefType { null, heap: HeapType::Use(TypeUse::Idx(x)) })
}

#[test]
fn an_error_is_one_line() {
    let e = invalid("(module (func) (func (result i32) (local i64) (i32.add (local.get 0) (i32.const 1))))");
    assert_eq!(e.rule, rule!("Instr_ok/binop"));
    assert_eq!(e.premise, Premise::NotSubtype { found: ValType::I64, needed: ValType::I32 });
    assert_eq!(e.to_string(), "type mismatch: found i64, needed i32 (Instr_ok/binop, function 1, 1:48)");
}

#[test]
fn a_headline_begins_the_message() {
    let e = invalid("(module (global i32 (i32.div_s (i32.const 1) (i32.const 1))))");
    assert_eq!(e.premise.headline().to_string(), "constant expression required");
    assert_eq!(e.premise.to_string(), "constant expression required: found i32.div_s");
    // A name that reads like a message is none.
    let e = invalid("(module (func) (export \"a: found b\" (func 0)) (export \"a: found b\" (func 0)))");
    assert_eq!(e.premise.headline().to_string(), "duplicate export name \"a: found b\"");
    assert_eq!(e.premise.to_string(), "duplicate export name \"a: found b\"");
}

#[test]
fn types_are_named_by_index() {
    // The type of the operand comes from the closed type of the field.
    check(
        "(module (type $a (struct)) (type $b (struct (field (ref null $a))))
           (func (param (ref $b)) (result (ref $b)) (struct.get $b 0 (local.get 0))))",
        rule!("Expr_ok"),
        Premise::NotSubtype { found: reference(true, 0), needed: reference(false, 1) },
        Definition::Func(0),
    );
}

#[test]
fn of_types() {
    let unknown = |index, len| Premise::Unknown { space: Space::Type, index, len };
    check("(module (type (func (param (ref 7)))))", rule!("Typeuse_ok/typeidx"), unknown(7, 1), Definition::Type(0));
    check(
        "(module (type (struct)) (rec (type (struct)) (type (sub final 1 (struct)))))",
        rule!("Subtype_ok"),
        Premise::SuperFinal { sup: TypeUse::Idx(1) },
        Definition::Type(2),
    );
    check(
        "(module (rec (type (sub 1 (struct))) (type (sub (struct)))))",
        rule!("Subtype_ok"),
        Premise::SuperNotBefore { sup: TypeUse::Idx(1), index: 0 },
        Definition::Type(0),
    );
    check(
        "(module (type (sub (struct (field i32)))) (type (sub 0 (struct (field i64)))))",
        rule!("Subtype_ok"),
        Premise::NotLikeSuper { sup: TypeUse::Idx(0) },
        Definition::Type(1),
    );
    check(
        "(module (type (struct)) (import \"\" \"\" (func (type 0))))",
        rule!("Externtype_ok/func"),
        Premise::WrongShape { found: TypeUse::Idx(0), needed: CompKind::Func },
        Definition::Import(0),
    );
    check(
        "(module (tag (result i32)))",
        rule!("Tagtype_ok"),
        Premise::TagResults { results: vec![ValType::I32] },
        Definition::Tag(0),
    );
    check(
        "(module (memory 65537))",
        rule!("Limits_ok"),
        Premise::LimitsTooLarge { space: Space::Mem, bound: 65537, most: 65536 },
        Definition::Mem(0),
    );
    check(
        "(module (import \"\" \"\" (table 1 funcref)) (table 3 2 funcref))",
        rule!("Limits_ok"),
        Premise::LimitsReversed { min: 3, max: 2 },
        Definition::Table(1),
    );
}

#[test]
fn of_instructions() {
    let func = |body: &str| format!("(module (memory 1) (type $s (struct (field i8))) (func $f {body}))");
    let cases = [
        ("drop", rule!("Instr_ok/drop"), Premise::StackUnderflow { needed: None }),
        ("i32.const 0", rule!("Expr_ok"), Premise::ValuesLeft { top: ValType::I32 }),
        ("(block (result i32))", rule!("Instr_ok/block"), Premise::StackUnderflow { needed: Some(ValType::I32) }),
        ("br 2", rule!("Instr_ok/br"), Premise::Unknown { space: Space::Label, index: 2, len: 1 }),
        ("call 3", rule!("Instr_ok/call"), Premise::Unknown { space: Space::Func, index: 3, len: 1 }),
        ("(local (ref $s)) local.get 0 drop", rule!("Instr_ok/local.get"), Premise::LocalUnset { local: 0 }),
        ("ref.func $f drop", rule!("Instr_ok/ref.func"), Premise::UndeclaredReference { func: 0 }),
        (
            "(i32.load align=8 (i32.const 0)) drop",
            rule!("Memarg_ok"),
            Premise::AlignmentTooLarge { exponent: 3, bytes: 4 },
        ),
        (
            "(i32.load offset=4294967296 (i32.const 0)) drop",
            rule!("Memarg_ok"),
            Premise::OffsetTooLarge { offset: 1 << 32, bits: 32 },
        ),
        (
            "(struct.get $s 0 (ref.null $s)) drop",
            rule!("Instr_ok/struct.get"),
            Premise::Packing { storage: StorageType::Pack(PackType::I8) },
        ),
        (
            "(struct.set $s 0 (ref.null $s) (i32.const 0))",
            rule!("Instr_ok/struct.set"),
            Premise::ImmutableField { index: Some(0) },
        ),
        (
            "(struct.get_u $s 1 (ref.null $s)) drop",
            rule!("Instr_ok/struct.get"),
            Premise::Unknown { space: Space::Field, index: 1, len: 1 },
        ),
        (
            "(array.new_default $s (i32.const 0)) drop",
            rule!("Instr_ok/array.new_default"),
            Premise::WrongShape { found: TypeUse::Idx(0), needed: CompKind::Array },
        ),
        (
            "(select (i32.const 0) (i64.const 0) (i32.const 0)) drop",
            rule!("Instr_ok/select-impl"),
            Premise::SelectTypes { first: ValType::I32, second: ValType::I64 },
        ),
        (
            "(i8x16.extract_lane_u 16 (v128.const i64x2 0 0)) drop",
            rule!("Instr_ok/vextract_lane"),
            Premise::LaneOutOfRange { lane: 16, lanes: 16 },
        ),
        (
            "(block (br_on_non_null 0 (ref.null any)))",
            rule!("Instr_ok/br_on_non_null"),
            Premise::LabelNotReference { label: vec![] },
        ),
    ];
    for (body, rule, premise) in cases {
        check(&func(body), rule, premise, Definition::Func(0));
    }
}

#[test]
fn of_modules() {
    check(
        "(module (global i32 (i32.div_s (i32.const 1) (i32.const 1))))",
        rule!("Expr_const"),
        Premise::NotConstant { instr: Instr::Binop(BinOp::I(Inn::I32, IBinOp::Div(Sx::S))) },
        Definition::Global(0),
    );
    check(
        "(module (import \"\" \"\" (global (mut i32))) (global i32 (global.get 0)))",
        rule!("Instr_const/global.get"),
        Premise::NotConstant { instr: Instr::GlobalGet(0) },
        Definition::Global(1),
    );
    check(
        "(module (func (export \"a\")) (export \"b\" (func 0)) (export \"a\" (func 0)))",
        rule!("Module_ok"),
        Premise::DuplicateExport { name: "a".into() },
        Definition::Export(2),
    );
    check(
        "(module (func (param i32)) (start 0))",
        rule!("Start_ok"),
        Premise::StartType { func: 0 },
        Definition::Start,
    );
    check(
        "(module (data (i32.const 0) \"\"))",
        rule!("Datamode_ok/active"),
        Premise::Unknown { space: Space::Mem, index: 0, len: 0 },
        Definition::Data(0),
    );
    check(
        "(module (table 1 externref) (elem (i32.const 0) func))",
        rule!("Elemmode_ok/active"),
        Premise::NotSubtype {
            found: ValType::Ref(RefType::non_null(HeapType::abs(AbsHeapType::Func))),
            needed: ValType::Ref(RefType::EXTERNREF),
        },
        Definition::Elem(0),
    );
}

/// A global sees the globals before it, a table only imported ones, a segment all of them.
#[test]
fn globals_in_scope() {
    let unknown = |index, len| Premise::Unknown { space: Space::Global, index, len };
    let valid =
        "(module (import \"\" \"\" (global funcref)) (global $1 i32 (i32.const 0)) (global $2 i32 (global.get $1))
                   (global $3 funcref (global.get 0)) (table 1 funcref (global.get 0))
                   (elem (offset (global.get $2)) funcref (global.get $3)))";
    validate(&module(valid), &mut Unobserved).unwrap();
    check(
        "(module (global i32 (global.get 1)) (global i32 (i32.const 0)))",
        rule!("Instr_ok/global.get"),
        unknown(1, 0),
        Definition::Global(0),
    );
    check(
        "(module (global funcref (ref.null func)) (table 1 funcref (global.get 0)))",
        rule!("Instr_ok/global.get"),
        unknown(0, 0),
        Definition::Table(0),
    );
}

/// The locals set in a sequence are unset after it, and not those that were set before.
#[test]
fn locals_are_forgotten() {
    let func = |body: &str| {
        format!("(module (type $s (struct)) (func (param (ref $s)) (local $x (ref $s)) (local $y (ref $s)) {body}))")
    };
    let set = |x: &str| format!("(local.set ${x} (local.get 0))");
    let get = |x: &str| format!("(drop (local.get ${x}))");
    let valid = [
        format!("{} {} (block {} {}) {}", set("x"), get("x"), set("x"), get("x"), get("x")),
        format!("(block {} (block {} {} {}) {})", set("x"), set("y"), get("x"), get("y"), get("x")),
        format!("(if (i32.const 0) (then {} {}) (else {} {}))", set("x"), get("x"), set("x"), get("x")),
        format!("unreachable {} {}", set("x"), get("x")),
    ];
    for body in valid {
        validate(&module(&func(&body)), &mut Unobserved).unwrap_or_else(|e| panic!("{body}: {e}"));
    }
    let invalid = [
        (format!("(block {}) {}", set("x"), get("x")), 1),
        (format!("(block {} (block {}) {})", set("x"), set("y"), get("y")), 2),
        (format!("(if (i32.const 0) (then {}) (else {}))", set("x"), get("x")), 1),
        (format!("(if (i32.const 0) (then {}) (else {})) {}", set("x"), set("x"), get("x")), 1),
        (format!("unreachable {}", get("x")), 1),
    ];
    for (body, local) in invalid {
        check(&func(&body), rule!("Instr_ok/local.get"), Premise::LocalUnset { local }, Definition::Func(0));
    }
}

/// Types of modules compare within one table, and only there.
#[test]
fn module_types_are_closed() {
    let a = module("(module (type $t (func (param i32))) (func (export \"f\") (type $t)))");
    let b = module(
        "(module (type (struct)) (type $t (func (param i32))) (import \"\" \"f\" (func (type $t)))
           (import \"\" \"m\" (memory 1)))",
    );
    let mut table = TypeTable::new();
    let a = validate_in(&a, &mut table, &mut Unobserved).unwrap();
    let b = validate_in(&b, &mut table, &mut Unobserved).unwrap();
    assert!(matches!(a.exports[0], ExternType::Func(TypeUse::Def(_))));
    assert_eq!(a.exports[0], b.imports[0]);
    assert_eq!(b.imports.len(), 2);
}
