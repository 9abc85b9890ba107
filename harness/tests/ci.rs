//! What CI systems decide by: exit codes, expectations, baselines and shards. `docs/ci.md` is the page about them.

mod common;

use common::{FAILING, PASSING, Place, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A module whose function `f` traps, `g` gives 1, and `h` has no end.
const MODULE: &str = r#"(module (func (export "f") (unreachable)) (func (export "g") (result i32) (i32.const 1))
  (func (export "h") (loop (br 0))))"#;
/// A script whose assertion needs some steps.
const STEPS: &str = r#"(module (func (export "f") (loop (br 0))))
(assert_return (invoke "f"))"#;
const LITMUS: &str = r#"(module $m (memory (export "m") 1 1 shared)
  (func (export "f") (result i32) (i32.atomic.load (i32.const 0))))
(thread $t (shared (module $m)) (register "m" $m)
  (module (memory (import "m" "m") 1 1 shared) (func (export "g") (i32.atomic.store (i32.const 0) (i32.const 1))))
  (invoke "g"))
(assert_return (invoke $m "f") (either (i32.const 0) (i32.const 1)))
(wait $t)"#;

fn place() -> Place {
    let place = Place::with(&[
        ("one.wast", PASSING),
        ("two.wast", FAILING),
        ("steps.wast", STEPS),
        ("nothing.wast", ";; nothing\n"),
        ("litmus.wast", LITMUS),
        ("m.wat", MODULE),
        ("invalid.wat", "(module (func (result i32)))"),
        ("malformed.wat", "(module (fun))"),
        ("empty.wasm", ""),
        ("empty.wat", ""),
        ("suite/readme", ""),
        ("spec/specification/wasm-3.0/one.spectec", "rule Numtype_ok:\n  C |- numtype : OK\n"),
    ]);
    let one = place.run(&["conform", "one.wast", "--report", "json=one.json"]);
    assert_eq!(one.code, 0, "{}", one.stderr);
    let brief = place.run(&["conform", "one.wast", "--report", "brief=brief.json"]);
    assert_eq!(brief.code, 0, "{}", brief.stderr);
    place.run(&["conform", "two.wast", "--report", "json=two.json"]);
    place
}

/// Each command with its exit codes: what is run, and the code.
const CODES: &[(&str, i32)] = &[
    ("conform one.wast", 0),
    ("conform one.wast two.wast", 1),
    ("conform steps.wast --timeout 0.1", 1),
    ("conform steps.wast --max-steps 100", 2),
    ("conform nothing.wast", 2),
    ("conform one.wast nothing.wast", 2),
    ("conform two.wast nothing.wast", 1),
    ("conform missing.wast", 2),
    ("coverage one.wast", 0),
    ("coverage two.wast", 1),
    ("coverage steps.wast --max-steps 100", 2),
    ("coverage nothing.wast", 2),
    ("validate m.wat", 0),
    ("validate invalid.wat", 1),
    ("validate malformed.wat", 1),
    ("validate empty.wasm", 1),
    ("validate m.wat empty.wat", 1),
    ("validate missing.wat", 2),
    ("run m.wat --invoke g", 0),
    ("run m.wat --invoke f", 1),
    ("run m.wat --invoke h --max-steps 100", 1),
    ("run invalid.wat", 1),
    ("run malformed.wat", 1),
    ("run empty.wasm", 2),
    ("run empty.wat", 2),
    ("run m.wat --invoke none", 2),
    ("trace m.wat --invoke g", 0),
    ("trace m.wat --invoke f", 1),
    ("trace m.wat --invoke h --max-steps 100", 1),
    ("trace one.wast:2", 0),
    ("trace two.wast:2", 1),
    ("trace invalid.wat --invoke f", 1),
    ("trace malformed.wat --invoke f", 1),
    ("trace empty.wasm --invoke f", 2),
    ("trace empty.wat --invoke f", 2),
    ("trace m.wat --invoke none", 2),
    ("explain m.wat", 0),
    ("explain invalid.wat", 1),
    ("explain malformed.wat", 1),
    ("explain empty.wasm", 2),
    ("explain empty.wat", 2),
    ("book book", 0),
    ("book one.wast/book", 2),
    ("spec check spec", 1),
    ("spec check missing", 2),
    ("spec check suite", 2),
    ("litmus litmus.wast", 0),
    ("litmus missing.wast", 2),
    ("reduce m.wat -- true", 0),
    ("reduce m.wat -- false", 2),
    ("reduce empty.wasm -- true", 2),
    ("reduce empty.wat -- true", 2),
    ("report merge one.json", 0),
    ("report merge one.json two.json", 1),
    ("report merge missing.json", 2),
    ("report merge m.wat", 2),
    ("engines semantics", 0),
    ("engines no-such-engine", 1),
    ("conform one.wast --baseline brief.json", 2),
    ("conform one.wast --expect missing.toml", 2),
    ("conform one.wast --shard 3/2", 2),
];

