//! The terminal.

use crate::report::{plural, thousands};
use crate::{Baseline, Change, Counts, Finding, Group, LeftOut, Report, Trend, Verdict, groups};
use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};
use comfy_table::{LineStyle, TableStyle};
use std::fmt::Write as _;

/// What lines in the table are drawn with.
const RULE: char = '─';

/// How to render for a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether to use colours.
    pub colours: bool,
    /// The width that is there.
    pub width: u16,
    /// How many to list of the causes of what did not pass, and of each kind of change.
    pub listed: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { colours: false, width: 80, listed: 20 }
    }
}

/// A report for a terminal: verdicts by suite and in total, the directives that did not pass, and a last sentence.
pub fn render(report: &Report, options: Options) -> String {
    let mut out = String::new();
    let pin = report.standard.pin.get(..9).unwrap_or(&report.standard.pin);
    let _ = writeln!(out, "{} ({pin}) on {} {}", report.standard.name, report.engine.name, report.engine.version);
    let _ = writeln!(out, "{}", report.extent());
    if let Some(official) = &report.run.official {
        let _ = writeln!(out, "{official}.");
    }
    out.push('\n');
    let lines = |space| -> Vec<String> {
        table(report, options, space).lines().map(|line| line.trim_end().to_owned()).collect()
    };
    let mut lines = match lines(1) {
        // Something had to be wrapped.
        spacious if spacious.len() > report.suites.len() + 3 => lines(0),
        spacious => spacious,
    };
    // The line below the header once more, above the total.
    if let Some(rule) = lines.iter().find(|line| !line.is_empty() && line.chars().all(|c| c == RULE)).cloned() {
        lines.insert(lines.len() - 1, rule);
    }
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    out.push_str(&findings(report, options));
    if !report.notes.is_empty() {
        out.push('\n');
    }
    for note in &report.notes {
        let _ = writeln!(out, "note: {note}");
    }
    for LeftOut { file, reason } in &report.run.left_out {
        let _ = writeln!(out, "left out: {}: {}", printable(file), indent(reason));
    }
    let style = bold(match (report.is_success(), report.failures.is_empty()) {
        (false, _) => AnsiColor::Red,
        (true, false) => AnsiColor::Yellow,
        (true, true) => AnsiColor::Green,
    });
    let _ = writeln!(out, "\n{}", paint(&report.outcome(), style, options));
    out
}

/// The first causes of what did not pass, each with an example, and how many more there are; then what was expected and
/// did not come, and what has changed since the baseline. What is known is not listed.
pub(crate) fn findings(report: &Report, options: Options) -> String {
    let mut out = String::new();
    let groups = groups(report.failures.iter().filter(|finding| finding.known.is_none()));
    let (groups, untested): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.verdict.is_finding());
    for group in groups.iter().take(options.listed) {
        out.push('\n');
        show(&mut out, group, options);
    }
    if let more @ 1.. = groups.len().saturating_sub(options.listed) {
        let more = plural(more as u64, "more cause");
        let _ = writeln!(out, "\n… and {more}, all of them in the reports (--report json=FILE)");
    }
    let line = |group: &Group<'_>| {
        let directives = plural(group.count(), "directive");
        let first = group.findings.first().map(|f| format!(", first at {}:{}", f.path, f.line)).unwrap_or_default();
        format!("{directives} {}: {}{first}", group.verdict, group.cause)
    };
    list(&mut out, "not tested", untested.iter().map(line), options);
    let news = report.expected.iter().flat_map(|expected| &expected.news);
    list(&mut out, "expectations that are not met", news.map(ToString::to_string), options);
    if let Some(baseline) = &report.baseline {
        changes(&mut out, baseline, options);
    }
    out
}

fn changes(out: &mut String, baseline: &Baseline, options: Options) {
    let Baseline { from, engine, not_run, new_scripts, same, .. } = baseline;
    if engine.is_none() {
        let _ = writeln!(out, "\nThe baseline {} has not this engine: nothing to compare with.", printable(from));
        return;
    }
    let counts = Trend::ALL.map(|trend| format!("{} {trend}", thousands(baseline.of(trend).count() as u64)));
    let _ = writeln!(
        out,
        "\nSince the baseline {}: {}, {} as before; {} not run, {} new.",
        printable(from),
        counts.join(", "),
        thousands(*same),
        plural(not_run.len() as u64, "script"),
        plural(new_scripts.len() as u64, "script")
    );
    for trend in Trend::ALL {
        let line = |change: &Change| {
            let Change { file, line, column, directive, id, .. } = change;
            format!("{file}:{line}:{column}: {directive} {id}: {}", change.verdicts())
        };
        list(out, trend.name(), baseline.of(trend).map(line), options);
    }
}

