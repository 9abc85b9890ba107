//! Made-up surroundings of a module: definitions for its imports, and arguments for its exports.
//!
//! [`World::around`] writes a second module with the same types. It exports one definition for each import, of exactly
//! the type asked for, and globals with values of the types of parameters. So whatever constant expressions can make
//! (also references to functions, structures and arrays of the module's own types) gets into the module, and calls go
//! from one instance to another and back.

use lockstep_semantics::syntax::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A module that surrounds another one.
#[derive(Clone, Debug)]
pub struct World {
    /// It exports what the other imports, by position: `"0"`, `"1"`, …
    pub module: Arc<Module>,
    /// The names under which it exports globals with values of the types of parameters, by type.
    pub values: BTreeMap<String, String>,
}

/// How deep the structures go that values are made of.
const DEPTH: usize = 4;
/// The instructions of all values together.
const INSTRS: usize = 10_000;

impl World {
    /// The world around a valid module; `None` when an import has a type of which no value can be made. What is left
    /// open, such as numbers, follows from the seed.
    pub fn around(module: &Module, seed: u64) -> Option<World> {
        let types = module.types.iter().flat_map(|rec| &rec.0).collect();
        let world = Module { types: module.types.clone(), ..Module::default() };
        let mut maker =
            Maker { types, world, code: Code::default(), doubles: BTreeMap::new(), dice: Dice(seed), left: INSTRS };
        for (i, import) in module.imports.iter().enumerate() {
            let idx = maker.definition(import.ty)?;
            maker.world.exports.push(Export { name: i.to_string(), idx });
        }
        let mut values = BTreeMap::new();
        for t in maker.parameters() {
            let key = t.to_string();
            if !values.contains_key(&key)
                && let Some(init) = maker.expr(t)
            {
                let x = maker.global(GlobalType { share: Share::Unshared, mutable: false, val: t }, init);
                let name = format!("value {key}");
                maker.world.exports.push(Export { name: name.clone(), idx: ExternIdx::Global(x) });
                values.insert(key, name);
            }
        }
        maker.declare();
        Some(World { module: Arc::new(Module { code: Arc::new(maker.code), ..maker.world }), values })
    }
}

/// A world in the making.
struct Maker<'a> {
    /// The module's types, by index.
    types: Vec<&'a SubType>,
    world: Module,
    code: Code,
    /// Functions to refer to, by type.
    doubles: BTreeMap<TypeIdx, FuncIdx>,
    dice: Dice,
    /// The instructions that may still be made.
    left: usize,
}

impl<'a> Maker<'a> {
    /// The types of the parameters of all function types.
    fn parameters(&self) -> Vec<ValType> {
        let params = self.types.iter().filter_map(|st| match &st.comp {
            CompType::Func(ft) => Some(ft.params.iter().copied()),
            CompType::Struct(_) | CompType::Array(_) => None,
        });
        params.flatten().collect()
    }

