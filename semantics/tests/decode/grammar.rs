//! The fine points of the binary grammar that the suite of the standard leaves out.

use crate::hostile::{PREAMBLE, function, section};
use lockstep_semantics::decode::{Malformed, MalformedKind, decode, decode_text, read_module};
use lockstep_semantics::syntax::*;

fn module(sections: &[Vec<u8>]) -> Result<Module, Malformed> {
    decode(&[PREAMBLE, &sections.concat()].concat())
}

/// The instructions of a function body given without locals and final `end`.
fn body(code: &[u8]) -> Result<Vec<Instr>, Malformed> {
    let module = decode(&function(&[b"\0", code, b"\x0B"].concat()))?;
    Ok(module.code.seq(module.funcs[0].body).copied().collect())
}

#[track_caller]
fn malformed(result: Result<impl std::fmt::Debug, Malformed>) -> Malformed {
    let e = result.expect_err("malformed");
    assert_eq!(e.kind, MalformedKind::Syntax, "{e}");
    e
}

#[track_caller]
fn unsupported(result: Result<impl std::fmt::Debug, Malformed>) -> &'static str {
    match result.expect_err("malformed").kind {
        MalformedKind::Unsupported { proposal } => proposal,
        kind => panic!("{kind:?}"),
    }
}

/// All of these are in the grammar: what is wrong with them is for validation to say.
#[test]
fn invalid_is_not_malformed() {
    // Type indices of 32 bits, where `wasmparser` has 20.
    body(b"\xD0\xFF\xFF\xFF\xFF\x0F").unwrap();
    body(b"\x02\xFF\xFF\xFF\xFF\x0F\x0B").unwrap();
    module(&[section(1, b"\x01\x60\x01\x64\xFF\xFF\xFF\xFF\x0F\0")]).unwrap();
    // Several supertypes.
    let m = module(&[section(1, b"\x01\x50\x02\0\x01\x60\0\0")]).unwrap();
    assert_eq!(m.types[0].0[0].supers.len(), 2);
    // `select` with no type and with two; alignments up to 2^63; lanes up to 255; memory 2^32-1.
    body(b"\x1C\0").unwrap();
    body(b"\x1C\x02\x7F\x7E").unwrap();
    let ao = MemArg { align: 63, offset: u64::MAX };
    let load = body(b"\x28\x3F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01").unwrap();
    assert_eq!(load, [Instr::Load(NumType::I32, None, 0, ao)]);
    let load = body(b"\x28\x42\xFF\xFF\xFF\xFF\x0F\0").unwrap();
    assert_eq!(load, [Instr::Load(NumType::I32, None, u32::MAX, MemArg { align: 2, offset: 0 })]);
    body(b"\xFD\x15\xFF").unwrap();
    // Limits of 64 bits for 32-bit addresses, and the wrong way round.
    module(&[section(5, b"\x01\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\0")]).unwrap();
    // Blocks in constant expressions; data indices in them without a data count section.
    module(&[section(6, b"\x01\x7F\0\x02\x40\x0B\x41\0\x0B")]).unwrap();
    module(&[section(6, b"\x01\x7F\0\xFC\x09\0\x0B")]).unwrap();
    // Empty recursive types and empty sections; a start section alone; an empty module.
    module(&[section(1, b"\x01\x4E\0"), section(2, b"\0"), section(8, b"\x07"), section(12, b"\0")]).unwrap();
    module(&[]).unwrap();
}

#[test]
fn integers() {
    assert_eq!(body(b"\x41\x7F").unwrap(), [Instr::Const(Num::I32(u32::MAX))]);
    assert_eq!(body(b"\x41\xFF\xFF\xFF\xFF\x7F").unwrap(), [Instr::Const(Num::I32(u32::MAX))]);
    assert_eq!(body(b"\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7F").unwrap(), [Instr::Const(Num::I64(1 << 63))]);
    malformed(body(b"\x41\xFF\xFF\xFF\xFF\x0F"));
    malformed(body(b"\x41\x80\x80\x80\x80\x80\0"));
    malformed(body(b"\x10\x80\x80\x80\x80\x10"));
    // A prefix and its opcode, the latter with padding.
    assert_eq!(body(b"\xFB\x8F\x80\0").unwrap(), [Instr::ArrayLen]);
    // Abstract heap types are single bytes: the same negative number with padding is none.
    malformed(body(b"\xD0\xF0\x7F"));
    assert_eq!(body(b"\xD0\xF0\0").unwrap(), [Instr::RefNull(HeapType::Use(TypeUse::Idx(0x70)))]);
    malformed(body(b"\x02\xC0\x7F\x0B"));
}

