//! The text of a script.

use lockstep_semantics::text::{TextTooLong, Token, TokenKind, Tokens};
use std::ops::Range;

/// The text of a script, divided into tokens.
pub struct Source<'a> {
    tokens: Tokens<'a>,
}

/// How a piece of a script at its outermost level is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A parenthesis, and all up to the one that closes it.
    Form,
    /// A parenthesis that nothing closes, and all that follows.
    Unclosed,
    /// Tokens between forms, as many as stand together.
    Stray,
}

impl<'a> Source<'a> {
    /// Splits a text into tokens. Only a text that is too long is an error; a lexical error is found when its directive
    /// is read.
    ///
    /// # Errors
    /// When the text is longer than can be read.
    pub fn new(text: &'a str) -> Result<Self, TextTooLong> {
        Ok(Source { tokens: Tokens::new(text)? })
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.tokens.text()
    }

    pub(super) fn tokens(&self) -> &Tokens<'a> {
        &self.tokens
    }

    /// The kind of a token, by its number.
    pub(super) fn kind(&self, i: usize) -> Option<TokenKind> {
        self.tokens.get(i).map(Token::kind)
    }

    /// The text of a token, if it is of a kind.
    pub(super) fn token(&self, i: usize, kind: TokenKind) -> Option<&'a str> {
        self.tokens.get(i).filter(|token| token.kind() == kind).map(|token| self.tokens.source(token))
    }

    /// The text of a range of tokens, with the space between them.
    pub(super) fn slice(&self, tokens: &Range<usize>) -> &'a str {
        match (self.tokens.get(tokens.start), tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) => self.text().get(first.start()..last.end()).unwrap_or_default(),
            _ => "",
        }
    }

    /// Line and column of a token; of the end of the text if there is no such token.
    pub(super) fn place(&self, i: usize) -> (u32, u32) {
        self.tokens.lines().of(self.tokens.get(i).map_or(self.text().len(), Token::start) as u32)
    }

    /// The line that a token ends on.
    pub(super) fn last_line(&self, i: usize) -> u32 {
        self.tokens.lines().of(self.tokens.get(i).map_or(self.text().len(), Token::end) as u32).0
    }

    /// Cuts tokens into pieces by their parentheses alone, so that one that cannot be read hides no other.
    pub(super) fn pieces(&self, tokens: Range<usize>) -> impl Iterator<Item = (Range<usize>, Shape)> {
        let mut at = tokens.start;
        std::iter::from_fn(move || {
            let begin = at;
            let kind = self.kind(begin).filter(|_| begin < tokens.end)?;
            let shape = match kind {
                TokenKind::Open => match self.tokens.close(begin) {
                    Some(close) if close < tokens.end => {
                        at = close + 1;
                        Shape::Form
                    }
                    _ => {
                        at = tokens.end;
                        Shape::Unclosed
                    }
                },
                _ => {
                    let stray = (begin..tokens.end).take_while(|&i| self.kind(i) != Some(TokenKind::Open)).count();
                    at = begin + stray;
                    Shape::Stray
                }
            };
            Some((begin..at, shape))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(String, Shape)> {
        let source = Source::new(text).unwrap();
        let all = 0..source.tokens().len();
        source.pieces(all).map(|(tokens, shape)| (source.slice(&tokens).to_owned(), shape)).collect()
    }

    #[test]
    fn texts_in_pieces() {
        use Shape::*;
        let piece = |text: &str, shape| (text.to_owned(), shape);
        assert_eq!(pieces(" (; nothing ;) (@a b)"), []);
        assert_eq!(pieces("(a (b)) c ) d (e)"), [piece("(a (b))", Form), piece("c ) d", Stray), piece("(e)", Form)]);
        assert_eq!(pieces("(a)(b (c)"), [piece("(a)", Form), piece("(b (c)", Unclosed)]);
        assert_eq!(pieces("(a \")\") \"("), [piece("(a \")\")", Form), piece("\"(", Stray)]);
    }
}
