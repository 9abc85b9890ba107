//! Traces: shows a run rule by rule, as text, as JSON, or as a page to step through.
//!
//! A [`Printer`] takes the steps of a run from a [`Tracer`], picks the wanted ones and writes them as they come, so
//! that long traces take little memory. The JSON form also records the choices that the standard leaves open, so that
//! the run can be repeated ([`choices`]). In runs of several threads ([`SharedTracer::turn`]) each step names its
//! thread.

mod html;
mod json;
mod pick;
mod text;

pub use json::choices;
pub use pick::Pick;

use lockstep_semantics::RuleId;
use lockstep_semantics::choice::{Choice, Choices};
use lockstep_semantics::execution::{Action, Change, Store, ThreadId, Zipper};
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::Instr;
use lockstep_semantics::trace::{Sink, Step, Tracer};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The version of the JSON form. It changes when a reader of an older version could misread the newer one.
pub const VERSION: u32 = 1;

/// The format of a trace.
#[derive(Clone, Debug)]
pub enum Format {
    /// A line for each step, and one for each change.
    Text {
        /// Whether with colours.
        colours: bool,
    },
    /// An object on each line.
    Json,
    /// One page that has everything in it.
    Html {
        /// Where the rule book is: a folder or an address, which links begin with.
        book: String,
    },
}

/// The subject of a trace.
#[derive(Clone, Copy, Debug)]
pub enum Section<'a> {
    /// The instantiation of the module of a file.
    Instantiate,
    /// The invocation of an export.
    Invoke(&'a str, &'a [String]),
    /// A directive of a script, by its line and expectation.
    Directive(u32, &'a str),
    /// The threads of a script, by a schedule.
    Schedule(&'a str),
}

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Ending {
    /// One word: `return`, `trap`, `exception`, `exhausted`, `pass`, `fail`, or `stopped` when no more was asked for.
    pub kind: &'static str,
    /// The rest of it, for people.
    pub text: String,
}

/// Writes the parts of a trace in one format.
trait Writer {
    fn header(&mut self, file: &str, out: &mut dyn Write) -> io::Result<()>;
    fn section(&mut self, section: Section<'_>, out: &mut dyn Write) -> io::Result<()>;
    fn begin(&mut self, s: &Store, z: &Zipper, out: &mut dyn Write) -> io::Result<()> {
        let _ = (s, z, out);
        Ok(())
    }
    /// A thread takes its turn.
    fn turn(&mut self, thread: &str, out: &mut dyn Write) -> io::Result<()>;
    fn step(&mut self, step: &Step<'_>, choices: &[u64], out: &mut dyn Write) -> io::Result<()>;
    /// Choices of a step that is not written.
    fn hidden(&mut self, choices: &[u64], out: &mut dyn Write) -> io::Result<()> {
        let _ = (choices, out);
        Ok(())
    }
    fn end(&mut self, end: &Ending, steps: u64, shown: u64, out: &mut dyn Write) -> io::Result<()>;
}

/// Picks steps and writes them.
pub struct Printer<'w> {
    out: &'w mut dyn Write,
    writer: Box<dyn Writer + 'w>,
    pick: Pick,
    /// The last steps, and the rule of each.
    last: VecDeque<(Option<RuleId>, Vec<u8>)>,
    spare: Vec<u8>,
    shown: u64,
    steps: u64,
    /// The thread whose turn has begun, if that is not written yet.
    turn: Option<String>,
    done: bool,
    log: Log,
    stop: Arc<AtomicBool>,
    error: Option<io::Error>,
}

/// Choices made since the last step.
type Log = Rc<RefCell<Vec<u64>>>;

/// Passes on the choices of another source, and records them in the trace.
pub struct Chooser {
    inner: Box<dyn Choices>,
    log: Log,
}

impl Choices for Chooser {
    fn choose(&mut self, choice: Choice) -> u64 {
        let chosen = self.inner.choose(choice);
        self.log.borrow_mut().push(chosen);
        chosen
    }
}

/// A tracer with several owners: the observed session, and the caller that began the trace.
#[derive(Clone)]
pub struct SharedTracer<'w>(Rc<RefCell<Tracer<Printer<'w>>>>);

impl Observer for SharedTracer<'_> {
    const WATCHES_STEPS: bool = true;
    const WATCHES_ACTIONS: bool = true;
    const WATCHES_CHANGES: bool = true;
    fn thread(&mut self, thread: ThreadId) {
        self.0.borrow_mut().thread(thread);
    }
    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.0.borrow_mut().redex(s, z, redex);
    }
    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        self.0.borrow_mut().contractum(s, z, rule);
    }
    fn action(&mut self, action: &Action) {
        self.0.borrow_mut().action(action);
    }
    fn change(&mut self, change: &Change) {
        self.0.borrow_mut().change(change);
    }
}

