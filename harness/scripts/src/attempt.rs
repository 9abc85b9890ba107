//! One script on an engine that may die of it.

use crate::conform::{self, Options, RunError};
use crate::script;
use crate::suite::Script;
use lockstep_engines::{Delegate, Engine, Failure, Lacks, Limits, Session};
use lockstep_reports::{FileReport, Finding, Kind, Verdict};
use serde::{Deserialize, Serialize};

/// What came of a script. It can be passed on from one process to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Its directives, counted.
    pub file: FileReport,
    /// Those that did not pass.
    pub findings: Vec<Finding>,
    /// What else there is to say, in a sentence.
    pub note: Option<String>,
}

/// Where a script is: a line and a column.
pub type Place = (u32, u32);

/// Runs a script on an engine. If the engine dies of it, the script is run once more, and that run counts if the engine
/// does not die again. `at` is told of each directive before it is run.
///
/// # Errors
/// When the script cannot be read.
pub fn attempt(
    script: &Script,
    engine: &dyn Engine,
    options: &Options,
    at: Option<&(dyn Fn(Place) + Sync)>,
) -> Result<Attempt, RunError> {
    let run = || match at {
        Some(at) => conform::run_one(script, &Telling { engine, at }, options),
        None => conform::run_one(script, engine, options),
    };
    let death = |findings: &[Finding]| findings.iter().position(|finding| finding.verdict == Verdict::Crash);
    let (mut file, mut findings) = run()?;
    let mut note = None;
    if let Some(first) = death(&findings)
        && !options.limits.is_stopped()
    {
        let second = run()?;
        if death(&second.1).is_none() {
            note = Some(died_once(engine.name(), &findings[first]));
            (file, findings) = second;
        }
    }
    Ok(Attempt { file, findings, note })
}

fn died_once(engine: &str, Finding { path, line, got, .. }: &Finding) -> String {
    format!("{engine} died once at {path}:{line} and not when run again: {got}")
}

impl Attempt {
    /// What came of a script of which the process died in which it was run, twice. `at` is where, as far as is known.
    pub fn died(script: &Script, how: &str, at: Option<Place>) -> Attempt {
        let text = script.read().unwrap_or_default();
        let source = script::Script { path: &script.path, suite: &script.suite, text: &text, file: script.location() };
        let (mut file, findings) = script::died(&source, at, &format!("{how}; the rest of the script was not run"));
        file.digest = conform::digest(&text);
        Attempt { file, findings, note: None }
    }

    /// Adds that a process died of the script in a first attempt, which was not this one.
    #[must_use]
    pub fn after(mut self, engine: &str, how: &str) -> Attempt {
        self.note = Some(format!("{engine}: a process died once of {} and not when run again: {how}", self.file.path));
        self
    }
}

/// An engine whose sessions tell each directive before it is run.
struct Telling<'e> {
    engine: &'e dyn Engine,
    at: &'e (dyn Fn(Place) + Sync),
}

struct TellingSession<'s> {
    session: Box<dyn Session + 's>,
    at: &'s (dyn Fn(Place) + Sync),
}

impl Engine for Telling<'_> {
    fn name(&self) -> &str {
        self.engine.name()
    }
    fn version(&self) -> &str {
        self.engine.version()
    }
    fn lacks(&self) -> Lacks {
        self.engine.lacks()
    }
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(TellingSession { session: self.engine.open(limits)?, at: self.at }))
    }
}

impl<'s> Delegate for TellingSession<'s> {
    type Session = dyn Session + 's;

    fn session(&self) -> &(dyn Session + 's) {
        &*self.session
    }

    fn session_mut(&mut self) -> &mut (dyn Session + 's) {
        &mut *self.session
    }

    fn directive(&mut self, place: (u32, u32), kind: Kind) {
        (self.at)(place);
        self.session.directive(place, kind);
    }
}
