//! Differential testing: runs programs on the semantics and on engines, and explains the differences.
//!
//! | module | what |
//! |---|---|
//! | [`campaign`] | runs many generated programs on the semantics and on engines |
//! | [`course`] | what has come of a campaign so far, and what is to be done next |
//! | [`compare`] | compares an engine's observation with that of the semantics |
//! | [`allowed`] | decides whether the standard allows an observation, where it leaves a choice |
//! | [`validity`] | compares our validation with `wasmparser` |
//! | [`tally`] | the counts of a campaign |
//! | [`finding`] | the findings of a campaign |
//! | [`minimise`] | reduces ([`reduce`]) the program of a finding |
//! | [`wast`] | writes a program as a script, with the answers of the semantics |
//! | [`folder`] | stores findings and the state of a campaign as files |

pub mod allowed;
pub mod campaign;
pub mod compare;
pub mod course;
pub mod finding;
pub mod folder;
pub mod minimise;
pub mod tally;
pub mod validity;
pub mod wast;

pub use crate::reduce;
