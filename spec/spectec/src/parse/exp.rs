//! Expressions, types, notations and patterns.

use super::{Parser, Result};
use crate::ast::{Arg, BinOp, CmpOp, Exp, ExpKind, Ident, Infix, Iter, NumTyp, Path, UnOp};
use crate::lex::Tok;
use crate::source::Span;

/// What an operator between two expressions makes.
#[derive(Clone, Copy)]
enum Op {
    Bin(BinOp),
    Cmp(CmpOp),
    /// `<-`, or `</-`
    Mem(bool),
    Cat,
    Atom(&'static str),
}

/// How tightly operators bind. Those of one level are read from left to right.
fn operator(tok: &Tok) -> Option<(u8, Op)> {
    let symbol = match tok {
        Tok::Esc("...") => return None,
        Tok::Esc(symbol) => return Some((4, Op::Atom(symbol))),
        Tok::Sym(symbol) => *symbol,
        _ => return None,
    };
    Some(match symbol {
        "<=>" => (0, Op::Bin(BinOp::Equiv)),
        "==>" => (1, Op::Bin(BinOp::Impl)),
        "\\/" => (2, Op::Bin(BinOp::Or)),
        "/\\" => (3, Op::Bin(BinOp::And)),
        "|-" | "|-_" | "-|" | "-|_" => (5, Op::Atom(symbol)),
        "~>" | "~>_" | "~>*" | "~>*_" | "=>" | "=>_" | "<<" | "<<_" | ">>" | ">>_" => (6, Op::Atom(symbol)),
        ":" | ":_" | "<:" | ":>" | ":=" | "==" | "==_" | "~~" | "~~_" => (7, Op::Atom(symbol)),
        "=" => (9, Op::Cmp(CmpOp::Eq)),
        "=/=" => (9, Op::Cmp(CmpOp::Ne)),
        "<" => (9, Op::Cmp(CmpOp::Lt)),
        ">" => (9, Op::Cmp(CmpOp::Gt)),
        "<=" => (9, Op::Cmp(CmpOp::Le)),
        ">=" => (9, Op::Cmp(CmpOp::Ge)),
        "<-" => (9, Op::Mem(true)),
        "</-" => (9, Op::Mem(false)),
        "->" | "->_" => (10, Op::Atom(symbol)),
        ";" => (11, Op::Atom(symbol)),
        ".." | "..." => (12, Op::Atom(symbol)),
        "(/\\)" | "(\\/)" | "(!)" | "(?)" | "(+)" | "(*)" | "(++)" => (12, Op::Atom(symbol)),
        "++" => (13, Op::Cat),
        _ => return None,
    })
}

/// Operators of arithmetic, where they bind differently.
fn arithmetic(tok: &Tok) -> Option<(u8, Op)> {
    let Tok::Sym(symbol) = tok else { return None };
    Some(match *symbol {
        "+" | "+-" => (13, Op::Bin(BinOp::Add)),
        "-" | "-+" => (13, Op::Bin(BinOp::Sub)),
        "*" => (14, Op::Bin(BinOp::Mul)),
        "/" => (14, Op::Bin(BinOp::Div)),
        "\\" => (14, Op::Bin(BinOp::Mod)),
        "<=>" | "==>" | "\\/" | "/\\" | "=" | "=/=" | "<" | ">" | "<=" | ">=" => return operator(tok),
        _ => return None,
    })
}

/// So deep may the operands of a chain of comparisons be nested.
const TWICE: u32 = 16;

/// Where the comma of an extension binds.
const COMMA: u8 = 8;

/// How an expression is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A comma extends a record.
    Open,
    /// A comma separates.
    Inner,
    /// `+`, `*` and `^` are arithmetic, and nothing is juxtaposed.
    Arith,
}

