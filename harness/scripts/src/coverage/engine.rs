//! The semantics as an engine that records its coverage.

use super::recorder::{Directive, Recorder};
use lockstep_engines::{Delegate, Engine, Failure, Limits, Semantics, SemanticsSession, Session};
use lockstep_reports::Kind;
use std::sync::{Mutex, PoisonError};

/// The semantics, with a recorder of the rules that its last session used. It serves one script.
#[derive(Debug, Default)]
pub struct Watched {
    recorder: Mutex<Recorder>,
}

impl Watched {
    /// Returns the recorder.
    pub fn into_recorder(self) -> Recorder {
        self.recorder.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for Watched {
    fn name(&self) -> &str {
        Semantics.name()
    }

    fn version(&self) -> &str {
        Semantics.version()
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        let session = SemanticsSession::new(limits, Recorder::default());
        Ok(Box::new(WatchedSession { session, result: &self.recorder }))
    }
}

/// A session that hands over its recorder when it ends.
struct WatchedSession<'e> {
    session: SemanticsSession<Recorder>,
    result: &'e Mutex<Recorder>,
}

impl Delegate for WatchedSession<'_> {
    type Session = SemanticsSession<Recorder>;

    fn session(&self) -> &Self::Session {
        &self.session
    }

    fn session_mut(&mut self) -> &mut Self::Session {
        &mut self.session
    }

    fn directive(&mut self, (line, column): (u32, u32), kind: Kind) {
        self.session.observer_mut().directive(Directive { line, column, kind });
    }
}

impl Drop for WatchedSession<'_> {
    fn drop(&mut self) {
        let mut result = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        *result = std::mem::take(self.session.observer_mut());
    }
}
