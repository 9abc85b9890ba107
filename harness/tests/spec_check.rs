//! `lockstep spec`, on small checkouts made up for the purpose, and on a real one when `LOCKSTEP_SPEC` names it.

use lockstep::spec_check::{self, ChangeKind, Table};
use lockstep_spec::RuleId;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn lockstep(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lockstep")).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A checkout with these files of rules.
fn checkout(root: &Path, files: &[(&str, &str)]) {
    let folder = root.join("specification/wasm-3.0");
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

const VALID: &str = "\
relation Ok: |- x : OK

rule Ok/a: x   -- Sub: x

rule Ok/b:
  y
  -- if y = z

(;
rule Ok/old:
  o
;)

rule Ok/c:
  z
";
const EXEC: &str = "rule Step/a: p ~> q\n\nrule Step/b: r ~> s\n";

/// The first checkout pinned, and then the second one against it.
fn differences(before: &[(&str, &str)], after: &[(&str, &str)]) -> (Output, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (root, table) = (folder.path().join("spec"), folder.path().join("pin.tsv"));
    let (root, table) = (root.to_str().unwrap(), table.to_str().unwrap());
    checkout(Path::new(root), before);
    let pin = lockstep(&["spec", "pin", root, "--commit", "0123456789abcdef"]);
    assert_eq!(pin.status.code(), Some(0), "{}", stderr(&pin));
    fs::write(table, &pin.stdout).unwrap();
    checkout(Path::new(root), after);
    let text = lockstep(&["spec", "check", root, "--against", table]);
    let json = lockstep(&["spec", "check", root, "--against", table, "--format", "json"]);
    assert_eq!(text.status, json.status);
    let json = serde_json::from_slice(&json.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(&json)));
    (text, json)
}

#[test]
fn nothing_has_happened() {
    let files = [("2.1-valid.spectec", VALID), ("4.3-exec.spectec", EXEC)];
    let (text, json) = differences(&files, &files);
    assert_eq!(text.status.code(), Some(0));
    assert!(stdout(&text).ends_with("all 6 rules are as at the pin (012345678)\n"), "{}", stdout(&text));
    assert_eq!(json["differences"].as_array().unwrap().len(), 0);
    assert_eq!(json["pin"], "0123456789abcdef");

    // Other lines, other white space, other comments: the same rules.
    let valid = VALID.replace("rule Ok/b:\n  y", ";; why\n\nrule Ok/b:   ;; b\n    y");
    let (text, _) = differences(&files, &[("2.1-valid.spectec", &valid), files[1]]);
    assert_eq!(text.status.code(), Some(0), "{}", stdout(&text));
}

#[test]
fn each_kind_of_difference() {
    let before = [("2.1-valid.spectec", VALID), ("4.3-exec.spectec", EXEC), ("X.1-notation.spectec", "rule Ex/a: x")];
    let valid = "\
rule Ok/c:
  z

rule Ok/a: x   -- Sub: x

rule Ok/b:
  y
  -- if y = z'

rule Ok/new:
  n -- if m

(; rule Ok/draft: d ;)
(;
rule Ok/old:
  o
;)
";
    let exec = "rule Step/renamed: p ~> q\n";
    let (text, json) = differences(&before, &[("2.1-valid.spectec", valid), ("4.3-exec.spectec", exec)]);
    assert_eq!(text.status.code(), Some(1));
    let seen: Vec<(&str, &str)> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["kind"].as_str().unwrap(), d["rule"].as_str().unwrap()))
        .collect();
    let want =
        [("added", "Ok/new"), ("removed", "Step/b"), ("renamed", "Step/a"), ("moved", "Ok/c"), ("changed", "Ok/b")];
    assert_eq!(seen, want);
    assert_eq!(json["differences"][2]["name"], "Step/renamed");
    let text = stdout(&text);
    for line in [
        "added\n  Ok/new\n    is  at 2.1-valid.spectec:10\n      n\n        -- if m\n",
        "removed\n  Step/b\n    was at 4.3-exec.spectec:3\n",
        "  Step/a is now Step/renamed\n",
        "moved\n  Ok/c\n    was at 2.1-valid.spectec:14\n    is  at 2.1-valid.spectec:1\n",
        "changed\n  Ok/b\n",
        "        -- if y = z'\n",
        "\n1 added, 1 removed, 1 renamed, 1 moved, 1 changed\n",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
}

