//! Every point where the standard lets an implementation choose.

/// A point of choice. Its alternatives are numbered from 0; 0 is what the deterministic profile takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Which NaN of a set an operator returns.
    Nan(NanSet),
    /// `memory.grow` that could succeed: 0 it does, 1 it fails.
    GrowMemory,
    /// `table.grow` that could succeed: 0 it does, 1 it fails.
    GrowTable,
    /// One of the parameters of relaxed SIMD. Fixed for a run: the same question has the same answer.
    Relaxed(Relaxed),
}

/// `nans_N{z*}`: a set of NaNs of a width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NanSet {
    /// 32 or 64.
    pub width: NanWidth,
    /// Whether all arithmetic NaNs are in it, or the canonical ones only.
    pub arithmetic: bool,
}

/// The width of a NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NanWidth {
    /// `f32`
    N32,
    /// `f64`
    N64,
}

impl NanSet {
    /// The NaN of an alternative, as bits in the low half or the whole of the result: sign from the lowest bit of the
    /// number, the rest added to the canonical payload.
    pub fn bits(self, alternative: u64) -> u64 {
        debug_assert!(alternative < Choice::Nan(self).alternatives());
        let sign = alternative & 1;
        let payload = alternative >> 1;
        match self.width {
            NanWidth::N32 => sign << 31 | 0x7fc0_0000 | payload,
            NanWidth::N64 => sign << 63 | 0x7ff8_0000_0000_0000 | payload,
        }
    }

    /// Whether a bit pattern is in the set.
    pub fn contains(self, bits: u64) -> bool {
        let (canonical, magnitude) = match self.width {
            NanWidth::N32 => (0x7fc0_0000, bits & 0x7fff_ffff),
            NanWidth::N64 => (0x7ff8_0000_0000_0000, bits & 0x7fff_ffff_ffff_ffff),
        };
        if self.arithmetic { magnitude & canonical == canonical } else { magnitude == canonical }
    }
}

/// The parameters of relaxed SIMD (3.0-numerics.relaxed), each an implementation-chosen constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(non_camel_case_types, missing_docs)]
pub enum Relaxed {
    R_fmadd,
    R_fmin,
    R_fmax,
    R_idot,
    R_iq15mulr,
    R_trunc_u,
    R_trunc_s,
    R_swizzle,
    R_laneselect,
}

impl Relaxed {
    /// All of them.
    pub const ALL: [Relaxed; 9] = [
        Relaxed::R_fmadd,
        Relaxed::R_fmin,
        Relaxed::R_fmax,
        Relaxed::R_idot,
        Relaxed::R_iq15mulr,
        Relaxed::R_trunc_u,
        Relaxed::R_trunc_s,
        Relaxed::R_swizzle,
        Relaxed::R_laneselect,
    ];
}

impl Choice {
    /// How many alternatives there are.
    pub fn alternatives(self) -> u64 {
        match self {
            Choice::Nan(NanSet { arithmetic: false, .. }) => 2,
            Choice::Nan(NanSet { width: NanWidth::N32, .. }) => 2 << 22,
            Choice::Nan(NanSet { width: NanWidth::N64, .. }) => 2 << 51,
            Choice::GrowMemory | Choice::GrowTable => 2,
            Choice::Relaxed(Relaxed::R_fmin | Relaxed::R_fmax | Relaxed::R_trunc_u) => 4,
            Choice::Relaxed(_) => 2,
        }
    }
}

/// Answers the questions that the standard leaves open.
pub trait Choices {
    /// The number of an alternative, below `choice.alternatives()`.
    fn choose(&mut self, choice: Choice) -> u64;
}

impl<T: Choices> Choices for &mut T {
    fn choose(&mut self, choice: Choice) -> u64 {
        (**self).choose(choice)
    }
}

/// The deterministic profile of the standard: positive canonical NaNs, growing succeeds, the first of the relaxed
/// alternatives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deterministic;

