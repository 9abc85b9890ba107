//! Chapter 2: validation.
//!
//! [`validate`] derives `⊢ module : moduletype` or says which premise of which rule fails, and where ([`Invalid`]). The
//! files follow those of the standard: contexts, types, matching (2.2-validation.subtyping), instructions, modules.
//! [`Matching`] has the judgements `C ⊢ T_1 <: T_2`, which execution needs as well: for imports and for casts.
//!
//! Validation tells its [`Observer`](crate::observe::Observer) of each rule when it has derived the conclusion. Where the
//! algorithm does not apply a rule as it is written, the catalogue names the code that stands in for it.

mod contexts;
mod error;
mod instructions;
mod matching;
mod message;
mod modules;
mod shares;
mod types;

pub use error::{CompKind, Definition, Invalid, Place, Premise, Space};
pub use matching::{Matching, limits_sub};
pub use message::Headline;
pub use modules::{validate, validate_in};
