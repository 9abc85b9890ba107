//! Chapter 4: execution.
//!
//! | file | what |
//! |---|---|
//! | [`values`](self) | values, default values, typing of values |
//! | `slot` | values as the stacks hold them |
//! | `store` | instances and their allocation |
//! | `zipper` | configurations: the hole and its context |
//! | `machine` | one step after the other: which rule for which redex |
//! | `instructions/` | the rules of 4.3, in its order |
//! | `modules` | instantiation and invocation |
//! | `actions` | how a step touches shared state (threads proposal) |
//! | `thread` | several threads on one store |
//! | `state` | what tells two configurations apart |
//! | `operands` | how many values each instruction takes |
//! | `literal` | the same steps read literally, through `Step/ctxt-*`, as a check on the zipper |

mod actions;
mod bounds;
mod instructions;
mod literal;
mod machine;
mod modules;
mod operands;
mod outcome;
mod slot;
mod state;
mod store;
mod thread;
mod typing;
mod values;
mod zipper;

pub use actions::*;
pub use bounds::*;
pub use literal::*;
pub use machine::*;
pub use modules::*;
pub use operands::*;
pub use outcome::*;
pub use slot::*;
pub use store::*;
pub use thread::*;
pub use typing::*;
pub use values::*;
pub use zipper::*;
