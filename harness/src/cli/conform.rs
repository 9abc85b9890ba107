//! `lockstep conform`

use super::bounds::{self, Bounds};
use super::expect::Expecting;
use super::report::Publication;
use super::{Outcome, Output, worker};
use crate::attempt::{self, Attempt};
use crate::conform::{self, Options};
use crate::engine::message::{Declaration, Messages};
use crate::engine::{self, Engine};
use crate::script::Terms;
use crate::suite::{self, Script};
use anyhow::{Result, anyhow, bail};
use clap::{Args, Parser as _};
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_reports::{LeftOut, Pattern, Report, Shard};
use lockstep_work::Stop;
use lockstep_work::farm::{Customer, Death, Ended};
use lockstep_work::worker::Place;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Run test scripts and report a verdict on each of their directives
///
/// Without PATHS, the embedded suite is run, which has most of the official one; a checkout of WebAssembly/spec has all of
/// it. Exit code 0 means that something was compared and all of it is as it should be, or as it is expected to be; see
/// docs/ci.md.
#[derive(Debug, Args)]
pub(super) struct Conform {
    /// Scripts (*.wast), folders of them with all that is below, or a checkout of WebAssembly/spec
    paths: Vec<PathBuf>,

    /// Run on this engine instead of the semantics. Can be repeated, for a matrix; see `lockstep engines`
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<String>,

    #[command(flatten)]
    expecting: Expecting,

    #[command(flatten)]
    publication: Publication,

    /// Run a part only, such as 2/5; `lockstep report merge` puts the reports of the parts together
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// Run those scripts only whose path contains this, or matches it as a glob pattern. Can be repeated
    #[arg(long = "filter", value_name = "PATTERN")]
    filters: Vec<Pattern>,

    /// How many scripts to run at a time [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Take a text of another project's scripts for one that the reference interpreter has for a trap, a link error or
    /// exhaustion, as in 'division by zero = integer divide by zero'. Can be repeated
    #[arg(long = "message", value_name = "THEIRS = OURS")]
    messages: Vec<Declaration>,

    #[command(flatten)]
    bounds: Bounds,
}

impl Conform {
    pub(super) fn execute(self, stdout: &mut Output, stop: &Stop) -> Result<Outcome> {
        let scripts = if self.paths.is_empty() { suite::embedded() } else { suite::collect(&self.paths)? };
        let modules = suite::modules(&self.paths);
        let scripts = filtered(scripts, &self.filters)?;
        let specs = if self.engines.is_empty() { vec![SEMANTICS.to_owned()] } else { self.engines.clone() };
        let engines = specs.iter().map(|spec| self.engine(spec)).collect::<Result<Vec<_>>>()?;
        let expectations = self.expecting.open(&self.paths)?;
        // Said now, and not by the workers.
        expectations.messages()?;
        let publisher = self.publication.open()?;

        let progress = progress(scripts.len() * engines.len());
        let farm = worker::farm(bounds::jobs(self.jobs), 0)?;
        let mut reports = Vec::with_capacity(engines.len());
        for (engine, spec) in engines.iter().zip(specs) {
            let (chosen, left_out) = expectations.choose(&scripts, &conform::named(engine.as_ref()));
            let all = chosen.len();
            let chosen = match self.shard {
                Some(shard) => part(shard, chosen),
                None => chosen,
            };
            let setup = worker::Setup::Conform(Setup { command: std::env::args_os().collect(), engine: spec });
            let mut attempts = Attempts::new(engine.name(), &chosen, &progress);
            let why = farm.run(&setup, stop, &mut attempts)?;
            let mut report = conform::report(engine.as_ref(), attempts.done.into_iter().flatten());
            report.run.stopped = why.map(|_| "interrupted".to_owned());
            self.say_what_was_run(&mut report, all, left_out);
            report.notes.extend(
                modules.iter().map(|path| format!("{}: a module and no script, which is not run", path.display())),
            );
            reports.push(report);
        }
        progress.finish_and_clear();
        expectations.apply(&mut reports)?;
        // That some scripts were not run is no finding.
        publisher.publish(reports, stdout).map(|outcome| outcome.unless_interrupted(stop))
    }

    fn engine(&self, spec: &str) -> Result<Box<dyn Engine>> {
        Ok(engine::named_with(spec, self.bounds.limits().features)?)
    }

    fn options(&self, engine: &dyn Engine) -> Result<Options> {
        let expectations = self.expecting.open(&self.paths)?;
        let messages = Messages::new(self.messages.iter().cloned().chain(expectations.messages()?).collect());
        let terms = Terms { messages, skip: expectations.skipped_features(&conform::named(engine)) };
        Ok(Options { limits: self.bounds.limits(), terms, jobs: None })
    }

