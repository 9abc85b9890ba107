//! Conformance runs: many scripts on one engine, into one report.

use crate::engine::{Engine, Limits};
use crate::script;
use crate::suite::Script;
use lockstep_reports::{FileReport, Finding, Report, Standard};
use rayon::prelude::*;
use std::io;
use std::num::NonZeroUsize;
use std::time::Instant;
use thiserror::Error;

/// The stack of each worker. Only what is touched takes memory; text nests as deep as `wast` lets it.
const STACK: usize = 256 << 20;

/// How to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What bounds each script.
    pub limits: Limits,
    /// How many scripts to run at a time; `None` is one for each processor.
    pub jobs: Option<NonZeroUsize>,
}

/// Why a run could not be done. Whatever a script or an engine does is a verdict instead.
#[derive(Debug, Error)]
pub enum RunError {
    /// A script cannot be read from where it is.
    #[error("cannot read {path}: {error}")]
    Read {
        /// Where it is.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// There are not as many threads as asked for.
    #[error("cannot start the threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Runs scripts on an engine, several at a time. `done` is told of each script that has been run.
///
/// # Errors
/// When a script cannot be read, or no threads can be had.
pub fn run(
    scripts: &[Script],
    engine: &dyn Engine,
    options: &Options,
    done: impl Fn(&FileReport) + Sync,
) -> Result<Report, RunError> {
    let threads = options.jobs.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build()?;
    let results: Result<Vec<_>, RunError> = pool.install(|| {
        let each = |script: &Script| {
            let result = run_one(script, engine, &options.limits)?;
            done(&result.0);
            Ok(result)
        };
        // One script at a time: they are of very different length.
        scripts.par_iter().with_max_len(1).map(each).collect()
    });
    let engine = lockstep_reports::Engine { name: engine.name().into(), version: engine.version().into() };
    Ok(Report::new(standard(), engine, results?))
}

fn run_one(script: &Script, engine: &dyn Engine, limits: &Limits) -> Result<(FileReport, Vec<Finding>), RunError> {
    let begin = Instant::now();
    let text = script.read().map_err(|error| RunError::Read { path: script.path.clone(), error })?;
    let (mut file, findings) = script::run(&script.path, &script.suite, &text, engine, limits);
    file.seconds = begin.elapsed().as_secs_f64();
    Ok((file, findings))
}

/// The standard that everything is held against.
pub fn standard() -> Standard {
    Standard { name: lockstep_spec::STANDARD.into(), pin: lockstep_spec::PIN.into() }
}
