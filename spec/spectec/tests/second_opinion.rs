//! A second opinion: the crate `wasm_spec_ast` has the rules of WebAssembly 3.0 as SpecTec itself elaborates them, at a
//! commit of about April 2026. Both are written as one kind of text, and compared definition by definition.
//!
//! The text leaves out what is no difference between them: SpecTec wraps numbers of a range and the like, and says where
//! one type is seen as another.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use lockstep_spectec::elab::elaborate;
use lockstep_spectec::il::{self, ExpKind, FunRef, Iter, PremKind, Script, Typ, Var, VarId};
use lockstep_spectec::parse::parse;
use lockstep_spectec::source::{Severity, Sources};
use wasm_spec_ast::spectec_ast as ast;

/// Definitions by their names, as text.
type Texts = BTreeMap<String, String>;

/// A mixfix operator: an atom in front of operands stands for itself.
fn operator(text: &str) -> &str {
    let atom = text.trim_end_matches('%');
    if atom.contains('%') { text } else { atom }
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join(" ")
}

fn iteration(body: &str, iter: &str, mut doms: Vec<(String, String)>) -> String {
    doms.sort();
    if let ("opt" | "list", [(inner, outer)]) = (iter, &doms[..])
        && body == inner
    {
        return outer.clone();
    }
    let doms = list(doms.into_iter().map(|(inner, outer)| format!("{inner}<-{outer}")));
    format!("(iter {body} {iter} {doms})")
}

/// A record. The order of the fields is that of the type, which changes with the text.
fn record(fields: impl Iterator<Item = String>) -> String {
    let mut fields: Vec<String> = fields.collect();
    fields.sort();
    format!("(str {})", fields.join(" "))
}

/// The parts of a concatenation. It is associative, and neighbouring elements are one list.
fn concatenation(parts: Vec<String>) -> String {
    let mut joined: Vec<String> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part.strip_prefix("(list ")) {
            (Some(last), Some(more)) if last.starts_with("(list ") => {
                last.pop();
                _ = write!(last, " {more}");
            }
            _ => joined.push(part),
        }
    }
    if joined.len() == 1 { joined.remove(0) } else { format!("(cat {})", joined.join(" ")) }
}

// What SpecTec says.

fn theirs_typ(typ: &ast::SpecTecTyp) -> String {
    use ast::SpecTecTyp as T;
    match typ {
        T::Var { x, as1 } if as1.is_empty() => x.clone(),
        T::Var { x, as1 } => format!("{x}({})", list(as1.iter().map(theirs_arg))),
        T::Bool => "bool".to_owned(),
        T::Num(typ) => format!("{typ:?}").to_lowercase(),
        T::Text => "text".to_owned(),
        T::Tup { ets } => {
            format!("(tup {})", list(ets.iter().map(|ast::SpecTecTypBind::Bind { typ, .. }| theirs_typ(typ))))
        }
        T::Iter { t1, it } => {
            let opt = it.iter().any(|it| matches!(it, ast::SpecTecIter::Opt));
            format!("{}{}", theirs_typ(t1), if opt { "?" } else { "*" })
        }
    }
}

fn theirs_arg(arg: &ast::SpecTecArg) -> String {
    use ast::SpecTecArg as A;
    match arg {
        A::Exp { e } => theirs(e),
        A::Typ { t } => format!("(typ {})", theirs_typ(t)),
        A::Def { x } => format!("(def {x})"),
        A::Gram { .. } => "(gram)".to_owned(),
    }
}

fn theirs_iter(it: &ast::SpecTecIter) -> String {
    use ast::SpecTecIter as I;
    match it {
        I::Opt => "opt".to_owned(),
        I::List => "list".to_owned(),
        I::List1 => "list1".to_owned(),
        I::ListN { e, xo } => format!("(listn {} {})", list(e.iter().map(theirs)), xo.join(" ")),
    }
}

fn theirs_doms(xes: &[ast::SpecTecIterExp]) -> Vec<(String, String)> {
    xes.iter().map(|ast::SpecTecIterExp::Dom { x, e }| (x.clone(), theirs(e))).collect()
}

fn op_typ(typ: &ast::SpecTecOpTyp) -> String {
    match typ {
        ast::SpecTecOpTyp::Num(typ) => format!("{typ:?}").to_lowercase(),
        ast::SpecTecOpTyp::Bool(_) => "bool".to_owned(),
    }
}