#[test]
fn sections() {
    let (ty, func, code) = (section(1, b"\x01\x60\0\0"), section(3, b"\x01\0"), section(10, b"\x01\x02\0\x0B"));
    module(&[ty.clone(), func.clone(), code.clone()]).unwrap();
    malformed(module(&[func.clone(), ty.clone(), code.clone()]));
    malformed(module(&[ty.clone(), ty.clone()]));
    malformed(module(&[ty.clone(), func.clone()]));
    malformed(module(&[ty.clone(), code.clone()]));
    malformed(module(&[section(8, b"\0"), section(8, b"\0")]));
    malformed(module(&[section(14, b"")]));
    malformed(module(&[section(1, b"\x01\x60\0\0\0")]));
    malformed(module(&[section(1, b"")]));
    // The tag section comes between memories and globals, the data count section between elements and code.
    let (mem, tag, global) = (section(5, b"\0"), section(13, b"\0"), section(6, b"\0"));
    module(&[mem.clone(), tag.clone(), global.clone(), section(9, b"\0"), section(12, b"\0"), section(10, b"\0")])
        .unwrap();
    malformed(module(&[tag.clone(), mem]));
    malformed(module(&[global, tag]));
    malformed(module(&[section(10, b"\0"), section(12, b"\0")]));
    // Custom sections may stand anywhere but must have a name.
    module(&[section(0, b"\x01x"), ty.clone(), section(0, b"\x01x\xFF\xFF")]).unwrap();
    malformed(module(&[section(0, b"")]));
    malformed(module(&[section(0, b"\x02x")]));
    malformed(module(&[section(0, b"\x01\xFF")]));
    // The data count must be that of the data section, and there where functions have data indices.
    malformed(module(&[section(12, b"\x01")]));
    malformed(body(b"\xFC\x09\0"));
    malformed(decode(b"\0asm\x01\0\0"));
    assert_eq!(unsupported(decode(b"\0asm\x0D\0\x01\0")), "component-model");
}

#[test]
fn flags() {
    malformed(body(b"\x28\x80\x01\0"));
    malformed(body(b"\xFB\x18\x04\0\x6E\x6E"));
    malformed(body(b"\x1F\x40\x01\x04\0\x0B"));
    malformed(body(b"\x05\x0B"));
    malformed(body(b"\x04\x40\x05\x05\x0B"));
    malformed(body(b"\x0B"));
    malformed(body(b"\x02\x40"));
    malformed(module(&[section(4, b"\x01\x40\x01\x70\0\0\xD0\x70\x0B")]));
    malformed(module(&[section(13, b"\x01\x01\0")]));
    malformed(module(&[section(9, b"\x01\x10")]));
    malformed(module(&[section(11, b"\x01\x03")]));
    malformed(module(&[section(5, b"\x01\x10\0")]));
}

#[test]
fn proposals() {
    assert_eq!(unsupported(body(b"\xFE\x03\0")), "threads");
    assert_eq!(unsupported(body(b"\xFE\0\x02\0")), "threads");
    assert_eq!(unsupported(body(b"\x06\x40\x0B")), "legacy-exceptions");
    assert_eq!(unsupported(body(b"\x19")), "legacy-exceptions");
    assert_eq!(unsupported(body(b"\xFC\x13")), "wide-arithmetic");
    assert_eq!(unsupported(body(b"\xE0\0")), "stack-switching");
    assert_eq!(unsupported(body(b"\xFE\x5C\0\0\0")), "shared-everything-threads");
    assert_eq!(unsupported(body(b"\xD0\x65\x6E")), "shared-everything-threads");
    assert_eq!(unsupported(module(&[section(5, b"\x01\x03\0\0")])), "threads");
    assert_eq!(unsupported(module(&[section(9, b"\x01\x08")])), "shared-everything-threads");
    assert_eq!(unsupported(module(&[section(11, b"\x01\x09")])), "shared-everything-threads");
    assert_eq!(unsupported(module(&[section(5, b"\x01\x08\0\0")])), "custom-page-sizes");
    malformed(body(b"\xFD\xFF\x7F"));
    malformed(body(b"\x27"));
}

