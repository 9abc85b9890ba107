//! Bytes or text to a verdict, and `wasmparser`'s opinion on it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lockstep_fuzz::validate(data));
