//! Test scripts: one runner for any engine.
//!
//! A script (`.wast`) is a list of directives. Each of them is run on one [`Session`](crate::engine::Session) and ends in
//! exactly one [`Verdict`](lockstep_reports::Verdict): assertions, and also module definitions, registrations and bare
//! invocations, which pass when they do what they should. A script that cannot be read is one directive that fails.
//!
//! What the official suite leaves to each runner is settled here as in the reference interpreter, but for three points:
//! traps are compared by class and not by text ([`text`]); `(ref.any)`, `(ref.extern)` and the like are met by
//! references that are not null only; and names may be defined anew.

pub(crate) mod crash;
mod name;
mod pattern;
pub(crate) mod place;
pub(crate) mod plan;
mod read;
mod runner;
mod setup;
pub mod spectest;
pub mod text;
mod threads;

pub(crate) use runner::spellings;
pub use runner::{News, run, run_to};
pub use threads::{RoundRobin, Schedule};
