//! The files that commands read.

use anyhow::{Context as _, Result, bail};
use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

/// Reads a file, or standard input for `-`, and refuses one that is empty: whoever made it has most likely failed to, and
/// an empty text would be a module without anything in it.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let content = read_any(path)?;
    if content.is_empty() {
        bail!("{} is empty", path.display());
    }
    Ok(content)
}

/// Reads a file, or standard input for `-`, whatever is in it.
pub(super) fn read_any(path: &Path) -> Result<Vec<u8>> {
    let read = || match path.as_os_str() == "-" {
        true => {
            let mut content = Vec::new();
            io::stdin().lock().read_to_end(&mut content)?;
            Ok(content)
        }
        false => fs::read(path),
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}
