//! Test scripts: one runner for any engine.
//!
//! A script (`.wast`) is a list of directives. Each of them is run on one [`Session`](lockstep_engines::Session) and
//! ends in exactly one [`Verdict`](lockstep_reports::Verdict): assertions, and also module definitions, registrations
//! and bare invocations, which pass when they succeed. Scripts are cut into directives by their parentheses alone: a
//! form that cannot be read is a directive that fails, or is unsupported if it is the syntax of a proposal, and the run
//! continues with the next one. A directive that needs a definition which is missing because of such a verdict, or of a
//! limit, gets that verdict, too.
//!
//! Where the official suite leaves a choice to the runner, we follow the reference interpreter, with these exceptions:
//! events are identified by class, and a text must begin one of the messages of the class ([`message`]); `(ref)`,
//! `(ref.any)`, `(ref.extern)` and the like are met by references that are not null only; names may be defined anew;
//! and a script goes on after a directive that did not pass.
//!
//! | module | what |
//! |---|---|
//! | `source` | tokens, pieces, lines and columns |
//! | `syntax`, `read`, `pattern` | the grammar of scripts |
//! | `module`, `fallback` | the modules in them, as bytes for engines |
//! | `run`, `runner`, `meta`, `files`, `threads`, `schedule` | runs |
//! | `judge`, [`message`], `custom`, `state`, `log` | verdicts |
//! | `replay` | what the standard has for the directives that an engine fails |
//! | [`crash`] | panics as values |
//! | [`plan`], `setup` | scripts with threads, taken apart for litmus tests |

pub mod crash;
mod custom;
mod fallback;
mod files;
mod judge;
mod log;
mod meta;
mod module;
mod name;
mod pattern;
pub mod plan;
mod read;
mod replay;
mod run;
mod runner;
mod schedule;
mod setup;
mod source;
mod state;
mod syntax;
mod threads;

pub use lockstep_engines::{message, spectest};
pub use module::{ScriptModule, module_at, modules};
pub use replay::explain;
pub use run::{Script, ScriptEvent, Terms, died, run, run_to, run_with};
pub use schedule::{RoundRobin, Schedule};
pub use source::Source;
