//! Shows that the comparison can fail: campaigns on Wasmtime against copies of the semantics with one rule wrong.
//!
//! ```text
//! cargo run --release --example mutants -- [--modules 20000] [--only NAMES] [--profile release] [--out FILE]
//! ```
//!
//! The mutants are those of `corpus/mutants`. All are put into one copy of the workspace, below the target directory,
//! each behind a condition, so that one build and one campaign (`driver.rs`) serve all of them: Wasmtime runs each program
//! once, and the semantics with each of the mutants that are not found yet.
//! The exit status is 1 when fewer than 90 % are found.

mod catalogue;
mod table;

use anyhow::{Context as _, Result, bail, ensure};
use catalogue::Mutant;
use clap::Parser;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use walkdir::{DirEntry, WalkDir};

/// What is added to the copy of the semantics.
const MODULE: &str = r#"//! Which mutant is switched on, on this thread.
#![allow(missing_docs)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    static CHOSEN: Cell<usize> = const { Cell::new(usize::MAX) };
    static MET: Cell<bool> = const { Cell::new(false) };
}
static REACHED: [AtomicU64; 1024] = [const { AtomicU64::new(0) }; 1024];

pub fn choose(number: usize) {
    let last = CHOSEN.replace(number);
    if MET.replace(false) && let Some(reached) = REACHED.get(last) {
        reached.fetch_add(1, Ordering::Relaxed);
    }
}

/// The number of programs that reached a mutant.
pub fn reached(number: usize) -> u64 {
    REACHED.get(number).map_or(0, |reached| reached.load(Ordering::Relaxed))
}

#[inline]
pub(crate) fn is(number: usize) -> bool {
    let is = CHOSEN.get() == number;
    if is {
        MET.set(true);
    }
    is
}
"#;

/// The source of the command of the copy.
const DRIVER: &str = "harness/examples/mutants/driver.rs";

/// The folders of the workspace that the copy has.
const MEMBERS: [&str; 4] = ["spec", "semantics", "reports", "harness"];

/// The name of the command in the copy, so that the build does not overwrite the real one.
const NAME: &str = "lockstep-mutants";

/// A campaign against copies of the semantics with one rule wrong
#[derive(Debug, Parser)]
struct Options {
    /// How many programs to run
    #[arg(long, default_value_t = 20_000)]
    modules: u64,

    /// The seed of the campaign
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Only the mutants with one of these in their names, with commas between them
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,

    /// The profile to build the copy with
    #[arg(long, default_value = "release")]
    profile: String,

    /// How many programs to run at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,

