//! Shared code (chapter S.2 of the catalogue): what an instruction names, each of which must be shared, and the
//! instructions whose rules leave the sharedness of an operand open.

use super::abs;
use super::context::{Context, Scopes};
use crate::RuleId;
use crate::syntax::*;

/// Something that an instruction names by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// A type.
    Type(TypeUse),
    /// A function.
    Func(FuncIdx),
    /// A global.
    Global(GlobalIdx),
    /// A table.
    Table(TableIdx),
    /// A memory.
    Mem(MemIdx),
    /// An element segment.
    Elem(ElemIdx),
    /// A data segment.
    Data(DataIdx),
    /// A tag.
    Tag(TagIdx),
}

impl Named {
    /// The rule that asks that it is shared.
    pub fn rule(self) -> RuleId {
        match self {
            Named::Type(_) => id!("Instr_ok_shared/typeidx"),
            Named::Func(_) => id!("Instr_ok_shared/func"),
            Named::Global(_) => id!("Instr_ok_shared/global"),
            Named::Table(_) => id!("Instr_ok_shared/table"),
            Named::Mem(_) => id!("Instr_ok_shared/mem"),
            Named::Elem(_) => id!("Instr_ok_shared/elem"),
            Named::Data(_) => id!("Instr_ok_shared/data"),
            Named::Tag(_) => id!("Instr_ok_shared/tag"),
        }
    }
}

impl Context<'_> {
    /// The sharedness of what a type use expands to.
    pub(super) fn share_of_type(&self, tu: TypeUse) -> Option<Share> {
        let dt = self.c.resolve(tu).filter(|dt| dt.index() < self.c.table.len())?;
        Some(self.c.table.unrolldt(dt).share)
    }

    /// The sharedness of a heap type.
    pub(super) fn share(&self, ht: HeapType) -> Option<Share> {
        match ht {
            HeapType::Abs(share, _) => Some(share),
            HeapType::Use(tu) => self.share_of_type(tu),
        }
    }

    /// Whether something that is named is shared.
    pub(super) fn is_shared(&self, named: Named) -> bool {
        let share = match named {
            Named::Type(tu) => self.share_of_type(tu),
            Named::Func(x) => self.funcs.get(x as usize).and_then(|&dt| self.share_of_type(TypeUse::Def(dt))),
            Named::Global(x) => self.globals.get(x as usize).map(|gt| gt.share),
            Named::Table(x) => self.tables.get(x as usize).map(|tt| tt.share),
            Named::Mem(x) => self.mems.get(x as usize).map(|mt| mt.share),
            Named::Elem(x) => self.module.elems.get(x as usize).map(|elem| elem.share),
            Named::Data(x) => self.module.datas.get(x as usize).map(|data| data.share),
            Named::Tag(x) => self.tags.get(x as usize).and_then(|&jt| self.share_of_type(jt)),
        };
        share == Some(Share::Shared)
    }

    /// The sharedness of a reference of which only unreachable code knows anything: both, but shared code has to do with
    /// shared ones only.
    pub(super) fn assumed_share(&self, scopes: &Scopes) -> Share {
        match (self.module.features.shared_everything, scopes.shared) {
            (false, _) => Share::Unshared,
            (true, false) => Share::Bot,
            (true, true) => Share::Shared,
        }
    }

    /// What an instruction names, in the order in which it does. The type of a block is no name: an index there is short
    /// for parameters and results.
    pub(super) fn named(&self, instr: &Instr) -> Vec<Named> {
        use Instr as I;
        use Named as N;
        let heap = |ht| match ht {
            HeapType::Use(tu) => Some(N::Type(tu)),
            HeapType::Abs(..) => None,
        };
        let of_type = |x| N::Type(TypeUse::Idx(x));
        match *instr {
            I::TryTable(_, catches, _) => {
                let tags = self.module.code.catches(catches).iter().filter_map(|catch| match *catch {
                    Catch::Catch(x, _) | Catch::CatchRef(x, _) => Some(N::Tag(x)),
                    Catch::CatchAll(_) | Catch::CatchAllRef(_) => None,
                });
                tags.collect()
            }
            I::Select(Some(ts)) => {
                let heaps = self.module.code.types(ts).iter().filter_map(|&t| match t {
                    ValType::Ref(rt) => heap(rt.heap),
                    _ => None,
                });
                heaps.collect()
            }
            I::BrOnCast(_, rt_1, rt_2) | I::BrOnCastFail(_, rt_1, rt_2) => {
                [rt_1, rt_2].into_iter().filter_map(|rt| heap(rt.heap)).collect()
            }
            I::RefNull(ht) => heap(ht).into_iter().collect(),
            I::RefTest(rt) | I::RefCast(rt) => heap(rt.heap).into_iter().collect(),
            I::Call(x) | I::ReturnCall(x) | I::RefFunc(x) => vec![N::Func(x)],
            I::CallRef(y) | I::ReturnCallRef(y) => vec![N::Type(y)],
            I::CallIndirect(x, y) | I::ReturnCallIndirect(x, y) => vec![N::Table(x), N::Type(y)],
            I::Throw(x) => vec![N::Tag(x)],
            I::GlobalGet(x) | I::GlobalSet(x) => vec![N::Global(x)],
            I::TableGet(x) | I::TableSet(x) | I::TableSize(x) | I::TableGrow(x) | I::TableFill(x) => vec![N::Table(x)],
            I::TableCopy(x, y) => vec![N::Table(x), N::Table(y)],
            I::TableInit(x, y) => vec![N::Table(x), N::Elem(y)],
            I::ElemDrop(x) => vec![N::Elem(x)],
            I::Load(_, _, x, _)
            | I::Store(_, _, x, _)
            | I::Vload(_, x, _)
            | I::VloadLane(_, x, ..)
            | I::Vstore(x, _)
            | I::VstoreLane(_, x, ..)
            | I::MemorySize(x)
            | I::MemoryGrow(x)
            | I::MemoryFill(x) => vec![N::Mem(x)],
            I::MemoryCopy(x, y) => vec![N::Mem(x), N::Mem(y)],
            I::MemoryInit(x, y) => vec![N::Mem(x), N::Data(y)],
            I::DataDrop(x) => vec![N::Data(x)],
            I::StructNew(x)
            | I::StructNewDefault(x)
            | I::StructGet(_, x, _)
            | I::StructSet(x, _)
            | I::ArrayNew(x)
            | I::ArrayNewDefault(x)
            | I::ArrayNewFixed(x, _)
            | I::ArrayGet(_, x)
            | I::ArraySet(x)
            | I::ArrayFill(x) => vec![of_type(x)],
            I::ArrayCopy(x, y) => vec![of_type(x), of_type(y)],
            I::ArrayNewData(x, y) | I::ArrayInitData(x, y) => vec![of_type(x), N::Data(y)],
            I::ArrayNewElem(x, y) | I::ArrayInitElem(x, y) => vec![of_type(x), N::Elem(y)],
            I::Atomic(atomic) => named_by(atomic).into_iter().collect(),
            _ => vec![],
        }
    }
}

