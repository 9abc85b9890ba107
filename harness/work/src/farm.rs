//! A farm: items of work in child processes ([`worker`](crate::worker)), any of which may die.
//!
//! An item whose worker dies is tried once more, alone in a fresh worker. If that one dies as well, the item has
//! [died](Ended::Died); the items that were to come after it in the same worker are given to others. So what ends a
//! process takes one item with it and nothing else.

use crate::group::Group;
use crate::last_lines::LastLines;
use crate::stop::{Stop, Why};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thiserror::Error;

/// How often a request to stop is looked for.
const TICK: Duration = Duration::from_millis(50);
/// How long a worker that has nothing left to do may take to exit.
const GRACE: Duration = Duration::from_millis(500);

/// A farm.
#[derive(Clone, Debug)]
pub struct Farm {
    /// The program that is a worker.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// How many workers there are at a time.
    pub workers: NonZeroUsize,
    /// How many items a worker has at a time: one that it works on, and others that wait. More than one spares short items
    /// the way to and fro.
    pub ahead: NonZeroUsize,
}

/// How an item ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended<R> {
    /// With a result. If a worker died of the item before another one did it, how.
    Done(R, Option<Death>),
    /// Two workers died of it.
    Died(Death),
}

/// How a worker died.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Death {
    /// How it ended, and the last lines of its standard error.
    pub how: String,
    /// The place at which it was last, where it told.
    pub at: Option<String>,
}

/// Why a farm cannot do its work.
#[derive(Debug, Error)]
pub enum FarmError {
    /// A worker cannot be started, or spoken with.
    #[error("cannot start a worker: {0}")]
    Start(#[from] io::Error),
    /// A worker says that it cannot do what it should.
    #[error("{0}")]
    Setup(String),
}

/// A line to a worker.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked<I> {
    pub(crate) n: u64,
    /// Whether the item has this worker for itself, which should tell where it is.
    pub(crate) alone: bool,
    pub(crate) item: I,
}

/// A line from a worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Told<R> {
    Ready,
    Broken { why: String },
    At { n: u64, at: String },
    Done { n: u64, result: R },
}

/// What is done with the results of a farm.
pub trait Customer<I, R> {
    /// An error that ends the work.
    type Error: From<FarmError>;

    /// The next item, if there is one now. It is asked again after each result.
    fn next(&mut self) -> Option<I>;

    /// Takes how an item ended, in whatever order they do.
    ///
    /// # Errors
    /// When the work cannot go on.
    fn take(&mut self, item: I, ended: Ended<R>) -> Result<(), Self::Error>;

    /// Whether an item may take long, so that no other should have to wait for it in the same worker.
    fn is_long(&self, _item: &I) -> bool {
        false
    }

    /// Called a few times a second, whether or not there are results.
    ///
    /// # Errors
    /// When the work cannot go on.
    fn tick(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl Farm {
    /// Does the items of a customer until there are no more, or until somebody asks to stop, which is then said. Items
    /// under way at that time are dropped.
    ///
    /// # Errors
    /// When workers cannot be had, and the errors of the customer.
    pub fn run<S, I, R, C>(&self, setup: &S, stop: &Stop, customer: &mut C) -> Result<Option<Why>, C::Error>
    where
        S: Serialize,
        I: Serialize,
        R: DeserializeOwned + Send + 'static,
        C: Customer<I, R>,
    {
        let mut setup = serde_json::to_string(setup).map_err(|error| FarmError::Setup(error.to_string()))?;
        setup.push('\n');
        let folder = tempfile::Builder::new().prefix("lockstep-").tempdir().map_err(FarmError::Start)?;
        let (to, results) = mpsc::channel();
        let mut running: Running<'_, I, R> = Running {
            farm: self,
            setup,
            folder,
            to,
            results,
            workers: Vec::new(),
            again: VecDeque::new(),
            next: 0,
            life: 0,
        };
        let why = running.run(stop, customer)?;
        running.finish(why.is_some());
        Ok(why)
    }
}

/// An item in a worker.
struct Item<I> {
    n: u64,
    item: I,
    is_long: bool,
    before: Option<Death>,
}

/// A worker.
struct Worker<I> {
    /// Tells it from those that had its place before.
    life: u64,
    group: Group,
    stdin: ChildStdin,
    errors: LastLines,
    is_ready: bool,
    /// What it has to do, in order.
    items: VecDeque<Item<I>>,
    at: Option<String>,
}

impl<I> Worker<I> {
    /// Whether it should not have another item yet.
    fn is_taken(&self) -> bool {
        self.items.back().is_some_and(|item| item.is_long || item.before.is_some())
    }
}

/// What the thread that reads from a worker tells.
enum Event<R> {
    Line(Told<R>),
    NoLine(String),
    Closed,
}

struct Running<'f, I, R> {
    farm: &'f Farm,
    setup: String,
    /// For the temporary files of the workers, so that those of one that is killed do not stay.
    folder: TempDir,
    to: Sender<(u64, Event<R>)>,
    results: Receiver<(u64, Event<R>)>,
    workers: Vec<Worker<I>>,
    /// Items whose worker died.
    again: VecDeque<Item<I>>,
    next: u64,
    life: u64,
}

