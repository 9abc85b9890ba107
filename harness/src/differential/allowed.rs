//! Whether the standard allows what an engine was seen to do.
//!
//! Where the standard leaves a result open, an observation is allowed when some list of choices leads the semantics to
//! exactly this observation. The lists are searched depth first. Of the NaNs that a choice is between, only the
//! canonical ones and those that the observation contains can matter, since a NaN is either seen or not.

use crate::Val;
use crate::engine::program::State;
use crate::engine::{End, Limits, Observation, Program, SemanticsSession, Session};
use lockstep_semantics::choice::{Choice, Choices, NanSet, NanWidth};
use lockstep_semantics::observe::Unobserved;
use rustc_hash::FxHashSet;

/// How many runs a search may take.
pub const RUNS: usize = 512;

/// What came of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Some run of the semantics is like this.
    Yes,
    /// No run is.
    No,
    /// The search was too long.
    Unknown,
}

/// Answers as the deterministic profile, and notes whether there was anything to answer.
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

/// Looks for a run of the semantics in which `accepts` what is seen. `observed` is what an engine did.
pub fn search(
    program: &Program,
    limits: &Limits,
    observed: &Observation,
    mut accepts: impl FnMut(&Observation) -> bool,
) -> Allowed {
    let mut paths = Paths::new(&nans(observed));
    for _ in 0..RUNS {
        let mut session = SemanticsSession::with_choices(limits, Unobserved, &mut paths);
        let seen = session.run(program);
        drop(session);
        if accepts(&seen) {
            return Allowed::Yes;
        }
        if !paths.next_run() {
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
            Err(End::Exception(thrown)) => thrown.fields.iter().for_each(|value| found.add(*value)),
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

/// The lists of choices, one after the other; the last choice varies fastest.
struct Paths {
    nans32: Vec<u64>,
    nans64: Vec<u64>,
    taken: Vec<(usize, usize)>,
    position: usize,
    relaxed: [Option<u64>; 9],
}

impl Paths {
    fn new(nans: &Nans) -> Self {
        // The alternative of a set of NaNs whose bits these are: the sign in the lowest bit, then the payload.
        let alternatives = |bits: Vec<u64>, sign: u32, canonical: u64| {
            let alternative = |bits: &u64| (bits & !(1 << sign) & !canonical) << 1 | bits >> sign;
            let mut all: Vec<u64> = bits.iter().map(alternative).collect();
            // An engine tends to give the same NaN everywhere: those that were seen come first.
            all.sort_unstable();
            all.extend([0, 1]);
            let mut unique = FxHashSet::default();
            all.retain(|alternative| unique.insert(*alternative));
            all
        };
        Paths {
            nans32: alternatives(nans.bits32.iter().map(|bits| u64::from(*bits)).collect(), 31, 0x7fc0_0000),
            nans64: alternatives(nans.bits64.iter().copied().collect(), 63, 0x7ff8_0000_0000_0000),
            taken: Vec::new(),
            position: 0,
            relaxed: [None; 9],
        }
    }

    fn next_run(&mut self) -> bool {
        self.taken.truncate(self.position);
        self.position = 0;
        self.relaxed = [None; 9];
        while let Some((chosen, alternatives)) = self.taken.pop() {
            if chosen + 1 < alternatives {
                self.taken.push((chosen + 1, alternatives));
                return true;
            }
        }
        false
    }
}

impl Choices for Paths {
    fn choose(&mut self, choice: Choice) -> u64 {
        if let Choice::Relaxed(r) = choice
            && let Some(chosen) = self.relaxed[r as usize]
        {
            return chosen;
        }
        let candidates: Vec<u64> = match choice {
            Choice::Nan(NanSet { arithmetic: false, .. }) => vec![0, 1],
            Choice::Nan(NanSet { width: NanWidth::N32, .. }) => self.nans32.clone(),
            Choice::Nan(NanSet { width: NanWidth::N64, .. }) => self.nans64.clone(),
            Choice::GrowMemory | Choice::GrowTable | Choice::Relaxed(_) => (0..choice.alternatives()).collect(),
        };
        if self.position == self.taken.len() {
            self.taken.push((0, candidates.len()));
        }
        let chosen = candidates[self.taken[self.position].0.min(candidates.len() - 1)];
        self.position += 1;
        if let Choice::Relaxed(r) = choice {
            self.relaxed[r as usize] = Some(chosen);
        }
        chosen
    }
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
        let paths = Paths::new(&nans);
        let bits = |width, alternatives: &[u64]| -> Vec<u64> {
            alternatives.iter().map(|a| NanSet { width, arithmetic: true }.bits(*a)).collect()
        };
        // The upper half of the second may have been an `f32` too.
        assert_eq!(bits(NanWidth::N32, &paths.nans32), [0xffc0_1234, 0x7ff8_0000, 0x7fc0_0000, 0xffc0_0000]);
        let bits64 = bits(NanWidth::N64, &paths.nans64);
        assert!(bits64.contains(&0x7ff8_0000_0000_0001), "{bits64:x?}");
        assert!(bits64.ends_with(&[0x7ff8_0000_0000_0000, 0xfff8_0000_0000_0000]), "{bits64:x?}");
    }
}
