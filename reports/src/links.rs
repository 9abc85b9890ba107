//! Where readers of a report find what it names: scripts, rules and the book.

use crate::{Cause, Report};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// The addresses that pages link to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// An address to which the names of scripts are added, such as
    /// `https://github.com/OWNER/REPO/blob/SHA/tests/`. Where it ends in the folder that a name begins with, that folder
    /// is not repeated.
    pub source: Option<String>,
    /// The addresses of the scripts of the official suite, by the digest of their content. They are used where there is no
    /// `source`.
    pub official: BTreeMap<String, String>,
    /// The address of the book that `lockstep book` writes.
    pub book: Option<String>,
}

impl Links {
    /// The address of a script by its name and the digest of its content, if one is known.
    pub fn script(&self, name: &str, digest: &str) -> Option<String> {
        let Some(source) = &self.source else { return self.official.get(digest).cloned() };
        let base = source.trim_end_matches('/');
        let path = match name.split_once('/') {
            Some((folder, rest)) if base.rsplit('/').next() == Some(folder) => rest,
            _ => name,
        };
        Some(format!("{base}/{}", encode(path)))
    }

    /// The address of a rule in the book, if it is known.
    pub fn book(&self, cause: &Cause) -> Option<String> {
        let (base, page) = (self.book.as_ref()?, cause.book.as_ref()?);
        web(&format!("{}/{page}", base.trim_end_matches('/'))).map(str::to_owned)
    }

    /// The same for the scripts of a report.
    pub(crate) fn of<'r>(&'r self, report: &'r Report) -> Places<'r> {
        let digests = report.files.iter().map(|file| (file.name.as_str(), file.digest.as_str())).collect();
        Places { links: self, digests }
    }
}

/// The places of a report.
pub(crate) struct Places<'r> {
    pub(crate) links: &'r Links,
    digests: HashMap<&'r str, &'r str>,
}

impl Places<'_> {
    /// The address of a line of a script.
    pub(crate) fn line(&self, file: &str, line: u32) -> Option<String> {
        let digest = self.digests.get(file).copied().unwrap_or_default();
        Some(format!("{}#L{line}", self.links.script(file, digest)?))
    }
}

/// An address in the web, and nothing for other texts: a report may come from anywhere, and `javascript:` is no address of
/// a page.
pub(crate) fn web(address: &str) -> Option<&str> {
    let known = address.starts_with("https://") || address.starts_with("http://");
    (known && !address.contains(|c: char| c.is_whitespace() || c.is_control())).then_some(address)
}

/// A path within an address.
pub(crate) fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts() {
        let official = BTreeMap::from([("d1".to_owned(), "https://example.org/spec/a.wast".to_owned())]);
        let mut links = Links { official, ..Links::default() };
        assert_eq!(links.script("core/a.wast", "d1").as_deref(), Some("https://example.org/spec/a.wast"));
        assert_eq!(links.script("core/a.wast", "d2"), None);
        links.source = Some("https://example.org/blob/1/tests/".into());
        for (name, want) in [("tests/gc/a b.wast", "tests/gc/a%20b.wast"), ("core/a.wast", "tests/core/a.wast")] {
            assert_eq!(links.script(name, "d1"), Some(format!("https://example.org/blob/1/{want}")));
        }
    }

    #[test]
    fn only_addresses_in_the_web() {
        assert_eq!(web("https://example.org/#a"), Some("https://example.org/#a"));
        for not in ["javascript:alert(1)", " https://example.org", "https://a b", "data:text/html,", ""] {
            assert_eq!(web(not), None, "{not}");
        }
    }
}
