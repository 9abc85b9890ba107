//! The types, imports and exports of a module that an engine has loaded.

use rustc_hash::FxHashMap;
use wasmparser::{
    CompositeInnerType, ExternalKind, FuncType, GlobalType, Parser, Payload, RecGroup, SubType, TableType, TypeRef,
};

/// A module, as far as it matters at the boundary.
#[derive(Debug, Default)]
pub(super) struct Info {
    pub(super) groups: Vec<RecGroup>,
    types: Vec<SubType>,
    funcs: Vec<u32>,
    tables: Vec<TableType>,
    globals: Vec<GlobalType>,
    /// The types of the tags.
    tags: Vec<u32>,
    /// The module names and names of the imports.
    pub(super) imports: Vec<(String, String)>,
    /// The exports, in order.
    pub(super) exports: Vec<(String, Export)>,
    by_name: FxHashMap<String, usize>,
}

/// An export.
#[derive(Clone, Copy, Debug)]
pub(super) enum Export {
    /// Of a type of the module.
    Func(u32),
    Table(TableType),
    Memory,
    Global(GlobalType),
    /// Of a type of the module.
    Tag(u32),
}

impl Info {
    /// Reads a module, which the engine has accepted.
    pub(super) fn read(bytes: &[u8]) -> Result<Info, String> {
        let mut info = Info::default();
        info.sections(bytes).map_err(|e| e.to_string())?;
        Ok(info)
    }

    fn sections(&mut self, bytes: &[u8]) -> wasmparser::Result<()> {
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(groups) => {
                    for group in groups {
                        let group = group?;
                        self.types.extend(group.types().cloned());
                        self.groups.push(group);
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        self.imports.push((import.module.to_owned(), import.name.to_owned()));
                        match import.ty {
                            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => self.funcs.push(ty),
                            TypeRef::Table(ty) => self.tables.push(ty),
                            TypeRef::Memory(_) => {}
                            TypeRef::Global(ty) => self.globals.push(ty),
                            TypeRef::Tag(ty) => self.tags.push(ty.func_type_idx),
                        }
                    }
                }
                Payload::FunctionSection(funcs) => {
                    for ty in funcs {
                        self.funcs.push(ty?);
                    }
                }
                Payload::TableSection(tables) => {
                    for table in tables {
                        self.tables.push(table?.ty);
                    }
                }
                Payload::GlobalSection(globals) => {
                    for global in globals {
                        self.globals.push(global?.ty);
                    }
                }
                Payload::TagSection(tags) => {
                    for tag in tags {
                        self.tags.push(tag?.func_type_idx);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        let index = export.index as usize;
                        let what = match export.kind {
                            ExternalKind::Func | ExternalKind::FuncExact => {
                                self.funcs.get(index).copied().map(Export::Func)
                            }
                            ExternalKind::Table => self.tables.get(index).copied().map(Export::Table),
                            ExternalKind::Memory => Some(Export::Memory),
                            ExternalKind::Global => self.globals.get(index).copied().map(Export::Global),
                            ExternalKind::Tag => self.tags.get(index).copied().map(Export::Tag),
                        };
                        if let Some(what) = what {
                            self.by_name.insert(export.name.to_owned(), self.exports.len());
                            self.exports.push((export.name.to_owned(), what));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An export.
    pub(super) fn export(&self, name: &str) -> Option<Export> {
        self.by_name.get(name).map(|&i| self.exports[i].1)
    }

    /// A type of the module that is one of functions.
    pub(super) fn func_type(&self, ty: u32) -> Option<&FuncType> {
        match &self.types.get(ty as usize)?.composite_type.inner {
            CompositeInnerType::Func(ty) => Some(ty),
            _ => None,
        }
    }

    /// A type of the module.
    pub(super) fn sub_type(&self, ty: u32) -> Option<&SubType> {
        self.types.get(ty as usize)
    }
}
