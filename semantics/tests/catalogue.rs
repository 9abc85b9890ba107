//! The code has the rules that the catalogue says it has, and only those.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lockstep_spec::{Code, RuleId};

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

/// Every `name` in `rule!("name")`.
fn named(source: &str) -> BTreeSet<&str> {
    source
        .split("rule!(")
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

#[test]
fn code_and_catalogue_agree() {
    let source = sources();
    let (named, words) = (named(&source), words(&source));
    let rules = || RuleId::ALL.into_iter().map(RuleId::rule);

    let absent =
        rules().filter(|rule| rule.code == Code::Fired && !named.contains(rule.id)).map(|rule| rule.id.to_owned());
    let present =
        rules().filter(|rule| rule.code != Code::Fired && named.contains(rule.id)).map(|rule| rule.id.to_owned());
    let unknown = rules().filter_map(|rule| match rule.code {
        Code::StandsIn { by, .. } => {
            let lost: Vec<&str> = paths(by).filter(|name| !words.contains(name)).collect();
            (!lost.is_empty()).then(|| format!("{}: {}", rule.id, lost.join(", ")))
        }
        Code::Fired | Code::ToCome { .. } => None,
    });

    let faults: Vec<String> = [
        list("fired according to the catalogue, but named nowhere in the code", absent),
        list("named in the code, but not fired according to the catalogue", present),
        list("what stands in for the rule is nowhere in the code", unknown),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n\n"));
}

#[test]
fn rules_are_found_in_source() {
    let source = "z.trap(rule!(\"A/b\")); f(rule!(\n    \"C\"\n)); rule!(name)";
    assert_eq!(named(source), BTreeSet::from(["A/b", "C"]));
    assert_eq!(paths("the `a::Bc::de_f` loop, `g`, `h i`").collect::<Vec<_>>(), ["de_f", "g"]);
}
