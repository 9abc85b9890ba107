//! Bodies: statements, operands, blocks, constants.

use super::State;
use super::draft::{Body, Draft, Op, SpaceKind, partners};
use super::flow::{Context, Flow, OpInfo, flow};
use super::search::Search;
use lockstep_semantics::syntax::*;
use std::ops::Range;

impl Search<'_> {
    /// All bodies of functions.
    pub(super) fn bodies(&mut self) {
        for m in 0..self.state.modules.len() {
            for f in (0..self.state.modules[m].1.funcs.len()).rev() {
                self.phase = "statements";
                self.statements(m, f);
                self.phase = "operands";
                self.pieces(m, f);
                self.phase = "instructions";
                self.instructions(m, f);
                self.stretches(m, f);
            }
        }
    }

    /// Drops stretches of the outermost statements of all functions together.
    pub(super) fn all_statements(&mut self, m: usize) {
        let of = |state: &State, f: usize| state.flow(m, f).statements.first().map_or_else(Vec::new, Vec::clone);
        self.chunks(
            |state| (0..state.modules[m].1.funcs.len()).map(|f| of(state, f).len()).sum(),
            |state, range| {
                let mut first = 0;
                for f in 0..state.modules[m].1.funcs.len() {
                    let all = of(state, f);
                    let (from, to) = (range.start.max(first), range.end.min(first + all.len()));
                    if from < to {
                        let stretch = all[from - first].start..all[to - 1 - first].end;
                        state.body(m, f).drain(stretch);
                    }
                    first += all.len();
                }
                true
            },
        );
    }

    /// Drops stretches of statements, of the outermost sequence first.
    fn statements(&mut self, m: usize, f: usize) {
        let mut k = 0;
        while k < self.state.flow(m, f).statements.len() && self.over().is_none() {
            self.chunks(
                |state| state.flow(m, f).statements.get(k).map_or(0, Vec::len),
                |state, range| {
                    let flow = state.flow(m, f);
                    let Some([first, .., last]) = flow.statements.get(k).and_then(|all| all.get(range.clone())) else {
                        let Some([only]) = flow.statements.get(k).and_then(|all| all.get(range)) else { return false };
                        state.body(m, f).drain(only.clone());
                        return true;
                    };
                    state.body(m, f).drain(first.start..last.end);
                    true
                },
            );
            k += 1;
        }
    }

    /// Puts something smaller in the place of each piece that makes values or does something, outer ones first.
    fn pieces(&mut self, m: usize, f: usize) {
        let mut end = self.state.body(m, f).len();
        while end > 0 && self.over().is_none() {
            let i = end - 1;
            end = i;
            let flow = self.state.flow(m, f);
            let Some(node) = flow.nodes.get(i).cloned().flatten() else { continue };
            for piece in self.state.modules[m].1.smaller(f, i, &node) {
                let at = node.start + piece.len();
                if self.attempt(|state| replace(state.body(m, f), node.start..i + 1, piece)) {
                    end = at.min(self.state.body(m, f).len());
                    break;
                }
            }
        }
    }

    /// Drops stretches of instructions, whatever they do to the stack: validation sees what fits. In a small module all
    /// are tried, in a bigger one ever smaller ones side by side.
    fn stretches(&mut self, m: usize, f: usize) {
        let all: usize =
            self.state.modules.iter().flat_map(|(_, draft)| &draft.funcs).map(|func| func.body.len()).sum();
        let len = self.state.body(m, f).len();
        if all > 200 || len > 50 {
            self.chunks(
                |state| state.modules[m].1.funcs[f].body.len(),
                |state, range| drop_stretch(state.body(m, f), range),
            );
            return;
        }
        for size in (1..=len).rev() {
            let mut start = 0;
            while start + size <= self.state.body(m, f).len() && self.over().is_none() {
                if !self.attempt(|state| drop_stretch(state.body(m, f), start..start + size)) {
                    start += 1;
                }
            }
        }
    }

    /// Puts something simpler in the place of single instructions.
    fn instructions(&mut self, m: usize, f: usize) {
        let mut i = self.state.body(m, f).len();
        while i > 0 && self.over().is_none() {
            i = (i - 1).min(self.state.body(m, f).len().saturating_sub(1));
            let Some(op) = self.state.body(m, f).get(i).cloned() else { continue };
            for piece in self.state.modules[m].1.simpler(&op) {
                self.attempt(|state| replace(state.body(m, f), i..i + 1, piece));
            }
            self.attempt(|state| state.modules[m].1.inline(f, i));
        }
    }
}

