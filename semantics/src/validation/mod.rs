//! Chapter 2: validation.
//!
//! [`validate`] derives `⊢ module : moduletype` or says which premise of which rule fails, and where ([`Invalid`]). The
//! files follow those of the standard: contexts, types, matching (2.2-validation.subtyping), instructions, modules.
//! [`Matching`] has the judgements `C ⊢ T_1 <: T_2`, which execution needs as well: for imports and for casts.
//!
//! An [`Observer`](crate::observe::Observer) is told of each rule when its conclusion has been derived. A rule that the
//! algorithm applies in another way than it is written is in the catalogue with what stands in for it.

mod contexts;
mod error;
mod instructions;
mod matching;
mod modules;
mod shares;
mod types;

pub use error::{CompKind, Definition, Invalid, Place, Premise, Space};
pub use matching::{Matching, limits_sub};
pub use modules::{validate, validate_in};
