//! Rewrites the exports of a module so that Binaryen's interpreter prints the results of calls and the state.
//!
//! The interpreter calls exported functions without parameters, and prints numbers well but references badly. So there
//! is a function for each call, which has the arguments as constants, catches exceptions of exported tags, and turns
//! references into numbers; and functions that read globals, tables and memories.

use super::print::number;
use crate::program::{Call, State, StateKind};
use crate::value::{RefVal, Val};
use crate::{Answer, Failure, Thrown};
use lockstep_semantics::decode::Dialect;
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::*;
use std::sync::Arc;

/// How many elements of a table are read.
const ELEMENTS: u64 = 64;
/// How many runs of equal words a memory may consist of. One function has all of them as its results.
const RUNS: usize = 450;

/// A module with other exports.
pub(super) struct Harness {
    module: Module,
    count: usize,
    exports: Vec<Export>,
    /// The functions that classify references, unshared and shared, if they exist.
    classify: [Option<FuncIdx>; 2],
}

/// A request, or how it ended without being tried.
#[derive(Debug)]
pub(super) enum Asked<T> {
    /// The number of the export that serves it, and its output.
    Call(usize, Prints),
    Ended(Result<T, Failure>),
}

/// The output of a function.
#[derive(Debug)]
pub(super) enum Prints {
    /// Whether it ended, the results, and of each tag its name and fields.
    Call(Vec<ValueKind>, Vec<(String, Vec<ValueKind>)>),
    Global(ValueKind),
    /// The size, and the first elements.
    Table(ValueKind),
    /// The size in bytes, and runs of equal words, each with where it ends.
    Memory,
}

/// The kind of a value, which determines the numbers that stand for it: a reference becomes its class and its content.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ValueKind {
    Number(ValType),
    Any(Share),
    /// All that are not null look alike.
    Other(RefVal),
}

impl ValueKind {
    fn of(module: &Module, ty: ValType) -> Option<ValueKind> {
        let ValType::Ref(RefType { heap, .. }) = ty else {
            return (ty != ValType::Bot).then_some(ValueKind::Number(ty));
        };
        use AbsHeapType as A;
        Some(match heap {
            HeapType::Abs(share, A::Any | A::Eq | A::I31 | A::Struct | A::Array | A::None) => ValueKind::Any(share),
            HeapType::Abs(_, A::Func | A::NoFunc) => ValueKind::Other(RefVal::Func),
            HeapType::Abs(_, A::Extern | A::NoExtern) => ValueKind::Other(RefVal::Extern(None)),
            HeapType::Abs(_, A::Exn | A::NoExn) => ValueKind::Other(RefVal::Exn),
            HeapType::Use(TypeUse::Idx(x)) => {
                let ty = sub_type(module, x)?;
                match ty.comp {
                    CompType::Func(_) => ValueKind::Other(RefVal::Func),
                    CompType::Struct(_) | CompType::Array(_) => ValueKind::Any(ty.share),
                }
            }
            _ => return None,
        })
    }

    fn all(module: &Module, types: &[ValType]) -> Option<Vec<ValueKind>> {
        types.iter().map(|ty| ValueKind::of(module, *ty)).collect()
    }

    /// The types of the numbers that it becomes.
    fn flat(self) -> Vec<ValType> {
        match self {
            ValueKind::Number(ty) => vec![ty],
            ValueKind::Any(_) | ValueKind::Other(_) => vec![ValType::I32, ValType::I32],
        }
    }

    /// The value that is printed so.
    fn read<'l>(self, lines: &mut impl Iterator<Item = &'l str>) -> Result<Val, Failure> {
        if let ValueKind::Number(ty) = self {
            return number(lines.next().unwrap_or_default(), ty);
        }
        let (class, payload) = (integer(lines)?, integer(lines)? as u32);
        Ok(Val::Ref(match (self, class, payload) {
            (_, 0, _) => RefVal::Null,
            (ValueKind::Other(other), ..) => other,
            (ValueKind::Any(Share::Shared), 1, i) => RefVal::I31Shared(i),
            (_, 1, i) => RefVal::I31(i),
            (_, 2, _) => RefVal::Struct,
            (_, 3, _) => RefVal::Array,
            _ => return Err(Failure::Unsupported("telling what a reference is".into())),
        }))
    }
}

