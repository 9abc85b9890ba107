//! `lockstep litmus`

use super::bounds::{self, all, proposal, seconds};
use super::conform::{filtered, progress};
use super::output::complain;
use super::{Outcome, Output};
use crate::litmus::{
    self, EngineObserver, ExploreBounds, Labels, LitmusOptions, Model, Observation, Plan, Replayed, Schedule, replay,
    with_plan,
};
use crate::suite::{self, Script};
use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use lockstep_reports::Pattern;
use lockstep_reports::litmus::{Set, Test, dot, html, text};
use lockstep_reports::terminal;
use lockstep_semantics::syntax::Features;
use lockstep_work::{Stop, whole};
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How often a request to stop is looked for.
const TICK: Duration = Duration::from_millis(50);

/// Print every outcome that the standard allows for a concurrent program
///
/// A litmus test is a script with threads. What its threads return, and what the script returns after it has waited for
/// them, is observed. Annotations declare the outcomes, as in (@outcomes wasm "0, 1" "1, 0"); the exit code is 1 when
/// there are others, or an assertion may fail.
#[derive(Debug, Args)]
pub(super) struct Litmus {
    /// Scripts (*.wast), and folders of them with all that is below
    #[arg(required = true)]
    paths: Vec<PathBuf>,

    /// Which executions there are: those of sequential consistency, or of the relaxed memory model
    #[arg(long, value_enum, default_value_t = Models::Both)]
    model: Models,

    /// How to write what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Show an execution for each outcome, and why others are not allowed
    #[arg(long, short)]
    witnesses: bool,

    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Run one script by this schedule, such as '1:12 2:7', and print what each thread does; `lockstep trace --schedule`
    /// prints it rule by rule
    #[arg(long, value_name = "SCHEDULE", conflicts_with_all = ["format", "witnesses", "output"])]
    schedule: Option<String>,

    /// Run those scripts only whose path contains this, or matches it as a glob pattern. Can be repeated
    #[arg(long = "filter", value_name = "PATTERN")]
    filters: Vec<Pattern>,

    /// How many scripts to run at a time [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// The steps that one call may take
    #[arg(long, value_name = "N", default_value_t = 100_000, help_heading = "Bounds")]
    max_steps: u64,

    /// The configurations to look at in sequentially consistent executions
    #[arg(long, value_name = "N", default_value_t = 1_000_000, help_heading = "Bounds")]
    max_states: u64,

    /// Run the test on this engine with real threads, and show how often each outcome came: node, deno or bun, with a
    /// path and options as for `lockstep engines`. An outcome that the standard does not allow is a finding
    #[arg(long, value_name = "ENGINE", conflicts_with = "schedule", help_heading = "Observation")]
    observe: Option<String>,

    /// How often the engine runs each test
    #[arg(long, value_name = "N", default_value_t = 20_000, requires = "observe", help_heading = "Observation")]
    runs: u64,

    /// The time that one script may take, and again that the engine may take for all its runs of it
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds, help_heading = "Bounds")]
    timeout: Duration,

    /// A proposal that modules may use [default: threads and shared-everything-threads]. Can be repeated
    #[arg(long = "proposal", value_name = "NAME", value_parser = proposal)]
    proposals: Vec<Features>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Models {
    /// Sequential consistency
    Sc,
    /// The relaxed memory model of WebAssembly
    Wasm,
    /// One after the other
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One versioned object
    Json,
    /// A page with pictures
    Html,
    /// The executions, for Graphviz
    Dot,
}

impl Litmus {
    pub(super) fn execute(self, stdout: &mut Output, stop: &Stop) -> Result<Outcome> {
        let scripts = filtered(suite::collect(&self.paths)?, &self.filters)?;
        if let Some(schedule) = &self.schedule {
            return self.follow(&scripts, schedule, stdout);
        }
        let this = Arc::new(self);
        let set = Set::new(Arc::clone(&this).tests(scripts, stop)?);
        this.written(&set, stdout).map(|outcome| outcome.unless_interrupted(stop))
    }

