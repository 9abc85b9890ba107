//! Memory instructions on numbers, and on stretches of memory.

use super::exceeds;
use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// `moduleinst(z).mems[x]`
    #[inline(always)]
    pub(super) fn memaddr(&mut self, x: MemIdx) -> Reduced<Addr> {
        match self.module().mems.get(x as usize) {
            Some(&a) => Ok(a),
            None => self.stuck("a memory is needed"),
        }
    }

    /// `moduleinst(z).datas[x]`
    pub(super) fn dataaddr(&mut self, x: DataIdx) -> Reduced<usize> {
        match self.module().datas.get(x as usize) {
            Some(&a) => Ok(a as usize),
            None => self.stuck("a data segment is needed"),
        }
    }

    /// `mem(z, x).bytes[i + ao.offset : N]`, if it is within bounds. `int`: as an integer, which may be all from one write.
    #[inline(always)]
    pub(super) fn bytes<const N: usize>(
        &mut self,
        x: MemIdx,
        i: u64,
        ao: MemArg,
        int: bool,
    ) -> Reduced<Option<[u8; N]>> {
        let a = self.memaddr(x)?;
        self.len(Order::Unordered, Extent::Mem(a));
        Ok(self.read(Order::Unordered, Bytes { a, ea: stretch(i, ao), int }))
    }

    /// `with_mem(z, x, i + ao.offset, |b*|, b*)`, if it is within bounds; whether it is.
    #[inline(always)]
    pub(super) fn with_mem<const N: usize>(
        &mut self,
        x: MemIdx,
        i: u64,
        ao: MemArg,
        b: [u8; N],
        int: bool,
    ) -> Reduced<bool> {
        let a = self.memaddr(x)?;
        self.len(Order::Unordered, Extent::Mem(a));
        Ok(self.write(Order::Unordered, Bytes { a, ea: stretch(i, ao), int }, b).is_some())
    }

    /// Reads a number from memory.
    ///
    /// ```text
    /// Step_read/load-num-oob   z; (at.const i) (nt.load x ao)  ~>  trap
    ///                          if i + ao.offset + size(nt)/8 > |mem(z, x).bytes|
    /// Step_read/load-num-val   z; (at.const i) (nt.load x ao)  ~>  (nt.const c)
    ///                          if bytes(nt, c) = mem(z, x).bytes[i + ao.offset : size(nt)/8]
    /// Step_read/load-pack-oob  z; (at.const i) (Inn.loadn_sx x ao)  ~>  trap
    ///                          if i + ao.offset + n/8 > |mem(z, x).bytes|
    /// Step_read/load-pack-val  z; (at.const i) (Inn.loadn_sx x ao)  ~>  (Inn.const extend(n, size(Inn), sx, c))
    ///                          if bytes(in, c) = mem(z, x).bytes[i + ao.offset : n/8]
    /// ```
    #[inline(always)]
    pub(crate) fn load(&mut self, nt: NumType, op: Option<LoadOp>, x: MemIdx, ao: MemArg) -> Reduced {
        let (_, i) = self.pop_at()?;
        let Some(LoadOp { sz, sx }) = op else {
            let c = match nt {
                NumType::I32 => self.bytes(x, i, ao, true)?.map(|b| Num::I32(u32::from_le_bytes(b))),
                NumType::I64 => self.bytes(x, i, ao, true)?.map(|b| Num::I64(u64::from_le_bytes(b))),
                NumType::F32 => self.bytes(x, i, ao, false)?.map(|b| Num::F32(u32::from_le_bytes(b))),
                NumType::F64 => self.bytes(x, i, ao, false)?.map(|b| Num::F64(u64::from_le_bytes(b))),
            };
            return match c {
                None => self.trap(rule!("Step_read/load-num-oob"), TrapClass::MemoryOutOfBounds),
                Some(c) => {
                    self.fire(rule!("Step_read/load-num-val"));
                    self.push(c);
                    Ok(())
                }
            };
        };
        let c = match sz {
            Sz::B8 => self.bytes(x, i, ao, true)?.map(|b| u8::from_le_bytes(b) as u64),
            Sz::B16 => self.bytes(x, i, ao, true)?.map(|b| u16::from_le_bytes(b) as u64),
            Sz::B32 => self.bytes(x, i, ao, true)?.map(|b| u32::from_le_bytes(b) as u64),
            Sz::B64 => self.bytes(x, i, ao, true)?.map(u64::from_le_bytes),
        };
        let Some(c) = c else {
            return self.trap(rule!("Step_read/load-pack-oob"), TrapClass::MemoryOutOfBounds);
        };
        let c = extend(sz.bits(), sx, c);
        let c = match nt {
            NumType::I32 => Num::I32(c as u32),
            NumType::I64 => Num::I64(c),
            NumType::F32 | NumType::F64 => return self.stuck("an integer type is needed"),
        };
        self.fire(rule!("Step_read/load-pack-val"));
        self.push(c);
        Ok(())
    }

    /// Writes a number to memory.
    ///
    /// ```text
    /// Step/store-num-oob   z; (at.const i) (nt.const c) (nt.store x ao)  ~>  z; trap
    ///                      if i + ao.offset + size(nt)/8 > |mem(z, x).bytes|
    /// Step/store-num-val   z; (at.const i) (nt.const c) (nt.store x ao)
    ///                        ~>  with_mem(z, x, i + ao.offset, size(nt)/8, b*); ε   if b* = bytes(nt, c)
    /// Step/store-pack-oob  z; (at.const i) (Inn.const c) (Inn.storen x ao)  ~>  z; trap
    ///                      if i + ao.offset + n/8 > |mem(z, x).bytes|
    /// Step/store-pack-val  z; (at.const i) (Inn.const c) (Inn.storen x ao)
    ///                        ~>  with_mem(z, x, i + ao.offset, n/8, b*); ε
    ///                      if b* = bytes(in, wrap(size(Inn), n, c))
    /// ```
    #[inline(always)]
    pub(crate) fn store(&mut self, nt: NumType, sz: Option<Sz>, x: MemIdx, ao: MemArg) -> Reduced {
        let c = self.pop_num()?;
        let (_, i) = self.pop_at()?;
        if c.numtype() != nt {
            return self.stuck("a number of the type stored is needed");
        }
        let Some(sz) = sz else {
            let within = match c {
                Num::I32(c) | Num::F32(c) => self.with_mem(x, i, ao, c.to_le_bytes(), nt == NumType::I32)?,
                Num::I64(c) | Num::F64(c) => self.with_mem(x, i, ao, c.to_le_bytes(), nt == NumType::I64)?,
            };
            if !within {
                return self.trap(rule!("Step/store-num-oob"), TrapClass::MemoryOutOfBounds);
            }
            self.fire(rule!("Step/store-num-val"));
            return Ok(());
        };
        let c = match c {
            Num::I32(c) => c as u64,
            Num::I64(c) => c,
            Num::F32(_) | Num::F64(_) => return self.stuck("an integer is needed"),
        };
        let within = match sz {
            Sz::B8 => self.with_mem(x, i, ao, (c as u8).to_le_bytes(), true)?,
            Sz::B16 => self.with_mem(x, i, ao, (c as u16).to_le_bytes(), true)?,
            Sz::B32 => self.with_mem(x, i, ao, (c as u32).to_le_bytes(), true)?,
            Sz::B64 => self.with_mem(x, i, ao, c.to_le_bytes(), true)?,
        };
        if !within {
            return self.trap(rule!("Step/store-pack-oob"), TrapClass::MemoryOutOfBounds);
        }
        self.fire(rule!("Step/store-pack-val"));
        Ok(())
    }

    /// The number of pages.
    ///
    /// ```text
    /// Step_read/memory.size  z; (memory.size x)  ~>  (at.const n)
    ///                        if n · 64 Ki = |mem(z, x).bytes| and mem(z, x).type = at lim page
    /// ```
    pub(crate) fn memory_size(&mut self, x: MemIdx) -> Reduced {
        let a = self.memaddr(x)?;
        let n = self.len(Order::SeqCst, Extent::Mem(a)) / PAGE;
        let at = self.s.memtype(a).addr;
        self.fire(rule!("Step_read/memory.size"));
        self.push(at_const(at, n));
        Ok(())
    }

    /// Adds pages, or fails; an implementation may choose to fail.
    ///
    /// ```text
    /// Step/memory.grow-succeed  z; (at.const n) (memory.grow x)
    ///                             ~>  with_meminst(z, x, mi); (at.const |mem(z, x).bytes| / 64 Ki)
    ///                           if mi = growmem(mem(z, x), n)
    /// Step/memory.grow-fail     z; (at.const n) (memory.grow x)  ~>  z; (at.const signed⁻¹(size(at), -1))
    /// ```
    pub(crate) fn memory_grow(&mut self, x: MemIdx) -> Reduced {
        let a = self.memaddr(x)?;
        let (_, n) = self.pop_at()?;
        let at = self.s.memtype(a).addr;
        match self.grow(Extent::Mem(a), n, Ref::Null) {
            Some(old) => {
                self.fire(rule!("Step/memory.grow-succeed"));
                self.push(at_const(at, old));
            }
            None => {
                self.fire(rule!("Step/memory.grow-fail"));
                self.push(at_const(at, u64::MAX));
            }
        }
        Ok(())
    }

    /// Writes a stretch of memory, byte by byte.
    ///
    /// ```text
    /// Step_read/memory.fill-oob   z; (at.const i) val (at.const n) (memory.fill x)  ~>  trap
    ///                             if i + n > |mem(z, x).bytes|
    /// Step_read/memory.fill-zero  z; (at.const i) val (at.const n) (memory.fill x)  ~>  ε   otherwise, if n = 0
    /// Step_read/memory.fill-succ  z; (at.const i) val (at.const n) (memory.fill x)  ~>
    ///                               (at.const i) val (i32.store8 x memarg0)
    ///                               (at.const i + 1) val (at.const n - 1) (memory.fill x)   otherwise
    /// ```
    pub(crate) fn memory_fill(&mut self, x: MemIdx) -> Reduced {
        let a = self.memaddr(x)?;
        let (at, n) = self.pop_at()?;
        let val = self.pop_val()?;
        let (_, i) = self.pop_at()?;
        if exceeds(i, n, self.len(Order::Unordered, Extent::Mem(a))) {
            self.trap(rule!("Step_read/memory.fill-oob"), TrapClass::MemoryOutOfBounds)
        } else if n == 0 {
            self.fire(rule!("Step_read/memory.fill-zero"));
            Ok(())
        } else {
            self.fire(rule!("Step_read/memory.fill-succ"));
            self.push(at_const(at, i));
            self.push(val);
            // For the last byte of 4 GiB, `i + 1` is no `i32`; see deviations.
            self.instrs([
                Instr::Store(NumType::I32, Some(Sz::B8), x, MemArg::ZERO),
                at_const(at, i + 1).into(),
                val.into(),
                at_const(at, n - 1).into(),
                Instr::MemoryFill(x),
            ])
        }
    }

    /// Copies a stretch of memory, byte by byte, in the direction that lets the stretches overlap.
    ///
    /// ```text
    /// Step_read/memory.copy-oob   z; (at_1.const i_1) (at_2.const i_2) (at'.const n) (memory.copy x_1 x_2)  ~>  trap
    ///                             if i_1 + n > |mem(z, x_1).bytes| or i_2 + n > |mem(z, x_2).bytes|
    /// Step_read/memory.copy-zero  z; … (memory.copy x_1 x_2)  ~>  ε   otherwise, if n = 0
    /// Step_read/memory.copy-le    z; … (memory.copy x_1 x_2)  ~>
    ///                               (at_1.const i_1) (at_2.const i_2)
    ///                               (i32.load8_u x_2 memarg0) (i32.store8 x_1 memarg0)
    ///                               (at_1.const i_1 + 1) (at_2.const i_2 + 1) (at'.const n - 1) (memory.copy x_1 x_2)
    ///                             otherwise, if i_1 ≤ i_2
    /// Step_read/memory.copy-gt    z; … (memory.copy x_1 x_2)  ~>
    ///                               (at_1.const i_1 + n - 1) (at_2.const i_2 + n - 1)
    ///                               (i32.load8_u x_2 memarg0) (i32.store8 x_1 memarg0)
    ///                               (at_1.const i_1) (at_2.const i_2) (at'.const n - 1) (memory.copy x_1 x_2)
    ///                             otherwise
    /// ```
    pub(crate) fn memory_copy(&mut self, x_1: MemIdx, x_2: MemIdx) -> Reduced {
        let (a_1, a_2) = (self.memaddr(x_1)?, self.memaddr(x_2)?);
        let (at, n) = self.pop_at()?;
        let (at_2, i_2) = self.pop_at()?;
        let (at_1, i_1) = self.pop_at()?;
        let (len_1, len_2) = self.lens(Extent::Mem(a_1), Extent::Mem(a_2));
        if exceeds(i_1, n, len_1) || exceeds(i_2, n, len_2) {
            return self.trap(rule!("Step_read/memory.copy-oob"), TrapClass::MemoryOutOfBounds);
        }
        if n == 0 {
            self.fire(rule!("Step_read/memory.copy-zero"));
            return Ok(());
        }
        let (now, then) = if i_1 <= i_2 {
            self.fire(rule!("Step_read/memory.copy-le"));
            (0, 1)
        } else {
            self.fire(rule!("Step_read/memory.copy-gt"));
            (n - 1, 0)
        };
        self.push(at_const(at_1, i_1 + now));
        self.push(at_const(at_2, i_2 + now));
        self.instrs([
            Instr::Load(NumType::I32, Some(LoadOp { sz: Sz::B8, sx: Sx::U }), x_2, MemArg::ZERO),
            Instr::Store(NumType::I32, Some(Sz::B8), x_1, MemArg::ZERO),
            at_const(at_1, i_1 + then).into(),
            at_const(at_2, i_2 + then).into(),
            at_const(at, n - 1).into(),
            Instr::MemoryCopy(x_1, x_2),
        ])
    }

    /// Copies from a data segment, byte by byte.
    ///
    /// ```text
    /// Step_read/memory.init-oob   z; (at.const i) (i32.const j) (i32.const n) (memory.init x y)  ~>  trap
    ///                             if i + n > |mem(z, x).bytes| or j + n > |data(z, y).bytes|
    /// Step_read/memory.init-zero  z; … (memory.init x y)  ~>  ε   otherwise, if n = 0
    /// Step_read/memory.init-succ  z; … (memory.init x y)  ~>
    ///                               (at.const i) (i32.const data(z, y).bytes[j]) (i32.store8 x memarg0)
    ///                               (at.const i + 1) (i32.const j + 1) (i32.const n - 1) (memory.init x y)
    ///                             otherwise
    /// ```
    pub(crate) fn memory_init(&mut self, x: MemIdx, y: DataIdx) -> Reduced {
        let (a, b) = (self.memaddr(x)?, self.dataaddr(y)?);
        let n = self.pop_i32()?;
        let j = self.pop_i32()?;
        let (at, i) = self.pop_at()?;
        let len = self.len(Order::Unordered, Extent::Mem(a));
        let bytes = &self.s.datas[b].bytes;
        if exceeds(i, n as u64, len) || exceeds(j as u64, n as u64, bytes.len() as u64) {
            self.trap(rule!("Step_read/memory.init-oob"), TrapClass::MemoryOutOfBounds)
        } else if n == 0 {
            self.fire(rule!("Step_read/memory.init-zero"));
            Ok(())
        } else {
            let byte = bytes[j as usize];
            self.fire(rule!("Step_read/memory.init-succ"));
            self.push(at_const(at, i));
            self.push(Value::i32(byte as u32));
            self.instrs([
                Instr::Store(NumType::I32, Some(Sz::B8), x, MemArg::ZERO),
                at_const(at, i + 1).into(),
                Value::i32(j + 1).into(),
                Value::i32(n - 1).into(),
                Instr::MemoryInit(x, y),
            ])
        }
    }

    /// Empties a data segment.
    ///
    /// ```text
    /// Step/data.drop  z; (data.drop x)  ~>  with_data(z, x, ε); ε
    /// ```
    pub(crate) fn data_drop(&mut self, x: DataIdx) -> Reduced {
        let a = self.dataaddr(x)?;
        self.fire(rule!("Step/data.drop"));
        self.drop_data(a);
        Ok(())
    }
}

/// `i + ao.offset`; what is beyond all numbers is beyond all memories.
#[inline(always)]
fn stretch(i: u64, ao: MemArg) -> u64 {
    i.saturating_add(ao.offset)
}

/// `extend(n, 64, sx, c)`
#[inline(always)]
pub(super) fn extend(n: u32, sx: Sx, c: u64) -> u64 {
    match sx {
        Sx::U => c,
        Sx::S => ((c << (64 - n)) as i64 >> (64 - n)) as u64,
    }
}
