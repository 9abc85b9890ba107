//! Litmus tests: computes every outcome that a small concurrent program may have.
//!
//! A litmus test is a script (`.wast`) with threads. There are two models ([`Model`]), and real engines to compare with.
//!
//! - `explore` enumerates the sequentially consistent executions (Lamport, *How to Make a Multiprocessor Computer That
//!   Correctly Executes Multiprocess Programs*, 1979), step by step on one store. It prunes with ample sets (Peled, *All
//!   from One, One for All*, CAV 1993).
//! - `isolated` runs each thread on its own for [`lockstep_semantics::relaxed`], which combines the runs into candidate
//!   executions and checks them against the axioms; its documentation names the sources of the model. Tools such as herd
//!   divide the work in the same way (Alglave, Maranget and Tautschnig, *Herding Cats*, TOPLAS 2014).
//! - `observe` runs a test many times on an engine with real threads and counts the outcomes, as the tool `litmus` does
//!   on hardware (Alglave, Maranget, Sarkar and Sewell, *Litmus: Running Tests against Hardware*, TACAS 2011).

pub use lockstep_scripts::script::Source;
pub use lockstep_scripts::script::plan::{Op, Plan, PlanError, PlannedCall, PlannedThread, Setup, THREADS, What};

mod conflicts;
mod declared;
mod explore;
mod isolated;
mod label;
mod machine;
mod model;
mod objects;
mod observe;
mod outcome;
mod test;

pub use declared::Declared;
pub use explore::{Bound, Did, Explored, FoundOutcome, Replayed, Schedule, explore, replay, replay_watched};
pub use label::Labels;
pub use model::Model;
pub use observe::{EngineObserver, Observation, Stopped};
pub use outcome::Outcome;
pub use test::{LitmusOptions, run, run_observed};

use lockstep_engines::Limits;
use lockstep_semantics::syntax::Features;
use lockstep_semantics::text::TextTooLong;
use std::time::Instant;

/// The bounds of an exploration.
#[derive(Clone, Copy, Debug)]
pub struct ExploreBounds {
    /// The steps that one call may take.
    pub steps: u64,
    /// The configurations, or candidate executions, to look at.
    pub states: u64,
    /// When to stop.
    pub deadline: Option<Instant>,
}

impl ExploreBounds {
    /// Whether the deadline has passed.
    pub fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

impl Default for ExploreBounds {
    fn default() -> Self {
        ExploreBounds { steps: 100_000, states: 1_000_000, deadline: None }
    }
}

/// The bound on the store and the stacks of a script, in bytes. It is small because every configuration on the frontier
/// holds a copy.
pub const MEMORY: u64 = 32 << 20;

/// Parses a script and calls `then` with its plan. `path` is for messages; modules may use the proposals in `features`.
///
/// # Errors
/// When the script has no plan.
pub fn with_plan<T>(
    path: &str,
    text: &str,
    features: Features,
    then: impl FnOnce(&Plan<'_>) -> T,
) -> Result<T, PlanError> {
    let too_long = |e: TextTooLong| PlanError::Malformed { line: 1, column: 1, message: e.to_string() };
    let source = Source::new(text).map_err(too_long)?;
    let limits = Limits { features, memory: Some(MEMORY), ..Limits::default() };
    Ok(then(&Plan::new(path, &source, &limits)?))
}