impl Parser<'_> {
    /// An expression.
    pub(super) fn exp(&mut self, mode: Mode) -> Result<Exp> {
        self.deeper(|parser| parser.binary(mode, 0))
    }

    /// A type, which ends before `=`.
    pub(super) fn typ(&mut self) -> Result<Exp> {
        self.deeper(|parser| parser.binary(Mode::Inner, 10))
    }

    fn binary(&mut self, mode: Mode, level: u8) -> Result<Exp> {
        let start = self.span();
        let mut left = match self.prefix(mode)? {
            Some(exp) => exp,
            None => self.juxtaposed(mode)?,
        };
        // The comparisons of a chain: `a < b < c` is `a < b /\ b < c`.
        let mut chain: Vec<Exp> = Vec::new();
        loop {
            if mode == Mode::Open && level <= COMMA && self.is(",") {
                let Tok::Up(_) = &self.peek_at(1).tok else { break };
                self.next();
                let atom = self.ident("an atom")?;
                let right = self.deeper(|parser| parser.binary(mode, COMMA + 1))?;
                let height = left.height.max(right.height);
                left = self.exp_of(start, height, ExpKind::Comma(Box::new(left), atom, Box::new(right)))?;
                continue;
            }
            let found = if mode == Mode::Arith { arithmetic(self.peek()) } else { operator(self.peek()) };
            let Some((at, op)) = found.filter(|(at, _)| *at >= level) else { break };
            let token = self.next();
            let sub = match &token.tok {
                Tok::Sym(symbol) if symbol.ends_with('_') => Some(self.postfix(Mode::Inner)?),
                _ => None,
            };
            // `a +- b` in arithmetic has a sign in front of `b`.
            let sign = matches!(op, Op::Bin(_)) && matches!(token.tok, Tok::Sym("+-" | "-+"));
            let right = if matches!(op, Op::Atom(_)) && !self.begins_operand() {
                None
            } else {
                // Arrows, semicolons and so on group to the left; what stands to the right binds more tightly.
                Some(self.deeper(|parser| parser.binary(mode, at + 1))?)
            };
            let height = left.height.max(right.as_ref().map_or(0, |right| right.height));
            let kind = match (op, right) {
                (Op::Atom(op), right) => {
                    let op = op.strip_suffix('_').unwrap_or(op);
                    ExpKind::Infix(Box::new(Infix { op, at: token.span, left: Some(left), sub, right }))
                }
                (Op::Bin(op), Some(right)) => {
                    let minus = if op == BinOp::Add { UnOp::Minus } else { UnOp::Plus };
                    let right = match sign {
                        true => self.exp_of(right.span, right.height, ExpKind::Un(minus, Box::new(right)))?,
                        false => right,
                    };
                    ExpKind::Bin(op, Box::new(left), Box::new(right))
                }
                (Op::Cmp(op), Some(right)) => {
                    // The operands in the middle stand twice in what is read.
                    if chain.len() > 8 || (!chain.is_empty() && height > TWICE) {
                        return self.error(token.span, "this chain of comparisons is too large");
                    }
                    let first = match chain.last() {
                        Some(Exp { kind: ExpKind::Cmp(_, _, middle), .. }) => (**middle).clone(),
                        _ => left,
                    };
                    let cmp = ExpKind::Cmp(op, Box::new(first), Box::new(right));
                    let mut whole = self.exp_of(start, height, cmp)?;
                    chain.push(whole.clone());
                    for before in chain.iter().rev().skip(1) {
                        let both = ExpKind::Bin(BinOp::And, Box::new(before.clone()), Box::new(whole));
                        whole = self.exp_of(start, height + chain.len() as u32, both)?;
                    }
                    left = whole;
                    continue;
                }
                (Op::Mem(is), Some(right)) => ExpKind::Mem(is, Box::new(left), Box::new(right)),
                (Op::Cat, Some(right)) => ExpKind::Cat(Box::new(left), Box::new(right)),
                (_, None) => return Err(self.wanted("an expression")),
            };
            chain.clear();
            left = self.exp_of(start, height + 1, kind)?;
        }
        Ok(left)
    }

    /// An operator in front.
    fn prefix(&mut self, mode: Mode) -> Result<Option<Exp>> {
        let start = self.span();
        let un = match self.peek() {
            Tok::Sym("~") => Some((UnOp::Not, 4)),
            Tok::Sym("+") => Some((UnOp::Plus, 14)),
            Tok::Sym("-") => Some((UnOp::Minus, 14)),
            Tok::Sym("+-") => Some((UnOp::PlusMinus, 14)),
            Tok::Sym("-+") => Some((UnOp::MinusPlus, 14)),
            _ => None,
        };
        if let Some((op, level)) = un {
            self.next();
            // Signs bind less than powers and more than products.
            let operand = self.deeper(|parser| match (level, mode) {
                (14, _) => match parser.prefix(mode)? {
                    Some(exp) => Ok(exp),
                    None => parser.juxtaposed(mode),
                },
                _ => parser.binary(mode, level),
            })?;
            return self.exp_of(start, operand.height, ExpKind::Un(op, Box::new(operand))).map(Some);
        }
        let token = self.token();
        let op = match &token.tok {
            Tok::Sym(op @ ("|-" | "-|" | "~>" | "~>*" | "->" | "=>" | "<:" | ":>" | "<<" | ">>" | "~~" | "==")) => op,
            Tok::Sym(op @ ("(/\\)" | "(\\/)" | "(!)" | "(?)" | "(+)" | "(*)" | "(++)" | ".." | "...")) => op,
            Tok::Esc(op) if *op != "..." => op,
            _ => return Ok(None),
        };
        if mode == Mode::Arith {
            return Ok(None);
        }
        let level = operator(&token.tok).map_or(5, |(level, _)| level);
        self.next();
        let right = match self.begins_operand() {
            true => Some(self.deeper(|parser| parser.binary(mode, level + 1))?),
            false => None,
        };
        let height = right.as_ref().map_or(0, |right| right.height);
        let infix = Infix { op, at: token.span, left: None, sub: None, right };
        self.exp_of(start, height, ExpKind::Infix(Box::new(infix))).map(Some)
    }

    /// One expression, or several next to each other.
    fn juxtaposed(&mut self, mode: Mode) -> Result<Exp> {
        let start = self.span();
        let first = self.postfix(mode)?;
        if mode == Mode::Arith || !self.begins_element() {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.begins_element() {
            all.push(self.postfix(mode)?);
        }
        let height = all.iter().map(|exp| exp.height).max().unwrap_or_default();
        self.exp_of(start, height, ExpKind::Seq(all))
    }

    /// Whether a further element of a sequence begins here. A bar never does: it separates alternatives.
    fn begins_element(&self) -> bool {
        match self.peek() {
            Tok::Up(_) | Tok::Num(_) | Tok::Text(_) => true,
            Tok::Lo(name) => !self.is_reserved(name),
            Tok::Sym(symbol) => matches!(*symbol, "(" | "[" | "{" | "`(" | "`[" | "`{" | "$" | "||"),
            Tok::Esc(symbol) => *symbol == "...",
            Tok::End => false,
        }
    }

    /// Whether an operand begins here.
    fn begins_operand(&self) -> bool {
        let more = ["|", "~", "+", "-", "+-", "-+", "|-", "~>", "->"];
        self.begins_element() || matches!(self.peek(), Tok::Esc(_)) || more.iter().any(|symbol| self.is(symbol))
    }

    fn is_reserved(&self, name: &str) -> bool {
        let hint = name == "hint" && matches!(self.peek_at(1).tok, Tok::Sym("("));
        hint || matches!(name, "syntax" | "grammar" | "relation" | "rule" | "var" | "def" | "if" | "otherwise")
    }

    /// An expression with what follows it: iterations, indices, fields.
    fn postfix(&mut self, mode: Mode) -> Result<Exp> {
        let start = self.span();
        let mut exp = self.deeper(|parser| parser.primary(mode))?;
        loop {
            let boxed = |exp| Box::new(exp);
            let (height, kind) = if let Some(iter) = self.iter(mode)? {
                let count = if let Iter::ListN(n, _) = &iter { n.height } else { 0 };
                (exp.height.max(count), ExpKind::Iter(boxed(exp), iter))
            } else if mode == Mode::Arith && self.eat("^") {
                let power = self.deeper(|parser| match parser.prefix(mode)? {
                    Some(exp) => Ok(exp),
                    None => parser.postfix(mode),
                })?;
                (exp.height.max(power.height), ExpKind::Bin(BinOp::Pow, boxed(exp), boxed(power)))
            } else if self.is_next_to("[") {
                self.index(exp)?
            } else if self.is(".") && matches!(self.peek_at(1).tok, Tok::Up(_)) {
                self.next();
                let atoms = self.ident("an atom")?;
                exp = self.fields(exp, &atoms)?;
                continue;
            } else {
                return Ok(exp);
            };
            exp = self.exp_of(start, height, kind)?;
        }
    }

    /// The fields in `A.B.C`, which is one token.
    fn fields(&self, mut exp: Exp, atoms: &Ident) -> Result<Exp> {
        let mut at = atoms.span.start;
        for name in atoms.name.split('.') {
            let span = Span { start: at, end: at + name.len() as u32, ..atoms.span };
            at = span.end + 1;
            let atom = Ident { name: name.into(), upper: true, span };
            let whole = exp.span.to(span);
            exp = self.exp_of(exp.span, exp.height, ExpKind::Dot(Box::new(exp), atom))?;
            exp.span = whole;
        }
        Ok(exp)
    }

    /// An iteration, if one stands here.
    pub(super) fn iter(&mut self, mode: Mode) -> Result<Option<Iter>> {
        if mode == Mode::Arith {
            // In arithmetic only directly before a closing parenthesis: `(x*)`.
            let closes = matches!(self.peek_at(1).tok, Tok::Sym(")"));
            let iter = match self.peek() {
                Tok::Sym("*") if closes => Iter::List,
                Tok::Sym("+") if closes => Iter::List1,
                Tok::Sym("?") if closes => Iter::Opt,
                _ => return Ok(None),
            };
            self.next();
            return Ok(Some(iter));
        }
        let iter = match self.peek() {
            Tok::Sym("?") => Iter::Opt,
            Tok::Sym("*") => Iter::List,
            Tok::Sym("+") => Iter::List1,
            Tok::Sym("^") => {
                self.next();
                return self.count().map(Some);
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(iter))
    }

    /// What follows `^`.
    fn count(&mut self) -> Result<Iter> {
        let index = matches!((&self.peek_at(1).tok, &self.peek_at(2).tok), (Tok::Lo(_) | Tok::Up(_), Tok::Sym("<")));
        if self.is("(") && index {
            self.next();
            let id = self.ident("a variable")?;
            self.expect("<")?;
            let count = self.exp(Mode::Arith)?;
            self.expect(")")?;
            return Ok(Iter::ListN(Box::new(count), Some(id)));
        }
        let count = self.deeper(|parser| parser.primary(Mode::Arith))?;
        Ok(Iter::ListN(Box::new(count), None))
    }

    /// What follows an expression in brackets: an index, a slice, an update.
    fn index(&mut self, exp: Exp) -> Result<(u32, ExpKind)> {
        self.expect("[")?;
        let exp = Box::new(exp);
        if self.is(".") || self.is("[") {
            let path = self.path()?;
            let extends = self.is("=++");
            if !extends && !self.is("=") {
                return Err(self.wanted("`=` or `=++`"));
            }
            self.next();
            let with = Box::new(self.exp(Mode::Inner)?);
            self.expect("]")?;
            let mut height = exp.height.max(with.height);
            for step in &path {
                height = height.max(match step {
                    Path::Idx(i) => i.height,
                    Path::Slice(i, n) => i.height.max(n.height),
                    Path::Dot(_) => 0,
                });
            }
            let height = height + path.len() as u32;
            return Ok((height, if extends { ExpKind::Ext(exp, path, with) } else { ExpKind::Upd(exp, path, with) }));
        }
        let i = Box::new(self.exp(Mode::Arith)?);
        if self.eat(":") {
            let n = Box::new(self.exp(Mode::Arith)?);
            self.expect("]")?;
            return Ok((exp.height.max(i.height).max(n.height), ExpKind::Slice(exp, i, n)));
        }
        self.expect("]")?;
        Ok((exp.height.max(i.height), ExpKind::Idx(exp, i)))
    }

    fn path(&mut self) -> Result<Vec<Path>> {
        let mut path = Vec::new();
        loop {
            if self.eat("[") {
                let i = self.exp(Mode::Arith)?;
                path.push(if self.eat(":") { Path::Slice(i, self.exp(Mode::Arith)?) } else { Path::Idx(i) });
                self.expect("]")?;
            } else if self.eat(".") {
                let atoms = self.ident("an atom")?;
                path.extend(
                    atoms
                        .name
                        .split('.')
                        .map(|name| Path::Dot(Ident { name: name.into(), upper: true, span: atoms.span })),
                );
            } else {
                return Ok(path);
            }
        }
    }

    /// An expression without operators.
    pub(super) fn exp_primary(&mut self) -> Result<Exp> {
        self.deeper(|parser| parser.primary(Mode::Inner))
    }

    fn primary(&mut self, mode: Mode) -> Result<Exp> {
        let token = self.token();
        let start = token.span;
        let simple = match &token.tok {
            Tok::Num(n) => ExpKind::Num(n.clone()),
            Tok::Text(text) => ExpKind::Text(text.clone()),
            Tok::Esc(op @ "...") => ExpKind::Atom(op),
            Tok::Lo(name) if matches!(&**name, "true" | "false" | "eps") => match &**name {
                "eps" => ExpKind::Eps,
                name => ExpKind::Bool(name == "true"),
            },
            Tok::Lo(name) if !self.is_reserved(name) => return self.identifier(),
            Tok::Up(_) => return self.identifier(),
            Tok::Sym(symbol) => return self.bracketed(mode, symbol),
            _ => return Err(self.wanted("an expression")),
        };
        self.next();
        self.exp_of(start, 0, simple)
    }

    fn identifier(&mut self) -> Result<Exp> {
        let mut id = self.ident("an identifier")?;
        let mut dots = None;
        id.upper |= &*id.name == "infinity";
        // `C.LOCALS` where `C` is a variable.
        if let Some((first, rest)) = id.name.split_once('.')
            && self.is_variable(first)
        {
            let at = id.span.start + first.len() as u32;
            dots = Some(Ident { name: rest.into(), upper: true, span: Span { start: at + 1, ..id.span } });
            id = Ident { name: first.into(), upper: true, span: Span { end: at, ..id.span } };
        }
        let start = id.span;
        let exp = if dots.is_none() && self.is_next_to("(") {
            let args = self.args()?;
            let height = args.iter().map(height_of).max().unwrap_or_default();
            self.exp_of(start, height, ExpKind::App(id, args))?
        } else {
            self.exp_of(start, 0, ExpKind::Id(id))?
        };
        match dots {
            Some(dots) => self.fields(Exp { span: start, ..exp }, &dots),
            None => Ok(exp),
        }
    }

    fn bracketed(&mut self, mode: Mode, symbol: &'static str) -> Result<Exp> {
        let start = self.span();
        let inner = if mode == Mode::Arith { Mode::Arith } else { Mode::Inner };
        match symbol {
            "(" => {
                let mut all = self.list_of(")", inner)?;
                let height = all.iter().map(|exp| exp.height).max().unwrap_or_default();
                let kind = match all.len() {
                    1 => ExpKind::Paren(Box::new(all.remove(0))),
                    _ => ExpKind::Tup(all),
                };
                self.exp_of(start, height, kind)
            }
            "[" => {
                self.next();
                let mut all = Vec::new();
                while !self.eat("]") {
                    all.push(self.postfix(Mode::Inner)?);
                    self.eat(",");
                }
                let height = all.iter().map(|exp| exp.height).max().unwrap_or_default();
                self.exp_of(start, height, ExpKind::List(all))
            }
            "{" => self.record(),
            "`(" | "`[" | "`{" => {
                self.next();
                let exp = self.exp(Mode::Inner)?;
                let close = [")", "]", "}"][["`(", "`[", "`{"].iter().position(|s| *s == symbol).unwrap_or_default()];
                self.expect(close)?;
                self.exp_of(start, exp.height, ExpKind::Brack(&symbol[1..], Box::new(exp)))
            }
            "|" => {
                self.next();
                let exp = self.exp(Mode::Inner)?;
                self.expect("|")?;
                self.exp_of(start, exp.height, ExpKind::Len(Box::new(exp)))
            }
            "||" => {
                self.next();
                let sym = self.sym_seq()?;
                self.expect("||")?;
                self.exp_of(start, 0, ExpKind::GramLen(Box::new(sym)))
            }
            "$" => self.dollar(mode),
            _ => Err(self.wanted("an expression")),
        }
    }

    /// The atom that a field begins with.
    pub(super) fn field_atom(&mut self) -> Result<Ident> {
        match self.peek() {
            Tok::Esc("...") => {
                let span = self.next().span;
                Ok(Ident { name: "...".into(), upper: true, span })
            }
            Tok::Up(_) => self.ident("an atom"),
            _ => Err(self.wanted("the atom of a field or `}`")),
        }
    }

    /// `{A e, B e}`
    fn record(&mut self) -> Result<Exp> {
        let start = self.span();
        self.expect("{")?;
        let mut fields: Vec<(Ident, Exp)> = Vec::new();
        while !self.eat("}") {
            let atom = self.field_atom()?;
            let exp = self.exp(Mode::Inner)?;
            fields.push((atom, exp));
            if !self.eat(",") && !self.is("}") {
                return Err(self.wanted("`,` or `}`"));
            }
        }
        let height = fields.iter().map(|(_, exp)| exp.height).max().unwrap_or_default();
        self.exp_of(start, height, ExpKind::Str(fields))
    }

    /// `$f(…)`, `$(…)`, `$nat$(…)`
    fn dollar(&mut self, mode: Mode) -> Result<Exp> {
        let start = self.span();
        self.expect("$")?;
        if self.eat("(") {
            // In arithmetic, it leads back to ordinary expressions.
            let exp = self.exp(if mode == Mode::Arith { Mode::Inner } else { Mode::Arith })?;
            self.expect(")")?;
            return self.exp_of(start, exp.height, ExpKind::Arith(Box::new(exp)));
        }
        let id = self.ident("the name of a function")?;
        if self.is_next_to("$") {
            let typ = match &*id.name {
                "nat" => NumTyp::Nat,
                "int" => NumTyp::Int,
                "rat" => NumTyp::Rat,
                "real" => NumTyp::Real,
                _ => return self.error(id.span, "numbers are converted to `nat`, `int`, `rat` or `real`"),
            };
            self.next();
            self.expect("(")?;
            let exp = self.exp(Mode::Arith)?;
            self.expect(")")?;
            return self.exp_of(start, exp.height, ExpKind::Cvt(typ, Box::new(exp)));
        }
        let args = if self.is_next_to("(") { self.args()? } else { Vec::new() };
        let height = args.iter().map(height_of).max().unwrap_or_default();
        self.exp_of(start, height, ExpKind::Call(id, args))
    }

    /// Expressions between parentheses.
    fn list_of(&mut self, close: &str, mode: Mode) -> Result<Vec<Exp>> {
        self.next();
        let mut all = Vec::new();
        while !self.eat(close) {
            all.push(self.exp(mode)?);
            if !self.eat(",") && !self.is(close) {
                return Err(self.wanted(&format!("`,` or `{close}`")));
            }
        }
        Ok(all)
    }
}

/// How deeply an argument is nested.
fn height_of(arg: &Arg) -> u32 {
    match arg {
        Arg::Exp(exp) | Arg::Typ(exp) => exp.height,
        Arg::Gram(_) | Arg::Def(_) => 0,
    }
}
