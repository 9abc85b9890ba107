//! JSON.

use crate::{Report, SCHEMA, VERSION};
use thiserror::Error;

/// Why JSON is not a report.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is not JSON, or has not the form of a report.
    #[error("not a report: {0}")]
    Form(#[from] serde_json::Error),
    /// It is something else, or a version that this library does not know.
    #[error("this is `{schema}` version {version}, not `{SCHEMA}` version {VERSION}")]
    Version {
        /// The schema that it names.
        schema: String,
        /// The version that it names.
        version: u32,
    },
}

/// A report as JSON, for people to read too, with a newline at the end.
pub fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report has only string keys");
    text.push('\n');
    text
}

/// Reads a report. The single directives of its files are not in it.
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
