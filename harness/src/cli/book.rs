//! `lockstep book`

use super::{Outcome, Output};
use crate::book::{self, Records};
use crate::suite;
use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write as _;
use std::path::PathBuf;

/// Write the book of the rules: a static site, made from the catalogue, the code and a run of the embedded suite
#[derive(Debug, Args)]
pub(super) struct Book {
    /// The folder to write; it must be new, empty, or an earlier book
    dir: PathBuf,
}

impl Book {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        // Before the run, so that it is not done in vain.
        book::check(&self.dir)?;
        let scripts = suite::embedded();
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len}").expect("the template is well-formed");
        let progress = ProgressBar::new(scripts.len() as u64).with_style(style);
        let records = Records::of(&scripts, |_| progress.inc(1));
        progress.finish_and_clear();
        let files = book::write(&self.dir, &records?)?;
        writeln!(stdout, "{files} files in {}; open index.html", self.dir.display())?;
        Ok(Outcome::AsExpected)
    }
}
