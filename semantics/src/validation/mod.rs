//! Chapter 2: validation. (Being written.)

use crate::observe::Observer;
use crate::syntax::{Module, ModuleType};
use lockstep_spec::RuleId;

/// Why a module is invalid.
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid {
    /// The rule that could not be applied.
    pub rule: RuleId,
    /// The byte offset in the binary module.
    pub offset: u32,
}

/// `Module_ok`
///
/// # Errors
/// The first rule and premise that fail.
pub fn validate<O: Observer>(module: &Module, o: &mut O) -> Result<ModuleType, Invalid> {
    let _ = (module, o);
    unimplemented!()
}
