//! Indices: where they stand in a module, and how to renumber them.

use super::draft::{Body, Draft, Mode, Op, SpaceKind};
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::Space;

/// Where every index of the spaces of a module and of locals stands. Labels and fields are not among them: labels are
/// relative to where they stand, and a field's index means something together with a type only.
pub(super) trait Indices {
    /// Calls `f` with each.
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx));
}

impl Indices for TypeUse {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        if let TypeUse::Idx(x) = self {
            f(Space::Type, x);
        }
    }
}

impl Indices for HeapType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        if let HeapType::Use(tu) = self {
            tu.indices(f);
        }
    }
}

impl Indices for RefType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        self.heap.indices(f);
    }
}

impl Indices for ValType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        if let ValType::Ref(rt) = self {
            rt.indices(f);
        }
    }
}

impl Indices for FieldType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        if let StorageType::Val(t) = &mut self.storage {
            t.indices(f);
        }
    }
}

impl<T: Indices> Indices for Vec<T> {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        for item in self {
            item.indices(f);
        }
    }
}

impl Indices for CompType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        match self {
            CompType::Struct(fts) => fts.indices(f),
            CompType::Array(ft) => ft.indices(f),
            CompType::Func(ft) => {
                ft.params.indices(f);
                ft.results.indices(f);
            }
        }
    }
}

impl Indices for SubType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        self.supers.indices(f);
        self.comp.indices(f);
    }
}

impl Indices for RecType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        self.0.indices(f);
    }
}

impl Indices for ExternType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        match self {
            ExternType::Tag(tu) | ExternType::Func(tu) => tu.indices(f),
            ExternType::Global(gt) => gt.val.indices(f),
            ExternType::Table(tt) => tt.elem.indices(f),
            ExternType::Mem(_) => {}
        }
    }
}

impl Indices for ExternIdx {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        match self {
            ExternIdx::Func(x) => f(Space::Func, x),
            ExternIdx::Global(x) => f(Space::Global, x),
            ExternIdx::Table(x) => f(Space::Table, x),
            ExternIdx::Mem(x) => f(Space::Mem, x),
            ExternIdx::Tag(x) => f(Space::Tag, x),
        }
    }
}

impl Indices for BlockType {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        match self {
            BlockType::Result(Some(t)) => t.indices(f),
            BlockType::Result(None) => {}
            BlockType::Idx(x) => f(Space::Type, x),
        }
    }
}

impl Indices for Op {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        match self {
            Op::Plain(instr) => instr.indices(f),
            Op::Select(ts) => ts.indices(f),
            Op::Block(bt) | Op::Loop(bt) | Op::If(bt) => bt.indices(f),
            Op::TryTable(bt, catches) => {
                bt.indices(f);
                for catch in catches {
                    if let Catch::Catch(x, _) | Catch::CatchRef(x, _) = catch {
                        f(Space::Tag, x);
                    }
                }
            }
            Op::BrTable(..) | Op::Else | Op::End => {}
        }
    }
}

impl Indices for Atomic {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        use Atomic::*;
        match self {
            Load(_, x, _) | Store(_, x, _) | Rmw(_, _, x, _) | Cmpxchg(_, x, _) | Notify(x, _) | Wait(_, x, _) => {
                f(Space::Mem, x);
            }
            Fence => {}
            GlobalGet(_, x) | GlobalSet(_, x) | GlobalRmw(_, _, x) | GlobalCmpxchg(_, x) => f(Space::Global, x),
            TableGet(_, x) | TableSet(_, x) | TableXchg(_, x) | TableCmpxchg(_, x) => f(Space::Table, x),
            StructGet(_, _, x, _) | StructSet(_, x, _) | StructRmw(_, _, x, _) | StructCmpxchg(_, x, _) => {
                f(Space::Type, x);
            }
            ArrayGet(_, _, x) | ArraySet(_, x) | ArrayRmw(_, _, x) | ArrayCmpxchg(_, x) => f(Space::Type, x),
        }
    }
}

