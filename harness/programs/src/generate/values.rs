//! Values of types: the shortest ways to get one, in constant expressions too.

use super::body::{Expected, Gen, Helper};
use super::kinds::{CompKind, heap, index};
use lockstep_semantics::syntax::*;

const INTS: [u64; 14] =
    [0, 1, 2, 3, 7, 31, 32, 63, 0x7f, 0x80, 0xffff, 0x7fff_ffff, 0x8000_0000, 0x7fff_ffff_ffff_ffff];
const FLOATS: [f64; 10] =
    [0.0, -0.0, 1.0, -1.5, 3.25, 1e10, -2_147_483_649.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

impl Gen<'_, '_, '_> {
    /// A constant of a number or vector type.
    pub(super) fn number(&mut self, t: ValType) {
        match t {
            ValType::Num(nt) => {
                let num = self.num(nt);
                self.emit(Instr::Const(num));
            }
            _ => {
                let low = self.int();
                let high = self.int();
                self.emit(Instr::Vconst(V128::from_u128(u128::from(high) << 64 | u128::from(low))));
            }
        }
    }

    fn int(&mut self) -> u64 {
        match self.r.below(4) {
            0 | 1 => self.r.below(10) as u64,
            2 => {
                let i = self.r.pick(&INTS).unwrap_or(0);
                if self.r.chance(50) { i } else { i.wrapping_neg() }
            }
            _ => self.r.bits64(),
        }
    }

    fn num(&mut self, nt: NumType) -> Num {
        match nt {
            NumType::I32 => Num::I32(self.int() as u32),
            NumType::I64 => Num::I64(self.int()),
            NumType::F32 => Num::F32((self.float() as f32).to_bits()),
            NumType::F64 => Num::F64(self.float().to_bits()),
        }
    }

    fn float(&mut self) -> f64 {
        match self.r.below(3) {
            0 => self.r.below(100) as f64 / 4.0,
            1 => self.r.pick(&FLOATS).unwrap_or(0.0),
            _ => f64::from(self.r.bits32().cast_signed()) / 8.0,
        }
    }

    /// A value of a type that has one, in at most `depth` levels and those that the type forces: of these each has
    /// a lower rank than the one before.
    pub(super) fn value(&mut self, t: ValType, depth: u32, constant: bool) -> Expected {
        let ValType::Ref(rt) = t else {
            self.number(t);
            return Expected::Unknown;
        };
        let non_null = ValType::Ref(RefType::non_null(rt.heap));
        let possible = if constant { self.types.const_inhabited(non_null) } else { self.types.inhabited(non_null) };
        // Without null at the end, structures with many fields would have no end.
        if rt.null && (!possible || depth == 0 || self.r.chance(18)) {
            let below = self.null_type(rt.heap);
            self.emit(Instr::RefNull(below));
            return Expected::Null;
        }
        if !possible {
            self.emit(Instr::Unreachable);
            return Expected::Unknown;
        }
        self.object(rt.heap, depth.saturating_sub(1), constant)
    }

    /// A heap type for a null reference that is to match another.
    fn null_type(&mut self, ht: HeapType) -> HeapType {
        if !self.r.chance(25) {
            return ht;
        }
        let bottom = match self.types.top(ht) {
            AbsHeapType::Func => AbsHeapType::NoFunc,
            AbsHeapType::Exn => AbsHeapType::NoExn,
            AbsHeapType::Extern => AbsHeapType::NoExtern,
            _ => AbsHeapType::None,
        };
        HeapType::Abs(self.types.share(ht), bottom)
    }

    /// A reference that is not null, of a heap type that has one.
    fn object(&mut self, ht: HeapType, depth: u32, constant: bool) -> Expected {
        match ht {
            HeapType::Abs(share, aht) => match aht {
                AbsHeapType::Any if depth > 0 && self.r.chance(10) => {
                    // Out and in again.
                    self.object(ht, depth - 1, constant);
                    self.emit_all([Instr::ExternConvertAny, Instr::AnyConvertExtern]);
                    Expected::Unknown
                }
                AbsHeapType::Any | AbsHeapType::Eq => match if depth == 0 { 3 } else { self.r.below(4) } {
                    0 => self.object(HeapType::Abs(share, AbsHeapType::I31), depth, constant),
                    1 if self.has_object(CompKind::Array, share, constant) => {
                        self.object(HeapType::Abs(share, AbsHeapType::Array), depth, constant)
                    }
                    2 if self.has_object(CompKind::Struct, share, constant) => {
                        self.object(HeapType::Abs(share, AbsHeapType::Struct), depth, constant)
                    }
                    _ => self.object(HeapType::Abs(share, AbsHeapType::I31), depth, constant),
                },
                AbsHeapType::Struct => self.some_object(CompKind::Struct, share, depth, constant),
                AbsHeapType::Array => self.some_object(CompKind::Array, share, depth, constant),
                AbsHeapType::Func => {
                    let x = self.r.below(self.user_funcs);
                    self.emit(Instr::RefFunc(x as FuncIdx));
                    Expected::Of(heap(self.funcs[x]))
                }
                AbsHeapType::Extern => {
                    self.object(HeapType::Abs(share, AbsHeapType::Any), depth, constant);
                    self.emit(Instr::ExternConvertAny);
                    Expected::Of(ht)
                }
                AbsHeapType::Exn => {
                    self.exception();
                    Expected::Of(ht)
                }
                _ => {
                    self.number(ValType::I32);
                    self.emit(if share == Share::Shared { Instr::RefI31Shared } else { Instr::RefI31 });
                    Expected::Of(HeapType::Abs(share, AbsHeapType::I31))
                }
            },
            HeapType::Use(_) => {
                let Some(x) = index(ht) else { return Expected::Unknown };
                match self.types.kind(x) {
                    CompKind::Struct => {
                        let y = self.subtype_of(x, depth, constant);
                        self.structure(y, depth, constant);
                        Expected::Of(heap(y))
                    }
                    CompKind::Array => {
                        let y = self.subtype_of(x, depth, constant);
                        self.array(y, depth, constant);
                        Expected::Of(heap(y))
                    }
                    CompKind::Func => {
                        let all = self.funcs_of(ht);
                        match self.r.pick(&all) {
                            Some(f) => {
                                self.emit(Instr::RefFunc(f));
                                Expected::Of(heap(self.funcs[f as usize]))
                            }
                            None => {
                                self.emit(Instr::Unreachable);
                                Expected::Unknown
                            }
                        }
                    }
                }
            }
        }
    }

    fn has_object(&self, kind: CompKind, share: Share, constant: bool) -> bool {
        let types = &self.types;
        types.of_kind(kind).any(|x| types.share(heap(x)) == share && types.rank(x, constant).is_some())
    }

    fn some_object(&mut self, kind: CompKind, share: Share, depth: u32, constant: bool) -> Expected {
        let types = &self.types;
        let fits = |x: &TypeIdx| types.share(heap(*x)) == share && types.rank(*x, constant).is_some();
        let mut all: Vec<TypeIdx> = types.of_kind(kind).filter(fits).collect();
        if depth == 0 {
            // The nearest.
            let least = all.iter().filter_map(|x| self.types.rank(*x, constant)).min();
            all.retain(|x| self.types.rank(*x, constant) == least);
        }
        match self.r.pick(&all) {
            Some(x) => self.object(heap(x), depth, constant),
            None => {
                self.emit(Instr::Unreachable);
                Expected::Unknown
            }
        }
    }

    /// A type or one below it that has values.
    fn subtype_of(&mut self, x: TypeIdx, depth: u32, constant: bool) -> TypeIdx {
        if depth == 0 || self.r.chance(35) {
            return x;
        }
        let types = &self.types;
        let all: Vec<TypeIdx> = (0..types.user as TypeIdx)
            .filter(|y| types.rank(*y, constant).is_some() && types.heap_sub(heap(*y), heap(x)))
            .collect();
        self.r.pick(&all).unwrap_or(x)
    }

    fn structure(&mut self, x: TypeIdx, depth: u32, constant: bool) {
        let fts = self.types.fields(x).to_vec();
        let default = fts.iter().all(|ft| super::body::defaultable(ft.storage.unpack()));
        if default && self.r.chance(if depth == 0 { 60 } else { 20 }) {
            return self.emit(Instr::StructNewDefault(x));
        }
        for ft in &fts {
            self.value_at(ft.storage.unpack(), depth, constant);
        }
        self.emit(Instr::StructNew(x));
    }

    /// A value within another.
    fn value_at(&mut self, t: ValType, depth: u32, constant: bool) -> Expected {
        if constant || depth == 0 || self.b.budget <= 0 {
            self.value(t, depth, constant)
        } else {
            self.expr(t, depth - 1)
        }
    }

    fn array(&mut self, x: TypeIdx, depth: u32, constant: bool) {
        let Some(ft) = self.types.element(x) else { return };
        let t = ft.storage.unpack();
        let possible = if constant { self.types.const_inhabited(t) } else { self.types.inhabited(t) };
        let default = super::body::defaultable(t);
        // Without an end, arrays of what has arrays would be in themselves.
        let endless = depth == 0
            && !default
            && !matches!(t, ValType::Ref(RefType { heap: HeapType::Abs(_, AbsHeapType::I31), .. }));
        if !possible || endless {
            return self.emit(Instr::ArrayNewFixed(x, 0));
        }
        let len = if self.r.chance(4) { 0 } else { self.r.within(2, 5) as u32 };
        match self.r.below(10) {
            0..3 if depth > 0 => {
                for _ in 0..len {
                    self.value_at(t, depth - 1, constant);
                }
                self.emit(Instr::ArrayNewFixed(x, len));
            }
            3..6 if default => {
                self.i32(len);
                self.emit(Instr::ArrayNewDefault(x));
            }
            6 | 7 if !constant && self.array_from_segment(x, t) => (),
            _ => {
                // A number, null, or what is nearer to values than this: it comes to its end.
                self.value_at(t, depth.saturating_sub(1), constant);
                self.i32(len);
                self.emit(Instr::ArrayNew(x));
            }
        }
    }

    /// `array.new_data` or `array.new_elem`, where there is a segment for it.
    fn array_from_segment(&mut self, x: TypeIdx, t: ValType) -> bool {
        let (segment, available) = match t {
            ValType::Ref(rt) => {
                let fits = |(i, elem): (usize, &(RefType, u32))| self.types.ref_sub(elem.0, rt).then_some((i, elem.1));
                let all: Vec<(usize, u32)> = self.elems.iter().enumerate().filter_map(fits).collect();
                match self.r.pick(&all) {
                    Some((i, len)) => (Instr::ArrayNewElem(x, i as u32), len),
                    None => return false,
                }
            }
            _ => {
                if self.datas.is_empty() {
                    return false;
                }
                let i = self.r.below(self.datas.len());
                let bits = self.types.element(x).and_then(|ft| ft.storage.zsize()).unwrap_or(32);
                (Instr::ArrayNewData(x, i as u32), self.datas[i] * 8 / bits)
            }
        };
        let out = self.r.chance(5);
        let offset = self.r.below(2).min(available as usize) as u32;
        let len = if out { available + 1 } else { self.r.below((available - offset) as usize + 1) as u32 };
        self.i32(offset);
        self.i32(len);
        self.emit(segment);
        true
    }

    /// An exception as a value: it is thrown and caught.
    fn exception(&mut self) {
        let exn = ValType::Ref(RefType::non_null(HeapType::abs(AbsHeapType::Exn)));
        let tag = self.r.below(self.tags.len());
        let params = self.types.functype(self.tags[tag]).params;
        // The first tag is one that can be thrown anywhere.
        let possible = params.iter().all(|t| self.types.const_inhabited(*t));
        let tag = if possible { tag } else { 0 };
        let params = self.types.functype(self.tags[tag]).params;
        self.block(&[exn], |g| {
            let body = g.nested(super::body::Label { types: vec![], target: false }, |g| {
                for t in &params {
                    g.value(*t, 0, true);
                }
                g.emit(Instr::Throw(tag as u32));
            });
            let catches = g.code.add_catches([Catch::CatchAllRef(0)]);
            g.emit(Instr::TryTable(BlockType::Result(None), catches, body));
            g.emit(Instr::Unreachable);
        });
    }

    /// Makes the NaNs in the topmost value one, which the standard does not.
    pub(super) fn settle_nan(&mut self, t: ValType, wide: bool) {
        if !self.b.raw {
            let f = self.helper(Helper::Nan(t, wide));
            self.emit(Instr::Call(f));
        }
    }
}
