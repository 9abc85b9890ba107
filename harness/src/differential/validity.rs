//! Our validation against `wasmparser`, module by module.

use super::finding::Cause;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::Module;
use lockstep_semantics::validation::validate;
use wasmparser::{Validator, WasmFeatures};

/// The name of the second opinion in findings.
pub const NAME: &str = "wasmparser";

/// Whether a module is valid; if not, the rule that it breaks.
///
/// # Errors
/// The rule and the premise, as text.
pub fn ours(module: &Module) -> Result<(), String> {
    validate(module, &mut Unobserved).map_err(|invalid| invalid.rule.to_string())
}

/// What is wrong when the two do not agree.
pub fn disagreement(module: &Module, bytes: &[u8]) -> Option<Cause> {
    let own = validate(module, &mut Unobserved);
    let other = Validator::new_with_features(WasmFeatures::WASM3).validate_all(bytes);
    match (own, other) {
        (Ok(_), Err(error)) => Some(Cause::Rejected(error.to_string())),
        (Err(invalid), Ok(_)) => Some(Cause::Accepted { rule: invalid.rule.to_string(), change: invalid.to_string() }),
        _ => None,
    }
}
