//! What the semantics says of a failure keeps its type up to whoever asks: fields are looked at here, and no texts.

use lockstep::engine::{Engine, Failure, Link, LinkReason, Reason, Resource, Semantics};
use lockstep::engine::{Limits, ProcessCommand, ProcessEngine, Session, Unsupported};
use lockstep::script::{self, ScriptModule};
use lockstep_reports::{Cause, Verdict};
use lockstep_semantics::decode::{MalformedKind, decode_text};
use lockstep_semantics::encode::encode;
use lockstep_semantics::execution::{LinkError, TrapClass};
use lockstep_semantics::rule;
use lockstep_semantics::syntax::{ExternType, Features};
use lockstep_semantics::validation::{Definition, Premise};
use lockstep_spec::production;
use std::time::Duration;

fn bytes(wat: &str) -> Vec<u8> {
    encode(&decode_text(wat).unwrap_or_else(|e| panic!("{e}")).1)
}

fn open(limits: &Limits) -> Box<dyn Session + '_> {
    Semantics.open(limits).unwrap()
}

/// How the instantiation of a module fails, after another one that is registered as `lib`.
fn linking(lib: &str, wat: &str) -> Failure {
    let limits = Limits::default();
    let mut session = open(&limits);
    let module = session.load(&bytes(lib)).unwrap();
    let instance = session.instantiate(module).unwrap();
    session.register("lib", instance).unwrap();
    let module = session.load(&bytes(wat)).unwrap();
    session.instantiate(module).unwrap_err()
}

/// How a call of `f` fails.
fn calling(wat: &str, limits: &Limits) -> Failure {
    let mut session = open(limits);
    let module = session.load(&bytes(wat)).unwrap();
    let instance = session.instantiate(module).unwrap();
    session.invoke(instance, "f", &[]).unwrap_err()
}

#[test]
fn an_invalid_module_has_rule_premise_and_place() {
    let limits = Limits::default();
    // The name of an export is free to look like an error.
    let wat = r#"(module (func (export "(Global_ok, func 7)")) (func (result i32) (i64.const 0)))"#;
    let failure = open(&limits).load(&bytes(wat)).unwrap_err();
    let Failure::Invalid(Reason::Semantics(refusal)) = failure else { panic!("{failure:?}") };
    assert_eq!(refusal.error.rule, rule!("Expr_ok"));
    assert!(matches!(refusal.error.premise, Premise::NotSubtypes { .. } | Premise::NotSubtype { .. }), "{refusal:?}");
    assert_eq!((refusal.error.place.definition, refusal.quoted), (Definition::Func(1), None));
}

#[test]
fn a_malformed_module_has_production_and_place() {
    let limits = Limits::default();
    let failure = open(&limits).load(b"\0asm\x01\0\0\0\x01\x03\x01\x99\0").unwrap_err();
    let Failure::Malformed(Reason::Semantics(refusal)) = failure else { panic!("{failure:?}") };
    assert_eq!(refusal.error.kind, MalformedKind::Syntax);
    assert!(refusal.error.production.is_some(), "{refusal:?}");
    assert!((8..13).contains(&refusal.error.offset), "{refusal:?}");
}

#[test]
fn a_malformed_text_has_production_what_is_found_and_what_is_wanted() {
    let ScriptModule { module, .. } =
        lockstep::script::module_at("(assert_malformed (module quote \"(func (nop)\" \"x)\") \"\")", 1).unwrap();
    let error = module.unwrap_err();
    assert_eq!(error.kind, MalformedKind::Syntax);
    assert!(error.production.is_some() && error.line.is_some(), "{error:?}");
    let unexpected = error.unexpected.expect("what is found and wanted");
    assert_eq!(unexpected.found, "`x`");
    assert!(!unexpected.wanted.is_empty());
}

