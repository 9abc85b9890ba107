//! Types, notations, parameters.

use std::sync::Arc;

use super::scope::{Local, Scope, fun_key, typ_key};
use super::{Elab, Fail, Res};
use crate::Name;
use crate::ast::{self, ExpKind, Ident, NumTyp};
use crate::il::{Arg, Exp, ExpKind as K, FunRef, IterTyp, Notation, Param, Sig, Typ, TypId, Var, VarId, VarKind};
use crate::map::{Map, Subst};
use crate::parse::stem;
use crate::source::Span;

/// The operands of a notation while it is read.
#[derive(Default)]
pub(super) struct Operands {
    /// The types, and for each the expression that names it, if one can be referred to.
    pub(super) all: Vec<(Option<Exp>, Typ)>,
}

impl Elab<'_> {
    /// The type of a name, possibly with what tells variables apart at its end.
    pub(super) fn typ_of_name(&self, name: &str) -> Option<TypId> {
        let mut name = Some(name);
        while let Some(shorter) = name {
            if let Some(id) = self.typ_ids.get(shorter) {
                return Some(*id);
            }
            name = stem(shorter);
        }
        None
    }

    /// The type that a variable has by its name.
    pub(super) fn declared(&self, scope: &Scope, name: &str) -> Option<Typ> {
        let mut name = Some(name);
        while let Some(shorter) = name {
            if let Some(var) = scope.get(&typ_key(shorter)) {
                return Some(Typ::Param(var));
            }
            if let Some(typ) = self.vars.get(shorter) {
                return Some(typ.clone());
            }
            match self.typ_ids.get(shorter) {
                Some(id) if self.script.typs[id.index()].params.is_empty() => return Some(Typ::Var(*id, [].into())),
                _ => {}
            }
            name = stem(shorter);
        }
        None
    }

    /// A type, or `None` if the expression is none.
    pub(super) fn typ(&self, scope: &mut Scope, exp: &ast::Exp) -> Res<Option<Typ>> {
        Ok(Some(match &exp.kind {
            ExpKind::Id(id) => match &*id.name {
                "bool" => Typ::Bool,
                "text" => Typ::Text,
                "nat" => Typ::Num(NumTyp::Nat),
                "int" => Typ::Num(NumTyp::Int),
                "rat" => Typ::Num(NumTyp::Rat),
                "real" => Typ::Num(NumTyp::Real),
                name => {
                    if let Some(var) = scope.get(&typ_key(name)) {
                        return Ok(Some(Typ::Param(var)));
                    }
                    let id = self.typ_ids.get(name).copied().or_else(|| self.typ_of_name(name));
                    let Some(id) = id else { return Ok(None) };
                    let count = self.script.typs[id.index()].params.len();
                    if count > 0 {
                        return Err(Fail::new(exp.span, format!("the type `{name}` has {count} parameters")));
                    }
                    Typ::Var(id, [].into())
                }
            },
            ExpKind::App(id, args) => {
                let Some(typ) = self.typ_ids.get(&id.name).copied() else { return Ok(None) };
                let def = &self.script.typs[typ.index()];
                let args = self.args(scope, &def.params, args, exp.span)?;
                Typ::Var(typ, args.0.into())
            }
            ExpKind::Iter(inner, iter) => {
                let Some(typ) = self.typ(scope, inner)? else { return Ok(None) };
                let iter = match iter {
                    ast::Iter::Opt => IterTyp::Opt,
                    _ => IterTyp::List,
                };
                Typ::Iter(typ.into(), iter)
            }
            ExpKind::Tup(exps) => {
                let mut typs = Vec::new();
                for exp in exps {
                    let Some(typ) = self.typ(scope, exp)? else { return Ok(None) };
                    typs.push(typ);
                }
                Typ::Tup(typs.into())
            }
            ExpKind::Paren(inner) => return self.typ(scope, inner),
            _ => return Ok(None),
        }))
    }

    /// A type, where nothing else may stand.
    pub(super) fn typ_only(&self, scope: &mut Scope, exp: &ast::Exp) -> Res<Typ> {
        let none = || Fail::new(exp.span, "there is no such type".to_owned());
        self.typ(scope, exp)?.ok_or_else(none)
    }

    /// The variable that stands for a value of a type where the type is named: `t*` for `t*`.
    fn binder(&self, scope: &mut Scope, exp: &ast::Exp, typ: &Typ) -> Option<Exp> {
        match (&exp.kind, typ) {
            (ExpKind::Id(id), typ) if matches!(typ, Typ::Var(..) | Typ::Param(_)) => {
                // A second operand of the same name cannot be referred to.
                if scope.get(&id.name).is_some() {
                    return None;
                }
                let var = scope.add(id.name.clone(), Local::Exp(Some(typ.clone())));
                Some(Exp::new(K::Var(var), typ.clone()))
            }
            (ExpKind::Iter(inner, _), Typ::Iter(element, iter)) => {
                let body = self.binder(scope, inner, element)?;
                let iter = if *iter == IterTyp::Opt { crate::il::Iter::Opt } else { crate::il::Iter::List };
                Some(Exp::new(K::Iter(body, iter, Vec::new()), typ.clone()))
            }
            (ExpKind::Paren(inner), _) => self.binder(scope, inner, typ),
            _ => None,
        }
    }

    /// A notation.
    pub(super) fn notation(&self, scope: &mut Scope, exp: &ast::Exp, ops: &mut Operands) -> Res<Notation> {
        if let Some(typ) = self.typ(scope, exp)? {
            let binder = self.binder(scope, exp, &typ);
            ops.all.push((binder, typ));
            return Ok(Notation::Operand(ops.all.len() - 1));
        }
        Ok(match &exp.kind {
            ExpKind::Id(id) if id.upper => Notation::Atom(id.name.clone()),
            ExpKind::Atom(atom) => Notation::Atom((*atom).into()),
            ExpKind::App(id, args) if id.upper => {
                let mut parts = vec![Notation::Atom(id.name.clone())];
                for arg in args {
                    let ast::Arg::Exp(arg) = arg else {
                        return Err(Fail::new(exp.span, "this is no notation".to_owned()));
                    };
                    parts.push(self.notation(scope, arg, ops)?);
                }
                Notation::Seq(parts)
            }
            ExpKind::Seq(exps) => {
                let mut parts = Vec::new();
                for exp in exps {
                    parts.push(self.notation(scope, exp, ops)?);
                }
                Notation::Seq(parts)
            }
            ExpKind::Eps => Notation::Seq(Vec::new()),
            ExpKind::Infix(infix) => {
                let mut part = |exp: &Option<ast::Exp>| match exp {
                    Some(exp) => self.notation(scope, exp, ops).map(|part| Some(Box::new(part))),
                    None => Ok(None),
                };
                // Operands are in the order in which they stand.
                let left = part(&infix.left)?;
                let sub = part(&infix.sub)?;
                Notation::Infix(left, infix.op.into(), sub, part(&infix.right)?)
            }
            ExpKind::Brack(bracket, inner) => Notation::Brack(bracket, Box::new(self.notation(scope, inner, ops)?)),
            ExpKind::Paren(inner) => self.notation(scope, inner, ops)?,
            ExpKind::Iter(inner, iter) => {
                let before = ops.all.len();
                let inner = self.notation(scope, inner, ops)?;
                let typs: Vec<Typ> = ops.all.drain(before..).map(|(_, typ)| typ).collect();
                if !typs.is_empty() {
                    return Err(Fail::new(exp.span, "a notation with operands cannot be iterated".to_owned()));
                }
                let kind = if matches!(iter, ast::Iter::Opt) { IterTyp::Opt } else { IterTyp::List };
                ops.all.push((None, Typ::Iter(Arc::new(Typ::Tup([].into())), kind)));
                Notation::Iter(Box::new(inner), ops.all.len() - 1)
            }
            ExpKind::Id(id) => return Err(Fail::new(exp.span, format!("there is no type `{}`", id.name))),
            _ => return Err(Fail::new(exp.span, "this is no notation".to_owned())),
        })
    }

    /// The mixfix operator that a notation is.
    pub(super) fn mixop(notation: &Notation) -> String {
        match notation {
            Notation::Atom(atom) => atom.to_string(),
            Notation::Operand(_) => "%".to_owned(),
            Notation::Seq(parts) => parts.iter().map(Self::mixop).collect(),
            Notation::Infix(left, op, sub, right) => {
                let part = |part: &Option<Box<Notation>>| part.as_deref().map(Self::mixop).unwrap_or_default();
                let underscore = if sub.is_some() { "_" } else { "" };
                format!("{}{op}{underscore}{}{}", part(left), part(sub), part(right))
            }
            Notation::Brack(bracket, inner) => {
                let close = match *bracket {
                    "(" => ")",
                    "[" => "]",
                    _ => "}",
                };
                format!("{bracket}{}{close}", Self::mixop(inner))
            }
            Notation::Iter(inner, _) => format!("{}%", Self::mixop(inner)),
        }
    }

    /// Parameters. Their variables are added to the scope.
    pub(super) fn params(&self, scope: &mut Scope, params: &[ast::Param]) -> Res<Vec<Param>> {
        let mut all = Vec::new();
        for param in params {
            all.push(match param {
                ast::Param::Typ(id) => Param::Typ(scope.add(typ_key(&id.name), Local::Typ)),
                ast::Param::Gram(id, typ) => {
                    let typ = self.typ_only(scope, typ)?;
                    Param::Gram(scope.add(id.name.clone(), Local::Gram(typ)))
                }
                ast::Param::Def(id, params, typ) => {
                    let Some(typ) = typ else {
                        return Err(Fail::new(id.span, "the type of this parameter is missing".to_owned()));
                    };
                    let sig = self.sig(scope, params, typ)?;
                    Param::Def(scope.add(fun_key(&id.name), Local::Def(sig.into(), Arc::default())))
                }
                ast::Param::Exp(id, exp) => {
                    let typ = self.typ_only(scope, exp)?;
                    let named = |exp: &ast::Exp| match &exp.kind {
                        ExpKind::Id(id) => Some(id.name.clone()),
                        _ => None,
                    };
                    // Where only the type stands, it names the value, too.
                    let name = id.as_ref().map(|id| id.name.clone()).or_else(|| named(exp));
                    let name =
                        name.filter(|name| matches!(typ, Typ::Var(..)) || id.is_some() || scope.get(name).is_none());
                    Param::Exp(scope.add(name.unwrap_or_else(|| "_".into()), Local::Exp(Some(typ.clone()))), typ)
                }
            });
        }
        Ok(all)
    }

    /// The type of a function that is a parameter. Its own parameters may refer to others before.
    fn sig(&self, scope: &Scope, params: &[ast::Param], typ: &ast::Exp) -> Res<Sig> {
        let mut inner = scope.clone();
        let params = self.params(&mut inner, params)?;
        let typ = self.typ_only(&mut inner, typ)?;
        Ok(Sig { vars: Self::plain_vars(&inner), params, typ })
    }

    /// The variables of a scope, apart from their dimensions.
    pub(super) fn plain_vars(scope: &Scope) -> Vec<Var> {
        let var = |(name, local): &(Name, Local)| {
            let kind = match local {
                Local::Exp(typ) => VarKind::Exp(typ.clone().unwrap_or(Typ::Num(NumTyp::Nat))),
                Local::Index(typ) => VarKind::Exp(typ.clone()),
                Local::Typ => VarKind::Typ,
                Local::Def(sig, _) => VarKind::Def(sig.clone()),
                Local::Gram(typ) => VarKind::Gram(typ.clone()),
            };
            Var { name: name.clone(), kind }
        };
        scope.vars().iter().map(var).collect()
    }

    /// Arguments for parameters, and what the parameters stand for then.
    pub(super) fn args(
        &self,
        scope: &mut Scope,
        params: &[Param],
        args: &[ast::Arg],
        span: Span,
    ) -> Res<(Vec<Arg>, Subst)> {
        self.args_from(scope, params, args, span, Subst::default())
    }

    /// Arguments for parameters, where other variables stand for something already.
    pub(super) fn args_from(
        &self,
        scope: &mut Scope,
        params: &[Param],
        args: &[ast::Arg],
        span: Span,
        mut subst: Subst,
    ) -> Res<(Vec<Arg>, Subst)> {
        if params.len() != args.len() {
            let message = format!("{} arguments should stand here, but there are {}", params.len(), args.len());
            return Err(Fail::new(span, message));
        }
        let mut all = Vec::new();
        for (param, arg) in params.iter().zip(args) {
            all.push(match (param, arg) {
                (Param::Exp(var, typ), ast::Arg::Exp(exp)) => {
                    let exp = self.check(scope, exp, &(&subst).typ(typ))?;
                    subst.exps.insert(*var, exp.clone());
                    Arg::Exp(exp)
                }
                (Param::Typ(var), ast::Arg::Exp(exp) | ast::Arg::Typ(exp)) => {
                    if let (ExpKind::Id(id), ast::Arg::Exp(_)) = (&exp.kind, arg)
                        && scope.get(&id.name).is_some()
                        && scope.get(&typ_key(&id.name)).is_none()
                    {
                        let message =
                            format!("`{}` is a variable here, but it is read as the type of that name", id.name);
                        scope.warn(exp.span, message);
                    }
                    let typ = self.typ_only(scope, exp)?;
                    subst.typs.insert(*var, typ.clone());
                    Arg::Typ(typ)
                }
                (Param::Def(var), arg) => {
                    let id = match arg {
                        ast::Arg::Def(id) => id,
                        ast::Arg::Exp(ast::Exp { kind: ExpKind::Call(id, args), .. }) if args.is_empty() => id,
                        _ => return Err(Fail::new(span, "a function should be passed here".to_owned())),
                    };
                    let fun = self.fun_ref(scope, id)?;
                    subst.funs.insert(*var, fun);
                    Arg::Def(fun)
                }
                (Param::Gram(_), ast::Arg::Exp(ast::Exp { kind: ExpKind::Id(id), .. })) => Arg::Gram(id.name.clone()),
                _ => return Err(Fail::new(span, "this is not the kind of argument that should stand here".to_owned())),
            });
        }
        Ok((all, subst))
    }

    /// The patterns of a clause for parameters: types and functions are bound.
    pub(super) fn patterns(
        &self,
        scope: &mut Scope,
        params: &[Param],
        vars: &[Var],
        args: &[ast::Param],
        span: Span,
    ) -> Res<(Vec<Arg>, Subst)> {
        if params.len() != args.len() {
            let message = format!("{} patterns should stand here, but there are {}", params.len(), args.len());
            return Err(Fail::new(span, message));
        }
        let mut subst = Subst::default();
        let mut all = Vec::new();
        for (param, arg) in params.iter().zip(args) {
            all.push(match (param, arg) {
                (Param::Exp(var, typ), ast::Param::Exp(None, exp)) => {
                    let exp = self.check(scope, exp, &(&subst).typ(typ))?;
                    subst.exps.insert(*var, exp.clone());
                    Arg::Exp(exp)
                }
                (Param::Typ(var), ast::Param::Typ(id)) => {
                    let typ = Typ::Param(scope.add(typ_key(&id.name), Local::Typ));
                    subst.typs.insert(*var, typ.clone());
                    Arg::Typ(typ)
                }
                (Param::Typ(var), ast::Param::Exp(None, exp)) => {
                    let typ = self.typ_only(scope, exp)?;
                    subst.typs.insert(*var, typ.clone());
                    Arg::Typ(typ)
                }
                (Param::Def(var), ast::Param::Def(id, _, _)) => self.bind_fun(scope, *var, vars, id, &mut subst),
                (Param::Def(var), ast::Param::Exp(None, ast::Exp { kind: ExpKind::Call(id, args), .. }))
                    if args.is_empty() =>
                {
                    self.bind_fun(scope, *var, vars, id, &mut subst)
                }
                (Param::Gram(_), ast::Param::Exp(None, ast::Exp { kind: ExpKind::Id(id), .. })) => {
                    Arg::Gram(id.name.clone())
                }
                _ => return Err(Fail::new(span, "this is not the kind of pattern that should stand here".to_owned())),
            });
        }
        Ok((all, subst))
    }

    fn bind_fun(&self, scope: &mut Scope, param: VarId, vars: &[Var], id: &Ident, subst: &mut Subst) -> Arg {
        let sig = match &vars[param.index()].kind {
            VarKind::Def(sig) => sig.clone(),
            _ => Arc::new(Sig { vars: Vec::new(), params: Vec::new(), typ: Typ::Bool }),
        };
        let fun = FunRef::Param(scope.add(fun_key(&id.name), Local::Def(sig, Arc::new(subst.clone()))));
        subst.funs.insert(param, fun);
        Arg::Def(fun)
    }

    /// The function of a name.
    pub(super) fn fun_ref(&self, scope: &Scope, id: &Ident) -> Res<FunRef> {
        if let Some(var) = scope.get(&fun_key(&id.name)) {
            return Ok(FunRef::Param(var));
        }
        match self.fun_ids.get(&id.name) {
            Some(fun) if self.ready.contains(fun) => Ok(FunRef::Fun(*fun)),
            Some(_) => Err(Fail::new(id.span, format!("the function `${}` is declared further down", id.name))),
            None => Err(Fail::new(id.span, format!("there is no function `${}`", id.name))),
        }
    }
}
