//! The data of the pages, for the templates.

use super::html;
use super::judgements::says;
use super::links::Links;
use super::record::{Records, StepExample};
use askama::Template;
use lockstep_semantics::{RuleId, source};
use lockstep_spec::{Chapter, Code, pin};
pub(super) use lockstep_spec::{PIN, STANDARD};
use std::collections::{BTreeMap, BTreeSet};

/// The commit of the standard, short.
pub(super) fn pin_short() -> &'static str {
    &PIN[..9]
}

/// A link.
pub(super) struct Link {
    pub(super) name: String,
    pub(super) href: String,
}

/// A rule.
pub(super) struct Rule {
    pub(super) id: &'static str,
    /// `Step_read/`, and `struct.get-null`.
    pub(super) prefix: String,
    pub(super) case: &'static str,
    pub(super) judgement: String,
    pub(super) anchor: String,
    pub(super) href: String,
    pub(super) statement: String,
    /// The description, as HTML.
    pub(super) sentence: String,
    /// The description as text, shortened.
    pub(super) summary: String,
    pub(super) section: &'static str,
    pub(super) section_name: String,
    pub(super) source: Option<Link>,
    pub(super) status: Status,
    pub(super) functions: Vec<Function>,
    /// `12 times by 3 directives`
    pub(super) used: String,
    pub(super) examples: Vec<String>,
    pub(super) step: Option<StepExample>,
    /// The rules of the steps after it.
    pub(super) next: Vec<Link>,
    /// The instructions that it is about, to be shown, and to be searched.
    pub(super) instructions: Vec<String>,
    pub(super) searched: String,
    pub(super) premises: Vec<Link>,
}

/// The status of a rule.
pub(super) enum Status {
    /// It was used in the run.
    Reached,
    /// It was not.
    Unreached,
    /// Something else does its work: what and why, as HTML.
    StandsIn(String, String),
    /// It is still to come: why, as HTML.
    ToCome(String),
}

impl Status {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Status::Reached => "reached",
            Status::Unreached => "unreached",
            Status::StandsIn(..) => "stands-in",
            Status::ToCome(_) => "to-come",
        }
    }
    pub(super) fn title(&self) -> &'static str {
        match self {
            Status::Reached => "used by the suite",
            Status::Unreached => "not used by the suite",
            Status::StandsIn(..) => "something stands in for it",
            Status::ToCome(_) => "to come",
        }
    }
}

/// A function that implements a rule.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) place: String,
    pub(super) code: String,
}

/// A judgement of a chapter.
pub(super) struct JudgementView {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    /// Whether there is a rule of this very name, whose anchor is that of the judgement.
    pub(super) is_rule: bool,
    pub(super) rules: Vec<Link>,
    pub(super) used_by: Vec<Link>,
}

/// The page of a chapter.
#[derive(Template)]
#[template(path = "book/chapter.html")]
pub(super) struct ChapterPage {
    pub(super) page: String,
    pub(super) number: &'static str,
    pub(super) name: String,
    pub(super) file: &'static str,
    pub(super) introduction: String,
    pub(super) summary: String,
    pub(super) rules: Vec<Rule>,
    pub(super) judgements: Vec<JudgementView>,
    pub(super) before: Option<Link>,
    pub(super) after: Option<Link>,
}

impl ChapterPage {
    /// How many rules are used by the suite, and so on, but for what there are none of.
    fn tally(&self) -> String {
        let parts = [
            ("reached", "used by the suite"),
            ("unreached", "not used by it"),
            ("stands-in", "with a stand-in"),
            ("to-come", "to come"),
        ];
        let parts = parts.map(|(status, what)| (self.with(status), what)).into_iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }

    fn with(&self, wanted: &str) -> usize {
        self.rules.iter().filter(|rule| rule.status.name() == wanted).count()
    }
}

/// The first page.
#[derive(Template)]
#[template(path = "book/index.html")]
pub(super) struct IndexPage<'a> {
    chapters: &'a [ChapterPage],
    rules: usize,
    version: &'static str,
}