fn name(of: impl std::fmt::Debug) -> String {
    format!("{of:?}").to_lowercase()
}

fn mixop(op: &ast::MixOp) -> String {
    operator(&op.fragments().join("%")).to_owned()
}

fn theirs_path(path: &ast::SpecTecPath) -> String {
    use ast::SpecTecPath as P;
    match path {
        P::Root => String::new(),
        P::Idx { p1, e } => format!("{}[{}]", theirs_path(p1), theirs(e)),
        P::Slice { p1, e1, e2 } => format!("{}[{} : {}]", theirs_path(p1), theirs(e1), theirs(e2)),
        P::Dot { p1, at } => format!("{}.{}", theirs_path(p1), mixop(at)),
    }
}

fn operands(e: &ast::SpecTecExp) -> String {
    match e {
        ast::SpecTecExp::Tup { es } => list(es.iter().map(theirs)),
        e => theirs(e),
    }
}

fn theirs(e: &ast::SpecTecExp) -> String {
    use ast::SpecTecExp as E;
    match e {
        E::Var { id } => id.clone(),
        E::Bool { b } => b.to_string(),
        E::Num { n: ast::SpecTecNum::Nat(n) } => n.to_string(),
        E::Num { n } => format!("{n:?}"),
        E::Text { t } => format!("{t:?}"),
        E::Un { op, t, e2 } => format!("(un {} {} {})", name(op), op_typ(t), theirs(e2)),
        E::Bin { op, t, e1, e2 } => format!("(bin {} {} {} {})", name(op), op_typ(t), theirs(e1), theirs(e2)),
        E::Cmp { op, t, e1, e2 } => format!("(cmp {} {} {} {})", name(op), op_typ(t), theirs(e1), theirs(e2)),
        E::Idx { e1, e2 } => format!("(idx {} {})", theirs(e1), theirs(e2)),
        E::Slice { e1, e2, e3 } => format!("(slice {} {} {})", theirs(e1), theirs(e2), theirs(e3)),
        E::Upd { e1, path, e2 } => format!("(upd {} {} {})", theirs(e1), theirs_path(path), theirs(e2)),
        E::Ext { e1, path, e2 } => format!("(ext {} {} {})", theirs(e1), theirs_path(path), theirs(e2)),
        E::Str { efs } => {
            record(efs.iter().map(|ast::SpecTecExpField::Field { at, e }| format!("{} {}", mixop(at), theirs(e))))
        }
        E::Dot { e1, at } => format!("(dot {} {})", theirs(e1), mixop(at)),
        E::Comp { e1, e2 } => format!("(comp {} {})", theirs(e1), theirs(e2)),
        E::Mem { e1, e2 } => format!("(mem {} {})", theirs(e1), theirs(e2)),
        E::Len { e1 } => format!("(len {})", theirs(e1)),
        E::Tup { es } => format!("(tup {})", list(es.iter().map(theirs))),
        E::Call { x, as1 } => format!("(call {x} {})", list(as1.iter().map(theirs_arg))),
        E::Iter { e1, it, xes } => iteration(&theirs(e1), &theirs_iter(it), theirs_doms(xes)),
        // The single component of a wrapped value.
        E::Proj { e1, i: 0 } if matches!(&**e1, E::Uncase { .. }) => theirs(e1),
        E::Proj { e1, i } => format!("(proj {} {i})", theirs(e1)),
        E::Uncase { e1, .. } => theirs(e1),
        E::Case { op, e1 } if op.fragments().iter().all(String::is_empty) && op.fragments().len() == 2 => operands(e1),
        E::Case { op, e1 } => format!("(case {} {})", mixop(op), operands(e1)),
        E::Opt { eo } => format!("(opt {})", list(eo.iter().map(|e| theirs(e)))),
        E::Unopt { e1 } => format!("(unopt {})", theirs(e1)),
        E::List { es } => format!("(list {})", list(es.iter().map(theirs))),
        E::Lift { e1 } | E::Sub { e1, .. } => theirs(e1),
        E::Cat { .. } => {
            fn parts(e: &E, all: &mut Vec<String>) {
                match e {
                    E::Cat { e1, e2 } => [e1, e2].into_iter().for_each(|e| parts(e, all)),
                    e => all.push(theirs(e)),
                }
            }
            let mut all = Vec::new();
            parts(e, &mut all);
            concatenation(all)
        }
        E::Cvt { nt1, nt2, e1 } => format!("(cvt {} {} {})", name(nt1), name(nt2), theirs(e1)),
    }
}

