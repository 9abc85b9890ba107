//! What `wast` says of a text, held against what is said here.

use lockstep_semantics::decode::{Malformed, MalformedKind, Reading, decode_with};
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{ElemMode, Features, Instr, Module, RecType, RefType, Share};
use lockstep_semantics::text;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

/// How the two differ.
#[derive(Debug)]
pub(crate) enum Difference {
    /// Only `wast` reads it.
    OnlyTheirs(Malformed),
    /// Only we read it.
    OnlyOurs(String),
    /// Both read it, as different modules.
    Modules,
}

impl Difference {
    /// What is alike in several of them.
    pub(crate) fn kind(&self) -> String {
        match self {
            Difference::OnlyTheirs(e) => {
                let production = e.production.map_or("-", |id| id.as_str());
                let message: String = e.message.split('`').step_by(2).collect();
                format!("only theirs: {production}: {message}")
            }
            Difference::OnlyOurs(why) => format!("only ours: {}", why.lines().next().unwrap_or_default()),
            Difference::Modules => "different modules".into(),
        }
    }
}

/// Why the two differ, where that is known; `spec/deviations.md` says who is right.
pub(crate) fn explained(text: &str, difference: &Difference) -> Option<&'static str> {
    match difference {
        Difference::OnlyTheirs(e) => only_theirs(text, e),
        Difference::OnlyOurs(why) if why.contains("expected at least one module field") => {
            Some("a file without tokens")
        }
        Difference::OnlyOurs(why) if why.contains("expected to continue a folded instruction") => {
            Some("an operand of a folded instruction that is not folded itself")
        }
        Difference::OnlyOurs(why)
            if why.contains("expected an index or an identifier") && whole_list_in_a_table(text) =>
        {
            Some("an element list with its type inside of a table")
        }
        Difference::OnlyOurs(why) if why.starts_with("malformed module at byte") => {
            Some("a block as the offset of a segment, whose end is left out of the binary")
        }
        Difference::OnlyOurs(why)
            if why.contains("inline function type doesn't match")
                && (empty_list(text, "param") || empty_list(text, "result")) =>
        {
            Some("an empty list of parameters or results, which stands for nothing")
        }
        Difference::OnlyOurs(_) if text.contains("(@") => Some("an annotation of a custom section"),
        Difference::OnlyOurs(_) => None,
        Difference::Modules if text.contains("(@") => Some("an annotation of a custom section"),
        Difference::Modules if named_and_numbered(text) => Some("a type by its name and by its number"),
        Difference::Modules => {
            let Ok(ours) = text::read(text, Features::SHARED_EVERYTHING) else { return None };
            let alone = |rec: &&RecType| match &rec.0[..] {
                [st] => !st.is_final || !st.supers.is_empty() || st.share == Share::Shared || text.contains("rec"),
                _ => true,
            };
            ours.types.iter().find(alone).map(|_| "a type use that must not take the type that it takes")
        }
    }
}

fn only_theirs(text: &str, e: &Malformed) -> Option<&'static str> {
    let rest = text.get(e.offset..)?;
    let production = e.production?.as_str();
    let begins = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    let after = rest.trim_start_matches(['(', ' ', '\n']);
    match production {
        _ if begins(&["+"]) => Some("a sign on a number that has none"),
        "Toffset" if rest.starts_with("offset=+") => Some("a sign on a number that has none"),
        "Talign_" if rest.starts_with("align=+") => Some("a sign on a number that has none"),
        "Ttypeuse_/base" if e.message.starts_with("unknown type") => {
            Some("parameters or named locals after a type that does not exist")
        }
        "Tdecl_" if begins(&["binary"]) => Some("a module of a script, in bytes"),
        "Tmodule/plain" if e.message == "import after tag" => Some("an import after a tag"),
        "Tdata_" | "Telem_/plain" if begins(&["$", "+", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]) => {
            Some("the index of a memory or table without its keyword")
        }
        _ if after.starts_with("param") && empty_list(text, "result") => {
            Some("parameters after an empty list of results")
        }
        "Tinstrs_/unfolded" | "Tfoldedinstr_/plain" | "Tfoldedinstr_/block" | "Tblockinstr_/plain"
            if ["end", "else", ")", "then"].iter().any(|word| after.starts_with(word)) =>
        {
            Some("`else` and `end` wherever the bytes balance")
        }
        _ => None,
    }
}

