//! The modules of a script, as bytes for engines.

use super::fallback;
use super::source::Source;
use super::syntax::{Definition, Form};
use crate::engine::End;
use lockstep_semantics::decode::{Dialect, Malformed, MalformedKind};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::{Features, Module};
use lockstep_semantics::text::{self, strings};
use std::ops::Range;

/// A module in bytes.
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    /// The proposal whose text is not read here, so that the bytes are made by `wast`.
    pub(super) by_wast: Option<&'static str>,
}

/// The bytes of a module. Text may use the proposals that are given; for an engine other than the semantics, any.
///
/// # Errors
/// When text is malformed, or uses a proposal that it may not.
pub(super) fn bytes(definition: &Definition<'_>, features: Features, reference: bool) -> Result<Bytes, End> {
    let Definition { source, form, tokens, place } = definition;
    match form {
        Form::Text => {
            let read = |features| text::read_tokens(source.tokens(), tokens.clone(), features).0;
            made(read, || source.slice(tokens), features, reference).map_err(|e| end(&e, None))
        }
        Form::Binary => Ok(Bytes { bytes: strings_of(source, tokens), by_wast: None }),
        Form::Quote => {
            let quoted_text = String::from_utf8(strings_of(source, tokens)).map_err(|e| {
                let valid = e.utf8_error().valid_up_to();
                End::Malformed(format!("malformed UTF-8 encoding, at byte {valid} of {}", quoted(*place)))
            })?;
            let read = |features| text::read(&quoted_text, features);
            made(read, || &quoted_text, features, reference).map_err(|e| end(&e, Some(*place)))
        }
    }
}

/// The modules that a script defines or says to be invalid, in bytes.
#[cfg(test)]
pub(crate) fn modules(text: &str) -> Vec<Vec<u8>> {
    use super::syntax::{Command, Rejection};
    let Ok(source) = Source::new(text) else { return Vec::new() };
    let directives = super::read::read(&source);
    let modules = directives.iter().filter_map(|directive| match &directive.command {
        Command::Module { module, .. } | Command::AssertRejected { how: Rejection::Invalid, module, .. } => {
            Some(module)
        }
        _ => None,
    });
    modules.filter_map(|module| Some(bytes(module, Features::STANDARD, true).ok()?.bytes)).collect()
}

/// What strings have between them.
fn strings_of(source: &Source<'_>, tokens: &Range<usize>) -> Vec<u8> {
    let strings = tokens.clone().filter_map(|i| source.tokens().get(i)).map(|token| source.tokens().source(token));
    strings.fold(Vec::new(), |mut bytes, token| {
        bytes.extend_from_slice(&strings::string(token));
        bytes
    })
}

fn made<'t>(
    read: impl Fn(Features) -> Result<Module, Malformed>,
    text: impl FnOnce() -> &'t str,
    mut features: Features,
    reference: bool,
) -> Result<Bytes, Malformed> {
    loop {
        let e = match read(features) {
            Ok(module) => return Ok(Bytes { bytes: encode_as(&module, Dialect::WasmTools), by_wast: None }),
            Err(e) => e,
        };
        let MalformedKind::Unsupported { proposal } = e.kind else { return Err(e) };
        match features.with(proposal) {
            _ if reference => return Err(e),
            Some(more) if more != features => features = more,
            _ => {
                let bytes = fallback::bytes(text()).ok_or(e)?;
                return Ok(Bytes { bytes, by_wast: Some(proposal) });
            }
        }
    }
}

/// A text that is not a module, for people. A place in a quoted text is one in its own lines.
fn end(e: &Malformed, quote: Option<(u32, u32)>) -> End {
    let Malformed { message, kind, line, .. } = e;
    let place = match line {
        Some((line, column)) => format!(" at {line}:{column}"),
        None => String::new(),
    };
    let of = quote.map_or_else(String::new, |place| format!(" of {}", quoted(place)));
    let text = format!("malformed text{place}{of}: {message}");
    match kind {
        MalformedKind::Syntax => End::Malformed(text),
        MalformedKind::Limit => End::Limit(text),
        MalformedKind::Unsupported { proposal } => End::Proposal(format!("{text} (proposal: {proposal})")),
    }
}

fn quoted((line, column): (u32, u32)) -> String {
    format!("the text quoted at {line}:{column}")
}
