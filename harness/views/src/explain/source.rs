//! Maps places in a module to places in the text that it was read from.

use lockstep_semantics::syntax::{Code, DataMode, ElemMode, ExternType, Instr, Module, Seq};
use lockstep_semantics::validation::{Definition, Place};
use std::ops::Range;

/// Where in the text a place is, as a range to underline, and whether it is that of an instruction. There is none in a
/// module that was read from a binary.
pub(super) fn find(text: &str, module: &Module, place: Place) -> Option<(Range<usize>, bool)> {
    module.offsets.lines.as_ref()?;
    // The end of an expression is that of its definition, which is better shown by its beginning.
    let ends = |seq: Seq| seq.0 + module.code.seq(seq).count() as u32;
    let is_end = |position| expressions(module, place.definition).into_iter().any(|seq| ends(seq) == position);
    if locate(module, place).is_some_and(|position| !is_end(position)) {
        return Some((instruction(text, place.offset as usize), true));
    }
    let at = begin(module, place.definition)?;
    Some((definition(text, at as usize), false))
}

/// Where the keyword of a definition stands in the text.
fn begin(module: &Module, definition: Definition) -> Option<u32> {
    let offsets = &module.offsets;
    let defined = |x: u32, of: fn(&ExternType) -> bool, defined: &[u32]| {
        let imports = module.imports.iter().zip(&offsets.imports).filter(|(import, _)| of(&import.ty));
        let all: Vec<u32> = imports.map(|(_, &at)| at).chain(defined.iter().copied()).collect();
        all.get(x as usize).copied()
    };
    let nth = |x: u32, offsets: &[u32]| offsets.get(x as usize).copied();
    match definition {
        Definition::Type(x) => nth(x, &offsets.typedefs),
        Definition::Import(i) => nth(i, &offsets.imports),
        Definition::Tag(x) => defined(x, |xt| matches!(xt, ExternType::Tag(_)), &offsets.tags),
        Definition::Global(x) => defined(x, |xt| matches!(xt, ExternType::Global(_)), &offsets.globals),
        Definition::Mem(x) => defined(x, |xt| matches!(xt, ExternType::Mem(_)), &offsets.mems),
        Definition::Table(x) => defined(x, |xt| matches!(xt, ExternType::Table(_)), &offsets.tables),
        Definition::Func(x) => defined(x, |xt| matches!(xt, ExternType::Func(_)), &offsets.funcs),
        Definition::Data(x) => nth(x, &offsets.datas),
        Definition::Elem(x) => nth(x, &offsets.elems),
        Definition::Export(i) => nth(i, &offsets.exports),
        Definition::Start => Some(offsets.start),
        Definition::Module => None,
    }
}

/// The position in the module's code of the instruction at a place, if there is one.
pub(super) fn locate(module: &Module, place: Place) -> Option<u32> {
    expressions(module, place.definition).into_iter().find_map(|seq| {
        let mut positions = positions(&module.code, seq);
        positions.sort_unstable();
        positions.into_iter().find(|&position| module.code.offset(position) == place.offset)
    })
}

/// The expressions of a definition, in the order of the binary format.
pub(super) fn expressions(module: &Module, definition: Definition) -> Vec<Seq> {
    let defined = |x: u32, of: fn(&ExternType) -> bool| {
        let imported = module.imports.iter().filter(|import| of(&import.ty)).count();
        (x as usize).checked_sub(imported)
    };
    let func = |x| module.funcs.get(defined(x, |xt| matches!(xt, ExternType::Func(_)))?);
    let global = |x| module.globals.get(defined(x, |xt| matches!(xt, ExternType::Global(_)))?);
    let table = |x| module.tables.get(defined(x, |xt| matches!(xt, ExternType::Table(_)))?);
    match definition {
        Definition::Func(x) => func(x).map(|func| func.body).into_iter().collect(),
        Definition::Global(x) => global(x).map(|global| global.init).into_iter().collect(),
        Definition::Table(x) => table(x).map(|table| table.init).into_iter().collect(),
        Definition::Elem(x) => {
            let Some(elem) = module.elems.get(x as usize) else { return vec![] };
            let offset = match elem.mode {
                ElemMode::Active(_, offset) => Some(offset),
                ElemMode::Passive | ElemMode::Declare => None,
            };
            offset.into_iter().chain(elem.init.iter().copied()).collect()
        }
        Definition::Data(x) => match module.datas.get(x as usize).map(|data| &data.mode) {
            Some(&DataMode::Active(_, offset)) => vec![offset],
            _ => vec![],
        },
        _ => vec![],
    }
}

