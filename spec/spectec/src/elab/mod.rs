//! Elaboration: from scripts as they are written to [`il`](crate::il).
//!
//! Names are collected first, so that definitions may refer to later ones. Then come types and the signatures of functions
//! and relations, in the order of the text, and then everything that is made of expressions: premises of types, clauses
//! and rules.
//!
//! Expressions are typed in two directions: `infer` finds the type of an expression, `check` reads an expression at a
//! type, and only there can notation have a meaning. Where there are several readings, they are tried in a fixed order.

mod check;
mod defs;
mod dims;
mod equiv;
mod infer;
mod notation;
mod scope;
mod sides;
mod signs;
mod typs;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::Name;
use crate::ast::Def;
use crate::il::{FunId, MixId, RelId, Script, Typ, TypId};
use crate::print::Printer;
use crate::source::{Diagnostic, Span};

/// So many attempts may the elaboration of one definition take.
const FUEL: u32 = 200_000;

/// So many may all definitions take together.
const ATTEMPTS: u64 = 20_000_000;

/// Elaborates a script. A definition with an error is left out and told of.
pub fn elaborate(defs: &[Def]) -> (Script, Vec<Diagnostic>) {
    let mut elab = Elab {
        script: Script::default(),
        typ_ids: FxHashMap::default(),
        rel_ids: FxHashMap::default(),
        fun_ids: FxHashMap::default(),
        mix_ids: FxHashMap::default(),
        ready: FxHashSet::default(),
        vars: FxHashMap::default(),
        diagnostics: Vec::new(),
        variants: RefCell::default(),
        depth: Cell::default(),
        attempts: Cell::default(),
        pending: Vec::new(),
        _text: std::marker::PhantomData,
    };
    elab.script(defs);
    (elab.script, elab.diagnostics)
}

/// Why an expression has no meaning.
#[derive(Debug)]
struct Fail {
    span: Span,
    message: String,
    /// Whether it might have one when more is known about variables.
    unknown: bool,
}

impl Fail {
    fn new(span: Span, message: String) -> Box<Fail> {
        Box::new(Fail { span, message, unknown: false })
    }

    fn unknown(span: Span, message: String) -> Box<Fail> {
        Box::new(Fail { span, message, unknown: true })
    }

    /// Of two failures the one that came further; what might be mended by more knowledge stays so.
    fn or(self: Box<Fail>, other: Box<Fail>) -> Box<Fail> {
        let unknown = self.unknown || other.unknown;
        let mut further = if other.span.start > self.span.start { other } else { self };
        further.unknown = unknown;
        further
    }
}

type Res<T> = Result<T, Box<Fail>>;

/// The definitions so far.
struct Elab<'a> {
    script: Script,
    typ_ids: FxHashMap<Name, TypId>,
    rel_ids: FxHashMap<Name, RelId>,
    fun_ids: FxHashMap<Name, FunId>,
    mix_ids: FxHashMap<Name, MixId>,
    /// Functions whose signatures are known.
    ready: FxHashSet<FunId>,
    /// Declared variables.
    vars: FxHashMap<Name, Typ>,
    diagnostics: Vec<Diagnostic>,
    /// The cases of variants that have been asked for.
    variants: RefCell<FxHashMap<TypId, Arc<equiv::Variant>>>,
    /// How many attempts have been made.
    attempts: Cell<u64>,
    /// How deep the comparison of types is.
    depth: Cell<u32>,
    /// Premises of types, which wait for the functions that they use.
    pending: Vec<defs::Pending<'a>>,
    _text: std::marker::PhantomData<&'a Def>,
}

impl Elab<'_> {
    /// Begins an attempt to read an expression.
    fn attempt(&self, scope: &mut scope::Scope, span: Span) -> Res<()> {
        self.attempts.set(self.attempts.get() + 1);
        if self.attempts.get() > ATTEMPTS {
            scope.fuel = 0;
        }
        scope.enter(span)
    }

    /// A type in a message.
    fn show(&self, typ: &Typ) -> String {
        format!("`{}`", Printer::new(&self.script, &[]).typ(typ))
    }
}
