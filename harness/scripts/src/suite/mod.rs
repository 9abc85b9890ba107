//! Suites: the sources of scripts.

mod embedded;
mod folder;

pub use embedded::embedded;
pub use folder::{CollectError, collect, modules};

use lockstep_reports::FileReport;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A script, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its path, for people: as the user named it, or within the embedded suite.
    pub path: String,
    /// The suite that it belongs to: the folder, from the one that the user named on.
    pub suite: String,
    source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Embedded(&'static str),
    File(PathBuf),
}

impl Script {
    /// A script in a file.
    pub fn file(path: impl Into<PathBuf>, suite: impl Into<String>) -> Self {
        let path = path.into();
        Script { path: path.display().to_string(), suite: suite.into(), source: Source::File(path) }
    }

    /// A script that is part of the program.
    pub fn embedded(path: impl Into<String>, suite: impl Into<String>, text: &'static str) -> Self {
        Script { path: path.into(), suite: suite.into(), source: Source::Embedded(text) }
    }

    /// A script of the embedded suite, by its path.
    pub fn of_embedded(path: &str) -> Option<Self> {
        embedded().into_iter().find(|script| script.path == path)
    }

    /// The name by which runs know it: see [`FileReport::name`].
    pub fn name(&self) -> String {
        FileReport::new(self.path.as_str(), self.suite.as_str()).name
    }

    /// The file that it is in, if it is in one.
    pub fn location(&self) -> Option<&Path> {
        match &self.source {
            Source::Embedded(_) => None,
            Source::File(path) => Some(path),
        }
    }

    /// Its content, which should be text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self) -> io::Result<Cow<'static, [u8]>> {
        match &self.source {
            Source::Embedded(text) => Ok(text.as_bytes().into()),
            Source::File(path) => Ok(fs::read(path)?.into()),
        }
    }
}
