//! The relaxed memory model: which executions of a concurrent program are consistent (chapters T.3 and S.5 of the catalogue).
//!
//! | file | what |
//! |---|---|
//! | `program` | what the model is asked about: threads that can each be run alone ([`Program`]) |
//! | `execution` | candidates: events, program order, reads-from, happens-before, the total order ([`Execution`]) |
//! | [`conditions`] | when a candidate is consistent: one predicate for each condition of the standard |
//! | `runs` | the runs of each thread, for all values that it may read |
//! | `search`, `fits`, `leaf`, `order` | all consistent executions ([`explore`]) |
//! | [`naive`] | the same for a handful of events, straight from the definitions, as a check |
//!
//! An execution takes one run of each thread. A write that it has makes values, a read has each of its cells (bytes of a memory;
//! a field, an element, a slot or a global as a whole, or its bytes where it may tear) from one write, and an execution that
//! fails no condition gives an outcome: how each thread ended. What lies between the proposals' words and these conditions
//! is in the catalogue (rules marked as ours) and in `spec/deviations.md`.
//!
//! # Sound and complete
//!
//! *Sound*: each outcome has an execution ([`Outcomes::witness`]) that [`conditions::consistent`] accepts. *Complete*, as long as
//! [`Outcomes::limits`] is empty: each consistent execution has its outcome found, with the exceptions below.
//!
//! - **Values out of thin air.** As a declaration, the model accepts any values that justify each other in a circle: of two
//!   threads that copy `x` to `y` and `y` to `x`, plain, both may see 42. The standard says nothing against it. The search sees the values
//!   of a *least* set of runs: a read has an initial value, what its own thread wrote, or what another thread writes in
//!   some run whose reads are in the set already. So both see 0. What this leaves out is exactly the executions with a value that
//!   no such run writes. It does not leave out circles where the values come up anyway: in load buffering with constants, both
//!   may see 1. Nor does it ask that the runs which bring a value up belong to one execution. [`Execution::is_cyclic`] tells whether
//!   program order and reads-from of an execution form a circle, that is, whether it is of this kind.
//! - The set is built in as many rounds as an execution has reads. Where nothing is circular this is enough for every value;
//!   two threads that add to what they read from each other in a circle would otherwise never be done. A circle that needs
//!   more rounds is left out.
//! - **Lengths** of memories and tables are constant, unless the program asks for them like for other reads
//!   ([`Question::Read`] with a location that is a length). Bytes that a memory has grown by are initial values.
//! - The model knows no fairness: a thread that spins may do so until a bound ends it, and its run is then left out and said.
//!
//! # What plain accesses do not give
//!
//! A plain access synchronizes with nobody, and there is no order of plain writes to one place: two plain reads of one thread may
//! see the writes of another in the wrong order (CoRR), and two readers may disagree on the order of two writes. Only
//! happens-before restrains them: nobody sees what was overwritten before, or what comes later, in happens-before.
//!
//! # Counting
//!
//! [`Outcomes::executions`] counts an execution for each choice of runs, of orders of fences and of queues, and of whom atomic reads
//! synchronize with. Executions that differ only in which of several writes with the same bytes a read without synchronization
//! sees, or in the total order, are counted once.

mod bounds;
mod candidate;
mod complete;
pub mod conditions;
mod execution;
mod indexed;
pub mod naive;
mod order;
mod program;
mod prune;
mod relation;
mod runs;
mod search;

pub use bounds::{Bounds, EVENTS, Limit};
pub use execution::{Cell, Event, Execution, Piece, cells, joined};
pub use program::{ENDED, Ended, Item, NEVER, Program, Question, Run, TIMED_OUT, WOKEN};
pub use relation::{MOST, Relation};
pub use search::{Allowed, Explained, Outcomes, explore};
