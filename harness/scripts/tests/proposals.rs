//! The suites of the threads and shared-everything-threads proposals, directive by directive.

use lockstep_engines::{Limits, Semantics};
use lockstep_reports::Report;
use lockstep_scripts::conform::{self, Options};
use lockstep_scripts::suite;

fn run(suite: &str) -> Option<Report> {
    let scripts = suite::collect(&[lockstep_testing::suite(suite)?]).unwrap();
    Some(conform::run(&scripts, &Semantics, &Options::default(), |_| ()).unwrap())
}

/// File, line and verdict of the directives that do not pass.
fn left(report: &Report) -> Vec<String> {
    let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    report.failures.iter().map(|f| format!("{}:{} {}", file(&f.file), f.line, f.verdict)).collect()
}

#[test]
fn threads() {
    let Some(report) = run("threads") else { return };
    assert_eq!(left(&report), Vec::<String>::new());
    assert_eq!(report.files.len(), 13);
}

/// `spec/deviations.md` says why each of them is left.
#[test]
fn shared_everything() {
    let Some(report) = run("shared-everything-threads") else { return };
    let (fails, unsupported): (Vec<String>, Vec<String>) =
        left(&report).into_iter().partition(|case| !case.ends_with("unsupported"));
    assert_eq!(fails, ["shared-tables.wast:49 fail"]);
    let lines = |file: &str| -> Vec<u32> {
        let of_file =
            unsupported.iter().filter_map(|case| case.strip_prefix(file)?.strip_prefix(':')?.split(' ').next());
        of_file.map(|line| line.parse().unwrap()).collect()
    };
    assert_eq!(lines("shared-builtins.wast"), [3, 9, 28, 36]);
    assert_eq!(lines("shared-funcs.wast"), [2]);
    assert_eq!(lines("shared-globals.wast"), [3, 50, 196, 289]);
    assert_eq!(lines("shared-tables.wast"), [3, 17, 60, 129]);
    assert_eq!(lines("shared-types.wast").len(), 15);
    assert_eq!(unsupported.len(), 28);
    assert_eq!(report.files.len(), 11);
}

/// A deadlock is an end, and nothing that came before it is lost.
#[test]
fn threads_that_never_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("threads");
    std::fs::create_dir(&path).unwrap();
    let script = r#"(module $Mem (memory (export "m") 1 1 shared)
  (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
  (func (export "spin") (loop (br 0))))
(assert_return (invoke "wait") (i32.const 0))
(thread $T (shared (module $Mem))
  (assert_return (invoke $Mem "wait") (i32.const 0)))
(thread $S (shared (module $Mem))
  (invoke $Mem "spin"))
(wait $T)
(wait $S)
(wait $U)
"#;
    std::fs::write(path.join("a.wast"), script).unwrap();
    let scripts = suite::collect(&[path]).unwrap();
    let limits = Limits { steps: Some(1000), ..Limits::default() };
    let report = conform::run(&scripts, &Semantics, &Options { limits, ..Options::default() }, |_| ()).unwrap();
    let left = left(&report);
    assert_eq!(left, ["a.wast:4 fail", "a.wast:6 fail", "a.wast:8 limit", "a.wast:11 fail"]);
    assert!(report.failures[0].got.contains("deadlock"), "{:?}", report.failures[0]);
    assert_eq!(report.files[0].total(), 9);
}
