//! `C`: what is known where a part of a function body is typed.

use crate::execution::defaultable;
use crate::observe::Unobserved;
use crate::syntax::*;
use crate::types::TypeTable;
use crate::validation::Matching;

/// `C`, as far as it is the same all through a module. All lists begin with what is imported.
#[derive(Debug)]
pub struct Context<'m> {
    pub(super) module: &'m Module,
    pub(super) c: Matching<'m>,
    pub(super) tags: Vec<TagType>,
    pub(super) globals: Vec<GlobalType>,
    pub(super) mems: Vec<MemType>,
    pub(super) tables: Vec<TableType>,
    pub(super) funcs: Vec<DefType>,
    /// `C.refs`: for each function whether something other than a function mentions it.
    pub(super) refs: Vec<bool>,
}

impl<'m> Context<'m> {
    /// The context of the function bodies of a module whose defined types are `types`. None when a function has no type.
    pub fn new(module: &'m Module, types: &'m [DefType], table: &'m TypeTable) -> Option<Self> {
        let c = Matching { table, types };
        let mut context = Context {
            module,
            c,
            tags: Vec::new(),
            globals: Vec::new(),
            mems: Vec::new(),
            tables: Vec::new(),
            funcs: Vec::new(),
            refs: Vec::new(),
        };
        for import in &module.imports {
            match import.ty {
                ExternType::Tag(jt) => context.tags.push(jt),
                ExternType::Global(gt) => context.globals.push(gt),
                ExternType::Mem(mt) => context.mems.push(mt),
                ExternType::Table(tt) => context.tables.push(tt),
                ExternType::Func(tu) => context.funcs.push(c.resolve(tu)?),
            }
        }
        context.tags.extend(&module.tags);
        context.globals.extend(module.globals.iter().map(|global| global.ty));
        context.mems.extend(&module.mems);
        context.tables.extend(module.tables.iter().map(|table| table.ty));
        for func in &module.funcs {
            context.funcs.push(c.resolve(TypeUse::Idx(func.ty))?);
        }
        context.refs = vec![false; context.funcs.len()];
        context.mention();
        Some(context)
    }

    /// `funcidx_nonfuncs(global* mem* table* elem* export*)`
    fn mention(&mut self) {
        let module = self.module;
        let mut exprs: Vec<Expr> = Vec::new();
        exprs.extend(module.globals.iter().map(|global| global.init));
        exprs.extend(module.tables.iter().map(|table| table.init));
        for elem in &module.elems {
            exprs.extend(&elem.init);
            if let ElemMode::Active(_, offset) = elem.mode {
                exprs.push(offset);
            }
        }
        let refs = exprs.into_iter().flat_map(|expr| module.code.seq(expr)).filter_map(|instr| match *instr {
            Instr::RefFunc(x) => Some(x),
            _ => None,
        });
        let exports = module.exports.iter().filter_map(|export| match export.idx {
            ExternIdx::Func(x) => Some(x),
            _ => None,
        });
        for x in refs.chain(exports) {
            if let Some(mentioned) = self.refs.get_mut(x as usize) {
                *mentioned = true;
            }
        }
    }

    /// The function with an index, if it is not imported.
    pub(super) fn func(&self, x: FuncIdx) -> Option<&'m Func> {
        let imported = self.funcs.len() - self.module.funcs.len();
        self.module.funcs.get((x as usize).checked_sub(imported)?)
    }

    /// The positions of a sequence.
    pub(super) fn range(&self, seq: Seq) -> std::ops::Range<u32> {
        seq.0..seq.0 + self.module.code.seq(seq).count() as u32
    }

    /// `C ⊢ t : ok`: Valtype_ok, Reftype_ok, Heaptype_ok, Typeuse_ok.
    pub(super) fn valtype_ok(&self, t: ValType) -> bool {
        match t {
            ValType::Num(_) | ValType::Vec(_) | ValType::Bot => true,
            ValType::Ref(rt) => self.heaptype_ok(rt.heap),
        }
    }

    /// `C ⊢ ht : ok`
    pub(super) fn heaptype_ok(&self, ht: HeapType) -> bool {
        match ht {
            HeapType::Abs(..) => true,
            HeapType::Use(TypeUse::Idx(x)) => (x as usize) < self.c.types.len(),
            HeapType::Use(TypeUse::Def(dt)) => dt.index() < self.c.table.len(),
            HeapType::Use(TypeUse::Rec(_)) => false,
        }
    }

    /// `dt expands to func t_1* → t_2*`
    pub(super) fn functype(&self, tu: TypeUse) -> Option<&'m FuncType> {
        match self.c.table.expand(self.c.resolve(tu)?) {
            CompType::Func(ft) => Some(ft),
            _ => None,
        }
    }

    /// `C.types[x] expands to struct ft*`
    pub(super) fn structtype(&self, x: TypeIdx) -> Option<&'m [FieldType]> {
        match self.c.table.expand(self.c.resolve(TypeUse::Idx(x))?) {
            CompType::Struct(fts) => Some(fts),
            _ => None,
        }
    }

    /// `C.types[x] expands to array ft`
    pub(super) fn arraytype(&self, x: TypeIdx) -> Option<FieldType> {
        match self.c.table.expand(self.c.resolve(TypeUse::Idx(x))?) {
            &CompType::Array(ft) => Some(ft),
            _ => None,
        }
    }
}

