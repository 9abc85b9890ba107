//! Bytes or text to a valid module, and runs of it.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus { if lockstep_fuzz::run(data) { Corpus::Keep } else { Corpus::Reject } });
