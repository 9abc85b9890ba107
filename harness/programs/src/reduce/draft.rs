//! A module in the making: like [`Module`], but each expression a list of its own that can be cut and put together.
//!
//! Bodies are flat, as in the binary format: a block is its head, what is in it, and an end. So nothing recurses over
//! nested blocks, and a piece of a body is a range.

use lockstep_semantics::syntax::*;
use std::sync::Arc;

/// A part of a body: an instruction, or the head, middle or end of a block.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Op {
    /// An instruction that holds no other and no list.
    Plain(Instr),
    Select(Vec<ValType>),
    BrTable(Vec<LabelIdx>, LabelIdx),
    Block(BlockType),
    Loop(BlockType),
    If(BlockType),
    TryTable(BlockType, Vec<Catch>),
    Else,
    End,
}

impl Op {
    /// Whether it begins a block.
    pub(super) fn opens(&self) -> bool {
        self.blocktype().is_some()
    }
    /// The block type, of what begins a block.
    pub(super) fn blocktype(&self) -> Option<BlockType> {
        match self {
            Op::Block(bt) | Op::Loop(bt) | Op::If(bt) | Op::TryTable(bt, _) => Some(*bt),
            _ => None,
        }
    }
}

/// An expression, without the `end` that closes it.
pub(super) type Body = Vec<Op>;

#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) ty: TypeIdx,
    pub(super) locals: Vec<ValType>,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) struct DataSegment {
    pub(super) share: Share,
    pub(super) bytes: Arc<[u8]>,
    pub(super) active: Option<(MemIdx, Body)>,
}

#[derive(Clone, Debug)]
pub(super) enum Mode {
    Active(TableIdx, Body),
    Passive,
    Declare,
}

#[derive(Clone, Debug)]
pub(super) struct ElemSegment {
    pub(super) share: Share,
    pub(super) ty: ElemType,
    pub(super) init: Vec<Body>,
    pub(super) mode: Mode,
}

/// See the head of this file. The fields are those of [`Module`].
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) types: Vec<RecType>,
    pub(super) imports: Vec<Import>,
    pub(super) tags: Vec<TagType>,
    pub(super) globals: Vec<(GlobalType, Body)>,
    pub(super) mems: Vec<MemType>,
    pub(super) tables: Vec<(TableType, Body)>,
    pub(super) funcs: Vec<Function>,
    pub(super) datas: Vec<DataSegment>,
    pub(super) elems: Vec<ElemSegment>,
    pub(super) start: Option<FuncIdx>,
    pub(super) exports: Vec<Export>,
    pub(super) names: Names,
    pub(super) features: Features,
}

/// Which imports and definitions share an index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpaceKind {
    Func,
    Table,
    Mem,
    Global,
    Tag,
}

impl SpaceKind {
    pub(super) const ALL: [SpaceKind; 5] =
        [SpaceKind::Func, SpaceKind::Table, SpaceKind::Mem, SpaceKind::Global, SpaceKind::Tag];

    pub(super) fn of(xt: &ExternType) -> SpaceKind {
        match xt {
            ExternType::Func(_) => SpaceKind::Func,
            ExternType::Table(_) => SpaceKind::Table,
            ExternType::Mem(_) => SpaceKind::Mem,
            ExternType::Global(_) => SpaceKind::Global,
            ExternType::Tag(_) => SpaceKind::Tag,
        }
    }
}

impl Draft {
    /// The draft of a module.
    pub(super) fn new(module: &Module) -> Draft {
        let body = |seq: Expr| flatten(seq, &module.code);
        Draft {
            types: module.types.clone(),
            imports: module.imports.clone(),
            tags: module.tags.clone(),
            globals: module.globals.iter().map(|global| (global.ty, body(global.init))).collect(),
            mems: module.mems.clone(),
            tables: module.tables.iter().map(|table| (table.ty, body(table.init))).collect(),
            funcs: module
                .funcs
                .iter()
                .map(|func| Function { ty: func.ty, locals: func.locals.clone(), body: body(func.body) })
                .collect(),
            datas: module
                .datas
                .iter()
                .map(|data| DataSegment {
                    share: data.share,
                    bytes: data.bytes.clone(),
                    active: match data.mode {
                        DataMode::Active(x, offset) => Some((x, body(offset))),
                        DataMode::Passive => None,
                    },
                })
                .collect(),
            elems: module
                .elems
                .iter()
                .map(|elem| ElemSegment {
                    share: elem.share,
                    ty: elem.ty,
                    init: elem.init.iter().map(|&init| body(init)).collect(),
                    mode: match elem.mode {
                        ElemMode::Active(x, offset) => Mode::Active(x, body(offset)),
                        ElemMode::Passive => Mode::Passive,
                        ElemMode::Declare => Mode::Declare,
                    },
                })
                .collect(),
            start: module.start,
            exports: module.exports.clone(),
            names: module.names.clone(),
            features: module.features,
        }
    }

