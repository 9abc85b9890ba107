//! Changes of one instruction.

use super::{Changes, elsewhere};
use lockstep_semantics::syntax::*;

/// The same reference type in another hierarchy.
fn other_hierarchy(rt: RefType) -> RefType {
    match elsewhere(ValType::Ref(rt)) {
        ValType::Ref(rt) => rt,
        _ => rt,
    }
}

impl Changes<'_, '_> {
    /// A type index other than this one: of the same kind, of any, or none at all.
    pub(super) fn other_type(&mut self, x: TypeIdx) -> TypeIdx {
        let n = self.subs.len();
        let kind = self.subs.get(x as usize).map(|st| std::mem::discriminant(&st.comp));
        let near = |y: &usize| {
            let st = &self.subs[*y];
            *y != x as usize && Some(std::mem::discriminant(&st.comp)) == kind
        };
        let all: Vec<usize> = (0..n).filter(near).collect();
        if self.r.chance(80)
            && let Some(y) = self.r.pick(&all)
        {
            return y as TypeIdx;
        }
        self.r.below(n + 1) as TypeIdx
    }

    pub(super) fn fields(&self, x: TypeIdx) -> &[FieldType] {
        match self.subs.get(x as usize).map(|st| &st.comp) {
            Some(CompType::Struct(fts)) => fts,
            _ => &[],
        }
    }

    /// A field that something is otherwise for, or the first after the last.
    pub(super) fn other_field(&mut self, x: TypeIdx, i: FieldIdx, fits: impl Fn(&FieldType) -> bool) -> FieldIdx {
        let fts = self.fields(x);
        let n = fts.len();
        let others: Vec<usize> = (0..n).filter(|j| *j != i as usize && fits(&fts[*j])).collect();
        match self.r.pick(&others) {
            Some(j) if self.r.chance(75) => j as FieldIdx,
            _ => n as FieldIdx,
        }
    }

    /// An index near another.
    fn near(&mut self, x: Idx) -> Idx {
        match self.r.below(4) {
            0 => x + 1,
            1 => x.saturating_sub(1),
            2 => x + 2,
            _ => x + 1000,
        }
    }

    /// A type with nullability or hierarchy changed.
    fn other_reftype(&mut self, rt: RefType) -> RefType {
        match (self.r.below(3), rt.heap) {
            (0, _) => RefType { null: !rt.null, ..rt },
            (1, HeapType::Use(TypeUse::Idx(x))) => {
                let y = self.other_type(x);
                RefType { heap: HeapType::Use(TypeUse::Idx(y)), ..rt }
            }
            _ => other_hierarchy(rt),
        }
    }

    fn other_blocktype(&mut self, bt: BlockType) -> BlockType {
        match bt {
            BlockType::Result(None) => BlockType::Result(Some(ValType::I32)),
            BlockType::Result(Some(ValType::Ref(rt))) if rt.null && self.r.chance(50) => {
                BlockType::Result(Some(ValType::Ref(RefType::non_null(rt.heap))))
            }
            BlockType::Result(Some(t)) => BlockType::Result(self.r.chance(70).then(|| elsewhere(t))),
            BlockType::Idx(x) => BlockType::Idx(self.other_type(x)),
        }
    }

