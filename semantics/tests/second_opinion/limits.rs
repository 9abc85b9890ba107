//! What `wasmparser` refuses for being too large, and the standard does not: its limits on what validation sees. Those on
//! what decoding sees are in `tests/decode/second_opinion.rs`.

use super::{ours, theirs};
use lockstep_semantics::decode::decode_text;

fn encode(text: &str) -> Vec<u8> {
    decode_text(text).unwrap().0
}

/// A chain of so many supertypes above the last type.
fn chain(depth: usize) -> String {
    let types: String = (1..=depth).map(|x| format!("(type (sub {} (struct)))", x - 1)).collect();
    format!("(module (type (sub (struct))) {types})")
}

#[test]
fn limits_of_theirs() {
    for (what, fits, exceeds, message) in [
        ("depth of subtyping", chain(63), chain(64), "sub type hierarchy too deep"),
        (
            "memories",
            format!("(module {})", "(memory 0)".repeat(100)),
            format!("(module {})", "(memory 0)".repeat(101)),
            "memories count exceeds limit",
        ),
    ] {
        let (fits, exceeds) = (encode(&fits), encode(&exceeds));
        assert_eq!((ours(&fits).0, theirs(&fits)), (Ok(()), Ok(())), "{what}");
        assert_eq!(ours(&exceeds).0, Ok(()), "{what}");
        let e = theirs(&exceeds).unwrap_err();
        assert!(e.contains(message), "{what}: {e}");
    }
}