impl Indices for Instr {
    /// Without a case for all others, so that a new instruction is not forgotten here.
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        use Instr::*;
        match self {
            Block(bt, _) | Loop(bt, _) | If(bt, ..) | TryTable(bt, ..) => bt.indices(f),
            BrOnCast(_, rt_1, rt_2) | BrOnCastFail(_, rt_1, rt_2) => {
                rt_1.indices(f);
                rt_2.indices(f);
            }
            Call(x) | ReturnCall(x) | RefFunc(x) => f(Space::Func, x),
            CallRef(tu) | ReturnCallRef(tu) => tu.indices(f),
            CallIndirect(x, tu) | ReturnCallIndirect(x, tu) => {
                f(Space::Table, x);
                tu.indices(f);
            }
            Throw(x) => f(Space::Tag, x),
            LocalGet(x) | LocalSet(x) | LocalTee(x) => f(Space::Local, x),
            GlobalGet(x) | GlobalSet(x) => f(Space::Global, x),
            TableGet(x) | TableSet(x) | TableSize(x) | TableGrow(x) | TableFill(x) => f(Space::Table, x),
            TableCopy(x, y) => {
                f(Space::Table, x);
                f(Space::Table, y);
            }
            TableInit(x, y) => {
                f(Space::Table, x);
                f(Space::Elem, y);
            }
            ElemDrop(x) => f(Space::Elem, x),
            Load(_, _, x, _) | Store(_, _, x, _) | Vload(_, x, _) | Vstore(x, _) => f(Space::Mem, x),
            VloadLane(_, x, ..) | VstoreLane(_, x, ..) => f(Space::Mem, x),
            MemorySize(x) | MemoryGrow(x) | MemoryFill(x) => f(Space::Mem, x),
            MemoryCopy(x, y) => {
                f(Space::Mem, x);
                f(Space::Mem, y);
            }
            MemoryInit(x, y) => {
                f(Space::Mem, x);
                f(Space::Data, y);
            }
            DataDrop(x) => f(Space::Data, x),
            RefNull(ht) => ht.indices(f),
            RefTest(rt) | RefCast(rt) => rt.indices(f),
            StructNew(x) | StructNewDefault(x) | StructGet(_, x, _) | StructSet(x, _) => f(Space::Type, x),
            ArrayNew(x) | ArrayNewDefault(x) | ArrayNewFixed(x, _) | ArrayGet(_, x) | ArraySet(x) | ArrayFill(x) => {
                f(Space::Type, x);
            }
            ArrayNewData(x, y) | ArrayInitData(x, y) => {
                f(Space::Type, x);
                f(Space::Data, y);
            }
            ArrayNewElem(x, y) | ArrayInitElem(x, y) => {
                f(Space::Type, x);
                f(Space::Elem, y);
            }
            ArrayCopy(x, y) => {
                f(Space::Type, x);
                f(Space::Type, y);
            }
            Atomic(atomic) => atomic.indices(f),
            RefI31Shared | Waiting(..) => {}
            Nop | Unreachable | Drop | Select(_) | Br(_) | BrIf(_) | BrTable(..) | BrOnNull(_) | BrOnNonNull(_)
            | Return | ThrowRef | RefIsNull | RefAsNonNull | RefEq | RefI31 | I31Get(_) | ArrayLen
            | ExternConvertAny | AnyConvertExtern | Const(_) | Unop(_) | Binop(_) | Testop(..) | Relop(_)
            | Cvtop(..) | Vconst(_) | Vvunop(_) | Vvbinop(_) | Vvternop(_) | Vvtestop(_) | Vunop(_) | Vbinop(_)
            | Vternop(_) | Vtestop(_) | Vrelop(_) | Vshiftop(..) | Vbitmask(_) | Vswizzlop(_) | Vshuffle(_)
            | Vsplat(_) | VextractLane(..) | VreplaceLane(..) | Vextunop(..) | Vextbinop(..) | Vextternop(..)
            | Vnarrow(..) | Vcvtop(..) | Ref(_) | Trap | End => {}
        }
    }
}

impl Draft {
    /// Calls `f` with each body, for the function's own ones with the function's position.
    pub(super) fn bodies(&mut self, f: &mut dyn FnMut(Option<usize>, &mut Body)) {
        for (i, func) in self.funcs.iter_mut().enumerate() {
            f(Some(i), &mut func.body);
        }
        self.globals.iter_mut().for_each(|(_, body)| f(None, body));
        self.tables.iter_mut().for_each(|(_, body)| f(None, body));
        self.datas.iter_mut().filter_map(|data| data.active.as_mut()).for_each(|(_, body)| f(None, body));
        for elem in &mut self.elems {
            elem.init.iter_mut().for_each(|body| f(None, body));
            if let Mode::Active(_, body) = &mut elem.mode {
                f(None, body);
            }
        }
    }

