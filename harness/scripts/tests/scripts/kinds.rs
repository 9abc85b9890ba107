//! The grammar of scripts, what is missing because of something else, messages, and that nothing disappears.

use super::absent::Absent;
use lockstep_engines::{Failure, Limits, Semantics};
use lockstep_reports::{Finding, Kind, Verdict};
use lockstep_scripts::script::Terms;
use lockstep_scripts::script::message::{Declaration, Messages};
use lockstep_scripts::script::{self, Script};
use lockstep_scripts::suite;
use std::fs;
use std::path::{Path, PathBuf};

use Verdict::{Fail, Limit, Pass, Unsupported};

fn run(text: &str) -> (Vec<(Kind, Verdict)>, Vec<Finding>) {
    let (file, findings) = script::run("a.wast", "", text.as_bytes(), &Semantics, &Limits::default());
    (file.cases.iter().map(|case| (case.kind, case.verdict)).collect(), findings)
}

fn verdicts(text: &str) -> Vec<Verdict> {
    run(text).0.into_iter().map(|(_, verdict)| verdict).collect()
}

fn passes(text: &str) {
    let (cases, findings) = run(text);
    assert!(!cases.is_empty() && findings.is_empty(), "{text}\n{findings:#?}");
}

/// The verdict on the last directive; those before it pass.
fn last(text: &str) -> Verdict {
    let (cases, findings) = run(text);
    let (last, before) = cases.split_last().unwrap();
    assert!(before.iter().all(|(_, verdict)| *verdict == Pass), "{text}\n{findings:#?}");
    last.1
}

#[test]
fn module_definitions_and_instances() {
    for module in [
        r#"(func (export "f") (result i32) (i32.const 4))"#,
        r#"quote "(func (export \22f\22)" "(result i32) i32.const 4)""#,
        r#"quote "(module $x (func (export \"f\") (result i32) (i32.const 4)))""#,
        r#"binary "\00asm\01\00\00\00\01\05\01\60\00\01\7f\03\02\01\00" "\07\05\01\01f\00\00\0a\06\01\04\00\41\04\0b""#,
    ] {
        let check = |instance: &str| format!("(assert_return (invoke {instance} \"f\") (i32.const 4))");
        passes(&format!("(module {module}) {}", check("")));
        passes(&format!("(module $m {module}) {} {}", check("$m"), check("")));
        passes(&format!("(module definition $m {module}) (module instance $i $m) {} {}", check("$i"), check("")));
        passes(&format!("(module definition {module}) (module instance) {}", check("")));
        passes(&format!("(module definition $m {module}) (module) (module instance $m) {}", check("")));
        passes(&format!("(module $m {module}) (module instance $i $m) (module instance $j $m) {}", check("$j")));
    }
    assert_eq!(last("(module definition $m) (module instance $i $n)"), Fail);
    assert_eq!(last("(module definition $m) (invoke \"f\")"), Fail, "a definition is no instance");
    passes("(module definition) (module definition binary \"\\00asm\\01\\00\\00\\00\") (module definition quote)");
    passes("(module quote) (module $\"a b\") (module instance $i $\"a b\") (register \"x\" $i)");
}

#[test]
fn actions_as_commands() {
    let module = r#"(module $m (global (export "g") i64 (i64.const 3)) (func (export "f") (param i32)))"#;
    let (cases, _) = run(&format!("{module} (get \"g\") (get $m \"g\") (invoke $m \"f\" (i32.const 1)) (get \"f\")"));
    let kinds = [(Kind::Get, Pass), (Kind::Get, Pass), (Kind::Invoke, Pass), (Kind::Get, Fail)];
    assert_eq!(cases[1..], kinds);
    assert_eq!(last(&format!("{module} (assert_trap (get \"g\") \"unreachable\")")), Fail);
    assert_eq!(last(&format!("{module} (assert_exception (get \"g\"))")), Fail);
    assert_eq!(last(&format!("{module} (assert_exhaustion (get \"g\") \"\")")), Fail);
    passes(&format!("{module} (assert_return (get $m \"g\") (i64.const 3))"));
    assert_eq!(last(&format!("{module} (invoke \"f\")")), Fail, "too few arguments");
}

