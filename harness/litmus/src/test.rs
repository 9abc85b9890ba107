//! Runs a litmus test under the models, and compares the outcomes with its declarations and with an engine.

use super::explore::{Did, Explored, Replayed, explore, replay};
use super::isolated::{Calls, IsolatedThreads};
use super::label::Labels;
use super::{Declared, ExploreBounds, Model, Observation, Outcome, Plan, with_plan};
use lockstep_reports::Kind;
use lockstep_reports::litmus::{self as report, Column, Event, Judgement, Test, Witness};
use lockstep_semantics::execution::{Action, Location};
use lockstep_semantics::relaxed::{self, Execution, cells};
use lockstep_semantics::syntax::Features;
use rustc_hash::{FxHashMap, FxHashSet};
use std::time::Instant;

/// Options for running litmus tests.
#[derive(Clone, Debug)]
pub struct LitmusOptions {
    /// The models to ask, in this order.
    pub models: Vec<Model>,
    /// The bounds of the exploration.
    pub bounds: ExploreBounds,
    /// The proposals that modules may use.
    pub features: Features,
}

impl Default for LitmusOptions {
    fn default() -> Self {
        LitmusOptions {
            models: Model::ALL.into(),
            bounds: ExploreBounds::default(),
            features: Features::SHARED_EVERYTHING,
        }
    }
}

/// The maximal number of candidates to examine for the reason why an outcome is forbidden.
const REASONS: u64 = 200_000;

/// The maximal number of outcomes of a test with an example execution.
const WITNESSES: usize = 1_000;

/// Runs a litmus test. `path` is for the report.
pub fn run(path: &str, text: &[u8], options: &LitmusOptions) -> Test {
    run_observed(path, text, options, None)
}

/// Runs a litmus test, and compares the observations of an engine with the models.
pub fn run_observed(path: &str, text: &[u8], options: &LitmusOptions, observation: Option<&Observation>) -> Test {
    let result = std::str::from_utf8(text).map_err(|_| "not UTF-8".to_owned()).and_then(|text| {
        let declared = Declared::read(text).map_err(|e| e.to_string())?;
        let all = |plan: &Plan<'_>| Asked::new(path, plan, &declared).all(options, observation);
        with_plan(path, text, options.features, all).map_err(|e| e.to_string())
    });
    result.unwrap_or_else(|error| Test { path: path.into(), error: Some(error), ..Test::default() })
}

/// A test under way.
struct Asked<'p, 'd> {
    path: &'p str,
    plan: &'p Plan<'d>,
    declared: &'p Declared,
    models: Vec<report::Model>,
    /// The judgement of each model on the outcomes that it knows, by their observations.
    said: Vec<FxHashMap<Vec<String>, Judgement>>,
    /// The observations of all allowed outcomes.
    known: FxHashSet<Vec<String>>,
    /// Whether a thread never ends in one of them.
    endless: bool,
    findings: Vec<lockstep_reports::Finding>,
}

impl<'p, 'd> Asked<'p, 'd> {
    fn new(path: &'p str, plan: &'p Plan<'d>, declared: &'p Declared) -> Self {
        let findings = plan.setup.1.clone();
        let (models, said, known) = (Vec::new(), Vec::new(), FxHashSet::default());
        Asked { path, plan, declared, models, said, known, endless: false, findings }
    }

    fn all(mut self, options: &LitmusOptions, observation: Option<&Observation>) -> Test {
        for model in &options.models {
            let began = Instant::now();
            let (mut model, said) = match model {
                Model::Sc => self.sc(&options.bounds),
                Model::Wasm => self.wasm(&options.bounds),
            };
            model.milliseconds = began.elapsed().as_secs_f64() * 1000.0;
            self.models.push(model);
            self.said.push(said);
        }
        // Where a thread may go on for ever, it is no wonder that the engine does.
        let endless = self.endless;
        for (outcome, _) in observation.iter().flat_map(|seen| &seen.outcomes) {
            self.met(outcome);
        }
        self.finish(options, observation, endless)
    }

