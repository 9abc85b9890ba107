//! The semantics itself, as an engine.

use super::watchdog::Watch;
use super::{Answer, Call, CallId, Engine, Failure, InstanceId, Limits, ModuleId, Resource, Session, Thrown};
use crate::spectest;
use crate::value::{RefVal, Val};
use lockstep_semantics::ProductionSet;
use lockstep_semantics::choice::{Choices, Deterministic};
use lockstep_semantics::decode::{Malformed, Reading, decode_seen};
use lockstep_semantics::execution::*;
use lockstep_semantics::observe::{Observer, Unobserved};
use lockstep_semantics::syntax::{
    DataMode, ElemMode, ExternType, Features, FuncType, GlobalType, Module, Num, Share, V128, ValType,
};
use lockstep_semantics::validation::validate;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// The reference semantics, with the choices of the deterministic profile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Semantics;

impl Engine for Semantics {
    fn name(&self) -> &str {
        "lockstep-semantics"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(SemanticsSession::new(limits, Unobserved)))
    }
}

/// A session of the semantics: a store, and the instances and registries that scripts need. `O` observes all that
/// happens in it; `C` makes the choices that the standard leaves open.
pub struct SemanticsSession<O = Unobserved, C = Deterministic> {
    store: Store,
    observer: O,
    choices: C,
    watch: Option<Arc<Watch>>,
    modules: Vec<Arc<Module>>,
    instances: Vec<ModuleAddr>,
    /// The registered instances of each context, and the current context.
    registries: Vec<FxHashMap<String, Exports>>,
    context: usize,
    features: Features,
    calls: Vec<Option<Running>>,
    timeout: Option<Duration>,
}

/// A call that takes turns with others.
struct Running {
    thread: Thread,
    begun: Instant,
    steps: u64,
}

/// Where imports come from.
#[derive(Clone)]
enum Exports {
    Instance(ModuleAddr),
    Host(FxHashMap<&'static str, ExternAddr>),
}

impl<O: Observer> SemanticsSession<O> {
    /// An empty store but for `spectest`, with the choices of the deterministic profile.
    pub fn new(limits: &Limits, observer: O) -> Self {
        Self::with_choices(limits, observer, Deterministic)
    }
}

impl<O: Observer, C: Choices> SemanticsSession<O, C> {
    /// An empty store but for `spectest`.
    pub fn with_choices(limits: &Limits, observer: O, choices: C) -> Self {
        let watch = Watch::of(limits);
        let default = Bounds::default();
        let bounds = Bounds {
            steps: limits.steps.unwrap_or(default.steps),
            frames: limits.frames.unwrap_or(default.frames),
            memory: limits.memory.unwrap_or(default.memory),
            interrupt: watch.as_ref().map(|watch| watch.interrupt()),
            ..default
        };
        let mut store = Store::new(bounds);
        let host = Exports::Host(alloc_spectest(&mut store));
        let registry = FxHashMap::from_iter([(spectest::NAME.to_owned(), host)]);
        SemanticsSession {
            store,
            observer,
            choices,
            watch,
            modules: Vec::new(),
            instances: Vec::new(),
            registries: vec![registry],
            context: 0,
            features: limits.features,
            calls: Vec::new(),
            timeout: limits.timeout,
        }
    }