impl<I: Serialize, R: DeserializeOwned + Send + 'static> Running<'_, I, R> {
    fn run<C: Customer<I, R>>(&mut self, stop: &Stop, customer: &mut C) -> Result<Option<Why>, C::Error> {
        loop {
            if let Some(why) = stop.asked() {
                return Ok(Some(why));
            }
            self.hand_out(customer)?;
            if self.workers.iter().all(|worker| worker.items.is_empty()) {
                return Ok(None);
            }
            match self.results.recv_timeout(TICK) {
                Ok((life, event)) => self.heard(life, event, customer)?,
                Err(RecvTimeoutError::Timeout) => {}
                // It cannot be: this end has a sender of its own.
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
            customer.tick()?;
        }
    }

    /// Gives items to workers that have room for them.
    fn hand_out<C: Customer<I, R>>(&mut self, customer: &mut C) -> Result<(), C::Error> {
        let most = self.farm.workers.get();
        for ahead in 0..self.farm.ahead.get() {
            for w in 0..most {
                if self.workers.get(w).is_some_and(|worker| worker.items.len() > ahead || worker.is_taken()) {
                    continue;
                }
                let item = match self.again.front() {
                    // It needs a worker for itself.
                    Some(Item { before: Some(_), .. }) if ahead > 0 => return Ok(()),
                    Some(_) => self.again.pop_front(),
                    None => customer.next().map(|item| {
                        self.next += 1;
                        let is_long = customer.is_long(&item);
                        Item { n: self.next, item, is_long, before: None }
                    }),
                };
                let Some(item) = item else { return Ok(()) };
                if w >= self.workers.len() {
                    let worker = self.start()?;
                    self.workers.push(worker);
                } else if item.before.is_some() {
                    self.workers[w] = self.start()?;
                }
                self.workers[w].give(item).map_err(FarmError::Start)?;
            }
        }
        Ok(())
    }

    fn start(&mut self) -> Result<Worker<I>, FarmError> {
        let mut command = Command::new(&self.farm.program);
        command.args(&self.farm.args).env("TMPDIR", self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::spawn(&mut command)?;
        let missing = || io::Error::other("no pipe to the process");
        let (stdin, stdout) = (group.take_stdin().ok_or_else(missing)?, group.take_stdout().ok_or_else(missing)?);
        let stderr = group.take_stderr().ok_or_else(missing)?;
        self.life += 1;
        let (life, to, errors) = (self.life, self.to.clone(), LastLines::default());
        let kept = errors.clone();
        thread::Builder::new().name("worker-stdout".into()).spawn(move || read(life, stdout, &to))?;
        thread::Builder::new().name("worker-stderr".into()).spawn(move || kept.drain(stderr))?;
        let mut worker = Worker { life, group, stdin, errors, is_ready: false, items: VecDeque::new(), at: None };
        worker.write(self.setup.as_bytes());
        Ok(worker)
    }

    fn heard<C: Customer<I, R>>(&mut self, life: u64, event: Event<R>, customer: &mut C) -> Result<(), C::Error> {
        // What one that was replaced still says is no news.
        let Some(w) = self.workers.iter().position(|worker| worker.life == life) else { return Ok(()) };
        let worker = &mut self.workers[w];
        match event {
            Event::Line(Told::Ready) => worker.is_ready = true,
            Event::Line(Told::Broken { why }) => return Err(FarmError::Setup(why).into()),
            Event::Line(Told::At { n, at }) => {
                if worker.items.front().is_some_and(|item| item.n == n) {
                    worker.at = Some(at);
                }
            }
            Event::Line(Told::Done { n, result }) => match worker.items.pop_front() {
                Some(item) if item.n == n => customer.take(item.item, Ended::Done(result, item.before))?,
                _ => return Err(FarmError::Setup(format!("a worker did {n}, which it was not asked to")).into()),
            },
            Event::NoLine(what) => {
                let why = format!("a worker cannot be understood: {what}");
                return Err(FarmError::Setup(why).into());
            }
            Event::Closed => self.died(w, customer)?,
        }
        Ok(())
    }

    fn died<C: Customer<I, R>>(&mut self, w: usize, customer: &mut C) -> Result<(), C::Error> {
        let mut worker = self.workers.swap_remove(w);
        let how = worker.end();
        if !worker.is_ready {
            return Err(FarmError::Setup(format!("a worker dies before it can begin: {how}")).into());
        }
        let death = Death { how, at: worker.at.take() };
        let mut items = std::mem::take(&mut worker.items).into_iter();
        if let Some(first) = items.next() {
            if first.before.is_some() {
                customer.take(first.item, Ended::Died(death))?;
            } else {
                self.again.push_back(Item { before: Some(death), ..first });
            }
        }
        // Those that have died of nothing come first.
        items.rev().for_each(|item| self.again.push_front(item));
        Ok(())
    }

    /// Lets the workers end.
    fn finish(self, at_once: bool) {
        let mut groups = Vec::new();
        // Closing their input tells them.
        for Worker { group, stdin, .. } in self.workers {
            drop(stdin);
            groups.push(group);
        }
        let begin = Instant::now();
        let still_runs = |group: &mut Group| matches!(group.try_wait(), Ok(None));
        while !at_once && begin.elapsed() < GRACE && groups.iter_mut().any(still_runs) {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl<I: Serialize> Worker<I> {
    fn give(&mut self, item: Item<I>) -> io::Result<()> {
        let asked = Asked { n: item.n, alone: item.before.is_some(), item: &item.item };
        let mut line = serde_json::to_vec(&asked)?;
        line.push(b'\n');
        self.write(&line);
        self.items.push_back(item);
        Ok(())
    }
}

impl<I> Worker<I> {
    /// Writes to it. When it is dead, that is seen from its output.
    fn write(&mut self, line: &[u8]) {
        let _ = self.stdin.write_all(line).and_then(|()| self.stdin.flush());
    }

    /// How it ended, now that its output is closed.
    fn end(&mut self) -> String {
        let begin = Instant::now();
        let how = loop {
            match self.group.try_wait() {
                Ok(Some(status)) => break format!("the process died: {status}"),
                Ok(None) if begin.elapsed() < GRACE => thread::sleep(Duration::from_millis(2)),
                Ok(None) => break "the process closed its output".to_owned(),
                Err(error) => break error.to_string(),
            }
        };
        // What it wrote last may still be on its way.
        thread::sleep(Duration::from_millis(5));
        match self.errors.joined() {
            said if said.is_empty() => how,
            said => format!("{how}; it said: {said}"),
        }
    }
}

fn read<R: DeserializeOwned>(life: u64, stdout: ChildStdout, to: &Sender<(u64, Event<R>)>) {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        let event = match stdout.read_until(b'\n', &mut line) {
            Ok(_) if line.last() == Some(&b'\n') => match serde_json::from_slice(&line) {
                Ok(told) => Event::Line(told),
                Err(error) => Event::NoLine(error.to_string()),
            },
            // A part of a line is nothing.
            Ok(_) | Err(_) => Event::Closed,
        };
        let last = !matches!(event, Event::Line(_));
        if to.send((life, event)).is_err() || last {
            break;
        }
    }
}
