//! Identifier contexts (6.1-text.values): which index an identifier stands for.

use crate::syntax::*;
use lockstep_spec::{ProductionId, production};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// An index space of the identifier context `I`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// `I.TYPES`
    Type,
    /// `I.TAGS`
    Tag,
    /// `I.GLOBALS`
    Global,
    /// `I.MEMS`
    Mem,
    /// `I.TABLES`
    Table,
    /// `I.FUNCS`
    Func,
    /// `I.DATAS`
    Data,
    /// `I.ELEMS`
    Elem,
    /// `I.LOCALS`
    Local,
    /// `I.LABELS`
    Label,
    /// `I.FIELDS[x]`
    Field(Idx),
}

impl Space {
    /// What is counted in it.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Space::Type => "type",
            Space::Tag => "tag",
            Space::Global => "global",
            Space::Mem => "memory",
            Space::Table => "table",
            Space::Func => "function",
            Space::Data => "data segment",
            Space::Elem => "elem segment",
            Space::Local => "local",
            Space::Label => "label",
            Space::Field(_) => "field",
        }
    }

    /// An index into it, with its article.
    pub(super) fn index(self) -> &'static str {
        match self {
            Space::Type => "a type index",
            Space::Tag => "a tag index",
            Space::Global => "a global index",
            Space::Mem => "a memory index",
            Space::Table => "a table index",
            Space::Func => "a function index",
            Space::Data => "a data segment index",
            Space::Elem => "an element segment index",
            Space::Local => "a local index",
            Space::Label => "a label",
            Space::Field(_) => "a field index",
        }
    }

    /// The production of its indices.
    pub(super) fn production(self) -> ProductionId {
        match self {
            Space::Type => production!("Ttypeidx_"),
            Space::Tag => production!("Ttagidx_"),
            Space::Global => production!("Tglobalidx_"),
            Space::Mem => production!("Tmemidx_"),
            Space::Table => production!("Ttableidx_"),
            Space::Func => production!("Tfuncidx_"),
            Space::Data => production!("Tdataidx_"),
            Space::Elem => production!("Telemidx_"),
            Space::Local => production!("Tlocalidx_"),
            Space::Label => production!("Tlabelidx_"),
            Space::Field(_) => production!("Tfieldidx__"),
        }
    }
}

/// The names of one index space.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    by_name: FxHashMap<Cow<'a, str>, Idx>,
    /// How many indices there are.
    pub(super) count: u32,
}

impl<'a> Named<'a> {
    /// The next index, with or without a name; `Err` when the name is taken, which `Idctxt_ok` rules out.
    pub(super) fn bind(&mut self, name: Option<Cow<'a, str>>) -> Result<Idx, Cow<'a, str>> {
        let x = self.count;
        self.count = self.count.saturating_add(1);
        match name {
            Some(name) if self.by_name.contains_key(&name) => Err(name),
            Some(name) => {
                self.by_name.insert(name, x);
                Ok(x)
            }
            None => Ok(x),
        }
    }

    fn find(&self, name: &str) -> Option<Idx> {
        self.by_name.get(name).copied()
    }

    /// The names by index.
    pub(super) fn map(&self) -> NameMap {
        self.by_name.iter().map(|(name, &x)| (x, name.clone().into_owned())).collect()
    }
}

/// `I`, the identifier context.
#[derive(Debug, Default)]
pub(super) struct Context<'a> {
    pub(super) types: Named<'a>,
    pub(super) tags: Named<'a>,
    pub(super) globals: Named<'a>,
    pub(super) mems: Named<'a>,
    pub(super) tables: Named<'a>,
    pub(super) funcs: Named<'a>,
    pub(super) datas: Named<'a>,
    pub(super) elems: Named<'a>,
    pub(super) locals: Named<'a>,
    pub(super) labels: Labels<'a>,
    /// Of each type that has named fields.
    pub(super) fields: FxHashMap<Idx, Named<'a>>,
}

