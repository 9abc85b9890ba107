//! The reducer on big modules with small causes, and scripts of what is left.

#[path = "common/everything.rs"]
mod everything;

use everything::everything;
use lockstep_engines::program::{Call, Part};
use lockstep_engines::{Engine, Failure, Limits, Observation, Program, Semantics};
use lockstep_engines::{RefVal, Val};
use lockstep_programs::differential::wast::script;
use lockstep_programs::reduce::{Candidate, Ended, Keep, ReduceOptions, reduce};
use lockstep_semantics::decode::{decode, decode_text};
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::validation::validate;
use std::fs;

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
    let reduced = reduce(&start, &ReduceOptions::default(), &mut { shows }, &mut |_| ());
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

    let again = reduce(&start, &ReduceOptions::default(), &mut { shows }, &mut |_| ());
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
    let options = ReduceOptions { keep: Keep::Anything, ..ReduceOptions::default() };
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
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/bench");
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
            let reduced = reduce(&start, &ReduceOptions::default(), &mut { keeps }, &mut |_| ());
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
    let reduced = reduce(&start, &ReduceOptions::default(), &mut { shows }, &mut |_| ());
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
    let options = ReduceOptions { tests: Some(25), ..ReduceOptions::default() };
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
    let options = ReduceOptions { time: Some(std::time::Duration::ZERO), ..ReduceOptions::default() };
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
    let reduced = reduce(&start, &ReduceOptions::default(), &mut { shows }, &mut |_| ());
    let text = reduced.candidate.text();
    println!("{text}");
    assert!(text.lines().count() <= 7, "{text}");
    assert_eq!(reduced.candidate.program.calls[0].args, []);
    // With the array, and with the indirect call.
    let shows = |candidate: &Candidate| {
        let text = candidate.text();
        shows(candidate) && text.contains("array.new_fixed") && text.contains("call_indirect")
    };
    let reduced = reduce(&start, &ReduceOptions::default(), &mut { shows }, &mut |_| ());
    let text = reduced.candidate.text();
    println!("{text}");
    assert!(text.lines().count() <= 25, "{text}");
    assert!(!text.contains("f32") && !text.contains("i64") && !text.contains("tag"), "{text}");
}

/// When everything will do, nothing is left.
#[test]
fn down_to_nothing() {
    let (bytes, _) = decode_text(&everything(12)).unwrap();
    let reduced = reduce(&Candidate::module(&bytes).unwrap(), &ReduceOptions::default(), &mut |_| true, &mut |_| ());
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
    let (file, findings) = lockstep_scripts::script::run("script", "", text.as_bytes(), &Semantics, &limits);
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
