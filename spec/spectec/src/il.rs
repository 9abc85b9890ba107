//! The elaborated form of a script: everything that the text leaves to be inferred is explicit.
//!
//! - Identifiers are resolved, atoms are parts of [`Mixop`]s, and juxtaposition is a case, a list or a concatenation.
//! - Each expression has its type; where a value of one type stands for one of another, there is an [`ExpKind::Sub`],
//!   [`ExpKind::Cvt`], [`ExpKind::Lift`], [`ExpKind::List`] or [`ExpKind::Opt`].
//! - An iteration names the variables that it ranges over; a variable of dimension `n` is a sequence `n` levels deep.
//!
//! Values do not depend on the type that they are seen at: a number in a range is a number, a case of a variant is the
//! same in all variants that include it, and `t?` is a sequence of at most one element.

use std::sync::Arc;

use num_bigint::BigUint;

use crate::Name;
use crate::ast::{self, BinOp, CmpOp, Hint, NumTyp, UnOp};
use crate::source::Span;

/// The number of something in a table.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A type in [`Script::typs`].
    TypId,
    /// A relation in [`Script::rels`].
    RelId,
    /// A function in [`Script::funs`].
    FunId,
    /// A mixfix operator in [`Script::mixops`].
    MixId,
    /// A variable of a definition, in its own table.
    VarId,
}

/// A script.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Types.
    pub typs: Vec<TypDef>,
    /// Relations with their rules.
    pub rels: Vec<Rel>,
    /// Functions with their clauses.
    pub funs: Vec<Fun>,
    /// Grammars, as they are written.
    pub grams: Vec<ast::GramDef>,
    /// Mixfix operators: `%|-%:%`.
    pub mixops: Vec<Name>,
}

/// A mixfix operator: its atoms, with `%` for each operand.
pub type Mixop = Name;

impl Script {
    /// The type of a name.
    pub fn typ(&self, name: &str) -> Option<&TypDef> {
        self.typs.iter().find(|def| &*def.name == name)
    }

    /// The relation of a name.
    pub fn rel(&self, name: &str) -> Option<&Rel> {
        self.rels.iter().find(|def| &*def.name == name)
    }

    /// The function of a name.
    pub fn fun(&self, name: &str) -> Option<&Fun> {
        self.funs.iter().find(|def| &*def.name == name)
    }

    /// The rule with an identifier like `Step_pure/nop`.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let (rel, name) = id.split_once('/').unwrap_or((id, ""));
        self.rel(rel)?.rules.iter().find(|rule| &*rule.name == name)
    }
}

/// A type with its definitions.
#[derive(Clone, Debug)]
pub struct TypDef {
    /// Its name.
    pub name: Name,
    /// The variables of the parameters.
    pub vars: Vec<Var>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its instances; where there are several, the one whose patterns the arguments match.
    pub insts: Vec<Inst>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Where it is first named.
    pub span: Span,
}

