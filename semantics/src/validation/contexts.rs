//! Contexts (2.0-validation.contexts): the types of the definitions that a part of a module may refer to.

use super::error::{CompKind, Derived, Premise, Space, fail};
use super::matching::Matching;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use crate::types::TypeTable;
use lockstep_spec::RuleId;
use rustc_hash::FxHashSet;
use std::cell::RefCell;

/// `C`, as far as it is the same all through a module.
///
/// `C.locals`, `C.labels` and `C.return` change from function to function and from instruction to instruction; the
/// validation algorithm has them in its stacks (`instructions::Body`).
#[derive(Debug)]
pub(super) struct Context<'m> {
    /// What the defined types are.
    pub(super) table: &'m TypeTable,
    /// `C.types`
    pub(super) types: Vec<DefType>,
    /// `C.tags`, closed.
    pub(super) tags: Vec<TagType>,
    /// `C.globals`
    pub(super) globals: Vec<GlobalType>,
    /// `C.mems`
    pub(super) mems: Vec<MemType>,
    /// `C.tables`
    pub(super) tables: Vec<TableType>,
    /// `C.funcs`
    pub(super) funcs: Vec<DefType>,
    /// `C.datas`; a data segment has only the type `share? ok`.
    pub(super) datas: Vec<Share>,
    /// `C.elems`
    pub(super) elems: Vec<ElemType>,
    /// The `share?` of each of them.
    pub(super) elem_shares: Vec<Share>,
    /// The proposals that are on.
    pub(super) features: Features,
    /// `C.refs`: for each function whether it is among them.
    pub(super) refs: Vec<bool>,
    /// Long lists of types that match, by where they stand.
    matches: RefCell<FxHashSet<(*const ValType, *const ValType, usize)>>,
}

/// From which length on it is worth while to remember that lists match.
const LONG: usize = 16;

/// `C.…[x]`
pub(super) fn lookup<T>(rule: RuleId, space: Space, all: &[T], index: u32) -> Derived<&T> {
    match all.get(index as usize) {
        Some(item) => Ok(item),
        None => fail(rule, Premise::Unknown { space, index, len: all.len() }),
    }
}

impl<'m> Context<'m> {
    /// `{types dt*}`
    pub(super) fn new(table: &'m TypeTable, types: Vec<DefType>) -> Self {
        Context {
            table,
            types,
            tags: Vec::new(),
            globals: Vec::new(),
            mems: Vec::new(),
            tables: Vec::new(),
            funcs: Vec::new(),
            datas: Vec::new(),
            elems: Vec::new(),
            elem_shares: Vec::new(),
            features: Features::STANDARD,
            refs: Vec::new(),
            matches: RefCell::default(),
        }
    }

    /// The part of the context that types are matched with.
    pub(super) fn matching(&self) -> Matching<'_> {
        Matching { table: self.table, types: &self.types }
    }

    /// Whether two lists of types, both of which outlive the context, are one or have been found to match.
    #[inline]
    pub(super) fn known_to_match(&self, t_1: &[ValType], t_2: &[ValType]) -> bool {
        t_1.len() == t_2.len()
            && (t_1.as_ptr() == t_2.as_ptr()
                || t_1.len() >= LONG && self.matches.borrow().contains(&(t_1.as_ptr(), t_2.as_ptr(), t_1.len())))
    }

    /// Remembers that they match.
    #[inline]
    pub(super) fn remember_match(&self, t_1: &[ValType], t_2: &[ValType]) {
        if t_1.len() >= LONG && t_1.len() == t_2.len() {
            self.matches.borrow_mut().insert((t_1.as_ptr(), t_2.as_ptr(), t_1.len()));
        }
    }

    /// `C.types[x]`, where a type use is an index.
    pub(super) fn deftype(&self, rule: RuleId, tu: TypeUse) -> Derived<DefType> {
        match tu {
            TypeUse::Idx(x) => lookup(rule, Space::Type, &self.types, x).copied(),
            TypeUse::Def(dt) => Ok(dt),
            TypeUse::Rec(index) => fail(rule, Premise::Unknown { space: Space::Type, index, len: 0 }),
        }
    }

    /// `dt expands to func t_1* → t_2*`, for a premise of `rule`.
    pub(super) fn expand_func<O: Observer>(&self, rule: RuleId, dt: DefType, o: &mut O) -> Derived<&'m FuncType> {
        match self.table.expand(dt) {
            CompType::Func(ft) => {
                o.rule(rule!("Expand"));
                Ok(ft)
            }
            _ => fail(rule, Premise::WrongShape { found: TypeUse::Def(dt), needed: CompKind::Func }),
        }
    }

    /// `C.types[x] expands to struct ft*`, for a premise of `rule`.
    pub(super) fn expand_struct<O: Observer>(&self, rule: RuleId, x: TypeIdx, o: &mut O) -> Derived<&'m [FieldType]> {
        match self.table.expand(self.deftype(rule, TypeUse::Idx(x))?) {
            CompType::Struct(fts) => {
                o.rule(rule!("Expand"));
                Ok(fts)
            }
            _ => fail(rule, Premise::WrongShape { found: TypeUse::Idx(x), needed: CompKind::Struct }),
        }
    }

    /// `C.types[x] expands to array ft`, for a premise of `rule`.
    pub(super) fn expand_array<O: Observer>(&self, rule: RuleId, x: TypeIdx, o: &mut O) -> Derived<FieldType> {
        match self.table.expand(self.deftype(rule, TypeUse::Idx(x))?) {
            &CompType::Array(ft) => {
                o.rule(rule!("Expand"));
                Ok(ft)
            }
            _ => fail(rule, Premise::WrongShape { found: TypeUse::Idx(x), needed: CompKind::Array }),
        }
    }

    /// The sharedness of what unreachable code may assume: `bot-share`, where there are shared types at all.
    pub(super) fn bot_share(&self) -> Share {
        if self.features.shared_everything { Share::Bot } else { Share::Unshared }
    }

    /// `C.mems[x]`
    pub(super) fn mem(&self, rule: RuleId, x: MemIdx) -> Derived<MemType> {
        lookup(rule, Space::Mem, &self.mems, x).copied()
    }

    /// `C.tables[x]`
    pub(super) fn table(&self, rule: RuleId, x: TableIdx) -> Derived<TableType> {
        lookup(rule, Space::Table, &self.tables, x).copied()
    }

    /// `C.elems[x]`
    pub(super) fn elem(&self, rule: RuleId, x: ElemIdx) -> Derived<ElemType> {
        lookup(rule, Space::Elem, &self.elems, x).copied()
    }

    /// `C.datas[x] = ok`
    pub(super) fn data(&self, rule: RuleId, x: DataIdx) -> Derived {
        lookup(rule, Space::Data, &self.datas, x).map(|_| ())
    }
}
