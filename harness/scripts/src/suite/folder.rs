//! Scripts from files and folders.

use super::Script;
use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
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

/// The scripts that paths stand for: a file for itself, whatever it is called; a folder for all `*.wast` in it and below it,
/// by name; and a checkout of the standard for its official suite, `test/core`.
///
/// # Errors
/// When a path is not accessible, or is a folder without scripts.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<Script>, CollectError> {
    let mut roots: Vec<Root> = Vec::new();
    for path in paths {
        let access = |error| CollectError::Access { path: path.clone(), error };
        let is_folder = fs::metadata(path).map_err(access)?.is_dir();
        let (folder, files) = if is_folder {
            let folder = core_of_checkout(path).unwrap_or_else(|| path.clone());
            let files = in_folder(&folder)?;
            (folder.canonicalize().map_err(access)?, files)
        } else {
            // So that it is known before the run whether the file can be read.
            fs::File::open(path).map_err(access)?;
            let file = path.canonicalize().map_err(access)?;
            (file.parent().unwrap_or(Path::new("")).to_owned(), vec![(path.clone(), PathBuf::new())])
        };
        match roots.iter_mut().find(|root| root.folder == folder) {
            Some(root) => root.files.extend(files),
            None => roots.push(Root { folder, files }),
        }
    }
    let names = names(&roots);
    let mut seen = HashSet::new();
    let mut scripts = Vec::new();
    for (root, name) in roots.into_iter().zip(names) {
        for (path, below) in root.files {
            // What is named twice, as a file and by its folder, runs once.
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            if seen.insert(real) {
                let suite = if below == Path::new("") { name.clone() } else { format!("{name}/{}", slashed(&below)) };
                scripts.push(Script::file(path, suite));
            }
        }
    }
    Ok(scripts)
}

/// Scripts below one folder.
struct Root {
    /// The folder.
    folder: PathBuf,
    /// The scripts, each with the folder that it is in, from this one on.
    files: Vec<(PathBuf, PathBuf)>,
}

/// The suite for each root: the name of the folder, with as much before it as tells it apart from the others.
fn names(roots: &[Root]) -> Vec<String> {
    let last = |root: &Root, n: usize| {
        let parts: Vec<_> = root.folder.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        slashed(&parts[parts.len().saturating_sub(n)..].iter().collect::<PathBuf>())
    };
    let unlike = |root: &Root| {
        let deepest = root.folder.components().count();
        (1..=deepest).find(|&n| roots.iter().filter(|other| last(other, n) == last(root, n)).count() == 1)
    };
    roots.iter().map(|root| last(root, unlike(root).unwrap_or(1))).collect()
}

/// A path with slashes, whatever the system has.
fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The official suite of a checkout of the standard.
fn core_of_checkout(path: &Path) -> Option<PathBuf> {
    let core = path.join("test").join("core");
    let is = ["document", "interpreter"].iter().all(|folder| path.join(folder).is_dir()) && core.is_dir();
    is.then_some(core)
}

/// The modules (`*.wat`, `*.wasm`) in folders and below them, by name: no scripts, and nothing that a run takes.
pub fn modules(paths: &[PathBuf]) -> Vec<PathBuf> {
    let folders = paths.iter().filter(|path| path.is_dir());
    let entries = folders.flat_map(|root| WalkDir::new(root).follow_links(true).sort_by_file_name());
    let files = entries.filter_map(|entry| entry.ok().map(walkdir::DirEntry::into_path));
    files.filter(|path| path.extension().is_some_and(|extension| extension == "wat" || extension == "wasm")).collect()
}

/// The scripts in a folder and below it, each with the folder that it is in, from this one on.
fn in_folder(root: &Path) -> Result<Vec<(PathBuf, PathBuf)>, CollectError> {
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
        let below = path.strip_prefix(root).ok().and_then(Path::parent).unwrap_or(Path::new(""));
        scripts.push((path.to_owned(), below.to_owned()));
    }
    if scripts.is_empty() {
        return Err(CollectError::NoScripts { path: root.to_owned() });
    }
    // Files of a folder before those of the folders in it.
    scripts.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(scripts)
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
        let seen: Vec<_> = scripts.iter().map(|script| (script.suite.as_str(), script.name())).collect();
        let want = [("suite", "a.wast"), ("suite", "b.wast"), ("suite/a", "c.wast"), ("other", "script.txt")];
        assert_eq!(seen, want.map(|(suite, name)| (suite, format!("{suite}/{name}"))));

        // Folders of one name are told apart, so that no two scripts have the same.
        make("one/core/x.wast");
        make("two/core/x.wast");
        make("two/core/gc/x.wast");
        let scripts = collect(&[root.path().join("one/core"), root.path().join("two/core")]).unwrap();
        let names: Vec<String> = scripts.iter().map(Script::name).collect();
        assert_eq!(names, ["one/core/x.wast", "two/core/x.wast", "two/core/gc/x.wast"]);

        // A checkout of the standard.
        make("spec/test/core/a.wast");
        make("spec/test/legacy/b.wast");
        make("spec/document/readme.md");
        make("spec/interpreter/readme.md");
        let scripts = collect(&[root.path().join("spec")]).unwrap();
        assert_eq!(scripts.iter().map(Script::name).collect::<Vec<_>>(), ["core/a.wast"]);

        let error = collect(&[root.path().join("none")]).unwrap_err();
        assert!(matches!(error, CollectError::NoScripts { .. }), "{error}");
        let error = collect(&[root.path().join("missing")]).unwrap_err();
        assert!(matches!(error, CollectError::Access { .. }), "{error}");
    }
}
