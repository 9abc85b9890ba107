//! Side conditions: what has to hold so that all parts of a rule or clause have values of their types.
//!
//! - An index is within its list, a slice ends within it, a divisor is not zero, a number that stands for a natural number
//!   is none below zero.
//! - Variables that are iterated together are equally long, and as long as the iteration says.
//! - A value that stands for one of a refined type meets the conditions of that type, unless it was one before.

use super::Elab;
use crate::ast::{BinOp, CmpOp, NumTyp};
use crate::il::{
    Arg, DefTyp, Exp, ExpKind as K, Inst, Iter, IterTyp, OpTyp, Path, Prem, PremKind, Typ, Var, VarId, VarKind,
};
use crate::map::{Map, map_iter, map_kind, map_prem};
use crate::source::Span;

/// An iteration around what is looked at.
type Around = (Iter, Vec<(VarId, VarId)>);

struct Sides<'e, 'a> {
    elab: &'e Elab<'a>,
    vars: &'e [Var],
    around: Vec<Around>,
    span: Span,
    found: Vec<Prem>,
    /// Whether a pattern is looked at, in which a type is a test.
    pattern: bool,
}

fn nat(kind: K) -> Exp {
    Exp::new(kind, Typ::Num(NumTyp::Nat))
}

fn len(exp: &Exp) -> Exp {
    nat(K::Len(exp.clone()))
}

fn compare(op: CmpOp, typ: OpTyp, a: Exp, b: Exp) -> Exp {
    Exp::new(K::Cmp(op, typ, a, b), Typ::Bool)
}

impl Sides<'_, '_> {
    fn add(&mut self, condition: Exp) {
        self.add_prem(Prem { kind: PremKind::If(condition), span: self.span });
    }

    /// A condition, for all elements of the iterations around.
    fn add_prem(&mut self, mut prem: Prem) {
        for (iter, doms) in self.around.iter().rev() {
            let kind = PremKind::Iter(Box::new(prem), iter.clone(), doms.clone());
            prem = Prem { kind, span: self.span };
        }
        let same = |other: &Prem| format!("{:?}", other.kind) == format!("{:?}", prem.kind);
        if !self.found.iter().any(same) {
            self.found.push(prem);
        }
    }

    fn variable(&self, var: VarId) -> Exp {
        let typ = match &self.vars[var.index()].kind {
            VarKind::Exp(typ) => typ.clone(),
            _ => Typ::Bool,
        };
        Exp::new(K::Var(var), typ)
    }

    /// The variables of an iteration are equally long.
    fn lengths(&mut self, iter: &Iter, doms: &[(VarId, VarId)]) {
        let lens: Vec<Exp> = doms.iter().map(|(_, outer)| len(&self.variable(*outer))).collect();
        let count = match iter {
            // In a pattern it gets its value by the length.
            Iter::ListN(count, _) if !self.pattern => Some(count.clone()),
            _ => None,
        };
        let Some(first) = count.or_else(|| lens.first().cloned()) else { return };
        for len in lens {
            if len != first {
                self.add(compare(CmpOp::Eq, OpTyp::Any, len, first.clone()));
            }
        }
    }

    fn index(&mut self, list: &Exp, i: &Exp) {
        self.add(compare(CmpOp::Lt, OpTyp::Num(NumTyp::Nat), i.clone(), len(list)));
    }

    fn slice(&mut self, list: &Exp, i: &Exp, n: &Exp) {
        let end = nat(K::Bin(BinOp::Add, OpTyp::Num(NumTyp::Nat), i.clone(), n.clone()));
        self.add(compare(CmpOp::Le, OpTyp::Num(NumTyp::Nat), end, len(list)));
    }

    /// What a refined type asks of a value.
    fn refined(&mut self, value: &Exp, typ: &Typ) {
        let head = self.elab.head(typ);
        if self.elab.head(value.typ()) == head {
            return;
        }
        let Some((Inst { body: DefTyp::Refined(refined), .. }, mut subst)) = self.elab.body(&head) else { return };
        // A literal that is one of the type needs no condition, and is seen at once.
        subst.exps.insert(refined.var, value.clone());
        for prem in &refined.prems {
            self.add_prem(map_prem(&mut &subst, prem));
        }
    }

    fn prem(&mut self, prem: &Prem) {
        self.span = prem.span;
        match &prem.kind {
            PremKind::If(exp) => _ = self.exp(exp),
            PremKind::Otherwise => {}
            PremKind::Rule(_, exps) => exps.iter().for_each(|exp| _ = self.exp(exp)),
            PremKind::Iter(inner, iter, doms) => {
                map_iter(self, iter);
                self.lengths(iter, doms);
                self.around.push((iter.clone(), doms.clone()));
                self.prem(inner);
                self.around.pop();
            }
        }
    }

    fn path(&mut self, whole: &Exp, path: &[Path]) {
        // Only the first step has the list at hand as an expression.
        match path.first() {
            Some(Path::Idx(i)) => self.index(whole, i),
            Some(Path::Slice(i, n)) => self.slice(whole, i, n),
            _ => {}
        }
    }
}

