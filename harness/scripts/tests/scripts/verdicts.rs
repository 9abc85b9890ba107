//! Scripts on the semantics, whole: one verdict for each form, what is passed on, which proposal a syntax is of, and the
//! places and texts of messages. What passes is in `corpus/conform`.

use lockstep_engines::{Limits, Semantics};
use lockstep_reports::{FileReport, Finding, Verdict};
use lockstep_scripts::script;

fn run_in(suite: &str, text: &str) -> (FileReport, Vec<Finding>) {
    let limits = Limits { steps: Some(1_000_000), ..Limits::default() };
    script::run("test.wast", suite, text.as_bytes(), &Semantics, &limits)
}

fn run(text: &str) -> (FileReport, Vec<Finding>) {
    run_in("test", text)
}

/// Line and verdict of all directives.
fn verdicts(text: &str) -> Vec<(u32, Verdict)> {
    run(text).0.cases.iter().map(|case| (case.line, case.verdict)).collect()
}

/// What came of the one directive of a script, which does not pass.
#[track_caller]
fn only(text: &str) -> Finding {
    let (report, mut findings) = run(text);
    assert_eq!((report.cases.len(), findings.len()), (1, 1), "{text}: {findings:?}");
    findings.remove(0)
}

#[test]
fn a_form_that_cannot_be_read_hides_no_other() {
    use Verdict::{Fail, Pass, Unsupported};
    let script = r#"(module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 1))
(frobnicate "f")
(assert_return (invoke "f") (i32.const 1)) stray tokens ) here
(assert_returns (invoke "f") (i32.const 1))
(assert_return (invoke "f") (i32.const 1.5))
(assert_return (invoke "f") (i32.const 1))
()
"string"
(assert_malformed (module instance) "x")
(assert_unlinkable (module definition) "x")
(assert_return (invoke "f" (ref.func)) (i32.const 1))
(component (core module))
(module $f (func (export "f") (nothing)))
(assert_return (invoke $f "f") (i32.const 1))
(module (func (export "f") (result i32) (i32.const 2)))
(assert_return (invoke "f") (i32.const 2))
(assert_return (invoke "f") (i32.const 2)
"#;
    let want = [
        (1, Pass),
        (2, Pass),
        (3, Fail),
        (4, Pass),
        (4, Fail),
        (5, Fail),
        (6, Fail),
        (7, Pass),
        (8, Fail),
        (9, Fail),
        (10, Fail),
        (11, Fail),
        (12, Fail),
        (13, Unsupported),
        (14, Fail),
        (15, Fail),
        (16, Pass),
        (17, Pass),
        (18, Fail),
    ];
    assert_eq!(verdicts(script), want);
    let (_, findings) = run(script);
    let got = |line| &findings.iter().find(|finding| finding.line == line).unwrap().got;
    for (line, text) in [
        (3, "malformed script: 3:2: there is no directive `frobnicate`"),
        (4, "malformed script: 4:44: expected a directive in parentheses, found `stray`"),
        (6, "malformed script: 6:40: `1.5` is no number for `i32.const`"),
        (11, "malformed script: 11:20: misplaced module definition"),
        (15, "no instance $f, because of line 14: the module did not load"),
        (18, "malformed script: 18:1: this parenthesis is not closed"),
    ] {
        assert_eq!(got(line), text);
    }
}

#[test]
fn proposals_by_their_syntax() {
    for (proposal, modules) in [
        (
            "custom-page-sizes",
            &["(memory 1 (pagesize 1))", "(memory 0 2 (pagesize 65536))", "(memory i64 0 (pagesize 1))"][..],
        ),
        (
            "legacy-exceptions",
            &[
                "(func (try (do nop) (catch_all nop)))",
                "(tag $e) (func try throw $e catch $e rethrow 0 end)",
                "(func (try (do) (delegate 0)))",
            ],
        ),
        (
            "stack-switching",
            &[
                "(type $f (func)) (type $c (cont $f))",
                "(tag $e) (func (suspend $e))",
                "(func (param (ref null cont)))",
                "(func (param contref))",
                "(type $f (func)) (func (drop (cont.new 1 (ref.null $f))))",
            ],
        ),
        (
            "custom-descriptors",
            &[
                "(type $s (descriptor $d (struct))) (type $d (describes $s (struct)))",
                "(type $s (struct)) (func (param (ref (exact $s))))",
                "(type $s (struct)) (func (param (ref null $s)) (drop (ref.get_desc $s (local.get 0))))",
            ],
        ),
        (
            "wide-arithmetic",
            &[
                "(func (param i64) (drop (i64.add128 (local.get 0) (local.get 0) (local.get 0) (local.get 0))) drop)",
                "(func (drop (i64.mul_wide_u (i64.const 1) (i64.const 1))) drop)",
            ],
        ),
        (
            "multibyte-array-access",
            &[
                "(type $a (array (mut i8))) (func (drop (i64.load32_u (type $a) (ref.null $a) (i32.const 0))))",
                "(type $a (array (mut i8))) (func (f32.store (type $a) (ref.null $a) (i32.const 0) (f32.const 0)))",
            ],
        ),
        (
            "half-precision",
            &[
                "(func (drop (f16x8.splat (f32.const 0))))",
                "(memory 1) (func (drop (f32.load_f16 (i32.const 0))))",
                "(func (drop (v128.const f16x8 0 0 0 0 0 0 0 0)))",
            ],
        ),
        ("memory-control", &["(memory 1) (func (memory.discard (i32.const 0) (i32.const 0)))"]),
        ("compact-import-section", &["(import \"a\" (item \"b\" (func)) (item \"c\" (func)))"]),
        ("threads", &["(memory 1 1 shared)", "(func (atomic.fence))"]),
    ] {
        for module in modules {
            let quoted = module.replace('"', "\\\"");
            for form in [
                format!("(module {module})"),
                format!("(module quote \"{quoted}\")"),
                format!("(module definition {module})"),
            ] {
                let finding = only(&form);
                assert_eq!(finding.verdict, Verdict::Unsupported, "{form}: {}", finding.got);
                assert!(finding.got.ends_with(&format!("(proposal: {proposal})")), "{form}: {}", finding.got);
            }
        }
    }
    for (script, text) in [
        ("(component)", "1:1: a component (proposal: component-model)"),
        ("(component $c (core module))", "1:1: a component (proposal: component-model)"),
        (
            "(assert_return (invoke \"f\") (bool.const true))",
            "a value of the component model (proposal: component-model)",
        ),
        ("(assert_return (invoke \"f\") (ref.cont))", "a reference to a continuation (proposal: stack-switching)"),
        ("(invoke \"f\" (ref.null cont))", "a continuation type (proposal: stack-switching)"),
        ("(assert_suspension (invoke \"f\") \"unhandled\")", "stack switching is not supported"),
        ("(module binary \"\\00asm\" \"\\0d\\00\\01\\00\")", "unknown binary version (proposal: component-model)"),
    ] {
        let finding = only(script);
        assert_eq!(finding.verdict, Verdict::Unsupported, "{script}: {}", finding.got);
        assert!(finding.got.ends_with(text), "{script}: {}", finding.got);
    }
}