/// Drops a stretch that holds whole blocks only.
fn drop_stretch(body: &mut Body, range: Range<usize>) -> bool {
    let Some(stretch) = body.get(range.clone()) else { return false };
    let mut depth = 0;
    for op in stretch {
        match op {
            Op::End | Op::Else if depth == 0 => return false,
            Op::End => depth -= 1,
            op if op.opens() => depth += 1,
            _ => {}
        }
    }
    depth == 0 && replace(body, range, Vec::new())
}

fn replace(body: &mut Body, range: Range<usize>, piece: Body) -> bool {
    if range.end > body.len() {
        return false;
    }
    body.splice(range, piece);
    true
}

/// A body without some pieces, and with others in the place of ops.
pub(super) fn cut(body: &[Op], gone: &[Range<usize>], instead: &[(usize, Vec<Op>)]) -> Body {
    let mut cut = Vec::new();
    for (i, op) in body.iter().enumerate() {
        if gone.iter().any(|range| range.contains(&i)) {
            continue;
        }
        match instead.iter().find(|(j, _)| *j == i) {
            Some((_, ops)) => cut.extend_from_slice(ops),
            None => cut.push(op.clone()),
        }
    }
    cut
}

impl State {
    pub(super) fn body(&mut self, m: usize, f: usize) -> &mut Body {
        &mut self.modules[m].1.funcs[f].body
    }

    fn flow(&self, m: usize, f: usize) -> Flow {
        let draft = &self.modules[m].1;
        draft.flow_of(&Context::new(draft), f)
    }
}

impl Draft {
    /// The operands of a function's body.
    pub(super) fn flow_of(&self, context: &Context, f: usize) -> Flow {
        let func = &self.funcs[f];
        let (params, results) = context.func_type(func.ty);
        flow(context, &[params, &func.locals].concat(), results, &func.body)
    }

    /// What to try in the place of the piece of a body that ends with the op at `i`.
    fn smaller(&self, f: usize, i: usize, node: &OpInfo) -> Vec<Body> {
        let context = Context::new(self);
        let body = &self.funcs[f].body;
        let whole = &body[node.start..i + 1];
        let mut pieces: Vec<Body> = Vec::new();
        if let Some(results) = &node.results
            && let Some(values) = results.iter().map(|&t| context.default(t)).collect::<Option<Vec<Body>>>()
        {
            pieces.push(values.concat());
        }
        if node.results.as_ref().is_none_or(|ts| ts.len() == 1) {
            pieces.extend(node.operands.iter().flatten().map(|piece| body[piece.clone()].to_vec()));
        }
        if let Op::Plain(Instr::ArrayNewFixed(x, n)) = body[i]
            && node.operands.len() == n as usize
        {
            for piece in node.operands.iter().flatten() {
                let left = cut(&body[..i], std::slice::from_ref(piece), &[]);
                let fixed = Op::Plain(Instr::ArrayNewFixed(x, n - 1));
                pieces.push([&left[node.start..], &[fixed]].concat());
            }
        }
        if whole.len() > 1 {
            pieces.push(vec![Op::Plain(Instr::Unreachable)]);
        }
        pieces.extend(unnested(body, node.start, i));
        if node.results.as_ref().is_some_and(Vec::is_empty) {
            for piece in node.operands.iter().flatten().filter(|piece| piece.len() > 1) {
                pieces.push([&body[piece.clone()], &[Op::Plain(Instr::Drop)]].concat());
            }
        }
        // What is longer is not smaller, nor is what cannot be put down to less than it is.
        pieces.retain(|piece| piece.len() < whole.len() || (piece.len() == whole.len() && !is_simple(whole)));
        pieces
    }

