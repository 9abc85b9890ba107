//! The variables of a definition while it is elaborated.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Fail, Res};
use crate::Name;
use crate::il::{Sig, Typ, VarId};
use crate::map::Subst;
use crate::source::{Diagnostic, Span};

/// So deep may attempts be nested.
const DEPTH: u32 = 150;

/// What a name stands for in a definition.
#[derive(Clone, Debug)]
pub(super) enum Local {
    /// A value; its type may not be known yet. Apart from its dimension.
    Exp(Option<Typ>),
    /// A value that counts the elements of an iteration.
    Index(Typ),
    /// A type.
    Typ,
    /// A function, and what the variables around its declaration stand for.
    Def(Arc<Sig>, Arc<Subst>),
    /// A grammar.
    Gram(Typ),
}

/// The key of a type parameter, which has the name of a variable of that type.
pub(super) fn typ_key(name: &str) -> Name {
    format!("syntax {name}").into()
}

/// The key of a function.
pub(super) fn fun_key(name: &str) -> Name {
    format!("${name}").into()
}

/// The variables of a definition.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    names: FxHashMap<Name, VarId>,
    vars: Vec<(Name, Local)>,
    /// Variables that got their types after they were named, in order.
    trail: Vec<VarId>,
    /// What is to be told in the end.
    pub(super) warnings: Vec<Diagnostic>,
    /// So much may still be tried.
    pub(super) fuel: u32,
    /// How deep the attempts are nested.
    pub(super) depth: u32,
    /// Whether a second reading is only looked for to compare it with the first.
    pub(super) comparing: bool,
}

/// A state to go back to.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    vars: usize,
    trail: usize,
    warnings: usize,
}

impl Scope {
    /// No variables.
    pub(super) fn new() -> Scope {
        Scope { fuel: super::FUEL, ..Scope::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.vars.len()
    }

    pub(super) fn vars(&self) -> &[(Name, Local)] {
        &self.vars
    }

    pub(super) fn get(&self, name: &str) -> Option<VarId> {
        self.names.get(name).copied()
    }

    pub(super) fn local(&self, var: VarId) -> &Local {
        &self.vars[var.index()].1
    }

    /// A new variable; `_` cannot be named.
    pub(super) fn add(&mut self, name: Name, local: Local) -> VarId {
        let var = VarId(self.vars.len() as u32);
        if &*name != "_" {
            self.names.insert(name.clone(), var);
        }
        self.vars.push((name, local));
        var
    }

    /// Gives a variable its type.
    pub(super) fn bind(&mut self, var: VarId, typ: Typ) {
        self.vars[var.index()].1 = Local::Exp(Some(typ));
        self.trail.push(var);
    }

    /// Hides a name for a while: what it stood for before.
    pub(super) fn shadow(&mut self, name: &Name, local: Local) -> (VarId, Option<VarId>) {
        let before = self.get(name);
        (self.add(name.clone(), local), before)
    }

    /// Ends the hiding of a name.
    pub(super) fn unshadow(&mut self, name: &Name, before: Option<VarId>) {
        match before {
            Some(var) => self.names.insert(name.clone(), var),
            None => self.names.remove(name),
        };
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { vars: self.vars.len(), trail: self.trail.len(), warnings: self.warnings.len() }
    }

    /// Goes back.
    pub(super) fn reset(&mut self, mark: Mark) {
        for var in self.trail.drain(mark.trail..) {
            if let Some((_, local)) = self.vars.get_mut(var.index()) {
                *local = Local::Exp(None);
            }
        }
        self.vars.truncate(mark.vars);
        self.names.retain(|_, var| var.index() < mark.vars);
        self.warnings.truncate(mark.warnings);
    }

    /// Begins an attempt to read an expression, which is one of not too many.
    pub(super) fn enter(&mut self, span: Span) -> Res<()> {
        if self.fuel == 0 || self.depth >= DEPTH {
            return Err(Fail::new(span, "there are too many ways to read this".to_owned()));
        }
        self.fuel -= 1;
        self.depth += 1;
        Ok(())
    }

    /// Notes what is strange but has a meaning.
    pub(super) fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.warnings.push(Diagnostic::warning(span, message));
    }
}
