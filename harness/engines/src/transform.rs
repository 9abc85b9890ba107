//! Transformers, such as optimisers, as engines: a command transforms a module, and the result runs on the semantics.
//! If the result behaves differently from the original module, the transformer has a bug. The standard does not
//! distinguish traps, and an optimiser may replace one by another, so the classes of traps are not reported.

use super::{Answer, Engine, EngineError, Failure, InstanceId, Limits, ModuleId, Semantics, Session};
use crate::Val;
use lockstep_work::{Group, Stop, Waited};
use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// The time that a transformer may take where no other is said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A command that reads a module from a file and writes one.
///
/// `{in}` and `{out}` stand for the files; without them, the command is given the file to read, then `-o` and the file
/// to write.
#[derive(Debug)]
pub struct Transformer {
    name: String,
    version: String,
    program: PathBuf,
    args: Vec<String>,
    folder: TempDir,
}

impl Transformer {
    /// A transformer by its command.
    ///
    /// # Errors
    /// When the command cannot be split into words or found, or there is no place for files.
    pub fn new(command: &str) -> Result<Self, EngineError> {
        let words = shlex::split(command).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| EngineError::Command(command.to_owned()))?;
        let missing = |text: String| EngineError::Missing { engine: words[0].clone(), text };
        let program = which::which(&words[0]).map_err(|error| missing(error.to_string()))?;
        let folder = tempfile::tempdir().map_err(|error| missing(format!("no folder for its files: {error}")))?;
        let version = Command::new(&program).arg("--version").stdin(Stdio::null()).output();
        let version = version.ok().filter(|output| output.status.success()).and_then(|output| {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
        });
        let mut args: Vec<String> = words[1..].to_vec();
        if !args.iter().any(|arg| arg.contains("{in}") || arg.contains("{out}")) {
            args.extend(["{in}".into(), "-o".into(), "{out}".into()]);
        }
        Ok(Transformer { name: command.into(), version: version.unwrap_or_default(), program, args, folder })
    }

    /// Transforms a module, unless it takes longer than `timeout`, or somebody asks to stop.
    ///
    /// # Errors
    /// [`Failure::Crash`] or [`Failure::Timeout`] when the command dies or does not end; [`Failure::Unsupported`] when it says no.
    pub fn transform(&self, bytes: &[u8], timeout: Duration, stop: &Stop) -> Result<Vec<u8>, Failure> {
        let io = |error: std::io::Error| Failure::Unsupported(format!("files for {}: {error}", self.name).into());
        let files = tempfile::tempdir_in(self.folder.path()).map_err(io)?;
        let (input, output) = (files.path().join("in.wasm"), files.path().join("out.wasm"));
        fs::write(&input, bytes).map_err(io)?;
        let fill = |arg: &String| -> OsString {
            let path = |path: &Path| path.display().to_string();
            arg.replace("{in}", &path(&input)).replace("{out}", &path(&output)).into()
        };
        let mut command = Command::new(&self.program);
        command.args(self.args.iter().map(fill)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = Group::spawn(&mut command).map_err(io)?;
        // What it says is read beside, so that it can say as much as it wants.
        let mut stderr = child.take_stderr();
        let said = thread::spawn(move || {
            let mut text = String::new();
            if let Some(stderr) = &mut stderr {
                let mut bytes = Vec::new();
                let _ = stderr.read_to_end(&mut bytes);
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
            text
        });
        let waited = child.wait(Some(timeout), stop).map_err(io)?;
        let text = said.join().unwrap_or_default();
        let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no word").trim().to_owned();
        match waited {
            Waited::TooLong | Waited::Stopped(_) => Err(Failure::Timeout),
            Waited::Ended(status) if status.success() => fs::read(&output).map_err(io),
            Waited::Ended(status) if status.code().is_some_and(|code| code < 128) => {
                Err(Failure::Unsupported(format!("not transformed: {line}").into()))
            }
            Waited::Ended(status) => Err(Failure::Crash(format!("{status}: {line}"))),
        }
    }
}

impl Engine for Transformer {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        // A transformed program may take more steps than it took before.
        let more = Limits { steps: limits.steps.map(|steps| steps.saturating_mul(4)), ..limits.clone() };
        let timeout = limits.timeout.map_or(TIMEOUT, |timeout| timeout.max(TIMEOUT));
        let stop = limits.stop.clone().unwrap_or_default();
        Ok(Box::new(Transformed { transformer: self, session: Semantics.open(&more)?, timeout, stop }))
    }
}

struct Transformed<'t> {
    transformer: &'t Transformer,
    session: Box<dyn Session + 't>,
    timeout: Duration,
    stop: Stop,
}

/// A trap of whatever class.
fn unclassified(end: Failure) -> Failure {
    match end {
        Failure::Trap(_, text) => Failure::Trap(None, text),
        end => end,
    }
}

impl Session for Transformed<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        let bytes = self.transformer.transform(bytes, self.timeout, &self.stop)?;
        self.session.load(&bytes)
    }
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.session.instantiate(module).map_err(unclassified)
    }
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        self.session.register(name, instance)
    }
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        self.session.invoke(instance, function, args).map_err(unclassified)
    }
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        self.session.global(instance, global)
    }
    fn table(&mut self, instance: InstanceId, table: &str) -> Answer {
        self.session.table(instance, table)
    }
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        self.session.memory(instance, memory)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn on(command: &str, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        Transformer::new(command).unwrap().transform(bytes, Duration::from_millis(500), &Stop::new())
    }

    #[test]
    fn commands() {
        assert_eq!(on("cp {in} {out}", b"abc"), Ok(b"abc".to_vec()));
        assert_eq!(on("sh -c 'echo no >&2; exit 3'", b""), Err(Failure::Unsupported("not transformed: no".into())));
        assert!(matches!(on("sh -c 'kill -SEGV $$'", b""), Err(Failure::Crash(_))));
        assert_eq!(on("sh -c 'sleep 30'", b""), Err(Failure::Timeout));
        assert!(matches!(Transformer::new("no-such-command-anywhere"), Err(EngineError::Missing { .. })));
        assert!(matches!(Transformer::new("'"), Err(EngineError::Command(_))));
    }
}
