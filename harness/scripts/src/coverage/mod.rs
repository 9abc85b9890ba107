//! Coverage: which rules of the standard a suite uses, how often, and by which directives.
//!
//! Scripts are run on the semantics as [`conform`] runs them, with a [`Recorder`] as the observer. A rule counts as
//! used by a directive when it was applied while the directive ran, in validation or in execution; that includes rules
//! that were derived in a module before another of its parts turned out to be invalid.
//!
//! The productions of the grammars are counted beside the rules, by modules: those that were read with a production, and
//! those that are malformed in it. A module in text uses those of chapter 6, one in bytes those of chapter 5.

mod engine;
mod recorder;
mod summary;

pub use engine::Watched;
pub use recorder::{Directive, Recorder, ScriptCoverage};

use crate::conform::{self, Options, RunError};
use crate::suite::Script;
use lockstep_engines::Semantics;
use lockstep_reports::coverage::Place;
use lockstep_reports::{FileReport, Report};
use lockstep_semantics::observe::RuleCounts;
use lockstep_spec::{ProductionId, RuleId};

/// The coverage of a run.
#[derive(Clone, Debug)]
pub struct CoverageRun {
    /// The report on the directives.
    pub report: Report,
    /// How often each rule was used.
    pub counts: RuleCounts,
    /// The coverage of each script, in the order of the scripts.
    pub scripts: Vec<ScriptCoverage>,
}

/// Runs scripts on the semantics, several at a time, and records the rules that they use. `done` is called with each
/// script that has been run.
///
/// # Errors
/// When a script cannot be read, or no threads can be had.
pub fn run(scripts: &[Script], options: &Options, done: impl Fn(&FileReport) + Sync) -> Result<CoverageRun, RunError> {
    let results = conform::each(scripts, options.jobs, |script| {
        let engine = Watched::default();
        let result = conform::run_one(script, &engine, options)?;
        done(&result.0);
        Ok((result, engine.into_recorder()))
    })?;
    let mut counts = RuleCounts::default();
    let mut verdicts = Vec::with_capacity(results.len());
    let mut scripts = Vec::with_capacity(results.len());
    for ((file, findings), recorder) in results {
        let (more, script) = recorder.finish(file.path.clone());
        counts.merge(&more);
        scripts.push(script);
        verdicts.push((file, findings));
    }
    let report = Report::new(conform::standard(), conform::named(&Semantics), verdicts);
    Ok(CoverageRun { report, counts, scripts })
}

impl CoverageRun {
    /// The directives that used a rule, in the order of the suite.
    pub fn users(&self, rule: RuleId) -> impl Iterator<Item = Place> {
        self.scripts.iter().flat_map(move |script| script.users(rule).map(|directive| script.place(directive)))
    }

    /// The number of modules that were read with a production.
    pub fn modules(&self, production: ProductionId) -> u64 {
        self.scripts.iter().map(|script| script.read(production).0).sum()
    }

    /// The number of modules that are malformed in a production, the innermost one that fails.
    pub fn malformed(&self, production: ProductionId) -> u64 {
        self.scripts.iter().map(|script| script.malformed(production).0).sum()
    }
}
