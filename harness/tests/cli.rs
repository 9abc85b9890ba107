//! The command: exit codes, messages, reports.

mod common;

use common::{FAILING, PASSING, Place, corpus, json};
use std::fs;
use std::process::Stdio;

#[test]
fn conform_passes() {
    let place = Place::with(&[("a/one.wast", PASSING), ("a/b/two.wast", PASSING), ("a/readme", "")]);
    let ran = place.ends(&["conform", "a"], 0, "All 4 pass.");
    for line in ["4 directives in 2 files, 2 of them assertions.", "\na          1", "\na/b        1", "\ntotal      2"]
    {
        assert!(ran.stdout.contains(line), "{line:?}\n{}", ran.stdout);
    }
    place.ends(&["conform", "a/one.wast", "a/b/two.wast", "--jobs", "1"], 0, "All 4 pass.");
    place.ends(&["conform", &corpus("conform"), "-j2"], 0, " pass.");
}

#[test]
fn conform_finds() {
    let place = Place::with(&[("one.wast", PASSING), ("two.wast", FAILING)]);
    let ran = place.ends(&["conform", "."], 1, "3 of 4 pass: 1 fail.");
    let finding =
        "fail: ./two.wast:2:1: assert_return\n    expected  i32.const 2 from \"f\"\n    got       i32.const 1\n";
    assert!(ran.stdout.contains(finding), "{}", ran.stdout);
}

#[test]
fn conform_lists_twenty_causes() {
    let name = |i: u8| char::from(b'a' + i);
    let directives: String = (0..25).map(|i| format!("(invoke \"{}\")(invoke \"{}\")\n", name(i), name(i))).collect();
    let place = Place::with(&[("many.wast", &format!("(module) {directives}"))]);
    let ran = place.ends(&["conform", "many.wast", "--report", "json=report.json"], 1, "… and 5 more causes");
    assert_eq!(ran.stdout.matches("fail: many.wast").count(), 20);
    assert_eq!(ran.stdout.matches("and       1 more directive of the same cause").count(), 20);
    assert_eq!(json(&place, "report.json")["failures"].as_array().unwrap().len(), 50);
}

#[test]
fn conform_broken_scripts_are_findings() {
    let place = Place::with(&[("one.wast", PASSING)]);
    place.ends(&["conform", &corpus("conform-failing/broken.wast")], 1, "broken.wast:3:1: script");
    place.ends(&["conform", "one.wast", &corpus("conform-failing/broken.wast")], 1, "3 of 4 pass: 1 fail.");
    fs::write(place.path("bytes.wast"), b"(module)\n\xff").unwrap();
    place.ends(
        &["conform", "bytes.wast"],
        1,
        "bytes.wast:2:1: script\n    expected  a script\n    got       malformed",
    );
}

#[test]
fn conform_that_tests_nothing_is_no_success() {
    let place = Place::with(&[("empty.wast", ";; nothing\n")]);
    let reports = ["--report", "json=r.json", "--report", "junit=r.xml", "--report", "markdown=r.md"];
    let ran = place.ends(&[&["conform", "empty.wast"], &reports[..]].concat(), 2, "Nothing was tested");
    assert!(ran.stdout.contains("0 directives in 1 file"), "{}", ran.stdout);
    assert_eq!(json(&place, "r.json")["summary"]["directives"], 0);
    assert!(fs::read_to_string(place.path("r.xml")).unwrap().contains("failures=\"1\""));
    assert!(fs::read_to_string(place.path("r.md")).unwrap().contains("Nothing was tested"));
}