    /// What to try in the place of an op.
    fn simpler(&self, op: &Op) -> Vec<Body> {
        let one = |op: Op| vec![vec![op]];
        let plain = |instr: Instr| vec![Op::Plain(instr)];
        let drops = |n: usize| vec![Op::Plain(Instr::Drop); n];
        match op {
            Op::Plain(instr) => match *instr {
                Instr::Const(Num::I32(i)) => {
                    [0, 1, i / 2].into_iter().filter(|&j| j < i).map(|j| plain(Instr::Const(Num::I32(j)))).collect()
                }
                Instr::Const(Num::I64(i)) => {
                    [0, 1, i / 2].into_iter().filter(|&j| j < i).map(|j| plain(Instr::Const(Num::I64(j)))).collect()
                }
                Instr::BrIf(_) => vec![drops(1)],
                Instr::LocalTee(_) | Instr::RefAsNonNull | Instr::RefCast(_) => vec![vec![]],
                Instr::BrOnNull(_) | Instr::BrOnCast(..) | Instr::BrOnCastFail(..) => vec![vec![]],
                Instr::Select(None) => vec![drops(2)],
                Instr::ReturnCall(x) => vec![plain(Instr::Call(x))],
                Instr::ReturnCallRef(tu) => vec![plain(Instr::CallRef(tu))],
                Instr::ReturnCallIndirect(x, tu) => vec![plain(Instr::CallIndirect(x, tu))],
                Instr::Return => vec![plain(Instr::Unreachable)],
                Instr::Load(nt, op, x, ao) if ao.offset > 0 => {
                    vec![plain(Instr::Load(nt, op, x, MemArg { offset: 0, ..ao }))]
                }
                Instr::Store(nt, op, x, ao) if ao.offset > 0 => {
                    vec![plain(Instr::Store(nt, op, x, MemArg { offset: 0, ..ao }))]
                }
                _ => vec![],
            },
            Op::Select(_) => vec![drops(2)],
            Op::BrTable(ls, l) => {
                let mut all = vec![[drops(1), plain(Instr::Br(*l))].concat()];
                if !ls.is_empty() {
                    all.push(vec![Op::BrTable(vec![], *l)]);
                    all.extend((0..ls.len()).map(|i| {
                        let left = ls.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, &l)| l);
                        vec![Op::BrTable(left.collect(), *l)]
                    }));
                }
                all
            }
            Op::Loop(bt) => one(Op::Block(*bt)),
            Op::TryTable(bt, catches) if catches.is_empty() => one(Op::Block(*bt)),
            Op::TryTable(bt, catches) => {
                let without = |i: usize| {
                    let left = catches.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, &catch)| catch);
                    vec![Op::TryTable(*bt, left.collect())]
                };
                (0..catches.len()).map(without).collect()
            }
            Op::Block(BlockType::Idx(x)) => match self.subtypes().nth(*x as usize).map(|st| &st.comp) {
                Some(CompType::Func(FuncType { params, results })) if params.is_empty() && results.len() < 2 => {
                    one(Op::Block(BlockType::Result(results.first().copied())))
                }
                _ => vec![],
            },
            Op::Block(_) | Op::If(_) | Op::Else | Op::End => vec![],
        }
    }

    /// Puts the body of a function in the place of a call of it: one with at most one result that does not call itself.
    fn inline(&mut self, f: usize, i: usize) -> bool {
        let Some(Op::Plain(Instr::Call(x))) = self.funcs[f].body.get(i) else { return false };
        let imported = self.imported(SpaceKind::Func).count();
        let Some(g) = (*x as usize).checked_sub(imported) else { return false };
        if g == f || g >= self.funcs.len() || self.funcs[g].body.len() > 200 {
            return false;
        }
        let context = Context::new(self);
        let callee = self.funcs[g].clone();
        let (params, results) = context.func_type(callee.ty);
        if results.len() > 1 {
            return false;
        }
        let func = &mut self.funcs[f];
        let base = (context.func_type(func.ty).0.len() + func.locals.len()) as LocalIdx;
        func.locals.extend(params.iter().chain(&callee.locals));
        let set = (0..params.len() as LocalIdx).rev().map(|p| Op::Plain(Instr::LocalSet(base + p)));
        let mut inlined: Body = set.collect();
        inlined.push(Op::Block(BlockType::Result(results.first().copied())));
        let mut depth = 0;
        for op in callee.body {
            inlined.push(match op {
                Op::Plain(Instr::LocalGet(x)) => Op::Plain(Instr::LocalGet(base + x)),
                Op::Plain(Instr::LocalSet(x)) => Op::Plain(Instr::LocalSet(base + x)),
                Op::Plain(Instr::LocalTee(x)) => Op::Plain(Instr::LocalTee(base + x)),
                Op::Plain(Instr::Return) => Op::Plain(Instr::Br(depth)),
                Op::Plain(Instr::ReturnCall(_) | Instr::ReturnCallRef(_) | Instr::ReturnCallIndirect(..)) => {
                    return false;
                }
                op => {
                    match op {
                        Op::End => depth -= 1,
                        ref op if op.opens() => depth += 1,
                        _ => {}
                    }
                    op
                }
            });
        }
        inlined.push(Op::End);
        func.body.splice(i..i + 1, inlined);
        // Only where this was the last call of it, so that the whole becomes no longer.
        let mut others = 0;
        let x = (imported + g) as FuncIdx;
        self.bodies(&mut |_, body| {
            let uses = |op: &&Op| {
                matches!(op, Op::Plain(Instr::Call(y) | Instr::ReturnCall(y) | Instr::RefFunc(y)) if *y == x)
            };
            others += body.iter().filter(uses).count();
        });
        others == 0 && !self.exports.iter().any(|export| export.idx == ExternIdx::Func(x)) && self.start != Some(x) && {
            self.funcs[g].body = vec![Op::Plain(Instr::Unreachable)];
            self.funcs[g].locals.clear();
            true
        }
    }
}

