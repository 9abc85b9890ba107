//! `lockstep reduce`

use super::bounds::seconds;
use super::{Outcome, Output, input};
use crate::reduce::{self, Candidate, Ended, Keep, ReduceOptions};
use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use lockstep_semantics::decode::read_module;
use lockstep_work::{Group, Stop, Waited, whole};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Make a module smaller, as long as a command says that it still shows what it should
///
/// The command is run with the path of a candidate, in the place of {} or else at its end, and says so by exit code 0.
/// It must say so of FILE. The result is written as FILE's name with `.reduced.wat` and `.reduced.wasm`.
#[derive(Debug, Args)]
pub(super) struct Reduce {
    /// The module, in binary or text format; it is left as it is
    file: PathBuf,

    /// The command that says whether a candidate is as it should be
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,

    /// Where to write the result: the name to which .wat and .wasm are added
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,

    /// The format in which the command is given candidates
    #[arg(long, value_name = "FORMAT", default_value = "wasm")]
    format: Format,

    /// Which candidates to run the command on [default: valid ones, if FILE is valid]
    #[arg(long, value_name = "WHICH")]
    keep: Option<Which>,

    /// The time that one run of the command may take; beyond it, it has said no
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,

    /// The time that all may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time: Option<Duration>,

    /// How often the command may be run
    #[arg(long, value_name = "N")]
    tests: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Wasm,
    Wat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Those that validation accepts
    Valid,
    /// All
    Anything,
}

impl Reduce {
    pub(super) fn execute(self, stdout: &mut Output, stop: &Stop) -> Result<Outcome> {
        let stop = &self.time.map_or(stop.clone(), |time| stop.after(time));
        let content = input::read(&self.file)?;
        let (bytes, _) = read_module(&content).map_err(|e| anyhow!("{}: {e}", self.file.display()))?;
        let start = Candidate::module(&bytes).map_err(|e| anyhow!("{}: {e}", self.file.display()))?;
        let keep = match self.keep {
            Some(Which::Valid) => Keep::Valid,
            Some(Which::Anything) => Keep::Anything,
            None if start.is_valid() => Keep::Valid,
            None => Keep::Anything,
        };
        let result = self.targets()?;
        let folder = tempfile::tempdir().context("cannot make a folder for the candidates")?;
        let candidate = folder.path().join(match self.format {
            Format::Wasm => "candidate.wasm",
            Format::Wat => "candidate.wat",
        });
        if !self.says_yes(&start, &candidate, stop)? {
            if stop.is_interrupted() {
                return Ok(Outcome::Interrupted);
            }
            bail!("the command does not exit with 0 on {}", self.file.display());
        }

        let bar = ProgressBar::new_spinner().with_style(
            ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}").expect("the template is well-formed"),
        );
        let options = ReduceOptions { keep, tests: self.tests, time: None, stop: Some(stop.clone()) };
        let mut broken: Option<anyhow::Error> = None;
        let mut saved = Instant::now();
        let reduced = reduce::reduce(
            &start,
            &options,
            &mut |tried| match self.says_yes(tried, &candidate, stop) {
                Ok(yes) => yes && broken.is_none(),
                Err(e) => {
                    broken.get_or_insert(e);
                    false
                }
            },
            &mut |progress| {
                bar.set_message(format!(
                    "{} bytes of {}, {} tests: {}",
                    progress.best.size(),
                    start.size(),
                    progress.tests,
                    progress.phase
                ));
                bar.tick();
                // What has been reached so far is there even if nobody waits for the end.
                if progress.is_new && saved.elapsed() > Duration::from_secs(1) {
                    saved = Instant::now();
                    let _ = whole::write(&result.wasm, progress.best.bytes());
                }
            },
        );
        bar.finish_and_clear();
        if let Some(e) = broken {
            return Err(e);
        }
        let text = reduced.candidate.text();
        write(&result.wasm, reduced.candidate.bytes())?;
        write(&result.wat, text.as_bytes())?;
        stdout.write_all(text.as_bytes())?;
        writeln!(
            stdout,
            ";; {} bytes of {}, {} lines, after {} tests{}: {} and {}",
            reduced.candidate.size(),
            start.size(),
            text.lines().count(),
            reduced.tests,
            match reduced.ended {
                Ended::Fixpoint => "",
                Ended::Tests => " (as many as allowed)",
                Ended::Time => " (the time is over)",
                Ended::Interrupted => " (interrupted)",
            },
            result.wat.display(),
            result.wasm.display(),
        )?;
        // What was made smaller is worth something, however it ended.
        match reduced.accepted {
            0 => Ok(Outcome::AsExpected.unless_interrupted(stop)),
            _ => Ok(Outcome::AsExpected),
        }
    }

    /// Where the result goes, which is nowhere where the original is.
    fn targets(&self) -> Result<Targets> {
        let base = match &self.out {
            Some(out) => out.clone(),
            None => self.file.with_extension("reduced"),
        };
        let with = |extension: &str| {
            let mut name = base.clone().into_os_string();
            name.push(extension);
            PathBuf::from(name)
        };
        let targets = Targets { wat: with(".wat"), wasm: with(".wasm") };
        let original = self.file.canonicalize().ok();
        for target in [&targets.wat, &targets.wasm] {
            if original.is_some() && target.canonicalize().ok() == original {
                bail!("{} would be overwritten", self.file.display());
            }
        }
        Ok(targets)
    }

    /// Runs the command on a candidate.
    fn says_yes(&self, tried: &Candidate, path: &Path, stop: &Stop) -> Result<bool> {
        match self.format {
            Format::Wasm => write(path, tried.bytes())?,
            Format::Wat => write(path, tried.text().as_bytes())?,
        }
        let place = path.to_string_lossy();
        let (program, args) = self.command.split_first().ok_or_else(|| anyhow!("there is no command"))?;
        let mut command = Command::new(program);
        let mut placed = false;
        for arg in args {
            placed |= arg.contains("{}");
            command.arg(arg.replace("{}", &place));
        }
        if !placed {
            command.arg(path);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = Group::spawn(&mut command).with_context(|| format!("cannot run {program}"))?;
        let waited = child.wait(Some(self.timeout), stop).with_context(|| format!("cannot wait for {program}"))?;
        Ok(matches!(waited, Waited::Ended(status) if status.success()))
    }
}

struct Targets {
    wat: PathBuf,
    wasm: PathBuf,
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    whole::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
