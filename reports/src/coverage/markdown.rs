//! Coverage as Markdown, for pull requests and job summaries.

use super::grammar::LISTS;
use super::{Coverage, Grammar, Production, ProductionTotals, Rule, Status, Totals};
use crate::markdown::escape;
use crate::report::{plural, thousands};
use std::fmt::Write as _;

/// A coverage as Markdown. What is long, and seldom of interest, is folded.
pub fn render(coverage: &Coverage) -> String {
    let mut out = String::new();
    let pin = coverage.standard.pin.get(..9).unwrap_or(&coverage.standard.pin);
    let mark = if coverage.totals.unfired == 0 { "✅" } else { "⚠️" };
    let _ = writeln!(out, "## {mark} Rules of {} fired by a suite\n", coverage.standard.name);
    let _ = writeln!(out, "**{}** {} The standard is pinned to `{pin}`.\n", coverage.outcome(), coverage.extent());
    out.push_str("| chapter | rules |");
    for status in Status::ALL {
        let _ = write!(out, " {status} |");
    }
    out.push_str("\n|:---|---:|");
    out.push_str(&"---:|".repeat(Status::ALL.len()));
    out.push('\n');
    for chapter in &coverage.chapters {
        row(&mut out, &escape(&chapter.title), &chapter.totals);
    }
    row(&mut out, "**total**", &coverage.totals);
    for (status, title, open) in [
        (Status::Unfired, "Not fired, though they could be", true),
        (Status::Never, "Cannot fire", true),
        (Status::StandsIn, "Not in the code, because something stands in", false),
        (Status::ToCome, "Not in the code yet", false),
    ] {
        list(&mut out, coverage, status, title, open);
    }
    premises(&mut out, coverage);
    grammar(&mut out, &coverage.grammar);
    out
}

fn grammar(out: &mut String, grammar: &Grammar) {
    let _ =
        writeln!(out, "\n### Productions of the binary and the text format, by modules\n\n**{}**\n", grammar.outcome());
    out.push_str("| chapter |");
    for (name, _) in grammar.totals.columns() {
        let _ = write!(out, " {name} |");
    }
    out.push_str("\n|:---|");
    out.push_str(&"---:|".repeat(grammar.totals.columns().len()));
    out.push('\n');
    for chapter in &grammar.chapters {
        production_row(out, &escape(&chapter.title), &chapter.totals);
    }
    production_row(out, "**total**", &grammar.totals);
    for (status, title, open) in LISTS {
        let productions: Vec<&Production> = grammar.with(status).collect();
        if productions.is_empty() {
            continue;
        }
        fold(out, &format!("{title} ({})", thousands(productions.len() as u64)), open);
        for Production { id, section, reason, malformed, .. } in productions {
            let _ = write!(out, "- [`{id}`]({section})");
            match *malformed {
                0 => {}
                1 => out.push_str(", in which 1 module is malformed"),
                n => {
                    let _ = write!(out, ", in which {} modules are malformed", thousands(n));
                }
            }
            if let Some(reason) = reason {
                let _ = write!(out, ": {reason}");
            }
            out.push('\n');
        }
        out.push_str("\n</details>\n");
    }
}

fn production_row(out: &mut String, title: &str, totals: &ProductionTotals) {
    let _ = write!(out, "| {title} |");
    for (_, number) in totals.columns() {
        let _ = write!(out, " {} |", thousands(number));
    }
    out.push('\n');
}

fn row(out: &mut String, title: &str, totals: &Totals) {
    let Totals { rules, fired, unfired, never, stands_in, to_come } = *totals;
    let _ = write!(out, "| {title} |");
    for number in [rules, fired, unfired, never, stands_in, to_come] {
        let _ = write!(out, " {} |", thousands(number));
    }
    out.push('\n');
}

fn list(out: &mut String, coverage: &Coverage, status: Status, title: &str, open: bool) {
    let rules: Vec<&Rule> = coverage.with(status).collect();
    if rules.is_empty() {
        return;
    }
    fold(out, &format!("{title} ({})", thousands(rules.len() as u64)), open);
    for rule in rules {
        let _ = write!(out, "- [`{}`]({})", rule.id, rule.section);
        match &rule.reason {
            // Reasons are Markdown already.
            Some(reason) => {
                let _ = writeln!(out, ": {reason}");
            }
            None => out.push('\n'),
        }
    }
    out.push_str("\n</details>\n");
}

fn premises(out: &mut String, coverage: &Coverage) {
    if coverage.premises.is_empty() {
        return;
    }
    fold(out, &format!("False in some module ({})", plural(coverage.premises.len() as u64, "premise")), false);
    out.push_str("| rule | premise | directives | such as |\n|:---|:---|---:|:---|\n");
    for premise in &coverage.premises {
        let example = premise.examples.first().map(|place| escape(&place.to_string())).unwrap_or_default();
        let number = thousands(premise.directives);
        let _ = writeln!(out, "| `{}` | {} | {number} | {example} |", premise.rule, premise.premise);
    }
    if !coverage.never_false.is_empty() {
        let _ = writeln!(out, "\nKinds of premises that were false nowhere: {}.", coverage.never_false.join(", "));
    }
    out.push_str("\n</details>\n");
}

fn fold(out: &mut String, title: &str, open: bool) {
    let open = if open { " open" } else { "" };
    let _ = writeln!(out, "\n<details{open}><summary>{title}</summary>\n");
}
