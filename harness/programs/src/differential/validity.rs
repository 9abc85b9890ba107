//! Compares our validation with `wasmparser`, module by module.

use super::finding::Cause;
use lockstep_engines::{Failure, Reason};
use lockstep_semantics::syntax::Features;
use lockstep_semantics::validation::Invalid;
use lockstep_semantics::{RuleId, rule};
use wasmparser::{Validator, WasmFeatures};

/// The name of the second opinion in findings.
pub const NAME: &str = "wasmparser";

/// Errors with which `wasmparser` rejects modules that the overview of shared-everything-threads allows
/// (`spec/deviations.md`): it wants unshared references in some atomic accesses where the overview has shared ones, or
/// the other way round, and it does not read shared segments.
const KNOWN: [&str; 4] = [
    "subtypes of `anyref`",
    "subtypes of `eqref`",
    "invalid flags byte in element segment",
    "invalid flags byte in data segment",
];

/// The rules of the proposals that `wasmparser` does not have, as `spec/deviations.md` says: what shared initialisers and
/// the bodies of shared functions may mention, and what `catch_ref` gives for a shared tag.
const ABSENT: [RuleId; 8] = [
    rule!("Global_ok/shared"),
    rule!("Table_ok/shared"),
    rule!("Catch_ok/catch_ref-shared"),
    rule!("Expr_ok"),
    rule!("Instr_ok_shared/mem"),
    rule!("Instr_ok_shared/elem"),
    rule!("Instr_ok_shared/data"),
    rule!("Instr_ok_shared/tag"),
];

/// Whether a rule that is broken is one that `wasmparser` does not have, as `spec/deviations.md` says.
pub fn is_absent(rule: RuleId) -> bool {
    ABSENT.contains(&rule)
}

/// The verdict of `wasmparser` on a module that may use some proposals.
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

/// The verdict of the semantics on a module.
#[derive(Clone, Debug, PartialEq)]
pub enum Ours {
    /// It is valid.
    Valid,
    /// It is invalid: the rule that it breaks, and the description for a finding.
    Invalid {
        /// The rule.
        rule: RuleId,
        /// The change of a valid module that made it, or the error.
        change: String,
    },
    /// It is malformed, or beyond a limit, so that there is nothing to compare.
    Nothing,
}

impl Ours {
    /// Converts the result of loading a module on the semantics.
    pub fn of(loaded: &Result<(), Failure>) -> Ours {
        match loaded {
            Err(Failure::Invalid(Reason::Semantics(refusal))) => {
                let Invalid { rule, .. } = *refusal.error;
                Ours::Invalid { rule, change: refusal.to_string() }
            }
            Err(Failure::Invalid(_) | Failure::Malformed(_) | Failure::Proposal(_) | Failure::Limit(_)) => {
                Ours::Nothing
            }
            _ => Ours::Valid,
        }
    }
}

/// The cause of a finding if `wasmparser` disagrees with the verdict of the semantics on a module.
pub fn disagreement(bytes: &[u8], ours: Ours, features: Features) -> Option<Cause> {
    match (ours, second_opinion(bytes, features)) {
        (_, Err(error)) if features.shared_everything && is_known(&error) => None,
        (Ours::Invalid { rule, .. }, Ok(())) if features.shared_everything && is_absent(rule) => None,
        (Ours::Invalid { rule, change }, Ok(())) => Some(Cause::Accepted { rule, change }),
        (Ours::Valid, Err(error)) => Some(Cause::Rejected(error)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_engine_name_no_rule() {
        let words = "unknown table (Expr_ok, func 0)";
        assert_eq!(Ours::of(&Err(Failure::Invalid(words.into()))), Ours::Nothing);
        assert_eq!(Ours::of(&Ok(())), Ours::Valid);
        let change = "an export named \"(Expr_ok)\"".to_owned();
        let ours = Ours::Invalid { rule: rule!("Module_ok"), change: change.clone() };
        let empty = b"\0asm\x01\0\0\0";
        let cause = disagreement(empty, ours, Features::SHARED_EVERYTHING);
        assert_eq!(cause, Some(Cause::Accepted { rule: rule!("Module_ok"), change }));
    }
}
