//! A page with the outcomes of each test and a picture of an execution for each.

use super::picture::svg;
use super::text::key;
use super::{Judgement, Set, Test};
use crate::html::{document, escape};
use crate::report::{plural, thousands};
use std::fmt::Write as _;

const STYLE: &str = include_str!("../coverage/style.css");
const MORE: &str = include_str!("style.css");

/// One page that needs nothing but itself.
pub fn render(set: &Set) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "<h1>{}</h1>", plural(set.tests.len() as u64, "litmus test"));
    if set.tests.len() > 1 {
        out.push_str("<ul class=toc>\n");
        for (i, test) in set.tests.iter().enumerate() {
            let class = if test.is_as_expected() { "soft" } else { "bad" };
            let (path, summary) = (escape(&test.path), escape(&test.summary()));
            let _ = writeln!(out, "<li><a href=\"#t{i}\">{path}</a> <span class={class}>{summary}</span>");
        }
        out.push_str("</ul>\n");
    }
    for (i, test) in set.tests.iter().enumerate() {
        one(&mut out, i, test);
    }
    document("Litmus tests", &[STYLE, MORE], &out)
}

fn one(out: &mut String, i: usize, test: &Test) {
    let _ = writeln!(out, "<section id=t{i}>\n<h2>{}</h2>", escape(&test.path));
    if let Some(source) = &test.source {
        let _ = writeln!(out, "<p class=soft>{}</p>", escape(source));
    }
    let class = if test.is_as_expected() { "soft" } else { "bad" };
    let _ = writeln!(out, "<p class={class}>{}</p>", escape(&test.summary()));
    for finding in &test.findings {
        let (expected, got) = (escape(&finding.expected), escape(&finding.got));
        let _ = writeln!(out, "<p class=bad>line {}: expected {expected}, got {got}</p>", finding.line);
    }
    if test.error.is_none() {
        table(out, test);
    }
    for outcome in test.shown() {
        for (model, judgement) in test.models.iter().zip(&outcome.judgements) {
            let name = escape(&key(outcome));
            if let Some(witness) = judgement.witness.as_ref().filter(|witness| !witness.relations.is_empty()) {
                let open = if test.shown().count() <= 4 { " open" } else { "" };
                let _ = writeln!(out, "<details{open}><summary>{name}, an execution in {}</summary>", model.name);
                let _ = writeln!(out, "<div class=picture>{}</div></details>", svg(&test.threads, witness));
            }
            if let Some(reason) = &judgement.reason {
                let _ = writeln!(out, "<p>{name} is not allowed by {}: {}</p>", model.name, escape(reason));
            }
        }
    }
    for model in &test.models {
        let _ = writeln!(out, "<p class=soft>{}</p>", escape(&model.effort()));
    }
    out.push_str("</section>\n");
}

fn table(out: &mut String, test: &Test) {
    out.push_str("<div class=wide><table>\n<tr>");
    for column in &test.columns {
        let _ = write!(out, "<th class=n>{} {}</th>", escape(&column.thread), escape(&column.call));
    }
    for model in &test.models {
        let _ = write!(out, "<th class=n>{}</th>", escape(&model.name));
    }
    if let Some(observed) = &test.observed {
        let _ = write!(out, "<th class=n>{}, {}</th>", escape(&observed.engine), plural(observed.runs, "run"));
    }
    out.push_str("</tr>\n");
    for outcome in test.shown() {
        out.push_str("<tr>");
        for seen in &outcome.observations {
            let _ = write!(out, "<td class=n>{}</td>", escape(seen));
        }
        for judgement in &outcome.judgements {
            let class = if judgement.differs() { "n bad" } else { "n" };
            let _ = write!(out, "<td class=\"{class}\">{}</td>", judged(judgement));
        }
        if test.observed.is_some() {
            let _ = write!(out, "<td class=n>{}</td>", outcome.observed.map_or("–".into(), thousands));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table></div>\n");
}

fn judged(judgement: &Judgement) -> String {
    match (judgement.allowed, judgement.executions) {
        (true, Some(n)) => thousands(n),
        (true, None) => "allowed".into(),
        (false, _) if judgement.undecided => "?".into(),
        (false, _) => "–".into(),
    }
}
