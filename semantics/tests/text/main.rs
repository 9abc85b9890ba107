//! The reader of the text format.

mod hostile;
mod mutants;
mod opinion;
mod suite;
