//! Litmus tests: small concurrent programs, and every outcome that they may have.
//!
//! A litmus test is a script (`.wast`) with threads.

pub use crate::script::plan::{Op, Plan, PlanError, PlannedCall, PlannedThread, Setup, THREADS, What, tokens};

mod alone;
mod conflicts;
mod declared;
mod explore;
mod label;
mod machine;
mod model;
mod observe;
mod outcome;
mod test;

pub use declared::Declared;
pub use explore::{Bound, Did, Explored, Found, Schedule, explore, replay, replay_watched};
pub use label::label;
pub use model::Model;
pub use observe::{Observation, Stopped, Watch};
pub use outcome::Outcome;
pub use test::{Options, run, run_observed};

use crate::engine::Limits;
use crate::script::spellings;
use lockstep_semantics::syntax::Features;
use std::time::Instant;

/// The bounds of an exploration.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The steps that one call may take.
    pub steps: u64,
    /// The configurations, or candidate executions, to look at.
    pub states: u64,
    /// When to stop.
    pub deadline: Option<Instant>,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { steps: 100_000, states: 1_000_000, deadline: None }
    }
}

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
    let text = &*spellings(text, features);
    let tokens = tokens(text)?;
    Ok(then(&Plan::new(path, text, &tokens, &Limits { features, ..Limits::default() })?))
}
