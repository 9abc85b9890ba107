//! Recursive types: substitution, rolling, unrolling, closure, and the table that gives closed types their identity
//! (1.2-syntax.types).

mod subst;
mod table;

pub use subst::*;
pub use table::*;