    fn say_what_was_run(&self, report: &mut Report, all: usize, left_out: Vec<LeftOut>) {
        report.run.scripts = all as u64;
        report.run.shards.extend(self.shard);
        report.run.filters = self.filters.iter().map(ToString::to_string).collect();
        report.run.left_out = left_out;
    }
}

/// The engine where no other is named.
const SEMANTICS: &str = "semantics";

/// What a worker of a conformance run needs to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    /// The command that it works for, which has the options of the run.
    command: Vec<OsString>,
    engine: String,
}

impl Setup {
    /// What a worker does with scripts.
    pub(super) fn worker(self) -> Result<worker::Work> {
        let super::Command::Conform(conform) = super::Cli::try_parse_from(self.command)?.command else {
            bail!("not the command of a conformance run");
        };
        let engine = conform.engine(&self.engine)?;
        let options = conform.options(engine.as_ref())?;
        Ok(worker::doing(move |item: Item, place: &Place| -> Result<Attempt, String> {
            let script = item.script().ok_or("there is no such script")?;
            let at = |at: attempt::Place| place.is(&serde_json::to_string(&at).unwrap_or_default());
            let at: Option<&(dyn Fn(attempt::Place) + Sync)> = if place.is_wanted() { Some(&at) } else { None };
            attempt::attempt(&script, engine.as_ref(), &options, at).map_err(|error| error.to_string())
        }))
    }
}

/// A script to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Item {
    /// Its position among the scripts.
    number: usize,
    path: String,
    suite: String,
    /// The file, if it is in one, or else it is of the embedded suite.
    file: Option<PathBuf>,
}

impl Item {
    fn script(self) -> Option<Script> {
        match self.file {
            Some(file) => {
                let mut script = Script::file(file, self.suite);
                script.path = self.path;
                Some(script)
            }
            None => Script::of_embedded(&self.path),
        }
    }
}

/// What comes of scripts on an engine.
struct Attempts<'a> {
    engine: &'a str,
    scripts: &'a [Script],
    next: usize,
    done: Vec<Option<Attempt>>,
    progress: &'a ProgressBar,
}

impl<'a> Attempts<'a> {
    fn new(engine: &'a str, scripts: &'a [Script], progress: &'a ProgressBar) -> Self {
        Attempts { engine, scripts, next: 0, done: vec![None; scripts.len()], progress }
    }
}

impl Customer<Item, Result<Attempt, String>> for Attempts<'_> {
    type Error = anyhow::Error;

    fn next(&mut self) -> Option<Item> {
        let number = self.next;
        let script = self.scripts.get(number)?;
        self.next += 1;
        let (path, suite) = (script.path.clone(), script.suite.clone());
        Some(Item { number, path, suite, file: script.location().map(Path::to_owned) })
    }

    fn take(&mut self, item: Item, ended: Ended<Result<Attempt, String>>) -> Result<()> {
        let script = &self.scripts[item.number];
        let attempt = match ended {
            Ended::Done(attempt, None) => attempt.map_err(|why| anyhow!(why))?,
            Ended::Done(attempt, Some(death)) => attempt.map_err(|why| anyhow!(why))?.after(self.engine, &death.how),
            Ended::Died(Death { how, at }) => {
                Attempt::died(script, &how, at.and_then(|at| serde_json::from_str(&at).ok()))
            }
        };
        self.progress.set_message(format!("{}: {}", self.engine, script.path));
        self.progress.inc(1);
        self.done[item.number] = Some(attempt);
        Ok(())
    }
}

/// A part of the scripts: every n-th, so that the parts take about the same time.
fn part(shard: Shard, scripts: Vec<Script>) -> Vec<Script> {
    scripts.into_iter().skip(shard.part - 1).step_by(shard.of).collect()
}

/// The scripts that pass one of the filters, if there are any.
pub(super) fn filtered(mut scripts: Vec<Script>, filters: &[Pattern]) -> Result<Vec<Script>> {
    if !filters.is_empty() {
        scripts.retain(|script| {
            filters.iter().any(|filter| filter.matches(&script.name()) || filter.matches(&script.path))
        });
        if scripts.is_empty() {
            bail!("no script matches the filter");
        }
    }
    Ok(scripts)
}

/// A progress bar on standard error, if that is a terminal.
pub(super) fn progress(scripts: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}").expect("the template is well-formed");
    ProgressBar::new(scripts as u64).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards() {
        let scripts = suite::embedded();
        let mut parts: Vec<String> = Vec::new();
        for n in 1..=7 {
            parts.extend(part(Shard { part: n, of: 7 }, scripts.clone()).into_iter().map(|script| script.path));
        }
        let mut all: Vec<String> = scripts.into_iter().map(|script| script.path).collect();
        parts.sort();
        all.sort();
        assert_eq!(parts, all);
    }
}
