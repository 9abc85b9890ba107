//! The pages of the site.

use super::NoReport;
use super::history::{Day, History, slug};
use super::shell::{page, percent, spark};
use crate::html::{escape, link};
use crate::page::cell;
use crate::page::failures::{Filters, findings};
use crate::report::{plural, thousands};
use crate::standing::Standing;
use crate::{Counts, Finding, Links, Report};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A script of any run.
pub(super) struct Script {
    name: String,
    pub(super) slug: String,
    number: u32,
}

/// The scripts of all runs, by name.
pub(super) fn scripts(engines: &[History], names: &[String]) -> Vec<Script> {
    let numbers: BTreeSet<u32> = engines.iter().flat_map(|engine| engine.scripts.keys().copied()).collect();
    let mut taken = BTreeSet::new();
    let name = |number: u32| names.get(number as usize).cloned().unwrap_or_default();
    let mut all: Vec<(String, u32)> = numbers.into_iter().map(|number| (name(number), number)).collect();
    all.sort();
    all.into_iter().map(|(name, number)| Script { slug: slug(&name, &mut taken), name, number }).collect()
}

/// Table headers with the engines.
fn engines_head(engines: &[History], up: &str, first: &str) -> String {
    let mut out = format!("<thead><tr><th scope=col>{first}</th>");
    for engine in engines {
        let (name, version) = (escape(&engine.engine.name), escape(&engine.engine.version));
        let short = version.split(" (").next().unwrap_or_default();
        let _ = write!(
            out,
            "<th scope=col class=n><a href=\"{up}engines/{}.html\">{name}</a><small>{short}</small></th>",
            engine.slug
        );
    }
    out + "</tr></thead>\n"
}

fn wide(out: &mut String, id: &str, table: &str) {
    let _ = writeln!(out, "<div class=wide role=region aria-labelledby={id} tabindex=0><table>\n{table}</table></div>");
}

/// The names of suites, in the order in which they come.
fn suites<'h>(engines: impl IntoIterator<Item = &'h History>) -> Vec<&'h str> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for engine in engines {
        names.extend(engine.days.iter().flat_map(|day| &day.suites).map(|(name, _)| name.as_str()));
    }
    names.into_iter().collect()
}

fn of_suite(day: &Day, suite: &str) -> Option<Counts> {
    day.suites.iter().find(|(name, _)| name == suite).map(|(_, counts)| *counts)
}

/// A cell with what is now and how it came to it.
fn trend(now: Option<&Counts>, all: &[Option<Counts>], what: &str) -> String {
    let Some(counts) = now else { return cell(None) };
    let class = if counts.findings() > 0 {
        "news"
    } else if counts.pass < counts.total() {
        "part"
    } else {
        "fine"
    };
    let missing = counts.total() - counts.pass;
    let not = if missing == 0 { String::new() } else { format!("<small>{} not</small>", thousands(missing)) };
    format!("<td class=\"n {class}\">{}{not}{}</td>", percent(counts), spark(all, what))
}

pub(super) fn index(engines: &[History], no_reports: &[NoReport]) -> String {
    let mut out = String::new();
    let runs: usize = engines.iter().map(|engine| engine.days.len()).sum();
    let days: BTreeSet<&str> =
        engines.iter().flat_map(|engine| &engine.days).filter_map(|day| day.id.get(..10)).collect();
    let _ = write!(out, "<p>{} of {}", plural(runs as u64, "run"), plural(engines.len() as u64, "engine"));
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let span = if first == last { format!(" on {first}") } else { format!(" from {first} to {last}") };
        out.push_str(&span);
    }
    let standards: BTreeSet<String> = engines
        .iter()
        .map(|engine| {
            format!("{} ({})", engine.standard.name, engine.standard.pin.get(..9).unwrap_or(&engine.standard.pin))
        })
        .collect();
    let standards: Vec<String> = standards.into_iter().collect();
    let _ = writeln!(
        out,
        ", on {}. How much of each suite passes in the newest run, and how that has changed.</p>",
        escape(&standards.join(", "))
    );
    out.push_str("<h2 id=suites>Suites</h2>\n");
    let mut table = engines_head(engines, "", "suite") + "<tbody>\n";
    let row = |name: &str, of: &dyn Fn(&Day) -> Option<Counts>| {
        let mut out = format!("<tr><th scope=row>{}</th>", escape(name));
        for engine in engines {
            let all: Vec<Option<Counts>> = engine.days.iter().map(of).collect();
            out.push_str(&trend(
                all.last().and_then(Option::as_ref),
                &all,
                &format!("{} on {name}", engine.engine.name),
            ));
        }
        out + "</tr>\n"
    };
    for suite in suites(engines) {
        table.push_str(&row(suite, &|day| of_suite(day, suite)));
    }
    let _ = write!(table, "</tbody>\n<tfoot>{}</tfoot>\n", row("total", &|day| Some(day.total)));
    wide(&mut out, "suites", &table);
    features(&mut out, engines);
    recent(&mut out, engines);
    if !no_reports.is_empty() {
        let _ = writeln!(
            out,
            "<h2>Not reports</h2>\n<p>{} in the folder cannot be read as a report:</p>\n<ul>",
            plural(no_reports.len() as u64, "file")
        );
        for (name, why) in no_reports {
            let _ = writeln!(out, "<li><code>{}</code>: <span class=soft>{}</span></li>", escape(name), escape(why));
        }
        out.push_str("</ul>\n");
    }
    page("WebAssembly engines", "", "index.html", &out, &[])
}