fn integer<'l>(lines: &mut impl Iterator<Item = &'l str>) -> Result<i64, Failure> {
    let line = lines.next().unwrap_or_default();
    line.parse().map_err(|_| Failure::Crash(format!("not an integer: {line:?}")))
}

impl Prints {
    /// The types of the printed values.
    fn types(&self) -> Vec<ValType> {
        let flat = |kinds: &[ValueKind]| kinds.iter().flat_map(|kind| kind.flat()).collect::<Vec<_>>();
        match self {
            Prints::Call(results, tags) => {
                let mut types = vec![ValType::I32];
                types.extend(flat(results));
                types.extend(tags.iter().flat_map(|(_, fields)| flat(fields)));
                types
            }
            Prints::Global(kind) => kind.flat(),
            Prints::Table(kind) => {
                let elements = flat(&[*kind]).repeat(ELEMENTS as usize);
                [ValType::I64].into_iter().chain(elements).collect()
            }
            Prints::Memory => vec![ValType::I64; 1 + 2 * RUNS],
        }
    }

    /// How many lines are printed.
    pub(super) fn lines(&self) -> usize {
        self.types().len()
    }

    /// The results of a call, or the exception that it ended in.
    pub(super) fn call(&self, lines: &[&str]) -> Answer {
        let Prints::Call(results, tags) = self else { return Err(Failure::Crash("not a call".into())) };
        let mut lines = lines.iter().copied();
        let ended = integer(&mut lines)?;
        let values = |kinds: &[ValueKind], lines: &mut dyn Iterator<Item = &str>| -> Answer {
            kinds.iter().map(|kind| kind.read(&mut { &mut *lines })).collect()
        };
        if ended == 0 {
            return values(results, &mut lines);
        }
        let before = tags.iter().take(ended as usize - 1).map(|(_, kinds)| kinds);
        let skip: usize = before.chain([results]).flatten().map(|kind| kind.flat().len()).sum();
        let Some((name, kinds)) = tags.get(ended as usize - 1) else {
            return Err(Failure::Crash(format!("there is no tag {ended}")));
        };
        let fields = values(kinds, &mut lines.skip(skip))?;
        Err(Failure::Exception(Thrown { tag: Some(name.clone()), fields }))
    }

    /// A piece of the state.
    pub(super) fn state(&self, lines: &[&str]) -> Result<State, Failure> {
        let mut lines = lines.iter().copied();
        match self {
            Prints::Global(kind) => kind.read(&mut lines).map(State::Global),
            Prints::Table(kind) => {
                let size = integer(&mut lines)?.cast_unsigned();
                if size > ELEMENTS {
                    return Err(Failure::Unsupported("reading large tables".into()));
                }
                (0..size).map(|_| kind.read(&mut lines)).collect::<Result<_, _>>().map(State::Table)
            }
            Prints::Memory => {
                let size = usize::try_from(integer(&mut lines)?).unwrap_or(0);
                let mut bytes = Vec::with_capacity(size);
                while bytes.len() < size && lines.len() > 0 {
                    let word = integer(&mut lines)?.to_le_bytes();
                    let to = usize::try_from(integer(&mut lines)?).unwrap_or(0).min(size);
                    let words = to.saturating_sub(bytes.len()) / word.len();
                    bytes.extend(std::iter::repeat_n(word, words).flatten());
                }
                match bytes.len() == size {
                    true => Ok(State::Memory(bytes)),
                    false => Err(Failure::Unsupported("reading memories with much in them".into())),
                }
            }
            Prints::Call(..) => Err(Failure::Crash("not a piece of the state".into())),
        }
    }
}

impl Harness {
    pub(super) fn new(module: &Module) -> Harness {
        let mut module = module.clone();
        let exports = std::mem::take(&mut module.exports);
        // It prints names where there are some; numbers are told apart.
        module.names = Default::default();
        respell(&mut module);
        Harness { module, count: 0, exports, classify: [None; 2] }
    }

