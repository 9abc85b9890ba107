//! The relaxed memory model.

pub mod conditions;
mod execution;
mod leaf;
pub mod naive;
mod order;
mod program;
mod relation;
mod runs;
mod search;
mod table;

pub use execution::{Cell, Event, Execution, Piece, cells, joined};
pub use program::{ENDED, Ended, Item, NEVER, Program, Question, Run, TIMED_OUT, WOKEN};
pub use relation::{MOST, Relation};
pub use search::{Allowed, Bounds, Explained, Limit, Outcomes, explore};