#[test]
fn conform_declared_messages() {
    let text = "(module (func (export \"f\") (result i32) (i32.div_u (i32.const 1) (i32.const 0))))
(assert_trap (invoke \"f\") \"division by zero\")";
    let place = Place::with(&[("theirs.wast", text)]);
    place.ends(&["conform", "theirs.wast"], 1, "but no message is known that begins with \"division by zero\"");
    let message = "division by zero = divide by zero";
    place.ends(&["conform", "theirs.wast", "--message", message], 0, "All 2 pass.");
    for wrong in ["", "division by zero", "= unreachable", "division by zero =", "division by zero = no such text"] {
        place.refuses(&["conform", "theirs.wast", "--message", wrong], "--message");
    }
}

#[test]
fn conform_every_verdict() {
    let place = Place::new();
    let endless = corpus("conform-failing/endless.wast");
    place.ends(&["conform", &endless, "--timeout", "0.2"], 1, "2 of 3 pass: 1 timeout.");
    // A limit that the standard permits is no finding, but it is seen.
    place.ends(&["conform", &endless, "--max-steps", "100000"], 0, "2 of 3 pass: 1 limit.");
    let unsupported = corpus("conform-failing/unsupported.wast");
    place.ends(&["conform", &unsupported], 0, "1 of 3 pass: 2 unsupported.");
    let failing = corpus("conform-failing/assertions.wast");
    place.ends(&["conform", &failing], 1, "2 of 23 pass: 21 fail.");
    let instances = corpus("conform-failing/instances.wast");
    let ran = place.ends(&["conform", &instances], 1, "2 of 7 pass: 5 fail.");
    assert!(ran.stdout.contains("and       3 directives that hang on this"), "{}", ran.stdout);
    let deep = "(module (func $f (export \"f\") (param i32) (result i32) (if (result i32) (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7)))))\n(assert_return (invoke \"f\" (i32.const 1000)) (i32.const 7))";
    place.write("deep.wast", deep);
    place.ends(&["conform", "deep.wast"], 0, "All 2 pass.");
    place.ends(&["conform", "deep.wast", "--max-frames", "100"], 2, "1 of 2 pass: 1 limit.");
    place.write("memory.wast", "(module (memory 1000))");
    place.ends(&["conform", "memory.wast", "--max-memory", "1MiB"], 2, "None passes: 1 limit.");
}

#[test]
fn conform_filters() {
    let place = Place::with(&[("a/one.wast", PASSING), ("a/b/two.wast", FAILING)]);
    place.ends(&["conform", "a", "--filter", "one"], 0, "All 2 pass.");
    place.ends(&["conform", "a", "--filter", "*/b/*"], 1, "in 1 file");
    place.ends(&["conform", "a", "--filter", "one", "--filter", "tw?.wast"], 1, "in 2 files");
    place.refuses(&["conform", "a", "--filter", "three"], "no script matches the filter");
    place.refuses(&["conform", "a", "--filter", "[a"], "not a glob pattern");
}

#[test]
fn conform_embedded_suite() {
    let place = Place::new();
    let ran = place.ends(&["conform", "--filter", "core/gc/struct.wast"], 0, " pass.");
    assert!(ran.stdout.contains("\ncore/gc "), "{}", ran.stdout);
}

#[test]
fn conform_usage_and_environment() {
    let place = Place::with(&[("one.wast", PASSING), ("none/readme", "")]);
    place.refuses(&["conform", "missing.wast"], "missing.wast: No such file");
    place.refuses(&["conform", "one.wast", "missing"], "missing: No such file");
    place.refuses(&["conform", "none"], "none: no scripts (*.wast) in this folder");
    place.refuses(&["conform", "--frobnicate"], "unexpected argument");
    place.refuses(&["conform", "one.wast", "--jobs", "0"], "--jobs");
    place.refuses(&["conform", "one.wast", "--jobs", "many"], "--jobs");
    place.refuses(&["conform", "one.wast", "--timeout=-1"], "not a positive number of seconds");
    place.refuses(&["conform", "one.wast", "--timeout=0"], "not a positive number of seconds");
    place.refuses(&["conform", "one.wast", "--max-memory", "lots"], "--max-memory");
    place.refuses(&["conform", "one.wast", "--max-steps", "1.5"], "--max-steps");
    place.refuses(&["conform", "one.wast", "--report", "report.json"], "KIND=PATH");
    place.refuses(&["conform", "one.wast", "--report", "pdf=x"], "there is no report `pdf`");
    place.refuses(&["conform", "one.wast", "--report", "json="], "the path is empty");
    place.refuses(&["conform", "one.wast", "--report", "json=no/such/folder.json"], "cannot write the report no/such");
    place.refuses(&["conform", "one.wast", "--report", "json=."], "cannot write the report .");
    place.refuses(
        &["conform", "--report", "json=-", "--report", "junit=-"],
        "only one report can go to standard output",
    );
    place.refuses(&["frobnicate"], "unrecognized subcommand");
}

#[test]
fn conform_reports() {
    let place = Place::with(&[("a/one.wast", PASSING), ("a/two.wast", FAILING)]);
    place.write("r.json", "the report of an earlier run, which was longer than the new one ".repeat(1000).as_str());
    let ran = place.ends(
        &["conform", "a", "--report", "json=r.json", "--report", "junit=r.xml", "--report", "markdown=r.md"],
        1,
        "3 of 4 pass",
    );
    assert_eq!(ran.stderr, "");
    let report = json(&place, "r.json");
    assert_eq!(report["schema"], "lockstep-report");
    assert_eq!(report["version"], 2);
    assert_eq!(report["standard"]["name"], "WebAssembly 3.0");
    assert_eq!(report["standard"]["pin"].as_str().unwrap().len(), 40);
    let summary: Vec<u64> =
        ["pass", "fail", "unsupported", "limit", "timeout", "crash", "files", "directives", "assertions"]
            .iter()
            .map(|key| report["summary"][key].as_u64().unwrap())
            .collect();
    assert_eq!(summary, [3, 1, 0, 0, 0, 0, 2, 4, 2]);
    assert_eq!(report["summary"]["kinds"]["module"], 2);
    assert_eq!(report["files"][1]["path"], "a/two.wast");
    assert_eq!(report["files"][1]["suite"], "a");
    let finding = &report["failures"][0];
    for (key, value) in [
        ("file", "a/two.wast"),
        ("directive", "assert_return"),
        ("verdict", "fail"),
        ("expected", "i32.const 2 from \"f\""),
        ("got", "i32.const 1"),
    ] {
        assert_eq!(finding[key], value);
    }
    assert_eq!((&finding["line"], &finding["column"]), (&2.into(), &1.into()));

    let xml = fs::read_to_string(place.path("r.xml")).unwrap();
    assert!(xml.contains("<testsuites name=\"WebAssembly 3.0 on lockstep-semantics\" tests=\"4\""), "{xml}");
    assert!(xml.contains("<failure message=\"expected i32.const 2 from &quot;f&quot;, got i32.const 1\""), "{xml}");
    assert!(fs::read_to_string(place.path("r.md")).unwrap().contains("| a | 2 | 4 | 3 | 1 | 0 | 0 | 0 | 0 |"));
}

#[test]
fn conform_report_on_standard_output() {
    let place = Place::with(&[("one.wast", PASSING)]);
    let ran = place.run(&["conform", "one.wast", "--report", "json=-"]);
    assert_eq!(ran.code, 0);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["summary"]["pass"], 2);
    assert!(ran.stderr.contains("All 2 pass."), "{}", ran.stderr);
}

#[test]
fn closed_standard_output_is_no_error() {
    let place = Place::new();
    let mut child = place
        .command(&["conform", &corpus("conform-failing/assertions.wast"), "--report", "json=-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panic") && !stderr.contains("roken pipe"), "{stderr}");
}

#[test]
fn validate() {
    let place = Place::with(&[
        ("valid.wat", "(module (func (result i32) (i32.const 1)))"),
        ("invalid.wat", "(module (func (result i32) (i64.const 1)))"),
        ("malformed.wat", "(module\n  (fun))"),
    ]);
    fs::write(place.path("valid.wasm"), b"\0asm\x01\0\0\0").unwrap();
    fs::write(place.path("malformed.wasm"), b"\0asm\x01\0\0\0\x01").unwrap();
    fs::write(place.path("neither"), b"\xff\xff").unwrap();
    let ran = place.ends(&["validate", "valid.wat", "valid.wasm"], 0, "");
    assert_eq!(ran.stdout, "valid.wat: ok\nvalid.wasm: ok\n");
    let ran =
        place.ends(&["validate", "invalid.wat"], 1, "invalid.wat: invalid: type mismatch: found i64, needed i32 (");
    assert!(ran.stdout.contains("function 0, 1:41"), "{}", ran.stdout);
    place.ends(&["validate", "malformed.wat"], 1, "malformed.wat: malformed text at 2:4: ");
    place.ends(&["validate", "malformed.wasm"], 1, "malformed.wasm: malformed module at byte 0x9: ");
    place.ends(&["validate", "neither"], 1, "neither: malformed");
    let ran = place.ends(&["validate", "malformed.wat", "valid.wat", "invalid.wat"], 1, "valid.wat: ok\n");
    assert_eq!(ran.stdout.lines().count(), 3);
    place.refuses(&["validate", "valid.wat", "missing.wat"], "cannot read missing.wat: No such file");
    place.refuses(&["validate", "."], "cannot read .: ");
    place.refuses(&["validate"], "required");
}

const MODULE: &str = r#"(module
  (import "spectest" "print" (func))
  (memory (export "memory") 1 2)
  (table (export "table") i64 3 funcref)
  (global (export "global") (mut i64) (i64.const 5))
  (tag $tag (export "tag") (param i32))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "swap") (param f32 f64) (result f64 f32) (local.get 1) (local.get 0))
  (func (export "refs") (param v128 externref) (result externref v128) (local.get 1) (local.get 0))
  (func (export "throw") (throw $tag (i32.const 7)))
  (func (export "loop") (loop (br 0)))
  (func $f (export "recurse") (call $f))
)"#;

