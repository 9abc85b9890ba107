//! The `lockstep` command, one file per subcommand.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | something was compared, and all of it is as expected; also where `--time` ended it |
//! | 1 | there are findings: a directive that did not pass, a module that is not valid, a run that ended in a trap |
//! | 2 | usage or environment: a bad option, a file that is not there or is empty, a report that cannot be written; or a run that can vouch for nothing, because nothing was compared or a part is missing |
//! | 130 | stopped by Ctrl-C before it was done, with no findings so far |
//!
//! `docs/ci.md` says what that is for each command.

mod book;
mod bounds;
mod conform;
mod coverage;
mod engines;
mod expect;
mod explain;
mod fuzz;
mod input;
mod interrupt;
mod literal;
mod litmus;
mod output;
mod reduce;
mod report;
mod run;
mod spec;
mod trace;
mod validate;
mod worker;

use crate::script::crash;
use clap::{Parser, Subcommand};
use lockstep_work::{Stop, guard, stop};
use output::Output;
use std::process::ExitCode;
use std::thread;

/// The stack of the thread that does the work; text nests as deep as the parser lets it.
const STACK: usize = 256 << 20;

/// The WebAssembly specification as a program you can run, watch and argue with.
#[derive(Debug, Parser)]
#[command(name = "lockstep", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Conform(conform::Conform),
    Coverage(coverage::Coverage),
    Validate(validate::Validate),
    Run(run::Run),
    Trace(trace::Trace),
    Explain(explain::Explain),
    Book(book::Book),
    Spec(spec::Spec),
    Litmus(litmus::Litmus),
    Fuzz(fuzz::Fuzz),
    Reduce(reduce::Reduce),
    Report(report::ReportCommand),
    Engines(engines::Engines),
    /// Kill what is left when the process ends that started this one
    #[command(hide = true)]
    Guard,
    /// Work for the command that started this one
    #[command(hide = true)]
    Worker,
}

impl Command {
    /// Whether what has been found so far is worth something.
    fn has_parts(&self) -> bool {
        use Command::{Conform, Fuzz, Litmus, Reduce, Trace};
        matches!(self, Conform(_) | Fuzz(_) | Litmus(_) | Reduce(_) | Trace(_))
    }
}

/// What comes of a command that could do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// Something was compared, and all of it is as expected.
    AsExpected,
    /// There are findings.
    Findings,
    /// It can vouch for nothing: why.
    Incomplete(String),
    /// It was interrupted, and nothing was found so far.
    Interrupted,
}

impl Outcome {
    /// What becomes of an outcome when the work was interrupted.
    fn unless_interrupted(self, stop: &Stop) -> Outcome {
        match self {
            Outcome::AsExpected | Outcome::Incomplete(_) if stop.is_interrupted() => Outcome::Interrupted,
            outcome => outcome,
        }
    }
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    if let Command::Guard = command {
        guard::main();
        return ExitCode::SUCCESS;
    }
    let stop = match interrupt::prepare(command.has_parts()) {
        Ok(stop) => stop,
        Err(error) => {
            output::complain(format_args!("error: no signals can be received: {error}"));
            return ExitCode::from(2);
        }
    };
    let work = move || {
        crash::catch(move || {
            let mut output = Output::stdout();
            let outcome = match command {
                Command::Conform(conform) => conform.execute(&mut output, &stop),
                Command::Coverage(coverage) => coverage.execute(&mut output),
                Command::Validate(validate) => validate.execute(&mut output),
                Command::Run(run) => run.execute(&mut output),
                Command::Trace(trace) => trace.execute(&mut output, &stop),
                Command::Explain(explain) => explain.execute(&mut output),
                Command::Book(book) => book.execute(&mut output),
                Command::Litmus(litmus) => litmus.execute(&mut output, &stop),
                Command::Fuzz(fuzz) => fuzz.execute(&mut output, &stop),
                Command::Reduce(reduce) => reduce.execute(&mut output, &stop),
                Command::Spec(spec) => spec.execute(&mut output),
                Command::Report(report) => report.execute(&mut output),
                Command::Engines(engines) => engines.execute(&mut output),
                Command::Worker => worker::main().map(|()| Outcome::AsExpected),
                Command::Guard => Ok(Outcome::AsExpected),
            }?;
            output.finish()?;
            Ok::<Outcome, anyhow::Error>(outcome)
        })
    };
    let result = match thread::Builder::new().stack_size(STACK).spawn(work).map(thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("the worker died".into()),
        Err(e) => Ok(Err(e.into())),
    };
    match result {
        Ok(Ok(Outcome::AsExpected)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Findings)) => ExitCode::from(1),
        Ok(Ok(Outcome::Interrupted)) => ExitCode::from(stop::INTERRUPTED),
        Ok(Ok(Outcome::Incomplete(why))) => {
            output::complain(format_args!("incomplete: {why}"));
            ExitCode::from(2)
        }
        Ok(Err(error)) => {
            output::complain(format_args!("error: {error:#}"));
            ExitCode::from(2)
        }
        Err(panic) => {
            output::complain(format_args!("error: this is a bug in lockstep: {panic}"));
            ExitCode::from(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