/// `Belem`: the types of all eight forms.
#[test]
fn element_segments() {
    let m = module(&[section(
        9,
        b"\x08\
          \0\x41\0\x0B\x01\x05\
          \x01\0\x01\x05\
          \x02\x03\x41\0\x0B\0\x01\x05\
          \x03\0\x01\x05\
          \x04\x41\0\x0B\x01\xD2\x05\x0B\
          \x05\x6F\x01\xD0\x6F\x0B\
          \x06\x03\x41\0\x0B\x64\x70\x01\xD2\x05\x0B\
          \x07\x70\x01\xD2\x05\x0B",
    )])
    .unwrap();
    let func = RefType::non_null(HeapType::abs(AbsHeapType::Func));
    let types: Vec<_> = m.elems.iter().map(|e| e.ty).collect();
    assert_eq!(types, [func, func, func, func, RefType::FUNCREF, RefType::EXTERNREF, func, RefType::FUNCREF]);
    for (i, elem) in m.elems.iter().enumerate() {
        let init: Vec<_> = m.code.seq(elem.init[0]).copied().collect();
        let expected = if i == 5 { Instr::RefNull(HeapType::abs(AbsHeapType::Extern)) } else { Instr::RefFunc(5) };
        assert_eq!(init, [expected], "segment {i}");
        let table = match elem.mode {
            ElemMode::Active(x, e) => {
                assert_eq!(m.code.seq(e).collect::<Vec<_>>(), [&Instr::Const(Num::I32(0))]);
                Some(x)
            }
            ElemMode::Passive | ElemMode::Declare => None,
        };
        assert_eq!(table, [Some(0), None, Some(3), None, Some(0), None, Some(3), None][i]);
    }
}

#[test]
fn offsets_are_those_of_the_binary() {
    let bytes = function(b"\0\x04\x40\x01\x05\x0B\x00\x0B");
    let m = decode(&bytes).unwrap();
    let body = m.offsets.funcs[0];
    assert_eq!(bytes[body as usize..], *b"\0\x04\x40\x01\x05\x0B\x00\x0B");
    // The first is the empty sequence, which every module has.
    for (i, instr) in m.code.instrs().iter().enumerate().skip(1) {
        let byte = bytes[m.code.offset(i as u32) as usize];
        let expected: &[u8] = match instr {
            Instr::If(..) => &[0x04],
            Instr::Nop => &[0x01],
            Instr::Unreachable => &[0x00],
            Instr::End => &[0x05, 0x0B],
            other => panic!("{other:?}"),
        };
        assert!(expected.contains(&byte), "{instr:?} at a byte {byte:#x}");
    }
    assert_eq!(bytes[m.offsets.types[0] as usize], 0x60);
}

#[test]
fn tables_without_an_expression_begin_null() {
    let (_, m) =
        decode_text("(module (type $t (func)) (table 1 (ref null $t)) (table 1 funcref (ref.func $f)) (func $f))")
            .unwrap();
    let init: Vec<_> = m.tables.iter().map(|t| m.code.seq(t.init).copied().collect::<Vec<_>>()).collect();
    assert_eq!(init, [[Instr::RefNull(HeapType::Use(TypeUse::Idx(0)))], [Instr::RefFunc(0)]]);
}

#[test]
fn text() {
    for empty in ["", " ;; nothing\n", "(module)", "(; ;)"] {
        assert!(decode_text(empty).is_ok(), "{empty}");
    }
    let e = malformed(decode_text("(module\n  (func i32.frob))"));
    assert_eq!(e.line, Some((2, 9)));
    assert!(e.to_string().starts_with("malformed text at 2:9: "), "{e}");
    let e = malformed(decode_text("(module (func (br $nowhere)))"));
    assert!(e.line.is_some(), "{e}");
    malformed(decode_text(")"));
    malformed(read_module(b"\xFF"));
    assert_eq!(unsupported(decode_text("(component)")), "component-model");
    assert_eq!(unsupported(decode_text("(module (func atomic.fence))")), "threads");
    // Characters that go from right to left or look like others are characters.
    assert!(decode_text("(module (func (export \"\u{202e}\")) (; \u{2066} ;))").is_ok());
    // Names come from identifiers.
    let (_, m) = decode_text(
        "(module $m (type $t (struct (field $x i32))) (import \"\" \"\" (func $i)) (table $tab 0 funcref) (memory $mem 0)
           (global $g i32 (i32.const 0)) (tag $tag) (elem $e func) (data $d \"\")
           (func $f (param $p i32) (local $l i32) (block $b)))",
    )
    .unwrap();
    let n = m.names;
    let at = |map: &NameMap, x: u32| map.get(&x).cloned().unwrap_or_default();
    assert_eq!(n.module.as_deref(), Some("m"));
    assert_eq!([at(&n.types, 0), at(&n.fields[&0], 0), at(&n.funcs, 0), at(&n.funcs, 1)], ["t", "x", "i", "f"]);
    assert_eq!([at(&n.locals[&1], 0), at(&n.locals[&1], 1), at(&n.labels[&1], 0)], ["p", "l", "b"]);
    assert_eq!([at(&n.tables, 0), at(&n.mems, 0), at(&n.globals, 0)], ["tab", "mem", "g"]);
    assert_eq!([at(&n.tags, 0), at(&n.elems, 0), at(&n.datas, 0)], ["tag", "e", "d"]);
}
