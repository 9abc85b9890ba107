//! Derivations with one node that is not what it should be.

use super::bodies;
use super::scripts::{official, proposed};
use lockstep_semantics::derivation::Judgement;
use lockstep_semantics::derivation::body::{Body, BodyFlaw, Context, InstrType, Named, Node, Typing, check, prove};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::validate;

/// Every way to break one node: what it concludes, its rule, its premises.
fn broken(body: &Body, index: usize) -> Vec<Body> {
    let mut all = Vec::new();
    let mut with = |change: &mut dyn FnMut(&mut Node)| {
        let mut other = body.clone();
        change(&mut other.nodes[index]);
        if other != *body {
            all.push(other);
        }
    };
    let changes: [fn(&mut InstrType); 9] = [
        |it| it.t_1.push(ValType::I32),
        |it| it.t_2.push(ValType::I64),
        |it| it.t_1.insert(0, ValType::V128),
        |it| {
            it.t_1.pop();
        },
        |it| {
            it.t_2.pop();
        },
        |it| it.t_1.iter_mut().for_each(|t| *t = ValType::Bot),
        |it| it.t_2.iter_mut().for_each(|t| *t = ValType::F32),
        |it| it.x.push(0),
        |it| it.x.clear(),
    ];
    for ts in changes {
        with(&mut |node| match &mut node.conclusion {
            Typing::Instrs(_, it) | Typing::Instr(_, it) | Typing::InstrShared(_, it) | Typing::Blocktype(_, it) => {
                ts(it)
            }
            Typing::InstrtypeSub(l, _) => ts(l),
            _ => {}
        });
        with(&mut |node| {
            if let Typing::InstrtypeSub(_, r) = &mut node.conclusion {
                ts(r);
            }
        });
    }
    with(&mut |node| match &mut node.conclusion {
        Typing::Func(x) => *x += 1,
        Typing::Expr(_, ts) => ts.push(ValType::I32),
        Typing::Instrs(range, _) => range.end += 1,
        Typing::Instr(at, _) | Typing::InstrShared(at, _) => *at += 1,
        Typing::NamedShared(named) => *named = Named::Func(1_000_000),
        Typing::Blocktype(bt, _) => *bt = BlockType::Idx(1_000_000),
        Typing::Catch(catch) => *catch = Catch::CatchAll(1_000_000),
        Typing::InstrtypeSub(..) => {}
    });
    let others = ["Instrs_ok/sub", "Instrs_ok/frame", "Instrs_ok/instr", "Instr_ok/nop", "Instr_ok/block", "Func_ok"];
    let shared = ["Func_ok/shared", "Instr_ok_shared/types", "Instr_ok_shared/typeidx", "Instr_ok_shared/global"];
    for other in others.into_iter().chain(shared) {
        with(&mut |node| node.rule = lockstep_spec::RuleId::parse(other).unwrap());
    }
    with(&mut |node| {
        node.premises.pop();
    });
    with(&mut |node| node.premises.reverse());
    with(&mut |node| node.premises.push(0));
    with(&mut |node| drop(node.types.pop()));
    with(&mut |node| node.types.reverse());
    // The other sharedness.
    let other = |t: &mut ValType| {
        if let ValType::Ref(RefType { heap: HeapType::Abs(share, _), .. }) = t {
            *share = if *share == Share::Shared { Share::Unshared } else { Share::Shared };
        }
    };
    with(&mut |node| {
        if let Typing::Instr(_, it) | Typing::InstrShared(_, it) = &mut node.conclusion {
            it.t_1.iter_mut().for_each(other);
        }
    });
    with(&mut |node| {
        if let Typing::Instr(_, it) | Typing::InstrShared(_, it) = &mut node.conclusion {
            it.t_2.iter_mut().for_each(other);
        }
    });
    with(&mut |node| {
        for d in &mut node.types {
            // A reflexive judgement that says nothing, in place of the one that is asked for.
            d.conclusion = Judgement::NumtypeSub(NumType::I32, NumType::I32);
        }
    });
    all
}

/// A sample of derivations, each of which is broken in every way.
#[derive(Default)]
struct Sample {
    bodies: usize,
    refused: usize,
    rules: std::collections::BTreeSet<&'static str>,
}

impl Sample {
    fn module(&mut self, place: &str, module: &Module) {
        if validate(module, &mut Unobserved).is_err() {
            return;
        }
        let mut table = TypeTable::new();
        let types = table.define_all(&module.types);
        let c = Context::new(module, &types, &table).unwrap();
        for x in bodies(module) {
            let body = prove(&c, x).unwrap();
            // A few of each kind: those that use a rule not seen yet, and those whose nodes are few.
            let fresh = body.nodes.iter().any(|node| !self.rules.contains(node.rule.as_str()));
            if body.nodes.len() > 300 || !(fresh || x % 16 == 5 && body.nodes.len() < 40) {
                continue;
            }
            self.rules.extend(body.nodes.iter().map(|node| node.rule.as_str()));
            self.bodies += 1;
            for index in 0..body.nodes.len() {
                for other in broken(&body, index) {
                    let node = &other.nodes[index];
                    assert!(check(&c, &other).is_err(), "{place}, function {x}, node {index}: {node:?}");
                    self.refused += 1;
                }
            }
            // A node that nothing rests on, and nothing at all.
            let mut stray = body.clone();
            stray.nodes.insert(0, body.nodes[0].clone());
            assert!(check(&c, &stray).is_err());
            assert_eq!(check(&c, &Body::default()), Err(BodyFlaw::NoRoot));
            // `Func_ok` is not enough for a shared function.
            if body.nodes.last().is_some_and(|node| node.rule.as_str() == "Func_ok/shared") {
                let mut short = body.clone();
                short.nodes.pop();
                assert!(check(&c, &short).is_err());
            }
        }
    }
}

#[test]
fn a_broken_derivation_is_refused() {
    let mut sample = Sample::default();
    official(|place, module| sample.module(place, &module));
    let standard = (sample.bodies, sample.refused, sample.rules.len());
    println!(
        "the official suite: {} broken derivations of {} bodies refused; {} rules",
        standard.1, standard.0, standard.2
    );
    proposed(|place, module| sample.module(place, &module));
    let (bodies, refused, rules) =
        (sample.bodies - standard.0, sample.refused - standard.1, sample.rules.len() - standard.2);
    println!("the proposals: {refused} broken derivations of {bodies} bodies refused; {rules} more rules");
    assert!(standard.1 > 10_000 && standard.2 > 100, "{standard:?}");
    assert!(refused > 10_000 && rules > 40, "{refused} {rules}");
}