fn theirs_prem(prem: &ast::SpecTecPrem) -> String {
    use ast::SpecTecPrem as P;
    match prem {
        P::Rule { x, e, .. } => format!("(rule {x} {})", operands(e)),
        P::If { e } => format!("(if {})", theirs(e)),
        P::Let { e1, e2 } => format!("(let {} {})", theirs(e1), theirs(e2)),
        P::Else => "otherwise".to_owned(),
        P::Iter { pr1, it, xes } => iteration(&theirs_prem(pr1), &theirs_iter(it), theirs_doms(xes)),
    }
}

fn their_texts() -> Texts {
    let mut texts = Texts::new();
    let mut todo: Vec<ast::SpecTecDef> = wasm_spec_ast::get_wasm_spectec_ast();
    while let Some(def) = todo.pop() {
        match def {
            ast::SpecTecDef::Rec { ds } => todo.extend(ds),
            ast::SpecTecDef::Rel { x, rules, .. } => {
                for ast::SpecTecRule::Rule { x: rule, e, prs, .. } in rules {
                    let slash = if rule.is_empty() { "" } else { "/" };
                    let prems = list(prs.iter().map(|prem| format!("\n  {}", theirs_prem(prem))));
                    texts.insert(format!("{x}{slash}{rule}"), format!("{}{prems}", operands(&e)));
                }
            }
            ast::SpecTecDef::Dec { x, t, clauses, .. } => {
                let mut text = theirs_typ(&t);
                for ast::SpecTecClause::Clause { as_, e, prs, .. } in &clauses {
                    let prems = list(prs.iter().map(|prem| format!("\n    {}", theirs_prem(prem))));
                    _ = write!(text, "\n  ({}) = {}{prems}", list(as_.iter().map(theirs_arg)), theirs(e));
                }
                texts.insert(format!("${x}"), text);
            }
            ast::SpecTecDef::Typ { x, insts, .. } => {
                let text = insts.iter().map(|ast::SpecTecInst::Inst { as_, dt, .. }| {
                    let args = list(as_.iter().map(theirs_arg));
                    format!("({args}) = {}", theirs_deftyp(dt))
                });
                texts.insert(format!("syntax {x}"), text.collect::<Vec<_>>().join("\n"));
            }
            _ => {}
        }
    }
    texts
}

fn theirs_deftyp(dt: &ast::SpecTecDefTyp) -> String {
    let prems = |prems: &[ast::SpecTecPrem]| list(prems.iter().map(|prem| format!("\n    {}", theirs_prem(prem))));
    match dt {
        ast::SpecTecDefTyp::Alias { typ } => theirs_typ(typ),
        ast::SpecTecDefTyp::Struct { tfs } => record(
            tfs.iter().map(|ast::SpecTecTypField::Field { at, t, .. }| format!("{} {}", mixop(at), theirs_typ(t))),
        ),
        ast::SpecTecDefTyp::Variant { tcs } => {
            let case = |ast::SpecTecTypCase::Field { op, t, prs, .. }: &ast::SpecTecTypCase| {
                let operands = match t {
                    ast::SpecTecTyp::Tup { ets } => {
                        list(ets.iter().map(|ast::SpecTecTypBind::Bind { typ, .. }| theirs_typ(typ)))
                    }
                    t => theirs_typ(t),
                };
                // The name for a number of a range is nobody's business.
                match op.fragments().join("%") == "%" {
                    true => format!("\n  refined {operands} by {}", prs.len()),
                    false => format!("\n  {} {operands}{}", mixop(op), prems(prs)),
                }
            };
            tcs.iter().map(case).collect()
        }
    }
}

// What we say.

#[derive(Clone, Copy)]
struct Ours<'a> {
    script: &'a Script,
    vars: &'a [Var],
}

