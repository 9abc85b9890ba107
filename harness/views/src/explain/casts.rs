//! Explains the casts of a run: why a `ref.test`, `ref.cast`, `br_on_cast` or `br_on_cast_fail` succeeded or failed.

use super::Input;
use super::labels::Labels;
use super::render::line_and_column;
use super::tree::Tree;
use lockstep_semantics::derivation::Prover;
use lockstep_semantics::execution::{Ref, Store, Value, Zipper, inst_reftype};
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::{Definition, Matching, Place};
use lockstep_spec::{RuleId, rule};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// How many casts are kept; the others are counted.
const KEPT: usize = 200;

/// One cast.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The function, by name or index, and the byte of the instruction.
    pub place: String,
    /// The instruction.
    pub instruction: String,
    /// The reference.
    pub value: String,
    /// Its own type, and by which rule it has it.
    pub actual: String,
    /// The rule of that.
    pub actual_rule: RuleId,
    /// The type asked for.
    pub asked: String,
    /// Whether the reference is of that type.
    pub holds: bool,
    /// The derivation, or where it breaks.
    pub why: Tree,
    /// In one line.
    pub because: Option<String>,
    /// The rule of the step.
    pub step: Option<RuleId>,
    /// The function, by index, and the offset of the instruction in its binary module.
    at: Option<(FuncIdx, u32)>,
}

/// An observer that records the casts of a run.
#[derive(Clone, Debug, Default)]
pub struct Casts {
    /// The casts, in order.
    pub casts: Vec<Cast>,
    /// How many more there were.
    pub more: usize,
    pending: bool,
}

impl Observer for Casts {
    const WATCHES_STEPS: bool = true;

    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.pending = false;
        let (Instr::RefTest(rt) | Instr::RefCast(rt) | Instr::BrOnCast(_, _, rt) | Instr::BrOnCastFail(_, _, rt)) =
            redex
        else {
            return;
        };
        if self.casts.len() >= KEPT {
            self.more += 1;
            return;
        }
        let Some(Value::Ref(r)) = z.values.last().and_then(|slot| slot.value()) else { return };
        self.casts.push(cast(s, z, redex, r, rt));
        self.pending = true;
    }

    fn contractum(&mut self, _: &Store, _: &Zipper, rule: Option<RuleId>) {
        if std::mem::take(&mut self.pending)
            && let Some(cast) = self.casts.last_mut()
        {
            cast.step = rule;
        }
    }
}

fn cast(s: &Store, z: &Zipper, redex: Instr, r: Ref, rt: RefType) -> Cast {
    let instance = &s.modules[z.frame.module.index()];
    let module = &instance.module;
    let names = &module.names;
    let mut labels = Labels::default();
    labels.add(&instance.types, names, None);
    for (i, other) in s.modules.iter().enumerate() {
        let name = other.module.names.module.clone().unwrap_or_else(|| format!("instance {i}"));
        labels.add(&other.types, &other.module.names, Some(&name));
    }
    let (actual_rule, actual) = own_type(s, r);
    let asked = inst_reftype(instance, rt);
    let prover = Prover { c: Matching::closed(&s.types) };
    let show = |rt: RefType| labels.apply(&rt.to_string());
    let position = z.pc.saturating_sub(1);
    let offset = module.code.offset(position);
    let func = module.offsets.funcs.iter().rposition(|&begin| begin <= offset);
    let imported = module.imports.iter().filter(|import| matches!(import.ty, ExternType::Func(_))).count();
    let func = func.map(|i| (i + imported) as FuncIdx);
    // In a text, line and column are added by `Casts::locate`, which knows its name.
    let byte = match module.offsets.lines {
        Some(_) => String::new(),
        None => format!(", byte {offset:#x}"),
    };
    let place = match func.map(|x| (x, names.funcs.get(&x))) {
        Some((_, Some(name))) => format!("${name}{byte}"),
        Some((x, None)) => format!("function {x}{byte}"),
        None => format!("an expression{byte}"),
    };
    let shown = redex.display(&module.code, names);
    let instruction = func.map_or(shown, |x| shown.in_func(x)).to_string();
    let (holds, why, because) = match prover.reftype_sub(actual, asked) {
        Ok(derivation) => (true, Tree::derivation(&derivation, names, &labels), None),
        Err(broken) => {
            let first = broken.first();
            let (goal, why) = (first.goal.to_string(), first.reason.display(names).to_string());
            (false, Tree::broken(&broken, names, &labels), Some(labels.apply(&format!("{goal} does not hold: {why}"))))
        }
    };
    Cast {
        place,
        instruction,
        value: r.to_string(),
        actual: show(actual),
        actual_rule,
        asked: show(asked),
        holds,
        why,
        because,
        step: None,
        at: func.map(|x| (x, offset)),
    }
}