impl IndexPage<'_> {
    fn with(&self, wanted: &str) -> usize {
        self.chapters.iter().map(|chapter| chapter.with(wanted)).sum()
    }
    fn example(&self) -> Option<&Rule> {
        self.chapters.iter().flat_map(|chapter| &chapter.rules).find(|rule| rule.id == "Step_read/struct.get-struct")
    }
}

pub(super) fn index(chapters: &[ChapterPage]) -> IndexPage<'_> {
    IndexPage { chapters, rules: RuleId::COUNT, version: env!("CARGO_PKG_VERSION") }
}

pub(super) fn chapters(records: &Records, links: &Links) -> Vec<ChapterPage> {
    let pinned: BTreeMap<RuleId, pin::Pinned> = pin::rules().map(|pinned| (pinned.rule, pinned)).collect();
    let by_stem = by_stem(records);
    let all = Chapter::all();
    let link = |chapter: &Chapter| Link { name: chapter.title.to_owned(), href: chapter.page() };
    let pages = all.iter().enumerate().map(|(i, chapter)| {
        let number = chapter.number();
        let page = chapter.page();
        let rules: Vec<Rule> =
            chapter.rules().map(|rule| view(rule, records, links, pinned.get(&rule), &by_stem)).collect();
        let judgements = links.judgements().iter().filter(|(_, judgement)| judgement.page == page);
        let judgements = judgements.map(|(&name, judgement)| JudgementView {
            name,
            says: says(name),
            is_rule: RuleId::parse(name).is_some(),
            rules: judgement.rules.iter().map(|&rule| rule_link(rule, links)).collect(),
            used_by: judgement.used_by.iter().map(|&rule| rule_link(rule, links)).collect(),
        });
        ChapterPage {
            number,
            name: chapter.title.trim_start_matches(number).trim_start().to_owned(),
            file: chapter.file,
            introduction: html::markdown(chapter.introduction, links),
            summary: html::markdown(&first_sentence(chapter.introduction), links),
            rules,
            judgements: judgements.collect(),
            before: i.checked_sub(1).and_then(|i| all.get(i)).map(link),
            after: all.get(i + 1).map(link),
            page,
        }
    });
    pages.collect()
}

fn rule_link(rule: RuleId, links: &Links) -> Link {
    Link { name: rule.to_string(), href: links.rule(rule) }
}

fn view(
    rule: RuleId,
    records: &Records,
    links: &Links,
    pinned: Option<&pin::Pinned>,
    by_stem: &BTreeMap<&'static str, BTreeSet<String>>,
) -> Rule {
    let entry = rule.rule();
    let record = records.get(rule);
    let (prefix, case) = match entry.id.split_once('/') {
        Some((judgement, case)) => (format!("{judgement}/"), case),
        None => (String::new(), entry.id),
    };
    let functions: Vec<&source::Function> = source::of(rule).collect();
    let doc = functions.first().map(|function| summary(function.code)).unwrap_or_default();
    let said = match (entry.note, doc) {
        ("", doc) if doc.is_empty() => match says(rule.judgement()) {
            says if prefix.is_empty() => format!("{says}."),
            says => format!("{says}: `{case}`."),
        },
        ("", doc) => doc,
        (note, _) => note.to_owned(),
    };
    let inline = |text: &str| html::markdown(text, links).trim().replace("<p>", "").replace("</p>", "");
    let status = match &entry.code {
        Code::Fired if record.count > 0 => Status::Reached,
        Code::Fired => Status::Unreached,
        Code::StandsIn { by, reason } => Status::StandsIn(inline(by), inline(reason)),
        Code::ToCome { reason } => Status::ToCome(inline(reason)),
    };
    let mut instructions = record.instructions.clone();
    if rule.judgement().starts_with("Instr") && prefix.ends_with('/') {
        instructions.extend(by_stem.get(stem(case)).cloned().unwrap_or_default());
    }
    Rule {
        id: entry.id,
        judgement: links.judgement(rule.judgement()).unwrap_or_default(),
        prefix,
        case,
        anchor: rule.anchor(),
        href: links.rule(rule),
        statement: html::statement(entry.statement, links),
        sentence: html::markdown(&said, links),
        summary: first_sentence(&said).replace('`', ""),
        section: entry.section,
        section_name: format!("§ {}", entry.section.rsplit('#').next().unwrap_or_default()),
        source: pinned.map(|pinned| Link {
            name: format!("{}:{}", pinned.file, pinned.line),
            href: format!(
                "https://github.com/WebAssembly/spec/blob/{PIN}/specification/wasm-3.0/{}#L{}",
                pinned.file, pinned.line
            ),
        }),
        status,
        functions: functions
            .iter()
            .map(|function| Function {
                name: function.name,
                place: format!("semantics/{}:{}–{}", function.file, function.first, function.last),
                code: html::rust(function.code, rule, links),
            })
            .collect(),
        used: used(record.count, record.directives),
        examples: record.examples.iter().map(|place| format!("{}:{}", place.script, place.line)).collect(),
        step: record.step.clone(),
        next: record.step.iter().flat_map(|step| &step.next).map(|next| rule_link(next.rule, links)).collect(),
        // The name of a rule often says so already.
        instructions: match instructions.len() {
            1 if instructions.contains(stem(case)) => Vec::new(),
            _ => instructions.iter().cloned().collect(),
        },
        searched: instructions.into_iter().collect::<Vec<_>>().join(" "),
        premises: pinned
            .into_iter()
            .flat_map(pin::Pinned::premises)
            .filter_map(|name| Some(Link { name: name.to_owned(), href: links.judgement(name)? }))
            .collect(),
    }
}

