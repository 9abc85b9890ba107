//! An engine that is never there, so that scripts are read and nothing runs.

use lockstep_engines::{End, Engine, Limits, Session};

/// It ends like this whenever it is asked for.
pub(crate) struct Absent(pub(crate) End);

impl Engine for Absent {
    fn name(&self) -> &str {
        "absent"
    }
    fn version(&self) -> &str {
        "0"
    }
    fn open(&self, _: &Limits) -> Result<Box<dyn Session + '_>, End> {
        Err(self.0.clone())
    }
}
