//! Engines, behind one trait: those of [`lockstep_engines`], and Wasmtime in the process.

pub use lockstep_engines::*;
#[cfg(feature = "wasmtime")]
pub use lockstep_wasmtime::Wasmtime;

use lockstep_semantics::syntax;

/// The engine that a user names: `wasmtime` is Wasmtime in this process, and [`lockstep_engines::named`] knows the others.
///
/// # Errors
/// When there is none, or it does not come up.
pub fn named(spec: &str) -> Result<Box<dyn Engine>, EngineError> {
    named_with(spec, syntax::Features::STANDARD)
}

/// Like [`named`], with the flags that switch these proposals on in engines that have such flags.
///
/// # Errors
/// As [`named`].
pub fn named_with(spec: &str, features: syntax::Features) -> Result<Box<dyn Engine>, EngineError> {
    match spec {
        #[cfg(feature = "wasmtime")]
        "wasmtime" => match Wasmtime::new() {
            Ok(engine) => Ok(Box::new(engine)),
            Err(end) => Err(EngineError::Broken { engine: spec.to_owned(), end }),
        },
        _ => lockstep_engines::named_with(spec, features),
    }
}