#[test]
fn exit_codes() {
    let place = place();
    for &(line, code) in CODES {
        let args: Vec<&str> = line.split(' ').collect();
        let ran = place.run(&args);
        assert_eq!(ran.code, code, "lockstep {line}\n{}\n{}", ran.stdout, ran.stderr);
        if code == 2 {
            let why = ran.stderr.lines().any(|line| line.starts_with("error: ") || line.starts_with("incomplete: "));
            assert!(why, "{line}: {}", ran.stderr);
        }
    }
}

#[test]
fn the_page_has_every_command() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ci.md")).unwrap();
    let rows: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `lockstep ")?.split(['`', ' ']).next()).collect();
    let help = Place::new().run(&["help"]);
    let commands: BTreeSet<&str> = help
        .stdout
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| {
            line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty() && *name != "help")
        })
        .collect();
    assert!(commands.contains("conform") && commands.len() > 10, "{commands:?}");
    assert_eq!(rows, commands, "docs/ci.md and `lockstep help`");
    let tested: BTreeSet<&str> = CODES.iter().filter_map(|(line, _)| line.split(' ').next()).collect();
    // `fuzz` has tests of its own, for it takes longer.
    assert_eq!(tested, commands.into_iter().filter(|name| *name != "fuzz").collect());
}

/// The verdicts of all directives of a report in JSON, by their names.
fn cases(place: &Place, name: &str) -> Vec<(String, String)> {
    let report = json(place, name);
    let files = report["files"].as_array().unwrap();
    let case = |case: &serde_json::Value| (case[4].as_str().unwrap().to_owned(), case[3].as_str().unwrap().to_owned());
    files.iter().flat_map(|file| file["cases"].as_array().unwrap().iter().map(case)).collect()
}

#[test]
fn a_comment_above_a_known_failure_is_no_news() {
    let place = Place::with(&[("a.wast", FAILING)]);
    place.ends(&["conform", "a.wast", "--report", "json=before.json"], 1, "1 fail");
    place.ends(&["conform", "a.wast", "--baseline", "before.json"], 0, "Known: 1; new findings: 0.");
    let before = cases(&place, "before.json");
    place.write(
        "a.wast",
        &format!(";; a line more\n\n{}", FAILING.replace("(i32.const 2)", "\n   (i32.const   2) (; two ;)")),
    );
    let ran = place.ends(&["conform", "a.wast", "--baseline", "before.json", "--report", "json=now.json"], 0, "");
    assert!(ran.stdout.contains("0 worse, 0 unreadable, 0 new, 0 better, 0 deleted, 2 as before"), "{}", ran.stdout);
    assert_eq!(cases(&place, "now.json"), before);
    // Reports know of it.
    assert_eq!(json(&place, "now.json")["failures"][0]["known"]["by"], "baseline");
    place.ends(&["conform", "a.wast", "--baseline", "before.json", "--report", "junit=r.xml"], 0, "");
    let junit = fs::read_to_string(place.path("r.xml")).unwrap();
    assert!(junit.contains("failures=\"0\"") && junit.contains("as in the baseline"), "{junit}");
}

