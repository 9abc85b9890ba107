//! WebAssembly 3.0 as a program: the rules of the standard, one named piece of Rust each.
//!
//! The modules follow the chapters of the standard, and the files the SpecTec sources that it is generated from:
//!
//! | chapter | here | what |
//! |---|---|---|
//! | 1 | [`syntax`], [`types`] | values, types, instructions, modules; rolling, closure and substitution of types |
//! | 2 | [`validation`] | contexts, types, matching, instructions, modules |
//! | 3 | [`numerics`] | scalar, vector and relaxed operators |
//! | 4 | [`execution`] | configurations, values, instructions, allocation, instantiation, invocation |
//! | 4 of the threads proposal | [`relaxed`] | the relaxed memory model |
//! | 5 | [`decode`], [`encode`](mod@encode) | binary to syntax, and syntax to binary |
//! | 6 | [`text`] | text to syntax |
//!
//! Metavariables keep the names of the standard: `z` a state, `s` a store, `f` a frame, `C` (here `c`) a context, `x`
//! and `y` indices, `a` an address, `l` a label, `t` a type, `rt` `ht` `dt` `ct` `zt` `ft` reference, heap, defined,
//! composite, storage and field types, `n` a count, `i` and `j` numbers.
//!
//! Everything here is pure: no files, no clock, no threads, no globals. A caller takes part in a run by three traits:
//! [`choice::Choices`] decides what the standard leaves open, [`memory::Memory`] answers reads of shared state, and an
//! [`observe::Observer`] watches. [`derivation`] has proofs of validity, [`trace`] the steps of a run, [`source`] the code
//! of a rule.

pub mod choice;
pub mod decode;
pub mod derivation;
pub mod encode;
pub mod execution;
pub mod memory;
pub mod numerics;
pub mod observe;
mod opcodes;
pub mod relaxed;
pub mod source;
pub mod syntax;
pub mod text;
pub mod trace;
pub mod types;
pub mod validation;

pub use lockstep_spec::{ProductionId, ProductionSet, RuleId, production, rule};
