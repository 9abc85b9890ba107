//! `lockstep fuzz`

use super::bounds::{self, proposal, seconds};
use super::{Outcome, Output, output, worker};
use crate::differential::campaign::{self, CampaignOptions, Examined};
use crate::differential::course::{Course, Explained, explain};
use crate::differential::finding::{Cause, Found};
use crate::differential::folder::{Folder, Report, State};
use crate::differential::tally::Tally;
use crate::engine::{self, Engine, Lacks, Limits, Transformer};
use crate::generate;
use anyhow::{Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_semantics::syntax::Features;
use lockstep_work::farm::{Customer, Death, Ended};
use lockstep_work::worker::Place;
use lockstep_work::{Stop, Why};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many programs a worker has waiting.
const AHEAD: usize = 3;
/// More time than any reduction takes.
const FOREVER: Duration = Duration::from_secs(1 << 32);

/// Hold engines against the semantics on generated programs
///
/// Programs are dense in structs, arrays, subtypes, casts, exceptions and calls through references. The same seed gives
/// the same programs. A campaign in a folder goes on where it was interrupted. Findings are made small, and written into
/// the folder. A program that ends the process is a finding, too, and ends nothing else.
#[derive(Debug, Args)]
pub(super) struct Fuzz {
    /// The engines, with commas between them, or repeated; see `lockstep engines`
    #[arg(long = "engines", visible_alias = "engine", value_name = "ENGINES", value_delimiter = ',')]
    engines: Vec<String>,

    /// A command that transforms a module, such as 'wasm-opt -all -O3'; the semantics runs what comes out. Can be repeated
    #[arg(long = "transform", value_name = "COMMAND")]
    transformers: Vec<String>,

    /// A proposal that programs use: threads or shared-everything-threads. Can be repeated
    #[arg(long = "proposal", value_name = "NAME", value_parser = proposal)]
    proposals: Vec<Features>,

    /// How many programs to run in all [default: 1000, without --time]
    #[arg(long, short = 'n', value_name = "N")]
    modules: Option<u64>,

    /// How long to run, with all that belongs to it; what is not reduced by then is reduced when the campaign goes on
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time: Option<Duration>,

    /// The seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,

    /// The number of the first program
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,

    /// How many programs to run at a time [default: one for each processor]
    #[arg(long, short, value_name = "J")]
    jobs: Option<NonZeroUsize>,

    /// The folder of the campaign: its state and its findings
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Stop after so many findings
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,

    /// How long the reduction of one finding may take; 0 is not to reduce
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    reduce: f64,
}

impl Fuzz {
    pub(super) fn execute(self, stdout: &mut Output, stop: &Stop) -> Result<Outcome> {
        let stop = &self.time.map_or(stop.clone(), |time| stop.after(time));
        let begin = Instant::now();
        let (setup, engines) = self.setup()?;
        let to = match (self.modules, self.time) {
            (None, Some(_)) => None,
            (modules, _) => Some(self.from.saturating_add(modules.unwrap_or(1000))),
        };
        let options = CampaignOptions { from: self.from, to, enough: self.max_findings, ..setup.options()? };
        let folder = self.out.as_deref().map(Folder::open).transpose()?;
        let state = State::new(&options, &engines);
        let course = Course::new(options, state, folder)?;
        let before = course.state().tally.programs;
        let progress = progress(course.options(), course.state().next);
        let mut campaign = Campaign { course, folder: self.out.as_deref(), engines: &engines, progress };

        let farm = worker::farm(bounds::jobs(self.jobs), AHEAD)?;
        let why = farm.run(&worker::Setup::Fuzz(setup), stop, &mut campaign);
        campaign.progress.finish_and_clear();
        // However it ended, what there is by then is saved.
        campaign.course.save()?;
        let why = why?;

        let state = campaign.course.state();
        let programs = state.tally.programs - before;
        stdout.write_all(state.tally.to_string().as_bytes())?;
        let rate = programs as f64 / begin.elapsed().as_secs_f64();
        writeln!(stdout, "\n{programs} programs in {:.1} s, {rate:.0} a second.", begin.elapsed().as_secs_f64())?;
        if why == Some(Why::Interrupted) {
            match &self.out {
                Some(out) => writeln!(stdout, "Interrupted; the campaign in {} can go on.", out.display())?,
                None => writeln!(stdout, "Interrupted.")?,
            }
        }
        if state.kinds.is_empty() {
            let outcome = match uncompared(&state.tally, &engines) {
                Some(gap) => Outcome::Incomplete(gap),
                None => {
                    writeln!(stdout, "Nothing was found.")?;
                    Outcome::AsExpected
                }
            };
            return Ok(outcome.unless_interrupted(stop));
        }
        let all: u64 = state.kinds.values().sum();
        writeln!(stdout, "\n{all} findings, which come to {}:", state.causes.len())?;
        for (cause, count) in &state.causes {
            writeln!(stdout, "  {count} × {cause}")?;
        }
        if !state.pending.is_empty() {
            writeln!(stdout, "{} are not yet reduced.", state.pending.len())?;
        }
        Ok(Outcome::Findings)
    }

    /// What all workers do alike, and the engines.
    fn setup(&self) -> Result<(Setup, Vec<Box<dyn Engine>>)> {
        if !Duration::try_from_secs_f64(self.reduce).is_ok_and(|time| time <= FOREVER) {
            bail!("--reduce: not a number of seconds");
        }
        let mut setup = Setup {
            engines: self.engines.clone(),
            transformers: self.transformers.clone(),
            proposals: bounds::all(&self.proposals).names().map(str::to_owned).collect(),
            seed: self.seed,
            functions: false,
            definitions: false,
            host_references: true,
            linked: true,
            reduce: self.reduce,
            out: self.out.clone(),
        };
        let (engines, features) = (setup.engines()?, setup.features()?);
        // Not all engines that share structures share functions, globals and tables.
        let asked = engines.iter().filter(|_| features.shared_everything);
        let found: Vec<_> = asked.map(|engine| engine::Features::of(engine.as_ref())).collect();
        let has = |feature| features.shared_everything && found.iter().all(|found| found.has(feature));
        (setup.functions, setup.definitions) = (has("shared-functions"), has("shared-globals"));
        // What none of the engines could be compared on is not made.
        let none = |lacks: fn(Lacks) -> bool| engines.iter().all(|engine| lacks(engine.lacks()));
        setup.host_references = !none(|lacks| lacks.references);
        setup.linked = !none(|lacks| lacks.linking);
        Ok((setup, engines))
    }
}

/// Why a campaign that found nothing can vouch for nothing: an engine was compared on no program.
fn uncompared(tally: &Tally, engines: &[Box<dyn Engine>]) -> Option<String> {
    if tally.compared == 0 {
        return Some(format!("no program was compared, of {}", tally.programs));
    }
    engines.iter().find_map(|engine| {
        let of = tally.engines.get(engine.name());
        if of.is_some_and(|of| of.verdicts.pass + of.verdicts.findings() > 0) {
            return None;
        }
        // The most common reason says it best.
        let why = of.and_then(|of| of.apart.iter().max_by_key(|(_, count)| **count)).map(|(why, _)| format!(": {why}"));
        Some(format!("{} was compared on no program{}", engine.name(), why.unwrap_or_default()))
    })
}

/// What a worker of a campaign needs to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    engines: Vec<String>,
    transformers: Vec<String>,
    proposals: Vec<String>,
    seed: u64,
    functions: bool,
    definitions: bool,
    host_references: bool,
    linked: bool,
    /// Seconds.
    reduce: f64,
    out: Option<PathBuf>,
}

