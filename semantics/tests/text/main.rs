//! The reader of the text format.

mod customs;
mod mutants;
mod opinion;
mod suite;
