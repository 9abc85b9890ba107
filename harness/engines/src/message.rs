//! The meanings of the texts in assertions.
//!
//! Scripts name traps, link errors and exhaustion by the messages of the reference interpreter, which demands that the
//! text of a script begin its own message (`assert_message` in `interpreter/script/runner.ml`). No engine has the same
//! messages, and they are no part of the standard. So events are identified by class, and the text of a script must
//! begin one of the messages of that class. Texts of other projects can be declared to mean the same.

use crate::Link;
use lockstep_semantics::execution::TrapClass;
use std::str::FromStr;

/// An event that a text can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A trap.
    Trap(TrapClass),
    /// A link error.
    Link(Link),
    /// Exhaustion of the call stack or another resource.
    Exhaustion,
    /// An exception that nobody caught, where a trap would do as well.
    Exception,
}

/// A message of the reference interpreter.
struct Message {
    text: &'static str,
    /// Whether it continues with details that only the interpreter knows, such as an index.
    more: bool,
    event: Event,
}

const fn whole(text: &'static str, event: Event) -> Message {
    Message { text, more: false, event }
}

const fn begun(text: &'static str, event: Event) -> Message {
    Message { text, more: true, event }
}

use TrapClass as T;

/// The messages. A class can have several.
const MESSAGES: [Message; 24] = [
    whole("unreachable executed", Event::Trap(T::Unreachable)),
    whole("unreachable", Event::Trap(T::Unreachable)),
    whole("integer divide by zero", Event::Trap(T::DivisionByZero)),
    whole("integer overflow", Event::Trap(T::IntegerOverflow)),
    whole("invalid conversion to integer", Event::Trap(T::InvalidConversion)),
    whole("out of bounds memory access", Event::Trap(T::MemoryOutOfBounds)),
    whole("out of bounds table access", Event::Trap(T::TableOutOfBounds)),
    begun("undefined element", Event::Trap(T::TableOutOfBounds)),
    whole("out of bounds array access", Event::Trap(T::ArrayOutOfBounds)),
    whole("null reference", Event::Trap(T::NullReference)),
    whole("null function reference", Event::Trap(T::NullReference)),
    whole("null structure reference", Event::Trap(T::NullReference)),
    whole("null array reference", Event::Trap(T::NullReference)),
    whole("null i31 reference", Event::Trap(T::NullReference)),
    whole("null exception reference", Event::Trap(T::NullReference)),
    // `call_indirect` on a null reference is `table.get`, a cast to a nullable type, and `call_ref`, which traps.
    begun("uninitialized element", Event::Trap(T::NullReference)),
    begun("cast failure", Event::Trap(T::CastFailure)),
    begun("indirect call type mismatch", Event::Trap(T::CastFailure)),
    // Of the threads proposal.
    whole("unaligned atomic", Event::Trap(T::UnalignedAtomic)),
    whole("expected shared memory", Event::Trap(T::ExpectedShared)),
    begun("unknown import", Event::Link(Link::Unknown)),
    begun("incompatible import type", Event::Link(Link::Incompatible)),
    whole("call stack exhausted", Event::Exhaustion),
    begun("uncaught exception", Event::Exception),
];

impl Message {
    /// Whether a text begins the message.
    fn begins_with(&self, text: &str) -> bool {
        let goes_on = || text.strip_prefix(self.text).is_some_and(|rest| rest.starts_with([' ', ',']));
        self.text.starts_with(text) || self.more && goes_on()
    }
}

/// The events that a text can stand for; none when it is unknown.
pub fn events(text: &str) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for message in MESSAGES.iter().filter(|message| message.begins_with(text)) {
        if !events.contains(&message.event) {
            events.push(message.event);
        }
    }
    events
}

/// The texts of a class of traps.
pub fn texts(class: TrapClass) -> impl Iterator<Item = &'static str> {
    MESSAGES.iter().filter(move |message| message.event == Event::Trap(class)).map(|message| message.text)
}

/// A declaration that a text of another project means the same as one known here: `theirs = ours`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    theirs: String,
    events: Vec<Event>,
}

