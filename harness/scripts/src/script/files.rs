//! The files that scripts ask for. They are found beside the script that asks, or below, and nowhere else.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// How deep files may ask for others.
const DEPTH: u32 = 16;
/// How many files a script may ask for, those that they ask for included.
const FILES: u32 = 1000;
/// The largest file that is read, in bytes.
const SIZE: u64 = 512 << 20;

/// Where `input` finds files.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    /// The folder of the script; nothing where it is in none.
    root: Option<PathBuf>,
    /// The folder of the file that is read now.
    here: PathBuf,
    depth: u32,
    read: u32,
}

impl Files {
    /// Those beside a script.
    pub(super) fn beside(script: Option<&Path>) -> Self {
        let folder = script.map(|path| match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        });
        Files { here: folder.clone().unwrap_or_default(), root: folder, ..Files::default() }
    }

    /// Reads a file by the name that a script has for it.
    pub(super) fn read(&mut self, file: &str) -> Result<(PathBuf, Vec<u8>), String> {
        let Some(root) = &self.root else { return Err("the script is in no folder".into()) };
        let relative = Path::new(file);
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err("only files beside the script or below are read".into());
        }
        if self.depth >= DEPTH || self.read >= FILES {
            return Err("too many files are read one from another (a limit of this implementation)".into());
        }
        let path = self.here.join(relative);
        // Links may lead elsewhere.
        let real = path.canonicalize().map_err(|e| e.to_string())?;
        if !real.starts_with(root.canonicalize().map_err(|e| e.to_string())?) {
            return Err("only files beside the script or below are read".into());
        }
        let about = fs::metadata(&real).map_err(|e| e.to_string())?;
        if !about.is_file() {
            return Err("not a file".into());
        }
        if about.len() > SIZE {
            return Err("larger than 512 MiB (a limit of this implementation)".into());
        }
        self.read += 1;
        Ok((path, fs::read(real).map_err(|e| e.to_string())?))
    }

    /// Goes into the folder of a file whose contents come next; the folder before.
    pub(super) fn enter(&mut self, file: &Path) -> PathBuf {
        self.depth += 1;
        std::mem::replace(&mut self.here, file.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// Goes back to a folder.
    pub(super) fn leave(&mut self, folder: PathBuf) {
        self.depth -= 1;
        self.here = folder;
    }
}
