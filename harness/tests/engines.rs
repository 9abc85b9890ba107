//! Engines in other processes: those that misbehave, and the real ones where they are installed.

use lockstep_engines::program::{Call, Part, Program, State};
use lockstep_engines::{Engine, Failure, Features, Limits, RefVal, Resource, Session, Val, named};
use lockstep_programs::differential::compare::{Judgement, Reference, judge};
use lockstep_programs::generate;
use lockstep_scripts::conform::{self, Options};
use lockstep_scripts::suite;
use lockstep_semantics::decode::{Reading, decode_with};
use lockstep_semantics::syntax::Features as Proposals;
use lockstep_testing::{Need, found, skip};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A time that is long enough for what ends, and short enough to wait for.
fn short() -> Limits {
    Limits { timeout: Some(Duration::from_millis(700)), ..Limits::default() }
}

fn long() -> Limits {
    Limits { timeout: Some(Duration::from_secs(30)), ..Limits::default() }
}

fn wasm(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).unwrap();
    wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap().encode().unwrap()
}

/// A module of a program, with all of its exported state.
fn part(name: &str, text: &str) -> Part {
    let bytes = wasm(text);
    let module = decode_with(&bytes, Reading::of_text(Proposals::SHARED_EVERYTHING)).unwrap();
    Part::new(name, bytes, &module)
}

fn call(module: usize, function: &str, args: &[Val]) -> Call {
    Call { module, function: function.into(), args: args.to_vec() }
}

/// The JavaScript engines that are here.
fn javascript() -> Vec<Box<dyn Engine>> {
    [Need::Node, Need::Deno, Need::Bun].into_iter().filter_map(installed).collect()
}

fn installed(need: Need) -> Option<Box<dyn Engine>> {
    let engine = match named(need.word()) {
        Ok(engine) if Features::of(engine.as_ref()).has("gc") => Ok(engine),
        Ok(engine) => Err(format!("{} {} has no GC", engine.name(), engine.version())),
        Err(error) => Err(error.to_string()),
    };
    found(need, engine)
}

/// An engine that is a shell script; it has said hello when the script goes on.
fn shell(script: &str) -> Box<dyn Engine> {
    let hello = r#"answer() { printf '{"id":%s,"answer":%s}\n' "$1" "$2"; }
read -r line; answer 0 '{"hello":{"protocol":1,"name":"shell"}}'"#;
    named(&format!("process:sh -c {}", shlex::try_quote(&format!("{hello}\n{script}")).unwrap())).unwrap()
}

