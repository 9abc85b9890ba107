//! Lexical format (6.0-text.lexical): a text as a list of tokens.
//!
//! White space, comments and annotations lie between tokens. Of annotations only their places are kept: those of custom
//! sections that the standard defines are read by `custom`, all others mean nothing.
//!
//! Nothing is refused here. What begins no token, and a string or a comment without an end, is a token of the kind
//! [`TokenKind::Bad`], so that one mistake in a script does not hide what comes after it.

use super::lines::Lines;
use lockstep_spec::{ProductionId, ProductionSet, production};
use std::sync::Arc;

/// What a token is, by its first character. A keyword need not be one that the grammar has, and a number need not be
/// well-formed: who asks for it finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `Tkeyword`
    Keyword,
    /// `Tid`, with or without quotation marks
    Id,
    /// A digit or a sign, and what follows: `TuN`, `TsN`, `TfN`, unless it is reserved
    Number,
    /// `Tstring`
    String,
    /// `Treserved`: nothing in the grammar
    Reserved,
    /// No token at all; see [`Tokens::fault`]
    Bad,
}

/// A token: its kind, and where it stands in the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    start: u32,
    /// The length, and the kind in the upper bits: half of the memory of two fields, for texts of 100 MB.
    len_and_kind: u32,
}

const LEN_BITS: u32 = 29;
/// A text with a token of this length or more is beyond what can be read.
const LONGEST: usize = 1 << LEN_BITS;
const KINDS: [TokenKind; 8] = [
    TokenKind::Open,
    TokenKind::Close,
    TokenKind::Keyword,
    TokenKind::Id,
    TokenKind::Number,
    TokenKind::String,
    TokenKind::Reserved,
    TokenKind::Bad,
];

impl Token {
    fn new(kind: TokenKind, start: usize, end: usize) -> Self {
        // A longer token is cut; `Tokens::new` has refused a text that could have one.
        let len = (end - start).min(LONGEST - 1);
        Token { start: start as u32, len_and_kind: len as u32 | (kind as u32) << LEN_BITS }
    }

    /// What it is.
    #[inline]
    pub fn kind(self) -> TokenKind {
        KINDS[(self.len_and_kind >> LEN_BITS) as usize]
    }

    /// Where it begins.
    #[inline]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Where it ends.
    #[inline]
    pub fn end(self) -> usize {
        self.start as usize + (self.len_and_kind & (LONGEST as u32 - 1)) as usize
    }
}

/// An annotation, `(@id …)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The number of the token that it stands before.
    pub before: usize,
    /// Where it begins in the text.
    pub start: usize,
    /// Where its identifier begins, after `(@`, and where that ends; in quotation marks or not.
    pub id: (usize, usize),
    /// Where it ends, its last parenthesis included.
    pub end: usize,
}

/// What is wrong with a token, and the production that it fails in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fault {
    why: &'static str,
    production: ProductionId,
}

const fn fault(production: ProductionId, why: &'static str) -> Fault {
    Fault { why, production }
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    annotations: Vec<Annotation>,
    lines: Arc<Lines>,
    seen: ProductionSet,
}

/// The text is larger than what can be read: 512 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is longer than 512 MiB")]
pub struct TextTooLong;

impl<'a> Tokens<'a> {
    /// Divides a text into tokens.
    ///
    /// # Errors
    /// When the text is longer than can be read; a limit of this implementation.
    pub fn new(text: &'a str) -> Result<Self, TextTooLong> {
        if text.len() >= LONGEST {
            return Err(TextTooLong);
        }
        Ok(Self::short(text))
    }

