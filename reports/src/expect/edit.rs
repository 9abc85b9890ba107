//! Brings a file of expectations up to date, and leaves its comments and what people wrote in it as they are.

use super::{ExpectError, Expectations, Instead};
use crate::{DirectiveId, Report, Verdict, groups};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// What entries that are written by [`update`] have for a reason begins with this.
pub const UNEXPLAINED: &str = "unexplained: ";

/// How much of an answer is taken into a reason, in characters.
const REASON: usize = 160;

/// What an entry says but for its directives and engines: file, verdict, reason and link.
type Key = (String, Verdict, String, Option<String>);

/// Directives by what is said of them, with the engines that it is said of.
#[derive(Default)]
struct Additions(BTreeMap<Key, BTreeMap<DirectiveId, BTreeSet<String>>>);

impl Additions {
    fn add(&mut self, key: Key, id: DirectiveId, engine: &str) {
        self.0.entry(key).or_default().entry(id).or_default().insert(engine.to_owned());
    }
}

/// The text of a file of expectations after runs that were held against it: what did not come is taken out, and findings
/// that are news are added, one entry for each cause. Of scripts and engines that were not run, all stays.
///
/// # Errors
/// When the text is not a file of expectations.
pub fn update(text: &str, reports: &[Report]) -> Result<String, ExpectError> {
    let entries = Expectations::read(text)?.expect;
    let mut document: DocumentMut = text.parse()?;
    let mut additions = Additions::default();
    // By entry: the directives that go, and entries for whole files that go.
    let mut gone: BTreeMap<usize, BTreeSet<DirectiveId>> = BTreeMap::new();
    let mut useless: BTreeSet<usize> = BTreeSet::new();
    for report in reports {
        for news in report.expected.iter().flat_map(|expected| &expected.news) {
            let Some(i) = news.entry.checked_sub(1).filter(|&i| i < entries.len()) else { continue };
            match (news.id, news.instead) {
                (Some(id), _) => {
                    gone.entry(i).or_default().insert(id);
                }
                // One pattern may stand for several files, of which others end so.
                (None, Instead::None) if is_met_elsewhere(i, reports) => {}
                (None, _) => {
                    useless.insert(i);
                }
            }
        }
        for group in groups(report.news()) {
            let reason = format!("{UNEXPLAINED}{}", group.cause);
            let reason: String = reason.chars().filter(|c| !c.is_control()).take(REASON).collect();
            for finding in group.findings.iter().chain(&group.hanging) {
                let key = (finding.file.clone(), finding.verdict, reason.clone(), None);
                additions.add(key, finding.id, &report.engine.name);
            }
        }
    }
    // What still holds on one of the engines, though no longer on all.
    for (i, ids) in &gone {
        let entry = &entries[*i];
        for report in reports {
            for finding in report.failures.iter().filter(|f| ids.contains(&f.id) && entry.is_met_by(f, report)) {
                let key = (finding.file.clone(), finding.verdict, entry.reason.clone(), entry.link.clone());
                additions.add(key, finding.id, &report.engine.name);
            }
        }
    }
    let list = document.entry("expect").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(array) = list.as_array().filter(|array| !array.is_empty()) {
        // Written in one line: as tables, it can have more.
        let tables = array.iter().filter_map(|value| value.as_inline_table().cloned()).map(|t| t.into_table());
        *list = Item::ArrayOfTables(tables.collect());
    }
    if list.as_array_of_tables().is_none() {
        *list = Item::ArrayOfTables(ArrayOfTables::new());
    }
    let tables = list.as_array_of_tables_mut().expect("it is one, or was made one");
    let mut kept = ArrayOfTables::new();
    for (i, mut table) in std::mem::take(tables).into_iter().enumerate() {
        if useless.contains(&i) {
            continue;
        }
        if let (Some(ids), Some(array)) = (gone.get(&i), table.get_mut("directives").and_then(Item::as_array_mut)) {
            let stays = |id: &toml_edit::Value| {
                id.as_str().and_then(|id| id.parse().ok()).is_some_and(|id: DirectiveId| !ids.contains(&id))
            };
            array.retain(stays);
            if array.is_empty() {
                continue;
            }
        }
        kept.push(table);
    }
    for ((file, verdict, reason, link), ids) in additions.0 {
        // Directives that fail on the same engines stand together.
        let mut by_engines: BTreeMap<BTreeSet<String>, Vec<DirectiveId>> = BTreeMap::new();
        for (id, engines) in ids {
            by_engines.entry(engines).or_default().push(id);
        }
        for (engines, ids) in by_engines {
            let mut table = Table::new();
            table["file"] = value(file.as_str());
            table["directives"] = value(ids.iter().map(ToString::to_string).collect::<Array>());
            table["verdict"] = value(verdict.name());
            table["engines"] = value(engines.iter().map(String::as_str).collect::<Array>());
            table["reason"] = value(reason.as_str());
            if let Some(link) = &link {
                table["link"] = value(link.as_str());
            }
            kept.push(table);
        }
    }
    match kept.is_empty() {
        true => drop(document.remove("expect")),
        false => document["expect"] = Item::ArrayOfTables(kept),
    }
    Ok(document.to_string())
}

/// Whether an entry for whole files is met by a finding of any run.
fn is_met_elsewhere(i: usize, reports: &[Report]) -> bool {
    reports.iter().any(|report| {
        let entry = report.expected.as_ref().and_then(|expected| expected.entries.expect.get(i));
        entry.is_some_and(|entry| report.failures.iter().any(|finding| entry.is_met_by(finding, report)))
    })
}
