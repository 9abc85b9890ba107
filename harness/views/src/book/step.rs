//! One step in text notation: the redex with its operands, and what became of it.
//!
//! An example to look at, not a trace: of the store nothing is shown, and of the context only the layer that the step
//! enters or leaves.

use lockstep_semantics::execution::{LayerKind, Slot, Store, Zipper};
use lockstep_semantics::syntax::{Instr, Seq};
use lockstep_semantics::{RuleId, rule};
use std::fmt::Write as _;

/// How many operands are kept at most; the rest shows as `…`.
const KEPT: usize = 6;

/// What has to be known of the configuration before a step.
pub(super) struct Before {
    redex: Instr,
    module: usize,
    layers: usize,
    /// The innermost layer: its kind, and where its values and instructions begin.
    kind: LayerKind,
    layer_values: usize,
    layer_pending: usize,
    values: usize,
    pending: usize,
    /// The topmost values, the last one at the end.
    kept: [Slot; KEPT],
}

impl Before {
    pub(super) fn new(z: &Zipper, redex: Instr) -> Self {
        let layer = z.layer();
        let mut kept = [Slot::UNSET; KEPT];
        let count = z.values.len().min(KEPT);
        kept[KEPT - count..].copy_from_slice(&z.values[z.values.len() - count..]);
        Before {
            redex,
            module: z.frame.module.index(),
            layers: z.layers.len(),
            kind: layer.kind,
            layer_values: layer.values as usize,
            layer_pending: layer.pending as usize,
            values: z.values.len(),
            pending: z.pending.len(),
            kept,
        }
    }

    /// The value at a height of the stack, if it was kept.
    fn value(&self, at: usize) -> Option<Slot> {
        let below = self.values.checked_sub(at).filter(|below| (1..=KEPT).contains(below))?;
        Some(self.kept[KEPT - below])
    }
}

/// The name of the instruction that is the redex, if it is one of the text format's.
pub(super) fn name(s: &Store, before: &Before) -> Option<String> {
    if let Instr::End | Instr::Trap | Instr::Ref(_) = before.redex {
        return None;
    }
    instr(s, before.module, &before.redex).split_whitespace().next().map(str::to_owned)
}

/// The redex and the contractum of a step by a rule.
pub(super) fn show(s: &Store, before: &Before, z: &Zipper, rule: RuleId) -> (String, String) {
    // These throw away what is beside them in their sequence.
    if [rule!("Step_pure/trap-instrs"), rule!("Step_read/throw_ref-instrs")].contains(&rule) {
        let kept = sequence(s, z, before.layer_values, before.layer_pending);
        return (format!("… {kept} …"), kept);
    }
    let leaves = z.layers.len() < before.layers;
    let first = if leaves { before.layer_values } else { before.values - operands(before, z) };
    let mut redex = String::new();
    for at in first..before.values {
        match before.value(at) {
            Some(slot) => value(slot, &mut redex),
            None if redex.is_empty() => redex.push('…'),
            None => {}
        }
    }
    if !matches!(before.redex, Instr::End) {
        word(&wrapped(s, before.module, &before.redex), &mut redex);
    }
    if leaves {
        redex = layer(s, before.module, &before.kind, &redex);
    }

    let from = if leaves { before.layer_pending } else { before.pending };
    let mut contractum = sequence(s, z, first, from);
    if z.layers.len() > before.layers {
        // What the innermost one holds, and then the layers around it.
        contractum = sequence(s, z, z.layer().values as usize, z.layer().pending as usize);
        if rest(s, z) {
            word("…", &mut contractum);
        }
        for inner in z.layers[before.layers..].iter().rev() {
            contractum = layer(s, z.frame.module.index(), &inner.kind, &contractum);
        }
    }
    if rule == rule!("Step_read/throw_ref-handler-next") {
        redex = layer(s, before.module, &before.kind, &redex);
        contractum = layer(s, before.module, &z.layer().kind, &contractum);
    }
    if contractum.is_empty() {
        contractum.push('ε');
    }
    (redex, contractum)
}

/// How many of the topmost values the step took: as many as are not there any more, and at least as many as the
/// instruction always takes (of which some may look as if they were still there).
fn operands(before: &Before, z: &Zipper) -> usize {
    let same = |at: &usize| before.value(*at).is_none_or(|slot| z.values.get(*at) == Some(&slot));
    let bottom = before.layer_values.max(before.values.saturating_sub(KEPT));
    let kept = (bottom..before.values.min(z.values.len())).take_while(same).count();
    let least = least(&before.redex).min(before.values - before.layer_values);
    (before.values - bottom - kept).max(least)
}

