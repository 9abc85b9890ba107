//! Texts with tokens dropped, doubled, swapped or replaced: both readers say the same module, or both refuse.

#[path = "../common/tokens.rs"]
mod tokens;

use super::generated::Random;
use super::opinion::{compare, explained};
use super::{smith, suite};
use lockstep_semantics::syntax::Features;
use lockstep_testing::number;
use std::collections::BTreeMap;
use tokens::mutant;

/// The longest text to be changed.
const LONGEST: usize = 3000;
/// The longest one that is printed of a generated module.
const LONGEST_PRINTED: usize = 12_000;
/// How many of these are made; most are longer.
const SMITH: usize = 1000;

/// The texts to change: what the suites write out, and what is printed of generated modules.
fn texts(random: &mut Random) -> Vec<String> {
    let written = suite::texts().into_iter().map(|text| text.text);
    let printed = (0..SMITH).map(|_| smith::printed(&smith::module(random)));
    let short = |longest: usize| move |text: &String| text.len() < longest;
    written.filter(short(LONGEST)).chain(printed.filter(short(LONGEST_PRINTED))).collect()
}

/// `LOCKSTEP_MUTANTS` says how many, `LOCKSTEP_SEED` which ones.
#[test]
fn both_say_the_same_of_mutants() {
    let count = number("LOCKSTEP_MUTANTS", 20_000);
    let mut random = Random(number("LOCKSTEP_SEED", 7));
    let texts = texts(&mut random);
    let (mut excused, mut unexplained) = (BTreeMap::<&str, usize>::new(), BTreeMap::<String, (usize, String)>::new());
    for _ in 0..count {
        let text = mutant(&texts[random.below(texts.len())], |n| random.below(n));
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
