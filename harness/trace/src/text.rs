//! Traces as text.

use super::{Ending, Section, Writer};
use lockstep_semantics::trace::Step;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The columns of threads, rule and redex.
const THREAD: usize = 6;
const RULE: usize = 38;
const REDEX: usize = 48;

pub(super) struct Text {
    colours: bool,
    /// The redex of a step, to be measured.
    redex: String,
    /// The thread, where there are several.
    thread: Option<String>,
}

impl Text {
    pub(super) fn new(colours: bool) -> Self {
        Text { colours, redex: String::new(), thread: None }
    }

    fn paint(&self, code: &'static str) -> (&'static str, &'static str) {
        if self.colours { (code, "\u{1b}[0m") } else { ("", "") }
    }
}

impl Writer for Text {
    fn header(&mut self, _: &str, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn section(&mut self, section: Section<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (bold, off) = self.paint("\u{1b}[1m");
        match section {
            Section::Instantiate => writeln!(out, "{bold}instantiate{off}"),
            Section::Invoke(name, args) => {
                write!(out, "{bold}invoke {name:?}")?;
                for arg in args {
                    write!(out, " ({arg})")?;
                }
                writeln!(out, "{off}")
            }
            Section::Directive(line, expected) => writeln!(out, "{bold}line {line}{off}, which expects {expected}"),
            Section::Schedule(schedule) => writeln!(out, "{bold}schedule{off} {schedule}"),
        }
    }

    fn turn(&mut self, thread: &str, _: &mut dyn Write) -> io::Result<()> {
        self.thread = Some(thread.to_owned());
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, choices: &[u64], out: &mut dyn Write) -> io::Result<()> {
        let (dim, off) = self.paint("\u{1b}[2m");
        let (cyan, _) = self.paint("\u{1b}[36m");
        let (yellow, _) = self.paint("\u{1b}[33m");
        self.redex.clear();
        let _ = write!(self.redex, "{}", step.redex());
        let rule = step.rule().map_or("(host function)", |rule| rule.as_str());
        // Padding by hand: the standard library counts characters only where it formats the string itself.
        let width = self.redex.chars().count();
        let pad = REDEX.saturating_sub(width);
        write!(out, "{dim}{:>5}{off} ", step.number())?;
        if let Some(thread) = &self.thread {
            write!(out, "{thread:THREAD$} ")?;
        }
        write!(out, "{:>3}  {cyan}{rule:RULE$}{off} {}{:pad$}", step.depth(), self.redex, "")?;
        writeln!(out, "  {dim}~>{off}  {}", step.contractum())?;
        let indent = 5 + 1 + self.thread.as_ref().map_or(0, |thread| thread.len().max(THREAD) + 1) + 3 + 2 + RULE + 1;
        for action in step.actions() {
            writeln!(out, "{:indent$}  {dim}with {action}{off}", "")?;
        }
        for &change in step.changes() {
            writeln!(out, "{:indent$}  {yellow}{}{off}", "", step.show(change))?;
        }
        if choices.iter().any(|&choice| choice != 0) {
            let choices: Vec<String> = choices.iter().map(u64::to_string).collect();
            writeln!(out, "{:indent$}  {yellow}chosen: {}{off}", "", choices.join(" "))?;
        }
        Ok(())
    }

    fn end(&mut self, end: &Ending, steps: u64, shown: u64, out: &mut dyn Write) -> io::Result<()> {
        let (bold, off) = self.paint("\u{1b}[1m");
        let s = if steps == 1 { "" } else { "s" };
        write!(out, "{bold}{}{off} after {steps} step{s}", end.text)?;
        if shown < steps { writeln!(out, ", of which {shown} are shown") } else { writeln!(out) }
    }
}
