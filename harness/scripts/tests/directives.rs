//! Each kind of directive, each verdict: an engine that answers as it is told.

#[path = "common/absent.rs"]
mod absent;

use absent::Absent;
use lockstep_engines::{Engine, Failure, InstanceId, Limits, Link, ModuleId, Resource, Session, Thrown};
use lockstep_engines::{RefVal, Val};
use lockstep_reports::{Cause, Finding, Kind, Verdict};
use lockstep_scripts::script;
use lockstep_semantics::execution::TrapClass;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// What the engine answers next, whatever it is asked.
#[derive(Clone, Debug)]
enum Answer {
    Ok,
    Vals(Vec<Val>),
    End(Failure),
    Panic,
}

use Answer::{Ok as Yes, Panic, Vals};

fn end(end: Failure) -> Answer {
    Answer::End(end)
}

/// An engine for one script, which notes what it is asked.
#[derive(Default)]
struct Fake {
    answers: Mutex<VecDeque<Answer>>,
    log: Arc<Mutex<Vec<String>>>,
}

struct FakeSession {
    answers: VecDeque<Answer>,
    log: Arc<Mutex<Vec<String>>>,
    next: usize,
}

impl Engine for Fake {
    fn name(&self) -> &str {
        "fake"
    }
    fn version(&self) -> &str {
        "0"
    }
    fn open(&self, _: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        let answers = std::mem::take(&mut *self.answers.lock().unwrap());
        Ok(Box::new(FakeSession { answers, log: self.log.clone(), next: 0 }))
    }
}

impl FakeSession {
    fn answer(&mut self, what: String) -> Result<Vec<Val>, Failure> {
        self.log.lock().unwrap().push(what);
        match self.answers.pop_front().expect("an answer to every request") {
            Yes => Ok(vec![]),
            Vals(vals) => Ok(vals),
            Answer::End(end) => Err(end),
            Panic => panic!("as told"),
        }
    }
    fn id(&mut self) -> usize {
        self.next += 1;
        self.next
    }
}

impl Session for FakeSession {
    fn load(&mut self, _: &[u8]) -> Result<ModuleId, Failure> {
        self.answer("load".into())?;
        Ok(ModuleId(self.id()))
    }
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.answer(format!("instantiate {}", module.0))?;
        Ok(InstanceId(module.0 * 100 + self.id()))
    }
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        self.answer(format!("register {name} {}", instance.0)).map(drop)
    }
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, Failure> {
        self.answer(format!("invoke {} {function} {args:?}", instance.0))
    }
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        self.answer(format!("global {} {global}", instance.0)).map(|vals| vals[0])
    }
    fn table(&mut self, instance: InstanceId, table: &str) -> Result<Vec<Val>, Failure> {
        self.answer(format!("table {} {table}", instance.0))
    }
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        self.answer(format!("memory {} {memory}", instance.0)).map(|_| Vec::new())
    }
}

impl Drop for FakeSession {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.answers.is_empty(), "left: {:?}, asked: {:?}", self.answers, self.log.lock());
        }
    }
}

/// Runs a script against answers; gives kinds and verdicts, and the findings.
fn run<const N: usize>(text: &str, answers: [Answer; N]) -> (Vec<(Kind, Verdict)>, Vec<Finding>) {
    let engine = Fake { answers: Mutex::new(answers.into()), ..Fake::default() };
    let (file, findings) = script::run("a.wast", "a", text.as_bytes(), &engine, &Limits::default());
    // The sums are those of the directives, and the findings are the directives that did not pass.
    for verdict in Verdict::ALL {
        let count = file.cases.iter().filter(|case| case.verdict == verdict).count() as u64;
        assert_eq!(file.verdicts.get(verdict), count, "{verdict}: {text}");
    }
    let left = file.cases.iter().filter(|case| case.verdict != Verdict::Pass);
    let left: Vec<_> = left.map(|case| (case.line, case.column, case.kind, case.verdict)).collect();
    let found = findings.iter().map(|found| (found.line, found.column, found.directive, found.verdict));
    assert_eq!(found.collect::<Vec<_>>(), left, "{text}");
    (file.cases.iter().map(|case| (case.kind, case.verdict)).collect(), findings)
}

