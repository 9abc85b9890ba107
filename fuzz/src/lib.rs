//! What the fuzz targets do with their bytes; each is a function here, so that it can be tested without a fuzzer.
//!
//! | target | input | what must hold |
//! |---|---|---|
//! | [`decode_validate`] | bytes or text | an answer, and the one that `wasmparser` gives |
//! | [`run`] | bytes or text | a valid module runs as [`laws::check`] says |
//! | [`smith_run`] | entropy for `wasm-smith` | it makes a valid module, which runs likewise |
//!
//! A law that does not hold is a panic.

#![forbid(unsafe_code)]

pub mod laws;
pub mod opinion;
pub mod smith;
pub mod world;

use arbitrary::Unstructured;
use lockstep_semantics::decode::{decode, decode_text};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::Module;
use lockstep_semantics::validation::validate;
use std::sync::Arc;

/// The bytes, and if they are text the binary of the module that it describes, get the verdict that `wasmparser` gives.
pub fn decode_validate(data: &[u8]) {
    opinion::compare(data);
    if let Ok(text) = std::str::from_utf8(data) {
        match decode_text(text) {
            Ok((bytes, _)) => opinion::compare(&bytes),
            Err(e) => drop(e.to_string()),
        }
    }
}

/// Runs the module in the bytes, if they are a valid one in binary or in text. Whether they are.
pub fn run(data: &[u8]) -> bool {
    let module = decode(data).or_else(|e| match std::str::from_utf8(data) {
        Ok(text) => decode_text(text).map(|(_, module)| module),
        Err(_) => Err(e),
    });
    let Ok(module) = module else { return false };
    if validate(&module, &mut Unobserved).is_err() {
        return false;
    }
    laws::check(Arc::new(module), seed(data));
    true
}

/// Runs the module that `wasm-smith` makes of the bytes. Whether it makes one.
pub fn smith_run(data: &[u8]) -> bool {
    let Some((seed, bytes)) = smith::module(&mut Unstructured::new(data)) else { return false };
    laws::check(Arc::new(valid(&bytes)), seed);
    true
}

/// The module in the bytes, which are those of a valid one.
///
/// # Panics
/// When they are not.
pub fn valid(bytes: &[u8]) -> Module {
    let module = decode(bytes).unwrap_or_else(|e| panic!("a module of wasm-smith: {e}"));
    validate(&module, &mut Unobserved).unwrap_or_else(|e| panic!("a module of wasm-smith: {e}"));
    module
}

/// A seed for what a run leaves open, from bytes (FNV-1a).
fn seed(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ byte as u64).wrapping_mul(0x100_0000_01b3))
}
