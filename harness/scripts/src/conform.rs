//! Conformance runs: many scripts on one engine, into one report.

use crate::attempt::{Attempt, attempt};
use crate::script;
use crate::suite::Script;
use lockstep_engines::message::Messages;
use lockstep_engines::{Engine, Limits};
use lockstep_reports::{FileReport, Finding, Report, Standard};
use rayon::prelude::*;
use std::io;
use std::num::NonZeroUsize;
use std::time::Instant;
use thiserror::Error;

/// The stack of each worker. Only what is touched takes memory.
const STACK: usize = 256 << 20;

/// Options of a run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The limits of each script.
    pub limits: Limits,
    /// The meanings of the texts in assertions.
    pub messages: Messages,
    /// How many scripts to run at a time; `None` is one for each processor.
    pub jobs: Option<NonZeroUsize>,
}

/// An error of a run itself. Whatever a script or an engine does is a verdict instead.
#[derive(Debug, Error)]
pub enum RunError {
    /// A script cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// Where it is.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// The threads cannot be started.
    #[error("cannot start the threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Runs scripts on an engine, several at a time. `done` is called with each script that has been run.
///
/// # Errors
/// When a script cannot be read, or no threads can be had.
pub fn run(
    scripts: &[Script],
    engine: &dyn Engine,
    options: &Options,
    done: impl Fn(&FileReport) + Sync,
) -> Result<Report, RunError> {
    let results = each(scripts, options.jobs, |script| {
        let attempt = attempt(script, engine, options, None)?;
        done(&attempt.file);
        Ok(attempt)
    })?;
    Ok(report(engine, results))
}

/// The report on what came of scripts.
pub fn report(engine: &dyn Engine, attempts: impl IntoIterator<Item = Attempt>) -> Report {
    let mut notes = Vec::new();
    let results = attempts.into_iter().map(|attempt| {
        let (file, findings, note) = attempt.into_parts();
        notes.extend(note);
        (file, findings)
    });
    let mut report = Report::new(standard(), named(engine), results.collect::<Vec<_>>());
    report.notes.extend(notes);
    report
}

/// Applies a function to scripts, several at a time. The results are in the order of the scripts.
pub(crate) fn each<T: Send>(
    scripts: &[Script],
    jobs: Option<NonZeroUsize>,
    run: impl Fn(&Script) -> Result<T, RunError> + Sync,
) -> Result<Vec<T>, RunError> {
    let threads = jobs.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build()?;
    // One script at a time: they are of very different length.
    pool.install(|| scripts.par_iter().with_max_len(1).map(&run).collect())
}

/// An engine, for reports.
pub(crate) fn named(engine: &dyn Engine) -> lockstep_reports::Engine {
    lockstep_reports::Engine { name: engine.name().into(), version: engine.version().into() }
}

/// Runs one script on an engine.
pub(crate) fn run_one(
    script: &Script,
    engine: &dyn Engine,
    options: &Options,
) -> Result<(FileReport, Vec<Finding>), RunError> {
    let begin = Instant::now();
    let text = script.read().map_err(|error| RunError::Read { path: script.path.clone(), error })?;
    let source = script::Script { path: &script.path, suite: &script.suite, text: &text, file: script.location() };
    let (mut file, findings) = script::run_with(&source, engine, &options.limits, &options.messages);
    file.seconds = begin.elapsed().as_secs_f64();
    Ok((file, findings))
}

/// The version of the standard that engines are compared with.
pub fn standard() -> Standard {
    Standard { name: lockstep_spec::STANDARD.into(), pin: lockstep_spec::PIN.into() }
}
