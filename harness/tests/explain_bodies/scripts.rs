//! The modules of scripts.

use super::programs::{INVALID, VALID, segments};
use lockstep::suite::{self, Script};
use lockstep_semantics::decode::{
    MalformedKind, Reading, current_spellings, decode_text_with, decode_with, encode_quoted, encode_wat,
};
use lockstep_semantics::syntax::*;
use std::path::Path;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// Scripts of the proposals: those of the repository, and their suites where they are.
pub(super) fn proposals() -> Vec<(Script, Features)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [
        ("corpus/litmus", Features::SHARED_EVERYTHING),
        ("corpus/coverage/threads", Features::THREADS),
        ("corpus/coverage/shared-everything-threads", Features::SHARED_EVERYTHING),
        ("../shared/suites/threads", Features::THREADS),
        ("../shared/suites/shared-everything-threads", Features::SHARED_EVERYTHING),
    ];
    let mut scripts = Vec::new();
    for (folder, features) in folders {
        let folder = root.join(folder);
        if !folder.is_dir() {
            eprintln!("skipped: there is no {}", folder.display());
            continue;
        }
        scripts.extend(suite::collect(&[folder]).unwrap().into_iter().map(|script| (script, features)));
    }
    scripts
}

/// Calls back with each module of a script that can be decoded; says how many use what is not supported.
pub(super) fn modules_of(script: &Script, features: Features, each: &mut impl FnMut(&str, Module)) -> usize {
    let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
    let text = &*if features.shared_everything { current_spellings(&text) } else { text.as_str().into() };
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).unwrap();
    let script_of = match parser::parse::<Wast<'_>>(&buffer) {
        Ok(parsed) => parsed,
        // Components in an old syntax.
        Err(_) if script.path.ends_with("shared-builtins.wast") => return 1,
        Err(e) => panic!("{}: {e}", script.path),
    };
    let mut unsupported = 0;
    let mut directives = script_of.directives;
    while let Some(directive) = directives.pop() {
        let place = format!("{}:{}", script.path, directive.span().linecol_in(text).0 + 1);
        let bytes = match directive {
            WastDirective::Module(mut module) | WastDirective::ModuleDefinition(mut module) => {
                encode_quoted(&mut module, text)
            }
            WastDirective::AssertInvalid { mut module, .. } => encode_quoted(&mut module, text),
            WastDirective::AssertUnlinkable { mut module, .. } => encode_wat(&mut module, text),
            WastDirective::Thread(thread) => {
                directives.extend(thread.directives);
                continue;
            }
            _ => continue,
        };
        let module = bytes.and_then(|bytes| decode_with(&bytes, Reading::of_text(features)));
        match module {
            Ok(module) => each(&place, module),
            Err(e) if features != Features::STANDARD && matches!(e.kind, MalformedKind::Unsupported { .. }) => {
                unsupported += 1;
            }
            Err(e) => panic!("{place}: {e}"),
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
