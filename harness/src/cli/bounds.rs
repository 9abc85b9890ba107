//! The options that bound runs.

use super::output::complain;
use crate::engine::Limits;
use bytesize::ByteSize;
use clap::Args;
use lockstep_semantics::syntax::Features;
use lockstep_work::jobs::Jobs;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The options that bound runs.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Bounds")]
pub(super) struct Bounds {
    /// The steps that one invocation may take [default: no bound]
    #[arg(long, value_name = "N")]
    max_steps: Option<u64>,

    /// The calls that may be under way at one time [default: 20000]
    #[arg(long, value_name = "N")]
    max_frames: Option<u32>,

    /// The memory that a store and its stacks may take, such as 512MiB; of stores there are as many at a time as jobs
    /// [default: 1 GiB on the semantics, 4 GiB for the process of an engine]
    #[arg(long, value_name = "BYTES")]
    max_memory: Option<ByteSize>,

    /// The time that one operation may take
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    timeout: Duration,

    /// A proposal that modules may use: threads or shared-everything-threads. Scripts in a folder of that name may use
    /// it without this. Can be repeated
    #[arg(long = "proposal", value_name = "NAME", value_parser = proposal, help_heading = None)]
    proposals: Vec<Features>,
}

impl Bounds {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            steps: self.max_steps,
            frames: self.max_frames,
            memory: self.max_memory.map(|bytes| bytes.as_u64()),
            timeout: Some(self.timeout),
            features: all(&self.proposals),
            stop: None,
        }
    }
}

/// How many jobs to run at a time, of those that are asked for; says so where that is fewer.
pub(super) fn jobs(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    let Jobs { number, note } = Jobs::new(asked);
    if let Some(note) = note {
        complain(format_args!("{note}"));
    }
    number
}

/// What all of these proposals allow.
pub(super) fn all(proposals: &[Features]) -> Features {
    proposals.iter().fold(Features::STANDARD, |all, more| all.union(*more))
}

/// The proposal of a name.
pub(super) fn proposal(text: &str) -> Result<Features, String> {
    Features::STANDARD.with(text).ok_or_else(|| "neither threads nor shared-everything-threads".into())
}

/// A positive number of seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("not a positive number of seconds".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_seconds() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        for wrong in ["", "x", "0", "-1", "nan", "inf"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
