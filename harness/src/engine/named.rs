//! Engines by name.

use super::{End, Engine, Semantics};
use thiserror::Error;

/// Why there is no such engine here.
#[derive(Clone, Debug, Error)]
pub enum EngineError {
    /// There is no engine of this name.
    #[error("there is no engine `{0}`; `lockstep engines` lists those that are known")]
    Unknown(String),
    /// It was left out of this build.
    #[error("`{0}` was left out when lockstep was built (the feature `{0}`)")]
    LeftOut(&'static str),
    /// It does not come up.
    #[error("{engine} does not come up: {end}")]
    Broken {
        /// The engine.
        engine: String,
        /// Why not.
        end: End,
    },
}

/// The engine that a user names: `semantics` or `wasmtime`.
///
/// # Errors
/// When there is none, or it does not come up.
pub fn named(spec: &str) -> Result<Box<dyn Engine>, EngineError> {
    match spec {
        "semantics" => Ok(Box::new(Semantics)),
        #[cfg(feature = "wasmtime")]
        "wasmtime" => match super::Wasmtime::new() {
            Ok(engine) => Ok(Box::new(engine)),
            Err(end) => Err(EngineError::Broken { engine: spec.into(), end }),
        },
        #[cfg(not(feature = "wasmtime"))]
        "wasmtime" => Err(EngineError::LeftOut("wasmtime")),
        _ => Err(EngineError::Unknown(spec.into())),
    }
}
