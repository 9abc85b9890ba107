//! Runs directives.

use super::custom::custom_verdict;
use super::files::Files;
use super::judge::{Mismatch, judge};
use super::module::Loaded;
use super::name::{Missing, Names, Script};
use super::replay::Answered;
use super::run::Terms;
use super::schedule::ScriptThread;
use super::state::State;
use super::syntax::*;
use super::{crash, module};
use lockstep_engines::value::{List, Val};
use lockstep_engines::{
    Answer, CallId, Failure, InstanceId, ModuleId, Quoted, Reason, Refusal, Session, Unsupported, needs, spectest,
};
use lockstep_reports::{Cause, Verdict};
use lockstep_semantics::decode::Dialect;
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::Features;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use wasmparser::{Parser, Payload};

/// Why something is missing, for [`Missing`].
const NOT_LOADED: &str = "the module did not load";
const NOT_INSTANTIATED: &str = "the module did not instantiate";

/// The names of a script, or of a thread of one.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) modules: Names<ModuleId>,
    pub(super) instances: Names<InstanceId>,
    pub(super) scripts: Names<Script>,
    /// The names under which an instance should have been registered that is missing.
    unregistered: FxHashMap<String, Missing>,
    /// The instances that are registered.
    registered: FxHashMap<String, InstanceId>,
}

pub(super) struct Runner<'e, 'd> {
    pub(super) features: Features,
    pub(super) session: Box<dyn Session + 'e>,
    terms: &'e Terms,
    pub(super) names: Scope,
    /// The modules that each module imports from, if any.
    imports: FxHashMap<ModuleId, Vec<String>>,
    /// What instances may have done to each other.
    state: State,
    /// What the directive got, where that is asked for: see [`replay`](super::replay).
    pub(super) answer: Option<Rc<RefCell<Answered>>>,
    /// The proposal that a module of the directive uses in text that is not read here.
    by_wast: Option<&'static str>,
    /// Where `input` finds files.
    pub(super) files: Files,
    /// Whether instantiations take turns with other threads.
    pub(super) turns: bool,
    /// The rest of the instantiation that a directive has begun.
    pub(super) begun: Option<CallId>,
    /// The threads of the script, itself being the first; only where it has others.
    pub(super) threads: Vec<ScriptThread<'d>>,
    /// The thread whose names the current ones are.
    pub(super) current: usize,
    /// The names of the other threads, by the number of their context.
    pub(super) contexts: Vec<Scope>,
}

impl<'e, 'd> Runner<'e, 'd> {
    pub(super) fn new(session: Box<dyn Session + 'e>, features: Features, terms: &'e Terms, files: Files) -> Self {
        Runner {
            features,
            session,
            terms,
            names: Scope::default(),
            imports: FxHashMap::default(),
            state: State::default(),
            answer: None,
            by_wast: None,
            files,
            turns: false,
            begun: None,
            threads: Vec::new(),
            current: 0,
            contexts: vec![Scope::default()],
        }
    }

