//! Commands that are stopped, killed, or meet what dies: they end in time, and what they have found by then is there.
#![cfg(unix)]

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LOCKSTEP: &str = env!("CARGO_BIN_EXE_lockstep");
/// Within this time a command ends that is asked to. Another second is for a machine that has more to do.
const SOON: Duration = Duration::from_secs(3);
const ENDLESS: &str = r#"(module (func (export "f") (loop (br 0)))) (invoke "f")"#;
const PASSES: &str =
    r#"(module (func (export "f") (result i32) (i32.const 1))) (assert_return (invoke "f") (i32.const 1))"#;

struct Place(TempDir);

impl Place {
    fn with(files: &[(&str, &str)]) -> Place {
        let place = Place(TempDir::new().unwrap());
        for (name, text) in files {
            fs::write(place.path(name), text).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(LOCKSTEP);
        command.args(args).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    fn start(&self, args: &[&str]) -> Running {
        let mut command = self.command(args);
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn run(&self, args: &[&str]) -> Ended {
        Ended::new(self.command(args).output().unwrap())
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }
}

struct Running(Child);

struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn new(output: Output) -> Ended {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    fn assert_code(&self, code: i32) {
        assert_eq!(self.status.code(), Some(code), "{}\n{}", self.stdout, self.stderr);
    }
}

impl Running {
    fn signal(&self, signal: &str) {
        assert!(signal_to(signal, self.0.id()));
    }

    fn end(self) -> Ended {
        Ended::new(self.0.wait_with_output().unwrap())
    }

    /// Sends a signal, and waits for the end, which is to come soon.
    fn ends_on(self, signal: &str) -> Ended {
        let begin = Instant::now();
        self.signal(signal);
        let ended = self.end();
        assert!(begin.elapsed() < SOON, "{:?} after {signal}", begin.elapsed());
        ended
    }

    /// The workers of the command that are there now.
    fn workers(&self) -> Vec<u32> {
        let is_worker =
            |pid: &u32| fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.ends_with(b"\0worker\0"));
        children(self.0.id()).into_iter().filter(is_worker).collect()
    }
}

fn signal_to(signal: &str, pid: u32) -> bool {
    Command::new("kill")
        .args([&format!("-{signal}"), &pid.to_string()])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

/// The parent of a process, and its state.
fn stat(pid: u32) -> Option<(u32, char)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.chars().next()?;
    Some((fields.next()?.parse().ok()?, state))
}

fn children(pid: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    all.filter(|child| stat(*child).is_some_and(|(parent, _)| parent == pid)).collect()
}

fn is_alive(pid: u32) -> bool {
    stat(pid).is_some_and(|(_, state)| state != 'Z')
}

/// Waits until something is there.
fn until<T>(what: &str, mut there: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(there) = there() {
            return there;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn pid_in(file: PathBuf) -> u32 {
    until("no number of a process", || fs::read_to_string(&file).ok()?.trim().parse().ok())
}

fn assert_gone(pid: u32) {
    until("it outlives the command", || (!is_alive(pid)).then_some(()));
}

#[test]
fn jobs_beyond_sense_are_not_run_and_that_is_said() {
    let place = Place::with(&[("a.wast", PASSES)]);
    let begin = Instant::now();
    let ended = place.run(&["conform", "a.wast", "--jobs", "5000"]);
    ended.assert_code(0);
    assert!(ended.stderr.contains("--jobs 5000 is more than this machine can use"), "{}", ended.stderr);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn an_interrupted_run_reports_what_it_has() {
    for signal in ["INT", "TERM"] {
        let place = Place::with(&[("a.wast", PASSES), ("b.wast", ENDLESS), ("r.json", "old")]);
        let begun = place.start(&["conform", "a.wast", "b.wast", "--report", "json=r.json", "--timeout", "600"]);
        thread::sleep(Duration::from_millis(1500));
        assert_eq!(fs::read_to_string(place.path("r.json")).unwrap(), "old");
        let ended = begun.ends_on(signal);
        ended.assert_code(130);
        let report = place.json("r.json");
        let report = report.get("reports").map_or(&report, |reports| &reports[0]);
        assert_eq!(report["summary"]["pass"], 2, "{report}");
        assert_eq!(
            (&report["run"]["stopped"], &report["run"]["scripts"]),
            (&"interrupted".into(), &2.into()),
            "{report}"
        );
        assert!(ended.stdout.contains("Incomplete: interrupted: 1 of 2 scripts were run."), "{}", ended.stdout);
    }
}

#[test]
fn findings_count_however_a_run_ends() {
    let fails = PASSES.replace("(i32.const 1))) ", "(i32.const 2))) ");
    let place = Place::with(&[("a.wast", &fails), ("b.wast", ENDLESS)]);
    let begun = place.start(&["conform", "a.wast", "b.wast", "--timeout", "600"]);
    thread::sleep(Duration::from_millis(1500));
    begun.ends_on("INT").assert_code(1);
}

#[test]
fn a_killed_run_leaves_the_old_report() {
    let place = Place::with(&[("b.wast", ENDLESS), ("r.json", "old")]);
    let begun = place.start(&["conform", "b.wast", "--report", "json=r.json", "--timeout", "600"]);
    let worker = until("no worker", || begun.workers().first().copied());
    begun.ends_on("KILL");
    assert_eq!(fs::read_to_string(place.path("r.json")).unwrap(), "old");
    assert_gone(worker);
    assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 2, "nothing is left beside");
}

#[test]
fn every_command_ends_soon_after_an_interrupt() {
    let wat = r#"(module (func (export "f") (loop (br 0))))"#;
    let place = Place::with(&[("m.wat", wat), ("b.wast", ENDLESS), ("old.json", "old")]);
    let commands: &[&[&str]] = &[
        &["conform", "b.wast", "--timeout", "600"],
        &["coverage", "b.wast", "--timeout", "600", "--out", "old.json"],
        &["run", "m.wat", "--invoke", "f", "--timeout", "600"],
        &["trace", "m.wat", "--invoke", "f", "--output", "trace.txt"],
        &["fuzz", "--engines", "semantics", "--time", "600", "--out", "campaign"],
        &["reduce", "m.wat", "--timeout", "600", "--", "sh", "-c", "sleep 600"],
        &["reduce", "m.wat", "--", "sh", "-c", "sleep 0.3"],
        &["book", "book"],
    ];
    for command in commands {
        let begun = place.start(command);
        thread::sleep(Duration::from_millis(700));
        let begin = Instant::now();
        let ended = begun.ends_on("INT");
        println!("{command:?}: {:?} after {:?}", ended.status.code(), begin.elapsed());
        let code = ended.status.code();
        // What was made smaller by then is worth something.
        assert!(code == Some(130) || (command[0] == "reduce" && code == Some(0)), "{command:?}: {}", ended.stderr);
    }
    assert_eq!(fs::read_to_string(place.path("old.json")).unwrap(), "old");
    assert!(fs::read_to_string(place.path("trace.txt")).unwrap().contains("br"), "the trace has what there was");
    assert!(place.json("campaign/campaign.json")["next"].as_u64().unwrap() > 0);
}

#[test]
fn litmus_tells_what_it_has() {
    let quick = r#"(module $m (memory (export "mem") 1 1 shared))
        (thread $t (shared (module $m)) (register "m" $m)
          (module (memory (import "m" "mem") 1 1 shared) (func (export "f") (result i32) (i32.const 7)))
          (invoke "f"))
        (wait $t)"#;
    let endless = quick.replace("(i32.const 7)", "(loop (br 0)) (i32.const 7)");
    let place = Place::with(&[("a.wast", quick), ("b.wast", &endless)]);
    let begun =
        place.start(&["litmus", "a.wast", "b.wast", "--jobs", "2", "--max-steps", "1000000000000", "--timeout", "600"]);
    thread::sleep(Duration::from_millis(1500));
    let ended = begun.ends_on("INT");
    assert!(ended.stdout.contains("a.wast"), "{}\n{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains("1 of 2 scripts are not done"), "{}", ended.stderr);
}

#[test]
fn time_bounds_everything() {
    let place = Place::with(&[("m.wat", "(module (func) (func))")]);
    let timed = |args: &[&str], code| {
        let begin = Instant::now();
        place.run(args).assert_code(code);
        assert!(begin.elapsed() < Duration::from_secs(1) + SOON, "{args:?}: {:?}", begin.elapsed());
    };
    timed(
        &["reduce", "m.wat", "--time", "1", "--timeout", "600", "--", "sh", "-c", "test -e b && sleep 600; touch b"],
        0,
    );
    timed(&["fuzz", "--engines", "semantics", "--time", "1"], 0);
}

#[test]
fn descendants_end_with_the_command_that_started_them() {
    let place = Place::with(&[("m.wat", "(module (func) (func))")]);
    let pid = place.path("pid");
    let test = format!("sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait", pid.display());
    // A test that takes too long; then one under way when the command is interrupted, or killed.
    place.run(&["reduce", "m.wat", "--timeout", "0.5", "--", "sh", "-c", &test]).assert_code(2);
    assert_gone(pid_in(pid.clone()));
    for signal in ["INT", "KILL"] {
        fs::remove_file(&pid).unwrap();
        let begun = place.start(&["reduce", "m.wat", "--timeout", "600", "--", "sh", "-c", &test]);
        let descendant = pid_in(pid.clone());
        assert!(is_alive(descendant));
        begun.ends_on(signal);
        assert_gone(descendant);
    }
}

#[test]
fn a_script_that_ends_its_process_takes_nothing_with_it() {
    let place = Place::with(&[("a.wast", PASSES), ("b.wast", ENDLESS), ("c.wast", PASSES)]);
    for deaths in [2, 1] {
        let timeout = if deaths == 1 { "3" } else { "600" };
        let begun =
            place.start(&["conform", "a.wast", "b.wast", "c.wast", "--timeout", timeout, "--report", "json=r.json"]);
        let mut killed = Vec::new();
        for _ in 0..deaths {
            let worker = until("no worker that is busy for long", || {
                let worker = busy(&begun)?;
                (!killed.contains(&worker)).then_some(worker)
            });
            assert!(signal_to("KILL", worker));
            killed.push(worker);
        }
        let ended = begun.end();
        ended.assert_code(1);
        let report = place.json("r.json");
        let report = report.get("reports").map_or(&report, |reports| &reports[0]);
        assert_eq!(report["summary"]["pass"], if deaths == 2 { 4 } else { 5 }, "{report}");
        let finding = &report["failures"][0];
        if deaths == 2 {
            assert_eq!((&finding["verdict"], &finding["line"]), (&"crash".into(), &1.into()), "{finding}");
            assert!(finding["got"].to_string().contains("signal: 9"), "{finding}");
        } else {
            assert_eq!(finding["verdict"], "timeout", "{finding}");
            assert!(report["notes"].to_string().contains("a process died once of b.wast"), "{report}");
        }
    }
}

/// A worker that has taken a second of a processor.
fn busy(begun: &Running) -> Option<u32> {
    begun.workers().into_iter().find(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect::<Vec<_>>());
        fields.is_some_and(|fields| fields[11].parse::<u64>().unwrap_or(0) >= 50)
    })
}

#[test]
fn memory_that_cannot_be_had_is_a_limit() {
    let structs = r#"(module
        (type $t (struct (field i64 i64 i64 i64)))
        (type $a (array i64))
        (func (export "structs") (loop (drop (struct.new_default $t)) (br 0)))
        (func (export "array") (result i32) (array.len (array.new_default $a (i32.const 0x7fffffff)))))
        (assert_return (invoke "structs"))
        (assert_return (invoke "array") (i32.const 0x7fffffff))"#;
    let place = Place::with(&[("a.wast", structs), ("b.wast", PASSES)]);
    let limited = |memory: &str, args: &str| {
        let script =
            format!("ulimit -v {memory}; exec {LOCKSTEP} conform a.wast b.wast -j 1 {args} --report json=r.json");
        let output = Command::new("sh").args(["-c", &script]).current_dir(place.0.path()).output().unwrap();
        let ended = Ended::new(output);
        let report = place.json("r.json");
        let report = report.get("reports").map_or(&report, |reports| &reports[0]);
        let summary = &report["summary"];
        assert_eq!((&summary["limit"], &summary["crash"]), (&2.into(), &0.into()), "{}\n{report}", ended.stderr);
    };
    // What the allocator does not have, and what the default bound does not allow.
    limited("2000000", "--max-memory 32GiB");
    limited("unlimited", "");
}

/// An engine that runs scripts, by `lockstep` itself; before, the shell does this about `$1`, the script.
fn engine(place: &Place, before: &str) -> String {
    let path = place.path("engine.sh");
    fs::write(&path, format!("{before}\nexec {LOCKSTEP} conform \"$1\" > /dev/null 2>&1\n")).unwrap();
    format!("script:sh {} {{}}", path.display())
}

#[test]
fn an_engine_that_dies_is_tried_once_more() {
    let script = PASSES.replace("\"f\"", "\"mortal\"");
    let place = Place::with(&[("a.wast", &script), ("b.wast", PASSES)]);
    let once = engine(&place, "if grep -q mortal \"$1\" && [ ! -e died ]; then touch died; kill -SEGV $$; fi");
    let run = |engine: &str| {
        let ended = place.run(&["conform", "a.wast", "b.wast", "--engine", engine, "--report", "json=r.json"]);
        let report = place.json("r.json");
        (ended, report.get("reports").map_or(report.clone(), |reports| reports[0].clone()))
    };
    let (ended, report) = run(&once);
    ended.assert_code(0);
    assert_eq!(report["summary"]["pass"], 4, "{report}");
    assert!(report["notes"].to_string().contains("died once at a.wast:1 and not when run again"), "{report}");

    let always = engine(&place, "if grep -q mortal \"$1\"; then kill -SEGV $$; fi");
    let (ended, report) = run(&always);
    ended.assert_code(1);
    assert!(report["summary"]["crash"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["notes"], Value::Null, "{report}");
}

/// What a campaign came to, without its time.
fn outcome(place: &Place, campaign: &str) -> Value {
    let mut state = place.json(&format!("{campaign}/campaign.json"));
    state.as_object_mut().unwrap().remove("seconds");
    let mut findings: Vec<_> = fs::read_dir(place.path(campaign).join("findings"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    findings.sort();
    state["findings"] = findings.into();
    state
}

#[test]
fn a_campaign_that_is_stopped_and_killed_again_and_again_comes_to_the_same() {
    let place = Place::with(&[]);
    let args = |out: &'static str, jobs: &'static str| {
        ["fuzz", "--engines", "semantics", "-n", "6000", "--seed", "3", "--out", out, "--jobs", jobs]
    };
    place.run(&args("once", "1")).assert_code(0);
    let mut stopped = 0;
    for (life, signal) in ["INT", "KILL", "TERM", "KILL", "KILL", "INT"].into_iter().cycle().enumerate() {
        let begun = place.start(&args("often", if life % 2 == 0 { "2" } else { "3" }));
        thread::sleep(Duration::from_millis(300 + 137 * (life as u64 % 5)));
        let _ = signal_to(signal, begun.0.id());
        let ended = begun.end();
        match ended.status.code() {
            Some(0) => break,
            code => assert!(code == Some(130) || code.is_none(), "{signal}: {code:?}: {}", ended.stderr),
        }
        stopped += 1;
        assert!(stopped < 200, "it does not get on");
    }
    assert!(stopped > 1, "it was never stopped");
    assert_eq!(outcome(&place, "often"), outcome(&place, "once"));
}

#[test]
fn what_is_found_does_not_depend_on_jobs_or_stops() {
    let place = Place::with(&[]);
    // It refuses what has a cast in it.
    let wrong = engine(&place, "if grep -qi 'fb.1[67]' \"$1\"; then exit 1; fi");
    let fuzz = |out: &str, rest: &[&str]| {
        let args = ["fuzz", "--engines", &wrong, "-n", "12", "--reduce", "0", "--out", out];
        place.run(&[&args[..], rest].concat())
    };
    fuzz("one", &["--jobs", "1"]).assert_code(1);
    fuzz("two", &["--jobs", "4"]).assert_code(1);
    let one = outcome(&place, "one");
    assert!(!one["findings"].as_array().unwrap().is_empty(), "{one}");
    assert_eq!(outcome(&place, "two"), one);
    while fuzz("three", &["--time", "0.7"]).status.success() || outcome(&place, "three")["next"] != 12 {}
    while !outcome(&place, "three")["pending"].is_null() {
        fuzz("three", &["--time", "0.7"]);
    }
    assert_eq!(outcome(&place, "three"), one);
}
