//! The reader of the text format: any text gets an answer, the same one twice and the one that `wast` gives, and what has
//! been read can be encoded and decoded.

#[path = "../../semantics/tests/text/opinion.rs"]
mod second_opinion;
#[path = "../../semantics/tests/common/tokens.rs"]
mod tokens;

use arbitrary::Unstructured;
use lockstep_semantics::decode::{Malformed, MalformedKind, Reading, decode_with};
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{Features, Module};
use lockstep_semantics::text::{Tokens, read};

/// Before the choices that a text is made of. No text begins with it.
pub const SOUP: u8 = 0xFF;
/// The words of a soup.
const WORDS: usize = 200;
/// Modules to be changed.
const MODULES: [&str; 9] = [
    "(module $m (func $f (export \"f\") (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 1))))",
    "(func (result i32) (block $l (result i32) (br_if $l (i32.const 1) (i32.const 2)) (drop) i32.const -0x1))
     (func (if (i32.const 0) (then nop) (else unreachable)) loop $a br $a end)",
    "(type $t (func (param i64) (result f32))) (table $tab 2 funcref) (elem (i32.const 0) $g $g)
     (func $g (type $t) (f32.const 0x1.8p1)) (func (drop (call_indirect $tab (type $t) (i64.const 1) (i32.const 0))))",
    "(rec (type $a (sub (struct (field $x (mut i8)) (field (ref null $b))))) (type $b (sub final $a (struct (field (mut i8))
     (field (ref null $b)))))) (func (param (ref $a)) (drop (struct.get_u $a $x (local.get 0))))",
    "(memory $m i64 1 2) (data $d (memory $m) (offset i64.const 0) \"a\\00\\u{20ac}\") (data \"b\")
     (func (i32.store8 $m offset=1 align=1 (i64.const 0) (i32.const 5)) (memory.init $m $d (i64.const 0) (i32.const 0)
     (i32.const 1)))",
    "(tag $e (param i32)) (func (block $h (result i32 exnref) (try_table (catch_ref $e $h) (throw $e (i32.const 1)))
     unreachable) drop drop)",
    "(import \"m\" \"g\" (global $g (mut i32))) (import \"m\" \"f\" (func (param f64))) (global $h i32 (global.get $g))
     (start 0) (export \"h\" (global $h)) (table 1 (ref null extern) (ref.null extern))",
    "(func (result v128) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i32x4 1 2 3 4)
     (v128.const f64x2 nan:0x1 -inf)) (i32.const 0) (v128.load8_lane 3) (select (result v128)))  (memory 0)",
    "(table funcref (elem (item ref.func 0) (ref.null func))) (memory (data \"x\" \"y\")) (elem declare func 0)
     (func (local $a i32) (local f32 f64) (br_table 0 0 (i32.const 0)) (return_call_ref 0 (ref.null 0)))",
];

/// The text of an input: the bytes themselves, as far as they are UTF-8; or after [`SOUP`] what they choose.
pub fn text_of(data: &[u8]) -> String {
    let Some((&SOUP, choices)) = data.split_first() else { return String::from_utf8_lossy(data).into_owned() };
    let mut u = Unstructured::new(choices);
    let mut below = |n: usize| u.choose_index(n.max(1)).unwrap_or_default();
    if below(2) == 0 {
        return tokens::mutant(MODULES[below(MODULES.len())], below);
    }
    let (mut soup, mut open) = (String::new(), 0_usize);
    for _ in 0..below(WORDS) {
        let word = match below(4) {
            0 if open > 0 => ")",
            _ => tokens::WORDS[below(tokens::WORDS.len())],
        };
        open += usize::from(word.starts_with('('));
        open = open.saturating_sub(usize::from(word.ends_with(')')));
        soup.push_str(word);
        soup.push(' ');
    }
    soup + &")".repeat(open)
}

/// Reads the text, as one of WebAssembly 3.0 and, if it uses proposals that are known, with those. Whether it is a module.
///
/// # Panics
/// When something does not hold.
pub fn check(text: &str) -> bool {
    let standard = check_with(text, Features::STANDARD);
    match standard.map_err(|e| e.kind) {
        Err(MalformedKind::Unsupported { proposal }) if Features::STANDARD.with(proposal).is_some() => {
            check_with(text, Features::SHARED_EVERYTHING).is_ok()
        }
        other => other.is_ok(),
    }
}

fn check_with(text: &str, features: Features) -> Result<Module, Malformed> {
    let first = read(text, features);
    let again = read(text, features);
    assert_eq!(first, again, "read twice, it is something else");
    match (&first, &again) {
        (Ok(module), Ok(again)) => {
            assert!(module.names == again.names, "read twice, names are others");
            reads_as_it_encodes(module, features);
            places(text, module);
        }
        (Err(e), _) => misplaced_error(text, e),
        _ => {}
    }
    if let Some(difference) = second_opinion::compare(text, features)
        && second_opinion::explained(text, &difference).is_none()
    {
        panic!("wast does not agree: {}: {difference:?}", difference.kind());
    }
    first
}

/// What has been read is encoded, and decodes to what is encoded the same.
fn reads_as_it_encodes(module: &Module, features: Features) {
    let bytes = encode(module);
    match decode_with(&bytes, Reading { features, ..Reading::default() }) {
        Ok(decoded) => assert!(encode(&decoded) == bytes, "the second encoding is another one"),
        // A binary is refused for the number of its locals, which a text writes out.
        Err(e) => assert!(e.kind == MalformedKind::Limit, "what was encoded does not decode: {e}"),
    }
}

/// All offsets are in the text, and between characters.
fn places(text: &str, module: &Module) {
    let offsets = &module.offsets;
    let lists = [
        &offsets.types,
        &offsets.typedefs,
        &offsets.imports,
        &offsets.tags,
        &offsets.globals,
        &offsets.mems,
        &offsets.tables,
        &offsets.funcs,
        &offsets.datas,
        &offsets.elems,
        &offsets.exports,
    ];
    let instrs = (0..module.code.instrs().len()).map(|i| module.code.offset(i as u32));
    for offset in lists.into_iter().flatten().copied().chain(instrs) {
        assert!(text.is_char_boundary(offset as usize), "there is nothing at {offset}");
    }
    for instr in module.code.instrs() {
        let _ = instr.display(&module.code, &module.names).to_string();
    }
}

/// An error has a place in the text, with the line and column of that.
fn misplaced_error(text: &str, e: &Malformed) {
    assert!(text.is_char_boundary(e.offset), "there is nothing at {}: {e}", e.offset);
    let tokens = Tokens::new(text).expect("the text is short");
    let (line, column) = tokens.lines().of(e.offset as u32);
    assert_eq!(e.line, Some((line as usize, column as usize)), "{e}");
    assert!(!e.to_string().is_empty());
}