    fn export(&self, name: &str) -> Option<ExternIdx> {
        self.exports.iter().find(|export| export.name == name).map(|export| export.idx)
    }

    /// A function for a call.
    pub(super) fn call(&mut self, call: &Call) -> Asked<Vec<Val>> {
        let misuse = |text: String| Asked::Ended(Err(Failure::Misuse(text)));
        let Some(ExternIdx::Func(x)) = self.export(&call.function) else {
            return misuse(format!("there is no exported function {:?}", call.function));
        };
        let Some(ty) = self.module.funcs.get(x as usize).and_then(|func| func_type(&self.module, func.ty)) else {
            return misuse("a function without a type".into());
        };
        let FuncType { params, results } = ty.clone();
        if params.len() != call.args.len() {
            return misuse(format!("the function takes {} arguments, not {}", params.len(), call.args.len()));
        }
        let mut body = Vec::new();
        for (arg, ty) in call.args.iter().zip(&params) {
            match constant(*arg, *ty) {
                Some(instrs) => body.extend(instrs),
                None => return Asked::Ended(Err(Failure::Unsupported(format!("the argument {arg}").into()))),
            }
        }
        body.push(Instr::Call(x));
        let (Some(results), Some(tags)) = (ValueKind::all(&self.module, &results), self.tags()) else {
            return Asked::Ended(Err(Failure::Unsupported("a type of another proposal".into())));
        };
        // The results are put into locals, or else the fields of an exception and the number of its tag.
        let mut local = 1;
        self.store(&mut body, &results, &mut local);
        let handlers = tags.len() as LabelIdx;
        if handlers > 0 {
            body.push(Instr::Br(handlers + 1));
            let catches = tags.iter().enumerate().map(|(i, (tag, _))| Catch::Catch(tag.0, i as LabelIdx));
            let catches = self.code().add_catches(catches.collect::<Vec<_>>());
            let seq = self.seq(body);
            body = vec![Instr::TryTable(BlockType::Result(None), catches, seq), Instr::Unreachable];
            for (i, (tag, fields)) in tags.iter().enumerate() {
                let seq = self.seq(body);
                let ty = self.ty(Vec::new(), tag.1.clone());
                body = vec![Instr::Block(BlockType::Idx(ty), seq)];
                self.store(&mut body, fields, &mut local);
                body.extend([Instr::Const(Num::I32(i as u32 + 1)), Instr::LocalSet(0)]);
                body.push(Instr::Br(handlers - 1 - i as LabelIdx));
            }
            let seq = self.seq(body);
            body = vec![Instr::Block(BlockType::Result(None), seq)];
        }
        let tags = tags.into_iter().map(|(tag, fields)| (tag.2, fields)).collect();
        let prints = Prints::Call(results, tags);
        let locals = prints.types();
        body.extend((0..locals.len()).map(|x| Instr::LocalGet(x as LocalIdx)));
        self.exported(locals, body, prints)
    }

    /// The exported tags, with the types of their fields and their names, and their fields.
    #[expect(clippy::type_complexity, reason = "said in words")]
    fn tags(&self) -> Option<Vec<((TagIdx, Vec<ValType>, String), Vec<ValueKind>)>> {
        let mut tags: Vec<((TagIdx, Vec<ValType>, String), Vec<ValueKind>)> = Vec::new();
        for export in &self.exports {
            let ExternIdx::Tag(x) = export.idx else { continue };
            if tags.iter().any(|(tag, _)| tag.0 == x) {
                continue;
            }
            let Some(TypeUse::Idx(ty)) = self.module.tags.get(x as usize) else { continue };
            let params = func_type(&self.module, *ty)?.params.clone();
            let kinds = ValueKind::all(&self.module, &params)?;
            tags.push(((x, params, export.name.clone()), kinds));
        }
        Some(tags)
    }

