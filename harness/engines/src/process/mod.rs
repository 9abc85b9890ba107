//! Engines in other processes, by the protocol of `docs/engine-protocol.md`.

mod child;
mod info;
mod program;
pub mod race;
mod session;
mod shape;
mod spectest;
mod types;
mod wire;
mod wrapper;

use super::dialect::translate;
use super::features::Features;
use super::{Engine, Failure, Limits, Session};
use child::{Allowed, Child, Start};
use lockstep_semantics::decode::Dialect;
use lockstep_semantics::syntax;
use session::ProcessSession;
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use wire::{Answer, Boundary, Hello, PROTOCOL, Request};

/// How many modules a process is given before it is replaced, so that it does not grow without bound.
const MODULES: u64 = 20_000;
/// The memory of a process where nothing else is asked for.
const MEMORY: u64 = 4 << 30;
/// The memory that a process may take besides its stores.
const BASE: u64 = 512 << 20;
/// How long a process may take to answer the greeting.
const HELLO: Duration = Duration::from_secs(30);

/// An engine in another process. Each session has a process of its own for as long as it lasts; processes are kept
/// for later sessions.
#[derive(Debug)]
pub struct ProcessEngine {
    start: Start,
    hello: Hello,
    version: String,
    idle: Mutex<Vec<Child>>,
    dialect: Option<Dialect>,
    features: OnceLock<Features>,
}

/// The command that starts a process.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables of its environment, besides those of this process.
    pub env: Vec<(&'static str, &'static str)>,
    /// The encoding of proposals that it reads; modules are not translated if that is unknown.
    pub dialect: Option<Dialect>,
}

impl ProcessEngine {
    /// Starts an engine and asks for its name and version.
    ///
    /// # Errors
    /// When it does not come up, or does not speak the protocol.
    pub fn new(command: Command) -> Result<Self, Failure> {
        let Command { program, args, env, dialect } = command;
        let start = Start { program, args, env };
        let (child, hello) = greet(&start)?;
        let version = match hello.details.as_str() {
            "" => hello.version.clone(),
            details => format!("{} ({details})", hello.version),
        };
        let idle = Mutex::new(vec![child]);
        Ok(ProcessEngine { start, hello, version, idle, dialect, features: OnceLock::new() })
    }

    /// Detects the features of the engine.
    pub fn features(&self) -> &Features {
        self.features.get_or_init(|| Features::of(&Bare(self)))
    }

    /// A process that nobody uses.
    fn take(&self) -> Result<Child, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(child) => Ok(child),
            None => greet(&self.start).map(|(child, _)| child),
        }
    }

    /// A process is no longer used.
    fn give_back(&self, child: Child) {
        if child.modules < MODULES {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        }
    }

    fn session(&self, limits: &Limits, bare: bool) -> ProcessSession<'_> {
        let memory = limits.memory.unwrap_or(MEMORY).saturating_add(BASE);
        let allowed = Allowed { time: limits.timeout, memory, stop: limits.stop.clone() };
        ProcessSession::new(self, allowed, limits.features, bare)
    }

    /// A module as the engine reads it.
    fn dialect<'b>(&self, bytes: &'b [u8], features: syntax::Features) -> Cow<'b, [u8]> {
        match self.dialect {
            Some(dialect) => translate(bytes, features, dialect),
            None => Cow::Borrowed(bytes),
        }
    }

    fn is_numeric(&self) -> bool {
        self.hello.boundary == Boundary::Numeric
    }
}

impl Engine for ProcessEngine {
    fn name(&self) -> &str {
        &self.hello.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(self.session(limits, false)))
    }
}

/// The engine when its features are not yet known.
struct Bare<'e>(&'e ProcessEngine);

impl Engine for Bare<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn version(&self) -> &str {
        self.0.version()
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(self.0.session(limits, true)))
    }
}

/// Starts a process and asks for its name and version.
fn greet(start: &Start) -> Result<(Child, Hello), Failure> {
    let shown = start.program.display();
    let mut child = Child::start(start).map_err(|e| Failure::Crash(format!("cannot start {shown}: {e}")))?;
    let allowed = Allowed { time: Some(HELLO), memory: MEMORY, stop: None };
    match child.ask(&Request::Hello { protocol: PROTOCOL }, &allowed)? {
        Answer::Hello(hello) if hello.protocol == PROTOCOL => Ok((child, hello)),
        Answer::Hello(hello) => Err(Failure::Unsupported(format!("version {} of the protocol", hello.protocol).into())),
        other => Err(other.end()),
    }
}
