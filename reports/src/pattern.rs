//! Patterns for the names of scripts.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A pattern for the names of scripts: a text without `*`, `?` and `[` is a part of the name; otherwise it is a glob
/// pattern, and matches the whole name, or as much of its end as begins with a folder or the file name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    glob: Option<glob::Pattern>,
}

impl Pattern {
    /// Whether it matches a name.
    pub fn matches(&self, name: &str) -> bool {
        match &self.glob {
            None => name.contains(&self.text),
            Some(pattern) => ends(name).any(|end| pattern.matches(end)),
        }
    }

    /// Whether it stands for this script: a glob pattern as in [`Pattern::matches`], and a text for the name itself, or as
    /// much of its end as begins with a folder or the file name.
    pub fn names(&self, name: &str) -> bool {
        match &self.glob {
            None => ends(name).any(|end| end == self.text),
            Some(_) => self.matches(name),
        }
    }
}

/// A name, and all ends of it that begin with a folder or the file name.
fn ends(name: &str) -> impl Iterator<Item = &str> {
    std::iter::once(name).chain(name.match_indices('/').map(|(i, _)| &name[i + 1..]))
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an empty pattern".into());
        }
        let glob = match text.contains(['*', '?', '[']) {
            true => Some(glob::Pattern::new(text).map_err(|e| format!("`{text}` is not a glob pattern: {e}"))?),
            false => None,
        };
        Ok(Pattern { text: text.to_owned(), glob })
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let pattern = |text: &str| text.parse::<Pattern>().unwrap();
        let matches = |text: &str, path: &str| pattern(text).matches(path);
        assert!(matches("gc", "core/gc/struct.wast"));
        assert!(!matches("gc/x", "core/gc/struct.wast"));
        assert!(matches("*/gc/*", "core/gc/struct.wast"));
        assert!(matches("gc/*.wast", "core/gc/struct.wast"));
        assert!(matches("i[36]?.wast", "core/i32.wast"));
        assert!(!matches("i3?", "core/i32.wast"));
        for wrong in ["[", ""] {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
        assert!(pattern("gc/struct.wast").names("core/gc/struct.wast"));
        assert!(pattern("struct.wast").names("core/gc/struct.wast"));
        assert!(!pattern("ruct.wast").names("core/gc/struct.wast"));
    }
}
