//! Chapters 5 and 6: bytes and text to syntax. (Being written.)

use crate::syntax::Module;

/// Why bytes or text are not a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed module at byte {offset:#x}: {message}")]
pub struct Malformed {
    /// The byte offset in the binary, or in the text.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// Decodes a binary module.
///
/// # Errors
/// Where the bytes are not in the binary format of the standard.
pub fn decode(bytes: &[u8]) -> Result<Module, Malformed> {
    let _ = bytes;
    unimplemented!()
}