    /// A function for a piece of the state.
    pub(super) fn state(&mut self, name: &str, kind: StateKind) -> Asked<State> {
        let missing = || Asked::Ended(Err(Failure::Misuse(format!("there is no exported {kind:?} {name:?}"))));
        match (self.export(name), kind) {
            (Some(ExternIdx::Global(x)), StateKind::Global) => {
                let ty = self.module.globals.get(x as usize).map(|global| global.ty.val);
                let Some(kind) = ty.and_then(|ty| ValueKind::of(&self.module, ty)) else { return missing() };
                let mut body = vec![Instr::GlobalGet(x)];
                self.flatten(&mut body, kind);
                self.exported(Vec::new(), body, Prints::Global(kind))
            }
            (Some(ExternIdx::Table(x)), StateKind::Table) => {
                let Some(ty) = self.module.tables.get(x as usize).map(|table| table.ty) else { return missing() };
                let Some(kind) = ValueKind::of(&self.module, ValType::Ref(ty.elem)) else { return missing() };
                self.table(x, ty, kind)
            }
            (Some(ExternIdx::Mem(x)), StateKind::Memory) => match self.module.mems.get(x as usize).copied() {
                Some(ty) => self.memory(x, ty),
                None => missing(),
            },
            _ => missing(),
        }
    }

    fn table(&mut self, x: TableIdx, ty: TableType, kind: ValueKind) -> Asked<State> {
        let mut size = vec![Instr::TableSize(x)];
        extend(&mut size, ty.addr);
        let results = kind.flat();
        let bt = BlockType::Idx(self.ty(Vec::new(), results.clone()));
        let mut body = size.clone();
        for i in 0..ELEMENTS {
            let mut element = vec![address(ty.addr, i), Instr::TableGet(x)];
            self.flatten(&mut element, kind);
            let element = self.seq(element);
            let none = self.seq(results.iter().map(|_| Instr::Const(Num::I32(0))).collect());
            body.push(Instr::Const(Num::I64(i)));
            body.extend(size.iter().copied());
            body.extend([relop(IRelOp::Lt(Sx::U)), Instr::If(bt, element, none)]);
        }
        self.exported(Vec::new(), body, Prints::Table(kind))
    }

    fn memory(&mut self, x: MemIdx, ty: MemType) -> Asked<State> {
        let cursor = self.module.globals.len() as GlobalIdx;
        let init = self.seq(vec![Instr::Const(Num::I64(0))]);
        let i64_ = GlobalType { share: Share::Unshared, mutable: true, val: ValType::I64 };
        self.module.globals.push(Global { ty: i64_, init });
        let mut size = vec![Instr::MemorySize(x)];
        extend(&mut size, ty.addr);
        size.extend([Instr::Const(Num::I64(65_536)), binop(Inn::I64, IBinOp::Mul)]);
        let mut load = vec![Instr::GlobalGet(cursor)];
        if ty.addr == AddrType::I32 {
            load.push(Instr::Cvtop(NumType::I32, NumType::I64, CvtOp::Wrap));
        }
        load.push(Instr::Load(NumType::I64, None, x, MemArg { align: 3, offset: 0 }));
        // The next run: the word, and where it ends.
        let mut next: Vec<Instr> = vec![Instr::GlobalGet(cursor)];
        next.extend(size.iter().copied());
        next.push(relop(IRelOp::Ge(Sx::U)));
        let over = self.seq(vec![Instr::Const(Num::I64(0)), Instr::GlobalGet(cursor), Instr::Return]);
        let none = self.seq(Vec::new());
        next.push(Instr::If(BlockType::Result(None), over, none));
        next.extend(load.iter().copied());
        next.push(Instr::LocalSet(0));
        let mut more = load;
        more.extend([Instr::LocalGet(0), relop(IRelOp::Eq), Instr::BrIf(1)]);
        let more = self.seq(more);
        let none = self.seq(Vec::new());
        let mut round = vec![Instr::GlobalGet(cursor), Instr::Const(Num::I64(8)), binop(Inn::I64, IBinOp::Add)];
        round.extend([Instr::GlobalSet(cursor), Instr::GlobalGet(cursor)]);
        round.extend(size.iter().copied());
        round.extend([relop(IRelOp::Lt(Sx::U)), Instr::If(BlockType::Result(None), more, none)]);
        let round = self.seq(round);
        next.push(Instr::Loop(BlockType::Result(None), round));
        next.extend([Instr::LocalGet(0), Instr::GlobalGet(cursor)]);
        let next = self.function(Vec::new(), vec![ValType::I64; 2], vec![ValType::I64], next);
        let mut body = size;
        body.extend(std::iter::repeat_n(Instr::Call(next), RUNS));
        self.exported(Vec::new(), body, Prints::Memory)
    }

