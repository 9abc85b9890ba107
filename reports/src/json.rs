//! JSON.

use crate::{Case, Report, ReportSet, SCHEMA, SET_SCHEMA, VERSION};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::value::to_raw_value;
use thiserror::Error;

/// The form of [`render_all`]'s JSON, as a JSON Schema (draft 2020-12). It is strict: it knows every field.
pub const JSON_SCHEMA: &str = include_str!("../schema/report.schema.json");

/// Why JSON is not a report.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is not JSON, or has not the form of a report.
    #[error("not a report: {0}")]
    Form(#[from] serde_json::Error),
    /// It is something else, or a version that this library does not know.
    #[error("this is `{schema}` version {version}, not `{SCHEMA}` or `{SET_SCHEMA}` version {VERSION}")]
    Version {
        /// The schema that it names.
        schema: String,
        /// The version that it names.
        version: u32,
    },
}

/// A report as JSON, for people to read too, with a newline at the end.
pub fn render(report: &Report) -> String {
    pretty(report)
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a report has only string keys");
    text.push('\n');
    text
}

/// Writes each directive on a line of its own.
pub(crate) fn rows<S: Serializer>(cases: &[Case], to: S) -> Result<S::Ok, S::Error> {
    let mut rows = to.serialize_seq(Some(cases.len()))?;
    for case in cases {
        rows.serialize_element(&to_raw_value(case).map_err(S::Error::custom)?)?;
    }
    rows.end()
}

/// Reports without the directives that pass, which is a fiftieth in size: enough for pages and trends, but not to be a
/// baseline or to be held against expectations.
#[must_use]
pub fn brief(reports: &[Report]) -> Vec<Report> {
    let mut brief = reports.to_vec();
    for file in brief.iter_mut().flat_map(|report| &mut report.files) {
        file.cases.clear();
    }
    brief
}

/// Reads a report.
///
/// # Errors
/// When it is not a report of this version.
pub fn read(json: &str) -> Result<Report, ReadError> {
    let report: Report = serde_json::from_str(json)?;
    if report.schema != SCHEMA || report.version != VERSION {
        return Err(ReadError::Version { schema: report.schema, version: report.version });
    }
    Ok(report)
}

/// Reports as JSON: one as by [`render`], several as a [`ReportSet`].
pub fn render_all(reports: &[Report]) -> String {
    if let [report] = reports {
        return render(report);
    }
    let set = ReportSet { schema: SET_SCHEMA.into(), version: VERSION, reports: reports.to_vec() };
    pretty(&set)
}

/// Reads what [`render_all`] writes.
///
/// # Errors
/// When it is neither a report nor a set of reports of this version.
pub fn read_all(json: &str) -> Result<Vec<Report>, ReadError> {
    let value: serde_json::Value = serde_json::from_str(json)?;
    if value.get("schema").and_then(|schema| schema.as_str()) != Some(SET_SCHEMA) {
        return Ok(vec![read(json)?]);
    }
    let set: ReportSet = serde_json::from_value(value)?;
    let wrong = set.reports.iter().find(|report| report.schema != SCHEMA || report.version != VERSION);
    match wrong {
        _ if set.version != VERSION => Err(ReadError::Version { schema: set.schema, version: set.version }),
        Some(report) => Err(ReadError::Version { schema: report.schema.clone(), version: report.version }),
        None => Ok(set.reports),
    }
}
