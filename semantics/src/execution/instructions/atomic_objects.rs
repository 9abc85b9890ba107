//! Atomic instructions on globals, tables, structures and arrays (chapter S.4 of the catalogue).

use super::atomic::atop;
use crate::choice::Choices;
use crate::execution::*;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::{RuleId, rule};

/// `atop(val', val)`; `None` when the values are not of the type of the operator.
fn updated(op: AtOp, old: Slot, val: Slot) -> Option<Slot> {
    match (op, old.as_num(), val.as_num()) {
        (AtOp::Xchg, ..) => Some(val.copied()),
        (_, Some(Num::I32(c_1)), Some(Num::I32(c_2))) => Some(Num::I32(atop(op, c_1.into(), c_2.into()) as u32).into()),
        (_, Some(Num::I64(c_1)), Some(Num::I64(c_2))) => Some(Num::I64(atop(op, c_1, c_2)).into()),
        _ => None,
    }
}

impl<O: Observer, C: Choices> Machine<'_, O, C> {
    /// What is there.
    fn fetch(&self, loc: Location) -> Option<Slot> {
        Some(match loc {
            Location::Global(a) => self.s.globals[a as usize].value.into(),
            Location::Slot(a, i) => (*self.s.tables[a as usize].refs.get(usize::try_from(i).ok()?)?).into(),
            Location::Field(a, i) => *self.s.structs.fields(a).get(i as usize)?,
            Location::Element(a, i) => *self.s.arrays.fields(a).get(i as usize)?,
            Location::Length(_) | Location::Bytes(..) | Location::TableLength(_) => return None,
        })
    }

    /// Puts something there; whether it could be.
    fn replace(&mut self, loc: Location, slot: Slot) -> bool {
        match loc {
            Location::Global(a) => slot.value().map(|v| self.s.globals[a as usize].value = v).is_some(),
            Location::Slot(a, i) => {
                let place = usize::try_from(i).ok().and_then(|i| self.s.tables[a as usize].refs.get_mut(i));
                place.zip(slot.as_ref()).map(|(place, r)| *place = r).is_some()
            }
            Location::Field(a, i) => {
                self.s.structs.fields_mut(a).get_mut(i as usize).map(|place| *place = slot).is_some()
            }
            Location::Element(a, i) => {
                self.s.arrays.fields_mut(a).get_mut(i as usize).map(|place| *place = slot).is_some()
            }
            Location::Length(_) | Location::Bytes(..) | Location::TableLength(_) => false,
        }
    }

    /// Reads what is there.
    fn at_get(&mut self, ord: MemOrder, loc: Location) -> Step<Slot> {
        let Some(slot) = self.fetch(loc) else { return self.stuck("something to read is needed") };
        Ok(if Self::ACTS { self.act_read(ord.into(), loc, slot) } else { slot })
    }

    /// Writes there.
    fn at_set(&mut self, ord: MemOrder, loc: Location, slot: Slot) -> Step {
        if !self.replace(loc, slot) {
            return self.stuck("a place for the value is needed");
        }
        if Self::ACTS {
            self.act_write(ord.into(), loc, slot);
        }
        Ok(())
    }

    /// Reads what is there, and writes what comes of it.
    fn at_rmw(&mut self, ords: Orders, op: AtOp, loc: Location, val: Slot) -> Step<Slot> {
        let Some(old) = self.fetch(loc) else { return self.stuck("something to read is needed") };
        let old = self.sees_slot(ords.read.into(), loc, old);
        let Some(new) = updated(op, old, val) else { return self.stuck("numbers of one type are needed") };
        if !self.replace(loc, new) {
            return self.stuck("a place for the value is needed");
        }
        if Self::ACTS {
            self.act_rmw(ords, loc, old, new);
        }
        Ok(old)
    }

    /// Reads what is there, and writes if it is what was expected; which of the rules that is.
    fn at_cmpxchg(&mut self, ords: Orders, loc: Location, eq: RuleId, ne: RuleId, val_1: Slot, val_2: Slot) -> Step {
        let Some(old) = self.fetch(loc) else { return self.stuck("something to read is needed") };
        let old = self.sees_slot(ords.read.into(), loc, old);
        if old.copied() == val_1.copied() {
            if !self.replace(loc, val_2.copied()) {
                return self.stuck("a place for the value is needed");
            }
            if Self::ACTS {
                self.act_rmw(ords, loc, old, val_2);
            }
            self.fire(eq);
        } else {
            if Self::ACTS {
                let whole = true;
                if let (true, Some(fv)) = (self.s.is_shared(loc), old.fieldval()) {
                    self.act(Action::Read { order: ords.read.into(), loc, value: Datum::Field(fv), whole });
                }
            }
            self.fire(ne);
        }
        self.push(old);
        Ok(())
    }

    /// ```text
    /// Step_read/global.atomic.get  z; (global.atomic.get ord x)  ~>  val   if global(z, x).value = val, with (rd_ord x val)
    /// ```
    pub(super) fn global_atomic_get(&mut self, ord: MemOrder, x: GlobalIdx) -> Step {
        let a = self.globaladdr(x)?;
        let val = self.at_get(ord, Location::Global(a))?;
        self.fire(rule!("Step_read/global.atomic.get"));
        self.push(val);
        Ok(())
    }

    /// ```text
    /// Step/global.atomic.set  z; val (global.atomic.set ord x)  ~>  with_global(z, x, val); ε   with (wr_ord x val)
    /// ```
    pub(super) fn global_atomic_set(&mut self, ord: MemOrder, x: GlobalIdx) -> Step {
        let val = self.pop()?;
        let a = self.globaladdr(x)?;
        self.at_set(ord, Location::Global(a), val)?;
        self.fire(rule!("Step/global.atomic.set"));
        Ok(())
    }

    /// ```text
    /// Step/global.atomic.rmw  z; val (global.atomic.rmw.atop ord x)  ~>  with_global(z, x, atop(val', val)); val'
    ///                           if global(z, x).value = val', with (rmw_ord x val' atop(val', val))
    /// ```
    pub(super) fn global_atomic_rmw(&mut self, ords: Orders, op: AtOp, x: GlobalIdx) -> Step {
        let val = self.pop()?;
        let a = self.globaladdr(x)?;
        let old = self.at_rmw(ords, op, Location::Global(a), val)?;
        self.fire(rule!("Step/global.atomic.rmw"));
        self.push(old);
        Ok(())
    }

    /// ```text
    /// Step/global.atomic.rmw.cmpxchg-eq  z; val_1 val_2 (global.atomic.rmw.cmpxchg ord x)  ~>  with_global(z, x, val_2); val
    ///                                      if global(z, x).value = val = val_1, with (rmw_ord x val val_2)
    /// Step/global.atomic.rmw.cmpxchg-ne  z; val_1 val_2 (global.atomic.rmw.cmpxchg ord x)  ~>  z; val
    ///                                      if global(z, x).value = val ≠ val_1, with (rd_ord x val)
    /// ```
    pub(super) fn global_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: GlobalIdx) -> Step {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let a = self.globaladdr(x)?;
        let (eq, ne) = (rule!("Step/global.atomic.rmw.cmpxchg-eq"), rule!("Step/global.atomic.rmw.cmpxchg-ne"));
        self.at_cmpxchg(ords, Location::Global(a), eq, ne, val_1, val_2)
    }

    /// An element of a table, if it is within bounds; otherwise the step is a trap.
    fn table_slot(&mut self, x: TableIdx, oob: RuleId) -> Step<Option<Location>> {
        let (_, i) = self.pop_at()?;
        let a = self.tableaddr(x)?;
        if Self::ACTS {
            self.act_length(Order::Unordered, Location::TableLength(a as Addr));
        }
        if i >= self.s.tables[a].refs.len() as u64 {
            self.trap(oob, TrapClass::TableOutOfBounds)?;
            return Ok(None);
        }
        Ok(Some(Location::Slot(a as Addr, i)))
    }

    /// ```text
    /// Step_read/table.atomic.get-oob  z; (at.const i) (table.atomic.get ord x)  ~>  trap   if i ≥ |table(z, x).refs|
    /// Step_read/table.atomic.get-val  z; (at.const i) (table.atomic.get ord x)  ~>  ref
    ///                                   otherwise, if table(z, x).refs[i] = ref, with (rd_ord x[i] ref)
    /// ```
    pub(super) fn table_atomic_get(&mut self, ord: MemOrder, x: TableIdx) -> Step {
        let Some(loc) = self.table_slot(x, rule!("Step_read/table.atomic.get-oob"))? else { return Ok(()) };
        let val = self.at_get(ord, loc)?;
        self.fire(rule!("Step_read/table.atomic.get-val"));
        self.push(val);
        Ok(())
    }

    /// ```text
    /// Step/table.atomic.set-oob  z; (at.const i) ref (table.atomic.set ord x)  ~>  trap   if i ≥ |table(z, x).refs|
    /// Step/table.atomic.set-val  z; (at.const i) ref (table.atomic.set ord x)  ~>  with_table(z, x, i, ref); ε
    ///                              otherwise, with (wr_ord x[i] ref)
    /// ```
    pub(super) fn table_atomic_set(&mut self, ord: MemOrder, x: TableIdx) -> Step {
        let val = self.pop()?;
        let Some(loc) = self.table_slot(x, rule!("Step/table.atomic.set-oob"))? else { return Ok(()) };
        self.at_set(ord, loc, val)?;
        self.fire(rule!("Step/table.atomic.set-val"));
        Ok(())
    }

    /// ```text
    /// Step/table.atomic.rmw.xchg-oob  z; (at.const i) ref (table.atomic.rmw.xchg ord x)  ~>  trap
    ///                                   if i ≥ |table(z, x).refs|
    /// Step/table.atomic.rmw.xchg-val  z; (at.const i) ref (table.atomic.rmw.xchg ord x)  ~>  with_table(z, x, i, ref); ref'
    ///                                   otherwise, if table(z, x).refs[i] = ref', with (rmw_ord x[i] ref' ref)
    /// ```
    pub(super) fn table_atomic_rmw_xchg(&mut self, ords: Orders, x: TableIdx) -> Step {
        let val = self.pop()?;
        let Some(loc) = self.table_slot(x, rule!("Step/table.atomic.rmw.xchg-oob"))? else { return Ok(()) };
        let old = self.at_rmw(ords, AtOp::Xchg, loc, val)?;
        self.fire(rule!("Step/table.atomic.rmw.xchg-val"));
        self.push(old);
        Ok(())
    }

    /// ```text
    /// Step/table.atomic.rmw.cmpxchg-oob  z; (at.const i) ref_1 ref_2 (table.atomic.rmw.cmpxchg ord x)  ~>  z; trap
    ///                                      if i ≥ |table(z, x).refs|
    /// Step/table.atomic.rmw.cmpxchg-eq   z; …  ~>  with_table(z, x, i, ref_2); ref
    ///                                      if table(z, x).refs[i] = ref = ref_1, with (rmw_ord x[i] ref ref_2)
    /// Step/table.atomic.rmw.cmpxchg-ne   z; …  ~>  z; ref
    ///                                      if table(z, x).refs[i] = ref ≠ ref_1, with (rd_ord x[i] ref)
    /// ```
    pub(super) fn table_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: TableIdx) -> Step {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let Some(loc) = self.table_slot(x, rule!("Step/table.atomic.rmw.cmpxchg-oob"))? else { return Ok(()) };
        let (eq, ne) = (rule!("Step/table.atomic.rmw.cmpxchg-eq"), rule!("Step/table.atomic.rmw.cmpxchg-ne"));
        self.at_cmpxchg(ords, loc, eq, ne, val_1, val_2)
    }

    /// A field of a structure and its storage type; without a structure the step is a trap.
    fn struct_field(&mut self, x: TypeIdx, i: FieldIdx, null: RuleId) -> Step<Option<(Location, StorageType)>> {
        match self.pop_ref()? {
            Ref::Null => {
                self.trap(null, TrapClass::NullReference)?;
                Ok(None)
            }
            Ref::Struct(a) => Ok(Some((Location::Field(a, i), self.field_storage(x, i)?))),
            _ => self.stuck("a structure reference is needed"),
        }
    }

    /// An element of an array and its storage type; without an array, or beyond its end, the step is a trap.
    fn array_element(&mut self, x: TypeIdx, null: RuleId, oob: RuleId) -> Step<Option<(Location, StorageType)>> {
        let i = self.pop_i32()?;
        match self.pop_ref()? {
            Ref::Null => self.trap(null, TrapClass::NullReference)?,
            Ref::Array(a) if i as usize >= self.s.arrays.fields(a).len() => {
                self.trap(oob, TrapClass::ArrayOutOfBounds)?;
            }
            Ref::Array(a) => return Ok(Some((Location::Element(a, i), self.expand_array(x)?.1))),
            _ => return self.stuck("an array reference is needed"),
        }
        Ok(None)
    }

    /// Reads a field or an element.
    fn get_part(&mut self, ord: MemOrder, sx: Option<Sx>, loc: Location, zt: StorageType, rule: RuleId) -> Step {
        let fv = self.at_get(ord, loc)?;
        let Some(val) = unpackfield(zt, sx, &fv) else { return self.stuck("a field of the type is needed") };
        self.fire(rule);
        self.push(val);
        Ok(())
    }

    /// Writes a field or an element.
    fn set_part(&mut self, ord: MemOrder, loc: Location, zt: StorageType, val: Slot, rule: RuleId) -> Step {
        let Some(fv) = packfield(zt, val) else { return self.stuck("a value of the type is needed") };
        self.at_set(ord, loc, fv)?;
        self.fire(rule);
        Ok(())
    }

    /// ```text
    /// Step_read/struct.atomic.get-null    z; (ref.null) (struct.atomic.get sx? ord x i)  ~>  trap
    /// Step_read/struct.atomic.get-struct  z; (ref.struct a) (struct.atomic.get sx? ord x i)  ~>  unpackfield(zt, sx?, fv)
    ///                                       if structinst(z)[a].fields[i] = fv, with (rd_ord a.i fv)
    /// ```
    pub(super) fn struct_atomic_get(&mut self, ord: MemOrder, sx: Option<Sx>, x: TypeIdx, i: FieldIdx) -> Step {
        match self.struct_field(x, i, rule!("Step_read/struct.atomic.get-null"))? {
            Some((loc, zt)) => self.get_part(ord, sx, loc, zt, rule!("Step_read/struct.atomic.get-struct")),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step/struct.atomic.set-null    z; (ref.null) val (struct.atomic.set ord x i)  ~>  trap
    /// Step/struct.atomic.set-struct  z; (ref.struct a) val (struct.atomic.set ord x i)
    ///                                  ~>  with_struct(z, a, i, packfield(zt, val)); ε   with (wr_ord a.i packfield(zt, val))
    /// ```
    pub(super) fn struct_atomic_set(&mut self, ord: MemOrder, x: TypeIdx, i: FieldIdx) -> Step {
        let val = self.pop()?;
        match self.struct_field(x, i, rule!("Step/struct.atomic.set-null"))? {
            Some((loc, zt)) => self.set_part(ord, loc, zt, val, rule!("Step/struct.atomic.set-struct")),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step/struct.atomic.rmw-null    z; (ref.null) val (struct.atomic.rmw.atop ord x i)  ~>  trap
    /// Step/struct.atomic.rmw-struct  z; (ref.struct a) val (struct.atomic.rmw.atop ord x i)
    ///                                  ~>  with_struct(z, a, i, atop(val', val)); val'
    ///                                  if structinst(z)[a].fields[i] = val', with (rmw_ord a.i val' atop(val', val))
    /// ```
    pub(super) fn struct_atomic_rmw(&mut self, ords: Orders, op: AtOp, x: TypeIdx, i: FieldIdx) -> Step {
        let val = self.pop()?;
        if let Some((loc, _)) = self.struct_field(x, i, rule!("Step/struct.atomic.rmw-null"))? {
            let old = self.at_rmw(ords, op, loc, val)?;
            self.fire(rule!("Step/struct.atomic.rmw-struct"));
            self.push(old);
        }
        Ok(())
    }

    /// ```text
    /// Step/struct.atomic.rmw.cmpxchg-null  z; (ref.null) val_1 val_2 (struct.atomic.rmw.cmpxchg ord x i)  ~>  z; trap
    /// Step/struct.atomic.rmw.cmpxchg-eq    z; (ref.struct a) val_1 val_2 (…)  ~>  with_struct(z, a, i, val_2); val
    ///                                        if structinst(z)[a].fields[i] = val = val_1, with (rmw_ord a.i val val_2)
    /// Step/struct.atomic.rmw.cmpxchg-ne    z; (ref.struct a) val_1 val_2 (…)  ~>  z; val
    ///                                        if structinst(z)[a].fields[i] = val ≠ val_1, with (rd_ord a.i val)
    /// ```
    pub(super) fn struct_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: TypeIdx, i: FieldIdx) -> Step {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let (eq, ne) = (rule!("Step/struct.atomic.rmw.cmpxchg-eq"), rule!("Step/struct.atomic.rmw.cmpxchg-ne"));
        match self.struct_field(x, i, rule!("Step/struct.atomic.rmw.cmpxchg-null"))? {
            Some((loc, _)) => self.at_cmpxchg(ords, loc, eq, ne, val_1, val_2),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step_read/array.atomic.get-null   z; (ref.null) (i32.const i) (array.atomic.get sx? ord x)  ~>  trap
    /// Step_read/array.atomic.get-oob    z; (ref.array a) (i32.const i) (array.atomic.get sx? ord x)  ~>  trap
    ///                                     if i ≥ |arrayinst(z)[a].fields|
    /// Step_read/array.atomic.get-array  z; (ref.array a) (i32.const i) (array.atomic.get sx? ord x)
    ///                                     ~>  unpackfield(zt, sx?, fv)
    ///                                     if arrayinst(z)[a].fields[i] = fv, with (rd_ord a[i] fv)
    /// ```
    pub(super) fn array_atomic_get(&mut self, ord: MemOrder, sx: Option<Sx>, x: TypeIdx) -> Step {
        let (null, oob) = (rule!("Step_read/array.atomic.get-null"), rule!("Step_read/array.atomic.get-oob"));
        match self.array_element(x, null, oob)? {
            Some((loc, zt)) => self.get_part(ord, sx, loc, zt, rule!("Step_read/array.atomic.get-array")),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step/array.atomic.set-null   z; (ref.null) (i32.const i) val (array.atomic.set ord x)  ~>  trap
    /// Step/array.atomic.set-oob    z; (ref.array a) (i32.const i) val (array.atomic.set ord x)  ~>  trap
    ///                                if i ≥ |arrayinst(z)[a].fields|
    /// Step/array.atomic.set-array  z; (ref.array a) (i32.const i) val (array.atomic.set ord x)
    ///                                ~>  with_array(z, a, i, packfield(zt, val)); ε   with (wr_ord a[i] packfield(zt, val))
    /// ```
    pub(super) fn array_atomic_set(&mut self, ord: MemOrder, x: TypeIdx) -> Step {
        let val = self.pop()?;
        let (null, oob) = (rule!("Step/array.atomic.set-null"), rule!("Step/array.atomic.set-oob"));
        match self.array_element(x, null, oob)? {
            Some((loc, zt)) => self.set_part(ord, loc, zt, val, rule!("Step/array.atomic.set-array")),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step/array.atomic.rmw-null   z; (ref.null) (i32.const i) val (array.atomic.rmw.atop ord x)  ~>  trap
    /// Step/array.atomic.rmw-oob    z; (ref.array a) (i32.const i) val (array.atomic.rmw.atop ord x)  ~>  trap
    ///                                if i ≥ |arrayinst(z)[a].fields|
    /// Step/array.atomic.rmw-array  z; (ref.array a) (i32.const i) val (array.atomic.rmw.atop ord x)
    ///                                ~>  with_array(z, a, i, atop(val', val)); val'
    ///                                if arrayinst(z)[a].fields[i] = val', with (rmw_ord a[i] val' atop(val', val))
    /// ```
    pub(super) fn array_atomic_rmw(&mut self, ords: Orders, op: AtOp, x: TypeIdx) -> Step {
        let val = self.pop()?;
        let (null, oob) = (rule!("Step/array.atomic.rmw-null"), rule!("Step/array.atomic.rmw-oob"));
        if let Some((loc, _)) = self.array_element(x, null, oob)? {
            let old = self.at_rmw(ords, op, loc, val)?;
            self.fire(rule!("Step/array.atomic.rmw-array"));
            self.push(old);
        }
        Ok(())
    }

    /// ```text
    /// Step/array.atomic.rmw.cmpxchg-null  z; (ref.null) (i32.const i) val_1 val_2 (array.atomic.rmw.cmpxchg ord x)  ~>  z; trap
    /// Step/array.atomic.rmw.cmpxchg-oob   z; (ref.array a) (i32.const i) val_1 val_2 (…)  ~>  z; trap
    ///                                       if i ≥ |arrayinst(z)[a].fields|
    /// Step/array.atomic.rmw.cmpxchg-eq    z; (ref.array a) (i32.const i) val_1 val_2 (…)  ~>  with_array(z, a, i, val_2); val
    ///                                       if arrayinst(z)[a].fields[i] = val = val_1, with (rmw_ord a[i] val val_2)
    /// Step/array.atomic.rmw.cmpxchg-ne    z; (ref.array a) (i32.const i) val_1 val_2 (…)  ~>  z; val
    ///                                       if arrayinst(z)[a].fields[i] = val ≠ val_1, with (rd_ord a[i] val)
    /// ```
    pub(super) fn array_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: TypeIdx) -> Step {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let (null, oob) = (rule!("Step/array.atomic.rmw.cmpxchg-null"), rule!("Step/array.atomic.rmw.cmpxchg-oob"));
        let (eq, ne) = (rule!("Step/array.atomic.rmw.cmpxchg-eq"), rule!("Step/array.atomic.rmw.cmpxchg-ne"));
        match self.array_element(x, null, oob)? {
            Some((loc, _)) => self.at_cmpxchg(ords, loc, eq, ne, val_1, val_2),
            None => Ok(()),
        }
    }
}
