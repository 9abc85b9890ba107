//! Decides whether the standard allows the observation of an engine.
//!
//! Where the standard leaves a result open, an observation is allowed when some list of choices leads the semantics to
//! exactly this observation. We search the lists depth first. Among the NaNs of a choice only the canonical ones and
//! those in the observation matter, since a NaN is either observed or not.

use lockstep_engines::Val;
use lockstep_engines::program::State;
use lockstep_engines::{Failure, Limits, Observation, Program, SemanticsSession, Session};
use lockstep_semantics::choice::{Choice, Choices, Enumerate, NanSet, NanWidth};
use lockstep_semantics::observe::Unobserved;
use rustc_hash::FxHashSet;

/// How many runs a search may take.
pub const RUNS: usize = 512;

/// The result of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Some run of the semantics gives this observation.
    Yes,
    /// No run gives it.
    No,
    /// The search was too long.
    Unknown,
}

/// Chooses as the deterministic profile, and records whether there was a choice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Noting {
    /// Whether there was a choice.
    pub asked: bool,
}

impl Choices for Noting {
    fn choose(&mut self, _: Choice) -> u64 {
        self.asked = true;
        0
    }
}

/// Searches for a run of the semantics whose observation `accepts` accepts. `observed` is the observation of an engine.
pub fn search(
    program: &Program,
    limits: &Limits,
    observed: &Observation,
    mut accepts: impl FnMut(&Observation) -> bool,
) -> Allowed {
    let (n32, n64) = nans(observed).alternatives();
    let mut choices = Enumerate::with_nans(n32, n64);
    for _ in 0..RUNS {
        let mut session = SemanticsSession::with_choices(limits, Unobserved, &mut choices);
        let seen = session.run(program);
        drop(session);
        if accepts(&seen) {
            return Allowed::Yes;
        }
        if !choices.next_run() {
            return Allowed::No;
        }
    }
    Allowed::Unknown
}

/// The NaNs, by width, that the values of an observation may contain, whole or as parts.
fn nans(observed: &Observation) -> Nans {
    let mut found = Nans::default();
    let ends = observed.calls.iter().flatten();
    for end in ends {
        match end {
            Ok(values) => values.iter().for_each(|value| found.add(*value)),
            Err(Failure::Exception(thrown)) => thrown.fields.iter().for_each(|value| found.add(*value)),
            Err(_) => {}
        }
    }
    for state in observed.state.iter().flatten() {
        match state {
            State::Global(value) => found.add(*value),
            State::Table(_) => {}
            State::Memory(bytes) => {
                // A NaN in memory can be anywhere; there are few bytes that are not zero.
                for window in bytes.windows(4).filter(|window| window[3] & 0x7f == 0x7f) {
                    found.add32(u32::from_le_bytes(window.try_into().expect("four bytes")));
                }
                for window in bytes.windows(8).filter(|window| window[7] & 0x7f == 0x7f) {
                    found.add64(u64::from_le_bytes(window.try_into().expect("eight bytes")));
                }
            }
        }
    }
    found
}

#[derive(Clone, Debug, Default)]
struct Nans {
    bits32: FxHashSet<u32>,
    bits64: FxHashSet<u64>,
}

impl Nans {
    /// The alternatives to try, of `f32` and of `f64`.
    fn alternatives(&self) -> (Vec<u64>, Vec<u64>) {
        let n32 = self.bits32.iter().map(|bits| u64::from(*bits));
        (alternatives(NanWidth::N32, n32), alternatives(NanWidth::N64, self.bits64.iter().copied()))
    }

    fn add(&mut self, value: Val) {
        match value {
            Val::I32(bits) | Val::F32(bits) => self.add32(bits),
            Val::I64(bits) | Val::F64(bits) => {
                self.add64(bits);
                self.add32(bits as u32);
                self.add32((bits >> 32) as u32);
            }
            Val::V128(bytes) => {
                for lane in bytes.as_chunks().0 {
                    self.add32(u32::from_le_bytes(*lane));
                }
                for lane in bytes.as_chunks().0 {
                    self.add64(u64::from_le_bytes(*lane));
                }
            }
            Val::Ref(_) => {}
        }
    }

    fn add32(&mut self, bits: u32) {
        if (NanSet { width: NanWidth::N32, arithmetic: true }).contains(u64::from(bits)) {
            self.bits32.insert(bits);
        }
    }

    fn add64(&mut self, bits: u64) {
        if (NanSet { width: NanWidth::N64, arithmetic: true }).contains(bits) {
            self.bits64.insert(bits);
        }
    }
}

/// The alternatives of the arithmetic NaNs of a width that are tried. An engine tends to give the same NaN everywhere, so
/// those that were seen come first.
fn alternatives(width: NanWidth, seen: impl Iterator<Item = u64>) -> Vec<u64> {
    let set = NanSet { width, arithmetic: true };
    let mut all: Vec<u64> = seen.map(|bits| set.alternative(bits)).collect();
    all.sort_unstable();
    all.extend([0, 1]);
    let mut unique = FxHashSet::default();
    all.retain(|alternative| unique.insert(*alternative));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_give_the_bits_that_were_seen() {
        let mut nans = Nans::default();
        for value in [Val::F32(0xffc0_1234), Val::F64(0x7ff8_0000_0000_0001), Val::F32(0x7f80_0001), Val::F32(0)] {
            nans.add(value);
        }
        let (n32, n64) = nans.alternatives();
        let bits = |width, alternatives: &[u64]| -> Vec<u64> {
            alternatives.iter().map(|a| NanSet { width, arithmetic: true }.bits(*a)).collect()
        };
        // The upper half of the second may have been an `f32` too.
        assert_eq!(bits(NanWidth::N32, &n32), [0xffc0_1234, 0x7ff8_0000, 0x7fc0_0000, 0xffc0_0000]);
        let bits64 = bits(NanWidth::N64, &n64);
        assert!(bits64.contains(&0x7ff8_0000_0000_0001), "{bits64:x?}");
        assert!(bits64.ends_with(&[0x7ff8_0000_0000_0000, 0xfff8_0000_0000_0000]), "{bits64:x?}");
    }
}
