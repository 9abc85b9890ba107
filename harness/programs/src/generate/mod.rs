//! Generates programs from bytes: well-typed modules, dense in structures, arrays, subtypes, casts, exceptions and
//! calls through references, and calls of their functions.
//!
//! [`generate`] reads choices from [`arbitrary::Unstructured`], so that cargo-fuzz can pass its mutated inputs; [`nth`]
//! makes the program of a seed and a number. A program is [`Generated`]: modules in the syntax of the semantics, in the
//! order of their instantiation, and calls. [`Generated::program`] encodes it for engines.
//!
//! The parts of a module are generated in this order: types (`types`), imports (`imports`), tags, functions without
//! their bodies, globals, segments and tables with constant values (`module`, `values`), bodies, generated top-down
//! from the wanted type (`exprs`, `numbers`, `control`, `stmts`, `atomics`, `mixed`, `shared`), and last the functions
//! that the host calls, with the probes that turn references into numbers (`probes`). Nothing is thrown away: modules
//! are valid by construction, and if a validator rejects one, that is a finding.
//!
//! Runs are short: loops have counters, functions that call others use up fuel (a global that each call from the host
//! resets), and probes are bounded. Results are deterministic: a NaN is canonicalised where it arises, except in a few
//! functions that return it to the host unchanged.
//!
//! [`neighbours`] makes invalid modules: from a valid one, with one premise broken.

mod atomics;
mod body;
mod control;
mod draft;
mod exprs;
mod imports;
mod kinds;
mod mixed;
mod module;
pub mod neighbours;
mod numbers;
mod probes;
mod rand;
mod shared;
mod skeleton;
mod stmts;
mod types;
mod values;

use arbitrary::Unstructured;
use lockstep_engines::Val;
use lockstep_engines::program::{Call, Part, Program};
use lockstep_semantics::decode::Dialect;
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::{Features, Module};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How many bytes [`nth`] makes a program from.
pub const BYTES: usize = 8192;

/// The options of the generator.
#[derive(Clone, Debug)]
pub struct GenerateOptions {
    /// Of a hundred modules, how many are big.
    pub big: usize,
    /// Of a hundred programs, how many have several modules.
    pub linked: usize,
    /// The proposals that programs use: atomics and shared memories with threads, shared types and all atomics with
    /// shared-everything-threads.
    pub features: Features,
    /// With shared-everything-threads, functions are shared, too, and not only types and memories. Not all engines have
    /// this.
    pub functions: bool,
    /// Globals, tables, segments and tags are shared, too. Fewer engines have this.
    pub definitions: bool,
    /// Functions are called with references of the host. Not all hosts have them.
    pub host_references: bool,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        GenerateOptions {
            big: 4,
            linked: 25,
            features: Features::STANDARD,
            functions: false,
            definitions: false,
            host_references: true,
        }
    }
}

/// A generated program.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The modules with the names that they are registered under, in the order of their instantiation.
    pub modules: Vec<(String, Module)>,
    /// The calls, in order.
    pub calls: Vec<Call>,
}

/// A planned call of a function.
#[derive(Clone, Debug)]
struct Planned {
    function: String,
    args: Vec<Val>,
}

impl Generated {
    /// The program in binary, for engines. Where tools differ on the encoding of a proposal, this is the one of
    /// wasm-tools; engines translate it to theirs.
    pub fn program(&self) -> Program {
        let part =
            |(name, module): &(String, Module)| Part::new(name.clone(), encode_as(module, Dialect::WasmTools), module);
        Program { modules: self.modules.iter().map(part).collect(), calls: self.calls.clone() }
    }
}

/// Generates a program from bytes, deterministically. Any bytes will do; the program ends soon after they do.
pub fn generate(u: &mut Unstructured, options: &GenerateOptions) -> Generated {
    let r = &mut rand::Rand(u);
    let n = if r.chance(options.linked) { r.within(2, 3) } else { 1 };
    let mut made: Vec<draft::ModuleDraft> = Vec::with_capacity(n);
    for i in 0..n {
        let name = format!("m{i}");
        let module = module::module(r, options, &name, &made);
        made.push(module);
    }
    let mut calls = Vec::new();
    for (module, made) in made.iter().enumerate() {
        let call = |planned: &Planned| Call { module, function: planned.function.clone(), args: planned.args.clone() };
        calls.extend(made.calls.iter().map(call));
    }
    let modules = made.into_iter().enumerate().map(|(i, made)| (format!("m{i}"), made.module)).collect();
    Generated { modules, calls }
}

/// The `index`-th program of a seed.
pub fn nth(seed: u64, index: u64, options: &GenerateOptions) -> Generated {
    let bytes = bytes(seed_of(seed, index), BYTES);
    generate(&mut Unstructured::new(&bytes), options)
}

/// The seed of the bytes of the `index`-th program of a campaign.
pub fn seed_of(seed: u64, index: u64) -> u64 {
    // SplitMix64, so that neither neighbouring seeds nor neighbouring programs have anything in common.
    let mut z = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// `n` bytes from a seed, by xoshiro256++: the choices of a program.
pub fn bytes(seed: u64, n: usize) -> Vec<u8> {
    let mut bytes = vec![0; n];
    Xoshiro256PlusPlus::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}
