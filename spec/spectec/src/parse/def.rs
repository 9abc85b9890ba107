//! Definitions.

use super::exp::Mode;
use super::{Parser, Result};
use crate::Name;
use crate::ast::{Case, Def, DefKind, DefTyp, Dots, Field, GramDef, Hint, Param, Range};
use crate::ast::{RuleDef, TypDef};
use crate::lex::Tok;

impl Parser<'_> {
    /// A definition.
    pub(super) fn def(&mut self) -> Result<Def> {
        let start = self.span();
        let Some(keyword) = self.keyword() else { return Err(self.wanted("a definition")) };
        self.next();
        let kind = match keyword {
            "syntax" => self.typ_def()?,
            "grammar" => self.gram_def()?,
            "relation" => self.rel_def()?,
            "rule" => self.rule_def()?,
            "var" => self.var_def()?,
            _ => self.fun_def()?,
        };
        Ok(Def { kind, span: start.to(self.last()) })
    }

    /// The names of a fragment or a rule: `/x`, `-y`, … without spaces.
    fn subids(&mut self) -> Name {
        if !self.is_next_to("/") && !self.is_next_to("-") {
            return Name::from("");
        }
        self.next();
        let start = self.span().start;
        let mut end = start;
        while !self.token().spaced && !matches!(self.peek(), Tok::Sym(":" | "(" | "=" | ",") | Tok::End) {
            end = self.next().span.end;
        }
        self.text.get(start as usize..end as usize).unwrap_or_default().into()
    }

    fn hints(&mut self) -> Result<Vec<Hint>> {
        let mut hints = Vec::new();
        while self.is_word("hint") && matches!(self.peek_at(1).tok, Tok::Sym("(")) {
            self.at += 2;
            let name = self.ident("the name of a hint")?.name;
            let start = self.span().start as usize;
            let mut depth = 1u32;
            loop {
                match self.peek() {
                    Tok::Sym("(" | "`(") => depth += 1,
                    Tok::Sym(")") => depth -= 1,
                    Tok::End => return Err(self.wanted("the end of the hint")),
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                self.next();
            }
            let text = self.text[start..self.span().start as usize].trim().into();
            self.next();
            hints.push(Hint { name, text });
        }
        Ok(hints)
    }

    /// Parameters, or patterns.
    pub(super) fn params(&mut self) -> Result<Vec<Param>> {
        let mut all = Vec::new();
        if !self.eat("(") {
            return Ok(all);
        }
        while !self.eat(")") {
            all.push(self.deeper(Self::param)?);
            if !self.eat(",") && !self.is(")") {
                return Err(self.wanted("`,` or `)`"));
            }
        }
        Ok(all)
    }

    fn param(&mut self) -> Result<Param> {
        if self.eat_word("syntax") {
            return Ok(Param::Typ(self.ident("the name of a type")?));
        }
        if self.eat_word("grammar") {
            let id = self.ident("the name of a grammar")?;
            self.expect(":")?;
            return Ok(Param::Gram(id, self.typ()?));
        }
        if self.eat_word("def") {
            self.expect("$")?;
            let id = self.ident("the name of a function")?;
            let params = self.params()?;
            let typ = if self.eat(":") { Some(self.typ()?) } else { None };
            return Ok(Param::Def(id, params, typ));
        }
        let named = matches!(self.peek(), Tok::Lo(_) | Tok::Up(_)) && matches!(self.peek_at(1).tok, Tok::Sym(":"));
        if named {
            let id = self.ident("a variable")?;
            self.next();
            return Ok(Param::Exp(Some(id), self.typ()?));
        }
        Ok(Param::Exp(None, self.exp(Mode::Inner)?))
    }

    fn typ_def(&mut self) -> Result<DefKind> {
        let id = self.ident("the name of a type")?;
        let fragment = self.subids();
        let params = if self.is_next_to("(") { self.params()? } else { Vec::new() };
        // A hint on one case, told from outside.
        if matches!(self.peek(), Tok::Up(_)) {
            self.next();
            let hints = self.hints()?;
            return Ok(DefKind::Hint("syntax", id, fragment, hints));
        }
        let hints = self.hints()?;
        let body = if self.eat("=") { Some(self.def_typ()?) } else { None };
        Ok(DefKind::Typ(TypDef { id, fragment, params, hints, body }))
    }

    fn def_typ(&mut self) -> Result<DefTyp> {
        if self.is("{") {
            return self.record_typ();
        }
        let mut dots = Dots::default();
        let mut bars = self.eat("|");
        if self.eat("...") {
            dots.before = true;
            bars = true;
            if !self.eat("|") {
                return Ok(DefTyp::Variant(dots, Vec::new()));
            }
        } else if matches!(self.peek(), Tok::Num(_) | Tok::Sym("-" | "+" | "$")) {
            return self.range();
        }
        let mut cases = vec![self.case()?];
        while self.eat("|") {
            bars = true;
            if self.eat("...") {
                dots.after = true;
                break;
            }
            cases.push(self.case()?);
        }
        if let (false, [_]) = (bars, &cases[..]) {
            return Ok(DefTyp::Notation(cases.remove(0)));
        }
        Ok(DefTyp::Variant(dots, cases))
    }

    fn case(&mut self) -> Result<Case> {
        let notation = self.exp(Mode::Inner)?;
        let hints = self.hints()?;
        Ok(Case { notation, hints, prems: self.prems()? })
    }

    fn range(&mut self) -> Result<DefTyp> {
        let mut parts = Vec::new();
        loop {
            parts.push(if self.eat("...") { Range::Dots } else { Range::One(self.exp(Mode::Arith)?) });
            if !self.eat("|") {
                return Ok(DefTyp::Range(parts));
            }
        }
    }

    fn record_typ(&mut self) -> Result<DefTyp> {
        self.expect("{")?;
        let mut dots = Dots::default();
        let mut fields = Vec::new();
        while !self.eat("}") {
            if self.eat("...") {
                if fields.is_empty() { dots.before = true } else { dots.after = true }
            } else {
                let atom = self.field_atom()?;
                let typ = self.exp(Mode::Inner)?;
                let hints = self.hints()?;
                fields.push(Field { atom, typ, hints, prems: self.prems()? });
            }
            if !self.eat(",") && !self.is("}") {
                return Err(self.wanted("`,` or `}`"));
            }
        }
        Ok(DefTyp::Record(dots, fields))
    }

    fn rel_def(&mut self) -> Result<DefKind> {
        let id = self.ident("the name of a relation")?;
        let params = if self.is_next_to("(") { self.params()? } else { Vec::new() };
        let mut hints = self.hints()?;
        if !self.eat(":") {
            if hints.is_empty() {
                return Err(self.wanted("`:`"));
            }
            return Ok(DefKind::Hint("relation", id, Name::from(""), hints));
        }
        let notation = self.exp(Mode::Inner)?;
        hints.extend(self.hints()?);
        Ok(DefKind::Rel(id, params, notation, hints))
    }

    fn rule_def(&mut self) -> Result<DefKind> {
        let rel = self.ident("the name of a relation")?;
        let args = if self.is_next_to("(") { self.params()? } else { Vec::new() };
        let name = self.subids();
        let hints = self.hints()?;
        if !self.is(":") && !hints.is_empty() {
            return Ok(DefKind::Hint("rule", rel, name, hints));
        }
        self.expect(":")?;
        let conclusion = self.exp(Mode::Open)?;
        let prems = self.prems()?;
        Ok(DefKind::Rule(RuleDef { rel, args, name, hints, conclusion, prems }))
    }

    fn var_def(&mut self) -> Result<DefKind> {
        let id = self.ident("a variable")?;
        let hints = self.hints()?;
        if !self.is(":") && !hints.is_empty() {
            return Ok(DefKind::Hint("var", id, Name::from(""), hints));
        }
        self.expect(":")?;
        let typ = self.typ()?;
        Ok(DefKind::Var(id, typ, self.hints()?))
    }

    fn fun_def(&mut self) -> Result<DefKind> {
        self.expect("$")?;
        let id = self.ident("the name of a function")?;
        let params = if self.is_next_to("(") { self.params()? } else { Vec::new() };
        let mut hints = self.hints()?;
        if self.eat(":") {
            let typ = self.typ()?;
            hints.extend(self.hints()?);
            return Ok(DefKind::Fun(id, params, typ, hints));
        }
        if self.eat("=") {
            let exp = self.exp(Mode::Open)?;
            return Ok(DefKind::Clause(id, params, exp, self.prems()?));
        }
        if hints.is_empty() {
            return Err(self.wanted("`:` or `=`"));
        }
        Ok(DefKind::Hint("def", id, Name::from(""), hints))
    }

    fn gram_def(&mut self) -> Result<DefKind> {
        let id = self.ident("the name of a grammar")?;
        let params = if self.is_next_to("(") { self.params()? } else { Vec::new() };
        let fragment = self.subids();
        let mut hints = self.hints()?;
        let typ = if self.eat(":") { Some(self.typ()?) } else { None };
        hints.extend(self.hints()?);
        let body = if self.eat("=") { Some(self.gram()?) } else { None };
        Ok(DefKind::Gram(GramDef { id, fragment, params, typ, hints, body }))
    }
}
