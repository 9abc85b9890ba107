//! Modules of `wasm-smith`, printed by `wasmprinter`: what is read of the text is what is decoded of the bytes, and `wast`
//! agrees.
//!
//! Compared are encodings, which have no names: the printer makes identifiers of those in the name section, and changes
//! them where two are alike.

use super::mutants::Numbers;
use super::opinion::{compare, explained};
use lockstep_semantics::decode::decode;
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{Features, Module, Names};
use lockstep_semantics::text;
use std::collections::BTreeMap;

/// A module of WebAssembly 3.0.
pub(super) fn module(numbers: &mut Numbers) -> Vec<u8> {
    let entropy: Vec<u8> = (0..4000).map(|_| numbers.below(256) as u8).collect();
    let config = wasm_smith::Config {
        gc_enabled: true,
        exceptions_enabled: true,
        memory64_enabled: true,
        relaxed_simd_enabled: true,
        tail_call_enabled: true,
        threads_enabled: false,
        compact_imports_enabled: false,
        shared_everything_threads_enabled: false,
        custom_page_sizes_enabled: false,
        custom_descriptors_enabled: false,
        multibyte_array_access_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 3,
        max_tables: 3,
        ..wasm_smith::Config::default()
    };
    wasm_smith::Module::new(config, &mut arbitrary::Unstructured::new(&entropy)).unwrap().to_bytes()
}

/// Its text.
pub(super) fn printed(bytes: &[u8]) -> String {
    wasmprinter::print_bytes(bytes).unwrap()
}

fn without_names(module: Module) -> Vec<u8> {
    encode(&Module { names: Names::default(), ..module })
}

/// `LOCKSTEP_SMITH` says how many modules, `LOCKSTEP_SEED` which ones.
#[test]
fn what_is_printed_is_read() {
    let number = |key: &str| std::env::var(key).ok().map(|n| n.parse::<u64>().expect("it is a number"));
    let count = number("LOCKSTEP_SMITH").unwrap_or(2000);
    let mut numbers = Numbers(number("LOCKSTEP_SEED").unwrap_or(11));
    let (mut instrs, mut wrong, mut excused) = (0, Vec::new(), BTreeMap::<&str, usize>::new());
    for i in 0..count {
        let bytes = module(&mut numbers);
        let text = printed(&bytes);
        let decoded = decode(&bytes).unwrap();
        instrs += decoded.code.instrs().len();
        match text::read(&text, Features::STANDARD) {
            Ok(read) if without_names(read.clone()) == without_names(decoded.clone()) => {}
            Ok(_) => wrong.push(format!("{i}: another module\n{text}")),
            Err(e) => wrong.push(format!("{i}: {e}\n{text}")),
        }
        if let Some(difference) = compare(&text, Features::STANDARD) {
            match explained(&text, &difference) {
                Some(why) => *excused.entry(why).or_default() += 1,
                None => wrong.push(format!("{i}: {}\n{text}", difference.kind())),
            }
        }
    }
    println!("{count} modules, {instrs} instructions; explained differences: {excused:#?}");
    assert!(wrong.is_empty(), "{} of {count}, the first of them {}", wrong.len(), wrong[0]);
}
