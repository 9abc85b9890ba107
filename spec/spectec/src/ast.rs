//! The syntax of scripts as they are written: what the parser makes and the elaboration reads.
//!
//! Types, notations, patterns and expressions have one syntax, [`Exp`]; what they mean depends on where they stand.

use num_bigint::BigUint;

use crate::Name;
use crate::source::Span;
use std::cmp::Ordering;

/// An identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// Its name, without backquote.
    pub name: Name,
    /// Whether it is an atom unless it is declared: it begins with a capital, `_`, or an escaped small letter.
    pub upper: bool,
    /// Where.
    pub span: Span,
}

/// An expression, type, notation or pattern.
#[derive(Clone, Debug)]
pub struct Exp {
    /// What it is.
    pub kind: ExpKind,
    /// Where.
    pub span: Span,
    /// How deeply it is nested; bounded by [`crate::MAX_DEPTH`].
    pub height: u32,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExpKind {
    /// `x`, `X`
    Id(Ident),
    /// `x(…)`, without a space: a type with arguments, or `x` before something in parentheses.
    App(Ident, Vec<Arg>),
    /// An escaped operator that stands alone.
    Atom(&'static str),
    /// `true`, `false`
    Bool(bool),
    /// `12`, `0x0C`, `U+0C`
    Num(BigUint),
    /// `"…"`
    Text(Name),
    /// `eps`
    Eps,
    /// `~ e`, `+ e`, `- e`, `+- e`, `-+ e`
    Un(UnOp, Box<Exp>),
    /// `e /\ e`, `e + e`, …
    Bin(BinOp, Box<Exp>, Box<Exp>),
    /// `e = e`, …
    Cmp(CmpOp, Box<Exp>, Box<Exp>),
    /// `e e`, two or more.
    Seq(Vec<Exp>),
    /// `[ e* ]`
    List(Vec<Exp>),
    /// `(e, e)`, `()`
    Tup(Vec<Exp>),
    /// `(e)`
    Paren(Box<Exp>),
    /// `$( e )`
    Arith(Box<Exp>),
    /// `$nat$( e )`
    Cvt(NumTyp, Box<Exp>),
    /// `e[e]`
    Idx(Box<Exp>, Box<Exp>),
    /// `e[e : e]`
    Slice(Box<Exp>, Box<Exp>, Box<Exp>),
    /// `e[path = e]`
    Upd(Box<Exp>, Vec<Path>, Box<Exp>),
    /// `e[path =++ e]`
    Ext(Box<Exp>, Vec<Path>, Box<Exp>),
    /// `{ATOM e, …}`
    Str(Vec<(Ident, Exp)>),
    /// `e.ATOM`
    Dot(Box<Exp>, Ident),
    /// `e, ATOM e`
    Comma(Box<Exp>, Ident, Box<Exp>),
    /// `e ++ e`
    Cat(Box<Exp>, Box<Exp>),
    /// `e <- e`, or `e </- e`
    Mem(bool, Box<Exp>, Box<Exp>),
    /// `|e|`
    Len(Box<Exp>),
    /// `||gram||`
    GramLen(Box<Sym>),
    /// `$f`, `$f(…)`
    Call(Ident, Vec<Arg>),
    /// `e?`, `e*`, …
    Iter(Box<Exp>, Iter),
    /// `e op e`, `op e`, `e op_e e` with an atom as the operator.
    Infix(Box<Infix>),
    /// `` `( e ) ``, `` `[ e ] ``, `` `{ e } ``; the text is the opening bracket.
    Brack(&'static str, Box<Exp>),
}

/// An expression around an atom that is an operator.
#[derive(Clone, Debug)]
pub struct Infix {
    /// The operator, without backquote and underscore.
    pub op: &'static str,
    /// Where it stands.
    pub at: Span,
    /// What stands before it.
    pub left: Option<Exp>,
    /// The subscript, where the operator ends with `_`.
    pub sub: Option<Exp>,
    /// What stands after it.
    pub right: Option<Exp>,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnOp {
    /// `~`
    Not,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `+-`
    PlusMinus,
    /// `-+`
    MinusPlus,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinOp {
    /// `/\`
    And,
    /// `\/`
    Or,
    /// `==>`
    Impl,
    /// `<=>`
    Equiv,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `\`
    Mod,
    /// `^`
    Pow,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CmpOp {
    /// `=`
    Eq,
    /// `=/=`
    Ne,
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `<=`
    Le,
    /// `>=`
    Ge,
}

impl CmpOp {
    /// Whether it holds of two numbers that compare so.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            CmpOp::Eq => order.is_eq(),
            CmpOp::Ne => order.is_ne(),
            CmpOp::Lt => order.is_lt(),
            CmpOp::Gt => order.is_gt(),
            CmpOp::Le => order.is_le(),
            CmpOp::Ge => order.is_ge(),
        }
    }
}

/// The types of numbers, each in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumTyp {
    /// Natural numbers.
    Nat,
    /// Integers.
    Int,
    /// Rational numbers.
    Rat,
    /// Real numbers.
    Real,
}

/// Iterations.
#[derive(Clone, Debug)]
pub enum Iter {
    /// `?`
    Opt,
    /// `*`
    List,
    /// `+`
    List1,
    /// `^e`, `^(i<e)`
    ListN(Box<Exp>, Option<Ident>),
}

/// A step of a path.
#[derive(Clone, Debug)]
pub enum Path {
    /// `[e]`
    Idx(Exp),
    /// `[e : e]`
    Slice(Exp, Exp),
    /// `.ATOM`
    Dot(Ident),
}

/// Arguments.
#[derive(Clone, Debug)]
pub enum Arg {
    /// `e`, which may be a type or a grammar, too.
    Exp(Exp),
    /// `syntax t`
    Typ(Exp),
    /// `grammar g`
    Gram(Sym),
    /// `def $f`
    Def(Ident),
}

/// Parameters.
#[derive(Clone, Debug)]
pub enum Param {
    /// `t`, `x : t`; in a definition by cases an expression without a name is a pattern.
    Exp(Option<Ident>, Exp),
    /// `syntax X`
    Typ(Ident),
    /// `grammar G : t`
    Gram(Ident, Exp),
    /// `def $f(…) : t`, or `$f` as an argument.
    Def(Ident, Vec<Param>, Option<Exp>),
}

/// A premise.
#[derive(Clone, Debug)]
pub struct Prem {
    /// What it is.
    pub kind: PremKind,
    /// Where.
    pub span: Span,
}

/// The kinds of premises.
#[derive(Clone, Debug)]
pub enum PremKind {
    /// `var x : t`
    Var(Ident, Exp),
    /// `if e`
    If(Exp),
    /// `otherwise`
    Otherwise,
    /// `Rel: e`
    Rule(Ident, Vec<Arg>, Exp),
    /// `(prem)*`
    Iter(Box<Prem>, Iter),
}

/// A hint, whose contents are kept as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Its name.
    pub name: Name,
    /// The text after the name.
    pub text: Name,
}

/// A definition.
#[derive(Clone, Debug)]
pub struct Def {
    /// What it is.
    pub kind: DefKind,
    /// Where.
    pub span: Span,
}

/// The kinds of definitions.
#[derive(Clone, Debug)]
pub enum DefKind {
    /// `syntax x(…)`, `syntax x(…) = …`
    Typ(TypDef),
    /// `grammar g(…) : t = …`
    Gram(GramDef),
    /// `relation R: …`
    Rel(Ident, Vec<Param>, Exp, Vec<Hint>),
    /// `rule R/x: …`
    Rule(RuleDef),
    /// `var x : t`
    Var(Ident, Exp, Vec<Hint>),
    /// `def $f(…) : t`
    Fun(Ident, Vec<Param>, Exp, Vec<Hint>),
    /// `def $f(…) = e`
    Clause(Ident, Vec<Param>, Exp, Vec<Prem>),
    /// `def $f hint(…)` and the like: the keyword, the name, the name of a part, and hints.
    Hint(&'static str, Ident, Name, Vec<Hint>),
}

/// `syntax …`
#[derive(Clone, Debug)]
pub struct TypDef {
    /// Its name.
    pub id: Ident,
    /// The name of the fragment, or nothing.
    pub fragment: Name,
    /// Parameters, or patterns in a definition by cases.
    pub params: Vec<Param>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// What it is defined as; a declaration has nothing.
    pub body: Option<DefTyp>,
}

/// What types are defined as.
#[derive(Clone, Debug)]
pub enum DefTyp {
    /// One notation, possibly just a type.
    Notation(Case),
    /// `| …`
    Variant(Dots, Vec<Case>),
    /// `n | ... | m`
    Range(Vec<Range>),
    /// `{ … }`
    Record(Dots, Vec<Field>),
}

/// Which other fragments there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dots {
    /// Dots at the beginning.
    pub before: bool,
    /// Dots at the end.
    pub after: bool,
}

/// A case of a variant.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its notation.
    pub notation: Exp,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Its premises.
    pub prems: Vec<Prem>,
}

/// A part of a range.
#[derive(Clone, Debug)]
pub enum Range {
    /// One number.
    One(Exp),
    /// `...`
    Dots,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub atom: Ident,
    /// Its type.
    pub typ: Exp,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Its premises.
    pub prems: Vec<Prem>,
}

/// `rule …`
#[derive(Clone, Debug)]
pub struct RuleDef {
    /// The relation.
    pub rel: Ident,
    /// Its arguments.
    pub args: Vec<Param>,
    /// The name of the rule after that of the relation and a slash, or nothing.
    pub name: Name,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// The conclusion.
    pub conclusion: Exp,
    /// The premises.
    pub prems: Vec<Prem>,
}

/// `grammar …`
#[derive(Clone, Debug)]
pub struct GramDef {
    /// Its name.
    pub id: Ident,
    /// The name of the fragment, or nothing.
    pub fragment: Name,
    /// Parameters.
    pub params: Vec<Param>,
    /// The type of what it synthesises.
    pub typ: Option<Exp>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Its productions.
    pub body: Option<(Dots, Vec<Prod>)>,
}

/// A production.
#[derive(Clone, Debug)]
pub struct Prod {
    /// What it reads.
    pub sym: Sym,
    /// What that means.
    pub meaning: Meaning,
    /// Side conditions.
    pub prems: Vec<Prem>,
}

/// What a production means.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// `sym`
    Sym,
    /// `sym => e`
    Exp(Exp),
    /// `sym => e | ... | sym => e`: the last symbol and expression.
    Range(Exp, Sym, Exp),
    /// `sym == sym`
    Abbreviation(Sym),
}

/// A symbol of a grammar.
#[derive(Clone, Debug)]
pub struct Sym {
    /// What it is.
    pub kind: SymKind,
    /// Where.
    pub span: Span,
}

/// The kinds of symbols.
#[derive(Clone, Debug)]
pub enum SymKind {
    /// `G(…)`
    Gram(Ident, Vec<Arg>),
    /// A number.
    Num(BigUint),
    /// A text.
    Text(Name),
    /// `$( e )`
    Arith(Exp),
    /// `eps`
    Eps,
    /// `(sym, sym)`
    Tup(Vec<Sym>),
    /// `sym sym`
    Seq(Vec<Sym>),
    /// `sym | sym`; dots stand for what lies between their neighbours.
    Alt(Vec<Option<Sym>>),
    /// `sym*`
    Iter(Box<Sym>, Iter),
    /// `e : sym`
    Attr(Box<Exp>, Box<Sym>),
}