/// The smallest type of a reference, by the rule `Ref_ok/…` that gives it.
fn own_type(s: &Store, r: Ref) -> (RuleId, RefType) {
    let non_null = |aht| RefType::non_null(HeapType::abs(aht));
    let def = |dt| RefType::non_null(HeapType::Use(TypeUse::Def(dt)));
    match r {
        Ref::Null => (rule!("Ref_ok/null"), RefType::null(HeapType::abs(AbsHeapType::Bot))),
        Ref::I31(_) => (rule!("Ref_ok/i31"), non_null(AbsHeapType::I31)),
        Ref::I31Shared(_) => {
            let heap = HeapType::Abs(Share::Shared, AbsHeapType::I31);
            (rule!("Ref_ok/i31_shared"), RefType::non_null(heap))
        }
        Ref::Struct(a) => (rule!("Ref_ok/struct"), def(s.structs.ty(a))),
        Ref::Array(a) => (rule!("Ref_ok/array"), def(s.arrays.ty(a))),
        Ref::Func(a) => (rule!("Ref_ok/func"), def(s.funcs[a as usize].ty)),
        Ref::Exn(_) => (rule!("Ref_ok/exn"), non_null(AbsHeapType::Exn)),
        Ref::Host(_) => (rule!("Ref_ok/host"), non_null(AbsHeapType::Any)),
        Ref::Extern(_) => (rule!("Ref_ok/extern"), non_null(AbsHeapType::Extern)),
    }
}

impl Casts {
    /// Adds to the places of the casts where they are in the text of the one module that was run.
    pub fn locate(&mut self, input: &Input) {
        let Some(text) = &input.text else { return };
        for cast in self.casts.iter_mut() {
            if let Some((x, offset)) = cast.at.take()
                && let Some((span, true)) = input.find(Place { definition: Definition::Func(x), offset, line: None })
            {
                let (line, column) = line_and_column(text, span.start);
                cast.place += &format!(", {}:{line}:{column}", input.path);
            }
        }
    }

    /// As text; `depth` folds the derivations.
    pub fn render(&self, depth: usize) -> String {
        let mut out = String::new();
        for cast in &self.casts {
            let _ = writeln!(out, "{} in {}", cast.instruction, cast.place);
            let _ = writeln!(out, "  the reference {} is of type {} [{}]", cast.value, cast.actual, cast.actual_rule);
            let is = if cast.holds { "is" } else { "is not" };
            let _ = writeln!(out, "  it {is} of type {}", cast.asked);
            if let Some(because) = &cast.because {
                let _ = writeln!(out, "  because {because}");
            }
            if let Some(step) = cast.step {
                let _ = writeln!(out, "  and so the step is {step}");
            }
            for line in cast.why.render(depth).lines() {
                let _ = writeln!(out, "    {line}");
            }
            out.push('\n');
        }
        match (self.casts.is_empty(), self.more) {
            (true, _) => out.push_str("the run made no casts\n"),
            (false, 0) => {}
            (false, more) => {
                let _ = writeln!(out, "… and {more} casts more");
            }
        }
        out
    }

    /// As JSON.
    pub fn json(&self) -> Json {
        let casts: Vec<Json> = self
            .casts
            .iter()
            .map(|cast| {
                json!({
                    "place": cast.place,
                    "instruction": cast.instruction,
                    "value": cast.value,
                    "type": cast.actual,
                    "type_rule": cast.actual_rule.as_str(),
                    "asked": cast.asked,
                    "holds": cast.holds,
                    "because": cast.because,
                    "step": cast.step.map(RuleId::as_str),
                    "derivation": cast.why.json(),
                })
            })
            .collect();
        json!({ "casts": casts, "more": self.more })
    }
}
