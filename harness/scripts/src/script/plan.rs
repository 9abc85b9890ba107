//! Plans scripts with threads: splits them into the part before any thread begins and the operations of each thread.
//!
//! The modules of a thread are defined and instantiated in advance, in the order of the script. That changes nothing as
//! long as an instantiation neither reads nor writes shared state. An instantiation that might (by active segments or a
//! start function) is completed by an operation like a call. So the operations are calls, spawns and joins.

use super::files::Files;
use super::judge::{Mismatch, judge};
use super::log::Log;
use super::read;
use super::run::Terms;
use super::runner::{Runner, no_instance};
use super::schedule::{MAIN, ScriptThread};
use super::setup::Registered;
pub use super::setup::Setup;
use super::source::Source;
use super::syntax::{Command, Directive, Subject};
use lockstep_engines::Val;
use lockstep_engines::message::Messages;
use lockstep_engines::semantics::to_value;
use lockstep_engines::{Answer, CallId, Failure, InstanceId, Limits, SemanticsSession};
use lockstep_reports::{FileReport, Finding, Kind};
use lockstep_semantics::execution::{Addr, ExternAddr, Internal, Location, ModuleAddr, Ref, Store, Thread, Value};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::Share;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// The most threads that a script may have, itself included.
pub const THREADS: usize = 64;

/// A script with threads.
pub struct Plan<'d> {
    /// The threads; the script itself is the first.
    pub threads: Vec<PlannedThread>,
    /// The calls of all threads, in the order of the script.
    pub calls: Vec<PlannedCall<'d>>,
    /// The store before any thread begins.
    pub store: Store,
    /// Its instances.
    pub instances: Vec<ModuleAddr>,
    /// The results of the directives that are not calls of threads.
    pub setup: (FileReport, Vec<Finding>),
}

/// A thread of a script.
#[derive(Clone, Debug)]
pub struct PlannedThread {
    /// Its name, such as `$T1`.
    pub name: String,
    /// The thread that begins it; itself for the first.
    pub parent: usize,
    /// Its operations.
    pub ops: Vec<Op>,
    /// Its setup, which the store of the plan already includes.
    pub setup: Vec<Setup>,
}

impl PlannedThread {
    fn new(name: String, parent: usize) -> Self {
        PlannedThread { name, parent, ops: Vec::new(), setup: Vec::new() }
    }
}

/// An operation of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A call, by its number.
    Call(usize),
    /// Begins a thread.
    Spawn(usize),
    /// Waits for the end of a thread.
    Join(usize),
}

/// A call of a thread.
pub struct PlannedCall<'d> {
    /// The thread.
    pub thread: usize,
    /// Line and column of the directive.
    pub place: (u32, u32),
    /// The export that is called or read, or `(module)`.
    pub name: String,
    /// The callee.
    pub what: What,
    /// The number of the instance whose export it is, and arguments unless it is a global; nothing where there is none.
    pub instance: Option<(usize, Option<Vec<Val>>)>,
    directive: Directive<'d>,
}

/// The callee of a call.
#[derive(Clone, Debug)]
pub enum What {
    /// A function with arguments.
    Func(Addr, Vec<Value>),
    /// A global is read.
    Global(Addr),
    /// The rest of an instantiation: the number of the instance, and a thread that is about to do it.
    Init(usize, Box<Thread>),
    /// It cannot begin.
    Nothing(Failure),
}

impl PlannedCall<'_> {
    /// The kind of its directive.
    pub fn kind(&self) -> Kind {
        self.directive.kind()
    }

    /// The expectation of the directive, in words.
    pub fn expected(&self) -> String {
        self.directive.expected()
    }

    /// Judges the result of the call by its directive.
    ///
    /// # Errors
    /// A finding, when the directive is not met.
    pub fn judge(&self, path: &str, got: Answer) -> Result<(), Box<Finding>> {
        let finding = |got: Mismatch| got.finding(&self.directive, path, path);
        judge(&self.directive, got, &Messages::default()).map_err(|got| Box::new(finding(got)))
    }
}

/// Why a script has no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The text is no script.
    #[error("{line}:{column}: {message}")]
    Malformed {
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// Why.
        message: String,
    },
    /// It uses a feature that exploration does not support.
    #[error("{line}:{column}: {message}")]
    Unsupported {
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// What.
        message: String,
    },
}

