//! Views: presents derivations and rules to people.
//!
//! | module | what |
//! |---|---|
//! | [`explain`] | explains why a module is invalid, a type matches, a cast succeeds |
//! | [`book`] | the rules as a static site |
//!
//! ```
//! use lockstep_views::explain::{self, Input, Verdict};
//!
//! let input = Input::read("bad.wat", b"(module (func (result i32) i64.const 1))").unwrap();
//! let explanation = explain::module(&input, false);
//! assert_eq!(explanation.verdict, Verdict::Invalid);
//! assert_eq!(explanation.found.as_deref(), Some("i64"));
//! ```

pub mod book;
pub mod explain;
