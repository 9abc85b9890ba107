//! The reader's place in the tokens, its errors, and indices (6.1-text.values).

use super::annotated::Annotated;
use super::context::{Context, Space, Types};
use super::lexical::{Token, TokenKind, Tokens};
use super::numbers;
use super::{proposals, strings};
use crate::decode::{Exprs, Malformed, Result, Unexpected};
use crate::syntax::*;
use lockstep_spec::{ProductionId, ProductionSet, production};
use std::borrow::Cow;
use std::ops::Range;

/// A module that is being read.
pub(super) struct Parser<'t, 'a> {
    pub(super) tokens: &'t Tokens<'a>,
    /// The number of the next token.
    pub(super) at: usize,
    /// The number of the first token that does not belong to the module.
    pub(super) end: usize,
    pub(super) features: Features,
    /// The productions that have been used.
    pub(super) seen: ProductionSet,
    /// `I`
    pub(super) context: Context<'a>,
    /// `I.TYPEDEFS`
    pub(super) types: Types,
    pub(super) exprs: Exprs,
    pub(super) module: Module,
    /// What annotations say.
    pub(super) annotated: Annotated,
    /// The next index of tags, globals, memories, tables and functions.
    next: [Idx; 5],
    /// The function whose labels get names, and those that it has so far, also those without a name.
    labelled: Option<FuncIdx>,
    labels: (u32, NameMap),
}

impl<'t, 'a> Parser<'t, 'a> {
    pub(super) fn new(tokens: &'t Tokens<'a>, range: Range<usize>, features: Features) -> Self {
        Parser {
            tokens,
            at: range.start,
            end: range.end.min(tokens.len()),
            features,
            seen: ProductionSet::default(),
            context: Context::default(),
            types: Types::default(),
            exprs: Exprs::default(),
            module: Module::default(),
            annotated: Annotated::default(),
            next: [0; 5],
            labelled: None,
            labels: Default::default(),
        }
    }

    /// Begins the fields of the module again, at the token of this number. Types stay, and so does the name.
    pub(super) fn again(&mut self, first: usize) {
        let Module { types, names, offsets, .. } = std::mem::take(&mut self.module);
        self.module.types = types;
        self.module.names.module = names.module;
        self.module.offsets.types = offsets.types;
        self.module.offsets.typedefs = offsets.typedefs;
        self.exprs = Exprs::default();
        self.next = [0; 5];
        self.at = first;
    }

    /// The index of the definition or import that is next in one of the spaces of external values.
    pub(super) fn counted(&mut self, space: Space) -> Idx {
        let next = match space {
            Space::Tag => &mut self.next[0],
            Space::Global => &mut self.next[1],
            Space::Mem => &mut self.next[2],
            Space::Table => &mut self.next[3],
            _ => &mut self.next[4],
        };
        *next += 1;
        *next - 1
    }

    /// From here on, labels are those of a function.
    pub(super) fn begin_labels(&mut self, x: FuncIdx) {
        self.labelled = Some(x);
    }

    /// Notes the next label of the function, for people to read.
    pub(super) fn name_label(&mut self, name: Option<&str>) {
        let (count, names) = &mut self.labels;
        if let Some(name) = name {
            names.insert(*count, name.to_owned());
        }
        *count += 1;
    }

    /// The function has ended.
    pub(super) fn end_labels(&mut self) {
        let (_, names) = std::mem::take(&mut self.labels);
        if let (Some(x), false) = (self.labelled.take(), names.is_empty()) {
            self.module.names.labels.insert(x, names);
        }
    }

    /// Notes that a production is used.
    #[inline]
    pub(super) fn uses(&mut self, production: ProductionId) {
        self.seen.insert(production);
    }

    /// The token after `ahead` others.
    #[inline]
    pub(super) fn token(&self, ahead: usize) -> Option<Token> {
        let i = self.at + ahead;
        if i < self.end { self.tokens.get(i) } else { None }
    }

