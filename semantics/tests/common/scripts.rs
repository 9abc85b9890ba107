//! The modules of test scripts, for the tests of this crate and of `harness`.

use lockstep_semantics::decode::{Dialect, Malformed};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::Features;
use lockstep_semantics::text::{self, TokenKind, Tokens, strings};
use std::path::{Path, PathBuf};

/// Where a module of a script comes from.
pub(crate) enum Source {
    /// It is written out, or quoted.
    Text(String),
    /// It is given in bytes, and not quoted.
    Binary(Vec<u8>),
    /// It is quoted, and no UTF-8.
    NotUtf8,
}

/// A directive that has a module.
pub(crate) struct Form {
    /// File and line.
    pub(crate) place: String,
    /// Its keyword: `module`, `assert_invalid`, …
    pub(crate) keyword: String,
    /// The message that it ends in, if it does.
    pub(crate) message: String,
    /// The module.
    pub(crate) source: Source,
}

impl Source {
    /// Its binary.
    pub(crate) fn bytes(&self, features: Features) -> Result<Vec<u8>, Malformed> {
        match self {
            Source::Text(text) => Ok(encode_as(&text::read(text, features)?, Dialect::WasmTools)),
            Source::Binary(bytes) => Ok(bytes.clone()),
            // A character that begins no token.
            Source::NotUtf8 => Err(text::read("\u{FFFD}", features).unwrap_err()),
        }
    }
}

/// All scripts of a suite; `None` where the suites are not there.
pub(crate) fn scripts(suite: &str) -> Option<Vec<PathBuf>> {
    lockstep_testing::suite(suite).map(|folder| below(&folder))
}

/// All scripts in a folder and below.
pub(crate) fn below(folder: &Path) -> Vec<PathBuf> {
    let mut dirs = vec![folder.to_owned()];
    let mut scripts = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ext| ext == "wast") {
                scripts.push(path);
            }
        }
    }
    scripts.sort();
    scripts
}

/// The directives of a file that have a module.
pub(crate) fn forms(path: &Path) -> Vec<Form> {
    let script = std::fs::read_to_string(path).unwrap();
    forms_of(&path.file_name().unwrap().to_string_lossy(), &script)
}

/// The directives of a script that have a module, those of threads among them.
pub(crate) fn forms_of(file: &str, script: &str) -> Vec<Form> {
    let tokens = Tokens::new(script).unwrap();
    let source = |i: usize| tokens.get(i).map_or("", |token| tokens.source(token));
    let mut forms = Vec::new();
    // A script may be the declarations of one module.
    if source(0) == "(" && ["type", "rec", "import", "func", "table", "memory", "global", "tag"].contains(&source(1)) {
        let (keyword, source) = ("module".to_owned(), Source::Text(script.to_owned()));
        return vec![Form { place: format!("{file}:1"), keyword, message: String::new(), source }];
    }
    let mut i = 0;
    while i < tokens.len() {
        let keyword = source(i + 1);
        if source(i) != "(" || keyword == "thread" {
            i += 1;
            continue;
        }
        let after = tokens.after(i);
        let open = match keyword {
            "module" => Some(i),
            _ if source(i + 2) == "(" && source(i + 3) == "module" => Some(i + 2),
            _ => None,
        };
        if let Some(source) = open.and_then(|open| module(&tokens, open)) {
            let (line, _) = tokens.lines().of(tokens.get(i).unwrap().start() as u32);
            let last = tokens.get(after.saturating_sub(2)).filter(|token| token.kind() == TokenKind::String);
            let message = last.and_then(|token| strings::name(tokens.source(token))).unwrap_or_default();
            let place = format!("{file}:{line}");
            forms.push(Form { place, keyword: keyword.to_owned(), message: message.into_owned(), source });
        }
        i = after;
    }
    forms
}

/// The module whose parenthesis is at `open`, unless it is an instance of another.
fn module(tokens: &Tokens<'_>, open: usize) -> Option<Source> {
    let after = tokens.after(open);
    let head = (open + 2..after).take_while(|&i| tokens.get(i).unwrap().kind() != TokenKind::Open);
    let words: Vec<(usize, &str)> = head.map(|i| (i, tokens.source(tokens.get(i).unwrap()))).collect();
    let word = |wanted: &str| words.iter().find(|(_, word)| *word == wanted).map(|(i, _)| *i);
    if word("instance").is_some() {
        return None;
    }
    if let Some(from) = word("quote").or(word("binary")) {
        let strings = (from + 1..after).filter_map(|i| tokens.get(i)).filter(|t| t.kind() == TokenKind::String);
        let bytes: Vec<u8> = strings.flat_map(|t| strings::string(tokens.source(t)).into_owned()).collect();
        return Some(match word("quote") {
            Some(_) => String::from_utf8(bytes).map_or(Source::NotUtf8, Source::Text),
            None => Source::Binary(bytes),
        });
    }
    let (start, end) = (tokens.get(open)?.start(), tokens.get(after - 1)?.end());
    Some(Source::Text(tokens.text()[start..end].replacen("(module definition", "(module ", 1)))
}
