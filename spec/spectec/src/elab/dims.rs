//! The dimensions of variables.
//!
//! A variable has as many dimensions as it has iterations around it where there are the fewest. Where there are more, the
//! innermost are its own, and the others repeat it. Then each iteration is told which variables it ranges over.

use super::scope::{Local, Scope};
use super::{Elab, Fail, Res};
use crate::il::{Exp, ExpKind as K, Iter, IterTyp, Prem, PremKind, Typ, Var, VarId, VarKind};
use crate::map::{Map, map_iter, map_kind};
use crate::source::Span;

/// What a definition consists of.
pub(super) struct Parts<'a> {
    /// Patterns, results, components of conclusions.
    pub(super) exps: Vec<&'a mut Exp>,
    /// Premises.
    pub(super) prems: Vec<&'a mut Prem>,
}

fn kind_of(iter: &Iter) -> IterTyp {
    if matches!(iter, Iter::Opt) { IterTyp::Opt } else { IterTyp::List }
}

/// The iterations around each variable where there are the fewest, innermost first.
struct Occurrences<'a> {
    scope: &'a Scope,
    around: Vec<IterTyp>,
    found: Vec<Option<Vec<IterTyp>>>,
}

impl Occurrences<'_> {
    fn var(&mut self, var: VarId) {
        let found = &mut self.found[var.index()];
        if found.as_ref().is_none_or(|found| found.len() > self.around.len()) {
            *found = Some(self.around.iter().rev().copied().collect());
        }
    }

    fn prem(&mut self, prem: &Prem) {
        match &prem.kind {
            PremKind::If(exp) => _ = self.exp(exp),
            PremKind::Otherwise => {}
            PremKind::Rule(_, exps) => exps.iter().for_each(|exp| _ = self.exp(exp)),
            PremKind::Iter(prem, iter, _) => {
                map_iter(self, iter);
                self.around.push(kind_of(iter));
                self.prem(prem);
                self.around.pop();
            }
        }
    }
}

impl Map for Occurrences<'_> {
    fn exp(&mut self, exp: &Exp) -> Exp {
        match exp.kind() {
            K::Var(var) => {
                if !matches!(self.scope.local(*var), Local::Index(_)) {
                    self.var(*var);
                }
            }
            K::Iter(body, iter, _) => {
                map_iter(self, iter);
                self.around.push(kind_of(iter));
                self.exp(body);
                self.around.pop();
            }
            kind => _ = map_kind(self, kind),
        }
        exp.clone()
    }

    fn typ(&mut self, typ: &Typ) -> Typ {
        typ.clone()
    }
}

/// An iteration around an expression.
struct Frame {
    kind: IterTyp,
    /// The variables that it ranges over.
    doms: Vec<(VarId, VarId)>,
}

struct Builder<'a> {
    dims: &'a [Vec<IterTyp>],
    /// The levels of each variable, from the whole to the elements.
    levels: &'a [Vec<VarId>],
    vars: &'a [Var],
    frames: Vec<Frame>,
    /// A variable whose iterations do not fit.
    wrong: Option<VarId>,
    /// Whether an iteration ranges over none of the variables in it.
    idle: bool,
}

impl Builder<'_> {
    /// The variable that stands for an element here.
    fn element(&mut self, var: VarId) -> VarId {
        let Some(dims) = self.dims.get(var.index()).filter(|dims| !dims.is_empty()) else { return var };
        // Its own iterations, innermost first.
        let mut own = Vec::new();
        let mut frame = self.frames.len();
        for kind in dims {
            let found = self.frames[..frame].iter().rposition(|around| around.kind == *kind);
            let Some(found) = found else {
                self.wrong.get_or_insert(var);
                return var;
            };
            own.push(found);
            frame = found;
        }
        let levels = &self.levels[var.index()];
        for (level, frame) in own.iter().rev().enumerate() {
            let dom = (levels[level + 1], levels[level]);
            let doms = &mut self.frames[*frame].doms;
            if !doms.contains(&dom) {
                doms.push(dom);
            }
        }
        levels[dims.len()]
    }

    /// What is wrong with the iterations, if anything.
    fn verdict(&self, span: Span) -> Res<()> {
        if let Some(var) = self.wrong {
            return Err(Fail::new(span, format!("`{}` is iterated in different ways", self.vars[var.index()].name)));
        }
        Ok(())
    }

    fn variable(&self, var: VarId) -> Exp {
        let typ = match &self.vars[var.index()].kind {
            VarKind::Exp(typ) => typ.clone(),
            _ => Typ::Bool,
        };
        Exp::new(K::Var(var), typ)
    }

    fn iterated<T>(
        &mut self,
        iter: &Iter,
        has_vars: bool,
        body: impl FnOnce(&mut Self) -> T,
    ) -> (T, Iter, Vec<(VarId, VarId)>) {
        let iter = map_iter(self, iter);
        self.frames.push(Frame { kind: kind_of(&iter), doms: Vec::new() });
        let body = body(self);
        let doms = self.frames.pop().map(|frame| frame.doms).unwrap_or_default();
        // `FINAL?` is an option of no variable, `x*` has to be a list of something.
        self.idle |= doms.is_empty() && has_vars && !matches!(iter, Iter::ListN(..));
        (body, iter, doms)
    }

    fn prem(&mut self, prem: &Prem) -> Prem {
        let kind = match &prem.kind {
            PremKind::If(exp) => PremKind::If(self.exp(exp)),
            PremKind::Otherwise => PremKind::Otherwise,
            PremKind::Rule(rel, exps) => PremKind::Rule(*rel, exps.iter().map(|exp| self.exp(exp)).collect()),
            PremKind::Iter(inner, iter, _) => {
                let (inner, iter, doms) = self.iterated(iter, true, |builder| builder.prem(inner));
                PremKind::Iter(Box::new(inner), iter, doms)
            }
        };
        Prem { kind, span: prem.span }
    }
}

