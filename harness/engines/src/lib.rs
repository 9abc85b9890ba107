//! Engines, behind one trait.
//!
//! An [`Engine`] opens [`Session`]s. A session is one store: it validates modules, instantiates them with imports from
//! the instances registered in it and from `spectest`, invokes exported functions and reads exported globals. Whatever
//! it is asked to do ends in what was asked for or in an [`End`], which says in the engine's stead why not.
//!
//! | module | what |
//! |---|---|
//! | [`semantics`] | the reference semantics as an engine |
//! | `process`, `javascript` | engines in a process of their own, by the protocol of `docs/engine-protocol.md` |
//! | `binaryen`, `script_only` | engines that run a module, or a script, and print or say how it went |
//! | `transform` | the semantics on modules that a tool has changed |
//! | `named`, `error` | engines by name |
//! | `features` | what an engine has, found out by trying |
//! | [`program`] | whole programs, and all that is seen of their runs |
//! | [`race`] | threads that run beside each other, again and again |
//! | [`spectest`] | the module that every script may import |
//! | [`value`], [`literal`], [`wast`], [`message`] | values and messages, and how scripts write them |
//! | [`watchdog`], [`wait`] | time limits |
//!
//! Wasmtime in the process is a crate of its own, `lockstep-wasmtime`, so those who do not need it do not build it.
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
pub mod wait;
pub mod wast;
pub mod watchdog;

pub use binaryen::Binaryen;
pub use error::EngineError;
pub use features::{Features, names as feature_names};
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

use lockstep_reports::{Kind, Verdict};
use lockstep_semantics::decode::{Dialect, Malformed, MalformedKind};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::{ProductionSet, syntax};
use std::fmt;
use std::time::Duration;
use value::List;

/// Something that runs WebAssembly.
pub trait Engine: Sync {
    /// Its name, for reports.
    fn name(&self) -> &str;
    /// Its version, for reports.
    fn version(&self) -> &str;
    /// What it lacks as a host.
    fn lacks(&self) -> Lacks {
        Lacks::default()
    }
    /// Opens a session.
    ///
    /// # Errors
    /// When the engine does not come up.
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, End>;
}

/// What a host lacks, whatever features its engine has, so that programs that need it are not compared to their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// It runs single modules.
    pub linking: bool,
    /// It has no references of its own to pass.
    pub references: bool,
    /// It is no validator: what it takes tells nothing of what is valid.
    pub validation: bool,
}

/// What bounds a session. `None` is the engine's own choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Steps of one invocation or instantiation, where an engine counts them.
    pub steps: Option<u64>,
    /// Calls that may be under way at one time.
    pub frames: Option<u32>,
    /// Bytes that the store and the stacks may take.
    pub memory: Option<u64>,
    /// The time that one operation may take.
    pub timeout: Option<Duration>,
    /// The proposals that modules may use, where an engine has them.
    pub features: syntax::Features,
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

/// Where such a call is.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// It can go on.
    Ready,
    /// It is suspended, and has made no step. The timeout is negative if there is none.
    Suspended(i64),
    /// It has come to an end.
    Ended(Result<Vec<Val>, End>),
}

/// One store of an engine.
pub trait Session {
    /// Decodes and validates a binary module.
    ///
    /// # Errors
    /// Among others [`End::Malformed`] and [`End::Invalid`].
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, End>;

    /// Validates a module that was read from a text. Engines get the binary that it is encoded as; the semantics takes it
    /// as it is, with its places in the text.
    ///
    /// # Errors
    /// As for [`Session::load`].
    fn load_module(&mut self, module: syntax::Module) -> Result<ModuleId, End> {
        self.load(&encode_as(&module, Dialect::WasmTools))
    }

    /// Instantiates a module. Its imports come from the registered instances and from `spectest`, which is there from
    /// the beginning.
    ///
    /// # Errors
    /// Among others [`End::Unlinkable`], and how the start function ended when not in values.
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, End>;

