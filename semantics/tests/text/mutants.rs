//! Texts with tokens dropped, doubled, swapped or replaced: both readers say the same module, or both refuse.

#[path = "../common/tokens.rs"]
mod tokens;

use super::opinion::{compare, explained};
use super::{smith, suite};
use lockstep_semantics::syntax::Features;
use std::collections::BTreeMap;
use tokens::mutant;

/// A small generator of numbers; the tests always do the same.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n.max(1) as u64) as usize
    }
}

/// The longest text to be changed.
const LONGEST: usize = 3000;
/// The longest one that is printed of a generated module.
const LONGEST_PRINTED: usize = 12_000;
/// How many of these are made; most are longer.
const SMITH: usize = 1000;

/// The texts to change: what the suites write out, and what is printed of generated modules.
fn texts(numbers: &mut Numbers) -> Vec<String> {
    let written = suite::texts().into_iter().map(|text| text.text);
    let printed = (0..SMITH).map(|_| smith::printed(&smith::module(numbers)));
    let short = |longest: usize| move |text: &String| text.len() < longest;
    written.filter(short(LONGEST)).chain(printed.filter(short(LONGEST_PRINTED))).collect()
}

/// `LOCKSTEP_MUTANTS` says how many, `LOCKSTEP_SEED` which ones.
#[test]
fn both_say_the_same_of_mutants() {
    let number = |key: &str| std::env::var(key).ok().map(|n| n.parse::<u64>().expect("it is a number"));
    let count = number("LOCKSTEP_MUTANTS").unwrap_or(20_000);
    let mut numbers = Numbers(number("LOCKSTEP_SEED").unwrap_or(7));
    let texts = texts(&mut numbers);
    let (mut excused, mut unexplained) = (BTreeMap::<&str, usize>::new(), BTreeMap::<String, (usize, String)>::new());
    for _ in 0..count {
        let text = mutant(&texts[numbers.below(texts.len())], |n| numbers.below(n));
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
