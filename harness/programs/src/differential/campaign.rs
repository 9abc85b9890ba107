//! Campaigns: runs many generated programs on the semantics and on engines.
//!
//! A campaign depends on its seed only. Its programs have numbers, and what comes of each is [`Examined`]; they are run in
//! any order, and taken in the order of their numbers. [`course`](super::course) keeps what has come of them so far.

use super::compare::{Discard, Judgement, Reference, judge};
use super::finding::{Cause, Found, Origin};
use super::tally::{EngineTally, Tally};
use super::validity::{self, Ours};
use crate::generate;
use crate::generate::Generated;
use crate::generate::neighbours::{Neighbour, import_neighbour, neighbour};
use arbitrary::Unstructured;
use lockstep_engines::{Answer, Engine, Failure, Limits, Observation, Program, Semantics};
use lockstep_reports::Verdict;
use lockstep_semantics::RuleId;
use lockstep_work::farm::Death;
use lockstep_work::{Stop, Why};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

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
    /// The number of findings after which to stop.
    pub enough: Option<usize>,
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

/// What comes of the program of a number, and of those that are made from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Examined {
    /// The number.
    pub index: u64,
    /// The counts.
    pub tally: Tally,
    /// The findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Found>,
}

impl Examined {
    /// What comes of a program of which the process died. The place is that of [`one`].
    pub fn died(options: &CampaignOptions, index: u64, death: Death) -> Examined {
        let (origin, engine) = death
            .at
            .and_then(|at| serde_json::from_str(&at).ok())
            .unwrap_or_else(|| (Origin::Program, Semantics.name().to_owned()));
        let mut tally = Tally { programs: 1, ..Tally::default() };
        tally.modules = generate::nth(options.seed, index, &options.generate).modules.len() as u64;
        if engine == Semantics.name() {
            tally.discard(Discard::Died);
        } else {
            tally.compared = 1;
            let mut own = EngineTally::default();
            own.count(&Judgement::Incomparable(Verdict::Crash, death.how.clone()));
            tally.engines.insert(engine.clone(), own);
        }
        Examined {
            index,
            tally,
            findings: vec![Found { origin, engine, cause: Cause::Broke(Verdict::Crash, death.how) }],
        }
    }
}

/// Runs a campaign in this process, with so many programs at a time. `take` is called with what comes of each program, in
/// the order of their numbers, and says whether to go on. Says why it was asked to stop, if it was.
///
/// # Errors
/// When the threads cannot be started, and the errors of `take`.
pub fn run<E: From<io::Error>>(
    options: &CampaignOptions,
    engines: &[Box<dyn Engine>],
    jobs: NonZeroUsize,
    stop: &Stop,
    mut take: impl FnMut(Examined) -> Result<ControlFlow<()>, E>,
) -> Result<Option<Why>, E> {
    let (next, over) = (AtomicU64::new(options.from), AtomicBool::new(false));
    let limits = Limits { stop: Some(stop.clone()), ..options.limits.clone() };
    let options = &CampaignOptions { limits, ..options.clone() };
    let (done, results) = mpsc::sync_channel(jobs.get() * 4);
    thread::scope(|scope| {
        for _ in 0..jobs.get() {
            let (next, over, done) = (&next, &over, done.clone());
            let work = move || {
                while !over.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if options.to.is_some_and(|to| index >= to) {
                        break;
                    }
                    let examined = one(options, engines, index, &|_| ());
                    // What was observed since somebody asked to stop may be due to that.
                    if stop.asked().is_some() || done.send(examined).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        }
        drop(done);
        let mut waiting = InOrder::new(options.from);
        for examined in results {
            waiting.add(examined);
            while let Some(examined) = waiting.next() {
                if take(examined).inspect_err(|_| over.store(true, Ordering::Relaxed))?.is_break() {
                    over.store(true, Ordering::Relaxed);
                    return Ok(None);
                }
            }
        }
        Ok(stop.asked())
    })
}

/// Puts what comes of programs into the order of their numbers.
#[derive(Clone, Debug)]
pub struct InOrder {
    next: u64,
    waiting: BTreeMap<u64, Examined>,
}

impl InOrder {
    /// From this number on.
    pub fn new(next: u64) -> InOrder {
        InOrder { next, waiting: BTreeMap::new() }
    }

    /// Adds what comes of a program. What has been taken is not taken again.
    pub fn add(&mut self, examined: Examined) {
        if examined.index >= self.next {
            self.waiting.insert(examined.index, examined);
        }
    }

    /// The program of the next number, if it is there.
    #[allow(clippy::should_implement_trait, reason = "there may be a next one later")]
    pub fn next(&mut self) -> Option<Examined> {
        let examined = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(examined)
    }

    /// Whether the program of a number is there, or was.
    pub fn has(&self, index: u64) -> bool {
        index < self.next || self.waiting.contains_key(&index)
    }

    /// Those that wait for others before them.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Examined> {
        self.waiting.values()
    }
}