/// The positions of a sequence and of those nested in it, each closing `end` counted.
fn positions(code: &Code, seq: Seq) -> Vec<u32> {
    let mut positions = Vec::new();
    let mut todo = vec![seq];
    while let Some(Seq(mut position)) = todo.pop() {
        loop {
            positions.push(position);
            match code.instrs()[position as usize] {
                Instr::End => break,
                Instr::Block(_, seq) | Instr::Loop(_, seq) | Instr::TryTable(_, _, seq) => todo.push(seq),
                Instr::If(_, seq_1, seq_2) => todo.extend([seq_1, seq_2]),
                _ => {}
            }
            position += 1;
        }
    }
    positions
}

/// An instruction with those of its immediates that stand right after it on its line.
pub(super) fn instruction(text: &str, at: usize) -> Range<usize> {
    let start = at + usize::from(text[at..].starts_with('('));
    let mut end = start;
    let mut depth = 0;
    for (i, c) in text[start..].char_indices() {
        match c {
            // An immediate in parentheses, `(ref $t)`, and not an operand.
            '(' if depth > 0 || immediate(&text[start + i..]) => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                end = start + i + 1;
            }
            '(' | ')' | ';' | '\n' => break,
            c if c.is_whitespace() => {}
            // The next keyword is the next instruction, where they are not folded.
            c if depth == 0 && i > 0 && c.is_ascii_lowercase() && text[..start + i].ends_with(' ') => {
                if !word_is_immediate(&text[start + i..]) {
                    break;
                }
                end = start + i + c.len_utf8();
            }
            c => end = start + i + c.len_utf8(),
        }
    }
    start..end.max(start)
}

fn immediate(rest: &str) -> bool {
    ["(ref ", "(type ", "(result", "(param", "(catch"].iter().any(|head| rest.starts_with(head))
}

/// A word that is no instruction: heap types after `ref.null`, shapes, memory arguments, `nan`, `inf`.
fn word_is_immediate(rest: &str) -> bool {
    let word: &str = rest.split(|c: char| c.is_whitespace() || "();".contains(c)).next().unwrap_or_default();
    let heads = ["offset=", "align=", "nan", "inf", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"];
    let types = ["any", "eq", "i31", "struct", "array", "none", "func", "nofunc", "exn", "noexn", "extern", "noextern"];
    heads.iter().any(|head| word.starts_with(head)) || types.contains(&word) || word.ends_with("ref")
}

/// The keyword of a definition, and its name if it has one.
pub(super) fn definition(text: &str, at: usize) -> Range<usize> {
    let mut at = at + usize::from(text[at..].starts_with('('));
    at += text[at..].len() - text[at..].trim_start().len();
    let word = |from: usize| {
        text[from..].find(|c: char| c.is_whitespace() || "();".contains(c)).map_or(text.len(), |n| from + n)
    };
    let end = word(at);
    let gap = text[end..].len() - text[end..].trim_start_matches(' ').len();
    if text[end + gap..].starts_with(['$', '"']) { at..word(end + gap) } else { at..end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_underlined() {
        let text = "(struct.set $s 0 (local.get 0))\nref.cast (ref $t) drop";
        assert_eq!(&text[instruction(text, 0)], "struct.set $s 0");
        assert_eq!(&text[instruction(text, 32)], "ref.cast (ref $t)");
        assert_eq!(&text[instruction(text, 18)], "local.get 0");
        let text = "(module (func $f (param i32)))";
        assert_eq!(&text[definition(text, 9)], "func $f");
    }
}