    /// The tests of scripts, in their order; when somebody asks to stop, of those that are done by then.
    fn tests(self: Arc<Self>, scripts: Vec<Script>, stop: &Stop) -> Result<Vec<Test>> {
        let jobs = bounds::jobs(self.jobs);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).stack_size(super::STACK).build()?;
        let (done, tests) = mpsc::channel();
        let count = scripts.len();
        // A model cannot be asked to stop, so nobody waits for it then.
        let (asking, asked) = (self, stop.clone());
        thread::Builder::new().spawn(move || {
            let observations = match asking.observations(&scripts, &asked) {
                Ok(observations) => observations,
                Err(error) => return drop(done.send(Err(error))),
            };
            let progress = progress(scripts.len());
            let run = |(i, (script, observation)): (usize, (&Script, &Option<Observation>))| {
                if asked.asked().is_some() {
                    return;
                }
                let text = script.read().with_context(|| format!("cannot read {}", script.path));
                let test = |text: Cow<'_, [u8]>| {
                    litmus::run_observed(&script.path, &text, &asking.options(), observation.as_ref())
                };
                let _ = done.send(text.map(|text| (i, test(text))));
                progress.set_message(script.path.clone());
                progress.inc(1);
            };
            pool.install(|| scripts.par_iter().zip(&observations).enumerate().for_each(run));
            progress.finish_and_clear();
        })?;
        let mut all = Vec::new();
        loop {
            match tests.recv_timeout(TICK) {
                Ok(test) => all.push(test?),
                Err(RecvTimeoutError::Timeout) if stop.asked().is_none() => {}
                Err(_) => break,
            }
        }
        if all.len() < count {
            complain(format_args!("stopped: {} of {count} scripts are not done", count - all.len()));
        }
        all.sort_by_key(|(i, _)| *i);
        Ok(all.into_iter().map(|(_, test)| test).collect())
    }

    fn written(&self, set: &Set, stdout: &mut Output) -> Result<Outcome> {
        let options =
            terminal::Options { colours: self.output.is_none() && stdout.colours(), ..terminal::Options::default() };
        let written = match self.format {
            Format::Text => text::render(set, options, self.witnesses),
            Format::Json => set.json(),
            Format::Html => html::render(set),
            Format::Dot => dot::render(set),
        };
        match &self.output {
            Some(path) => {
                whole::write(path, written.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?
            }
            None => stdout.write_all(written.as_bytes())?,
        }
        if !set.is_as_expected() {
            return Ok(Outcome::Findings);
        }
        // Nothing was found because nothing was looked at.
        let unsupported = |test: &Test| {
            let observed = test.observed.as_ref()?;
            observed.unsupported.clone().filter(|_| observed.runs == 0)
        };
        let unsupported: Option<Vec<String>> = set.tests.iter().map(unsupported).collect();
        match (unsupported.as_deref(), &self.observe) {
            (Some([first, ..]), Some(engine)) => bail!("{engine} ran none of the tests: {first}"),
            _ => Ok(Outcome::AsExpected),
        }
    }

    /// What the engine is seen to do with each of the scripts. Nothing else runs meanwhile, as threads that have no
    /// processor of their own do not race.
    fn observations(&self, scripts: &[Script], stop: &Stop) -> Result<Vec<Option<Observation>>> {
        let Some(engine) = &self.observe else { return Ok(vec![None; scripts.len()]) };
        let watch = EngineObserver::new(engine, self.runs, self.timeout)?;
        let runs = usize::try_from(self.runs).unwrap_or(usize::MAX);
        let progress = progress(scripts.len().saturating_mul(runs));
        let mut observations = Vec::new();
        for (i, script) in scripts.iter().enumerate() {
            if stop.asked().is_some() {
                observations.resize(scripts.len(), None);
                break;
            }
            progress.set_position((i as u64).saturating_mul(self.runs));
            progress.set_message(script.path.clone());
            let text = script.read().with_context(|| format!("cannot read {}", script.path))?;
            // What is no litmus test is said to be none when the models are asked.
            let observation = std::str::from_utf8(&text)
                .ok()
                .and_then(|text| watch.observe(&script.path, text, self.features(), |n| progress.inc(n)).ok());
            observations.push(observation);
        }
        progress.finish_and_clear();
        Ok(observations)
    }

    fn options(&self) -> LitmusOptions {
        let models = match self.model {
            Models::Sc => vec![Model::Sc],
            Models::Wasm => vec![Model::Wasm],
            Models::Both => Model::ALL.into(),
        };
        let deadline = Instant::now().checked_add(self.timeout);
        LitmusOptions { models, bounds: ExploreBounds { deadline, ..self.bounds() }, features: self.features() }
    }

    fn bounds(&self) -> ExploreBounds {
        ExploreBounds { steps: self.max_steps, states: self.max_states, deadline: None }
    }

    fn features(&self) -> Features {
        match self.proposals.as_slice() {
            [] => Features::SHARED_EVERYTHING,
            some => all(some),
        }
    }

    /// Runs one script by a schedule.
    fn follow(&self, scripts: &[Script], schedule: &str, stdout: &mut Output) -> Result<Outcome> {
        let [script] = scripts else { bail!("a schedule is for one script, not for {}", scripts.len()) };
        let schedule = Schedule::parse(schedule).map_err(|e| anyhow!("not a schedule: {e}"))?;
        let bytes = script.read().with_context(|| format!("cannot read {}", script.path))?;
        let text = std::str::from_utf8(&bytes).with_context(|| format!("{} is not UTF-8", script.path))?;
        let about = |e: &dyn std::fmt::Display| anyhow!("{}: {e}", script.path);
        let run = |plan: &Plan<'_>| -> Result<Outcome> {
            let Replayed { did, outcome, store } = replay(plan, &schedule, &self.bounds()).map_err(|e| about(&e))?;
            let labels = Labels::of_store(plan, &store);
            for (thread, action) in did {
                writeln!(stdout, "{:<8} {}", plan.threads[thread].name, labels.label(&action))?;
            }
            for call in outcome.described(plan) {
                writeln!(stdout, "{call}")?;
            }
            let findings = outcome.findings(plan, &script.path);
            Ok(if findings.is_empty() { Outcome::AsExpected } else { Outcome::Findings })
        };
        with_plan(&script.path, text, self.features(), run).map_err(|e| about(&e))?
    }
}
