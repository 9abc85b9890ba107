//! Parametric, block, branch, function and exception instructions.

use super::super::contexts::lookup;
use super::super::error::{CompKind, Derived, Premise, Space, fail};
use super::super::types::{reftype_ok, valtype_ok};
use super::Body;
use super::operands::Outer;
use super::shares::abs;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;
use rustc_hash::FxHashSet;

/// `C, labels (t*) ⊢ instr* : t1* → t2*`, a premise about a sequence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labelled<'m> {
    /// `t*`, the types of the label that the sequence is under: what a branch to it takes.
    pub(super) labels: &'m [ValType],
    /// `t1*`, the operands that the sequence begins with.
    pub(super) start: &'m [ValType],
    /// `t2*`, the results that it must end with.
    pub(super) end: &'m [ValType],
}

/// A sequence being validated: what the algorithm of the standard's appendix has as a control frame.
#[derive(Debug)]
pub(super) struct ControlFrame<'m> {
    /// The rule that is derived when the sequence ends.
    rule: RuleId,
    /// The premise of the rule that the sequence is validated for.
    premise: Labelled<'m>,
    /// `instr_2*` of an `if` whose `instr_1*` this is.
    otherwise: Option<Seq>,
    /// The position after the instruction that the sequence belongs to.
    next: u32,
    /// Whether an instruction of the sequence has been typed.
    pub(super) begun: bool,
    /// How many locals had been set when the sequence began.
    inits: usize,
    /// What was on the stack when the sequence began.
    outer: Option<Outer>,
}

impl<'m> ControlFrame<'m> {
    pub(super) fn new(rule: RuleId, premise: Labelled<'m>, next: u32) -> Self {
        ControlFrame { rule, premise, otherwise: None, next, begun: false, inits: 0, outer: None }
    }
}