    /// The module.
    pub(super) fn module(&self) -> Module {
        let mut code = Code::default();
        let globals = self.globals.iter().map(|(ty, body)| Global { ty: *ty, init: build(body, &mut code) }).collect();
        let tables = self.tables.iter().map(|(ty, body)| Table { ty: *ty, init: build(body, &mut code) }).collect();
        let elems = self
            .elems
            .iter()
            .map(|elem| Elem {
                share: elem.share,
                ty: elem.ty,
                init: elem.init.iter().map(|body| build(body, &mut code)).collect(),
                mode: match &elem.mode {
                    Mode::Active(x, body) => ElemMode::Active(*x, build(body, &mut code)),
                    Mode::Passive => ElemMode::Passive,
                    Mode::Declare => ElemMode::Declare,
                },
            })
            .collect();
        let funcs = self
            .funcs
            .iter()
            .map(|func| Func { ty: func.ty, locals: func.locals.clone(), body: build(&func.body, &mut code) })
            .collect();
        let datas = self
            .datas
            .iter()
            .map(|data| Data {
                share: data.share,
                bytes: data.bytes.clone(),
                mode: match &data.active {
                    Some((x, body)) => DataMode::Active(*x, build(body, &mut code)),
                    None => DataMode::Passive,
                },
            })
            .collect();
        Module {
            types: self.types.clone(),
            imports: self.imports.clone(),
            tags: self.tags.clone(),
            globals,
            mems: self.mems.clone(),
            tables,
            funcs,
            datas,
            elems,
            start: self.start,
            exports: self.exports.clone(),
            features: self.features,
            code: Arc::new(code),
            names: self.names.clone(),
            offsets: Offsets::default(),
            customs: Vec::new(),
            custom_faults: Vec::new(),
        }
    }

    /// The imports of a kind, in order: their positions among all imports.
    pub(super) fn imported(&self, kind: SpaceKind) -> impl Iterator<Item = usize> + '_ {
        self.imports.iter().enumerate().filter(move |(_, import)| SpaceKind::of(&import.ty) == kind).map(|(i, _)| i)
    }

    /// How many definitions of a kind there are, without imports.
    pub(super) fn defined(&self, kind: SpaceKind) -> usize {
        match kind {
            SpaceKind::Func => self.funcs.len(),
            SpaceKind::Table => self.tables.len(),
            SpaceKind::Mem => self.mems.len(),
            SpaceKind::Global => self.globals.len(),
            SpaceKind::Tag => self.tags.len(),
        }
    }

    /// The types, one after the other.
    pub(super) fn subtypes(&self) -> impl Iterator<Item = &SubType> {
        self.types.iter().flat_map(|rt| &rt.0)
    }

    /// A type, to be changed.
    pub(super) fn subtype_mut(&mut self, x: TypeIdx) -> Option<&mut SubType> {
        self.types.iter_mut().flat_map(|rt| &mut rt.0).nth(x as usize)
    }
}

/// A sequence as a list.
fn flatten(seq: Seq, code: &Code) -> Body {
    let mut body = Vec::new();
    let mut open: Vec<(u32, Option<Seq>)> = vec![(seq.0, None)];
    while let Some((at, otherwise)) = open.last_mut() {
        let instr = code.instrs().get(*at as usize).copied().unwrap_or(Instr::End);
        *at += 1;
        match instr {
            Instr::End => match otherwise.take() {
                Some(Seq(otherwise)) => {
                    *at = otherwise;
                    body.push(Op::Else);
                }
                None => {
                    open.pop();
                    body.push(Op::End);
                }
            },
            Instr::Block(bt, seq) => {
                body.push(Op::Block(bt));
                open.push((seq.0, None));
            }
            Instr::Loop(bt, seq) => {
                body.push(Op::Loop(bt));
                open.push((seq.0, None));
            }
            Instr::If(bt, seq_1, seq_2) => {
                body.push(Op::If(bt));
                let empty = code.seq(seq_2).next().is_none();
                open.push((seq_1.0, (!empty).then_some(seq_2)));
            }
            Instr::TryTable(bt, catches, seq) => {
                body.push(Op::TryTable(bt, code.catches(catches).to_vec()));
                open.push((seq.0, None));
            }
            Instr::BrTable(ls, l) => body.push(Op::BrTable(code.labels(ls).to_vec(), l)),
            Instr::Select(Some(ts)) => body.push(Op::Select(code.types(ts).to_vec())),
            instr => body.push(Op::Plain(instr)),
        }
    }
    body.pop();
    body
}

