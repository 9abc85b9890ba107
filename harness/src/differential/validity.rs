//! Our validation against `wasmparser`, module by module.

use super::finding::Cause;
use crate::engine::End;
use wasmparser::{Validator, WasmFeatures};

/// The name of the second opinion in findings.
pub const NAME: &str = "wasmparser";

/// What is wrong when `wasmparser` does not agree with what the semantics said of a module.
pub fn disagreement(bytes: &[u8], ours: &Result<(), End>) -> Option<Cause> {
    let other = Validator::new_with_features(WasmFeatures::WASM3).validate_all(bytes);
    match (ours, other) {
        (Err(End::Invalid(why)), Ok(_)) => Some(Cause::Accepted { rule: rule(why), change: why.clone() }),
        (Err(End::Invalid(_) | End::Malformed(_) | End::Proposal(_) | End::Limit(_)), _) => None,
        (_, Err(error)) => Some(Cause::Rejected(error.message().to_owned())),
        _ => None,
    }
}

/// The rule in the text of an error of our validation.
pub(super) fn rule(why: &str) -> String {
    let named = why.rsplit_once('(').and_then(|(_, named)| named.split([',', ')']).next());
    named.unwrap_or(why).to_owned()
}
