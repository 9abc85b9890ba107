//! Builds the derivation of a function body, instruction by instruction, from the reports of validation.
//!
//! Each node of an instruction has the types of the innermost sequence before and after it: that is the type
//! `ε → t*` of the sequence up to there, which `Instrs_ok/seq` concludes.

use super::Input;
use super::labels;
use super::source::expressions;
use super::stack::{Closed, StackRecorder, TypingEvent, show};
use super::tree::{Conclusion, Tree};
use lockstep_semantics::derivation::body::{Context, NoDerivation, check, prove};
use lockstep_semantics::syntax::{FuncIdx, Instr, Module, Seq};
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{Definition, Invalid, Place, validate_in};
use lockstep_spec::{RuleId, rule};

/// The nesting depth of blocks above which no derivation is shown: deeper indentation is of no use.
const NESTED: usize = 500;

/// Whether blocks nest too deep for a derivation to be shown.
fn too_deep(module: &Module, seq: Seq) -> bool {
    let mut todo = vec![(seq, 0)];
    while let Some((seq, depth)) = todo.pop() {
        if depth > NESTED {
            return true;
        }
        for instr in module.code.seq(seq) {
            match *instr {
                Instr::Block(_, seq) | Instr::Loop(_, seq) | Instr::TryTable(_, _, seq) => todo.push((seq, depth + 1)),
                Instr::If(_, seq_1, seq_2) => todo.extend([(seq_1, depth + 1), (seq_2, depth + 1)]),
                _ => {}
            }
        }
    }
    false
}

/// The derivation of a function body of a valid module.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyDerivation {
    /// The function.
    pub func: FuncIdx,
    /// The derivation, to look at. `Instrs_ok/instr`, `Instrs_ok/seq` and `Instrs_ok/frame` have no nodes here: a sequence
    /// is a list, in which each instruction stands with the whole stack.
    pub tree: Tree,
    /// The number of nodes of the derivation that the literal checker accepted; none when it is too large to hold in
    /// full.
    pub checked: Option<usize>,
}