    /// Divides a text that is not too long.
    fn short(text: &'a str) -> Self {
        let tokens = Vec::with_capacity(text.len() / 6);
        let mut seen = ProductionSet::default();
        seen.insert(production!("Tsource"));
        let lines = Arc::new(Lines::new(text));
        let tokens = Tokens { text, tokens, annotations: Vec::new(), lines, seen };
        let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, tokens };
        lexer.run();
        lexer.tokens
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// A token by its number.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Token> {
        self.tokens.get(i).copied()
    }

    /// The text of a token.
    #[inline]
    pub fn source(&self, token: Token) -> &'a str {
        // Tokens begin and end between characters.
        self.text.get(token.start()..token.end()).unwrap_or_default()
    }

    /// What is wrong with the bad token of this number. It is looked at again: a text may have many, and one of them is
    /// asked about.
    pub fn fault(&self, i: usize) -> &'static str {
        self.fault_of(i).map_or("no token", |fault| fault.why)
    }

    /// The production that the bad token of this number fails in.
    pub(super) fn blamed(&self, i: usize) -> Option<ProductionId> {
        self.fault_of(i).map(|fault| fault.production)
    }

    fn fault_of(&self, i: usize) -> Option<Fault> {
        let token = self.get(i).filter(|token| token.kind() == TokenKind::Bad)?;
        let lines = self.lines.clone();
        let tokens = Tokens { text: self.text, tokens: Vec::new(), annotations: Vec::new(), lines, seen: self.seen };
        let mut lexer = Lexer { bytes: self.text.as_bytes(), at: token.start(), tokens };
        match lexer.scan() {
            Scanned::Bad(fault) => Some(fault),
            Scanned::Annotation => lexer.annotation(token.start()).err(),
            Scanned::Token(_) | Scanned::Space => None,
        }
    }

    /// The lines of the text.
    pub fn lines(&self) -> &Arc<Lines> {
        &self.lines
    }

    /// The annotations, in the order of the text.
    pub fn annotations(&self) -> &[Annotation] {
        &self.annotations
    }

    /// The identifier of an annotation, as it is written.
    pub fn id(&self, annotation: &Annotation) -> &'a str {
        self.text.get(annotation.id.0..annotation.id.1).unwrap_or_default()
    }

    /// What stands between the identifier of an annotation and its last parenthesis. Offsets begin there.
    pub fn content(&self, annotation: &Annotation) -> Tokens<'a> {
        let text = self.text.get(annotation.id.1..annotation.end.saturating_sub(1)).unwrap_or_default();
        Tokens::short(text)
    }

    /// The lexical productions that the text uses.
    pub fn productions(&self) -> ProductionSet {
        self.seen
    }

    /// The number of the token that closes the parenthesis at `open`, if one does.
    pub fn close(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (i, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind() {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Some(i);
            }
        }
        None
    }

    /// The number of the token after the one that closes the parenthesis at `open`; of the end where none does.
    pub fn after(&self, open: usize) -> usize {
        self.close(open).map_or(self.tokens.len(), |close| close + 1)
    }
}

/// `Tidchar`
#[inline]
pub(super) fn is_idchar(byte: u8) -> bool {
    IDCHARS[byte as usize]
}

const IDCHARS: [bool; 256] = {
    let mut table = [false; 256];
    let all = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~";
    let mut i = 0;
    while i < all.len() {
        table[all[i] as usize] = true;
        i += 1;
    }
    table
};

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Tokens<'a>,
}

/// What stands at a place of the text.
enum Scanned {
    Token(TokenKind),
    /// A token that is none, and why.
    Bad(Fault),
    /// `Tspace`, but for annotations
    Space,
    /// `(@`, where an annotation begins
    Annotation,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn run(&mut self) {
        while self.at < self.bytes.len() {
            let start = self.at;
            match self.scan() {
                Scanned::Space => {}
                Scanned::Token(kind) => {
                    self.tokens.seen.insert(production!("Ttoken"));
                    self.tokens.tokens.push(Token::new(kind, start, self.at));
                }
                Scanned::Bad(_) => self.bad(start),
                Scanned::Annotation => {
                    if self.annotation(start).is_err() {
                        self.bad(start);
                    }
                }
            }
        }
    }

    fn bad(&mut self, start: usize) {
        self.tokens.tokens.push(Token::new(TokenKind::Bad, start, self.at));
    }

    /// Goes past whatever stands here, at least one character. Of an annotation it is only its beginning.
    fn scan(&mut self) -> Scanned {
        let first = self.bytes[self.at];
        match first {
            b' ' | b'\t' | b'\n' | b'\r' => {
                self.tokens.seen.insert(production!("Tspace"));
                if first != b' ' {
                    self.tokens.seen.insert(production!("Tformat"));
                }
                if first == b'\n' || first == b'\r' {
                    self.tokens.seen.insert(production!("Tnewline"));
                }
                self.at += 1;
                Scanned::Space
            }
            b'(' => match self.peek(1) {
                Some(b';') => self.blockcomment(),
                Some(b'@') => {
                    self.at += 2;
                    Scanned::Annotation
                }
                _ => {
                    self.at += 1;
                    Scanned::Token(TokenKind::Open)
                }
            },
            b')' => {
                self.at += 1;
                Scanned::Token(TokenKind::Close)
            }
            b';' if self.peek(1) == Some(b';') => {
                self.tokens.seen.insert(production!("Tcomment"));
                self.tokens.seen.insert(production!("Tlinecomment"));
                self.tokens.seen.insert(production!("Tlinechar"));
                let end = self.bytes[self.at..].iter().position(|&b| b == b'\n' || b == b'\r');
                self.at = end.map_or(self.bytes.len(), |n| self.at + n);
                Scanned::Space
            }
            _ => self.token(first),
        }
    }