    /// Records an outcome that a model allows or an engine has produced.
    fn met(&mut self, outcome: &Outcome) {
        if !self.known.insert(outcome.observations()) {
            return;
        }
        self.endless |= outcome.is_endless();
        for finding in outcome.findings(self.plan, self.path) {
            // Where outcomes are declared, how a call ends is no matter but of those, unless it is in an assertion.
            let asserted = finding.directive != Kind::Invoke || self.declared.is_empty();
            if asserted && !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }

    fn sc(&mut self, bounds: &ExploreBounds) -> (report::Model, FxHashMap<Vec<String>, Judgement>) {
        let Explored { outcomes, states, transitions, pruned, executions, cut } = explore(self.plan, bounds);
        let mut said = FxHashMap::default();
        for found in outcomes {
            self.met(&found.outcome);
            let shows = self.known.len() <= WITNESSES && !bounds.is_over();
            let replayed = if shows { replay(self.plan, &found.schedule, bounds).ok() } else { None };
            let witness = replayed.map(|replayed| self.interleaved(&replayed, found.schedule.to_string()));
            let judgement = Judgement {
                allowed: true,
                executions: found.executions.map(saturated),
                witness,
                ..Judgement::default()
            };
            said.insert(found.outcome.observations(), judgement);
        }
        let looked_at = [("states", states), ("steps between them", transitions), ("pruned", pruned)];
        let model = report::Model {
            name: Model::Sc.to_string(),
            executions: executions.map(saturated),
            looked_at: looked_at.map(|(what, n)| (what.to_owned(), n)).into(),
            milliseconds: 0.0,
            cut: cut.map(|bound| bound.to_string()),
        };
        (model, said)
    }

    /// The witness of an interleaving.
    fn interleaved(&self, Replayed { did, store, .. }: &Replayed, schedule: String) -> Witness {
        let labels = Labels::of_store(self.plan, store);
        let shown: Vec<&Did> = did.iter().filter(|(_, action)| !is_length(action)).collect();
        let events = shown.iter().map(|(thread, action)| Event { thread: Some(*thread), label: labels.label(action) });
        Witness {
            events: events.collect(),
            relations: vec![("rf".into(), reads_from(&shown))],
            schedule: Some(schedule),
        }
    }

    fn wasm(&mut self, bounds: &ExploreBounds) -> (report::Model, FxHashMap<Vec<String>, Judgement>) {
        let threads = IsolatedThreads::new(self.plan, bounds.steps);
        let stop = || bounds.is_over();
        let limits = relaxed::Bounds { stop: Some(&stop), ..relaxed::Bounds::default() };
        let found = relaxed::explore(&threads, &limits);
        let labels = Labels::new(self.plan, |a| threads.struct_type(a));
        let mut said: FxHashMap<Vec<String>, Judgement> = FxHashMap::default();
        for (ends, allowed) in found.allowed() {
            let outcome = self.together(&ends);
            self.met(&outcome);
            // Nobody looks at more of them than this.
            let shows = self.known.len() <= WITNESSES;
            let witness = if shows { found.witness(&ends) } else { None };
            let witness = witness.map(|execution| graph(&labels, &execution));
            let judgement = said.entry(outcome.observations()).or_default();
            judgement.allowed = true;
            judgement.executions = Some(judgement.executions.unwrap_or(0).saturating_add(allowed.executions));
            judgement.witness = judgement.witness.take().or(witness);
        }
        for ends in found.forbidden(REASONS) {
            let outcome = self.together(&ends);
            let judgement = said.entry(outcome.observations()).or_default();
            if judgement.allowed || judgement.reason.is_some() {
                continue;
            }
            judgement.reason = found.explain(&ends, REASONS).map(|explained| self.reason(&labels, &explained));
        }
        let cut: Vec<String> = found.limits.iter().map(|limit| self.limit(limit)).collect();
        let mut looked_at =
            vec![("candidates".to_owned(), found.candidates), ("runs of threads".to_owned(), found.thread_runs as u64)];
        let mut rejected: Vec<_> = found.rejected.iter().collect();
        rejected.sort();
        looked_at.extend(rejected.into_iter().map(|(rule, n)| (format!("rejected by {rule}"), *n)));
        let model = report::Model {
            name: Model::Wasm.to_string(),
            executions: cut.is_empty().then_some(found.executions),
            looked_at,
            milliseconds: 0.0,
            cut: (!cut.is_empty()).then(|| cut.join("; ")),
        };
        (model, said)
    }

    /// Combines the results of isolated threads into an outcome.
    fn together(&self, ends: &[Calls]) -> Outcome {
        let mut calls = vec![None; self.plan.calls.len()];
        for (call, got) in ends.iter().flat_map(|end| &end.0) {
            calls[*call] = Some(got.clone());
        }
        Outcome { calls, endless: Vec::new() }
    }

    fn finish(mut self, options: &LitmusOptions, observation: Option<&Observation>, endless: bool) -> Test {
        self.findings.sort_by_key(|finding| (finding.line, finding.column));
        // What no model allows but some candidate has, and what is declared only.
        let mut all: FxHashSet<Vec<String>> = self.known.clone();
        all.extend(self.said.iter().flat_map(|said| said.keys().cloned()));
        let shown: Vec<usize> =
            (0..self.plan.calls.len()).filter(|&i| all.iter().any(|seen| !seen[i].is_empty())).collect();
        let visible = |seen: &[String]| shown.iter().map(|&i| seen[i].clone()).collect::<Vec<String>>();
        let mut rows: Vec<(Vec<String>, Vec<String>)> = all.into_iter().map(|seen| (visible(&seen), seen)).collect();
        let mut known: FxHashSet<String> = rows.iter().map(|(shown, _)| shown.join(", ")).collect();
        for declared in options.models.iter().filter_map(|model| self.declared.outcomes(*model)).flatten() {
            if known.insert(declared.clone()) {
                rows.push((declared.split(", ").map(str::to_owned).collect(), Vec::new()));
            }
        }
        rows.sort();
        let cut: Vec<bool> = self.models.iter().map(|model| model.cut.is_some()).collect();
        let outcomes = rows.into_iter().map(|(observations, seen)| {
            let judgements = options.models.iter().zip(&self.said).zip(&cut).map(|((model, said), cut)| {
                let mut judgement = said.get(&seen).cloned().unwrap_or_default();
                if !judgement.allowed && *cut {
                    judgement = report::Judgement { undecided: true, ..Default::default() };
                }
                judgement.declared =
                    self.declared.outcomes(*model).map(|declared| declared.contains(&observations.join(", ")));
                judgement
            });
            let observed = observation.filter(|all| all.runs > 0).map(|all| all.times(&seen));
            report::Outcome { judgements: judgements.collect(), observations, observed }
        });
        let column = |&i: &usize| {
            let call = &self.plan.calls[i];
            let thread = self.plan.threads[call.thread].name.clone();
            Column { thread, call: call.name.clone(), line: call.place.0 }
        };
        Test {
            path: self.path.into(),
            source: self.declared.source.clone(),
            threads: self.plan.threads.iter().map(|thread| thread.name.clone()).collect(),
            columns: shown.iter().map(column).collect(),
            outcomes: outcomes.collect(),
            models: self.models,
            observed: observation.map(|seen| seen.report(endless)),
            findings: self.findings,
            error: None,
        }
    }

    fn reason(&self, labels: &Labels<'_, '_>, explained: &relaxed::Explained) -> String {
        let rejected = &explained.rejected;
        let events: Vec<String> = rejected
            .events
            .iter()
            .filter_map(|&i| explained.execution.events.get(i))
            .map(|event| {
                let thread = event.thread.map_or("init", |thread| self.plan.threads[thread].name.as_str());
                format!("{thread} {}", labels.label(&event.action))
            })
            .collect();
        format!("{} does not hold of {}", rejected.rule, events.join(", "))
    }

    fn limit(&self, limit: &relaxed::Limit) -> String {
        let name = |thread: usize| self.plan.threads.get(thread).map_or("a thread", |thread| thread.name.as_str());
        match *limit {
            relaxed::Limit::Runs => "the bound on runs of threads".into(),
            relaxed::Limit::Reads(thread) => format!("the bound on the reads of {}, which has a loop", name(thread)),
            relaxed::Limit::Thread(thread) => format!("{} was given up in some runs", name(thread)),
            relaxed::Limit::Candidates => "the bound on candidates".into(),
            relaxed::Limit::Events => "the bound on events".into(),
            relaxed::Limit::Tearing => "a read that can tear in too many ways".into(),
            relaxed::Limit::Stopped => "the bound on time".into(),
        }
    }
}

/// An execution of the relaxed model.
fn graph(labels: &Labels<'_, '_>, execution: &Execution) -> Witness {
    let mut order: Vec<usize> = execution.tot.clone();
    order.extend((0..execution.events.len()).filter(|i| !execution.tot.contains(i)));
    let mut at = vec![0; order.len()];
    order.iter().enumerate().for_each(|(i, &event)| at[event] = i);
    let events = order.iter().map(|&i| {
        let event = &execution.events[i];
        Event { thread: event.thread, label: labels.label(&event.action) }
    });
    let relations = execution
        .relations()
        .into_iter()
        .map(|(name, pairs)| (name.to_owned(), pairs.into_iter().map(|(a, b)| (at[a], at[b])).collect()));
    Witness { events: events.collect(), relations: relations.collect(), schedule: None }
}

fn saturated(n: u128) -> u64 {
    n.try_into().unwrap_or(u64::MAX)
}

fn is_length(action: &Action) -> bool {
    matches!(action, Action::Read { loc: Location::MemSize(_) | Location::TableSize(_), .. })
}

/// The reads-from relation of an interleaving. Initial values are no events here.
fn reads_from(did: &[&Did]) -> Vec<(usize, usize)> {
    let mut latest = FxHashMap::default();
    let mut pairs = Vec::new();
    for (i, (_, action)) in did.iter().enumerate() {
        let (read, written) = match *action {
            Action::Read { loc, value, .. } => (Some((loc, value)), None),
            Action::Write { loc, value, .. } => (None, Some((loc, value))),
            Action::Rmw { loc, read, written, .. } => (Some((loc, read)), Some((loc, written))),
            _ => (None, None),
        };
        for (cell, _) in read.into_iter().flat_map(|(loc, value)| cells(loc, value)) {
            if let Some(&from) = latest.get(&cell)
                && !pairs.contains(&(from, i))
            {
                pairs.push((from, i));
            }
        }
        for (cell, _) in written.into_iter().flat_map(|(loc, value)| cells(loc, value)) {
            latest.insert(cell, i);
        }
    }
    pairs
}
