//! The folder of a campaign: its state, and its findings, each a folder of its own.
//!
//! | file | what |
//! |---|---|
//! | `campaign.json` | how far the campaign has come, its counts, and how often each cause was seen |
//! | `campaign.log` | what came of programs since `campaign.json` was written, a line each |
//! | `findings/NAME/README.md` | a description, for people |
//! | `findings/NAME/finding.json` | the same, for programs |
//! | `findings/NAME/finding.wast` | the reduced program, with the answers of the semantics |
//! | `findings/NAME/module-N.wasm` | its modules |
//! | `findings/NAME/original.wast` | the program before it was reduced |
//!
//! Each file but the log is written under another name and then renamed, so that an interruption leaves the old or the new
//! one. A line of the log that is not whole is not read.

use super::campaign::{CampaignOptions, Examined};
use super::compare::{ProgramPlace, Reference};
use super::course::Pending;
use super::finding::{Cause, Finding};
use super::minimise;
use super::tally::Tally;
use super::wast;
use lockstep_engines::{Engine, Limits, Program, SemanticsSession, Session};
use lockstep_semantics::RuleId;
use lockstep_semantics::choice::Deterministic;
use lockstep_trace::{self as trace, Pick, Section, SharedTracer};
use lockstep_work::whole;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The name of the JSON format of the state.
pub const SCHEMA: &str = "lockstep-campaign";
/// The name of the JSON format of a finding.
pub const FINDING_SCHEMA: &str = "lockstep-finding";
/// The version of both.
pub const VERSION: u32 = 1;
/// How many steps before the end of a run are shown with a finding.
const STEPS: u64 = 12;

/// How far a campaign has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// [`SCHEMA`]
    pub schema: String,
    /// [`VERSION`]
    pub version: u32,
    /// The version of Lockstep; another one may generate other programs.
    pub lockstep: String,
    /// The seed.
    pub seed: u64,
    /// The first program.
    pub from: u64,
    /// The engines, with their versions.
    pub engines: Vec<String>,
    /// The names of the proposals that programs use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<String>,
    /// The next program.
    pub next: u64,
    /// The time that was spent.
    pub seconds: f64,
    /// The counts.
    pub tally: Tally,
    /// How often each kind of finding was seen.
    pub kinds: BTreeMap<String, u64>,
    /// How often each cause was, among those findings that were explained.
    pub causes: BTreeMap<String, u64>,
    /// The findings that are still to be explained, in the order of the programs.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub pending: VecDeque<Pending>,
}

/// Why a folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// Something cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file or folder.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// The state is none.
    #[error("{path} is not the state of a campaign: {why}")]
    State {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// It holds another campaign.
    #[error("{path} holds another campaign ({what}); use another folder")]
    Other {
        /// The folder.
        path: String,
        /// The difference.
        what: String,
    },
}

impl State {
    /// The state before the first program.
    pub fn new(options: &CampaignOptions, engines: &[Box<dyn Engine>]) -> Self {
        State {
            schema: SCHEMA.into(),
            version: VERSION,
            lockstep: env!("CARGO_PKG_VERSION").into(),
            seed: options.seed,
            from: options.from,
            engines: engines.iter().map(|engine| format!("{} {}", engine.name(), engine.version())).collect(),
            proposals: options.limits.features.names().map(str::to_owned).collect(),
            next: options.from,
            seconds: 0.0,
            tally: Tally::default(),
            kinds: BTreeMap::new(),
            causes: BTreeMap::new(),
            pending: VecDeque::new(),
        }
    }

    /// Counts a finding; `true` when it is the first of its cause.
    pub fn is_first(&mut self, cause: &str) -> bool {
        let count = self.causes.entry(cause.to_owned()).or_default();
        *count += 1;
        *count == 1
    }
}

/// The folder of a campaign.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The log, once it is written to.
    log: Option<File>,
}

