//! Validation (chapter 2): matching against its declarative rules, the suite, errors, and hostile modules.

mod errors;
mod hostile;
mod lists;
mod matching;
mod suite;
mod unreachable;
