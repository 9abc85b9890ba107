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
//! | [`reduce`] | a small program from a big one that shows the same |
//! | [`minimise`] | the reducer on a finding |
//! | [`wast`] | a program as a script, with what the semantics answers |
//! | [`folder`] | findings and the state of a campaign as files |

pub mod allowed;
pub mod campaign;
pub mod compare;
pub mod finding;
pub mod folder;
pub mod minimise;
pub mod reduce;
pub mod tally;
pub mod validity;
pub mod wast;

use lockstep_semantics::decode::{Dialect, Malformed, Reading, decode_with};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::{Features, Module};

/// The encoding of the modules of programs, with all proposals.
const READING: Reading = Reading { features: Features::SHARED_EVERYTHING, dialect: Dialect::WasmTools };

/// A module of a program.
fn decode(bytes: &[u8]) -> Result<Module, Malformed> {
    decode_with(bytes, READING)
}

/// The bytes of a module in a program.
fn encode(module: &Module) -> Vec<u8> {
    encode_as(module, READING.dialect)
}
