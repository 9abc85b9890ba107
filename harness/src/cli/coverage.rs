//! `lockstep coverage`

use super::bounds::{self, Bounds};
use super::conform::{filtered, progress};
use super::{Outcome, Output, output};
use crate::conform::Options;
use crate::{coverage, suite};
use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use lockstep_reports::coverage::{html, json, markdown, text};
use lockstep_reports::{Pattern, Status};
use lockstep_spec::RuleId;
use lockstep_work::whole::{self, Whole};
use std::fs;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Run test scripts and report which rules and productions of the standard they use
///
/// Without PATHS, the embedded suite of WebAssembly 3.0 is run.
#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// Scripts (*.wast), and folders of them with all that is below
    paths: Vec<PathBuf>,

    /// Run the embedded suite too, before PATHS
    #[arg(long)]
    embedded: bool,

    /// How to write the report
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,

    /// Write the report there instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write pages as well: one for each chapter, with a heat map
    #[arg(long, value_name = "DIR")]
    html: Option<PathBuf>,

    /// Write only the names of the rules that were not fired, though they could be, one to a line
    #[arg(long, conflicts_with_all = ["format", "rules"])]
    unfired: bool,

    /// Write only the names of the productions that no module was read with, though some could be, one to a line
    #[arg(long, conflicts_with_all = ["format", "rules", "unfired"])]
    unused_productions: bool,

    /// Write only the directives that used this rule, all of them. Can be repeated
    #[arg(long = "rule", value_name = "NAME", value_parser = rule, conflicts_with = "format")]
    rules: Vec<RuleId>,

    /// Run those scripts only whose path contains this, or matches it as a glob pattern. Can be repeated
    #[arg(long = "filter", value_name = "PATTERN")]
    filters: Vec<Pattern>,

    /// How many scripts to run at a time [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    bounds: Bounds,
}

/// The forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs; has a version
    Json,
    /// For pull requests and job summaries
    Markdown,
}

impl Coverage {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let mut scripts = match self.embedded || self.paths.is_empty() {
            true => suite::embedded(),
            false => Vec::new(),
        };
        scripts.extend(suite::collect(&self.paths)?);
        let scripts = filtered(scripts, &self.filters)?;
        // So that it is known before the run whether the report can be written.
        let file = self.out.as_ref().map(|path| Whole::prepare(path).with_context(|| cannot(path))).transpose()?;
        if let Some(folder) = &self.html {
            fs::create_dir_all(folder).with_context(|| cannot(folder))?;
        }

        let progress = progress(scripts.len());
        let options =
            Options { limits: self.bounds.limits(), jobs: Some(bounds::jobs(self.jobs)), ..Options::default() };
        let coverage = coverage::run(&scripts, &options, |file| {
            progress.set_message(file.path.clone());
            progress.inc(1);
        });
        progress.finish_and_clear();
        let coverage = coverage?;

        let text = self.text(&coverage);
        match (file, &self.out) {
            (Some(file), Some(path)) => file.write(text.as_bytes()).with_context(|| cannot(path))?,
            _ => stdout.write_all(text.as_bytes())?,
        }
        if let Some(folder) = &self.html {
            for page in html::render(&coverage.summary()) {
                let path = folder.join(page.name);
                whole::write(&path, page.text.as_bytes()).with_context(|| cannot(&path))?;
            }
        }
        for finding in &coverage.report.failures {
            let lockstep_reports::Finding { path, line, column, directive, verdict, .. } = finding;
            output::complain(format_args!("{verdict}: {path}:{line}:{column}: {directive}"));
        }
        Ok(match coverage.report.status() {
            Status::AsExpected => Outcome::AsExpected,
            Status::Findings => Outcome::Findings,
            Status::Incomplete(why) => Outcome::Incomplete(why),
        })
    }

    /// What was asked for.
    fn text(&self, coverage: &coverage::CoverageRun) -> String {
        if !self.rules.is_empty() {
            return self.rules.iter().map(|&rule| users(coverage, rule)).collect();
        }
        let summary = coverage.summary();
        match self.format {
            _ if self.unfired => text::unfired(&summary),
            _ if self.unused_productions => text::unused_productions(&summary),
            Format::Text => text::render(&summary),
            Format::Json => json::render(&summary),
            Format::Markdown => markdown::render(&summary),
        }
    }
}

/// A rule and all the directives that used it.
fn users(coverage: &coverage::CoverageRun, rule: RuleId) -> String {
    let mut text = format!("{rule}: used {} times\n", coverage.counts.count(rule));
    for place in coverage.users(rule) {
        text.push_str(&format!("    {}:{}:{}: {}\n", place.file, place.line, place.column, place.directive));
    }
    text
}

fn rule(name: &str) -> Result<RuleId, String> {
    RuleId::parse(name).ok_or_else(|| "the standard has no rule of this name".into())
}

fn cannot(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
