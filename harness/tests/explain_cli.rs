//! `lockstep explain`: the command.

#[path = "../views/tests/common/types.rs"]
mod types;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use types::{OTHER, TREES};

fn wast_binary(text: &str) -> Vec<u8> {
    lockstep_semantics::decode::read_module(text.as_bytes()).unwrap().0
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    let output = command.arg("explain").args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn the_command() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("trees.wat", TREES);
    write("other.wat", OTHER);
    write("bad.wat", "(module\n  (func (result i32)\n    i64.const 1))");
    write("worse.wat", "(module (func (param (ref string))))");
    let ends = |args: &[&str], code: i32, text: &str| {
        let ran = run(folder.path(), args);
        assert_eq!(ran.code, code, "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        let found = if code == 2 { &ran.stderr } else { &ran.stdout };
        assert!(found.contains(text), "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        ran
    };
    ends(&["trees.wat"], 0, "trees.wat: the module is valid");
    ends(&["bad.wat"], 1, "found i64, needed i32");
    ends(&["worse.wat"], 1, "(ref string)");
    ends(&["bad.wat", "--derivation"], 1, "✗ the end of the sequence : [i64]   [Expr_ok]");
    ends(&["trees.wat", "--subtype", "$t <: $n"], 0, "holds");
    ends(&["trees.wat", "other.wat", "--subtype", "$t <: $z"], 1, "does not hold");
    ends(&["trees.wat", "--types"], 0, "one type: $n = $n3");
    ends(&["trees.wat", "--body", "$f", "--depth", "1"], 0, "Func_ok");
    ends(&["trees.wat", "--derivation"], 0, "Instr_ok/br_on_cast");
    ends(&["trees.wat", "--derivation"], 0, "each checked by the literal reading");
    ends(&["trees.wat", "--derivation", "--json"], 0, "\"checked\": true");
    ends(&["trees.wat", "--body", "$f", "--format", "html"], 0, "<details open><summary><code>function 0 ($f)");
    ends(&["trees.wat", "--subtype", "$t <: $n", "--format", "html"], 0, "holds; checked by the literal reading");
    ends(&["bad.wat", "--derivation", "--format", "html"], 1, "<div class=\"failed\"><b class=\"mark\">✗</b>");
    ends(&["trees.wat", "--types", "--format", "html"], 2, "is for derivations");
    ends(&["trees.wat", "--body", "$f", "--output", "f.txt"], 0, "");
    assert!(fs::read_to_string(folder.path().join("f.txt")).unwrap().starts_with("function 0 ($f) : ok   [Func_ok]"));
    ends(&["trees.wat", "--body", "$g"], 2, "is no function");
    ends(&["nowhere.wat"], 2, "cannot read");
    ends(&["trees.wat", "--subtype", "nonsense"], 2, "a question looks like");
    ends(&["trees.wat", "--invoke", "g"], 2, "exports no function");

    let casts = ends(&["trees.wat", "--invoke", "f", "--arg", "1"], 1, "Step_read/ref.cast-fail");
    insta::assert_snapshot!("casts", casts.stdout);
    let casts = ends(&["trees.wat", "--invoke", "f", "--arg", "0", "--json"], 0, "Step_read/br_on_cast-fail");
    let casts: serde_json::Value = serde_json::from_str(&casts.stdout).unwrap();
    assert_eq!(casts["casts"][0]["value"], "(ref.null)");
    assert_eq!(casts["casts"][0]["step"], "Step_read/ref.test-true");

    // A binary has no text: the instruction is printed instead.
    fs::write(folder.path().join("bad.wasm"), wast_binary("(module (func $f (drop (i32.eqz (i64.const 1)))))"))
        .unwrap();
    ends(&["bad.wasm"], 1, "the instruction: i32.eqz");

    let bad = ends(&["bad.wat", "--json"], 1, "verdict");
    let bad: serde_json::Value = serde_json::from_str(&bad.stdout).unwrap();
    assert_eq!((&bad["rule"], &bad["found"], &bad["needed"]), (&"Expr_ok".into(), &"i64".into(), &"i32".into()));
    assert_eq!((&bad["verdict"], &bad["premise"]), (&"invalid".into(), &"C ⊢ t <: t'".into()));
}
