//! Input made to hurt: no panic, no deep recursion on the host's stack, no memory on the word of a count.

use crate::generated::Random;
use lockstep_semantics::decode::{LOCALS_PER_FUNCTION, MalformedKind, decode, decode_text, read_module};

pub(crate) const PREAMBLE: &[u8] = b"\0asm\x01\0\0\0";

fn leb(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = n as u8 & 0x7F;
        n >>= 7;
        bytes.push(if n == 0 { byte } else { byte | 0x80 });
        if n == 0 {
            return bytes;
        }
    }
}

pub(crate) fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &leb(content.len() as u64), content].concat()
}

/// A module with one function of type `[] -> []`.
pub(crate) fn function(code: &[u8]) -> Vec<u8> {
    let entry = [&[1][..], &leb(code.len() as u64), code].concat();
    [PREAMBLE, &section(1, b"\x01\x60\0\0"), &section(3, b"\x01\0"), &section(10, &entry)].concat()
}

#[test]
fn a_million_nested_blocks() {
    const N: usize = 1_000_000;
    for head in [&b"\x02\x40"[..], b"\x03\x40", b"\x04\x40", b"\x1F\x40\0"] {
        let module = decode(&function(&[b"\0", &head.repeat(N)[..], &vec![0x0B; N + 1]].concat())).unwrap();
        assert!(module.code.instrs().len() > 2 * N);
        let open = decode(&function(&[b"\0", &head.repeat(N)[..]].concat())).unwrap_err();
        assert_eq!(open.kind, MalformedKind::Syntax);
    }
    let elses = [b"\0", &b"\x04\x40\x05".repeat(N)[..], &vec![0x0B; N + 1]].concat();
    assert!(decode(&function(&elses)).is_ok());
}

#[test]
fn a_million_nested_parentheses() {
    const N: usize = 1_000_000;
    let nest = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(N), close.repeat(N));
    for (open, close) in [("(block ", ")"), ("(drop ", ")"), ("(if (then ", "))"), ("block ", "end ")] {
        let text = format!("(module (func {}))", nest(open, "(nop)", close));
        assert!(decode_text(&text).is_ok(), "{open}");
    }
    assert!(decode_text(&nest("(;", "", ";)")).is_ok());
    for text in [
        nest("(", "", ")"),
        nest("(module ", "", ")"),
        nest("(component ", "", ")"),
        nest("(ref ", "any", ")"),
        format!("(module (type {}))", nest("(sub ", "", ")")),
        format!("(module (func (param {})))", nest("(ref ", "any", ")")),
        format!("(module (func (result i32) {}))", nest("(if ", "", ")")),
    ] {
        assert!(decode_text(&text).is_err());
    }
    // A module of custom annotations only: whatever the verdict, an answer.
    let _ = decode_text(&nest("(@a ", "", ")"));
    let _ = decode_text(&format!("(module {})", nest("(@a ", "", ")")));
    let _ = decode_text(&format!("(module {})", nest("(@a ", "", "")));
}

#[test]
fn counts_are_not_believed() {
    let huge = leb(u32::MAX.into());
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13] {
        let e = decode(&[PREAMBLE, &section(id, &huge)].concat()).unwrap_err();
        assert_eq!(e.kind, MalformedKind::Syntax, "section {id}");
    }
    for head in [&b"\0\x0E"[..], b"\0\x1C", b"\0\x1F\x40", b""] {
        assert_eq!(decode(&function(&[head, &huge].concat())).unwrap_err().kind, MalformedKind::Syntax);
    }
}

#[test]
fn locals() {
    let with = |n: u64, runs: u64| {
        let run = [&leb(n)[..], b"\x7F"].concat();
        function(&[&leb(runs)[..], &run.repeat(runs as usize), b"\x0B"].concat())
    };
    assert_eq!(decode(&with(LOCALS_PER_FUNCTION, 1)).unwrap().funcs[0].locals.len(), LOCALS_PER_FUNCTION as usize);
    assert_eq!(decode(&with(LOCALS_PER_FUNCTION + 1, 1)).unwrap_err().kind, MalformedKind::Limit);
    assert_eq!(decode(&with(u32::MAX.into(), 1)).unwrap_err().kind, MalformedKind::Limit);
    assert_eq!(decode(&with(1 << 31, 2)).unwrap_err().kind, MalformedKind::Syntax);
    assert_eq!(decode(&with(u32::MAX.into(), 100_000)).unwrap_err().kind, MalformedKind::Syntax);
    // Many functions, each within the limit.
    let n = 1000;
    let code = [&[6, 1][..], &leb(LOCALS_PER_FUNCTION), b"\x7F\x0B"].concat();
    let code = [&[code.len() as u8 - 1][..], &code[1..]].concat();
    let bodies = [&leb(n)[..], &code.repeat(n as usize)].concat();
    let types = [&leb(n)[..], &vec![0; n as usize]].concat();
    let e = decode(&[PREAMBLE, &section(1, b"\x01\x60\0\0"), &section(3, &types), &section(10, &bodies)].concat());
    assert_eq!(e.unwrap_err().kind, MalformedKind::Limit);
}

#[test]
fn any_bytes_get_an_answer() {
    let mut random = Random(3);
    for round in 0..20_000 {
        let bytes: Vec<u8> = (0..random.below(60)).map(|_| random.below(256) as u8).collect();
        let _ = read_module(&bytes);
        let _ = read_module(&[PREAMBLE, &bytes].concat());
        let _ = decode(&[PREAMBLE, &section((round % 14) as u8, &bytes)].concat());
        let _ = decode(&function(&[b"\0", &bytes[..]].concat()));
        let _ = decode(&[PREAMBLE, &section(0, &[b"\x04name", &bytes[..]].concat())].concat()).unwrap();
    }
}
