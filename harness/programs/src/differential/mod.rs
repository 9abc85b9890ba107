//! Differential runs: a program on the semantics and on engines, what differs, and why.
//!
//! | module | what |
//! |---|---|
//! | [`campaign`] | many generated programs on the semantics and on engines |
//! | [`compare`] | an engine's observation against that of the semantics |
//! | [`allowed`] | whether the standard allows what an engine did, where it leaves a choice |
//! | [`validity`] | our validation against `wasmparser` |
//! | [`tally`] | the counts of a campaign |
//! | [`finding`] | what a campaign finds |
//! | [`minimise`] | the reducer ([`reduce`]) on a finding |
//! | [`wast`] | a program as a script, with what the semantics answers |
//! | [`folder`] | findings and the state of a campaign as files |

pub mod allowed;
pub mod campaign;
pub mod compare;
pub mod finding;
pub mod folder;
pub mod minimise;
pub mod tally;
pub mod validity;
pub mod wast;

pub use crate::reduce;