/// The verdict on one directive after a module.
fn one<const N: usize>(directive: &str, answers: [Answer; N]) -> Verdict {
    let answers: Vec<Answer> = [Yes, Yes].into_iter().chain(answers).collect();
    let engine = Fake { answers: Mutex::new(answers.into()), ..Fake::default() };
    let text = format!("(module) {directive}");
    let (file, _) = script::run("a.wast", "a", text.as_bytes(), &engine, &Limits::default());
    assert_eq!(file.cases.len(), 2, "{text}");
    file.cases[1].verdict
}

fn trap(class: TrapClass) -> Answer {
    end(Failure::Trap(Some(class), "text of the engine".into()))
}

fn i32s(vals: &[u32]) -> Answer {
    Vals(vals.iter().map(|&i| Val::I32(i)).collect())
}

use Verdict::*;

#[test]
fn modules() {
    assert_eq!(one("(module)", [Yes, Yes]), Pass);
    assert_eq!(one("(module quote \"(func)\")", [Yes, Yes]), Pass);
    assert_eq!(one("(module binary \"\\00asm\\01\\00\\00\\00\")", [Yes, Yes]), Pass);
    assert_eq!(one("(module definition)", [Yes]), Pass);
    assert_eq!(one("(module instance)", [Yes]), Pass);
    assert_eq!(one("(module)", [end(Failure::Malformed("m".into()))]), Fail);
    assert_eq!(one("(module)", [end(Failure::Invalid("i".into()))]), Fail);
    assert_eq!(one("(module)", [end(Failure::Unsupported("u".into()))]), Unsupported);
    assert_eq!(one("(module)", [end(Failure::Limit("l".into()))]), Limit);
    assert_eq!(one("(module)", [Yes, end(Failure::Unlinkable(Link::Unknown, "x".into()))]), Fail);
    assert_eq!(one("(module)", [Yes, trap(TrapClass::Unreachable)]), Fail);
    assert_eq!(one("(module)", [Yes, end(Failure::Exhausted(Resource::Steps))]), Limit);
    assert_eq!(one("(module)", [Yes, end(Failure::Timeout)]), Timeout);
    assert_eq!(one("(module)", [Panic]), Crash);
    assert_eq!(one("(module quote \"(func\")", []), Fail);
    assert_eq!(one("(component)", []), Unsupported);
    assert_eq!(one("(component quote \"(x)\")", []), Unsupported);
}

#[test]
fn registering() {
    assert_eq!(one("(register \"M\")", [Yes]), Pass);
    assert_eq!(one("(register \"M\" $unknown)", []), Fail);
    assert_eq!(one("(register \"M\")", [end(Failure::Crash("died".into()))]), Crash);
}

#[test]
fn invocations() {
    assert_eq!(one("(invoke \"f\")", [i32s(&[1])]), Pass);
    assert_eq!(one("(invoke \"f\")", [trap(TrapClass::Unreachable)]), Fail);
    assert_eq!(one("(invoke \"f\")", [end(Failure::Exception(Thrown::default()))]), Fail);
    assert_eq!(one("(invoke \"f\")", [end(Failure::Misuse("no such export".into()))]), Fail);
    assert_eq!(one("(invoke \"f\")", [Panic]), Crash);
}

#[test]
fn assert_return() {
    let assert = "(assert_return (invoke \"f\") (i32.const 1) (i32.const 2))";
    assert_eq!(one(assert, [i32s(&[1, 2])]), Pass);
    assert_eq!(one(assert, [i32s(&[1, 3])]), Fail);
    assert_eq!(one(assert, [i32s(&[1])]), Fail);
    assert_eq!(one(assert, [i32s(&[1, 2, 3])]), Fail);
    assert_eq!(one(assert, [trap(TrapClass::Unreachable)]), Fail);
    assert_eq!(one(assert, [end(Failure::Exhausted(Resource::Stack))]), Limit);
    assert_eq!(one(assert, [end(Failure::Timeout)]), Timeout);
    assert_eq!(one("(assert_return (get \"g\") (i32.const 1))", [i32s(&[1])]), Pass);
    assert_eq!(one("(assert_return (get \"g\") (ref.null))", [Vals(vec![Val::Ref(RefVal::Null)])]), Pass);
    assert_eq!(one("(assert_return (module))", [Yes, Yes]), Pass);
    assert_eq!(one("(assert_return (invoke \"f\" (i32.const 7)))", [Vals(vec![])]), Pass);
}