impl Choices for Deterministic {
    #[inline(always)]
    fn choose(&mut self, _: Choice) -> u64 {
        0
    }
}

/// Chooses by a seeded pseudo-random sequence (SplitMix64); the relaxed parameters are fixed by the seed.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
    relaxed: u64,
}

impl Random {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Random { state: seed, relaxed: 0 };
        random.relaxed = random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

impl Choices for Random {
    fn choose(&mut self, choice: Choice) -> u64 {
        match choice {
            Choice::Relaxed(r) => (self.relaxed >> (2 * r as u32)) % choice.alternatives(),
            _ => self.next() % choice.alternatives(),
        }
    }
}

/// Records what another implementation chooses, so that [`Replay`] can choose it again. Relaxed parameters are
/// recorded like the rest, each time they are asked for.
#[derive(Clone, Debug, Default)]
pub struct Record<C> {
    inner: C,
    choices: Vec<u64>,
}

impl<C> Record<C> {
    /// Records the choices of `inner`.
    pub fn new(inner: C) -> Self {
        Record { inner, choices: Vec::new() }
    }
    /// What was chosen so far, in order.
    pub fn choices(&self) -> &[u64] {
        &self.choices
    }
}

impl<C: Choices> Choices for Record<C> {
    fn choose(&mut self, choice: Choice) -> u64 {
        let chosen = self.inner.choose(choice);
        self.choices.push(chosen);
        chosen
    }
}

/// Chooses what was recorded; after the end of the recording, as [`Deterministic`].
#[derive(Clone, Debug)]
pub struct Replay {
    choices: std::vec::IntoIter<u64>,
}

impl Replay {
    /// Replays a recording.
    pub fn new(choices: Vec<u64>) -> Self {
        Replay { choices: choices.into_iter() }
    }
}

impl Choices for Replay {
    fn choose(&mut self, choice: Choice) -> u64 {
        self.choices.next().unwrap_or(0).min(choice.alternatives() - 1)
    }
}

/// Enumerates all lists of choices, one run after the other. Sets of arithmetic NaNs are cut down to `nans`
/// alternatives; relaxed parameters are chosen once per run.
///
/// ```
/// use lockstep_semantics::choice::{Choice, Choices, Enumerate};
/// let mut all = Enumerate::new(2);
/// let mut seen = Vec::new();
/// loop {
///     seen.push((all.choose(Choice::GrowMemory), all.choose(Choice::GrowTable)));
///     if !all.next_run() { break }
/// }
/// assert_eq!(seen, [(0, 0), (0, 1), (1, 0), (1, 1)]);
/// ```
#[derive(Clone, Debug)]
pub struct Enumerate {
    nans: u64,
    taken: Vec<(u64, u64)>,
    position: usize,
    relaxed: [Option<u64>; 9],
}

impl Enumerate {
    /// Begins with the run that takes alternative 0 everywhere.
    pub fn new(nans: u64) -> Self {
        Enumerate { nans: nans.max(1), taken: Vec::new(), position: 0, relaxed: [None; 9] }
    }

    /// Goes on to the next list of choices; `false` when all have been taken.
    pub fn next_run(&mut self) -> bool {
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

impl Choices for Enumerate {
    fn choose(&mut self, choice: Choice) -> u64 {
        if let Choice::Relaxed(r) = choice
            && let Some(chosen) = self.relaxed[r as usize]
        {
            return chosen;
        }
        let alternatives = match choice {
            Choice::Nan(_) => choice.alternatives().min(self.nans),
            _ => choice.alternatives(),
        };
        if self.position == self.taken.len() {
            self.taken.push((0, alternatives));
        }
        let chosen = self.taken[self.position].0;
        self.position += 1;
        if let Choice::Relaxed(r) = choice {
            self.relaxed[r as usize] = Some(chosen);
        }
        chosen
    }
}
