//! Child processes that answer requests: starts and watches them, and kills them when they do not answer.

use super::wire::{Answer, Line, Reply, Request};
use crate::Failure;
use lockstep_work::last_lines::{LastLines, shortened};
use lockstep_work::{Group, Stop};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// The longest line that is read.
const LONGEST: u64 = 256 << 20;
/// How many lines that are no answers a process may write in a row.
const CHATTER: u32 = 1000;
/// How often a process that is waited for is looked at.
const TICK: Duration = Duration::from_millis(100);
/// How long a process that has closed its output may take to exit.
const GRACE: Duration = Duration::from_secs(1);

/// How to start a process.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) program: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) env: Vec<(&'static str, &'static str)>,
}

/// The bounds of an exchange.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    pub(super) time: Option<Duration>,
    /// Memory that is resident.
    pub(super) memory: u64,
    pub(super) stop: Option<Stop>,
}

/// A process.
#[derive(Debug)]
pub(super) struct Child {
    process: Group,
    requests: Sender<Vec<u8>>,
    lines: Receiver<Output>,
    errors: LastLines,
    next: u64,
    /// Requests without a reader of their answer, which must be `ok`.
    unread: VecDeque<u64>,
    /// How many modules it has been given.
    pub(super) modules: u64,
}

/// The output of a process.
#[derive(Debug)]
pub(super) enum Output {
    Line(Vec<u8>),
    TooLong,
    Closed,
}

