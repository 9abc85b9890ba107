//! The reader of the text format.

mod mutants;
mod opinion;
mod suite;
