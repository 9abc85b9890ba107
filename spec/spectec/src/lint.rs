//! What is strange in a script although it has a meaning: most likely a slip.

use crate::il::{Arg, Clause, Exp, ExpKind, Fun, Param, Script, Typ, Var, VarId, VarKind};
use crate::map::Map;
use crate::print::Printer;
use crate::source::Diagnostic;

/// Warnings about the definitions of a script.
pub fn lint(script: &Script) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for fun in &script.funs {
        undefined(fun, &mut found);
        inverse(script, fun, &mut found);
        unreachable(script, fun, &mut found);
    }
    found.sort_by_key(|warning| warning.span);
    found
}

/// A function without clauses that is not said to be built in.
fn undefined(fun: &Fun, found: &mut Vec<Diagnostic>) {
    if fun.clauses.is_empty() && fun.hint("builtin").is_none() {
        found.push(Diagnostic::warning(fun.span, format!("the function `${}` is defined nowhere", fun.name)));
    }
}

/// The types of the parameters of a function that have values.
fn param_types(script: &Script, fun: &Fun) -> Vec<String> {
    let typ = |param: &Param| match param {
        Param::Exp(_, typ) => Some(Printer::new(script, &fun.vars).typ(typ)),
        _ => None,
    };
    fun.params.iter().filter_map(typ).collect()
}

/// A function of which the inverse is none: it takes the result as its last argument, and gives one of the arguments.
fn inverse(script: &Script, fun: &Fun, found: &mut Vec<Diagnostic>) {
    let Some(name) = fun.hint("inverse").and_then(|hint| hint.trim().strip_prefix('$')) else { return };
    let Some(inverse) = script.fun(name) else {
        let message = format!("the inverse of `${}` should be `${name}`, which is declared nowhere", fun.name);
        return found.push(Diagnostic::warning(fun.span, message));
    };
    let result = Printer::new(script, &inverse.vars).typ(&inverse.typ);
    let (forth, back) = (param_types(script, fun), param_types(script, inverse));
    let last = Printer::new(script, &fun.vars).typ(&fun.typ);
    if !forth.contains(&result) || back.last() != Some(&last) {
        let message = format!(
            "the inverse of `${}` should be `${name}`, but that leads from {} to {result}",
            fun.name,
            back.last().map_or("nothing", String::as_str)
        );
        found.push(Diagnostic::warning(fun.span, message));
    }
}

/// Variables by the order in which they occur.
struct Renamed<'a> {
    vars: &'a [Var],
    order: Vec<VarId>,
}

impl Map for Renamed<'_> {
    fn exp(&mut self, exp: &Exp) -> Exp {
        match exp.kind() {
            ExpKind::Var(var) => Exp::new(ExpKind::Var(self.var(*var)), exp.typ().clone()),
            kind => Exp::new(crate::map::map_kind(self, kind), exp.typ().clone()),
        }
    }

    fn typ(&mut self, typ: &Typ) -> Typ {
        typ.clone()
    }

    fn var(&mut self, var: VarId) -> VarId {
        let known = self.order.iter().position(|other| *other == var);
        VarId(known.unwrap_or_else(|| {
            self.order.push(var);
            self.order.len() - 1
        }) as u32)
    }
}

/// The patterns of a clause apart from the names of variables, and the types of these.
fn patterns(script: &Script, clause: &Clause) -> (Vec<Arg>, Vec<String>) {
    let mut renamed = Renamed { vars: &clause.vars, order: Vec::new() };
    let args = clause.args.iter().map(|arg| match arg {
        Arg::Exp(exp) => Arg::Exp(renamed.exp(exp)),
        // Parameters that are types or functions are all the same.
        _ => Arg::Gram("".into()),
    });
    let args = args.collect();
    let typ = |var: &VarId| match &renamed.vars[var.index()].kind {
        VarKind::Exp(typ) => Printer::new(script, &[]).typ(typ),
        _ => String::new(),
    };
    let typs = renamed.order.iter().map(typ).collect();
    (args, typs)
}

/// A clause after one that takes all that it could.
fn unreachable(script: &Script, fun: &Fun, found: &mut Vec<Diagnostic>) {
    let all: Vec<_> = fun.clauses.iter().map(|clause| patterns(script, clause)).collect();
    for (i, clause) in fun.clauses.iter().enumerate() {
        if (0..i).any(|j| fun.clauses[j].prems.is_empty() && all[j] == all[i]) {
            let message = format!("this clause of `${}` is never used: one before takes the same arguments", fun.name);
            found.push(Diagnostic::warning(clause.span, message));
        }
    }
}
