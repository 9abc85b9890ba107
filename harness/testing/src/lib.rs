//! Support for the tests of all crates: skips tests that need something missing from this machine, and drives a
//! browser.
//!
//! A test that needs such a thing asks for it here, and returns where there is none:
//!
//! ```no_run
//! let Some(folder) = lockstep_testing::suite("threads") else { return };
//! ```
//!
//! The skip is printed, also by a `cargo test` that captures the output of tests that pass. With
//! `LOCKSTEP_REQUIRE=suites,browser,node` it is a failure instead; the words are those of [`Need`].

pub mod browser;

use std::fmt::{self, Display};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The variable that says which of the needs make a skip a failure.
pub const REQUIRE: &str = "LOCKSTEP_REQUIRE";

/// Something outside of the repository that tests need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The test suites in `../shared/suites`.
    Suites,
    /// The sources of the standard in `../shared/spec`.
    Sources,
    /// A checkout of WebAssembly/spec, named by `LOCKSTEP_SPEC`.
    Checkout,
    /// Chromium, named by `CHROMIUM` or on the path.
    Browser,
    /// Node, with garbage collection.
    Node,
    /// Node, with shared structures.
    NodeShared,
    /// Deno, with garbage collection.
    Deno,
    /// Bun, with garbage collection.
    Bun,
    /// Binaryen's JavaScript package.
    Binaryen,
    /// Wasmtime's Python package.
    WasmtimePy,
    /// The Python package `junitparser`.
    Junitparser,
    /// The npm package `axe-core`.
    Axe,
}

impl Need {
    /// All of them.
    pub const ALL: [Need; 12] = [
        Need::Suites,
        Need::Sources,
        Need::Checkout,
        Need::Browser,
        Need::Node,
        Need::NodeShared,
        Need::Deno,
        Need::Bun,
        Need::Binaryen,
        Need::WasmtimePy,
        Need::Junitparser,
        Need::Axe,
    ];

    /// The word for it in `LOCKSTEP_REQUIRE`.
    pub fn word(self) -> &'static str {
        match self {
            Need::Suites => "suites",
            Need::Sources => "sources",
            Need::Checkout => "checkout",
            Need::Browser => "browser",
            Need::Node => "node",
            Need::NodeShared => "node-shared",
            Need::Deno => "deno",
            Need::Bun => "bun",
            Need::Binaryen => "binaryen",
            Need::WasmtimePy => "wasmtime-py",
            Need::Junitparser => "junitparser",
            Need::Axe => "axe",
        }
    }

    /// The need that a word stands for.
    pub fn of_word(word: &str) -> Result<Need, UnknownNeed> {
        Need::ALL.into_iter().find(|need| need.word() == word).ok_or_else(|| UnknownNeed(word.to_owned()))
    }
}

/// A word of `LOCKSTEP_REQUIRE` that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownNeed(String);

impl Display for UnknownNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Need::ALL.map(Need::word).join(", ");
        write!(f, "{REQUIRE}: there is no `{}`; it is a list of {words}, with commas", self.0)
    }
}

impl std::error::Error for UnknownNeed {}

/// Reads the value of `LOCKSTEP_REQUIRE`.
pub fn required(list: &str) -> Result<Vec<Need>, UnknownNeed> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Need::of_word).collect()
}

/// The result of a skip, given the value of `LOCKSTEP_REQUIRE`: the line to print, or the message to fail with.
pub fn skipped(list: &str, need: Need, test: &str, why: &str) -> Result<String, String> {
    if required(list).map_err(|e| e.to_string())?.contains(&need) {
        return Err(format!("{REQUIRE} has `{}`: {why}", need.word()));
    }
    Ok(format!("skipped: {test}: {why} ({})\n", need.word()))
}

fn list() -> String {
    std::env::var(REQUIRE).unwrap_or_default()
}

/// Says that the test, or a part of it, is skipped for want of something; fails if that is required.
#[track_caller]
pub fn skip(need: Need, why: impl Display) {
    let thread = std::thread::current();
    match skipped(&list(), need, thread.name().unwrap_or("a test"), &why.to_string()) {
        // Not `eprint!`, which is captured.
        Ok(line) => drop(std::io::stderr().write_all(line.as_bytes())),
        Err(message) => panic!("{message}"),
    }
}

/// Finds what is needed, or skips. A word of `LOCKSTEP_REQUIRE` that stands for nothing fails either way.
#[track_caller]
pub fn found<T>(need: Need, found: Result<T, impl Display>) -> Option<T> {
    if let Err(e) = required(&list()) {
        panic!("{e}");
    }
    found.map_err(|why| skip(need, why)).ok()
}

/// The number that a variable of the environment has, for tests that do more when asked.
pub fn number<N: FromStr<Err: Display>>(variable: &str, otherwise: N) -> N {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|e| panic!("{variable}: {text}: {e}")),
        Err(_) => otherwise,
    }
}

fn beside(name: &str) -> PathBuf {
    // Three folders up is the one that the workspace is in.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name)
}

#[track_caller]
fn folder(need: Need, path: PathBuf) -> Option<PathBuf> {
    let there = path.is_dir();
    found(need, there.then(|| path.clone()).ok_or_else(|| format!("there is no {}", path.display())))
}

/// The folder of a test suite beside the workspace.
#[track_caller]
pub fn suite(name: &str) -> Option<PathBuf> {
    folder(Need::Suites, beside("suites").join(name))
}

/// The folder of all test suites beside the workspace.
#[track_caller]
pub fn suites() -> Option<PathBuf> {
    folder(Need::Suites, beside("suites"))
}

/// The folder of the sources of the standard beside the workspace.
#[track_caller]
pub fn sources() -> Option<PathBuf> {
    folder(Need::Sources, beside("spec"))
}

/// A checkout of WebAssembly/spec.
#[track_caller]
pub fn checkout() -> Option<PathBuf> {
    let named = std::env::var_os("LOCKSTEP_SPEC").map(PathBuf::from);
    found(Need::Checkout, named.ok_or("LOCKSTEP_SPEC names no checkout of WebAssembly/spec"))
}

/// The program Chromium.
#[track_caller]
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let program = match std::env::var_os("CHROMIUM") {
        Some(named) => Ok(PathBuf::from(named)),
        None => names.into_iter().find_map(on_path).ok_or("there is no Chromium (set CHROMIUM to name one)"),
    };
    found(Need::Browser, program)
}

/// The script axe-core, which looks for what bars people from a page (`npm ci` in `harness/engines`).
#[track_caller]
pub fn axe() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engines/node_modules/axe-core/axe.min.js");
    found(Need::Axe, std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display())))
}

/// A program on the path.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
