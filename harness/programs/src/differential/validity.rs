//! Our validation against `wasmparser`, module by module.

use super::finding::Cause;
use lockstep_engines::End;
use lockstep_semantics::syntax::Features;
use wasmparser::{Validator, WasmFeatures};

/// The name of the second opinion in findings.
pub const NAME: &str = "wasmparser";

/// How `wasmparser` refuses what the overview of shared-everything-threads allows, as `spec/deviations.md` says: atomic
/// accesses to references that are shared where it wants those that are not, or the other way round; and it does not read
/// shared segments.
const KNOWN: [&str; 4] = [
    "subtypes of `anyref`",
    "subtypes of `eqref`",
    "invalid flags byte in element segment",
    "invalid flags byte in data segment",
];

/// The rules of the proposals that `wasmparser` does not have, as `spec/deviations.md` says: what shared initialisers and
/// the bodies of shared functions may mention, and what `catch_ref` gives for a shared tag.
const ABSENT: [&str; 8] = [
    "Global_ok/shared",
    "Table_ok/shared",
    "Catch_ok/catch_ref-shared",
    "Expr_ok",
    "Instr_ok_shared/mem",
    "Instr_ok_shared/elem",
    "Instr_ok_shared/data",
    "Instr_ok_shared/tag",
];

/// Whether a rule that is broken is one that `wasmparser` does not have, as `spec/deviations.md` says.
pub fn is_absent(rule: &str) -> bool {
    ABSENT.contains(&rule)
}

/// What `wasmparser` says of a module that may use some proposals.
///
/// # Errors
/// Why it rejects the module.
pub fn second_opinion(bytes: &[u8], features: Features) -> Result<(), String> {
    let mut flags = WasmFeatures::WASM3;
    flags.set(WasmFeatures::SHARED_EVERYTHING_THREADS, features.shared_everything);
    match Validator::new_with_features(flags).validate_all(bytes) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.message().to_owned()),
    }
}

/// Whether an error of `wasmparser` is one that `spec/deviations.md` explains.
pub fn is_known(error: &str) -> bool {
    KNOWN.iter().any(|known| error.contains(known))
}

/// What is wrong when `wasmparser` does not agree with what the semantics said of a module.
pub fn disagreement(bytes: &[u8], ours: &Result<(), End>, features: Features) -> Option<Cause> {
    match (ours, second_opinion(bytes, features)) {
        (_, Err(error)) if features.shared_everything && is_known(&error) => None,
        (Err(End::Invalid(why)), Ok(())) if features.shared_everything && is_absent(&rule(why)) => None,
        (Err(End::Invalid(why)), Ok(_)) => Some(Cause::Accepted { rule: rule(why), change: why.clone() }),
        (Err(End::Invalid(_) | End::Malformed(_) | End::Proposal(_) | End::Limit(_)), _) => None,
        (_, Err(error)) => Some(Cause::Rejected(error)),
        _ => None,
    }
}

/// The rule in the text of an error of our validation.
pub(super) fn rule(why: &str) -> String {
    let named = why.rsplit_once('(').and_then(|(_, named)| named.split([',', ')']).next());
    named.unwrap_or(why).to_owned()
}
