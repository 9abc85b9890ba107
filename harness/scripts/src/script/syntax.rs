//! The syntax of test scripts, as in the grammar of the reference interpreter (github WebAssembly/spec,
//! `interpreter/README.md`, section "Scripts", and `interpreter/text/parser.mly`), with what proposals add.

use super::pattern::{Pattern, Shown};
use super::source::Source;
use lockstep_engines::value::{List, Val};
use lockstep_reports::{DirectiveId, Kind};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A directive: a form at the outermost level of a script, of a thread, or of a script within.
#[derive(Clone)]
pub(super) struct Directive<'a> {
    /// Line and column of its parenthesis.
    pub(super) place: (u32, u32),
    /// The line that it ends on.
    pub(super) last_line: u32,
    /// What it is known by within its script.
    pub(super) id: DirectiveId,
    pub(super) command: Command<'a>,
}

/// A name, without its `$`, or the content of a string.
pub(super) type Name<'a> = Cow<'a, str>;

/// `cmd`
#[derive(Clone)]
pub(super) enum Command<'a> {
    /// `script_module`; one that is no mere definition is instantiated under the same name.
    Module { name: Option<Name<'a>>, module: Definition<'a>, instantiate: bool },
    /// `instance`
    Instance { instance: Option<Name<'a>>, module: Option<Name<'a>> },
    /// `(register …)`
    Register { name: Name<'a>, instance: Option<Name<'a>> },
    /// `action`
    Action(Action<'a>),
    /// `(assert_return …)`
    AssertReturn { subject: Subject<'a>, results: Vec<Pattern> },
    /// `(assert_trap …)`
    AssertTrap { subject: Subject<'a>, message: Name<'a> },
    /// `(assert_exception …)`
    AssertException { subject: Subject<'a> },
    /// `(assert_exhaustion …)`
    AssertExhaustion { action: Action<'a>, message: Name<'a> },
    /// `(assert_unlinkable …)`
    AssertUnlinkable { module: Instantiated<'a>, message: Name<'a> },
    /// `(assert_malformed …)` and the like
    AssertRejected { how: Rejection, module: Definition<'a>, message: Name<'a> },
    /// `(assert_suspension …)`, of the stack-switching proposal, whatever is in it
    AssertSuspension,
    /// `(thread …)`, of the threads proposal
    Thread(Thread<'a>),
    /// `(wait …)`, of the threads proposal
    Wait(Name<'a>),
    /// `(script …)`
    Script { name: Option<Name<'a>>, directives: Vec<Directive<'a>> },
    /// `(input …)`
    Input { name: Option<Name<'a>>, file: Name<'a> },
    /// `(output …)`
    Output { name: Option<Name<'a>>, file: Option<Name<'a>> },
    /// A form that cannot be read.
    Unread(Unread<'a>),
    /// A script that is no text, or cannot be read at all.
    NoScript,
}

/// In which way a module should be rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    Malformed,
    MalformedCustom,
    Invalid,
    InvalidCustom,
}

/// `action`
#[derive(Clone)]
pub(super) enum Action<'a> {
    Invoke { instance: Option<Name<'a>>, name: Name<'a>, args: Vec<Val> },
    Get { instance: Option<Name<'a>>, name: Name<'a> },
}

impl<'a> Action<'a> {
    /// The export that it is about.
    pub(super) fn export(&self) -> &Name<'a> {
        let (Action::Invoke { name, .. } | Action::Get { name, .. }) = self;
        name
    }

    /// The instance whose export it is.
    pub(super) fn instance(&self) -> Option<&Name<'a>> {
        let (Action::Invoke { instance, .. } | Action::Get { instance, .. }) = self;
        instance.as_ref()
    }
}

/// `script_instance`
#[derive(Clone)]
pub(super) enum Instantiated<'a> {
    /// A module that is defined for the purpose.
    Module(Definition<'a>),
    /// A module that is there.
    Named(Option<Name<'a>>),
}

/// The subject of an assertion.
#[derive(Clone)]
pub(super) enum Subject<'a> {
    Action(Action<'a>),
    Instantiation(Instantiated<'a>),
}

/// A module, not yet read.
#[derive(Clone)]
pub(super) struct Definition<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) form: Form,
    /// A whole `(module …)` or the fields of one; of the other forms, the strings.
    pub(super) tokens: Range<usize>,
    /// Line and column of the word `binary` or `quote`, otherwise of the parenthesis.
    pub(super) place: (u32, u32),
}

/// How a module is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Binary,
    Quote,
}

/// `(thread $name (shared (module $shared))? cmd*)`
#[derive(Clone)]
pub(super) struct Thread<'a> {
    pub(super) name: Name<'a>,
    pub(super) shared: Option<Name<'a>>,
    pub(super) directives: Vec<Directive<'a>>,
}

/// Why a form is no directive.
#[derive(Clone)]
pub(super) struct Unread<'a> {
    /// Where it goes wrong.
    pub(super) place: (u32, u32),
    pub(super) message: String,
    /// The proposal that has such a form, if one is known.
    pub(super) proposal: Option<&'static str>,
    /// The name that it would have defined, if it defines anything.
    pub(super) defines: Option<Option<Name<'a>>>,
}