#[test]
fn assert_trap() {
    let assert = "(assert_trap (invoke \"f\") \"out of bounds memory access\")";
    assert_eq!(one(assert, [trap(TrapClass::MemoryOutOfBounds)]), Pass);
    assert_eq!(one(assert, [trap(TrapClass::TableOutOfBounds)]), Fail);
    assert_eq!(one(assert, [end(Failure::Trap(None, "?".into()))]), Fail);
    assert_eq!(one(assert, [i32s(&[1])]), Fail);
    assert_eq!(one(assert, [end(Failure::Exception(Thrown::default()))]), Fail);
    assert_eq!(one(assert, [end(Failure::Exhausted(Resource::Steps))]), Limit);
    assert_eq!(one("(assert_trap (module) \"unreachable\")", [Yes, trap(TrapClass::Unreachable)]), Pass);
    assert_eq!(one("(assert_trap (module) \"unreachable\")", [Yes, Yes]), Fail);
    assert_eq!(one("(assert_trap (invoke \"f\") \"whatever\")", [trap(TrapClass::Unreachable)]), Fail);
}

#[test]
fn assert_exception_and_exhaustion() {
    assert_eq!(one("(assert_exception (invoke \"f\"))", [end(Failure::Exception(Thrown::default()))]), Pass);
    assert_eq!(one("(assert_exception (invoke \"f\"))", [trap(TrapClass::Unreachable)]), Fail);
    assert_eq!(one("(assert_exception (invoke \"f\"))", [Vals(vec![])]), Fail);
    let assert = "(assert_exhaustion (invoke \"f\") \"call stack exhausted\")";
    assert_eq!(one(assert, [end(Failure::Exhausted(Resource::Stack))]), Pass);
    assert_eq!(one(assert, [end(Failure::Exhausted(Resource::Memory))]), Pass);
    assert_eq!(one(assert, [end(Failure::Exhausted(Resource::Steps))]), Limit);
    assert_eq!(one(assert, [end(Failure::Timeout)]), Timeout);
    assert_eq!(one(assert, [Vals(vec![])]), Fail);
}

#[test]
fn assert_invalid_and_malformed() {
    let invalid = end(Failure::Invalid("i".into()));
    let malformed = end(Failure::Malformed("m".into()));
    assert_eq!(one("(assert_invalid (module) \"x\")", [invalid.clone()]), Pass);
    assert_eq!(one("(assert_invalid (module) \"x\")", [malformed.clone()]), Fail);
    assert_eq!(one("(assert_invalid (module) \"x\")", [Yes]), Fail);
    assert_eq!(one("(assert_invalid (module quote \"(oops)\") \"x\")", []), Fail);
    assert_eq!(one("(assert_malformed (module binary \"\") \"x\")", [malformed.clone()]), Pass);
    assert_eq!(one("(assert_malformed (module binary \"\") \"x\")", [invalid.clone()]), Fail);
    assert_eq!(one("(assert_malformed (module binary \"\") \"x\")", [Yes]), Fail);
    assert_eq!(one("(assert_malformed (module quote \"(oops)\") \"x\")", []), Pass);
    assert_eq!(one("(assert_malformed (module binary \"\") \"x\")", [end(Failure::Proposal("p".into()))]), Pass);
    assert_eq!(
        one("(assert_malformed (module binary \"\") \"x\")", [end(Failure::Unsupported("u".into()))]),
        Unsupported
    );
    assert_eq!(one("(assert_malformed (component quote \"(x)\") \"x\")", []), Unsupported);
    assert_eq!(one("(assert_invalid (module) \"x\")", [end(Failure::Proposal("p".into()))]), Unsupported);
    assert_eq!(one("(assert_malformed_custom (module quote \"(oops)\") \"x\")", []), Pass);
    // Engines are not asked about custom sections.
    assert_eq!(one("(assert_malformed_custom (module quote \"(func)\") \"x\")", []), Unsupported);
    assert_eq!(one("(assert_invalid_custom (module quote \"(func)\") \"x\")", []), Unsupported);
}

#[test]
fn assert_unlinkable() {
    let unknown = end(Failure::Unlinkable(Link::Unknown, "x".into()));
    assert_eq!(one("(assert_unlinkable (module) \"unknown import\")", [Yes, unknown.clone()]), Pass);
    assert_eq!(one("(assert_unlinkable (module) \"incompatible import type\")", [Yes, unknown.clone()]), Fail);
    assert_eq!(one("(assert_unlinkable (module) \"whatever\")", [Yes, unknown]), Fail);
    assert_eq!(one("(assert_unlinkable (module) \"unknown import\")", [Yes, Yes]), Fail);
    assert_eq!(one("(assert_unlinkable (module) \"unknown import\")", [end(Failure::Invalid("i".into()))]), Fail);
}

