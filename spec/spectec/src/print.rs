//! The elaborated form as text, for people.

use std::fmt::{self, Display, Formatter, Write};

use crate::MAX_DEPTH;
use crate::ast::{BinOp, CmpOp, NumTyp, UnOp};
use crate::il::{
    Arg, Case, DefTyp, Exp, ExpKind, Fun, FunRef, Iter, IterTyp, Path, Prem, PremKind, Rel, Rule, Script, Typ, TypDef,
    Var, VarId,
};
use crate::number::Number;
use crate::term::{Term, Terms, View};

/// Something to be printed.
#[derive(Clone, Copy)]
pub struct Printer<'a> {
    script: &'a Script,
    vars: &'a [Var],
}

impl<'a> Printer<'a> {
    /// Prints with the names of a script, and with the variables of one of its definitions.
    pub fn new(script: &'a Script, vars: &'a [Var]) -> Printer<'a> {
        Printer { script, vars }
    }

    /// A type.
    pub fn typ(self, typ: &Typ) -> String {
        let mut text = String::new();
        _ = self.write_typ(&mut text, typ);
        text
    }

    /// An expression.
    pub fn exp(self, exp: &Exp) -> String {
        let mut text = String::new();
        _ = self.write_exp(&mut text, exp);
        text
    }

    /// A premise.
    pub fn prem(self, prem: &Prem) -> String {
        match &prem.kind {
            PremKind::If(exp) => format!("if {}", self.exp(exp)),
            PremKind::Otherwise => "otherwise".to_owned(),
            PremKind::Rule(rel, exps) => {
                let rel = &self.script.rels[rel.index()];
                format!("{}: {}", rel.name, self.mixop(&self.script.mixops[rel.mixop.index()], exps))
            }
            PremKind::Iter(prem, iter, doms) => {
                let mut text = format!("({})", self.prem(prem));
                _ = self.write_iter(&mut text, iter, doms);
                text
            }
        }
    }

    /// A rule, over several lines.
    pub fn rule(script: &Script, rel: &Rel, rule: &Rule) -> String {
        let printer = Printer::new(script, &rule.vars);
        let slash = if rule.name.is_empty() { "" } else { "/" };
        let mut text = format!("rule {}{slash}{}:\n", rel.name, rule.name);
        printer.write_vars(&mut text, &rule.vars);
        let mixop = &script.mixops[rel.mixop.index()];
        _ = writeln!(text, "  {}", printer.mixop(mixop, &rule.conclusion));
        for prem in &rule.prems {
            _ = writeln!(text, "  -- {}", printer.prem(prem));
        }
        for prem in &rule.sides {
            _ = writeln!(text, "  -- side: {}", printer.prem(prem));
        }
        text
    }

    /// A function with its clauses, over several lines.
    pub fn fun(script: &Script, fun: &Fun) -> String {
        let printer = Printer::new(script, &fun.vars);
        let mut text = format!("def ${} : {}\n", fun.name, printer.typ(&fun.typ));
        for clause in &fun.clauses {
            let printer = Printer::new(script, &clause.vars);
            printer.write_vars(&mut text, &clause.vars);
            let args: Vec<String> = clause.args.iter().map(|arg| printer.arg(arg)).collect();
            _ = writeln!(text, "  ${}({}) = {}", fun.name, args.join(", "), printer.exp(&clause.exp));
            for prem in &clause.prems {
                _ = writeln!(text, "    -- {}", printer.prem(prem));
            }
            for prem in &clause.sides {
                _ = writeln!(text, "    -- side: {}", printer.prem(prem));
            }
        }
        text
    }

    /// A type with its instances, over several lines.
    pub fn typ_def(script: &Script, def: &TypDef) -> String {
        let mut text = String::new();
        for inst in &def.insts {
            let printer = Printer::new(script, &inst.vars);
            let args: Vec<String> = inst.args.iter().map(|arg| printer.arg(arg)).collect();
            let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
            _ = write!(text, "syntax {}{args} = ", def.name);
            match &inst.body {
                DefTyp::Alias(typ) => _ = writeln!(text, "{}", printer.typ(typ)),
                DefTyp::Refined(refined) => {
                    let inner = Printer::new(script, &refined.vars);
                    _ = writeln!(text, "{} as {}", printer.typ(&refined.base), inner.var(refined.var));
                    refined.prems.iter().for_each(|prem| _ = writeln!(text, "  -- {}", inner.prem(prem)));
                }
                DefTyp::Record(fields) => {
                    let field = |field: &crate::il::Field| format!("{} {}", field.atom, printer.typ(&field.typ));
                    _ = writeln!(text, "{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "));
                }
                DefTyp::Variant(cases) => {
                    text.push('\n');
                    for case in cases {
                        match case {
                            Case::Include(typ) => _ = writeln!(text, "  | {}", printer.typ(typ)),
                            Case::Case(case) => {
                                let inner = Printer::new(script, &case.vars);
                                let operand =
                                    |(var, typ): &(VarId, Typ)| format!("{} : {}", inner.var(*var), inner.typ(typ));
                                let operands: Vec<String> = case.operands.iter().map(operand).collect();
                                let mixop = &script.mixops[case.mixop.index()];
                                _ = writeln!(text, "  | `{mixop}` ({})", operands.join(", "));
                                case.prems.iter().for_each(|prem| _ = writeln!(text, "    -- {}", inner.prem(prem)));
                            }
                        }
                    }
                }
            }
        }
        text
    }

    fn write_vars(self, text: &mut String, vars: &[Var]) {
        let typed = vars.iter().filter_map(|var| match &var.kind {
            crate::il::VarKind::Exp(typ) => Some(format!("{} : {}", var.name, self.typ(typ))),
            _ => None,
        });
        let typed: Vec<String> = typed.collect();
        if !typed.is_empty() {
            _ = writeln!(text, "  var {}", typed.join(", "));
        }
    }

    fn var(self, var: VarId) -> &'a str {
        self.vars.get(var.index()).map_or("?", |var| &var.name)
    }

    fn fun_name(self, fun: FunRef) -> &'a str {
        match fun {
            FunRef::Fun(fun) => &self.script.funs[fun.index()].name,
            FunRef::Param(var) => self.var(var).trim_start_matches('$'),
        }
    }

    fn mixop(self, mixop: &str, exps: &[Exp]) -> String {
        let mut text = String::new();
        let mut exps = exps.iter();
        let mut parts = mixop.split('%').peekable();
        while let Some(part) = parts.next() {
            if !part.is_empty() {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
                text.push_str(part);
            }
            if parts.peek().is_some() {
                if !text.is_empty() {
                    text.push(' ');
                }
                match exps.next() {
                    Some(exp) => _ = self.write_exp(&mut text, exp),
                    None => text.push('?'),
                }
            }
        }
        text
    }

    fn arg(self, arg: &Arg) -> String {
        match arg {
            Arg::Exp(exp) => self.exp(exp),
            Arg::Typ(typ) => format!("syntax {}", self.typ(typ)),
            Arg::Def(fun) => format!("${}", self.fun_name(*fun)),
            Arg::Gram(name) => name.to_string(),
        }
    }

    fn write_typ(self, f: &mut impl Write, typ: &Typ) -> fmt::Result {
        match typ {
            Typ::Bool => f.write_str("bool"),
            Typ::Num(typ) => write!(f, "{typ}"),
            Typ::Text => f.write_str("text"),
            Typ::Tup(typs) => {
                let typs: Vec<String> = typs.iter().map(|typ| self.typ(typ)).collect();
                write!(f, "({})", typs.join(", "))
            }
            Typ::Iter(typ, iter) => {
                let inner = self.typ(typ);
                let sign = if *iter == IterTyp::Opt { "?" } else { "*" };
                if matches!(**typ, Typ::Iter(..)) { write!(f, "({inner}){sign}") } else { write!(f, "{inner}{sign}") }
            }
            Typ::Var(id, args) => {
                f.write_str(&self.script.typs[id.index()].name)?;
                if args.is_empty() {
                    return Ok(());
                }
                let args: Vec<String> = args.iter().map(|arg| self.arg(arg)).collect();
                write!(f, "({})", args.join(", "))
            }
            Typ::Param(var) => f.write_str(self.var(*var).trim_start_matches("syntax ")),
        }
    }

    fn write_iter(self, f: &mut impl Write, iter: &Iter, doms: &[(VarId, VarId)]) -> fmt::Result {
        match iter {
            Iter::Opt => f.write_str("?")?,
            Iter::List => f.write_str("*")?,
            Iter::List1 => f.write_str("+")?,
            Iter::ListN(count, None) => write!(f, "^({})", self.exp(count))?,
            Iter::ListN(count, Some(var)) => write!(f, "^({} < {})", self.var(*var), self.exp(count))?,
        }
        let doms: Vec<String> = doms.iter().map(|(a, b)| format!("{} <- {}", self.var(*a), self.var(*b))).collect();
        if doms.is_empty() { Ok(()) } else { write!(f, "{{{}}}", doms.join(", ")) }
    }

    fn path(self, path: &[Path]) -> String {
        let step = |step: &Path| match step {
            Path::Idx(i) => format!("[{}]", self.exp(i)),
            Path::Slice(i, n) => format!("[{} : {}]", self.exp(i), self.exp(n)),
            Path::Dot(field) => format!(".{field}"),
        };
        path.iter().map(step).collect()
    }

    fn list(self, exps: &[Exp]) -> String {
        exps.iter().map(|exp| self.exp(exp)).collect::<Vec<_>>().join(", ")
    }

    fn fields(self, typ: &Typ) -> Option<Vec<&'a str>> {
        let Typ::Var(id, _) = typ else { return None };
        self.script.typs[id.index()].insts.iter().find_map(|inst| match &inst.body {
            DefTyp::Record(fields) => Some(fields.iter().map(|field| &*field.atom).collect()),
            DefTyp::Alias(typ) => self.fields(typ),
            _ => None,
        })
    }

    fn write_exp(self, f: &mut impl Write, exp: &Exp) -> fmt::Result {
        use ExpKind as K;
        match exp.kind() {
            K::Var(var) => f.write_str(self.var(*var)),
            K::Bool(b) => write!(f, "{b}"),
            K::Num(n) => write!(f, "{n}"),
            K::Text(text) => write!(f, "{text:?}"),
            K::GramLen => f.write_str("||…||"),
            K::Un(op, e) => write!(f, "{op}{}", self.exp(e)),
            K::Bin(op, _, a, b) => write!(f, "({} {op} {})", self.exp(a), self.exp(b)),
            K::Cmp(op, _, a, b) => write!(f, "({} {op} {})", self.exp(a), self.exp(b)),
            K::Idx(e, i) => write!(f, "{}[{}]", self.exp(e), self.exp(i)),
            K::Slice(e, i, n) => write!(f, "{}[{} : {}]", self.exp(e), self.exp(i), self.exp(n)),
            K::Upd(e, path, with) => write!(f, "{}[{} = {}]", self.exp(e), self.path(path), self.exp(with)),
            K::Ext(e, path, with) => write!(f, "{}[{} =++ {}]", self.exp(e), self.path(path), self.exp(with)),
            K::Str(exps) => {
                let names = self.fields(exp.typ()).unwrap_or_default();
                let names = names.into_iter().chain(std::iter::repeat("?"));
                let fields: Vec<String> =
                    names.zip(exps).map(|(name, exp)| format!("{name} {}", self.exp(exp))).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
            K::Dot(e, field) => {
                let names = self.fields(e.typ()).unwrap_or_default();
                write!(f, "{}.{}", self.exp(e), names.get(*field).unwrap_or(&"?"))
            }
            K::Comp(a, b) => write!(f, "({} +++ {})", self.exp(a), self.exp(b)),
            K::Cat(a, b) => write!(f, "({} ++ {})", self.exp(a), self.exp(b)),
            K::Mem(a, b) => write!(f, "({} <- {})", self.exp(a), self.exp(b)),
            K::Len(e) => write!(f, "|{}|", self.exp(e)),
            K::Tup(exps) => write!(f, "({})", self.list(exps)),
            K::Call(fun, args) => {
                write!(f, "${}", self.fun_name(*fun))?;
                if args.is_empty() {
                    return Ok(());
                }
                write!(f, "({})", args.iter().map(|arg| self.arg(arg)).collect::<Vec<_>>().join(", "))
            }
            K::Iter(body, iter, doms) => {
                write!(f, "({})", self.exp(body))?;
                self.write_iter(f, iter, doms)
            }
            K::Case(mixop, exps) => {
                let text = self.mixop(&self.script.mixops[mixop.index()], exps);
                if exps.is_empty() { f.write_str(&text) } else { write!(f, "({text})") }
            }
            K::List(exps) => write!(f, "[{}]", self.list(exps)),
            K::Opt(None) => f.write_str("?()"),
            K::Opt(Some(e)) => write!(f, "?({})", self.exp(e)),
            K::Lift(e) => write!(f, "lift({})", self.exp(e)),
            K::Cvt(from, to, e) => write!(f, "({} : {from} <:> {to})", self.exp(e)),
            K::Sub(e) => write!(f, "({} : {} <: {})", self.exp(e), self.typ(e.typ()), self.typ(exp.typ())),
            K::All(e) => write!(f, "all({})", self.exp(e)),
        }
    }
}

