//! `lockstep engines`

use super::{Outcome, Output};
use crate::engine::{self, Absence, EngineError, Features};
use anyhow::Result;
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write as _;

/// The engines that are looked for.
const KNOWN: [&str; 6] = ["semantics", "wasmtime", "node", "deno", "bun", "binaryen"];
/// With what options V8 has shared structures.
const SHARED: [(&str, &str); 2] =
    [("node", "--experimental-wasm-shared"), ("deno", "--v8-flags=--experimental-wasm-shared")];

/// List the engines that are here, with their versions and the features that they really have
///
/// Each feature is tried by a small module. `with …` means that the engine has it with that option, as in
/// `--engine 'node --experimental-wasm-shared'`.
#[derive(Debug, Args)]
pub(super) struct Engines {
    /// Look at these engines only; see `--engine` of `lockstep conform`
    engines: Vec<String>,

    /// Text, or JSON
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// An engine, or why it is not here.
#[derive(Debug, Serialize)]
struct Entry {
    engine: String,
    #[serde(flatten)]
    state: State,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum State {
    Here { name: String, version: String, features: BTreeMap<&'static str, Found> },
    Missing { missing: String },
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Found {
    Yes,
    With(&'static str),
    No(String),
    /// It could not be tried.
    Unknown(String),
}

impl Found {
    fn not(why: &Absence) -> Found {
        if why.is_unknown() { Found::Unknown(why.to_string()) } else { Found::No(why.to_string()) }
    }
}

impl Engines {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let named = !self.engines.is_empty();
        let specs = if named { self.engines } else { KNOWN.map(str::to_owned).to_vec() };
        let entries: Vec<Entry> = specs.par_iter().map(|spec| look(spec)).collect();
        let missing = entries.iter().any(|entry| matches!(entry.state, State::Missing { .. }));
        match self.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *stdout, &entries)?;
                writeln!(stdout)?;
            }
            Format::Text => text(&entries, stdout)?,
        }
        // That an engine is missing which was asked for is no success.
        Ok(if named && missing { Outcome::Findings } else { Outcome::AsExpected })
    }
}

fn look(spec: &str) -> Entry {
    let state = match try_out(spec) {
        Ok((name, version, features)) => {
            let mut found: BTreeMap<&'static str, Found> =
                features.all().map(|(name, found)| (name, found.map_or_else(Found::not, |()| Found::Yes))).collect();
            if let Some((_, option)) = SHARED.iter().find(|(name, _)| *name == spec)
                && let Ok((.., more)) = try_out(&format!("{spec} {option}"))
            {
                for (name, found) in &mut found {
                    if matches!(found, Found::No(_)) && more.has(name) {
                        *found = Found::With(option);
                    }
                }
            }
            State::Here { name, version, features: found }
        }
        Err(error) => State::Missing { missing: error.to_string() },
    };
    Entry { engine: spec.to_owned(), state }
}

type Looked = (String, String, Features);

fn try_out(spec: &str) -> Result<Looked, EngineError> {
    let engine = engine::named(spec)?;
    Ok((engine.name().to_owned(), engine.version().to_owned(), Features::of(engine.as_ref())))
}

fn text(entries: &[Entry], out: &mut Output) -> Result<()> {
    for entry in entries {
        match &entry.state {
            State::Missing { missing } => writeln!(out, "{:<10} not here: {missing}", entry.engine)?,
            State::Here { name, version, features } => {
                writeln!(out, "{:<10} {name} {version}", entry.engine)?;
                let list = |wanted: fn(&Found) -> bool| {
                    let names = engine::feature_names().filter(|name| features.get(name).is_some_and(wanted));
                    names.collect::<Vec<_>>().join(" ")
                };
                writeln!(out, "           has    {}", list(|found| matches!(found, Found::Yes)))?;
                for (name, found) in features {
                    if let Found::With(option) = found {
                        writeln!(out, "           with {option}  {name}")?;
                    }
                }
                let lacks = list(|found| matches!(found, Found::No(_)));
                let unknown = list(|found| matches!(found, Found::Unknown(_)));
                for (word, names) in [("lacks", lacks), ("not tried", unknown)] {
                    if !names.is_empty() {
                        writeln!(out, "           {word:<6} {names}")?;
                    }
                }
            }
        }
    }
    Ok(())
}
