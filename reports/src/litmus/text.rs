//! For terminals.

use super::{Judgement, Outcome, Set, Test, Witness};
use crate::report::{plural, thousands};
use crate::terminal::Options;
use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, CellAlignment, Color, LineStyle, Table, TableStyle};
use std::fmt::Write as _;

/// Tests for a terminal. One test is shown with its outcomes, several in a table; `witnesses` adds an execution for each
/// outcome.
pub fn render(set: &Set, options: Options, witnesses: bool) -> String {
    let mut out = String::new();
    if let [test] = set.tests.as_slice() {
        one(&mut out, test, options, witnesses);
        return out;
    }
    out.push_str(&overview(set, options));
    for test in &set.tests {
        if witnesses || !test.is_as_expected() {
            out.push('\n');
            one(&mut out, test, options, witnesses);
        }
    }
    let wrong = set.tests.iter().filter(|test| !test.is_as_expected()).count();
    let total = plural(set.tests.len() as u64, "test");
    let style = Style::new().bold();
    let verdict = match wrong {
        0 => paint(&format!("{total}, all as expected"), style.fg_color(Some(AnsiColor::Green.into())), options),
        n => paint(&format!("{total}, {n} not as expected"), style.fg_color(Some(AnsiColor::Red.into())), options),
    };
    let _ = writeln!(out, "\n{verdict}");
    out
}

fn paint(text: &str, style: Style, options: Options) -> String {
    if options.colours { format!("{style}{text}{style:#}") } else { text.into() }
}

fn new_table(options: Options) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.force_no_tty();
    if options.colours {
        table.enforce_styling();
    }
    table
}

fn lines(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// A line for each test.
fn overview(set: &Set, options: Options) -> String {
    let mut table = new_table(options);
    let models: Vec<&str> =
        set.tests.first().map_or(Vec::new(), |test| test.models.iter().map(|model| model.name.as_str()).collect());
    let mut header = vec![Cell::new("test"), Cell::new("threads")];
    for model in &models {
        for what in [format!("{model}: outcomes"), "executions".into(), "looked at".into(), "ms".into()] {
            header.push(right(what));
        }
    }
    header.push(Cell::new(""));
    table.set_header(header);
    for test in &set.tests {
        let mut row = vec![Cell::new(&test.path), right(test.threads.len().to_string())];
        for (i, _) in models.iter().enumerate() {
            let allowed = test.outcomes.iter().filter(|o| o.judgements.get(i).is_some_and(|j| j.allowed)).count();
            match test.models.get(i) {
                Some(model) => {
                    row.push(right(allowed.to_string()));
                    let unknown = if model.cut.is_some() { "?" } else { "∞" };
                    row.push(right(model.executions.map_or(unknown.into(), thousands)));
                    row.push(right(model.looked_at.first().map_or(String::new(), |(_, n)| thousands(*n))));
                    row.push(right(format!("{:.1}", model.milliseconds)));
                }
                None => row.extend((0..4).map(|_| Cell::new(""))),
            }
        }
        let colour = if test.is_as_expected() { Color::Green } else { Color::Red };
        row.push(Cell::new(test.summary()).fg(colour));
        table.add_row(row);
    }
    lines(&table)
}

/// A test with its outcomes.
fn one(out: &mut String, test: &Test, options: Options, witnesses: bool) {
    let bold = Style::new().bold();
    let _ = writeln!(out, "{}", paint(&test.path, bold, options));
    if let Some(source) = &test.source {
        let _ = writeln!(out, "{source}");
    }
    if test.error.is_none() {
        out.push('\n');
        out.push_str(&outcomes(test, options));
        for model in &test.models {
            let _ = writeln!(out, "\n{} in {:.1} ms", model.effort(), model.milliseconds);
        }
        if let Some(observed) = &test.observed {
            let engine = if observed.engine.is_empty() { "observed" } else { &observed.engine };
            let _ = writeln!(out, "\n{engine}: {}", plural(observed.runs, "run"));
        }
    }
    for finding in &test.findings {
        let _ = writeln!(out, "\nline {}: expected {}, got {}", finding.line, finding.expected, finding.got);
    }
    let colour = if test.is_as_expected() { AnsiColor::Green } else { AnsiColor::Red };
    let _ = writeln!(out, "\n{}", paint(&test.summary(), bold.fg_color(Some(colour.into())), options));
    for outcome in test.shown().filter(|_| witnesses) {
        for (model, judgement) in test.models.iter().zip(&outcome.judgements) {
            let name = key(outcome);
            match (&judgement.witness, &judgement.reason) {
                (Some(witness), _) => {
                    let _ = writeln!(out, "\n{} in {}:", paint(&name, bold, options), model.name);
                    witnessed(out, test, witness);
                }
                (None, Some(reason)) => {
                    let _ = writeln!(out, "\n{} not in {}: {reason}", paint(&name, bold, options), model.name);
                }
                (None, None) => {}
            }
        }
    }
}

/// An outcome, as tests declare it.
pub(super) fn key(outcome: &Outcome) -> String {
    outcome.observations.join(", ")
}

fn outcomes(test: &Test, options: Options) -> String {
    let mut table = new_table(options);
    let mut header: Vec<Cell> =
        test.columns.iter().map(|column| right(format!("{} {}", column.thread, column.call))).collect();
    header.extend(test.models.iter().map(|model| right(model.name.clone())));
    if test.observed.is_some() {
        header.push(right("observed".into()));
    }
    header.push(Cell::new(""));
    table.set_header(header);
    for outcome in test.shown() {
        let mut row: Vec<Cell> = outcome.observations.iter().map(|seen| right(seen.clone())).collect();
        row.extend(outcome.judgements.iter().map(judged));
        if test.observed.is_some() {
            row.push(right(outcome.observed.map_or("–".into(), thousands)));
        }
        let note = outcome.judgements.iter().zip(&test.models).find(|(judgement, _)| judgement.differs());
        row.push(Cell::new(match note {
            Some((judgement, model)) if judgement.allowed => format!("allowed by {}, not declared", model.name),
            Some((_, model)) => format!("declared, not allowed by {}", model.name),
            None if test.unexplained().any(|other| other == outcome) => "observed, not allowed".into(),
            None => String::new(),
        }));
        table.add_row(row);
    }
    lines(&table)
}

fn judged(judgement: &Judgement) -> Cell {
    let text = match (judgement.allowed, judgement.executions) {
        (true, Some(n)) => thousands(n),
        (true, None) => "yes".into(),
        (false, _) if judgement.undecided => "?".into(),
        (false, _) => "–".into(),
    };
    let cell = right(text);
    match (judgement.differs(), judgement.allowed) {
        (true, _) => cell.fg(Color::Red),
        (false, true) => cell.fg(Color::Green),
        (false, false) => cell.fg(Color::DarkGrey),
    }
}

fn witnessed(out: &mut String, test: &Test, witness: &Witness) {
    for (i, event) in witness.events.iter().enumerate() {
        let thread = event.thread.and_then(|thread| test.threads.get(thread)).map_or("init", String::as_str);
        let _ = writeln!(out, "  {i:>3}  {thread:<8} {}", event.label);
    }
    for (name, pairs) in witness.relations.iter().filter(|(_, pairs)| !pairs.is_empty()) {
        let pairs: Vec<String> = pairs.iter().map(|(a, b)| format!("{a}→{b}")).collect();
        let _ = writeln!(out, "  {name:<6} {}", pairs.join(" "));
    }
    if let Some(schedule) = &witness.schedule {
        let _ = writeln!(out, "  schedule: {schedule}");
    }
}
