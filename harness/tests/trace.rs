//! `lockstep trace`: snapshots of the scripts in `corpus/traces`, the choice of steps, JSON that can be replayed.
//!
//! When a trace changes on purpose: `cargo insta review`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/traces")
}

/// Runs `lockstep trace`; its exit code, standard output and standard error.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    let output = command.arg("trace").args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(!stderr.contains("panicked"), "{stderr}");
    (output.status.code().expect("no signal"), stdout, stderr)
}

fn trace(folder: &Path, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, args);
    assert_eq!(code, 0, "{args:?}\n{stdout}\n{stderr}");
    assert_eq!(stderr, "", "{args:?}");
    stdout
}

/// The traces of all assertions of a script.
fn script(name: &str) -> String {
    let text = fs::read_to_string(corpus().join(name)).unwrap();
    let mut traces = String::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("(assert_")) {
        let one = trace(&corpus(), &[&format!("{name}:{}", i + 1)]);
        assert!(one.lines().last().unwrap().starts_with("pass"), "{one}");
        // Without the number of the line, which says nothing of the trace.
        let (_, rest) = one.split_once('\n').unwrap();
        traces += &format!("{line}\n{rest}\n");
    }
    assert!(!traces.is_empty(), "{name} has no assertions");
    traces
}

macro_rules! snapshots {
    ($($name:ident),*) => { $(
        #[test]
        fn $name() {
            let traces = script(concat!(stringify!($name), ".wast"));
            insta::with_settings!({
                snapshot_path => "../../corpus/traces/snapshots", prepend_module_to_snapshot => false, omit_expression => true
            }, {
                insta::assert_snapshot!(stringify!($name), traces);
            });
        }
    )* };
}

snapshots!(tour, structs, arrays, references, control, calls, exceptions, host, state, threads, turns);

#[test]
fn every_script_has_a_snapshot() {
    let mut count = 0;
    for entry in fs::read_dir(corpus()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "wast") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(corpus().join(format!("snapshots/{name}.snap")).exists(), "{name}");
            count += 1;
        }
    }
    assert_eq!(count, fs::read_dir(corpus().join("snapshots")).unwrap().count());
}