/// What an atomic instruction names.
fn named_by(atomic: Atomic) -> Option<Named> {
    use Atomic as A;
    Some(match atomic {
        A::Fence => return None,
        A::Load(_, x, _)
        | A::Store(_, x, _)
        | A::Rmw(_, _, x, _)
        | A::Cmpxchg(_, x, _)
        | A::Notify(x, _)
        | A::Wait(_, x, _) => Named::Mem(x),
        A::GlobalGet(_, x) | A::GlobalSet(_, x) | A::GlobalRmw(_, _, x) | A::GlobalCmpxchg(_, x) => Named::Global(x),
        A::TableGet(_, x) | A::TableSet(_, x) | A::TableXchg(_, x) | A::TableCmpxchg(_, x) => Named::Table(x),
        A::StructGet(_, _, x, _)
        | A::StructSet(_, x, _)
        | A::StructRmw(_, _, x, _)
        | A::StructCmpxchg(_, x, _)
        | A::ArrayGet(_, _, x)
        | A::ArraySet(_, x)
        | A::ArrayRmw(_, _, x)
        | A::ArrayCmpxchg(_, x) => Named::Type(TypeUse::Idx(x)),
    })
}

/// An instruction that takes references of either sharedness.
pub(super) struct Polymorphic {
    /// The standard's rule, for unshared ones.
    pub(super) standard: RuleId,
    /// The rule for some `share`.
    pub(super) shared: RuleId,
    /// How many references it takes.
    pub(super) operands: usize,
    /// Of which type, but for `share` and null.
    pub(super) takes: AbsHeapType,
    /// What it gives.
    pub(super) gives: Gives,
}

/// What such an instruction gives.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// `i32`; it takes what may be null.
    I32,
    /// A reference with null exactly if the operand has it, to what is as shared as the operand.
    Ref(AbsHeapType),
}

/// The instructions that name nothing, but take references of one type or its shared counterpart. `throw_ref`, which is
/// one as well, is not left.
pub(super) fn polymorphic(instr: &Instr) -> Option<Polymorphic> {
    use AbsHeapType as A;
    let (standard, shared, operands, takes, gives) = match instr {
        Instr::RefEq => (id!("Instr_ok/ref.eq"), id!("Instr_ok/ref.eq-shared"), 2, A::Eq, Gives::I32),
        Instr::I31Get(_) => (id!("Instr_ok/i31.get"), id!("Instr_ok/i31.get-shared"), 1, A::I31, Gives::I32),
        Instr::ArrayLen => (id!("Instr_ok/array.len"), id!("Instr_ok/array.len-shared"), 1, A::Array, Gives::I32),
        Instr::ExternConvertAny => {
            let rules = (id!("Instr_ok/extern.convert_any"), id!("Instr_ok/extern.convert_any-shared"));
            (rules.0, rules.1, 1, A::Any, Gives::Ref(A::Extern))
        }
        Instr::AnyConvertExtern => {
            let rules = (id!("Instr_ok/any.convert_extern"), id!("Instr_ok/any.convert_extern-shared"));
            (rules.0, rules.1, 1, A::Extern, Gives::Ref(A::Any))
        }
        _ => return None,
    };
    Some(Polymorphic { standard, shared, operands, takes, gives })
}

impl Polymorphic {
    /// `t_1*` and `t_2*` for one `share` and `null?`.
    pub(super) fn types(&self, null: bool, share: Share) -> (Vec<ValType>, Vec<ValType>) {
        let (null, result) = match self.gives {
            Gives::I32 => (true, ValType::I32),
            Gives::Ref(aht) => (null, abs(null, share, aht)),
        };
        (vec![abs(null, share, self.takes); self.operands], vec![result])
    }
}
