//! Who answers reads of shared state.

use crate::execution::{Addr, Datum, Location, Order};

/// Answers what a step reads of shared state. Unlike an [`Observer`](crate::observe::Observer), it decides how the run goes
/// on. All methods answer with what the store has, as a sequentially consistent memory does.
pub trait Memory {
    /// Whether it is asked at all: where it is not, reads are those of the store and cost nothing more.
    const ANSWERS: bool = false;

    /// The value that a read sees. `stored` is what the store has there; the answer is of the same form. `whole`: all of it
    /// must come from one write (`notears`).
    fn read(&mut self, order: Order, loc: Location, whole: bool, stored: Datum) -> Datum {
        let _ = (order, loc, whole);
        stored
    }

    /// The length of a memory (in bytes) or of a table (in elements) that a step sees. The thread goes on with a store of that
    /// length; it may be less than the `stored` one, where the thread has seen a greater one before.
    fn len(&mut self, order: Order, loc: Location, stored: u64) -> u64 {
        let _ = (order, loc);
        stored
    }

    /// How many threads a notification wakes at a byte of a memory. `woken` of the threads that wait in the store are woken;
    /// the answer is not above `asked`.
    fn wakes(&mut self, mem: Addr, offset: u64, asked: u32, woken: u32) -> u32 {
        let _ = (mem, offset, asked);
        woken
    }
}

/// All threads run on one store, one step after the other: a read sees the last write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Memory for Sequential {}
