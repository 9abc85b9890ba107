//! The runs of an engine in order, and what each changes.

use super::read::{Failing, Run};
use crate::{Counts, DirectiveId, Engine, Report, Standard, Verdict};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The runs of an engine.
pub(super) struct History {
    pub(super) slug: String,
    /// The engine as it is in the newest run.
    pub(super) engine: Engine,
    pub(super) standard: Standard,
    pub(super) days: Vec<Day>,
    /// The newest report.
    pub(super) report: Option<Box<Report>>,
    pub(super) features: BTreeMap<String, u64>,
    /// The counts of each script, by its name: those of the first run, and each time that they differ, with the run.
    pub(super) scripts: BTreeMap<u32, Vec<(usize, Option<Counts>)>>,
}

/// A run.
pub(super) struct Day {
    /// What it is called by: the day, and, from the second of a day on, which it is.
    pub(super) id: String,
    pub(super) version: String,
    pub(super) total: Counts,
    pub(super) suites: Vec<(String, Counts)>,
    pub(super) changes: Vec<Change>,
    added: Vec<u32>,
    removed: Vec<u32>,
}

/// A directive that is not as it was when its script was last run.
pub(super) struct Change {
    failing: Failing,
    before: State,
    now: State,
}

/// How a directive stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Verdict(Verdict),
    /// It does not fail, but the script is another one: it passes or is not there.
    NotFailing,
    /// The script was not run before.
    NotRun,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            State::Verdict(verdict) => verdict.name(),
            State::NotFailing => "other",
            State::NotRun => "none",
        }
    }

    fn badness(self) -> u8 {
        match self {
            State::Verdict(verdict) => verdict.badness(),
            _ => 0,
        }
    }
}

impl Day {
    /// Whether nothing differs from the run before.
    pub(super) fn is_same(&self) -> bool {
        self.changes.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }

    /// How many directives got worse and better.
    pub(super) fn moves(&self) -> (u64, u64) {
        let count = |f: fn(u8, u8) -> bool| {
            self.changes.iter().filter(|change| f(change.before.badness(), change.now.badness())).count() as u64
        };
        (count(|before, now| now > before), count(|before, now| now < before))
    }

    /// What differs from the run before, for the page of changes. It is a script and no JSON, so that the site can be read
    /// from a folder, too.
    pub(super) fn data(&self, engine: &str, names: &[String]) -> String {
        let name = |i: u32| names.get(i as usize).map_or("", String::as_str);
        let mut files: BTreeMap<u32, Vec<serde_json::Value>> = BTreeMap::new();
        for Change { failing, before, now } in &self.changes {
            let Failing { line, kind, id, rule, .. } = failing;
            let row = json!([
                line,
                kind.name(),
                id.to_string(),
                before.code(),
                now.code(),
                rule.map(name).unwrap_or_default()
            ]);
            files.entry(failing.file).or_default().push(row);
        }
        let files: Vec<_> = files.into_iter().map(|(file, rows)| json!([name(file), rows])).collect();
        let list = |list: &[u32]| list.iter().map(|i| name(*i)).collect::<Vec<_>>();
        let data = json!({ "files": files, "added": list(&self.added), "removed": list(&self.removed) });
        format!(
            "lockstep.run({}, {}, {});\n",
            script_json(&json!(engine)),
            script_json(&json!(self.id)),
            script_json(&data)
        )
    }
}

