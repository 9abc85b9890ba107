//! What came of a directive, held against what it expects.

use super::pattern::Pattern;
use super::syntax::{Command, Directive, Subject};
use lockstep_engines::message::{Event, Messages};
use lockstep_engines::value::{List, Val};
use lockstep_engines::{End, Resource};
use lockstep_reports::Verdict;
use lockstep_semantics::execution::TrapClass;

/// What came instead of what was expected.
pub(super) struct Got {
    pub(super) verdict: Verdict,
    pub(super) text: String,
}

impl Got {
    pub(super) fn fail(text: impl Into<String>) -> Self {
        Got { verdict: Verdict::Fail, text: text.into() }
    }

    pub(super) fn unsupported(text: impl Into<String>) -> Self {
        Got { verdict: Verdict::Unsupported, text: text.into() }
    }

    pub(super) fn crash(text: String) -> Self {
        Got { verdict: Verdict::Crash, text }
    }
}

impl From<End> for Got {
    fn from(end: End) -> Self {
        Got { verdict: end.verdict(), text: end.to_string() }
    }
}

/// Holds what came of a call or an instantiation against what a directive expects.
pub(super) fn judge(directive: &Directive<'_>, got: Result<Vec<Val>, End>, messages: &Messages) -> Result<(), Got> {
    match &directive.command {
        Command::AssertReturn { results, .. } => returned(got, results),
        Command::AssertTrap { subject, message } => trapped(got, message, subject, messages),
        Command::AssertException { .. } => match got {
            Err(End::Exception(_)) => Ok(()),
            other => Err(instead(other)),
        },
        Command::AssertExhaustion { message, .. } => match got {
            Err(end @ End::Exhausted(Resource::Stack | Resource::Memory)) => {
                told(&end.to_string(), message, messages.fit(message, Event::Exhaustion), messages)
            }
            other => Err(instead(other)),
        },
        Command::AssertUnlinkable { message, .. } => match got {
            Err(End::Unlinkable(link, why)) => {
                let text = End::Unlinkable(link, why).to_string();
                told(&text, message, messages.fit(message, Event::Link(link)), messages)
            }
            Ok(_) => Err(Got::fail("an instance")),
            Err(end) => Err(end.into()),
        },
        _ => got.map(drop).map_err(Got::from),
    }
}

/// Holds values against results.
fn returned(got: Result<Vec<Val>, End>, results: &[Pattern]) -> Result<(), Got> {
    let vals = got?;
    if vals.len() == results.len() && results.iter().zip(&vals).all(|(pattern, val)| pattern.matches(*val)) {
        return Ok(());
    }
    if vals.len() != results.len() {
        return Err(Got::fail(List(&vals).to_string()));
    }
    let vals: Vec<String> = results.iter().zip(&vals).map(|(pattern, val)| pattern.alike(*val)).collect();
    Err(Got::fail(List(&vals).to_string()))
}

/// Holds an end against the text of a trap.
fn trapped(got: Result<Vec<Val>, End>, message: &str, subject: &Subject<'_>, messages: &Messages) -> Result<(), Got> {
    let fits = |class: &TrapClass| messages.fit(message, Event::Trap(*class));
    match got {
        Err(End::Trap(Some(class), text)) => told(&format!("trap: {text}"), message, fits(&class), messages),
        Err(End::TrapAmong(among, text)) => told(&format!("trap: {text}"), message, among.iter().any(fits), messages),
        // Every text begins with the empty one.
        Err(End::Trap(None, _)) if message.is_empty() => Ok(()),
        Err(End::Trap(None, text)) => Err(Got::fail(format!("a trap of unknown class: {text}"))),
        // In an instantiation, a trap or an exception.
        Err(end @ End::Exception(_)) if matches!(subject, Subject::Instantiation(_)) => {
            told(&end.to_string(), message, messages.fit(message, Event::Exception), messages)
        }
        other => Err(instead(other)),
    }
}

/// The right kind of end; whether its message begins with the text that is expected.
fn told(got: &str, message: &str, fits: bool, messages: &Messages) -> Result<(), Got> {
    match fits {
        true => Ok(()),
        false if messages.know(message) => Err(Got::fail(got)),
        false => Err(Got::fail(format!("{got}, but no message is known that begins with {message:?}"))),
    }
}

/// Something else than was expected.
fn instead(got: Result<Vec<Val>, End>) -> Got {
    match got {
        Ok(vals) => Got::fail(List(&vals).to_string()),
        Err(end) => end.into(),
    }
}
