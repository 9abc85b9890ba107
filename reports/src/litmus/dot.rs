//! Executions for Graphviz.

use super::text::key;
use super::{Set, Witness};
use std::fmt::Write as _;

/// The relations that are drawn, and their colours; the others follow from them or would only fill the picture.
pub(super) const DRAWN: [(&str, &str); 5] =
    [("po", "#888888"), ("spawn", "#888888"), ("rf", "#c0392b"), ("sw", "#2471a3"), ("mo", "#7d6608")];

/// A graph for each outcome of each test that has a witness with relations.
pub fn render(set: &Set) -> String {
    let mut out = String::new();
    for test in &set.tests {
        for outcome in &test.outcomes {
            let witnesses = test.models.iter().zip(&outcome.judgements).filter_map(|(model, judgement)| {
                let witness = judgement.witness.as_ref().filter(|witness| !witness.relations.is_empty())?;
                Some((model, witness))
            });
            for (model, witness) in witnesses {
                let title = format!("{}: {} ({})", test.path, key(outcome), model.name);
                graph(&mut out, &title, &test.threads, witness);
            }
        }
    }
    out
}

fn graph(out: &mut String, title: &str, threads: &[String], witness: &Witness) {
    let _ = writeln!(out, "digraph {} {{\n  label={};\n  node [shape=plaintext];", quoted(title), quoted(title));
    for thread in std::iter::once(None).chain((0..threads.len()).map(Some)) {
        let events = || witness.events.iter().enumerate().filter(|(_, event)| event.thread == thread);
        if events().next().is_none() {
            continue;
        }
        let (id, name) = thread.map_or((0, "init"), |thread| (thread + 1, threads[thread].as_str()));
        let _ = writeln!(out, "  subgraph cluster_{id} {{\n    label={};", quoted(name));
        for (i, event) in events() {
            let _ = writeln!(out, "    e{i} [label={}];", quoted(&event.label));
        }
        out.push_str("  }\n");
    }
    for (name, colour) in DRAWN {
        for (_, pairs) in witness.relations.iter().filter(|(relation, _)| relation == name) {
            for (a, b) in pairs {
                let _ = writeln!(out, "  e{a} -> e{b} [label={name} color=\"{colour}\" fontcolor=\"{colour}\"];");
            }
        }
    }
    out.push_str("}\n");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
