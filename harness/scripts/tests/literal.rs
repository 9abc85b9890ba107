//! The zipper machine against the literal, context-descending reading of the rules, on the official scripts about
//! garbage-collected types, control and exceptions.

use lockstep_engines::{Engine, Failure, Limits, SemanticsSession, Session};

use lockstep_scripts::script;
use lockstep_scripts::suite::embedded;
use lockstep_semantics::execution::{Literally, Store, Zipper};
use lockstep_semantics::observe::{Observer, RuleCounts};
use lockstep_semantics::syntax::Instr;
use lockstep_semantics::{RuleId, rule};
use rayon::prelude::*;
use std::sync::{Arc, Mutex};

/// Steps compared in each file; a few files branch and tail-call millions of times.
const STEPS_PER_FILE: u64 = 10_000;

/// The semantics, watched.
struct Watched(Arc<Mutex<Literally>>);

/// What watches; shared, because the sessions of a script come and go.
struct Watch(Arc<Mutex<Literally>>);

impl Observer for Watch {
    const WATCHES_STEPS: bool = true;
    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.0.lock().unwrap().redex(s, z, redex);
    }
    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        self.0.lock().unwrap().contractum(s, z, rule);
    }
}

impl Engine for Watched {
    fn name(&self) -> &str {
        "lockstep-semantics, read literally"
    }
    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        Ok(Box::new(SemanticsSession::new(limits, Watch(self.0.clone()))))
    }
}

/// Whether a script is about garbage-collected types, control or exceptions.
fn is_concerned(path: &str) -> bool {
    const CONTROL: [&str; 25] = [
        "block",
        "br",
        "br_if",
        "br_on_non_null",
        "br_on_null",
        "br_table",
        "call",
        "call_indirect",
        "call_ref",
        "fac",
        "func",
        "if",
        "labels",
        "left-to-right",
        "local_tee",
        "loop",
        "nop",
        "return",
        "return_call",
        "return_call_indirect",
        "return_call_ref",
        "select",
        "stack",
        "switch",
        "unwind",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".wast");
    path.contains("/gc/") || path.contains("/exceptions/") || CONTROL.contains(&name)
}

#[test]
fn the_zipper_agrees_with_the_rules_read_literally() {
    let scripts: Vec<_> = embedded().into_iter().filter(|script| is_concerned(&script.path)).collect();
    assert!(scripts.len() >= 46, "only {} scripts are concerned", scripts.len());
    let read: Vec<(String, Literally)> = scripts
        .par_iter()
        .map(|script| {
            let watched = Watched(Arc::new(Mutex::new(Literally::new(STEPS_PER_FILE))));
            let text = script.read().unwrap();
            // A frame limit of its own: deep configurations are passed over anyway.
            let limits = Limits { frames: Some(200), ..Limits::default() };
            let (report, _) = script::run(&script.path, &script.suite, &text, &watched, &limits);
            assert!(report.directives.values().sum::<u64>() > 0, "{} has no directives", script.path);
            let Watched(literally) = watched;
            (script.path.clone(), Arc::into_inner(literally).unwrap().into_inner().unwrap())
        })
        .collect();
    let (mut compared, mut passed_over, mut rules) = (0, 0, RuleCounts::default());
    for (path, literally) in &read {
        assert_eq!(literally.difference, None, "{path}");
        compared += literally.compared;
        passed_over += literally.passed_over;
        rules.merge(&literally.rules);
    }
    println!("{compared} steps compared in {} files, {passed_over} passed over", read.len());
    assert!(compared > 50_000, "only {compared} steps were compared");
    for context in
        [rule!("Step/ctxt-instrs"), rule!("Step/ctxt-label"), rule!("Step/ctxt-handler"), rule!("Step/ctxt-frame")]
    {
        assert!(rules.count(context) > 0, "{context} was never used");
    }
}
