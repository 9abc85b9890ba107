//! The comparison of engines with the semantics can fail, and does not fail where the standard leaves a choice.

use lockstep_engines::Val;
use lockstep_engines::program::{Call, Part};
use lockstep_engines::{
    Answer, Engine, Failure, InstanceId, Limits, ModuleId, Observation, Program, Semantics, SemanticsSession, Session,
};
use lockstep_programs::differential::campaign::{self, CampaignOptions, Chunk};
use lockstep_programs::differential::compare::{Judgement, ProgramPlace, Reference, judge};
use lockstep_programs::differential::finding::{Cause, Finding};
use lockstep_programs::differential::folder::{Folder, FolderError, Report, State};
use lockstep_programs::differential::minimise::minimise;
use lockstep_programs::generate;
use lockstep_programs::reduce;
use lockstep_reports::Verdict;
use lockstep_scripts::script;
use lockstep_semantics::choice::Random;
use lockstep_semantics::decode::read_module;
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::observe::Unobserved;
use std::time::Duration;

/// The semantics, but casts that fail trap as if they had met a null reference.
struct Lying;

struct LyingSession<'e>(Box<dyn Session + 'e>);

impl Engine for Lying {
    fn name(&self) -> &str {
        "lying"
    }
    fn version(&self) -> &str {
        "1"
    }
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(LyingSession(Semantics.open(limits)?)))
    }
}

impl Session for LyingSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        self.0.load(bytes)
    }
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.0.instantiate(module)
    }
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        self.0.register(name, instance)
    }
    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        match self.0.invoke(instance, function, args) {
            Err(Failure::Trap(Some(TrapClass::CastFailure), text)) => {
                Err(Failure::Trap(Some(TrapClass::NullReference), text))
            }
            other => other,
        }
    }
    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        self.0.global(instance, global)
    }
    fn table(&mut self, instance: InstanceId, table: &str) -> Answer {
        self.0.table(instance, table)
    }
    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        self.0.memory(instance, memory)
    }
}

fn options(to: u64) -> CampaignOptions {
    CampaignOptions {
        seed: 7,
        from: 0,
        to: Some(to),
        time: None,
        enough: None,
        jobs: None,
        limits: CampaignOptions::limits(),
        generate: generate::GenerateOptions::default(),
    }
}

fn chunks(options: &CampaignOptions, engines: &[Box<dyn Engine>]) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    campaign::run(
        options,
        engines,
        || (),
        |chunk| {
            chunks.push(chunk);
            Ok::<(), rayon::ThreadPoolBuildError>(())
        },
    )
    .unwrap();
    chunks
}

fn program(wat: &str, calls: &[&str]) -> Program {
    let (bytes, module) = read_module(wat.as_bytes()).unwrap();
    let call = |function: &&str| Call { module: 0, function: (*function).into(), args: Vec::new() };
    Program { modules: vec![Part::new("m", bytes, &module)], calls: calls.iter().map(call).collect() }
}

fn on_semantics(program: &Program) -> Observation {
    Reference::new(program, &CampaignOptions::limits()).seen
}

#[test]
fn the_semantics_agrees_with_itself_on_many_programs() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Semantics)];
    let chunks = chunks(&options(300), &engines);
    assert_eq!(chunks.len(), 2, "chunks of {}", campaign::CHUNK);
    let findings: Vec<_> = chunks.iter().flat_map(|chunk| &chunk.findings).map(|f| f.cause.to_string()).collect();
    assert!(findings.is_empty(), "{findings:#?}");
    let compared: u64 = chunks.iter().map(|chunk| chunk.tally.compared).sum();
    assert!(compared > 290, "{compared} of 300 compared");
}

