//! Explains malformed texts. Common mistakes are recognised by the text where the parser stopped.

use super::Explanation;
use super::source;
use lockstep_semantics::decode::Malformed;
use std::ops::Range;

/// A mistake that people make.
struct Mistake {
    found: String,
    needed: &'static str,
    help: &'static str,
}

/// Explains why a text is malformed.
pub(super) fn explain(path: &str, text: Option<&str>, malformed: &Malformed) -> Explanation {
    let mut explanation = Explanation {
        path: path.to_owned(),
        verdict: super::Verdict::Malformed,
        headline: malformed.message.clone(),
        production: malformed.production,
        found: malformed.unexpected.as_ref().map(|unexpected| unexpected.found.clone()),
        needed: malformed.unexpected.as_ref().map(|unexpected| unexpected.wanted.clone()),
        place: match malformed.line {
            Some((line, column)) => format!("the text, {line}:{column}"),
            None => format!("byte {:#x}", malformed.offset),
        },
        ..Explanation::default()
    };
    let (Some(text), Some(_)) = (text, malformed.line) else { return explanation };
    let at = malformed.offset.min(text.len());
    if !text.is_char_boundary(at) {
        return explanation;
    }
    let found = text[token(text, at)].to_owned();
    explanation.span = Some(token(text, at));
    if let Some(mistake) = mistake(text, at) {
        explanation.notes.push(format!("the parser says: {}", malformed.message));
        explanation.headline = format!("malformed: {}", mistake.found);
        explanation.found = Some(found);
        explanation.needed = Some(mistake.needed.to_owned());
        explanation.help.push(mistake.help.to_owned());
    }
    explanation
}

/// The token at an offset.
fn token(text: &str, at: usize) -> Range<usize> {
    let rest = &text[at..];
    let len = rest.find(|c: char| c.is_whitespace() || "();\"".contains(c)).unwrap_or(rest.len());
    match rest.chars().next() {
        Some(c) if len == 0 => at..at + c.len_utf8(),
        _ => at..at + len,
    }
}

fn mistake(text: &str, at: usize) -> Option<Mistake> {
    let found = &text[token(text, at)];
    let before = text[..at].trim_end();
    if before.ends_with("(mut") && found.starts_with('$') {
        return Some(Mistake {
            found: format!("the field name {found} inside of (mut …)"),
            needed: "a storage type",
            help: "the name belongs to the field, not to its type: (field $x (mut i32))",
        });
    }
    let opener = before.rfind('(').map(|open| before[open..].trim_end());
    if matches!(opener, Some("(ref" | "(ref null")) && found == "string" {
        return Some(Mistake {
            found: "(ref string), which WebAssembly 3.0 does not have".into(),
            needed: "an abstract heap type (any, eq, i31, struct, array, func, extern, …) or a type of the module",
            help: "strings are no part of the standard; pass them as (ref extern) or as an (array (mut i8)) of your own",
        });
    }
    // A second label where the first type should be.
    if let Some(cast) = before.rfind("br_on_cast") {
        let words: Vec<&str> = before[cast..].split_whitespace().collect();
        if words.len() == 2 && (found.starts_with('$') || found.bytes().all(|b| b.is_ascii_digit())) {
            return Some(Mistake {
                found: format!("a second label {found} after {} {}", words[0], words[1]),
                needed: "the type of the operand and the type to cast it to",
                help: "the instruction has one label, to which it goes when the cast fails (br_on_cast: succeeds); \
                       otherwise it goes on with the next instruction",
            });
        }
    }
    None
}

/// Of a definition in the text, whether it was declared final without saying so.
pub(super) fn silently_final(text: &str, at: usize) -> bool {
    let after = source::definition(text, at).end;
    let rest = text[after..].trim_start();
    !rest.starts_with("(sub")
}
