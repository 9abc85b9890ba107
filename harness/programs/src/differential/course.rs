//! The course of a campaign: what has come of its programs so far, kept in a folder so that it can go on at any time.
//!
//! What comes of a program is written into a log as soon as it is known, and counted in the order of the programs. The
//! first findings of each kind are explained: written into the folder, made small, and written again. A campaign that
//! ends in the middle, even by being killed, loses only what was under way, and does that again when it goes on.

use super::campaign::{CampaignOptions, Examined, InOrder};
use super::finding::{Finding, Found};
use super::folder::{Folder, FolderError, Report, State};
use super::minimise::minimise;
use crate::reduce::ReduceOptions;
use lockstep_engines::Engine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How many findings of one kind are explained, in case their causes differ.
const EXPLAINED: u64 = 8;
/// How many programs may wait for one before them.
const WAITING: usize = 100_000;
/// How often the state is saved. What comes of programs since then is in the log.
const SAVED: Duration = Duration::from_secs(2);

/// A finding that is to be explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The number of the program.
    pub index: u64,
    /// The finding.
    pub found: Found,
    /// The explanation, if it is there but has to wait for those of findings before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<Explained>,
}

/// What is known of a finding that was explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// What findings with the same cause share, as far as can be told.
    pub signature: String,
    /// The cause, for people.
    pub cause: String,
    /// Whether the program was made smaller.
    pub is_reduced: bool,
}

/// Explains a finding: writes it into the folder as it is, makes it small in this time, and writes it again.
///
/// # Errors
/// When it cannot be written.
pub fn explain(
    finding: &Finding,
    engines: &[Box<dyn Engine>],
    options: &CampaignOptions,
    time: Duration,
    folder: Option<&Folder>,
) -> Result<Explained, FolderError> {
    let engine = engines.iter().find(|engine| engine.name() == finding.engine);
    let version = engine.map(|engine| engine.version().to_owned()).unwrap_or_default();
    let limits = &options.limits;
    let mut report = Report { finding, reduced: None, version, engines, limits, again: None };
    if let Some(folder) = folder {
        folder.write(&report)?;
    }
    let how = ReduceOptions { time: Some(time), stop: limits.stop.clone(), ..ReduceOptions::default() };
    let reduced = engine
        .filter(|_| !time.is_zero())
        .and_then(|engine| minimise(finding, engine.as_ref(), limits, &how, &mut |_| ()));
    if let Some((reduced, cause)) = &reduced {
        report.reduced = Some((&reduced.candidate.program, cause));
        if let Some(folder) = folder {
            folder.write(&report)?;
        }
    }
    let cause = reduced.as_ref().map_or(&finding.cause, |(_, cause)| cause).to_string();
    Ok(Explained { signature: report.signature(), cause, is_reduced: reduced.is_some() })
}

/// The course of a campaign.
#[derive(Debug)]
pub struct Course {
    options: CampaignOptions,
    folder: Option<Folder>,
    state: State,
    results: InOrder,
    /// The next program to hand out.
    at: u64,
    /// The pending findings that are handed out, by their names.
    explaining: BTreeSet<String>,
    /// The findings since this began.
    found: usize,
    begun: Instant,
    /// The time that was spent before.
    spent: f64,
    saved: Instant,
}