/// The derivation of a function of a valid module, by its index; none when there is no such function.
///
/// # Errors
/// The checker refuses the derivation, or there is none: a bug.
pub fn body(input: &Input, func: FuncIdx) -> Result<Option<BodyDerivation>, String> {
    let mut table = TypeTable::new();
    let types = table.define_all(&input.module.types);
    let closed = Closed::new(&input.module, &types);
    let place = Place { definition: Definition::Func(func), offset: 0, line: None };
    let Some(c) = Context::new(&input.module, &types, &table) else { return Ok(None) };
    match prove(&c, func) {
        Ok(body) => {
            check(&c, &body).map_err(|flaw| flaw.to_string())?;
            let deep = expressions(&input.module, place.definition);
            let tree = match deep.into_iter().any(|seq| too_deep(&input.module, seq)) {
                true => {
                    let name = labels::name(&input.module, place.definition);
                    let says = format!("ok, by blocks inside each other {NESTED} deep and more: not shown");
                    let what = Conclusion::typed(name, says);
                    Tree::node(rule!("Func_ok"), what, vec![])
                }
                false => super::typing::tree(input, place.definition, &body, &closed),
            };
            Ok(Some(BodyDerivation { func, tree, checked: Some(body.size()) }))
        }
        Err(NoDerivation::NoFunction) => Ok(None),
        Err(NoDerivation::TooLarge) => {
            let mut watch = StackRecorder::new(true);
            let invalid = validate_in(&input.module, &mut TypeTable::new(), &mut watch).err();
            let tree = derivation(&input.module, place, &watch, invalid.as_ref(), &closed);
            Ok(tree.map(|tree| BodyDerivation { func, tree, checked: None }))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The derivation of the body, or of the constant expressions, of one definition, as far as it goes: all of it in a
/// valid module, down to the failure when the definition is where `invalid` is.
pub(super) fn derivation(
    module: &Module,
    place: Place,
    watch: &StackRecorder,
    invalid: Option<&Invalid>,
    closed: &Closed<'_>,
) -> Option<Tree> {
    let invalid = invalid.filter(|invalid| invalid.place.definition == place.definition);
    let (rule, what) = match place.definition {
        Definition::Func(_) => (rule!("Func_ok"), "expr"),
        Definition::Global(_) => (rule!("Global_ok"), "expr const"),
        Definition::Table(_) => (rule!("Table_ok"), "expr const"),
        Definition::Elem(_) => (rule!("Elem_ok"), "expr const"),
        _ => (rule!("Data_ok"), "expr const"),
    };
    let mut premises = Vec::new();
    for seq in expressions(module, place.definition) {
        if too_deep(module, seq) {
            return None;
        }
        let Some(begin) = watch
            .events
            .iter()
            .position(|event| matches!(event, TypingEvent::Typing { position, .. } if *position == seq.0))
        else {
            continue;
        };
        let mut reader = Reader { module, place, events: &watch.events, at: begin, closed, invalid };
        let (steps, failed) = reader.sequence();
        let mut tree = Tree::node(rule!("Expr_ok"), what, steps);
        if failed {
            tree.failure = Some(String::new());
        }
        premises.push(tree);
    }
    if premises.is_empty() && invalid.is_none() {
        return None;
    }
    let mut tree = Tree::node(rule, Conclusion::typed(labels::name(module, place.definition), "ok"), premises);
    if invalid.is_some() {
        tree.failure = Some(String::new());
    }
    Some(tree)
}

struct Reader<'a> {
    module: &'a Module,
    place: Place,
    events: &'a [TypingEvent],
    at: usize,
    closed: &'a Closed<'a>,
    invalid: Option<&'a Invalid>,
}

impl Reader<'_> {
    /// A sequence up to its end: its instructions, and whether one of them failed.
    fn sequence(&mut self) -> (Vec<Tree>, bool) {
        let mut steps = Vec::new();
        loop {
            let Some(TypingEvent::Typing { position, ts, below }) = self.events.get(self.at) else {
                return (steps, true);
            };
            self.at += 1;
            let position = *position;
            let instr = self.module.code.instrs()[position as usize];
            let before = self.closed.stack(ts, *below);
            let mut uses = self.rules();
            let mut premises = Vec::new();
            let mut failed = false;
            let nested = match instr {
                Instr::Block(_, seq) | Instr::Loop(_, seq) | Instr::TryTable(_, _, seq) => vec![seq],
                Instr::If(_, seq_1, seq_2) => vec![seq_1, seq_2],
                _ => vec![],
            };
            for seq in nested {
                if failed
                    || !matches!(self.events.get(self.at), Some(TypingEvent::Typing { position, .. }) if *position == seq.0)
                {
                    failed = true;
                    break;
                }
                let (inner, inner_failed) = self.sequence();
                failed |= inner_failed;
                let mut tree = Tree::node(rule!("Instrs_ok/seq"), "C, labels (…) ⊢ instr*", inner);
                tree.failure = inner_failed.then(String::new);
                premises.push(tree);
            }
            let end = matches!(instr, Instr::End);
            // What concludes a block is reported at the end of its last sequence, which has just been read.
            let rule = match premises.is_empty() {
                true => uses.iter().copied().find(|rule| is_instr(*rule)),
                false => self.block_rule(instr),
            };
            let here = self.invalid.filter(|invalid| self.module.code.offset(position) == invalid.place.offset);
            let failed_here = !failed && here.is_some() && self.at >= self.events.len();
            uses.retain(|rule| !is_instr(*rule) && !rule.as_str().starts_with("Instrs_ok/"));
            uses.dedup();
            let text = match end {
                true => "the end of the sequence".to_owned(),
                false => self.show(instr),
            };
            let after = match self.events.get(self.at) {
                Some(TypingEvent::Typing { ts, below, .. }) if !end && !failed && !failed_here => {
                    format!(" → {}", self.closed.stack(ts, *below))
                }
                _ => String::new(),
            };
            let rule = match (rule, here, end) {
                (_, Some(invalid), _) if failed_here => Some(invalid.rule),
                (_, _, true) => Some(rule!("Instrs_ok/sub")),
                (rule, ..) => rule,
            };
            let failure = match (failed_here, here) {
                (true, Some(invalid)) => Some(invalid.premise.to_string()),
                _ => failed.then(String::new),
            };
            let conclusion = Conclusion::typed(text, format!("{before}{after}"));
            steps.push(Tree { rule, conclusion, failure, uses, premises });
            if failed || failed_here {
                return (steps, true);
            }
            if end {
                return (steps, false);
            }
        }
    }

    /// The rules reported before the next instruction.
    fn rules(&mut self) -> Vec<RuleId> {
        let mut rules = Vec::new();
        while let Some(TypingEvent::Rule(rule)) = self.events.get(self.at) {
            rules.push(*rule);
            self.at += 1;
        }
        rules
    }

    fn block_rule(&self, instr: Instr) -> Option<RuleId> {
        Some(match instr {
            Instr::Block(..) => rule!("Instr_ok/block"),
            Instr::Loop(..) => rule!("Instr_ok/loop"),
            Instr::If(..) => rule!("Instr_ok/if"),
            Instr::TryTable(..) => rule!("Instr_ok/try_table"),
            _ => return None,
        })
    }

    fn show(&self, instr: Instr) -> String {
        show(self.module, self.place.definition, instr)
    }
}

fn is_instr(rule: RuleId) -> bool {
    rule.as_str().starts_with("Instr_ok/")
}