#[test]
fn to_another_file_and_into_a_comment() {
    let before = [("2.1-valid.spectec", VALID), ("4.3-exec.spectec", EXEC)];
    let valid = VALID.replace("rule Ok/c:\n  z\n", "(; rule Ok/gone: x ;)\n");
    let exec = format!("{}\nrule Ok/c: z\n(;\nrule Step/b: r ~> s\n;)\n", EXEC.replace("rule Step/b: r ~> s\n", ""));
    let (_, json) = differences(&before, &[("2.1-valid.spectec", &valid), ("4.3-exec.spectec", &exec)]);
    let seen: Vec<String> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| format!("{} {} {}", d["kind"], d["rule"], d["now"]["commented"]))
        .collect();
    assert_eq!(seen, [r#""moved" "Ok/c" false"#, r#""changed" "Step/b" true"#]);
}

#[test]
fn no_such_checkout_or_layout() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let check = |dir: &Path| {
        let output = lockstep(&["spec", "check", dir.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert_eq!(stdout(&output), "");
        stderr(&output)
    };
    assert!(check(&root.join("missing")).contains("missing: No such file"));
    let error = check(root);
    assert!(
        error.contains("not a checkout of WebAssembly/spec") && error.contains("specification/wasm-3.0"),
        "{error}"
    );
    fs::create_dir_all(root.join("specification/wasm-4.0")).unwrap();
    assert!(check(root).contains("(in specification/: wasm-4.0)"));
    checkout(&root.join("empty"), &[("1.0-syntax.spectec", "syntax x = y")]);
    assert!(check(&root.join("empty")).contains("no rules in 1 SpecTec files"));
    let table = root.join("table.tsv");
    fs::write(&table, "# x\nnonsense").unwrap();
    checkout(&root.join("spec"), &[("a.spectec", VALID)]);
    let (dir, table) = (root.join("spec"), table.to_str().unwrap());
    let output = lockstep(&["spec", "check", dir.to_str().unwrap(), "--against", table]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("table.tsv: line 2: not a rule, file"), "{}", stderr(&output));
}

#[test]
fn the_pin_is_that_of_the_catalogue() {
    let pin = Table::pin();
    assert!(pin.entries.iter().map(|entry| entry.rule.as_str()).eq(RuleId::standard().map(RuleId::as_str)));
    for entry in &pin.entries {
        let rule = RuleId::parse(&entry.rule).unwrap().rule();
        assert_eq!(entry.file, rule.file, "{}", entry.rule);
        assert_eq!(entry.fingerprint.len(), 16);
    }
    let commented: Vec<&str> =
        pin.entries.iter().filter(|entry| entry.commented).map(|entry| entry.rule.as_str()).collect();
    assert_eq!(commented, ["Instr_ok/load", "Instr_ok/store"]);
    assert_eq!(Table::read(&pin.to_string()), Ok(pin));
    assert!(lockstep_spec::pin::head().contains(lockstep_spec::PIN));
}

/// `LOCKSTEP_SPEC` names a checkout of the standard at the pin.
#[test]
fn the_standard_at_the_pin() {
    let Some(dir) = lockstep_testing::checkout() else { return };
    let rules = spec_check::sources(&dir).unwrap();
    assert_eq!(spec_check::compare(&Table::pin(), &rules), []);
    assert_eq!(Table::new(lockstep_spec::PIN, &rules), Table::pin());

    // One rule less, one more, one other.
    let mut rules = rules;
    let removed = rules.remove(100);
    rules[5].text.push_str(" -- if true");
    let mut added = rules[200].clone();
    added.id = "Instr_ok/of_our_own".into();
    added.text = "no such text".into();
    rules.insert(201, added);
    let found = spec_check::compare(&Table::pin(), &rules);
    let found: Vec<(ChangeKind, &str)> = found.iter().map(|d| (d.kind, d.rule.as_str())).collect();
    let want = [
        (ChangeKind::Added, "Instr_ok/of_our_own"),
        (ChangeKind::Removed, removed.id.as_str()),
        (ChangeKind::Changed, rules[5].id.as_str()),
    ];
    assert_eq!(found, want);
}