/// An item of a campaign.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Item {
    Program(u64),
    Explain(u64, Found),
}

/// What comes of an item.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    Program(Examined),
    /// Or why it cannot be written.
    Explain(Result<Explained, String>),
}

impl Setup {
    fn features(&self) -> Result<Features> {
        let all = self.proposals.iter().map(|name| proposal(name).map_err(|why| anyhow!(why)));
        Ok(bounds::all(&all.collect::<Result<Vec<_>>>()?))
    }

    fn engines(&self) -> Result<Vec<Box<dyn Engine>>> {
        let features = self.features()?;
        let mut engines = Vec::new();
        for spec in &self.engines {
            engines.push(engine::named_with(spec, features)?);
        }
        for command in &self.transformers {
            engines.push(Box::new(Transformer::new(command)?));
        }
        match engines.is_empty() {
            true => default_engines(),
            false => Ok(engines),
        }
    }

    fn options(&self) -> Result<CampaignOptions> {
        let features = self.features()?;
        let default = generate::GenerateOptions::default();
        let generate = generate::GenerateOptions {
            features,
            functions: self.functions,
            definitions: self.definitions,
            host_references: self.host_references,
            linked: if self.linked { default.linked } else { 0 },
            ..default
        };
        let limits = Limits { features, ..CampaignOptions::limits() };
        Ok(CampaignOptions { seed: self.seed, from: 0, to: None, enough: None, limits, generate })
    }

