//! One store of an engine in another process.

use super::ProcessEngine;
use super::child::{Allowed, Child};
use super::info::{Export, Info};
use super::shape::lower;
use super::spectest;
use super::wire::{self, Answer, Request, Wire};
use super::wrapper::{self, Access, Wrapper};
use crate::features::{self, Lack};
use crate::program::{self, Observation, Program};
use crate::spectest::NAME;
use crate::value::Val;
use crate::{Failure, InstanceId, Link, ModuleId, Session, Thrown, Unsupported};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lockstep_semantics::syntax;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The largest memory that is read.
const LARGEST: u64 = 1 << 30;

/// A session. When its process dies, the running operation fails with that; later modules go to a new process, and all
/// instances of the old one are lost.
pub(super) struct ProcessSession<'e> {
    engine: &'e ProcessEngine,
    allowed: Allowed,
    /// The proposals that modules may use.
    features: syntax::Features,
    /// Whether nothing is known of the features of the engine yet.
    bare: bool,
    child: Option<Child>,
    /// Counts the processes of the session.
    life: u32,
    /// How the last process ended.
    lost: Failure,
    next_module: usize,
    next_instance: usize,
    modules: Vec<Loaded>,
    instances: Vec<Placed>,
    registry: Rc<Registry>,
    spectest: Option<Placed>,
    /// The wrapper of each instance, made when so many instances that export tags were there.
    wrappers: FxHashMap<usize, (usize, Wrapped)>,
    /// The instances that export tags, by their positions.
    tagged: Vec<usize>,
}

/// Instances by the names that they are registered under.
pub(super) type Registry = FxHashMap<String, Placed>;

type Wrapped = Result<(usize, Rc<Wrapper>), Failure>;

/// A module in a process.
#[derive(Clone)]
struct Loaded {
    life: u32,
    number: usize,
    info: Rc<Info>,
}

/// An instance in a process.
#[derive(Clone)]
pub(super) struct Placed {
    life: u32,
    pub(super) number: usize,
    pub(super) info: Rc<Info>,
}

impl Placed {
    pub(super) fn seen(&self) -> wrapper::Instance<'_> {
        wrapper::Instance { number: self.number, info: &self.info }
    }
}

impl<'e> ProcessSession<'e> {
    pub(super) fn new(engine: &'e ProcessEngine, allowed: Allowed, features: syntax::Features, bare: bool) -> Self {
        ProcessSession {
            engine,
            allowed,
            features,
            bare,
            child: None,
            life: 0,
            lost: Failure::Crash("there was no process".into()),
            next_module: 0,
            next_instance: 0,
            modules: Vec::new(),
            instances: Vec::new(),
            registry: Rc::default(),
            spectest: None,
            wrappers: FxHashMap::default(),
            tagged: Vec::new(),
        }
    }

    /// The request to load a module.
    pub(super) fn loading(&self, module: usize, bytes: &[u8], must: bool) -> Request {
        let bytes = BASE64_STANDARD.encode(self.engine.dialect(bytes, self.features));
        Request::Load { module, bytes, must }
    }

