//! `lockstep fuzz`

use super::bounds::{self, proposal, seconds};
use super::{Outcome, Output};
use crate::differential::campaign::{self, CampaignOptions, Chunk};
use crate::differential::finding::{Cause, Finding};
use crate::differential::folder::{Folder, Report, State};
use crate::differential::minimise::minimise;
use crate::engine::{self, Engine, Lacks, Limits, Transformer};
use crate::generate;
use crate::reduce;
use anyhow::{Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_semantics::syntax::Features;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How many findings of one kind are reduced, in case their causes differ.
const REDUCED: u64 = 8;

/// Hold engines against the semantics on generated programs
///
/// Programs are dense in structs, arrays, subtypes, casts, exceptions and calls through references. The same seed gives
/// the same programs. A campaign in a folder goes on where it was interrupted. Findings are made small, and written into
/// the folder.
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

    /// How long to run
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
    pub(super) fn execute(self, stdout: &mut Output, _stop: &lockstep_work::Stop) -> Result<Outcome> {
        let features = bounds::all(&self.proposals);
        let mut engines = Vec::new();
        for spec in &self.engines {
            engines.push(engine::named_with(spec, features)?);
        }
        for command in &self.transformers {
            engines.push(Box::new(Transformer::new(command)?));
        }
        if engines.is_empty() {
            engines = default_engines()?;
        }
        // Not all engines that share structures share functions, globals and tables.
        let asked = engines.iter().filter(|_| features.shared_everything);
        let found: Vec<_> = asked.map(|engine| engine::Features::of(engine.as_ref())).collect();
        let has = |feature| features.shared_everything && found.iter().all(|found| found.has(feature));
        let (functions, definitions) = (has("shared-functions"), has("shared-globals"));
        // What none of the engines could be compared on is not made.
        let none = |lacks: fn(Lacks) -> bool| engines.iter().all(|engine| lacks(engine.lacks()));
        let mut generate =
            generate::GenerateOptions { features, functions, definitions, ..generate::GenerateOptions::default() };
        generate.host_references = !none(|lacks| lacks.references);
        if none(|lacks| lacks.linking) {
            generate.linked = 0;
        }
        let to = match (self.modules, self.time) {
            (None, Some(_)) => None,
            (modules, _) => Some(self.from.saturating_add(modules.unwrap_or(1000))),
        };
        let reduction = Duration::try_from_secs_f64(self.reduce);
        let Ok(reduction) = reduction else { bail!("--reduce: not a number of seconds") };
        let mut options = CampaignOptions {
            seed: self.seed,
            from: self.from,
            to,
            time: self.time,
            enough: self.max_findings,
            jobs: Some(bounds::jobs(self.jobs)),
            limits: Limits { features, ..CampaignOptions::limits() },
            generate,
        };
        let folder = self.out.as_deref().map(Folder::open).transpose()?;
        let mut state = State::new(&options, &engines);
        if let Some(folder) = &folder {
            state = folder.resume(state)?;
            options.from = state.next;
        }
        let before = state.tally.programs;

        let progress = progress(&options);
        let begin = Instant::now();
        let spent = state.seconds;
        let mut shown = Vec::new();
        let run = campaign::run(
            &options,
            &engines,
            || progress.inc(1),
            |chunk: Chunk| -> Result<()> {
                state.tally.add(&chunk.tally);
                for finding in &chunk.findings {
                    let kind = state.kinds.entry(finding.signature()).or_default();
                    *kind += 1;
                    if *kind > REDUCED {
                        continue;
                    }
                    progress.set_message(format!("reducing {}", finding.name()));
                    let found = ReportedFinding::new(finding, &engines, &options, reduction);
                    let first = state.is_first(&found.signature());
                    if first {
                        shown.push(found.line(folder.as_ref())?);
                        progress.suspend(|| eprintln!("{}", shown[shown.len() - 1]));
                    }
                }
                state.next = chunk.end;
                state.seconds = spent + begin.elapsed().as_secs_f64();
                progress.set_message(match state.kinds.values().sum::<u64>() {
                    0 => String::new(),
                    n => format!("{n} findings"),
                });
                if let Some(folder) = &folder {
                    folder.save(&state)?;
                }
                Ok(())
            },
        );
        progress.finish_and_clear();
        run?;

        let programs = state.tally.programs - before;
        stdout.write_all(state.tally.to_string().as_bytes())?;
        let rate = programs as f64 / begin.elapsed().as_secs_f64();
        writeln!(stdout, "\n{programs} programs in {:.1} s, {rate:.0} a second.", begin.elapsed().as_secs_f64())?;
        if state.causes.is_empty() {
            writeln!(stdout, "Nothing was found.")?;
            return Ok(if state.tally.compared > 0 { Outcome::AsExpected } else { Outcome::Findings });
        }
        let all: u64 = state.kinds.values().sum();
        writeln!(stdout, "\n{all} findings, which come to {}:", state.causes.len())?;
        for (cause, count) in &state.causes {
            writeln!(stdout, "  {count} × {cause}")?;
        }
        Ok(Outcome::Findings)
    }
}

