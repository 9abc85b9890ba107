//! The catalogue has the rules and productions of the pinned standard: all of them, no others, in the same order.

use std::fs;

use lockstep_spec::{GrammarChapter, PIN, ProductionId, RuleId, STANDARD};

#[test]
fn as_many_as_in_the_standard() {
    assert_eq!(STANDARD, "WebAssembly 3.0");
    assert_eq!(PIN, "285a9032950cbad6a9f84de11183008e286092a2");
    assert_eq!(RuleId::STANDARD, 559);
    assert_eq!(ProductionId::COUNT, 428);
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("the README");
    let said = format!("all {} of them, and {} of proposals", RuleId::STANDARD, RuleId::COUNT - RuleId::STANDARD);
    assert!(readme.contains(&said), "the README does not say: {said}");
}

/// The list was taken from the SpecTec sources. It lies beside the repository, so it may be missing.
#[test]
fn the_rules_of_the_standard() {
    let Some(sources) = lockstep_testing::sources() else { return };
    let text = fs::read_to_string(sources.join("rules-3.0.tsv")).expect("a list of the rules");
    let (head, lines) = text.split_once('\n').expect("a first line");
    assert!(head.contains(PIN), "the list is of another commit: {head}");
    let list: Vec<(&str, &str)> = lines
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut columns = line.split('\t');
            (columns.next().expect("a rule"), columns.next().expect("a file"))
        })
        .collect();
    let catalogue: Vec<(&str, &str)> = RuleId::standard().map(|id| (id.rule().id, id.rule().file)).collect();

    let missing: Vec<_> = list.iter().filter(|rule| !catalogue.contains(rule)).collect();
    let extra: Vec<_> = catalogue.iter().filter(|rule| !list.contains(rule)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing here: {missing:#?}\nnot in the standard: {extra:#?}");
    for (ours, theirs) in catalogue.iter().zip(&list) {
        assert_eq!(ours, theirs, "the order differs from here on");
    }
}

/// The sources themselves, which may be missing as well.
#[test]
fn the_productions_of_the_standard() {
    let Some(sources) = lockstep_testing::sources() else { return };
    let folder = sources.join("text/wasm-3.0");
    for chapter in GrammarChapter::all() {
        let source = fs::read_to_string(folder.join(chapter.file)).expect("a source of the standard");
        let theirs: Vec<String> = source.lines().filter_map(|line| line.strip_prefix("grammar ")).map(name).collect();
        let ours: Vec<&str> = chapter.productions().map(ProductionId::as_str).collect();
        assert_eq!(ours, theirs, "{}", chapter.file);
    }
}

/// The name at the head of a production, without its parameters: `T(I)/case : …` is `T/case`.
fn name(head: &str) -> String {
    let end = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let (name, mut rest) = head.split_at(head.find(end).unwrap_or(head.len()));
    if rest.starts_with('(') {
        let mut depth = 0;
        let close = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        rest = &rest[close.map_or(rest.len(), |at| at + 1)..];
    }
    match rest.strip_prefix('/') {
        Some(case) => format!("{name}/{}", case.split_whitespace().next().unwrap_or_default()),
        None => name.to_owned(),
    }
}
