//! What came of the mutants, as Markdown.

use super::Outcome;
use super::catalogue::Mutant;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// An outcome in a line.
pub(crate) fn line(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Found { program, what } => format!("found at program {program}: {what}"),
        Outcome::Survived { reached } => format!("survived, reached by {reached} programs"),
    }
}

/// By what a mutant was found.
fn way(what: &str) -> &'static str {
    match what.split_once(": ") {
        Some(("wasmparser", cause)) if cause.starts_with("rejects") => "accepts an invalid module",
        Some(("wasmparser", _)) => "rejects a valid module",
        Some(("lockstep-semantics", _)) => "gets stuck",
        Some((_, cause)) if cause.starts_with("rejects") => "accepts an invalid module",
        Some((_, cause)) if cause.starts_with("accepts") => "rejects a valid module",
        Some((_, cause)) if cause.contains("expected trap") || cause.contains("got trap") => "trap",
        Some((_, cause)) if cause.contains("exception") => "exception",
        _ => "value",
    }
}

/// The tables.
pub(crate) fn markdown(results: &[(&Mutant, Outcome)], modules: u64, seed: u64, own: usize) -> String {
    let found = |outcome: &Outcome| matches!(outcome, Outcome::Found { .. });
    let total = results.iter().filter(|(_, outcome)| found(outcome)).count();
    let mut out = format!(
        "# Mutants\n\n\
        Does the comparison find anything? Each mutant is the semantics with one rule wrong; a campaign holds Wasmtime \
        against it, with at most {modules} programs of seed {seed}, up to the first finding. The mutants are in \
        `corpus/mutants`. {own} programs, at which Wasmtime itself has a finding, are left out. Written by `cargo run --release --example mutants -- --out docs/mutants.md`.\n\n\
        **{total} of {} are found, {:.1} %.**\n",
        results.len(),
        total as f64 * 100.0 / results.len() as f64
    );

    let mut families: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for (mutant, outcome) in results {
        families.entry(&mutant.family).or_default().push(outcome);
    }
    out.push_str("\n| family | mutants | found | within 256 programs | median program |\n|---|--:|--:|--:|--:|\n");
    for (family, outcomes) in families {
        let mut programs: Vec<u64> = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Found { program, .. } => Some(*program),
                _ => None,
            })
            .collect();
        programs.sort_unstable();
        let soon = programs.iter().filter(|program| **program < 256).count();
        let median = programs.get(programs.len() / 2).map_or("–".into(), u64::to_string);
        let _ = writeln!(out, "| {family} | {} | {} | {soon} | {median} |", outcomes.len(), programs.len());
    }

    if total < results.len() {
        out.push_str(
            "\n## Not found\n\n| mutant | rule | what the wrong rule says | why it is not found |\n|---|---|---|---|\n",
        );
        for (mutant, outcome) in results.iter().filter(|(_, outcome)| !found(outcome)) {
            let why = match (outcome, &mutant.survives) {
                (_, Some(why)) => why.clone(),
                (Outcome::Survived { reached: 0 }, None) => "never reached; not explained".into(),
                (_, None) => "not explained".into(),
            };
            let _ = writeln!(out, "| {} | `{}` | {} | {} |", mutant.name, mutant.rule, mutant.says, cell(&why));
        }
    }

    out.push_str("\n## Found\n\nWhat is said of the semantics is of the wrong one.\n\n");
    out.push_str("| family | mutant | rule | what the wrong rule says | program | by |\n|---|---|---|---|--:|---|\n");
    for (mutant, outcome) in results {
        if let Outcome::Found { program, what } = outcome {
            let Mutant { family, name, rule, says, .. } = mutant;
            let _ = writeln!(out, "| {family} | {name} | `{rule}` | {says} | {program} | {} |", way(what));
        }
    }
    out
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
