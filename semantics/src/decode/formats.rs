//! A module in either format: binary (chapter 5) or text (chapter 6).

use super::{Dialect, Malformed, MalformedKind, Reading, Result, decode_with};
use crate::encode::encode_as;
use crate::syntax::{Features, Module};
use crate::text;

/// How a module is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModuleFormat {
    /// In the binary format.
    Binary,
    /// In the text format.
    Text,
    /// In the binary format if it begins like that or is empty, otherwise in the text format.
    #[default]
    Either,
}

impl ModuleFormat {
    /// What the extension of a file says: `.wasm` is binary, `.wat` text.
    pub fn of(path: &std::path::Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => ModuleFormat::Binary,
            Some("wat") => ModuleFormat::Text,
            _ => ModuleFormat::Either,
        }
    }
}

/// Reads a module in the text format; also returns a binary of it. Offsets in the module are those of the text.
///
/// # Errors
/// Where the text is not in the text format of the standard, with line and column.
pub fn decode_text(text: &str) -> Result<(Vec<u8>, Module)> {
    decode_text_with(text, Features::STANDARD)
}

/// [`decode_text`] of a module that may use proposals; the binary is in the dialect of wasm-tools.
///
/// # Errors
/// As for [`decode_text`].
pub fn decode_text_with(text: &str, features: Features) -> Result<(Vec<u8>, Module)> {
    let module = text::read(text, features)?;
    Ok((encode_as(&module, Dialect::WasmTools), module))
}

/// Reads a module in [either format](ModuleFormat::Either). Also returns its binary.
///
/// # Errors
/// As for [`decode`](super::decode()) and [`decode_text`].
pub fn read_module(bytes_or_text: &[u8]) -> Result<(Vec<u8>, Module)> {
    read_module_with(bytes_or_text, Reading::default())
}

/// [`read_module`] with proposals, as far as it uses them: [`Module::features`] says which ones those are.
///
/// # Errors
/// As for [`read_module`].
pub fn read_with_proposals(bytes_or_text: &[u8], format: ModuleFormat, dialect: Dialect) -> Result<(Vec<u8>, Module)> {
    widening(Features::STANDARD, |features| read_as(bytes_or_text, format, Reading { features, dialect }))
}

/// Reads again with each known proposal that what is read turns out to use, besides those that it may use anyway.
///
/// # Errors
/// That of the last attempt.
pub fn widening<T>(mut features: Features, mut read: impl FnMut(Features) -> Result<T>) -> Result<T> {
    loop {
        let result = read(features);
        let Err(Malformed { kind: MalformedKind::Unsupported { proposal }, .. }) = &result else { return result };
        match features.with(proposal) {
            Some(more) if more != features => features = more,
            _ => return result,
        }
    }
}

/// [`read_module`] of a module that may use proposals.
///
/// # Errors
/// As for [`read_module`].
pub fn read_module_with(bytes_or_text: &[u8], reading: Reading) -> Result<(Vec<u8>, Module)> {
    read_as(bytes_or_text, ModuleFormat::Either, reading)
}

fn read_as(bytes_or_text: &[u8], format: ModuleFormat, reading: Reading) -> Result<(Vec<u8>, Module)> {
    let binary = match format {
        ModuleFormat::Binary => true,
        ModuleFormat::Text => false,
        // Nothing at all is no binary module (`Bmagic`), although it is a text of no declarations.
        ModuleFormat::Either => bytes_or_text.is_empty() || bytes_or_text.starts_with(b"\0asm"),
    };
    if binary {
        return Ok((bytes_or_text.to_vec(), decode_with(bytes_or_text, reading)?));
    }
    match std::str::from_utf8(bytes_or_text) {
        Ok(text) => decode_text_with(text, reading.features),
        Err(e) => Err(Malformed::syntax(e.valid_up_to(), "neither a binary module nor UTF-8 text")),
    }
}
