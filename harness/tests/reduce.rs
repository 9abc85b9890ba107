//! The reducer on big modules with small causes, and scripts of what is left.

use lockstep::differential::reduce::{Candidate, Ended, Keep, Options, reduce};
use lockstep::differential::wast::script;
use lockstep::engine::program::{Call, Part};
use lockstep::engine::{Engine, Failure, Limits, Observation, Program, Semantics};
use lockstep::{RefVal, Val};
use lockstep_semantics::decode::{decode, decode_text};
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::validation::validate;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

fn program(modules: &[(&str, &str)], calls: &[(usize, &str, &[Val])]) -> Program {
    let part = |&(name, text): &(&str, &str)| {
        let (bytes, module) = decode_text(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        Part::new(name, bytes, &module)
    };
    let call = |&(module, function, args): &(usize, &str, &[Val])| Call {
        module,
        function: function.to_owned(),
        args: args.to_vec(),
    };
    Program { modules: modules.iter().map(part).collect(), calls: calls.iter().map(call).collect() }
}

fn run(program: &Program) -> Observation {
    let limits = Limits { steps: Some(100_000), ..Limits::default() };
    Semantics.open(&limits).unwrap().run(program)
}

fn traps(seen: &Observation, class: TrapClass) -> bool {
    seen.calls.iter().flatten().any(|end| matches!(end, Err(Failure::Trap(Some(c), _)) if *c == class))
}

/// That a second opinion finds every candidate valid.
fn wasmparser_agrees(candidate: &Candidate) {
    for part in &candidate.program.modules {
        let features = wasmparser::WasmFeatures::WASM3;
        if let Err(e) = wasmparser::Validator::new_with_features(features).validate_all(&part.bytes) {
            panic!("wasmparser: {e}\n{}", candidate.text());
        }
    }
}

/// A module with some of everything, and a function whose cast fails, deep in a chain of calls, when its parameter is 7.
fn everything(n: usize) -> String {
    let mut text = String::from("(module\n(import \"spectest\" \"print_i32\" (func $print (param i32)))\n");
    // A tree of structure types in groups of three, with arrays and function types between them.
    for i in 0..n {
        if i % 3 == 0 {
            text.push_str("(rec\n");
        }
        let all = "(field i32) (field (mut (ref null $t0)))";
        if i >= 6 {
            // The fields of the type above, and more.
            let above = i - 5 - i % 5;
            let more: String = (0..=i % 5).map(|k| ["(field i32)", "(field (mut i64))", "(field i8)"][k % 3]).collect();
            let _ = writeln!(text, "(type $t{i} (sub $t{above} (struct {all} {more})))");
        } else {
            let _ = writeln!(text, "(type $t{i} (sub (struct {all})))");
        }
        if i % 3 == 2 || i == n - 1 {
            let _ = writeln!(text, "(type $a{i} (array (mut (ref null $t{i})))) (type $f{i} (func (param i32)))\n)");
        }
    }
    text.push_str("(type $void (func))\n(tag $oops (param i32))\n(memory 1 4) (memory i64 1)\n");
    text.push_str("(data $d (i32.const 0) \"some bytes that nobody reads\")\n(data \"passive\")\n");
    let _ = writeln!(text, "(table $table {n} funcref)\n(global $count (mut i32) (i32.const 0))");
    let _ = writeln!(text, "(global $root (mut (ref null $t0)) (struct.new $t0 (i32.const 1) (ref.null $t0)))");
    for i in 0..n {
        let below = if i == 0 {
            "(drop (ref.cast (ref $t1) (struct.new $t0 (i32.const 1) (ref.null $t0))))".to_owned()
        } else {
            format!("(call $g{} (local.get $p) (local.get $q))", i - 1)
        };
        let _ = writeln!(
            text,
            "(func $g{i} (export \"g{i}\") (param $p i32) (param $q i64)
               (local $x (ref null $t{t})) (local $n i32)
               (local.set $n (i32.const 3))
               (local.set $x (struct.new_default $t{t}))
               (struct.set $t{t} 1 (local.get $x) (ref.null none))
               (call $print (local.get $n))
               (loop $again
                 (global.set $count (i32.add (global.get $count) (struct.get $t{t} 0 (local.get $x))))
                 (i32.store (i32.const 16) (local.get $n))
                 (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
               (block $done
                 (block $caught (result i32)
                   (try_table (catch $oops $caught)
                     (if (i32.eq (local.get $p) (i32.const {odd})) (then (throw $oops (i32.const 5)))))
                   (br $done))
                 (drop))
               (if (i64.ne (local.get $q) (i64.const 0))
                 (then {below})
                 (else (call_indirect $table (type $void) (i32.const 0))))
               (block $no (result (ref null $t{t}))
                 (br_on_cast $no (ref null struct) (ref null $t{t}) (local.get $x))
                 (drop) (local.get $x))
               (drop))",
            t = i,
            odd = 100 + i,
        );
    }
    let _ = writeln!(
        text,
        "(func $main (export \"main\") (param i32) (result i32)
           (if (i32.eq (local.get 0) (i32.const 7)) (then (call $g{} (i32.const 1) (i64.const 2))))
           (i32.const 3))
         (func $nothing)
         (elem (table $table) (i32.const 0) func $nothing $main $g0)
         (start $nothing)
         (export \"table\" (table $table)) (export \"count\" (global $count)))",
        n - 1
    );
    text
}

#[test]
fn a_cast_that_fails() {
    let start = program(
        &[("a", &everything(30))],
        &[(0, "main", &[Val::I32(1)]), (0, "main", &[Val::I32(7)]), (0, "g3", &[Val::I32(1), Val::I64(0)])],
    );
    assert!(traps(&run(&start), TrapClass::CastFailure));
    let start = Candidate::new(&start).unwrap();
    assert!(start.is_valid());
    let shows = |candidate: &Candidate| {
        wasmparser_agrees(candidate);
        traps(&run(&candidate.program), TrapClass::CastFailure)
    };
    let began = std::time::Instant::now();
    let reduced = reduce(&start, &Options::default(), &mut { shows }, &mut |_| ());
    let text = reduced.candidate.text();
    println!(
        "{} lines of {}, {} tests, {} accepted, {} invalid, {:?}\n{text}",
        text.lines().count(),
        start.text().lines().count(),
        reduced.tests,
        reduced.accepted,
        reduced.invalid,
        began.elapsed()
    );
    assert_eq!(reduced.ended, Ended::Fixpoint);
    assert!(shows(&reduced.candidate));
    assert!(reduced.candidate.is_valid());
    assert_eq!(reduced.candidate.program.calls.len(), 1);
    assert!(text.lines().count() <= 15, "{text}");

    let again = reduce(&start, &Options::default(), &mut { shows }, &mut |_| ());
    assert_eq!(again.candidate.bytes(), reduced.candidate.bytes());
    assert_eq!(again.tests, reduced.tests);
    passes(&reduced.candidate.program);
}

#[test]
fn a_rule_that_validation_breaks() {
    let broken =
        everything(20).replace("(func $nothing)", "(func $nothing (struct.set $t3 0 (ref.null $t3) (i32.const 1)))");
    let (bytes, _) = decode_text(&broken).unwrap();
    let start = Candidate::module(&bytes).unwrap();
    assert!(!start.is_valid());
    let mut shows = |candidate: &Candidate| {
        let module = decode(candidate.bytes()).unwrap();
        validate(&module, &mut Unobserved).is_err_and(|e| {
            e.rule.as_str() == "Instr_ok/struct.set" && e.premise.to_string().starts_with("immutable field")
        })
    };
    assert!(shows(&start));
    let options = Options { keep: Keep::Anything, ..Options::default() };
    let reduced = reduce(&start, &options, &mut shows, &mut |_| ());
    let text = reduced.candidate.text();
    println!("{} tests\n{text}", reduced.tests);
    assert!(shows(&reduced.candidate));
    assert!(text.lines().count() <= 10, "{text}");
    assert_eq!(reduced.invalid, 0);
}

/// Modules of the corpus, of which an export is to stay.
#[test]
fn programs_of_the_corpus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/bench");
    let mut modules = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let (bytes, module) = decode_text(&text).unwrap();
        let start = Candidate::module(&bytes).unwrap();
        for export in &module.exports {
            let keeps = |candidate: &Candidate| {
                wasmparser_agrees(candidate);
                candidate.modules[0].exports.iter().any(|other| other == export || other.name == export.name)
            };
            let reduced = reduce(&start, &Options::default(), &mut { keeps }, &mut |_| ());
            let text = reduced.candidate.text();
            assert!(text.lines().count() <= 5, "{text}");
        }
        modules += 1;
    }
    assert_eq!(modules, 8);
}

