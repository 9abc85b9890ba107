//! The threads and shared-everything-threads proposals: encodings, a second opinion on validity, and threads on a store.

#[path = "common/scripts.rs"]
#[allow(dead_code)]
mod common;

use lockstep_semantics::choice::Deterministic;
use lockstep_semantics::decode::{Dialect, Reading, decode, decode_text_with, decode_with};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::execution::*;
use lockstep_semantics::memory::Memory;
use lockstep_semantics::observe::{Observer, Unobserved};
use lockstep_semantics::syntax::{Features, Num};
use lockstep_semantics::validation::validate;
use std::path::Path;
use std::sync::Arc;
use wasmparser::{Validator, WasmFeatures};

/// What a directive says of a module's validity.
type Verdict = Option<bool>;

/// Shows each module of the scripts of a folder, as bytes in the dialect of wasm-tools.
fn for_each_module(folder: &Path, mut each: impl FnMut(String, &[u8], Verdict)) -> usize {
    let mut count = 0;
    for form in common::below(folder).iter().flat_map(|path| common::forms(path)) {
        let valid = match form.keyword.as_str() {
            "module" => Some(true),
            "assert_invalid" => Some(false),
            _ => continue,
        };
        if let Ok(bytes) = form.source.bytes(Features::SHARED_EVERYTHING) {
            count += 1;
            each(form.place, &bytes, valid);
        }
    }
    count
}

/// The suites of the proposals that are there, and the scripts of the repository, which always are.
fn suites() -> Vec<std::path::PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/coverage");
    let names = ["threads", "shared-everything-threads"];
    names.into_iter().filter_map(lockstep_testing::suite).chain(names.map(|name| corpus.join(name))).collect()
}

/// Written in a dialect and read in it, a module is what it was.
#[test]
fn dialects_round_trip() {
    for folder in suites() {
        let mut compared = 0;
        let all = for_each_module(&folder, |place, bytes, _| {
            let Ok(module) = decode_with(bytes, Reading::of_text(Features::SHARED_EVERYTHING)) else { return };
            compared += 1;
            for dialect in Dialect::ALL {
                let encoded = encode_as(&module, dialect);
                let reading = Reading { features: Features::SHARED_EVERYTHING, dialect };
                let again = decode_with(&encoded, reading).unwrap_or_else(|e| panic!("{place}: {dialect:?}: {e}"));
                assert!(module == again, "{place}: {dialect:?}");
            }
        });
        println!("{}: {compared} of {all} modules", folder.display());
        assert!(compared > 0, "{}", folder.display());
    }
}

/// The forms that tools differ in.
#[test]
fn dialects_differ() {
    let text = "(module (type $s (shared (struct (field (mut i32))))) (global (ref (shared i31)) (ref.i31_shared (i32.const 1)))
      (func (param (ref null (shared any)) (ref null $s)) (drop (struct.atomic.rmw.add acqrel $s 0 (local.get 1) (i32.const 1)))))";
    let (_, module) = decode_text_with(text, Features::SHARED_EVERYTHING).unwrap();
    let has = |dialect, form: &[u8]| encode_as(&module, dialect).windows(form.len()).any(|bytes| bytes == form);
    for (dialect, i31, acqrel) in [
        (Dialect::Proposal, &[0xFB, 0x1F][..], 0x11),
        (Dialect::WasmTools, &[0xFE, 0x72], 0x01),
        (Dialect::V8, &[0xFB, 0x1F], 0x01),
        (Dialect::Binaryen, &[0xFB, 0x1F], 0x11),
    ] {
        assert!(has(dialect, &[0x63, 0x65, 0x6E]), "{dialect:?}");
        assert!(has(dialect, i31), "{dialect:?}");
        assert!(has(dialect, &[0xFE, 0x60, acqrel, 0x00, 0x00]), "{dialect:?}");
    }
}

#[test]
fn proposals_are_off_by_default() {
    let (bytes, _) = decode_text_with("(module (memory 1 1 shared))", Features::THREADS).unwrap();
    assert!(decode(&bytes).unwrap_err().to_string().contains("proposal: threads"));
    let text = "(module (type (shared (struct))))";
    assert!(decode_text_with(text, Features::THREADS).unwrap_err().to_string().contains("shared-everything-threads"));
    assert!(decode_text_with(text, Features::SHARED_EVERYTHING).is_ok());
}

