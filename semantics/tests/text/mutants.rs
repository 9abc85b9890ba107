//! Texts with tokens dropped, doubled, swapped or replaced: both readers say the same module, or both refuse.

use super::opinion::{compare, explained};
use super::suite::common::{Source, below, forms};
use lockstep_semantics::syntax::Features;
use lockstep_semantics::text::Tokens;
use std::collections::BTreeMap;
use std::path::Path;

/// Words that a token is replaced with, besides those of the text itself.
const WORDS: &[&str] = &[
    "(",
    ")",
    "end",
    "else",
    "block",
    "loop",
    "if",
    "then",
    "try_table",
    "(then",
    "(else",
    "(param",
    "(result",
    "(type",
    "(local",
    "(import \"a\" \"b\")",
    "(export \"e\")",
    "(offset",
    "(item",
    "(memory",
    "(table",
    "(func",
    "(elem",
    "(data",
    "(rec",
    "(sub",
    "(struct",
    "(array",
    "(field",
    "(mut",
    "(ref",
    "null",
    "func",
    "declare",
    "final",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "i8",
    "i16",
    "anyref",
    "funcref",
    "externref",
    "any",
    "eq",
    "i31",
    "struct",
    "array",
    "none",
    "extern",
    "$a",
    "$b",
    "$\"a\"",
    "$\"\"",
    "$",
    "0",
    "1",
    "+0",
    "-0",
    "-1",
    "0x0",
    "0x_1",
    "1_0",
    "1__0",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "1.5",
    "1e400",
    "nan",
    "nan:0x1",
    "inf",
    "-inf",
    "\"\"",
    "\"a\"",
    "\"\\ff\"",
    "\"\\u{d800}\"",
    "\"a\"\"b\"",
    "offset=1",
    "offset=+1",
    "align=4",
    "align=3",
    "align=0",
    "nop",
    "drop",
    "unreachable",
    "select",
    "i32.const",
    "i32.add",
    "i32.load",
    "v128.load8_lane",
    "i8x16.shuffle",
    "v128.const",
    "i32x4",
    "ref.null",
    "ref.func",
    "call",
    "call_indirect",
    "br",
    "br_table",
    "memory.copy",
    "memory.init",
    "table.get",
    "table.copy",
    "table.init",
    "struct.get",
    "array.new_fixed",
    "return_call_indirect",
    "(catch_all 0)",
    "(; ;)",
    "(;",
    ";;",
    "(@a)",
    "(@",
    ",",
    "{",
    "module",
    "(module",
    "(start 0)",
    "(tag)",
    "quote",
];

/// A small generator of numbers; the tests always do the same.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n.max(1) as u64) as usize
    }
}

/// The text with one to three of its tokens changed.
pub(super) fn mutant(text: &str, numbers: &mut Numbers) -> String {
    let tokens = Tokens::new(text).unwrap();
    let mut words: Vec<&str> = (0..tokens.len()).map(|i| tokens.source(tokens.get(i).unwrap())).collect();
    if words.is_empty() {
        return String::new();
    }
    for _ in 0..=numbers.below(3) {
        let i = numbers.below(words.len());
        match numbers.below(6) {
            0 => drop(words.remove(i)),
            1 => words.insert(i, words[i]),
            2 if i + 1 < words.len() => words.swap(i, i + 1),
            3 => words[i] = words[numbers.below(words.len())],
            4 => words.insert(i, WORDS[numbers.below(WORDS.len())]),
            _ => words[i] = WORDS[numbers.below(WORDS.len())],
        }
        if words.is_empty() {
            break;
        }
    }
    words.join(" ")
}

/// The texts to change: what the suite writes out, up to a size.
fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("../../shared/suites/core"), root.join("../corpus")];
    let forms = folders.iter().flat_map(|folder| below(folder)).flat_map(|path| forms(&path));
    let texts = forms.filter_map(|form| match form.source {
        Source::Text(text) if text.len() < 3000 => Some(text),
        _ => None,
    });
    texts.collect()
}

#[test]
fn both_say_the_same_of_mutants() {
    let count = std::env::var("LOCKSTEP_MUTANTS").map_or(20_000, |n| n.parse().unwrap());
    let texts = texts();
    let mut numbers = Numbers(7);
    let (mut excused, mut unexplained) = (BTreeMap::<&str, usize>::new(), BTreeMap::<String, (usize, String)>::new());
    for _ in 0..count {
        let text = mutant(&texts[numbers.below(texts.len())], &mut numbers);
        if let Some(difference) = compare(&text, Features::STANDARD) {
            match explained(&text, &difference) {
                Some(why) => *excused.entry(why).or_default() += 1,
                None => unexplained.entry(difference.kind()).or_insert((0, text)).0 += 1,
            }
        }
    }
    println!("{count} texts, made of {}; explained differences: {excused:#?}", texts.len());
    let list: Vec<String> = unexplained.iter().map(|(kind, (n, text))| format!("{n} × {kind}\n    {text}")).collect();
    assert!(list.is_empty(), "{}", list.join("\n"));
}
