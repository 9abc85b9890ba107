//! Compares the observation of an engine with that of the semantics.

use super::allowed::{self, Allowed, Noting};
use lockstep_engines::program::State;
use lockstep_engines::value::List;
use lockstep_engines::{Failure, Limits, Observation, Program, SemanticsSession, Session};
use lockstep_reports::Verdict;
use lockstep_semantics::observe::Unobserved;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The reference: the run of a program on the semantics.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The observation of the run, with the choices of the deterministic profile.
    pub seen: Observation,
    /// Whether the standard leaves a choice in it.
    pub open: bool,
}

impl Reference {
    /// Runs a program on the semantics.
    pub fn new(program: &Program, limits: &Limits) -> Self {
        let mut noting = Noting::default();
        let seen = SemanticsSession::with_choices(limits, Unobserved, &mut noting).run(program);
        Reference { seen, open: noting.asked }
    }

    /// The failures of modules and calls, in order.
    fn ends(&self) -> impl Iterator<Item = &Failure> {
        let modules = self.seen.modules.iter().filter_map(|end| end.as_ref().err());
        modules.chain(self.seen.calls.iter().flatten().filter_map(|end| end.as_ref().err()))
    }

    /// Where the semantics got stuck, if it did.
    pub fn stuck(&self) -> Option<String> {
        self.ends().find(|end| matches!(end, Failure::Crash(_))).map(Failure::to_string)
    }

    /// Why this run cannot be compared; `None` when it can.
    pub fn discard(&self) -> Option<Discard> {
        self.ends().find_map(|end| match end {
            Failure::Exhausted(_) | Failure::Limit(_) => Some(Discard::Limit),
            Failure::Timeout => Some(Discard::Timeout),
            Failure::Crash(_) => Some(Discard::Stuck),
            _ => None,
        })
    }
}

/// Why a program is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Discard {
    /// The semantics reached a limit.
    Limit,
    /// The semantics took too long.
    Timeout,
    /// The semantics got stuck: a bug of ours, and a finding.
    Stuck,
    /// The process of the semantics died: a bug of ours, too.
    Died,
}

/// The judgement on an engine's run of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgement {
    /// It agrees with the semantics.
    Agrees,
    /// It did something else that the standard allows as well.
    Allowed,
    /// It reached a limit, lacks a feature, took too long or broke before it differed.
    Incomparable(Verdict, String),
    /// Undecided whether the standard allows it: too many choices.
    Undecided,
    /// It differs in a way that the standard does not allow.
    Differs(Difference),
}

/// The first place at which an engine differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Where.
    pub place: ProgramPlace,
    /// The observation of the semantics.
    pub expected: Seen,
    /// The observation of the engine.
    pub got: Seen,
}

impl Difference {
    /// Whether a valid module is not accepted.
    pub fn is_rejection(&self) -> bool {
        matches!(self.place, ProgramPlace::Module(_)) && self.got.class == NOT_ACCEPTED
    }
}

/// The class of the answer that a module is malformed or invalid.
const NOT_ACCEPTED: &str = "not accepted";

/// An observation at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The class, such as `values` or `trap: cast failure`, which stays the same while a finding is reduced.
    pub class: String,
    /// All of it, for people.
    pub text: String,
}

impl Seen {
    fn new<T: fmt::Debug>(result: &Result<T, Failure>, shown: impl Fn(&T) -> String) -> Self {
        match result {
            Ok(value) => Seen { class: "values".into(), text: shown(value) },
            Err(end) => Seen { class: class(end), text: end.to_string() },
        }
    }
}

/// The class of a failure, without its particulars.
fn class(end: &Failure) -> String {
    match end {
        Failure::Malformed(_) | Failure::Invalid(_) | Failure::Rejected(_) => NOT_ACCEPTED.into(),
        Failure::Trap(Some(class), _) => format!("trap: {}", class.text()),
        Failure::Trap(None, _) => "trap".into(),
        Failure::Exception(thrown) => match &thrown.tag {
            Some(_) => "exception of an exported tag".into(),
            None => "exception".into(),
        },
        Failure::Unlinkable(..) => "a link error".into(),
        Failure::Misuse(_) => "misuse".into(),
        _ => end.verdict().name().into(),
    }
}

/// A place in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramPlace {
    /// The loading and instantiation of a module, by position.
    Module(usize),
    /// A call, by position.
    Call(usize),
    /// A piece of the state at the end, by position.
    State(usize),
}

