//! When types are the same, and when one is part of another.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Elab;
use crate::Name;
use crate::ast::{BinOp, NumTyp};
use crate::il::{
    Arg, Case, CaseDef, DefTyp, Exp, ExpKind, FunRef, Inst, IterTyp, MixId, Notation, PremKind, Typ, TypId,
};
use crate::map::{Map, Subst, map_arg, map_kind};

/// So many steps may the reduction of one expression take.
const REDUCTIONS: u32 = 2_000;

/// So deep may types be compared.
const NESTING: u32 = 64;

/// A case of a variant that may be included in another.
#[derive(Clone, Debug)]
pub(super) struct CaseRef {
    at: (TypId, usize, usize),
    /// The case.
    pub(super) def: Arc<CaseDef>,
    /// What the variables of the instance stand for.
    pub(super) subst: Arc<Subst>,
}

/// All cases of a variant.
#[derive(Debug, Default)]
pub(super) struct Variant {
    pub(super) cases: Vec<CaseRef>,
    by_mixop: FxHashMap<MixId, usize>,
    by_atom: FxHashMap<Name, Vec<usize>>,
    /// Cases without atoms.
    bare: Vec<usize>,
}

impl Variant {
    /// The cases whose first atom is among these, and those without atoms.
    pub(super) fn candidates(&self, atoms: &[&str]) -> Vec<usize> {
        if self.cases.len() == 1 {
            return vec![0];
        }
        let mut found: Vec<usize> = Vec::new();
        for atom in atoms {
            for i in self.by_atom.get(*atom).into_iter().flatten() {
                if !found.contains(i) {
                    found.push(*i);
                }
            }
        }
        found.extend(&self.bare);
        found
    }
}

/// The first atom of a notation.
fn first_atom(notation: &Notation) -> Option<Name> {
    match notation {
        Notation::Atom(atom) => Some(atom.clone()),
        Notation::Operand(_) => None,
        Notation::Seq(parts) => parts.iter().find_map(first_atom),
        Notation::Infix(left, op, _, _) => left.as_deref().and_then(first_atom).or_else(|| Some(op.clone())),
        Notation::Brack(bracket, _) => Some((*bracket).into()),
        Notation::Iter(inner, _) => first_atom(inner),
    }
}

/// Whether a value matches a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Matched {
    Yes,
    No,
    /// It depends on variables.
    Maybe,
}

impl Matched {
    fn and(self, other: impl FnOnce() -> Matched) -> Matched {
        match self {
            Matched::Yes => other(),
            Matched::No => Matched::No,
            Matched::Maybe => {
                if other() == Matched::No {
                    Matched::No
                } else {
                    Matched::Maybe
                }
            }
        }
    }
}

