//! From places in a binary module to places in the text that it was made from.
//!
//! The parser keeps where each definition and each instruction stands. Definitions are found by index. An instruction is
//! found by order: the n-th of an expression in the binary format is the n-th that the parser has for it, folded or not,
//! `else` and `end` counted. Where the two do not agree, there is no place, rather than a wrong one.

use lockstep_semantics::syntax::{Code, DataMode, ElemMode, ExternType, Instr, Module, Seq};
use lockstep_semantics::validation::{Definition, Place};
use rustc_hash::FxHashMap;
use std::ops::Range;
use wast::Wat;
use wast::core::{
    DataKind, ElemKind, ElemPayload, Expression, FuncKind, GlobalKind, ModuleField, ModuleKind, TableKind,
};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

/// Where the definitions and the instructions of a text are.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    definitions: FxHashMap<Definition, usize>,
    /// Of each expression of a definition, in the order of the binary format, where its instructions are.
    instrs: FxHashMap<Definition, Vec<Vec<usize>>>,
}

impl SourceMap {
    /// Reads a text that is known to make this module; nothing is known of a text that cannot be parsed.
    pub fn new(text: &str, module: &Module) -> Self {
        let mut lexer = Lexer::new(text);
        lexer.allow_confusing_unicode(true);
        let Ok(mut buffer) = ParseBuffer::new_with_lexer(lexer) else { return SourceMap::default() };
        buffer.track_instr_spans(true);
        let Ok(mut wat) = parser::parse::<Wat<'_>>(&buffer) else { return SourceMap::default() };
        // Encoding brings abbreviations into their full form: imports and types of their own, element segments.
        if wat.encode().is_err() {
            return SourceMap::default();
        }
        let Wat::Module(wast::core::Module { kind: ModuleKind::Text(fields), .. }) = &wat else {
            return SourceMap::default();
        };
        let mut map = SourceMap::default();
        map.fields(fields, module);
        map
    }

    fn fields(&mut self, fields: &[ModuleField<'_>], module: &Module) {
        let imported =
            |of: fn(&ExternType) -> bool| module.imports.iter().filter(|import| of(&import.ty)).count() as u32;
        let mut funcs = imported(|xt| matches!(xt, ExternType::Func(_)));
        let mut tables = imported(|xt| matches!(xt, ExternType::Table(_)));
        let mut mems = imported(|xt| matches!(xt, ExternType::Mem(_)));
        let mut globals = imported(|xt| matches!(xt, ExternType::Global(_)));
        let mut tags = imported(|xt| matches!(xt, ExternType::Tag(_)));
        let (mut types, mut imports, mut elems, mut datas, mut exports) = (0, 0, 0, 0, 0);
        let next = |count: &mut u32| {
            *count += 1;
            *count - 1
        };
        for field in fields {
            let (definition, at, exprs) = match field {
                ModuleField::Type(ty) => (Definition::Type(next(&mut types)), ty.span.offset(), vec![]),
                ModuleField::Rec(rec) => {
                    for ty in &rec.types {
                        self.definitions.insert(Definition::Type(next(&mut types)), ty.span.offset());
                    }
                    continue;
                }
                ModuleField::Import(import) => (Definition::Import(next(&mut imports)), import.span.offset(), vec![]),
                ModuleField::Func(func) => {
                    let exprs = match &func.kind {
                        FuncKind::Inline { expression, .. } => vec![spans(expression)],
                        FuncKind::Import(..) => vec![],
                    };
                    (Definition::Func(next(&mut funcs)), func.span.offset(), exprs)
                }
                ModuleField::Table(table) => {
                    let exprs = match &table.kind {
                        TableKind::Normal { init_expr: Some(expr), .. } => vec![spans(expr)],
                        _ => vec![],
                    };
                    (Definition::Table(next(&mut tables)), table.span.offset(), exprs)
                }
                ModuleField::Memory(mem) => (Definition::Mem(next(&mut mems)), mem.span.offset(), vec![]),
                ModuleField::Global(global) => {
                    let exprs = match &global.kind {
                        GlobalKind::Inline(expr) => vec![spans(expr)],
                        GlobalKind::Import(_) => vec![],
                    };
                    (Definition::Global(next(&mut globals)), global.span.offset(), exprs)
                }
                ModuleField::Export(export) => (Definition::Export(next(&mut exports)), export.span.offset(), vec![]),
                ModuleField::Start(x) => (Definition::Start, x.span().offset(), vec![]),
                ModuleField::Elem(elem) => {
                    let mut exprs = match &elem.kind {
                        ElemKind::Active { offset, .. } => vec![spans(offset)],
                        ElemKind::Passive | ElemKind::Declared => vec![],
                    };
                    if let ElemPayload::Exprs { exprs: items, .. } = &elem.payload {
                        exprs.extend(items.iter().map(spans));
                    }
                    (Definition::Elem(next(&mut elems)), elem.span.offset(), exprs)
                }
                ModuleField::Data(data) => {
                    let exprs = match &data.kind {
                        DataKind::Active { offset, .. } => vec![spans(offset)],
                        DataKind::Passive => vec![],
                    };
                    (Definition::Data(next(&mut datas)), data.span.offset(), exprs)
                }
                ModuleField::Tag(tag) => (Definition::Tag(next(&mut tags)), tag.span.offset(), vec![]),
                ModuleField::Custom(_) => continue,
            };
            self.definitions.insert(definition, at);
            self.instrs.insert(definition, exprs);
        }
    }

    /// Where in the text a place is, as a range to underline, and whether it is that of an instruction.
    pub fn find(&self, text: &str, module: &Module, place: Place) -> Option<(Range<usize>, bool)> {
        if let Some(at) = self.instruction(module, place) {
            // What closes the definition stands for the end of its expression.
            return Some((instruction(text, at), true));
        }
        let at = *self.definitions.get(&place.definition)?;
        Some((definition(text, at), false))
    }

    fn instruction(&self, module: &Module, place: Place) -> Option<usize> {
        let found = locate(module, place)?;
        let spans = self.instrs.get(&place.definition)?.get(found.expr)?;
        // The `end` of an expression is not in the text, all others are.
        if spans.len() + 1 != found.of {
            return None;
        }
        spans.get(found.rank).copied()
    }
}

fn spans(expr: &Expression<'_>) -> Vec<usize> {
    expr.instr_spans.iter().flatten().map(|span| span.offset()).collect()
}

/// An instruction of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Located {
    /// Which of the definition's expressions.
    expr: usize,
    /// Which of the expression's instructions, `else` and `end` counted, in the order of the binary format.
    rank: usize,
    /// How many there are.
    of: usize,
    /// Its position in the module's code.
    pub(super) position: u32,
}

/// The instruction at a place, if there is one.
pub(super) fn locate(module: &Module, place: Place) -> Option<Located> {
    expressions(module, place.definition).into_iter().enumerate().find_map(|(expr, seq)| {
        let mut positions = positions(&module.code, seq);
        positions.sort_by_key(|&position| (module.code.offset(position), position));
        positions.dedup_by_key(|position| module.code.offset(*position));
        let rank = positions.iter().position(|&position| module.code.offset(position) == place.offset)?;
        Some(Located { expr, rank, of: positions.len(), position: positions[rank] })
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