fn load(session: &mut (dyn Session + '_)) -> Result<(), Failure> {
    session.load(b"\0asm\x01\0\0\0").map(drop)
}

#[test]
fn a_process_that_answers() {
    let engine =
        shell("echo a message; read -r line; answer 1 '\"ok\"'; echo; read -r line; answer 2 '\"ok\"'; read -r line");
    assert_eq!((engine.name(), engine.version()), ("shell", ""));
    let mut session = engine.open(&long()).unwrap();
    assert_eq!(load(session.as_mut()), Ok(()));
}

#[test]
fn a_process_that_dies() {
    let engine = shell("read -r line; answer 1 '\"ok\"'; read -r line; echo out of cheese >&2; exit 3");
    let mut session = engine.open(&long()).unwrap();
    let Err(Failure::Crash(text)) = load(session.as_mut()) else { panic!("no crash") };
    assert!(text.contains("exit status: 3") && text.contains("out of cheese"), "{text}");
    // The next module goes to a new process, which ends in the same way.
    assert!(matches!(load(session.as_mut()), Err(Failure::Crash(_))));
    // A new session too.
    assert!(matches!(load(engine.open(&long()).unwrap().as_mut()), Err(Failure::Crash(_))));
}

#[test]
fn a_process_that_writes_nonsense() {
    for (script, expected) in [
        ("read -r line; read -r line; answer 1 '\"ok\"'; answer 77 '\"ok\"'; sleep 60", "request 77"),
        ("read -r line; echo '{\"id\":1,'; sleep 60", "not an answer"),
        ("read -r line; answer 1 '{\"surprise\":1}'; sleep 60", "not an answer"),
        ("read -r line; answer 1 '{\"crash\":\"no store\"}'; sleep 60", "no store"),
        ("read -r line; printf '{\"id\":1,\"answer\":\"ok\"'", "the process died"),
        ("yes", "no answer"),
        ("exec >&-; sleep 60", "the process died"),
    ] {
        let engine = shell(script);
        let begin = Instant::now();
        let Err(Failure::Crash(text)) = load(engine.open(&long()).unwrap().as_mut()) else {
            panic!("{script}: no crash")
        };
        assert!(text.contains(expected), "{script}: {text}");
        assert!(begin.elapsed() < Duration::from_secs(20), "{script}");
    }
}

#[test]
fn a_process_that_hangs() {
    for script in
        ["sleep 60", "exec <&-; sleep 60", "read -r line; answer 1 '\"ok\"'; read -r line; printf '{'; sleep 60"]
    {
        let engine = shell(script);
        let mut session = engine.open(&short()).unwrap();
        let begin = Instant::now();
        assert_eq!(load(session.as_mut()), Err(Failure::Timeout), "{script}");
        assert!(begin.elapsed() < Duration::from_secs(10), "{script}");
    }
    // Nor is there a wait for one that does not read what is larger than a pipe holds.
    let engine = shell("sleep 60");
    let mut session = engine.open(&short()).unwrap();
    assert_eq!(session.load(&vec![0; 1 << 20]).map(drop), Err(Failure::Timeout));
}

#[test]
fn what_is_no_engine() {
    for (spec, expected) in [
        ("process:true", "does not come up"),
        ("process:/no/such/program", "cannot start"),
        ("process:", "not a command"),
        ("process:'", "not a command"),
        (
            "process:sh -c 'read l; echo \"{\\\"id\\\":0,\\\"answer\\\":{\\\"hello\\\":{\\\"protocol\\\":2,\\\"name\\\":\\\"x\\\"}}}\"; sleep 9'",
            "version 2",
        ),
        ("node=/no/such/node", "/no/such/node"),
        ("abacus", "there is no engine `abacus`"),
    ] {
        let Err(error) = named(spec) else { panic!("{spec} is an engine") };
        assert!(error.to_string().contains(expected), "{spec}: {error}");
    }
}

/// A program in which each kind of value goes through the boundary, in every direction.
fn values() -> Program {
    let text = r#"(module
      (type $s (struct (field i32)))
      (type $a (array i8))
      (tag $e (export "e") (param f32 v128 anyref externref exnref i64))
      (tag $empty (export "empty"))
      (tag $hidden (param i32))
      (global (export "gi") i32 (i32.const -7))
      (global (export "gf") (mut f32) (f32.const nan:0x200001))
      (global (export "gv") v128 (v128.const i64x2 1 -2))
      (global $gr (export "gr") (mut anyref) (ref.null none))
      (global (export "gx") exnref (ref.null exn))
      (memory (export "m") 1)
      (data (i32.const 5) "\01\02\00\03")
      (table (export "t") 3 9 anyref (ref.i31 (i32.const 5)))
      (table (export "t64") i64 2 funcref)
      (table (export "tx") 2 externref)
      (elem (table 1) (i64.const 1) func $f)
      (func $f (export "f32") (param f32) (result f32) (local.get 0))
      (func (export "f64") (param f64) (result f64) (local.get 0))
      (func (export "v128") (param v128) (result v128) (local.get 0))
      (func (export "i31") (param i31ref) (result anyref) (local.get 0))
      (func (export "any") (param anyref) (result anyref externref) (local.get 0) (extern.convert_any (local.get 0)))
      (func (export "extern") (param externref) (result externref anyref)
        (local.get 0) (any.convert_extern (local.get 0)))
      (func (export "null") (param (ref null $s)) (result (ref null $s) nullfuncref) (local.get 0) (ref.null nofunc))
      (func (export "some") (param (ref extern)) (result (ref extern)) (local.get 0))
      (func (export "refs") (result (ref $s) (ref $a) (ref func) exnref anyref i32 i64)
        (table.set 0 (i32.const 1) (struct.new $s (i32.const 1)))
        (table.set 0 (i32.const 2) (array.new $a (i32.const 1) (i32.const 1)))
        (drop (table.grow 2 (ref.null extern) (i32.const 1)))
        (struct.new $s (i32.const 1)) (array.new $a (i32.const 1) (i32.const 1)) (ref.func $f)
        (block $c (result exnref) (try_table (catch_all_ref $c) (throw $empty)) (unreachable))
        (ref.i31 (i32.const -1)) (i32.const 3) (i64.const -4))
      (func (export "throw") (param anyref externref)
        (throw $e (f32.const -nan:0x1) (v128.const i32x4 1 2 3 4) (local.get 0) (local.get 1) (ref.null exn) (i64.const 9)))
      (func (export "throw empty") (result i32) (throw $empty))
      (func (export "throw hidden") (throw $hidden (i32.const 1)))
      (func (export "trap") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
      (func (export "set") (param externref) (global.set $gr (any.convert_extern (local.get 0))))
      (func (export "") (result i32) (i32.const 11)))"#;
    let r = |r| Val::Ref(r);
    let calls = vec![
        call(0, "f32", &[Val::F32(0x7fa0_0001)]),
        call(0, "f64", &[Val::F64(0xfff0_0000_0000_0001)]),
        call(0, "v128", &[Val::V128([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255])]),
        call(0, "i31", &[r(RefVal::I31(0x7fff_ffff))]),
        call(0, "any", &[r(RefVal::I31(4))]),
        call(0, "any", &[r(RefVal::Host(3))]),
        call(0, "any", &[r(RefVal::Null)]),
        call(0, "extern", &[r(RefVal::Extern(Some(3)))]),
        call(0, "extern", &[r(RefVal::Null)]),
        call(0, "null", &[r(RefVal::Null)]),
        call(0, "some", &[r(RefVal::Extern(Some(8)))]),
        call(0, "refs", &[]),
        call(0, "throw", &[r(RefVal::I31(6)), r(RefVal::Extern(Some(5)))]),
        call(0, "throw", &[r(RefVal::Host(1)), r(RefVal::Null)]),
        call(0, "throw empty", &[]),
        call(0, "throw hidden", &[]),
        call(0, "trap", &[]),
        call(0, "set", &[r(RefVal::Extern(Some(2)))]),
        call(0, "", &[]),
        call(0, "no such function", &[]),
        call(0, "some", &[r(RefVal::Null)]),
        call(0, "f32", &[Val::I32(1)]),
        call(0, "f32", &[]),
        call(1, "f32", &[]),
    ];
    Program { modules: vec![part("A", text)], calls }
}

/// The texts of ends are an engine's own.
fn agree(engine: &dyn Engine, program: &Program) {
    let reference = Reference::new(program, &long());
    let got = engine.open(&long()).unwrap().run(program);
    assert_eq!(judge(program, &long(), &reference, &got), Judgement::Agrees, "{}", engine.name());
    assert_eq!(got.modules.len(), reference.seen.modules.len());
    assert!(got.state == reference.seen.state, "{}: the state differs", engine.name());
    // One operation after the other comes to the same.
    let stepwise = lockstep_engines::program::run(engine.open(&long()).unwrap().as_mut(), program);
    assert_eq!(judge(program, &long(), &reference, &stepwise), Judgement::Agrees, "{}", engine.name());
    assert!(got.state == stepwise.state && got.calls.len() == stepwise.calls.len(), "{}", engine.name());
}

#[test]
fn values_go_through_the_boundary() {
    let program = values();
    let reference = Reference::new(&program, &long()).seen;
    let Some(Some(Err(Failure::Exception(thrown)))) = reference.calls.get(12) else { panic!("{reference:#?}") };
    assert_eq!((thrown.tag.as_deref(), thrown.fields.len()), (Some("e"), 6));
    assert!(reference.state.contains(&Ok(State::Global(Val::Ref(RefVal::Host(2))))));
    for engine in javascript() {
        agree(engine.as_ref(), &program);
    }
}

/// Exceptions of start functions, of tags of other modules, and what comes after a module that fails.
#[test]
fn modules_that_fail() {
    let first = r#"(module
      (type $s (struct))
      (tag $e (export "e") (param f64 (ref null $s)))
      (global $n (export "n") (mut i32) (i32.const 0))
      (func (export "throw") (throw $e (f64.const nan:0x123) (struct.new $s)))
      (func (export "count") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#;
    let throws = r#"(module
      (type $s (struct))
      (tag $e (import "A" "e") (param f64 (ref null $s)))
      (func $count (import "A" "count") (result i32))
      (func $start (drop (call $count)) (throw $e (f64.const nan:0x4) (ref.null $s)))
      (start $start))"#;
    let traps = "(module (func $f unreachable) (start $f))";
    let unlinkable = r#"(module (func (import "A" "nothing")))"#;
    let incompatible = r#"(module (func (import "A" "count") (param i32)))"#;
    for engine in javascript() {
        for last in [throws, traps, unlinkable, incompatible] {
            let calls = vec![call(0, "count", &[]), call(1, "x", &[]), call(0, "throw", &[])];
            let program = Program { modules: vec![part("A", first), part("B", last), part("C", first)], calls };
            let reference = Reference::new(&program, &long());
            assert!(matches!(reference.seen.modules.as_slice(), [Ok(()), Err(_)]));
            agree(engine.as_ref(), &program);
        }
        // A module that is not valid, and one that is not even a module.
        for bytes in [wasm("(module (func (result i32)))"), b"\0asm".to_vec()] {
            let bad = Part { name: "B".into(), bytes: bytes.into(), state: Vec::new() };
            let program = Program { modules: vec![bad], calls: vec![call(0, "f", &[])] };
            let got = engine.open(&long()).unwrap().run(&program);
            assert!(matches!(got.modules.as_slice(), [Err(Failure::Rejected(_))]), "{got:?}");
            assert_eq!((got.calls, got.state), (vec![None], vec![]));
        }
    }
}

#[test]
fn what_does_not_end() {
    let text = r#"(module
      (global (export "g") i32 (i32.const 1))
      (func (export "loop") (loop (br 0)))
      (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1)))
      (func (export "one") (result i32) (i32.const 1)))"#;
    for engine in javascript() {
        let looping = Program {
            modules: vec![part("A", text)],
            calls: vec![call(0, "one", &[]), call(0, "loop", &[]), call(0, "one", &[])],
        };
        let got = engine.open(&short()).unwrap().run(&looping);
        assert_eq!(got.modules, [Ok(())]);
        assert_eq!(got.calls, [Some(Ok(vec![Val::I32(1)])), Some(Err(Failure::Timeout))], "{}", engine.name());
        assert_eq!(got.state, []);
        let deep = Program { calls: vec![call(0, "deep", &[]), call(0, "one", &[])], ..looping };
        let got = engine.open(&long()).unwrap().run(&deep);
        assert_eq!(got.calls, [Some(Err(Failure::Exhausted(Resource::Stack)))], "{}", engine.name());
        // After a timeout, what was in the old process is lost, and a new module is not.
        let mut session = engine.open(&short()).unwrap();
        let module = session.load(&wasm(text)).unwrap();
        let instance = session.instantiate(module).unwrap();
        assert_eq!(session.invoke(instance, "loop", &[]), Err(Failure::Timeout));
        assert_eq!(session.invoke(instance, "one", &[]), Err(Failure::Timeout));
        assert_eq!(session.instantiate(module), Err(Failure::Timeout));
        let module = session.load(&wasm(text)).unwrap();
        let instance = session.instantiate(module).unwrap();
        assert_eq!(session.invoke(instance, "one", &[]), Ok(vec![Val::I32(1)]));
    }
}

