//! Runs litmus tests repeatedly on an engine with real threads and counts the outcomes.
//!
//! A thread of a script becomes a worker of a JavaScript engine. Each run begins with new instances. Those of the
//! script itself come first; the main thread then hands the workers the exports that they import: shared memories, and
//! the values of immutable globals, which is how references to shared structures and arrays get there. Then all workers
//! make their calls at the same time. A test that needs anything else is reported as unsupported and not run.

use super::{Op, Outcome, Plan, PlanError, PlannedCall, Setup, What, with_plan};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lockstep_engines::Val;
use lockstep_engines::race::{Call, Main, Preparation, Race, RaceEvent, Racer};
use lockstep_engines::{EngineError, Failure, ProcessCommand, racing};
use lockstep_reports::litmus::Observed;
use lockstep_semantics::decode::{Dialect, Reading, decode_with};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::{
    AbsHeapType, CompType, ExternType, Features, HeapType, Module, NumType, TypeUse, ValType,
};
use rustc_hash::FxHashMap;
use std::time::Duration;

/// How many runs an engine makes between two reports.
const BATCH: u64 = 200;
/// How much longer than asked an engine may take to start and to finish its last runs.
const GRACE: Duration = Duration::from_secs(5);

/// Runs litmus tests on an engine.
#[derive(Clone, Debug)]
pub struct EngineObserver {
    /// The commands that start it: without and with shared structures.
    commands: [ProcessCommand; 2],
    runs: u64,
    time: Duration,
}

/// The observations of an engine on a test.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// Its name and version, if it started.
    pub engine: String,
    /// How many runs there were.
    pub runs: u64,
    /// How often each outcome came.
    pub outcomes: Vec<(Outcome, u64)>,
    /// Why there were no more runs, if something prevented them.
    pub stopped: Option<Stopped>,
}

/// Why a test is not run, or not as often as asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Stopped {
    /// The engine does not have what the test needs, or there is no way to give it to the engine.
    Unsupported(String),
    /// The engine did not come to the end of a run.
    NoEnd,
    /// Another error ended it.
    Broken(String),
}

impl Observation {
    /// How often an outcome came, by its observations.
    pub fn times(&self, observations: &[String]) -> u64 {
        let is = |(outcome, _): &&(Outcome, u64)| outcome.observations() == observations;
        self.outcomes.iter().find(is).map_or(0, |(_, n)| *n)
    }

    /// Converts the observations for a report. `endless` is whether some run may never end.
    pub(super) fn report(&self, endless: bool) -> Observed {
        let (engine, runs) = (self.engine.clone(), self.runs);
        let (unsupported, error) = match &self.stopped {
            None => (None, None),
            Some(Stopped::Unsupported(why)) => (Some(why.clone()), None),
            Some(Stopped::NoEnd) if endless => (Some("a run did not end, and need not".into()), None),
            Some(Stopped::NoEnd) => (None, Some("a run did not end in time".into())),
            Some(Stopped::Broken(why)) => (None, Some(why.clone())),
        };
        Observed { engine, runs, unsupported, error }
    }
}

impl EngineObserver {
    /// Creates an observer of `node`, `deno` or `bun`; `=` and a path, and options may follow the name. Each test is
    /// run `runs` times, or as often as `time` allows.
    ///
    /// # Errors
    /// When there is no such engine.
    pub fn new(engine: &str, runs: u64, time: Duration) -> Result<EngineObserver, EngineError> {
        Ok(EngineObserver { commands: racing(engine)?, runs, time })
    }

    /// Runs a test. `path` is for messages; `progress` is called with the number of runs since its last call.
    ///
    /// # Errors
    /// When the script has no plan.
    pub fn observe(
        &self,
        path: &str,
        text: &str,
        features: Features,
        progress: impl FnMut(u64),
    ) -> Result<Observation, PlanError> {
        with_plan(path, text, features, |plan| self.observe_plan(plan, progress))
    }

