//! `lockstep report site`

use super::Addresses;
use crate::cli::{Outcome, Output};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use lockstep_reports::site::{self, Names, Run};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// Make a static site from a folder of JSON reports: engines and trends, scripts, and what changed between two runs
///
/// Reports may be full or brief, of one engine or of several. The day of a run is the one that the name of its file begins
/// with, as in 2026-11-28.json, or else that of its modification.
#[derive(Debug, Args)]
pub(super) struct Site {
    /// The folder of the reports (*.json), with all that is below
    folder: PathBuf,

    /// The folder to write the site to
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    #[command(flatten)]
    addresses: Addresses,
}

/// A file that may be a report.
struct Candidate {
    path: PathBuf,
    name: String,
    date: String,
}

impl Site {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let files = self.candidates()?;
        let names = Names::default();
        // The newest report of each engine, by the place of its file: only that is needed as a whole.
        let newest: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
        let mut results: Vec<Result<Vec<Run>, String>> = files
            .par_iter()
            .enumerate()
            // The newest first, so that no other report is kept.
            .rev()
            .with_max_len(1)
            .map(|(at, file)| {
                let text = fs::read_to_string(&file.path).map_err(|e| e.to_string())?;
                let mut runs = site::read(&file.name, &file.date, &text, &names).map_err(|e| e.to_string())?;
                let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
                for run in &mut runs {
                    let last = newest.entry(run.engine.name.clone()).or_insert(at);
                    *last = (*last).max(at);
                    if *last > at {
                        run.report = None;
                    }
                }
                Ok(runs)
            })
            .collect();
        results.reverse();
        let newest = newest.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (mut runs, mut others) = (Vec::new(), Vec::new());
        for (at, (file, result)) in files.iter().zip(results).enumerate() {
            match result {
                Err(why) => others.push((file.name.clone(), why)),
                Ok(mut some) => {
                    for run in some.iter_mut().filter(|run| newest.get(&run.engine.name) != Some(&at)) {
                        run.report = None;
                    }
                    runs.append(&mut some);
                }
            }
        }
        if runs.is_empty() {
            bail!("there is no report in {}", self.folder.display());
        }
        let count = runs.len();
        self.write(runs, &names, &others)?;
        for (name, why) in &others {
            writeln!(stdout, "{name} is not a report: {why}")?;
        }
        let s = if count == 1 { "" } else { "s" };
        writeln!(stdout, "{count} run{s}: {}", self.out.join("index.html").display())?;
        Ok(Outcome::AsExpected)
    }

    fn write(&self, runs: Vec<Run>, names: &Names, others: &[(String, String)]) -> Result<()> {
        let mut write = |path: &str, text: &str| {
            let path = self.out.join(path);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, text)
        };
        site::render(runs, names, others, &self.addresses.links(), &mut write)
            .with_context(|| format!("cannot write to {}", self.out.display()))
    }

    /// The files in the order of their days, the newest last.
    fn candidates(&self) -> Result<Vec<Candidate>> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.clone()];
        let out = self.out.canonicalize().ok();
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    // An earlier site may be in the folder.
                    if path.canonicalize().ok() != out {
                        folders.push(path);
                    }
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    files.push(self.candidate(path)?);
                }
            }
        }
        files.sort_by(|a, b| (&a.date, &a.name).cmp(&(&b.date, &b.name)));
        Ok(files)
    }

    fn candidate(&self, path: PathBuf) -> Result<Candidate> {
        let name = path.strip_prefix(&self.folder).unwrap_or(&path).display().to_string();
        let file = path.file_name().map(Path::new).map(|name| name.display().to_string()).unwrap_or_default();
        let date = match site::date_of_name(&file) {
            Some(date) => date.to_owned(),
            None => {
                let modified = fs::metadata(&path).and_then(|about| about.modified());
                let modified = modified.with_context(|| format!("cannot read {}", path.display()))?;
                site::date_of_seconds(modified.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
            }
        };
        Ok(Candidate { path, name, date })
    }
}
