//! Conformance runs: many scripts on one engine, into one report.

use crate::attempt::{Attempt, attempt};
use crate::script::{self, Terms, crash};
use crate::suite::Script;
use lockstep_engines::{Engine, Limits, Semantics};
use lockstep_reports::{FileReport, Finding, Official, Report, Standard};
use lockstep_spec::suite::OfficialSuite;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
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
    /// What the run is told about the scripts.
    pub terms: Terms,
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
    let mut report = report(engine, results);
    report.run.scripts = scripts.len() as u64;
    Ok(report)
}

/// The report on what came of scripts.
pub fn report(engine: &dyn Engine, attempts: impl IntoIterator<Item = Attempt>) -> Report {
    let (mut results, mut notes) = (Vec::new(), Vec::new());
    for Attempt { file, findings, note } in attempts {
        results.push((file, findings));
        notes.extend(note);
    }
    let mut report = Report::new(standard(), named(engine), results);
    report.run.scripts = report.summary.files;
    report.run.official = Some(official(&report));
    report.notes.extend(notes);
    report
}

/// How much of the official suite a report has.
pub fn official(report: &Report) -> Official {
    let list = OfficialSuite::get();
    let mut official = Official { pin: lockstep_spec::PIN.to_owned(), ..Official::default() };
    for script in list.scripts() {
        official.all.add(script.directives);
    }
    for file in &report.files {
        let name = file.name.split_once('/').map_or(file.name.as_str(), |(_, name)| name);
        let share = match list.of_digest(&file.digest) {
            Some(_) => &mut official.same,
            None if list.of_name(name).is_some() => &mut official.changed,
            None => &mut official.other,
        };
        share.add(file.total());
    }
    official
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
pub fn named(engine: &dyn Engine) -> lockstep_reports::Engine {
    lockstep_reports::Engine { name: engine.name().into(), version: engine.version().into() }
}

/// Runs one script on an engine. What an engine other than the semantics fails is explained by the semantics.
pub(crate) fn run_one(
    script: &Script,
    engine: &dyn Engine,
    options: &Options,
) -> Result<(FileReport, Vec<Finding>), RunError> {
    let begin = Instant::now();
    let text = script.read().map_err(|error| RunError::Read { path: script.path.clone(), error })?;
    let source = script::Script { path: &script.path, suite: &script.suite, text: &text, file: script.location() };
    let Options { limits, terms, .. } = options;
    let (mut file, mut findings) = script::run_with(&source, engine, limits, terms);
    if engine.name() != Semantics.name() {
        // The findings stand without it, should it panic.
        let _ = crash::catch(|| script::explain(&source, limits, terms, &mut findings));
    }
    file.digest = digest(&text);
    file.seconds = begin.elapsed().as_secs_f64();
    Ok((file, findings))
}

/// The first half of the SHA-256 of a script, in hexadecimal.
pub fn digest(text: &[u8]) -> String {
    let digest = Sha256::digest(text);
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The version of the standard that engines are compared with.
pub fn standard() -> Standard {
    Standard { name: lockstep_spec::STANDARD.into(), pin: lockstep_spec::PIN.into() }
}