impl Folder {
    /// Makes the folder, if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let findings = path.join("findings");
        fs::create_dir_all(&findings).map_err(|error| FolderError::Io { path: shown(&findings), error })?;
        Ok(Folder { path: path.into(), log: None })
    }

    /// Where the folder of a finding is.
    pub fn finding(&self, name: &str) -> PathBuf {
        self.path.join("findings").join(name)
    }

    /// Goes on with the campaign of the folder, or begins one.
    ///
    /// # Errors
    /// When the folder holds another campaign, or cannot be read.
    pub fn resume(&self, begin: State) -> Result<State, FolderError> {
        let path = self.path.join("campaign.json");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(begin),
            Err(error) => return Err(FolderError::Io { path: shown(&path), error }),
        };
        let broken = |why: String| FolderError::State { path: shown(&path), why };
        let state: State = serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?;
        if state.schema != SCHEMA || state.version != VERSION {
            return Err(broken(format!("`{}` version {}", state.schema, state.version)));
        }
        let differs = |what: String| FolderError::Other { path: shown(&self.path), what };
        if state.lockstep != begin.lockstep {
            return Err(differs(format!("of lockstep {}", state.lockstep)));
        }
        if (state.seed, state.from) != (begin.seed, begin.from) {
            return Err(differs(format!("seed {}, from {}", state.seed, state.from)));
        }
        if state.proposals != begin.proposals {
            return Err(differs(format!("proposals {:?}", state.proposals)));
        }
        if state.engines != begin.engines {
            return Err(differs(format!("engines {}", state.engines.join(", "))));
        }
        Ok(state)
    }

    /// Writes the state.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, state: &State) -> Result<(), FolderError> {
        let mut text = serde_json::to_string_pretty(state).expect("the state has only string keys");
        text.push('\n');
        write(&self.path.join("campaign.json"), text.as_bytes())
    }

    /// What came of programs since the state was written, as far as it was noted.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> Result<Vec<Examined>, FolderError> {
        let path = self.path.join("campaign.log");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FolderError::Io { path: shown(&path), error }),
        };
        // The last line may have been cut off.
        Ok(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }

    /// Writes a log of these programs alone, to be continued.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn restart_log<'e>(&mut self, done: impl Iterator<Item = &'e Examined>) -> Result<(), FolderError> {
        let path = self.path.join("campaign.log");
        let lines: Vec<u8> = done.flat_map(line).collect();
        write(&path, &lines)?;
        let file = OpenOptions::new().append(true).open(&path);
        self.log = Some(file.map_err(|error| FolderError::Io { path: shown(&path), error })?);
        Ok(())
    }

    /// Adds what came of a program to the log, if one was begun.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&self, examined: &Examined) -> Result<(), FolderError> {
        let Some(mut log) = self.log.as_ref() else { return Ok(()) };
        log.write_all(&line(examined))
            .map_err(|error| FolderError::Io { path: shown(&self.path.join("campaign.log")), error })
    }

    /// Removes the folder of a finding, if there is one.
    pub fn remove(&self, name: &str) {
        // What cannot be removed is only one finding too many.
        let _ = fs::remove_dir_all(self.finding(name));
    }

    /// Writes a finding without running anything, unless there is something of it already; for programs that end the
    /// process in which they run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_bare(&self, report: &Report<'_>) -> Result<(), FolderError> {
        let path = self.finding(&report.finding.name());
        if path.join("README.md").exists() {
            return Ok(());
        }
        fs::create_dir_all(&path).map_err(|error| FolderError::Io { path: shown(&path), error })?;
        for (name, content) in report.bare_files() {
            write(&path.join(name), &content)?;
        }
        Ok(())
    }

    /// Writes a finding, or writes it anew; gives its folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, report: &Report<'_>) -> Result<PathBuf, FolderError> {
        let path = self.finding(&report.finding.name());
        fs::create_dir_all(&path).map_err(|error| FolderError::Io { path: shown(&path), error })?;
        for (name, content) in report.files() {
            write(&path.join(name), &content)?;
        }
        Ok(path)
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, content: &[u8]) -> Result<(), FolderError> {
    whole::write(path, content).map_err(|error| FolderError::Io { path: shown(path), error })
}

