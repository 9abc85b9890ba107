//! Derivations of function bodies over the whole suite, the scripts of the proposals and generated programs: each body of a
//! valid module has one that the checker accepts, and a body that validation refuses has none.

mod broken;
mod programs;
mod scripts;

use lockstep_programs::generate::neighbours::neighbour;
use lockstep_programs::generate::{GenerateOptions, bytes, nth, seed_of};
use lockstep_semantics::derivation::Derivation;
use lockstep_semantics::derivation::body::{Body, BodyFlaw, Context, Node, Typing, check, prove};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{Definition, validate};
use programs::{INVALID, POOL, VALID, segments};
use scripts::{official, proposed, read};
use std::collections::BTreeMap;

fn bodies(module: &Module) -> std::ops::Range<u32> {
    let imported = module.imports.iter().filter(|import| matches!(import.ty, ExternType::Func(_))).count();
    imported as u32..(imported + module.funcs.len()) as u32
}

/// What has been derived, and what has not.
#[derive(Default)]
struct Tally {
    derived: usize,
    refused: usize,
    nodes: usize,
    rules: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn module(&mut self, place: &str, module: &Module) {
        let invalid = validate(module, &mut Unobserved).err();
        let mut table = TypeTable::new();
        let types = table.define_all(&module.types);
        let Some(c) = Context::new(module, &types, &table) else {
            assert!(invalid.is_some(), "{place}");
            return;
        };
        for x in bodies(module) {
            let found = prove(&c, x).map(|body| (check(&c, &body), body));
            match invalid.as_ref().map(|invalid| invalid.place.definition) {
                None => {
                    let (checked, body) = found.unwrap_or_else(|error| panic!("{place}, function {x}: {error}"));
                    checked.unwrap_or_else(|flaw| panic!("{place}, function {x}: {flaw}"));
                    self.derived += 1;
                    self.nodes += body.size();
                    for node in &body.nodes {
                        *self.rules.entry(node.rule.as_str()).or_default() += 1;
                        node.types.iter().for_each(|d| self.types(d));
                    }
                }
                Some(Definition::Func(at)) if at == x => {
                    assert!(found.is_err() || matches!(found, Ok((Err(_), _))), "{place}, function {x}: {invalid:?}");
                    self.refused += 1;
                }
                // Why the module is invalid is elsewhere.
                Some(_) => {}
            }
        }
    }

    fn types(&mut self, d: &Derivation) {
        *self.rules.entry(d.rule.as_str()).or_default() += 1;
        d.premises.iter().for_each(|d| self.types(d));
    }

    fn report(&self, what: &str) {
        println!("{what}: {} bodies derived with {} nodes, {} refused", self.derived, self.nodes, self.refused);
    }
}

#[test]
fn every_body_of_the_suites_has_a_derivation_and_no_other() {
    let mut tally = Tally::default();
    official(|place, module| tally.module(place, &module));
    tally.report("the official suite");
    let (derived, refused, nodes) = (tally.derived, tally.refused, tally.nodes);
    assert!(derived > 7_000 && refused > 2_000, "{derived} {refused}");
    proposed(|place, module| tally.module(place, &module));
    let proposals = Tally {
        derived: tally.derived - derived,
        refused: tally.refused - refused,
        nodes: tally.nodes - nodes,
        ..Tally::default()
    };
    proposals.report("the proposals");
    assert!(
        proposals.derived > 1_000 && proposals.refused >= INVALID.len(),
        "{} {}",
        proposals.derived,
        proposals.refused
    );
    for (rule, n) in &tally.rules {
        println!("{n:>9}  {rule}");
    }
    // All rules about instructions are used, and those on what is shared, but for those whose place others take.
    let about = [
        "Instr_ok/",
        "Instrs_ok/",
        "Instr_ok_shared/",
        "Catch_ok/",
        "Blocktype_ok/",
        "Func_ok",
        "Heaptype_ok_shared/",
        "Reftype_ok_shared",
        "Valtype_ok_shared/",
        "Heaptype_sub/",
    ];
    let missing: Vec<_> = lockstep_spec::RuleId::ALL
        .iter()
        .filter(|rule| rule.rule().code == lockstep_spec::Code::Fired)
        .map(|rule| rule.as_str())
        .filter(|rule| about.iter().any(|head| rule.starts_with(head)) && !tally.rules.contains_key(rule))
        .collect();
    assert_eq!(missing, [""; 0]);
    for used in ["Instrs_ok/frame", "Valtype_ok_shared/bot"] {
        assert!(tally.rules.contains_key(used), "{used}");
    }
}

/// The modules here are valid, and each of the invalid functions is invalid for the reason that is meant.
#[test]
fn valid_and_invalid_as_is_meant() {
    for module in VALID.into_iter().map(read).chain([segments()]) {
        validate(&module, &mut Unobserved).unwrap();
    }
    for (text, rule) in INVALID {
        let invalid = validate(&read(text), &mut Unobserved).expect_err(text);
        assert_eq!(
            (invalid.rule.as_str(), matches!(invalid.place.definition, Definition::Func(_))),
            (rule, true),
            "{text}"
        );
    }
}

