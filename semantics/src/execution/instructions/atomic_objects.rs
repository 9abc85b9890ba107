//! Atomic instructions on globals, tables, structures and arrays (chapter S.4 of the catalogue).

use super::atomic::atop;
use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::{RuleId, rule};

/// No rule applies to an access to something that is not there.
const NO_CELL: &str = "something to access, and a value of its type, are needed";

/// `atop(val', val)`; `None` when the values are not of the type of the operator.
fn updated(op: AtOp, old: Slot, val: Slot) -> Option<Slot> {
    match (op, old.as_num(), val.as_num()) {
        (AtOp::Xchg, ..) => Some(val.copied()),
        (_, Some(Num::I32(c_1)), Some(Num::I32(c_2))) => Some(Num::I32(atop(op, c_1.into(), c_2.into()) as u32).into()),
        (_, Some(Num::I64(c_1)), Some(Num::I64(c_2))) => Some(Num::I64(atop(op, c_1, c_2)).into()),
        _ => None,
    }
}

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// Reads a cell.
    fn at_get(&mut self, ord: MemOrder, cell: Cell) -> Reduced<Slot> {
        match self.read(ord.into(), cell) {
            Some(slot) => Ok(slot),
            None => self.stuck(NO_CELL),
        }
    }

    /// Writes a cell.
    fn at_set(&mut self, ord: MemOrder, cell: Cell, slot: Slot) -> Reduced {
        match self.write(ord.into(), cell, slot) {
            Some(()) => Ok(()),
            None => self.stuck(NO_CELL),
        }
    }

    /// Reads a cell and writes `atop(val', val)`: `val'`.
    fn at_rmw(&mut self, ords: Orders, op: AtOp, cell: Cell, val: Slot) -> Reduced<Slot> {
        let old = self.update(ords, cell, |old| updated(op, old, val));
        match old.filter(|&old| updated(op, old, val).is_some()) {
            Some(old) => Ok(old),
            None => self.stuck("a cell and numbers of one type are needed"),
        }
    }

    /// Reads a cell and writes it if it holds `val_1`, by one of two rules.
    fn at_cmpxchg(&mut self, ords: Orders, cell: Cell, eq: RuleId, ne: RuleId, val_1: Slot, val_2: Slot) -> Reduced {
        let is_equal = |old: Slot| old.copied() == val_1.copied();
        let Some(old) = self.update(ords, cell, |old| is_equal(old).then(|| val_2.copied())) else {
            return self.stuck(NO_CELL);
        };
        self.fire(if is_equal(old) { eq } else { ne });
        self.push(old);
        Ok(())
    }

    /// ```text
    /// Step_read/global.atomic.get  z; (global.atomic.get ord x)  ~>  val   if global(z, x).value = val, with (rd_ord x val)
    /// ```
    pub(super) fn global_atomic_get(&mut self, ord: MemOrder, x: GlobalIdx) -> Reduced {
        let a = self.globaladdr(x)?;
        let val = self.at_get(ord, Cell::Global(a))?;
        self.fire(rule!("Step_read/global.atomic.get"));
        self.push(val);
        Ok(())
    }

    /// ```text
    /// Step/global.atomic.set  z; val (global.atomic.set ord x)  ~>  with_global(z, x, val); ε   with (wr_ord x val)
    /// ```
    pub(super) fn global_atomic_set(&mut self, ord: MemOrder, x: GlobalIdx) -> Reduced {
        let val = self.pop()?;
        let a = self.globaladdr(x)?;
        self.at_set(ord, Cell::Global(a), val)?;
        self.fire(rule!("Step/global.atomic.set"));
        Ok(())
    }

    /// ```text
    /// Step/global.atomic.rmw  z; val (global.atomic.rmw.atop ord x)  ~>  with_global(z, x, atop(val', val)); val'
    ///                           if global(z, x).value = val', with (rmw_ord x val' atop(val', val))
    /// ```
    pub(super) fn global_atomic_rmw(&mut self, ords: Orders, op: AtOp, x: GlobalIdx) -> Reduced {
        let val = self.pop()?;
        let a = self.globaladdr(x)?;
        let old = self.at_rmw(ords, op, Cell::Global(a), val)?;
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
    pub(super) fn global_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: GlobalIdx) -> Reduced {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let a = self.globaladdr(x)?;
        let (eq, ne) = (rule!("Step/global.atomic.rmw.cmpxchg-eq"), rule!("Step/global.atomic.rmw.cmpxchg-ne"));
        self.at_cmpxchg(ords, Cell::Global(a), eq, ne, val_1, val_2)
    }

    /// An element of a table, if it is within bounds; otherwise the step is a trap.
    fn table_slot(&mut self, x: TableIdx, oob: RuleId) -> Reduced<Option<Cell>> {
        let (_, i) = self.pop_at()?;
        let a = self.tableaddr(x)?;
        if i >= self.len(Order::Unordered, Extent::Table(a)) {
            self.trap(oob, TrapClass::TableOutOfBounds)?;
            return Ok(None);
        }
        Ok(Some(Cell::TableElem(a, i)))
    }

    /// ```text
    /// Step_read/table.atomic.get-oob  z; (at.const i) (table.atomic.get ord x)  ~>  trap   if i ≥ |table(z, x).refs|
    /// Step_read/table.atomic.get-val  z; (at.const i) (table.atomic.get ord x)  ~>  ref
    ///                                   otherwise, if table(z, x).refs[i] = ref, with (rd_ord x[i] ref)
    /// ```
    pub(super) fn table_atomic_get(&mut self, ord: MemOrder, x: TableIdx) -> Reduced {
        let Some(cell) = self.table_slot(x, rule!("Step_read/table.atomic.get-oob"))? else { return Ok(()) };
        let val = self.at_get(ord, cell)?;
        self.fire(rule!("Step_read/table.atomic.get-val"));
        self.push(val);
        Ok(())
    }

    /// ```text
    /// Step/table.atomic.set-oob  z; (at.const i) ref (table.atomic.set ord x)  ~>  trap   if i ≥ |table(z, x).refs|
    /// Step/table.atomic.set-val  z; (at.const i) ref (table.atomic.set ord x)  ~>  with_table(z, x, i, ref); ε
    ///                              otherwise, with (wr_ord x[i] ref)
    /// ```
    pub(super) fn table_atomic_set(&mut self, ord: MemOrder, x: TableIdx) -> Reduced {
        let val = self.pop()?;
        let Some(cell) = self.table_slot(x, rule!("Step/table.atomic.set-oob"))? else { return Ok(()) };
        self.at_set(ord, cell, val)?;
        self.fire(rule!("Step/table.atomic.set-val"));
        Ok(())
    }

    /// ```text
    /// Step/table.atomic.rmw.xchg-oob  z; (at.const i) ref (table.atomic.rmw.xchg ord x)  ~>  trap
    ///                                   if i ≥ |table(z, x).refs|
    /// Step/table.atomic.rmw.xchg-val  z; (at.const i) ref (table.atomic.rmw.xchg ord x)  ~>  with_table(z, x, i, ref); ref'
    ///                                   otherwise, if table(z, x).refs[i] = ref', with (rmw_ord x[i] ref' ref)
    /// ```
    pub(super) fn table_atomic_rmw_xchg(&mut self, ords: Orders, x: TableIdx) -> Reduced {
        let val = self.pop()?;
        let Some(cell) = self.table_slot(x, rule!("Step/table.atomic.rmw.xchg-oob"))? else { return Ok(()) };
        let old = self.at_rmw(ords, AtOp::Xchg, cell, val)?;
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
    pub(super) fn table_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: TableIdx) -> Reduced {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let Some(cell) = self.table_slot(x, rule!("Step/table.atomic.rmw.cmpxchg-oob"))? else { return Ok(()) };
        let (eq, ne) = (rule!("Step/table.atomic.rmw.cmpxchg-eq"), rule!("Step/table.atomic.rmw.cmpxchg-ne"));
        self.at_cmpxchg(ords, cell, eq, ne, val_1, val_2)
    }

    /// A field of a structure and its storage type; without a structure the step is a trap.
    fn struct_field(&mut self, x: TypeIdx, i: FieldIdx, null: RuleId) -> Reduced<Option<(Cell, StorageType)>> {
        match self.pop_ref()? {
            Ref::Null => {
                self.trap(null, TrapClass::NullReference)?;
                Ok(None)
            }
            Ref::Struct(a) => Ok(Some((Cell::Field(a, i), self.field_storage(x, i)?))),
            _ => self.stuck("a structure reference is needed"),
        }
    }

    /// An element of an array and its storage type; without an array, or beyond its end, the step is a trap.
    fn array_element(&mut self, x: TypeIdx, null: RuleId, oob: RuleId) -> Reduced<Option<(Cell, StorageType)>> {
        let i = self.pop_i32()?;
        match self.pop_ref()? {
            Ref::Null => self.trap(null, TrapClass::NullReference)?,
            Ref::Array(a) if u64::from(i) >= self.array_length(a) => {
                self.trap(oob, TrapClass::ArrayOutOfBounds)?;
            }
            Ref::Array(a) => return Ok(Some((Cell::ArrayElem(a, i), self.expand_array(x)?.1))),
            _ => return self.stuck("an array reference is needed"),
        }
        Ok(None)
    }

    /// Reads a field or an element.
    fn get_part(&mut self, ord: MemOrder, sx: Option<Sx>, cell: Cell, zt: StorageType, rule: RuleId) -> Reduced {
        let fv = self.at_get(ord, cell)?;
        let Some(val) = unpackfield(zt, sx, fv) else { return self.stuck("a field of the type is needed") };
        self.fire(rule);
        self.push(val);
        Ok(())
    }

    /// Writes a field or an element.
    fn set_part(&mut self, ord: MemOrder, cell: Cell, zt: StorageType, val: Slot, rule: RuleId) -> Reduced {
        let Some(fv) = packfield(zt, val) else { return self.stuck("a value of the type is needed") };
        self.at_set(ord, cell, fv)?;
        self.fire(rule);
        Ok(())
    }

    /// ```text
    /// Step_read/struct.atomic.get-null    z; (ref.null) (struct.atomic.get sx? ord x i)  ~>  trap
    /// Step_read/struct.atomic.get-struct  z; (ref.struct a) (struct.atomic.get sx? ord x i)  ~>  unpackfield(zt, sx?, fv)
    ///                                       if structinst(z)[a].fields[i] = fv, with (rd_ord a.i fv)
    /// ```
    pub(super) fn struct_atomic_get(&mut self, ord: MemOrder, sx: Option<Sx>, x: TypeIdx, i: FieldIdx) -> Reduced {
        match self.struct_field(x, i, rule!("Step_read/struct.atomic.get-null"))? {
            Some((cell, zt)) => self.get_part(ord, sx, cell, zt, rule!("Step_read/struct.atomic.get-struct")),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step/struct.atomic.set-null    z; (ref.null) val (struct.atomic.set ord x i)  ~>  trap
    /// Step/struct.atomic.set-struct  z; (ref.struct a) val (struct.atomic.set ord x i)
    ///                                  ~>  with_struct(z, a, i, packfield(zt, val)); ε   with (wr_ord a.i packfield(zt, val))
    /// ```
    pub(super) fn struct_atomic_set(&mut self, ord: MemOrder, x: TypeIdx, i: FieldIdx) -> Reduced {
        let val = self.pop()?;
        match self.struct_field(x, i, rule!("Step/struct.atomic.set-null"))? {
            Some((cell, zt)) => self.set_part(ord, cell, zt, val, rule!("Step/struct.atomic.set-struct")),
            None => Ok(()),
        }
    }

    /// ```text
    /// Step/struct.atomic.rmw-null    z; (ref.null) val (struct.atomic.rmw.atop ord x i)  ~>  trap
    /// Step/struct.atomic.rmw-struct  z; (ref.struct a) val (struct.atomic.rmw.atop ord x i)
    ///                                  ~>  with_struct(z, a, i, atop(val', val)); val'
    ///                                  if structinst(z)[a].fields[i] = val', with (rmw_ord a.i val' atop(val', val))
    /// ```
    pub(super) fn struct_atomic_rmw(&mut self, ords: Orders, op: AtOp, x: TypeIdx, i: FieldIdx) -> Reduced {
        let val = self.pop()?;
        if let Some((cell, _)) = self.struct_field(x, i, rule!("Step/struct.atomic.rmw-null"))? {
            let old = self.at_rmw(ords, op, cell, val)?;
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
    pub(super) fn struct_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: TypeIdx, i: FieldIdx) -> Reduced {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let (eq, ne) = (rule!("Step/struct.atomic.rmw.cmpxchg-eq"), rule!("Step/struct.atomic.rmw.cmpxchg-ne"));
        match self.struct_field(x, i, rule!("Step/struct.atomic.rmw.cmpxchg-null"))? {
            Some((cell, _)) => self.at_cmpxchg(ords, cell, eq, ne, val_1, val_2),
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
    pub(super) fn array_atomic_get(&mut self, ord: MemOrder, sx: Option<Sx>, x: TypeIdx) -> Reduced {
        let (null, oob) = (rule!("Step_read/array.atomic.get-null"), rule!("Step_read/array.atomic.get-oob"));
        match self.array_element(x, null, oob)? {
            Some((cell, zt)) => self.get_part(ord, sx, cell, zt, rule!("Step_read/array.atomic.get-array")),
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
    pub(super) fn array_atomic_set(&mut self, ord: MemOrder, x: TypeIdx) -> Reduced {
        let val = self.pop()?;
        let (null, oob) = (rule!("Step/array.atomic.set-null"), rule!("Step/array.atomic.set-oob"));
        match self.array_element(x, null, oob)? {
            Some((cell, zt)) => self.set_part(ord, cell, zt, val, rule!("Step/array.atomic.set-array")),
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
    pub(super) fn array_atomic_rmw(&mut self, ords: Orders, op: AtOp, x: TypeIdx) -> Reduced {
        let val = self.pop()?;
        let (null, oob) = (rule!("Step/array.atomic.rmw-null"), rule!("Step/array.atomic.rmw-oob"));
        if let Some((cell, _)) = self.array_element(x, null, oob)? {
            let old = self.at_rmw(ords, op, cell, val)?;
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
    pub(super) fn array_atomic_rmw_cmpxchg(&mut self, ords: Orders, x: TypeIdx) -> Reduced {
        let val_2 = self.pop()?;
        let val_1 = self.pop()?;
        let (null, oob) = (rule!("Step/array.atomic.rmw.cmpxchg-null"), rule!("Step/array.atomic.rmw.cmpxchg-oob"));
        let (eq, ne) = (rule!("Step/array.atomic.rmw.cmpxchg-eq"), rule!("Step/array.atomic.rmw.cmpxchg-ne"));
        match self.array_element(x, null, oob)? {
            Some((cell, _)) => self.at_cmpxchg(ords, cell, eq, ne, val_1, val_2),
            None => Ok(()),
        }
    }
}
