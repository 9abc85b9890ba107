//! Conformance runs: test scripts, suites of them, and the rules that they use.
//!
//! | module | what |
//! |---|---|
//! | [`script`] | one test script (`.wast`) on one session of an engine, one verdict per directive |
//! | [`suite`] | the sources of scripts: the embedded suite, files, folders |
//! | [`conform`] | many scripts at once, into a report |
//! | [`attempt`] | one script on an engine that may die of it |
//! | [`coverage`] | conformance runs that also record the rules that the scripts use |
//!
//! ```
//! use lockstep_engines::Semantics;
//! use lockstep_scripts::{conform, suite};
//! use std::path::PathBuf;
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let path: PathBuf = folder.path().join("empty.wast");
//! # std::fs::write(&path, "").unwrap();
//! let scripts = suite::collect(&[path]).unwrap();
//! let report = conform::run(&scripts, &Semantics, &conform::Options::default(), |_| ()).unwrap();
//! assert_eq!(report.summary.files, 1);
//! // A run that tested nothing is no success.
//! assert!(!report.is_success());
//! ```

pub mod attempt;
pub mod conform;
pub mod coverage;
pub mod script;
pub mod suite;