impl Elab<'_> {
    /// The instance that a type has for its arguments.
    pub(super) fn instance(&self, id: TypId, args: &[Arg]) -> Option<(usize, Subst)> {
        self.bounded(None, || self.instance_for(id, args))
    }

    fn instance_for(&self, id: TypId, args: &[Arg]) -> Option<(usize, Subst)> {
        let def = &self.script.typs[id.index()];
        if args.is_empty() {
            return (!def.insts.is_empty()).then(|| (0, Subst::default()));
        }
        let mut fuel = REDUCTIONS;
        let args: Vec<Arg> = args.iter().map(|arg| self.reduce_arg(arg, &mut fuel)).collect();
        def.insts.iter().enumerate().find_map(|(i, inst)| {
            let mut subst = Subst::default();
            let matched = self.match_args(&inst.args, &args, &mut subst);
            (matched == Matched::Yes).then_some((i, subst))
        })
    }

    /// The instance that a type is defined by, where it is known.
    pub(super) fn body(&self, typ: &Typ) -> Option<(&Inst, Subst)> {
        let Typ::Var(id, args) = typ else { return None };
        let (i, subst) = self.instance(*id, args)?;
        Some((&self.script.typs[id.index()].insts[i], subst))
    }

    /// A type without aliases at its head.
    pub(super) fn head(&self, typ: &Typ) -> Typ {
        let mut typ = typ.clone();
        // A circle of aliases ends here.
        for _ in 0..64 {
            match self.body(&typ) {
                Some((Inst { body: DefTyp::Alias(alias), .. }, subst)) => typ = (&subst).typ(alias),
                _ => break,
            }
        }
        typ
    }

    /// The type that a refined type refines.
    pub(super) fn base(&self, head: &Typ) -> Option<Typ> {
        match self.body(head) {
            Some((Inst { body: DefTyp::Refined(refined), .. }, subst)) => Some((&subst).typ(&refined.base)),
            _ => None,
        }
    }

    /// A type without aliases and refinements at its head.
    pub(super) fn carrier(&self, typ: &Typ) -> Typ {
        let mut typ = self.head(typ);
        for _ in 0..64 {
            match self.base(&typ) {
                Some(base) => typ = self.head(&base),
                None => break,
            }
        }
        typ
    }

    /// The element type and the iteration of a sequence, apart from refinements.
    pub(super) fn sequence(&self, typ: &Typ) -> Option<(Arc<Typ>, IterTyp)> {
        match self.carrier(typ) {
            Typ::Iter(typ, iter) => Some((typ, iter)),
            _ => None,
        }
    }

    /// The cases of a type that is a variant.
    pub(super) fn variant(&self, head: &Typ) -> Option<Arc<Variant>> {
        let Typ::Var(id, args) = head else { return None };
        if args.is_empty()
            && let Some(known) = self.variants.borrow().get(id)
        {
            return Some(known.clone());
        }
        let mut variant = Variant::default();
        if !self.add_cases(head, &mut variant, 0) {
            return None;
        }
        let variant = Arc::new(variant);
        if args.is_empty() {
            self.variants.borrow_mut().insert(*id, variant.clone());
        }
        Some(variant)
    }

    fn add_cases(&self, typ: &Typ, variant: &mut Variant, depth: u32) -> bool {
        let head = self.head(typ);
        let Typ::Var(id, args) = &head else { return false };
        let Some((inst, subst)) = self.instance(*id, args) else { return false };
        let DefTyp::Variant(cases) = &self.script.typs[id.index()].insts[inst].body else { return false };
        let subst = Arc::new(subst);
        for (i, case) in cases.iter().enumerate() {
            match case {
                Case::Case(def) => {
                    let number = variant.cases.len();
                    if variant.by_mixop.contains_key(&def.mixop) {
                        // Included cases may coincide.
                        continue;
                    }
                    variant.by_mixop.insert(def.mixop, number);
                    variant.cases.push(CaseRef { at: (*id, inst, i), def: def.clone(), subst: subst.clone() });
                    match first_atom(&def.notation) {
                        Some(atom) => variant.by_atom.entry(atom).or_default().push(number),
                        None => variant.bare.push(number),
                    }
                }
                Case::Include(typ) if depth < 32 => _ = self.add_cases(&(&*subst).typ(typ), variant, depth + 1),
                Case::Include(_) => {}
            }
        }
        true
    }

    /// The fields of a type that is a record: names and types.
    pub(super) fn record(&self, head: &Typ) -> Option<Vec<(Name, Typ)>> {
        match self.body(head) {
            Some((Inst { body: DefTyp::Record(fields), .. }, subst)) => {
                Some(fields.iter().map(|field| (field.atom.clone(), (&subst).typ(&field.typ))).collect())
            }
            _ => None,
        }
    }

    /// Goes one level deeper, unless types are nested so deeply that there is no end to it.
    pub(super) fn bounded<T>(&self, otherwise: T, f: impl FnOnce() -> T) -> T {
        if self.depth.get() >= NESTING {
            return otherwise;
        }
        self.depth.set(self.depth.get() + 1);
        let found = f();
        self.depth.set(self.depth.get() - 1);
        found
    }

    /// Whether two types are the same.
    pub(super) fn equal(&self, a: &Typ, b: &Typ) -> bool {
        a == b || self.bounded(false, || self.equal_parts(a, b))
    }

    fn equal_parts(&self, a: &Typ, b: &Typ) -> bool {
        match (a, b) {
            (Typ::Iter(a, k), Typ::Iter(b, l)) => return k == l && self.equal(a, b),
            (Typ::Tup(a), Typ::Tup(b)) => {
                return a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.equal(a, b));
            }
            (Typ::Var(i, a), Typ::Var(j, b)) if i == j && self.equal_args(a, b) => return true,
            _ => {}
        }
        let (x, y) = (self.head(a), self.head(b));
        if &x == a && &y == b {
            return false;
        }
        self.equal(&x, &y)
    }

    fn equal_args(&self, a: &[Arg], b: &[Arg]) -> bool {
        let mut fuel = REDUCTIONS;
        a.len() == b.len()
            && a.iter().zip(b).all(|pair| match pair {
                (Arg::Exp(a), Arg::Exp(b)) => a == b || self.reduce(a, &mut fuel) == self.reduce(b, &mut fuel),
                (Arg::Typ(a), Arg::Typ(b)) => self.equal(a, b),
                (a, b) => a == b,
            })
    }

    /// Whether every value of one type is a value of another, or may be, where that one is refined.
    pub(super) fn is_sub(&self, a: &Typ, b: &Typ) -> bool {
        self.equal(a, b) || self.bounded(false, || self.is_sub_part(a, b))
    }

    fn is_sub_part(&self, a: &Typ, b: &Typ) -> bool {
        let (x, y) = (self.carrier(a), self.carrier(b));
        match (&x, &y) {
            (Typ::Num(a), Typ::Num(b)) => a <= b,
            (Typ::Iter(a, k), Typ::Iter(b, l)) => (k == l || *k == IterTyp::Opt) && self.is_sub(a, b),
            (Typ::Tup(a), Typ::Tup(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.is_sub(a, b)),
            (Typ::Var(..), Typ::Var(..)) => self.equal(&x, &y) || self.is_part(&x, &y),
            _ => self.equal(&x, &y),
        }
    }

    /// Whether all cases of a variant are cases of another.
    fn is_part(&self, a: &Typ, b: &Typ) -> bool {
        let (Some(a), Some(b)) = (self.variant(a), self.variant(b)) else { return false };
        a.cases.iter().all(|case| {
            let def = &case.def;
            let Some(other) = b.by_mixop.get(&def.mixop).map(|i| &b.cases[*i]) else { return false };
            case.at == other.at || {
                let there = &other.def;
                let types = def.operands.iter().zip(&there.operands);
                def.operands.len() == there.operands.len()
                    && types.into_iter().all(|((_, a), (_, b))| {
                        let (a, b) = ((&*case.subst).typ(a), (&*other.subst).typ(b));
                        // Types of operands may depend on operands before, which have other names there.
                        self.is_sub(&a, &b)
                            || matches!((&a, &b), (Typ::Var(i, x), Typ::Var(j, _)) if i == j && !x.is_empty())
                    })
            }
        })
    }

    /// Whether two variants have no case in common.
    fn is_apart(&self, a: &Typ, b: &Typ) -> bool {
        let (Some(a), Some(b)) = (self.variant(&self.head(a)), self.variant(&self.head(b))) else { return false };
        let mixops: FxHashSet<MixId> = a.by_mixop.keys().copied().collect();
        b.by_mixop.keys().all(|mixop| !mixops.contains(mixop))
    }

    fn has_case(&self, typ: &Typ, mixop: MixId) -> bool {
        self.variant(&self.head(typ)).is_none_or(|variant| variant.by_mixop.contains_key(&mixop))
    }

    /// Matches arguments against patterns. Variables of the patterns get what they match.
    pub(super) fn match_args(&self, patterns: &[Arg], args: &[Arg], subst: &mut Subst) -> Matched {
        if patterns.len() != args.len() {
            return Matched::No;
        }
        patterns.iter().zip(args).fold(Matched::Yes, |matched, (pattern, arg)| {
            matched.and(|| match (pattern, arg) {
                (Arg::Exp(pattern), Arg::Exp(exp)) => self.match_exp(pattern, exp, subst),
                (Arg::Typ(Typ::Param(var)), Arg::Typ(typ)) => {
                    subst.typs.insert(*var, typ.clone());
                    Matched::Yes
                }
                (Arg::Def(FunRef::Param(var)), Arg::Def(fun)) => {
                    subst.funs.insert(*var, *fun);
                    Matched::Yes
                }
                (Arg::Typ(a), Arg::Typ(b)) if self.equal(a, b) => Matched::Yes,
                (Arg::Gram(_), Arg::Gram(_)) => Matched::Yes,
                _ => Matched::Maybe,
            })
        })
    }

    fn match_exp(&self, pattern: &Exp, exp: &Exp, subst: &mut Subst) -> Matched {
        let value = exp.plain();
        match (pattern.kind(), value.kind()) {
            (ExpKind::Sub(inner), _) => {
                // A variable of a smaller type matches what is known to be of that type.
                if self.is_sub(value.typ(), inner.typ()) {
                    return self.match_exp(inner, value, subst);
                }
                match value.kind() {
                    ExpKind::Case(mixop, _) if self.has_case(inner.typ(), *mixop) => {
                        self.match_exp(inner, value, subst)
                    }
                    ExpKind::Case(..) => Matched::No,
                    ExpKind::Num(_) => self.match_exp(inner, value, subst),
                    _ if self.is_apart(value.typ(), inner.typ()) => Matched::No,
                    _ => Matched::Maybe,
                }
            }
            (ExpKind::Cvt(_, _, inner) | ExpKind::Lift(inner), _) => self.match_exp(inner, value, subst),
            (ExpKind::Var(var), _) => match subst.exps.insert(*var, exp.clone()) {
                None => Matched::Yes,
                Some(before) if &before == exp => Matched::Yes,
                Some(_) => Matched::Maybe,
            },
            (ExpKind::Case(a, ps), ExpKind::Case(b, es)) if a == b && ps.len() == es.len() => {
                ps.iter().zip(es).fold(Matched::Yes, |matched, (p, e)| matched.and(|| self.match_exp(p, e, subst)))
            }
            (ExpKind::Case(..), ExpKind::Case(..)) => Matched::No,
            (ExpKind::Tup(ps), ExpKind::Tup(es)) | (ExpKind::List(ps), ExpKind::List(es)) if ps.len() == es.len() => {
                ps.iter().zip(es).fold(Matched::Yes, |matched, (p, e)| matched.and(|| self.match_exp(p, e, subst)))
            }
            (ExpKind::List(_), ExpKind::List(_)) => Matched::No,
            (ExpKind::Num(a), ExpKind::Num(b)) => {
                if a == b {
                    Matched::Yes
                } else {
                    Matched::No
                }
            }
            (ExpKind::Bool(a), ExpKind::Bool(b)) => {
                if a == b {
                    Matched::Yes
                } else {
                    Matched::No
                }
            }
            (ExpKind::Text(a), ExpKind::Text(b)) => {
                if a == b {
                    Matched::Yes
                } else {
                    Matched::No
                }
            }
            (ExpKind::Case(mixop, _), _) if !self.has_case(value.typ(), *mixop) => Matched::No,
            (a, b) if a == b => Matched::Yes,
            _ => Matched::Maybe,
        }
    }

    fn reduce_arg(&self, arg: &Arg, fuel: &mut u32) -> Arg {
        match arg {
            Arg::Exp(exp) => Arg::Exp(self.reduce(exp, fuel)),
            arg => arg.clone(),
        }
    }

    /// An expression with functions applied as far as variables allow.
    pub(super) fn reduce(&self, exp: &Exp, fuel: &mut u32) -> Exp {
        let mut reducer = Reducer { elab: self, fuel, depth: 0 };
        reducer.exp(exp)
    }
}

