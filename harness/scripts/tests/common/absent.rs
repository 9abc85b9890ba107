//! An engine that is never there, so that scripts are read and nothing runs.

use lockstep_engines::{Engine, Failure, Limits, Session};

/// It ends like this whenever it is asked for.
pub(crate) struct Absent(pub(crate) Failure);

impl Engine for Absent {
    fn name(&self) -> &str {
        "absent"
    }
    fn version(&self) -> &str {
        "0"
    }
    fn open(&self, _: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Err(self.0.clone())
    }
}
