//! Table instructions.

use super::super::error::Derived;
use super::Body;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Instr_ok/table.get  C ⊢ table.get x : at → rt  if C.tables[x] = at lim rt
    /// ```
    pub(super) fn table_get(&mut self, x: TableIdx) -> Derived {
        const TABLE_GET: RuleId = rule!("Instr_ok/table.get");
        let tt = self.c.table(TABLE_GET, x)?;
        self.apply(TABLE_GET, &[tt.addr.into()], &[ValType::Ref(tt.elem)])
    }

    /// ```text
    /// Instr_ok/table.set  C ⊢ table.set x : at rt → ε  if C.tables[x] = at lim rt
    /// ```
    pub(super) fn table_set(&mut self, x: TableIdx) -> Derived {
        const TABLE_SET: RuleId = rule!("Instr_ok/table.set");
        let tt = self.c.table(TABLE_SET, x)?;
        self.apply(TABLE_SET, &[tt.addr.into(), ValType::Ref(tt.elem)], &[])
    }

    /// ```text
    /// Instr_ok/table.size  C ⊢ table.size x : ε → at  if C.tables[x] = at lim rt
    /// ```
    pub(super) fn table_size(&mut self, x: TableIdx) -> Derived {
        const TABLE_SIZE: RuleId = rule!("Instr_ok/table.size");
        let tt = self.c.table(TABLE_SIZE, x)?;
        self.apply(TABLE_SIZE, &[], &[tt.addr.into()])
    }

    /// ```text
    /// Instr_ok/table.grow  C ⊢ table.grow x : rt at → at  if C.tables[x] = at lim rt
    /// ```
    pub(super) fn table_grow(&mut self, x: TableIdx) -> Derived {
        const TABLE_GROW: RuleId = rule!("Instr_ok/table.grow");
        let tt = self.c.table(TABLE_GROW, x)?;
        self.apply(TABLE_GROW, &[ValType::Ref(tt.elem), tt.addr.into()], &[tt.addr.into()])
    }

    /// ```text
    /// Instr_ok/table.fill  C ⊢ table.fill x : at rt at → ε  if C.tables[x] = at lim rt
    /// ```
    pub(super) fn table_fill(&mut self, x: TableIdx) -> Derived {
        const TABLE_FILL: RuleId = rule!("Instr_ok/table.fill");
        let tt = self.c.table(TABLE_FILL, x)?;
        self.apply(TABLE_FILL, &[tt.addr.into(), ValType::Ref(tt.elem), tt.addr.into()], &[])
    }

    /// ```text
    /// Instr_ok/table.copy  C ⊢ table.copy x1 x2 : at1 at2 minat(at1, at2) → ε  if C.tables[x1] = at1 lim1 rt1
    ///                                                                          if C.tables[x2] = at2 lim2 rt2
    ///                                                                          if C ⊢ rt2 <: rt1
    /// ```
    pub(super) fn table_copy(&mut self, x_1: TableIdx, x_2: TableIdx) -> Derived {
        const TABLE_COPY: RuleId = rule!("Instr_ok/table.copy");
        let tt_1 = self.c.table(TABLE_COPY, x_1)?;
        let tt_2 = self.c.table(TABLE_COPY, x_2)?;
        self.reftype_sub(TABLE_COPY, tt_2.elem, tt_1.elem)?;
        let n = tt_1.addr.minat(tt_2.addr);
        self.apply(TABLE_COPY, &[tt_1.addr.into(), tt_2.addr.into(), n.into()], &[])
    }

    /// ```text
    /// Instr_ok/table.init  C ⊢ table.init x y : at i32 i32 → ε  if C.tables[x] = at lim rt1
    ///                                                           if C.elems[y] = rt2
    ///                                                           if C ⊢ rt2 <: rt1
    /// ```
    pub(super) fn table_init(&mut self, x: TableIdx, y: ElemIdx) -> Derived {
        const TABLE_INIT: RuleId = rule!("Instr_ok/table.init");
        let tt = self.c.table(TABLE_INIT, x)?;
        let rt_2 = self.c.elem(TABLE_INIT, y)?;
        self.reftype_sub(TABLE_INIT, rt_2, tt.elem)?;
        self.apply(TABLE_INIT, &[tt.addr.into(), ValType::I32, ValType::I32], &[])
    }

    /// ```text
    /// Instr_ok/elem.drop  C ⊢ elem.drop x : ε → ε  if C.elems[x] = rt
    /// ```
    pub(super) fn elem_drop(&mut self, x: ElemIdx) -> Derived {
        const ELEM_DROP: RuleId = rule!("Instr_ok/elem.drop");
        self.c.elem(ELEM_DROP, x)?;
        self.derived(ELEM_DROP)
    }
}
