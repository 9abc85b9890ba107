//! Runs scripts, whole or up to a directive.

use super::crash;
use super::files::Files;
use super::judge::Mismatch;
use super::log::Log;
use super::read;
use super::replay::Answered;
use super::runner::Runner;
use super::schedule::{Listener, RoundRobin};
use super::source::Source;
use super::syntax::{Command, Directive};
use lockstep_engines::message::Messages;
use lockstep_engines::value::Val;
use lockstep_engines::{Answer, Engine, Failure, InstanceId, Limits, ModuleId, Session};
use lockstep_reports::expect::proposal;
use lockstep_reports::{FileReport, Finding};
use lockstep_semantics::syntax::Features;
use lockstep_semantics::text::Lines;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

/// A script to run.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    /// Its path, for the report.
    pub path: &'a str,
    /// Its suite, for the report. Modules may use the proposals that a folder of it is named after.
    pub suite: &'a str,
    /// The text.
    pub text: &'a [u8],
    /// The file that it is in, beside which `input` finds others.
    pub file: Option<&'a Path>,
}

/// What a run of scripts is told about them.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The meanings of the texts in assertions.
    pub messages: Messages,
    /// Features that are not tested, by their names in [`feature_names`](lockstep_engines::feature_names): a module that
    /// needs one is not loaded.
    pub skip: Vec<String>,
}

/// Runs a script on a new session of an engine. `path` and `suite` are for the report, whose directives come in the
/// order of the script, as do the findings: those directives that did not pass. Those of threads come among the others.
///
/// Modules may use the proposals that the limits allow, and those that a folder of the suite is named after.
pub fn run(path: &str, suite: &str, text: &[u8], engine: &dyn Engine, limits: &Limits) -> (FileReport, Vec<Finding>) {
    run_with(&Script { path, suite, text, file: None }, engine, limits, &Terms::default())
}

/// Like [`run`], for a script that may be in a file, and with more that is told about it.
pub fn run_with(
    script: &Script<'_>,
    engine: &dyn Engine,
    limits: &Limits,
    terms: &Terms,
) -> (FileReport, Vec<Finding>) {
    let mut log = Log::new(FileReport::new(script.path, script.suite));
    let limits = &Limits { features: features(script.suite, limits.features), ..limits.clone() };
    let session = crash::catch(|| engine.open(limits)).unwrap_or_else(|panic| Err(Failure::Crash(panic)));
    let session = session.unwrap_or_else(|end| Box::new(Dead(end)));
    let ran = crash::catch(|| run_on(script, session, limits.features, terms, None, &mut log));
    if let Err((place, got)) = ran.unwrap_or_else(|panic| Err(((1, 1), Mismatch::crash(panic)))) {
        log.add(&Directive::no_script(place, script.text), Err(got));
    }
    // Threads take turns, but a report has the order of the script.
    log.finish()
}

/// The report on a script whose process died at the directive of this place, or somewhere: that directive, as a crash.
pub fn died(script: &Script<'_>, place: Option<(u32, u32)>, how: &str) -> (FileReport, Vec<Finding>) {
    let mut log = Log::new(FileReport::new(script.path, script.suite));
    let crash = || Err(Mismatch::crash(how.to_owned()));
    let source = utf8(script.text).ok().and_then(|text| Source::new(text).ok());
    let directives = source.as_ref().map(read::read).unwrap_or_default();
    let at = directives.iter().find(|directive| place.is_none_or(|place| directive.place == place));
    match at {
        Some(directive) => log.add(directive, crash()),
        None => log.add(&Directive::no_script(place.unwrap_or((1, 1)), script.text), crash()),
    }
    log.finish()
}

/// Runs a script on a session. What each directive gets goes to `answer` before its end is told. When the script cannot be
/// read, no directive is run: where and why.
pub(super) fn run_on(
    script: &Script<'_>,
    session: Box<dyn Session + '_>,
    features: Features,
    terms: &Terms,
    answer: Option<Rc<RefCell<Answered>>>,
    listener: &mut dyn Listener,
) -> Result<(), ((u32, u32), Mismatch)> {
    let text = utf8(script.text)?;
    let source = Source::new(text).map_err(|e| ((1, 1), Failure::Limit(e.to_string().into()).into()))?;
    let directives = read::read(&source);
    let mut runner = Runner::new(session, features, terms, Files::beside(script.file));
    runner.answer = answer;
    if runner.has_threads(&directives) {
        let _ = runner.run_threads(directives, &mut RoundRobin::default(), listener);
        return Ok(());
    }
    for directive in &directives {
        runner.session.directive(directive.place, directive.kind());
        let result = runner.caught(directive);
        if listener.ended(directive, result).is_break() {
            break;
        }
    }
    Ok(())
}

/// The text of a script; where it is not text, and that it is not.
fn utf8(text: &[u8]) -> Result<&str, ((u32, u32), Mismatch)> {
    std::str::from_utf8(text).map_err(|e| {
        let before = String::from_utf8_lossy(&text[..e.valid_up_to()]);
        (Lines::new(&before).of(before.len() as u32), Mismatch::fail("malformed script: not UTF-8"))
    })
}

