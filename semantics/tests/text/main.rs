//! The reader of the text format.

mod customs;
mod hostile;
mod mutants;
mod opinion;
mod places;
mod smith;
mod suite;
