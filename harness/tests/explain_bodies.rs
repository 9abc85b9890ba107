//! Derivations of function bodies over the whole suite: each body of a valid module has one that the checker accepts,
//! and a body that validation refuses has none.

use lockstep::suite;
use lockstep_semantics::decode::{decode, encode_quoted};
use lockstep_semantics::derivation::Judgement;
use lockstep_semantics::derivation::body::{Body, BodyFlaw, Context, Typing, check, prove};
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
    assert!(derived > 10_000 && refused > 1_000, "{derived} {refused}");
    // All rules about instructions are used.
    for rule in lockstep_spec::RuleId::ALL.iter().filter(|rule| {
        let name = rule.as_str();
        ["Instr_ok/", "Instrs_ok/", "Catch_ok/", "Blocktype_ok/"].iter().any(|head| name.starts_with(head))
    }) {
        assert!(rules.contains_key(rule.as_str()), "{rule}");
    }
}
