//! Compares the catalogue with a checkout of the standard: lists the changes of rules since the pin.
//!
//! The sources are `specification/wasm-3.0/*.spectec`; those that begin with `X.` are examples for the chapter on notation
//! and are left out. Compared is a [`Table`] of names, places and fingerprints: the one that the catalogue was written
//! from is part of `lockstep-spec`.

mod spectec;
mod table;

pub use spectec::SourceRule;
pub use table::{Entry, Table, TableError};

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;

/// Where the sources are in a checkout.
const FOLDER: &str = "specification/wasm-3.0";

/// Why there are no rules to compare with.
#[derive(Debug, Error)]
pub enum SourcesError {
    /// Something is not accessible.
    #[error("{}: {error}", path.display())]
    Access {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The folder is no checkout, or of another layout.
    #[error("{}: not a checkout of WebAssembly/spec as Lockstep knows it: there is no {FOLDER}/*.spectec{hint}", path.display())]
    Layout {
        /// The folder.
        path: PathBuf,
        /// The content found instead, if that helps.
        hint: String,
    },
    /// The sources have no rules.
    #[error("{}: no rules in {files} SpecTec files: is their syntax another one?", path.display())]
    NoRules {
        /// The folder.
        path: PathBuf,
        /// How many files there are.
        files: usize,
    },
}

/// The rules of a checkout, or of the folder of the sources itself, in the order of the standard.
///
/// # Errors
/// When there is no such folder, its layout is another one, or there are no rules in it.
pub fn sources(dir: &Path) -> Result<Vec<SourceRule>, SourcesError> {
    let access = |path: &Path| {
        let path = path.to_owned();
        move |error| SourcesError::Access { path, error }
    };
    let mut files = spectec_files(dir).map_err(access(dir))?;
    if files.is_empty() {
        let folder = dir.join(FOLDER);
        if folder.is_dir() {
            files = spectec_files(&folder).map_err(access(&folder))?;
        }
    }
    if files.is_empty() {
        return Err(SourcesError::Layout { path: dir.to_owned(), hint: hint(dir) });
    }
    let mut rules = Vec::new();
    for (name, path) in &files {
        rules.extend(spectec::rules(name, &fs::read_to_string(path).map_err(access(path))?));
    }
    if rules.is_empty() {
        return Err(SourcesError::NoRules { path: dir.to_owned(), files: files.len() });
    }
    Ok(rules)
}

/// The SpecTec files of a folder by name, but for those that are examples.
fn spectec_files(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.ends_with(".spectec") && !name.starts_with("X.") && path.is_file() {
            files.insert(name.to_owned(), path.clone());
        }
    }
    Ok(files)
}

/// Lists the folders that are there instead.
fn hint(dir: &Path) -> String {
    let Ok(entries) = fs::read_dir(dir.join("specification")) else { return String::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    if names.is_empty() { String::new() } else { format!(" (in specification/: {})", names.join(", ")) }
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name and the same text.
    Renamed,
    /// It stands in another file, or elsewhere in the order of the rules.
    Moved,
    /// Its text is another one.
    Changed,
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [ChangeKind; 5] =
        [ChangeKind::Added, ChangeKind::Removed, ChangeKind::Renamed, ChangeKind::Moved, ChangeKind::Changed];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Moved => "moved",
            ChangeKind::Changed => "changed",
        }
    }
}

/// A file and a line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourcePlace {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// Whether it is in a block comment there.
    pub commented: bool,
}

/// One rule that is not as at the pin. A rule that was moved and changed is met twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The kind of change.
    pub kind: ChangeKind,
    /// The name of the rule, the old one if it was renamed.
    pub rule: String,
    /// The new name, if it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<SourcePlace>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<SourcePlace>,
    /// Its text now, if that has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Compares a table with the rules of a checkout. The differences come by kind, and in the order of the standard.
