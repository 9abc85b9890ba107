//! The prover: makes the guesses that the rules leave open, in one pass over each sequence.
//!
//! What an instruction takes from the stack of its sequence gives its type; the rest of the stack is the frame. Where code
//! is not reached, the operands that are not there are of type `bot`; how many an instruction like `br` has to leave is
//! known only where the next such instruction or the end of the sequence is met, so the nodes of a sequence are made then.

use super::super::{Derivation, Judgement as J, Prover};
use super::context::{Context, Scope, Scopes};
use super::rules::Fixed;
use super::shared::polymorphic;
use super::{Body, InstrType, MOST, Node, Typing as T, abs, idx};
use crate::RuleId;
use crate::syntax::*;
use std::fmt;
use std::ops::Range;

/// No derivation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDerivation {
    /// Of the instruction at this position, or of the sequence that ends there.
    At(u32),
    /// There may be one, but it is too large to be held in memory.
    TooLarge,
    /// There is no function with this index, or its type is none.
    NoFunction,
}

impl fmt::Display for NoDerivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoDerivation::At(position) => write!(f, "no derivation of the instruction at position {position}"),
            NoDerivation::TooLarge => f.write_str("the derivation is too large"),
            NoDerivation::NoFunction => f.write_str("no function with a body"),
        }
    }
}

impl std::error::Error for NoDerivation {}

/// An instruction in a sequence, before its node is made.
struct TypedInstr {
    at: u32,
    rule: RuleId,
    /// The type by the rule; without what an instruction that is not left leaves alone and assumes.
    it: InstrType,
    /// Those of `x*` that were not set before. That others are set too is not worth a mention.
    newly: Vec<LocalIdx>,
    /// What was on the stack in place of `t_1*`.
    found: Vec<ValType>,
    /// What was on the stack below.
    below: Vec<ValType>,
    /// How many operands had been assumed since the last instruction that is not left.
    assumed: usize,
    /// Whether it is an instruction that is not left, `t_1* … → t_2*` with arbitrary `t_1*` and `t_2*`.
    diverges: bool,
    premises: Vec<usize>,
    types: Vec<Derivation>,
}

/// A sequence whose derivation is being built.
struct ControlFrame {
    range: Range<u32>,
    next: u32,
    scope: Scope,
    start: Vec<ValType>,
    end: Vec<ValType>,
    instrs: Vec<TypedInstr>,
    stack: Vec<ValType>,
    unreachable: bool,
    assumed: usize,
}

struct Prove<'a> {
    c: &'a Context<'a>,
    scopes: Scopes,
    nodes: Vec<Node>,
    types: usize,
    frames: Vec<ControlFrame>,
}

/// Finds a derivation of the body of a function.
///
/// # Errors
/// Where it finds none.
pub fn prove(c: &Context<'_>, x: FuncIdx) -> Result<Body, NoDerivation> {
    let func = c.func(x).ok_or(NoDerivation::NoFunction)?;
    let (scopes, scope) = Scopes::new(c, func).ok_or(NoDerivation::NoFunction)?;
    let results = scopes.returns.clone();
    let mut prove = Prove { c, scopes, nodes: Vec::new(), types: 0, frames: Vec::new() };
    prove.enter(func.body, scope, &[], &results);
    let root = prove.run()?;
    let expr = prove.node(id!("Expr_ok"), T::Expr(func.body, results), vec![root], vec![])?;
    let function = prove.node(id!("Func_ok"), T::Func(x), vec![expr], vec![])?;
    if prove.scopes.shared {
        let locals = prove.all_shared(func.locals.iter()).ok_or(NoDerivation::At(func.body.0))?;
        prove.node(id!("Func_ok/shared"), T::Func(x), vec![function], locals)?;
    }
    Ok(Body { nodes: prove.nodes })
}

