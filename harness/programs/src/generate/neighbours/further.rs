//! Definitions that are added to a module: a type or a function that breaks one premise, if it breaks any.
//!
//! A change of an instruction mostly breaks the types of its operands. In an added function the operands come from
//! unreachable code, where any types fit, so that only the other premises of the instruction can fail. An added type is
//! used nowhere, so only its own premises can fail.

use super::{Changes, elsewhere, same_kind, superindex};
use lockstep_semantics::syntax::*;
use std::sync::Arc;

const NONE: HeapType = HeapType::abs(AbsHeapType::None);

impl Changes<'_, '_> {
    /// A further type: a subtype of another, in which one thing is other than it should be.
    pub(super) fn further_type(&mut self, module: &mut Module) -> Option<String> {
        let sup = self.r.below(self.subs.len());
        let st = self.subs.get(sup)?.clone();
        let x = self.subs.len();
        let mut further = SubType { is_final: true, supers: vec![TypeUse::Idx(sup as TypeIdx)], ..st.clone() };
        let what = match (self.r.below(8), &mut further.comp) {
            (0, CompType::Struct(fts)) if !fts.is_empty() => {
                fts.pop();
                "one field less".to_owned()
            }
            (1, _) => {
                further.comp = self.subs.iter().map(|st| &st.comp).find(|comp| !same_kind(comp, &st.comp))?.clone();
                "another kind".to_owned()
            }
            (2, _) => {
                further.supers.push(further.supers[0]);
                "it as its supertype twice".to_owned()
            }
            (3, _) => {
                further.supers = vec![TypeUse::Idx(x as TypeIdx)];
                "itself as its supertype".to_owned()
            }
            (how, CompType::Struct(fts)) => {
                let i = self.r.below(fts.len().max(1));
                let what = self.other_storage(how, fts.get_mut(i)?)?;
                format!("field {i} {what}")
            }
            (how, CompType::Array(ft)) => format!("elements {}", self.other_storage(how, ft)?),
            (how, CompType::Func(ft)) => {
                let list = if how < 6 { &mut ft.params } else { &mut ft.results };
                let i = self.r.below(list.len().max(1));
                let t = list.get_mut(i)?;
                *t = match *t {
                    ValType::Ref(rt) if self.r.chance(70) => ValType::Ref(RefType { null: !rt.null, ..rt }),
                    t => elsewhere(t),
                };
                format!("{t} as {} {i}", if how < 6 { "parameter" } else { "result" })
            }
        };
        module.types.push(RecType(vec![further]));
        Some(format!("there is a further type {x} like its supertype {sup}, but for {what}"))
    }

