//! Changing elaborated expressions and types, part by part.

use rustc_hash::FxHashMap;

use crate::il::{Arg, Exp, ExpKind, FunRef, Iter, Path, Prem, PremKind, Typ, VarId};

/// What is to be done with parts. By default parts are kept, and their own parts are changed.
pub trait Map {
    /// Changes an expression.
    fn exp(&mut self, exp: &Exp) -> Exp {
        let kind = map_kind(self, exp.kind());
        let typ = self.typ(exp.typ());
        Exp::new(kind, typ)
    }

    /// Changes a type.
    fn typ(&mut self, typ: &Typ) -> Typ {
        map_typ(self, typ)
    }

    /// Changes a function that is called or passed.
    fn fun(&mut self, fun: FunRef) -> FunRef {
        fun
    }

    /// Changes a variable that an iteration binds or ranges over.
    fn var(&mut self, var: VarId) -> VarId {
        var
    }
}

/// Changes the parts of a type.
pub fn map_typ<M: Map + ?Sized>(map: &mut M, typ: &Typ) -> Typ {
    match typ {
        Typ::Bool | Typ::Num(_) | Typ::Text | Typ::Param(_) => typ.clone(),
        Typ::Tup(typs) => Typ::Tup(typs.iter().map(|typ| map.typ(typ)).collect()),
        Typ::Iter(typ, iter) => Typ::Iter(map.typ(typ).into(), *iter),
        Typ::Var(_, args) if args.is_empty() => typ.clone(),
        Typ::Var(id, args) => Typ::Var(*id, args.iter().map(|arg| map_arg(map, arg)).collect()),
    }
}

/// Changes the parts of an argument.
pub fn map_arg<M: Map + ?Sized>(map: &mut M, arg: &Arg) -> Arg {
    match arg {
        Arg::Exp(exp) => Arg::Exp(map.exp(exp)),
        Arg::Typ(typ) => Arg::Typ(map.typ(typ)),
        Arg::Def(fun) => Arg::Def(map.fun(*fun)),
        Arg::Gram(name) => Arg::Gram(name.clone()),
    }
}

/// Changes the parts of an iteration.
pub fn map_iter<M: Map + ?Sized>(map: &mut M, iter: &Iter) -> Iter {
    match iter {
        Iter::ListN(count, var) => Iter::ListN(map.exp(count), var.map(|var| map.var(var))),
        iter => iter.clone(),
    }
}

/// Changes the steps of a path.
pub fn map_path<M: Map + ?Sized>(map: &mut M, path: &[Path]) -> Vec<Path> {
    let step = |step: &Path| match step {
        Path::Idx(i) => Path::Idx(map.exp(i)),
        Path::Slice(i, n) => Path::Slice(map.exp(i), map.exp(n)),
        Path::Dot(field) => Path::Dot(*field),
    };
    path.iter().map(step).collect()
}

/// Changes the parts of an expression.
pub fn map_kind<M: Map + ?Sized>(map: &mut M, kind: &ExpKind) -> ExpKind {
    use ExpKind as K;
    let all = |map: &mut M, exps: &[Exp]| exps.iter().map(|exp| map.exp(exp)).collect();
    match kind {
        K::Var(_) | K::Bool(_) | K::Num(_) | K::Text(_) | K::GramLen => kind.clone(),
        K::Un(op, e) => K::Un(*op, map.exp(e)),
        K::Bin(op, typ, a, b) => K::Bin(*op, *typ, map.exp(a), map.exp(b)),
        K::Cmp(op, typ, a, b) => K::Cmp(*op, *typ, map.exp(a), map.exp(b)),
        K::Idx(e, i) => K::Idx(map.exp(e), map.exp(i)),
        K::Slice(e, i, n) => K::Slice(map.exp(e), map.exp(i), map.exp(n)),
        K::Upd(e, path, with) => K::Upd(map.exp(e), map_path(map, path), map.exp(with)),
        K::Ext(e, path, with) => K::Ext(map.exp(e), map_path(map, path), map.exp(with)),
        K::Str(fields) => K::Str(all(map, fields)),
        K::Dot(e, field) => K::Dot(map.exp(e), *field),
        K::Comp(a, b) => K::Comp(map.exp(a), map.exp(b)),
        K::Cat(a, b) => K::Cat(map.exp(a), map.exp(b)),
        K::Mem(a, b) => K::Mem(map.exp(a), map.exp(b)),
        K::Len(e) => K::Len(map.exp(e)),
        K::Tup(exps) => K::Tup(all(map, exps)),
        K::Call(fun, args) => K::Call(map.fun(*fun), args.iter().map(|arg| map_arg(map, arg)).collect()),
        K::Iter(body, iter, doms) => {
            let iter = map_iter(map, iter);
            let doms = doms.iter().map(|(inner, outer)| (map.var(*inner), map.var(*outer))).collect();
            K::Iter(map.exp(body), iter, doms)
        }
        K::Case(mixop, exps) => K::Case(*mixop, all(map, exps)),
        K::List(exps) => K::List(all(map, exps)),
        K::Opt(exp) => K::Opt(exp.as_ref().map(|exp| map.exp(exp))),
        K::Lift(e) => K::Lift(map.exp(e)),
        K::Cvt(from, to, e) => K::Cvt(*from, *to, map.exp(e)),
        K::Sub(e) => K::Sub(map.exp(e)),
        K::All(e) => K::All(map.exp(e)),
    }
}

/// Changes the parts of a premise.
pub fn map_prem<M: Map + ?Sized>(map: &mut M, prem: &Prem) -> Prem {
    let kind = match &prem.kind {
        PremKind::If(exp) => PremKind::If(map.exp(exp)),
        PremKind::Otherwise => PremKind::Otherwise,
        PremKind::Rule(rel, exps) => PremKind::Rule(*rel, exps.iter().map(|exp| map.exp(exp)).collect()),
        PremKind::Iter(prem, iter, doms) => {
            let iter = map_iter(map, iter);
            let doms = doms.iter().map(|(inner, outer)| (map.var(*inner), map.var(*outer))).collect();
            PremKind::Iter(Box::new(map_prem(map, prem)), iter, doms)
        }
    };
    Prem { kind, span: prem.span }
}

/// What variables are replaced with.
#[derive(Clone, Debug, Default)]
pub struct Subst {
    /// Values.
    pub exps: FxHashMap<VarId, Exp>,
    /// Types.
    pub typs: FxHashMap<VarId, Typ>,
    /// Functions.
    pub funs: FxHashMap<VarId, FunRef>,
}

impl Subst {
    /// Whether it replaces nothing.
    pub fn is_empty(&self) -> bool {
        self.exps.is_empty() && self.typs.is_empty() && self.funs.is_empty()
    }
}

impl Map for &Subst {
    fn exp(&mut self, exp: &Exp) -> Exp {
        if let ExpKind::Var(var) = exp.kind() {
            return self.exps.get(var).unwrap_or(exp).clone();
        }
        let typ = self.typ(exp.typ());
        Exp::new(map_kind(self, exp.kind()), typ)
    }

    fn typ(&mut self, typ: &Typ) -> Typ {
        match typ {
            Typ::Param(var) => self.typs.get(var).unwrap_or(typ).clone(),
            typ => map_typ(self, typ),
        }
    }

    fn fun(&mut self, fun: FunRef) -> FunRef {
        match fun {
            FunRef::Param(var) => self.funs.get(&var).copied().unwrap_or(fun),
            fun => fun,
        }
    }
}