struct Reducer<'a, 'b, 'f> {
    elab: &'a Elab<'b>,
    fuel: &'f mut u32,
    depth: u32,
}

impl Reducer<'_, '_, '_> {
    /// The result of a clause, one level deeper.
    fn unfold(&mut self, exp: &Exp) -> Exp {
        self.depth += 1;
        let exp = if self.depth > NESTING { exp.clone() } else { self.exp(exp) };
        self.depth -= 1;
        exp
    }
}

impl Map for Reducer<'_, '_, '_> {
    fn exp(&mut self, exp: &Exp) -> Exp {
        if *self.fuel == 0 {
            return exp.clone();
        }
        *self.fuel -= 1;
        match exp.kind() {
            ExpKind::Var(_) | ExpKind::Num(_) => exp.clone(),
            ExpKind::Call(FunRef::Fun(fun), args) if self.depth < NESTING => {
                let args: Vec<Arg> = args.iter().map(|arg| map_arg(self, arg)).collect();
                let def = &self.elab.script.funs[fun.index()];
                for clause in &def.clauses {
                    let mut subst = Subst::default();
                    if self.elab.match_args(&clause.args, &args, &mut subst) != Matched::Yes {
                        continue;
                    }
                    let holds = clause.prems.iter().all(|prem| match &prem.kind {
                        PremKind::If(cond) => matches!(self.unfold(&(&subst).exp(cond)).kind(), ExpKind::Bool(true)),
                        _ => false,
                    });
                    if holds {
                        return self.unfold(&(&subst).exp(&clause.exp));
                    }
                    break;
                }
                Exp::new(ExpKind::Call(FunRef::Fun(*fun), args), exp.typ().clone())
            }
            kind => {
                let kind = map_kind(self, kind);
                Exp::new(calculate(&kind).unwrap_or(kind), exp.typ().clone())
            }
        }
    }

    fn typ(&mut self, typ: &Typ) -> Typ {
        typ.clone()
    }
}

/// The value of an operator on numbers that are known.
fn calculate(kind: &ExpKind) -> Option<ExpKind> {
    let number = |exp: &Exp| match exp.plain().kind() {
        ExpKind::Num(n) => Some(n.clone()),
        _ => None,
    };
    match kind {
        ExpKind::Bin(op, _, a, b) => {
            let (a, b) = (number(a)?, number(b)?);
            Some(ExpKind::Num(match op {
                BinOp::Add => a + b,
                BinOp::Mul => a * b,
                BinOp::Sub if a >= b => a - b,
                BinOp::Pow => a.pow(u32::try_from(b).ok().filter(|b| *b <= 1024)?),
                _ => return None,
            }))
        }
        ExpKind::Cmp(op, _, a, b) => {
            let (a, b) = (number(a)?, number(b)?);
            Some(ExpKind::Bool(op.holds(a.cmp(&b))))
        }
        _ => None,
    }
}

/// The smaller of two types of numbers that contains both.
pub(super) fn lub(a: NumTyp, b: NumTyp) -> NumTyp {
    a.max(b)
}
