//! Ctrl-C: ends a command within two seconds, with all that it has so far where that is worth something.

use lockstep_work::{Stop, guard, stop};
use std::io;
use std::process;
use std::thread;
use std::time::Duration;

/// How often a request to stop is looked for.
const TICK: Duration = Duration::from_millis(20);
/// How long a command may take to save what it has.
const SAVING: Duration = Duration::from_millis(1800);

/// Begins to listen for Ctrl-C and SIGTERM, and lets child processes end when this one is killed. `has_parts` says whether
/// the command saves what it has when it is asked to stop. One that does not, or takes too long, is ended.
///
/// # Errors
/// When the system does not tell of signals.
pub(super) fn prepare(has_parts: bool) -> io::Result<Stop> {
    if let Ok(program) = std::env::current_exe() {
        guard::start_by(program, vec!["guard".into()]);
    }
    let stop = Stop::on_signals()?;
    let asked = stop.clone();
    thread::Builder::new().name("interrupt".into()).spawn(move || {
        while !asked.is_interrupted() {
            thread::sleep(TICK);
        }
        if has_parts {
            thread::sleep(SAVING);
        }
        // The guard kills the children.
        process::exit(stop::INTERRUPTED.into());
    })?;
    Ok(stop)
}
