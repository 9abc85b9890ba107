//! Engines that can only run a script (`.wast`) and say whether it passed.
//!
//! Such an engine does not tell the results of a call, only whether they are the expected ones. So each session has a
//! session of the semantics beside it. For each operation we write a script that repeats all operations so far and ends
//! in an assertion of the answer of the semantics. If the script passes, that is the engine's answer too; if not, the
//! answer is [`Failure::Denied`], and the state of the store is unknown from then on. A run of a program takes one
//! script if all of it passes. A trap that has several texts is asked for with each of them. Values that scripts cannot
//! express (tables, memories, some arguments) are not supported.

use super::named::words;
use super::program::{self, Observation, Program};
use super::value::Val;
use super::{
    Answer, Engine, EngineError, Failure, InstanceId, Limits, Link, ModuleId, Resource, Semantics, Session, message,
    wast,
};
use lockstep_semantics::decode::decode;
use lockstep_semantics::syntax::Module;
use lockstep_work::{Group, Stop, Waited};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The time that a script may take where no other is said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An engine that says yes or no to scripts, by its exit code.
#[derive(Debug)]
pub struct ScriptOnly {
    name: String,
    program: PathBuf,
    /// With `{}` where the script goes.
    args: Vec<OsString>,
    folder: TempDir,
    /// Whether it knows modules that are not instantiated.
    definitions: bool,
}

impl ScriptOnly {
    /// An engine by its command, in which `{}` stands for the script; without, it comes last.
    ///
    /// # Errors
    /// When the command cannot be run, or does not tell a script that passes from one that does not.
    pub fn new(command: &str) -> Result<Self, EngineError> {
        let (program, mut args) = words(command)?;
        if !args.iter().any(|arg| arg == "{}") {
            args.push("{}".into());
        }
        let broken = |end| EngineError::Broken { engine: command.to_owned(), end };
        let folder = tempfile::tempdir().map_err(|error| broken(Failure::Crash(error.to_string())))?;
        let mut engine = ScriptOnly { name: command.to_owned(), program, args, folder, definitions: true };
        let module = "(module (func (export \"f\") (result i32) (i32.const 1)))\n";
        let yes = engine.passes(&format!("{module}(assert_return (invoke \"f\") (i32.const 1))\n"), TIMEOUT, None);
        let no = engine.passes(&format!("{module}(assert_return (invoke \"f\") (i32.const 2))\n"), TIMEOUT, None);
        if !yes.map_err(broken)? || no.map_err(broken)? {
            return Err(broken(Failure::Crash("it does not tell scripts that pass from others".into())));
        }
        engine.definitions = engine.passes(&definition(b"\0asm\x01\0\0\0", true), TIMEOUT, None).map_err(broken)?;
        Ok(engine)
    }

    /// Whether a script passes.
    fn passes(&self, script: &str, time: Duration, stop: Option<&Stop>) -> Result<bool, Failure> {
        let io = |error: std::io::Error| Failure::Crash(format!("{}: {error}", self.program.display()));
        let files = tempfile::tempdir_in(self.folder.path()).map_err(io)?;
        let file = files.path().join("script.wast");
        fs::write(&file, script).map_err(io)?;
        let args = self.args.iter().map(|arg| if arg == "{}" { file.as_os_str() } else { arg.as_os_str() });
        let mut command = Command::new(&self.program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = Group::spawn(&mut command).map_err(io)?;
        match child.wait(Some(time), stop.unwrap_or(&Stop::new())).map_err(io)? {
            Waited::TooLong | Waited::Stopped(_) => Err(Failure::Timeout),
            Waited::Ended(status) if status.code().is_some() => Ok(status.success()),
            Waited::Ended(status) => Err(Failure::Crash(status.to_string())),
        }
    }
}

/// A script that loads a module.
fn definition(bytes: &[u8], definitions: bool) -> String {
    format!("(module {}binary {})\n", if definitions { "definition " } else { "" }, wast::quoted(bytes))
}

impl Engine for ScriptOnly {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        ""
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(ScriptSession::new(self, limits, true)?))
    }
}

/// A module of the semantics, in bytes, and what can be read of it.
type Loaded = (ModuleId, Arc<[u8]>, Option<Arc<Module>>);

struct ScriptSession<'e> {
    engine: &'e ScriptOnly,
    limits: Limits,
    semantics: Box<dyn Session + 'e>,
    /// Whether the engine is asked about each operation.
    asks: bool,
    modules: Vec<Loaded>,
    instances: Vec<(InstanceId, Option<Arc<Module>>)>,
    /// All that came to pass.
    script: String,
    /// Instances before this one are lost.
    first: usize,
}

impl<'e> ScriptSession<'e> {
    fn new(engine: &'e ScriptOnly, limits: &Limits, asks: bool) -> Result<Self, Failure> {
        Ok(ScriptSession {
            engine,
            limits: limits.clone(),
            semantics: Semantics.open(limits)?,
            asks,
            modules: Vec::new(),
            instances: Vec::new(),
            script: String::new(),
            first: 0,
        })
    }

    /// Whether a script passes, within the limits of the session.
    fn passes(&self, script: &str) -> Result<bool, Failure> {
        self.engine.passes(script, self.limits.timeout.unwrap_or(TIMEOUT), self.limits.stop.as_ref())
    }

