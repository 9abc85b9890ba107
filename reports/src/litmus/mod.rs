//! Litmus tests: which outcomes the models allow, which a test declares, and which an engine was seen to produce.

pub mod dot;
pub mod html;
mod picture;
pub mod text;

use crate::Finding;
use crate::report::{plural, thousands};
use serde::{Deserialize, Serialize};

/// The schema of a [`Set`] in JSON.
pub const SCHEMA: &str = "lockstep-litmus";

/// The version of [`SCHEMA`]. Fields may be added without a new one.
pub const VERSION: u32 = 1;

/// Litmus tests that were run together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Set {
    /// [`SCHEMA`]
    pub schema: String,
    /// [`VERSION`]
    pub version: u32,
    /// The tests.
    pub tests: Vec<Test>,
}

/// What came of one test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The script.
    pub path: String,
    /// Where the declared outcomes are from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The names of the threads; the first is the script itself.
    pub threads: Vec<String>,
    /// What is observed, in the order of the script.
    pub columns: Vec<Column>,
    /// The models that were asked.
    pub models: Vec<Model>,
    /// All outcomes that a model allows, the test declares, or an engine was seen to produce.
    pub outcomes: Vec<Outcome>,
    /// The engine that was watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
    /// What is not as the script has it.
    pub findings: Vec<Finding>,
    /// Why nothing could be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A call that is observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The thread.
    pub thread: String,
    /// The export.
    pub call: String,
    /// The line of the directive.
    pub line: u32,
}

/// What a model was asked, and at what cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// `sc` or `wasm`.
    pub name: String,
    /// The executions that it allows; nothing where there is no end of them, or not all were looked at.
    pub executions: Option<u64>,
    /// What was looked at, and how often.
    pub looked_at: Vec<(String, u64)>,
    /// The time that it took, in milliseconds.
    pub milliseconds: f64,
    /// The bound that was reached before all was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// An outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What is observed in each column.
    pub observations: Vec<String>,
    /// What each of the models says, in their order.
    pub judgements: Vec<Judgement>,
    /// How often the engine produced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<u64>,
}

/// What a model says of an outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether the model was found to allow it.
    pub allowed: bool,
    /// Whether it was not, but the model was cut before it had seen everything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
    /// Whether the test declares it, if it declares any for this model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<bool>,
    /// The executions that end so, where they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executions: Option<u64>,
    /// An execution that ends so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Model {
    /// What it said, and what was looked at for that.
    pub(crate) fn effort(&self) -> String {
        let looked: Vec<String> = self.looked_at.iter().map(|(what, n)| format!("{} {what}", thousands(*n))).collect();
        let executions = match (self.executions, &self.cut) {
            (Some(n), _) => plural(n, "execution"),
            (None, None) => "executions without end".into(),
            (None, Some(_)) => "executions not counted".into(),
        };
        format!("{}: {executions}; {}", self.name, looked.join(", "))
    }
}

impl Judgement {
    /// Whether the model says something else than the test.
    pub fn differs(&self) -> bool {
        !self.undecided && self.declared.is_some_and(|declared| declared != self.allowed)
    }
}

/// An execution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// What happens, in an order that the model allows.
    pub events: Vec<Event>,
    /// The relations between events, by name, as pairs of positions.
    pub relations: Vec<(String, Vec<(usize, usize)>)>,
    /// The schedule that leads to it, if steps of threads in some order do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

/// An event of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The thread, by its number; none for initial values.
    pub thread: Option<usize>,
    /// What it does, such as `W memory[0..4] = 1`.
    pub label: String,
}

/// An engine that was watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Its name and version.
    pub engine: String,
    /// How often the test was run.
    pub runs: u64,
    /// Why it was not run, or not as often as it should have been, where the engine is not to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Test {
    /// Whether everything is as the test has it, as far as was looked. A model that was cut before it had any outcome has
    /// said nothing.
    pub fn is_as_expected(&self) -> bool {
        let says = |i: usize| self.outcomes.iter().any(|o| o.judgements.get(i).is_some_and(|j| j.allowed));
        self.findings.is_empty()
            && self.error.is_none()
            && self.models.iter().enumerate().all(|(i, model)| model.cut.is_none() || says(i))
            && !self.outcomes.iter().any(|outcome| outcome.judgements.iter().any(Judgement::differs))
            && self.unexplained().next().is_none()
            && self.observed.as_ref().is_none_or(|observed| observed.error.is_none())
    }

    /// The outcomes to show: all that are allowed, declared or observed, and the others unless there are more of them.
    pub fn shown(&self) -> impl Iterator<Item = &Outcome> {
        let known = |outcome: &Outcome| {
            outcome.observed.is_some() || outcome.judgements.iter().any(|j| j.allowed || j.declared == Some(true))
        };
        let n = self.outcomes.iter().filter(|outcome| known(outcome)).count();
        let all = self.outcomes.len() <= 2 * n;
        self.outcomes.iter().filter(move |outcome| all || known(outcome))
    }

    /// The outcomes that an engine was seen to produce, and that the standard does not allow: the model `wasm`, if it was
    /// asked.
    pub fn unexplained(&self) -> impl Iterator<Item = &Outcome> {
        let standard = self.models.iter().position(|model| model.name == "wasm" && model.cut.is_none());
        self.outcomes.iter().filter(move |outcome| {
            let judgement = standard.and_then(|standard| outcome.judgements.get(standard));
            outcome.observed.is_some_and(|n| n > 0) && judgement.is_some_and(|judgement| !judgement.allowed)
        })
    }

    /// What it comes to, in a sentence.
    pub fn summary(&self) -> String {
        if let Some(error) = &self.error {
            return error.clone();
        }
        let differ = self.outcomes.iter().filter(|outcome| outcome.judgements.iter().any(Judgement::differs)).count();
        let cut = self.models.iter().find_map(|model| model.cut.as_deref().map(|cut| (model, cut)));
        let mut said = Vec::new();
        if let Some((model, cut)) = cut {
            said.push(format!("not all executions of {} were looked at: {cut}", model.name));
        }
        if differ > 0 {
            said.push(format!("{} not as declared", plural(differ as u64, "outcome")));
        }
        if !self.findings.is_empty() {
            said.push(format!("{} of the script not met", plural(self.findings.len() as u64, "assertion")));
        }
        if let n @ 1.. = self.unexplained().count() {
            said.push(format!("{} observed that the standard does not allow", plural(n as u64, "outcome")));
        }
        if let Some(error) = self.observed.as_ref().and_then(|observed| observed.error.as_deref()) {
            said.push(format!("not observed to the end: {error}"));
        }
        let mut said = match (said.is_empty(), self.is_as_expected()) {
            (true, _) => vec!["as expected".into()],
            (false, true) => vec![format!("as expected so far; {}", said.join("; "))],
            (false, false) => said,
        };
        if let Some(why) = self.observed.as_ref().and_then(|observed| observed.unsupported.as_deref()) {
            said.push(format!("not observed: {why}"));
        }
        said.join("; ")
    }
}

impl Set {
    /// These tests.
    pub fn new(tests: Vec<Test>) -> Self {
        Set { schema: SCHEMA.into(), version: VERSION, tests }
    }

    /// As JSON, with a newline at the end.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a set of tests has only string keys");
        text.push('\n');
        text
    }

    /// Whether everything is as the tests have it.
    pub fn is_as_expected(&self) -> bool {
        self.tests.iter().all(Test::is_as_expected)
    }
}
