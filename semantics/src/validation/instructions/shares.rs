//! Validates instructions of shared code: the body of a shared function, the initialiser of a shared definition (chapter S.2
//! of the catalogue).
//!
//! `Instr_ok_shared/types` asks that all operand and result types of an instruction are shared. Each operand comes from a
//! definition or type that some instruction names, so it is enough to look at the names and types that each one contains.

use super::super::contexts::lookup;
use super::super::error::{Derived, Premise, Space, fail};
use super::super::shares::shared;
use super::Body;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

/// `(ref null? (share aht))`
pub(super) fn abs(null: bool, share: Share, aht: AbsHeapType) -> ValType {
    ValType::Ref(RefType { null, heap: HeapType::Abs(share, aht) })
}

impl<'m, O: Observer> Body<'_, 'm, O> {
    /// A definition or type that shared code names must be shared. Other rules find those that do not exist.
    fn is_shared(&mut self, rule: RuleId, space: Space, index: u32, share: Option<Share>) -> Derived {
        match share {
            Some(Share::Unshared) => fail(rule, Premise::Unshared { space, index }),
            Some(Share::Shared | Share::Bot) => {
                self.o.rule(rule);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn share_of(&self, dt: Option<DefType>) -> Option<Share> {
        Some(self.c.table.unrolldt(dt?).share)
    }

    fn type_shared(&mut self, tu: TypeUse) -> Derived {
        let share = self.share_of(self.c.matching().resolve(tu));
        let index = match tu {
            TypeUse::Idx(x) | TypeUse::Rec(x) => x,
            TypeUse::Def(dt) => dt.index() as u32,
        };
        self.is_shared(rule!("Instr_ok_shared/typeidx"), Space::Type, index, share)
    }

    fn func_shared(&mut self, x: FuncIdx) -> Derived {
        let share = self.share_of(self.c.funcs.get(x as usize).copied());
        self.is_shared(rule!("Instr_ok_shared/func"), Space::Func, x, share)
    }

    fn global_shared(&mut self, x: GlobalIdx) -> Derived {
        let share = self.c.globals.get(x as usize).map(|gt| gt.share);
        self.is_shared(rule!("Instr_ok_shared/global"), Space::Global, x, share)
    }

    fn table_shared(&mut self, x: TableIdx) -> Derived {
        let share = self.c.tables.get(x as usize).map(|tt| tt.share);
        self.is_shared(rule!("Instr_ok_shared/table"), Space::Table, x, share)
    }

    fn mem_shared(&mut self, x: MemIdx) -> Derived {
        let share = self.c.mems.get(x as usize).map(|mt| mt.share);
        self.is_shared(rule!("Instr_ok_shared/mem"), Space::Mem, x, share)
    }

    fn elem_shared(&mut self, x: ElemIdx) -> Derived {
        let share = self.c.elem_shares.get(x as usize).copied();
        self.is_shared(rule!("Instr_ok_shared/elem"), Space::Elem, x, share)
    }

    fn data_shared(&mut self, x: DataIdx) -> Derived {
        let share = self.c.datas.get(x as usize).copied();
        self.is_shared(rule!("Instr_ok_shared/data"), Space::Data, x, share)
    }

    fn tag_shared(&mut self, x: TagIdx) -> Derived {
        let jt = self.c.tags.get(x as usize);
        let share = self.share_of(jt.and_then(|&jt| self.c.matching().resolve(jt)));
        self.is_shared(rule!("Instr_ok_shared/tag"), Space::Tag, x, share)
    }

    /// A type that an instruction names, takes or gives.
    fn valtype_shared(&mut self, t: ValType) -> Derived {
        // An index that is unknown is found elsewhere.
        if let ValType::Ref(RefType { heap: HeapType::Use(tu), .. }) = t
            && self.c.matching().resolve(tu).is_none()
        {
            return Ok(());
        }
        shared(self.c.matching(), rule!("Instr_ok_shared/types"), t, self.o)
    }

    /// ```text
    /// Instr_ok_shared/types    C ⊢ instr : t_1* → t_2* shared  if C ⊢ instr : t_1* → t_2*
    ///                                                          if (C ⊢ t_1 : ok(shared))*
    ///                                                          if (C ⊢ t_2 : ok(shared))*
    /// Instr_ok_shared/typeidx  … if C.types[x] = shared … for each type index x of instr
    /// Instr_ok_shared/func     … if C.funcs[x] expands to shared ct for each function index x of instr
    /// Instr_ok_shared/global   … if C.globals[x] = shared mut? t for each global index x of instr
    /// Instr_ok_shared/table    … if C.tables[x] = shared at lim rt for each table index x of instr
    /// Instr_ok_shared/mem      … if C.mems[x] = shared at lim page for each memory index x of instr
    /// Instr_ok_shared/elem     … if C.elems[x] = shared rt for each element segment x of instr
    /// Instr_ok_shared/data     … if C.datas[x] = shared ok for each data segment x of instr
    /// Instr_ok_shared/tag      … if as_deftype(C.tags[x]) expands to shared ct for each tag x of instr
    /// ```
    pub(super) fn instr_shared(&mut self, instr: &'m Instr) -> Derived {
        use Instr as I;
        match *instr {
            I::Block(ref bt, _) | I::Loop(ref bt, _) | I::If(ref bt, ..) => self.blocktype_shared(bt)?,
            I::TryTable(ref bt, catches, _) => {
                self.blocktype_shared(bt)?;
                for &catch in self.code.catches(catches) {
                    match catch {
                        Catch::Catch(x, _) | Catch::CatchRef(x, _) => self.tag_shared(x)?,
                        Catch::CatchAllRef(_) => self.valtype_shared(abs(false, Share::Unshared, AbsHeapType::Exn))?,
                        Catch::CatchAll(_) => {}
                    }
                }
            }
            I::Select(Some(ts)) => self.code.types(ts).iter().try_for_each(|&t| self.valtype_shared(t))?,
            I::BrOnCast(_, rt_1, rt_2) | I::BrOnCastFail(_, rt_1, rt_2) => {
                self.valtype_shared(ValType::Ref(rt_1))?;
                self.valtype_shared(ValType::Ref(rt_2))?;
            }
            I::Call(x) | I::ReturnCall(x) | I::RefFunc(x) => self.func_shared(x)?,
            I::CallRef(y) | I::ReturnCallRef(y) => self.type_shared(y)?,
            I::CallIndirect(x, y) | I::ReturnCallIndirect(x, y) => {
                self.table_shared(x)?;
                self.type_shared(y)?;
            }
            I::Throw(x) => self.tag_shared(x)?,
            I::GlobalGet(x) | I::GlobalSet(x) => self.global_shared(x)?,
            I::TableGet(x) | I::TableSet(x) | I::TableSize(x) | I::TableGrow(x) | I::TableFill(x) => {
                self.table_shared(x)?;
            }
            I::TableCopy(x, y) => {
                self.table_shared(x)?;
                self.table_shared(y)?;
            }
            I::TableInit(x, y) => {
                self.table_shared(x)?;
                self.elem_shared(y)?;
            }
            I::ElemDrop(x) => self.elem_shared(x)?,
            I::Load(_, _, x, _)
            | I::Store(_, _, x, _)
            | I::Vload(_, x, _)
            | I::VloadLane(_, x, ..)
            | I::Vstore(x, _)
            | I::VstoreLane(_, x, ..)
            | I::MemorySize(x)
            | I::MemoryGrow(x)
            | I::MemoryFill(x) => self.mem_shared(x)?,
            I::MemoryCopy(x, y) => {
                self.mem_shared(x)?;
                self.mem_shared(y)?;
            }
            I::MemoryInit(x, y) => {
                self.mem_shared(x)?;
                self.data_shared(y)?;
            }
            I::DataDrop(x) => self.data_shared(x)?,
            I::RefNull(ht) => self.valtype_shared(ValType::Ref(RefType::null(ht)))?,
            I::RefTest(rt) | I::RefCast(rt) => self.valtype_shared(ValType::Ref(rt))?,
            I::RefI31 => self.valtype_shared(abs(false, Share::Unshared, AbsHeapType::I31))?,
            I::StructNew(x)
            | I::StructNewDefault(x)
            | I::StructGet(_, x, _)
            | I::StructSet(x, _)
            | I::ArrayNew(x)
            | I::ArrayNewDefault(x)
            | I::ArrayNewFixed(x, _)
            | I::ArrayGet(_, x)
            | I::ArraySet(x)
            | I::ArrayFill(x) => self.type_shared(TypeUse::Idx(x))?,
            I::ArrayCopy(x, y) => {
                self.type_shared(TypeUse::Idx(x))?;
                self.type_shared(TypeUse::Idx(y))?;
            }
            I::ArrayNewData(x, y) | I::ArrayInitData(x, y) => {
                self.type_shared(TypeUse::Idx(x))?;
                self.data_shared(y)?;
            }
            I::ArrayNewElem(x, y) | I::ArrayInitElem(x, y) => {
                self.type_shared(TypeUse::Idx(x))?;
                self.elem_shared(y)?;
            }
            I::Atomic(atomic) => self.atomic_shared(atomic)?,
            // All others name nothing, and what they take has been given by some instruction.
            _ => {}
        }
        self.o.rule(rule!("Instr_ok_shared/types"));
        Ok(())
    }

    fn atomic_shared(&mut self, atomic: Atomic) -> Derived {
        use Atomic as A;
        match atomic {
            A::Load(_, x, _)
            | A::Store(_, x, _)
            | A::Rmw(_, _, x, _)
            | A::Cmpxchg(_, x, _)
            | A::Notify(x, _)
            | A::Wait(_, x, _) => self.mem_shared(x),
            A::Fence => Ok(()),
            A::GlobalGet(_, x) | A::GlobalSet(_, x) | A::GlobalRmw(_, _, x) | A::GlobalCmpxchg(_, x) => {
                self.global_shared(x)
            }
            A::TableGet(_, x) | A::TableSet(_, x) | A::TableXchg(_, x) | A::TableCmpxchg(_, x) => self.table_shared(x),
            A::StructGet(_, _, x, _)
            | A::StructSet(_, x, _)
            | A::StructRmw(_, _, x, _)
            | A::StructCmpxchg(_, x, _)
            | A::ArrayGet(_, _, x)
            | A::ArraySet(_, x)
            | A::ArrayRmw(_, _, x)
            | A::ArrayCmpxchg(_, x) => self.type_shared(TypeUse::Idx(x)),
        }
    }

    /// A function type that stands for the type of a block is only its parameters and results.
    fn blocktype_shared(&mut self, bt: &'m BlockType) -> Derived {
        match *bt {
            BlockType::Result(t) => t.map_or(Ok(()), |t| self.valtype_shared(t)),
            BlockType::Idx(x) => {
                let Some(dt) = self.c.matching().resolve(TypeUse::Idx(x)) else { return Ok(()) };
                match self.c.table.expand(dt) {
                    CompType::Func(ft) => ft.params.iter().chain(&ft.results).try_for_each(|&t| self.valtype_shared(t)),
                    _ => Ok(()),
                }
            }
        }
    }

    /// Takes a reference `(ref null? (share aht))` of any sharedness, and says what it is; `bot-share` in unreachable code.
    pub(super) fn pop_polymorphic(&mut self, rule: RuleId, aht: AbsHeapType) -> Derived<RefType> {
        let share = match self.stack.peek_type() {
            Some(ValType::Ref(rt)) => self.share_of_heaptype(rt.heap),
            Some(ValType::Bot) => self.c.bot_share(),
            _ => Share::Unshared,
        };
        match self.pop(rule, abs(true, share, aht))? {
            ValType::Ref(rt) => Ok(rt),
            _ => Ok(RefType::non_null(HeapType::Abs(share, AbsHeapType::Bot))),
        }
    }

    /// The sharedness of a heap type.
    pub(super) fn share_of_heaptype(&self, ht: HeapType) -> Share {
        match ht {
            HeapType::Abs(share, _) => share,
            HeapType::Use(tu) => self.share_of(self.c.matching().resolve(tu)).unwrap_or_default(),
        }
    }

    /// The rule of an instruction on references of any sharedness: that of the standard for unshared ones.
    pub(super) fn by_share(&self, standard: RuleId, shared: RuleId, ht: HeapType) -> RuleId {
        match self.share_of_heaptype(ht) {
            Share::Unshared => standard,
            Share::Shared | Share::Bot => shared,
        }
    }

    /// `C.tags[x]` is of a shared type.
    pub(super) fn tag_share(&self, rule: RuleId, x: TagIdx) -> Derived<Share> {
        let jt = *lookup(rule, Space::Tag, &self.c.tags, x)?;
        Ok(self.share_of(self.c.matching().resolve(jt)).unwrap_or_default())
    }
}
