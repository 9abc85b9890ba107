//! The directives that did not pass, on the page.

use crate::html::{escape, link};
use crate::links::Places;
use crate::report::{plural, thousands};
use crate::standing::Standing;
use crate::{Cause, Finding, Group, Known, Report, groups};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// What the filters offer, and the numbers that stand for it in the items.
pub(crate) struct Filters<'r> {
    engines: Vec<&'r str>,
    verdicts: BTreeSet<&'static str>,
    features: Vec<&'r str>,
    files: Vec<&'r str>,
    file: HashMap<&'r str, usize>,
    all: u64,
}

impl<'r> Filters<'r> {
    pub(crate) fn new(reports: &'r [Report]) -> Self {
        let failures = || reports.iter().flat_map(|report| &report.failures);
        let sorted = |names: BTreeSet<&'r str>| names.into_iter().collect::<Vec<_>>();
        let changed =
            reports.iter().filter_map(|report| report.baseline.as_ref()).flat_map(|baseline| &baseline.changes);
        let files = failures().map(|f| f.file.as_str()).chain(changed.map(|change| change.file.as_str()));
        let files = sorted(files.collect());
        Filters {
            engines: reports.iter().map(|report| report.engine.name.as_str()).collect(),
            verdicts: failures().map(|finding| finding.verdict.name()).collect(),
            features: sorted(failures().filter_map(|finding| finding.feature.as_deref()).collect()),
            file: files.iter().enumerate().map(|(i, file)| (*file, i)).collect(),
            files,
            all: failures().count() as u64,
        }
    }

    /// The form, which only a script can show.
    pub(crate) fn form(&self) -> String {
        if self.all == 0 {
            return String::new();
        }
        let mut out =
            String::from("<form id=filters class=filters role=search aria-label=\"Filter failures\" hidden>\n");
        out.push_str("<label>Text <input type=search name=text autocomplete=off spellcheck=false></label>\n");
        let mut select = |name: &str, label: &str, options: Vec<(String, &str)>| {
            // A choice among one is none, but the script reads all fields.
            let hidden = if options.len() < 2 { " hidden" } else { "" };
            let _ = write!(out, "<label{hidden}>{label} <select name={name}><option value=\"\">all</option>");
            for (value, text) in options {
                let _ = write!(out, "<option value=\"{value}\">{}</option>", escape(text));
            }
            out.push_str("</select></label>\n");
        };
        let numbered = |names: &[&'r str]| names.iter().enumerate().map(|(i, name)| (i.to_string(), *name)).collect();
        select("engine", "Engine", numbered(&self.engines));
        select("verdict", "Verdict", self.verdicts.iter().map(|name| ((*name).to_owned(), *name)).collect());
        select("feature", "Feature", numbered(&self.features));
        select("file", "File", numbered(&self.files));
        out.push_str("<button type=reset>Clear</button>\n<output id=shown></output>\n</form>\n");
        out
    }

    fn data(&self, engine: usize, verdict: &str, file: &str, feature: Option<&str>) -> String {
        let mut out = format!("data-e={engine} data-v={verdict}");
        if let Some(file) = self.file.get(file) {
            let _ = write!(out, " data-s={file}");
        }
        if let Some(i) = feature.and_then(|feature| self.features.binary_search(&feature).ok()) {
            let _ = write!(out, " data-t={i}");
        }
        out
    }
}

/// A report with what it comes to and its places.
pub(crate) type Standings<'r> = [(&'r Report, Standing<'r>, Places<'r>)];

/// A section of findings, by engine and cause. Returns whether there are any.
pub(crate) fn findings<'r>(
    out: &mut String,
    (title, id): (&str, &str),
    standings: &Standings<'r>,
    of: for<'a> fn(&'a Standing<'r>) -> &'a Vec<&'r Finding>,
    filters: &Filters,
    mut open: bool,
) -> bool {
    let all: usize = standings.iter().map(|(_, standing, _)| of(standing).len()).sum();
    if all == 0 {
        return false;
    }
    let count = thousands(all as u64);
    let _ = writeln!(out, "<section class=findings aria-labelledby={id}>\n<h2 id={id}>{title} ({count})</h2>");
    for (engine, (report, standing, places)) in standings.iter().enumerate() {
        for group in groups(of(standing).iter().copied()) {
            let on = (standings.len() > 1).then_some(report.engine.name.as_str());
            self::group(out, (engine, on), &group, (standing, places), filters, open);
            open = false;
        }
    }
    out.push_str("</section>\n");
    true
}