/// A script may begin with any command, and a file of module fields is one module.
#[test]
fn first_forms() {
    for (text, kind) in [
        ("(get \"x\")", Kind::Get),
        ("(invoke \"x\")", Kind::Invoke),
        ("(register \"x\")", Kind::Register),
        ("(module instance)", Kind::ModuleInstance),
        ("(script (invoke \"x\"))", Kind::Script),
        ("(input \"x.wast\")", Kind::Input),
        ("(output)", Kind::Output),
        ("(assert_unlinkable (module instance) \"\")", Kind::AssertUnlinkable),
        ("(wait $t)", Kind::Wait),
    ] {
        let (cases, _) = run(text);
        assert_eq!(cases.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [kind], "{text}");
        assert_ne!(cases[0].1, Pass, "{text}");
    }
    assert_eq!(run("(type (func)) (func) (export \"f\" (func 0))").0, [(Kind::Module, Pass)]);
    assert_eq!(run("(@custom \"a\" \"b\") (rec (type (func)))").0, [(Kind::Module, Pass)]);
    assert_eq!(run("(func (bogus)) (memory 1)").0, [(Kind::Module, Fail)]);
    // Where a directive follows, none is lost.
    assert_eq!(verdicts("(func) (module) (memory 1) (invoke \"x\")"), [Fail, Pass, Fail, Fail]);
    assert_eq!(run(" ;; nothing\n(@a b) (; ;)").0, []);
}

#[test]
fn assertions_on_instantiations() {
    passes(
        r#"(module definition $U (import "none" "f" (func)))
        (assert_unlinkable (module instance $U) "unknown import")
        (assert_unlinkable (module instance $i $U) "unknown import")
        (assert_unlinkable (module instance) "unknown")
        (module definition $T (func $s unreachable) (start $s))
        (assert_trap (module instance $T) "unreachable")
        (assert_trap (module instance) "")
        (assert_trap (module quote "(func $s unreachable)" "(start $s)") "unreachable")
        (assert_trap (module $t (memory 1) (data (i32.const 65536) "a")) "out of bounds memory access")
        (assert_unlinkable (module binary "\00asm\01\00\00\00\02\08\01\01a\01b\03\7f\00") "unknown import")
        (assert_unlinkable (module quote "(import \22a\22 \22b\22 (func))") "unknown import")
        (assert_return (module quote ""))
        (assert_trap (module (tag $e) (func $s (throw $e)) (start $s)) "uncaught exception")"#,
    );
    // The module of an assertion is the latest one from then on, but no instance.
    passes(
        r#"(module $m (func (export "f"))) (assert_return (module)) (invoke "f") (module instance) (invoke $m "f")"#,
    );
    assert_eq!(last("(assert_trap (module definition) \"\")"), Fail, "a misplaced definition");
    assert_eq!(last("(module definition $m) (assert_trap (module instance $m) \"unreachable\")"), Fail);
    assert_eq!(last("(module definition $m) (assert_unlinkable (module instance $m) \"unknown import\")"), Fail);
    assert_eq!(last("(assert_unlinkable (module instance $m) \"unknown import\")"), Fail);
    let (_, findings) = run("(assert_invalid (module instance $m) \"\")");
    assert!(findings[0].got.contains("expected a module, found an instance"), "{}", findings[0].got);
    passes("(assert_invalid (module definition $m (func (result i32))) \"\")");
    passes(
        "(assert_malformed (module definition quote \"(func\") \"\") (assert_invalid (module quote \"(start 0)\") \"\")",
    );
}

