//! The option `--report KIND=PATH`, and `lockstep report`.

use super::{Outcome, Output};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use lockstep_reports::{Report, Status, compare, json, junit, markdown, matrix, merge, terminal};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Brief,
    Junit,
    Markdown,
}

/// A report that the user asked for; `-` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    form: Form,
    path: PathBuf,
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (form, path) = text.split_once('=').ok_or("this should be KIND=PATH, such as json=report.json")?;
        let form = match form {
            "json" => Form::Json,
            "brief" => Form::Brief,
            "junit" => Form::Junit,
            "markdown" | "md" => Form::Markdown,
            _ => return Err(format!("there is no report `{form}`; there are json, brief, junit and markdown")),
        };
        if path.is_empty() {
            return Err("the path is empty".into());
        }
        Ok(Request { form, path: path.into() })
    }
}

impl Request {
    pub(super) fn is_stdout(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Opens the file, so that it is known before a long run that the report can be written, and that no report of an
    /// earlier run is taken for that of this one.
    pub(super) fn open(&self) -> Result<Target> {
        let file = match self.is_stdout() {
            true => None,
            false => Some(File::create(&self.path).with_context(|| self.cannot())?),
        };
        Ok(Target { request: self.clone(), file })
    }

    fn cannot(&self) -> String {
        format!("cannot write the report {}", self.path.display())
    }
}

/// Where a report goes.
pub(super) struct Target {
    request: Request,
    file: Option<File>,
}

impl Target {
    pub(super) fn write(mut self, reports: &[Report], stdout: &mut Output) -> Result<()> {
        let text = match (self.request.form, reports) {
            (Form::Json, _) => json::render_all(reports),
            (Form::Brief, _) => json::render_all(&json::brief(reports)),
            (Form::Junit, _) => junit::render_all(reports),
            (Form::Markdown, [report]) => markdown::render(report),
            (Form::Markdown, _) => matrix::markdown(reports),
        };
        match &mut self.file {
            Some(file) => file.write_all(text.as_bytes()).and_then(|()| file.sync_data().or(Ok(()))),
            None => stdout.write_all(text.as_bytes()),
        }
        .with_context(|| self.request.cannot())
    }
}

/// What becomes of the reports of a run.
#[derive(Debug, Args)]
pub(super) struct Publication {
    /// Write a report: json=PATH, brief=PATH (JSON without what passes), junit=PATH or markdown=PATH; `-` is standard
    /// output. Can be repeated
    #[arg(long = "report", value_name = "KIND=PATH")]
    reports: Vec<Request>,

    /// Compare with the JSON report of an earlier run; what did not pass then and is no worse now is no finding
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl Publication {
    /// Opens and reads all files, before a long run.
    pub(super) fn open(&self) -> Result<Publisher> {
        if self.reports.iter().filter(|request| request.is_stdout()).count() > 1 {
            bail!("only one report can go to standard output");
        }
        let baseline = match &self.baseline {
            Some(path) => {
                let before = read(path)?;
                if before.iter().any(|report| report.files.iter().all(|file| file.cases.is_empty())) {
                    bail!("{}: a brief report cannot be a baseline", path.display());
                }
                Some((path.display().to_string(), before))
            }
            None => None,
        };
        let targets = self.reports.iter().map(Request::open).collect::<Result<Vec<_>>>()?;
        Ok(Publisher { targets, baseline, on_stdout: self.reports.iter().any(Request::is_stdout) })
    }
}

/// Where reports go, with everything opened.
pub(super) struct Publisher {
    targets: Vec<Target>,
    baseline: Option<(String, Vec<Report>)>,
    on_stdout: bool,
}

impl Publisher {
    /// Writes and shows the reports, and says what they come to.
    pub(super) fn publish(self, mut reports: Vec<Report>, stdout: &mut Output) -> Result<Outcome> {
        if let Some((from, before)) = &self.baseline {
            for report in &mut reports {
                compare(from, before, report);
            }
        }
        // Standard output is for one reader: a program that wants the report, or else people.
        let mut stderr;
        let people = if self.on_stdout {
            stderr = Output::stderr();
            &mut stderr
        } else {
            &mut *stdout
        };
        let options = terminal::Options { colours: people.colours(), ..terminal::Options::default() };
        let text = match reports.as_slice() {
            [report] => terminal::render(report, options),
            reports => matrix::terminal(reports, options),
        };
        people.write_all(text.as_bytes())?;
        people.finish()?;
        for target in self.targets {
            target.write(&reports, stdout)?;
        }
        Ok(outcome(&reports))
    }
}

/// What reports come to together: findings before what is incomplete.
fn outcome(reports: &[Report]) -> Outcome {
    let mut outcome = match reports {
        [] => Outcome::Incomplete("there is no report".into()),
        _ => Outcome::AsExpected,
    };
    for report in reports {
        match report.status() {
            Status::Findings => return Outcome::Findings,
            Status::Incomplete(why) => outcome = Outcome::Incomplete(format!("{}: {why}", report.engine.name)),
            Status::AsExpected => {}
        }
    }
    outcome
}

fn read(path: &Path) -> Result<Vec<Report>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    json::read_all(&text).with_context(|| format!("cannot read {}", path.display()))
}

/// Work with the JSON reports of earlier runs
#[derive(Debug, Args)]
pub(super) struct ReportCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put the reports of shards together, and those of several engines side by side
    Merge {
        /// JSON reports
        #[arg(required = true)]
        files: Vec<PathBuf>,

        #[command(flatten)]
        publication: Publication,
    },
}

impl ReportCommand {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let Command::Merge { files, publication } = self.command;
        let mut reports = Vec::new();
        for file in &files {
            reports.extend(read(file)?);
        }
        let publisher = publication.open()?;
        publisher.publish(merge(reports)?, stdout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        let request = |text: &str| text.parse::<Request>();
        assert_eq!(request("json=a=b"), Ok(Request { form: Form::Json, path: "a=b".into() }));
        assert!(request("junit=-").unwrap().is_stdout());
        assert_eq!(request("md=x").unwrap().form, Form::Markdown);
        for wrong in ["json", "json=", "pdf=x", "=x"] {
            assert!(request(wrong).is_err(), "{wrong}");
        }
    }
}
