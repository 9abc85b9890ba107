//! Conformance runs: test scripts, suites of them, and the engines that they run on.
//!
//! | module | what |
//! |---|---|
//! | [`script`] | one test script (`.wast`) on one session of an engine, one verdict per directive |
//! | [`suite`] | where scripts come from: the embedded suite, files, folders |
//! | [`engine`] | the trait that every engine implements, and the engines |
//! | [`generate`] | bytes to well-typed programs |
//! | [`conform`] | many scripts at once, into a report |
//! | [`coverage`] | the same, with the rules that the scripts use |
//! | [`differential`] | programs on the semantics and on engines, and what differs |
//! | [`reduce`] | a small program from a big one that shows the same |
//! | [`litmus`] | tests with threads, and all that they may come to |
//! | [`trace`] | a run, rule by rule: as text, as JSON, as a page |
//! | [`explain`] | why a module is invalid, a type matches, a cast succeeds |
//! | [`book`] | the rules as a static site |
//! | [`spec_check`] | the rule catalogue against a checkout of the standard |
//! | [`cli`] | the `lockstep` command |
//!
//! ```
//! use lockstep::{conform, engine::{Limits, Semantics}, suite::Script};
//! use std::path::PathBuf;
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let path: PathBuf = folder.path().join("empty.wast");
//! # std::fs::write(&path, "").unwrap();
//! let scripts = lockstep::suite::collect(&[path]).unwrap();
//! let report = conform::run(&scripts, &Semantics, &conform::Options::default(), |_| ()).unwrap();
//! assert_eq!(report.summary.files, 1);
//! // A run that tested nothing is no success.
//! assert!(!report.is_success());
//! ```

pub mod book;
pub mod cli;
pub mod engine;
pub mod explain;
pub mod spec_check;

pub use engine::{RefVal, Val};
pub use lockstep_litmus as litmus;
pub use lockstep_programs::{differential, generate, reduce};
pub use lockstep_scripts::{conform, coverage, script, suite};
pub use lockstep_trace as trace;