    /// Another storage type or mutability.
    fn other_storage(&mut self, how: usize, ft: &mut FieldType) -> Option<&'static str> {
        Some(match (how, ft.storage) {
            (0..4, _) => {
                ft.mutable = !ft.mutable;
                "of other mutability"
            }
            (4 | 5, StorageType::Val(ValType::Ref(rt))) => {
                // Smaller: this only immutable fields may be.
                let smaller = if rt.null { RefType::non_null(rt.heap) } else { self.smaller(rt)? };
                ft.storage = StorageType::Val(ValType::Ref(smaller));
                "smaller"
            }
            (6, StorageType::Val(ValType::Ref(rt))) if !rt.null => {
                ft.storage = StorageType::Val(ValType::Ref(RefType::null(rt.heap)));
                "nullable"
            }
            (_, StorageType::Val(t)) => {
                ft.storage = StorageType::Val(elsewhere(t));
                "of an unrelated type"
            }
            (4, StorageType::Pack(_)) => {
                ft.storage = StorageType::Val(ValType::I32);
                "not packed"
            }
            (_, StorageType::Pack(pt)) => {
                ft.storage = StorageType::Pack(if pt == PackType::I8 { PackType::I16 } else { PackType::I8 });
                "of another pack type"
            }
        })
    }

    /// A type that matches another, and is not it.
    fn smaller(&mut self, rt: RefType) -> Option<RefType> {
        let heap = match rt.heap {
            HeapType::Use(TypeUse::Idx(x)) => {
                let below = self.some_type(|st| superindex(st) == Some(x as usize));
                below.map_or(NONE, |y| HeapType::Use(TypeUse::Idx(y as TypeIdx)))
            }
            HeapType::Abs(_, AbsHeapType::Any | AbsHeapType::Eq | AbsHeapType::Struct | AbsHeapType::Array) => NONE,
            _ => return None,
        };
        Some(RefType { heap, ..rt })
    }

    /// A type that something holds for, mostly, and any otherwise.
    fn type_index(&mut self, fits: impl Fn(&SubType) -> bool) -> TypeIdx {
        match self.some_type(fits) {
            Some(x) if self.r.chance(95) => x as TypeIdx,
            _ => self.r.below(self.subs.len() + 1) as TypeIdx,
        }
    }

    fn reftype(&mut self) -> RefType {
        let null = self.r.chance(50);
        let heap = match self.r.below(3) {
            0 => HeapType::abs(
                [AbsHeapType::Any, AbsHeapType::Eq, AbsHeapType::I31, AbsHeapType::Extern, AbsHeapType::Func]
                    [self.r.below(5)],
            ),
            _ => HeapType::Use(TypeUse::Idx(self.type_index(|_| true))),
        };
        RefType { null, heap }
    }

    /// A further function, of no parameters and no results.
    pub(super) fn further_function(&mut self, module: &mut Module) -> Option<String> {
        let mut code = Code::clone(&module.code);
        let mut locals = Vec::new();
        let seq = |code: &mut Code, instrs: &[Instr]| code.add_seq(instrs.iter().map(|instr| (*instr, 0)), 0);
        let dead = [Instr::Unreachable];
        let mut what_is = None;
        let (body, what) = match self.r.below(9) {
            0 => {
                // A local that is read before it is set.
                locals.push(ValType::Ref(RefType { null: false, ..self.reftype() }));
                (vec![Instr::LocalGet(0)], "it reads a local that is not set")
            }
            1 => {
                locals.push(ValType::Ref(RefType { null: false, ..self.reftype() }));
                let inner = seq(&mut code, &[Instr::Unreachable, Instr::LocalSet(0)]);
                let block = [Instr::Block(BlockType::Result(None), inner), Instr::Loop(BlockType::Result(None), inner)];
                (vec![block[self.r.below(2)], Instr::LocalGet(0)], "it reads a local that is set in a block")
            }
            2 => {
                let t = ValType::Ref(self.reftype());
                locals.push(if let ValType::Ref(rt) = t { ValType::Ref(RefType { null: true, ..rt }) } else { t });
                let get = Instr::LocalGet(0);
                (vec![get, get, Instr::Const(Num::I32(0)), Instr::Select(None)], "it selects references")
            }
            3 => {
                // A branch to a loop with what its end leaves.
                let x = self.type_index(|st| matches!(st.comp, CompType::Func(_)));
                let CompType::Func(ft) = &self.subs.get(x as usize)?.comp else { return None };
                let mut instrs: Vec<Instr> = vec![Instr::Drop; ft.params.len()];
                for t in &ft.results {
                    locals.push(match *t {
                        ValType::Ref(rt) => ValType::Ref(RefType { null: true, ..rt }),
                        t => t,
                    });
                    instrs.push(Instr::LocalGet(locals.len() as u32 - 1));
                    if matches!(t, ValType::Ref(RefType { null: false, .. })) {
                        instrs.push(Instr::RefAsNonNull);
                    }
                }
                instrs.push(Instr::Br(0));
                let inner = seq(&mut code, &instrs);
                let body = [Instr::Unreachable, Instr::Loop(BlockType::Idx(x), inner)];
                (body.to_vec(), "it branches to a loop with the results of the loop")
            }
            4 => {
                // A branch on a cast, to a block whose result is mostly what the branch hands over.
                let from = self.reftype();
                let to = match self.r.below(4) {
                    0 => RefType { null: self.r.chance(50), ..from },
                    1 => self.smaller(from).unwrap_or(from),
                    _ => self.reftype(),
                };
                let succeed = self.r.chance(50);
                let rt = match self.r.below(4) {
                    0 => self.reftype(),
                    _ if succeed => to,
                    1 => from,
                    _ => RefType { null: from.null && !to.null, ..from },
                };
                let cast = if succeed { Instr::BrOnCast(0, from, to) } else { Instr::BrOnCastFail(0, from, to) };
                let inner = seq(&mut code, &[Instr::Unreachable, cast, Instr::Unreachable]);
                what_is = Some(cast);
                let bt = BlockType::Result(Some(ValType::Ref(rt)));
                (vec![Instr::Block(bt, inner)], "it branches on a cast to a block of some type")
            }
            _ => {
                let instr = self.any_instr(module)?;
                (vec![Instr::Unreachable, instr], "its instruction stands in code that is never reached")
            }
        };
        let shown = what_is.or(body.last().copied())?;
        let body: Vec<Instr> = body.into_iter().chain(dead).collect();
        let body = seq(&mut code, &body);
        let names = Names::default();
        let text = shown.display(&code, &names).to_string();
        module.code = Arc::new(code);
        let void = CompType::Func(FuncType { params: Vec::new(), results: Vec::new() });
        let (ty, share) = (self.subs.len() as TypeIdx, Share::Unshared);
        module.types.push(RecType(vec![SubType { is_final: true, supers: Vec::new(), share, comp: void }]));
        module.funcs.push(Func { ty, locals, body });
        Some(format!("there is a further function with {text}: {what}"))
    }

    /// An instruction with types and indices that may or may not go together.
    fn any_instr(&mut self, module: &Module) -> Option<Instr> {
        let structure = |st: &SubType| matches!(st.comp, CompType::Struct(_));
        let array = |st: &SubType| matches!(st.comp, CompType::Array(_));
        let func = |st: &SubType| matches!(st.comp, CompType::Func(_));
        let sx = [None, Some(Sx::S), Some(Sx::U)][self.r.below(3)];
        let imported = |kind: fn(&ExternType) -> bool| module.imports.iter().filter(|import| kind(&import.ty)).count();
        let tables = module.tables.len() + imported(|ty| matches!(ty, ExternType::Table(_)));
        let globals = module.globals.len() + imported(|ty| matches!(ty, ExternType::Global(_)));
        let funcs = module.funcs.len() + imported(|ty| matches!(ty, ExternType::Func(_)));
        let table = self.r.below(tables) as TableIdx;
        let elem = self.r.below(module.elems.len()) as ElemIdx;
        let data = self.r.below(module.datas.len()) as DataIdx;
        Some(match self.r.below(20) {
            0 | 1 => {
                let x = self.type_index(structure);
                let i = self.r.below(self.fields(x).len() + 1) as FieldIdx;
                if self.r.chance(50) { Instr::StructGet(sx, x, i) } else { Instr::StructSet(x, i) }
            }
            2 => Instr::StructNewDefault(self.type_index(structure)),
            3 => Instr::ArrayNewDefault(self.type_index(array)),
            4 => Instr::ArrayGet(sx, self.type_index(array)),
            5 => Instr::ArraySet(self.type_index(array)),
            6 => Instr::ArrayFill(self.type_index(array)),
            7 | 8 => Instr::ArrayCopy(self.type_index(array), self.type_index(array)),
            9 => Instr::ArrayNewElem(self.type_index(array), elem),
            10 => Instr::ArrayInitElem(self.type_index(array), elem),
            11 => Instr::ArrayNewData(self.type_index(array), data),
            12 => Instr::ArrayInitData(self.type_index(array), data),
            13 => Instr::TableInit(table, elem),
            14 => Instr::TableCopy(table, self.r.below(tables) as TableIdx),
            15 => Instr::CallIndirect(table, TypeUse::Idx(self.type_index(func))),
            16 => Instr::GlobalSet(self.r.below(globals) as GlobalIdx),
            17 => Instr::RefFunc(self.r.below(funcs + 1) as FuncIdx),
            18 => Instr::ReturnCall(self.r.below(funcs) as FuncIdx),
            _ => {
                let x = TypeUse::Idx(self.type_index(func));
                if self.r.chance(50) { Instr::ReturnCallRef(x) } else { Instr::CallRef(x) }
            }
        })
    }
}
