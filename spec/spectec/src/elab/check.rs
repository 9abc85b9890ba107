//! Expressions at types that are known from where they stand.

use std::borrow::Cow;

use super::equiv::CaseRef;
use super::infer::convert;
use super::scope::{Local, Scope};
use super::{Elab, Fail, Res};
use crate::ast::{self, ExpKind, Ident, NumTyp};
use crate::il::{Exp, ExpKind as K, IterTyp, Typ};
use crate::source::Span;

impl Elab<'_> {
    /// An expression of a type.
    pub(super) fn check(&self, scope: &mut Scope, exp: &ast::Exp, typ: &Typ) -> Res<Exp> {
        self.attempt(scope, exp.span)?;
        let checked = self.check_at(scope, exp, typ);
        scope.depth -= 1;
        checked
    }

    fn check_at(&self, scope: &mut Scope, exp: &ast::Exp, typ: &Typ) -> Res<Exp> {
        let span = exp.span;
        match &exp.kind {
            ExpKind::Id(id) => self.check_id(scope, exp, id, typ),
            ExpKind::Arith(inner) => self.check(scope, inner, typ),
            ExpKind::Paren(inner) => match self.head(typ) {
                // Parentheses make one element, where there may be several.
                Typ::Iter(element, iter) => {
                    let mark = scope.mark();
                    match self.check(scope, inner, &element) {
                        Ok(exp) => Ok(single(exp, iter, typ)),
                        Err(fail) => {
                            scope.reset(mark);
                            self.check(scope, inner, typ).map_err(|second| fail.or(second))
                        }
                    }
                }
                _ => self.check(scope, inner, typ),
            },
            ExpKind::Num(n) => self.coerce(Exp::new(K::Num(n.clone()), Typ::Num(NumTyp::Nat)), typ, span),
            ExpKind::Bool(_)
            | ExpKind::Text(_)
            | ExpKind::Call(..)
            | ExpKind::Un(..)
            | ExpKind::Bin(..)
            | ExpKind::Cmp(..)
            | ExpKind::Mem(..)
            | ExpKind::Cvt(..)
            | ExpKind::Len(_)
            | ExpKind::GramLen(_)
            | ExpKind::Idx(..)
            | ExpKind::Slice(..)
            | ExpKind::Dot(..) => {
                let exp = self.infer(scope, exp)?;
                self.coerce(exp, typ, span)
            }
            ExpKind::Eps
            | ExpKind::Seq(_)
            | ExpKind::Iter(..)
            | ExpKind::List(_)
            | ExpKind::Tup(_)
            | ExpKind::Str(_)
            | ExpKind::Cat(..)
            | ExpKind::Comma(..)
            | ExpKind::Upd(..)
            | ExpKind::Ext(..)
            | ExpKind::App(..)
            | ExpKind::Infix(_)
            | ExpKind::Brack(..)
            | ExpKind::Atom(_) => self.structure(scope, exp, typ),
        }
    }

    /// An expression whose meaning depends on what its type is.
    fn structure(&self, scope: &mut Scope, exp: &ast::Exp, typ: &Typ) -> Res<Exp> {
        let head = self.head(typ);
        if let Some(base) = self.base(&head) {
            // An update of a value of a refined type need not be one; it is inferred at that type.
            let exp = self.check(scope, exp, &base)?;
            return Ok(Exp::new(K::Sub(exp), typ.clone()));
        }
        match &head {
            Typ::Iter(element, iter) => self.check_sequence(scope, exp, element, *iter, typ),
            Typ::Tup(typs) => match &exp.kind {
                ExpKind::Tup(exps) if exps.len() == typs.len() => {
                    let exps = exps.iter().zip(typs.iter()).map(|(exp, typ)| self.check(scope, exp, typ));
                    Ok(Exp::new(K::Tup(exps.collect::<Res<_>>()?), typ.clone()))
                }
                _ => Err(self.mismatch(exp.span, typ)),
            },
            Typ::Var(..) => {
                if let Some(fields) = self.record(&head) {
                    return self.check_record(scope, exp, typ, &fields);
                }
                if self.variant(&head).is_some() {
                    return self.check_variant(scope, exp, &head, typ);
                }
                self.infer_instead(scope, exp, typ)
            }
            _ => self.infer_instead(scope, exp, typ),
        }
    }

    fn infer_instead(&self, scope: &mut Scope, exp: &ast::Exp, typ: &Typ) -> Res<Exp> {
        match self.infer(scope, exp) {
            Ok(inferred) => self.coerce(inferred, typ, exp.span),
            Err(fail) if !fail.unknown => Err(fail),
            Err(_) => Err(self.mismatch(exp.span, typ)),
        }
    }

    fn mismatch(&self, span: Span, typ: &Typ) -> Box<Fail> {
        Fail::new(span, format!("this is no {}", self.show(typ)))
    }

    fn check_id(&self, scope: &mut Scope, exp: &ast::Exp, id: &Ident, typ: &Typ) -> Res<Exp> {
        let span = exp.span;
        // An atom of the type goes before a variable of that name.
        if id.upper && scope.get(&id.name).is_none() {
            let mark = scope.mark();
            let head = self.head(typ);
            let element = match &head {
                Typ::Iter(element, _) => self.head(element),
                _ => head.clone(),
            };
            if let Some(variant) = self.variant(&self.carrier(&element))
                && !variant.candidates(&[&id.name]).is_empty()
                && let Ok(found) = self.structure(scope, exp, typ)
            {
                return Ok(found);
            }
            scope.reset(mark);
            if &*id.name == "_" {
                let var = scope.add("_".into(), Local::Exp(Some(typ.clone())));
                return Ok(Exp::new(K::Var(var), typ.clone()));
            }
        }
        let Some(var) = self.variable(scope, id) else { return self.structure(scope, exp, typ) };
        match scope.local(var).clone() {
            Local::Exp(None) => {
                // A variable stands for an element unless it is iterated.
                let mut element = typ.clone();
                while let Typ::Iter(inner, _) = self.head(&element) {
                    element = (*inner).clone();
                }
                scope.bind(var, element.clone());
                self.coerce(Exp::new(K::Var(var), element), typ, span)
            }
            Local::Exp(Some(known)) | Local::Index(known) => {
                let mark = scope.mark();
                self.coerce(Exp::new(K::Var(var), known), typ, span).or_else(|fail| {
                    // A notation of which this is the only part that stands there.
                    scope.reset(mark);
                    match self.variant(&self.head(typ)) {
                        Some(_) => self.structure(scope, exp, typ).map_err(|_| fail),
                        None => Err(fail),
                    }
                })
            }
            _ => Err(Fail::new(span, format!("`{}` is no value", id.name))),
        }
    }

    /// A sequence of elements.
    fn check_sequence(&self, scope: &mut Scope, exp: &ast::Exp, element: &Typ, iter: IterTyp, typ: &Typ) -> Res<Exp> {
        let mark = scope.mark();
        let first = self.check_elements(scope, exp, element, iter, typ);
        let Err(fail) = first else { return first };
        // All of it may be one element.
        scope.reset(mark);
        if matches!(exp.kind, ExpKind::Eps | ExpKind::List(_)) {
            return Err(fail);
        }
        let one = self.check(scope, exp, element).map_err(|second| fail.or(second))?;
        Ok(single(one, iter, typ))
    }

    fn check_elements(&self, scope: &mut Scope, exp: &ast::Exp, element: &Typ, iter: IterTyp, typ: &Typ) -> Res<Exp> {
        match (&exp.kind, iter) {
            (ExpKind::Eps, _) => Ok(empty(iter, typ)),
            (ExpKind::Seq(exps), IterTyp::List) => {
                let parts = exps.iter().map(|exp| self.check(scope, exp, typ)).collect::<Res<Vec<Exp>>>()?;
                Ok(concatenate(parts, typ))
            }
            (ExpKind::App(id, _), IterTyp::List) if self.variable(scope, id).is_some() => {
                let parts = flatten(exp);
                let parts = parts.iter().map(|exp| self.check(scope, exp, typ)).collect::<Res<Vec<Exp>>>()?;
                Ok(concatenate(parts, typ))
            }
            (ExpKind::List(exps), _) => {
                let exps = exps.iter().map(|exp| self.check(scope, exp, element)).collect::<Res<Vec<Exp>>>()?;
                match iter {
                    IterTyp::List => Ok(Exp::new(K::List(exps), typ.clone())),
                    IterTyp::Opt if exps.len() <= 1 => Ok(Exp::new(K::Opt(exps.first().cloned()), typ.clone())),
                    IterTyp::Opt => Err(Fail::new(exp.span, "an option has at most one element".to_owned())),
                }
            }
            (ExpKind::Iter(body, by), _) => {
                // A sequence that is one element as a whole, `t*` of a result type, is not one element at a time.
                if self.sequence(element).is_some() {
                    let mark = scope.mark();
                    let known = self.infer(scope, body).ok().map(|body| self.is_sub(body.typ(), element));
                    scope.reset(mark);
                    if known == Some(false)
                        && let Ok(one) = self.check(scope, exp, element)
                    {
                        return Ok(single(one, iter, typ));
                    }
                    scope.reset(mark);
                }
                let (body, by, found) =
                    self.iterated(scope, &**body, by, |elab, scope, body| elab.check(scope, body, element))?;
                let whole = Exp::new(K::Iter(body, by, Vec::new()), Typ::Iter(element.clone().into(), found));
                match (found, iter) {
                    (IterTyp::Opt, IterTyp::List) => Ok(Exp::new(K::Lift(whole), typ.clone())),
                    (IterTyp::List, IterTyp::Opt) => {
                        Err(Fail::new(exp.span, "this is a list, and no option".to_owned()))
                    }
                    _ => Ok(whole),
                }
            }
            (ExpKind::Cat(a, b), IterTyp::List) => {
                let (a, b) = (self.check(scope, a, typ)?, self.check(scope, b, typ)?);
                Ok(Exp::new(K::Cat(a, b), typ.clone()))
            }
            (ExpKind::Upd(inner, path, with) | ExpKind::Ext(inner, path, with), _) => {
                self.check_update(scope, exp, inner, path, with, typ)
            }
            (ExpKind::Id(_) | ExpKind::Infix(_) | ExpKind::Brack(..) | ExpKind::Atom(_) | ExpKind::App(..), _) => {
                Ok(single(self.check(scope, exp, element)?, iter, typ))
            }
            (ExpKind::Tup(_) | ExpKind::Str(_) | ExpKind::Comma(..), _) => {
                Ok(single(self.check(scope, exp, element)?, iter, typ))
            }
            _ => Err(self.mismatch(exp.span, typ)),
        }
    }

    /// `e[path = e]`, `e[path =++ e]`
    fn check_update(
        &self,
        scope: &mut Scope,
        whole: &ast::Exp,
        inner: &ast::Exp,
        path: &[ast::Path],
        with: &ast::Exp,
        typ: &Typ,
    ) -> Res<Exp> {
        let inner = self.check(scope, inner, typ)?;
        let (path, at) = self.path(scope, typ, path, whole.span)?;
        if matches!(whole.kind, ExpKind::Upd(..)) {
            let with = self.check(scope, with, &at)?;
            return Ok(Exp::new(K::Upd(inner, path, with), typ.clone()));
        }
        let carrier = self.carrier(&at);
        let with = self.check(scope, with, &carrier)?;
        Ok(Exp::new(K::Ext(inner, path, with), typ.clone()))
    }

    fn check_record(&self, scope: &mut Scope, exp: &ast::Exp, typ: &Typ, fields: &[(crate::Name, Typ)]) -> Res<Exp> {
        match &exp.kind {
            ExpKind::Str(given) => self.fields(scope, given, typ, fields, exp.span),
            ExpKind::Comma(inner, atom, value) => {
                let inner = self.check(scope, inner, typ)?;
                let given = [(atom.clone(), (**value).clone())];
                let with = self.fields(scope, &given, typ, fields, exp.span)?;
                Ok(Exp::new(K::Comp(inner, with), typ.clone()))
            }
            ExpKind::Cat(a, b) => {
                let (a, b) = (self.check(scope, a, typ)?, self.check(scope, b, typ)?);
                Ok(Exp::new(K::Comp(a, b), typ.clone()))
            }
            ExpKind::Upd(inner, path, with) | ExpKind::Ext(inner, path, with) => {
                self.check_update(scope, exp, inner, path, with, typ)
            }
            _ => Err(self.mismatch(exp.span, typ)),
        }
    }

    /// All fields of a record. Those that are not given are empty.
    fn fields(
        &self,
        scope: &mut Scope,
        given: &[(Ident, ast::Exp)],
        typ: &Typ,
        fields: &[(crate::Name, Typ)],
        span: Span,
    ) -> Res<Exp> {
        for (i, (atom, _)) in given.iter().enumerate() {
            if !fields.iter().any(|(name, _)| *name == atom.name) {
                return Err(Fail::new(atom.span, format!("a {} has no field `{}`", self.show(typ), atom.name)));
            }
            if given[..i].iter().any(|(other, _)| other.name == atom.name) {
                return Err(Fail::new(atom.span, format!("the field `{}` is given twice", atom.name)));
            }
        }
        let mut values: Vec<Option<Exp>> = vec![None; fields.len()];
        // In the order of the text, for the sake of variables.
        for (atom, exp) in given {
            let Some(i) = fields.iter().position(|(name, _)| *name == atom.name) else { continue };
            values[i] = Some(self.check(scope, exp, &fields[i].1)?);
        }
        let values = values.into_iter().zip(fields).map(|(value, (name, typ))| match value {
            Some(value) => Ok(value),
            None => self.nothing(typ, 0).ok_or_else(|| Fail::new(span, format!("the field `{name}` is missing"))),
        });
        Ok(Exp::new(K::Str(values.collect::<Res<_>>()?), typ.clone()))
    }

    /// The value of a type that stands where nothing does: an empty sequence, or a record of such.
    pub(super) fn nothing(&self, typ: &Typ, depth: u32) -> Option<Exp> {
        let head = self.head(typ);
        if let Some(base) = self.base(&head) {
            return Some(Exp::new(K::Sub(self.nothing(&base, depth)?), typ.clone()));
        }
        if let Typ::Iter(_, iter) = &head {
            return Some(empty(*iter, typ));
        }
        let fields = self.record(&head).filter(|_| depth < 8)?;
        let values = fields.iter().map(|(_, typ)| self.nothing(typ, depth + 1)).collect::<Option<Vec<Exp>>>()?;
        Some(Exp::new(K::Str(values), typ.clone()))
    }

    /// A case of a variant.
    fn check_variant(&self, scope: &mut Scope, exp: &ast::Exp, head: &Typ, typ: &Typ) -> Res<Exp> {
        let Some(variant) = self.variant(head) else { return Err(self.mismatch(exp.span, typ)) };
        if let ExpKind::Upd(inner, path, with) | ExpKind::Ext(inner, path, with) = &exp.kind {
            return self.check_update(scope, exp, inner, path, with, typ);
        }
        let mut atoms = Vec::new();
        spine(exp, &mut atoms);
        let mut found: Option<(Exp, CaseRef)> = None;
        let mut failed: Option<Box<Fail>> = None;
        let mark = scope.mark();
        for i in variant.candidates(&atoms) {
            let case = &variant.cases[i];
            match self.match_case(scope, case, exp, typ) {
                Ok(exp) => {
                    found = Some((exp, case.clone()));
                    break;
                }
                Err(fail) => {
                    failed = Some(match failed {
                        Some(before) => before.or(fail),
                        None => fail,
                    });
                    scope.reset(mark);
                }
            }
        }
        match (found, failed) {
            (Some((exp, _)), _) => Ok(exp),
            (None, Some(fail)) => Err(fail),
            (None, None) => self.infer_instead(scope, exp, typ),
        }
    }

    /// A value as one of another type.
    pub(super) fn coerce(&self, exp: Exp, to: &Typ, span: Span) -> Res<Exp> {
        if self.equal(exp.typ(), to) {
            return Ok(exp);
        }
        let circle = || Err(Fail::new(span, "these types go round in a circle".to_owned()));
        self.bounded(None, || Some(self.coerce_to(exp, to, span))).unwrap_or_else(circle)
    }

    fn coerce_to(&self, exp: Exp, to: &Typ, span: Span) -> Res<Exp> {
        let (from_head, to_head) = (self.head(exp.typ()), self.head(to));
        match (&from_head, &to_head) {
            (Typ::Num(from), Typ::Num(into)) => return Ok(convert(exp, *from, *into)),
            // A condition for all elements.
            (Typ::Iter(element, _), Typ::Bool) if self.head(element) == Typ::Bool => {
                return Ok(Exp::new(K::All(exp), Typ::Bool));
            }
            (Typ::Iter(element, _), Typ::Bool) if matches!(self.head(element), Typ::Iter(..)) => {
                return Ok(Exp::new(K::All(exp), Typ::Bool));
            }
            _ => {}
        }
        if let Typ::Iter(element, iter) = &to_head {
            if let Some((of, by)) = self.sequence(exp.typ())
                && self.is_sub(&of, element)
            {
                let plain = self.as_list(exp.clone(), span)?;
                let plain = match (by, iter) {
                    (IterTyp::Opt, IterTyp::List) => Exp::new(K::Lift(plain), Typ::Iter(of.clone(), IterTyp::List)),
                    (IterTyp::List, IterTyp::Opt) => return self.one_element(exp, element, *iter, to, span),
                    _ => plain,
                };
                return Ok(if self.equal(&of, element) { plain } else { Exp::new(K::Sub(plain), to.clone()) });
            }
            return self.one_element(exp, element, *iter, to, span);
        }
        if let (Some(base), Typ::Num(_)) = (self.base(&from_head), &to_head) {
            return self.coerce(Exp::new(K::Sub(exp), base), to, span);
        }
        if self.is_sub(exp.typ(), to)
            && !matches!((&from_head, self.carrier(to)), (Typ::Num(a), Typ::Num(b)) if *a != b)
        {
            return Ok(Exp::new(K::Sub(exp), to.clone()));
        }
        if let Some(base) = self.base(&to_head) {
            let exp = self.coerce(exp, &base, span)?;
            return Ok(Exp::new(K::Sub(exp), to.clone()));
        }
        if let Some(base) = self.base(&from_head) {
            return self.coerce(Exp::new(K::Sub(exp), base), to, span);
        }
        let (from, to) = (self.show(exp.typ()), self.show(to));
        Err(Fail::new(span, format!("this is a {from}, but a {to} should stand here")))
    }

    fn one_element(&self, exp: Exp, element: &Typ, iter: IterTyp, to: &Typ, span: Span) -> Res<Exp> {
        let from = exp.typ().clone();
        let one = self.coerce(exp, element, span).map_err(|_| {
            let (from, to) = (self.show(&from), self.show(to));
            Fail::new(span, format!("this is a {from}, but a {to} should stand here"))
        })?;
        Ok(single(one, iter, to))
    }
}

