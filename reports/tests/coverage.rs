//! The renderings of a coverage.

use lockstep_reports::coverage::*;
use lockstep_reports::{Case, DirectiveId, Engine, FileReport, Kind, Report, Standard, Verdict};

fn place(line: u32, directive: Kind) -> Place {
    Place { file: "core/<a>|b.wast".into(), line, column: 1, directive }
}

fn rule(id: &str, status: Status, reason: Option<&str>, uses: u64) -> Rule {
    let directives = uses.min(3);
    Rule {
        id: id.into(),
        section: "https://webassembly.github.io/spec/core/exec/instructions.html#exec-nop".into(),
        statement: "nop  ~>  ε\n  if 1 < 2 & 3".into(),
        status,
        reason: reason.map(String::from),
        uses,
        directives,
        assertions: directives / 2,
        files: directives.min(1),
        examples: (0..directives.min(2)).map(|i| place(i as u32 + 1, Kind::AssertReturn)).collect(),
    }
}

fn synthetic() -> Coverage {
    let mut file = FileReport::new("core/<a>|b.wast", "core");
    for (line, verdict) in [(1, Verdict::Pass), (2, Verdict::Pass), (3, Verdict::Fail)] {
        file.push(Case { line, column: 1, kind: Kind::AssertReturn, verdict, id: DirectiveId::default() });
    }
    let standard = Standard { name: "WebAssembly 3.0".into(), pin: "285a9032950cbad6a9f84de11183008e286092a2".into() };
    let engine = Engine { name: "lockstep".into(), version: "0.1.0".into() };
    let report = Report::new(standard.clone(), engine.clone(), [(file, vec![])]);
    let later = Some("configuration typing, which is a long story that does not fit on one line of a terminal");
    let chapters = [
        (
            "4.3 Execution: instructions",
            "4.3-execution.instructions.spectec",
            vec![
                rule("Step_pure/nop", Status::Fired, None, 1),
                rule("Step_pure/drop", Status::Fired, None, 12_345_678),
                rule("Step_pure/unreachable", Status::Unfired, None, 0),
                rule("Step_pure/unop-trap", Status::Never, Some("`unop` always has a result"), 0),
                rule("Steps/refl", Status::StandsIn, Some("`run`: a loop"), 0),
            ],
        ),
        (
            "7.1 Soundness: configurations",
            "7.1-soundness.configurations.spectec",
            vec![rule("Config_ok", Status::ToCome, later, 0), rule("State_ok", Status::ToCome, later, 0)],
        ),
    ];
    let chapters: Vec<Chapter> = chapters
        .into_iter()
        .map(|(title, file, rules)| Chapter {
            title: title.into(),
            file: file.into(),
            totals: Totals::of(&rules),
            rules,
        })
        .collect();
    let mut totals = Totals::default();
    chapters.iter().for_each(|chapter| totals += chapter.totals);
    let premise = Premise {
        rule: "Step_pure/nop".into(),
        premise: "NotSubtype".into(),
        directives: 7,
        examples: vec![place(9, Kind::AssertInvalid)],
    };
    Coverage {
        schema: SCHEMA.into(),
        version: VERSION,
        standard,
        engine,
        summary: report.summary,
        totals,
        chapters,
        premises: vec![premise],
        never_false: vec!["NoReturn".into(), "Packing".into()],
        grammar: grammar(),
    }
}

fn production(id: &str, modules: u64, malformed: u64, stands_in: Option<&str>) -> Production {
    let status = match (modules, malformed, stands_in) {
        (1.., ..) => ProductionStatus::Used,
        (.., Some(_)) => ProductionStatus::StandsIn,
        (_, 0, _) => ProductionStatus::Unused,
        _ => ProductionStatus::MalformedOnly,
    };
    Production {
        id: id.into(),
        section: "https://webassembly.github.io/spec/core/text/lexical.html#text-token".into(),
        statement: "\"<\" Tx*".into(),
        status,
        reason: stands_in.map(String::from),
        modules,
        malformed,
        examples: (0..modules.min(2)).map(|i| place(i as u32 + 1, Kind::Module)).collect(),
        malformed_examples: (0..malformed.min(2)).map(|i| place(i as u32 + 7, Kind::AssertMalformed)).collect(),
    }
}

fn grammar() -> Grammar {
    let productions = vec![
        production("Tsource", 1234, 0, None),
        production("Tstring", 2, 1, None),
        production("Teof", 0, 0, Some("the end of the text: there is `nothing` to read")),
        production("Treserved", 0, 0, None),
        production("Tannot", 0, 3, None),
    ];
    let totals = ProductionTotals::of(&productions);
    let chapter = GrammarChapter {
        title: "6.0 Text format: lexical format".into(),
        file: "6.0-text.lexical.spectec".into(),
        totals,
        productions,
    };
    Grammar { totals, chapters: vec![chapter] }
}

#[test]
fn text_for_people() {
    let text = text::render(&synthetic());
    let table = text.lines().take_while(|line| !line.starts_with("False in"));
    assert!(table.clone().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn names_of_unfired_rules() {
    assert_eq!(text::unfired(&synthetic()), "Step_pure/unreachable\n");
}

#[test]
fn names_of_unused_productions() {
    assert_eq!(text::unused_productions(&synthetic()), "Treserved\nTannot\n");
}

#[test]
fn markdown_for_pull_requests() {
    insta::assert_snapshot!(markdown::render(&synthetic()));
}

#[test]
fn json_is_stable() {
    insta::assert_snapshot!(json::render(&synthetic()));
}

#[test]
fn pages() {
    let pages = html::render(&synthetic());
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    let chapters =
        ["4.3-execution.instructions.html", "7.1-soundness.configurations.html", "grammar.6.0-text.lexical.html"];
    assert_eq!((names[0], &names[1..]), ("index.html", &chapters[..]));
    let body = pages[1].text.split("<body>").nth(1).unwrap();
    insta::assert_snapshot!(body);
    insta::assert_snapshot!("grammar", pages[3].text.split("<body>").nth(1).unwrap());
}

#[test]
fn all_that_can_fire() {
    let mut coverage = synthetic();
    coverage.totals.unfired = 0;
    assert_eq!(coverage.outcome(), "Every rule that can fire was fired: 2.");
    assert!(markdown::render(&coverage).starts_with("## ✅ "));
}