#[test]
fn patterns() {
    passes(
        r#"(module (func $f) (elem declare func $f) (tag $e) (type $s (struct)) (type $a (array i8))
          (func (export "func") (result (ref func)) (ref.func $f))
          (func (export "exn") (result (ref exn))
            (block $h (result (ref exn)) (try_table (catch_all_ref $h) (throw $e)) (unreachable)))
          (func (export "struct") (result anyref) (struct.new $s))
          (func (export "array") (result eqref) (array.new_default $a (i32.const 3)))
          (func (export "i31") (result anyref) (ref.i31 (i32.const 1)))
          (func (export "null") (result anyref) (ref.null none))
          (func (export "same") (param externref) (result externref) (local.get 0))
          (func (export "any") (param anyref) (result anyref) (local.get 0))
          (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0)))
          (func (export "v") (result v128) (v128.const f32x4 nan 1 -0 inf))
          (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2)))
        (assert_return (invoke "func") (ref.func)) (assert_return (invoke "func") (ref))
        (assert_return (invoke "exn") (ref.exn)) (assert_return (invoke "exn") (ref))
        (assert_return (invoke "struct") (ref.struct)) (assert_return (invoke "struct") (ref.eq))
        (assert_return (invoke "struct") (ref.any)) (assert_return (invoke "array") (ref.array))
        (assert_return (invoke "i31") (ref.i31)) (assert_return (invoke "null") (ref.null))
        (assert_return (invoke "null") (ref.null any)) (assert_return (invoke "null") (ref.null none))
        (assert_return (invoke "same" (ref.extern 1)) (ref.extern 1))
        (assert_return (invoke "same" (ref.extern 0x1)) (ref.extern))
        (assert_return (invoke "same" (ref.null extern)) (ref.null extern))
        (assert_return (invoke "any" (ref.host 7)) (ref.host 7))
        (assert_return (invoke "nan") (f32.const nan:canonical))
        (assert_return (invoke "nan") (f32.const nan:arithmetic))
        (assert_return (invoke "v") (v128.const f32x4 nan:canonical 1 -0 inf))
        (assert_return (invoke "v") (v128.const i32x4 0x7fc00000 0x3f800000 -2147483648 0x7f80_0000))
        (assert_return (invoke "two") (i32.const 1) (i64.const 2))
        (assert_return (invoke "two") (either (i32.const 0) (i32.const 1)) (either (i64.const 2)))"#,
    );
    let module = r#"(module (func (export "f") (param externref) (result externref) (local.get 0)))"#;
    for wrong in ["(ref)", "(ref.extern)", "(ref.func)", "(i32.const 0)", "(ref.null) (ref.null)", ""] {
        assert_eq!(
            last(&format!("{module} (assert_return (invoke \"f\" (ref.null extern)) {wrong})")),
            Fail,
            "{wrong}"
        );
    }
    for unread in [
        "(ref.null foo)",
        "(i32.const nan:canonical)",
        "(i32.const 4294967296)",
        "(v128.const i32x4 1 2 3)",
        "(v128.const i8x8 1)",
        "(either)",
        "(f32.const 1 2)",
        "(ref.extern -1)",
        "i32.const 1",
    ] {
        let (cases, findings) = run(&format!("{module} (assert_return (invoke \"f\" (ref.null extern)) {unread})"));
        assert_eq!(cases[1], (Kind::Script, Fail), "{unread}");
        assert!(findings[0].got.starts_with("malformed script: 1:"), "{}", findings[0].got);
    }
    for pattern in ["(ref.null)", "(ref)", "(ref.extern)", "(f32.const nan:canonical)", "(either (i32.const 1))"] {
        let (cases, _) = run(&format!("{module} (invoke \"f\" {pattern})"));
        assert_eq!(cases[1], (Kind::Script, Fail), "{pattern} is no argument");
    }
}

