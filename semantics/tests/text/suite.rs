//! Every module of the suites.

#[path = "../common/scripts.rs"]
#[allow(dead_code)]
pub(super) mod common;

use super::opinion::{compare, explained};
use common::{Source, below, forms};
use lockstep_semantics::syntax::Features;
use std::collections::BTreeMap;
use std::path::Path;

/// A module that is written out or quoted in a script.
pub(super) struct Text {
    /// File and line.
    pub(super) place: String,
    /// The module.
    pub(super) text: String,
    /// The proposals that the script is for.
    pub(super) features: Features,
}

/// Those of all suites and of the corpus.
pub(super) fn texts() -> Vec<Text> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let mut texts = Vec::new();
    for path in lockstep_testing::suites().iter().chain([&corpus]).flat_map(|folder| below(folder)) {
        let within = |folder: &str| path.components().any(|part| part.as_os_str() == folder);
        let features = match (within("shared-everything-threads"), within("threads") || within("litmus")) {
            (true, _) => Features::SHARED_EVERYTHING,
            (false, true) => Features::THREADS,
            _ => Features::STANDARD,
        };
        texts.extend(forms(&path).into_iter().filter_map(|form| match form.source {
            Source::Text(text) => Some(Text { place: form.place, text, features }),
            Source::Binary(_) | Source::NotUtf8 => None,
        }));
    }
    texts
}

#[test]
fn both_say_the_same() {
    let texts = texts();
    let (mut excused, mut unexplained) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for Text { place, text, features } in &texts {
        if let Some(difference) = compare(text, *features) {
            match explained(text, &difference) {
                Some(why) => *excused.entry(why).or_default() += 1,
                None => unexplained.push(format!("{place}: {}", difference.kind())),
            }
        }
    }
    let count = texts.len();
    println!("{count} modules; explained differences: {excused:#?}");
    assert!(count > 300 && unexplained.is_empty(), "of {count}: {unexplained:#?}");
}