    /// Goes on with one of these directives, the first that passes.
    fn go_on(&mut self, directives: Vec<String>) -> Result<(), Failure> {
        if !self.asks {
            self.script.extend(directives.into_iter().next());
            return Ok(());
        }
        for directive in directives {
            match self.passes(&format!("{}{directive}", self.script)) {
                Ok(true) => {
                    self.script.push_str(&directive);
                    return Ok(());
                }
                Ok(false) => {}
                Err(end) => return Err(self.lose(end)),
            }
        }
        Err(self.lose(Failure::Denied("the script up to here does not pass".into())))
    }

    /// Records that the state of the store is unknown.
    fn lose(&mut self, end: Failure) -> Failure {
        self.first = self.instances.len();
        self.script.clear();
        end
    }

    fn placed(&self, instance: InstanceId) -> Result<InstanceId, Failure> {
        if instance.0 < self.first {
            return Err(Failure::Unsupported("what is in the store is not known since a script did not pass".into()));
        }
        Ok(self.instances[instance.0].0)
    }
}

/// The directives that ask whether something ends so, of which one must pass.
fn asserted(what: &str, end: &Failure) -> Result<Vec<String>, Failure> {
    Ok(match end {
        Failure::Trap(Some(class), _) => message::texts(*class)
            .map(|text| format!("(assert_trap {what} {})\n", wast::quoted(text.as_bytes())))
            .collect(),
        Failure::Exception(_) => vec![format!("(assert_exception {what})\n")],
        Failure::Exhausted(Resource::Stack) => vec![format!("(assert_exhaustion {what} \"call stack exhausted\")\n")],
        Failure::Unlinkable(Link::Unknown, _) => vec![format!("(assert_unlinkable {what} \"unknown import\")\n")],
        Failure::Unlinkable(Link::Incompatible, _) => {
            vec![format!("(assert_unlinkable {what} \"incompatible import type\")\n")]
        }
        end => return Err(end.clone()),
    })
}

impl Session for ScriptSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        let here = definition(bytes, self.engine.definitions);
        if self.asks && !self.passes(&here)? {
            return Err(Failure::Rejected("a script of it does not pass".into()));
        }
        let module = self.semantics.load(bytes).map_err(|end| match end {
            Failure::Invalid(_) | Failure::Malformed(_) if self.asks => {
                Failure::Denied(format!("it is taken, and it is {end}"))
            }
            end => end,
        })?;
        self.modules.push((module, bytes.into(), decode(bytes).ok().map(Arc::new)));
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        let (module, bytes, decoded) = self.modules[module.0].clone();
        let end = self.semantics.instantiate(module);
        let binary = wast::quoted(&bytes);
        match end {
            Ok(instance) => {
                self.go_on(vec![format!("(module $i{} binary {binary})\n", self.instances.len())])?;
                self.instances.push((instance, decoded));
                Ok(InstanceId(self.instances.len() - 1))
            }
            Err(end) => {
                self.go_on(asserted(&format!("(module binary {binary})"), &end)?)?;
                Err(end)
            }
        }
    }

    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        let of = self.placed(instance)?;
        self.semantics.register(name, of)?;
        self.go_on(vec![format!("(register {} $i{})\n", wast::quoted(name.as_bytes()), instance.0)])
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        let of = self.placed(instance)?;
        let end = self.semantics.invoke(of, function, args);
        let params = self.instances[instance.0].1.as_deref().and_then(|module| wast::params(module, function));
        let written = args.iter().enumerate().map(|(i, arg)| {
            let ty = params.and_then(|params| params.get(i)).copied();
            wast::argument(*arg, ty).map(|arg| format!(" ({arg})"))
        });
        let Some(written) = written.collect::<Option<String>>() else {
            return Err(self.lose(Failure::Unsupported("an argument that scripts cannot write".into())));
        };
        let invoke = format!("(invoke $i{} {}{written})", instance.0, wast::quoted(function.as_bytes()));
        match end {
            Ok(vals) => {
                let directive = match vals.iter().map(|val| wast::result(*val)).collect::<Option<Vec<String>>>() {
                    Some(results) => format!("(assert_return {invoke} {})\n", results.join(" ")),
                    // There is no pattern for a reference to an exception.
                    None => format!("{invoke}\n"),
                };
                self.go_on(vec![directive])?;
                Ok(vals)
            }
            Err(end) => {
                self.go_on(asserted(&invoke, &end)?)?;
                Err(end)
            }
        }
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        let of = self.placed(instance)?;
        let val = self.semantics.global(of, global)?;
        let Some(result) = wast::result(val) else {
            return Err(Failure::Unsupported("a value that scripts cannot write".into()));
        };
        let get = format!("(get $i{} {})", instance.0, wast::quoted(global.as_bytes()));
        self.go_on(vec![format!("(assert_return {get} {result})\n")])?;
        Ok(val)
    }

    fn table(&mut self, _: InstanceId, _: &str) -> Answer {
        Err(Failure::Unsupported("scripts do not read tables".into()))
    }

    fn memory(&mut self, _: InstanceId, _: &str) -> Result<Vec<u8>, Failure> {
        Err(Failure::Unsupported("scripts do not read memories".into()))
    }

    fn run(&mut self, program: &Program) -> Observation {
        // All at once; only when that does not pass, one operation after the other.
        if let Ok(mut quiet) = ScriptSession::new(self.engine, &self.limits, false) {
            let seen = program::run(&mut quiet, program);
            let loaded =
                !seen.modules.iter().any(|end| matches!(end, Err(Failure::Invalid(_) | Failure::Malformed(_))));
            if loaded && self.passes(&quiet.script) == Ok(true) {
                return seen;
            }
        }
        program::run(self, program)
    }
}