    /// Calls `f` with each index outside of bodies.
    fn outside(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        self.types.indices(f);
        self.imports.iter_mut().for_each(|import| import.ty.indices(f));
        self.tags.indices(f);
        self.globals.iter_mut().for_each(|(gt, _)| gt.val.indices(f));
        self.tables.iter_mut().for_each(|(tt, _)| tt.elem.indices(f));
        for func in &mut self.funcs {
            f(Space::Type, &mut func.ty);
            func.locals.indices(f);
        }
        self.datas.iter_mut().filter_map(|data| data.active.as_mut()).for_each(|(x, _)| f(Space::Mem, x));
        for elem in &mut self.elems {
            elem.ty.indices(f);
            if let Mode::Active(x, _) = &mut elem.mode {
                f(Space::Table, x);
            }
        }
        if let Some(x) = &mut self.start {
            f(Space::Func, x);
        }
        self.exports.iter_mut().for_each(|export| export.idx.indices(f));
    }
}

impl Indices for Draft {
    fn indices(&mut self, f: &mut dyn FnMut(Space, &mut Idx)) {
        self.outside(f);
        self.bodies(&mut |_, body| body.indices(f));
    }
}

/// New numbers for the indices of a space, by the old ones; `None` for removed definitions.
pub(super) type Renumbering = [Option<Idx>];

/// The numbers that are left when some are taken out.
pub(super) fn without(count: usize, gone: impl Fn(usize) -> bool) -> Vec<Option<Idx>> {
    let mut next = 0;
    let number = |i| {
        if gone(i) {
            return None;
        }
        next += 1;
        Some(next - 1)
    };
    (0..count).map(number).collect()
}

fn renumbered(map: &mut NameMap, new: &Renumbering) {
    let old = std::mem::take(map);
    *map = old.into_iter().filter_map(|(x, name)| Some((new.get(x as usize).copied()??, name))).collect();
}

fn renumbered_outer(map: &mut IndirectNameMap, new: &Renumbering) {
    let old = std::mem::take(map);
    *map = old.into_iter().filter_map(|(x, names)| Some((new.get(x as usize).copied()??, names))).collect();
}

impl Draft {
    /// Renumbers a space. Instructions that need what is no more become `unreachable`; exports, the start function,
    /// and elements that need it go; types that mention a type that is no more mention the top of its hierarchy.
    /// False where something else needs it.
    pub(super) fn renumber(&mut self, space: Space, new: &Renumbering) -> bool {
        let lost = |x: Idx| new.get(x as usize).is_none_or(Option::is_none);
        let needs = |thing: &mut dyn Indices| {
            let mut needs = false;
            thing.indices(&mut |s, x| needs |= s == space && lost(*x));
            needs
        };
        if new.iter().any(Option::is_none) {
            if space == Space::Type {
                self.generalise(&|x| lost(x));
            }
            self.exports.retain_mut(|export| !needs(&mut export.idx));
            if space == Space::Func && self.start.is_some_and(lost) {
                self.start = None;
            }
            for elem in &mut self.elems {
                elem.init.retain_mut(|body| !needs(body));
            }
            for func in &mut self.funcs {
                for op in &mut func.body {
                    if !op.opens() && needs(op) {
                        *op = Op::Plain(Instr::Unreachable);
                    }
                }
            }
        }
        let mut complete = true;
        self.indices(&mut |s, x| {
            if s == space {
                match new.get(*x as usize).copied().flatten() {
                    Some(y) => *x = y,
                    None => complete = false,
                }
            }
        });
        let names = &mut self.names;
        match space {
            Space::Type => {
                renumbered(&mut names.types, new);
                renumbered_outer(&mut names.fields, new);
            }
            Space::Func => {
                renumbered(&mut names.funcs, new);
                renumbered_outer(&mut names.locals, new);
                renumbered_outer(&mut names.labels, new);
            }
            Space::Global => renumbered(&mut names.globals, new),
            Space::Table => renumbered(&mut names.tables, new),
            Space::Mem => renumbered(&mut names.mems, new),
            Space::Tag => renumbered(&mut names.tags, new),
            Space::Elem => renumbered(&mut names.elems, new),
            Space::Data => renumbered(&mut names.datas, new),
            Space::Local | Space::Label | Space::Field => {}
        }
        complete
    }

