//! Scripts on the semantics: their grammar, and a verdict for each form.

mod kinds;
mod verdicts;
