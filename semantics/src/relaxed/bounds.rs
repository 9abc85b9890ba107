//! The bounds of a search, and what it leaves out when it meets one.

/// How far to go.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// How often threads are run.
    pub runs: usize,
    /// How many answers a run of a thread may need.
    pub reads: usize,
    /// How many candidates are looked at; up to eight times as many may be put aside because their runs cannot fit together.
    pub candidates: u64,
    /// Asked now and then whether to stop: a clock belongs to the caller.
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

/// What was not looked at. Everything that was found is right nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Bounds::runs`].
    Runs,
    /// [`Bounds::reads`], in this thread: a loop, most likely.
    Reads(usize),
    /// This thread gave up in some runs.
    Thread(usize),
    /// [`Bounds::candidates`].
    Candidates,
    /// An execution with more than [`EVENTS`] events.
    Events,
    /// One read that may be torn in too many ways.
    Tearing,
    /// [`Bounds::stop`].
    Stopped,
}

/// As many events as an execution may have; there may be as many initial values again.
pub const EVENTS: usize = 63;