    #[inline]
    pub(super) fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.token(ahead).map(Token::kind)
    }

    /// The text of the token after `ahead` others, if it is of this kind.
    #[inline]
    pub(super) fn text(&self, ahead: usize, kind: TokenKind) -> Option<&'a str> {
        let token = self.token(ahead)?;
        (token.kind() == kind).then(|| self.tokens.source(token))
    }

    /// The keyword that is next.
    #[inline]
    pub(super) fn keyword(&self) -> Option<&'a str> {
        self.text(0, TokenKind::Keyword)
    }

    /// The keyword after a parenthesis that is next.
    #[inline]
    pub(super) fn opening(&self) -> Option<&'a str> {
        if self.kind(0)? == TokenKind::Open { self.text(1, TokenKind::Keyword) } else { None }
    }

    /// Where the next token begins in the text; at the end of the module, where the last one ends.
    pub(super) fn offset(&self) -> usize {
        self.offset_of(self.at)
    }

    /// Where the token of this number begins.
    pub(super) fn offset_of(&self, i: usize) -> usize {
        match self.tokens.get(i) {
            Some(token) if i < self.end => token.start(),
            _ => match self.end.checked_sub(1).and_then(|last| self.tokens.get(last)) {
                Some(last) => last.end(),
                None => self.tokens.text().len(),
            },
        }
    }

    /// Goes past a keyword if it is next; whether it was.
    pub(super) fn accept(&mut self, keyword: &str) -> bool {
        let found = self.keyword() == Some(keyword);
        self.at += usize::from(found);
        found
    }

    /// Goes past `(` and a keyword if they are next; whether they were.
    pub(super) fn accept_open(&mut self, keyword: &str) -> bool {
        let found = self.opening() == Some(keyword);
        self.at += if found { 2 } else { 0 };
        found
    }

    /// Goes past `)`.
    pub(super) fn close(&mut self, production: ProductionId) -> Result<()> {
        if self.kind(0) != Some(TokenKind::Close) {
            return Err(self.expected(production, "`)`"));
        }
        self.at += 1;
        Ok(())
    }

    /// Something else was expected of the next token.
    #[cold]
    pub(super) fn expected(&self, production: ProductionId, wanted: &str) -> Malformed {
        let found = match self.token(0) {
            None => "the end of the module".to_owned(),
            Some(token) if token.kind() == TokenKind::Bad => self.tokens.fault(self.at).to_owned(),
            Some(token) => {
                // A proposal's syntax is recognised by its words, the first of which is at fault or next to it.
                let near = [self.keyword(), self.opening()];
                if let Some(proposal) = near.into_iter().flatten().find_map(proposals::of_word) {
                    return self.unsupported(proposal, self.tokens.source(token));
                }
                shown(self.tokens.source(token))
            }
        };
        let production = self.tokens.blamed(self.at).filter(|_| self.at < self.end).unwrap_or(production);
        let message = format!("unexpected token: {found}, expected {wanted}");
        let unexpected = Some(Box::new(Unexpected { found, wanted: wanted.to_owned() }));
        Malformed { unexpected, ..self.malformed_at(self.at, production, message) }
    }

    /// The syntax of a proposal.
    #[cold]
    pub(super) fn unsupported(&self, proposal: &'static str, found: &str) -> Malformed {
        Malformed::unsupported(self.offset(), proposal, format!("unexpected token: {}", shown(found)))
    }

    /// A proposal is needed that is not on.
    pub(super) fn needs_threads(&self) -> Result<()> {
        if self.features.threads { Ok(()) } else { Err(self.unsupported("threads", self.next_source())) }
    }

    pub(super) fn needs_shared(&self) -> Result<()> {
        if self.features.shared_everything {
            Ok(())
        } else {
            Err(self.unsupported("shared-everything-threads", self.next_source()))
        }
    }

    fn next_source(&self) -> &'a str {
        self.token(0).map_or("", |token| self.tokens.source(token))
    }

    /// A side condition of a production does not hold, at the token of this number.
    #[cold]
    pub(super) fn malformed_at(&self, i: usize, production: ProductionId, message: impl Into<String>) -> Malformed {
        Malformed { production: Some(production), ..Malformed::syntax(self.offset_of(i), message) }
    }

    /// `Tid?`
    pub(super) fn id(&mut self) -> Result<Option<Cow<'a, str>>> {
        let Some(source) = self.text(0, TokenKind::Id) else { return Ok(None) };
        self.uses(production!("Tid"));
        self.uses(production!("Tidchar"));
        let Some(name) = strings::id(source) else {
            let why = format!("an identifier that is empty or no UTF-8: {}", shown(source));
            return Err(self.malformed_at(self.at, production!("Tid"), why));
        };
        self.at += 1;
        Ok(Some(name))
    }

    /// `TuN(N)`
    pub(super) fn uint(&mut self, bits: u32, production: ProductionId, wanted: &str) -> Result<u64> {
        let Some(source) = self.text(0, TokenKind::Number) else { return Err(self.expected(production, wanted)) };
        let Some(n) = numbers::uint(source, bits) else { return Err(self.number(production, wanted)) };
        self.uses(production!("TuN"));
        self.uses(if source.starts_with("0x") { production!("Thexnum") } else { production!("Tnum") });
        self.uses(if source.starts_with("0x") { production!("Thexdigit") } else { production!("Tdigit") });
        self.at += 1;
        Ok(n)
    }

    /// The number that is next is not in a grammar, or is too large.
    #[cold]
    pub(super) fn number(&self, production: ProductionId, wanted: &str) -> Malformed {
        let unsigned = self.next_source().trim_start_matches(['+', '-']);
        let is_number = numbers::uint(unsigned, 64).is_some() || numbers::num(unsigned.as_bytes()).is_some();
        match self.text(0, TokenKind::Number) {
            Some(source) if is_number && source == unsigned => {
                let why = format!("constant out of range: {}, expected {wanted}", shown(source));
                self.malformed_at(self.at, production, why)
            }
            _ => self.expected(production, wanted),
        }
    }

    /// `Tu32`
    pub(super) fn u32(&mut self, wanted: &str) -> Result<u32> {
        self.uses(production!("Tu32"));
        Ok(self.uint(32, production!("Tu32"), wanted)? as u32)
    }

    /// `Tu64`
    pub(super) fn u64(&mut self, wanted: &str) -> Result<u64> {
        self.uses(production!("Tu64"));
        self.uint(64, production!("Tu64"), wanted)
    }

    /// Whether an index is next.
    pub(super) fn at_idx(&self) -> bool {
        matches!(self.kind(0), Some(TokenKind::Number | TokenKind::Id))
    }

    /// `Tidx_(ids)`
    pub(super) fn idx(&mut self, space: Space) -> Result<Idx> {
        self.uses(production!("Tidx_"));
        self.uses(space.production());
        if self.kind(0) == Some(TokenKind::Number) {
            self.uses(production!("Tu32"));
            return Ok(self.uint(32, space.production(), space.index())? as Idx);
        }
        let at = self.at;
        match self.id()? {
            Some(name) => self.context.find(space, &name).ok_or_else(|| self.unknown(at, space, &name)),
            None => Err(self.expected(space.production(), space.index())),
        }
    }

    #[cold]
    pub(super) fn unknown(&self, at: usize, space: Space, name: &str) -> Malformed {
        self.malformed_at(at, production!("Tidx_"), format!("unknown {} ${name}", space.noun()))
    }

    /// `Tname`
    pub(super) fn name(&mut self) -> Result<String> {
        self.uses(production!("Tname"));
        let Some(source) = self.text(0, TokenKind::String) else {
            return Err(self.expected(production!("Tname"), "a name in quotation marks"));
        };
        self.note_string(source);
        let Some(name) = strings::name(source) else {
            return Err(self.malformed_at(self.at, production!("Tname"), "malformed UTF-8 encoding"));
        };
        self.at += 1;
        Ok(name.into_owned())
    }

    /// `Tstring*`, one after the other
    pub(super) fn strings(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(source) = self.text(0, TokenKind::String) {
            self.note_string(source);
            bytes.extend_from_slice(&strings::string(source));
            self.at += 1;
        }
        bytes
    }

    fn note_string(&mut self, source: &str) {
        self.uses(production!("Tstring"));
        if source.len() > 2 {
            self.uses(production!("Tstringelem"));
            self.uses(production!("Tstringchar"));
        }
    }
}

/// A token in a message, not too long.
pub(super) fn shown(source: &str) -> String {
    match source.char_indices().nth(40) {
        Some((cut, _)) => format!("`{}…`", &source[..cut]),
        None => format!("`{source}`"),
    }
}
