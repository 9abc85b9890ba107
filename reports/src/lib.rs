//! The verdict model of Lockstep and its renderings.
//!
//! Whatever is run – a script on the semantics, the same script on an engine, a generated module on both – each single
//! question ends in one of six [`Verdict`]s. A [`Report`] counts them, by script, by suite and in total, and lists every
//! directive that did not pass with its place, what should have come and what came. The counts of all six stand in
//! every rendering, and a run without directives is no success, so that a run which tested nothing cannot look green.
//!
//! | rendering | for | function |
//! |---|---|---|
//! | terminal | people | [`terminal::render`] |
//! | JSON | programs; stable and versioned, see [`SCHEMA`] | [`json::render`] |
//! | JUnit XML | CI systems | [`junit::render`] |
//! | matrix | several engines side by side, for the terminal and as Markdown | [`matrix`] |
//! | Markdown | pull requests and job summaries | [`markdown::render`] |

pub mod coverage;
pub mod html;
pub mod json;
pub mod junit;
mod kind;
pub mod litmus;
pub mod markdown;
pub mod matrix;
mod report;
mod set;
pub mod terminal;
mod verdict;

pub use kind::Kind;
pub use report::{Case, Cause, Engine, FileReport, Finding, Report, SCHEMA, Standard, Suite, Summary, VERSION};
pub use set::{Change, Comparison, MergeError, ReportSet, SET_SCHEMA, compare, merge};
pub use verdict::{Counts, Verdict};