/// JSON within a script, whatever page the script may be in.
fn script_json(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The runs of all engines, for the page of changes.
pub(super) fn run_list(engines: &[History]) -> String {
    let engines = engines.iter().map(|engine| {
        let runs = engine.days.iter().map(|day| json!([day.id, day.version, u8::from(!day.is_same())]));
        json!({ "name": engine.engine.name, "slug": engine.slug, "runs": runs.collect::<Vec<_>>() })
    });
    format!("lockstep.engines({});\n", script_json(&engines.collect()))
}

/// Puts the runs of each engine in order. Engines are in the order of their names.
pub(super) fn histories(runs: Vec<Run>) -> Vec<History> {
    let mut engines: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    for run in runs {
        engines.entry(run.engine.name.clone()).or_default().push(run);
    }
    let mut slugs = BTreeSet::new();
    engines.into_iter().map(|(name, runs)| history(slug(&name, &mut slugs), runs)).collect()
}

struct Before {
    digest: u64,
    failing: HashMap<DirectiveId, Failing>,
}

fn history(slug: String, mut runs: Vec<Run>) -> History {
    runs.sort_by(|a, b| (&a.date, &a.from).cmp(&(&b.date, &b.from)));
    let mut scripts: BTreeMap<u32, Vec<(usize, Option<Counts>)>> = BTreeMap::new();
    let mut known: HashMap<u32, Before> = HashMap::new();
    let mut present: BTreeSet<u32> = BTreeSet::new();
    let mut days: Vec<Day> = Vec::with_capacity(runs.len());
    let mut newest = None;
    for (at, run) in runs.into_iter().enumerate() {
        let same_day = days.iter().filter(|day| day.id.get(..10) == Some(run.date.as_str())).count();
        let id = if same_day == 0 { run.date.clone() } else { format!("{}.{}", run.date, same_day + 1) };
        let mut failing: HashMap<u32, HashMap<DirectiveId, Failing>> = HashMap::new();
        for one in &run.failing {
            failing.entry(one.file).or_default().insert(one.id, *one);
        }
        let mut changes = Vec::new();
        let files: BTreeSet<u32> = run.files.iter().map(|file| file.name).collect();
        for file in &run.files {
            let counts = scripts.entry(file.name).or_default();
            if counts.last().is_none_or(|(_, last)| *last != Some(file.counts)) {
                counts.push((at, Some(file.counts)));
            }
            let now = failing.remove(&file.name).unwrap_or_default();
            let before = known.get(&file.name);
            if at > 0 {
                compare(before, file.digest, &now, &mut changes);
            }
            known.insert(file.name, Before { digest: file.digest, failing: now });
        }
        let removed: Vec<u32> = present.difference(&files).copied().collect();
        for file in &removed {
            scripts.entry(*file).or_default().push((at, None));
        }
        let added = if at == 0 { Vec::new() } else { files.difference(&present).copied().collect() };
        changes.sort_by_key(|change: &Change| (change.failing.file, change.failing.line));
        let suites = run.suites.iter().map(|suite| (suite.name.clone(), suite.verdicts)).collect();
        let version = run.engine.version.clone();
        days.push(Day { id, version, total: run.total, suites, changes, added, removed });
        present = files;
        newest = Some(run);
    }
    let newest = newest.expect("an engine has a run");
    let (engine, standard, features) = (newest.engine, newest.standard, newest.features);
    History { slug, engine, standard, days, report: newest.report, features, scripts }
}

/// The changes of a script since it was last run.
fn compare(before: Option<&Before>, digest: u64, now: &HashMap<DirectiveId, Failing>, changes: &mut Vec<Change>) {
    let passes = match before {
        None => State::NotRun,
        Some(before) if before.digest == digest => State::Verdict(Verdict::Pass),
        Some(_) => State::NotFailing,
    };
    for (id, failing) in now {
        let old = before.and_then(|before| before.failing.get(id));
        let old = old.map_or(passes, |old| State::Verdict(old.verdict));
        let new = State::Verdict(failing.verdict);
        if old != new {
            changes.push(Change { failing: *failing, before: old, now: new });
        }
    }
    for (id, failing) in before.iter().flat_map(|before| &before.failing) {
        if !now.contains_key(id) {
            changes.push(Change { failing: *failing, before: State::Verdict(failing.verdict), now: passes });
        }
    }
}

/// A name for a file, unlike all others.
pub(super) fn slug(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let base: String = name.replace('/', ".").chars().take(80).map(plain).collect();
    let base = if base.starts_with(['.', '-']) || base.is_empty() { format!("_{base}") } else { base };
    let mut slug = base.clone();
    let mut n = 1;
    while !taken.insert(slug.clone()) {
        n += 1;
        slug = format!("{base}-{n}");
    }
    slug
}