#[test]
fn links_by_prefix() {
    let module = r#"(module $M (func (export "f"))) (register "M")"#;
    let unlinkable = |import: &str, text: &str| {
        last(&format!("{module} (assert_unlinkable (module (import \"M\" {import})) \"{text}\")"))
    };
    for text in ["unknown import", "unknown", "u", ""] {
        assert_eq!(unlinkable("\"g\" (func)", text), Pass, "{text}");
    }
    for text in ["incompatible import type", "incompatible import", "incompatible", ""] {
        assert_eq!(unlinkable("\"f\" (global i32)", text), Pass, "{text}");
    }
    assert_eq!(unlinkable("\"g\" (func)", "incompatible import type"), Fail);
    assert_eq!(unlinkable("\"f\" (global i32)", "unknown import"), Fail);
    assert_eq!(unlinkable("\"g\" (func)", "import"), Fail, "a part, but not the beginning");
    assert_eq!(unlinkable("\"f\" (func)", "unknown import"), Fail, "it links");
}

#[test]
fn traps_and_exhaustion_by_prefix() {
    let module = r#"(module (func (export "div") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
        (func $r (export "rec") (call $r)))"#;
    let trap = |text: &str| last(&format!("{module} (assert_trap (invoke \"div\") \"{text}\")"));
    for text in ["integer divide by zero", "integer divide", "integer", ""] {
        assert_eq!(trap(text), Pass, "{text}");
    }
    for text in ["integer divide by zero!", "divide by zero", "integer overflow", "unreachable"] {
        assert_eq!(trap(text), Fail, "{text}");
    }
    let exhaustion = |text: &str| last(&format!("{module} (assert_exhaustion (invoke \"rec\") \"{text}\")"));
    for (text, verdict) in [("call stack exhausted", Pass), ("call stack", Pass), ("", Pass), ("stack", Fail)] {
        assert_eq!(exhaustion(text), verdict, "{text}");
    }
}

#[test]
fn declared_messages() {
    let text = r#"(module (func (export "div") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
            (func (export "none") unreachable))
        (assert_trap (invoke "div") "division by zero")
        (assert_trap (invoke "none") "division by zero")"#;
    let verdicts = |declared: Vec<Declaration>| {
        let terms = Terms { messages: Messages::new(declared), ..Terms::default() };
        let script = Script { path: "a.wast", suite: "", text: text.as_bytes(), file: None };
        let (file, _) = script::run_with(&script, &Semantics, &Limits::default(), &terms);
        file.cases.iter().map(|case| case.verdict).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(Vec::new()), [Pass, Fail, Fail]);
    for declared in ["division by zero = integer divide by zero", "division by zero = divide by zero"] {
        assert_eq!(verdicts(vec![declared.parse().unwrap()]), [Pass, Pass, Fail], "{declared}");
    }
}

#[test]
fn unsupported_is_passed_on() {
    let module = r#"(module $m (memory 1 (pagesize 1)) (func (export "f") (result i32) (i32.const 1)))"#;
    let (cases, findings) = run(&format!(
        r#"{module}
        (assert_return (invoke $m "f") (i32.const 1))
        (invoke "f")
        (assert_trap (invoke "f") "unreachable")
        (register "m" $m)
        (module $n (func (import "m" "f") (result i32)))
        (assert_return (invoke $n "f") (i32.const 1))
        (assert_unlinkable (module (import "m" "g" (func))) "unknown import")
        (module instance $m)
        (register "n")
        (module (import "n" "g" (func)))"#
    ));
    assert!(cases.iter().all(|(_, verdict)| *verdict == Unsupported), "{findings:#?}");
    assert!(findings[1..].iter().all(|finding| finding.got.contains("because of line ")), "{findings:#?}");
    assert!(findings[1].got.contains("because of line 1"), "{}", findings[1].got);
    // An older one of the same name, or one that is registered, does not stand in for it.
    let after = format!(
        r#"(module $m (func (export "f") (result i32) (i32.const 2))) (register "m")
        {module} (register "m") (assert_return (invoke $m "f") (i32.const 1)) (module (import "m" "f" (func)))"#
    );
    assert_eq!(verdicts(&after), [Pass, Pass, Unsupported, Unsupported, Unsupported, Unsupported]);
    // But what comes after it can be there again.
    let again = format!(
        r#"{module} (register "m") (module $m (func (export "f") (result i32) (i32.const 2)))
        (register "m") (assert_return (invoke $m "f") (i32.const 2)) (module (import "m" "f" (func (result i32))))"#
    );
    assert_eq!(verdicts(&again), [Unsupported, Unsupported, Pass, Pass, Pass, Pass]);
    // A failure stays one.
    assert_eq!(verdicts("(module $m (func (result i32))) (invoke $m \"f\")"), [Fail, Fail]);
    // Forms that cannot be read define nothing either.
    assert_eq!(
        verdicts("(module) (component $c) (invoke \"f\") (invoke $c \"f\")"),
        [Pass, Unsupported, Unsupported, Unsupported]
    );
    assert_eq!(verdicts("(module) (module $m binary 5) (register \"m\" $m)"), [Pass, Fail, Fail]);
}