/// A line of the log.
fn line(examined: &Examined) -> Vec<u8> {
    let mut line = serde_json::to_vec(examined).expect("what came of a program has only string keys");
    line.push(b'\n');
    line
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A finding with all that is known of it.
pub struct Report<'a> {
    /// The finding, with its program as it was generated.
    pub finding: &'a Finding,
    /// The reduced program with its cause; `None` before it is reduced.
    pub reduced: Option<(&'a Program, &'a Cause)>,
    /// The version of the engine.
    pub version: String,
    /// All engines of the campaign, to be asked about the smaller program.
    pub engines: &'a [Box<dyn Engine>],
    /// The bounds of the runs.
    pub limits: &'a Limits,
    /// The command that shows it again, if that is not `lockstep fuzz`.
    pub again: Option<&'a str>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    schema: &'a str,
    version: u32,
    engine: &'a str,
    engine_version: &'a str,
    class: String,
    what: String,
    rules: Vec<String>,
    answers: &'a [(String, String)],
    seed: u64,
    index: u64,
    reduced: bool,
}

impl Report<'_> {
    fn program(&self) -> &Program {
        self.reduced.map_or(&self.finding.program, |(program, _)| program)
    }

    fn cause(&self) -> &Cause {
        self.reduced.map_or(&self.finding.cause, |(_, cause)| cause)
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let seen = |program: &Program| Reference::new(program, self.limits).seen;
        let small = self.program();
        let script = |program: &Program| wast::script(program, &seen(program)).into_bytes();
        let mut files = vec![("finding.wast".into(), script(small))];
        if self.reduced.is_some() {
            files.push(("original.wast".into(), script(&self.finding.program)));
        }
        let steps = self.steps();
        let answers = self.answers();
        files.extend(self.described(&steps, &answers));
        files
    }

    /// The files that can be written without a run.
    fn bare_files(&self) -> Vec<(String, Vec<u8>)> {
        self.described(&LastSteps::default(), &[])
    }

    /// The modules, and the descriptions.
    fn described(&self, steps: &LastSteps, answers: &[(String, String)]) -> Vec<(String, Vec<u8>)> {
        let modules = self.program().modules.iter().enumerate();
        let mut files: Vec<_> = modules.map(|(i, part)| (format!("module-{i}.wasm"), part.bytes.to_vec())).collect();
        let machine = FindingJson {
            schema: FINDING_SCHEMA,
            version: VERSION,
            engine: &self.finding.engine,
            engine_version: &self.version,
            class: self.cause().class(),
            what: self.cause().to_string(),
            rules: rules(self.cause(), &steps.rules).iter().map(ToString::to_string).collect(),
            answers,
            seed: self.finding.seed,
            index: self.finding.index,
            reduced: self.reduced.is_some(),
        };
        let mut json = serde_json::to_string_pretty(&machine).expect("a finding has only string keys");
        json.push('\n');
        files.push(("finding.json".into(), json.into_bytes()));
        files.push(("README.md".into(), self.text(&steps.text, &machine.rules, answers).into_bytes()));
        files
    }

    /// The signature that findings with the same cause share: the class, and the rule at which the engine left the
    /// standard.
    pub fn signature(&self) -> String {
        let class = format!("{}: {}", self.finding.engine, self.cause().class());
        match (self.reduced, rules(self.cause(), &self.steps().rules).last()) {
            (Some(_), Some(rule)) => format!("{class}, at {rule}"),
            _ => class,
        }
    }

    /// The result of each engine on the smaller program, in words.
    fn answers(&self) -> Vec<(String, String)> {
        let wanted = self.cause();
        let answer = |engine: &dyn Engine| {
            let answer = match minimise::wrong(self.program(), wanted, engine, self.limits) {
                Some(cause) => cause.to_string(),
                None => "as the standard says, or not told".to_owned(),
            };
            (format!("{} {}", engine.name(), engine.version()), answer)
        };
        self.engines.iter().map(|engine| answer(engine.as_ref())).collect()
    }

    /// The last steps of the run up to where the engine differs.
    fn steps(&self) -> LastSteps {
        let (Cause::Differs(_) | Cause::Broke(..)) = self.cause() else { return LastSteps::default() };
        let mut program = self.program().clone();
        if let Cause::Differs(difference) = self.cause() {
            match difference.place {
                ProgramPlace::Module(_) => program.calls.clear(),
                ProgramPlace::Call(i) => program.calls.truncate(i + 1),
                ProgramPlace::State(_) => {}
            }
        }
        last_steps(&program, self.limits).unwrap_or_default()
    }

    fn text(&self, steps: &str, rules: &[String], answers: &[(String, String)]) -> String {
        let Finding { seed, index, engine, .. } = self.finding;
        let mut out = format!("# {engine}: {}\n\n{engine} {}: {}\n", self.cause().class(), self.version, self.cause());
        if let Some(rule) = rules.last() {
            let _ = writeln!(out, "\nThe engine left the standard at `{rule}`.");
        }
        if !answers.is_empty() {
            out.push_str("\n| engine | answer |\n|:---|:---|\n");
            for (engine, answer) in answers {
                let _ = writeln!(out, "| {engine} | {} |", answer.replace('|', "\\|").replace('\n', " "));
            }
        }
        if !answers.is_empty() {
            out.push_str(
                "\n`finding.wast` shows it in any engine that runs test scripts; it passes on the semantics.\n",
            );
        }
        if !steps.is_empty() {
            let _ = writeln!(out, "\nThe last steps of the semantics:\n\n```\n{}\n```", steps.trim_end());
        }
        let again = match self.again {
            Some(again) => again.to_owned(),
            None => {
                let proposals = self.limits.features.names().map(|name| format!(" --proposal {name}"));
                let proposals: String = proposals.collect();
                format!("lockstep fuzz --engine {engine}{proposals} --seed {seed} --from {index} --modules 1")
            }
        };
        let _ = writeln!(out, "\nTo see it again, with lockstep {}:\n\n    {again}", env!("CARGO_PKG_VERSION"));
        out
    }
}