    /// `Tblockcomment`, however deep they are nested.
    fn blockcomment(&mut self) -> Scanned {
        self.tokens.seen.insert(production!("Tcomment"));
        self.tokens.seen.insert(production!("Tblockcomment"));
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'(', Some(b';')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b';', Some(b')')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Scanned::Space;
                    }
                }
                _ => {
                    self.tokens.seen.insert(production!("Tblockchar"));
                    self.at += 1;
                }
            }
        }
        Scanned::Bad(fault(production!("Tblockcomment"), "a comment without an end"))
    }

    /// The longest token, of identifier characters, strings and what is reserved.
    fn token(&mut self, first: u8) -> Scanned {
        let start = self.at;
        let mut bad = None;
        let (mut strings, mut reserved) = (0, false);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => {
                    strings += 1;
                    // A string that follows something other than `$` makes the whole reserved.
                    reserved |= self.at != start && !(self.at == start + 1 && first == b'$');
                    if let Err(fault) = self.string() {
                        bad = Some(fault);
                        break;
                    }
                }
                // A comment ends a token, although `;` by itself may be part of one that is reserved.
                b';' if self.peek(1) == Some(b';') => break,
                b',' | b';' | b'[' | b']' | b'{' | b'}' => {
                    reserved = true;
                    self.at += 1;
                }
                byte if is_idchar(byte) => {
                    reserved |= strings > 0;
                    self.at += 1;
                }
                _ => break,
            }
        }
        if let Some(fault) = bad {
            return Scanned::Bad(fault);
        }
        if self.at == start {
            // Not ASCII, or a control character: to the next boundary between characters.
            self.at += 1;
            while self.peek(0).is_some_and(|byte| byte & 0xC0 == 0x80) {
                self.at += 1;
            }
            let why = "a character that may only stand in strings and comments";
            return Scanned::Bad(fault(production!("Tsource"), why));
        }
        Scanned::Token(match first {
            _ if reserved => self.reserved(),
            b'a'..=b'z' => {
                self.tokens.seen.insert(production!("Tkeyword"));
                TokenKind::Keyword
            }
            // `$` by itself is no identifier.
            b'$' if self.at > start + 1 => TokenKind::Id,
            b'"' => TokenKind::String,
            b'0'..=b'9' | b'+' | b'-' => TokenKind::Number,
            _ => self.reserved(),
        })
    }

    /// `Treserved`
    fn reserved(&mut self) -> TokenKind {
        self.tokens.seen.insert(production!("Treserved"));
        TokenKind::Reserved
    }

    /// `Tstring`; on a mistake, up to the end of the line or where the string might have ended.
    fn string(&mut self) -> Result<(), Fault> {
        let mut found = None;
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return found.map_or(Ok(()), Err);
                }
                b'\n' | b'\r' => break,
                b'\\' => {
                    self.at += 1;
                    if !self.escape() {
                        let why = "a string with an escape that does not exist";
                        found = found.or(Some(fault(production!("Tstringelem"), why)));
                    }
                }
                0x00..0x20 | 0x7F => {
                    let why = "a string with a control character";
                    found = found.or(Some(fault(production!("Tstringchar"), why)));
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        Err(found.unwrap_or(fault(production!("Tstring"), "a string without an end")))
    }

    /// What follows a backslash in a string; whether it is an escape.
    fn escape(&mut self) -> bool {
        match (self.peek(0), self.peek(1)) {
            (Some(b't' | b'n' | b'r' | b'"' | b'\'' | b'\\'), _) => {
                self.at += 1;
                true
            }
            (Some(b'u'), Some(b'{')) => {
                let digits = self.at + 2;
                let len = self.bytes[digits..].iter().take_while(|b| b.is_ascii_hexdigit() || **b == b'_').count();
                if self.bytes.get(digits + len) != Some(&b'}') {
                    return false;
                }
                self.at = digits + len + 1;
                super::strings::scalar(&self.bytes[digits..digits + len]).is_some()
            }
            (Some(h_1), Some(h_2)) if h_1.is_ascii_hexdigit() && h_2.is_ascii_hexdigit() => {
                self.at += 2;
                true
            }
            _ => false,
        }
    }

    /// `Tannot`, after its `(@`. Its tokens have balanced parentheses, and are otherwise free.
    fn annotation(&mut self, start: usize) -> Result<(), Fault> {
        self.tokens.seen.insert(production!("Tannot"));
        self.tokens.seen.insert(production!("Tannotid"));
        let id = self.at;
        if self.peek(0) == Some(b'"') {
            self.string()?;
        } else {
            while self.peek(0).is_some_and(is_idchar) {
                self.at += 1;
            }
        }
        let id = (id, self.at);
        let quoted = self.bytes.get(id.0) == Some(&b'"');
        let why = match (id.1 - id.0, quoted) {
            (0, _) | (2, true) => Some("an annotation without an identifier"),
            _ if quoted && super::strings::name(&self.tokens.text[id.0..id.1]).is_none() => {
                Some("an annotation whose identifier is not UTF-8")
            }
            _ => None,
        };
        let mut found = why.map(|why| fault(production!("Tannotid"), why));
        let mut depth = 1_usize;
        while depth > 0 {
            if self.at >= self.bytes.len() {
                return Err(found.unwrap_or(fault(production!("Tannot"), "an annotation without an end")));
            }
            match self.scan() {
                Scanned::Token(TokenKind::Open) | Scanned::Annotation => depth += 1,
                Scanned::Token(TokenKind::Close) => depth -= 1,
                Scanned::Bad(fault) => found = found.or(Some(fault)),
                Scanned::Token(_) | Scanned::Space => {}
            }
        }
        if let Some(fault) = found {
            return Err(fault);
        }
        let before = self.tokens.tokens.len();
        self.tokens.annotations.push(Annotation { before, start, id, end: self.at });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let tokens = Tokens::new(text).unwrap();
        (0..tokens.len()).map(|i| tokens.get(i).unwrap().kind()).collect()
    }

    #[test]
    fn every_kind() {
        assert_eq!(kinds("(nop $x 0x1 \"a\" , \u{1})"), [Open, Keyword, Id, Number, String, Reserved, Bad, Close]);
        assert_eq!(kinds("$\"a b\" $ -inf inf +1 Abc @x"), [Id, Reserved, Number, Keyword, Number, Reserved, Reserved]);
    }

    #[test]
    fn the_longest_token_counts() {
        assert_eq!(kinds("\"a\"\"b\""), [Reserved]);
        assert_eq!(kinds("$\"a\"b"), [Reserved]);
        assert_eq!(kinds("a\"b\""), [Reserved]);
        assert_eq!(kinds("$a\"b\""), [Reserved]);
        assert_eq!(kinds("nop;;x\nnop"), [Keyword, Keyword]);
        assert_eq!(kinds("nop;x"), [Reserved]);
        assert_eq!(kinds("0,1"), [Reserved]);
    }

    #[test]
    fn space_between_tokens() {
        assert_eq!(kinds("(; (; a ;) \" \u{1} ;) ;; b\r(;;)\t"), []);
        assert_eq!(kinds("(; ;;)a"), [Keyword]);
        assert_eq!(kinds("(@a ( ) \"(\" (; ( ;) (@b) , )a"), [Keyword]);
        assert_eq!(kinds("(@\"a b\" x)"), []);
    }

    #[test]
    fn what_is_bad_ends_soon() {
        for text in
            ["(; (; ;) ", "\"a", "\"\\x\"", "\"\u{7f}\"", "\"\\u{110000}\"", "\"\\u{d800}\"", "ä", "(@a", "(@ a)"]
        {
            assert_eq!(kinds(text).last(), Some(&Bad), "{text}");
        }
        assert_eq!(kinds("\"a\n)"), [Bad, Close]);
        assert_eq!(kinds("\"a\\z\" x"), [Bad, Keyword]);
        let tokens = Tokens::new("a ä").unwrap();
        assert_eq!(tokens.fault(1), "a character that may only stand in strings and comments");
    }

    #[test]
    fn parentheses_are_matched() {
        let tokens = Tokens::new("(a (b) c) d (e").unwrap();
        assert_eq!(tokens.after(0), 7);
        assert_eq!(tokens.after(2), 5);
        assert_eq!(tokens.after(8), tokens.len());
    }
}
