//! Scripts from files and folders.

use super::Script;
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;
use walkdir::WalkDir;

/// An error in collecting scripts from a path.
#[derive(Debug, Error)]
pub enum CollectError {
    /// The path, or something below it, is not there or not accessible.
    #[error("{}: {error}", path.display())]
    Access {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A folder has no scripts.
    #[error("{}: no scripts (*.wast) in this folder or below it", path.display())]
    NoScripts {
        /// Which.
        path: PathBuf,
    },
}

/// The scripts that paths stand for: a file for itself, whatever it is called, and a folder for all `*.wast` in it and
/// below it, by name.
///
/// # Errors
/// When a path is not accessible, or is a folder without scripts.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<Script>, CollectError> {
    let mut scripts: Vec<Script> = Vec::new();
    for path in paths {
        let access = |error| CollectError::Access { path: path.clone(), error };
        let found = if fs::metadata(path).map_err(access)?.is_dir() {
            in_folder(path)?
        } else {
            // So that it is known before the run whether the file can be read.
            fs::File::open(path).map_err(access)?;
            let suite = path.canonicalize().ok().and_then(|path| path.parent().map(name)).unwrap_or_default();
            vec![Script::file(path, suite)]
        };
        // What is named twice, as a file and by its folder, runs once.
        scripts.extend(
            found
                .into_iter()
                .filter(|new| !scripts.iter().any(|old| old.location() == new.location()))
                .collect::<Vec<_>>(),
        );
    }
    Ok(scripts)
}

/// The modules (`*.wat`, `*.wasm`) in folders and below them, by name: no scripts, and nothing that a run takes.
pub fn modules(paths: &[PathBuf]) -> Vec<PathBuf> {
    let folders = paths.iter().filter(|path| path.is_dir());
    let entries = folders.flat_map(|root| WalkDir::new(root).follow_links(true).sort_by_file_name());
    let files = entries.filter_map(|entry| entry.ok().map(walkdir::DirEntry::into_path));
    files.filter(|path| path.extension().is_some_and(|extension| extension == "wat" || extension == "wasm")).collect()
}

fn in_folder(root: &Path) -> Result<Vec<Script>, CollectError> {
    let suite = root.canonicalize().map_or_else(|_| name(root), |root| name(&root));
    let mut scripts = Vec::new();
    for entry in WalkDir::new(root).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            let path = e.path().unwrap_or(root).to_owned();
            CollectError::Access { path, error: e.into() }
        })?;
        let path = entry.path();
        if !entry.file_type().is_file() || path.extension().is_none_or(|extension| extension != "wast") {
            continue;
        }
        let below = path.strip_prefix(root).ok().and_then(Path::parent).filter(|below| *below != Path::new(""));
        let suite = below.map_or_else(|| suite.clone(), |below| format!("{suite}/{}", below.display()));
        scripts.push(Script::file(path, suite));
    }
    if scripts.is_empty() {
        return Err(CollectError::NoScripts { path: root.to_owned() });
    }
    // Files of a folder before those of the folders in it.
    scripts.sort_by(|a, b| a.suite.cmp(&b.suite));
    Ok(scripts)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_files_and_neither() {
        let root = tempfile::tempdir().unwrap();
        let make = |path: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        make("suite/b.wast");
        make("suite/a/c.wast");
        make("suite/a.wast");
        make("suite/readme.md");
        make("none/readme.md");
        let other = make("other/script.txt");

        let folder = root.path().join("suite");
        let inside = folder.join("b.wast");
        let scripts = collect(&[folder.clone(), other, inside]).unwrap();
        let seen: Vec<_> =
            scripts.iter().map(|script| (script.suite.as_str(), name(script.location().unwrap()))).collect();
        let want = [("suite", "a.wast"), ("suite", "b.wast"), ("suite/a", "c.wast"), ("other", "script.txt")];
        assert_eq!(seen, want.map(|(suite, name)| (suite, name.to_owned())));

        let error = collect(&[root.path().join("none")]).unwrap_err();
        assert!(matches!(error, CollectError::NoScripts { .. }), "{error}");
        let error = collect(&[root.path().join("missing")]).unwrap_err();
        assert!(matches!(error, CollectError::Access { .. }), "{error}");
    }
}
