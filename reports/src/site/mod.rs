//! A static site from the reports of many days: the matrix of engines with its trends, a page for each engine and for each
//! script, and what has changed between any two runs of an engine.
//!
//! Runs are read one by one into a [`Run`], which is small; the report itself is kept for the newest run of each engine
//! only. Of each other run the site has what differs from the one before.

mod history;
mod pages;
mod read;
mod shell;

pub use read::{Names, Run, date_of_name, date_of_seconds, read};

use crate::Links;
use history::{History, histories};
use std::io;

/// A file that is in the folder and is no report, and why.
pub type NoReport = (String, String);

/// Writes the site. `write` gets the path of each file, relative, with `/`, and its text.
///
/// # Errors
/// When a file cannot be written.
pub fn render(
    runs: Vec<Run>,
    names: &Names,
    no_reports: &[NoReport],
    links: &Links,
    write: &mut dyn FnMut(&str, &str) -> io::Result<()>,
) -> io::Result<()> {
    let names = names.list();
    let engines: Vec<History> = histories(runs);
    let scripts = pages::scripts(&engines, &names);
    write("style.css", &shell::style())?;
    write("filters.js", crate::page::SCRIPT)?;
    write("changes.js", include_str!("changes.js"))?;
    write("index.html", &pages::index(&engines, no_reports))?;
    write("scripts.html", &pages::script_list(&engines, &scripts))?;
    write("changes.html", &pages::changes())?;
    write("data/runs.js", &history::run_list(&engines))?;
    for engine in &engines {
        write(&format!("engines/{}.html", engine.slug), &pages::engine(engine, &scripts, links))?;
        for day in engine.days.iter().filter(|day| !day.is_same()) {
            write(&format!("data/{}/{}.js", engine.slug, day.id), &day.data(&engine.slug, &names))?;
        }
    }
    for script in &scripts {
        write(&format!("scripts/{}.html", script.slug), &pages::script(&engines, script, links))?;
    }
    Ok(())
}
