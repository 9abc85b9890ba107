//! Array instructions.

use super::exceeds;
use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::numerics;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// The storage type `zt` of the array type that `type(z, x)` expands to.
    #[inline(always)]
    pub(super) fn expand_array(&mut self, x: TypeIdx) -> Reduced<(DefType, StorageType)> {
        let dt = self.ty(x)?;
        match self.s.types.expand(dt) {
            CompType::Array(ft) => Ok((dt, ft.storage)),
            CompType::Struct(_) | CompType::Func(_) => self.stuck("an array type is needed"),
        }
    }

    /// Pushes `val^n`.
    fn push_times(&mut self, val: Slot, n: u32) -> Reduced {
        self.room_for_values(n)?;
        self.ctx.values.extend(std::iter::repeat_n(val, n as usize));
        Ok(())
    }

    /// Makes an array of one value.
    ///
    /// ```text
    /// Step_pure/array.new  val (i32.const n) (array.new x)  ~>  val^n (array.new_fixed x n)
    /// ```
    pub(crate) fn array_new(&mut self, x: TypeIdx) -> Reduced {
        let n = self.pop_i32()?;
        let val = self.pop()?;
        self.push_times(val, n)?;
        self.fire(rule!("Step_pure/array.new"));
        self.instrs([Instr::ArrayNewFixed(x, n)])
    }

    /// Makes an array of default values.
    ///
    /// ```text
    /// Step_read/array.new_default  z; (i32.const n) (array.new_default x)  ~>  val^n (array.new_fixed x n)
    ///                              if type(z, x) expands to array (mut? zt) and default(unpack(zt)) = val
    /// ```
    pub(crate) fn array_new_default(&mut self, x: TypeIdx) -> Reduced {
        let n = self.pop_i32()?;
        let (_, zt) = self.expand_array(x)?;
        let Some(val) = default(zt.unpack()) else { return self.stuck("a default value is needed") };
        self.push_times(val.into(), n)?;
        self.fire(rule!("Step_read/array.new_default"));
        self.instrs([Instr::ArrayNewFixed(x, n)])
    }

    /// Makes an array of the topmost values.
    ///
    /// ```text
    /// Step/array.new_fixed  z; val^n (array.new_fixed x n)  ~>  add_arrayinst(z, ai); (ref.array a)
    ///                       if type(z, x) expands to array (mut? zt) and a = |arrayinst(z)|
    ///                       and ai = {type type(z, x), fields packfield(zt, val)^n}
    /// ```
    pub(crate) fn array_new_fixed(&mut self, x: TypeIdx, n: u32) -> Reduced {
        let (dt, _) = self.expand_array(x)?;
        let a = self.alloc(dt, n as usize)?;
        self.fire(rule!("Step/array.new_fixed"));
        self.push(Ref::Array(a));
        Ok(())
    }

    /// Makes an array of a stretch of an element segment.
    ///
    /// ```text
    /// Step_read/array.new_elem-oob    z; (i32.const i) (i32.const n) (array.new_elem x y)  ~>  trap
    ///                                 if i + n > |elem(z, y).refs|
    /// Step_read/array.new_elem-alloc  z; (i32.const i) (i32.const n) (array.new_elem x y)
    ///                                   ~>  ref^n (array.new_fixed x n)   if ref^n = elem(z, y).refs[i : n]
    /// ```
    pub(crate) fn array_new_elem(&mut self, x: TypeIdx, y: ElemIdx) -> Reduced {
        let n = self.pop_i32()?;
        let i = self.pop_i32()?;
        let b = self.elemaddr(y)?;
        if exceeds(i as u64, n as u64, self.s.elems[b].refs.len() as u64) {
            return self.trap(rule!("Step_read/array.new_elem-oob"), TrapClass::TableOutOfBounds);
        }
        self.room_for_values(n)?;
        self.fire(rule!("Step_read/array.new_elem-alloc"));
        let refs = &self.s.elems[b].refs[i as usize..][..n as usize];
        self.ctx.values.extend(refs.iter().map(|&r| Slot::from(r)));
        self.instrs([Instr::ArrayNewFixed(x, n)])
    }

    /// Makes an array of a stretch of a data segment.
    ///
    /// ```text
    /// Step_read/array.new_data-oob  z; (i32.const i) (i32.const n) (array.new_data x y)  ~>  trap
    ///                               if type(z, x) expands to array (mut? zt)
    ///                               and i + n · size(zt)/8 > |data(z, y).bytes|
    /// Step_read/array.new_data-num  z; (i32.const i) (i32.const n) (array.new_data x y)
    ///                                 ~>  (unpack(zt).const unpack(zt, c))^n (array.new_fixed x n)
    ///                               if type(z, x) expands to array (mut? zt)
    ///                               and concat(bytes(zt, c)^n) = data(z, y).bytes[i : n · size(zt)/8]
    /// ```
    pub(crate) fn array_new_data(&mut self, x: TypeIdx, y: DataIdx) -> Reduced {
        let n = self.pop_i32()?;
        let i = self.pop_i32()?;
        let b = self.dataaddr(y)?;
        let (_, zt) = self.expand_array(x)?;
        let Some(size) = zt.zsize().map(|bits| bits as u64 / 8) else { return self.stuck("a numeric array is needed") };
        let bytes = &self.s.datas[b].bytes;
        if exceeds(i as u64, n as u64 * size, bytes.len() as u64) {
            return self.trap(rule!("Step_read/array.new_data-oob"), TrapClass::MemoryOutOfBounds);
        }
        self.room_for_values(n)?;
        self.fire(rule!("Step_read/array.new_data-num"));
        let bytes = &self.s.datas[b].bytes[i as usize..][..n as usize * size as usize];
        self.ctx.values.extend(bytes.chunks_exact(size as usize).filter_map(|b| inv_zbytes(zt, b).map(Slot::from)));
        self.instrs([Instr::ArrayNewFixed(x, n)])
    }

    /// Reads an element.
    ///
    /// ```text
    /// Step_read/array.get-null   z; (ref.null) (i32.const i) (array.get sx? x)  ~>  trap
    /// Step_read/array.get-oob    z; (ref.array a) (i32.const i) (array.get sx? x)  ~>  trap
    ///                            if i ≥ |arrayinst(z)[a].fields|
    /// Step_read/array.get-array  z; (ref.array a) (i32.const i) (array.get sx? x)
    ///                              ~>  unpackfield(zt, sx?, arrayinst(z)[a].fields[i])
    ///                            if type(z, x) expands to array (mut? zt)
    /// ```
    #[inline(always)]
    pub(crate) fn array_get(&mut self, sx: Option<Sx>, x: TypeIdx) -> Reduced {
        let i = self.pop_i32()?;
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_read/array.get-null"), TrapClass::NullReference),
            Ref::Array(a) => {
                let (_, zt) = self.expand_array(x)?;
                let Some(fv) = self.read(Order::Unordered, Cell::ArrayElem(a, i)) else {
                    return self.trap(rule!("Step_read/array.get-oob"), TrapClass::ArrayOutOfBounds);
                };
                match unpackfield(zt, sx, fv) {
                    Some(val) => {
                        self.fire(rule!("Step_read/array.get-array"));
                        self.push(val);
                        Ok(())
                    }
                    None => self.stuck("an element of the type is needed"),
                }
            }
            _ => self.stuck("an array reference is needed"),
        }
    }

    /// Writes an element.
    ///
    /// ```text
    /// Step/array.set-null   z; (ref.null) (i32.const i) val (array.set x)  ~>  z; trap
    /// Step/array.set-oob    z; (ref.array a) (i32.const i) val (array.set x)  ~>  z; trap
    ///                       if i ≥ |arrayinst(z)[a].fields|
    /// Step/array.set-array  z; (ref.array a) (i32.const i) val (array.set x)
    ///                         ~>  with_array(z, a, i, packfield(zt, val)); ε
    ///                       if type(z, x) expands to array (mut? zt)
    /// ```
    #[inline(always)]
    pub(crate) fn array_set(&mut self, x: TypeIdx) -> Reduced {
        let val = self.pop()?;
        let i = self.pop_i32()?;
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step/array.set-null"), TrapClass::NullReference),
            Ref::Array(a) => {
                let (_, zt) = self.expand_array(x)?;
                let Some(fv) = packfield(zt, val) else { return self.stuck("a value of the array's type is needed") };
                let Some(()) = self.write(Order::Unordered, Cell::ArrayElem(a, i), fv) else {
                    return self.trap(rule!("Step/array.set-oob"), TrapClass::ArrayOutOfBounds);
                };
                self.fire(rule!("Step/array.set-array"));
                Ok(())
            }
            _ => self.stuck("an array reference is needed"),
        }
    }

    /// The number of elements.
    ///
    /// ```text
    /// Step_read/array.len-null   z; (ref.null) array.len     ~>  trap
    /// Step_read/array.len-array  z; (ref.array a) array.len  ~>  (i32.const |arrayinst(z)[a].fields|)
    /// ```
    pub(crate) fn array_len(&mut self) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_read/array.len-null"), TrapClass::NullReference),
            Ref::Array(a) => {
                self.fire(rule!("Step_read/array.len-array"));
                self.push(Num::I32(self.array_length(a) as u32));
                Ok(())
            }
            _ => self.stuck("an array reference is needed"),
        }
    }

    /// Writes a stretch of elements, one after the other.
    ///
    /// ```text
    /// Step_read/array.fill-null  z; (ref.null) (i32.const i) val (i32.const n) (array.fill x)  ~>  trap
    /// Step_read/array.fill-oob   z; (ref.array a) (i32.const i) val (i32.const n) (array.fill x)  ~>  trap
    ///                            if i + n > |arrayinst(z)[a].fields|
    /// Step_read/array.fill-zero  z; (ref.array a) … (array.fill x)  ~>  ε   otherwise, if n = 0
    /// Step_read/array.fill-succ  z; (ref.array a) (i32.const i) val (i32.const n) (array.fill x)  ~>
    ///                              (ref.array a) (i32.const i) val (array.set x)
    ///                              (ref.array a) (i32.const i + 1) val (i32.const n - 1) (array.fill x)   otherwise
    /// ```
    pub(crate) fn array_fill(&mut self, x: TypeIdx) -> Reduced {
        let n = self.pop_i32()?;
        let val = self.pop_val()?;
        let i = self.pop_i32()?;
        let a = match self.pop_ref()? {
            Ref::Null => return self.trap(rule!("Step_read/array.fill-null"), TrapClass::NullReference),
            Ref::Array(a) => a,
            _ => return self.stuck("an array reference is needed"),
        };
        if exceeds(i as u64, n as u64, self.array_length(a)) {
            self.trap(rule!("Step_read/array.fill-oob"), TrapClass::ArrayOutOfBounds)
        } else if n == 0 {
            self.fire(rule!("Step_read/array.fill-zero"));
            Ok(())
        } else {
            self.fire(rule!("Step_read/array.fill-succ"));
            self.push(Ref::Array(a));
            self.push(Value::i32(i));
            self.push(val);
            self.instrs([
                Instr::ArraySet(x),
                Instr::Ref(Ref::Array(a)),
                Value::i32(i + 1).into(),
                val.into(),
                Value::i32(n - 1).into(),
                Instr::ArrayFill(x),
            ])
        }
    }

    /// Copies a stretch of elements, one after the other, in the direction that lets the stretches overlap.
    ///
    /// ```text
    /// Step_read/array.copy-null1  z; (ref.null) (i32.const i_1) ref (i32.const i_2) (i32.const n) (array.copy x_1 x_2)
    ///                               ~>  trap
    /// Step_read/array.copy-null2  z; ref (i32.const i_1) (ref.null) (i32.const i_2) (i32.const n) (array.copy x_1 x_2)
    ///                               ~>  trap
    /// Step_read/array.copy-oob1   z; (ref.array a_1) (i32.const i_1) (ref.array a_2) (i32.const i_2) (i32.const n)
    ///                               (array.copy x_1 x_2)  ~>  trap   if i_1 + n > |arrayinst(z)[a_1].fields|
    /// Step_read/array.copy-oob2   z; … (array.copy x_1 x_2)  ~>  trap   if i_2 + n > |arrayinst(z)[a_2].fields|
    /// Step_read/array.copy-zero   z; … (array.copy x_1 x_2)  ~>  ε   otherwise, if n = 0
    /// Step_read/array.copy-le     z; … (array.copy x_1 x_2)  ~>
    ///                               (ref.array a_1) (i32.const i_1) (ref.array a_2) (i32.const i_2)
    ///                               (array.get sx? x_2) (array.set x_1)
    ///                               (ref.array a_1) (i32.const i_1 + 1) (ref.array a_2) (i32.const i_2 + 1)
    ///                               (i32.const n - 1) (array.copy x_1 x_2)
    ///                             otherwise, if type(z, x_2) expands to array (mut? zt_2) and i_1 ≤ i_2
    ///                             and sx? = sx(zt_2)
    /// Step_read/array.copy-gt     z; … (array.copy x_1 x_2)  ~>
    ///                               (ref.array a_1) (i32.const i_1 + n - 1) (ref.array a_2) (i32.const i_2 + n - 1)
    ///                               (array.get sx? x_2) (array.set x_1)
    ///                               (ref.array a_1) (i32.const i_1) (ref.array a_2) (i32.const i_2)
    ///                               (i32.const n - 1) (array.copy x_1 x_2)
    ///                             otherwise, if type(z, x_2) expands to array (mut? zt_2) and sx? = sx(zt_2)
    /// ```
    pub(crate) fn array_copy(&mut self, x_1: TypeIdx, x_2: TypeIdx) -> Reduced {
        let n = self.pop_i32()?;
        let i_2 = self.pop_i32()?;
        let ref_2 = self.pop_ref()?;
        let i_1 = self.pop_i32()?;
        let (a_1, a_2) = match (self.pop_ref()?, ref_2) {
            (Ref::Null, _) => return self.trap(rule!("Step_read/array.copy-null1"), TrapClass::NullReference),
            (_, Ref::Null) => return self.trap(rule!("Step_read/array.copy-null2"), TrapClass::NullReference),
            (Ref::Array(a_1), Ref::Array(a_2)) => (a_1, a_2),
            _ => return self.stuck("array references are needed"),
        };
        if exceeds(i_1 as u64, n as u64, self.array_length(a_1)) {
            return self.trap(rule!("Step_read/array.copy-oob1"), TrapClass::ArrayOutOfBounds);
        }
        if exceeds(i_2 as u64, n as u64, self.array_length(a_2)) {
            return self.trap(rule!("Step_read/array.copy-oob2"), TrapClass::ArrayOutOfBounds);
        }
        if n == 0 {
            self.fire(rule!("Step_read/array.copy-zero"));
            return Ok(());
        }
        let (_, zt_2) = self.expand_array(x_2)?;
        let (now, then) = if i_1 <= i_2 {
            self.fire(rule!("Step_read/array.copy-le"));
            (0, 1)
        } else {
            self.fire(rule!("Step_read/array.copy-gt"));
            (n - 1, 0)
        };
        self.push(Ref::Array(a_1));
        self.push(Value::i32(i_1 + now));
        self.push(Ref::Array(a_2));
        self.push(Value::i32(i_2 + now));
        self.instrs([
            Instr::ArrayGet(sx(zt_2), x_2),
            Instr::ArraySet(x_1),
            Instr::Ref(Ref::Array(a_1)),
            Value::i32(i_1 + then).into(),
            Instr::Ref(Ref::Array(a_2)),
            Value::i32(i_2 + then).into(),
            Value::i32(n - 1).into(),
            Instr::ArrayCopy(x_1, x_2),
        ])
    }

    /// Copies from an element segment, one after the other.
    ///
    /// ```text
    /// Step_read/array.init_elem-null  z; (ref.null) (i32.const i) (i32.const j) (i32.const n) (array.init_elem x y)
    ///                                   ~>  trap
    /// Step_read/array.init_elem-oob1  z; (ref.array a) … (array.init_elem x y)  ~>  trap
    ///                                 if i + n > |arrayinst(z)[a].fields|
    /// Step_read/array.init_elem-oob2  z; (ref.array a) … (array.init_elem x y)  ~>  trap
    ///                                 if j + n > |elem(z, y).refs|
    /// Step_read/array.init_elem-zero  z; (ref.array a) … (array.init_elem x y)  ~>  ε   otherwise, if n = 0
    /// Step_read/array.init_elem-succ  z; (ref.array a) (i32.const i) (i32.const j) (i32.const n) (array.init_elem x y)
    ///                                   ~>  (ref.array a) (i32.const i) ref (array.set x)
    ///                                       (ref.array a) (i32.const i + 1) (i32.const j + 1) (i32.const n - 1)
    ///                                       (array.init_elem x y)   otherwise, if ref = elem(z, y).refs[j]
    /// ```
    pub(crate) fn array_init_elem(&mut self, x: TypeIdx, y: ElemIdx) -> Reduced {
        let n = self.pop_i32()?;
        let j = self.pop_i32()?;
        let i = self.pop_i32()?;
        let a = match self.pop_ref()? {
            Ref::Null => return self.trap(rule!("Step_read/array.init_elem-null"), TrapClass::NullReference),
            Ref::Array(a) => a,
            _ => return self.stuck("an array reference is needed"),
        };
        let b = self.elemaddr(y)?;
        if exceeds(i as u64, n as u64, self.array_length(a)) {
            return self.trap(rule!("Step_read/array.init_elem-oob1"), TrapClass::ArrayOutOfBounds);
        }
        if exceeds(j as u64, n as u64, self.s.elems[b].refs.len() as u64) {
            return self.trap(rule!("Step_read/array.init_elem-oob2"), TrapClass::TableOutOfBounds);
        }
        if n == 0 {
            self.fire(rule!("Step_read/array.init_elem-zero"));
            return Ok(());
        }
        let r = self.s.elems[b].refs[j as usize];
        self.fire(rule!("Step_read/array.init_elem-succ"));
        self.push(Ref::Array(a));
        self.push(Value::i32(i));
        self.push(r);
        self.instrs([
            Instr::ArraySet(x),
            Instr::Ref(Ref::Array(a)),
            Value::i32(i + 1).into(),
            Value::i32(j + 1).into(),
            Value::i32(n - 1).into(),
            Instr::ArrayInitElem(x, y),
        ])
    }

    /// Copies from a data segment, one element after the other.
    ///
    /// ```text
    /// Step_read/array.init_data-null  z; (ref.null) (i32.const i) (i32.const j) (i32.const n) (array.init_data x y)
    ///                                   ~>  trap
    /// Step_read/array.init_data-oob1  z; (ref.array a) … (array.init_data x y)  ~>  trap
    ///                                 if i + n > |arrayinst(z)[a].fields|
    /// Step_read/array.init_data-oob2  z; (ref.array a) … (array.init_data x y)  ~>  trap
    ///                                 if type(z, x) expands to array (mut? zt)
    ///                                 and j + n · size(zt)/8 > |data(z, y).bytes|
    /// Step_read/array.init_data-zero  z; (ref.array a) … (array.init_data x y)  ~>  ε   otherwise, if n = 0
    /// Step_read/array.init_data-num   z; (ref.array a) (i32.const i) (i32.const j) (i32.const n) (array.init_data x y)
    ///                                   ~>  (ref.array a) (i32.const i) (unpack(zt).const unpack(zt, c)) (array.set x)
    ///                                       (ref.array a) (i32.const i + 1) (i32.const j + size(zt)/8)
    ///                                       (i32.const n - 1) (array.init_data x y)
    ///                                 otherwise, if type(z, x) expands to array (mut? zt)
    ///                                 and bytes(zt, c) = data(z, y).bytes[j : size(zt)/8]
    /// ```
    pub(crate) fn array_init_data(&mut self, x: TypeIdx, y: DataIdx) -> Reduced {
        let n = self.pop_i32()?;
        let j = self.pop_i32()?;
        let i = self.pop_i32()?;
        let a = match self.pop_ref()? {
            Ref::Null => return self.trap(rule!("Step_read/array.init_data-null"), TrapClass::NullReference),
            Ref::Array(a) => a,
            _ => return self.stuck("an array reference is needed"),
        };
        if exceeds(i as u64, n as u64, self.array_length(a)) {
            return self.trap(rule!("Step_read/array.init_data-oob1"), TrapClass::ArrayOutOfBounds);
        }
        let b = self.dataaddr(y)?;
        let (_, zt) = self.expand_array(x)?;
        let Some(size) = zt.zsize().map(|bits| bits / 8) else { return self.stuck("a numeric array is needed") };
        let bytes = &self.s.datas[b].bytes;
        if exceeds(j as u64, n as u64 * size as u64, bytes.len() as u64) {
            return self.trap(rule!("Step_read/array.init_data-oob2"), TrapClass::MemoryOutOfBounds);
        }
        if n == 0 {
            self.fire(rule!("Step_read/array.init_data-zero"));
            return Ok(());
        }
        let Some(c) = inv_zbytes(zt, &bytes[j as usize..][..size as usize]) else {
            return self.stuck("a numeric array is needed");
        };
        self.fire(rule!("Step_read/array.init_data-num"));
        self.push(Ref::Array(a));
        self.push(Value::i32(i));
        self.push(c);
        self.instrs([
            Instr::ArraySet(x),
            Instr::Ref(Ref::Array(a)),
            Value::i32(i + 1).into(),
            // The last index may be the end of the segment itself, 2^32 - 1 at most.
            Value::i32(j.wrapping_add(size)).into(),
            Value::i32(n - 1).into(),
            Instr::ArrayInitData(x, y),
        ])
    }
}

/// `sx(zt)`: how a field is read so that it can be written back.
fn sx(zt: StorageType) -> Option<Sx> {
    match zt {
        StorageType::Val(_) => None,
        StorageType::Pack(_) => Some(Sx::S),
    }
}

/// `unpack(zt).const unpack(zt, c)` for the `c` with `bytes(zt, c) = b*`.
fn inv_zbytes(zt: StorageType, b: &[u8]) -> Option<Value> {
    match zt {
        StorageType::Pack(PackType::I8) => Some(Value::i32(*b.first()? as u32)),
        StorageType::Pack(PackType::I16) => Some(Value::i32(u16::from_le_bytes(b.try_into().ok()?) as u32)),
        StorageType::Val(ValType::Num(nt)) => Some(Value::Num(numerics::inv_nbytes(nt, b))),
        StorageType::Val(ValType::Vec(VecType::V128)) => Some(Value::Vec(V128(b.try_into().ok()?))),
        StorageType::Val(_) => None,
    }
}
