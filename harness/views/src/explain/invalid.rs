//! Explains why a module is invalid.

use super::body;
use super::labels::{Labels, name};
use super::malformed::silently_final;
use super::premise::facts;
use super::stack::{Closed, StackRecorder, instruction};
use super::tree::{Conclusion, Tree};
use super::{Explanation, Input, Verdict};
use lockstep_semantics::derivation::{Broken, Part, Prover};
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{Definition, Invalid, Matching, Place, Premise, validate_in};
use lockstep_spec::rule;
use std::ops::Range;

pub(super) fn explain(input: &Input, derivation: bool) -> Explanation {
    let (mut watch, mut table) = (StackRecorder::new(derivation), TypeTable::new());
    let result = validate_in(&input.module, &mut table, &mut watch);
    let mut explanation = Explanation { path: input.path.clone(), ..Explanation::default() };
    let Err(invalid) = result else {
        explanation.headline = "the module is valid".into();
        explanation.rule = Some(rule!("Module_ok"));
        return explanation;
    };
    let module = &input.module;
    let types = table.define_all(&module.types);
    let closed = Closed::new(module, &types);
    let labels = Labels::of(&types, &module.names);
    let facts = facts(&invalid.premise, &module.names);
    explanation.verdict = Verdict::Invalid;
    explanation.headline = facts.headline;
    explanation.rule = Some(invalid.rule);
    explanation.premise = Some(facts.premise.to_owned());
    explanation.found = facts.found.map(|text| labels.apply(&text));
    explanation.needed = facts.needed.map(|text| labels.apply(&text));
    explanation.place = place(module, invalid.place);
    let instruction = instruction(module, invalid.place);
    let found = input.find(invalid.place);
    if let Some((instr, text)) = &instruction {
        if let Some((position, ts, below)) = watch.last_stack()
            && module.code.offset(position) == invalid.place.offset
        {
            let stack = closed.stack(ts, below);
            explanation.notes.push(format!("the operands of the innermost sequence here: {stack}, the topmost last"));
        }
        match instr {
            Instr::End => explanation.notes.push("this is where the sequence ends".into()),
            _ if found.is_none() => explanation.notes.push(format!("the instruction: {text}")),
            _ => {}
        }
        explanation.instruction = Some(text.clone());
    }
    explanation.span = found.map(|(span, _)| span);

    let prover = Prover { c: Matching { table: &table, types: &types } };
    let broken = broken(prover, module, &invalid);
    if let Some(broken) = &broken
        && broken.path().len() > 1
    {
        let first = broken.first();
        let parts = broken.path().into_iter().filter_map(|(_, part)| part);
        let parts: Vec<String> = parts.filter(|part| *part != Part::Only).map(|part| part.to_string()).collect();
        let at = if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(", ")) };
        let (goal, why) =
            (first.goal.display(&module.names).to_string(), first.reason.display(&module.names).to_string());
        explanation.notes.push(labels.apply(&format!("it breaks at {at}{goal}: {why}")));
    }
    help(input, &invalid, instruction.map(|(instr, _)| instr), &mut explanation);
    if derivation {
        explanation.derivation = Some(tree(input, &invalid, &watch, &closed, broken.as_deref(), &labels));
    }
    explanation
}

/// The definition by its name, and line and column or the byte.
fn place(module: &Module, place: Place) -> String {
    let name = name(module, place.definition);
    match place.line {
        Some((line, column)) => format!("{name}, {line}:{column}"),
        None => format!("{name}, byte {:#x}", place.offset),
    }
}

/// Where a failed premise of matching breaks.
fn broken(prover: Prover<'_>, module: &Module, invalid: &Invalid) -> Option<Box<Broken>> {
    match &invalid.premise {
        Premise::NotSubtype { found, needed } => prover.valtype_sub(*found, *needed).err(),
        Premise::NotSubtypes { found, needed } => prover.resulttype_sub(found, needed).err(),
        Premise::NotStorageSubtype { found, needed } => prover.storagetype_sub(*found, *needed).err(),
        Premise::NotLikeSuper { sup } => {
            let Definition::Type(x) = invalid.place.definition else { return None };
            let st = module.types.iter().flat_map(|rec| &rec.0).nth(x as usize)?;
            let above = prover.c.resolve(*sup)?;
            prover.comptype_sub(&st.comp, prover.c.table.expand(above)).err()
        }
        _ => None,
    }
}

