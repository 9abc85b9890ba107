//! Values against patterns.

use super::{Env, Eval, Machine, Stop};
use crate::ast::UnOp;
use crate::il::{Exp, ExpKind as K, Iter, MixId, Typ, VarId};
use crate::term::{Term, View};

/// What is done with a match: `true` ends the search, `false` asks for another match.
pub(super) type Found<'f> = &'f mut dyn FnMut(&mut Machine<'_>, &mut Env) -> Eval<bool>;

/// What remains to be matched.
#[derive(Clone, Copy)]
struct Rest<'r> {
    patterns: &'r [Exp],
    values: &'r [Term],
    next: Option<&'r Rest<'r>>,
}

/// Parts of a term, copied out of the table; few need no memory of their own.
enum Copied {
    Few([Term; 8], usize),
    Many(Vec<Term>),
}

impl Copied {
    fn of(parts: &[Term]) -> Copied {
        match parts.first() {
            Some(first) if parts.len() <= 8 => {
                let mut few = [*first; 8];
                few[..parts.len()].copy_from_slice(parts);
                Copied::Few(few, parts.len())
            }
            _ => Copied::Many(parts.to_vec()),
        }
    }

    fn get(&self) -> &[Term] {
        match self {
            Copied::Few(few, len) => &few[..*len],
            Copied::Many(many) => many,
        }
    }
}

/// The case that the first element of a sequence has to be, if a pattern says so.
fn first_case(pattern: &Exp) -> Option<MixId> {
    match pattern.kind() {
        K::Cat(a, _) => first_case(a),
        K::List(patterns) => match patterns.first()?.plain().kind() {
            K::Case(mixop, _) => Some(*mixop),
            _ => None,
        },
        _ => None,
    }
}

