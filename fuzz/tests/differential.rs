//! The targets with an engine on inputs that depend on nothing but a seed.

use lockstep::generate;
use lockstep_fuzz::differential;

/// How many of the inputs of a seed a target has something to say about.
fn told(seed: u64, inputs: u64, target: impl Fn(&[u8]) -> bool) -> usize {
    (0..inputs).filter(|i| target(&generate::bytes(generate::seed_of(seed, *i), 256 << (i % 5)))).count()
}

#[test]
fn wasmtime_does_what_the_semantics_does_on_generated_programs() {
    let compared = told(1, 300, differential::gc);
    assert!(compared > 280, "{compared} programs were compared");
}

#[test]
fn wasmtime_does_what_the_semantics_does_on_modules_of_wasm_smith() {
    let compared = told(2, 300, differential::smith);
    assert!(compared > 150, "{compared} programs were compared");
}

#[test]
fn what_the_semantics_rejects_is_rejected() {
    let invalid = told(3, 1000, differential::neighbours);
    assert!(invalid > 400, "{invalid} modules were invalid");
}