/// Where a type is declared in the text.
fn declared(input: &Input, tu: TypeUse) -> Option<(Range<usize>, u32)> {
    let TypeUse::Idx(x) = tu else { return None };
    let place = Place { definition: Definition::Type(x), offset: u32::MAX, line: None };
    input.find(place).map(|(span, _)| (span, x))
}

fn help(input: &Input, invalid: &Invalid, instr: Option<Instr>, explanation: &mut Explanation) {
    let names = &input.module.names;
    let mut declared_here = |tu: TypeUse, why: &str| {
        if let Some((span, _)) = declared(input, tu) {
            explanation.context.push((span, why.to_owned()));
        }
    };
    match (&invalid.premise, instr) {
        (Premise::SuperFinal { sup }, _) => {
            let name = sup.display(names).to_string();
            let silent = match (declared(input, *sup), &input.text) {
                (Some((span, _)), Some(text)) => silently_final(text, span.start),
                _ => false,
            };
            if silent {
                declared_here(*sup, "declared without (sub …), and so final");
                explanation.notes.push("a type without (sub …) abbreviates (sub final …)".into());
                explanation.help.push(format!("to let types extend it: (type {name} (sub (struct …)))"));
            } else {
                declared_here(*sup, "declared final");
                explanation.help.push(format!("declare {name} without `final`"));
            }
        }
        (Premise::NotLikeSuper { sup }, _) => declared_here(*sup, "the supertype"),
        (Premise::ImmutableField { .. }, Some(instr)) => {
            let x = match instr {
                Instr::StructSet(x, _) | Instr::ArraySet(x) | Instr::ArrayFill(x) => Some(x),
                Instr::ArrayCopy(x, _) | Instr::ArrayInitData(x, _) | Instr::ArrayInitElem(x, _) => Some(x),
                _ => None,
            };
            if let Some(x) = x {
                declared_here(TypeUse::Idx(x), "declared here");
            }
            if let Instr::StructSet(x, i) = instr {
                let field = names.fields.get(&x).and_then(|fields| fields.get(&i));
                let field = field.map_or(format!("field {i}"), |name| format!("field ${name}"));
                explanation.help.push(format!("to write to {field}, declare it (field (mut …))"));
            } else {
                explanation.help.push("to write to the array, declare it (array (mut …))".into());
            }
        }
        (Premise::ValuesLeft { .. }, _) => {
            explanation.help.push(
                "a block leaves exactly its results on the stack: `drop` the value, or declare a (result …)".into(),
            );
        }
        (Premise::StackUnderflow { .. }, _) => {
            explanation.help.push(
                "a block does not see the operands outside of it, but for its parameters; give it a (param …)".into(),
            );
        }
        (Premise::UndeclaredReference { .. }, _) => {
            explanation.help.push("declare it: (elem declare func …)".into());
        }
        (Premise::LocalUnset { .. }, _) => {
            explanation.help.push(
                "a local of a type without default must be set before it is read, in the same block or around it"
                    .into(),
            );
        }
        _ => {}
    }
}

/// From `Module_ok` down to the premise that fails.
fn tree(
    input: &Input,
    invalid: &Invalid,
    watch: &StackRecorder,
    closed: &Closed<'_>,
    broken: Option<&Broken>,
    labels: &Labels,
) -> Tree {
    let names = &input.module.names;
    let mut failed = Tree {
        rule: Some(invalid.rule),
        conclusion: labels.apply(&place(&input.module, invalid.place)).into(),
        failure: Some(labels.apply(&facts(&invalid.premise, names).to_string())),
        ..Tree::default()
    };
    let has_body = matches!(
        invalid.place.definition,
        Definition::Func(_) | Definition::Global(_) | Definition::Table(_) | Definition::Elem(_) | Definition::Data(_)
    );
    let why = broken.map(|broken| Tree::broken(broken, names, labels));
    let definition = body::derivation(&input.module, invalid.place, watch, Some(invalid), closed);
    let inner = match definition.filter(|_| has_body && instruction(&input.module, invalid.place).is_some()) {
        Some(mut tree) => {
            // The innermost failure gets the reason, down to the types.
            let mut node = &mut tree;
            while node.premises.last().is_some_and(|premise| premise.failure.is_some()) {
                node = node.premises.last_mut().expect("there is one");
            }
            node.failure = failed.failure;
            node.premises.extend(why);
            tree
        }
        None => {
            failed.premises.extend(why);
            failed
        }
    };
    Tree {
        rule: Some(rule!("Module_ok")),
        conclusion: Conclusion::typed(&input.path, "ok"),
        failure: Some(String::new()),
        uses: Vec::new(),
        premises: vec![inner],
    }
}
