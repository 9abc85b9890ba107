//! Coverage for a terminal.

use super::{Coverage, Rule, Status, Totals};
use crate::report::{plural, thousands};
use std::fmt::Write as _;

/// A coverage for people: the chapters, the rules that were not fired and why, and the premises that were false.
pub fn render(coverage: &Coverage) -> String {
    let mut out = String::new();
    let pin = coverage.standard.pin.get(..9).unwrap_or(&coverage.standard.pin);
    let _ = writeln!(out, "Rules of {} ({pin}) fired by a suite", coverage.standard.name);
    let _ = writeln!(out, "{}\n", coverage.extent());
    table(&mut out, coverage);
    for (status, title) in [
        (Status::Unfired, "Not fired, though they could be"),
        (Status::Never, "Cannot fire, and why"),
        (Status::StandsIn, "Not in the code, because something stands in"),
        (Status::ToCome, "Not in the code yet"),
    ] {
        list(&mut out, coverage, status, title);
    }
    premises(&mut out, coverage);
    let _ = writeln!(out, "\n{}", coverage.outcome());
    out
}

/// The names of the rules that were not fired, though they could be, one to a line.
pub fn unfired(coverage: &Coverage) -> String {
    coverage.with(Status::Unfired).map(|rule| format!("{}\n", rule.id)).collect()
}

fn table(out: &mut String, coverage: &Coverage) {
    let width = coverage.chapters.iter().map(|chapter| chapter.title.chars().count()).max().unwrap_or_default();
    let _ = write!(out, "{:width$}  {:>6}", "chapter", "rules");
    for status in Status::ALL {
        let _ = write!(out, "  {status:>11}");
    }
    out.push('\n');
    let line = "─".repeat(width + 8 + 13 * Status::ALL.len());
    let _ = writeln!(out, "{line}");
    for chapter in &coverage.chapters {
        row(out, &chapter.title, width, &chapter.totals);
    }
    let _ = writeln!(out, "{line}");
    row(out, "total", width, &coverage.totals);
}

fn row(out: &mut String, title: &str, width: usize, totals: &Totals) {
    let Totals { rules, fired, unfired, never, stands_in, to_come } = *totals;
    let _ = write!(out, "{title:width$}  {:>6}", thousands(rules));
    for number in [fired, unfired, never, stands_in, to_come] {
        let _ = write!(out, "  {:>11}", thousands(number));
    }
    out.push('\n');
}

fn list(out: &mut String, coverage: &Coverage, status: Status, title: &str) {
    let rules: Vec<&Rule> = coverage.with(status).collect();
    if rules.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title} ({}):", thousands(rules.len() as u64));
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for rule in rules {
        match &rule.reason {
            Some(reason) => {
                let _ = writeln!(out, "    {:width$}  {reason}", rule.id);
            }
            None => {
                let _ = writeln!(out, "    {}", rule.id);
            }
        }
    }
}

fn premises(out: &mut String, coverage: &Coverage) {
    if coverage.premises.is_empty() {
        return;
    }
    let count = plural(coverage.premises.len() as u64, "premise");
    let _ = writeln!(out, "\nFalse in some module ({count}):");
    let rules = coverage.premises.iter().map(|premise| premise.rule.len()).max().unwrap_or_default();
    let kinds = coverage.premises.iter().map(|premise| premise.premise.len()).max().unwrap_or_default();
    for premise in &coverage.premises {
        let example = premise.examples.first().map(ToString::to_string).unwrap_or_default();
        let number = thousands(premise.directives);
        let _ = writeln!(out, "    {:rules$}  {:kinds$}  {number:>6}  {example}", premise.rule, premise.premise);
    }
    if !coverage.never_false.is_empty() {
        let _ = writeln!(out, "Kinds of premises that were false nowhere: {}", coverage.never_false.join(", "));
    }
}
