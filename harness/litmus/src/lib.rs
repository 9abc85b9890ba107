//! Litmus tests: small concurrent programs, and every outcome that they may have.
//!
//! A litmus test is a script (`.wast`) with threads.

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
    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

impl Default for ExploreBounds {
    fn default() -> Self {
        ExploreBounds { steps: 100_000, states: 1_000_000, deadline: None }
    }
}

/// How many bytes the store and the stacks of a script may have: there are copies of them for each configuration that
/// is still to be gone on from.
pub const MEMORY: u64 = 32 << 20;

/// Does something with the plan of a script. `path` is for people; modules may use the proposals that are given.
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
