//! Assertions on custom sections and annotations.

use super::judge::Got;
use super::syntax::Rejection;
use crate::engine::{End, ModuleId};

/// The verdict on `assert_malformed_custom` and `assert_invalid_custom`, given what came of loading the module.
///
/// What custom sections and annotations mean is no part of the core standard, and is not looked into; but text that is
/// not even text is seen.
pub(super) fn custom_verdict(how: Rejection, loaded: Result<ModuleId, End>) -> Result<(), Got> {
    match (how, loaded) {
        (Rejection::MalformedCustom, Err(End::Malformed(_) | End::Rejected(_))) => Ok(()),
        (_, Err(end)) => Err(end.into()),
        (_, Ok(_)) => Err(Got::unsupported("custom sections are not looked into")),
    }
}
