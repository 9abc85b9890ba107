//! Modules of `wasm-smith`, and runs of them.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus { if lockstep_fuzz::smith_run(data) { Corpus::Keep } else { Corpus::Reject } });