impl Ours<'_> {
    fn var(self, var: VarId) -> String {
        self.vars[var.index()].name.to_string()
    }

    fn fun(self, fun: FunRef) -> String {
        match fun {
            FunRef::Fun(fun) => self.script.funs[fun.index()].name.to_string(),
            FunRef::Param(var) => self.var(var).trim_start_matches('$').to_owned(),
        }
    }

    fn typ(self, typ: &Typ) -> String {
        match typ {
            Typ::Bool => "bool".to_owned(),
            Typ::Num(typ) => typ.to_string(),
            Typ::Text => "text".to_owned(),
            Typ::Tup(typs) => format!("(tup {})", list(typs.iter().map(|typ| self.typ(typ)))),
            Typ::Iter(typ, il::IterTyp::Opt) => format!("{}?", self.typ(typ)),
            Typ::Iter(typ, il::IterTyp::List) => format!("{}*", self.typ(typ)),
            Typ::Var(id, args) if args.is_empty() => self.script.typs[id.index()].name.to_string(),
            Typ::Var(id, args) => {
                format!("{}({})", self.script.typs[id.index()].name, list(args.iter().map(|arg| self.arg(arg))))
            }
            Typ::Param(var) => self.var(*var).trim_start_matches("syntax ").to_owned(),
        }
    }

    fn arg(self, arg: &il::Arg) -> String {
        match arg {
            il::Arg::Exp(exp) => self.exp(exp),
            il::Arg::Typ(typ) => format!("(typ {})", self.typ(typ)),
            il::Arg::Def(fun) => format!("(def {})", self.fun(*fun)),
            il::Arg::Gram(_) => "(gram)".to_owned(),
        }
    }

    fn iter(self, iter: &Iter) -> String {
        match iter {
            Iter::Opt => "opt".to_owned(),
            Iter::List => "list".to_owned(),
            Iter::List1 => "list1".to_owned(),
            Iter::ListN(e, var) => format!("(listn {} {})", self.exp(e), list(var.map(|var| self.var(var)))),
        }
    }

    fn doms(self, doms: &[(VarId, VarId)]) -> Vec<(String, String)> {
        doms.iter().map(|(inner, outer)| (self.var(*inner), self.var(*outer))).collect()
    }

    /// The names of the fields of a record, and their types.
    fn fields(self, typ: &Typ) -> Vec<(String, Typ)> {
        let Typ::Var(id, _) = typ else { return Vec::new() };
        match self.script.typs[id.index()].insts.first().map(|inst| &inst.body) {
            Some(il::DefTyp::Record(fields)) => fields.iter().map(|f| (f.atom.to_string(), f.typ.clone())).collect(),
            Some(il::DefTyp::Alias(typ)) => self.fields(typ),
            _ => Vec::new(),
        }
    }

    fn path(self, typ: &Typ, path: &[il::Path]) -> String {
        let mut typ = typ.clone();
        let mut text = String::new();
        for step in path {
            match step {
                il::Path::Dot(i) => {
                    let (name, next) = self.fields(&typ).remove(*i);
                    _ = write!(text, ".{name}");
                    typ = next;
                }
                il::Path::Idx(i) => {
                    _ = write!(text, "[{}]", self.exp(i));
                    if let Typ::Iter(inner, _) = &typ {
                        typ = (**inner).clone();
                    }
                }
                il::Path::Slice(i, n) => _ = write!(text, "[{} : {}]", self.exp(i), self.exp(n)),
            }
        }
        text
    }

    fn exps(self, exps: &[il::Exp]) -> String {
        list(exps.iter().map(|exp| self.exp(exp)))
    }

    fn exp(self, exp: &il::Exp) -> String {
        use ExpKind as K;
        let op_typ = |typ: &il::OpTyp| match typ {
            il::OpTyp::Any => "bool".to_owned(),
            il::OpTyp::Num(typ) => typ.to_string(),
        };
        match exp.kind() {
            K::Var(var) => self.var(*var),
            K::Bool(b) => b.to_string(),
            K::Num(n) => n.to_string(),
            K::Text(text) => format!("{text:?}"),
            K::GramLen => "(gramlen)".to_owned(),
            K::Un(op, e) => format!("(un {} {} {})", name(op), self.typ(exp.typ()), self.exp(e)),
            K::Bin(op, typ, a, b) => format!("(bin {} {} {} {})", name(op), op_typ(typ), self.exp(a), self.exp(b)),
            K::Cmp(op, typ, a, b) => format!("(cmp {} {} {} {})", name(op), op_typ(typ), self.exp(a), self.exp(b)),
            K::Idx(e, i) => format!("(idx {} {})", self.exp(e), self.exp(i)),
            K::Slice(e, i, n) => format!("(slice {} {} {})", self.exp(e), self.exp(i), self.exp(n)),
            K::Upd(e, path, with) => format!("(upd {} {} {})", self.exp(e), self.path(e.typ(), path), self.exp(with)),
            K::Ext(e, path, with) => format!("(ext {} {} {})", self.exp(e), self.path(e.typ(), path), self.exp(with)),
            K::Str(exps) => {
                let fields = self.fields(exp.typ());
                record(fields.iter().zip(exps).map(|((name, _), exp)| format!("{name} {}", self.exp(exp))))
            }
            K::Dot(e, i) => format!("(dot {} {})", self.exp(e), self.fields(e.typ()).remove(*i).0),
            K::Comp(a, b) => format!("(comp {} {})", self.exp(a), self.exp(b)),
            K::Cat(..) => {
                fn parts(ours: Ours, exp: &il::Exp, all: &mut Vec<String>) {
                    match exp.kind() {
                        K::Cat(a, b) => [a, b].into_iter().for_each(|exp| parts(ours, exp, all)),
                        _ => all.push(ours.exp(exp)),
                    }
                }
                let mut all = Vec::new();
                parts(self, exp, &mut all);
                concatenation(all)
            }
            K::Mem(a, b) => format!("(mem {} {})", self.exp(a), self.exp(b)),
            K::Len(e) => format!("(len {})", self.exp(e)),
            K::Tup(exps) => format!("(tup {})", self.exps(exps)),
            K::Call(fun, args) => format!("(call {} {})", self.fun(*fun), list(args.iter().map(|arg| self.arg(arg)))),
            K::Iter(body, iter, doms) => iteration(&self.exp(body), &self.iter(iter), self.doms(doms)),
            K::Case(mixop, exps) => {
                format!("(case {} {})", operator(&self.script.mixops[mixop.index()]), self.exps(exps))
            }
            K::List(exps) => format!("(list {})", self.exps(exps)),
            K::Opt(e) => format!("(opt {})", list(e.iter().map(|e| self.exp(e)))),
            K::Lift(e) | K::Sub(e) => self.exp(e),
            K::Cvt(from, to, e) => format!("(cvt {from} {to} {})", self.exp(e)),
            K::All(e) => format!("(all {})", self.exp(e)),
        }
    }

    fn prem(self, prem: &il::Prem) -> String {
        match &prem.kind {
            PremKind::If(exp) => format!("(if {})", self.exp(exp)),
            PremKind::Otherwise => "otherwise".to_owned(),
            PremKind::Rule(rel, exps) => format!("(rule {} {})", self.script.rels[rel.index()].name, self.exps(exps)),
            PremKind::Iter(prem, iter, doms) => iteration(&self.prem(prem), &self.iter(iter), self.doms(doms)),
        }
    }
}