    /// Renumbers the locals of a function, parameters first.
    pub(super) fn renumber_locals(&mut self, func: usize, new: &Renumbering) -> bool {
        let mut complete = true;
        self.funcs[func].body.indices(&mut |space, x| {
            if space == Space::Local {
                match new.get(*x as usize).copied().flatten() {
                    Some(y) => *x = y,
                    None => complete = false,
                }
            }
        });
        let x = (self.imported(SpaceKind::Func).count() + func) as Idx;
        if let Some(names) = self.names.locals.get_mut(&x) {
            renumbered(names, new);
        }
        complete
    }

    /// Puts the top of its hierarchy in the place of each heap type that is one of some types.
    pub(super) fn generalise(&mut self, which: &dyn Fn(TypeIdx) -> bool) {
        let tops: Vec<HeapType> = self
            .subtypes()
            .map(|st| {
                HeapType::Abs(
                    st.share,
                    match st.comp {
                        CompType::Struct(_) => AbsHeapType::Struct,
                        CompType::Array(_) => AbsHeapType::Array,
                        CompType::Func(_) => AbsHeapType::Func,
                    },
                )
            })
            .collect();
        self.heaptypes(&mut |ht| {
            if let HeapType::Use(TypeUse::Idx(x)) = *ht
                && which(x)
                && let Some(&top) = tops.get(x as usize)
            {
                *ht = top;
            }
        });
        for st in self.types.iter_mut().flat_map(|rt| &mut rt.0) {
            st.supers.retain(|tu| !matches!(*tu, TypeUse::Idx(x) if which(x)));
        }
    }

    /// Calls `f` with each heap type.
    pub(super) fn heaptypes(&mut self, f: &mut dyn FnMut(&mut HeapType)) {
        let val = |t: &mut ValType, f: &mut dyn FnMut(&mut HeapType)| {
            if let ValType::Ref(rt) = t {
                f(&mut rt.heap);
            }
        };
        for st in self.types.iter_mut().flat_map(|rt| &mut rt.0) {
            let fields = match &mut st.comp {
                CompType::Struct(fts) => &mut fts[..],
                CompType::Array(ft) => std::slice::from_mut(ft),
                CompType::Func(ft) => {
                    ft.params.iter_mut().chain(&mut ft.results).for_each(|t| val(t, f));
                    &mut []
                }
            };
            for ft in fields {
                if let StorageType::Val(t) = &mut ft.storage {
                    val(t, f);
                }
            }
        }
        for import in &mut self.imports {
            match &mut import.ty {
                ExternType::Global(gt) => val(&mut gt.val, f),
                ExternType::Table(tt) => f(&mut tt.elem.heap),
                ExternType::Tag(_) | ExternType::Mem(_) | ExternType::Func(_) => {}
            }
        }
        self.globals.iter_mut().for_each(|(gt, _)| val(&mut gt.val, f));
        self.tables.iter_mut().for_each(|(tt, _)| f(&mut tt.elem.heap));
        self.elems.iter_mut().for_each(|elem| f(&mut elem.ty.heap));
        self.funcs.iter_mut().flat_map(|func| &mut func.locals).for_each(|t| val(t, f));
        self.bodies(&mut |_, body| {
            for op in body {
                match op {
                    Op::Plain(Instr::RefNull(ht)) => f(ht),
                    Op::Plain(Instr::RefTest(rt) | Instr::RefCast(rt)) => f(&mut rt.heap),
                    Op::Plain(Instr::BrOnCast(_, rt_1, rt_2) | Instr::BrOnCastFail(_, rt_1, rt_2)) => {
                        f(&mut rt_1.heap);
                        f(&mut rt_2.heap);
                    }
                    Op::Select(ts) => ts.iter_mut().for_each(|t| val(t, f)),
                    Op::Block(BlockType::Result(Some(t)))
                    | Op::Loop(BlockType::Result(Some(t)))
                    | Op::If(BlockType::Result(Some(t)))
                    | Op::TryTable(BlockType::Result(Some(t)), _) => val(t, f),
                    _ => {}
                }
            }
        });
    }
}