#[test]
fn an_unknown_import_has_its_names_and_type() {
    let lib = r#"(module (global (export "incompatible import type") i32 (i32.const 0)))"#;
    let failure = linking(lib, r#"(module (import "lib" "spectest" (global i64)))"#);
    let Failure::Unlinkable(Link::Unknown, LinkReason::Semantics(error)) = failure else { panic!("{failure:?}") };
    let LinkError::Unknown { import: 0, module, name, needed: ExternType::Global(needed) } = *error else {
        panic!("{error:?}")
    };
    assert_eq!((&module[..], &name[..], needed.mutable), ("lib", "spectest", false));
}

#[test]
fn an_import_of_a_wrong_type_has_the_type_that_is_needed_and_the_one_that_is_found() {
    let lib = r#"(module (global (export "g") i32 (i32.const 0)) (memory (export "m") 1 2))"#;
    let failure = linking(lib, r#"(module (import "lib" "m" (memory 1)) (import "lib" "g" (memory 3)))"#);
    let Failure::Unlinkable(Link::Incompatible, why) = failure else { panic!("{failure:?}") };
    assert_eq!(why.import(), Some(("lib", "g")));
    let LinkReason::Semantics(error) = why else { panic!("{why:?}") };
    let LinkError::Incompatible {
        import: 1, needed: ExternType::Mem(needed), found: ExternType::Global(found), ..
    } = *error
    else {
        panic!("{error:?}")
    };
    assert_eq!((needed.limits.min, found.mutable), (3, false));
}

#[test]
fn a_trap_has_class_and_rule() {
    let wat = r#"(module (func (export "f") (result i32) (i32.div_s (i32.const 1) (i32.const 0))))"#;
    let failure = calling(wat, &Limits::default());
    let Failure::Trap(Some(TrapClass::DivisionByZero), why) = failure else { panic!("{failure:?}") };
    assert_eq!(why.typed(), Some(&rule!("Step_pure/binop-trap")));
}

#[test]
fn exceptions_limits_and_misuse_have_their_classes() {
    let wat = r#"(module (tag $t (export "t")) (func (export "f") (throw $t)))"#;
    let failure = calling(wat, &Limits::default());
    assert!(matches!(&failure, Failure::Exception(thrown) if thrown.tag.as_deref() == Some("t")), "{failure:?}");
    let steps = Limits { steps: Some(100), ..Limits::default() };
    let wat = r#"(module (func (export "f") (loop (br 0))))"#;
    assert_eq!(calling(wat, &steps), Failure::Exhausted(Resource::Steps));
    let wat = r#"(module (func (export "f") (param i32)))"#;
    assert!(matches!(calling(wat, &Limits::default()), Failure::Misuse(_)));
}

#[test]
fn a_proposal_is_named() {
    let limits = Limits::default();
    let shared = lockstep_semantics::text::read("(module (type (shared (struct))))", Features::SHARED_EVERYTHING);
    let failure = open(&limits).load(&encode(&shared.unwrap())).unwrap_err();
    let Failure::Proposal(Reason::Semantics(refusal)) = failure else { panic!("{failure:?}") };
    assert!(matches!(refusal.error.kind, MalformedKind::Unsupported { proposal } if !proposal.is_empty()));
}

#[test]
fn a_limit_in_decoding_has_production_and_place() {
    // One function with 2^31 locals.
    let bytes = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x0a\x01\x08\x01\x80\x80\x80\x80\x08\x7f\x0b";
    let failure = open(&Limits::default()).load(bytes).unwrap_err();
    assert_eq!(failure.verdict(), Verdict::Limit);
    let Failure::Limit(Reason::Semantics(refusal)) = failure else { panic!("{failure:?}") };
    assert_eq!(refusal.error.kind, MalformedKind::Limit);
    assert_eq!(refusal.error.production, Some(production!("Bfunc")));
    assert!((20..bytes.len()).contains(&refusal.error.offset), "{refusal:?}");
}

#[test]
fn a_quoted_text_that_is_not_utf8_has_production_and_place() {
    let text = r#"(assert_malformed (module quote "(func)\n" " (;\ff;)") "")"#;
    let error = script::module_at(text, 1).unwrap().module.unwrap_err();
    assert_eq!((error.kind, error.offset, error.line), (MalformedKind::Syntax, 10, Some((2, 4))));
    assert_eq!(error.production, Some(production!("Tsource")));
}

/// How an engine fails that greets, reads the requests to open a session and to load a module, and does this.
fn fails(what: &str, limits: &Limits) -> Failure {
    let hello = r#"{"id":0,"answer":{"hello":{"protocol":1,"name":"shell"}}}"#;
    let script = format!("read -r line; echo '{hello}'; read -r line; read -r line; {what}");
    let args = vec!["-c".into(), script.into()];
    let command = ProcessCommand { program: "sh".into(), args, ..ProcessCommand::default() };
    let engine = ProcessEngine::new(command).unwrap();
    let mut session = engine.open(limits).unwrap();
    session.load(&bytes("(module)")).and_then(|module| session.instantiate(module)).unwrap_err()
}

#[test]
fn an_engine_that_dies_has_crashed_whatever_it_says() {
    for what in [
        "kill -SEGV $$",
        "echo 'no end within the time allowed' >&2; exit 3",
        "echo 'trap: unreachable'; exit 0",
        r#"echo '{"id":7,"answer":{"trap":{"text":"unreachable"}}}'; exit 0"#,
    ] {
        let failure = fails(what, &Limits::default());
        assert!(matches!(failure, Failure::Crash(_)), "{what}: {failure:?}");
        assert_eq!((failure.verdict(), failure.cause()), (Verdict::Crash, Cause::default()), "{what}");
    }
}

#[test]
fn an_engine_that_does_not_answer_in_time_has_timed_out_whatever_it_says() {
    let limits = Limits { timeout: Some(Duration::from_millis(300)), ..Limits::default() };
    for what in ["exec sleep 60", "echo 'crash: the process died' >&2; exec sleep 60"] {
        let failure = fails(what, &limits);
        assert_eq!(failure, Failure::Timeout, "{what}");
        assert_eq!(failure.verdict(), Verdict::Timeout);
    }
}

#[test]
fn an_engine_has_words_only() {
    // Nothing more is answered, so that nothing is known of its features.
    let limit = r#"echo '{"id":1,"answer":"ok"}'; echo '{"id":2,"answer":{"limit":"too many locals"}}'"#;
    let failure = fails(limit, &Limits::default());
    assert_eq!(failure, Failure::Limit("too many locals".into()));
    let unsupported = r#"echo '{"id":1,"answer":"ok"}'; echo '{"id":2,"answer":{"unsupported":"gc"}}'"#;
    assert_eq!(fails(unsupported, &Limits::default()), Failure::Unsupported(Unsupported::Words("gc".into())));
}

#[test]
fn a_finding_has_rule_premise_and_class_of_what_the_semantics_says() {
    let text = r#"(module (func (result i32) (i64.const 0)))
        (module (func (export "f") (unreachable)))
        (assert_return (invoke "f"))
        (assert_trap (invoke "f") "integer overflow")
        (assert_return (invoke "Step_pure/nop"))
        (assert_malformed (module) "")"#;
    let (_, findings) = script::run("a.wast", "a", text.as_bytes(), &Semantics, &Limits::default());
    let causes: Vec<_> = findings.iter().map(|finding| &finding.cause).collect();
    let [invalid, trap, class, nothing, valid] = causes[..] else { panic!("{findings:?}") };
    let is = |cause: &Cause, rule: &str, premise: Option<&str>, trap: Option<&str>| {
        assert_eq!(cause.rule.as_deref(), Some(rule));
        assert_eq!((cause.premise.as_deref(), cause.trap.as_deref()), (premise, trap));
    };
    is(invalid, "Expr_ok", Some("NotSubtype"), None);
    is(trap, "Step_pure/unreachable", None, Some("unreachable"));
    is(class, "Step_pure/unreachable", None, Some("unreachable"));
    assert_eq!((nothing, valid), (&Cause::default(), &Cause::default()));
}
