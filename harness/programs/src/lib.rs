//! Programs: generated ones, what differs between the semantics and engines that run them, and small ones from big ones.
//!
//! | module | what |
//! |---|---|
//! | [`generate`] | bytes to well-typed programs |
//! | [`differential`] | programs on the semantics and on engines, and what differs |
//! | [`reduce`] | a small program from a big one that shows the same |
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
