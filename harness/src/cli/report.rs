//! The option `--report KIND=PATH`.

use super::Output;
use anyhow::{Context as _, Result};
use lockstep_reports::{Report, json, junit, markdown};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::str::FromStr;

/// A kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
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
            "junit" => Form::Junit,
            "markdown" | "md" => Form::Markdown,
            _ => return Err(format!("there is no report `{form}`; there are json, junit and markdown")),
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
    pub(super) fn write(mut self, report: &Report, stdout: &mut Output) -> Result<()> {
        let text = match self.request.form {
            Form::Json => json::render(report),
            Form::Junit => junit::render(report),
            Form::Markdown => markdown::render(report),
        };
        match &mut self.file {
            Some(file) => file.write_all(text.as_bytes()).and_then(|()| file.sync_data().or(Ok(()))),
            None => stdout.write_all(text.as_bytes()),
        }
        .with_context(|| self.request.cannot())
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
        for wrong in ["json", "json=", "html=x", "=x"] {
            assert!(request(wrong).is_err(), "{wrong}");
        }
    }
}
