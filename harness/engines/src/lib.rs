//! Engines, behind one trait.
//!
//! An [`Engine`] opens [`Session`]s. A session is one store: it validates modules, instantiates them with imports from
//! the instances registered in it and from `spectest`, invokes exported functions and reads exported globals. Every
//! operation either succeeds or returns a [`Failure`]: why it did not.
//!
//! | module | what |
//! |---|---|
//! | [`semantics`] | the reference semantics as an engine |
//! | `process`, `javascript` | engines in a process of their own, by the protocol of `docs/engine-protocol.md` |
//! | `binaryen`, `script_only` | engines that can only run a module and print its results, or run a script and pass or fail it |
//! | `transform` | the semantics on modules that a tool has changed |
//! | `named`, `error` | engines by name |
//! | `features` | the features of an engine, found by running probes |
//! | [`program`] | whole programs, and everything observable of their runs |
//! | [`race`] | repeated runs of threads in parallel |
//! | [`spectest`] | the module that every script may import |
//! | [`value`], [`literal`], [`wast`], [`message`] | values and messages, and how scripts write them |
//! | [`watchdog`] | time limits |
//!
//! Wasmtime in this process is a crate of its own, `lockstep-wasmtime`, so that nobody has to build it without need.
//!
//! ```
//! use lockstep_engines::{Engine, Limits, Semantics, Val};
//!
//! let mut session = Semantics.open(&Limits::default()).unwrap();
//! let bytes = b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x06\x01\x04\0\x41\x2a\x0b";
//! let module = session.load(bytes).unwrap();
//! let instance = session.instantiate(module).unwrap();
//! assert_eq!(session.invoke(instance, "f", &[]), Ok(vec![Val::I32(42)]));
//! ```

mod binaryen;
mod dialect;
mod error;
mod failure;
mod features;
mod javascript;
pub mod literal;
pub mod message;
mod named;
mod process;
pub mod program;
mod script_only;
pub mod semantics;
pub mod spectest;
mod transform;
pub mod value;
pub mod wast;
pub mod watchdog;

pub use binaryen::Binaryen;
pub use error::EngineError;
pub use failure::rule as rule_cause;
pub use failure::{Answer, Failure, Link, LinkReason, Quoted, Reason, Refusal, Resource, Thrown, Unsupported};
pub use features::{Absence, Features, names as feature_names, needs};
pub use javascript::Runtime;
pub use javascript::racing;
pub use named::{named, named_with};
pub use process::race;
pub use process::{Command as ProcessCommand, ProcessEngine};
pub use program::{Observation, Program};
pub use script_only::ScriptOnly;
pub use semantics::{Semantics, SemanticsSession};
pub use transform::Transformer;
pub use value::{RefVal, Val};

use lockstep_reports::Kind;
use lockstep_semantics::decode::{Dialect, Malformed};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::{ProductionSet, syntax};
use lockstep_work::Stop;
use std::time::Duration;

/// A WebAssembly engine.
pub trait Engine: Sync {
    /// Its name, for reports.
    fn name(&self) -> &str;
    /// Its version, for reports.
    fn version(&self) -> &str;
    /// The capabilities that it lacks as a host.
    fn lacks(&self) -> Lacks {
        Lacks::default()
    }
    /// Opens a session.
    ///
    /// # Errors
    /// When the engine does not come up.
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure>;
}

/// Capabilities that a host lacks, whatever the features of its engine. Programs that need them are not compared to
/// their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// It cannot link: it runs single modules.
    pub linking: bool,
    /// It has no references of its own to pass.
    pub references: bool,
    /// It does not validate: that it accepts a module does not show the module to be valid.
    pub validation: bool,
}

/// The bounds of a session. `None` leaves a bound to the engine.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Steps of one invocation or instantiation, where an engine counts them.
    pub steps: Option<u64>,
    /// The depth of the call stack.
    pub frames: Option<u32>,
    /// Bytes that the store and the stacks may take.
    pub memory: Option<u64>,
    /// The time that one operation may take.
    pub timeout: Option<Duration>,
    /// The proposals that modules may use, where an engine has them.
    pub features: syntax::Features,
    /// A request to stop, on which an operation ends early, as when its time is up.
    pub stop: Option<Stop>,
}

impl Limits {
    /// Whether to stop. What has been observed since then may be due to that.
    pub fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.asked().is_some())
    }
}

/// A module of a session, valid and not yet instantiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleId(pub usize);

/// An instance of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstanceId(pub usize);

/// A call of a session that was begun and takes turns with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallId(pub usize);

/// The state of such a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// It can go on.
    Ready,
    /// It is suspended, and has made no step. The timeout is negative if there is none.
    Suspended(i64),
    /// It has come to an end.
    Ended(Answer),
}

/// One store of an engine.
pub trait Session {
    /// Decodes and validates a binary module.
    ///
    /// # Errors
    /// Among others [`Failure::Malformed`] and [`Failure::Invalid`].
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure>;

    /// Validates a module that was read from a text. Engines get its binary encoding; the semantics takes the syntax as
    /// it is, with positions in the text.
    ///
    /// # Errors
    /// As for [`Session::load`].
    fn load_module(&mut self, module: syntax::Module) -> Result<ModuleId, Failure> {
        self.load(&encode_as(&module, Dialect::WasmTools))
    }

    /// Instantiates a module. Its imports come from the registered instances and from `spectest`, which is there from
    /// the beginning.
    ///
    /// # Errors
    /// Among others [`Failure::Unlinkable`], and how the start function ended when not in values.
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure>;

    /// Lets later modules import the exports of an instance under a module name.
    ///
    /// # Errors
    /// When the engine broke.
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure>;