impl Ours<'_> {
    /// The cases of a type, those of included types among them.
    fn cases(self, cases: &[il::Case], depth: u32) -> String {
        let mut text = String::new();
        for case in cases {
            match case {
                il::Case::Case(def) => {
                    let inner = Ours { vars: &def.vars, ..self };
                    let operands = list(def.operands.iter().map(|(_, typ)| inner.typ(typ)));
                    let prems = list(def.prems.iter().map(|prem| format!("\n    {}", inner.prem(prem))));
                    let case = format!("\n  {} {operands}{prems}", operator(&self.script.mixops[def.mixop.index()]));
                    if !text.contains(&case) {
                        text.push_str(&case);
                    }
                }
                il::Case::Include(typ) => {
                    let mut typ = typ;
                    while let Typ::Var(id, _) = typ {
                        let Some(inst) = self.script.typs[id.index()].insts.first() else { break };
                        match &inst.body {
                            il::DefTyp::Variant(cases) if depth < 9 => {
                                text.push_str(&Ours { vars: &inst.vars, ..self }.cases(cases, depth + 1));
                                break;
                            }
                            il::DefTyp::Alias(alias) => typ = alias,
                            _ => break,
                        }
                    }
                }
            }
        }
        text
    }

    fn deftyp(self, body: &il::DefTyp) -> String {
        match body {
            il::DefTyp::Alias(typ) => self.typ(typ),
            il::DefTyp::Refined(refined) => {
                format!("\n  refined {} by {}", self.typ(&refined.base), refined.prems.len())
            }
            il::DefTyp::Record(fields) => record(fields.iter().map(|f| format!("{} {}", f.atom, self.typ(&f.typ)))),
            il::DefTyp::Variant(cases) => self.cases(cases, 0),
        }
    }
}

