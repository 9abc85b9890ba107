//! The catalogue has the rules of the pinned standard: all of them, no others, in the same order.

use std::fs;
use std::path::Path;

use lockstep_spec::{PIN, RuleId, STANDARD};

#[test]
fn as_many_rules_as_the_standard() {
    assert_eq!(STANDARD, "WebAssembly 3.0");
    assert_eq!(PIN, "285a9032950cbad6a9f84de11183008e286092a2");
    assert_eq!(RuleId::STANDARD, 559);
}

/// The list was taken from the SpecTec sources. It lies beside the repository, so it may be missing.
#[test]
fn the_rules_of_the_standard() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/rules-3.0.tsv");
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return;
    };
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
