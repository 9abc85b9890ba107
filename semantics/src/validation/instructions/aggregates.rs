//! Structure and array instructions.

use super::super::contexts::lookup;
use super::super::error::{Derived, Premise, Space, fail};
use super::Body;
use crate::execution::defaultable;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

const I32: ValType = ValType::I32;

/// `(ref x)`
fn ref_to(x: TypeIdx) -> ValType {
    ValType::Ref(RefType::non_null(HeapType::Use(TypeUse::Idx(x))))
}

/// `(ref null x)`
pub(super) fn ref_null_to(x: TypeIdx) -> ValType {
    ValType::Ref(RefType::null(HeapType::Use(TypeUse::Idx(x))))
}

/// `sx? ≠ ε ⇔ is_packtype(zt)`
pub(super) fn sign(rule: RuleId, sx: Option<Sx>, storage: StorageType) -> Derived {
    if sx.is_some() != matches!(storage, StorageType::Pack(_)) {
        return fail(rule, Premise::Packing { storage });
    }
    Ok(())
}

/// `unpack(zt) = nt or unpack(zt) = vt`
fn numeric(rule: RuleId, zt: StorageType) -> Derived {
    match zt.unpack() {
        ValType::Num(_) | ValType::Vec(_) => Ok(()),
        found => fail(rule, Premise::NotNumeric { found }),
    }
}

/// `ft = mut zt`
pub(super) fn mutable(rule: RuleId, ft: FieldType, index: Option<FieldIdx>) -> Derived<StorageType> {
    if !ft.mutable {
        return fail(rule, Premise::ImmutableField { index });
    }
    Ok(ft.storage)
}

impl<O: Observer> Body<'_, '_, O> {
    /// `⊢ unpack(zt) defaultable`
    fn field_default(&mut self, rule: RuleId, zt: StorageType) -> Derived {
        let ty = zt.unpack();
        if !defaultable(ty, self.o) {
            return fail(rule, Premise::NotDefaultable { ty });
        }
        Ok(())
    }