/// The rules that a finding is about: the broken one, or those of the last steps without the rules that propagate a
/// trap.
fn rules(cause: &Cause, steps: &[RuleId]) -> Vec<RuleId> {
    if let Cause::Accepted { rule, .. } = cause {
        return vec![*rule];
    }
    steps.iter().copied().filter(|rule| !rule.as_str().starts_with("Step_pure/trap-")).collect()
}

/// The last steps that a program takes.
#[derive(Default)]
struct LastSteps {
    /// Their rules.
    rules: Vec<RuleId>,
    /// A trace of them, for people.
    text: String,
}

fn last_steps(program: &Program, limits: &Limits) -> io::Result<LastSteps> {
    let mut out = Vec::new();
    let mut pick = Pick::default();
    pick.last = Some(STEPS);
    let format = trace::Format::Text { colours: false };
    let (shared, chooser) = SharedTracer::begin("finding.wast", format, pick, Box::new(Deterministic), &mut out)?;
    shared.section(Section::Instantiate);
    let mut session = SemanticsSession::with_choices(limits, shared.clone(), chooser);
    session.run(program);
    drop(session);
    let rules = shared.last_rules();
    shared.end(&trace::Ending { kind: "stopped", text: String::new() })?;
    drop(shared);
    Ok(LastSteps { rules, text: String::from_utf8_lossy(&out).into_owned() })
}