const MODULE: &str = r#"(module
  (type $cell (struct (field $n (mut i32))))
  (memory 1)
  (global $g (mut i32) (i32.const 0))
  (func $init (global.set $g (i32.const 7)))
  (start $init)
  (func (export "count") (param $n i32) (result i32) (local $c (ref $cell))
    (local.set $c (struct.new $cell (i32.const 0)))
    (loop $l
      (struct.set $cell $n (local.get $c) (i32.add (struct.get $cell $n (local.get $c)) (i32.const 1)))
      (br_if $l (i32.lt_u (struct.get $cell $n (local.get $c)) (local.get $n))))
    (struct.get $cell $n (local.get $c)))
  (func (export "guess") (param $n i32) (result i32)
    (loop $l
      (drop (memory.grow (i32.const 1)))
      (drop (f32.div (f32.const 0) (f32.const 0)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (memory.size))
  (func (export "trap") (unreachable)))"#;

fn place() -> TempDir {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("m.wat"), MODULE).unwrap();
    place
}

#[test]
fn instantiation() {
    let place = place();
    let text = trace(place.path(), &["m.wat", "--instantiation"]);
    assert!(text.contains(" globals[4] $g: 0 → 7\n"), "{text}");
    assert!(text.ends_with("steps\n"), "{text}");
    let both = trace(place.path(), &["m.wat", "--instantiation", "--invoke", "count", "1"]);
    assert!(both.contains("invoke \"count\" (i32.const 1)\n"), "{both}");
    assert!(both.contains("returns i32.const 1 after"), "{both}");
}

#[test]
fn first_and_last() {
    let place = place();
    let all = trace(place.path(), &["m.wat", "--invoke", "count", "30"]);
    let steps: Vec<&str> = all.lines().collect();
    let first = trace(place.path(), &["m.wat", "--first", "3", "--invoke", "count", "30"]);
    let first: Vec<&str> = first.lines().collect();
    assert_eq!(first[..4], steps[..4]);
    assert_eq!(first.last(), Some(&"stopped after 3 steps"), "{first:?}");
    let last = trace(place.path(), &["m.wat", "--last", "3", "--invoke", "count", "30"]);
    let last: Vec<&str> = last.lines().collect();
    assert_eq!(last[1..4], steps[steps.len() - 4..steps.len() - 1]);
    assert!(last[4].starts_with("returns i32.const 30 after") && last[4].ends_with("of which 3 are shown"), "{last:?}");
}

#[test]
fn filters() {
    let place = place();
    let steps = |args: &[&str]| {
        let text = trace(place.path(), &[&["m.wat"], args, &["--invoke", "count", "5"]].concat());
        text.lines().filter(|line| line.contains("~>")).count()
    };
    assert_eq!(steps(&["--rule", "Step/struct.set-struct"]), 5);
    assert_eq!(steps(&["--rule", "struct.new"]), 1);
    assert_eq!(steps(&["--rule", "Step/struct.*"]), 6);
    assert_eq!(steps(&["--instr", "struct.*"]), 1 + 5 + 5 + 5 + 1);
    assert_eq!(steps(&["--instr", "struct.set", "--instr", "struct.new"]), 6);
    assert_eq!(steps(&["--instr", "struct.*", "--rule", "struct.new"]), 1);
}

#[test]
fn json_replays() {
    let place = place();
    let path = place.path();
    let invoke = ["--invoke", "guess", "40"];
    let json = |args: &[&str]| trace(path, &[&["m.wat", "--format", "json"], args, &invoke].concat());
    let random = json(&["--seed", "7"]);
    assert_ne!(random, json(&["--seed", "8"]));
    assert_ne!(random, json(&[]));
    fs::write(path.join("random.jsonl"), &random).unwrap();
    assert_eq!(json(&["--replay", "random.jsonl"]), random);
    // What is not shown has been chosen all the same.
    for pick in [&["--last", "3"][..], &["--rule", "struct.new"], &["--instr", "memory.grow"]] {
        let part = json(&[pick, &["--seed", "7"]].concat());
        fs::write(path.join("part.jsonl"), &part).unwrap();
        assert_eq!(json(&["--replay", "part.jsonl"]), random, "{pick:?}");
    }
}

#[test]
fn json_is_an_object_a_line() {
    let place = place();
    let text = trace(place.path(), &["m.wat", "--format", "json", "--invoke", "count", "2"]);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["trace"], 1);
    assert_eq!(lines[0]["file"], "m.wat");
    assert_eq!(lines[1]["run"], "invoke");
    assert_eq!(lines[1]["args"][0], "i32.const 2");
    let steps = &lines[2..lines.len() - 1];
    for (i, step) in steps.iter().enumerate() {
        assert_eq!(step["step"], i + 1);
        let rule = step["rule"].as_str().unwrap();
        assert!(lockstep_spec::RuleId::parse(rule).is_some(), "{rule}");
    }
    let set = steps.iter().find(|step| step["rule"] == "Step/struct.set-struct").unwrap();
    assert_eq!(set["redex"], "(ref.struct 0) (i32.const 1) (struct.set $cell $n)");
    assert_eq!(set["contractum"], "ε");
    assert_eq!(set["changes"][0], serde_json::json!({"at": "structs[0].$n", "from": "0", "to": "1"}));
    let end = lines.last().unwrap();
    assert_eq!((&end["end"], &end["steps"]), (&"return".into(), &steps.len().into()));
}

/// The steps of a trace in JSON.
fn steps(json: &str) -> Vec<serde_json::Value> {
    json.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|v: &serde_json::Value| v["step"].is_u64())
        .collect()
}

#[test]
fn threads_take_turns() {
    let script = fs::read_to_string(corpus().join("turns.wast")).unwrap();
    let line = |text: &str| format!("turns.wast:{}", script.lines().position(|line| line.contains(text)).unwrap() + 1);
    let json = trace(&corpus(), &[&line("(invoke \"add\")"), "--format", "json"]);
    let all = steps(&json);
    let of = |thread| all.iter().filter(|step| step["thread"] == thread).collect::<Vec<_>>();
    let (a, b) = (of("$A"), of("$B"));
    assert_eq!(a.len() + b.len(), all.len());
    // The first is in the middle of its call, whose names are not known, and goes on; the second begins its own.
    assert!(!a.is_empty() && a[0]["depth"].as_u64().unwrap() >= 4, "{json}");
    assert_eq!(b[0]["depth"], 0);
    let add = b.iter().find(|step| step["redex"].as_str().unwrap().contains("rmw.add")).unwrap();
    assert_eq!(
        add["changes"][0],
        serde_json::json!({"at": "mems[2][4 : 4]", "from": "00 00 00 00", "to": "03 00 00 00"})
    );
    assert_eq!(add["actions"][1], "(rmw_seqcst mems[2].data[4] 00 00 00 00 03 00 00 00)", "{add}");
    // What is not exchanged does not change.
    let json = trace(&corpus(), &[&line("(invoke \"swap\")"), "--format", "json"]);
    let swap = steps(&json).into_iter().find(|step| step["redex"].as_str().unwrap().contains("cmpxchg")).unwrap();
    assert!(swap["changes"].is_null() && swap["actions"].is_array(), "{swap}");
    // A thread as a whole, and its end.
    let whole = trace(&corpus(), &[&line("(thread $B"), "--format", "json"]);
    assert_eq!(steps(&whole).iter().filter(|step| step["thread"] == "$B" && step["depth"] == 0).count(), 3, "{whole}");
    let end: serde_json::Value = serde_json::from_str(whole.lines().last().unwrap()).unwrap();
    assert_eq!(end["end"], "pass", "{whole}");
    let ended = trace(&corpus(), &[&line("(wait $B)")]);
    assert!(ended.contains("which expects the end of the thread $B\n") && ended.contains("\npass after"), "{ended}");
}

