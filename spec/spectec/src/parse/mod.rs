//! The parser.
//!
//! It needs to know which capitalised identifiers are variables, since `C.LOCALS` is a field of `C` if `C` is one, and an
//! atom otherwise. So declarations are looked for in the tokens of all texts first.

mod def;
mod exp;
mod gram;
mod prem;

use rustc_hash::FxHashSet;

use crate::ast::{Def, Exp, ExpKind, Ident};
use crate::lex::{Tok, Token, lex};
use crate::source::{Diagnostic, Sources, Span};
use crate::{MAX_DEPTH, MAX_ERRORS, Name};

/// Reads a script. What cannot be read is left out and told of.
pub fn parse(sources: &Sources) -> (Vec<Def>, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let texts: Vec<Vec<Token>> = (0u32..)
        .zip(sources.files())
        .map(|(file, source)| {
            let (tokens, mut wrong) = lex(file, &source.text);
            errors.append(&mut wrong);
            tokens
        })
        .collect();
    let variables = texts.iter().flat_map(|tokens| declared(tokens)).collect();
    let mut defs = Vec::new();
    for (source, tokens) in sources.files().iter().zip(&texts) {
        let mut parser = Parser { text: &source.text, tokens, at: 0, depth: 0, variables: &variables };
        parser.script(&mut defs, &mut errors);
    }
    errors.truncate(MAX_ERRORS);
    (defs, errors)
}

/// The capitalised identifiers that a text declares as variables or types.
fn declared(tokens: &[Token]) -> impl Iterator<Item = Name> {
    tokens.windows(2).filter_map(|pair| match (&pair[0].tok, &pair[1].tok) {
        (Tok::Lo(keyword), Tok::Up(name)) if matches!(&**keyword, "var" | "syntax") => Some(name.clone()),
        _ => None,
    })
}

/// A name without what tells variables of one type apart: `x` for `x_1'`. `None` where there is nothing to take away.
pub(crate) fn stem(name: &str) -> Option<&str> {
    let shorter = name.strip_suffix('\'').or_else(|| name.rfind('_').map(|i| &name[..i]))?;
    (!shorter.is_empty()).then_some(shorter)
}

/// Why a definition was not read. Boxed, since it is rare.
type Result<T> = std::result::Result<T, Box<Diagnostic>>;

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: u32,
    variables: &'a FxHashSet<Name>,
}

/// The words that begin definitions.
const KEYWORDS: [&str; 6] = ["syntax", "grammar", "relation", "rule", "var", "def"];

impl<'a> Parser<'a> {
    fn script(&mut self, defs: &mut Vec<Def>, errors: &mut Vec<Diagnostic>) {
        while self.peek() != &Tok::End {
            self.depth = 0;
            let begin = self.at;
            match self.def() {
                Ok(def) => defs.push(def),
                Err(error) => {
                    if errors.len() < MAX_ERRORS {
                        errors.push(*error);
                    }
                    self.recover(begin);
                }
            }
        }
    }

    /// Goes on to the next keyword at the beginning of a line, after the definition that began at `begin`.
    fn recover(&mut self, begin: usize) {
        self.at = self.at.max(begin + 1);
        while self.peek() != &Tok::End {
            let column_1 = self.text[..self.span().start as usize].ends_with('\n');
            if column_1 && self.keyword().is_some() {
                return;
            }
            self.at += 1;
        }
    }

    fn token(&self) -> &'a Token {
        // The last token is `End`, and nothing goes past it.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> &'a Tok {
        &self.token().tok
    }

    fn peek_at(&self, n: usize) -> &'a Token {
        &self.tokens[(self.at + n).min(self.tokens.len() - 1)]
    }

    fn span(&self) -> Span {
        self.token().span
    }

    /// The place of the token before.
    fn last(&self) -> Span {
        self.tokens[self.at.saturating_sub(1).min(self.tokens.len() - 1)].span
    }

    fn next(&mut self) -> &'a Token {
        let token = self.token();
        if token.tok != Tok::End {
            self.at += 1;
        }
        token
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.peek(), Tok::Sym(s) if *s == symbol)
    }

    /// Whether this symbol comes next, without a space.
    fn is_next_to(&self, symbol: &str) -> bool {
        self.is(symbol) && !self.token().spaced
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let is = self.is(symbol);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, symbol: &str) -> Result<()> {
        if self.eat(symbol) { Ok(()) } else { Err(self.wanted(&format!("`{symbol}`"))) }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Tok::Lo(name) if &**name == word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    fn keyword(&self) -> Option<&'static str> {
        let Tok::Lo(name) = self.peek() else { return None };
        KEYWORDS.into_iter().find(|keyword| *keyword == &**name)
    }

    fn error<T>(&self, span: Span, message: impl Into<String>) -> Result<T> {
        Err(Box::new(Diagnostic::error(span, message)))
    }

    /// The error that something else should be here.
    fn wanted(&self, what: &str) -> Box<Diagnostic> {
        let found = match self.peek() {
            Tok::End => "the text ends".to_owned(),
            _ => {
                let Span { start, end, .. } = self.span();
                let token: String = self.text[start as usize..end as usize].chars().take(40).collect();
                format!("there is `{token}`")
            }
        };
        Box::new(Diagnostic::error(self.span(), format!("{what} should stand here, but {found}")))
    }

    /// An identifier of either kind.
    fn ident(&mut self, what: &str) -> Result<Ident> {
        let (name, upper) = match self.peek() {
            Tok::Up(name) => (name, true),
            Tok::Lo(name) => (name, false),
            _ => return Err(self.wanted(what)),
        };
        let span = self.next().span;
        Ok(Ident { name: name.clone(), upper, span })
    }

    /// Whether a capitalised identifier is a variable: it or a stem of it is declared.
    fn is_variable(&self, name: &str) -> bool {
        let mut name = Some(name);
        while let Some(shorter) = name {
            if self.variables.contains(shorter) {
                return true;
            }
            name = stem(shorter);
        }
        false
    }

    /// Runs a parser one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return self.error(self.span(), "this is nested too deeply");
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// An expression from its beginning to the last token, above parts of some height.
    fn exp_of(&self, start: Span, height: u32, kind: ExpKind) -> Result<Exp> {
        let span = start.to(self.last());
        if height >= MAX_DEPTH {
            return self.error(span, "this is nested too deeply");
        }
        Ok(Exp { kind, span, height: height + 1 })
    }
}
