//! The modules of the test scripts in `../shared/suites`.

use lockstep_semantics::decode::{Malformed, encode_quoted, encode_wat};
use std::path::{Path, PathBuf};
use wast::{QuoteWat, Wast, WastDirective, WastExecute, Wat};

/// What a script says about a module.
pub(crate) enum Expect {
    /// It is in the binary or text format; it may be invalid.
    WellFormed,
    /// It is not, for this reason.
    Malformed(String),
}

/// All scripts of a suite; `None` where the suites are not there.
pub(crate) fn scripts(suite: &str) -> Option<Vec<PathBuf>> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut dirs = vec![manifest.join("../../shared/suites").join(suite)];
    if !dirs[0].is_dir() {
        eprintln!("skipped: no test suite at {}", dirs[0].display());
        return None;
    }
    let mut scripts = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ext| ext == "wast") {
                scripts.push(path);
            }
        }
    }
    scripts.sort();
    Some(scripts)
}

/// Calls `f` with the place, the expectation and the bytes (or why there are none) of every module of a suite. Whether
/// the suite is there.
pub(crate) fn for_each_module(suite: &str, mut f: impl FnMut(String, Expect, Result<Vec<u8>, Malformed>)) -> bool {
    let Some(scripts) = scripts(suite) else { return false };
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut lexer = wast::lexer::Lexer::new(&text);
        lexer.allow_confusing_unicode(true);
        let buffer = wast::parser::ParseBuffer::new_with_lexer(lexer).unwrap();
        let script = wast::parser::parse::<Wast<'_>>(&buffer).unwrap_or_else(|e| panic!("{file}: {e}"));
        for directive in script.directives {
            let (line, _) = directive.span().linecol_in(&text);
            let place = format!("{file}:{}", line + 1);
            let mut quoted =
                |mut module: QuoteWat<'_>, expect| f(place.clone(), expect, encode_quoted(&mut module, &text));
            match directive {
                WastDirective::Module(module)
                | WastDirective::ModuleDefinition(module)
                | WastDirective::AssertInvalid { module, .. } => quoted(module, Expect::WellFormed),
                WastDirective::AssertMalformed { module, message, .. } => {
                    quoted(module, Expect::Malformed(message.to_owned()));
                }
                WastDirective::AssertUnlinkable { mut module, .. } => written(&mut module, &place, &text, &mut f),
                WastDirective::AssertTrap { exec: WastExecute::Wat(mut module), .. }
                | WastDirective::AssertException { exec: WastExecute::Wat(mut module), .. }
                | WastDirective::AssertReturn { exec: WastExecute::Wat(mut module), .. } => {
                    written(&mut module, &place, &text, &mut f);
                }
                WastDirective::AssertMalformedCustom { .. } | WastDirective::AssertInvalidCustom { .. } => {}
                _ => {}
            }
        }
    }
    true
}

fn written(
    module: &mut Wat<'_>,
    place: &str,
    text: &str,
    f: &mut impl FnMut(String, Expect, Result<Vec<u8>, Malformed>),
) {
    f(place.to_owned(), Expect::WellFormed, encode_wat(module, text));
}