#[test]
fn old_spellings() {
    let module = |ord: &str| {
        let text = format!(
            "(type $s (shared (struct (field i32)))) (func (param (ref $s)) (drop (struct.atomic.get {ord} $s 0 (local.get 0))))"
        );
        decode_text_with(&text, Features::SHARED_EVERYTHING).map(|(bytes, _)| bytes)
    };
    assert_eq!(module("seq_cst"), module("seqcst"));
    assert_eq!(module("acq_rel"), module("acqrel"));
    assert!(module("relaxed").is_err());
}

/// Why `wasmparser` and we disagree on a module: see `spec/deviations.md`.
fn excused(ours: bool, theirs: &str) -> bool {
    if ours {
        ["only allows", "type mismatch", "indirect calls", "segment", "flags"].iter().any(|why| theirs.contains(why))
    } else {
        // A shared initialiser or body that names something unshared other than what it looks at.
        theirs.is_empty()
    }
}

/// On the suites the verdicts of `wasmparser` are ours, or both are known to differ.
#[test]
fn second_opinion() {
    let features = WasmFeatures::WASM3 | WasmFeatures::SHARED_EVERYTHING_THREADS | WasmFeatures::THREADS;
    let mut wrong = Vec::new();
    let mut differ = Vec::new();
    for folder in suites() {
        let own = folder.to_string_lossy().contains("corpus");
        let compared = for_each_module(&folder, |place, bytes, asserted| {
            let ours = decode_with(bytes, Reading::of_text(Features::SHARED_EVERYTHING))
                .map_err(|e| e.to_string())
                .and_then(|module| validate(&module, &mut Unobserved).map(drop).map_err(|e| e.to_string()));
            let theirs =
                Validator::new_with_features(features).validate_all(bytes).map(drop).map_err(|e| e.to_string());
            if asserted.is_some_and(|valid| valid != ours.is_ok()) {
                wrong.push(format!("{place}: {ours:?}"));
            }
            if ours.is_ok() != theirs.is_ok() {
                let why = theirs.err().unwrap_or_default();
                assert!(excused(ours.is_ok(), &why), "{place}: {ours:?} against {why}");
                if !own {
                    differ.push(place.rsplit('/').next().unwrap().to_owned());
                }
            }
        });
        assert!(compared > 0, "{}", folder.display());
    }
    println!("differ: {differ:?}");
    wrong.retain(|place| !place.contains("shared-tables.wast"));
    assert_eq!(wrong, Vec::<String>::new());
}

