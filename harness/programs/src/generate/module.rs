//! Generates a module: imports, definitions, bodies of functions, and the functions that the host calls.

use super::body::{Body, Expected, Gen};
use super::draft::ModuleDraft;
use super::kinds::{CompKind, heap};
use super::rand::Rand;
use super::types::Types;
use super::{GenerateOptions, Planned};
use lockstep_engines::{RefVal, Val};
use lockstep_semantics::syntax::*;
use std::sync::Arc;

/// How many calls there are between two refuellings.
const FUEL: u32 = 16;

/// Writes a module.
pub(super) fn module<'r, 'a, 'b>(
    r: &'r mut Rand<'a, 'b>,
    options: &GenerateOptions,
    name: &str,
    earlier: &[ModuleDraft],
) -> ModuleDraft {
    let big = r.chance(options.big);
    let recs = if big { r.within(4, 14) } else { r.within(1, 4) };
    let sharing = options.features.shared_everything;
    let types = match earlier.first() {
        Some(first) => {
            let shared = r.within(first.recs.len().div_ceil(2), first.recs.len());
            Types::extending(r, &first.recs[..shared], recs / 2, sharing)
        }
        None => Types::new(r, recs, sharing),
    };
    let mut g = Gen {
        r,
        types,
        module: Module::default(),
        code: Code::default(),
        tags: Vec::new(),
        globals: Vec::new(),
        tables: Vec::new(),
        mems: Vec::new(),
        funcs: Vec::new(),
        elems: Vec::new(),
        datas: Vec::new(),
        written: Vec::new(),
        helpers: Vec::new(),
        user_funcs: 0,
        fuel: 0,
        shared: None,
        met: [None; 2],
        features: options.features,
        functions: options.functions,
        definitions: options.definitions,
        segments: false,
        host_references: options.host_references,
        shared_funcs: Vec::new(),
        user_tables: 0,
        user_globals: 0,
        b: Body::default(),
    };
    // Not often: wasmparser does not read these, and has no opinion of the rest then.
    g.segments = g.definitions && g.r.chance(20);
    g.imports(earlier);
    g.define_tags();
    g.declare_funcs(big);
    g.define_globals(earlier.is_empty());
    g.define_segments();
    g.define_tables();
    g.write_funcs(big);
    g.define_start();
    let calls = g.entries();
    g.finish(name, calls)
}

