//! Scripts on the semantics, whole: one verdict for each form, what is passed on, which proposal a syntax is of, and the
//! places and texts of messages. What passes is in `corpus/conform`.

use lockstep::engine::{Limits, Semantics};
use lockstep::script;
use lockstep_reports::{FileReport, Finding, Kind, Verdict};
use std::fs;
use std::path::Path;

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
fn scripts_may_begin_with_any_command() {
    for (script, kind, text) in [
        ("(get \"x\")", Kind::Get, "no instance: none is defined"),
        ("(invoke \"x\")", Kind::Invoke, "no instance: none is defined"),
        ("(register \"m\")", Kind::Register, "no instance: none is defined"),
        ("(register \"m\" $m)", Kind::Register, "no instance $m: none is defined"),
        ("(module instance)", Kind::ModuleInstance, "no module: none is defined"),
        ("(module instance $i $m)", Kind::ModuleInstance, "no module $m: none is defined"),
        ("(script (get \"x\"))", Kind::Script, "1:9: no instance: none is defined"),
        ("(input \"x.wast\")", Kind::Input, "cannot read \"x.wast\": the script is in no folder"),
        ("(output $m \"x.wasm\")", Kind::Output, "no module $m: none is defined"),
    ] {
        let finding = only(script);
        assert_eq!((finding.directive, finding.verdict, &*finding.got), (kind, Verdict::Fail, text), "{script}");
    }
}

#[test]
fn what_is_unsupported_is_passed_on() {
    let script = r#"(module $m (memory 1 (pagesize 1)) (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke $m "f") (i32.const 1))
(assert_trap (invoke $m "f") "unreachable")
(invoke "f")
(get $m "g")
(register "m" $m)
(module (import "m" "f" (func)))
(assert_unlinkable (module (import "m" "f" (func))) "unknown import")
(module instance $i $m)
(assert_return (invoke $i "f"))
(assert_trap (module instance $m) "unreachable")
(script (assert_return (invoke $m "f") (i32.const 1)))
"#;
    let (report, findings) = run(script);
    assert!(report.cases.iter().all(|case| case.verdict == Verdict::Unsupported), "{findings:?}");
    for finding in &findings[1..] {
        let line = if finding.line == 10 { "because of line 9: " } else { "because of line 1: " };
        assert!(finding.got.contains(line), "{}: {}", finding.line, finding.got);
    }
    // What comes later, and what has nothing to do with it, is judged for itself.
    let after = r#"(module $ok (func (export "g")))
(assert_return (invoke $ok "g"))
(assert_return (invoke $m "f") (i32.const 1))
(module $m (func (export "f") (result i32) (i32.const 2)))
(assert_return (invoke $m "f") (i32.const 2))
(register "m" $m)
(module (import "m" "f" (func (result i32))))
(module (import "n" "f" (func (result i32))))
"#;
    use Verdict::{Fail, Pass, Unsupported};
    let after: Vec<Verdict> = verdicts(&format!("{script}{after}"))[12..].iter().map(|&(_, verdict)| verdict).collect();
    assert_eq!(after, [Pass, Pass, Unsupported, Pass, Pass, Pass, Pass, Fail]);
}

#[test]
fn a_limit_is_passed_on_and_a_failure_is_one() {
    let script = r#"(module $m (func $l (loop (br 0))) (start $l) (func (export "f")))
(assert_return (invoke $m "f"))
(module $n (func (result i32)) (func (export "f")))
(assert_return (invoke $n "f"))
"#;
    use Verdict::{Fail, Limit};
    assert_eq!(verdicts(script), [(1, Limit), (2, Limit), (3, Fail), (4, Fail)]);
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
        ("(module $m  quote \"\\ff\")", "malformed UTF-8 encoding, at byte 0 of the text quoted at 1:13"),
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

/// The forms at the outermost level, by parentheses, and with strings and comments left out; what stands between them in
/// one piece counts as one.
fn forms(text: &str) -> usize {
    let (mut forms, mut depth, mut stray) = (0, 0_usize, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = match c {
            ';' if rest.starts_with(";;") => rest.find('\n').unwrap_or(rest.len()),
            '"' => {
                let mut escaped = false;
                let closes = |c| {
                    let was = escaped;
                    escaped = c == '\\' && !was;
                    c == '"' && !was
                };
                let end = rest[1..].find(closes).map(|i| i + 1);
                end.map_or(rest.len(), |i| i + 1)
            }
            _ => c.len_utf8(),
        };
        let space = c.is_whitespace() || rest.starts_with(";;");
        match c {
            '(' => {
                forms += usize::from(depth == 0);
                (depth, stray) = (depth + 1, false);
            }
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 && !space && !std::mem::replace(&mut stray, true) => forms += 1,
            _ => {}
        }
        rest = &rest[skip..];
    }
    forms
}

/// As many directives as there are forms, whatever is done to a script.
#[test]
fn nothing_disappears() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/conform");
    let mut scripts = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        if text.contains("(;") || text.contains("(@") || text.trim_start().starts_with("(func") {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        let words = ["assert_return", "(module", "(i32.const", "quote", "(export", "(func", ")\n", "\n(", "\""];
        let mut mutants = vec![text.clone()];
        for word in words {
            for (with, n) in [("", 1), ("bogus", 1), ("(", 1), (")", 2)] {
                mutants.push(text.replacen(word, with, n));
            }
        }
        for at in (0..lines.len()).step_by(lines.len() / 4 + 1) {
            let without = lines.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, line)| *line);
            mutants.push(without.collect::<Vec<_>>().join("\n"));
        }
        for mutant in mutants {
            // A string that is not closed ends with its line, which the count here does not know.
            if mutant.lines().any(|line| line.matches('"').count() % 2 == 1) {
                continue;
            }
            let (report, _) = run(&mutant);
            let inline = report.cases.len() == 1 && report.cases[0].kind == Kind::Module;
            assert!(
                inline || report.cases.len() == forms(&mutant),
                "{} of {}: {mutant}",
                report.cases.len(),
                forms(&mutant)
            );
            scripts += 1;
        }
    }
    assert!(scripts > 300, "{scripts}");
}
