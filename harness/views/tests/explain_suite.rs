//! Derivations over the whole suite: where matching says yes there is a derivation that the checker accepts, where it
//! says no there is none and the prover says at what it breaks.
//!
//! Of each module of the suite (those of `assert_invalid` included, as far as their types can be closed) these pairs are
//! asked: its value types, each with each, which are those of locals, parameters, results, fields, globals, tables,
//! elements, blocks and casts; its type indices, each with each and with all abstract heap types; and the composite type
//! of each type with that of its declared supertype. These are all that validation can compare but for types that it
//! takes apart itself (`diffrt` of casts), and many that it does not.

#[path = "../../../semantics/tests/common/scripts.rs"]
#[allow(dead_code)]
mod common;

use lockstep_scripts::suite;
use lockstep_semantics::decode::decode;
use lockstep_semantics::derivation::{Broken, Derivation, Prover, check};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::Matching;
use std::collections::BTreeMap;

/// How many types of a kind are paired per module, so that a module with thousands of them does not take all the time.
const MOST: usize = 60;

#[derive(Default)]
struct Counts {
    modules: usize,
    left_out: usize,
    yes: usize,
    no: usize,
    rules: BTreeMap<&'static str, usize>,
}

impl Counts {
    fn ask(&mut self, c: Matching<'_>, holds: bool, proof: Result<Derivation, Box<Broken>>, place: &str) {
        match proof {
            Ok(derivation) => {
                assert!(holds, "{place}: matching denies {}", derivation.conclusion);
                check(c, &derivation).unwrap_or_else(|flaw| panic!("{place}: {flaw}"));
                self.count(&derivation);
                self.yes += 1;
            }
            Err(broken) => {
                assert!(!holds, "{place}: no derivation of {}", broken.goal);
                self.no += 1;
            }
        }
    }

    fn count(&mut self, derivation: &Derivation) {
        *self.rules.entry(derivation.rule.as_str()).or_default() += 1;
        derivation.premises.iter().for_each(|premise| self.count(premise));
    }
}

fn collect(module: &Module) -> Vec<ValType> {
    let mut ts: Vec<ValType> = vec![ValType::I32, ValType::F64, ValType::V128, ValType::Bot];
    let mut comp = |st: &SubType| match &st.comp {
        CompType::Struct(fts) => ts.extend(fts.iter().map(|ft| ft.storage.unpack())),
        CompType::Array(ft) => ts.push(ft.storage.unpack()),
        CompType::Func(ft) => ts.extend(ft.params.iter().chain(&ft.results)),
    };
    module.types.iter().flat_map(|rec| &rec.0).for_each(&mut comp);
    ts.extend(module.funcs.iter().flat_map(|func| func.locals.iter().copied()));
    ts.extend(module.globals.iter().map(|global| global.ty.val));
    ts.extend(module.tables.iter().map(|table| ValType::Ref(table.ty.elem)));
    ts.extend(module.elems.iter().map(|elem| ValType::Ref(elem.ty)));
    for instr in module.code.instrs() {
        match *instr {
            Instr::RefTest(rt) | Instr::RefCast(rt) => ts.push(ValType::Ref(rt)),
            Instr::BrOnCast(_, rt_1, rt_2) | Instr::BrOnCastFail(_, rt_1, rt_2) => {
                ts.extend([rt_1, rt_2, diffrt(rt_1, rt_2)].map(ValType::Ref));
            }
            Instr::RefNull(ht) => ts.push(ValType::Ref(RefType::null(ht))),
            Instr::Block(BlockType::Result(Some(t)), _) => ts.push(t),
            _ => {}
        }
    }
    let mut seen = std::collections::HashSet::new();
    ts.retain(|t| seen.insert(*t));
    ts
}

fn ask_module(module: &Module, place: &str, counts: &mut Counts) {
    let mut table = TypeTable::new();
    let types = table.define_all(&module.types);
    let c = Matching { table: &table, types: &types };
    let prover = Prover { c };
    let o = &mut Unobserved;
    counts.modules += 1;
    let mut ts = collect(module);
    counts.left_out += ts.len().saturating_sub(MOST) + types.len().saturating_sub(MOST);
    ts.truncate(MOST);
    for &t_1 in &ts {
        for &t_2 in &ts {
            counts.ask(c, c.valtype_sub(t_1, t_2, o), prover.valtype_sub(t_1, t_2), place);
        }
    }
    let abs = AbsHeapType::ALL.map(HeapType::abs);
    let indices = (0..types.len().min(MOST) as u32).map(|x| HeapType::Use(TypeUse::Idx(x)));
    let hts: Vec<HeapType> = indices.chain(if types.is_empty() { vec![] } else { abs.to_vec() }).collect();
    for &ht_1 in &hts {
        for &ht_2 in &hts {
            counts.ask(c, c.heaptype_sub(ht_1, ht_2, o), prover.heaptype_sub(ht_1, ht_2), place);
        }
    }
    for st in module.types.iter().flat_map(|rec| &rec.0).take(types.len()) {
        for dt in st.supers.iter().filter_map(|&sup| c.resolve(sup)) {
            let above = &table.unrolldt(dt).comp;
            counts.ask(c, c.comptype_sub(&st.comp, above, o), prover.comptype_sub(&st.comp, above), place);
        }
    }
}

#[test]
fn every_type_check_of_the_suite_has_a_derivation() {
    let mut counts = Counts::default();
    for script in suite::embedded() {
        let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
        for form in common::forms_of(&script.path, &text) {
            if ["module", "assert_invalid"].contains(&form.keyword.as_str()) {
                let module = form.source.bytes(Features::STANDARD).and_then(|bytes| decode(&bytes));
                ask_module(&module.unwrap_or_else(|e| panic!("{}: {e}", form.place)), &form.place, &mut counts);
            }
        }
    }
    println!(
        "{} modules, {} judgements that hold, {} that do not; {} types beyond the bound of {MOST} a module",
        counts.modules, counts.yes, counts.no, counts.left_out
    );
    for (rule, n) in &counts.rules {
        println!("{n:>9}  {rule}");
    }
    assert!(counts.modules > 2000 && counts.yes > 10_000 && counts.no > 10_000);
    // Each rule of the kinds of types asked about is used somewhere.
    for rule in
        ["Heaptype_sub/trans", "Deftype_sub/super", "Fieldtype_sub/var", "Comptype_sub/func", "Heaptype_sub/def"]
    {
        assert!(counts.rules.contains_key(rule), "{rule}");
    }
}
