//! The checker: each node of the derivation of a body against the rule that it names, read literally.
//!
//! It never searches: a node must have exactly the premises of its rule, and they must conclude exactly what the rule
//! asks, under the context that the rule gives them. It looks itself at the premises that have no nodes: that types are
//! well-formed, `expands to`, `Memarg_ok`, `Defaultable`, `Local_ok`, and everything that is looked up in `C`. What it
//! takes on trust: what the checker of subtyping does (the type table), that `C` is the module's, and
//! [`defaultable`](crate::execution::defaultable), which it shares with validation.

use super::super::{Flaw, Judgement as J, check as check_types};
use super::context::{Context, Scope, Scopes};
use super::shared::{Gives, polymorphic};
use super::{Body, InstrType, Node, Typing as T, abs, idx};
use crate::RuleId;
use crate::syntax::*;
use std::fmt;

/// What is wrong with a derivation of a body.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyFlaw {
    /// The last node is not about a function of the module.
    NoRoot,
    /// A node that does not follow from its premises by the rule it names.
    Node {
        /// Which node.
        index: usize,
        /// The rule.
        rule: RuleId,
        /// What it claims to conclude.
        conclusion: Box<T>,
    },
    /// A premise about types does not hold.
    Types(Flaw),
    /// A node that is no premise of another, or of more than one, or that stands before one of its premises.
    NoTree(usize),
}

impl fmt::Display for BodyFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyFlaw::NoRoot => f.write_str("the derivation is not that of a function"),
            BodyFlaw::Node { index, rule, conclusion } => {
                write!(f, "node {index}: {conclusion:?} does not follow by {rule}")
            }
            BodyFlaw::Types(flaw) => flaw.fmt(f),
            BodyFlaw::NoTree(index) => write!(f, "node {index} is not in its place"),
        }
    }
}

impl std::error::Error for BodyFlaw {}

/// Whether a derivation is one, of a function body in a module's context.
///
/// # Errors
/// A node at which it is not.
pub fn check(c: &Context<'_>, body: &Body) -> Result<(), BodyFlaw> {
    let Some(Node { conclusion: T::Func(x), .. }) = body.nodes.last() else { return Err(BodyFlaw::NoRoot) };
    let func = c.func(*x).ok_or(BodyFlaw::NoRoot)?;
    let (scopes, scope) = Scopes::new(c, func).ok_or(BodyFlaw::NoRoot)?;
    let mut checker = Checker { c, scopes };
    let mut seen = vec![false; body.nodes.len()];
    let mut todo = vec![(body.nodes.len() - 1, scope)];
    while let Some((index, scope)) = todo.pop() {
        if std::mem::replace(&mut seen[index], true) {
            return Err(BodyFlaw::NoTree(index));
        }
        let node = &body.nodes[index];
        // A shared function has its type by `Func_ok/shared`, of which `Func_ok` is the premise; no other has.
        let at_root = index == body.nodes.len() - 1;
        if (node.rule.as_str() == "Func_ok/shared") != (at_root && checker.scopes.shared) {
            return Err(flaw(index, node));
        }
        if node.premises.iter().any(|&premise| premise >= index) {
            return Err(BodyFlaw::NoTree(index));
        }
        let premises: Vec<&T> = node.premises.iter().map(|&i| &body.nodes[i].conclusion).collect();
        let types: Vec<&J> = node.types.iter().map(|d| &d.conclusion).collect();
        match checker.follows(scope, node, &premises, &types) {
            Some(contexts) if contexts.len() == premises.len() => {
                todo.extend(node.premises.iter().copied().zip(contexts));
            }
            _ => return Err(flaw(index, node)),
        }
        for d in &node.types {
            check_types(c.c, d).map_err(BodyFlaw::Types)?;
        }
    }
    match seen.iter().position(|seen| !seen) {
        Some(index) => Err(BodyFlaw::NoTree(index)),
        None => Ok(()),
    }
}

fn flaw(index: usize, node: &Node) -> BodyFlaw {
    BodyFlaw::Node { index, rule: node.rule, conclusion: Box::new(node.conclusion.clone()) }
}

struct Checker<'a> {
    c: &'a Context<'a>,
    scopes: Scopes,
}

