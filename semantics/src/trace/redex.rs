//! The redex, remembered until its step has been made.

use super::*;

/// What a redex consists of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// An instruction with its operands.
    Operands,
    /// All of a sequence: an exception or a trap on its way.
    Sequence,
    /// A context with the sequence in it.
    Context(LayerKind),
}

/// At most so many values of a redex are remembered.
const SHOWN: usize = 12;

/// A configuration about to be reduced, as much of it as is needed afterwards.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) instr: Instr,
    pub(super) module: ModuleAddr,
    pub(super) func: Option<Addr>,
    pub(super) form: Form,
    /// The values of the redex, the topmost ones when there are many.
    pub(super) operands: Vec<Slot>,
    /// Whether there are more values than [`Before::operands`].
    pub(super) elided: bool,
    /// Whether the redex has instructions to the right of [`Before::instr`].
    pub(super) rest: bool,
    /// The values, pending instructions and layers that are not the redex's.
    pub(super) values: usize,
    pub(super) pending: usize,
    pub(super) layers: usize,
    pub(super) depth: usize,
    pub(super) moved: Vec<Slot>,
}

impl Default for Before {
    fn default() -> Self {
        Before {
            instr: Instr::Nop,
            module: ModuleAddr::EMPTY,
            func: None,
            form: Form::Operands,
            operands: Vec::new(),
            elided: false,
            rest: false,
            values: 0,
            pending: 0,
            layers: 0,
            depth: 0,
            moved: Vec::new(),
        }
    }
}

impl Before {
    /// Remembers a configuration. `height` is how many values there were after the last step.
    pub(super) fn take(&mut self, s: &Store, z: &Zipper, instr: Instr, func: Option<Addr>, height: usize) {
        let layer = *z.layer();
        let hole = z.hole_values();
        self.instr = instr;
        self.module = z.frame.module;
        self.func = func;
        self.depth = z.layers.len() - 1;
        self.moved.clear();
        self.moved.extend_from_slice(z.values.get(height..).unwrap_or(&[]));
        self.rest = instr != Instr::End
            && (z.pending.len() > layer.pending as usize
                || self.module(s).module.code.instrs()[z.pc as usize] != Instr::End);
        let top = match hole.last().and_then(|slot| slot.value()) {
            Some(Value::Ref(r)) => Some(r),
            _ => None,
        };
        self.form = match instr {
            Instr::End | Instr::Br(_) | Instr::Return | Instr::ReturnCallRef(_) => Form::Context(layer.kind),
            Instr::Trap if hole.is_empty() && !self.rest => Form::Context(layer.kind),
            Instr::Trap => Form::Sequence,
            Instr::ThrowRef if top == Some(Ref::Null) => Form::Operands,
            Instr::ThrowRef if hole.len() == 1 && !self.rest => Form::Context(layer.kind),
            Instr::ThrowRef => Form::Sequence,
            _ => Form::Operands,
        };
        let n = match self.form {
            Form::Operands => operands(s, self.module, &instr, top).unwrap_or(0).min(hole.len()),
            Form::Sequence | Form::Context(_) => hole.len(),
        };
        (self.pending, self.layers) = match self.form {
            Form::Operands => (z.pending.len(), z.layers.len()),
            Form::Sequence => (layer.pending as usize, z.layers.len()),
            Form::Context(_) => (layer.pending as usize, z.layers.len() - 1),
        };
        self.rest &= self.form != Form::Operands;
        self.values = z.values.len() - n;
        self.elided = n > SHOWN;
        self.operands.clear();
        self.operands.extend_from_slice(&z.values[z.values.len() - n.min(SHOWN)..]);
    }

    /// The module instance of the redex.
    pub(super) fn module<'a>(&self, s: &'a Store) -> &'a ModuleInst {
        &s.modules[self.module.0 as usize]
    }

    /// The function that the redex calls.
    pub(super) fn callee(&self) -> Option<Addr> {
        match (self.instr, self.operands.last().and_then(|slot| slot.value())) {
            (Instr::CallRef(_), Some(Value::Ref(Ref::Func(a)))) => Some(a),
            _ => None,
        }
    }
}
