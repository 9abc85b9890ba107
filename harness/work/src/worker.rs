//! What a worker of a [`farm`](crate::farm) does: it reads items from standard input, a line each, and writes a line for
//! each to standard output.

use crate::farm::{Asked, Told};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead as _, Write as _};

/// Tells the farm where a worker is, so that it is known when the worker dies.
#[derive(Debug)]
pub struct Place {
    item: u64,
    is_wanted: bool,
}

impl Place {
    /// Nobody wants to know.
    pub fn unknown() -> Place {
        Place { item: 0, is_wanted: false }
    }

    /// Whether somebody wants to know.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// The worker comes to this place.
    pub fn is(&self, place: &str) {
        if self.is_wanted {
            // When nobody reads, there is nobody to work for, and that is seen soon enough.
            let _ = write(&Told::<()>::At { n: self.item, at: place.to_owned() });
        }
    }
}

/// Serves a farm until it has no more items. `begin` is given the set-up of the farm, and makes what does an item.
///
/// # Errors
/// When the farm cannot be understood, or the streams break.
pub fn serve<S, I, R, W>(begin: impl FnOnce(S) -> Result<W, String>) -> io::Result<()>
where
    S: DeserializeOwned,
    I: DeserializeOwned,
    R: Serialize,
    W: FnMut(I, &Place) -> R,
{
    let mut lines = io::stdin().lock().lines();
    let Some(setup) = lines.next() else { return Ok(()) };
    let mut work = match serde_json::from_str(&setup?).map_err(|error| error.to_string()).and_then(begin) {
        Ok(work) => {
            write(&Told::<()>::Ready)?;
            work
        }
        Err(why) => return write(&Told::<()>::Broken { why }),
    };
    for line in lines {
        let Asked { n, alone, item } = serde_json::from_str(&line?)?;
        let result = work(item, &Place { item: n, is_wanted: alone });
        write(&Told::Done { n, result })?;
    }
    Ok(())
}

fn write<R: Serialize>(told: &Told<R>) -> io::Result<()> {
    let mut line = serde_json::to_vec(told)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}