#[test]
fn several_modules() {
    let start = program(
        &[
            ("types", "(module (tag $t (export \"t\") (param i32)) (global (export \"g\") i32 (i32.const 5)))"),
            (
                "throws",
                "(module
                   (import \"types\" \"t\" (tag $t (param i32)))
                   (import \"types\" \"g\" (global $g i32))
                   (memory (export \"m\") 1)
                   (func (export \"f\") (param i32) (result i32)
                     (i32.store (i32.const 0) (i32.const 1))
                     (throw $t (i32.add (global.get $g) (local.get 0)))))",
            ),
            (
                "calls",
                "(module
                   (import \"throws\" \"f\" (func $f (param i32) (result i32)))
                   (import \"spectest\" \"print_i32\" (func $p (param i32)))
                   (func (export \"main\") (result i32) (call $p (i32.const 1)) (call $f (i32.const 2))))",
            ),
        ],
        &[(1, "f", &[Val::I32(3)]), (2, "main", &[]), (2, "main", &[])],
    );
    let shows = |candidate: &Candidate| {
        wasmparser_agrees(candidate);
        run(&candidate.program).calls.iter().flatten().any(|end| matches!(end, Err(Failure::Exception(_))))
    };
    passes(&start);
    let start = Candidate::new(&start).unwrap();
    assert!(shows(&start));
    let reduced = reduce(&start, &Options::default(), &mut { shows }, &mut |_| ());
    println!("{}", reduced.candidate.text());
    assert!(shows(&reduced.candidate));
    assert_eq!(reduced.candidate.program.modules.len(), 1);
    assert_eq!(reduced.candidate.program.calls.len(), 1);
    assert!(reduced.candidate.text().lines().count() <= 9);
    passes(&reduced.candidate.program);
}

#[test]
fn bounds_are_kept() {
    let (bytes, _) = decode_text(&everything(12)).unwrap();
    let start = Candidate::module(&bytes).unwrap();
    let mut tests = 0;
    let options = Options { tests: Some(25), ..Options::default() };
    let reduced = reduce(
        &start,
        &options,
        &mut |_| {
            tests += 1;
            false
        },
        &mut |_| (),
    );
    assert_eq!((tests, reduced.tests, reduced.ended), (25, 25, Ended::Tests));
    assert_eq!(reduced.candidate.bytes(), start.bytes());
    let options = Options { time: Some(std::time::Duration::ZERO), ..Options::default() };
    assert_eq!(reduce(&start, &options, &mut |_| true, &mut |_| ()).ended, Ended::Time);
}

/// Arrays, tags, indirect calls: what is left is what the test asks for.
#[test]
fn down_to_what_is_needed() {
    let text = "(module
        (type $a (array (mut i32)))
        (type $f (func (param i32 i64 f32) (result i32 (ref null $a))))
        (tag $t (param i32 i64))
        (table 3 funcref)
        (elem (i32.const 0) $g $h)
        (func $g (type $f) (local.get 0) (array.new_fixed $a 3 (i32.const 1) (local.get 0) (i32.const 3)))
        (func $h (type $f) (throw $t (local.get 0) (local.get 1)))
        (func (export \"main\") (param f32) (result i32)
          (local (ref null $a))
          (call_indirect (type $f) (i32.const 6) (i64.const 7) (local.get 0) (i32.const 0))
          (local.set 1)
          (drop)
          (array.get $a (local.get 1) (i32.const 1))))";
    let start = program(&[("a", text)], &[(0, "main", &[Val::F32(9)])]);
    let shows = |candidate: &Candidate| {
        wasmparser_agrees(candidate);
        run(&candidate.program).calls[..] == [Some(Ok(vec![Val::I32(6)]))]
    };
    let start = Candidate::new(&start).unwrap();
    assert!(shows(&start));
    let reduced = reduce(&start, &Options::default(), &mut { shows }, &mut |_| ());
    let text = reduced.candidate.text();
    println!("{text}");
    assert!(text.lines().count() <= 7, "{text}");
    assert_eq!(reduced.candidate.program.calls[0].args, []);
    // With the array, and with the indirect call.
    let shows = |candidate: &Candidate| {
        let text = candidate.text();
        shows(candidate) && text.contains("array.new_fixed") && text.contains("call_indirect")
    };
    let reduced = reduce(&start, &Options::default(), &mut { shows }, &mut |_| ());
    let text = reduced.candidate.text();
    println!("{text}");
    assert!(text.lines().count() <= 25, "{text}");
    assert!(!text.contains("f32") && !text.contains("i64") && !text.contains("tag"), "{text}");
}

/// When everything will do, nothing is left.
#[test]
fn down_to_nothing() {
    let (bytes, _) = decode_text(&everything(12)).unwrap();
    let reduced = reduce(&Candidate::module(&bytes).unwrap(), &Options::default(), &mut |_| true, &mut |_| ());
    let module = &reduced.candidate.modules[0];
    assert_eq!(
        (module.types.len(), module.funcs.len(), module.exports.len(), module.globals.len(), module.elems.len()),
        (0, 0, 0, 0, 0),
        "{}",
        reduced.candidate.text()
    );
}

/// Whether the script of a program says of the semantics what it does.
fn passes(program: &Program) {
    let text = script(program, &run(program));
    let limits = Limits { steps: Some(100_000), ..Limits::default() };
    let (file, findings) = lockstep::script::run("script", "", text.as_bytes(), &Semantics, &limits);
    assert_eq!(findings, [], "{text}");
    assert!(!file.cases.is_empty(), "{text}");
    assert!(text.contains("(assert_") || program.calls.is_empty(), "{text}");
}

#[test]
fn scripts() {
    let values = program(
        &[(
            "a",
            "(module
               (type $s (struct (field i32)))
               (tag $e (export \"e\\\"\\\\\\00\") (param i32))
               (table (export \"table\") 2 funcref) (memory (export \"memory\") 1)
               (global (export \"g\") i64 (i64.const -5)) (global (export \"s\") (ref $s) (struct.new_default $s))
               (func (export \"struct\") (result (ref $s) anyref i31ref funcref externref)
                 (struct.new_default $s) (array.new_fixed $a 0) (ref.i31 (i32.const 3)) (ref.func 0)
                 (extern.convert_any (ref.i31 (i32.const 3))))
               (type $a (array i8))
               (func (export \"nan\") (param f32 f64) (result f32 f64 f32)
                 (f32.div (local.get 0) (local.get 0)) (local.get 1) (f32.const 1e-45))
               (func (export \"null\") (param funcref externref exnref anyref) (result funcref externref exnref anyref)
                 (local.get 0) (local.get 1) (local.get 2) (local.get 3))
               (func (export \"throw\") (throw $e (i32.const 1)))
               (func (export \"exn\") (result exnref)
                 (block (result exnref) (try_table (catch_all_ref 0) (throw $e (i32.const 1))) (unreachable)))
               (func (export \"div\") (param i32) (drop (i32.div_u (i32.const 1) (local.get 0))))
               (func $deep (export \"deep\") (call $deep))
               (func (export \"v128\") (param v128) (result v128) (local.get 0)))",
        )],
        &[
            (0, "struct", &[]),
            (0, "nan", &[Val::F32(0), Val::F64(0x7ff0_0000_0000_0001)]),
            (0, "null", &[Val::Ref(RefVal::Null); 4]),
            (
                0,
                "null",
                &[
                    Val::Ref(RefVal::Null),
                    Val::Ref(RefVal::Extern(Some(3))),
                    Val::Ref(RefVal::Null),
                    Val::Ref(RefVal::Host(4)),
                ],
            ),
            (0, "throw", &[]),
            (0, "exn", &[]),
            (0, "div", &[Val::I32(0)]),
            (0, "div", &[Val::I32(1)]),
            (0, "v128", &[Val::V128([7; 16])]),
        ],
    );
    passes(&values);
    passes(&program(&[("a", "(module (func $f (export \"f\") (call $f)))")], &[(0, "f", &[])]));
    let text = script(&values, &run(&values));
    for part in
        ["(ref.struct)", "(ref.i31)", "nan:canonical", "assert_exception", "integer divide by zero", "(get \"g\")"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // Modules that do not come to an instance.
    let import = "(module (import \"none\" \"f\" (func)))";
    let wrong = "(module (import \"spectest\" \"print\" (func (param i32))))";
    let trap = "(module (func $f (unreachable)) (start $f))";
    let throw = "(module (tag $t) (func $f (throw $t)) (start $f))";
    for (module, assert) in [
        (import, "assert_unlinkable"),
        (wrong, "assert_unlinkable"),
        (trap, "assert_trap"),
        (throw, "assert_exception"),
    ] {
        let program = program(&[("a", module)], &[]);
        passes(&program);
        assert!(script(&program, &run(&program)).contains(assert));
    }
    let mut invalid = program(&[("a", "(module (func (result i32)))")], &[]);
    passes(&invalid);
    invalid.modules[0].bytes = b"\0asm\x02\0\0\0"[..].into();
    passes(&invalid);
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn lockstep(folder: &std::path::Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    let output = command.args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

const LOCKSTEP: &str = env!("CARGO_BIN_EXE_lockstep");

#[test]
fn the_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = everything(4);
    fs::write(path("big.wat"), &text).unwrap();
    let ran =
        lockstep(folder.path(), &["reduce", "big.wat", "--", LOCKSTEP, "run", "{}", "--invoke", "g0", "100", "0"]);
    // The table is there but what it calls is the first thing to go.
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(fs::read_to_string(path("big.wat")).unwrap(), text);
    let wat = fs::read_to_string(path("big.reduced.wat")).unwrap();
    let wasm = fs::read(path("big.reduced.wasm")).unwrap();
    assert!(ran.stdout.starts_with(&wat));
    assert!(ran.stdout.contains("big.reduced.wat"), "{}", ran.stdout);
    assert!(wat.lines().count() <= 6, "{wat}");
    assert_eq!(decode_text(&wat).unwrap().1.types, decode(&wasm).unwrap().types);

    // In text, elsewhere, with bounds.
    let ran = lockstep(
        folder.path(),
        &["reduce", "big.wat", "--format", "wat", "--out", "other", "--tests", "3", "--", LOCKSTEP, "validate"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("after 3 tests (as many as allowed)"), "{}", ran.stdout);
    assert!(path("other.wat").exists() && path("other.wasm").exists());
}

#[test]
fn the_command_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.reduced.wat"), "(module)").unwrap();
    fs::write(path("bad.wat"), "(module").unwrap();
    let refuses = |args: &[&str], message: &str| {
        let ran = lockstep(folder.path(), args);
        assert_eq!(ran.code, 2, "{args:?}\n{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(message), "{args:?}\n{}", ran.stderr);
    };
    refuses(&["reduce", "none.wat", "--", LOCKSTEP, "validate"], "cannot read none.wat");
    refuses(&["reduce", "bad.wat", "--", LOCKSTEP, "validate"], "bad.wat: malformed text");
    refuses(&["reduce", "a.reduced.wat"], "COMMAND");
    refuses(&["reduce", "a.reduced.wat", "--", "no-such-program"], "cannot run no-such-program");
    refuses(&["reduce", "a.reduced.wat", "--", LOCKSTEP, "no-such-command"], "does not exit with 0");
    refuses(&["reduce", "a.reduced.wat", "--out", "a.reduced", "--", LOCKSTEP, "validate"], "would be overwritten");
    assert_eq!(fs::read_to_string(path("a.reduced.wat")).unwrap(), "(module)");
}
