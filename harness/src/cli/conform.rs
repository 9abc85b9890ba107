//! `lockstep conform`

use super::bounds::Bounds;
use super::report::Request;
use super::{Outcome, Output};
use crate::conform::{self, Options};
use crate::engine::Semantics;
use crate::suite::{self, Script};
use anyhow::{Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_reports::terminal;
use std::io::Write as _;
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

    /// Write a report: json=PATH, junit=PATH or markdown=PATH; `-` is standard output. Can be repeated
    #[arg(long = "report", value_name = "KIND=PATH")]
    reports: Vec<Request>,

    /// Run those scripts only whose path contains this, or matches it as a glob pattern. Can be repeated
    #[arg(long = "filter", value_name = "PATTERN")]
    filters: Vec<Filter>,

    /// How many scripts to run at a time [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    bounds: Bounds,
}

impl Conform {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        if self.reports.iter().filter(|request| request.is_stdout()).count() > 1 {
            bail!("only one report can go to standard output");
        }
        let scripts = if self.paths.is_empty() { suite::embedded() } else { suite::collect(&self.paths)? };
        let scripts = filtered(scripts, &self.filters)?;
        let targets = self.reports.iter().map(Request::open).collect::<Result<Vec<_>>>()?;

        let progress = progress(scripts.len());
        let options = Options { limits: self.bounds.limits(), jobs: self.jobs };
        let report = conform::run(&scripts, &Semantics, &options, |file| {
            progress.set_message(file.path.clone());
            progress.inc(1);
        });
        progress.finish_and_clear();
        let report = report?;

        // Standard output is for one reader: a program that wants the report, or else people.
        let mut stderr;
        let people = if self.reports.iter().any(Request::is_stdout) {
            stderr = Output::stderr();
            &mut stderr
        } else {
            &mut *stdout
        };
        let colours = people.colours();
        let text = terminal::render(&report, terminal::Options { colours, ..terminal::Options::default() });
        people.write_all(text.as_bytes())?;
        people.finish()?;
        for target in targets {
            target.write(&report, stdout)?;
        }
        Ok(if report.is_success() { Outcome::AsExpected } else { Outcome::Findings })
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
}
