//! The decoder on the test suite of the standard: every module decodes, and everything asserted malformed is refused.

use crate::suite::{Expect, for_each_module};
use lockstep_semantics::decode::{self, Malformed, MalformedKind};

#[test]
fn the_suite_decodes_and_malformed_modules_do_not() {
    let (mut decoded, mut refused, mut unsupported, mut text) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    let found = for_each_module("core", |place, expect, bytes: Result<Vec<u8>, Malformed>| {
        let result = bytes.and_then(|bytes| decode::decode(&bytes));
        match (expect, result) {
            (Expect::WellFormed, Ok(_)) => decoded += 1,
            (Expect::WellFormed, Err(e)) => wrong.push(format!("{place}: {e}")),
            (Expect::Malformed(why), Ok(_)) => wrong.push(format!("{place}: not refused: {why}")),
            (Expect::Malformed(why), Err(e)) => {
                refused += 1;
                text += usize::from(e.line.is_some());
                match e.kind {
                    MalformedKind::Syntax => {}
                    MalformedKind::Limit => wrong.push(format!("{place}: a limit, not {why}: {e}")),
                    MalformedKind::Unsupported { .. } => unsupported += 1,
                }
            }
        }
    });
    if !found {
        return;
    }
    println!("{decoded} modules decoded");
    println!("{refused} malformed refused: {text} by the parser of text, {unsupported} as parts of proposals");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(decoded, 5233, "well-formed modules in the suite");
    assert_eq!(refused, 1940, "malformed modules in the suite");
}