    pub(super) fn engine(&self) -> &'e ProcessEngine {
        self.engine
    }

    fn child(&mut self) -> Result<&mut Child, Failure> {
        if self.child.is_none() {
            let mut child = self.engine.take()?;
            child.tell(&Request::Open)?;
            self.child = Some(child);
        }
        self.child.as_mut().ok_or_else(|| Failure::Crash("there is no process".into()))
    }

    /// Sends a request to the process. When it fails, the process is dead.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Answer, Failure> {
        let allowed = self.allowed.clone();
        let child = self.child()?;
        child.modules += match request {
            Request::Load { .. } => 1,
            Request::Batch { requests } => requests.iter().filter(|r| matches!(r, Request::Load { .. })).count() as u64,
            _ => 0,
        };
        let answer = child.ask(request, &allowed);
        if let Err(end) = &answer {
            self.child = None;
            self.life += 1;
            self.lost = end.clone();
            self.spectest = None;
            self.wrappers.clear();
            self.tagged.clear();
        }
        answer
    }

    /// Makes a request that is answered with `ok`.
    pub(super) fn done(&mut self, request: &Request) -> Result<(), Failure> {
        match self.ask(request)? {
            Answer::Ok => Ok(()),
            other => Err(other.end()),
        }
    }

    /// A number for a module.
    pub(super) fn module_number(&mut self) -> usize {
        self.next_module += 1;
        self.next_module - 1
    }

    /// A number for an instance.
    pub(super) fn instance_number(&mut self) -> usize {
        self.next_instance += 1;
        self.next_instance - 1
    }

    /// An instance, if it is not lost.
    fn placed(&self, instance: InstanceId) -> Result<Placed, Failure> {
        let placed = &self.instances[instance.0];
        if placed.life == self.life { Ok(placed.clone()) } else { Err(self.lost.clone()) }
    }

    /// The instances that the imports of a module come from, by module name.
    pub(super) fn sources(&mut self, info: &Info, registry: &Registry) -> Result<BTreeMap<String, Placed>, Failure> {
        let mut sources = BTreeMap::new();
        for (module, _) in &info.imports {
            if sources.contains_key(module) {
                continue;
            }
            if let Some(placed) = registry.get(module) {
                if placed.life != self.life {
                    return Err(self.lost.clone());
                }
                sources.insert(module.clone(), placed.clone());
            } else if module == NAME {
                let placed = self.spectest()?;
                sources.insert(module.clone(), placed);
            }
        }
        Ok(sources)
    }

    fn spectest(&mut self) -> Result<Placed, Failure> {
        if let Some(placed) = &self.spectest {
            return Ok(placed.clone());
        }
        let bytes = spectest::bytes(self.engine.features());
        let info = Info::read(&bytes).map_err(Failure::Crash)?;
        let number = self.place(&bytes, BTreeMap::new(), None)?;
        let placed = Placed { life: self.life, number, info: Rc::new(info) };
        self.spectest = Some(placed.clone());
        Ok(placed)
    }

    /// Loads and instantiates a module of ours.
    pub(super) fn place(
        &mut self,
        bytes: &[u8],
        imports: BTreeMap<String, usize>,
        rethrow: Option<&'static str>,
    ) -> Result<usize, Failure> {
        let (module, instance) = (self.module_number(), self.instance_number());
        let request = self.loading(module, bytes, false);
        self.done(&request)?;
        self.done(&Request::Instantiate { module, instance, imports, rethrow, must: false })?;
        Ok(instance)
    }

    /// An instance that is there, or will be.
    pub(super) fn placing(&self, number: usize, info: Rc<Info>) -> Placed {
        Placed { life: self.life, number, info }
    }

    /// Takes note of an instance.
    fn add_instance(&mut self, number: usize, info: Rc<Info>) -> InstanceId {
        if info.exports.iter().any(|(_, export)| matches!(export, Export::Tag(_))) {
            self.tagged.push(self.instances.len());
        }
        self.instances.push(Placed { life: self.life, number, info });
        InstanceId(self.instances.len() - 1)
    }

    /// Whether an instance of the session exports a tag.
    fn has_tags(&self) -> bool {
        !self.tagged.is_empty()
    }

    /// The instances that export tags.
    fn tagged(&self) -> Vec<Placed> {
        self.tagged.iter().map(|&i| self.instances[i].clone()).collect()
    }

    /// The wrapper for an export, and where in it.
    fn wrapped(
        &mut self,
        instance: InstanceId,
        placed: &Placed,
        name: &str,
    ) -> Result<(usize, Rc<Wrapper>, Access), Failure> {
        let missing = || Failure::Unsupported(format!("values of the type of {name:?} at the boundary").into());
        let made = match self.wrappers.get(&instance.0) {
            Some((tags, made)) if *tags == self.tagged.len() => made.clone(),
            _ => {
                let made = self.wrap(placed, placed.info.exports.iter().map(|(name, _)| name.as_str()));
                if let Err(Failure::Timeout | Failure::Crash(_) | Failure::Limit(_)) = &made {
                    return Err(self.lost.clone());
                }
                self.wrappers.insert(instance.0, (self.tagged.len(), made.clone()));
                made
            }
        };
        // When the engine does not take all exports at once, each is wrapped alone.
        let (number, wrapper) = match made {
            Ok(made) => made,
            Err(_) => self.wrap(placed, [name]).map_err(|end| match end {
                Failure::Rejected(text) => Failure::Unsupported(format!("{name:?} at the boundary: {text}").into()),
                Failure::Invalid(why) => Failure::Unsupported(format!("{name:?} at the boundary: {why}").into()),
                Failure::Malformed(why) => Failure::Unsupported(format!("{name:?} at the boundary: {why}").into()),
                end => end,
            })?,
        };
        let access = wrapper.access(placed.number, name).cloned().ok_or_else(missing)?;
        Ok((number, wrapper, access))
    }

    fn wrap<'a>(&mut self, placed: &'a Placed, names: impl IntoIterator<Item = &'a str>) -> Wrapped {
        let tagged = self.tagged();
        let tagged: Vec<_> = tagged.iter().map(Placed::seen).collect();
        let wrapper = wrapper::make(names.into_iter().map(|name| (placed.seen(), name)), &tagged, false);
        let number = self.place(&wrapper.bytes, wrapper.imports.clone(), None)?;
        Ok((number, Rc::new(wrapper)))
    }

    /// The exception that was thrown last, where no wrapper could catch it.
    pub(super) fn thrown(&mut self, instances: &[Placed]) -> Thrown {
        if !self.engine.hello.rethrow || !self.engine.is_numeric() {
            return Thrown::default();
        }
        let tagged: Vec<_> = instances.iter().map(Placed::seen).collect();
        let wrapper = wrapper::make([], &tagged, true);
        let mut look = || {
            let rethrow = wrapper.rethrows.then_some(wrapper::RETHROW);
            let number = self.place(&wrapper.bytes, wrapper.imports.clone(), rethrow)?;
            let access = wrapper.thrown().ok_or_else(|| Failure::Crash("nothing can be thrown".into()))?;
            match self.ask(&access.call(number, &[])?)? {
                Answer::Values(wires) => wrapper.results(access, &wires),
                other => Err(other.end()),
            }
        };
        match look() {
            Err(Failure::Exception(thrown)) => thrown,
            _ => Thrown::default(),
        }
    }

    /// In what way imports do not fit, where the engine does not tell.
    pub(super) fn unlinkable(&self, answer: Answer, info: &Info, sources: &BTreeMap<String, Placed>) -> Failure {
        let told = matches!(&answer, Answer::Unlinkable(what) if what.is_told());
        match answer.end() {
            Failure::Unlinkable(_, text) if !told => {
                let there = |(module, name): &(String, String)| {
                    sources.get(module).is_some_and(|placed| placed.info.export(name).is_some())
                };
                let link = if info.imports.iter().all(there) { Link::Incompatible } else { Link::Unknown };
                Failure::Unlinkable(link, text)
            }
            end => end,
        }
    }

    /// Classifies the rejection of a module: the module may need a feature that the engine lacks. A limit does not
    /// count if the module is not valid.
    pub(super) fn rejected(&self, end: Failure, bytes: &[u8]) -> Failure {
        match end {
            Failure::Limit(why) if !features::is_valid(bytes) => Failure::Rejected(why.to_string()),
            // A limit of none, or of one, is how some say that they do not have something.
            Failure::Rejected(_) | Failure::Invalid(_) | Failure::Malformed(_) | Failure::Limit(_) if !self.bare => {
                match self.engine.features().lacking(bytes) {
                    Some(Lack::Standard(name)) => {
                        Failure::Unsupported(Unsupported::Feature { name, refusal: Box::new(end) })
                    }
                    Some(Lack::Proposal(feature)) => Failure::Proposal(format!("{feature}: {end}").into()),
                    None => end,
                }
            }
            end => end,
        }
    }

    fn call(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, Failure> {
        let placed = self.placed(instance)?;
        let ty = match placed.info.export(function) {
            Some(Export::Func(ty)) => ty,
            Some(_) => return Err(Failure::Misuse(format!("the export {function:?} is not a function"))),
            None => return Err(Failure::Misuse(format!("there is no export {function:?}"))),
        };
        if !self.engine.is_numeric() {
            let args = args.iter().copied().map(Wire::from).collect();
            let request = Request::Invoke { instance: placed.number, function: function.into(), args };
            return self.values(&request);
        }
        if wrapper::is_plain(&placed.info, ty) && !self.has_tags() {
            let args = lower(&wrapper::params(&placed.info, ty).unwrap_or_default(), args)?;
            let request = Request::Invoke { instance: placed.number, function: function.into(), args };
            return self.values(&request);
        }
        let (number, wrapper, access) = self.wrapped(instance, &placed, function)?;
        self.through(&wrapper, &access, &access.call(number, args)?)
    }

    fn values(&mut self, request: &Request) -> Result<Vec<Val>, Failure> {
        match self.ask(request)? {
            Answer::Values(wires) => wire::vals(&wires),
            other => Err(other.end()),
        }
    }

    fn through(&mut self, wrapper: &Wrapper, access: &Access, request: &Request) -> Result<Vec<Val>, Failure> {
        match self.ask(request)? {
            Answer::Values(wires) => wrapper.results(access, &wires),
            other => Err(other.end()),
        }
    }
}