/// The instructions that rules of execution reduce, by the stems of the rules, which rules of validation share.
fn by_stem(records: &Records) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut stems: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for rule in RuleId::ALL {
        if let Some((judgement, case)) = rule.as_str().split_once('/')
            && judgement.starts_with("Step")
        {
            stems.entry(stem(case)).or_default().extend(records.get(rule).instructions.iter().cloned());
        }
    }
    stems
}

/// The part of a case that names an instruction: `struct.get` of `struct.get-null`.
fn stem(case: &'static str) -> &'static str {
    case.split('-').next().unwrap_or(case)
}

/// The first paragraph of a doc comment.
fn summary(code: &str) -> String {
    let lines = code.lines().map_while(|line| line.trim_start().strip_prefix("///")).map(str::trim);
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty() && !line.starts_with("```")).collect();
    lines.join(" ").replace("[`", "`").replace("`]", "`")
}

/// The first sentence of a text.
fn first_sentence(text: &str) -> String {
    let text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    match text.find(". ") {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}

fn used(count: u64, directives: u64) -> String {
    match (count, directives) {
        (1, _) => "once".into(),
        (_, 1) => format!("{} times by one directive", thousands(count)),
        _ => format!("{} times by {} directives", thousands(count), thousands(directives)),
    }
}

/// `1,234,567`
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The index for the search, as a script: identifier, place, instructions, first line of the statement, summary.
pub(super) fn search_index(chapters: &[ChapterPage]) -> String {
    let entries: Vec<_> = chapters
        .iter()
        .flat_map(|chapter| &chapter.rules)
        .map(|rule| {
            let first = RuleId::parse(rule.id).and_then(|id| id.rule().statement.lines().next()).unwrap_or_default();
            (rule.id, &rule.href, &rule.searched, first, &rule.summary)
        })
        .collect();
    let json = serde_json::to_string(&entries).unwrap_or_else(|_| "[]".into()).replace("],[", "],\n[");
    format!("// Written by `lockstep book`.\nconst LOCKSTEP_INDEX = {json};\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(summary("/// Reads a [`field`],\n/// once.\n///\n/// More.\nfn f() {}"), "Reads a `field`, once.");
        assert_eq!(summary("/// ```text\n/// A\n/// ```\nfn f() {}"), "");
        assert_eq!(
            [used(1, 1), used(2, 1), used(1000, 2)].join(", "),
            "once, 2 times by one directive, 1,000 times by 2 directives"
        );
        assert_eq!(first_sentence("One `a.b` thing\nis it. Two.\n\nThree"), "One `a.b` thing is it.");
        assert_eq!([0, 999, 1000, 1234567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(stem("struct.get-null"), "struct.get");
    }
}
