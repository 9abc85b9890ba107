//! The reader of the text format.

mod customs;
#[path = "../common/smith.rs"]
mod generated;
mod hostile;
mod mutants;
mod opinion;
mod places;
mod smith;
mod suite;