#[test]
fn limits_are_passed_on() {
    let text = r#"(module $m (func $s (loop (br 0))) (start $s) (func (export "f")))
        (invoke $m "f") (register "m" $m) (module (import "m" "f" (func)))"#;
    let limits = Limits { steps: Some(1000), ..Limits::default() };
    let (file, _) = script::run("a.wast", "", text.as_bytes(), &Semantics, &limits);
    assert!(file.cases.iter().all(|case| case.verdict == Limit), "{:?}", file.cases);
}

#[test]
fn proposals_are_named() {
    for (form, proposal) in [
        ("(module (tag $e) (func (try (do (throw $e)) (catch $e))))", "legacy-exceptions"),
        ("(module (memory 1 (pagesize 1)))", "custom-page-sizes"),
        ("(module (func (drop (i64.mul_wide_s (i64.const 1) (i64.const 1)))))", "wide-arithmetic"),
        ("(module (type $f (func)) (type (cont $f)))", "stack-switching"),
        ("(component)", "component-model"),
        ("(component quote \"(x)\")", "component-model"),
        ("(assert_malformed (component quote \"(x)\") \"\")", "component-model"),
        ("(assert_return (invoke \"f\" (u32.const 1)) (str.const \"a\"))", "component-model"),
        ("(assert_return (invoke \"f\") (v128.const f16x8 0 0 0 0 0 0 0 0))", "half-precision"),
        ("(assert_return (invoke \"f\") (ref.null (exact 0)))", "custom-descriptors"),
    ] {
        let (cases, findings) = run(&format!("(module (func (export \"f\"))) {form} (invoke \"f\")"));
        assert_eq!(cases[1].1, Unsupported, "{form}\n{findings:#?}");
        assert!(findings[0].got.contains(proposal), "{form}: {}", findings[0].got);
        let needs_it = form.starts_with("(module") || form.starts_with("(component");
        assert_eq!(cases[2], (Kind::Invoke, if needs_it { Unsupported } else { Pass }), "{form}");
    }
    let (cases, _) = run("(assert_suspension (invoke \"f\") \"unhandled\")");
    assert_eq!(cases, [(Kind::AssertSuspension, Unsupported)]);
}

#[test]
fn places() {
    let (_, findings) = run("\n\n  (module\n    quote\n    \"(func\\n  (bogus))\")");
    assert_eq!((findings[0].line, findings[0].column), (3, 3));
    assert!(findings[0].got.contains("at 2:4 of the text quoted at 4:5"), "{}", findings[0].got);
    let (_, findings) = run("(module)\n(module\n  (func (bogus)))");
    assert_eq!((findings[0].line, findings[0].column), (2, 1));
    assert!(findings[0].got.contains("at 3:10: "), "{}", findings[0].got);
    let (_, findings) = run("(module)\n(assert_return\n  (invoke \"f\") (i32.const x))");
    assert_eq!((findings[0].line, findings[0].column), (2, 1));
    assert!(findings[0].got.starts_with("malformed script: 3:27: "), "{}", findings[0].got);
}

