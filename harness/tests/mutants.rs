//! The mutants in `corpus/mutants` fit the sources.

#[path = "../examples/mutants/catalogue.rs"]
mod catalogue;

use catalogue::Mutant;
use lockstep_spec::RuleId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn every_mutant_has_its_place_in_the_sources() {
    let mutants = catalogue::read(root()).unwrap();
    let mut files: BTreeMap<&Path, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        files.entry(&mutant.file).or_default().push((number, mutant));
    }
    for (file, mutants) in files {
        let source = std::fs::read_to_string(root().join(file)).unwrap();
        let inserted = catalogue::insert(&source, &mutants).unwrap_or_else(|e| panic!("{}: {e:#}", file.display()));
        for (number, mutant) in mutants {
            let guard = format!("if crate::mutant::is({number}) {{ {} }}", mutant.wrong);
            assert_eq!(inserted.matches(&guard).count(), 1, "{}", mutant.name);
        }
    }
}

#[test]
fn every_mutant_changes_a_rule_of_the_standard() {
    for mutant in catalogue::read(root()).unwrap() {
        assert!(RuleId::parse(&mutant.rule).is_some(), "{}: there is no rule {}", mutant.name, mutant.rule);
        assert!(!mutant.says.is_empty(), "{}", mutant.name);
        assert!(mutant.survives.is_none_or(|why| !why.is_empty()), "{}", mutant.name);
    }
}

#[test]
fn there_are_enough_mutants_of_each_family() {
    let mutants = catalogue::read(root()).unwrap();
    let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    assert_eq!(names.len(), mutants.len(), "names are not distinct");
    assert!(mutants.len() >= 40, "only {}", mutants.len());
    for family in ["cast", "subtyping", "struct", "array", "control", "exception"] {
        let count = mutants.iter().filter(|mutant| mutant.family == family).count();
        assert!(count >= 5, "{family}: only {count}");
    }
}

#[test]
fn a_text_that_is_not_there_once_is_an_error() {
    let mutant = &catalogue::read(root()).unwrap()[0];
    let source = |body: &str| format!("fn {}() {{\n{body}\n}}\n", mutant.function);
    assert!(catalogue::insert(&source(&mutant.find), &[(0, mutant)]).is_ok());
    assert!(catalogue::insert(&source("0"), &[(0, mutant)]).is_err());
    assert!(catalogue::insert(&source(&mutant.find.repeat(2)), &[(0, mutant)]).is_err());
    assert!(catalogue::insert("", &[(0, mutant)]).is_err());
}
