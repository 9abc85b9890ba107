//! Modules made to be slow, large or deep to validate. What is at stake is that these tests end, and end soon: done the
//! obvious way they would take minutes, or more memory than there is.

use lockstep_semantics::decode::decode;
use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::rule;
use lockstep_semantics::validation::{Invalid, Premise, validate};
use std::time::{Duration, Instant};

/// An unsigned LEB128 integer.
fn leb(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (n & 0x7F) as u8;
        n >>= 7;
        if n == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn section(id: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [vec![id], leb(content.len() as u64), content].concat()
}

/// `[t*]` with `n` times the type written as this byte.
fn types(byte: u8, n: usize) -> Vec<u8> {
    [leb(n as u64), vec![byte; n]].concat()
}

/// A function type.
fn functype(params: Vec<u8>, results: Vec<u8>) -> Vec<u8> {
    [vec![0x60], params, results].concat()
}

/// A module with these types and functions of them, each with its local declarations and body without the last `end`.
fn module(functypes: &[Vec<u8>], funcs: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let indices: Vec<u8> = funcs.iter().map(|(ty, _)| *ty).collect();
    let bodies: Vec<Vec<u8>> =
        funcs.iter().map(|(_, body)| [leb(body.len() as u64 + 1), body.clone(), vec![0x0B]].concat()).collect();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[&leb(functypes.len() as u64), &functypes.concat()]),
        section(3, &[&leb(funcs.len() as u64), &indices]),
        section(10, &[&leb(funcs.len() as u64), &bodies.concat()]),
    ]
    .concat()
}

fn check<O: Observer>(bytes: &[u8], o: &mut O) -> Result<(), Invalid> {
    let module = decode(bytes).unwrap();
    let start = Instant::now();
    let verdict = validate(&module, o).map(|_| ());
    assert!(start.elapsed() < Duration::from_secs(60), "{:?} for {} bytes", start.elapsed(), bytes.len());
    verdict
}

fn nothing() -> Vec<u8> {
    functype(types(0x7F, 0), types(0x7F, 0))
}

#[test]
fn deep_nesting() {
    const DEPTH: usize = 300_000;
    // block, loop, if … else, each with the block type `[i32] → [i32]`
    let endo = functype(types(0x7F, 1), types(0x7F, 1));
    for open in [&[0x02, 1][..], &[0x03, 1], &[0x41, 0, 0x04, 1]] {
        let body = [vec![0, 0x41, 0], open.repeat(DEPTH), vec![0x0B; DEPTH], vec![0x1A]].concat();
        let bytes = module(&[nothing(), endo.clone()], &[(0, body)]);
        assert_eq!(check(&bytes, &mut Unobserved), Ok(()));
        let mut counts = RuleCounts::default();
        assert_eq!(check(&bytes, &mut counts), Ok(()));
        assert_eq!(counts.count(rule!("Instr_ok/drop")), 1);
    }
    // Branches to the outermost label, from everywhere.
    let body = [vec![0], [0x02, 0x40].repeat(DEPTH), vec![0x41, 0, 0x0D]].concat();
    let body = [body, leb(DEPTH as u64), vec![0x0B; DEPTH]].concat();
    assert_eq!(check(&module(&[nothing()], &[(0, body)]), &mut Unobserved), Ok(()));
}

/// Results that no single instruction takes again.
#[test]
fn a_large_stack() {
    const WIDTH: usize = 50_000;
    let wide = functype(types(0x7F, 0), types(0x7F, WIDTH));
    let calls = [vec![0], [0x10, 1].repeat(100_000), vec![0x00]].concat();
    let bytes = module(&[nothing(), wide], &[(0, calls), (1, vec![0, 0x00])]);
    assert_eq!(check(&bytes, &mut Unobserved), Ok(()));
}

