//! The published JSON Schema: every kind of report that is written is valid, every field is in it, and what is wrong is
//! refused.

mod support;

use jsonschema::Validator;
use lockstep_reports::expect::{Instead, LeaveOut, Message, News, OneOrMore, Skip};
use lockstep_reports::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::{report, synthetic};

fn schema() -> Value {
    serde_json::from_str(json::JSON_SCHEMA).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

fn assert_valid(validator: &Validator, json: &str) {
    let value: Value = serde_json::from_str(json).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e:.300}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// A report in which every field is there. The structs are written out in full, so that a new field has to be added here,
/// and then to the schema.
fn full() -> Report {
    let small = synthetic();
    let id = DirectiveId { content: 0xabc, ordinal: 2 };
    let engines = || Some(vec!["bun".parse().unwrap()]);
    let (link, reason) = (|| Some("https://example.org/1".to_owned()), || "a reason".to_owned());
    let share = Share { files: 1, directives: 2 };
    let expectation = |directives, verdict| expect::Expectation {
        file: "a.wast".parse().unwrap(),
        directives,
        verdict,
        engines: engines(),
        reason: reason(),
        link: link(),
    };
    let entries = Expectations {
        leave_out: vec![
            LeaveOut { files: OneOrMore::One("a".parse().unwrap()), reason: reason(), link: link() },
            LeaveOut { files: OneOrMore::More(vec!["a/*".parse().unwrap()]), reason: reason(), link: None },
        ],
        skip: vec![
            Skip { feature: Some("gc".into()), proposal: None, engines: engines(), reason: reason(), link: link() },
            Skip { feature: None, proposal: Some("gc".into()), engines: None, reason: reason(), link: None },
        ],
        message: vec![Message { theirs: "a".into(), ours: "b".into() }],
        expect: vec![
            expectation(Some(vec![id]), OneOrMore::One(Verdict::Fail)),
            expectation(None, OneOrMore::More(vec![Verdict::Fail, Verdict::Pass])),
        ],
    };
    let news = |instead, id, line| News { entry: 1, file: "a".into(), id, line, instead, reason: reason() };
    let change = |trend, before, now| Change {
        trend,
        file: "a".into(),
        line: 1,
        column: 1,
        id,
        directive: Kind::Module,
        before,
        now,
    };
    let finding = |known| Finding {
        file: "a".into(),
        path: "a".into(),
        line: 1,
        column: 1,
        id,
        directive: Kind::Module,
        verdict: Verdict::Fail,
        expected: "1".into(),
        got: "2".into(),
        semantics: Some("1".into()),
        cause: Cause {
            rule: Some("r".into()),
            premise: Some("p".into()),
            production: Some("q".into()),
            trap: Some("unreachable".into()),
            section: Some("https://example.org".into()),
            book: Some("2.3.html#a".into()),
        },
        feature: Some("gc".into()),
        root: Some(id),
        known: Some(known),
    };
    Report {
        schema: SCHEMA.into(),
        version: VERSION,
        standard: Standard { name: "WebAssembly".into(), pin: "0".into() },
        engine: Engine { name: "bun".into(), version: "1".into() },
        run: Run {
            official: Some(Official { pin: "0".into(), all: share, same: share, changed: share, other: share }),
            scripts: 1,
            shards: [Shard { part: 1, of: 2 }].into(),
            merged: true,
            filters: vec!["a".into()],
            left_out: vec![LeftOut { file: "a".into(), reason: reason() }],
            stopped: Some("interrupted".into()),
        },
        summary: Summary { ..small.summary },
        suites: small.suites,
        files: small.files.into_iter().map(|file| FileReport { digest: "0123456789abcdef".into(), ..file }).collect(),
        failures: vec![finding(Known::Baseline), finding(Known::Expectation { reason: reason(), link: link() })],
        notes: vec!["a note".into()],
        expected: Some(Expected {
            from: "lockstep.toml".into(),
            entries,
            met: Counts::default(),
            news: vec![
                news(Instead::Verdict(Verdict::Pass), Some(id), Some(1)),
                news(Instead::Gone, Some(id), None),
                news(Instead::None, None, None),
                news(Instead::NoScript, None, None),
            ],
        }),
        baseline: Some(Baseline {
            from: "last.json".into(),
            engine: Some("0".into()),
            changes: vec![
                change(Trend::Worse, Some(Verdict::Pass), Some(Verdict::Crash)),
                change(Trend::New, None, Some(Verdict::Fail)),
                change(Trend::Deleted, Some(Verdict::Fail), None),
                change(Trend::Better, Some(Verdict::Fail), Some(Verdict::Pass)),
                change(Trend::Unreadable, None, Some(Verdict::Fail)),
            ],
            not_run: vec!["a".into()],
            new_scripts: vec!["a".into()],
            same: 1,
        }),
    }
}

#[test]
fn every_kind_of_report_is_valid() {
    let validator = validator();
    let full = full();
    let mut alone = full.clone();
    alone.baseline.as_mut().unwrap().engine = None;
    for reports in [
        vec![synthetic()],
        vec![report([])],
        vec![full.clone()],
        vec![alone],
        vec![full.clone(), synthetic()],
        json::brief(&[full]),
        vec![],
    ] {
        assert_valid(&validator, &json::render_all(&reports));
    }
    for verdict in Verdict::ALL {
        for kind in Kind::ALL {
            let mut file = FileReport::new("a.wast", "");
            file.push(Case { line: 1, column: 1, kind, verdict, id: DirectiveId::default() });
            assert_valid(&validator, &json::render(&report([(file, vec![])])));
        }
    }
}

/// Calls a function with all objects of a value.
fn objects<'v>(value: &'v Value, f: &mut impl FnMut(&'v serde_json::Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            f(map);
            map.values().for_each(|value| objects(value, f));
        }
        Value::Array(list) => list.iter().for_each(|value| objects(value, f)),
        _ => {}
    }
}