    /// Lets later modules import the exports of an instance under a module name.
    ///
    /// # Errors
    /// When the engine broke.
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), End>;

    /// Invokes an exported function.
    ///
    /// # Errors
    /// How the invocation ended when not in values; [`End::Misuse`] when it could not begin.
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, End>;

    /// Reads an exported global.
    ///
    /// # Errors
    /// [`End::Misuse`] when there is none.
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, End>;

    /// Reads all elements of an exported table.
    ///
    /// # Errors
    /// [`End::Misuse`] when there is none.
    fn table(&mut self, instance: InstanceId, table: &str) -> Result<Vec<Val>, End>;

    /// Reads all bytes of an exported memory.
    ///
    /// # Errors
    /// [`End::Misuse`] when there is none.
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, End>;

    /// The script has a module in text, which was read or else found malformed: what [`Session::load`] finds out by itself
    /// of one in bytes. `seen` says which productions of the grammar its parts are by. Nothing needs to be done.
    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        let _ = (seen, malformed);
    }

    /// The proposals that modules may use.
    fn features(&self) -> syntax::Features {
        syntax::Features::STANDARD
    }

    /// Whether it is the semantics, which has what is read here and no more.
    fn is_reference(&self) -> bool {
        false
    }

    /// A new context, in which nothing is registered but `spectest`; the first is 0, and is there from the beginning.
    ///
    /// # Errors
    /// [`End::Unsupported`] when the engine has no threads.
    fn context(&mut self) -> Result<usize, End> {
        Err(End::Unsupported("threads".into()))
    }

    /// Makes a context the one that imports come from and instances are registered in.
    fn enter(&mut self, context: usize) {
        let _ = context;
    }

    /// Begins to instantiate a module, on a thread of its own: the instance, and a call that ends without results when it
    /// is initialised. Where the rest touches nothing that comes from elsewhere, it may be done at once.
    ///
    /// # Errors
    /// As of [`Session::instantiate`].
    fn begin_instance(&mut self, module: ModuleId) -> Result<(InstanceId, Option<CallId>), End> {
        Ok((self.instantiate(module)?, None))
    }

    /// Begins to invoke an exported function, on a thread of its own.
    ///
    /// # Errors
    /// [`End::Misuse`] when it cannot begin, and [`End::Unsupported`] when the engine has no threads.
    fn begin(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<CallId, End> {
        let _ = (instance, function, args);
        Err(End::Unsupported("threads".into()))
    }

    /// Lets a call that was begun make up to so many steps. What it ends with is said once.
    fn step(&mut self, call: CallId, steps: u64) -> Call {
        let _ = (call, steps);
        Call::Ended(Err(End::Unsupported("threads".into())))
    }

    /// Lets a call that is suspended with a timeout give up waiting.
    fn time_out(&mut self, call: CallId) {
        let _ = call;
    }

    /// Runs a whole program in this session, which is fresh. An engine in another process does it in one exchange.
    fn run(&mut self, program: &Program) -> Observation {
        program::run(self, program)
    }

    /// What comes next is for the directive of this kind at this line and column of the script. Nothing needs to be
    /// done.
    fn directive(&mut self, place: (u32, u32), kind: Kind) {
        let _ = (place, kind);
    }
}

/// A session that leaves everything to another one, but for what it does when it is told of a directive.
pub trait Through {
    /// The other one.
    type Session: Session + ?Sized;

    /// The session that does the work.
    fn session(&self) -> &Self::Session;

    /// The same, to work.
    fn session_mut(&mut self) -> &mut Self::Session;

    /// As [`Session::directive`].
    fn directive(&mut self, place: (u32, u32), kind: Kind) {
        self.session_mut().directive(place, kind);
    }
}

/// A session that is lent.
impl<S: Session + ?Sized> Through for &mut S {
    type Session = S;

    fn session(&self) -> &S {
        self
    }

    fn session_mut(&mut self) -> &mut S {
        self
    }
}

