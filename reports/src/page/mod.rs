//! Reports as one page that needs nothing but itself: the matrix, what has changed, and every directive that did not pass,
//! by cause.
//!
//! All of it is there to be read without a script; the script of the page adds filters. What is in a closed group costs
//! nothing to draw, so that a page may have thousands of failures.

pub(crate) mod failures;

use crate::html::{REPORT, document, escape, link};
use crate::report::{plural, thousands};
use crate::standing::{Standing, headline, status};
use crate::{Counts, Links, Report, Status, Verdict, matrix};
use failures::{Filters, better, findings};
use std::fmt::Write as _;

pub(crate) const SCRIPT: &str = include_str!("page.js");

/// Reports as a page.
pub fn render(reports: &[Report], links: &Links) -> String {
    let mut out = String::from("<a class=skip href=\"#main\">To the content</a>\n<header>\n");
    let standard = reports.first().map(|report| &report.standard);
    let name = standard.map_or("Lockstep", |standard| standard.name.as_str());
    let title = format!("Conformance: {name}");
    let _ = writeln!(out, "<h1>{}</h1>", escape(&title));
    let class = match status(reports) {
        Status::AsExpected => "fine",
        Status::Findings => "news",
        Status::Incomplete(_) => "gap",
    };
    let _ = writeln!(
        out,
        "<p class=\"status {class}\"><strong>{}</strong></p>\n</header>\n<main id=main>",
        escape(&headline(reports))
    );
    suites(&mut out, reports);
    for report in reports {
        about(&mut out, report);
    }
    let standings: Vec<_> = reports.iter().map(|report| (report, Standing::new(report), links.of(report))).collect();
    let filters = Filters::new(reports);
    out.push_str(&filters.form());
    let many = reports.len() > 1;
    let worse = findings(&mut out, ("Worse than before", "worse"), &standings, |s| &s.worse, &filters, true);
    findings(&mut out, ("New findings", "news"), &standings, |s| &s.news, &filters, !worse);
    unmet(&mut out, &standings, many);
    better(&mut out, &standings, &filters);
    findings(&mut out, ("Known", "known"), &standings, |s| &s.known, &filters, false);
    findings(&mut out, ("Not tested", "untested"), &standings, |s| &s.untested, &filters, false);
    not_run(&mut out, reports, many);
    if reports.iter().all(|report| report.failures.is_empty() && report.summary.directives > 0) {
        out.push_str("<p>Every directive passes.</p>\n");
    }
    out.push_str("</main>\n");
    footer(&mut out, standard);
    let _ = writeln!(out, "<script>\n{SCRIPT}</script>");
    document(&title, &[REPORT], &out)
}

fn footer(out: &mut String, standard: Option<&crate::Standard>) {
    out.push_str("<footer class=soft><p>Written by <code>lockstep</code>");
    if let Some(standard) = standard {
        let _ = write!(out, " for {} at <code>{}</code>", escape(&standard.name), escape(&standard.pin));
    }
    out.push_str(".</p></footer>\n");
}

