//! Data flow: finds the piece of a body that produces each operand.
//!
//! A guess is good enough: it proposes cuts, and validation and the test decide on them. So types are tracked only
//! where that is easy.

use super::draft::{Draft, Op};
use lockstep_semantics::syntax::*;
use std::ops::Range;

/// The definitions that the bodies of a draft refer to.
pub(super) struct Context {
    pub(super) types: Vec<SubType>,
    /// The types of all functions, imports first.
    pub(super) funcs: Vec<TypeIdx>,
    globals: Vec<ValType>,
    tables: Vec<TableType>,
    mems: Vec<AddrType>,
    pub(super) tags: Vec<TypeIdx>,
}

/// The index that a type use is.
pub(super) fn index(tu: TypeUse) -> TypeIdx {
    match tu {
        TypeUse::Idx(x) => x,
        TypeUse::Rec(_) | TypeUse::Def(_) => TypeIdx::MAX,
    }
}

impl Context {
    pub(super) fn new(draft: &Draft) -> Context {
        let mut context = Context {
            types: draft.subtypes().cloned().collect(),
            funcs: Vec::new(),
            globals: Vec::new(),
            tables: Vec::new(),
            mems: Vec::new(),
            tags: Vec::new(),
        };
        for import in &draft.imports {
            match import.ty {
                ExternType::Func(tu) => context.funcs.push(index(tu)),
                ExternType::Global(gt) => context.globals.push(gt.val),
                ExternType::Table(tt) => context.tables.push(tt),
                ExternType::Mem(mt) => context.mems.push(mt.addr),
                ExternType::Tag(tu) => context.tags.push(index(tu)),
            }
        }
        context.funcs.extend(draft.funcs.iter().map(|func| func.ty));
        context.globals.extend(draft.globals.iter().map(|(gt, _)| gt.val));
        context.tables.extend(draft.tables.iter().map(|(tt, _)| *tt));
        context.mems.extend(draft.mems.iter().map(|mt| mt.addr));
        context.tags.extend(draft.tags.iter().map(|&tu| index(tu)));
        context
    }

    /// The function type of a type index; an empty one where it is none.
    pub(super) fn func_type(&self, x: TypeIdx) -> (&[ValType], &[ValType]) {
        match self.types.get(x as usize).map(|st| &st.comp) {
            Some(CompType::Func(ft)) => (&ft.params, &ft.results),
            _ => (&[], &[]),
        }
    }

    fn of_func(&self, x: FuncIdx) -> (&[ValType], &[ValType]) {
        self.func_type(self.funcs.get(x as usize).copied().unwrap_or(TypeIdx::MAX))
    }

    fn of_tag(&self, x: TagIdx) -> &[ValType] {
        self.func_type(self.tags.get(x as usize).copied().unwrap_or(TypeIdx::MAX)).0
    }

    /// The fields of a structure or array type.
    pub(super) fn fields(&self, x: TypeIdx) -> &[FieldType] {
        match self.types.get(x as usize).map(|st| &st.comp) {
            Some(CompType::Struct(fts)) => fts,
            Some(CompType::Array(ft)) => std::slice::from_ref(ft),
            _ => &[],
        }
    }

    fn blocktype(&self, bt: BlockType) -> (Vec<ValType>, Vec<ValType>) {
        match bt {
            BlockType::Result(t) => (vec![], t.into_iter().collect()),
            BlockType::Idx(x) => {
                let (params, results) = self.func_type(x);
                (params.to_vec(), results.to_vec())
            }
        }
    }

