//! `lockstep explain`: the mistakes of the corpus, each with its explanation as a snapshot beside it.

#[path = "common/types.rs"]
mod types;

use lockstep_views::explain::{self, Input, Verdict, canonical, subtype};
use std::fs;
use std::path::{Path, PathBuf};
use types::{OTHER, TREES};

fn mistakes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/mistakes");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wat"));
    paths.sort();
    assert!(paths.len() >= 11, "{paths:?}");
    paths
}

fn read(path: &str, text: &str) -> Input {
    Input::read(path, text.as_bytes()).unwrap_or_else(|e| panic!("{}", e.render(Some(text), false, usize::MAX)))
}

#[test]
fn mistakes_and_their_explanations() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../corpus/mistakes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in mistakes() {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let explanation = match Input::read(&name, text.as_bytes()) {
                Ok(input) => explain::module(&input, true),
                Err(explanation) => *explanation,
            };
            assert_ne!(explanation.verdict, Verdict::Valid, "{name}");
            // Each is found in the text.
            assert!(explanation.span.is_some(), "{name}");
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            insta::assert_snapshot!(stem, explanation.render(Some(&text), false, usize::MAX));
        }
    });
}

#[test]
fn instructions_are_found_in_the_text() {
    // The instruction at fault is underlined, folded or not, after blocks, `else`, and in constant expressions.
    for (text, underlined) in [
        ("(module (func (drop (i32.add (i64.const 1) (i32.const 2)))))", "i32.add"),
        ("(module (func block nop end i32.const 1 if nop else i64.const 0 i32.eqz drop end))", "i32.eqz"),
        ("(module (func i32.const 1 (if (then (nop)) (else)) (i64.eqz (i32.const 3)) drop))", "i64.eqz"),
        ("(module (import \"a\" \"b\" (func)) (func $f) (func (call 9)))", "call 9"),
        ("(module (global i32 (i64.const 5)))", "global"),
        ("(module (global i32 (i32.const 1)) (global i32 (global.get 7)))", "global.get 7"),
        ("(module (table 1 funcref) (elem (i32.const 0) funcref (ref.null func) (ref.func 3)))", "ref.func 3"),
        ("(module (func) (export \"a\" (func 0)) (export \"a\" (func 0)))", "export"),
        ("(module (type (func)) (rec (type (struct)) (type $t (sub 9 (struct)))))", "type"),
        ("(module (func (result i32) (i32.const 1) (br_table 0 0 8 (i32.const 0))))", "br_table 0 0 8"),
    ] {
        let input = read("m", text);
        let explanation = explain::module(&input, true);
        let span = explanation.span.clone().unwrap_or_else(|| panic!("{text}: {explanation:?}"));
        assert!(text[span.clone()].starts_with(underlined), "{text}: {:?}", &text[span]);
        assert!(explanation.derivation.is_some());
    }
}

#[test]
fn subtyping_within_a_module_and_across_two() {
    let (trees, other) = (read("trees.wat", TREES), read("other.wat", OTHER));
    for (query, right, holds) in [
        ("$t <: $n", None, true),
        ("$t <: eq", None, true),
        ("none <: $t", None, true),
        ("$n <: $t", None, false),
        ("$n3 <: $n", None, true),
        ("$n2 <: $n", None, false),
        ("(ref $t) <: anyref", None, true),
        ("(ref null $t) <: (ref any)", None, false),
        ("i32 <: i32", None, true),
        ("i32 <: f32", None, false),
        ("2 <: 0", None, true),
        ("$t <: $x", Some(&other), true),
        ("(ref $t) <: (ref null $x)", Some(&other), true),
        ("$t <: $z", Some(&other), false),
    ] {
        let answer = subtype::subtype(query, &trees, right).unwrap();
        assert_eq!((answer.holds, answer.checked), (holds, true), "{query}\n{}", answer.render(usize::MAX));
        assert_eq!(answer.because.is_some(), !holds, "{query}");
    }
    for query in ["$t", "$t <: $nowhere", "$t <: (ref any)", "99 <: any", "(ref <: any"] {
        assert!(subtype::subtype(query, &trees, None).is_err(), "{query}");
    }
    insta::assert_snapshot!("subtype_across", subtype::subtype("$t <: $x", &trees, Some(&other)).unwrap().render(99));
    insta::assert_snapshot!(
        "subtype_broken",
        subtype::subtype("(ref $t) <: (ref $z)", &trees, Some(&other)).unwrap().render(99)
    );
}

