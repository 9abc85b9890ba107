//! Memory instructions on vectors.

use super::memory::extend;
use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// The `sz` bits at `i + ao.offset` as an integer, if they are within bounds.
    fn bits(&mut self, sz: Sz, x: MemIdx, i: u64, ao: MemArg) -> Reduced<Option<u64>> {
        Ok(match sz {
            Sz::B8 => self.bytes(x, i, ao, false)?.map(|b| u8::from_le_bytes(b) as u64),
            Sz::B16 => self.bytes(x, i, ao, false)?.map(|b| u16::from_le_bytes(b) as u64),
            Sz::B32 => self.bytes(x, i, ao, false)?.map(|b| u32::from_le_bytes(b) as u64),
            Sz::B64 => self.bytes(x, i, ao, false)?.map(u64::from_le_bytes),
        })
    }

    /// Reads a vector from memory.
    ///
    /// ```text
    /// Step_read/vload-oob        z; (at.const i) (v128.load x ao)  ~>  trap
    ///                            if i + ao.offset + 128/8 > |mem(z, x).bytes|
    /// Step_read/vload-val        z; (at.const i) (v128.load x ao)  ~>  (v128.const c)
    ///                            if bytes(v128, c) = mem(z, x).bytes[i + ao.offset : 128/8]
    /// Step_read/vload-pack-oob   z; (at.const i) (v128.loadKxM_sx x ao)  ~>  trap
    ///                            if i + ao.offset + K · M/8 > |mem(z, x).bytes|
    /// Step_read/vload-pack-val   z; (at.const i) (v128.loadKxM_sx x ao)  ~>  (v128.const c)
    ///                            if bytes(iK, j) = mem(z, x).bytes[i + ao.offset + k · K/8 : K/8] for k < M
    ///                            and c = lanes⁻¹(JnnxM, extend(K, 2 · K, sx, j)^M) with size(Jnn) = 2 · K
    /// Step_read/vload-splat-oob  z; (at.const i) (v128.loadN_splat x ao)  ~>  trap
    ///                            if i + ao.offset + N/8 > |mem(z, x).bytes|
    /// Step_read/vload-splat-val  z; (at.const i) (v128.loadN_splat x ao)  ~>  (v128.const c)
    ///                            if bytes(iN, j) = mem(z, x).bytes[i + ao.offset : N/8]
    ///                            and c = lanes⁻¹(JnnxM, j^M) with N = size(Jnn) and M = 128/N
    /// Step_read/vload-zero-oob   z; (at.const i) (v128.loadN_zero x ao)  ~>  trap
    ///                            if i + ao.offset + N/8 > |mem(z, x).bytes|
    /// Step_read/vload-zero-val   z; (at.const i) (v128.loadN_zero x ao)  ~>  (v128.const c)
    ///                            if bytes(iN, j) = mem(z, x).bytes[i + ao.offset : N/8] and c = extend(N, 128, u, j)
    /// ```
    pub(crate) fn vload(&mut self, op: Option<VLoadOp>, x: MemIdx, ao: MemArg) -> Reduced {
        let (_, i) = self.pop_at()?;
        let oob = TrapClass::MemoryOutOfBounds;
        let c = match op {
            None => {
                let Some(b) = self.bytes(x, i, ao, false)? else { return self.trap(rule!("Step_read/vload-oob"), oob) };
                self.fire(rule!("Step_read/vload-val"));
                V128(b)
            }
            Some(VLoadOp::Shape(sz, m, sx)) => {
                let Some(b) = self.bytes::<8>(x, i, ao, false)? else {
                    return self.trap(rule!("Step_read/vload-pack-oob"), oob);
                };
                let (k, j) = (sz.bits(), u64::from_le_bytes(b));
                let lane = |l: u32| extend(k, sx, j >> (l * k) & ((1 << k) - 1)) as u128 & ((1 << (2 * k)) - 1);
                self.fire(rule!("Step_read/vload-pack-val"));
                V128::from_u128((0..m as u32).map(|l| lane(l) << (l * 2 * k)).sum())
            }
            Some(VLoadOp::Splat(sz)) => {
                let Some(j) = self.bits(sz, x, i, ao)? else {
                    return self.trap(rule!("Step_read/vload-splat-oob"), oob);
                };
                let n = sz.bits();
                self.fire(rule!("Step_read/vload-splat-val"));
                V128::from_u128((0..128 / n).map(|l| (j as u128) << (l * n)).sum())
            }
            Some(VLoadOp::Zero(sz)) => {
                let Some(j) = self.bits(sz, x, i, ao)? else {
                    return self.trap(rule!("Step_read/vload-zero-oob"), oob);
                };
                self.fire(rule!("Step_read/vload-zero-val"));
                V128::from_u128(j as u128)
            }
        };
        self.push(c);
        Ok(())
    }

    /// Reads one lane from memory.
    ///
    /// ```text
    /// Step_read/vload_lane-oob  z; (at.const i) (v128.const c_1) (v128.loadN_lane x ao j)  ~>  trap
    ///                           if i + ao.offset + N/8 > |mem(z, x).bytes|
    /// Step_read/vload_lane-val  z; (at.const i) (v128.const c_1) (v128.loadN_lane x ao j)  ~>  (v128.const c)
    ///                           if bytes(iN, k) = mem(z, x).bytes[i + ao.offset : N/8]
    ///                           and c = lanes⁻¹(JnnxM, lanes(JnnxM, c_1)[[j] = k]) with N = size(Jnn), M = 128/N
    /// ```
    pub(crate) fn vload_lane(&mut self, sz: Sz, x: MemIdx, ao: MemArg, j: LaneIdx) -> Reduced {
        let c_1 = self.pop_vec()?;
        let (_, i) = self.pop_at()?;
        let Some(k) = self.bits(sz, x, i, ao)? else {
            return self.trap(rule!("Step_read/vload_lane-oob"), TrapClass::MemoryOutOfBounds);
        };
        let Some(at) = lane_place(sz, j) else { return self.stuck("a lane is needed") };
        let mask = lane_mask(sz) << at;
        self.fire(rule!("Step_read/vload_lane-val"));
        self.push(V128::from_u128(c_1.to_u128() & !mask | (k as u128) << at));
        Ok(())
    }

    /// Writes a vector to memory.
    ///
    /// ```text
    /// Step/vstore-oob  z; (at.const i) (v128.const c) (v128.store x ao)  ~>  z; trap
    ///                  if i + ao.offset + 128/8 > |mem(z, x).bytes|
    /// Step/vstore-val  z; (at.const i) (v128.const c) (v128.store x ao)
    ///                    ~>  with_mem(z, x, i + ao.offset, 128/8, b*); ε   if b* = bytes(v128, c)
    /// ```
    pub(crate) fn vstore(&mut self, x: MemIdx, ao: MemArg) -> Reduced {
        let V128(b) = self.pop_vec()?;
        let (_, i) = self.pop_at()?;
        if !self.with_mem(x, i, ao, b, false)? {
            return self.trap(rule!("Step/vstore-oob"), TrapClass::MemoryOutOfBounds);
        }
        self.fire(rule!("Step/vstore-val"));
        Ok(())
    }

    /// Writes one lane to memory.
    ///
    /// ```text
    /// Step/vstore_lane-oob  z; (at.const i) (v128.const c) (v128.storeN_lane x ao j)  ~>  z; trap
    ///                       if i + ao.offset + N/8 > |mem(z, x).bytes|
    /// Step/vstore_lane-val  z; (at.const i) (v128.const c) (v128.storeN_lane x ao j)
    ///                         ~>  with_mem(z, x, i + ao.offset, N/8, b*); ε
    ///                       if b* = bytes(iN, lanes(JnnxM, c)[j]) with N = size(Jnn) and M = 128/N
    /// ```
    pub(crate) fn vstore_lane(&mut self, sz: Sz, x: MemIdx, ao: MemArg, j: LaneIdx) -> Reduced {
        let c = self.pop_vec()?;
        let (_, i) = self.pop_at()?;
        let Some(at) = lane_place(sz, j) else { return self.stuck("a lane is needed") };
        let k = (c.to_u128() >> at) as u64;
        let within = match sz {
            Sz::B8 => self.with_mem(x, i, ao, (k as u8).to_le_bytes(), false)?,
            Sz::B16 => self.with_mem(x, i, ao, (k as u16).to_le_bytes(), false)?,
            Sz::B32 => self.with_mem(x, i, ao, (k as u32).to_le_bytes(), false)?,
            Sz::B64 => self.with_mem(x, i, ao, k.to_le_bytes(), false)?,
        };
        if !within {
            return self.trap(rule!("Step/vstore_lane-oob"), TrapClass::MemoryOutOfBounds);
        }
        self.fire(rule!("Step/vstore_lane-val"));
        Ok(())
    }
}

/// The lowest bit of lane `j`, if there is such a lane.
fn lane_place(sz: Sz, j: LaneIdx) -> Option<u32> {
    let at = sz.bits() * j as u32;
    (at < 128).then_some(at)
}

/// The bits of lane 0.
fn lane_mask(sz: Sz) -> u128 {
    (1 << sz.bits()) - 1
}