    /// Instructions that make a value of a type, if there are any short ones.
    pub(super) fn default(&self, t: ValType) -> Option<Vec<Op>> {
        let instrs = match t {
            ValType::Num(NumType::I32) => vec![Instr::Const(Num::I32(0))],
            ValType::Num(NumType::I64) => vec![Instr::Const(Num::I64(0))],
            ValType::Num(NumType::F32) => vec![Instr::Const(Num::F32(0))],
            ValType::Num(NumType::F64) => vec![Instr::Const(Num::F64(0))],
            ValType::Vec(_) => vec![Instr::Vconst(V128::default())],
            ValType::Ref(RefType { null: true, heap }) => vec![Instr::RefNull(heap)],
            ValType::Ref(RefType { null: false, heap: HeapType::Abs(_, AbsHeapType::I31) }) => {
                vec![Instr::Const(Num::I32(0)), Instr::RefI31]
            }
            ValType::Ref(RefType { null: false, heap: HeapType::Use(TypeUse::Idx(x)) }) => {
                match self.types.get(x as usize)?.comp {
                    CompType::Struct(_) => vec![Instr::StructNewDefault(x)],
                    CompType::Array(_) => vec![Instr::ArrayNewFixed(x, 0)],
                    CompType::Func(_) => return None,
                }
            }
            ValType::Ref(_) | ValType::Bot => return None,
        };
        Some(instrs.into_iter().map(Op::Plain).collect())
    }
}

/// A value on the operand stack.
#[derive(Clone)]
struct Operand {
    ty: Option<ValType>,
    /// Where what makes it begins.
    start: usize,
    /// Where that ends, if it makes nothing else.
    end: Option<usize>,
}

/// Information on the op at a position. That of a block is at its end.
#[derive(Clone, Debug, Default)]
pub(super) struct OpInfo {
    /// Where it begins, operands included.
    pub(super) start: usize,
    /// The pieces that produce the operands, first operand first; none for an operand without a piece of its own.
    pub(super) operands: Vec<Option<Range<usize>>>,
    /// The types of its results; nothing where one is unknown.
    pub(super) results: Option<Vec<ValType>>,
}

/// The data flow of a body.
#[derive(Default)]
pub(super) struct Flow {
    /// By position; `None` for heads and middles of blocks.
    pub(super) nodes: Vec<Option<OpInfo>>,
    /// In each sequence, outermost first, pieces that take nothing and leave nothing.
    pub(super) statements: Vec<Vec<Range<usize>>>,
}

struct Frame {
    /// The types that a branch to it takes.
    label: Vec<ValType>,
    params: Vec<ValType>,
    results: Vec<ValType>,
    stack: Vec<Operand>,
    /// Where the next statement begins.
    from: usize,
    statements: usize,
    /// The node of the block, begun with its head.
    node: OpInfo,
}

/// The effect of an instruction on the stack.
struct Effect {
    pops: usize,
    pushes: Vec<Option<ValType>>,
    /// Whether nothing comes after it.
    ends: bool,
}

/// Follows the operands of a function's body. `locals` has the types of all locals, parameters first.
pub(super) fn flow(context: &Context, locals: &[ValType], results: &[ValType], body: &[Op]) -> Flow {
    let mut flow = Flow { nodes: vec![None; body.len()], statements: vec![Vec::new()] };
    let mut frames = vec![Frame {
        label: results.to_vec(),
        params: Vec::new(),
        results: results.to_vec(),
        stack: Vec::new(),
        from: 0,
        statements: 0,
        node: OpInfo::default(),
    }];
    for (i, op) in body.iter().enumerate() {
        match op {
            Op::Block(bt) | Op::Loop(bt) | Op::If(bt) | Op::TryTable(bt, _) => {
                let (params, results) = context.blocktype(*bt);
                let Some(frame) = frames.last_mut() else { break };
                let pops = params.len() + usize::from(matches!(op, Op::If(_)));
                let (node, _) = take(frame, pops, i);
                let stack = params.iter().map(|&t| Operand { ty: Some(t), start: i + 1, end: None }).collect();
                flow.statements.push(Vec::new());
                frames.push(Frame {
                    label: if matches!(op, Op::Loop(_)) { params.clone() } else { results.clone() },
                    params,
                    results,
                    stack,
                    from: i + 1,
                    statements: flow.statements.len() - 1,
                    node,
                });
            }
            Op::Else => {
                if let Some(frame) = frames.last_mut() {
                    frame.stack =
                        frame.params.iter().map(|&t| Operand { ty: Some(t), start: i + 1, end: None }).collect();
                    frame.from = i + 1;
                    flow.statements.push(Vec::new());
                    frame.statements = flow.statements.len() - 1;
                }
            }
            Op::End if frames.len() > 1 => {
                let Some(Frame { results, node, .. }) = frames.pop() else { break };
                let pushes = results.iter().copied().map(Some).collect();
                let Some(frame) = frames.last_mut() else { break };
                put(frame, &mut flow, i, node, pushes, false);
            }
            Op::End => {}
            op => {
                let effect = effect(context, locals, &frames, op);
                let Some(frame) = frames.last_mut() else { break };
                let (node, first) = take(frame, effect.pops, i);
                let mut pushes = effect.pushes;
                if let Op::Plain(Instr::Select(None)) = op {
                    pushes = vec![first];
                }
                put(frame, &mut flow, i, node, pushes, effect.ends);
            }
        }
    }
    flow
}

