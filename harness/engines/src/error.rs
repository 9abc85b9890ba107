//! Errors in finding and starting engines.

use super::Failure;
use thiserror::Error;

/// An error in finding or starting an engine.
#[derive(Clone, Debug, Error)]
pub enum EngineError {
    /// There is no engine of this name.
    #[error("there is no engine `{0}`; `lockstep engines` lists those that are known")]
    Unknown(String),
    /// It does not support running threads.
    #[error("`{0}` is not known to run threads; node, deno and bun do")]
    NoThreads(String),
    /// It was left out of this build.
    #[error("`{0}` was left out when lockstep was built (the feature `{0}`)")]
    LeftOut(&'static str),
    /// It is not where it was looked for.
    #[error("{engine} is not here: {text}")]
    Missing {
        /// The engine.
        engine: String,
        /// Where it was looked for.
        text: String,
    },
    /// A command cannot be split into words.
    #[error("not a command: {0:?}")]
    Command(String),
    /// It does not start.
    #[error("{engine} does not come up: {end}")]
    Broken {
        /// The engine.
        engine: String,
        /// Why not.
        end: Failure,
    },
}
