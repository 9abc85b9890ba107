//! The modules of the test scripts in `../shared/suites`.

#[path = "../common/scripts.rs"]
#[allow(dead_code)]
mod common;

use common::forms;
use lockstep_semantics::decode::Malformed;
use lockstep_semantics::syntax::Features;

pub(crate) use common::scripts;

/// What a script says about a module.
pub(crate) enum Expect {
    /// It is in the binary or text format; it may be invalid.
    WellFormed,
    /// It is not, for this reason.
    Malformed(String),
}

/// Calls `f` with the place, the expectation and the bytes (or why there are none) of every module of a suite. Whether
/// the suite is there.
#[must_use]
pub(crate) fn for_each_module(suite: &str, mut f: impl FnMut(String, Expect, Result<Vec<u8>, Malformed>)) -> bool {
    let Some(scripts) = scripts(suite) else { return false };
    for form in scripts.iter().flat_map(|path| forms(path)) {
        let expect = match form.keyword.as_str() {
            "assert_malformed" => Expect::Malformed(form.message),
            "assert_malformed_custom" | "assert_invalid_custom" => continue,
            _ => Expect::WellFormed,
        };
        f(form.place, expect, form.source.bytes(Features::STANDARD));
    }
    true
}
