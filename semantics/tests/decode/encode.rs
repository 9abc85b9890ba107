//! The encoder: what it writes decodes to the same syntax, is no longer than it was, and looks the same to
//! `wasmparser`.

use crate::generated::{Random, module};
use crate::hostile::function;
use crate::second_opinion::FEATURES;
use crate::suite::for_each_module;
use lockstep_semantics::decode::{decode, decode_text};
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::*;
use std::path::Path;
use std::sync::Arc;
use wasmparser::Validator;

fn theirs(bytes: &[u8]) -> bool {
    Validator::new_with_features(FEATURES).validate_all(bytes).is_ok()
}

/// Decodes and encodes; the encoding, if the bytes decode.
fn there_and_back(place: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let module = decode(bytes).ok()?;
    let encoded = encode(&module);
    let again = decode(&encoded).unwrap_or_else(|e| panic!("{place}: {e}\n{encoded:x?}"));
    assert_eq!(again, module, "{place}");
    assert_eq!(encode(&again), encoded, "{place}: the second time");
    assert_eq!(theirs(&encoded), theirs(bytes), "{place}: {encoded:x?}");
    Some(encoded)
}

#[test]
fn the_suite() {
    let (mut modules, mut before, mut after) = (0, 0, 0);
    let found = for_each_module("core", |place, _, bytes| {
        let Ok(bytes) = bytes else { return };
        let Some(encoded) = there_and_back(&place, &bytes) else { return };
        modules += 1;
        before += bytes.len();
        after += encoded.len();
    });
    if !found {
        return;
    }
    println!("{modules} modules, {before} bytes before and {after} after");
    // Every module of the suite that is well-formed, see `suite_laws`.
    assert_eq!(modules, 5233);
    assert!(after <= before);
}

#[test]
fn the_corpus() {
    let mut dirs = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")];
    let mut modules = 0;
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ext| ext == "wat") {
                let text = std::fs::read_to_string(&path).unwrap();
                let Ok((bytes, module)) = decode_text(&text) else { continue };
                let encoded = there_and_back(&path.display().to_string(), &bytes).unwrap();
                assert_eq!(decode(&encoded).unwrap().names, module.names);
                modules += 1;
            }
        }
    }
    assert!(modules >= 15, "{modules}");
}

#[test]
fn generated_modules() {
    let mut random = Random(3);
    for i in 0..300 {
        let bytes = module(&mut random, 2000);
        let encoded = there_and_back(&format!("module {i}"), &bytes).unwrap();
        assert!(encoded.len() <= bytes.len(), "module {i}: {} bytes, {} before", encoded.len(), bytes.len());
    }
}

/// Every opcode, followed by zeros, is written as it was read.
#[test]
fn all_opcodes() {
    let opcodes = (0..=0xFA_u8).map(|op| vec![op]);
    let prefixed = (0xFB..=0xFD).flat_map(|prefix| {
        (0..0x200_u16).map(move |op| match op {
            0..0x80 => vec![prefix, op as u8],
            _ => vec![prefix, (op & 0x7F) as u8 | 0x80, (op >> 7) as u8],
        })
    });
    let mut accepted = 0;
    for opcode in opcodes.chain(prefixed) {
        let with =
            |zeros: usize, ends: usize| function(&[b"\0", &opcode[..], &vec![0; zeros], &vec![0x0B; ends]].concat());
        // As few zeros as make up the immediates: with more they would be read as `unreachable`.
        let Some((bytes, module)) = (0..20)
            .flat_map(|zeros| [with(zeros, 1), with(zeros, 2)])
            .find_map(|bytes| decode(&bytes).ok().map(|module| (bytes, module)))
        else {
            continue;
        };
        accepted += 1;
        assert_eq!(encode(&module), bytes, "{opcode:x?}");
    }
    // All of the grammar but `else`, and but the four that need a data count section.
    assert_eq!(accepted, 497 - 4);
}