/// Takes operands for the op at `i`, and what is known of the first one.
fn take(frame: &mut Frame, pops: usize, i: usize) -> (OpInfo, Option<ValType>) {
    let at = frame.stack.len().saturating_sub(pops);
    let operands = frame.stack.split_off(at);
    let start = operands.first().map_or(i, |operand| operand.start);
    let first = if operands.len() == pops { operands.first().and_then(|operand| operand.ty) } else { None };
    // Something of which nothing is left may stand between an operand and the next.
    let ends = operands.iter().skip(1).map(|operand| operand.start).chain([i]);
    let pieces = operands.iter().zip(ends).map(|(operand, end)| operand.end.map(|_| operand.start..end)).collect();
    (OpInfo { start, operands: pieces, results: None }, first)
}

/// Puts the results of the op at `i` on the stack.
fn put(frame: &mut Frame, flow: &mut Flow, i: usize, mut node: OpInfo, pushes: Vec<Option<ValType>>, ends: bool) {
    let single = pushes.len() == 1;
    node.results = pushes.iter().copied().collect();
    for ty in pushes {
        frame.stack.push(Operand { ty, start: node.start, end: single.then_some(i + 1) });
    }
    if ends {
        frame.stack.clear();
    }
    if frame.stack.is_empty() {
        flow.statements[frame.statements].push(frame.from..i + 1);
        frame.from = i + 1;
    }
    flow.nodes[i] = Some(node);
}