/// With the instructions of the threads proposal, an ordering is one of another proposal.
#[test]
fn orderings_of_memory_accesses() {
    for body in ["(drop (i32.atomic.load acqrel (i32.const 0)))", "(atomic.fence acqrel)"] {
        let (_, findings) = run_in("threads", &format!("(module (memory 1) (func {body}))"));
        assert_eq!(findings[0].verdict, Verdict::Unsupported, "{body}: {}", findings[0].got);
        assert!(findings[0].got.contains("(proposal: acquire-release-atomics)"), "{body}: {}", findings[0].got);
    }
}

/// A place in a quoted module is one in the string, and the string is where the word `quote` stands.
#[test]
fn places_of_quoted_modules() {
    for (script, text) in [
        (
            "(module\n  quote\n  \"(func (bogus))\")",
            "malformed text at 1:8 of the text quoted at 2:3: unexpected token: `bogus`",
        ),
        (
            "(module quote \"(func)\\n\" \"  (fun)\")",
            "malformed text at 2:4 of the text quoted at 1:9: unexpected token: `fun`",
        ),
        ("(module $m  quote \"\\ff\")", "malformed text at 1:1 of the text quoted at 1:13: malformed UTF-8 encoding"),
        ("(module quote \"(func (result i32))\")", ", 1:19), in the text quoted at 1:9"),
        (
            "\n (assert_invalid (module quote \"(memory +1)\") \"x\")",
            "malformed text at 1:9 of the text quoted at 2:26: unexpected token: `+1`",
        ),
        ("\n\n(module (func (bogus)))", "malformed text at 3:16: unexpected token: `bogus`"),
        ("(module definition quote \"(func (bogus))\")", "of the text quoted at 1:20: "),
    ] {
        let finding = only(script);
        assert_eq!(finding.verdict, Verdict::Fail, "{script}");
        assert!(finding.got.contains(text), "{script}: {}", finding.got);
    }
}

#[test]
fn texts_that_do_not_begin_the_message() {
    let module = r#"(module (func (export "u") (unreachable)) (func $l (export "l") (call $l)) (func (export "r")))"#;
    for (assertion, passes) in [
        (r#"(assert_trap (invoke "u") "unreachable")"#, true),
        (r#"(assert_trap (invoke "u") "unreachable executed")"#, true),
        (r#"(assert_trap (invoke "u") "unreachable code")"#, false),
        (r#"(assert_trap (invoke "u") "unreachable executed twice")"#, false),
        (r#"(assert_trap (invoke "u") "nreachable")"#, false),
        (r#"(assert_trap (invoke "u") "integer overflow")"#, false),
        (r#"(assert_trap (invoke "u") "call stack exhausted")"#, false),
        (r#"(assert_trap (invoke "r") "")"#, false),
        (r#"(assert_exhaustion (invoke "l") "call stack exhausted")"#, true),
        (r#"(assert_exhaustion (invoke "l") "out of memory")"#, false),
        (r#"(assert_exhaustion (invoke "u") "unreachable")"#, false),
        (r#"(assert_unlinkable (module (import "x" "y" (func))) "unknown import")"#, true),
        (r#"(assert_unlinkable (module (import "x" "y" (func))) "incompatible import type")"#, false),
        (r#"(assert_unlinkable (module (import "x" "y" (func))) "no such import")"#, false),
        (r#"(assert_unlinkable (module (import "spectest" "print" (func))) "unknown import")"#, false),
        (r#"(assert_trap (module (import "x" "y" (func))) "unknown import")"#, false),
    ] {
        let got = verdicts(&format!("{module}\n{assertion}"));
        assert_eq!(got[1].1 == Verdict::Pass, passes, "{assertion}");
    }
}
