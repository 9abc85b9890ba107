//! Reduces findings: runs the reducer with the test that the engine is still wrong in the same way.

use super::campaign::{accepts, cause, on_engine};
use super::compare::Reference;
use super::finding::{Cause, Finding};
use crate::reduce::{Candidate, Keep, Progress, ReduceOptions, Reduced, reduce};
use lockstep_engines::{Engine, Failure, Limits, Program, Reason, Semantics};
use lockstep_reports::Verdict;

/// The cause of a finding about an engine on a program; none when the engine agrees with the standard, or cannot be
/// judged. `wanted` is the cause on the program that this one was reduced from.
pub fn wrong(program: &Program, wanted: &Cause, engine: &dyn Engine, limits: &Limits) -> Option<Cause> {
    if let Cause::Accepted { rule, change } = wanted {
        let part = program.modules.first()?;
        match Semantics.open(limits).ok()?.load(&part.bytes).err()? {
            Failure::Invalid(Reason::Semantics(refusal)) if refusal.error.rule == *rule => {}
            _ => return None,
        }
        return accepts(&part.bytes, *rule, change, engine, limits);
    }
    let reference = Reference::new(program, limits);
    if let Some(stuck) = reference.stuck() {
        return (engine.name() == Semantics.name()).then_some(Cause::Broke(Verdict::Crash, stuck));
    }
    if reference.discard().is_some() {
        return None;
    }
    cause(on_engine(program, engine, limits, &reference))
}

/// Reduces the program of a finding while the engine is wrong in the same way. `None` if the finding cannot be
/// reproduced.
pub fn minimise(
    finding: &Finding,
    engine: &dyn Engine,
    limits: &Limits,
    options: &ReduceOptions,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> Option<(Reduced, Cause)> {
    let class = finding.cause.class();
    let still =
        |program: &Program| wrong(program, &finding.cause, engine, limits).filter(|cause| cause.class() == class);
    still(&finding.program)?;
    let start = Candidate::new(&finding.program).ok()?;
    let keep = if matches!(finding.cause, Cause::Accepted { .. }) { Keep::Anything } else { Keep::Valid };
    let options = ReduceOptions { keep, ..options.clone() };
    let reduced = reduce(&start, &options, &mut |candidate| still(&candidate.program).is_some(), progress);
    let cause = still(&reduced.candidate.program)?;
    Some((reduced, cause))
}
