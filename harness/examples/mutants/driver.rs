//! The campaigns on the copy of the semantics that has the mutants in it: the binary of the copy.
//!
//! Each program is generated, and run by Wasmtime, once, with no mutant; then the semantics with each of the mutants
//! that are not found yet is held against what Wasmtime did, and its validation against `wasmparser` on the program and
//! on its neighbour. A program at which there is a finding with no mutant says nothing of mutants, and is left out.
//!
//! The arguments are the seed, the number of programs, the number of jobs, and the numbers of the mutants. What comes of
//! it goes to the standard output, one line each: `found NUMBER PROGRAM WHAT`, `survived NUMBER REACHED`, `own PROGRAM
//! WHAT`.

use lockstep::Val;
use lockstep::differential::campaign::{self, CampaignOptions};
use lockstep::differential::tally::Tally;
use lockstep::engine::{Answer, Failure, Engine, InstanceId, Limits, ModuleId, Observation, Program, Session, Wasmtime};
use lockstep::generate::{self, Generated, neighbours::Neighbour};
use lockstep_semantics::mutant;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many programs are run before it is seen which mutants they found.
const CHUNK: u64 = 64;
/// The stack of each worker.
const STACK: usize = 64 << 20;

/// An engine that has run a program, and says again what it did.
struct Recorded(Observation);

struct Replay<'a>(&'a Observation);

impl Engine for Recorded {
    fn name(&self) -> &str {
        "wasmtime"
    }
    fn version(&self) -> &str {
        ""
    }
    fn open(&self, _: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(Replay(&self.0)))
    }
}

impl Session for Replay<'_> {
    fn run(&mut self, _: &Program) -> Observation {
        self.0.clone()
    }
    fn load(&mut self, _: &[u8]) -> Result<ModuleId, Failure> {
        Err(not())
    }
    fn instantiate(&mut self, _: ModuleId) -> Result<InstanceId, Failure> {
        Err(not())
    }
    fn register(&mut self, _: &str, _: InstanceId) -> Result<(), Failure> {
        Err(not())
    }
    fn invoke(&mut self, _: InstanceId, _: &str, _: &[Val]) -> Answer {
        Err(not())
    }
    fn global(&mut self, _: InstanceId, _: &str) -> Result<Val, Failure> {
        Err(not())
    }
    fn table(&mut self, _: InstanceId, _: &str) -> Answer {
        Err(not())
    }
    fn memory(&mut self, _: InstanceId, _: &str) -> Result<Vec<u8>, Failure> {
        Err(not())
    }
}

fn not() -> Failure {
    Failure::Misuse("only whole programs were recorded".into())
}

/// A program of the campaign, as Wasmtime ran it.
struct Case {
    program: Program,
    /// The program with an import that does not fit.
    misfit: Option<(Program, Vec<Box<dyn Engine>>)>,
    neighbour: Option<Neighbour>,
    engines: Vec<Box<dyn Engine>>,
}

impl Case {
    fn new(seed: u64, index: u64, wasmtime: &Wasmtime, options: &CampaignOptions) -> Result<Case, String> {
        let generated: Generated = generate::nth(seed, index, &options.generate);
        let program = generated.program();
        let seen = wasmtime.open(&options.limits).map_err(|end| end.to_string())?.run(&program);
        let neighbour = campaign::neighbour_of(seed, index, &generated);
        let misfit = match campaign::misfit(seed, index, &generated) {
            Some(misfit) => {
                let seen = wasmtime.open(&options.limits).map_err(|end| end.to_string())?.run(&misfit);
                let engines: Vec<Box<dyn Engine>> = vec![Box::new(Recorded(seen))];
                Some((misfit, engines))
            }
            None => None,
        };
        Ok(Case { program, misfit, neighbour, engines: vec![Box::new(Recorded(seen))] })
    }

    /// What is found, first, with the mutant that is switched on.
    fn finding(&self, limits: &Limits) -> Option<String> {
        let mut first = None;
        let mut tally = Tally::default();
        campaign::examine(&self.program, &self.engines, limits, &mut tally, |engine, cause| {
            first.get_or_insert_with(|| format!("{engine}: {cause}"));
        });
        if let (None, Some((program, engines))) = (&first, &self.misfit) {
            campaign::examine(program, engines, limits, &mut tally, |engine, cause| {
                first.get_or_insert_with(|| format!("{engine}: {cause}"));
            });
        }
        if let (None, Some(neighbour)) = (&first, &self.neighbour) {
            let program = Program::of(&neighbour.module);
            let rule = neighbour.violation().map(|invalid| invalid.rule);
            // Wasmtime validates with wasmparser: one answer is enough.
            campaign::examine_neighbour(&program, rule, &neighbour.change, &[], limits, &mut tally, |engine, cause| {
                first.get_or_insert_with(|| format!("{engine}: {cause}"));
            });
        }
        first
    }

    /// The same, where the semantics may well break.
    fn finding_with(&self, number: usize, limits: &Limits) -> Option<String> {
        mutant::choose(number);
        let finding = catch_unwind(AssertUnwindSafe(|| self.finding(limits)));
        mutant::choose(usize::MAX);
        finding.unwrap_or_else(|_| Some("lockstep-semantics: panics".into()))
    }
}

/// What one program finds: its own finding with no mutant, or the mutants that it finds.
enum Seen {
    Own(String),
    Found(Vec<(usize, String)>),
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let mut next = || args.next().ok_or("arguments: seed, programs, jobs, mutants");
    let (seed, programs, jobs) = (next()??, next()??, next()??);
    let mut open: Vec<usize> = args.map(|number| number.map(|n| n as usize)).collect::<Result<_, _>>()?;
    let options = CampaignOptions {
        seed,
        from: 0,
        to: None,
        time: None,
        enough: None,
        jobs: None,
        limits: CampaignOptions::limits(),
        generate: generate::GenerateOptions::default(),
    };
    let wasmtime = Wasmtime::new().map_err(|end| end.to_string())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs as usize).stack_size(STACK).build()?;
    // What a mutant's panic says is of no interest.
    std::panic::set_hook(Box::new(|_| ()));
    let mut at = 0;
    while at < programs && !open.is_empty() {
        let end = programs.min(at + CHUNK);
        let one = |index: u64| -> Result<Seen, String> {
            let case = Case::new(seed, index, &wasmtime, &options)?;
            if let Some(own) = case.finding_with(usize::MAX, &options.limits) {
                return Ok(Seen::Own(own));
            }
            let found = |number: &usize| Some((*number, case.finding_with(*number, &options.limits)?));
            Ok(Seen::Found(open.iter().filter_map(found).collect()))
        };
        let seen: Vec<Seen> = pool.install(|| {
            (at..end).collect::<Vec<u64>>().into_par_iter().with_max_len(1).map(one).collect::<Result<_, _>>()
        })?;
        for (index, seen) in (at..).zip(seen) {
            match seen {
                Seen::Own(what) => println!("own {index} {}", line(&what)),
                Seen::Found(found) => {
                    for (number, what) in found {
                        if let Some(i) = open.iter().position(|open| *open == number) {
                            open.remove(i);
                            println!("found {number} {index} {}", line(&what));
                        }
                    }
                }
            }
        }
        at = end;
    }
    for number in open {
        println!("survived {number} {}", mutant::reached(number));
    }
    Ok(())
}

fn line(what: &str) -> String {
    what.replace('\n', " ")
}