impl Child {
    /// Starts a process.
    ///
    /// # Errors
    /// When the system does not.
    pub(super) fn start(start: &Start) -> io::Result<Child> {
        let mut command = Command::new(&start.program);
        command
            .args(&start.args)
            .envs(start.env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = Group::spawn(&mut command)?;
        let missing = || io::Error::other("no pipe to the process");
        let (stdin, stdout) = (process.take_stdin(), process.take_stdout());
        let (mut stdin, stdout) = (stdin.ok_or_else(missing)?, stdout.ok_or_else(missing)?);
        let stderr = process.take_stderr().ok_or_else(missing)?;
        let (requests, to_write) = mpsc::channel::<Vec<u8>>();
        let (to_read, lines) = mpsc::channel();
        let errors = LastLines::default();
        let kept = errors.clone();
        let thread = |name: &str, run: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.into()).stack_size(256 << 10).spawn(run).map(drop)
        };
        // A process that does not read must not hold up the one that waits for it.
        let writing = thread(
            "engine-stdin",
            Box::new(move || {
                for line in to_write {
                    if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
                        break;
                    }
                }
            }),
        );
        let reading = thread("engine-stdout", Box::new(move || read_lines(stdout, &to_read)));
        let draining = thread("engine-stderr", Box::new(move || kept.drain(stderr)));
        let child = Child { process, requests, lines, errors, next: 0, unread: VecDeque::new(), modules: 0 };
        // From here on, the process is killed when something fails.
        writing.and(reading).and(draining)?;
        Ok(child)
    }

    /// Sends a request and waits for the answer. After an error the process is dead.
    pub(super) fn ask(&mut self, request: &Request, allowed: &Allowed) -> Result<Answer, Failure> {
        let id = self.send(request)?;
        let deadline = allowed.time.and_then(|time| Instant::now().checked_add(time));
        let mut chatter = 0;
        loop {
            let line = match self.wait(deadline, allowed)? {
                Output::Line(line) => line,
                Output::TooLong => return Err(self.broken("it wrote a line that is too long")),
                Output::Closed => return Err(self.died()),
            };
            if line.first() != Some(&b'{') {
                chatter += 1;
                if chatter > CHATTER {
                    return Err(self.broken("it writes what is no answer"));
                }
                self.errors.keep(&line);
                continue;
            }
            let reply: Reply = match serde_json::from_slice(&line) {
                Ok(reply) => reply,
                Err(error) => return Err(self.broken(&format!("not an answer: {error}: {}", shortened(&line)))),
            };
            if reply.id == id && self.unread.is_empty() {
                return Ok(reply.answer);
            }
            let expected = self.unread.pop_front();
            if expected != Some(reply.id) {
                return Err(self.broken(&format!("an answer to request {}, which was not made", reply.id)));
            }
            if !matches!(reply.answer, Answer::Ok) {
                return Err(self.broken(&format!("it cannot begin: {}", reply.answer.end())));
            }
        }
    }

    /// Sends a request that must be answered with `ok`, and does not wait for it.
    pub(super) fn tell(&mut self, request: &Request) -> Result<(), Failure> {
        let id = self.send(request)?;
        self.unread.push_back(id);
        Ok(())
    }

    fn send(&mut self, request: &Request) -> Result<u64, Failure> {
        let id = self.next;
        self.next += 1;
        let mut line = serde_json::to_vec(&Line { id, request }).map_err(|e| Failure::Crash(e.to_string()))?;
        line.push(b'\n');
        self.send_line(line);
        Ok(id)
    }

    /// Sends a line that ends with a newline.
    pub(super) fn send_line(&mut self, line: Vec<u8>) {
        // When the process is dead, that is seen when waiting for the answer.
        let _ = self.requests.send(line);
    }

    /// Waits for the next line. After an error the process is dead.
    pub(super) fn wait(&mut self, deadline: Option<Instant>, allowed: &Allowed) -> Result<Output, Failure> {
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match self.lines.recv_timeout(left.map_or(TICK, |left| left.min(TICK))) {
                Ok(event) => return Ok(event),
                Err(RecvTimeoutError::Disconnected) => return Ok(Output::Closed),
                Err(RecvTimeoutError::Timeout) => {
                    if left.is_some_and(|left| left.is_zero())
                        || allowed.stop.as_ref().is_some_and(|stop| stop.asked().is_some())
                    {
                        self.process.kill();
                        return Err(Failure::Timeout);
                    }
                    if resident(self.process.id()).is_some_and(|bytes| bytes > allowed.memory) {
                        self.process.kill();
                        return Err(Failure::Limit("the process took more memory than it is allowed".into()));
                    }
                }
            }
        }
    }

    /// Reports how a process exited that has closed its output.
    pub(super) fn died(&mut self) -> Failure {
        let begin = Instant::now();
        let status = loop {
            match self.process.try_wait() {
                Ok(Some(status)) => break status.to_string(),
                Ok(None) if begin.elapsed() < GRACE => thread::sleep(Duration::from_millis(2)),
                Ok(None) => break "it closed its output".into(),
                Err(error) => break error.to_string(),
            }
        };
        // What it wrote last may still be on its way.
        thread::sleep(Duration::from_millis(5));
        self.broken(&format!("the process died: {status}"))
    }

    /// Kills a process that does not follow the protocol.
    pub(super) fn broken(&mut self, what: &str) -> Failure {
        self.process.kill();
        let said = match self.errors.joined() {
            said if said.is_empty() => said,
            said => format!("; it said: {said}"),
        };
        Failure::Crash(format!("{what}{said}"))
    }

    /// Keeps a line that is no answer, for when the process dies.
    pub(super) fn keep(&self, line: &[u8]) {
        self.errors.keep(line);
    }
}

fn read_lines(stdout: impl Read, to: &Sender<Output>) {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    loop {
        let mut line = Vec::new();
        let event = match stdout.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(_) if line.last() == Some(&b'\n') => {
                line.pop();
                Output::Line(line)
            }
            Ok(n) if n as u64 == LONGEST => Output::TooLong,
            // A part of a line is no answer.
            Ok(_) | Err(_) => Output::Closed,
        };
        let last = !matches!(event, Output::Line(_));
        if to.send(event).is_err() || last {
            break;
        }
    }
}

/// The memory of a process that is resident, where the system tells.
fn resident(pid: u32) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
