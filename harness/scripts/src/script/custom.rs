//! Assertions on custom sections and annotations.

use super::judge::Mismatch;
use super::module::Loaded;
use super::syntax::Rejection;
use lockstep_engines::Failure;

/// The verdict on `assert_malformed_custom` and `assert_invalid_custom`, given the module. Only annotations of text are
/// looked into, and only by the semantics: other engines are given no more than the binary.
pub(super) fn custom_verdict(how: Rejection, read: Result<Loaded, Failure>, reference: bool) -> Result<(), Mismatch> {
    let faults = match (how, read) {
        (Rejection::MalformedCustom, Err(Failure::Malformed(_))) => return Ok(()),
        (_, Err(end)) => return Err(end.into()),
        (_, Ok(Loaded::Module(module))) if reference => module.custom_faults,
        (_, Ok(_)) => return Err(Mismatch::unsupported("only annotations are looked into, and only by the semantics")),
    };
    let invalid = how == Rejection::InvalidCustom;
    match (faults.iter().any(|fault| fault.well_formed == invalid), faults.first()) {
        (true, _) => Ok(()),
        (false, Some(fault)) => Err(Mismatch::fail(fault.to_string())),
        (false, None) => Err(Mismatch::fail("nothing is wrong with its annotations")),
    }
}
