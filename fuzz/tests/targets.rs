//! The targets on inputs that depend on nothing but a seed.

use lockstep_fuzz::smith::{Nans, module};
use lockstep_fuzz::text::SOUP;
use lockstep_fuzz::world::Dice;
use lockstep_fuzz::{decode, run, smith_run, text, validate};

fn entropy(dice: &mut Dice, len: usize) -> Vec<u8> {
    (0..len.div_ceil(8)).flat_map(|_| dice.roll().to_le_bytes()).collect()
}

#[test]
fn generated_modules_run() {
    let mut dice = Dice(1);
    let made = (0..300).filter(|_| smith_run(&entropy(&mut dice, 4096))).count();
    assert!(made > 250, "wasm-smith makes {made} modules only");
}

#[test]
fn bytes_get_the_same_verdict_and_encode() {
    let mut dice = Dice(2);
    for _ in 0..2_000 {
        let len = dice.below(80);
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(entropy(&mut dice, len));
        validate(&bytes);
        validate(&bytes[8..]);
        decode(&bytes);
        decode(&bytes[8..]);
    }
}

#[test]
fn changed_modules_get_the_same_verdict_encode_and_run() {
    let mut dice = Dice(3);
    let mut made = 0;
    for _ in 0..100 {
        let entropy = entropy(&mut dice, 2048);
        let Some((_, bytes)) = module(&mut arbitrary::Unstructured::new(&entropy), Nans::Any) else {
            continue;
        };
        made += 1;
        for _ in 0..10 {
            let mut bytes = bytes.clone();
            let at = dice.below(bytes.len());
            bytes[at] = dice.roll() as u8;
            validate(&bytes);
            decode(&bytes);
            run(&bytes);
        }
    }
    assert!(made > 80, "{made} modules only");
}

#[test]
fn text_gets_the_same_verdict_encodes_and_runs() {
    let text = "(module (import \"a\" \"b\" (func $f (param i32) (result (ref i31))))
        (func (export \"c\") (param i32) (result i32) (i31.get_u (call $f (local.get 0)))))";
    validate(text.as_bytes());
    decode(text.as_bytes());
    assert!(run(text.as_bytes()));
    assert!(!run(b"(module (func (export \"c\") (result i32)))"));
}

#[test]
fn texts_and_soups_get_an_answer() {
    let mut dice = Dice(4);
    let mut modules = 0;
    for round in 0..6_000 {
        let len = dice.below(400);
        let mut input = entropy(&mut dice, len);
        if round % 4 > 0 {
            input.insert(0, SOUP);
        }
        modules += usize::from(text(&input));
    }
    assert!(modules > 100, "{modules} modules only");
}