impl fmt::Display for ProgramPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProgramPlace::Module(i) => write!(f, "module {i}"),
            ProgramPlace::Call(i) => write!(f, "call {i}"),
            ProgramPlace::State(i) => write!(f, "state {i}"),
        }
    }
}

/// Judges the observation of an engine by the standard.
pub fn judge(program: &Program, limits: &Limits, reference: &Reference, got: &Observation) -> Judgement {
    match first_difference(&reference.seen, got) {
        First::None => Judgement::Agrees,
        First::Incomparable(verdict, what) => Judgement::Incomparable(verdict, what),
        // No choice makes a valid module invalid.
        First::At(difference) if !reference.open || difference.is_rejection() => Judgement::Differs(difference),
        First::At(difference) => {
            let accepts = |seen: &Observation| !matches!(first_difference(seen, got), First::At(_));
            match allowed::search(program, limits, got, accepts) {
                Allowed::Yes => Judgement::Allowed,
                Allowed::No => Judgement::Differs(difference),
                Allowed::Unknown => Judgement::Undecided,
            }
        }
    }
}

enum First {
    None,
    Incomparable(Verdict, String),
    At(Difference),
}

fn first_difference(expected: &Observation, got: &Observation) -> First {
    for (i, (expected, got)) in expected.modules.iter().zip(&got.modules).enumerate() {
        match ends(expected, got) {
            First::None => {}
            First::At(difference) => return First::At(Difference { place: ProgramPlace::Module(i), ..difference }),
            apart => return apart,
        }
    }
    for (i, pair) in expected.calls.iter().zip(&got.calls).enumerate() {
        let (Some(expected), Some(got)) = pair else { continue };
        match ends(expected, got) {
            First::None => {}
            First::At(difference) => return First::At(Difference { place: ProgramPlace::Call(i), ..difference }),
            apart => return apart,
        }
    }
    if expected.calls.len() != got.calls.len() || expected.state.len() != got.state.len() {
        return First::Incomparable(Verdict::Crash, "it did not come to the end of the program".into());
    }
    for (i, (expected, got)) in expected.state.iter().zip(&got.state).enumerate() {
        if let Err(end) = got
            && let Some(apart) = apart(end)
        {
            return apart;
        }
        if expected != got {
            let shown = |state: &Result<State, Failure>| Seen::new(state, |state| format!("{state:?}"));
            let (expected, got) = (shown(expected), shown(got));
            return First::At(Difference { place: ProgramPlace::State(i), expected, got });
        }
    }
    First::None
}

/// Compares two results. The caller fills in the place.
fn ends<T: PartialEq + fmt::Debug + Shown>(expected: &Result<T, Failure>, got: &Result<T, Failure>) -> First {
    if let Err(end) = got
        && let Some(apart) = apart(end)
    {
        return apart;
    }
    let same = match (expected, got) {
        (Ok(expected), Ok(got)) => expected == got,
        (Err(expected), Err(got)) => same_end(expected, got),
        _ => false,
    };
    if same {
        return First::None;
    }
    let shown = |end: &Result<T, Failure>| Seen::new(end, T::shown);
    First::At(Difference { place: ProgramPlace::Module(0), expected: shown(expected), got: shown(got) })
}

/// An end that is no disagreement but makes the rest incomparable.
fn apart(end: &Failure) -> Option<First> {
    match end.verdict() {
        Verdict::Pass | Verdict::Fail => None,
        verdict => Some(First::Incomparable(verdict, end.to_string())),
    }
}

/// Whether two failures have the same class. Information that an engine does not give counts as agreement.
fn same_end(expected: &Failure, got: &Failure) -> bool {
    match (expected, got) {
        (
            Failure::Malformed(_) | Failure::Invalid(_),
            Failure::Malformed(_) | Failure::Invalid(_) | Failure::Rejected(_),
        ) => true,
        (Failure::Unlinkable(..), Failure::Unlinkable(..)) => true,
        (Failure::Trap(Some(expected), _), Failure::Trap(Some(got), _)) => expected == got,
        (Failure::Trap(..), Failure::Trap(..)) => true,
        (Failure::Trap(Some(expected), _), Failure::TrapAmong(among, _)) => among.contains(expected),
        (Failure::Exception(expected), Failure::Exception(got)) => expected == got,
        (Failure::Misuse(_), Failure::Misuse(_)) => true,
        _ => false,
    }
}

trait Shown {
    fn shown(&self) -> String;
}

impl Shown for () {
    fn shown(&self) -> String {
        "a valid module and its instance".into()
    }
}

impl Shown for Vec<lockstep_engines::Val> {
    fn shown(&self) -> String {
        List(self).to_string()
    }
}
