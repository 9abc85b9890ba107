//! Definitions.

use std::sync::Arc;

use super::dims::Parts;
use super::infer::convert;
use super::scope::{Local, Scope};
use super::signs::signs;
use super::typs::Operands;
use super::{Elab, Fail, Res};
use crate::Name;
use crate::ast::{self, BinOp, CmpOp, Def, DefKind, Hint, Ident, NumTyp};
use crate::il::{
    Arg, Case, CaseDef, Clause, DefTyp, Exp, ExpKind as K, Field, Fun, FunId, Inst, MixId, Notation, OpTyp, Param,
    Prem, PremKind, Refined, Rel, RelId, Rule, Typ, TypDef, TypId, VarId,
};
use crate::map::Map;
use crate::source::{Diagnostic, Span};

/// Premises of a type that wait.
pub(super) struct Pending<'a> {
    typ: TypId,
    inst: usize,
    /// The number of the case, or none for a refined type.
    case: Option<usize>,
    scope: Scope,
    binders: Vec<Option<Exp>>,
    prems: &'a [ast::Prem],
    span: Span,
}

impl<'a> Elab<'a> {
    /// Everything, in three passes.
    pub(super) fn script(&mut self, defs: &'a [Def]) {
        defs.iter().for_each(|def| self.name(def));
        for def in defs {
            if let DefKind::Typ(typ) = &def.kind
                && let Err(fail) = self.typ_params(typ)
            {
                self.fail(*fail);
            }
        }
        for def in defs {
            if let Err(fail) = self.signature(def) {
                self.fail(*fail);
            }
        }
        self.variants.borrow_mut().clear();
        for pending in std::mem::take(&mut self.pending) {
            if let Err(fail) = self.premises_of_type(pending) {
                self.fail(*fail);
            }
        }
        for def in defs {
            let done = match &def.kind {
                DefKind::Clause(id, args, exp, prems) => self.clause(id, args, exp, prems, def.span),
                DefKind::Rule(rule) => self.rule(rule, def.span),
                _ => Ok(()),
            };
            if let Err(fail) = done {
                self.fail(*fail);
            }
        }
        self.all_sides();
    }

    fn fail(&mut self, fail: Fail) {
        if self.diagnostics.len() < crate::MAX_ERRORS {
            self.diagnostics.push(Diagnostic::error(fail.span, fail.message));
        }
    }

    fn warn(&mut self, span: Span, message: String) {
        self.diagnostics.push(Diagnostic::warning(span, message));
    }

    /// First pass: names.
    fn name(&mut self, def: &Def) {
        match &def.kind {
            DefKind::Typ(typ) if !self.typ_ids.contains_key(&typ.id.name) => {
                self.typ_ids.insert(typ.id.name.clone(), TypId(self.script.typs.len() as u32));
                let (name, span) = (typ.id.name.clone(), typ.id.span);
                let (vars, params, insts, hints) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
                self.script.typs.push(TypDef { name, vars, params, insts, hints, span });
            }
            DefKind::Fun(id, ..) => {
                if self.fun_ids.contains_key(&id.name) {
                    return self.warn(id.span, format!("the function `${}` is declared twice", id.name));
                }
                self.fun_ids.insert(id.name.clone(), FunId(self.script.funs.len() as u32));
                let (vars, params, clauses, hints) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
                let (name, span) = (id.name.clone(), id.span);
                self.script.funs.push(Fun { name, vars, params, typ: Typ::Bool, clauses, hints, span });
            }
            DefKind::Rel(id, _, notation, _) => {
                if self.rel_ids.contains_key(&id.name) {
                    return self.warn(id.span, format!("the relation `{}` is declared twice", id.name));
                }
                self.rel_ids.insert(id.name.clone(), RelId(self.script.rels.len() as u32));
                let mixop = self.intern("");
                let notation_of = Notation::Seq(Vec::new());
                let (typs, rules, hints) = (Vec::new(), Vec::new(), Vec::new());
                let (name, span) = (id.name.clone(), id.span.to(notation.span));
                self.script.rels.push(Rel { name, mixop, notation: notation_of, typs, rules, hints, span });
            }
            _ => {}
        }
    }

