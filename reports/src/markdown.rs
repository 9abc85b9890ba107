//! Markdown, for the comment of a pull request and for the summary of a job.
//!
//! The first line is the verdict, then comes the table of suites, and then, for each engine, what got worse, what is new,
//! what got better, what is known and what was not tested: by cause, and within a cause by file. A page never grows over
//! its limit: an element that does not fit is left out as a whole, and what is left out is counted.

use crate::expect::Instead;
use crate::html::escape as html;
use crate::links::{Places, web};
use crate::report::{plural, thousands};
use crate::standing::{Standing, headline, mark, status};
use crate::{Counts, Finding, Known, Links, Report, Verdict, groups, matrix};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most characters that GitHub takes for a comment.
pub const COMMENT: usize = 65_536;
/// The most bytes that GitHub takes for the summary of a step.
pub const SUMMARY: usize = 1 << 20;

/// How to write a page.
#[derive(Clone, Debug)]
pub struct Options {
    /// The most bytes of the page, which are never fewer than its characters; at least 1,000.
    pub limit: usize,
    /// The addresses that it links to.
    pub links: Links,
}

impl Default for Options {
    fn default() -> Self {
        Options { limit: COMMENT, links: Links::default() }
    }
}

/// How many places one line has, and how long what an engine says may be.
const PLACES: usize = 20;
const WORDS: usize = 300;
/// What is kept free for what has to come at the end.
const FOOT: usize = 300;

/// Reports as Markdown.
pub fn render(reports: &[Report], options: &Options) -> String {
    let mut page = Page { out: String::new(), limit: options.limit.max(1000), dropped: 0 };
    let title = short(&format!("{} {}", mark(&status(reports)), headline(reports)), 400);
    let _ = writeln!(page.out, "## {}\n", escape(&title));
    match reports {
        [report] => one(&mut page, report),
        reports => several(&mut page, reports),
    }
    let standings: Vec<(&Report, Standing, Places)> =
        reports.iter().map(|report| (report, Standing::new(report), options.links.of(report))).collect();
    // By section, then by engine: what got worse anywhere comes before what stands.
    for section in [worse, news, unmet, better, known, untested] {
        for (report, standing, places) in &standings {
            let on = if reports.len() > 1 { format!(" on {}", escape(&report.engine.name)) } else { String::new() };
            section(&mut page, report, standing, places, &on);
        }
    }
    page.finish()
}

struct Page {
    out: String,
    limit: usize,
    /// How many directives are not listed.
    dropped: u64,
}

/// A line of a list, and how many directives it stands for.
type Item = (String, u64);

impl Page {
    fn fits(&self, more: usize) -> bool {
        self.out.len() + more + FOOT <= self.limit
    }

    /// Adds a text, if it fits.
    fn add(&mut self, text: &str) -> bool {
        let fits = self.fits(text.len());
        if fits {
            self.out.push_str(text);
        }
        fits
    }

    /// Adds an element with a list in it; as much of the list as fits, and how much more there is.
    fn list(&mut self, head: &str, items: &[Item], tail: &str) {
        const MORE: usize = 40;
        let all: u64 = items.iter().map(|(_, count)| count).sum();
        if !self.fits(head.len() + items.first().map_or(0, |(first, _)| first.len()) + tail.len() + MORE) {
            self.dropped += all;
            return;
        }
        self.out.push_str(head);
        let mut listed = 0;
        for (item, count) in items {
            if !self.fits(item.len() + tail.len() + MORE) {
                break;
            }
            self.out.push_str(item);
            listed += count;
        }
        if listed < all {
            let _ = writeln!(self.out, "- … and {} more", thousands(all - listed));
            self.dropped += all - listed;
        }
        self.out.push_str(tail);
    }

