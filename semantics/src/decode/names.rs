//! The name section (appendix, custom sections). It has no meaning: whatever is wrong with it is ignored, and what was
//! read before that is kept.

use crate::syntax::{IndirectNameMap, NameMap, Names};
use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Reads the content of a name section.
pub(super) fn read(r: BinaryReader<'_>, names: &mut Names) {
    for subsection in NameSectionReader::new(r) {
        let Ok(subsection) = subsection else { return };
        match subsection {
            Name::Module { name, .. } => names.module = Some(name.to_owned()),
            Name::Function(map) => direct(map, &mut names.funcs),
            Name::Local(map) => indirect(map, &mut names.locals),
            Name::Label(map) => indirect(map, &mut names.labels),
            Name::Type(map) => direct(map, &mut names.types),
            Name::Table(map) => direct(map, &mut names.tables),
            Name::Memory(map) => direct(map, &mut names.mems),
            Name::Global(map) => direct(map, &mut names.globals),
            Name::Element(map) => direct(map, &mut names.elems),
            Name::Data(map) => direct(map, &mut names.datas),
            Name::Field(map) => indirect(map, &mut names.fields),
            Name::Tag(map) => direct(map, &mut names.tags),
            Name::Parameter(_) | Name::TagParameter(_) | Name::Unknown { .. } => {}
        }
    }
}

fn direct(map: wasmparser::NameMap<'_>, names: &mut NameMap) {
    for naming in map.map_while(Result::ok) {
        names.insert(naming.index, naming.name.to_owned());
    }
}

fn indirect(map: wasmparser::IndirectNameMap<'_>, names: &mut IndirectNameMap) {
    for naming in map.map_while(Result::ok) {
        direct(naming.names, names.entry(naming.index).or_default());
    }
}