    fn intern(&mut self, text: &str) -> MixId {
        if let Some(id) = self.mix_ids.get(text) {
            return *id;
        }
        let (id, name) = (MixId(self.script.mixops.len() as u32), Name::from(text));
        self.script.mixops.push(name.clone());
        self.mix_ids.insert(name, id);
        id
    }

    /// Second pass: types and signatures.
    fn signature(&mut self, def: &'a Def) -> Res<()> {
        match &def.kind {
            DefKind::Typ(typ) => self.typ_def(typ, def.span),
            DefKind::Var(id, typ, _) => {
                let typ = self.typ_only(&mut Scope::new(), typ)?;
                self.vars.insert(id.name.clone(), typ);
                Ok(())
            }
            DefKind::Fun(id, params, typ, hints) => {
                let mut scope = Scope::new();
                let params = self.params(&mut scope, params)?;
                let typ = self.typ_only(&mut scope, typ)?;
                let vars = Self::plain_vars(&scope);
                if let Some(fun) = self.fun_ids.get(&id.name).copied() {
                    self.ready.insert(fun);
                    let fun = &mut self.script.funs[fun.index()];
                    (fun.vars, fun.params, fun.typ) = (vars, params, typ);
                    fun.hints.extend(hints.iter().cloned());
                }
                Ok(())
            }
            DefKind::Rel(id, _, notation, hints) => {
                let (mut scope, mut ops) = (Scope::new(), Operands::default());
                let notation = self.notation(&mut scope, notation, &mut ops)?;
                let mixop = self.intern(&Self::mixop(&notation));
                if let Some(rel) = self.rel_ids.get(&id.name).copied() {
                    let rel = &mut self.script.rels[rel.index()];
                    (rel.mixop, rel.notation) = (mixop, notation);
                    rel.typs = ops.all.into_iter().map(|(_, typ)| typ).collect();
                    rel.hints.extend(hints.iter().cloned());
                }
                Ok(())
            }
            DefKind::Gram(gram) => {
                self.script.grams.push(gram.clone());
                Ok(())
            }
            DefKind::Hint(keyword, id, _, hints) => self.hint(keyword, id, hints),
            DefKind::Clause(..) | DefKind::Rule(_) => Ok(()),
        }
    }

    /// The parameters of a type, by the definition that names it first.
    fn typ_params(&mut self, def: &ast::TypDef) -> Res<()> {
        let Some(id) = self.typ_ids.get(&def.id.name).copied() else { return Ok(()) };
        if self.script.typs[id.index()].span != def.id.span || def.params.is_empty() {
            return Ok(());
        }
        let mut scope = Scope::new();
        let params = self.params(&mut scope, &def.params)?;
        let typ = &mut self.script.typs[id.index()];
        (typ.vars, typ.params) = (Self::plain_vars(&scope), params);
        Ok(())
    }

    fn hint(&mut self, keyword: &str, id: &Ident, hints: &[Hint]) -> Res<()> {
        let none = || Fail::new(id.span, format!("`{}` is not declared", id.name));
        match keyword {
            "def" => {
                let fun = self.fun_ids.get(&id.name).copied().ok_or_else(none)?;
                self.script.funs[fun.index()].hints.extend(hints.iter().cloned());
            }
            "relation" => {
                let rel = self.rel_ids.get(&id.name).copied().ok_or_else(none)?;
                self.script.rels[rel.index()].hints.extend(hints.iter().cloned());
            }
            "syntax" => {
                let typ = self.typ_ids.get(&id.name).copied().ok_or_else(none)?;
                self.script.typs[typ.index()].hints.extend(hints.iter().cloned());
            }
            _ => {}
        }
        Ok(())
    }