impl Map for Sides<'_, '_> {
    fn exp(&mut self, exp: &Exp) -> Exp {
        match exp.kind() {
            K::Iter(body, iter, doms) => {
                map_iter(self, iter);
                self.lengths(iter, doms);
                self.around.push((iter.clone(), doms.clone()));
                self.exp(body);
                self.around.pop();
                return exp.clone();
            }
            // The second operand counts only if the first does not decide.
            K::Bin(BinOp::And | BinOp::Or | BinOp::Impl, _, a, _) => {
                self.exp(a);
                return exp.clone();
            }
            K::Idx(list, i) => self.index(list, i),
            K::Slice(list, i, n) => self.slice(list, i, n),
            K::Upd(whole, path, _) | K::Ext(whole, path, _) => self.path(whole, path),
            K::Bin(BinOp::Div | BinOp::Mod, typ, _, divisor) if !matches!(divisor.plain().kind(), K::Num(_)) => {
                let zero = Exp::new(K::Num(0u8.into()), divisor.typ().clone());
                self.add(compare(CmpOp::Ne, *typ, divisor.clone(), zero));
            }
            K::Cvt(NumTyp::Int, NumTyp::Nat, number) if !self.pattern => {
                let zero = Exp::new(K::Num(0u8.into()), number.typ().clone());
                self.add(compare(CmpOp::Ge, OpTyp::Num(NumTyp::Int), number.clone(), zero));
            }
            K::Sub(value) if !self.pattern && !matches!(value.typ(), Typ::Iter(_, IterTyp::Opt)) => {
                self.refined(value, exp.typ());
            }
            _ => {}
        }
        map_kind(self, exp.kind());
        exp.clone()
    }

    fn typ(&mut self, typ: &Typ) -> Typ {
        typ.clone()
    }
}

impl Elab<'_> {
    /// The side conditions of a rule or clause: of its patterns, of its other expressions, of its premises.
    pub(super) fn sides(
        &self,
        vars: &[Var],
        patterns: &[&Exp],
        exps: &[&Exp],
        prems: &[Prem],
        span: Span,
    ) -> Vec<Prem> {
        let mut sides = Sides { elab: self, vars, around: Vec::new(), span, found: Vec::new(), pattern: true };
        patterns.iter().for_each(|exp| _ = sides.exp(exp));
        sides.pattern = false;
        exps.iter().for_each(|exp| _ = sides.exp(exp));
        prems.iter().for_each(|prem| sides.prem(prem));
        // What is a premise already is no side condition.
        let stated: Vec<String> = prems.iter().map(|prem| format!("{:?}", prem.kind)).collect();
        sides.found.retain(|prem| !stated.contains(&format!("{:?}", prem.kind)) && !is_true(prem));
        sides.found
    }

    /// All side conditions, once everything else is known.
    pub(super) fn all_sides(&mut self) {
        for i in 0..self.script.rels.len() {
            for j in 0..self.script.rels[i].rules.len() {
                let rel = &self.script.rels[i];
                let rule = &rel.rules[j];
                // Inputs are patterns: what stands before an arrow. Of other relations all is given.
                let arrow = self.script.mixops[rel.mixop.index()].find("~>");
                let count = arrow.map_or(rule.conclusion.len(), |at| {
                    self.script.mixops[rel.mixop.index()][..at].matches('%').count()
                });
                let (patterns, exps) = rule.conclusion.split_at(count.min(rule.conclusion.len()));
                let (patterns, exps): (Vec<&Exp>, Vec<&Exp>) = (patterns.iter().collect(), exps.iter().collect());
                let sides = self.sides(&rule.vars, &patterns, &exps, &rule.prems, rule.span);
                self.script.rels[i].rules[j].sides = sides;
            }
        }
        for i in 0..self.script.funs.len() {
            for j in 0..self.script.funs[i].clauses.len() {
                let clause = &self.script.funs[i].clauses[j];
                let exp = |arg: &'_ Arg| match arg {
                    Arg::Exp(exp) => Some(exp.clone()),
                    _ => None,
                };
                let patterns: Vec<Exp> = clause.args.iter().filter_map(exp).collect();
                let patterns: Vec<&Exp> = patterns.iter().collect();
                let sides = self.sides(&clause.vars, &patterns, &[&clause.exp], &clause.prems, clause.span);
                self.script.funs[i].clauses[j].sides = sides;
            }
        }
    }
}

/// Whether a condition on literals holds by itself.
fn is_true(prem: &Prem) -> bool {
    fn value(exp: &Exp) -> Option<bool> {
        match exp.kind() {
            K::Bin(BinOp::And, _, a, b) => Some(value(a)? && value(b)?),
            K::Bin(BinOp::Or, _, a, b) => match (value(a), value(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (a, b) => Some(a? || b?),
            },
            K::Cmp(op, _, a, b) => {
                let (K::Num(a), K::Num(b)) = (number(a)?, number(b)?) else { return None };
                Some(op.holds(a.cmp(&b)))
            }
            _ => None,
        }
    }
    fn number(exp: &Exp) -> Option<K> {
        match exp.plain().kind() {
            K::Num(n) => Some(K::Num(n.clone())),
            K::Bin(op, _, a, b) => {
                let (K::Num(a), K::Num(b)) = (number(a)?, number(b)?) else { return None };
                Some(K::Num(match op {
                    BinOp::Add => a + b,
                    BinOp::Sub if a >= b => a - b,
                    BinOp::Mul => a * b,
                    BinOp::Pow => a.pow(u32::try_from(b).ok().filter(|b| *b <= 256)?),
                    _ => return None,
                }))
            }
            _ => None,
        }
    }
    match &prem.kind {
        PremKind::If(exp) => value(exp) == Some(true),
        PremKind::Iter(prem, ..) => is_true(prem),
        _ => false,
    }
}
