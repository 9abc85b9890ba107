//! `lockstep trace`

use super::{Outcome, Output, input, literal, output};
use crate::engine::value::List;
use crate::engine::{Answer, Failure, InstanceId, Limits, SemanticsSession, Session as _};
use crate::litmus::{ExploreBounds, Plan, PlannedThread, Schedule, replay_watched, with_plan};
use crate::script::{self, ScriptEvent};
use crate::trace::{Chooser, Ending, Format, Pick, Section, SharedTracer, choices};
use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use lockstep_semantics::choice::{Choices, Deterministic, Random, Replay};
use lockstep_semantics::decode::{Dialect, ModuleFormat, read_with_proposals};
use lockstep_semantics::execution::ExternAddr;
use lockstep_semantics::syntax::{Features, Module};
use lockstep_work::Stop;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Print a run step by step: rule, redex, contractum, and what changed
///
/// Each line has the number of the step, how many contexts (labels, handlers, frames) are around the redex, the rule of
/// the standard, and redex and contractum in its notation. Where a script has threads, each line has the name of one, and
/// shown are the steps of all threads that are made while the directive is under way.
#[derive(Debug, Args)]
pub(super) struct Trace {
    /// A module, in binary or text format; or a script with the line of a directive, as in a.wast:12
    file: String,

    /// Run the threads of a script by this schedule, such as '1:12 2:7', as `lockstep litmus` prints them
    #[arg(long, value_name = "SCHEDULE", conflicts_with_all = ["invoke", "instantiation", "seed", "replay"])]
    schedule: Option<String>,

    /// The exported function to invoke
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,

    /// Its arguments, as literals of the text format: 42, -0x1p3, nan, null, i32x4 1 2 3 4
    #[arg(requires = "invoke", allow_hyphen_values = true, trailing_var_arg = true)]
    args: Vec<String>,

    /// Trace the instantiation too
    #[arg(long)]
    instantiation: bool,

    /// How to write the trace
    #[arg(long, value_enum, default_value_t = TraceFormat::Text)]
    format: TraceFormat,

    /// Print the first N steps, and stop there
    #[arg(long, value_name = "N")]
    first: Option<u64>,

    /// Print the last N steps
    #[arg(long, value_name = "N", conflicts_with = "first")]
    last: Option<u64>,

    /// Print steps of these rules only: a part of their name, or a pattern such as 'Step/*-null'. Can be repeated
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,

    /// Print steps of these instructions only: a keyword, or a pattern such as 'struct.*'. Can be repeated
    #[arg(long = "instr", value_name = "KEYWORD")]
    instrs: Vec<String>,

    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Where the rule book is that a page links to: a folder or an address
    #[arg(long, value_name = "URL", default_value = "book")]
    book: String,

    /// Choose at random what the standard leaves open, by this seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Choose again what a trace in JSON has recorded
    #[arg(long, value_name = "TRACE", conflicts_with = "seed")]
    replay: Option<PathBuf>,