fn least(redex: &Instr) -> usize {
    use Instr::*;
    match redex {
        Drop | If(..) | BrIf(_) | BrTable(..) | BrOnNull(_) | BrOnNonNull(_) | BrOnCast(..) | BrOnCastFail(..)
        | ThrowRef | CallRef(_) | LocalSet(_) | LocalTee(_) | GlobalSet(_) | TableGet(_) | Load(..) | Vload(..)
        | MemoryGrow(_) | RefIsNull | RefAsNonNull | RefTest(_) | RefCast(_) | RefI31 | I31Get(_) | StructGet(..)
        | ArrayNewDefault(_) | ArrayLen | ExternConvertAny | AnyConvertExtern | Unop(_) | Testop(..) | Cvtop(..)
        | Vvunop(_) | Vvtestop(_) | Vunop(_) | Vtestop(_) | Vbitmask(_) | Vsplat(_) | VextractLane(..)
        | Vextunop(..) | Vcvtop(..) => 1,
        TableSet(_) | TableGrow(_) | Store(..) | VloadLane(..) | Vstore(..) | VstoreLane(..) | RefEq
        | StructSet(..) | ArrayNew(_) | ArrayNewData(..) | ArrayNewElem(..) | ArrayGet(..) | Binop(_) | Relop(_)
        | Vvbinop(_) | Vbinop(_) | Vrelop(_) | Vshiftop(..) | Vswizzlop(_) | Vshuffle(_) | VreplaceLane(..)
        | Vextbinop(..) | Vnarrow(..) => 2,
        Select(_) | TableFill(_) | TableCopy(..) | TableInit(..) | MemoryFill(_) | MemoryCopy(..) | MemoryInit(..)
        | ArraySet(_) | Vvternop(_) | Vternop(_) | Vextternop(..) => 3,
        ArrayFill(_) | ArrayInitData(..) | ArrayInitElem(..) => 4,
        ArrayCopy(..) => 5,
        ArrayNewFixed(_, n) => *n as usize,
        _ => 0,
    }
}

/// The values from a height on, and the instructions of contracta.
fn sequence(s: &Store, z: &Zipper, values: usize, pending: usize) -> String {
    let mut text = String::new();
    for slot in z.values.get(values..).unwrap_or_default() {
        value(*slot, &mut text);
    }
    for redex in z.pending.get(pending..).unwrap_or_default().iter().rev() {
        word(&wrapped(s, z.frame.module.index(), redex), &mut text);
    }
    text
}

/// Whether there are instructions of the program left in the innermost sequence.
fn rest(s: &Store, z: &Zipper) -> bool {
    let module = &s.modules[z.frame.module.index()].module;
    module.code.seq(Seq(z.pc)).next().is_some()
}

fn layer(s: &Store, module: usize, kind: &LayerKind, inside: &str) -> String {
    let head = match kind {
        LayerKind::Top => return inside.to_owned(),
        LayerKind::Label { n, cont: None } => format!("label_{n} {{}}"),
        LayerKind::Label { n, cont: Some((bt, seq)) } => {
            format!("label_{n} {{({} …)}}", instr(s, module, &Instr::Loop(*bt, *seq)))
        }
        LayerKind::Handler { n, .. } => format!("handler_{n} {{…}}"),
        LayerKind::Frame { n, .. } => format!("frame_{n} {{…}}"),
    };
    if inside.is_empty() { format!("({head})") } else { format!("({head} {inside})") }
}

fn instr(s: &Store, module: usize, instr: &Instr) -> String {
    match s.modules.get(module) {
        Some(instance) => instr.display(&instance.module.code, &instance.module.names).to_string(),
        None => "…".into(),
    }
}

/// An instruction in a sequence: in parentheses but for `trap`.
fn wrapped(s: &Store, module: usize, redex: &Instr) -> String {
    let shown = instr(s, module, redex);
    if shown.starts_with('(') || matches!(redex, Instr::Trap) { shown } else { format!("({shown})") }
}

fn value(slot: Slot, text: &mut String) {
    let shown = slot.value().map_or_else(|| "…".to_owned(), |value| value.to_string());
    word(&shown, text);
}

fn word(word: &str, text: &mut String) {
    let space = if text.is_empty() { "" } else { " " };
    let _ = write!(text, "{space}{word}");
}