const MESSAGE: &str = "(module (memory (export \"m\") 1 1 shared)
  (func (export \"send\") (i32.store (i32.const 0) (i32.const 42)) (i32.atomic.store (i32.const 4) (i32.const 1)))
  (func (export \"receive\") (result i32)
    (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 4)))))
    (i32.load (i32.const 0)))
  (func (export \"wait\") (param i64) (result i32) (memory.atomic.wait32 (i32.const 8) (i32.const 0) (local.get 0)))
  (func (export \"notify\") (param i32) (result i32) (memory.atomic.notify (i32.const 8) (local.get 0))))";

fn instance() -> (Store, ModuleAddr) {
    let (_, module) = decode_text_with(MESSAGE, Features::THREADS).unwrap();
    validate(&module, &mut Unobserved).unwrap();
    let mut s = Store::new(Bounds::default());
    let ma = instantiate(&mut s, &Arc::new(module), &[], &mut Unobserved, &mut Deterministic).unwrap();
    (s, ma)
}

fn thread(s: &Store, ma: ModuleAddr, id: u32, name: &str, args: &[Value]) -> Thread {
    let Some(ExternAddr::Func(a)) = s.export(ma, name) else { panic!("no function {name}") };
    Thread::invoke(s, ThreadId(id), a, args, &mut Unobserved).unwrap()
}

fn go(thread: &mut Thread, s: &mut Store, steps: u64) -> Progress {
    thread.run(s, &mut Unobserved, &mut Deterministic, steps)
}

fn i32s(values: &[u32]) -> Progress {
    Progress::Ended(Outcome::Values(values.iter().map(|&i| Value::Num(Num::I32(i))).collect()))
}

#[test]
fn threads_take_turns() {
    let (mut s, ma) = instance();
    let (mut send, mut receive) = (thread(&s, ma, 1, "send", &[]), thread(&s, ma, 2, "receive", &[]));
    // Nothing has been sent: the receiver goes round in circles.
    assert_eq!(go(&mut receive, &mut s, 1000), Progress::Ready);
    // Both halves of the configuration can be kept and come back to.
    let (kept, kept_receive) = (s.clone(), receive.clone());
    assert_eq!(go(&mut send, &mut s, 1000), i32s(&[]));
    assert_eq!(go(&mut receive, &mut s, 1000), i32s(&[42]));
    let (mut s, mut receive) = (kept, kept_receive);
    assert_eq!(go(&mut receive, &mut s, 1000), Progress::Ready);
    // One step at a time it is the same.
    let mut send = thread(&s, ma, 1, "send", &[]);
    let mut steps = 0;
    while go(&mut send, &mut s, 1) == Progress::Ready {
        steps += 1;
        assert!(steps < 100);
    }
    assert_eq!(go(&mut receive, &mut s, 1000), i32s(&[42]));
}

#[test]
fn waiting_threads_are_woken_in_order() {
    let (mut s, ma) = instance();
    let forever = [Value::i64(u64::MAX)];
    let mut waiters: Vec<Thread> = (1..4).map(|id| thread(&s, ma, id, "wait", &forever)).collect();
    for waiter in &mut waiters {
        assert!(matches!(go(waiter, &mut s, 1000), Progress::Suspended(Waiting { offset: 8, timeout: -1, .. })));
        assert!(!waiter.time_out(&mut s, &mut Unobserved, &mut Deterministic));
    }
    assert_eq!(s.waiters().len(), 3);
    let mut notify = thread(&s, ma, 9, "notify", &[Value::i32(2)]);
    assert_eq!(go(&mut notify, &mut s, 1000), i32s(&[2]));
    assert_eq!(go(&mut waiters[0], &mut s, 1000), i32s(&[0]));
    assert_eq!(go(&mut waiters[1], &mut s, 1000), i32s(&[0]));
    assert!(matches!(go(&mut waiters[2], &mut s, 1000), Progress::Suspended(_)));
}

#[test]
fn waiting_gives_up() {
    let (mut s, ma) = instance();
    let mut waiter = thread(&s, ma, 1, "wait", &[Value::i64(10)]);
    assert!(matches!(go(&mut waiter, &mut s, 1000), Progress::Suspended(_)));
    assert!(waiter.time_out(&mut s, &mut Unobserved, &mut Deterministic));
    assert_eq!(go(&mut waiter, &mut s, 1000), i32s(&[2]));
    assert!(s.waiters().is_empty());
    // A run by itself gives up, or waits forever.
    let Some(ExternAddr::Func(a)) = s.export(ma, "wait") else { panic!("no function") };
    let mut alone =
        |timeout: i64| invoke(&mut s, a, &[Value::i64(timeout as u64)], &mut Unobserved, &mut Deterministic).unwrap();
    assert_eq!(alone(5), Outcome::Values(vec![Value::i32(2)]));
    assert_eq!(alone(-1), Outcome::Deadlock);
}

/// Remembers the actions.
#[derive(Default)]
struct Actions(Vec<Action>);

impl Observer for Actions {
    const WATCHES_ACTIONS: bool = true;
    fn action(&mut self, action: &Action) {
        self.0.push(*action);
    }
}

/// Answers each read of bytes with one number.
struct Answers(u128);

impl Memory for Answers {
    const ANSWERS: bool = true;
    fn read(&mut self, _: Order, _: Location, _: bool, stored: Datum) -> Datum {
        match stored {
            Datum::Bytes(n, _) => Datum::Bytes(n, self.0),
            _ => stored,
        }
    }
}

#[test]
fn actions() {
    let (mut s, ma) = instance();
    let mut o = Actions::default();
    let Some(ExternAddr::Mem(m)) = s.export(ma, "m") else { panic!("no memory") };
    thread(&s, ma, 1, "send", &[]).run(&mut s, &mut o, &mut Deterministic, 1000);
    let length =
        Action::Read { order: Order::Unordered, loc: Location::MemSize(m), value: Datum::Length(65536), whole: true };
    let write = |order, ea, value| Action::Write {
        order,
        loc: Location::Bytes(m, ea),
        value: Datum::Bytes(4, value),
        whole: true,
    };
    assert_eq!(o.0, [length, write(Order::Unordered, 0, 42), length, write(Order::SeqCst, 4, 1)]);
    // A memory may answer reads.
    let mut receive = thread(&s, ma, 2, "receive", &[]);
    let progress = receive.run_on(&mut s, &mut Actions::default(), &mut Answers(7), &mut Deterministic, 1000);
    assert_eq!(progress, i32s(&[7]));
}
