//! The modules of scripts.

#[path = "../../../../semantics/tests/common/scripts.rs"]
#[allow(dead_code)]
mod common;

use super::programs::{INVALID, VALID, segments};
use lockstep_scripts::suite::{self, Script};
use lockstep_semantics::decode::{MalformedKind, Reading, decode_text_with, decode_with};
use lockstep_semantics::syntax::*;
use std::path::Path;

/// Scripts of the proposals: those of the repository, and their suites where they are.
pub(super) fn proposals() -> Vec<(Script, Features)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let suites = [("threads", Features::THREADS), ("shared-everything-threads", Features::SHARED_EVERYTHING)];
    let own = |(name, features)| (root.join("corpus/coverage").join(name), features);
    let folders = [(root.join("corpus/litmus"), Features::SHARED_EVERYTHING)].into_iter().chain(suites.map(own));
    let theirs = suites.into_iter().filter_map(|(name, features)| Some((lockstep_testing::suite(name)?, features)));
    let mut scripts = Vec::new();
    for (folder, features) in folders.chain(theirs) {
        scripts.extend(suite::collect(&[folder]).unwrap().into_iter().map(|script| (script, features)));
    }
    scripts
}

/// Calls back with each module of a script that can be decoded; says how many use what is not supported.
pub(super) fn modules_of(script: &Script, features: Features, each: &mut impl FnMut(&str, Module)) -> usize {
    let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
    let mut unsupported = 0;
    for form in common::forms_of(&script.path, &text) {
        if !["module", "assert_invalid", "assert_unlinkable"].contains(&form.keyword.as_str()) {
            continue;
        }
        let bytes = form.source.bytes(features);
        let module = bytes.and_then(|bytes| decode_with(&bytes, Reading::of_text(features)));
        match module {
            Ok(module) => each(&form.place, module),
            Err(e) if features != Features::STANDARD && matches!(e.kind, MalformedKind::Unsupported { .. }) => {
                unsupported += 1;
            }
            Err(e) => panic!("{}: {e}", form.place),
        }
    }
    unsupported
}

/// Calls back with each module of the official suite.
pub(super) fn official(mut each: impl FnMut(&str, Module)) {
    for script in suite::embedded() {
        assert_eq!(modules_of(&script, Features::STANDARD, &mut each), 0);
    }
}

/// Calls back with each module of the proposals, those here included.
pub(super) fn proposed(mut each: impl FnMut(&str, Module)) {
    for (i, text) in VALID.into_iter().enumerate() {
        each(&format!("valid {i}"), read(text));
    }
    each("segments", segments());
    for (i, (text, _)) in INVALID.into_iter().enumerate() {
        each(&format!("invalid {i}"), read(text));
    }
    let unsupported: usize =
        proposals().iter().map(|(script, features)| modules_of(script, *features, &mut each)).sum();
    println!("{unsupported} modules of the proposals are not supported");
    // Components.
    assert!(unsupported <= 1, "{unsupported}");
}

pub(super) fn read(text: &str) -> Module {
    decode_text_with(text, Features::SHARED_EVERYTHING).unwrap_or_else(|e| panic!("{text}: {e}")).1
}
