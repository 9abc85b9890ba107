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
//! | matrix | several engines side by side, for the terminal | [`matrix`] |
//! | Markdown | pull requests and job summaries | [`markdown::render`] |
//! | page | people; one file in HTML | [`page::render`] |
//! | site | people; many reports with their history | [`site::render`] |

mod baseline;
mod case;
pub mod coverage;
pub mod expect;
mod groups;
pub mod html;
pub mod json;
pub mod junit;
mod kind;
mod links;
pub mod litmus;
pub mod markdown;
pub mod matrix;
pub mod page;
mod pattern;
mod report;
mod run;
mod set;
pub mod site;
mod standing;
pub mod terminal;
mod verdict;

pub use baseline::{Baseline, Change, Trend, compare};
pub use case::{Case, Cause, DirectiveId, Finding, Known};
pub use expect::{Expectations, Expected};
pub use groups::{Group, GroupCause, groups};
pub use kind::Kind;
pub use links::Links;
pub use pattern::Pattern;
pub use report::{Engine, FileReport, Report, SCHEMA, Standard, Status, Suite, Summary, VERSION};
pub use run::{LeftOut, Official, Run, Shard, Share};
pub use set::{MergeError, ReportSet, SET_SCHEMA, merge};
pub use standing::status;
pub use verdict::{Counts, Verdict};
