//! Campaigns: runs many generated programs on the semantics and on engines.
//!
//! A campaign depends on its seed only. It takes programs in chunks and saves its state after each chunk, so that an
//! interrupted campaign resumes where the last chunk ended. Findings are saved as soon as their chunk is done.

use super::compare::{Judgement, Reference, judge};
use super::finding::{Cause, Finding};
use super::tally::Tally;
use super::validity::{self, Ours};
use crate::generate;
use crate::generate::Generated;
use crate::generate::neighbours::{Neighbour, import_neighbour, neighbour};
use arbitrary::Unstructured;
use lockstep_engines::{Answer, Engine, Failure, Limits, Program, Semantics};
use lockstep_reports::Verdict;
use lockstep_semantics::RuleId;
use rayon::prelude::*;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// How many programs make a chunk.
pub const CHUNK: u64 = 256;
/// How many bytes a neighbour is made from.
const NEIGHBOUR_BYTES: usize = 256;
/// The stack of each worker.
const STACK: usize = 64 << 20;

/// The options of a campaign.
#[derive(Clone, Debug)]
pub struct CampaignOptions {
    /// The seed.
    pub seed: u64,
    /// The first program.
    pub from: u64,
    /// The program after the last; `None` is no end.
    pub to: Option<u64>,
    /// When to stop, from now.
    pub time: Option<Duration>,
    /// The number of findings after which to stop.
    pub enough: Option<usize>,
    /// How many programs to run at a time; `None` is one for each processor.
    pub jobs: Option<NonZeroUsize>,
    /// The limits of each program on the semantics and on the engines.
    pub limits: Limits,
    /// The options of the generator.
    pub generate: generate::GenerateOptions,
}

impl CampaignOptions {
    /// The limits of a generated program. They are low: long runs are not worth the time.
    pub fn limits() -> Limits {
        Limits {
            steps: Some(200_000),
            frames: Some(500),
            memory: Some(64 << 20),
            timeout: Some(Duration::from_secs(10)),
            ..Limits::default()
        }
    }
}

/// The results of a chunk.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The program after its last.
    pub end: u64,
    /// The counts.
    pub tally: Tally,
    /// The findings, in the order of the programs.
    pub findings: Vec<Finding>,
}

/// Runs a campaign. `chunk` is called with each chunk in order, and returns whether to go on.
///
/// # Errors
/// When the threads cannot be started, and the errors of `chunk`.
pub fn run<E: From<rayon::ThreadPoolBuildError>>(
    options: &CampaignOptions,
    engines: &[Box<dyn Engine>],
    tick: impl Fn() + Sync,
    mut chunk: impl FnMut(Chunk) -> Result<(), E>,
) -> Result<(), E> {
    let begin = Instant::now();
    let threads = options.jobs.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build()?;
    let mut at = options.from;
    let mut found = 0;
    let over = |at: u64, found: usize| {
        options.to.is_some_and(|to| at >= to)
            || options.time.is_some_and(|time| begin.elapsed() >= time)
            || options.enough.is_some_and(|enough| found >= enough)
    };
    while !over(at, found) {
        let end = options.to.unwrap_or(u64::MAX).min(at.saturating_add(CHUNK));
        let parts: Vec<(Tally, Vec<Finding>)> = pool.install(|| {
            let one = |n: usize| {
                let part = one(options, engines, at + n as u64);
                tick();
                part
            };
            (0..(end - at) as usize).into_par_iter().with_max_len(8).map(one).collect()
        });
        let mut whole = Chunk { end, ..Chunk::default() };
        for (tally, findings) in parts {
            whole.tally.add(&tally);
            whole.findings.extend(findings);
        }
        found += whole.findings.len();
        at = end;
        chunk(whole)?;
    }
    Ok(())
}

/// Generates a program, runs it everywhere, and counts the results.
fn one(options: &CampaignOptions, engines: &[Box<dyn Engine>], index: u64) -> (Tally, Vec<Finding>) {
    let mut tally = Tally::default();
    let mut findings = Vec::new();
    let seed = options.seed;
    let generated = generate::nth(seed, index, &options.generate);
    let program = generated.program();
    examine(&program, engines, &options.limits, &mut tally, |engine, cause| {
        findings.push(Finding { seed, index, engine: engine.into(), cause, program: program.clone() });
    });
    if let Some(neighbour) = neighbour_of(seed, index, &generated) {
        let program = Program::of(&neighbour.module);
        let rule = neighbour.violation().map(|invalid| invalid.rule);
        examine_neighbour(&program, rule, &neighbour.change, engines, &options.limits, &mut tally, |engine, cause| {
            findings.push(Finding { seed, index, engine: engine.into(), cause, program: program.clone() });
        });
    }
    if let Some(program) = misfit(seed, index, &generated) {
        examine(&program, engines, &options.limits, &mut tally, |engine, cause| {
            findings.push(Finding { seed, index, engine: engine.into(), cause, program: program.clone() });
        });
    }
    (tally, findings)
}

