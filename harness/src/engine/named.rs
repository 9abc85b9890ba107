//! Engines by name.

use super::javascript::{self, Runtime};
use super::{Binaryen, Engine, Failure, ProcessCommand, ProcessEngine, ScriptOnly, Semantics};
use lockstep_semantics::syntax::Features;
use std::ffi::OsString;
use std::path::PathBuf;
use thiserror::Error;

/// Why there is no such engine here.
#[derive(Clone, Debug, Error)]
pub enum EngineError {
    /// There is no engine of this name.
    #[error("there is no engine `{0}`; `lockstep engines` lists those that are known")]
    Unknown(String),
    /// It has no threads that could be used.
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
    /// It does not come up.
    #[error("{engine} does not come up: {end}")]
    Broken {
        /// The engine.
        engine: String,
        /// Why not.
        end: Failure,
    },
}

/// The engine that a user names.
///
/// | name | engine |
/// |---|---|
/// | `semantics` | the reference semantics |
/// | `wasmtime` | Wasmtime, in this process |
/// | `node`, `deno`, `bun` | a JavaScript engine; after `=` may come its path, then options for it |
/// | `binaryen` | the interpreter of Binaryen, by `wasm-opt --fuzz-exec-before` |
/// | `process:COMMAND` | any that speaks the protocol of `docs/engine-protocol.md` |
/// | `script:COMMAND` | any that runs a script (`.wast`), for which `{}` stands, and exits with 0 when it passes |
///
/// # Errors
/// When there is none, or it does not come up.
pub fn named(spec: &str) -> Result<Box<dyn Engine>, EngineError> {
    named_with(spec, Features::STANDARD)
}

/// The same, with what switches proposals on where an engine has a flag for them.
///
/// # Errors
/// As [`named`].
pub fn named_with(spec: &str, features: Features) -> Result<Box<dyn Engine>, EngineError> {
    let broken = |end| EngineError::Broken { engine: spec.to_owned(), end };
    if let Some(command) = spec.strip_prefix("process:") {
        let (program, args) = words(command)?;
        return Ok(Box::new(
            ProcessEngine::new(ProcessCommand { program, args, ..ProcessCommand::default() }).map_err(broken)?,
        ));
    }
    if let Some(command) = spec.strip_prefix("script:") {
        return Ok(Box::new(ScriptOnly::new(command)?));
    }
    if let Some((runtime, rest)) = Runtime::named(spec) {
        return Ok(Box::new(javascript::start(runtime, &rest, features)?));
    }
    match spec {
        "semantics" => Ok(Box::new(Semantics)),
        #[cfg(feature = "wasmtime")]
        "wasmtime" => match super::Wasmtime::new() {
            Ok(engine) => Ok(Box::new(engine)),
            Err(end) => Err(broken(end)),
        },
        #[cfg(not(feature = "wasmtime"))]
        "wasmtime" => Err(EngineError::LeftOut("wasmtime")),
        "binaryen" => Ok(Box::new(Binaryen::new()?)),
        _ => Err(EngineError::Unknown(spec.into())),
    }
}

/// A command: a program and its arguments.
pub(super) fn words(command: &str) -> Result<(PathBuf, Vec<OsString>), EngineError> {
    let not = || EngineError::Command(command.to_owned());
    let words = shlex::split(command).ok_or_else(not)?;
    let (program, args) = words.split_first().ok_or_else(not)?;
    Ok((program.into(), args.iter().map(OsString::from).collect()))
}
