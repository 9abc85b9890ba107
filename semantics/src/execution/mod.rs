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
//! | `access` | the accessors through which rules read and write the store |
//! | `actions` | how a step touches shared state (threads proposal) |
//! | `change` | what a step changes |
//! | `host` | host functions, and what they may do to the store |
//! | `thread` | several threads on one store |
//! | `exploration` | what searches of executions need: hashing of configurations, objects and lengths of other threads |
//! | `operands` | how many values each instruction takes |
//! | `literal` | the same steps read literally, through `Step/ctxt-*`, as a check on the zipper |

mod access;
mod actions;
mod bounds;
mod change;
mod exploration;
mod host;
mod instructions;
mod literal;
mod machine;
mod modules;
mod operands;
mod outcome;
mod slot;
mod store;
mod thread;
mod typing;
mod values;
mod zipper;

pub use access::read_global;
pub(crate) use access::*;
pub use actions::*;
pub use bounds::*;
pub use change::*;
pub use host::*;
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
