//! `lockstep litmus --observe`: a command that observes nothing fails.

use lockstep_litmus::EngineObserver;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

fn litmus(more: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/litmus/global/SB.wast");
    Command::new(env!("CARGO_BIN_EXE_lockstep")).arg("litmus").arg(&path).args(more).output().unwrap()
}

/// Node has no shared globals.
#[test]
fn nothing_observed() {
    if let Err(error) = EngineObserver::new("node", 10, Duration::from_secs(30)) {
        eprintln!("skipped: {error}");
        return;
    }
    let output = litmus(&["--observe", "node", "--runs", "10"]);
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("does not come up") {
        eprintln!("skipped: {error}");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("node ran none of the tests: "), "{error}");
}

#[test]
fn nothing_to_observe_on() {
    assert_eq!(litmus(&["--observe", "wasmtime"]).status.code(), Some(2));
    assert_eq!(litmus(&["--runs", "10"]).status.code(), Some(2));
}
