//! A second opinion on validity: `wasmparser` on the modules of the suite, on generated modules, and on both with bytes
//! flipped at random.
//!
//! The two must agree on each module, whichever of decoding and validation finds fault with it. Where they do not for a
//! reason, `spec/deviations.md` has it, in the section "Where a second opinion differs"; what `excused` says about it here
//! must stand there, too.

mod instructions;
mod limits;
#[path = "../decode/suite.rs"]
mod scripts;
mod types;

use lockstep_semantics::decode::{MalformedKind, decode};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::validation::validate;
use scripts::{Expect, for_each_module};
use std::collections::BTreeMap;
use wasmparser::{Validator, WasmFeatures};

/// WebAssembly 3.0 as `wasmparser` has it, which includes shared memories and atomic instructions.
const FEATURES: WasmFeatures = WasmFeatures::WASM3;

/// A verdict: nothing, or why not.
type Verdict = Result<(), String>;

fn ours(bytes: &[u8]) -> (Verdict, Option<MalformedKind>) {
    match decode(bytes) {
        Err(e) => (Err(e.to_string()), Some(e.kind)),
        Ok(module) => (validate(&module, &mut Unobserved).map(|_| ()).map_err(|e| e.to_string()), None),
    }
}

fn theirs(bytes: &[u8]) -> Verdict {
    Validator::new_with_features(FEATURES).validate_all(bytes).map(|_| ()).map_err(|e| e.to_string())
}

/// Why a disagreement is not a mistake, if it is not.
fn excused(ours: &Verdict, kind: Option<MalformedKind>, theirs: &Verdict) -> Option<&'static str> {
    match (ours, theirs) {
        (Err(_), Ok(())) => match kind? {
            MalformedKind::Unsupported { proposal: "threads" } => Some("atomic instructions are not in 3.0"),
            MalformedKind::Limit => Some("a limit of our decoder"),
            _ => None,
        },
        _ => None,
    }
}

#[derive(Default)]
struct Tally {
    valid: usize,
    invalid: usize,
    malformed: usize,
    excused: BTreeMap<&'static str, usize>,
    disagreements: Vec<String>,
}

impl Tally {
    /// Compares the verdicts on a module; true when we find it valid.
    fn compare(&mut self, place: impl FnOnce() -> String, bytes: &[u8]) -> bool {
        let (ours, kind) = ours(bytes);
        let theirs = theirs(bytes);
        if ours.is_ok() != theirs.is_ok() {
            match excused(&ours, kind, &theirs) {
                Some(reason) => *self.excused.entry(reason).or_default() += 1,
                None => self.disagreements.push(match (&ours, theirs) {
                    (Err(why), _) => format!("{}: we refuse it: {why}", place()),
                    (_, Err(why)) => format!("{}: they refuse it: {why}", place()),
                    _ => unreachable!(),
                }),
            }
        }
        match (&ours, kind) {
            (Ok(()), _) => self.valid += 1,
            (Err(_), None) => self.invalid += 1,
            (Err(_), Some(_)) => self.malformed += 1,
        }
        ours.is_ok()
    }

    fn finish(self, what: &str) {
        let Tally { valid, invalid, malformed, excused, disagreements } = self;
        println!("{what}: {valid} valid, {invalid} invalid, {malformed} malformed; excused: {excused:?}");
        assert!(valid > 0, "nothing was valid in {what}");
        let n = disagreements.len();
        assert!(disagreements.is_empty(), "{n} disagreements on {what}:\n{}", disagreements.join("\n"));
    }
}

/// How many times as many changes to make: `LOCKSTEP_CHANGES`, or 1.
fn changes() -> usize {
    lockstep_testing::number("LOCKSTEP_CHANGES", 1)
}

/// xorshift64*
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 16) as usize % n
    }
    /// Changes one to three bytes after the header. Every other time they stay below 0x80, which leaves the lengths of
    /// LEB128 integers alone, so that more of the modules are well-formed.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let gently = self.below(2) == 0;
        for _ in 0..1 + self.below(3) {
            if bytes.len() > 8 {
                let at = 8 + self.below(bytes.len() - 8);
                let byte = self.next() as u8;
                match (gently, bytes[at]) {
                    (true, 0..0x80) => bytes[at] = byte & 0x7F,
                    (true, _) => {}
                    (false, _) => bytes[at] = byte,
                }
            }
        }
        bytes
    }
}

#[test]
fn suite() {
    let mut plain = Tally::default();
    let mut mutated = Tally::default();
    let mut random = Random(1);
    let found = for_each_module("core", |place, expect, bytes| {
        let Ok(bytes) = bytes else { return };
        let valid = plain.compare(|| place.clone(), &bytes);
        if let (true, Expect::Malformed(why)) = (valid, expect) {
            plain.disagreements.push(format!("{place}: the suite says it is malformed: {why}"));
        }
        for i in 0..3 * changes() {
            let bytes = random.mutate(&bytes);
            mutated.compare(|| format!("{place}, change {i}"), &bytes);
        }
    });
    if found {
        plain.finish("the suite");
        mutated.finish("the suite with changes");
    }
}

fn config() -> wasm_smith::Config {
    wasm_smith::Config {
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        compact_imports_enabled: false,
        max_memories: 3,
        max_tables: 4,
        max_instructions: 120,
        max_types: 40,
        max_funcs: 12,
        ..wasm_smith::Config::default()
    }
}

#[test]
fn generated() {
    let mut plain = Tally::default();
    let mut mutated = Tally::default();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for seed in 0..3000 {
        let data: Vec<u8> = (0..1024).flat_map(|_| random.next().to_le_bytes()).collect();
        let module = wasm_smith::Module::new(config(), &mut arbitrary::Unstructured::new(&data)).unwrap();
        let bytes = module.to_bytes();
        if !plain.compare(|| format!("seed {seed}"), &bytes) {
            plain.disagreements.push(format!("seed {seed}: {:?}", ours(&bytes)));
        }
        for i in 0..4 * changes() {
            let bytes = random.mutate(&bytes);
            mutated.compare(|| format!("seed {seed}, change {i}"), &bytes);
        }
    }
    plain.finish("generated modules");
    mutated.finish("generated modules with changes");
}
