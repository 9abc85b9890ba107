//! Modules (1.4-syntax.modules).

use super::*;
use crate::text::{CustomFault, CustomSection, Lines};
use std::sync::Arc;

/// `expr`: a sequence of instructions in the module's [`Code`].
pub type Expr = Seq;

/// `global`: `GLOBAL globaltype expr`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Global {
    /// The declared type.
    pub ty: GlobalType,
    /// The initial value.
    pub init: Expr,
}

/// `table`: `TABLE tabletype expr`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// The declared type.
    pub ty: TableType,
    /// The initial value of all elements; an expression `ref.null ht` where the module gives none.
    pub init: Expr,
}

/// `func`: `FUNC typeidx local* expr`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Func {
    /// The type.
    pub ty: TypeIdx,
    /// The types of the locals that are not parameters.
    pub locals: Vec<ValType>,
    /// The body.
    pub body: Expr,
}

/// `datamode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataMode {
    /// `ACTIVE memidx expr`
    Active(MemIdx, Expr),
    /// `PASSIVE`
    Passive,
}

/// `data`: `DATA byte* datamode`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// `share?`
    pub share: Share,
    /// The content.
    pub bytes: Arc<[u8]>,
    /// Where it goes.
    pub mode: DataMode,
}

/// `elemmode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElemMode {
    /// `ACTIVE tableidx expr`
    Active(TableIdx, Expr),
    /// `PASSIVE`
    Passive,
    /// `DECLARE`
    Declare,
}

/// `elem`: `ELEM reftype expr* elemmode`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elem {
    /// `share?`
    pub share: Share,
    /// The type of the elements.
    pub ty: ElemType,
    /// The elements.
    pub init: Vec<Expr>,
    /// Where they go.
    pub mode: ElemMode,
}

/// `import`: `IMPORT name name externtype`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name of the module.
    pub module: String,
    /// The name of the item.
    pub name: String,
    /// The type asked for.
    pub ty: ExternType,
}

/// `externidx`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExternIdx {
    /// `FUNC funcidx`
    Func(FuncIdx),
    /// `GLOBAL globalidx`
    Global(GlobalIdx),
    /// `TABLE tableidx`
    Table(TableIdx),
    /// `MEM memidx`
    Mem(MemIdx),
    /// `TAG tagidx`
    Tag(TagIdx),
}

/// `export`: `EXPORT name externidx`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The name.
    pub name: String,
    /// What it names.
    pub idx: ExternIdx,
}

/// `module`
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// `type*`
    pub types: Vec<RecType>,
    /// `import*`
    pub imports: Vec<Import>,
    /// `tag*`
    pub tags: Vec<TagType>,
    /// `global*`
    pub globals: Vec<Global>,
    /// `mem*`
    pub mems: Vec<MemType>,
    /// `table*`
    pub tables: Vec<Table>,
    /// `func*`
    pub funcs: Vec<Func>,
    /// `data*`
    pub datas: Vec<Data>,
    /// `elem*`
    pub elems: Vec<Elem>,
    /// `start?`
    pub start: Option<FuncIdx>,
    /// `export*`
    pub exports: Vec<Export>,
    /// The proposals that the module may use.
    pub features: Features,
    /// All instruction sequences of the module.
    pub code: Arc<Code>,
    /// The names that people gave, for people to read.
    pub names: Names,
    /// Byte offsets of definitions in what the module was read from.
    pub offsets: Offsets,
    /// Custom sections that the text asks for. Those of a binary are not kept.
    pub customs: Vec<CustomSection>,
    /// What is wrong with the annotations of the text; nothing that the module depends on.
    pub custom_faults: Vec<CustomFault>,
}

/// Where definitions stand in the binary module, or in the text (byte offsets); each list is parallel to the one of the same name in
/// [`Module`], and may be shorter when nothing is known.
#[derive(Clone, Debug, Default)]
pub struct Offsets {
    /// Of each recursive type.
    pub types: Vec<u32>,
    /// Of each import.
    pub imports: Vec<u32>,
    /// Of each tag.
    pub tags: Vec<u32>,
    /// Of each global.
    pub globals: Vec<u32>,
    /// Of each memory.
    pub mems: Vec<u32>,
    /// Of each table.
    pub tables: Vec<u32>,
    /// Of each function body.
    pub funcs: Vec<u32>,
    /// Of each data segment.
    pub datas: Vec<u32>,
    /// Of each element segment.
    pub elems: Vec<u32>,
    /// Of the start function.
    pub start: u32,
    /// Of each export.
    pub exports: Vec<u32>,
    /// Of each type definition, in a text; empty for a binary, where only recursive types are told apart.
    pub typedefs: Vec<u32>,
    /// The lines of the text; none for a binary. With them, the offsets of instructions are those of the text, too.
    pub lines: Option<Arc<Lines>>,
}

/// Names from the text format or the name section; an absent entry has no name. Without the `$`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Of the module.
    pub module: Option<String>,
    /// Of types, by type index.
    pub types: NameMap,
    /// Of the fields of structure types, by type index.
    pub fields: IndirectNameMap,
    /// Of functions.
    pub funcs: NameMap,
    /// Of the locals of each function, parameters first.
    pub locals: IndirectNameMap,
    /// Of the labels of each function.
    pub labels: IndirectNameMap,
    /// Of globals.
    pub globals: NameMap,
    /// Of tables.
    pub tables: NameMap,
    /// Of memories.
    pub mems: NameMap,
    /// Of tags.
    pub tags: NameMap,
    /// Of element segments.
    pub elems: NameMap,
    /// Of data segments.
    pub datas: NameMap,
}

/// Names by index.
pub type NameMap = std::collections::BTreeMap<Idx, String>;
/// Names by index of the outer and of the inner item.
pub type IndirectNameMap = std::collections::BTreeMap<Idx, NameMap>;

impl Module {
    /// The defined types' number, `|C.TYPES|` when all recursive types are in.
    pub fn type_count(&self) -> usize {
        self.types.iter().map(|rec| rec.0.len()).sum()
    }
}

impl PartialEq for Module {
    /// Whether the syntax is the same, names included; byte offsets, custom sections and what it may use aside.
    fn eq(&self, other: &Self) -> bool {
        let Module {
            types,
            imports,
            tags,
            globals,
            mems,
            tables,
            funcs,
            datas,
            elems,
            start,
            exports,
            features: _,
            code,
            names,
            offsets: _,
            customs: _,
            custom_faults: _,
        } = self;
        (types, imports, tags, globals, mems, tables)
            == (&other.types, &other.imports, &other.tags, &other.globals, &other.mems, &other.tables)
            && (funcs, datas, elems, start, exports)
                == (&other.funcs, &other.datas, &other.elems, &other.start, &other.exports)
            && (code, names) == (&other.code, &other.names)
    }
}