/// A few lines under a heading; nothing where there are none.
fn list(out: &mut String, heading: &str, lines: impl Iterator<Item = String>, options: Options) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}:");
    for line in lines.iter().take(options.listed) {
        let _ = writeln!(out, "    {}", indent(line));
    }
    if let more @ 1.. = lines.len().saturating_sub(options.listed) {
        let _ = writeln!(out, "    … and {} more", thousands(more as u64));
    }
}

fn table(report: &Report, options: Options, space: u16) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill(RULE).junction(RULE)));
    table.force_no_tty().set_content_arrangement(ContentArrangement::Dynamic).set_width(options.width);
    if options.colours {
        table.enforce_styling();
    }
    let header = ["suite", "files", "total"].into_iter().chain(Verdict::ALL.map(Verdict::name));
    table.set_header(header.enumerate().map(|(i, name)| align(Cell::new(name), i)));
    for suite in &report.suites {
        table.add_row(row(&suite.name, suite.files, &suite.verdicts, false));
    }
    table.add_row(row("total", report.summary.files, &report.summary.verdicts, true));
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if i > 0 { space } else { 0 }, 0));
        if i > 0 {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

fn row(name: &str, files: u64, counts: &Counts, bold: bool) -> Vec<Cell> {
    let numbers = [(files, None), (counts.total(), None)]
        .into_iter()
        .chain(Verdict::ALL.map(|verdict| (counts.get(verdict), Some(verdict))));
    let mut cells = vec![Cell::new(name)];
    for (number, verdict) in numbers {
        let cell = Cell::new(thousands(number));
        cells.push(match verdict.and_then(|verdict| colour(verdict, number)) {
            Some(colour) => cell.fg(colour),
            None => cell,
        });
    }
    let cells = cells.into_iter().enumerate().map(|(i, cell)| align(cell, i));
    cells.map(|cell| if bold { cell.add_attribute(Attribute::Bold) } else { cell }).collect()
}

fn align(cell: Cell, column: usize) -> Cell {
    if column == 0 { cell } else { cell.set_alignment(CellAlignment::Right) }
}

/// Green for passes, red for findings, yellow for what was not tested, grey for a zero; nothing passed is red.
fn colour(verdict: Verdict, number: u64) -> Option<Color> {
    Some(match (verdict, number) {
        (Verdict::Pass, 0) => Color::Red,
        (Verdict::Pass, _) => Color::Green,
        (_, 0) => Color::DarkGrey,
        (verdict, _) if verdict.is_finding() => Color::Red,
        _ => Color::Yellow,
    })
}

fn show(out: &mut String, group: &Group<'_>, options: Options) {
    let style = bold(if group.verdict.is_finding() { AnsiColor::Red } else { AnsiColor::Yellow });
    let verdict = paint(group.verdict.name(), style, options);
    let Some(first) = group.findings.first().or(group.hanging.first()) else { return };
    let Finding { path, line, column, directive, .. } = first;
    let _ = writeln!(out, "{verdict}: {}:{line}:{column}: {directive}", printable(path));
    for (label, said) in first.facts() {
        let _ = writeln!(out, "    {label:<9} {}", indent(&said));
    }
    let more = (group.findings.len() as u64).saturating_sub(1);
    let hanging = group.hanging.len() as u64;
    if more + hanging > 0 {
        let mut parts = Vec::new();
        if more > 0 {
            parts.push(format!("{} of the same cause", plural(more, "more directive")));
        }
        if hanging > 0 {
            let verb = if hanging == 1 { "hangs" } else { "hang" };
            parts.push(format!("{} that {verb} on this", plural(hanging, "directive")));
        }
        let _ = writeln!(out, "    {:<9} {}", "and", parts.join(", "));
    }
}

/// Further lines below the first.
fn indent(text: &str) -> String {
    printable(text.trim_end()).replace('\n', "\n              ")
}

/// Without what would steer the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn bold(colour: AnsiColor) -> Style {
    colour.on_default().bold()
}

fn paint(text: &str, style: Style, options: Options) -> String {
    if options.colours { format!("{style}{text}{style:#}") } else { text.into() }
}
