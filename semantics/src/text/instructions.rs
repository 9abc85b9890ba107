//! Text format of instructions (6.3-text.instructions): labels, blocks and folded instructions. The plain instructions
//! are in the tables of `plain` and `vector`.
//!
//! Unfolding is an abbreviation in the standard: a folded instruction stands for its operands followed by itself. Here it
//! waits on a stack while its operands are read. The same stack has the blocks, so that nothing recurses, however deep a
//! text is nested.

use super::context::Space;
use super::lexical::TokenKind;
use super::parser::Parser;
use super::{plain, proposals};
use crate::decode::{Malformed, Opener, Result};
use crate::syntax::*;
use lockstep_spec::{ProductionId, production};
use std::borrow::Cow;

/// What has been begun and is not finished.
enum Layer<'a> {
    /// A sequence of instructions that a block will hold.
    Block {
        opener: Opener,
        /// Where the keyword stands in the text.
        offset: u32,
        /// Where the sequence begins in [`Exprs::pending`](crate::decode::Exprs).
        start: usize,
        /// Whether a parenthesis ends it, and not `end`.
        folded: bool,
        label: Option<Cow<'a, str>>,
    },
    /// A plain instruction whose operands are being read.
    Plain { instr: Instr, offset: u32 },
    /// An `if` whose condition is being read.
    Condition { bt: BlockType, offset: u32, label: Option<Cow<'a, str>> },
}

/// How an expression ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Before the next parenthesis that closes what it did not open.
    Close,
    /// After one folded instruction.
    One,
}