#[test]
fn a_lie_is_found_made_small_and_written() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Lying)];
    let options = options(300);
    let chunks = chunks(&options, &engines);
    let finding: &Finding = chunks.iter().flat_map(|chunk| &chunk.findings).next().expect("a cast fails somewhere");
    assert!(matches!(finding.cause, Cause::Differs(_)), "{}", finding.cause);
    assert_eq!(finding.cause.class(), "trap: null reference instead of trap: cast failure");
    let how = reduce::ReduceOptions { time: Some(Duration::from_secs(60)), ..reduce::ReduceOptions::default() };
    let (reduced, cause) = minimise(finding, &Lying, &options.limits, &how, &mut |_| ()).expect("it lies again");
    assert_eq!(cause.class(), finding.cause.class());
    let lines = reduced.candidate.text().lines().count();
    assert!(lines < 40, "{lines} lines:\n{}", reduced.candidate.text());

    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    let report = Report {
        finding,
        reduced: Some((&reduced.candidate.program, &cause)),
        version: "1".into(),
        engines: &engines,
        limits: &options.limits,
        again: None,
    };
    assert!(report.signature().starts_with("lying: trap: null reference"), "{}", report.signature());
    let path = folder.write(&report).unwrap();
    for name in ["finding.wast", "original.wast"] {
        let text = std::fs::read(path.join(name)).unwrap();
        let (file, findings) = script::run(name, "finding", &text, &Semantics, &Limits::default());
        assert!(file.verdicts.is_success(), "{name}: {findings:?}");
        let (file, _) = script::run(name, "finding", &text, &Lying, &Limits::default());
        assert!(file.verdicts.get(Verdict::Fail) > 0, "{name} shows the lie");
    }
    let json = std::fs::read_to_string(path.join("finding.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["index"], finding.index);
    let rules = json["rules"].as_array().unwrap();
    let cast = rules.last().and_then(|rule| rule.as_str()).unwrap();
    assert!(cast.contains("cast") || cast.contains("call_ref"), "{rules:?}");
}

#[test]
fn the_rules_of_a_finding_are_those_of_its_steps_and_not_of_its_texts() {
    let wat = r#"(module (func (export "[Step_pure/nop] Step_read/ref.cast-fail") (result i32)
        (i32.div_u (i32.const 1) (i32.const 0))))"#;
    let finding = Finding {
        seed: 0,
        index: 0,
        engine: "lying".into(),
        cause: Cause::Broke(Verdict::Crash, "Step_pure/drop (Step_pure/br_if-true)".into()),
        program: program(wat, &["[Step_pure/nop] Step_read/ref.cast-fail"]),
    };
    let place = tempfile::tempdir().unwrap();
    let report = Report {
        finding: &finding,
        reduced: None,
        version: "1".into(),
        engines: &[],
        limits: &CampaignOptions::limits(),
        again: None,
    };
    let path = Folder::open(place.path()).unwrap().write(&report).unwrap();
    let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    let (readme, script) = (read("README.md"), read("finding.wast"));
    assert!(readme.contains("Step_pure/drop (Step_pure/br_if-true)"), "{readme}");
    assert!(script.contains("[Step_pure/nop] Step_read/ref.cast-fail"), "{script}");
    let json = std::fs::read_to_string(path.join("finding.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rules: Vec<_> = json["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).collect();
    assert_eq!(rules.last(), Some(&"Step_pure/binop-trap"), "{rules:?}");
    for text in ["Step_pure/nop", "Step_pure/drop", "Step_pure/br_if-true", "Step_read/ref.cast-fail"] {
        assert!(!rules.contains(&text), "{text} is no rule of a step: {rules:?}");
    }
}

#[test]
fn a_campaign_goes_on_where_it_was_interrupted() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Lying)];
    let whole = options(600);
    let mut at_once = State::new(&whole, &engines);
    for chunk in chunks(&whole, &engines) {
        at_once.tally.add(&chunk.tally);
        at_once.next = chunk.end;
    }
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    for to in [256, 600] {
        let mut state = folder.resume(State::new(&whole, &engines)).unwrap();
        for chunk in chunks(&CampaignOptions { from: state.next, to: Some(to), ..whole.clone() }, &engines) {
            state.tally.add(&chunk.tally);
            state.next = chunk.end;
            folder.save(&state).unwrap();
        }
    }
    let resumed = folder.resume(State::new(&whole, &engines)).unwrap();
    assert_eq!((resumed.next, &resumed.tally), (600, &at_once.tally));

    let other = CampaignOptions { seed: 8, ..whole };
    assert!(matches!(folder.resume(State::new(&other, &engines)), Err(FolderError::Other { .. })));
    std::fs::write(place.path().join("campaign.json"), "{}").unwrap();
    assert!(matches!(folder.resume(State::new(&other, &engines)), Err(FolderError::State { .. })));
}