    /// Sets a flag that interrupts runs from outside, in place of a limit on time.
    pub fn interrupt_by(&mut self, interrupt: Arc<AtomicBool>) {
        self.store.bounds.interrupt = Some(interrupt);
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// The observer, mutably.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    /// The address of an instance in the store.
    ///
    /// # Panics
    /// When it is not an instance of this session.
    pub fn instance(&self, instance: InstanceId) -> ModuleAddr {
        self.instances[instance.0]
    }

    fn import(&self, module: &str, name: &str) -> Option<ExternAddr> {
        match self.registries[self.context].get(module)? {
            Exports::Instance(instance) => self.store.export(*instance, name),
            Exports::Host(exports) => exports.get(name).copied(),
        }
    }

    /// A module of the session.
    pub fn module(&self, module: ModuleId) -> &Module {
        &self.modules[module.0]
    }

    /// The store, at the end of the session.
    pub fn into_store(self) -> Store {
        self.store
    }

    /// The instances of the session.
    pub fn instances(&self) -> &[ModuleAddr] {
        &self.instances
    }

    /// The export of an instance under a name.
    ///
    /// # Errors
    /// [`Failure::Misuse`] when there is nothing.
    pub fn exported(&self, instance: InstanceId, name: &str) -> Result<ExternAddr, Failure> {
        let export = self.store.export(self.instances[instance.0], name);
        export.ok_or_else(|| Failure::Misuse(format!("there is no export {name:?}")))
    }

    /// Runs something within the time allowed.
    fn timed<T>(&mut self, run: impl FnOnce(&mut Store, &mut O, &mut C) -> T) -> T {
        if let Some(watch) = &self.watch {
            watch.arm();
        }
        let result = run(&mut self.store, &mut self.observer, &mut self.choices);
        if let Some(watch) = &self.watch {
            watch.disarm();
        }
        result
    }

    fn end(&self, outcome: Outcome) -> Answer {
        end(&self.store, &self.instances, outcome)
    }

    /// A module with the externals that it imports.
    fn imports(&self, module: ModuleId) -> Result<(Arc<Module>, Vec<ExternAddr>), Failure> {
        let module = self.modules[module.0].clone();
        let imports = module.imports.iter().enumerate().map(|(i, import)| {
            self.import(&import.module, &import.name).ok_or_else(|| {
                let (module, name) = (import.module.clone(), import.name.clone());
                Failure::from(Box::new(LinkError::Unknown { import: i, module, name, needed: import.ty }))
            })
        });
        let imports = imports.collect::<Result<_, Failure>>()?;
        Ok((module, imports))
    }

    fn instance_of(&mut self, address: ModuleAddr) -> InstanceId {
        self.instances.push(address);
        InstanceId(self.instances.len() - 1)
    }

    fn no_instance(&self, error: InstantiateError) -> Failure {
        match error {
            InstantiateError::Link(error) => error.into(),
            InstantiateError::Init(outcome) => {
                self.end(outcome).err().unwrap_or_else(|| Failure::Crash("initialisation failed with values".into()))
            }
        }
    }

    /// The number of the next thread; 0 is that of whatever happens in one go.
    fn next_thread(&self) -> ThreadId {
        ThreadId(self.calls.len() as u32 + 1)
    }

    fn running(&mut self, thread: Thread) -> CallId {
        self.calls.push(Some(Running { thread, begun: Instant::now(), steps: 0 }));
        CallId(self.calls.len() - 1)
    }

    /// The thread of a call that has begun and not ended.
    pub fn thread(&self, call: CallId) -> Option<&Thread> {
        Some(&self.calls.get(call.0)?.as_ref()?.thread)
    }
}

/// Whether the instantiation of a module may touch what it imports, once there is an instance.
fn touches_imports(module: &Module) -> bool {
    let imported = |is: fn(&ExternType) -> bool| module.imports.iter().filter(|import| is(&import.ty)).count();
    let mems = imported(|ty| matches!(ty, ExternType::Mem(_)));
    let tables = imported(|ty| matches!(ty, ExternType::Table(_)));
    module.start.is_some()
        || module.datas.iter().any(|data| matches!(data.mode, DataMode::Active(x, _) if (x as usize) < mems))
        || module.elems.iter().any(|elem| matches!(elem.mode, ElemMode::Active(x, _) if (x as usize) < tables))
}

/// Converts the outcome of a run on a store with these instances.
///
/// # Errors
/// When it did not end in values.
pub fn end(store: &Store, instances: &[ModuleAddr], outcome: Outcome) -> Answer {
    Err(match outcome {
        Outcome::Values(values) => return Ok(values.into_iter().map(to_val).collect()),
        Outcome::Trap(trap) => trap.into(),
        Outcome::Exception(a) => {
            let (tag, fields) = store.exception(a);
            let name = tag_name(store, instances, tag);
            let fields = if name.is_some() { fields.iter().copied().map(to_val).collect() } else { Vec::new() };
            Failure::Exception(Thrown { tag: name, fields })
        }
        Outcome::Exhausted(Bound::Steps) => Failure::Exhausted(Resource::Steps),
        Outcome::Exhausted(Bound::Frames) => Failure::Exhausted(Resource::Stack),
        Outcome::Exhausted(Bound::Memory) => Failure::Exhausted(Resource::Memory),
        Outcome::Exhausted(Bound::Interrupted) => Failure::Timeout,
        Outcome::Deadlock => Failure::Deadlock,
        Outcome::Stuck(stuck) => Failure::Crash(stuck.to_string()),
    })
}

/// The first export that is this tag.
fn tag_name(store: &Store, instances: &[ModuleAddr], tag: Addr) -> Option<String> {
    let exports = instances.iter().flat_map(|instance| store.exports(*instance));
    let mut named = exports.filter(|(_, export)| *export == ExternAddr::Tag(tag));
    named.next().map(|(name, _)| name.to_owned())
}

impl<O: Observer, C: Choices> Session for SemanticsSession<O, C> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        // Text is made into bytes in the dialect of wasm-tools.
        let (module, seen) = decode_seen(bytes, Reading::of_text(self.features));
        self.observer.module_read(&|| seen, module.as_ref().err());
        self.load_module(module?)
    }

