//! Lockstep: test scripts, engines that run them, differential testing, litmus tests, traces and explanations.
//!
//! Each of these is a crate. This crate re-exports their modules, for the `lockstep` command and its users.
//!
//! | module | crate | what |
//! |---|---|---|
//! | [`script`] | `lockstep-scripts` | one test script (`.wast`) on one session of an engine, one verdict per directive |
//! | [`suite`] | | the sources of scripts: the embedded suite, files, folders |
//! | [`conform`] | | many scripts at once, into a report |
//! | [`attempt`] | | one script on an engine that may die of it |
//! | [`coverage`] | | conformance runs that also record the rules that the scripts use |
//! | [`engine`] | `lockstep-engines` | the trait that every engine implements, and the engines |
//! | | `lockstep-wasmtime` | Wasmtime in the process (the feature `wasmtime`) |
//! | [`generate`] | `lockstep-programs` | generates well-typed programs from bytes |
//! | [`differential`] | | compares engines with the semantics on programs |
//! | [`reduce`] | | reduces a program to a small one with the same behaviour |
//! | [`litmus`] | `lockstep-litmus` | scripts with threads, and every outcome that they may have |
//! | [`trace`] | `lockstep-trace` | a run, rule by rule: as text, as JSON, as a page |
//! | [`explain`] | `lockstep-views` | explains why a module is invalid, a type matches, a cast succeeds |
//! | [`book`] | | the rules as a static site |
//! | [`spec_check`] | | the rule catalogue against a checkout of the standard |
//! | [`cli`] | | the `lockstep` command |
//!
//! Dependencies point from the command to scripts, programs, litmus tests, traces and views, and from those to the engines,
//! the reports and the semantics; only the command knows Wasmtime.
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

pub mod cli;
pub mod engine;
pub mod spec_check;

pub use engine::{RefVal, Val};
pub use lockstep_litmus as litmus;
pub use lockstep_programs::{differential, generate, reduce};
pub use lockstep_scripts::{attempt, conform, coverage, script, suite};
pub use lockstep_trace as trace;
pub use lockstep_views::{book, explain};
