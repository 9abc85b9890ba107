//! A request to stop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The exit code of a process that a second Ctrl-C ends.
pub const INTERRUPTED: u8 = 130;

/// Why to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody asked for it, by Ctrl-C for instance.
    Interrupted,
    /// The time is up.
    Time,
}

/// A request to stop, which may come at any time. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    interrupted: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Stop {
    /// Nobody asks, unless by [`Stop::ask`].
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Ctrl-C asks, and so does SIGTERM. When they come a second time, the process ends at once with [`INTERRUPTED`].
    ///
    /// # Errors
    /// When the system does not tell of signals.
    pub fn on_signals() -> io::Result<Stop> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let stop = Stop::new();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first one finds the flag unset.
            let code = i32::from(INTERRUPTED);
            signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&stop.interrupted))?;
            signal_hook::flag::register(signal, Arc::clone(&stop.interrupted))?;
        }
        Ok(stop)
    }

    /// Also when this time is over, counted from now.
    #[must_use]
    pub fn after(&self, time: Duration) -> Stop {
        let over = Instant::now().checked_add(time);
        let deadline = match (self.deadline, over) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Stop { interrupted: Arc::clone(&self.interrupted), deadline }
    }

    /// Asks to stop.
    pub fn ask(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether to stop, and why.
    pub fn asked(&self) -> Option<Why> {
        if self.interrupted.load(Ordering::Relaxed) {
            Some(Why::Interrupted)
        } else if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            Some(Why::Time)
        } else {
            None
        }
    }

    /// Whether somebody asked, whatever the time.
    pub fn is_interrupted(&self) -> bool {
        self.asked() == Some(Why::Interrupted)
    }

    /// How long until the time is up; `None` is for ever.
    pub fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_first_says_why() {
        let stop = Stop::new();
        let soon = stop.after(Duration::from_millis(5)).after(Duration::from_secs(60));
        assert_eq!((stop.asked(), soon.asked()), (None, None));
        std::thread::sleep(Duration::from_millis(10));
        assert_eq!((stop.asked(), soon.asked()), (None, Some(Why::Time)));
        assert_eq!(soon.left(), Some(Duration::ZERO));
        soon.ask();
        assert_eq!((stop.asked(), soon.asked()), (Some(Why::Interrupted), Some(Why::Interrupted)));
        assert!(stop.is_interrupted());
    }
}