impl<'a> Directive<'a> {
    /// What stands for a whole script that cannot be read.
    pub(super) fn no_script(place: (u32, u32), text: &[u8]) -> Directive<'a> {
        let id = DirectiveId { content: content([text]), ordinal: 1 };
        Directive { place, last_line: place.0, id, command: Command::NoScript }
    }
}

/// The content of a directive, by its tokens: see [`DirectiveId`].
pub(super) fn content<'t>(tokens: impl IntoIterator<Item = &'t [u8]>) -> u64 {
    let mut hash = Sha256::new();
    for token in tokens {
        hash.update(token);
        hash.update(b"\n");
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest[..6].iter().fold(0, |content, &byte| content << 8 | u64::from(byte))
}

impl Directive<'_> {
    /// Its kind.
    pub(super) fn kind(&self) -> Kind {
        match &self.command {
            Command::Module { instantiate: true, .. } => Kind::Module,
            Command::Module { .. } => Kind::ModuleDefinition,
            Command::Instance { .. } => Kind::ModuleInstance,
            Command::Register { .. } => Kind::Register,
            Command::Action(Action::Invoke { .. }) => Kind::Invoke,
            Command::Action(Action::Get { .. }) => Kind::Get,
            Command::AssertReturn { .. } => Kind::AssertReturn,
            Command::AssertTrap { .. } => Kind::AssertTrap,
            Command::AssertException { .. } => Kind::AssertException,
            Command::AssertExhaustion { .. } => Kind::AssertExhaustion,
            Command::AssertUnlinkable { .. } => Kind::AssertUnlinkable,
            Command::AssertRejected { how, .. } => match how {
                Rejection::Malformed => Kind::AssertMalformed,
                Rejection::MalformedCustom => Kind::AssertMalformedCustom,
                Rejection::Invalid => Kind::AssertInvalid,
                Rejection::InvalidCustom => Kind::AssertInvalidCustom,
            },
            Command::AssertSuspension => Kind::AssertSuspension,
            Command::Thread(_) => Kind::Thread,
            Command::Wait(_) => Kind::Wait,
            Command::Input { .. } => Kind::Input,
            Command::Output { .. } => Kind::Output,
            Command::Script { .. } | Command::Unread(_) | Command::NoScript => Kind::Script,
        }
    }

    /// Its expectation, in words.
    pub(super) fn expected(&self) -> String {
        match &self.command {
            Command::Module { instantiate: true, .. } => "a valid module and its instance".into(),
            Command::Module { .. } => "a valid module".into(),
            Command::Instance { .. } => "an instance".into(),
            Command::Register { name, .. } => format!("an instance to register as {name:?}"),
            Command::Action(action) => format!("{action} to return"),
            Command::AssertReturn { subject, results } => {
                let results: Vec<Shown<'_>> = results.iter().map(Shown).collect();
                format!("{} from {subject}", List(&results))
            }
            Command::AssertTrap { subject, message } => format!("trap: {message}, from {subject}"),
            Command::AssertException { subject } => format!("an uncaught exception from {subject}"),
            Command::AssertExhaustion { action, message } => format!("{message}, from {action}"),
            Command::AssertUnlinkable { message, .. } => format!("a link error: {message}"),
            Command::AssertRejected { how, message, .. } => match how {
                Rejection::Malformed => format!("a malformed module: {message}"),
                Rejection::MalformedCustom => format!("a malformed custom section: {message}"),
                Rejection::Invalid => format!("an invalid module: {message}"),
                Rejection::InvalidCustom => format!("an invalid custom section: {message}"),
            },
            Command::AssertSuspension => "a suspension".into(),
            Command::Thread(thread) => format!("a thread ${}", thread.name),
            Command::Wait(name) => format!("the end of the thread ${name}"),
            Command::Script { .. } => "a script that passes".into(),
            Command::Input { file, .. } => format!("a file {file:?} that passes"),
            Command::Output { file: None, .. } => "a module to print".into(),
            Command::Output { file: Some(file), .. } => format!("something to write to {file:?}"),
            Command::Unread(_) => "a directive".into(),
            Command::NoScript => "a script".into(),
        }
    }

    /// The call that it is about.
    pub(super) fn action(&self) -> Option<&Action<'_>> {
        match &self.command {
            Command::Action(action)
            | Command::AssertExhaustion { action, .. }
            | Command::AssertReturn { subject: Subject::Action(action), .. }
            | Command::AssertTrap { subject: Subject::Action(action), .. }
            | Command::AssertException { subject: Subject::Action(action) } => Some(action),
            _ => None,
        }
    }
}

impl fmt::Display for Action<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Invoke { name, .. } => write!(f, "{name:?}"),
            Action::Get { name, .. } => write!(f, "global {name:?}"),
        }
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Action(action) => action.fmt(f),
            Subject::Instantiation(_) => f.write_str("an instantiation"),
        }
    }
}