impl<'w> SharedTracer<'w> {
    /// Begins a trace, which is switched off at first. Returns it with a source of choices, which passes on those of
    /// `inner`.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn begin(
        file: &str,
        format: Format,
        pick: Pick,
        inner: Box<dyn Choices>,
        out: &'w mut dyn Write,
    ) -> io::Result<(Self, Chooser)> {
        let log = Log::default();
        let mut writer: Box<dyn Writer + 'w> = match format {
            Format::Text { colours } => Box::new(text::Text::new(colours)),
            Format::Json => Box::<json::Json>::default(),
            Format::Html { book } => Box::new(html::Html::new(book)),
        };
        writer.header(file, out)?;
        let printer = Printer {
            out,
            writer,
            pick,
            last: VecDeque::new(),
            spare: Vec::new(),
            shown: 0,
            steps: 0,
            turn: None,
            done: false,
            log: log.clone(),
            stop: Arc::default(),
            error: None,
        };
        let mut tracer = Tracer::new(printer);
        tracer.switch(false);
        Ok((SharedTracer(Rc::new(RefCell::new(tracer))), Chooser { inner, log }))
    }

    /// The flag that is set when no more steps are wanted.
    pub fn stop(&self) -> Arc<AtomicBool> {
        self.0.borrow().sink.stop.clone()
    }

    /// Whether the trace ended because no more steps were wanted.
    pub fn is_stopped(&self) -> bool {
        self.0.borrow().sink.done
    }

    /// Switches the trace on for a subject.
    pub fn section(&self, section: Section<'_>) {
        let mut tracer = self.0.borrow_mut();
        tracer.switch(true);
        tracer.sink.attempt(|printer| {
            printer.flush_choices()?;
            printer.writer.section(section, printer.out)
        });
    }

    /// Begins the turn of the thread of this name.
    pub fn turn(&self, thread: &str) {
        self.0.borrow_mut().sink.turn = Some(thread.to_owned());
    }

    /// The rules of the last steps, if only those are wanted ([`Pick::last`]) and the trace has not ended.
    pub fn last_rules(&self) -> Vec<RuleId> {
        self.0.borrow().sink.last.iter().filter_map(|(rule, _)| *rule).collect()
    }

    /// Ends the trace.
    ///
    /// # Errors
    /// When not all could be written.
    pub fn end(&self, end: &Ending) -> io::Result<()> {
        let mut tracer = self.0.borrow_mut();
        tracer.sink.attempt(|printer| {
            printer.flush_choices()?;
            for (_, line) in std::mem::take(&mut printer.last) {
                printer.out.write_all(&line)?;
                printer.shown += 1;
            }
            printer.writer.end(end, printer.steps, printer.shown, printer.out)
        });
        tracer.sink.error.take().map_or(Ok(()), Err)
    }
}

impl Printer<'_> {
    /// Writes something, unless that has failed before.
    fn attempt(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.error.is_none()
            && let Err(e) = write(self)
        {
            self.error = Some(e);
            self.finish();
        }
    }

    /// Ends the trace early: no more steps are wanted.
    fn finish(&mut self) {
        self.done = true;
        self.stop.store(true, Ordering::Relaxed);
    }

    fn flush_choices(&mut self) -> io::Result<()> {
        let mut log = self.log.borrow_mut();
        if !log.is_empty() {
            self.writer.hidden(&log, self.out)?;
            log.clear();
        }
        Ok(())
    }

    fn tell_turn(&mut self) -> io::Result<()> {
        self.turn.take().map_or(Ok(()), |thread| self.writer.turn(&thread, self.out))
    }

    fn take(&mut self, step: &Step<'_>) -> io::Result<()> {
        self.tell_turn()?;
        if !self.pick.wants(step) {
            return self.flush_choices();
        }
        if self.pick.first.is_some_and(|first| self.shown >= first) {
            // This step is not part of the trace any more.
            self.steps -= 1;
            self.finish();
            return Ok(());
        }
        let log = self.log.clone();
        let mut choices = log.borrow_mut();
        match self.pick.last {
            None => {
                self.writer.step(step, &choices, self.out)?;
                self.shown += 1;
            }
            Some(last) => {
                // Lines that will not be printed can still have choices, which must be.
                if !choices.is_empty() {
                    self.writer.hidden(&choices, self.out)?;
                }
                let mut line = std::mem::take(&mut self.spare);
                line.clear();
                self.writer.step(step, &[], &mut line)?;
                self.last.push_back((step.rule(), line));
                if self.last.len() as u64 > last
                    && let Some((_, old)) = self.last.pop_front()
                {
                    self.spare = old;
                }
            }
        }
        choices.clear();
        Ok(())
    }
}

impl Sink for Printer<'_> {
    fn begin(&mut self, s: &Store, z: &Zipper) {
        if !self.done {
            self.attempt(|printer| {
                printer.tell_turn()?;
                printer.writer.begin(s, z, printer.out)
            });
        }
    }

    fn step(&mut self, step: &Step<'_>) {
        if !self.done {
            self.steps += 1;
            self.attempt(|printer| printer.take(step));
        }
    }
}