    /// Invokes an exported function.
    ///
    /// # Errors
    /// How the invocation ended when not in values; [`Failure::Misuse`] when it could not begin.
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer;

    /// Reads an exported global.
    ///
    /// # Errors
    /// [`Failure::Misuse`] when there is none.
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure>;

    /// Reads all elements of an exported table.
    ///
    /// # Errors
    /// [`Failure::Misuse`] when there is none.
    fn table(&mut self, instance: InstanceId, table: &str) -> Answer;

    /// Reads all bytes of an exported memory.
    ///
    /// # Errors
    /// [`Failure::Misuse`] when there is none.
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure>;

    /// Reports that a module in text was read or found malformed, which [`Session::load`] finds out by itself for a
    /// module in bytes. `seen` gives the grammar productions that its parts were read with. Nothing needs to be done.
    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        let _ = (seen, malformed);
    }

    /// The proposals that modules may use.
    fn features(&self) -> syntax::Features {
        syntax::Features::STANDARD
    }

    /// Whether this is the semantics, which supports exactly the syntax that is read here.
    fn is_reference(&self) -> bool {
        false
    }

    /// Creates a context, in which only `spectest` is registered. Context 0 exists from the beginning.
    ///
    /// # Errors
    /// [`Failure::Unsupported`] when the engine has no threads.
    fn context(&mut self) -> Result<usize, Failure> {
        Err(Failure::Unsupported("threads".into()))
    }

    /// Switches to a context: imports come from it, and instances are registered in it.
    fn enter(&mut self, context: usize) {
        let _ = context;
    }

    /// Begins to instantiate a module on a thread of its own. Returns the instance, and a call that ends without
    /// results when the instance is initialised. The initialisation may be done at once if it touches no imports.
    ///
    /// # Errors
    /// As of [`Session::instantiate`].
    fn begin_instance(&mut self, module: ModuleId) -> Result<(InstanceId, Option<CallId>), Failure> {
        Ok((self.instantiate(module)?, None))
    }

    /// Begins to invoke an exported function, on a thread of its own.
    ///
    /// # Errors
    /// [`Failure::Misuse`] when it cannot begin, and [`Failure::Unsupported`] when the engine has no threads.
    fn begin(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<CallId, Failure> {
        let _ = (instance, function, args);
        Err(Failure::Unsupported("threads".into()))
    }

    /// Runs a call that was begun for at most `steps` steps. Its end is reported once.
    fn step(&mut self, call: CallId, steps: u64) -> Call {
        let _ = (call, steps);
        Call::Ended(Err(Failure::Unsupported("threads".into())))
    }

    /// Times out a call that is suspended with a timeout.
    fn time_out(&mut self, call: CallId) {
        let _ = call;
    }

    /// Runs a whole program in this session, which must be fresh. An engine in another process does it in one exchange.
    fn run(&mut self, program: &Program) -> Observation {
        program::run(self, program)
    }

    /// Reports that the script has come to the directive of this kind at this line and column. Nothing needs to be
    /// done.
    fn directive(&mut self, place: (u32, u32), kind: Kind) {
        let _ = (place, kind);
    }
}

/// A session that delegates everything to another one, but may act on each directive.
pub trait Delegate {
    /// The session that it delegates to.
    type Session: Session + ?Sized;

    /// The session that does the work.
    fn session(&self) -> &Self::Session;

    /// The session that does the work, mutably.
    fn session_mut(&mut self) -> &mut Self::Session;

    /// As [`Session::directive`].
    fn directive(&mut self, place: (u32, u32), kind: Kind) {
        self.session_mut().directive(place, kind);
    }
}

/// A session that is lent.
impl<S: Session + ?Sized> Delegate for &mut S {
    type Session = S;

    fn session(&self) -> &S {
        self
    }

    fn session_mut(&mut self) -> &mut S {
        self
    }
}

impl<T: Delegate> Session for T {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        self.session_mut().load(bytes)
    }
    fn load_module(&mut self, module: syntax::Module) -> Result<ModuleId, Failure> {
        self.session_mut().load_module(module)
    }
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.session_mut().instantiate(module)
    }
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        self.session_mut().register(name, instance)
    }
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        self.session_mut().invoke(instance, function, args)
    }
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        self.session_mut().global(instance, global)
    }
    fn table(&mut self, instance: InstanceId, table: &str) -> Answer {
        self.session_mut().table(instance, table)
    }
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        self.session_mut().memory(instance, memory)
    }
    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        self.session_mut().module_read(seen, malformed);
    }
    fn features(&self) -> syntax::Features {
        self.session().features()
    }
    fn is_reference(&self) -> bool {
        self.session().is_reference()
    }
    fn context(&mut self) -> Result<usize, Failure> {
        self.session_mut().context()
    }
    fn enter(&mut self, context: usize) {
        self.session_mut().enter(context);
    }
    fn begin_instance(&mut self, module: ModuleId) -> Result<(InstanceId, Option<CallId>), Failure> {
        self.session_mut().begin_instance(module)
    }
    fn begin(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<CallId, Failure> {
        self.session_mut().begin(instance, function, args)
    }
    fn step(&mut self, call: CallId, steps: u64) -> Call {
        self.session_mut().step(call, steps)
    }
    fn time_out(&mut self, call: CallId) {
        self.session_mut().time_out(call);
    }
    fn run(&mut self, program: &Program) -> Observation {
        self.session_mut().run(program)
    }
    fn directive(&mut self, place: (u32, u32), kind: Kind) {
        Delegate::directive(self, place, kind);
    }
}
