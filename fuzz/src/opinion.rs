//! A second opinion on bytes: `wasmparser`'s.

use lockstep_semantics::decode::{MalformedKind, decode};
use lockstep_semantics::observe::{RuleCounts, Unobserved};
use lockstep_semantics::validation::validate;
use wasmparser::{Validator, WasmFeatures};

/// WebAssembly 3.0; `wasmparser` counts threads to it, the standard does not.
const FEATURES: WasmFeatures = WasmFeatures::WASM3.difference(WasmFeatures::THREADS);

/// What `wasmparser` refuses, and the standard does not: limits that the standard lets an implementation have.
const LIMITS: &[&str] = &[
    // Lengths of lists and names, `limits.rs`.
    "size is out of bounds",
    "string size out of bounds",
    "count exceeds limit",
    "number of elements is out of bounds",
    "count is out of bounds",
    "implementation limit",
    // 63 levels of declared supertypes.
    "sub type hierarchy too deep",
    // The sum of all types' sizes.
    "effective type size exceeds the limit",
];

/// Compares the verdicts on the bytes of a module. When they are valid, and nothing but a limit is in the way, both say
/// so.
///
/// # Panics
/// When the verdicts differ.
pub fn compare(bytes: &[u8]) {
    let ours = decode(bytes);
    let theirs = Validator::new_with_features(FEATURES).validate_all(bytes);
    match (ours, theirs) {
        (Ok(module), theirs) => {
            let ours = validate(&module, &mut Unobserved);
            let watched = validate(&module, &mut RuleCounts::default());
            assert_eq!(ours, watched, "validation depends on who watches");
            match (ours, theirs) {
                (Ok(_), Ok(_)) => {}
                (Err(e), Err(_)) => drop(e.to_string()),
                (Err(e), Ok(_)) => panic!("wasmparser finds this valid: {e}"),
                (Ok(_), Err(e)) => {
                    let limit = LIMITS.iter().any(|limit| e.message().contains(limit));
                    assert!(limit, "wasmparser finds this invalid: {e}");
                }
            }
        }
        (Err(e), Ok(_)) => assert_eq!(e.kind, MalformedKind::Limit, "wasmparser finds this valid: {e}"),
        (Err(e), Err(_)) => drop(e.to_string()),
    }
}
