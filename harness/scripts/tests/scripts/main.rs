//! Scripts on the semantics: their grammar, and a verdict for each form.

#[path = "../common/absent.rs"]
mod absent;
mod kinds;
mod verdicts;
