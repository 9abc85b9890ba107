//! The rule book: generates a static site from the catalogue, the code and a run.
//!
//! Each chapter has a page, with the statement of each rule, a description, the Rust code that implements it, its
//! coverage by a run of the suite, an example of a step, and links. The files need neither a server nor a network. The
//! output depends on the program and the scripts alone, so that two books can be compared.

mod html;
mod judgements;
mod links;
mod pages;
mod record;

pub use links::{Judgement, Links};
pub use record::{DirectivePlace, Next, Record, Records, StepExample};

use askama::Template as _;
use lockstep_work::whole;
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;

/// The mark of origin on every page, which also shows that a folder is a book that may be overwritten.
const GENERATOR: &str = "<meta name=\"generator\" content=\"lockstep book\">";

/// Why a book could not be written.
#[derive(Debug, Error)]
pub enum BookError {
    /// A file or folder cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// There is something else in the folder.
    #[error("{}: not empty, and not a book that lockstep wrote", .0.display())]
    Occupied(PathBuf),
    /// A page cannot be made.
    #[error("cannot make {page}: {error}")]
    Page {
        /// Which.
        page: String,
        /// Why not.
        error: askama::Error,
    },
}

/// Whether a book may be written to a folder: it is not there, or empty, or has a book in it.
///
/// # Errors
/// When there is something else.
pub fn check(dir: &Path) -> Result<(), BookError> {
    let write = |error| BookError::Write { path: dir.to_owned(), error };
    match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(write(e)),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) if fs::read_to_string(dir.join("index.html")).is_ok_and(|page| page.contains(GENERATOR)) => Ok(()),
            Some(_) => Err(BookError::Occupied(dir.to_owned())),
        },
    }
}

/// The files of the book, by name.
///
/// # Errors
/// When a page cannot be made.
pub fn files(records: &Records) -> Result<Vec<(String, String)>, BookError> {
    let links = Links::new();
    let mut files = vec![
        ("book.css".to_owned(), include_str!("assets/book.css").to_owned()),
        ("book.js".to_owned(), include_str!("assets/book.js").to_owned()),
    ];
    let chapters = pages::chapters(records, &links);
    files.push(("search-index.js".to_owned(), pages::search_index(&chapters)));
    let page = |name: &str, text: askama::Result<String>| match text {
        Ok(text) => Ok((name.to_owned(), text)),
        Err(error) => Err(BookError::Page { page: name.to_owned(), error }),
    };
    files.push(page("index.html", pages::index(&chapters).render())?);
    for chapter in &chapters {
        files.push(page(&chapter.page, chapter.render())?);
    }
    Ok(files)
}

/// Writes the book to a folder, which is made if need be.
///
/// # Errors
/// See [`check`] and [`files`].
pub fn write(dir: &Path, records: &Records) -> Result<usize, BookError> {
    check(dir)?;
    let files = files(records)?;
    fs::create_dir_all(dir).map_err(|error| BookError::Write { path: dir.to_owned(), error })?;
    for (name, text) in &files {
        let path = dir.join(name);
        whole::write(&path, text.as_bytes()).map_err(|error| BookError::Write { path, error })?;
    }
    Ok(files.len())
}