    fn typ_def(&mut self, def: &'a ast::TypDef, span: Span) -> Res<()> {
        let Some(id) = self.typ_ids.get(&def.id.name).copied() else { return Ok(()) };
        self.script.typs[id.index()].hints.extend(def.hints.iter().cloned());
        let typ = &self.script.typs[id.index()];
        if typ.span == def.id.span && !typ.params.is_empty() {
            // The definition that names the parameters has them as its patterns.
            let Some(body) = &def.body else { return Ok(()) };
            let mut scope = Scope::new();
            let params = self.params(&mut scope, &def.params)?;
            let typ = |var: VarId| match scope.local(var) {
                Local::Exp(Some(typ)) => typ.clone(),
                _ => Typ::Bool,
            };
            let args = params.iter().map(|param| param_arg(param, typ)).collect();
            return self.instance_of(id, scope, args, body, span);
        }
        let Some(body) = &def.body else { return Ok(()) };
        let mut scope = Scope::new();
        let (params, vars) = (self.script.typs[id.index()].params.clone(), self.script.typs[id.index()].vars.clone());
        let (args, _) = self.patterns(&mut scope, &params, &vars, &def.params, span)?;
        self.instance_of(id, scope, args, body, span)
    }

    /// An instance, or a further fragment of one.
    fn instance_of(
        &mut self,
        id: TypId,
        mut scope: Scope,
        args: Vec<Arg>,
        body: &'a ast::DefTyp,
        span: Span,
    ) -> Res<()> {
        let inst = self.script.typs[id.index()].insts.len();
        let (dots, is_variant) = match body {
            ast::DefTyp::Variant(dots, _) => (*dots, true),
            ast::DefTyp::Record(dots, _) => (*dots, false),
            _ => (ast::Dots::default(), false),
        };
        if dots.before {
            let last = inst.checked_sub(1).map(|i| &self.script.typs[id.index()].insts[i].body);
            let fits =
                matches!((last, is_variant), (Some(DefTyp::Variant(_)), true) | (Some(DefTyp::Record(_)), false));
            if !fits {
                return Err(Fail::new(span, "there is no fragment that this one continues".to_owned()));
            }
        } else if args.is_empty() && inst > 0 {
            return Err(Fail::new(span, format!("the type `{}` is defined twice", self.script.typs[id.index()].name)));
        }
        let inst = if dots.before { inst - 1 } else { inst };
        let body = match body {
            ast::DefTyp::Notation(case) => self.single(id, inst, &mut scope, case, span)?,
            ast::DefTyp::Variant(_, cases) => {
                // The type may refer to itself while its cases are read.
                let before = match self.script.typs[id.index()].insts.get(inst) {
                    Some(Inst { body: DefTyp::Variant(cases), .. }) if dots.before => cases.clone(),
                    _ => Vec::new(),
                };
                let mut all = before;
                for case in cases {
                    match self.variant_case(id, inst, all.len(), &scope, case, span) {
                        Ok(case) => all.push(case),
                        Err(fail) => self.fail(*fail),
                    }
                }
                self.repeated_cases(&all, span);
                DefTyp::Variant(all)
            }
            ast::DefTyp::Range(parts) => self.range(&mut scope, parts, span)?,
            ast::DefTyp::Record(_, fields) => {
                let mut all = match self.script.typs[id.index()].insts.get(inst) {
                    Some(Inst { body: DefTyp::Record(fields), .. }) if dots.before => fields.clone(),
                    _ => Vec::new(),
                };
                for field in fields {
                    let typ = self.typ_only(&mut scope.clone(), &field.typ)?;
                    if all.iter().any(|other: &Field| other.atom == field.atom.name) {
                        self.warn(field.atom.span, format!("the field `{}` is there twice", field.atom.name));
                    }
                    all.push(Field { atom: field.atom.name.clone(), typ, hints: field.hints.clone() });
                }
                DefTyp::Record(all)
            }
        };
        let vars = Self::plain_vars(&scope);
        let insts = &mut self.script.typs[id.index()].insts;
        match insts.get_mut(inst) {
            Some(inst) => inst.body = body,
            None => insts.push(Inst { vars, args, body, span }),
        }
        self.variants.borrow_mut().clear();
        Ok(())
    }

    fn repeated_cases(&mut self, cases: &[Case], span: Span) {
        let mut seen: Vec<MixId> = Vec::new();
        for case in cases {
            if let Case::Case(def) = case {
                if seen.contains(&def.mixop) {
                    let text = self.script.mixops[def.mixop.index()].clone();
                    self.warn(span, format!("the case `{text}` is there twice"));
                }
                seen.push(def.mixop);
            }
        }
    }

