//! `lockstep conform`

use super::bounds::Bounds;
use super::expect::Expecting;
use super::report::Publication;
use super::{Outcome, Output};
use crate::conform::{self, Options};
use crate::engine;
use crate::engine::message::{Declaration, Messages};
use crate::script::Terms;
use crate::suite::{self, Script};
use anyhow::{Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_reports::{LeftOut, Pattern, Report, Shard};
use std::num::NonZeroUsize;
use std::path::PathBuf;

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
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let scripts = if self.paths.is_empty() { suite::embedded() } else { suite::collect(&self.paths)? };
        let modules = suite::modules(&self.paths);
        let scripts = filtered(scripts, &self.filters)?;
        let features = self.bounds.limits().features;
        let engines = match self.engines.as_slice() {
            [] => vec![engine::named("semantics")?],
            specs => specs.iter().map(|spec| engine::named_with(spec, features)).collect::<Result<_, _>>()?,
        };
        let expectations = self.expecting.open(&self.paths)?;
        let messages = Messages::new(self.messages.iter().cloned().chain(expectations.messages()?).collect());
        let publisher = self.publication.open()?;

        let progress = progress(scripts.len() * engines.len());
        let mut reports = Vec::with_capacity(engines.len());
        for engine in &engines {
            let (name, version) = (engine.name().to_owned(), engine.version().to_owned());
            let about = lockstep_reports::Engine { name, version };
            let (chosen, left_out) = expectations.choose(&scripts, &about);
            let all = chosen.len();
            let chosen = match self.shard {
                Some(shard) => part(shard, chosen),
                None => chosen,
            };
            let skip = expectations.skipped_features(&about);
            let terms = Terms { messages: messages.clone(), skip };
            let options = Options { limits: self.bounds.limits(), terms, jobs: self.jobs };
            let report = conform::run(&chosen, engine.as_ref(), &options, |file| {
                progress.set_message(format!("{}: {}", engine.name(), file.path));
                progress.inc(1);
            });
            let mut report = report?;
            self.say_what_was_run(&mut report, all, left_out);
            report.notes.extend(
                modules.iter().map(|path| format!("{}: a module and no script, which is not run", path.display())),
            );
            reports.push(report);
        }
        progress.finish_and_clear();
        expectations.apply(&mut reports)?;
        publisher.publish(reports, stdout)
    }

    fn say_what_was_run(&self, report: &mut Report, all: usize, left_out: Vec<LeftOut>) {
        report.run.scripts = all as u64;
        report.run.shards.extend(self.shard);
        report.run.filters = self.filters.iter().map(ToString::to_string).collect();
        report.run.left_out = left_out;
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
