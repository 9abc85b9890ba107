//! Runs scripts.

use super::name::Names;
use super::pattern::{self, Shown};
use super::place::Places;
use super::read::{self, Broken};
use super::threads::{Along, RoundRobin, ScriptThread};
use super::{crash, text};
use crate::engine::{CallId, End, Engine, InstanceId, Limits, ModuleId, Resource, Session};
use crate::value::{List, Val};
use lockstep_reports::{Case, FileReport, Finding, Kind, Verdict};
use lockstep_semantics::decode;
use lockstep_semantics::syntax::Features;
use std::ops::ControlFlow;
use wast::token::Id;
use wast::{QuoteWat, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

/// Runs a script on a new session of an engine. `path` and `suite` are for the report, whose directives come in the
/// order of the script, as do the findings: those directives that did not pass. Those of threads come among the others.
///
/// Modules may use the proposals that the limits allow, and those that a folder of the suite is named after.
pub fn run(path: &str, suite: &str, text: &[u8], engine: &dyn Engine, limits: &Limits) -> (FileReport, Vec<Finding>) {
    let mut log = Log::new(FileReport::new(path, suite));
    let read = crash::catch(|| {
        let text = std::str::from_utf8(text).map_err(|e| Broken::not_utf8(text, &e))?;
        let features = features(suite, limits.features);
        let text = &*spellings(text, features);
        let buffer = read::buffer(text).map_err(|e| Broken::new(text, &e))?;
        let directives = match read::parse(&buffer) {
            Ok(directives) => directives,
            // Components are unsupported in any syntax; one of the scripts of this proposal has them in an old one.
            Err(e) if features.shared_everything && text.contains("(component") => {
                let Broken { line, column, message } = Broken::new(text, &e);
                let got = Got::unsupported(format!("components, in a syntax that is not read: {message}"));
                log.add((line, column), Kind::Script, Err(got), || "a script".into());
                return Ok(());
            }
            Err(e) => return Err(Broken::new(text, &e)),
        };
        let limits = &Limits { features, ..limits.clone() };
        let session = crash::catch(|| engine.open(limits)).unwrap_or_else(|panic| Err(End::Crash(panic)));
        let session = session.unwrap_or_else(|end| Box::new(Dead(end)));
        Runner::new(text, session, features).run(directives, &mut log);
        Ok(())
    });
    let whole = || "a script".into();
    match read {
        Ok(Ok(())) => {}
        Ok(Err(Broken { line, column, message })) => {
            log.add((line, column), Kind::Script, Err(Got::fail(format!("malformed script: {message}"))), whole);
        }
        Err(panic) => log.add((1, 1), Kind::Script, Err(Got { verdict: Verdict::Crash, text: panic }), whole),
    }
    // Threads take turns, but a report has the order of the script.
    log.finish()
}

/// The proposals that the modules of a script may use: those that are asked for, and those that the suite is about.
fn features(suite: &str, asked: Features) -> Features {
    suite.split('/').fold(asked, |features, folder| features.with(folder).unwrap_or(features))
}

/// The text of a script, in current spellings where proposals are used that once had others.
pub(crate) fn spellings(text: &str, features: Features) -> std::borrow::Cow<'_, str> {
    if features.shared_everything { decode::current_spellings(text) } else { text.into() }
}