    fn finish(mut self) -> String {
        if self.dropped > 0 {
            let (directives, limit) = (plural(self.dropped, "entry"), thousands(self.limit as u64));
            let directives = directives.replace("entrys", "entries");
            let _ = writeln!(
                self.out,
                "\n{directives} {} left out, because a page like this may have {limit} characters.",
                if self.dropped == 1 { "is" } else { "are" }
            );
        }
        self.out
    }
}

fn one(page: &mut Page, report: &Report) {
    about(page, report);
    let mut head = String::from("\n| suite | files | total |");
    for verdict in Verdict::ALL {
        let _ = write!(head, " {verdict} |");
    }
    let _ = writeln!(head, "\n|:---|---:|---:|{}", "---:|".repeat(Verdict::ALL.len()));
    let row = |name: &str, files: u64, counts: &Counts| {
        let mut out = format!("| {name} | {} | {} |", thousands(files), thousands(counts.total()));
        for verdict in Verdict::ALL {
            let _ = write!(out, " {} |", thousands(counts.get(verdict)));
        }
        out + "\n"
    };
    let rows = report.suites.iter().map(|suite| row(&escape(&suite.name), suite.files, &suite.verdicts));
    table(page, &head, rows.collect(), &row("**total**", report.summary.files, &report.summary.verdicts));
}

fn several(page: &mut Page, reports: &[Report]) {
    let mut head = String::from("| suite |");
    for report in reports {
        let _ = write!(head, " {} {} |", escape(&report.engine.name), escape(&report.engine.version));
    }
    let _ = writeln!(head, "\n|:---|{}", "---:|".repeat(reports.len()));
    let row = |name: &str, of: &dyn Fn(&Report) -> String| {
        let mut out = format!("| {name} |");
        for report in reports {
            let _ = write!(out, " {} |", of(report));
        }
        out + "\n"
    };
    let rows = matrix::suites(reports)
        .into_iter()
        .map(|suite| row(&escape(suite), &|report| matrix::words(matrix::verdicts(report, suite))));
    let total = row("**total**", &|report| matrix::words(Some(&report.summary.verdicts)));
    table(page, &head, rows.collect(), &total);
    page.add("\n");
    for report in reports {
        about(page, report);
    }
}

/// What was run, and what it comes to.
fn about(page: &mut Page, report: &Report) {
    let pin = report.standard.pin.get(..9).unwrap_or(&report.standard.pin);
    let (name, version) = (escape(&report.engine.name), escape(&report.engine.version));
    let standard = escape(&report.standard.name);
    let mut text =
        format!("- {name} {version} on {standard} (`{pin}`): **{}** {}", escape(&report.outcome()), report.extent());
    if let Some(official) = &report.run.official {
        let _ = write!(text, " {}.", escape(&official.to_string()));
    }
    if let Some(baseline) = &report.baseline {
        let _ = match &baseline.engine {
            Some(then) => write!(text, " Compared with {} ({}).", escape(&baseline.from), escape(then)),
            None => write!(text, " {} does not have this engine.", escape(&baseline.from)),
        };
    }
    text.push('\n');
    page.add(&text);
}

fn table(page: &mut Page, head: &str, rows: Vec<String>, total: &str) {
    // The table is no more than a part of the page.
    let room = page.limit / 3;
    if head.len() + total.len() > room || !page.add(head) {
        page.dropped += rows.len() as u64;
        return;
    }
    let begin = page.out.len();
    let mut left = 0;
    for row in &rows {
        match page.out.len() - begin + row.len() + total.len() <= room {
            true => page.out.push_str(row),
            false => left += 1,
        }
    }
    page.out.push_str(total);
    if left > 0 {
        let _ = writeln!(page.out, "\n… and {}", plural(left, "more suite"));
    }
}

fn worse(page: &mut Page, _: &Report, standing: &Standing, places: &Places, on: &str) {
    findings(page, ("Worse than before", on), &standing.worse, standing, places);
}

fn news(page: &mut Page, _: &Report, standing: &Standing, places: &Places, on: &str) {
    findings(page, ("New findings", on), &standing.news, standing, places);
}