#[test]
fn run() {
    let place = Place::with(&[("m.wat", MODULE)]);
    let prints = |args: &[&str], stdout: &str| {
        let ran = place.ends(&[&["run", "m.wat", "--invoke"], args].concat(), 0, "");
        assert_eq!(ran.stdout, stdout, "{args:?}");
    };
    prints(&["add", "1", "-2"], "i32.const -1\n");
    prints(&["add", "0xff", "i32.const 1"], "i32.const 256\n");
    prints(&["swap", "-nan:0x1", "-0x1.8p1"], "f64.const -3.0\nf32.const -nan:0x1\n");
    prints(&["swap", "inf", "1e-3"], "f64.const 0.001\nf32.const inf\n");
    prints(
        &["refs", "i32x4", "1", "2", "3", "-1", "7"],
        "ref.extern 7\nv128.const i32x4 0x00000001 0x00000002 0x00000003 0xffffffff\n",
    );
    prints(
        &["refs", "f64x2", "0", "0", "null"],
        "ref.null\nv128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000\n",
    );

    let ends = |args: &[&str], stdout: &str| drop(place.ends(&[&["run", "m.wat"], args].concat(), 1, stdout));
    ends(&["--invoke", "div", "1", "0"], "trap: integer divide by zero (Step_pure/");
    ends(&["--invoke", "throw"], "an uncaught exception: tag \"tag\" with i32.const 7 (Step_read/throw_ref-");
    ends(&["--invoke", "recurse"], "call stack exhausted");
    ends(&["--max-steps", "1000", "--invoke", "loop"], "step limit reached");
    ends(&["--timeout", "0.1", "--invoke", "loop"], "no end within the time allowed");

    let refuses = |args: &[&str], message: &str| place.refuses(&[&["run", "m.wat"], args].concat(), message);
    refuses(&["--invoke", "none"], "m.wat has no export \"none\"");
    refuses(&["--invoke", "memory"], "the export \"memory\" is not a function");
    refuses(&["--invoke", "add", "1"], "argument 2 should be of type i32: there are too few arguments");
    refuses(&["--invoke", "add", "1", "2", "3"], "too many arguments");
    refuses(&["--invoke", "add", "1", "x"], "argument 2 should be of type i32: \"x\" is no such literal");
    refuses(&["1", "2"], "--invoke");
}

#[test]
fn run_without_a_function() {
    let place = Place::with(&[
        (
            "m.wat",
            "(module (memory (export \"m\") 1) (func (export \"f\") (param i32)) (tag (export \"t\") (param i64)))",
        ),
        ("start.wat", "(module (func $f (unreachable)) (start $f))"),
        ("invalid.wat", "(module (func (result i32)))"),
        ("malformed.wat", "(module (fun))"),
        ("import.wat", "(module (import \"spectest\" \"none\" (func)))"),
    ]);
    let ran = place.ends(&["run", "m.wat"], 0, "");
    assert_eq!(ran.stdout, "\"m\": (memory 1)\n\"f\": (func (param i32))\n\"t\": (tag (param i64))\n");
    place.ends(&["run", "start.wat"], 1, "trap: unreachable (Step_pure/unreachable)");
    place.ends(&["run", "invalid.wat"], 1, "an invalid module: type mismatch");
    place.ends(&["run", "malformed.wat"], 1, "malformed text at 1:10");
    place.ends(&["run", "import.wat"], 1, "a link error: unknown import: \"spectest\".\"none\"");
    place.refuses(&["run", "missing.wat"], "cannot read missing.wat: No such file");
    place.refuses(&["run"], "required");
}