/// A sequence of one element.
pub(super) fn single(exp: Exp, iter: IterTyp, typ: &Typ) -> Exp {
    match iter {
        IterTyp::List => Exp::new(K::List(vec![exp]), typ.clone()),
        IterTyp::Opt => Exp::new(K::Opt(Some(exp)), typ.clone()),
    }
}

/// The empty sequence.
pub(super) fn empty(iter: IterTyp, typ: &Typ) -> Exp {
    match iter {
        IterTyp::List => Exp::new(K::List(Vec::new()), typ.clone()),
        IterTyp::Opt => Exp::new(K::Opt(None), typ.clone()),
    }
}

/// Sequences after one another. Neighbouring lists of elements become one.
fn concatenate(parts: Vec<Exp>, typ: &Typ) -> Exp {
    let mut joined: Vec<Exp> = Vec::new();
    for part in parts {
        if let (Some(K::List(before)), K::List(more)) = (joined.last().map(Exp::kind), part.kind()) {
            let all = before.iter().chain(more).cloned().collect();
            joined.pop();
            joined.push(Exp::new(K::List(all), typ.clone()));
        } else {
            joined.push(part);
        }
    }
    // To the right, balanced neither way: patterns are matched from the left.
    let Some(mut whole) = joined.pop() else { return empty(IterTyp::List, typ) };
    while let Some(part) = joined.pop() {
        whole = Exp::new(K::Cat(part, whole), typ.clone());
    }
    whole
}

