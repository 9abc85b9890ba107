//! The code has the rules and productions that the catalogue says it has, and only those.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lockstep_spec::{Code, Production, ProductionId, RuleId};

/// The sources of this crate, without comments that take a whole line (a rule named in a comment is not a rule applied).
fn sources() -> String {
    fn collect(folder: &Path, text: &mut String) {
        let mut paths: Vec<_> = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let source = fs::read_to_string(&path).expect("a source file");
                for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    let mut text = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    text
}

/// Every `name` in `rule!("name")`, or with another macro.
fn named<'a>(source: &'a str, by: &str) -> BTreeSet<&'a str> {
    source
        .split(&format!("{by}!("))
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| name)
        .collect()
}

/// Every piece of `text` in backticks that could be the path of something in Rust, by its last segment.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || c == '_');
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(move |path| path.split("::").all(word))
        .filter_map(|path| path.rsplit("::").next())
}

fn words(source: &str) -> BTreeSet<&str> {
    source.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect()
}

fn list(title: &str, ids: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = ids.map(|id| format!("    {id}")).collect();
    (!lines.is_empty()).then(|| format!("{title} ({}):\n{}", lines.len(), lines.join("\n")))
}

/// What the code and the catalogue disagree on: `entries` have names and where the code has them, according to the
/// catalogue; `named` are the names in the code.
fn faults(entries: &[(&'static str, &'static Code)], named: &BTreeSet<&str>, source: &str) -> Vec<String> {
    let words = words(source);
    let absent = entries.iter().filter(|(id, code)| **code == Code::Fired && !named.contains(id));
    let present = entries.iter().filter(|(id, code)| **code != Code::Fired && named.contains(id));
    let unknown = entries.iter().filter_map(|(id, code)| match code {
        Code::StandsIn { by, .. } => {
            let lost: Vec<&str> = paths(by).filter(|name| !words.contains(name)).collect();
            (!lost.is_empty()).then(|| format!("{id}: {}", lost.join(", ")))
        }
        Code::Fired | Code::ToCome { .. } => None,
    });
    [
        list("in the code according to the catalogue, but named nowhere there", absent.map(|(id, _)| (*id).to_owned())),
        list("named in the code, but not according to the catalogue", present.map(|(id, _)| (*id).to_owned())),
        list("what stands in is nowhere in the code", unknown),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn code_and_catalogue_agree_on_rules() {
    let source = sources();
    let rules: Vec<_> = RuleId::ALL.into_iter().map(RuleId::rule).map(|rule| (rule.id, &rule.code)).collect();
    let faults = faults(&rules, &named(&source, "rule"), &source);
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n\n"));
}

fn productions() -> impl Iterator<Item = &'static Production> {
    ProductionId::ALL.into_iter().map(ProductionId::production)
}

#[test]
fn code_and_catalogue_agree_on_productions() {
    let source = sources();
    let productions: Vec<_> = productions().map(|production| (production.id, &production.code)).collect();
    let faults = faults(&productions, &named(&source, "production"), &source);
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n\n"));
}

#[test]
fn names_are_found_in_source() {
    let source = "z.trap(rule!(\"A/b\")); f(rule!(\n    \"C\"\n)); rule!(name); production!(\"D\")";
    assert_eq!(named(source, "rule"), BTreeSet::from(["A/b", "C"]));
    assert_eq!(named(source, "production"), BTreeSet::from(["D"]));
    assert_eq!(paths("the `a::Bc::de_f` loop, `g`, `h i`").collect::<Vec<_>>(), ["de_f", "g"]);
}
