//! Differential testing: what is needed to make findings small.

pub mod reduce;
pub mod wast;