/// The features that an engine lacks.
fn features(out: &mut String, engines: &[History]) {
    let names: BTreeSet<&str> = engines.iter().flat_map(|engine| engine.features.keys().map(String::as_str)).collect();
    if names.is_empty() {
        return;
    }
    out.push_str("<h2 id=features>Features that engines lack</h2>\n<p class=soft>How many directives are not tested for want of one.</p>\n");
    let mut table = engines_head(engines, "", "feature") + "<tbody>\n";
    for name in names {
        let _ = write!(table, "<tr><th scope=row>{}</th>", escape(name));
        for engine in engines {
            let _ = match engine.features.get(name) {
                Some(n) => write!(table, "<td class=\"n part\">{}</td>", thousands(*n)),
                None => write!(table, "<td class=\"n none\">–</td>"),
            };
        }
        table.push_str("</tr>\n");
    }
    table.push_str("</tbody>\n");
    wide(out, "features", &table);
}

/// The last changes on all engines.
fn recent(out: &mut String, engines: &[History]) {
    let mut all: Vec<(&Day, &Day, &History)> = Vec::new();
    for engine in engines {
        let pairs = engine.days.windows(2).map(|pair| (&pair[1], &pair[0], engine));
        all.extend(pairs.filter(|(now, _, _)| now.moves() != (0, 0)));
    }
    all.sort_by(|(a, _, one), (b, _, other)| (&b.id, &one.slug).cmp(&(&a.id, &other.slug)));
    if all.is_empty() {
        return;
    }
    out.push_str("<h2>Latest changes</h2>\n<ul>\n");
    for (now, before, engine) in all.iter().take(15) {
        let name = escape(&engine.engine.name);
        let _ = writeln!(
            out,
            "<li>{} <a href=\"engines/{}.html\">{name}</a>: {}</li>",
            now.id,
            engine.slug,
            delta(engine, before, now, "")
        );
    }
    out.push_str("</ul>\n");
}

/// How much got worse and better between two runs, as a link.
fn delta(engine: &History, before: &Day, now: &Day, up: &str) -> String {
    let (worse, better) = now.moves();
    if (worse, better) == (0, 0) {
        return "no change".into();
    }
    let (from, to, slug) = (&before.id, &now.id, &engine.slug);
    let mut words = Vec::new();
    words.extend((worse > 0).then(|| format!("<span class=bad>{} worse</span>", thousands(worse))));
    words.extend((better > 0).then(|| format!("<span class=good>{} better</span>", thousands(better))));
    let label = format!("What changed on {} from {from} to {to}", engine.engine.name);
    format!(
        "<a class=delta aria-label=\"{}: {worse} worse, {better} better\" href=\"{up}changes.html#engine={slug}&amp;from={from}&amp;to={to}\">{}</a>",
        escape(&label),
        words.join(" ")
    )
}