impl Course {
    /// Begins a campaign, or goes on with the one that the folder has. `begin` is its state before the first program.
    ///
    /// # Errors
    /// When the folder holds another campaign, or cannot be read or written.
    pub fn new(options: CampaignOptions, begin: State, folder: Option<Folder>) -> Result<Course, FolderError> {
        let (state, done) = match &folder {
            Some(folder) => (folder.resume(begin)?, folder.log()?),
            None => (begin, Vec::new()),
        };
        let now = Instant::now();
        let mut course = Course {
            results: InOrder::new(state.next),
            at: state.next,
            explaining: BTreeSet::new(),
            found: 0,
            begun: now,
            spent: state.seconds,
            saved: now,
            options,
            folder,
            state,
        };
        for examined in done {
            course.results.add(examined);
        }
        course.count();
        course.save()?;
        Ok(course)
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The options.
    pub fn options(&self) -> &CampaignOptions {
        &self.options
    }

    /// A finding that is to be explained and is not yet handed out.
    pub fn next_explanation(&mut self) -> Option<(u64, Found)> {
        let name = |pending: &Pending| pending.found.name(pending.index);
        let open = |pending: &&Pending| pending.explained.is_none() && !self.explaining.contains(&name(pending));
        let pending = self.state.pending.iter().find(open)?;
        self.explaining.insert(name(pending));
        Some((pending.index, pending.found.clone()))
    }

    /// A program that is to be run and is not yet handed out.
    pub fn next_program(&mut self) -> Option<u64> {
        if self.is_enough() || self.results.waiting().len() > WAITING {
            return None;
        }
        while self.results.has(self.at) {
            self.at += 1;
        }
        let is_there = self.options.to.is_none_or(|to| self.at < to);
        is_there.then(|| {
            self.at += 1;
            self.at - 1
        })
    }

    /// Takes what came of a program.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn examined(&mut self, examined: Examined) -> Result<(), FolderError> {
        if let Some(folder) = &self.folder {
            folder.note(&examined)?;
        }
        self.results.add(examined);
        let before = self.state.pending.len();
        self.count();
        if self.state.pending.len() > before || self.saved.elapsed() > SAVED {
            self.save()?;
        }
        Ok(())
    }

    fn is_enough(&self) -> bool {
        self.options.enough.is_some_and(|enough| self.found >= enough)
    }

    /// Counts the programs whose turn it is.
    fn count(&mut self) {
        while !self.is_enough()
            && self.options.to.is_none_or(|to| self.state.next < to)
            && let Some(Examined { index, tally, findings }) = self.results.next()
        {
            self.state.tally.add(&tally);
            self.state.next = index + 1;
            self.found += findings.len();
            let mut names = BTreeSet::new();
            for found in findings {
                let kind = self.state.kinds.entry(found.signature()).or_default();
                *kind += 1;
                // Another one of this name would say the same.
                if *kind <= EXPLAINED && names.insert(found.name(index)) {
                    self.state.pending.push_back(Pending { index, found, explained: None });
                }
            }
        }
    }

    /// Takes the explanation of a finding. Gives those findings, each with its name, that are the first of their cause as
    /// far as is known now.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn explained(
        &mut self,
        index: u64,
        found: &Found,
        explained: Explained,
    ) -> Result<Vec<(u64, Found, Explained)>, FolderError> {
        if let Some(pending) = self.state.pending.iter_mut().find(|p| p.index == index && p.found == *found) {
            pending.explained = Some(explained);
        }
        let mut first = Vec::new();
        while let Some(Pending { explained: Some(explained), .. }) = self.state.pending.front() {
            let is_first = self.state.is_first(&explained.signature.clone());
            let Some(Pending { index, found, explained: Some(explained) }) = self.state.pending.pop_front() else {
                break;
            };
            if is_first {
                first.push((index, found, explained));
            } else if let Some(folder) = &self.folder {
                folder.remove(&found.name(index));
            }
        }
        self.save()?;
        Ok(first)
    }

    /// Saves the state.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&mut self) -> Result<(), FolderError> {
        self.state.seconds = self.spent + self.begun.elapsed().as_secs_f64();
        self.saved = Instant::now();
        if let Some(folder) = &mut self.folder {
            folder.save(&self.state)?;
            folder.restart_log(self.results.waiting())?;
        }
        Ok(())
    }

    /// Where a finding is in the folder, if there is one.
    pub fn place(&self, index: u64, found: &Found) -> Option<std::path::PathBuf> {
        Some(self.folder.as_ref()?.finding(&found.name(index)))
    }
}