/// What is told of a script on the way to a directive.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// What follows is done by a thread, as the script calls it; `main` is the script itself. Nothing is told of this in
    /// scripts without threads.
    Turn(&'a str),
    /// The directive is next: the line it begins on, and what it expects, for people.
    Reached(u32, &'a str),
}

/// Runs a script up to the directive at a line, which may begin before it, and no further: whether what it expects came,
/// or what came instead. The directive may be one of a thread, and threads take turns until it has ended; if it is itself
/// a thread, until that has ended.
///
/// # Errors
/// When the script cannot be read, or has no directive there.
pub fn run_to(
    text: &[u8],
    session: Box<dyn Session + '_>,
    line: u32,
    mut tell: impl FnMut(News<'_>),
) -> Result<Result<(), String>, String> {
    let broken = |Broken { line, column, message }| format!("malformed script: {line}:{column}: {message}");
    let text = std::str::from_utf8(text).map_err(|e| broken(Broken::not_utf8(text, &e)))?;
    let features = session.features();
    let text = &*spellings(text, features);
    let buffer = read::buffer(text).map_err(|e| broken(Broken::new(text, &e)))?;
    let mut directives = read::parse(&buffer).map_err(|e| broken(Broken::new(text, &e)))?;
    let mut runner = Runner::new(text, session, features);
    let mut ranges = Vec::new();
    runner.ranges(&directives, &mut ranges);
    // Of several on the line, the first one; otherwise the last one that begins before it.
    let begins = |&((begin, _), _): &Range| begin;
    let at = ranges.iter().position(|range| begins(range) == line);
    let at = at.or_else(|| ranges.iter().rposition(|range| begins(range) < line));
    let (begin, end) = ranges[at.ok_or_else(|| format!("there is no directive at line {line}"))?];
    if runner.has_threads(&directives) {
        let mut until = Until { begin, end, reached: false, got: Ok(()), tell };
        let _ = runner.run_threads(directives, &mut RoundRobin::default(), &mut until);
        return Ok(until.got);
    }
    for directive in &mut directives {
        let place = runner.places.of_directive(directive.span());
        if place == begin {
            tell(News::Reached(place.0, &expected(directive)));
            return Ok(runner.directive(directive, place.0).map_err(|got| got.text));
        }
        // A directive that fails is no reason to stop, as when the whole script is run.
        let _ = runner.directive(directive, place.0);
    }
    unreachable!("the place is that of a directive")
}

/// Where a directive begins, and where the last one in it does: itself, unless it is a thread.
type Range = ((u32, u32), (u32, u32));

/// Goes along until a directive has ended.
struct Until<F> {
    begin: (u32, u32),
    end: (u32, u32),
    reached: bool,
    got: Result<(), String>,
    tell: F,
}

impl<F: FnMut(News<'_>)> Along for Until<F> {
    fn turn(&mut self, thread: &str) {
        (self.tell)(News::Turn(thread));
    }

    fn begins(&mut self, directive: &WastDirective<'_>, place: (u32, u32)) {
        if place == self.begin && !std::mem::replace(&mut self.reached, true) {
            (self.tell)(News::Reached(place.0, &expected(directive)));
        }
    }

    fn ended(&mut self, _: &WastDirective<'_>, place: (u32, u32), result: Result<(), Got>) -> ControlFlow<()> {
        if (self.begin..=self.end).contains(&place) && self.got.is_ok() {
            self.got = result.map_err(|got| got.text);
        }
        if place == self.end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// What comes of a script.
pub(super) struct Log {
    file: FileReport,
    findings: Vec<Finding>,
}

impl Log {
    pub(super) fn new(file: FileReport) -> Self {
        Log { file, findings: Vec::new() }
    }

    /// What came of the directives, in the order of the script.
    pub(super) fn finish(mut self) -> (FileReport, Vec<Finding>) {
        self.file.cases.sort_by_key(|case| (case.line, case.column));
        self.findings.sort_by_key(|finding| (finding.line, finding.column));
        (self.file, self.findings)
    }

    pub(super) fn add(
        &mut self,
        (line, column): (u32, u32),
        kind: Kind,
        result: Result<(), Got>,
        expected: impl FnOnce() -> String,
    ) {
        let verdict = result.as_ref().err().map_or(Verdict::Pass, |got| got.verdict);
        self.file.push(Case { line, column, kind, verdict });
        if let Err(got) = result {
            let (file, expected) = (self.file.path.clone(), expected());
            self.findings.push(Finding { file, line, column, directive: kind, verdict, expected, got: got.text });
        }
    }
}

impl Along for Log {
    fn ended(&mut self, directive: &WastDirective<'_>, place: (u32, u32), result: Result<(), Got>) -> ControlFlow<()> {
        self.add(place, read::kind(directive), result, || expected(directive));
        ControlFlow::Continue(())
    }
}

/// What came instead of what was expected.
pub(super) struct Got {
    pub(super) verdict: Verdict,
    pub(super) text: String,
}

impl Got {
    pub(super) fn fail(text: impl Into<String>) -> Self {
        Got { verdict: Verdict::Fail, text: text.into() }
    }
    fn unsupported(text: impl Into<String>) -> Self {
        Got { verdict: Verdict::Unsupported, text: text.into() }
    }
}

impl From<End> for Got {
    fn from(end: End) -> Self {
        Got { verdict: end.verdict(), text: end.to_string() }
    }
}

pub(super) struct Runner<'s, 'e, 'd> {
    text: &'s str,
    pub(super) places: Places<'s>,
    features: Features,
    pub(super) session: Box<dyn Session + 'e>,
    pub(super) modules: Names<ModuleId>,
    pub(super) instances: Names<InstanceId>,
    /// Whether instantiations take turns with what other threads do.
    pub(super) turns: bool,
    /// What is left of the instantiation that a directive has begun.
    pub(super) begun: Option<CallId>,
    /// The threads of the script, itself being the first; only where it has others.
    pub(super) threads: Vec<ScriptThread<'d>>,
    /// The thread whose names the current ones are.
    pub(super) current: usize,
    /// The names of the other threads, by the number of their context.
    pub(super) contexts: Vec<(Names<ModuleId>, Names<InstanceId>)>,
}

impl<'s, 'e, 'd> Runner<'s, 'e, 'd> {
    pub(super) fn new(text: &'s str, session: Box<dyn Session + 'e>, features: Features) -> Self {
        Runner {
            text,
            places: Places::new(text),
            features,
            session,
            modules: Names::default(),
            instances: Names::default(),
            turns: false,
            begun: None,
            threads: Vec::new(),
            current: 0,
            contexts: vec![Default::default()],
        }
    }

    fn run(&mut self, directives: Vec<WastDirective<'d>>, log: &mut Log) {
        if self.has_threads(&directives) {
            let _ = self.run_threads(directives, &mut RoundRobin::default(), log);
            return;
        }
        for mut directive in directives {
            let place = self.places.of_directive(directive.span());
            let kind = read::kind(&directive);
            self.session.directive(place, kind);
            let result = crash::catch(|| self.directive(&mut directive, place.0))
                .unwrap_or_else(|panic| Err(Got { verdict: Verdict::Crash, text: panic }));
            log.add(place, kind, result, || expected(&directive));
        }
    }

    /// Whether a script has threads that can be run.
    fn has_threads(&self, directives: &[WastDirective<'d>]) -> bool {
        self.features.threads && directives.iter().any(|directive| matches!(directive, WastDirective::Thread(_)))
    }

    /// The places of directives, in the order of the script.
    fn ranges(&self, directives: &[WastDirective<'d>], ranges: &mut Vec<Range>) {
        for directive in directives {
            let place = self.places.of_directive(directive.span());
            let at = ranges.len();
            ranges.push((place, place));
            if let WastDirective::Thread(thread) = directive
                && self.features.threads
            {
                self.ranges(&thread.directives, ranges);
                ranges[at].1 = ranges.last().map_or(place, |(_, end)| *end);
            }
        }
    }

    /// Runs one directive.
    pub(super) fn directive(&mut self, directive: &mut WastDirective<'d>, line: u32) -> Result<(), Got> {
        use WastDirective as D;
        match directive {
            D::Module(quoted) => self.module(quoted, line, true),
            D::ModuleDefinition(quoted) => self.module(quoted, line, false),
            // With one name, it is that of the module.
            D::ModuleInstance { instance: Some(module), module: None, .. } => self.instance(None, Some(*module), line),
            D::ModuleInstance { instance, module, .. } => self.instance(*instance, *module, line),
            D::Register { name, module, .. } => {
                let instance = self.instances.get(*module).map_err(Got::fail)?;
                Ok(self.session.register(name, instance)?)
            }
            D::Invoke(call) | D::AssertExhaustion { call, .. } => {
                let got = self.invoke(call);
                judge(directive, got)
            }
            D::AssertReturn { exec, .. } | D::AssertTrap { exec, .. } | D::AssertException { exec, .. } => {
                let got = self.execute(exec);
                judge(directive, got)
            }
            D::AssertInvalid { module, .. } => match self.load(module) {
                Err(End::Invalid(_) | End::Rejected(_)) => Ok(()),
                Err(end) => Err(end.into()),
                Ok(_) => Err(Got::fail("a valid module")),
            },
            D::AssertMalformed { module, .. } => match self.load(module) {
                Err(End::Malformed(_) | End::Proposal(_) | End::Rejected(_)) => Ok(()),
                Err(end) => Err(end.into()),
                Ok(_) => Err(Got::fail("a valid module")),
            },
            // What custom sections and annotations mean is no part of the core standard; but text that is not even text
            // is seen.
            D::AssertMalformedCustom { module, .. } => match self.load(module) {
                Err(End::Malformed(_) | End::Rejected(_)) => Ok(()),
                Err(end) => Err(end.into()),
                Ok(_) => Err(Got::unsupported("custom sections are not looked into")),
            },
            D::AssertInvalidCustom { module, .. } => match self.load(module) {
                Err(end) => Err(end.into()),
                Ok(_) => Err(Got::unsupported("custom sections are not looked into")),
            },
            D::AssertUnlinkable { module, message, .. } => self.unlinkable(module, message),
            D::AssertSuspension { .. } => Err(Got::unsupported("stack switching is not supported")),
            D::Thread(thread) if !self.threads.is_empty() => self.thread(thread),
            D::Thread(_) | D::Wait { .. } => Err(Got::unsupported("threads are not supported")),
        }
    }

    /// Decodes and validates a module.
    fn load(&mut self, quoted: &mut QuoteWat<'_>) -> Result<ModuleId, End> {
        if let QuoteWat::QuoteComponent(..) | QuoteWat::Wat(Wat::Component(_)) = quoted {
            return Err(End::Unsupported("a component".into()));
        }
        let bytes = decode::encode_quoted(quoted, self.text)?;
        self.session.load(&bytes)
    }

    /// Defines a module, and perhaps an instance of it.
    fn module(&mut self, quoted: &mut QuoteWat<'_>, line: u32, instantiate: bool) -> Result<(), Got> {
        let name = quoted.name();
        self.modules.define(name, Err(format!("the module of line {line} did not load")));
        if instantiate {
            self.instances.define(name, Err(format!("the module of line {line} did not load")));
        }
        let module = self.load(quoted)?;
        self.modules.define(name, Ok(module));
        if !instantiate {
            return Ok(());
        }
        self.instance(name, name, line).map_err(|got| {
            // The scripts of this proposal import of `spectest` what it does not have, and are about validity only.
            let lacks = self.features.shared_everything
                && ["unknown import: ", "incompatible import type: "]
                    .iter()
                    .any(|link| got.text.contains(&format!("{link}\"spectest\".")));
            if lacks { Got::unsupported(format!("a valid module, without an instance: {}", got.text)) } else { got }
        })
    }

    fn instance(&mut self, name: Option<Id<'_>>, module: Option<Id<'_>>, line: u32) -> Result<(), Got> {
        self.no_instance(name, line);
        let module = self.modules.get(module).map_err(Got::fail)?;
        let instance = match self.turns {
            true => {
                let (instance, begun) = self.session.begin_instance(module)?;
                self.begun = begun;
                instance
            }
            false => self.session.instantiate(module)?,
        };
        self.instances.define(name, Ok(instance));
        Ok(())
    }

    fn no_instance(&mut self, name: Option<Id<'_>>, line: u32) {
        self.instances.define(name, Err(no_instance(line)));
    }

    /// The instantiation that a directive has begun did not come to a good end.
    pub(super) fn not_instantiated(&mut self, directive: &WastDirective<'_>, line: u32) {
        match directive {
            WastDirective::Module(quoted) => self.no_instance(quoted.name(), line),
            WastDirective::ModuleInstance { instance, module: Some(_), .. } => self.no_instance(*instance, line),
            _ => self.no_instance(None, line),
        }
    }

    /// The instance and the arguments of a call.
    pub(super) fn callee(&mut self, call: &WastInvoke<'_>) -> Result<(InstanceId, Vec<Val>), End> {
        let instance = self.instances.get(call.module).map_err(End::Misuse)?;
        let component = || End::Unsupported("values of the component model".into());
        let args = call.args.iter().map(pattern::argument).collect::<Option<Vec<Val>>>().ok_or_else(component)?;
        Ok((instance, args))
    }

    fn invoke(&mut self, call: &WastInvoke<'_>) -> Result<Vec<Val>, End> {
        let (instance, args) = self.callee(call)?;
        self.session.invoke(instance, call.name, &args)
    }

    /// Begins a call that takes turns with others.
    pub(super) fn begin(&mut self, call: &WastInvoke<'_>) -> Result<CallId, End> {
        let (instance, args) = self.callee(call)?;
        self.session.begin(instance, call.name, &args)
    }

    /// Does what an assertion is about.
    fn execute(&mut self, exec: &mut WastExecute<'_>) -> Result<Vec<Val>, End> {
        match exec {
            WastExecute::Invoke(call) => self.invoke(call),
            WastExecute::Get { module, global, .. } => {
                let instance = self.instances.get(*module).map_err(End::Misuse)?;
                Ok(vec![self.session.global(instance, global)?])
            }
            WastExecute::Wat(wat) => {
                let bytes = decode::encode_wat(wat, self.text)?;
                let module = self.session.load(&bytes)?;
                self.session.instantiate(module)?;
                Ok(Vec::new())
            }
        }
    }

    fn unlinkable(&mut self, wat: &mut Wat<'_>, message: &str) -> Result<(), Got> {
        let bytes = decode::encode_wat(wat, self.text).map_err(End::from)?;
        let module = self.session.load(&bytes)?;
        match (self.session.instantiate(module), text::link(message)) {
            (Err(End::Unlinkable(link, _)), Some(asked)) if link == asked => Ok(()),
            (Err(End::Unlinkable(..)), None) => {
                Err(Got::fail(format!("no kind of link error is known by {message:?}")))
            }
            (Err(end), _) => Err(end.into()),
            (Ok(_), _) => Err(Got::fail("an instance")),
        }
    }
}

/// Why there is no instance.
pub(crate) fn no_instance(line: u32) -> String {
    format!("the module of line {line} did not instantiate")
}

/// Holds what came of a call or an instantiation against what a directive expects.
pub(super) fn judge(directive: &WastDirective<'_>, got: Result<Vec<Val>, End>) -> Result<(), Got> {
    use WastDirective as D;
    match directive {
        D::AssertReturn { results, .. } => returned(got, results),
        D::AssertTrap { message, .. } => trapped(got, message),
        D::AssertException { .. } => match got {
            Err(End::Exception(_)) => Ok(()),
            other => Err(instead(other)),
        },
        D::AssertExhaustion { .. } => match got {
            Err(End::Exhausted(Resource::Stack | Resource::Memory)) => Ok(()),
            other => Err(instead(other)),
        },
        _ => got.map(drop).map_err(Got::from),
    }
}

/// Holds values against results.
fn returned(got: Result<Vec<Val>, End>, results: &[WastRet<'_>]) -> Result<(), Got> {
    let vals = got?;
    if vals.len() == results.len() && results.iter().zip(&vals).all(|(ret, val)| pattern::matches(ret, *val)) {
        return Ok(());
    }
    if vals.len() != results.len() {
        return Err(Got::fail(List(&vals).to_string()));
    }
    let vals: Vec<String> = results.iter().zip(&vals).map(|(ret, val)| pattern::alike(ret, *val)).collect();
    Err(Got::fail(List(&vals).to_string()))
}

/// Holds an end against the text of a trap.
fn trapped(got: Result<Vec<Val>, End>, message: &str) -> Result<(), Got> {
    let classes = text::traps(message);
    match got {
        Err(End::Trap(Some(class), _)) if classes.contains(&class) => Ok(()),
        Err(End::TrapAmong(among, _)) if classes.iter().any(|class| among.contains(class)) => Ok(()),
        Err(End::Trap(_, text) | End::TrapAmong(_, text)) if classes.is_empty() => {
            Err(Got::fail(format!("trap: {text}, but no class of traps is known by {message:?}")))
        }
        Err(End::Trap(None, text)) => Err(Got::fail(format!("a trap of unknown class: {text}"))),
        other => Err(instead(other)),
    }
}

/// Something else than was expected.
fn instead(got: Result<Vec<Val>, End>) -> Got {
    match got {
        Ok(vals) => Got::fail(List(&vals).to_string()),
        Err(end) => end.into(),
    }
}

/// What a directive expects, for people.
pub(super) fn expected(directive: &WastDirective<'_>) -> String {
    use WastDirective as D;
    match directive {
        D::Module(_) => "a valid module and its instance".into(),
        D::ModuleDefinition(_) => "a valid module".into(),
        D::ModuleInstance { .. } => "an instance".into(),
        D::Register { name, .. } => format!("an instance to register as {name:?}"),
        D::Invoke(call) => format!("{:?} to return", call.name),
        D::AssertReturn { exec, results, .. } => {
            let results: Vec<Shown<'_, '_>> = results.iter().map(Shown).collect();
            format!("{} from {}", List(&results), subject(exec))
        }
        D::AssertTrap { exec, message, .. } => format!("trap: {message}, from {}", subject(exec)),
        D::AssertException { exec, .. } => format!("an uncaught exception from {}", subject(exec)),
        D::AssertExhaustion { call, message, .. } => format!("{message}, from {:?}", call.name),
        D::AssertSuspension { message, .. } => format!("a suspension: {message}"),
        D::AssertInvalid { message, .. } => format!("an invalid module: {message}"),
        D::AssertInvalidCustom { message, .. } => format!("an invalid custom section: {message}"),
        D::AssertMalformed { message, .. } => format!("a malformed module: {message}"),
        D::AssertMalformedCustom { message, .. } => format!("a malformed custom section: {message}"),
        D::AssertUnlinkable { message, .. } => format!("a link error: {message}"),
        D::Thread(thread) => format!("a thread ${}", thread.name.name()),
        D::Wait { thread, .. } => format!("the end of the thread ${}", thread.name()),
    }
}

fn subject(exec: &WastExecute<'_>) -> String {
    match exec {
        WastExecute::Invoke(call) => format!("{:?}", call.name),
        WastExecute::Get { global, .. } => format!("global {global:?}"),
        WastExecute::Wat(_) => "an instantiation".into(),
    }
}

/// The session of an engine that did not come up.
struct Dead(End);

impl Session for Dead {
    fn load(&mut self, _: &[u8]) -> Result<ModuleId, End> {
        Err(self.0.clone())
    }
    fn instantiate(&mut self, _: ModuleId) -> Result<InstanceId, End> {
        Err(self.0.clone())
    }
    fn register(&mut self, _: &str, _: InstanceId) -> Result<(), End> {
        Err(self.0.clone())
    }
    fn invoke(&mut self, _: InstanceId, _: &str, _: &[Val]) -> Result<Vec<Val>, End> {
        Err(self.0.clone())
    }
    fn global(&mut self, _: InstanceId, _: &str) -> Result<Val, End> {
        Err(self.0.clone())
    }
    fn table(&mut self, _: InstanceId, _: &str) -> Result<Vec<Val>, End> {
        Err(self.0.clone())
    }
    fn memory(&mut self, _: InstanceId, _: &str) -> Result<Vec<u8>, End> {
        Err(self.0.clone())
    }
}