/// Generated programs, with what a run in one exchange costs.
#[test]
fn generated_programs() {
    for engine in javascript() {
        let programs: Vec<Program> =
            (0..300).map(|i| generate::nth(11, i, &generate::GenerateOptions::default()).program()).collect();
        let begin = Instant::now();
        let seen: Vec<_> = programs.iter().map(|program| engine.open(&long()).unwrap().run(program)).collect();
        let seconds = begin.elapsed().as_secs_f64();
        let modules: usize = programs.iter().map(|program| program.modules.len()).sum();
        eprintln!("{}: {:.0} modules a second", engine.name(), modules as f64 / seconds);
        let mut rejected = 0;
        for (i, (program, got)) in programs.iter().zip(&seen).enumerate() {
            let reference = Reference::new(program, &long());
            match judge(program, &long(), &reference, got) {
                Judgement::Agrees | Judgement::Allowed => {}
                Judgement::Incomparable(verdict, text) if reference.discard().is_none() => {
                    eprintln!("{} program {i}: {verdict:?}: {text}", engine.name());
                }
                // JavaScriptCore rejects some valid modules.
                Judgement::Differs(difference)
                    if engine.name() == "bun" && REJECTED.iter().any(|text| difference.got.text.contains(text)) =>
                {
                    rejected += 1;
                }
                // V8 looks at the bounds of the target of a copy before it looks at the source (corpus/findings).
                Judgement::Differs(difference)
                    if difference.expected.text.contains("Step_read/array.copy-null2")
                        && difference.got.class == "trap: out of bounds array access" => {}
                Judgement::Differs(difference) => {
                    panic!("{} program {i}: {difference:#?}", engine.name());
                }
                _ => {}
            }
        }
        assert!(rejected * 10 < programs.len(), "{}: {rejected} rejected", engine.name());
    }
}