    /// The function type of an index.
    fn func_type(&self, x: TypeIdx) -> Option<&'a FuncType> {
        match &self.types.get(x as usize)?.comp {
            CompType::Func(ft) => Some(ft),
            CompType::Struct(_) | CompType::Array(_) => None,
        }
    }

    /// A definition for an import.
    fn definition(&mut self, xt: ExternType) -> Option<ExternIdx> {
        Some(match xt {
            ExternType::Tag(jt) => {
                self.world.tags.push(jt);
                ExternIdx::Tag(self.world.tags.len() as Idx - 1)
            }
            ExternType::Global(gt) => {
                let init = self.expr(gt.val)?;
                ExternIdx::Global(self.global(gt, init))
            }
            ExternType::Mem(mt) => {
                self.world.mems.push(mt);
                ExternIdx::Mem(self.world.mems.len() as Idx - 1)
            }
            ExternType::Table(ty) => {
                let init = self.expr(ValType::Ref(ty.elem))?;
                self.world.tables.push(Table { ty, init });
                ExternIdx::Table(self.world.tables.len() as Idx - 1)
            }
            ExternType::Func(TypeUse::Idx(x)) => {
                let ft = self.func_type(x)?;
                let mut instrs = Vec::new();
                if self.dice.below(8) == 0 || ft.results.iter().any(|&t| self.value(t, DEPTH, &mut instrs).is_none()) {
                    instrs = vec![Instr::Unreachable];
                }
                ExternIdx::Func(self.func(x, instrs))
            }
            ExternType::Func(_) => return None,
        })
    }

    fn global(&mut self, ty: GlobalType, init: Expr) -> GlobalIdx {
        self.world.globals.push(Global { ty, init });
        self.world.globals.len() as Idx - 1
    }

    fn func(&mut self, ty: TypeIdx, instrs: Vec<Instr>) -> FuncIdx {
        let body = self.seq(instrs);
        self.world.funcs.push(Func { ty, locals: vec![], body });
        self.world.funcs.len() as Idx - 1
    }

    fn seq(&mut self, instrs: Vec<Instr>) -> Seq {
        self.code.add_seq(instrs.into_iter().map(|instr| (instr, 0)), 0)
    }

    /// A constant expression for a value of a type.
    fn expr(&mut self, t: ValType) -> Option<Expr> {
        let mut instrs = Vec::new();
        self.value(t, DEPTH, &mut instrs)?;
        Some(self.seq(instrs))
    }

    /// Adds constant instructions for a value of a type; after `None`, some may have been added.
    fn value(&mut self, t: ValType, depth: usize, instrs: &mut Vec<Instr>) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        match t {
            ValType::Num(nt) => instrs.push(Instr::Const(self.dice.num(nt))),
            ValType::Vec(VecType::V128) => instrs.push(Instr::Vconst(V128::from_u128(self.dice.bits(128)))),
            ValType::Ref(RefType { null, heap }) => {
                let made = instrs.len();
                if (null && self.dice.below(3) == 0) || self.object(heap, depth, instrs).is_none() {
                    if !null {
                        return None;
                    }
                    instrs.truncate(made);
                    instrs.push(Instr::RefNull(heap));
                }
            }
            ValType::Bot => return None,
        }
        Some(())
    }

    /// Adds constant instructions for a reference that is not null.
    fn object(&mut self, ht: HeapType, depth: usize, instrs: &mut Vec<Instr>) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match ht {
            HeapType::Use(TypeUse::Idx(x)) => match &self.types.get(x as usize)?.comp {
                CompType::Func(_) => instrs.push(Instr::RefFunc(self.double(x))),
                CompType::Array(_) => instrs.push(Instr::ArrayNewFixed(x, 0)),
                CompType::Struct(fts) => {
                    for ft in fts {
                        self.value(ft.storage.unpack(), depth, instrs)?;
                    }
                    instrs.push(Instr::StructNew(x));
                }
            },
            HeapType::Use(_) => return None,
            HeapType::Abs(_, aht @ (AbsHeapType::Struct | AbsHeapType::Array | AbsHeapType::Func)) => {
                let of_kind = |st: &SubType| match st.comp {
                    CompType::Struct(_) => aht == AbsHeapType::Struct,
                    CompType::Array(_) => aht == AbsHeapType::Array,
                    CompType::Func(_) => aht == AbsHeapType::Func,
                };
                let xs: Vec<_> = (0..).zip(&self.types).filter(|(_, st)| of_kind(st)).map(|(x, _)| x).collect();
                let x = *xs.get(self.dice.below(xs.len()))?;
                self.object(HeapType::Use(TypeUse::Idx(x)), depth, instrs)?;
            }
            HeapType::Abs(_, AbsHeapType::Any | AbsHeapType::Eq | AbsHeapType::I31) => self.i31(instrs),
            HeapType::Abs(_, AbsHeapType::Extern) => {
                self.i31(instrs);
                instrs.push(Instr::ExternConvertAny);
            }
            // Of exceptions there is no constant expression; the others have no values.
            HeapType::Abs(..) => return None,
        }
        Some(())
    }

    fn i31(&mut self, instrs: &mut Vec<Instr>) {
        instrs.extend([Instr::Const(self.dice.num(NumType::I32)), Instr::RefI31]);
    }

    /// A function of a type, to refer to.
    fn double(&mut self, x: TypeIdx) -> FuncIdx {
        match self.doubles.get(&x) {
            Some(&y) => y,
            None => {
                let y = self.func(x, vec![Instr::Unreachable]);
                self.doubles.insert(x, y);
                y
            }
        }
    }

    /// Lets function bodies refer to the functions that they do refer to.
    fn declare(&mut self) {
        let doubles: Vec<_> = self.doubles.values().copied().collect();
        let init = doubles.into_iter().map(|y| self.seq(vec![Instr::RefFunc(y)])).collect();
        self.world.elems.push(Elem { share: Share::Unshared, ty: RefType::FUNCREF, init, mode: ElemMode::Declare });
    }
}

/// Numbers that depend on nothing but the seed (SplitMix64), and are interesting ones more often than others.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `n`; 0 if there is none.
    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n.max(1) as u64) as usize
    }

    /// Small numbers, powers of two and their neighbours, infinities and theirs, anything.
    pub fn bits(&mut self, width: u32) -> u128 {
        let any = (self.roll() as u128) << 64 | self.roll() as u128;
        let power = 1_u128 << self.below(width as usize);
        match self.below(8) {
            0 => 0,
            1 => any % 16,
            2 => power,
            3 => power - 1,
            4 => power.wrapping_neg(),
            5 if width == 32 => 0x7f80_0000 ^ (any % 3),
            5 => 0x7ff0_0000_0000_0000 ^ (any % 3),
            _ => any,
        }
    }

    /// A number of a type.
    pub fn num(&mut self, nt: NumType) -> Num {
        let bits = self.bits(nt.size());
        match nt {
            NumType::I32 => Num::I32(bits as u32),
            NumType::I64 => Num::I64(bits as u64),
            NumType::F32 => Num::F32(bits as u32),
            NumType::F64 => Num::F64(bits as u64),
        }
    }
}