impl Map for Builder<'_> {
    fn exp(&mut self, exp: &Exp) -> Exp {
        match exp.kind() {
            K::Var(var) => match self.element(*var) {
                same if same == *var => exp.clone(),
                element => self.variable(element),
            },
            K::Iter(body, iter, _) => {
                let (body, iter, doms) = self.iterated(iter, has_vars(body), |builder| builder.exp(body));
                // `x*` by itself is the variable of that dimension.
                if let (K::Var(var), Iter::Opt | Iter::List, [(inner, outer)]) = (body.kind(), &iter, &doms[..])
                    && var == inner
                {
                    return self.variable(*outer);
                }
                Exp::new(K::Iter(body, iter, doms), exp.typ().clone())
            }
            kind => Exp::new(map_kind(self, kind), exp.typ().clone()),
        }
    }

    /// Types name the variables as they are apart from dimensions.
    fn typ(&mut self, typ: &Typ) -> Typ {
        typ.clone()
    }
}

/// Whether there are variables in an expression.
fn has_vars(exp: &Exp) -> bool {
    struct Vars(bool);
    impl Map for Vars {
        fn exp(&mut self, exp: &Exp) -> Exp {
            match exp.kind() {
                K::Var(_) => self.0 = true,
                kind => _ = map_kind(self, kind),
            }
            exp.clone()
        }

        fn typ(&mut self, typ: &Typ) -> Typ {
            typ.clone()
        }
    }
    let mut vars = Vars(false);
    vars.exp(exp);
    vars.0
}

/// The type of a variable from its element type and its iterations, innermost first.
fn raised(typ: &Typ, dims: &[IterTyp]) -> Typ {
    dims.iter().fold(typ.clone(), |typ, iter| Typ::Iter(typ.into(), *iter))
}

impl Elab<'_> {
    /// Finds the dimensions of the variables of a definition and makes them explicit.
    pub(super) fn dimensions(&self, scope: &mut Scope, parts: Parts, span: Span) -> Res<Vec<Var>> {
        let mut occurrences = Occurrences { scope, around: Vec::new(), found: vec![None; scope.len()] };
        for exp in &parts.exps {
            occurrences.exp(exp);
        }
        for prem in &parts.prems {
            occurrences.prem(prem);
        }
        let mut dims: Vec<Vec<IterTyp>> = occurrences.found.into_iter().map(Option::unwrap_or_default).collect();
        let mut vars = Self::plain_vars(scope);
        let mut levels: Vec<Vec<VarId>> = (0..vars.len()).map(|i| vec![VarId(i as u32)]).collect();
        for i in 0..dims.len() {
            let VarKind::Exp(typ) = vars[i].kind.clone() else {
                dims[i].clear();
                continue;
            };
            let count = dims[i].len();
            let base = vars[i].name.clone();
            for level in 0..=count {
                let mut name = base.to_string();
                for iter in &dims[i][..count - level] {
                    name.push(if *iter == IterTyp::Opt { '?' } else { '*' });
                }
                let var = Var { name: name.into(), kind: VarKind::Exp(raised(&typ, &dims[i][..count - level])) };
                if level == 0 {
                    vars[i] = var;
                } else {
                    levels[i].push(VarId(vars.len() as u32));
                    vars.push(var);
                }
            }
        }
        let mut builder =
            Builder { dims: &dims, levels: &levels, vars: &vars, frames: Vec::new(), wrong: None, idle: false };
        let mut idle = Vec::new();
        for exp in parts.exps {
            *exp = builder.exp(exp);
        }
        if std::mem::take(&mut builder.idle) {
            idle.push(span);
        }
        for prem in parts.prems {
            *prem = builder.prem(prem);
            builder.verdict(prem.span)?;
            if std::mem::take(&mut builder.idle) {
                idle.push(prem.span);
            }
        }
        builder.verdict(span)?;
        idle.into_iter().for_each(|span| scope.warn(span, "an iteration here ranges over none of its variables"));
        Ok(vars)
    }
}