impl Gen<'_, '_, '_> {
    /// A type of values that constant expressions make.
    fn const_valtype(&mut self) -> ValType {
        match self.types.inhabited_valtype(self.r) {
            ValType::Ref(rt) if !self.types.const_inhabited(ValType::Ref(rt)) => ValType::Ref(RefType::null(rt.heap)),
            t => t,
        }
    }

    fn define_tags(&mut self) {
        // All that can be thrown anywhere is thrown by the first tag.
        let own = self.r.within(1, 3);
        for i in 0..own {
            let params: Vec<ValType> = (0..self.r.below(4)).map(|_| self.const_valtype()).collect();
            let fits = |x: &TypeIdx| {
                let ft = self.types.functype(*x);
                ft.results.is_empty() && ft.params.iter().all(|t| self.types.const_inhabited(*t))
            };
            let found: Vec<TypeIdx> = self.types.of_kind(CompKind::Func).filter(fits).collect();
            let x = match self.r.pick(&found) {
                Some(x) if i > 0 || self.r.chance(40) => x,
                _ => self.types.func(&params, &[]),
            };
            self.module.tags.push(TypeUse::Idx(x));
            self.tags.push(x);
        }
        self.define_shared_tag();
    }

    fn declare_funcs(&mut self, big: bool) {
        // A function of each type, so that all of them have values.
        let all: Vec<TypeIdx> = self.types.of_kind(CompKind::Func).collect();
        for x in &all {
            let there = self.funcs.iter().any(|y| self.types.heap_sub(heap(*y), heap(*x)));
            if !there || self.r.chance(15) {
                self.declare(*x);
            }
        }
        let more = if big { self.r.within(3, 10) } else { self.r.within(1, 4) };
        for _ in 0..more {
            let params: Vec<ValType> = (0..self.r.below(4)).map(|_| self.types.inhabited_valtype(self.r)).collect();
            let results: Vec<ValType> =
                (0..self.r.weighted(&[15, 65, 15, 5])).map(|_| self.types.inhabited_valtype(self.r)).collect();
            let x = match self.r.pick(&all) {
                Some(x) if self.r.chance(30) => x,
                // Some that hosts can call.
                _ if self.r.chance(25) => {
                    let number = |g: &mut Self| {
                        [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::V128]
                            [g.r.weighted(&[5, 3, 1, 1, 1])]
                    };
                    let params: Vec<ValType> = (0..self.r.within(0, 3)).map(|_| number(self)).collect();
                    let result = number(self);
                    self.types.func(&params, &[result])
                }
                _ if self.r.chance(15) => {
                    let refs = [RefType::ANYREF, RefType::EQREF, RefType::EXTERNREF, RefType::FUNCREF, RefType::I31REF];
                    let params: Vec<ValType> = (0..2).map(|_| ValType::Ref(refs[self.r.below(5)])).collect();
                    let result = if self.r.chance(40) { params[0] } else { ValType::I32 };
                    self.types.func(&params, &[result])
                }
                _ => self.types.func(&params, &results),
            };
            self.declare(x);
        }
        self.user_funcs = self.funcs.len();
        self.declare_shared_funcs();
    }

    fn define_globals(&mut self, first: bool) {
        if first {
            // The fuel comes before all others, and modules that import it have it first, too.
            let ty = GlobalType { share: Share::Unshared, mutable: true, val: ValType::I32 };
            let init = self.constant(|g| g.i32(FUEL));
            self.module.globals.push(Global { ty, init });
            self.globals.push(ty);
        }
        for _ in 0..self.r.within(1, 4) {
            // One that takes any reference serves to see what was made and changed.
            let wide = self.r.chance(15);
            let val = if wide { ValType::Ref(RefType::ANYREF) } else { self.const_valtype() };
            let share = self.definition_share(val);
            let ty = GlobalType { share, mutable: wide || self.r.chance(65), val };
            let fits = |x: &usize| {
                let gt = self.globals[*x];
                !gt.mutable && self.types.sub(gt.val, val) && (share == Share::Unshared || gt.share == share)
            };
            let known: Vec<usize> = (0..self.globals.len()).filter(fits).collect();
            let known = self.r.pick(&known);
            let init = self.constant(|g| match known {
                Some(x) if g.r.chance(30) => g.emit(Instr::GlobalGet(x as GlobalIdx)),
                _ => {
                    g.value(val, 3, true);
                }
            });
            self.module.globals.push(Global { ty, init });
            self.globals.push(ty);
        }
        self.user_globals = self.globals.len();
    }

    /// A small memory or none, segments, and element segments.
    fn define_segments(&mut self) {
        let with_memory = if self.features.threads { 50 } else { 25 };
        if self.r.chance(with_memory) {
            let addr = if self.r.chance(20) { AddrType::I64 } else { AddrType::I32 };
            let limits = Limits { min: 1, max: Some(self.r.within(1, 2) as u64) };
            let share = if self.features.threads && self.r.chance(60) { Share::Shared } else { Share::Unshared };
            let mt = MemType { share, addr, limits };
            self.module.mems.push(mt);
            self.mems.push(mt);
        }
        for _ in 0..self.r.weighted(&[40, 40, 20]) {
            let len = self.r.within(4, 40);
            let bytes: Arc<[u8]> = (0..len).map(|_| self.r.below(256) as u8).collect();
            let mode = if !self.mems.is_empty() && self.r.chance(40) {
                let mem = self.r.below(self.mems.len());
                let (at, offset) = (self.mems[mem].addr, self.r.below(32) as u64);
                DataMode::Active(mem as MemIdx, self.constant(|g| g.addr(at, offset)))
            } else {
                DataMode::Passive
            };
            self.datas.push(if matches!(mode, DataMode::Passive) { len as u32 } else { 0 });
            let share = self.data_share(mode);
            self.module.datas.push(Data { share, bytes, mode });
        }
        // All functions may be referred to.
        let declared: Vec<Seq> =
            (0..self.user_funcs).map(|f| self.constant(|g| g.emit(Instr::RefFunc(f as FuncIdx)))).collect();
        let ty = RefType::non_null(HeapType::abs(AbsHeapType::Func));
        self.module.elems.push(Elem { share: Share::Unshared, ty, init: declared, mode: ElemMode::Declare });
        self.elems.push((ty, 0));
        for _ in 0..self.r.weighted(&[30, 40, 30]) {
            let mut rt = self.types.reftype(self.r);
            if self.r.chance(60) {
                // One that there is an array or a table for.
                let types = &self.types;
                let refs: Vec<RefType> = types
                    .of_kind(CompKind::Array)
                    .filter_map(|x| match types.element(x)?.storage {
                        StorageType::Val(ValType::Ref(rt)) => Some(rt),
                        _ => None,
                    })
                    .collect();
                rt = self.r.pick(&refs).unwrap_or(rt);
            }
            if !self.types.const_inhabited(ValType::Ref(rt)) {
                rt.null = true;
            }
            let init: Vec<Seq> = (0..self.r.within(1, 4))
                .map(|_| {
                    self.constant(|g| {
                        g.value(ValType::Ref(rt), 2, true);
                    })
                })
                .collect();
            self.elems.push((rt, init.len() as u32));
            let share = self.elem_share(rt);
            self.module.elems.push(Elem { share, ty: rt, init, mode: ElemMode::Passive });
        }
    }

    fn table(&mut self, elem: RefType, min: u64) -> TableIdx {
        let addr = if self.r.chance(12) { AddrType::I64 } else { AddrType::I32 };
        let max = self.r.chance(70).then(|| min + self.r.below(4) as u64);
        let share = self.definition_share(ValType::Ref(elem));
        let ty = TableType { share, addr, limits: Limits { min, max }, elem };
        // Globals of the module itself are not to be had here.
        let init = self.constant(|g| {
            if elem.null && g.r.chance(50) {
                g.emit(Instr::RefNull(elem.heap));
            } else {
                g.value(ValType::Ref(elem), 2, true);
            }
        });
        self.module.tables.push(Table { ty, init });
        self.tables.push(ty);
        (self.tables.len() - 1) as TableIdx
    }

    fn define_tables(&mut self) {
        if self.r.chance(75) {
            // A table of functions, with some in it.
            let mut elem = RefType { null: !self.r.chance(25), heap: HeapType::abs(AbsHeapType::Func) };
            let all: Vec<TypeIdx> = self.types.of_kind(CompKind::Func).collect();
            if let Some(x) = self.r.pick(&all)
                && self.r.chance(30)
            {
                elem.heap = heap(x);
            }
            let fits = self.funcs_of(elem.heap);
            let len = self.r.within(1, 5).min(fits.len());
            let min = len as u64 + self.r.below(2) as u64;
            let table = self.table(elem, min);
            let funcs: Vec<FuncIdx> = (0..len).filter_map(|_| self.r.pick(&fits)).collect();
            let init = funcs.into_iter().map(|f| self.constant(|g| g.emit(Instr::RefFunc(f)))).collect();
            let at = self.tables[table as usize].addr;
            let offset = self.constant(|g| g.addr(at, 0));
            // A segment may be of a type below that of the table.
            let ty = RefType { null: elem.null && self.r.chance(50), heap: elem.heap };
            self.module.elems.push(Elem { share: Share::Unshared, ty, init, mode: ElemMode::Active(table, offset) });
            self.elems.push((ty, 0));
        }
        for _ in 0..self.r.weighted(&[25, 50, 25]) {
            let mut elem = self.types.reftype(self.r);
            if !self.types.const_inhabited(ValType::Ref(elem)) {
                elem.null = true;
            }
            let min = self.r.within(1, 4) as u64;
            self.table(elem, min);
        }
        self.user_tables = self.tables.len();
    }

    fn write_funcs(&mut self, big: bool) {
        self.write_shared_funcs();
        let imported = self.imported_funcs();
        for f in imported..self.user_funcs {
            let (calls, raw) = (self.r.chance(70), self.r.chance(4));
            let mut budget = self.r.within(4, 26) as i32;
            if big && self.r.chance(30) {
                budget *= 4;
            }
            self.write(f as FuncIdx, |g| {
                // Only what is handed to the host directly.
                let raw = raw && matches!(g.b.results[..], [ValType::F32 | ValType::F64]);
                (g.b.calls, g.b.budget) = (calls, budget);
                if calls {
                    g.spend();
                }
                if g.r.chance(8) {
                    g.throw_perhaps(1);
                }
                let n = g.r.within(1, 6);
                for _ in 0..n {
                    g.statement(3);
                }
                if calls && g.r.chance(15) && g.tail_call(2) {
                    return;
                }
                if raw {
                    return g.raw_float();
                }
                let results = g.b.results.clone();
                for t in results {
                    g.b.budget = g.b.budget.max(3);
                    g.expr(t, 3);
                }
            });
        }
    }

    /// Now and then something runs before all calls.
    fn define_start(&mut self) {
        if !self.r.chance(8) {
            return;
        }
        let ty = self.types.func(&[], &[]);
        let f = self.declare(ty);
        self.write(f, |g| {
            (g.b.calls, g.b.budget) = (g.r.chance(50), 10);
            for _ in 0..3 {
                g.statement(2);
            }
        });
        self.module.start = Some(f);
    }

    /// A floating-point result whose NaN is as it is, for the host to see.
    fn raw_float(&mut self) {
        let t = self.b.results[0];
        let fnn = if t == ValType::F32 { Fnn::F32 } else { Fnn::F64 };
        self.number(t);
        self.number(t);
        let op = [FBinOp::Add, FBinOp::Sub, FBinOp::Mul, FBinOp::Div][self.r.below(4)];
        self.emit(Instr::Binop(BinOp::F(fnn, op)));
    }

    /// Uses up fuel; returns when there is none.
    fn spend(&mut self) {
        let fuel = self.fuel;
        self.emit_all([Instr::GlobalGet(fuel), Instr::Testop(Inn::I32, TestOp::Eqz)]);
        let results = self.b.results.clone();
        self.if_else(
            &[],
            |g| {
                let budget = std::mem::replace(&mut g.b.budget, 0);
                for t in &results {
                    g.value(*t, 0, false);
                }
                g.b.budget = budget;
                g.emit(Instr::Return);
            },
            |_| (),
        );
        self.emit(Instr::GlobalGet(fuel));
        self.i32(1);
        self.emit_all([Instr::Binop(BinOp::I(Inn::I32, IBinOp::Sub)), Instr::GlobalSet(fuel)]);
    }

    fn refuel(&mut self) {
        let fuel = self.fuel;
        self.i32(FUEL);
        self.emit(Instr::GlobalSet(fuel));
    }

    /// A function without parameters and with an `i64` as its result, for the host to call.
    fn entry(&mut self, name: String, write: impl FnOnce(&mut Self, LocalIdx)) -> Planned {
        let x = self.types.func(&[], &[ValType::I64]);
        let f = self.declare(x);
        self.write(f, |g| {
            let h = g.reserved(ValType::I64);
            write(g, h);
            g.emit(Instr::LocalGet(h));
        });
        self.module.exports.push(Export { name: name.clone(), idx: ExternIdx::Func(f) });
        Planned { function: name, args: Vec::new() }
    }

    /// The functions that the host calls: some with arguments made here and results turned into numbers, some with
    /// arguments from the host, and probes of globals and tables.
    fn entries(&mut self) -> Vec<Planned> {
        let mut calls = Vec::new();
        let imported = self.imported_funcs();
        for f in imported..self.user_funcs {
            let ft = self.types.functype(self.funcs[f]);
            if !ft.params.iter().all(|t| self.types.inhabited(*t)) {
                continue;
            }
            let planned = self.entry(format!("call{f}"), |g, h| {
                g.refuel();
                g.b.budget = 6;
                for t in &ft.params {
                    g.expr(*t, 2);
                }
                g.emit(Instr::Call(f as FuncIdx));
                g.fold_values(&ft.results, h);
            });
            calls.push(planned);
        }
        let twice = self.r.below(3).min(calls.len());
        calls.extend_from_within(..twice);
        self.direct(&mut calls);
        for x in 0..self.user_globals {
            let t = self.globals[x].val;
            if matches!(t, ValType::Ref(_)) {
                let planned = self.entry(format!("global{x}"), |g, h| {
                    g.emit(Instr::GlobalGet(x as GlobalIdx));
                    g.fold_values(&[t], h);
                });
                calls.push(planned);
            }
        }
        for x in 0..self.user_tables {
            let planned = self.entry(format!("table{x}"), |g, h| g.fold_table(x, h));
            calls.push(planned);
        }
        calls
    }

    /// Calls of functions with arguments from the host.
    fn direct(&mut self, calls: &mut Vec<Planned>) {
        let fuel = self.entry("refuel".into(), |g, _| g.refuel());
        for f in self.imported_funcs()..self.user_funcs {
            let ft = self.types.functype(self.funcs[f]);
            let Some(args) = ft.params.iter().map(|t| self.argument(*t)).collect::<Option<Vec<Val>>>() else {
                continue;
            };
            calls.push(fuel.clone());
            calls.push(Planned { function: format!("f{f}"), args });
        }
    }

    /// An argument that any host can pass.
    fn argument(&mut self, t: ValType) -> Option<Val> {
        let small = self.r.below(100) as u32;
        Some(match t {
            ValType::Num(NumType::I32) => Val::I32(if self.r.chance(30) { self.r.bits32() } else { small }),
            ValType::Num(NumType::I64) => Val::I64(if self.r.chance(30) { self.r.bits64() } else { u64::from(small) }),
            ValType::Num(NumType::F32) => Val::F32((small as f32 / 4.0).to_bits()),
            ValType::Num(NumType::F64) => Val::F64((f64::from(small) / 4.0).to_bits()),
            ValType::Vec(_) => Val::V128(u128::from(self.r.bits64()).to_le_bytes()),
            ValType::Ref(RefType { null, heap: HeapType::Abs(Share::Unshared, aht) }) => Val::Ref(match aht {
                AbsHeapType::Any | AbsHeapType::Eq | AbsHeapType::I31 if !null || self.r.chance(60) => {
                    RefVal::I31(small)
                }
                AbsHeapType::Extern if self.host_references && (!null || self.r.chance(60)) => {
                    RefVal::Extern(Some(small))
                }
                _ if null => RefVal::Null,
                _ => return None,
            }),
            _ => return None,
        })
    }

    /// Folds the topmost values into a hash.
    fn fold_values(&mut self, types: &[ValType], h: LocalIdx) {
        let mut locals = Vec::new();
        for t in types.iter().rev() {
            let x = self.reserved(*t);
            self.set_local(x, Expected::Unknown);
            locals.push((x, *t));
        }
        self.forget();
        for (x, t) in locals.into_iter().rev() {
            self.mix(h, |g| {
                g.emit(Instr::LocalGet(x));
                g.fold(t, None);
            });
        }
    }

    /// Folds the first elements of a table into a hash, and its size.
    fn fold_table(&mut self, table: usize, h: LocalIdx) {
        let tt = self.tables[table];
        let (x, t) = (table as TableIdx, ValType::Ref(tt.elem));
        self.forget();
        self.mix(h, |g| {
            g.emit(Instr::TableSize(x));
            g.fold(tt.addr.into(), None);
        });
        for i in 0..tt.limits.min.min(4) {
            self.mix(h, |g| {
                g.addr(tt.addr, i);
                g.emit(Instr::TableGet(x));
                g.fold(t, None);
            });
        }
    }

    fn finish(mut self, name: &str, calls: Vec<Planned>) -> ModuleDraft {
        for f in self.imported_funcs()..self.user_funcs {
            self.module.exports.push(Export { name: format!("f{f}"), idx: ExternIdx::Func(f as FuncIdx) });
        }
        for (i, f) in self.shared_funcs.iter().enumerate() {
            self.module.exports.push(Export { name: format!("shared{i}"), idx: ExternIdx::Func(*f) });
        }
        let mut export = |kind: &str, n: usize, idx: fn(u32) -> ExternIdx| {
            for i in 0..n {
                self.module.exports.push(Export { name: format!("{kind}-{i}"), idx: idx(i as u32) });
            }
        };
        export("tag", self.tags.len(), ExternIdx::Tag);
        export("global", self.user_globals, ExternIdx::Global);
        export("table", self.user_tables, ExternIdx::Table);
        export("memory", self.mems.len(), ExternIdx::Mem);
        let offers = self.offers(name);
        let empty = (Vec::new(), Seq::EMPTY);
        self.module.funcs = std::mem::take(&mut self.written)
            .into_iter()
            .map(|written| {
                let (locals, body) = written.body.unwrap_or_else(|| empty.clone());
                Func { ty: written.ty, locals, body }
            })
            .collect();
        let recs = self.types.user_recs().to_vec();
        self.module.types = std::mem::take(&mut self.types.recs);
        self.module.code = Arc::new(self.code);
        ModuleDraft { module: self.module, calls, offers, recs }
    }
}