///
/// A rule in a block comment counts only when the table has it, in a comment or not. To be moved into a comment, or out
/// of it, is to be changed.
pub fn compare(pinned: &Table, now: &[SourceRule]) -> Vec<Difference> {
    let old: BTreeMap<&str, &Entry> = pinned.entries.iter().map(|entry| (entry.rule.as_str(), entry)).collect();
    // Of two rules of one name, the one that is no comment, else the first.
    let mut new: BTreeMap<&str, &SourceRule> = BTreeMap::new();
    let mut again = Vec::new();
    for rule in now {
        match new.get(rule.id.as_str()) {
            Some(other) if !rule.commented && !other.commented => again.push(rule),
            Some(_) if rule.commented => {}
            _ => {
                new.insert(&rule.id, rule);
            }
        }
    }
    let in_order: Vec<&SourceRule> =
        now.iter().filter(|rule| new.get(rule.id.as_str()).is_some_and(|kept| std::ptr::eq(*kept, *rule))).collect();
    let mut added: Vec<&SourceRule> =
        in_order.iter().copied().filter(|rule| !rule.commented && !old.contains_key(rule.id.as_str())).collect();
    added.extend(again);
    let removed: Vec<&Entry> = pinned.entries.iter().filter(|entry| !new.contains_key(entry.rule.as_str())).collect();

    let mut found = Vec::new();
    let mut renamed: BTreeSet<&str> = BTreeSet::new();
    for entry in removed {
        let candidate = |rule: &&&SourceRule| {
            !renamed.contains(rule.id.as_str()) && rule.file == entry.file && rule.fingerprint() == entry.fingerprint
        };
        let pinned = Some(entry.place());
        found.push(match added.iter().find(candidate) {
            Some(rule) => {
                renamed.insert(&rule.id);
                let (name, now) = (Some(rule.id.clone()), Some(place(rule)));
                Difference { kind: ChangeKind::Renamed, rule: entry.rule.clone(), name, pinned, now, text: None }
            }
            None => Difference {
                kind: ChangeKind::Removed,
                rule: entry.rule.clone(),
                name: None,
                pinned,
                now: None,
                text: None,
            },
        });
    }
    found.extend(added.into_iter().filter(|rule| !renamed.contains(rule.id.as_str())).map(|rule| Difference {
        kind: ChangeKind::Added,
        rule: rule.id.clone(),
        name: None,
        pinned: None,
        now: Some(place(rule)),
        text: Some(rule.text.clone()),
    }));

    let both: Vec<(&Entry, &SourceRule)> =
        in_order.iter().filter_map(|rule| Some((*old.get(rule.id.as_str())?, *rule))).collect();
    let position: BTreeMap<&str, usize> =
        pinned.entries.iter().enumerate().map(|(i, entry)| (entry.rule.as_str(), i)).collect();
    // Those in another file are moved in any case, and say nothing about the order of the others.
    let same_file: Vec<&str> =
        both.iter().filter(|(entry, rule)| entry.file == rule.file).map(|(entry, _)| entry.rule.as_str()).collect();
    let stays = longest_increasing(&same_file.iter().map(|name| position[name]).collect::<Vec<_>>());
    let stays: BTreeSet<&str> = stays.into_iter().map(|i| same_file[i]).collect();
    for (entry, rule) in both {
        let mut differs = |kind, text| {
            let (pinned, now) = (Some(entry.place()), Some(place(rule)));
            found.push(Difference { kind, rule: entry.rule.clone(), name: None, pinned, now, text });
        };
        if !stays.contains(entry.rule.as_str()) {
            differs(ChangeKind::Moved, None);
        }
        if entry.fingerprint != rule.fingerprint() || entry.commented != rule.commented {
            differs(ChangeKind::Changed, Some(rule.text.clone()));
        }
    }
    found.sort_by_key(|difference| difference.kind);
    found
}

fn place(rule: &SourceRule) -> SourcePlace {
    SourcePlace { file: rule.file.clone(), line: rule.line, commented: rule.commented }
}

/// The places of a longest increasing subsequence: as few as possible are left out.
fn longest_increasing(numbers: &[usize]) -> BTreeSet<usize> {
    // `ends[k]` is the place of the least number that ends an increasing subsequence of length k + 1.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (i, &number) in numbers.iter().enumerate() {
        let k = ends.partition_point(|&end| numbers[end] < number);
        before.push(k.checked_sub(1).map(|k| ends[k]));
        if k == ends.len() {
            ends.push(i);
        } else {
            ends[k] = i;
        }
    }
    std::iter::successors(ends.last().copied(), |&i| before[i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_possible_are_moved() {
        let stays = |numbers: &[usize]| longest_increasing(numbers).into_iter().collect::<Vec<_>>();
        assert_eq!(stays(&[]), [0; 0]);
        assert_eq!(stays(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(stays(&[1, 2, 3, 0, 4]), [0, 1, 2, 4]);
        assert_eq!(stays(&[4, 0, 1, 2, 3]), [1, 2, 3, 4]);
    }
}