#[test]
fn what_is_not_supported() {
    assert_eq!(one("(thread $T (invoke \"f\"))", []), Unsupported);
    assert_eq!(one("(wait $T)", []), Unsupported);
    assert_eq!(one("(assert_suspension (invoke \"f\") \"x\")", []), Unsupported);
}

#[test]
fn without_an_instance_directives_fail_and_are_not_skipped() {
    let script = "
        (module $A)
        (module $A (memory 1))
        (invoke \"f\")
        (assert_return (invoke $A \"f\"))
        (assert_trap (invoke $B \"f\") \"unreachable\")
        (register \"A\" $A)
        (module instance $A)";
    let (cases, findings) = run(script, [Yes, Yes, end(Failure::Invalid("i".into()))]);
    assert_eq!(cases[0], (Kind::Module, Pass));
    assert!(cases[1..].iter().all(|(_, verdict)| *verdict == Fail), "{cases:?}");
    let got: Vec<&str> = findings.iter().map(|finding| finding.got.as_str()).collect();
    assert_eq!(
        got,
        [
            "an invalid module: i",
            "no instance, because of line 3: the module did not load",
            "no instance $A, because of line 3: the module did not load",
            "no instance $B: none is defined",
            "no instance $A, because of line 3: the module did not load",
            "no module $A, because of line 3: the module did not load",
        ]
    );
}

#[test]
fn names_choose_instances() {
    // Ids of the fake: modules count up, an instance is a hundred times its module and one more.
    let script = "
        (module $A)
        (module definition $B)
        (module instance $I $B)
        (module instance $B)
        (invoke $A \"f\")
        (invoke $I \"f\")
        (invoke \"f\")
        (register \"A\" $A)
        (module)
        (invoke \"f\")";
    let engine = Fake { answers: Mutex::new(vec![Yes; 12].into()), ..Fake::default() };
    let (file, _) = script::run("a.wast", "a", script.as_bytes(), &engine, &Limits::default());
    assert_eq!(file.verdicts.pass, 10, "{:?}", file.cases);
    let asked = engine.log.lock().unwrap().clone();
    let asked: Vec<&str> = asked.iter().map(String::as_str).filter(|what| *what != "load").collect();
    assert_eq!(
        asked,
        [
            "instantiate 1",
            "instantiate 3",
            "instantiate 3",
            "invoke 102 f []",
            "invoke 304 f []",
            "invoke 305 f []",
            "register A 102",
            "instantiate 6",
            "invoke 607 f []",
        ]
    );
    let kinds: Vec<Kind> = file.cases.iter().map(|case| case.kind).collect();
    assert_eq!(kinds[..4], [Kind::Module, Kind::ModuleDefinition, Kind::ModuleInstance, Kind::ModuleInstance]);
}

#[test]
fn a_panic_ends_a_directive_and_not_the_script() {
    let (cases, findings) = run("(module) (invoke \"f\") (invoke \"g\")", [Yes, Yes, Panic, Yes]);
    assert_eq!(cases, [(Kind::Module, Pass), (Kind::Invoke, Crash), (Kind::Invoke, Pass)]);
    assert!(findings[0].got.starts_with("panic: as told at "), "{}", findings[0].got);
    assert_eq!(findings[0].expected, "\"f\" to return");
}

#[test]
fn findings_have_places_and_both_sides() {
    let script = "(module)\n\n  (assert_return\n  (invoke \"f\") (v128.const f32x4 1 2 nan:canonical 4))";
    let got = [1f32, 2.5, f32::NAN, 4.0].map(|z| z.to_bits().to_le_bytes()).concat().try_into().unwrap();
    let (_, findings) = run(script, [Yes, Yes, Vals(vec![Val::V128(got)])]);
    let Finding { line, column, directive, verdict, expected, got, file, cause, .. } = &findings[0];
    assert_eq!((*line, *column, *directive, *verdict), (3, 3, Kind::AssertReturn, Fail));
    assert_eq!(file, "a/a.wast");
    assert_eq!(expected, "v128.const f32x4 1.0 2.0 nan:canonical 4.0 from \"f\"");
    assert_eq!(got, "v128.const f32x4 1.0 2.5 nan 4.0");
    assert_eq!(*cause, Cause::default());
}

#[test]
fn what_cannot_be_read_is_one_directive() {
    for (text, kinds, place, got) in [
        (
            "(module)\n  (asser_return) (module)",
            &[(Kind::Module, Pass), (Kind::Script, Fail), (Kind::Module, Pass)][..],
            (2, 3),
            "malformed script: 2:4: there is no directive `asser_return`",
        ),
        ("(module", &[(Kind::Script, Fail)], (1, 1), "malformed script: 1:1: this parenthesis is not closed"),
        (
            "(module) \"\\",
            &[(Kind::Module, Pass), (Kind::Script, Fail)],
            (1, 10),
            "malformed script: 1:10: expected a directive in parentheses, found a string with an escape that does not exist",
        ),
        (
            "(module) ) x (module)",
            &[(Kind::Module, Pass), (Kind::Script, Fail), (Kind::Module, Pass)],
            (1, 10),
            "malformed script: 1:10: expected a directive in parentheses, found `)`",
        ),
        (
            "(module) (register \"\\ff\")",
            &[(Kind::Module, Pass), (Kind::Script, Fail)],
            (1, 10),
            "malformed script: 1:20: malformed UTF-8 encoding",
        ),
    ] {
        let loads = kinds.iter().filter(|(kind, _)| *kind == Kind::Module).count();
        let engine = Fake { answers: Mutex::new(vec![Yes; 2 * loads].into()), ..Fake::default() };
        let (file, findings) = script::run("a.wast", "a", text.as_bytes(), &engine, &Limits::default());
        let cases: Vec<(Kind, Verdict)> = file.cases.iter().map(|case| (case.kind, case.verdict)).collect();
        assert_eq!(cases, kinds, "{text}");
        assert_eq!((findings[0].line, findings[0].column), place, "{text}");
        assert_eq!(findings[0].got, got, "{text}");
    }
    let (file, findings) = script::run("a", "a", b"(module)\n;; \xff", &Fake::default(), &Limits::default());
    assert_eq!(file.cases.len(), 1);
    assert_eq!((findings[0].line, findings[0].column), (2, 4));
    assert_eq!(findings[0].got, "malformed script: not UTF-8");
}

#[test]
fn scripts_without_directives() {
    for text in ["", "  ;; nothing\n", "(; nothing ;)"] {
        assert_eq!(run(text, []).0, [], "{text:?}");
    }
    // A file that is a module, without directives around it.
    assert_eq!(run("(func) (memory 1)", [Yes, Yes]).0, [(Kind::Module, Pass)]);
}

#[test]
fn an_engine_that_does_not_come_up() {
    let absent = Absent(Failure::Crash("no such program".into()));
    let (file, findings) = script::run("a", "a", b"(module) (invoke \"f\")", &absent, &Limits::default());
    assert_eq!(file.cases.iter().map(|case| case.verdict).collect::<Vec<_>>(), [Crash, Fail]);
    assert_eq!(findings[0].got, "crash: no such program");
}

#[test]
fn only_what_is_imported_of_spectest_is_taken_as_lacking() {
    use lockstep_engines::LinkReason;
    // A proposal whose scripts import of `spectest` what it does not have.
    let verdict = |why: LinkReason| {
        let answers = [Yes, end(Failure::Unlinkable(Link::Unknown, why))];
        let engine = Fake { answers: Mutex::new(answers.into()), ..Fake::default() };
        let suite = "proposals/shared-everything-threads";
        let (file, _) = script::run("a.wast", suite, b"(module)", &engine, &Limits::default());
        file.cases[0].verdict
    };
    let import = |module: &str, name: &str| LinkReason::Import { module: module.into(), name: name.into() };
    assert_eq!(verdict(import("spectest", "global_i31")), Verdict::Unsupported);
    assert_eq!(verdict(import("lib", "spectest")), Fail);
    for module in ["spectest2", "not spectest", "\"spectest\".\"print\"", "Spectest", ""] {
        assert_eq!(verdict(import(module, "print")), Fail, "{module}");
    }
    assert_eq!(verdict("unknown import: \"spectest\".\"x\"".into()), Fail);
}
