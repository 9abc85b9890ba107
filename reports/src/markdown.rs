//! Markdown, for pull requests and job summaries.

use crate::report::thousands;
use crate::{Counts, Report, Verdict};
use std::fmt::Write as _;

/// How many directives that did not pass are listed. Job summaries have a size limit; the other renderings list all.
pub const LISTED: usize = 100;

/// A report as Markdown.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let mark = if report.is_success() { "✅" } else { "❌" };
    let pin = report.standard.pin.get(..9).unwrap_or(&report.standard.pin);
    let _ = writeln!(out, "## {mark} {} on {} {}\n", report.standard.name, report.engine.name, report.engine.version);
    let _ = writeln!(out, "**{}** {} The standard is pinned to `{pin}`.\n", report.outcome(), report.extent());
    out.push_str("| suite | files | total |");
    for verdict in Verdict::ALL {
        let _ = write!(out, " {verdict} |");
    }
    out.push_str("\n|:---|---:|---:|");
    out.push_str(&"---:|".repeat(Verdict::ALL.len()));
    out.push('\n');
    for suite in &report.suites {
        row(&mut out, &escape(&suite.name), suite.files, &suite.verdicts);
    }
    row(&mut out, "**total**", report.summary.files, &report.summary.verdicts);
    if !report.notes.is_empty() {
        out.push('\n');
    }
    for note in &report.notes {
        let _ = writeln!(out, "- {}", escape(note));
    }
    if !report.failures.is_empty() {
        out.push_str("\n| verdict | place | directive | expected | got |\n|:---|:---|:---|:---|:---|\n");
        for finding in report.failures.iter().take(LISTED) {
            let _ = writeln!(
                out,
                "| {} | {}:{}:{} | `{}` | {} | {} |",
                finding.verdict,
                escape(&finding.file),
                finding.line,
                finding.column,
                finding.directive,
                escape(&finding.expected),
                escape(&finding.got),
            );
        }
        if let more @ 1.. = report.failures.len().saturating_sub(LISTED) {
            let _ = writeln!(out, "\n… and {} more.", thousands(more as u64));
        }
    }
    out
}

fn row(out: &mut String, name: &str, files: u64, counts: &Counts) {
    let _ = write!(out, "| {name} | {} | {} |", thousands(files), thousands(counts.total()));
    for verdict in Verdict::ALL {
        let _ = write!(out, " {} |", thousands(counts.get(verdict)));
    }
    out.push('\n');
}

/// Text that Markdown leaves as it is, in a cell of a table.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$' | '@' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