#[test]
fn scripts_within() {
    passes(
        r#"(script $s (module $m (func (export "f") (result i32) (i32.const 3))) (register "m"))
        (assert_return (invoke "f") (i32.const 3)) (assert_return (invoke $m "f") (i32.const 3))
        (module (import "m" "f" (func (result i32))))
        (script) (script $t (script (module $n))) (module instance $n)
        (output) (output $n) (output $n "n.wasm") (output $s "s.wast") (output $s "s.bin.wast") (output $t "t.js")"#,
    );
    assert_eq!(
        verdicts("(output) (output $n \"n.wat\") (output \"x.txt\") (module) (output $x)"),
        [Fail, Fail, Fail, Pass, Fail]
    );
    // One directive, which ends as the worst of its own.
    let (cases, findings) =
        run("(script (module)\n (component)\n (invoke \"f\") (module $last))\n(module instance $last)");
    assert_eq!(cases, [(Kind::Script, Unsupported), (Kind::ModuleInstance, Pass)]);
    assert!(findings[0].got.starts_with("2:2: "), "{}", findings[0].got);
    let (cases, findings) = run("(script (component)\n (module (bogus)))");
    assert_eq!(cases, [(Kind::Script, Fail)]);
    assert!(findings[0].got.starts_with("2:2: "), "{}", findings[0].got);
}

