//! Engines by name.

use super::javascript::{self, Runtime};
use super::{Binaryen, Engine, EngineError, ProcessCommand, ProcessEngine, ScriptOnly, Semantics};
use lockstep_semantics::syntax::Features;
use std::ffi::OsString;
use std::path::PathBuf;

/// The engine that a user names.
///
/// | name | engine |
/// |---|---|
/// | `semantics` | the reference semantics |
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

/// Like [`named`], with the flags that switch these proposals on in engines that have such flags.
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
        // It is in a crate of its own, which has the name for those who build it.
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
