//! Interrupts operations that take too long.

use super::Limits;
use lockstep_work::Stop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How often the watchdog looks.
const TICK: Duration = Duration::from_millis(10);

/// The time limit of one session. It is armed while an operation runs, and sets the interrupt when the time is up.
#[derive(Debug)]
pub struct Watch {
    limit: Option<Duration>,
    stop: Option<Stop>,
    deadline: Mutex<Option<Instant>>,
    interrupt: Arc<AtomicBool>,
}

impl Watch {
    /// Creates a watch with a time limit for each operation.
    pub fn new(limit: Duration) -> Arc<Watch> {
        Watch::with(Some(limit), None)
    }

    /// Creates a watch for what limits ask for: a time limit for each operation, and a request to stop. `None` when they
    /// ask for neither.
    pub fn of(limits: &Limits) -> Option<Arc<Watch>> {
        let is_wanted = limits.timeout.is_some() || limits.stop.is_some();
        is_wanted.then(|| Watch::with(limits.timeout, limits.stop.clone()))
    }

    fn with(limit: Option<Duration>, stop: Option<Stop>) -> Arc<Watch> {
        let watch = Arc::new(Watch { limit, stop, deadline: Mutex::default(), interrupt: Arc::default() });
        Watchdog::get().add(&watch);
        watch
    }

    /// The flag that becomes true when the time is up.
    pub fn interrupt(&self) -> Arc<AtomicBool> {
        self.interrupt.clone()
    }

    /// Arms the watch: an operation begins.
    pub fn arm(&self) {
        let mut deadline = lock(&self.deadline);
        self.interrupt.store(false, Ordering::Relaxed);
        *deadline = self.limit.and_then(|limit| Instant::now().checked_add(limit));
    }

    /// Disarms the watch: the operation has ended.
    pub fn disarm(&self) {
        *lock(&self.deadline) = None;
    }

    fn look(&self, now: Instant) {
        let mut deadline = lock(&self.deadline);
        let is_stopped = self.stop.as_ref().is_some_and(|stop| stop.asked().is_some());
        if is_stopped || deadline.is_some_and(|deadline| deadline <= now) {
            *deadline = None;
            self.interrupt.store(true, Ordering::Relaxed);
        }
    }
}

/// The thread that looks at all watches. It sleeps while there are none.
struct Watchdog {
    watches: Mutex<Vec<Weak<Watch>>>,
    more: Condvar,
}

impl Watchdog {
    fn get() -> &'static Watchdog {
        static WATCHDOG: OnceLock<Watchdog> = OnceLock::new();
        static THREAD: OnceLock<()> = OnceLock::new();
        let watchdog = WATCHDOG.get_or_init(|| Watchdog { watches: Mutex::default(), more: Condvar::new() });
        THREAD.get_or_init(|| {
            thread::Builder::new()
                .name("watchdog".into())
                .spawn(|| Watchdog::get().run())
                .expect("the system gives one more thread");
        });
        watchdog
    }

    fn add(&self, watch: &Arc<Watch>) {
        lock(&self.watches).push(Arc::downgrade(watch));
        self.more.notify_one();
    }

    fn run(&self) {
        let mut watches = lock(&self.watches);
        loop {
            watches =
                self.more.wait_while(watches, |watches| watches.is_empty()).unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            watches.retain(|watch| watch.upgrade().inspect(|watch| watch.look(now)).is_some());
            drop(watches);
            thread::sleep(TICK);
            watches = lock(&self.watches);
        }
    }
}

/// Locks; what a thread that panicked has left behind is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interrupts_what_is_armed_for_too_long() {
        let watch = Watch::new(Duration::from_millis(20));
        let interrupt = watch.interrupt();
        watch.arm();
        let begin = Instant::now();
        while !interrupt.load(Ordering::Relaxed) {
            assert!(begin.elapsed() < Duration::from_secs(10), "nobody looks");
            thread::sleep(Duration::from_millis(1));
        }
        assert!(begin.elapsed() >= Duration::from_millis(20));
        watch.arm();
        assert!(!interrupt.load(Ordering::Relaxed), "arming resets");
        watch.disarm();
        thread::sleep(Duration::from_millis(60));
        assert!(!interrupt.load(Ordering::Relaxed), "nothing is running");
    }

    #[test]
    fn interrupts_on_request() {
        let stop = Stop::new();
        assert!(Watch::of(&Limits::default()).is_none());
        let watch = Watch::of(&Limits { stop: Some(stop.clone()), ..Limits::default() }).unwrap();
        watch.arm();
        stop.ask();
        let begin = Instant::now();
        while !watch.interrupt().load(Ordering::Relaxed) {
            assert!(begin.elapsed() < Duration::from_secs(10), "nobody looks");
            thread::sleep(Duration::from_millis(1));
        }
    }
}
