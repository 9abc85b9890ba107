//! Records the operand stacks that validation reports, and shows them and instructions.

use super::labels::Labels;
use super::source::locate;
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::{Instr, Module, Notation as _, TypeUse, ValType};
use lockstep_semantics::types::subst_valtype;
use lockstep_semantics::validation::{Definition, Place};
use lockstep_spec::RuleId;
use rustc_hash::FxHashMap;

/// A report of validation.
#[derive(Debug)]
pub(super) enum TypingEvent {
    Rule(RuleId),
    Typing { position: u32, ts: Vec<ValType>, below: Below },
}

/// The stack below the operands that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    /// Nothing.
    Nothing,
    /// Further operands, not shown.
    More(usize),
    /// Whatever unreachable code may assume.
    Assumed,
}

/// How many operands are kept of each stack, so that code with long stacks does not take all the memory.
const KEPT: usize = 32;

/// Records the reports of validation: all of them, or only the last stack.
#[derive(Debug)]
pub(super) struct StackRecorder {
    pub(super) events: Vec<TypingEvent>,
    all: bool,
}

impl Observer for StackRecorder {
    const WATCHES_TYPING: bool = true;

    fn rule(&mut self, rule: RuleId) {
        if self.all {
            self.events.push(TypingEvent::Rule(rule));
        }
    }

    fn typing(&mut self, position: u32, ts: &[ValType], unreachable: bool) {
        if !self.all {
            self.events.clear();
        }
        let skipped = ts.len().saturating_sub(KEPT);
        let below = match (skipped, unreachable) {
            (0, false) => Below::Nothing,
            (0, true) => Below::Assumed,
            (n, _) => Below::More(n),
        };
        self.events.push(TypingEvent::Typing { position, ts: ts[skipped..].to_vec(), below });
    }
}

impl StackRecorder {
    pub(super) fn new(all: bool) -> Self {
        StackRecorder { events: Vec::new(), all }
    }

    /// The operands of the innermost sequence before the last instruction.
    pub(super) fn last_stack(&self) -> Option<(u32, &[ValType], Below)> {
        self.events.iter().rev().find_map(|event| match event {
            TypingEvent::Typing { position, ts, below } => Some((*position, ts.as_slice(), *below)),
            TypingEvent::Rule(_) => None,
        })
    }
}

/// Types with the indices that they come from.
pub(super) struct Closed<'a> {
    module: &'a Module,
    index: FxHashMap<lockstep_semantics::syntax::DefType, u32>,
    pub(super) labels: Labels,
}

impl<'a> Closed<'a> {
    pub(super) fn new(module: &'a Module, types: &[lockstep_semantics::syntax::DefType]) -> Self {
        let mut index = FxHashMap::default();
        for (x, &dt) in (0..).zip(types) {
            index.entry(dt).or_insert(x);
        }
        Closed { module, index, labels: Labels::of(types, &module.names) }
    }

    pub(super) fn stack(&self, ts: &[ValType], below: Below) -> String {
        let ts: Vec<ValType> = ts.iter().map(|&t| self.valtype(t)).collect();
        let text = self.labels.apply(&ts.display(&self.module.names).to_string());
        match below {
            Below::Nothing => text,
            Below::Assumed if ts.is_empty() => "[…]".into(),
            Below::Assumed => text.replacen('[', "[… ", 1),
            Below::More(n) => text.replacen('[', &format!("[({n} more) "), 1),
        }
    }

    fn valtype(&self, t: ValType) -> ValType {
        subst_valtype(t, &mut |tu| match tu {
            TypeUse::Def(dt) => self.index.get(&dt).map_or(tu, |&x| TypeUse::Idx(x)),
            _ => tu,
        })
    }
}

/// An instruction on one line, with the names of the module.
pub(super) fn show(module: &Module, definition: Definition, instr: Instr) -> String {
    let shown = instr.display(&module.code, &module.names);
    match definition {
        Definition::Func(x) => shown.in_func(x).to_string(),
        _ => shown.to_string(),
    }
}

/// The instruction at a place.
pub(super) fn instruction(module: &Module, place: Place) -> Option<(Instr, String)> {
    let instr = module.code.instrs()[locate(module, place)? as usize];
    Some((instr, if matches!(instr, Instr::End) { "end".into() } else { show(module, place.definition, instr) }))
}
