//! Values as shared terms.
//!
//! A term is a number in a table in which each value stands once, so that terms are equal if and only if their numbers
//! are. Small natural numbers need no table. Sequences are trees of fixed shape: the shape follows from the length, so that
//! equal sequences are equal terms, and an update copies a path.

use std::hash::{BuildHasher, Hash};

use num_bigint::BigInt;
use rustc_hash::FxBuildHasher;

use crate::Name;
use crate::il::MixId;
use crate::number::Number;

/// A value in a table of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term(u32);

/// Terms from here on are nodes of the table; those before are natural numbers.
const NODES: u32 = 1 << 31;

/// So many elements or parts has a node of a sequence.
const WIDTH: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Bool,
    Number,
    Text,
    Tup,
    Str,
    Case,
    /// Up to [`WIDTH`] elements.
    Leaf,
    /// Up to [`WIDTH`] parts, all but the last of them full.
    Branch,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// The operator of a case, the length of a sequence, the place of a number or text, the truth value.
    extra: u32,
    /// The parts, in [`Terms::parts`].
    start: u32,
    len: u32,
}

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum View<'a> {
    /// A truth value.
    Bool(bool),
    /// A small natural number.
    Nat(u32),
    /// Another number.
    Number(&'a Number),
    /// A text.
    Text(&'a Name),
    /// A tuple.
    Tup(&'a [Term]),
    /// A record: its fields in the order of the type.
    Str(&'a [Term]),
    /// A case with its operands.
    Case(MixId, &'a [Term]),
    /// A sequence; see [`Terms::get`] and [`Terms::elements`].
    Seq(usize),
}

/// A table of terms.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    nodes: Vec<Node>,
    parts: Vec<Term>,
    numbers: Vec<Number>,
    texts: Vec<Name>,
    /// Places of nodes by their hashes, with open addressing; `0` is free.
    table: Vec<u32>,
}

impl Terms {
    /// An empty table.
    pub fn new() -> Terms {
        let mut terms = Terms { table: vec![0; 1024], ..Terms::default() };
        // Truth values and the empty sequence come first.
        terms.node(Kind::Bool, 0, &[]);
        terms.node(Kind::Bool, 1, &[]);
        terms.node(Kind::Leaf, 0, &[]);
        terms
    }

    /// The size of the table, in words.
    pub fn size(&self) -> usize {
        self.nodes.len() * 4 + self.parts.len() + self.numbers.len() * 8
    }

    fn at(&self, term: Term) -> Option<Node> {
        term.0.checked_sub(NODES).and_then(|i| self.nodes.get(i as usize)).copied()
    }

    fn parts_of(&self, node: Node) -> &[Term] {
        &self.parts[node.start as usize..(node.start + node.len) as usize]
    }

    fn hash(&self, kind: Kind, extra: u32, parts: &[Term]) -> usize {
        let of = |extra: &dyn Fn() -> u64| FxBuildHasher.hash_one((kind, extra(), parts)) as usize;
        match kind {
            Kind::Number => of(&|| FxBuildHasher.hash_one(&self.numbers[extra as usize])),
            Kind::Text => of(&|| FxBuildHasher.hash_one(&self.texts[extra as usize])),
            _ => of(&|| u64::from(extra)),
        }
    }

    /// The node of a value, which may be there already.
    fn node(&mut self, kind: Kind, extra: u32, parts: &[Term]) -> Term {
        if (self.nodes.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut slot = self.hash(kind, extra, parts) & mask;
        while let Some(i) = self.table[slot].checked_sub(1) {
            let node = self.nodes[i as usize];
            let same = node.kind == kind && self.parts_of(node) == parts;
            let same = same
                && match kind {
                    Kind::Number => self.numbers[node.extra as usize] == self.numbers[extra as usize],
                    Kind::Text => self.texts[node.extra as usize] == self.texts[extra as usize],
                    _ => node.extra == extra,
                };
            if same {
                return Term(NODES + i);
            }
            slot = (slot + 1) & mask;
        }
        let i = self.nodes.len() as u32;
        let start = self.parts.len() as u32;
        self.parts.extend_from_slice(parts);
        self.nodes.push(Node { kind, extra, start, len: parts.len() as u32 });
        self.table[slot] = i + 1;
        Term(NODES + i)
    }

    fn grow(&mut self) {
        let mut table = vec![0; self.table.len().max(512) * 2];
        let mask = table.len() - 1;
        for (i, node) in self.nodes.iter().enumerate() {
            let mut slot = self.hash(node.kind, node.extra, self.parts_of(*node)) & mask;
            while table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            table[slot] = i as u32 + 1;
        }
        self.table = table;
    }

    /// A truth value.
    pub fn bool(&self, b: bool) -> Term {
        Term(NODES + u32::from(b))
    }

    /// A natural number.
    pub fn nat(&mut self, n: u64) -> Term {
        match u32::try_from(n) {
            Ok(n) if n < NODES => Term(n),
            _ => self.number(Number::Int(BigInt::from(n))),
        }
    }

    /// A number.
    pub fn number(&mut self, n: Number) -> Term {
        if let Some(small) = n.small().filter(|n| *n < NODES) {
            return Term(small);
        }
        self.numbers.push(n);
        let place = self.numbers.len() as u32 - 1;
        let term = self.node(Kind::Number, place, &[]);
        if self.at(term).is_some_and(|node| node.extra != place) {
            self.numbers.pop();
        }
        term
    }

    /// A text.
    pub fn text(&mut self, text: Name) -> Term {
        self.texts.push(text);
        let place = self.texts.len() as u32 - 1;
        let term = self.node(Kind::Text, place, &[]);
        if self.at(term).is_some_and(|node| node.extra != place) {
            self.texts.pop();
        }
        term
    }

    /// A tuple.
    pub fn tup(&mut self, parts: &[Term]) -> Term {
        self.node(Kind::Tup, 0, parts)
    }

    /// A record.
    pub fn record(&mut self, fields: &[Term]) -> Term {
        self.node(Kind::Str, 0, fields)
    }

    /// A case.
    pub fn case(&mut self, mixop: MixId, operands: &[Term]) -> Term {
        self.node(Kind::Case, mixop.0, operands)
    }

    /// The empty sequence.
    pub fn empty(&self) -> Term {
        Term(NODES + 2)
    }

    /// A sequence.
    pub fn seq(&mut self, elements: &[Term]) -> Term {
        if elements.len() <= WIDTH {
            return self.node(Kind::Leaf, elements.len() as u32, elements);
        }
        let mut level: Vec<Term> =
            elements.chunks(WIDTH).map(|chunk| self.node(Kind::Leaf, chunk.len() as u32, chunk)).collect();
        while level.len() > 1 {
            level = level.chunks(WIDTH).map(|chunk| self.branch(chunk)).collect();
        }
        level[0]
    }

    /// A sequence of one value, so many times.
    pub fn repeat(&mut self, element: Term, count: usize) -> Term {
        // Full nodes of a level are the same.
        if count <= WIDTH {
            return self.seq(&vec![element; count]);
        }
        let full = self.seq(&[element; WIDTH]);
        let rest = count % WIDTH;
        let last = (rest > 0).then(|| self.seq(&vec![element; rest]));
        self.repeated(full, count / WIDTH, last)
    }

    fn repeated(&mut self, full: Term, count: usize, last: Option<Term>) -> Term {
        let total = count + usize::from(last.is_some());
        if total <= WIDTH {
            let parts: Vec<Term> = std::iter::repeat_n(full, count).chain(last).collect();
            return if parts.len() == 1 { parts[0] } else { self.branch(&parts) };
        }
        let next = self.branch(&[full; WIDTH]);
        let rest: Vec<Term> = std::iter::repeat_n(full, count % WIDTH).chain(last).collect();
        let last = (!rest.is_empty()).then(|| self.branch(&rest));
        self.repeated(next, count / WIDTH, last)
    }

    fn branch(&mut self, parts: &[Term]) -> Term {
        let len: usize = parts.iter().map(|part| self.len(*part)).sum();
        self.node(Kind::Branch, len as u32, parts)
    }

    /// The length of a sequence.
    pub fn len(&self, seq: Term) -> usize {
        match self.at(seq) {
            Some(Node { kind: Kind::Leaf | Kind::Branch, extra, .. }) => extra as usize,
            _ => 0,
        }
    }

    /// How many elements a part of a node has, if it is full.
    fn stride(&self, node: Node) -> usize {
        self.parts_of(node).first().map_or(1, |first| self.len(*first).max(1))
    }

    /// An element of a sequence.
    pub fn get(&self, seq: Term, mut i: usize) -> Option<Term> {
        let mut node = self.at(seq)?;
        loop {
            match node.kind {
                Kind::Leaf => return self.parts_of(node).get(i).copied(),
                Kind::Branch => {
                    let stride = self.stride(node);
                    let part = *self.parts_of(node).get(i / stride)?;
                    i %= stride;
                    node = self.at(part)?;
                }
                _ => return None,
            }
        }
    }

    /// A sequence with another element at a place.
    pub fn set(&mut self, seq: Term, i: usize, element: Term) -> Option<Term> {
        let node = self.at(seq)?;
        let mut parts = self.parts_of(node).to_vec();
        match node.kind {
            Kind::Leaf => *parts.get_mut(i)? = element,
            Kind::Branch => {
                let stride = self.stride(node);
                let part = parts.get_mut(i / stride)?;
                *part = self.set(*part, i % stride, element)?;
            }
            _ => return None,
        }
        Some(self.node(node.kind, node.extra, &parts))
    }

    /// The elements of a sequence.
    pub fn elements(&self, seq: Term) -> Vec<Term> {
        let mut all = Vec::with_capacity(self.len(seq));
        self.add_elements(seq, 0, usize::MAX, &mut all);
        all
    }

    /// So many elements of a sequence, from a place on; `None` if there are not so many.
    pub fn slice(&self, seq: Term, from: usize, count: usize) -> Option<Vec<Term>> {
        let end = from.checked_add(count).filter(|end| *end <= self.len(seq))?;
        let mut all = Vec::with_capacity(count);
        self.add_elements(seq, from, end, &mut all);
        Some(all)
    }

    fn add_elements(&self, seq: Term, from: usize, end: usize, all: &mut Vec<Term>) {
        let Some(node) = self.at(seq) else { return };
        let parts = self.parts_of(node);
        if node.kind == Kind::Leaf {
            let (from, end) = (from.min(parts.len()), end.min(parts.len()));
            return all.extend_from_slice(&parts[from.min(end)..end]);
        }
        let stride = self.stride(node);
        for (i, part) in parts.iter().enumerate() {
            let begin = i * stride;
            if begin < end && begin + self.len(*part) > from {
                self.add_elements(*part, from.saturating_sub(begin), end - begin, all);
            }
        }
    }

    /// Two sequences after one another.
    pub fn cat(&mut self, a: Term, b: Term) -> Term {
        if self.len(a) == 0 {
            return b;
        }
        if self.len(b) == 0 {
            return a;
        }
        let mut all = self.elements(a);
        self.add_elements(b, 0, usize::MAX, &mut all);
        self.seq(&all)
    }

    /// What a term is.
    pub fn view(&self, term: Term) -> View<'_> {
        let Some(node) = self.at(term) else { return View::Nat(term.0) };
        let parts = self.parts_of(node);
        match node.kind {
            Kind::Bool => View::Bool(node.extra == 1),
            Kind::Number => View::Number(&self.numbers[node.extra as usize]),
            Kind::Text => View::Text(&self.texts[node.extra as usize]),
            Kind::Tup => View::Tup(parts),
            Kind::Str => View::Str(parts),
            Kind::Case => View::Case(MixId(node.extra), parts),
            Kind::Leaf | Kind::Branch => View::Seq(node.extra as usize),
        }
    }

    /// Keeps only what these terms consist of, and tells them their new numbers.
    pub fn collect(&mut self, roots: &mut [Term]) {
        let mut fresh = Terms::new();
        let mut known: rustc_hash::FxHashMap<Term, Term> = rustc_hash::FxHashMap::default();
        // Parts are moved before what consists of them, without recursion: terms may be nested deeply.
        for root in roots.iter_mut() {
            let mut todo = vec![*root];
            while let Some(term) = todo.last().copied() {
                let node = self.at(term).filter(|_| !known.contains_key(&term));
                let Some(node) = node else {
                    todo.pop();
                    continue;
                };
                let before = todo.len();
                let moved = |part: &&Term| part.0 >= NODES && !known.contains_key(part);
                todo.extend(self.parts_of(node).iter().filter(moved));
                if todo.len() > before {
                    continue;
                }
                let parts: Vec<Term> =
                    self.parts_of(node).iter().map(|part| known.get(part).copied().unwrap_or(*part)).collect();
                let copy = match node.kind {
                    Kind::Number => fresh.number(self.numbers[node.extra as usize].clone()),
                    Kind::Text => fresh.text(self.texts[node.extra as usize].clone()),
                    kind => fresh.node(kind, node.extra, &parts),
                };
                known.insert(term, copy);
                todo.pop();
            }
            *root = known.get(root).copied().unwrap_or(*root);
        }
        *self = fresh;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_values_are_equal_terms() {
        let mut terms = Terms::new();
        let build = |terms: &mut Terms| {
            let big = terms.nat(u64::MAX);
            let text = terms.text("x".into());
            let seq = terms.seq(&[big, text]);
            let tup = terms.tup(&[seq, terms.bool(true)]);
            let record = terms.record(&[tup]);
            terms.case(MixId(3), &[record, tup])
        };
        let (a, b) = (build(&mut terms), build(&mut terms));
        assert_eq!(a, b);
        let nat = terms.nat(7);
        assert_ne!(a, nat);
        assert_eq!(terms.view(nat), View::Nat(7));
        let mut roots = [a];
        let before = terms.size();
        terms.seq(&[a; 1000]);
        terms.collect(&mut roots);
        assert!(terms.size() <= before);
        assert_eq!(build(&mut terms), roots[0]);
    }

    #[test]
    fn long_repetitions_share() {
        let mut terms = Terms::new();
        let zero = terms.nat(0);
        let before = terms.size();
        let memory = terms.repeat(zero, 65_536 * 100 + 5);
        assert_eq!(terms.len(memory), 65_536 * 100 + 5);
        assert!(terms.size() - before < 2_000, "{}", terms.size() - before);
        let one = terms.nat(1);
        let changed = terms.set(memory, 70_000, one).unwrap();
        assert_ne!(changed, memory);
        assert_eq!(terms.get(changed, 70_000), Some(one));
        assert_eq!(terms.set(changed, 70_000, zero), Some(memory));
        assert_eq!(terms.set(memory, 65_536 * 100 + 5, one), None);
    }

    proptest! {
        #[test]
        fn sequences_are_vectors(a in prop::collection::vec(0u64..9, 0..3000), b in prop::collection::vec(0u64..9, 0..90), i in 0usize..3200, n in 0usize..100) {
            let mut terms = Terms::new();
            let term = |terms: &mut Terms, v: &[u64]| { let v: Vec<Term> = v.iter().map(|n| terms.nat(*n)).collect(); terms.seq(&v) };
            let (x, y) = (term(&mut terms, &a), term(&mut terms, &b));
            let whole: Vec<u64> = a.iter().chain(&b).copied().collect();
            let cat = terms.cat(x, y);
            prop_assert_eq!(cat, term(&mut terms, &whole));
            prop_assert_eq!(terms.len(cat), whole.len());
            let nat = |t: Term| t.0 as u64;
            prop_assert_eq!(terms.get(cat, i).map(nat), whole.get(i).copied());
            let slice = whole.get(i..i + n).map(<[u64]>::to_vec);
            prop_assert_eq!(terms.slice(cat, i, n).map(|v| v.into_iter().map(nat).collect::<Vec<_>>()), slice);
            let mut changed = whole.clone();
            let five = terms.nat(5);
            let set = terms.set(cat, i, five);
            match changed.get_mut(i) {
                Some(place) => { *place = 5; prop_assert_eq!(set, Some(term(&mut terms, &changed))); }
                None => prop_assert_eq!(set, None),
            }
            let repeated = terms.repeat(five, a.len());
            prop_assert_eq!(repeated, term(&mut terms, &vec![5; a.len()]));
        }
    }
}