/// Why JavaScriptCore rejects valid modules.
const REJECTED: [&str; 2] = ["any.convert_extern reference to type", "target exceeds control stack size"];

/// The official suite: what fails is the engine's own, and is counted here so that a change is seen.
#[test]
fn official_suite() {
    let scripts = suite::embedded();
    for engine in javascript() {
        let begin = Instant::now();
        let report =
            conform::run(&scripts, engine.as_ref(), &Options { limits: long(), ..Options::default() }, |_| ()).unwrap();
        eprintln!("{} {}: {:?} in {:.1?}", engine.name(), engine.version(), report.summary.verdicts, begin.elapsed());
        let verdicts = report.summary.verdicts;
        assert_eq!((verdicts.timeout, verdicts.crash, verdicts.unsupported), (0, 0, 0), "{:#?}", report.failures);
        for finding in &report.failures {
            // V8 has at most ten million elements in a table; JavaScriptCore does not type unreachable code.
            let known = match engine.name() {
                "bun" => finding.got == "a valid module",
                _ => finding.file == "core/table.wast" && finding.got.contains("implementation limit"),
            };
            assert!(known, "{}: {finding:#?}", engine.name());
        }
    }
}

/// The example of the page on the protocol, with Wasmtime for Python.
#[test]
fn the_example_in_python() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("venv");
    let python = venv.join("bin/python");
    let works = |python: &Path| {
        Command::new(python).args(["-c", "import wasmtime"]).output().is_ok_and(|output| output.status.success())
    };
    let python = if works(Path::new("python3")) {
        "python3".into()
    } else {
        if !works(&python) {
            let made = Command::new("python3").args(["-m", "venv"]).arg(&venv).output();
            let got = Command::new(&python).args(["-m", "pip", "install", "-q", "wasmtime==50.0.1"]).output();
            if !works(&python) {
                let why = format!("no python3 with wasmtime, and none can be had: {made:?} {got:?}");
                return skip(Need::WasmtimePy, why);
            }
        }
        python
    };
    let adapter = root.join("docs/engines/wasmtime_adapter.py");
    assert!(std::fs::read_to_string(&adapter).unwrap().lines().count() < 100);
    let engine = named(&format!("process:{} {}", python.display(), adapter.display())).unwrap();
    assert_eq!(engine.name(), "wasmtime-py");
    let features = Features::of(engine.as_ref());
    assert!(features.has("gc") && features.has("exceptions"), "{features:?}");
    let mut program = values();
    // To Python, an `i31` as an external reference is null.
    program.calls.retain(|call| !(call.function == "any" && call.args == [Val::Ref(RefVal::I31(4))]));
    agree(engine.as_ref(), &program);
    let wanted = [
        "core/i32.wast",
        "core/f64.wast",
        "core/gc/struct.wast",
        "core/exceptions/try_table.wast",
        "core/linking.wast",
    ];
    let scripts: Vec<_> =
        suite::embedded().into_iter().filter(|script| wanted.contains(&script.path.as_str())).collect();
    assert_eq!(scripts.len(), wanted.len());
    let report = conform::run(&scripts, engine.as_ref(), &Options::default(), |_| ()).unwrap();
    assert_eq!(report.failures, []);
}

