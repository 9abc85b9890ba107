//! Expressions against notations.

use std::borrow::Cow;

use super::check::flatten;
use super::equiv::CaseRef;
use super::scope::Scope;
use super::{Elab, Fail, Res};
use crate::ast::{self, ExpKind};
use crate::il::{Exp, ExpKind as K, IterTyp, Notation, Typ, VarId};
use crate::map::{Map, Subst};
use crate::source::Span;

/// The operands of a notation, and those that have been found.
#[derive(Clone)]
struct Match<'a> {
    typs: &'a [(VarId, Typ)],
    found: Vec<Option<Exp>>,
    subst: Subst,
}

impl Match<'_> {
    fn typ(&self, operand: usize) -> Typ {
        (&self.subst).typ(&self.typs[operand].1)
    }

    fn set(&mut self, operand: usize, exp: Exp) {
        self.subst.exps.insert(self.typs[operand].0, exp.clone());
        self.found[operand] = Some(exp);
    }
}

type Elements<'a> = [Cow<'a, ast::Exp>];

impl Elab<'_> {
    /// An expression as a case.
    pub(super) fn match_case(&self, scope: &mut Scope, case: &CaseRef, exp: &ast::Exp, typ: &Typ) -> Res<Exp> {
        let def = &case.def;
        let operands = self.operands(scope, &def.notation, &def.operands, (*case.subst).clone(), exp)?;
        Ok(Exp::new(K::Case(def.mixop, operands), typ.clone()))
    }

    /// The components of a relation.
    pub(super) fn match_relation(
        &self,
        scope: &mut Scope,
        notation: &Notation,
        typs: &[Typ],
        exp: &ast::Exp,
    ) -> Res<Vec<Exp>> {
        // Components do not depend on one another; no variable has this number.
        let typs: Vec<(VarId, Typ)> = typs.iter().map(|typ| (VarId(u32::MAX), typ.clone())).collect();
        self.operands(scope, notation, &typs, Subst::default(), exp)
    }

    fn operands(
        &self,
        scope: &mut Scope,
        notation: &Notation,
        typs: &[(VarId, Typ)],
        subst: Subst,
        exp: &ast::Exp,
    ) -> Res<Vec<Exp>> {
        let mut m = Match { typs, found: vec![None; typs.len()], subst };
        self.part(scope, &mut m, notation, exp)?;
        let missing = || Fail::new(exp.span, "an operand is missing".to_owned());
        m.found.into_iter().map(|exp| exp.ok_or_else(missing)).collect()
    }

    fn part(&self, scope: &mut Scope, m: &mut Match, notation: &Notation, exp: &ast::Exp) -> Res<()> {
        match (notation, &exp.kind) {
            (Notation::Operand(i), _) => {
                let exp = self.check(scope, exp, &m.typ(*i))?;
                m.set(*i, exp);
                Ok(())
            }
            (Notation::Infix(left, op, sub, right), ExpKind::Infix(infix)) if **op == *infix.op => {
                self.optional(scope, m, left, infix.left.as_ref(), infix.at)?;
                self.optional(scope, m, sub, infix.sub.as_ref(), infix.at)?;
                self.optional(scope, m, right, infix.right.as_ref(), infix.at)
            }
            (Notation::Infix(_, op, ..), _) => Err(Fail::new(exp.span, format!("there should be `{op}` here"))),
            (Notation::Brack(a, inner), ExpKind::Brack(b, exp)) if a == b => self.part(scope, m, inner, exp),
            (Notation::Brack(bracket, _), _) => {
                Err(Fail::new(exp.span, format!("there should be `` `{bracket} `` here")))
            }
            (Notation::Seq(parts), ExpKind::Eps) if parts.is_empty() => Ok(()),
            (Notation::Seq(parts), _) => {
                let elements = flatten(exp);
                let elements = if matches!(exp.kind, ExpKind::Eps) { Vec::new() } else { elements };
                self.parts(scope, m, parts, &elements, exp.span)
            }
            (Notation::Iter(..), ExpKind::Eps) => self.parts(scope, m, std::slice::from_ref(notation), &[], exp.span),
            (part, _) => self.parts(scope, m, std::slice::from_ref(part), &flatten(exp), exp.span),
        }
    }

    fn optional(
        &self,
        scope: &mut Scope,
        m: &mut Match,
        part: &Option<Box<Notation>>,
        exp: Option<&ast::Exp>,
        at: Span,
    ) -> Res<()> {
        match (part, exp) {
            (Some(part), Some(exp)) => self.part(scope, m, part, exp),
            (Some(part), None) => self.parts(scope, m, std::slice::from_ref(&**part), &[], at),
            (None, None) => Ok(()),
            (None, Some(exp)) => Err(Fail::new(exp.span, "nothing should stand here".to_owned())),
        }
    }

    /// Parts against elements. Sequences may be left out; the last may be several elements.
    fn parts(&self, scope: &mut Scope, m: &mut Match, parts: &[Notation], elements: &Elements, span: Span) -> Res<()> {
        let Some((part, rest)) = parts.split_first() else {
            return match elements.first() {
                None => Ok(()),
                Some(element) => Err(Fail::new(element.span, "nothing more should stand here".to_owned())),
            };
        };
        let span = elements.first().map_or(span, |element| element.span);
        match part {
            Notation::Operand(i) => self.operand(scope, m, *i, rest, elements, span),
            Notation::Seq(inner) => {
                // A group within a sequence is part of it.
                let all: Vec<Notation> = inner.iter().chain(rest).cloned().collect();
                self.parts(scope, m, &all, elements, span)
            }
            Notation::Atom(atom) => {
                let is = elements.first().is_some_and(|element| match &element.kind {
                    ExpKind::Id(id) => id.name == *atom,
                    ExpKind::Atom(name) => **name == **atom,
                    _ => false,
                });
                if !is {
                    return Err(Fail::new(span, format!("there should be `{atom}` here")));
                }
                self.parts(scope, m, rest, &elements[1..], span)
            }
            Notation::Brack(..) | Notation::Infix(..) => {
                let Some(element) = elements.first() else {
                    return Err(Fail::new(span, "this notation is not complete".to_owned()));
                };
                self.part(scope, m, part, element)?;
                self.parts(scope, m, rest, &elements[1..], span)
            }
            Notation::Iter(inner, i) => self.iterated_atom(scope, m, inner, *i, rest, elements, span),
        }
    }

    /// `ATOM?`, in a notation.
    fn iterated_atom(
        &self,
        scope: &mut Scope,
        m: &mut Match,
        inner: &Notation,
        i: usize,
        rest: &[Notation],
        elements: &Elements,
        span: Span,
    ) -> Res<()> {
        let typ = m.typ(i);
        let Typ::Iter(unit, kind) = &typ else { return Err(Fail::new(span, "this is not iterated".to_owned())) };
        let one = || Exp::new(K::Tup(Vec::new()), (**unit).clone());
        let saved = (m.clone(), scope.mark());
        let taken = elements.first().and_then(|element| match &element.kind {
            ExpKind::Iter(body, by) => {
                self.part(scope, m, inner, body).ok()?;
                let (_, by, found) = self.iterated(scope, &(), by, |_, _, ()| Ok(())).ok()?;
                (found == *kind).then(|| Exp::new(K::Iter(one(), by, Vec::new()), typ.clone()))
            }
            _ => {
                self.part(scope, m, inner, element).ok()?;
                Some(super::check::single(one(), *kind, &typ))
            }
        });
        if let Some(exp) = taken {
            m.set(i, exp);
            if self.parts(scope, m, rest, &elements[1..], span).is_ok() {
                return Ok(());
            }
        }
        *m = saved.0;
        scope.reset(saved.1);
        m.set(i, super::check::empty(*kind, &typ));
        self.parts(scope, m, rest, elements, span)
    }

    fn operand(
        &self,
        scope: &mut Scope,
        m: &mut Match,
        i: usize,
        rest: &[Notation],
        elements: &Elements,
        span: Span,
    ) -> Res<()> {
        let typ = m.typ(i);
        let is_sequence = self.sequence(&typ).is_some();
        let last = rest.is_empty();
        // How many elements to try: one first, then nothing, then more.
        let mut counts = Vec::new();
        if last {
            counts.push(elements.len());
        } else {
            if !elements.is_empty() {
                counts.push(1);
            }
            if is_sequence {
                counts.push(0);
                if matches!(self.sequence(&typ), Some((_, IterTyp::List))) {
                    counts.extend(2..=elements.len());
                }
            } else if self.may_be_empty(&typ) {
                counts.push(0);
            }
        }
        let saved = (m.clone(), scope.mark());
        let mut failed: Option<Box<Fail>> = None;
        let mut found: Option<(Match, usize)> = None;
        for count in counts {
            // One element for each part is the plain reading, whatever others there are.
            let plain = elements.len() == rest.len() + 1;
            if found.is_some() && (scope.comparing || plain) {
                break;
            }
            let attempt = |scope: &mut Scope, m: &mut Match| {
                let exp = self.taken(scope, &elements[..count], &typ, span)?;
                m.set(i, exp);
                self.parts(scope, m, rest, &elements[count..], span)
            };
            if let Some((first, _)) = &found {
                // Another reading would be an ambiguity.
                let (mut other, here) = (saved.0.clone(), scope.clone());
                scope.reset(saved.1);
                scope.comparing = true;
                let differs = attempt(scope, &mut other).is_ok() && first.found != other.found;
                *scope = here;
                if differs {
                    scope.warn(span, "there is another way to read this notation".to_owned());
                }
                continue;
            }
            match attempt(scope, m) {
                Ok(()) => found = Some((m.clone(), count)),
                Err(fail) => {
                    failed = Some(match failed {
                        Some(before) => before.or(fail),
                        None => fail,
                    });
                    *m = saved.0.clone();
                    scope.reset(saved.1);
                }
            }
        }
        match (found, failed) {
            (Some(_), _) => Ok(()),
            (None, Some(fail)) => Err(fail),
            (None, None) => Err(Fail::new(span, format!("a {} should stand here", self.show(&typ)))),
        }
    }

    /// Elements as one operand.
    fn taken(&self, scope: &mut Scope, elements: &Elements, typ: &Typ, span: Span) -> Res<Exp> {
        match elements {
            [] => {
                let eps = ast::Exp { kind: ExpKind::Eps, span, height: 1 };
                if self.sequence(typ).is_none() && !self.may_be_empty(typ) {
                    return Err(Fail::new(span, format!("a {} should stand here", self.show(typ))));
                }
                self.check(scope, &eps, typ)
            }
            [one] => self.check(scope, one, typ),
            more => {
                let span = more[0].span.to(more[more.len() - 1].span);
                let height = more.iter().map(|exp| exp.height).max().unwrap_or_default() + 1;
                let seq = ExpKind::Seq(more.iter().map(|exp| exp.clone().into_owned()).collect());
                self.check(scope, &ast::Exp { kind: seq, span, height }, typ)
            }
        }
    }

    /// Whether all parts of a notation may be left out.
    fn may_be_empty(&self, typ: &Typ) -> bool {
        let Some(variant) = self.variant(&self.head(typ)) else { return false };
        let [case] = &variant.cases[..] else { return false };
        fn empty(elab: &Elab, notation: &Notation, operands: &[(VarId, Typ)]) -> bool {
            match notation {
                Notation::Operand(i) => elab.sequence(&operands[*i].1).is_some(),
                Notation::Seq(parts) => parts.iter().all(|part| empty(elab, part, operands)),
                Notation::Iter(..) => true,
                _ => false,
            }
        }
        empty(self, &case.def.notation, &case.def.operands)
    }
}
