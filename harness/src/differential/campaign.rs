//! Campaigns: many generated programs on the semantics and on engines.
//!
//! What a campaign does depends on its seed only. Programs are taken in chunks; after each chunk the state is written,
//! so that a campaign that was interrupted goes on where the last chunk ended, and findings are written as soon as
//! their chunk is done.

use super::compare::{Judgement, Reference, judge};
use super::finding::{Cause, Finding};
use super::tally::Tally;
use super::validity;
use crate::engine::program::Source;
use crate::engine::{End, Engine, Limits, Program};
use crate::generate::{self, Neighbour};
use lockstep_reports::Verdict;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// How many programs make a chunk.
pub const CHUNK: u64 = 256;
/// One of so many programs gets invalid neighbours.
const NEIGHBOURS: u64 = 4;
/// The stack of each worker.
const STACK: usize = 64 << 20;

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed.
    pub seed: u64,
    /// The first program.
    pub from: u64,
    /// The program after the last; `None` is no end.
    pub to: Option<u64>,
    /// When to stop, from now.
    pub time: Option<Duration>,
    /// How many findings are enough.
    pub enough: Option<usize>,
    /// How many programs to run at a time; `None` is one for each processor.
    pub jobs: Option<NonZeroUsize>,
    /// What bounds each program on the semantics and on the engines.
    pub limits: Limits,
}

impl Options {
    /// The bounds of a generated program: it is small, and what runs for long is not worth the time.
    pub fn limits() -> Limits {
        Limits {
            steps: Some(200_000),
            frames: Some(500),
            memory: Some(64 << 20),
            timeout: Some(Duration::from_secs(10)),
        }
    }
}

/// What came of a chunk.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The program after its last.
    pub end: u64,
    /// The counts.
    pub tally: Tally,
    /// What was found, in the order of the programs.
    pub findings: Vec<Finding>,
}

/// Runs a campaign. `chunk` is told of each chunk in order and says whether to go on.
///
/// # Errors
/// When no threads can be had, or what `chunk` answers.
pub fn run<E: From<rayon::ThreadPoolBuildError>>(
    options: &Options,
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
            (at..end)
                .into_par_iter()
                .with_max_len(8)
                .map(|index| {
                    let part = one(options, engines, index);
                    tick();
                    part
                })
                .collect()
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

/// Generates a program, runs it everywhere, and counts what came of it.
fn one(options: &Options, engines: &[Box<dyn Engine>], index: u64) -> (Tally, Vec<Finding>) {
    let mut tally = Tally::default();
    let mut findings = Vec::new();
    let bytes = generate::bytes(options.seed, index);
    let source = generate::program(&bytes);
    tally.programs = 1;
    tally.modules = source.modules.len() as u64;
    examine(&source, engines, &options.limits, &mut tally, |cause, engine| {
        findings.push(Finding { seed: options.seed, index, engine, cause, source: source.clone() });
    });
    if index.is_multiple_of(NEIGHBOURS)
        && let Some(neighbour) = generate::neighbour(&bytes, &source)
    {
        examine_neighbour(&neighbour, engines, &options.limits, &mut tally, |cause, engine, source| {
            findings.push(Finding { seed: options.seed, index, engine, cause, source });
        });
    }
    (tally, findings)
}

/// Runs a program everywhere. Each thing found is told with the name of the engine.
pub fn examine(
    source: &Source,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    tally: &mut Tally,
    mut found: impl FnMut(Cause, String),
) {
    let program = source.program();
    for (i, (_, module)) in source.modules.iter().enumerate() {
        if let Some(cause) = validity::disagreement(module, &program.modules[i].bytes) {
            found(cause, validity::NAME.into());
        }
    }
    let reference = Reference::new(&program, limits);
    if let Some(why) = reference.discard() {
        tally.discard(why);
        if let Some(stuck) = reference.stuck() {
            found(Cause::Broke(Verdict::Crash, stuck), "lockstep-semantics".into());
        }
        return;
    }
    tally.compared += 1;
    for end in reference.seen.calls.iter().flatten() {
        *tally.calls.entry(ending(end)).or_default() += 1;
    }
    for engine in engines {
        let judgement = on_engine(&program, engine.as_ref(), limits, &reference);
        let counts = tally.engines.entry(engine.name().into()).or_default();
        counts.count(&judgement);
        match judgement {
            Judgement::Differs(difference) => found(Cause::Differs(difference), engine.name().into()),
            Judgement::Apart(verdict @ (Verdict::Crash | Verdict::Timeout), what) => {
                found(Cause::Broke(verdict, what), engine.name().into());
            }
            _ => {}
        }
    }
}

/// Runs a program on an engine, and holds it against the semantics.
pub fn on_engine(program: &Program, engine: &dyn Engine, limits: &Limits, reference: &Reference) -> Judgement {
    match engine.open(limits) {
        Ok(mut session) => judge(program, limits, reference, &session.run(program)),
        Err(end) => Judgement::Apart(end.verdict(), end.to_string()),
    }
}

/// Asks everyone about an invalid module.
fn examine_neighbour(
    neighbour: &Neighbour,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    tally: &mut Tally,
    mut found: impl FnMut(Cause, String, Source),
) {
    let source = Source::of(neighbour.module.clone());
    let program = source.program();
    let bytes = &program.modules[0].bytes;
    let Err(rule) = validity::ours(&neighbour.module) else { return };
    let accepted = || Cause::Accepted { rule: rule.clone(), change: neighbour.change.clone() };
    if let Some(cause) = validity::disagreement(&neighbour.module, bytes) {
        found(cause, validity::NAME.into(), source.clone());
    }
    for engine in engines {
        let loaded = engine.open(limits).and_then(|mut session| session.load(bytes));
        let counts = tally.engines.entry(engine.name().into()).or_default();
        counts.neighbours += 1;
        match loaded {
            Ok(_) => found(accepted(), engine.name().into(), source.clone()),
            Err(end @ (End::Crash(_) | End::Timeout)) => {
                found(Cause::Broke(end.verdict(), end.to_string()), engine.name().into(), source.clone());
            }
            Err(_) => {}
        }
    }
}

fn ending(end: &Result<Vec<crate::Val>, End>) -> String {
    match end {
        Ok(_) => "values".into(),
        Err(End::Trap(Some(class), _)) => format!("trap: {}", class.text()),
        Err(End::Exception(_)) => "exception".into(),
        Err(end) => end.verdict().name().into(),
    }
}

/// The findings of a campaign by cause: the first of each, and how many more there are.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    seen: BTreeMap<String, u64>,
}

impl Causes {
    /// How often a cause was seen, by signature.
    pub fn seen(&self) -> &BTreeMap<String, u64> {
        &self.seen
    }

    /// The causes of an earlier part of the campaign.
    pub fn resume(seen: BTreeMap<String, u64>) -> Self {
        Causes { seen }
    }

    /// Counts a finding; `true` when it is the first of its cause.
    pub fn first(&mut self, signature: &str) -> bool {
        let count = self.seen.entry(signature.to_owned()).or_default();
        *count += 1;
        *count == 1
    }
}