    /// The steps that one invocation may take [default: no bound]
    #[arg(long, value_name = "N")]
    max_steps: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TraceFormat {
    /// For people
    Text,
    /// One object a line
    Json,
    /// A page to step through
    Html,
}

/// What is to be traced.
enum What<'a> {
    Module(&'a Path),
    Line(&'a Path, u32),
    Schedule(&'a Path, Schedule),
}

type Session<'w> = SemanticsSession<SharedTracer<'w>, Chooser>;

/// A page with more steps is of no use to anybody.
const PAGE: u64 = 1_000_000;

/// Sets a flag as soon as somebody asks to stop.
fn forward(stop: &Stop, flag: Arc<AtomicBool>) -> std::io::Result<()> {
    let stop = stop.clone();
    let wait = move || {
        while stop.asked().is_none() {
            thread::sleep(Duration::from_millis(20));
        }
        flag.store(true, Ordering::Relaxed);
    };
    thread::Builder::new().name("stop".into()).spawn(wait).map(drop)
}

impl Trace {
    pub(super) fn execute(self, stdout: &mut Output, stop: &Stop) -> Result<Outcome> {
        let what = self.what()?;
        let (What::Module(path) | What::Line(path, _) | What::Schedule(path, _)) = what;
        let content = input::read(path)?;
        let pick = self.pick()?;
        let inner = self.choices()?;
        let colours = self.output.is_none() && stdout.colours();
        let mut file = match &self.output {
            Some(path) => {
                let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
                Some(std::io::BufWriter::new(file))
            }
            None => None,
        };
        let out: &mut dyn std::io::Write = match &mut file {
            Some(file) => file,
            None => stdout,
        };
        let format = match self.format {
            TraceFormat::Text => Format::Text { colours },
            TraceFormat::Json => Format::Json,
            TraceFormat::Html => Format::Html { book: self.book.clone() },
        };
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        // What cannot even begin is told before anything is written.
        let module = match what {
            What::Module(_) => match read_with_proposals(&content, ModuleFormat::of(path), Dialect::Proposal) {
                Ok((_, module)) => module,
                Err(malformed) => return Ok(refused(path, &malformed.into())),
            },
            What::Line(..) | What::Schedule(..) => Module::default(),
        };
        let (shared, chooser) = SharedTracer::begin(&name, format, pick, inner, out)?;
        let limits = Limits { steps: self.max_steps, features: Features::SHARED_EVERYTHING, ..Limits::default() };
        let mut session = Session::with_choices(&limits, shared.clone(), chooser);
        session.interrupt_by(shared.stop());
        forward(stop, shared.stop())?;
        let end = match what {
            What::Module(path) => match self.module(path, module, session, &shared)? {
                Ok(end) => end,
                Err(end) => return Ok(refused(path, &end)),
            },
            What::Line(path, line) => Self::directive(path, &content, line, session, &shared)?,
            What::Schedule(path, schedule) => {
                drop(session);
                self.schedule(path, &content, &schedule, &shared)?
            }
        };
        let end = match shared.is_stopped() {
            true => Ending { kind: "stopped", text: "stopped".into() },
            false => end,
        };
        shared.end(&end)?;
        drop(shared);
        if let Some(mut file) = file {
            file.flush()?;
        }
        // As for `lockstep run`; that only a part was asked for says nothing about the end.
        Ok(match end.kind {
            _ if stop.is_interrupted() => Outcome::Interrupted,
            "return" | "pass" | "stopped" => Outcome::AsExpected,
            _ => Outcome::Findings,
        })
    }

    /// `FILE` or `FILE:LINE`.
    fn what(&self) -> Result<What<'_>> {
        let whole = Path::new(&self.file);
        if let Some((path, line)) = self.file.rsplit_once(':')
            && !whole.exists()
            && Path::new(path).exists()
        {
            let line = line.parse().map_err(|_| anyhow!("{}: {line:?} is no line of {path}", self.file))?;
            if self.invoke.is_some() || self.instantiation {
                bail!("a line of a script says itself what is run: --invoke and --instantiation are for modules");
            }
            if self.schedule.is_some() {
                bail!("a schedule is for a whole script, not for one of its lines");
            }
            return Ok(What::Line(Path::new(path), line));
        }
        if let Some(schedule) = &self.schedule {
            let schedule = Schedule::parse(schedule).map_err(|e| anyhow!("not a schedule: {e}"))?;
            return Ok(What::Schedule(whole, schedule));
        }
        if whole.extension().is_some_and(|extension| extension == "wast") {
            bail!("{0} is a script: say which directive to trace by its line, as in {0}:12", self.file);
        }
        if self.invoke.is_none() && !self.instantiation {
            bail!("nothing to trace: --invoke names an exported function, --instantiation traces the instantiation");
        }
        Ok(What::Module(whole))
    }

    fn pick(&self) -> Result<Pick> {
        let mut pick = Pick::default();
        (pick.first, pick.last) = (self.first, self.last);
        pick.rules(&self.rules).map_err(|why| anyhow!(why))?;
        pick.instrs(&self.instrs).map_err(|why| anyhow!(why))?;
        if self.format == TraceFormat::Html {
            if self.last.is_some() || !pick.is_everything() {
                bail!("a page needs every step from the first on: --last, --rule and --instr are for text and json");
            }
            pick.first = Some(pick.first.unwrap_or(PAGE).min(PAGE));
        }
        Ok(pick)
    }

    fn choices(&self) -> Result<Box<dyn Choices>> {
        Ok(match (&self.replay, self.seed) {
            (Some(path), _) => {
                let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
                let recorded = choices(BufReader::new(file)).map_err(|why| anyhow!("{}: {why}", path.display()))?;
                Box::new(Replay::new(recorded))
            }
            (None, Some(seed)) => Box::new(Random::new(seed)),
            (None, None) => Box::new(Deterministic),
        })
    }

    fn module(
        &self,
        path: &Path,
        module: Module,
        mut session: Session<'_>,
        shared: &SharedTracer<'_>,
    ) -> Result<Result<Ending, Failure>> {
        let module = match session.load_module(module) {
            Ok(module) => module,
            Err(end) => return Ok(Err(end)),
        };
        if self.instantiation {
            shared.section(Section::Instantiate);
        }
        let instance = match session.instantiate(module) {
            Ok(instance) => instance,
            Err(end @ Failure::Unlinkable(..)) => return Ok(Err(end)),
            Err(end) => return Ok(Ok(ending(Err(end)))),
        };
        let Some(name) = &self.invoke else {
            return Ok(Ok(Ending { kind: "return", text: "instantiated".into() }));
        };
        if shared.is_stopped() {
            return Ok(Ok(Ending { kind: "stopped", text: "stopped".into() }));
        }
        let args = self.arguments(path, &session, instance, name)?;
        let words: Vec<String> = args.iter().map(ToString::to_string).collect();
        shared.section(Section::Invoke(name, &words));
        match session.invoke(instance, name, &args) {
            Err(Failure::Misuse(what)) => Err(anyhow!(what)),
            result => Ok(Ok(ending(result))),
        }
    }

    fn arguments(
        &self,
        path: &Path,
        session: &Session<'_>,
        instance: InstanceId,
        name: &str,
    ) -> Result<Vec<crate::engine::Val>> {
        let store = session.store();
        match store.export(session.instance(instance), name) {
            Some(ExternAddr::Func(address)) => {
                literal::arguments(&self.args, &store.func_type(address).params).map_err(|why| anyhow!(why))
            }
            Some(_) => Err(anyhow!("the export {name:?} is not a function")),
            None => Err(anyhow!("{} has no export {name:?}", path.display())),
        }
    }

    fn directive(
        path: &Path,
        text: &[u8],
        line: u32,
        session: Session<'_>,
        shared: &SharedTracer<'_>,
    ) -> Result<Ending> {
        let script = script::Script { path: "", suite: "", text, file: Some(path) };
        let got = script::run_to(&script, Box::new(session), line, |news| match news {
            ScriptEvent::Turn(thread) => shared.turn(thread),
            ScriptEvent::Reached(line, expected) => shared.section(Section::Directive(line, expected)),
        });
        Ok(match got.map_err(|why| anyhow!("{}: {why}", path.display()))? {
            Ok(()) => Ending { kind: "pass", text: "pass".into() },
            Err(got) => Ending { kind: "fail", text: format!("not as expected, but {got},") },
        })
    }

    /// Runs the threads of a script by a schedule.
    fn schedule(&self, path: &Path, text: &[u8], schedule: &Schedule, shared: &SharedTracer<'_>) -> Result<Ending> {
        let text = std::str::from_utf8(text).with_context(|| format!("{} is not UTF-8", path.display()))?;
        let about = |e: &dyn Display| anyhow!("{}: {e}", path.display());
        let mut bounds = ExploreBounds::default();
        bounds.steps = self.max_steps.unwrap_or(bounds.steps);
        let run = |plan: &Plan<'_>| -> Result<Ending> {
            shared.section(Section::Schedule(&schedule.to_string()));
            let turn = |thread: &PlannedThread| shared.turn(&thread.name);
            let watched = replay_watched(plan, schedule, &bounds, &mut shared.clone(), turn);
            let outcome = watched.map_err(|e| about(&e))?.outcome;
            let kind = match outcome.findings(plan, "").is_empty() {
                true if outcome.calls.iter().any(Option::is_none) => "stopped",
                true => "pass",
                false => "fail",
            };
            Ok(Ending { kind, text: outcome.described(plan).join(", ") })
        };
        with_plan(&path.to_string_lossy(), text, Features::SHARED_EVERYTHING, run).map_err(|e| about(&e))?
    }
}

/// A module that is not run, because it is malformed or not valid, or its imports do not fit.
fn refused(path: &Path, end: &Failure) -> Outcome {
    output::complain(format_args!("{}: {end}", path.display()));
    Outcome::Findings
}

/// How a run ended.
fn ending(result: Answer) -> Ending {
    let kind = match &result {
        Ok(_) => "return",
        Err(Failure::Trap(..)) => "trap",
        Err(Failure::Exception(_)) => "exception",
        Err(Failure::Exhausted(_) | Failure::Timeout | Failure::Limit(_)) => "exhausted",
        Err(_) => "fail",
    };
    let text = match result {
        Ok(vals) => format!("returns {}", List(&vals)),
        Err(end) => end.to_string(),
    };
    Ending { kind, text }
}
