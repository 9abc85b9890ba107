//! Text or a soup of tokens to a module, and `wast`'s opinion on it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    lockstep_fuzz::text(data);
});