/// The matrix: a row for each suite, a column for each engine.
fn suites(out: &mut String, reports: &[Report]) {
    if reports.is_empty() {
        return;
    }
    out.push_str("<h2 id=suites>Suites</h2>\n<div class=wide role=region aria-labelledby=suites tabindex=0><table>\n");
    out.push_str("<thead><tr><th scope=col>suite</th>");
    for report in reports {
        let (name, version) = (escape(&report.engine.name), escape(&report.engine.version));
        let _ = write!(out, "<th scope=col class=n>{name}<small>{version}</small></th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut row = |name: &str, of: &dyn Fn(&Report) -> Option<Counts>| {
        let _ = write!(out, "<tr><th scope=row>{}</th>", escape(name));
        for report in reports {
            out.push_str(&cell(of(report).as_ref()));
        }
        out.push_str("</tr>\n");
    };
    for suite in matrix::suites(reports) {
        row(suite, &|report| matrix::verdicts(report, suite).copied());
    }
    row("total", &|report| Some(report.summary.verdicts));
    out.push_str("</tbody></table></div>\n");
    let end = out.rfind("<tr><th scope=row>total").unwrap_or(out.len());
    out.insert_str(end, "</tbody>\n<tfoot>\n");
    let end = out.rfind("</tbody></table>").unwrap_or(out.len());
    out.replace_range(end..end + "</tbody>".len(), "</tfoot>");
}

/// A cell: how many pass, and the others by verdict.
pub(crate) fn cell(counts: Option<&Counts>) -> String {
    let Some(counts) = counts else { return "<td class=\"n none\">not run</td>".into() };
    let class = match counts {
        counts if counts.findings() > 0 => "news",
        counts if counts.pass < counts.total() || counts.total() == 0 => "part",
        _ => "fine",
    };
    let mut out = format!("<td class=\"n {class}\">{}", thousands(counts.pass));
    for verdict in &Verdict::ALL[1..] {
        if let n @ 1.. = counts.get(*verdict) {
            let _ = write!(out, "<small>{} {verdict}</small>", thousands(n));
        }
    }
    out + "</td>"
}

/// What was run, and what it comes to.
fn about(out: &mut String, report: &Report) {
    let (name, version) = (escape(&report.engine.name), escape(&report.engine.version));
    let _ = write!(out, "<p><strong>{name}</strong> <span class=soft>{version}</span>: {} ", escape(&report.outcome()));
    let _ = write!(out, "<span class=soft>{}", report.extent());
    if let Some(official) = &report.run.official {
        let _ = write!(out, " {}.", escape(&official.to_string()));
    }
    match report.baseline.as_ref().map(|baseline| (&baseline.from, &baseline.engine, baseline)) {
        Some((from, Some(then), baseline)) => {
            let same = plural(baseline.same, "directive");
            let _ = write!(out, " Compared with {} ({}): {same} as before", escape(from), escape(then));
            if !baseline.new_scripts.is_empty() {
                let _ = write!(out, ", {}", plural(baseline.new_scripts.len() as u64, "new script"));
            }
            out.push('.');
        }
        Some((from, None, _)) => drop(write!(out, " {} does not have this engine.", escape(from))),
        None => {}
    }
    out.push_str("</span></p>\n");
}

/// Expectations that are not met.
fn unmet(out: &mut String, standings: &[(&Report, Standing, crate::links::Places)], many: bool) {
    let all: usize = standings.iter().map(|(_, standing, _)| standing.unmet.len()).sum();
    if all == 0 {
        return;
    }
    let _ = writeln!(
        out,
        "<section aria-labelledby=unmet>\n<h2 id=unmet>Expectations not met ({})</h2>\n<ul>",
        thousands(all as u64)
    );
    for (report, standing, places) in standings {
        for news in standing.unmet {
            let address = news.line.and_then(|line| places.line(&news.file, line));
            let on = if many { format!("{}: ", escape(&report.engine.name)) } else { String::new() };
            let _ = writeln!(out, "<li>{on}{}</li>", link(&news.to_string(), address.as_deref()));
        }
    }
    out.push_str("</ul>\n</section>\n");
}

/// What was not run.
fn not_run(out: &mut String, reports: &[Report], many: bool) {
    let mut items = String::new();
    for report in reports {
        let on = if many { format!("{}: ", escape(&report.engine.name)) } else { String::new() };
        for left_out in &report.run.left_out {
            let _ =
                writeln!(items, "<li>{on}{} was left out: {}</li>", escape(&left_out.file), escape(&left_out.reason));
        }
        for file in report.baseline.iter().flat_map(|baseline| &baseline.not_run) {
            let _ = writeln!(items, "<li>{on}{} is in the earlier run and not in this one</li>", escape(file));
        }
        for note in &report.notes {
            let _ = writeln!(items, "<li>{on}{}</li>", escape(note));
        }
    }
    if !items.is_empty() {
        let _ = writeln!(
            out,
            "<section aria-labelledby=notrun>\n<h2 id=notrun>Not run</h2>\n<ul>\n{items}</ul>\n</section>"
        );
    }
}