#[test]
fn what_the_standard_leaves_open_is_allowed_and_nothing_else() {
    let wat = r#"(module
        (global (export "g") (mut f64) (f64.const 0))
        (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0)))
        (func (export "sum") (result f64)
          (global.set 0 (f64.add (f64.const nan:0x8000000000001) (f64.const 1)))
          (global.get 0))
        (func (export "sign") (result i32)
          (i32.shr_u (i32.reinterpret_f32 (f32.sqrt (f32.const -1))) (i32.const 31))))"#;
    let program = program(wat, &["nan", "sum", "sign"]);
    let limits = CampaignOptions::limits();
    let reference = Reference::new(&program, &limits);
    assert!(reference.open);
    let mut judgements = Vec::new();
    for seed in 0..20 {
        let mut session = SemanticsSession::with_choices(&limits, Unobserved, Random::new(seed));
        judgements.push(judge(&program, &limits, &reference, &session.run(&program)));
    }
    assert!(judgements.iter().all(|j| matches!(j, Judgement::Allowed | Judgement::Agrees)), "{judgements:?}");
    assert!(judgements.contains(&Judgement::Allowed));

    let wrong = |change: &dyn Fn(&mut Observation)| {
        let mut seen = on_semantics(&program);
        change(&mut seen);
        match judge(&program, &limits, &reference, &seen) {
            Judgement::Differs(difference) => difference.place,
            other => panic!("{other:?}"),
        }
    };
    // Not a canonical NaN where only those are in the set; a signalling one; a sign that is none.
    assert_eq!(wrong(&|seen| seen.calls[0] = Some(Ok(vec![Val::F32(0x7fc0_0001)]))), ProgramPlace::Call(0));
    assert_eq!(wrong(&|seen| seen.calls[1] = Some(Ok(vec![Val::F64(0x7ff0_0000_0000_0001)]))), ProgramPlace::Call(1));
    assert_eq!(wrong(&|seen| seen.calls[2] = Some(Ok(vec![Val::I32(2)]))), ProgramPlace::Call(2));
    // The result of a call and the global are one choice.
    let other = Val::F64(0xfff8_0000_0000_0000);
    assert_eq!(wrong(&|seen| seen.calls[1] = Some(Ok(vec![other]))), ProgramPlace::Call(1));
}

#[test]
fn limits_are_no_differences() {
    let program = program("(module (func (export \"f\") (result i32) (i32.const 1)))", &["f", "f"]);
    let limits = CampaignOptions::limits();
    let reference = Reference::new(&program, &limits);
    let judged = |end: Failure| {
        let mut seen = reference.seen.clone();
        seen.calls = vec![seen.calls[0].clone(), Some(Err(end))];
        seen.state.clear();
        judge(&program, &limits, &reference, &seen)
    };
    assert!(matches!(judged(Failure::Limit("so many".into())), Judgement::Incomparable(Verdict::Limit, _)));
    assert!(matches!(judged(Failure::Unsupported("that".into())), Judgement::Incomparable(Verdict::Unsupported, _)));
    assert!(matches!(judged(Failure::Timeout), Judgement::Incomparable(Verdict::Timeout, _)));
    assert!(matches!(judged(Failure::Crash("dead".into())), Judgement::Incomparable(Verdict::Crash, _)));
    assert!(matches!(judged(Failure::Trap(None, "trap".into())), Judgement::Differs(_)));
}
