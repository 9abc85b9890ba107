//! Outcomes of litmus tests.

use super::Plan;
use lockstep_engines::{Answer, Failure, Resource};
use lockstep_engines::{RefVal, Val};
use lockstep_reports::Finding;

/// An outcome: the result of each call of a plan, by number; none where the thread did not reach the call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The result of each call.
    pub calls: Vec<Option<Answer>>,
    /// The threads that never end: whatever the others do, they return to an earlier configuration.
    pub endless: Vec<usize>,
}

impl Outcome {
    /// The observations, one for each call: its results, or how else it ended, `-` for a call that was not reached, and
    /// the empty text for a call that returns nothing. Outcomes with equal observations count as one.
    pub fn observations(&self) -> Vec<String> {
        self.calls.iter().map(|call| call.as_ref().map_or_else(|| "-".into(), observation)).collect()
    }

    /// The observations in words: for each call its thread, its callee and its observation.
    pub fn described(&self, plan: &Plan<'_>) -> Vec<String> {
        let calls = plan.calls.iter().zip(self.observations());
        calls.map(|(call, seen)| format!("{} {:?}: {seen}", plan.threads[call.thread].name, call.name)).collect()
    }

    /// Whether some thread never ends.
    pub fn is_endless(&self) -> bool {
        let ended = |call: &Option<Result<_, Failure>>| !matches!(call, None | Some(Err(Failure::Deadlock)));
        !self.endless.is_empty() || !self.calls.iter().all(ended)
    }

    /// The findings: calls whose directive is not met.
    pub fn findings(&self, plan: &Plan<'_>, path: &str) -> Vec<Finding> {
        let calls = plan.calls.iter().zip(&self.calls);
        // A call that is not reached says nothing about its directive; the one before it does.
        calls.filter_map(|(call, got)| call.judge(path, got.clone()?).err().map(|finding| *finding)).collect()
    }
}

fn observation(got: &Answer) -> String {
    match got {
        Ok(values) => values.iter().map(value).collect::<Vec<_>>().join(" "),
        Err(Failure::Trap(Some(class), _)) => format!("trap: {}", class.text()),
        Err(Failure::Deadlock) => "deadlock".into(),
        Err(Failure::Exhausted(Resource::Steps)) => "no end".into(),
        Err(end) => end.to_string(),
    }
}

/// A value, short.
fn value(value: &Val) -> String {
    match value {
        Val::I32(i) => i.cast_signed().to_string(),
        Val::I64(i) => i.cast_signed().to_string(),
        Val::F32(bits) => f32::from_bits(*bits).to_string(),
        Val::F64(bits) => f64::from_bits(*bits).to_string(),
        Val::V128(bytes) => format!("{:#034x}", u128::from_le_bytes(*bytes)),
        Val::Ref(RefVal::Null) => "null".into(),
        Val::Ref(RefVal::I31(i) | RefVal::I31Shared(i)) => format!("i31:{i}"),
        Val::Ref(r) => r.to_string(),
    }
}
