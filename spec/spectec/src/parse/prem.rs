//! Arguments and premises.

use super::exp::Mode;
use super::{Parser, Result};
use crate::ast::{Arg, Prem, PremKind};
use crate::lex::Tok;

impl Parser<'_> {
    /// Arguments between parentheses.
    pub(super) fn args(&mut self) -> Result<Vec<Arg>> {
        self.expect("(")?;
        let mut all = Vec::new();
        while !self.eat(")") {
            all.push(if self.eat_word("syntax") {
                Arg::Typ(self.exp(Mode::Inner)?)
            } else if self.eat_word("grammar") {
                Arg::Gram(self.sym_seq()?)
            } else if self.eat_word("def") {
                self.expect("$")?;
                Arg::Def(self.ident("the name of a function")?)
            } else {
                Arg::Exp(self.exp(Mode::Inner)?)
            });
            if !self.eat(",") && !self.is(")") {
                return Err(self.wanted("`,` or `)`"));
            }
        }
        Ok(all)
    }

    /// Premises, each after `--`.
    pub(super) fn prems(&mut self) -> Result<Vec<Prem>> {
        let mut prems = Vec::new();
        while self.eat("--") {
            // Four dashes only separate.
            let ends = matches!(self.peek(), Tok::End) || self.keyword().is_some_and(|word| word != "var");
            if !self.is("--") && !self.is("|") && !ends {
                prems.push(self.prem()?);
            }
        }
        Ok(prems)
    }

    fn prem(&mut self) -> Result<Prem> {
        let start = self.span();
        let kind = if self.eat_word("if") {
            PremKind::If(self.exp(Mode::Open)?)
        } else if self.eat_word("otherwise") {
            PremKind::Otherwise
        } else if self.eat_word("var") {
            let id = self.ident("a variable")?;
            self.expect(":")?;
            PremKind::Var(id, self.typ()?)
        } else if self.eat("(") {
            let mut prem = self.deeper(Self::prem)?;
            self.expect(")")?;
            let mut count = 0;
            while let Some(iter) = self.iter(Mode::Open)? {
                count += 1;
                if count > 16 {
                    return self.error(self.last(), "this is iterated too often");
                }
                let span = start.to(self.last());
                prem = Prem { kind: PremKind::Iter(Box::new(prem), iter), span };
            }
            return Ok(prem);
        } else {
            let rel = self.ident("a premise")?;
            let args = if self.is_next_to("(") { self.args()? } else { Vec::new() };
            self.expect(":")?;
            PremKind::Rule(rel, args, self.exp(Mode::Open)?)
        };
        Ok(Prem { kind, span: start.to(self.last()) })
    }
}
