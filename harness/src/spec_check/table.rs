//! The table of a pin: one line for each rule, with its place and fingerprint.

use super::{SourcePlace, SourceRule};
use std::fmt::{self, Display, Formatter};
use thiserror::Error;

/// The table of the rules of the standard at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The commit, as the first line of the table names it; perhaps empty.
    pub commit: String,
    /// The rules, in the order of the standard.
    pub entries: Vec<Entry>,
}

/// An entry of the table: one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub rule: String,
    /// The file that it is in.
    pub file: String,
    /// The line that it begins on.
    pub line: u32,
    /// Whether it stands in a block comment.
    pub commented: bool,
    /// The fingerprint of its text.
    pub fingerprint: String,
    /// The judgements that its premises use.
    pub premises: Vec<String>,
}

/// A line that is none of a table.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: not a rule, file, line, `rule` or `comment`, fingerprint and premises, with tabs between them")]
pub struct TableError {
    /// Which, counted from 1.
    pub line: usize,
}

impl Entry {
    pub(super) fn place(&self) -> SourcePlace {
        SourcePlace { file: self.file.clone(), line: self.line, commented: self.commented }
    }
}

impl Table {
    /// The table that the catalogue was written from.
    pub fn pin() -> Self {
        let entries = lockstep_spec::pin::rules().map(|pinned| Entry {
            rule: pinned.rule.to_string(),
            file: pinned.file.into(),
            line: pinned.line,
            commented: pinned.commented,
            fingerprint: pinned.fingerprint.into(),
            premises: pinned.premises().map(str::to_owned).collect(),
        });
        Table { commit: lockstep_spec::PIN.into(), entries: entries.collect() }
    }

    /// The table of these rules.
    pub fn new(commit: &str, rules: &[SourceRule]) -> Self {
        let entries = rules.iter().map(|rule| Entry {
            rule: rule.id.clone(),
            file: rule.file.clone(),
            line: rule.line,
            commented: rule.commented,
            fingerprint: rule.fingerprint(),
            premises: rule.premises().into_iter().map(str::to_owned).collect(),
        });
        Table { commit: commit.into(), entries: entries.collect() }
    }

    /// Reads a table.
    ///
    /// # Errors
    /// When a line is none of a table.
    pub fn read(text: &str) -> Result<Self, TableError> {
        let commit = text.strip_prefix(HEAD).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
        let commit = commit.trim_end_matches(':').to_owned();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
        let entries = lines.map(|(i, line)| entry(line).ok_or(TableError { line: i + 1 })).collect::<Result<_, _>>()?;
        Ok(Table { commit, entries })
    }
}

const HEAD: &str = "# WebAssembly/spec ";

fn entry(line: &str) -> Option<Entry> {
    let [rule, file, at, what, fingerprint, premises] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
    Some(Entry {
        rule: rule.into(),
        file: file.into(),
        line: at.parse().ok()?,
        commented: match what {
            "rule" => false,
            "comment" => true,
            _ => return None,
        },
        fingerprint: fingerprint.into(),
        premises: premises.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
    })
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let columns =
            "rule, file, line, whether a rule or in a comment, fingerprint of its text, judgements of its premises";
        writeln!(f, "{HEAD}{}: {columns}. Written by `lockstep spec pin`", self.commit)?;
        for Entry { rule, file, line, commented, fingerprint, premises } in &self.entries {
            let what = if *commented { "comment" } else { "rule" };
            writeln!(f, "{rule}\t{file}\t{line}\t{what}\t{fingerprint}\t{}", premises.join(","))?;
        }
        Ok(())
    }
}