    fn observe_plan(&self, plan: &Plan<'_>, mut progress: impl FnMut(u64)) -> Observation {
        let mut seen = Observation::default();
        let mut told = Told { plan, modules: Vec::new(), shared: false };
        let race = match told.race() {
            Ok(race) => Race { runs: self.runs, milliseconds: self.time.as_millis() as u64, ..race },
            Err(why) => return Observation { stopped: Some(Stopped::Unsupported(why)), ..seen },
        };
        let command = self.commands[usize::from(told.shared)].clone();
        // By their observations.
        let mut known: FxHashMap<Vec<String>, usize> = FxHashMap::default();
        let end = race.run(command, self.time.saturating_add(GRACE), |news| match news {
            RaceEvent::Engine(engine) => seen.engine = engine,
            RaceEvent::Seen(mut calls, n) => {
                calls.resize(plan.calls.len(), None);
                let outcome = Outcome { calls, endless: Vec::new() };
                let at = *known.entry(outcome.observations()).or_insert_with(|| {
                    seen.outcomes.push((outcome, 0));
                    seen.outcomes.len() - 1
                });
                seen.outcomes[at].1 += n;
            }
            RaceEvent::Runs(n) => {
                seen.runs += n;
                progress(n);
            }
        });
        seen.stopped = end.err().map(|end| match end {
            Failure::Timeout if !seen.engine.is_empty() => Stopped::NoEnd,
            end if seen.engine.is_empty() && told.shared => {
                Stopped::Unsupported(format!("the engine does not come up with shared structures: {end}"))
            }
            end @ (Failure::Rejected(_) | Failure::Limit(_) | Failure::Unsupported(_)) if seen.runs == 0 => {
                Stopped::Unsupported(format!("by the engine, {end}"))
            }
            end => Stopped::Broken(end.to_string()),
        });
        seen
    }
}

/// Translates a plan into a race.
struct Told<'p, 'd> {
    plan: &'p Plan<'d>,
    /// The modules in binary.
    modules: Vec<Vec<u8>>,
    /// Whether one of them shares more than memories.
    shared: bool,
}

impl Told<'_, '_> {
    fn race(&mut self) -> Result<Race, String> {
        let plan = self.plan;
        if plan.threads.len() < 2 {
            return Err("the script has no threads".into());
        }
        let (beside, after) = phases(plan)?;
        let main = Main { before: self.setup(0)?, beside: self.calls(&beside)?, after: self.calls(&after)? };
        let threads = (1..plan.threads.len()).map(|thread| self.thread(thread)).collect::<Result<_, String>>()?;
        let modules = self.modules.iter().map(|bytes| BASE64_STANDARD.encode(bytes)).collect();
        Ok(Race { modules, main, threads, runs: 0, batch: BATCH, milliseconds: 0 })
    }

    /// The module of an instance.
    fn module(&self, instance: usize) -> &Module {
        &self.plan.store.modules[self.plan.instances[instance].index()].module
    }

    /// Whether a thread creates an instance.
    fn makes(&self, thread: usize, instance: usize) -> bool {
        let made = |setup: &Setup| matches!(setup, Setup::Instantiate { instance: made, .. } if *made == instance);
        self.plan.threads[thread].setup.iter().any(made)
    }

    fn thread(&mut self, thread: usize) -> Result<Racer, String> {
        let planned = &self.plan.threads[thread];
        let mut calls = Vec::new();
        for op in &planned.ops {
            match op {
                Op::Call(call) => calls.push(*call),
                Op::Spawn(_) | Op::Join(_) => return Err(format!("{} has threads of its own", planned.name)),
            }
        }
        let before = self.setup(thread)?;
        let modules = before.iter().filter_map(|step| match step {
            Preparation::Instantiate { module, .. } => Some(*module),
            Preparation::Call(_) => None,
        });
        let modules = modules.collect();
        let mut needs = Vec::new();
        for setup in &planned.setup {
            let Setup::Instantiate { instance, from } = setup else { continue };
            for import in &self.module(*instance).imports {
                let Some(&source) = from.get(&import.module) else { continue };
                if self.makes(thread, source) {
                    continue;
                }
                portable(&import.ty)
                    .map_err(|what| format!("{} imports {what} {:?} of another thread", planned.name, import.name))?;
                let need = (source, import.name.clone());
                if !needs.contains(&need) {
                    needs.push(need);
                }
            }
        }
        for &call in &calls {
            let call = &self.plan.calls[call];
            if let Some((instance, _)) = call.instance
                && !self.makes(thread, instance)
            {
                return Err(format!("{} uses {:?} of another thread", planned.name, call.name));
            }
        }
        Ok(Racer { before, needs, modules, calls: self.calls(&calls)? })
    }

    fn setup(&mut self, thread: usize) -> Result<Vec<Preparation>, String> {
        let mut steps = Vec::new();
        for setup in &self.plan.threads[thread].setup {
            steps.push(match setup {
                Setup::Other { place, what } => {
                    return Err(format!("line {}: {what} is not run on engines", place.0));
                }
                Setup::Instantiate { instance, from } => {
                    let module = self.module(*instance);
                    if let Some(import) = module.imports.iter().find(|import| !from.contains_key(&import.module)) {
                        return Err(format!("imports of {:?} are not there on engines", import.module));
                    }
                    let bytes = encode_as(module, Dialect::V8);
                    let plain = Reading { features: Features::THREADS, dialect: Dialect::V8 };
                    self.shared |= decode_with(&bytes, plain).is_err();
                    let known = self.modules.iter().position(|known| *known == bytes);
                    let module = known.unwrap_or_else(|| {
                        self.modules.push(bytes);
                        self.modules.len() - 1
                    });
                    Preparation::Instantiate { instance: *instance, module, imports: from.clone() }
                }
                Setup::Call { instance, name, args } => {
                    let args = Some(arguments(args)?);
                    Preparation::Call(Call {
                        number: None,
                        instance: *instance,
                        name: name.clone(),
                        args,
                        results: Vec::new(),
                    })
                }
            });
        }
        Ok(steps)
    }

