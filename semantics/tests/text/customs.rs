//! Annotations: what they give, and what is wrong with them.

use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{Features, Module};
use lockstep_semantics::text::read;
use wasmparser::{Parser, Payload};

fn module(text: &str) -> Module {
    read(text, Features::STANDARD).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The sections of a binary: the names of custom ones, the identifiers of others.
fn sections(text: &str) -> Vec<String> {
    let bytes = encode(&module(text));
    let payloads = Parser::new(0).parse_all(&bytes);
    let name = |payload: Payload<'_>| match payload {
        Payload::CustomSection(custom) => Some(format!("{}={}", custom.name(), custom.data().escape_ascii())),
        Payload::CodeSectionEntry(_) | Payload::Version { .. } | Payload::End(_) => None,
        other => other.as_section().map(|(id, _)| id.to_string()),
    };
    payloads.filter_map(|payload| name(payload.unwrap())).collect()
}

fn faults(text: &str) -> Vec<String> {
    module(text)
        .custom_faults
        .iter()
        .map(|fault| format!("{}{fault}", if fault.well_formed { "!" } else { "" }))
        .collect()
}

#[test]
fn sections_stand_where_they_are_put() {
    let text = "(module (@custom \"z\" \"1\" \"2\") (@custom \"a\" (before first) \"\\00\") (func)
      (@custom \"f\" (after func)) (@custom \"g\" (before func)) (@custom \"h\" (after memory) \"x\"))";
    assert_eq!(sections(text), ["a=\\x00", "1", "g=", "3", "f=", "h=x", "10", "z=12"]);
    assert_eq!(faults(text), Vec::<String>::new());
}

#[test]
fn names_take_the_place_of_identifiers() {
    let text = "(module $m (@name \"M\") (type $t (@name \"T\") (struct (field $x (@name \"X\") i32) (field (@name \"Y\") i32)))
      (import \"a\" \"b\" (func $f (@name \"F\") (param (@name \"P\") i32)))
      (func (@name \"G\") (param $p (@name \"Q\") i32) (param i32) (local (@name \"L\") i64) (local $l i32)))";
    let names = module(text).names;
    assert_eq!(faults(text), Vec::<String>::new());
    assert_eq!(names.module.as_deref(), Some("M"));
    assert_eq!(names.types[&0], "T");
    assert_eq!((&*names.fields[&0][&0], &*names.fields[&0][&1]), ("X", "Y"));
    assert_eq!((&*names.funcs[&0], &*names.funcs[&1]), ("F", "G"));
    let locals: Vec<(u32, &str)> = names.locals[&1].iter().map(|(&x, name)| (x, name.as_str())).collect();
    assert_eq!(locals, [(0, "Q"), (2, "L"), (3, "l")]);
}

#[test]
fn what_is_wrong() {
    for (text, expected) in [
        ("(module (@name \"a\") (@name \"b\"))", "1:21: @name annotation: multiple names"),
        ("(module (func (@name 3)))", "1:15: @name annotation: a string that is UTF-8 is missing"),
        ("(module (func (param (@name \"a\") i32 i32)))", "1:22: @name annotation: not on exactly one declaration"),
        ("(module (func) (@name \"a\"))", "1:16: misplaced @name annotation"),
        ("(func (@custom \"a\"))", "1:7: misplaced @custom annotation"),
        ("(@custom)", "1:1: @custom annotation: missing section name"),
        ("(@custom \"a\" (in type))", "1:1: @custom annotation: malformed placement"),
        ("(@custom \"a\" (after types))", "1:1: @custom annotation: malformed section kind"),
        ("(@custom \"a\" 1)", "1:1: @custom annotation: unexpected token"),
        (
            "(@metadata.code.branch_hint \"\\01\") (func)",
            "1:1: @metadata.code.branch_hint annotation: not in a function",
        ),
        (
            "(func (@metadata.code.branch_hint \"\\01\") nop)",
            "!1:7: @metadata.code.branch_hint annotation: invalid target",
        ),
        (
            "(func (@metadata.code.branch_hint \"\\02\") (br_if 0 (i32.const 0)))",
            "1:7: @metadata.code.branch_hint annotation: invalid value",
        ),
    ] {
        assert_eq!(faults(text), [expected], "{text}");
    }
    let good = "(func (@metadata.code.branch_hint \"\\00\") (if (i32.const 0) (then)) i32.const 0 (@metadata.code.branch_hint \"\\01\") br_if 0)";
    assert_eq!(faults(good), Vec::<String>::new());
    // Any other means nothing.
    assert_eq!(faults("(func (@other (1 \"x\" , )) nop)"), Vec::<String>::new());
}
