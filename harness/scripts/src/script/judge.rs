//! What came of a directive, held against what it expects.

use super::pattern::Pattern;
use super::syntax::{Command, Directive, Subject};
use lockstep_engines::message::{Event, Messages};
use lockstep_engines::value::List;
use lockstep_engines::{Answer, Failure, Resource};
use lockstep_reports::{Cause, Finding, Verdict};
use lockstep_semantics::execution::TrapClass;

/// What came instead of what was expected.
pub(super) struct Mismatch {
    pub(super) verdict: Verdict,
    pub(super) text: String,
    /// What the semantics says of the failure, if it is one.
    pub(super) cause: Box<Cause>,
    /// The feature that the engine lacks.
    pub(super) feature: Option<String>,
    /// Line and column of the directive that this one hangs on.
    pub(super) root: Option<(u32, u32)>,
}

impl Mismatch {
    fn new(verdict: Verdict, text: String) -> Self {
        Mismatch { verdict, text, cause: Box::default(), feature: None, root: None }
    }

    pub(super) fn fail(text: impl Into<String>) -> Self {
        Mismatch::new(Verdict::Fail, text.into())
    }

    pub(super) fn unsupported(text: impl Into<String>) -> Self {
        Mismatch::new(Verdict::Unsupported, text.into())
    }

    pub(super) fn crash(text: String) -> Self {
        Mismatch::new(Verdict::Crash, text)
    }

    /// The finding on a directive of a script, by the path and the name of the script. What it hangs on is not known yet.
    pub(super) fn finding(self, directive: &Directive<'_>, path: &str, name: &str) -> Finding {
        let (line, column) = directive.place;
        Finding {
            file: name.into(),
            path: path.into(),
            line,
            column,
            id: directive.id,
            directive: directive.kind(),
            verdict: self.verdict,
            expected: directive.expected(),
            got: self.text,
            semantics: None,
            cause: *self.cause,
            feature: self.feature,
            root: None,
            known: None,
        }
    }
}

impl From<Failure> for Mismatch {
    fn from(end: Failure) -> Self {
        let root = match end {
            Failure::Missing { root, .. } => Some(root),
            _ => None,
        };
        let (cause, feature) = (Box::new(end.cause()), end.feature().map(str::to_owned));
        Mismatch { verdict: end.verdict(), text: end.to_string(), cause, feature, root }
    }
}

/// Holds what came of a call or an instantiation against what a directive expects.
pub(super) fn judge(directive: &Directive<'_>, got: Answer, messages: &Messages) -> Result<(), Mismatch> {
    match &directive.command {
        Command::AssertReturn { results, .. } => returned(got, results),
        Command::AssertTrap { subject, message } => trapped(got, message, subject, messages),
        Command::AssertException { .. } => match got {
            Err(Failure::Exception(_)) => Ok(()),
            other => Err(instead(other)),
        },
        Command::AssertExhaustion { message, .. } => match got {
            Err(end @ Failure::Exhausted(Resource::Stack | Resource::Memory)) => {
                told(&end, message, messages.fit(message, Event::Exhaustion), messages)
            }
            other => Err(instead(other)),
        },
        Command::AssertUnlinkable { message, .. } => match got {
            Err(end @ Failure::Unlinkable(link, _)) => {
                told(&end, message, messages.fit(message, Event::Link(link)), messages)
            }
            Ok(_) => Err(Mismatch::fail("an instance")),
            Err(end) => Err(end.into()),
        },
        _ => got.map(drop).map_err(Mismatch::from),
    }
}

/// Holds values against results.
fn returned(got: Answer, results: &[Pattern]) -> Result<(), Mismatch> {
    let vals = got?;
    if vals.len() == results.len() && results.iter().zip(&vals).all(|(pattern, val)| pattern.matches(*val)) {
        return Ok(());
    }
    if vals.len() != results.len() {
        return Err(Mismatch::fail(List(&vals).to_string()));
    }
    let vals: Vec<String> = results.iter().zip(&vals).map(|(pattern, val)| pattern.alike(*val)).collect();
    Err(Mismatch::fail(List(&vals).to_string()))
}

/// Holds an end against the text of a trap.
fn trapped(got: Answer, message: &str, subject: &Subject<'_>, messages: &Messages) -> Result<(), Mismatch> {
    let fits = |class: &TrapClass| messages.fit(message, Event::Trap(*class));
    match got {
        Err(failure @ Failure::Trap(Some(class), _)) => told(&failure, message, fits(&class), messages),
        Err(ref failure @ Failure::TrapAmong(ref among, _)) => told(failure, message, among.iter().any(fits), messages),
        // Every text begins with the empty one.
        Err(Failure::Trap(None, _)) if message.is_empty() => Ok(()),
        Err(Failure::Trap(None, text)) => Err(Mismatch::fail(format!("a trap of unknown class: {text}"))),
        // In an instantiation, a trap or an exception.
        Err(end @ Failure::Exception(_)) if matches!(subject, Subject::Instantiation(_)) => {
            told(&end, message, messages.fit(message, Event::Exception), messages)
        }
        other => Err(instead(other)),
    }
}

/// The right kind of end; whether its message begins with the text that is expected.
fn told(got: &Failure, message: &str, fits: bool, messages: &Messages) -> Result<(), Mismatch> {
    let text = match fits {
        true => return Ok(()),
        false if messages.know(message) => got.to_string(),
        false => format!("{got}, but no message is known that begins with {message:?}"),
    };
    Err(Mismatch { cause: Box::new(got.cause()), ..Mismatch::fail(text) })
}

/// Something else than was expected.
fn instead(got: Answer) -> Mismatch {
    match got {
        Ok(vals) => Mismatch::fail(List(&vals).to_string()),
        Err(end) => end.into(),
    }
}