/// What a context is extended with.
#[derive(Debug)]
enum More {
    /// `labels (t*)`
    Label(ResultType),
    /// `with_locals(C, x*, (set t)*)`
    Set(Vec<LocalIdx>),
}

/// The contexts inside one function: those that others are made from, with what was added.
#[derive(Debug)]
pub(super) struct Scopes {
    /// `C.locals` of the function: whether it is set, and the type.
    locals: Vec<(bool, ValType)>,
    /// `C.return`
    pub(super) returns: ResultType,
    /// Whether the function is shared.
    pub(super) shared: bool,
    list: Vec<(Option<Scope>, More)>,
}

/// A context inside a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope(usize);

impl Scopes {
    /// `C, locals (set t_1)* lct*, labels (t_2*), return (t_2*)`, where `(C ⊢ local : lct)*`
    pub(super) fn new(c: &Context<'_>, func: &Func) -> Option<(Self, Scope)> {
        let ft = c.functype(TypeUse::Idx(func.ty))?;
        let params = ft.params.iter().map(|&t| (true, t));
        let declared = func.locals.iter().map(|&t| (defaultable(t, &mut Unobserved), t));
        let locals: Vec<_> = params.chain(declared).collect();
        if !func.locals.iter().all(|&t| c.valtype_ok(t)) {
            return None;
        }
        let list = vec![(None, More::Label(ft.results.clone()))];
        let shared = c.share_of_type(TypeUse::Idx(func.ty)) == Some(Share::Shared);
        Some((Scopes { locals, returns: ft.results.clone(), shared, list }, Scope(0)))
    }

    fn add(&mut self, scope: Scope, more: More) -> Scope {
        self.list.push((Some(scope), more));
        Scope(self.list.len() - 1)
    }

    /// `C, labels (t*)`
    pub(super) fn with_label(&mut self, scope: Scope, ts: &[ValType]) -> Scope {
        self.add(scope, More::Label(ts.to_vec()))
    }

    /// `with_locals(C, x*, (set t)*)`
    pub(super) fn with_locals(&mut self, scope: Scope, xs: &[LocalIdx]) -> Scope {
        if xs.is_empty() { scope } else { self.add(scope, More::Set(xs.to_vec())) }
    }

    fn up(&self, scope: Scope) -> impl Iterator<Item = &More> {
        let mut next = Some(scope);
        std::iter::from_fn(move || {
            let (up, more) = &self.list[next?.0];
            next = *up;
            Some(more)
        })
    }

    /// `C.labels[l]`
    pub(super) fn label(&self, scope: Scope, l: LabelIdx) -> Option<&[ValType]> {
        let mut labels = self.up(scope).filter_map(|more| match more {
            More::Label(ts) => Some(ts.as_slice()),
            More::Set(_) => None,
        });
        labels.nth(l as usize)
    }

    /// `C.locals[x]`: whether it is set, and the type.
    pub(super) fn local(&self, scope: Scope, x: LocalIdx) -> Option<(bool, ValType)> {
        let &(set, t) = self.locals.get(x as usize)?;
        let set = set || self.up(scope).any(|more| matches!(more, More::Set(xs) if xs.contains(&x)));
        Some((set, t))
    }
}