#[test]
fn schedules() {
    // Two schedules that `lockstep litmus` gives for this script: the reader comes last, or waits before.
    let threads = corpus().join("threads.wast");
    let threads = threads.to_str().unwrap();
    let last = trace(&corpus(), &[threads, "--schedule", "1:16 2:17"]);
    assert!(last.starts_with("schedule 1:16 2:17\n    1 $Writer   0  Step_read/call_ref-func"), "{last}");
    assert!(last.ends_with("$Writer \"publish\": 0, $Reader \"look\": 1 42 after 22 steps\n"), "{last}");
    let woken = trace(&corpus(), &[threads, "--schedule", "2:7 1:16 2:11"]);
    assert!(woken.contains("Step/wait-woken"), "{woken}");
    assert!(woken.contains("$Writer \"publish\": 1, $Reader \"look\": 1 42 after"), "{woken}");
}

#[test]
fn ends() {
    let place = place();
    // As `lockstep run` says.
    let ends = |args: &[&str]| {
        let (code, text, stderr) = run(place.path(), args);
        assert_eq!((code, stderr.as_str()), (1, ""), "{args:?}");
        text
    };
    let text = ends(&["m.wat", "--invoke", "trap"]);
    assert!(text.ends_with("trap: unreachable (Step_pure/unreachable) after 4 steps\n"), "{text}");
    let text = ends(&["m.wat", "--max-steps", "100", "--invoke", "count", "1000"]);
    assert!(text.contains("step limit reached after"), "{text}");
}

#[test]
fn refusals() {
    let place = place();
    fs::write(place.path().join("broken.wat"), "(module (func)").unwrap();
    fs::write(place.path().join("invalid.wat"), "(module (func (result i32)))").unwrap();
    fs::write(place.path().join("s.wast"), "\n(module)\n(assert_return (invoke \"f\"))").unwrap();
    for (args, message) in [
        (&["nowhere.wat", "--invoke", "f"][..], "cannot read nowhere.wat"),
        (&["m.wat"], "nothing to trace"),
        (&["m.wat", "--invoke", "f"], "m.wat has no export \"f\""),
        (&["m.wat", "--invoke", "count", "x"], "argument 1 should be of type i32"),
        (&["s.wast"], "say which directive"),
        (&["s.wast:1"], "there is no directive at line 1"),
        (&["m.wat", "--rule", "nonsense", "--invoke", "count", "1"], "no rule is called \"nonsense\""),
        (&["m.wat", "--format", "html", "--last", "3", "--invoke", "count", "1"], "a page needs every step"),
        (&["m.wat", "--replay", "m.wat", "--invoke", "count", "1"], "m.wat: line 1"),
        (&["s.wast", "--schedule", "1"], "not a schedule"),
        (&["s.wast:2", "--schedule", "1:1"], "a schedule is for a whole script"),
        (&["s.wast", "--schedule", "0:5"], "s.wast: thread 0 cannot make 5 steps, but 0"),
        (&["s.wast", "--schedule", "1:5"], "s.wast: there is no thread 1"),
    ] {
        let (code, _, stderr) = run(place.path(), args);
        assert_eq!(code, 2, "{args:?}\n{stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains(message), "{args:?}\n{stderr}");
    }
    for (file, message) in
        [("broken.wat", "broken.wat: a malformed module"), ("invalid.wat", "invalid.wat: an invalid module")]
    {
        let (code, stdout, stderr) = run(place.path(), &[file, "--invoke", "f"]);
        assert_eq!((code, stdout.as_str()), (1, ""));
        assert!(stderr.starts_with(message), "{stderr}");
    }
    let (code, stdout, _) = run(place.path(), &["s.wast:3"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("not as expected, but there is no export \"f\", after 0 steps"), "{stdout}");
}