    /// Makes numbers of a value.
    fn flatten(&mut self, body: &mut Vec<Instr>, kind: ValueKind) {
        match kind {
            ValueKind::Number(_) => (),
            ValueKind::Any(share) => {
                let f = self.classify(share);
                body.push(Instr::Call(f));
            }
            ValueKind::Other(_) => {
                body.extend([Instr::RefIsNull, Instr::Testop(Inn::I32, TestOp::Eqz), Instr::Const(Num::I32(0))])
            }
        }
    }

    /// Puts the topmost values into locals as numbers, from `local` on.
    fn store(&mut self, body: &mut Vec<Instr>, kinds: &[ValueKind], local: &mut LocalIdx) {
        let all: LocalIdx = kinds.iter().map(|kind| kind.flat().len() as LocalIdx).sum();
        let mut at = *local + all;
        for kind in kinds.iter().rev() {
            self.flatten(body, *kind);
            for _ in kind.flat() {
                at -= 1;
                body.push(Instr::LocalSet(at));
            }
        }
        *local += all;
    }

    /// The function that makes two numbers of a reference.
    fn classify(&mut self, share: Share) -> FuncIdx {
        let i = usize::from(share == Share::Shared);
        if let Some(f) = self.classify[i] {
            return f;
        }
        let none = self.seq(Vec::new());
        let mut body = vec![Instr::LocalGet(0), Instr::RefIsNull];
        let null = self.seq([0, 0].map(|i| Instr::Const(Num::I32(i))).into_iter().chain([Instr::Return]).collect());
        body.push(Instr::If(BlockType::Result(None), null, none));
        for (class, aht) in [(1, AbsHeapType::I31), (2, AbsHeapType::Struct), (3, AbsHeapType::Array)] {
            let rt = RefType::non_null(HeapType::Abs(share, aht));
            let mut then = vec![Instr::Const(Num::I32(class))];
            if aht == AbsHeapType::I31 {
                then.extend([Instr::LocalGet(0), Instr::RefCast(rt), Instr::I31Get(Sx::U)]);
            } else {
                then.push(Instr::Const(Num::I32(0)));
            }
            then.push(Instr::Return);
            let then = self.seq(then);
            body.extend([Instr::LocalGet(0), Instr::RefTest(rt), Instr::If(BlockType::Result(None), then, none)]);
        }
        body.extend([4, 0].map(|i| Instr::Const(Num::I32(i))));
        let any = ValType::Ref(RefType::null(HeapType::Abs(share, AbsHeapType::Any)));
        let f = self.function(vec![any], vec![ValType::I32; 2], Vec::new(), body);
        self.classify[i] = Some(f);
        f
    }

    fn code(&mut self) -> &mut Code {
        Arc::make_mut(&mut self.module.code)
    }

    fn seq(&mut self, instrs: Vec<Instr>) -> Seq {
        self.code().add_seq(instrs.into_iter().map(|instr| (instr, 0)), 0)
    }

    /// A new function type.
    fn ty(&mut self, params: Vec<ValType>, results: Vec<ValType>) -> TypeIdx {
        let ty = self.module.types.iter().map(|group| group.0.len()).sum::<usize>() as TypeIdx;
        let comp = CompType::Func(FuncType { params, results });
        self.module.types.push(RecType(vec![SubType {
            is_final: true,
            supers: Vec::new(),
            share: Share::Unshared,
            comp,
        }]));
        ty
    }

    fn function(
        &mut self,
        params: Vec<ValType>,
        results: Vec<ValType>,
        locals: Vec<ValType>,
        body: Vec<Instr>,
    ) -> FuncIdx {
        let ty = self.ty(params, results);
        let body = self.seq(body);
        self.module.funcs.push(Func { ty, locals, body });
        (self.module.funcs.len() - 1) as FuncIdx
    }

