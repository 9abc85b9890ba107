//! The modules of a script.

use super::fallback;
use super::source::Source;
use super::syntax::{Command, Definition, Directive, Form, Instantiated, Subject};
use lockstep_engines::{Failure, Refusal};
use lockstep_semantics::ProductionSet;
use lockstep_semantics::decode::{Malformed, MalformedKind, Reading, decode_with, widening};
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{Features, Module};
use lockstep_semantics::text::{self, Tokens, strings};
use std::ops::Range;

/// A module of a script.
pub(super) enum Loaded {
    /// It was read from a text.
    Module(Box<Module>),
    /// It is given in bytes.
    Binary(Vec<u8>),
    /// It uses the text of a proposal that is not read here, so that its bytes are made by `wast`.
    ByWast(Vec<u8>, &'static str),
}

/// A listener to the reading of texts, as [`Session::module_read`](lockstep_engines::Session::module_read).
pub(super) type Told<'a> = &'a mut dyn FnMut(&dyn Fn() -> ProductionSet, Option<&Malformed>);

/// Reads a module. Text may use the proposals that are given; for an engine other than the semantics, any.
///
/// # Errors
/// When text is malformed, or uses a proposal that it may not.
pub(super) fn read(
    definition: &Definition<'_>,
    features: Features,
    reference: bool,
    told: Told<'_>,
) -> Result<Loaded, Failure> {
    let Definition { source, form, tokens, place } = definition;
    match form {
        Form::Text => {
            let slice = source.slice(tokens);
            let read = |features| text::read_tokens(source.tokens(), tokens.clone(), features);
            // The script has been divided into tokens as a whole; which productions the part needs is found out again.
            let lexical = || Tokens::new(slice).map_or_else(|_| ProductionSet::new(), |tokens| tokens.productions());
            let mut told = |seen: ProductionSet, e: Option<&Malformed>| told(&|| seen | lexical(), e);
            made(read, slice, features, reference, &mut told).map_err(|e| refused(e, None))
        }
        Form::Binary => Ok(Loaded::Binary(strings_of(source, tokens))),
        Form::Quote => {
            let quoted_text = text::utf8(strings_of(source, tokens)).map_err(|e| refused(e, Some(*place)))?;
            let read = |features| text::read_seen(&quoted_text, features);
            let mut told = |seen: ProductionSet, e: Option<&Malformed>| told(&|| seen, e);
            made(read, &quoted_text, features, reference, &mut told).map_err(|e| refused(e, Some(*place)))
        }
    }
}

/// A module of a script, by itself.
pub struct ScriptModule {
    /// The text that its offsets refer to: that of the script, or the quoted one. None if it is in bytes, or if what is
    /// quoted is not UTF-8.
    pub text: Option<String>,
    /// The module, or why it is none.
    pub module: Result<Module, Malformed>,
    /// Where quoted text or bytes begin in the script, by line and column.
    pub place: Option<(u32, u32)>,
}

/// The module of the directive at a line of a script, with the proposals that it uses as far as they are known.
///
/// # Errors
/// When there is no directive at the line, or it has no module.
pub fn module_at(script: &str, line: u32) -> Result<ScriptModule, String> {
    let source = Source::new(script).map_err(|e| e.to_string())?;
    let directives = super::read::read(&source);
    let within = |directive: &&Directive<'_>| (directive.place.0..=directive.last_line).contains(&line);
    let begins = directives.iter().find(|directive| directive.place.0 == line);
    let directive = begins.or_else(|| directives.iter().find(within));
    let directive = directive.ok_or_else(|| format!("there is no directive at line {line}"))?;
    let definition = match &directive.command {
        Command::Module { module, .. } | Command::AssertRejected { module, .. } => module,
        Command::AssertUnlinkable { module: Instantiated::Module(module), .. } => module,
        Command::AssertReturn { subject: Subject::Instantiation(Instantiated::Module(module)), .. }
        | Command::AssertTrap { subject: Subject::Instantiation(Instantiated::Module(module)), .. } => module,
        _ => return Err(format!("the directive at line {line} has no module: {}", directive.kind())),
    };
    let Definition { tokens, place, form, .. } = definition;
    let bytes = || strings_of(&source, tokens);
    let (text, module) = match form {
        Form::Text => {
            let read = |features| text::read_tokens(source.tokens(), tokens.clone(), features).0;
            (Some(script.to_owned()), widening(Features::STANDARD, read))
        }
        Form::Quote => match text::utf8(bytes()) {
            Ok(quoted) => {
                let module = widening(Features::STANDARD, |features| text::read(&quoted, features));
                (Some(quoted), module)
            }
            Err(error) => (None, Err(error)),
        },
        Form::Binary => {
            let bytes = bytes();
            let read = |features| decode_with(&bytes, Reading { features, ..Reading::default() });
            (None, widening(Features::STANDARD, read))
        }
    };
    let place = (*form != Form::Text).then_some(*place);
    Ok(ScriptModule { text, module, place })
}

/// The modules that a script defines or says to be invalid, in bytes.
pub fn modules(text: &str) -> Vec<Vec<u8>> {
    use super::syntax::Rejection;
    let Ok(source) = Source::new(text) else { return Vec::new() };
    let directives = super::read::read(&source);
    let modules = directives.iter().filter_map(|directive| match &directive.command {
        Command::Module { module, .. } | Command::AssertRejected { how: Rejection::Invalid, module, .. } => {
            Some(module)
        }
        _ => None,
    });
    let bytes = |loaded| match loaded {
        Loaded::Module(module) => encode(&module),
        Loaded::Binary(bytes) | Loaded::ByWast(bytes, _) => bytes,
    };
    modules.filter_map(|module| read(module, Features::STANDARD, true, &mut |_, _| ()).ok().map(bytes)).collect()
}

/// The concatenation of strings.
fn strings_of(source: &Source<'_>, tokens: &Range<usize>) -> Vec<u8> {
    let strings = tokens.clone().filter_map(|i| source.tokens().get(i)).map(|token| source.tokens().source(token));
    strings.fold(Vec::new(), |mut bytes, token| {
        bytes.extend_from_slice(&strings::string(token));
        bytes
    })
}

/// Reads the module of a text. For the semantics it may use the given proposals; for other engines all known ones, and
/// `wast` encodes a text that uses others.
fn made(
    read: impl Fn(Features) -> (Result<Module, Malformed>, ProductionSet),
    text: &str,
    features: Features,
    reference: bool,
    told: &mut dyn FnMut(ProductionSet, Option<&Malformed>),
) -> Result<Loaded, Malformed> {
    let mut seen = ProductionSet::new();
    let mut read = |features| {
        let (result, by) = read(features);
        seen = by;
        result
    };
    let result = if reference { read(features) } else { widening(features, read) };
    match result {
        Err(e @ Malformed { kind: MalformedKind::Unsupported { proposal }, .. }) if !reference => {
            Ok(Loaded::ByWast(fallback::bytes(text).ok_or(e)?, proposal))
        }
        result => {
            told(seen, result.as_ref().err());
            Ok(Loaded::Module(Box::new(result?)))
        }
    }
}

/// A text that is not a module. A place in a quoted text is one in its own lines.
fn refused(error: Malformed, quoted: Option<(u32, u32)>) -> Failure {
    Refusal { error: Box::new(error), quoted }.into()
}