    /// A type that is a single notation: another type, with or without premises, or a constructor.
    fn single(&mut self, id: TypId, inst: usize, scope: &mut Scope, case: &'a ast::Case, span: Span) -> Res<DefTyp> {
        if self.typ(&mut scope.clone(), &case.notation)?.is_none() {
            let case = self.variant_case(id, inst, 0, scope, case, span)?;
            return Ok(DefTyp::Variant(vec![case]));
        }
        let mut ops = Operands::default();
        let mut inner = scope.clone();
        self.notation(&mut inner, &case.notation, &mut ops)?;
        let (binder, base) = ops.all.remove(0);
        if case.prems.is_empty() {
            return Ok(DefTyp::Alias(base));
        }
        let var = match named(binder.as_ref()) {
            Some(var) => var,
            None => inner.add("_".into(), Local::Exp(Some(base.clone()))),
        };
        self.pending.push(Pending {
            typ: id,
            inst,
            case: None,
            scope: inner,
            binders: vec![binder],
            prems: &case.prems,
            span,
        });
        Ok(DefTyp::Refined(Refined { base, var, prems: Vec::new(), vars: Vec::new() }))
    }

    fn variant_case(
        &mut self,
        id: TypId,
        inst: usize,
        number: usize,
        scope: &Scope,
        case: &'a ast::Case,
        span: Span,
    ) -> Res<Case> {
        let mut inner = scope.clone();
        let mut ops = Operands::default();
        let notation = self.notation(&mut inner, &case.notation, &mut ops)?;
        if let (Notation::Operand(_), [(_, typ)]) = (&notation, &ops.all[..]) {
            return Ok(Case::Include(typ.clone()));
        }
        let mixop = self.intern(&Self::mixop(&notation));
        let mut operands = Vec::new();
        let mut binders = Vec::new();
        for (binder, typ) in ops.all {
            let unnamed = |inner: &mut Scope| inner.add("_".into(), Local::Exp(Some(typ.clone())));
            let var = named(binder.as_ref()).unwrap_or_else(|| unnamed(&mut inner));
            operands.push((var, typ));
            binders.push(binder);
        }
        let vars = Self::plain_vars(&inner);
        if !case.prems.is_empty() {
            let (scope, prems) = (inner, &case.prems[..]);
            self.pending.push(Pending { typ: id, inst, case: Some(number), scope, binders, prems, span });
        }
        let prems = Vec::new();
        Ok(Case::Case(Arc::new(CaseDef { vars, mixop, notation, operands, prems, hints: case.hints.clone() })))
    }

    /// A range of numbers: a type of numbers with a condition.
    fn range(&self, scope: &mut Scope, parts: &[ast::Range], span: Span) -> Res<DefTyp> {
        let mut numbers: Vec<Option<(Exp, NumTyp)>> = Vec::new();
        for part in parts {
            numbers.push(match part {
                ast::Range::Dots => None,
                ast::Range::One(exp) => {
                    let number = self.infer(scope, exp)?;
                    Some(self.number(&number, exp.span)?)
                }
            });
        }
        let typ = numbers.iter().flatten().map(|(_, typ)| *typ).max().unwrap_or(NumTyp::Nat);
        let base = Typ::Num(typ);
        let var = scope.add("_".into(), Local::Exp(Some(base.clone())));
        let value = Exp::new(K::Var(var), base.clone());
        let cmp = |op, a: Exp, b: Exp| Exp::new(K::Cmp(op, OpTyp::Num(typ), a, b), Typ::Bool);
        let both = |op, a, b| Exp::new(K::Bin(op, OpTyp::Any, a, b), Typ::Bool);
        let at = |i: usize| numbers.get(i).cloned().flatten().map(|(exp, from)| convert(exp, from, typ));
        let mut condition: Option<Exp> = None;
        let mut i = 0;
        while i < numbers.len() {
            let Some(first) = at(i) else { return Err(Fail::new(span, "these dots have no beginning".to_owned())) };
            let dots = i + 1 < numbers.len() && numbers[i + 1].is_none();
            let part = if dots {
                let none = || Fail::new(span, "these dots have no end".to_owned());
                let last = at(i + 2).ok_or_else(none)?;
                i += 2;
                both(BinOp::And, cmp(CmpOp::Le, first, value.clone()), cmp(CmpOp::Le, value.clone(), last))
            } else {
                cmp(CmpOp::Eq, value.clone(), first)
            };
            condition = Some(match condition {
                Some(before) => both(BinOp::Or, before, part),
                None => part,
            });
            // `a | ... | b | ... | c` goes on from `b`.
            let goes_on = dots && i + 1 < numbers.len() && numbers[i + 1].is_none();
            i += usize::from(!goes_on);
        }
        let prems = condition.into_iter().map(|exp| Prem { kind: PremKind::If(exp), span }).collect();
        let vars = Self::plain_vars(scope);
        Ok(DefTyp::Refined(Refined { vars, base, var, prems }))
    }