fn known(page: &mut Page, _: &Report, standing: &Standing, places: &Places, on: &str) {
    findings(page, ("Known", on), &standing.known, standing, places);
}

fn unmet(page: &mut Page, _: &Report, standing: &Standing, places: &Places, on: &str) {
    let items: Vec<Item> = standing.unmet.iter().map(|news| (format!("- {}\n", unmet_text(news, places)), 1)).collect();
    if !items.is_empty() {
        let head = format!("\n### Expectations not met{on} ({})\n\n", thousands(items.len() as u64));
        page.list(&head, &items, "");
    }
}

fn unmet_text(news: &crate::expect::News, places: &Places) -> String {
    let place = match news.line {
        Some(line) => place(&format!("{}:{line}", news.file), places.line(&news.file, line)),
        None => escape(&news.file),
    };
    let id = news.id.map(|id| format!(" `{id}`")).unwrap_or_default();
    let what = match news.instead {
        Instead::Verdict(Verdict::Pass) => "passes".into(),
        Instead::Verdict(verdict) => format!("ends in {verdict}"),
        Instead::Gone => "is no longer there".into(),
        Instead::None => "has no directive that ends so".into(),
        Instead::NoScript => "is the name of no script".into(),
    };
    let reason = escape(&short(&news.reason, WORDS));
    format!("{place}{id} {what} (entry {}: {reason})", news.entry)
}

fn better(page: &mut Page, _: &Report, standing: &Standing, places: &Places, on: &str) {
    let mut by_verdicts: BTreeMap<String, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for change in &standing.better {
        let place = match change.now {
            Some(_) => place(&format!("{}:{}", change.line, change.column), places.line(&change.file, change.line)),
            // The line is one of the earlier script.
            None => format!("{}:{}", change.line, change.column),
        };
        by_verdicts.entry(change.verdicts()).or_default().entry(&change.file).or_default().push(place);
    }
    if by_verdicts.is_empty() {
        return;
    }
    let mut title = format!("\n### Better than before{on} ({})\n", thousands(standing.better.len() as u64));
    for (verdicts, files) in by_verdicts {
        let count: usize = files.values().map(Vec::len).sum();
        let items: Vec<Item> =
            files.iter().map(|(file, places)| (line(file, places, ""), places.len() as u64)).collect();
        let summary = format!("{}: {}", html(&verdicts), plural(count as u64, "directive"));
        details(page, &mut title, &summary, "", &items);
    }
}

/// What was not tested: by the feature, the limit or the reason.
fn untested(page: &mut Page, report: &Report, standing: &Standing, places: &Places, on: &str) {
    findings(page, ("Not tested", on), &standing.untested, standing, places);
    let mut items: Vec<Item> = Vec::new();
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for left_out in &report.run.left_out {
        reasons.entry(&left_out.reason).or_default().push(&left_out.file);
    }
    let names = |names: &[&str]| {
        let mut out: Vec<String> = names.iter().take(PLACES).map(|name| escape(name)).collect();
        out.extend(
            names.len().checked_sub(PLACES + 1).map(|more| format!("… and {} more", thousands(more as u64 + 1))),
        );
        out.join(", ")
    };
    for (reason, files) in reasons {
        items
            .push((format!("- left out ({}): {}\n", escape(&short(reason, WORDS)), names(&files)), files.len() as u64));
    }
    if let Some(not_run) = report.baseline.as_ref().map(|baseline| &baseline.not_run).filter(|list| !list.is_empty()) {
        let files: Vec<&str> = not_run.iter().map(String::as_str).collect();
        items.push((format!("- in the earlier run and not in this one: {}\n", names(&files)), files.len() as u64));
    }
    items.extend(report.notes.iter().map(|note| (format!("- {}\n", escape(&short(note, WORDS))), 1)));
    if !items.is_empty() {
        page.list(&format!("\n### Not run{on}\n\n"), &items, "");
    }
}

