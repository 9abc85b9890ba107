//! Derivations of function bodies over the whole suite: each body of a valid module has one that the checker accepts,
//! and a body that validation refuses has none.

use lockstep::suite;
use lockstep_semantics::decode::{decode, encode_quoted};
use lockstep_semantics::derivation::Judgement;
use lockstep_semantics::derivation::body::{Body, BodyFlaw, Context, InstrType, Typing, check, prove};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{Definition, validate};
use std::collections::BTreeMap;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, Wast, WastDirective};

/// Calls back with each module of the suite that can be decoded.
fn modules(mut each: impl FnMut(&str, Module)) {
    for script in suite::embedded() {
        let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
        let mut lexer = Lexer::new(&text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer).unwrap();
        for directive in parser::parse::<Wast<'_>>(&buffer).unwrap().directives {
            let place = format!("{}:{}", script.path, directive.span().linecol_in(&text).0 + 1);
            let mut ask = |mut module: QuoteWat<'_>| {
                let bytes = encode_quoted(&mut module, &text).unwrap_or_else(|e| panic!("{place}: {e}"));
                each(&place, decode(&bytes).unwrap_or_else(|e| panic!("{place}: {e}")));
            };
            match directive {
                WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => ask(module),
                WastDirective::AssertInvalid { module, .. } => ask(module),
                _ => {}
            }
        }
    }
}

/// The types of a module, as many as can be closed.
fn types(module: &Module, table: &mut TypeTable) -> Vec<DefType> {
    let mut types = Vec::new();
    for rectype in &module.types {
        match table.define(rectype, &types) {
            Ok(dts) => types.extend(dts),
            Err(_) => break,
        }
    }
    types
}

fn bodies(module: &Module) -> std::ops::Range<u32> {
    let imported = module.imports.iter().filter(|import| matches!(import.ty, ExternType::Func(_))).count();
    imported as u32..(imported + module.funcs.len()) as u32
}

#[test]
fn every_body_of_the_suite_has_a_derivation_and_no_other() {
    let (mut derived, mut refused, mut nodes) = (0, 0, 0);
    let mut rules: BTreeMap<&'static str, usize> = BTreeMap::new();
    modules(|place, module| {
        let invalid = validate(&module, &mut Unobserved).err();
        let mut table = TypeTable::new();
        let types = types(&module, &mut table);
        let Some(c) = Context::new(&module, &types, &table) else {
            assert!(invalid.is_some(), "{place}");
            return;
        };
        for x in bodies(&module) {
            let found = prove(&c, x).map(|body| (check(&c, &body), body));
            match invalid.as_ref().map(|invalid| invalid.place.definition) {
                None => {
                    let (checked, body) = found.unwrap_or_else(|error| panic!("{place}, function {x}: {error}"));
                    checked.unwrap_or_else(|flaw| panic!("{place}, function {x}: {flaw}"));
                    derived += 1;
                    nodes += body.size();
                    for node in &body.nodes {
                        *rules.entry(node.rule.as_str()).or_default() += 1;
                    }
                }
                Some(Definition::Func(at)) if at == x => {
                    assert!(found.is_err() || matches!(found, Ok((Err(_), _))), "{place}, function {x}: {invalid:?}");
                    refused += 1;
                }
                // Why the module is invalid is elsewhere.
                Some(_) => {}
            }
        }
    });
    println!("{derived} bodies derived with {nodes} nodes, {refused} refused");
    for (rule, n) in &rules {
        println!("{n:>9}  {rule}");
    }
    assert!(derived > 7_000 && refused > 2_000, "{derived} {refused}");
    // All of the standard's rules about instructions are used, but for those whose place others take.
    let about = ["Instr_ok/", "Instrs_ok/", "Catch_ok/", "Blocktype_ok/"];
    let missing: Vec<_> = lockstep_spec::RuleId::ALL
        .iter()
        .filter(|rule| rule.rule().code == lockstep_spec::Code::Fired && rule.rule().proposal.is_none())
        .map(|rule| rule.as_str())
        .filter(|rule| about.iter().any(|head| rule.starts_with(head)) && !rules.contains_key(rule))
        .collect();
    assert_eq!(missing, [""; 0]);
    assert!(rules.contains_key("Instrs_ok/frame"));
}

/// Every way to break one node: what it concludes, its rule, its premises.
fn broken(body: &Body, index: usize) -> Vec<Body> {
    let mut all = Vec::new();
    let mut with = |change: &mut dyn FnMut(&mut lockstep_semantics::derivation::body::Node)| {
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
            Typing::Instrs(_, it) | Typing::Instr(_, it) | Typing::Blocktype(_, it) => ts(it),
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
        Typing::Instr(at, _) => *at += 1,
        Typing::Blocktype(bt, _) => *bt = BlockType::Idx(1_000_000),
        Typing::Catch(catch) => *catch = Catch::CatchAll(1_000_000),
        Typing::InstrtypeSub(..) => {}
    });
    for other in ["Instrs_ok/sub", "Instrs_ok/frame", "Instrs_ok/instr", "Instr_ok/nop", "Instr_ok/block", "Func_ok"] {
        with(&mut |node| node.rule = lockstep_spec::RuleId::parse(other).unwrap());
    }
    with(&mut |node| {
        node.premises.pop();
    });
    with(&mut |node| node.premises.reverse());
    with(&mut |node| node.premises.push(0));
    with(&mut |node| drop(node.types.pop()));
    with(&mut |node| node.types.reverse());
    with(&mut |node| {
        for d in &mut node.types {
            // A reflexive judgement that says nothing, in place of the one that is asked for.
            d.conclusion = Judgement::NumtypeSub(NumType::I32, NumType::I32);
        }
    });
    all
}

#[test]
fn a_broken_derivation_is_refused() {
    let (mut bodies_seen, mut refused, mut rules) = (0, 0, std::collections::BTreeSet::new());
    modules(|place, module| {
        if validate(&module, &mut Unobserved).is_err() {
            return;
        }
        let mut table = TypeTable::new();
        let types = types(&module, &mut table);
        let c = Context::new(&module, &types, &table).unwrap();
        for x in bodies(&module) {
            let body = prove(&c, x).unwrap();
            // A few of each kind: those that use a rule not seen yet, and those whose nodes are few.
            let fresh = body.nodes.iter().any(|node| !rules.contains(node.rule.as_str()));
            if body.nodes.len() > 300 || !(fresh || x % 16 == 5 && body.nodes.len() < 40) {
                continue;
            }
            rules.extend(body.nodes.iter().map(|node| node.rule.as_str()));
            bodies_seen += 1;
            for index in 0..body.nodes.len() {
                for other in broken(&body, index) {
                    let node = &other.nodes[index];
                    assert!(check(&c, &other).is_err(), "{place}, function {x}, node {index}: {node:?}");
                    refused += 1;
                }
            }
            // A node that nothing rests on, and nothing at all.
            let mut stray = body.clone();
            stray.nodes.insert(0, body.nodes[0].clone());
            assert!(check(&c, &stray).is_err());
            assert_eq!(check(&c, &Body::default()), Err(BodyFlaw::NoRoot));
        }
    });
    println!("{refused} broken derivations of {bodies_seen} bodies refused; {} rules", rules.len());
    assert!(refused > 10_000 && rules.len() > 100, "{refused} {}", rules.len());
}
