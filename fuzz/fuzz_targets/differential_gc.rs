//! Generated programs on Wasmtime, held against the semantics.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    if lockstep_fuzz::differential::gc(data) { Corpus::Keep } else { Corpus::Reject }
});
