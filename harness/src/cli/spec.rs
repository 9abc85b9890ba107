//! `lockstep spec`

use super::{Outcome, Output};
use crate::conform;
use crate::engine::Semantics;
use crate::spec_check::{self, ChangeKind, Difference, SourcePlace, Table};
use crate::suite;
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use lockstep_spec::suite::OfficialScript;
use serde::Serialize;
use std::io::Write as _;
use std::path::PathBuf;
use std::{fs, io};

/// Compare the rule catalogue with the standard
#[derive(Debug, Args)]
pub(super) struct Spec {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Check),
    Pin(Pin),
    Suite(Suite),
}

/// Say which rules were added, removed, renamed, moved or changed since the pin
///
/// Exits with 0 when there are none, 1 when there are some, and 2 when DIR is no checkout of WebAssembly/spec.
#[derive(Debug, Args)]
struct Check {
    /// A checkout of WebAssembly/spec, or the folder of its SpecTec sources
    dir: PathBuf,

    /// Compare with this table, written by `lockstep spec pin`, in place of the catalogue's
    #[arg(long, value_name = "TABLE")]
    against: Option<PathBuf>,

    /// How to say it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Write the table of names, places and fingerprints of all rules, spec/pin.tsv
#[derive(Debug, Args)]
struct Pin {
    /// A checkout of WebAssembly/spec, or the folder of its SpecTec sources
    dir: PathBuf,

    /// The commit that is checked out
    #[arg(long, value_name = "SHA", default_value = lockstep_spec::PIN)]
    commit: String,
}

/// Write the list of the scripts of the official suite, spec/suite.tsv
#[derive(Debug, Args)]
struct Suite {
    /// A checkout of WebAssembly/spec, or its folder test/core
    dir: PathBuf,

    /// The commit that is checked out
    #[arg(long, value_name = "SHA", default_value = lockstep_spec::PIN)]
    commit: String,
}

#[derive(Serialize)]
struct Comparison<'a> {
    pin: &'a str,
    checkout: String,
    pinned: usize,
    differences: &'a [Difference],
}

impl Spec {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        match self.command {
            Command::Check(check) => check.execute(stdout),
            Command::Pin(pin) => pin.execute(stdout),
            Command::Suite(suite) => suite.execute(stdout),
        }
    }
}

impl Check {
    fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let table = match &self.against {
            None => Table::pin(),
            Some(path) => {
                let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
                Table::read(&text).with_context(|| path.display().to_string())?
            }
        };
        let rules = spec_check::sources(&self.dir)?;
        let differences = spec_check::compare(&table, &rules);
        match self.format {
            Format::Text => text(stdout, &table, &self.dir.display().to_string(), &differences)?,
            Format::Json => {
                let comparison = Comparison {
                    pin: &table.commit,
                    checkout: self.dir.display().to_string(),
                    pinned: table.entries.len(),
                    differences: &differences,
                };
                serde_json::to_writer_pretty(&mut *stdout, &comparison).map_err(io::Error::from)?;
                writeln!(stdout)?;
            }
        }
        Ok(if differences.is_empty() { Outcome::AsExpected } else { Outcome::Findings })
    }
}

fn text(out: &mut Output, table: &Table, dir: &str, differences: &[Difference]) -> io::Result<()> {
    let pin = table.commit.get(..9).unwrap_or(&table.commit);
    let count = table.entries.len();
    if differences.is_empty() {
        return writeln!(out, "{dir}: all {count} rules are as at the pin ({pin})");
    }
    writeln!(out, "{dir} against the pin ({pin}, {count} rules)")?;
    let mut counts = Vec::new();
    for kind in ChangeKind::ALL {
        let of_kind: Vec<&Difference> = differences.iter().filter(|difference| difference.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        counts.push(format!("{} {}", of_kind.len(), kind.name()));
        writeln!(out, "\n{}", kind.name())?;
        for difference in of_kind {
            one(out, difference)?;
        }
    }
    writeln!(out, "\n{}", counts.join(", "))
}

fn one(out: &mut Output, difference: &Difference) -> io::Result<()> {
    let Difference { rule, name, pinned, now, text, .. } = difference;
    match name {
        None => writeln!(out, "  {rule}")?,
        Some(name) => writeln!(out, "  {rule} is now {name}")?,
    }
    for (place, what) in [(pinned, "was"), (now, "is ")] {
        if let Some(SourcePlace { file, line, commented }) = place {
            let comment = if *commented { ", in a comment" } else { "" };
            writeln!(out, "    {what} at {file}:{line}{comment}")?;
        }
    }
    if let Some(text) = text {
        // One line for each premise, as people write rules.
        writeln!(out, "      {}", text.replace(" -- ", "\n        -- "))?;
    }
    Ok(())
}

impl Pin {
    fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let rules = spec_check::sources(&self.dir)?;
        write!(stdout, "{}", Table::new(&self.commit, &rules))?;
        Ok(Outcome::AsExpected)
    }
}

impl Suite {
    fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let scripts = suite::collect(&[self.dir])?;
        let report = conform::run(&scripts, &Semantics, &conform::Options::default(), |_| ())?;
        let scripts = report.files.iter().map(|file| {
            let name = file.name.split_once('/').map_or(file.name.as_str(), |(_, name)| name);
            OfficialScript { name, digest: &file.digest, directives: file.total() }
        });
        write!(stdout, "{}", lockstep_spec::suite::write(&self.commit, scripts))?;
        Ok(Outcome::AsExpected)
    }
}
