//! The shared list of instructions.

use super::{Catch, Instr, LabelIdx, ValType};
use std::marker::PhantomData;

/// `instr*`: a sequence of instructions, as the place in a [`Code`] where it begins. It ends at the first
/// [`Instr::End`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seq(pub u32);

impl Seq {
    /// The empty sequence, in every [`Code`].
    pub const EMPTY: Seq = Seq(0);
}

/// A list of labels, catch clauses or value types, as a stretch of the [`Code`] it belongs to.
pub struct List<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.len) == (other.start, other.len)
    }
}
impl<T> Eq for List<T> {}
impl<T> std::hash::Hash for List<T> {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        (self.start, self.len).hash(h);
    }
}
impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "List({}..{})", self.start, self.start + self.len)
    }
}
impl<T> List<T> {
    /// The empty list.
    pub const EMPTY: List<T> = List { start: 0, len: 0, of: PhantomData };
    /// The number of elements.
    pub fn len(self) -> usize {
        self.len as usize
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
    /// `catch'*` of `catch catch'*`: the list without its first element.
    pub fn rest(self) -> Self {
        List { start: self.start + 1, len: self.len - 1, of: PhantomData }
    }
    fn slice(self, all: &[T]) -> &[T] {
        &all[self.start as usize..(self.start + self.len) as usize]
    }
    fn add(all: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> Self {
        let start = all.len() as u32;
        all.extend(items);
        List { start, len: all.len() as u32 - start, of: PhantomData }
    }
}

/// All instruction sequences of a module, one after the other, each closed by [`Instr::End`], with the lists that
/// instructions refer to.
///
/// Never changed once the module is decoded; a running machine shares it.
#[derive(Clone, Debug)]
pub struct Code {
    instrs: Vec<Instr>,
    offsets: Vec<u32>,
    labels: Vec<LabelIdx>,
    catches: Vec<Catch>,
    types: Vec<ValType>,
}

impl Default for Code {
    /// Nothing but the empty sequence.
    fn default() -> Self {
        Code { instrs: vec![Instr::End], offsets: vec![0], labels: vec![], catches: vec![], types: vec![] }
    }
}

impl PartialEq for Code {
    /// Whether the instructions are the same and stand in the same places; byte offsets aside.
    fn eq(&self, other: &Self) -> bool {
        let Code { instrs, offsets: _, labels, catches, types } = self;
        (instrs, labels, catches, types) == (&other.instrs, &other.labels, &other.catches, &other.types)
    }
}

impl Code {
    /// Adds a sequence; each instruction comes with its byte offset in the binary module. The nested sequences have
    /// been added before. `end` is the offset of the closing `end` or `else`.
    pub fn add_seq(&mut self, instrs: impl IntoIterator<Item = (Instr, u32)>, end: u32) -> Seq {
        let start = self.instrs.len() as u32;
        for (instr, offset) in instrs {
            self.instrs.push(instr);
            self.offsets.push(offset);
        }
        self.instrs.push(Instr::End);
        self.offsets.push(end);
        Seq(start)
    }
    /// Adds the labels of a `br_table`.
    pub fn add_labels(&mut self, labels: impl IntoIterator<Item = LabelIdx>) -> List<LabelIdx> {
        List::add(&mut self.labels, labels)
    }
    /// Adds the clauses of a `try_table`.
    pub fn add_catches(&mut self, catches: impl IntoIterator<Item = Catch>) -> List<Catch> {
        List::add(&mut self.catches, catches)
    }
    /// Adds the type annotation of a `select`.
    pub fn add_types(&mut self, types: impl IntoIterator<Item = ValType>) -> List<ValType> {
        List::add(&mut self.types, types)
    }
    /// The same code, but for the instruction at a position of [`Code::instrs`]. Where there is none, or a sequence
    /// ends, it is `None`.
    pub fn with_instr(&self, position: u32, instr: Instr) -> Option<Code> {
        let mut code = self.clone();
        match code.instrs.get_mut(position as usize) {
            None | Some(Instr::End) => None,
            Some(old) => {
                *old = instr;
                Some(code)
            }
        }
    }
    /// All instructions with the closing [`Instr::End`]s; [`Seq`]s are positions in it.
    pub fn instrs(&self) -> &[Instr] {
        &self.instrs
    }
    /// The instructions of a sequence, without the closing [`Instr::End`].
    pub fn seq(&self, seq: Seq) -> impl Iterator<Item = &Instr> + Clone {
        self.instrs[seq.0 as usize..].iter().take_while(|instr| !matches!(instr, Instr::End))
    }
    /// The byte offset in the binary module of the instruction at a position of [`Code::instrs`].
    pub fn offset(&self, position: u32) -> u32 {
        self.offsets[position as usize]
    }
    /// The labels of a `br_table`.
    pub fn labels(&self, list: List<LabelIdx>) -> &[LabelIdx] {
        list.slice(&self.labels)
    }
    /// The clauses of a `try_table`.
    pub fn catches(&self, list: List<Catch>) -> &[Catch] {
        list.slice(&self.catches)
    }
    /// The type annotation of a `select`.
    pub fn types(&self, list: List<ValType>) -> &[ValType] {
        list.slice(&self.types)
    }
}