impl<'a> Parser<'_, 'a> {
    /// `Texpr_`, up to the parenthesis that closes what it stands in
    pub(super) fn expr(&mut self) -> Result<Expr> {
        self.uses(production!("Texpr_"));
        self.instrs(Until::Close)
    }

    /// `Tfoldedinstr_` as an expression
    pub(super) fn folded_expr(&mut self) -> Result<Expr> {
        if self.kind(0) != Some(TokenKind::Open) {
            return Err(self.expected(production!("Tfoldedinstr_/plain"), "an instruction in parentheses"));
        }
        self.instrs(Until::One)
    }

    /// `Tinstrs_`
    fn instrs(&mut self, until: Until) -> Result<Expr> {
        let start = self.exprs.pending.len();
        let mut layers: Vec<Layer<'a>> = Vec::new();
        loop {
            match self.kind(0) {
                Some(TokenKind::Open) => self.open(&mut layers)?,
                Some(TokenKind::Close) if layers.is_empty() => break,
                Some(TokenKind::Close) => {
                    self.finish(&mut layers)?;
                    if until == Until::One && layers.is_empty() {
                        break;
                    }
                }
                Some(TokenKind::Keyword) => self.unfolded(&mut layers)?,
                // The end of bare fields, or of a file that ends too early.
                None if layers.is_empty() => break,
                _ => return Err(self.no_instruction(&layers)),
            }
        }
        let end = self.offset() as u32;
        Ok(self.exprs.code.add_seq(self.exprs.pending.drain(start..), end))
    }

    /// An instruction that is not folded, or what ends one.
    fn unfolded(&mut self, layers: &mut Vec<Layer<'a>>) -> Result<()> {
        if let Some(Layer::Condition { .. }) = layers.last() {
            return Err(self.no_instruction(layers));
        }
        let offset = self.offset() as u32;
        let keyword = self.keyword().unwrap_or_default();
        match keyword {
            "block" | "loop" | "if" | "try_table" => {
                self.uses(production!("Tinstr_"));
                self.uses(production!("Tblockinstr_/plain"));
                self.at += 1;
                let (opener, label) = self.head(keyword)?;
                self.enter(layers, opener, offset, false, label);
                Ok(())
            }
            "else" => self.otherwise(layers),
            "end" => self.end(layers),
            _ => {
                self.uses(production!("Tinstr_"));
                self.uses(production!("Tinstrs_/unfolded"));
                let instr = self.plain(layers)?;
                self.exprs.pending.push((instr, offset));
                Ok(())
            }
        }
    }

    /// A folded instruction, or a part of one.
    fn open(&mut self, layers: &mut Vec<Layer<'a>>) -> Result<()> {
        let Some(keyword) = self.opening() else { return Err(self.no_instruction(layers)) };
        match keyword {
            "then" => {
                let Some(Layer::Condition { bt, offset, label }) = layers.pop() else {
                    return Err(self.no_instruction(layers));
                };
                self.at += 2;
                self.enter(layers, Opener::If(bt), offset, true, label);
                return Ok(());
            }
            "block" | "loop" | "try_table" | "if" => {
                self.uses(production!("Tfoldedinstr_/block"));
                self.at += 1;
                let offset = self.offset() as u32;
                self.at += 1;
                let (opener, label) = self.head(keyword)?;
                match opener {
                    Opener::If(bt) => layers.push(Layer::Condition { bt, offset, label }),
                    opener => self.enter(layers, opener, offset, true, label),
                }
            }
            _ => {
                self.uses(production!("Tfoldedinstr_/plain"));
                self.at += 1;
                let offset = self.offset() as u32;
                let instr = self.plain(layers)?;
                layers.push(Layer::Plain { instr, offset });
            }
        }
        self.uses(production!("Tinstrs_/folded"));
        Ok(())
    }

    /// The parenthesis that ends a folded instruction, or a branch of an `if`.
    fn finish(&mut self, layers: &mut Vec<Layer<'a>>) -> Result<()> {
        let end = self.offset() as u32;
        match layers.pop() {
            Some(Layer::Plain { instr, offset }) => {
                self.at += 1;
                self.exprs.pending.push((instr, offset));
                Ok(())
            }
            Some(Layer::Block { opener, offset, start, folded: true, label }) => {
                self.at += 1;
                let seq = self.leave(start, end);
                match opener {
                    Opener::If(bt) if self.accept_open("else") => {
                        self.enter(layers, Opener::Else(bt, seq), offset, true, label);
                        return Ok(());
                    }
                    // The parenthesis was that of a branch; here is that of the whole.
                    Opener::If(_) | Opener::Else(..) => self.close(production!("Tfoldedinstr_/block"))?,
                    Opener::Block(_) | Opener::Loop(_) | Opener::TryTable(..) => {}
                }
                self.exprs.finish(opener, seq, offset, end);
                Ok(())
            }
            Some(layer @ Layer::Condition { .. }) => {
                layers.push(layer);
                Err(self.expected(production!("Tfoldedinstr_/block"), "`(then`"))
            }
            Some(layer @ Layer::Block { .. }) => {
                layers.push(layer);
                Err(self.expected(production!("Tblockinstr_/plain"), "an instruction or `end`"))
            }
            None => Err(self.no_instruction(layers)),
        }
    }

    /// `else` between the sequences of an `if`
    fn otherwise(&mut self, layers: &mut Vec<Layer<'a>>) -> Result<()> {
        let end = self.offset() as u32;
        match layers.pop() {
            Some(Layer::Block { opener: Opener::If(bt), offset, start, folded: false, label }) => {
                self.at += 1;
                self.repeated(label.as_deref())?;
                let seq = self.leave(start, end);
                self.enter(layers, Opener::Else(bt, seq), offset, false, label);
                Ok(())
            }
            other => {
                layers.extend(other);
                Err(self.no_instruction(layers))
            }
        }
    }

    /// `end`
    fn end(&mut self, layers: &mut Vec<Layer<'a>>) -> Result<()> {
        let end = self.offset() as u32;
        match layers.pop() {
            Some(Layer::Block { opener, offset, start, folded: false, label }) => {
                self.at += 1;
                self.repeated(label.as_deref())?;
                let seq = self.leave(start, end);
                if let Opener::If(_) = opener {
                    self.uses(production!("Tblockinstr_/abbrev"));
                }
                self.exprs.finish(opener, seq, offset, end);
                Ok(())
            }
            other => {
                layers.extend(other);
                Err(self.no_instruction(layers))
            }
        }
    }

    /// The label after `end` or `else`: `id'? = ε ∨ id'? = id?`
    fn repeated(&mut self, label: Option<&str>) -> Result<()> {
        let at = self.at;
        match self.id()? {
            Some(name) if Some(&*name) != label => {
                let why = format!("mismatching label ${name}");
                Err(self.malformed_at(at, production!("Tblockinstr_/plain"), why))
            }
            _ => Ok(()),
        }
    }

    /// What stands between the keyword of a block and its instructions. The block type belongs outside of the label.
    fn head(&mut self, keyword: &str) -> Result<(Opener, Option<Cow<'a, str>>)> {
        self.uses(production!("Tlabel_"));
        let label = self.id()?;
        let bt = self.blocktype()?;
        let opener = match keyword {
            "block" => Opener::Block(bt),
            "loop" => Opener::Loop(bt),
            "if" => Opener::If(bt),
            _ => {
                let mut catches = Vec::new();
                while let Some(catch) = self.catch()? {
                    catches.push(catch);
                }
                Opener::TryTable(bt, self.exprs.code.add_catches(catches))
            }
        };
        Ok((opener, label))
    }

    /// `Tcatch_`, if one is next
    fn catch(&mut self) -> Result<Option<Catch>> {
        let Some(keyword @ ("catch" | "catch_ref" | "catch_all" | "catch_all_ref")) = self.opening() else {
            return Ok(None);
        };
        self.uses(production!("Tcatch_"));
        self.at += 2;
        let catch = match keyword {
            "catch" => Catch::Catch(self.idx(Space::Tag)?, self.idx(Space::Label)?),
            "catch_ref" => Catch::CatchRef(self.idx(Space::Tag)?, self.idx(Space::Label)?),
            "catch_all" => Catch::CatchAll(self.idx(Space::Label)?),
            _ => Catch::CatchAllRef(self.idx(Space::Label)?),
        };
        self.close(production!("Tcatch_"))?;
        Ok(Some(catch))
    }

    /// Begins a sequence inside of a label.
    fn enter(
        &mut self,
        layers: &mut Vec<Layer<'a>>,
        opener: Opener,
        offset: u32,
        folded: bool,
        label: Option<Cow<'a, str>>,
    ) {
        // The two branches of an `if` have one label between them.
        let is_else = matches!(opener, Opener::Else(..));
        self.context.labels.enter(label.clone());
        if !is_else {
            self.name_label(label.as_deref());
        }
        layers.push(Layer::Block { opener, offset, start: self.exprs.pending.len(), folded, label });
    }

    /// Ends a sequence, at this place of the text.
    fn leave(&mut self, start: usize, end: u32) -> Seq {
        self.context.labels.leave();
        self.exprs.code.add_seq(self.exprs.pending.drain(start..), end)
    }

    /// `Tplaininstr_`, of which the keyword is next
    fn plain(&mut self, layers: &[Layer<'a>]) -> Result<Instr> {
        let keyword = self.keyword().unwrap_or_default();
        match plain::find(keyword) {
            Some((production, read)) => {
                self.at += 1;
                self.uses(production);
                read(self)
            }
            None => match plain::proposed(self, keyword)? {
                Some(instr) => Ok(instr),
                None => Err(self.no_instruction(layers)),
            },
        }
    }

    /// There is no instruction here: what could have stood here instead.
    #[cold]
    fn no_instruction(&self, layers: &[Layer<'a>]) -> Malformed {
        // A word that is in no table may belong to a proposal.
        let word = self.keyword().or(self.opening());
        if let Some(proposal) = word.and_then(proposals::of_mnemonic) {
            return self.unsupported(proposal, word.unwrap_or_default());
        }
        let (production, wanted): (ProductionId, _) = match layers.last() {
            None => (production!("Tinstrs_/unfolded"), "an instruction"),
            Some(Layer::Plain { .. }) => (production!("Tfoldedinstr_/plain"), "an operand or `)`"),
            Some(Layer::Condition { .. }) => (production!("Tfoldedinstr_/block"), "a folded instruction or `(then`"),
            Some(Layer::Block { folded: true, .. }) => {
                (production!("Tfoldedinstr_/block"), "an instruction or the `)` of the block")
            }
            Some(Layer::Block { opener: Opener::If(_), .. }) => {
                (production!("Tblockinstr_/plain"), "an instruction, `else` or `end`")
            }
            Some(Layer::Block { .. }) => (production!("Tblockinstr_/plain"), "an instruction or `end`"),
        };
        self.expected(production, wanted)
    }
}
