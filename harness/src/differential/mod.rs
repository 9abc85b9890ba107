//! Differential runs: a program on the semantics and on engines, what differs, and why.
//!
//! | module | what |
//! |---|---|
//! | [`compare`] | an engine's observation against that of the semantics |
//! | [`allowed`] | whether the standard allows what an engine did, where it leaves a choice |

pub mod allowed;
pub mod compare;
pub mod tally;
