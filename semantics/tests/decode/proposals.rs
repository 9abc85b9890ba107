//! Modules of proposals that are not known here: both formats name the proposal, and no rule of the standard.

use crate::hostile::function;
use lockstep_semantics::decode::{Malformed, MalformedKind, Reading, decode, decode_with};
use lockstep_semantics::syntax::{Features, Instr, Module};
use lockstep_semantics::text;
use wast::parser::{self, ParseBuffer};

const DESCRIPTORS: &str = "custom-descriptors";
const SWITCHING: &str = "stack-switching";
const PAGES: &str = "custom-page-sizes";
const IMPORTS: &str = "compact-import-section";
const ARRAYS: &str = "multibyte-array-access";
const ORDERINGS: &str = "acquire-release-atomics";
const EXCEPTIONS: &str = "legacy-exceptions";
const WIDE: &str = "wide-arithmetic";
const COMPONENTS: &str = "component-model";
const CONTROL: &str = "memory-control";
const THREADS: &str = "threads";
const SHARED: &str = "shared-everything-threads";
const HALF: &str = "half-precision";
const STRINGS: &str = "stringref";

/// Texts with the proposal that each uses.
const TEXTS: &[(&str, &str)] = &[
    (DESCRIPTORS, "(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))"),
    (DESCRIPTORS, "(rec (type $b (sub (describes $a) (struct))) (type $a (sub (descriptor $b) (struct))))"),
    (DESCRIPTORS, "(type $a (struct)) (func (param (ref (exact $a))))"),
    (DESCRIPTORS, "(type $a (struct)) (global (ref null (exact $a)) (ref.null $a))"),
    (DESCRIPTORS, "(type $a (struct)) (func (drop (ref.test (ref (exact $a)) (unreachable))))"),
    (DESCRIPTORS, "(type $f (func)) (import \"\" \"\" (func (exact (type $f))))"),
    (DESCRIPTORS, "(type $a (struct)) (func (struct.new_desc $a) drop)"),
    (DESCRIPTORS, "(type $a (struct)) (func (struct.new_default_desc $a) drop)"),
    (DESCRIPTORS, "(type $a (struct)) (func unreachable (ref.get_desc $a) drop)"),
    (DESCRIPTORS, "(type $a (struct)) (func unreachable (ref.cast_desc_eq (ref $a)) drop)"),
    (DESCRIPTORS, "(type $a (struct)) (func unreachable (br_on_cast_desc_eq 0 anyref (ref $a)) drop)"),
    (DESCRIPTORS, "(type $a (struct)) (func unreachable (br_on_cast_desc_eq_fail 0 anyref (ref $a)) drop)"),
    (SWITCHING, "(type $f (func)) (type $c (cont $f))"),
    (SWITCHING, "(func (param contref))"),
    (SWITCHING, "(func (local nullcontref))"),
    (SWITCHING, "(func (drop (ref.null cont)))"),
    (SWITCHING, "(func (param (ref nocont)))"),
    (SWITCHING, "(type $f (func)) (func unreachable (cont.new $f))"),
    (SWITCHING, "(type $f (func)) (func unreachable (cont.bind $f $f))"),
    (SWITCHING, "(tag $e) (func (suspend $e))"),
    (SWITCHING, "(type $f (func)) (tag $e) (func unreachable (resume $f (on $e 0)))"),
    (SWITCHING, "(type $f (func)) (tag $e) (func unreachable (resume_throw $f $e (on $e switch)))"),
    (SWITCHING, "(type $f (func)) (func unreachable (resume_throw_ref $f))"),
    (SWITCHING, "(type $f (func)) (tag $e) (func unreachable (switch $f $e))"),
    (PAGES, "(memory 0 1 (pagesize 1))"),
    (PAGES, "(memory i64 0 (pagesize 65536))"),
    (PAGES, "(memory (pagesize 1) (data \"a\"))"),
    (PAGES, "(import \"\" \"\" (memory 0 (pagesize 1)))"),
    (IMPORTS, "(import \"a\" (item \"b\" (func)) (item \"c\" (global i32)))"),
    (IMPORTS, "(import \"a\" (item \"b\") (item \"c\") (func))"),
    (
        ARRAYS,
        "(type $a (array (mut i8))) (func (drop (i32.load (type $a) (array.new_default $a (i32.const 9)) (i32.const 1))))",
    ),
    (
        ARRAYS,
        "(type $a (array (mut i8))) (func (param (ref $a)) (i64.store16 (type $a) offset=3 (local.get 0) (i32.const 1)
        (i64.const 2)))",
    ),
    (
        ARRAYS,
        "(type $b (struct)) (type $a (array (mut i8))) (func (param (ref $a)) (result f64)
        (f64.load (type $a) align=4 (local.get 0) (i32.const 1)))",
    ),
    (
        ARRAYS,
        "(type $a (array (mut i8))) (func (param (ref $a)) (drop (v128.load (type $a) (local.get 0) (i32.const 1))))",
    ),
    (WIDE, "(func (i64.add128 (unreachable)) unreachable)"),
    (WIDE, "(func (i64.sub128 (unreachable)) unreachable)"),
    (WIDE, "(func (i64.mul_wide_s (unreachable)) unreachable)"),
    (WIDE, "(func (i64.mul_wide_u (unreachable)) unreachable)"),
    (CONTROL, "(memory 1) (func (memory.discard (i32.const 0) (i32.const 65536)))"),
    (EXCEPTIONS, "(func try nop end)"),
    (EXCEPTIONS, "(tag $e) (func try nop catch $e nop catch_all rethrow 0 end)"),
    (EXCEPTIONS, "(func try nop delegate 0)"),
    (EXCEPTIONS, "(func (rethrow 0))"),
    (COMPONENTS, "(component)"),
    (COMPONENTS, "(component $c (core module (func)))"),
    (ORDERINGS, "(func (pause))"),
    (THREADS, "(memory 1 1 shared)"),
    (THREADS, "(func (atomic.fence))"),
    (THREADS, "(func (atomic.fence acqrel))"),
    (THREADS, "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))"),
    (THREADS, "(memory 1) (func (drop (i32.atomic.load acqrel (i32.const 0))))"),
    (SHARED, "(type (shared (func)))"),
    (SHARED, "(func (param (ref (shared any))))"),
    (SHARED, "(func (drop (ref.null (shared any))))"),
    (SHARED, "(global (shared i32) (i32.const 0))"),
    (SHARED, "(table shared 0 (ref null (shared func)))"),
    (SHARED, "(global $g i32 (i32.const 0)) (func (drop (global.atomic.get seqcst $g)))"),
];