impl Declaration {
    /// Theirs means the same as ours: the beginning of a known message; where there is no such message, a part of one.
    ///
    /// # Errors
    /// When one of them is empty, or ours is in no message.
    pub fn new(theirs: &str, ours: &str) -> Result<Self, String> {
        if theirs.is_empty() || ours.is_empty() {
            return Err("there should be a text for both theirs and ours".into());
        }
        let mut events = events(ours);
        if events.is_empty() {
            events =
                MESSAGES.iter().filter(|message| message.text.contains(ours)).map(|message| message.event).collect();
        }
        if events.is_empty() {
            let known: Vec<&str> = MESSAGES.iter().map(|message| message.text).collect();
            return Err(format!("{ours:?} is none of the texts that are known here: {}", known.join(", ")));
        }
        Ok(Declaration { theirs: theirs.into(), events })
    }
}

impl FromStr for Declaration {
    type Err = String;

    /// `theirs = ours`; see [`Declaration::new`].
    fn from_str(text: &str) -> Result<Self, String> {
        let (theirs, ours) = text.split_once('=').ok_or("this should be 'their text = our text'")?;
        Declaration::new(theirs.trim(), ours.trim())
    }
}

/// All messages: those of the reference interpreter, and those that are declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    declared: Vec<Declaration>,
}

impl Messages {
    /// Those of the reference interpreter, and these.
    pub fn new(declared: Vec<Declaration>) -> Self {
        Messages { declared }
    }

    /// Whether a text stands for an event.
    pub fn fit(&self, text: &str, event: Event) -> bool {
        let declared = |one: &Declaration| one.theirs.starts_with(text) && one.events.contains(&event);
        MESSAGES.iter().any(|message| message.event == event && message.begins_with(text))
            || self.declared.iter().any(declared)
    }

    /// Whether a text stands for anything.
    pub fn know(&self, text: &str) -> bool {
        self.declared.iter().any(|one| one.theirs.starts_with(text)) || !events(text).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_begin_messages() {
        let trap = Event::Trap;
        assert_eq!(events("unreachable"), [trap(T::Unreachable)]);
        assert_eq!(events("unreachable executed"), [trap(T::Unreachable)]);
        assert_eq!(events("unreach"), [trap(T::Unreachable)]);
        assert_eq!(events("uninitialized element 2"), [trap(T::NullReference)]);
        assert_eq!(events("undefined"), [trap(T::TableOutOfBounds)]);
        assert_eq!(
            events("out of bounds"),
            [trap(T::MemoryOutOfBounds), trap(T::TableOutOfBounds), trap(T::ArrayOutOfBounds)]
        );
        for unknown in ["no such text", "unreachable code", "integer overflow here", "unreachables", "reachable"] {
            assert_eq!(events(unknown), [], "{unknown}");
        }
        assert_eq!(events("unknown import"), [Event::Link(Link::Unknown)]);
        assert_eq!(events("unknown"), [Event::Link(Link::Unknown)]);
        assert_eq!(events("incompatible import type for x"), [Event::Link(Link::Incompatible)]);
        assert!(MESSAGES.iter().all(|message| Messages::default().fit("", message.event)));
    }

    #[test]
    fn every_class_has_its_own_text() {
        for message in MESSAGES {
            if let Event::Trap(class) = message.event {
                assert!(Messages::default().fit(class.text(), message.event), "{class:?}");
            }
        }
    }

    #[test]
    fn texts_of_others() {
        let messages = Messages::new(vec!["stack overflow = call stack exhausted".parse().unwrap()]);
        assert!(messages.fit("stack overflow", Event::Exhaustion));
        assert!(messages.fit("stack", Event::Exhaustion));
        assert!(messages.fit("call stack", Event::Exhaustion));
        assert!(!messages.fit("stack overflow", Event::Trap(T::Unreachable)));
        let division: Declaration = "division by zero = divide by zero".parse().unwrap();
        assert_eq!(division.events, [Event::Trap(T::DivisionByZero)]);
        for wrong in ["", "a", "a =", "= unreachable", "a = no such text"] {
            assert!(wrong.parse::<Declaration>().is_err(), "{wrong}");
        }
    }
}
