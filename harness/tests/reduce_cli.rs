//! `lockstep reduce`: the command on a big module with a small cause.

#[path = "../programs/tests/common/everything.rs"]
mod everything;

use everything::everything;
use lockstep_semantics::decode::{decode, decode_text};
use std::fs;
use std::process::{Command, Stdio};

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn lockstep(folder: &std::path::Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    let output = command.args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

const LOCKSTEP: &str = env!("CARGO_BIN_EXE_lockstep");

#[test]
fn the_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = everything(4);
    fs::write(path("big.wat"), &text).unwrap();
    let ran =
        lockstep(folder.path(), &["reduce", "big.wat", "--", LOCKSTEP, "run", "{}", "--invoke", "g0", "100", "0"]);
    // The table is there but what it calls is the first thing to go.
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(fs::read_to_string(path("big.wat")).unwrap(), text);
    let wat = fs::read_to_string(path("big.reduced.wat")).unwrap();
    let wasm = fs::read(path("big.reduced.wasm")).unwrap();
    assert!(ran.stdout.starts_with(&wat));
    assert!(ran.stdout.contains("big.reduced.wat"), "{}", ran.stdout);
    assert!(wat.lines().count() <= 6, "{wat}");
    assert_eq!(decode_text(&wat).unwrap().1.types, decode(&wasm).unwrap().types);

    // In text, elsewhere, with bounds.
    let ran = lockstep(
        folder.path(),
        &["reduce", "big.wat", "--format", "wat", "--out", "other", "--tests", "3", "--", LOCKSTEP, "validate"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("after 3 tests (as many as allowed)"), "{}", ran.stdout);
    assert!(path("other.wat").exists() && path("other.wasm").exists());
}

#[test]
fn the_command_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.reduced.wat"), "(module)").unwrap();
    fs::write(path("bad.wat"), "(module").unwrap();
    let refuses = |args: &[&str], message: &str| {
        let ran = lockstep(folder.path(), args);
        assert_eq!(ran.code, 2, "{args:?}\n{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(message), "{args:?}\n{}", ran.stderr);
    };
    refuses(&["reduce", "none.wat", "--", LOCKSTEP, "validate"], "cannot read none.wat");
    refuses(&["reduce", "bad.wat", "--", LOCKSTEP, "validate"], "bad.wat: malformed text");
    refuses(&["reduce", "a.reduced.wat"], "COMMAND");
    refuses(&["reduce", "a.reduced.wat", "--", "no-such-program"], "cannot run no-such-program");
    refuses(&["reduce", "a.reduced.wat", "--", LOCKSTEP, "no-such-command"], "does not exit with 0");
    refuses(&["reduce", "a.reduced.wat", "--out", "a.reduced", "--", LOCKSTEP, "validate"], "would be overwritten");
    assert_eq!(fs::read_to_string(path("a.reduced.wat")).unwrap(), "(module)");
}
