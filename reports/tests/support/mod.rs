//! A small report with every verdict in it.

use lockstep_reports::*;

/// A report on two suites, in which each verdict occurs.
pub(crate) fn synthetic() -> Report {
    let mut clean = FileReport::new("core/i32.wast", "core");
    clean.seconds = 0.25;
    for line in 0..1234 {
        clean.push(Case { line: line + 1, column: 1, kind: Kind::AssertReturn, verdict: Verdict::Pass });
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
        mixed.push(Case { line, column: 3, kind, verdict });
        if verdict != Verdict::Pass {
            findings.push(Finding {
                file: mixed.path.clone(),
                line,
                column: 3,
                directive: kind,
                verdict,
                expected: expected.into(),
                got: got.into(),
                cause: match verdict {
                    Verdict::Fail => Cause {
                        rule: Some("Instr_ok/binop".into()),
                        premise: Some("NotSubtype".into()),
                        ..Cause::default()
                    },
                    _ => Cause::default(),
                },
            });
        }
    }
    report([(clean, vec![]), (mixed, findings)])
}

/// A report on some files.
pub(crate) fn report<const N: usize>(files: [(FileReport, Vec<Finding>); N]) -> Report {
    Report::new(
        Standard { name: "WebAssembly 3.0".into(), pin: "285a9032950cbad6a9f84de11183008e286092a2".into() },
        Engine { name: "lockstep".into(), version: "0.1.0".into() },
        files,
    )
}
