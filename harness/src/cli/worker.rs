//! `lockstep worker`: the other side of a farm. Whatever may end a process is done here, so that it ends this one and not
//! the command.

use super::{conform, fuzz};
use anyhow::{Context as _, Result};
use lockstep_work::farm::Farm;
use lockstep_work::worker::{Place, serve};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::num::NonZeroUsize;

/// What a worker does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Setup {
    Conform(conform::Setup),
    Fuzz(fuzz::Setup),
}

/// What does items.
pub(super) type Work = Box<dyn FnMut(Value, &Place) -> Value>;

/// Workers of this program.
pub(super) fn farm(workers: NonZeroUsize, ahead: usize) -> Result<Farm> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let ahead = NonZeroUsize::MIN.saturating_add(ahead);
    Ok(Farm { program, args: vec!["worker".into()], workers, ahead })
}

/// Serves the farm that started this process.
pub(super) fn main() -> Result<()> {
    serve(|setup: Setup| -> Result<Work, String> {
        match setup {
            Setup::Conform(setup) => setup.worker().map_err(|error| format!("{error:#}")),
            Setup::Fuzz(setup) => setup.worker().map_err(|error| format!("{error:#}")),
        }
    })?;
    Ok(())
}

/// What does items, by what does them when they are read.
pub(super) fn doing<I, R>(mut work: impl FnMut(I, &Place) -> R + 'static) -> Work
where
    I: for<'d> Deserialize<'d>,
    R: Serialize,
{
    Box::new(move |item, place| {
        // An item or a result that does not fit is a bug of this program; the farm sees that it died.
        let item = serde_json::from_value(item).expect("an item of the farm");
        serde_json::to_value(work(item, place)).expect("a result has only string keys")
    })
}
