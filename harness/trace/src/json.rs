//! Traces as JSON: an object on each line.
//!
//! | object | when |
//! |---|---|
//! | `{"trace": 1, "lockstep": …, "file": …}` | first; the number is that of the format |
//! | `{"run": "instantiate"}`, `{"run": "invoke", "export", "args"}`, `{"run": "directive", "line", "expected"}`, `{"run": "schedule", "schedule"}` | before the steps |
//! | `{"step", "thread"?, "depth", "rule", "redex", "contractum", "changes"?, "actions"?, "choices"?}` | a step; `rule` is null for a host function; `thread` is the name of the thread in scripts with threads |
//! | `{"choices": […]}` | the choices of steps that are not written |
//! | `{"end": …, "text", "steps", "shown"}` | last |

use super::{Ending, Section, VERSION, Writer};
use lockstep_semantics::trace::Step;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

#[derive(Default)]
pub(super) struct Json {
    text: String,
    /// The thread, where there are several.
    thread: Option<String>,
}

/// A string in JSON.
fn string(text: &str, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(out, text).map_err(io::Error::from)
}

fn list(choices: &[u64]) -> String {
    let choices: Vec<String> = choices.iter().map(u64::to_string).collect();
    choices.join(",")
}

impl Writer for Json {
    fn header(&mut self, file: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", json!({"trace": VERSION, "lockstep": env!("CARGO_PKG_VERSION"), "file": file}))
    }

    fn section(&mut self, section: Section<'_>, out: &mut dyn Write) -> io::Result<()> {
        let section = match section {
            Section::Instantiate => json!({"run": "instantiate"}),
            Section::Invoke(name, args) => json!({"run": "invoke", "export": name, "args": args}),
            Section::Directive(line, expected) => json!({"run": "directive", "line": line, "expected": expected}),
            Section::Schedule(schedule) => json!({"run": "schedule", "schedule": schedule}),
        };
        writeln!(out, "{section}")
    }

    fn turn(&mut self, thread: &str, _: &mut dyn Write) -> io::Result<()> {
        self.thread = Some(thread.to_owned());
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, choices: &[u64], out: &mut dyn Write) -> io::Result<()> {
        let text = &mut self.text;
        write!(out, "{{\"step\":{},", step.number())?;
        if let Some(thread) = &self.thread {
            out.write_all(b"\"thread\":")?;
            string(thread, out)?;
            out.write_all(b",")?;
        }
        write!(out, "\"depth\":{},\"rule\":", step.depth())?;
        match step.rule() {
            Some(rule) => string(rule.as_str(), out)?,
            None => out.write_all(b"null")?,
        }
        text.clear();
        let _ = write!(text, "{}", step.redex());
        out.write_all(b",\"redex\":")?;
        string(text, out)?;
        text.clear();
        let _ = write!(text, "{}", step.contractum());
        out.write_all(b",\"contractum\":")?;
        string(text, out)?;
        let changes = step.changes();
        for (i, &change) in changes.iter().enumerate() {
            let shown = step.show(change);
            out.write_all(if i == 0 { b",\"changes\":[{\"at\":" } else { b",{\"at\":" })?;
            string(&shown.place(), out)?;
            if let Some(old) = shown.old() {
                out.write_all(b",\"from\":")?;
                string(&old, out)?;
            }
            out.write_all(b",\"to\":")?;
            string(&shown.now(), out)?;
            out.write_all(if i + 1 == changes.len() { b"}]" } else { b"}" })?;
        }
        for (i, action) in step.actions().iter().enumerate() {
            out.write_all(if i == 0 { b",\"actions\":[" } else { b"," })?;
            string(&action.to_string(), out)?;
            if i + 1 == step.actions().len() {
                out.write_all(b"]")?;
            }
        }
        if !choices.is_empty() {
            write!(out, ",\"choices\":[{}]", list(choices))?;
        }
        out.write_all(b"}\n")
    }

    fn hidden(&mut self, choices: &[u64], out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{{\"choices\":[{}]}}", list(choices))
    }

    fn end(&mut self, end: &Ending, steps: u64, shown: u64, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", json!({"end": end.kind, "text": end.text, "steps": steps, "shown": shown}))
    }
}

/// Reads the choices of a trace in JSON, in order, to repeat its run.
///
/// # Errors
/// When it is no such trace.
pub fn choices(trace: impl BufRead) -> Result<Vec<u64>, String> {
    let mut choices = Vec::new();
    for (i, line) in trace.lines().enumerate() {
        let line = line.map_err(|e| e.to_string())?;
        // Most lines have none, and need not be read.
        if i > 0 && !line.contains("\"choices\"") {
            continue;
        }
        let value: Value = serde_json::from_str(&line).map_err(|e| format!("line {}: {e}", i + 1))?;
        if i == 0 && value["trace"] != VERSION {
            return Err(format!("not a trace of version {VERSION}"));
        }
        for choice in value["choices"].as_array().into_iter().flatten() {
            choices.push(choice.as_u64().ok_or_else(|| format!("line {}: a choice is a number", i + 1))?);
        }
    }
    Ok(choices)
}
