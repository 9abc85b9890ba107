//! Reference, scalar reference and external reference instructions.

use super::super::contexts::lookup;
use super::super::error::{Derived, Premise, Space, fail};
use super::super::types::{heaptype_ok, reftype_ok};
use super::Body;
use super::shares::abs;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

impl<O: Observer> Body<'_, '_, O> {
    /// ```text
    /// Instr_ok/ref.null  C ⊢ ref.null ht : ε → (ref null ht)  if C ⊢ ht : ok
    /// ```
    pub(super) fn ref_null(&mut self, ht: HeapType) -> Derived {
        heaptype_ok(&self.c.types, ht, self.o)?;
        self.apply(rule!("Instr_ok/ref.null"), &[], &[ValType::Ref(RefType::null(ht))])
    }

    /// ```text
    /// Instr_ok/ref.func  C ⊢ ref.func x : ε → (ref dt)  if C.funcs[x] = dt   if x ∈ C.refs
    /// ```
    pub(super) fn ref_func(&mut self, x: FuncIdx) -> Derived {
        const REF_FUNC: RuleId = rule!("Instr_ok/ref.func");
        let dt = *lookup(REF_FUNC, Space::Func, &self.c.funcs, x)?;
        if self.c.refs.get(x as usize) != Some(&true) {
            return fail(REF_FUNC, Premise::UndeclaredReference { func: x });
        }
        self.apply(REF_FUNC, &[], &[ValType::Ref(RefType::non_null(HeapType::Use(TypeUse::Def(dt))))])
    }

    /// ```text
    /// Instr_ok/ref.i31  C ⊢ ref.i31 : i32 → (ref i31)
    /// ```
    pub(super) fn ref_i31(&mut self) -> Derived {
        let rt = RefType::non_null(HeapType::abs(AbsHeapType::I31));
        self.apply(rule!("Instr_ok/ref.i31"), &[ValType::I32], &[ValType::Ref(rt)])
    }

    /// ```text
    /// Instr_ok/ref.i31_shared  C ⊢ ref.i31_shared : i32 → (ref (shared i31))
    /// ```
    pub(super) fn ref_i31_shared(&mut self) -> Derived {
        let t = abs(false, Share::Shared, AbsHeapType::I31);
        self.apply(rule!("Instr_ok/ref.i31_shared"), &[ValType::I32], &[t])
    }

    /// ```text
    /// Instr_ok/ref.is_null  C ⊢ ref.is_null : (ref null ht) → i32  if C ⊢ ht : ok
    /// ```
    pub(super) fn ref_is_null(&mut self) -> Derived {
        const REF_IS_NULL: RuleId = rule!("Instr_ok/ref.is_null");
        self.pop_ref(REF_IS_NULL)?;
        self.apply(REF_IS_NULL, &[], &[ValType::I32])
    }

    /// ```text
    /// Instr_ok/ref.as_non_null  C ⊢ ref.as_non_null : (ref null ht) → (ref ht)  if C ⊢ ht : ok
    /// ```
    pub(super) fn ref_as_non_null(&mut self) -> Derived {
        const REF_AS_NON_NULL: RuleId = rule!("Instr_ok/ref.as_non_null");
        let ht = self.pop_ref(REF_AS_NON_NULL)?;
        self.apply(REF_AS_NON_NULL, &[], &[ValType::Ref(RefType::non_null(ht))])
    }

    /// ```text
    /// Instr_ok/ref.eq         C ⊢ ref.eq : (ref null eq) (ref null eq) → i32
    /// Instr_ok/ref.eq-shared  C ⊢ ref.eq : (ref null (share eq)) (ref null (share eq)) → i32
    /// ```
    pub(super) fn ref_eq(&mut self) -> Derived {
        const REF_EQ: RuleId = rule!("Instr_ok/ref.eq");
        let rt_2 = self.pop_polymorphic(REF_EQ, AbsHeapType::Eq)?;
        let rt_1 = self.pop_polymorphic(REF_EQ, AbsHeapType::Eq)?;
        let (share_1, share_2) = (self.share_of_heaptype(rt_1.heap), self.share_of_heaptype(rt_2.heap));
        if !share_1.matches(share_2) && !share_2.matches(share_1) {
            let (found, needed) = (ValType::Ref(rt_1), abs(true, share_2, AbsHeapType::Eq));
            return fail(REF_EQ, Premise::NotSubtype { found, needed });
        }
        let known = if share_1 == Share::Bot { rt_2 } else { rt_1 };
        let rule = self.by_share(REF_EQ, rule!("Instr_ok/ref.eq-shared"), known.heap);
        self.apply(rule, &[], &[ValType::I32])
    }

