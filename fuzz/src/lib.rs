//! What the fuzz targets do with their bytes; each is a function here, so that it can be tested without a fuzzer.
//!
//! | target | input | what must hold |
//! |---|---|---|
//! | [`decode`] | bytes or text | what was decoded is encoded, and decodes to the same |
//! | [`validate`] | bytes or text | an answer, and the one that `wasmparser` gives |
//! | [`run`] | bytes or text | a valid module runs as [`laws::check`] says |
//! | [`text()`] | text, or choices for a soup of tokens | an answer, and the one that `wast` gives |
//! | [`smith_run`] | entropy for `wasm-smith` | it makes a valid module, which runs likewise |
//! | [`differential::smith`] | the same | Wasmtime does what the semantics does |
//! | [`differential::gc`] | choices of our generator | it makes valid modules; Wasmtime does what the semantics does |
//! | [`differential::neighbours`] | the same, after those of a change | what the semantics rejects, Wasmtime and `wasmparser` reject |
//!
//! A law that does not hold is a panic.

#![forbid(unsafe_code)]

pub mod differential;
pub mod laws;
pub mod opinion;
pub mod smith;
pub mod text;
pub mod world;

use arbitrary::Unstructured;
use lockstep_semantics::decode::{decode as decode_bytes, decode_text};
use lockstep_semantics::encode::encode;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::Module;
use lockstep_semantics::validation::validate as validate_module;
use std::sync::Arc;

/// Does something with the bytes, and if they are text with the binary of the module that it describes.
fn each_binary(data: &[u8], mut each: impl FnMut(&[u8])) {
    each(data);
    if let Ok(text) = std::str::from_utf8(data) {
        match decode_text(text) {
            Ok((bytes, _)) => each(&bytes),
            Err(e) => drop(e.to_string()),
        }
    }
}

/// The module in the bytes or the text, if there is one, is printable, and its encoding decodes to the same module.
///
/// # Panics
/// When it does not.
pub fn decode(data: &[u8]) {
    each_binary(data, |bytes| {
        let module = match decode_bytes(bytes) {
            Ok(module) => module,
            Err(e) => return drop(e.to_string()),
        };
        print(&module);
        let encoded = encode(&module);
        let again = decode_bytes(&encoded).unwrap_or_else(|e| panic!("what was encoded does not decode: {e}"));
        assert!(again == module, "what was encoded decodes to another module");
        assert!(again.names == module.names, "names: {:?} became {:?}", module.names, again.names);
        assert!(encode(&again) == encoded, "the second encoding is another one");
    });
}

/// Prints what of a module can be printed.
fn print(module: &Module) {
    for rectype in &module.types {
        let _ = rectype.to_string();
    }
    for instr in module.code.instrs() {
        let _ = instr.display(&module.code, &module.names).to_string();
    }
}

/// The bytes, and if they are text the binary of the module that it describes, get the verdict that `wasmparser` gives.
pub fn validate(data: &[u8]) {
    each_binary(data, opinion::compare);
}

/// The text, or the one that is made of the bytes, is read as [`text::check`] has it. Whether it is a module.
pub fn text(data: &[u8]) -> bool {
    text::check(&text::text_of(data))
}

/// Runs the module in the bytes, if they are a valid one in binary or in text. Whether they are.
pub fn run(data: &[u8]) -> bool {
    let module = decode_bytes(data).or_else(|e| match std::str::from_utf8(data) {
        Ok(text) => decode_text(text).map(|(_, module)| module),
        Err(_) => Err(e),
    });
    let Ok(module) = module else { return false };
    if validate_module(&module, &mut Unobserved).is_err() {
        return false;
    }
    laws::check(Arc::new(module), seed(data));
    true
}

/// Runs the module that `wasm-smith` makes of the bytes. Whether it makes one.
pub fn smith_run(data: &[u8]) -> bool {
    let Some((seed, bytes)) = smith::module(&mut Unstructured::new(data), smith::Nans::Any) else { return false };
    laws::check(Arc::new(valid(&bytes)), seed);
    true
}

/// The module in the bytes, which are those of a valid one.
///
/// # Panics
/// When they are not.
pub fn valid(bytes: &[u8]) -> Module {
    let module = decode_bytes(bytes).unwrap_or_else(|e| panic!("a module of wasm-smith: {e}"));
    validate_module(&module, &mut Unobserved).unwrap_or_else(|e| panic!("a module of wasm-smith: {e}"));
    module
}

/// A seed for what a run leaves open, from bytes (FNV-1a).
fn seed(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ byte as u64).wrapping_mul(0x100_0000_01b3))
}
