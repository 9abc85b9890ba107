//! Modules of `wasm-smith`, printed by `wasmprinter`: what is read of the text is what is decoded of the bytes, and `wast`
//! agrees.
//!
//! Compared are encodings, which have no names: the printer makes identifiers of those in the name section, and changes
//! them where two are alike.

use super::generated::{self, Random};
use super::opinion::{compare, explained};
use lockstep_semantics::decode::decode;
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{Features, Module, Names};
use lockstep_semantics::text;
use lockstep_testing::number;
use std::collections::BTreeMap;

/// A module of WebAssembly 3.0.
pub(super) fn module(random: &mut Random) -> Vec<u8> {
    generated::module(random, 4000)
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
    let count = number("LOCKSTEP_SMITH", 2000);
    let mut random = Random(number("LOCKSTEP_SEED", 11));
    let (mut instrs, mut wrong, mut excused) = (0, Vec::new(), BTreeMap::<&str, usize>::new());
    for i in 0..count {
        let bytes = module(&mut random);
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
    assert!(instrs > count, "{instrs}");
    assert!(wrong.is_empty(), "{} of {count}, the first of them {}", wrong.len(), wrong[0]);
}
