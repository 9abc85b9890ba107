//! A small report with every verdict in it.

use lockstep_reports::*;

/// A report on two suites, in which each verdict occurs.
#[allow(dead_code)]
pub(crate) fn synthetic() -> Report {
    let mut clean = FileReport::new("core/i32.wast", "core");
    clean.seconds = 0.25;
    for line in 0..1234 {
        let id = DirectiveId { content: u64::from(line), ordinal: 1 };
        clean.push(Case { line: line + 1, column: 1, kind: Kind::AssertReturn, verdict: Verdict::Pass, id });
    }
    let mut mixed = FileReport::new("core/gc/struct.wast", "core/gc");
    mixed.seconds = 1.5;
    let kinds = [
        (Kind::Module, Verdict::Pass, "", ""),
        (Kind::AssertReturn, Verdict::Fail, "i32.const 1", "i32.const 2"),
        (Kind::Thread, Verdict::Unsupported, "a thread", "threads are not supported"),
        (Kind::Invoke, Verdict::Limit, "a return", "step limit reached"),
        (Kind::AssertTrap, Verdict::Timeout, "trap: unreachable", "no end within 1 s"),
        (
            Kind::AssertInvalid,
            Verdict::Crash,
            "an invalid module",
            "panic: <index> & \"bounds\" | \u{1b}[31m\nline two",
        ),
    ];
    let mut findings = Vec::new();
    for (line, (kind, verdict, expected, got)) in (1u32..).zip(kinds) {
        let id = DirectiveId { content: 0xabc, ordinal: line };
        mixed.push(Case { line, column: 3, kind, verdict, id });
        if verdict != Verdict::Pass {
            findings.push(Finding {
                file: mixed.name.clone(),
                path: mixed.path.clone(),
                line,
                column: 3,
                id,
                directive: kind,
                verdict,
                expected: expected.into(),
                got: got.into(),
                cause: match verdict {
                    Verdict::Fail => Cause {
                        rule: Some("Instr_ok/binop".into()),
                        premise: Some("NotSubtype".into()),
                        section: Some(
                            "https://webassembly.github.io/spec/core/valid/instructions.html#valid-binop".into(),
                        ),
                        book: Some("2.3.html#Instr_ok-binop".into()),
                        ..Cause::default()
                    },
                    _ => Cause::default(),
                },
                semantics: (verdict == Verdict::Fail).then(|| "i32.const 1".into()),
                feature: (verdict == Verdict::Unsupported).then(|| "threads".into()),
                root: None,
                known: None,
            });
        }
    }
    report([(clean, vec![]), (mixed, findings)])
}

/// A report on some files.
#[allow(dead_code)]
pub(crate) fn report<const N: usize>(files: [(FileReport, Vec<Finding>); N]) -> Report {
    Report::new(
        Standard { name: "WebAssembly 3.0".into(), pin: "285a9032950cbad6a9f84de11183008e286092a2".into() },
        Engine { name: "lockstep".into(), version: "0.1.0".into() },
        files,
    )
}

/// A finding on a directive of a script.
#[allow(dead_code)]
pub(crate) fn finding(file: &FileReport, line: u32, directive: Kind, verdict: Verdict) -> Finding {
    let case = file.cases.iter().find(|case| case.line == line).expect("a case at the line");
    Finding {
        file: file.name.clone(),
        path: file.path.clone(),
        line,
        column: case.column,
        id: case.id,
        directive,
        verdict,
        expected: "1".into(),
        got: "2".into(),
        semantics: None,
        cause: Cause::default(),
        feature: None,
        root: None,
        known: None,
    }
}