/// The elements of a sequence as it is written.
pub(super) fn flatten(exp: &ast::Exp) -> Vec<Cow<'_, ast::Exp>> {
    match &exp.kind {
        ExpKind::Seq(exps) => exps
            .iter()
            .flat_map(|exp| match exp.kind {
                ExpKind::App(..) => flatten(exp),
                _ => vec![Cow::Borrowed(exp)],
            })
            .collect(),
        ExpKind::App(id, args) => {
            let of = |kind| Cow::Owned(ast::Exp { kind, span: exp.span, height: exp.height });
            let mut args: Vec<ast::Exp> = args
                .iter()
                .filter_map(|arg| match arg {
                    ast::Arg::Exp(exp) => Some(exp.clone()),
                    _ => None,
                })
                .collect();
            let operand = if args.len() == 1 { ExpKind::Paren(Box::new(args.remove(0))) } else { ExpKind::Tup(args) };
            let id = ast::Exp { kind: ExpKind::Id(id.clone()), span: id.span, height: 1 };
            vec![Cow::Owned(id), of(operand)]
        }
        _ => vec![Cow::Borrowed(exp)],
    }
}

/// The atoms that a notation may have at its top.
fn spine<'a>(exp: &'a ast::Exp, atoms: &mut Vec<&'a str>) {
    match &exp.kind {
        ExpKind::Id(id) | ExpKind::App(id, _) if id.upper => atoms.push(&id.name),
        ExpKind::Atom(atom) => atoms.push(atom),
        ExpKind::Seq(exps) => exps.iter().for_each(|exp| match &exp.kind {
            ExpKind::Id(_) | ExpKind::App(..) | ExpKind::Atom(_) | ExpKind::Brack(..) | ExpKind::Iter(..) => {
                spine(exp, atoms)
            }
            _ => {}
        }),
        ExpKind::Iter(inner, _) if matches!(inner.kind, ExpKind::Id(_)) => spine(inner, atoms),
        ExpKind::Infix(infix) => {
            infix.left.iter().for_each(|exp| spine(exp, atoms));
            atoms.push(infix.op);
        }
        ExpKind::Brack(bracket, _) => atoms.push(bracket),
        _ => {}
    }
}
