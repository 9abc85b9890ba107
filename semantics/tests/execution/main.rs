//! Execution (chapter 4) where the official suite does not look: edges of arithmetic, contexts around contexts,
//! instances side by side, hosts, bounds.
//!
//! Every call is made three times, each in a store of its own: unobserved, counting rules, and with the literal
//! reading of the rules beside the zipper. All three must end alike.

mod bounds;
mod bulk;
mod contexts;
mod exceptions;
mod instances;
mod memories;
mod objects;

use lockstep_semantics::choice::Deterministic;
use lockstep_semantics::execution::*;
use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::syntax::Num;
use lockstep_semantics::validation::validate;
use lockstep_semantics::{RuleId, decode};
use std::sync::Arc;

/// Bounds that leave room for a memory of 4 GiB.
fn large() -> Bounds {
    Bounds { memory: 5 << 30, ..Bounds::default() }
}

/// A store in which everything that happens is shown to an observer.
struct World<O> {
    s: Store,
    o: O,
}

impl World<RuleCounts> {
    fn new() -> Self {
        World::within(large())
    }

    fn within(bounds: Bounds) -> Self {
        World { s: Store::new(bounds), o: RuleCounts::default() }
    }

    fn count(&self, rule: RuleId) -> u64 {
        self.o.count(rule)
    }
}

impl<O: Observer> World<O> {
    /// Instantiates a module in the text format.
    fn try_load(&mut self, wat: &str, imports: &[ExternAddr]) -> Result<ModuleAddr, InstantiateError> {
        let (_, module) = decode::decode_text(wat).unwrap_or_else(|e| panic!("{e}\n{wat}"));
        validate(&module, &mut Unobserved).unwrap_or_else(|e| panic!("{e}\n{wat}"));
        instantiate(&mut self.s, &Arc::new(module), imports, &mut self.o, &mut Deterministic)
    }

    fn load(&mut self, wat: &str, imports: &[ExternAddr]) -> ModuleAddr {
        self.try_load(wat, imports).unwrap_or_else(|e| panic!("{e}\n{wat}"))
    }

    fn export(&self, module: ModuleAddr, name: &str) -> ExternAddr {
        self.s.export(module, name).unwrap_or_else(|| panic!("no export {name:?}"))
    }

    fn call(&mut self, module: ModuleAddr, name: &str, args: &[Value]) -> Outcome {
        let ExternAddr::Func(a) = self.export(module, name) else { panic!("{name:?} is no function") };
        invoke(&mut self.s, a, args, &mut self.o, &mut Deterministic).expect("arguments of the function's types")
    }
}

/// Calls `run` of a module without imports under all observers.
fn run(wat: &str, args: &[Value]) -> (Outcome, RuleCounts) {
    run_within(&large(), wat, args)
}

fn run_within(bounds: &Bounds, wat: &str, args: &[Value]) -> (Outcome, RuleCounts) {
    let unobserved = run_observed(bounds, wat, args, Unobserved).0;
    let (outcome, rules) = run_observed(bounds, wat, args, RuleCounts::default());
    let (literal, literally) = run_observed(bounds, wat, args, Literally::new(20_000));
    assert_eq!(literally.difference, None);
    assert_eq!(unobserved, outcome);
    // Watching steps, `Stuck` knows the last rule; nothing here is stuck.
    assert_eq!(literal, outcome);
    (outcome, rules)
}

fn run_observed<O: Observer>(bounds: &Bounds, wat: &str, args: &[Value], o: O) -> (Outcome, O) {
    let mut w = World { s: Store::new(bounds.clone()), o };
    let ma = w.load(wat, &[]);
    let outcome = w.call(ma, "run", args);
    (outcome, w.o)
}

/// Calls `run` and expects values.
#[track_caller]
fn returns(wat: &str, args: &[Value], expected: &[Value]) -> RuleCounts {
    let (outcome, rules) = run(wat, args);
    assert_eq!(outcome, Outcome::Values(expected.to_vec()));
    rules
}

/// Calls `run` and expects a trap that comes from a rule.
#[track_caller]
fn traps(wat: &str, args: &[Value], rule: RuleId) -> RuleCounts {
    let (outcome, rules) = run(wat, args);
    assert_eq!(trap_of(&outcome), Some(rule), "{outcome}");
    rules
}

fn trap_of(outcome: &Outcome) -> Option<RuleId> {
    match outcome {
        Outcome::Trap(trap) => trap.rule,
        _ => None,
    }
}

fn i32(i: i32) -> Value {
    Value::i32(i as u32)
}

fn i64(i: i64) -> Value {
    Value::i64(i as u64)
}

fn f64(z: f64) -> Value {
    Value::Num(Num::F64(z.to_bits()))
}

fn values(values: &[Value]) -> Outcome {
    Outcome::Values(values.to_vec())
}