/// The same where the threads proposal is on.
const WITH_THREADS: &[(&str, &str)] = &[
    (ORDERINGS, "(func (atomic.fence acqrel))"),
    (ORDERINGS, "(func (pause))"),
    (ORDERINGS, "(memory 1) (func (drop (i32.atomic.load acqrel (i32.const 0))))"),
    (ORDERINGS, "(memory 1) (func (drop (i64.atomic.load offset=9 seqcst (i32.const 0))))"),
    (ORDERINGS, "(memory 1) (func (i32.atomic.store8 acqrel (i32.const 0) (i32.const 0)))"),
    (ORDERINGS, "(memory 1) (func (drop (i32.atomic.rmw.add acqrel (i32.const 0) (i32.const 0))))"),
    (ORDERINGS, "(memory 1) (memory $m 1) (func (drop (i32.atomic.rmw.xchg $m acqrel (i32.const 0) (i32.const 0))))"),
    (ORDERINGS, "(memory 1) (func (drop (i64.atomic.rmw.cmpxchg acqrel (i32.const 0) (i64.const 0) (i64.const 0))))"),
    (SHARED, "(type (shared (func)))"),
    (SHARED, "(global $g i32 (i32.const 0)) (func (global.atomic.set acqrel $g (i32.const 0)))"),
    (
        ARRAYS,
        "(type $a (array (mut i8))) (func (param (ref $a)) (drop (i32.load8_u (type $a) (local.get 0) (i32.const 1))))",
    ),
];

/// What `wast` does not read, as bytes and as text.
const UNKNOWN: &[(&str, &[u8], &str)] = &[
    (HALF, b"\xFC\x30\x01\0", "f32.load_f16"),
    (HALF, b"\xFC\x31\x01\0", "f32.store_f16"),
    (HALF, b"\xFD\xA0\x02", "f16x8.splat"),
    (HALF, b"\xFD\xBD\x02", "f16x8.add"),
    (HALF, b"\xFD\xCB\x02", "f32x4.promote_low_f16x8"),
    (STRINGS, b"\xFB\x82\x01\0", "string.const 0"),
    (EXCEPTIONS, b"\x06\x40\x01\x19\x01\x0B", "(try (do (nop)) (catch_all (nop)))"),
    (STRINGS, b"\xD0\x67", "ref.null string"),
];

fn proposal(result: Result<Module, Malformed>) -> Result<&'static str, String> {
    match result {
        Ok(_) => Err("it is read".into()),
        Err(Malformed { kind: MalformedKind::Unsupported { proposal }, .. }) => Ok(proposal),
        Err(e) => Err(e.to_string()),
    }
}

fn bytes(text: &str) -> Vec<u8> {
    let buffer = ParseBuffer::new(text).unwrap();
    let mut wat = parser::parse::<wast::Wat<'_>>(&buffer).unwrap_or_else(|e| panic!("{text}: {e}"));
    wat.encode().unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn both_formats_name_the_proposal() {
    let mut wrong = Vec::new();
    for (texts, features) in [(TEXTS, Features::STANDARD), (WITH_THREADS, Features::THREADS)] {
        for (expected, text) in texts {
            let by_text = proposal(text::read(text, features));
            let by_bytes = proposal(decode_with(&bytes(text), Reading { features, ..Reading::default() }));
            if (by_text.as_deref(), by_bytes.as_deref()) != (Ok(*expected), Ok(*expected)) {
                wrong.push(format!("{text}\n    wanted {expected}; text: {by_text:?}; bytes: {by_bytes:?}"));
            }
        }
    }
    for (expected, bytes, text) in UNKNOWN {
        let by_text = proposal(text::read(&format!("(func {text})"), Features::STANDARD));
        let by_bytes = proposal(decode(&function(&[b"\0", *bytes, b"\x0B"].concat())));
        if (by_text.as_deref(), by_bytes.as_deref()) != (Ok(*expected), Ok(*expected)) {
            wrong.push(format!("{text}\n    wanted {expected}; text: {by_text:?}; bytes: {by_bytes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In the standard the bits of proposals are a part of the alignment: such a module is well-formed.
#[test]
fn large_alignments_are_well_formed() {
    for flags in [0x10, 0x1F, 0x20, 0x21, 0x3F] {
        let module = decode(&function(&[0, 0x41, 0, 0x28, flags, 0, 0x1A, 0x0B])).unwrap();
        let aligned = |instr: &Instr| matches!(instr, Instr::Load(.., ao) if ao.align == u32::from(flags));
        assert!(module.code.instrs().iter().any(aligned), "{flags:#x}");
    }
}