fn default_engines() -> Result<Vec<Box<dyn Engine>>> {
    match engine::named("wasmtime") {
        Ok(engine) => Ok(vec![engine]),
        Err(error) => bail!("name an engine with --engines: {error}"),
    }
}

/// A finding, made small where that could be done.
struct ReportedFinding<'a> {
    finding: &'a Finding,
    reduced: Option<(reduce::Candidate, Cause)>,
    engines: &'a [Box<dyn Engine>],
    options: &'a CampaignOptions,
}

impl<'a> ReportedFinding<'a> {
    fn new(finding: &'a Finding, engines: &'a [Box<dyn Engine>], options: &'a CampaignOptions, time: Duration) -> Self {
        let engine = engines.iter().find(|engine| engine.name() == finding.engine);
        let how = reduce::ReduceOptions { time: Some(time), ..reduce::ReduceOptions::default() };
        let reduced = engine.filter(|_| !time.is_zero()).and_then(|engine| {
            let (reduced, cause) = minimise(finding, engine.as_ref(), &options.limits, &how, &mut |_| ())?;
            Some((reduced.candidate, cause))
        });
        ReportedFinding { finding, reduced, engines, options }
    }

    fn report(&self) -> Report<'_> {
        let engine = self.engines.iter().find(|engine| engine.name() == self.finding.engine);
        let reduced = self.reduced.as_ref().map(|(candidate, cause)| (&candidate.program, cause));
        Report {
            finding: self.finding,
            reduced,
            version: engine.map(|engine| engine.version().to_owned()).unwrap_or_default(),
            engines: self.engines,
            limits: &self.options.limits,
            again: None,
        }
    }

    /// What findings with the same cause share, as far as can be told.
    fn signature(&self) -> String {
        self.report().signature()
    }

    /// Writes it, and says in a line what it is.
    fn line(&self, folder: Option<&Folder>) -> Result<String> {
        let Finding { index, engine, .. } = self.finding;
        let cause = self.reduced.as_ref().map_or(&self.finding.cause, |(_, cause)| cause);
        let path = match folder {
            Some(folder) => format!("\n    {}", folder.write(&self.report())?.display()),
            None => String::new(),
        };
        Ok(format!("program {index}: {engine}: {cause}{path}"))
    }
}

fn progress(options: &CampaignOptions) -> ProgressBar {
    let (bar, template) = match options.to {
        Some(to) => {
            (ProgressBar::new(to.saturating_sub(options.from)), "{bar:30} {pos}/{len} {per_sec} {eta} {wide_msg}")
        }
        None => (ProgressBar::no_length(), "{spinner} {pos} {per_sec} {elapsed} {wide_msg}"),
    };
    let style = ProgressStyle::with_template(template).expect("the template is well-formed");
    bar.with_style(style)
}