    /// ```text
    /// Instr_ok/struct.new  C ⊢ struct.new x : unpack(zt)* → (ref x)  if C.types[x] expands to struct (mut? zt)*
    /// ```
    pub(super) fn struct_new(&mut self, x: TypeIdx) -> Derived {
        const STRUCT_NEW: RuleId = rule!("Instr_ok/struct.new");
        for ft in self.c.expand_struct(STRUCT_NEW, x, self.o)?.iter().rev() {
            self.pop(STRUCT_NEW, ft.storage.unpack())?;
        }
        self.apply(STRUCT_NEW, &[], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/struct.new_default  C ⊢ struct.new_default x : ε → (ref x)
    ///                                if C.types[x] expands to struct (mut? zt)*
    ///                                if (⊢ unpack(zt) defaultable)*
    /// ```
    pub(super) fn struct_new_default(&mut self, x: TypeIdx) -> Derived {
        const STRUCT_NEW_DEFAULT: RuleId = rule!("Instr_ok/struct.new_default");
        for ft in self.c.expand_struct(STRUCT_NEW_DEFAULT, x, self.o)? {
            self.field_default(STRUCT_NEW_DEFAULT, ft.storage)?;
        }
        self.apply(STRUCT_NEW_DEFAULT, &[], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/struct.get  C ⊢ struct.get sx? x i : (ref null x) → unpack(zt)  if C.types[x] expands to struct ft*
    ///                                                                          if ft*[i] = mut? zt
    ///                                                                          if sx? ≠ ε ⇔ is_packtype(zt)
    /// ```
    pub(super) fn struct_get(&mut self, sx: Option<Sx>, x: TypeIdx, i: FieldIdx) -> Derived {
        const STRUCT_GET: RuleId = rule!("Instr_ok/struct.get");
        let fts = self.c.expand_struct(STRUCT_GET, x, self.o)?;
        let zt = lookup(STRUCT_GET, Space::Field, fts, i)?.storage;
        sign(STRUCT_GET, sx, zt)?;
        self.apply(STRUCT_GET, &[ref_null_to(x)], &[zt.unpack()])
    }

    /// ```text
    /// Instr_ok/struct.set  C ⊢ struct.set x i : (ref null x) unpack(zt) → ε  if C.types[x] expands to struct ft*
    ///                                                                        if ft*[i] = mut zt
    /// ```
    pub(super) fn struct_set(&mut self, x: TypeIdx, i: FieldIdx) -> Derived {
        const STRUCT_SET: RuleId = rule!("Instr_ok/struct.set");
        let fts = self.c.expand_struct(STRUCT_SET, x, self.o)?;
        let zt = mutable(STRUCT_SET, *lookup(STRUCT_SET, Space::Field, fts, i)?, Some(i))?;
        self.apply(STRUCT_SET, &[ref_null_to(x), zt.unpack()], &[])
    }

    /// ```text
    /// Instr_ok/array.new  C ⊢ array.new x : unpack(zt) i32 → (ref x)  if C.types[x] expands to array (mut? zt)
    /// ```
    pub(super) fn array_new(&mut self, x: TypeIdx) -> Derived {
        const ARRAY_NEW: RuleId = rule!("Instr_ok/array.new");
        let zt = self.c.expand_array(ARRAY_NEW, x, self.o)?.storage;
        self.apply(ARRAY_NEW, &[zt.unpack(), I32], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/array.new_default  C ⊢ array.new_default x : i32 → (ref x)  if C.types[x] expands to array (mut? zt)
    ///                                                                      if ⊢ unpack(zt) defaultable
    /// ```
    pub(super) fn array_new_default(&mut self, x: TypeIdx) -> Derived {
        const ARRAY_NEW_DEFAULT: RuleId = rule!("Instr_ok/array.new_default");
        let zt = self.c.expand_array(ARRAY_NEW_DEFAULT, x, self.o)?.storage;
        self.field_default(ARRAY_NEW_DEFAULT, zt)?;
        self.apply(ARRAY_NEW_DEFAULT, &[I32], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/array.new_fixed  C ⊢ array.new_fixed x n : unpack(zt)^n → (ref x)
    ///                             if C.types[x] expands to array (mut? zt)
    /// ```
    pub(super) fn array_new_fixed(&mut self, x: TypeIdx, n: u32) -> Derived {
        const ARRAY_NEW_FIXED: RuleId = rule!("Instr_ok/array.new_fixed");
        let t = self.c.expand_array(ARRAY_NEW_FIXED, x, self.o)?.storage.unpack();
        for _ in 0..n {
            // Unreachable code has as many operands as one likes: no need to count four billion of them.
            if self.stack.only_assumed(0) {
                if O::WATCHES_RULES {
                    self.pop(ARRAY_NEW_FIXED, t)?;
                }
                break;
            }
            self.pop(ARRAY_NEW_FIXED, t)?;
        }
        self.apply(ARRAY_NEW_FIXED, &[], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/array.new_elem  C ⊢ array.new_elem x y : i32 i32 → (ref x)  if C.types[x] expands to array (mut? rt)
    ///                                                                      if C ⊢ C.elems[y] <: rt
    /// ```
    pub(super) fn array_new_elem(&mut self, x: TypeIdx, y: ElemIdx) -> Derived {
        const ARRAY_NEW_ELEM: RuleId = rule!("Instr_ok/array.new_elem");
        let zt = self.c.expand_array(ARRAY_NEW_ELEM, x, self.o)?.storage;
        let found = self.c.elem(ARRAY_NEW_ELEM, y)?;
        let StorageType::Val(ValType::Ref(rt)) = zt else {
            let found = StorageType::Val(ValType::Ref(found));
            return fail(ARRAY_NEW_ELEM, Premise::NotStorageSubtype { found, needed: zt });
        };
        self.reftype_sub(ARRAY_NEW_ELEM, found, rt)?;
        self.apply(ARRAY_NEW_ELEM, &[I32, I32], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/array.new_data  C ⊢ array.new_data x y : i32 i32 → (ref x)  if C.types[x] expands to array (mut? zt)
    ///                                                                      if unpack(zt) = nt or unpack(zt) = vt
    ///                                                                      if C.datas[y] = ok
    /// ```
    pub(super) fn array_new_data(&mut self, x: TypeIdx, y: DataIdx) -> Derived {
        const ARRAY_NEW_DATA: RuleId = rule!("Instr_ok/array.new_data");
        let zt = self.c.expand_array(ARRAY_NEW_DATA, x, self.o)?.storage;
        numeric(ARRAY_NEW_DATA, zt)?;
        self.c.data(ARRAY_NEW_DATA, y)?;
        self.apply(ARRAY_NEW_DATA, &[I32, I32], &[ref_to(x)])
    }

    /// ```text
    /// Instr_ok/array.get  C ⊢ array.get sx? x : (ref null x) i32 → unpack(zt)  if C.types[x] expands to array (mut? zt)
    ///                                                                          if sx? ≠ ε ⇔ is_packtype(zt)
    /// ```
    pub(super) fn array_get(&mut self, sx: Option<Sx>, x: TypeIdx) -> Derived {
        const ARRAY_GET: RuleId = rule!("Instr_ok/array.get");
        let zt = self.c.expand_array(ARRAY_GET, x, self.o)?.storage;
        sign(ARRAY_GET, sx, zt)?;
        self.apply(ARRAY_GET, &[ref_null_to(x), I32], &[zt.unpack()])
    }

    /// ```text
    /// Instr_ok/array.set  C ⊢ array.set x : (ref null x) i32 unpack(zt) → ε  if C.types[x] expands to array (mut zt)
    /// ```
    pub(super) fn array_set(&mut self, x: TypeIdx) -> Derived {
        const ARRAY_SET: RuleId = rule!("Instr_ok/array.set");
        let zt = mutable(ARRAY_SET, self.c.expand_array(ARRAY_SET, x, self.o)?, None)?;
        self.apply(ARRAY_SET, &[ref_null_to(x), I32, zt.unpack()], &[])
    }

    /// ```text
    /// Instr_ok/array.len         C ⊢ array.len : (ref null array) → i32
    /// Instr_ok/array.len-shared  C ⊢ array.len : (ref null (share array)) → i32
    /// ```
    pub(super) fn array_len(&mut self) -> Derived {
        const ARRAY_LEN: RuleId = rule!("Instr_ok/array.len");
        let rt = self.pop_polymorphic(ARRAY_LEN, AbsHeapType::Array)?;
        let rule = self.by_share(ARRAY_LEN, rule!("Instr_ok/array.len-shared"), rt.heap);
        self.apply(rule, &[], &[I32])
    }

    /// ```text
    /// Instr_ok/array.fill  C ⊢ array.fill x : (ref null x) i32 unpack(zt) i32 → ε
    ///                        if C.types[x] expands to array (mut zt)
    /// ```
    pub(super) fn array_fill(&mut self, x: TypeIdx) -> Derived {
        const ARRAY_FILL: RuleId = rule!("Instr_ok/array.fill");
        let zt = mutable(ARRAY_FILL, self.c.expand_array(ARRAY_FILL, x, self.o)?, None)?;
        self.apply(ARRAY_FILL, &[ref_null_to(x), I32, zt.unpack(), I32], &[])
    }

    /// ```text
    /// Instr_ok/array.copy  C ⊢ array.copy x1 x2 : (ref null x1) i32 (ref null x2) i32 i32 → ε
    ///                        if C.types[x1] expands to array (mut zt1)
    ///                        if C.types[x2] expands to array (mut? zt2)
    ///                        if C ⊢ zt2 <: zt1
    /// ```
    pub(super) fn array_copy(&mut self, x_1: TypeIdx, x_2: TypeIdx) -> Derived {
        const ARRAY_COPY: RuleId = rule!("Instr_ok/array.copy");
        let zt_1 = mutable(ARRAY_COPY, self.c.expand_array(ARRAY_COPY, x_1, self.o)?, None)?;
        let zt_2 = self.c.expand_array(ARRAY_COPY, x_2, self.o)?.storage;
        self.storagetype_sub(ARRAY_COPY, zt_2, zt_1)?;
        self.apply(ARRAY_COPY, &[ref_null_to(x_1), I32, ref_null_to(x_2), I32, I32], &[])
    }

    /// ```text
    /// Instr_ok/array.init_elem  C ⊢ array.init_elem x y : (ref null x) i32 i32 i32 → ε
    ///                             if C.types[x] expands to array (mut zt)
    ///                             if C ⊢ C.elems[y] <: zt
    /// ```
    pub(super) fn array_init_elem(&mut self, x: TypeIdx, y: ElemIdx) -> Derived {
        const ARRAY_INIT_ELEM: RuleId = rule!("Instr_ok/array.init_elem");
        let zt = mutable(ARRAY_INIT_ELEM, self.c.expand_array(ARRAY_INIT_ELEM, x, self.o)?, None)?;
        let rt = self.c.elem(ARRAY_INIT_ELEM, y)?;
        self.storagetype_sub(ARRAY_INIT_ELEM, StorageType::Val(ValType::Ref(rt)), zt)?;
        self.apply(ARRAY_INIT_ELEM, &[ref_null_to(x), I32, I32, I32], &[])
    }

    /// ```text
    /// Instr_ok/array.init_data  C ⊢ array.init_data x y : (ref null x) i32 i32 i32 → ε
    ///                             if C.types[x] expands to array (mut zt)
    ///                             if unpack(zt) = nt or unpack(zt) = vt
    ///                             if C.datas[y] = ok
    /// ```
    pub(super) fn array_init_data(&mut self, x: TypeIdx, y: DataIdx) -> Derived {
        const ARRAY_INIT_DATA: RuleId = rule!("Instr_ok/array.init_data");
        let zt = mutable(ARRAY_INIT_DATA, self.c.expand_array(ARRAY_INIT_DATA, x, self.o)?, None)?;
        numeric(ARRAY_INIT_DATA, zt)?;
        self.c.data(ARRAY_INIT_DATA, y)?;
        self.apply(ARRAY_INIT_DATA, &[ref_null_to(x), I32, I32, I32], &[])
    }

    /// `C ⊢ zt <: zt'`, a premise of `rule`.
    fn storagetype_sub(&mut self, rule: RuleId, found: StorageType, needed: StorageType) -> Derived {
        if !self.c.matching().storagetype_sub(found, needed, self.o) {
            return fail(rule, Premise::NotStorageSubtype { found, needed });
        }
        Ok(())
    }
}