impl Session for ProcessSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        let number = self.module_number();
        let request = self.loading(number, bytes, false);
        self.done(&request).map_err(|end| self.rejected(end, bytes))?;
        // What an engine takes that cannot be read at all is the engine's fault, and has no exports.
        let info = Rc::new(Info::read(bytes).unwrap_or_default());
        self.modules.push(Loaded { life: self.life, number, info });
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        let module = self.modules[module.0].clone();
        let sources = self.sources(&module.info, &Rc::clone(&self.registry))?;
        // Making `spectest` may have found the process dead.
        if module.life != self.life {
            return Err(self.lost.clone());
        }
        let number = self.instance_number();
        let imports = sources.iter().map(|(name, placed)| (name.clone(), placed.number)).collect();
        let request =
            Request::Instantiate { module: module.number, instance: number, imports, rethrow: None, must: false };
        match self.ask(&request)? {
            Answer::Ok => Ok(self.add_instance(number, module.info)),
            answer => match self.unlinkable(answer, &module.info, &sources) {
                Failure::Exception(thrown) if thrown.tag.is_none() => {
                    Err(Failure::Exception(self.thrown(&self.tagged())))
                }
                end => Err(end),
            },
        }
    }

    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        let placed = self.placed(instance)?;
        Rc::make_mut(&mut self.registry).insert(name.to_owned(), placed);
        Ok(())
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, Failure> {
        self.call(instance, function, args)
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        let placed = self.placed(instance)?;
        if !matches!(placed.info.export(global), Some(Export::Global(_))) {
            return Err(Failure::Misuse(format!("there is no exported global {global:?}")));
        }
        let values = if self.engine.is_numeric() {
            let (number, wrapper, access) = self.wrapped(instance, &placed, global)?;
            self.through(&wrapper, &access, &access.call(number, &[])?)?
        } else {
            self.values(&Request::Global { instance: placed.number, global: global.into() })?
        };
        match values.as_slice() {
            [value] => Ok(*value),
            _ => Err(Failure::Crash(format!("{} values of a global", values.len()))),
        }
    }

    fn table(&mut self, instance: InstanceId, table: &str) -> Result<Vec<Val>, Failure> {
        let placed = self.placed(instance)?;
        if !matches!(placed.info.export(table), Some(Export::Table(_))) {
            return Err(Failure::Misuse(format!("there is no exported table {table:?}")));
        }
        if !self.engine.is_numeric() {
            return self.values(&Request::Table { instance: placed.number, table: table.into() });
        }
        let (number, wrapper, access) = self.wrapped(instance, &placed, table)?;
        let each = access.each(number).ok_or_else(|| Failure::Crash("a table without a size".into()))?;
        elements(self.ask(&each)?, &wrapper, &access)
    }

    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        let placed = self.placed(instance)?;
        if !matches!(placed.info.export(memory), Some(Export::Memory)) {
            return Err(Failure::Misuse(format!("there is no exported memory {memory:?}")));
        }
        content(self.ask(&Request::Memory { instance: placed.number, memory: memory.into() })?)
    }

    fn run(&mut self, program: &Program) -> Observation {
        match self.batch(program) {
            Ok(seen) => seen,
            // Which of the operations it was is seen when they are done one by one.
            Err(end) => {
                let allowed = self.allowed.clone();
                let mut session = ProcessSession::new(self.engine, allowed, self.features, self.bare);
                let mut seen = program::run(&mut session, program);
                if let Failure::Crash(how) = end
                    && !seen.has_crashed()
                {
                    seen.died_once = Some(how);
                }
                seen
            }
        }
    }
}

/// The elements of a table.
pub(super) fn elements(answer: Answer, wrapper: &Wrapper, access: &Access) -> Result<Vec<Val>, Failure> {
    let Answer::Lists(lists) = answer else { return Err(answer.end()) };
    let mut elements = Vec::with_capacity(lists.len());
    for list in lists {
        elements.extend(wrapper.results(access, &list)?);
    }
    Ok(elements)
}

/// The bytes of a memory.
pub(super) fn content(answer: Answer) -> Result<Vec<u8>, Failure> {
    let Answer::Memory(memory) = answer else { return Err(answer.end()) };
    let length = memory.length.0;
    if length > LARGEST {
        return Err(Failure::Limit(format!("a memory of {length} bytes").into()));
    }
    let bytes = BASE64_STANDARD.decode(&memory.bytes);
    let mut bytes = bytes.map_err(|e| Failure::Crash(format!("the bytes of a memory are not in base64: {e}")))?;
    match usize::try_from(length) {
        Ok(length) if bytes.len() <= length => bytes.resize(length, 0),
        _ => return Err(Failure::Crash("more bytes than the memory has".into())),
    }
    Ok(bytes)
}

impl Drop for ProcessSession<'_> {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            self.engine.give_back(child);
        }
    }
}
