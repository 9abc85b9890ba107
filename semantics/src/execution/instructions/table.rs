//! Table instructions.

use super::exceeds;
use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// `moduleinst(z).tables[x]`
    #[inline(always)]
    pub(super) fn tableaddr(&mut self, x: TableIdx) -> Reduced<Addr> {
        match self.module().tables.get(x as usize) {
            Some(&a) => Ok(a),
            None => self.stuck("a table is needed"),
        }
    }

    /// `moduleinst(z).elems[x]`
    pub(super) fn elemaddr(&mut self, x: ElemIdx) -> Reduced<usize> {
        match self.module().elems.get(x as usize) {
            Some(&a) => Ok(a as usize),
            None => self.stuck("an element segment is needed"),
        }
    }

    /// Reads an element.
    ///
    /// ```text
    /// Step_read/table.get-oob  z; (at.const i) (table.get x)  ~>  trap                   if i ≥ |table(z, x).refs|
    /// Step_read/table.get-val  z; (at.const i) (table.get x)  ~>  table(z, x).refs[i]    if i < |table(z, x).refs|
    /// ```
    #[inline(always)]
    pub(crate) fn table_get(&mut self, x: TableIdx) -> Reduced {
        let a = self.tableaddr(x)?;
        let (_, i) = self.pop_at()?;
        self.len(Order::Unordered, Extent::Table(a));
        match self.read(Order::Unordered, Cell::TableElem(a, i)) {
            None => self.trap(rule!("Step_read/table.get-oob"), TrapClass::TableOutOfBounds),
            Some(r) => {
                self.fire(rule!("Step_read/table.get-val"));
                self.push(r);
                Ok(())
            }
        }
    }

    /// Writes an element.
    ///
    /// ```text
    /// Step/table.set-oob  z; (at.const i) ref (table.set x)  ~>  z; trap                      if i ≥ |table(z, x).refs|
    /// Step/table.set-val  z; (at.const i) ref (table.set x)  ~>  with_table(z, x, i, ref); ε  if i < |table(z, x).refs|
    /// ```
    #[inline(always)]
    pub(crate) fn table_set(&mut self, x: TableIdx) -> Reduced {
        let a = self.tableaddr(x)?;
        let r = self.pop_ref()?;
        let (_, i) = self.pop_at()?;
        self.len(Order::Unordered, Extent::Table(a));
        match self.write(Order::Unordered, Cell::TableElem(a, i), r.into()) {
            None => self.trap(rule!("Step/table.set-oob"), TrapClass::TableOutOfBounds),
            Some(()) => {
                self.fire(rule!("Step/table.set-val"));
                Ok(())
            }
        }
    }

    /// The number of elements.
    ///
    /// ```text
    /// Step_read/table.size  z; (table.size x)  ~>  (at.const n)
    ///                       if |table(z, x).refs| = n and table(z, x).type = at lim rt
    /// ```
    pub(crate) fn table_size(&mut self, x: TableIdx) -> Reduced {
        let a = self.tableaddr(x)?;
        let n = self.len(Order::SeqCst, Extent::Table(a));
        let at = self.s.tabletype(a).addr;
        self.fire(rule!("Step_read/table.size"));
        self.push(at_const(at, n));
        Ok(())
    }

    /// Adds elements, or fails; an implementation may choose to fail.
    ///
    /// ```text
    /// Step/table.grow-succeed  z; ref (at.const n) (table.grow x)
    ///                            ~>  with_tableinst(z, x, ti); (at.const |table(z, x).refs|)
    ///                          if ti = growtable(table(z, x), n, ref)
    /// Step/table.grow-fail     z; ref (at.const n) (table.grow x)  ~>  z; (at.const signed⁻¹(size(at), -1))
    /// ```
    pub(crate) fn table_grow(&mut self, x: TableIdx) -> Reduced {
        let a = self.tableaddr(x)?;
        let (_, n) = self.pop_at()?;
        let r = self.pop_ref()?;
        let at = self.s.tabletype(a).addr;
        match self.grow(Extent::Table(a), n, r) {
            Some(old) => {
                self.fire(rule!("Step/table.grow-succeed"));
                self.push(at_const(at, old));
            }
            None => {
                self.fire(rule!("Step/table.grow-fail"));
                self.push(at_const(at, u64::MAX));
            }
        }
        Ok(())
    }

    /// Writes a stretch of elements, one after the other.
    ///
    /// ```text
    /// Step_read/table.fill-oob   z; (at.const i) val (at.const n) (table.fill x)  ~>  trap
    ///                            if i + n > |table(z, x).refs|
    /// Step_read/table.fill-zero  z; (at.const i) val (at.const n) (table.fill x)  ~>  ε   otherwise, if n = 0
    /// Step_read/table.fill-succ  z; (at.const i) val (at.const n) (table.fill x)  ~>
    ///                              (at.const i) val (table.set x)
    ///                              (at.const i + 1) val (at.const n - 1) (table.fill x)   otherwise
    /// ```
    pub(crate) fn table_fill(&mut self, x: TableIdx) -> Reduced {
        let a = self.tableaddr(x)?;
        let (at, n) = self.pop_at()?;
        let val = self.pop_val()?;
        let (_, i) = self.pop_at()?;
        if exceeds(i, n, self.len(Order::Unordered, Extent::Table(a))) {
            self.trap(rule!("Step_read/table.fill-oob"), TrapClass::TableOutOfBounds)
        } else if n == 0 {
            self.fire(rule!("Step_read/table.fill-zero"));
            Ok(())
        } else {
            self.fire(rule!("Step_read/table.fill-succ"));
            self.push(at_const(at, i));
            self.push(val);
            self.instrs([
                Instr::TableSet(x),
                at_const(at, i + 1).into(),
                val.into(),
                at_const(at, n - 1).into(),
                Instr::TableFill(x),
            ])
        }
    }

    /// Copies a stretch of elements, one after the other, in the direction that lets the stretches overlap.
    ///
    /// ```text
    /// Step_read/table.copy-oob   z; (at_1.const i_1) (at_2.const i_2) (at'.const n) (table.copy x y)  ~>  trap
    ///                            if i_1 + n > |table(z, x).refs| or i_2 + n > |table(z, y).refs|
    /// Step_read/table.copy-zero  z; … (table.copy x y)  ~>  ε   otherwise, if n = 0
    /// Step_read/table.copy-le    z; … (table.copy x y)  ~>
    ///                              (at_1.const i_1) (at_2.const i_2) (table.get y) (table.set x)
    ///                              (at_1.const i_1 + 1) (at_2.const i_2 + 1) (at'.const n - 1) (table.copy x y)
    ///                            otherwise, if i_1 ≤ i_2
    /// Step_read/table.copy-gt    z; … (table.copy x y)  ~>
    ///                              (at_1.const i_1 + n - 1) (at_2.const i_2 + n - 1) (table.get y) (table.set x)
    ///                              (at_1.const i_1) (at_2.const i_2) (at'.const n - 1) (table.copy x y)
    ///                            otherwise
    /// ```
    pub(crate) fn table_copy(&mut self, x: TableIdx, y: TableIdx) -> Reduced {
        let (a_1, a_2) = (self.tableaddr(x)?, self.tableaddr(y)?);
        let (at, n) = self.pop_at()?;
        let (at_2, i_2) = self.pop_at()?;
        let (at_1, i_1) = self.pop_at()?;
        let (len_1, len_2) = self.lens(Extent::Table(a_1), Extent::Table(a_2));
        if exceeds(i_1, n, len_1) || exceeds(i_2, n, len_2) {
            return self.trap(rule!("Step_read/table.copy-oob"), TrapClass::TableOutOfBounds);
        }
        if n == 0 {
            self.fire(rule!("Step_read/table.copy-zero"));
            return Ok(());
        }
        let (now, then) = if i_1 <= i_2 {
            self.fire(rule!("Step_read/table.copy-le"));
            (0, 1)
        } else {
            self.fire(rule!("Step_read/table.copy-gt"));
            (n - 1, 0)
        };
        self.push(at_const(at_1, i_1 + now));
        self.push(at_const(at_2, i_2 + now));
        self.instrs([
            Instr::TableGet(y),
            Instr::TableSet(x),
            at_const(at_1, i_1 + then).into(),
            at_const(at_2, i_2 + then).into(),
            at_const(at, n - 1).into(),
            Instr::TableCopy(x, y),
        ])
    }

    /// Copies from an element segment, one after the other.
    ///
    /// ```text
    /// Step_read/table.init-oob   z; (at.const i) (i32.const j) (i32.const n) (table.init x y)  ~>  trap
    ///                            if i + n > |table(z, x).refs| or j + n > |elem(z, y).refs|
    /// Step_read/table.init-zero  z; … (table.init x y)  ~>  ε   otherwise, if n = 0
    /// Step_read/table.init-succ  z; … (table.init x y)  ~>
    ///                              (at.const i) elem(z, y).refs[j] (table.set x)
    ///                              (at.const i + 1) (i32.const j + 1) (i32.const n - 1) (table.init x y)
    ///                            otherwise
    /// ```
    pub(crate) fn table_init(&mut self, x: TableIdx, y: ElemIdx) -> Reduced {
        let (a, b) = (self.tableaddr(x)?, self.elemaddr(y)?);
        let n = self.pop_i32()?;
        let j = self.pop_i32()?;
        let (at, i) = self.pop_at()?;
        let len = self.len(Order::Unordered, Extent::Table(a));
        let refs = &self.s.elems[b].refs;
        if exceeds(i, n as u64, len) || exceeds(j as u64, n as u64, refs.len() as u64) {
            self.trap(rule!("Step_read/table.init-oob"), TrapClass::TableOutOfBounds)
        } else if n == 0 {
            self.fire(rule!("Step_read/table.init-zero"));
            Ok(())
        } else {
            let r = refs[j as usize];
            self.fire(rule!("Step_read/table.init-succ"));
            self.push(at_const(at, i));
            self.push(r);
            self.instrs([
                Instr::TableSet(x),
                at_const(at, i + 1).into(),
                Value::i32(j + 1).into(),
                Value::i32(n - 1).into(),
                Instr::TableInit(x, y),
            ])
        }
    }

    /// Empties an element segment.
    ///
    /// ```text
    /// Step/elem.drop  z; (elem.drop x)  ~>  with_elem(z, x, ε); ε
    /// ```
    pub(crate) fn elem_drop(&mut self, x: ElemIdx) -> Reduced {
        let a = self.elemaddr(x)?;
        self.fire(rule!("Step/elem.drop"));
        self.drop_elem(a);
        Ok(())
    }
}