/// One of the programs of a number; empty where there is none.
pub fn program(options: &CampaignOptions, index: u64, origin: Origin) -> Program {
    let generated = generate::nth(options.seed, index, &options.generate);
    match origin {
        Origin::Program => generated.program(),
        Origin::Neighbour => neighbour_of(options.seed, index, &generated)
            .map_or_else(Program::default, |neighbour| Program::of(&neighbour.module)),
        Origin::Misfit => misfit(options.seed, index, &generated).unwrap_or_default(),
    }
}

/// Generates the programs of a number, runs them everywhere, and counts the results. `at` is told where each is run next,
/// for [`Examined::died`].
pub fn one(options: &CampaignOptions, engines: &[Box<dyn Engine>], index: u64, at: &dyn Fn(&str)) -> Examined {
    let mut examined = Examined { index, ..Examined::default() };
    let Examined { tally, findings, .. } = &mut examined;
    let mut found = |origin: Origin, engine: &str, cause| findings.push(Found { origin, engine: engine.into(), cause });
    let here = |origin: Origin| move |engine: &str| at(&serde_json::to_string(&(origin, engine)).unwrap_or_default());
    let (seed, limits) = (options.seed, &options.limits);
    here(Origin::Program)(Semantics.name());
    let generated = generate::nth(seed, index, &options.generate);
    let told = &here(Origin::Program);
    examine_at(&generated.program(), engines, limits, tally, told, |engine, cause| {
        found(Origin::Program, engine, cause);
    });
    here(Origin::Neighbour)(Semantics.name());
    if let Some(neighbour) = neighbour_of(seed, index, &generated) {
        let program = Program::of(&neighbour.module);
        let rule = neighbour.violation().map(|invalid| invalid.rule);
        let (told, change) = (&here(Origin::Neighbour), &neighbour.change);
        examine_neighbour_at(&program, rule, change, engines, limits, tally, told, |engine, cause| {
            found(Origin::Neighbour, engine, cause);
        });
    }
    if let Some(program) = misfit(seed, index, &generated) {
        let told = &here(Origin::Misfit);
        examine_at(&program, engines, limits, tally, told, |engine, cause| found(Origin::Misfit, engine, cause));
    }
    examined
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
    found: impl FnMut(&str, Cause),
) {
    examine_at(program, engines, limits, tally, &|_| (), found);
}

/// As [`examine`]; `at` is told the name of each engine that comes next.
fn examine_at(
    program: &Program,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    tally: &mut Tally,
    at: &dyn Fn(&str),
    mut found: impl FnMut(&str, Cause),
) {
    at(Semantics.name());
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
        at(engine.name());
        let (judgement, died) = observed(program, engine.as_ref(), limits, &reference);
        let counts = tally.engines.entry(engine.name().into()).or_default();
        counts.count(&judgement);
        counts.died_once += u64::from(died);
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
    observed(program, engine, limits, reference).0
}

/// As [`on_engine`]. An engine that dies is tried once more; says whether that was so and it did not die again.
fn observed(program: &Program, engine: &dyn Engine, limits: &Limits, reference: &Reference) -> (Judgement, bool) {
    let run = || engine.open(limits).map(|mut session| session.run(program));
    let crashed = |run: &Result<Observation, Failure>| match run {
        Ok(seen) => seen.has_crashed(),
        Err(end) => matches!(end, Failure::Crash(_)),
    };
    let (first, mut died) = (run(), false);
    let seen = match crashed(&first) {
        true => {
            let second = run();
            died = !crashed(&second);
            if died { second } else { first }
        }
        false => first,
    };
    match seen {
        Ok(seen) => {
            died |= seen.died_once.is_some();
            (judge(program, limits, reference, &seen), died)
        }
        Err(end) => (Judgement::Incomparable(end.verdict(), end.to_string()), died),
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
    found: impl FnMut(&str, Cause),
) {
    examine_neighbour_at(program, rule, change, engines, limits, tally, &|_| (), found);
}

/// As [`examine_neighbour`]; `at` is told the name of each engine that comes next.
fn examine_neighbour_at(
    program: &Program,
    rule: Option<RuleId>,
    change: &str,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    tally: &mut Tally,
    at: &dyn Fn(&str),
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
        at(engine.name());
        let counts = tally.engines.entry(engine.name().into()).or_default();
        counts.neighbours += 1;
        let again = || accepts(part.bytes.as_ref(), rule, change, engine.as_ref(), limits);
        let broke = |cause: &Option<Cause>| matches!(cause, Some(Cause::Broke(Verdict::Crash, _)));
        let mut cause = again();
        if broke(&cause) {
            let second = again();
            if !broke(&second) {
                counts.died_once += 1;
                cause = second;
            }
        }
        if let Some(cause) = cause {
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