/// Whether something is one instruction that makes a value out of nothing, or stops.
fn is_simple(piece: &[Op]) -> bool {
    matches!(
        piece,
        [Op::Plain(
            Instr::Const(_)
                | Instr::Vconst(_)
                | Instr::RefNull(_)
                | Instr::Unreachable
                | Instr::StructNewDefault(_)
                | Instr::ArrayNewFixed(_, 0)
        )]
    )
}

/// What is left of a block without its head and end: its sequence, or for an `if` one of both, with the condition
/// dropped. Branches to it become `unreachable`.
fn unnested(body: &[Op], start: usize, end: usize) -> Vec<Body> {
    if body[end] != Op::End {
        return Vec::new();
    }
    let partner = partners(body);
    let Some(head) = partner[end].other else { return Vec::new() };
    let before = &body[start..head];
    match (&body[head], partner[head].middle) {
        (Op::If(_), middle) => {
            let dropped = [before, &[Op::Plain(Instr::Drop)]].concat();
            let then = raised(&body[head + 1..middle.unwrap_or(end)]);
            let otherwise = raised(&body[middle.map_or(end, |middle| middle + 1)..end]);
            vec![[&dropped[..], &then].concat(), [&dropped[..], &otherwise].concat()]
        }
        _ => vec![[before, &raised(&body[head + 1..end])].concat()],
    }
}

/// A sequence with one label less around it.
fn raised(body: &[Op]) -> Body {
    use Instr::*;
    let mut depth = 0;
    let raise = |l: &mut LabelIdx, depth: LabelIdx| match (*l).cmp(&depth) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => false,
        std::cmp::Ordering::Greater => {
            *l -= 1;
            true
        }
    };
    body.iter()
        .cloned()
        .map(|mut op| {
            let mut kept = true;
            match &mut op {
                Op::Plain(Br(l) | BrIf(l) | BrOnNull(l) | BrOnNonNull(l) | BrOnCast(l, ..) | BrOnCastFail(l, ..)) => {
                    kept = raise(l, depth)
                }
                Op::BrTable(ls, l) => {
                    kept = ls.iter_mut().chain([l]).filter_map(|l| (!raise(l, depth)).then_some(())).count() == 0;
                }
                Op::TryTable(_, catches) => catches.retain_mut(|catch| {
                    let (Catch::Catch(_, l) | Catch::CatchRef(_, l) | Catch::CatchAll(l) | Catch::CatchAllRef(l)) =
                        catch;
                    raise(l, depth)
                }),
                _ => {}
            }
            match &op {
                Op::End => depth -= 1,
                op if op.opens() => depth += 1,
                _ => {}
            }
            if kept { op } else { Op::Plain(Unreachable) }
        })
        .collect()
}
