//! The reader of the text format.

mod hostile;
mod mutants;
mod opinion;
mod places;
mod smith;
mod suite;
