//! Programs: generates them, compares engines with the semantics on them, and reduces those that show a difference.
//!
//! | module | what |
//! |---|---|
//! | [`generate`] | generates well-typed programs from bytes |
//! | [`differential`] | compares engines with the semantics on programs |
//! | [`reduce`] | reduces a program to a small one with the same behaviour |
//!
//! ```
//! use lockstep_engines::{Engine, Limits, Semantics};
//! use lockstep_programs::differential::compare::{Judgement, Reference, judge};
//! use lockstep_programs::generate::{GenerateOptions, nth};
//!
//! let program = nth(0, 0, &GenerateOptions::default()).program();
//! let limits = Limits { steps: Some(20_000), ..Limits::default() };
//! let reference = Reference::new(&program, &limits);
//! let seen = Semantics.open(&limits).unwrap().run(&program);
//! assert_eq!(judge(&program, &limits, &reference, &seen), Judgement::Agrees);
//! ```

pub mod differential;
pub mod generate;
pub mod reduce;
