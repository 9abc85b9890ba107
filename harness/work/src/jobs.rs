//! How much to do at a time.

use std::num::NonZeroUsize;
use std::thread;

/// How many jobs are run for each processor at most.
const PER_PROCESSOR: usize = 4;
/// So many are run where they are asked for, however few processors there are.
const ALWAYS: usize = 8;

/// How many jobs to run at a time, and what to tell the user about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jobs {
    /// How many.
    pub number: NonZeroUsize,
    /// Where fewer are run than were asked for, a sentence that says so.
    pub note: Option<String>,
}

impl Jobs {
    /// As many as are asked for, but no more than make sense here; one for each processor where none are asked for.
    pub fn new(asked: Option<NonZeroUsize>) -> Jobs {
        Jobs::on(thread::available_parallelism().unwrap_or(NonZeroUsize::MIN), asked)
    }

    fn on(processors: NonZeroUsize, asked: Option<NonZeroUsize>) -> Jobs {
        let most = processors.saturating_mul(NonZeroUsize::MIN.saturating_add(PER_PROCESSOR - 1));
        let most = most.max(NonZeroUsize::MIN.saturating_add(ALWAYS - 1));
        match asked {
            None => Jobs { number: processors, note: None },
            Some(asked) if asked <= most => Jobs { number: asked, note: None },
            Some(asked) => {
                let note = format!("--jobs {asked} is more than this machine can use; {most} are run at a time");
                Jobs { number: most, note: Some(note) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_make_sense_are_not_run() {
        let number = |n: usize| NonZeroUsize::new(n).unwrap();
        let on = |processors: usize, asked: Option<usize>| Jobs::on(number(processors), asked.map(number));
        assert_eq!(on(2, None), Jobs { number: number(2), note: None });
        assert_eq!(on(2, Some(8)), Jobs { number: number(8), note: None });
        assert_eq!(on(16, Some(64)), Jobs { number: number(64), note: None });
        let many = on(2, Some(5000));
        assert_eq!(many.number, number(8));
        assert!(many.note.unwrap().starts_with("--jobs 5000 is more"));
    }
}