impl Prove<'_> {
    fn node(
        &mut self,
        rule: RuleId,
        conclusion: T,
        premises: Vec<usize>,
        types: Vec<Derivation>,
    ) -> Result<usize, NoDerivation> {
        self.types += 1 + match &conclusion {
            T::Instrs(_, it) | T::Instr(_, it) | T::InstrShared(_, it) => it.t_1.len() + it.x.len() + it.t_2.len(),
            T::InstrtypeSub(l, r) => l.t_1.len() + l.t_2.len() + r.t_1.len() + r.t_2.len(),
            _ => 0,
        };
        self.types += types.iter().map(Derivation::size).sum::<usize>();
        if self.types > MOST {
            return Err(NoDerivation::TooLarge);
        }
        self.nodes.push(Node { rule, conclusion, premises, types });
        Ok(self.nodes.len() - 1)
    }

    fn enter(&mut self, seq: Seq, scope: Scope, start: &[ValType], end: &[ValType]) {
        let range = self.c.range(seq);
        self.frames.push(ControlFrame {
            next: range.start,
            range,
            scope,
            start: start.to_vec(),
            end: end.to_vec(),
            instrs: Vec::new(),
            stack: start.to_vec(),
            unreachable: false,
            assumed: 0,
        });
    }

    /// Goes through the sequences; gives the node of the outermost.
    fn run(&mut self) -> Result<usize, NoDerivation> {
        loop {
            let frame = self.frames.last_mut().ok_or(NoDerivation::NoFunction)?;
            if frame.next < frame.range.end {
                let at = frame.next;
                frame.next += 1;
                self.instr(at).ok_or(NoDerivation::At(at))??;
                continue;
            }
            let end = frame.range.end;
            let node = self.finish()?.ok_or(NoDerivation::At(end))?;
            let Some(outer) = self.frames.last_mut() else { return Ok(node) };
            let Some(block) = outer.instrs.last_mut() else { return Err(NoDerivation::At(end)) };
            block.premises.push(node);
            self.continue_block()?;
        }
    }

    /// After a sequence of a block: the second of an `if`, or what comes after the block.
    fn continue_block(&mut self) -> Result<(), NoDerivation> {
        let Some(outer) = self.frames.last() else { return Ok(()) };
        let Some(block) = outer.instrs.last() else { return Ok(()) };
        let (at, scope) = (block.at, outer.scope);
        match self.c.module.code.instrs()[at as usize] {
            Instr::If(_, _, seq) if block.premises.len() == 2 => {
                let (start, end) = (block.it.t_1[..block.it.t_1.len() - 1].to_vec(), block.it.t_2.clone());
                let inside = self.scopes.with_label(scope, &end);
                self.enter(seq, inside, &start, &end);
            }
            Instr::TryTable(_, catches, _) => {
                for &catch in self.c.module.code.catches(catches) {
                    let node = self.catch(scope, catch).ok_or(NoDerivation::At(at))??;
                    if let Some(block) = self.frames.last_mut().and_then(|outer| outer.instrs.last_mut()) {
                        block.premises.push(node);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn catch(&mut self, scope: Scope, catch: Catch) -> Option<Result<usize, NoDerivation>> {
        const EXN: ValType = abs(false, Share::Unshared, AbsHeapType::Exn);
        const SHARED_EXN: ValType = abs(false, Share::Shared, AbsHeapType::Exn);
        let (rule, thrown, l) = match catch {
            Catch::Catch(x, l) => (id!("Catch_ok/catch"), self.c.tag(x)?.to_vec(), l),
            Catch::CatchRef(x, l) => match self.c.share_of_type(*self.c.tags.get(x as usize)?)? {
                Share::Shared => (id!("Catch_ok/catch_ref-shared"), [self.c.tag(x)?, &[SHARED_EXN]].concat(), l),
                _ => (id!("Catch_ok/catch_ref"), [self.c.tag(x)?, &[EXN]].concat(), l),
            },
            Catch::CatchAll(l) => (id!("Catch_ok/catch_all"), vec![], l),
            Catch::CatchAllRef(l) => (id!("Catch_ok/catch_all_ref"), vec![EXN], l),
        };
        let types = vec![self.derive(&J::ResulttypeSub(thrown, self.scopes.label(scope, l)?.to_vec()))?];
        Some(self.node(rule, T::Catch(catch), vec![], types))
    }

    /// A derivation of a premise about subtyping.
    fn derive(&self, goal: &J) -> Option<Derivation> {
        let prover = Prover { c: self.c.c };
        match goal {
            J::ReftypeSub(l, r) => prover.reftype_sub(*l, *r).ok(),
            J::ValtypeSub(l, r) => prover.valtype_sub(*l, *r).ok(),
            J::StoragetypeSub(l, r) => prover.storagetype_sub(*l, *r).ok(),
            J::ResulttypeSub(l, r) => prover.resulttype_sub(l, r).ok(),
            _ => None,
        }
    }

    /// `(C ⊢ t : ok(shared))*`
    fn all_shared<'t>(&self, ts: impl Iterator<Item = &'t ValType>) -> Option<Vec<Derivation>> {
        let prover = Prover { c: self.c.c };
        ts.map(|&t| prover.valtype_ok_shared(t).ok()).collect()
    }

    /// Takes so many operands; where code is not reached, there are as many as one likes.
    fn pop(&mut self, n: usize) -> Option<Vec<ValType>> {
        let frame = self.frames.last_mut()?;
        if let Some(missing) = n.checked_sub(frame.stack.len()) {
            (missing == 0 || frame.unreachable && missing <= MOST).then_some(())?;
            frame.assumed += missing;
            frame.stack.splice(0..0, std::iter::repeat_n(ValType::Bot, missing));
        }
        Some(frame.stack.split_off(frame.stack.len() - n))
    }

    /// The operand at a depth, if one is there.
    fn peek(&self, depth: usize) -> Option<ValType> {
        let frame = self.frames.last()?;
        match frame.stack.len().checked_sub(depth + 1) {
            Some(i) => Some(frame.stack[i]),
            None => frame.unreachable.then_some(ValType::Bot),
        }
    }

    /// The heap type of a reference on top of the stack.
    fn peek_heap(&self) -> Option<HeapType> {
        match self.peek(0)? {
            ValType::Ref(rt) => Some(rt.heap),
            ValType::Bot => Some(HeapType::Abs(self.c.assumed_share(&self.scopes), AbsHeapType::Bot)),
            _ => None,
        }
    }

    /// The sharedness of the first of so many references on top of the stack of which it is known.
    fn peek_share(&self, operands: usize) -> Option<Share> {
        for depth in 0..operands {
            if let ValType::Ref(rt) = self.peek(depth)? {
                match self.c.share(rt.heap)? {
                    Share::Bot => {}
                    share => return Some(share),
                }
            }
        }
        Some(self.c.assumed_share(&self.scopes))
    }

    fn instr(&mut self, at: u32) -> Option<Result<(), NoDerivation>> {
        let instr = &self.c.module.code.instrs()[at as usize];
        let scope = self.frames.last()?.scope;
        if let Instr::Block(bt, _) | Instr::Loop(bt, _) | Instr::If(bt, ..) | Instr::TryTable(bt, ..) = *instr {
            return self.block(at, scope, instr, bt);
        }
        let (fixed, diverges) = match self.choose(scope, instr) {
            Some(chosen) => chosen,
            None => (self.c.fixed(&self.scopes, scope, instr)?, false),
        };
        let types = fixed.subs.iter().map(|goal| self.derive(goal)).collect::<Option<Vec<_>>>()?;
        self.apply(at, fixed.rule, fixed.it, diverges, vec![], types)
    }

    /// What the rule leaves open, from what is on the stack.
    fn choose(&self, scope: Scope, instr: &Instr) -> Option<(Fixed, bool)> {
        let (c, scopes) = (self.c, &self.scopes);
        let fixed = |rule, t_1: Vec<ValType>, t_2: Vec<ValType>, subs| {
            Some((Fixed { rule, it: InstrType { t_1, x: vec![], t_2 }, subs }, false))
        };
        let diverging = |rule, t_1: &[ValType], subs| {
            Some((Fixed { rule, it: InstrType { t_1: t_1.to_vec(), ..InstrType::default() }, subs }, true))
        };
        let i32 = ValType::I32;
        match *instr {
            Instr::Unreachable => diverging(id!("Instr_ok/unreachable"), &[], vec![]),
            Instr::Drop => fixed(id!("Instr_ok/drop"), vec![self.peek(0)?], vec![], vec![]),
            Instr::Select(None) => {
                let (second, first) = (self.peek(1)?, self.peek(2)?);
                let t = if first == ValType::Bot { second } else { first };
                let basic = if t == ValType::Bot { i32 } else { t };
                fixed(id!("Instr_ok/select-impl"), vec![t, t, i32], vec![t], vec![J::ValtypeSub(t, basic)])
            }
            Instr::Br(l) => diverging(id!("Instr_ok/br"), scopes.label(scope, l)?, vec![]),
            Instr::BrTable(ls, l) => {
                let n = scopes.label(scope, l)?.len();
                let ts = (0..n).rev().map(|i| self.peek(i + 1)).collect::<Option<Vec<_>>>()?;
                let ls = c.module.code.labels(ls).iter().copied().chain([l]);
                let subs = ls.map(|l| Some(J::ResulttypeSub(ts.clone(), scopes.label(scope, l)?.to_vec())));
                diverging(id!("Instr_ok/br_table"), &[&*ts, &[i32]].concat(), subs.collect::<Option<Vec<_>>>()?)
            }
            Instr::BrOnNull(l) => {
                let (ts, ht) = (scopes.label(scope, l)?, self.peek_heap()?);
                let (rt_1, rt_2) = (RefType::null(ht), RefType::non_null(ht));
                let [t_1, t_2] = [rt_1, rt_2].map(|rt| [ts, &[ValType::Ref(rt)]].concat());
                fixed(id!("Instr_ok/br_on_null"), t_1, t_2, vec![])
            }
            Instr::Return => diverging(id!("Instr_ok/return"), &scopes.returns, vec![]),
            Instr::ReturnCall(x) => {
                let ft = c.functype(TypeUse::Def(*c.funcs.get(x as usize)?))?;
                let subs = vec![J::ResulttypeSub(ft.results.clone(), scopes.returns.clone())];
                diverging(id!("Instr_ok/return_call"), &ft.params, subs)
            }
            Instr::ReturnCallRef(x) => {
                let ft = c.functype(x)?;
                let subs = vec![J::ResulttypeSub(ft.results.clone(), scopes.returns.clone())];
                diverging(id!("Instr_ok/return_call_ref"), &[&*ft.params, &[idx(true, x)]].concat(), subs)
            }
            Instr::ReturnCallIndirect(x, y) => {
                let (tt, ft) = (c.tables.get(x as usize)?, c.functype(y)?);
                let results = J::ResulttypeSub(ft.results.clone(), scopes.returns.clone());
                let (rule, share) = match c.share(tt.elem.heap)? {
                    Share::Unshared => (id!("Instr_ok/return_call_indirect"), Share::Unshared),
                    _ => (id!("Instr_ok/return_call_indirect-shared"), Share::Shared),
                };
                let func = RefType::null(HeapType::Abs(share, AbsHeapType::Func));
                let subs = vec![J::ReftypeSub(tt.elem, func), results];
                diverging(rule, &[&*ft.params, &[tt.addr.into()]].concat(), subs)
            }
            Instr::Throw(x) => diverging(id!("Instr_ok/throw"), c.tag(x)?, vec![]),
            Instr::ThrowRef => {
                let (rule, share) = match self.peek_share(1)? {
                    Share::Unshared => (id!("Instr_ok/throw_ref"), Share::Unshared),
                    share => (id!("Instr_ok/throw_ref-shared"), share),
                };
                diverging(rule, &[abs(true, share, AbsHeapType::Exn)], vec![])
            }
            Instr::RefIsNull => {
                let t = ValType::Ref(RefType::null(self.peek_heap()?));
                fixed(id!("Instr_ok/ref.is_null"), vec![t], vec![i32], vec![])
            }
            Instr::RefAsNonNull => {
                let ht = self.peek_heap()?;
                let (rt_1, rt_2) = (ValType::Ref(RefType::null(ht)), ValType::Ref(RefType::non_null(ht)));
                fixed(id!("Instr_ok/ref.as_non_null"), vec![rt_1], vec![rt_2], vec![])
            }
            Instr::RefTest(rt) => {
                let top = self.top(rt)?;
                fixed(id!("Instr_ok/ref.test"), vec![ValType::Ref(top)], vec![i32], vec![J::ReftypeSub(rt, top)])
            }
            Instr::RefCast(rt) => {
                let top = self.top(rt)?;
                let subs = vec![J::ReftypeSub(rt, top)];
                fixed(id!("Instr_ok/ref.cast"), vec![ValType::Ref(top)], vec![ValType::Ref(rt)], subs)
            }
            Instr::RefEq | Instr::I31Get(_) | Instr::ArrayLen | Instr::ExternConvertAny | Instr::AnyConvertExtern => {
                let p = polymorphic(instr)?;
                let share = self.peek_share(p.operands)?;
                let null = matches!(self.peek(0)?, ValType::Ref(rt) if rt.null);
                let (t_1, t_2) = p.types(null, share);
                fixed(if share == Share::Unshared { p.standard } else { p.shared }, t_1, t_2, vec![])
            }
            _ => None,
        }
    }

    /// The largest type that `rt` matches.
    fn top(&self, rt: RefType) -> Option<RefType> {
        use AbsHeapType as A;
        let share = self.c.share(rt.heap)?;
        let tops = [A::Any, A::Func, A::Exn, A::Extern].map(|aht| RefType::null(HeapType::Abs(share, aht)));
        tops.into_iter().find(|&top| self.derive(&J::ReftypeSub(rt, top)).is_some())
    }

    fn block(&mut self, at: u32, scope: Scope, instr: &Instr, bt: BlockType) -> Option<Result<(), NoDerivation>> {
        let (rule, t_1, t_2) = match bt {
            BlockType::Result(t) => (id!("Blocktype_ok/valtype"), vec![], t.as_slice().to_vec()),
            BlockType::Idx(x) => {
                let ft = self.c.functype(TypeUse::Idx(x))?;
                (id!("Blocktype_ok/typeidx"), ft.params.clone(), ft.results.clone())
            }
        };
        let it = InstrType { t_1, x: vec![], t_2 };
        let (start, end) = (it.t_1.clone(), it.t_2.clone());
        let node = match self.node(rule, T::Blocktype(bt, it.clone()), vec![], vec![]) {
            Ok(node) => node,
            Err(error) => return Some(Err(error)),
        };
        let operands = InstrType { t_1: [&*start, &[ValType::I32]].concat(), ..it.clone() };
        let (rule, it, seq, label) = match *instr {
            Instr::Block(_, seq) => (id!("Instr_ok/block"), it, seq, &end),
            Instr::Loop(_, seq) => (id!("Instr_ok/loop"), it, seq, &start),
            Instr::If(_, seq, _) => (id!("Instr_ok/if"), operands, seq, &end),
            Instr::TryTable(_, _, seq) => (id!("Instr_ok/try_table"), it, seq, &end),
            _ => return None,
        };
        if let Err(error) = self.apply(at, rule, it, false, vec![node], vec![])? {
            return Some(Err(error));
        }
        let inside = self.scopes.with_label(scope, label);
        self.enter(seq, inside, &start, &end);
        Some(Ok(()))
    }

    /// Notes an instruction and puts its results on the stack.
    fn apply(
        &mut self,
        at: u32,
        rule: RuleId,
        it: InstrType,
        diverges: bool,
        premises: Vec<usize>,
        types: Vec<Derivation>,
    ) -> Option<Result<(), NoDerivation>> {
        let found = self.pop(it.t_1.len())?;
        let scope = self.frames.last()?.scope;
        let newly: Vec<LocalIdx> =
            it.x.iter().copied().filter(|&x| self.scopes.local(scope, x).is_some_and(|(set, _)| !set)).collect();
        let scope = self.scopes.with_locals(scope, &newly);
        let frame = self.frames.last_mut()?;
        frame.scope = scope;
        self.types += frame.stack.len() + found.len();
        let below = if diverges { std::mem::take(&mut frame.stack) } else { frame.stack.clone() };
        frame.stack.extend(&it.t_2);
        frame.instrs.push(TypedInstr {
            at,
            rule,
            it,
            newly,
            found,
            below,
            assumed: frame.assumed,
            diverges,
            premises,
            types,
        });
        if diverges {
            frame.unreachable = true;
            frame.assumed = 0;
        }
        if self.types > MOST { Some(Err(NoDerivation::TooLarge)) } else { Some(Ok(())) }
    }

    /// Ends the innermost sequence; its node, if its stack fits.
    fn finish(&mut self) -> Result<Option<usize>, NoDerivation> {
        let Some(n) = self.frames.last().map(|frame| frame.end.len()) else { return Ok(None) };
        let Some(found) = self.pop(n) else { return Ok(None) };
        let Some(frame) = self.frames.pop() else { return Ok(None) };
        if !frame.stack.is_empty() {
            return Ok(None);
        }
        let mut assumed = frame.assumed;
        // From the last to the first: what each instruction finds in the end, and what one that is not left assumes.
        let mut instrs = Vec::with_capacity(frame.instrs.len());
        for mut typed in frame.instrs.into_iter().rev() {
            let after = if typed.diverges { std::mem::replace(&mut assumed, typed.assumed) } else { 0 };
            let missing = assumed - typed.assumed;
            typed.below.splice(0..0, std::iter::repeat_n(ValType::Bot, missing));
            self.types += missing + after;
            if self.types > MOST {
                return Err(NoDerivation::TooLarge);
            }
            if typed.diverges {
                let below = std::mem::take(&mut typed.below);
                typed.it.t_1.splice(0..0, below.iter().copied());
                typed.found.splice(0..0, below);
                typed.it.t_2 = vec![ValType::Bot; after];
            }
            instrs.push(typed);
        }
        let start = frame.range.start;
        let mut sequence: Option<(usize, InstrType)> = None;
        for typed in instrs.into_iter().rev() {
            let Some((node, it)) = self.conclude(typed)? else { return Ok(None) };
            sequence = Some(match sequence {
                None => (node, it),
                Some((before, first)) => {
                    let Some(at) = self.range_end(node) else { return Ok(None) };
                    let it = InstrType { t_1: first.t_1, x: [first.x, it.x].concat(), t_2: it.t_2 };
                    let conclusion = T::Instrs(start..at, it.clone());
                    (self.node(id!("Instrs_ok/seq"), conclusion, vec![before, node], vec![])?, it)
                }
            });
        }
        let (node, it) = match sequence {
            Some(sequence) => sequence,
            None => {
                let it = InstrType::default();
                let node = self.node(id!("Instrs_ok/empty"), T::Instrs(start..start, it.clone()), vec![], vec![])?;
                self.framed(node, start..start, it, &frame.start)?
            }
        };
        if it.t_2 != found {
            return Ok(None);
        }
        // A block may set locals, as far as its rule is concerned; an expression may not.
        let x = if self.frames.is_empty() { vec![] } else { it.x.clone() };
        let needed = InstrType { t_1: it.t_1.clone(), x, t_2: frame.end };
        Ok(self.subsume(node, frame.range, it, needed)?.map(|(node, _)| node))
    }

    fn range_end(&self, node: usize) -> Option<u32> {
        match &self.nodes[node].conclusion {
            T::Instrs(range, _) => Some(range.end),
            _ => None,
        }
    }

    /// One instruction as a sequence, by `Instrs_ok/instr`, `sub` and `frame`.
    fn conclude(&mut self, typed: TypedInstr) -> Result<Option<(usize, InstrType)>, NoDerivation> {
        let range = typed.at..typed.at + 1;
        let mut node = self.node(typed.rule, T::Instr(typed.at, typed.it.clone()), typed.premises, typed.types)?;
        if self.scopes.shared {
            let Some(shared) = self.shared(node, typed.at, &typed.it)? else { return Ok(None) };
            node = shared;
        }
        let node = self.node(id!("Instrs_ok/instr"), T::Instrs(range.clone(), typed.it.clone()), vec![node], vec![])?;
        let needed = InstrType { t_1: typed.found, x: typed.newly, t_2: typed.it.t_2.clone() };
        let Some((node, it)) = self.subsume(node, range.clone(), typed.it, needed)? else { return Ok(None) };
        self.framed(node, range, it, &typed.below).map(Some)
    }

    /// By `Instr_ok_shared/types`: all that the instruction names, takes and gives is shared.
    fn shared(&mut self, node: usize, at: u32, it: &InstrType) -> Result<Option<usize>, NoDerivation> {
        let Some(types) = self.all_shared(it.t_1.iter().chain(&it.t_2)) else { return Ok(None) };
        let mut premises = vec![node];
        for named in self.c.named(&self.c.module.code.instrs()[at as usize]) {
            if !self.c.is_shared(named) {
                return Ok(None);
            }
            premises.push(self.node(named.rule(), T::NamedShared(named), vec![], vec![])?);
        }
        self.node(id!("Instr_ok_shared/types"), T::InstrShared(at, it.clone()), premises, types).map(Some)
    }

    /// By `Instrs_ok/sub`, if the types differ.
    fn subsume(
        &mut self,
        node: usize,
        range: Range<u32>,
        it: InstrType,
        needed: InstrType,
    ) -> Result<Option<(usize, InstrType)>, NoDerivation> {
        if it == needed {
            return Ok(Some((node, it)));
        }
        let operands = self.derive(&J::ResulttypeSub(needed.t_1.clone(), it.t_1.clone()));
        let results = self.derive(&J::ResulttypeSub(it.t_2.clone(), needed.t_2.clone()));
        let (Some(operands), Some(results)) = (operands, results) else { return Ok(None) };
        let conclusion = T::InstrtypeSub(it, needed.clone());
        let sub = self.node(id!("Instrtype_sub"), conclusion, vec![], vec![operands, results])?;
        let conclusion = T::Instrs(range, needed.clone());
        Ok(Some((self.node(id!("Instrs_ok/sub"), conclusion, vec![node, sub], vec![])?, needed)))
    }

    /// By `Instrs_ok/frame`, if there is something below.
    fn framed(
        &mut self,
        node: usize,
        range: Range<u32>,
        it: InstrType,
        below: &[ValType],
    ) -> Result<(usize, InstrType), NoDerivation> {
        if below.is_empty() {
            return Ok((node, it));
        }
        let it = InstrType { t_1: [below, &it.t_1].concat(), x: it.x, t_2: [below, &it.t_2].concat() };
        let conclusion = T::Instrs(range, it.clone());
        Ok((self.node(id!("Instrs_ok/frame"), conclusion, vec![node], vec![])?, it))
    }
}
