//! Every module of the suites.

#[path = "../common/scripts.rs"]
#[allow(dead_code)]
pub(super) mod common;

use super::opinion::{compare, explained};
use common::{Source, below, forms};
use lockstep_semantics::syntax::Features;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn both_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suites = root.join("../../shared/suites");
    if !suites.is_dir() {
        eprintln!("not all is compared: no test suites at {}", suites.display());
    }
    let (mut count, mut excused, mut unexplained) = (0, BTreeMap::<&str, usize>::new(), Vec::new());
    for path in [suites, root.join("../corpus")].iter().flat_map(|folder| below(folder)) {
        let within = |folder: &str| path.components().any(|part| part.as_os_str() == folder);
        let features = match (within("shared-everything-threads"), within("threads") || within("litmus")) {
            (true, _) => Features::SHARED_EVERYTHING,
            (false, true) => Features::THREADS,
            _ => Features::STANDARD,
        };
        for form in forms(&path) {
            let Source::Text(text) = &form.source else { continue };
            count += 1;
            if let Some(difference) = compare(text, features) {
                match explained(text, &difference) {
                    Some(why) => *excused.entry(why).or_default() += 1,
                    None => unexplained.push(format!("{}: {}", form.place, difference.kind())),
                }
            }
        }
    }
    println!("{count} modules; explained differences: {excused:#?}");
    assert!(count > 300 && unexplained.is_empty(), "of {count}: {unexplained:#?}");
}
