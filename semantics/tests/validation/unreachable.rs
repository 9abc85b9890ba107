//! Unreachable code, where the stack has whatever is asked of it, and branches, where several types meet.

use lockstep_semantics::decode::decode_text;
use lockstep_semantics::observe::{RuleCounts, Unobserved};
use lockstep_semantics::validation::validate;

/// Whether a function with this body, and the result given, is valid.
fn valid(result: &str, body: &str) -> bool {
    let text = format!(
        "(module (type $s (sub (struct))) (type $t (sub $s (struct (field i32)))) (type $f (func (result i32)))
           (func (param $any anyref) (param $s (ref $s)) (param $t (ref $t)) (param $extern externref) (param $i i32)
             {result} {body}))"
    );
    let (_, module) = decode_text(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let verdict = validate(&module, &mut Unobserved);
    assert_eq!(verdict, validate(&module, &mut RuleCounts::default()), "{body}");
    if let Err(e) = &verdict {
        println!("{body}: {e}");
    }
    verdict.is_ok()
}

#[test]
fn references_from_nowhere() {
    for (verdict, result, body) in [
        (true, "(result (ref $s))", "unreachable ref.as_non_null"),
        (true, "(result (ref extern))", "unreachable ref.as_non_null"),
        (false, "(result i32)", "unreachable ref.as_non_null"),
        (true, "(result i32)", "unreachable ref.is_null"),
        (true, "(result (ref any))", "unreachable any.convert_extern"),
        (true, "(result (ref extern))", "unreachable extern.convert_any"),
        (false, "(result (ref $s))", "unreachable any.convert_extern"),
        (true, "(result (ref extern))", "unreachable ref.as_non_null extern.convert_any"),
        (false, "(result (ref any))", "(any.convert_extern (local.get $extern))"),
        (true, "(result (ref any))", "(any.convert_extern (ref.as_non_null (local.get $extern)))"),
        (
            true,
            "(result (ref $s))",
            "unreachable (block (result i32) (br_on_null 1 (unreachable)) drop drop i32.const 0) drop",
        ),
        (true, "(result i32)", "unreachable select"),
        (true, "(result i32)", "unreachable (i32.const 0) select"),
        (false, "(result i32)", "unreachable ref.as_non_null (i32.const 0) select"),
        (false, "(result i64)", "unreachable (i32.const 0) (i32.const 0) select"),
        (true, "(result i32)", "unreachable call_ref $f"),
        (false, "", "unreachable (struct.set $t 0)"),
    ] {
        assert_eq!(valid(result, body), verdict, "{result} {body}");
    }
}

#[test]
fn null_after_br_on_null() {
    assert!(valid("", "(block (br_on_null 0 (local.get $any)) (ref.cast (ref $s)) drop)"));
    assert!(valid("", "(block (result (ref any)) (block (br_on_null 0 (local.get $any)) (br 1)) (local.get $s)) drop"));
    assert!(!valid("", "(block (result (ref any)) (block (local.get $any) (br 1)) (local.get $s)) drop"));
}

#[test]
fn branch_tables() {
    for (verdict, outer, inner, operand) in [
        // One choice of operands must do for all labels.
        (true, "anyref", "(ref null $s)", "(local.get $t)"),
        (true, "(ref null $s)", "anyref", "(local.get $t)"),
        (false, "(ref null $t)", "anyref", "(local.get $s)"),
        (false, "anyref", "(ref null $t)", "(local.get $s)"),
        (false, "i64", "i32", "(i32.const 0)"),
        (false, "i32", "i64", "(i32.const 0)"),
        // In unreachable code there is one for labels that have nothing in common but their number.
        (true, "i64", "i32", "unreachable"),
        (true, "externref", "f32", "unreachable"),
        (false, "externref", "f32", "unreachable ref.as_non_null"),
        (true, "externref", "anyref", "unreachable ref.as_non_null"),
        (false, "i64 i64", "i32", "unreachable"),
        (true, "i64 i64", "i32 f32", "unreachable"),
        (true, "i64 f32", "i32 f32", "unreachable (f32.const 0)"),
        (false, "i64 i64", "i32 f32", "unreachable (f32.const 0)"),
    ] {
        for labels in ["0 1", "1 0", "0 0 1", "0 1 0 1 0"] {
            let body = format!(
                "(block (result {outer}) (block (result {inner}) {operand} (br_table {labels} (local.get $i))) unreachable)
                 unreachable"
            );
            assert_eq!(valid("", &body), verdict, "{body}");
        }
    }
}

#[test]
fn operands_keep_the_types_of_the_label() {
    assert!(valid("(result anyref)", "(br_if 0 (local.get $s) (local.get $i))"));
    assert!(!valid(
        "(result anyref)",
        "(br_if 0 (local.get $s) (local.get $i)) (ref.cast (ref $s)) (struct.get $t 0) drop"
    ));
    let cast =
        |then: &str| format!("(block (result anyref) (br_on_cast 0 anyref (ref null $s) (local.get $any)) {then})");
    // What is left after a cast that null goes along with is not null.
    assert!(valid("(result anyref)", &cast("(br 1 (ref.as_non_null))")));
    assert!(valid("(result (ref any))", &format!("{} ref.as_non_null", cast("(return)"))));
    let fail = |rt: &str| {
        format!("(block (result (ref any)) (br_on_cast_fail 0 anyref {rt} (local.get $any)) (return)) drop unreachable")
    };
    assert!(valid("(result (ref null $s))", &fail("(ref null $s)")));
    assert!(!valid("(result (ref null $s))", &fail("(ref $s)")));
}
