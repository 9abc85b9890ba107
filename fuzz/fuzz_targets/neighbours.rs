//! Modules with one premise broken, which Wasmtime and `wasmparser` must reject.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    if lockstep_fuzz::differential::neighbours(data) { Corpus::Keep } else { Corpus::Reject }
});