/// Binaryen, with what it can show of itself.
#[test]
fn binaryen() {
    let Some(engine) = found(Need::Binaryen, named("binaryen")) else { return };
    let text = r#"(module
      (tag $e (export "e") (param i32 v128 f32))
      (tag $hidden)
      (type $s (struct (field i32)))
      (type $a (array (mut i8)))
      (type $p (shared (struct (field (mut (ref null (shared eq)))))))
      (tag $r (export "r") (param (ref $s) (ref null (shared i31)) i64))
      (rec)
      (elem declare func $id)
      (table $t (export "t") 3 4 (ref func) (ref.func $id))
      (elem $fs func $id)
      (table (export "t64") i64 2 anyref)
      (memory (export "mem") 1 2)
      (data (i32.const 24) "\01\02" "12345678" "12345678")
      (global (export "any") anyref (array.new_default $a (i32.const 2)))
      (global $ext (export "ext") (mut externref) (extern.convert_any (ref.i31 (i32.const 5))))
      (func (export "write") (result i32)
        (i32.store8 (i32.const 65535) (i32.const 9))
        (table.set 1 (i64.const 1) (struct.new $s (i32.const 1)))
        (table.init $t $fs (i32.const 1) (i32.const 0) (i32.const 1))
        (drop (table.grow $t (ref.func $id) (i32.const 1)))
        (memory.grow (i32.const 1)))
      (func (export "throw refs") (throw $r (struct.new $s (i32.const 1)) (ref.i31_shared (i32.const 6)) (i64.const 7)))
      (func (export "many") (result anyref eqref arrayref nullref externref (ref null (shared any)) (ref (shared i31)) exnref)
        (struct.new $s (i32.const 1)) (ref.i31 (i32.const -1)) (array.new_default $a (i32.const 1)) (ref.null none)
        (global.get $ext) (struct.new $p (ref.i31_shared (i32.const 3)))
        (ref.cast (ref (shared i31)) (struct.atomic.rmw.xchg acqrel $p 0 (struct.new $p (ref.i31_shared (i32.const -3)))
          (ref.null (shared eq))))
        (ref.null exn))
      (global $n (export "n") (mut i32) (i32.const 4))
      (global (export "f") f32 (f32.const -nan:0x1))
      (func $id (export "f32") (param f32) (result f32 i64) (local.get 0) (i64.const -9))
      (func (export "v128") (param v128) (result v128) (local.get 0))
      (func (export "count") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
      (func (export "nothing"))
      (func (export "refs") (param i31ref) (result i31ref (ref null $s) funcref) (local.get 0) (ref.null $s) (ref.func $id))
      (func (export "throw") (throw $e (i32.const -2) (v128.const i64x2 3 4) (f32.const 0.1)))
      (func (export "throw hidden") (throw $hidden))
      (func (export "cast") (drop (ref.cast (ref $s) (ref.i31 (i32.const 1)))))
      (func (export "divide") (result i32) (i32.div_s (i32.const 1) (i32.const 0))))"#;
    let calls = vec![
        call(0, "f32", &[Val::F32(0x7fa0_0001)]),
        call(0, "v128", &[Val::V128([7; 16])]),
        call(0, "count", &[]),
        call(0, "nothing", &[]),
        call(0, "count", &[]),
        call(0, "refs", &[Val::Ref(RefVal::I31(77))]),
        call(0, "throw", &[]),
        call(0, "throw hidden", &[]),
        call(0, "cast", &[]),
        call(0, "divide", &[]),
        call(0, "no such function", &[]),
        call(0, "write", &[]),
        call(0, "throw refs", &[]),
        call(0, "many", &[]),
        call(0, "count", &[]),
    ];
    let program = Program { modules: vec![part("A", text)], calls };
    let limits = Limits { features: Proposals::SHARED_EVERYTHING, ..long() };
    let reference = Reference::new(&program, &limits);
    let got = engine.open(&limits).unwrap().run(&program);
    assert_eq!(judge(&program, &limits, &reference, &got), Judgement::Agrees, "{got:#?}");
    assert_eq!(got.calls.iter().flatten().filter(|end| end.is_ok()).count(), 9, "{got:#?}");
    assert_eq!(got.state, reference.seen.state);
    assert!(got.state.len() == 7 && got.state.iter().all(Result::is_ok), "{got:#?}");

    let features = Features::of(engine.as_ref());
    assert!(features.has("shared-structs") && features.has("shared-functions"), "{features:?}");
    assert!(!features.has("shared-globals"), "{features:?}");

    let looping =
        part("A", r#"(module (func (export "one") (result i32) (i32.const 1)) (func (export "loop") (loop (br 0))))"#);
    let calls = vec![call(0, "one", &[]), call(0, "loop", &[]), call(0, "one", &[])];
    let limits = Limits { timeout: Some(Duration::from_secs(4)), ..Limits::default() };
    let got = engine.open(&limits).unwrap().run(&Program { modules: vec![looping], calls });
    let timeout = |end: &Failure| matches!(end, Failure::Timeout | Failure::Exhausted(_));
    let ends = got.modules.iter().filter_map(|end| end.as_ref().err());
    let mut ends = ends.chain(got.calls.iter().flatten().filter_map(|end| end.as_ref().err()));
    assert!(ends.any(timeout), "{got:?}");

    let trapping = part("A", "(module (func $f unreachable) (start $f))");
    let got = engine.open(&long()).unwrap().run(&Program { modules: vec![trapping], calls: vec![] });
    assert!(matches!(got.modules.as_slice(), [Err(Failure::Trap(..))]), "{got:?}");
    let invalid =
        Part { name: "A".into(), bytes: wasm("(module (func (result i32) (i64.const 1)))").into(), state: vec![] };
    let got = engine.open(&long()).unwrap().run(&Program { modules: vec![invalid], calls: vec![] });
    assert!(matches!(got.modules.as_slice(), [Err(Failure::Rejected(_))]), "{got:?}");

    // What it lacks is not made, and the rest is compared to the end.
    for features in [Proposals::STANDARD, Proposals::SHARED_EVERYTHING] {
        let functions = features.shared_everything;
        let options =
            generate::GenerateOptions { linked: 0, host_references: false, features, functions, ..Default::default() };
        let limits = Limits { features, ..long() };
        let mut compared = 0;
        for i in 0..12 {
            let program = generate::nth(5, i, &options).program();
            let reference = Reference::new(&program, &limits);
            let got = engine.open(&limits).unwrap().run(&program);
            match judge(&program, &limits, &reference, &got) {
                Judgement::Agrees | Judgement::Allowed => compared += 1,
                Judgement::Differs(difference) => panic!("program {i}: {difference:#?}"),
                other => eprintln!("program {i}: {other:?}"),
            }
        }
        assert!(compared >= 10, "{compared} of 12 with {features:?}");
    }
}

/// Lockstep itself as an engine that says yes and no, and one that always says the same.
#[test]
fn engines_that_only_run_scripts() {
    let lockstep = format!("script:{} conform {{}}", env!("CARGO_BIN_EXE_lockstep"));
    let engine = named(&lockstep).unwrap();
    for spec in ["script:true", "script:false {}", "script:/no/such/program"] {
        assert!(named(spec).is_err(), "{spec}");
    }
    let features = Features::of(engine.as_ref());
    assert!(features.has("gc") && !features.has("shared-structs"), "{features:?}");

    let text = r#"(module
      (type $s (struct))
      (global $n (export "n") (mut i32) (i32.const 4))
      (table 1 funcref)
      (func (export "count") (param i32) (result i32 f32)
        (global.set $n (i32.add (global.get $n) (local.get 0))) (global.get $n) (f32.const nan:0x7))
      (func (export "null") (param (ref null $s)) (result (ref null $s) i31ref) (local.get 0) (ref.i31 (i32.const 1)))
      (func (export "call") (call_indirect (i32.const 0)))
      (func (export "cast") (drop (ref.cast (ref $s) (ref.null none))))
      (func (export "throw") (throw_ref (ref.null exn))))"#;
    let calls = vec![
        call(0, "count", &[Val::I32(3)]),
        call(0, "null", &[Val::Ref(RefVal::Null)]),
        call(0, "call", &[]),
        call(0, "cast", &[]),
        call(0, "throw", &[]),
        call(0, "count", &[Val::I32(4)]),
    ];
    let program = Program { modules: vec![part("A", text)], calls };
    agree(engine.as_ref(), &program);

    // One that is wrong about the second call only.
    let shell = format!("grep -q 10000 $0 && exit 1; exec {} conform $0", env!("CARGO_BIN_EXE_lockstep"));
    let wrong = named(&format!("script:sh -c '{shell}' {{}}")).unwrap();
    let text = r#"(module
      (func (export "f") (param i32) (result i32)
        (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 7)))"#;
    let calls = [1, 10_000, 1].map(|n| call(0, "f", &[Val::I32(n)])).to_vec();
    let got = wrong.open(&long()).unwrap().run(&Program { modules: vec![part("A", text)], calls });
    assert_eq!(got.modules, [Ok(())]);
    let [Some(Ok(first)), Some(Err(Failure::Denied(_))), Some(Err(Failure::Unsupported(_)))] = got.calls.as_slice()
    else {
        panic!("{got:?}");
    };
    assert_eq!(first, &[Val::I32(7)]);

    let wanted = ["core/linking.wast", "core/gc/struct.wast"];
    let scripts: Vec<_> =
        suite::embedded().into_iter().filter(|script| wanted.contains(&script.path.as_str())).collect();
    let report = conform::run(&scripts, engine.as_ref(), &Options::default(), |_| ()).unwrap();
    assert_eq!(report.summary.files, 2);
    assert!(report.summary.verdicts.fail == 0 && report.summary.verdicts.pass > 100, "{:#?}", report.failures);
}
