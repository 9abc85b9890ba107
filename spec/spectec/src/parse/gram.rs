//! Grammars.

use super::exp::Mode;
use super::{Parser, Result};
use crate::ast::{Dots, ExpKind, Meaning, Prod, Sym, SymKind};
use crate::lex::Tok;
use crate::source::Span;

impl Parser<'_> {
    /// Productions.
    pub(super) fn gram(&mut self) -> Result<(Dots, Vec<Prod>)> {
        let mut dots = Dots::default();
        let mut prods = Vec::new();
        self.eat("|");
        if self.eat("...") {
            dots.before = true;
            if !self.eat("|") {
                return Ok((dots, prods));
            }
        }
        loop {
            let last = matches!(self.peek_at(1).tok, Tok::End) || !matches!(self.peek_at(1).tok, Tok::Sym("|"));
            if self.is("...") && last {
                self.next();
                dots.after = true;
                return Ok((dots, prods));
            }
            prods.push(self.prod()?);
            if !self.eat("|") {
                return Ok((dots, prods));
            }
        }
    }

    fn prod(&mut self) -> Result<Prod> {
        let sym = self.sym_alt(true)?;
        let meaning = if self.eat("=>") {
            let exp = self.exp(Mode::Inner)?;
            let dots = matches!(self.peek_at(1).tok, Tok::Sym("...")) && matches!(self.peek_at(2).tok, Tok::Sym("|"));
            if self.is("|") && dots {
                self.at += 3;
                let last = self.sym_seq()?;
                self.expect("=>")?;
                Meaning::Range(exp, last, self.exp(Mode::Inner)?)
            } else {
                Meaning::Exp(exp)
            }
        } else if self.eat("==") {
            Meaning::Abbreviation(self.sym_seq()?)
        } else {
            Meaning::Sym
        };
        Ok(Prod { sym, meaning, prems: self.prems()? })
    }

    fn sym_of(&self, start: Span, kind: SymKind) -> Sym {
        Sym { kind, span: start.to(self.last()) }
    }

    /// Alternatives. At the top of a production these are only ranges: other bars separate productions.
    fn sym_alt(&mut self, top: bool) -> Result<Sym> {
        let start = self.span();
        let mut all = vec![Some(self.sym_seq()?)];
        loop {
            let dots = matches!(self.peek_at(1).tok, Tok::Sym("..."));
            let range = dots && matches!(self.peek_at(2).tok, Tok::Sym("|"));
            if !self.is("|") || (top && !range) {
                break;
            }
            self.next();
            if range {
                self.at += 2;
                all.push(None);
            }
            all.push(Some(self.sym_seq()?));
        }
        Ok(match all.len() {
            1 => all.remove(0).unwrap_or_else(|| self.sym_of(start, SymKind::Eps)),
            _ => self.sym_of(start, SymKind::Alt(all)),
        })
    }

    /// Symbols next to each other.
    pub(super) fn sym_seq(&mut self) -> Result<Sym> {
        let start = self.span();
        let mut all = vec![self.sym_attr()?];
        while self.begins_sym() {
            all.push(self.sym_attr()?);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => self.sym_of(start, SymKind::Seq(all)),
        })
    }

    fn begins_sym(&self) -> bool {
        match self.peek() {
            Tok::Up(_) | Tok::Num(_) | Tok::Text(_) => true,
            Tok::Lo(name) => {
                !(&**name == "hint" && matches!(self.peek_at(1).tok, Tok::Sym("("))) && self.keyword().is_none()
            }
            Tok::Sym(symbol) => matches!(*symbol, "(" | "$"),
            _ => false,
        }
    }

    /// A symbol, possibly with a pattern for what it synthesises.
    fn sym_attr(&mut self) -> Result<Sym> {
        let (start, at, depth) = (self.span(), self.at, self.depth);
        // Whether this is a pattern shows at the colon behind it.
        if let Ok(pattern) = self.deeper(|parser| parser.pattern())
            && self.eat(":")
        {
            let sym = self.deeper(Self::sym_postfix)?;
            return Ok(self.sym_of(start, SymKind::Attr(Box::new(pattern), Box::new(sym))));
        }
        (self.at, self.depth) = (at, depth);
        self.deeper(Self::sym_postfix)
    }

    fn pattern(&mut self) -> Result<crate::ast::Exp> {
        let start = self.span();
        let mut exp = match self.peek() {
            Tok::Sym("(") => {
                let all = self.pattern_list()?;
                let height = all.iter().map(|exp: &crate::ast::Exp| exp.height).max().unwrap_or_default();
                self.exp_of(start, height, ExpKind::Tup(all))?
            }
            Tok::Sym("$") => return self.exp_primary(),
            Tok::Num(n) => {
                self.next();
                return self.exp_of(start, 0, ExpKind::Num(n.clone()));
            }
            _ => {
                let id = self.ident("a variable")?;
                self.exp_of(start, 0, ExpKind::Id(id))?
            }
        };
        while let Some(iter) = self.iter(Mode::Inner)? {
            exp = self.exp_of(start, exp.height, ExpKind::Iter(Box::new(exp), iter))?;
        }
        Ok(exp)
    }

    fn pattern_list(&mut self) -> Result<Vec<crate::ast::Exp>> {
        self.expect("(")?;
        let mut all = Vec::new();
        while !self.eat(")") {
            all.push(self.deeper(|parser| parser.pattern())?);
            if !self.eat(",") && !self.is(")") {
                return Err(self.wanted("`,` or `)`"));
            }
        }
        Ok(all)
    }

    fn sym_postfix(&mut self) -> Result<Sym> {
        let start = self.span();
        let mut sym = self.sym_primary()?;
        let mut count = 0;
        while let Some(iter) = self.iter(Mode::Inner)? {
            count += 1;
            if count > 16 {
                return self.error(self.last(), "this is iterated too often");
            }
            sym = self.sym_of(start, SymKind::Iter(Box::new(sym), iter));
        }
        Ok(sym)
    }

    fn sym_primary(&mut self) -> Result<Sym> {
        let start = self.span();
        let kind = match self.peek() {
            Tok::Num(n) => {
                self.next();
                SymKind::Num(n.clone())
            }
            Tok::Text(text) => {
                self.next();
                SymKind::Text(text.clone())
            }
            Tok::Lo(name) if &**name == "eps" => {
                self.next();
                SymKind::Eps
            }
            Tok::Sym("$") => SymKind::Arith(self.exp_primary()?),
            Tok::Sym("(") => {
                self.next();
                let mut all = Vec::new();
                while !self.eat(")") {
                    all.push(self.deeper(|parser| parser.sym_alt(false))?);
                    if !self.eat(",") && !self.is(")") {
                        return Err(self.wanted("`,` or `)`"));
                    }
                }
                match all.len() {
                    1 => return Ok(Sym { span: start.to(self.last()), ..all.remove(0) }),
                    _ => SymKind::Tup(all),
                }
            }
            _ => {
                let id = self.ident("a symbol")?;
                let args = if self.is_next_to("(") { self.args()? } else { Vec::new() };
                SymKind::Gram(id, args)
            }
        };
        Ok(self.sym_of(start, kind))
    }
}
