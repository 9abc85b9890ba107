//! `lockstep conform`

use super::bounds::{self, Bounds};
use super::report::Publication;
use super::{Outcome, Output, worker};
use crate::attempt::{self, Attempt};
use crate::conform::{self, Options};
use crate::engine::message::{Declaration, Messages};
use crate::engine::{self, Engine};
use crate::suite::{self, Script};
use anyhow::{Result, anyhow, bail};
use clap::{Args, Parser as _};
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_reports::{Report, Verdict};
use lockstep_work::Stop;
use lockstep_work::farm::{Customer, Death, Ended};
use lockstep_work::worker::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Run test scripts and report a verdict on each of their directives
///
/// Without PATHS, the embedded suite of WebAssembly 3.0 is run.
#[derive(Debug, Args)]
pub(super) struct Conform {
    /// Scripts (*.wast), and folders of them with all that is below
    paths: Vec<PathBuf>,

    /// Run on this engine instead of the semantics. Can be repeated, for a matrix; see `lockstep engines`
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<String>,

    #[command(flatten)]
    publication: Publication,

    /// Run a part only, such as 2/5; `lockstep report merge` puts the reports of the parts together
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// Run those scripts only whose path contains this, or matches it as a glob pattern. Can be repeated
    #[arg(long = "filter", value_name = "PATTERN")]
    filters: Vec<Filter>,

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
        let mut scripts = filtered(scripts, &self.filters)?;
        if let Some(shard) = self.shard {
            scripts = shard.of(scripts);
        }
        let specs = if self.engines.is_empty() { vec![SEMANTICS.to_owned()] } else { self.engines.clone() };
        let engines = specs.iter().map(|spec| self.engine(spec)).collect::<Result<Vec<_>>>()?;
        let publisher = self.publication.open()?;

        let progress = progress(scripts.len() * engines.len());
        let farm = worker::farm(bounds::jobs(self.jobs), 0)?;
        let mut reports = Vec::with_capacity(engines.len());
        for (engine, spec) in engines.iter().zip(specs) {
            let setup = worker::Setup::Conform(Setup { command: std::env::args_os().collect(), engine: spec });
            let mut attempts = Attempts::new(engine.name(), &scripts, &progress);
            let why = farm.run(&setup, stop, &mut attempts)?;
            let mut report = conform::report(engine.as_ref(), attempts.done.into_iter().flatten());
            if why.is_some() {
                let missing = scripts.len() as u64 - report.summary.files;
                report
                    .notes
                    .push(format!("interrupted: {missing} of {} scripts were not run to their end", scripts.len()));
            }
            report.notes.extend(
                modules.iter().map(|path| format!("{}: a module and no script, which is not run", path.display())),
            );
            reports.push(report);
        }
        progress.finish_and_clear();
        let outcome = publisher.publish(&reports, stdout)?;
        // That some scripts were not run is no finding.
        let is_bad = |report: &Report| {
            [Verdict::Fail, Verdict::Timeout, Verdict::Crash].iter().any(|bad| report.summary.verdicts.get(*bad) > 0)
        };
        Ok(match stop.is_interrupted() && !reports.iter().any(is_bad) {
            true => Outcome::Interrupted,
            false => outcome,
        })
    }

    fn engine(&self, spec: &str) -> Result<Box<dyn Engine>> {
        Ok(engine::named_with(spec, self.bounds.limits().features)?)
    }

    fn options(&self) -> Options {
        Options { limits: self.bounds.limits(), messages: Messages::new(self.messages.clone()), jobs: None }
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
    pub(super) fn worker(self) -> Result<Box<dyn FnMut(Value, &Place) -> Value>> {
        let super::Command::Conform(conform) = super::Cli::try_parse_from(self.command)?.command else {
            bail!("not the command of a conformance run");
        };
        let (engine, options) = (conform.engine(&self.engine)?, conform.options());
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shard {
    /// Which, from 1.
    part: usize,
    /// Of how many.
    of: usize,
}

impl Shard {
    fn of(self, scripts: Vec<Script>) -> Vec<Script> {
        scripts.into_iter().skip(self.part - 1).step_by(self.of).collect()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Shard { part, of }),
            _ => Err("this should be I/N with I from 1 to N, such as 2/5".into()),
        }
    }
}

/// The scripts that pass one of the filters, if there are any.
pub(super) fn filtered(mut scripts: Vec<Script>, filters: &[Filter]) -> Result<Vec<Script>> {
    if !filters.is_empty() {
        scripts.retain(|script| filters.iter().any(|filter| filter.matches(&script.path)));
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

/// Which scripts to run.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Part(String),
    Glob(glob::Pattern),
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains(['*', '?', '[']) {
            glob::Pattern::new(text).map(Filter::Glob).map_err(|e| format!("not a glob pattern: {e}"))
        } else {
            Ok(Filter::Part(text.into()))
        }
    }
}

impl Filter {
    /// A pattern matches the whole path, or as much of its end as begins with a folder or the file name.
    fn matches(&self, path: &str) -> bool {
        match self {
            Filter::Part(part) => path.contains(part.as_str()),
            Filter::Glob(pattern) => {
                let ends = path.match_indices('/').map(|(i, _)| &path[i + 1..]);
                std::iter::once(path).chain(ends).any(|end| pattern.matches(end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters() {
        let matches = |filter: &str, path: &str| filter.parse::<Filter>().unwrap().matches(path);
        assert!(matches("gc", "core/gc/struct.wast"));
        assert!(!matches("gc/x", "core/gc/struct.wast"));
        assert!(matches("*/gc/*", "core/gc/struct.wast"));
        assert!(matches("gc/*.wast", "core/gc/struct.wast"));
        assert!(matches("i[36]?.wast", "core/i32.wast"));
        assert!(!matches("i3?", "core/i32.wast"));
        assert!("[".parse::<Filter>().is_err());
    }

    #[test]
    fn shards() {
        let shard = |text: &str| text.parse::<Shard>();
        assert_eq!(shard("2/5"), Ok(Shard { part: 2, of: 5 }));
        for wrong in ["0/5", "6/5", "1", "1/0", "a/b", ""] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
        let scripts = suite::embedded();
        let mut parts: Vec<String> = Vec::new();
        for part in 1..=7 {
            parts.extend(Shard { part, of: 7 }.of(scripts.clone()).into_iter().map(|script| script.path));
        }
        let mut all: Vec<String> = scripts.into_iter().map(|script| script.path).collect();
        parts.sort();
        all.sort();
        assert_eq!(parts, all);
    }
}
