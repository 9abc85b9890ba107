//! Panics as values.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs something; a panic is an error, with the message and the place of the panic, and is not printed.
///
/// The data that the closure was working on may be left in an inconsistent state, but not in an unsafe one.
pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    quiet();
    let outer = CATCHING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    CATCHING.set(outer);
    result.map_err(|_| MESSAGE.take().unwrap_or_else(|| "panic".into()))
}

/// Has panics that are caught here noted instead of printed; all others go on to the hook that was there before.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CATCHING.get() {
                return before(info);
            }
            let text = info.payload_as_str().unwrap_or("(no message)");
            let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
            MESSAGE.set(Some(format!("panic: {text}{}", place.unwrap_or_default())));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(catch(|| 7), Ok(7));
        let message = catch(|| -> () { panic!("of {}", "sorts") }).unwrap_err();
        assert!(message.starts_with("panic: of sorts at "), "{message}");
        assert!(message.contains("crash.rs:"), "{message}");
    }
}