    /// Another instruction that may well be invalid in the place of this one.
    pub(super) fn other(&mut self, module: &Module, old: &Instr) -> Option<Instr> {
        let nondefaultable =
            |ft: &FieldType| matches!(ft.storage, StorageType::Val(ValType::Ref(RefType { null: false, .. })));
        let tu = |x| TypeUse::Idx(x);
        Some(match *old {
            // Structures
            Instr::StructGet(sx, x, i) => match self.r.below(4) {
                0 => Instr::StructGet(if sx.is_some() { None } else { Some(Sx::S) }, x, i),
                1 => Instr::StructGet(sx, self.other_type(x), i),
                _ => {
                    let this = self.fields(x).get(i as usize).copied();
                    Instr::StructGet(sx, x, self.other_field(x, i, |ft| Some(ft.storage) != this.map(|ft| ft.storage)))
                }
            },
            Instr::StructSet(x, i) => match self.r.below(3) {
                0 => Instr::StructSet(self.other_type(x), i),
                _ => Instr::StructSet(x, self.other_field(x, i, |ft| !ft.mutable)),
            },
            Instr::StructNew(x) => {
                if self.r.chance(40) && self.fields(x).iter().any(nondefaultable) {
                    Instr::StructNewDefault(x)
                } else {
                    Instr::StructNew(self.other_type(x))
                }
            }
            Instr::StructNewDefault(x) => {
                if self.r.chance(50) {
                    Instr::StructNew(x)
                } else {
                    Instr::StructNewDefault(self.other_type(x))
                }
            }
            // Arrays
            Instr::ArrayNew(x) => {
                if self.r.chance(40) {
                    Instr::ArrayNewDefault(x)
                } else {
                    Instr::ArrayNew(self.other_type(x))
                }
            }
            Instr::ArrayNewDefault(x) => Instr::ArrayNewDefault(self.other_type(x)),
            Instr::ArrayNewFixed(x, n) => match self.r.below(2) {
                0 => Instr::ArrayNewFixed(self.other_type(x), n),
                _ => Instr::ArrayNewFixed(x, n + 1),
            },
            Instr::ArrayNewData(x, y) => match self.r.below(3) {
                0 => Instr::ArrayNewData(x, self.near(y)),
                1 => Instr::ArrayNewElem(x, 0),
                _ => Instr::ArrayNewData(self.other_type(x), y),
            },
            Instr::ArrayNewElem(x, y) => match self.r.below(3) {
                0 => Instr::ArrayNewElem(x, self.near(y)),
                1 => Instr::ArrayNewData(x, 0),
                _ => Instr::ArrayNewElem(self.other_type(x), y),
            },
            Instr::ArrayGet(sx, x) => match self.r.below(3) {
                0 => Instr::ArrayGet(if sx.is_some() { None } else { Some(Sx::U) }, x),
                _ => Instr::ArrayGet(sx, self.other_type(x)),
            },
            Instr::ArraySet(x) => Instr::ArraySet(self.other_type(x)),
            Instr::ArrayFill(x) => Instr::ArrayFill(self.other_type(x)),
            Instr::ArrayCopy(x, y) => match self.r.below(3) {
                0 if x != y => Instr::ArrayCopy(y, x),
                1 => Instr::ArrayCopy(self.other_type(x), y),
                _ => Instr::ArrayCopy(x, self.other_type(y)),
            },
            Instr::ArrayInitData(x, y) => match self.r.below(2) {
                0 => Instr::ArrayInitData(self.other_type(x), y),
                _ => Instr::ArrayInitData(x, self.near(y)),
            },
            Instr::ArrayInitElem(x, y) => match self.r.below(2) {
                0 => Instr::ArrayInitElem(self.other_type(x), y),
                _ => Instr::ArrayInitElem(x, self.near(y)),
            },
            Instr::ArrayLen => Instr::RefIsNull,
            // References
            Instr::RefNull(ht) => Instr::RefNull(other_hierarchy(RefType::null(ht)).heap),
            Instr::RefAsNonNull => Instr::Nop,
            Instr::RefTest(rt) => Instr::RefTest(other_hierarchy(rt)),
            Instr::RefCast(rt) => Instr::RefCast(self.other_reftype(rt)),
            Instr::RefFunc(f) => Instr::RefFunc(self.near(f)),
            Instr::RefI31 => Instr::Drop,
            Instr::RefI31Shared => Instr::RefI31,
            Instr::Atomic(atomic) => Instr::Atomic(self.other_atomic(atomic)?),
            Instr::I31Get(_) => Instr::ArrayLen,
            Instr::RefEq => Instr::Binop(BinOp::I(Inn::I32, IBinOp::Add)),
            Instr::AnyConvertExtern => Instr::ExternConvertAny,
            Instr::ExternConvertAny => Instr::AnyConvertExtern,
            // Branches
            Instr::BrOnCast(l, from, to) => match self.r.below(5) {
                0 if from != to => Instr::BrOnCast(l, to, from),
                1 => Instr::BrOnCast(self.near(l), from, to),
                2 => Instr::BrOnCastFail(l, from, to),
                3 => Instr::BrOnCast(l, from, self.other_reftype(to)),
                _ => Instr::BrOnCast(l, self.other_reftype(from), to),
            },
            Instr::BrOnCastFail(l, from, to) => match self.r.below(5) {
                0 if from != to => Instr::BrOnCastFail(l, to, from),
                1 => Instr::BrOnCastFail(self.near(l), from, to),
                2 => Instr::BrOnCast(l, from, to),
                3 => Instr::BrOnCastFail(l, from, self.other_reftype(to)),
                _ => Instr::BrOnCastFail(l, self.other_reftype(from), to),
            },
            Instr::BrOnNull(l) => {
                if self.r.chance(50) {
                    Instr::BrOnNull(self.near(l))
                } else {
                    Instr::BrOnNonNull(l)
                }
            }
            Instr::BrOnNonNull(l) => {
                if self.r.chance(50) {
                    Instr::BrOnNonNull(self.near(l))
                } else {
                    Instr::BrOnNull(l)
                }
            }
            Instr::Br(l) => Instr::Br(self.near(l)),
            Instr::BrIf(l) => Instr::BrIf(self.near(l)),
            Instr::BrTable(labels, l) => Instr::BrTable(labels, self.near(l)),
            Instr::Block(bt, seq) => Instr::Block(self.other_blocktype(bt), seq),
            Instr::Loop(bt, seq) => Instr::Loop(self.other_blocktype(bt), seq),
            Instr::If(bt, a, b) => Instr::If(self.other_blocktype(bt), a, b),
            Instr::TryTable(bt, catches, seq) => Instr::TryTable(self.other_blocktype(bt), catches, seq),
            // Calls
            Instr::Call(f) => Instr::Call(self.near(f)),
            Instr::ReturnCall(f) => Instr::ReturnCall(self.near(f)),
            Instr::CallRef(TypeUse::Idx(x)) => Instr::CallRef(tu(self.other_type(x))),
            Instr::ReturnCallRef(TypeUse::Idx(x)) => Instr::ReturnCallRef(tu(self.other_type(x))),
            Instr::CallIndirect(t, TypeUse::Idx(x)) => match self.r.below(2) {
                0 => Instr::CallIndirect(self.near(t), tu(x)),
                _ => Instr::CallIndirect(t, tu(self.other_type(x))),
            },
            Instr::ReturnCallIndirect(t, TypeUse::Idx(x)) => match self.r.below(2) {
                0 => Instr::ReturnCallIndirect(self.near(t), tu(x)),
                _ => Instr::ReturnCallIndirect(t, tu(self.other_type(x))),
            },
            // Exceptions
            Instr::Throw(x) => Instr::Throw(self.near(x)),
            Instr::ThrowRef => Instr::RefIsNull,
            // Variables and tables
            Instr::LocalGet(x) => Instr::LocalGet(self.near(x)),
            Instr::LocalSet(x) => {
                // Without it the local may not be set.
                if self.r.chance(60) { Instr::Drop } else { Instr::LocalSet(self.near(x)) }
            }
            Instr::LocalTee(x) => Instr::LocalTee(self.near(x)),
            Instr::GlobalGet(x) => Instr::GlobalGet(self.near(x)),
            Instr::GlobalSet(x) => Instr::GlobalSet(self.near(x)),
            Instr::TableGet(x) => Instr::TableGet(self.near(x)),
            Instr::TableSet(x) => Instr::TableSet(self.near(x)),
            Instr::TableGrow(x) => Instr::TableGrow(self.near(x)),
            Instr::TableFill(x) => Instr::TableFill(self.near(x)),
            Instr::TableCopy(x, y) => {
                if self.r.chance(50) && x != y {
                    Instr::TableCopy(y, x)
                } else {
                    Instr::TableCopy(x, self.near(y))
                }
            }
            Instr::TableInit(x, y) => Instr::TableInit(x, self.near(y)),
            Instr::ElemDrop(x) => Instr::ElemDrop(x + module.elems.len() as u32),
            Instr::DataDrop(x) => Instr::DataDrop(x + module.datas.len() as u32),
            // The rest
            Instr::Drop => Instr::Nop,
            Instr::Select(Some(_)) => Instr::Select(None),
            Instr::Const(Num::I32(i)) => Instr::Const(Num::I64(u64::from(i))),
            Instr::Const(Num::I64(i)) => Instr::Const(Num::I32(i as u32)),
            Instr::Load(nt, None, x, arg) => Instr::Load(nt, None, x, MemArg { align: 4, ..arg }),
            _ => return None,
        })
    }
}