impl<'m, O: Observer> Body<'_, 'm, O> {
    /// Begins a sequence.
    pub(super) fn enter(&mut self, mut frame: ControlFrame<'m>) {
        frame.inits = self.locals.mark();
        frame.outer = Some(self.stack.enter());
        self.stack.push_all(frame.premise.start);
        self.frames.push(frame);
    }

    /// Ends a sequence: what is on the stack must match its results, and what it set is forgotten.
    ///
    /// ```text
    /// Instrs_ok/empty  C ⊢ ε : ε → ε
    /// Instrs_ok/sub    C ⊢ instr* : it'  if C ⊢ instr* : it   if C ⊢ it <: it'   if C ⊢ it' : ok
    /// ```
    pub(super) fn end(&mut self) -> Derived<Option<u32>> {
        let Some(frame) = self.frames.last() else { return Ok(None) };
        let (rule, end) = (frame.rule, frame.premise.end);
        if !frame.begun {
            self.o.rule(rule!("Instrs_ok/empty"));
        }
        self.check_top(rule, end, true)?;
        self.stack.discard(end.len());
        if !self.stack.is_empty() {
            let top = self.pop_any(rule)?;
            return fail(rule, Premise::ValuesLeft { top });
        }
        self.subsumed();

        let Some(frame) = self.frames.pop() else { return Ok(None) };
        self.locals.reset(frame.inits);
        if let Some(outer) = frame.outer {
            self.stack.leave(outer);
        }
        if let Some(seq) = frame.otherwise {
            self.enter(ControlFrame::new(rule, frame.premise, frame.next));
            return Ok(Some(seq.0));
        }
        if self.frames.is_empty() {
            self.o.rule(rule);
            return Ok(None);
        }
        self.stack.push_all(end);
        self.derived(rule)?;
        Ok(Some(frame.next))
    }

    /// `C.labels[l]`
    fn label(&self, rule: RuleId, l: LabelIdx) -> Derived<&'m [ValType]> {
        match self.frames.iter().rev().nth(l as usize) {
            Some(frame) => Ok(frame.premise.labels),
            None => fail(rule, Premise::Unknown { space: Space::Label, index: l, len: self.frames.len() }),
        }
    }

    /// `C.labels[l] = t* rt`
    fn label_with_ref(&self, rule: RuleId, l: LabelIdx) -> Derived<(&'m [ValType], RefType)> {
        let label = self.label(rule, l)?;
        match label.split_last() {
            Some((&ValType::Ref(rt), ts)) => Ok((ts, rt)),
            _ => fail(rule, Premise::LabelNotReference { label: label.to_vec() }),
        }
    }

    /// ```text
    /// Instr_ok/nop  C ⊢ nop : ε → ε
    /// ```
    pub(super) fn nop(&mut self) -> Derived {
        self.derived(rule!("Instr_ok/nop"))
    }

    /// ```text
    /// Instr_ok/unreachable  C ⊢ unreachable : t1* → t2*  if C ⊢ t1* → t2* : ok
    /// ```
    pub(super) fn unreachable(&mut self) -> Derived {
        self.stack.unreachable();
        self.derived(rule!("Instr_ok/unreachable"))
    }

    /// ```text
    /// Instr_ok/drop  C ⊢ drop : t → ε  if C ⊢ t : ok
    /// ```
    pub(super) fn drop(&mut self) -> Derived {
        const DROP: RuleId = rule!("Instr_ok/drop");
        self.pop_any(DROP)?;
        self.derived(DROP)
    }

    /// ```text
    /// Instr_ok/select-expl  C ⊢ select t : t t i32 → t  if C ⊢ t : ok
    /// ```
    pub(super) fn select_expl(&mut self, ts: List<ValType>) -> Derived {
        const SELECT: RuleId = rule!("Instr_ok/select-expl");
        let ts = self.code.types(ts);
        let &[t] = ts else { return fail(SELECT, Premise::ArityMismatch { found: ts.len(), needed: 1 }) };
        valtype_ok(&self.c.types, t, self.o)?;
        self.apply(SELECT, &[t, t, ValType::I32], &[t])
    }

    /// In unreachable code `t` may be `bot`.
    ///
    /// ```text
    /// Instr_ok/select-impl  C ⊢ select : t t i32 → t  if C ⊢ t : ok
    ///                                                 if C ⊢ t <: t'
    ///                                                 if t' = nt or t' = vt
    /// ```
    pub(super) fn select_impl(&mut self) -> Derived {
        const SELECT: RuleId = rule!("Instr_ok/select-impl");
        self.pop(SELECT, ValType::I32)?;
        let second = self.pop_any(SELECT)?;
        let first = self.pop_any(SELECT)?;
        for found in [first, second] {
            if let ValType::Ref(_) = found {
                return fail(SELECT, Premise::NotNumeric { found });
            }
        }
        let t = if first == ValType::Bot { second } else { first };
        if second != t && second != ValType::Bot {
            return fail(SELECT, Premise::SelectTypes { first, second });
        }
        if t != ValType::Bot && O::WATCHES_RULES {
            self.c.matching().valtype_sub(t, t, self.o);
        }
        self.stack.push(t);
        self.derived(SELECT)
    }

    /// ```text
    /// Blocktype_ok/valtype  C ⊢ t? : ε → t?      if (C ⊢ t : ok)?
    /// Blocktype_ok/typeidx  C ⊢ x : t1* → t2*    if C.types[x] expands to func t1* → t2*
    /// ```
    fn blocktype_ok(&mut self, bt: &'m BlockType) -> Derived<(&'m [ValType], &'m [ValType])> {
        const TYPEIDX: RuleId = rule!("Blocktype_ok/typeidx");
        match bt {
            BlockType::Result(t) => {
                if let Some(t) = *t {
                    valtype_ok(&self.c.types, t, self.o)?;
                }
                self.o.rule(rule!("Blocktype_ok/valtype"));
                Ok((&[], t.as_slice()))
            }
            &BlockType::Idx(x) => {
                let dt = self.c.deftype(TYPEIDX, TypeUse::Idx(x))?;
                let ft = self.c.expand_func(TYPEIDX, dt, self.o)?;
                self.o.rule(TYPEIDX);
                Ok((&ft.params, &ft.results))
            }
        }
    }

    /// ```text
    /// Instr_ok/block  C ⊢ block bt instr* : t1* → t2*  if C ⊢ bt : t1* → t2*
    ///                                                  if C, labels (t2*) ⊢ instr* : t1* →_x* t2*
    /// ```
    pub(super) fn block(&mut self, bt: &'m BlockType, seq: Seq, next: u32) -> Derived<Option<u32>> {
        const BLOCK: RuleId = rule!("Instr_ok/block");
        let (start, end) = self.blocktype_ok(bt)?;
        self.pop_all(BLOCK, start)?;
        self.enter(ControlFrame::new(BLOCK, Labelled { labels: end, start, end }, next));
        Ok(Some(seq.0))
    }

    /// ```text
    /// Instr_ok/loop  C ⊢ loop bt instr* : t1* → t2*  if C ⊢ bt : t1* → t2*
    ///                                                if C, labels (t1*) ⊢ instr* : t1* →_x* t2*
    /// ```
    pub(super) fn r#loop(&mut self, bt: &'m BlockType, seq: Seq, next: u32) -> Derived<Option<u32>> {
        const LOOP: RuleId = rule!("Instr_ok/loop");
        let (start, end) = self.blocktype_ok(bt)?;
        self.pop_all(LOOP, start)?;
        self.enter(ControlFrame::new(LOOP, Labelled { labels: start, start, end }, next));
        Ok(Some(seq.0))
    }

    /// ```text
    /// Instr_ok/if  C ⊢ if bt instr1* else instr2* : t1* i32 → t2*
    ///                if C ⊢ bt : t1* → t2*
    ///                if C, labels (t2*) ⊢ instr1* : t1* →_x1* t2*
    ///                if C, labels (t2*) ⊢ instr2* : t1* →_x2* t2*
    /// ```
    pub(super) fn r#if(&mut self, bt: &'m BlockType, seq_1: Seq, seq_2: Seq, next: u32) -> Derived<Option<u32>> {
        const IF: RuleId = rule!("Instr_ok/if");
        let (start, end) = self.blocktype_ok(bt)?;
        self.pop(IF, ValType::I32)?;
        self.pop_all(IF, start)?;
        // `end` checks `instr2*` for the same premise.
        let premise = Labelled { labels: end, start, end };
        self.enter(ControlFrame { otherwise: Some(seq_2), ..ControlFrame::new(IF, premise, next) });
        Ok(Some(seq_1.0))
    }

    /// ```text
    /// Instr_ok/try_table  C ⊢ try_table bt catch* instr* : t1* → t2*
    ///                       if C ⊢ bt : t1* → t2*
    ///                       if C, labels (t2*) ⊢ instr* : t1* →_x* t2*
    ///                       if (C ⊢ catch : ok)*
    /// ```
    pub(super) fn try_table(
        &mut self,
        bt: &'m BlockType,
        catches: List<Catch>,
        seq: Seq,
        next: u32,
    ) -> Derived<Option<u32>> {
        const TRY_TABLE: RuleId = rule!("Instr_ok/try_table");
        let (start, end) = self.blocktype_ok(bt)?;
        // The clauses first: their labels are those outside.
        for &catch in self.code.catches(catches) {
            self.catch_ok(catch)?;
        }
        self.pop_all(TRY_TABLE, start)?;
        self.enter(ControlFrame::new(TRY_TABLE, Labelled { labels: end, start, end }, next));
        Ok(Some(seq.0))
    }

    /// ```text
    /// Catch_ok/catch          C ⊢ catch x l : ok        if as_deftype(C.tags[x]) expands to func t* → ε
    ///                                                   if C ⊢ t* <: C.labels[l]
    /// Catch_ok/catch_ref      C ⊢ catch_ref x l : ok    if as_deftype(C.tags[x]) expands to func t* → ε
    ///                                                   if C ⊢ t* (ref exn) <: C.labels[l]
    /// Catch_ok/catch_ref-shared  C ⊢ catch_ref x l : ok  if as_deftype(C.tags[x]) expands to shared (func t* → ε)
    ///                                                    if C ⊢ t* (ref (shared exn)) <: C.labels[l]
    /// Catch_ok/catch_all      C ⊢ catch_all l : ok      if C ⊢ ε <: C.labels[l]
    /// Catch_ok/catch_all_ref  C ⊢ catch_all_ref l : ok  if C ⊢ (ref exn) <: C.labels[l]
    /// ```
    fn catch_ok(&mut self, catch: Catch) -> Derived {
        let (mut rule, x, l, with_ref) = match catch {
            Catch::Catch(x, l) => (rule!("Catch_ok/catch"), Some(x), l, false),
            Catch::CatchRef(x, l) => (rule!("Catch_ok/catch_ref"), Some(x), l, true),
            Catch::CatchAll(l) => (rule!("Catch_ok/catch_all"), None, l, false),
            Catch::CatchAllRef(l) => (rule!("Catch_ok/catch_all_ref"), None, l, true),
        };
        let mut share = Share::Unshared;
        let ts: &[ValType] = match x {
            Some(x) => {
                share = self.tag_share(rule, x)?;
                &self.tag(rule, x)?.params
            }
            None => &[],
        };
        if with_ref && share == Share::Shared {
            rule = rule!("Catch_ok/catch_ref-shared");
        }
        let exn = abs(false, share, AbsHeapType::Exn);
        let label = self.label(rule, l)?;
        if !with_ref {
            self.resulttype_sub(rule, ts, label)?;
        } else if label.len() == ts.len() + 1 {
            self.resulttype_sub(rule, ts, &label[..ts.len()])?;
            self.resulttype_sub(rule, &[exn], &label[ts.len()..])?;
        } else {
            let found = ts.iter().copied().chain([exn]).collect();
            return fail(rule, Premise::NotSubtypes { found, needed: label.to_vec() });
        }
        self.o.rule(rule);
        Ok(())
    }

    /// `as_deftype(C.tags[x]) expands to func t* → ε`; there are no results because the type of a tag has none.
    fn tag(&mut self, rule: RuleId, x: TagIdx) -> Derived<&'m FuncType> {
        let jt = *lookup(rule, Space::Tag, &self.c.tags, x)?;
        let dt = self.c.deftype(rule, jt)?;
        self.c.expand_func(rule, dt, self.o)
    }

    /// ```text
    /// Instr_ok/br  C ⊢ br l : t1* t* → t2*  if C.labels[l] = t*   if C ⊢ t1* → t2* : ok
    /// ```
    pub(super) fn br(&mut self, l: LabelIdx) -> Derived {
        const BR: RuleId = rule!("Instr_ok/br");
        let ts = self.label(BR, l)?;
        self.pop_all(BR, ts)?;
        self.stack.unreachable();
        self.derived(BR)
    }

    /// ```text
    /// Instr_ok/br_if  C ⊢ br_if l : t* i32 → t*  if C.labels[l] = t*
    /// ```
    pub(super) fn br_if(&mut self, l: LabelIdx) -> Derived {
        const BR_IF: RuleId = rule!("Instr_ok/br_if");
        let ts = self.label(BR_IF, l)?;
        self.pop(BR_IF, ValType::I32)?;
        self.pop_all(BR_IF, ts)?;
        self.stack.push_all(ts);
        self.derived(BR_IF)
    }

    /// `t*` is what is on the stack. Labels with the same list of types are checked once.
    ///
    /// ```text
    /// Instr_ok/br_table  C ⊢ br_table l* l' : t1* t* i32 → t2*  if (C ⊢ t* <: C.labels[l])*
    ///                                                           if C ⊢ t* <: C.labels[l']
    ///                                                           if C ⊢ t1* t* i32 → t2* : ok
    /// ```
    pub(super) fn br_table(&mut self, ls: List<LabelIdx>, l: LabelIdx) -> Derived {
        const BR_TABLE: RuleId = rule!("Instr_ok/br_table");
        self.pop(BR_TABLE, ValType::I32)?;
        let ts = self.label(BR_TABLE, l)?;
        let mut seen = FxHashSet::default();
        for &l in self.code.labels(ls) {
            let label = self.label(BR_TABLE, l)?;
            if label.len() != ts.len() {
                return fail(BR_TABLE, Premise::ArityMismatch { found: label.len(), needed: ts.len() });
            }
            if !label.is_empty() && seen.insert(label.as_ptr()) {
                self.check_top(BR_TABLE, label, false)?;
            }
            self.o.rule(rule!("Resulttype_sub"));
        }
        self.pop_all(BR_TABLE, ts)?;
        self.o.rule(rule!("Resulttype_sub"));
        self.stack.unreachable();
        self.derived(BR_TABLE)
    }

    /// ```text
    /// Instr_ok/br_on_null  C ⊢ br_on_null l : t* (ref null ht) → t* (ref ht)  if C.labels[l] = t*
    ///                                                                         if C ⊢ ht : ok
    /// ```
    pub(super) fn br_on_null(&mut self, l: LabelIdx) -> Derived {
        const BR_ON_NULL: RuleId = rule!("Instr_ok/br_on_null");
        let ts = self.label(BR_ON_NULL, l)?;
        let ht = self.pop_ref(BR_ON_NULL)?;
        self.pop_all(BR_ON_NULL, ts)?;
        self.stack.push_all(ts);
        self.stack.push(ValType::Ref(RefType::non_null(ht)));
        self.derived(BR_ON_NULL)
    }

    /// ```text
    /// Instr_ok/br_on_non_null  C ⊢ br_on_non_null l : t* (ref null ht) → t*  if C.labels[l] = t* (ref null? ht)
    /// ```
    pub(super) fn br_on_non_null(&mut self, l: LabelIdx) -> Derived {
        const BR_ON_NON_NULL: RuleId = rule!("Instr_ok/br_on_non_null");
        let (ts, rt) = self.label_with_ref(BR_ON_NON_NULL, l)?;
        self.pop(BR_ON_NON_NULL, ValType::Ref(RefType::null(rt.heap)))?;
        self.pop_all(BR_ON_NON_NULL, ts)?;
        self.stack.push_all(ts);
        self.derived(BR_ON_NON_NULL)
    }

    /// ```text
    /// Instr_ok/br_on_cast  C ⊢ br_on_cast l rt1 rt2 : t* rt1 → t* diffrt(rt1, rt2)
    ///                        if C.labels[l] = t* rt
    ///                        if C ⊢ rt1 : ok
    ///                        if C ⊢ rt2 : ok
    ///                        if C ⊢ rt2 <: rt1
    ///                        if C ⊢ rt2 <: rt
    /// ```
    pub(super) fn br_on_cast(&mut self, l: LabelIdx, rt_1: RefType, rt_2: RefType) -> Derived {
        const BR_ON_CAST: RuleId = rule!("Instr_ok/br_on_cast");
        let (ts, rt) = self.label_with_ref(BR_ON_CAST, l)?;
        reftype_ok(&self.c.types, rt_1, self.o)?;
        reftype_ok(&self.c.types, rt_2, self.o)?;
        self.reftype_sub(BR_ON_CAST, rt_2, rt_1)?;
        self.reftype_sub(BR_ON_CAST, rt_2, rt)?;
        self.pop(BR_ON_CAST, ValType::Ref(rt_1))?;
        self.pop_all(BR_ON_CAST, ts)?;
        self.stack.push_all(ts);
        self.stack.push(ValType::Ref(diffrt(rt_1, rt_2)));
        self.derived(BR_ON_CAST)
    }

    /// ```text
    /// Instr_ok/br_on_cast_fail  C ⊢ br_on_cast_fail l rt1 rt2 : t* rt1 → t* rt2
    ///                             if C.labels[l] = t* rt
    ///                             if C ⊢ rt1 : ok
    ///                             if C ⊢ rt2 : ok
    ///                             if C ⊢ rt2 <: rt1
    ///                             if C ⊢ diffrt(rt1, rt2) <: rt
    /// ```
    pub(super) fn br_on_cast_fail(&mut self, l: LabelIdx, rt_1: RefType, rt_2: RefType) -> Derived {
        const BR_ON_CAST_FAIL: RuleId = rule!("Instr_ok/br_on_cast_fail");
        let (ts, rt) = self.label_with_ref(BR_ON_CAST_FAIL, l)?;
        reftype_ok(&self.c.types, rt_1, self.o)?;
        reftype_ok(&self.c.types, rt_2, self.o)?;
        self.reftype_sub(BR_ON_CAST_FAIL, rt_2, rt_1)?;
        self.reftype_sub(BR_ON_CAST_FAIL, diffrt(rt_1, rt_2), rt)?;
        self.pop(BR_ON_CAST_FAIL, ValType::Ref(rt_1))?;
        self.pop_all(BR_ON_CAST_FAIL, ts)?;
        self.stack.push_all(ts);
        self.stack.push(ValType::Ref(rt_2));
        self.derived(BR_ON_CAST_FAIL)
    }

    /// `C.funcs[x] expands to func t_1* → t_2*`
    fn func(&mut self, rule: RuleId, x: FuncIdx) -> Derived<&'m FuncType> {
        let dt = *lookup(rule, Space::Func, &self.c.funcs, x)?;
        self.c.expand_func(rule, dt, self.o)
    }

    /// `C.types[x] expands to func t_1* → t_2*`
    fn functype(&mut self, rule: RuleId, x: TypeUse) -> Derived<&'m FuncType> {
        let dt = self.c.deftype(rule, x)?;
        match self.c.expand_func(rule, dt, self.o) {
            // The error speaks of the type by the index that is written there.
            Err(_) => fail(rule, Premise::WrongShape { found: x, needed: CompKind::Func }),
            ft => ft,
        }
    }

    /// `C.tables[x] = at lim rt` and `C ⊢ rt <: ref null func`, or the shared `func`; the rule that it is a premise of.
    fn func_table(&mut self, standard: RuleId, shared: RuleId, x: TableIdx) -> Derived<(RuleId, AddrType)> {
        let tt = self.c.table(standard, x)?;
        let rule = self.by_share(standard, shared, tt.elem.heap);
        let func = HeapType::Abs(self.share_of_heaptype(tt.elem.heap), AbsHeapType::Func);
        self.reftype_sub(rule, tt.elem, RefType::null(func))?;
        Ok((rule, tt.addr))
    }

    /// ```text
    /// Instr_ok/call  C ⊢ call x : t1* → t2*  if C.funcs[x] expands to func t1* → t2*
    /// ```
    pub(super) fn call(&mut self, x: FuncIdx) -> Derived {
        const CALL: RuleId = rule!("Instr_ok/call");
        let ft = self.func(CALL, x)?;
        self.pop_all(CALL, &ft.params)?;
        self.stack.push_all(&ft.results);
        self.derived(CALL)
    }

    /// ```text
    /// Instr_ok/call_ref  C ⊢ call_ref x : t1* (ref null x) → t2*  if C.types[x] expands to func t1* → t2*
    /// ```
    pub(super) fn call_ref(&mut self, x: TypeUse) -> Derived {
        const CALL_REF: RuleId = rule!("Instr_ok/call_ref");
        let ft = self.functype(CALL_REF, x)?;
        self.pop(CALL_REF, ValType::Ref(RefType::null(HeapType::Use(x))))?;
        self.pop_all(CALL_REF, &ft.params)?;
        self.stack.push_all(&ft.results);
        self.derived(CALL_REF)
    }

    /// ```text
    /// Instr_ok/call_indirect  C ⊢ call_indirect x y : t1* at → t2*  if C.tables[x] = at lim rt
    ///                                                               if C ⊢ rt <: ref null func
    ///                                                               if C.types[y] expands to func t1* → t2*
    /// ```
    pub(super) fn call_indirect(&mut self, x: TableIdx, y: TypeUse) -> Derived {
        const CALL_INDIRECT: RuleId = rule!("Instr_ok/call_indirect");
        let (rule, at) = self.func_table(CALL_INDIRECT, rule!("Instr_ok/call_indirect-shared"), x)?;
        let ft = self.functype(rule, y)?;
        self.pop(rule, at.into())?;
        self.pop_all(rule, &ft.params)?;
        self.stack.push_all(&ft.results);
        self.derived(rule)
    }

    /// `C.return = (t*)`
    fn returns(&self, rule: RuleId) -> Derived<&'m [ValType]> {
        self.returns.map_or_else(|| fail(rule, Premise::NoReturn), Ok)
    }

    /// ```text
    /// Instr_ok/return  C ⊢ return : t1* t* → t2*  if C.return = (t*)   if C ⊢ t1* → t2* : ok
    /// ```
    pub(super) fn r#return(&mut self) -> Derived {
        const RETURN: RuleId = rule!("Instr_ok/return");
        let ts = self.returns(RETURN)?;
        self.pop_all(RETURN, ts)?;
        self.stack.unreachable();
        self.derived(RETURN)
    }

    /// The premises that tail calls share: `C.return = (t'_2*)`, `C ⊢ t_2* <: t'_2*`, and the operands `t_1*`.
    fn tail(&mut self, rule: RuleId, ft: &'m FuncType) -> Derived {
        let ts = self.returns(rule)?;
        self.resulttype_sub(rule, &ft.results, ts)?;
        self.pop_all(rule, &ft.params)?;
        self.stack.unreachable();
        self.derived(rule)
    }

    /// ```text
    /// Instr_ok/return_call  C ⊢ return_call x : t3* t1* → t4*  if C.funcs[x] expands to func t1* → t2*
    ///                                                          if C.return = (t'2*)
    ///                                                          if C ⊢ t2* <: t'2*
    ///                                                          if C ⊢ t3* → t4* : ok
    /// ```
    pub(super) fn return_call(&mut self, x: FuncIdx) -> Derived {
        const RETURN_CALL: RuleId = rule!("Instr_ok/return_call");
        let ft = self.func(RETURN_CALL, x)?;
        self.tail(RETURN_CALL, ft)
    }

    /// ```text
    /// Instr_ok/return_call_ref  C ⊢ return_call_ref x : t3* t1* (ref null x) → t4*
    ///                             if C.types[x] expands to func t1* → t2*
    ///                             if C.return = (t'2*)
    ///                             if C ⊢ t2* <: t'2*
    ///                             if C ⊢ t3* → t4* : ok
    /// ```
    pub(super) fn return_call_ref(&mut self, x: TypeUse) -> Derived {
        const RETURN_CALL_REF: RuleId = rule!("Instr_ok/return_call_ref");
        let ft = self.functype(RETURN_CALL_REF, x)?;
        self.pop(RETURN_CALL_REF, ValType::Ref(RefType::null(HeapType::Use(x))))?;
        self.tail(RETURN_CALL_REF, ft)
    }

    /// ```text
    /// Instr_ok/return_call_indirect  C ⊢ return_call_indirect x y : t3* t1* at → t4*
    ///                                  if C.tables[x] = at lim rt
    ///                                  if C ⊢ rt <: ref null func
    ///                                  if C.types[y] expands to func t1* → t2*
    ///                                  if C.return = (t'2*)
    ///                                  if C ⊢ t2* <: t'2*
    ///                                  if C ⊢ t3* → t4* : ok
    /// ```
    pub(super) fn return_call_indirect(&mut self, x: TableIdx, y: TypeUse) -> Derived {
        const RETURN_CALL_INDIRECT: RuleId = rule!("Instr_ok/return_call_indirect");
        let (rule, at) = self.func_table(RETURN_CALL_INDIRECT, rule!("Instr_ok/return_call_indirect-shared"), x)?;
        let ft = self.functype(rule, y)?;
        self.pop(rule, at.into())?;
        self.tail(rule, ft)
    }

    /// ```text
    /// Instr_ok/throw  C ⊢ throw x : t1* t* → t2*  if as_deftype(C.tags[x]) expands to func t* → ε
    ///                                             if C ⊢ t1* → t2* : ok
    /// ```
    pub(super) fn throw(&mut self, x: TagIdx) -> Derived {
        const THROW: RuleId = rule!("Instr_ok/throw");
        let ft = self.tag(THROW, x)?;
        self.pop_all(THROW, &ft.params)?;
        self.stack.unreachable();
        self.derived(THROW)
    }

    /// ```text
    /// Instr_ok/throw_ref         C ⊢ throw_ref : t1* (ref null exn) → t2*          if C ⊢ t1* → t2* : ok
    /// Instr_ok/throw_ref-shared  C ⊢ throw_ref : t1* (ref null (share exn)) → t2*  if C ⊢ t1* → t2* : ok
    /// ```
    pub(super) fn throw_ref(&mut self) -> Derived {
        const THROW_REF: RuleId = rule!("Instr_ok/throw_ref");
        let rt = self.pop_polymorphic(THROW_REF, AbsHeapType::Exn)?;
        self.stack.unreachable();
        self.derived(self.by_share(THROW_REF, rule!("Instr_ok/throw_ref-shared"), rt.heap))
    }
}
