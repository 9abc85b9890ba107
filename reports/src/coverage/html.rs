//! Coverage as static pages: an index, and a page for each chapter of rules or productions, with a heat map.
//!
//! The pages need nothing but themselves and are for narrow screens too.

use super::grammar::LISTS;
use super::{Chapter, Coverage, GrammarChapter, Place, Premise, Production, ProductionStatus, Rule, Status};
use crate::html::{document, escape};
use crate::report::{plural, thousands};
use std::fmt::Write as _;

const STYLE: &str = include_str!("style.css");

/// A page: the name of its file, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The name of the file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A coverage as pages, `index.html` first, then one for each chapter, those of the grammars last.
pub fn render(coverage: &Coverage) -> Vec<Page> {
    let chapters = coverage.chapters.iter().enumerate().map(|(i, chapter)| self::chapter(coverage, i, chapter));
    let grammar = coverage.grammar.chapters.iter().map(grammar_chapter);
    std::iter::once(index(coverage)).chain(chapters).chain(grammar).collect()
}

fn index(coverage: &Coverage) -> Page {
    let mut out = String::new();
    let name = escape(&coverage.standard.name);
    let _ = write!(out, "<h1>Rules of {name} fired by a suite</h1>\n<p><strong>{}</strong> ", coverage.outcome());
    let _ = writeln!(out, "{}</p>", coverage.extent());
    let (engine, pin) = (&coverage.engine, escape(&coverage.standard.pin));
    let version = format!("{} {}", escape(&engine.name), escape(&engine.version));
    let _ = writeln!(out, "<p class=soft>{version}, standard pinned to <code>{pin}</code></p>");
    out.push_str(&legend());
    for chapter in &coverage.chapters {
        let totals = &chapter.totals;
        let _ = writeln!(out, "<div class=chapter><a href=\"{}\">{}</a>", file(chapter), escape(&chapter.title));
        let _ = writeln!(out, "<span class=soft>{}</span>", share(chapter));
        if totals.unfired > 0 {
            let _ = writeln!(out, "<span class=bad>{} not fired</span>", thousands(totals.unfired));
        }
        heat_map(&mut out, chapter, file(chapter).as_str(), "map small");
        out.push_str("</div>\n");
    }
    for (status, title) in [
        (Status::Unfired, "Not fired, though they could be"),
        (Status::Never, "Cannot fire"),
        (Status::StandsIn, "Not in the code, because something stands in"),
        (Status::ToCome, "Not in the code yet"),
    ] {
        list(&mut out, coverage, status, title);
    }
    premises(&mut out, coverage);
    grammar(&mut out, coverage);
    Page { name: "index.html".into(), text: page(&format!("Coverage of {}", coverage.standard.name), &out) }
}

fn chapter(coverage: &Coverage, at: usize, chapter: &Chapter) -> Page {
    let mut out = String::from("<nav><a href=\"index.html\">All chapters</a>");
    for (arrow, neighbour) in [("←", at.checked_sub(1)), ("→", Some(at + 1))] {
        if let Some(other) = neighbour.and_then(|i| coverage.chapters.get(i)) {
            let _ = write!(out, "<a href=\"{}\">{arrow} {}</a>", file(other), escape(&other.title));
        }
    }
    let _ = writeln!(out, "</nav>\n<h1>{}</h1>\n<p>{}</p>", escape(&chapter.title), share(chapter));
    out.push_str(&legend());
    heat_map(&mut out, chapter, "", "map");
    for rule in &chapter.rules {
        section(&mut out, coverage, rule);
    }
    Page { name: file(chapter), text: page(&format!("{}: coverage", chapter.title), &out) }
}

/// The name of the page of a chapter.
fn file(chapter: &Chapter) -> String {
    page_name(&chapter.file)
}

fn page_name(file: &str) -> String {
    format!("{}.html", file.trim_end_matches(".spectec").trim_end_matches(".md").replace('/', "."))
}

/// The name of the page of a chapter of the grammars. Chapter 6.1 has both, rules and productions.
fn grammar_file(chapter: &GrammarChapter) -> String {
    format!("grammar.{}", page_name(&chapter.file))
}

