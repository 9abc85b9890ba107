//! Several engines side by side: a row for each suite, a column for each engine.

use crate::report::thousands;
use crate::terminal::{self, Options};
use crate::{Counts, Report, Verdict};
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table};
use comfy_table::{LineStyle, TableStyle};
use std::fmt::Write as _;

/// The suites of all reports, in the order in which they first come.
pub(crate) fn suites(reports: &[Report]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for suite in reports.iter().flat_map(|report| &report.suites) {
        if !names.contains(&suite.name.as_str()) {
            names.push(&suite.name);
        }
    }
    names
}

/// The verdicts of an engine on a suite; `None` when it was not run.
pub(crate) fn verdicts<'r>(report: &'r Report, suite: &str) -> Option<&'r Counts> {
    report.suites.iter().find(|other| other.name == suite).map(|suite| &suite.verdicts)
}

/// All six counts in as few words as they need: `784`, or `780 · 3 fail · 1 limit`, where passes come first.
pub(crate) fn words(counts: Option<&Counts>) -> String {
    let Some(counts) = counts else { return "–".into() };
    let mut out = thousands(counts.pass);
    for verdict in &Verdict::ALL[1..] {
        if let n @ 1.. = counts.get(*verdict) {
            let _ = write!(out, " · {} {verdict}", thousands(n));
        }
    }
    out
}

/// For a terminal: the matrix, then for each engine its outcome and the first directives that did not pass.
pub fn terminal(reports: &[Report], options: Options) -> String {
    let mut out = String::new();
    if let Some(first) = reports.first() {
        let pin = first.standard.pin.get(..9).unwrap_or(&first.standard.pin);
        let _ = writeln!(out, "{} ({pin}): directives that pass, and others by verdict\n", first.standard.name);
    }
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.force_no_tty().set_content_arrangement(ContentArrangement::Dynamic).set_width(options.width.max(100));
    if options.colours {
        table.enforce_styling();
    }
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let engines = reports.iter().map(|report| right(format!("{} {}", report.engine.name, report.engine.version)));
    table.set_header(std::iter::once(Cell::new("suite")).chain(engines));
    let cell = |counts: Option<&Counts>| {
        let colour = match counts {
            None => Color::DarkGrey,
            Some(counts) if !counts.is_success() => Color::Red,
            Some(counts) if counts.pass < counts.total() => Color::Yellow,
            Some(_) => Color::Green,
        };
        right(words(counts)).fg(colour)
    };
    for suite in suites(reports) {
        let cells = reports.iter().map(|report| cell(verdicts(report, suite)));
        table.add_row(std::iter::once(Cell::new(suite)).chain(cells));
    }
    let sums = reports.iter().map(|report| cell(Some(&report.summary.verdicts)));
    table.add_row(std::iter::once(Cell::new("total")).chain(sums));
    for line in table.lines() {
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for report in reports {
        let _ = writeln!(out, "\n{}: {}", report.engine.name, report.outcome());
        out.push_str(&terminal::findings(report, options));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_show_all_six() {
        let counts = Counts { pass: 1780, fail: 3, limit: 1, ..Counts::default() };
        assert_eq!(words(Some(&counts)), "1,780 · 3 fail · 1 limit");
        assert_eq!(words(Some(&Counts::default())), "0");
        assert_eq!(words(None), "–");
    }
}
