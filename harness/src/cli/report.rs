//! The option `--report KIND=PATH`, and `lockstep report`.

mod site;

use super::{Outcome, Output};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use lockstep_reports::{Links, Report, Status, compare, json, junit, markdown, matrix, merge, page, status, terminal};
use lockstep_spec::PIN;
use lockstep_spec::suite::OfficialSuite;
use lockstep_work::whole::Whole;
use std::fs;
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
    Summary,
    Html,
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
            "summary" => Form::Summary,
            "html" => Form::Html,
            _ => {
                let all = "json, brief, junit, markdown, summary and html";
                return Err(format!("there is no report `{form}`; there are {all}"));
            }
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

    /// Finds out before a long run whether the report can be written. What is there stays until then.
    pub(super) fn open(&self) -> Result<Target> {
        let file = match self.is_stdout() {
            true => None,
            false => Some(Whole::prepare(&self.path).with_context(|| self.cannot())?),
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
    file: Option<Whole>,
}

impl Target {
    pub(super) fn write(self, reports: &[Report], links: &Links, stdout: &mut Output) -> Result<()> {
        let markdown = |limit| markdown::render(reports, &markdown::Options { limit, links: links.clone() });
        let text = match self.request.form {
            Form::Json => json::render_all(reports),
            Form::Brief => json::render_all(&json::brief(reports)),
            Form::Junit => junit::render_all(reports),
            Form::Markdown => markdown(markdown::COMMENT),
            Form::Summary => markdown(markdown::SUMMARY),
            Form::Html => page::render(reports, links),
        };
        match self.file {
            Some(file) => file.write(text.as_bytes()),
            None => stdout.write_all(text.as_bytes()),
        }
        .with_context(|| self.request.cannot())
    }
}

/// What becomes of the reports of a run.
#[derive(Debug, Args)]
pub(super) struct Publication {
    /// Write a report: json=PATH, brief=PATH (JSON without what passes), junit=PATH, markdown=PATH (for a comment on
    /// GitHub), summary=PATH (longer, for $GITHUB_STEP_SUMMARY) or html=PATH; `-` is standard output. Can be repeated
    #[arg(long = "report", value_name = "KIND=PATH")]
    reports: Vec<Request>,

    /// Compare with the JSON report of an earlier run; what did not pass then and is no worse now is no finding
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    #[command(flatten)]
    addresses: Addresses,
}

/// What reports link to.
#[derive(Debug, Args)]
struct Addresses {
    /// Link to scripts below this address, such as https://github.com/OWNER/REPO/blob/SHA/tests/ [default: for scripts of
    /// the official suite, where they are on GitHub]
    #[arg(long, value_name = "URL", value_parser = address)]
    source: Option<String>,

    /// Link to the rules of the book that `lockstep book` writes, at this address
    #[arg(long, value_name = "URL", value_parser = address)]
    book: Option<String>,
}

fn address(text: &str) -> Result<String, String> {
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text.to_owned()),
        false => Err("this should begin with https://".into()),
    }
}

impl Addresses {
    fn links(&self) -> Links {
        let official = OfficialSuite::get().scripts().iter().map(|script| {
            let address = format!("https://github.com/WebAssembly/spec/blob/{}/test/core/{}", PIN, script.name);
            (script.digest.to_owned(), address)
        });
        Links { source: self.source.clone(), official: official.collect(), book: self.book.clone() }
    }
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
        let (on_stdout, links) = (self.reports.iter().any(Request::is_stdout), self.addresses.links());
        Ok(Publisher { targets, baseline, links, on_stdout })
    }
}

/// Where reports go, with everything opened.
pub(super) struct Publisher {
    targets: Vec<Target>,
    baseline: Option<(String, Vec<Report>)>,
    links: Links,
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
            target.write(&reports, &self.links, stdout)?;
        }
        Ok(outcome(&reports))
    }
}

/// What reports come to together.
fn outcome(reports: &[Report]) -> Outcome {
    match status(reports) {
        Status::AsExpected => Outcome::AsExpected,
        Status::Findings => Outcome::Findings,
        Status::Incomplete(why) => Outcome::Incomplete(why),
    }
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
    /// Print the JSON Schema of the JSON reports
    Schema,
    Site(site::Site),
}

impl ReportCommand {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let (files, publication) = match self.command {
            Command::Merge { files, publication } => (files, publication),
            Command::Schema => {
                stdout.write_all(json::JSON_SCHEMA.as_bytes())?;
                return Ok(Outcome::AsExpected);
            }
            Command::Site(site) => return site.execute(stdout),
        };
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