/// An instance of a type.
#[derive(Clone, Debug)]
pub struct Inst {
    /// Its variables.
    pub vars: Vec<Var>,
    /// The patterns of the arguments.
    pub args: Vec<Arg>,
    /// What the type is then.
    pub body: DefTyp,
    /// Where.
    pub span: Span,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum DefTyp {
    /// Another type.
    Alias(Typ),
    /// Another type, of which the values have to meet side conditions.
    Refined(Refined),
    /// Records.
    Record(Vec<Field>),
    /// Cases.
    Variant(Vec<Case>),
}

/// A type whose values are those of another that meet side conditions.
#[derive(Clone, Debug)]
pub struct Refined {
    /// Its variables, after those of the instance.
    pub vars: Vec<Var>,
    /// The other type.
    pub base: Typ,
    /// The variable that stands for the value in the premises.
    pub var: VarId,
    /// The side conditions.
    pub prems: Vec<Prem>,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its atom.
    pub atom: Name,
    /// Its type.
    pub typ: Typ,
    /// Its hints.
    pub hints: Vec<Hint>,
}

/// A case of a variant, or a type of which the cases are included.
#[derive(Clone, Debug)]
pub enum Case {
    /// A case.
    Case(Arc<CaseDef>),
    /// All cases of a type.
    Include(Typ),
}

/// A case.
#[derive(Clone, Debug)]
pub struct CaseDef {
    /// Its variables, after those of the instance.
    pub vars: Vec<Var>,
    /// Its operator.
    pub mixop: MixId,
    /// The notation that the operator comes from.
    pub notation: Notation,
    /// The operands: the variable that stands for it in what follows, and its type.
    pub operands: Vec<(VarId, Typ)>,
    /// Side conditions.
    pub prems: Vec<Prem>,
    /// Its hints.
    pub hints: Vec<Hint>,
}

/// How an operator is written.
#[derive(Clone, Debug)]
pub enum Notation {
    /// An atom.
    Atom(Name),
    /// An operand, by its number.
    Operand(usize),
    /// Parts next to each other.
    Seq(Vec<Notation>),
    /// Parts around an operator: left, operator, subscript, right.
    Infix(Option<Box<Notation>>, Name, Option<Box<Notation>>, Option<Box<Notation>>),
    /// A part in brackets.
    Brack(&'static str, Box<Notation>),
    /// A part without operands that is iterated, with the number of the operand that tells how often.
    Iter(Box<Notation>, usize),
}

/// A relation.
#[derive(Clone, Debug)]
pub struct Rel {
    /// Its name.
    pub name: Name,
    /// Its operator.
    pub mixop: MixId,
    /// The notation that the operator comes from.
    pub notation: Notation,
    /// The types of its components.
    pub typs: Vec<Typ>,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Where.
    pub span: Span,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name after that of the relation, possibly nothing.
    pub name: Name,
    /// Its variables.
    pub vars: Vec<Var>,
    /// The components of the conclusion.
    pub conclusion: Vec<Exp>,
    /// Its premises.
    pub prems: Vec<Prem>,
    /// What has to hold besides, so that all parts have values of their types.
    pub sides: Vec<Prem>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Where.
    pub span: Span,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Fun {
    /// Its name, without `$`.
    pub name: Name,
    /// The variables of the parameters.
    pub vars: Vec<Var>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of its result.
    pub typ: Typ,
    /// Its clauses, in order.
    pub clauses: Vec<Clause>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Where.
    pub span: Span,
}

impl Fun {
    /// The text of a hint.
    pub fn hint(&self, name: &str) -> Option<&str> {
        self.hints.iter().find(|hint| &*hint.name == name).map(|hint| &*hint.text)
    }
}

/// A clause.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its variables.
    pub vars: Vec<Var>,
    /// The patterns of the arguments.
    pub args: Vec<Arg>,
    /// The result.
    pub exp: Exp,
    /// Its premises.
    pub prems: Vec<Prem>,
    /// What has to hold besides, so that all parts have values of their types.
    pub sides: Vec<Prem>,
    /// Where.
    pub span: Span,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name, with its dimension: `t*`.
    pub name: Name,
    /// What it stands for.
    pub kind: VarKind,
}

/// What a variable stands for.
#[derive(Clone, Debug)]
pub enum VarKind {
    /// A value.
    Exp(Typ),
    /// A type.
    Typ,
    /// A function.
    Def(Arc<Sig>),
    /// A grammar.
    Gram(Typ),
}

/// The type of a function.
#[derive(Clone, Debug)]
pub struct Sig {
    /// The variables of the parameters.
    pub vars: Vec<Var>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of its result.
    pub typ: Typ,
}

/// A parameter.
#[derive(Clone, Debug)]
pub enum Param {
    /// A value of a type.
    Exp(VarId, Typ),
    /// A type.
    Typ(VarId),
    /// A function.
    Def(VarId),
    /// A grammar.
    Gram(VarId),
}

/// An argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// A value.
    Exp(Exp),
    /// A type.
    Typ(Typ),
    /// A function.
    Def(FunRef),
    /// A grammar, by its name.
    Gram(Name),
}

/// A function that is called or passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunRef {
    /// One of the script.
    Fun(FunId),
    /// A parameter.
    Param(VarId),
}

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Typ {
    /// `bool`
    Bool,
    /// `nat`, `int`, `rat`, `real`
    Num(NumTyp),
    /// `text`
    Text,
    /// `(t, t)`
    Tup(Arc<[Typ]>),
    /// `t?`, `t*`
    Iter(Arc<Typ>, IterTyp),
    /// `x(…)`
    Var(TypId, Arc<[Arg]>),
    /// A parameter.
    Param(VarId),
}

