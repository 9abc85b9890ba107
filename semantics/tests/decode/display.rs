//! Laws of printing on the test suite: what is printed reads back as what it was.

use crate::suite::for_each_module;
use lockstep_semantics::decode::{decode, decode_text};
use lockstep_semantics::syntax::{Instr, Names, Notation};
use std::collections::BTreeMap;

/// The instructions of the text format (6.3-text.instructions). The suite has all of them.
const MNEMONICS: usize = 494;

/// Every instruction of the suite, printed on a line with numbers for indices, is an instruction of the text format,
/// and the same one.
#[test]
fn printed_instructions_read_back() {
    let names = Names::default();
    let mut lines = BTreeMap::new();
    let found = for_each_module("core", |_, _, bytes| {
        let Some(module) = bytes.ok().and_then(|bytes| decode(&bytes).ok()) else { return };
        for instr in module.code.instrs() {
            lines.insert(instr.display(&module.code, &names).to_string(), *instr);
        }
    });
    if !found {
        return;
    }
    let mut mnemonics = std::collections::BTreeSet::new();
    for (line, instr) in &lines {
        let line = match instr {
            Instr::End => continue,
            // These alignments are in the binary format only.
            _ if line.contains("align=2^") || line.contains("align=9223372036854775808") => continue,
            Instr::Block(..) | Instr::Loop(..) | Instr::If(..) | Instr::TryTable(..) => format!("{line} end"),
            _ => line.clone(),
        };
        mnemonics.insert(line.split(' ').next().unwrap().to_owned());
        // The type is for `(type 0)` and the like, which `wast` looks up; the data segment for the data count section.
        let text = format!("(module {} (data) (func {line}))", "(type (func))".repeat(64));
        let (_, module) = decode_text(&text).unwrap_or_else(|e| panic!("{line}: {e}"));
        let read = module.code.instrs()[module.funcs[0].body.0 as usize];
        assert_eq!(read.display(&module.code, &names).to_string(), line.trim_end_matches(" end"));
        let has_parts = matches!(
            instr,
            Instr::Block(..)
                | Instr::Loop(..)
                | Instr::If(..)
                | Instr::TryTable(..)
                | Instr::BrTable(..)
                | Instr::Select(Some(_))
        );
        assert!(has_parts || read == *instr, "{line}: {read:?} is not {instr:?}");
    }
    println!("{} different instructions, {} mnemonics", lines.len(), mnemonics.len());
    assert_eq!(mnemonics.len(), MNEMONICS);
}

/// Types and imports of every module of the suite, printed, read back as the same.
#[test]
fn printed_types_read_back() {
    let mut types = 0;
    let found = for_each_module("core", |place, _, bytes| {
        let Some(module) = bytes.ok().and_then(|bytes| decode(&bytes).ok()) else { return };
        // In the text format a declaration has at most one supertype, and indices are looked up in what there is.
        if module.types.iter().flat_map(|rec| &rec.0).any(|st| st.supers.len() > 1) {
            return;
        }
        let mut text = String::from("(module\n");
        for rec in &module.types {
            text.push_str(&format!("{}\n", rec.display(&Names::default())));
        }
        for import in &module.imports {
            text.push_str(&format!("(import \"a\" \"b\" {})\n", import.ty));
        }
        text.push(')');
        let (_, read) = decode_text(&text).unwrap_or_else(|e| panic!("{place}: {e}\n{text}"));
        assert_eq!(module.types, read.types, "{place}\n{text}");
        let tys = |m: &lockstep_semantics::syntax::Module| m.imports.iter().map(|i| i.ty).collect::<Vec<_>>();
        assert_eq!(tys(&module), tys(&read), "{place}\n{text}");
        types += module.type_count();
    });
    if found {
        println!("{types} types");
        assert_eq!(types, 6748);
    }
}