    /// One more exported function.
    fn exported<T>(&mut self, locals: Vec<ValType>, body: Vec<Instr>, prints: Prints) -> Asked<T> {
        let f = self.function(Vec::new(), prints.types(), locals, body);
        self.module.exports.push(Export { name: self.count.to_string(), idx: ExternIdx::Func(f) });
        self.count += 1;
        Asked::Call(self.count - 1, prints)
    }

    pub(super) fn bytes(mut self) -> Vec<u8> {
        // What `ref.func` names must be declared somewhere, and the exports that did so are gone.
        let funcs = self.exports.iter().filter_map(|export| match export.idx {
            ExternIdx::Func(x) => Some(x),
            _ => None,
        });
        let code = Arc::make_mut(&mut self.module.code);
        let init = funcs.map(|x| code.add_seq([(Instr::RefFunc(x), 0)], 0)).collect();
        let ty = RefType::non_null(HeapType::abs(AbsHeapType::Func));
        self.module.elems.push(Elem { share: Share::Unshared, ty, init, mode: ElemMode::Declare });
        encode_as(&self.module, Dialect::Binaryen)
    }
}

/// Puts what Binaryen misreads in other words, so that all the rest can be seen; `corpus/findings` has each.
fn respell(module: &mut Module) {
    // It has no empty recursive types.
    module.types.retain(|group| !group.0.is_empty());
    let mut declared = Vec::new();
    for elem in &mut module.elems {
        // It does not count declarative segments. They are dropped from the beginning, and so are as good as empty.
        if matches!(elem.mode, ElemMode::Declare) {
            declared.push(Elem { init: std::mem::take(&mut elem.init), ..elem.clone() });
            elem.mode = ElemMode::Passive;
        }
    }
    module.elems.extend(declared);
}

fn sub_type(module: &Module, x: TypeIdx) -> Option<&SubType> {
    module.types.iter().flat_map(|group| &group.0).nth(x as usize)
}

fn func_type(module: &Module, x: TypeIdx) -> Option<&FuncType> {
    match &sub_type(module, x)?.comp {
        CompType::Func(ty) => Some(ty),
        _ => None,
    }
}

fn binop(inn: Inn, op: IBinOp) -> Instr {
    Instr::Binop(BinOp::I(inn, op))
}

fn relop(op: IRelOp) -> Instr {
    Instr::Relop(RelOp::I(Inn::I64, op))
}

/// An address as a constant.
fn address(addr: AddrType, i: u64) -> Instr {
    Instr::Const(match addr {
        AddrType::I32 => Num::I32(i as u32),
        AddrType::I64 => Num::I64(i),
    })
}

/// Makes an `i64` of an address.
fn extend(body: &mut Vec<Instr>, addr: AddrType) {
    if addr == AddrType::I32 {
        body.push(Instr::Cvtop(NumType::I64, NumType::I32, CvtOp::Extend(Sx::U)));
    }
}

/// The instructions that make a value.
fn constant(val: Val, ty: ValType) -> Option<Vec<Instr>> {
    Some(match (val, ty) {
        (Val::I32(i), _) => vec![Instr::Const(Num::I32(i))],
        (Val::I64(i), _) => vec![Instr::Const(Num::I64(i))],
        (Val::F32(z), _) => vec![Instr::Const(Num::F32(z))],
        (Val::F64(z), _) => vec![Instr::Const(Num::F64(z))],
        (Val::V128(bytes), _) => vec![Instr::Vconst(V128(bytes))],
        (Val::Ref(RefVal::Null), ValType::Ref(ty)) if ty.null => vec![Instr::RefNull(ty.heap)],
        (Val::Ref(RefVal::I31(i)), ValType::Ref(ty)) if matches!(ty.heap, HeapType::Abs(..)) => {
            vec![Instr::Const(Num::I32(i)), Instr::RefI31]
        }
        (Val::Ref(RefVal::I31Shared(i)), ValType::Ref(ty)) if matches!(ty.heap, HeapType::Abs(..)) => {
            vec![Instr::Const(Num::I32(i)), Instr::RefI31Shared]
        }
        _ => return None,
    })
}