/// The grammars on the index.
fn grammar(out: &mut String, coverage: &Coverage) {
    let grammar = &coverage.grammar;
    let _ = writeln!(out, "<h2>Productions of the binary and the text format, by modules</h2>");
    let _ = writeln!(out, "<p>{}</p>", grammar.outcome());
    for chapter in &grammar.chapters {
        let page = grammar_file(chapter);
        let _ = writeln!(out, "<div class=chapter><a href=\"{page}\">{}</a>", escape(&chapter.title));
        let _ = writeln!(out, "<span class=soft>{}</span>", production_share(chapter));
        production_map(out, chapter, &page, "map small");
        out.push_str("</div>\n");
    }
    for (status, title, _) in LISTS {
        let chapters = grammar.chapters.iter();
        let productions: Vec<(&GrammarChapter, &Production)> = chapters
            .flat_map(|chapter| chapter.productions.iter().map(move |production| (chapter, production)))
            .filter(|(_, production)| production.status == status)
            .collect();
        if productions.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<h2>{title} ({})</h2>\n<ul>", thousands(productions.len() as u64));
        for (chapter, production) in productions {
            let id = escape(&production.id);
            let _ = write!(out, "<li><a href=\"{}#{id}\"><code>{id}</code></a>", grammar_file(chapter));
            if let Some(reason) = &production.reason {
                let _ = write!(out, " <span class=soft>{}</span>", prose(reason));
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
}

/// How much of a chapter of a grammar was used, in a sentence.
fn production_share(chapter: &GrammarChapter) -> String {
    let totals = &chapter.totals;
    let can_be_used = totals.productions - totals.stands_in;
    let all = plural(totals.productions, "production");
    format!("{all}; {} of {} that can be used were used", thousands(totals.used), thousands(can_be_used))
}

fn grammar_chapter(chapter: &GrammarChapter) -> Page {
    let mut out = String::from("<nav><a href=\"index.html\">All chapters</a></nav>\n");
    let _ = writeln!(out, "<h1>{}</h1>\n<p>{}</p>", escape(&chapter.title), production_share(chapter));
    production_map(&mut out, chapter, "", "map");
    for production in &chapter.productions {
        let Production { section, statement, status, reason, modules, malformed, .. } = production;
        let id = escape(&production.id);
        let _ = writeln!(out, "<section id=\"{id}\"><h3><i {}></i>{id}</h3>", production_cell(production));
        let never = matches!(status, ProductionStatus::Unused | ProductionStatus::MalformedOnly);
        let _ = write!(out, "<p class={}>{}", if never { "bad" } else { "soft" }, production_uses(production));
        if let Some(reason) = reason {
            let _ = write!(out, ": {}", prose(reason));
        }
        let _ = writeln!(out, " · <a href=\"{}\">standard</a></p>\n<pre>{}</pre>", escape(section), escape(statement));
        places(&mut out, &production.examples, *modules);
        if *malformed > 0 {
            out.push_str("<p class=soft>Malformed in it:</p>\n");
            places(&mut out, &production.malformed_examples, *malformed);
        }
        out.push_str("</section>\n");
    }
    Page { name: grammar_file(chapter), text: page(&format!("{}: coverage", chapter.title), &out) }
}

fn production_map(out: &mut String, chapter: &GrammarChapter, page: &str, class: &str) {
    let _ = writeln!(out, "<div class=\"{class}\">");
    for production in &chapter.productions {
        let (id, what, attributes) = (escape(&production.id), production_uses(production), production_cell(production));
        let _ = writeln!(out, "<a {attributes} href=\"{page}#{id}\" title=\"{id}: {what}\" aria-label=\"{id}\"></a>");
    }
    out.push_str("</div>\n");
}

fn production_cell(production: &Production) -> String {
    let status = match production.status {
        ProductionStatus::Used => Status::Fired,
        ProductionStatus::MalformedOnly | ProductionStatus::Unused => Status::Unfired,
        ProductionStatus::StandsIn => Status::StandsIn,
    };
    cell(status, production.modules)
}

/// How many modules used a production, in words.
fn production_uses(Production { status, modules, malformed, .. }: &Production) -> String {
    let malformed = match malformed {
        0 => String::new(),
        n => format!(", {} malformed in it", thousands(*n)),
    };
    match status {
        ProductionStatus::Used => format!("{} read with it{malformed}", plural(*modules, "module")),
        ProductionStatus::StandsIn => format!("something stands in{malformed}"),
        ProductionStatus::MalformedOnly | ProductionStatus::Unused => format!("never used{malformed}"),
    }
}

/// How much of a chapter was fired, in a sentence.
fn share(chapter: &Chapter) -> String {
    let totals = &chapter.totals;
    let all = plural(totals.rules, "rule");
    match totals.can_fire() {
        0 => format!("{all}, none of which can fire"),
        n if n == totals.fired => format!("{all}; all {} that can fire were fired", thousands(n)),
        n => format!("{all}; {} of {} that can fire were fired", thousands(totals.fired), thousands(n)),
    }
}

fn heat_map(out: &mut String, chapter: &Chapter, page: &str, class: &str) {
    let _ = writeln!(out, "<div class=\"{class}\">");
    for rule in &chapter.rules {
        let (id, what) = (escape(&rule.id), escape(&uses(rule)));
        let attributes = cell(rule.status, rule.uses);
        let _ = writeln!(out, "<a {attributes} href=\"{page}#{id}\" title=\"{id}: {what}\" aria-label=\"{id}\"></a>");
    }
    out.push_str("</div>\n");
}

/// The attributes of a cell of the heat map: the colour goes by the number of digits.
fn cell(status: Status, uses: u64) -> String {
    match status {
        Status::Fired => format!("class=c style=\"--l:{}\"", (uses.max(1).ilog10() + 1).min(9)),
        Status::Unfired => "class=\"c unfired\"".into(),
        Status::Never => "class=\"c never\"".into(),
        Status::StandsIn => "class=\"c stands_in\"".into(),
        Status::ToCome => "class=\"c to_come\"".into(),
    }
}

fn legend() -> String {
    let mut out = String::from("<div class=legend>");
    for (uses, text) in [(1, "1 use or more"), (100, "100"), (10_000, "10,000"), (1_000_000, "1,000,000")] {
        let _ = write!(out, "<span><i {}></i>{text}</span>", cell(Status::Fired, uses));
    }
    for (status, text) in [
        (Status::Unfired, "unfired"),
        (Status::Never, "can never fire"),
        (Status::StandsIn, "not in the code: something stands in, or to come"),
    ] {
        let _ = write!(out, "<span><i {}></i>{text}</span>", cell(status, 0));
    }
    out.push_str("</div>\n");
    out
}

/// How often a rule was used, in words.
fn uses(rule: &Rule) -> String {
    match rule.status {
        Status::Fired => format!(
            "{} by {} ({}) in {}",
            plural(rule.uses, "use"),
            plural(rule.directives, "directive"),
            plural(rule.assertions, "assertion"),
            plural(rule.files, "file")
        ),
        status => status.to_string(),
    }
}

fn section(out: &mut String, coverage: &Coverage, rule: &Rule) {
    let id = escape(&rule.id);
    let _ = writeln!(out, "<section id=\"{id}\"><h3><i {}></i>{id}</h3>", cell(rule.status, rule.uses));
    let class = if rule.status == Status::Unfired { "bad" } else { "soft" };
    let _ = write!(out, "<p class={class}>{}", escape(&uses(rule)));
    if let Some(reason) = &rule.reason {
        let _ = write!(out, ": {}", prose(reason));
    }
    let _ = writeln!(out, " · <a href=\"{}\">standard</a></p>", escape(&rule.section));
    let _ = writeln!(out, "<pre>{}</pre>", escape(&rule.statement));
    places(out, &rule.examples, rule.directives);
    for premise in coverage.premises.iter().filter(|premise| premise.rule == rule.id) {
        let count = plural(premise.directives, "directive");
        let _ = writeln!(out, "<p class=soft>Premise {} false in {count}:</p>", escape(&premise.premise));
        places(out, &premise.examples, premise.directives);
    }
    out.push_str("</section>\n");
}

fn places(out: &mut String, examples: &[Place], all: u64) {
    if examples.is_empty() {
        return;
    }
    out.push_str("<ul class=soft>\n");
    for place in examples {
        let _ = writeln!(out, "<li>{}</li>", escape(&place.to_string()));
    }
    if let more @ 1.. = all.saturating_sub(examples.len() as u64) {
        let _ = writeln!(out, "<li>… and {} more</li>", thousands(more));
    }
    out.push_str("</ul>\n");
}

fn list(out: &mut String, coverage: &Coverage, status: Status, title: &str) {
    let rules: Vec<(&Chapter, &Rule)> = coverage
        .chapters
        .iter()
        .flat_map(|chapter| chapter.rules.iter().map(move |rule| (chapter, rule)))
        .filter(|(_, rule)| rule.status == status)
        .collect();
    if rules.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>{title} ({})</h2>\n<ul>", thousands(rules.len() as u64));
    for (chapter, rule) in rules {
        let id = escape(&rule.id);
        let _ = write!(out, "<li><a href=\"{}#{id}\"><code>{id}</code></a>", file(chapter));
        if let Some(reason) = &rule.reason {
            let _ = write!(out, " <span class=soft>{}</span>", prose(reason));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn premises(out: &mut String, coverage: &Coverage) {
    if coverage.premises.is_empty() {
        return;
    }
    let count = plural(coverage.premises.len() as u64, "premise");
    let _ = writeln!(out, "<h2>False in some module ({count})</h2>\n<table>");
    out.push_str("<tr><th>rule<th>premise<th class=n>directives<th>such as</tr>\n");
    for Premise { rule, premise, directives, examples } in &coverage.premises {
        let example = examples.first().map(|place| escape(&place.to_string())).unwrap_or_default();
        let (rule, number) = (escape(rule), thousands(*directives));
        let _ = writeln!(out, "<tr><td><code>{rule}</code><td>{premise}<td class=n>{number}<td>{example}</tr>");
    }
    out.push_str("</table>\n");
    if !coverage.never_false.is_empty() {
        let names = coverage.never_false.join(", ");
        let _ = writeln!(out, "<p>Kinds of premises that were false nowhere: {}.</p>", escape(&names));
    }
}

fn page(title: &str, body: &str) -> String {
    document(title, &[STYLE], body)
}

/// Markdown with no more in it than code in backticks.
fn prose(markdown: &str) -> String {
    let mut out = String::new();
    for (i, part) in markdown.split('`').enumerate() {
        let part = escape(part);
        let _ = if i % 2 == 1 { write!(out, "<code>{part}</code>") } else { write!(out, "{part}") };
    }
    out
}
