//! The comparison of engines with the semantics can fail, and does not fail where the standard leaves a choice.

use lockstep_engines::Val;
use lockstep_engines::program::{Call, Part};
use lockstep_engines::{
    Answer, Engine, Failure, InstanceId, Limits, ModuleId, Observation, Program, Semantics, SemanticsSession, Session,
};
use lockstep_programs::differential::campaign::{self, CampaignOptions, Examined};
use lockstep_programs::differential::compare::{Judgement, ProgramPlace, Reference, judge};
use lockstep_programs::differential::course::{Course, Explained};
use lockstep_programs::differential::finding::{Cause, Finding, Found, Origin};
use lockstep_programs::differential::folder::{Folder, FolderError, Report, State};
use lockstep_programs::differential::minimise::minimise;
use lockstep_programs::differential::tally::Tally;
use lockstep_programs::generate;
use lockstep_programs::reduce;
use lockstep_reports::Verdict;
use lockstep_scripts::script;
use lockstep_semantics::choice::Random;
use lockstep_semantics::decode::read_module;
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::observe::Unobserved;
use lockstep_work::farm::Death;
use lockstep_work::{Stop, Why};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
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
        enough: None,
        limits: CampaignOptions::limits(),
        generate: generate::GenerateOptions::default(),
    }
}

/// What comes of all programs of a campaign, in order.
fn all(options: &CampaignOptions, engines: &[Box<dyn Engine>]) -> Vec<Examined> {
    let mut all = Vec::new();
    let jobs = std::thread::available_parallelism().unwrap();
    let why = campaign::run(options, engines, jobs, &Stop::new(), |examined| {
        all.push(examined);
        Ok::<_, std::io::Error>(ControlFlow::Continue(()))
    });
    assert_eq!(why.unwrap(), None);
    all
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
    let all = all(&options(300), &engines);
    assert!(all.iter().map(|examined| examined.index).eq(0..300));
    let findings: Vec<_> = all.iter().flat_map(|one| &one.findings).map(|found| found.cause.to_string()).collect();
    assert!(findings.is_empty(), "{findings:#?}");
    let compared: u64 = all.iter().map(|examined| examined.tally.compared).sum();
    assert!(compared > 290, "{compared} of 300 compared");
}

#[test]
fn a_lie_is_found_made_small_and_written() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Lying)];
    let options = options(300);
    let all = all(&options, &engines);
    let found = all.iter().find_map(|one| Some((one.index, one.findings.first()?)));
    let (index, found) = found.expect("a cast fails somewhere");
    let finding: &Finding = &found.finding(&options, index);
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
        origin: Origin::Program,
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

/// A course in a folder.
fn course(options: &CampaignOptions, engines: &[Box<dyn Engine>], folder: &Path) -> Result<Course, FolderError> {
    Course::new(options.clone(), State::new(options, engines), Some(Folder::open(folder)?))
}

/// The state without the time.
fn timeless(state: &State) -> State {
    State { seconds: 0.0, ..state.clone() }
}

fn explained(found: &Found) -> Explained {
    Explained { signature: format!("{}: all alike", found.engine), cause: found.cause.to_string(), is_reduced: true }
}

#[test]
fn a_campaign_goes_on_where_it_was_interrupted_to_the_program() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Lying)];
    let options = options(400);
    let results = all(&options, &engines);
    let place = tempfile::tempdir().unwrap();
    let folder = |name: &str| place.path().join(name);
    let mut at_once = course(&options, &engines, &folder("once")).unwrap();
    while let Some(index) = at_once.next_program() {
        at_once.examined(results[index as usize].clone()).unwrap();
    }
    while let Some((index, found)) = at_once.next_explanation() {
        at_once.explained(index, &found, explained(&found)).unwrap();
    }
    let at_once = timeless(at_once.state());
    assert_eq!(at_once.next, 400);
    assert!(at_once.kinds.values().sum::<u64>() > 0 && at_once.pending.is_empty(), "{at_once:?}");

    // The same, in any order, and killed again and again, with and without having saved its state.
    let mut random = 7_u64;
    let mut dice = |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % n
    };
    let (mut lives, mut runs) = (0, 0);
    loop {
        let mut course = course(&options, &engines, &folder("often")).unwrap();
        let mut programs: Vec<u64> = Vec::new();
        let (mut explanations, mut over) = (Vec::new(), false);
        for _ in 0..dice(120) {
            if programs.len() < 8 {
                programs.extend(course.next_program());
            }
            explanations.extend(course.next_explanation());
            if !explanations.is_empty() && dice(3) == 0 {
                let (index, found) = explanations.swap_remove(dice(explanations.len()));
                course.explained(index, &found, explained(&found)).unwrap();
            } else if !programs.is_empty() {
                runs += 1;
                let index = programs.swap_remove(dice(programs.len()));
                course.examined(results[index as usize].clone()).unwrap();
            } else if explanations.is_empty() {
                over = true;
                break;
            }
        }
        if over {
            assert_eq!(timeless(course.state()), at_once);
            break;
        }
        lives += 1;
        if dice(2) == 0 {
            course.save().unwrap();
        }
    }
    assert!(lives > 3, "{lives}");
    assert_eq!(runs, 400, "no program was run twice");

    // A line of the log that was cut off is not read.
    let log = folder("often").join("campaign.log");
    let mut text = std::fs::read_to_string(&log).unwrap();
    text.push_str("{\"index\":400,\"tal");
    std::fs::write(&log, text).unwrap();
    assert_eq!(timeless(course(&options, &engines, &folder("often")).unwrap().state()), at_once);
    let other = CampaignOptions { seed: 8, ..options };
    assert!(matches!(course(&other, &engines, &folder("often")), Err(FolderError::Other { .. })));
    std::fs::write(folder("often").join("campaign.json"), "{}").unwrap();
    assert!(matches!(course(&other, &engines, &folder("often")), Err(FolderError::State { .. })));
}