/// A list as a sequence. Ends that are missing are added, those that are too many left out.
fn build(body: &[Op], code: &mut Code) -> Seq {
    struct Open<'a> {
        head: Option<&'a Op>,
        first: Option<Seq>,
        start: usize,
    }
    let mut pending: Vec<Instr> = Vec::new();
    let mut open = vec![Open { head: None, first: None, start: 0 }];
    let close = |open: Open<'_>, pending: &mut Vec<Instr>, code: &mut Code| {
        let seq = code.add_seq(pending.drain(open.start..).map(|instr| (instr, 0)), 0);
        let instr = match (open.head, open.first) {
            (Some(Op::Block(bt)), _) => Instr::Block(*bt, seq),
            (Some(Op::Loop(bt)), _) => Instr::Loop(*bt, seq),
            (Some(Op::If(bt)), Some(first)) => Instr::If(*bt, first, seq),
            (Some(Op::If(bt)), None) => Instr::If(*bt, seq, Seq::EMPTY),
            (Some(Op::TryTable(bt, catches)), _) => {
                let catches = code.add_catches(catches.iter().copied());
                Instr::TryTable(*bt, catches, seq)
            }
            _ => return seq,
        };
        pending.push(instr);
        seq
    };
    for op in body {
        match op {
            Op::Plain(instr) => pending.push(*instr),
            Op::Select(ts) => pending.push(Instr::Select(Some(code.add_types(ts.iter().copied())))),
            Op::BrTable(ls, l) => pending.push(Instr::BrTable(code.add_labels(ls.iter().copied()), *l)),
            Op::Block(_) | Op::Loop(_) | Op::If(_) | Op::TryTable(..) => {
                open.push(Open { head: Some(op), first: None, start: pending.len() });
            }
            Op::Else => {
                if let Some(last) = open.last_mut()
                    && last.first.is_none()
                    && matches!(last.head, Some(Op::If(_)))
                {
                    last.first = Some(code.add_seq(pending.drain(last.start..).map(|instr| (instr, 0)), 0));
                }
            }
            Op::End if open.len() > 1 => {
                if let Some(last) = open.pop() {
                    close(last, &mut pending, code);
                }
            }
            Op::End => {}
        }
    }
    let mut seq = Seq::EMPTY;
    while let Some(last) = open.pop() {
        seq = close(last, &mut pending, code);
    }
    seq
}

/// For each head of a block its end, and for each end its head; and the `else` of an `if`.
pub(super) fn partners(body: &[Op]) -> Vec<Partner> {
    let mut partners = vec![Partner::default(); body.len()];
    let mut open: Vec<usize> = Vec::new();
    for (i, op) in body.iter().enumerate() {
        match op {
            op if op.opens() => open.push(i),
            Op::Else => {
                if let Some(&head) = open.last() {
                    partners[head].middle = Some(i);
                }
            }
            Op::End => {
                if let Some(head) = open.pop() {
                    partners[head].other = Some(i);
                    partners[i].other = Some(head);
                }
            }
            _ => {}
        }
    }
    partners
}

/// See [`partners`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Partner {
    pub(super) other: Option<usize>,
    pub(super) middle: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_semantics::decode::decode;
    use lockstep_semantics::encode::encode;

    /// Every module of the embedded suite is the same after it was a draft.
    #[test]
    fn there_and_back() {
        let mut modules = 0;
        for script in lockstep_scripts::suite::embedded() {
            let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
            for bytes in lockstep_scripts::script::modules(&text) {
                let Ok(module) = decode(&bytes) else { continue };
                assert_eq!(encode(&Draft::new(&module).module()), encode(&module), "{}", script.path);
                modules += 1;
            }
        }
        assert!(modules > 3000, "{modules}");
    }
}
