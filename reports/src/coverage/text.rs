//! Coverage for a terminal.

use super::grammar::LISTS;
use super::{Coverage, Grammar, Production, ProductionStatus, ProductionTotals, Rule, Status, Totals};
use crate::report::{plural, thousands};
use crate::terminal::printable;
use std::fmt::Write as _;

/// How wide lines are, where they can be broken.
const WIDTH: usize = 80;

/// A coverage for people: the chapters, the rules that were not fired and why, the premises that were false, and the same
/// of productions.
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
    grammar(&mut out, &coverage.grammar);
    out
}

/// The names of the productions that no module was read with, though some could be, one to a line.
pub fn unused_productions(coverage: &Coverage) -> String {
    let statuses = [ProductionStatus::Unused, ProductionStatus::MalformedOnly];
    let unused = coverage.grammar.productions().filter(|production| statuses.contains(&production.status));
    unused.map(|production| format!("{}\n", production.id)).collect()
}

fn grammar(out: &mut String, grammar: &Grammar) {
    let title = "Productions of the binary and the text format, by modules";
    let width = grammar.chapters.iter().map(|chapter| chapter.title.chars().count()).max().unwrap_or_default();
    let mut header = format!("{:width$}", "chapter");
    for (name, _) in grammar.totals.columns() {
        let _ = write!(header, "  {name}");
    }
    let line = "─".repeat(header.chars().count());
    let _ = writeln!(out, "\n{title}\n\n{header}\n{line}");
    for chapter in &grammar.chapters {
        production_row(out, &chapter.title, width, &chapter.totals);
    }
    let _ = writeln!(out, "{line}");
    production_row(out, "total", width, &grammar.totals);
    for (status, title, _) in LISTS {
        let productions: Vec<&Production> = grammar.with(status).collect();
        let name = |production: &Production| match production.malformed {
            0 => production.id.clone(),
            n => format!("{} ({})", production.id, thousands(n)),
        };
        if productions.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{title} ({}):", thousands(productions.len() as u64));
        for group in productions.chunk_by(|a, b| a.reason == b.reason) {
            let names: Vec<String> = group.iter().map(|production| name(production)).collect();
            wrap(out, "    ", &names.join(", "));
            if let Some(reason) = &group[0].reason {
                wrap(out, "        ", reason);
            }
        }
    }
    let _ = writeln!(out, "\n{}", grammar.outcome());
}

/// The names of the rules that were not fired, though they could be, one to a line.
pub fn unfired(coverage: &Coverage) -> String {
    coverage.with(Status::Unfired).map(|rule| format!("{}\n", rule.id)).collect()
}

fn table(out: &mut String, coverage: &Coverage) {
    let width = coverage.chapters.iter().map(|chapter| chapter.title.chars().count()).max().unwrap_or_default();
    let mut header = format!("{:width$}  rules", "chapter");
    for status in Status::ALL {
        let _ = write!(header, "  {status}");
    }
    let line = "─".repeat(header.chars().count());
    let _ = writeln!(out, "{header}\n{line}");
    for chapter in &coverage.chapters {
        row(out, &chapter.title, width, &chapter.totals);
    }
    let _ = writeln!(out, "{line}");
    row(out, "total", width, &coverage.totals);
}

fn row(out: &mut String, title: &str, width: usize, totals: &Totals) {
    let Totals { rules, fired, unfired, never, stands_in, to_come } = *totals;
    let _ = write!(out, "{title:width$}  {:>5}", thousands(rules));
    for (number, status) in [fired, unfired, never, stands_in, to_come].into_iter().zip(Status::ALL) {
        let _ = write!(out, "  {:>width$}", thousands(number), width = status.name().len());
    }
    out.push('\n');
}

fn production_row(out: &mut String, title: &str, width: usize, totals: &ProductionTotals) {
    let _ = write!(out, "{title:width$}");
    for (name, number) in totals.columns() {
        let _ = write!(out, "  {:>width$}", thousands(number), width = name.len());
    }
    out.push('\n');
}

/// Rules, those with the same reason together.
fn list(out: &mut String, coverage: &Coverage, status: Status, title: &str) {
    let rules: Vec<&Rule> = coverage.with(status).collect();
    if rules.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title} ({}):", thousands(rules.len() as u64));
    for group in rules.chunk_by(|a, b| a.reason == b.reason) {
        match &group[0].reason {
            Some(reason) => {
                let ids: Vec<&str> = group.iter().map(|rule| rule.id.as_str()).collect();
                wrap(out, "    ", &ids.join(", "));
                wrap(out, "        ", reason);
            }
            None => group.iter().for_each(|rule| wrap(out, "    ", &rule.id)),
        }
    }
}

/// Words in lines, each of them indented.
fn wrap(out: &mut String, indent: &str, text: &str) {
    let mut width = WIDTH;
    for word in text.split_whitespace() {
        let more = 1 + word.chars().count();
        if width + more > WIDTH {
            let _ = write!(out, "{}{indent}{word}", if width == WIDTH { "" } else { "\n" });
            width = indent.len() + more - 1;
        } else {
            let _ = write!(out, " {word}");
            width += more;
        }
    }
    out.push('\n');
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
        let example = premise.examples.first().map(|place| printable(&place.to_string())).unwrap_or_default();
        let number = thousands(premise.directives);
        let _ = writeln!(out, "    {:rules$}  {:kinds$}  {number:>6}  {example}", premise.rule, premise.premise);
    }
    if !coverage.never_false.is_empty() {
        let _ = writeln!(out, "Kinds of premises that were false nowhere: {}", coverage.never_false.join(", "));
    }
}
