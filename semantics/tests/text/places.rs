//! Places: each instruction of a module has the offset of its mnemonic in the text, and each definition that of its
//! keyword.

use super::suite::{Text, texts};
use lockstep_semantics::syntax::{CompType, Instr, Module, Num};
use lockstep_semantics::text;

/// What stands at an offset of a text, up to where a token ends for certain.
fn word(text: &str, offset: u32) -> &str {
    let rest = text.get(offset as usize..).unwrap_or_default();
    let end = rest.find(|c: char| c.is_ascii_whitespace() || "()\";".contains(c)).unwrap_or(rest.len());
    &rest[..end]
}

/// What stands elsewhere than it should.
fn misplaced(text: &str, module: &Module) -> Vec<String> {
    let mut wrong = Vec::new();
    let offsets = &module.offsets;
    let mut expect = |offset: u32, wanted: &[&str], what: &str| {
        let found = word(text, offset);
        if !wanted.contains(&found) {
            wrong.push(format!("{what}: `{found}` at {offset}"));
        }
    };
    offsets.types.iter().zip(&module.types).for_each(|(&at, rec)| {
        // A type that a type use adds has the place of the token after the type use.
        let implicit = matches!(&rec.0[..], [st] if st.is_final && matches!(st.comp, CompType::Func(_)));
        if !implicit {
            expect(at, &["type", "rec"], "a recursive type");
        }
    });
    let kinds: [(&[u32], &[&str], usize, &str); 8] = [
        (&offsets.tags, &["tag"], module.tags.len(), "a tag"),
        (&offsets.globals, &["global"], module.globals.len(), "a global"),
        (&offsets.mems, &["memory"], module.mems.len(), "a memory"),
        (&offsets.tables, &["table"], module.tables.len(), "a table"),
        (&offsets.funcs, &["func"], module.funcs.len(), "a function"),
        (&offsets.datas, &["data"], module.datas.len(), "a data segment"),
        (&offsets.elems, &["elem"], module.elems.len(), "an element segment"),
        (&offsets.exports, &["export"], module.exports.len(), "an export"),
    ];
    for (at, wanted, count, what) in kinds {
        at.iter().for_each(|&at| expect(at, wanted, what));
        assert_eq!(at.len(), count, "offsets of {what}");
    }
    // One that stands inside of a definition has the place of that.
    let imports = ["import", "tag", "global", "memory", "table", "func"];
    offsets.imports.iter().for_each(|&at| expect(at, &imports, "an import"));
    assert_eq!(offsets.imports.len(), module.imports.len());
    if module.start.is_some() {
        expect(offsets.start, &["start"], "the start function");
    }
    for position in 0..module.code.instrs().len() {
        let instr = &module.code.instrs()[position];
        let offset = module.code.offset(position as u32);
        let found = word(text, offset);
        if !stands_for(found, instr, module) {
            wrong.push(format!("{instr:?}: `{found}` at {offset}"));
        }
    }
    wrong
}

/// Whether an instruction has this word, or stands for it by an abbreviation.
fn stands_for(found: &str, instr: &Instr, module: &Module) -> bool {
    let printed = instr.display(&module.code, &module.names).to_string();
    let mnemonic = printed.split([' ', '\n']).next().unwrap_or_default();
    match instr {
        // `end`, `else`, a parenthesis, or whatever comes after a folded instruction that is an expression.
        Instr::End => true,
        // The offset of a segment inside of a memory or table.
        Instr::Const(Num::I32(0) | Num::I64(0)) if ["data", "elem"].contains(&found) => true,
        // The initial value of a table that has none written out.
        Instr::RefNull(_) if found == "table" => true,
        // A function by its index.
        Instr::RefFunc(_) if found.starts_with(|c: char| c == '$' || c.is_ascii_digit()) => true,
        _ => found == mnemonic,
    }
}

#[test]
fn offsets_are_those_of_mnemonics_and_keywords() {
    let (mut modules, mut instrs, mut wrong) = (0, 0, Vec::new());
    for Text { place, text, features } in texts() {
        let Ok(module) = text::read(&text, features) else { continue };
        modules += 1;
        instrs += module.code.instrs().len();
        wrong.extend(misplaced(&text, &module).into_iter().map(|wrong| format!("{place}: {wrong}")));
    }
    println!("{modules} modules, {instrs} instructions");
    assert!(modules > 200 && wrong.is_empty(), "of {modules}: {wrong:#?}");
}
