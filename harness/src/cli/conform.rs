//! `lockstep conform`

use super::bounds::{self, Bounds};
use super::report::Publication;
use super::{Outcome, Output};
use crate::conform::{self, Options};
use crate::engine;
use crate::engine::message::{Declaration, Messages};
use crate::suite::{self, Script};
use anyhow::{Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::num::NonZeroUsize;
use std::path::PathBuf;
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
    pub(super) fn execute(self, stdout: &mut Output, _stop: &lockstep_work::Stop) -> Result<Outcome> {
        let scripts = if self.paths.is_empty() { suite::embedded() } else { suite::collect(&self.paths)? };
        let modules = suite::modules(&self.paths);
        let mut scripts = filtered(scripts, &self.filters)?;
        if let Some(shard) = self.shard {
            scripts = shard.of(scripts);
        }
        let features = self.bounds.limits().features;
        let engines = match self.engines.as_slice() {
            [] => vec![engine::named("semantics")?],
            specs => specs.iter().map(|spec| engine::named_with(spec, features)).collect::<Result<_, _>>()?,
        };
        let publisher = self.publication.open()?;

        let progress = progress(scripts.len() * engines.len());
        let messages = Messages::new(self.messages);
        let options = Options { limits: self.bounds.limits(), messages, jobs: Some(bounds::jobs(self.jobs)) };
        let mut reports = Vec::with_capacity(engines.len());
        for engine in &engines {
            let report = conform::run(&scripts, engine.as_ref(), &options, |file| {
                progress.set_message(format!("{}: {}", engine.name(), file.path));
                progress.inc(1);
            });
            let mut report = report?;
            report.notes.extend(
                modules.iter().map(|path| format!("{}: a module and no script, which is not run", path.display())),
            );
            reports.push(report);
        }
        progress.finish_and_clear();
        publisher.publish(&reports, stdout)
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
