//! Bytes or text to a module, to bytes, and back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lockstep_fuzz::decode(data));
