//! One script on an engine that may die of it.

use crate::conform::{self, Options, RunError};
use crate::suite::Script;
use lockstep_engines::{Delegate, Engine, Failure, Lacks, Limits, Session};
use lockstep_reports::{Case, Cause, FileReport, Finding, Kind, Verdict};
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
    /// The directives of `file`, which its own format leaves out.
    cases: Vec<(u32, u32, Kind, Verdict)>,
}

/// Where a script is: a line and a column, and the kind of the directive there.
pub type Place = (u32, u32, Kind);

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
    let cases = file.cases.drain(..).map(|case| (case.line, case.column, case.kind, case.verdict)).collect();
    Ok(Attempt { file, findings, note, cases })
}

fn died_once(engine: &str, Finding { file, line, got, .. }: &Finding) -> String {
    format!("{engine} died once at {file}:{line} and not when run again: {got}")
}

impl Attempt {
    /// What came of a script of which the process died in which it was run, twice. `at` is where, as far as is known.
    pub fn died(script: &Script, how: &str, at: Option<Place>) -> Attempt {
        let (line, column, kind) = at.unwrap_or((1, 1, Kind::Script));
        let mut file = FileReport::new(&script.path, &script.suite);
        file.push(Case { line, column, kind, verdict: Verdict::Crash });
        let finding = Finding {
            file: script.path.clone(),
            line,
            column,
            directive: kind,
            verdict: Verdict::Crash,
            expected: "to come to an end".into(),
            got: format!("crash: {how}; the rest of the script was not run"),
            cause: Cause::default(),
        };
        file.cases.clear();
        Attempt { file, findings: vec![finding], note: None, cases: vec![(line, column, kind, Verdict::Crash)] }
    }

    /// Adds that a process died of the script in a first attempt, which was not this one.
    #[must_use]
    pub fn after(mut self, engine: &str, how: &str) -> Attempt {
        self.note = Some(format!("{engine}: a process died once of {} and not when run again: {how}", self.file.path));
        self
    }

    /// The report on the script, those of its directives that did not pass, and the note.
    pub fn into_parts(self) -> (FileReport, Vec<Finding>, Option<String>) {
        let Attempt { mut file, findings, note, cases } = self;
        let case = |(line, column, kind, verdict)| Case { line, column, kind, verdict };
        file.cases = cases.into_iter().map(case).collect();
        (file, findings, note)
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
        (self.at)((place.0, place.1, kind));
        self.session.directive(place, kind);
    }
}