    fn premises_of_type(&mut self, pending: Pending<'a>) -> Res<()> {
        let Pending { typ, inst, case, mut scope, mut binders, prems, span } = pending;
        let mut prems = self.prems(&mut scope, prems)?;
        let exps = binders.iter_mut().flatten().collect();
        let vars = self.dimensions(&mut scope, Parts { exps, prems: prems.iter_mut().collect() }, span)?;
        self.diagnostics.append(&mut scope.warnings);
        let body = &mut self.script.typs[typ.index()].insts[inst].body;
        match (body, case) {
            (DefTyp::Refined(refined), None) => (refined.vars, refined.prems) = (vars, prems),
            (DefTyp::Variant(cases), Some(number)) => {
                if let Some(Case::Case(def)) = cases.get_mut(number) {
                    let def = Arc::make_mut(def);
                    (def.vars, def.prems) = (vars, prems);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn clause(&mut self, id: &Ident, args: &[ast::Param], exp: &ast::Exp, prems: &[ast::Prem], span: Span) -> Res<()> {
        let Some(fun) = self.fun_ids.get(&id.name).copied() else {
            return Err(Fail::new(id.span, format!("there is no function `${}`", id.name)));
        };
        let def = &self.script.funs[fun.index()];
        let mut scope = Scope::new();
        let (args, subst) = self.patterns(&mut scope, &def.params, &def.vars, args, span)?;
        let typ = (&subst).typ(&def.typ);
        let mark = scope.mark();
        let (exp, prems) = match self.check(&mut scope, exp, &typ) {
            Ok(exp) => (exp, self.prems(&mut scope, prems)?),
            Err(fail) if fail.unknown && !prems.is_empty() => {
                // The premises may tell more.
                scope.reset(mark);
                let prems = self.prems(&mut scope, prems)?;
                (self.check(&mut scope, exp, &typ)?, prems)
            }
            Err(fail) => return Err(fail),
        };
        for mut clause in signs(Clause { vars: Vec::new(), args, exp, prems, sides: Vec::new(), span }) {
            let mut exps: Vec<&mut Exp> = Vec::new();
            for arg in &mut clause.args {
                if let Arg::Exp(exp) = arg {
                    exps.push(exp);
                }
            }
            exps.push(&mut clause.exp);
            let prems = clause.prems.iter_mut().collect();
            clause.vars = self.dimensions(&mut scope, Parts { exps, prems }, span)?;
            self.script.funs[fun.index()].clauses.push(clause);
        }
        self.diagnostics.append(&mut scope.warnings);
        Ok(())
    }

    fn rule(&mut self, def: &ast::RuleDef, span: Span) -> Res<()> {
        let Some(id) = self.rel_ids.get(&def.rel.name).copied() else {
            return Err(Fail::new(def.rel.span, format!("there is no relation `{}`", def.rel.name)));
        };
        let rel = &self.script.rels[id.index()];
        let mut scope = Scope::new();
        let mark = scope.mark();
        let attempt = self.match_relation(&mut scope, &rel.notation, &rel.typs, &def.conclusion);
        let (mut conclusion, mut prems) = match attempt {
            Ok(conclusion) => (conclusion, self.prems(&mut scope, &def.prems)?),
            Err(fail) if fail.unknown && !def.prems.is_empty() => {
                scope.reset(mark);
                let prems = self.prems(&mut scope, &def.prems)?;
                (self.match_relation(&mut scope, &rel.notation, &rel.typs, &def.conclusion)?, prems)
            }
            Err(fail) => return Err(fail),
        };
        let parts = Parts { exps: conclusion.iter_mut().collect(), prems: prems.iter_mut().collect() };
        let vars = self.dimensions(&mut scope, parts, span)?;
        self.diagnostics.append(&mut scope.warnings);
        if rel.rules.iter().any(|rule| rule.name == def.name) {
            let slash = if def.name.is_empty() { "" } else { "/" };
            let message = format!("the rule `{}{slash}{}` is there twice", def.rel.name, def.name);
            self.diagnostics.push(Diagnostic::warning(def.rel.span, message));
        }
        let (name, hints, sides) = (def.name.clone(), def.hints.clone(), Vec::new());
        let rule = Rule { name, vars, conclusion, prems, sides, hints, span };
        self.script.rels[id.index()].rules.push(rule);
        Ok(())
    }

    /// Premises. One whose variables have no types yet waits for the others.
    fn prems(&self, scope: &mut Scope, prems: &[ast::Prem]) -> Res<Vec<Prem>> {
        let mut done: Vec<Option<Prem>> = vec![None; prems.len()];
        let mut skipped = vec![false; prems.len()];
        loop {
            let mut progress = false;
            let mut failed = None;
            for (i, prem) in prems.iter().enumerate() {
                if done[i].is_some() || skipped[i] {
                    continue;
                }
                let mark = scope.mark();
                match self.prem(scope, prem) {
                    Ok(Some(prem)) => {
                        done[i] = Some(prem);
                        progress = true;
                    }
                    Ok(None) => {
                        skipped[i] = true;
                        progress = true;
                    }
                    Err(fail) if fail.unknown => {
                        scope.reset(mark);
                        failed.get_or_insert(fail);
                    }
                    Err(fail) => return Err(fail),
                }
            }
            match failed {
                None => return Ok(done.into_iter().flatten().collect()),
                Some(fail) if !progress => return Err(fail),
                Some(_) => {}
            }
        }
    }

    fn prem(&self, scope: &mut Scope, prem: &ast::Prem) -> Res<Option<Prem>> {
        let kind = match &prem.kind {
            ast::PremKind::Var(id, typ) => {
                let typ = self.typ_only(scope, typ)?;
                match scope.get(&id.name) {
                    Some(var) => scope.bind(var, typ),
                    None => _ = scope.add(id.name.clone(), Local::Exp(Some(typ))),
                }
                return Ok(None);
            }
            ast::PremKind::If(exp) => PremKind::If(self.check(scope, exp, &Typ::Bool)?),
            ast::PremKind::Otherwise => PremKind::Otherwise,
            ast::PremKind::Rule(id, _, exp) => {
                let Some(rel) = self.rel_ids.get(&id.name).copied() else {
                    return Err(Fail::new(id.span, format!("there is no relation `{}`", id.name)));
                };
                let def = &self.script.rels[rel.index()];
                PremKind::Rule(rel, self.match_relation(scope, &def.notation, &def.typs, exp)?)
            }
            ast::PremKind::Iter(inner, iter) => {
                let (inner, iter, _) =
                    self.iterated(scope, &**inner, iter, |elab, scope, inner| elab.prem(scope, inner))?;
                match inner {
                    Some(inner) => PremKind::Iter(Box::new(inner), iter, Vec::new()),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(Prem { kind, span: prem.span }))
    }
}

/// The argument that a parameter is for itself.
fn param_arg(param: &Param, typ: impl Fn(VarId) -> Typ) -> Arg {
    match param {
        Param::Exp(var, _) => Arg::Exp(Exp::new(K::Var(*var), typ(*var))),
        Param::Typ(var) => Arg::Typ(Typ::Param(*var)),
        Param::Def(var) => Arg::Def(crate::il::FunRef::Param(*var)),
        Param::Gram(_) => Arg::Gram("".into()),
    }
}

/// The variable of an operand: `t` for `t*`.
fn named(binder: Option<&Exp>) -> Option<VarId> {
    let mut exp = binder?;
    loop {
        match exp.kind() {
            K::Var(var) => return Some(*var),
            K::Iter(body, ..) => exp = body,
            _ => return None,
        }
    }
}
