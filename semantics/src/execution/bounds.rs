//! The bounds of runs.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The bounds of runs on a store. The standard has none; reaching one is an
/// [`Outcome::Exhausted`](super::Outcome::Exhausted).
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Steps in one invocation or instantiation, values that a contractum puts back included.
    pub steps: u64,
    /// Frames at one time.
    pub frames: u32,
    /// Bytes that the frames at one time may take, with their locals, values and contexts. A call that would need more
    /// ends the run as one too many does.
    pub stack: u64,
    /// Bytes that the store and the stacks may take together, of which there may be twice as many while a part of them
    /// grows; what would grow a memory or table beyond makes the grow instruction fail, anything else ends the run. More
    /// than [`Bounds::ADDRESSABLE`] counts as that.
    pub memory: u64,
    /// Ends the run soon after it becomes true.
    pub interrupt: Option<Arc<AtomicBool>>,
}

impl Bounds {
    /// The greatest bound on memory that has a meaning. Addresses have 32 bits, and so have positions in the stacks; what
    /// they count takes 16 bytes at least.
    pub const ADDRESSABLE: u64 = (1 << 36) - 1;
    /// The bound on memory where no other is said, so that some stores at a time leave a machine alive. The official test
    /// suite does with a quarter of it.
    pub const MEMORY: u64 = 1 << 30;
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { steps: u64::MAX, frames: 20_000, stack: 64 << 20, memory: Bounds::MEMORY, interrupt: None }
    }
}