pub(super) fn engine(engine: &History, scripts: &[Script], links: &Links) -> String {
    let mut out = String::new();
    let Some(last) = engine.days.last() else { return out };
    let _ = writeln!(out, "<p>{} <span class=soft>on {}</span>", escape(&last.version), last.id);
    if let Some(report) = &engine.report {
        let _ = write!(out, "· {}", escape(&report.outcome()));
    }
    out.push_str("</p>\n<h2 id=suites>Suites</h2>\n");
    let mut table = String::from(
        "<thead><tr><th scope=col>suite</th><th scope=col class=n>now</th><th scope=col>trend</th></tr></thead>\n<tbody>\n",
    );
    let name = &engine.engine.name;
    let row = |title: &str, of: &dyn Fn(&Day) -> Option<Counts>| {
        let all: Vec<Option<Counts>> = engine.days.iter().map(of).collect();
        let now = all.last().and_then(Option::as_ref);
        let (cell, line) = (cell(now), spark(&all, &format!("{name} on {title}")));
        format!(
            "<tr class=big><th scope=row>{}</th>{cell}<td>{}{line}</td></tr>\n",
            escape(title),
            now.map(percent).unwrap_or_default()
        )
    };
    for suite in suites([engine]) {
        table.push_str(&row(suite, &|day| of_suite(day, suite)));
    }
    let _ = write!(table, "</tbody>\n<tfoot>{}</tfoot>\n", row("total", &|day| Some(day.total)));
    wide(&mut out, "suites", &table);
    if let Some(report) = &engine.report {
        out.push_str(&failing(report, links));
        let files: BTreeSet<&str> = report.failures.iter().map(|finding| finding.file.as_str()).collect();
        if !files.is_empty() {
            out.push_str("<h2>Scripts that do not pass as a whole</h2>\n<ul>\n");
            for script in scripts.iter().filter(|script| files.contains(script.name.as_str())) {
                let _ =
                    writeln!(out, "<li><a href=\"../scripts/{}.html\">{}</a></li>", script.slug, escape(&script.name));
            }
            out.push_str("</ul>\n");
        }
    }
    runs(&mut out, engine);
    page(name, "../", "", &out, &["filters.js"])
}

/// All runs, the newest first.
fn runs(out: &mut String, engine: &History) {
    out.push_str("<h2 id=runs>Runs</h2>\n");
    let mut table = String::from(
        "<thead><tr><th scope=col>run</th><th scope=col>version</th><th scope=col class=n>passes</th><th scope=col>since the run before</th></tr></thead>\n<tbody>\n",
    );
    for (i, day) in engine.days.iter().enumerate().rev() {
        let before = i.checked_sub(1).and_then(|i| engine.days.get(i));
        let change = before.map_or_else(|| "first run".into(), |before| delta(engine, before, day, "../"));
        let version = match before {
            Some(before) if before.version == day.version => "<span class=soft>as before</span>".into(),
            _ => escape(&day.version),
        };
        let passes = format!("{} of {}", thousands(day.total.pass), thousands(day.total.total()));
        let _ = writeln!(
            table,
            "<tr><th scope=row>{}</th><td>{version}</td><td class=n>{passes}</td><td>{change}</td></tr>",
            day.id
        );
    }
    table.push_str("</tbody>\n");
    wide(out, "runs", &table);
}

/// What does not pass, by cause, with filters.
fn failing(report: &Report, links: &Links) -> String {
    let reports = std::slice::from_ref(report);
    let standings = [(report, Standing::new(report), links.of(report))];
    let filters = Filters::new(reports);
    let mut out = filters.form();
    let known = findings(&mut out, ("Findings", "news"), &standings, |s| &s.news, &filters, report.failures.len() < 20);
    findings(&mut out, ("Known", "known"), &standings, |s| &s.known, &filters, !known);
    findings(&mut out, ("Not tested", "untested"), &standings, |s| &s.untested, &filters, false);
    out
}

pub(super) fn script_list(engines: &[History], scripts: &[Script]) -> String {
    let mut out = format!(
        "<p>{}, and how many of their directives pass in the newest run of each engine.</p>\n<h2 id=scripts>Scripts</h2>\n",
        plural(scripts.len() as u64, "script")
    );
    let mut table = engines_head(engines, "", "script") + "<tbody class=files>\n";
    for script in scripts {
        let _ = write!(
            table,
            "<tr><th scope=row><a href=\"scripts/{}.html\">{}</a></th>",
            script.slug,
            escape(&script.name)
        );
        for engine in engines {
            table.push_str(&cell(now(engine, script).as_ref()));
        }
        table.push_str("</tr>\n");
    }
    table.push_str("</tbody>\n");
    wide(&mut out, "scripts", &table);
    page("Scripts", "", "scripts.html", &out, &[])
}