#[test]
fn what_was_deleted_is_not_better_and_what_is_new_or_unreadable_is_said() {
    let place = Place::with(&[("a.wast", FAILING)]);
    place.run(&["conform", "a.wast", "--report", "json=before.json"]);
    place.write("a.wast", PASSING);
    let ran = place.ends(&["conform", "a.wast", "--baseline", "before.json"], 0, "");
    assert!(ran.stdout.contains("0 worse, 0 unreadable, 0 new, 0 better, 1 deleted"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\ndeleted:\n    "), "{}", ran.stdout);
    place.write("a.wast", &format!("{FAILING}(assert_return (invoke \"f\") (i32.const 3))\n(asert_return)\n"));
    let ran = place.ends(&["conform", "a.wast", "--baseline", "before.json"], 1, "");
    assert!(ran.stdout.contains("0 worse, 1 unreadable, 1 new, 0 better, 0 deleted"), "{}", ran.stdout);
}

#[test]
fn expectations() {
    let place = Place::with(&[("suite/one.wast", PASSING), ("suite/two.wast", FAILING)]);
    let conform = |more: &[&str], code, out: &str| place.ends(&[&["conform", "suite"], more].concat(), code, out);
    conform(&[], 1, "3 of 4 pass: 1 fail.");
    // Written, and then found in the folder of the suite.
    conform(&["--update"], 0, "Known: 1; new findings: 0.");
    let written = fs::read_to_string(place.path("suite/lockstep.toml")).unwrap();
    for part in ["[[expect]]\nfile = \"suite/two.wast\"\n", "verdict = \"fail\"\n", "reason = \"unexplained: "] {
        assert!(written.contains(part), "{written}");
    }
    let ran = conform(&["--report", "json=r.json", "--report", "junit=r.xml"], 0, "Known: 1");
    assert_eq!(json(&place, "r.json")["expected"]["met"]["fail"], 1, "{}", ran.stdout);
    assert!(fs::read_to_string(place.path("r.xml")).unwrap().contains("failures=\"0\""));
    conform(&["--no-expect"], 1, "3 of 4 pass: 1 fail.");

    // What people write in it stays: comments, reasons and links.
    let explained = written.replace("[[expect]]", "# Ours.\n[[expect]]").replace("unexplained", "we count from 1");
    place.write("suite/lockstep.toml", &explained);
    conform(&["--update"], 0, "Known: 1");
    assert_eq!(fs::read_to_string(place.path("suite/lockstep.toml")).unwrap(), explained);

    // An edit elsewhere changes nothing; a pass is news, and so is what is gone.
    place.write("suite/two.wast", &format!("(module)\n;; more\n{FAILING}"));
    conform(&[], 0, "Known: 1");
    place.write("suite/two.wast", &FAILING.replace("(i32.const 1))", "(i32.const 2))"));
    conform(&[], 1, "passes: take it out [entry 1: we count from 1");
    let back = place.path("suite/two.wast");
    place.write("suite/two.wast", PASSING);
    conform(&[], 1, "is no longer there: take it out [entry 1");
    conform(&["--update"], 0, "All 4 pass.");
    assert!(!fs::read_to_string(place.path("suite/lockstep.toml")).unwrap().contains("[[expect]]"));
    fs::remove_file(back).unwrap();
    place.write("suite/lockstep.toml", &explained);
    conform(&[], 1, "suite/two.wast stands for no script: take it out [entry 1");
    conform(&["--filter", "one"], 0, "All 2 pass.");
}

#[test]
fn expectations_of_a_whole_file_by_engine_and_verdict() {
    let place = Place::with(&[("one.wast", PASSING), ("two.wast", FAILING), ("steps.wast", STEPS)]);
    let entry = |more: &str| format!("[[expect]]\nfile = \"two.wast\"\nreason = \"why\"\n{more}\n");
    let conform = |toml: &str, code, out: &str| {
        place.write("lockstep.toml", toml);
        place.ends(&["conform", "one.wast", "two.wast"], code, out);
    };
    conform(&entry("verdict = \"fail\""), 0, "Known: 1");
    conform(&entry("verdict = [\"fail\", \"crash\"]\nengines = [\"lockstep-sem*\"]"), 0, "Known: 1");
    conform(&entry("verdict = \"fail\"\nengines = [\"node\"]"), 1, "new findings: 1");
    conform(&entry("verdict = \"timeout\""), 1, "has no directive that ends so: take it out");
    conform("[[leave-out]]\nfiles = \"tw*.wast\"\nreason = \"not ours\"\n", 0, "left out: ");
    // A pass is no news where it is expected as well.
    let id = "directives = [\"0123456789ab\"]";
    conform(&entry(&format!("verdict = [\"fail\", \"pass\"]\n{id}")), 1, "is no longer there");
    for (wrong, why) in [
        ("[[expect]]\nfile = \"two.wast\"\nverdict = \"fail\"\n", "missing field `reason`"),
        ("[[expect]]\nfile = \"two.wast\"\nverdict = \"fail\"\nreason = \" \"\n", "it has no reason"),
        ("[[expect]]\nfile = \"two.wast\"\nverdict = \"pass\"\nreason = \"x\"\n", "needs no expectation"),
        ("[[expect]]\nfile = \"[\"\nverdict = \"fail\"\nreason = \"x\"\n", "not a glob pattern"),
        ("[[skip]]\nreason = \"x\"\n", "either a feature or a proposal"),
        ("[[skipp]]\nreason = \"x\"\n", "unknown field `skipp`"),
        ("[[message]]\ntheirs = \"x\"\nours = \"no such text\"\n", "none of the texts"),
        ("expect = 7", "invalid type"),
        ("\u{0}", "lockstep.toml"),
    ] {
        place.write("lockstep.toml", wrong);
        place.refuses(&["conform", "one.wast"], why);
    }
    place.write("lockstep.toml", "");
    place.write("a/lockstep.toml", "");
    place.write("a/one.wast", PASSING);
    place.refuses(&["conform", "a"], "name one with --expect");
}

#[test]
fn a_feature_or_a_proposal_is_skipped() {
    let memory64 = "(module (memory i64 1) (func (export \"f\") (result i64) (memory.size)))\n\
                    (assert_return (invoke \"f\") (i64.const 2))\n";
    let place = Place::with(&[
        ("suite/one.wast", PASSING),
        ("suite/memory64.wast", memory64),
        ("suite/upstream-threads/two.wast", FAILING),
    ]);
    place.ends(&["conform", "suite"], 1, "2 fail");
    place.write(
        "suite/lockstep.toml",
        "[[skip]]\nfeature = \"memory64\"\nreason = \"later\"\n\n[[skip]]\nproposal = \"threads\"\nreason = \"never\"\n",
    );
    let ran = place.ends(&["conform", "suite", "--report", "json=r.json"], 0, "2 of 4 pass: 2 unsupported.");
    assert!(ran.stdout.contains("left out: suite/upstream-threads/two.wast: never"), "{}", ran.stdout);
    let report = json(&place, "r.json");
    assert_eq!(report["failures"][0]["feature"], "memory64");
    assert_eq!(report["failures"][0]["known"]["reason"], "later");
}

#[test]
fn a_missing_shard_is_no_success() {
    let scripts: Vec<(String, &str)> = (0..7).map(|i| (format!("suite/{i}.wast"), PASSING)).collect();
    let scripts: Vec<(&str, &str)> = scripts.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let place = Place::with(&scripts);
    for part in 1..=3 {
        let (shard, report) = (format!("{part}/3"), format!("json={part}.json"));
        place.ends(&["conform", "suite", "--shard", &shard, "--report", &report], 0, " pass.");
    }
    let ran = place.run(&["report", "merge", "1.json", "3.json"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (2, "incomplete: lockstep-semantics: shard 2/3 is missing\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("Incomplete: shard 2/3 is missing."), "{}", ran.stdout);
    place.ends(&["report", "merge", "3.json", "1.json", "2.json"], 0, "All 14 pass.");
    place.refuses(&["report", "merge", "1.json", "1.json"], "more than once");
}

/// A report without what differs from run to run.
fn timeless(place: &Place, name: &str) -> serde_json::Value {
    fn forget(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("seconds");
                map.values_mut().for_each(forget);
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(forget),
            _ => {}
        }
    }
    let mut report = json(place, name);
    forget(&mut report);
    report
}

#[test]
fn shards_of_several_engines_with_expectations_merge_to_the_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/conform-failing");
    let folder = folder.canonicalize().unwrap().display().to_string();
    let left_out = "[[leave-out]]\nfiles = \"nothing.wast\"\nreason = \"it is empty\"\n";
    let place = Place::with(&[("e.toml", left_out)]);
    let engines = ["--engine", "semantics", "--engine", "wasmtime", "--timeout", "2"];
    let conform =
        |more: &[&str]| place.run(&[&["conform", &folder, "--expect", "e.toml"], &engines[..], more].concat());
    let ran = conform(&["--update", "--report", "json=whole.json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let ran = conform(&["--report", "json=whole.json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    for part in ["1", "2"] {
        let ran = conform(&["--shard", &format!("{part}/2"), "--report", &format!("json={part}.json")]);
        assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    }
    let ran = place.run(&["report", "merge", "2.json", "1.json", "--report", "json=merged.json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(timeless(&place, "merged.json"), timeless(&place, "whole.json"));
}

/// A campaign on an engine that supports nothing, or with a tool that does nothing right, is no success.
#[test]
fn a_campaign_that_compares_nothing() {
    let place = Place::new();
    let fuzz = |more: &[&str]| place.run(&[&["fuzz", "--modules", "20"], more].concat());
    let ran = fuzz(&["--engine", "wasmtime"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.ends_with("Nothing was found.\n"), "{}", ran.stdout);
    for tool in ["false", "lockstep-no-such-tool", "sh -c 'exit 3'"] {
        let ran = fuzz(&["--transform", tool]);
        assert_eq!(ran.code, 2, "{tool}\n{}\n{}", ran.stdout, ran.stderr);
        assert!(!ran.stdout.contains("Nothing was found"), "{tool}: {}", ran.stdout);
    }
    // With one that works beside it.
    let ran = fuzz(&["--engine", "wasmtime", "--transform", "false"]);
    assert_eq!(ran.code, 2, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("was compared on no program: "), "{}", ran.stderr);
    // An engine that says that it supports nothing, by the protocol.
    place.write(
        "nothing.sh",
        r#"while read -r line; do
  id=$(printf %s "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  case "$line" in
    *'"hello"'*) answer='{"hello":{"protocol":1,"name":"nothing","version":"0"}}' ;;
    *'"op":"open"'*) answer='"ok"' ;;
    *) answer='{"unsupported":"all of it"}' ;;
  esac
  echo "{\"id\":$id,\"answer\":$answer}"
done
"#,
    );
    let ran = fuzz(&["--engine", "process:sh nothing.sh"]);
    assert_eq!(ran.code, 2, "{}\n{}", ran.stdout, ran.stderr);
}

/// Copies the scripts of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy(&path, &to.join(path.file_name().unwrap()));
        } else if path.extension().is_some_and(|extension| extension == "wast" || extension == "wat") {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// The suite of another project, certified on two engines by ten lines: tests of its own with the texts of its own engine, a
/// copy of the tests of a proposal, and what it knows not to work.
#[test]
fn the_suite_of_another_project() {
    const OURS: &str = r#"(module (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (memory (export "m") i64 1) (func (export "size") (result i64) (memory.size)))
(assert_trap (invoke "div" (i32.const 1) (i32.const 0)) "division by zero")
(assert_return (invoke "div" (i32.const 7) (i32.const 2)) (i32.const 4))
(assert_return (invoke "size") (i64.const 1))
"#;
    const LINES: &str = r#"leave-out = [{ files = "drafts/*", reason = "not finished" }]
message = [{ theirs = "division by zero", ours = "integer divide by zero" }]

[[expect]]
file = "tests/ours.wast"
directives = ["ID"]
verdict = "fail"
reason = "we round up; the standard truncates"
link = "https://example.org/issues/7"
"#;
    let place = Place::with(&[("tests/ours.wast", OURS), ("tests/drafts/later.wast", "(modul)")]);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/conform"), &place.path("tests/corpus"));
    if let Some(threads) = lockstep_testing::suite("threads") {
        copy(&threads, &place.path("tests/upstream-threads"));
    }
    let engines = ["conform", "tests", "--engine", "semantics", "--engine", "wasmtime", "--report", "json=r.json"];
    place.ends(&engines, 1, "");
    let reports = json(&place, "r.json");
    let failures = reports["reports"][0]["failures"].as_array().unwrap();
    let ours = failures.iter().find(|finding| finding["file"] == "tests/ours.wast" && finding["line"] == 4).unwrap();
    let lines = LINES.replace("ID", ours["id"].as_str().unwrap());
    assert!(lines.lines().count() <= 10);
    place.write("tests/lockstep.toml", &lines);
    let ran = place.ends(&engines, 0, "");
    assert_eq!(ran.stdout.matches("Known: 1; new findings: 0.").count(), 2, "{}", ran.stdout);

    // A regression is news, with the rule, and so is a repair.
    place.write("tests/ours.wast", &OURS.replace("(i64.const 1)", "(i64.const 2)"));
    let ran = place.ends(&engines, 1, "Known: 1; new findings: 1.");
    assert!(ran.stdout.contains("rule      Step_read/memory.size"), "{}", ran.stdout);
    place.write("tests/ours.wast", &OURS.replace("(i32.const 4)", "(i32.const 3)"));
    place.ends(&engines, 1, "is no longer there: take it out [entry 1: we round up");
}

fn read(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

#[test]
fn forms_of_reports() {
    let place = Place::with(&[("tests/two.wast", FAILING)]);
    let source = ["--source", "https://example.org/blob/1/"];
    let forms = ["--report", "html=two.html", "--report", "markdown=two.md", "--report", "summary=summary.md"];
    let ran = place.run(&[&["conform", "tests"], &source[..], &forms].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for file in ["two.html", "two.md", "summary.md"] {
        let text = read(&place, file);
        assert!(text.contains("https://example.org/blob/1/tests/two.wast#L"), "{file}: {text}");
    }
    assert!(read(&place, "two.md").starts_with("## ❌ "));
    place.refuses(&["conform", "tests", "--source", "javascript:1"], "https://");
    let schema: serde_json::Value = serde_json::from_str(&place.run(&["report", "schema"]).stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn a_site_of_reports() {
    let place = place();
    fs::create_dir_all(place.path("days/more")).unwrap();
    for (from, to) in [("brief.json", "days/2026-01-01.json"), ("one.json", "days/more/2026-01-02.json")] {
        fs::copy(place.path(from), place.path(to)).unwrap();
    }
    fs::write(place.path("days/other.json"), "{}").unwrap();
    let ran = place.run(&["report", "site", "days", "--out", "site"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("other.json is not a report") && ran.stdout.contains("2 runs: "), "{}", ran.stdout);
    let index = read(&place, "site/index.html");
    assert!(index.contains("2 runs of 1 engine from 2026-01-01 to 2026-01-02"), "{index}");
    let engines: Vec<_> =
        fs::read_dir(place.path("site/engines")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(engines.len(), 1);
    assert!(fs::read_to_string(&engines[0]).unwrap().contains("2026-01-02"));
    fs::create_dir_all(place.path("none")).unwrap();
    place.refuses(&["report", "site", "none", "--out", "site"], "no report");
}