fn group(
    out: &mut String,
    (engine, on): (usize, Option<&str>),
    group: &Group,
    (standing, places): (&Standing, &Places),
    filters: &Filters,
    open: bool,
) {
    let open = if open { " open" } else { "" };
    let _ = write!(out, "<details class=group{open}><summary>");
    if let Some(on) = on {
        let _ = write!(out, "<strong>{}</strong> ", escape(on));
    }
    let _ = write!(out, "<span class=\"v {0}\">{0}</span> {1} ", group.verdict, escape(&group.cause.to_string()));
    let _ = writeln!(out, "<span class=count>{}</span></summary>", plural(group.count(), "directive"));
    let common = &group.findings[0].cause;
    if let Some(rule) = rule(common, places) {
        let _ = writeln!(out, "<p>{rule}</p>");
    }
    out.push_str("<ul class=list>\n");
    let mut members: Vec<&Finding> = group.findings.iter().chain(&group.hanging).copied().collect();
    members.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    let lines: HashMap<_, u32> =
        members.iter().map(|finding| ((finding.file.as_str(), finding.id), finding.line)).collect();
    for finding in members {
        let data = filters.data(engine, finding.verdict.name(), &finding.file, finding.feature.as_deref());
        let root = finding.root.and_then(|root| lines.get(&(finding.file.as_str(), root)).copied());
        item(out, &data, finding, (standing, places), (root, common), on);
    }
    out.push_str("</ul>\n</details>\n");
}

fn item(
    out: &mut String,
    data: &str,
    finding: &Finding,
    (standing, places): (&Standing, &Places),
    (root, common): (Option<u32>, &Cause),
    on: Option<&str>,
) {
    let at = format!("{}:{}:{}", finding.file, finding.line, finding.column);
    let address = places.line(&finding.file, finding.line);
    let _ = write!(out, "<li {data}><p>{} <code>{}</code>", link(&at, address.as_deref()), finding.directive);
    let _ = write!(
        out,
        " <span class=\"v {0}\">{0}</span> <code class=soft>{1}</code></p>\n<dl class=facts>",
        finding.verdict, finding.id
    );
    let mut fact = |name: &str, html: &str| {
        let _ = write!(out, "<dt>{name}</dt><dd>{html}</dd>");
    };
    fact("expected", &escape(&finding.expected));
    fact(&on.map_or("got".into(), escape), &escape(&finding.got));
    if let Some(said) = &finding.semantics {
        fact("semantics", &escape(said));
    }
    if finding.cause != *common
        && let Some(rule) = rule(&finding.cause, places)
    {
        fact("rule", &rule);
    }
    if let Some(feature) = &finding.feature {
        fact("feature", &format!("the engine lacks {}", escape(feature)));
    }
    if let Some(line) = root {
        fact("because of", &link(&format!("line {line}"), places.line(&finding.file, line).as_deref()));
    }
    if let Some(before) = standing.before(finding) {
        fact("before", before.name());
    }
    match &finding.known {
        Some(Known::Expectation { reason, link: address }) => {
            let more = address.as_deref().map(|address| format!(" ({})", link(address, Some(address))));
            fact("known", &format!("expected: {}{}", escape(reason), more.unwrap_or_default()));
        }
        Some(known @ Known::Baseline) => fact("known", &escape(&known.to_string())),
        None => {}
    }
    out.push_str("</dl></li>\n");
}

/// A rule, with links to the standard and to the book.
fn rule(cause: &Cause, places: &Places) -> Option<String> {
    let mut out = format!("<code>{}</code>", escape(&cause.name()?));
    if let Some(section) = cause.section.as_deref().and_then(crate::links::web) {
        let _ = write!(out, " · {}", link("standard", Some(section)));
    }
    if let Some(book) = places.links.book(cause) {
        let _ = write!(out, " · {}", link("book", Some(&book)));
    }
    Some(out)
}

/// What is better than in the baseline, by the verdicts then and now.
pub(crate) fn better(out: &mut String, standings: &Standings, filters: &Filters) {
    let all: usize = standings.iter().map(|(_, standing, _)| standing.better.len()).sum();
    if all == 0 {
        return;
    }
    let count = thousands(all as u64);
    let _ = writeln!(
        out,
        "<section class=findings aria-labelledby=better>\n<h2 id=better>Better than before ({count})</h2>"
    );
    for (engine, (report, standing, places)) in standings.iter().enumerate() {
        let mut by_verdicts: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for change in &standing.better {
            by_verdicts.entry(change.verdicts()).or_default().push(change);
        }
        for (verdicts, changes) in by_verdicts {
            let on = if standings.len() > 1 {
                format!("<strong>{}</strong> ", escape(&report.engine.name))
            } else {
                String::new()
            };
            let count = plural(changes.len() as u64, "directive");
            let _ = writeln!(
                out,
                "<details class=group><summary>{on}{} <span class=count>{count}</span></summary>\n<ul class=list>",
                escape(&verdicts)
            );
            for change in changes {
                let verdict = change.now.or(change.before).map_or("pass", |verdict| verdict.name());
                let at = format!("{}:{}:{}", change.file, change.line, change.column);
                // The line of one that was deleted is one of the earlier script.
                let address = change.now.and_then(|_| places.line(&change.file, change.line));
                let data = filters.data(engine, verdict, &change.file, None);
                let _ = writeln!(
                    out,
                    "<li {data}>{} <code>{}</code></li>",
                    link(&at, address.as_deref()),
                    change.directive
                );
            }
            out.push_str("</ul>\n</details>\n");
        }
    }
    out.push_str("</section>\n");
}