/// Contexts for the premises, if the premise holds.
fn when(holds: bool, contexts: Vec<Scope>) -> Option<Vec<Scope>> {
    holds.then_some(contexts)
}

/// `(C ⊢ t : ok(shared))*`
fn shared<'t>(premises: &[&J], ts: impl Iterator<Item = &'t ValType>) -> bool {
    let all: Vec<J> = ts.map(|&t| J::ValtypeOkShared(t)).collect();
    premises.iter().copied().eq(&all)
}

impl Checker<'_> {
    /// `C ⊢ t* : ok`
    fn ok(&self, ts: &[ValType]) -> bool {
        ts.iter().all(|&t| self.c.valtype_ok(t))
    }

    /// `C ⊢ it : ok`
    fn instrtype_ok(&self, scope: Scope, it: &InstrType) -> bool {
        self.ok(&it.t_1) && self.ok(&it.t_2) && it.x.iter().all(|&x| self.scopes.local(scope, x).is_some())
    }

    /// Whether a conclusion follows from premises by a rule, and under which contexts the premises must hold then.
    fn follows(&mut self, scope: Scope, node: &Node, premises: &[&T], types: &[&J]) -> Option<Vec<Scope>> {
        match (node.rule.as_str(), &node.conclusion, premises, types) {
            ("Func_ok", T::Func(x), [T::Expr(expr, ts)], []) => {
                when(self.c.func(*x)?.body == *expr && self.scopes.returns == *ts, vec![scope])
            }
            ("Func_ok/shared", T::Func(x), [T::Func(x_1)], locals) => {
                when(x == x_1 && shared(locals, self.c.func(*x)?.locals.iter()), vec![scope])
            }
            ("Expr_ok", T::Expr(expr, ts), [T::Instrs(range, it)], []) => {
                let whole = *range == self.c.range(*expr);
                when(whole && it.t_1.is_empty() && it.x.is_empty() && it.t_2 == *ts, vec![scope])
            }

            ("Instrs_ok/empty", T::Instrs(range, it), [], []) => {
                when(range.start == range.end && *it == InstrType::default(), vec![])
            }
            // `C ⊢ instr : it shared` is what `C ⊢ instr : it` is in a shared function.
            ("Instrs_ok/instr", T::Instrs(range, it), [premise], []) => {
                let (at, it_1) = match (premise, self.scopes.shared) {
                    (T::Instr(at, it), false) | (T::InstrShared(at, it), true) => (at, it),
                    _ => return None,
                };
                when(range.start == *at && range.end.checked_sub(*at) == Some(1) && it == it_1, vec![scope])
            }
            ("Instrs_ok/seq", T::Instrs(range, it), [T::Instrs(range_1, it_1), T::Instrs(range_2, it_2)], []) => {
                let cut = range.start == range_1.start && range_1.end == range_2.start && range_2.end == range.end;
                let types = it.t_1 == it_1.t_1 && it_1.t_2 == it_2.t_1 && it_2.t_2 == it.t_2;
                let set = it.x.split_at_checked(it_1.x.len()) == Some((&it_1.x, &it_2.x));
                let known = it_1.x.iter().all(|&x| self.scopes.local(scope, x).is_some());
                (cut && types && set && known).then_some(())?;
                Some(vec![scope, self.scopes.with_locals(scope, &it_1.x)])
            }
            ("Instrs_ok/sub", T::Instrs(range, it), [T::Instrs(range_1, it_1), T::InstrtypeSub(l, r)], []) => {
                when(range == range_1 && l == it_1 && r == it && self.instrtype_ok(scope, it), vec![scope, scope])
            }
            ("Instrs_ok/frame", T::Instrs(range, it), [T::Instrs(range_1, it_1)], []) => {
                let (ts, t_1) = it.t_1.split_at_checked(it.t_1.len().checked_sub(it_1.t_1.len())?)?;
                let (ts_2, t_2) = it.t_2.split_at_checked(ts.len())?;
                let same = t_1 == it_1.t_1 && t_2 == it_1.t_2 && ts == ts_2 && it.x == it_1.x;
                when(range == range_1 && same && self.ok(ts), vec![scope])
            }
            (
                "Instrtype_sub",
                T::InstrtypeSub(l, r),
                [],
                [J::ResulttypeSub(t_21, t_11), J::ResulttypeSub(t_12, t_22)],
            ) => {
                let types = (&l.t_1, &l.t_2, &r.t_1, &r.t_2) == (t_11, t_12, t_21, t_22);
                let mut x = r.x.iter().filter(|x| !l.x.contains(x));
                when(types && x.all(|&x| self.scopes.local(scope, x).is_some_and(|(set, _)| set)), vec![])
            }

            ("Blocktype_ok/valtype", T::Blocktype(BlockType::Result(t), it), [], []) => {
                let ts = t.as_slice();
                when(it.t_1.is_empty() && it.x.is_empty() && it.t_2 == ts && self.ok(ts), vec![])
            }
            ("Blocktype_ok/typeidx", T::Blocktype(BlockType::Idx(x), it), [], []) => {
                let ft = self.c.functype(TypeUse::Idx(*x))?;
                when(it.t_1 == ft.params && it.x.is_empty() && it.t_2 == ft.results, vec![])
            }
            ("Instr_ok_shared/types", T::InstrShared(at, it), [T::Instr(at_1, it_1), names @ ..], ok) => {
                let named = self.c.named(self.c.module.code.instrs().get(*at as usize)?);
                let listed = named.len() == names.len()
                    && names.iter().zip(named).all(|(name, named)| **name == T::NamedShared(named));
                let same = at == at_1 && it == it_1;
                when(same && listed && shared(ok, it.t_1.iter().chain(&it.t_2)), vec![scope; premises.len()])
            }
            (rule, T::NamedShared(named), [], []) => {
                when(rule == named.rule().as_str() && self.c.is_shared(*named), vec![])
            }

            (rule, T::Catch(catch), [], [J::ResulttypeSub(ts, label)]) => {
                const EXN: ValType = abs(false, Share::Unshared, AbsHeapType::Exn);
                const SHARED_EXN: ValType = abs(false, Share::Shared, AbsHeapType::Exn);
                let (named, thrown, l) = match *catch {
                    Catch::Catch(x, l) => ("Catch_ok/catch", self.c.tag(x)?.to_vec(), l),
                    Catch::CatchRef(x, l) => match self.c.share_of_type(*self.c.tags.get(x as usize)?)? {
                        Share::Shared => ("Catch_ok/catch_ref-shared", [self.c.tag(x)?, &[SHARED_EXN]].concat(), l),
                        _ => ("Catch_ok/catch_ref", [self.c.tag(x)?, &[EXN]].concat(), l),
                    },
                    Catch::CatchAll(l) => ("Catch_ok/catch_all", vec![], l),
                    Catch::CatchAllRef(l) => ("Catch_ok/catch_all_ref", vec![EXN], l),
                };
                when(rule == named && *ts == thrown && self.scopes.label(scope, l)? == label, vec![])
            }

            (rule, T::Instr(at, it), [T::Blocktype(bt, ib), rest @ ..], []) => {
                self.block(scope, rule, *at, it, *bt, ib, rest)
            }
            (rule, T::Instr(at, it), [], _) => {
                let instr = self.c.module.code.instrs().get(*at as usize)?;
                when(self.instr(scope, rule, instr, it, types)?, vec![])
            }
            _ => None,
        }
    }

    /// The instructions with instructions inside.
    #[allow(clippy::too_many_arguments)]
    fn block(
        &mut self,
        scope: Scope,
        rule: &str,
        at: u32,
        it: &InstrType,
        bt: BlockType,
        ib: &InstrType,
        rest: &[&T],
    ) -> Option<Vec<Scope>> {
        // `C, labels (t*) ⊢ instr* : t_1* →_x* t_2*`, for whatever `x*`
        let is = |premise: &T, seq| match premise {
            T::Instrs(range, i) => *range == self.c.range(seq) && (&i.t_1, &i.t_2) == (&ib.t_1, &ib.t_2),
            _ => false,
        };
        let same = |it: &InstrType| it == ib && it.x.is_empty();
        let mut contexts = vec![scope];
        match (rule, *self.c.module.code.instrs().get(at as usize)?, rest) {
            ("Instr_ok/block", Instr::Block(bt_1, seq), [instrs]) if bt == bt_1 && same(it) && is(instrs, seq) => {
                contexts.push(self.scopes.with_label(scope, &ib.t_2));
            }
            ("Instr_ok/loop", Instr::Loop(bt_1, seq), [instrs]) if bt == bt_1 && same(it) && is(instrs, seq) => {
                contexts.push(self.scopes.with_label(scope, &ib.t_1));
            }
            ("Instr_ok/if", Instr::If(bt_1, seq_1, seq_2), [instrs_1, instrs_2])
                if bt == bt_1 && is(instrs_1, seq_1) && is(instrs_2, seq_2) =>
            {
                let (last, t_1) = it.t_1.split_last()?;
                (*last == ValType::I32 && t_1 == ib.t_1 && it.x.is_empty() && it.t_2 == ib.t_2).then_some(())?;
                let inside = self.scopes.with_label(scope, &ib.t_2);
                contexts.extend([inside, inside]);
            }
            ("Instr_ok/try_table", Instr::TryTable(bt_1, catches, seq), [instrs, clauses @ ..])
                if bt == bt_1 && same(it) && is(instrs, seq) =>
            {
                let catches = self.c.module.code.catches(catches);
                let listed = clauses.iter().zip(catches).all(|(clause, catch)| **clause == T::Catch(*catch));
                (listed && clauses.len() == catches.len()).then_some(())?;
                contexts.push(self.scopes.with_label(scope, &ib.t_2));
                contexts.extend(clauses.iter().map(|_| scope));
            }
            _ => return None,
        }
        Some(contexts)
    }

    /// All other instructions: first those whose rule leaves something to choose.
    fn instr(&self, scope: Scope, rule: &str, instr: &Instr, it: &InstrType, types: &[&J]) -> Option<bool> {
        let (c, scopes) = (self.c, &self.scopes);
        let (t_1, t_2) = (it.t_1.as_slice(), it.t_2.as_slice());
        let no_types = types.is_empty();
        // `t_1* t* → t_2*  if C ⊢ t_1* → t_2* : ok`
        let anything = |ts: &[ValType]| t_1.ends_with(ts) && self.instrtype_ok(scope, it);
        let named = |name: &str| rule == name && it.x.is_empty();
        Some(match (*instr, types) {
            (Instr::Unreachable, _) => named("Instr_ok/unreachable") && no_types && anything(&[]),
            (Instr::Drop, _) => named("Instr_ok/drop") && no_types && t_1.len() == 1 && t_2.is_empty() && self.ok(t_1),
            (Instr::Select(None), [J::ValtypeSub(t, t_0)]) => {
                let basic = matches!(t_0, ValType::Num(_) | ValType::Vec(_));
                named("Instr_ok/select-impl") && basic && t_1 == [*t, *t, ValType::I32] && t_2 == [*t] && self.ok(t_2)
            }

            (Instr::Br(l), _) => named("Instr_ok/br") && no_types && anything(scopes.label(scope, l)?),
            (Instr::BrTable(list, l), _) => {
                let ls = c.module.code.labels(list).iter().copied().chain([l]);
                let Some(J::ResulttypeSub(ts, _)) = types.last() else { return None };
                let mut count = 0;
                for (l, premise) in ls.zip(types) {
                    let J::ResulttypeSub(left, right) = premise else { return None };
                    (left == ts && scopes.label(scope, l)? == right).then_some(())?;
                    count += 1;
                }
                let complete = count == types.len() && count == list.len() + 1;
                named("Instr_ok/br_table") && complete && anything(&[ts.as_slice(), &[ValType::I32]].concat())
            }
            (Instr::BrOnNull(l), _) => {
                let ts = scopes.label(scope, l)?;
                let (Some(ValType::Ref(rt)), Some(before)) = (t_1.last(), t_1.get(..t_1.len() - 1)) else {
                    return None;
                };
                let on = ValType::Ref(RefType::non_null(rt.heap));
                let types = rt.null && before == ts && t_2 == [ts, &[on]].concat();
                named("Instr_ok/br_on_null") && no_types && types && c.heaptype_ok(rt.heap)
            }

            (Instr::Return, _) => named("Instr_ok/return") && no_types && anything(&scopes.returns),
            (Instr::ReturnCall(x), [J::ResulttypeSub(l, r)]) => {
                let ft = c.functype(TypeUse::Def(*c.funcs.get(x as usize)?))?;
                let returned = *l == ft.results && *r == scopes.returns;
                named("Instr_ok/return_call") && returned && anything(&ft.params)
            }
            (Instr::ReturnCallRef(x), [J::ResulttypeSub(l, r)]) => {
                let ft = c.functype(x)?;
                let returned = *l == ft.results && *r == scopes.returns;
                named("Instr_ok/return_call_ref") && returned && anything(&[&*ft.params, &[idx(true, x)]].concat())
            }
            (Instr::ReturnCallIndirect(x, y), [J::ReftypeSub(rt, above), J::ResulttypeSub(l, r)]) => {
                let (tt, ft) = (c.tables.get(x as usize)?, c.functype(y)?);
                let (name, share) = match rule {
                    "Instr_ok/return_call_indirect" => (rule, Share::Unshared),
                    _ => ("Instr_ok/return_call_indirect-shared", Share::Shared),
                };
                let table = *rt == tt.elem && *above == RefType::null(HeapType::Abs(share, AbsHeapType::Func));
                let returned = *l == ft.results && *r == scopes.returns;
                let operands = [&*ft.params, &[tt.addr.into()]].concat();
                named(name) && table && returned && anything(&operands)
            }
            (Instr::Throw(x), _) => named("Instr_ok/throw") && no_types && anything(c.tag(x)?),
            (Instr::ThrowRef, _) => {
                let Some(&ValType::Ref(RefType { heap: HeapType::Abs(share, _), .. })) = t_1.last() else {
                    return None;
                };
                let by = share == Share::Unshared && named("Instr_ok/throw_ref") || named("Instr_ok/throw_ref-shared");
                by && no_types && anything(&[abs(true, share, AbsHeapType::Exn)])
            }

            (Instr::RefIsNull, _) => {
                let [ValType::Ref(RefType { null: true, heap })] = *t_1 else { return None };
                named("Instr_ok/ref.is_null") && no_types && t_2 == [ValType::I32] && c.heaptype_ok(heap)
            }
            (Instr::RefAsNonNull, _) => {
                let [ValType::Ref(RefType { null: true, heap })] = *t_1 else { return None };
                let result = t_2 == [ValType::Ref(RefType::non_null(heap))];
                named("Instr_ok/ref.as_non_null") && no_types && result && c.heaptype_ok(heap)
            }
            (Instr::RefTest(rt), [J::ReftypeSub(l, r)]) => {
                let types = t_1 == [ValType::Ref(*r)] && t_2 == [ValType::I32] && *l == rt;
                named("Instr_ok/ref.test") && types && c.heaptype_ok(rt.heap) && c.heaptype_ok(r.heap)
            }
            (Instr::RefCast(rt), [J::ReftypeSub(l, r)]) => {
                let types = t_1 == [ValType::Ref(*r)] && t_2 == [ValType::Ref(rt)] && *l == rt;
                named("Instr_ok/ref.cast") && types && c.heaptype_ok(rt.heap) && c.heaptype_ok(r.heap)
            }
            (
                Instr::RefEq | Instr::I31Get(_) | Instr::ArrayLen | Instr::ExternConvertAny | Instr::AnyConvertExtern,
                _,
            ) => {
                let Some(&ValType::Ref(RefType { null, heap: HeapType::Abs(share, _) })) = t_1.last() else {
                    return None;
                };
                let p = polymorphic(instr)?;
                let by = share == Share::Unshared && named(p.standard.as_str()) || named(p.shared.as_str());
                let operand = abs(null, share, p.takes);
                let result = match p.gives {
                    Gives::I32 => null.then_some(ValType::I32)?,
                    Gives::Ref(aht) => abs(null, share, aht),
                };
                by && no_types && t_1.len() == p.operands && t_1.iter().all(|t| *t == operand) && t_2 == [result]
            }

            _ => {
                let fixed = c.fixed(scopes, scope, instr)?;
                fixed.rule.as_str() == rule && fixed.it == *it && types.iter().copied().eq(&fixed.subs)
            }
        })
    }
}
