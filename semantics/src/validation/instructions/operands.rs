//! The operand stack of the validation algorithm.

use crate::syntax::ValType;

/// One type, or several that some declaration lists already; the last is on top.
#[derive(Clone, Copy, Debug)]
pub(super) enum Segment<'m> {
    One(ValType),
    /// Not empty.
    Many(&'m [ValType]),
}

/// The types of the operands. Those that an instruction pushes together stay one item, so that the stack takes memory in
/// proportion to the instructions seen, not to the results that they have.
#[derive(Debug, Default)]
pub(super) struct Operands<'m> {
    segments: Vec<Segment<'m>>,
    /// Where the operands of the innermost sequence begin.
    base: usize,
    /// Whether there are as many operands below those of the innermost sequence as one may ask for: its end is
    /// unreachable.
    polymorphic: bool,
}

/// What the innermost sequence had when another one was entered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    base: usize,
    polymorphic: bool,
}

impl<'m> Operands<'m> {
    pub(super) fn push(&mut self, t: ValType) {
        self.segments.push(Segment::One(t));
    }

    pub(super) fn push_all(&mut self, ts: &'m [ValType]) {
        match ts {
            [] => {}
            &[t] => self.push(t),
            _ => self.segments.push(Segment::Many(ts)),
        }
    }

    /// The topmost operand; `Bot` for one of the many that unreachable code may assume.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<ValType> {
        if self.segments.len() == self.base {
            return self.polymorphic.then_some(ValType::Bot);
        }
        match self.segments.pop()? {
            Segment::One(t) => Some(t),
            Segment::Many(ts) => {
                let (&t, rest) = ts.split_last()?;
                self.push_all(rest);
                Some(t)
            }
        }
    }

    /// The `i`-th item from the top; as many `Bot`s as one likes in unreachable code.
    #[inline]
    pub(super) fn peek(&self, i: usize) -> Option<Segment<'m>> {
        match self.segments[self.base..].iter().nth_back(i) {
            Some(&segment) => Some(segment),
            None => self.polymorphic.then_some(Segment::One(ValType::Bot)),
        }
    }

    /// The topmost operand; `Bot` for one of the many that unreachable code may assume.
    pub(super) fn peek_type(&self) -> Option<ValType> {
        match self.peek(0)? {
            Segment::One(t) => Some(t),
            Segment::Many(ts) => ts.last().copied(),
        }
    }

    /// Removes so many operands.
    pub(super) fn discard(&mut self, mut n: usize) {
        while n > 0 && self.segments.len() > self.base {
            match self.segments.pop() {
                Some(Segment::Many(ts)) if ts.len() > n => {
                    self.push_all(&ts[..ts.len() - n]);
                    return;
                }
                Some(Segment::Many(ts)) => n -= ts.len(),
                Some(Segment::One(_)) | None => n -= 1,
            }
        }
    }

    /// Whether below the topmost `i` items only those operands are left that unreachable code may assume.
    pub(super) fn only_assumed(&self, i: usize) -> bool {
        self.polymorphic && self.segments.len() - self.base <= i
    }

    /// Whether no operand of the innermost sequence is left.
    pub(super) fn is_empty(&self) -> bool {
        self.segments.len() == self.base
    }

    /// The operands of the innermost sequence, the topmost last, and whether unreachable code may assume more.
    pub(super) fn types(&self) -> (Vec<ValType>, bool) {
        let ts = self.segments[self.base..].iter().flat_map(|segment| match segment {
            Segment::One(t) => std::slice::from_ref(t),
            Segment::Many(ts) => ts,
        });
        (ts.copied().collect(), self.polymorphic)
    }

    /// What follows is never reached: `t_1*` of `t_1* → t_2*` is whatever is there, `t_2*` whatever is asked for.
    pub(super) fn unreachable(&mut self) {
        self.segments.truncate(self.base);
        self.polymorphic = true;
    }

    /// Begins a nested sequence with no operands.
    pub(super) fn enter(&mut self) -> Outer {
        let outer = Outer { base: self.base, polymorphic: self.polymorphic };
        self.base = self.segments.len();
        self.polymorphic = false;
        outer
    }

    /// Ends a nested sequence that has no operands left.
    pub(super) fn leave(&mut self, outer: Outer) {
        self.base = outer.base;
        self.polymorphic = outer.polymorphic;
    }
}
