//! Expressions whose types follow from themselves.

use super::equiv::lub;
use super::scope::{Local, Scope};
use super::{Elab, Fail, Res};
use crate::ast::{self, BinOp, CmpOp, ExpKind, Ident, NumTyp, UnOp};
use crate::il::{Exp, ExpKind as K, FunRef, Iter, IterTyp, OpTyp, Path, Typ, VarId};
use crate::map::Map;
use crate::source::Span;

const NAT: Typ = Typ::Num(NumTyp::Nat);

impl Elab<'_> {
    /// The variable that an identifier is. `None` if it is an atom.
    pub(super) fn variable(&self, scope: &mut Scope, id: &Ident) -> Option<VarId> {
        if let Some(var) = scope.get(&id.name) {
            return Some(var);
        }
        let typ = self.declared(scope, &id.name);
        if typ.is_none() && id.upper {
            return None;
        }
        Some(scope.add(id.name.clone(), Local::Exp(typ)))
    }

    /// An expression whose type is not known from outside.
    pub(super) fn infer(&self, scope: &mut Scope, exp: &ast::Exp) -> Res<Exp> {
        self.attempt(scope, exp.span)?;
        let inferred = self.infer_at(scope, exp);
        scope.depth -= 1;
        inferred
    }

    fn infer_at(&self, scope: &mut Scope, exp: &ast::Exp) -> Res<Exp> {
        let span = exp.span;
        match &exp.kind {
            ExpKind::Id(id) => match self.variable(scope, id) {
                Some(var) => match scope.local(var) {
                    Local::Exp(Some(typ)) | Local::Index(typ) => Ok(Exp::new(K::Var(var), typ.clone())),
                    Local::Exp(None) => {
                        Err(Fail::unknown(span, format!("the type of `{}` is not known here", id.name)))
                    }
                    _ => Err(Fail::new(span, format!("`{}` is no value", id.name))),
                },
                None => {
                    Err(Fail::unknown(span, format!("which type the atom `{}` belongs to is not known here", id.name)))
                }
            },
            ExpKind::Bool(b) => Ok(Exp::new(K::Bool(*b), Typ::Bool)),
            ExpKind::Num(n) => Ok(Exp::new(K::Num(n.clone()), NAT)),
            ExpKind::Text(text) => Ok(Exp::new(K::Text(text.clone()), Typ::Text)),
            ExpKind::Paren(inner) | ExpKind::Arith(inner) => self.infer(scope, inner),
            ExpKind::Tup(exps) => {
                let exps = exps.iter().map(|exp| self.infer(scope, exp)).collect::<Res<Vec<Exp>>>()?;
                let typ = Typ::Tup(exps.iter().map(|exp| exp.typ().clone()).collect());
                Ok(Exp::new(K::Tup(exps), typ))
            }
            ExpKind::Seq(exps) | ExpKind::List(exps) => {
                let first = exps.iter().find_map(|exp| self.infer(scope, exp).ok());
                let Some(first) = first else {
                    return Err(Fail::unknown(span, "the type of this sequence is not known here".to_owned()));
                };
                let element = match (&exp.kind, self.head(first.typ())) {
                    (ExpKind::Seq(_), Typ::Iter(element, _)) => (*element).clone(),
                    _ => first.typ().clone(),
                };
                self.check(scope, exp, &Typ::Iter(element.into(), IterTyp::List))
            }
            ExpKind::Iter(body, iter) => {
                let (body, iter, typ) =
                    self.iterated(scope, body, iter, |elab, scope, body| elab.infer(scope, body))?;
                let typ = Typ::Iter(body.typ().clone().into(), typ);
                Ok(Exp::new(K::Iter(body, iter, Vec::new()), typ))
            }
            ExpKind::Call(id, args) => self.call(scope, id, args, span),
            ExpKind::Un(op, inner) => self.unary(scope, *op, inner),
            ExpKind::Bin(op, a, b) => self.binary(scope, *op, a, b),
            ExpKind::Cmp(op, a, b) => self.compare(scope, *op, a, b),
            ExpKind::Mem(is, a, b) => {
                let mem = self.member(scope, a, b)?;
                Ok(if *is { mem } else { Exp::new(K::Un(UnOp::Not, mem), Typ::Bool) })
            }
            ExpKind::Cvt(to, inner) => {
                let inner = self.infer(scope, inner)?;
                let (inner, from) = self.number(&inner, span)?;
                Ok(convert(inner, from, *to))
            }
            ExpKind::Len(inner) => {
                let inner = self.infer(scope, inner)?;
                Ok(Exp::new(K::Len(self.as_list(inner, span)?), NAT))
            }
            ExpKind::GramLen(_) => Ok(Exp::new(K::GramLen, NAT)),
            ExpKind::Idx(inner, i) => {
                let list = self.infer(scope, inner)?;
                let list = self.as_list(list, inner.span)?;
                let i = self.check(scope, i, &NAT)?;
                let element = self.element(list.typ(), inner.span)?;
                Ok(Exp::new(K::Idx(list, i), element))
            }
            ExpKind::Slice(inner, i, n) => {
                let list = self.infer(scope, inner)?;
                let list = self.as_list(list, inner.span)?;
                let (i, n) = (self.check(scope, i, &NAT)?, self.check(scope, n, &NAT)?);
                let typ = list.typ().clone();
                Ok(Exp::new(K::Slice(list, i, n), typ))
            }
            ExpKind::Dot(inner, atom) => {
                let inner = self.infer(scope, inner)?;
                let (field, typ) = self.field(inner.typ(), atom)?;
                Ok(Exp::new(K::Dot(inner, field), typ))
            }
            ExpKind::Upd(inner, ..) | ExpKind::Ext(inner, ..) | ExpKind::Comma(inner, ..) => {
                let typ = self.infer(scope, inner)?.typ().clone();
                self.check(scope, exp, &typ)
            }
            ExpKind::Cat(a, b) => {
                let first = self.infer(scope, a).or_else(|_| self.infer(scope, b));
                let typ = match first?.typ() {
                    Typ::Iter(element, IterTyp::Opt) => Typ::Iter(element.clone(), IterTyp::List),
                    typ => typ.clone(),
                };
                self.check(scope, exp, &typ)
            }
            ExpKind::Eps => Err(Fail::unknown(span, "the type of this empty sequence is not known here".to_owned())),
            ExpKind::App(..) | ExpKind::Infix(_) | ExpKind::Brack(..) | ExpKind::Str(_) | ExpKind::Atom(_) => {
                Err(Fail::unknown(span, "the type of this notation is not known here".to_owned()))
            }
        }
    }

    /// The body and the iteration of an iterated expression or premise.
    pub(super) fn iterated<B: ?Sized, T>(
        &self,
        scope: &mut Scope,
        body: &B,
        iter: &ast::Iter,
        elaborate: impl FnOnce(&Self, &mut Scope, &B) -> Res<T>,
    ) -> Res<(T, Iter, IterTyp)> {
        Ok(match iter {
            ast::Iter::Opt => (elaborate(self, scope, body)?, Iter::Opt, IterTyp::Opt),
            ast::Iter::List => (elaborate(self, scope, body)?, Iter::List, IterTyp::List),
            ast::Iter::List1 => (elaborate(self, scope, body)?, Iter::List1, IterTyp::List),
            ast::Iter::ListN(count, None) => {
                let body = elaborate(self, scope, body)?;
                (body, Iter::ListN(self.check(scope, count, &NAT)?, None), IterTyp::List)
            }
            ast::Iter::ListN(count, Some(id)) => {
                let count = self.check(scope, count, &NAT)?;
                let (var, before) = scope.shadow(&id.name, Local::Index(NAT));
                let body = elaborate(self, scope, body);
                scope.unshadow(&id.name, before);
                (body?, Iter::ListN(count, Some(var)), IterTyp::List)
            }
        })
    }

    /// An expression that is a list, apart from refinements.
    pub(super) fn as_list(&self, exp: Exp, span: Span) -> Res<Exp> {
        let typ = self.carrier(exp.typ());
        match &typ {
            Typ::Iter(..) if *exp.typ() == typ => Ok(exp),
            Typ::Iter(..) => Ok(Exp::new(K::Sub(exp), typ)),
            _ => Err(Fail::new(span, format!("this is a {}, and no sequence", self.show(exp.typ())))),
        }
    }

    fn element(&self, typ: &Typ, span: Span) -> Res<Typ> {
        match self.sequence(typ) {
            Some((element, _)) => Ok((*element).clone()),
            None => Err(Fail::new(span, format!("this is a {}, and no sequence", self.show(typ)))),
        }
    }

    /// The number and the type of a field.
    pub(super) fn field(&self, typ: &Typ, atom: &Ident) -> Res<(usize, Typ)> {
        let head = self.carrier(typ);
        let Some(fields) = self.record(&head) else {
            return Err(Fail::new(atom.span, format!("this is a {}, and no record", self.show(typ))));
        };
        let none = || Fail::new(atom.span, format!("a {} has no field `{}`", self.show(typ), atom.name));
        fields
            .into_iter()
            .enumerate()
            .find(|(_, (name, _))| *name == atom.name)
            .map(|(i, (_, typ))| (i, typ))
            .ok_or_else(none)
    }

    /// A path into a type, and the type of what it leads to.
    pub(super) fn path(&self, scope: &mut Scope, typ: &Typ, path: &[ast::Path], span: Span) -> Res<(Vec<Path>, Typ)> {
        let mut typ = typ.clone();
        let mut steps = Vec::new();
        for step in path {
            steps.push(match step {
                ast::Path::Dot(atom) => {
                    let (field, next) = self.field(&typ, atom)?;
                    typ = next;
                    Path::Dot(field)
                }
                ast::Path::Idx(i) => {
                    typ = self.element(&typ, span)?;
                    Path::Idx(self.check(scope, i, &NAT)?)
                }
                ast::Path::Slice(i, n) => {
                    typ = self.carrier(&typ);
                    Path::Slice(self.check(scope, i, &NAT)?, self.check(scope, n, &NAT)?)
                }
            });
        }
        Ok((steps, typ))
    }

    fn call(&self, scope: &mut Scope, id: &Ident, args: &[ast::Arg], span: Span) -> Res<Exp> {
        let fun = self.fun_ref(scope, id)?;
        let (args, subst, typ) = match fun {
            FunRef::Fun(fun) => {
                let def = &self.script.funs[fun.index()];
                let (args, subst) = self.args(scope, &def.params, args, span)?;
                (args, subst, def.typ.clone())
            }
            FunRef::Param(var) => {
                let Local::Def(sig, outer) = scope.local(var).clone() else {
                    return Err(Fail::new(span, format!("`${}` is no function", id.name)));
                };
                let (args, subst) = self.args_from(scope, &sig.params, args, span, (*outer).clone())?;
                (args, subst, sig.typ.clone())
            }
        };
        Ok(Exp::new(K::Call(fun, args), (&subst).typ(&typ)))
    }

    fn unary(&self, scope: &mut Scope, op: UnOp, inner: &ast::Exp) -> Res<Exp> {
        if op == UnOp::Not {
            let inner = self.check(scope, inner, &Typ::Bool)?;
            return Ok(Exp::new(K::Un(op, inner), Typ::Bool));
        }
        let span = inner.span;
        let mark = scope.mark();
        let inner = match self.infer(scope, inner) {
            // What is known to have a sign in front is an absolute value.
            Err(fail) if fail.unknown => {
                scope.reset(mark);
                self.check(scope, inner, &NAT)?
            }
            inferred => inferred?,
        };
        let (inner, typ) = self.number(&inner, span)?;
        let to = lub(typ, NumTyp::Int);
        Ok(Exp::new(K::Un(op, convert(inner, typ, to)), Typ::Num(to)))
    }

    fn binary(&self, scope: &mut Scope, op: BinOp, a: &ast::Exp, b: &ast::Exp) -> Res<Exp> {
        if matches!(op, BinOp::And | BinOp::Or | BinOp::Impl | BinOp::Equiv) {
            // What stands later may tell the types of what stands before.
            let mark = scope.mark();
            let (a, b) = match self.check(scope, a, &Typ::Bool) {
                Ok(first) => (first, self.check(scope, b, &Typ::Bool)?),
                Err(fail) if fail.unknown => {
                    scope.reset(mark);
                    let second = self.check(scope, b, &Typ::Bool)?;
                    (self.check(scope, a, &Typ::Bool)?, second)
                }
                Err(fail) => return Err(fail),
            };
            return Ok(Exp::new(K::Bin(op, OpTyp::Any, a, b), Typ::Bool));
        }
        let ((x, from_x), (y, from_y)) = self.numbers(scope, a, b)?;
        // The first operand decides, so that `i + n/8` is undefined where 8 does not divide `n`.
        let typ = match op {
            BinOp::Sub => lub(from_x, NumTyp::Int),
            BinOp::Div => lub(from_x, NumTyp::Rat),
            _ => from_x,
        };
        let (x, y) = (convert(x, from_x, typ), convert(y, from_y, typ));
        Ok(Exp::new(K::Bin(op, OpTyp::Num(typ), x, y), Typ::Num(typ)))
    }

    /// Two numbers; a variable whose type is not known yet gets the type of the other.
    fn numbers(&self, scope: &mut Scope, a: &ast::Exp, b: &ast::Exp) -> Res<((Exp, NumTyp), (Exp, NumTyp))> {
        let (x, y) = match (self.infer(scope, a), self.infer(scope, b)) {
            (Ok(x), Ok(y)) => (x, y),
            (Ok(x), Err(fail)) if fail.unknown => {
                let y = self.check(scope, b, &Typ::Num(self.number(&x, a.span)?.1))?;
                (x, y)
            }
            (Err(fail), Ok(y)) if fail.unknown => (self.check(scope, a, &Typ::Num(self.number(&y, b.span)?.1))?, y),
            (Err(fail), _) | (_, Err(fail)) => return Err(fail),
        };
        Ok((self.number(&x, a.span)?, self.number(&y, b.span)?))
    }

    /// A number apart from refinements, and its type.
    pub(super) fn number(&self, exp: &Exp, span: Span) -> Res<(Exp, NumTyp)> {
        match (self.head(exp.typ()), self.carrier(exp.typ())) {
            (head, Typ::Num(typ)) if head == Typ::Num(typ) => Ok((exp.clone(), typ)),
            (_, Typ::Num(typ)) => Ok((Exp::new(K::Sub(exp.clone()), Typ::Num(typ)), typ)),
            _ => Err(Fail::new(span, format!("this is a {}, and no number", self.show(exp.typ())))),
        }
    }

    fn compare(&self, scope: &mut Scope, op: CmpOp, a: &ast::Exp, b: &ast::Exp) -> Res<Exp> {
        if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            let ((x, from_x), (y, from_y)) = self.numbers(scope, a, b)?;
            let typ = lub(from_x, from_y);
            let kind = K::Cmp(op, OpTyp::Num(typ), convert(x, from_x, typ), convert(y, from_y, typ));
            return Ok(Exp::new(kind, Typ::Bool));
        }
        let mark = scope.mark();
        let (left, right) = (self.infer(scope, a), self.infer(scope, b));
        if let (Ok(x), Ok(y)) = (&left, &right)
            && let (Ok((x, from_x)), Ok((y, from_y))) = (self.number(x, a.span), self.number(y, b.span))
        {
            let typ = lub(from_x, from_y);
            return Ok(Exp::new(K::Cmp(op, OpTyp::Any, convert(x, from_x, typ), convert(y, from_y, typ)), Typ::Bool));
        }
        scope.reset(mark);
        let mut unknown = true;
        let mut fails = Vec::new();
        for (known, first, second, swap) in [(left, a, b, false), (right, b, a, true)] {
            match known {
                Ok(_) => {
                    // Infer again, since the variables of the failed attempt are gone.
                    let attempt = self.infer(scope, first).and_then(|x| Ok((self.check(scope, second, x.typ())?, x)));
                    match attempt {
                        Ok((y, x)) => {
                            let (x, y) = if swap { (y, x) } else { (x, y) };
                            return Ok(Exp::new(K::Cmp(op, OpTyp::Any, x, y), Typ::Bool));
                        }
                        Err(fail) => {
                            unknown = fail.unknown;
                            fails.push(fail);
                        }
                    }
                    scope.reset(mark);
                }
                Err(fail) => fails.push(fail),
            }
        }
        let mut fail =
            fails.into_iter().max_by_key(|fail| !fail.unknown).unwrap_or_else(|| Fail::new(a.span, String::new()));
        fail.unknown &= unknown;
        Err(fail)
    }

    fn member(&self, scope: &mut Scope, a: &ast::Exp, b: &ast::Exp) -> Res<Exp> {
        let mark = scope.mark();
        let by_list = self.infer(scope, b).and_then(|list| {
            let list = self.as_list(list, b.span)?;
            let element = self.element(list.typ(), b.span)?;
            Ok((self.check(scope, a, &element)?, list))
        });
        let (x, list) = match by_list {
            Ok(pair) => pair,
            Err(fail) => {
                scope.reset(mark);
                let by_element = self.infer(scope, a).and_then(|x| {
                    let list = self.check(scope, b, &Typ::Iter(x.typ().clone().into(), IterTyp::List))?;
                    Ok((x, list))
                });
                by_element.map_err(|second| if second.unknown { fail } else { second })?
            }
        };
        Ok(Exp::new(K::Mem(x, list), Typ::Bool))
    }
}

/// A number as one of another type.
pub(super) fn convert(exp: Exp, from: NumTyp, to: NumTyp) -> Exp {
    if from == to { exp } else { Exp::new(K::Cvt(from, to, exp), Typ::Num(to)) }
}
