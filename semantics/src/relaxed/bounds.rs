//! The bounds of a search, and the limits that it reports when it meets one.

/// The bounds of a search.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// The most runs of threads.
    pub runs: usize,
    /// The most answers that a run of a thread may need.
    pub reads: usize,
    /// The most candidates to try. The search may prune eight times as many combinations of runs besides.
    pub candidates: u64,
    /// The search calls it now and then and stops when it gives true: a clock belongs to the caller.
    pub stop: Option<&'a dyn Fn() -> bool>,
}

impl Default for Bounds<'_> {
    fn default() -> Self {
        Bounds { runs: 200_000, reads: 24, candidates: 50_000_000, stop: None }
    }
}

impl Bounds<'_> {
    pub(crate) fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop())
    }
}

/// A bound that a search has met, so that it may have missed executions. Those that it found are consistent nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Bounds::runs`].
    Runs,
    /// [`Bounds::reads`], in this thread: a loop, most likely.
    Reads(usize),
    /// The program gave up some runs of this thread.
    Thread(usize),
    /// [`Bounds::candidates`].
    Candidates,
    /// An execution with more than [`EVENTS`] events.
    Events,
    /// A read that can tear in too many ways.
    Tearing,
    /// [`Bounds::stop`].
    Stopped,
}

/// The most events of an execution; there may be as many initial values again.
pub const EVENTS: usize = 63;