    /// `rt'` is the nullable top type of the hierarchy that `rt` is in: the largest type that `rt` matches.
    fn top(&self, rt: RefType) -> RefType {
        use AbsHeapType as A;
        let (share, aht) = match rt.heap {
            HeapType::Abs(share, aht) => (share, aht),
            HeapType::Use(tu) => match self.c.matching().resolve(tu) {
                Some(dt) => {
                    let st = self.c.table.unrolldt(dt);
                    (st.share, if matches!(st.comp, CompType::Func(_)) { A::Func } else { A::Any })
                }
                None => (Share::Unshared, A::Bot),
            },
        };
        let top = match aht {
            A::Any | A::Eq | A::I31 | A::Struct | A::Array | A::None => A::Any,
            A::Func | A::NoFunc => A::Func,
            A::Exn | A::NoExn => A::Exn,
            A::Extern | A::NoExtern => A::Extern,
            A::Bot => A::Bot,
        };
        RefType::null(HeapType::Abs(share, top))
    }

    /// ```text
    /// Instr_ok/ref.test  C ⊢ ref.test rt : rt' → i32  if C ⊢ rt : ok   if C ⊢ rt' : ok   if C ⊢ rt <: rt'
    /// ```
    pub(super) fn ref_test(&mut self, rt: RefType) -> Derived {
        const REF_TEST: RuleId = rule!("Instr_ok/ref.test");
        reftype_ok(&self.c.types, rt, self.o)?;
        let top = self.top(rt);
        self.reftype_sub(REF_TEST, rt, top)?;
        self.apply(REF_TEST, &[ValType::Ref(top)], &[ValType::I32])
    }

    /// ```text
    /// Instr_ok/ref.cast  C ⊢ ref.cast rt : rt' → rt  if C ⊢ rt : ok   if C ⊢ rt' : ok   if C ⊢ rt <: rt'
    /// ```
    pub(super) fn ref_cast(&mut self, rt: RefType) -> Derived {
        const REF_CAST: RuleId = rule!("Instr_ok/ref.cast");
        reftype_ok(&self.c.types, rt, self.o)?;
        let top = self.top(rt);
        self.reftype_sub(REF_CAST, rt, top)?;
        self.apply(REF_CAST, &[ValType::Ref(top)], &[ValType::Ref(rt)])
    }

    /// ```text
    /// Instr_ok/i31.get         C ⊢ i31.get sx : (ref null i31) → i32
    /// Instr_ok/i31.get-shared  C ⊢ i31.get sx : (ref null (share i31)) → i32
    /// ```
    pub(super) fn i31_get(&mut self) -> Derived {
        const I31_GET: RuleId = rule!("Instr_ok/i31.get");
        let rt = self.pop_polymorphic(I31_GET, AbsHeapType::I31)?;
        let rule = self.by_share(I31_GET, rule!("Instr_ok/i31.get-shared"), rt.heap);
        self.apply(rule, &[], &[ValType::I32])
    }

    /// An operand of a type `ref null? (share aht_1)` becomes `ref null? (share aht_2)`; without null if that may be
    /// assumed.
    fn convert(&mut self, standard: RuleId, shared: RuleId, aht_1: AbsHeapType, aht_2: AbsHeapType) -> Derived {
        let rt = self.pop_polymorphic(standard, aht_1)?;
        let rule = self.by_share(standard, shared, rt.heap);
        let heap = HeapType::Abs(self.share_of_heaptype(rt.heap), aht_2);
        self.apply(rule, &[], &[ValType::Ref(RefType { null: rt.null, heap })])
    }

    /// ```text
    /// Instr_ok/extern.convert_any         C ⊢ extern.convert_any : (ref null1? any) → (ref null2? extern)
    ///                                       if null1? = null2?
    /// Instr_ok/extern.convert_any-shared  C ⊢ extern.convert_any : (ref null1? (share any)) → (ref null2? (share extern))
    ///                                       if null1? = null2?
    /// ```
    pub(super) fn extern_convert_any(&mut self) -> Derived {
        let (standard, shared) = (rule!("Instr_ok/extern.convert_any"), rule!("Instr_ok/extern.convert_any-shared"));
        self.convert(standard, shared, AbsHeapType::Any, AbsHeapType::Extern)
    }

    /// ```text
    /// Instr_ok/any.convert_extern         C ⊢ any.convert_extern : (ref null1? extern) → (ref null2? any)
    ///                                       if null1? = null2?
    /// Instr_ok/any.convert_extern-shared  C ⊢ any.convert_extern : (ref null1? (share extern)) → (ref null2? (share any))
    ///                                       if null1? = null2?
    /// ```
    pub(super) fn any_convert_extern(&mut self) -> Derived {
        let (standard, shared) = (rule!("Instr_ok/any.convert_extern"), rule!("Instr_ok/any.convert_extern-shared"));
        self.convert(standard, shared, AbsHeapType::Extern, AbsHeapType::Any)
    }
}