/// Sequences that nobody would write, in shared functions and in others, mostly in code that is not reached.
#[test]
fn random_instructions() {
    let mut tally = Tally::default();
    for seed in 0..30_000 {
        let random = bytes(seed, 8);
        let pick = |i: usize| POOL[random[i] as usize % POOL.len()];
        let body: Vec<&str> = (2..2 + random[0] as usize % 6).map(pick).collect();
        let before = if random[1] & 3 != 0 { "unreachable" } else { "" };
        let after = if random[1] & 4 != 0 { "unreachable" } else { "" };
        let (ty, local) = match random[1] & 8 {
            0 => ("$f", "(ref null (shared eq))"),
            _ => ("$plain", ["eqref", "(ref null (shared eq))"][random[1] as usize >> 4 & 1]),
        };
        let text = format!(
            r#"(module (type $f (shared (func))) (type $plain (func))
  (type $s (shared (struct (field (mut i32)) (field (mut (ref null (shared eq)))))))
  (type $u (struct (field (mut i32)) (field (mut anyref))))
  (type $p (shared (func (param (ref null (shared any)))))) (type $q (func (param anyref)))
  (tag $ts (type $f)) (tag $tu (type $plain)) (memory $ms 1 1 shared) (memory $mu 1)
  (global $gs (shared mut i32) (i32.const 0)) (global $gu (mut eqref) (ref.null eq))
  (table $t shared 1 (ref null (shared eq))) (table $tf shared 1 (ref null (shared func)))
  (elem declare (ref null (shared func)) (ref.func $fs))
  (func $fs (type $f)) (func $fu (type $plain))
  (func (type {}) (local {local}) {before} {} {after}))"#,
            if ty == "$f" { "$p" } else { "$q" },
            body.join(" "),
        );
        tally.module(&text, &read(&text));
    }
    tally.report("random");
    assert!(tally.derived > 3_000 && tally.refused > 3_000, "{} {}", tally.derived, tally.refused);
    assert!(tally.rules.contains_key("Heaptype_sub/bot-share") && tally.rules.contains_key("Valtype_ok_shared/bot"));
}

/// In a shared function nothing but `C ⊢ instr : it shared` will do for an instruction, and elsewhere it will not.
#[test]
fn instructions_of_shared_functions() {
    let shared = read("(module (type $f (shared (func))) (func (type $f) (nop)))");
    let unshared = read("(module (type $f (func)) (func (type $f) (nop)))");
    let (mut table_1, mut table_2) = (TypeTable::new(), TypeTable::new());
    let (types_1, types_2) = (table_1.define_all(&shared.types), table_2.define_all(&unshared.types));
    let c_shared = Context::new(&shared, &types_1, &table_1).unwrap();
    let c_unshared = Context::new(&unshared, &types_2, &table_2).unwrap();
    let refused = |c: &Context<'_>, body: &Body| match check(c, body) {
        Err(BodyFlaw::Node { rule, .. }) => rule.as_str(),
        other => panic!("{other:?}"),
    };
    // The function becomes shared, its instruction does not.
    let mut body = prove(&c_unshared, 0).unwrap();
    let root = Node {
        rule: lockstep_spec::RuleId::parse("Func_ok/shared").unwrap(),
        conclusion: Typing::Func(0),
        premises: vec![body.nodes.len() - 1],
        types: vec![],
    };
    body.nodes.push(root);
    assert_eq!(refused(&c_shared, &body), "Instrs_ok/instr");
    let mut body = prove(&c_shared, 0).unwrap();
    body.nodes.pop();
    assert_eq!((refused(&c_unshared, &body), refused(&c_shared, &body)), ("Instrs_ok/instr", "Func_ok"));
}

/// Programs with shared types and atomics, and what is next to them, which mostly is invalid.
#[test]
fn generated_programs() {
    let (mut tally, mut near) = (Tally::default(), Tally::default());
    for (seed, features, definitions) in [
        (41, Features::SHARED_EVERYTHING, false),
        (42, Features::SHARED_EVERYTHING, true),
        (43, Features::THREADS, false),
        (44, Features::STANDARD, false),
    ] {
        let options = GenerateOptions { features, functions: definitions, definitions, ..GenerateOptions::default() };
        for i in 0..300 {
            let generated = nth(seed, i, &options);
            for (name, module) in &generated.modules {
                tally.module(&format!("program {i} of {seed}, {name}"), module);
                let bytes = bytes(seed_of(seed + 100, i), 64);
                let mut u = arbitrary::Unstructured::new(&bytes);
                for _ in 0..3 {
                    if let Some(neighbour) = neighbour(module, &mut u) {
                        let place = format!("program {i} of {seed}, {name}, {}", neighbour.change);
                        near.module(&place, &neighbour.module);
                    }
                }
            }
        }
    }
    tally.report("generated");
    near.report("neighbours");
    assert_eq!(tally.refused, 0);
    assert!(tally.derived > 5_000 && near.refused > 500, "{} {}", tally.derived, near.refused);
    assert!(tally.rules.contains_key("Instr_ok_shared/types") && tally.rules.contains_key("Instr_ok/atomic.rmw-val"));
}