/// Whether reference types name types and number them: `wast` takes `(ref $s)` and `(ref 0)` for two.
fn named_and_numbered(text: &str) -> bool {
    let words = words(text);
    let has = |is: fn(char) -> bool| {
        words.windows(2).any(|words| ["ref", "null"].contains(&words[0]) && words[1].starts_with(is))
    };
    has(|c| c == '$') && has(|c| c.is_ascii_digit())
}

/// The tokens.
fn words(text: &str) -> Vec<&str> {
    let Ok(tokens) = text::Tokens::new(text) else { return Vec::new() };
    (0..tokens.len()).filter_map(|i| tokens.get(i)).map(|token| tokens.source(token)).collect()
}

/// Whether there is `(keyword)`, with nothing in it.
fn empty_list(text: &str, keyword: &str) -> bool {
    words(text).windows(3).any(|words| words == ["(", keyword, ")"])
}

/// Whether there is `(elem func` or `(elem reftype`; `wast` reads segments that begin so everywhere but inside of tables.
fn whole_list_in_a_table(text: &str) -> bool {
    words(text).windows(3).any(|words| words[..2] == ["(", "elem"] && (words[2] == "func" || words[2].ends_with("ref")))
}

/// The module that `wast` reads.
pub(crate) fn theirs(text: &str, features: Features) -> Result<Module, String> {
    let text = &current_spellings(text);
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(|e| e.to_string())?;
    let mut wat = parser::parse::<wast::Wat<'_>>(&buffer).map_err(|e| e.to_string())?;
    let bytes = wat.encode().map_err(|e| e.to_string())?;
    decode_with(&bytes, Reading::of_text(features)).map_err(|e| e.to_string())
}

/// Compares the two, if a proposal is not in the way.
pub(crate) fn compare(text: &str, features: Features) -> Option<Difference> {
    match (text::read(text, features), theirs(text, features)) {
        (Ok(ours), Ok(theirs)) => {
            let (ours, theirs) = (alike(ours), alike(theirs));
            let same = encode(&ours) == encode(&theirs);
            (!same).then_some(Difference::Modules)
        }
        (Ok(_), Err(why)) => Some(Difference::OnlyOurs(why)),
        (Err(Malformed { kind: MalformedKind::Unsupported { .. }, .. }), Ok(_)) => None,
        (Err(why), Ok(_)) => Some(Difference::OnlyTheirs(why)),
        (Err(_), Err(_)) => None,
    }
}

/// The text with memory orderings spelt as they are now, which are the only ones that `wast` knows.
fn current_spellings(text: &str) -> String {
    let mut current = text.to_owned();
    let Ok(tokens) = text::Tokens::new(text) else { return current };
    for token in (0..tokens.len()).filter_map(|i| tokens.get(i)) {
        let new = match tokens.source(token) {
            "seq_cst" => "seqcst ",
            "acq_rel" => "acqrel ",
            _ => continue,
        };
        current.replace_range(token.start()..token.end(), new);
    }
    current
}

/// A module in which the segments inside of tables of functions have the type that `wast` gives them.
fn alike(mut module: Module) -> Module {
    for elem in &mut module.elems {
        let only_functions = elem.init.iter().all(|&init| {
            let mut instrs = module.code.seq(init);
            matches!((instrs.next(), instrs.next()), (Some(Instr::RefFunc(_)), None))
        });
        if elem.ty == RefType::FUNCREF && only_functions && matches!(elem.mode, ElemMode::Active(..)) {
            elem.ty.null = false;
        }
    }
    module
}
