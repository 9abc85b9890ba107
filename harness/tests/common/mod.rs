//! Runs the command in a folder of its own.

#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder of our own, and the command to run in it.
pub(crate) struct Place(TempDir);

/// What came of a command.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Place(TempDir::new().unwrap())
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let place = Place::new();
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.args(args).current_dir(self.0.path()).env_remove("NO_COLOR").env("RUST_BACKTRACE", "1");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(args).stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ran = Ran { code: status.code().expect("no signal"), stdout: text(stdout), stderr: text(stderr) };
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains("panicked at"), "{text}");
            assert!(!text.contains("stack backtrace"), "{text}");
            assert!(!text.contains('\u{1b}'), "colours without a terminal: {text:?}");
        }
        ran
    }

    /// Runs, and expects a code and some of standard output; standard error is empty unless that of an error.
    pub(crate) fn ends(&self, args: &[&str], code: i32, stdout: &str) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(stdout), "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        if code < 2 {
            assert_eq!(ran.stderr, "", "{args:?}");
        }
        ran
    }

    /// Runs, and expects an error of usage or environment.
    pub(crate) fn refuses(&self, args: &[&str], message: &str) {
        let ran = self.run(args);
        assert_eq!(ran.code, 2, "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{args:?}\n{}", ran.stderr);
        assert!(ran.stderr.contains(message), "{args:?}\n{}", ran.stderr);
        assert_eq!(ran.stdout, "", "{args:?}");
    }
}

/// A file of the corpus.
pub(crate) fn corpus(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name).canonicalize().unwrap().display().to_string()
}

/// A script that passes.
pub(crate) const PASSING: &str =
    "(module (func (export \"f\") (result i32) (i32.const 1)))\n(assert_return (invoke \"f\") (i32.const 1))\n";
/// A script of which one directive fails.
pub(crate) const FAILING: &str =
    "(module (func (export \"f\") (result i32) (i32.const 1)))\n(assert_return (invoke \"f\") (i32.const 2))\n";

/// A file of JSON in a place.
pub(crate) fn json(place: &Place, name: &str) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(place.path(name)).unwrap()).unwrap()
}