/// How types are iterated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IterTyp {
    /// `?`
    Opt,
    /// `*`
    List,
}

/// An expression, shared.
#[derive(Clone, Debug)]
pub struct Exp(Arc<Node>);

#[derive(Debug)]
struct Node {
    kind: ExpKind,
    typ: Typ,
}

impl Exp {
    /// An expression of a type.
    pub fn new(kind: ExpKind, typ: Typ) -> Exp {
        Exp(Arc::new(Node { kind, typ }))
    }

    /// What it is.
    pub fn kind(&self) -> &ExpKind {
        &self.0.kind
    }

    /// Its type.
    pub fn typ(&self) -> &Typ {
        &self.0.typ
    }

    /// What it is apart from subsumption and conversion, which change no value.
    pub fn plain(&self) -> &Exp {
        let mut exp = self;
        while let ExpKind::Sub(inner) | ExpKind::Cvt(_, _, inner) | ExpKind::Lift(inner) = exp.kind() {
            exp = inner;
        }
        exp
    }
}

/// Equal but for types, subsumption and conversion.
impl PartialEq for Exp {
    fn eq(&self, other: &Exp) -> bool {
        let (a, b) = (self.plain(), other.plain());
        Arc::ptr_eq(&a.0, &b.0) || a.kind() == b.kind()
    }
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpKind {
    /// A variable.
    Var(VarId),
    /// `true`, `false`
    Bool(bool),
    /// A natural number.
    Num(BigUint),
    /// A text.
    Text(Name),
    /// An operator on a number or truth value.
    Un(UnOp, Exp),
    /// An operator on two numbers of this type, or on truth values.
    Bin(BinOp, OpTyp, Exp, Exp),
    /// A comparison.
    Cmp(CmpOp, OpTyp, Exp, Exp),
    /// `e[e]`
    Idx(Exp, Exp),
    /// `e[e : e]`
    Slice(Exp, Exp, Exp),
    /// `e[path = e]`
    Upd(Exp, Vec<Path>, Exp),
    /// `e[path =++ e]`
    Ext(Exp, Vec<Path>, Exp),
    /// A record with all its fields.
    Str(Vec<Exp>),
    /// A field, by its number.
    Dot(Exp, usize),
    /// `e ++ e` of records.
    Comp(Exp, Exp),
    /// `e ++ e` of lists.
    Cat(Exp, Exp),
    /// `e <- e`
    Mem(Exp, Exp),
    /// `|e|`
    Len(Exp),
    /// `||g||`, the length of what a grammar has read.
    GramLen,
    /// `(e, e)`
    Tup(Vec<Exp>),
    /// `$f(…)`
    Call(FunRef, Vec<Arg>),
    /// An iteration over these variables: each stands for the elements of the second in the body.
    Iter(Exp, Iter, Vec<(VarId, VarId)>),
    /// A case.
    Case(MixId, Vec<Exp>),
    /// A list of elements.
    List(Vec<Exp>),
    /// An option.
    Opt(Option<Exp>),
    /// An option as a list.
    Lift(Exp),
    /// A number as one of another type; undefined if it is none.
    Cvt(NumTyp, NumTyp, Exp),
    /// A value as one of another type, up or down.
    Sub(Exp),
    /// Whether all elements are true.
    All(Exp),
}

/// The type that an operator works at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpTyp {
    /// Truth values, or anything for `=`.
    Any,
    /// Numbers.
    Num(NumTyp),
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    /// `[e]`
    Idx(Exp),
    /// `[e : e]`
    Slice(Exp, Exp),
    /// `.ATOM`, by the number of the field.
    Dot(usize),
}

/// An iteration.
#[derive(Clone, Debug, PartialEq)]
pub enum Iter {
    /// `?`
    Opt,
    /// `*`
    List,
    /// `+`
    List1,
    /// `^e`, and `^(i<e)` with the variable that counts.
    ListN(Exp, Option<VarId>),
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
    /// A condition.
    If(Exp),
    /// The premises of the rules before with the same left-hand side do not hold.
    Otherwise,
    /// A relation holds between these.
    Rule(RelId, Vec<Exp>),
    /// A premise for all elements.
    Iter(Box<Prem>, Iter, Vec<(VarId, VarId)>),
}
