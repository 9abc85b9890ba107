//! Skipping, and what makes it a failure.

use lockstep_testing::{Need, REQUIRE, required, skipped};
use std::process::Command;

#[test]
fn lists_of_needs() {
    assert_eq!(required(""), Ok(vec![]));
    assert_eq!(required(" suites, browser,node,"), Ok(vec![Need::Suites, Need::Browser, Need::Node]));
    for need in Need::ALL {
        assert_eq!(required(need.word()), Ok(vec![need]));
    }
    let error = required("suites,brwoser").unwrap_err().to_string();
    assert!(error.contains("no `brwoser`") && error.contains("suites, sources, checkout, browser, node"), "{error}");
}

#[test]
fn a_skip_is_a_line_or_a_failure() {
    let skip = |list| skipped(list, Need::Node, "module::test", "there is no node");
    for list in ["", "suites,browser"] {
        assert_eq!(skip(list), Ok("skipped: module::test: there is no node (node)\n".into()), "{list}");
    }
    assert_eq!(skip("suites,node"), Err("LOCKSTEP_REQUIRE has `node`: there is no node".into()));
    assert!(skip("nodes").unwrap_err().contains("no `nodes`"));
}

/// The test that the next one runs in a process of its own: it passes there by a skip, or fails.
#[test]
#[ignore = "it is run by another test"]
fn skips() {
    lockstep_testing::skip(Need::Junitparser, "as told");
}

#[test]
fn a_skip_is_seen_although_the_test_passes() {
    let run = |list: &str| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.args(["--ignored", "--exact", "skips"]).env(REQUIRE, list).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    let (passed, text) = run("");
    assert!(passed && text.contains("1 passed"), "{text}");
    assert!(text.contains(": as told (junitparser)\n") && text.contains("skipped: "), "{text}");
    let (passed, text) = run("junitparser");
    assert!(!passed && text.contains("LOCKSTEP_REQUIRE has `junitparser`: as told"), "{text}");
    let (passed, text) = run("junit");
    assert!(!passed && text.contains("there is no `junit`"), "{text}");
}