fn effect(context: &Context, locals: &[ValType], frames: &[Frame], op: &Op) -> Effect {
    let pops = |pops: usize, pushes: Vec<Option<ValType>>| Effect { pops, pushes, ends: false };
    let makes = |n: usize, t: ValType| pops(n, vec![Some(t)]);
    let ends = |n: usize| Effect { pops: n, pushes: Vec::new(), ends: true };
    let some = |ts: &[ValType]| ts.iter().copied().map(Some).collect::<Vec<_>>();
    let label = |l: LabelIdx| {
        let frame = frames.len().checked_sub(1 + l as usize).and_then(|i| frames.get(i));
        frame.map_or(&[][..], |frame| &frame.label)
    };
    let addr = |x: MemIdx| ValType::from(context.mems.get(x as usize).copied().unwrap_or(AddrType::I32));
    let table = |x: TableIdx| context.tables.get(x as usize);
    let table_addr = |x: TableIdx| table(x).map_or(ValType::I32, |tt| tt.addr.into());
    let reference = |null: bool, x: TypeIdx| ValType::Ref(RefType { null, heap: HeapType::Use(TypeUse::Idx(x)) });
    let field = |x: TypeIdx, i: usize| context.fields(x).get(i).map(|ft| ft.storage.unpack());
    let call = |(params, results): (&[ValType], &[ValType]), more: usize| pops(params.len() + more, some(results));
    let instr = match op {
        Op::Plain(instr) => instr,
        Op::Select(ts) => return pops(3, some(ts)),
        Op::BrTable(_, l) => return ends(label(*l).len() + 1),
        Op::Block(_) | Op::Loop(_) | Op::If(_) | Op::TryTable(..) | Op::Else | Op::End => return pops(0, vec![]),
    };
    use Instr::*;
    match *instr {
        Nop | DataDrop(_) | ElemDrop(_) => pops(0, vec![]),
        Unreachable => ends(0),
        Return => ends(frames.first().map_or(0, |frame| frame.results.len())),
        Drop | GlobalSet(_) | LocalSet(_) => pops(1, vec![]),
        Instr::Select(_) => pops(3, vec![None]),
        Br(l) => ends(label(l).len()),
        BrIf(l) => pops(label(l).len() + 1, some(label(l))),
        BrOnNull(l) => pops(label(l).len() + 1, some(label(l)).into_iter().chain([None]).collect()),
        BrOnNonNull(l) => pops(label(l).len().max(1), some(&label(l)[..label(l).len().saturating_sub(1)])),
        BrOnCast(l, _, rt) | BrOnCastFail(l, rt, _) => {
            let (n, rt) = (label(l).len().max(1), if matches!(instr, BrOnCast(..)) { None } else { Some(rt) });
            let before = some(&label(l)[..label(l).len().saturating_sub(1)]);
            pops(n, before.into_iter().chain([rt.map(ValType::Ref)]).collect())
        }
        Call(x) => call(context.of_func(x), 0),
        CallRef(tu) => call(context.func_type(index(tu)), 1),
        CallIndirect(_, tu) => call(context.func_type(index(tu)), 1),
        ReturnCall(x) => ends(context.of_func(x).0.len()),
        ReturnCallRef(tu) | ReturnCallIndirect(_, tu) => ends(context.func_type(index(tu)).0.len() + 1),
        Throw(x) => ends(context.of_tag(x).len()),
        ThrowRef => ends(1),
        LocalGet(x) => pops(0, vec![locals.get(x as usize).copied()]),
        LocalTee(x) => pops(1, vec![locals.get(x as usize).copied()]),
        GlobalGet(x) => pops(0, vec![context.globals.get(x as usize).copied()]),
        TableGet(x) => pops(1, vec![table(x).map(|tt| ValType::Ref(tt.elem))]),
        TableSet(_) | Store(..) | Vstore(..) | VstoreLane(..) | StructSet(..) => pops(2, vec![]),
        TableSize(x) => makes(0, table_addr(x)),
        TableGrow(x) => makes(2, table_addr(x)),
        TableFill(_) | TableCopy(..) | TableInit(..) | MemoryFill(_) | MemoryCopy(..) | MemoryInit(..)
        | ArraySet(_) => pops(3, vec![]),
        ArrayFill(_) | ArrayInitData(..) | ArrayInitElem(..) => pops(4, vec![]),
        ArrayCopy(..) => pops(5, vec![]),
        Load(nt, ..) => makes(1, ValType::Num(nt)),
        Vload(..) => makes(1, ValType::V128),
        VloadLane(..) => makes(2, ValType::V128),
        MemorySize(x) => makes(0, addr(x)),
        MemoryGrow(x) => makes(1, addr(x)),
        RefNull(ht) => makes(0, ValType::Ref(RefType::null(ht))),
        RefIsNull | RefTest(_) | I31Get(_) | ArrayLen => makes(1, ValType::I32),
        RefAsNonNull => pops(1, vec![None]),
        RefEq => makes(2, ValType::I32),
        RefCast(rt) => makes(1, ValType::Ref(rt)),
        RefFunc(x) => makes(0, reference(false, context.funcs.get(x as usize).copied().unwrap_or(TypeIdx::MAX))),
        RefI31 => makes(1, ValType::Ref(RefType::non_null(HeapType::abs(AbsHeapType::I31)))),
        StructNew(x) => makes(context.fields(x).len(), reference(false, x)),
        StructNewDefault(x) => makes(0, reference(false, x)),
        StructGet(_, x, i) => pops(1, vec![field(x, i as usize)]),
        ArrayNew(x) | ArrayNewData(x, _) | ArrayNewElem(x, _) => makes(2, reference(false, x)),
        ArrayNewDefault(x) => makes(1, reference(false, x)),
        ArrayNewFixed(x, n) => makes(n as usize, reference(false, x)),
        ArrayGet(_, x) => pops(2, vec![field(x, 0)]),
        ExternConvertAny => makes(1, ValType::Ref(RefType::EXTERNREF)),
        AnyConvertExtern => makes(1, ValType::Ref(RefType::ANYREF)),
        Const(c) => makes(0, ValType::Num(c.numtype())),
        Unop(UnOp::I(inn, _)) => makes(1, ValType::Num(inn.into())),
        Unop(UnOp::F(fnn, _)) => makes(1, ValType::Num(fnn.into())),
        Binop(BinOp::I(inn, _)) => makes(2, ValType::Num(inn.into())),
        Binop(BinOp::F(fnn, _)) => makes(2, ValType::Num(fnn.into())),
        Testop(..) => makes(1, ValType::I32),
        Relop(_) => makes(2, ValType::I32),
        Cvtop(nt, ..) => makes(1, ValType::Num(nt)),
        Vconst(_) => makes(0, ValType::V128),
        Vvtestop(_) | Vtestop(_) | Vbitmask(_) => makes(1, ValType::I32),
        Vvunop(_) | Vunop(_) | Vsplat(_) | Vextunop(..) | Vcvtop(..) => makes(1, ValType::V128),
        Vvbinop(_) | Vbinop(_) | Vrelop(_) | Vshiftop(..) | Vswizzlop(_) | Vshuffle(_) | VreplaceLane(..)
        | Vextbinop(..) | Vnarrow(..) => makes(2, ValType::V128),
        Vvternop(_) | Vternop(_) | Vextternop(..) => makes(3, ValType::V128),
        VextractLane(sh, ..) => makes(1, ValType::Num(sh.unpack())),
        Instr::Atomic(atomic) => {
            use lockstep_semantics::syntax::Atomic as A;
            let n = atomic.operands();
            match atomic {
                A::Load((inn, _), ..) | A::Rmw((inn, _), ..) | A::Cmpxchg((inn, _), ..) => {
                    makes(n, ValType::Num(inn.into()))
                }
                A::Notify(..) | A::Wait(..) => makes(n, ValType::I32),
                A::Store(..) | A::Fence | A::GlobalSet(..) | A::TableSet(..) | A::StructSet(..) | A::ArraySet(..) => {
                    pops(n, vec![])
                }
                A::GlobalGet(_, x) | A::GlobalRmw(_, _, x) | A::GlobalCmpxchg(_, x) => {
                    pops(n, vec![context.globals.get(x as usize).copied()])
                }
                A::TableGet(_, x) | A::TableXchg(_, x) | A::TableCmpxchg(_, x) => {
                    pops(n, vec![table(x).map(|tt| ValType::Ref(tt.elem))])
                }
                A::StructGet(_, _, x, i) | A::StructRmw(_, _, x, i) | A::StructCmpxchg(_, x, i) => {
                    pops(n, vec![field(x, i as usize)])
                }
                A::ArrayGet(_, _, x) | A::ArrayRmw(_, _, x) | A::ArrayCmpxchg(_, x) => pops(n, vec![field(x, 0)]),
            }
        }
        RefI31Shared => makes(1, ValType::Ref(RefType::non_null(HeapType::Abs(Share::Shared, AbsHeapType::I31)))),
        Block(..) | Loop(..) | If(..) | TryTable(..) | BrTable(..) | Ref(_) | Trap | Waiting(..) | End => {
            pops(0, vec![])
        }
    }
}