    /// What a worker does with items.
    pub(super) fn worker(self) -> Result<worker::Work> {
        let (engines, options) = (self.engines()?, self.options()?);
        let folder = self.out.as_deref().map(Folder::open).transpose()?;
        let time = Duration::try_from_secs_f64(self.reduce)?;
        Ok(worker::doing(move |item: Item, place: &Place| match item {
            Item::Program(index) => Answer::Program(campaign::one(&options, &engines, index, &|at| place.is(at))),
            Item::Explain(index, found) => {
                let finding = found.finding(&options, index);
                let explained = explain(&finding, &engines, &options, time, folder.as_ref());
                Answer::Explain(explained.map_err(|error| error.to_string()))
            }
        }))
    }
}

/// A campaign that workers work for.
struct Campaign<'a> {
    course: Course,
    folder: Option<&'a Path>,
    engines: &'a [Box<dyn Engine>],
    progress: ProgressBar,
}

impl Campaign<'_> {
    /// What is known of a finding when the process dies that is to explain it.
    fn unexplained(&self, index: u64, found: &Found, death: &Death) -> Result<Explained> {
        let finding = found.finding(self.course.options(), index);
        let engine = self.engines.iter().find(|engine| engine.name() == found.engine);
        if let Some(folder) = self.folder {
            let limits = &self.course.options().limits;
            let version = engine.map(|engine| engine.version().to_owned()).unwrap_or_default();
            let report = Report { finding: &finding, reduced: None, version, engines: &[], limits, again: None };
            Folder::open(folder)?.write_bare(&report)?;
        }
        let cause = match &found.cause {
            cause @ Cause::Broke(..) => cause.to_string(),
            cause => format!("{cause}; not reduced: {}", death.how),
        };
        Ok(Explained { signature: found.signature(), cause, is_reduced: false })
    }

    fn explained(&mut self, index: u64, found: &Found, explained: Explained) -> Result<()> {
        for (index, found, Explained { cause, .. }) in self.course.explained(index, found, explained)? {
            let path = self.course.place(index, &found).map(|path| format!("\n    {}", path.display()));
            let line = format!("program {index}: {}: {cause}{}", found.engine, path.unwrap_or_default());
            self.progress.suspend(|| output::complain(format_args!("{line}")));
        }
        Ok(())
    }
}

impl Customer<Item, Answer> for Campaign<'_> {
    type Error = anyhow::Error;

    fn next(&mut self) -> Option<Item> {
        if let Some((index, found)) = self.course.next_explanation() {
            return Some(Item::Explain(index, found));
        }
        self.course.next_program().map(Item::Program)
    }

    fn is_long(&self, item: &Item) -> bool {
        matches!(item, Item::Explain(..))
    }

    fn take(&mut self, item: Item, ended: Ended<Answer>) -> Result<()> {
        match (item, ended) {
            (Item::Program(_), Ended::Done(Answer::Program(mut examined), died)) => {
                examined.tally.died_once += u64::from(died.is_some());
                self.course.examined(examined)?;
            }
            (Item::Program(index), Ended::Died(death)) => {
                let examined = Examined::died(self.course.options(), index, death);
                self.course.examined(examined)?;
            }
            (Item::Explain(index, found), Ended::Done(Answer::Explain(explained), _)) => {
                let explained = explained.map_err(|why| anyhow!(why))?;
                self.explained(index, &found, explained)?;
            }
            (Item::Explain(index, found), Ended::Died(death)) => {
                let explained = self.unexplained(index, &found, &death)?;
                self.explained(index, &found, explained)?;
            }
            (item, ended) => bail!("a worker answers {ended:?} to {item:?}"),
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<()> {
        let state = self.course.state();
        self.progress.set_position(state.next - state.from);
        let findings: u64 = state.kinds.values().sum();
        self.progress.set_message(match (findings, state.pending.front()) {
            (0, _) => String::new(),
            (n, None) => format!("{n} findings"),
            (n, Some(pending)) => format!("{n} findings; reducing that of program {}", pending.index),
        });
        Ok(())
    }
}

fn default_engines() -> Result<Vec<Box<dyn Engine>>> {
    match engine::named("wasmtime") {
        Ok(engine) => Ok(vec![engine]),
        Err(error) => bail!("name an engine with --engines: {error}"),
    }
}

fn progress(options: &CampaignOptions, next: u64) -> ProgressBar {
    let (bar, template) = match options.to {
        Some(to) => {
            (ProgressBar::new(to.saturating_sub(options.from)), "{bar:30} {pos}/{len} {per_sec} {eta} {wide_msg}")
        }
        None => (ProgressBar::no_length(), "{spinner} {pos} {per_sec} {elapsed} {wide_msg}"),
    };
    let style = ProgressStyle::with_template(template).expect("the template is well-formed");
    bar.with_style(style).with_position(next - options.from)
}
