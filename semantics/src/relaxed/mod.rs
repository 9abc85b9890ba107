//! The relaxed memory model: which executions of a concurrent program are consistent (chapters T.3 and S.5 of the catalogue).
//!
//! | file | what |
//! |---|---|
//! | `program` | the interface of the programs that are explored: threads that can each be run alone ([`Program`]) |
//! | `execution` | candidates: events, program order, reads-from, happens-before, the total order ([`Execution`]) |
//! | [`conditions`] | when a candidate is consistent: one predicate for each condition of the standard |
//! | `runs`, `indexed` | the runs of each thread, for all values that it may read; the same with small numbers for cells |
//! | `search`, `prune`, `complete`, `order` | all consistent executions ([`explore`]) |
//! | `bounds`, `candidate` | the limits of a search ([`Bounds`]), and the candidate that it is building |
//! | [`naive`] | the same for a handful of events, straight from the definitions, as a check |
//!
//! An execution consists of one run of each thread and relations between their events. Each read has each of its cells (bytes of
//! a memory; a field, an element, a slot or a global as a whole, or its bytes where it may tear) from one write. An execution that
//! meets all conditions gives an outcome: how each thread ended. The catalogue (rules marked as ours) and `spec/deviations.md`
//! say where these conditions go beyond the proposals' words.
//!
//! # Sources
//!
//! - The threads proposal has the model of Watt, Rossberg and Pichon-Pharabod, *Weakening WebAssembly* (OOPSLA 2019), which
//!   extends that of JavaScript. The three cases of `Sc_last_visible` are those of JavaScript as it was repaired (Watt et al.,
//!   *Repairing and Mechanising the JavaScript Relaxed Memory Model*, PLDI 2020).
//! - Release-acquire accesses (shared-everything-threads) follow C++11 as Batty et al. formalised it (*Mathematizing C++
//!   Concurrency*, POPL 2011): an acquire read synchronizes with the release write that it reads from, and the atomic writes of a
//!   location have a modification order, here `mo`. There are no release sequences.
//! - RC11 (Lahav et al., *Repairing Sequential Consistency in C/C++11*, PLDI 2017) rules out cycles of program order and
//!   reads-from. The proposals do not; [`Execution::is_cyclic`] finds such executions.
//!
//! # Sound and complete
//!
//! *Sound*: each outcome has an execution ([`Outcomes::witness`]) that [`conditions::consistent`] accepts. *Complete*, as long as
//! [`Outcomes::limits`] is empty: each consistent execution has its outcome found, with the exceptions below.
//!
//! - **Values out of thin air.** The axioms accept any values that justify each other in a cycle: of two threads that copy `x` to
//!   `y` and `y` to `x` by plain accesses, both may read 42. The standard does not forbid it. The search takes its values from a
//!   *least* set of runs: a read returns an initial value, a value that its own thread wrote, or one that another thread writes
//!   in a run of the set. So both threads read 0. The search leaves out exactly the executions with a value that no run of the
//!   set writes. It finds cycles whose values occur in the set anyway: in load buffering with constants, both threads may read 1.
//!   The runs that a value depends on need not belong to one execution. [`Execution::is_cyclic`] tells whether program order and
//!   reads-from of an execution form a cycle.
//! - The search builds the set in as many rounds as an execution has reads. Without cycles this is enough for every value. Two
//!   threads that each add to the value that they read from the other would produce new values for ever; the search leaves
//!   out values that need more rounds.
//! - **Lengths** of memories and tables are constant, unless the program asks for them like for other reads
//!   ([`Question::Read`] with a location that is a length). Bytes that a memory has grown by are initial values.
//! - The model has no fairness: a thread may spin until a bound ends its run. The search leaves that run out and reports the
//!   limit.
//!
//! # What plain accesses do not give
//!
//! A plain access takes no part in synchronization, and plain writes to one location have no order: two plain reads of a thread
//! may read the writes of another in the wrong order (CoRR), and two readers may disagree on the order of two writes. Only
//! happens-before constrains them: a read does not return a value that was overwritten before it, or written after it, in
//! happens-before.
//!
//! # Counting
//!
//! [`Outcomes::executions`] counts an execution for each choice of runs, of orders of fences and of queues, and of the writes that
//! atomic reads synchronize with. It counts executions once that differ only in the total order, or in which of several writes
//! with the same bytes a plain read has its value from.

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
pub use program::{Answer, Ended, Item, Program, Question, Run};
pub use relation::{MOST, Relation};
pub use search::{Allowed, Explained, Outcomes, explore};
