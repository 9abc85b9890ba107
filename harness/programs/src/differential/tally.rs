//! The counts of a campaign.

use super::compare::{Discard, Judgement};
use lockstep_reports::{Counts, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The counts of a campaign. Every program is counted in exactly one of `compared` and `discarded`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Programs that were generated.
    pub programs: u64,
    /// Modules in them.
    pub modules: u64,
    /// Programs whose run on the semantics can be compared.
    pub compared: u64,
    /// Programs that cannot, by reason.
    pub discarded: BTreeMap<String, u64>,
    /// Neighbours of valid modules that were made.
    pub neighbours: u64,
    /// How many of them are invalid, and so were tried.
    pub invalid: u64,
    /// Programs whose process died in a first attempt, and not in a second one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub died_once: u64,
    /// How the calls ended on the semantics: values, traps by class, exceptions.
    pub calls: BTreeMap<String, u64>,
    /// By engine.
    pub engines: BTreeMap<String, EngineTally>,
}

/// The counts of one engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineTally {
    /// The verdicts. A pass is agreement with a result that the standard allows.
    #[serde(flatten)]
    pub verdicts: Counts,
    /// The passes that chose differently from the semantics where the standard leaves a choice.
    pub allowed: u64,
    /// Programs with so many choices that no verdict was found; they are in none of the verdicts.
    pub undecided: u64,
    /// The reasons why programs were not compared to their end, with their counts.
    pub apart: BTreeMap<String, u64>,
    /// Invalid neighbours of valid modules that were tried on it.
    pub neighbours: u64,
    /// Programs on which it died in a first attempt, and not in a second one, whose verdict counts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub died_once: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Tally {
    /// Counts a program that cannot be compared.
    pub fn discard(&mut self, why: Discard) {
        *self.discarded.entry(why.name().into()).or_default() += 1;
    }

    /// Adds the counts of another part of the campaign.
    pub fn add(&mut self, other: &Tally) {
        self.programs += other.programs;
        self.modules += other.modules;
        self.compared += other.compared;
        self.neighbours += other.neighbours;
        self.invalid += other.invalid;
        self.died_once += other.died_once;
        merge(&mut self.discarded, &other.discarded);
        merge(&mut self.calls, &other.calls);
        for (name, engine) in &other.engines {
            let own = self.engines.entry(name.clone()).or_default();
            own.verdicts += engine.verdicts;
            own.allowed += engine.allowed;
            own.undecided += engine.undecided;
            own.neighbours += engine.neighbours;
            own.died_once += engine.died_once;
            merge(&mut own.apart, &engine.apart);
        }
    }
}

impl fmt::Display for Tally {
    /// A few lines for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { programs, modules, compared, discarded, neighbours, invalid, died_once, calls, engines } = self;
        writeln!(
            f,
            "{programs} programs of {modules} modules: {compared} compared, {} discarded",
            programs - compared
        )?;
        for (why, count) in discarded {
            writeln!(f, "    {count} discarded: {why}")?;
        }
        let all: u64 = calls.values().sum();
        let shares = calls.iter().map(|(end, n)| format!("{end} {:.1} %", *n as f64 * 100.0 / all as f64));
        writeln!(f, "{all} calls on the semantics: {}", shares.collect::<Vec<_>>().join(", "))?;
        writeln!(f, "{neighbours} neighbours of valid modules, {invalid} of them invalid")?;
        if *died_once > 0 {
            writeln!(f, "{died_once} ended the process once, and not when run again")?;
        }
        for (name, engine) in engines {
            let EngineTally { verdicts, allowed, undecided, apart, neighbours, died_once } = engine;
            let all = Verdict::ALL.map(|verdict| format!("{verdict} {}", verdicts.get(verdict)));
            writeln!(f, "\n{name}: {}", all.join(", "))?;
            if allowed + undecided > 0 {
                writeln!(f, "    {allowed} chose otherwise than the semantics, as they may; {undecided} undecided")?;
            }
            writeln!(f, "    {neighbours} invalid modules tried")?;
            if *died_once > 0 {
                writeln!(f, "    {died_once} on which it died once, and not when they were run again")?;
            }
            for (why, count) in apart {
                writeln!(f, "    {count} not compared to the end: {why}")?;
            }
        }
        Ok(())
    }
}

fn merge(into: &mut BTreeMap<String, u64>, from: &BTreeMap<String, u64>) {
    for (key, count) in from {
        *into.entry(key.clone()).or_default() += count;
    }
}

impl EngineTally {
    /// Counts a program.
    pub fn count(&mut self, judgement: &Judgement) {
        match judgement {
            Judgement::Agrees => self.verdicts.count(Verdict::Pass),
            Judgement::Allowed => {
                self.verdicts.count(Verdict::Pass);
                self.allowed += 1;
            }
            Judgement::Undecided => self.undecided += 1,
            Judgement::Differs(_) => self.verdicts.count(Verdict::Fail),
            Judgement::Incomparable(verdict, why) => {
                self.verdicts.count(*verdict);
                *self.apart.entry(why.lines().next().unwrap_or_default().to_owned()).or_default() += 1;
            }
        }
    }
}

impl Discard {
    /// The reason, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Discard::Limit => "the semantics reached a limit",
            Discard::Timeout => "the semantics took too long",
            Discard::Stuck => "the semantics got stuck",
            Discard::Died => "the process of the semantics died",
        }
    }
}
