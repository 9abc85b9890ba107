//! The semantics as an engine that is watched.

use super::recorder::{Directive, Recorder};
use crate::Val;
use crate::engine::{Call, CallId, End, Engine, InstanceId, Limits, ModuleId, Semantics, SemanticsSession, Session};
use lockstep_reports::Kind;
use lockstep_semantics::syntax::Features;
use std::sync::{Mutex, PoisonError};

/// The semantics, with a recorder of what its last session has used. It is for one script.
#[derive(Debug, Default)]
pub struct Watched {
    recorder: Mutex<Recorder>,
}

impl Watched {
    /// What has been recorded.
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

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, End> {
        let session = SemanticsSession::new(limits, Recorder::default());
        Ok(Box::new(WatchedSession { session, result: &self.recorder }))
    }
}

/// A session that hands over what it has recorded when it ends.
struct WatchedSession<'e> {
    session: SemanticsSession<Recorder>,
    result: &'e Mutex<Recorder>,
}

impl Session for WatchedSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, End> {
        self.session.load(bytes)
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, End> {
        self.session.instantiate(module)
    }

    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), End> {
        self.session.register(name, instance)
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, End> {
        self.session.invoke(instance, function, args)
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, End> {
        self.session.global(instance, global)
    }

    fn table(&mut self, instance: InstanceId, table: &str) -> Result<Vec<Val>, End> {
        self.session.table(instance, table)
    }

    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, End> {
        self.session.memory(instance, memory)
    }

    fn features(&self) -> Features {
        self.session.features()
    }

    fn context(&mut self) -> Result<usize, End> {
        self.session.context()
    }

    fn enter(&mut self, context: usize) {
        self.session.enter(context);
    }

    fn begin(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<CallId, End> {
        self.session.begin(instance, function, args)
    }

    fn step(&mut self, call: CallId, steps: u64) -> Call {
        self.session.step(call, steps)
    }

    fn time_out(&mut self, call: CallId) {
        self.session.time_out(call);
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