#[test]
fn every_field_is_there_and_described() {
    let mut written = BTreeSet::new();
    let value = serde_json::to_value(ReportSet { schema: SET_SCHEMA.into(), version: VERSION, reports: vec![full()] });
    objects(&value.unwrap(), &mut |map| written.extend(map.keys().cloned()));
    let mut known = BTreeSet::new();
    objects(&schema(), &mut |map| {
        let Some(Value::Object(properties)) = map.get("properties") else { return };
        assert_eq!(map.get("additionalProperties"), Some(&Value::Bool(false)), "{properties:?}");
        for (name, property) in properties {
            let about = property["$ref"].as_str().map(|name| name.rsplit('/').next().unwrap().to_owned());
            let about = about.map(|name| schema()["$defs"][name]["description"].clone());
            let text = property.get("description").or(about.as_ref()).and_then(Value::as_str).unwrap_or_default();
            assert!(text.len() > 3 && text.ends_with('.'), "{name}: {text:?}");
            known.insert(name.clone());
        }
    });
    // The names of kinds are keys, too.
    written.retain(|name| Kind::ALL.iter().all(|kind| kind.name() != name) || known.contains(name));
    assert_eq!(written, known);
}

/// All values that have one thing wrong, and what that is.
fn wrong(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Object(map) => {
            let mut more = map.clone();
            more.insert("unknown".into(), json!(1));
            all.push(("/+unknown".into(), more.into()));
            for (key, child) in map {
                for (place, child) in wrong(child) {
                    let mut other = map.clone();
                    other.insert(key.clone(), child);
                    all.push((format!("/{key}{place}"), other.into()));
                }
            }
        }
        Value::Array(list) => {
            all.push((String::new(), json!({})));
            for (i, child) in list.iter().enumerate().take(3) {
                for (place, child) in wrong(child) {
                    let mut other = list.clone();
                    other[i] = child;
                    all.push((format!("/{i}{place}"), other.into()));
                }
            }
        }
        Value::String(_) => all.push((String::new(), json!(1))),
        _ => all.push((String::new(), json!("text"))),
    }
    all
}

#[test]
fn what_is_wrong_is_refused() {
    let validator = validator();
    let mut full = full();
    for file in &mut full.files {
        file.cases.truncate(1);
    }
    let value = serde_json::to_value(&full).unwrap();
    let wrong = wrong(&value);
    assert!(wrong.len() > 200);
    for (place, value) in wrong {
        assert!(!validator.is_valid(&value), "{place}");
    }
    // What is always written may not be missing.
    for key in ["schema", "version", "standard", "engine", "run", "summary", "suites", "files", "failures"] {
        let mut less = value.clone();
        less.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&less), "{key}");
    }
    for (pointer, other) in [
        ("/version", json!(1)),
        ("/schema", json!("lockstep-reports")),
        ("/failures/0/verdict", json!("pass")),
        ("/failures/0/verdict", json!("skipped")),
        ("/failures/0/id", json!("9f3ac21b08d1.1")),
        ("/failures/0/line", json!(-1)),
        ("/files/0/cases/0", json!([1, 1, "module", "pass"])),
        ("/files/0/cases/0", json!([1, 1, "module", "pass", "000000000000", 1])),
        ("/failures/0/known", json!({ "by": "expectation" })),
    ] {
        let mut value = value.clone();
        *value.pointer_mut(pointer).unwrap() = other;
        assert!(!validator.is_valid(&value), "{pointer}");
    }
}