impl<'d> Plan<'d> {
    /// Takes a script apart.
    ///
    /// # Errors
    /// When it is malformed, or cannot be taken apart.
    pub fn new(path: &str, source: &'d Source<'d>, limits: &Limits) -> Result<Plan<'d>, PlanError> {
        let directives = read::read(source);
        let terms = Terms::default();
        let mut session = SemanticsSession::new(limits, Unobserved);
        let log = Log::new(FileReport::new(path, ""));
        let planner = {
            let files = Files::beside(None);
            Planner::plan(Runner::new(Box::new(&mut session), limits.features, &terms, files), log, directives)
        };
        let Planned { log, mut threads, calls, owners, setups } = planner?;
        let calls = calls.into_iter().map(|call| call.resolve(&session)).collect();
        for (thread, setup) in threads.iter_mut().zip(setups) {
            let setup = setup.into_iter().map(|before| match before {
                UnresolvedSetup::Instance(instance, names) => {
                    let mi = &session.store().modules[session.instance(instance).index()];
                    Setup::instantiate(instance, &mi.module, &names)
                }
                UnresolvedSetup::Setup(setup) => setup,
            });
            thread.setup = setup.collect();
        }
        let instances = session.instances().to_vec();
        let mut store = session.into_store();
        forget_memories(&mut store, &instances);
        let owners: Vec<_> = owners.into_iter().map(|(instance, thread)| (instances[instance.0], thread)).collect();
        apart(&store, &owners, &threads)?;
        Ok(Plan { threads, calls, store, instances, setup: log.finish() })
    }

    /// Why an instance does not exist: the completion of its instantiation has failed, among the calls so far.
    pub fn no_instance<'r>(
        &self,
        instance: usize,
        mut got: impl FnMut(usize) -> Option<&'r Answer>,
    ) -> Option<Failure> {
        let is = |call: &PlannedCall<'_>| matches!(call.what, What::Init(of, _) if of == instance);
        let init = self.calls.iter().position(is)?;
        let end = got(init)?.as_ref().err()?;
        Some(no_instance(self.calls[init].place, end))
    }

    /// Whether a thread is begun, directly or not, by another.
    pub fn descends(&self, mut thread: usize, from: usize) -> bool {
        while thread != 0 {
            thread = self.threads[thread].parent;
            if thread == from {
                return true;
            }
        }
        false
    }
}

struct Planner<'e, 'd> {
    runner: Runner<'e, 'd>,
    planned: Planned<'d>,
    /// The instances that each thread has registered.
    registered: Vec<Registered>,
}

struct Planned<'d> {
    log: Log,
    threads: Vec<PlannedThread>,
    calls: Vec<UnresolvedCall<'d>>,
    /// Which threads can call which instances.
    owners: Vec<(InstanceId, usize)>,
    /// The setup of each thread.
    setups: Vec<Vec<UnresolvedSetup>>,
}

/// A [`Setup`] that needs modules to be resolved.
enum UnresolvedSetup {
    Instance(InstanceId, Registered),
    Setup(Setup),
}

/// A call whose callee is not looked up yet.
struct UnresolvedCall<'d> {
    thread: usize,
    name: String,
    callee: Result<Callee, Failure>,
    directive: Directive<'d>,
}

/// The callee.
enum Callee {
    Export(InstanceId, Option<Vec<Val>>),
    Init(InstanceId, CallId),
}

impl<'d> UnresolvedCall<'d> {
    fn resolve(self, session: &SemanticsSession) -> PlannedCall<'d> {
        let UnresolvedCall { thread, name, callee, directive } = self;
        let place = directive.place;
        let instance = match &callee {
            Ok(Callee::Export(instance, args)) => Some((instance.0, args.clone())),
            _ => None,
        };
        let resolved = callee.and_then(|callee| match callee {
            Callee::Init(instance, call) => match session.thread(call) {
                Some(thread) => Ok(What::Init(instance.0, Box::new(thread.clone()))),
                None => Err(Failure::Misuse("the instantiation has ended".into())),
            },
            Callee::Export(instance, args) => match (session.exported(instance, &name)?, args) {
                (ExternAddr::Func(a), Some(args)) => {
                    Ok(What::Func(a, args.into_iter().map(to_value).collect::<Result<_, Failure>>()?))
                }
                (ExternAddr::Global(a), None) => Ok(What::Global(a)),
                (_, Some(_)) => Err(Failure::Misuse(format!("the export {name:?} is not a function"))),
                (_, None) => Err(Failure::Misuse(format!("the export {name:?} is not a global"))),
            },
        });
        PlannedCall { thread, place, name, what: resolved.unwrap_or_else(What::Nothing), instance, directive }
    }
}

