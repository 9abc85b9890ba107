//! Repeated runs of parallel threads in a process: the requests and answers of `litmus-driver.mjs`.

use super::Command;
use super::child::{Allowed, Child, Output, Start};
pub use super::wire::Wire;
use super::wire::{Answer, vals};
use crate::{Failure, RefVal, Val};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The memory that a process may take.
const MEMORY: u64 = 4 << 30;

/// A race to run.
#[derive(Clone, Debug, Serialize)]
pub struct Race {
    /// The modules, in base64.
    pub modules: Vec<String>,
    /// The operations of the script itself.
    pub main: Main,
    /// The threads.
    pub threads: Vec<Racer>,
    /// How many runs to make.
    pub runs: u64,
    /// How many runs to make for each answer.
    pub batch: u64,
    /// The time after which no further run begins, in milliseconds.
    pub milliseconds: u64,
}

/// The operations of the script itself.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Main {
    /// Before there are threads.
    pub before: Vec<Preparation>,
    /// While there are threads.
    pub beside: Vec<Call>,
    /// When all threads have come to their ends.
    pub after: Vec<Call>,
}

/// A thread.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Racer {
    /// Its preparation before the race.
    pub before: Vec<Preparation>,
    /// The exports that its modules import from instances of the script itself.
    pub needs: Vec<(usize, String)>,
    /// The modules that it instantiates.
    pub modules: Vec<usize>,
    /// The calls that it races with.
    pub calls: Vec<Call>,
}

/// A step of the preparation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Preparation {
    /// Instantiates a module.
    Instantiate {
        /// The number of the instance.
        instance: usize,
        /// The number of the module.
        module: usize,
        /// The instances that it imports from, by the names that it has for them.
        imports: BTreeMap<String, usize>,
    },
    /// Calls a function.
    Call(Call),
}

/// A call of an export.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Its number, if its result is observed.
    pub number: Option<usize>,
    /// The number of the instance.
    pub instance: usize,
    /// The export.
    pub name: String,
    /// The arguments; none to read a global.
    pub args: Option<Vec<Wire>>,
    /// The kind of each result.
    pub results: Vec<&'static str>,
}

impl Call {
    /// The arguments as they are sent, if they can be.
    pub fn args(args: &[Val]) -> Option<Vec<Wire>> {
        let arg = |val: &Val| match val {
            Val::V128(_) => None,
            Val::Ref(r) if *r != RefVal::Null => None,
            _ => Some(Wire::from(*val)),
        };
        args.iter().map(arg).collect()
    }
}

/// A line of the answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Hello(Who),
    Batch(Batch),
    Done,
    End(Answer),
}

#[derive(Debug, Deserialize)]
struct Who {
    name: String,
    version: String,
    #[serde(default)]
    details: String,
}

#[derive(Debug, Deserialize)]
struct Batch {
    runs: u64,
    /// The results of the calls, with how often they came.
    seen: Vec<(Vec<Option<Answer>>, u64)>,
}

/// A message about the progress of a race.
pub enum RaceEvent {
    /// The name and version of the engine.
    Engine(String),
    /// The results of the calls, and the number of runs that ended with them.
    Seen(Vec<Option<Result<Vec<Val>, Failure>>>, u64),
    /// The number of further runs that were made.
    Runs(u64),
}

impl Race {
    /// Runs the race in a process of its own, which is killed when it takes longer than `time`.
    ///
    /// # Errors
    /// When it does not come to its end.
    pub fn run(&self, command: Command, time: Duration, mut tell: impl FnMut(RaceEvent)) -> Result<(), Failure> {
        let allowed = Allowed { time: Some(time), memory: MEMORY, stop: None };
        let Command { program, args, env, .. } = command;
        let start = Start { program, args, env };
        let shown = start.program.display();
        let mut child = Child::start(&start).map_err(|e| Failure::Crash(format!("cannot start {shown}: {e}")))?;
        let mut request = serde_json::to_vec(self).map_err(|e| Failure::Crash(e.to_string()))?;
        request.push(b'\n');
        child.send_line(request);
        let deadline = Instant::now().checked_add(time);
        loop {
            let line = match child.wait(deadline, &allowed)? {
                Output::Line(line) => line,
                Output::TooLong => return Err(child.broken("it wrote a line that is too long")),
                Output::Closed => return Err(child.died()),
            };
            match serde_json::from_slice(&line) {
                Ok(Line::Hello(Who { name, version, details })) => tell(RaceEvent::Engine(match details.as_str() {
                    "" => format!("{name} {version}"),
                    details => format!("{name} {version} ({details})"),
                })),
                Ok(Line::Batch(Batch { runs, seen })) => {
                    for (calls, n) in seen {
                        tell(RaceEvent::Seen(calls.into_iter().map(|call| call.map(ended)).collect(), n));
                    }
                    tell(RaceEvent::Runs(runs));
                }
                Ok(Line::Done) => return Ok(()),
                Ok(Line::End(answer)) => return Err(answer.end()),
                // Warnings of the engine, perhaps.
                Err(_) if !matches!(line.first(), Some(b'{' | b'"')) => child.keep(&line),
                Err(error) => return Err(child.broken(&format!("not an answer: {error}"))),
            }
        }
    }
}

fn ended(answer: Answer) -> Result<Vec<Val>, Failure> {
    match answer {
        Answer::Values(wires) => vals(&wires),
        answer => Err(answer.end()),
    }
}