impl Machine<'_> {
    /// Finds matches of a value.
    pub(super) fn matches(&mut self, env: &mut Env, pattern: &Exp, value: Term, found: Found) -> Eval<bool> {
        self.pattern(env, pattern, value, None, found)
    }

    fn rest(&mut self, env: &mut Env, rest: Option<&Rest>, found: Found) -> Eval<bool> {
        let Some(Rest { patterns, values, next }) = rest else {
            return found(self, env);
        };
        match (patterns.split_first(), values.split_first()) {
            (Some((pattern, patterns)), Some((value, values))) => {
                let more = Rest { patterns, values, next: *next };
                self.pattern(env, pattern, *value, Some(&more), found)
            }
            _ => self.rest(env, *next, found),
        }
    }

    fn many(
        &mut self,
        env: &mut Env,
        patterns: &[Exp],
        values: &[Term],
        rest: Option<&Rest>,
        found: Found,
    ) -> Eval<bool> {
        if patterns.len() != values.len() {
            return Ok(false);
        }
        self.rest(env, Some(&Rest { patterns, values, next: rest }), found)
    }

    fn pattern(&mut self, env: &mut Env, pattern: &Exp, value: Term, rest: Option<&Rest>, found: Found) -> Eval<bool> {
        self.step()?;
        let mark = env.trail.len();
        let matched = self.pattern_at(env, pattern, value, rest, found);
        if !matches!(matched, Ok(true)) {
            env.undo(mark);
        }
        matched
    }

    fn pattern_at(
        &mut self,
        env: &mut Env,
        pattern: &Exp,
        value: Term,
        rest: Option<&Rest>,
        found: Found,
    ) -> Eval<bool> {
        match pattern.kind() {
            K::Var(var) => match env.bind(*var, value) {
                true => self.rest(env, rest, found),
                false => Ok(false),
            },
            K::Sub(inner) => match self.is_of(value, inner.typ()) {
                true => self.pattern(env, inner, value, rest, found),
                false => Ok(false),
            },
            K::Lift(inner) => self.pattern(env, inner, value, rest, found),
            K::Cvt(from, _, inner) => match self.number(value) {
                Ok(n) if n.is(*from) => self.pattern(env, inner, value, rest, found),
                _ => Ok(false),
            },
            K::Case(mixop, patterns) => match self.terms.view(value) {
                View::Case(other, values) if other == *mixop => {
                    let values = Copied::of(values);
                    self.many(env, patterns, values.get(), rest, found)
                }
                _ => Ok(false),
            },
            K::Tup(patterns) => match self.terms.view(value) {
                View::Tup(values) => {
                    let values = Copied::of(values);
                    self.many(env, patterns, values.get(), rest, found)
                }
                _ => Ok(false),
            },
            K::Str(patterns) => match self.terms.view(value) {
                View::Str(values) => {
                    let values = Copied::of(values);
                    self.many(env, patterns, values.get(), rest, found)
                }
                _ => Ok(false),
            },
            K::List(patterns) => {
                if self.terms.len(value) != patterns.len() {
                    return Ok(false);
                }
                let values = self.elements(value)?;
                self.many(env, patterns, &values, rest, found)
            }
            K::Opt(pattern) => match (pattern, self.terms.len(value)) {
                (None, 0) => self.rest(env, rest, found),
                (Some(pattern), 1) => {
                    let Some(element) = self.terms.get(value, 0) else { return Ok(false) };
                    self.pattern(env, pattern, element, rest, found)
                }
                _ => Ok(false),
            },
            K::Cat(a, b) => self.split(env, a, b, value, rest, found),
            K::Iter(body, iter, doms) => match self.match_iter(env, body, iter, doms, value)? {
                true => self.rest(env, rest, found),
                false => Ok(false),
            },
            K::Un(op @ (UnOp::Plus | UnOp::Minus), inner) => {
                let Ok(n) = self.number(value) else { return Ok(false) };
                if n.is_negative() != (*op == UnOp::Minus) {
                    return Ok(false);
                }
                let value = if *op == UnOp::Minus { self.terms.number(n.negated()) } else { value };
                self.pattern(env, inner, value, rest, found)
            }
            K::Num(n) => match self.literal(n) == value {
                true => self.rest(env, rest, found),
                false => Ok(false),
            },
            _ => match self.eval(env, pattern)? == value {
                true => self.rest(env, rest, found),
                false => Ok(false),
            },
        }
    }

    /// The length that a pattern has, if it has one.
    fn length(&mut self, env: &mut Env, pattern: &Exp) -> Option<usize> {
        match pattern.kind() {
            K::List(patterns) => Some(patterns.len()),
            K::Opt(pattern) => Some(usize::from(pattern.is_some())),
            K::Sub(inner) | K::Lift(inner) => self.length(env, inner),
            K::Cat(a, b) => Some(self.length(env, a)? + self.length(env, b)?),
            K::Var(var) => env.get(*var).ok().map(|seq| self.terms.len(seq)),
            K::Iter(_, iter, doms) => {
                if let Iter::ListN(count, _) = iter
                    && let Ok(count) = self.eval(env, count)
                {
                    return self.count(count).ok();
                }
                doms.iter().find_map(|(_, outer)| env.get(*outer).ok()).map(|seq| self.terms.len(seq))
            }
            _ => None,
        }
    }

    /// A sequence as two after one another.
    fn split(&mut self, env: &mut Env, a: &Exp, b: &Exp, value: Term, rest: Option<&Rest>, found: Found) -> Eval<bool> {
        let len = self.terms.len(value);
        let (first, second) = (self.length(env, a), self.length(env, b));
        let range = match (first, second) {
            (Some(n), Some(m)) if n + m != len => return Ok(false),
            (Some(n), _) if n > len => return Ok(false),
            (_, Some(m)) if m > len => return Ok(false),
            (Some(n), _) => n..=n,
            (_, Some(m)) => len - m..=len - m,
            _ => match self.guide.pop() {
                Some(n) if n <= len => n..=n,
                Some(_) => return Ok(false),
                None => 0..=len,
            },
        };
        let elements = self.elements(value)?;
        // Splits that cannot succeed are not tried: beyond the elements of the type of the first part, and before another
        // case than the one that the second part begins with.
        let most = match a.kind() {
            K::Iter(body, ..) if let K::Sub(inner) = body.kind() => {
                let typ = inner.typ().clone();
                elements.iter().take_while(|element| self.is_of(**element, &typ)).count()
            }
            _ => len,
        };
        let head = first_case(b);
        for i in range {
            if i > most {
                break;
            }
            if let Some(head) = head
                && !elements.get(i).is_some_and(|e| matches!(self.terms.view(*e), View::Case(m, _) if m == head))
            {
                continue;
            }
            let (x, y) = (self.terms.seq(&elements[..i]), self.terms.seq(&elements[i..]));
            let more = Rest { patterns: std::slice::from_ref(b), values: &[y], next: rest };
            if self.pattern(env, a, x, Some(&more), found)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A sequence as an iteration. Each element is matched in the first way in which it can be.
    fn match_iter(
        &mut self,
        env: &mut Env,
        body: &Exp,
        iter: &Iter,
        doms: &[(VarId, VarId)],
        value: Term,
    ) -> Eval<bool> {
        let len = self.terms.len(value);
        let mut index = None;
        match iter {
            Iter::Opt if len > 1 => return Ok(false),
            Iter::List1 if len == 0 => return Ok(false),
            Iter::ListN(count, var) => {
                let n = self.terms.nat(len as u64);
                let matched = self.matches(env, count, n, &mut |_, _| Ok(true))?;
                if !matched {
                    return Ok(false);
                }
                index = *var;
            }
            _ => {}
        }
        // Variables alone take the whole sequence.
        let (inner, typ): (&Exp, Option<&Typ>) = match body.kind() {
            K::Sub(inner) => (inner, Some(inner.typ())),
            _ => (body, None),
        };
        if let (K::Var(var), [(element, outer)]) = (inner.kind(), doms)
            && var == element
        {
            if let Some(typ) = typ
                && !self.elements(value)?.into_iter().all(|element| self.is_of(element, typ))
            {
                return Ok(false);
            }
            return Ok(env.bind(*outer, value));
        }
        let elements = self.elements(value)?;
        let known: Vec<Option<Term>> = doms.iter().map(|(_, outer)| env.slots[outer.index()]).collect();
        if known.iter().flatten().any(|seq| self.terms.len(*seq) != len) {
            return Ok(false);
        }
        let mut columns: Vec<Vec<Term>> = vec![Vec::with_capacity(len); doms.len()];
        for (i, element) in elements.into_iter().enumerate() {
            for ((inner, _), known) in doms.iter().zip(&known) {
                env.slots[inner.index()] = known.and_then(|seq| self.terms.get(seq, i));
            }
            if let Some(var) = index {
                env.slots[var.index()] = Some(self.terms.nat(i as u64));
            }
            let mark = env.trail.len();
            let matched = self.matches(env, body, element, &mut |_, _| Ok(true));
            let values: Vec<Option<Term>> = doms.iter().map(|(inner, _)| env.slots[inner.index()]).collect();
            // What is bound apart from the elements stays bound.
            let kept: Vec<VarId> =
                env.trail.drain(mark..).filter(|var| !doms.iter().any(|(inner, _)| inner == var)).collect();
            env.trail.extend(kept);
            doms.iter().for_each(|(inner, _)| env.slots[inner.index()] = None);
            if let Some(var) = index {
                env.slots[var.index()] = None;
            }
            if !matched? {
                return Ok(false);
            }
            for (column, value) in columns.iter_mut().zip(values) {
                column.push(value.ok_or(Stop::Unbound)?);
            }
        }
        for ((_, outer), column) in doms.iter().zip(columns) {
            let seq = self.terms.seq(&column);
            if !env.bind(*outer, seq) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