/// A piece of a module in text, and the bytes that must be in its encoding.
#[test]
fn forms() {
    let func = |body: &str| format!("(module (memory 1) (memory 1) (func {body}))");
    let table = |field: &str| format!("(module (table 1 funcref) (table 1 funcref) (func $f) {field})");
    let cases: Vec<(String, &[u8])> = vec![
        // No group, an empty one, and one of two; one of one is no group.
        ("(module (rec))".into(), b"\x01\x03\x01\x4E\x00"),
        ("(module (rec (type (func)) (type (func))))".into(), b"\x01\x09\x01\x4E\x02\x60\0\0\x60\0\0"),
        ("(module (rec (type (func))))".into(), b"\x01\x04\x01\x60\0\0"),
        // Final and open, with and without a supertype.
        ("(module (type (sub final (func))))".into(), b"\x01\x04\x01\x60\0\0"),
        ("(module (type (sub (func))))".into(), b"\x01\x06\x01\x50\0\x60\0\0"),
        ("(module (type $a (sub (func))) (type (sub final $a (func))))".into(), b"\x4F\x01\x00\x60\0\0"),
        // Block types, and `if` without `else`.
        (func("(block)"), b"\x02\x40\x0B"),
        (func("(drop (block (result i64) (i64.const 0)))"), b"\x02\x7E\x42\0\x0B"),
        (func("(i32.const 0) (block (param i32) (drop))"), b"\x02\x01\x1A\x0B"),
        (func("(if (i32.const 1) (then) (else))"), b"\x04\x40\x0B"),
        (func("(if (i32.const 1) (then) (else (nop)))"), b"\x04\x40\x05\x01\x0B"),
        (func("(try_table (catch_all 0))"), b"\x1F\x40\x01\x02\x00\x0B"),
        // `select` with a type, `br_table`.
        (
            func("(drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))"),
            b"\x41\x01\x41\x02\x41\x03\x1C\x01\x7F",
        ),
        (func("(block (br_table 0 1 0 (i32.const 0)))"), b"\x0E\x02\x00\x01\x00"),
        (func("(br_table 0 (i32.const 0))"), b"\x0E\x00\x00"),
        // The first memory, and another one.
        (func("(drop (i32.load offset=200 align=1 (i32.const 0)))"), b"\x28\x00\xC8\x01"),
        (func("(drop (i32.load 1 (i32.const 0)))"), b"\x28\x42\x01\x00"),
        // Integers at the edges of what a byte holds.
        (func("(drop (i32.const 63)) (drop (i32.const 64))"), b"\x41\x3F\x1A\x41\xC0\0\x1A"),
        (func("(drop (i32.const -64)) (drop (i32.const -65))"), b"\x41\x40\x1A\x41\xBF\x7F\x1A"),
        (func("(drop (i64.const 0x8000000000000000))"), b"\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7F"),
        // Runs of locals.
        (func("(local i32 i32 i64 i32)"), b"\x03\x02\x7F\x01\x7E\x01\x7F\x0B"),
        // Tables without and with an initial value.
        ("(module (table 1 (ref null func)))".into(), b"\x04\x04\x01\x70\0\x01"),
        (
            "(module (table 1 i31ref (ref.i31 (i32.const 1))))".into(),
            b"\x04\x0B\x01\x40\0\x6C\0\x01\x41\x01\xFB\x1C\x0B",
        ),
        ("(module (table i64 1 2 funcref))".into(), b"\x04\x05\x01\x70\x05\x01\x02"),
        // The eight forms of element segments.
        (table("(elem (table 0) (i32.const 0) func $f)"), b"\x09\x07\x01\x00\x41\0\x0B\x01\0"),
        (table("(elem func $f)"), b"\x09\x05\x01\x01\0\x01\0"),
        (table("(elem (table 1) (i32.const 0) func $f)"), b"\x09\x09\x01\x02\x01\x41\0\x0B\0\x01\0"),
        (table("(elem declare func $f)"), b"\x09\x05\x01\x03\0\x01\0"),
        (table("(elem (table 0) (i32.const 0) funcref (ref.func $f))"), b"\x09\x09\x01\x04\x41\0\x0B\x01\xD2\0\x0B"),
        (table("(elem funcref (ref.func $f))"), b"\x09\x07\x01\x05\x70\x01\xD2\0\x0B"),
        (
            table("(elem (table 1) (i32.const 0) funcref (ref.null func))"),
            b"\x09\x0B\x01\x06\x01\x41\0\x0B\x70\x01\xD0\x70\x0B",
        ),
        (table("(elem declare funcref (ref.func $f))"), b"\x09\x07\x01\x07\x70\x01\xD2\0\x0B"),
        // References to functions that are not null need no expressions.
        (table("(elem (ref func) (ref.func $f))"), b"\x09\x05\x01\x01\0\x01\0"),
        (table("(elem (table 0) (i32.const 0) (ref func))"), b"\x09\x06\x01\x00\x41\0\x0B\0"),
        // The three forms of data segments; no data count where no function asks for one.
        ("(module (memory 1) (data (i32.const 0) \"a\"))".into(), b"\x05\x03\x01\0\x01\x0B\x07\x01\0\x41\0\x0B\x01a"),
        ("(module (memory 1) (data \"a\"))".into(), b"\x0B\x04\x01\x01\x01a"),
        (
            "(module (memory 1) (memory 1) (data (memory 1) (i32.const 0) \"a\"))".into(),
            b"\x0B\x08\x01\x02\x01\x41\0\x0B\x01a",
        ),
        (
            "(module (data \"a\") (func (block (data.drop 0))))".into(),
            b"\x0C\x01\x01\x0A\x0A\x01\x08\0\x02\x40\xFC\x09\0\x0B\x0B\x0B\x04\x01\x01\x01a",
        ),
        // Nothing at all.
        ("(module)".into(), b"\0asm\x01\0\0\0"),
    ];
    for (text, bytes) in cases {
        let (before, _) = decode_text(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let encoded = there_and_back(&text, &before).unwrap();
        assert!(encoded.windows(bytes.len()).any(|w| w == bytes), "{text}:\n{bytes:x?} is not in\n{encoded:x?}");
    }
}

#[test]
fn nested_a_million_times() {
    const N: usize = 1_000_000;
    for head in [&b"\x02\x40"[..], b"\x04\x40", b"\x04\x40\x05\x01"] {
        let bytes = function(&[b"\0", &head.repeat(N)[..], &vec![0x0B; N + 1]].concat());
        assert_eq!(encode(&decode(&bytes).unwrap()), bytes);
    }
}

/// What has no binary form makes the binary malformed, and nothing panics.
#[test]
fn without_a_binary_form() {
    let with = |instr: Instr| {
        let mut module = decode_text("(module (memory 1) (func))").unwrap().1;
        let mut code = Code::default();
        module.funcs[0].body = code.add_seq([(instr, 0)], 0);
        module.code = Arc::new(code);
        decode(&encode(&module))
    };
    assert!(with(Instr::Nop).is_ok());
    let bot = HeapType::abs(AbsHeapType::Bot);
    for instr in [
        Instr::Trap,
        Instr::RefNull(HeapType::Use(TypeUse::Rec(0))),
        Instr::RefNull(bot),
        Instr::RefCast(RefType::null(bot)),
        Instr::CallRef(TypeUse::Rec(0)),
        Instr::Block(BlockType::Result(Some(ValType::Bot)), Seq::EMPTY),
        Instr::Load(NumType::I32, None, 0, MemArg { align: 64, offset: 0 }),
        Instr::Load(NumType::I32, None, 1, MemArg { align: u32::MAX, offset: 0 }),
        Instr::Cvtop(NumType::I32, NumType::I32, CvtOp::Promote),
    ] {
        assert!(with(instr).is_err(), "{instr:?}");
    }
}
