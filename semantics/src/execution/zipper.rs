//! Configurations as a zipper: the hole where the next redex stands, and the context around it.
//!
//! The standard reduces `s; f; instr*` under the contexts `val* [_] instr*`, `LABEL_n{instr*} [_]`,
//! `HANDLER_n{catch*} [_]` and `FRAME_n{f} [_]`. Here the path from the outside to the hole is a stack of [`Layer`]s,
//! so that a step costs the same at any depth. What the standard writes inside one layer is, from left to right:
//!
//! - the values, from the layer's `values` on, of [`Zipper::values`];
//! - the instructions of contracta that are still to be reduced, from the layer's `pending` on, of
//!   [`Zipper::pending`], in reverse: the next one is last;
//! - the rest of a sequence of the program, from [`Zipper::pc`] to the next [`Instr::End`].
//!
//! What stands to the right of a layer in the sequence around it is kept in the layer: the `pc` to go on with, while
//! values and pending instructions of the outer sequence lie below those of the inner one.

use super::*;
use crate::syntax::*;

/// The kind of a context.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
pub enum LayerKind {
    /// The outermost sequence: there is nothing around it.
    Top,
    /// `LABEL_n{instr'*} [_]`; the continuation `instr'*` is empty or a loop.
    Label {
        /// The arity.
        n: u32,
        /// `instr'*`: the loop `LOOP bt instr*`, or nothing.
        cont: Option<(BlockType, Seq)>,
    },
    /// `HANDLER_n{catch*} [_]`
    Handler {
        /// The arity.
        n: u32,
        /// The clauses.
        catches: List<Catch>,
    },
    /// `FRAME_n{f} [_]`. The frame `f` itself is the machine's current one; kept here is the one around it.
    Frame {
        /// The arity.
        n: u32,
        /// The enclosing frame.
        outer: Frame,
    },
}

/// `frame`, `{LOCALS (val?)*, MODULE moduleinst}`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Where its locals begin in [`Zipper::locals`]; they end where those of the next frame begin.
    pub locals: u32,
    /// Its module instance.
    pub module: ModuleAddr,
}

/// One layer of the context.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
pub struct Layer {
    /// What it is.
    pub kind: LayerKind,
    /// Where its values begin.
    pub values: u32,
    /// Where its pending instructions begin.
    pub pending: u32,
    /// The rest of the sequence around it.
    pub resume: u32,
}

/// A configuration but for its store.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Zipper {
    /// The values to the left of the hole, and of all enclosing holes.
    pub values: Vec<Slot>,
    /// The instructions of contracta to the right of the hole, the next one last, and of all enclosing holes.
    pub pending: Vec<Instr>,
    /// The enclosing layers, the innermost last. Never empty: the first is [`LayerKind::Top`].
    pub layers: Vec<Layer>,
    /// The locals of all frames.
    pub locals: Vec<Slot>,
    /// The current frame.
    pub frame: Frame,
    /// Where in the code of the current frame's module the rest of the innermost sequence begins.
    pub pc: u32,
    /// The number of `FRAME_` layers.
    pub frames: u32,
    /// Where the innermost layer's pending instructions begin; the same as in the last of the layers.
    pub(crate) pending_base: u32,
}

impl Default for Zipper {
    /// Nothing at all, to stand in for a configuration that is being reduced elsewhere.
    fn default() -> Self {
        Zipper {
            values: Vec::new(),
            pending: Vec::new(),
            layers: Vec::new(),
            locals: Vec::new(),
            frame: Frame { locals: 0, module: ModuleAddr::EMPTY },
            pc: Seq::EMPTY.0,
            frames: 0,
            pending_base: 0,
        }
    }
}

impl Zipper {
    /// `{MODULE module}; instr*` with a sequence of the module's code.
    pub fn new(module: ModuleAddr, instrs: Seq) -> Self {
        Zipper {
            values: Vec::new(),
            pending: Vec::new(),
            layers: vec![Layer { kind: LayerKind::Top, values: 0, pending: 0, resume: 0 }],
            locals: Vec::new(),
            frame: Frame { locals: 0, module },
            pc: instrs.0,
            frames: 0,
            pending_base: 0,
        }
    }

    /// The innermost layer.
    #[inline(always)]
    pub fn layer(&self) -> &Layer {
        self.layers.last().expect("the outermost layer is never left")
    }

    /// The values in the innermost sequence.
    pub fn hole_values(&self) -> &[Slot] {
        &self.values[self.layer().values as usize..]
    }

    /// Enters a layer whose sequence has the topmost `m` values to its left and `instrs` to its right.
    #[inline(always)]
    pub(crate) fn enter(&mut self, kind: LayerKind, m: u32, instrs: Seq) {
        let pending = self.pending.len() as u32;
        self.layers.push(Layer { kind, values: self.values.len() as u32 - m, pending, resume: self.pc });
        self.pending_base = pending;
        self.pc = instrs.0;
    }

    /// Leaves the innermost layer, which is no frame, with all the values in it; the instructions left in it are
    /// forgotten.
    #[inline(always)]
    pub(crate) fn leave(&mut self) {
        if let Some(layer) = self.layers.pop() {
            self.pending.truncate(layer.pending as usize);
            self.pc = layer.resume;
            self.pending_base = self.layer().pending;
        }
    }

    /// Forgets all values in the innermost sequence but the topmost `n`.
    #[inline(always)]
    pub(crate) fn keep(&mut self, n: u32) {
        let base = self.layer().values as usize;
        let from = self.values.len() - n as usize;
        if from > base {
            self.values.copy_within(from.., base);
            self.values.truncate(base + n as usize);
        }
    }

    /// Forgets the instructions left in the innermost sequence.
    pub(crate) fn cut(&mut self) {
        self.pending.truncate(self.pending_base as usize);
        self.pc = Seq::EMPTY.0;
    }

    /// Bytes that the stacks take.
    pub(crate) fn size(&self) -> u64 {
        ((self.values.len() + self.locals.len()) * size_of::<Slot>()
            + self.layers.len() * size_of::<Layer>()
            + self.pending.len() * size_of::<Instr>()) as u64
    }
}