#[test]
fn files_within() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join("scripts").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("a.wast", br#"(module $a (func (export "f") (result i32) (i32.const 3))) (register "a")"#);
    write("m.wat", br#"(module (func (export "g") (result i32) (i32.const 4)))"#);
    write("fields.wat", br#"(func (export "g") (result i32) (i32.const 4))"#);
    write("m.wasm", b"\0asm\x01\0\0\0");
    write("sub/b.wast", br#"(input "c.wast")"#);
    write("sub/c.wast", b"(module $c)");
    write("fails.wast", b"(module)\n(invoke \"f\")");
    write("self.wast", br#"(input "self.wast")"#);
    write("twice.wast", br#"(input "twice.wast") (input "twice.wast")"#);
    write("latin.wast", b"(module) ;; \xff");
    write("../outside.wast", b"(module)");
    let run = |text: &str| {
        let file = folder.path().join("scripts/main.wast");
        let script = Script { path: "main.wast", suite: "", text: text.as_bytes(), file: Some(&file) };
        script::run_with(&script, &Semantics, &Limits::default(), &Terms::default())
    };
    let passes = |text: &str| {
        let (file, findings) = run(text);
        assert!(file.total() > 0 && findings.is_empty(), "{text}\n{findings:#?}");
    };
    passes(
        r#"(input "a.wast") (assert_return (invoke $a "f") (i32.const 3)) (module (import "a" "f" (func (result i32))))"#,
    );
    passes(r#"(input $x "a.wast") (assert_return (invoke $x "f") (i32.const 3)) (output $x "x.wast")"#);
    // A module in a file is defined, and not instantiated.
    for file in ["m.wat", "fields.wat"] {
        passes(&format!(
            r#"(input $m "{file}") (module instance $i $m) (assert_return (invoke $i "g") (i32.const 4))"#
        ));
    }
    passes(r#"(input "./m.wasm") (module instance)"#);
    passes(r#"(input "sub/b.wast") (module instance $c)"#);
    let absolute = folder.path().join("scripts/a.wast");
    for (file, message) in [
        ("missing.wast", "cannot read \"missing.wast\""),
        ("../outside.wast", "beside the script or below"),
        ("sub/../../outside.wast", "beside the script or below"),
        (absolute.to_str().unwrap(), "beside the script or below"),
        ("sub", "not a .wast, .wat or .wasm file"),
        ("", "not a .wast, .wat or .wasm file"),
        ("a.js", "not a .wast, .wat or .wasm file"),
        ("latin.wast", "latin.wast: not UTF-8"),
        ("fails.wast", "fails.wast: 2:1: "),
        ("self.wast", "too many files"),
        ("twice.wast", "too many files"),
    ] {
        let (file, findings) = run(&format!("(input {:?}) (module)", file));
        let seen: Vec<Verdict> = file.cases.iter().map(|case| case.verdict).collect();
        assert_eq!(seen, [Fail, Pass], "{findings:#?}");
        assert!(findings[0].got.contains(message), "{}", findings[0].got);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../outside.wast", folder.path().join("scripts/link.wast")).unwrap();
        let (_, findings) = run(r#"(input "link.wast")"#);
        assert!(findings[0].got.contains("beside the script or below"), "{}", findings[0].got);
    }
    // A script that is in no folder has no files.
    assert_eq!(verdicts(r#"(input "a.wast")"#), [Fail]);
}

#[test]
fn depth_is_bounded() {
    const DEEP: usize = 200_000;
    for (open, inside, close) in [
        ("(script ", "(module)", ")"),
        ("(thread $t ", "(module)", ")"),
        ("(assert_return (invoke \"f\") ", "", ")"),
        ("(", "", ")"),
        ("(module ", "", ")"),
        ("(module (func ", "", "))"),
    ] {
        let text = format!("(module) {}{inside}{} (module)", open.repeat(DEEP), close.repeat(DEEP));
        let found = verdicts(&text);
        assert_eq!((found.len(), found[0], found[2]), (3, Pass, Pass), "{open}");
        assert_ne!(found[1], Pass, "{open}");
    }
    let either = |deep: usize| {
        let module = "(module (func (export \"f\") (result i32) (i32.const 1)))";
        let (open, close) = ("(either ".repeat(deep), ")".repeat(deep));
        verdicts(&format!("{module} (assert_return (invoke \"f\") {open}(i32.const 1){close}) (module)"))
    };
    assert_eq!(either(10), [Pass, Pass, Pass]);
    assert_eq!(either(DEEP), [Pass, Fail, Pass]);
    let (_, findings) = run(&format!("{}{}", "(script ".repeat(100), ")".repeat(100)));
    assert!(findings[0].got.contains("nested deeper than"), "{}", findings[0].got);
}

/// Divides a text into parentheses, annotations and all other tokens, with nothing of the reader.
fn tokens(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begin = at;
        at = past(bytes, at);
        match &bytes[begin..] {
            [b' ' | b'\t' | b'\n' | b'\r', ..] | [b';', b';', ..] => continue,
            [b'(', b';', ..] if bytes[..at].ends_with(b";)") && at - begin > 3 => continue,
            [b'(', b'@', ..] => {
                let mut depth = 1;
                while depth > 0 && at < bytes.len() {
                    match &bytes[at..] {
                        [b'(', b';', ..] => {}
                        [b'(', ..] => depth += 1,
                        [b')', ..] => depth -= 1,
                        _ => {}
                    }
                    at = past(bytes, at);
                }
            }
            _ => {}
        }
        tokens.push(&text[begin..at]);
    }
    tokens
}

/// The place after a parenthesis, a comment, or a token, of which an annotation's is `(@`.
fn past(bytes: &[u8], begin: usize) -> usize {
    let until =
        |at: usize, is: &dyn Fn(u8) -> bool| bytes[at..].iter().position(|b| is(*b)).map_or(bytes.len(), |n| at + n);
    match &bytes[begin..] {
        [b';', b';', ..] => until(begin, &|b| b == b'\n' || b == b'\r'),
        [b'(', b';', ..] => {
            let (mut depth, mut at) = (0_u32, begin);
            while at < bytes.len() {
                let step = match &bytes[at..] {
                    [b'(', b';', ..] => {
                        depth += 1;
                        2
                    }
                    [b';', b')', ..] => {
                        depth -= 1;
                        2
                    }
                    _ => 1,
                };
                at += step;
                if depth == 0 {
                    break;
                }
            }
            at
        }
        [b'(', b'@', ..] => begin + 2,
        [b'(' | b')' | b' ' | b'\t' | b'\n' | b'\r', ..] => begin + 1,
        _ => {
            let mut at = begin;
            while at < bytes.len() && !matches!(bytes[at], b'(' | b')' | b' ' | b'\t' | b'\n' | b'\r') {
                if bytes[at..].starts_with(b";;") {
                    break;
                }
                if bytes[at] != b'"' {
                    at += 1;
                    continue;
                }
                at += 1;
                while at < bytes.len() && !matches!(bytes[at], b'"' | b'\n' | b'\r') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + usize::from(bytes.get(at) == Some(&b'"'))).min(bytes.len());
            }
            at
        }
    }
}

/// How many directives a script has: forms at its outermost level, and runs of tokens between them.
fn forms(tokens: &[&str]) -> u64 {
    let tokens: Vec<&str> = tokens.iter().copied().filter(|token| !token.starts_with("(@")).collect();
    let (mut forms, mut depth, mut stray) = (0, 0_u32, false);
    let mut commands = false;
    for (i, token) in tokens.iter().enumerate() {
        match *token {
            "(" => {
                if depth == 0 {
                    forms += 1;
                    let head = tokens.get(i + 1).copied().unwrap_or_default();
                    let command = head.starts_with("assert_")
                        || ["module", "component", "register", "invoke", "get", "thread", "wait", "script", "input"]
                            .contains(&head)
                        || head == "output";
                    commands |= command;
                }
                depth += 1;
                stray = false;
            }
            ")" if depth > 0 => depth -= 1,
            _ if depth == 0 => {
                forms += u64::from(!stray);
                stray = true;
            }
            _ => {}
        }
    }
    const FIELDS: [&str; 12] =
        ["type", "rec", "import", "tag", "global", "memory", "table", "func", "data", "elem", "start", "export"];
    match tokens[..] {
        ["(", head, ..] if FIELDS.contains(&head) && !commands => 1,
        _ => forms,
    }
}

fn counted(text: &str) -> u64 {
    let absent = Absent(Failure::Unsupported("everything".into()));
    let (file, findings) = script::run("a.wast", "", text.as_bytes(), &absent, &Limits::default());
    let left = file.cases.iter().filter(|case| case.verdict != Pass).map(|case| (case.line, case.column, case.verdict));
    assert!(left.eq(findings.iter().map(|found| (found.line, found.column, found.verdict))), "{text}: {findings:#?}");
    file.total()
}

fn scripts() -> Vec<suite::Script> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let folders: Vec<PathBuf> = lockstep_testing::suites().into_iter().chain([corpus]).collect();
    let mut scripts = suite::collect(&folders).unwrap();
    scripts.extend(suite::embedded());
    scripts
}

#[test]
fn every_form_is_a_directive() {
    let scripts = scripts();
    assert!(scripts.len() > 242, "{}", scripts.len());
    let mut compared = 0;
    for script in scripts {
        let Ok(text) = String::from_utf8(script.read().unwrap().into_owned()) else { continue };
        assert_eq!(counted(&text), forms(&tokens(&text)), "{}", script.path);
        compared += 1;
    }
    assert!(compared > 242, "{compared} are UTF-8");
}

/// Nor does one disappear from scripts with tokens dropped, doubled or swapped.
#[test]
fn every_form_of_a_mutant_is_a_directive() {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut mutants = 0;
    for script in scripts() {
        let Ok(text) = String::from_utf8(script.read().unwrap().into_owned()) else { continue };
        let whole = tokens(&text);
        if whole.is_empty() || whole.len() > 4000 {
            continue;
        }
        for _ in 0..20 {
            let mut tokens = whole.clone();
            for _ in 0..=random(3) {
                let at = random(tokens.len());
                match random(4) {
                    0 if tokens.len() > 1 => drop(tokens.remove(at)),
                    1 => tokens.insert(at, tokens[at]),
                    2 => tokens.insert(at, ["(", ")", "x", "\"s\"", "module"][random(5)]),
                    _ => {
                        let other = random(tokens.len());
                        tokens.swap(at, other);
                    }
                }
            }
            let mutant = tokens.join(" ");
            assert_eq!(counted(&mutant), forms(&tokens), "{}: {mutant}", script.path);
            mutants += 1;
        }
    }
    assert!(mutants > 2000, "{mutants}");
}