#[test]
fn types_after_canonicalisation() {
    let report = canonical::canonical(&read("trees.wat", TREES));
    assert!(report.classes.contains(&vec!["$n".into(), "$n3".into()]), "{report:?}");
    assert!(report.classes.contains(&vec!["$m".into(), "$m3".into()]), "{report:?}");
    let why = |a: &str, b: &str| {
        let near = report.near.iter().find(|near| (near.first.as_str(), near.second.as_str()) == (a, b));
        near.unwrap_or_else(|| panic!("{a} {b}: {report:?}")).why.clone()
    };
    assert!(why("$t", "$t2").starts_with("finality"));
    assert!(why("$n", "$n2").starts_with("the order in the rec group"));
    assert!(why("$m", "$alone").starts_with("the rec group"));
    assert!(why("$alone", "$mutable").starts_with("mutability"));
    insta::assert_snapshot!("canonical", report.render());
}

const SHARED: &str = r#"(module
  (type $point (shared (struct (field $x (mut i32)))))
  (type $move (shared (func (param (ref null $point) i32) (result i32))))
  (memory $m 1 1 shared)
  (global $moves (shared mut i32) (i32.const 0))
  (func $move (type $move) (param $p (ref null $point)) (param $by i32) (result i32)
    (drop (global.atomic.rmw.add seqcst $moves (i32.const 1)))
    (struct.atomic.rmw.add acqrel $point $x (local.get $p) (local.get $by)))
  (func $count (param $at i32) (result i64)
    (i64.atomic.rmw32.add_u $m offset=8 (local.get $at) (i64.const 1))))"#;

#[test]
fn the_derivations_of_a_shared_function_and_of_an_atomic_access() {
    let input = read("shared.wat", SHARED);
    let [moves, counts] = [0, 1].map(|func| explain::body(&input, func).unwrap().unwrap());
    assert!(moves.checked.is_some() && counts.checked.is_some());
    insta::assert_snapshot!("body_shared", moves.tree.render(usize::MAX));
    insta::assert_snapshot!("body_atomic", counts.tree.render(usize::MAX));
    // Derivations of subtypings know sharedness, too.
    for (query, holds) in [
        ("$point <: (shared any)", true),
        ("(shared none) <: $point", true),
        ("(shared i31) <: (shared eq)", true),
        ("(ref $point) <: (ref null (shared eq))", true),
        ("$point <: any", false),
        ("none <: $point", false),
        ("i31 <: (shared eq)", false),
    ] {
        let answer = subtype::subtype(query, &input, None).unwrap_or_else(|e| panic!("{query}: {e}"));
        assert_eq!((answer.holds, answer.checked), (holds, true), "{query}\n{}", answer.render(usize::MAX));
    }
}

#[test]
fn the_derivation_of_a_body() {
    let body = explain::body(&read("trees.wat", TREES), 0).unwrap().unwrap();
    assert!(body.checked.is_some_and(|n| n > body.tree.size()));
    let tree = body.tree;
    insta::assert_snapshot!("body", tree.render(usize::MAX));
    // Folding leaves out what it says it leaves out.
    let folded = tree.render(1);
    assert!(folded.contains(&format!("… {} more", tree.premises[0].size() - 1)), "{folded}");
    assert_eq!(explain::body(&read("trees.wat", TREES), 1), Ok(None));
}