    /// Where to write the table
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What came of a mutant.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// There was a finding at this program (counted from 0); what it said.
    Found { program: u64, what: String },
    /// All programs agreed; so many came to where the mutant is.
    Survived { reached: u64 },
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let begin = Instant::now();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).canonicalize()?;
    let mutants = catalogue::read(&root)?;
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => std::path::absolute(target)?,
        None => root.join("target"),
    };
    let copy = target.join("mutants");
    copy_workspace(&root, &copy, &mutants)?;
    let command = build(&copy, &target, &options.profile)?;

    let wanted = |mutant: &Mutant| {
        options.only.is_empty() || options.only.iter().any(|only| mutant.name.contains(only.as_str()))
    };
    let chosen: Vec<(usize, &Mutant)> = mutants.iter().enumerate().filter(|(_, mutant)| wanted(mutant)).collect();
    ensure!(!chosen.is_empty(), "there is no such mutant");
    let (outcomes, own) = campaign(&command, &options, &chosen)?;

    let results: Vec<(&Mutant, Outcome)> = chosen.iter().map(|(_, mutant)| *mutant).zip(outcomes).collect();
    let text = table::markdown(&results, options.modules, options.seed, own);
    match &options.out {
        Some(path) => fs::write(path, &text).with_context(|| path.display().to_string())?,
        None => print!("{text}"),
    }
    let found = results.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Found { .. })).count();
    eprintln!("{found} of {} found, in {:.0} s.", results.len(), begin.elapsed().as_secs_f64());
    Ok(if found * 10 >= results.len() * 9 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Brings the copy up to date. Files that stay the same are not written, so that little is built again.
fn copy_workspace(root: &Path, copy: &Path, mutants: &[Mutant]) -> Result<()> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for name in ["Cargo.toml", "Cargo.lock"] {
        files.insert(name.into(), fs::read(root.join(name)).with_context(|| name.to_owned())?);
    }
    for member in MEMBERS {
        let walk = WalkDir::new(root.join(member)).into_iter();
        // What is not needed for the command: installed engines, tests and this.
        let apart = |entry: &DirEntry| match entry.file_name().to_str() {
            Some("node_modules") => true,
            Some("tests" | "examples") => entry.path().with_file_name("Cargo.toml").is_file(),
            _ => false,
        };
        for entry in walk.filter_entry(|entry| !apart(entry)) {
            let entry = entry?;
            if entry.file_type().is_file() {
                files.insert(entry.path().strip_prefix(root)?.to_owned(), fs::read(entry.path())?);
            }
        }
    }
    let mut places: BTreeMap<&Path, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        places.entry(&mutant.file).or_default().push((number, mutant));
    }
    for (path, mutants) in places {
        change(&mut files, path, |source| catalogue::insert(source, &mutants))?;
    }
    files.insert("semantics/src/mutant.rs".into(), MODULE.into());
    change(&mut files, "semantics/src/lib.rs".as_ref(), |source| {
        Ok(format!("#![allow(unused)]\n{source}\npub mod mutant;\n"))
    })?;
    files.insert("harness/src/main.rs".into(), fs::read(root.join(DRIVER)).context(DRIVER)?);
    change(&mut files, "harness/Cargo.toml".as_ref(), |source| {
        let bin = "[[bin]]\nname = \"lockstep\"";
        let run = "default-run = \"lockstep\"";
        ensure!(source.contains(bin) && source.contains(run), "the command has another name");
        let named = source.replace(bin, &format!("[[bin]]\nname = \"{NAME}\""));
        Ok(named.replace(run, &format!("default-run = \"{NAME}\"")))
    })?;

    for entry in WalkDir::new(copy).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file()) {
        if !files.contains_key(entry.path().strip_prefix(copy)?) {
            fs::remove_file(entry.path())?;
        }
    }
    for (path, bytes) in files {
        let path = copy.join(path);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap_or(copy))?;
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Changes the text of a file of the copy.
fn change(files: &mut BTreeMap<PathBuf, Vec<u8>>, path: &Path, how: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let bytes = files.get_mut(path).with_context(|| format!("there is no {}", path.display()))?;
    *bytes = how(std::str::from_utf8(bytes)?).with_context(|| path.display().to_string())?.into();
    Ok(())
}

/// Builds the command in the copy. What the copy and the workspace have in common is built once.
fn build(copy: &Path, target: &Path, profile: &str) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "lockstep", "--bin", NAME, "--profile", profile]);
    let status = command.current_dir(copy).env("CARGO_TARGET_DIR", target).status()?;
    ensure!(status.success(), "the copy does not build");
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(folder).join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs the campaign, and says what came of each mutant and how many programs were left out.
fn campaign(command: &Path, options: &Options, chosen: &[(usize, &Mutant)]) -> Result<(Vec<Outcome>, usize)> {
    let mut child = Command::new(command)
        .args([options.seed, options.modules, options.jobs as u64].map(|n| n.to_string()))
        .args(chosen.iter().map(|(number, _)| number.to_string()))
        .stdout(Stdio::piped())
        .spawn()?;
    let mut outcomes: BTreeMap<usize, Outcome> = BTreeMap::new();
    let mut own = 0;
    let stdout = child.stdout.take().context("no output")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().with_context(|| format!("not understood: {line}"));
        let (what, number) = (word()?, word()?.parse::<usize>()?);
        let outcome = match what {
            "found" => Outcome::Found { program: word()?.parse()?, what: word()?.to_owned() },
            "survived" => Outcome::Survived { reached: word()?.parse()? },
            "own" => {
                eprintln!(
                    "program {number} has a finding with no mutant: {}",
                    line.splitn(3, ' ').nth(2).unwrap_or("")
                );
                own += 1;
                continue;
            }
            _ => bail!("not understood: {line}"),
        };
        let name = chosen.iter().find(|(n, _)| *n == number).map_or("", |(_, mutant)| &mutant.name);
        eprintln!("{}/{} {name}: {}", outcomes.len() + 1, chosen.len(), table::line(&outcome));
        outcomes.insert(number, outcome);
    }
    let status = child.wait()?;
    ensure!(status.success(), "the campaign did not come to its end: {status}");
    let all = chosen.iter().map(|(number, mutant)| {
        outcomes.get(number).cloned().with_context(|| format!("nothing came of {}", mutant.name))
    });
    Ok((all.collect::<Result<_>>()?, own))
}
