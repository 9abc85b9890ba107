//! The options about expectations.

use crate::engine::message::Declaration;
use crate::suite::Script;
use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use lockstep_reports::expect::{Expectations, FILE, update};
use lockstep_reports::{Engine, LeftOut, Report};
use lockstep_work::whole;
use std::fs;
use std::path::{Path, PathBuf};

/// The options about expectations.
#[derive(Debug, Args)]
pub(super) struct Expecting {
    /// A file in TOML with what is expected not to pass, and why; see docs/ci.md [default: lockstep.toml in the working
    /// directory or in a folder of PATHS, where there is one]
    #[arg(long, value_name = "FILE", conflicts_with = "no_expect")]
    expect: Option<PathBuf>,

    /// Look for no file of expectations
    #[arg(long)]
    no_expect: bool,

    /// Write the file of expectations: take out what is no longer so, and add what does not pass and is not expected
    #[arg(long, conflicts_with = "no_expect")]
    update: bool,
}

/// A file of expectations, or none.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// Where it is, or will be.
    path: Option<PathBuf>,
    text: String,
    entries: Expectations,
    update: bool,
}

impl Expecting {
    /// Finds and reads the file, before a long run.
    pub(super) fn open(&self, paths: &[PathBuf]) -> Result<Opened> {
        let path = match &self.expect {
            _ if self.no_expect => None,
            Some(path) => Some(path.clone()),
            None => look(paths)?,
        };
        let path = match path {
            None if self.update => Some(match paths {
                [folder] if folder.is_dir() => folder.join(FILE),
                _ => PathBuf::from(FILE),
            }),
            path => path,
        };
        let Some(path) = path else { return Ok(Opened::default()) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && self.update => String::new(),
            Err(e) => return Err(anyhow!(e).context(format!("cannot read {}", path.display()))),
        };
        let entries = Expectations::read(&text).with_context(|| path.display().to_string())?;
        Ok(Opened { path: Some(path), text, entries, update: self.update })
    }
}

/// The file of expectations that is there without being named.
fn look(paths: &[PathBuf]) -> Result<Option<PathBuf>> {
    let folders = std::iter::once(Path::new("")).chain(paths.iter().map(PathBuf::as_path).filter(|path| path.is_dir()));
    let mut found: Vec<PathBuf> = Vec::new();
    for path in folders.map(|folder| folder.join(FILE)).filter(|path| path.is_file()) {
        let real = path.canonicalize().ok();
        if !found.iter().any(|other| other.canonicalize().ok() == real) {
            found.push(path);
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [path] => Ok(Some(path.clone())),
        [one, other, ..] => {
            bail!("both {} and {} have expectations: name one with --expect", one.display(), other.display())
        }
    }
}

impl Opened {
    /// The texts of the project's scripts.
    pub(super) fn messages(&self) -> Result<Vec<Declaration>> {
        let declared = self.entries.message.iter().map(|message| Declaration::new(&message.theirs, &message.ours));
        declared.collect::<Result<_, String>>().map_err(|why| anyhow!("a `message` of the expectations: {why}"))
    }

    /// The features that are not tested on an engine.
    pub(super) fn skipped_features(&self, engine: &Engine) -> Vec<String> {
        self.entries.skipped(engine).filter_map(|skip| skip.feature.clone()).collect()
    }

    /// The scripts to run on an engine, and those that are left out.
    pub(super) fn choose(&self, scripts: &[Script], engine: &Engine) -> (Vec<Script>, Vec<LeftOut>) {
        let mut chosen = Vec::new();
        let mut left_out = Vec::new();
        for script in scripts {
            let file = script.name();
            match self.entries.left_out(&file, engine) {
                Some(reason) => left_out.push(LeftOut { file, reason: reason.to_owned() }),
                None => chosen.push(script.clone()),
            }
        }
        (chosen, left_out)
    }

    /// Holds reports against the expectations; with `--update`, writes the file first.
    pub(super) fn apply(&self, reports: &mut [Report]) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let from = path.display().to_string();
        let hold = |entries: &Expectations, reports: &mut [Report]| {
            for report in reports {
                for finding in &mut report.failures {
                    finding.known = None;
                }
                entries.apply(&from, report);
            }
        };
        hold(&self.entries, reports);
        if self.update {
            let text = update(&self.text, reports).with_context(|| from.clone())?;
            let entries = Expectations::read(&text).with_context(|| from.clone())?;
            whole::write(path, text.as_bytes()).with_context(|| format!("cannot write {from}"))?;
            hold(&entries, reports);
        }
        Ok(())
    }
}