/// Changes a campaign's program of several modules: the last one asks for an import of another type. Nothing is called.
pub fn misfit(seed: u64, index: u64, generated: &Generated) -> Option<Program> {
    if generated.modules.len() < 2 {
        return None;
    }
    let bytes = generate::bytes(generate::seed_of(seed.rotate_left(32) ^ !seed, index), NEIGHBOUR_BYTES);
    let (_, last) = generated.modules.last()?;
    let neighbour = import_neighbour(last, &mut Unstructured::new(&bytes))?;
    let mut other = Generated { modules: generated.modules.clone(), calls: Vec::new() };
    other.modules.last_mut()?.1 = neighbour.module;
    Some(other.program())
}

/// The neighbour of the last module of a campaign's program.
pub fn neighbour_of(seed: u64, index: u64, generated: &Generated) -> Option<Neighbour> {
    let bytes = generate::bytes(generate::seed_of(!seed, index), NEIGHBOUR_BYTES);
    let (_, module) = generated.modules.last()?;
    neighbour(module, &mut Unstructured::new(&bytes))
}

/// Runs a program everywhere. `found` is called with each cause found and the name of the engine.
pub fn examine(
    program: &Program,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    tally: &mut Tally,
    mut found: impl FnMut(&str, Cause),
) {
    tally.programs += 1;
    tally.modules += program.modules.len() as u64;
    let reference = Reference::new(program, limits);
    for (part, ours) in program.modules.iter().zip(&reference.seen.modules) {
        if let Some(cause) = validity::disagreement(&part.bytes, Ours::of(ours), limits.features) {
            found(validity::NAME, cause);
        }
    }
    if let Some(why) = reference.discard() {
        tally.discard(why);
        if let Some(stuck) = reference.stuck() {
            found(Semantics.name(), Cause::Broke(Verdict::Crash, stuck));
        }
        return;
    }
    tally.compared += 1;
    for end in reference.seen.calls.iter().flatten() {
        *tally.calls.entry(ending(end)).or_default() += 1;
    }
    for engine in engines {
        let judgement = on_engine(program, engine.as_ref(), limits, &reference);
        tally.engines.entry(engine.name().into()).or_default().count(&judgement);
        if let Some(cause) = cause(judgement) {
            found(engine.name(), cause);
        }
    }
}

/// The cause of a finding, if the judgement is one.
pub fn cause(judgement: Judgement) -> Option<Cause> {
    match judgement {
        Judgement::Differs(difference) if difference.is_rejection() => Some(Cause::Rejected(difference.got.text)),
        Judgement::Differs(difference) => Some(Cause::Differs(difference)),
        Judgement::Incomparable(verdict @ (Verdict::Crash | Verdict::Timeout), what) => {
            Some(Cause::Broke(verdict, what))
        }
        _ => None,
    }
}

/// Runs a program on an engine, and compares it with the semantics.
pub fn on_engine(program: &Program, engine: &dyn Engine, limits: &Limits, reference: &Reference) -> Judgement {
    match engine.open(limits) {
        Ok(mut session) => judge(program, limits, reference, &session.run(program)),
        Err(end) => Judgement::Incomparable(end.verdict(), end.to_string()),
    }
}

/// Loads a neighbour of a valid module on all engines. `rule` is the rule that the change broke, if it broke any.
pub fn examine_neighbour(
    program: &Program,
    rule: Option<RuleId>,
    change: &str,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    tally: &mut Tally,
    mut found: impl FnMut(&str, Cause),
) {
    let Some(part) = program.modules.first() else { return };
    tally.neighbours += 1;
    let ours = rule.map_or(Ours::Valid, |rule| Ours::Invalid { rule, change: change.into() });
    if let Some(cause) = validity::disagreement(&part.bytes, ours, limits.features) {
        found(validity::NAME, cause);
    }
    let Some(rule) = rule else { return };
    tally.invalid += 1;
    for engine in engines.iter().filter(|engine| !engine.lacks().validation) {
        tally.engines.entry(engine.name().into()).or_default().neighbours += 1;
        if let Some(cause) = accepts(part.bytes.as_ref(), rule, change, engine.as_ref(), limits) {
            found(engine.name(), cause);
        }
    }
}

/// The cause of a finding if an engine accepts an invalid module.
pub fn accepts(bytes: &[u8], rule: RuleId, change: &str, engine: &dyn Engine, limits: &Limits) -> Option<Cause> {
    match engine.open(limits).and_then(|mut session| session.load(bytes)) {
        Ok(_) => Some(Cause::Accepted { rule, change: change.into() }),
        Err(end @ (Failure::Crash(_) | Failure::Timeout)) => Some(Cause::Broke(end.verdict(), end.to_string())),
        Err(_) => None,
    }
}

fn ending(end: &Answer) -> String {
    match end {
        Ok(_) => "values".into(),
        Err(Failure::Trap(Some(class), _)) => format!("trap: {}", class.text()),
        Err(Failure::Exception(_)) => "exception".into(),
        Err(end) => end.verdict().name().into(),
    }
}