impl<'e, 'd> Planner<'e, 'd> {
    fn plan(mut runner: Runner<'e, 'd>, log: Log, directives: Vec<Directive<'d>>) -> Result<Planned<'d>, PlanError> {
        runner.threads = vec![ScriptThread::new(MAIN.into(), 0, Vec::new())];
        let planned = Planned {
            log,
            threads: vec![PlannedThread::new(MAIN.into(), 0)],
            calls: Vec::new(),
            owners: Vec::new(),
            setups: vec![Vec::new()],
        };
        let mut planner = Planner { runner, planned, registered: vec![Registered::default()] };
        planner.thread(0, directives.into())?;
        Ok(planner.planned)
    }

    fn thread(&mut self, thread: usize, directives: VecDeque<Directive<'d>>) -> Result<(), PlanError> {
        for mut directive in directives {
            let (line, column) = directive.place;
            let unsupported = |message| PlanError::Unsupported { line, column, message };
            match &mut directive.command {
                Command::Unread(unread) => {
                    let (line, column) = unread.place;
                    let message = unread.message.clone();
                    return Err(match unread.proposal {
                        Some(_) => PlanError::Unsupported { line, column, message },
                        None => PlanError::Malformed { line, column, message },
                    });
                }
                Command::Thread(inner) => {
                    if self.planned.threads.len() == THREADS {
                        return Err(unsupported(format!("more than {THREADS} threads")));
                    }
                    let shared = inner.shared.clone();
                    self.runner.thread(inner).map_err(|got| unsupported(got.text))?;
                    let new = self.runner.threads.len() - 1;
                    let name = self.runner.threads[new].name.clone();
                    self.planned.threads.push(PlannedThread::new(name, thread));
                    self.planned.setups.push(Vec::new());
                    self.registered.push(Registered::default());
                    self.planned.threads[thread].ops.push(Op::Spawn(new));
                    if let Some(Ok(instance)) = shared.map(|name| self.runner.names.instances.get(Some(&name))) {
                        self.planned.owners.push((instance, new));
                    }
                    let directives = self.runner.threads[new].take();
                    self.runner.enter(new);
                    self.thread(new, directives)?;
                    self.runner.enter(thread);
                    self.planned.log.add(&directive, Ok(()));
                }
                Command::Wait(name) => match self.runner.threads[thread].thread(name) {
                    Ok(other) => {
                        self.planned.threads[thread].ops.push(Op::Join(other));
                        self.planned.log.add(&directive, Ok(()));
                    }
                    Err(got) => self.planned.log.add(&directive, Err(got)),
                },
                // What comes before all threads is done at once.
                _ if self.planned.threads.len() == 1 => self.now(thread, directive),
                _ => match self.called(&directive) {
                    Some((name, callee)) => {
                        let callee = callee.map(|(instance, args)| Callee::Export(instance, args));
                        self.call(UnresolvedCall { thread, name, callee, directive });
                    }
                    None => self.now(thread, directive),
                },
            }
        }
        Ok(())
    }

    fn call(&mut self, call: UnresolvedCall<'d>) {
        self.planned.threads[call.thread].ops.push(Op::Call(self.planned.calls.len()));
        self.planned.calls.push(call);
    }

    /// Executes a directive in advance.
    fn now(&mut self, thread: usize, directive: Directive<'d>) {
        let called = self.called(&directive);
        self.runner.turns = self.planned.threads.len() > 1;
        let result = self.runner.caught(&directive);
        let begun = self.runner.begun.take();
        match begun {
            None => self.before(thread, &directive, called),
            Some(_) => {
                let what = "an instantiation beside threads that may touch what they share";
                self.planned.setups[thread].push(UnresolvedSetup::Setup(Setup::Other { place: directive.place, what }));
            }
        }
        let latest = self.runner.names.instances.get(None);
        if let (Command::Module { .. } | Command::Instance { .. }, Ok(instance)) = (&directive.command, &latest) {
            self.planned.owners.push((*instance, thread));
        }
        match (begun, latest) {
            (Some(call), Ok(instance)) => {
                let callee = Ok(Callee::Init(instance, call));
                self.call(UnresolvedCall { thread, name: "(module)".into(), callee, directive });
            }
            _ => self.planned.log.add(&directive, result),
        }
    }

    /// Records a directive as setup, for engines.
    fn before(&mut self, thread: usize, directive: &Directive<'d>, called: Option<Called>) {
        let other = |what| Some(UnresolvedSetup::Setup(Setup::Other { place: directive.place, what }));
        let before = match &directive.command {
            Command::Module { instantiate: true, .. } | Command::Instance { .. } => {
                match self.runner.names.instances.get(None) {
                    Ok(instance) => Some(UnresolvedSetup::Instance(instance, self.registered[thread].clone())),
                    Err(_) => other("a module that does not instantiate"),
                }
            }
            Command::Register { name, instance } => {
                if let Ok(instance) = self.runner.names.instances.get(instance.as_ref()) {
                    self.registered[thread].insert(name, instance);
                }
                None
            }
            Command::AssertUnlinkable { .. } => other("the instantiation of a module that does not link"),
            Command::AssertReturn { subject: Subject::Instantiation(_), .. }
            | Command::AssertTrap { subject: Subject::Instantiation(_), .. }
            | Command::AssertException { subject: Subject::Instantiation(_) } => {
                other("an instantiation in an assertion")
            }
            Command::AssertSuspension => other("a suspension"),
            Command::Script { .. } | Command::Input { .. } => other("a script within"),
            _ => match called {
                Some((name, Ok((InstanceId(instance), Some(args))))) => {
                    Some(UnresolvedSetup::Setup(Setup::Call { instance, name, args }))
                }
                // Globals are read without a trace, and nothing is called where nothing is found.
                _ => None,
            },
        };
        self.planned.setups[thread].extend(before);
    }

    /// The callee of a directive, if it is a call.
    fn called(&self, directive: &Directive<'_>) -> Option<Called> {
        let action = directive.action()?;
        Some((action.export().to_string(), self.runner.callee(action)))
    }
}

/// A callee: a name, an instance, and arguments unless it is a global.
type Called = (String, Result<(InstanceId, Option<Vec<Val>>), Failure>);

/// Empties the memories that no instance has, those of `spectest` among them: a store is copied often.
fn forget_memories(store: &mut Store, instances: &[ModuleAddr]) {
    let used: Vec<Addr> = instances.iter().flat_map(|instance| store.modules[instance.index()].mems.clone()).collect();
    for (a, mem) in store.mems.iter_mut().enumerate() {
        if !used.contains(&(a as Addr)) {
            mem.bytes = Vec::new();
        }
    }
}

/// Whether a value leads to an object that is for one thread.
fn is_unshared_object(store: &Store, value: Value) -> bool {
    match value {
        Value::Ref(Ref::Struct(a) | Ref::Extern(Internal::Struct(a))) => !store.is_shared(Location::Field(a, 0)),
        Value::Ref(Ref::Array(a) | Ref::Extern(Internal::Array(a))) => !store.is_shared(Location::ArrayElem(a, 0)),
        _ => false,
    }
}

/// Checks that threads have only shared objects in common.
fn apart(store: &Store, owners: &[(ModuleAddr, usize)], threads: &[PlannedThread]) -> Result<(), PlanError> {
    let mut first: FxHashMap<(&str, Addr), usize> = FxHashMap::default();
    for &(instance, thread) in owners {
        let mi = &store.modules[instance.index()];
        let unshared = |share| share == Share::Unshared;
        let mems = mi.mems.iter().filter(|&&a| unshared(store.mems[a as usize].ty.share)).map(|&a| ("memory", a));
        let tables = mi.tables.iter().filter(|&&a| unshared(store.tables[a as usize].ty.share)).map(|&a| ("table", a));
        let globals = mi.globals.iter().filter(|&&a| {
            let ty = store.globals[a as usize].ty;
            unshared(ty.share) && (ty.mutable || is_unshared_object(store, store.global_value(a)))
        });
        for (kind, a) in mems.chain(tables).chain(globals.map(|&a| ("global", a))) {
            let other = *first.entry((kind, a)).or_insert(thread);
            if other != thread {
                let (one, two) = (&threads[other].name, &threads[thread].name);
                let message = format!("the threads {one} and {two} have a {kind} in common that is not shared");
                return Err(PlanError::Unsupported { line: 1, column: 1, message });
            }
        }
    }
    Ok(())
}