    fn load_module(&mut self, module: Module) -> Result<ModuleId, Failure> {
        validate(&module, &mut self.observer)?;
        self.modules.push(Arc::new(module));
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        let (module, imports) = self.imports(module)?;
        match self.timed(|s, o, c| instantiate(s, &module, &imports, o, c)) {
            Ok(address) => Ok(self.instance_of(address)),
            Err(error) => Err(self.no_instance(error)),
        }
    }

    fn begin_instance(&mut self, module: ModuleId) -> Result<(InstanceId, Option<CallId>), Failure> {
        if !touches_imports(self.module(module)) {
            return Ok((self.instantiate(module)?, None));
        }
        let (module, imports) = self.imports(module)?;
        let id = self.next_thread();
        match self.timed(|s, o, c| Thread::instantiate(s, id, &module, &imports, o, c)) {
            Ok((address, thread)) => Ok((self.instance_of(address), Some(self.running(thread)))),
            Err(error) => Err(self.no_instance(error)),
        }
    }

    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        self.registries[self.context].insert(name.to_owned(), Exports::Instance(self.instances[instance.0]));
        Ok(())
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        let ExternAddr::Func(address) = self.exported(instance, function)? else {
            return Err(Failure::Misuse(format!("the export {function:?} is not a function")));
        };
        let values = args.iter().copied().map(to_value).collect::<Result<Vec<Value>, Failure>>()?;
        match self.timed(|s, o, c| invoke(s, address, &values, o, c)) {
            Ok(outcome) => self.end(outcome),
            Err(ArgumentError { argument: None, expected }) => {
                Err(Failure::Misuse(format!("the function takes {expected} arguments, not {}", args.len())))
            }
            Err(ArgumentError { argument: Some(i), .. }) => {
                Err(Failure::Misuse(format!("argument {} ({}) has not the type of the parameter", i + 1, args[i])))
            }
        }
    }

    fn features(&self) -> Features {
        self.features
    }

    fn is_reference(&self) -> bool {
        true
    }

    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        self.observer.module_read(seen, malformed);
    }

    fn context(&mut self) -> Result<usize, Failure> {
        let host = self.registries[0].get(spectest::NAME).cloned();
        self.registries.push(host.into_iter().map(|host| (spectest::NAME.to_owned(), host)).collect());
        Ok(self.registries.len() - 1)
    }

    fn enter(&mut self, context: usize) {
        self.context = context;
    }

    fn begin(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<CallId, Failure> {
        let ExternAddr::Func(address) = self.exported(instance, function)? else {
            return Err(Failure::Misuse(format!("the export {function:?} is not a function")));
        };
        let values = args.iter().copied().map(to_value).collect::<Result<Vec<Value>, Failure>>()?;
        let id = self.next_thread();
        let thread = Thread::invoke(&self.store, id, address, &values, &mut self.observer)
            .map_err(|e| Failure::Misuse(e.to_string()))?;
        Ok(self.running(thread))
    }

    fn step(&mut self, call: CallId, steps: u64) -> Call {
        let Some(mut running) = self.calls.get_mut(call.0).and_then(Option::take) else {
            return Call::Ended(Err(Failure::Misuse("the call has ended".into())));
        };
        if let Progress::Suspended(at) = running.thread.progress(&self.store) {
            self.calls[call.0] = Some(running);
            return Call::Suspended(at.timeout);
        }
        if self.timeout.is_some_and(|timeout| running.begun.elapsed() > timeout) {
            return Call::Ended(Err(Failure::Timeout));
        }
        if running.steps >= self.store.bounds.steps {
            return Call::Ended(Err(Failure::Exhausted(Resource::Steps)));
        }
        let steps = steps.min(self.store.bounds.steps - running.steps);
        running.steps += steps;
        let progress = self.timed(|s, o, c| running.thread.run(s, o, c, steps));
        match progress {
            Progress::Ended(outcome) => Call::Ended(self.end(outcome)),
            Progress::Ready | Progress::Suspended(_) => {
                self.calls[call.0] = Some(running);
                Call::Ready
            }
        }
    }

    fn time_out(&mut self, call: CallId) {
        if let Some(running) = self.calls.get_mut(call.0).and_then(Option::as_mut) {
            running.thread.time_out(&mut self.store, &mut self.observer, &mut self.choices);
        }
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        match self.exported(instance, global)? {
            ExternAddr::Global(address) => Ok(to_val(self.store.global_value(address))),
            _ => Err(Failure::Misuse(format!("the export {global:?} is not a global"))),
        }
    }

    fn table(&mut self, instance: InstanceId, table: &str) -> Answer {
        match self.exported(instance, table)? {
            ExternAddr::Table(address) => {
                let refs = &self.store.tables[address as usize].refs;
                Ok(refs.iter().map(|r| to_val(Value::Ref(*r))).collect())
            }
            _ => Err(Failure::Misuse(format!("the export {table:?} is not a table"))),
        }
    }

    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        match self.exported(instance, memory)? {
            ExternAddr::Mem(address) => Ok(self.store.mems[address as usize].bytes.clone()),
            _ => Err(Failure::Misuse(format!("the export {memory:?} is not a memory"))),
        }
    }
}