/// The proposals that the modules of a script may use: those that are asked for, and those that the suite is about.
pub(super) fn features(suite: &str, asked: Features) -> Features {
    suite.split('/').fold(asked, |features, folder| features.with(proposal(folder)).unwrap_or(features))
}

/// An event of a script on the way to a directive.
#[derive(Clone, Copy, Debug)]
pub enum ScriptEvent<'a> {
    /// A thread takes its turn, by its name in the script; `main` is the script itself. Scripts without threads have no
    /// such events.
    Turn(&'a str),
    /// The directive is next: the line that it begins on, and its expectation, in words.
    Reached(u32, &'a str),
}

/// Runs a script up to and including the directive at a line. Returns whether the expectation of that directive was
/// met, or what happened instead. The directive may belong to a thread; then threads take turns until it has ended. If
/// it is itself a thread, they take turns until that thread has ended.
///
/// # Errors
/// When the script cannot be read, or has no directive there.
pub fn run_to(
    script: &Script<'_>,
    session: Box<dyn Session + '_>,
    line: u32,
    mut tell: impl FnMut(ScriptEvent<'_>),
) -> Result<Result<(), String>, String> {
    let text = utf8(script.text).map_err(|((line, column), got)| format!("{line}:{column}: {}", got.text))?;
    let source = Source::new(text).map_err(|e| e.to_string())?;
    let directives = read::read(&source);
    let features = session.features();
    let terms = Terms::default();
    let mut runner = Runner::new(session, features, &terms, Files::beside(script.file));
    let mut extents = Vec::new();
    extents_of(&directives, features.threads, &mut extents);
    // Of several that begin on the line, the first; otherwise the innermost that it is a line of.
    let at = extents.iter().position(|extent| extent.begin.0 == line);
    let at = at.or_else(|| extents.iter().rposition(|extent| (extent.begin.0..=extent.last_line).contains(&line)));
    let Extent { begin, end, .. } = extents[at.ok_or_else(|| format!("there is no directive at line {line}"))?];
    if runner.has_threads(&directives) {
        let mut until = Until { begin, end, reached: false, got: Ok(()), tell };
        let _ = runner.run_threads(directives, &mut RoundRobin::default(), &mut until);
        return Ok(until.got);
    }
    for directive in &directives {
        if directive.place == begin {
            tell(ScriptEvent::Reached(begin.0, &directive.expected()));
            return Ok(runner.caught(directive).map_err(|got| got.text));
        }
        // A directive that fails is no reason to stop, as when the whole script is run.
        let _ = runner.caught(directive);
    }
    unreachable!("the place is that of a directive")
}

/// Where a directive is.
#[derive(Clone, Copy)]
struct Extent {
    /// Where it begins.
    begin: (u32, u32),
    /// Where the last one in it begins: itself, unless it is a thread.
    end: (u32, u32),
    last_line: u32,
}

/// Where directives are, in the order of the script.
fn extents_of(directives: &[Directive<'_>], threads: bool, extents: &mut Vec<Extent>) {
    for Directive { place, last_line, command, .. } in directives {
        let at = extents.len();
        extents.push(Extent { begin: *place, end: *place, last_line: *last_line });
        if let Command::Thread(thread) = command
            && threads
        {
            extents_of(&thread.directives, threads, extents);
            extents[at].end = extents.last().map_or(*place, |last| last.end);
        }
    }
}

/// Goes along until a directive has ended.
struct Until<F> {
    begin: (u32, u32),
    end: (u32, u32),
    reached: bool,
    got: Result<(), String>,
    tell: F,
}

impl<F: FnMut(ScriptEvent<'_>)> Listener for Until<F> {
    fn turn(&mut self, thread: &str) {
        (self.tell)(ScriptEvent::Turn(thread));
    }

    fn begins(&mut self, directive: &Directive<'_>) {
        if directive.place == self.begin && !std::mem::replace(&mut self.reached, true) {
            (self.tell)(ScriptEvent::Reached(self.begin.0, &directive.expected()));
        }
    }

    fn ended(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) -> ControlFlow<()> {
        if (self.begin..=self.end).contains(&directive.place) && self.got.is_ok() {
            self.got = result.map_err(|got| got.text);
        }
        if directive.place == self.end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The session of an engine that did not come up.
struct Dead(Failure);

impl Session for Dead {
    fn load(&mut self, _: &[u8]) -> Result<ModuleId, Failure> {
        Err(self.0.clone())
    }
    fn instantiate(&mut self, _: ModuleId) -> Result<InstanceId, Failure> {
        Err(self.0.clone())
    }
    fn register(&mut self, _: &str, _: InstanceId) -> Result<(), Failure> {
        Err(self.0.clone())
    }
    fn invoke(&mut self, _: InstanceId, _: &str, _: &[Val]) -> Answer {
        Err(self.0.clone())
    }
    fn global(&mut self, _: InstanceId, _: &str) -> Result<Val, Failure> {
        Err(self.0.clone())
    }
    fn table(&mut self, _: InstanceId, _: &str) -> Answer {
        Err(self.0.clone())
    }
    fn memory(&mut self, _: InstanceId, _: &str) -> Result<Vec<u8>, Failure> {
        Err(self.0.clone())
    }
}