#[test]
fn enough_findings_end_a_campaign_at_the_same_program_whatever_the_order() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Lying)];
    let options = CampaignOptions { enough: Some(1), ..options(400) };
    let results = all(&options, &engines);
    let first = results.iter().find(|examined| !examined.findings.is_empty()).unwrap().index;
    for backwards in [false, true] {
        let mut course = Course::new(options.clone(), State::new(&options, &engines), None).unwrap();
        let mut some: Vec<u64> = std::iter::from_fn(|| course.next_program()).take(400).collect();
        if backwards {
            some.reverse();
        }
        for index in some {
            course.examined(results[index as usize].clone()).unwrap();
        }
        assert_eq!(course.state().next, first + 1);
        assert_eq!(course.next_program(), None);
    }
}

#[test]
fn a_campaign_stops_on_request() {
    let engines: Vec<Box<dyn Engine>> = vec![Box::new(Semantics)];
    let (stop, mut taken) = (Stop::new(), 0);
    let jobs = std::num::NonZeroUsize::MIN;
    let options = CampaignOptions { to: None, ..options(0) };
    let why = campaign::run(&options, &engines, jobs, &stop, |_| {
        taken += 1;
        if taken == 20 {
            stop.ask();
        }
        Ok::<_, std::io::Error>(ControlFlow::Continue(()))
    });
    assert_eq!(why.unwrap(), Some(Why::Interrupted));
    assert!((20..30).contains(&taken), "{taken}");
}

/// The semantics, but its process dies in some of its sessions.
struct Mortal {
    sessions: AtomicU64,
    dies: fn(u64) -> bool,
}

impl Engine for Mortal {
    fn name(&self) -> &str {
        "mortal"
    }
    fn version(&self) -> &str {
        "1"
    }
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        match (self.dies)(self.sessions.fetch_add(1, Ordering::Relaxed)) {
            true => Err(Failure::Crash("the process died".into())),
            false => Semantics.open(limits),
        }
    }
}

#[test]
fn a_death_that_does_not_come_again_is_counted_apart() {
    let tally = |dies| {
        let engines: Vec<Box<dyn Engine>> = vec![Box::new(Mortal { sessions: AtomicU64::new(0), dies })];
        let mut tally = Tally::default();
        let program = program("(module)", &[]);
        campaign::examine(&program, &engines, &CampaignOptions::limits(), &mut tally, |_, _| ());
        let own = &tally.engines["mortal"];
        (own.verdicts.get(Verdict::Pass), own.verdicts.get(Verdict::Crash), own.died_once)
    };
    assert_eq!(tally(|_| false), (1, 0, 0));
    assert_eq!(tally(|session| session == 0), (1, 0, 1));
    assert_eq!(tally(|_| true), (0, 1, 0));
}

#[test]
fn a_program_of_which_the_process_died_is_a_finding() {
    let options = options(1);
    let died = |at: Option<&str>| {
        let death = Death { how: "the process died: signal: 6".into(), at: at.map(str::to_owned) };
        Examined::died(&options, 0, death)
    };
    let ours = died(None);
    assert_eq!((ours.tally.programs, ours.tally.compared, ours.tally.discarded.len()), (1, 0, 1));
    assert_eq!(ours.findings[0].engine, "lockstep-semantics");
    let theirs = died(Some(r#"["misfit","wasmtime"]"#));
    assert_eq!((theirs.tally.compared, theirs.tally.engines["wasmtime"].verdicts.get(Verdict::Crash)), (1, 1));
    let Found { origin, engine, cause } = &theirs.findings[0];
    assert_eq!((*origin, engine.as_str()), (Origin::Misfit, "wasmtime"));
    assert_eq!(*cause, Cause::Broke(Verdict::Crash, "the process died: signal: 6".into()));
    let text = serde_json::to_string(&theirs).unwrap();
    assert_eq!(serde_json::from_str::<Examined>(&text).unwrap(), theirs);
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