/// The counts of a script in the newest run.
fn now(engine: &History, script: &Script) -> Option<Counts> {
    engine.scripts.get(&script.number)?.last()?.1
}

pub(super) fn script(engines: &[History], script: &Script, links: &Links) -> String {
    let mut out = String::new();
    let digests = engines.iter().filter_map(|engine| engine.report.as_deref()).flat_map(|report| &report.files);
    let digest = digests.filter(|file| file.name == script.name).map(|file| file.digest.as_str()).next();
    if let Some(address) = links.script(&script.name, digest.unwrap_or_default()) {
        let _ = writeln!(out, "<p>{}</p>", link("Source", Some(&address)));
    }
    out.push_str("<h2 id=engines>Engines</h2>\n");
    let mut table = String::from(
        "<thead><tr><th scope=col>engine</th><th scope=col class=n>now</th><th scope=col>trend</th></tr></thead>\n<tbody>\n",
    );
    let mut history = String::new();
    for engine in engines {
        let Some(changes) = engine.scripts.get(&script.number) else { continue };
        let name = escape(&engine.engine.name);
        let mut all = Vec::with_capacity(engine.days.len());
        let mut next = changes.iter().peekable();
        let mut current = None;
        for i in 0..engine.days.len() {
            while let Some((_, counts)) = next.next_if(|(at, _)| *at == i) {
                current = *counts;
            }
            all.push(current);
        }
        let line = spark(&all, &engine.engine.name);
        let _ = writeln!(
            table,
            "<tr><th scope=row><a href=\"../engines/{}.html\">{name}</a></th>{}<td>{line}</td></tr>",
            engine.slug,
            cell(now(engine, script).as_ref())
        );
        for (at, counts) in changes.iter().skip(1) {
            let date = engine.days.get(*at).map_or("", |day| day.id.as_str());
            let text = counts.map_or("not run".into(), |counts| counts.to_string());
            let _ = writeln!(history, "<li>{date} {name}: {text}</li>");
        }
    }
    table.push_str("</tbody>\n");
    wide(&mut out, "engines", &table);
    let reports = engines.iter().filter_map(|engine| engine.report.as_deref());
    let mine: Vec<Report> = reports.filter_map(|report| of_script(report, &script.name)).collect();
    let standings: Vec<_> = mine.iter().map(|report| (report, Standing::new(report), links.of(report))).collect();
    let filters = Filters::new(&mine);
    let all = |finding: &Standing| finding.news.len() + finding.known.len() + finding.untested.len();
    let few = standings.iter().map(|(_, standing, _)| all(standing)).sum::<usize>() < 20;
    findings(&mut out, ("Findings", "news"), &standings, |s| &s.news, &filters, few);
    findings(&mut out, ("Known", "known"), &standings, |s| &s.known, &filters, few);
    findings(&mut out, ("Not tested", "untested"), &standings, |s| &s.untested, &filters, few);
    if mine.is_empty() {
        out.push_str("<p>Every directive passes wherever it was run.</p>\n");
    }
    if !history.is_empty() {
        let _ = writeln!(out, "<h2>History</h2>\n<ul>\n{history}</ul>");
    }
    page(&script.name, "../", "", &out, &[])
}

/// A report on one script, where something of it does not pass.
fn of_script(report: &Report, name: &str) -> Option<Report> {
    let failures: Vec<Finding> = report.failures.iter().filter(|finding| finding.file == name).cloned().collect();
    if failures.is_empty() {
        return None;
    }
    let mut one = Report::new(report.standard.clone(), report.engine.clone(), []);
    one.files = report.files.iter().filter(|file| file.name == name).cloned().collect();
    one.failures = failures;
    Some(one)
}

pub(super) fn changes() -> String {
    let body = "<form id=choose class=filters aria-label=\"Runs to compare\">\n\
        <label>Engine <select name=engine></select></label>\n<label>From <select name=from></select></label>\n\
        <label>To <select name=to></select></label>\n</form>\n\
        <noscript><p>To compare any two runs, this page needs its script. The pages of the engines list all runs.</p></noscript>\n\
        <p id=outcome role=status></p>\n<div id=changes></div>\n";
    page("What changed between two runs", "", "changes.html", body, &["changes.js", "data/runs.js"])
}
