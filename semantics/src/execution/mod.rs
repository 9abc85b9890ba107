//! Chapter 4: execution.

mod modules;
mod outcome;
mod store;
mod values;
mod zipper;

pub use modules::*;
pub use outcome::*;
pub use store::*;
pub use values::*;
pub use zipper::*;