    fn calls(&self, calls: &[usize]) -> Result<Vec<Call>, String> {
        calls.iter().map(|&number| self.call(number, &self.plan.calls[number])).collect()
    }

    fn call(&self, number: usize, call: &PlannedCall<'_>) -> Result<Call, String> {
        let s = &self.plan.store;
        let results: Vec<ValType> = match &call.what {
            What::Func(a, _) => {
                let ty = s.func_type(*a);
                ty.params.iter().try_for_each(|ty| self.kind(*ty).map(drop))?;
                ty.results.clone()
            }
            What::Global(a) => vec![s.globals[*a as usize].ty.val],
            What::Init(..) => return Err("an instantiation is not run on engines".into()),
            What::Nothing(end) => return Err(format!("{:?} cannot be called: {end}", call.name)),
        };
        let results = results.into_iter().map(|ty| self.kind(ty)).collect::<Result<_, String>>()?;
        let (instance, args) = call.instance.clone().ok_or_else(|| format!("{:?} has no instance", call.name))?;
        let args = args.as_deref().map(arguments).transpose()?;
        Ok(Call { number: Some(number), instance, name: call.name.clone(), args, results })
    }

    /// The kind of a value type in JavaScript.
    fn kind(&self, ty: ValType) -> Result<&'static str, String> {
        use AbsHeapType as H;
        Ok(match ty {
            ValType::Num(NumType::I32) => "i32",
            ValType::Num(NumType::I64) => "i64",
            ValType::Num(NumType::F32) => "f32",
            ValType::Num(NumType::F64) => "f64",
            ValType::Ref(r) => match r.heap {
                HeapType::Abs(_, H::Any | H::Eq | H::I31 | H::None) => "any",
                HeapType::Abs(_, H::Struct) => "struct",
                HeapType::Abs(_, H::Array) => "array",
                HeapType::Abs(_, H::Func | H::NoFunc) => "func",
                HeapType::Abs(_, H::Extern | H::NoExtern) => "extern",
                HeapType::Use(TypeUse::Def(dt)) => match self.plan.store.types.expand(dt) {
                    CompType::Struct(_) => "struct",
                    CompType::Array(_) => "array",
                    CompType::Func(_) => "func",
                },
                HeapType::Abs(..) | HeapType::Use(_) => {
                    return Err("references to exceptions cannot be seen from JavaScript".into());
                }
            },
            ValType::Vec(_) | ValType::Bot => return Err("v128 cannot be seen from JavaScript".into()),
        })
    }
}

/// Checks that an import can be handed to a worker.
fn portable(ty: &ExternType) -> Result<(), &'static str> {
    match ty {
        ExternType::Mem(_) => Ok(()),
        ExternType::Global(ty) if ty.mutable => Err("the mutable global"),
        ExternType::Global(ty) if matches!(ty.val, ValType::Vec(_)) => Err("the global of type v128"),
        ExternType::Global(_) => Ok(()),
        ExternType::Table(_) => Err("the table"),
        ExternType::Func(_) => Err("the function"),
        ExternType::Tag(_) => Err("the tag"),
    }
}

fn arguments(args: &[Val]) -> Result<Vec<lockstep_engines::race::Wire>, String> {
    Call::args(args).ok_or_else(|| "arguments can be numbers and null only".into())
}

/// The calls of the script itself while its threads run, and those after they have ended.
fn phases(plan: &Plan<'_>) -> Result<(Vec<usize>, Vec<usize>), String> {
    let (mut beside, mut after) = (Vec::new(), Vec::new());
    let mut running: Vec<usize> = Vec::new();
    let mut joined = false;
    for op in &plan.threads[0].ops {
        match *op {
            Op::Spawn(thread) if !joined && beside.is_empty() => running.push(thread),
            Op::Spawn(thread) => {
                return Err(format!("{} begins when other things have happened", plan.threads[thread].name));
            }
            Op::Join(thread) => {
                joined = true;
                running.retain(|&other| other != thread);
            }
            Op::Call(call) if !joined => beside.push(call),
            Op::Call(call) if running.is_empty() => after.push(call),
            Op::Call(call) => {
                let name = &plan.calls[call].name;
                return Err(format!("the script calls {name:?} when some of its threads have come to their ends"));
            }
        }
    }
    Ok((beside, after))
}