/// A section of findings, by cause and file.
fn findings(page: &mut Page, (title, on): (&str, &str), all: &[&Finding], standing: &Standing, places: &Places) {
    if all.is_empty() {
        return;
    }
    let mut title = format!("\n### {title}{on} ({})\n", thousands(all.len() as u64));
    for group in groups(all.iter().copied()) {
        let members: Vec<&Finding> = group.findings.iter().chain(&group.hanging).copied().collect();
        let mut files: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
        for finding in &members {
            let at = place(&format!("{}:{}", finding.line, finding.column), places.line(&finding.file, finding.line));
            files.entry((&finding.file, words(finding, standing))).or_default().push(at);
        }
        let scripts: std::collections::BTreeSet<&str> = files.keys().map(|(file, _)| *file).collect();
        let summary = format!(
            "<b>{}</b> <code>{}</code>: {} in {}",
            group.verdict,
            html(&short(&group.cause.to_string(), WORDS).replace(char::is_control, "")),
            plural(group.count(), "directive"),
            plural(scripts.len() as u64, "file")
        );
        let items: Vec<Item> =
            files.iter().map(|((file, words), places)| (line(file, places, words), places.len() as u64)).collect();
        details(page, &mut title, &summary, &rule(group.findings[0], places.links), &items);
    }
}

/// A part that can be opened. The title of its section comes before the first one.
fn details(page: &mut Page, title: &mut String, summary: &str, intro: &str, items: &[Item]) {
    let head = format!("{title}\n<details><summary>{summary}</summary>\n\n{intro}");
    let before = page.out.len();
    page.list(&head, items, "\n</details>\n");
    if page.out.len() > before {
        title.clear();
    }
}

/// A line of a list: a file, places in it, and what is said of them.
fn line(file: &str, places: &[String], words: &str) -> String {
    let mut shown: Vec<&str> = places.iter().take(PLACES).map(String::as_str).collect();
    let more = places.len().checked_sub(PLACES + 1).map(|more| format!("… and {} more", thousands(more as u64 + 1)));
    shown.extend(more.as_deref());
    let colon = if words.is_empty() { "" } else { ": " };
    format!("- {}: {}{colon}{words}\n", escape(&short(file, WORDS)), shown.join(", "))
}

/// What should have come and what came.
fn words(finding: &Finding, standing: &Standing) -> String {
    let say = |text: &str| escape(&short(text, WORDS));
    let mut out = format!("`{}`, expected {}, got {}", finding.directive, say(&finding.expected), say(&finding.got));
    if let Some(semantics) = finding.semantics.as_ref().filter(|said| **said != finding.expected) {
        let _ = write!(out, "; semantics: {}", say(semantics));
    }
    if let Some(before) = standing.before(finding) {
        let _ = write!(out, "; before: {before}");
    }
    match &finding.known {
        Some(Known::Expectation { reason, link }) => {
            let _ = write!(out, "; expected: {}", say(reason));
            if let Some(address) = link.as_deref().and_then(web) {
                let _ = write!(out, " ({})", place("more", Some(address.to_owned())));
            }
        }
        Some(known @ Known::Baseline) => drop(write!(out, "; {known}")),
        None => {}
    }
    out
}

/// The rule of a finding, with links to the standard and to the book.
fn rule(finding: &Finding, links: &Links) -> String {
    let Some(name) = finding.cause.name() else { return String::new() };
    let section = finding.cause.section.as_deref().and_then(web).map(str::to_owned);
    let mut out = format!("Rule: {}", place(&name, section));
    if let Some(book) = links.book(&finding.cause) {
        let _ = write!(out, " ({})", place("book", Some(book)));
    }
    out + "\n\n"
}

/// A text that is a link, where there is an address.
fn place(text: &str, address: Option<String>) -> String {
    match address {
        Some(address) => {
            let address = address.replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E");
            format!("[{}]({})", escape(text), address.replace('|', "%7C"))
        }
        None => escape(text),
    }
}

/// The beginning of a text.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
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