/// Wide operands passed on from call to call, and from block to block.
#[test]
fn wide_types() {
    const WIDTH: usize = 150_000;
    let endo = functype(types(0x7F, WIDTH), types(0x7F, WIDTH));
    let source = functype(types(0x7F, 0), types(0x7F, WIDTH));
    let calls = [vec![0, 0x10, 1], [0x10, 2].repeat(WIDTH), vec![0x00]].concat();
    let blocks = [vec![0, 0x10, 1], [0x02, 1].repeat(WIDTH), vec![0x0B; WIDTH], vec![0x00]].concat();
    let bytes = module(&[nothing(), endo, source], &[(0, calls), (2, vec![0, 0x00]), (1, vec![0, 0x00]), (0, blocks)]);
    assert_eq!(check(&bytes, &mut Unobserved), Ok(()));
}

#[test]
fn wide_branch_tables() {
    const WIDTH: usize = 5_000;
    const DEPTH: usize = 5_000;
    let source = functype(types(0x7F, 0), types(0x7F, WIDTH));
    // Each block has all the results; the innermost branches to each of them.
    let labels: Vec<u8> = (0..DEPTH as u64).flat_map(leb).collect();
    let body = [
        vec![0],
        [0x02, 1].repeat(DEPTH),
        vec![0x10, 1, 0x41, 0, 0x0E],
        leb(DEPTH as u64),
        labels,
        vec![0],
        vec![0x0B; DEPTH],
        vec![0x00],
    ]
    .concat();
    let bytes = module(&[nothing(), source], &[(0, body), (1, vec![0, 0x00])]);
    assert_eq!(check(&bytes, &mut Unobserved), Ok(()));
}

#[test]
fn many_locals() {
    // 50,000 locals `(ref $t)`, one set in each of many blocks.
    let mut body = vec![1];
    body.extend(leb(50_000));
    body.extend([0x64, 0]);
    for x in 0..50_000_u64 {
        body.extend([0x02, 0x40, 0x00, 0x21]);
        body.extend(leb(x));
        body.push(0x0B);
    }
    assert_eq!(check(&module(&[nothing()], &[(0, body)]), &mut Unobserved), Ok(()));
}

/// Four billion operands, none of which there is.
#[test]
fn a_large_array_in_unreachable_code() {
    let body = |code: u8| {
        let new_fixed = [vec![0xFB, 0x08, 1], leb(u64::from(u32::MAX)), vec![0x1A]].concat();
        [vec![0, code], new_fixed].concat()
    };
    let array = vec![0x5E, 0x7F, 0];
    let bytes = |code| module(&[nothing(), array.clone()], &[(0, body(code))]);
    assert_eq!(check(&bytes(0x00), &mut Unobserved), Ok(()));
    assert_eq!(check(&bytes(0x00), &mut RuleCounts::default()), Ok(()));
    let e = check(&bytes(0x01), &mut Unobserved).unwrap_err();
    assert!(matches!(e.premise, Premise::StackUnderflow { .. }), "{e}");
}

/// A chain of supertypes, each the next one's.
#[test]
fn a_long_chain_of_supertypes() {
    const LENGTH: usize = 50_000;
    let mut chain = vec![[0x50, 0, 0x5F, 0].to_vec()];
    chain.extend((1..LENGTH as u64).map(|x| [vec![0x50, 1], leb(x - 1), vec![0x5F, 0]].concat()));
    chain.push(nothing());
    // (local (ref null $last)) (ref.cast (ref null $first) (local.get 0)), again and again
    let last = leb(LENGTH as u64 - 1);
    let body = [vec![1, 1, 0x63], last, [0x20, 0, 0xFB, 0x17, 0, 0x1A].repeat(1000)].concat();
    let bytes = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[&leb(chain.len() as u64), &chain.concat()]),
        section(3, &[&[1], &leb(LENGTH as u64)]),
        section(10, &[&[1], &leb(body.len() as u64 + 1), &body, &[0x0B]]),
    ]
    .concat();
    assert_eq!(check(&bytes, &mut Unobserved), Ok(()));
}
