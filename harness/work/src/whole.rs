//! Files that are written whole or not at all: beside the place, and then renamed.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file that will be written. What is there before stays until then.
#[derive(Debug)]
pub struct Whole {
    /// Where it is, with symbolic links followed.
    path: PathBuf,
    /// What cannot be renamed to, such as a device or a named pipe, or what is in a folder where no file can be made.
    direct: Option<File>,
}

impl Whole {
    /// Finds out whether the file can be written, and leaves it as it is.
    ///
    /// # Errors
    /// When it cannot.
    pub fn prepare(path: &Path) -> io::Result<Whole> {
        let whole = |path, direct| Ok(Whole { path, direct });
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A link that leads nowhere is left alone, too: what it names is made.
                let path = fs::read_link(path).map_or_else(|_| path.to_owned(), |to| beside(path).join(to));
                new_file(&path, None)?;
                return whole(path, None);
            }
            Err(error) => return Err(error),
        };
        // Opening for writing tells what the permissions are, and changes nothing.
        let file = OpenOptions::new().write(true).open(path)?;
        if !metadata.is_file() {
            return whole(path.to_owned(), Some(file));
        }
        let path = fs::canonicalize(path)?;
        match new_file(&path, Some(metadata.permissions())) {
            Ok(_) => whole(path, None),
            Err(_) => whole(path, Some(file)),
        }
    }

    /// Writes the content.
    ///
    /// # Errors
    /// When it cannot be written. What was there before is still there then, except where it could not be replaced but
    /// only overwritten.
    pub fn write(self, content: &[u8]) -> io::Result<()> {
        if let Some(mut file) = self.direct {
            if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                file.set_len(0)?;
            }
            file.write_all(content)?;
            return file.sync_data().or(Ok(()));
        }
        let permissions = fs::metadata(&self.path).ok().map(|metadata| metadata.permissions());
        let mut file = new_file(&self.path, permissions)?;
        file.write_all(content)?;
        file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// Writes a file whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    Whole::prepare(path)?.write(content)
}

/// The folder that a file is in.
fn beside(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file in the folder of another one, with its permissions or else those of any new file. It is removed when it is
/// dropped.
fn new_file(path: &Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    if path.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is no name of a file"));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lockstep-").suffix(".new");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(beside(path))?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_there_stays_until_the_new_content_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let whole = Whole::prepare(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        drop(whole);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        Whole::prepare(&path).unwrap().write(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["report.json"], "nothing is left beside");
    }

    #[test]
    fn a_file_that_is_not_there_is_made_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let whole = Whole::prepare(&path).unwrap();
        assert_eq!(names(folder.path()), [""; 0]);
        whole.write(b"x").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
        assert!(Whole::prepare(&folder.path().join("b").join("c")).is_err(), "the folder is not there");
        assert!(Whole::prepare(folder.path()).is_err(), "a folder is no file");
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_permissions() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        symlink("file", &link).unwrap();
        write(&link, b"1").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"1");
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        write(&link, b"2").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"2");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        write(Path::new("/dev/null"), b"3").unwrap();
        if Path::new("/dev/full").exists() {
            assert!(write(Path::new("/dev/full"), b"4").is_err());
        }
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