impl<'a> Context<'a> {
    /// The names of a space in which definitions are bound.
    pub(super) fn space(&mut self, space: Space) -> &mut Named<'a> {
        match space {
            Space::Type => &mut self.types,
            Space::Tag => &mut self.tags,
            Space::Global => &mut self.globals,
            Space::Mem => &mut self.mems,
            Space::Table => &mut self.tables,
            Space::Func => &mut self.funcs,
            Space::Data => &mut self.datas,
            Space::Elem => &mut self.elems,
            Space::Local | Space::Label => &mut self.locals,
            Space::Field(x) => self.fields.entry(x).or_default(),
        }
    }

    /// The index that a name stands for.
    pub(super) fn find(&self, space: Space, name: &str) -> Option<Idx> {
        match space {
            Space::Type => self.types.find(name),
            Space::Tag => self.tags.find(name),
            Space::Global => self.globals.find(name),
            Space::Mem => self.mems.find(name),
            Space::Table => self.tables.find(name),
            Space::Func => self.funcs.find(name),
            Space::Data => self.datas.find(name),
            Space::Elem => self.elems.find(name),
            Space::Local => self.locals.find(name),
            Space::Label => self.labels.find(name),
            Space::Field(x) => self.fields.get(&x)?.find(name),
        }
    }

    /// The names of all definitions; those of locals and labels are not among them.
    pub(super) fn names(&self, names: &mut Names) {
        names.types = self.types.map();
        names.tags = self.tags.map();
        names.globals = self.globals.map();
        names.mems = self.mems.map();
        names.tables = self.tables.map();
        names.funcs = self.funcs.map();
        names.datas = self.datas.map();
        names.elems = self.elems.map();
        let fields = self.fields.iter().map(|(&x, fields)| (x, fields.map()));
        names.fields = fields.filter(|(_, map)| !map.is_empty()).collect();
    }
}

/// `I.LABELS`, innermost last. A label hides another of the same name, so each name has a stack.
#[derive(Debug, Default)]
pub(super) struct Labels<'a> {
    open: Vec<Option<Cow<'a, str>>>,
    by_name: FxHashMap<Cow<'a, str>, Vec<usize>>,
}

impl<'a> Labels<'a> {
    /// `{LABELS id?} ++ I`
    pub(super) fn enter(&mut self, name: Option<Cow<'a, str>>) {
        if let Some(name) = &name {
            self.by_name.entry(name.clone()).or_default().push(self.open.len());
        }
        self.open.push(name);
    }

    /// The context outside of the innermost label.
    pub(super) fn leave(&mut self) {
        if let Some(Some(name)) = self.open.pop()
            && let Some(depths) = self.by_name.get_mut(&name)
        {
            depths.pop();
            if depths.is_empty() {
                self.by_name.remove(&name);
            }
        }
    }

    fn find(&self, name: &str) -> Option<Idx> {
        let depth = *self.by_name.get(name)?.last()?;
        Some((self.open.len() - 1 - depth) as Idx)
    }
}

/// `I.TYPEDEFS`: the types that a module defines, and those that its type uses add at the end.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// Each type with its recursive type and its place in it.
    pub(super) flat: Vec<(usize, usize)>,
    /// The smallest index of each function type that stands alone, is final and has no supertype.
    pub(super) functions: FxHashMap<FuncType, TypeIdx>,
    /// Whether a type use has asked for a type that was not there, and may be added further on.
    pub(super) incomplete: bool,
    /// Whether all that type uses add is there, because the module is being read for the second time.
    pub(super) complete: bool,
}

impl Types {
    pub(super) fn count(&self) -> usize {
        self.flat.len()
    }

    /// Adds a recursive type.
    pub(super) fn define(&mut self, types: &mut Vec<RecType>, rec: RecType) -> TypeIdx {
        let first = self.flat.len() as TypeIdx;
        if let [SubType { is_final: true, supers, share: Share::Unshared, comp: CompType::Func(ft) }] = &rec.0[..]
            && supers.is_empty()
        {
            self.functions.entry(ft.clone()).or_insert(first);
        }
        self.flat.extend((0..rec.0.len()).map(|i| (types.len(), i)));
        types.push(rec);
        first
    }
}