impl<T: Through> Session for T {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, End> {
        self.session_mut().load(bytes)
    }
    fn load_module(&mut self, module: syntax::Module) -> Result<ModuleId, End> {
        self.session_mut().load_module(module)
    }
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, End> {
        self.session_mut().instantiate(module)
    }
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), End> {
        self.session_mut().register(name, instance)
    }
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, End> {
        self.session_mut().invoke(instance, function, args)
    }
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, End> {
        self.session_mut().global(instance, global)
    }
    fn table(&mut self, instance: InstanceId, table: &str) -> Result<Vec<Val>, End> {
        self.session_mut().table(instance, table)
    }
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, End> {
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
    fn context(&mut self) -> Result<usize, End> {
        self.session_mut().context()
    }
    fn enter(&mut self, context: usize) {
        self.session_mut().enter(context);
    }
    fn begin_instance(&mut self, module: ModuleId) -> Result<(InstanceId, Option<CallId>), End> {
        self.session_mut().begin_instance(module)
    }
    fn begin(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<CallId, End> {
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
        Through::directive(self, place, kind);
    }
}

/// How an operation ends that does not do what it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The bytes or the text are not a module.
    Malformed(String),
    /// The bytes are not a module of the standard, but may be one of a proposal that the engine lacks.
    Proposal(String),
    /// The module is not valid.
    Invalid(String),
    /// The bytes are not a valid module; the engine does not tell whether they are malformed or invalid.
    Rejected(String),
    /// The imports do not fit.
    Unlinkable(Link, String),
    /// A trap, of a class if the engine tells.
    Trap(Option<TrapClass>, String),
    /// A trap of one of these classes, which the engine does not tell apart.
    TrapAmong(Vec<TrapClass>, String),
    /// An exception that nobody caught.
    Exception(Thrown),
    /// A bound was reached.
    Exhausted(Resource),
    /// No end within the time allowed.
    Timeout,
    /// It waits, and nobody is there who could wake it.
    Deadlock,
    /// A limit of the engine that the standard permits, other than on what a run takes.
    Limit(String),
    /// The engine lacks the feature.
    Unsupported(String),
    /// The engine broke: it died, panicked, or got stuck.
    Crash(String),
    /// An engine that says only yes and no says no to what the semantics does.
    Denied(String),
    /// The request makes no sense: no such export, arguments of wrong types.
    Misuse(String),
    /// What is needed is missing because of how something else ended, and that is the verdict here, too.
    Missing(Verdict, String),
}

/// An exception, as far as it can be seen from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thrown {
    /// The tag, by the first name under which an instance of the session exports it, in the order of the instances
    /// and of their exports.
    pub tag: Option<String>,
    /// The values that it carries; none are known where the tag is not exported.
    pub fields: Vec<Val>,
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tag {
            Some(tag) => write!(f, "tag {tag:?} with {}", List(&self.fields)),
            None => f.write_str("of a tag that is not exported"),
        }
    }
}

/// In what way imports do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// There is nothing of that name.
    Unknown,
    /// There is, but not of the type asked for.
    Incompatible,
}

/// What there is a bound on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The number of steps.
    Steps,
    /// The depth of calls.
    Stack,
    /// The memory of store and stacks.
    Memory,
}

impl End {
    /// The verdict on a directive that did not ask for this.
    pub fn verdict(&self) -> Verdict {
        match self {
            End::Malformed(_)
            | End::Invalid(_)
            | End::Rejected(_)
            | End::Unlinkable(..)
            | End::Trap(..)
            | End::TrapAmong(..)
            | End::Exception(_)
            | End::Deadlock
            | End::Denied(_)
            | End::Misuse(_) => Verdict::Fail,
            End::Exhausted(_) | End::Limit(_) => Verdict::Limit,
            End::Timeout => Verdict::Timeout,
            End::Unsupported(_) | End::Proposal(_) => Verdict::Unsupported,
            End::Crash(_) => Verdict::Crash,
            End::Missing(verdict, _) => *verdict,
        }
    }
}

impl From<Malformed> for End {
    fn from(e: Malformed) -> Self {
        match e.kind {
            MalformedKind::Syntax => End::Malformed(e.to_string()),
            MalformedKind::Limit => End::Limit(e.to_string()),
            MalformedKind::Unsupported { .. } => End::Proposal(e.to_string()),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Malformed(why) => write!(f, "a malformed module: {why}"),
            End::Proposal(why) => write!(f, "not a module of the standard: {why}"),
            End::Invalid(why) => write!(f, "an invalid module: {why}"),
            End::Rejected(why) => write!(f, "a module that is not accepted: {why}"),
            End::Unlinkable(link, why) => write!(f, "a link error: {link}: {why}"),
            End::Trap(_, text) | End::TrapAmong(_, text) => write!(f, "trap: {text}"),
            End::Exception(what) => write!(f, "an uncaught exception: {what}"),
            End::Exhausted(Resource::Steps) => f.write_str("step limit reached"),
            End::Exhausted(Resource::Stack) => f.write_str("call stack exhausted"),
            End::Exhausted(Resource::Memory) => f.write_str("memory limit reached"),
            End::Timeout => f.write_str("no end within the time allowed"),
            End::Deadlock => f.write_str("deadlock: waits forever"),
            End::Limit(what) => write!(f, "a limit of the engine: {what}"),
            End::Unsupported(what) => write!(f, "not supported: {what}"),
            End::Crash(what) => write!(f, "crash: {what}"),
            End::Denied(what) => write!(f, "denied: {what}"),
            End::Misuse(what) | End::Missing(_, what) => f.write_str(what),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Link::Unknown => "unknown import",
            Link::Incompatible => "incompatible import type",
        })
    }
}
