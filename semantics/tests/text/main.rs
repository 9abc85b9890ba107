//! The reader of the text format.

mod opinion;
mod suite;