/// A value as text.
pub fn show_term(script: &Script, terms: &Terms, term: Term) -> String {
    let mut text = String::new();
    write_term(script, terms, term, 0, &mut text);
    text
}

fn write_term(script: &Script, terms: &Terms, term: Term, depth: u32, text: &mut String) {
    if depth > MAX_DEPTH {
        return text.push('…');
    }
    let list = |parts: &[Term], text: &mut String| {
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                text.push_str(", ");
            }
            write_term(script, terms, *part, depth + 1, text);
        }
    };
    match terms.view(term) {
        View::Bool(b) => _ = write!(text, "{b}"),
        View::Nat(n) => _ = write!(text, "{n}"),
        View::Number(Number::Int(n)) => _ = write!(text, "{n}"),
        View::Number(Number::Rat(n, d)) => _ = write!(text, "{n}/{d}"),
        View::Text(t) => _ = write!(text, "{t:?}"),
        View::Tup(parts) => {
            text.push('(');
            list(parts, text);
            text.push(')');
        }
        View::Str(parts) => {
            text.push('{');
            list(parts, text);
            text.push('}');
        }
        View::Seq(_) => {
            text.push('[');
            list(&terms.elements(term), text);
            text.push(']');
        }
        View::Case(mixop, parts) => {
            let mut parts = parts.iter();
            let atoms = script.mixops[mixop.index()].split('%');
            if parts.len() > 0 {
                text.push('(');
            }
            for (i, atom) in atoms.enumerate() {
                if i > 0 {
                    if !text.ends_with('(') {
                        text.push(' ');
                    }
                    match parts.next() {
                        Some(part) => write_term(script, terms, *part, depth + 1, text),
                        None => text.push('?'),
                    }
                }
                if !atom.is_empty() {
                    if i > 0 {
                        text.push(' ');
                    }
                    text.push_str(atom);
                }
            }
            if !script.mixops[mixop.index()].split('%').skip(1).collect::<Vec<_>>().is_empty() {
                text.push(')');
            }
        }
    }
}

impl Display for NumTyp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumTyp::Nat => "nat",
            NumTyp::Int => "int",
            NumTyp::Rat => "rat",
            NumTyp::Real => "real",
        })
    }
}

impl Display for UnOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UnOp::Not => "~",
            UnOp::Plus => "+",
            UnOp::Minus => "-",
            UnOp::PlusMinus => "+-",
            UnOp::MinusPlus => "-+",
        })
    }
}

impl Display for BinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BinOp::And => "/\\",
            BinOp::Or => "\\/",
            BinOp::Impl => "==>",
            BinOp::Equiv => "<=>",
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::Div => "/",
            BinOp::Mod => "\\",
            BinOp::Pow => "^",
        })
    }
}

impl Display for CmpOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CmpOp::Eq => "=",
            CmpOp::Ne => "=/=",
            CmpOp::Lt => "<",
            CmpOp::Gt => ">",
            CmpOp::Le => "<=",
            CmpOp::Ge => ">=",
        })
    }
}