    /// Whether a script has threads that can be run.
    pub(super) fn has_threads(&self, directives: &[Directive<'_>]) -> bool {
        self.features.threads && directives.iter().any(|directive| matches!(directive.command, Command::Thread(_)))
    }

    /// Runs one directive; a panic on the way is a verdict.
    pub(super) fn caught(&mut self, directive: &Directive<'_>) -> Result<(), Mismatch> {
        self.by_wast = None;
        let result = crash::catch(|| self.directive(directive)).unwrap_or_else(|panic| Err(Mismatch::crash(panic)));
        let result = result.map_err(|got| self.in_doubt(directive, got));
        match self.by_wast {
            Some(proposal) => result
                .map_err(|got| Mismatch { text: format!("{}; bytes by wast (proposal: {proposal})", got.text), ..got }),
            None => result,
        }
    }

    fn directive(&mut self, directive: &Directive<'_>) -> Result<(), Mismatch> {
        let place = directive.place;
        match &directive.command {
            Command::Module { name, module, instantiate } => self.module(name.as_ref(), module, place, *instantiate),
            Command::Instance { instance, module } => Ok(self.instance(instance.as_ref(), module.as_ref(), place)?),
            Command::Register { name, instance } => self.register(name, instance.as_ref()),
            Command::Action(action) | Command::AssertExhaustion { action, .. } => {
                let got = self.action(action);
                self.judge(directive, got)
            }
            Command::AssertReturn { subject, .. }
            | Command::AssertTrap { subject, .. }
            | Command::AssertException { subject } => {
                let got = match subject {
                    Subject::Action(action) => self.action(action),
                    Subject::Instantiation(module) => self.instantiation(module, place),
                };
                self.judge(directive, got)
            }
            Command::AssertUnlinkable { module, .. } => {
                let got = self.instantiation(module, place);
                self.judge(directive, got)
            }
            Command::AssertRejected {
                how: how @ (Rejection::MalformedCustom | Rejection::InvalidCustom),
                module,
                ..
            } => {
                let read = self.read(module);
                custom_verdict(*how, read, self.session.is_reference())
            }
            Command::AssertRejected { how, module, .. } => {
                let loaded = self.load(module);
                self.answered(loaded.as_ref().err(), || "a valid module".into());
                match (how, loaded) {
                    (
                        Rejection::Malformed,
                        Err(Failure::Malformed(_) | Failure::Proposal(_) | Failure::Rejected(_)),
                    ) => Ok(()),
                    (Rejection::Invalid, Err(Failure::Invalid(_) | Failure::Rejected(_))) => Ok(()),
                    (_, Err(end)) => Err(end.into()),
                    (_, Ok(_)) => Err(Mismatch::fail("a valid module")),
                }
            }
            Command::AssertSuspension => Err(Mismatch::unsupported("stack switching is not supported")),
            Command::Thread(_) | Command::Wait(_) => Err(Mismatch::unsupported("threads are not supported")),
            Command::Script { name, directives } => self.script(name.as_ref(), directives),
            Command::Input { name, file } => self.input(name.as_ref(), file, place),
            Command::Output { name, file } => self.output(name.as_ref(), file.as_ref()),
            Command::Unread(unread) => Err(self.unread(unread, place)),
            Command::NoScript => Err(Mismatch::fail("malformed script")),
        }
    }

    pub(super) fn judge(&mut self, directive: &Directive<'_>, got: Answer) -> Result<(), Mismatch> {
        let answer = got.as_ref();
        self.answered(answer.err(), || answer.map(|vals| List(vals).to_string()).unwrap_or_default());
        judge(directive, got, &self.terms.messages)
    }

    /// Takes note of what a directive got, if anybody asks.
    fn answered(&self, failure: Option<&Failure>, words: impl FnOnce() -> String) {
        if let Some(answer) = &self.answer {
            answer.replace(match failure {
                Some(end) => Answered { words: end.to_string(), cause: end.cause() },
                None => Answered { words: words(), cause: Cause::default() },
            });
        }
    }

    /// A directive that failed is in doubt where something could not be run that shares state with its instance.
    fn in_doubt(&mut self, directive: &Directive<'_>, got: Mismatch) -> Mismatch {
        let instance = directive.action().and_then(|action| self.names.instances.get(action.instance()).ok());
        let Some(instance) = instance else { return got };
        match got.verdict {
            Verdict::Unsupported | Verdict::Limit => self.state.not_run([instance], directive.place),
            Verdict::Fail => {
                if let Some(root) = self.state.doubt(instance) {
                    let text =
                        format!("{}, where the state depends on line {}, which could not be run", got.text, root.0);
                    return Mismatch { root: Some(root), ..Mismatch::unsupported(text) };
                }
            }
            Verdict::Pass | Verdict::Timeout | Verdict::Crash => {}
        }
        got
    }

    /// A form that cannot be read.
    fn unread(&mut self, Unread { place, message, proposal, defines }: &Unread<'_>, root: (u32, u32)) -> Mismatch {
        let (at, column) = place;
        let got = match proposal {
            Some(proposal) => Mismatch::unsupported(format!("{at}:{column}: {message} (proposal: {proposal})")),
            None => Mismatch::fail(format!("malformed script: {at}:{column}: {message}")),
        };
        if let Some(name) = defines {
            let missing = Missing::new(got.verdict, root, "this could not be read");
            self.names.modules.define(name.as_ref(), Err(missing.clone()));
            self.names.instances.define(name.as_ref(), Err(missing));
        }
        got
    }

    /// Reads a module, and reports it to the session.
    fn read(&mut self, definition: &Definition<'_>) -> Result<Loaded, Failure> {
        let reference = self.session.is_reference();
        let session = &mut self.session;
        module::read(definition, self.features, reference, &mut |seen, malformed| session.module_read(seen, malformed))
    }

    /// Decodes and validates a module.
    pub(super) fn load(&mut self, definition: &Definition<'_>) -> Result<ModuleId, Failure> {
        match self.read(definition)? {
            Loaded::Module(module) => {
                let imports: Vec<String> = module.imports.iter().map(|import| import.module.clone()).collect();
                self.wants(&imports);
                if !self.terms.skip.is_empty() {
                    self.skips(&encode_as(&module, Dialect::WasmTools))?;
                }
                let loaded = self.session.load_module(*module).map_err(|end| match end {
                    Failure::Invalid(Reason::Semantics(why)) if definition.form == Form::Quote => {
                        Failure::Invalid(Reason::Semantics(Refusal { quoted: Some(definition.place), ..why }))
                    }
                    Failure::Invalid(Reason::Words(words)) if definition.form == Form::Quote => {
                        Failure::Invalid(format!("{words}, in {}", Quoted(definition.place)).into())
                    }
                    end => end,
                });
                self.loaded(loaded?, imports)
            }
            Loaded::Binary(bytes) => self.load_bytes(&bytes),
            Loaded::ByWast(bytes, proposal) => {
                self.by_wast = Some(proposal);
                self.load_bytes(&bytes)
            }
        }
    }

    /// Records the modules that a module imports from.
    fn loaded(&mut self, module: ModuleId, mut imports: Vec<String>) -> Result<ModuleId, Failure> {
        imports.dedup();
        self.imports.remove(&module);
        if !imports.is_empty() {
            self.imports.insert(module, imports);
        }
        Ok(module)
    }

    pub(super) fn load_bytes(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        let imports = imports(bytes);
        self.wants(&imports);
        self.skips(bytes)?;
        let module = self.session.load(bytes)?;
        self.loaded(module, imports)
    }

    /// A module is not loaded that needs a feature which is not to be tested.
    fn skips(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self.terms.skip.iter().find(|feature| needs(bytes, feature)) {
            Some(feature) => Err(Failure::Unsupported(Unsupported::Skipped(feature.clone()))),
            None => Ok(()),
        }
    }

    /// Takes note of what a module imports from that is about to be loaded.
    fn wants(&mut self, imports: &[String]) {
        let registered = &self.names.registered;
        self.state.wanted = imports.iter().filter_map(|name| registered.get(name).copied()).collect();
    }

    /// Defines a module, and perhaps an instance of it.
    fn module(
        &mut self,
        name: Option<&Name<'_>>,
        definition: &Definition<'_>,
        place: (u32, u32),
        instantiate: bool,
    ) -> Result<(), Mismatch> {
        self.define(name, place, instantiate, |runner| runner.load(definition))?;
        if !instantiate {
            return Ok(());
        }
        self.instance(name, name, place).map_err(|failure| {
            // The scripts of this proposal import of `spectest` what it does not have, and are about validity only.
            let lacks = self.features.shared_everything
                && matches!(&failure, Failure::Unlinkable(_, why)
                    if why.import().is_some_and(|(module, _)| module == spectest::NAME));
            match lacks {
                true => Mismatch::unsupported(format!("a valid module, without an instance: {failure}")),
                false => failure.into(),
            }
        })
    }

    /// Defines a module. Where that fails, neither it nor an instance is there, whatever there was before.
    pub(super) fn define(
        &mut self,
        name: Option<&Name<'_>>,
        place: (u32, u32),
        instantiate: bool,
        load: impl FnOnce(&mut Self) -> Result<ModuleId, Failure>,
    ) -> Result<(), Failure> {
        let missing = |runner: &mut Self, verdict| {
            let missing = Missing::new(verdict, place, NOT_LOADED);
            runner.names.modules.define(name, Err(missing.clone()));
            if instantiate {
                runner.names.instances.define(name, Err(missing));
            }
        };
        // Should loading panic.
        missing(self, Verdict::Crash);
        self.state.wanted.clear();
        let loaded = load(self).inspect_err(|end| {
            missing(self, end.verdict());
            if matches!(end.verdict(), Verdict::Unsupported | Verdict::Limit) {
                let wanted = std::mem::take(&mut self.state.wanted);
                self.state.not_run(wanted, place);
            }
        })?;
        self.names.modules.define(name, Ok(loaded));
        self.names.scripts.define(name, Ok(Script));
        Ok(())
    }

    fn instance(
        &mut self,
        name: Option<&Name<'_>>,
        module: Option<&Name<'_>>,
        place: (u32, u32),
    ) -> Result<(), Failure> {
        self.no_instance(name, place, Verdict::Crash);
        let instance = self.names.modules.get(module).and_then(|module| match self.turns {
            true => {
                self.can_link(module)?;
                let (instance, begun) = self.session.begin_instance(module)?;
                self.begun = begun;
                self.linked(instance, module);
                Ok(instance)
            }
            false => self.instantiate(module),
        });
        let instance = instance.inspect_err(|end| self.no_instance(name, place, end.verdict()))?;
        self.names.instances.define(name, Ok(instance));
        Ok(())
    }

    /// There is no instance, because an instantiation that a directive has begun did not come to a good end.
    pub(super) fn not_instantiated(&mut self, directive: &Directive<'_>, end: &Failure) {
        let place = directive.place;
        match &directive.command {
            Command::Module { name, .. } => self.no_instance(name.as_ref(), place, end.verdict()),
            Command::Instance { instance, .. } => self.no_instance(instance.as_ref(), place, end.verdict()),
            _ => self.no_instance(None, place, end.verdict()),
        }
    }

    fn no_instance(&mut self, name: Option<&Name<'_>>, place: (u32, u32), verdict: Verdict) {
        self.names.instances.define(name, Err(Missing::new(verdict, place, NOT_INSTANTIATED)));
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.can_link(module)?;
        let instance = self.session.instantiate(module)?;
        self.linked(instance, module);
        Ok(instance)
    }

    /// An instance shares state with those that it imports from.
    fn linked(&mut self, instance: InstanceId, module: ModuleId) {
        for name in self.imports.get(&module).into_iter().flatten() {
            if let Some(&other) = self.names.registered.get(name) {
                self.state.links.push((instance, other));
            }
        }
    }

    /// Whether all is there that a module imports from. An engine may have an older instance under the same name.
    fn can_link(&self, module: ModuleId) -> Result<(), Failure> {
        let imports = self.imports.get(&module).into_iter().flatten();
        match imports.filter_map(|name| Some((name, self.names.unregistered.get(name)?))).next() {
            Some((name, missing)) => Err(missing.end(&format!("instance is registered as {name:?}"))),
            None => Ok(()),
        }
    }

    fn register(&mut self, name: &Name<'_>, instance: Option<&Name<'_>>) -> Result<(), Mismatch> {
        if let Some(missing) = self.names.instances.missing(instance) {
            self.names.unregistered.insert(name.to_string(), missing.clone());
        }
        let instance = self.names.instances.get(instance)?;
        self.names.unregistered.remove(&**name);
        self.names.registered.insert(name.to_string(), instance);
        Ok(self.session.register(name, instance)?)
    }

    /// Instantiates a module in an assertion. One that is defined there is the latest from then on.
    fn instantiation(&mut self, module: &Instantiated<'_>, place: (u32, u32)) -> Answer {
        let module = match module {
            Instantiated::Module(definition) => {
                self.define(None, place, false, |runner| runner.load(definition))?;
                self.names.modules.get(None)?
            }
            Instantiated::Named(name) => self.names.modules.get(name.as_ref())?,
        };
        self.instantiate(module)?;
        Ok(Vec::new())
    }

    /// The instance that an action is about, and the arguments of a call.
    pub(super) fn callee(&self, action: &Action<'_>) -> Result<(InstanceId, Option<Vec<Val>>), Failure> {
        let instance = self.names.instances.get(action.instance())?;
        let args = match action {
            Action::Invoke { args, .. } => Some(args.clone()),
            Action::Get { .. } => None,
        };
        Ok((instance, args))
    }

    fn action(&mut self, action: &Action<'_>) -> Answer {
        match self.callee(action)? {
            (instance, Some(args)) => self.session.invoke(instance, action.export(), &args),
            (instance, None) => Ok(vec![self.session.global(instance, action.export())?]),
        }
    }
}

/// Why there is no instance where an instantiation failed.
pub(super) fn no_instance(place: (u32, u32), end: &Failure) -> Failure {
    Missing::new(end.verdict(), place, NOT_INSTANTIATED).end("instance")
}

/// The modules that a module imports from.
fn imports(bytes: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ImportSection(section)) => {
                for import in section.into_imports().map_while(Result::ok) {
                    if names.last().is_none_or(|last| last != import.module) {
                        names.push(import.module.to_owned());
                    }
                }
                break;
            }
            Ok(Payload::FunctionSection(_) | Payload::CodeSectionStart { .. }) | Err(_) => break,
            Ok(_) => {}
        }
    }
    names
}