fn alloc_spectest(s: &mut Store) -> FxHashMap<&'static str, ExternAddr> {
    let mut exports = FxHashMap::default();
    let print: HostFunc = Arc::new(|_, _| HostResult::Values(Vec::new()));
    for (name, params) in spectest::FUNCS {
        let ty = FuncType { params: params.iter().copied().map(ValType::Num).collect(), results: Vec::new() };
        exports.insert(name, ExternAddr::Func(s.alloc_host_func(ty, print.clone())));
    }
    for (name, val) in spectest::GLOBALS {
        if let Ok(Value::Num(num)) = to_value(val) {
            let ty = GlobalType { share: Share::Unshared, mutable: false, val: ValType::Num(num.numtype()) };
            exports.insert(name, ExternAddr::Global(s.alloc_global(ty, num.into())));
        }
    }
    for (name, ty) in spectest::TABLES {
        // Too little memory even for this: the import will be unknown, and the engine's fault plain.
        if let Some(address) = s.alloc_table(ty, Ref::Null) {
            exports.insert(name, ExternAddr::Table(address));
        }
    }
    for (name, ty) in spectest::MEMORIES {
        if let Some(address) = s.alloc_mem(ty) {
            exports.insert(name, ExternAddr::Mem(address));
        }
    }
    exports
}

/// The observable part of a value.
pub fn to_val(value: Value) -> Val {
    match value {
        Value::Num(Num::I32(i)) => Val::I32(i),
        Value::Num(Num::I64(i)) => Val::I64(i),
        Value::Num(Num::F32(z)) => Val::F32(z),
        Value::Num(Num::F64(z)) => Val::F64(z),
        Value::Vec(V128(bytes)) => Val::V128(bytes),
        Value::Ref(r) => Val::Ref(match r {
            Ref::Null => RefVal::Null,
            Ref::I31(i) => RefVal::I31(i),
            Ref::I31Shared(i) => RefVal::I31Shared(i),
            Ref::Struct(_) => RefVal::Struct,
            Ref::Array(_) => RefVal::Array,
            Ref::Func(_) => RefVal::Func,
            Ref::Exn(_) => RefVal::Exn,
            Ref::Host(n) => RefVal::Host(n),
            Ref::Extern(Internal::Host(n)) => RefVal::Extern(Some(n)),
            Ref::Extern(_) => RefVal::Extern(None),
        }),
    }
}

/// The value that a script names. Objects of the store have no name in scripts.
pub fn to_value(val: Val) -> Result<Value, Failure> {
    Ok(match val {
        Val::I32(i) => Value::i32(i),
        Val::I64(i) => Value::i64(i),
        Val::F32(z) => Num::F32(z).into(),
        Val::F64(z) => Num::F64(z).into(),
        Val::V128(bytes) => V128(bytes).into(),
        Val::Ref(RefVal::Null) => Ref::Null.into(),
        Val::Ref(RefVal::I31(i)) => Ref::I31(i).into(),
        Val::Ref(RefVal::I31Shared(i)) => Ref::I31Shared(i).into(),
        Val::Ref(RefVal::Host(n)) => Ref::Host(n).into(),
        Val::Ref(RefVal::Extern(Some(n))) => Ref::Extern(Internal::Host(n)).into(),
        Val::Ref(r) => return Err(Failure::Misuse(format!("{r} cannot be an argument"))),
    })
}