fn our_texts(folder: &Path) -> Texts {
    let mut sources = Sources::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        sources.add(file.display().to_string(), std::fs::read_to_string(&file).unwrap());
    }
    let (script, diagnostics) = elaborate(&parse(&sources).0);
    let error = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    assert!(error.is_none(), "{}", error.map(|error| error.render(&sources).to_string()).unwrap_or_default());
    let script = &script;
    let mut texts = Texts::new();
    for rel in &script.rels {
        for rule in &rel.rules {
            let ours = Ours { script, vars: &rule.vars };
            let slash = if rule.name.is_empty() { "" } else { "/" };
            let prems = list(rule.prems.iter().map(|prem| format!("\n  {}", ours.prem(prem))));
            texts
                .insert(format!("{}{slash}{}", rel.name, rule.name), format!("{}{prems}", ours.exps(&rule.conclusion)));
        }
    }
    for def in &script.typs {
        let inst = |inst: &il::Inst| {
            let ours = Ours { script, vars: &inst.vars };
            format!("({}) = {}", list(inst.args.iter().map(|arg| ours.arg(arg))), ours.deftyp(&inst.body))
        };
        let text: Vec<String> = def.insts.iter().map(inst).collect();
        texts.insert(format!("syntax {}", def.name), text.join("\n"));
    }
    for fun in &script.funs {
        let mut text = Ours { script, vars: &fun.vars }.typ(&fun.typ);
        for clause in &fun.clauses {
            let ours = Ours { script, vars: &clause.vars };
            let prems = list(clause.prems.iter().map(|prem| format!("\n    {}", ours.prem(prem))));
            let args = list(clause.args.iter().map(|arg| ours.arg(arg)));
            _ = write!(text, "\n  ({args}) = {}{prems}", ours.exp(&clause.exp));
        }
        texts.insert(format!("${}", fun.name), text);
    }
    texts
}

/// Which definitions differ, and how.
fn differences(ours: &Texts, theirs: &Texts) -> (usize, Vec<(String, String)>) {
    let mut same = 0;
    let mut different = Vec::new();
    for (name, text) in theirs {
        match ours.get(name) {
            Some(our) if our == text => same += 1,
            Some(our) => different.push((name.clone(), format!("\n  theirs: {text}\n  ours: {our}"))),
            None => different.push((name.clone(), " is only theirs".to_owned())),
        }
    }
    different.extend(
        ours.keys().filter(|name| !theirs.contains_key(*name)).map(|name| (name.clone(), " is only ours".to_owned())),
    );
    different.sort();
    (same, different)
}

/// The text of our sources is younger than theirs, and differs in these definitions. With `LOCKSTEP_SPECTEC`, which names a
/// folder with another state of the text, the differences are only shown. At d7b678327 there are two: `Deftype_ok`, since
/// SpecTec puts the record of `C, RECS st*` in front of `C` and its description behind it, and `Idctxt_ok`, since the
/// types of `field**` do not fit in the text.
#[test]
fn the_elaborations_agree_where_the_text_is_the_same() {
    let named = std::env::var("LOCKSTEP_SPECTEC").ok();
    let folder = match &named {
        Some(folder) => folder.into(),
        None => match lockstep_testing::sources() {
            Some(folder) => folder.join("text/wasm-3.0"),
            None => return,
        },
    };
    let (same, different) = differences(&our_texts(&folder), &their_texts());
    println!("{same} definitions are the same, {} differ", different.len());
    different.iter().for_each(|(name, how)| println!("{name}{how}"));
    if named.is_none() {
        let names: Vec<String> = different
            .iter()
            .map(|(name, how)| match how.strip_prefix(" is only ") {
                Some(whose) => format!("{name} (only {whose})"),
                None => name.clone(),
            })
            .collect();
        insta::assert_snapshot!(format!("{same} are the same; these differ:\n{}", names.join("\n")));
    }
}
