//! The values of expressions, and functions by their clauses.

use std::rc::Rc;

use num_bigint::BigUint;

use super::{Env, Eval, Limit, Machine, Stop, Value};
use crate::ast::{BinOp, CmpOp, NumTyp, UnOp};
use crate::il::{Arg, Exp, ExpKind as K, FunId, FunRef, Iter, OpTyp, Path, VarId};
use crate::number::Number;
use crate::term::{Term, View};

/// So many results of calls are remembered.
const REMEMBERED: usize = 1 << 16;

impl Machine<'_> {
    /// The number that a term is.
    pub(super) fn number(&self, term: Term) -> Eval<Number> {
        match self.terms.view(term) {
            View::Nat(n) => Ok(Number::Int(n.into())),
            View::Number(n) => Ok(n.clone()),
            _ => Err(Stop::Undefined),
        }
    }

    /// A literal as a term.
    pub(super) fn literal(&mut self, n: &BigUint) -> Term {
        match u64::try_from(n) {
            Ok(n) => self.terms.nat(n),
            Err(_) => self.terms.number(Number::nat(n)),
        }
    }

    /// The small natural number that a term is.
    pub(super) fn count(&self, term: Term) -> Eval<usize> {
        match self.terms.view(term) {
            View::Nat(n) => Ok(n as usize),
            _ => Err(Stop::Undefined),
        }
    }

    fn truth(&self, term: Term) -> Eval<bool> {
        match self.terms.view(term) {
            View::Bool(b) => Ok(b),
            _ => Err(Stop::Undefined),
        }
    }

    /// Whether a condition holds.
    pub(super) fn holds(&mut self, env: &mut Env, exp: &Exp) -> Eval<bool> {
        let term = self.eval(env, exp)?;
        self.truth(term)
    }

    fn all(&mut self, env: &mut Env, exps: &[Exp]) -> Eval<Vec<Term>> {
        exps.iter().map(|exp| self.eval(env, exp)).collect()
    }

    /// The value of an expression.
    pub(super) fn eval(&mut self, env: &mut Env, exp: &Exp) -> Eval<Term> {
        match exp.kind() {
            K::Var(var) => env.get(*var),
            K::Bool(b) => Ok(self.terms.bool(*b)),
            K::Num(n) => Ok(self.literal(n)),
            K::Text(text) => Ok(self.terms.text(text.clone())),
            K::Sub(e) | K::Lift(e) => self.eval(env, e),
            K::Case(mixop, exps) => {
                let operands = self.all(env, exps)?;
                Ok(self.terms.case(*mixop, &operands))
            }
            K::List(exps) => {
                let elements = self.all(env, exps)?;
                Ok(self.terms.seq(&elements))
            }
            K::Opt(None) => Ok(self.terms.empty()),
            K::Opt(Some(e)) => {
                let element = self.eval(env, e)?;
                Ok(self.terms.seq(&[element]))
            }
            K::Tup(exps) => {
                let parts = self.all(env, exps)?;
                Ok(self.terms.tup(&parts))
            }
            K::Str(exps) => {
                let fields = self.all(env, exps)?;
                Ok(self.terms.record(&fields))
            }
            K::Cat(a, b) => {
                let (a, b) = (self.eval(env, a)?, self.eval(env, b)?);
                self.cat(a, b)
            }
            K::Comp(a, b) => {
                let (a, b) = (self.eval(env, a)?, self.eval(env, b)?);
                self.compose(a, b)
            }
            K::Dot(e, field) => {
                let record = self.eval(env, e)?;
                match self.terms.view(record) {
                    View::Str(fields) => fields.get(*field).copied().ok_or(Stop::Undefined),
                    _ => Err(Stop::Undefined),
                }
            }
            K::Idx(e, i) => {
                let (seq, i) = (self.eval(env, e)?, self.eval(env, i)?);
                self.terms.get(seq, self.count(i)?).ok_or(Stop::Undefined)
            }
            K::Slice(e, i, n) => {
                let (seq, i, n) = (self.eval(env, e)?, self.eval(env, i)?, self.eval(env, n)?);
                let slice = self.terms.slice(seq, self.count(i)?, self.count(n)?).ok_or(Stop::Undefined)?;
                Ok(self.terms.seq(&slice))
            }
            K::Upd(e, path, with) => {
                let (whole, with) = (self.eval(env, e)?, self.eval(env, with)?);
                self.update(env, whole, path, &mut |_, _| Ok(with))
            }
            K::Ext(e, path, with) => {
                let (whole, with) = (self.eval(env, e)?, self.eval(env, with)?);
                self.update(env, whole, path, &mut |machine, old| machine.cat(old, with))
            }
            K::Len(e) => {
                let seq = self.eval(env, e)?;
                let len = self.terms.len(seq);
                Ok(self.terms.nat(len as u64))
            }
            K::Mem(a, b) => {
                let (element, seq) = (self.eval(env, a)?, self.eval(env, b)?);
                let found = self.elements(seq)?.contains(&element);
                Ok(self.terms.bool(found))
            }
            K::Un(op, e) => self.unary(env, *op, e),
            K::Bin(op, typ, a, b) => self.binary(env, *op, *typ, a, b),
            K::Cmp(op, typ, a, b) => {
                let (a, b) = (self.eval(env, a)?, self.eval(env, b)?);
                let result = match (op, typ) {
                    (CmpOp::Eq, _) => a == b,
                    (CmpOp::Ne, _) => a != b,
                    _ => self.compare(*op, a, b)?,
                };
                Ok(self.terms.bool(result))
            }
            K::Cvt(_, to, e) => {
                let term = self.eval(env, e)?;
                if *to == NumTyp::Nat && matches!(self.terms.view(term), View::Nat(_)) {
                    return Ok(term);
                }
                if self.number(term)?.is(*to) { Ok(term) } else { Err(Stop::Undefined) }
            }
            K::Call(fun, args) => self.call_exp(env, *fun, args),
            // The same value for all elements is found once.
            K::Iter(body, Iter::ListN(count, None), doms) if doms.is_empty() => {
                let count = self.eval(env, count)?;
                let count = self.count(count)?;
                if count == 0 {
                    return Ok(self.terms.empty());
                }
                let element = self.eval(env, body)?;
                Ok(self.terms.repeat(element, count))
            }
            K::Iter(body, iter, doms) => {
                let elements = self.iterate(env, iter, doms, |machine, env| machine.eval(env, body))?;
                Ok(self.terms.seq(&elements))
            }
            K::All(e) => {
                let seq = self.eval(env, e)?;
                let mut todo = self.elements(seq)?;
                while let Some(term) = todo.pop() {
                    match self.terms.view(term) {
                        View::Bool(true) => {}
                        View::Bool(false) => return Ok(self.terms.bool(false)),
                        _ => todo.extend(self.elements(term)?),
                    }
                }
                Ok(self.terms.bool(true))
            }
            K::GramLen => Err(Stop::Unbound),
        }
    }

    /// The elements of a sequence, unless there are too many to look at one by one.
    pub(super) fn elements(&self, seq: Term) -> Eval<Vec<Term>> {
        if self.terms.len(seq) > self.limits.memory {
            return Err(Stop::Limit(Limit::Memory));
        }
        Ok(self.terms.elements(seq))
    }

    fn cat(&mut self, a: Term, b: Term) -> Eval<Term> {
        if self.terms.len(a).saturating_add(self.terms.len(b)) > self.limits.memory {
            return Err(Stop::Limit(Limit::Memory));
        }
        Ok(self.terms.cat(a, b))
    }

    /// Runs a body for all elements that an iteration ranges over.
    pub(super) fn iterate<T>(
        &mut self,
        env: &mut Env,
        iter: &Iter,
        doms: &[(VarId, VarId)],
        mut body: impl FnMut(&mut Self, &mut Env) -> Eval<T>,
    ) -> Eval<Vec<T>> {
        let mut lists: Vec<(VarId, Term)> = Vec::with_capacity(doms.len());
        for (inner, outer) in doms {
            lists.push((*inner, env.get(*outer)?));
        }
        let mut count = lists.first().map(|(_, seq)| self.terms.len(*seq));
        let mut index = None;
        match iter {
            Iter::ListN(n, var) => {
                let n = self.eval(env, n)?;
                let n = self.count(n)?;
                if *count.get_or_insert(n) != n {
                    return Err(Stop::Undefined);
                }
                index = *var;
            }
            Iter::Opt if count.is_some_and(|count| count > 1) => return Err(Stop::Undefined),
            Iter::List1 if count == Some(0) => return Err(Stop::Undefined),
            _ => {}
        }
        let count = count.ok_or(Stop::Unbound)?;
        if lists.iter().any(|(_, seq)| self.terms.len(*seq) != count) {
            return Err(Stop::Undefined);
        }
        let before: Vec<Option<Term>> = lists.iter().map(|(inner, _)| env.slots[inner.index()]).collect();
        let index_before = index.map(|var| env.slots[var.index()]);
        let mut results = Vec::with_capacity(count.min(1 << 16));
        let mut stop = None;
        for i in 0..count {
            if let Err(e) = self.step() {
                stop = Some(e);
                break;
            }
            for (inner, seq) in &lists {
                env.slots[inner.index()] = self.terms.get(*seq, i);
            }
            if let Some(var) = index {
                env.slots[var.index()] = Some(self.terms.nat(i as u64));
            }
            match body(self, env) {
                Ok(result) => results.push(result),
                Err(e) => {
                    stop = Some(e);
                    break;
                }
            }
        }
        for ((inner, _), before) in lists.iter().zip(before) {
            env.slots[inner.index()] = before;
        }
        if let (Some(var), Some(before)) = (index, index_before) {
            env.slots[var.index()] = before;
        }
        stop.map_or(Ok(results), Err)
    }

    /// `a ++ b` of records: field by field.
    fn compose(&mut self, a: Term, b: Term) -> Eval<Term> {
        match (self.terms.view(a), self.terms.view(b)) {
            (View::Str(x), View::Str(y)) if x.len() == y.len() => {
                let pairs: Vec<(Term, Term)> = x.iter().copied().zip(y.iter().copied()).collect();
                let mut fields = Vec::with_capacity(pairs.len());
                for (x, y) in pairs {
                    fields.push(self.compose(x, y)?);
                }
                Ok(self.terms.record(&fields))
            }
            (View::Seq(_), View::Seq(_)) => self.cat(a, b),
            _ => Err(Stop::Undefined),
        }
    }

    /// A value with another at a path.
    fn update(
        &mut self,
        env: &mut Env,
        whole: Term,
        path: &[Path],
        change: &mut dyn FnMut(&mut Self, Term) -> Eval<Term>,
    ) -> Eval<Term> {
        let Some((step, rest)) = path.split_first() else { return change(self, whole) };
        match step {
            Path::Dot(field) => {
                let View::Str(fields) = self.terms.view(whole) else { return Err(Stop::Undefined) };
                let mut fields = fields.to_vec();
                let old = *fields.get(*field).ok_or(Stop::Undefined)?;
                fields[*field] = self.update(env, old, rest, change)?;
                Ok(self.terms.record(&fields))
            }
            Path::Idx(i) => {
                let i = self.eval(env, i)?;
                let i = self.count(i)?;
                let old = self.terms.get(whole, i).ok_or(Stop::Undefined)?;
                let new = self.update(env, old, rest, change)?;
                self.terms.set(whole, i, new).ok_or(Stop::Undefined)
            }
            Path::Slice(i, n) => {
                let (i, n) = (self.eval(env, i)?, self.eval(env, n)?);
                let (i, n) = (self.count(i)?, self.count(n)?);
                let old = self.terms.slice(whole, i, n).ok_or(Stop::Undefined)?;
                let old = self.terms.seq(&old);
                let new = self.update(env, old, rest, change)?;
                let new = self.elements(new)?;
                if new.len() == n {
                    // In place, so that all but a path is shared.
                    let mut whole = whole;
                    for (j, element) in new.into_iter().enumerate() {
                        whole = self.terms.set(whole, i + j, element).ok_or(Stop::Undefined)?;
                    }
                    return Ok(whole);
                }
                let mut all = self.elements(whole)?;
                all.splice(i..i + n, new);
                Ok(self.terms.seq(&all))
            }
        }
    }

    fn unary(&mut self, env: &mut Env, op: UnOp, e: &Exp) -> Eval<Term> {
        let term = self.eval(env, e)?;
        match op {
            UnOp::Not => {
                let truth = self.truth(term)?;
                Ok(self.terms.bool(!truth))
            }
            UnOp::Plus => Ok(term),
            UnOp::Minus => {
                let negated = self.number(term)?.negated();
                Ok(self.terms.number(negated))
            }
            // Clauses with alternate signs have been made two.
            UnOp::PlusMinus | UnOp::MinusPlus => Err(Stop::Unbound),
        }
    }

    fn binary(&mut self, env: &mut Env, op: BinOp, typ: OpTyp, a: &Exp, b: &Exp) -> Eval<Term> {
        let OpTyp::Num(_) = typ else {
            let first = self.holds(env, a)?;
            let result = match (op, first) {
                (BinOp::And, false) => false,
                (BinOp::Or, true) | (BinOp::Impl, false) => true,
                (BinOp::Equiv, first) => first == self.holds(env, b)?,
                _ => self.holds(env, b)?,
            };
            return Ok(self.terms.bool(result));
        };
        let (a, b) = (self.eval(env, a)?, self.eval(env, b)?);
        if let (View::Nat(a), View::Nat(b)) = (self.terms.view(a), self.terms.view(b)) {
            let (a, b) = (u64::from(a), u64::from(b));
            match op {
                BinOp::Add => return Ok(self.terms.nat(a + b)),
                BinOp::Mul => return Ok(self.terms.nat(a * b)),
                BinOp::Sub if a >= b => return Ok(self.terms.nat(a - b)),
                BinOp::Div if b != 0 && a % b == 0 => return Ok(self.terms.nat(a / b)),
                BinOp::Mod if b != 0 => return Ok(self.terms.nat(a % b)),
                BinOp::Pow if a == 2 && b < 64 => return Ok(self.terms.nat(1 << b)),
                _ => {}
            }
        }
        let result = Number::apply(op, &self.number(a)?, &self.number(b)?).ok_or(Stop::Undefined)?;
        Ok(self.terms.number(result))
    }

    fn compare(&self, op: CmpOp, a: Term, b: Term) -> Eval<bool> {
        let order = match (self.terms.view(a), self.terms.view(b)) {
            (View::Nat(a), View::Nat(b)) => a.cmp(&b),
            _ => self.number(a)?.compare(&self.number(b)?),
        };
        Ok(op.holds(order))
    }

    pub(super) fn function(&self, env: &Env, fun: FunRef) -> Eval<FunId> {
        match fun {
            FunRef::Fun(fun) => Ok(fun),
            FunRef::Param(var) => {
                env.funs.iter().find(|(param, _)| *param == var).map(|(_, fun)| *fun).ok_or(Stop::Unbound)
            }
        }
    }

    pub(super) fn call_exp(&mut self, env: &mut Env, fun: FunRef, args: &[Arg]) -> Eval<Term> {
        let fun = self.function(env, fun)?;
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(match arg {
                Arg::Exp(exp) => Value::Term(self.eval(env, exp)?),
                Arg::Def(fun) => Value::Fun(self.function(env, *fun)?),
                Arg::Typ(_) | Arg::Gram(_) => Value::Erased,
            });
        }
        self.call(fun, values)
    }

    /// The value of a function.
    pub fn call(&mut self, fun: FunId, args: Vec<Value>) -> Eval<Term> {
        let def = &self.script.funs[fun.index()];
        if def.clauses.is_empty() {
            return self.builtins.call(&def.name, &args, &mut self.terms).unwrap_or(Err(Stop::Missing(fun)));
        }
        self.step()?;
        let key = (fun, args);
        if let Some(known) = self.calls.get(&key) {
            return Ok(*known);
        }
        // The premises of a function are its own.
        let given = self.given.take();
        let result = self.deeper(|machine| machine.by_clauses(fun, &key.1));
        self.given = given;
        let result = result?;
        if self.calls.len() >= REMEMBERED {
            self.calls.clear();
        }
        self.calls.insert(key, result);
        Ok(result)
    }

    /// The clauses of a function in which something is not determined by the arguments.
    pub fn undetermined_clauses(&self, fun: FunId) -> Vec<usize> {
        let clauses = &self.script.funs[fun.index()].clauses;
        (0..clauses.len()).filter(|i| self.plan_clause(&clauses[*i]).is_stuck()).collect()
    }

    /// The result of the first clause that matches and whose premises hold.
    fn by_clauses(&mut self, fun: FunId, args: &[Value]) -> Eval<Term> {
        let script = self.script;
        let plans = match self.clauses.get(&fun) {
            Some(plans) => plans.clone(),
            None => {
                let plans = script.funs[fun.index()].clauses.iter().map(|clause| self.plan_clause(clause));
                let plans = Rc::new(plans.collect::<Vec<_>>());
                self.clauses.insert(fun, plans.clone());
                plans
            }
        };
        for (clause, plan) in script.funs[fun.index()].clauses.iter().zip(plans.iter()) {
            let inputs = args.iter().map(|arg| match arg {
                Value::Term(term) => Some(*term),
                _ => None,
            });
            let mut env = self.spare.pop().unwrap_or_default();
            env.renew(plan.slots, inputs);
            for (pattern, arg) in clause.args.iter().zip(args) {
                if let (Arg::Def(FunRef::Param(var)), Value::Fun(fun)) = (pattern, arg) {
                    env.funs.push((*var, *fun));
                }
            }
            let mut result = None;
            let found = self.run(&plan.steps, &mut env, &mut |machine, env| {
                result = Some(machine.eval(env, &clause.exp)?);
                Ok(true)
            });
            self.spare.push(env);
            match (found, result) {
                (Ok(true), Some(result)) => return Ok(result),
                (Ok(_), _) => {}
                (Err(stop), _) => return Err(stop),
            }
        }
        Err(Stop::Undefined)
    }
}
